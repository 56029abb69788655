"""The checks of `lora`'s sheet."""

import contextlib
import copy
import tempfile
from functools import cache
from pathlib import Path

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, as_tensor, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("lora")


@sheet.exercise(
    section="What does LoRA add to a matrix?",
    hints=[
        "Draw B and A for a matrix of 32 rows and 32 columns. Which shape has each, with `r=4`?",
        "B begins as zeros. What is a product with a matrix of zeros? How many directions does that have?",
        "The multiplier is `lora_alpha / r`. And `cat` puts the thin matrices of both adapters side by side.",
    ],
)
def six_numbers(six_numbers) -> str:
    if not isinstance(six_numbers, dict) or not set("abcdef") <= set(six_numbers):
        raise WrongAnswer('a dict with the keys "a" to "f"', six_numbers)
    answers = {
        "a": (
            256,
            {
                "that is A alone; B has as many": 128,
                "that is the whole update; how many numbers stand behind it?": 1024,
                "that is the matrix with its adapter": 1280,
                "B and A are thin, but they have a long side, too": 16,
                "one row of A and one column of B; there are `r` of each": 64,
            },
        ),
        "b": (
            0,
            {
                "that is what training may give it; how does B begin?": 4,
                "the matrix itself stays; what is added at the start?": 32,
            },
        ),
        "c": (
            4,
            {
                "a matrix can have that rank, but this one is a product of two thin ones": 32,
                "alpha is no rank: it turns the volume": 8,
                "there are two matrices, but the narrow side between them is one": 2,
            },
        ),
        "d": (2, {"upside down?": 0.5, "divided by something, before it multiplies": 8, "alpha times r?": 32}),
        "e": (
            1,
            {
                "as before? One of the two numbers behind it has changed": 2,
                "alpha stays: does the multiplier grow?": 4,
            },
        ),
        "f": (
            10,
            {
                "half and half are weights; they change no rank": 5,
                "side by side: nothing is lost of the smaller one": 6,
                "side by side: nothing is lost of the larger one": 4,
                "side by side is a sum, not a product": 24,
            },
        ),
    }
    found = {letter: as_number(six_numbers[letter], letter) for letter in answers}
    for letter, (right, slips) in answers.items():
        if abs(found[letter] - right) > 1e-6:
            slip = suspect(found[letter], slips) or "write down the shapes of B and A, and where the number comes from"
            raise WrongAnswer(f"another number for `{letter}`", six_numbers[letter], slip)
    return "Few weights, few directions, and alpha / r says how loud they speak."


@sheet.exercise(
    section="What do rank and targets cost?",
    hints=[
        "`model.named_modules()` gives names and parts. The last name is behind the last dot.",
        "A linear layer knows its `in_features` and `out_features`. A is `r` times inputs, B is outputs times `r`.",
        "Add up all the layers of the model. At the end: weights times bytes, divided by a million.",
    ],
)
def adapter_price(adapter_price, hidden=False) -> str:
    as_function(adapter_price, "adapter_price")
    cases = [("BERT", 4, ["query"]), ("BERT", 8, ["value", "dense"]), ("DistilBERT", 4, ["q_lin", "lin1"])]
    if hidden:
        cases = [("BERT", 3, ["key"]), ("BERT", 2, ["query", "dense"]), ("DistilBERT", 16, ["lin2", "v_lin"])]
    for kind, rank, targets in cases:
        model = _encoder(kind)
        weights, megabytes = _pair(call(adapter_price, copy.deepcopy(model), rank, list(targets)))
        right = _weights(model, rank, targets)
        if abs(weights - right) > 1e-6:
            slip = suspect(weights, _price_slips(model, rank, targets, right))
            slip = slip or "each layer with such a name has an A and a B: which shapes?"
            expected = f"how many weights a small {kind} gets with rank {rank} and the targets {targets}"
            raise WrongAnswer(expected, Said(f"{weights:,.10g} weights"), slip)
        if abs(megabytes - 4 * right / 1e6) > 1e-9:
            slips = {
                "a weight takes 4 bytes, not one": right / 1e6,
                "32 are the bits of a weight; a byte has 8": 32 * right / 1e6,
                "that is 2 bytes for each weight: half precision": 2 * right / 1e6,
                "those are bytes": 4 * right,
                "those are kilobytes": 4 * right / 1e3,
                "the card counts 1,000,000 bytes, not 1024 times 1024": 4 * right / 1024**2,
            }
            near = {words: megabytes for words, value in slips.items() if abs(megabytes - value) < 1e-6 * value}
            slip = suspect(megabytes, near) or "bytes of a weight, times weights, in millions"
            raise WrongAnswer(f"the megabytes of {right:,} weights", Said(f"{megabytes:.10g} MB"), slip)
    return "Rank, shapes and names are enough: the price is known before the adapter exists."


@cache
def _encoder(kind: str):
    """Return a small model without numbers, in whose feed-forward layers inputs and outputs differ."""
    import torch
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

    with torch.device("meta"):
        if kind == "BERT":
            sizes = {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 40}
            return BertModel(BertConfig(vocab_size=50, max_position_embeddings=20, **sizes))
        sizes = {"dim": 24, "n_layers": 2, "n_heads": 2, "hidden_dim": 40}
        return DistilBertModel(DistilBertConfig(vocab_size=50, max_position_embeddings=20, **sizes))


def _layers(model, targets: list[str]) -> list:
    import torch

    named = [(name.split(".")[-1], part) for name, part in model.named_modules()]
    return [part for name, part in named if name in targets and isinstance(part, torch.nn.Linear)]


def _weights(model, rank: int, targets: list[str]) -> int:
    return sum(rank * (layer.in_features + layer.out_features) for layer in _layers(model, targets))


def _price_slips(model, rank: int, targets: list[str], right: int) -> dict[str, float]:
    layers = _layers(model, targets)
    first = layers[0]
    slips = {
        "B has its weights, too": sum(rank * layer.in_features for layer in layers),
        "A has its weights, too": sum(rank * layer.out_features for layer in layers),
        "not every layer is square: inputs and outputs differ": sum(2 * rank * layer.in_features for layer in layers),
        "a layer may not be square: inputs and outputs differ": sum(2 * rank * layer.out_features for layer in layers),
        "those are the weights of the matrices; the adapter's are A and B": sum(
            layer.weight.numel() for layer in layers
        ),
        "those are the weights and biases of the layers; the adapter's are A and B": sum(
            weight.numel() for layer in layers for weight in layer.parameters()
        ),
        "A and B have no bias": right + sum(layer.out_features for layer in layers),
        "one layer only? The model has many with this name": rank * (first.in_features + first.out_features),
        "the rank is missing: r rows in A, r columns in B": right / rank,
        "this is the rank times the whole matrix": sum(rank * layer.weight.numel() for layer in layers),
        "no layer was found: compare the last name with each target": 0,
    }
    if "dense" in targets and hasattr(model, "pooler"):
        pooler = model.pooler.dense
        without = right - rank * (pooler.in_features + pooler.out_features)
        slips["only the encoder? The pooler has a layer of this name, too"] = without
    return slips


def _pair(made: object) -> tuple[float, float]:
    name = "adapter_price(model, rank, targets)"
    if hasattr(made, "values") and callable(made.values):
        made = list(made.values())
    if isinstance(made, int | float):
        slip = "return both, with a comma between them"
        raise WrongAnswer(f"two numbers from `{name}`: weights and megabytes", made, slip)
    weights, megabytes = (as_number(each, name, low=0) for each in as_list(made, name, length=2))
    if 0 < weights < 1 <= megabytes:
        raise WrongAnswer("the weights first, the megabytes second", made, "the other way round?")
    return weights, megabytes


@sheet.exercise(
    section="What does alpha do?",
    hints=[
        "Compare with the line of the lesson that builds `lora_update`. What is missing here?",
        "`+=` works in place. Whose numbers does it change?",
        "The rank is in the shapes: A has `r` rows. The update is multiplied by `alpha / r`.",
    ],
)
def merged_weight(merged_weight, hidden=False) -> str:
    import torch

    as_function(merged_weight, "merged_weight")
    random = torch.Generator().manual_seed(5)
    cases = [(7, 7, 2, 1), (8, 5, 3, 12)] if hidden else [(7, 7, 2, 8), (9, 7, 3, 6), (7, 7, 2, 2)]
    for rows, columns, rank, alpha in cases:
        weight = torch.randn(rows, columns, generator=random)
        A, B = torch.randn(rank, columns, generator=random), torch.randn(rows, rank, generator=random)
        handed = [tensor.clone() for tensor in (weight, A, B)]
        made = call(merged_weight, *handed, alpha)
        made = as_tensor(made, "merged_weight(weight, A, B, alpha)", shape=(rows, columns)).to(torch.float32)
        right = weight + alpha / rank * B @ A
        if not torch.allclose(made, right, atol=1e-5):
            case = f"weight ({rows}, {columns}), r={rank}, alpha={alpha}"
            slip = (
                _merge_slip(made, weight, A, B, alpha)
                or "the weight, plus B @ A times a scale. Which two numbers make the scale?"
            )
            raise WrongAnswer(f"the weight with its update, for {case}", made, slip)
        if not all(torch.equal(own, was) for own, was in zip(handed, (weight, A, B), strict=True)):
            slip = "`+=` and names that end in `_` change the tensor itself"
            raise WrongAnswer("that weight, A and B are afterwards as they were", Said("a changed tensor"), slip)
    return "Scaled by alpha / r, added once, and the base model is as it was."


def _merge_slip(made, weight, A, B, alpha: float) -> str:
    import torch

    rank, update = A.shape[0], B @ A
    factors = {
        "the update is added as it is: how loud should it be?": 1,
        "`alpha` alone is too loud": alpha,
        "the scale is upside down": rank / alpha,
        "the rank is the narrow side of A; you divide by the wide one": alpha / A.shape[1],
        "`alpha / rank`, without a root": alpha / rank**0.5,
        "subtracted?": -alpha / rank,
        "added twice?": 2 * alpha / rank,
        "2 was the scale of the lesson's plan: where does it come from?": 2,
    }
    for slip, factor in factors.items():
        if torch.allclose(made, weight + factor * update, atol=1e-5):
            return slip
    if torch.allclose(made, alpha / rank * update, atol=1e-5):
        return "that is the update alone: what is it added to?"
    if torch.allclose(made, alpha / rank * (weight + update), atol=1e-5):
        return "only the update is scaled, not the weight"
    if weight.shape[0] == weight.shape[1]:
        for factor in (1, alpha / rank):
            if torch.allclose(made, weight + factor * update.T, atol=1e-5):
                return "the update lies on its side: B @ A, in this order"
    return ""


@sheet.exercise(
    section="What if I forget the number of labels?",
    hints=[
        "Compare the shapes of the two lines `saved:` and `loaded:`. Which head answers in the second?",
        "Take the argument out, and read the error from the right. What must the base model know beforehand?",
        "`id2label` is a dict from number to name. It also says how many labels there are.",
    ],
)
def load_adapted(load_adapted, hidden=False) -> str:
    import torch

    as_function(load_adapted, "load_adapted")
    names = ["no", "a little", "half", "nearly", "yes"] if hidden else ["oppose", "neutral", "support"]
    with _silent(), torch.random.fork_rng(devices=[]):
        folder, ids, wanted = _saved(len(names))
        try:
            model = call(load_adapted, folder / "base", folder / "adapter", list(names))
        except WrongAnswer as wrong:
            if "size mismatch" not in wrong.received:
                raise
            slip = "the base model has the default head: what does it not know yet, when it is made?"
            raise WrongAnswer("a model, and no error", Said(wrong.received), slip) from None
        if not hasattr(model, "config") or not callable(model):
            raise WrongAnswer("a model with its adapter", model)
        training = bool(getattr(model, "training", False))
        with torch.no_grad():
            logits = as_tensor(getattr(call(model, ids), "logits", None), "the logits")
        _judge_logits(logits, wanted, training)
        found = dict(getattr(model.config, "id2label", None) or {})
    if found != dict(enumerate(names)):
        slip = "from number to name, and in the order of `names`"
        if "LABEL_0" in found.values():
            slip = "the number of labels is right; the names are still unknown"
        elif {name: number for number, name in found.items()} == dict(enumerate(names)):
            slip = "that is name to number"
        raise WrongAnswer("a config that knows the names of the labels", found, slip)
    return "The head that was trained answers, and its labels have names."


def _judge_logits(logits, wanted, training: bool) -> None:
    import torch

    expected = "the logits of the model that was saved"
    if logits.shape != wanted.shape:
        received = Said(f"logits of shape {tuple(logits.shape)} in place of {tuple(wanted.shape)}")
        slip = (
            "how many labels does the base model have before the adapter comes? An error that is silenced is not mended"
        )
        if logits.ndim == 2 and logits.shape[1] == 3:
            slip = "three labels are in your code; the names say how many there are"
        raise WrongAnswer(f"{expected}: one for each label", received, slip)
    if training:
        raise WrongAnswer(
            "a model that is ready to answer", Said("a model in training mode"), "dropout is on: `eval()`"
        )
    if not torch.allclose(logits, wanted, atol=1e-5):
        slip = "a random head answers here, or the adapter is missing"
        raise WrongAnswer(expected, logits, slip)


_kept: list[tempfile.TemporaryDirectory] = []


@cache
def _saved(labels: int) -> tuple:
    """Return a folder with a base model and its adapter, rows of ids, and the logits that both give together."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import BertConfig, BertForSequenceClassification, BertModel

    kept = tempfile.TemporaryDirectory()  # is removed when Python ends
    folder = Path(kept.name)
    torch.manual_seed(labels)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=40, num_attention_heads=2, **sizes)).save_pretrained(folder / "base")
    model = BertForSequenceClassification.from_pretrained(folder / "base", num_labels=labels)
    plan = LoraConfig(task_type="SEQ_CLS", r=2, lora_dropout=0.5, target_modules=["query", "value"])
    model = get_peft_model(model, plan)
    for name, weight in model.named_parameters():
        if "lora_B" in name or "classifier" in name:
            torch.nn.init.normal_(weight)
    model.save_pretrained(folder / "adapter")
    ids = torch.tensor([[2, 7, 9, 3], [2, 30, 31, 3]])
    with torch.no_grad():
        wanted = model.eval()(ids).logits
    _kept.append(kept)
    return folder, ids, wanted


@contextlib.contextmanager
def _silent():
    """Mute the load reports of transformers for a while: to nbgrader, they would be errors."""
    from transformers import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
