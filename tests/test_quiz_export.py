"""What a learning platform gets is the bank: read back, question by question."""

import io
import zipfile
from xml.etree import ElementTree as Tree

import pytest
from bs4 import BeautifulSoup

from course_tools.project import all_lessons
from course_tools.publishing import quiz_export
from course_utils.quiz import LETTERS, Option, Question, as_html, file_of, read

BANK = {lesson: read(lesson.slug) for lesson in all_lessons() if file_of(lesson.slug).exists()}
HARD = Question(
    name="marks",
    section="",
    asks="What does `a < b & c` say, *here*, in _this_ [line] of $x$ # and 1. more?",
    shows="if a < b:\n    print('<b>')",
    options=[
        Option("`x_y * 2`", "because `a & b` is > 1", "x"),
        Option("50% of <all>", "no & no", "y", right=True),
        Option("__init__", "never", "z"),
    ],
)


def plain(html: str) -> str:
    """The words of some HTML. text2qti sets quotes as a printer does."""
    text = BeautifulSoup(html, "html.parser").get_text()
    return " ".join(text.translate(str.maketrans("“”‘’", "\"\"''")).split())


def words(text: str) -> str:
    return " ".join(text.replace("`", "").split())


@pytest.fixture(scope="module")
def bank():
    lesson = next(iter(BANK))
    return {**BANK, lesson: [*BANK[lesson], HARD]}


def test_moodle_reads_every_question_back(bank):
    root = Tree.fromstring(quiz_export.moodle(bank).encode())
    kinds = [question.get("type") for question in root]
    assert kinds.count("category") == len(bank)
    found = [question for question in root if question.get("type") == "multichoice"]
    every = [question for questions in bank.values() for question in questions]
    assert len(found) == len(every)
    for made, question in zip(found, every, strict=True):
        assert made.findtext("name/text") == question.name
        assert words(question.asks) in plain(made.findtext("questiontext/text"))
        answers = made.findall("answer")
        assert [answer.get("fraction") for answer in answers] == ["100" if o.right else "0" for o in question.options]
        assert [answer.findtext("text").strip() for answer in answers] == [as_html(o.says) for o in question.options]
        assert [plain(answer.findtext("feedback/text")) for answer in answers] == [
            words(o.why) for o in question.options
        ]


def test_qti_2_1_reads_every_question_back(bank):
    files = quiz_export.qti21(bank)
    manifest = Tree.fromstring(files["imsmanifest.xml"].encode())
    named = [resource.get("href") for resource in manifest.iter(f"{{{quiz_export.PACKAGE}}}resource")]
    assert sorted(named) == sorted(name for name in files if name != "imsmanifest.xml")
    space = {"q": quiz_export.QTI}
    for lesson, questions in bank.items():
        for question in questions:
            item = Tree.fromstring(files[f"items/{lesson.slug}_{question.name}.xml"].encode())
            assert (
                item.findtext("q:responseDeclaration/q:correctResponse/q:value", "", space) == LETTERS[question.right]
            )
            choices = item.findall(".//q:simpleChoice", space)
            assert [choice.get("identifier") for choice in choices] == list(LETTERS[: len(question.options)])
            assert ["".join(choice.itertext()).split() for choice in choices] == [
                words(option.says).split() for option in question.options
            ]
            said = ["".join(each.itertext()).split() for each in item.findall("q:modalFeedback", space)]
            assert said == [words(option.why).split() for option in question.options]


def test_qti_2_1_gives_a_point_for_the_right_choice_alone():
    """The rules of an item, followed as a platform follows them."""
    space = {"q": quiz_export.QTI}
    item = Tree.fromstring(quiz_export.qti21({next(iter(BANK)): [HARD]}).popitem()[1].encode())
    right = item.findtext("q:responseDeclaration/q:correctResponse/q:value", "", space)
    condition = item.find("q:responseProcessing/q:responseCondition", space)
    assert condition.find("q:responseIf/q:match/q:variable", space).get("identifier") == "RESPONSE"
    for letter in "ABC":
        branch = "q:responseIf" if letter == right else "q:responseElse"
        value = condition.findtext(f"{branch}/q:setOutcomeValue/q:baseValue", "", space)
        assert value == ("1" if letter == "B" else "0")


def test_canvas_reads_every_question_back(bank):
    space = {"q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"}
    for lesson, questions in bank.items():
        package = zipfile.ZipFile(io.BytesIO(quiz_export.canvas(lesson, questions)))
        [name] = [
            name for name in package.namelist() if name.endswith(".xml") and name.count("text2qti_assessment") == 2
        ]
        items = Tree.fromstring(package.read(name)).findall(".//q:item", space)
        assert len(items) == len(questions)
        for item, question in zip(items, questions, strict=True):
            assert words(question.asks) in plain(item.findtext("q:presentation/q:material/q:mattext", "", space))
            labels = item.findall(".//q:response_label", space)
            said = [plain(label.findtext(".//q:mattext", "", space)) for label in labels]
            assert said == [words(option.says) for option in question.options]
            right = [
                condition.findtext(".//q:varequal", "", space)
                for condition in item.findall(".//q:respcondition", space)
                if condition.findtext("q:setvar", "", space) == "100"
            ]
            assert right == [labels[question.right].get("ident")]
            reasons = " ".join(plain(each.text) for each in item.findall(".//q:itemfeedback//q:mattext", space))
            for option in question.options:
                assert words(option.why) in reasons


def test_the_same_bank_gives_the_same_files(tmp_path, monkeypatch):
    lessons = list(BANK)[:2]
    one, other = tmp_path / "one", tmp_path / "other"
    for year, folder in ((2020, one), (2030, other)):
        monkeypatch.setattr(zipfile.time, "localtime", lambda *_, year=year: (year, 2, 3, 4, 5, 6, 0, 1, 0))
        files = quiz_export.export(lessons, folder)
        assert [file.name for file in files][:2] == ["moodle.xml", "qti21.zip"]
    for file in files:
        assert file.read_bytes() == (one / file.relative_to(other)).read_bytes(), file
