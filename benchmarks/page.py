"""`benchmarks/README.md` and its figures, made from `benchmarks/results.json`.

`python -m benchmarks.page` writes them anew without measuring: when a lesson has got another number or title.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

from jinja2 import Environment, PackageLoader, StrictUndefined

from benchmarks import figures, results
from benchmarks.compare import PAIRS
from benchmarks.recipes import RECIPES
from benchmarks.targets import targets
from course_tools.files import write_in_one_step
from course_tools.project import find_lessons

FOLDER = results.FILE.parent
PAGE, FIGURES = FOLDER / "README.md", FOLDER / "figures"


def write() -> None:
    """Draw the figures anew and write the page."""
    parts = results.read()
    found = {part: entry["found"] for part, entry in parts.items()}
    FIGURES.mkdir(exist_ok=True)
    for name, picture in drawn(found).items():
        picture.figure.savefig(
            FIGURES / f"{name}.png", dpi=110, metadata={"Software": None, "Description": drawn_from(name, found)}
        )
    write_text()


def write_text() -> None:
    """Write the page alone: its links move with the order of the lessons."""
    write_in_one_step(PAGE, page(results.read()))


def drawn(found: dict[str, dict]) -> dict[str, figures.Picture]:
    """Return file name -> figure, of those parts that were measured."""
    pictures = {}
    if pairs := _pairs(found):
        pictures["pairs"] = figures.pairs(pairs)
    if "scale" in found:
        pictures["growth"] = figures.growth(found["scale"])
    return pictures


def drawn_from(name: str, found: dict[str, dict]) -> str:
    """Return a short checksum of the numbers that a figure shows. It stands in the figure's file."""
    shown = _pairs(found) if name == "pairs" else found["scale"]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


def page(parts: dict[str, dict]) -> str:
    """Return the page as text."""
    found = {part: entry["found"] for part, entry in parts.items()}
    environment = Environment(
        loader=PackageLoader("benchmarks", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["ends"] = lambda value, form: (
        f"{form.format(value['median'])} ({form.format(value['low'])} to {form.format(value['high'])})"
    )
    environment.filters["share"] = lambda value: f"{value['value']:.1%} ({value['low']:.1%} to {value['high']:.1%})"
    made = defaultdict(list)
    for part, entry in parts.items():
        libraries = ", ".join(f"{name} {version}" for name, version in entry["versions"].items())
        made[entry["date"], entry["machine"], libraries].append(part)
    return environment.get_template("page.md.j2").render(
        found=found,
        pairs=_pairs(found),
        recipes=RECIPES,
        made=made,
        targets=targets(found),
        link=link,
        named=named,
        minutes=sum(entry["took_seconds"] for entry in parts.values()) / 60,
        alts={name: picture.alt for name, picture in drawn(found).items()},
    )


def link(slug: str) -> str:
    """Return a link to a lesson, with its present number and title. Raises CourseError for a slug that is none."""
    [lesson] = find_lessons([slug])
    return f"[{lesson.title}](../notebooks/{lesson.name}.ipynb)"


def named(recipe: str) -> str:
    """Return a recipe's name, with a link where a lesson teaches it. Other words stay as they are."""
    lesson = RECIPES[recipe].lesson if recipe in RECIPES else None
    return recipe.replace(lesson, link(lesson), 1) if lesson else recipe


def _pairs(found: dict[str, dict]) -> dict[str, dict]:
    return {name: found[name] for name in PAIRS if name in found}


if __name__ == "__main__":
    write()
