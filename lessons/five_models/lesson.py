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
# # {{ number }} · Five models: which one is better?
#
# {{ badges }}
#
# **You will be able to**
#
# - **compare** five trainings with one function and three sets of texts;
# - **judge** whether one model is better than another, or only luckier;
# - **hunt** four bugs that raise no error;
# - **measure** what helps against overfitting, and what more labels bring.
#
# The numbers in the text are those of the profile `laptop`.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("five_models", PROFILE)

# %% [markdown]
# ## What did the project find?
#
# A student fine-tuned BERT on 2,000 film reviews, five times, and wrote a report. It prints these tables:
#
# | model | epochs | batch | max_length | training loss | validation loss |
# |---|---|---|---|---|---|
# | 1 | 3 | 16 | 128 | 0.36, 0.26, 0.18 | 0.40, 0.43, 0.41 |
# | 2 | 2 | 16 | 128 | 0.37, 0.25 | 0.38, 0.37 |
# | 3 | 2 | 32 | 128 | 0.22, 0.18 | 0.39, 0.41 |
# | 4 | 3 | "further" | 128 | 0.12, 0.11, 0.04 | 0.59, 0.59, 0.58 |
# | 5 | 2 | 16 | 100 | 0.46, 0.32 | 0.41, 0.39 |
#
# It concludes: Model 1 overfits, Model 2 is best. Then it refines Model 2 with 3,000 texts, and the accuracy goes from
# 0.84 to 0.85. It shows its work, so it can be checked. We are the second reader: we train all five again, and ask of
# each sentence, is it so?

# %% [markdown] tags=["slide"]
# - A student trained BERT five times, and printed the tables
# - The conclusion: Model 1 overfits, Model 2 is best
# - Then a refinement: accuracy from 0.84 up to 0.85
#
# **We train all five again, and check each sentence.**

# %% [markdown] tags=["notes"]
# Say first that this report shows its work, and that only such a report can be checked. Ask the room which of the
# five models they would take, and by which column. Most look for the lowest training loss. Keep their choice on the
# board until the end of the lesson.

# %% [markdown]
# ## Which texts?
#
# In `full`: the same reviews. In `laptop`: tweets, negative or positive. Reviews are long and many. So in `laptop` the
# rows, the batches and `max_length` are all made smaller. An epoch still has many steps, and we should know how many.
# This function comes from {{ lesson:trainer }}. It found a bug there, and will find more here.

# %% [markdown] tags=["slide"]
# - Three parts: to learn from, to choose, to judge
# - The project had two: its test texts also chose
# - A larger batch takes fewer steps
#
# **Count the steps before you train.**

# %% [markdown] tags=["notes"]
# Ask before the figure: which model takes the most steps, and which the fewest? Many name Model 4 as the longest,
# because it has three epochs. Then point at the column of the steps. The batch of Model 4 is the largest, so it takes
# the fewest.

# %%
import math


def count_steps(rows, epochs, batch, accumulation=1):
    batches = math.ceil(rows / batch)  # in one epoch
    return math.ceil(batches / accumulation) * epochs


# %%
n_train = course.pick(laptop=160, full=2000, smoke=16)
small = course.pick(laptop=4, full=16, smoke=16)
long, short = course.pick(laptop=(24, 19), full=(128, 100), smoke=(8, 6))
recipes = {
    "Model 1": {"epochs": 3, "batch": small, "length": long},
    "Model 2": {"epochs": 2, "batch": small, "length": long},
    "Model 3": {"epochs": 2, "batch": 2 * small, "length": long},
    "Model 4": {"epochs": 3, "batch": 4 * small, "length": long},
    "Model 5": {"epochs": 2, "batch": small, "length": short},
}
for recipe in recipes.values():
    recipe["steps"] = count_steps(n_train, recipe["epochs"], recipe["batch"])

# %% [markdown]
# (The report says only that the batch of Model 4 is increased "further". We double it again.) And which texts does each
# training see?

# %%
from lessons.five_models.figures import protocol

n_val, n_test = course.pick(laptop=(100, 400), full=(500, 500), smoke=(8, 16))
sizes = {"train": n_train, "validation": n_val, "test": n_test}
protocol(sizes, recipes)

# %% [markdown]
# Three parts with three jobs. The project had only two: its test texts chose the best model **and** judged it. Look at
# the column `steps`, too. Model 4 has fewer steps than Model 2, although it has more epochs. A bigger batch means fewer
# steps.

# %% tags=["nbval-check-output"]
from datasets import ClassLabel, Dataset, disable_progress_bars, load_dataset

disable_progress_bars()
if course.profile == "full":
    boxes = load_dataset(*course.dataset("imdb"))
    halves = boxes["test"].train_test_split(test_size=0.5, seed=course.seed)
    boxes["validation"], boxes["test"] = halves["train"], halves["test"]
else:
    boxes = load_dataset(*course.dataset("tweets"))
    boxes = boxes.filter(lambda tweet: tweet["label"] != 1)  # 1 is neutral
    boxes = boxes.map(lambda tweet: {"label": tweet["label"] // 2})
    boxes = boxes.cast_column("label", ClassLabel(names=["negative", "positive"]))
print(len(boxes["train"]), "texts to draw from")

# %% [markdown]
# Reviews come sorted by label, so we shuffle before we take. And before any model: what does somebody get who always
# gives the same answer?

# %% tags=["nbval-check-output"]
import numpy as np

pool = boxes["train"].shuffle(seed=course.seed)
train = pool.select(range(n_train))
validation = boxes["validation"].shuffle(seed=course.seed).select(range(n_val))
test = boxes["test"].shuffle(seed=course.seed).select(range(n_test))
truth = np.array(test["label"])
print(f"always the same answer: {max(truth.mean(), 1 - truth.mean()):.1%}")

# %% [markdown]
# ## One function for all five
#
# A comparison is only fair if all else is equal. So one function trains everything. It begins with a fresh model, each
# time. `fresh_model` comes from {{ lesson:trainer }}: without a GPU it trains two layers and the head.

# %% [markdown] tags=["slide"]
# - One function trains everything, each time from a fresh model
# - What all trainings share stands in one place
# - A recipe names only epochs, batch and length
#
# **A comparison is fair only if all else is equal.**

# %% [markdown] tags=["notes"]
# Ask what may differ between two trainings without anybody wanting it. The seed is named quickly. A model that is
# already trained is mostly forgotten, and it comes back in the first bug hunt. When time is short, skip the code: say
# what goes into `study`, and what comes out.

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


# %% [markdown]
# `compute_metrics` comes from there, too: accuracy, and macro-F1, the mean of the F1 of both classes. (A class has a
# high F1 if the model finds its texts, and gives its name to few others.) The project had no such function. So on the
# way it saw the loss only, and could judge by nothing else.

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
# What is common comes first: the settings that all trainings share.

# %%
common = {
    "learning_rate": course.pick(laptop=2e-4, full=2e-5, smoke=2e-4),
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "per_device_eval_batch_size": 64,
    "logging_steps": 1,
    "eval_strategy": "epoch",
    "save_strategy": "no",
    "disable_tqdm": True,
}

# %% [markdown]
# Why 2e-4, when {{ lesson:trainer }} took 5e-4 for the same two layers? There the model overfitted within two epochs,
# as we wanted. Here a smaller rate leaves room for three. It was not searched: {{ lesson:recipe }} does that. What
# counts is that all models have the same. (`disable_tqdm` switches the bars off.)


# %%
from transformers import AutoTokenizer, TrainingArguments

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)


def arguments_for(recipe, seed, changes):
    settings = {**common, **changes, "seed": seed}
    settings["num_train_epochs"] = recipe["epochs"]
    settings["per_device_train_batch_size"] = recipe["batch"]
    return TrainingArguments(course.workdir / "study", **settings)


def cut(rows, length):
    settings = {"truncation": True, "max_length": length}
    return rows.map(lambda batch: tokenizer(batch["text"], **settings), batched=True)


# %%
from transformers import PrinterCallback, Trainer


def study(recipe, rows=train, seed=course.seed, model=None, **changes):
    trainer = Trainer(
        model=model or fresh_model(2, seed),
        args=arguments_for(recipe, seed, changes),
        train_dataset=cut(rows, recipe["length"]),
        eval_dataset=cut(validation, recipe["length"]),
        processing_class=tokenizer,
        compute_metrics=compute_metrics,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return trainer


# %% [markdown]
# Read it once from top to bottom. `arguments_for` puts three things together: what is common, what a call changes
# (such as `learning_rate=1e-4`), and the recipe. `cut` makes tokens. `study` hands all to the `Trainer`, trains, and
# returns it.
#
# The test texts get a function of their own. It returns an array of `True` and `False`: which texts are answered right.

# %%
import gc


def judge(model, length, rows=test):
    gc.collect()  # models that nobody needs any more: give their memory back
    quiet = {"per_device_eval_batch_size": 64, "disable_tqdm": True}
    arguments = TrainingArguments(course.workdir / "judge", **quiet)
    answer = Trainer(model, arguments, processing_class=tokenizer).predict(
        cut(rows, length)
    )
    return answer.predictions.argmax(axis=-1) == answer.label_ids


# %% [markdown]
# Now all five. Model 1 saves itself after each epoch, for a later question.

# %%
import time

trainers, right = {}, {}
for name, recipe in recipes.items():
    begin = time.perf_counter()
    saves = (
        {"save_strategy": "epoch", "save_only_model": True} if name[-1] == "1" else {}
    )
    trainers[name] = study(recipe, **saves)
    right[name] = judge(trainers[name].model, recipe["length"])
    seconds = time.perf_counter() - begin
    print(f"{name}: {right[name].mean():.1%} right, {seconds:.0f} s")

# %% [markdown]
# ## Do they overfit?
#
# A model **overfits** when it learns its training texts by heart. One sees it when the training loss falls and the
# validation loss rises. But what is "the training loss" of an epoch? We logged every step, so we may choose: the mean
# over the whole epoch, or over its last ten steps.

# %% [markdown] tags=["slide"]
# - The sign: training loss falls, validation loss rises
# - Loss of an epoch: its mean, or its last steps?
# - Model 1: validation loss up, right answers up, too
#
# **A rising loss does not yet mean worse answers.**

# %% [markdown] tags=["notes"]
# Show the five panels, then the share of right answers after each epoch. Ask how the loss can rise while the answers
# get better. Most suspect a bug. Write two wrong answers on the board, one 60% sure and one 99% sure. Both count as
# one mistake, but the second costs far more loss.


# %%
def losses(trainer, last=None):
    history = trainer.state.log_history
    validation = [entry["eval_loss"] for entry in history if "eval_loss" in entry]
    steps = [entry["loss"] for entry in history if "loss" in entry]
    epochs = np.array_split(steps, len(validation))
    if last:
        epochs = [epoch[-last:] for epoch in epochs]
    return [float(epoch.mean()) for epoch in epochs], validation


for name, last in {"whole epoch": None, "last ten steps": 10}.items():
    print(f"{name:<15}", np.round(losses(trainers["Model 1"], last)[0], 2))

# %% [markdown]
# Two columns, one training. The project logs every ten steps (`logging_steps=10`), and its table shows what was logged
# **last**. So its column "Training Loss" is the mean of ten steps at the **end** of the epoch. We draw the mean over
# the whole epoch: it is less noisy.

# %%
from course_utils.plots.curves import learning_curve, loss_panels, seed_dots

panels = {name: losses(trainer) for name, trainer in trainers.items()}
loss_panels(panels, "Training and validation loss, five models")

# %% tags=["record"]
course.record("model_1_loss_rise", panels["Model 1"][1][-1] - min(panels["Model 1"][1]))

# %% [markdown]
# By the rule of the project, Model 1 overfits here, too: its validation loss rises. Are its answers worse?

# %%
import pandas as pd

history = pd.DataFrame(trainers["Model 1"].state.log_history)
history[["epoch", "eval_loss", "eval_accuracy", "eval_f1"]].dropna().round(3)

# %% [markdown]
# The loss is lowest after the first epoch, and the accuracy is not highest there. How can that be? A model that becomes
# too sure of its mistakes gets a higher loss, with the same number of mistakes. But on 100 texts, two points are two
# texts. So let us ask more texts. Model 1 has saved itself after each epoch:

# %%
per_epoch = recipes["Model 1"]["steps"] // 3
for epoch in (1, 2):
    folder = course.workdir / "study" / f"checkpoint-{epoch * per_epoch}"
    saved = AutoModelForSequenceClassification.from_pretrained(folder)
    right[f"after epoch {epoch}"] = judge(saved, long)
for name in ("after epoch 1", "after epoch 2", "Model 1"):
    print(f"{name}: {right[name].mean():.1%} right")

# %% tags=["record"]
for epoch in (1, 2):
    course.record(f"after_epoch_{epoch}", right[f"after epoch {epoch}"].mean())

# %% [markdown]
# The validation loss rose, and the share of right answers rose with it. So "the validation loss rises" does not yet
# mean "the answers get worse".
#
# ## Which of the five is best?
#
# Each score needs its interval, the one of {{ lesson:start_here }}: other 400 texts would give another score, and the
# interval shows how far it would move.

# %% [markdown] tags=["slide"]
# - 0.84 from 500 texts: three points up or down
# - Same texts for all models: compare text by text
# - Zero inside the interval: these texts cannot tell
#
# **"Cannot tell" is not "equal".**

# %% [markdown] tags=["notes"]
# Ask before the cell: how many texts show a difference of one point? Most guess a thousand, and the answer is several
# thousand. Point at the root: for half the width one needs four times the texts. The verdicts of the four comparisons
# come from the stored run, so read them out from the notebook.

# %% tags=["skip"]
from course_utils import plots
from course_utils.statistics import interval, interval_over_seeds

scores = {name: interval(right[name]) for name in recipes}
plots.scores(scores, f"Five models, {len(test)} unseen texts", highlight_last=False)

# %% tags=["record"]
for name, (value, low, high) in scores.items():
    key = name.lower().replace(" ", "_")
    course.record(f"{key}_accuracy", value)
    course.record(f"{key}_low", low)
    course.record(f"{key}_high", high)

# %% [markdown]
# Each interval reaches about four points to each side. How wide is it for the project's 0.84, from 500 texts? There
# is a short formula. Right answers are like coins that fall on heads with probability `p`. The share of heads among
# `n` coins moves by `sqrt(p (1 - p) / n)`. And in 95 of 100 cases it moves less than 1.96 times that.

# %% tags=["nbval-check-output", "slide"]
moves = math.sqrt(0.84 * (1 - 0.84) / 500)
print(f"moves by {moves:.4f}, times 1.96: plus or minus {1.96 * moves:.3f}")

# %% [markdown]
# Three points each way. So from 0.84 to 0.85 is no step that 500 texts can show.
#
# **Try it.** How many texts would show one point? Put other numbers in place of the 500, until it says 0.010.
#
# <details><summary>An answer</summary>
#
# About 5,000. Ten times as many texts make the interval about three times as narrow, because of the root: four times as
# many make it half as wide.
#
# </details>

# %% tags=["try"]
assert round(1.96 * math.sqrt(0.84 * (1 - 0.84) / 5000), 3) == 0.010
assert round(1.96 * math.sqrt(0.84 * (1 - 0.84) / 4500), 3) == 0.011

# %% [markdown]
# All our five were asked the same texts, so we can do better: a **paired comparison**, text by text. A text that both
# models get right says nothing. What counts are the texts that only one of them gets right.


# %%
def compared(name, base):
    gain, low, high = interval(right[name].astype(int) - right[base].astype(int))
    verdict = "perhaps luck" if low <= 0 <= high else "zero is outside"
    return f"{name} minus {base}: {gain:+.1%} ({low:+.1%} to {high:+.1%}) {verdict}"


for name in ("Model 1", "Model 3", "Model 4", "Model 5"):
    print(compared(name, "Model 2"))

# %% [markdown]
# "Perhaps luck": zero lies inside the interval. That does not say that the two models are equal. It says that these
# texts cannot tell them apart. "Zero is outside": these texts prefer one of the two. But four comparisons are four
# chances for luck. Each is wrong in 5 of 100 cases, so at least one in about 19 of 100: 1 - 0.95 * 0.95 * 0.95 *
# 0.95.
#
# What to do when it is perhaps luck?
#
# - Ask more texts. Four times as many make the interval half as wide.
# - Train again with other seeds. That is next.
# - Or take the cheaper model, and say why.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The validation loss of Model 1 rises. So two epochs, Model 2, are better than three.*
# >
# > **Sceptic:** *Better by what, the loss or the answers? And would another seed say the same?*
#
# This is the conclusion of the project. The seed chooses the new head, the order of the texts, and the dropout. We
# train Models 1 and 2 with three more seeds. How many are enough? With one seed you cannot see how much a seed moves.
# With three or four you see it roughly. From five on, an interval can count it well. We stop at four, because each one
# takes time.

# %% [markdown] tags=["slide"]
# - Assumption: the loss rises, so two epochs are better
# - Sceptic: better by what? And with another seed?
# - Same recipe, another seed: the score moves
#
# **Here three epochs win, with every seed.**

# %% [markdown] tags=["notes"]
# Take a vote before the figure: two epochs, or three? Ask what a seed changes. Many name only the order of the texts,
# but it also draws the head and the dropout. When time is short, show only the last line of the next cell: it counts
# both kinds of luck.

# %%
by_seed = {name: [right[name]] for name in ("Model 1", "Model 2")}
for name, answers in by_seed.items():
    for seed in course.pick(laptop=(1, 2, 3), full=(1, 2), smoke=(1,)):
        rerun = study(recipes[name], seed=seed, eval_strategy="no")
        answers.append(judge(rerun.model, long))
dots = {name: [one.mean() for one in answers] for name, answers in by_seed.items()}
seed_dots(dots, f"The same two recipes, several seeds, {len(test)} texts")

# %% [markdown]
# Nothing changed but the seed, and the dots move. How far?

# %% tags=["slide"]
for name, accuracies in dots.items():
    print(f"{name}: from {min(accuracies):.1%} to {max(accuracies):.1%}")
difference = np.array(by_seed["Model 1"], int) - np.array(by_seed["Model 2"], int)
gap, low, high = interval_over_seeds(difference)
print(f"Model 1 minus Model 2: {gap:+.1%} ({low:+.1%} to {high:+.1%})")

# %% tags=["record"]
course.record("model_1_seed_spread", max(dots["Model 1"]) - min(dots["Model 1"]))
course.record("model_2_seed_spread", max(dots["Model 2"]) - min(dots["Model 2"]))
course.record("model_1_minus_2_mean", gap)
course.record("model_1_minus_2_low", low)

# %% [markdown]
# `difference` is a table: a line for each seed, a column for each text. The interval draws seeds **and** texts anew,
# so it counts both kinds of luck. (With four seeds it is a little too narrow.) Zero is outside, and Model 1 is better
# in every seed. So here three epochs are better than two, although their validation loss rises. The project's rule
# would have cost right answers. (In `full`, look again: other texts, another model.)
#
# ## Bug hunt 1: the model that was not fresh
#
# Look at the report again. Each training ran one epoch, then its first "Training Loss" was written down: the mean of
# ten steps at the end of that epoch. How low was it?

# %% [markdown] tags=["slide"]
# | model of the report | loss, end of epoch 1 |
# |---|---|
# | five of the seven | 0.36 to 0.49 |
# | 3, larger batch | 0.22 |
# | 4, larger again | 0.12 |
#
# **Fewer steps, and yet a lower loss?**

# %% [markdown] tags=["notes"]
# Give the room two minutes before you go on. The usual guess is that a large batch learns better. Ask them to count
# the steps. Then show the panel on the right: it begins below the point where Model 2 ended. Add that this is a
# suspicion, and no proof.

# %% tags=["skip"]
from lessons.five_models.report import REPORT

first = {name: training["training"][0] for name, training in REPORT.items()}
plots.bars(first, "Training loss at the end of the first epoch", "loss", "{:.2f}")

# %% [markdown]
# (`refined` and `tweets` are two later trainings of the report.) Five of them end their first epoch between 0.36 and
# 0.49. Models 3 and 4 end it at 0.22 and 0.12. They have **larger** batches, so half as many steps or fewer. In fewer
# steps a fresh model learns less, not more. Model 5 made as many steps as Model 3 (count them below), and stands at
# 0.46. What could have happened?
#
# You know it from {{ lesson:trainer }}. Suppose the notebook did not load the model anew, and went on with Model 2.
# We do the same on purpose.

# %%
stale = study(recipes["Model 3"], model=trainers["Model 2"].model)
panels["3, not fresh"] = losses(stale)
shown = ("Model 2", "Model 3", "3, not fresh")
loss_panels({name: panels[name] for name in shown}, "Model 3, fresh and not fresh")

# %% tags=["record"]
course.record("model_2_last_loss", panels["Model 2"][0][-1])
course.record("fresh_first_loss", panels["Model 3"][0][0])
course.record("leftover_first_loss", panels["3, not fresh"][0][0])
course.record("leftover_last_val_loss", panels["3, not fresh"][1][-1])

# %% [markdown]
# The panel on the right begins below the point where Model 2 ended, and its validation loss is the highest. That is
# the pattern of the project's Models 3 and 4. This is a suspicion, no proof: we were not there. But the report blames
# the batch size, and our fresh Model 3 shows no such thing.
#
# **Try it.** The report prints 126 steps for Model 5, with 2,000 texts and 2 epochs. Its text says batch 16. Use
# `count_steps`. Its later training on 3,000 texts shows 564 steps for 3 epochs, and the text says batch 32. Well?
#
# <details><summary>An answer</summary>
#
# `count_steps(2000, 2, 16)` is 250, and with 32 it is 126. So Model 5 used batches of 32. The printed listing says
# 32, too, below a comment that says 16. `count_steps(3000, 3, 32)` is 282, and with 16 it is 564. So that training
# used 16. The number of steps does not lie.
#
# </details>

# %% tags=["try"]
assert [count_steps(2000, 2, batch) for batch in (16, 32)] == [250, 126]
assert [count_steps(3000, 3, batch) for batch in (32, 16)] == [282, 564]

# %% [markdown]
# ## Bug hunt 2: which class is 1?
#
# The project then turned to tweets whose labels are 0 for negative and 4 for positive. This is its line, and the
# comment above it says: *convert 4 to 1*.

# %% [markdown] tags=["slide"]
# - The comment says: convert 4 to 1
# - The line does the opposite
# - Accuracy and macro-F1 do not notice
#
# **Print two texts with their label names.**

# %% [markdown] tags=["notes"]
# Show the line of code, and let the room read it aloud before you run it. Ask which score would give a warning. Most
# say the accuracy. Turn both labels and answers in one small example on the board: what was right stays right.

# %% tags=["nbval-check-output", "slide"]
for text, sentiment in {"I love it": 4, "I hate it": 0}.items():
    converted = 0 if sentiment == 4 else 1
    print(f"{text}: {sentiment} becomes {converted}")

# %% [markdown]
# The labels are upside down. Would the scores tell? The model learns the wrong names as happily as the right ones. So
# we turn both around, labels and answers.

# %%
said = np.where(right["Model 2"], truth, 1 - truth)
upright = f1.compute(predictions=said, references=truth)["f1"]
turned = f1.compute(predictions=1 - said, references=1 - truth)["f1"]
print(f"accuracy {np.mean(said == truth):.3f} and {np.mean(1 - said == 1 - truth):.3f}")
print(f"F1 of class 1: as they are {upright:.3f}, upside down {turned:.3f}")

# %% tags=["record"]
course.record("f1_upright", upright)
course.record("f1_turned", turned)

# %% [markdown]
# The accuracy does not notice. The F1 of **class 1** does, because class 1 is now another class. Here the wrong one
# even looks better: most tweets are negative, and what is frequent is easier to find.
#
# What finds it: print two texts with their label **names**, as above. Macro-F1 does not find it either. But it stays
# the same, because it has no favourite class.
#
# ## Bug hunt 3: two draws from one box
#
# The project drew its training tweets and its test tweets like this, both from `train`, with two seeds. We do it with
# ours, and count.

# %% [markdown] tags=["slide"]
# - Training and test: two draws, two seeds, one box
# - Each test text may be a training text, too
# - The mend: cut one shuffled list in two
#
# **Two seeds do not make two boxes.**

# %% [markdown] tags=["notes"]
# Ask for a number before the cell: how many test texts were drawn for training, too? Many say none, because the seeds
# differ. Then point at the line with the number to be expected. Skip the price of a copy when time is short, but show
# the `assert`.

# %% tags=["nbval-check-output", "slide"]
box = Dataset.from_dict({"row": range(len(pool))})
many, some = min(2000, len(box) // 2), min(500, len(box) // 4)
first_draw = set(box.shuffle(seed=42).select(range(many))["row"])
second_draw = set(box.shuffle(seed=123).select(range(some))["row"])
print(f"{len(first_draw & second_draw)} of {some} test texts are training texts")
print(f"to be expected: {some * many / len(box):.0f}")

# %% tags=["record"]
course.record("overlap_share", len(first_draw & second_draw) / some)

# %% [markdown]
# Two seeds do not make two boxes. A test text has the same chance as any other to be drawn for training, too.
#
# The project's box held 1.6 million tweets. Put that into the second line: 500 times 2,000, divided by 1.6 million.
# Less than one copy is to be expected. The project was lucky. With a smaller box, the same lines spoil the test.
#
# What is a copy worth? Ask Model 1 about its own training texts.

# %%
own = judge(trainers["Model 1"].model, long, rows=train).mean()
share, unseen = len(first_draw & second_draw) / some, right["Model 1"].mean()
print(f"training texts {own:.1%}, unseen texts {unseen:.1%}")
print(f"with {share:.0%} copies: {share * own + (1 - share) * unseen:.1%}")

# %% tags=["record"]
course.record("own_texts_accuracy", own)

# %% [markdown]
# The mend is to cut **one** shuffled list in two. Then check it with a line that stops you if you are wrong.

# %% tags=["nbval-check-output"]
halves = box.train_test_split(train_size=many, test_size=some, seed=course.seed)
shared = set(halves["train"]["row"]) & set(halves["test"]["row"])
assert not shared
print(len(halves["train"]), len(halves["test"]), "shared:", len(shared))

# %% [markdown]
# This guards against the same **row**. The same words in two rows need a comparison of the texts
# ({{ lesson:leakage }}).
#
# ## Bug hunt 4: the report against its own table
#
# A report is a program, too: its sentences are claims about its numbers. So run them. Model 1 was condemned because its
# validation loss ended higher than it began. Which other trainings end higher than their best?

# %% [markdown] tags=["slide"]
# - The sentences of a report are claims: run them
# - "Better validation loss": its table says the opposite
# - Two speeds: the machine changed, not the recipe
#
# **A rule needs a size.**

# %% [markdown] tags=["notes"]
# Put the table of rises on the wall, and let the room find the sentence that is wrong. Ask whether 0.003 is
# overfitting. If they say no, ask about 0.011, for which Model 1 was condemned. The part about the seconds can be
# left out.

# %% tags=["nbval-check-output"]
for name, training in REPORT.items():
    best, last = min(training["validation"]), training["validation"][-1]
    print(f"{name:<8} best {best:.3f}, last {last:.3f}, rises by {last - best:.3f}")

# %% [markdown]
# - `refined` rises most of all, from 0.379 to 0.513. The report says that it "showed better training and validation
#   loss than Model 2". Its last training loss is better: 0.10 against 0.25. Its last validation loss is far worse:
#   0.51 against 0.37. Even its best one is above that.
# - `tweets` rises, too, by 0.003. The report says: "without signs of overfitting across epochs". 0.003 is nothing. But
#   the rule that condemned Model 1 for 0.011 would condemn this one. A rule needs a size.
# - `refined` has two sets of scores: accuracy 0.85 and F1 0.848 in one place, 0.844 and 0.845 in another. Which run is
#   meant? By the formula above, all four lie within luck of 0.84.
# - `refined` changed three things at once: more texts, one more epoch, a shorter `max_length`. If one helped, which?
#
# And the times. Three epochs took 6:30 minutes. Two epochs, says the report, "unexpectedly increased the training
# time to over 9 minutes". Each text is padded to `max_length`, so we know how many tokens were read. How many in a
# second?

# %% tags=["nbval-check-output"]
for name, training in REPORT.items():
    tokens = training["rows"] * training["epochs"] * training["length"]
    speed = tokens / training["seconds"]
    print(f"{name:<8} {tokens / 1000:.0f} thousand tokens, {speed:,.0f} a second")

# %% [markdown]
# Two speeds: about 2,000 tokens a second, or about 900. In four of the seven trainings, the machine ran at half its
# speed. Perhaps it did other work, or was hot. A time says nothing about a recipe, if the machine changes. So the
# "much shorter training time" of Model 5 is no merit of Model 5: it reads 22% fewer tokens than Model 2, not two
# thirds fewer.
#
# (One more. The printed listing calls `accuracy_score` and `f1_score`, and imports neither. In a fresh notebook it
# stops with a `NameError`.)
#
# ## So what does help?
#
# A lecture on BERT gives two pieces of advice. Early stopping "on macro-F1". And, under *memorization*: "Reduce
# steps/epochs on small data; stronger regularization". **Memorization** means that a model learns its texts by heart.
# **Regularization** is whatever makes that harder. So the second advice has another purpose than more right answers:
# the model shall not keep its texts. We measure both: right on unseen texts, and right on its own.
#
# Model 1 is the base. Early stopping needs no new training: we have its three states. By the validation loss it keeps
# epoch 1. By macro-F1?

# %% [markdown] tags=["slide"]
# | remedy | right answers | texts by heart |
# |---|---|---|
# | stop early, by the loss | fewer | fewer |
# | more dropout | fewer | fewer |
# | more texts | more | fewer |
#
# **Two purposes, two answers.**

# %% [markdown] tags=["notes"]
# Ask first what "help" should mean: more right answers, or less learned by heart. Most think that one remedy does
# both. Then go through the table from top to bottom. Say that more texts were tried with the same number of steps, so
# nothing else changed.

# %%
seen = history.dropna(subset="eval_loss").reset_index()
kept = {"eval_loss": seen["eval_loss"].idxmin(), "eval_f1": seen["eval_f1"].idxmax()}
for column, place in kept.items():
    print(f"{column}: keeps epoch {place + 1}")

# %% tags=["record"]
course.record("epoch_kept_by_loss", int(kept["eval_loss"]) + 1)
course.record("epoch_kept_by_f1", int(kept["eval_f1"]) + 1)

# %% [markdown]
# The two rules disagree: the loss is best after epoch 1, macro-F1 after epoch 2. (The lecture asks for macro-F1.
# {{ Lesson:recipe }} tries it once more.) We judge both states.
#
# Next, stronger regularization: dropout 0.3 in place of 0.1. And more texts, but fairly: three times the texts for
# **one** epoch. So the number of steps stays the same.

# %%
once = {"eval_strategy": "no"}
dropout = {"hidden_dropout_prob": 0.3, "attention_probs_dropout_prob": 0.3}
damped = study(recipes["Model 1"], model=fresh_model(2, **dropout), **once)
right["more dropout"] = judge(damped.model, long)
more_rows = pool.select(range(3 * n_train))
tripled = study({**recipes["Model 1"], "epochs": 1}, rows=more_rows, **once)
right["more texts"] = judge(tripled.model, long)

# %% [markdown]
# All in one figure, and text by text:

# %%
remedies = ["Model 1", "after epoch 1", "after epoch 2", "more dropout", "more texts"]
helped = {name: interval(right[name]) for name in remedies}
plots.scores(helped, f"Model 1 and its remedies, {len(test)} unseen texts")

# %%
for name in remedies[1:]:
    print(compared(name, "Model 1"))

# %% tags=["record"]
for name in remedies[1:]:
    key = name.replace(" ", "_")
    course.record(f"gain_{key}", right[name].mean() - right["Model 1"].mean())

# %% [markdown]
# And by heart? Ask each about the 160 texts of Model 1. All four have learned from them.

# %%
folder = course.workdir / "study" / f"checkpoint-{per_epoch}"
stopped = AutoModelForSequenceClassification.from_pretrained(folder)
by_heart = {"Model 1": own, "after epoch 1": judge(stopped, long, train).mean()}
by_heart["more dropout"] = judge(damped.model, long, train).mean()
by_heart["more texts"] = judge(tripled.model, long, train).mean()
for name, known in by_heart.items():
    print(f"{name:<14} own texts {known:.1%}, unseen {right[name].mean():.1%}")

# %% tags=["record"]
for name in ("after epoch 1", "more dropout", "more texts"):
    key = name.replace(" ", "_")
    course.record(f"by_heart_{key}", by_heart[name])

# %% [markdown]
# Two purposes, two answers.
#
# - **Right answers.** Stopping by the loss and more dropout cost right answers here, three to four points. Stopping by
#   macro-F1 is perhaps luck. More texts bring about four points. The number of steps was the same. So it was not more
#   training: it was more to learn from.
# - **By heart.** Model 1 has 93% of its own texts right, twelve points more than of unseen ones. After one epoch, or
#   with more dropout, the gap is three points or less. So for its own purpose the lecture's advice works. The price
#   is right answers, and whoever must protect texts may have to pay it. More texts make the gap smaller, too, and
#   cost none.
#
# Each remedy was trained with one seed. The dots above moved by up to two points, so these numbers are rough.
#
# **Try it.** Give Model 1 batches of 4 and `gradient_accumulation_steps=4`. How many steps has it now? Which of the
# five models does that look like?
#
# <details><summary>An answer</summary>
#
# `count_steps(160, 3, 4, accumulation=4)` is 30: as many as Model 4. Four batches of 4 make one step, like one batch
# of 16.
#
# </details>

# %% tags=["try"]
if course.profile == "laptop":
    assert count_steps(160, 3, 4, accumulation=4) == 30 == recipes["Model 4"]["steps"]

# %% [markdown]
# ## How far would more labels carry us?
#
# Model 1 learned from 160 tweets, "more texts" from 480, in the same number of steps. How many would counting words
# need ({{ lesson:start_here }})? It is cheap, so it gets the same texts, then many more.

# %% [markdown] tags=["slide"]
# - From the same texts, fine-tuning learns far more
# - Counting words catches up, with many times the labels
# - Both curves climb
#
# **What fine-tuning saves is labels.**

# %% [markdown] tags=["notes"]
# Ask who has labels for a project, and how many. Let the room guess how many texts counting words needs, to reach
# fine-tuning with 480. Most say twice or three times as many. Point at the figure: it is about twelve times.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

tuned = {n_train: scores["Model 1"], 3 * n_train: helped["more texts"]}
counted = {}
for times in (1, 3, 12, 30, 37.5, 50, len(pool) / n_train):
    part = pool.select(range(min(int(times * n_train), len(pool))))
    counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    counter.fit(part["text"][:], part["label"][:])
    counted[len(part)] = interval(counter.predict(test["text"][:]) == truth)
crowded = (30 * n_train, 50 * n_train)  # printed below, too close to draw
drawn = {size: each for size, each in counted.items() if size not in crowded}
learning_curve({"fine-tuned": tuned, "counting words": drawn}, "More labels")

# %% [markdown]
# Such a line is called a **learning curve**. Both climb, and fine-tuning starts higher. In numbers:

# %%
for size, (value, _, _) in counted.items():
    print(f"{size:>6,} texts, counting words: {value:.1%}")

# %% tags=["record"]
course.record("curve_3_00", tuned[3 * n_train][0])
course.record("counting_same_texts", counted[n_train][0])
course.record("counting_6000_texts", counted[min(int(37.5 * n_train), len(pool))][0])
course.record("counting_all_texts", counted[len(pool)][0])

# %% [markdown]
# From the same texts, counting words learns far less: 71.2% against 81.2% from 160 texts, 77.5% against 85.2% from
# 480. To reach these 85.2%, it needs about 6,000 texts, twelve times as many. ("About": each interval reaches four
# points to each side.) What fine-tuning saves is labels. And its learning curve still climbs: the next labels would
# pay.
#
# ## And a project of your own?
#
# The report ends with a "creative application": choose a task of your own. Here is a plan. Each line is a habit of
# this lesson.
#
# 1. One question, and who needs the answer. Which mistake would hurt most?
# 2. Texts with labels. Print ten, with label names.
# 3. One shuffled list, cut in three. An `assert` that nothing is shared.
# 4. Two numbers before any training: always the same answer, and counting words.
# 5. One recipe, one function, five seeds. Count the steps before you train.
# 6. Test texts asked once. The interval beside the score.
# 7. Read twenty mistakes. Then let somebody else hold your sentences against your tables.

# %% [markdown] tags=["slide"]
# - One question, and who needs the answer
# - One shuffled list, cut in three
# - Two numbers before any training
# - One recipe, five seeds, test texts asked once

# %% [markdown] tags=["notes"]
# Let each pair in the room write down one question and one mistake that would hurt most. Collect three of them. Ask
# which number they would compute first. It should be the lazy answer, and almost nobody names it.

# %% [markdown]
# ## In this notebook we have
#
# - **compared** five trainings with one function, on test texts that chose nothing;
# - **judged** them with intervals, pairs and seeds. Promised was: two epochs are best. Kept was: three are better here;
# - **hunted** four bugs that raised no error, one of them in the words of a report;
# - **measured** early stopping, dropout and more texts, and how far more labels carry.
#
# What would you write to the student? Perhaps this. *You printed your numbers, so others can learn from them. Load a
# fresh model for each training. Give the `Trainer` a `compute_metrics`. Keep a third part of the texts, which chooses
# nothing. And 0.84 and 0.85 are the same number, until 5,000 texts say otherwise.*
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | a first loss that is far too low | the model was trained before | load it anew |
# | more or fewer steps than the report's batch size gives | another batch size was used | count the steps before you believe it |
# | the validation loss rises, the accuracy does not fall | the model is too sure of its mistakes | look at both, and ask unseen texts |
# | two scores a point apart | perhaps luck of the test texts | compare text by text, with an interval |
# | the same recipe, another score | another seed: another head, order and dropout | train with five seeds, and show all five |
# | fewer epochs take longer | the machine was busy or hot | count tokens, not minutes |
# | a good accuracy and a strange F1 | the labels are upside down | print two texts with their label names |
# | a test score that is too good | training texts stand in the test, too | cut one shuffled list in two; `assert` that nothing is shared |
#
# **Next:** {{ lesson:lora }} trains a small part of the model, and keeps it in a small file: LoRA.
