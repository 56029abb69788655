"""The figures of lesson 05: a picture, and the same numbers in words."""

import pytest
from course_utils.plots.attention import attention_heads

TOKENS = ["[CLS]", "hello", "[SEP]"]
BACK = [[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.8, 0.2]]
EVEN = [[0.4, 0.3, 0.3]] * 3


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (
            attention_heads({"back": BACK, "even": EVEN}, TOKENS, "Two heads."),
            "back: [CLS] at [CLS] 1.00, hello at [CLS] 0.90, [SEP] at hello 0.80. even: [CLS] at [CLS] 0.40",
        ),
        (
            attention_heads({"back": BACK, "even": EVEN, "third": EVEN}, TOKENS, "Three heads, one place empty."),
            "3 tables of shades.",
        ),
    ],
)
def test_its_text_gives_the_numbers(picture, words):
    assert words in picture.alt


def test_every_token_is_written_on_both_axes():
    figure = attention_heads({"back": BACK}, TOKENS, "One head.", across=1).figure
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == TOKENS
    assert [label.get_text() for label in axes.get_yticklabels()] == TOKENS


def test_a_table_that_does_not_fit_its_tokens_is_refused():
    with pytest.raises(ValueError, match="zip"):
        attention_heads({"back": BACK}, TOKENS[:2], "One head.")


def test_the_same_figure_has_the_same_bytes():
    first, second = (
        attention_heads({"back": BACK}, TOKENS, "One head.")._repr_mimebundle_()[0]["image/png"] for _ in range(2)
    )
    assert first == second
