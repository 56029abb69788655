"""The checks of `serve_and_scale`'s sheet."""

import math
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_tensor, call, predict, suspect
from course_utils.checks.wrong import Said, WrongAnswer, shown_call

sheet = Sheet("serve_and_scale")

POSTS = ["Not now", "Hm", "What a day!", "Late", "Thank you"]


def _texts_of(lengths: list[int]) -> list[str]:
    """Return texts of these lengths; the first two letters tell which text it is."""
    marks = [chr(97 + number % 26) + chr(97 + number // 26) for number in range(len(lengths))]
    return [(mark + "." * length)[:length] for mark, length in zip(marks, lengths, strict=True)]


def _mixed(count: int, seed: int) -> list[str]:
    import numpy as np

    return _texts_of((np.random.default_rng(seed).permutation(count) + 2).tolist())


def letters(texts):
    """Answer each text with two numbers of its own: its length, and a sum over its letters."""
    import numpy as np

    return np.array([[len(text), sum(place * ord(letter) for place, letter in enumerate(text, 1))] for text in texts])


def one_number(texts):
    """Answer each text with one number, between 0 and 1."""
    return letters(texts)[:, 1:] / 100_000


def _piles(hidden: bool) -> list[tuple]:
    """Return (answer, texts, size): two texts and more, equal lengths, texts that come twice, one batch for all."""
    if hidden:
        return [
            (letters, ["to the end", "of", "the line"], 2),
            (one_number, _mixed(11, 5), 3),
            (letters, _texts_of([7, 2, 7, 30, 2, 7]), 4),
            (letters, _mixed(45, 6), 16),
        ]
    return [
        (letters, ["so long", "a"], 1),
        (letters, POSTS, 2),
        (one_number, [*POSTS[::-1], "Late", "Hm"], 3),
        (letters, ["so", "sometimes", "so", "a long way off", "may", "so"], 50),
        (letters, _mixed(23, 4), 4),
    ]


def _answers(answer, texts, size):
    return answer(texts)


def _order(texts: list[str]):
    import numpy as np

    return np.argsort([len(text) for text in texts])


def _table(made, name: str):
    """Return the rows as a tensor."""
    if isinstance(made, list | tuple):
        made = [each.tolist() if hasattr(each, "tolist") else each for each in made]
    return as_tensor(made, name)


@sheet.exercise(
    section="One text at a time, or a list?",
    hints=[
        "Write the five texts of the cell in the order of their lengths, and the number of each one's old place below. "
        "That is `order`. What is the first row of `found`: the answer to which text?",
        "`found[order]` takes the rows from these places. But the rows should go *to* these places.",
        "So make an empty result, and write: `result[order] = found`. Or turn the order round: `order.argsort()` tells "
        "at which place of `found` each answer is.",
    ],
    form_point=False,
)
def answer_by_length(answer_by_length, hidden=False) -> str:
    slips = {
        "these are the rows in the order of the lengths: bring them back to the order of the texts": (
            lambda answer, texts, size: answer(texts)[_order(texts)]
        ),
        "sorted once more by the same order. With two texts that leads back, with more it does not": (
            lambda answer, texts, size: answer(texts)[_order(texts)][_order(texts)]
        ),
        "the rows come in the reverse order of the texts": lambda answer, texts, size: answer(texts)[::-1],
        "only the rows of the first batch": lambda answer, texts, size: answer(texts)[_order(texts)][:size],
    }
    read, cases = partial(_table, name="answer_by_length(...)"), _piles(hidden)
    judge(answer_by_length, "answer_by_length", cases, _answers, slips=slips, read=read)
    for case in cases:
        _asks_well(answer_by_length, *case)
    return "Each answer is back at its text, and the batches waste as little as before."


def _asks_well(answer_by_length, answer, texts: list[str], size: int) -> None:
    """Raise WrongAnswer where the batches are not those of a sorted list."""
    asked: list[list[str]] = []

    def recorded(part):
        asked.append(list(part))
        return answer(list(part))

    call(answer_by_length, recorded, list(texts), size, name="answer_by_length")
    given = shown_call("answer_by_length", (answer, texts, size))
    if sorted(text for part in asked for text in part) != sorted(texts):
        said = Said(f"`answer` was asked for {sum(map(len, asked))} texts, and the list has {len(texts)}")
        raise WrongAnswer("each entry of the list asked once", said, given=given)
    wanted = [_cut(sorted(texts, key=len, reverse=turned), size) for turned in (False, True)]
    if _lengths(asked) not in map(_lengths, wanted):
        slips = {
            "one text at a time? Cut the order, as the cell did": [[text] for text in texts],
            "all at once? Cut the order, as the cell did": [texts],
            "cut before they are sorted? Sort the whole list, then cut": _cut(texts, size),
        }
        slip = suspect(_lengths(asked), {words: _lengths(each) for words, each in slips.items()})
        said = Said(f"texts of these lengths: {_lengths(asked)}")
        raise WrongAnswer(f"the sorted list in batches of {size}", said, slip, given=given)


def _cut(texts: list[str], size: int) -> list[list[str]]:
    return [texts[first : first + size] for first in range(0, len(texts), size)]


def _lengths(batches: list[list[str]]) -> list[list[int]]:
    return sorted(sorted(map(len, part)) for part in batches)


@sheet.exercise(
    section="How many requests a second does it hold?",
    hints=[
        "Draw a line of time. When does the first pass begin, and when does it end? The second one begins there.",
        "A time is the moment of the answer minus the planned one. For `c` and `d`, put the five times in order first.",
        "p50 of five: 2.5 is rounded up, so take number 3 of the ordered times. p99 of five: 4.95 is rounded up.",
        "`f`: the first request is alone in its pass, for nobody else is there yet. Who waits when this pass ends? "
        "`g`: who is in a pass is not in the queue.",
    ],
)
def in_the_queue(in_the_queue) -> str:
    begin = "that is the moment of the answer: count from the planned moment"
    alone = "that is its pass alone: how long did it wait before?"
    parts = {
        "a": (
            130,
            {
                alone: 40,
                begin: 160,
                "that is only the time in the queue: its own pass comes on top": 90,
                "that is the time of the third request": 100,
                "one pass too many: three requests came before it": 170,
            },
        ),
        "b": (
            40,
            {
                begin: 240,
                "the queue of the first four is empty by then: when does the fourth answer come?": 170,
                "that is when it comes: how long does it take?": 200,
                "its pass takes time, too": 0,
            },
        ),
        "c": (
            70,
            {
                "that is the mean: p50 is one of the times": 76,
                "the third in the order of coming? Put the times in order first": 100,
                "2.5 is rounded up, not down": 40,
            },
        ),
        "d": (
            130,
            {
                "a number between two times? p99 is one of the times": 128.8,
                "the last one that came? Put the times in order first": 40,
                "4.95 is rounded up, not down": 100,
                begin: 240,
            },
        ),
        "e": (
            40,
            {
                "counted from the planned moment? This program counts from the sending": 130,
                "who sends only after an answer never finds a queue": 70,
            },
        ),
        "f": (
            90,
            {
                alone: 60,
                begin: 120,
                "that is only the time in the queue: its own pass comes on top": 30,
                "one by one? Those who wait at the end of the first pass share the next one": 210,
                "a pass takes 60 ms now, and is shared": 130,
                "one pass too many: who waits at 60 ms is in the next pass": 150,
            },
        ),
        "g": (
            2,
            {
                "the first one leaves the queue at once, for its pass begins. Who waits at 10 ms?": 3,
                "is the place in the queue free again at 30 ms? The second pass begins at the end of the first": 1,
                "who comes at 200 ms finds nobody": 4,
                "one may wait. What becomes of the next one?": 0,
            },
        ),
    }
    made = {}
    for letter, (right, slips) in parts.items():
        read = partial(as_number, whole=letter == "g", low=0, high=5 if letter == "g" else math.inf)
        made[letter] = Part(right, slips, read)
    predict(in_the_queue, "in_the_queue", made)
    return "The polite program saw no queue at all. And a slower pass that is shared beats a faster one."


def _load(count: int, seed: int, failing: float, q: int) -> tuple:
    """Return planned moments, moments of sending and of the reply, codes, and q: failures are fast."""
    import numpy as np

    random = np.random.default_rng(seed)
    due = random.exponential(0.02, count).cumsum().round(3)
    sent = (due + random.exponential(0.05, count)).round(3)
    codes = np.where(random.random(count) < failing, random.choice([503, 0, 422], count), 200)
    done = (sent + np.where(codes == 200, random.exponential(0.2, count) + 0.01, 0.002)).round(3)
    return due, sent, done, codes, q


def _loads(hidden: bool) -> list[tuple]:
    shapes = [(1, 1, 0, 50), (2, 2, 0, 50), (4, 3, 0, 99), (5, 4, 0.3, 40), (10, 5, 0.4, 90), (7, 6, 0, 100)]
    shapes += [(30, 7, 0.2, 33), (200, 8, 0.1, 80), (200, 8, 0.1, 99), (150, 9, 0, 1)]
    if hidden:
        shapes = [(3, 13, 0, 34), (5, 14, 0, 60), (6, 15, 0.5, 17), (40, 16, 0.3, 50), (40, 16, 0.3, 95)]
        shapes += [(100, 17, 0.02, 98), (33, 18, 0, 99), (1, 19, 1, 99), (80, 20, 0.1, 45)]
    return [_load(*shape) for shape in shapes]


def _rank(count: int, q: int) -> int:
    return -(-q * count // 100)


def _within(due, sent, done, codes, q, *, since="due", failed="never", rank=_rank, order=sorted) -> float:
    """Return the time at a rank, from a moment on, with the failed requests as endless, as replies, or left out."""
    import numpy as np

    taken = done - {"due": due, "sent": sent, "start": 0 * due}[since]
    if failed == "never":
        taken = np.where(codes == 200, taken, np.inf)
    if failed == "out":
        taken = taken[codes == 200]
    return float(order(taken)[rank(len(taken), q) - 1])


def _between(due, sent, done, codes, q):
    """Return the percentile as NumPy makes it by default: between two times."""
    import numpy as np

    with np.errstate(all="ignore"):
        return as_number(np.percentile(np.where(codes == 200, done - due, np.inf), q), "it")


WITHIN_SLIPS = {
    "counted from the sending? Who sends late hides the queue: count from the plan": partial(_within, since="sent"),
    "those are moments, not times: subtract the planned moment": partial(_within, since="start"),
    "that is one of the times in the order of coming: put them in order first": partial(_within, order=list),
    "a 503 counts as a fast answer here: look at `codes`": partial(_within, failed="counted"),
    "those without an answer are left out. They belong to the 100, with an infinite time": partial(
        _within, failed="out"
    ),
    "counted from the sending, and a 503 counts as an answer": partial(_within, since="sent", failed="counted"),
    "a number between two times? Return one of the times": _between,
    "one place too far: the first of the ordered times is at place 0": (
        partial(_within, rank=lambda n, q: min(n, _rank(n, q) + 1))
    ),
    "the rank is rounded down: round up": partial(_within, rank=lambda n, q: max(1, q * n // 100)),
    "the rank is rounded to the nearest: round up": partial(_within, rank=lambda n, q: max(1, round(q * n / 100))),
    "always the slowest one: is `q` used?": partial(_within, rank=lambda n, q: n),
    "always p99: is `q` used?": partial(_within, rank=lambda n, q: _rank(n, 99)),
    "counted from the slowest? Put the times in order, the fastest first": (
        partial(_within, rank=lambda n, q: n + 1 - _rank(n, q))
    ),
    "milliseconds? Return seconds": lambda *given: 1000 * _within(*given),
}


def _seconds(made) -> float:
    """Return a number, which may be infinite."""
    try:
        endless = not isinstance(made, str) and float(made) == math.inf
    except Exception:  # it may be anything
        endless = False
    return math.inf if endless else as_number(made, "answered_within(...)")


@sheet.exercise(
    section="What if more come than it can answer?",
    hints=[
        "Which of the arrays do you need for the time of one request? Which one would hide the queue?",
        "First an array of times, `done - due`. Then change the times of those whose code is not 200.",
        "`np.where(codes == 200, done - due, np.inf)` keeps a time, or puts infinity there. In order, it comes last.",
        "The rank is `q * n / 100`, rounded up, of `n` requests. The first of a sorted array has the place 0.",
    ],
)
def answered_within(answered_within, hidden=False) -> str:
    judge(answered_within, "answered_within", _loads(hidden), _within, slips=WITHIN_SLIPS, read=_seconds)
    return "Counted from the plan, and nobody without an answer is forgotten."


LINES = [  # arrivals, work, wait, most
    ([], 10, 5, 3),
    ([7], 10, 5, 3),
    ([0, 3], 10, 5, 3),
    ([0, 5, 6], 3, 5, 9),
    ([0, 1, 2, 3, 4, 40], 10, 0, 2),
    ([2, 2, 2, 9, 9, 30], 10, 4, 2),
    ([0, 1, 2, 3, 15], 10, 0, 2),
    ([8, 17, 24, 25], 10, 3, 4),
    ([1, 1, 6, 8, 9, 21], 9, 2, 2),
    ([4, 7, 12, 17, 23, 28], 6, 4, 2),
    ([0, 4, 8, 12, 16, 20], 2, 5, 8),
    ([1, 2, 3, 24, 25, 26, 50], 20, 5, 3),
]
LINES_HIDDEN = [
    ([], 1, 0, 1),
    ([3, 3, 3, 3], 5, 0, 3),
    ([0, 6, 7, 13], 4, 6, 4),
    ([5, 8, 8, 16, 19, 26], 6, 3, 2),
    ([2, 2, 3, 6, 10, 19], 7, 4, 2),
    ([5, 7, 10, 15, 18, 25], 7, 3, 4),
    ([0, 2, 20, 21, 33, 34, 35], 12, 9, 3),
    ([0, 7, 14, 21, 28], 1, 8, 6),
]


def _lines(hidden: bool) -> list[tuple]:
    """Return queues, the smallest first, and some drawn from a seed."""
    import numpy as np

    random, drawn = np.random.default_rng(8 if hidden else 7), []
    for count in (15, 25, 40):
        arrivals = random.exponential(6, count).cumsum().astype(int).tolist()
        drawn.append((arrivals, int(random.integers(5, 30)), int(random.integers(0, 12)), int(random.integers(1, 7))))
    return [*(LINES_HIDDEN if hidden else LINES), *drawn]


def _batches(arrivals, work, wait, most, *, since="opened", late=0, begins="full", renew=False):
    """Return which requests share a pass, by the rules of the card or with one rule changed."""
    made: list[list[int]] = []
    free, first = 0, 0
    while first < len(arrivals):
        opened = max(free, arrivals[first])
        end = (arrivals[first] if since == "arrival" else opened) + wait
        group = [first]
        for number in range(first + 1, len(arrivals)):
            limit = (max(opened, arrivals[number - 1]) + wait) if renew else end
            if len(group) == most or not (arrivals[number] <= opened or arrivals[number] + late <= limit):
                break
            group.append(number)
        full, last = len(group) == most, max(opened, arrivals[group[-1]])
        end = last + wait if renew else max(end, last)
        start = {"full": last if full else end, "end": end, "at once": opened, "last": last}.get(begins)
        if begins == "arrival":
            start = arrivals[group[-1]] if full else end
        free = start + work if work else 0
        made.append(group)
        first += len(group)
    return made


def _never_busy(arrivals, work, wait, most):
    return _batches(arrivals, 0, wait, most)


def _moments(arrivals, work, wait, most):
    return [[arrivals[number] for number in group] for group in _batches(arrivals, work, wait, most)]


BATCH_SLIPS = {
    "those are moments: return the numbers of the requests": _moments,
    "the first request has the number 0": lambda *given: [[number + 1 for number in each] for each in _batches(*given)],
    "the last batch is lost": lambda *given: _batches(*given)[:-1],
    "while a pass runs, the service is not free: the next batch opens only when it ends": _never_busy,
    "the wait begins when the batch opens, not when its first request comes": partial(_batches, since="arrival"),
    "who comes exactly at the end of the wait still joins": partial(_batches, late=1),
    "a full batch does not wait: its pass begins at once": partial(_batches, begins="end"),
    "the pass begins when the batch is full, or else at the end of the wait: not when it opens": (
        partial(_batches, begins="at once")
    ),
    "the pass of a full batch begins with its last arrival, but not before the batch opens": (
        partial(_batches, begins="arrival")
    ),
    "a batch that is not full waits to the end: it does not know that nobody comes": partial(_batches, begins="last"),
    "each newcomer makes the wait longer: it ends `wait` after the opening": partial(_batches, renew=True),
    "is `most` used? A batch holds no more": lambda arrivals, work, wait, most: _batches(arrivals, work, wait, 10**9),
    "one too many in a batch: it is full with `most`": lambda a, work, wait, most: _batches(a, work, wait, most + 1),
    "is `wait` used? Who comes while the batch waits joins, too": lambda a, work, _, most: _batches(a, work, 0, most),
    "cut by number alone? Who comes too late must not join": lambda arrivals, work, wait, most: [
        list(range(first, min(first + most, len(arrivals)))) for first in range(0, len(arrivals), most)
    ],
    "each request alone: who shares a pass?": lambda *given: _batches(*given[:3], 1),
    "one list of numbers: put each batch into a list of its own": lambda arrivals, *_: list(range(len(arrivals))),
}


def _groups(made) -> list:
    """Return the batches as lists of numbers."""
    groups = as_list(made, "batches(...)")
    if any(not hasattr(each, "__iter__") for each in groups):
        return [as_number(each, "batches(...)", whole=True) for each in groups]
    return [[as_number(each, "a batch", whole=True) for each in as_list(group, "a batch")] for group in groups]


@sheet.exercise(
    section="What does a service do that an app does not?",
    hints=[
        "Play the queue of the cell with pencil and paper. When does each batch open, and when does its pass begin? "
        "When is the service free again?",
        "Keep two numbers: when the service is `free`, and the `first` request that nobody has taken. A batch opens at "
        "the later one of `free` and `arrivals[first]`.",
        "The batch: the requests from `first` on that come until `opened + wait`, at most `most` of them. "
        "Who is in the queue already has come earlier, so this takes them, too.",
        "The pass of a full batch begins when its last member comes, but not before the opening: the later one of the "
        "two. Else it begins at `opened + wait`. Then `free` is this moment plus `work`.",
    ],
)
def batches(batches, hidden=False) -> str:
    judge(batches, "batches", _lines(hidden), _batches, slips=BATCH_SLIPS, read=_groups)
    return "The batching loop on paper. The longer the queue, the fuller the batches."


def _shares(hidden: bool) -> list[tuple]:
    """Return (means, rows): equal parts and unequal ones, one process, processes without rows, one drawn."""
    import numpy as np

    random, nan = np.random.default_rng(12 if hidden else 11), np.nan
    cases = [
        ([[1.0, -2.0]], [3]),
        ([[1.0, 0.0, 3.0], [4.0, 6.0, -3.0]], [2, 1]),
        ([[2.0, 1.0], [nan, nan], [-1.0, 5.0]], [1, 0, 4]),
        ([[0.5], [0.5], [2.0], [nan]], [4, 4, 1, 0]),
    ]
    if hidden:
        cases = [
            ([[7.0], [1.0]], [1, 5]),
            ([[nan, nan, nan], [3.0, -1.0, 0.0]], [0, 1]),
            ([[1.0, 2.0], [3.0, 4.0], [nan, nan], [-5.0, 0.5]], [6, 1, 0, 2]),
        ]
    for processes, width in ((4, 3), (3, 8)):
        rows = random.integers(1, 20, processes)
        cases.append((random.normal(size=(processes, width)).round(2), rows))
    return [(np.array(means), np.array(rows)) for means, rows in cases]


def _step(means, rows):
    return rows[rows > 0] @ means[rows > 0] / rows.sum()


def _plain_mean(means, rows):
    return means[rows > 0].mean(0)


STEP_SLIPS = {
    "each process counts alike here: one with more rows must count more": _plain_mean,
    "each process counts alike here, and those without rows count as 0": (
        lambda means, rows: means[rows > 0].sum(0) / len(rows)
    ),
    "a sum over the processes? Ask for the mean over the rows": lambda means, rows: means[rows > 0].sum(0),
    "a sum over all rows: divide by their number": lambda means, rows: _step(means, rows) * rows.sum(),
    "divided by the number of processes: divide by the number of rows": (
        lambda means, rows: _step(means, rows) * rows.sum() / len(rows)
    ),
    "0 times `nan` is `nan`: leave out the processes without rows first": lambda means, rows: rows @ means / rows.sum(),
    "each process counts alike here: one with more rows must count more. And a mean with `nan` is `nan`": (
        lambda means, rows: means.mean(0)
    ),
    "a process with one row counts, too": lambda means, rows: rows[rows > 1] @ means[rows > 1] / rows.sum(),
}


def _gradient(made):
    """Return one gradient as a tensor."""
    name = "step_gradient(...)"
    tensor = _table(made, name)
    lying = "one line too many around it: return one gradient, not a table" if tensor.ndim == 2 else ""
    return as_tensor(tensor, name, shape=(None,), slips={tuple(tensor.shape): lying})


@sheet.exercise(
    section="Do two processes train the same model?",
    hints=[
        "A process with 2 rows has the mean (1, 0), one with 1 row has (4, 6). Which three rows could that be? "
        "Which mean have these three?",
        "The mean of a process, times its number of rows, is the sum over its rows. Add the sums, divide by all rows.",
        "`nan` times 0 is `nan`. So choose the processes with rows first: `took = rows > 0`, then `means[took]`.",
        "`rows[took] @ means[took]` multiplies each line with its number of rows, and adds them.",
    ],
)
def step_gradient(step_gradient, hidden=False) -> str:
    judge(step_gradient, "step_gradient", _shares(hidden), _step, slips=STEP_SLIPS, read=_gradient)
    return "However the rows are cut, the step is that of one process."
