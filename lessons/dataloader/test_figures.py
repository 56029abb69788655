"""The figures of this lesson: the way of rows into a batch, and batches as rectangles."""

from functools import partial

import pytest
import torch

from lessons.dataloader.figures import padded_batches, rows_to_batch
from tests.figures import check_picture
from tests.prose import offline_tokenizer

tokenizer = pytest.fixture(offline_tokenizer, scope="module")

two_ways = partial(padded_batches, {"random": [[4, 2], [3, 3]], "grouped": [[4, 3], [3, 2]]}, "Two ways.")


def test_rows_are_told_with_their_tokens_then_as_padded_numbers_with_their_mask(tokenizer):
    check_picture(
        partial(rows_to_batch, tokenizer, ["Why?", "Sleepless again"], "A way."),
        "A way 2 rows of unequal length [CLS] why ? [SEP] [CLS] sleep ##less again [SEP]",
        "collate fill up to the longest input_ids 2, 5 101 2339 1029 102 0 101 3637 3238 2153 102",
        "1 where a token is real else 0 attention_mask 2, 5 1 1 1 1 0 1 1 1 1 1 the model gives 2 answers",
    )


def test_the_rows_are_ragged_and_the_batch_is_a_rectangle(tokenizer):
    picture = rows_to_batch(tokenizer, ["Why?", "Sleepless again"], "A way.")
    white = [patch for patch in picture.figure.axes[0].patches if patch.get_facecolor() == (1, 1, 1, 1)]
    assert len(white) == 2  # one place of padding, in the ids and in the mask


def test_a_batch_may_come_as_the_collator_made_it():
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    batch = {"attention_mask": mask}
    assert padded_batches({"a": [batch]}, "One.").alt == padded_batches({"a": [[4, 2]]}, "One.").alt


def test_each_batch_is_told_with_its_rows_its_length_and_its_padding():
    random = "random 14% padding batch 1 2 rows of 4 25% padding batch 2 2 rows of 3 0% padding"
    grouped = "grouped 14% padding batch 1 2 rows of 4 12% padding batch 2 2 rows of 3 17% padding"
    check_picture(two_ways, "Two ways", random, grouped)


def test_one_way_and_batches_of_different_sizes_work():
    said = "One only 25% padding batch 1 2 rows of 3 33% padding batch 2 1 rows of 2 0% padding"
    check_picture(partial(padded_batches, {"only": [[3, 1], [2]]}, "One."), said)


def test_it_draws_every_token_once():
    """The blue bars are as long as the rows, and the grey ones fill up the rectangle."""
    left, right = two_ways().figure.axes
    assert [bar.get_width() for bar in left.patches] == [4, 2, 0, 2, 3, 3, 0, 0]
    assert [bar.get_width() for bar in right.patches] == [4, 3, 0, 1, 3, 2, 0, 1]
    assert left.get_xlim() == right.get_xlim()
