# Right and wrong answers to the sheet of `trainer`. `says` is a part of what the check must reply.

# %% exercise="evaluated_after" right="ranges and tuples"
evaluated_after = {"steps": 21.0, "a": (8, 16, 21), "b": range(4, 13, 4), "c": (21,), "d": (7, 10)}

# %% exercise="evaluated_after" right="computed, as arrays"
import math

import numpy as np

epoch = math.ceil(100 / 16)
evaluated_after = {
    "steps": np.int64(3 * epoch),
    "a": np.array([8, 16, 3 * epoch]),
    "b": np.arange(1, 4) * math.ceil(epoch / 2),
    "c": [3 * epoch],
    "d": [epoch, 10],
}

# %% exercise="evaluated_after" wrong="the small batch forgotten" says="is a batch, too"
evaluated_after = {"steps": 18, "a": [8, 16, 18], "b": [3, 6, 9], "c": [18], "d": [6, 10]}

# %% exercise="evaluated_after" wrong="rounded once, at the end" says="round up in each epoch"
evaluated_after = {"steps": 19, "a": [8, 16, 19], "b": [4, 8, 12], "c": [19], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="no evaluation at the end" says="at its very last step"
evaluated_after = {"steps": 21, "a": [8, 16], "b": [4, 8, 12], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="accumulation forgotten" says="two batches make one step"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [7, 14, 21], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="it never evaluates" says="nothing on the way, true"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 12], "c": [], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="epochs win over max_steps" says="`max_steps` wins"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 12], "c": [21], "d": [7, 14, 21]}

# %% exercise="evaluated_after" wrong="how often, not when" says="a list"
evaluated_after = {"steps": 21, "a": 3, "b": 3, "c": 1, "d": 2}

# %% exercise="evaluated_after" wrong="epochs in place of steps" says="steps are counted"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [1, 2, 3], "c": [21], "d": [1, 2]}

# %% exercise="page_settings" right="everything once an epoch"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "epoch",
    "save_strategy": "epoch",
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" right="shares of all steps, and the best is saved"
page_settings = dict(
    num_train_epochs=3.0,
    per_device_train_batch_size=8,
    eval_strategy="steps",
    eval_steps=0.25,
    save_strategy="best",
    warmup_steps=2,
    train_sampling_strategy="group_by_length",
    load_best_model_at_end=True,
    metric_for_best_model="eval_accuracy",
    output_dir="page",
)

# %% exercise="page_settings" right="the names changed in place, the smallest steps"
today = {"evaluation_strategy": "eval_strategy", "warmup_ratio": "warmup_steps"}
page_settings = {"num_train_epochs": 3, "per_device_train_batch_size": 8, "evaluation_strategy": "steps"}
page_settings |= {"warmup_ratio": 0.1, "load_best_model_at_end": True, "metric_for_best_model": "accuracy"}
page_settings = {today.get(name, name): value for name, value in page_settings.items()}
page_settings["train_sampling_strategy"] = "group_by_length"
page_settings["eval_steps"], page_settings["save_steps"] = 2, 2

# %% exercise="page_settings" wrong="only the names mended" says="must come before step 18"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 500,
    "save_steps": 500,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="the gone lines deleted" says="must have the same strategy"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_steps": 6,
    "save_steps": 6,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="only the first name mended" says="a share of all steps"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "warmup_ratio": 0.1,
    "group_by_length": True,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="the warmup deleted" says="the warmup of the page is lost"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="ten percent as ten steps" says="a share of all steps is below 1"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "warmup_steps": 10,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="the grouping deleted" says="the grouping is lost"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "warmup_steps": 0.1,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="one evaluation on the way, one at the end" says="[10]"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 10,
    "save_steps": 10,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="saves at another pace" says="the same pace for both"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 4,
    "save_steps": 6,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="saves at every second evaluation" says="nothing saved at step 3"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 3,
    "save_steps": 6,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="saves only at the end" says="it saves at another pace"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 18,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="more epochs, so that step 500 comes" says="three epochs"
page_settings = {
    "num_train_epochs": 300,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 500,
    "save_steps": 500,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}


# %% exercise="fair_scores" right="loaded once, copied deeply"
def fair_scores(load, recipes, score):
    import copy

    fresh = load()
    scores = {}
    for name, train in recipes.items():
        model = copy.deepcopy(fresh)
        train(model)
        scores[name] = score(model)
    return {"before": score(fresh)} | scores


# %% exercise="fair_scores" right="a Series, before as a recipe that does nothing"
def fair_scores(load, recipes, score):
    import pandas as pd

    scores = {}
    for name, train in {"before": lambda model: None, **recipes}.items():
        model = load()
        train(model)
        scores[name] = score(model)
    return pd.Series(scores)


# %% exercise="fair_scores" right="one model, its weights put back"
def fair_scores(load, recipes, score):
    import copy

    model = load()
    kept = copy.deepcopy(model.state_dict())
    scores = {"before": score(model)}
    for name, train in recipes.items():
        model.load_state_dict(kept)
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="only before is mended" says="goes on where another one ended"
def fair_scores(load, recipes, score):
    model = load()
    scores = {"before": score(model)}
    for name, train in recipes.items():
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="fresh models, but before comes last" says="`before` was measured on"
def fair_scores(load, recipes, score):
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(model)
        scores[name] = score(model)
    scores["before"] = score(model)
    return scores


# %% exercise="fair_scores" wrong="a second name for a copy" says="goes on where the last one ended"
def fair_scores(load, recipes, score):
    model = load()
    start = model
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(start)
        scores[name] = score(start)
    scores["before"] = score(start)
    return scores


# %% exercise="fair_scores" wrong="a shallow copy" says="the weights are still shared"
def fair_scores(load, recipes, score):
    import copy

    fresh = load()
    scores = {"before": score(fresh)}
    for name, train in recipes.items():
        model = copy.copy(fresh)
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="the weights put back were never copied" says="the weights are still shared"
def fair_scores(load, recipes, score):
    model = load()
    kept = model.state_dict()
    scores = {"before": score(model)}
    for name, train in recipes.items():
        model.load_state_dict(kept)
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="scores what train returns" says="what a recipe returns"
def fair_scores(load, recipes, score):
    scores = {"before": score(load())}
    for name, train in recipes.items():
        model = train(load())
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="a fresh model is scored" says="is it the trained model"
def fair_scores(load, recipes, score):
    scores = {"before": score(load())}
    for name, train in recipes.items():
        train(load())
        scores[name] = score(load())
    return scores


# %% exercise="fair_scores" wrong="before is forgotten" says="is missing" old="{\"before\": score(load())}" new="{}"


# %% exercise="evaluated_after" right="steps written out"
import math

import numpy as np

evaluated_after = dict(
    steps=sum(math.ceil(100 / 16) for _ in range(3)),
    a=sorted({*range(8, 22, 8), 21}),
    b=np.cumsum([4, 4, 4]),
    c=[21.0],
    d=iter([7, 10]),
)

# %% exercise="evaluated_after" wrong="rounded once, at the end, in b" says="no step holds batches of two epochs"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 11], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="the last one first" says="the first step comes first"
evaluated_after = {"steps": 21, "a": [21, 16, 8], "b": [4, 8, 12], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="the last one twice" says="a step comes twice"
evaluated_after = {"steps": 21, "a": [8, 16, 21, 21], "b": [4, 8, 12], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="before the training, too" says="before the first step"
evaluated_after = {"steps": 21, "a": [0, 8, 16, 21], "b": [4, 8, 12], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="a set" says="a set has no order"
evaluated_after = {"steps": 21, "a": {8, 16, 21}, "b": [4, 8, 12], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="one epoch" says="that is one epoch"
evaluated_after = {"steps": 7, "a": [7], "b": [4], "c": [7], "d": [7]}

# %% exercise="evaluated_after" wrong="posts in place of steps" says="not one post"
evaluated_after = {"steps": 300, "a": [8, 16, 24], "b": [4, 8, 12], "c": [50], "d": [10]}

# %% exercise="evaluated_after" wrong="only the end in d" says="does an epoch end before that?"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 12], "c": [21], "d": [10]}

# %% exercise="evaluated_after" wrong="half steps" says="divide nothing"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [3.5, 7, 10.5], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="the seventh batch is lost" says="what becomes of the seventh?"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [3, 6, 9], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="something else" says="I do not recognise this slip"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 12], "c": [20], "d": [7, 10]}


# %% exercise="page_settings" right="each step, things that change nothing" old="\"eval_steps\": 6,  # 18 steps in all\n    \"save_steps\": 6" new="\"eval_steps\": 1, \"save_steps\": 1, \"save_total_limit\": 2, \"logging_steps\": 3, \"seed\": 7, \"per_device_eval_batch_size\": 32, \"save_strategy\": \"steps\""

# %% exercise="page_settings" right="an odd pace" old="\"eval_steps\": 6,  # 18 steps in all\n    \"save_steps\": 6" new="\"eval_steps\": 7, \"save_steps\": 7, \"greater_is_better\": True, \"lr_scheduler_type\": \"linear\", \"eval_delay\": 7"

# %% exercise="page_settings" wrong="saves at every second evaluation, 6 and 12" says="nothing saved at step 6" old="\"save_steps\": 6" new="\"save_steps\": 12"

# %% exercise="page_settings" wrong="evaluates each step, saves at the end" says="nothing saved at step 1" old="\"eval_steps\": 6,  # 18 steps in all\n    \"save_steps\": 6" new="\"eval_steps\": 1, \"save_steps\": 18"

# %% exercise="page_settings" wrong="the lowest accuracy is the best" says="the highest one" old="\"save_steps\": 6" new="\"save_steps\": 6, \"greater_is_better\": False"

# %% exercise="page_settings" wrong="evaluations are delayed" says="evaluations after the steps [12]" old="\"save_steps\": 6" new="\"save_steps\": 6, \"eval_delay\": 10"

# %% exercise="page_settings" wrong="a schedule without warmup" says="which has a warmup" old="\"save_steps\": 6" new="\"save_steps\": 6, \"lr_scheduler_type\": \"constant\""

# %% exercise="page_settings" wrong="grouping is True" says="its value is another text" old="\"train_sampling_strategy\": \"group_by_length\"" new="\"train_sampling_strategy\": True"

# %% exercise="page_settings" wrong="grouping has another value" says="its value is another text" old="\"train_sampling_strategy\": \"group_by_length\"" new="\"train_sampling_strategy\": \"length\""

# %% exercise="page_settings" wrong="another learning rate" says="does not ask for that" old="\"save_steps\": 6" new="\"save_steps\": 6, \"learning_rate\": 1e-3"

# %% exercise="page_settings" wrong="the loss chooses" says="lets the accuracy choose" old="\"accuracy\"" new="\"loss\""

# %% exercise="page_settings" wrong="no best model" says="goes back to the best model" old="True" new="False"

# %% exercise="page_settings" wrong="smaller batches" says="batches of eight" old="\"save_steps\": 6" new="\"save_steps\": 6, \"per_device_train_batch_size\": 4"

# %% exercise="page_settings" wrong="batches collected" says="after every batch" old="\"save_steps\": 6" new="\"save_steps\": 6, \"gradient_accumulation_steps\": 2"

# %% exercise="page_settings" wrong="600 steps, so that step 500 comes" says="the page counts epochs" old="\"save_steps\": 6" new="\"save_steps\": 6, \"max_steps\": 600"

# %% exercise="page_settings" wrong="1.8 steps of warmup" says="1 of 18 steps" old="\"warmup_steps\": 0.1" new="\"warmup_steps\": 1.8"

# %% exercise="page_settings" wrong="two tenths of warmup" says="4 of 18 steps" old="\"warmup_steps\": 0.1" new="\"warmup_steps\": 0.2"

# %% exercise="page_settings" wrong="an evaluation at the end only" says="none before it" old="\"eval_steps\": 6,  # 18 steps in all\n    \"save_steps\": 6" new="\"eval_steps\": 18, \"save_steps\": 18"

# %% exercise="page_settings" wrong="no evaluation, no saving" says="match" old="\"eval_strategy\": \"steps\"" new="\"eval_strategy\": \"no\""

# %% exercise="page_settings" wrong="a spelling mistake" says="`eval_strategie` is not among them" old="\"eval_strategy\"" new="\"eval_strategie\""

# %% exercise="page_settings" wrong="a strategy that is none" says="not a valid IntervalStrategy" old="\"eval_strategy\": \"steps\"" new="\"eval_strategy\": \"step\""

# %% exercise="page_settings" wrong="epochs in quotes" says="without quotes" old="\"num_train_epochs\": 3" new="\"num_train_epochs\": \"3\""

# %% exercise="page_settings" wrong="the list of the new names" says="a dict: the name of each argument"
page_settings = ["eval_strategy", "warmup_steps", "train_sampling_strategy"]

# %% exercise="fair_scores" right="a loop over all with a copy"
def fair_scores(load, recipes, score):
    import copy

    start = load()
    models = {"before": copy.deepcopy(start)}
    for name in recipes:
        models[name] = copy.deepcopy(start)
        recipes[name](models[name])
    return {name: score(model) for name, model in models.items()}


# %% exercise="fair_scores" right="before last, from a fresh model"
def fair_scores(load, recipes, score):
    def trained(train):
        model = load()
        train(model)
        return model

    scores = {name: score(trained(train)) for name, train in recipes.items()}
    scores["before"] = score(load())
    return scores


# %% exercise="fair_scores" wrong="before becomes a recipe of the caller" says="leaves `recipes` as it is"
def fair_scores(load, recipes, score):
    recipes["before"] = lambda model: None
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="the recipes are used up" says="leaves `recipes` as it is"
def fair_scores(load, recipes, score):
    scores = {"before": score(load())}
    while recipes:
        name = next(iter(recipes))
        model = load()
        recipes.pop(name)(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="the names of the notebook" says="KeyError: 'four epochs'"
def fair_scores(load, recipes, score):
    scores = {"before": score(load())}
    for name in ("four epochs", "four epochs again"):
        model = load()
        recipes[name](model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="each recipe twice" says="trained twice by its recipe" old="train(model)" new="train(model); train(model)"

# %% exercise="fair_scores" wrong="all models trained by all" says="which all recipes have trained"
def fair_scores(load, recipes, score):
    model = load()
    scores = {"before": score(model)}
    for train in recipes.values():
        train(model)
    return scores | {name: score(model) for name in recipes}


# %% exercise="fair_scores" wrong="the gain" says="The score itself is asked for" old="= score(model)" new="= score(model) - scores[\"before\"]"

# %% exercise="fair_scores" wrong="before is 0" says="0 is not what it returns" old="\"before\": score(load())" new="\"before\": 0"

# %% exercise="fair_scores" wrong="before stays None" says="is there a call of `score` for `before`?" old="\"before\": score(load())" new="\"before\": None"

# %% exercise="fair_scores" wrong="only the first recipe" says="only the first recipe is in the result" old="scores[name] = score(model)" new="scores[name] = score(model); break"

# %% exercise="fair_scores" wrong="return in the loop" says="only the first recipe is in the result" old="scores[name] = score(model)" new="scores[name] = score(model); return scores"

# %% exercise="fair_scores" wrong="rounded" says="I do not recognise this slip" old="scores[name] = score(model)" new="scores[name] = round(score(model), 3)"

# %% exercise="fair_scores" wrong="a list of scores" says="a dict with a score under each name" old="return scores" new="return list(scores.values())"

# %% exercise="fair_scores" wrong="the same recipe counted once" says="I do not recognise this slip"
def fair_scores(load, recipes, score):
    scores, seen = {"before": score(load())}, []
    for name, train in recipes.items():
        if train not in seen:
            model = load()
            train(model)
            scores[name] = score(model)
            seen.append(train)
    return scores


# %% exercise="fair_scores" wrong="better ones only" says="I do not recognise this slip" old="= score(model)" new="= max(score(model), scores[\"before\"])"

# %% exercise="page_settings" equivalent="three epochs, and batches of eight, are what TrainingArguments does without a word"
# - page_settings = {'num_train_epochs': 3, 'per_device_train_batch_size': 8, 'eval_strategy': 'steps', 'eval_steps': 6, 'save_steps': 6, 'warmup_steps': 0.1, 'train_sampling_strategy': 'group_by_length', 'load_best_model_at_end': True, 'metric_for_best_model': 'accuracy'}
# + page_settings = {'per_device_train_batch_size': 8, 'eval_strategy': 'steps', 'eval_steps': 6, 'save_steps': 6, 'warmup_steps': 0.1, 'train_sampling_strategy': 'group_by_length', 'load_best_model_at_end': True, 'metric_for_best_model': 'accuracy'}

# - page_settings = {'num_train_epochs': 3, 'per_device_train_batch_size': 8, 'eval_strategy': 'steps', 'eval_steps': 6, 'save_steps': 6, 'warmup_steps': 0.1, 'train_sampling_strategy': 'group_by_length', 'load_best_model_at_end': True, 'metric_for_best_model': 'accuracy'}
# + page_settings = {'num_train_epochs': 3, 'eval_strategy': 'steps', 'eval_steps': 6, 'save_steps': 6, 'warmup_steps': 0.1, 'train_sampling_strategy': 'group_by_length', 'load_best_model_at_end': True, 'metric_for_best_model': 'accuracy'}

# %% exercise="page_settings" right="thirds of all steps" old="\"eval_steps\": 6,  # 18 steps in all\n    \"save_steps\": 6" new="\"eval_steps\": 1 / 3, \"save_steps\": 1 / 3"

# %% exercise="page_settings" right="enumerations of the library"
from transformers.trainer_utils import IntervalStrategy, SaveStrategy

page_settings = {
    "eval_strategy": IntervalStrategy.EPOCH,
    "save_strategy": SaveStrategy.BEST,
    "warmup_steps": 1 / 10,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="saves half as often, as shares" says="nothing saved at step 5" old="\"eval_steps\": 6,  # 18 steps in all\n    \"save_steps\": 6" new="\"eval_steps\": 0.25, \"save_steps\": 0.5"

# %% exercise="page_settings" wrong="evaluates in epochs, saves in steps" says="must have the same strategy" old="\"eval_strategy\": \"steps\"" new="\"eval_strategy\": \"epoch\", \"save_strategy\": \"steps\""

# %% exercise="page_settings" wrong="the batch size is found by itself" says="does not ask for that" old="\"save_steps\": 6" new="\"save_steps\": 6, \"auto_find_batch_size\": True"

# %% exercise="page_settings" right="a seed, and few copies kept" old="\"save_steps\": 6" new="\"save_steps\": 6, \"seed\": 3, \"save_total_limit\": 1, \"save_only_model\": True"

# %% exercise="page_settings" wrong="an evaluation before the start" says="nowhere saved" old="\"save_steps\": 6" new="\"save_steps\": 6, \"eval_on_start\": True"

# %% exercise="page_settings" wrong="a pace in quotes" says="a number stands in quotes" old="\"save_steps\": 6" new="\"save_steps\": \"6\""

# %% exercise="page_settings" wrong="a text that may be one" says="does not ask for that" old="\"save_steps\": 6" new="\"save_steps\": 6, \"resume_from_checkpoint\": \"old\""

# %% exercise="page_settings" wrong="one step of warmup" says="rounds a share of the steps up" old="\"warmup_steps\": 0.1" new="\"warmup_steps\": 1"

# %% exercise="page_settings" wrong="five steps of warmup" says="I do not recognise this slip" old="\"warmup_steps\": 0.1" new="\"warmup_steps\": 5"

# %% exercise="fair_scores" right="it calls itself"
def fair_scores(load, recipes, score):
    if not recipes:
        return {"before": score(load())}
    *others, (name, train) = recipes.items()
    model = load()
    train(model)
    return {**fair_scores(load, dict(others), score), name: score(model)}


# %% exercise="fair_scores" wrong="pairs, not a dict" says="a dict with a score under each name" old="return scores" new="return list(scores.items())"

# %% exercise="fair_scores" wrong="a score of 0 is left out" says="I do not recognise this slip" old="scores[name] = score(model)" new="scores.update({name: score(model)} if score(model) else {})"
