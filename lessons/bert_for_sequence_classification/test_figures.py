"""The figures of this lesson: the whole machine, one head's matrices, what attention heads look at."""

from functools import partial

import pytest
import torch

from lessons.bert_for_sequence_classification.figures import attention_heads, bert_stack, one_head
from tests.figures import check_picture
from tests.prose import small_bert

TOKENS = ["[CLS]", "hello", "[SEP]"]
BACK = [[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.8, 0.2]]
EVEN = [[0.4, 0.3, 0.3]] * 3

attention_of_one_head = partial(attention_heads, {"back": BACK}, TOKENS, "One head.", across=1)


@pytest.mark.parametrize("layers", [1, 3])
def test_the_machine_is_drawn_with_the_shapes_of_a_real_run(layers):
    model = small_bert(num_hidden_layers=layers, num_labels=2).eval()
    batch = {"input_ids": torch.tensor([[2, 7, 3, 0], [2, 8, 9, 3]])}
    said = f"[CLS] hello [SEP] [PAD] 2, 4 2, 4, 16 {layers} layers 2, 4, 16 2, 16 2, 2 LABEL_0, LABEL_1"
    check_picture(partial(bert_stack, model, batch, [*TOKENS, "[PAD]"]), said)
    assert not any(part._forward_hooks for part in model.modules()), "a hook is left behind"


@pytest.mark.parametrize("numbers", [32, 64])
def test_the_matrices_of_one_head(numbers):
    shape, turned, square = f"11 x {numbers}", f"{numbers} x 11", "11 x 11"
    said = f"12 heads {shape} {turned} {square} {square} values {shape} mixed {shape}"
    check_picture(partial(one_head, 11, numbers, 12), said)


def test_where_each_token_looks_most_is_told():
    back = "back [CLS] at [CLS] 1.00 hello at [CLS] 0.90 [SEP] at hello 0.80"
    even = "[CLS] at [CLS] 0.40 hello at [CLS] 0.40 [SEP] at [CLS] 0.40"
    check_picture(attention_of_one_head, "1 One head", back)
    heads = {"back": BACK, "even": EVEN, "third": EVEN}
    draw = partial(attention_heads, heads, TOKENS, "Three heads, one place empty.")
    *panels, empty, scale = check_picture(draw, "3 Three heads", back, "even", even, "third", even).figure.axes
    assert [axes.get_visible() for axes in (*panels, empty, scale)] == [True, True, True, False, True]


def test_every_token_is_written_on_both_axes():
    axes = attention_of_one_head().figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == TOKENS
    assert [label.get_text() for label in axes.get_yticklabels()] == TOKENS


def test_a_table_that_does_not_fit_its_tokens_is_refused():
    with pytest.raises(ValueError, match="zip"):
        attention_heads({"back": BACK}, TOKENS[:2], "One head.")
