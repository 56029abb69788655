"""Runs a function in a process of its own, so that its peak of memory is its own, and nothing is warm from before."""

from __future__ import annotations

import io
import multiprocessing
import signal
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from multiprocessing.connection import Connection

from course_utils import CourseError

SECONDS_TO_LEAVE = 20  # after the answer: for the libraries to tidy up
TOLD, RETURNED, RAISED = "told", "returned", "raised"
PRELOADED = ["benchmarks.measure"]  # imported once, in the process that all others are forked from


def in_fresh_process(function: Callable, *arguments, tell: Callable[[str], None] | None = None):
    """Return `function(*arguments)`, run in a new process. Its exceptions are raised here.

    With `tell`, the function gets a `tell`, too: what it is called with there, this one is called with here.
    Whatever happens here, Ctrl-C too, the process is gone afterwards. Raises CourseError where it dies by itself.
    """
    way = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(way)
    if way == "forkserver":
        context.set_forkserver_preload(PRELOADED)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, function, arguments, tell is not None))
    process.start()
    sender.close()
    try:
        while (message := receiver.recv())[0] == TOLD:
            tell(message[1])
        process.join(SECONDS_TO_LEAVE)
    except EOFError as end:
        raise CourseError(
            "A measuring process died. Most likely the memory ran out: close other programs, run it again."
        ) from end
    finally:
        process.kill()
        process.join()
    outcome, value = message
    if outcome == RAISED:
        raise value
    return value


def _answer(sender: Connection, function: Callable, arguments: tuple, telling: bool) -> None:
    """Send what is told, then what is returned or raised, with the libraries' bars, reports and prints silenced."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal: one of them answers
    from datasets import disable_progress_bars
    from transformers import logging

    disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    named = {"tell": lambda line: sender.send((TOLD, line))} if telling else {}
    try:
        with redirect_stdout(io.StringIO()):
            result = function(*arguments, **named)
    except Exception as error:
        error.add_note(traceback.format_exc())
        sender.send((RAISED, error))
    else:
        sender.send((RETURNED, result))
