"""What a canary found, read from what its steps left behind, and told as Markdown: fit to be an issue as it stands."""

import json
import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from course_tools.project import Lesson, Sheet, all_lessons, all_sheets
from course_tools.running.execution import Execution, find
from course_tools.running.verdict import faults
from course_utils import CourseError

LOCKS = ("requirements-lock.txt", "requirements-publish.txt")
OF_A_SCRIPT = re.compile(r"test_it_runs_in_smoke\[(\w+)\]")
IN_THE_CELL = re.compile(
    r"^Cell In\[\d+\], line \d+\n(.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL
)  # as IPython marks it
MOST_LINES, MOST_LETTERS = 40, 300


@dataclass(frozen=True)
class Finding:
    """One thing that broke: where, what in a sentence each, the call that failed in its cell, and all the calls."""

    where: str
    what: tuple[str, ...]
    call: str = ""
    trace: str = ""


def of_tests(results: Path, copy: Path) -> tuple[int, list[Finding]]:
    """Read pytest's JUnit file: how many tests passed, and what the others say. No file: nothing of either."""
    if not results.exists():
        return 0, []
    scripts = {script.slug: script for script in [*all_lessons(), *all_sheets()]}
    cases = list(ElementTree.parse(results).iter("testcase"))
    failed = [(case, bad) for case in cases for bad in [*case.findall("failure"), *case.findall("error")]]
    passed = sum(len(case.findall("*")) == len(case.findall("properties")) for case in cases)
    return passed, [_of_test(case, bad, scripts, copy) for case, bad in failed]


def of_run(copy: Path) -> tuple[int, list[Finding]]:
    """Read the report of `course run` in `laptop`: how many lessons passed, and what is wrong with the others."""
    path = copy / "build" / "report.json"
    if not path.exists():
        return 0, []
    lessons = json.loads(path.read_text("utf-8"))["lessons"]
    wrong = [lesson for lesson in lessons if lesson["status"] != "passed"]
    found = []
    for lesson in wrong:
        execution = _record(copy, "laptop", lesson["lesson"])
        found.append(_of_execution(lesson["lesson"], "laptop", lesson["faults"] or ["it was not executed"], execution))
    return len(lessons) - len(wrong), found


def of_ending(step: str, code: int, log: Path) -> Finding:
    """Return what a command said last, where nothing else tells why it failed."""
    said = log.read_text("utf-8").splitlines()[-MOST_LINES:]
    return Finding(f"the step `{step}`", (f"it left with {code}",), trace="\n".join(said))


def report(root: Path, copy: Path, steps: dict[str, str], findings: list[Finding]) -> str:
    """Return the whole report. `steps`: name -> outcome; `root` and `copy`: where the old and the new lock lie."""
    outcome = f"{len(findings)} failed" if findings else "nothing broke"
    lines = [
        f"# The canary: {outcome}",
        f"Tried on {platform.system()} {platform.machine()} with Python {platform.python_version()}.",
        _table(("step", "outcome"), steps.items()),
        "## What is newer",
        _newer(root, copy) if steps.get("lock") == "done" else "No versions were found that fit each other.",
    ]
    if findings:
        lines.append("## What failed")
        lines += [part for finding in findings for part in _told(finding)]
    return "\n\n".join(lines) + "\n"


def versions(folder: Path) -> dict[str, str]:
    """Return package -> version, of the locks in a folder."""
    texts = [(folder / name).read_text("utf-8") for name in LOCKS]
    return dict(pin for text in texts for pin in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def _newer(root: Path, copy: Path) -> str:
    old, new = versions(root), versions(copy)
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if not names:
        return "Nothing: the lock holds the newest versions that requirements.txt allows and the indexes offer."
    rows = [(name, old.get(name, "not there"), new.get(name, "not there")) for name in names]
    return _table(("package", "locked", "tried"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _told(finding: Finding) -> Iterator[str]:
    yield f"### {finding.where[0].upper()}{finding.where[1:]}"
    yield "\n".join(f"- {sentence}" for sentence in finding.what)
    if finding.call:
        yield f"In the cell:\n\n{_fenced(finding.call)}"
    if finding.trace:
        yield f"<details><summary>How it came to that</summary>\n\n{_fenced(finding.trace)}\n\n</details>"


def _fenced(text: str) -> str:
    """A block of code, fenced by more marks than stand in it."""
    fence = "`" * max(3, 1 + max((len(marks) for marks in re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _of_test(case, bad, scripts: dict[str, Lesson | Sheet], copy: Path) -> Finding:
    name = case.get("name")
    script = scripts.get(match.group(1)) if (match := OF_A_SCRIPT.fullmatch(name)) else None
    if script:
        execution = _record(copy, "smoke", f"{script.name}_tries") or _record(copy, "smoke", script.name)
        if execution and (wrong := faults(execution, script)):
            return _of_execution(script.name, "smoke", wrong, execution)
    lines = strip_ansi(bad.text or "").splitlines()
    said = (bad.get("message") or "it failed without a word").splitlines()[0]
    where = "::".join(filter(None, [case.get("classname"), name]))
    return Finding(f"`{where}`", (said[:MOST_LETTERS],), trace="\n".join(lines[-MOST_LINES:]))


def _of_execution(name: str, profile: str, wrong: list[str], execution: Execution | None) -> Finding:
    trace = _trace(execution.notebook) if execution else ""
    marked = IN_THE_CELL.search(trace)
    call = marked.group(1) if marked else ""
    return Finding(f"`{name}`, {profile}", tuple(wrong), call, "\n".join(trace.splitlines()[-MOST_LINES:]))


def _trace(notebook: NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    errors = ["\n".join(output.traceback) for output in outputs if output.output_type == "error"]
    return strip_ansi(errors[-1]) if errors else ""


def _record(copy: Path, profile: str, name: str) -> Execution | None:
    """Return what became of a notebook in the copy. A damaged record tells nothing."""
    try:
        return find(copy / "build" / "executed" / profile / f"{name}.ipynb")
    except CourseError:
        return None
