"""The figures of this lesson: five errors at their places, and the decision tree, in the picture and in its text."""

from functools import partial

from lessons.cuda_errors.figures import FIVE, decision_tree, two_computers
from tests.figures import check_picture

BRANCHES = {"it smokes": ("a fire", "water"), "it is a_very_long_name_without_any_space_in_it": ("habit", "nothing")}

tree = partial(decision_tree, BRANCHES, ("you see", "cause", "try"), "What now?")


def test_every_branch_is_told_from_what_you_see_to_what_you_try():
    first = "it smokes -> a fire -> water"
    second = "it is a_very_long_name_without_any_space_in_it -> habit -> nothing"
    check_picture(tree, "you see -> cause -> try What now?", first, second)


def test_no_word_is_cut_and_all_boxes_are_inside():
    (axes,) = tree().figure.axes
    words = " ".join(text.get_text() for text in axes.texts)
    assert "a_very_long_name_without_any_space_in_it" in words
    low, high = axes.get_xlim()
    for patch in axes.patches:
        assert low < patch.get_x() - 0.1 and patch.get_x() + patch.get_width() + 0.1 < high


def test_each_error_has_its_place():
    check_picture(
        partial(two_computers, "away", "full", "wrong id", "library", "no card"),
        "1 away 5 no card 2 full 3 wrong id 4 library",
    )


def test_five_messages_have_a_branch():
    assert len(FIVE) == 5
