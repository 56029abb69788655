"""The checks of `training_loop`'s sheet."""

import math
from functools import cache

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, as_tensor, call
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("training_loop")

# One of the right answers in tests/answers/ reads these out of a real schedule.
RATES = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 0}
RATE_SLIPS = {
    "a": {
        "in step 1 nothing has climbed yet: at which rate does the climb begin?": 4e-4,
        "that is the top; the warmup comes before it": 8e-4,
    },
    "b": {
        "step 1 has not climbed at all, so the top comes one step later": 8e-4,
        "zero is where the climb begins, one step before": 0,
    },
    "c": {
        "the rate falls from the top on; it does not stay there": 8e-4,
        "in which step is the top? Count again from step 1": 6e-4,
        "it falls from the top to zero in 8 equal parts, not in 10": 7.2e-4,
    },
    "d": {
        "zero comes behind the last step: no step uses it": 0,
        "it falls all the way until the end": 8e-4,
        "one step too early": 2e-4,
    },
    "e": {
        "who moves the schedule from the place where it began?": 8e-4,
        "who moves the schedule from step to step?": 1e-4,
        "the optimizer does not move the schedule, not even by one step": 4e-4,
    },
}
STEPS = {"a": "step 1", "b": "step 2", "c": "step 4", "d": "step 10", "e": "step 10 without `schedule.step()`"}


@sheet.exercise(
    section="Question 8: why a learning rate scheduler?",
    hints=[
        "Draw ten points, one for each step. The lesson printed the first rate of such a schedule. Begin there.",
        "From zero it climbs twice, by equal parts, to 8e-4. Step 1 comes before the climb. Which step is the top?",
        "From the top it falls eight times, by equal parts. Zero is the rate that an eleventh step would get.",
    ],
)
def warmup_rates(warmup_rates) -> str:
    if not isinstance(warmup_rates, dict) or not RATES.keys() <= set(warmup_rates):
        expected = 'a dict with the keys "a", "b", "c", "d" and "e"'
        raise WrongAnswer(expected, warmup_rates, "keep the dict of the cell, and replace the dots in it")
    found = {letter: as_number(warmup_rates[letter], letter) for letter in RATES}
    for letter, right in RATES.items():
        rate = found[letter]
        if not near(rate, right):
            slip = next((words for words, value in RATE_SLIPS[letter].items() if near(rate, value)), "")
            if not slip and not 0 <= rate <= 8e-4:
                slip = "the rate goes from 0 to 8e-4, never beyond; give the rate itself, not a share of it"
            slip = slip or "two equal parts up to 8e-4, then eight equal parts down"
            raise WrongAnswer(f"another rate for `{letter}`, {STEPS[letter]}", rate, slip)
    return "The first step stands still, and a schedule that nobody moves stands still for ever."


def near(one: float, other: float) -> bool:
    """True where two rates are the same up to rounding."""
    return math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-9)


def clipping_slips(gradients: list, max_norm: float) -> dict[str, list]:
    """Return what typical slips make of the gradients. The right answer is under the empty name."""
    import torch

    def shrunk(norm, limit=max_norm, always=False):
        return [each * (limit / norm) if always or norm > limit else each for each in gradients]

    norms = torch.stack([each.norm() for each in gradients])
    norm = norms.norm()
    over = max(float(norm), 1e-9)
    return {
        "": shrunk(norm),
        "each tensor is shrunk alone; one length is meant, of all of them together": [
            each * (max_norm / each.norm()) if each.norm() > max_norm else each for each in gradients
        ],
        "single values are cut off, and that changes the direction; shrink all by the same factor": [
            each.clamp(-max_norm, max_norm) for each in gradients
        ],
        "short gradients are made longer; clipping only makes them shorter": shrunk(over, always=True),
        "lengths do not add up like that: add the squares, and take the root at the end": shrunk(norms.sum()),
        "is the root missing? A length is the root of the sum of the squares": shrunk(norm**2),
        "only the longest tensor is looked at; one length is meant, of all of them together": shrunk(norms.max()),
        "this length is 1; the limit is `max_norm`": [each / norm if norm > max_norm else each for each in gradients],
        "the length is 1 for all of them; the limit is `max_norm`": [each / over for each in gradients],
        "nothing is shrunk here": list(gradients),
    }


def clipping_cases(hidden: bool) -> list:
    """Return pairs of gradients and limits."""
    import torch

    if hidden:
        dice = torch.Generator().manual_seed(6)
        drawn = [torch.randn(shape, generator=dice) for shape in ((2, 3), (4,), (1, 2, 2))]
        return [(drawn, 2.0), ([0.1 * each for each in drawn], 5.0)]
    return [
        ([torch.tensor([6.0, -8.0]), torch.tensor([[24.0]])], 6.5),
        ([torch.tensor([[0.3], [-0.4]]), torch.tensor([1.2, 0.0])], 2.0),
        ([torch.zeros(2), torch.zeros(1, 2)], 1.0),
    ]


@sheet.exercise(
    section="Question 7: why `optimizer.zero_grad()`?",
    hints=[
        "First the length of all together. Think of all numbers of all tensors as one long vector.",
        "Square each number, add up over all tensors, take the root once. For the card's example that makes 13.",
        "One factor for all: the limit divided by the length. Use it only where the length is more than the limit.",
    ],
)
def clip_by_hand(clip_by_hand, hidden=False) -> str:
    import torch

    as_function(clip_by_hand, "clip_by_hand")
    name, every, results = "clip_by_hand(gradients, max_norm)", [], []
    for gradients, max_norm in clipping_cases(hidden):
        made = as_list(call(clip_by_hand, [each.clone() for each in gradients], max_norm), name, length=len(gradients))
        pairs = zip(made, gradients, strict=True)
        results.append([as_tensor(each, name, shape=tuple(before.shape)).float() for each, before in pairs])
        every.append(clipping_slips(gradients, max_norm))
    for (gradients, max_norm), found, slips in zip(clipping_cases(hidden), results, every, strict=True):
        if not equal(found, slips[""]):
            norm = float(torch.cat([each.flatten() for each in gradients]).norm())
            expected = f"the gradients as they were: together {norm:.1f} long, with a limit of {max_norm}"
            if norm > max_norm:
                expected = f"all gradients shrunk alike: together {norm:.1f} long, now {max_norm}"
            raise WrongAnswer(expected, Said([rounded(each) for each in found]), clipping_slip(found, results, every))
    return "One length for all together: the step gets shorter, and its direction stays."


def clipping_slip(found: list, results: list, every: list) -> str:
    """Return the likely slip behind `found`: one that explains all results, if there is one."""
    if not finite(found):
        return "a division by 0: what if all gradients are 0?"
    for words in filter(None, every[0]):
        pairs = zip(results, every, strict=True)
        if all(equal(result, slips[words]) or not finite(result) for result, slips in pairs):
            return words
    return "compute the length of your result: is it the limit, and has each number shrunk by the same factor?"


def finite(tensors: list) -> bool:
    """True where no number is infinite or nan."""
    return all(bool(each.isfinite().all()) for each in tensors)


def equal(some: list, others: list) -> bool:
    """True where two lists of tensors are the same up to rounding."""
    import torch

    return all(torch.allclose(one, other, atol=1e-4) for one, other in zip(some, others, strict=True))


def rounded(tensor) -> list:
    """Return a tensor's numbers in a form that is short to read."""
    return [round(number, 2) for number in tensor.flatten().tolist()]


@cache
def untrained(dropout: float, spread: float):
    """Return a very small random classifier for four classes. Copy it before use."""
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
        num_labels=4,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(6)
        return BertForSequenceClassification(plan)


def ids_and_mask(seed: int, rows: int) -> dict:
    """Return inputs for the small classifier."""
    import torch

    ids = torch.randint(1, 40, (rows, 6), generator=torch.Generator().manual_seed(seed))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def judged_batches(model, sizes: list[int], right: int, seed: int):
    """Return batches in which the model, in use, gets the last `right` rows right, and its answers in training."""
    import torch

    rows = ids_and_mask(seed, sum(sizes))
    with torch.no_grad():
        answers = model.eval()(**rows).logits.argmax(-1)
        in_training = model.train()(**rows).logits.argmax(-1)
    wrong = (torch.arange(len(answers)) < len(answers) - right).long()
    rows["labels"] = (answers + wrong) % 4
    pieces = zip(*(values.split(sizes) for values in rows.values()), strict=True)
    return [dict(zip(rows, piece, strict=True)) for piece in pieces], in_training.split(sizes)


@sheet.exercise(
    section="What if I forget `model.eval()`?",
    hints=[
        "Two scores for the same weights: something rolls dice. What is on in training, and should be off now?",
        "How many rows has the last batch? How much does each of its rows count, compared with the others?",
        "Count the right rows over all batches, count all rows, and divide once at the end.",
    ],
)
def share_right(share_right, hidden=False) -> str:
    import copy

    as_function(share_right, "share_right")
    for sizes, right, seed in [([5, 5, 2], 10, 1), ([3, 1], 3, 2)] if hidden else [([5, 4, 2], 8, 3), ([4, 3], 5, 4)]:
        model = copy.deepcopy(untrained(dropout=1.0, spread=1.0))
        batches, in_training = judged_batches(model, sizes, right, seed)
        model.train()
        name, total = "share_right(model, batches)", sum(sizes)
        share = as_number(call(share_right, model, batches), name, low=0)
        if share == right != total:
            raise WrongAnswer(f"a share from 0 to 1 in `{name}`", share, "the number of right rows: divide by all rows")
        share = as_number(share, name, high=1)
        if abs(share - right / total) > 1e-5:
            pairs = zip(in_training, batches, strict=True)
            shaken = [int((answers == batch["labels"]).sum()) for answers, batch in pairs]
            counted = [sizes[0] - (total - right), *sizes[1:]]  # all wrong rows are in the first batch
            off = "the model is still in training mode: is `model.eval()` there, with brackets, before the first batch?"
            slips = {
                "a smaller batch counts as much as the others; does each row count the same?": mean_share(
                    counted, sizes
                ),
                off: sum(shaken) / total,
                off + " ": mean_share(shaken, sizes),
                "the share that is wrong? The right ones are asked for": 1 - right / total,
                "only the last batch is counted": counted[-1] / sizes[-1],
                "only the first batch is counted; does `return` stand inside the loop?": counted[0] / sizes[0],
                "divided by the size of the largest batch, not by the size of each": right / sizes[0] / len(sizes),
            }
            near_ones = (words for words, value in slips.items() if abs(share - value) < 1e-5)
            slip = next(near_ones, "compare `argmax(dim=-1)` with the labels, row by row, and count").strip()
            raise WrongAnswer(f"the share of {right} right rows among {total}, in batches of {sizes}", share, slip)
    return "No dice, and each row counts once: now two scores can be compared."


def mean_share(counted: list[int], sizes: list[int]) -> float:
    """Return the mean over batches, in which the rows of a small batch count more."""
    return sum(count / size for count, size in zip(counted, sizes, strict=True)) / len(sizes)


@cache
def epochs_by(way: str, hidden: bool):
    """Return the weights and the losses of two epochs: the right ones, or those of a typical slip."""
    import copy

    import torch

    model = copy.deepcopy(untrained(dropout=0.0, spread=0.2)).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    losses = []
    for _ in range(2):
        losses.append([])
        for batch in unnamed_batches(hidden):
            inputs = {name: values for name, values in batch.items() if name != "label"}
            loss = model(**inputs, labels=batch["label"]).loss
            loss.backward()
            losses[-1].append(loss.item())
            if way != "one step an epoch":
                optimizer.step()
            if way == "":
                optimizer.zero_grad()
        if way == "one step an epoch":
            optimizer.step()
        if way != "never zeroed":
            optimizer.zero_grad()
    return weights_of(model), losses


def weights_of(model):
    """Return all weights of a model in one long vector."""
    import torch

    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def unnamed_batches(hidden: bool) -> list[dict]:
    """Return batches of equal size, whose labels are called `label`."""
    import torch

    seeds = (21, 22, 23, 24) if hidden else (11, 12, 13)
    return [{**ids_and_mask(seed, 4), "label": (torch.arange(4) + seed) % 4} for seed in seeds]


@sheet.exercise(
    section="Question 7: why `optimizer.zero_grad()`?",
    hints=[
        "Print `model(**batch).loss` for one batch. Question 10 of the lesson has seen this before.",
        "Now the loss is a number, and the `if` can go. But the loss does not fall. Print a weight before and after.",
        "What does `optimizer.step()` read? What is left of it when `zero_grad` has just been called?",
    ],
)
def learn_once(learn_once, hidden=False) -> str:
    import copy

    import torch

    as_function(learn_once, "learn_once")
    batches = unnamed_batches(hidden)
    model = copy.deepcopy(untrained(dropout=0.0, spread=0.2)).train()
    before, modes = weights_of(model), []
    model.register_forward_pre_hook(lambda module, _: modes.append(module.training))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    found, name = [], "learn_once(model, optimizer, batches)"
    for _ in range(2):
        found.append(as_number(call(learn_once, model, optimizer, batches), name))
        unchanged(batches, unnamed_batches(hidden))
    right, losses = epochs_by("", hidden)
    judge_weights(before, weights_of(model), right, found, hidden)
    judge_losses(found, losses)
    if not all(modes):
        slip = "`model.eval()` is for judging, not for learning"
        raise WrongAnswer("a model in training mode", Said("a model without dropout"), slip)
    return "Labels under their right name, and a step before the gradients are gone."


def unchanged(batches: list[dict], fresh: list[dict]) -> None:
    """Raise WrongAnswer where the batches are not what they were."""
    for batch, was in zip(batches, fresh, strict=True):
        if set(batch) != set(was) or any((batch[name] != was[name]).any() for name in was):
            raise WrongAnswer(
                "that the batches stay as they are, for the next epoch",
                Said(f"a batch with the columns {list(batch)}"),
                "`pop` and `batch[...] =` change the batch itself: make a new dict",
            )


def judge_weights(before, after, right, losses: list[float], hidden: bool) -> None:
    """Raise WrongAnswer where two epochs have not led to the weights that they should."""
    import torch

    if torch.equal(before, after):
        if not any(losses):
            slip = "no batch had a loss: under which name does the model take the labels?"
            raise WrongAnswer("the loss of a model that guesses, near ln(4)", losses[0], slip)
        slip = "what is left for `optimizer.step()`? Look at the order of the last lines of the loop"
        raise WrongAnswer("weights that have moved after an epoch", Said("the same weights as before"), slip)
    ways = {
        "never zeroed": "each step follows the sum of all batches so far: where are the old gradients thrown away?",
        "zeroed late": "the gradients of the first batch are still in the second step: zero them for each batch",
        "one step an epoch": "a step for each batch, not one for each epoch",
    }
    if not torch.allclose(after, right, atol=1e-4):
        fits = (words for way, words in ways.items() if torch.allclose(after, epochs_by(way, hidden)[0], atol=1e-4))
        slip = next(fits, "one step for each batch: backward, step, zero_grad, and nothing else that moves a weight")
        expected = "the weights after two epochs, with a step for each batch"
        raise WrongAnswer(expected, Said("weights that have moved in another way"), slip)


def judge_losses(found: list[float], losses: list[list[float]]) -> None:
    """Raise WrongAnswer where the loss of an epoch is not the mean of its batches."""
    for epoch, (loss, parts) in enumerate(zip(found, losses, strict=True), start=1):
        slips = {
            "that is the sum; divide it by the number of batches": sum(parts),
            "that is the loss of the last batch alone": parts[-1],
            "that is the loss of the first batch alone": parts[0],
        }
        if abs(loss - sum(parts) / len(parts)) > 1e-3:
            close = (words for words, value in slips.items() if abs(loss - value) < 1e-3)
            slip = next(close, "add up what `model(...).loss` gives for each batch, before its step")
            raise WrongAnswer(f"the mean loss of the batches in epoch {epoch}", round(loss, 4), slip)
