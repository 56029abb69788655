"""What grading leaves behind: two CSV files, a page for each student, and a page for the class."""

import csv
import io
import re
from collections import defaultdict
from pathlib import Path

from jinja2 import Environment, PackageLoader

from course_tools.files import write_in_one_step
from course_tools.grading.grade import Outcome
from course_tools.grading.submissions import Ungraded


def write(folder: Path, outcomes: list[Outcome], refused: list[Ungraded]) -> None:
    """Write `grades.csv` (a row a student), `exercises.csv` (a row an exercise), `class.html` and `students/`."""
    (folder / "students").mkdir(parents=True, exist_ok=True)
    students = by_student(outcomes)
    pages = page_names(students)
    write_in_one_step(folder / "grades.csv", grades_csv(students))
    write_in_one_step(folder / "exercises.csv", exercises_csv(outcomes))
    for student, theirs in students.items():
        for outcome in theirs:
            if outcome.feedback:
                name = f"{pages[student]}-{outcome.submission.sheet.name}.html"
                write_in_one_step(folder / "students" / name, outcome.feedback)
        page = _template("student").render(student=student, outcomes=theirs, page=pages[student])
        write_in_one_step(folder / "students" / f"{pages[student]}.html", page)
    page = _template("class").render(
        students=students, pages=pages, sheets=sheets(outcomes), missed=most_missed(outcomes), refused=refused
    )
    write_in_one_step(folder / "class.html", page)


def by_student(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    """Return student -> outcomes, students and sheets in order."""
    found = defaultdict(list)
    for outcome in sorted(outcomes, key=lambda each: (each.submission.student.lower(), each.submission.sheet.name)):
        found[outcome.submission.student].append(outcome)
    return dict(found)


def sheets(outcomes: list[Outcome]) -> dict[str, list[str]]:
    """Return sheet -> the titles of its exercises, for the sheets that somebody handed in."""
    found: dict[str, list[str]] = {}
    for outcome in sorted(outcomes, key=lambda each: each.submission.sheet.name):
        titles = [exercise["title"] for exercise in outcome.exercises]
        found[outcome.submission.sheet.name] = found.get(outcome.submission.sheet.name) or titles
    return found


def most_missed(outcomes: list[Outcome]) -> list[dict]:
    """Return the exercises, the most missed first: sheet, name, title, missed, tried, and what was said how often."""
    tried: dict[tuple, list[dict]] = defaultdict(list)
    for outcome in outcomes:
        for exercise in outcome.exercises:
            tried[outcome.submission.sheet.name, exercise["name"]].append(exercise)
    rows = []
    for (sheet, name), each in tried.items():
        wrong = [exercise for exercise in each if exercise["points"] < exercise["most"]]
        words = defaultdict(int)
        for exercise in wrong:
            words[exercise["trouble"] or slip(exercise["said"])] += 1
        said = sorted(words.items(), key=lambda item: -item[1])[:3]
        title = each[0]["title"]
        rows.append(
            {"sheet": sheet, "number": sheet.partition("_")[0], "name": name, "title": title}
            | {"missed": len(wrong), "tried": len(each), "said": said}
        )
    return sorted(rows, key=lambda row: (-row["missed"] / row["tried"], row["sheet"], row["name"]))


def slip(said: str) -> str:
    """Return the slip out of what a check said, or its last line."""
    found = re.search(r"perhaps: +(.+)", said) or re.search(r"expected: +(.+)", said)
    return found[1] if found else (said.strip().splitlines() or ["nothing"])[-1]


def grades_csv(students: dict[str, list[Outcome]]) -> str:
    """Return one row a student: the points of each sheet, then all points and the most there are."""
    names = sorted({outcome.submission.sheet.name for theirs in students.values() for outcome in theirs})
    rows = [["student", *names, "points", "most"]]
    for student, theirs in students.items():
        points = {outcome.submission.sheet.name: outcome for outcome in theirs}
        cells = [_plain(points[name].points) if name in points and not points[name].problem else "" for name in names]
        rows.append([student, *cells, _plain(sum(o.points for o in theirs)), _plain(sum(o.most for o in theirs))])
    return _csv(rows)


def exercises_csv(outcomes: list[Outcome]) -> str:
    """Return one row an exercise of a student."""
    rows = [["student", "sheet", "exercise", "points", "most", "said"]]
    for outcome in outcomes:
        who, sheet = outcome.submission.student, outcome.submission.sheet.name
        for exercise in outcome.exercises:
            points, most = _plain(exercise["points"]), _plain(exercise["most"])
            rows.append([who, sheet, exercise["name"], points, most, " ".join(exercise["said"].split())])
        if outcome.problem:
            rows.append([who, sheet, "", "", "", outcome.problem])
    return _csv(rows)


def page_names(students: dict[str, list[Outcome]]) -> dict[str, str]:
    """Return student -> a file name that every system takes, all of them different."""
    names: dict[str, str] = {}
    for student in students:
        plain = re.sub(r"[^\w-]+", "_", student).strip("_") or "student"
        number, name = 1, plain
        while name.lower() in {each.lower() for each in names.values()}:
            number += 1
            name = f"{plain}_{number}"
        names[student] = name
    return names


def _template(name: str):
    return Environment(loader=PackageLoader("course_tools", "."), autoescape=True).get_template(
        f"grading/{name}.html.j2"
    )


def _csv(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula becomes a text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _plain(points: float) -> str:
    return f"{points:g}"
