"""Read a GGUF file (the small decoder) without the same work three times."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from unittest.mock import patch


@contextlib.contextmanager
def read_once() -> Iterator[None]:
    """Keep what `gguf` has parsed, while a tokenizer and a model are loaded from one file.

    For the tokenizer, the config and the weights transformers parses the same header again, and it builds the same
    table of names for each module. Both are only read, so one copy does.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError):  # without `gguf` there is nothing to keep
            import gguf

            for name in ("GGUFReader", "get_tensor_name_map"):
                stack.enter_context(patch.object(gguf, name, cache(getattr(gguf, name))))
        yield
