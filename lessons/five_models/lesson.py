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
# - **judge** whether one model is really better than another;
# - **hunt** three bugs that raise no error;
# - **measure** what helps against overfitting, and what more labels bring.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("five_models", PROFILE)

# %% [markdown]
# {{ Lesson:trainer }} put your loop into one object, and two bugs hid behind it. Here the same object
# trains many models, to check a student's project. Three small functions come from there: `fresh_model`, `count_steps`
# and `compute_metrics`. Each stands here again, where we need it first.
#
# ## What did the project find?
#
# A student fine-tuned BERT on 2,000 film reviews, five times. The results, as reported:
#
# | model | epochs | batch | max_length | training loss | validation loss |
# |---|---|---|---|---|---|
# | 1 | 3 | 16 | 128 | 0.36, 0.26, 0.18 | 0.40, 0.43, 0.41 |
# | 2 | 2 | 16 | 128 | 0.37, 0.25 | 0.38, 0.37 |
# | 3 | 2 | 32 | 128 | 0.22, 0.18 | 0.39, 0.41 |
# | 4 | 3 | "further" | 128 | 0.12, 0.11, 0.04 | 0.59, 0.59, 0.58 |
# | 5 | 2 | 16 | 100 | 0.46, 0.32 | 0.41, 0.39 |
#
# The conclusion was: Model 1 overfits, Model 2 is best. Later, 0.84 became 0.85. The report shows its losses, epoch by
# epoch, so it can be checked. We train all five again, and ask of each sentence: is it so?
#
# ## Which texts?
#
# In `full`: the same reviews. In `laptop`: real tweets, negative or positive. Reviews are long and many. So in `laptop`
# the rows, the batches and `max_length` are all made smaller. An epoch still has many steps.

# %% tags=["nbval-check-output"]
from datasets import ClassLabel, Dataset, disable_progress_bars, load_dataset

disable_progress_bars()
if course.profile == "full":
    reviews = load_dataset(*course.dataset("imdb"))
    halves = reviews["test"].train_test_split(test_size=0.5, seed=course.seed)
    pool, *held_out = reviews["train"], halves["train"], halves["test"]
else:
    tweets = load_dataset(*course.dataset("tweets"))
    tweets = tweets.filter(lambda tweet: tweet["label"] != 1)  # 1 is neutral
    tweets = tweets.map(lambda tweet: {"label": tweet["label"] // 2})
    names = ClassLabel(names=["negative", "positive"])
    tweets = tweets.cast_column("label", names)
    pool, *held_out = (tweets[part] for part in ("train", "validation", "test"))
print(len(pool), "texts to draw from")

# %% [markdown]
# Reviews come sorted by label, so we shuffle first. Three parts with three jobs. The project had only two: its test
# texts chose the best model **and** judged it.

# %%
import numpy as np

n_train = min(course.pick(laptop=160, full=2000, smoke=16), len(pool) // 3)
pool = pool.shuffle(seed=course.seed)
train = pool.select(range(n_train))
wanted = course.pick(laptop=(100, 400), full=(500, 500), smoke=(8, 16))
validation, test = (
    part.shuffle(seed=course.seed).select(range(min(size, len(part))))
    for part, size in zip(held_out, wanted, strict=True)
)
truth = np.array(test["label"])
majority = max(truth.mean(), 1 - truth.mean())
print(len(train), len(validation), len(test), f"always the same answer: {majority:.1%}")

# %% [markdown]
# ## One function for all five
#
# A comparison is only fair if all else is equal. So one function trains everything. It begins with a fresh model, each
# time. `fresh_model` is the one of {{ lesson:trainer }}: without a GPU it trains two layers and the head.

# %%
from transformers import AutoTokenizer, logging

logging.disable_progress_bar()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)

# %%
from transformers import AutoModelForSequenceClassification, set_seed

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


# %% [markdown]
# And the scores after each evaluation: accuracy and macro-F1, as in {{ lesson:trainer }}.

# %%
import evaluate

accuracy = evaluate.load(course.metric("accuracy"))
f1 = evaluate.load(course.metric("f1"))


def compute_metrics(prediction):
    logits, truth = prediction
    answers = {"predictions": logits.argmax(axis=-1), "references": truth}
    return accuracy.compute(**answers) | f1.compute(**answers, average="macro")


# %% [markdown]
# What is common comes first.

# %%
common = {
    "learning_rate": course.pick(laptop=2e-4, full=2e-5, smoke=2e-4),
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "output_dir": course.workdir / "study",
    "per_device_eval_batch_size": 64,
    "logging_strategy": "epoch",
    "eval_strategy": "epoch",
    "save_strategy": "no",
    "report_to": "none",
    "disable_tqdm": True,
}
print(common["eval_strategy"], common["learning_rate"])

# %% [markdown]
# `disable_tqdm` switches the bars off: we will print one line for each model instead. Every text is cut to the same
# length, and only once.


# %%
import gc
from functools import cache

from transformers import PrinterCallback, Trainer, TrainingArguments


@cache  # the same texts are cut only once
def cut(rows, length):
    settings = {"truncation": True, "max_length": length}
    return rows.map(lambda batch: tokenizer(batch["text"], **settings), batched=True)


# %%
def study(epochs, batch, length, rows=train, seed=course.seed, model=None, **more):
    callbacks = more.pop("callbacks", None)
    sizes = {"num_train_epochs": epochs, "per_device_train_batch_size": batch}
    trainer = Trainer(
        model=model or fresh_model(2, seed),
        args=TrainingArguments(**(common | sizes | {"seed": seed} | more)),
        train_dataset=cut(rows, length),
        eval_dataset=cut(validation, length),
        processing_class=tokenizer,
        compute_metrics=compute_metrics,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return trainer


# %% [markdown]
# It evaluates on the validation texts after each epoch. The test texts are asked once, at the end, in a
# function of their own.


# %%
def judge(trainer, length):
    gc.collect()  # earlier models that nobody needs: give their memory back
    answer = trainer.predict(cut(test, length))
    history = trainer.state.log_history
    return {
        "training": [entry["loss"] for entry in history if "loss" in entry],
        "validation": [e["eval_loss"] for e in history if "eval_loss" in e],
        "right": answer.predictions.argmax(axis=-1) == answer.label_ids,
        "test_loss": answer.metrics["test_loss"],
    }


# %% [markdown]
# And `count_steps`, which found a bug in {{ lesson:trainer }}. It will find another one here.

# %%
import math


def count_steps(rows, epochs, batch, accumulation=1):
    return math.ceil(math.ceil(rows / batch) / accumulation) * epochs


# %%
batch = course.pick(laptop=4, full=16, smoke=16)
long, short = course.pick(laptop=(24, 19), full=(128, 100), smoke=(8, 6))
recipes = {
    "Model 1": (3, batch, long),
    "Model 2": (2, batch, long),
    "Model 3": (2, 2 * batch, long),
    "Model 4": (3, 4 * batch, long),
    "Model 5": (2, batch, short),
}
for name, (epochs, size, length) in recipes.items():
    steps = count_steps(len(train), epochs, size)
    print(f"{name}: {epochs} epochs, batch {size}, {length} tokens, {steps} steps")

# %% [markdown]
# Look at the last column before you train. Model 4 has fewer steps than Model 2, although it has more epochs. A
# bigger batch means fewer steps.

# %%
import time

results, trainers = {}, {}
for name, recipe in recipes.items():
    start = time.perf_counter()
    trainer = study(*recipe)
    results[name] = judge(trainer, recipe[2])
    if name in ("Model 1", "Model 2"):  # these two we need again
        trainers[name] = trainer
    seconds = time.perf_counter() - start
    print(f"{name}: {results[name]['right'].mean():.1%} right, {seconds:.0f} s")

# %% [markdown]
# ## Do they overfit?
#
# A model **overfits** when it learns its training texts by heart. One sees it when the training loss falls and the
# validation loss rises.

# %%
from course_utils.plots.curves import learning_curve, loss_panels, seed_dots

loss_panels(
    {name: (r["training"], r["validation"]) for name, r in results.items()},
    "Training and validation loss, five models",
)

# %% [markdown]
# Two things to know before you judge. The training loss is a mean **over** the epoch, with dropout on, and the
# validation loss is taken **after** it. So in the first epoch training may well look worse.
#
# And the loss is not the accuracy. A model that becomes too sure of its mistakes gets a higher loss, with the same
# number of mistakes. Compare the two for Model 1.

# %%
import pandas as pd

history = pd.DataFrame(trainers["Model 1"].state.log_history)
history[["epoch", "eval_loss", "eval_accuracy"]].dropna().round(3)

# %% [markdown]
# With the offline checkpoint: the loss is lowest after the first epoch, and the accuracy is not highest there. So "the
# validation loss rises" does not yet mean "the answers get worse".
#
# ## Which of the five is best?
#
# Each score needs its interval. It is the interval of {{ lesson:start_here }}.

# %%
from course_utils import plots
from course_utils.statistics import interval

scores = {name: interval(r["right"]) for name, r in results.items()}
plots.scores(scores, f"Five models, {len(test)} unseen texts", highlight_last=False)

# %%
for name, (value, low, high) in scores.items():
    key = name.lower().replace(" ", "_")
    course.record(f"{key}_accuracy", value)
    course.record(f"{key}_low", low)
    course.record(f"{key}_high", high)

# %% [markdown]
# Each interval is some points wide on each side. The project's 0.84 and 0.85 came from 500 texts. How wide is that?

# %% tags=["nbval-check-output"]
half_width = 1.96 * math.sqrt(0.84 * (1 - 0.84) / 500)
print(f"0.84 on 500 texts: plus or minus {half_width:.3f}")

# %% [markdown]
# Three points each way. A difference of one point says nothing there.
#
# All five were asked the same texts, so we can do better, as in {{ lesson:start_here }}: compare text by text.

# %%
base = results["Model 2"]["right"].astype(int)
for name, result in results.items():
    gain, low, high = interval(result["right"].astype(int) - base)
    verdict = "real" if low > 0 or high < 0 else "perhaps luck"
    if name != "Model 2":
        print(
            f"{name} minus Model 2: {gain:+.1%} ({low:+.1%} to {high:+.1%}) {verdict}"
        )

# %% [markdown]
# "Perhaps luck" is the honest verdict when zero lies inside. It does not say that the models are equal.
# It says that these texts cannot tell them apart. With the offline checkpoint the largest difference is a surprise:
# Model 1, with the highest validation loss, beats Model 2.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The validation loss of Model 1 rises. So two epochs, Model 2, are better than three.*
# >
# > **Sceptic:** *Better by what, the loss or the answers? And would another seed say the same?*
#
# This is the conclusion of the project. The seed chooses the new head, the order of the texts, and the dropout. We
# train Models 1 and 2 with two more seeds.

# %%
by_seed = {name: [results[name]["right"].mean()] for name in ("Model 1", "Model 2")}
for name, accuracies in by_seed.items():
    for seed in course.pick(laptop=(1, 2), full=(1, 2), smoke=(1,)):
        rerun = study(*recipes[name], seed=seed, eval_strategy="no")
        accuracies.append(judge(rerun, long)["right"].mean())
seed_dots(by_seed, f"The same two recipes, three seeds each, {len(test)} texts")

# %%
for name, accuracies in by_seed.items():
    spread = max(accuracies) - min(accuracies)
    print(f"{name}: mean {np.mean(accuracies):.1%}, spread {spread:.1%}")
    course.record(f"{name.lower().replace(' ', '_')}_seed_spread", spread)
gap = np.mean(by_seed["Model 1"]) - np.mean(by_seed["Model 2"])

# %% tags=["record"]
course.record("model_1_minus_2_mean", gap)

# %% [markdown]
# Nothing changed but the seed, and the dots move. That movement comes **on top of** the interval, which
# only knows about the test texts. Had the two rows of dots overlapped, one run each could not decide.
#
# With the offline checkpoint they do not overlap: three epochs are better, in every seed. Model 1 has the higher
# validation loss and gives more right answers. The rule "the validation loss rises, so train less" would have cost
# accuracy here. (In `full`, look again: other data, another model.)
#
# ## Bug hunt 1: the model that was not fresh
#
# Look at the project's table again. Model 3 begins with a training loss of 0.22. Model 2 **ended** with 0.25.
# Model 4 begins with 0.12. A fresh model cannot begin there. What could have happened?
#
# You know it from the second bug hunt of {{ lesson:trainer }}. Suppose the notebook did not load the model anew, and
# went on with Model 2. We do the same on purpose.

# %%
history = study(*recipes["Model 3"], model=trainers["Model 2"].model).state.log_history
leftover = {
    "training": [entry["loss"] for entry in history if "loss" in entry],
    "validation": [entry["eval_loss"] for entry in history if "eval_loss" in entry],
}
loss_panels(
    {
        "Model 2": tuple(results["Model 2"][k] for k in ("training", "validation")),
        "3, fresh": tuple(results["Model 3"][k] for k in ("training", "validation")),
        "3, not fresh": (leftover["training"], leftover["validation"]),
    },
    "Model 3, fresh and not fresh",
)

# %% tags=["record"]
course.record("model_2_last_loss", results["Model 2"]["training"][-1])
course.record("fresh_first_loss", results["Model 3"]["training"][0])
course.record("leftover_first_loss", leftover["training"][0])
course.record("leftover_last_val_loss", leftover["validation"][-1])

# %% [markdown]
# The panel on the right begins where Model 2 ended, or lower, and its validation loss is the highest. That is the
# pattern of the project's Models 3 and 4. A table proves nothing. But the fresh Model 3 looks quite different, and the
# report blames the batch size.
#
# **Try it.** The project's log says 126 steps for Model 5, with 2,000 texts and 2 epochs. The report says batch 16. Use
# `count_steps`. A later training on 3,000 texts shows 564 steps for 3 epochs, and the report says batch 32. Well?
#
# <details><summary>An answer</summary>
#
# `count_steps(2000, 2, 16)` is 250, and with 32 it is 126. So Model 5 used batches of 32.
# `count_steps(3000, 3, 32)` is 282, and with 16 it is 564. So that training used 16. The number of steps does not lie.
#
# </details>
#
# ## Bug hunt 2: which class is 1?
#
# The project then turned to tweets whose labels are 0 for negative and 4 for positive. This is its line, and the
# comment above it says: *convert 4 to 1*.

# %% tags=["nbval-check-output"]
comment = "0 = negative, 4 = positive -> convert 4 to 1"
for text, sentiment in {"I love it": 4, "I hate it": 0}.items():
    converted = 0 if sentiment == 4 else 1
    print(f"{text}: {sentiment} becomes {converted}")

# %% [markdown]
# The labels are upside down. Would the scores tell? The model learns the wrong names as happily as the
# right ones. So we turn both around, labels and answers.

# %%
said = np.where(results["Model 2"]["right"], truth, 1 - truth)
upright = {"predictions": said, "references": truth}
turned = {"predictions": 1 - said, "references": 1 - truth}
for name, answers in {"as they are": upright, "upside down": turned}.items():
    print(f"{name}: accuracy {accuracy.compute(**answers)['accuracy']:.3f},", end=" ")
    print(f"F1 of class 1: {f1.compute(**answers)['f1']:.3f}")

# %% tags=["record"]
course.record("f1_upright", f1.compute(**upright)["f1"])
course.record("f1_turned", f1.compute(**turned)["f1"])

# %% [markdown]
# The accuracy does not notice. The F1 is that of **class 1**, and class 1 is now another class. With the offline
# tweets the wrong one even looks better, because the negative class is bigger.
#
# What finds it: print two texts with their label **names**, as above. Or use macro-F1, which has no favourite class.
#
# ## Bug hunt 3: two draws from one box
#
# The project drew its training texts and its test texts like this, both from `train`, with two seeds. We do it
# with ours, and count.

# %% tags=["nbval-check-output"]
box = Dataset.from_dict({"row": range(len(pool))})
many, some = min(2000, len(box) // 2), min(500, len(box) // 4)
first = set(box.shuffle(seed=42).select(range(many))["row"])
second = set(box.shuffle(seed=123).select(range(some))["row"])
print(f"{len(first & second)} of {some} test texts are training texts")
print(f"to be expected: {some * many / len(box):.0f}")
share = len(first & second) / some

# %% tags=["record"]
course.record("overlap_share", share)

# %% [markdown]
# Two seeds do not make two boxes. A test text has the same chance as any other to be drawn for training, too.
#
# The project's box held 1.6 million tweets. Put that into the second line: 500 times 2,000, divided by 1.6 million.
# Less than one copy is to be expected. The project was lucky. With a smaller box, the same lines spoil the test.
#
# What is a copy worth? Ask Model 1 about its own training texts.

# %%
own = trainers["Model 1"].evaluate(cut(train, long))["eval_accuracy"]
unseen = scores["Model 1"][0]
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
# This guards against the same **row**. The same words in two rows need a comparison of the texts.
#
# ## So what does help?
#
# We take Model 1, whose validation loss rises, and change one thing each time. Early stopping. Dropout 0.3 in place of
# 0.1. Only one trained layer.
#
# And more data, but fairly: three times the texts for **one** epoch. So the number of steps stays the same.
#
# Early stopping first. It must save, to go back to the best epoch.

# %%
import shutil
from pathlib import Path

from transformers import EarlyStoppingCallback

trainers.clear()  # models need memory
early = {
    "save_strategy": "epoch",
    "save_total_limit": 1,
    "load_best_model_at_end": True,
    "metric_for_best_model": "eval_loss",
    "callbacks": [EarlyStoppingCallback(early_stopping_patience=1)],
}
stopped = study(3, batch, long, **early)
print("stopped after epoch", stopped.state.epoch)
print("and went back to", Path(stopped.state.best_model_checkpoint).name)
shutil.rmtree(common["output_dir"])

# %% [markdown]
# With the offline checkpoint: the second epoch was worse than the first, so it stopped and went back. The number in
# the name is the step: the end of the first epoch.
#
# Now the others. They need no evaluation on the way.

# %%
once = {"eval_strategy": "no"}
dropout = {"hidden_dropout_prob": 0.3, "attention_probs_dropout_prob": 0.3}
recipe = recipes["Model 1"]
remedies = {"Model 1": results["Model 1"], "early stopping": judge(stopped, long)}
for name, change in {
    "more dropout": {"model": fresh_model(2, **dropout)},
    "one layer": {"model": fresh_model(2, trained_layers=1)},
}.items():
    remedies[name] = judge(study(*recipe, **change, **once), long)
    print(f"{name}: {remedies[name]['right'].mean():.1%} right")

# %% [markdown]
# Last, more data. Then all in one figure.

# %%
more_rows = pool.select(range(3 * n_train))
tripled = judge(study(1, batch, long, rows=more_rows, **once), long)
remedies["more texts"] = tripled
plots.scores(
    {name: interval(r["right"]) for name, r in remedies.items()},
    f"Model 1 and four remedies, {len(test)} unseen texts",
)

# %%
base = remedies["Model 1"]["right"].astype(int)
rows = {}
for name, result in remedies.items():
    gain, low, high = interval(result["right"].astype(int) - base)
    rows[name] = {"gain": gain, "low": low, "high": high, "loss": result["test_loss"]}
    if name != "Model 1":
        course.record(f"gain_{name.replace(' ', '_')}", gain)
pd.DataFrame(rows).T.round(3)

# %% [markdown]
# `low` and `high` are the interval of the gain, text by text. `loss` is the loss on the test texts.
#
# With the offline checkpoint, this is not what one expects. Early stopping, dropout and one layer **cost** right
# answers. All three hold a model back that learns too much. Ours had 160 tweets, and its trouble was that it knew too
# little.
#
# More texts help, and nothing else brings the loss down so far. The number of steps was the same. So it was not more
# training: it was more to learn from.
#
# **Try it.** Give Model 1 batches of 4 and `gradient_accumulation_steps=4`. How many steps has it now? Which of the
# five models does that look like?
#
# <details><summary>An answer</summary>
#
# In `laptop`, `count_steps(160, 3, 4, accumulation=4)` is 30: as many as Model 4. Four batches of 4 make one step, like
# one batch of 16.
#
# </details>
#
# ## How far would more labels carry us?
#
# Three sizes, and always the same number of steps: few texts often, or many texts once. Beside it, counting words
# ({{ lesson:start_here }}), which can have all the texts it wants.

# %%
few = judge(
    study(12, batch, long, rows=train.select(range(n_train // 4)), **once), long
)
tuned = {n_train // 4: few, n_train: results["Model 1"], 3 * n_train: tripled}
tuned = {size: interval(result["right"]) for size, result in tuned.items()}
for size, (value, low, high) in tuned.items():
    print(f"{size:>5} texts: {value:.1%} ({low:.1%} to {high:.1%})")

# %% tags=["record"]
for size, (value, _, _) in tuned.items():
    course.record(f"curve_{size / n_train:.2f}".replace(".", "_"), value)

# %% [markdown]
# And counting words, with the same texts, then with many more.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

counted = {}
for size in sorted({*tuned, min(12 * n_train, len(pool)), len(pool)}):
    word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    part = pool.select(range(size))
    word_counter.fit(part["text"][:], part["label"])
    counted[size] = interval(word_counter.predict(test["text"][:]) == truth)
series = {"fine-tuned": tuned, "counting words": counted}
learning_curve(series, "More labels, the same number of steps.")

# %% [markdown]
# Each line climbs, and the blue one starts higher. In numbers:

# %%
for size, (value, _, _) in counted.items():
    print(f"{size:>6,} texts, counting words: {value:.1%}")

# %% tags=["record"]
course.record("counting_same_texts", counted[n_train][0])
course.record("counting_all_texts", counted[len(pool)][0])

# %% [markdown]
# With the offline checkpoint: from the same 480 tweets, counting words learns far less. With all of the 16,965 it catches
# up with the model that was fine-tuned on 480. What fine-tuning saves is labels, as in {{ lesson:start_here }}. And its
# own line has not become flat yet. The next labels would pay.

# %% [markdown]
# ## In this notebook we have
#
# - **compared** five trainings with one function, on test texts that chose nothing;
# - **judged** five models with intervals, pairs and seeds;
# - **hunted** three bugs that raised no error;
# - **measured** four remedies, and how far more labels carry.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | a first loss that is far too low | the model was trained before | load it anew |
# | more or fewer steps than the report's batch size gives | another batch size was used | count the steps before you believe it |
# | the validation loss rises, the accuracy does not fall | the model is too sure of its mistakes | look at both, and ask unseen texts |
# | two scores a point apart | perhaps luck of the test texts | compare text by text, with an interval |
# | the same recipe, another score | another seed: another head, order and dropout | train with three seeds, and show all three |
# | a good accuracy and a strange F1 | the labels are upside down | print two texts with their label names |
# | a test score that is too good | training texts stand in the test, too | cut one shuffled list in two; `assert` that nothing is shared |
#
# **Next:** {{ lesson:lora }} trains a small part of the model, and keeps it in a small file: LoRA.
