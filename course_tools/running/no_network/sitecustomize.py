"""Put this folder on PYTHONPATH: every attempt of Python code to leave this machine is written down and refused.

The refused attempts go to the file that NO_NETWORK_LOG names. A second file, its name with `.seen` behind, says that
the guard was there, and which files below the folder DATA_FOLDER were read.
"""

import os
import sys

LOOPBACK = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "", None}
READS = {"open", "os.scandir", "os.listdir"}
read = set()


def _watch(event, arguments):
    if event in READS:
        _note_read(arguments[0])
    elif event == "socket.getaddrinfo":
        _refuse(event, arguments[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        _refuse(event, arguments[1][0])


def _refuse(event, host):
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOOPBACK:
        _write("", f"{event} {host}")
        raise OSError(f"no_network: {event} to {host!r} refused")


def _note_read(path):
    folder = os.environ.get("DATA_FOLDER")
    if folder and isinstance(path, str) and path.startswith(folder + os.sep) and path not in read:
        read.add(path)
        _write(".seen", f"read {path[len(folder) + 1 :]}")


def _write(suffix, line):
    with open(os.environ["NO_NETWORK_LOG"] + suffix, "a", encoding="utf-8") as log:
        log.write(line + "\n")


sys.addaudithook(_watch)
_write(".seen", " ".join(sys.orig_argv))
