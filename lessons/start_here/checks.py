"""The checks of `start_here`'s sheet."""

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_number, call, suspect
from course_utils.checks.wrong import WrongAnswer

sheet = Sheet("start_here")


@sheet.exercise(
    section="How good is no model at all?",
    hints=[
        "Which label does the lazy method choose? It looks at `learn`, and at nothing else.",
        "Each tweet of both days gets this one label. Write the eight labels of a day down, and its true ones below.",
        "For `c` and `d`, look at the tweets of one true label only. Do they get their label? All of them, or none?",
    ],
)
def lazy_scores(lazy_scores) -> str:
    if not isinstance(lazy_scores, dict) or not {"a", "b", "c", "d"} <= set(lazy_scores):
        raise WrongAnswer('a dict with the keys "a", "b", "c" and "d"', lazy_scores)
    of_test = "the most common label of Friday? The method does not know Friday's labels, it learns from `learn`"
    of_all = "a share of all eight tweets? Here only the tweets with this one true label count"
    answers = {
        "a": (4 / 8, {"the share in `learn`? The score is counted on Monday's tweets": 6 / 10}),
        "b": (1 / 8, {of_test: 5 / 8, "the share in `learn`? The score is counted on Friday's tweets": 6 / 10}),
        "c": (0, {of_all: 3 / 8, "which label do the neutral tweets get?": 1, "the answer to `a`?": 4 / 8}),
        "d": (1, {of_all: 1 / 8, "which label do the negative tweets get, on Friday too?": 0}),
    }
    for letter, (right, slips) in answers.items():
        share = as_number(lazy_scores[letter], letter, low=0, high=1)
        if abs(share - right) > 0.006:  # 0.13 is a fair way to write one eighth
            slips = {**slips, "the share that is wrong?": 1 - right}
            raise WrongAnswer(f"another share for `{letter}`", share, _near(share, slips) or "count tweet by tweet")
    return "The floor depends on the test set, and it hides that two of the three labels are never found."


@sheet.exercise(
    section="Is it really better?",
    hints=[
        "Go through the ten tweets by hand. On which ones is only `tuned` right? On which ones only `counted`?",
        "`better` counts the tweets that `first` wins. What should a tweet count that `second` wins?",
        "A tweet may count 1, 0 or -1. The gain is the mean over all tweets.",
    ],
)
def paired_gain(paired_gain, hidden=False) -> str:
    import numpy as np

    as_function(paired_gain, "paired_gain")
    tweets = 60 if hidden else 40
    random = np.random.default_rng(tweets)
    truth = random.integers(0, 3, tweets)
    good, poor = (np.where(random.random(tweets) < share, truth, (truth + 1) % 3) for share in (0.8, 0.5))
    poor[:3] = (truth[:3] + 2) % 3  # so that the methods can differ where both are wrong
    for which, first, second in (("the better", good, poor), ("the poorer", poor, good), ("the same", good, good)):
        found = as_number(call(paired_gain, first.copy(), second.copy(), truth.copy()), "paired_gain(...)")
        right, slips = _gains(first, second, truth)
        if abs(found - right) > 1e-6:
            slip = _near(found, slips) or "count +1 for a tweet that `first` wins, -1 for one that it loses"
            raise WrongAnswer(f"the gain over {tweets} tweets, where `first` is {which} method", found, slip)
    return "Wins minus losses: swap the two methods, and only the sign changes."


def _gains(first, second, truth) -> tuple[float, dict[str, float]]:
    wins, losses = ((first == truth) & (second != truth)).mean(), ((first != truth) & (second == truth)).mean()
    differ, score, other = (first != second).mean(), (first == truth).mean(), (second == truth).mean()
    gain = wins - losses
    return gain, {
        "only the wins are counted. What about the tweets that only `second` gets right?": wins,
        "only the losses are counted. What about the tweets that only `first` gets right?": -losses,
        "a gain may be negative: then `first` is right less often": abs(gain),
        "the sign is turned round: it is `first` minus `second`": -gain,
        "how often the two differ? That says nothing about who is right, and both may be wrong": differ,
        "how often exactly one of them is right? A win and a loss must cancel out": wins + losses,
        "only the score of `first`: compare it with `second`": score,
        "a number of tweets? Divide by the number of all tweets": gain * len(truth),
        "a percentage? Give the share": 100 * gain,
        "divided by the tweets where the two differ? Divide by all tweets": gain / max(wins + losses, 1e-9),
        "divided by the tweets where their labels differ? Divide by all tweets": gain / max(differ, 1e-9),
        "compared with the score of `second`? Subtract, and divide by the number of all tweets": score / other - 1,
    }


def _near(found: float, slips: dict[str, float]) -> str:
    return suspect(round(found, 4), {words: round(float(value), 4) for words, value in slips.items()})
