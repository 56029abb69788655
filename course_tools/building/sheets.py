"""What makes an exercise script a notebook in nbgrader's source format: its cards, and nbgrader's own metadata.

In a script, `answer="NAME"` marks the cell that a student fills, with the solution between `### BEGIN SOLUTION` and
`### END SOLUTION`, and `check="NAME"` the cell that judges it. The card above them says how hard it is: each star is
a point.
"""

import importlib
import re
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course_utils import CourseError
from course_utils.outline import place

KINDS = ("write code", "predict", "bug hunt", "open")
CARD = re.compile(
    r"^## (?P<number>\d+) · (?P<title>[^\n]+)\n+"
    rf"(?P<stars>★{{1,3}})☆{{0,2}} · (?P<minutes>\d+) minutes? · (?P<kind>{'|'.join(KINDS)})$",
    re.M,
)
INTRO = """\
**{count} exercises**, about {minutes} minutes. Each one is a card: what to do, how hard it is (★ easy, ★★★ hard), how
long it takes.

1. Run the cells from the top. They prepare what the exercises need.
2. Write your answer where it says `# Your code here.` If a function is there already, change it in its place.
3. Run the check below it. It tells you at once whether you are right, and if not, what may be wrong.
4. Stuck? Below each check are hints. Unfold one at a time.
5. A function of yours leaves what it is given as it is, unless the card asks for a change. Later cells need it.
6. The kernel was restarted? Choose *Run > Run All Above Selected Cell*. Your progress is kept.

They belong to {{{{ lesson:{slug} }}}}. Nothing here needs a GPU, an account or a network."""


@dataclass(frozen=True)
class Card:
    """What the head of an exercise says. `name` is the name of its check."""

    name: str
    number: int
    title: str
    stars: int
    minutes: int
    kind: str


def cards(notebook: NotebookNode) -> list[Card]:
    """Return the cards of a rendered sheet, in their order."""
    return [Card(cell.metadata.check, **cell.metadata.card) for cell in notebook.cells if "check" in cell.metadata]


def intro(notebook: NotebookNode, slug: str) -> str:
    """Return what stands at the head of a sheet: how much it is, and how to work with it."""
    found = [match for cell in notebook.cells if cell.cell_type == "markdown" for match in CARD.finditer(cell.source)]
    minutes = sum(int(match["minutes"]) for match in found)
    return INTRO.format(count=len(found), minutes=minutes, slug=slug)


def complete_checks(notebook: NotebookNode, slug: str) -> None:
    """Let each check work alone, also after a restart, and put its hints below it, folded. In place."""
    exercises = importlib.import_module(f"lessons.{slug}.checks").sheet.exercises
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if name := cell.metadata.get("check"):
            cell.source = f"from lessons.{slug} import checks as check\n\n{cell.source}"
            hints = folded(exercises[name].hints).replace(place(slug), f"{{{{ lesson:{slug} }}}}")  # here it is a link
            cells.append(new_markdown_cell(hints))
    notebook.cells = cells


def folded(hints: list[str]) -> str:
    """Return hints as markdown, each one folded."""
    parts = (
        f"<details><summary>Hint {number}</summary>\n\n{hint}\n\n</details>" for number, hint in enumerate(hints, 1)
    )
    return "\n".join(parts)


def add_nbgrader_metadata(notebook: NotebookNode) -> None:
    """Give each code cell of a sheet what nbgrader needs to know, and its check the points. In place.

    Raises CourseError where a check has no card above it.
    """
    head, given = None, 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            head = CARD.search(cell.source) or head
            continue
        if "check" in cell.metadata:
            if head is None:
                raise CourseError(f"The check {cell.metadata.check!r} has no card above it, as in {CARD.pattern!r}.")
            cell.metadata.card = card = _numbers(head)
            _nbgrader(cell, f"check-{cell.metadata.check}", grade=True, locked=True, points=card["stars"])
        elif "answer" in cell.metadata:
            _nbgrader(cell, cell.metadata.answer, solution=True)
        else:
            given += 1
            _nbgrader(cell, f"given-{given}", locked=True)


def _nbgrader(cell: NotebookNode, grade_id: str, *, grade=False, solution=False, locked=False, **more) -> None:
    cell.metadata.nbgrader = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        **more,
    }


def _numbers(head: re.Match) -> dict:
    card = head.groupdict()
    return {**card, "number": int(card["number"]), "minutes": int(card["minutes"]), "stars": len(card["stars"])}
