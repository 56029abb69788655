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

# %% exercise="page_settings" wrong="only the names mended" says="compare with the number of steps"
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

# %% exercise="page_settings" wrong="the gone lines deleted" says="must match"
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

# %% exercise="page_settings" wrong="the grouping deleted" says="the grouping by length is lost"
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

# %% exercise="page_settings" wrong="saves at another pace" says="must match"
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


# %% exercise="fair_scores" wrong="a second name for a copy" says="a name is no copy"
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


# %% exercise="fair_scores" wrong="before is forgotten" says="is missing"
def fair_scores(load, recipes, score):
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(model)
        scores[name] = score(model)
    return scores
