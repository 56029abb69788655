"""The figures of this lesson: what each road changes, and scores along labels."""

from functools import partial

from transformers import BertConfig, BertModel

from lessons.must_i_train.figures import roads, scores_by_labels, weights_of_roads
from tests.figures import check_picture

WAYS = {"Prompt": ("your words", 134_515_008, 0), "Head": ("labels", 22_713_216, 1_540)}
SERIES = {"describe": {0: (0.5, 0.4, 0.6)}, "head": {4: (0.3, 0.2, 0.4), 16: (0.6, 0.55, 0.65)}}


def test_the_weights_are_those_of_the_models():
    """What stays and what changes are all weights of the encoder, and the new head."""
    config = BertConfig(vocab_size=30, hidden_size=8, num_hidden_layers=3, num_attention_heads=2, intermediate_size=16)
    encoder, decoder = BertModel(config), BertModel(config)
    select, head, shape = weights_of_roads(encoder, decoder, 2, 4).values()
    every, layer = encoder.num_parameters(), sum(w.numel() for w in encoder.encoder.layer[0].parameters())
    assert select[1:] == (every, 0)
    assert head[1:] == (every, 9 * 4)
    assert shape[1:] == (every - 2 * layer, 2 * layer + 9 * 4)


def test_what_changes_is_told():
    draw = partial(roads, WAYS, "Two roads.")
    first = "Two roads Prompt your words then 134,515,008 weights stay then no weight changes"
    check_picture(draw, first, "Head labels then 22,713,216 weights stay then 1,540 weights change")


def test_what_changes_is_coloured():
    boxes = roads(WAYS, "Two roads.").figure.axes[0].patches
    colours = [box.get_facecolor() for box in boxes]
    assert colours[0] == colours[5] != colours[1] == colours[2] == colours[3] == colours[4]


def test_zero_labels_are_a_place_too():
    draw = partial(scores_by_labels, SERIES, "Two ways.")
    zero = "Two ways describe 0 labels 50.0% 40.0% 60.0%"
    head = "head 4 labels 30.0% 20.0% 40.0% 16 labels 60.0% 55.0% 65.0%"
    check_picture(draw, zero, head)


def test_the_lazy_rule_is_dashed_and_points_apart_are_not_joined():
    picture = scores_by_labels(SERIES, "Two ways.", lazy=0.31, apart=["head"])
    styles = [line.get_linestyle() for line in picture.figure.axes[0].lines]
    assert styles == ["-", "None", "--"]
    draw = partial(scores_by_labels, SERIES, "Two ways.", lazy=0.31, apart=["head"])
    zero = "Two ways describe 0 labels 50.0% 40.0% 60.0%"
    head = "head 4 labels 30.0% 20.0% 40.0% 16 labels 60.0% 55.0% 65.0%"
    check_picture(draw, zero, head, "dashed the lazy rule 31.0%")
