"""The checks of `trainer`'s sheet."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm

sheet = Sheet("trainer")


def _steps(value: object, name: str) -> list[int]:
    """Return a list of steps: whole numbers, in the order of time, each once."""
    steps = [as_number(step, name, whole=True, low=0) for step in as_list(value, name)]
    if steps != sorted(set(steps)):
        slip = "a step comes twice" if len(set(steps)) < len(steps) else "the first step comes first"
        raise WrongAnswer(f"in `{name}` the steps in the order of time, each once", steps, slip)
    return steps


@sheet.exercise(
    section="Bug hunt 1: the training that was never evaluated",
    hints=[
        "How many batches make one epoch? The last one may be smaller, but it is a batch. Then take all epochs.",
        "With `gradient_accumulation_steps=2`, two batches make one step. An epoch then has fewer steps.",
        "Bug hunt 1 had three steps and `eval_steps=20`. Its log still had one evaluation. Where?",
    ],
    form_point=False,
)
def evaluated_after(evaluated_after) -> str:
    more = "the Trainer does one thing more at its very last step"
    seventh = "seven batches, two for each step: what becomes of the seventh?"
    per_epoch = "that is the end of each epoch; here the steps are counted"
    steps = {
        "the last, smaller batch of an epoch is a batch, too": 18,
        "round up in each epoch: no batch holds posts of two epochs": 19,
        "that is one epoch": 7,
        "a step takes a whole batch, not one post": 300,
    }
    parts = {
        "a": (
            [8, 16, 21],
            {
                more: [8, 16],
                "the training ends before the last of these steps": [8, 16, 24],
                "nothing is evaluated before the first step": [0, 8, 16, 21],
                per_epoch: [7, 14, 21],
            },
        ),
        "b": (
            [4, 8, 12],
            {
                "two batches make one step: how many steps has an epoch now?": [7, 14, 21],
                "two batches make one step: that makes fewer steps, not more": [14, 28, 42],
                seventh: [3, 6, 9],
                "round up in each epoch: no step holds batches of two epochs": [4, 8, 11],
                "round up in each epoch, not only at its end: no step holds batches of two epochs": [4, 7, 11],
                "steps are counted, not epochs": [1, 2, 3],
            },
        ),
        "c": (
            [21],
            {
                f"nothing on the way, true. But {more}": [],
                "the training ends before that step": [50],
                per_epoch: [7, 14, 21],
            },
        ),
        "d": (
            [7, 10],
            {
                "`max_steps` wins over the epochs: where does it end?": [7, 14, 21],
                more: [7],
                "does an epoch end before that?": [10],
                "that is the number of epochs, not of steps": [1, 2],
            },
        ),
    }
    judged = {"steps": Part(21, steps, partial(as_number, whole=True, low=0))}
    judged |= {letter: Part(right, slips, _steps) for letter, (right, slips) in parts.items()}
    predict(evaluated_after, "evaluated_after", judged)
    return "Count the steps first; then you know when the Trainer evaluates, and when it only does so at the end."


GONE = {
    "evaluation_strategy": "`evaluation_strategy` has a shorter name now: how does group 3 call it?",
    "warmup_ratio": "`warmup_ratio` is gone: which argument of group 2 also takes a share of all steps?",
    "group_by_length": "`group_by_length` is gone: how did the lesson group the posts that it predicted?",
}
PAGE_STEPS, PAGE_EPOCHS = 18, 3
PAGE = {
    "num_train_epochs": PAGE_EPOCHS,
    "per_device_train_batch_size": 8,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}
WHY = {
    "num_train_epochs": "the page trains three epochs",
    "per_device_train_batch_size": "the page has batches of eight",
    "gradient_accumulation_steps": "the page makes a step after every batch",
    "max_steps": "the page counts epochs",
    "load_best_model_at_end": "the page goes back to the best model at the end",
    "metric_for_best_model": "the page lets the accuracy choose",
    "greater_is_better": "the best accuracy is the highest one",
    "eval_on_start": "that model is evaluated, and nowhere saved",
    "lr_scheduler_type": "the page keeps the usual schedule, which has a warmup",
}
# What may be added, or is judged by what comes of it.
FREE = {
    *("eval_strategy", "eval_steps", "eval_delay", "save_strategy", "save_steps", "warmup_steps", "output_dir"),
    *("report_to", "run_name", "disable_tqdm", "save_total_limit", "save_only_model", "per_device_eval_batch_size"),
    *("eval_accumulation_steps", "do_train", "do_eval", "do_predict", "seed", "data_seed", "use_cpu"),
    *("dataloader_num_workers", "dataloader_pin_memory", "log_level"),
}


@sheet.exercise(
    section="Bug hunt 1: the training that was never evaluated",
    hints=[
        "`fields(TrainingArguments)` knows today's names. Which three of the page are not among them?",
        "How many steps are 48 posts in batches of 8, three times? When do `eval_steps` and `save_steps` come?",
        "The warmup: below 1, `warmup_steps` is a share. The grouping: `train_sampling_strategy` takes a text. The "
        "lesson shows it in the part “How do I get the answers?”.",
    ],
    form_point=False,
)
def page_settings(page_settings) -> str:
    if not isinstance(page_settings, Mapping) or not all(isinstance(name, str) for name in page_settings):
        raise WrongForm("a dict: the name of each argument, and its value", page_settings)
    arguments = _arguments(page_settings)
    _is_the_page(arguments, page_settings)
    warmup = arguments.get_warmup_steps(PAGE_STEPS)
    if warmup != math.ceil(PAGE_STEPS / 10):
        counted = "from 1 on, `warmup_steps` is a number of steps; a share of all steps is below 1"
        slips = {0: "the warmup of the page is lost", 1: "the Trainer rounds a share of the steps up", 10: counted}
        slip = slips.get(arguments.warmup_steps, counted if arguments.warmup_steps == PAGE_STEPS / 10 else "")
        raise WrongAnswer("a warmup of one tenth of all steps", Said(f"{warmup} of {PAGE_STEPS} steps"), slip)
    evaluated, saved = _flow(arguments)
    on_the_way = [step for step in evaluated if step < PAGE_STEPS]
    if len(on_the_way) < 2:
        said = f"before step {PAGE_STEPS}, evaluations after the steps {on_the_way}" if on_the_way else "none before it"
        slip = "" if on_the_way else f"the first one must come before step {PAGE_STEPS}, the last one"
        raise WrongAnswer("two evaluations, or more, before the last step", Said(said), slip)
    lost = [step for step in evaluated if step not in saved]
    if lost:
        slip = "it saves at another pace: a best model that is nowhere saved cannot be loaded, and nothing says so"
        raise WrongAnswer("that each evaluated model is saved, too", Said(f"nothing saved at step {lost[0]}"), slip)
    return "A name that is gone raises an error. An evaluation behind the last step raises nothing: so count."


def _arguments(settings: Mapping):
    from transformers import TrainingArguments

    today = {field.name for field in fields(TrainingArguments) if field.init}
    unknown = [name for name in settings if name not in today]
    if unknown:
        slip = GONE.get(unknown[0], f"`{unknown[0]}` is not among them: is it spelled as in the table of the lesson?")
        raise WrongForm("names that `TrainingArguments` has today", unknown, slip)
    try:
        return TrainingArguments(**{"output_dir": "unused", "report_to": "none"} | dict(settings))
    except Exception as error:
        words = " ".join(str(error).split())
        slips = {
            "strategy to match": "evaluating and saving must have the same strategy",
            "between instances of 'str' and": "a number stands in quotes: write it without",
            "multiple of the eval": "with the best model, saving follows evaluating: use the same pace for both",
        }
        slip = next((slip for part, slip in slips.items() if part in words), "")
        raise WrongForm("settings that go together", Said(f"{type(error).__name__}: {words}"), slip) from None


def _is_the_page(arguments, settings: Mapping) -> None:
    """Raise WrongAnswer where a setting is not what the page wants, or changes what it does not speak of."""
    from transformers import TrainingArguments

    page = TrainingArguments("unused", report_to="none", eval_strategy="epoch", save_strategy="epoch", **PAGE)
    if arguments.metric_for_best_model == "eval_accuracy":  # another name of the same
        page.metric_for_best_model = "eval_accuracy"
    for name in [*PAGE, *(field.name for field in fields(page) if field.init and field.name not in PAGE)]:
        wanted, found = getattr(page, name), getattr(arguments, name)
        if name in FREE or name.startswith("logging_") or found == wanted:
            continue
        slip = WHY.get(name, "the page does not ask for that")
        if name == "train_sampling_strategy":
            slip = (
                "the name is right, its value is another text"
                if name in settings
                else "the grouping is lost: it has another name now"
            )
        if isinstance(found, str) and isinstance(wanted, int | float):
            slip = "a text: write the value without quotes"
        raise WrongAnswer(f"that `{name}` does what the page wants", found, slip)


def _flow(arguments) -> tuple[list[int], list[int]]:
    """Return the steps after which the Trainer evaluates, and those after which it saves, as its own callback says."""
    from transformers import TrainerControl, TrainerState
    from transformers.trainer_callback import DefaultFlowCallback

    flow, state, evaluated, saved = DefaultFlowCallback(), TrainerState(max_steps=PAGE_STEPS), [], []
    state.compute_steps(arguments, PAGE_STEPS)
    for step in range(1, PAGE_STEPS + 1):
        state.global_step, state.epoch = step, step * PAGE_EPOCHS / PAGE_STEPS
        control = flow.on_step_end(arguments, state, TrainerControl())
        if state.epoch == int(state.epoch):
            control = flow.on_epoch_end(arguments, state, control)
        evaluated += [step] * control.should_evaluate
        saved += [step] * (control.should_save or (arguments.save_strategy == "best" and control.should_evaluate))
    return evaluated, saved


@dataclass(frozen=True)
class FreshModels:
    """Stands for `load`: each call gives a model of one weight, which is its score."""

    weight: float

    def __call__(self):
        import torch

        toy = torch.nn.Module()
        toy.weight = torch.nn.Parameter(torch.tensor([self.weight], dtype=torch.float64))
        return toy


@dataclass(frozen=True)
class Adds:
    """A recipe that adds to the weight of a model, in place."""

    number: float

    def __call__(self, model) -> None:
        model.weight.data += self.number


@dataclass(frozen=True)
class Multiplies:
    """A recipe that multiplies the weight of a model, in place."""

    number: float

    def __call__(self, model) -> None:
        model.weight.data *= self.number


def weight_of(model) -> float | None:
    """Return the score of a model, and None for None, which is what a recipe returns."""
    return None if model is None else model.weight.item()


def _comparisons(hidden: bool) -> list[tuple]:
    """Return what `fair_scores` gets: one recipe and several, better and worse ones, the same one twice."""
    import numpy as np

    gains = np.random.default_rng(7 if hidden else 5).normal(size=4)
    drawn = {name: Adds(float(gain)) for name, gain in zip("tuvw" if hidden else "pqrs", gains, strict=True)}
    cases = [
        (1.0, {"A": Adds(0.5)}),
        (2.0, {"A": Adds(0.25), "B": Adds(-1.5)}),
        (-1.0, {"long": Multiplies(3.0), "none": Adds(0.0), "short": Adds(0.5), "to zero": Adds(1.0)}),
        (0.0, {"first": Adds(0.25), "second": Adds(0.25)}),
        (0.5, {**drawn, "twice": Multiplies(2.0)}),
    ]
    return [(FreshModels(start), recipes, weight_of) for start, recipes in cases]


def _fair(load: Callable, recipes: Mapping, score: Callable) -> dict:
    return {"before": score(load())} | {name: score(_trained(load(), train)) for name, train in recipes.items()}


def _trained(model, *recipes: Callable):
    for train in recipes:
        train(model)
    return model


def _going_on(load: Callable, recipes: Mapping, score: Callable) -> dict:
    """Return the scores of one model, on which one recipe after the other is tried."""
    model, scores = load(), {}
    for name, train in recipes.items():
        scores[name] = score(_trained(model, train))
    return scores


def _last(scores: dict) -> float:
    return list(scores.values())[-1]


UNFAIR = {
    "`before` was measured on a model that had been trained, and each recipe goes on where the last one ended": (
        lambda *case: _going_on(*case) | {"before": _last(_going_on(*case))}
    ),
    "`before` is right. But a recipe goes on where another one ended: the weights are still shared": (
        lambda load, recipes, score: {"before": score(load()), **_going_on(load, recipes, score)}
    ),
    "the recipes are right. But `before` was measured on a model that had been trained": (
        lambda *case: _fair(*case) | {"before": _last(_fair(*case))}
    ),
    "is it the trained model that gets the score? `train` changes the model it is handed": (
        lambda load, recipes, score: dict.fromkeys(["before", *recipes], score(load()))
    ),
    "what does `score` get: a model, or what a recipe returns?": (
        lambda load, recipes, score: {"before": score(load())} | dict.fromkeys(recipes)
    ),
    "is there a call of `score` for `before`?": lambda *case: _fair(*case) | {"before": None},
    "is there a call of `score` for `before`? 0 is not what it returns": lambda *case: _fair(*case) | {"before": 0},
    "`before` is missing": lambda load, recipes, score: {
        name: each for name, each in _fair(load, recipes, score).items() if name != "before"
    },
    "how much each recipe gains? The score itself is asked for": lambda load, recipes, score: (
        {name: each - score(load()) for name, each in _fair(load, recipes, score).items()} | {"before": score(load())}
    ),
    "only the first recipe is in the result: does the loop go on to the others?": (
        lambda *case: dict([*_fair(*case).items()][:2])
    ),
    "each model is trained twice by its recipe": lambda load, recipes, score: {
        "before": score(load()),
        **{name: score(_trained(load(), train, train)) for name, train in recipes.items()},
    },
    "each score is that of a model which all recipes have trained": lambda load, recipes, score: (
        {"before": score(load())} | dict.fromkeys(recipes, score(_trained(load(), *recipes.values())))
    ),
}


def _scores(made: object) -> dict:
    """Return a dict of scores. Raises WrongForm where there is none."""
    scores = dict(made) if hasattr(made, "items") else {}  # a Series will do
    if not scores or not all(isinstance(name, str) for name in scores):
        raise WrongForm("a dict with a score under each name", made)
    return {name: None if score is None else as_number(score, name) for name, score in scores.items()}


@sheet.exercise(
    section='Bug hunt 2: "before training"',
    hints=[
        "When is `score` called for `before`, and what has happened to the model by then?",
        "`train(model)` changes the model itself. Which weights does the second recipe begin with?",
        "Each score needs a model of its own. Who gives one?",
    ],
    form_point=False,
)
def fair_scores(fair_scores, hidden=False) -> str:
    judge(fair_scores, "fair_scores", _comparisons(hidden), _fair, slips=UNFAIR, read=_scores)
    return "Every score has its own fresh model, and `before` is really before."
