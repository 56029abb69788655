"""Numbers that a card of this sheet tells, held against the code below it."""

import numpy as np
from datasets import load_dataset
from sklearn.metrics import confusion_matrix

from course_utils import sources
from tests.prose import made, said

SHEET = "evaluation_exercises"


def test_the_wrong_recall_is_the_share_of_angry_posts():
    recall_and_precision = made(SHEET, "recall_and_precision", confusion_matrix=confusion_matrix)
    rows = load_dataset(*sources.dataset("emotion", "laptop"), split="test")
    truth = np.array(rows["label"])
    anger = rows.features["label"].names.index("anger")
    recall, _ = recall_and_precision(truth, np.full(len(truth), anger), anger)
    assert said(SHEET, "Yet the function below gives it a recall of {}.") == [round(recall, 2)]
    assert recall == np.mean(truth == anger)
