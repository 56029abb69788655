"""The quiz at the end of a lesson: a text and a cell, put before the line that says what comes next.

What is stored below the cell is made from `quiz.toml` by the build, as prose is: a changed question executes nothing.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course_tools.running.key import QUIZ_TAG
from course_utils.quiz import Quiz, file_of, read

NEXT = "**Next:**"
HOW = "Run the cell, then click an answer."  # the site, where nothing runs, has other words for it
TEXT = f"""\
## Quiz

{{count}} questions. {HOW} It says at once whether it is right, and why."""
SOURCE = """\
from course_utils.quiz import Quiz

Quiz("{slug}")"""


def add_quiz(notebook: NotebookNode, slug: str) -> None:
    """Put a lesson's quiz into its notebook, in place, if it has one."""
    if not file_of(slug).exists():
        return
    last = notebook.cells[-1]
    before, mark, after = last.source.partition(NEXT)
    metadata = {"tags": [QUIZ_TAG]}
    quiz = [
        new_markdown_cell(TEXT.format(count=_in_words(len(read(slug)))), metadata=metadata),
        new_code_cell(SOURCE.format(slug=slug), metadata=metadata),
    ]
    last.source = before.strip()
    notebook.cells += [*quiz, new_markdown_cell(f"{mark}{after}")] if mark else quiz


def stored_output(slug: str) -> NotebookNode:
    """Return what stands below the cell in a stored notebook: all questions, each option folded over its verdict."""
    bundle = {"text/html": Quiz(slug).html(), "text/plain": f"The quiz of this lesson: {len(read(slug))} questions"}
    return new_output("display_data", data=bundle)


def _in_words(count: int) -> str:
    return {5: "Five", 6: "Six", 7: "Seven", 8: "Eight"}.get(count, str(count))
