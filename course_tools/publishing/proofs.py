"""Which option of a quiz is right: its proof is evaluated, against the libraries and the stored results of today."""

import ast
import os
from typing import Any

from course_tools.building.render import stored
from course_tools.project import find_lessons
from course_utils import sources
from course_utils.quiz import Question


def namespace(slug: str) -> dict[str, Any]:
    """Return what a proof may use.

    `records`: what the stored notebook of the lesson recorded in `laptop`. `checkpoint`: the offline one, for
    `from_pretrained`. `dataset`: name -> arguments of `load_dataset`.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    [lesson] = find_lessons([slug])
    return {
        "records": dict(stored(lesson).metadata.course.records),
        "checkpoint": sources.checkpoint("laptop", full=""),
        "dataset": lambda name: sources.dataset(name, "laptop"),
    }


def verdicts(question: Question, known: dict[str, Any]) -> list[bool]:
    """Run the question's code, and return for each option whether its proof holds."""
    space = dict(known)
    exec(compile(question.code, f"code of {question.name}", "exec"), space)
    return [
        bool(eval(compile(option.proof, f"proof in {question.name}", "eval"), space)) for option in question.options
    ]


def is_empty(proof: str) -> bool:
    """True where a proof looks at nothing: an expression of constants alone."""
    return not any(isinstance(node, ast.Name) for node in ast.walk(ast.parse(proof, mode="eval")))


def same_thing(question: Question) -> bool:
    """True where two options have the same proof: then one of the two is not judged by itself."""
    proofs = [ast.dump(ast.parse(option.proof, mode="eval")) for option in question.options]
    return len(set(proofs)) < len(proofs)
