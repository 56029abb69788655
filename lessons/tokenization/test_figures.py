"""The figures of this lesson: a text on its way, tokens on the text they came from, and how long texts are."""

from functools import partial

import pytest

from lessons.tokenization.figures import COLUMNS, length_profile, token_boxes, way_of_a_text
from tests.figures import check_picture
from tests.prose import offline_tokenizer

tokenizer = pytest.fixture(offline_tokenizer, scope="module")


def test_the_way_of_a_text_is_told_step_by_step(tokenizer):
    check_picture(
        partial(way_of_a_text, tokenizer, "Sleepless AGAIN", "Why?", "A way."),
        "A way text 'Sleepless AGAIN' normalised 'sleepless again' words sleepless again pieces sleep ##less again",
        "special [CLS] sleep ##less again [SEP] input_ids 101 3637 3238 2153 102 attention_mask 1 1 1 1 1",
        "'Why? padded input_ids 101 2339 1029 102 0 attention_mask 1 1 1 1 0",
    )


class TestTokenBoxes:
    def test_each_token_is_told_with_its_text_and_its_place(self):
        tokens, offsets = ["[CLS]", "sleep", "##less", "!"], [(0, 0), (0, 5), (5, 9), (9, 10)]
        check_picture(
            partial(token_boxes, "Sleepless!", tokens, offsets, [None, 0, 0, 1], "Cut."),
            "Cut [CLS] no text sleep from Sleep at 0 to 5 ##less from less at 5 to 9 ! from ! at 9 to 10",
        )

    def test_a_long_text_goes_on_in_the_next_line(self):
        words = [f"word{number}" for number in range(40)]
        offsets = [(0, len(word)) for word in words]
        picture = token_boxes(" ".join(words), words, offsets, range(40), "Long.")
        boxes = picture.figure.axes[0].patches
        assert len(boxes) == len(words)
        assert len({box.get_y() for box in boxes}) > 1
        assert all(box.get_x() + box.get_width() <= COLUMNS for box in boxes)

    def test_boxes_of_one_word_touch_and_others_stand_apart(self):
        tokens, offsets = ["[CLS]", "b", "##c", "!"], [(0, 0), (0, 1), (1, 2), (2, 3)]
        picture = token_boxes("bc!", tokens, offsets, [None, 0, 0, 1], "Words.")
        added, first, second, mark = picture.figure.axes[0].patches
        assert added.get_x() + added.get_width() < first.get_x()
        assert first.get_x() + first.get_width() == second.get_x()
        assert second.get_x() + second.get_width() < mark.get_x()


class TestLengthProfile:
    def test_it_tells_the_share_up_to_each_limit_that_a_text_reaches(self):
        check_picture(
            partial(length_profile, {"a": [1, 2, 3, 40], "b": [36, 37]}, [36, 512], "Lengths."),
            "Lengths a 75.0% up to 36 b 50.0% up to 36",
        )

    def test_its_lines_reach_all_texts(self):
        picture = length_profile({"a": [5, 9], "b": [2, 3]}, [36], "Lengths.")
        for line in picture.figure.axes[0].lines[:2]:
            assert line.get_ydata()[0] == 0
            assert line.get_ydata()[-1] == 1
