"""What is checked of a project's words: a card and a guide with words of their own, a notebook that was run."""

import re
from collections.abc import Iterator
from functools import cache

from course_tools.grading.capstone_project import Project
from course_tools.grading.capstone_rows import Fault
from course_tools.project import ROOT

TEMPLATE = ROOT / "capstone" / "template"
OWN_WORDS = 6  # different ones, below a heading
BORDER_CASES = 2
LICENCE = re.compile(
    r"CC[ -]?(?:BY|0)|creative commons|public domain|Apache|MIT\b|BSD|GPL|ODbL|ODC|Etalab|open government|"
    r"all rights reserved|not (?:shared|published|passed on)|permission|consent",
    re.IGNORECASE,
)
WRITE = "Write such as CC BY 4.0, CC0, MIT, Apache-2.0, or: all rights reserved, not passed on."
MUST_NAME = ("Intended use", "Not for", "Limits")


def card_headings(project: Project) -> Iterator[Fault]:
    """Each heading of the card is there, with words that are not the template's."""
    yield from _headings(project, "card", most=3)


def card_names(project: Project) -> Iterator[Fault]:
    """The card names the licences, who labelled, what the model is for, what not, and its limits."""
    for sentence in project.missing("card"):
        yield 4, sentence
        return
    card = project.texts["card"]
    for name in ("Licence of the texts", "Licence of the model"):
        value = _value(card, name)
        if not LICENCE.search(value):
            said = f"`{value[:40]}` names no licence that we know" if value else "stands empty"
            yield 1, f"card.md: behind **{name}:** {said}. {WRITE}"
    if len(_words(_value(card, "Labelled by"))) < 1:
        yield 1, "card.md: behind **Labelled by:** stands nothing. Write who labelled, and how many they were."
    parts = {name: _own(project, "card", name) for name in MUST_NAME}
    for name, words in parts.items():
        if len(set(words)) < OWN_WORDS:
            yield 1, f"card.md: nothing is said below `{name}`. Say it in a sentence: a reader looks there first."
    if parts["Not for"] and parts["Not for"] == parts["Intended use"]:
        yield 1, "card.md: `Intended use` and `Not for` say the same. Name a use that somebody could try and must not."


def guide(project: Project) -> Iterator[Fault]:
    """The guide explains each label of train.csv, and has two border cases or more."""
    for sentence in project.missing("guide"):
        yield 3, sentence
        return
    rows = _table(project.texts["guide"], "Labels")
    explained = {cells[0].strip("`* ").casefold() for cells in rows if len(cells) > 1 and len(_words(cells[1])) > 2}
    known = {row.cells["label"] for row in project.tables.get("train", [])}
    for label in sorted(label for label in known if label.casefold() not in explained):
        yield 1, f"guide.md: the table below `Labels` does not explain `{label}`. Give it a row, in one sentence."
    cases = [cells for cells in _table(project.texts["guide"], "Border cases") if len(cells) > 2 and all(cells[:3])]
    if len(cases) < BORDER_CASES:
        yield (
            2,
            (
                f"guide.md: {len(cases)} complete row{'s' if len(cases) != 1 else ''} below `Border cases`, and "
                f"{BORDER_CASES} are asked for. Each has a text, its label, and the reason."
            ),
        )
    for _, label, *_ in cases:
        if known and label.strip("`* ").casefold() not in {each.casefold() for each in known}:
            yield 1, f"guide.md, `Border cases`: `{label}` is no label of train.csv."
    yield from _headings(project, "guide", most=1, passed_over=("Labels", "Border cases"))


def notebook(project: Project) -> Iterator[Fault]:
    """The notebook was run from the top to the end, and no cell failed."""
    if project.notebook is None:
        yield 2, "Without project.ipynb nobody can see how the numbers were made."
        return
    cells = [cell for cell in project.notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.get("execution_count") for cell in cells]
    failed = [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    if not cells:
        yield 2, "project.ipynb has no code. Copy it from `capstone/template/`."
    elif failed:
        yield 1, f"project.ipynb holds an error: {failed[0].ename}. Mend it, then restart and run all cells."
    elif None in counts or counts != sorted(counts):
        yield 1, "project.ipynb was not run from the top to the end. Restart the kernel, run all cells, save."


def _headings(project: Project, name: str, most: int, passed_over: tuple[str, ...] = ()) -> Iterator[Fault]:
    for sentence in project.missing(name):
        yield most, sentence
        return
    present = _sections(project.texts[name])
    for heading in _sections(_template(name)):
        if heading in passed_over or not heading:
            continue
        if heading.casefold() not in {each.casefold() for each in present}:
            yield 1, f"{name}.md has no heading `## {heading}`. Put it back, as the template has it."
        elif len(set(_own(project, name, heading))) < OWN_WORDS:
            yield 1, f"{name}.md: below `{heading}` stands nothing of your own. Write a sentence or two."


def _own(project: Project, name: str, heading: str) -> list[str]:
    """Return the words below a heading that are not the template's, without tables and bold names."""
    templates = {line.strip(" *_") for line in _template(name).splitlines()}
    found = {each.casefold(): lines for each, lines in _sections(project.texts[name]).items()}
    lines = [line for line in found.get(heading.casefold(), []) if line.strip(" *_") not in templates]
    text = " ".join(line for line in lines if not line.lstrip().startswith("|"))
    return _words(re.sub(r"\*\*[^*]+:\*\*", " ", text))


def _sections(text: str) -> dict[str, list[str]]:
    """Return heading -> its lines. What stands before the first heading has the name "". Comments are left out."""
    sections: dict[str, list[str]] = {"": []}
    name = ""
    for line in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).splitlines():
        if found := re.match(r"##\s+(.*?)\s*#*\s*$", line):
            name = found[1]
            sections.setdefault(name, [])
        else:
            sections[name].append(line)
    return sections


def _table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without its first two lines."""
    found = {each.casefold(): lines for each, lines in _sections(text).items()}
    lines = [line.strip() for line in found.get(heading.casefold(), []) if line.strip().startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _value(text: str, name: str) -> str:
    """Return what stands behind a bold name with a colon, on its line and the next ones up to an empty line."""
    found = re.search(rf"\*\*{re.escape(name)}:\*\*(.*?)(?=\n\s*\n|\n#|\Z)", text, re.DOTALL | re.IGNORECASE)
    return " ".join(found[1].split()) if found else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text.casefold())


@cache
def _template(name: str) -> str:
    return (TEMPLATE / f"{name}.md").read_text(encoding="utf-8")
