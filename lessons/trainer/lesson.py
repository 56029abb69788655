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
# # {{ number }} · The Trainer: your loop in one object
#
# {{ badges }}
#
# **You will be able to**
#
# - **choose** the arguments of a training, one group at a time;
# - **watch** a training, and find in its log what did not happen;
# - **resume** a training after a crash, and get the same weights;
# - **hunt** two bugs that raise no error.
#
# The numbers in the text are those of the profile `laptop`.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("trainer", PROFILE)

# %% [markdown]
# ## Why not keep my own loop?
#
# You can. The `Trainer` runs the loop of {{ lesson:training_loop }}: a batch, its loss, backward, a step. It also
# logs, writes checkpoints, and uses several GPUs. Your loop is a bicycle, the `Trainer` is a car: faster, and full of
# switches. The switches are the arguments of the class `TrainingArguments`. How many are there?

# %% [markdown] tags=["slide"]
# - The Trainer runs the loop that you know
# - It also logs, saves, and uses several GPUs
# - Its switches: more than a hundred arguments
#
# **Six questions bring order into them.**

# %% [markdown] tags=["notes"]
# Ask who has copied a list of arguments without knowing what they do. Most hands go up. In the figure, blue is the loop
# of the last lesson, orange are the six groups. Point at the three names that are gone: an error is the good case.

# %%
from dataclasses import fields

from transformers import TrainingArguments

from lessons.trainer.figures import machine

names = {field.name for field in fields(TrainingArguments)}
machine(len(names))

# %% [markdown]
# More than a hundred. Six groups are enough, one for each question. In blue is the loop that you know. Each orange box
# steers one part of it. Are the names of older tutorials among them?

# %%
for name in ("eval_strategy", "evaluation_strategy", "logging_dir", "warmup_ratio"):
    print(f"{name:<20}", "there" if name in names else "gone")

# %% [markdown]
# Three of the four are gone. Whoever types a name that is gone gets a `TypeError`. That is the good case: you notice.
#
# Now posts, each with one of four emotions. Few, because we want to see many trainings.

# %%
from datasets import disable_progress_bars, load_dataset
from transformers import AutoTokenizer

disable_progress_bars()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
posts = load_dataset(*course.dataset("emotion")).map(
    lambda batch: tokenizer(batch["text"], truncation=True, max_length=64), batched=True
)

# %% tags=["nbval-check-output"]
labels = posts["train"].features["label"].names
posts_train = posts["train"].select(range(course.pick(laptop=160, full=960, smoke=16)))
posts_val = posts["validation"].select(range(course.pick(laptop=64, full=300, smoke=8)))
len(posts_train), len(posts_val), labels

# %% [markdown]
# And one function that loads the model **anew**. Bug hunt 2 shows why.
#
# Without a GPU we train the last two layers and the head. The rest is frozen. `set_seed` comes first, because the new
# head gets random numbers. (The two lines with `verbosity` hide the table with `MISSING` that you know.)

# %%
from transformers import AutoModelForSequenceClassification, logging, set_seed

TRAINED_LAYERS = course.pick(laptop=2, full=None, smoke=2)  # None: all of them
logging.disable_progress_bar()


def fresh_model(num_labels, seed=course.seed, **config):
    set_seed(seed)
    logging.set_verbosity_error()
    model = AutoModelForSequenceClassification.from_pretrained(
        course.checkpoint, num_labels=num_labels, **config
    )
    logging.set_verbosity_warning()
    if TRAINED_LAYERS:
        model.base_model.embeddings.requires_grad_(False)
        model.base_model.encoder.layer[:-TRAINED_LAYERS].requires_grad_(False)
    return model


# %%
model = fresh_model(len(labels))
trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{trained / 1e6:.1f} of {model.num_parameters() / 1e6:.1f} million weights")

# %% [markdown]
# ## Group 1: how long?
#
# | argument | says |
# |---|---|
# | `num_train_epochs` | how many walks through the data |
# | `max_steps` | or: how many steps; wins over epochs |
# | `per_device_train_batch_size` | rows in a batch, on each GPU |
# | `gradient_accumulation_steps` | batches before one step ({{ lesson:cuda_errors }}) |
#
# One number follows from them, and you should always know it **before** you train: the number of steps. We round up
# twice (`ceil`). Ten rows in batches of 4 are three batches: the last one is small, but it is a batch. And three
# batches with accumulation 2 are two steps: the last step has only one batch.

# %% [markdown] tags=["slide"]
# - 10 rows, batches of 4: three batches
# - Accumulation 2: two steps an epoch
# - Round up twice
#
# **Know the number of steps before you train.**

# %% [markdown] tags=["notes"]
# Ask the room for 10 rows, 3 epochs, batches of 4, accumulation 2, before you show the function. Many say 4, from 30 by
# 8. Each epoch ends with a step of its own. Say that this small function will find a bug later.

# %% tags=["nbval-check-output"]
import math


def count_steps(rows, epochs, batch, accumulation=1):
    batches = math.ceil(rows / batch)  # in one epoch
    return math.ceil(batches / accumulation) * epochs


how_long = {"num_train_epochs": 4, "per_device_train_batch_size": 4}
steps = count_steps(len(posts_train), epochs=4, batch=4)
print(len(posts_train), "posts,", steps, "steps")

# %% [markdown]
# Keep this function. It will find a bug.
#
# ## Group 2: how big a step?
#
# | argument | says |
# |---|---|
# | `learning_rate` | the biggest step size |
# | `warmup_steps` | climb to it: below 1, during this share of all steps; else, during so many steps |
# | `lr_scheduler_type` | how the step size comes down again |
# | `weight_decay` | pull each weight a little towards zero |
# | `max_grad_norm` | shorten a gradient that is longer than this, so that one odd batch cannot throw the model far |
#
# {{ Lesson:training_loop }} draws the climb and the way down. Which rate is right? It depends on the model, and on how
# much of it you train. Two layers of this small model take 5e-4. All of BERT base wants 5e-5 or less. Such numbers are
# habits: {{ lesson:recipe }} measures them.

# %% [markdown] tags=["slide"]
# - `learning_rate`: the highest rate
# - `warmup_steps`: the climb; below 1 a share
# - `max_grad_norm`: shortens long gradients

# %% [markdown] tags=["notes"]
# All of it is known from the loop, so ask: which station of the circle does each argument steer? Ask what
# `warmup_steps=1` means: one step, not all of them. The rest of the table is for reading.

# %%
how_big = {
    "learning_rate": course.pick(laptop=5e-4, full=5e-5, smoke=5e-4),
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
}
warmup = math.ceil(how_big["warmup_steps"] * steps)
print(f"the first {warmup} of {steps} steps are warmup")

# %% [markdown]
# ## Group 3: what do I want to watch?
#
# | argument | says |
# |---|---|
# | `logging_steps` | write down the training loss every so many steps |
# | `eval_strategy` | `"no"` (the default), `"steps"` or `"epoch"` |
# | `eval_steps` | with `"steps"`: evaluate every so many steps |
# | `report_to` | where else the log goes: `"none"` (today's default), `"tensorboard"`, `"wandb"` and others |
#
# Older versions sent the log to every service that was installed. Weights & Biases then stopped a training to ask for
# an account. So many pages write `report_to="none"`.

# %% [markdown] tags=["slide"]
# - `logging_steps`: write the training loss down
# - `eval_strategy`: ask the validation rows
# - The default is `"no"`: nothing is asked

# %% [markdown] tags=["notes"]
# Ask what happens if you hand over an `eval_dataset` and nothing else. Most expect evaluations. The default never looks
# at it. When time is short, leave out `report_to`.

# %% [markdown]
# ## Group 4: what do I want to keep?
#
# | argument | says |
# |---|---|
# | `output_dir` | the folder for all that a training writes; give each training its own |
# | `save_strategy`, `save_steps` | write a **checkpoint** (a folder with the model as it is now) every so many steps |
# | `save_total_limit` | keep so many checkpoints, delete the older ones |
# | `load_best_model_at_end` | at the end, go back to the best checkpoint |
# | `metric_for_best_model` | best by what? |
#
# Groups 3 and 4 must match. A published notebook evaluates by steps and saves by epochs. What does today's library say?

# %% [markdown] tags=["slide"]
# - Checkpoints cost room on the disk
# - The best model must have been *saved*
# - So evaluate and save at the same steps
#
# **Or `save_strategy="best"`.**

# %% [markdown] tags=["notes"]
# Let the room read the first complaint, and say in plain words what it wants. Then 20 and 40: the complaint is gone.
# Ask whether all is well now. Nearly all say yes, and the best model is still lost.


# %% tags=["nbval-check-output"]
def complaint(**settings):
    try:
        TrainingArguments("unused", load_best_model_at_end=True, **settings)
    except ValueError as error:
        return str(error)


print(complaint(eval_strategy="steps", save_strategy="epoch"))

# %% [markdown]
# To load the best model, it must have been **saved** when it was **measured**. Are two equal strategies enough?

# %% tags=["nbval-check-output"]
both = {"eval_strategy": "steps", "save_strategy": "steps"}
print(complaint(eval_steps=20, save_steps=30, **both))

# %% [markdown]
# A multiple is asked for. But the check is weaker than the need. Make the two numbers **equal**, or take
# `save_strategy="best"`: it saves whenever a new best is measured.
#
# **Try it.** Change the 30 to 40, and the complaint is gone (`None`). Suppose that such a training has its best
# score at step 20. Which model do you have at the end?
#
# <details><summary>An answer</summary>
#
# The last one. 40 is a multiple of 20, so the check is content. But nothing was saved at step 20. So the Trainer
# loads nothing, and says nothing: `trainer.state.best_model_checkpoint` is `None`.
#
# </details>

# %% tags=["try"]
from transformers import Trainer

assert complaint(eval_steps=20, save_steps=40, **both) is None
scores = iter([0.9, 0.8, 0.5, 0.4])  # written by us: the best one comes first
small = {"eval_steps": 1, "save_steps": 2, "max_steps": 4, "save_only_model": True}
rigged = Trainer(
    fresh_model(len(labels)),
    TrainingArguments(
        course.workdir / "rigged",
        load_best_model_at_end=True,
        metric_for_best_model="accuracy",
        **both,
        **small,
    ),
    train_dataset=posts_train.select(range(4)),
    eval_dataset=posts_val.select(range(4)),
    processing_class=tokenizer,
    compute_metrics=lambda prediction: {"accuracy": next(scores)},
)
rigged.train()
assert rigged.state.best_model_checkpoint is None

# %% [markdown]
# We evaluate and save at the same steps, eight times. Best shall be the model with the lowest validation loss.

# %% tags=["nbval-check-output"]
pace = max(1, steps // 8)
watch = {"eval_strategy": "steps", "eval_steps": pace, "logging_steps": 5}
keep = {
    "save_strategy": "steps",
    "save_steps": pace,
    "save_total_limit": 1,
    "load_best_model_at_end": True,
    "metric_for_best_model": "loss",
}
print("evaluates after steps", list(range(pace, steps + 1, pace)))

# %% [markdown]
# ## Group 5: can I repeat it?
#
# `seed` sets the order of the rows and the dropout. But look at what happens before the Trainer is there: our
# `fresh_model` draws a random head. So the seed must be set **there**, too.

# %% [markdown] tags=["slide"]
# - `seed`: order of the rows, dropout
# - The new head is drawn before, at loading
# - So set a seed there, too

# %% [markdown] tags=["notes"]
# Ask two people who used the same seed why their results differ. The room looks for it in the Trainer. Point at the
# order: first the model, then the Trainer. The head was drawn already.

# %%
import torch

heads = {seed: fresh_model(4, seed).classifier.weight for seed in (1, 2)}
again = fresh_model(4, 1).classifier.weight
print("same seed, same head:   ", torch.equal(heads[1], again))
print("another seed, same head:", torch.equal(heads[1], heads[2]))

# %% [markdown]
# ## Group 6: what machine is it?
#
# | argument | says |
# |---|---|
# | `per_device_eval_batch_size` | rows in a batch of an evaluation; the default is 8, and more is faster: no gradients need room |
# | `bf16`, `fp16` | **half precision**: 16 bits a number; measured below |
# | `use_cpu` | no GPU, even if there is one |
#
# Now put the groups together. (Two stars hand over a dictionary as arguments.)

# %% [markdown] tags=["slide"]
# - Evaluation takes larger batches: no gradients
# - `bf16`, `fp16`: 16 bits a number
# - `use_cpu`: no GPU, even if there is one

# %% [markdown] tags=["notes"]
# This is short. Ask why an evaluation may use larger batches. Some say that it is faster, which is the effect: no
# gradients need room. Then show how the groups come together in one call.

# %%
arguments = TrainingArguments(
    output_dir=course.workdir / "first",
    per_device_eval_batch_size=64,
    seed=course.seed,
    report_to="tensorboard",
    **how_long,
    **how_big,
    **watch,
    **keep,
)
print(arguments.optim, arguments.lr_scheduler_type, arguments.max_grad_norm)

# %% [markdown]
# Three that we did not set: AdamW (its name depends on your PyTorch), a linear schedule, gradients cut at 1.
#
# ## How good is it, while it trains?
#
# After each evaluation the Trainer calls a function of yours. It hands over logits and labels, and writes what comes
# back into the log. We return two scores: accuracy, and **macro-F1**, the mean of the F1 of all classes. A class
# has a high **F1** if the model finds its posts, and gives its name to few others.

# %% [markdown] tags=["slide"]
# - `compute_metrics`: logits and labels in, scores out
# - Accuracy: the share of right answers
# - Macro-F1: the mean over the classes
#
# **Try your function on four answers first.**

# %% [markdown] tags=["notes"]
# Write the four answers on the board and let the room compute both scores. Accuracy is easy. For macro-F1 most forget
# the class that is said and never true: its 0 counts, too. The words on `np.eye` can be skipped.

# %%
import evaluate

accuracy = evaluate.load(course.metric("accuracy"))
f1 = evaluate.load(course.metric("f1"))


def compute_metrics(prediction):
    logits, truth = prediction
    said = logits.argmax(axis=-1)
    scores = accuracy.compute(predictions=said, references=truth)
    scores.update(f1.compute(predictions=said, references=truth, average="macro"))
    return scores


# %% [markdown]
# A function that nobody has tried is a guess. So we hand it four answers. `np.eye(4)` is a table of zeros with ones
# from corner to corner: in row 0, number 0 is the largest, in row 1, number 1, and so on.

# %% tags=["nbval-check-output"]
import numpy as np
from transformers import EvalPrediction

logits, truth = np.eye(4), np.array([0, 1, 2, 2])
print("said", logits.argmax(axis=-1), "truth", truth)
compute_metrics(EvalPrediction(logits, truth))

# %% [markdown]
# Three of four are right: 0.75. By hand, the F1 of classes 0 and 1 is 1. Class 2 was found once out of two
# times, and never said wrongly: 2 * 1 * 0.5 / 1.5 = 2/3. Class 3 was said, and is never true: 0. The mean of 1, 1,
# 2/3 and 0 is 0.67.
#
# ## Can I see the curve grow?
#
# A **callback** is an object with methods that the Trainer calls at certain moments: `on_step_end`, `on_evaluate`,
# `on_train_end` and more. Ours draws the losses after each evaluation, always into the same place.

# %% [markdown] tags=["slide"]
# - A callback: called at fixed moments
# - Validation loss falls, then rises: it overfits
# - Early stopping ends it after two bad looks

# %% [markdown] tags=["notes"]
# Start the cell and talk while the curve grows. Ask at which moment you would stop it. Most wait too long, for the
# training loss still falls. Then show the table: the same numbers as data.

# %%
from IPython.display import display
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback

from course_utils import plots


class LiveCurve(TrainerCallback):
    def on_train_begin(self, args, state, control, **kwargs):
        self.place = display("waiting for numbers", display_id=True)

    def on_evaluate(self, args, state, control, **kwargs):
        curves = {}
        for name, key in {"training": "loss", "validation": "eval_loss"}.items():
            found = [entry for entry in state.log_history if key in entry]
            curves[name] = [e["step"] for e in found], [e[key] for e in found]
        if all(losses for _, losses in curves.values()):
            image, words = plots.lines(curves, "Loss so far.", "step", "loss").image()
            self.place.update(image, metadata=words, raw=True)


# %% [markdown]
# `state` is the Trainer's memory: the step, the log, the best score so far. `control` takes orders, such as
# `control.should_training_stop = True`. For **early stopping**, the library's `EarlyStoppingCallback` gives this
# order when several evaluations in a row bring no better score. Ours waits for two.

# %%
trainer = Trainer(
    model=model,
    args=arguments,
    train_dataset=posts_train,
    eval_dataset=posts_val,
    processing_class=tokenizer,
    compute_metrics=compute_metrics,
    callbacks=[LiveCurve(), EarlyStoppingCallback(early_stopping_patience=2)],
)
result = trainer.train()

# %% [markdown]
# The validation loss falls, then it rises: the model **overfits**, it learns its training posts by heart. After two
# evaluations without a better loss, the training stopped.
#
# The log is also data: `trainer.state.log_history` is a list of dictionaries. Its last lines as a table:

# %%
import pandas as pd

log = pd.DataFrame(trainer.state.log_history)
columns = ["loss", "learning_rate", "grad_norm", "eval_loss", "eval_accuracy"]
log.groupby("step")[columns].first().round(4).tail(9)

# %% tags=["record"]
course.record("steps_done", trainer.state.global_step)

# %% [markdown]
# ## Can I see it in the browser?
#
# For curves in the browser there is **TensorBoard**. It runs on your machine, without an account. We asked for it.
# Has it written anything?

# %%
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

files = sorted((course.workdir / "first").rglob("events.out.tfevents.*"))
board = EventAccumulator(str(files[-1])).Reload()
[round(point.value, 3) for point in board.Scalars("eval/loss")]

# %% tags=["record"]
course.record("tensorboard_eval_points", len(board.Scalars("eval/loss")))

# %% [markdown]
# The same numbers as in our log. In a terminal, `tensorboard --logdir` with the folder `first` draws them. To write to
# another folder, older pages say `TensorBoardCallback(log_dir="./logs")`. Today?

# %% tags=["nbval-check-output"]
from inspect import signature

from transformers.integrations import TensorBoardCallback

print(signature(TensorBoardCallback))

# %% [markdown]
# No `log_dir`: another `TypeError`. Today the environment variable `TENSORBOARD_LOGGING_DIR` names the folder.
#
# ## Should the training loss go down at every line?
#
# > **Assumption:** *"Training loss should decrease monotonically". So no line of a good log is higher than
# > the one before.*
# >
# > **Sceptic:** *Each line comes from a few posts. Are they all equally hard?*
#
# *Monotonically* means: never up.

# %% [markdown] tags=["slide"]
# - *"Each line is lower than the one before."*
# - A line: the mean of a few batches
# - Some posts are harder
#
# **The trend counts.**

# %% [markdown] tags=["notes"]
# The room knows the answer from its own loop, so let it explain to you. Then ask the second question: which model do we
# have now, the last or the best? Point at the two equal losses.

# %%
losses = log["loss"].dropna().to_numpy()
ups = int((np.diff(losses) > 0).sum())
print(f"{len(losses)} logged losses, {ups} times higher than the one before")

# %% tags=["record"]
course.record("loss_ups", ups)

# %% [markdown]
# Each line is the mean of five batches, of 20 posts. Some posts are harder, so it jumps. The trend counts.
#
# And has the Trainer loaded the best model? Ask it again, with a Trainer that only asks. We will need it often.


# %%
def asker(model, **settings):
    return Trainer(
        model=model,
        args=TrainingArguments(course.workdir / "asker", **settings),
        eval_dataset=posts_val,
        processing_class=tokenizer,
        compute_metrics=compute_metrics,
    )


# %%
from pathlib import Path

measured = log.dropna(subset="eval_loss").set_index("step")["eval_loss"]
print("best:", Path(trainer.state.best_model_checkpoint).name)
print(f"best loss {measured.min():.4f}, last loss {measured.iloc[-1]:.4f}")
now = asker(trainer.model).evaluate()["eval_loss"]
print(f"the model we have now: {now:.4f}")
print("on the disk:", [path.name for path in (course.workdir / "first").glob("ch*")])

# %% tags=["record"]
course.record("best_step", int(measured.idxmin()))
course.record("best_is_loaded", math.isclose(now, measured.min(), rel_tol=1e-4))

# %% [markdown]
# The model that we have is the best one, not the last one. And with `save_total_limit=1`, only the best is left on the
# disk.
#
# ## What does the Trainer throw away?
#
# Look into a batch.

# %% [markdown] tags=["slide"]
# - Columns that the model does not take
# - `label` stays, under the name `labels`
# - Labels under another name go, too
#
# **All of it without a word.**

# %% [markdown] tags=["notes"]
# Ask which of the eight columns will be in the batch. Many keep the text. Then ask what happens to a column
# `sentiment`. Say the error aloud, for they will meet it: the model did not return a loss.

# %%
batch = next(iter(asker(trainer.model).get_eval_dataloader()))
print("our columns:", posts_val.column_names)
print("a batch:    ", list(batch))

# %% [markdown]
# The text is gone. The Trainer looks what the model takes, and silently drops all other columns. It
# keeps `label` and calls it `labels`. But a column with the name `sentiment` would be dropped, labels and all. Then
# `train` ends in an error: "The model did not return a loss".
#
# The notebook switches this off, with `remove_unused_columns=False`. What happens then?

# %%
try:
    next(iter(asker(model, remove_unused_columns=False).get_eval_dataloader()))
except ValueError as error:
    print(str(error)[:70], "...")

# %% [markdown]
# It tried to make a tensor of texts. (The notebook's Trainer had no tokenizer. Then a simpler function makes the
# batches, and skips texts.) Leave the default.
#
# What else can be missing? The scores. `compute_metrics` is voluntary.

# %%
silent = asker(trainer.model)
silent.compute_metrics = None
print(sorted(silent.evaluate()))

# %% [markdown]
# The loss is there, but no accuracy. The loss says how sure the model is of the right labels, not how often it is
# right. {{ Lesson:five_models }} shows that the two can part.
#
# ## Bug hunt 1: the training that was never evaluated
#
# Here is the notebook's training, with its own settings: 6 rows, batches of 8, three epochs. It asks for evaluation,
# for early stopping, for the best model at the end. What will go wrong?

# %% [markdown] tags=["slide"]
# - 6 rows, batches of 8: one step an epoch
# - Evaluate at step 20? It never comes
# - No error, no warning
#
# **Count the steps first.**

# %% [markdown] tags=["notes"]
# Show the settings and let pairs hunt for two minutes, with the function of group 1 in mind. Most look at the metric.
# Then show the log: one evaluation, at the end. The second bug behind it, the empty `label_names`, is for a quick room.

# %%
published = {
    "per_device_train_batch_size": 8,
    "num_train_epochs": 3,
    "eval_strategy": "steps",
    "eval_steps": 20,
    "save_strategy": "steps",
    "save_steps": 40,
    "logging_steps": 10,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}


# %%
def six_rows(**changes):
    settings = {**published, **changes}
    return Trainer(
        model=fresh_model(len(labels)),
        args=TrainingArguments(course.workdir / "trap", **settings),
        train_dataset=posts_train.select(range(6)),
        eval_dataset=posts_val,
        processing_class=tokenizer,
        compute_metrics=compute_metrics,
        callbacks=[EarlyStoppingCallback(early_stopping_patience=2)],
    )


trapped = six_rows()
result = trapped.train()

# %% [markdown]
# It ran. No error, no warning. On the published page the table of evaluations is empty. Yours has one line: today's
# Trainer evaluates once more at the last step. What does the log say?

# %% tags=["slide"]
history = trapped.state.log_history
last = trapped.state.global_step
evaluated = [entry["step"] for entry in history if "eval_loss" in entry]
on_the_way = [step for step in evaluated if step < last]
print(f"{last} steps, evaluated after {evaluated}, on the way: {len(on_the_way)}")

# %% [markdown]
# Three steps. It wanted to evaluate at step 20 and to save at step 40. Nothing happened on the way. So the "best" model
# is the last one, the best of one. Early stopping waits for two evaluations without a better score: it never had a
# chance.
#
# The function from group 1 would have told us, before the training:

# %% tags=["nbval-check-output"]
planned = count_steps(rows=6, epochs=3, batch=8)
print(planned, "steps, the first evaluation at step", published["eval_steps"])

# %% tags=["record"]
course.record("trap_steps", trapped.state.global_step)
course.record("trap_evaluations_on_the_way", len(on_the_way))

# %% [markdown]
# **Try it.** Train with `six_rows(eval_steps=1, save_steps=1)`, then with two shares of 0.25. After which steps does
# each evaluate? What would make sense for any number of steps?
#
# <details><summary>An answer</summary>
#
# After steps 1, 2 and 3, both times. A share of 0.25 means every quarter of the steps. A quarter of three steps is less
# than one, and the Trainer rounds up. For any number of steps, `eval_strategy="epoch"` and `save_strategy="epoch"` make
# sense.
#
# </details>

# %% tags=["try"]
for change in (1, 0.25):
    tried = six_rows(eval_steps=change, save_steps=change, save_only_model=True)
    tried.train()
    log_steps = [
        entry["step"] for entry in tried.state.log_history if "eval_loss" in entry
    ]
    if course.profile == "laptop":
        assert log_steps == [1, 2, 3]

# %% [markdown]
# Is the notebook saved by that? Not yet. It also printed a warning: *"No label_names provided for model
# class ... empty label_names list will be used instead."* `label_names` says which columns are labels. Its model
# was wrapped for LoRA ({{ lesson:lora }}), and the wrapper hid the model's arguments. What does an empty list do?

# %%
print(sorted(asker(trainer.model, label_names=[]).evaluate()))

# %% [markdown]
# No loss and no accuracy. Without labels there is nothing to compare with. So the right `eval_steps` alone would have
# ended like this:

# %%
try:
    six_rows(eval_steps=1, save_steps=1, label_names=[]).train()
except KeyError as error:
    print(str(error)[:120], "...")

# %% [markdown]
# A `KeyError`, and a red line before it: both look for `eval_accuracy`, and nobody has computed it. One bug hid
# behind the other. Today's Trainer looks under the wrapper:

# %%
from peft import LoraConfig, get_peft_model

wrapped = get_peft_model(fresh_model(len(labels)), LoraConfig(task_type="SEQ_CLS"))
print(type(wrapped).__name__, asker(wrapped).label_names)

# %% [markdown]
# ## Bug hunt 2: "before training"
#
# The notebook then compares the model *before* and *after* training, in this order of cells: train, measure
# "before", train, measure "after". What is wrong with the order?
#
# Ask our trained model for its "before", and ask a fresh one.

# %% [markdown] tags=["slide"]
# - `train()` changes the model in place
# - "Before", asked afterwards, is after
# - A test of two rows can show nothing
#
# **Load the model anew.**

# %% [markdown] tags=["notes"]
# Read the order of the cells aloud: train, before, train, after. Ask what is wrong. Some need a while, since no line is
# wrong by itself. Then ask how much a test of two rows can say: three different scores.

# %% tags=["slide"]
true_before = asker(fresh_model(len(labels))).evaluate()["eval_accuracy"]
claimed_before = asker(trainer.model).evaluate()["eval_accuracy"]
print(f"fresh model:                      {true_before:.2f}")
print(f"'before', as the notebook has it: {claimed_before:.2f}")

# %% tags=["record"]
course.record("true_before", true_before)
course.record("claimed_before", claimed_before)

# %% [markdown]
# `trainer.train()` changes the model **in place**. From then on the variable `model` holds a trained model, and a
# second `train()` goes on from there. Nothing tells you. So load it anew.
#
# The notebook's own improvement was 0.0%. Is this order to blame? No: its test has two rows, one *Neutral*, one
# *Oppose*. Both times the model got both wrong. Here is such a test again.

# %%
import warnings

from sklearn.metrics import classification_report

three = ["Support", "Neutral", "Oppose"]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(classification_report([1, 2], [0, 0], labels=[0, 1, 2], target_names=three))
for message in sorted({str(warning.message) for warning in caught}):
    print(message[:73])

# %% tags=["record"]
course.record("warnings_of_two_rows", len(caught))

# %% [markdown]
# The notebook shows this table twice, with such warnings below. **Ill-defined** means 0 divided by 0. The model never
# said *Neutral*: which share of nothing was right? And no row is *Support*: which share of nothing was found?
#
# Two rows can only give 0%, 50% or 100%. Whoever guesses among three labels gets both wrong with probability 2/3 times
# 2/3, so 44%. And three steps change little. In any order of cells, such a comparison says nothing.
#
# The notebook names one more sign of success: a confidence that rises, "33% → 85%". Its own rose from 38.7% to 43.2%,
# and all answers stayed wrong. More sure is not more often right. {{ Lesson:evaluation }} measures the difference.
#
# ## What if the power goes out?
#
# What must a checkpoint hold, so that a training can go on as if nothing had happened? We train eight steps twice. Once
# without a break. Once with a callback that pulls the plug at step 6.

# %% [markdown] tags=["slide"]
# - Weights, optimizer, schedule, step, random numbers
# - `resume_from_checkpoint=True`: the newest one
# - The same weights, bit for bit

# %% [markdown] tags=["notes"]
# Ask which files the room expects in the folder. Most name the weights only. Then ask how many steps are done twice:
# the checkpoint was written at step 4, the power went at step 6. Point at *True*.


# %%
class PowerCut(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 6:
            raise RuntimeError("the power is gone")


def eight_steps(folder, callbacks=None):
    arguments = TrainingArguments(
        course.workdir / folder, max_steps=8, save_steps=4, seed=course.seed, **how_big
    )
    data = {"train_dataset": posts_train, "processing_class": tokenizer}
    return Trainer(fresh_model(len(labels)), arguments, **data, callbacks=callbacks)


# %%
import shutil

for folder in ("whole", "cut"):  # what an earlier run of this notebook left
    shutil.rmtree(course.workdir / folder, ignore_errors=True)
whole = eight_steps("whole")
whole.train()
try:
    eight_steps("cut", [PowerCut()]).train()
except RuntimeError as error:
    print("stopped:", error)

# %% [markdown]
# The second training is gone. But it had saved itself at step 4:

# %%
for path in sorted((course.workdir / "cut" / "checkpoint-4").iterdir()):
    print(f"{path.stat().st_size / 1e6:>6.1f} MB  {path.name}")

# %% [markdown]
# The optimizer keeps two numbers for each trained weight. The scheduler and `trainer_state` know the step. `rng_state`
# holds the state of the random numbers.
#
# Now a new Trainer with a fresh model, as after a restart. `resume_from_checkpoint=True` takes the newest checkpoint.

# %%
resumed = eight_steps("cut")
resumed.train(resume_from_checkpoint=True)
pairs = zip(whole.model.parameters(), resumed.model.parameters(), strict=True)
equal = all(torch.equal(one, other) for one, other in pairs)
print("steps:", resumed.state.global_step, "- equal, bit for bit:", equal)

# %% tags=["record"]
course.record("resume_equal", equal)

# %% [markdown]
# Steps 5 and 6 were lost and done again. The result is the same to the last bit, because data order and dropout went on
# where they were. (On a GPU, the last bits may differ.)
#
# **Try it.** A student's project trains all 109.5 million weights of BERT base for 375 steps, with `save_steps=10`.
# Each weight takes 4 bytes. How many gigabytes does it write? Which argument would have helped?
#
# <details><summary>An answer</summary>
#
# A checkpoint holds three numbers for each weight: itself, and the optimizer's two. That is 1.3 GB. It saves 37 times,
# and once more at the end: 50 GB. `save_total_limit=1` keeps the newest only. Or save once an epoch.
#
# </details>

# %% tags=["try"]
checkpoint_gb = 109.5e6 * 3 * 4 / 1e9
saves = 375 // 10 + 1  # and once more at the end
assert round(checkpoint_gb, 1) == 1.3
assert round(saves * checkpoint_gb) == 50

# %% [markdown]
# ## Is half precision faster?
#
# "Use fp16=True for automatic mixed-precision training on GPUs", says the notebook. Half precision means numbers of 16
# bits in place of 32. A GPU multiplies them much faster. And a CPU? Only if it has instructions for them. Time one
# multiplication, as a layer does it.

# %%
import time


def milliseconds(kind):
    left, right = torch.ones(256, 384, dtype=kind), torch.ones(384, 1536, dtype=kind)
    taken = []
    for _ in range(3):  # the first is always slow
        start = time.perf_counter()
        left @ right
        taken.append(1000 * (time.perf_counter() - start))
    return min(taken)


for kind in (torch.float32, torch.bfloat16):
    print(f"{kind!s:<15} {milliseconds(kind):7.2f} ms")

# %% [markdown]
# Is the second number bigger? Then your CPU lacks the instructions, and PyTorch imitates them. We train in 16 bits only
# where it pays.


# %%
def seconds(**precision):
    settings = {"max_steps": 6, "save_strategy": "no", **precision}
    plan = TrainingArguments(course.workdir / "speed", **settings)
    data = {"train_dataset": posts_train, "processing_class": tokenizer}
    result = Trainer(fresh_model(len(labels)), plan, **data).train()
    return result.metrics["train_runtime"]


half = {"bf16": True, "use_cpu": course.device.type == "cpu"}
if milliseconds(torch.bfloat16) < milliseconds(torch.float32):
    print(f"with bf16: {seconds(**half) / seconds():.2f} of the time")
else:
    print("skipped: 16 bits are slower here")

# %% [markdown]
# On a CPU, `bf16=True` also wants `use_cpu=True`. Six steps are a rough measurement. `benchmarks/README.md` measures
# longer: there a training step with bf16 took 0.78 of the time.
#
# ## How do I get the answers?
#
# `predict` gives the logits, the labels and the scores. One trap is left. With
# `train_sampling_strategy="group_by_length"` ({{ lesson:dataloader }}), the Trainer also reorders what it **predicts**.

# %% [markdown] tags=["slide"]
# - `predict`: logits, labels, scores
# - Grouped by length, rows come in another order
#
# **Compare with `label_ids`, never with your column.**

# %% [markdown] tags=["notes"]
# Show the four numbers, and ask why one of them is so low. Most say that grouping hurts the model. It is the same
# model: the rows came in another order. This trap costs people days.

# %% tags=["slide"]
for strategy in ("random", "group_by_length"):
    answer = asker(trainer.model, train_sampling_strategy=strategy).predict(posts_val)
    said = answer.predictions.argmax(axis=-1)
    own = np.mean(said == np.array(posts_val["label"]))
    theirs = np.mean(said == answer.label_ids)
    print(f"{strategy:<16} with my column {own:.2f}, with label_ids {theirs:.2f}")

# %% [markdown]
# The second line is wrong on the left. The model is the same, but the rows came in another order than your column.
# `answer.label_ids` came in the same order as the answers. Use it, always.
#
# ## Where does a push to the Hub go?
#
# With `push_to_hub=True`, each saved checkpoint also goes to the Hub, under the name `hub_model_id`.
# Write no token into a notebook (`hub_token`): run `hf auth login` once in a terminal.
#
# ## In this notebook we have
#
# - **chosen** arguments in six groups, and read what must match;
# - **watched** a training until it was stopped, and found in the log that another one was never evaluated;
# - **resumed** a training after a power cut, and got the same weights;
# - **hunted** two bugs that raised no error, and found a third behind the first.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `TypeError: ... unexpected keyword argument 'evaluation_strategy'` | the name is gone | `eval_strategy`; read today's documentation |
# | an empty table, or one line at the end | it never evaluates on the way | count the steps; compare with `eval_steps` |
# | `requires the save and eval strategy to match` | the best model could not be loaded | make both equal, or `save_strategy="best"` |
# | `best_model_checkpoint` is `None` | the best model was not saved | make `save_steps` and `eval_steps` equal |
# | `KeyError` about `eval_accuracy` | `metric_for_best_model` is not among your metrics, or `label_names` is empty | return it from `compute_metrics`; look at `trainer.label_names` |
# | `EarlyStoppingCallback requires ...` | nothing is ever evaluated | set `eval_strategy` and `metric_for_best_model` |
# | `you didn't pass an eval_dataset` | it shall evaluate, but on what? | pass one, or `eval_strategy="no"` |
# | `The model did not return a loss` | the column of the labels was dropped | call it `label` |
# | `No valid checkpoint found` | there is nothing to resume from | look into `output_dir`; train without it first |
# | `You need to assign use_cpu` | `bf16` without a GPU that has it | leave it out, or `use_cpu=True` where the CPU has it |
# | a warning that a score is ill-defined | a class is never said, or never true | more test rows, of every class |
# | a score near chance after `predict` | the answers came in another order | use `label_ids` |
#
# **Next:** {{ lesson:five_models }} trains five models, and asks how one can know which is better.

# %% [markdown] tags=["slide"]
# - `push_to_hub=True`: each saved checkpoint goes up
# - No token in a notebook
# - `hf auth login`, once, in a terminal

# %% [markdown] tags=["notes"]
# Two sentences are enough. Ask who has ever seen a token in a public notebook. It can be read by everybody, also in the
# history.
