"""How tests start processes that they interrupt."""

import os
import signal

# Options of Popen. A shell starts background jobs deaf to Ctrl-C, and the deafness is inherited.
HEARING = {}
if os.name == "posix":
    HEARING["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
