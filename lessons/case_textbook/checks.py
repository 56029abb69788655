"""The checks of `case_textbook`'s sheet."""

from collections.abc import Callable
from functools import partial
from itertools import chain

import numpy as np

from course_utils.checks.cases import judge
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_function, as_number, as_tensor, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("case_textbook")

ADDED_UP = "the losses are added up: by how many must the sum be divided?"
NEW_IS_ONE = "divided by the number of pieces? In this column each term is one token"
EASIER = ("levain", "retrogradation", "both", "neither")
WHOLE_TERM = "compare the whole term: the sum of the losses of its pieces, against the loss of the new token"


@sheet.exercise(
    section="What do the new rows buy?",
    hints=[
        "How many tokens do the losses of a column belong to, and how many terms? Divide the same sum by each of them.",
        "A whole term in pieces costs the sum of its pieces. Compare this sum with the loss of the new token.",
        "A new token is this string only (as *croissants* in the lesson). Is *levains* this string? How many pieces?",
        "Fertility (see “The tokenizer: which words does it tear?”): count the tokens of the page word by word, "
        "44 + 3 x ... + 2 x ... + ..., and divide by the words.",
    ],
)
def two_tokenizers(two_tokenizers) -> str:
    parts = {
        "per_token_pieces": (
            5,
            {
                ADDED_UP: 25,
                "that is per term: how many pieces are there?": 12.5,
                "a mean of two means: each piece counts once, so a term with more pieces counts more": (7 + 11 / 3) / 2,
                "that is the other column": 12,
            },
        ),
        "per_token_new": (12, {ADDED_UP: 24, NEW_IS_ONE: 24 / 5}),
        "per_term_pieces": (
            12.5,
            {
                ADDED_UP: 25,
                "that is per token: a term costs the sum of its pieces": 5,
                "a mean over pieces inside a term? The pieces of a term are added up": (7 + 11 / 3) / 2,
            },
        ),
        "per_term_new": (12, {ADDED_UP: 24, NEW_IS_ONE: 24 / 5}),
        "fertility": (
            1.16,
            {
                "the other way round: tokens for one word": 50 / 58,
                "that counts the tokens: divide by the words": 58,
                "that is the wider tokenizer": 51 / 50,
                "*levains* is torn, too": 57 / 50,
                "here the torn words alone are counted. The other words have tokens, too": 14 / 6,
                "the pieces come in place of their word, not on top of it": 64 / 50,
            },
        ),
        "tokens_after": (
            51,
            {
                "has each word one token? Which one is no new token?": 50,
                "that is the first tokenizer": 58,
                "is *levains* left out?": 49,
                "without the new tokens? They are words of the page, too": 46,
                "the pieces come in place of their word, not on top of it": 52,
            },
        ),
    }
    likely = {
        "retrogradation": WHOLE_TERM,
        "neither": "each new token has a larger loss than a single piece. But " + WHOLE_TERM,
        "both": "the mean of both fell. But look at each term: " + WHOLE_TERM,
    }
    judged = {key: Part(right, slips) for key, (right, slips) in parts.items()}
    judged["tokens_after"] = Part(51, parts["tokens_after"][1], partial(as_number, whole=True, low=0))
    word = Part("levain", {words: value for value, words in likely.items()}, partial(as_choice, choices=EASIER))
    predict(two_tokenizers, "two_tokenizers", {**judged, "easier_when_new": word})
    return "Per token the new tokens look far worse, per term a little better. Per term is fairer, if not perfect."


def _texts(hidden: bool) -> list[tuple]:
    """Return losses and words: one word, cut at the beginning, texts without a word, of different lengths, drawn."""
    cases = [
        ([[4.0, 2.0, 1.5]], [[0, 0, 1]]),
        ([[0.5, 6.0, 8.0, 1.0, 0.5]], [[None, 0, 0, 1, None]]),
        ([[0.5, 3.0, 0.5], [0.5, 2.0, 2.0, 4.5, 0.5]], [[None, 0, None], [None, 7, 7, 8, None]]),
        ([[1, 3, 1], [1, 2, 2, 5, 5, 1], [2, 9]], [[None, 0, None], [None, 0, 1, 1, 2, None], [None, None]]),
        ([[1.0, 3.0, 3.0, 4.0], [], [0.25, 2.0]], [[7, 7, 8, 10], [], [None, 3]]),
    ]
    random = np.random.default_rng(22 if hidden else 21)
    for sizes in ((5, 2), (1, 3, 6)):
        losses, words = [], []
        for size in sizes:
            inside = np.repeat(np.arange(size), random.integers(1, 4, size)) + random.integers(0, 3)
            words.append([None, *inside.tolist(), None])
            losses.append(random.uniform(0, 9, len(inside) + 2).round(2).tolist())
        cases.append((losses, words))
    return cases


def _inside(losses: list, words: list) -> list[tuple]:
    """Return (number of the text, number of the word, loss) for each token that belongs to a word."""
    texts = enumerate(zip(losses, words, strict=True))
    return [(at, w, x) for at, (xs, ws) in texts for x, w in zip(xs, ws, strict=True) if w is not None]


def _by_word(losses: list, words: list) -> dict[tuple, list]:
    found: dict[tuple, list] = {}
    for at, word, loss in _inside(losses, words):
        found.setdefault((at, word), []).append(loss)
    return found


def _per_word(losses: list, words: list) -> float:
    return float(np.mean([sum(each) for each in _by_word(losses, words).values()]))


def _of_words(kind: Callable) -> Callable:
    """Return what gives the mean of `kind(losses of the pieces of a word)` over all words."""
    return lambda losses, words: float(np.mean([kind(each) for each in _by_word(losses, words).values()]))


def _with_specials(losses: list, words: list) -> float:
    return sum(chain(*losses)) / len(_by_word(losses, words))


def _of_texts(losses: list, words: list, no_word: bool = True) -> float:
    """Return the mean over texts. Without `no_word` it raises where a text has no word, as a short answer would."""
    texts = [(xs, ws) for xs, ws in zip(losses, words, strict=True) if any(w is not None for w in ws)]
    if len(texts) < len(losses) and not no_word:
        raise ZeroDivisionError
    return float(np.mean([_per_word([xs], [ws]) for xs, ws in texts]))


def _rounded(digits: int) -> Callable:
    return lambda losses, words: round(_per_word(losses, words), digits)


def _ends_cut(losses: list, words: list, all_words: bool = False) -> float:
    """Return what is left if the first and the last token of each text are taken for `[CLS]` and `[SEP]`."""
    inside, owners = ([text[1:-1] for text in each] for each in (losses, words))
    return sum(chain(*inside)) / sum(len(set(ws) - {None}) for ws in (words if all_words else owners))


def _divided(count: Callable) -> Callable:
    """Return what divides the sum of the losses inside words by `count(words)`."""
    return lambda losses, words: sum(x for *_, x in _inside(losses, words)) / count(words)


def _numbers(words: list) -> list[list[int]]:
    return [[w for w in ws if w is not None] for ws in words]


A_TEXT_MORE = "a mean over the texts? A text with more words counts more"
LAST_PLUS_ONE = "the last number plus one? A text may begin with a higher number"
ENDS = "are the first and the last token cut off? A text may have no `[CLS]` and no `[SEP]`: look for `None`"

LOSS_SLIPS = {
    "that is per token: how many words are there?": _divided(lambda words: len(list(chain(*_numbers(words))))),
    "per token, and `[CLS]` and `[SEP]` with it": lambda losses, words: float(np.mean(list(chain(*losses)))),
    A_TEXT_MORE: _of_texts,
    A_TEXT_MORE + ". And a text may have no word": partial(_of_texts, no_word=False),
    ENDS: _ends_cut,
    ENDS + " in `losses`, too": partial(_ends_cut, all_words=True),
    "rounded? All digits are asked for": _rounded(1),
    "rounded to two digits? All of them are asked for": _rounded(2),
    "a mean over the pieces inside a word? The loss of a word is their sum": _of_words(np.mean),
    "`[CLS]` and `[SEP]` belong to no word, so their losses do not count": _with_specials,
    "the losses are right, but `None` is counted as a word": _divided(lambda words: sum(len(set(ws)) for ws in words)),
    "the words of different texts have the same numbers: they are other words": _divided(
        lambda words: len(set(chain(*_numbers(words))))
    ),
    "the sum? A mean loss is asked for": _divided(lambda words: 1),
    LAST_PLUS_ONE: _divided(lambda words: sum(max(ws) + 1 for ws in _numbers(words) if ws)),
    LAST_PLUS_ONE + ". Or it may have no word": _divided(lambda words: sum(max(ws) + 1 for ws in _numbers(words))),
    "divided by the number of texts": _divided(len),
    "a word with number 0 is a word, too: `if word` is False for 0, as it is for None": lambda losses, words: (
        sum(x for _, w, x in _inside(losses, words) if w) / sum(len({w for w in ws if w}) for ws in words)
    ),
    "only the last piece of each word is left": _of_words(lambda pieces: pieces[-1]),
    "only the first piece of each word is left": _of_words(lambda pieces: pieces[0]),
    "only the largest loss of each word is left": _of_words(max),
}


@sheet.exercise(
    section="What do the new rows buy?",
    hints=[
        "What is the same for both tokenizers, the number of tokens or the number of words? Divide by that one.",
        "You need two numbers over all texts: the sum of the losses inside words, and how many words there are.",
        "Walk through a text with `zip(text, owners)`, and keep a loss where the word `is not None`.",
        "In one text, `len(set(owners) - {None})` words stand. Add this up over the texts, and divide at the end.",
    ],
)
def loss_per_word(loss_per_word, hidden=False) -> str:
    read = partial(as_number, name="loss_per_word(...)")
    judge(loss_per_word, "loss_per_word", _texts(hidden), _per_word, slips=LOSS_SLIPS, read=read)
    return "The words are the same for every tokenizer, so this number can be compared."


def _tables(hidden: bool) -> list[tuple]:
    """Return tables with old and new rows: one step and many, one new row and several, also no old row."""
    import torch

    random = np.random.default_rng(32 if hidden else 31)
    cases = []
    for old, new, width, steps in ((2, 1, 2, 1), (3, 2, 3, 4), (0, 2, 2, 3), (5, 4, 3, 12), (1, 3, 4, 7)):
        table = random.normal(0, 20, (old + new, width)).round()
        wanted = random.normal(0, 20, (new, width)).round() + 0.25  # never where a row is
        cases.append((torch.tensor(table).float(), old, torch.tensor(wanted).float(), steps))
    return cases


def _learned(table, old: int, wanted, steps: int, *, decay=0.0, kind="AdamW", alone=False):
    """Return the table after some steps. `alone`: the optimizer gets the new rows only."""
    import torch

    rows = torch.nn.Parameter(table[old:].clone() if alone else table.clone())
    optimizer = getattr(torch.optim, kind)([rows], lr=0.1, weight_decay=decay)
    for _ in range(steps):
        optimizer.zero_grad()
        (rows[0 if alone else old :] - wanted).square().sum().backward()
        optimizer.step()
    return torch.cat([table[:old], rows.detach()]) if alone else rows.detach()


def _decay_forgiven(function: Callable) -> Callable:
    """Return the function, but where only its new rows decay (as AdamW does if nobody asks), what would be without.

    Also where it returns these rows alone: then the other slip is the one to name.
    """

    def forgiven(table, old, wanted, steps):
        before = table.clone()
        made = function(table, old, wanted, steps)
        decayed = _learned(before, old, wanted, steps, decay=0.01, alone=True)
        right = _learned(before, old, wanted, steps)
        if near(made, decayed, 1e-4):
            return right
        return right[old:] if near(made, decayed[old:], 1e-4) else made

    return forgiven


def _steps_changed(change: int) -> Callable:
    return lambda table, old, wanted, steps: _learned(table, old, wanted, steps + change)


ROW_SLIPS = {
    "the old rows have moved: which part of `AdamW` moves a number whose gradient is zero?": _decay_forgiven(
        partial(_learned, decay=0.01)
    ),
    "the weight decay is another one now, and the old rows still move": partial(_learned, decay=0.1),
    "nothing has learned: the new rows must still move": lambda table, *_: table,
    "a table of the new rows alone?": lambda table, old, wanted, steps: _learned(table, old, wanted, steps)[old:],
    "one step is missing": _steps_changed(-1),
    "one step too many": _steps_changed(1),
    "the new rows are where they are wanted. They should learn, in so many steps": lambda table, old, wanted, steps: (
        _set(table, old, wanted)
    ),
    "another optimizer: the card asks for `AdamW`": partial(_learned, kind="SGD"),
}


def _set(table, old: int, wanted):
    made = table.clone()
    made[old:] = wanted
    return made


def _table(made: object):
    tensor = as_tensor(made, "learn_new_rows(...)")
    if tensor.ndim != 2:
        raise WrongForm("a tensor with rows in `learn_new_rows(...)`", made)
    return tensor


@sheet.exercise(
    section="Where it breaks",
    hints=[
        "Look at what is printed. Did all old numbers move by the same length, or the larger ones further? Which way?",
        "The gradient of an old row is zero, so not the loss moves it. What else does an AdamW step do to a number?",
        "AdamW shrinks each number a little, in each step: weight decay. Which value has it if nobody says one?",
        "Say `weight_decay=0` when you make the optimizer. (Or hand it a tensor of the new rows alone.)",
    ],
    form_point=False,
)
def learn_new_rows(learn_new_rows, hidden=False) -> str:
    as_function(learn_new_rows, "learn_new_rows")
    judge(
        _decay_forgiven(learn_new_rows),
        "learn_new_rows",
        _tables(hidden),
        _learned,
        slips=ROW_SLIPS,
        read=_table,
        tolerance=1e-4,
    )
    for case in _tables(hidden):  # 1e-4 is for the new rows
        made = _table(learn_new_rows(*case))
        if case[1] and not near(made[: case[1]], case[0][: case[1]], 0):
            said = Said("some have moved by a little")
            slip = "exactly the same numbers, not nearly the same: do they take part in any calculation?"
            raise WrongAnswer("the old rows as they were", said, slip, given=shown_call("learn_new_rows", case))
    return "A gradient of zero is not enough: an optimizer may move a number for reasons of its own."


def _graded(hidden: bool) -> list[tuple]:
    """Return confidences with ties, shares that fall and rise again, goals that are met exactly, nothing at all."""
    cases = [
        ([0.9], [True], 0.5, 1),
        ([], [], 0.5, 1),
        ([0.85123, 0.85124], [False, True], 1.0, 1),
        ([0.5, 0.9, 0.7], [False, True, True], 0.8, 2),
        ([0.9, 0.7, 0.6, 0.5], [True, True, True, False], 0.75, 1),
        ([0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, False, False], 0.4, 3),
        ([0.8, 0.8, 0.6, 0.4], [True, False, True, True], 0.75, 1),
        ([0.6, 0.9, 0.7, 0.7, 0.5, 0.8], [True, True, True, False, False, False], 0.6, 2),
        ([0.7, 0.9, 0.7, 0.9, 0.7], [False, True, True, True, False], 0.75, 2),
        ([0.9, 0.6, 0.8, 0.7], [True, False, True, False], 0.75, 3),
        ([0.9, 0.8, 0.4, 0.3, 0.2], [False, False, True, True, True], 0.75, 1),
    ]
    random = np.random.default_rng(42 if hidden else 41)
    for size, goal, least in ((30, 0.75, 4), (24, 0.5, 3), (40, 0.625, 10)):
        sure = random.choice([0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.85, 0.9, 0.95], size)
        right = random.random(size) < sure - 0.1
        cases.append((sure.tolist(), right.tolist(), goal, least))
    return cases


ORDERS = {  # of answers with the same confidence, where somebody sorts
    "": lambda sure, right: np.argsort(-sure, kind="stable"),
    " (in whatever order `np.argsort` leaves them)": lambda sure, right: np.argsort(-sure),
    " (also where `sorted` puts the right ones first)": lambda sure, right: np.lexsort((~right, -sure)),
}


def _candidates(
    sure: list, right: list, *, order: Callable | None = None, above: bool = False, low_first: bool = False
) -> list:
    """Return (answers, right answers) for each threshold, the highest first. With `order`: one by one."""
    sure, right = np.array(sure, float), np.array(right, bool)
    if low_first:
        sure = -sure
    if order:
        placed = order(sure, right)
        return [(n, int(right[placed[:n]].sum())) for n in range(1, len(placed) + 1)]
    masks = [sure > limit if above else sure >= limit for limit in np.unique(sure)[::-1]]
    return [(int(mask.sum()), int(right[mask].sum())) for mask in masks if mask.any()]


def _alone(
    sure: list,
    right: list,
    goal: float,
    least: int,
    *,
    enough: Callable = lambda n, hits, all_of: hits / n,
    pick: Callable = max,
    give: Callable = lambda n, hits: n,
    strict: str = "",
    **how,
):
    """Return what `graded_alone` should, or what a slip makes of it."""
    good = []
    for n, hits in _candidates(sure, right, **how):
        share = enough(n, hits, len(sure))
        many = n > least if "least" in strict else n >= least
        if many and (share > goal if "goal" in strict else share >= goal):
            good.append(give(n, hits))
    return pick(good, default=0)


def _first_fall(sure: list, right: list, goal: float, least: int) -> int:
    """Return how many there are before the first threshold that is not good enough."""
    most = 0
    for n, hits in _candidates(sure, right):
        if n >= least:
            if hits / n < goal:
                break
            most = n
    return most


def _two_steps(sure: list, right: list, goal: float, least: int, *, order: Callable) -> int:
    """Return how many reach the threshold that was found as the lesson does: one by one, so amid equal ones."""
    found = _alone(sure, right, goal, least, order=order)
    return sum(value >= sorted(sure, reverse=True)[found - 1] for value in sure) if found else 0


def _on_a_grid(thresholds: np.ndarray) -> Callable:
    """Return what tries these thresholds only."""

    def tried(sure: list, right: list, goal: float, least: int) -> int:
        sure, right = np.array(sure, float), np.array(right, bool)
        masks = [mask for limit in thresholds if (mask := sure >= limit).sum() >= least]
        return max((int(mask.sum()) for mask in masks if right[mask].mean() >= goal), default=0)

    return tried


def _most(confidence: list, is_right: list, goal: float, least: int) -> int:
    return _alone(confidence, is_right, goal, least)


TOGETHER = "answers with the same confidence stay together: no threshold lies between them"
LOOK_AGAIN = "a threshold found between answers with the same confidence takes all of them: is the share still enough?"
GRID = "a fixed grid of thresholds? Confidences may lie between two of its steps"

ALONE_SLIPS = {
    **{TOGETHER + more: partial(_alone, order=order) for more, order in ORDERS.items()},
    **{LOOK_AGAIN + more: partial(_two_steps, order=order) for more, order in ORDERS.items()},
    GRID: _on_a_grid(np.linspace(0, 1, 101)),
    GRID + ", however small they are": _on_a_grid(np.arange(101) / 100),
    "a threshold takes the answers that lie exactly on it, too": partial(_alone, above=True),
    "does it stop at the first threshold that fails? A lower one may be good enough again": _first_fall,
    "that is the smallest number. The most work is asked for": partial(_alone, pick=min),
    "each threshold has a share of its own: of the answers that it grades alone, not of all": partial(
        _alone, enough=lambda n, hits, all_of: hits / all_of
    ),
    "`least` is not looked at": lambda sure, right, goal, least: _alone(sure, right, goal, 1),
    "`goal` is not looked at": lambda sure, right, goal, least: _alone(sure, right, 0, least),
    "exactly `least` answers are enough": partial(_alone, strict="least"),
    "exactly the share `goal` is enough": partial(_alone, strict="goal"),
    "the right ones alone are counted: all that are graded alone are asked for": partial(
        _alone, give=lambda n, hits: hits
    ),
    "the least sure answers are graded alone: turn the order round": partial(_alone, low_first=True),
    "all answers, wherever a threshold is good enough?": lambda sure, right, goal, least: (
        len(sure) if _alone(sure, right, goal, least) else 0
    ),
    "`least` counts answers that are graded alone, the wrong ones, too": lambda sure, right, goal, least: max(
        (n for n, hits in _candidates(sure, right) if hits >= least and hits / n >= goal), default=0
    ),
}


def _count(made: object) -> int:
    number = as_number(made, "graded_alone(...)")
    if number != int(number):
        raise WrongForm("a whole number in `graded_alone(...)`", made, "a share or a threshold? Count the answers")
    return as_number(made, "graded_alone(...)", whole=True)


@sheet.exercise(
    section="Which answers go to a person?",
    hints=[
        "Which thresholds make a difference? It is enough to try the confidences themselves.",
        "For one threshold, make a list: `is_right` of all answers whose confidence is at least this threshold.",
        "Its length is how many are graded alone. Its sum, divided by this length, is the share of right grades.",
        "Keep the largest length that is at least `least` and reaches `goal`. Begin with 0, and try all thresholds.",
    ],
)
def graded_alone(graded_alone, hidden=False) -> str:
    judge(graded_alone, "graded_alone", _graded(hidden), _most, slips=ALONE_SLIPS, read=_count)
    return "That is the work a grader may take over here. It may well be 0, and then a person reads everything."
