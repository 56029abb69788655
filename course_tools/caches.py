"""Caches that a crash or a full disk has left half made: taken away, so that whoever needs them makes them anew."""

import json
import os
import re
import shutil
from pathlib import Path

from course_utils import prepared, sources

CARD = "README.md"


def datasets_folder() -> Path:
    """Return where the library `datasets` keeps the tables that it made."""
    general = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = os.environ.get("HF_HOME") or Path(general) / "huggingface"
    return Path(os.environ.get("HF_DATASETS_CACHE") or Path(home) / "datasets").expanduser()


def take_away_half_made() -> list[Path]:
    """Delete what is half made, of the course's own data alone, and return what it was."""
    from filelock import FileLock

    half_made = [folder for folder in _prepared() if not _names_all(folder)]
    for folder in half_made:
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            shutil.rmtree(folder)
    return half_made + _take_tables_away()


def _prepared() -> list[Path]:
    """The folders in the course's cache; those with a dot are being made by another process."""
    return [path.parent for path in sorted(prepared.cache_folder().glob(f"[!.]*/{prepared.MANIFEST}"))]


def _names_all(folder: Path) -> bool:
    """True where the manifest names every file: one that was cut short vouches for the rest alone."""
    text = (folder / prepared.MANIFEST).read_text(encoding="utf-8", errors="replace")
    named = {line.partition("  ")[2] for line in text.splitlines()}
    there = {path.name for path in folder.glob("[!.]*")} - {prepared.MANIFEST}  # macOS leaves files with a dot
    return named == there and named - {CARD} != set()


def _take_tables_away() -> list[Path]:
    names = {folder.name for folder in _prepared()} | {path.name for path in sources.DATA.glob("*") if path.is_dir()}
    infos = [info for name in sorted(names) for info in (datasets_folder() / name).glob("*/*/*/dataset_info.json")]
    half_made = [info.parent for info in infos if not _has_all_rows(info)]
    for folder in half_made:
        shutil.rmtree(folder)
    return half_made


def _has_all_rows(info: Path) -> bool:
    """True where the tables of each split can be read to their ends, and hold as many rows as there should be."""
    import pyarrow

    try:
        splits = json.loads(info.read_text(encoding="utf-8"))["splits"]
        return all(
            sum(map(_rows, _tables(info.parent, name))) == split["num_examples"] for name, split in splits.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, pyarrow.ArrowException):
        return False


def _tables(folder: Path, split: str) -> list[Path]:
    pattern = re.compile(rf".*-{re.escape(split)}(-\d+-of-\d+)?\.arrow")
    return [path for path in folder.glob("*.arrow") if pattern.fullmatch(path.name)]


def _rows(table: Path) -> int:
    import pyarrow

    with pyarrow.memory_map(str(table)) as file, pyarrow.ipc.open_stream(file) as batches:
        return sum(batch.num_rows for batch in batches)
