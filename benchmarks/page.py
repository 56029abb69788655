"""`benchmarks/README.md` and its figures, made from `benchmarks/results.json`.

`python -m benchmarks.page` writes them anew without measuring: when a lesson has got another number or title.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from benchmarks import figures, results
from benchmarks.compare import PAIRS
from benchmarks.levers import LEVERS
from benchmarks.processor import short
from benchmarks.recipes import RECIPES
from benchmarks.targets import Target, targets
from course_tools.files import write_in_one_step
from course_tools.project import find_lessons

FOLDER = results.FILE.parent
Machines = dict[str, dict[str, dict]]  # what `results.read` returns
PAGE, FIGURES = FOLDER / "README.md", FOLDER / "figures"


def write() -> None:
    """Draw the figures anew and write the page."""
    machines = results.read()
    FIGURES.mkdir(exist_ok=True)
    for name, picture in drawn(machines).items():
        picture.figure.savefig(
            FIGURES / f"{name}.png", dpi=110, metadata={"Software": None, "Description": drawn_from(name, machines)}
        )
    write_text()


def write_text() -> None:
    """Write the page alone: its links move with the order of the lessons."""
    write_in_one_step(PAGE, page(results.read()))


def drawn(machines: Machines) -> dict[str, figures.Picture]:
    """Return file name -> figure, of those parts that were measured."""
    draw = {"pairs": figures.pairs, "growth": figures.growth}
    return {name: draw[name](found) for name, found in _shown(machines).items() if found}


def drawn_from(name: str, machines: Machines) -> str:
    """Return a short checksum of the numbers that a figure shows. It stands in the figure's file."""
    return hashlib.sha256(json.dumps(_shown(machines)[name]).encode()).hexdigest()[:16]


def page(machines: Machines) -> str:
    """Return the page as text."""
    of_part = {
        part: _of_part(machines, part) for part in dict.fromkeys(part for each in machines.values() for part in each)
    }
    return template("benchmarks", ends=ends, share=share, of_roof=of_roof).render(
        found=of_part,
        pairs={name: of_part[name] for name in PAIRS if name in of_part},
        recipes=RECIPES,
        levers=LEVERS,
        made=_made(machines),
        machines=names_of(machines),
        targets=_targets(machines),
        link=link,
        named=named,
        minutes=max(sum(entry["took_seconds"] for entry in parts.values()) for parts in machines.values()) / 60,
        alts={name: picture.alt for name, picture in drawn(machines).items()},
    )


def template(package: str, **filters: Callable) -> Template:
    """Return the template of a page, which lies beside the code of a package."""
    environment = Environment(
        loader=PackageLoader(package, "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= filters
    return environment.get_template("page.md.j2")


def ends(value: dict, form: str) -> str:
    """Return a median with its lowest and highest value."""
    return f"{form.format(value['median'])} ({form.format(value['low'])} to {form.format(value['high'])})"


def share(value: dict) -> str:
    """Return a score with its interval, in percent."""
    return f"{value['value']:.1%} ({value['low']:.1%} to {value['high']:.1%})"


def of_roof(row: dict, precision: str) -> str:
    """Return a row's share of a roof, in percent, or nothing where it was not measured."""
    found = row.get(f"{precision}_share")
    return ends(found, "{:.0%}") if found else ""


def names_of(machines: Iterable[str]) -> dict[str, str]:
    """Return key -> name of each machine: short, or the whole key where two would have the same name."""
    count = Counter(map(short, machines))
    return {key: short(key) if count[short(key)] == 1 else key for key in machines}


def _of_part(machines: Machines, part: str) -> dict[str, dict]:
    """Return the name of each machine that has measured a part -> what it found."""
    return {name: machines[key][part]["found"] for key, name in names_of(machines).items() if part in machines[key]}


def _shown(machines: Machines) -> dict[str, dict]:
    """Return file name -> what the figure shows."""
    names = names_of(machines)
    pairs = {
        names[key]: {pair: parts[pair]["found"] for pair in PAIRS if pair in parts} for key, parts in machines.items()
    }
    return {"pairs": {name: found for name, found in pairs.items() if found}, "growth": _of_part(machines, "scale")}


def _made(machines: Machines) -> dict[tuple[str, str, str], list[str]]:
    """Return (date, machine, libraries) -> the parts that were measured so."""
    made = defaultdict(list)
    for key, name in names_of(machines).items():
        for part, entry in machines[key].items():
            libraries = ", ".join(f"{library} {version}" for library, version in entry["versions"].items())
            made[name, entry["date"], entry["machine"], libraries].append(part)
    return made


def _targets(machines: Machines) -> dict[tuple[str, str], dict[str, Target]]:
    """Return (of what, what was wanted) -> the name of each machine that it was judged on -> the target."""
    rows = defaultdict(dict)
    for key, name in names_of(machines).items():
        for target in targets({part: entry["found"] for part, entry in machines[key].items()}, key):
            rows[target.of, target.wanted][name] = target
    return rows


def link(slug: str) -> str:
    """Return a link to a lesson, with its present number and title. Raises CourseError for a slug that is none."""
    [lesson] = find_lessons([slug])
    return f"[{lesson.title}](../notebooks/{lesson.name}.ipynb)"


def named(recipe: str) -> str:
    """Return a recipe's name, with a link where a lesson teaches it. Other words stay as they are."""
    lesson = RECIPES[recipe].lesson if recipe in RECIPES else None
    return recipe.replace(lesson, link(lesson), 1) if lesson else recipe


if __name__ == "__main__":
    write()
