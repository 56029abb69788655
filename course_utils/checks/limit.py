"""A time limit for code that somebody else wrote, on every system."""

import ctypes
import threading
from collections.abc import Callable


class TookTooLong(BaseException):
    """The work was not done in time. Not an Exception, so that `except Exception` in the work does not swallow it."""


def within(seconds: float, work: Callable[[], object]) -> object:
    """Return what `work` returns, or raise what it raises. Raises TookTooLong when `seconds` are over.

    The work runs in a thread, which is asked to stop at the limit. Work that refuses goes on behind our back, but
    nobody waits for it.
    """
    ended: list[tuple[object, BaseException | None]] = []

    def body():
        try:
            ended.append((work(), None))
        except BaseException as error:
            ended.append((None, error))

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(seconds)
    if not ended:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TookTooLong))
        raise TookTooLong
    result, error = ended[0]
    if error is not None:
        raise error
    return result
