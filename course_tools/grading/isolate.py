"""Runs a command in a network of its own, in which only loopback is up (Linux only).

    python isolate.py COMMAND [ARGUMENT ...]

Leaves with NOT_ALLOWED, and the reason on standard error, where the system does not allow that.
"""

import ctypes
import os
import socket
import struct
import sys

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
NOT_ALLOWED = 125

libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def main() -> None:
    """Leave the network, then become the command."""
    try:
        enter(CLONE_NEWNET | (0 if os.geteuid() == 0 else CLONE_NEWUSER))
        _raise_loopback()
    except OSError as error:
        refuse(error)
    os.execvp(sys.argv[1], sys.argv[1:])


def enter(flags: int) -> None:
    """Go into new namespaces, as the same user. Raises OSError where the system does not allow that."""
    user, group = os.geteuid(), os.getegid()
    if libc is None:
        raise OSError(0, "only Linux has namespaces")
    must("unshare", libc.unshare(flags))
    if flags & CLONE_NEWUSER:
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)


def must(name: str, result: int) -> None:
    """Raise OSError where a call of the system has failed."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def refuse(error: OSError) -> None:
    """Leave, and say why."""
    where = f" ({error.filename})" if error.filename else ""
    print(f"{error.strerror}{where}", file=sys.stderr, flush=True)
    os._exit(NOT_ALLOWED)


def _raise_loopback() -> None:
    import fcntl  # Windows has none, and reads this file, too

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


if __name__ == "__main__":
    main()
