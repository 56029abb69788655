"""The checks of `labels`'s sheet."""

import math
from collections import Counter
from functools import partial

import numpy as np

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_function, as_list, as_number, as_tensor, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("labels")

RIGHT_LABELS = "the share of right labels; but the pupil copies no labels, it learns one word for each line"
WRITES_ANGER = "that is how often Cleo writes *anger*"


@sheet.exercise(
    section="What does a wrong label cost?",
    hints=[
        "For `agreement`, add the numbers on the diagonal of Cleo's table. For `honest`, stay in the column *anger*.",
        "Each label has the same share in the truth. So in the luck you may take this share out of the sum. What is"
        " left to add? Then kappa = (agreement - luck) / (1 - luck).",
        "A pupil: find the biggest number in each line. The pupil says the name of its column for the whole line.",
        "For `finder`: what a model was taught often enough looks normal to it. Whose errors go in all directions?",
    ],
)
def three_readers(three_readers) -> str:
    share = partial(as_number, low=0, high=1)
    parts = {
        "agreement": (0.6, {"that is the share of wrong labels": 0.4, WRITES_ANGER: 0.65}),
        "kappa": (
            7 / 15,
            {
                "that is the agreement: the luck is still in it": 0.6,
                "and then divide by (1 - luck)": 0.35,
                "that is the luck": 0.25,
                "is your luck 0.2? Add its four products once more": 0.5,
                "luck is a half only for two labels of equal share; here are four": 0.2,
            },
        ),
        "honest": (
            5 / 13,
            {
                "you looked along a line: of the posts that *are* anger. Here, stay in Cleo's column": 1,
                "a share of all posts? Only those that Cleo calls *anger*": 0.25,
                "that is the share that is *not* anger": 8 / 13,
                WRITES_ANGER: 0.65,
            },
        ),
        "ann": (1, {RIGHT_LABELS: 0.6, "that is luck. Which word stands most often in each of Ann's lines?": 0.25}),
        "ben": (
            0.5,
            {
                RIGHT_LABELS: 0.6,
                "look at the lines with *optimism* and *sadness*: which word stands there most often?": 1,
                "how many of Ben's four lines does the pupil learn rightly?": 0.75,
                "that is luck. How many of the four lines does the pupil learn rightly?": 0.25,
            },
        ),
        "cleo": (
            0.25,
            {
                RIGHT_LABELS: 0.6,
                "is the diagonal the biggest number in each of Cleo's lines? Compare 13 and 12": 1,
                f"{WRITES_ANGER}; what does the pupil say?": 0.65,
                "how many of the four lines does the pupil learn rightly? Compare 13 and 12": 0.5,
                "which lines does the pupil learn rightly? Compare 14 and 11": 0.75,
                "is there no line that it learns rightly?": 0,
            },
        ),
    }
    read = {key: Part(*part, share, 0.006 if key == "honest" else 1e-6) for key, part in parts.items()}
    read["kappa"] = Part(*parts["kappa"], partial(as_number, high=1), 0.006)
    rules = {
        "Ben's errors follow a rule, and the model learns this rule as if it were true": "Ben",
        "Cleo's errors follow a rule: when in doubt, *anger*. So they look normal to the model": "Cleo",
    }
    read["finder"] = Part("Ann", rules, partial(as_choice, choices=("Ann", "Ben", "Cleo")))
    predict(three_readers, "three_readers", read)
    return "All three make 40 errors, and their kappas with the truth are the same. Only the direction differs."


def _kept(test):
    return lambda one, two: [pair for pair in zip(one, two, strict=True) if test(pair)]


_read = _kept(lambda pair: None not in pair)


def _agree(pairs: list[tuple]) -> float:
    return sum(mine == yours for mine, yours in pairs) / len(pairs)


def _luck(mine: list, yours: list) -> float:
    return sum(mine.count(label) / len(mine) * (yours.count(label) / len(yours)) for label in set(mine))


def _take_away(agreement: float, luck: float, at_one: float = math.nan) -> float:
    return at_one if math.isclose(luck, 1) else (agreement - luck) / (1 - luck)


def _kappa_with(luck=_luck, *, kept=_read, agree=_agree, of=_take_away):
    """Return a kappa that is right but for what is given."""

    def made(one: list, two: list) -> float:
        pairs = kept(one, two)
        mine, yours = (list(side) for side in zip(*pairs, strict=True))
        return of(agree(pairs), luck(mine, yours))

    return made


def _if_any(formula):
    return lambda agreement, luck: math.nan if math.isclose(luck, 1) else formula(agreement, luck)


def _luck_of_all(one: list, two: list) -> float:
    mine, yours = ([label for label in side if label is not None] for side in (one, two))
    return _take_away(_agree(_read(one, two)), _luck(mine, yours))


def _luck_with_empty(one: list, two: list) -> float:
    labels = {label for label in one if label is not None}
    luck = sum(one.count(label) / len(one) * (two.count(label) / len(two)) for label in labels)
    return _take_away(_agree(_read(one, two)), luck)


def _luck_of_empty(one: list, two: list) -> float:
    return _take_away(_agree(_read(one, two)), _luck(one, two))


KAPPA_SLIPS = {
    "that is the agreement: the luck is still in it": _kappa_with(of=lambda agreement, luck: agreement),
    "the luck is taken away, but not divided by (1 - luck)": _kappa_with(
        of=_if_any(lambda agreement, luck: agreement - luck)
    ),
    "luck as 1 divided by the number of labels? It depends on how often each reader uses each label": (
        _kappa_with(lambda mine, yours: 1 / len({*mine, *yours}))
    ),
    "luck as a half? That is for two labels of equal share": _kappa_with(lambda mine, yours: 0.5),
    "both shares in your luck are of one reader": _kappa_with(lambda mine, yours: _luck(mine, mine)),
    "the luck is counted from all posts of each reader; take only posts that both have read": _luck_of_all,
    "the luck, too, comes from posts that both have read: divide by their number": _luck_with_empty,
    "`None` is left out of the agreement, but in the luck you count it as a label": _luck_of_empty,
    "`None` is no label: a post that one reader left out does not count": _kappa_with(kept=_kept(lambda pair: True)),
    "a post that one reader left out is no disagreement: divide by the posts that both have read": (
        lambda one, two: _kappa_with(agree=lambda pairs: _agree(pairs) * len(pairs) / len(one))(one, two)
    ),
    "only the first reader's `None` is left out": _kappa_with(kept=_kept(lambda pair: pair[0] is not None)),
    "the label 0 is a label: ask `is not None`": _kappa_with(kept=_kept(all)),
    "with a luck of 1, kappa has no value: who knows whether they agree?": _kappa_with(
        of=partial(_take_away, at_one=1)
    ),
    "with a luck of 1, kappa has no value; 0 means 'like coins'": _kappa_with(of=partial(_take_away, at_one=0)),
    "a negative kappa is worse than luck, and may be": _kappa_with(
        of=_if_any(lambda a, luck: max(0, _take_away(a, luck)))
    ),
    "do not round": _kappa_with(of=lambda a, luck: round(_take_away(a, luck), 2)),
}

PAIRS = [
    (["yes", "no", "yes", "no"], ["yes", "no", "no", "no"]),
    (["yes", None, "no", "no", "yes", None, "no"], ["yes", "no", "no", None, "no", None, "no"]),
    ([0, 1, 2, 0, 0, 1, 3], [0, 1, 1, 0, 2, 0, 0]),
    (["a", "b", "a", "b", "c"], ["b", "a", "c", "a", "a"]),
    (["joy", "joy", None, "joy"], ["joy", "joy", "anger", "joy"]),
]
PAIRS_HIDDEN = [
    (["b", "b", "a"], ["b", "a", "a"]),
    ([0, 0, None, 1, 1, 0], [0, 1, 1, None, 1, 0]),
    (["no", "no", "yes", None], ["yes", "yes", "no", "no"]),
    ([None, 3, 3], [2, 3, 3]),
]


def _pairs_anew(hidden: bool) -> list[tuple]:
    """Return pairs of readers drawn from a seed, who agree more often than by luck and leave posts out."""
    random = np.random.default_rng(12 if hidden else 11)
    made = []
    for classes in (2, 5):
        one = random.choice(classes, 40, p=random.dirichlet([2] * classes))
        two = np.where(random.random(40) < 0.6, one, random.integers(0, classes, 40))
        made.append(tuple(np.where(random.random(40) < 0.15, None, side).tolist() for side in (one, two)))
    return made


def _why_it_stopped(wrong: WrongForm, cases: list[tuple]) -> None:
    """Name the slip behind an error: a division by zero where the luck is 1, or arithmetic with texts."""
    alone = [shown_call("kappa", case) for case in cases if len({*sum(_read(*case), ())}) == 1]
    if "ZeroDivisionError" in wrong.received and wrong.given in alone:
        wrong.perhaps = "the luck is 1 here: ask for that before you divide"
    elif "add.reduce" in wrong.received or "ufunc 'add'" in wrong.received:
        wrong.perhaps = "a mean of texts? The lesson's line is for 0 and 1 only; here labels may be texts, and many"


def _one_number(made: object) -> float:
    """Return the number; here, not a number is one, too."""
    value = made.item() if hasattr(made, "item") and math.prod(getattr(made, "shape", ())) == 1 else made
    return math.nan if isinstance(value, float) and math.isnan(value) else as_number(made, "kappa(one, two)")


@sheet.exercise(
    section="Do two readers mean the same thing?",
    hints=[
        "First make a list of pairs, and keep only pairs without `None`. All that follows is counted from these pairs.",
        "For the luck, take each label once. How often does each reader write it? Divide both counts by the number of"
        " pairs. Then multiply the two shares, and add up.",
        "`Counter` from `collections` counts texts and numbers alike. What it has not seen has the count 0.",
        "Before you divide, ask whether the luck is 1. This happens when both always write the same one label.",
    ],
)
def kappa(kappa, hidden=False) -> str:
    cases = [*(PAIRS_HIDDEN if hidden else PAIRS), *_pairs_anew(hidden)]
    try:
        judge(kappa, "kappa", cases, _kappa_with(), slips=KAPPA_SLIPS, read=_one_number)
    except WrongForm as wrong:
        _why_it_stopped(wrong, cases)
        raise
    return "Kappa asks the fair question: how much more do they agree than two who write blindly?"


def _votes(mask=None, first: int = 0, last: int = 0, sign: int = -1, shown=None):
    """Return beliefs of neighbours. `mask` changes the products; those from `first` to k + `last` vote."""

    def made(vectors, labels, classes, k):
        alike = vectors @ vectors.T
        if mask:
            mask(alike)
        nearest = np.argsort(sign * alike, axis=1)[:, first : k + last]
        counts = np.stack([(labels[nearest] == each).sum(axis=1) for each in range(classes)], axis=1)
        return shown(counts, labels, k) if shown else counts / nearest.shape[1]

    return made


def _put_on_diagonal(value: float):
    def mask(alike) -> None:
        alike[range(len(alike)), range(len(alike))] = value

    return mask


def _no_copies(alike) -> None:
    alike[alike > 1 - 1e-9] = -math.inf


class table(list):  # small, since a message says "a table of 3: ..."
    """Lines of numbers, as a message shows them: all of them, and short."""

    def __repr__(self) -> str:
        return "[" + ", ".join("[" + ", ".join(f"{value:.3g}" for value in line) + "]" for line in self) + "]"


def _as_table(made: object, name: str) -> table:
    return table(as_tensor(made, name=name, shape=(None, None)).tolist())


def _in_table(right):
    return lambda *arguments: table(right(*arguments).tolist())


AWAY = _put_on_diagonal(-math.inf)


def _beliefs(vectors, labels, classes, k) -> table:
    return _in_table(_votes(AWAY))(vectors, labels, classes, k)


VOTE_SLIPS = {
    "each row still votes for itself: it is its own nearest neighbour": _votes(),
    "k + 1 rows vote now, and the row itself is still one of them": _votes(last=1),
    "the row itself is gone, but now only k - 1 rows vote": _votes(first=1),
    "the first in the order is not always the row itself: a copy of it is just as similar": _votes(first=1, last=1),
    "0 is not the smallest product: a cosine may be below 0": _votes(_put_on_diagonal(0)),
    "-1 is a cosine that another row may have, too": _votes(_put_on_diagonal(-1)),
    "a copy is another row: only the row itself must not vote": _votes(_no_copies),
    "those are the least similar rows": _votes(_put_on_diagonal(math.inf), sign=1),
    "counts of votes: divide by k": _votes(AWAY, shown=lambda counts, labels, k: counts),
    "the table lies on its side: rows x classes": _votes(AWAY, shown=lambda counts, labels, k: (counts / k).T),
    "a class without a row needs a column, too: there are `classes` of them": (
        _votes(AWAY, shown=lambda counts, labels, k: counts[:, sorted(set(labels.tolist()))] / k)
    ),
}


def _plane(degrees: list[float], labels: list[int], classes: int, k: int) -> tuple:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1), np.array(labels), classes, k


def _rows_anew(random, rows: int, classes: int, k: int) -> tuple:
    """Return a case drawn anew, the last two rows are copies; no tie decides who votes."""
    while True:
        vectors = random.normal(size=(rows, 6))
        vectors[-1] = vectors[-2]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        alike = vectors @ vectors.T
        AWAY(alike)
        ordered = -np.sort(-alike, axis=1)
        if all((ordered[:, at - 1] - ordered[:, at] > 1e-4).all() for at in (k - 1, k)):
            return vectors, random.integers(0, classes, rows), classes, k


def _voters(hidden: bool) -> list[tuple]:
    random = np.random.default_rng(22 if hidden else 21)
    fixed = [
        _plane([0, 10, 30, 45], [0, 1, 1, 0], 2, 1),
        _plane([0, 110, 230], [0, 1, 0], 2, 1),
        _plane([0, 180], [1, 0], 2, 1),
        _plane([5, 5, 35, 45, 52], [0, 1, 3, 1, 1], 5, 2),
    ]
    if hidden:
        fixed = [
            _plane([0, 115, 232], [1, 0, 1], 2, 1),
            _plane([40, 0, 50, 7, 90], [1, 2, 1, 0, 2], 3, 2),
            _plane([0, 180], [0, 1], 2, 1),
            _plane([30, 80, 71, 30, 88], [0, 2, 3, 1, 2], 5, 2),
        ]
    return [*fixed, *(_rows_anew(random, *sizes) for sizes in ((12, 3, 4), (30, 4, 7), (9, 3, 7)))]


@sheet.exercise(
    section="Which labels are wrong?",
    hints=[
        "With one neighbour, which row is the most similar one to row 5? Print `nearest[5]`.",
        "The finder wants beliefs of a model that has *not* seen the row. Who must not vote for row 5?",
        "The products of a row with itself lie on the diagonal of `alike`. Make them so small that they never win.",
        "`np.fill_diagonal(alike, ...)` writes there. A cosine may be as small as -1, so take something below that.",
    ],
    form_point=False,
)
def neighbour_beliefs(neighbour_beliefs, hidden=False) -> str:
    read = partial(_as_table, name="neighbour_beliefs(...)")
    slips = {words: _in_table(slip) for words, slip in VOTE_SLIPS.items()}
    judge(neighbour_beliefs, "neighbour_beliefs", _voters(hidden), _beliefs, slips=slips, read=read)
    return "Who has seen a label repeats it. Only the others can doubt it."


def _own_limits(labels, chances):
    columns = range(chances.shape[1])
    return np.array([chances[labels == k, k].mean() if (labels == k).any() else np.inf for k in columns])


def _largest(row, sure) -> list[int]:
    return [max(sure, key=lambda k: row[k])] if sure else []


def _table(limits=_own_limits, pick=_largest, *, strict=False, farthest=False, unsure=None, shown=None):
    """Return a maker of tables that is right but for what is given."""

    def made(labels, chances):
        limit = np.broadcast_to(limits(labels, chances), chances.shape[1:])
        counts = np.zeros((len(limit), len(limit)))
        for label, row in zip(labels.tolist(), chances, strict=True):
            sure = [k for k, value in enumerate(row) if value > limit[k] or (value == limit[k] and not strict)]
            columns = pick(row - limit if farthest else row, sure)
            for k in columns if sure or unsure is None else [unsure(label, row)]:
                counts[label, k] += 1
        return shown(counts, labels) if shown else counts

    return made


def _only_used(counts, labels):
    used = sorted(set(labels.tolist()))
    return counts[used][:, used]


def _counted(labels, chances) -> table:
    return _in_table(_table())(labels, chances)


def _zero_where_none(labels, chances):
    limits = _own_limits(labels, chances)
    return np.where(np.isinf(limits), 0, limits)


TABLE_SLIPS = {
    "the table lies on its side: the written label is the line": _table(shown=lambda counts, labels: counts.T),
    "the limit of a class is a mean over the rows with this written label, not over all rows": (
        _table(lambda labels, chances: chances.mean(axis=0))
    ),
    "each class has a limit of its own; you have one for all": _table(
        lambda labels, chances: chances[range(len(labels)), labels].mean()
    ),
    "a class without rows must have a limit that nobody reaches; is yours 0?": _table(_zero_where_none),
    "a limit of a half? Each class has its own limit": _table(lambda labels, chances: 0.5),
    "the largest belief of each row, without any limit?": _table(lambda labels, chances: 0),
    "the limit is a mean over rows where the class was *written*, not where the model says it": (
        _table(lambda labels, chances: _own_limits(chances.argmax(axis=1), chances))
    ),
    "equal to the limit is enough": _table(strict=True),
    "a row of which the model is sure of nothing is not counted; you count it in the first column": (
        _table(unsure=lambda label, row: 0)
    ),
    "a row of which the model is sure of nothing is not counted; you count it on the diagonal": (
        _table(unsure=lambda label, row: label)
    ),
    "a row of which the model is sure of nothing is not counted; you count its largest belief": (
        _table(unsure=lambda label, row: row.argmax())
    ),
    "only one class counts for a row: the one with the largest belief": _table(pick=lambda row, sure: sure),
    "if two beliefs are equal, take the first of them": (_table(pick=lambda row, sure: _largest(row, sure[::-1]))),
    "sure of several: you take the one farthest above its limit; the largest belief counts": _table(farthest=True),
    "take the largest belief among those that reach their limit; yours must be the largest of all": (
        _table(pick=lambda row, sure: [k for k in [row.argmax()] if k in sure])
    ),
    "the diagonal is missing: sure of the written label is counted, too": (
        _table(shown=lambda counts, labels: counts - np.diag(np.diag(counts)))
    ),
    "counts, not shares": _table(shown=lambda counts, labels: counts / counts.sum(axis=1, keepdims=True).clip(1)),
    "counts, not shares of all rows": _table(shown=lambda counts, labels: counts / len(labels)),
    "counts, not shares of all that is counted": _table(shown=lambda counts, labels: counts / max(1, counts.sum())),
    "a class without a row needs its line and its column, too": _table(shown=_only_used),
}


def _doubts(hidden: bool) -> list[tuple]:
    """Return labels and beliefs; the beliefs are 64ths, so that a mean that is equal is exactly equal."""
    random = np.random.default_rng(32 if hidden else 31)
    fixed = [
        ([0, 1, 1], [[48, 16], [16, 48], [40, 24]]),
        ([0, 0, 1, 2], [[32, 16, 16], [16, 24, 24], [24, 24, 16], [24, 16, 24]]),
        ([2, 0, 0, 2], [[8, 8, 40, 8], [40, 8, 8, 8], [16, 36, 4, 8], [36, 8, 16, 4]]),
    ]
    if hidden:
        fixed = [
            ([1, 0], [[20, 44], [44, 20]]),
            ([0, 1, 2, 2], [[24, 24, 16], [16, 24, 24], [8, 24, 32], [26, 26, 12]]),
            ([1, 1, 3, 1], [[4, 40, 8, 12], [8, 24, 4, 28], [28, 16, 4, 16], [4, 28, 28, 4]]),
        ]
    cases = [(np.array(labels), np.array(counts) / 64) for labels, counts in fixed]
    for rows, classes in ((25, 3), (40, 5)):
        true = random.integers(0, classes, rows)
        counts = [random.multinomial(64 - classes, random.dirichlet(2 + 2 * np.eye(classes)[each])) for each in true]
        wrong = random.random(rows) < 0.3
        labels = np.where(wrong, random.integers(0, classes, rows), true)
        cases.append((labels, (np.array(counts) + 1) / 64))
    return cases


@sheet.exercise(
    section="Which labels are wrong?",
    hints=[
        "Begin with the limits, one for each class: `labels == k` chooses the lines, `k` the column.",
        "The lesson's finder holds most of it. Where does it put a 0, and what does a line of zeros mean?",
        "Then walk through the rows: the line is the written label, the column holds the largest sure belief.",
        "The mean over no row is no number. So give a class without rows a limit that nobody reaches.",
    ],
)
def confident_table(confident_table, hidden=False) -> str:
    read = partial(_as_table, name="confident_table(labels, chances)")
    slips = {words: _in_table(slip) for words, slip in TABLE_SLIPS.items()}
    judge(confident_table, "confident_table", _doubts(hidden), _counted, slips=slips, read=read)
    return "You have the heart of confident learning: each class is measured by its own yardstick."


def _labels(hidden: bool) -> list:
    """Return arrays of labels, in no order: few rows, and more; the rare label is the last one, and the first."""
    random = np.random.default_rng(42 if hidden else 41)
    sizes = [(8, 4), (40, 24, 9), (6, 30, 31, 50)]
    if hidden:
        sizes = [(4, 12), (8, 44, 20), (33, 7, 18, 60)]
    return [random.permutation(np.repeat(np.arange(len(each)), each)) for each in sizes]


@sheet.exercise(
    section="Why do copies score so well?",
    hints=[
        "Take one rare row that has been copied ten times. On which side of the split do its copies land?",
        "First split, then copy. Only the order of two lines differs.",
        "Only the training part gets copies. `copies(rows, labels, seed)` takes any row numbers, not only all of them.",
        "`stratify` needs the labels of what you split. Before the copies, these are `labels` themselves.",
    ],
    form_point=False,
)
def prepare(prepare, hidden=False) -> str:
    as_function(prepare, "prepare")
    for labels in _labels(hidden):
        draws = [_drawn(prepare, labels, seed) for seed in range(5, 17)]
        for seed, (learn, held) in enumerate(draws[:4], 5):
            _judge_parts(learn, held, labels.tolist(), shown_call("prepare", (labels, seed)))
        given = shown_call("prepare", (labels, 5))
        again = _drawn(prepare, labels, 5)
        if [sorted(part) for part in again] != [sorted(part) for part in draws[0]]:
            raise WrongAnswer("the same rows for the same seed", Said("other rows"), "where is `seed`?", given=given)
        if len({tuple(sorted(held)) for _, held in draws}) < 2:
            slip = "a seed of its own, or no chance at all?"
            raise WrongAnswer("another validation part for another seed", Said("always the same"), slip, given=given)
        never = set(range(len(labels))) - {row for _, held in draws for row in held}
        if len(never) > len(labels) / 4:
            said = Said(f"with twelve seeds, {len(never)} of {len(labels)} rows are never in it")
            raise WrongAnswer("a validation part from all rows", said, "always the same end of the rows?", given=given)
    return "First split, then copy, and only in training: now the score is about posts that are new."


def _drawn(prepare, labels, seed: int) -> list[list[int]]:
    """Return the row numbers of both parts."""
    given = shown_call("prepare", (labels, seed))
    before = labels.copy()
    made = call(prepare, labels, seed, name="prepare")
    unchanged(before, labels, "prepare", "labels", given)
    if not isinstance(made, list | tuple) or len(made) != 2:
        raise WrongForm("two parts: row numbers for training, then for validation", made, given=given)
    parts = [as_list(part, name) for part, name in zip(made, ("training", "validation"), strict=True)]
    drawn = [[as_number(row, "the row numbers", whole=True) for row in part] for part in parts]
    odd = [row for part in drawn for row in part if not 0 <= row < len(labels)]
    if odd:
        raise WrongAnswer(f"row numbers from 0 to {len(labels) - 1}", Said(f"for example {odd[0]}"), given=given)
    return drawn


def _judge_parts(learn: list, held: list, labels: list, given: str) -> None:
    """Raise WrongAnswer where the two parts are not what the card asks for."""
    wrong = partial(WrongAnswer, given=given)
    in_learn, in_held = (Counter(labels[row] for row in part) for part in (learn, held))
    sizes = Counter(labels)
    if len(set(learn)) == len(learn) and all(abs(in_learn[label] - size / 4) <= 1 for label, size in sizes.items()):
        raise wrong("the training part first, with copies", Said(f"{len(learn)} rows"), "did the parts change places?")
    shared = set(learn) & set(held)
    if shared:
        slip = ""
        if len(set((in_learn + in_held).values())) == 1:
            slip = "copied before the split? Then the copies of one row land on both sides"
        elif set(held) <= set(learn):
            slip = "is training drawn from all rows? Take those that the split has left"
        elif set(learn) == set(range(len(labels) - len(set(held)))):
            slip = "places in place of row numbers? `copies` wants the row numbers of the training part"
        raise wrong("no row on both sides", Said(f"{len(shared)} rows are, for example row {min(shared)}"), slip)
    twice = [row for row, times in Counter(held).items() if times > 1]
    if twice:
        slip = ""
        if len(set(in_held.values())) == 1:
            slip = "copies in validation, too? They belong only into training"
        elif all(sizes[labels[row]] < max(sizes.values()) for row in twice):
            slip = "is validation drawn from rows with copies? First split, then copy: there is nothing to take out"
        raise wrong("no row twice in validation", Said(f"for example row {min(twice)}"), slip)
    for label, size in sorted(sizes.items(), key=lambda pair: pair[1]):
        if abs(in_held[label] - size / 4) > 1:
            said = Said(f"{in_held[label]} of the {size} rows with label {label}")
            raise wrong("a quarter of the rows of each label in validation", said, _why(in_held, sizes))
    lost = set(range(len(labels))) - set(learn) - set(held)
    if lost:
        slip = "rows of common labels are thrown away; copy the rare ones" if len(set(learn)) == len(learn) else ""
        raise wrong("all other rows in training", Said(f"{len(lost)} rows are lost, for example row {min(lost)}"), slip)
    most = max(Counter(labels[row] for row in set(learn)).values())
    if set(in_learn.values()) != {most}:
        slip = ""
        if len(set(learn)) == len(learn):
            slip = "where are the copies? The rare label is still rare in training"
        elif set(in_learn.values()) == {max(sizes.values())}:
            slip = "as often as the most common label of all rows? Count in the training part"
        said = Said(", ".join(f"label {label}: {count}" for label, count in sorted(in_learn.items())))
        raise wrong(f"each label {most} times in training, as often as the most common one", said, slip)


def _why(in_held: Counter, sizes: Counter) -> str:
    """Return the slip behind a validation part that does not hold a quarter of each label."""
    if len({in_held[label] for label in sizes}) == 1:
        return "as many of each label? Validation stays as it is in life: the rare label is rare there, too"
    rare, rows, total = min(sizes, key=sizes.__getitem__), sum(in_held.values()), sum(sizes.values())
    if abs(rows - total / 4) <= 1:
        return "a quarter of all rows, but not of each label: where is `stratify`?"
    if all(abs(in_held[label] - size / 5) <= 1 for label, size in sizes.items()):
        return "a fifth? A quarter is `test_size=0.25`"
    copied = in_held[rare] > sizes[rare] / 2
    return "drawn from rows with copies? A row with many copies is nearly always drawn" if copied else ""
