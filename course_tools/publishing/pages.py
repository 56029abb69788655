"""The pages of `docs/` that are made from the lessons: the glossary and the plans."""

from pathlib import Path

from course_tools.files import write_in_one_step
from course_tools.project import ROOT
from course_tools.publishing import glossary, plans
from course_tools.publishing.graph import needs_svg

DOCS = ROOT / "docs"


def write() -> None:
    """Bring them up to date."""
    for path, text in _made().items():
        write_in_one_step(path, text)


def stale() -> list[str]:
    """Return which are out of date, one sentence each."""
    return [
        f"{path.relative_to(ROOT).as_posix()}: not what lessons/ makes. Run `course build`."
        for path, text in _made().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _made() -> dict[Path, str]:
    return {
        DOCS / "glossary.md": glossary.page(glossary.glossary()),
        DOCS / "plans.md": plans.page(),
        DOCS / "figures" / "needs.svg": needs_svg(),
    }
