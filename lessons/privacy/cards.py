"""What the cards in this course's folders say about where the data and the weights come from."""

from __future__ import annotations

import re
from pathlib import Path

ASKED = {  # what a card must say -> words of a heading or a field that say it
    "licence": r"^license:\s*(\S+)",
    "how it was made": r"^\*\*How (?:it|they) w(?:as|ere) (?:written|made)|^#+ (?:How|Training|Background)",
    "not fit for": r"^#+ .*(?:not fit|Limit|Out-of-scope|not do)",
    "people": r"invented|nobody|no person|consent",
}


def read_card(folder: str | Path) -> dict[str, str]:
    """Return what the card (README.md) of a folder says: the licence as it stands there, `yes` or `-` for the rest."""
    path = Path(folder) / "README.md"
    return answers(path.read_text(encoding="utf-8")) if path.exists() else dict.fromkeys(ASKED, "no card")


def answers(card: str) -> dict[str, str]:
    found = {name: re.search(pattern, card, re.MULTILINE) for name, pattern in ASKED.items()}
    return {name: (hit[1] if hit.groups() else "yes") if hit else "-" for name, hit in found.items()}
