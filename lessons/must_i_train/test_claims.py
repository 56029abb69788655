"""What this lesson says and no cell of it checks: its counts, its sizes, what its folded answers promise."""

from types import SimpleNamespace

import numpy as np
from datasets import load_dataset
from sklearn.linear_model import LogisticRegression

from course_utils.sources import DATA, offline_checkpoint
from course_utils.statistics import interval_over_seeds
from course_utils.vectors import encode
from tests.prose import made, printed, prose, said, stored_records

SLUG = "must_i_train"


def test_sixteen_posts_make_many_pairs():
    posts, same_posts, pairs = said(SLUG, "{} posts are few. But {} posts make {} pairs")
    assert posts == same_posts == made(SLUG, "sizes")[1]
    assert pairs == posts * (posts - 1) // 2


def test_the_pieces_of_a_label():
    [pieces] = said(SLUG, "Without the space, *sadness* costs {}")
    *_, line = printed(SLUG, "reader.tokenize(name)").strip().splitlines()
    before, after = line.split("] [")
    assert before.count("'") == 2 * pieces
    assert after.count("'") == 2


def test_the_models_differ_by_six():
    weights = eval(printed(SLUG, "AutoModelForCausalLM.from_pretrained").strip().splitlines()[-1])
    [times] = said(SLUG, "though the decoder is {} times as large")
    assert round(weights["decoder"] / weights["encoder"]) == times


def test_a_description_beats_the_lazy_rule_and_its_wording_moves_it_little():
    assert "One word in a sentence does better than the lazy rule" in prose(SLUG)
    assert "The wording moves the score by a few points" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["described_accuracy"] > records["lazy_accuracy"] + 0.04
    assert records["described_spread"] < 0.1


def test_labels_that_are_all_wrong_teach_as_well():
    """The second folded answer: to a quarter, or below it."""
    assert "What learns falls to a quarter, the level of guessing, or below" in prose(SLUG)
    posts = load_dataset(str(DATA / "emotion"))
    course = SimpleNamespace(checkpoint=str(offline_checkpoint()), device="cpu")
    truth, test = np.array(posts["test"]["label"][:160]), encode(posts["test"]["text"][:160], course, 40)
    pool, right = np.array(posts["train"]["label"]), []
    for draw in range(3):
        rng = np.random.default_rng(draw)
        rows = np.concatenate([rng.choice(np.flatnonzero(pool == number), 16, replace=False) for number in range(4)])
        wrong = (pool[rows] + rng.integers(1, 4, len(rows))) % 4
        train = encode(posts["train"].select(rows)["text"], course, 40)
        right.append(LogisticRegression().fit(train, wrong).predict(test) == truth)
    value, _, _ = interval_over_seeds(right)
    assert value < 0.27


def test_fine_tuning_on_dirty_labels_does_not_pull_away_from_the_prompt():
    assert "Fine-tuning has seen 64 labels, the prompt none, and still it does not pull away" in prose(SLUG)
    assert made(SLUG, "sizes")[2] == 64
    assert stored_records(SLUG)["dirty_tuned_minus_prompt"] < 0.1


def test_a_note_is_read_off_and_nothing_else_helps():
    assert "With the right note the small model nearly always reads the answer off" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["knows_retrieved_note"] > max(records["knows_no_note"], records["knows_wrong_note"])
    [planted] = said(SLUG, "notes for {} planted facts")
    assert planted == len(made(SLUG, "facts"))
