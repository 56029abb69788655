"""The checks of `trainer`'s sheet."""

import math

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("trainer")


@sheet.exercise(
    section="Bug hunt 1: the training that was never evaluated",
    hints=[
        "How many batches make one epoch? The last one may be smaller, but it is a batch. `count_steps` does the rest.",
        "With `gradient_accumulation_steps=2`, two batches make one step. An epoch then has fewer steps.",
        "Bug hunt 1 had three steps and `eval_steps=20`. Its log still had one evaluation. Where?",
    ],
)
def evaluated_after(evaluated_after) -> str:
    if not isinstance(evaluated_after, dict) or not {"steps", "a", "b", "c", "d"} <= set(evaluated_after):
        raise WrongAnswer('a dict with the keys "steps", "a", "b", "c" and "d"', evaluated_after)
    steps = as_number(evaluated_after["steps"], "steps", whole=True, low=0)
    if steps != 21:
        slips = {
            "the last, smaller batch of an epoch is a batch, too": 18,
            "round up in each epoch: no batch holds posts of two epochs": 19,
            "that is one epoch": 7,
            "a step takes a whole batch, not one post": 300,
        }
        slip = suspect(steps, slips) or "batches of one epoch, rounded up, times the epochs"
        raise WrongAnswer("another number of steps", steps, slip)
    more = "the Trainer does one thing more at its very last step"
    answers = {
        "a": ([8, 16, 21], {more: [8, 16], "the training ends before the last of these steps": [8, 16, 24]}),
        "b": (
            [4, 8, 12],
            {
                "two batches make one step: how many steps has an epoch now?": [7, 14, 21],
                "two batches make one step: that makes fewer steps, not more": [14, 28, 42],
                "seven batches, two for each step: what becomes of the seventh?": [3, 6, 9],
                "steps are counted, not epochs": [1, 2, 3],
            },
        ),
        "c": (
            [21],
            {
                f"nothing on the way, true. But {more}": [],
                "the training ends before that step": [50],
                "the value is a number of steps, and it ends too early for that": [7, 14, 21],
            },
        ),
        "d": (
            [7, 10],
            {
                "`max_steps` wins over the epochs: where does it end?": [7, 14, 21],
                more: [7],
                "does an epoch end before that?": [10],
            },
        ),
    }
    for letter, (right, slips) in answers.items():
        found = [as_number(step, letter, whole=True) for step in as_list(evaluated_after[letter], letter)]
        if found != right:
            slip = suspect(found, slips) or "how many steps has an epoch here, and which is the last step of all?"
            raise WrongAnswer(f"other steps for `{letter}`", found, slip)
    return "Count the steps first; then you know when the Trainer evaluates, and when it only does so at the end."


GONE = {
    "evaluation_strategy": "`evaluation_strategy` has a shorter name now: how does group 3 call it?",
    "warmup_ratio": "`warmup_ratio` is gone: which argument of group 2 also takes a share of all steps?",
    "group_by_length": "`group_by_length` is gone: how did the lesson group the posts that it predicted?",
}
PAGE_STEPS = 18


@sheet.exercise(
    section="Bug hunt 1: the training that was never evaluated",
    hints=[
        "`fields(TrainingArguments)` knows today's names. Which three of the page are not among them?",
        "How many steps are 48 posts in batches of 8, three times? When do `eval_steps` and `save_steps` come?",
        "The warmup: below 1, `warmup_steps` is a share. The grouping: `train_sampling_strategy` takes a text.",
    ],
)
def page_settings(page_settings) -> str:
    if not isinstance(page_settings, dict) or not all(isinstance(name, str) for name in page_settings):
        raise WrongAnswer("a dict: the name of each argument, and its value", page_settings)
    arguments = _arguments(page_settings)
    kept = {
        "num_train_epochs": (3, "the page trains three epochs"),
        "per_device_train_batch_size": (8, "the page has batches of eight"),
        "gradient_accumulation_steps": (1, "the page makes a step after every batch"),
        "max_steps": (-1, "the page counts epochs"),
        "load_best_model_at_end": (True, "the page goes back to the best model at the end"),
        "train_sampling_strategy": ("group_by_length", "the grouping by length is lost: it has another name now"),
    }
    for name, (value, slip) in kept.items():
        if getattr(arguments, name) != value:
            raise WrongAnswer(f"that `{name}` does what the page wants", getattr(arguments, name), slip)
    if arguments.metric_for_best_model not in ("accuracy", "eval_accuracy"):
        raise WrongAnswer("that the accuracy chooses the best model", arguments.metric_for_best_model)
    warmup = arguments.get_warmup_steps(PAGE_STEPS)
    if warmup != math.ceil(PAGE_STEPS / 10):
        slip = "the warmup of the page is lost" if not warmup else "a share of all steps is below 1"
        raise WrongAnswer("a warmup of one tenth of all steps", Said(f"{warmup} of {PAGE_STEPS} steps"), slip)
    on_the_way = [step for step in _times(arguments, "eval") if step < PAGE_STEPS]
    if len(on_the_way) < 2:
        said = f"evaluations after the steps {on_the_way}" if on_the_way else "none before it"
        slip = f"compare with the number of steps: {PAGE_STEPS}"
        raise WrongAnswer("two evaluations, or more, before the last step", Said(said), slip)
    saved = on_the_way if arguments.save_strategy.value == "best" else _times(arguments, "save")
    lost = [step for step in on_the_way if step not in saved]
    if lost:
        slip = "it saves at another pace: a best model that is nowhere saved cannot be loaded, and nothing says so"
        raise WrongAnswer("that each evaluated model is saved, too", Said(f"nothing saved at step {lost[0]}"), slip)
    return "A name that is gone raises an error. An evaluation behind the last step raises nothing: so count."


def _arguments(settings: dict):
    from dataclasses import fields

    from transformers import TrainingArguments

    today = {field.name for field in fields(TrainingArguments)}
    unknown = [name for name in settings if name not in today]
    if unknown:
        slip = GONE.get(unknown[0], f"`{unknown[0]}` is not among them: is it spelled as in the table of the lesson?")
        raise WrongAnswer("names that `TrainingArguments` has today", unknown, slip)
    try:
        return TrainingArguments(**{"output_dir": "unused", "report_to": "none"} | settings)
    except Exception as error:
        words = " ".join(str(error).split())
        slip = "read its last words: what must match?"
        raise WrongAnswer("settings that go together", Said(f"{type(error).__name__}: {words}"), slip) from None


def _times(arguments, kind: str) -> list[int]:
    """Return the steps after which the Trainer evaluates ("eval") or saves ("save")."""
    strategy = getattr(arguments, f"{kind}_strategy").value
    if strategy == "no":
        return []
    if strategy == "epoch":
        every = PAGE_STEPS // 3
    else:
        every = getattr(arguments, f"{kind}_steps") or arguments.logging_steps
        every = math.ceil(every if every >= 1 else every * PAGE_STEPS)
    return list(range(every, PAGE_STEPS + 1, every))


@sheet.exercise(
    section='Bug hunt 2: "before training"',
    hints=[
        "When is `score` called for `before`, and what has happened to the model by then?",
        "`train(model)` changes the model itself. Which weights does the second recipe begin with?",
        "Each score needs a model of its own. Who gives one?",
    ],
)
def fair_scores(fair_scores, hidden=False) -> str:
    as_function(fair_scores, "fair_scores")
    gains = {"long": 2.0, "short": 0.5, "none": 0.0} if hidden else {"A": 0.25, "B": 0.5}
    right = {"before": 1.0} | {name: 1 + gain for name, gain in gains.items()}
    made = call(fair_scores, _toy, {name: _toy_recipe(gain) for name, gain in gains.items()}, _toy_score)
    try:
        made = dict(made)
    except (TypeError, ValueError):
        raise WrongAnswer("a dict with a score under each name", made) from None
    missing = [name for name in right if name not in made]
    if missing:
        raise WrongAnswer(f"a score under each of {', '.join(right)}", made, f"{missing[0]!r} is missing")
    for name in right:
        if made[name] is None:
            slip = "is there a call of `score` for it? And what does `score` get: a model, or what a recipe returns?"
            raise WrongAnswer(f"a score under {name!r}", None, slip)
    found = {name: as_number(made[name], name) for name in right}
    if found == right:
        return "Every score has its own fresh model, and `before` is really before."
    everything = 1 + sum(gains.values())
    added = " and ".join(map(str, gains.values()))
    expected = f"scores that fit: a fresh model has 1.0, and the recipes add {added}, each to a fresh model"
    slip = "follow one model: who loads it, who trains it, who asks for its score?"
    if found["before"] != 1:
        slip = "`before` was measured on a model that had been trained: a name is no copy, `train` works in place"
    elif all(abs(score - 1) < 1e-9 for score in found.values()):
        slip = "is it the trained model that gets the score? `train` changes the model it is handed"
    elif max(found.values()) > max(right.values()) or everything in list(found.values())[1:]:
        slip = "`before` is right. But a recipe goes on where another one ended: the weights are still shared"
    raise WrongAnswer(expected, found, slip)


def _toy():
    """Return a model of one weight, which is its score."""
    import torch

    toy = torch.nn.Module()
    toy.weight = torch.nn.Parameter(torch.ones(1))
    return toy


def _toy_recipe(gain: float):
    def train(model):
        model.weight.data += gain

    return train


def _toy_score(model) -> float | None:
    return None if model is None else model.weight.item()  # None: what a recipe returns, taken for a model
