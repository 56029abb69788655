"""The checks of `training_loop`'s sheet."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_list, as_number, as_tensor, call, predict, suspect
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, shown_call

sheet = Sheet("training_loop")

TOP = 8e-4
# One of the right answers in answers.py reads these out of a real schedule.
RATES = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 0}
RATE_SLIPS = {
    "a": {
        "in step 1 nothing has climbed yet: at which rate does the climb begin?": 4e-4,
        "that is the top; the warmup comes before it": TOP,
        "a tenth of the top? The climb begins lower": TOP / 10,
    },
    "b": {
        "step 1 has not climbed at all, so the top comes one step later": TOP,
        "zero is where the climb begins, one step before": 0,
    },
    "c": {
        "the rate falls from the top on; it does not stay there": TOP,
        "in which step is the top? Count again from step 1": 6e-4,
        "one step too late": 5e-4,
        "it falls from the top to zero in 8 equal parts, not in 10": TOP * 9 / 10,
        "the top comes later, and it falls from there to zero in 8 equal parts, not in 10": TOP * 8 / 10,
        "it falls from the top on, not from step 1 on, and in 8 equal parts, not in 10": TOP * 7 / 10,
        "it falls from the top to zero in 8 equal parts, not in 9": TOP * 8 / 9,
        "zero comes behind the last step, so the way down has one part more": TOP * 6 / 7,
    },
    "d": {
        "zero comes behind the last step: no step uses it": 0,
        "it falls all the way until the end": TOP,
        "one step too early": 2e-4,
        "it falls from the top to zero in 8 equal parts, not in 10": TOP / 10,
        "it falls from the top to zero in 8 equal parts, not in 9": TOP / 9,
    },
    "e": {
        "who moves the schedule from the place where it began?": TOP,
        "`schedule.step()` is missing in all ten steps, not in the last alone": 2e-4,
        "who moves the schedule from step to step?": 1e-4,
        "the optimizer does not move the schedule, not even by one step": 4e-4,
    },
}


@sheet.exercise(
    section="Question 8: why a learning rate scheduler?",
    hints=[
        "Draw ten points, one for each step. The lesson printed the first rate of such a schedule. Begin there.",
        "From zero it climbs twice, by equal parts, to 8e-4. Step 1 comes before the climb. Which step is the top?",
        "From the top it falls eight times, by equal parts. Zero is the rate that an eleventh step would get.",
    ],
    form_point=False,
)
def warmup_rates(warmup_rates) -> str:
    predict(warmup_rates, "warmup_rates", {letter: _rate(right, RATE_SLIPS[letter]) for letter, right in RATES.items()})
    return "The first step stands still, and a schedule that nobody moves stands still for ever."


def _rate(right: float, slips: dict[str, float]) -> Part:
    """Return a part of the prediction. A rate of zero is zero, and not just very small."""
    scales = {
        "a share of the top? Give the rate itself": right / TOP,
        "ten times too much: count the zeros": right * 10,
        "ten times too little: count the zeros": right / 10,
    }
    return Part(right, slips | scales, partial(as_number, low=0), 1e-6 if right else 1e-12)


def _clipping_cases(hidden: bool) -> list[tuple]:
    """Return gradients and a limit: one tensor to four, of no axis to three, longer than the limit and shorter."""
    import torch

    random = torch.Generator().manual_seed(62 if hidden else 26)

    def drawn(*shapes):
        return [torch.randn(shape, generator=random) for shape in shapes]

    return [
        ([torch.tensor([3.0])], 2.0),
        ([torch.tensor([0.4]), torch.tensor(-0.3)], 0.3),
        ([torch.zeros(2), torch.zeros(1, 2)], 1.0),
        ([torch.tensor([[0.9], [-1.2]]), torch.tensor([0.0])], 2.0),
        ([torch.tensor([-3.0, 0.0]), torch.tensor([[4.0]])], 5),
        ([torch.tensor([1.0]), torch.tensor([[2.0]]), torch.tensor(-2.0)], 1.5),
        ([torch.tensor([[2.0, -1.0], [0.0, 2.0]])], 2.5),
        ([torch.tensor([6.0, -8.0]), torch.tensor([[24.0]])], 13),
        (drawn((3, 3), (2, 1, 2), ()), 2.5),
        (drawn((2,), (2, 2), (3, 2), (4,)), 0.7),
        (drawn((), (2, 3), (1, 2, 2)), 40.0),
    ]


def _length(gradients: list):
    return sum((each**2).sum() for each in gradients) ** 0.5


def _times(gradients: list, factor) -> list:
    return [each * factor for each in gradients]


def _clipped(gradients: list, max_norm: float, length=None) -> list:
    """Return clipped gradients. `length`: what a slip takes for their length."""
    length = _length(gradients) if length is None else length
    return _times(gradients, max_norm / length) if length > max_norm else gradients


def _numbers(made) -> list:
    """Return the numbers of a list of tensors, short enough to be read."""
    name = "clip_by_hand(...)"
    tensors = as_list(made, name)
    if any(isinstance(each, list) for each in tensors):
        raise WrongForm(
            f"a list of tensors in `{name}`",
            made,
            "plain numbers, or one tensor for all? The optimizer needs a tensor for each",
        )
    return [as_tensor(each, name).double().round(decimals=4).tolist() for each in tensors]


def _spectral(each):
    """Return what `matrix_norm(each, 2)` makes of a matrix, and the length of any other tensor."""
    import torch

    return torch.linalg.matrix_norm(each, 2) if each.dim() == 2 else each.norm()


CLIP_SLIPS = {
    "each tensor is shrunk alone; one length is meant, of all of them together": lambda g, m: [
        _clipped([each], m)[0] for each in g
    ],
    "single values are cut off, and that changes the direction; shrink all by the same factor": lambda g, m: [
        each.clamp(-m, m) for each in g
    ],
    "short gradients are made longer; clipping only makes them shorter": lambda g, m: _times(
        g, m / max(float(_length(g)), 1e-9)
    ),
    "short gradients are made longer, and where all are 0, you divide by 0": lambda g, m: _times(g, m / _length(g)),
    "a division by 0: what if all gradients are 0?": lambda g, m: _times(
        g, min(m / _length(g), _length(g) / _length(g))
    ),
    "lengths do not add up like that: add the squares, and take the root at the end": lambda g, m: _clipped(
        g, m, sum(each.norm() for each in g)
    ),
    "is the root missing? A length is the root of the sum of the squares": lambda g, m: _clipped(g, m, _length(g) ** 2),
    "is the root missing where you compare with `max_norm`?": lambda g, m: (
        _times(g, m / _length(g)) if _length(g) ** 2 > m else g
    ),
    "is the root missing where you shrink?": lambda g, m: _times(g, m / _length(g) ** 2) if _length(g) > m else g,
    "add up the squares, not the numbers without their signs": lambda g, m: _clipped(
        g, m, sum(each.abs().sum() for each in g)
    ),
    "only the longest tensor is measured; one length is meant, of all of them together": lambda g, m: _clipped(
        g, m, max(each.norm() for each in g)
    ),
    "only the first tensor is measured": lambda g, m: _clipped(g, m, g[0].norm()),
    "only the first two tensors are measured; the list may be longer": lambda g, m: _clipped(g, m, _length(g[:2])),
    "only the last tensor is measured": lambda g, m: _clipped(g, m, g[-1].norm()),
    "the largest number is compared with the limit; compare the length": lambda g, m: (
        _times(g, m / _length(g)) if max(each.abs().max() for each in g) > m else g
    ),
    "this norm of a matrix is another number; take the root of the sum of the squares": lambda g, m: _clipped(
        g, m, _length([_spectral(each) for each in g])
    ),
    "this length is 1; the limit is `max_norm`": lambda g, m: _times(g, 1 / _length(g)) if _length(g) > m else g,
    "the length is 1 for all of them; the limit is `max_norm`": lambda g, m: _times(
        g, 1 / max(float(_length(g)), 1e-9)
    ),
    "always 6.5? The limit is `max_norm`": lambda g, m: _clipped(g, 6.5),
    "always 1? The limit is `max_norm`": lambda g, m: _clipped(g, 1.0),
    "nothing is shrunk here": lambda g, m: g,
    "the factor is turned round: divide the limit by the length": lambda g, m: (
        _times(g, _length(g) / m) if _length(g) > m else g
    ),
    "the factor is squared, or used twice: use it once": lambda g, m: (
        _times(g, (m / _length(g)) ** 2) if _length(g) > m else g
    ),
    "the squares of a tensor are averaged; add them up": lambda g, m: _clipped(
        g, m, sum((each**2).mean() for each in g) ** 0.5
    ),
    "the comparison is turned round: the long ones stay, and the short ones are made longer": lambda g, m: (
        _times(g, m / max(float(_length(g)), 1e-9)) if _length(g) <= m else g
    ),
    "one long vector? Give each tensor its shape back": lambda g, m: _flat(_clipped(g, m)),
    "the numbers are right; give each tensor its shape back": lambda g, m: [each.flatten() for each in _clipped(g, m)],
    "rounded? Give the numbers as they come": lambda g, m: [each.double().round(decimals=2) for each in _clipped(g, m)],
}


def _flat(gradients: list) -> list:
    return [number for each in gradients for number in each.flatten().tolist()]


@sheet.exercise(
    section="Question 7: why `optimizer.zero_grad()`?",
    hints=[
        "First the length of all together. Think of all numbers of all tensors as one long vector.",
        "Square each number, add up over all tensors, take the root once. For the card's example that makes 13.",
        "One factor for all: the limit divided by the length. Use it only where the length is more than the limit.",
    ],
)
def clip_by_hand(clip_by_hand, hidden=False) -> str:
    as_function(clip_by_hand, "clip_by_hand")
    cases, left = _clipping_cases(hidden), []

    def watched(gradients, max_norm):
        left.append(gradients)
        return clip_by_hand(gradients, max_norm)

    judge(
        watched,
        "clip_by_hand",
        cases,
        lambda gradients, max_norm: _numbers(_clipped(gradients, max_norm)),
        slips=CLIP_SLIPS,
        read=_numbers,
        tolerance=2e-4,
        may_change={"gradients"},
    )
    for (gradients, max_norm), after in zip(cases, left, strict=True):
        if not near(after, _clipped(gradients, max_norm), 2e-4):  # shrunk in place, as `clip_grad_norm_` does
            given = shown_call("clip_by_hand", (gradients, max_norm))
            unchanged(gradients, after, "clip_by_hand", "gradients", given=given)
    return "One length for all together: the step gets shorter, and its direction stays."


@cache
def _untrained(labels: int, dropout: float, spread: float):
    """Return a very small random classifier. Copy it before use."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    plan = BertConfig(
        vocab_size=40,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=16,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
        initializer_range=spread,
        num_labels=labels,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(6)
        return BertForSequenceClassification(plan).train()


def _batches(seed: int, sizes: list[int]) -> list[dict]:
    """Return batches with so many rows, and with the columns of the sheet's tokenizer: no row is a pair of texts."""
    import torch

    random, width = torch.Generator().manual_seed(seed), 5 + seed % 3
    batches = []
    for rows in sizes:
        lengths = torch.randint(2, width, (rows, 1), generator=random)
        ids = torch.randint(1, 40, (rows, width), generator=random)
        mask = (torch.arange(width) < lengths).long()
        batches.append({"input_ids": ids * mask, "token_type_ids": torch.zeros_like(ids), "attention_mask": mask})
    return batches


def _sizes(batches: list[dict]) -> list[int]:
    return [len(batch["input_ids"]) for batch in batches]


def _scored_cases(hidden: bool) -> list[tuple]:
    """Return models and batches. In training such a model answers 0 and nothing else: so a slip shows every time.

    The seeds are such that no score is that of the training mode, nor the mean over the batches.
    """
    import torch

    shapes = [(3, [2, 1]), (4, [1, 3]), (2, [4, 1, 3]), (4, [7, 7, 2]), (5, [1, 6, 2, 2])]
    cases = []
    for seed, (labels, sizes) in enumerate(shapes, 10 if hidden else 42):
        model = deepcopy(_untrained(labels, dropout=1.0, spread=1.0))
        batches, random = _batches(seed, sizes), torch.Generator().manual_seed(seed)
        for answers, batch in zip(_answers(model, batches), batches, strict=True):
            wrong = torch.rand(len(answers), generator=random) < 0.4
            batch["labels"] = (answers + wrong) % labels
        cases.append((model.eval() if sizes == [1, 3] else model.train(), batches))
    return cases


def _answers(model, batches: list[dict], train=lambda number: False, left_out=("labels",)) -> list:
    """Return what the model answers to each batch. A slip may leave it in training for some, or leave inputs out."""
    import torch

    answers, was = [], model.training
    with torch.no_grad():
        for number, batch in enumerate(batches):
            inputs = {name: values for name, values in batch.items() if name not in left_out}
            answers.append(model.train(was and train(number))(**inputs).logits.argmax(-1))
    model.train(was)
    return answers


def _counted(model, batches: list[dict], **slip) -> list[int]:
    """Return how many rows of each batch are right."""
    answers = _answers(model, batches, **slip)
    return [int((each == batch["labels"]).sum()) for each, batch in zip(answers, batches, strict=True)]


def _share(model, batches, **slip) -> float:
    return sum(_counted(model, batches, **slip)) / sum(_sizes(batches))


def _mean_of_shares(model, batches, **slip) -> float:
    pairs = zip(_counted(model, batches, **slip), _sizes(batches), strict=True)
    return sum(right / rows for right, rows in pairs) / len(batches)


SHARE_SLIPS = {
    "a smaller batch counts as much as the others; does each row count the same?": _mean_of_shares,
    "the model is still in training mode: is `model.eval()` there, with brackets, before the first batch?": partial(
        _share, train=lambda number: True
    ),
    "the model is still in training mode, and a smaller batch counts as much as the others": partial(
        _mean_of_shares, train=lambda number: True
    ),
    "the first batch is judged in training mode: `model.eval()` must come before it": partial(
        _share, train=lambda number: number == 0
    ),
    "the first batch is judged in training mode, and a smaller batch counts as much as the others": partial(
        _mean_of_shares, train=lambda number: number == 0
    ),
    "the attention mask is left out: the model reads the padding": partial(
        _share, left_out=("labels", "attention_mask")
    ),
    "the number of right rows: divide by all rows": lambda m, b: sum(_counted(m, b)),
    "a percentage? Give a share from 0 to 1": lambda m, b: 100 * _share(m, b),
    "the share that is wrong? The right ones are asked for": lambda m, b: 1 - _share(m, b),
    "only the last batch is counted": lambda m, b: _share(m, b[-1:]),
    "only the first batch is counted; does `return` stand inside the loop?": lambda m, b: _share(m, b[:1]),
    "the last batch is left out": lambda m, b: _share(m, b[:-1]),
    "the last batch is counted, but its rows are not": lambda m, b: sum(_counted(m, b)) / sum(_sizes(b[:-1])),
    "the first batch is not like all others: count the rows of each": lambda m, b: (
        sum(_counted(m, b)) / _sizes(b)[0] / len(b)
    ),
    "the largest batch is not like all others: count the rows of each": lambda m, b: (
        sum(_counted(m, b)) / max(_sizes(b)) / len(b)
    ),
    "divided by 36? Other batches have other numbers of rows": lambda m, b: sum(_counted(m, b)) / 36,
    "divided by 16 for each batch? Other batches have other numbers of rows": lambda m, b: (
        sum(_counted(m, b)) / 16 / len(b)
    ),
    "divided by the number of batches? Divide by the number of rows": lambda m, b: sum(_counted(m, b)) / len(b),
    "divided by the number of the first batch's labels? Divide by all rows": lambda m, b: (
        sum(_counted(m, b)) / _sizes(b)[0]
    ),
    "rounded? Give the number as it comes": lambda m, b: round(_share(m, b), 2),
    "rounded? Give all digits of it": lambda m, b: round(_share(m, b), 3),
}


def _scores(function, model, batches) -> list[float]:
    """Return the scores of two calls. Raises WrongAnswer where a call changes more than the model's mode."""
    model, mine, was, scores = deepcopy(model), deepcopy(batches), deepcopy(model), []
    modes = _watched(model)
    for _ in range(2):
        scores.append(as_number(call(function, model, mine, name="share_right"), "share_right(...)"))
        _used(modes, "share_right")
        _same_batches(batches, mine, "share_right")
        _same_but_for_the_mode(was, deepcopy(model))
    return scores


def _watched(model) -> list[bool]:
    """Return a list that grows with each use of the model, or of a copy of it: is it in training?"""
    modes = []
    model.bert.embeddings.register_forward_pre_hook(lambda part, _: modes.append(part.training))
    return modes


def _used(modes: list[bool], name: str) -> None:
    if not modes:
        slip = f"does `{name}` use its argument `model`?"
        raise WrongAnswer(
            f"that `{name}` works with the model that it gets", Said("a model that nobody has used"), slip
        )


def _same_batches(before: list, after: list, name: str) -> None:
    """Raise WrongAnswer where batches have changed. Columns come first: a message has no room for all numbers."""
    columns = [[sorted(each) if isinstance(each, Mapping) else each for each in side] for side in (before, after)]
    unchanged(*columns, name, "batches")
    unchanged(before, after, name, "batches")


def _same_but_for_the_mode(was, model) -> None:
    import torch

    _same_dropout(was, model)
    for before, after in zip(was.modules(), model.modules(), strict=True):
        after.training = before.training
    if [each.requires_grad for each in was.parameters()] != [each.requires_grad for each in model.parameters()]:
        slip = "`requires_grad` stays off for ever; `torch.no_grad` ends with the function"
        raise WrongAnswer("that the training can go on", Said("a model with frozen weights"), slip)
    if not near(was, model, 0):
        raise WrongAnswer("that `share_right` leaves the model as it is", Said("a model that has changed"))
    if not torch.is_grad_enabled():
        raise WrongAnswer("that the training can go on", Said("no gradients any more, as in `no_grad`"))


def _same_dropout(was, model) -> None:
    for before, after in zip(was.modules(), model.modules(), strict=True):
        if getattr(before, "p", None) != getattr(after, "p", None):
            slip = "dropout is taken away for ever: then `model.train()` cannot bring it back"
            raise WrongAnswer("a model that keeps its dropout", Said("a model without it"), slip)


@contextmanager
def _given(call: str, batches: list[dict]) -> Iterator[None]:
    """Let what is wrong tell the call in a few words: a model and its batches would fill a page."""
    try:
        yield
    except WrongAnswer as wrong:
        *most, last = map(str, _sizes(batches))
        wrong.given = f"{call} with batches of {', '.join(most)} and {last} rows"
        raise


@sheet.exercise(
    section="What if I forget `model.eval()`?",
    hints=[
        "Two scores for the same weights: something rolls dice. What is on in training, and should be off now?",
        "How many rows has the last batch? How much does each of its rows count, compared with the others?",
        "Count the right rows over all batches, count all rows, and divide once at the end.",
    ],
    form_point=False,
)
def share_right(share_right, hidden=False) -> str:
    as_function(share_right, "share_right")
    cases = _scored_cases(hidden)
    found = []
    for case in cases:
        with _given("share_right(model, batches)", case[1]):
            found.append(_scores(share_right, *case))
    firsts = [first for first, _ in found]
    for (share, again), case in zip(found, cases, strict=True):
        right = _share(*case)
        with _given("share_right(model, batches)", case[1]):
            if not near(share, right, 1e-5):
                slips = {words: [slip(*each) for each in cases] for words, slip in SHARE_SLIPS.items()}
                raise WrongAnswer(f"{right:.4f}, as a share of all rows", share, suspect(firsts, slips, 1e-5))
            if not near(again, share, 1e-5):
                raise WrongAnswer(f"the same score in a second call: {share:.4f}", again)
    return "No dice, and each row counts once: now two scores can be compared."


NEARLY_NO_DROPOUT = 1e-9  # never drops a number; and whoever sets it to 0 is seen


def _learning_cases(hidden: bool) -> list[tuple]:
    """Return models, optimizers and batches with uneven numbers of rows, whose labels are called `label`."""
    import torch

    shapes = [(3, [2, 1], 0.0), (2, [3, 2], 0.5), (4, [4, 1, 3], 0.0), (3, [2, 4, 3, 1], 0.9)]
    cases = []
    for seed, (labels, sizes, momentum) in enumerate(shapes, 70 if hidden else 10):
        model, batches = deepcopy(_untrained(labels, NEARLY_NO_DROPOUT, spread=0.2)), _batches(seed, sizes)
        for batch in batches:
            batch["label"] = (torch.arange(len(batch["input_ids"])) + seed) % labels
        cases.append((model, torch.optim.SGD(model.parameters(), lr=0.2, momentum=momentum), batches))
    return cases


def _learn(
    model,
    optimizer,
    batches,
    each_batch=("backward", "step", "zero"),
    at_the_end=(),
    left_out=(),
    clip=None,
    averaged=False,
    softmax=False,
):
    """Train for one epoch, and return the losses of the batches. A slip does other moves in the loop, or behind it.

    `averaged`: each loss is divided by the number of batches. `softmax`: the loss is that of shares, not of logits.
    """
    import torch

    losses = []
    for batch in batches:
        inputs = {name: values for name, values in batch.items() if name not in ("label", *left_out)}
        logits = model(**inputs).logits
        loss = torch.nn.functional.cross_entropy(logits.softmax(-1) if softmax else logits, batch["label"])
        loss = loss / len(batches) if averaged else loss
        losses.append(loss.item())
        for move in each_batch:
            _move(move, loss, optimizer)
            if move == "backward" and clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
    for move in at_the_end:
        _move(move, loss, optimizer)
    return losses


def _move(name: str, loss, optimizer) -> None:
    {"backward": loss.backward, "step": optimizer.step, "zero": optimizer.zero_grad}[name]()


def _first_batch_only(model, optimizer, batches):
    return _learn(model, optimizer, batches[:1])


def _last_batch_skipped(model, optimizer, batches):
    return _learn(model, optimizer, batches[:-1])


def _last_batch_first(model, optimizer, batches):
    return _learn(model, optimizer, batches[::-1])


def _two_epochs(model, optimizer, batches):
    return [*_learn(model, optimizer, batches), *_learn(model, optimizer, batches)]


WEIGHT_SLIPS = {
    "what is left for `optimizer.step()`? Look at the order of the last lines of the loop": partial(
        _learn, each_batch=("backward", "zero", "step")
    ),
    "each step follows the sum of all batches so far: where are the old gradients thrown away?": partial(
        _learn, each_batch=("backward", "step")
    ),
    "the gradients of the first batch are still in the second step: zero them for each batch": partial(
        _learn, each_batch=("backward", "step"), at_the_end=("zero",)
    ),
    "a step for each batch, not one for each epoch": partial(
        _learn, each_batch=("backward",), at_the_end=("step", "zero")
    ),
    "only the last batch makes a step: do `step` and `zero_grad` stand in the loop?": partial(
        _learn, each_batch=("zero", "backward"), at_the_end=("step", "zero")
    ),
    "two steps for each batch": partial(_learn, each_batch=("backward", "step", "step", "zero")),
    "only the first batch is trained on; does `return` stand inside the loop?": _first_batch_only,
    "the last batch is left out": _last_batch_skipped,
    "two epochs in one call": _two_epochs,
    "the attention mask is left out: the model reads the padding": partial(_learn, left_out=("attention_mask",)),
    "the gradients are clipped to length 1; nobody asked for that here": partial(_learn, clip=1.0),
    "the loss is divided before `backward`, so the steps are shorter": partial(_learn, averaged=True),
    "softmax comes before the loss; cross entropy makes its own": partial(_learn, softmax=True),
    "the last batch comes first; keep their order": _last_batch_first,
}

LOSS_SLIPS = {
    "that is the sum; divide it by the number of batches": lambda losses, sizes: sum(losses),
    "that is the loss of the last batch alone": lambda losses, sizes: losses[-1],
    "that is the loss of the first batch alone": lambda losses, sizes: losses[0],
    "each row counts the same here; the card asks for the mean over the batches": lambda losses, sizes: (
        sum(loss * rows for loss, rows in zip(losses, sizes, strict=True)) / sum(sizes)
    ),
    "divided by the number of rows, too? `loss` is the mean of its rows already": lambda losses, sizes: (
        sum(loss / rows for loss, rows in zip(losses, sizes, strict=True)) / len(losses)
    ),
    "divided by all rows? Divide by the number of batches": lambda losses, sizes: sum(losses) / sum(sizes),
    "divided by 3? Other epochs have other numbers of batches": lambda losses, sizes: sum(losses) / 3,
    "divided by one batch too many": lambda losses, sizes: sum(losses) / (len(losses) + 1),
    "the sum is multiplied by the number of batches; divide it": lambda losses, sizes: sum(losses) * len(losses),
    "the sign is turned round": lambda losses, sizes: -sum(losses) / len(losses),
    "rounded? Give the number as it comes": lambda losses, sizes: round(sum(losses) / len(losses), 3),
    "rounded? Give all digits of it": lambda losses, sizes: round(sum(losses) / len(losses), 2),
}


def _trained(way, case) -> tuple[list, list]:
    """Return the losses of all batches in two epochs of a `way`, and the weights after them."""
    model, optimizer, batches = deepcopy(case)  # in one go: then the optimizer's copy moves the model's copy
    losses = [way(model, optimizer, batches) for _ in range(2)]
    return losses, list(model.parameters())


@dataclass(frozen=True)
class Run:
    """Two epochs: the loss of each, the weights after them, how often gradients were computed and steps were made."""

    losses: list[float]
    weights: list
    gradients: int
    steps: int


def _run(learn_once, case) -> Run:
    """Return two epochs of `learn_once`. Raises WrongAnswer where it changes the batches, or trains no such model."""
    model, optimizer, batches = deepcopy(case)
    modes, gradients, steps, losses = _watched(model), [], [], []
    model.classifier.weight.register_hook(gradients.append)
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    for _ in range(2):
        losses.append(as_number(call(learn_once, model, optimizer, batches, name="learn_once"), "learn_once(...)"))
        _same_batches(case[2], batches, "learn_once")
    _used(modes, "learn_once")
    if not all(modes):
        slip = "is there a `model.eval()`? It is for judging, not for learning"
        raise WrongAnswer("a model in training mode, in the next epoch, too", Said("a model without dropout"), slip)
    _same_dropout(case[0], model)
    return Run(losses, list(model.parameters()), len(gradients), len(steps))


def _judge_weights(runs: list[Run], cases: list[tuple]) -> None:
    """Raise WrongAnswer where two epochs have not led to the weights that they should."""
    for case, run in zip(cases, runs, strict=True):
        if not near(run.weights, _trained(_learn, case)[1], 1e-4):
            still = near(run.weights, list(case[0].parameters()), 0)
            what = (
                f"{'the same weights as before' if still else 'other weights'}, after {run.steps} steps of `optimizer`"
            )
            with _given("learn_once(model, optimizer, batches)", case[2]):
                want = f"the weights that {2 * len(case[2])} steps lead to, in two epochs"
                raise WrongAnswer(want, Said(what), _slip_in_weights(run, runs, cases))


def _slip_in_weights(run: Run, runs: list[Run], cases: list[tuple]) -> str:
    if not run.gradients and not any(run.losses):
        return "no batch had a loss: under which name does the model take the labels?"
    if not run.gradients:
        return "no gradient was computed: where is `backward`?"
    if not run.steps:
        return "does `learn_once` use its argument `optimizer`, or another one?"
    ways = {words: [_trained(way, case)[1] for case in cases] for words, way in WEIGHT_SLIPS.items()}
    return suspect([each.weights for each in runs], ways, 1e-4)


def _judge_losses(runs: list[Run], cases: list[tuple]) -> None:
    """Raise WrongAnswer where the loss of an epoch is not the mean of its batches."""
    parts = [(_trained(_learn, case)[0], _sizes(case[2])) for case in cases]

    def losses_by(way) -> list[list[float]]:
        return [[way(epoch, sizes) for epoch in epochs] for epochs, sizes in parts]

    found = [run.losses for run in runs]
    wanted = losses_by(lambda losses, sizes: sum(losses) / len(losses))
    for case, losses, want in zip(cases, found, wanted, strict=True):
        if not near(losses, want, 1e-4):
            slip = suspect(found, {words: losses_by(way) for words, way in LOSS_SLIPS.items()}, 1e-4)
            with _given("two epochs of learn_once(model, optimizer, batches)", case[2]):
                said = f"{want[0]:.4f}, then {want[1]:.4f}: the mean loss of the batches in each epoch"
                raise WrongAnswer(said, losses, slip)


@sheet.exercise(
    section="Question 7: why `optimizer.zero_grad()`?",
    hints=[
        "Print `model(**batch).loss` for one batch. Question 10 of the lesson has seen this before.",
        "Now the loss is a number, and the `if` can go. But the loss does not fall. Print a weight before and after.",
        "What does `optimizer.step()` read? What is left of it when `zero_grad` has just been called?",
    ],
    form_point=False,
)
def learn_once(learn_once, hidden=False) -> str:
    as_function(learn_once, "learn_once")
    cases, runs = _learning_cases(hidden), []
    for case in cases:
        with _given("learn_once(model, optimizer, batches)", case[2]):
            runs.append(_run(learn_once, case))
    _judge_weights(runs, cases)
    _judge_losses(runs, cases)
    return "Labels under their right name, and a step before the gradients are gone."
