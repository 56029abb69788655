"""The kernel of a submission: an ordinary one with limits, which refuses what no exercise needs.

    python guard.py -f CONNECTION_FILE [--refuse]

It does not stop an attacker: `course_tools.grading.sandbox` does. With `--refuse`, for where there is no sandbox,
Python itself refuses changes outside of the folder in which the kernel starts: that stops accidents.
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import psutil

MEMORY_BYTES = 4 * 2**30
FILE_BYTES = 2**30
MOST_PROCESSES = 16
CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.link", "os.symlink"}
STARTS = {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Refused(RuntimeError):
    """A submission tried what no exercise needs."""


def main() -> None:
    """Be a kernel until it is ended."""
    import accidents  # lies beside this file; a shut-in kernel sees no package around it

    del sys.path[0]
    _limit_memory_and_files()
    sys.addaudithook(_count_processes(os.getpid()))
    if "--refuse" in sys.argv:
        sys.argv.remove("--refuse")
        sys.addaudithook(_refuser(os.getpid(), os.getcwd(), tempfile.gettempdir()))
    else:
        os.environ.pop("JPY_PARENT_PID", None)  # counted from outside; the parent here is the sandbox

    from ipykernel.kernelapp import IPKernelApp

    kernel = IPKernelApp.instance()
    kernel.initialize([*sys.argv[1:], "--HistoryManager.enabled=False"])
    accidents.forgive(kernel.shell)
    kernel.shell.ask_exit = _stay
    kernel.start()


def _limit_memory_and_files() -> None:
    try:
        import resource
    except ImportError:  # Windows: the grader's own watch remains
        return
    for kind, most in ((resource.RLIMIT_DATA, MEMORY_BYTES), (resource.RLIMIT_FSIZE, FILE_BYTES)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _count_processes(kernel: int):
    def count(event: str, _arguments: tuple) -> None:
        if event in STARTS and _living_children(kernel) >= MOST_PROCESSES:
            raise Refused(f"A submission may have {MOST_PROCESSES} processes at a time, and it has them.")

    return count


def _living_children(pid: int) -> int:
    living = 0
    for child in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            living += child.status() != psutil.STATUS_ZOMBIE
    return living


def _refuser(kernel: int, *folders: str):
    own = [os.path.realpath(folder) for folder in folders]

    def refuse(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes | os.PathLike) and flags & WRITING:
                require_inside(os.fspath(path))
        elif event in CHANGES:
            require_inside(*(each for each in arguments if isinstance(each, str | bytes)), descriptor=arguments[-1])
        elif event in ("os.kill", "os.killpg") and arguments[0] != kernel:
            raise Refused("A submission may stop no process but its own.")

    def require_inside(*paths, descriptor=None) -> None:
        for path in map(os.fsdecode, paths):
            place = os.path.realpath(_absolute(path, descriptor))
            if place.startswith("/dev/") or any(Path(place).is_relative_to(folder) for folder in own):
                continue
            raise Refused("A submission may change files in its own folder only.")

    return refuse


def _absolute(path: str, descriptor: object) -> str:
    if os.path.isabs(path) or not isinstance(descriptor, int) or descriptor < 0:
        return path
    return os.path.join(os.path.realpath(f"/proc/self/fd/{descriptor}"), path)


def _stay() -> None:
    raise Refused("The notebook asked to leave. Grading goes on.")


if __name__ == "__main__":
    main()
