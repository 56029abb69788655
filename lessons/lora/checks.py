"""The checks of `lora`'s sheet."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_list, as_number, as_tensor, call, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm

sheet = Sheet("lora")


@sheet.exercise(
    section="What does LoRA add to a matrix?",
    hints=[
        "Draw B and A for a matrix of 32 rows and 32 columns. Which shape has each, with `r=4`?",
        "B begins as zeros. What is a product with a matrix of zeros? How many directions does that have?",
        "The multiplier is `lora_alpha / r`. And `cat` puts the thin matrices of both adapters side by side.",
    ],
    form_point=False,
)
def six_numbers(six_numbers) -> str:
    parts = {
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
                "only `e` doubles `r`; here the first adapter has `r=4` again": 14,
                "a matrix can have that rank, but what `cat` puts side by side is thin": 32,
            },
        ),
    }
    parts = {letter: Part(right, slips) for letter, (right, slips) in parts.items()}
    predict(six_numbers, "six_numbers", parts)
    return "Few weights, few directions, and alpha / r says how loud they speak."


@cache
def _model(kind: str):
    """Return a small model. In its feed-forward layers, inputs and outputs differ."""
    import torch
    import transformers as hf

    bert = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 20}
    t5 = {"d_model": 10, "d_kv": 4, "d_ff": 14, "num_layers": 2, "num_heads": 2}
    with torch.random.fork_rng(devices=[]):
        if kind == "BERT":
            return hf.BertModel(hf.BertConfig(vocab_size=9, **bert))
        if kind == "BERT with a head":
            return hf.BertForSequenceClassification(hf.BertConfig(vocab_size=9, num_labels=3, **bert))
        if kind == "DistilBERT":
            sizes = {"dim": 8, "n_layers": 3, "n_heads": 2, "hidden_dim": 14}
            return hf.DistilBertModel(hf.DistilBertConfig(vocab_size=9, **sizes))
        return hf.T5EncoderModel(hf.T5Config(vocab_size=9, **t5))


def _plans(hidden: bool) -> list[tuple]:
    """Return models, ranks and targets: square layers and others, names that end or begin alike, one of no layer."""
    import random

    chance = random.Random(68 if hidden else 48)
    told = [
        ("BERT", 4, ["query"]),
        ("BERT", 8, ["value", "dense"]),
        ("DistilBERT", 1, ["q_lin", "lin1"]),
        ("BERT with a head", 3, ["key", "query"]),
        ("T5", 2, ["o"]),
        ("T5", 5, ["v", "wi"]),
        ("DistilBERT", 2, ["lin", "k_lin"]),
    ]
    others = [
        ("BERT", 3, ["key"]),
        ("BERT with a head", 2, ["query", "dense"]),
        ("DistilBERT", 16, ["lin2", "query", "v_lin"]),
        ("T5", 7, ["wo"]),
        ("T5", 1, ["q", "k"]),
        ("DistilBERT", 5, ["lin", "out_lin"]),
    ]
    names = ["query", "key", "value", "dense", "q_lin", "out_lin", "lin1", "lin2", "o", "wi", "wo"]
    drawn = [
        ("BERT", chance.randrange(2, 40), ["dense", *chance.sample(names, 4)]),
        ("T5", chance.randrange(2, 40), ["wo", *chance.sample(names[:8], 3)]),
    ]
    plans = [*(others if hidden else told), *drawn]
    return [(_model(kind), rank, list(dict.fromkeys(targets))) for kind, rank, targets in plans]


def _layers(model, targets: list[str], fits: Callable = lambda name, target: name.split(".")[-1] == target) -> list:
    import torch

    linear = [(name, part) for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)]
    return [part for name, part in linear if any(fits(name, target) for target in targets)]


def _weights(model, rank: int, targets: list[str]) -> int:
    return sum(_of_layer(layer, rank) for layer in _layers(model, targets))


def _of_layer(layer, rank: int) -> int:
    return rank * (layer.in_features + layer.out_features)


def _with_mb(weights: Callable) -> Callable:
    """Return a function that also gives the megabytes of the weights."""
    return lambda *plan: (weights(*plan), 4 * weights(*plan) / 1e6)


def _summed(of_layer: Callable) -> Callable:
    """Return a function that adds something up over all the layers, and gives the megabytes, too."""
    return _with_mb(lambda model, rank, targets: sum(of_layer(layer, rank) for layer in _layers(model, targets)))


def _of_names(fits: Callable) -> Callable:
    """Return a function that gives the price of the layers whose names fit a target."""
    return _with_mb(lambda model, rank, targets: sum(_of_layer(layer, rank) for layer in _layers(model, targets, fits)))


def _in_mb(factor: float) -> Callable:
    """Return a function that gives the right weights, and their number times a factor."""
    return lambda *plan: (_weights(*plan), _weights(*plan) * factor)


PRICE_SLIPS = {
    "B has its weights, too": _summed(lambda layer, rank: rank * layer.in_features),
    "A has its weights, too": _summed(lambda layer, rank: rank * layer.out_features),
    "a layer may not be square: inputs and outputs differ": _summed(lambda layer, rank: 2 * rank * layer.in_features),
    "a layer may not be square: outputs and inputs differ": _summed(lambda layer, rank: 2 * rank * layer.out_features),
    "those are the weights of the matrices; the adapter's are A and B": _summed(
        lambda layer, _: layer.in_features * layer.out_features
    ),
    "those are the weights and biases of the layers; the adapter's are A and B": _summed(
        lambda layer, _: sum(weight.numel() for weight in layer.parameters())
    ),
    "A and B have no bias": _summed(lambda layer, rank: _of_layer(layer, rank) + layer.out_features),
    "the rank is missing: r rows in A, r columns in B": _summed(lambda layer, _: _of_layer(layer, 1)),
    "this is the rank times the whole matrix": _summed(
        lambda layer, rank: rank * layer.in_features * layer.out_features
    ),
    "one layer only? The model has many with this name": _with_mb(
        lambda model, rank, targets: _of_layer(_layers(model, targets)[0], rank)
    ),
    "one layer only for each name? The model has many": _with_mb(
        lambda model, rank, targets: sum(
            _of_layer(layer, rank) for name in targets for layer in _layers(model, [name])[:1]
        )
    ),
    "8 is only the rank of this cell": _with_mb(lambda model, _, targets: _weights(model, 8, targets)),
    "`query` and `value` are only the targets of this cell": _with_mb(
        lambda model, rank, _: _weights(model, rank, ["query", "value"])
    ),
    "only the first name of `targets` is looked for": _with_mb(
        lambda model, rank, targets: _weights(model, rank, targets[:1])
    ),
    "only the last name of `targets` is looked for": _with_mb(
        lambda model, rank, targets: _weights(model, rank, targets[-1:])
    ),
    "other layers have a name that ends like this, too: compare all that is behind the last dot": _of_names(
        str.endswith
    ),
    "other layers have a name that begins like this behind a dot: compare all that is behind the last dot": _of_names(
        lambda name, target: f".{target}" in name
    ),
    "other layers have a target somewhere in their name: compare all that is behind the last dot": _of_names(
        str.__contains__
    ),
    "is each linear layer counted? Compare its name with the targets": _of_names(lambda *_: True),
    "no layer was found: compare what is behind the last dot with each target": _with_mb(lambda *_: 0),
    "only the encoder? The pooler has a layer of this name, too": _with_mb(
        lambda model, *plan: _weights(getattr(model, "encoder", model), *plan)
    ),
    "the head does not count": _with_mb(
        lambda model, *plan: (
            _weights(model, *plan) + sum(each.numel() for each in getattr(model, "classifier", _NoHead).parameters())
        )
    ),
    "a weight takes 4 bytes, not one": _in_mb(1e-6),
    "32 are the bits of a weight; a byte has 8": _in_mb(32e-6),
    "that is 2 bytes for each weight: half precision": _in_mb(2e-6),
    "8 bytes for each weight? A weight takes 4": _in_mb(8e-6),
    "those are bytes": _in_mb(4),
    "those are kilobytes": _in_mb(4e-3),
    "those are gigabytes": _in_mb(4e-9),
    "the card counts 1,000,000 bytes, not 1024 times 1024": _in_mb(4 / 1024**2),
    "the weights first, the megabytes second": lambda *plan: (4e-6 * _weights(*plan), _weights(*plan)),
}


def _rounded(digits: int) -> Callable:
    return lambda *plan: (_weights(*plan), round(4e-6 * _weights(*plan), digits))


PRICE_SLIPS |= {f"rounded to {digits} digits? Give all of them": _rounded(digits) for digits in (0, 1, 2, 3, 4)}


class _NoHead:
    """What a model without a head has in place of one."""

    parameters = list


@sheet.exercise(
    section="What do rank and targets cost?",
    hints=[
        "`model.named_modules()` gives names and parts. Compare what is behind the last dot of a name.",
        "A linear layer knows its `in_features` and `out_features`. A is `r` times inputs, B is outputs times `r`.",
        "Add up all the layers of the model. At the end: weights times bytes, divided by a million.",
    ],
)
def adapter_price(adapter_price, hidden=False) -> str:
    plans = _plans(hidden)
    judge(adapter_price, "adapter_price", plans, _right_price, slips=PRICE_SLIPS, read=_pair, tolerance=1e-8)
    return "Rank, shapes and names are enough: the price is known before the adapter exists."


def _right_price(model, rank, targets) -> tuple:
    return _with_mb(_weights)(model, rank, targets)


def _pair(made: object) -> tuple:
    """Return two numbers. Raises WrongForm where it is anything else."""
    if isinstance(made, Mapping):
        made = list(made.values())
    if isinstance(made, int | float):
        raise WrongForm("two numbers: weights and megabytes", made, "return both, with a comma between them")
    return tuple(as_number(each, "adapter_price(...)") for each in as_list(made, "adapter_price(...)", length=2))


def _updates(hidden: bool) -> list[tuple]:
    """Return weights with A, B and alpha: square and not, rank 1 to 8, a scale above and below 1, and uneven.

    The rank may be more than the inputs or the outputs.
    """
    import torch

    chance = torch.Generator().manual_seed(68 if hidden else 48)
    small = [
        ([[1, 0], [0, -1]], [[1, 2]], [[1], [3]], 3),
        ([[1, 0, 2], [0, -1, 0]], [[1, 0, 2], [0, 1, -1]], [[1, 2], [0, 1]], 5),
        ([[1, 0], [0, -1]], [[1, 0], [1, 1], [0, 2]], [[1, 0, 1], [2, 1, 0]], 6),
    ]
    sizes = [(7, 7, 2, 1), (8, 5, 3, 16), (4, 6, 4, 10), (5, 5, 8, 8), (6, 9, 5, 2)]
    if not hidden:
        sizes = [(7, 7, 2, 8), (9, 7, 3, 6), (7, 7, 2, 2), (5, 8, 3, 8), (8, 6, 4, 3), (6, 6, 2, 5)]
    made = [(*map(torch.Tensor, matrices), alpha) for *matrices, alpha in small]
    for rows, columns, rank, alpha in sizes:
        shapes = (rows, columns), (rank, columns), (rows, rank)
        made.append((*(torch.randn(shape, generator=chance) for shape in shapes), alpha))
    return made


def _merged(weight, A, B, alpha):
    return weight + alpha / len(A) * B @ A


def _scaled(factor: Callable) -> Callable:
    """Return a function that adds the update times a factor of A and alpha."""
    return lambda weight, A, B, alpha: weight + factor(A, alpha) * (B @ A)


MERGE_SLIPS = {
    "the update is added as it is: how loud should it be?": _scaled(lambda A, alpha: 1),
    "`alpha` alone is too loud": _scaled(lambda A, alpha: alpha),
    "the scale is upside down": _scaled(lambda A, alpha: len(A) / alpha),
    "alpha times the rank? Divide": _scaled(lambda A, alpha: len(A) * alpha),
    "`//` cuts the scale to a whole number": _scaled(lambda A, alpha: alpha // len(A)),
    "the scale is rounded: it need not be a whole number": _scaled(lambda A, alpha: round(alpha / len(A))),
    "the rank is the narrow side of A; you divide by the wide one": _scaled(lambda A, alpha: alpha / A.shape[1]),
    "the rank is the narrow side of B; you divide by the wide one": lambda weight, A, B, alpha: (
        weight + alpha / len(B) * (B @ A)
    ),
    "`alpha / rank`, without a root": _scaled(lambda A, alpha: alpha / len(A) ** 0.5),
    "`alpha` is missing": _scaled(lambda A, alpha: 1 / len(A)),
    "subtracted? The update is added": _scaled(lambda A, alpha: -alpha / len(A)),
    "added twice?": _scaled(lambda A, alpha: 2 * alpha / len(A)),
    "2 is the scale of the lesson and of this cell: where does it come from?": _scaled(lambda A, alpha: 2),
    "the rank is not always 4: where can it be read?": _scaled(lambda A, alpha: alpha / 4),
    "alpha is not always 8": _scaled(lambda A, alpha: 8 / len(A)),
    "that is the update alone: what is it added to?": lambda weight, A, B, alpha: alpha / len(A) * B @ A,
    "only the update is scaled, not the weight": lambda weight, A, B, alpha: alpha / len(A) * (weight + B @ A),
    "the update is scaled, and not the weight": lambda weight, A, B, alpha: alpha / len(A) * weight + B @ A,
    "that is the weight without an update": lambda weight, A, B, alpha: weight,
    "the rank is the number of rows of A, even where its other side is shorter": _scaled(
        lambda A, alpha: alpha / min(A.shape)
    ),
    "the update is `B @ A`, not `A @ B`": lambda weight, A, B, alpha: weight + alpha / len(A) * (A @ B),
    "the update is turned: rows and columns are exchanged": lambda weight, A, B, alpha: (
        weight + alpha / len(A) * (B @ A).T
    ),
    "the result is turned: rows and columns are exchanged": lambda weight, A, B, alpha: _merged(weight, A, B, alpha).T,
}


def _matrix(made):
    if hasattr(made, "named_parameters"):
        raise WrongForm("a matrix", made, "a model? Return the merged weight alone")
    if isinstance(made, list | tuple):
        raise WrongForm("a matrix", made, f"a {type(made).__name__}? Return one tensor, the merged weight")
    made = as_tensor(made, "merged_weight(...)")
    if "bfloat16" in str(made.dtype):
        raise WrongAnswer("a weight that keeps its digits", made, "bfloat16 has about three digits, float32 has seven")
    return made


@sheet.exercise(
    section="What does alpha do?",
    hints=[
        "Compare with the line of the lesson that builds `lora_update`. What is missing here?",
        "`+=` works in place. Whose numbers does it change?",
        "The rank is in the shapes: A has `r` rows. The update is multiplied by `alpha / r`.",
    ],
    form_point=False,
)
def merged_weight(merged_weight, hidden=False) -> str:
    judge(merged_weight, "merged_weight", _updates(hidden), _merged, slips=MERGE_SLIPS, read=_matrix, tolerance=1e-4)
    return "Scaled by alpha / r, added once, and the base model is as it was."


@sheet.exercise(
    section="What if I forget the number of labels?",
    hints=[
        "Compare the shapes of the two lines `saved:` and `loaded:`. Which head answers in the second?",
        "Take the argument out, and read the error from the right. What must the base model know beforehand?",
        "`id2label` is a dict from number to name. It also says how many labels there are.",
    ],
    form_point=False,
)
def load_adapted(load_adapted, hidden=False) -> str:
    import torch

    as_function(load_adapted, "load_adapted")
    lists = [["no", "yes"], ["oppose", "neutral", "support"], ["e", "c", "a", "d", "b"]]
    if hidden:
        lists = [
            ["b", "a"],
            ["z", "y", "x"],
            ["yes", "perhaps", "no", "?"],
            ["no", "little", "half", "much", "yes"],
        ]
    with _silent(), torch.random.fork_rng(devices=[]):
        answers = [_loaded(load_adapted, names) for names in lists]
        widths = {logits.shape[-1] for _, logits in answers}
        for names, (_, logits) in zip(lists, answers, strict=True):
            _look_at_logits(logits, names, widths, load_adapted)
        _look_at_names([model.config for model, _ in answers], lists)
    return "The head that was trained answers, and its labels have names."


def _given(names: list[str]) -> str:
    return f"load_adapted(base_folder, adapter_folder, {names})"


def _loaded(load_adapted: Callable, names: list[str]) -> tuple:
    """Return the model that comes, and its logits. Raises WrongAnswer where it cannot answer."""
    saved, ids, _ = _saved(len(names))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:  # a copy: the answer may write into it
        folder = shutil.copytree(saved, Path(place) / "saved")
        handed = list(names)
        try:
            model = call(load_adapted, folder / "base", folder / "adapter", handed, name="load_adapted")
            logits = _logits(model, ids)
            unchanged(names, handed, "load_adapted", "names")
        except WrongAnswer as wrong:
            wrong.given = _given(names)
            if "size mismatch" in wrong.received:
                wrong.perhaps = "the heads differ: what must the base model know when it is made?"
            raise
        before, after = _files(saved), _files(folder)
        changed = [str(path) for path in before | after if before.get(path) != after.get(path)]
        if changed:
            said = Said(f"new, changed or missing: {', '.join(changed)}")
            raise WrongAnswer("that both folders stay as they are", said, given=_given(names))
    return model, logits


def _logits(model, ids):
    import torch

    if not hasattr(model, "named_parameters") or not hasattr(model, "config"):
        raise WrongForm("a model with its adapter", model)
    if any(part.training for part in model.modules()):
        raise WrongAnswer("a model that is ready to answer", Said("a model in training mode"), "dropout is on")
    with torch.no_grad():
        logits = getattr(call(model, ids), "logits", None)
    if logits is None:
        raise WrongForm("a model that gives logits", model, "where is its head?")
    return as_tensor(logits, "the logits", shape=(len(ids), None))


def _files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _look_at_logits(logits, names: list[str], widths: set[int], load_adapted: Callable) -> None:
    """Raise WrongAnswer where the logits are not those that were saved. `widths`: how many labels all answers have."""
    wanted = _saved(len(names))[-1]
    if logits.shape != wanted.shape:
        said = Said(f"logits of shape {tuple(logits.shape)} in place of {tuple(wanted.shape)}")
        slip = f"{logits.shape[-1]} labels, whatever `names` says" if len(widths) == 1 else ""
        if widths == {2}:
            slip = "the base model has the default head of 2 labels. An error that is silenced is not mended"
        raise WrongAnswer("a logit for each label", said, slip, given=_given(names))
    if not near(logits, wanted, 1e-4):
        slip = _behind_logits(logits, names, load_adapted)
        raise WrongAnswer("the logits of the model that was saved", logits, slip, given=_given(names))


def _behind_logits(logits, names: list[str], load_adapted: Callable) -> str:
    if near(logits, _without_update(len(names)), 1e-4):
        return "the trained head answers, without the update of the adapter"
    if not near(logits, _loaded(load_adapted, names)[1], 1e-4):
        return "each call gives other logits: a head of random numbers answers"
    return ""


NAME_SLIPS = {
    "the number of labels is right; the names are still unknown": lambda names: {
        number: f"LABEL_{number}" for number in range(len(names))
    },
    "that is name to number; number to name is wanted": lambda names: {name: at for at, name in enumerate(names)},
    "the numbers are texts here": lambda names: {str(number): name for number, name in enumerate(names)},
    "sorted? The order is that of `names`": lambda names: dict(enumerate(sorted(names))),
    "sorted backwards? The order is that of `names`": lambda names: dict(enumerate(sorted(names, reverse=True))),
    "the order of `names` is turned round": lambda names: dict(enumerate(reversed(names))),
    "labels are counted from 0": lambda names: dict(enumerate(names, 1)),
}


def _look_at_names(configs: list, lists: list[list[str]]) -> None:
    """Raise WrongAnswer where a config does not know its names. Of `label2id`, only what is wrong is refused."""
    found = [config.id2label for config in configs]
    for made, config, names in zip(found, configs, lists, strict=True):
        right, turned = dict(enumerate(names)), {name: number for number, name in enumerate(names)}
        if made != right:
            slip = next((words for words, slip in NAME_SLIPS.items() if found == [slip(each) for each in lists]), "")
            raise WrongAnswer(f"{right} in `config.id2label`", made, slip, given=_given(names))
        unset = all(str(name).startswith("LABEL_") for name in config.label2id or {})
        if not unset and config.label2id != turned:
            slip = "that is number to name; name to number is wanted" if config.label2id == right else ""
            raise WrongAnswer(f"{turned} in `config.label2id`", config.label2id, slip, given=_given(names))


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


def _without_update(labels: int):
    """Return the logits of the base model with the trained head alone."""
    import torch
    from peft import PeftModel
    from transformers import BertForSequenceClassification

    folder, ids, _ = _saved(labels)
    base = BertForSequenceClassification.from_pretrained(folder / "base", num_labels=labels)
    model = PeftModel.from_pretrained(base, folder / "adapter")
    with torch.no_grad(), model.disable_adapter():
        base.classifier = model.base_model.model.classifier.modules_to_save["default"]
        return base(ids).logits


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
