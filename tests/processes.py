"""How tests start processes that they interrupt, and what they leave out on Windows."""

import os
import signal

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="a matter of Linux and macOS")

# Options of Popen. A shell starts background jobs deaf to Ctrl-C, and the deafness is inherited.
HEARING = {}
if os.name == "posix":
    HEARING["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
