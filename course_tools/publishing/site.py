"""The site: `course site`. Sphinx makes it from the stored notebooks and the repository's pages; nothing is executed.

The pages are prepared in a folder laid out as the repository is, so that their links to each other stay as they are.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode

from course_tools.building.tables import README
from course_tools.files import write_in_one_step
from course_tools.project import BUILD, ROOT, Lesson, Sheet, all_sheets
from course_tools.publishing import glossary
from course_tools.publishing.site_pages import Pages
from course_tools.publishing.slides import write_deck
from course_utils import CourseError
from course_utils.outline import repository, routes

SETTINGS = ROOT / "site"
SOURCE = BUILD / "site_source"
SITE = BUILD / "site"
WARNINGS = BUILD / "site_warnings.txt"
NO_ANSWER = ("broken", "timeout")  # what Sphinx says of a link that leads nowhere


def build_site(lessons: list[Lesson], *, decks: bool = True) -> tuple[Path, list[str]]:
    """Make the site of these lessons, their decks too. Returns its folder, and Sphinx's warnings, a line each.

    Raises CourseError where Sphinx is missing or fails.
    """
    prepare(lessons)
    shutil.rmtree(SITE, ignore_errors=True)
    warnings = run_sphinx()
    for lesson in lessons if decks else []:
        write_deck(lesson, SITE / "slides")
    return SITE, warnings


def prepare(lessons: list[Lesson]) -> None:
    """Write the pages that Sphinx reads."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    slugs = {lesson.slug for lesson in lessons}
    sheets = [sheet for sheet in all_sheets() if sheet.entry.slug in slugs]
    known = glossary.glossary().of(slugs)
    pages = Pages(lessons, sheets, known)
    for lesson in lessons:
        _keep(lesson.notebook, pages.lesson(lesson))
    for sheet in sheets:
        _keep(sheet.page, pages.sheet(sheet))
        _keep(sheet.notebook, pages.solution(sheet))
    for path in pages.repository_pages:
        _keep(path, pages.repository_page(path))
    for path in pages.figures:
        place = SOURCE / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    shutil.copytree(SETTINGS / "_static", SOURCE / "_static")
    write_in_one_step(SOURCE / "docs" / "glossary.md", glossary.page(known, "myst"))
    for path in SETTINGS.glob("*.*"):
        write_in_one_step(SOURCE / path.name.removesuffix(".j2"), _filled(path, lessons, sheets))


def dead_links(lessons: list[Lesson]) -> list[str]:
    """Follow each link of the site's pages out into the network, and return those that lead nowhere, a line each.

    Raises CourseError where Sphinx is missing or fails.
    """
    prepare(lessons)
    found = BUILD / "site_links" / "output.json"
    found.unlink(missing_ok=True)
    done = _sphinx("linkcheck", found.parent)
    if not found.exists():
        raise CourseError(f"Sphinx failed: {done.stderr.strip()[-800:]}")
    links = [json.loads(line) for line in found.read_text("utf-8").splitlines()]
    return [
        f"{link['filename']}: {link['uri']} ({link['info'] or link['status']})"
        for link in links
        if link["status"] in NO_ANSWER
    ]


def run_sphinx() -> list[str]:
    """Run Sphinx over the prepared pages, and return its warnings. Raises CourseError where it fails."""
    done = _sphinx("html", SITE)
    if done.returncode:
        raise CourseError(f"Sphinx failed: {done.stderr.strip()[-800:]}")
    return [line.replace(f"{SOURCE}/", "") for line in WARNINGS.read_text("utf-8").splitlines() if line.strip()]


def _sphinx(builder: str, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sphinx", "-b", builder, "-q", "-j", "auto", "-w", str(WARNINGS)]
    command += ["-d", str(BUILD / "site_doctrees"), str(SOURCE), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if "No module named sphinx" in done.stderr:
        raise CourseError("Sphinx is missing. Run `make setup`.")
    return done


def _keep(path: Path, page: NotebookNode | str) -> None:
    text = page if isinstance(page, str) else nbformat.writes(page)
    write_in_one_step(SOURCE / path.relative_to(ROOT), text)


def _filled(path: Path, lessons: list[Lesson], sheets: list[Sheet]) -> str:
    parts: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        parts.setdefault(lesson.entry.part, []).append(lesson)
    there = {lesson.slug for lesson in lessons}
    ways = [(goal, entries) for goal, entries in routes() if there.issuperset(entry.slug for entry in entries)]
    begin = README.read_text("utf-8").partition("## Begin\n")[2].partition("\n## ")[0]
    environment = Environment(loader=FileSystemLoader(SETTINGS), trim_blocks=True, keep_trailing_newline=True)
    return environment.get_template(path.name).render(
        parts=parts, sheets=sheets, routes=ways, begin=begin, repository=repository()
    )
