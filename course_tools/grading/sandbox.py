"""Runs a command where it sees a few folders, and nothing that it starts outlives it (Linux only).

    python -m course_tools.grading.sandbox [--show PATH ...] [--hide PATH] -- COMMAND [ARGUMENT ...]

What is shown cannot be changed. Only HOME, /tmp and /dev/shm can be written in. They lie in memory, are of limited
size, and vanish with the command. The command can see and signal no processes but its own. The network is the one that
the caller has. Leaves with NOT_ALLOWED, and the reason on standard error, where the system does not allow all of this.
"""

import argparse
import contextlib
import os
import signal
import struct
import sys

from course_tools.grading.isolate import (
    CLONE_NEWIPC,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    NOT_ALLOWED,
    enter,
    libc,
    must,
    refuse,
)

HOME = "/student"
WRITABLE = {HOME: "1g", "/tmp": "256m", "/dev/shm": "256m"}
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/group"),
    *("/etc/hosts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/passwd"),
)
DEVICES = ("null", "zero", "full", "random", "urandom")
LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}
OLD = "/old"

MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 0x2, 0x4, 0x1000, 0x4000, 0x40000, 0x2
SYS_PIVOT_ROOT, SYS_MOUNT_SETATTR = {"x86_64": 155, "aarch64": 41}, 442
AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = -100, 0x8000, 0x1
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38


def main() -> None:
    """Start the command in the sandbox, and leave with its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="append", default=[])
    parser.add_argument("--hide")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    parent = os.getppid()
    try:
        enter(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)
    except OSError as error:
        refuse(error)
    if pid := os.fork():
        _die_with_the_parent()
        if os.getppid() != parent:  # it has died before we asked
            os._exit(NOT_ALLOWED)
        os._exit(_status(os.waitpid(pid, 0)[1]))
    _die_with_the_parent()
    try:
        _change_root(options.hide, options.show)
        _give_up_rights()
    except OSError as error:
        refuse(error)
    _be_init(options.command)


def _be_init(command: list[str]) -> None:
    """Be the first of all processes here: bury the others, and end them all by leaving after the command."""
    started = os.fork()
    if not started:
        try:
            os.execvp(command[0], command)
        except OSError as error:
            refuse(error)
    pid = None
    while pid != started:
        pid, status = os.wait()
    os._exit(_status(status))


def _change_root(hide: str | None, shown: list[str]) -> None:
    """Make a new root directory with what is shown, and leave the old one."""
    shown = [(source, place) for path in shown for source in [os.path.realpath(path)] for place in {path, source}]
    system = [(os.path.realpath(path), path) for path in SYSTEM if os.path.exists(path)]
    must("mount", libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    mount("tmpfs", "/tmp", "size=1m")
    os.chdir("/tmp")
    os.mkdir(OLD.strip("/"))
    must("pivot_root", libc.syscall(SYS_PIVOT_ROOT[os.uname().machine], b".", OLD.strip("/").encode()))
    os.chdir("/")
    for source, place in system:
        _show(source, place)
    if hide and os.path.isdir(hide):
        mount("tmpfs", hide, "size=1m")
    _make_devices()
    for place, size in WRITABLE.items():
        os.makedirs(place, exist_ok=True)
        mount("tmpfs", place, f"size={size},nr_inodes=100000")
    for source, place in shown:  # behind what is writable: a checkout may lie in /tmp
        _show(source, place)
    os.mkdir("/proc")
    mount("proc", "/proc")
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")  # where there are none, nobody gets new rights in one
    _make_read_only("/proc")  # files of the kernel belong to root, who may be the one who grades
    must("umount", libc.umount2(OLD.encode(), MNT_DETACH))
    os.rmdir(OLD)
    _make_read_only("/")
    os.chdir(HOME)


def _show(source: str, place: str) -> None:
    """Show at `place` what lies at `source` in the old root, read-only."""
    source = OLD + source
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with contextlib.suppress(FileExistsError), open(place, "x"):
            pass
    _bind(source, place)
    _make_read_only(place, AT_RECURSIVE)


def _make_devices() -> None:
    os.makedirs("/dev/pts")
    for name in DEVICES:
        with open(f"/dev/{name}", "x"):
            pass
        _bind(f"{OLD}/dev/{name}", f"/dev/{name}")
    for name, target in LINKS.items():
        os.symlink(target, f"/dev/{name}")
    mount("devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=620")


def mount(kind: str, place: str, options: str = "") -> None:
    """Mount a file system that has no disk. Raises OSError."""
    flags = MS_NOSUID | (MS_NODEV if kind != "devpts" else 0)
    done = libc.mount(kind.encode(), place.encode(), kind.encode(), flags, options.encode())
    must(f"mount {kind} on {place}", done)


def _bind(source: str, place: str) -> None:
    must(f"mount {place}", libc.mount(source.encode(), place.encode(), None, MS_BIND | MS_REC, None))


def _make_read_only(place: str, flags: int = 0) -> None:
    attributes = struct.pack("QQQQ", MOUNT_ATTR_RDONLY, 0, 0, 0)
    done = libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, place.encode(), flags, attributes, len(attributes))
    must(f"mount_setattr {place}", done)


def _give_up_rights() -> None:
    """Whatever the command starts gets no rights of a superuser, not even over its own namespaces."""
    must("prctl", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    capability = 0
    while libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1


def _die_with_the_parent() -> None:
    must("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def _status(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
