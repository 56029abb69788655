"""The checks of `case_cefr`'s sheet."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_choice, as_function, as_list, as_number, as_tensor, call
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("case_cefr")

LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
SIDES = ("below", "zero", "above")
RATERS = {
    "a": [2, 2, 2, 2, 2, 2],
    "b": [1, 0, 3, 2, 5, 4],
    "c": [5, 1, 2, 3, 4, 0],
    "d": [5, 4, 3, 2, 1, 0],
}
OFF = {rater: abs(np.arange(6) - said) for rater, said in RATERS.items()}
EXACT = {rater: int(np.sum(off == 0)) for rater, off in OFF.items()}
WITHIN = {rater: int(np.sum(off <= 1)) for rater, off in OFF.items()}
WITHIN_SLIPS = {
    "an exact level is within one, too": {rater: WITHIN[rater] - EXACT[rater] for rater in RATERS},
    "only exact levels are counted here. Their neighbours count, too": EXACT,
    "two levels off are counted, too": {rater: int(np.sum(off <= 2)) for rater, off in OFF.items()},
}
NO_LEVEL_IS_RIGHT = "no level is right. But how large is each error? Compare their squares with those of luck"
KAPPA_SLIPS = {
    ("a", "above"): "half of the texts are within one. But this rater has not read them: could luck do as well?",
    ("b", "zero"): NO_LEVEL_IS_RIGHT,
    ("b", "below"): NO_LEVEL_IS_RIGHT,
    ("c", "above"): "two errors only. But how many levels is each off, and what is its square?",
    ("c", "zero"): "kappa may be below zero, too. Are the squares of these two errors larger than those of luck?",
    ("d", "zero"): "kappa may be below zero, too. By luck, some answers are near: is this rater as often near as luck?",
}


@sheet.exercise(
    section="What is a good score, if labels have an order?",
    hints=[
        "Write under each answer how many levels it is off. A text that is 0 off is within one, too.",
        "Kappa compares the mean squared error with the one of luck. For `b`, `c` and `d`, luck has 35/6, nearly 6.",
        "For `b` the six squares are 1 each. Add up the squares for `c`, divide by 6, and compare with luck.",
    ],
)
def four_raters(four_raters) -> str:
    if not isinstance(four_raters, Mapping) or not set(RATERS) <= set(four_raters):
        raise WrongForm('a dict with the keys "a", "b", "c" and "d"', four_raters)
    exact, within, sides = zip(*(_three(four_raters[rater], rater) for rater in RATERS), strict=True)
    for rater, found in zip(RATERS, exact, strict=True):
        if found != EXACT[rater]:
            both = list(exact) == list(WITHIN.values()) and list(within) == list(EXACT.values())
            slip = "the two counts are exchanged: exact levels come first" if both else ""
            raise WrongAnswer(f"another count of exact levels for `{rater}`", found, slip)
    for rater, found in zip(RATERS, within, strict=True):
        if found != WITHIN[rater]:
            slips = (words for words, counts in WITHIN_SLIPS.items() if list(within) == list(counts.values()))
            raise WrongAnswer(f"another count of texts within one for `{rater}`", found, next(slips, ""))
    for rater, found in zip(RATERS, sides, strict=True):
        if found != _side(rater):
            slip = KAPPA_SLIPS.get((rater, found), "")
            raise WrongAnswer(f"another place of kappa for `{rater}`", four_raters[rater][2], slip)
    return "Four of six exact and kappa below zero, none exact and kappa far above it: kappa asks how far off."


def _three(value: object, rater: str) -> tuple[int, int, str]:
    three = as_list(value, rater, length=3)
    exact, within = (as_number(count, rater, whole=True, low=0, high=6) for count in three[:2])
    if not isinstance(three[2], str):
        raise WrongForm(f'"below", "zero" or "above" as the third thing of `{rater}`', three[2])
    word = three[2].strip().lower().removeprefix("at ").removesuffix(" zero")
    return exact, within, as_choice(word, rater, SIDES)


def _side(rater: str) -> str:
    luck = np.mean((np.arange(6)[:, None] - RATERS[rater]) ** 2)
    return SIDES[1 + int(np.sign(round(luck - np.mean(OFF[rater] ** 2), 9)))]


def _scales(hidden: bool) -> list[tuple]:
    """Return names and their scale: two levels and seven, names that come twice, an order that is no alphabet.

    The name of a level may stand in the name of another one.
    """
    few = [("hot", "cold hot"), ("warm warmish warm", "warmish warm"), ("tidy clean dull", "dull tidy clean")]
    few += [("9 11 9 10", "9 10 11"), ("good starter master good basic", "starter basic good master")]
    random = np.random.default_rng(12 if hidden else 11)
    for levels, pieces in ((5, 6), (7, 3), (3, 12)):
        scale = random.permutation(["plum", "fig", "kiwi", "lime", "pear", "date", "apple"])[:levels]
        few.append((" ".join(random.choice(scale, pieces)), " ".join(scale)))
    return [(names.split(), scale.split()) for names, scale in few]


def _rows(made: object) -> list:
    """Return rows of numbers, however they are held."""
    rows = as_list(made.to_numpy() if hasattr(made, "to_numpy") else made, "question_rows(...)")
    rows = [row.tolist() if hasattr(row, "tolist") else row for row in rows]
    try:
        as_tensor(rows, "question_rows(...)")
    except WrongForm:
        raise WrongForm("one row for each name, with one number for each question", made) from None
    return rows


def _asked(answer: Callable) -> Callable:
    """Return what gives rows for `answer(places of the names, number of levels)`."""
    return lambda names, scale: np.asarray(answer(_places(names, scale), len(scale))).astype(float).tolist()


def _places(names: Sequence[str], scale: Sequence[str]) -> np.ndarray:
    return np.array([scale.index(name) for name in names])[:, None]


_question_rows = _asked(lambda places, levels: places > np.arange(levels - 1))
QUESTION_SLIPS = {
    "a level is not above itself: > or >=?": _asked(lambda places, levels: places >= np.arange(levels - 1)),
    "one column for each level. How many borders lie between the levels?": _asked(
        lambda places, levels: places >= np.arange(levels)
    ),
    "one column too many: above the last level there is nothing": _asked(
        lambda places, levels: places > np.arange(levels)
    ),
    "that marks one level, as six names do. Each question that is passed is a yes": _asked(
        lambda places, levels: places == np.arange(levels)
    ),
    "yes and no are exchanged": _asked(lambda places, levels: places <= np.arange(levels - 1)),
    "it asks whether a level is below another one: ask whether it is above": _asked(
        lambda places, levels: places < np.arange(levels - 1)
    ),
    "no is 0.0, not -1": _asked(lambda places, levels: 2 * (places > np.arange(levels - 1)) - 1),
    "the first question is: is it above the easiest level?": _asked(
        lambda places, levels: (places > np.arange(levels - 1))[:, ::-1]
    ),
    "always three questions? Other scales are longer or shorter": _asked(lambda places, levels: places > np.arange(3)),
    "always five questions? This scale has another number of levels": _asked(
        lambda places, levels: places > np.arange(5)
    ),
    "the levels in the order of the alphabet? Their order is in `scale`": lambda names, scale: _question_rows(
        names, sorted(scale)
    ),
    "names compared with > go by the alphabet; compare their places": lambda names, scale: [
        [float(name > border) for border in scale[:-1]] for name in names
    ],
    "one row a piece, one column a question: turn it around": lambda names, scale: np.transpose(
        _question_rows(names, scale)
    ).tolist(),
    "all in one row? One row for each piece": lambda names, scale: np.ravel(_question_rows(names, scale)).tolist(),
    "the place of each level; now ask the questions": lambda names, scale: _places(names, scale)[:, 0].tolist(),
    "a row of one number, the place. Which borders does it pass?": _asked(lambda places, levels: places),
    "the rows have another order than the pieces": lambda names, scale: _question_rows(
        sorted(names, key=scale.index), scale
    ),
    "one row only: does `return` stand inside the loop?": lambda names, scale: _question_rows(names[:1], scale),
    "is each row the same list? `[row] * 3` holds one list three times": lambda names, scale: _question_rows(
        [max(names, key=scale.index)] * len(names), scale
    ),
    "each level once? A row for each piece, also for two pieces of one level": lambda names, scale: _question_rows(
        list(dict.fromkeys(names)), scale
    ),
}


@sheet.exercise(
    section='Three ways to say "B2"',
    hints=[
        "Four levels, but how many borders lie between them? That is the number of columns.",
        "`scale.index(name)` is the place of a level. The question at border 0 is: is the place larger than 0?",
        "The loss compares with probabilities. So each yes must be a float: `float(...)`.",
    ],
    form_point=False,
)
def question_rows(question_rows, hidden=False) -> str:
    cases = _scales(hidden)
    judge(question_rows, "question_rows", cases, _question_rows, slips=QUESTION_SLIPS, read=_rows)
    for case in cases[1:3]:
        _must_be_floats(call(question_rows, *case, name="question_rows"), case)
    return "The questions hold the order: a harder level only adds one more yes."


def _must_be_floats(found: object, case: tuple) -> None:
    """The right numbers may still be of a type that the loss refuses, be it in one row only."""
    for entry in (entry for row in _rows(found) for entry in row):
        kind = as_tensor(entry, "question_rows(...)").dtype
        if not kind.is_floating_point:
            what = "True and False" if "bool" in str(kind) else "whole numbers"
            given = shown_call("question_rows", case)
            raise WrongAnswer("1.0 and 0.0: floats", found, f"the loss cannot use {what}", given=given)


def _low_outputs(hidden: bool) -> list[tuple]:
    """Return outputs below the scale and on it, as lists and arrays. None lies halfway between two levels."""
    random = np.random.default_rng(22 if hidden else 21)
    few = [[-3.2], [-3.2, -1.4, 0.6], np.array([-2.4, -0.6, 2.3, -4.3, 1.4]), [-1.9, -1.1, 0.9, 2.1]]
    drawn = random.integers(-8, 3, 20 + hidden) + random.uniform(0.05, 0.95, 20 + hidden)
    return [(outputs,) for outputs in (*few, drawn, drawn.astype("float32"))]


def _high_outputs(hidden: bool) -> list[tuple]:
    random = np.random.default_rng(24 if hidden else 23)
    drawn = random.integers(-40, 40, 30 + hidden) + random.uniform(0.05, 0.95, 30 + hidden)
    return [
        (outputs,)
        for outputs in ([3.4], [5.1, -3.7, 2.2, 0.3], [0.4, -9.3], np.array([200.0, -1e6]), drawn, drawn.tolist())
    ]


def _named(place: Callable) -> Callable:
    """Return what gives names for `place(outputs on the scale from 0 to 5)`."""
    return lambda outputs: [LEVELS[int(number)] for number in place(np.asarray(outputs, dtype=float) + 2.5)]


def _names(made: object) -> list:
    names = as_list(made, "level_names(outputs)")
    if not all(isinstance(name, str) for name in names):
        raise WrongForm("the name of a level, such as B1, for each output", made)
    return names


_level_names = _named(lambda numbers: np.clip(np.rint(numbers), 0, 5))
NAME_SLIPS = {
    "which entry of a list has the number -1? A scale is no circle": _named(
        lambda numbers: np.clip(np.rint(numbers), -6, 5) % 6
    ),
    "a number divided, and the rest taken? A scale is no circle": _named(lambda numbers: np.rint(numbers) % 6),
    "this turns a negative number around: a lower output becomes a harder level": _named(
        lambda numbers: np.minimum(abs(np.rint(numbers)), 5)
    ),
    "rounded down? The nearest level may be the one above": _named(lambda numbers: np.floor(np.clip(numbers, 0, 5))),
    "rounded up? The nearest level may be the one below": _named(lambda numbers: np.ceil(np.clip(numbers, 0, 5))),
    "the outputs were taught as level minus 2.5": _named(lambda numbers: np.clip(np.rint(numbers - 2.5), 0, 5)),
    "cut before 2.5 is added: to which scale do the ends 0 and 5 belong?": _named(
        lambda numbers: np.clip(np.rint(np.clip(numbers - 2.5, 0, 5) + 2.5), 0, 5)
    ),
    "A1 for each output outside of the scale? A high one is far from it": _named(
        lambda numbers: np.where(numbers > 5, 0, np.clip(np.rint(numbers), 0, 5))
    ),
    "the outputs were sorted: their order stays": _named(lambda numbers: np.sort(np.clip(np.rint(numbers), 0, 5))),
    "every text gets a level: none is left out": _named(
        lambda numbers: np.rint(numbers)[(numbers >= 0) & (numbers <= 5)]
    ),
    "C2 is never said: which number has the last level?": _named(lambda numbers: np.clip(np.rint(numbers), 0, 4)),
    "A1 is never said: which number has the first level?": _named(lambda numbers: np.clip(np.rint(numbers), 1, 5)),
}


@sheet.exercise(
    section='Three ways to say "B2"',
    hints=[
        "What is -3.2 + 2.5, rounded? And which entry of a list is that?",
        "Try a high output, too: 3.4. The scale has two ends.",
        "The lesson reads one number with `np.rint` and `np.clip`. What does `np.clip` do, and when must it happen?",
    ],
    form_point=False,
)
def level_names(level_names, hidden=False) -> str:
    judge(level_names, "level_names", _low_outputs(hidden), _level_names, slips=NAME_SLIPS, read=_names)
    try:
        judge(level_names, "level_names", _high_outputs(hidden), _level_names, slips=NAME_SLIPS, read=_names)
    except WrongForm as wrong:
        if "[3.4]" in wrong.given and wrong.received.startswith(("IndexError", "KeyError")):
            wrong.perhaps = "the scale has two ends: what happens above C2?"
        raise
    return "Outside of the scale the nearest level is its end, and no negative number picks from the back of the list."


def _tables(hidden: bool) -> list[tuple]:
    """Return tables of two to seven levels: worse than luck, without a level in the middle or at an end, with many."""
    few = [
        [[3, 1], [0, 2]],
        [[0, 3], [2, 1]],
        [[9, 0, 3, 0], [0, 0, 0, 0], [2, 0, 6, 4], [0, 0, 1, 5]],
        [[0, 0, 0, 0], [0, 3, 1, 2], [0, 4, 5, 0], [0, 6, 2, 2]],
        [[210, 35], [12, 143]],
    ]
    random = np.random.default_rng(32 if hidden else 31)
    cases = [(np.array(table),) for table in few]
    for levels, without in ((3, ()), (6, ()), (5, 2), (7, 6)):
        table = random.poisson(2 + 4 * np.eye(levels) + np.linspace(0, 3, levels))
        table[without, :] = table[:, without] = 0
        cases.append((table,))
    return cases


def _at_the_ends() -> list[tuple]:
    """Return tables without an error, and with one answer for all texts: some slips divide by zero here."""
    few = [[[2, 0, 0], [0, 3, 0], [0, 0, 1]], [[0, 4, 0], [0, 3, 0], [0, 2, 0]], [[0, 2], [1, 0]]]
    return [(np.array(table),) for table in few]


def _kappa(table: np.ndarray, power: float = 2, luck: np.ndarray | None = None) -> float:
    """Return kappa with errors to this power. `luck` is a table, too, unless it is the usual one."""
    places = np.arange(len(table))
    weights = abs(places[:, None] - places) ** power if power else 1 - np.eye(len(table))
    luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum() if luck is None else luck
    return float(1 - (weights * table).sum() / (weights * luck).sum())


def _quadratic(table: np.ndarray) -> float:
    return _kappa(table)


def _without_empty(table: np.ndarray) -> float:
    there = table.sum(axis=0) + table.sum(axis=1) > 0
    return _kappa(table[there][:, there])


def _correlation(table: np.ndarray) -> float:
    rows, columns = np.indices(table.shape)
    return float(np.corrcoef(np.repeat(rows.ravel(), table.ravel()), np.repeat(columns.ravel(), table.ravel()))[0, 1])


def _luck_of(margin: int) -> Callable:
    def slip(table: np.ndarray) -> float:
        sums = table.sum(axis=1 - margin)
        return _kappa(table, luck=np.outer(sums, sums) / table.sum())

    return slip


def _rounded(table: np.ndarray, digits: int) -> float:
    return round(_kappa(table), digits)


KAPPA_OF_TABLE_SLIPS = {
    "the empty level is lost, so its neighbours move together": _without_empty,
    "each error weighs its distance here. What does quadratic mean?": lambda table: _kappa(table, 1),
    "all errors weigh the same here": lambda table: _kappa(table, 0),
    "that is the fraction alone. Which end of it is good?": lambda table: 1 - _kappa(table),
    "the fraction is upside down": lambda table: 1 - 1 / (1 - _kappa(table)),
    "the products of the margins are larger than counts: divide them by the number of texts": lambda table: _kappa(
        table, luck=np.outer(table.sum(axis=1), table.sum(axis=0))
    ),
    "luck combines the labels with the labels here: take two different margins": _luck_of(0),
    "luck combines the answers with the answers here: take two different margins": _luck_of(1),
    "the shares of a row forget how many texts it has: count the texts": lambda table: _kappa(
        table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    ),
    "luck is not the same in all cells: it knows how often each level occurs": lambda table: _kappa(
        table, luck=np.full(table.shape, table.mean())
    ),
    "that is the accuracy. How much of it would luck have?": lambda table: np.trace(table) / table.sum(),
    "that is the correlation. It does not see a rater who is always one too high": _correlation,
    "a percentage? Kappa is 1 at its best": lambda table: 100 * _kappa(table),
    "kappa may be below zero: it keeps its sign": lambda table: abs(_kappa(table)),
    "kappa may be below zero: it does not stop there": lambda table: max(0.0, _kappa(table)),
    **{f"rounded to {digits} digits? Return it as it is": partial(_rounded, digits=digits) for digits in (2, 3, 4)},
}


@sheet.exercise(
    section="What is a good score, if labels have an order?",
    hints=[
        "The lesson's `kappa` is one fraction: your squared errors, divided by those by luck. Count both by cells.",
        "Cell (row, column) stands for an error of `row - column` levels. How many texts are in it?",
        "By luck, a cell holds the sum of its row times the sum of its column, divided by all texts.",
    ],
)
def table_kappa(table_kappa, hidden=False) -> str:
    read = partial(as_number, name="table_kappa(table)")
    judge(table_kappa, "table_kappa", _tables(hidden), _quadratic, slips=KAPPA_OF_TABLE_SLIPS, read=read)
    judge(table_kappa, "table_kappa", _at_the_ends(), _quadratic, read=read)  # no known slip comes so far
    return "The table is enough: kappa needs only how many texts are how far off, and the two margins."


@sheet.exercise(
    section='When should it say "I am not sure"?',
    hints=[
        "The largest probability alone cannot know what a neighbour is. Print all six for some texts.",
        "Add up what lies around the largest one. Or ask how far they lie apart, on the scale from 0 to 5.",
        "The number in your rule is a threshold. Try some, and look at the first two wishes on the validation texts.",
    ],
)
def may_answer(may_answer, probabilities, labels, hidden=False) -> str:
    as_function(may_answer, "may_answer")
    table, truth = _of_the_card(probabilities, labels)
    _clear_texts(may_answer)
    _doubts(may_answer, (0.52, 0.44) if hidden else (0.5, 0.46))
    answered = np.array([_decided(may_answer, row) for row in table])
    within = abs(table.argmax(axis=1) - truth) <= 1
    least, promise = (0.45, 0.93) if hidden else (0.5, 0.95)  # a fair rule may lose a little on new texts
    kept = within[answered].mean() if answered.any() else 0.0
    received = Said(f"{answered.mean():.0%} of the texts get an answer, and {kept:.1%} of these are within one")
    if answered.mean() < least:
        expected = f"an answer to at least {least:.0%} of {len(table)} texts"
        raise WrongAnswer(expected, received, "too careful: move the threshold")
    if kept < promise:
        expected = f"at least {promise:.0%} of the answers within one level"
        raise WrongAnswer(expected, received, "too bold: move the threshold")
    return f"{answered.mean():.0%} of the texts get an answer, {kept:.1%} within one: the rule knows the order."


def _of_the_card(probabilities: object, labels: object) -> tuple[np.ndarray, np.ndarray]:
    table = as_tensor(probabilities, "the table of the card", shape=(None, 6)).numpy()
    truth = np.array(as_list(labels, "the labels of the card", length=len(table), of=int))
    if len(table) < 100 or not np.allclose(table.sum(axis=1), 1, atol=1e-3):
        expected = "the six probabilities of each text, with the sum 1"
        raise WrongForm(expected, probabilities, "something has changed them: run the cell below the card again")
    return table, truth


def _clear_texts(may_answer: Callable) -> None:
    """Each level has its clear text, in which the others are the rarer, the farther they are. And one is not clear."""
    clear = [_around(level) for level in range(6)]
    sure = [_decided(may_answer, row) for row in clear]
    equal = np.full(6, 1 / 6)
    flat = _decided(may_answer, equal)
    if not all(sure):
        level = sure.index(False)
        expected = f"an answer where {LEVELS[level]} has a probability of {clear[level][level]:.2f}"
        slip = "for the other five levels it answers. Which neighbours has A1, and does a slice begin at -1?"
        if not any(sure):
            slip = "True is for an answer: is it the other way round?" if flat else "it is silent about each clear text"
        elif level or not all(sure[1:]):
            slip = ""
        raise WrongAnswer(expected, False, slip, given=shown_call("may_answer", (clear[level],)))
    if flat:
        given = shown_call("may_answer", (equal.round(3),))
        slip = "it has answered each text so far: when does your rule say no?"
        raise WrongAnswer("no answer where all six probabilities are the same", True, slip, given=given)


def _doubts(may_answer: Callable, doubt: tuple[float, float]) -> None:
    pairs = [(one, one + step) for one in range(6) for step in (-1, 1) if 0 <= one + step <= 5]
    near = {pair: _decided(may_answer, _torn(*pair, doubt)) for pair in pairs}
    far = {pair: _decided(may_answer, _torn(*pair, doubt)) for pair in ((0, 5), (5, 0))}
    silent, loud = [pair for pair in pairs if not near[pair]], [pair for pair in far if far[pair]]
    if silent:
        slip = _silence(silent, pairs, loud)
        expected = f"an answer to a doubt between two neighbours, {_said(silent[0])}"
        given = shown_call("may_answer", (_torn(*silent[0], doubt),))
        raise WrongAnswer(expected, False, slip, given=given)
    if loud:
        slip = "A1 and C2 are like two neighbours for your rule: where does it use the order of the levels?"
        given = shown_call("may_answer", (_torn(*loud[0], doubt),))
        raise WrongAnswer(f"no answer to a doubt between {_said(loud[0])}", True, slip, given=given)


def _silence(silent: list, pairs: list, loud: list) -> str:
    """Name the slip of a rule that is silent about these of the pairs of neighbours, and loud about some far ones."""
    if silent == pairs and not loud:
        return "it is silent about each doubt, near or far: does your rule know which levels are neighbours?"
    for side, step in (("above", -1), ("below", 1)):
        if silent == [(one, other) for one, other in pairs if other - one == step]:
            return f"only the neighbour {side} is looked at: a level may have two"
    return ""


def _said(pair: tuple[int, int]) -> str:
    return " and ".join(LEVELS[level] for level in pair)


def _around(level: int) -> np.ndarray:
    """Return 0.95 for a level, and less for the others, the farther away they are."""
    rest = 0.5 ** abs(np.arange(6.0) - level)
    rest[level] = 0
    probabilities = np.round(0.05 * rest / rest.sum(), 3)
    probabilities[level] = round(1 - probabilities.sum(), 3)
    return probabilities


def _torn(one: int, other: int, doubt: tuple[float, float]) -> np.ndarray:
    """Return six probabilities: two large ones, while the other levels share the rest."""
    probabilities = np.full(6, round((1 - sum(doubt)) / 4, 9))
    probabilities[[one, other]] = doubt
    return probabilities


def _decided(may_answer: Callable, probabilities: np.ndarray) -> bool:
    handed = probabilities.copy()
    said = call(may_answer, handed, name="may_answer")
    unchanged(probabilities, handed, "may_answer", "probabilities")
    try:
        plain = said.item() if hasattr(said, "item") else said
    except (TypeError, ValueError, RuntimeError):
        slip = "one decision for the six probabilities of one text"
        raise WrongForm("True or False from `may_answer`", said, slip) from None
    if not isinstance(plain, bool | int) or plain not in (0, 1):
        number = "compare it with a threshold: that gives True or False" if isinstance(plain, int | float) else ""
        slip = "a text is not a decision" if isinstance(plain, str) else number
        raise WrongForm("True or False from `may_answer`", said, slip)
    return bool(plain)
