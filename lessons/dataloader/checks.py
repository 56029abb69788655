"""The checks of `dataloader`'s sheet."""

import copy
import math
import numbers
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, combinations, pairwise

from course_utils.checks.cases import unchanged
from course_utils.checks.elsewhere import in_another_process
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_list, as_number, as_tensor, call, predict, suspect
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("dataloader")

BATCH = "a batch is a rectangle: its rows, times the length of its longest row"
LAST = "the last batch has only two rows"
LOST = "the last two rows are sent, too: nothing is dropped here"
REAL = "those are the real tokens, without any padding"


@sheet.exercise(
    section="Assumption and sceptic",
    hints=[
        "Write the ten lengths in lines of four. Each line is a batch; the last one is short.",
        "With dynamic padding a line costs: its number of rows, times its biggest number.",
        "For `e`, write the ten lengths in order of size first. For `f`, the real tokens are the sum of the lengths.",
    ],
    form_point=False,
)
def padding_bill(padding_bill) -> str:
    rows = "those are rows; how many batches?"
    parts = {
        "a": (3, {"the small last batch is a step, too": 2, rows: 10}),
        "b": (2, {"what happens to the batch with two rows?": 3, rows: 8}),
        "c": (
            320,
            {LAST: 384, LOST: 256, "is every row as long as 32 tokens?": 94, "and how many rows are there?": 32},
        ),
        "d": (
            178,
            {
                LAST: 196,
                LOST: 160,
                "one width for all? Each batch is as wide as its own longest row": 200,
                REAL: 94,
                BATCH: 49,
                "is that with the rows sorted?": 104,
            },
        ),
        "e": (
            104,
            {
                LAST: 144,
                LOST: 64,
                "sorted rows come into other batches: write them down again": 178,
                "the shortest row comes first, so the longest rows are in the small batch": 122,
                f"{REAL}. Even sorted rows need some": 94,
                BATCH: 36,
            },
        ),
        "f": (
            84,
            {
                "those are the real tokens; the others are asked for": 94,
                LOST: 80,
                "that is the padding in `e`": 10,
                "that is the padding in `c`": 226,
                "those are all tokens that are sent": 178,
                "a percentage? How many tokens are asked for": 47,
            },
        ),
    }
    read = partial(as_number, whole=True, low=0)
    predict(
        padding_bill, "padding_bill", {letter: Part(right, slips, read) for letter, (right, slips) in parts.items()}
    )
    return "The same ten rows: padded to 32 they cost three times as much as sorted ones."


@dataclass
class Call:
    """A call of `batch_loss`, and what is right for it."""

    model: object
    batch: Mapping
    loss: float
    gradients: list


def small_model(seed: int, labels: int, training: bool):
    """Return a very small BERT; in training, it has no dropout. The global random state stays as it is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    surely = dict.fromkeys(("hidden_dropout_prob", "attention_probs_dropout_prob"), 0.0 if training else 0.1)
    config = BertConfig(vocab_size=50, num_labels=labels, initializer_range=1.0, **sizes, **surely)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return BertForSequenceClassification(config).train(training)


def small_batch(name: str, rows: int, width: int, labels: int, seed: int):
    """Return a batch whose rows have different lengths, with its targets under `name`."""
    import torch
    from transformers import BatchEncoding

    chance = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, width, (rows, 1), generator=chance)
    lengths[0] = width
    mask = (torch.arange(width) < lengths).long()
    ids = torch.randint(1, 50, (rows, width), generator=chance) * mask
    targets = torch.randint(0, labels, (rows,), generator=chance)
    return BatchEncoding({"input_ids": ids, "attention_mask": mask, name: targets})


def _calls(hidden: bool) -> list[Call]:
    first = 60 if hidden else 72  # seeds with which the mask makes a difference
    kinds = [
        ("labels", 2, 3, 3, False),
        ("label", 2, 3, 3, True),
        ("label", 5, 7, 5, False),
        ("labels", 3, 300, 2, True),
    ]
    made = []
    for seed, (name, rows, width, labels, training) in enumerate(kinds, first):
        model, batch = small_model(seed, labels, training), small_batch(name, rows, width, labels, seed)
        loss = _right_loss(model, batch)
        loss.backward()
        made.append(Call(model, batch, loss.item(), [weight.grad.clone() for weight in model.parameters()]))
        for weight in model.parameters():
            weight.grad.fill_(0.5)  # what the caller has collected so far
    return made


def _targets(batch: Mapping):
    return batch["labels"] if "labels" in batch else batch["label"]


def _right_loss(model, batch: Mapping):
    return model(batch["input_ids"], batch["attention_mask"], labels=_targets(batch)).loss


def _slip_of_loss(kind: Callable) -> Callable:
    """Return (model, batch) -> number, of a function of logits and targets."""
    from torch.nn.functional import cross_entropy

    def slip(model, batch):
        logits = model(batch["input_ids"], batch["attention_mask"]).logits
        return kind(cross_entropy, logits, _targets(batch))

    return slip


LOSS_SLIPS = {
    "the error is silenced, its cause is still there: which name does the model want for the targets?": (
        lambda model, batch: 0 if "label" in batch else _right_loss(model, batch)
    ),
    "did the mask get lost on the way to the model?": (
        lambda model, batch: model(batch["input_ids"], labels=_targets(batch)).loss
    ),
    "the sum over the rows? The loss of a batch is their mean": _slip_of_loss(lambda ce, x, y: ce(x, y) * len(y)),
    "only the loss of the first row? The loss of a batch is the mean of all rows": (
        _slip_of_loss(lambda ce, x, y: ce(x[:1], y[:1]))
    ),
    "only the loss of the last row? The loss of a batch is the mean of all rows": (
        _slip_of_loss(lambda ce, x, y: ce(x[-1:], y[-1:]))
    ),
    "a softmax before the cross entropy? It makes its own": _slip_of_loss(lambda ce, x, y: ce(x.softmax(-1), y)),
    "the sign is turned round: a loss is not negative": _slip_of_loss(lambda ce, x, y: -ce(x, y)),
    "the model's own answers taken for the targets?": _slip_of_loss(lambda ce, x, y: ce(x, x.argmax(-1))),
    "zeros taken for the targets?": _slip_of_loss(lambda ce, x, y: ce(x, y * 0)),
}


@sheet.exercise(
    section="Why is my loss `None`?",
    hints=[
        "What did the colleague mend: the reason for the missing loss, or only the error that it caused?",
        "Print `batch.keys()`. Which name does the model wait for? Every other name is swallowed without a word.",
        "Make a new dictionary with the right name, and hand that to the model. `dict(batch)` is a copy.",
    ],
    form_point=False,
)
def batch_loss(batch_loss, hidden=False) -> str:
    import torch

    as_function(batch_loss, "batch_loss")
    calls = _calls(hidden)
    losses = [_called(batch_loss, each) for each in calls]
    found = [as_number(loss, "batch_loss(model, batch)") for loss in losses]
    for value, each in zip(found, calls, strict=True):
        if not near(value, each.loss, 1e-4):
            with torch.no_grad():
                slip = _behind(found, calls)
            raise WrongAnswer(f"the loss {each.loss:.4f}", value, slip, given=_shown(each))
    for loss, each in zip(losses, calls, strict=True):
        _learns(loss, each)
    return "A loss is `None` because of a name, so the name is what must be mended."


def _shown(each: Call) -> str:
    return shown_call("batch_loss", (each.model, each.batch))


def _behind(found: list[float], calls: list[Call]) -> str:
    """Return the words of the first slip that gives what was found, for all calls."""
    for words, slip in LOSS_SLIPS.items():
        numbers = [float(slip(each.model, each.batch)) for each in calls]
        if near(found, numbers, 1e-4):
            return words
    return ""


def _called(batch_loss: Callable, each: Call):
    """Call the student's function, which must leave batch and model as they are."""
    batch, seen = copy.deepcopy(each.batch), []
    weights = [weight.detach().clone() for weight in each.model.parameters()]
    before, layers = [part.training for part in each.model.modules()], str(each.model)
    hook = each.model.register_forward_pre_hook(
        lambda model, _, named: seen.append((model.training, named.get("labels") is not None)), with_kwargs=True
    )
    try:
        made = call(batch_loss, each.model, batch, name="batch_loss")
    except WrongForm as wrong:
        raise _named(wrong, each, with_targets=any(labels for _, labels in seen) or not seen) from None
    finally:
        hook.remove()
    unchanged(each.batch, batch, "batch_loss", "batch")
    modes = {training for training, _ in seen}
    if [part.training for part in each.model.modules()] != before or modes - {before[0]}:
        slip = "`train` or `eval` is the caller's choice: with another mode, dropout is switched on or off"
        raise WrongAnswer("that the model stays in its mode", Said("another mode"), slip, given=_shown(each))
    if str(each.model) != layers:
        raise WrongAnswer("that the model keeps its layers, and their dropout", Said("others"), given=_shown(each))
    _left_alone(each, weights)
    if hasattr(made, "logits"):
        raise WrongForm("the loss alone", made, "all outputs of the model? The loss is one part of them")
    return made


def _named(wrong: WrongForm, each: Call, with_targets: bool) -> WrongForm:
    """Return the error with more words where the name of the targets is to blame."""
    name = "label" if "label" in each.batch else "labels"
    expected = f"a loss for a batch that says `{name}`"
    if wrong.received == "None" and not with_targets:
        slip = "`None` again: which name does the model want for the targets, and which name does the batch have?"
        return WrongForm(expected, None, slip, given=wrong.given)
    if wrong.received in ("KeyError: 'label'", "KeyError: 'labels'"):
        slip = "some batches say `label`, some say `labels`: ask which name is there"
        return WrongForm(expected, Said(wrong.received), slip, given=wrong.given)
    return wrong


def _left_alone(each: Call, weights: list) -> None:
    """Raise WrongAnswer where weights or gradients of the caller's model have changed."""
    parameters = list(each.model.parameters())
    if not all(weight.requires_grad for weight in parameters):
        slip = "`requires_grad_(False)` freezes weights for good: what shall be learned is the caller's choice"
        raise WrongAnswer("that no weight of the model is frozen", Said("frozen weights"), slip, given=_shown(each))
    if not near([weight.detach() for weight in parameters], weights, 0):
        raise WrongAnswer("that the model keeps its weights", Said("other weights"), given=_shown(each))
    gradients = [weight.grad for weight in parameters]
    if near(gradients, [weight * 0 + 0.5 for weight in weights], 0):
        return
    slips = {
        "did you call `backward` yourself? The caller does": [each + 0.5 for each in each.gradients],
        "`zero_grad` throws away what the caller has collected so far": [None] * len(gradients),
        "`zero_grad` and `backward` are the caller's work": each.gradients,
    }
    slip = suspect(gradients, slips, 1e-4)
    raise WrongAnswer("that the model keeps its gradients", Said("other gradients"), slip, given=_shown(each))


def _learns(loss, each: Call) -> None:
    """Raise WrongAnswer where `backward` does not bring the right gradients from this loss into the model."""
    import torch

    expected = "a loss with which `backward` works"
    if not isinstance(loss, torch.Tensor):
        raise WrongForm(expected, loss, "a plain number has no way back: is there an `.item()` or a `float`?")
    if not loss.requires_grad:
        raise WrongForm(expected, loss, "a tensor without a way back to the model, as after `detach` or in `no_grad`")
    each.model.zero_grad()
    try:
        loss.backward()
    except RuntimeError as error:
        raise WrongForm(expected, Said(f"RuntimeError: {str(error)[:100]}")) from None
    gradients = [weight.grad for weight in each.model.parameters()]
    if all(gradient is None for gradient in gradients):
        slip = "" if loss.grad_fn else "a new tensor with the same number knows no model: return the model's own loss"
        raise WrongForm("that the model gets gradients from the loss", Said("none"), slip, given=_shown(each))
    if not near(gradients, each.gradients, 1e-3):
        raise WrongAnswer("the right gradients in all weights", Said("others, or none in some"), given=_shown(each))


def _rows(lengths: list[int], labels: list[int], seed: int) -> list[dict]:
    """Return rows as a dataset has them."""
    import numpy as np

    chance = np.random.default_rng(seed)
    texts = ["Why not? ", "No.", "No.", "", "Build the bridge now, " * 20]
    return [
        {
            "input_ids": [101, *chance.integers(900, 9000, length).tolist(), 102],
            "attention_mask": [1] * (length + 2),
            "label": label,
            "text": texts[(seed + row) % len(texts)],
        }
        for row, (length, label) in enumerate(zip(lengths, labels, strict=True))
    ]


class WrongWidth(WrongAnswer):
    """A tensor that is wider, or less wide, than the longest row: the other batches tell why."""


NAMES = ["input_ids", "attention_mask", "labels", "text"]


@sheet.exercise(
    section="Third way: let the library do it",
    hints=[
        "Two jobs: the numbers become tensors, and the texts become a list. Do them one after the other.",
        "For the numbers, the `collator` of this notebook will do, if it gets rows without `text`.",
        'Make new rows without `text` for it: `{k: v for k, v in row.items() if k != "text"}`. Then add the texts.',
    ],
)
def collate_with_text(collate_with_text, hidden=False) -> str:
    as_function(collate_with_text, "collate_with_text")
    sizes = [
        ([1, 2], [2, 0]),
        ([4], [1]),
        ([2, 7, 3, 1, 1], [0, 1, 2, 2, 1]),
        ([5, 5, 5], [2, 2, 2]),
        ([3, 298], [1, 2]),
    ]
    sizes = [*sizes, ([9, 14, 3, 6], [1, 0, 2, 1])] if hidden else sizes
    cases = [_rows(*each, seed=at + 10 * hidden) for at, each in enumerate(sizes)]
    made = [_collated(collate_with_text, rows) for rows in cases]
    if len({id(batch) for batch in made}) < len(made):
        slip = "each batch overwrites the one before: make a new dictionary in the function"
        raise WrongAnswer("a new dictionary for each batch", Said("the same one again"), slip)
    for batch, rows in zip(made, cases, strict=True):
        try:
            _same(batch, rows)
        except WrongAnswer as wrong:
            wrong.given = shown_call("collate_with_text", (rows,))
            if isinstance(wrong, WrongWidth):
                wrong.perhaps = _width_slip(made, cases) or wrong.perhaps
            raise
    return "Everything that a row knows can travel with its batch, if your function packs it."


def _collated(collate_with_text: Callable, rows: list[dict]) -> Mapping:
    """Call the student's function. Raises WrongForm where it returns no batch with the four names."""
    given = copy.deepcopy(rows)
    try:
        batch = call(collate_with_text, given, name="collate_with_text")
    except WrongForm as wrong:
        slips = {
            "text": "words make no tensor: the collator must get rows without `text`",
            "input_ids": f"is the width fixed? The longest row has {max(len(row['input_ids']) for row in rows)} tokens",
        }
        for name, slip in slips.items():
            if f"(`{name}` in this case)" in str(wrong.__context__):  # the library's own advice leads astray here
                raise WrongForm(f"a batch of {len(rows)} rows", Said(wrong.received), slip, given=wrong.given) from None
        raise
    if not near(rows, given, 0):
        slip = "something changes the rows themselves: make new ones. In the next epoch they are needed again"
        raise WrongAnswer("that the rows stay as they are", given, slip)
    if not isinstance(batch, Mapping):
        raise WrongForm("a dictionary", batch)
    if set(batch) != set(NAMES):
        slips = {"the model takes `labels`, not `label`": "labels" not in batch and "label" in batch}
        slips["where are the texts?"] = "text" not in batch
        slips["without a mask, the model reads the padding, too"] = "attention_mask" not in batch
        slips["something more came along: these four are enough"] = set(batch) > set(NAMES)
        raise WrongForm(
            f"the names {', '.join(NAMES)}", Said(", ".join(map(str, batch)) or "none"), suspect(True, slips)
        )
    return batch


def _same(batch: Mapping, rows: list[dict]) -> None:
    """Raise WrongAnswer where a batch is not that of the rows."""
    for name in ("input_ids", "attention_mask"):
        _same_rectangle(batch, name, rows)
    _same_labels(batch["labels"], [row["label"] for row in rows])
    if isinstance(batch["text"], Iterator):
        raise WrongForm("a list of texts in `text`", batch["text"], "it can be read only once: make a list of it")
    texts, wanted = as_list(batch["text"], "text", of=str), [row["text"] for row in rows]
    if texts != wanted:
        slip = "the texts are these, in another order" if sorted(texts) == sorted(wanted) else ""
        slip = "the spaces at the end of a text are lost" if texts == [text.strip() for text in wanted] else slip
        raise WrongAnswer("the texts of the rows, in their order", texts, slip)


def _same_rectangle(batch: Mapping, name: str, rows: list[dict]) -> None:
    tensor = _tensor(batch, name)
    if tensor.is_floating_point() and name == "input_ids":
        raise WrongForm("whole numbers in `input_ids`", tensor, "a model looks ids up in a table: no floats")
    real, width = [row[name] for row in rows], max(len(row[name]) for row in rows)
    if tuple(tensor.shape) == (width, len(rows)) != (len(rows), width):
        raise WrongForm(f"one line for each row in `{name}`", tensor, "it lies on its side")
    as_tensor(tensor, name, shape=(len(rows), None))
    unknown = name == "input_ids" and not {*tensor.flatten().tolist()} <= {0, *chain(*real)}
    foreign = "some of these ids are in no row: take the ids that the rows have" if unknown else ""
    if tensor.shape[1] != width:
        raise WrongWidth(f"rows as wide as the longest one in `{name}`: {width}", tensor, foreign)
    if not near(tensor, _padded(real, width), 0):
        slip = suspect(tensor, _padding_slips(real, width, tensor.flatten().tolist()), 0)
        if sorted(tensor.tolist()) == sorted(_padded(real, width).tolist()):
            slip = "the rows are these, in another order"
        raise WrongAnswer(f"the `{name}` of each row, and zeros behind", tensor, slip or foreign)


def _padded(real: list[list[int]], width: int, fill: float = 0):
    import torch

    return torch.tensor([each + [fill] * (width - len(each)) for each in real])


def _padding_slips(real: list[list[int]], width: int, found: list) -> dict[str, object]:
    """Return slip -> the tensor that the slip leads to. `found` holds the numbers of the student's tensor."""
    in_front = _padded([each[::-1] for each in real], width).flip(1)
    whole = _padded(real, width)
    return {
        "the padding comes behind the real tokens": in_front,
        "a mask of ones hides no padding: where do the zeros belong?": whole * 0 + 1,
        "0 and 1 are exchanged": 1 - whole,
        **{f"filled with {fill:g}: it must be 0": _padded(real, width, fill) for fill in {*found} - {0}},
    }


def _tensor(batch: Mapping, name: str):
    import torch

    values = batch[name]
    if not isinstance(values, torch.Tensor):
        slip = "lists cannot go into a model: `torch.tensor(...)`" if isinstance(values, list | tuple) else ""
        raise WrongForm(f"a tensor in `{name}`", values, slip)
    return as_tensor(values, name)


def _same_labels(labels, wanted: list[int]) -> None:
    import torch

    labels = _tensor({"labels": labels}, "labels")
    if labels.dtype != torch.int64:
        slip = "with floats, the model takes them for several labels" if labels.is_floating_point() else ""
        raise WrongForm("`labels` of type torch.int64: the loss of the model needs them", labels, slip)
    slips = {(len(wanted), 1): "one number for each row: an axis of length 1 is left"}
    as_tensor(labels, "labels", shape=(len(wanted),), slips=slips)
    if labels.tolist() != wanted:
        slip = "the labels are these, in another order" if sorted(labels.tolist()) == sorted(wanted) else ""
        raise WrongAnswer("the label of each row, in the order of the rows", labels, slip)


def _width_slip(made: list[Mapping], cases: list[list[dict]]) -> str:
    """Return the words of the slip that gives the widths of all batches."""
    widths = [getattr(batch["input_ids"], "shape", [0])[-1] for batch in made]
    lengths = [[len(row["input_ids"]) for row in rows] for rows in cases]
    longest = [max(each) for each in lengths]
    slips = {
        "as wide as the shortest row? Then the others are cut": [min(each) for each in lengths],
        "padded to a multiple of 8": [8 * math.ceil(each / 8) for each in longest],
        f"each batch is {widths[0]} wide: take the longest row of this batch": [widths[0]] * len(widths),
        f"rows are cut after {max(widths)} tokens": [min(each, max(widths)) for each in longest],
        "are the marks at both ends lost?": [each - 2 for each in longest],
    }
    return suspect(widths, slips, 0)


def token_lengths(rows: int, usual: int, seed: int) -> list[int]:
    """Return lengths as texts have them: many short ones, a few long ones, `usual` tokens in the mean."""
    import numpy as np

    return (np.random.default_rng(seed).gamma(3, usual / 3, rows).astype(int) + 4).tolist()


def padding_share(batches: list[list[int]], lengths: list[int]) -> float:
    """Return which share of the tokens sent is padding."""
    sent = sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)
    return 1 - sum(lengths) / sent


def shuffled_share(lengths: list[int], size: int) -> float:
    """Return the share of padding of shuffled batches."""
    import numpy as np

    order = np.random.default_rng(0).permutation(len(lengths)).tolist()
    return padding_share([order[row : row + size] for row in range(0, len(order), size)], lengths)


def meetings(batches: list[list[int]]) -> set:
    """Return all pairs of rows that share a batch."""
    return {pair for batch in batches for pair in combinations(sorted(batch), 2)}


def sorted_blocks(batches: list[list[int]], lengths: list[int]) -> int:
    """Return the number of blocks, each sorted by length, that these batches are made of."""
    order = [lengths[row] for batch in batches for row in batch]
    breaks = [after - before for before, after in pairwise(order)]
    return 1 + min(sum(each < 0 for each in breaks), sum(each > 0 for each in breaks))


@dataclass
class Epochs:
    """What `grouped_batches` made of lengths: with one seed, with another one, and with the first one again."""

    lengths: list[int]
    size: int
    seeds: tuple[int, int]
    first: list[list[int]]
    second: list[list[int]]
    again: list[list[int]]

    @property
    def many(self) -> bool:
        """Return whether there are so many batches that padding and pairs count."""
        return len(self.lengths) >= 200 * self.size

    def shown(self, seed: int | None = None) -> str:
        """Describe the call, with the first seed where none is named."""
        seed = self.seeds[0] if seed is None else seed
        return f"grouped_batches({len(self.lengths)} lengths, size={self.size}, seed={seed})"


@sheet.exercise(
    section="What do we lose by grouping?",
    hints=[
        "The lesson says how its sampler does it: shuffle, cut into blocks, sort within each block. Then make batches.",
        "Big blocks save padding, small blocks leave more to chance. Try blocks of about ten batches.",
        "`np.random.default_rng(seed)` is the chance. `sorted(block, key=lambda row: lengths[row])` sorts row numbers.",
    ],
)
def grouped_batches(grouped_batches, hidden=False) -> str:
    as_function(grouped_batches, "grouped_batches")
    few, many = [(7, 60, 3, (0, 1)), (3, 60, 5, (0, 1))], [(405, 60, 2, (0, 1)), (433, 60, 2, (0, 1))]
    many += [(1003, 300, 5, (3, 5)), (1407, 60, 7, (12, 13)), (1605, 300, 8, (1, 1001))]
    if hidden:
        few, many = [(11, 60, 4, (2, 4))], [(611, 300, 3, (2, 4)), (1500, 60, 6, (7, 107)), (2233, 300, 11, (0, 99))]
    made = [_epochs(grouped_batches, *case) for case in few + many]
    _batches_are_whole(made)
    for each in made:
        if each.first != each.again:
            slip = "is every random thing made from `seed`?"
            raise WrongAnswer("the same batches for the same seed", Said("other batches"), slip, given=each.shown())
        if each.many:
            share, meet = _is_alike(each), _is_by_chance(each)
    if hidden:
        _is_the_same_elsewhere(grouped_batches, each)
    usual = shuffled_share(each.lengths, each.size)
    return f"{share:.0%} padding in place of {usual:.0%}, and only {meet:.0%} of the pairs meet again."


def _epochs(grouped_batches: Callable, number: int, usual: int, size: int, seeds: tuple[int, int]) -> Epochs:
    lengths, made = token_lengths(number, usual, seed=number), []
    for seed in (*seeds, seeds[0]):
        given = list(lengths)
        batches = as_list(call(grouped_batches, given, size, seed, name="grouped_batches"), "grouped_batches(...)")
        if batches and all(isinstance(each, numbers.Integral) for each in batches):
            slip = "a list of numbers, not of batches: cut the order of the rows into batches"
            raise WrongForm("a list of batches, each a list of row numbers", batches, slip)
        made.append([[_row_number(row) for row in as_list(each, "a batch")] for each in batches])
        unchanged(lengths, given, "grouped_batches", "lengths")
    return Epochs(lengths, size, seeds, *made)


def _is_the_same_elsewhere(grouped_batches: Callable, each: Epochs) -> None:
    """Raise WrongAnswer where the same call gives other batches after a restart of the kernel."""
    there = in_another_process(grouped_batches, list(each.lengths), each.size, each.seeds[0])
    if there is not NotImplemented and [[*map(int, batch)] for batch in there] != each.first:
        slip = "`hash` gives other numbers in each process of Python"
        expected = "the same batches after a restart of the kernel"
        raise WrongAnswer(expected, Said("others in another process of Python"), slip, given=each.shown())


def _row_number(row: object) -> int:
    try:
        return operator.index(row)
    except (TypeError, RuntimeError):
        raise WrongForm("row numbers in each batch, of type int", row) from None


def _batches_are_whole(made: list[Epochs]) -> None:
    """Raise WrongAnswer where a row is missing or comes twice, or batches have other sizes than asked for."""
    for each in made:
        for seed, batches in zip(each.seeds, (each.first, each.second), strict=True):
            rows, number = sorted(chain(*batches)), len(each.lengths)
            if rows != list(range(number)):
                said = Said(f"{len(rows)} numbers, {len(set(rows))} of them different")
                expected = f"each of the row numbers 0 to {number - 1}, once"
                raise WrongAnswer(expected, said, _rows_slip(made), given=each.shown(seed))
            others = sorted(len(batch) for batch in batches if len(batch) != each.size)
            if len(others) > 1 or max(others, default=0) > each.size or 0 in others:
                said = Said(f"other sizes: {others[:8]}")
                expected = f"batches of {each.size} rows; one may have fewer, and none is empty"
                raise WrongAnswer(expected, said, _size_slip(batches, each.size, made), given=each.shown(seed))


def _rows_slip(made: list[Epochs]) -> str:
    """Return what all these epochs do with the numbers of the rows."""
    slips = {
        "those are lengths. A batch holds row numbers": lambda rows, lengths, _: rows == sorted(lengths),
        "the numbers begin at 0, not at 1": lambda rows, lengths, _: rows == list(range(1, len(lengths) + 1)),
        "the last few rows are lost. A small batch is allowed": (
            lambda rows, lengths, size: len({*rows}) == len(rows) == len(lengths) - len(lengths) % size
        ),
        "no row is missing, but some come more than once": lambda rows, lengths, _: {*rows} == {*range(len(lengths))},
    }
    if len({len([*chain(*each.first)]) for each in made}) == 1:
        return "always the same number of rows: is `lengths` used?"
    for words, true in slips.items():
        if all(true(sorted(chain(*each.first)), each.lengths, each.size) for each in made):
            return words
    return ""


def _size_slip(batches: list[list[int]], size: int, made: list[Epochs]) -> str:
    widest = {max(map(len, each.first)) for each in made if each.many}
    places = [place for place, batch in enumerate(batches, 1) if len(batch) != size]
    if not all(batches):
        return "there is a batch without any row"
    if len(widest) == 1:
        return f"always {widest.pop()} in a batch, whatever `size` is: is `size` used?"
    if places[2:] and places[0] > 1 and all(place % places[0] == 0 for place in places[:-1]):
        return f"every {places[0]} batches, there is a small one: do your blocks hold a whole number of batches?"
    return ""


def _is_alike(each: Epochs) -> float:
    """Return the share of padding. Raises WrongAnswer where it is more than half of what shuffled batches have."""
    share, usual = padding_share(each.first, each.lengths), shuffled_share(each.lengths, each.size)
    if share > 1.05 * usual / 2:  # shuffled batches are a matter of chance, too
        rows = len(each.lengths) / sorted_blocks(each.first, each.lengths)
        slip = ""
        if share > 0.95 * usual:
            slip = "that is as much as without any order: rows of similar length must be neighbours before you cut"
        elif rows > 2.5:  # two or three rows are in order by chance
            slip = f"sorted in blocks of about {rows / each.size:.2g} batches: are they too small?"
        said = Said(f"{share:.0%} padding; shuffled batches have {usual:.0%}")
        raise WrongAnswer(f"at most {usual / 2:.0%} padding", said, slip, given=each.shown())
    return share


def _is_by_chance(each: Epochs) -> float:
    """Return which share of the pairs meets again with another seed. Raises WrongAnswer where it is over a half."""
    meet = len(meetings(each.first) & meetings(each.second)) / len(meetings(each.first))
    if meet > 0.5:
        one, other = ([each.lengths[row] for batch in epoch for row in batch] for epoch in (each.first, each.second))
        blocks = sorted_blocks(each.first, each.lengths)
        slips = {
            "both seeds give the same batches: where does `seed` come in, and what may it change?": each.first
            == each.second,
            "only rows of equal length change places. Sort in blocks, not the whole": one == other,
            "the order of the batches changes, but the same rows always meet": meet == 1,
            f"sorted in {blocks} block(s): so few leave little to chance": blocks <= 3,
        }
        slip = next((words for words, true in slips.items() if true), "")
        given = each.shown() + f", then with seed={each.seeds[1]}"
        raise WrongAnswer("that at most 50% of the pairs meet again", Said(f"{meet:.0%} meet again"), slip, given=given)
    return meet
