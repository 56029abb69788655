"""The checks of `pretraining`'s sheet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from course_utils.checks.cases import judge
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_tensor, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm

if TYPE_CHECKING:
    import numpy as np
    import torch

sheet = Sheet("pretraining")

BEFORE = "those are the tokens before the changed one: who looks back at it?"
ITSELF = "the changed token itself moves, too"


@sheet.exercise(
    section="Who may look at whom?",
    hints=[
        "For each output ask: may its token look at the changed one? Draw a row of tokens, and mark the ones that may.",
        "In an encoder all look at all. In a decoder a token looks back. The writing half sees all the source.",
        "Of the 200 tokens, first take 15%. Then take 80% of these.",
        "Every second of 8 layers, and the whole table, make the student. In int8 a weight takes one byte.",
    ],
)
def seven_numbers(seven_numbers) -> str:
    parts = {
        "a": (
            8,
            {
                "so it is in a decoder. An encoder looks to both sides": 6,
                "the others look at this token, too": 1,
                "those that come before it look at it, too": 3,
                ITSELF: 7,
            },
        ),
        "b": (
            6,
            {
                "so it is in an encoder. A decoder only looks back": 8,
                BEFORE: 2,
                "from the first one to the changed one? Those before it cannot see it": 3,
                ITSELF: 5,
                "later tokens look back at it": 1,
            },
        ),
        "c": (
            3,
            {
                "may its own first token look at a later one?": 5,
                BEFORE: 2,
                "later tokens look back at it": 1,
                "the changed token looks at the source, which did not change. Is its own output the same?": 0,
                "the outputs of the reading half are not asked for": 8,
            },
        ),
        "d": (
            5,
            {
                "each token to write looks at the whole source, not only from some place on": 3,
                "so many outputs of the reading half move; how many has the writing half?": 8,
                "nobody? From where does the writing half get the source?": 0,
            },
        ),
        "e": (
            24,
            {
                "so many are chosen; do all of them become `[MASK]`?": 30,
                "80% of what? First some are chosen": 160,
                "so many become a random token, or stay": 3,
                "chosen, and then 80% of these": 20,
                "those that do not become `[MASK]`": 6,
            },
        ),
        "f": (
            40,
            {
                "half of everything? The table of tokens stays whole": 30,
                "that is the large model": 60,
                "and the table of tokens?": 20,
            },
        ),
        "g": (
            60,
            {
                "so it is in float32, with four bytes for a weight": 240,
                "that is the student; the large model is asked for": 40,
                "those are bits; 8 bits are one byte": 480,
            },
        ),
    }
    read = partial(as_number, whole=True, low=0)
    predict(seven_numbers, "seven_numbers", {key: Part(right, slips, read) for key, (right, slips) in parts.items()})
    return "Who sees whom, what is hidden, what is kept: all of it can be counted before a program runs."


def _texts(hidden: bool) -> list[tuple]:
    """Return scores, real tokens and the kind of mask: one token, padding, large and equal scores, and some drawn."""
    import torch

    luck = torch.Generator().manual_seed(12 if hidden else 11)

    def drawn(tokens: int, padding: int, causal: bool, scale: float = 2.0) -> tuple:
        real = torch.tensor([1] * (tokens - padding) + [0] * padding)
        return (scale * torch.randn(tokens, tokens, generator=luck)).round(decimals=1), real, causal

    told = [drawn(2, 0, False), drawn(2, 0, True), drawn(3, 1, True), drawn(3, 1, False), drawn(5, 2, True, 9.0)]
    others = [drawn(1, 0, True), drawn(3, 1, False), drawn(4, 0, True), drawn(4, 3, True), drawn(6, 2, False, 9.0)]
    equal = (torch.zeros(4, 4), torch.tensor([1, 1, 1, 0]), not hidden)
    length = int(torch.randint(7, 12, (1,), generator=luck))
    return [*(others if hidden else told), equal, drawn(length, 3, True), drawn(length, 3, False)]


def _open(real: torch.Tensor, causal: bool, past: Callable = lambda squares: squares.tril()) -> torch.Tensor:
    squares = real.bool().repeat(len(real), 1)
    return past(squares) if causal else squares


def _weights(scores: torch.Tensor, opened: torch.Tensor, dim: int = 1) -> torch.Tensor:
    return scores.masked_fill(~opened, float("-inf")).softmax(dim)


def _attention(scores: torch.Tensor, real: torch.Tensor, causal: bool) -> torch.Tensor:
    return _weights(scores, _open(real, causal))


def _masked(of: Callable) -> Callable:
    """Return what makes weights of scores and a right mask."""
    return lambda scores, real, causal: of(scores, _open(real, causal))


ATTENTION_SLIPS = {
    "closed after the softmax: the chances of closed squares are lost, and the rows no longer sum to 1": _masked(
        lambda scores, opened: scores.softmax(1) * opened
    ),
    "a score of 0 does not close a square: softmax gives it a weight": _masked(
        lambda scores, opened: (scores * opened).softmax(1)
    ),
    "each row must sum to 1, not each column": _masked(lambda scores, opened: _weights(scores, opened, 0)),
    "those are the open squares; where are the scores?": _masked(
        lambda scores, opened: opened / opened.sum(1)[:, None]
    ),
    "a token sees itself, too": lambda scores, real, causal: _weights(
        scores, _open(real, causal, lambda squares: squares.tril(-1))
    ),
    "rows and columns exchanged: these tokens see only the future": lambda scores, real, causal: _weights(
        scores, _open(real, causal, lambda squares: squares.triu())
    ),
    "is `causal` used? It stands open to both sides": lambda scores, real, _: _weights(scores, _open(real, False)),
    "is `causal` used? An encoder looks to both sides": lambda scores, real, _: _weights(scores, _open(real, True)),
    "`causal` the wrong way round": lambda scores, real, causal: _weights(scores, _open(real, not causal)),
    "is `real` used? Nobody may look at padding": lambda scores, real, causal: _weights(
        scores, _open(real * 0 + 1, causal)
    ),
    "the rows of padding are closed; close its columns": lambda scores, real, causal: _weights(
        scores, _open(real * 0 + 1, causal) & real.bool()[:, None]
    ),
    "the rows of padding follow the same rule as all rows": lambda scores, real, causal: (
        _attention(scores, real, causal) * real[:, None]
    ),
    "an open square must pass both rules, not one of them": lambda scores, real, causal: _weights(
        scores, _open(real, False) | _open(real * 0 + 1, True) if causal else _open(real, False)
    ),
}


def _square(made: object) -> torch.Tensor:
    return as_tensor(made, "the answer", shape=(None, None)).double()


@sheet.exercise(
    section="Who may look at whom?",
    hints=[
        "Draw the squares for three tokens, the last one padding. Which are open, with `causal=False` and with `True`?",
        "First make a table of n x n, `True` where a square is open. `tril()` keeps the past.",
        "A square is closed for good if its score is minus infinity **before** the softmax.",
        "`scores.masked_fill(closed, float('-inf'))` does that. Then the softmax runs along each row: `dim=1`.",
    ],
)
def attention(attention, hidden=False) -> str:
    judge(attention, "attention", _texts(hidden), _attention, slips=ATTENTION_SLIPS, read=_square, tolerance=1e-5)
    return "One table of open squares is all that divides an encoder from a decoder."


def _games(hidden: bool) -> list[tuple]:
    """Return ids, special ids, draws, other tokens and the mask. Most tokens are chosen; some draws are on a limit."""
    import torch

    luck = torch.Generator().manual_seed(22 if hidden else 21)
    limits = torch.tensor([0.0, 0.15, 0.8, 0.9, 0.95, 0.1], dtype=torch.float64)

    def drawn(lines: int, tokens: int, special: list[int], mask: int) -> tuple:
        shape = (lines, tokens)
        first, second = (torch.rand(shape, generator=luck, dtype=torch.float64) for _ in range(2))
        first = torch.where(first < 0.7, first / 5, first)  # about 70% below the limit
        on_limit = torch.rand(2, *shape, generator=luck) < 0.3
        places = torch.randint(0, len(limits), (2, *shape), generator=luck)
        draws = torch.where(on_limit, limits[places], torch.stack([first, second]))
        ids, other = (torch.randint(10, 90, shape, generator=luck) for _ in range(2))
        ids[:, 0] = special[0]
        for place, token in enumerate(special[1:], 1):
            ids[-1, -place] = token
        return ids, special, draws, other, mask

    said = [0.01, 0.05, 0.12, 0.5], [0.3, 0.85, 0.97, 0.2]  # each of the four fates, once
    first = torch.tensor(said, dtype=torch.float64)[:, None]
    small = torch.tensor([[31, 32, 33, 34]]), [1, 2], first, torch.tensor([[41, 42, 43, 44]]), 3
    more = [drawn(1, 6, [5], 7), drawn(4, 7, [101, 102, 0], 103), drawn(3, 25, [2, 1, 4], 9)]
    return [*([] if hidden else [small]), drawn(2, 4, [1, 2, 0], 3), *more]


def _hidden(
    ids, special, luck, other, mask, *, share=0.15, ends=(0.8, 0.9), label=None, closed=None, at_limit=False
) -> list:
    """Return inputs and labels, as lists. `label`: (ids, inputs, chosen) -> labels."""
    import torch

    below = torch.le if at_limit else torch.lt
    chosen = below(luck[0], share) & ~torch.isin(ids, torch.tensor(special if closed is None else closed))
    masked = chosen & below(luck[1], ends[0])
    swapped = chosen & ~masked & below(luck[1], ends[1])
    inputs = torch.where(masked, mask, torch.where(swapped, other, ids))
    labels = label(ids, inputs, chosen) if label else torch.where(chosen, ids, -100)
    return [inputs.tolist(), labels.tolist()]


def _labelled(label: Callable) -> Callable:
    return partial(_hidden, label=label)


def _exchanged(ids, special, luck, *more) -> list:
    """Return what comes out if 0.8 to 0.9 stays, and the rest is swapped."""
    import torch

    swap = torch.where(luck[1] < 0.9, 0.95, 0.85)
    luck = torch.stack([luck[0], torch.where(luck[1] < 0.8, luck[1], swap)])
    return _hidden(ids, special, luck, *more)


HIDE_SLIPS = {
    "a special token is never chosen: is `special` used?": partial(_hidden, closed=[]),
    "only the first of the special ids is left out": lambda ids, special, *more: _hidden(ids, special[:1], *more),
    "all chosen tokens became `mask`; what does `luck[1]` decide?": partial(_hidden, ends=(9, 9)),
    "no chosen token stays as it is; see the limit of 0.9": partial(_hidden, ends=(0.8, 9)),
    "the random token up to 0.8? There it is `mask`": partial(_hidden, ends=(0, 0.8)),
    "below a limit means: not the limit itself": partial(_hidden, at_limit=True),
    "the two results are the other way round: first the inputs": lambda *asked: _hidden(*asked)[::-1],
    "all tokens have a label; only the chosen ones have one": _labelled(lambda ids, inputs, chosen: ids),
    "the label is the true id, not what stands in the inputs": _labelled(
        lambda ids, inputs, chosen: inputs.where(chosen, -100)
    ),
    "a chosen token that stays as it is has a label, too": _labelled(
        lambda ids, inputs, chosen: ids.where(inputs != ids, -100)
    ),
    "the labels are the wrong way round: -100 where nothing was chosen": _labelled(
        lambda ids, inputs, chosen: ids.where(~chosen, -100)
    ),
    "0 is the id of a token: a place without a label has -100": _labelled(
        lambda ids, inputs, chosen: ids.where(chosen, 0)
    ),
    "a token that was swapped or left has a label, too, not only `mask`": lambda ids, special, luck, other, mask: (
        _hidden(ids, special, luck, other, mask, label=lambda ids, inputs, chosen: ids.where(inputs == mask, -100))
    ),
    "from 0.8 to 0.9 comes `other`, from 0.9 on the token stays: are these two exchanged?": _exchanged,
    "the id of `[MASK]` is handed over in `mask`": lambda ids, special, luck, other, mask: _hidden(
        ids, special, luck, other, 103
    ),
}


def _two_tables(made: object) -> list:
    import torch

    if isinstance(made, dict) or not hasattr(made, "__len__") or isinstance(made, str):
        raise WrongForm("two tensors, the inputs first", made)
    if len(made) != 2:
        raise WrongForm("two tensors, the inputs first", Said(f"{type(made).__name__} with {len(made)} entries"))
    tables = [as_tensor(part, name, shape=(None, None)) for part, name in zip(made, ("inputs", "labels"), strict=True)]
    for table, name in zip(tables, ("inputs", "labels"), strict=True):
        if table.dtype != torch.int64:
            raise WrongForm(f"whole numbers in the {name}: `torch.int64`", Said(f"numbers of type {table.dtype}"))
    return [table.tolist() for table in tables]


@sheet.exercise(
    section="Can it guess a hidden word?",
    hints=[
        "Make a table of True and False first: which tokens are chosen? Two conditions must hold at once.",
        "`torch.isin(ids, torch.tensor(special))` is True for the special ones. `~` turns it round, `&` means: both.",
        "Then two more tables: which chosen tokens become `mask`, and which become the token of `other`?",
        "`torch.where(table, one, two)` takes `one` where the table is True, else `two`, which may be -100.",
    ],
)
def hide(hide, hidden=False) -> str:
    judge(hide, "hide", _games(hidden), _hidden_in_order, slips=HIDE_SLIPS, read=_two_tables)
    return "Texts without any label have become a task with labels: the hidden words."


def _hidden_in_order(ids, special, luck, other, mask) -> list:
    return _hidden(ids, special, luck, other, mask)


def _towns(hidden: bool) -> list[tuple]:
    """Return vectors and topics: two texts, products below zero, copies, equally near ones, and drawn ones."""
    import numpy as np

    luck = np.random.default_rng(32 if hidden else 31)
    half = np.array([[1, 1, 1, 1], [1, 1, 1, -1], [1, 1, -1, -1], [1, -1, 1, 1], [-1, 1, 1, 1]]) / 2
    apart = np.array([[1, 0, 0, 0], [-0.5, 0.5, 0.5, 0.5], [-0.5, -0.5, -0.5, 0.5]])
    copies = np.array([half[0], half[2], half[0], half[3], half[0], half[2]])

    def drawn(texts: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        vectors = luck.normal(size=(texts, size))
        topics = luck.choice(["bus", "park", "library"], texts)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), topics

    told = [
        (half[:2], np.array(["bus", "park"])),
        (apart, np.array(["bus", "park", "park"])),
        (copies, np.array(["bus", "park", "park", "bus", "bus", "bus"])),
        (half, np.array(["bus", "park", "bus", "bus", "park"])),
        (half, np.array(["bus", "bus", "park", "park", "bus"])),
    ]
    if hidden:
        told = [(vectors[::-1].copy(), topic[::-1].copy()) for vectors, topic in told]
    return [*told, drawn(9, 3), drawn(30, 4)]


def _of_places(nearest: Callable) -> Callable:
    """Return 1 or 0 for each text, with the nearest place that is chosen from the table of products."""

    def found(vectors: np.ndarray, topic: np.ndarray) -> np.ndarray:
        return (topic[nearest(vectors @ vectors.T)] == topic) * 1.0

    return found


def _closed(alike: np.ndarray, value: float = -9.0) -> np.ndarray:
    import numpy as np

    alike = alike.copy()
    np.fill_diagonal(alike, value)
    return alike


def _neighbours(vectors: np.ndarray, topic: np.ndarray) -> np.ndarray:
    return _of_places(lambda alike: _closed(alike).argmax(1))(vectors, topic)


COPY = "a copy may come before the text itself, or behind it: the second in the order may be the text itself"
NEIGHBOUR_SLIPS = {
    "who is the nearest of all? Look at what each text is compared with": _of_places(lambda alike: alike.argmax(1)),
    "0 does not put a text last: other products may be below zero": _of_places(
        lambda alike: _closed(alike, 0).argmax(1)
    ),
    COPY: _of_places(lambda alike: (-alike).argsort(1, kind="stable")[:, 1]),
    f"{COPY}. And the first of equals counts": _of_places(lambda alike: alike.argsort(1, kind="stable")[:, -2]),
    "a copy is another text: leave out only the text itself": _of_places(
        lambda alike: (alike - 9.0 * (alike > 0.9999)).argmax(1)
    ),
    "near means a large product, not a small one": _of_places(lambda alike: alike.argmin(1)),
    "the first of several that are equally near counts, not the last": _of_places(
        lambda alike: len(alike) - 1 - _closed(alike)[:, ::-1].argmax(1)
    ),
    "1 and 0 are exchanged": lambda vectors, topic: 1 - _neighbours(vectors, topic),
}


def _ones(made: object) -> list[float]:
    if not hasattr(made, "__iter__") or getattr(made, "ndim", 1) == 0:
        slip = "one number for all? The card asks for 1 or 0 for each text"
        raise WrongForm("an array with a number for each text", made, slip)
    return [
        float(each) if isinstance(each, bool) else as_number(each, "the array") for each in as_list(made, "the array")
    ]


@sheet.exercise(
    section="Did training lose what was there?",
    hints=[
        "Print `alike` for three vectors. Where do its largest numbers stand?",
        "The nearest text of all is the text itself. The report asked for the nearest **other** one.",
        "Before `argmax`, make the numbers on the diagonal smaller than any product can be. 0 is not small enough.",
        "`np.fill_diagonal(alike, ...)` writes into the table itself, and returns nothing.",
    ],
    form_point=False,
)
def neighbours(neighbours, hidden=False) -> str:
    judge(neighbours, "neighbours", _towns(hidden), _neighbours, slips=NEIGHBOUR_SLIPS, read=_ones)
    return "A measure that cannot fall measures nothing. Hand it something broken first."


def _lessons(hidden: bool) -> list[tuple]:
    """Return logits of students and teachers, and temperatures."""
    import torch

    luck = torch.Generator().manual_seed(42 if hidden else 41)

    def drawn(texts: int, labels: int, heat: float) -> tuple:
        student, teacher = (2 * torch.randn(2, texts, labels, generator=luck)).round(decimals=1)
        return student, teacher, heat

    told = [drawn(1, 2, 1.0), drawn(1, 3, 2.0), drawn(2, 3, 2.0), drawn(4, 2, 3.0), drawn(3, 5, 0.5)]
    others = [drawn(1, 3, 1.0), drawn(2, 2, 3), drawn(3, 4, 1.5), drawn(2, 6, 5.0), drawn(7, 3, 0.7)]
    cases = others if hidden else told
    student = cases[2][0]
    heat = 1.0 + float(torch.rand(1, generator=luck))
    return [*cases, (student, student.clone(), 2.0), (*drawn(6, 4, 1.0)[:2], heat)]


def _soft(student, teacher, T, *, apart=None, factor=lambda heat: heat * heat, over=lambda table: table.sum(1).mean()):
    """Return the loss. `apart`: (log q, log p) -> the table of texts x labels that is summed."""
    q, p = (student / T).log_softmax(1), (teacher / T).log_softmax(1)
    table = apart(q, p) if apart else p.exp() * (p - q)
    return over(table) * factor(T)


def _only(student_heat: bool, teacher_heat: bool) -> Callable:
    """Return the loss with the temperature on one side only."""

    def loss(student, teacher, T):
        student, teacher = student / (T if student_heat else 1), teacher / (T if teacher_heat else 1)
        return _soft(student, teacher, 1.0) * T * T

    return loss


def _hard(student, teacher, T):
    from torch.nn.functional import nll_loss

    return nll_loss((student / T).log_softmax(1), teacher.argmax(1)) * T * T


SOFT_SLIPS = {
    "the factor T * T is missing": partial(_soft, factor=lambda heat: 1),
    "times T once? The card says T * T": partial(_soft, factor=lambda heat: heat),
    "is `T` used? Divide the logits of both by it": lambda student, teacher, T: _soft(student, teacher, 1.0),
    "only the teacher's logits were divided by T": _only(False, True),
    "only the student's logits were divided by T": _only(True, False),
    "T * T is there, but are the logits divided by T?": _only(False, False),
    "the logits are multiplied by T: divide them": lambda student, teacher, T: _soft(student, teacher, 1 / T) * T**4,
    "the sum over the texts; the card asks for their mean": partial(_soft, over=lambda table: table.sum()),
    "the mean over texts and labels: sum over the labels, then take the mean over the texts": partial(
        _soft, over=lambda table: table.mean()
    ),
    "teacher and student are exchanged": lambda student, teacher, T: _soft(teacher, student, T),
    "the part with log p is missing: a perfect student must get 0": partial(_soft, apart=lambda q, p: -p.exp() * q),
    "weighted with q; the card weights with p": partial(_soft, apart=lambda q, p: q.exp() * (p - q)),
    "`kl_div` wants log q first: not q": partial(_soft, apart=lambda q, p: p.exp() * (p - q.exp())),
    "the teacher's best label alone is a hard label": _hard,
}


def _one_number(made: object):
    import torch

    if not isinstance(made, torch.Tensor):
        slip = "a number outside of torch has no gradient: leave it as a tensor" if isinstance(made, float) else ""
        raise WrongForm("a tensor with one number", made, slip)
    if made.numel() != 1:
        raise WrongForm("a tensor with one number", made, "the mean over the texts is one number")
    return as_number(made.detach(), "the answer")


@sheet.exercise(
    section="Can a large model teach a small one?",
    hints=[
        "Do it by hand for one text with two labels and T = 1. What comes out if both have the same logits?",
        "Divide first, then the softmax along each row. `log_softmax` gives the logarithms.",
        "Write p * (log p - log q) as a table: texts x labels. Sum each row, then take the mean of these sums.",
        "Or `kl_div(log_q, p, reduction='batchmean')`: the student first, as logarithms. Do not forget T * T.",
    ],
)
def soft_part(soft_part, hidden=False) -> str:
    cases = _lessons(hidden)
    judge(soft_part, "soft_part", cases, _right_soft, slips=SOFT_SLIPS, read=_one_number, tolerance=1e-5)
    for case in cases[1:3]:
        _has_gradients(soft_part, *case)
    return "The loss of distillation: a perfect student gets 0, and a soft teacher is still heard."


def _right_soft(student, teacher, T) -> float:
    return _soft(student, teacher, T).item()


def _has_gradients(soft_part: Callable, student: torch.Tensor, teacher: torch.Tensor, heat: float) -> None:
    """Raise WrongAnswer where `backward` gives the student no gradients, or other ones."""
    import torch

    mine, theirs = (student.clone().requires_grad_() for _ in range(2))
    made = call(soft_part, mine, teacher, heat, name="soft_part")
    if not made.requires_grad:
        slip = "was the gradient switched off, or a new tensor made from a number?"
        raise WrongAnswer("a tensor with which `backward` works", Said("a tensor without a gradient"), slip)
    (found,) = torch.autograd.grad(made.sum(), mine, allow_unused=True)
    (wanted,) = torch.autograd.grad(_soft(theirs, teacher, heat), theirs)
    if found is None or not near(found, wanted, 1e-4):
        said = "none for the student" if found is None else "other gradients for the student"
        raise WrongAnswer("a loss whose gradients reach the student", Said(said))
