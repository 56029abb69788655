"""The checks of `cuda_errors`'s sheet."""

from __future__ import annotations

import copy
import math
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_number, as_tensor, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown, shown_call

sheet = Sheet("cuda_errors")


@sheet.exercise(
    section="Why does the error come at the wrong line?",
    hints=[
        "Play the small GPU on paper: which orders are only noted, and which line makes it work?",
        "With `blocking=True` it waits inside of `order`, so after each order.",
        "After an error, `broken` stays true. What does the next `order` do then? And who makes a new GPU?",
    ],
)
def blamed_lines(blamed_lines) -> str:
    noted = "this line only notes the order: which line is the first to wait?"
    blocking = "with `blocking=True`, who waits, and when?"
    token, label = "the table has the rows 0 to 99: is 7 one of them?", "the four classes are 0 to 3: is 4 one of them?"
    parts = {
        "a": (
            5,
            {
                noted: 2,
                label: 0,
                token: 1,
                "line 3 notes one more order, and nobody has waited yet": 3,
                "line 4 only prints": 4,
            },
        ),
        "b": (
            1,
            {
                "the label is mended, but is this GPU still whole?": 0,
                "after an error, does a broken GPU even take an order?": 5,
                "the label is right now; what became of the GPU in `a`?": 2,
            },
        ),
        "c": (
            0,
            {
                "this one is a new GPU": 1,
                "is there anything wrong with token 7 or label 3?": 5,
                "the four classes are 0 to 3: 3 is one of them": 2,
            },
        ),
        "d": (2, {blocking: 5, label: 0, token: 1}),
        "e": (5, {noted: 1, "a table of 100 rows has the rows 0 to 99": 0, "is 3 no class? There are four": 2}),
        "f": (1, {"there are two faults: which is met first?": 2, blocking: 5}),
    }
    read = partial(as_number, whole=True, low=0, high=5)
    predict(
        blamed_lines, "blamed_lines", {letter: Part(right, slips, read) for letter, (right, slips) in parts.items()}
    )
    return "The blame falls on the line that waits, unless every line waits; and a broken GPU stays broken."


def _stars(hidden: bool) -> list[tuple]:
    """Return lists of stars: one guest and many, with and without silent guests."""
    import random

    chance = random.Random(60 if hidden else 40)
    small = [[3], [1, -1], [5, 4, -1, 2, 1, 3], [-1, -1], [1, 2, 3, 4, 5]]
    drawn = [[chance.choice([-1, 1, 2, 3, 4, 5]) for _ in range(guests)] for guests in (11, 26)]
    return [(stars,) for stars in small + drawn]


def _each_star(target: Callable) -> Callable:
    """Return a function that makes a tensor of targets out of a list of stars, each by itself."""
    import torch

    return lambda stars: torch.tensor([target(star) for star in stars])


def _targets(made):
    """Return a tensor that `cross_entropy` takes. Raises WrongForm for anything else."""
    import numpy as np
    import torch

    if not isinstance(made, torch.Tensor):
        slip = f"`cross_entropy` takes no {type(made).__name__}: make a tensor of it"
        if isinstance(made, list | tuple) and any(isinstance(each, torch.Tensor) for each in made):
            slip = "several tensors? Make one of them"
        raise WrongForm("a tensor of targets", made, slip if isinstance(made, list | tuple | np.ndarray) else "")
    if made.is_floating_point() and made.dim() != 1:
        slip = "one number: is that the loss?" if made.dim() == 0 else "a target is one number, the class itself"
        raise WrongForm("one target for each guest", made, slip)
    if made.numel() and made.dtype != torch.int64:
        slip = "-100 does not fit into" if made.dtype == torch.uint8 else "it refuses"
        raise WrongForm("targets of a type that `cross_entropy` takes", made, f"{slip} the type {made.dtype}")
    return as_tensor(made, "star_targets(stars)")


@sheet.exercise(
    section="Why does the error come at the wrong line?",
    hints=[
        "Write the stars 1, 2, 3, 4, 5 under the targets that they should get. By how much do they differ?",
        "Which number does PyTorch's loss leave out (`ignore_index`)? The *Try it* about -1 in the lesson says it.",
        "`torch.where(condition, this, that)` can treat the -1 differently from the others.",
    ],
    form_point=False,
)
def star_targets(star_targets, hidden=False) -> str:

    slips = {
        "the error is still only silenced: `clamp` puts two kinds of stars into one class": lambda s: min(max(s, 0), 4),
        "who gave no stars counts as one star now": lambda s: max(s - 1, 0),
        "minus one for every guest? A target of -2 is refused by the loss": lambda s: s - 1,
        "the loss refuses -1, too. Which number does it leave out?": lambda s: max(s - 1, -1),
        "the loss refuses -101, too. Which number does it leave out?": lambda s: s - 1 if s > 0 else -101,
        "the loss refuses -99, too. Which number does it leave out?": lambda s: s - 1 if s > 0 else -99,
        "the numbers are as they were. Which class is one star? Which number does the loss leave out?": lambda s: s,
        "-100 is right, but which class is one star? Classes are counted from 0": lambda s: s if s > 0 else -100,
        "no error, but which class do five stars have now?": lambda s: s % 5 if s > 0 else -100,
        "the order is turned round: one star is class 0, five stars are class 4": lambda s: 5 - s if s > 0 else -100,
        "a class of its own for no stars? Then the model learns to say it": lambda s: s - 1 if s > 0 else 5,
    }
    right = _each_star(lambda star: star - 1 if star > 0 else -100)
    whole = {
        "left out by you? Then targets and texts no longer match; let the loss leave them out": lambda stars: right(
            [star for star in stars if star > 0]
        ).long(),
        "the numbers are right, but each stands in a row of its own": lambda stars: right(stars)[:, None],
        "the numbers are right, but all stand in one row of a table": lambda stars: right(stars)[None],
    }
    slips = {words: _each_star(target) for words, target in slips.items()} | whole
    judge(star_targets, "star_targets", _stars(hidden), right, slips=slips, read=_targets)
    return "Five kinds of stars are five classes again, and -100 keeps the silent guests out of the loss."


@cache
def _model(kind: str, rows: int, classes: int, device: str):
    """Return a model with a table of so many rows, so many classes, and hardly anything else."""
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        DistilBertConfig,
        DistilBertForSequenceClassification,
    )

    with torch.random.fork_rng(devices=[]):
        if kind == "BERT":
            sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
            model = BertForSequenceClassification(BertConfig(vocab_size=rows, num_labels=classes, **sizes))
        else:
            sizes = {"dim": 8, "n_layers": 1, "n_heads": 2, "hidden_dim": 8}
            model = DistilBertForSequenceClassification(DistilBertConfig(vocab_size=rows, num_labels=classes, **sizes))
    return model.train(kind != "BERT").to(device)  # both modes, to see whether one is changed


@dataclass(frozen=True)
class First:
    """A first batch, the model that gets it, and what is on another device, if anything is."""

    kind: str
    rows: int
    classes: int
    ids: list[list[int]]
    targets: list[int]
    away: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.things()} on another device" if self.away else "all on one device"
        table = f"a {self.kind} with a table of {self.rows} rows and {self.classes} classes"
        return f"{table}, ids {self.ids}, targets {self.targets}, {where}"

    def things(self) -> str:
        """Return the names of what is away."""
        return ", ".join(f"`{name}`" for name in self.away)

    def arguments(self) -> tuple:
        """Return what the answer is called with. BERT gets three tensors in a batch, DistilBERT two."""
        import torch
        from transformers import BatchEncoding

        ids = torch.tensor(self.ids)
        values = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        values["attention_mask"][-1, -1] = 0
        if self.kind == "BERT":
            values["token_type_ids"] = torch.zeros_like(ids)
        values["targets"] = torch.tensor(self.targets)
        values = {name: value.to("meta" if name in self.away else "cpu") for name, value in values.items()}
        targets = values.pop("targets")
        model = _model(self.kind, self.rows, self.classes, "meta" if "model" in self.away else "cpu")
        return model, BatchEncoding(values), targets


def _first_batches(hidden: bool) -> list[First]:
    """Return batches for two models: all fine, one bad thing in one place, two of them, and drawn ones."""
    import random

    chance = random.Random(61 if hidden else 41)
    bert, distil = (("BERT", 70, 5), ("DistilBERT", 31, 2)) if hidden else (("BERT", 50, 3), ("DistilBERT", 23, 6))
    (_, rows, classes), (_, few, more) = bert, distil
    fine = [[1, rows - 9], [3, 2]]
    batches = [
        First(*bert, fine, [0, classes - 2]),
        First(*bert, [[1, rows - 1], [3, 2]], [0, 1]),
        First(*bert, [[1, 2], [3, 0]], [0, classes - 1]),
        First(*bert, [[1, 2], [rows, 3]], [0, 1]),
        First(*bert, [[40_000, 2], [4, 3]], [0, 1]),
        First(*bert, [[1, 2], [3, -1]], [0, 1]),
        First(*bert, [[1, 2], [3, rows]], [0, 1]),
        First(*bert, [[rows + 1, rows], [2 * rows, rows]], [0, 1]),
        First(*bert, fine, [classes, 0]),
        First(*bert, fine, [0, -1]),
        First(*bert, fine, [0, -100]),
        First(*bert, fine, [-100, -100]),
        First(*bert, fine, [-100, classes]),
        First(*bert, [[1, rows], [2, 3]], [0, classes]),
        First(*distil, [[1, 2, 3], [3, few - 1, 1], [1, 1, 0]], [more - 1, -100, 1]),
        First(*distil, [[1, 2, 3], [3, few, 1], [1, 1, 2]], [0, 1, 1]),
        First(*distil, [[1, 2, 3], [3, 4, 1], [1, 1, 2]], [0, more, -100]),
        First(*distil, [[1, 2, 3], [3, 4, 1], [1, 1, 2]], [-101, 0, 1]),
    ]
    for kind in (bert, distil):
        ids = [[chance.randrange(kind[1]) for _ in range(7)] for _ in range(5)]
        targets = [chance.randrange(kind[2]) for _ in range(5)]
        batches.append(First(*kind, copy.deepcopy(ids), list(targets)))
        targets[chance.randrange(5)] = kind[2] + chance.randrange(90)
        batches.append(First(*kind, copy.deepcopy(ids), list(targets)))
        ids[chance.randrange(5)][chance.randrange(7)] = kind[1] + chance.randrange(9)
        batches.append(First(*kind, ids, targets))
    names = ("input_ids", "token_type_ids", "attention_mask", "targets")
    batches += [First(*bert, fine, [0, 1], away) for away in (*((name,) for name in names), ("model",), names)]
    return [
        *batches,
        First(*distil, [[1, 2], [3, few]], [0, 1], ("targets",)),
        First(*distil, [[1, 2], [3, 4]], [0, more], ("attention_mask",)),
    ]


# A look at a model, a batch and its targets: does it find something?


def _elsewhere(tensors: Callable = lambda batch, targets: [*batch.values(), targets]) -> Callable:
    """Return a look at the places of some tensors."""
    return lambda model, batch, targets: any(each.device != model.device for each in tensors(batch, targets))


def _rows(model) -> int:
    return model.get_input_embeddings().num_embeddings


def _classes(model) -> int:
    return model.config.num_labels


def _ids_outside(low: float = 0, high: Callable = _rows, of: Callable = lambda batch: batch["input_ids"]) -> Callable:
    """Return a look for ids from `high` on, or below `low`."""
    return lambda model, batch, _: not all(low <= number < high(model) for number in of(batch).flatten().tolist())


def _targets_outside(low: float = 0, high: Callable = _classes, left_out: int = -100) -> Callable:
    """Return a look for targets from `high` on, or below `low`, but one that is left out."""
    return lambda model, _, targets: not all(low <= each < high(model) for each in targets.tolist() if each != left_out)


def _before_the_first(number: int, targets):
    return targets[: [*targets.tolist(), number].index(number)]


def _nothing(*_) -> bool:
    return False


MASK = "attention_mask"
RIGHT = {"device": _elsewhere(), "ids": _ids_outside(), "labels": _targets_outside()}

SLIPS = {  # what is looked at in place of the right thing
    "one place for all models? Compare with the place of this model": {
        "device": lambda _, batch, targets: any(each.device.type != "cpu" for each in [*batch.values(), targets])
    },
    "the tensors are compared with each other: compare each with the model": {
        "device": lambda _, batch, targets: len({each.device for each in [*batch.values(), targets]}) > 1
    },
    "the targets have a device, too": {"device": _elsewhere(lambda batch, _: batch.values())},
    "the batch has more tensors than its ids": {
        "device": _elsewhere(lambda batch, targets: [batch["input_ids"], targets])
    },
    "the batch has more tensors than its ids and its mask": {
        "device": _elsewhere(lambda batch, targets: [batch["input_ids"], batch[MASK], targets])
    },
    "the mask has a device, too": {
        "device": _elsewhere(lambda batch, targets: [*(batch[name] for name in batch if name != MASK), targets])
    },
    "the places are not looked at": {"device": _nothing},
    "the rows are counted from 0, so their count is no row: `>` or `>=`?": {
        "ids": _ids_outside(high=lambda model: _rows(model) + 1)
    },
    "the last row of the table is allowed; its number is one less than their count": {
        "ids": _ids_outside(high=lambda model: _rows(model) - 1)
    },
    "an id can also be too small": {"ids": _ids_outside(low=-math.inf)},
    "an id can also be too big": {"ids": _ids_outside(high=lambda _: math.inf)},
    "the first row of the table has the number 0, and is allowed": {"ids": _ids_outside(low=1)},
    "only the first text is looked at": {"ids": _ids_outside(of=lambda batch: batch["input_ids"][0])},
    "only the last text is looked at": {"ids": _ids_outside(of=lambda batch: batch["input_ids"][-1])},
    "only the first id of each text is looked at": {"ids": _ids_outside(of=lambda batch: batch["input_ids"][:, 0])},
    "only the last id of each text is looked at": {"ids": _ids_outside(of=lambda batch: batch["input_ids"][:, -1])},
    "an id without a row is an error, with a 0 in the mask, too": {
        "ids": _ids_outside(of=lambda batch: batch["input_ids"][batch[MASK] == 1])
    },
    "is the number of rows read from this model? A tokenizer may know more ids than the table has rows": {
        "ids": _ids_outside(high=lambda _: 30522)
    },
    "that is the width of the table, and not the number of its rows": {
        "ids": _ids_outside(high=lambda model: model.get_input_embeddings().embedding_dim)
    },
    "the ids are not looked at": {"ids": _nothing},
    "the classes are counted from 0, so their count is no class: `>` or `>=`?": {
        "labels": _targets_outside(high=lambda model: _classes(model) + 1)
    },
    "the last class is allowed; its number is one less than their count": {
        "labels": _targets_outside(high=lambda model: _classes(model) - 1)
    },
    "the loss leaves -100 out, on purpose": {"labels": _targets_outside(left_out=0)},
    "the loss refuses -1: another number is left out": {"labels": _targets_outside(left_out=-1)},
    "the loss refuses -1, too: it leaves -100 out, and nothing else": {"labels": _targets_outside(low=-1)},
    "the loss leaves -100 out, and no other negative number": {"labels": _targets_outside(low=-math.inf)},
    "a target can also be too big": {"labels": _targets_outside(high=lambda _: math.inf)},
    "is the number of classes read from this model?": {"labels": _targets_outside(high=lambda _: 4)},
    "only the first target is looked at": {
        "labels": lambda model, batch, targets: _targets_outside()(model, batch, targets[:1])
    },
    "only the last target is looked at": {
        "labels": lambda model, batch, targets: _targets_outside()(model, batch, targets[-1:])
    },
    "the targets behind the first -100 are not looked at": {
        "labels": lambda model, batch, targets: _targets_outside()(model, batch, _before_the_first(-100, targets))
    },
    "the targets are not looked at": {"labels": _nothing},
    "numbers can also be too small, the ids and the targets": {
        "ids": _ids_outside(low=-math.inf),
        "labels": _targets_outside(low=-math.inf),
    },
    "nothing is looked at": {"device": _nothing, "ids": _nothing, "labels": _nothing},
}


RAISES = "no word, but an error"


def _word(looks: dict[str, Callable], first: First) -> str:
    """Return the word of the first look that finds something."""
    arguments = first.arguments()
    try:
        return next((word for word, look in looks.items() if look(*arguments)), "fine")
    except Exception:  # on `meta` there are no numbers
        return RAISES


def _answer(before_the_gpu: Callable, first: First) -> str | WrongAnswer:
    """Return the word that comes, or what is wrong with it."""
    before = first.arguments()
    arguments = copy.deepcopy(before)
    try:
        made = call(before_the_gpu, *arguments, name="before_the_gpu")
        if not isinstance(made, str) or made not in (*RIGHT, "fine"):
            raise WrongForm("one of the four words, exactly as on the card", made)
        _left_alone(before, arguments, first.away)
    except WrongAnswer as wrong:
        wrong.given = str(first)
        if first.away and "meta" in wrong.received:
            wrong.perhaps = f"numbers cannot be read there. Is the place of {first.things()} looked at before?"
        return wrong
    return made


def _left_alone(before: tuple, after: tuple, away: tuple) -> None:
    """Raise WrongAnswer where the model, the batch or the targets are not what they were."""
    (model, batch, targets), (model_now, batch_now, targets_now) = before, after
    seen, now = ({name: _seen(each) for name, each in values.items()} for values in (batch, batch_now))
    unchanged(seen, now, "before_the_gpu", "batch")
    unchanged(_seen(targets), _seen(targets_now), "before_the_gpu", "targets")
    if "model" not in away:
        unchanged(model, model_now, "before_the_gpu", "model")


def _seen(tensor) -> object:
    return "numbers on another device" if tensor.is_meta else tensor.tolist()


@sheet.exercise(
    section="Which line is it? A routine for every error",
    hints=[
        "Devices first: `model.device`, and the `device` of each value in `batch.values()` and of the targets.",
        "Rows of the table: `model.get_input_embeddings().num_embeddings`. Classes: `model.config.num_labels`.",
        "Numbers are counted from 0, so the number of rows is itself no row. And -100 is a target that is allowed.",
    ],
)
def before_the_gpu(before_the_gpu, hidden=False) -> str:
    as_function(before_the_gpu, "before_the_gpu")
    batches = _first_batches(hidden)
    for first in batches:
        made, right = _answer(before_the_gpu, first), _word(RIGHT, first)
        if isinstance(made, WrongAnswer):
            raise made
        if made != right:
            found = [_answer(before_the_gpu, each) for each in batches]
            raise WrongAnswer(f'"{right}"', made, _look_behind(batches, found), given=str(first))
    return "Three looks on the CPU, and two of the five errors cannot surprise you any more."


def _look_behind(batches: list[First], found: list) -> str:
    """Return the words of the slip that finds the same in all batches, or nothing."""
    slips = {words: RIGHT | looks for words, looks in SLIPS.items()}
    slips["an id that is no row comes before a target that is no class"] = {
        name: RIGHT[name] for name in ("device", "labels", "ids")
    }
    made = [RAISES if isinstance(each, WrongForm) else each for each in found]
    for words, looks in slips.items():
        if made == [_word(looks, first) for first in batches]:
            return words
    return ""


class Pieces:
    """Counts the rows that autograd keeps for the way back: at most at once, and in how many pieces they went back."""

    def __init__(self, layer, work: Callable):
        import torch

        self.layer, self.width = layer, layer.in_features
        self.now = self.most = self.back = 0
        with torch.autograd.graph.saved_tensors_hooks(self._keep, self._use):
            work()

    def _keep(self, tensor):
        weight = tensor.data_ptr() == self.layer.weight.data_ptr()
        rows = len(tensor) if tensor.dim() > 1 and tensor.shape[-1] == self.width and not weight else 0
        kept = _Kept(tensor, rows)
        self.now += rows
        self.most = max(self.most, self.now)
        weakref.finalize(kept, self._let_go, rows)
        return kept

    def _use(self, kept):
        self.back += bool(kept.rows) and not kept.used
        kept.used = True
        return kept.tensor

    def _let_go(self, rows: int):
        self.now -= rows


@dataclass(eq=False)
class _Kept:
    tensor: object
    rows: int
    used: bool = False


def _batches(hidden: bool) -> list[tuple]:
    """Return layers with inputs, targets and a number of pieces: equal pieces and others, one to five of them."""
    import torch

    chance = torch.Generator().manual_seed(62 if hidden else 42)
    sizes = [(4, 2, 3, 2), (3, 2, 4, 3), (5, 4, 7, 1), (9, 5, 4, 2), (9, 5, 4, 7), (21, 6, 3, 5)]
    if not hidden:
        sizes = [(2, 2, 3, 2), (3, 2, 4, 2), (5, 4, 3, 4), (8, 5, 3, 4), (10, 5, 3, 4), (7, 3, 6, 1), (17, 4, 5, 3)]
    made = []
    for rows, width, classes, pieces in sizes:
        layer = torch.nn.utils.skip_init(torch.nn.Linear, width, classes)  # leaves the global random state alone
        for weights in layer.parameters():
            weights.data = torch.randn(weights.shape, generator=chance)
        inputs = torch.randint(-3, 4, (rows, width), generator=chance).float()
        made.append((layer, inputs, torch.randint(0, classes, (rows,), generator=chance), pieces))
    return made


def _gradient(layer, inputs, targets, pieces: int = 1):
    """Return the gradient of the mean loss over all rows."""
    from torch.autograd import grad
    from torch.nn.functional import cross_entropy

    return grad(cross_entropy(layer(inputs), targets), layer.weight)[0]


def _of_each(layer, inputs, targets, pieces: int) -> list:
    """Return the gradient of the mean loss of each piece."""
    parts = zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True)
    return [_gradient(layer, some, goals) for some, goals in parts]


def _of_last(layer, inputs, targets, pieces: int):
    return _of_each(layer, inputs, targets, pieces)[-1]


GRADIENT_SLIPS = {
    "each piece counts like a whole batch here. What is a piece's share of the rows?": lambda *batch: sum(
        _of_each(*batch)
    ),
    "that is right for equal pieces. A piece with fewer rows must count less": lambda *batch: (
        sum(_of_each(*batch)) / batch[3]
    ),
    "the gradients are averaged over the pieces. A piece with fewer rows must count less": lambda *batch: (
        sum(_of_each(*batch)) / len(_of_each(*batch))
    ),
    "only the last piece is left: where is `zero_grad` called?": _of_last,
    "only the last piece is left, with its share: where is `zero_grad` called?": lambda *batch: (
        _of_last(*batch) * len(batch[1].chunk(batch[3])[-1]) / len(batch[1])
    ),
    "only the last piece is left, divided by the number of pieces: where is `zero_grad` called?": lambda *batch: (
        _of_last(*batch) / batch[3]
    ),
    "only the first piece is left: does `return` stand in the loop?": lambda *batch: _of_each(*batch)[0],
    "only the first piece is left, with its share: does `return` stand in the loop?": lambda *batch: (
        _of_each(*batch)[0] * len(batch[1].chunk(batch[3])[0]) / len(batch[1])
    ),
    "the loss of the batch is the mean over its rows, and this is the sum": lambda *batch: (
        _gradient(*batch) * len(batch[2])
    ),
    "divided twice? The loss of a piece is a mean already": lambda *batch: _gradient(*batch) / batch[3],
    "divided by its rows? The loss of a piece is a mean over them already": lambda *batch: sum(
        each / len(goals) for goals, each in zip(batch[2].chunk(batch[3]), _of_each(*batch), strict=True)
    ),
    "the gradient of the step before is still in it: where is `zero_grad`?": lambda *batch: (
        _gradient(*batch) + batch[0].weight.grad
    ),
    "the sign is turned round": lambda *batch: -_gradient(*batch),
    "each piece counts with the rows of the first one: a shorter one must count less": lambda *batch: (
        sum(_of_each(*batch)) * _longest(len(batch[2]), batch[3]) / len(batch[2])
    ),
}


def _without_the_last(kept: Callable[[int, int], int], over_all: bool) -> Callable:
    """Return a function for the gradient of the first rows only, their mean or with the share of all rows."""

    def gradient(layer, inputs, targets, pieces):
        rows = kept(len(targets), pieces)
        return _gradient(layer, inputs[:rows], targets[:rows]) * (rows / len(targets) if over_all else 1)

    return gradient


def _of_equal_pieces(rows: int, pieces: int) -> int:
    return rows // pieces * pieces


def _of_full_pieces(rows: int, pieces: int) -> int:
    return rows // _longest(rows, pieces) * _longest(rows, pieces)


def _longest(rows: int, pieces: int) -> int:
    return -(-rows // pieces)


GRADIENT_SLIPS |= {
    "the pieces are too short for all rows: the last rows are in none": _without_the_last(_of_equal_pieces, False),
    "the pieces are too short: the last rows are in none, but count in the share": _without_the_last(
        _of_equal_pieces, True
    ),
    "the last, shorter piece is left out": _without_the_last(_of_full_pieces, False),
    "the last, shorter piece is left out, but its rows count in the share": _without_the_last(_of_full_pieces, True),
}


@sheet.exercise(
    section="Which remedy saves how much?",
    hints=[
        "Look at the function `train_two_steps` in the lesson. What does it do to the loss before `backward`?",
        "`cross_entropy` gives the mean over the rows of its piece. `backward` adds the gradients of all pieces.",
        "The whole batch is a mean over all rows. So each piece counts with its share: its rows, of all rows.",
    ],
    form_point=False,
)
def gradient_in_pieces(gradient_in_pieces, hidden=False) -> str:
    as_function(gradient_in_pieces, "gradient_in_pieces")
    batches = _batches(hidden)
    for batch in batches:
        made, right = _its_gradient(gradient_in_pieces, batch), _gradient(*batch)
        if not near(made, right, 1e-4):
            slip = _behind([_or_nothing(gradient_in_pieces, each) for each in batches], batches)
            raise WrongAnswer(shown(right), made, slip, given=_given(batch))
    for batch in batches:
        _look_at_memory(gradient_in_pieces, batch)
    return "Each piece counts with its share of the rows: less memory, and the same step."


def _its_gradient(gradient_in_pieces: Callable, batch: tuple):
    """Return what comes. Raises WrongAnswer where it is no gradient, or where what was handed over has changed."""
    name, arguments = "gradient_in_pieces", _fresh(batch)
    try:
        made = call(gradient_in_pieces, *arguments, name=name)
        if hasattr(made, "named_parameters"):
            raise WrongForm("a gradient", made, "the layer itself? Return the gradient of its weight")
        if isinstance(made, list | tuple) and any(hasattr(each, "shape") for each in made):
            raise WrongForm("a gradient", made, "several? Return one, that of `layer.weight`")
        classes, width = batch[0].weight.shape
        slips = {
            (): "one number: is that the loss?",
            (classes,): "is that the gradient of the bias?",
            (width, classes): "rows and columns are exchanged",
        }
        made = as_tensor(made, f"{name}(...)", shape=(classes, width), slips=slips).clone()
        _left_alone_but_for_gradients(batch[0], arguments[0])
        unchanged(batch[1], arguments[1], name, "inputs")
        unchanged(batch[1].requires_grad, arguments[1].requires_grad, name, "inputs.requires_grad")
        unchanged(batch[2], arguments[2], name, "targets")
    except WrongAnswer as wrong:
        wrong.given = _given(batch)
        if wrong.received == "None":
            wrong.perhaps = "does it end with `return`? And has a piece gone back with `backward`?"
        raise
    return made


def _or_nothing(gradient_in_pieces: Callable, batch: tuple):
    try:
        return _its_gradient(gradient_in_pieces, batch)
    except WrongAnswer:
        return None


def _left_alone_but_for_gradients(before, after) -> None:
    """Raise WrongAnswer where a layer has other weights, another type or another mode."""
    for name, weights in before.named_parameters():
        now = getattr(after, name)
        unchanged(weights.detach(), now.detach(), "gradient_in_pieces", f"layer.{name}")
        unchanged(weights.requires_grad, now.requires_grad, "gradient_in_pieces", f"layer.{name}.requires_grad")
        if weights.dtype != now.dtype:
            raise WrongAnswer(f"that `layer.{name}` stays {weights.dtype}", Said(f"{now.dtype} afterwards"))
    unchanged(before.training, after.training, "gradient_in_pieces", "layer.training")


def _fresh(batch: tuple) -> tuple:
    """Return a copy of what is handed over. In its layer, the step before has left a gradient."""
    layer, *others = copy.deepcopy(batch)
    for weights in (*layer.parameters(), *batch[0].parameters()):
        weights.grad = weights.detach() * 0 + 1
    return layer, *others


def _given(batch: tuple) -> str:
    return shown_call("gradient_in_pieces", batch)


def _behind(found: list, batches: list[tuple]) -> str:
    """Return the words of the first slip that gives what was found, for all batches."""
    for words, slip in GRADIENT_SLIPS.items():
        if all(near(made, slip(*batch), 1e-4) for made, batch in zip(found, batches, strict=True)):
            return words
    return ""


def _look_at_memory(gradient_in_pieces: Callable, batch: tuple) -> None:
    """Raise WrongAnswer where more than one piece is kept for the way back, or there are more pieces than wanted."""
    arguments = _fresh(batch)
    try:
        seen = Pieces(arguments[0], lambda: gradient_in_pieces(*arguments))
    except RuntimeError:  # `torch.func` does not let us look; without us, this call has gone well
        return
    longest, pieces = _longest(len(batch[2]), batch[3]), batch[3]
    if seen.most > longest:
        slip = "the whole batch is kept at once, and nothing is saved" if seen.most == len(batch[2]) else ""
        said = Said(f"the right gradient, with {seen.most} rows kept at once")
        rows = f"{longest} row{'s' * (longest > 1)}"
        raise WrongAnswer(f"at most {rows} kept for the way back at once", said, slip, given=_given(batch))
    if seen.back > pieces:
        said = Said(f"the right gradient, in {seen.back} pieces")
        raise WrongAnswer(f"at most {pieces} pieces", said, given=_given(batch))
