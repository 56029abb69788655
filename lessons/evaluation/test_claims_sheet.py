"""Numbers that a card of this sheet tells, held against the code below it."""

import jupytext
import numpy as np
from datasets import load_dataset

from course_tools.project import find_scripts
from course_utils import sources
from tests.prose import said

SHEET = "evaluation_exercises"


def test_the_wrong_recall_is_the_share_of_angry_posts():
    _, [sheet] = find_scripts([SHEET])
    cells = [cell.source for cell in jupytext.read(sheet.source).cells if cell.cell_type == "code"]
    space: dict = {}
    exec(next(source for source in cells if "import confusion_matrix" in source).partition("\n\nprint(")[0], space)
    [answer] = [source for source in cells if "def recall_and_precision(" in source]
    exec(answer.partition("### BEGIN SOLUTION")[0], space)
    rows = load_dataset(*sources.dataset("emotion", "laptop"), split="test")
    truth = np.array(rows["label"])
    anger = rows.features["label"].names.index("anger")
    recall, _ = space["recall_and_precision"](truth, np.full(len(truth), anger), anger)
    assert said(SHEET, "Yet the function below gives it a recall of {}.") == [round(recall, 2)]
    assert recall == np.mean(truth == anger)
