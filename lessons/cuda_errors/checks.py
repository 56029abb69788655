"""The checks of `cuda_errors`'s sheet."""

from typing import NamedTuple

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_choice, as_function, as_number, as_tensor, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

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
    letters = "abcdef"
    if not isinstance(blamed_lines, dict) or not set(letters) <= set(blamed_lines):
        raise WrongAnswer('a dict with the keys "a" to "f"', blamed_lines)
    noted = "this line only notes the order: which line is the first to wait?"
    answers = {
        "a": (5, {noted: 2, "line 3 notes one more order, and nobody has waited yet": 3}),
        "b": (
            1,
            {
                "the label is mended, but is this GPU still whole?": 0,
                "after an error, does a broken GPU even take an order?": 5,
                "the label is right now; what became of the GPU in `a`?": 2,
            },
        ),
        "c": (0, {"this one is a new GPU": 1, "is there anything wrong with token 7 or label 3?": 5}),
        "d": (2, {"with `blocking=True`, who waits, and when?": 5, "is token 7 a wrong one?": 1}),
        "e": (5, {noted: 1, "a table of 100 rows has the rows 0 to 99": 0}),
        "f": (1, {"there are two faults: which is met first?": 2, "with `blocking=True`, who waits, and when?": 5}),
    }
    for letter, (right, slips) in answers.items():
        line = as_number(blamed_lines[letter], letter, whole=True, low=0, high=5)
        if line != right:
            slip = suspect(line, slips) or "go through the lines one by one: noted, or waited for?"
            raise WrongAnswer(f"another line for `{letter}`", line, slip)
    return "The blame falls on the line that waits, unless every line waits; and a broken GPU stays broken."


@sheet.exercise(
    section="Why does the error come at the wrong line?",
    hints=[
        "Write the stars 1, 2, 3, 4, 5 under the targets that they should get. By how much do they differ?",
        "Which number does PyTorch's loss leave out (`ignore_index`)? A *Try it* in the lesson names it.",
        "`torch.where(condition, this, that)` can treat the -1 differently from the others.",
    ],
)
def star_targets(star_targets, hidden=False) -> str:
    as_function(star_targets, "star_targets")
    stars = [2, -1, -1, 5, 1, 3, 4] if hidden else [1, 2, 3, 4, 5, -1]
    made = call(star_targets, list(stars))
    targets = as_tensor(made, "star_targets(stars)")
    if targets.dim() != 1 or len(targets) != len(stars):
        dropped = targets.dim() == 1 and len(targets) == len([star for star in stars if star > 0])
        slip = "left out by you? Then targets and texts no longer match; let the loss leave them out" if dropped else ""
        raise WrongAnswer(f"{len(stars)} targets, one for each guest", targets, slip)
    if targets.is_floating_point() or (hasattr(made, "is_sparse") and str(targets.dtype) != "torch.int64"):
        raise WrongAnswer("whole numbers of a type that `cross_entropy` takes", targets, "try it: it refuses this type")
    skipped = {
        "the error is still only silenced: `clamp` puts two kinds of stars into one class": [
            min(max(star, 0), 4) for star in stars
        ],
        "who gave no stars counts as one star now": [max(star - 1, 0) for star in stars],
        "minus one for every guest? A target of -2 is refused by the loss": [star - 1 for star in stars],
        "the loss refuses -1, too. Which number does it leave out?": [max(star - 1, -1) for star in stars],
        "-100 is right, but which class is one star? Classes are counted from 0": [
            star if star > 0 else -100 for star in stars
        ],
        "no error, but which class do five stars have now?": [star % 5 if star > 0 else -100 for star in stars],
        "a class of its own for no stars? Then the model learns to say it": [
            star - 1 if star > 0 else 5 for star in stars
        ],
    }
    right = [star - 1 if star > 0 else -100 for star in stars]
    if targets.tolist() != right:
        slip = suspect(targets.tolist(), skipped) or "1 to 5 become 0 to 4; -1 becomes what the loss leaves out"
        raise WrongAnswer(f"the targets for the stars {stars}", targets, slip)
    return "Five kinds of stars are five classes again, and -100 keeps the silent guests out of the loss."


def small_model(rows: int, num_labels: int, device: str):
    """Return a BERT with a table of so many rows, and hardly anything else."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    with torch.random.fork_rng(devices=[]):
        return BertForSequenceClassification(BertConfig(vocab_size=rows, num_labels=num_labels, **sizes)).to(device)


class Case(NamedTuple):
    """A first batch: `right` is the word for it, `slips` says what a wrong word may come from."""

    words: str
    ids: list[int]
    targets: list[int]
    right: str
    slips: dict[str, str]
    away: str = ""  # what is on another device


def cases(rows: int, classes: int) -> list[Case]:
    """Return what a model with so many rows and classes may meet."""
    good, ends = [1, 2, rows - 1], [0, classes - 1]
    no_row = "the rows are counted from 0, so this number is no row: `>` or `>=`?"
    other_table = "is the number of rows read from this model? A tokenizer may know more ids than the table has rows"
    no_class = "is the number of classes read from this model? Is it `>` or `>=`?"
    left_behind = {"fine": "is each tensor compared: every value of the batch, and the targets?"}
    fine = {
        "ids": "the last row of the table is allowed, its number is one less than their count",
        "labels": "the last class is allowed: compare with the number of classes, `>` or `>=`?",
        "device": "all of them are on the CPU here",
    }
    from_cpu = {"fine": "compared with the CPU? Compare with the place of the model"}
    return [
        Case("ids and targets that all exist", good, ends, "fine", fine),
        Case("an id far above the table", [1, 40 * rows, 2], ends, "ids", {"fine": other_table}),
        Case("an id that is as big as the number of rows", [1, rows, 2], ends, "ids", {"fine": no_row}),
        Case("an id of -1", [1, -1, 2], ends, "ids", {"fine": "an id can also be too small"}),
        Case("a target that is as big as the number of classes", good, [classes, 0], "labels", {"fine": no_class}),
        Case("a target of -1", good, [0, -1], "labels", {"fine": "a target can also be too small"}),
        Case("a target of -100", good, [0, -100], "fine", {"labels": "the loss leaves this number out, on purpose"}),
        Case("a wrong id and a wrong target", [rows] * 3, [0, classes], "ids", {"labels": "ids come before labels"}),
        Case("targets on another device", good, ends, "device", left_behind, away="targets"),
        Case("a mask on another device", good, ends, "device", left_behind, away="attention_mask"),
        Case("ids on another device", good, ends, "device", left_behind, away="input_ids"),
        Case("a model that is not on the CPU, with a batch that is", good, ends, "device", from_cpu, away="model"),
    ]


def first_batch(case: Case, with_segments: bool):
    """Return the batch and the targets of a case, one of them on another device where the case says so."""
    import torch
    from transformers import BatchEncoding

    values = {"input_ids": torch.tensor([case.ids, case.ids[::-1]]), "attention_mask": torch.ones(2, 3).long()}
    if with_segments:
        values["token_type_ids"] = torch.zeros(2, 3).long()
    values["targets"] = torch.tensor(case.targets)
    values = {name: value.to("meta" if name == case.away else "cpu") for name, value in values.items()}
    targets = values.pop("targets")
    return BatchEncoding(values), targets


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
    rows, classes = (70, 5) if hidden else (50, 3)
    here, away = (small_model(rows, classes, device) for device in ("cpu", "meta"))
    for case in cases(rows, classes):
        model = away if case.away == "model" else here
        batch, targets = first_batch(case, hidden)
        try:
            found = call(before_the_gpu, model, batch, targets)
        except WrongAnswer as wrong:
            if case.away and wrong.received != "None":
                slip = "numbers on another device were read? Compare the devices first"
                raise WrongAnswer(f"one word for {case.words}", Said(wrong.received), slip) from None
            raise
        if not isinstance(found, str):
            raise WrongAnswer("one of the four words of the card", found, "return the word itself, in quotes")
        word = as_choice(found, "before_the_gpu(...)", ["device", "ids", "labels", "fine"])
        if word != case.right:
            slip = case.slips.get(word) or "go through the four lines of the card: which is the first that is true?"
            expected = f"another word for {case.words} (a table of {rows} rows, {classes} classes)"
            raise WrongAnswer(expected, word, slip)
    return "Three looks on the CPU, and two of the five errors cannot surprise you any more."


class Alive:
    """Counts the rows whose way forward is kept for the way back: now, and at most."""

    def __init__(self, layer):
        self.now = self.most = 0
        layer.register_forward_hook(self._forward)

    def _forward(self, _, inputs, output):
        rows = len(output)
        self.now += rows
        self.most = max(self.most, self.now)
        if output.requires_grad:
            output.register_hook(lambda _: self._back(rows))
        else:
            self._back(rows)

    def _back(self, rows):
        self.now -= rows


def gradients(layer, inputs, targets, pieces: int) -> dict:
    """Return what the usual slips make of the gradient: words -> tensor. The right one is under an empty text."""
    from torch.autograd import grad
    from torch.nn.functional import cross_entropy

    def of(loss):
        return grad(loss, layer.weight)[0]

    parts = list(zip(inputs.chunk(pieces), targets.chunk(pieces), strict=True))
    each = [of(cross_entropy(layer(some), goals)) for some, goals in parts]
    whole, last = of(cross_entropy(layer(inputs), targets)), len(parts[-1][1]) / len(targets)
    return {
        "": whole,
        "each piece counts like a whole batch here. What is a piece's share of the rows?": sum(each),
        "that is right for equal pieces. A piece with fewer rows must count less": sum(each) / pieces,
        "only the last piece is left: where is `zero_grad` called?": each[-1],
        "only the last piece is left, and `zero_grad` is called for each": each[-1] * last,
        "only the last piece is left: is `zero_grad` inside of the loop?": each[-1] / pieces,
        "the loss of the batch is the mean over its rows, and this is the sum": whole * len(targets),
        "divided twice? The loss of a piece is a mean already": whole / pieces,
    }


@sheet.exercise(
    section="Which remedy saves how much?",
    hints=[
        "Look at the function `train_two_steps` in the lesson. What does it do to the loss before `backward`?",
        "`cross_entropy` gives the mean over the rows of its piece. `backward` adds the gradients of all pieces.",
        "The whole batch is a mean over all rows. So each piece counts with its share: its rows, of all rows.",
    ],
)
def gradient_in_pieces(gradient_in_pieces, hidden=False) -> str:
    import torch

    as_function(gradient_in_pieces, "gradient_in_pieces")
    for seed, rows, pieces in ((3, 7, 3), (4, 9, 3)) if hidden else ((1, 8, 4), (2, 10, 4)):
        chance = torch.Generator().manual_seed(seed)
        inputs = torch.randn(rows, 5, generator=chance)
        targets = torch.randint(0, 3, (rows,), generator=chance)
        layer = torch.nn.utils.skip_init(torch.nn.Linear, 5, 3)  # which leaves the global random state alone
        for weights in layer.parameters():
            weights.data = torch.randn(weights.shape, generator=chance)
        likely = gradients(layer, inputs, targets, pieces)
        layer.weight.grad = torch.ones(3, 5)  # what the step before has left
        alive = Alive(layer)
        made = call(gradient_in_pieces, layer, inputs, targets, pieces)
        made = as_tensor(made, "gradient_in_pieces(...)", shape=(3, 5), slips={(): "is that the loss?"})
        task = f"the gradient for {rows} rows in {pieces} pieces, as the whole batch has it"
        if not torch.allclose(made.float(), likely[""], atol=1e-4):
            received = (
                f"a gradient of length {made.norm():.2f}; that of the whole batch is {likely[''].norm():.2f} long"
            )
            raise WrongAnswer(task, Said(received), slip_of(made.float(), likely))
        longest = -(-rows // pieces)
        if alive.most > longest:
            slip = "one big step, or one `backward` behind the loop? Then nothing is saved: go back after each piece"
            received = Said(f"the right gradient, with {alive.most} rows kept at once")
            raise WrongAnswer(f"at most {longest} rows in memory at once", received, slip)
    return "Each piece counts with its share of the rows: less memory, and the same step."


def slip_of(made, likely: dict) -> str:
    """Return the words of the slip that makes this gradient."""
    import torch

    for words, gradient in likely.items():
        if words and torch.allclose(made, gradient, atol=1e-4):
            return words
        if torch.allclose(made, gradient + 1, atol=1e-4):
            return "the gradient of the step before is still in it: where is `zero_grad`?"
    return "compare it with one step over the whole batch: by which factor does each piece differ?"
