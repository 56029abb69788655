"""The upper layers on cached states: the numbers of the whole encoder, and a training that reaches them alone."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, normalize

from course_utils import sources
from course_utils.upper_layers import UpperLayers, in_parts, load_encoder, read_below
from course_utils.vectors import encode

COURSE = SimpleNamespace(checkpoint=sources.offline_checkpoint(), device=torch.device("cpu"))
TEXTS = ["Where is my train?", "No.", "The museum opens at ten and closes at six, every day but Monday.", ""]


@pytest.mark.parametrize("upper", [1, 3])
def test_untouched_layers_give_the_vectors_of_encode_in_the_order_of_the_texts(upper):
    hidden, mask = read_below(TEXTS, COURSE, upper, batch_size=2)
    assert hidden.shape == (*mask.shape, 384)
    assert mask.shape == (4, mask.sum(1).max())
    found = in_parts(UpperLayers(COURSE, upper, 2).vectors, hidden, mask, batch_size=2)
    np.testing.assert_allclose(normalize(found), encode(TEXTS, COURSE), atol=1e-5)


def test_what_is_read_is_the_librarys_hidden_state_of_a_cut_text():
    upper = 2
    hidden, mask = read_below(TEXTS[2:3], COURSE, upper, max_length=6)
    assert mask.tolist() == [[1] * 6]
    hidden = UpperLayers(COURSE, upper, 2).vectors(hidden, mask).detach()
    np.testing.assert_allclose(normalize(hidden), encode(TEXTS[2:3], COURSE, max_length=6), atol=1e-5)


def test_trimming_changes_nothing():
    top = UpperLayers(COURSE, 2, 3)
    hidden, mask = read_below(TEXTS, COURSE, 2)
    padded = torch.nn.functional.pad(hidden, (0, 0, 0, 9), value=7.0), torch.nn.functional.pad(mask, (0, 9))
    with torch.no_grad():
        together, alone = top(*padded), torch.cat([top(hidden[[row]], mask[[row]]) for row in range(len(TEXTS))])
    assert together.shape == (4, 3)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


def test_a_step_moves_the_copy_and_its_head_only():
    encoder = load_encoder(COURSE.checkpoint, COURSE.device)
    before = {name: weight.clone() for name, weight in encoder.state_dict().items()}
    hidden, mask = read_below(TEXTS, COURSE, 2)
    kept, top = hidden.clone(), UpperLayers(COURSE, 2, 3)
    old = {name: weight.clone() for name, weight in top.state_dict().items()}
    optimizer = torch.optim.AdamW(top.parameters(), lr=1e-2)
    cross_entropy(top(hidden, mask), torch.tensor([0, 1, 2, 0])).backward()
    optimizer.step()
    moved = {name for name, weight in top.state_dict().items() if not torch.equal(weight, old[name])}
    assert moved >= {name for name in old if "key.bias" not in name}  # a bias of all keys changes no attention
    assert all(torch.equal(weight, before[name]) for name, weight in encoder.state_dict().items())
    assert not hidden.requires_grad
    assert torch.equal(hidden, kept)
