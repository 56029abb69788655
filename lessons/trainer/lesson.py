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
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("trainer", PROFILE)

# %% [markdown]
# ## Why not keep my own loop?
#
# You can. The `Trainer` runs the same loop: batches, loss, backward, step. It also does what a loop rarely gets:
# logs, checkpoints, a GPU or several, half precision. The price: you must know what its arguments do.
#
# The class that holds them is `TrainingArguments`. How many are there? And are those of older tutorials among them?

# %%
from dataclasses import fields

from transformers import TrainingArguments

names = {field.name for field in fields(TrainingArguments)}
print(len(names), "arguments")
for name in (
    "eval_strategy",
    "evaluation_strategy",
    "logging_dir",
    "warmup_ratio",
    "group_by_length",
):
    print(f"{name:<20}", "there" if name in names else "gone")

# %% [markdown]
# More than a hundred, and four of the five are gone. Whoever types a name that is gone gets a `TypeError`. That is the
# good case: you notice.
#
# Nobody needs them all. Six small groups are enough. First we need posts to train on.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset
from transformers import AutoTokenizer

disable_progress_bars()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
posts = load_dataset(*course.dataset("emotion")).map(
    lambda batch: tokenizer(batch["text"], truncation=True, max_length=64), batched=True
)
labels = posts["train"].features["label"].names
posts_train = posts["train"].select(range(course.pick(laptop=160, full=960, smoke=16)))
posts_val = posts["validation"].select(range(course.pick(laptop=64, full=300, smoke=8)))
len(posts_train), len(posts_val), labels

# %% [markdown]
# Few posts, because we want to see many trainings. And one function that loads the model anew. We will need it often,
# and you will soon see why *anew* is the important word.
#
# Without a GPU we train the last two layers and the head. The rest is frozen. In `full` we train everything.
# `set_seed` comes first, because the new head gets random numbers. (We mute the table with `MISSING` that you know.)

# %%
from transformers import AutoModelForSequenceClassification, logging, set_seed

TRAINED_LAYERS = course.pick(laptop=2, full=None, smoke=2)  # None: all, and embeddings


def fresh_model(num_labels, seed=course.seed, trained_layers=TRAINED_LAYERS, **config):
    set_seed(seed)
    logging.set_verbosity_error()
    model = AutoModelForSequenceClassification.from_pretrained(
        course.checkpoint, num_labels=num_labels, **config
    )
    logging.set_verbosity_warning()
    if trained_layers is not None:
        layers = model.base_model.encoder.layer
        model.base_model.embeddings.requires_grad_(False)
        layers[: len(layers) - trained_layers].requires_grad_(False)
    return model


# %%
logging.disable_progress_bar()
model = fresh_model(len(labels))
trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
total = sum(p.numel() for p in model.parameters())
print(f"{trained / 1e6:.1f} of {total / 1e6:.1f} million weights are trained")

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
# One number follows from them, and you should always know it **before** you train: the number of steps.

# %% tags=["nbval-check-output"]
import math

how_long = {"num_train_epochs": 2, "per_device_train_batch_size": 4}


def count_steps(rows, epochs, batch, accumulation=1):
    return math.ceil(math.ceil(rows / batch) / accumulation) * epochs


steps = count_steps(len(posts_train), 2, 4)
print(len(posts_train), "posts,", steps, "steps")

# %% [markdown]
# Keep this function. It will find a bug.
#
# ## Group 2: how big a step?
#
# | argument | says |
# |---|---|
# | `learning_rate` | the biggest step size |
# | `warmup_steps` | below 1: a share of all steps; else a number of steps |
# | `lr_scheduler_type` | how the step size comes down again |
# | `weight_decay`, `max_grad_norm` | pull weights towards zero; cut gradients that are too long |
#
# A schedule is easier to see than to explain.

# %% tags=["nbval-check-output"]
import torch
from transformers import get_scheduler

from course_utils import plots

curves = {}
for kind in ("linear", "cosine", "constant_with_warmup"):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = get_scheduler(kind, optimizer, 10, 100)  # warmup, all
    rates = []
    for _ in range(100):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    curves[kind] = (range(100), rates)
plots.lines(curves, "Three schedules, 10 of 100 steps warmup.", "step", "share")

# %% [markdown]
# All three climb for ten steps. Then they differ. `linear` is the default, and we keep it.
#
# The learning rate depends on the model, and on how much of it you train. Two layers of the small offline checkpoint
# take 5e-4 here. All of BERT base wants 5e-5 or less.

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
# | `logging_steps` | write the training loss down, so often |
# | `eval_strategy` | `"no"` (the default), `"steps"` or `"epoch"` |
# | `eval_steps` | with `"steps"`: evaluate, so often |
# | `report_to` | where else the log goes; `"none"`, `"tensorboard"`, ... |
#
# ## Group 4: what do I want to keep?
#
# | argument | says |
# |---|---|
# | `save_strategy`, `save_steps` | write a checkpoint, so often |
# | `save_total_limit` | delete old ones |
# | `load_best_model_at_end` | at the end, go back to the best checkpoint |
# | `metric_for_best_model` | best by what? |
#
# The two groups must match. A page that this course grew from shows this combination. Read it, then run it.

# %% tags=["nbval-check-output"]
combinations = {
    "as the page has it": {"eval_strategy": "steps", "save_strategy": "epoch"},
    "two paces": {
        "eval_strategy": "steps",
        "save_strategy": "steps",
        "eval_steps": 20,
        "save_steps": 30,
    },
}
for name, settings in combinations.items():
    try:
        TrainingArguments("unused", load_best_model_at_end=True, **settings)
    except ValueError as error:
        print(f"{name}: {error}\n")

# %% [markdown]
# Clear words, for once. To load the best model, it must have been **saved** when it was **measured**. So the strategies
# must be equal, and `save_steps` a multiple of `eval_steps`. (`save_strategy="best"` needs neither: it saves when a new
# best is measured.)
#
# **Try it.** Give the second pair `save_steps=40`, and the error is gone. Suppose that such a training has its best
# score at step 20. Which model do you have at the end?
#
# <details><summary>An answer</summary>
#
# The last one. A multiple is enough for the check of the arguments, but nothing was saved at step 20. So the Trainer
# loads nothing, and says nothing: `trainer.state.best_model_checkpoint` is `None`. Make the two numbers equal, or take
# `save_strategy="best"`.
#
# </details>
#
# Ours evaluates and saves four times.

# %% tags=["nbval-check-output"]
pace = max(1, steps // 4)
watch = {"eval_strategy": "steps", "eval_steps": pace, "logging_steps": 4}
keep = {
    "save_strategy": "steps",
    "save_steps": pace,
    "save_total_limit": 1,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}
print("evaluates after steps", list(range(pace, steps + 1, pace)))

# %% [markdown]
# ## Group 5: can I repeat it?
#
# `seed` sets the order of the rows and the dropout. But look at what happens before the Trainer is there: our
# `fresh_model` draws a random head. So the seed must be set **there**, too.

# %%
heads = {seed: fresh_model(4, seed).classifier.weight for seed in (1, 2)}
again = fresh_model(4, 1).classifier.weight
print("same seed, same head:      ", torch.equal(heads[1], again))
print("another seed, another head:", not torch.equal(heads[1], heads[2]))

# %% [markdown]
# (The Trainer can load the model itself: `Trainer(model_init=...)` takes such a function and sets the seed first.)
#
# ## Group 6: what machine is it?
#
# | argument | says |
# |---|---|
# | `per_device_eval_batch_size` | evaluation needs less memory: make it big |
# | `bf16`, `fp16` | half precision; measured below |
# | `use_cpu` | no GPU, even if there is one |
# | `activation_checkpointing`, `optim` | less memory for more time ({{ lesson:cuda_errors }}); which optimizer |
#
# Now put the groups together.

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
# The line shows three that we did not set: AdamW, a linear schedule, gradients cut at 1. (The optimizer's exact name
# depends on your PyTorch.)
#
# ## How good is it, while it trains?
#
# The Trainer calls your function after each evaluation. It hands over logits and labels. We use `evaluate` for the
# scores, as in {{ lesson:hugging_face_basics }}.

# %% tags=["nbval-check-output"]
import evaluate
import numpy as np
from transformers import EvalPrediction

accuracy = evaluate.load(course.metric("accuracy"))
f1 = evaluate.load(course.metric("f1"))


def compute_metrics(prediction):
    logits, truth = prediction
    answers = {"predictions": logits.argmax(axis=-1), "references": truth}
    return accuracy.compute(**answers) | f1.compute(**answers, average="macro")


compute_metrics(EvalPrediction(np.eye(4), np.array([0, 1, 2, 2])))

# %% [markdown]
# A function that nobody has tried is a guess. So we tried it: four answers, three of them right.
#
# ## Can I see the curve grow?
#
# A **callback** is an object with methods that the Trainer calls at certain moments: `on_step_end`, `on_evaluate`,
# `on_train_end` and more. Ours draws the losses after each evaluation, always into the same place.

# %%
from IPython.display import display
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback


class LiveCurve(TrainerCallback):
    def on_train_begin(self, args, state, control, **kwargs):
        self.place = display("waiting for numbers", display_id=True)

    def on_evaluate(self, args, state, control, **kwargs):
        curves = {}
        for name, key in {"training": "loss", "validation": "eval_loss"}.items():
            rows = [row for row in state.log_history if key in row]
            curves[name] = [row["step"] for row in rows], [row[key] for row in rows]
        if all(up for _, up in curves.values()):
            self.place.update(plots.lines(curves, "Loss so far.", "step", "loss"))


# %% [markdown]
# `state` is the Trainer's memory: the step, the log, the best score so far. `control` lets you give orders, such as
# `control.should_training_stop = True`. The library's `EarlyStoppingCallback` does that. It stops when several
# evaluations in a row bring no better score.

# %%
trainer = Trainer(
    model=model,
    args=arguments,
    train_dataset=posts_train,
    eval_dataset=posts_val,
    processing_class=tokenizer,
    compute_metrics=compute_metrics,
    callbacks=[LiveCurve(), EarlyStoppingCallback(early_stopping_patience=3)],
)
result = trainer.train()

# %% [markdown]
# The table is the Trainer's own. The curve is yours.
#
# All of it is also kept as data: `trainer.state.log_history` is a list of dictionaries. As a table:

# %%
import pandas as pd

log = pd.DataFrame(trainer.state.log_history)
log.to_csv(course.workdir / "log.csv", index=False)
columns = ["loss", "learning_rate", "grad_norm", "eval_loss", "eval_accuracy"]
log.groupby("step")[columns].first().round(5)

# %% [markdown]
# `NaN` means: not measured at this step. Every fourth step has a training loss, a few have an evaluation.
#
# ## Can I see it in the browser?
#
# You have the log as a table and as CSV. For curves in the browser there is **TensorBoard**. It runs on your machine,
# without an account. We asked for it above: `report_to="tensorboard"`. Has it written anything?

# %%
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

files = sorted((course.workdir / "first").rglob("events.out.tfevents.*"))
board = EventAccumulator(str(files[-1])).Reload()
print(len(board.Tags()["scalars"]), "curves, among them:")
for tag in ("train/loss", "eval/loss", "train/learning_rate"):
    print(f"{tag:<20}", [round(point.value, 4) for point in board.Scalars(tag)][-4:])

# %% tags=["record"]
course.record("tensorboard_eval_points", len(board.Scalars("eval/loss")))

# %% [markdown]
# The same numbers as in our table. To see them as curves, run two lines in a cell: `%load_ext tensorboard`, and then
# `%tensorboard --logdir` with the folder `first`. In a terminal, `tensorboard --logdir` does the same.
#
# To choose another folder, set the environment variable `TENSORBOARD_LOGGING_DIR`. (The old argument `logging_dir` is
# gone, as we saw.)
#
# ## Should the training loss go down at every line?
#
# > **Assumption:** *"Training loss should decrease monotonically", one reads. So no line of a good log is higher than
# > the one before.*
# >
# > **Sceptic:** *Each line comes from a few posts. Are they all equally hard?*
#
# *Monotonically* means: never up. Count.

# %%
losses = log["loss"].dropna().to_numpy()
ups = int((np.diff(losses) > 0).sum())
print(f"{len(losses)} logged losses, {ups} times higher than the one before")

# %% tags=["record"]
course.record("loss_ups", ups)

# %% [markdown]
# Each number comes from a few posts, and some posts are harder. So it jumps. The trend counts, not the single line.
#
# And the best model? The Trainer remembers which checkpoint had the best score, and has loaded it at the end.
# Believe it? Evaluate again.

# %%
from pathlib import Path

print("kept:", Path(trainer.state.best_model_checkpoint).name)
print(f"best score in the log: {log['eval_accuracy'].max():.3f}")
score = trainer.evaluate()["eval_accuracy"]
print(f"the model we have now: {score:.3f}")
assert math.isclose(score, log["eval_accuracy"].max())

# %% [markdown]
# ## Bug hunt 1: the training that was never evaluated
#
# Here is a training from a notebook that this course grew from, with its own settings: 6 rows, batches of 8, three
# epochs. It asks for evaluation, for early stopping, for the best model at the end. Read it. What will go wrong?

# %%
trap = TrainingArguments(
    output_dir=course.workdir / "trap",
    per_device_train_batch_size=8,
    num_train_epochs=3,
    eval_strategy="steps",
    eval_steps=20,
    save_strategy="steps",
    save_steps=40,
    logging_steps=10,
    load_best_model_at_end=True,
    metric_for_best_model="accuracy",
    report_to="none",
)

# %%
trapped = Trainer(
    model=fresh_model(len(labels)),
    args=trap,
    train_dataset=posts_train.select(range(6)),
    eval_dataset=posts_val,
    processing_class=tokenizer,
    compute_metrics=compute_metrics,
    callbacks=[EarlyStoppingCallback(early_stopping_patience=2)],
)
result = trapped.train()

# %% [markdown]
# It ran. No error, no warning. In the notebook, the table stayed empty. Today's Trainer evaluates once more at the last
# step, so yours may have one line. What else does the log say?

# %%
history = trapped.state.log_history
evaluated = [entry["step"] for entry in history if "eval_loss" in entry]
last = trapped.state.global_step
on_the_way = [step for step in evaluated if step < last]
print("steps:", last)
print("evaluated after steps", evaluated, "- on the way:", len(on_the_way))
print("training losses logged:", sum("loss" in entry for entry in history))

# %% [markdown]
# Three steps. It wanted to evaluate at step 20 and to save at step 40. Nothing happened on the way. So
# the "best" model is the last one, the best of one. Early stopping waits for two evaluations without a better score: it
# never had a chance.
#
# One line before the training finds it. It is the function from group 1.

# %% tags=["nbval-check-output"]
planned = count_steps(rows=6, epochs=3, batch=8)
print(planned, "steps, the first evaluation at step", trap.eval_steps)
print("will it evaluate on the way?", trap.eval_steps < planned)

# %% tags=["record"]
course.record("trap_steps", trapped.state.global_step)
course.record("trap_evaluations_on_the_way", len(on_the_way))

# %% [markdown]
# **Try it.** Which values would make sense for three steps? Which would make sense for any number of steps?
#
# <details><summary>An answer</summary>
#
# For three steps: `eval_steps=1, save_steps=1`. For any number: `eval_strategy="epoch"` and `save_strategy="epoch"`.
# Or shares: `eval_steps=0.25` means about four times in a training, however long it is.
#
# </details>
#
# ## Bug hunt 2: "before training"
#
# The same notebook then compares the model *before* and *after* training, in this order of cells: train, measure
# "before", train, measure "after". It found no improvement at all. Do you see the bug?
#
# We have a trained model. Ask it for its "before", and ask a fresh one. (With `report_to="tensorboard"`, a Trainer that
# evaluates without training drops its log into a folder `runs` beside the notebook. So we switch it off here.)

# %%
checker = Trainer(
    model=fresh_model(len(labels)),
    args=TrainingArguments(course.workdir / "checker", report_to="none"),
    eval_dataset=posts_val,
    processing_class=tokenizer,
    compute_metrics=compute_metrics,
)
true_before = checker.evaluate()["eval_accuracy"]
claimed_before = trainer.evaluate()["eval_accuracy"]
print(f"fresh model:                     {true_before:.2f}")
print(f"'before', as the notebook has it: {claimed_before:.2f}")

# %% tags=["record"]
course.record("true_before", true_before)
course.record("claimed_before", claimed_before)

# %% [markdown]
# `trainer.train()` changes the model **in place**. From then on the variable `model` holds a trained model, and a
# second `train()` goes on from there. Nothing tells you. So *anew* is the important word: load a fresh model for each
# experiment.
#
# ## What if the power goes out?
#
# A checkpoint is a folder. What must be in it, so that a training can go on as if nothing had happened?
#
# We train eight steps twice. Once without a break. Once with a callback that pulls the plug at step 6.


# %%
class PowerCut(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 6:
            raise RuntimeError("the power is gone")


def eight_steps(folder, callbacks=None):
    arguments = TrainingArguments(
        output_dir=course.workdir / folder,
        max_steps=8,
        save_steps=4,
        report_to="none",
        seed=course.seed,
        **how_big,
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
for path in sorted((course.workdir / "cut" / "checkpoint-4").iterdir()):
    print(f"{path.stat().st_size / 1e6:>6.1f} MB  {path.name}")

# %% [markdown]
# The model is only one file of many. The optimizer remembers its averages. The scheduler and `trainer_state` know
# the step. `rng_state` holds the state of the random numbers.
#
# Now a new Trainer with a fresh model, as after a restart. `resume_from_checkpoint=True` takes the newest checkpoint in
# the folder.

# %%
resumed = eight_steps("cut")
resumed.train(resume_from_checkpoint=True)
pairs = zip(whole.model.parameters(), resumed.model.parameters(), strict=True)
equal = all(torch.equal(one, other) for one, other in pairs)
print("steps:", resumed.state.global_step)
print("weights equal, bit for bit:", equal)
for folder in ("whole", "cut"):
    shutil.rmtree(course.workdir / folder)

# %% tags=["record"]
course.record("resume_equal", equal)

# %% [markdown]
# Steps 5 and 6 were lost and done again. The result is the same to the last bit, because data order and dropout went on
# where they were. (On a GPU, some operations add in changing order. Then the last bits may differ.)
#
# ## Is half precision faster?
#
# "Pro tip: use fp16", one often reads. It depends on the machine. A GPU multiplies 16-bit numbers much faster. A CPU
# only does if it has instructions for them. Time one multiplication, as a layer does it, in two formats.


# %%
import time


def milliseconds(kind):
    left = torch.ones(256, 384, dtype=kind, device=course.device)
    right = torch.ones(384, 1536, dtype=kind, device=course.device)
    taken = []
    for _ in range(3):  # the first is always slow
        start = time.perf_counter()
        (left @ right)[0, 0].item()
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


for kind in (torch.float32, torch.bfloat16):
    print(f"{kind!s:<15} {milliseconds(kind):7.2f} ms")

# %% [markdown]
# Is the second number far bigger? Then your CPU lacks the instructions, and PyTorch imitates them. It works, and it is
# much slower. So we ask the machine first, and train in 16 bits only where it pays.

# %%
if course.device.type == "cuda":
    half = {"fp16": True}
else:
    features = getattr(torch.cpu, "get_capabilities", dict)()
    native = [name for name in ("avx512_bf16", "amx_bf16") if features.get(name)]
    half = {"bf16": True, "use_cpu": True} if native else None
print("half precision to try here:", half)

# %% [markdown]
# `None`: nothing to try. Otherwise the next cell measures the same steps with and without it.


# %%
def steps_per_second(**precision):
    arguments = TrainingArguments(
        output_dir=course.workdir / "speed",
        max_steps=course.pick(laptop=10, full=60, smoke=2),
        save_strategy="no",
        report_to="none",
        **precision,
    )
    data = {"train_dataset": posts_train, "processing_class": tokenizer}
    result = Trainer(fresh_model(len(labels)), arguments, **data).train()
    return result.metrics["train_steps_per_second"]


# %%
if half is None:
    print("skipped: this machine has no fast 16-bit arithmetic for training")
else:
    faster = steps_per_second(**half) / steps_per_second()
    print(f"with {half}: {faster:.1f} times as many steps per second")

# %% [markdown]
# `fp16=True` is for GPUs. `bf16=True` is for newer GPUs; on a CPU it also wants `use_cpu=True`, as if to ask: are you
# sure?
#
# How much can it bring? `benchmarks/README.md` takes a training step of {{ lesson:case_emotion }} apart:
# 59% of the time of a step is matrix products. They gain most from 16 bits.
# The machine there has a processor with the instructions. On it, a step with bf16 took 0.78 of the time.
#
# ## How do I get the answers?
#
# `predict` gives the logits, the labels and the scores. One trap lies here. In {{ lesson:dataloader }} we grouped texts
# by length. With `train_sampling_strategy="group_by_length"`, the Trainer also reorders what it **predicts**.

# %%
grouped = TrainingArguments(
    output_dir=course.workdir / "grouped",
    train_sampling_strategy="group_by_length",
    per_device_eval_batch_size=8,
    report_to="none",
)
for name, settings in {"in order": arguments, "grouped": grouped}.items():
    asker = Trainer(
        trainer.model, settings, eval_dataset=posts_val, processing_class=tokenizer
    )
    answer = asker.predict(posts_val)
    said = answer.predictions.argmax(axis=-1)
    own = np.mean(said == np.array(posts_val["label"]))
    theirs = np.mean(said == answer.label_ids)
    print(f"{name:<9} with my column {own:.2f}, with label_ids {theirs:.2f}")

# %% [markdown]
# The second line is wrong on the left. The model is the same, but the rows came in another order than your column.
# `answer.label_ids` came in the same order as the answers. Use it, always.
#
# ## Where does a push to the Hub go?
#
# Several arguments belong to it. We only look at four of them, because a push needs an account.

# %% tags=["nbval-check-output"]
for name in ("push_to_hub", "hub_model_id", "hub_strategy", "hub_private_repo"):
    print(f"{name:<17} {getattr(arguments, name)}")

# %% [markdown]
# With `push_to_hub=True`, each saved checkpoint also goes to the Hub (`hub_strategy="every_save"`). A fifth argument is
# `hub_token`. Do not write a token into a notebook: run `hf auth login` once in a terminal.
#
# ## In this notebook we have
#
# - **chosen** arguments in six groups, and read what must match;
# - **watched** a training with a curve of our own, and found in the log that another one was never evaluated;
# - **resumed** a training after a power cut, and got the same weights;
# - **hunted** two bugs that raised no error.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `TypeError: ... unexpected keyword argument 'evaluation_strategy'` | the name is gone | `eval_strategy`; read today's documentation |
# | an empty table, or one line at the end | it never evaluates on the way | count the steps; compare with `eval_steps` |
# | `requires the save and eval strategy to match` | the best model could not be loaded | make both equal, or `save_strategy="best"` |
# | `KeyError` about `eval_accuracy` | `metric_for_best_model` is not among your metrics | return it from `compute_metrics` |
# | `EarlyStoppingCallback requires ...` | nothing is ever evaluated | set `eval_strategy` and `metric_for_best_model` |
# | `you didn't pass an eval_dataset` | it shall evaluate, but on what? | pass one, or `eval_strategy="no"` |
# | `No valid checkpoint found` | there is nothing to resume from | look into `output_dir`; train without it first |
# | `You need to assign use_cpu` | `bf16` without a GPU that has it | leave it out, or `use_cpu=True` where the CPU has it |
# | a good score "before training" | the model was trained before | load it anew |
# | a score near chance after `predict` | the answers came in another order | use `label_ids` |
#
# **Next:** {{ lesson:five_models }} trains five models, and asks how one can know which is better.
