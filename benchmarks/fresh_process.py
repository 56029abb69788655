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
PRELOADED = ["benchmarks.measure"]  # imported once, in the process that all others are forked from


def in_fresh_process(function: Callable, *arguments):
    """Return `function(*arguments)`, run in a new process. Its exceptions are raised here.

    Whatever happens here, Ctrl-C too, the process is gone afterwards. Raises CourseError where it dies by itself.
    """
    way = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(way)
    if way == "forkserver":
        context.set_forkserver_preload(PRELOADED)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        error, result = receiver.recv()
        process.join(SECONDS_TO_LEAVE)
    except EOFError as end:
        raise CourseError(
            "A measuring process died. Most likely the memory ran out: close other programs, run it again."
        ) from end
    finally:
        process.kill()
        process.join()
    if error:
        raise error
    return result


def _answer(sender: Connection, function: Callable, arguments: tuple) -> None:
    """Send (None, result) or (exception, None), with the libraries' bars, reports and prints silenced."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal: one of them answers
    from datasets import disable_progress_bars
    from transformers import logging

    disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    warnings.simplefilter("ignore")
    try:
        with redirect_stdout(io.StringIO()):
            result = function(*arguments)
    except Exception as error:
        error.add_note(traceback.format_exc())
        sender.send((error, None))
    else:
        sender.send((None, result))
