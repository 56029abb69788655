"""The decision tree: every branch in the picture and in its text."""

from course_utils.plots.tree import decision_tree

BRANCHES = {"it smokes": ("a fire", "water"), "it is a_very_long_name_without_any_space_in_it": ("habit", "nothing")}


def test_every_branch_is_in_the_text():
    picture = decision_tree(BRANCHES, ("you see", "cause", "try"), "What now?")
    assert "you see -> cause -> try. What now?: it smokes -> a fire -> water; it is a_very" in picture.alt


def test_no_word_is_cut_and_all_boxes_are_inside():
    picture = decision_tree(BRANCHES, ("you see", "cause", "try"), "What now?")
    (axes,) = picture.figure.axes
    words = " ".join(text.get_text() for text in axes.texts)
    assert "a_very_long_name_without_any_space_in_it" in words
    low, high = axes.get_xlim()
    for patch in axes.patches:
        assert low < patch.get_x() - 0.1 and patch.get_x() + patch.get_width() + 0.1 < high
