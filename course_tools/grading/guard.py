"""What every kernel runs first when it grades: limits, refusals, and checks that a notebook cannot redefine.

It works on every system, inside Python. On Linux `course_tools.grading.isolate` shuts compiled code away, too.
"""

import builtins
import contextlib
import importlib
import mmap
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

MEMORY_BYTES = 4 * 2**30
FILE_BYTES = 2**30
MOST_PROCESSES = 16
CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.link", "os.symlink"}
STARTS = {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec", "subprocess.Popen"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
TRUSTED = ("torch", "numpy", "pandas", "math", "inspect", "json", "threading")


class Refused(RuntimeError):
    """A submission tried what no exercise needs."""


def install(folder: str, checks: dict[str, str]) -> None:
    """Set the limits, refuse changes outside `folder`, and guard the check cells: source -> module of the checks."""
    _limit_memory_and_files()
    _guard_checks(checks)
    sys.addaudithook(_refuser(os.path.realpath(folder), os.path.realpath(tempfile.gettempdir())))


def _limit_memory_and_files() -> None:
    try:
        import resource
    except ImportError:  # Windows: the grader's own watch remains
        return
    for kind, most in ((resource.RLIMIT_DATA, MEMORY_BYTES), (resource.RLIMIT_FSIZE, FILE_BYTES)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _refuser(*folders: str):
    started = mmap.mmap(-1, 1)  # shared with every child
    me = os.getpid()

    def refuse(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes | os.PathLike) and flags & WRITING:
                require_inside(os.fspath(path))
        elif event in CHANGES:
            require_inside(*(each for each in arguments if isinstance(each, str | bytes)), descriptor=arguments[-1])
        elif event in STARTS:
            if started[0] >= MOST_PROCESSES:
                raise Refused(f"A submission may start {MOST_PROCESSES} processes, no more.")
            started[0] += 1
        elif event == "os.kill" and arguments[0] != me:
            raise Refused("A submission may stop no process but its own.")

    def require_inside(*paths, descriptor=None) -> None:
        for path in map(os.fsdecode, paths):
            place = os.path.realpath(_absolute(path, descriptor))
            if place.startswith("/dev/") or any(Path(place).is_relative_to(folder) for folder in folders):
                continue
            raise Refused("A submission may change files in its own folder only.")

    return refuse


def _absolute(path: str, descriptor: object) -> str:
    if os.path.isabs(path) or not isinstance(descriptor, int) or descriptor < 0:
        return path
    return os.path.join(os.path.realpath(f"/proc/self/fd/{descriptor}"), path)


def _guard_checks(checks: dict[str, str]) -> None:
    """Before each check cell, put back what a check relies on, so that a notebook cannot judge itself."""
    from IPython import get_ipython

    shell = get_ipython()
    own = {name: importlib.import_module(name) for name in {*checks.values(), *_machinery()}}
    trusted = {name: importlib.import_module(name) for name in TRUSTED}
    kept = {module: dict(vars(module)) for module in [builtins, *own.values(), *trusted.values()]}
    methods = _methods(own)

    def put_back(info) -> None:
        module = checks.get(info.raw_cell)
        if module is None:
            return
        for each, names in kept.items():
            for name, value in names.items():
                if vars(each).get(name) is not value:
                    setattr(each, name, value)
        for kind, name, value in methods:
            if vars(kind).get(name) is not value:
                setattr(kind, name, value)
        sys.modules.update(own)
        shell.user_ns["check"] = own[module]

    shell.ask_exit = _stay
    shell.events.register("pre_run_cell", put_back)


def _machinery() -> list[str]:
    return [f"course_utils.checks.{name}" for name in ("limit", "sheet", "values", "wrong")]


def _methods(modules: dict[str, ModuleType]) -> list[tuple[type, str, object]]:
    """Return (class, name, value) for what the classes of the checks hold."""
    kinds = {value for module in modules.values() for value in vars(module).values() if isinstance(value, type)}
    return [
        (kind, name, value)
        for kind in kinds
        if kind.__module__.startswith(("course_utils.", "lessons."))
        for name, value in vars(kind).items()
        if callable(value)
    ]


def _stay() -> None:
    raise Refused("The notebook asked to leave. Grading goes on.")
