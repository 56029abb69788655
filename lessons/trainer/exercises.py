# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # {{ number }} · Exercises: The Trainer
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.trainer import checks as check

course = start("trainer_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · When will it evaluate?
#
# ★☆☆ · 8 minutes · predict
#
# Run nothing yet. A training has 100 posts, batches of 16, three epochs. Write the number of its steps into `steps`.
#
# Each line below is one more training: the same one, with these arguments added. After which steps does the Trainer
# evaluate? Write a list of steps for each line, in the order of time, each step once.
#
# - `a`: `eval_strategy="steps", eval_steps=8`
# - `b`: `eval_strategy="epoch", gradient_accumulation_steps=2`
# - `c`: `eval_strategy="steps", eval_steps=50`
# - `d`: `eval_strategy="epoch", max_steps=10`

# %% answer="evaluated_after"
evaluated_after = {"steps": ..., "a": ..., "b": ..., "c": ..., "d": ...}
### BEGIN SOLUTION
evaluated_after = {
    "steps": 21,
    "a": [8, 16, 21],
    "b": [4, 8, 12],
    "c": [21],
    "d": [7, 10],
}
### END SOLUTION

# %% check="evaluated_after"
check.evaluated_after(evaluated_after)

# %% [markdown]
# Now see it for yourself. A tiny model with random weights makes the same steps as a big one, in less than a second.

# %%
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)

sizes = {"hidden_size": 16, "num_hidden_layers": 1, "intermediate_size": 16}
tiny = BertConfig(vocab_size=40, num_attention_heads=2, **sizes)
rows = [{"input_ids": [1, 5 + n % 20, 2], "labels": n % 20 // 10} for n in range(100)]


def tiny_trainer(model, **settings):
    quiet = {"save_strategy": "no", "report_to": "none", "disable_tqdm": True}
    size = {"per_device_train_batch_size": 16, "learning_rate": 0.01}
    arguments = TrainingArguments(course.workdir / "tiny", **quiet, **size, **settings)
    trainer = Trainer(model, arguments, train_dataset=rows, eval_dataset=rows)
    trainer.remove_callback(PrinterCallback)
    return trainer


# %%
for settings in (
    {"eval_strategy": "steps", "eval_steps": 8},
    {"eval_strategy": "epoch", "gradient_accumulation_steps": 2},
    {"eval_strategy": "steps", "eval_steps": 50},
    {"eval_strategy": "epoch", "max_steps": 10},
):
    trainer = tiny_trainer(BertForSequenceClassification(tiny), **settings)
    trainer.train()
    history = trainer.state.log_history
    print([entry["step"] for entry in history if "eval_loss" in entry], settings)

# %% [markdown]
# ## 2 · A page of 2022
#
# ★★☆ · 10 minutes · bug hunt
#
# You have 48 posts and these settings of an old page. Some names are gone: `TrainingArguments` complains. Another fault
# raises no error. Mend both. The Trainer must evaluate at least twice **before** its last step. Each time, it must save
# the model that it has just evaluated, at least if that is the best one so far.
#
# Keep all else that the page wants: three epochs, batches of eight, one tenth of all steps as warmup, grouping by
# length, and at the end the model with the highest accuracy. Add nothing that changes the training. (A seed is free.)

# %% answer="page_settings"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "evaluation_strategy": "steps",
    "eval_steps": 500,
    "save_steps": 500,
    "warmup_ratio": 0.1,
    "group_by_length": True,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}
### BEGIN SOLUTION
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,  # 18 steps in all
    "save_steps": 6,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}
### END SOLUTION

# %% check="page_settings"
check.page_settings(page_settings)

# %% [markdown]
# ## 3 · Before, and after what?
#
# ★★☆ · 6 minutes · bug hunt
#
# `fair_scores` compares recipes: each one is a function that trains a model **in place** and returns nothing. `load()`
# gives a fresh model, `score(model)` its score. The result is a dict: `"before"` without any training, then one score
# for each recipe, under its name. `recipes` must stay as it is: the caller uses it again.
#
# Run `fair_scores` as it is. Both recipes are the same, and their losses are not. Mend it.


# %%
def load():
    set_seed(course.seed)
    return BertForSequenceClassification(tiny)


def four_epochs(model):
    tiny_trainer(model, num_train_epochs=4).train()


def score(model):
    return round(tiny_trainer(model).evaluate()["eval_loss"], 3)


recipes = {"four epochs": four_epochs, "four epochs again": four_epochs}


# %% answer="fair_scores"
def fair_scores(load, recipes, score):
    """Return the score before any training, and the score of each recipe."""
    model = load()
    scores = {"before": None}
    for name, train in recipes.items():
        train(model)
        scores[name] = score(model)
    scores["before"] = score(model)
    return scores


### BEGIN SOLUTION
def fair_scores(load, recipes, score):
    """Return the score before any training, and the score of each recipe."""
    scores = {"before": score(load())}
    for name, train in recipes.items():
        model = load()
        train(model)
        scores[name] = score(model)
    return scores


### END SOLUTION


fair_scores(load, recipes, score)

# %% check="fair_scores"
check.fair_scores(fair_scores)
### BEGIN HIDDEN TESTS
check.fair_scores(fair_scores, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can say when a training will evaluate before you start it. You have mended two faults that raised no error: an
# evaluation that never came, and a "before" that was measured after. {{ Lesson:five_models }} puts five models to the
# test.
