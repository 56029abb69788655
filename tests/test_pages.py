"""The pages and tables that grading leaves behind, a notebook as a page, and the report of a run. Nothing is graded."""

import csv
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_tools.grading import comments, pages
from course_tools.grading.gradebook import cards_of, most
from course_tools.grading.outcome import Judged, Outcome
from course_tools.grading.submissions import Submission, Ungraded
from course_tools.project import ROOT, all_lessons, all_sheets
from course_tools.running import report
from course_tools.running.execution import Execution, keep
from course_tools.running.notebook_page import notebook_page

SHEETS = {sheet.entry.slug: sheet for sheet in all_sheets()}
SHEET, OTHER = SHEETS["tokenization"], SHEETS["dataloader"]
CARDS = cards_of(SHEET)
CODE = next(card for card in CARDS if card.kind == "write code" and card.stars > 1)
PREDICTION = next(card for card in CARDS if card.kind == "predict")
SAID = """\
Not yet.
  expected: the word as it stands in `text`
  received: 'homesick' (str)
  perhaps:  taken from the `tokens`?
  a hint:   check.spelling.hint()
  sheet 03: ■□□□□ 1 of 5 right
"""
HINTS = [
    "Look at the `offsets`.",
    "Read lesson 03 · Tokenization (notebooks/03_tokenization.ipynb) again, the part “A”.",
]
OWN = (
    "def mine(text, word):\n    pieces = tokenizer(text).tokens()\n    ids = tokenizer(text).word_ids()\n    return ids"
)
EMPTY = {"points": 0.0, "tried": False, "said": SAID, "hints": HINTS}
WRONG = {"points": 0.0, "said": SAID, "hints": HINTS, "answer": OWN}
ATTACKS = {
    "html": new_output("display_data", {"text/html": "<script>alert(1)</script><img src=x onerror=alert(1)>"}),
    "isolated": new_output(
        "display_data", {"text/html": "<svg onload=alert(1)>"}, metadata={"text/html": {"isolated": True}}
    ),
    "error": new_output(
        "error", ename="E", evalue="<script>alert(1)</script>", traceback=["<script>alert(1)</script>"]
    ),
    "stream": new_output("stream", name="stdout", text="<script>alert(1)</script>"),
    "markdown": new_output("display_data", {"text/markdown": "[x](javascript:alert(1)) <iframe src=//x.org></iframe>"}),
    "javascript": new_output("display_data", {"application/javascript": "alert(1)"}),
    "picture": new_output("display_data", {"image/png": '"onerror="alert(1)', "text/plain": '" onerror="alert(1)'}),
    "width": new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"width": "1 onerror=alert(1)"}}),
    "drawing": new_output("display_data", {"image/svg+xml": "<svg onload='alert(1)'><script>alert(1)</script></svg>"}),
}


def outcome(student: str, sheet=SHEET, notes=(), **changed: dict) -> Outcome:
    """Return a right submission, except for what is changed: exercise -> fields of its Judged."""
    notebook = nbformat.read(sheet.notebook, as_version=4)
    solved = {cell.metadata.answer: cell.source for cell in notebook.cells if "answer" in cell.metadata}
    exercises = [
        Judged(card.name, card.stars, card.stars, solved[card.name], True, "", "✓ right", [])
        for card in cards_of(sheet)
    ]
    exercises = [replace(each, **changed.get(each.name, {})) for each in exercises]
    submission = Submission(student, sheet, Path("sheet.ipynb"), notebook, "sheet.ipynb", "digest", notes)
    return Outcome(submission, exercises, notebook)


def refused(student: str, sheet=None) -> Ungraded:
    return Ungraded(Path("damaged.ipynb"), "damaged: ask for it again", f"{student}/damaged.ipynb", student, sheet)


def rows(folder: Path, name: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text("utf-8"))))


def page_of(folder: Path, student: str) -> BeautifulSoup:
    return read(pages.student_page(folder, student))


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def part(page: BeautifulSoup, title: str) -> str:
    """Return the words of the part of the class page that has this title, or nothing."""
    found = page.find("h2", string=re.compile(title))
    return found.parent.get_text(" ", strip=True) if found else ""


class TestTheClass:
    def test_an_untouched_answer_is_not_missed(self, tmp_path):
        pages.write(tmp_path, [outcome("ann", **{CODE.name: EMPTY}), outcome("ben", **{CODE.name: WRONG})], [], [])
        page = read(tmp_path / "class.html")
        assert "missed by 1 of 1, 1 did not try" in part(page, "missed most")
        assert "1 × taken from the tokens ?" in part(page, "missed most")
        signs = [cell.get_text()[0] for cell in page.select(f"td.mark:nth-of-type({CODE.number + 1})")]
        assert signs == ["–", "✗"]
        tried = {
            row["student"]: row["tried"] for row in rows(tmp_path, "exercises.csv") if row["exercise"] == CODE.name
        }
        assert tried == {"ann": "no", "ben": "yes"}
        assert "Not tried" in page_of(tmp_path, "ann").get_text()

    def test_everybody_has_a_row_with_the_same_most(self, tmp_path):
        outcomes = [outcome("ann"), outcome("ben", OTHER), outcome("guest")]
        pages.write(
            tmp_path, outcomes, [refused("dora"), refused("emil", SHEET)], ["ann", "ben", "carl", "dora", "emil"]
        )
        found = {row["student"]: row for row in rows(tmp_path, "grades.csv")}
        assert list(found) == ["ann", "ben", "carl", "dora", "emil", "guest"]
        assert {float(row["most"]) for row in found.values()} == {most(SHEET) + most(OTHER)}
        assert found["ann"][OTHER.name] == ""
        assert found["carl"]["note"] == "handed in nothing"
        assert "damaged" in found["dora"]["note"] and "damaged" in found["emil"]["note"]
        assert found["guest"]["note"] == "not on the roster"
        page = read(tmp_path / "class.html")
        assert "1 handed in nothing: carl" in page.get_text(" ", strip=True)
        assert "1 not on the roster: guest" in page.get_text(" ", strip=True)
        assert "dora · dora/damaged.ipynb: damaged" in part(page, "2 files not graded")

    def test_without_a_roster_nobody_is_missing_or_a_stranger(self, tmp_path):
        pages.write(tmp_path, [outcome("ann")], [], [])
        text = read(tmp_path / "class.html").get_text()
        assert "handed in nothing" not in text and "roster" not in text

    def test_a_submission_with_a_problem_is_named(self, tmp_path):
        pages.write(tmp_path, [replace(outcome("ann"), exercises=[], problem="it took too much memory")], [], [])
        assert rows(tmp_path, "grades.csv")[0]["note"] == f"{SHEET.name}: it took too much memory"
        for page in (read(tmp_path / "class.html"), page_of(tmp_path, "ann")):
            assert "it took too much memory" in page.get_text()

    def test_mean_median_and_spread(self, tmp_path):
        most_points = most(SHEET)
        outcomes = [outcome("ann"), outcome("ben"), outcome("carl", **{card.name: EMPTY for card in CARDS})]
        pages.write(tmp_path, [*outcomes, outcome("dora", OTHER)], [], [])
        words = part(read(tmp_path / "class.html"), SHEET.title)
        spread = most_points * 2**0.5 / 3
        assert (
            f"3 graded: mean {2 * most_points / 3:.1f}, median {most_points}, standard deviation {spread:.1f}" in words
        )
        assert f"from 0 to {most_points}" in words

    def test_every_link_of_the_class_page_leads_somewhere(self, tmp_path):
        outcomes = [outcome(name, **{CODE.name: WRONG}) for name in ("ann", "bén / 1", "李")]
        for each in outcomes:
            pages.write_submission(tmp_path, each)
        pages.write(tmp_path, outcomes, [refused("dora")], ["ann", "carl"])
        places = [tmp_path / "class.html", *(tmp_path / "students").glob("*[0-9a-f].html")]
        links = [(place, link["href"]) for place in places for link in read(place)("a") if "://" not in link["href"]]
        assert len(links) > 12
        for place, link in links:
            file, _, anchor = link.partition("#")
            assert (place.parent / file).is_file(), link
            assert not anchor or read(place.parent / file).find(id=anchor), link


class TestSameAnswers:
    def flagged(self, folder: Path, card, answer: str, **fields) -> bool:
        fields = {"answer": answer, "points": 0.0, "said": SAID, **fields}
        pages.write(folder, [outcome(name, **{card.name: fields}) for name in ("ann", "ben")], [], [])
        return "ann, ben" in part(read(folder / "class.html"), "are the same").replace(" ,", ",")

    def test_a_long_answer_of_their_own_is_shown(self, tmp_path):
        assert self.flagged(tmp_path, CODE, OWN)

    @pytest.mark.parametrize("case", ["other", "short", "untried", "prediction", "solution"])
    def test_what_says_nothing_is_not_shown(self, tmp_path, case):
        if case == "other":
            outcomes = [
                outcome(name, **{CODE.name: {**WRONG, "answer": OWN + f"  # {name}"}}) for name in ("ann", "ben")
            ]
            pages.write(tmp_path, outcomes, [], [])
            assert not part(read(tmp_path / "class.html"), "are the same")
        elif case == "solution":
            pages.write(tmp_path, [outcome("ann"), outcome("ben")], [], [])
            assert not part(read(tmp_path / "class.html"), "are the same")
        elif case == "short":
            assert not self.flagged(tmp_path, CODE, "def mine(text, word):\n    return text.split()[word]")
        elif case == "untried":
            assert not self.flagged(tmp_path, CODE, OWN, tried=False)
        else:
            assert not self.flagged(tmp_path, PREDICTION, OWN)


class TestComments:
    def write(self, folder: Path, text: str, encoding="utf-8") -> list[str]:
        (folder / comments.NAME).write_text(text, encoding=encoding)
        return pages.write(folder, [outcome("ann", **{CODE.name: WRONG}), outcome("=ben")], [refused("carl")], [])

    def test_the_file_is_made_once_and_never_changed(self, tmp_path):
        assert pages.write(tmp_path, [outcome("ann")], [], []) == []
        assert (tmp_path / comments.NAME).read_text("utf-8") == "student,sheet,exercise,points,comment\n"
        text = f"student,sheet,exercise,points,comment\nann,{SHEET.name},,,Well done.\n"
        assert self.write(tmp_path, text) == []
        assert (tmp_path / comments.NAME).read_text("utf-8") == text

    def test_points_and_words_count_and_are_shown(self, tmp_path):
        before = most(SHEET) - CODE.stars
        lines = [f'ann,{SHEET.name},{CODE.name},1.5,"Nearly, look at `offsets`."', f"'=ben,{SHEET.name},,,For ben."]
        assert self.write(tmp_path, "\n".join(["student,sheet,exercise,points,comment", *lines])) == []
        points = {row["student"]: float(row["points"]) for row in rows(tmp_path, "grades.csv")}
        assert points["ann"] == before + 1.5
        [row] = [r for r in rows(tmp_path, "exercises.csv") if (r["student"], r["exercise"]) == ("ann", CODE.name)]
        assert (row["points"], row["comment"]) == ("1.5", "Nearly, look at `offsets`.")
        page = page_of(tmp_path, "ann")
        assert "1.5 of 2, by hand (the checks gave 0)" in page.get_text()
        assert page.select_one(".comment code").get_text() == "offsets"
        assert "For ben." in page_of(tmp_path, "=ben").get_text()

    def test_a_file_that_was_refused_can_be_marked_by_hand(self, tmp_path):
        line = f"carl,{SHEET.name},{CODE.name},2,Read on paper."
        assert self.write(tmp_path, f"student,sheet,exercise,points,comment\n{line}\n") == []
        [row] = [row for row in rows(tmp_path, "grades.csv") if row["student"] == "carl"]
        assert row[SHEET.name] == "2"
        assert "Read on paper." in page_of(tmp_path, "carl").get_text()

    def test_what_was_handed_in_on_paper_counts(self, tmp_path):
        line = f"zoe,{SHEET.name},{CODE.name},2,Read on paper."
        (tmp_path / comments.NAME).write_text(f"student,sheet,exercise,points,comment\n{line}\n", encoding="utf-8")
        assert pages.write(tmp_path, [outcome("ann")], [], ["ann", "zoe"]) == []
        zoe = rows(tmp_path, "grades.csv")[1]
        assert (zoe["student"], zoe["points"], zoe["note"]) == ("zoe", "2", "")
        assert "handed in nothing" not in read(tmp_path / "class.html").get_text()

    def test_what_a_german_spreadsheet_writes(self, tmp_path):
        line = f"ann;{SHEET.name};{CODE.name};0,5;Größer, bitte."
        assert self.write(tmp_path, f"student;sheet;exercise;points;comment\n{line}\n", "utf-8-sig") == []
        assert "Größer, bitte." in page_of(tmp_path, "ann").get_text()

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (f"anne,{SHEET.name},{CODE.name},1,x", "there is no student 'anne'. Did you mean ann?"),
            (f"ann,{OTHER.name},,,x", f"nobody handed in a sheet '{OTHER.name}'. Did you mean {SHEET.name}?"),
            (f"ann,{SHEET.name},other,1,x", "there is no exercise 'other' in it"),
            (f"ann,{SHEET.name},{CODE.name},many,x", "the points 'many' are no number from 0 to 2"),
            (f"ann,{SHEET.name},{CODE.name},3,x", "the points '3' are no number from 0 to 2"),
            (f"ann,{SHEET.name},{CODE.name},nan,x", "the points 'nan' are no number from 0 to 2"),
            (f"ann,{SHEET.name},,1,x", "points are given to an exercise"),
            (f"ann,{SHEET.name},{CODE.name},1,well, nearly", "more cells than the header"),
            (f"ann,{SHEET.name},{PREDICTION.name},0,x", "an earlier line is about the same"),
        ],
    )
    def test_a_bad_line_is_named_and_the_others_count(self, tmp_path, line, words):
        good = f"ann,{SHEET.name},{PREDICTION.name},0,Good line."
        [problem] = self.write(tmp_path, f"student,sheet,exercise,points,comment\n{good}\n\n{line}\n")
        assert problem.startswith("comments.csv, line 4, does not count: ") and words in problem
        assert "Good line." in page_of(tmp_path, "ann").get_text()
        assert problem in read(tmp_path / "class.html").get_text()

    def test_a_quotation_mark_that_is_not_closed_is_named_with_all_that_it_takes(self, tmp_path):
        open_line = f'anne,{SHEET.name},,,"never closed'
        lost = f"ann,{SHEET.name},,,lost"
        [problem] = self.write(tmp_path, f"student,sheet,exercise,points,comment\n{open_line}\n{lost}\n")
        assert "line 3" in problem and "a quotation mark is not closed" in problem

    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            ("student,sheet,exercise,points,comment\nann,x,,,Größe".encode("cp1252"), "nobody handed in a sheet 'x'"),
            (b"name,comment\nann,x\n", "line 1: the columns student, sheet, exercise, points are missing"),
            (b"", "line 1: the columns"),
            (b'student,sheet,exercise,points,comment\nann,"' + b"x" * 200_000, "cannot be read"),
        ],
    )
    def test_a_bad_file_is_named(self, tmp_path, raw, words):
        (tmp_path / comments.NAME).write_bytes(raw)
        [problem] = pages.write(tmp_path, [outcome("ann")], [], [])
        assert words in problem
        assert (tmp_path / comments.NAME).read_bytes() == raw


class TestAStudentsPage:
    def test_hints_are_printed_and_lead_to_the_lesson(self, tmp_path):
        pages.write(tmp_path, [outcome("ann", **{CODE.name: WRONG})], [], [])
        page = page_of(tmp_path, "ann")
        [hints] = [each for each in page("details") if each.summary.get_text() == "Hints"]
        assert "open" not in hints.attrs
        assert hints.li.get_text() == "Look at the offsets."
        assert hints.a["href"].endswith("/blob/main/notebooks/03_tokenization.ipynb")
        assert "hint()" not in page.get_text()

    def test_partial_points_come_with_their_reason(self, tmp_path):
        pages.write(tmp_path, [outcome("ann", **{CODE.name: {**WRONG, "points": 1.0}})], [], [])
        text = " ".join(page_of(tmp_path, "ann").find(id=f"{SHEET.name}-{CODE.name}").get_text(" ").split())
        assert "◐" in text and "1 of 2 points, because: Not yet." in text
        assert "◐ 1" in read(tmp_path / "class.html").get_text()

    def test_what_a_check_said_twice_is_shown_once(self, tmp_path):
        other = SAID.replace("homesick", "again")
        pages.write(tmp_path, [outcome("ann", **{CODE.name: {**WRONG, "said": SAID + SAID + other}})], [], [])
        text = page_of(tmp_path, "ann").get_text()
        assert (text.count("'homesick'"), text.count("'again'"), text.count("Not yet.")) == (1, 1, 2)

    def test_what_was_mended_is_said(self, tmp_path):
        pages.write(tmp_path, [outcome("ann", notes=("A cell without `metadata` was mended.",))], [], [])
        assert "A cell without metadata was mended." in page_of(tmp_path, "ann").get_text()

    def test_words_between_backticks_are_code(self, tmp_path):
        pages.write(tmp_path, [outcome("ann", **{CODE.name: WRONG})], [], [])
        for page in (page_of(tmp_path, "ann"), read(tmp_path / "class.html")):
            assert "tokens" in [code.get_text() for code in page("code")]
            assert "`" not in page.get_text().replace(OWN, "")

    def test_markup_in_names_and_answers_is_text(self, tmp_path):
        name, bad = "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"
        fields = {**WRONG, "answer": bad, "said": bad, "trouble": bad, "hints": [bad]}
        each = outcome(name, **{CODE.name: fields})
        pages.write_submission(tmp_path, each)
        pages.write(tmp_path, [each], [refused(bad)], [])
        for path in (tmp_path / "class.html", *(tmp_path / "students").iterdir()):
            assert_nothing_runs(path.read_text("utf-8"))
        assert name in read(tmp_path / "class.html").get_text()

    def test_the_page_of_a_notebook_goes_with_the_notebook(self, tmp_path):
        pages.write_submission(tmp_path, outcome("ann"))
        [path] = (tmp_path / "students").iterdir()
        assert path.name == f"{pages.page_name('ann')}-{SHEET.name}.html"
        pages.write_submission(tmp_path, replace(outcome("ann"), exercises=[], notebook=None, problem="damaged"))
        assert not path.exists()


NAMES = [
    *(
        "ann",
        "Ann",
        "ANN",
        "Zoë",
        "Zoe\u0308",
        "Zoe",
        "李小龙",
        "محمد",
        "x" * 250,
        "x" * 249 + "y",
        "bad\udcff",
        "bad\udcfe",
    ),
    *("", " ", ".", "..", "a/b", "a\\b", "a\nb", "a\0b", "CON", "con", "<b>", "=1+1", "👩‍💻", "a" * 40 + "é" * 250),
]


def test_the_name_of_a_page_is_short_safe_and_its_own():
    names = [pages.page_name(name) for name in NAMES]
    assert len({name.lower() for name in names}) == len(NAMES)
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,30}-[0-9a-f]{8}", name) for name in names)
    assert pages.page_name("Ann Lee").startswith("Ann_Lee-")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝"])
def test_no_cell_is_a_formula(tmp_path, sign):
    bad = f"{sign}cmd|' /C calc'!A0"
    pages.write(tmp_path, [outcome(bad, **{CODE.name: {**WRONG, "said": bad}})], [refused(f"{sign}other")], [])
    for name in ("grades.csv", "exercises.csv"):
        text = (tmp_path / name).read_text("utf-8")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert any(cell.startswith("'") and cell.endswith("!A0") for cell in cells)
        assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@", "＝"))]


def test_any_name_is_written_in_any_locale(tmp_path):
    """In a C locale as well, where Python's own files are in ASCII."""
    code = (
        "import sys; from pathlib import Path; from tests.test_pages import *\n"
        "folder = Path(sys.argv[1])\n"
        "outcomes = [outcome(name, **{CODE.name: {**WRONG, 'said': 'x\\udcff'}}) for name in NAMES if name]\n"
        "output = new_output('stream', name='stdout', text='\\udcff')\n"
        "odd = [new_markdown_cell('# \\udcff'), new_code_cell('x = \"\\udcff\"', outputs=[output])]\n"
        "outcomes[0].notebook.cells += odd\n"
        "pages.write_submission(folder, outcomes[0])\n"
        "pages.write(folder, outcomes, [], [])\n"
    )
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, env={**os.environ, **plain}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert len(rows(tmp_path, "grades.csv")) == len(NAMES) - 1
    assert len(list((tmp_path / "students").iterdir())) == len(NAMES)


def assert_nothing_runs(html: str) -> None:
    """Nothing in a page is a script, nothing is fetched."""
    page = BeautifulSoup(html, "html.parser")
    assert not page(["script", "iframe", "object", "embed", "svg", "link", "base", "form"])
    for tag in page(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        assert "javascript:" not in str(tag.attrs), tag
        assert tag.get("src", "data:").startswith("data:"), tag


class TestANotebooksPage:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_nothing_in_an_output_runs(self, attack):
        page = notebook_page(new_notebook(cells=[new_code_cell("1", outputs=[ATTACKS[attack]])]), "x")
        assert_nothing_runs(page)
        if attack in ("html", "error", "stream"):
            assert "<script>alert(1)</script>" in BeautifulSoup(page, "html.parser").get_text()

    @pytest.mark.parametrize(
        "source", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b onclick=x>b</b>"]
    )
    def test_nothing_in_a_text_or_a_title_runs(self, source):
        assert_nothing_runs(
            notebook_page(new_notebook(cells=[new_markdown_cell(source), new_code_cell(source)]), source)
        )

    def test_the_head_forbids_scripts_and_fetching(self):
        policy = BeautifulSoup(notebook_page(new_notebook(), "x"), "html.parser").find("meta", {"http-equiv": True})
        assert policy["http-equiv"] == "Content-Security-Policy"
        assert policy["content"] == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

    def test_a_sheet_is_readable(self):
        page = BeautifulSoup(notebook_page(nbformat.read(SHEET.notebook, as_version=4), "Ann · 03"), "html.parser")
        assert page.title.get_text() == "Ann · 03"
        assert {f"{card.number} · {card.title}" for card in CARDS} <= {title.get_text() for title in page("h2")}
        [folded] = [each for each in page("details") if "Fetch the course" in each.summary.get_text()]
        assert "open" not in folded.attrs and "import importlib" in folded.get_text()
        assert page.find("a", string="Open in Colab") and not page.find("img")
        assert page.find("a", href=re.compile("/blob/main/notebooks/03_tokenization.ipynb$"))
        assert "prefers-color-scheme: dark" in str(page.style) and "color-scheme: light dark" in str(page.style)

    def test_a_table_and_a_figure_are_shown(self):
        table = "<style scoped>td {}</style><table><thead><tr><th>head</th></tr></thead></table>"
        outputs = [
            new_output("display_data", {"text/html": table}),
            new_output(
                "display_data", {"image/png": "AA==", "text/plain": "Two lines"}, metadata={"image/png": {"width": 70}}
            ),
        ]
        page = BeautifulSoup(
            notebook_page(new_notebook(cells=[new_code_cell("1", outputs=outputs)]), "x"), "html.parser"
        )
        assert page.th.get_text() == "head" and "scoped" not in page.get_text()
        assert (page.img["alt"], page.img["width"]) == ("Two lines", "70")


class TestTheReport:
    @pytest.fixture
    def written(self, tmp_path, monkeypatch):
        """What writes a report of one lesson that recorded these values, and returns its page."""
        lesson = all_lessons()[0]
        monkeypatch.setattr(report, "JSON", tmp_path / "report.json")
        monkeypatch.setattr(report, "HTML", tmp_path / "report.html")
        path = tmp_path / "executed" / f"{lesson.name}.ipynb"

        def write(records: dict, profile="laptop", **fields) -> BeautifulSoup:
            mime = "application/vnd.finetuning-course.record+json"
            outputs = [new_output("display_data", {mime: {"name": n, "value": v}}) for n, v in records.items()]
            execution = Execution(lesson.name, profile, {}, "passed", path=path, **fields)
            keep(execution, new_notebook(cells=[new_code_cell("1", outputs=outputs)]))
            executor = SimpleNamespace(profile=profile, gflops_of_all=150.0, jobs=1, where="this machine")
            report.write_report([lesson], [execution], [[]], executor, 1.0)
            return read(report.HTML)

        return write

    def test_a_record_has_its_unit_and_its_band(self, written):
        name, (low, high) = next(iter(all_lessons()[0].bands.items()))
        inside = written({name: (low + high) / 2}).dd.get_text(" ", strip=True)
        outside = written({name: high + 1.0}).dd.get_text(" ", strip=True)
        assert f"✓ {low:g} to {high:g}" in inside and f"✗ not in {low:g} to {high:g}" in outside
        assert "to" not in written({name: high}, profile="smoke").dd.get_text().split()

    @pytest.mark.parametrize(
        ("name", "unit"),
        [
            *(
                ("peak_plain_mb", "MB"),
                ("bert_base_gb", "GB"),
                ("training_seconds", "s"),
                ("test_accuracy_low", "of 1"),
            ),
            *(("lora_to_full_seconds", ""), ("seconds_grouped_to_512", ""), ("steps", ""), ("accuracy", "of 1")),
        ],
    )
    def test_a_name_tells_the_unit(self, name, unit):
        assert report.unit_of(name) == unit

    def test_the_executed_notebook_opens_as_a_page_made_only_when_it_is_new(self, written, tmp_path):
        link = written({}).find("a", string="executed notebook")["href"]
        page = tmp_path / "executed" / f"{all_lessons()[0].name}.html"
        assert link == page.as_uri() and "<main>" in page.read_text("utf-8")
        record = page.with_suffix(".ipynb")
        page.write_text("kept", encoding="utf-8")
        os.utime(page, ns=(record.stat().st_mtime_ns,) * 2)
        report._seen.cache_clear()
        report._look_inside(Execution("x", "laptop", {}, path=record))
        assert page.read_text("utf-8") == "kept"
        os.utime(record, ns=(page.stat().st_mtime_ns + 1,) * 2)
        report._look_inside(Execution("x", "laptop", {}, path=record))
        assert "<main>" in page.read_text("utf-8")

    def test_an_index_and_why_over_budget_is_no_fault(self, written):
        page = written({}, reference_seconds=1000.0)
        assert page.nav.a["href"] == f"#{all_lessons()[0].name}" and page.find(id=all_lessons()[0].name)
        assert "Over budget is no fault" in page.get_text()
        assert "Over budget" not in written({}, reference_seconds=1.0).get_text()
