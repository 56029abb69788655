"""Put this folder on PYTHONPATH: every attempt of Python code to leave this machine is written down and refused."""

import os
import sys

LOOPBACK = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "", None}


def _refuse(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOOPBACK:
        with open(os.environ["NO_NETWORK_LOG"], "a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")
        raise OSError(f"tests/no_network: {event} to {host!r} refused")


sys.addaudithook(_refuse)
with open(os.environ["NO_NETWORK_LOG"] + ".guarded", "a", encoding="utf-8") as guarded:
    guarded.write(" ".join(sys.orig_argv) + "\n")
