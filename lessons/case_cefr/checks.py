"""The checks of `case_cefr`'s sheet."""

from collections.abc import Callable, Sequence

import numpy as np

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_choice, as_function, as_list, as_number, as_tensor, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("case_cefr")

LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
SIDES = ("below", "zero", "above")
RATERS = {
    "a": [2, 2, 2, 2, 2, 2],
    "b": [1, 0, 3, 2, 5, 4],
    "c": [5, 1, 2, 3, 4, 0],
    "d": [5, 4, 3, 2, 1, 0],
}
ABOUT_KAPPA = {
    "a": "this rater says the same of every text. Could luck do that as well?",
    "b": "six errors, but how large is each of them? Compare with those of luck",
    "c": "two errors only. But how many levels is each off, and what is its square?",
    "d": "by luck, some answers are near the label. Is this rater as often near as luck?",
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
    if not isinstance(four_raters, dict) or not set(RATERS) <= set(four_raters):
        raise WrongAnswer('a dict with the keys "a", "b", "c" and "d"', four_raters)
    truth = np.arange(6)
    for rater, said in RATERS.items():
        three = as_list(four_raters[rater], rater, length=3)
        exact, within = (as_number(count, rater, whole=True, low=0, high=6) for count in three[:2])
        off = abs(np.array(said) - truth)
        right_exact, right_within = int(np.sum(off == 0)), int(np.sum(off <= 1))
        if exact != right_exact:
            raise WrongAnswer(f"another count of exact levels for `{rater}`", exact, "compare column by column")
        if within != right_within:
            slips = {
                "an exact level is within one, too": right_within - right_exact,
                "only exact levels are counted here. Their neighbours count, too": right_exact,
            }
            slip = suspect(within, slips) or "count the columns in which the answer is 0 or 1 level off"
            raise WrongAnswer(f"another count of texts within one for `{rater}`", within, slip)
        if not isinstance(three[2], str):
            raise WrongAnswer('"below", "zero" or "above" as the third thing', three[2], "a word, not a number")
        luck = np.mean((truth[:, None] - np.array(said)) ** 2)
        side = SIDES[1 + int(np.sign(round(luck - np.mean(off**2), 9)))]
        word = three[2].strip().lower().removeprefix("at ").removesuffix(" zero")
        if as_choice(word, rater, SIDES) != side:
            raise WrongAnswer(f"another place of kappa for `{rater}`", three[2], ABOUT_KAPPA[rater])
    return "Four of six exact and kappa below zero, none exact and kappa far above it: kappa asks how far off."


@sheet.exercise(
    section='Three ways to say "B2"',
    hints=[
        "Four levels, but how many borders lie between them? That is the number of columns.",
        "`scale.index(name)` is the place of a level. The question at border 0 is: is the place larger than 0?",
        "The loss compares with probabilities. So each yes must be a float: `float(...)`.",
    ],
)
def question_rows(question_rows, hidden=False) -> str:
    as_function(question_rows, "question_rows")
    scales = {"starter basic good master": [2, 0, 3, 1, 2], "dull warm hot": [1, 2, 0]}
    if hidden:
        scales = {"first second third fourth fifth": [4, 1, 0, 3, 2, 1], "no yes": [1, 0, 0], "x c b a": [3, 1]}
    for scale, places in ((scale.split(), places) for scale, places in scales.items()):
        names = [scale[place] for place in places]
        found = call(question_rows, list(names), list(scale))
        expected = f"one row for each name, one column for each question: scale {scale}, names {names}"
        if isinstance(found, list | tuple):  # rows may be arrays or tensors
            found = [row.tolist() if hasattr(row, "tolist") else row for row in found]
        rows = as_tensor(found, "question_rows(names, scale)")
        right = [[float(place > border) for border in range(len(scale) - 1)] for place in places]
        if rows.tolist() != right:
            raise WrongAnswer(expected, found, _question_slip(rows, names, scale))
        if not rows.is_floating_point():
            raise WrongAnswer("1.0 and 0.0: floats", found, "the right rows, but the loss cannot use whole numbers")
    return "The questions hold the order: a harder level only adds one more yes."


def _question_slip(rows, names: Sequence[str], scale: Sequence[str]) -> str:
    places, borders = np.array([scale.index(name) for name in names]), np.arange(len(scale) - 1)
    above = (places[:, None] > borders).astype(float)
    by_name = np.array([sorted(scale).index(name) for name in names])
    made = rows.double().numpy()
    slips = {
        "a level is not above itself: > or >=?": places[:, None] >= borders,
        "one column for each level. How many borders lie between the levels?": places[:, None] >= np.arange(len(scale)),
        "one column too many: above the last level there is nothing": places[:, None] > np.arange(len(scale)),
        "that marks one level, as six names do. Each question that is passed is a yes": places[:, None]
        == np.arange(len(scale)),
        "yes and no are exchanged": 1 - above,
        "the first question is: is it above the easiest level?": above[:, ::-1],
        "the levels in the order of the alphabet? Their order is in `scale`": by_name[:, None] > borders,
        "names compared with > go by the alphabet; compare their places": np.array(
            [[name > border for border in scale[:-1]] for name in names]
        ),
        "one row a piece, one column a question: turn it around": above.T,
        "all in one row? One row for each piece": above.ravel(),
        "the place of each level; now ask the questions": places,
        "a row of numbers, not of questions: which borders does it pass?": places[:, None],
    }
    if made.ndim == 2 and made.shape == (len(names), 5):
        return f"how many questions does a scale of {len(scale)} levels have?"
    return _suspect_array(made, slips) or "look at one row alone: which of the borders lie below this level?"


@sheet.exercise(
    section='Three ways to say "B2"',
    hints=[
        "What is -3.2 + 2.5, rounded? And which entry of a list is that?",
        "Try a high output, too: 3.4. The scale has two ends.",
        "The lesson reads one number with `np.rint` and `np.clip`. What does `np.clip` do, and when must it happen?",
    ],
)
def level_names(level_names, hidden=False) -> str:
    as_function(level_names, "level_names")
    low, high = [-3.2, -2.4, -1.4, -0.6, 0.6, 1.4, 2.3, -4.3], [2.2, 3.4, 5.1]
    if hidden:
        low, high = np.array([2.6, 1.3, 0.4, -0.3, -1.7, -2.7, -3.6, -8.4, -9.1]), np.array([-0.8, 3.1, 7.2])
    _names_match(call(level_names, low.copy()), low)
    try:
        found = call(level_names, high.copy())
    except WrongAnswer as wrong:
        wrong.perhaps = "the scale has two ends: what happens above C2?"
        raise
    _names_match(found, high)
    return "Outside of the scale the nearest level is its end, and no negative number picks from the back of the list."


def _names_match(found: object, outputs: Sequence[float]) -> None:
    names = as_list(found, "level_names(outputs)")
    if len(names) != len(outputs):
        expected = f"one name of a level for each of the {len(outputs)} outputs"
        raise WrongAnswer(expected, found, "every text gets a level: none is left out")
    numbers = np.asarray(outputs) + 2.5
    nearest = [LEVELS[int(number)] for number in np.clip(np.rint(numbers), 0, 5)]
    if names != nearest:
        row = next(row for row, name in enumerate(nearest) if names[row] != name)
        received = f"{names[row]!r} for the output {float(outputs[row]):g}"
        raise WrongAnswer("the name of the nearest level for each output", Said(received), _name_slip(names, numbers))


def _name_slip(names: list, numbers: np.ndarray) -> str:
    if not all(isinstance(name, str) for name in names):
        return "a name such as B1 is asked for"
    rounded, inside = np.rint(numbers), np.clip(numbers, 0, 5)
    slips = {
        "which entry of a list has the number -1? A scale is no circle": np.clip(rounded, -6, 5) % 6,
        "what comes below A1 here? A scale is no circle": rounded % 6,
        "this turns a negative number around: a lower output becomes a harder level": np.minimum(abs(rounded), 5),
        "rounded down? The nearest level may be the one above": np.floor(inside),
        "rounded up? The nearest level may be the one below": np.ceil(inside),
        "the outputs were taught as level minus 2.5": np.clip(np.rint(numbers - 2.5), 0, 5),
        "cut before 2.5 is added: to which scale do the ends 0 and 5 belong?": np.clip(
            np.rint(np.clip(numbers - 2.5, 0, 5) + 2.5), 0, 5
        ),
    }
    made = {slip: [LEVELS[int(place)] for place in places] for slip, places in slips.items()}
    return suspect(names, made) or "add 2.5, find the nearest whole number, and ask what lies outside of 0 to 5"


@sheet.exercise(
    section="What is a good score, if labels have an order?",
    hints=[
        "The lesson's `kappa` is one fraction: your squared errors, divided by those by luck. Count both by cells.",
        "Cell (row, column) stands for an error of `row - column` levels. How many texts are in it?",
        "By luck, a cell holds the sum of its row times the sum of its column, divided by all texts.",
    ],
)
def table_kappa(table_kappa, hidden=False) -> str:
    as_function(table_kappa, "table_kappa")
    tables = [
        [
            [8, 2, 1, 0, 0, 0],
            [4, 5, 1, 0, 1, 0],
            [0, 3, 6, 3, 0, 0],
            [0, 0, 1, 7, 5, 0],
            [1, 0, 0, 2, 4, 6],
            [0] * 5 + [9],
        ],
        [[9, 0, 3, 0], [0, 0, 0, 0], [2, 0, 6, 4], [0, 0, 1, 5]],
    ]
    if hidden:
        tables = [
            [[3, 1, 2], [4, 5, 0], [6, 2, 2]],
            [[4, 0, 1, 0, 2], [1, 0, 0, 0, 6], [0] * 5, [0, 2, 0, 5, 3], [0, 0, 0, 1, 7]],
        ]
    for table in map(np.array, tables):
        found = as_number(call(table_kappa, table.copy()), "table_kappa(table)")
        if abs(found - _kappa(table)) > 1e-6:
            empty = " and an empty level" if not (table.sum(axis=0) + table.sum(axis=1)).all() else ""
            expected = f"the kappa of a table with {table.sum()} texts, {len(table)} levels{empty}"
            raise WrongAnswer(expected, found, _kappa_slip(found, table))
    return "The table is enough: kappa needs only how many texts are how far off, and the two margins."


def _kappa(table: np.ndarray, power: int = 2, luck: np.ndarray | None = None) -> float:
    places = np.arange(len(table))
    weights = abs(places[:, None] - places) ** power if power else 1 - np.eye(len(table))
    luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum() if luck is None else luck
    return float(1 - (weights * table).sum() / (weights * luck).sum())


def _kappa_slip(found: float, table: np.ndarray) -> str:
    total, rows, columns = table.sum(), table.sum(axis=1), table.sum(axis=0)
    right, there = _kappa(table), rows + columns > 0
    slips = {
        "the empty level is lost, so its neighbours move together": _kappa(table[there][:, there]),
        "each error weighs its distance here. What does quadratic mean?": _kappa(table, 1),
        "all errors weigh the same here": _kappa(table, 0),
        "that is the fraction alone. Which end of it is good?": 1 - right,
        "the products of the margins are larger than counts: divide them by the number of texts": _kappa(
            table, luck=np.outer(rows, columns)
        ),
        "luck combines the labels with the answers: two different margins": _kappa(
            table, luck=np.outer(rows, rows) / total
        ),
        "luck combines labels with answers: take the rows and the columns": _kappa(
            table, luck=np.outer(columns, columns) / total
        ),
        "the shares of a row forget how many texts it has: count the texts": _kappa(
            table / np.maximum(rows, 1)[:, None]
        ),
        "luck is not the same in all cells: it knows how often each level occurs": _kappa(
            table, luck=np.full(table.shape, total / table.size)
        ),
        "that is the accuracy. How much of it would luck have?": np.trace(table) / total,
        "a percentage? Kappa is 1 at its best": 100 * right,
        "rounded? Return it as it is": round(right, 2),
    }
    near = [slip for slip, value in slips.items() if abs(found - value) < 1e-6 and abs(value - right) > 1e-6]
    return near[0] if near else "compute the two sums for a table with two levels by hand, and compare"


@sheet.exercise(
    section='When should it say "I am not sure"?',
    hints=[
        "The largest probability alone cannot know what a neighbour is. Print all six for some texts.",
        "Add up what lies around the largest one. Or ask how far they lie apart, on the scale from 0 to 5.",
        "The number in your rule is a threshold. Try some, and look at both wishes on the validation texts.",
    ],
)
def may_answer(may_answer, probabilities, labels, hidden=False) -> str:
    as_function(may_answer, "may_answer")
    table = as_tensor(probabilities, "the table of the card", shape=(None, 6)).numpy()
    truth = np.array(as_list(labels, "the labels of the card", length=len(table), of=int))
    if len(table) < 100:
        raise WrongAnswer("the probabilities of some hundred texts", probabilities, "run the cell below the card again")
    _answers_where_it_should(may_answer, (0.52, 0.44) if hidden else (0.5, 0.46))
    answered = np.array([_decided(may_answer, row) for row in table])
    within = abs(table.argmax(axis=1) - truth) <= 1
    least, promise = (0.45, 0.93) if hidden else (0.5, 0.95)  # a fair rule may lose a little on new texts
    kept = within[answered].mean() if answered.any() else 0.0
    received = Said(f"{answered.mean():.0%} of the texts get an answer, and {kept:.1%} of these are within one")
    if answered.mean() < least:
        raise WrongAnswer(
            f"an answer to at least {least:.0%} of {len(table)} texts", received, "too careful: move the threshold"
        )
    if kept < promise:
        raise WrongAnswer(
            f"at least {promise:.0%} of the answers within one level", received, "too bold: move the threshold"
        )
    return f"{answered.mean():.0%} of the texts get an answer, {kept:.1%} within one: the rule knows the order."


def _answers_where_it_should(may_answer: Callable, doubt: tuple[float, float]) -> None:
    sure = [_decided(may_answer, _spread({level: 0.95})) for level in range(6)]
    flat = _decided(may_answer, np.full(6, 1 / 6))
    if not all(sure):
        level = sure.index(False)
        slip = "too careful: this text is as clear as a text can be"
        if flat:
            slip = "True is for an answer. Is it the other way round?"
        elif any(sure):
            slip = "the other levels get one. Which neighbours does this level have, and what does your slice take?"
        raise WrongAnswer(f"an answer where {LEVELS[level]} has a probability of 0.95", False, slip)
    if flat:
        raise WrongAnswer("no answer where all six probabilities are the same", True, "does your rule ever say no?")
    pairs = [(one, one + step) for one in range(6) for step in (-1, 1) if 0 <= one + step <= 5]
    near = {pair: _decided(may_answer, _spread(dict(zip(pair, doubt, strict=True)))) for pair in pairs}
    far = [_decided(may_answer, _spread(dict(zip(pair, doubt, strict=True)))) for pair in ((0, 5), (5, 0))]
    silent = [
        f"{LEVELS[one]} {doubt[0]:g} and {LEVELS[two]} {doubt[1]:g}" for (one, two), yes in near.items() if not yes
    ]
    if silent:
        slip = "does your rule know which levels are neighbours? Or is it too strict?"
        raise WrongAnswer(f"an answer to a doubt between two neighbours: {silent[0]}", False, slip)
    if any(far):
        slip = "for your rule, A1 and C2 are like two neighbours: where does it use the order of the levels?"
        raise WrongAnswer(f"no answer to a doubt between A1 and C2: one has {doubt[0]:g}, one {doubt[1]:g}", True, slip)


def _spread(given: dict[int, float]) -> np.ndarray:
    """Return six probabilities: those given, while the other levels share the rest."""
    probabilities = np.full(6, (1 - sum(given.values())) / (6 - len(given)))
    probabilities[list(given)] = list(given.values())
    return probabilities


def _decided(may_answer: Callable, probabilities: np.ndarray) -> bool:
    said = call(may_answer, probabilities.copy())
    try:
        plain = said.item() if hasattr(said, "item") else said
    except (TypeError, ValueError, RuntimeError):
        raise WrongAnswer(
            "True or False from `may_answer`", said, "one decision for the six probabilities of one text"
        ) from None
    if not isinstance(plain, bool | int) or plain not in (0, 1):
        number = "compare it with a threshold: that gives True or False"
        slip = "a text is not a decision" if isinstance(plain, str) else number
        raise WrongAnswer("True or False from `may_answer`", said, slip)
    return bool(plain)


def _suspect_array(made: np.ndarray, slips: dict[str, np.ndarray]) -> str:
    """As `suspect`, for arrays."""
    return next((slip for slip, value in slips.items() if made.shape == value.shape and (made == value).all()), "")
