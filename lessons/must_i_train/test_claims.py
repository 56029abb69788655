"""What this lesson says and no cell of it checks: its counts, its sizes, what its folded answers promise."""

from types import SimpleNamespace

import numpy as np
from datasets import load_dataset
from sklearn.linear_model import LogisticRegression

from course_utils.sources import DATA, offline_checkpoint
from course_utils.statistics import interval_over_seeds
from course_utils.vectors import encode
from lessons.must_i_train.brellin import FACTS, NOTES, OPTIONS
from lessons.must_i_train.training import draw_alike
from tests.prose import made, printed, prose, said, stored_records

SLUG = "must_i_train"
SIZES = made(SLUG, "sizes", most=made(SLUG, "most"))


def test_sixteen_posts_make_many_pairs():
    posts, same_posts, pairs = said(SLUG, "{} posts are few. But {} posts make {} pairs")
    assert posts == same_posts == SIZES[1]
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


def test_a_description_beats_the_lazy_rule_and_its_best_wording_was_lucky():
    assert "a sentence is above the lazy rule, though only just" in prose(SLUG)
    assert "the best wording scores far lower on test than on validation" in prose(SLUG)
    best = int(printed(SLUG, "ten wordings on").split("%")[1].split()[-1])
    assert best > 100 * stored_records(SLUG)["described_accuracy"] + 5
    records = stored_records(SLUG)
    assert records["described_accuracy"] > records["lazy_accuracy"] + 0.04
    assert records["described_spread"] < 0.1


def test_labels_that_are_all_wrong_teach_as_well():
    """The second folded answer: to a quarter, or below it."""
    assert "What learns falls on average to a quarter, the level of guessing, or below" in prose(SLUG)
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
    labels, steps = *said(SLUG, "{} dirty labels did not buy a lead"), *said(SLUG, "fine-tuning had {} steps")
    assert (labels, steps) == (SIZES[2], made(SLUG, "plan")[1])
    assert said(SLUG, "with {} dirty labels and {} steps no lead") == [labels, steps]
    assert stored_records(SLUG)["dirty_tuned_minus_prompt"] < 0.1


def test_new_labels_are_a_landslide_and_balance_stops_it():
    assert "That is a landslide, not obedience" in prose(SLUG)
    assert "Fewer hopeful posts go to joy, but the others mostly stay where they were" in prose(SLUG)
    records = stored_records(SLUG)
    old, new, balanced = (records[f"others_to_joy_{name}"] for name in ("old_labels", "new_labels", "new_balanced"))
    assert new > 0.5 > balanced + 0.1
    assert abs(balanced - old) < 0.15
    assert records["hopeful_to_joy_new_balanced"] < records["hopeful_to_joy_new_labels"]
    low, high = printed(SLUG, "new minus old").split("(")[-1].split("%)")[0].split("% to ")
    assert int(low) < 0 < int(high)


def test_the_head_keeps_up_with_the_posts_and_the_prompt_does_not():
    posts, milliseconds = said(SLUG, "{} posts a second leave {} ms for each")
    assert said(SLUG, "must answer {} posts a second") == [posts] == [1000 / milliseconds]
    found = [float(line.split()[1]) for line in printed(SLUG, "ms a post").splitlines() if " ms a post" in line]
    assert found[0] < milliseconds < found[1]


def test_a_note_is_read_off_and_nothing_else_helps():
    assert "With the right note the small model nearly always reads the answer off" in prose(SLUG)
    records = stored_records(SLUG)
    assert records["knows_retrieved_note"] > max(records["knows_no_note"], records["knows_wrong_note"])
    [planted] = said(SLUG, "notes for {} planted facts")
    assert planted == len(FACTS) == len(set(NOTES))


def test_each_fact_stands_in_its_own_note_only():
    for number, (fact, *others) in enumerate(OPTIONS):
        assert [fact in note for note in NOTES] == [place == number for place in range(len(NOTES))]
        assert len(others) == 3
        assert not [other for other in others if other in " ".join(NOTES)]


def test_small_draws_are_the_beginning_of_large_ones_and_even():
    labels = np.repeat([0, 1, 2, 3], 20)
    drawn = draw_alike(labels, 16, 7)
    assert len(set(drawn)) == 16
    assert labels[drawn].tolist() == [0, 1, 2, 3] * 4
