"""A power failure that comes when it is asked for, and a folder to save in."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path


def fails_at(step: int, collate: Callable) -> Callable:
    """Return a collate function that works like the given one until its call number `step`, which is interrupted."""
    calls = count(1)

    def collate_or_fail(rows):
        if next(calls) == step:
            raise KeyboardInterrupt("the power failed")
        return collate(rows)

    return collate_or_fail


def new_folder(folder: Path) -> Path:
    """Return the folder, empty: what an earlier run of the cell has saved is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
