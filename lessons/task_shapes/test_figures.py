"""The figures of this lesson: the shapes of five answers, and a label for each word piece."""

from functools import partial

from lessons.task_shapes.figures import labels_of_pieces, shapes_of_answers
from tests.figures import check_picture

TASKS = {"a number": (("one text",), (1, 1)), "each word": (("a plan", "a post"), (1, 7, 5))}


def test_each_shape_is_told_and_drawn():
    draw = partial(shapes_of_answers, TASKS, "Two heads")
    check_picture(draw, "Two heads", "a number 1 text in (1, 1) out", "each word 2 texts in (1, 7, 5) out",
                  only_drawn=("one text", "a plan", "a post"))  # fmt: skip
    [axes] = draw().figure.axes
    cells = [patch for patch in axes.patches if type(patch).__name__ == "Rectangle"]
    assert len(cells) == 1 + 7 * 5
    assert [text.get_text() for text in axes.texts].count("same body") == len(TASKS)


def test_each_piece_has_its_word_and_label():
    pieces, labels = ["[CLS]", "Han", "##over", "[SEP]"], ["-100", "B-WHERE", "-100", "-100"]
    draw = partial(labels_of_pieces, pieces, [None, 0, 0, None], labels, "One word")
    check_picture(draw, "One word", "[CLS] -100 Han B-WHERE ##over -100 [SEP] -100",
                  only_drawn=("piece", "word", "label", "0", "-"))  # fmt: skip
