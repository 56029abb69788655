"""A student's progress in one sheet, kept on the disk across restarts."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path


class Progress:
    """Which exercises of a sheet were judged right last."""

    def __init__(self, file: Path):
        self.file = file

    def keep(self, name: str, right: bool) -> None:
        """Note how an exercise was judged last. A full or locked disk costs nothing but the note."""
        judged = {**self.read(), name: right}
        with contextlib.suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(judged), encoding="utf-8")

    def read(self) -> dict[str, bool]:
        """Return name -> right. Empty where nothing is kept, or nothing that can be read."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: right is True for name, right in kept.items()} if isinstance(kept, dict) else {}

    def line(self, names: Sequence[str]) -> str:
        """Return the progress over these exercises in one line."""
        judged = self.read()
        marks = "".join("■" if judged.get(each) else "□" for each in names)
        return f"{marks} {marks.count('■')} of {len(marks)} right"
