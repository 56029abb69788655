"""The checks of `reproducibility`'s sheet."""

import contextlib
import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from course_utils.checks.cases import judge
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_function, as_list, as_number, as_tensor, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("reproducibility")

MOVED = ("nothing", "head", "dropout", "order", "dropout and order", "last bits")
BITS = "a draw more is no matter of rounding: which draws come after it?"
OWN = "the order has dice of its own: does the new line touch them?"
HEAD_IS_DRAWN = "at this place the head is drawn already"


@sheet.exercise(
    section="I set the seed. Is it the same?",
    hints=[
        "There are two kinds of dice here. Which lines draw from the common dice, and which from `dice`?",
        "From the new line, read downwards. Which draws of the same dice come before the next seed is set?",
        "A seed puts the dice back to the same place. What was drawn before it has no effect any more.",
        "A loader without a generator of its own draws its order from the common dice, as dropout does.",
    ],
)
def what_moves(what_moves) -> str:
    reset = "the common dice get their seed again before they are needed: what is left of the new line?"
    parts = {
        "a": (
            "nothing",
            {
                "last bits": "the same process and the same threads: why should a sum be rounded in another way?",
                "head": "which line stands between the new line and the head?",
                **dict.fromkeys(("dropout", "order", "dropout and order"), reset),
            },
        ),
        "b": (
            "head",
            {
                "nothing": "what is drawn next from the common dice, before a new seed?",
                "last bits": BITS,
                "order": OWN,
                "dropout": "a seed is set between this place and the dropout",
                "dropout and order": "between this place and these two, new seeds are set. What is drawn before?",
            },
        ),
        "c": (
            "nothing",
            {
                "head": HEAD_IS_DRAWN,
                "last bits": "the same process and the same threads: why should a sum be rounded in another way?",
                **dict.fromkeys(("dropout", "order", "dropout and order"), reset),
            },
        ),
        "d": (
            "dropout",
            {
                "nothing": "is there another seed for the common dice below this place? Who draws from them?",
                "head": HEAD_IS_DRAWN,
                "order": OWN,
                "dropout and order": OWN,
                "last bits": BITS,
            },
        ),
        "e": (
            "dropout and order",
            {
                "dropout": "from which dice does this loader take its order?",
                "order": "and who else draws from the common dice?",
                "nothing": "no seed comes below this place. Who draws from the common dice now?",
                "head": HEAD_IS_DRAWN,
                "last bits": BITS,
            },
        ),
        "f": (
            "order",
            {
                "nothing": "the seed of `dice` stands above this place. Who draws from `dice`?",
                "dropout": "the new line takes from `dice`: does the dropout?",
                "dropout and order": "the new line takes from `dice` only",
                "head": HEAD_IS_DRAWN,
                "last bits": BITS,
            },
        ),
        "g": (
            "last bits",
            {
                "nothing": "threads share the additions of one sum: what does that change?",
                **dict.fromkeys(
                    ("head", "dropout", "order", "dropout and order"),
                    "threads draw no numbers: which work do they share?",
                ),
            },
        ),
    }
    read = partial(as_choice, choices=MOVED)
    judged = {
        letter: Part(right, {f"{value}? {said}": value for value, said in words.items()}, read)
        for letter, (right, words) in parts.items()
    }
    predict(what_moves, "what_moves", judged)
    return "A line that draws moves all that follows from the same dice, up to the next seed."


STARTS = [(8, 3, 42), (9, 5, 0), (30, 17, 7), (12, 400, 2026)]  # rows, size, seed
STARTS_HIDDEN = [(11, 2, 5), (25, 40, 1234), (10, 300, 99)]


@contextlib.contextmanager
def _common_dice() -> Iterator[None]:
    """Put all common dice back to where they stood."""
    import numpy as np
    import torch

    kept = torch.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        torch.set_rng_state(kept[0])
        np.random.set_state(kept[1])
        random.setstate(kept[2])


def _throw(seed: int) -> None:
    """Put all common dice to some place."""
    import numpy as np
    import torch

    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def _stand() -> dict[str, object]:
    """Return where the common dice stand."""
    import numpy as np
    import torch

    _, key, place, *_ = np.random.get_state()
    return {
        "torch": torch.get_rng_state().tolist(),
        "NumPy": [*key.tolist(), place],
        "Python": list(random.getstate()[1]),
    }


def _start(function: Callable, rows: int, size: int, seed: int) -> tuple[list[float], list[int]]:
    """Return the head and the order of one call, or raise WrongForm where they are something else."""
    given = shown_call("fresh_start", (rows, size, seed))
    made = call(function, rows, size, seed, name="fresh_start")
    try:
        if not isinstance(made, tuple | list) or len(made) != 2:
            raise WrongForm("two things, the head and the order", made, "return both, with a comma between")
        head, order = made
        as_tensor(head, "the head", shape=(size,), slips={(rows,): "the head comes first, then the order"})
        numbers = [as_number(weight, "the head") for weight in as_list(head, "the head", length=size)]
        places = [as_number(row, "the order", whole=True) for row in as_list(order, "the order", length=rows)]
    except WrongAnswer as wrong:
        wrong.given = wrong.given or given
        raise
    if sorted(places) != list(range(rows)):
        slip = "the row numbers begin at 0" if sorted(places) == list(range(1, rows + 1)) else ""
        raise WrongAnswer("each row number from 0 on, once", places, slip, given=given)
    return numbers, places


@sheet.exercise(
    section="I set the seed. Is it the same?",
    hints=[
        "Look at call 1 and call 2. Which of the two draws comes before the seed is set?",
        "If you only move the seed up, both draws share the common dice. A larger head then takes more from them: what "
        "becomes of the order?",
        "`torch.Generator().manual_seed(seed)` makes dice of your own. How many do you need?",
        "One generator for the head, one for the order. `torch.randn` and `torch.randperm` both take `generator=`.",
    ],
    form_point=False,
)
def fresh_start(fresh_start, hidden=False) -> str:
    as_function(fresh_start, "fresh_start")
    with _common_dice():
        for rows, size, seed in STARTS_HIDDEN if hidden else STARTS:
            _judge_start(partial(_start, fresh_start), rows, size, seed)
        _is_drawn(partial(_start, fresh_start), 30 if hidden else 10)
    return "Each draw has its own dice: one draw more elsewhere, and nothing changes here."


def _judge_start(start: Callable, rows: int, size: int, seed: int) -> None:
    given = shown_call("fresh_start", (rows, size, seed))
    _throw(1)
    head, order = start(rows, size, seed)
    _throw(2)
    before = _stand()
    for now, then, name in zip(start(rows, size, seed), (head, order), ("head", "order"), strict=True):
        if not near(now, then, 0):
            slip = f"the {name} comes from the common dice, at whatever place they stand"
            said = Said(f"another {name}, because other numbers were drawn before")
            raise WrongAnswer(f"the same {name} in a second call", said, slip, given=given)
    after = _stand()
    sizes = f"{given}, then with size={size + 3}"
    if start(rows, size + 3, seed)[1] != order:
        slip = "do head and order share the same dice? One draw more, and the order is another"
        raise WrongAnswer("the same order for a head of another size", Said("another order"), slip, given=sizes)
    if start(rows + 5, size, seed)[0] != head:
        slip = "do head and order share the same dice? One row more, and the head is another"
        given_rows = f"{given}, then with rows={rows + 5}"
        raise WrongAnswer("the same head for other rows", Said("another head"), slip, given=given_rows)
    moved = [name for name in before if before[name] != after[name]]
    if moved:
        slip = "something here gives the common dice a seed, or draws from them"
        said = Said(f"the common dice of {' and '.join(moved)} stand at another place")
        raise WrongAnswer("common dice as they were before the call", said, slip, given=given)
    for other in (seed + 1, seed + 1000):
        for now, then, name in zip(start(rows, size, other), (head, order), ("head", "order"), strict=True):
            if near(now, then, 0):
                slip = f"where does the draw of the {name} get `seed`?"
                seeds = f"{given}, then with seed={other}"
                raise WrongAnswer(f"another {name} for another seed", Said(f"the same {name}"), slip, given=seeds)


def _is_drawn(start: Callable, first: int) -> None:
    """Raise WrongAnswer where heads are not as `torch.randn` draws them, or each order is much the same."""
    import numpy as np

    drawn = [start(40, 100, seed) for seed in range(first, first + 20)]
    heads, orders = (np.array(each, dtype=float) for each in zip(*drawn, strict=True))
    if abs(heads.mean()) > 0.2 or not 0.8 < heads.std() < 1.2:
        slip = "numbers from 0 to 1? `torch.randn`, with an n" if heads.min() >= 0 and heads.max() <= 1 else ""
        said = Said(f"a mean of {heads.mean():.2f} and a standard deviation of {heads.std():.2f}")
        raise WrongAnswer("heads as `torch.randn` draws them: mean 0, standard deviation 1", said, slip)
    neighbours = (np.diff(orders, axis=1) % 40 == 1).mean()
    if neighbours > 0.3 or len({*orders[:, 0]}) < 5 or len({*orders[:, -1]}) < 5:
        raise WrongAnswer("an order that is drawn among all orders", Said("orders that are much alike"))


FEW = {"steps": 30, "rate": 0.001}
PAGES = [
    ({"rows": "8c"}, {"rows": "8c"}),
    ({"rows": "8c", "steps": 30}, {"rows": "8d", "steps": 30}),
    ({"code": "aa"}, {"code": "aa", "note": None, "label": 0}),
    ({"note": None, "label": "", "code": "aa"}, {"code": "aa", "label": ""}),
    ({"settings": FEW}, {"settings": {"rate": 0.001, "steps": 31}}),
    ({"settings": FEW, "seed": {"head": 1}}, {"settings": 30, "seed": {"head": 2, "order": 2}}),
    ({"settings": FEW, "empty": {}}, {"zeta": {"x": {}}, "settings": {**FEW, "threads": None}}),
    (
        {"data": {"messages": {"year_1": "e1", "year_2": "e2"}}},
        {"data": {"messages": {"year_1": "e1", "year_2": "e3"}}},
    ),
    ({"seeds": [1, 2, 3], "layers": [{"size": 2}]}, {"seeds": [1, 3, 2], "layers": [{"size": 3}]}),
]
PAGES_HIDDEN = [
    ({}, {}),
    ({"b": {"c": {"d": {"e": 1, "f": None}}}}, {"b": {"c": {"d": {"e": 2}}}}),
    ({"weights": 0}, {"weights": None}),
    ({"a": {"x": 1}, "ab": 3, "z": {}}, {"a": {"y": 1}, "ab": {"x": 3}, "z": {"q": {"r": 1}}}),
    ({"tokenizer": {"file": "f0"}}, {}),
]


def _drawn_pages(seed: int) -> tuple[dict, dict]:
    """Return a page with many entries, and another one where some are changed, missing or new."""
    rng = random.Random(seed)

    def page(depth: int) -> dict:
        names = rng.sample(["torch", "rows", "seed", "code", "alpha", "steps", "order", "zero", "batch"], 7)
        return {name: page(depth - 1) if depth and rng.random() < 0.5 else rng.randrange(3) for name in names}

    def other(old: dict) -> dict:
        new = {name: other(value) if isinstance(value, dict) else value for name, value in old.items()}
        for name in rng.sample(sorted(new), 2):
            new[name] = 7
        del new[rng.choice(sorted(new))]
        new[f"new{rng.randrange(9)}"] = None
        return dict(sorted(new.items(), key=lambda item: rng.random()))

    old = page(2)
    return old, other(old)


def _walk(
    old: dict,
    new: dict,
    *,
    keys: Callable = lambda old, new: [*old, *(key for key in new if key not in old)],
    none_is_missing: bool = False,
    deepest: int = 99,
    whole: bool = False,
    joined: str = ".",
    dicts_alone: bool = False,
) -> list[str]:
    """Return the names that differ, in the order in which they stand on the pages. The options are slips."""
    found, missing = [], None if none_is_missing else object()
    options = {"keys": keys, "none_is_missing": none_is_missing, "deepest": deepest - 1, "joined": joined}
    options |= {"whole": whole, "dicts_alone": dicts_alone}
    for key in keys(old, new):
        pair = old.get(key, missing), new.get(key, missing)
        some = [each for each in pair if isinstance(each, dict)]
        if deepest and (len(some) == 2 or (some and dicts_alone)):
            inside = _walk(*(each if isinstance(each, dict) else {} for each in pair), **options)
            found += inside if whole else [f"{key}{joined}{name}" for name in inside]
        elif pair[0] != pair[1]:
            found.append(key)
    return found


def _differ(old: dict, new: dict, **options) -> list[str]:
    return sorted(_walk(old, new, **options))


PAGE_SLIPS = {
    "an entry that is `None` is not the same as an entry that is not there": partial(_differ, none_is_missing=True),
    "a dict differs, but which entry in it? Give the name of the entry inside": partial(_differ, deepest=0),
    "flat as in the lesson: look into the dicts, and do not take `None` for missing": partial(
        _differ, deepest=0, none_is_missing=True
    ),
    "a dict in a dict may hold a dict, too: look down to the bottom": partial(_differ, deepest=1),
    "which entries stand on the new page only?": partial(_differ, keys=lambda old, new: list(old)),
    "which entries stand on the old page only?": partial(_differ, keys=lambda old, new: list(new)),
    "an entry that stands on one page only is a difference, too": partial(
        _differ, keys=lambda old, new: [key for key in old if key in new]
    ),
    "a name inside a dict begins with the name of the dict": partial(_differ, whole=True),
    "the names inside are joined with a dot": partial(_differ, joined="/"),
    "a dict that meets nothing, or another value, is named itself, and not what is inside": partial(
        _differ, dicts_alone=True
    ),
    "all there, but not sorted": _walk,
    "sorted, but the last name first": lambda old, new: _differ(old, new)[::-1],
}


def _names(made: object) -> list[str]:
    if isinstance(made, bool):
        raise WrongForm("a list of names", made, "which entries differ? Return their names")
    return as_list(made, "the list of names", of=str)


@sheet.exercise(
    section="A manifest that refuses",
    hints=[
        "How does the lesson's `differences` see the keys of both pages? And what does `get` give for a missing one?",
        "Three cases for each key: on one page only; two dicts; anything else. Only one of them goes deeper.",
        "For two dicts, let the function call itself: `differences(old[key], new[key])`. It returns the names inside.",
        'Before each name from inside, write the key and a dot: `f"{key}.{name}"`. Sort at the end.',
    ],
)
def differences(differences, hidden=False) -> str:
    pages = [*(PAGES_HIDDEN if hidden else PAGES), _drawn_pages(20 if hidden else 10), _drawn_pages(3 if hidden else 4)]
    judge(differences, "differences", pages, _differ, slips=PAGE_SLIPS, read=_names)
    return "A refusal with a name: whoever reads it knows where to look."


EXACT = [[0.75], [0.5], [0.5], [0.5], [0.25]]
UNEVEN = [[0.5, 0.625, 0.75, 0.875], [0.25], [0.5, 0.5]]
MONTHS = [  # reference, later, allowed
    ([[0.75, 0.5], [0.25, 0.5]], [[0.5], [0.0, 0.125]], 0),
    (EXACT, [[0.5], [0.25], [0.75]], 1),
    (EXACT, [[0.1875], [0.22], [0.125], [0.5]], 0),
    (EXACT, [], 2),
    (UNEVEN, [[0.55], [0.52, 0.46], [0.25], [0.3, 0.2, 0.1], [0.42]], 1),
    (UNEVEN, [[0.9], [0.7, 0.75], [0.8]], 2),
]
MONTHS_HIDDEN = [
    ([[1.0], [0.5]], [[0.5], [0.25, 0.125]], 0),
    (EXACT, [[0.75], [0.5], [0.1875]], 3),
    ([[0.5, 1.0, 1.0, 1.0, 1.0], [0.5], [0.75, 0.75]], [[0.55], [0.7], [0.4], [0.52]], 0),
    (UNEVEN, [[0.46, 0.46]], 1),
]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _of_means(months: list[list[float]]) -> float:
    return _mean([_mean(month) for month in months])


def _of_rows(months: list[list[float]]) -> float:
    return _mean(list(chain(*months)))


def _upper(signals: list[float], allowed: int) -> float:
    return sorted(signals)[max(0, len(signals) - 1 - allowed)]


def _rings(
    reference: list,
    later: list,
    allowed: int,
    *,
    inside: bool = False,
    mean: Callable = _of_rows,
    sign: int = 1,
    upper: Callable = _upper,
    above: Callable = lambda signal, line: signal > line,
) -> list[int]:
    """Return the places of the months that ring. The options are slips."""
    apart = [reference if inside else reference[:at] + reference[at + 1 :] for at in range(len(reference))]
    quiet = [sign * (mean(others) - _mean(month)) for others, month in zip(apart, reference, strict=True)]
    line = upper(quiet, allowed)
    return [at for at, month in enumerate(later) if above(sign * (mean(reference) - _mean(month)), line)]


def _percentile(signals: list[float], allowed: int) -> float:
    import numpy as np

    return float(np.percentile(signals, 100 * (1 - allowed / len(signals))))


def _line_from_later(reference: list, later: list, allowed: int) -> list[int]:
    signals = [_of_rows(reference) - _mean(month) for month in later]
    return [at for at, signal in enumerate(signals) if signal > _upper(signals, allowed)]


RING_SLIPS = {
    "is each reference month held apart? Its own messages are in the mean that it is compared with": partial(
        _rings, inside=True
    ),
    "a mean of the months' means? Each message counts once": partial(_rings, mean=_of_means),
    "a month rings if its confidence is low, not high: which mean is taken from which?": partial(_rings, sign=-1),
    "a signal on the line does not ring": partial(_rings, above=lambda signal, line: signal >= line),
    "below the line nobody rings": partial(_rings, above=lambda signal, line: signal < line),
    "always the highest signal? That line allows no reference month to ring": partial(
        _rings, upper=lambda signals, allowed: max(signals)
    ),
    "does one reference month too few lie above your line?": partial(
        _rings, upper=lambda signals, allowed: _upper(signals, max(0, allowed - 1))
    ),
    "does one reference month too many lie above your line?": partial(
        _rings, upper=lambda signals, allowed: _upper(signals, allowed + 1)
    ),
    "is the line counted from the lowest signal?": partial(
        _rings, upper=lambda signals, allowed: sorted(signals)[allowed]
    ),
    "a percentile lies between two signals: the line is the signal of a reference month": partial(
        _rings, upper=_percentile
    ),
    "the line comes from the quiet months, not from the later ones": _line_from_later,
    "the first place is 0": lambda *case: [at + 1 for at in _rings(*case)],
    "yes or no for each month? Return the places of those that ring": lambda reference, later, allowed: [
        at in _rings(reference, later, allowed) for at in range(len(later))
    ],
    "the places of the months that stay silent": lambda reference, later, allowed: [
        at for at in range(len(later)) if at not in _rings(reference, later, allowed)
    ],
}


def _drawn_months(seed: int, wanted: int) -> list[tuple]:
    """Return cases drawn anew, without a signal so near the line that rounding could decide."""
    import numpy as np

    rng, cases = np.random.default_rng(seed), []
    while len(cases) < wanted:
        months = [rng.uniform(0.3, 1, rng.integers(1, 7)).round(2).tolist() for _ in range(rng.integers(12, 22))]
        size = int(rng.integers(4, 8))
        reference, later, allowed = months[:size], months[size:], int(rng.integers(1, size - 1))
        seen: list[float] = []
        _rings(reference, later, allowed, above=lambda signal, line, seen=seen: seen.append(abs(signal - line)))
        if min(seen) > 1e-3:
            cases.append((reference, later, allowed))
    return cases


def _places(made: object) -> list:
    if getattr(made, "shape", None) == () or (isinstance(made, int | float) and not isinstance(made, bool)):
        raise WrongForm("a list of places", made, "one number: how many ring? Which ones, is asked for")
    return as_list(made, "the list of places")


@sheet.exercise(
    section="An alarm without labels",
    hints=[
        "Compute a signal for each reference month first, with its own messages left out. One of these is the line.",
        "To hold month 2 apart, take all the others: `reference[:2] + reference[3:]`. Then put their messages into one "
        "list.",
        "Sort the signals of the reference months. With `allowed` 0 the line is the last one, with 1 the last but one.",
        "`sorted(signals)[-1 - allowed]` is the line. Then go through `enumerate(later)`, and keep places above it.",
    ],
)
def ring_months(ring_months, hidden=False) -> str:
    cases = [*(MONTHS_HIDDEN if hidden else MONTHS), *_drawn_months(8 if hidden else 5, 4)]
    judge(ring_months, "ring_months", cases, _rings, slips=RING_SLIPS, read=_places)
    return "On its reference months, this alarm rings no more often than you allowed. New months may be less kind."
