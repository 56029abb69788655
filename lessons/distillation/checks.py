"""The checks of `distillation`'s sheet."""

from collections.abc import Callable, Mapping
from functools import partial
from numbers import Integral

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_tensor, predict
from course_utils.checks.wrong import WrongForm

sheet = Sheet("distillation")

FLOAT32 = 1e-4  # how far two right ways may differ in float32


@sheet.exercise(
    section="What is one step?",
    hints=[
        "With zero weights, what are the two chances? What is chance minus label, for the first label?",
        "The first line gets: minus rate x (chance - label) x sample. With two samples, take the mean of both.",
        "For `d`, from zeros each weight is the rate times something. What becomes of a post's scores?",
        "For `e`, see 'What would 98.5% mean?': subtract lazy first. For `f`, mistakes are what is left to 100%.",
        "For `g`, how many rows does each way read for 1 training, for 2, for 3? Do not forget the 400 batches.",
    ],
)
def step_numbers(step_numbers) -> str:
    count = partial(as_number, whole=True, low=0)
    share = partial(as_number, low=-1, high=1)
    turned = "which way does the head move: towards its own sample, or away from it?"
    rate = "and the rate?"
    first = "that is the other number of the line"
    parts = {
        "a": (
            as_number,
            0.4,
            {
                "chance minus label: with zero weights the chance is not 0": 0.8,
                rate: 2,
                "that is the sample itself: times (chance minus label), times the rate": 4,
                first: 0.2,
                turned: -0.4,
                "there is one sample: the mean is over one": 0.2 / 2,
            },
        ),
        "b": (
            as_number,
            0.2,
            {
                "that is with a hard label: subtract the soft one": 0.4,
                "label times sample? Subtract the label from the chance first": 0.6,
                rate: 1,
                first: 0.1,
                turned: -0.2,
                "three quarters of the hard step? With which label would there be no step at all?": 0.3,
            },
        ),
        "c": (
            as_number,
            -0.1,
            {
                "the sum, or the second number? The loss is a mean, and the first number is asked for": -0.2,
                "four times too far: the first number is asked for, and the loss is a mean": -0.4,
                "that is the first sample alone. What does the second one do to the first line?": 0.2,
                "that is the first sample alone, halved. What does the second one do to the first line?": 0.1,
                "the second sample has the other label: there chance minus label has the other sign": 0.3,
                "the second sample has the other label. And the loss is a mean": 0.6,
                rate: -0.5,
                "the two do not cancel: the second one is longer": 0,
            },
        ),
        "d": (
            count,
            0,
            {
                "all scores of a post become twice as large. Which label is first then?": 451,
                "twice the rate does not change the answer of half of them": 225,
                "twice the rate does not change the answer of half of the posts": 226,
            },
        ),
        "e": (
            share,
            0.75,
            {
                "that is the ratio of accuracies: where does guessing begin?": 0.875,
                "those are the points above lazy: divide by those of all rows": 0.3,
                "that is the share that is lost": 0.25,
                "those are the points that are lost": 0.1,
                "lazy is subtracted below the line, too": 0.3 / 0.8,
                "lazy is subtracted above the line, too": 0.7 / 0.4,
            },
        ),
        "f": (
            as_number,
            1.5,
            {
                "that is how many more; how many times as many?": 0.5,
                "turned round: the mistakes of the samples, divided by those of all rows": 2 / 3,
                "that is a difference: divide": 0.1,
                "that compares right answers: count the mistakes": 0.875,
                "is lazy asked for? Compare the mistakes of the samples with those of all rows": 2,
            },
        ),
        "g": (
            partial(as_number, low=0),
            3,
            {
                "nearly done: trainings are whole. From which whole number on is it less?": 400 * 32 / (3 * 1500 - 4),
                "nearly done: trainings are whole, and one on the samples reads rows, too": 2.8,
                "with two trainings, all rows are read 2 x 4,500 times: is that more than the 400 batches?": 2,
                "is it not cheaper one training before?": 4,
                "learning the samples costs something, too: 400 batches of 32": 1,
                "a training on all rows reads them three times": 9,
                "rows, not batches: each of the 400 has 32 posts": 0,
            },
        ),
    }
    made = {key: Part(right, slips, read, 0.006) for key, (read, right, slips) in parts.items()}
    predict(step_numbers, "step_numbers", made)
    return "A step writes the sample into the head, and a share is worth what its line says."


def _random(seed: int):
    import torch

    return torch.Generator().manual_seed(seed)


def _heads(hidden: bool) -> list[tuple]:
    """Return heads with rates: two labels and many, lines with a mean that is zero, and with one that is not."""
    import torch

    chance = _random(8 if hidden else 7)
    cases = [
        (torch.tensor([[1.0, -2.0], [-1.0, 2.0]]), 4.0),
        (torch.tensor([[3.0], [0.0], [0.0]]), 0.5),
        (torch.tensor([[1.0, 2.0, 0.0, 1.0], [1.0, 2.0, 0.0, 1.0]]), 2.0),
    ]
    for labels, columns, rate in ((4, 3, 10.0), (6, 4, 1.0), (3, 9, 2.5)):
        cases.append((torch.randn(labels, columns, generator=chance) * 2 + 0.5, rate))
    return cases


def _samples(head, rate):
    return _centred(head) * len(head) / rate


def _centred(head):
    return head - head.mean(0)


SAMPLE_SLIPS = {
    "the mean of the lines is to be subtracted: in each column, the samples have the mean zero": lambda h, r: (
        h * len(h) / r
    ),
    "the mean of the lines is a line, one number for each column": lambda h, r: (
        (h - h.mean(1, keepdim=True)) * len(h) / r
    ),
    "the gradient is a mean over the samples: with more samples, each one moves the head less": lambda h, r: (
        _centred(h) / r
    ),
    "a step divides by the number of samples: what must you do to undo this?": lambda h, r: _centred(h) / len(h) / r,
    "the rate is missing": lambda h, r: _centred(h) * len(h),
    "a large rate needs small samples": lambda h, r: _centred(h) * len(h) * r,
    "the sign is turned round: a step writes the sample into its line, not the opposite": lambda h, r: -_samples(h, r),
    "four labels, as in the lesson? Here there may be others": lambda h, r: _centred(h) * 4 / r,
    "the number of columns is not the number of samples": lambda h, r: _centred(h) * h.shape[1] / r,
    "the head itself: make one step on it, and see what comes": lambda h, r: h,
    "nearly: make one step on it, and see what number the head has been divided by": lambda h, r: _centred(h),
}


@sheet.exercise(
    section="What is hidden in the four?",
    hints=[
        "From zeros, with three labels, all chances are 1/3. What does one step do to the first line of the head?",
        "Each line of the head becomes: rate / number of samples x (own sample - mean of all samples).",
        "With a mean of zero, a line is rate / number x own sample. Turn this round.",
        "`head.mean(0)` is the mean of the lines. The number of samples is `len(head)`.",
    ],
)
def samples_for(samples_for, hidden=False) -> str:
    read = partial(as_tensor, name="samples_for(...)")
    judge(samples_for, "samples_for", _heads(hidden), _samples, slips=SAMPLE_SLIPS, read=read, tolerance=FLOAT32)
    return "One step on your samples gives back the whole model, and no post was read for it."


def _steps(hidden: bool) -> list[tuple]:
    """Return the arguments of some unrolled steps: hard and soft labels, few samples and many, heads of zeros, too."""
    import torch

    chance = _random(18 if hidden else 17)

    def drawn(*shape):
        return torch.randn(*shape, generator=chance)

    small = [[[1.0, 0.0]], [[1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]], 1.0, [[1.0, 1.0]], [0]]
    cases = [tuple(torch.tensor(each) if isinstance(each, list) else each for each in small)]
    for count, columns, labels, rows, rate, size in ((2, 3, 2, 5, 0.5, 1), (4, 2, 3, 8, 2.0, 1), (3, 5, 4, 6, 1.5, 0)):
        given = torch.eye(labels) if count == labels else drawn(count, labels).softmax(1)
        answers = torch.randint(labels, (rows,), generator=chance)
        weights = drawn(labels, columns) * size
        cases.append((drawn(count, columns), given, weights, rate, drawn(rows, columns), answers))
    return cases


def _slope(
    *,
    fixed: bool = False,
    held: bool = False,
    summed: bool = False,
    start: bool = False,
    back: bool = False,
    which: str = "samples",
) -> Callable:
    """Return an unrolled step and its gradient, with the slip that is named."""

    def slope(samples, labels, weights, rate, points, answers):
        import torch
        from torch.nn.functional import cross_entropy

        moving = {"samples": samples.clone(), "points": points.clone()}
        moving[which].requires_grad_()
        samples, points = moving.values()
        chances = (samples @ weights.T).softmax(1)
        chances = chances.detach() if fixed else chances
        gradient = (chances - labels).T @ (samples.detach() if held else samples) / (1 if summed else len(samples))
        after = weights + rate * gradient if back else weights - rate * gradient
        loss = cross_entropy(points @ after.T, answers)
        if start:
            loss = cross_entropy(samples @ weights.T, labels)
        return torch.autograd.grad(loss, moving[which])[0]

    return slope


_right_slope = _slope()


def _times(factor: Callable) -> Callable:
    """Return the right slope, times what is computed of the arguments."""
    return lambda *case: _right_slope(*case) * factor(*case)


def _from_zeros(samples, labels, weights, rate, points, answers):
    return _right_slope(samples, labels, weights * 0, rate, points, answers)


def _largest(labels):
    import torch

    return torch.eye(labels.shape[1])[labels.argmax(1)]


SLOPE_SLIPS = {
    "the chances depend on the samples, too: that way is still cut": _slope(fixed=True),
    "the samples come in twice: the way through the vectors of the step is cut": _slope(held=True),
    "soft labels are chances: use all of them, not the largest only": lambda s, la, w, r, p, a: _right_slope(
        s, _largest(la), w, r, p, a
    ),
    "that is the loss on the samples, before the step. Which loss is asked for?": _slope(start=True),
    "the step goes up: new weights = old weights - rate x gradient": _slope(back=True),
    "the gradient of the step is a mean over the samples": _slope(summed=True),
    "the sign is turned round: return the gradient itself, not a step": _times(lambda *case: -1),
    "where does the step begin? Not always at zeros": _from_zeros,
    "the loss on the points is a mean, not a sum": _times(lambda *case: len(case[4])),
    "that is the gradient for the points: the samples shall move": _slope(which="points"),
    "the rate of the step is an argument": lambda s, la, w, r, p, a: _right_slope(s, la, w, 1.0, p, a),
}


@sheet.exercise(
    section="How does a sample learn?",
    hints=[
        "Through which quantities does the loss depend on the samples? They come into the gradient of the head twice.",
        "`chances` are made of the samples. From zeros they do not move with them. From another head they do.",
        "What does `torch.no_grad()` do to the way back? Which line stands inside it?",
    ],
    form_point=False,
)
def sample_slope(sample_slope, hidden=False) -> str:
    read = partial(as_tensor, name="sample_slope(...)")
    judge(sample_slope, "sample_slope", _steps(hidden), _right_slope, slips=SLOPE_SLIPS, read=read, tolerance=FLOAT32)
    return "The gradient and the push agree, from any head: the whole way back is open."


def _collections(hidden: bool) -> list[tuple]:
    """Return samples beside vectors: one and many, long and short, opposite ones, and equally close ones."""
    import torch

    chance = _random(28 if hidden else 27)
    cases = [
        ([[2.0, 0.0]], [[3.0, 4.0], [-1.0, 0.0]]),
        ([[1.0, 0.0], [0.0, 2.0]], [[0.0, 5.0], [9.0, 12.0], [0.25, 0.0]]),
        ([[0.0, 4.0]], [[0.0, -1.0], [-3.0, -4.0]]),
        ([[3.0, 0.0]], [[0.0, 1.0], [2.0, 0.0], [1.0, 0.0], [4.0, 0.0]]),
    ]
    made = [tuple(torch.tensor(each) for each in case) for case in cases]
    for samples, rows, columns in ((3, 7, 4), (6, 4, 2), (4, 30, 9)):
        lengths = torch.rand(rows, 1, generator=chance) * 4 + 0.1
        vectors = torch.randn(rows, columns, generator=chance) * lengths
        made.append((torch.randn(samples, columns, generator=chance) * 3, vectors))
    return made


def _closest(score: Callable = lambda cosines, *_: cosines, told: Callable | None = None) -> Callable:
    """Return what pairs each sample with the row that has the highest score, and tells a number: else the cosine."""

    def closest(samples, vectors):
        import torch

        cosines = torch.nn.functional.normalize(samples) @ torch.nn.functional.normalize(vectors).T
        rows = score(cosines, samples, vectors).argmax(1)
        numbers = told(cosines, samples, vectors) if told else cosines
        found = numbers[torch.arange(len(rows)), rows]
        return list(zip(rows.tolist(), found.tolist(), strict=True))

    return closest


_pairs_of = _closest()


def _dot(_cosines, samples, vectors):
    return samples @ vectors.T


def _half(which: str) -> Callable:
    """Return scores where only one side has the length 1."""

    def score(cosines, samples, vectors):
        side = vectors.norm(dim=1) if which == "samples" else samples.norm(dim=1, keepdim=True)
        return cosines * side

    return score


def _near(_cosines, samples, vectors):
    import torch

    return -torch.cdist(samples, vectors)


def _for_each_row(samples, vectors):
    return _pairs_of(vectors, samples)


def _last(samples, vectors):
    count = len(vectors)
    return [(count - 1 - row, cosine) for row, cosine in _pairs_of(samples, vectors.flip(0))]


CLOSEST_SLIPS = {
    "the dot product grows with the length of a line: divide by both lengths": _closest(_dot, _dot),
    "the row is chosen by the dot product: a long line is not closer": _closest(_dot),
    "the samples have a length, too: a cosine is never above 1": _closest(told=_half("vectors")),
    "the lines of `vectors` have a length, too: a long line is not closer": _closest(
        _half("samples"), _half("samples")
    ),
    "the row is chosen by the distance: the cosine looks at the direction only": _closest(_near),
    "that is a distance: the closest row has the highest cosine": _closest(_near, lambda *each: -_near(*each)),
    "the opposite direction is not close: keep the sign": _closest(lambda c, *_: c.abs(), lambda c, *_: c.abs()),
    "the opposite direction is not close: keep the sign when you choose": _closest(lambda c, *_: c.abs()),
    "that is the row farthest away: take the highest cosine": _closest(lambda c, *_: -c),
    "one pair for each sample, not for each line of `vectors`": _for_each_row,
    "of equally close lines, take the first": _last,
    "lines are counted from 0": lambda s, v: [(row + 1, cosine) for row, cosine in _pairs_of(s, v)],
    "the row comes first in a pair": lambda s, v: [(cosine, row) for row, cosine in _pairs_of(s, v)],
    "rounded? Give the cosine as it comes": lambda s, v: [(row, round(cosine, 2)) for row, cosine in _pairs_of(s, v)],
}


def _as_given(value: object, name: str) -> float:
    """Return a number that stays whole if it came whole, so that it is shown as it came."""
    number = as_number(value, name)
    return int(number) if isinstance(value.item() if hasattr(value, "item") else value, Integral) else number


def _read_pairs(made: object) -> list[tuple]:
    found = []
    for entry in as_list(made, "closest_rows(...)"):
        entry = entry.tolist() if hasattr(entry, "tolist") else entry
        pair = list(entry) if isinstance(entry, list | tuple) else []
        if len(pair) != 2:
            raise WrongForm("a pair for each sample: a row number and a cosine", made)
        found.append(tuple(_as_given(number, "a pair") for number in pair))
    return found


@sheet.exercise(
    section="Can a person read them?",
    hints=[
        "A cosine compares directions. What must you divide a dot product by, so that no length counts?",
        "Bring each line to the length 1, on both sides. `a.norm(dim=1, keepdim=True)` has the lengths of lines.",
        "`one @ many.T` has a line for each sample. `.max(dim=1)` gives the highest of a line, and where it stands.",
        "`zip(rows.tolist(), cosines.tolist())` makes pairs.",
    ],
)
def closest_rows(closest_rows, hidden=False) -> str:
    cases = _collections(hidden)
    judge(closest_rows, "closest_rows", cases, _pairs_of, slips=CLOSEST_SLIPS, read=_read_pairs, tolerance=FLOAT32)
    return "Now Ines can ask of any sample whose post it is."


def _answers(hidden: bool) -> list[tuple]:
    """Return right and wrong answers of three kinds, with draws: some say nothing, a few posts and many."""
    import numpy as np

    random = np.random.default_rng(38 if hidden else 37)
    small = [
        ([1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1], [[0, 1, 2, 3], [2, 2, 0, 1], [3, 3, 0, 0]]),
        ([0, 1, 1, 0], [1, 1, 1, 0], [0, 0, 1, 0], [[0, 0, 1, 2], [2, 3, 2, 3], [1, 1, 1, 0], [0, 2, 3, 3]]),
    ]
    cases = [(*(np.array(each, dtype=float) for each in three), np.array(draws)) for *three, draws in small]
    for posts, times, shares in ((12, 9, (0.5, 0.7, 0.4)), (9, 40, (0.3, 0.6, 0.5)), (60, 25, (0.6, 0.8, 0.3))):
        drawn = [_drawn(random, posts, share) for share in shares]
        cases.append((*drawn, random.integers(posts, size=(times, posts))))
    return cases


def _drawn(random, posts: int, share: float):
    """Return right answers in this share of the posts, at random places."""
    import numpy as np

    return random.permutation((np.arange(posts) < round(share * posts)).astype(float))


def _kept(
    measure: Callable = lambda d, f, z: (d - z) / (f - z),
    keep: Callable = lambda d, f, z: f > z,
    percent: tuple = (2.5, 97.5),
) -> Callable:
    """Return what judges a distillation with another measure, other draws that count, or other percentiles."""

    def kept(distilled, full, lazy, draws):
        import numpy as np

        means = [each[draws].mean(1) for each in (distilled, full, lazy)]
        use = keep(*means)
        with np.errstate(all="ignore"):
            shares = np.broadcast_to(measure(*means), use.shape)[use]
            low, high = np.percentile(shares, percent)
            share = measure(distilled.mean(), full.mean(), lazy.mean())
        return {"share": share, "low": low, "high": high, "left_out": int((~use).sum())}

    return kept


_right_kept = _kept()


def _with(change: Callable) -> Callable:
    """Return the right result, with some entries changed by `change(result, case)`."""
    return lambda *case: {**_right_kept(*case), **change(_right_kept(*case), case)}


def _mean_of_draws(_found: dict, case: tuple) -> dict:
    distilled, full, lazy = (each[case[3]].mean(1) for each in case[:3])
    use = full > lazy
    return {"share": ((distilled - lazy)[use] / (full - lazy)[use]).mean()}


def _one_moves(_found: dict, case: tuple) -> dict:
    import numpy as np

    distilled, full, lazy, draws = case
    low, high = np.percentile((distilled[draws].mean(1) - lazy.mean()) / (full - lazy).mean(), [2.5, 97.5])
    return {"low": low, "high": high, "left_out": 0}


KEPT_SLIPS: Mapping[str, Callable] = {
    "`share` is the ratio of accuracies: subtract lazy above and below": _with(
        lambda _, case: {"share": case[0].mean() / case[1].mean()}
    ),
    "the ratio of accuracies? Subtract lazy above and below": _kept(lambda d, f, z: d / f),
    "points above lazy? Divide by those of all rows": _kept(lambda d, f, z: d - z),
    "lazy is subtracted below the line, too": _kept(lambda d, f, z: (d - z) / f),
    "lazy is subtracted above the line, too": _kept(lambda d, f, z: d / (f - z)),
    "turned round: the distilled ones stand above the line": _kept(lambda d, f, z: (f - z) / (d - z)),
    "that is the share that is lost": _kept(lambda d, f, z: (f - d) / (f - z)),
    "draws where all rows are worse than lazy have no meaning either": _kept(keep=lambda d, f, z: f != z),
    "draws where all rows and lazy are equal have no meaning either": _kept(keep=lambda d, f, z: f >= z),
    "a draw where the distilled ones are not better than lazy counts: its share is 0, or below": _kept(
        keep=lambda d, f, z: (f > z) & (d > z)
    ),
    "these draws are left out, not set to 0": lambda d, f, z, r: {
        **_kept(lambda a, b, c: (a - c) / (b - c) * (b > c), lambda a, b, c: a == a)(d, f, z, r),
        "left_out": _right_kept(d, f, z, r)["left_out"],
    },
    "those are the percentiles 5 and 95": _kept(percent=(5, 95)),
    "the share is that of all posts, not the mean of the draws": _with(_mean_of_draws),
    "in a draw, all three kinds of answers come from the drawn posts": _with(_one_moves),
    "which end is `low`?": _with(lambda found, _: {"low": found["high"], "high": found["low"]}),
    "`left_out` counts the draws that are left out, not the others": _with(
        lambda found, case: {"left_out": len(case[3]) - found["left_out"]}
    ),
    "percentages? Give the shares": _with(lambda found, _: {key: 100 * found[key] for key in ("share", "low", "high")}),
    "rounded? Give the numbers as they come": _with(
        lambda found, _: {key: round(found[key], 2) for key in ("share", "low", "high")}
    ),
}


def _read_kept(made: object) -> dict:
    keys = ("share", "low", "high", "left_out")
    if not isinstance(made, Mapping) or not set(keys) <= set(made):
        raise WrongForm("a dictionary with " + ", ".join(f'"{key}"' for key in keys), made)
    return {key: _as_given(made[key], key) for key in keys}


@sheet.exercise(
    section="What would 98.5% mean?",
    hints=[
        "Which of the four numbers need the draws, and which one does not?",
        "For one draw: take the three means on the drawn posts. Subtract lazy above and below, then divide.",
        "NumPy takes a whole table of places: `full[draws]` has one line for each draw, and `.mean(axis=1)` its mean.",
        "`use = bottoms > 0` marks the draws that count. Take `tops[use] / bottoms[use]`, then their percentiles.",
    ],
)
def kept_share(kept_share, hidden=False) -> str:
    judge(kept_share, "kept_share", _answers(hidden), _right_kept, slips=KEPT_SLIPS, read=_read_kept)
    return "A share with its interval, and with the draws that cannot speak."
