"""What a lesson or a sheet says, does and has printed, for tests that hold its sentences against its code.

Each function takes a slug: of a lesson (`lora`), or of its sheet (`lora_exercises`). Words that should stand in one
cell, a sentence or a name must be there exactly once: a slip in the test is an error, too.
"""

import ast
import re
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace

import jupytext
import nbformat
import numpy as np
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, pipeline

from course_tools.project import Lesson, find_scripts
from course_tools.running.clean import stored_texts
from course_utils import sources

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBER = rf"([-+−]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?|\b(?i:{'|'.join(WORDS)})\b)"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)
LAPTOP = SimpleNamespace(pick=lambda *, laptop, full, smoke: laptop, metric=sources.metric, seed=42)


@cache
def prose(slug: str) -> str:
    """Return the text cells as one line without emphasis."""
    return " ".join(" ".join(cells(slug, "markdown")).replace("**", "").split())


def said(slug: str, sentence: str) -> list[int | float]:
    """Return the numbers that stand in a sentence where it has `{}`, as in "costs {} MB and {}%": "1,200" or "Three".

    The sentence may be a part of one.
    """
    pattern = NUMBER.join(re.escape(part) for part in sentence.split("{}"))
    found = list(re.finditer(pattern, prose(slug)))
    assert len(found) == 1, f"{slug} says {len(found)} times: {sentence}"
    return [_value(number.lower().replace(",", "").replace("−", "-")) for number in found[0].groups()]


def numbered(slug: str, word: str) -> int:
    """Return how many headings begin with a word and a number: "Group 1", "Group 2" and so on, in this order."""
    found = re.findall(rf"^## {word} (\d+):", "\n".join(cells(slug, "markdown")), re.MULTILINE)
    assert found == [str(number) for number in range(1, len(found) + 1)]
    return len(found)


@cache
def cells(slug: str, kind: str = "code") -> tuple[str, ...]:
    """Return all cells of one kind, code or markdown, as a reader gets them: without solutions."""
    found = jupytext.read(_script(slug).source).cells
    return tuple(SOLUTION.sub("", cell.source) for cell in found if cell.cell_type == kind)


def cell(slug: str, words: str, kind: str = "code") -> str:
    """Return the cell that holds these words."""
    [found] = [source for source in cells(slug, kind) if words in source]
    return found


def executed(slug: str, words: str, /, **names) -> dict:
    """Execute the code cell that holds these words as `laptop` does, and return its names. `names`: what it uses."""
    return _executed(cell(slug, words), slug, names)


def made(slug: str, name: str, /, **names):
    """Return what the code assigns to a name in `laptop`, or defines under it. `names`: what that statement uses."""
    [statement] = [each for source in cells(slug) for each in ast.parse(source).body if name in _made_by(each)]
    return _executed(ast.Module([statement], []), slug, names)[name]


@cache
def stored(slug: str) -> nbformat.NotebookNode:
    """Return the built notebook with its stored outputs."""
    return nbformat.read(_script(slug).notebook, as_version=4)


def printed(slug: str, words: str) -> str:
    """Return the texts that the stored notebook shows below the code cell that holds these words."""
    [shown] = [cell for cell in stored(slug).cells if cell.cell_type == "code" and words in cell.source]
    texts = (text for _, text in stored_texts(nbformat.NotebookNode(cells=[shown])))
    return "\n".join(text for text in texts if not text.startswith("<details><summary>The figure in words"))


def stored_records(slug: str) -> dict[str, bool | int | float | str]:
    """Return what was recorded when the notebook was built."""
    return stored(slug).metadata.course.records


def offline_tokenizer():
    """Return the tokenizer of the offline checkpoint."""
    return AutoTokenizer.from_pretrained(sources.offline_checkpoint())


def offline_similarity() -> Callable[[str, str], float]:
    """Return the function that gives the cosine of two texts, read by the offline checkpoint."""
    extractor = pipeline("feature-extraction", model=sources.offline_checkpoint())

    def cosine(first: str, second: str) -> float:
        one, other = (np.array(extractor(text)[0]).mean(axis=0) for text in (first, second))
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    return cosine


def small_bert(**config) -> BertForSequenceClassification:
    """Return a BERT with random weights that trains in a moment."""
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    return BertForSequenceClassification(BertConfig(**{"vocab_size": 50} | size | config))


def _script(slug: str) -> Lesson:
    lessons, sheets = find_scripts([slug])
    return [*sheets, *lessons][0]


def _value(word: str) -> int | float:
    return WORDS.index(word) if word in WORDS else ast.literal_eval(word)


def _executed(code: str | ast.Module, slug: str, names: dict) -> dict:
    names = {"course": LAPTOP} | names
    exec(compile(code, slug, "exec"), names)
    return names


def _made_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign):
        return {getattr(target, "id", "") for target in statement.targets}
    return {getattr(statement, "name", "")}
