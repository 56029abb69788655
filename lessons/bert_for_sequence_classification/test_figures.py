"""The figure of this lesson: what attention heads look at."""

from functools import partial

import pytest

from lessons.bert_for_sequence_classification.figures import attention_heads
from tests.figures import check_picture

TOKENS = ["[CLS]", "hello", "[SEP]"]
BACK = [[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.8, 0.2]]
EVEN = [[0.4, 0.3, 0.3]] * 3

one_head = partial(attention_heads, {"back": BACK}, TOKENS, "One head.", across=1)


def test_where_each_token_looks_most_is_told():
    back = "back [CLS] at [CLS] 1.00 hello at [CLS] 0.90 [SEP] at hello 0.80"
    even = "[CLS] at [CLS] 0.40 hello at [CLS] 0.40 [SEP] at [CLS] 0.40"
    check_picture(one_head, "1 One head", back)
    heads = {"back": BACK, "even": EVEN, "third": EVEN}
    draw = partial(attention_heads, heads, TOKENS, "Three heads, one place empty.")
    *panels, empty, scale = check_picture(draw, "3 Three heads", back, "even", even, "third", even).figure.axes
    assert [axes.get_visible() for axes in (*panels, empty, scale)] == [True, True, True, False, True]


def test_every_token_is_written_on_both_axes():
    axes = one_head().figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == TOKENS
    assert [label.get_text() for label in axes.get_yticklabels()] == TOKENS


def test_a_table_that_does_not_fit_its_tokens_is_refused():
    with pytest.raises(ValueError, match="zip"):
        attention_heads({"back": BACK}, TOKENS[:2], "One head.")
