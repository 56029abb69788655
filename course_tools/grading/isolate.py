"""Runs a command where compiled code, too, can reach no network, and change no file outside one folder (Linux only).

    python isolate.py [--write FOLDER] COMMAND [ARGUMENT ...]

The command gets a network namespace in which only loopback is up. With `--write`, it also gets a mount namespace in
which everything but FOLDER is read-only. Leaves with 125 where the system does not allow that.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 0x1
PR_SET_CHILD_SUBREAPER = 36
NOT_ALLOWED = 125


def main() -> None:
    """Shut this process away, then become the command."""
    arguments = sys.argv[1:]
    folder = None
    if arguments[0] == "--write":
        folder, arguments = os.path.realpath(arguments[1]), arguments[2:]
    if not sys.platform.startswith("linux"):
        sys.exit(NOT_ALLOWED)
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        _enter_namespaces(libc, CLONE_NEWNET | (CLONE_NEWNS if folder else 0))
        if folder:
            _make_read_only_but(libc, folder)
            libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # whoever runs away stays among our children
    except OSError:
        sys.exit(NOT_ALLOWED)
    _raise_loopback()
    os.execvp(arguments[0], arguments)


def _enter_namespaces(libc, flags: int) -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _must(libc.unshare(flags))
        return
    _must(libc.unshare(flags | CLONE_NEWUSER))
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def _make_read_only_but(libc, folder: str) -> None:
    place = folder.encode()
    _must(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    _must(libc.mount(place, place, None, MS_BIND | MS_REC, None))
    _set_attributes(libc, b"/", AT_RECURSIVE, set_bits=MOUNT_ATTR_RDONLY)
    _set_attributes(libc, place, 0, clear_bits=MOUNT_ATTR_RDONLY)
    _must(libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", 0, b"size=256m"))  # for a data loader's workers
    os.chdir(folder)


def _set_attributes(libc, path: bytes, flags: int, set_bits: int = 0, clear_bits: int = 0) -> None:
    attributes = struct.pack("QQQQ", set_bits, clear_bits, 0, 0)
    _must(libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, path, flags, attributes, len(attributes)))


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def _must(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main()
