"""The checks of `must_i_train`'s sheet."""

from collections.abc import Callable
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_list, as_number, as_tensor, as_text, predict
from course_utils.checks.wrong import WrongForm

sheet = Sheet("must_i_train")

WAYS = ("describe", "prompt", "few-shot", "nearest", "head", "fine-tuned")


def _ways(value: object, name: str) -> frozenset:
    """Return the ways that a student names: in a set, in a list, or a single one as a text."""
    if isinstance(value, set | frozenset | str):
        names = [value] if isinstance(value, str) else list(value)
    else:
        names = as_list(value, name)
    return frozenset(as_choice(each, name, WAYS) for each in names)


LEARNERS = frozenset({"nearest", "head", "fine-tuned"})
ENCODED = LEARNERS | {"describe"}
DECODED = frozenset({"prompt", "few-shot"})
SHOWN = "the four examples of few-shot have labels, too"
VOTE = "nearest has no training, but the labels of its posts vote"
FROZEN = "a frozen encoder is still an encoder: where do the vectors come from?"
HEAD_WEIGHTS = "the head is new and small, but it consists of weights"
HEAD_FROZEN = "the head learns, true. But whose weights does it leave as they are?"
NO_LABELS = "which ways have never seen a label?"


@sheet.exercise(
    section="What if the labels are dirty?",
    hints=[
        "Go through the table line by line, with one change in mind: does this thing stand in the line?",
        "Labels come in by four doors: as examples in a prompt, as votes, in the fit of a head, in a training.",
        "Two models are in the table. Four ways read the encoder, two ask the decoder.",
        "For `f` and `g`: a logistic regression has weights of its own. A vote has none, and words are no weights.",
    ],
)
def what_moves(what_moves) -> str:
    parts = {
        "a": (
            LEARNERS | {"few-shot"},
            {
                SHOWN: LEARNERS,
                VOTE: {"few-shot", "head", "fine-tuned"},
                "`prompt` holds no labelled post; `few-shot` does": LEARNERS | {"prompt"},
                f"{SHOWN}. And {VOTE}": {"head", "fine-tuned"},
                NO_LABELS: set(WAYS),
                "the description says what a label means. Has it seen which post has which?": {*ENCODED, "few-shot"},
                "only fine-tuning? Who else uses labels?": {"fine-tuned"},
                "a calibration by an empty post: has an empty post a label?": {*LEARNERS, *DECODED},
            },
        ),
        "b": (
            DECODED,
            {
                "the question stands in both prompts": {"prompt"},
                "the description is a sentence for each label; it is not the question": {"describe", *DECODED},
                "these sentences are no question. Who gets the question?": {"describe"},
                "is the question not a part of the zero-shot prompt, too?": {"few-shot"},
            },
        ),
        "c": (
            ENCODED,
            {
                "the description is compared with the post: by which model?": LEARNERS,
                FROZEN: {"fine-tuned"},
                f"{FROZEN} Each way of the table that names it": {"describe", "fine-tuned"},
                f"{VOTE}: and how are the nearest found?": {"describe", "head", "fine-tuned"},
                "which model reads the prompts?": set(WAYS),
            },
        ),
        "d": (
            LEARNERS,
            {
                "the examples in the prompt are the same four as before": LEARNERS | {"few-shot"},
                VOTE: {"head", "fine-tuned"},
                f"{NO_LABELS} And the four examples are the same": set(WAYS),
                "does the description get a longer sentence by more labels?": ENCODED,
                "who else looks at labelled posts?": {"fine-tuned"},
            },
        ),
        "e": (
            {"describe"},
            {
                "a prompt has a question; the sentences for the labels belong to another way": DECODED,
                "one of these has a question, and no sentence for each label": {"describe", "prompt"},
                "the question of the prompts stays as it was": {"describe", *DECODED},
                "other sentences change no vector of a post": ENCODED,
            },
        ),
        "f": (
            {"head", "fine-tuned"},
            {
                HEAD_WEIGHTS: {"fine-tuned"},
                "a vote of the nearest posts has nothing to fit": LEARNERS,
                "examples in a prompt are read, they change no weight. And a vote has nothing to fit": LEARNERS
                | {"few-shot"},
                "examples in a prompt are read, they change no weight": {"few-shot", "head", "fine-tuned"},
                "and the way that trains more than a head?": {"head"},
            },
        ),
        "g": (
            {"fine-tuned"},
            {
                HEAD_FROZEN: {"head", "fine-tuned"},
                f"{HEAD_FROZEN} And what does a vote train?": LEARNERS,
                "to read the vectors of an encoder does not change it": ENCODED,
                "is that the way with the frozen encoder?": {"head"},
            },
        ),
    }
    predict(
        what_moves,
        "what_moves",
        {
            key: Part(frozenset(right), {words: frozenset(value) for words, value in slips.items()}, _ways)
            for key, (right, slips) in parts.items()
        },
    )
    return "No dirt can reach a way that saw no label. And only one way leaves you with an encoder of your own."


def _habits(hidden: bool) -> list[tuple]:
    """Return log-probabilities of posts and of empty texts: few and many, one empty text and more, equal lines."""
    import numpy as np

    random = np.random.default_rng(8 if hidden else 5)
    cases = [
        ([[0.5, 0.3], [0.2, 0.6]], [[0.6, 0.2]]),
        ([[0.1, 0.2, 0.4], [0.05, 0.3, 0.6], [0.1, 0.2, 0.4]], [[0.02, 0.1, 0.8], [0.1, 0.3, 0.2]]),
        ([[0.25, 0.25, 0.25]], [[0.1, 0.3, 0.1], [0.4, 0.1, 0.2], [0.2, 0.2, 0.3]]),
    ]
    made = [tuple(np.log(each).round(2) for each in case) for case in cases]
    for posts, empties, labels in ((4, 4, 4), (9, 2, 5), (40, 3, 2), (3, 1, 28)):
        made.append((-7 * random.random((posts, labels)) - 0.1, -9 * random.random((empties, labels)) - 0.1))
    return made[hidden:]


def _in_lines(numbers):
    return numbers / numbers.sum(1, keepdims=True)


def _chances(scores, habit):
    import numpy as np

    return _in_lines(np.exp(scores - habit))


def _exp(numbers):
    import numpy as np

    return np.exp(numbers)


def _log(numbers):
    import numpy as np

    return np.log(numbers)


HABIT_SLIPS = {
    "the habit is still there. Is it a line, with one number for each label?": lambda s, e: _chances(s, 0),
    "only the first line of `empty`? The habit is the mean of all its lines": lambda s, e: _chances(s, e[0]),
    "only the last line of `empty`? The habit is the mean of all its lines": lambda s, e: _chances(s, e[-1]),
    "one number for each empty text? The habit has one for each label: `axis=0`": lambda s, e: _chances(s, e.mean(1)),
    "the sum of the lines of `empty`? The habit is their mean": lambda s, e: _chances(s, e.sum(0)),
    "the mean of the posts is no habit: it says what these posts are about": lambda s, e: _chances(s, s.mean(0)),
    "the mean of the chances of `empty`? The mean of its log-probabilities": lambda s, e: _chances(
        s, _log(_exp(e).mean(0))
    ),
    "chances are subtracted? Subtract log-probabilities": lambda s, e: _in_lines(_exp(s) - _exp(e.mean(0))),
    "chances are subtracted from chances? Subtract log-probabilities": lambda s, e: _exp(s) - _exp(e.mean(0)),
    "log-probabilities are divided? Subtract them: that divides the chances": lambda s, e: _in_lines(
        _exp(s / e.mean(0))
    ),
    "the habit is added? Take it away": lambda s, e: _chances(s, -e.mean(0)),
    "the sign is turned round: scores minus habit": lambda s, e: _chances(-s, -e.mean(0)),
    "these are not chances yet: each line must sum to 1": lambda s, e: _exp(s - e.mean(0)),
    "the habit is gone, but these are still logarithms": lambda s, e: s - e.mean(0),
    "these are the logarithms of the chances": lambda s, e: _log(_chances(s, e.mean(0))),
    "divided without e to the power: these are still logarithms": lambda s, e: _in_lines(s - e.mean(0)),
    "each column sums to 1? Each line must: it is one post": lambda s, e: (
        _exp(s - e.mean(0)) / _exp(s - e.mean(0)).sum(0)
    ),
    "all together sum to 1? Each line must: it is one post": lambda s, e: (
        _exp(s - e.mean(0)) / _exp(s - e.mean(0)).sum()
    ),
    "divided by the largest of the line? By its sum": lambda s, e: (
        _exp(s - e.mean(0)) / _exp(s - e.mean(0)).max(1, keepdims=True)
    ),
    "divided by the mean of the line? By its sum": lambda s, e: s.shape[1] * _chances(s, e.mean(0)),
    "a percentage? Each line must sum to 1": lambda s, e: 100 * _chances(s, e.mean(0)),
    "rounded? Give the numbers as they come": lambda s, e: _chances(s, e.mean(0)).round(2),
}


@sheet.exercise(
    section="Why does it always say the same?",
    hints=[
        "Three steps: the mean of the lines of `empty`; the difference; chances.",
        "`empty.mean(axis=0)` goes down the columns: one number for each label is left.",
        "Chances: `np.exp` of all numbers, each divided by the sum of its own line (`axis=1, keepdims=True`).",
    ],
)
def without_habit(without_habit, hidden=False) -> str:
    read = partial(as_tensor, name="without_habit(...)", shape=(None, None))

    def right(scores, empty):
        return _chances(scores, empty.mean(0))

    judge(without_habit, "without_habit", _habits(hidden), right, slips=HABIT_SLIPS, read=read, tolerance=1e-5)
    return "What the model says to nothing is a habit. What is left belongs to the post."


def _compared(hidden: bool) -> list[tuple]:
    """Return right and wrong of two ways: few posts and many, lines and tables of draws, either of them the longer."""
    import numpy as np

    random = np.random.default_rng(31 if hidden else 30)
    first = [([1, 0], [1, 0, 0, 0]), ([1, 1, 0, 0, 1], [0, 1, 0]), ([0, 0, 1], [1, 0, 1]), ([0, 1, 1, 1], [0])]
    cases = [tuple(np.array(each, dtype=bool) for each in pair) for pair in first]
    shapes = [((30,), (12,)), ((3, 6), (2,)), ((5, 4), (9,)), ((7,), (3, 20)), ((3, 25), (3, 8)), ((2, 5), (6, 11))]
    for one, other in shapes:
        cases.append((random.random(one) < 0.6, random.random(other) < 0.4))
    return cases[hidden:]


def _gain(first, second) -> float:
    width = min(first.shape[-1], second.shape[-1])
    return first[..., :width].mean() - second[..., :width].mean()


def _cut(first, second, where: Callable):
    """Return the gain where each is cut by `where(table, posts)`."""
    width = min(first.shape[-1], second.shape[-1])
    return where(first, width).mean() - where(second, width).mean()


def _only_wins(first, second) -> float:
    width = min(first.shape[-1], second.shape[-1])
    return (first[..., :width] & ~second[..., :width]).mean()


GAIN_SLIPS = {
    "two means over different posts: which posts have both ways answered?": lambda f, s: f.mean() - s.mean(),
    "the last posts of the longer one? Both begin with the same post": lambda f, s: _cut(
        f, s, lambda t, w: t[..., -w:]
    ),
    "lines are cut away: in a table these are draws. Posts are the last axis": lambda f, s: (
        f[: min(len(f), len(s))].mean() - s[: min(len(f), len(s))].mean()
    ),
    "a post that was not asked is not wrong: leave it out": lambda f, s: (
        (f.sum() / (f.size / f.shape[-1]) - s.sum() / (s.size / s.shape[-1])) / max(f.shape[-1], s.shape[-1])
    ),
    "the first five posts, as in the cell? Other tables have other lengths": lambda f, s: (
        f[..., :5].mean() - s[..., :5].mean()
    ),
    "only `first` is cut: `second` may be the longer one": lambda f, s: f[..., : s.shape[-1]].mean() - s.mean(),
    "only `second` is cut: `first` may be the longer one": lambda f, s: f.mean() - s[..., : f.shape[-1]].mean(),
    "the sign is turned round: it is `first` minus `second`": lambda f, s: -_gain(f, s),
    "a gain may be negative: then `second` is right more often": lambda f, s: abs(_gain(f, s)),
    "a number of posts? Give the share": lambda f, s: _gain(f, s) * min(f.shape[-1], s.shape[-1]),
    "a percentage? Give the share": lambda f, s: 100 * _gain(f, s),
    "rounded? Give the number as it comes": lambda f, s: round(_gain(f, s), 2),
    "only the first draw of a table? The mean of all": lambda f, s: _cut(
        f, s, lambda t, w: t.reshape(-1, t.shape[-1])[0, :w]
    ),
    "only the wins are counted. What about posts that only `second` gets right?": _only_wins,
}


@sheet.exercise(
    section="What if the labels are dirty?",
    hints=[
        "Which posts does each of the two means look at? Count them for `twelve` and for `same`.",
        "A fair comparison takes only the posts that both ways have answered. How many are they?",
        "The posts lie on the last axis: `table[..., :5]` takes the first five. Take each mean first, then subtract.",
    ],
    form_point=False,
)
def gain(gain, hidden=False) -> str:
    read = partial(as_number, name="gain(...)")
    judge(gain, "gain", _compared(hidden), _gain, slips=GAIN_SLIPS, read=read)
    return "Now a way against itself gains nothing: both sides look at the same posts."


def _searches(hidden: bool) -> list[tuple]:
    """Return questions, notes, the right ones and k: few and many, notes for two questions, k beyond the notes."""
    import numpy as np

    random = np.random.default_rng(81 if hidden else 80)
    plans = [(4, 6, 3, 2), (9, 8, 3, 3), (5, 3, 4, 9), (9, 4, 5, 3), (6, 30, 8, 5), (30, 12, 6, 4)]
    two, three = [[1.0, 0.0], [0.0, 1.0]], [[0.8, 0.6], [-1.0, 0.0], [0.28, 0.96]]
    small = [([[0.6, 0.8]], two, [1], 1), ([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], three, [2, 0, 0], 1)]
    if hidden:
        small = [([[0.8, 0.6]], two, [0], 1), ([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], three, [1, 2, 0], 2)]
    cases = [(np.array(questions), np.array(notes), right, k) for questions, notes, right, k in small]
    for number, (asked, written, width, k) in enumerate(plans):
        notes = random.standard_normal((written, width))
        right = random.integers(0, written, asked)
        questions = notes[right] + (0.9 if number % 2 else 1.6) * random.standard_normal((asked, width))
        notes, questions = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (notes, questions))
        cases.append((questions, notes, right.tolist(), k))
    return cases


def _nearer(questions, notes, right):
    """Return for each question how many notes are nearer than its own."""
    import numpy as np

    alike = questions @ notes.T
    return (alike > alike[np.arange(len(right)), right][:, None]).sum(1)


def _found(questions, notes, right, k) -> float:
    return (_nearer(questions, notes, right) < k).mean()


RECALL_SLIPS = {
    "only the very first note counts? The first `k`": lambda q, n, r, k: _found(q, n, r, 1),
    "one note too many: `k` of them count": lambda q, n, r, k: _found(q, n, r, k + 1),
    "one note too few: `k` of them count": lambda q, n, r, k: _found(q, n, r, k - 1),
    "those are the farthest notes: sorted in which direction?": lambda q, n, r, k: _found(-q, n, r, k),
    "is `right` used? The note of a question need not have the same number": lambda q, n, r, k: (
        sum(int(at in line[:k]) for at, line in enumerate((-(q @ n.T)).argsort(1))) / len(r)
    ),
    "only the note at place `k`? All of the first `k` count": lambda q, n, r, k: (
        sum(int(line[min(k, len(n)) - 1] == note) for line, note in zip((-(q @ n.T)).argsort(1), r, strict=True))
        / len(r)
    ),
    "those that are missed? The share that is found": lambda q, n, r, k: 1 - _found(q, n, r, k),
    "a number of questions? Divide by how many there are": lambda q, n, r, k: _found(q, n, r, k) * len(q),
    "divided by the number of notes? By the number of questions": lambda q, n, r, k: (
        _found(q, n, r, k) * len(q) / len(n)
    ),
    "divided by `k`? It is found, or not": lambda q, n, r, k: _found(q, n, r, k) / k,
    "a percentage? Give the share": lambda q, n, r, k: 100 * _found(q, n, r, k),
    "rounded? Give the number as it comes": lambda q, n, r, k: round(_found(q, n, r, k), 2),
    "the nearest questions of a note? The nearest notes of a question": lambda q, n, r, k: (
        sum(int(at in (-(n @ q.T)).argsort(1)[note, :k]) for at, note in enumerate(r)) / len(r)
    ),
}


@sheet.exercise(
    section="What if nobody has taught it the fact?",
    hints=[
        "`questions @ notes.T` has a line for each question and a column for each note: all cosines at once.",
        "`np.argsort` sorts from the smallest to the largest. With a minus in front, the nearest note comes first.",
        "Or count the notes that are nearer than the right one. Are they fewer than `k`? Then it is found.",
    ],
)
def recall_at(recall_at, hidden=False) -> str:
    read = partial(as_number, name="recall_at(...)", low=0)
    judge(recall_at, "recall_at", _searches(hidden), _found, slips=RECALL_SLIPS, read=read)
    return "Nobody has to read an answer for that: you know where each fact was put, so the search can be scored."


SMALL = {"a": (0, 40, 5), "b": (10, 50, 5)}
TABLE = {
    "slow": (0, 58, 90),
    "old": (16, 52, 7),
    "twin": (16, 52, 6),
    "new": (16, 52, 6),
    "pair": (16, 52, 6),
    "big": (256, 60, 7),
}
BUDGETS = [({}, 5, 5, 0), (SMALL, 5, 5, 0), (SMALL, 10, 5, 9), (SMALL, 10, 5, 10), (SMALL, 10, 4, 3)]
BUDGETS += [
    (TABLE, *asked) for asked in ((16, 50, 0), (256, 50, 8), (256, 50, 7), (0, 50, 3), (256, 90, 2), (256, 89, 2))
]
OTHERS = {"hand": (0, 30, 900), "words": (0, 44, 9), "vote": (4, 44, 9), "line": (4, 47, 8), "all": (64, 49, 8)}
BUDGETS_HIDDEN = [(SMALL, 9, 5, 5), (SMALL, 10, 5, 10), (OTHERS, 4, 9, 3), (OTHERS, 4, 9, 2), (OTHERS, 64, 8, 2)]
BUDGETS_HIDDEN += [(OTHERS, 64, 9, 5), (OTHERS, 0, 8, 5), (TABLE, 16, 6, 4), (TABLE, 300, 7, 8), (TABLE, 300, 99, 1)]


def _budgets(hidden: bool) -> list[tuple]:
    """Return tables of ways with budgets: at the limits, nothing allowed, ways that are alike, tables drawn anew."""
    import numpy as np

    random = np.random.default_rng(18 if hidden else 17)
    drawn = []
    for _ in range(12):
        needs, times = random.choice([0, 4, 16, 64], 9), random.choice([5, 6, 7, 95], 9)
        table = zip(needs.tolist(), random.integers(20, 61, 9).tolist(), times.tolist(), strict=True)
        ways = {f"way {number}": way for number, way in enumerate(table)}
        drawn.append((ways, int(random.choice([4, 16, 64])), int(random.choice([7, 95])), int(random.integers(2, 25))))
    return [*(BUDGETS_HIDDEN if hidden else BUDGETS), *drawn]


def _allowed(way: tuple, labels: int, milliseconds: int) -> bool:
    return way[0] <= labels and way[2] <= milliseconds


def _fewest(way: tuple) -> tuple:
    return way[0], way[2]


def _chosen_by(allowed=_allowed, rival=None, near=lambda way, best, margin: way[1] >= best - margin, order=_fewest):
    """Return what chooses a way so: who is allowed, who counts as the best one, what is near it, who comes first."""

    def choose(ways, labels, milliseconds, margin):
        left = {name: way for name, way in ways.items() if allowed(way, labels, milliseconds)}
        rivals = ways if rival else left
        best = max((way[1] for way in rivals.values()), default=0)
        enough = [name for name, way in left.items() if near(way, best, margin)]
        return min(enough, key=lambda name: order(ways[name]), default="none")

    return choose


_good_enough = _chosen_by()
WAY_SLIPS = {
    "compared with the best of all ways? The best of those that are allowed": _chosen_by(rival="all"),
    "does it look at `labels`? A way may need more than you have": _chosen_by(lambda way, labels, ms: way[2] <= ms),
    "does it look at `milliseconds`? A way may be too slow": _chosen_by(lambda way, labels, ms: way[0] <= labels),
    "exactly so many labels are enough: at most": _chosen_by(lambda way, labels, ms: way[0] < labels and way[2] <= ms),
    "exactly so many milliseconds are allowed: at most": _chosen_by(
        lambda way, labels, ms: way[0] <= labels and way[2] < ms
    ),
    "exactly `margin` points below is still good enough: at most": _chosen_by(
        near=lambda way, best, margin: way[1] > best - margin or way[1] == best
    ),
    "the best one below the best? Exactly `margin` points below is still good enough": _chosen_by(
        near=lambda way, best, margin: way[1] > best - margin
    ),
    "always the best way? A cheaper one may be good enough": _chosen_by(order=lambda way: (-way[1], *_fewest(way))),
    "the best one? A cheaper way may be good enough: use `margin`": _chosen_by(order=lambda way: -way[1]),
    "any allowed way? It must also be good enough": _chosen_by(near=lambda way, best, margin: True),
    "the fastest one? First count labels": _chosen_by(order=lambda way: (way[2], way[0])),
    "only the fastest one? First count labels": _chosen_by(order=lambda way: way[2]),
    "the most labels? The fewest": _chosen_by(order=lambda way: (-way[0], way[2])),
    "with as many labels, the faster one": _chosen_by(order=lambda way: way[0]),
    "with as many labels, the faster one, not the better one": _chosen_by(order=lambda way: (way[0], -way[1])),
    "with as many labels, the faster one, not the slower one": _chosen_by(order=lambda way: (way[0], -way[2])),
    "the first one that is good enough? The one with the fewest labels": _chosen_by(order=lambda way: 0),
    "`margin` are points, not a part of the best score": _chosen_by(
        near=lambda way, best, margin: way[1] >= best * (1 - margin / 100)
    ),
    "alike in all? The one that stands first in `ways`, not first in the alphabet": lambda ways, *asked: _good_enough(
        dict(sorted(ways.items())), *asked
    ),
    "ways that are alike in all: the one that stands first in `ways`": lambda ways, *asked: _good_enough(
        dict(reversed(ways.items())), *asked
    ),
}


def _name(made: object) -> str:
    if isinstance(made, list | tuple | set | dict):
        raise WrongForm("the name of one way", made, "one name, not several, and without its numbers")
    return as_text(made, "good_enough(...)")


@sheet.exercise(
    section="The verdict",
    hints=[
        "Three steps: who is allowed? Which of them are good enough? Which of these is the cheapest?",
        "The best score is the largest of the *allowed* ways. Ask first whether there is one at all.",
        "`min(names, key=...)` takes the smallest by a key. A pair compares its first numbers, then its second ones.",
    ],
)
def good_enough(good_enough, hidden=False) -> str:
    judge(good_enough, "good_enough", _budgets(hidden), _good_enough, slips=WAY_SLIPS, read=_name)
    return "First what you have, then what you need, then what it costs: so a way is chosen, and not by its name."
