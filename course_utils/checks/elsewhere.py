"""Calls a function in a second process of Python, as after a restart of the kernel: there, texts have other hashes."""

import os
import subprocess
import sys

SECONDS = 60  # of the clock
HASH_SEED = "PYTHONHASHSEED"
THERE = """
import sys
import dill

out, sys.stdout = sys.stdout.buffer, sys.stderr
function, arguments = dill.load(sys.stdin.buffer)
dill.dump(function(*arguments), out)
"""


def in_another_process(function, *arguments) -> object:
    """Return what the function returns there, or NotImplemented where it cannot be taken there. It takes seconds."""
    import dill

    other = "2" if os.environ.get(HASH_SEED) == "1" else "1"
    try:
        packed = dill.dumps((function, arguments), recurse=True)
        ran = subprocess.run(
            [sys.executable, "-c", THERE],
            input=packed,
            capture_output=True,
            env={**os.environ, HASH_SEED: other},
            timeout=SECONDS,
        )
        return dill.loads(ran.stdout)
    except Exception:  # nothing is known then
        return NotImplemented
