"""The checks of `dataloader`'s sheet."""

import numbers
from collections.abc import Mapping
from itertools import combinations

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, as_tensor, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("dataloader")

BATCH = "a batch is a rectangle: its rows, times the length of its longest row"
LAST = "the last batch has only two rows"


@sheet.exercise(
    section="Assumption and sceptic",
    hints=[
        "Write the ten lengths in lines of four. Each line is a batch; the last one is short.",
        "With dynamic padding a line costs: its number of rows, times its biggest number.",
        "For `e`, write the ten lengths in order of size first. For `f`, the real tokens are the sum of the lengths.",
    ],
)
def padding_bill(padding_bill) -> str:
    letters = "abcdef"
    if not isinstance(padding_bill, dict) or not set(letters) <= set(padding_bill):
        raise WrongAnswer('a dict with the keys "a" to "f"', padding_bill)
    answers = {
        "a": (3, {"the small last batch is a step, too": 2, "those are rows; how many batches?": 10}),
        "b": (2, {"what happens to the batch with two rows?": 3, "those are rows; how many batches?": 8}),
        "c": (320, {LAST: 384, "is every row as long as 32 tokens?": 94, "how many rows are there, in all?": 128}),
        "d": (
            178,
            {
                LAST: 196,
                "one width for all? Each batch is as wide as its own longest row": 200,
                "those are the real tokens, without any padding": 94,
                BATCH: 49,
                "is that with the rows sorted?": 104,
            },
        ),
        "e": (
            104,
            {
                LAST: 144,
                "sorted rows come into other batches: write them down again": 178,
                "those are the real tokens. Even sorted rows need some padding": 94,
                BATCH: 36,
            },
        ),
        "f": (
            84,
            {
                "those are the real tokens; the others are asked for": 94,
                "that is the padding in `e`": 10,
                "that is the padding in `c`": 226,
                "those are all tokens that are sent": 178,
            },
        ),
    }
    for letter, (right, slips) in answers.items():
        value = as_number(padding_bill[letter], letter, low=0)
        if value != right:
            slip = "a share? How many tokens are asked for" if 0 < value < 1 else suspect(value, slips)
            raise WrongAnswer(f"another number for `{letter}`", padding_bill[letter], slip or _default(letter))
    return "The same ten rows: padded to 32 they cost three times as much as sorted ones."


def _default(letter: str) -> str:
    return "count the batches of four" if letter in "ab" else "take one batch at a time: how many rows, how wide?"


def small_model(seed: int):
    """Return a very small BERT for three classes. The global random state stays as it is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = BertConfig(vocab_size=50, num_labels=3, initializer_range=1.0, **sizes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return BertForSequenceClassification(config).eval()


@sheet.exercise(
    section="Why is my loss `None`?",
    hints=[
        "What did the colleague mend: the reason for the missing loss, or only the error that it caused?",
        "Print `batch.keys()`. Which name does the model wait for? Every other name is swallowed without a word.",
        "Make a new dictionary with the right name, and hand that to the model. `dict(batch)` is a copy.",
    ],
)
def batch_loss(batch_loss, hidden=False) -> str:
    import torch
    from torch.nn.functional import cross_entropy

    as_function(batch_loss, "batch_loss")
    model = small_model(seed=5 + hidden)
    ids, mask = torch.tensor([[2, 9, 4], [2, 7, 0]]), torch.tensor([[1, 1, 1], [1, 1, 0]])
    targets = torch.tensor([2, 1] if hidden else [0, 2])
    with torch.no_grad():
        logits, unmasked = model(ids, mask).logits, model(ids).logits
    right, swallowed = cross_entropy(logits, targets).item(), cross_entropy(unmasked, targets).item()
    for name in ("label", "labels"):
        batch = {"input_ids": ids.clone(), "attention_mask": mask.clone(), name: targets.clone()}
        before = dict(batch)
        words = f"the loss of a batch with the names {', '.join(batch)}"
        model.zero_grad()
        loss = _called(batch_loss, model, batch, name)
        if list(batch) != list(before) or any(batch[key] is not before[key] for key in before):
            slip = "`pop` or a new name changes the caller's batch. Change a copy: `dict(batch)`"
            raise WrongAnswer("that the batch stays as it is", Said(f"a batch with {', '.join(batch)}"), slip)
        value = as_number(loss, "batch_loss(model, batch)")
        if abs(value - right) > 1e-3:
            slips = {
                "the error is silenced, its cause is still there: which name does the model want for the targets?": 0,
                "did the mask get lost on the way to the model?": swallowed,
                "the sum over the rows? The loss of a batch is their mean": right * len(ids),
            }
            slip = next((slip for slip, number in slips.items() if abs(value - number) < 1e-3), "")
            raise WrongAnswer(words, loss, slip or "are the targets the batch's own?")
        learns(loss, model)
    return "A loss is `None` because of a name, so the name is what must be mended."


def _called(batch_loss, model, batch: dict, name: str):
    """Call the student's function; say more than `call` does where the name of the targets is to blame."""
    try:
        made = call(batch_loss, model, batch)
    except WrongAnswer as wrong:
        if wrong.received == "None":
            slip = "`None` again: which name does the model want for the targets, and which name does the batch have?"
            raise WrongAnswer(f"a loss for a batch that says `{name}`", None, slip) from None
        if "KeyError" in wrong.received:
            slip = "some batches say `label`, some say `labels`: ask which name is there"
            raise WrongAnswer(f"a loss for a batch that says `{name}`", Said(wrong.received), slip) from None
        raise
    if hasattr(made, "logits"):
        raise WrongAnswer("the loss alone", made, "all outputs of the model? The loss is one part of them")
    return made


def learns(loss, model) -> None:
    """Raise WrongAnswer where `backward` does not bring a gradient from this loss into the model."""
    import torch

    slip = "`.item()`, `detach` or `no_grad` cuts the way back: return the model's own loss"
    if not isinstance(loss, torch.Tensor) or not loss.requires_grad:
        raise WrongAnswer("a loss with which `backward` works", loss, slip)
    loss.backward()
    if model.classifier.weight.grad is None or not model.classifier.weight.grad.any():
        raise WrongAnswer("that the model gets a gradient from the loss", loss, slip)


@sheet.exercise(
    section="Third way: let the library do it",
    hints=[
        "Two jobs: the numbers become tensors, and the texts become a list. Do them one after the other.",
        "For the numbers, the `collator` of this notebook will do, if it gets rows without `text`.",
        'Make new rows without `text` for it: `{k: v for k, v in row.items() if k != "text"}`. Then add the texts.',
    ],
)
def collate_with_text(collate_with_text, hidden=False) -> str:
    import copy

    as_function(collate_with_text, "collate_with_text")
    sizes = [2, 7, 3, 1] if hidden else [3, 5, 2]
    words = ["No.", "Build the bridge now!", "Never mind.", "Why not?"]
    rows = [
        {"input_ids": [101, *range(900, 900 + n), 102], "attention_mask": [1] * (n + 2), "label": n % 3, "text": text}
        for n, text in zip(sizes, words, strict=False)
    ]
    before = copy.deepcopy(rows)
    try:
        made = call(collate_with_text, rows)
    except WrongAnswer as wrong:
        if "Unable to create tensor" in wrong.received:  # the library's own advice leads astray here
            slip = "words make no tensor: the collator must get rows without `text`"
            raise WrongAnswer(f"a batch of {len(rows)} rows", Said("the error " + wrong.received), slip) from None
        raise
    if rows != before:
        slip = "`pop` and `+=` change the rows themselves: make new ones. In the next epoch they are needed again"
        raise WrongAnswer("that the rows stay as they are", rows[0], slip)
    names = ["input_ids", "attention_mask", "labels", "text"]
    found = _names(made)
    if set(found) != set(names):
        slips = {"the model takes `labels`, not `label`": "labels" not in found and "label" in found}
        slips["where are the texts?"] = "text" not in found
        slips["something more came along: these four are enough"] = set(found) > set(names)
        raise WrongAnswer(f"the names {', '.join(names)}", Said(", ".join(found) or "none"), suspect(True, slips))
    texts = made["text"]
    if isinstance(texts, str) or as_list(texts, "text", of=str) != [row["text"] for row in rows]:
        raise WrongAnswer("the texts of the rows, in their order", texts)
    _same(made, rows, width=max(sizes) + 2)
    return "Everything that a row knows can travel with its batch, if your function packs it."


def _names(made) -> list[str]:
    if not isinstance(made, Mapping):
        raise WrongAnswer("a dictionary", made, "return the batch, with a name for each part")
    return [str(name) for name in made]


def _same(made, rows: list[dict], width: int) -> None:
    """Raise WrongAnswer where the tensors of a batch are not those of the rows, padded behind to this width."""
    import torch

    shape = (len(rows), width)
    slips = {
        (len(rows), 512): "padded to the limit? To the longest row of this batch",
        (width, len(rows)): "on its side",
    }
    for name in ("input_ids", "attention_mask"):
        values = made[name]
        if isinstance(values, list) and all(isinstance(each, list) for each in values):
            raise WrongAnswer(f"a tensor in `{name}`", values, "lists cannot go into a model: `torch.tensor(...)`")
        tensor = as_tensor(values, name, shape=shape, slips=slips)
        if tensor.is_floating_point() or not isinstance(values, torch.Tensor):
            raise WrongAnswer(f"a tensor of whole numbers in `{name}`", values)
        real = [row[name] for row in rows]
        if tensor.tolist() != [ids + [0] * (width - len(ids)) for ids in real]:
            in_front = tensor.tolist() == [[0] * (width - len(ids)) + ids for ids in real]
            slip = "the padding comes behind the real tokens" if in_front else ""
            if name == "attention_mask" and tensor.all():
                slip = "a mask of ones hides no padding: where do the zeros belong?"
            raise WrongAnswer(f"the `{name}` of each row, and zeros behind", tensor.tolist(), slip or _ids_slip(name))
    labels, wanted = made["labels"], [row["label"] for row in rows]
    if not isinstance(labels, torch.Tensor):
        raise WrongAnswer("a tensor in `labels`", labels, "the model takes tensors only: `torch.tensor(...)`")
    if labels.is_floating_point():
        raise WrongAnswer("whole numbers in `labels`", labels, "with floats, the model takes them for several labels")
    if labels.tolist() != wanted:
        raise WrongAnswer("the label of each row, in the order of the rows", labels)


def _ids_slip(name: str) -> str:
    return "tokenized again? Take the ids that the rows have" if name == "input_ids" else "1 for a real token, else 0"


def token_lengths(rows: int, seed: int) -> list[int]:
    """Return lengths as texts have them: many short ones, a few long ones."""
    import numpy as np

    return (np.random.default_rng(seed).gamma(3, 20, rows).astype(int) + 4).tolist()


def padding_share(batches: list[list[int]], lengths: list[int]) -> float:
    """Return which share of the tokens sent is padding."""
    sent = sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)
    return 1 - sum(lengths) / sent


def meetings(batches: list[list[int]]) -> set:
    """Return all pairs of rows that share a batch."""
    return {pair for batch in batches for pair in combinations(sorted(batch), 2)}


def as_batches(value: object, lengths: list[int], size: int) -> list[list[int]]:
    """Return lists of row numbers, each row once, or say what is wrong with them."""
    outer = as_list(value, "grouped_batches(...)")
    if outer and all(isinstance(each, numbers.Integral) for each in outer):
        raise WrongAnswer(
            "a list of batches, each a list of row numbers", value, "one order of rows? Cut it into batches"
        )
    batches = [[as_number(row, "a batch", whole=True) for row in as_list(batch, "a batch")] for batch in outer]
    rows = sorted(row for batch in batches for row in batch)
    if rows != list(range(len(lengths))):
        received = Said(f"{len(rows)} numbers in all, {len(set(rows))} of them different")
        slip = "are all batches of one kind, and does none overlap?"
        if rows == sorted(lengths):
            slip = "those are lengths. A batch holds row numbers"
        elif len(rows) == len(lengths) - len(lengths) % size and len(set(rows)) == len(rows):
            slip = "the last few rows are lost. A small batch is allowed"
        elif not rows:
            slip = "the list is empty"
        raise WrongAnswer(f"each of the row numbers 0 to {len(lengths) - 1}, once", received, slip)
    small = [len(batch) for batch in batches if len(batch) != size]
    if len(small) > 1 or max(small, default=0) > size:
        slip = "do your blocks hold a whole number of batches? Cut the batches from one long order"
        raise WrongAnswer(f"batches of {size} rows, only one with fewer", Said(f"other sizes: {small[:8]}"), slip)
    return batches


@sheet.exercise(
    section="What do we lose by grouping?",
    hints=[
        "The lesson says how its sampler does it: shuffle, cut into blocks, sort within each block. Then make batches.",
        "Big blocks save padding, small blocks leave more to chance. Try blocks of about ten batches.",
        "`np.random.default_rng(seed)` is the chance. `sorted(block, key=lambda row: lengths[row])` sorts row numbers.",
    ],
)
def grouped_batches(grouped_batches, hidden=False) -> str:
    import numpy as np

    as_function(grouped_batches, "grouped_batches")
    number, size, seeds = (203, 4, (21, 22)) if hidden else (403, 8, (1, 2))
    lengths = token_lengths(number, seed=number)
    first, second, again = (
        as_batches(call(grouped_batches, list(lengths), size, seed), lengths, size) for seed in (*seeds, seeds[0])
    )
    if first != again:
        raise WrongAnswer("the same batches for the same seed", first[0], "is every random thing made from `seed`?")
    order = np.random.default_rng(0).permutation(number).tolist()
    usual = padding_share([order[row : row + size] for row in range(0, number, size)], lengths)
    share = padding_share(first, lengths)
    meet = len(meetings(first) & meetings(second)) / len(meetings(first))
    task = f"{number} texts in batches of {size}"
    if share > usual / 2:
        slip = "who sits beside whom? Rows of similar length must be neighbours before you cut the batches"
        if share < usual * 0.8:
            slip = "some is saved, but not enough: are your blocks too small, or your chance too wild?"
        raise WrongAnswer(f"at most {usual / 2:.0%} padding, for {task}", Said(f"{share:.0%} padding"), slip)
    if meet > 0.5:
        slip = (
            "the order of the batches may change, but the same rows always meet: where does chance choose neighbours?"
        )
        if first == second:
            slip = "the seed changes nothing. What could be left to chance before you sort?"
        elif meet < 0.95:
            slip = "only rows of equal length change places. Sort in blocks, not the whole"
        raise WrongAnswer(f"at most half of the pairs again with another seed, for {task}", Said(f"{meet:.0%}"), slip)
    return f"{share:.0%} padding in place of {usual:.0%}, and only {meet:.0%} of the pairs meet again."
