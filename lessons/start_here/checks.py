"""The checks of `start_here`'s sheet."""

from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_number, predict

sheet = Sheet("start_here")

share = partial(as_number, low=0, high=1)


@sheet.exercise(
    section="How good is no model at all?",
    hints=[
        "Which label does the lazy method choose? It looks at `learn`, and at nothing else.",
        "Each tweet of both days gets this one label. Write the eight labels of a day down, and its true ones below.",
        "For `c` and `d`, look at the tweets of one true label only. Do they get their label? All of them, or none?",
    ],
    form_point=False,
)
def lazy_scores(lazy_scores) -> str:
    of_test = "the most common label of Friday? The method does not know Friday's labels, it learns from `learn`"
    of_all = "a share of all eight tweets? Here only the tweets with this one true label count"
    of_learn = "the share in `learn`? The score is counted on the tweets of that day"
    wrong = "the share that is wrong?"
    parts = {
        "a": (4 / 8, {of_learn: 6 / 10}),
        "b": (1 / 8, {of_test: 5 / 8, of_learn: 6 / 10, wrong: 7 / 8}),
        "c": (0, {of_all: 3 / 8, "which label do the neutral tweets get?": 1, "the answer to `a`?": 4 / 8}),
        "d": (1, {of_all: 1 / 8, "which label do the negative tweets get, on Friday too?": 0}),
    }
    as_it_is_rounded = 0.006  # 0.13 is a fair way to write one eighth
    predict(
        lazy_scores,
        "lazy_scores",
        {letter: Part(right, slips, share, as_it_is_rounded) for letter, (right, slips) in parts.items()},
    )
    return "The floor depends on the test set, and it hides that two of the three labels are never found."


def _cases(hidden: bool) -> list[tuple]:
    """Return labels of two methods beside the true ones: few tweets and many, of three kinds and of many."""
    import numpy as np

    random = np.random.default_rng(60 if hidden else 40)
    small = [([0, 1], [0, 0], [0, 1]), ([2, 1, 0], [0, 1, 0], [0, 1, 1]), ([1, 1, 2], [2, 2, 1], [0, 0, 0])]
    cases = [tuple(np.array(labels) for labels in each) for each in small]
    for tweets, kinds, good, poor in ((7, 3, 0.9, 0.3), (12, 3, 0.4, 0.7), (33, 28, 0.8, 0.5), (300, 600, 0.9, 0.3)):
        truth = random.integers(0, kinds, tweets)
        first, second = (
            np.where(random.random(tweets) < part, truth, random.integers(0, kinds, tweets)) for part in (good, poor)
        )
        cases.append((first, second, truth))
    return cases


def _wins(first, second, truth) -> float:
    return ((first == truth) & (second != truth)).mean()


def _gain(first, second, truth) -> float:
    return _wins(first, second, truth) - _wins(second, first, truth)


GAIN_SLIPS = {
    "only the wins are counted. What about the tweets that only `second` gets right?": _wins,
    "only the losses are counted. What about the tweets that only `first` gets right?": lambda f, s, t: -_wins(s, f, t),
    "a gain may be negative: then `first` is right less often": lambda f, s, t: abs(_gain(f, s, t)),
    "a loss is hidden behind 0, or a win behind a loss: subtract one from the other": lambda f, s, t: (
        _wins(f, s, t) if _wins(f, s, t) > _wins(s, f, t) else -_wins(s, f, t)
    ),
    "the sign is turned round: it is `first` minus `second`": lambda f, s, t: _gain(s, f, t),
    "how often the two differ? That says nothing about who is right": lambda f, s, t: (f != s).mean(),
    "how often exactly one of them is right? A win and a loss must cancel out": lambda f, s, t: (
        _wins(f, s, t) + _wins(s, f, t)
    ),
    "only the score of `first`: compare it with `second`": lambda f, s, t: (f == t).mean(),
    "a number of tweets? Divide by the number of all tweets": lambda f, s, t: _gain(f, s, t) * len(t),
    "divided by 10? Other days have other numbers of tweets": lambda f, s, t: _gain(f, s, t) * len(t) / 10,
    "a percentage? Give the share": lambda f, s, t: 100 * _gain(f, s, t),
    "rounded? Give the number as it comes": lambda f, s, t: round(_gain(f, s, t), 2),
    "divided by the tweets where exactly one is right? Divide by all tweets": lambda f, s, t: (
        _gain(f, s, t) / max(_wins(f, s, t) + _wins(s, f, t), 1e-9)
    ),
    "divided by the tweets where their labels differ? Divide by all tweets": lambda f, s, t: (
        _gain(f, s, t) / max((f != s).mean(), 1e-9)
    ),
    "compared with the score of `second`? Subtract, do not divide": lambda f, s, t: (
        (f == t).mean() / (s == t).mean() - 1
    ),
}


@sheet.exercise(
    section="Is it really better?",
    hints=[
        "Go through the ten tweets by hand. On which ones is only `tuned` right? On which ones only `counted`?",
        "`better` counts the tweets that `first` wins. What should a tweet count that `second` wins?",
        "A tweet may count 1, 0 or -1. The gain is the mean over all tweets.",
    ],
    form_point=False,
)
def paired_gain(paired_gain, hidden=False) -> str:
    read = partial(as_number, name="paired_gain(...)")
    judge(paired_gain, "paired_gain", _cases(hidden), _gain, slips=GAIN_SLIPS, read=read)
    return "Wins minus losses: swap the two methods, and only the sign changes."
