"""Runs a command in a Linux network namespace in which only loopback is up: compiled code cannot leave either.

    python loopback_only.py COMMAND [ARGUMENT ...]

Leaves with 125 where the system does not allow a new namespace.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1

flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER
if not sys.platform.startswith("linux") or ctypes.CDLL(None).unshare(flags) != 0:
    sys.exit(125)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
os.execvp(sys.argv[1], sys.argv[1:])
