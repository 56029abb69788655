"""The checks of `long_texts`'s sheet."""

import copy
from collections.abc import Callable
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_list, as_number, predict
from course_utils.checks.wrong import WrongForm

sheet = Sheet("long_texts")

CLS, SEP = 101, 102
OVERLAP = "`stride` taken for the step? It is the overlap"
WAYS = ("head", "tail", "head + tail", "windows")


@sheet.exercise(
    section="Can the cheap model read everything, in pieces?",
    hints=[
        "How many tokens of the text have a place in a window? Two of its 12 places are taken.",
        "`stride` is the overlap: so many tokens come again. The rest of the places is the step.",
        "Write the first and the last token of each window down, until one of them holds token 26. Then stop.",
        "For `unread`, subtract the tokens of both halves from 27. For `reads_14`, say which numbers each way reads.",
    ],
)
def window_bill(window_bill) -> str:
    special = "`[CLS]` and `[SEP]` need two of the places of each window"
    count = partial(as_number, whole=True, low=0)
    parts = {
        "step": (
            6,
            count,
            {OVERLAP: 4, special: 8, "without any overlap?": 10, "a whole window, without overlap?": 12},
        ),
        "of_27": (
            4,
            count,
            {
                "does the third window reach token 26? `[CLS]`, `[SEP]` and the overlap need places, too": 3,
                "one too many: which window reaches the end of the text first?": 5,
                f"{OVERLAP}. (And the window that reaches the end is the last one)": 6,
                OVERLAP: 7,
            },
        ),
        "of_10": (
            1,
            count,
            {
                "the first window holds the whole text: what would a second one add?": 2,
                "a short text is read, too": 0,
            },
        ),
        "of_11": (
            2,
            count,
            {
                "do 11 tokens of the text fit into one window, beside `[CLS]` and `[SEP]`?": 1,
                "which window reaches the end of the text first?": 3,
            },
        ),
        "sent": (
            47,
            count,
            {
                "each window has its own `[CLS]` and `[SEP]`": 39,
                "the last window is shorter, and nothing is padded": 48,
                "tokens in the overlap are sent twice": 27,
                "tokens in the overlap are sent twice, and each window has its own `[CLS]` and `[SEP]`": 29,
                "`[CLS]` and `[SEP]` of one window only? Each has its own": 41,
                "tokens in the overlap are sent twice, not only `[CLS]` and `[SEP]`": 35,
            },
        ),
        "unread": (
            17,
            count,
            {
                "`[CLS]` and `[SEP]` are among the 12": 15,
                "a whole head and a whole tail? They share the 12 tokens": 7,
                "a whole head and a whole tail of 12? They share the 12 tokens": 3,
                "those are the tokens that are read": 10,
                "all windows together read everything; but head + tail?": 0,
            },
        ),
        "reads_14": (
            "windows",
            partial(as_choice, choices=WAYS),
            {
                "the head ends at number 9": "head",
                "the tail begins at number 17": "tail",
                "each half has five tokens: number 14 stands between them": "head + tail",
            },
        ),
    }
    predict(
        window_bill,
        "window_bill",
        {key: Part(right, slips, read) for key, (right, read, slips) in parts.items()},
    )
    return "The step is `max_length` - 2 - `stride`. Windows read everything, and some of it twice."


def _bodies(hidden: bool) -> list[tuple]:
    """Return texts, limits and overlaps: no text, short ones, ends that just fit or just do not, and drawn ones."""
    import numpy as np

    cases = [
        ([], 6, 1),
        ([5, 6], 5, 2),
        ([5, 5, 7, 7], 6, 2),
        ([5], 4, 0),
        ([4, 3, 2, 1, 9], 6, 0),
        ([4, 3, 2, 1, 9, 8, 8, 8], 6, 0),
        (list(range(20, 30)), 6, 1),
        (list(range(20, 31)), 6, 1),
        (list(range(200, 227)), 12, 4),
    ]
    random = np.random.default_rng(31 if hidden else 30)
    for tokens, max_length, stride in ((50, 9, 5), (131, 34, 7), (400, 64, 16 + hidden)):
        cases.append((random.integers(1000, 2000, tokens + int(random.integers(9))).tolist(), max_length, stride))
    return cases


def _framed(pieces: list[list]) -> list[list]:
    return [[CLS, *piece, SEP] for piece in pieces]


def _pieces(body: list, room: int, begins) -> list[list]:
    return [body[begin : begin + room] for begin in begins]


def _begins(body: list, room: int, stride: int) -> range:
    return range(0, max(1, len(body) - stride), room - stride)


def _right_windows(body, max_length, stride) -> list[list]:
    return _framed(_pieces(body, max_length - 2, _begins(body, max_length - 2, stride)))


def _with_room(less: int) -> Callable:
    """Return what cuts windows with another room for the text."""
    return lambda b, m, s: _framed(_pieces(b, m - less, _begins(b, m - less, s)))


def _by_steps(step: Callable, stop: Callable = lambda b, m, s: max(1, len(b))) -> Callable:
    """Return what cuts windows with this step, until this place."""
    return lambda b, m, s: _framed(_pieces(b, m - 2, range(0, stop(b, m, s), step(m, s))))


def _moved_back(body, max_length, stride) -> list[list]:
    room = max_length - 2
    begins = [max(0, min(begin, len(body) - room)) for begin in _begins(body, room, stride)]
    return _framed(_pieces(body, room, begins))


def _one_frame(body, max_length, stride) -> list[list]:
    pieces = _pieces(body, max_length - 2, _begins(body, max_length - 2, stride))
    return [[*([CLS] * (at == 0)), *piece, *([SEP] * (at == len(pieces) - 1))] for at, piece in enumerate(pieces)]


EMPTY = "And an empty text gives one window, too"
REPEATS = "the last window only repeats: the one before it has reached the end of the text"
WINDOW_SLIPS = {
    OVERLAP: _by_steps(lambda m, s: s),
    f"{OVERLAP}. {EMPTY}": _by_steps(lambda m, s: s, lambda b, m, s: len(b)),
    REPEATS: _by_steps(lambda m, s: m - 2 - s),
    f"{REPEATS}. {EMPTY}": _by_steps(lambda m, s: m - 2 - s, lambda b, m, s: len(b)),
    "there is no overlap: where is `stride`?": _by_steps(lambda m, s: m - 2),
    "a window has `max_length` numbers *with* 101 and 102": _with_room(0),
    "two numbers stand around each window, not one": _with_room(1),
    "a short or an empty text gives one window, too": lambda b, m, s: _framed(
        _pieces(b, m - 2, range(0, len(b) - s, m - 2 - s))
    ),
    "the empty text gives one window, too": lambda b, m, s: _right_windows(b, m, s) if b else [],
    "an empty text gives one window: `[101, 102]`": lambda b, m, s: _right_windows(b, m, s) if b else [[]],
    "the shorter window at the end is a window, too": lambda b, m, s: [
        window for window in _right_windows(b, m, s) if len(window) == m
    ],
    "the last window is lost where it is shorter": lambda b, m, s: [
        window for at, window in enumerate(_right_windows(b, m, s)) if not at or len(window) == m
    ],
    "only the first window? The others hold the rest of the text": lambda b, m, s: _right_windows(b, m, s)[:1],
    "101 and 102 are missing": lambda b, m, s: _pieces(b, m - 2, _begins(b, m - 2, s)),
    "101 and 102 stand around each window, not once around the text": _one_frame,
    "the last window was moved back, until it is full. It may be shorter": _moved_back,
    "each window needs its own 101 and 102: cut first, then add them": lambda b, m, s: _pieces(
        [CLS, *b, SEP], m, range(0, max(1, len(b) + 2 - s), m - s)
    ),
    "cut first, then add 101 and 102: each window needs its own": lambda b, m, s: _pieces(
        [CLS, *b, SEP], m, range(0, len(b) + 2, m - s)
    ),
    "nothing is padded: the last window may be shorter": lambda b, m, s: [
        window + [0] * (m - len(window)) for window in _right_windows(b, m, s)
    ],
    "101 and 102 have changed their places": lambda b, m, s: [
        [SEP, *window[1:-1], CLS] for window in _right_windows(b, m, s)
    ],
}


def _windows(made: object) -> list[list[int]]:
    """Return lists of whole numbers."""
    if isinstance(made, str | dict):
        raise WrongForm("a list of windows", made, "the windows only, in a list")
    windows = as_list(made, "the list of windows")
    if windows and not any(hasattr(window, "__iter__") for window in windows):
        raise WrongForm("a list of windows", made, "one list of numbers? Each window is a list of its own")
    return [[as_number(token, "a window", whole=True) for token in as_list(window, "a window")] for window in windows]


@sheet.exercise(
    section="Can the cheap model read everything, in pieces?",
    hints=[
        "How many tokens of the text fit into a window, and by how many does the next one move on? You have counted "
        "both in exercise 1.",
        "`range(0, end, step)` gives the places where windows begin. A slice that begins there is a window.",
        "Where must `range` end? A window is needed only if it holds more than the tokens that it repeats.",
        "With `max(1, ...)` the range has at least one place, also for short and empty texts.",
    ],
)
def cut_windows(cut_windows, hidden=False) -> str:
    judge(cut_windows, "cut_windows", _bodies(hidden), _right_windows, slips=WINDOW_SLIPS, read=_windows)
    return "Every token is read, and nothing is cut only to be read a second time."


def _joined_cases(hidden: bool) -> list[tuple]:
    """Return margins, owners and labels: one text, means of zero, windows out of order, and drawn ones."""
    import numpy as np

    small = [
        ([0.5, -0.5, 2.0], [0, 0, 1], [0, 0]),
        ([1.5], [0], [1]),
        ([-1.0, 3.0, -1.0, 0.5], [0, 0, 0, 1], [1, 1]),
        ([2.0, -1.0, -0.5, 4.0, -3.0, -3.0], [2, 0, 1, 2, 1, 0], [0, 0, 1]),
        ([4.0, -0.5, -0.5, -1.0, -0.5, -1.0, 2.0, -1.0, 1.5], [0, 0, 0, 0, 0, 1, 2, 2, 3], [1, 0, 1, 0]),
    ]
    cases = [(np.array(margins), np.array(owner), np.array(labels)) for margins, owner, labels in small]
    random = np.random.default_rng(41 if hidden else 40)
    for texts, most in ((6, 4), (25, 6), (150, 9)):
        owner = np.repeat(np.arange(texts), random.integers(1, most, texts))
        owner = random.permutation(owner)
        labels = random.integers(0, 2, texts)
        margins = random.integers(-8, 9, len(owner)) / 4 + 0.5 * labels[owner]
        cases.append((margins, owner, labels))
    return cases


def _share_right(join: Callable, above: Callable = lambda joined: joined > 0) -> Callable:
    """Return what tells the share of right texts, if the margins of a text are joined in this way."""
    import numpy as np

    def share(margins, owner, labels):
        joined = np.array([join(margins[owner == text]) for text in range(len(labels))])
        return float(np.mean(above(joined) == (labels == 1)))

    return share


def _of_windows(margins, owner, labels) -> float:
    return ((margins > 0) == (labels[owner] == 1)).mean()


def _mean_of_shares(margins, owner, labels) -> float:
    right = (margins > 0) == (labels[owner] == 1)
    return sum(right[owner == text].mean() for text in range(len(labels))) / len(labels)


_right_share = _share_right(lambda each: each.mean())

SHARE_SLIPS = {
    "those are the windows that are right: a text with five windows counts five times": _of_windows,
    "each text counts once now, but its windows are still judged one by one. Join first, then judge": _mean_of_shares,
    "joined by the maximum? The card asks for the mean": _share_right(lambda each: each.max()),
    "joined by a vote? The card asks for the mean of the margins": _share_right(lambda each: (each > 0).mean() - 0.5),
    "joined by a vote, one voice for each window? The card asks for the mean of the margins": _share_right(
        lambda each: ((each > 0) * 1 - (each < 0)).sum()
    ),
    "only the first window of each text? The others have a margin, too": _share_right(lambda each: each[0]),
    "only the last window of each text? The others have a margin, too": _share_right(lambda each: each[-1]),
    "is a mean of exactly zero above zero?": _share_right(lambda each: each.mean(), lambda joined: joined >= 0),
    "the share that is wrong?": lambda m, o, y: 1 - _right_share(m, o, y),
    "the number of texts? Divide by all texts": lambda m, o, y: _right_share(m, o, y) * len(y),
    "divided by the number of windows? Divide by the number of texts": lambda m, o, y: (
        _right_share(m, o, y) * len(y) / len(o)
    ),
    "divided by four? Other days have other numbers of texts": lambda m, o, y: _right_share(m, o, y) * len(y) / 4,
    "the answers are cut to the number of labels. Use `owner` to find the windows of a text": lambda m, o, y: (
        (m[: len(y)] > 0) == (y == 1)
    ).mean(),
    "a percentage? Give the share": lambda m, o, y: 100 * _right_share(m, o, y),
    "rounded? Give the number as it comes": lambda m, o, y: round(_right_share(m, o, y), 2),
    "the share of texts that are answered with 1? Compare with `labels`": lambda m, o, y: _right_share(m, o, y * 0 + 1),
}


def _is_right(function: Callable, case: tuple) -> bool:
    try:
        return near(float(function(*copy.deepcopy(case))), _right_share(*case), 1e-6)
    except Exception:
        return False


def _taken_for_granted(function: Callable, cases: list[tuple]) -> str:
    """Name what a function trusts that stops: that the windows are sorted, or that there are four texts."""
    import numpy as np

    margins, owner, labels = next((case for case in cases if not _is_right(function, case)), cases[0])
    order = np.argsort(owner, kind="stable")
    if _is_right(function, (margins[order], owner[order], labels)):
        return "does your code expect sorted windows? They come in any order"
    four = next(case for case in cases if len(case[2]) == 4)
    return "is the number of texts fixed? Use `len(labels)`" if _is_right(function, four) else ""


@sheet.exercise(
    section="Right on the pieces, right on the page?",
    hints=[
        "How many entries has `right` in the function? How many should it have?",
        "First join, then judge: `margins[owner == 0]` are the margins of the first text.",
        "`range(len(labels))` goes through the texts. Make one mean for each, and compare those with `labels`.",
    ],
    form_point=False,
)
def texts_right(texts_right, hidden=False) -> str:
    read, cases = partial(as_number, name="texts_right(...)"), _joined_cases(hidden)
    try:
        judge(texts_right, "texts_right", cases, _right_share, slips=SHARE_SLIPS, read=read)
    except WrongForm as wrong:
        wrong.perhaps = _taken_for_granted(texts_right, cases) or wrong.perhaps
        raise
    return "One text, one voice: a long text does not count more than a short one. (The sum has the same sign.)"


def _calm_cases(hidden: bool) -> list[tuple]:
    """Return margins, numbers of pieces and allowed alarms: one margin, equal ones, no alarm at all, drawn ones."""
    import numpy as np

    cases = [
        ([1.0, -1.0], 1, 0.5),
        ([-1.0, -3.0, -2.0, -4.0, -5.0], 2, 0.7),
        ([1.0, -1.0], 2, 0.5),
        ([0.5], 3, 0.2),
        ([2.0, -2.0, 0.0, 1.0], 4, 0),
        ([0.5, -1.0, 0.5, 2.0, -1.0, 0.5, -3.0], 2, 0.5),
        ([1.0, 1.0, 1.0], 6, 0.1),
        ([1.0, 1.0, -1.0, 1.0], 1, 0.6),
    ]
    random = np.random.default_rng(53 if hidden else 52)
    for size, pieces, alarm in ((10, 1, 0.33), (20, 3, 0.52), (60, 6, 0.5), (61, 2, 0.93), (200, 20, 0.2)):
        cases.append((random.normal(-1, 2, size).round(2).tolist(), pieces, alarm))
    return cases


def _first_calm(good: Callable, above: Callable = lambda margin, threshold: margin > threshold) -> Callable:
    """Return what finds the smallest margin that is good: good(chance of one piece, pieces, alarm)."""

    def find(calm, pieces, alarm):
        for threshold in sorted(calm):
            one = sum(above(margin, threshold) for margin in calm) / len(calm)
            if good(one, pieces, alarm):
                return threshold
        return NotImplemented

    return find


def _good(one, pieces, alarm) -> bool:
    return 1 - (1 - one) ** pieces <= alarm


def _quantile(calm, pieces, alarm) -> float:
    import numpy as np

    return float(np.quantile(calm, (1 - alarm) ** (1 / pieces)))


def _one_step_down(calm, pieces, alarm) -> float:
    below = [margin for margin in sorted(calm) if margin < _right_threshold(calm, pieces, alarm)]
    return below[-1] if below else _right_threshold(calm, pieces, alarm)


_right_threshold = _first_calm(_good)

THRESHOLD_SLIPS = {
    "that is the threshold for a single piece: where is `pieces`?": _first_calm(lambda one, k, a: one <= a),
    "`pieces` times the chance of one piece? That can be more than 1, and is too careful": _first_calm(
        lambda one, k, a: k * one <= a
    ),
    "the power on the wrong side: so you get the chance that *all* pieces give an alarm": _first_calm(
        lambda one, k, a: one**k <= a
    ),
    "that is the chance of a *quiet* page: an alarm is the opposite": _first_calm(
        lambda one, k, a: (1 - one) ** k <= a
    ),
    "the chance that *not all* pieces give an alarm? One alarm is enough": _first_calm(
        lambda one, k, a: 1 - one**k <= a
    ),
    "a page of `pieces` quiet pieces at most `alarm`? Turn the last comparison": _first_calm(
        lambda one, k, a: (1 - one) ** k >= a
    ),
    "a margin that is just the threshold gives no alarm": lambda calm, k, a: _first_calm(
        _good, lambda margin, threshold: margin >= threshold
    )(calm, k, a),
    "`alarm` itself is still allowed": _first_calm(lambda one, k, a: 1 - (1 - one) ** k < a),
    "the largest margin? It is calm enough, but it need not be the smallest that is": lambda calm, k, a: max(calm),
    "the smallest margin of all? Is it calm enough?": lambda calm, k, a: min(calm),
    "is `calm` sorted? The margins come in any order": lambda calm, k, a: next(
        t for t in calm if _good(sum(m > t for m in calm) / len(calm), k, a)
    ),
    "a number between two margins: one of the numbers in `calm` is asked for": _quantile,
    "one margin too low: the page gives a few alarms too many": _one_step_down,
    "the chance of a page with one piece more or less?": _first_calm(lambda one, k, a: _good(one, k - 1, a)),
    "equal margins count several times: each of them can be drawn": lambda calm, k, a: _right_threshold(
        sorted(set(calm)), k, a
    ),
}


@sheet.exercise(
    section="Right on the pieces, right on the page?",
    hints=[
        "Take one number of `calm` as the threshold. Which share of `calm` is above it? So often one piece is loud.",
        "A page is quiet if all its pieces are quiet. What is the chance that two pieces are quiet? And `pieces`?",
        "The chance of an alarm is 1 minus the chance of a quiet page. The lesson prints this line, with six pieces.",
        "In the small example 2 of 5 margins are above -0.5. With two pieces a page rings with 1 - 0.6² = 0.64.",
        "Go through the margins from the smallest to the largest. Return the first one that is good enough.",
    ],
)
def page_threshold(page_threshold, hidden=False) -> str:
    read = partial(as_number, name="page_threshold(...)")
    judge(page_threshold, "page_threshold", _calm_cases(hidden), _right_threshold, slips=THRESHOLD_SLIPS, read=read)
    return "More pieces, more chances for a false alarm: so the threshold of a page lies higher."


def _layers(hidden: bool) -> list[tuple]:
    """Return lengths, widths and windows: windows that are longer than the text, as long, and shorter."""
    import numpy as np

    cases = [(1, 4, 8), (8, 4, 8), (9, 4, 8), (60, 10, 3), (600, 100, 1), (256, 768, 512), (4096, 384, 512)]
    random = np.random.default_rng(61 if hidden else 60)
    for most in (100, 5000, 100000):
        cases.append(tuple(int(random.integers(1, limit)) for limit in (most, 1000, most // 2)))
    return cases


def _parts(n, width, window) -> tuple[int, int, int]:
    """Return the multiplications for a token: in linear parts, in full attention, in sparse attention."""
    return 12 * width * width, 2 * width * n, 2 * width * min(n, window)


def _right_saved(n, width, window) -> float:
    linear, full, sparse = _parts(n, width, window)
    return (full - sparse) / (linear + full)


def _of_parts(count: Callable) -> Callable:
    """Return what computes something of the three parts."""
    return lambda n, width, window: count(*_parts(n, width, window))


SAVED_SLIPS = {
    "a window that is longer than the text saves nothing, and costs nothing more": lambda n, width, window: (
        2 * width * (n - window) / (12 * width * width + 2 * width * n)
    ),
    "that is the share of the attention. The linear parts are still there": _of_parts(lambda a, f, s: 1 - s / f),
    "that is what is left: which share is saved?": _of_parts(lambda a, f, s: (a + s) / (a + f)),
    "divided by the cost of sparse attention? Full attention is what you compare with": _of_parts(
        lambda a, f, s: (f - s) / (a + s)
    ),
    "how many times cheaper? Give the saved share": _of_parts(lambda a, f, s: (a + f) / (a + s)),
    "the sign is turned round: sparse attention is never dearer": _of_parts(lambda a, f, s: (s - f) / (a + f)),
    "a number of multiplications? Give the share": _of_parts(lambda a, f, s: f - s),
    "a number of multiplications? Give the share, of all `n` tokens or of one": lambda n, width, window: (
        n * _of_parts(lambda a, f, s: f - s)(n, width, window)
    ),
    "a percentage? Give the share": lambda *asked: 100 * _right_saved(*asked),
    "rounded? Give the number as it comes": lambda *asked: round(_right_saved(*asked), 2),
    "the linear parts are needed for each token, too": lambda n, width, window: (
        2 * width * n * (n - min(n, window)) / (12 * width * width + 2 * width * n * n)
    ),
    "the attention is needed for each token, too: both parts times `n`, or neither": lambda n, width, window: (
        (n - min(n, window)) / (6 * width * n + n)
    ),
    "the attention needs `width`, too": lambda n, width, window: (
        2 * (n - min(n, window)) / (12 * width * width + 2 * n)
    ),
    "the attention needs two times `width` for each token that it looks at": lambda n, width, window: (
        (n - min(n, window)) / (12 * width + n)
    ),
    "a window of 512? It is the third argument": lambda n, width, window: _right_saved(n, width, 512),
    "a window on each side? The token looks at `window` tokens in all": lambda n, width, window: _right_saved(
        n, width, 2 * window
    ),
    "`width` comes twice in the linear parts": lambda n, width, window: (
        2 * width * (n - min(n, window)) / (12 * width + 2 * width * n)
    ),
    "the larger of both? A token looks at the smaller number": lambda n, width, window: (
        1 - (12 * width * width + 2 * width * max(n, window)) / (12 * width * width + 2 * width * n)
    ),
}


@sheet.exercise(
    section="What does a longer text cost?",
    hints=[
        "Count for one token. At how many tokens does it look with full attention? And with a window?",
        "A token looks at `min(n, window)` tokens. So a window that is longer than the text changes nothing.",
        "The linear parts cost the same both times. They belong into the whole that you divide by.",
        "What is saved is the full cost minus the sparse cost. Divide that by the full cost.",
    ],
)
def saved(saved, hidden=False) -> str:
    read = partial(as_number, name="saved(...)")
    judge(saved, "saved", _layers(hidden), _right_saved, slips=SAVED_SLIPS, read=read, tolerance=1e-5)
    return "The square is not the whole price: a window pays only where texts are much longer than it."
