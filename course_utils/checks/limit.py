"""A limit on the work of code that somebody else wrote, in processor time, on every system."""

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable

IDLE_SECONDS = 60.0  # of the clock, in which next to nothing was computed: the work waits for what never comes
NOTHING = 0.01  # the share of that time that counts as nothing
LOOK_SECONDS = 0.05


class TookTooLong(BaseException):
    """The work was not done in time. Not an Exception, so that `except Exception` in the work does not swallow it."""


def within(seconds: float, work: Callable[[], object]) -> object:
    """Return what `work` returns, or raise what it raises.

    Raises TookTooLong when the work has used `seconds` of the processor, or has stood still for IDLE_SECONDS of the
    clock. A busy machine alone stops nothing. The work runs in a thread, which is asked to stop at the limit. Work that
    refuses goes on behind our back, but nobody waits for it.
    """
    ended: list[tuple[object, BaseException | None]] = []

    def body():
        try:
            ended.append((work(), None))
        except BaseException as error:
            ended.append((None, error))

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    _wait_for(thread, seconds)
    if not ended:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TookTooLong))
        raise TookTooLong
    result, error = ended[0]
    if error is not None:
        raise error
    return result


def _wait_for(thread: threading.Thread, seconds: float) -> None:
    used = _clock_of(thread)
    first = before = used()
    looked = time.monotonic()
    while thread.is_alive():
        thread.join(LOOK_SECONDS)
        now, clock = used(), time.monotonic()
        if now - first > seconds:
            return
        if clock - looked > IDLE_SECONDS:
            if now - before < NOTHING * (clock - looked):
                return
            before, looked = now, clock


def _clock_of(thread: threading.Thread) -> Callable[[], float]:
    """Return what tells how many seconds of the processor the thread has used. Elsewhere than on Linux: the process."""
    try:
        clock = time.pthread_getcpuclockid(thread.ident)
        start = time.clock_gettime(clock)
    except (AttributeError, OSError):  # no such clock here, or the thread has ended
        return time.process_time
    last = [start]

    def used() -> float:
        with contextlib.suppress(OSError):  # the thread may have ended
            last[0] = time.clock_gettime(clock)
        return last[0]

    return used
