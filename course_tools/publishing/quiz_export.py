"""The quiz bank for a learning platform: Moodle XML, QTI 1.2 for Canvas (by text2qti), and QTI 2.1 for others.

Each question keeps its reasons: whoever answers reads why at once. What is right stands in `quiz.toml`, and is proved.
"""

import io
import re
import zipfile
from html import escape
from pathlib import Path
from xml.etree import ElementTree as Tree

from course_tools.files import require_writable, write_in_one_step, zipped
from course_tools.project import BUILD, Lesson
from course_utils.quiz import LETTERS, Question, as_html, read

QUIZZES = BUILD / "quizzes"
QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
MATCH_CORRECT = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"


def export(lessons: list[Lesson], folder: Path = QUIZZES) -> list[Path]:
    """Write the questions of these lessons in all forms, and return the files.

    One Moodle file and one QTI 2.1 package for all; Canvas gets a package for each lesson, as it makes a quiz of each.
    """
    require_writable(folder, folder / "canvas")
    bank = {lesson: read(lesson.slug) for lesson in lessons}
    write_in_one_step(folder / "moodle.xml", moodle(bank))
    write_in_one_step(folder / "qti21.zip", zipped({name: text.encode() for name, text in qti21(bank).items()}))
    made = [folder / "moodle.xml", folder / "qti21.zip"]
    for lesson, questions in bank.items():
        path = folder / "canvas" / f"{lesson.name}_qti12.zip"
        write_in_one_step(path, canvas(lesson, questions))
        made.append(path)
    return made


def moodle(bank: dict[Lesson, list[Question]]) -> str:
    """Return the bank as Moodle XML: a category for each lesson, a single choice with feedback for each question."""
    root = Tree.Element("quiz")
    for lesson, questions in bank.items():
        category = Tree.SubElement(Tree.SubElement(root, "question", type="category"), "category")
        Tree.SubElement(category, "text").text = f"$course$/{lesson.entry.number:02} {lesson.title.replace('/', '//')}"
        for question in questions:
            root.append(_moodle_question(question))
    return _document(root)


def _moodle_question(question: Question) -> Tree.Element:
    made = Tree.Element("question", type="multichoice")
    Tree.SubElement(Tree.SubElement(made, "name"), "text").text = question.name
    _html(Tree.SubElement(made, "questiontext", format="html"), stem(question))
    plain = {"defaultgrade": "1", "penalty": "0.3333333", "single": "true", "shuffleanswers": "true"}
    for name, value in {**plain, "answernumbering": "ABCD"}.items():
        Tree.SubElement(made, name).text = value
    for option in question.options:
        answer = Tree.SubElement(made, "answer", fraction="100" if option.right else "0", format="html")
        _html(answer, as_html(option.says))
        _html(Tree.SubElement(answer, "feedback", format="html"), as_html(option.why))
    return made


def canvas(lesson: Lesson, questions: list[Question]) -> bytes:
    """Return a lesson's quiz as a QTI 1.2 package, as Canvas takes it."""
    from text2qti.config import Config
    from text2qti.qti import QTI as Package
    from text2qti.quiz import Quiz

    lines = [f"Quiz title: {_escaped(f'{lesson.entry.number:02} · {lesson.title}')}", ""]
    for number, question in enumerate(questions, 1):
        lines += [f"Title: {question.name}", f"{number}.  {_escaped(question.asks)}"]
        if question.shows:
            lines += ["", "    ```", *(f"    {line}" for line in question.shows.strip().splitlines()), "    ```"]
        for letter, option in zip(LETTERS.lower(), question.options, strict=False):
            lines += [f"{'*' if option.right else ''}{letter})  {_escaped(option.says)}", f"... {_escaped(option.why)}"]
        lines.append("")
    made = zipfile.ZipFile(io.BytesIO(Package(Quiz("\n".join(lines), config=Config())).zip_bytes()))
    return zipped({name: made.read(name) for name in made.namelist()})  # text2qti's own zip holds the time of day


def qti21(bank: dict[Lesson, list[Question]]) -> dict[str, str]:
    """Return the bank as a QTI 2.1 package: name of a file -> its text. An item for each question, and a manifest."""
    files = {
        f"items/{lesson.slug}_{question.name}.xml": _document(_item(f"{lesson.slug}_{question.name}", question))
        for lesson, questions in bank.items()
        for question in questions
    }
    manifest = Tree.Element("manifest", xmlns=PACKAGE, identifier="course-quiz-bank")
    metadata = Tree.SubElement(manifest, "metadata")
    Tree.SubElement(metadata, "schema").text = "QTIv2.1 Package"
    Tree.SubElement(metadata, "schemaversion").text = "1.0.0"
    Tree.SubElement(manifest, "organizations")
    resources = Tree.SubElement(manifest, "resources")
    for name in files:
        resource = Tree.SubElement(
            resources, "resource", identifier=Path(name).stem, type="imsqti_item_xmlv2p1", href=name
        )
        Tree.SubElement(resource, "file", href=name)
    return {"imsmanifest.xml": _document(manifest), **files}


def _item(name: str, question: Question) -> Tree.Element:
    settings = {"identifier": name, "title": question.name, "adaptive": "false", "timeDependent": "false"}
    item = Tree.Element("assessmentItem", xmlns=QTI, **settings)
    response = {"identifier": "RESPONSE", "cardinality": "single", "baseType": "identifier"}
    correct = Tree.SubElement(Tree.SubElement(item, "responseDeclaration", **response), "correctResponse")
    Tree.SubElement(correct, "value").text = LETTERS[question.right]
    for outcome, kind in (("SCORE", "float"), ("FEEDBACK", "identifier")):
        Tree.SubElement(item, "outcomeDeclaration", identifier=outcome, cardinality="single", baseType=kind)
    body = Tree.SubElement(item, "itemBody")
    body.extend(_elements(stem(question)))
    choices = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": "1"}
    interaction = Tree.SubElement(body, "choiceInteraction", **choices)
    for letter, option in zip(LETTERS, question.options, strict=False):
        choice = Tree.SubElement(interaction, "simpleChoice", identifier=letter)
        _fill(choice, as_html(option.says))
    item.append(_processing())
    for letter, option in zip(LETTERS, question.options, strict=False):
        feedback = {"outcomeIdentifier": "FEEDBACK", "identifier": letter, "showHide": "show"}
        item_feedback = Tree.SubElement(item, "modalFeedback", **feedback)
        _fill(item_feedback, as_html(option.why))
    return item


def _processing() -> Tree.Element:
    """One point for the right choice; the feedback is that of the choice."""
    found = Tree.Element("responseProcessing")
    condition = Tree.SubElement(found, "responseCondition")
    right = Tree.SubElement(condition, "responseIf")
    match = Tree.SubElement(right, "match")
    Tree.SubElement(match, "variable", identifier="RESPONSE")
    Tree.SubElement(match, "correct", identifier="RESPONSE")
    for parent, points in ((right, "1"), (Tree.SubElement(condition, "responseElse"), "0")):
        value = Tree.SubElement(parent, "setOutcomeValue", identifier="SCORE")
        Tree.SubElement(value, "baseValue", baseType="float").text = points
    chosen = Tree.SubElement(found, "setOutcomeValue", identifier="FEEDBACK")
    Tree.SubElement(chosen, "variable", identifier="RESPONSE")
    return found


def stem(question: Question) -> str:
    """Return what a question asks, as HTML."""
    shown = f"<pre>{escape(question.shows.strip(), quote=False)}</pre>" if question.shows else ""
    return f"<p>{as_html(question.asks)}</p>{shown}"


def _elements(html: str) -> list[Tree.Element]:
    return list(Tree.fromstring(f"<div>{html}</div>"))


def _fill(parent: Tree.Element, html: str) -> None:
    """Put HTML, text and tags, into an element."""
    found = Tree.fromstring(f"<div>{html}</div>")
    parent.text = found.text
    parent.extend(found)


def _html(parent: Tree.Element, html: str) -> None:
    Tree.SubElement(parent, "text").text = html


def _document(root: Tree.Element) -> str:
    Tree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(root, encoding="unicode") + "\n"


def _escaped(text: str) -> str:
    """Markdown's own marks lose their meaning, outside of `code`."""

    def plain(part: str) -> str:
        return re.sub(r"([\\*_\[\]{}#$^~])", r"\\\1", escape(part, quote=False))

    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else plain(part) for part in parts)
