"""The capstone: its samples are judged as they should be, and each fault that one edit makes is found and named."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from capstone import make_samples
from capstone.make_samples import SAMPLES, SAMPLES_BY_NAME, TEMPLATE
from capstone.numbers import GAIN, measure, table
from course_tools.cli import main
from course_tools.grading.capstone import CHECKS, MOST, judge
from course_tools.grading.capstone_project import read
from course_tools.project import ROOT
from course_utils import CourseError
from course_utils.statistics import interval

DUE = {"bare": 16, "sound": 42, "strong": 50}
CAPSTONE = ROOT / "capstone"
LARGEST_KB = 600


def points(folder: Path) -> int:
    return sum(each.points for each in judge(read(folder)))


def said(folder: Path) -> dict[str, str]:
    """Return check -> what it says, for those that say something."""
    return {each.check.name: " ".join(each.says) for each in judge(read(folder)) if each.says}


@pytest.fixture
def strong(tmp_path) -> Path:
    shutil.copytree(SAMPLES / "strong", tmp_path / "strong")
    return tmp_path / "strong"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def table_edit(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        path = folder / f"{name}.csv"
        change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)

    return do


def text_edit(name: str, old: str, new: str = "") -> Callable[[Path], None]:
    return lambda folder: edit(folder / name, old, new)


def set_cell(name: str, row: int, column: str, value) -> Callable[[Path], None]:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[row, column] = value(rows) if callable(value) else value
        return rows

    return table_edit(name, change)


def train_text(change: Callable[[str], str] = str) -> Callable[[Path], None]:
    """Put a text of train.csv into test.csv, changed or not."""

    def do(folder: Path) -> None:
        text = pd.read_csv(folder / "train.csv")["text"]
        set_cell("test", 4, "text", change(text[text.str.len().idxmax()]))(folder)

    return do


def without_section(name: str, heading: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"(## {heading}\n).*?(?=\n## |\Z)", r"\1", text, flags=re.DOTALL), encoding="utf-8")

    return do


def unrun(folder: Path) -> None:
    path = folder / "project.ipynb"
    shutil.copy(TEMPLATE / "project.ipynb", path)


def failed(folder: Path) -> None:
    path = folder / "project.ipynb"
    book = nbformat.read(path, as_version=4)
    code = next(cell for cell in book.cells if cell.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("error", ename="KeyError", evalue="'text'", traceback=[])]
    nbformat.write(book, path)


FAULTS = {  # one edit of the strong sample -> (the check that finds it, words of what it says)
    "a file is missing": (lambda f: (f / "guide.md").unlink(), "files", "guide.md is not there. Copy it"),
    "no predictions": (lambda f: (f / "predictions.csv").unlink(), "files", "Run project.ipynb"),
    "a name in capitals": (lambda f: (f / "card.md").rename(f / "Card.md"), "files", "There is Card.md"),
    "another column": (text_edit("train.csv", "text,label,", "Text,class,"), "files", "has no column `label`"),
    "a comma too many": (text_edit("train.csv", "\n", "\na, b,c,waste,w900\n"), "files", "line 2: 5 cells"),
    "an empty label": (set_cell("train", 5, "label", " "), "files", "train.csv, line 7: the column `label` is empty"),
    "a broken notebook": (text_edit("project.ipynb", "{", ""), "files", "project.ipynb is no notebook"),
    "few rows": (table_edit("train", lambda rows: rows.head(10)), "enough rows", "198 rows, and 200 are asked for"),
    "few test rows": (table_edit("test", lambda rows: rows.head(40)), "enough rows", "test.csv has 40 rows"),
    "a label in one split": (
        set_cell("train", 5, "label", "noise"),
        "labels",
        "test.csv has no row with the label `noise`",
    ),
    "two spellings": (set_cell("train", 5, "label", "Water"), "labels", "two ways: Water and water"),
    "a copy": (train_text(str.upper), "same texts", "test.csv, line 6 has the same text as train.csv"),
    "a near-copy": (train_text(lambda text: f"Hello, {text}"), "near-copies", "test.csv, line 6 and train.csv"),
    "a group in two splits": (
        set_cell("test", 0, "group", lambda _: pd.read_csv(SAMPLES / "strong" / "train.csv")["group"][0]),
        "groups",
        "is in two splits: train.csv, line 2 and test.csv, line 2",
    ),
    "a group in some": (table_edit("test", lambda rows: rows.drop(columns="group")), "groups", "not in test.csv"),
    "an address": (set_cell("train", 8, "text", "write to ola@example.org"), "private data", "line 10: an e-mail"),
    "a number": (set_cell("test", 8, "text", "ring +49 (0)30/123 45 67"), "private data", "line 10: a phone number"),
    "a row too few": (
        table_edit("predictions", lambda rows: rows.head(135)),
        "predictions",
        "has 135 rows, test.csv has 136",
    ),
    "another order": (table_edit("predictions", lambda rows: rows[::-1]), "predictions", "in another order"),
    "another truth": (set_cell("test", 0, "label", "parking"), "predictions", "predictions.csv, line 2: truth is"),
    "lazy of the test": (
        table_edit("predictions", lambda rows: rows.assign(lazy="papers")),
        "lazy baseline",
        "The commonest label of train.csv is `water`",
    ),
    "lazy varies": (set_cell("predictions", 0, "lazy", "papers"), "lazy baseline", "has 2 labels"),
    "one method twice": (
        table_edit("predictions", lambda rows: rows.assign(counting=rows["model"])),
        "two methods",
        "the same in every row",
    ),
    "the truth copied": (
        table_edit("predictions", lambda rows: rows.assign(model=rows["truth"])),
        "two methods",
        "Was the truth copied?",
    ),
    "an answer that is no label": (set_cell("predictions", 2, "model", "nan"), "two methods", "line 4: `nan`"),
    "a better accuracy": (
        text_edit("card.md", "model | 0.67 (", "model | 0.76 ("),
        "accuracy",
        "is 0.76, and predictions",
    ),
    "no interval": (text_edit("card.md", "model | 0.67 (0.59 to 0.74)", "model | 0.67"), "accuracy", "has no interval"),
    "a narrow interval": (text_edit("card.md", "0.59 to 0.74", "0.65 to 0.69"), "accuracy", "has the interval 0.65 to"),
    "a number in words": (text_edit("card.md", "model | 0.67 (", "model | good ("), "accuracy", "is no number with"),
    "no macro-F1": (text_edit("card.md", "| macro-F1 of the model", "| F1"), "macro-F1", "has no row `macro-F1 of the"),
    "the gain turned round": (text_edit("card.md", "| +0.38 (+0.28 to", "| -0.38 (-0.28 to"), "gain", "is -0.38"),
    "an empty heading": (without_section("card.md", "Mistakes"), "card, headings", "below `Mistakes` stands nothing"),
    "no heading": (text_edit("card.md", "## Mistakes", "Mistakes"), "card, headings", "has no heading `## Mistakes`"),
    "the template's words": (
        lambda folder: shutil.copy(TEMPLATE / "card.md", folder / "card.md"),
        "card, headings",
        "below `What it does` stands nothing of your own",
    ),
    "no licence": (text_edit("card.md", "CC BY 4.0"), "card, contents", "**Licence of the texts:** stands empty"),
    "a strange licence": (text_edit("card.md", "CC BY 4.0", "free"), "card, contents", "`free` names no licence"),
    "nobody labelled": (
        text_edit("card.md", "an instance of an AI language model, under the authors of the course"),
        "card, contents",
        "behind **Labelled by:** stands nothing",
    ),
    "no misuse": (without_section("card.md", "Not for"), "card, contents", "nothing is said below `Not for`"),
    "no limits": (without_section("card.md", "Limits"), "card, contents", "nothing is said below `Limits`"),
    "a label not explained": (
        text_edit("guide.md", "| water | it is", "| wet | it is"),
        "guide",
        "does not explain `water`",
    ),
    "no border cases": (without_section("guide.md", "Border cases"), "guide", "0 complete rows below `Border cases`"),
    "a border case of no label": (
        text_edit("guide.md", "always so? | water", "always so? | wet"),
        "guide",
        "`wet` is no label",
    ),
    "a notebook not run": (unrun, "notebook", "was not run from the top"),
    "a notebook that failed": (failed, "notebook", "holds an error: KeyError"),
}


@pytest.mark.parametrize("name", DUE)
def test_samples_get_the_points_that_are_due(name):
    assert points(SAMPLES / name) == DUE[name]
    assert f"{DUE[name]} points by checks" in (SAMPLES / name / "judged.md").read_text(encoding="utf-8")
    assert f"| {DUE[name]} |" in (CAPSTONE / "rubric.md").read_text(encoding="utf-8")


def test_strong_has_no_fault_and_there_are_fifty_points():
    assert MOST == sum(check.most for check in CHECKS) == 50
    assert said(SAMPLES / "strong") == {} and read(SAMPLES / "strong").notes == []


def test_what_is_planted_in_bare_is_found():
    found = said(SAMPLES / "bare")
    for name in ("enough rows", "labels", "same texts", "near-copies", "private data", "lazy baseline", "notebook"):
        assert found[name]
    assert "two ways" in found["labels"] and "no interval" in found["accuracy"]
    assert "e-mail" in found["private data"] and "phone" in found["private data"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_named(name, strong):
    make, check, words = FAULTS[name]
    make(strong)
    found = said(strong)
    assert words in found.get(check, ""), found
    assert points(strong) < 50


def test_what_is_private_is_not_printed(strong, capsys):
    set_cell("train", 8, "text", "write to ola@example.org or 0123 456 7890")(strong)
    assert main(["capstone", str(strong)]) == 0
    told = capsys.readouterr().out
    assert "train.csv, line 10" in told and "ola@" not in told and "456" not in told


@pytest.mark.parametrize("text", ["on 2024-10-07 at 12", "on 7.10.2024 we paid 1200", "room 14, 3rd floor, 24 chairs"])
def test_a_date_and_a_room_are_no_phone_number(text, strong):
    set_cell("train", 8, "text", text)(strong)
    assert "private data" not in said(strong)


class TestForms:
    """What spreadsheets make of a CSV file costs nothing, and is said."""

    def saved(self, folder: Path, encoding: str, sep: str = ",") -> list[str]:
        path = folder / "train.csv"
        rows = pd.read_csv(path, dtype=str)
        rows.loc[0, "text"] = "The café has run dry – 5 °C in there"
        rows.to_csv(path, index=False, encoding=encoding, sep=sep)
        project = read(folder)
        assert project.tables["train"][0].cells["text"] == "The café has run dry – 5 °C in there"
        assert sum(each.points for each in judge(project)) == 50
        return project.notes

    def test_a_bom(self, strong):
        assert "begins with a BOM" in self.saved(strong, "utf-8-sig")[0]

    def test_semicolons(self, strong):
        assert "semicolons" in self.saved(strong, "utf-8", ";")[0]

    def test_tabs(self, strong):
        assert "tabs" in self.saved(strong, "utf-8", "\t")[0]

    def test_latin_1(self, strong):
        assert "not UTF-8 (line 2)" in self.saved(strong, "cp1252")[0]

    def test_utf_16(self, strong):
        assert "UTF-16" in self.saved(strong, "utf-16")[0]

    def test_the_notes_are_printed(self, strong, capsys):
        self.saved(strong, "utf-8-sig", ";")
        main(["capstone", str(strong)])
        assert "note" in (told := capsys.readouterr().out) and "BOM" in told and "semicolons" in told

    def test_a_card_with_percent_and_commas(self, strong):
        edit(strong / "card.md", "0.67 (0.59 to 0.74)", "67 % (59% to 74%)")
        edit(strong / "card.md", "0.29 (0.21 to 0.37)", "0,29 (0,21 to 0,37)")
        assert points(strong) == 50

    def test_line_ends_of_windows(self, strong):
        for path in [*strong.glob("*.md"), *strong.glob("*.csv")]:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert points(strong) == 50


@pytest.mark.parametrize("name", ["train.csv", "predictions.csv", "card.md", "guide.md", "project.ipynb"])
@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 50, b"\xef\xbb\xbf", b'a,"b\nc', b"text,label\n"])
def test_no_file_stops_the_others(name, data, strong):
    (strong / name).write_bytes(data)
    assert 0 < points(strong) < 50


def test_a_folder_that_is_no_project_is_refused(tmp_path, capsys):
    with pytest.raises(CourseError, match="holds none of"):
        read(tmp_path)
    assert main(["capstone", str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_it_writes_nothing(strong):
    before = {path: path.stat().st_mtime_ns for path in strong.rglob("*")}
    main(["capstone", str(strong)])
    assert {path: path.stat().st_mtime_ns for path in strong.rglob("*")} == before


def test_the_numbers_are_those_of_the_libraries():
    rows = pd.read_csv(SAMPLES / "strong" / "predictions.csv", dtype=str)
    found = measure(rows["truth"], rows)
    assert found["accuracy of the model"] == pytest.approx(interval(list(rows["truth"] == rows["model"])))
    assert found["macro-F1 of the model"][0] == pytest.approx(f1_score(rows["truth"], rows["model"], average="macro"))
    lazy = f1_score(rows["truth"], rows["lazy"], average="macro", zero_division=0)
    assert found["macro-F1 of the lazy baseline"][0] == pytest.approx(lazy)
    right = {name: (rows["truth"] == rows[name]).astype(int) for name in ("model", "counting")}
    assert found[GAIN] == pytest.approx(interval(list(right["model"] - right["counting"])))
    assert table(found) in (SAMPLES / "strong" / "card.md").read_text(encoding="utf-8")


def test_what_the_cards_tell_of_the_samples_is_so():
    strong, sound, bare = (
        pd.read_csv(SAMPLES / name / "predictions.csv", dtype=str) for name in ("strong", "sound", "bare")
    )
    assert (strong["truth"] != strong["model"]).sum() == 45
    library = strong[strong["truth"] == "library"]
    assert (len(library), (library["model"] == "library").sum()) == (25, 11)
    shares = (strong["truth"] == strong["model"]).groupby(strong["truth"]).mean()
    assert shares.idxmin() == "library"
    assert (strong["truth"].value_counts().min(), strong["truth"].value_counts().max()) == (13, 27)
    today = sound[sound["truth"] == "today"]
    assert (len(today), (today["model"] == "today").sum()) == (24, 5)
    assert table(measure(sound["truth"], sound)).splitlines()[-1].endswith("| +0.01 (-0.10 to +0.12) |")
    assert table(measure(bare["truth"], bare)).splitlines()[-1].endswith("| +0.02 (-0.09 to +0.13) |")
    rows = {name: len(pd.read_csv(SAMPLES / "strong" / f"{name}.csv")) for name in ("train", "validation", "test")}
    assert rows == {"train": 216, "validation": 52, "test": 136} and sum(rows.values()) == 404


@pytest.mark.parametrize("name", SAMPLES_BY_NAME)
def test_the_rows_of_the_samples_are_what_the_script_makes(name):
    for split, rows in SAMPLES_BY_NAME[name]().items():
        kept = (SAMPLES / name / f"{split}.csv").read_text(encoding="utf-8")
        assert kept == rows.to_csv(index=False), f"Run `python -m capstone.make_samples` ({name}, {split})."


def test_the_samples_are_small_and_the_pages_lead_somewhere():
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < LARGEST_KB * 1000
    for page in CAPSTONE.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"


def test_each_lesson_stands_in_the_part_that_the_task_names():
    parts = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8").split("\n## ")
    by_anchor = {part.partition("\n")[0].lower().replace(",", "").replace(" ", "-"): part for part in parts}
    task = (CAPSTONE / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\[([^\]]+)\]\(\.\./notebooks/README\.md#([^)]+)\)", task)
    assert len(links) > 10
    for title, anchor in links:
        assert f"[{title}](" in by_anchor[anchor], title


def test_the_points_of_the_readers_add_up():
    for name in DUE:
        page = (SAMPLES / name / "judged.md").read_text(encoding="utf-8")
        given = [int(number) for number in re.findall(r"^\| [^|]+ \| (\d+) \|", page, re.MULTILINE)]
        checks, reader, both = map(
            int, re.search(r"(\d+) points by checks, (\d+) by a reader, (\d+) of", page).groups()
        )
        assert len(given) == 5 and sum(given) == reader and checks + reader == both


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["smoke", "laptop"])
def test_the_templates_notebook_runs_and_gives_the_predictions_of_the_sample(profile, strong):
    kept = pd.read_csv(strong / "predictions.csv", dtype=str)
    (strong / "predictions.csv").unlink()
    book = make_samples.run(strong, profile)
    made = pd.read_csv(strong / "predictions.csv", dtype=str)
    assert (made[["truth", "lazy"]] == kept[["truth", "lazy"]]).all(axis=None)
    assert (made["model"] == kept["model"]).mean() > 0.97 and (made["counting"] == kept["counting"]).mean() > 0.97
    assert "| accuracy of the model |" in str(book.cells)
