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
# # {{ number }} · Evaluation beyond one number
#
# {{ badges }}
#
# **You will be able to**
#
# - **read** a report class by class, and a table of confusions in words;
# - **search** for the places where a model is weak: slices, and messy texts;
# - **mend** a confidence that says too much;
# - **decide** by cost: a threshold, or no answer at all;
# - **judge** whether a difference between two models is real or luck.
#
# {{ times }}
#
# All numbers in the text are those of the profile `laptop`.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("evaluation", PROFILE)

# %% [markdown]
# ## What does the decision maker want to know?
#
# An airline wants to find complaints among its tweets. Two candidates:
#
# - **fine-tuned**: our pretrained model, with a few hundred labelled tweets;
# - **counting words**: TF-IDF as in {{ lesson:start_here }}, with many more labels.
#
# The head of the service desk asks: *How good is it?* You could say one number. We collect what that number hides. At
# the end stands a page that she can use.

# %% [markdown] tags=["slide"]
# - An airline looks for complaints, and has two candidates
# - The head of the desk asks: how good is it?
# - A score is a mean of right and wrong answers
#
# **What does one number hide?**

# %% [markdown] tags=["notes"]
# Put the two scores on the board, and let the room decide for a candidate. Most take the higher one. Ask what they
# would want to know before they pay for it, and collect the words. At the end of the lesson, look which of them the
# page answers.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
tweets = load_dataset(*course.dataset("tweets"))
labels = tweets["train"].features["label"].names
print(labels, {name: len(rows) for name, rows in tweets.items()})

# %% [markdown]
# We take a part of each, and give each one job. Nothing is judged on the tweets that chose it.

# %% tags=["nbval-check-output", "skip"]
from lessons.evaluation import figures

sizes = course.pick(
    laptop=(512, 400, 1000), full=(6000, 2000, 3000), smoke=(32, 40, 60)
)
parts = zip(("train", "validation", "test"), sizes, strict=True)
train, validation, test = (tweets[name].select(range(n)) for name, n in parts)
figures.three_parts(train=len(train), validation=len(validation), test=len(test))

# %% [markdown]
# Now the fine-tuned model: its upper layer and the head are trained, on what the layers below give
# ({{ lesson:recipe }}). Not today's topic: one call does it. We **keep the logits**: for validation after
# each epoch, for test at the end. Nearly all of this lesson is arithmetic on them.

# %% tags=["nbval-check-output"]
from lessons.evaluation.models import FineTuned, read

below_validation = read(course, validation["text"])
below_test = read(course, test["text"])
model = FineTuned(course, train, course.seed, watched=below_validation)
val_logits, logits = model.epochs[-1], model(below_test)
val_logits.shape, logits.shape

# %% [markdown]
# A row for each tweet, a logit for each label. The second candidate, with nine times as many labels:

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

many = tweets["train"].select(range(course.pick(laptop=4800, full=40000, smoke=480)))
word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
word_counter = word_counter.fit(many["text"][:], many["label"])

# %% [markdown]
# Each says a label for each test tweet. Compare:

# %%
import numpy as np

truth, val_truth = np.array(test["label"]), np.array(validation["label"])
said, counted = logits.argmax(axis=1), word_counter.predict(test["text"][:])
right, counted_right = said == truth, counted == truth
print(f"fine-tuned:     {right.mean():.1%} right")
print(f"counting words: {counted_right.mean():.1%} right")

# %% tags=["record"]
course.record("accuracy", right.mean())
course.record("counted_accuracy", counted_right.mean())

# %% [markdown]
# Is that the verdict? Each number is the mean of an array: one True or False for each test tweet. The array holds more.

# %% tags=["skip"]
from course_utils.statistics import interval, interval_over_seeds

gain_so_far = right.mean() - counted_right.mean()
figures.from_answers(right[:8], score=interval(right), gain=gain_so_far)

# %% [markdown]
# The **interval** is that of {{ lesson:start_here }}: we draw many test sets from our own, and score each.
# Their middle 95% is the interval.
#
# ## How good is a model that has learned nothing?
#
# The laziest model gives every tweet the most common label. Scikit-learn writes a report about it.

# %% [markdown] tags=["slide"]
# | average | the laziest model |
# |---|---|
# | accuracy | 0.43 |
# | weighted F1 | 0.26 |
# | macro-F1 | 0.20 |
#
# **The same answers, three numbers, and all are true.**

# %% [markdown] tags=["notes"]
# Ask for the recall of *negative* before you show the report. Many do not believe that a lazy model reaches 1.00.
# Then let the room compute one F1 by hand. Point at the three averages, and ask which one a seller would print.

# %% tags=["nbval-check-output"]
from sklearn.metrics import classification_report

most_common = np.bincount(np.array(many["label"])).argmax()
lazy = np.full(len(truth), most_common)
print(classification_report(truth, lazy, target_names=labels, zero_division=0))

# %% [markdown]
# **Recall** of a class: of the tweets that *are* so, how many were found? For *negative* all of
# them, 1.00. **Precision**: of the tweets that were *called* so, how many are so? Only 0.43. **F1** is a mean of the
# two that is low as soon as one of them is low: 2 × 0.43 × 1.00 / (0.43 + 1.00) = 0.60. **Support** is the number of
# tweets.
#
# The last three lines are averages. They disagree about the same answers, and all are true.
#
# | average | how it is made | here | it hides |
# |---|---|---|---|
# | accuracy (or *micro*) | right by all tweets | 0.43 | small classes |
# | weighted | F1 of the classes, by support | 0.43 × 0.60 = 0.26 | small classes: they count little |
# | macro | F1 of the classes, all alike | 0.60 / 3 = 0.20 | how often each class comes |
#
# Two classes were never found. Macro says it loudest.
#
# ## What does the fine-tuned model do, class by class?

# %% [markdown] tags=["slide"]
# - Precision: of those called so, how many are so?
# - Recall: of those that are so, how many were found?
# - The weak class is the smallest one
#
# **An average never says which class is weak.**

# %% [markdown] tags=["notes"]
# Go through one line of the report, word by word. Ask which of the two the desk needs more, precision or recall. Both
# answers can be defended, and that leads to the costs later. The section is short: two minutes are enough.

# %% tags=["slide"]
print(classification_report(truth, said, target_names=labels, zero_division=0))

# %% tags=["record"]
from lessons.evaluation.luck import macro_f1

course.record("macro_f1", macro_f1(truth, said))

# %% [markdown]
# *Positive* is the weak class, and the smallest. An average never says **which** class is weak.
#
# ## Which mistakes are these?

# %% [markdown] tags=["slide"]
# - A row: what people said. Its diagonal shows recall
# - A column: what the model said. Its diagonal gives precision
# - Neutral called negative costs a look
#
# **An angry tweet called positive may cost a customer.**

# %% [markdown] tags=["notes"]
# Let the room find the most common mistake in the table. Then ask for the most expensive one. It is another cell, and
# few look there first. Read two cells aloud as full sentences, so that rows and columns are clear.

# %%
from sklearn.metrics import confusion_matrix

from course_utils.plots.evaluation import confusion

counts = confusion_matrix(truth, said, labels=range(len(labels)))
confusion(counts, labels, "What people said, and what the model said.")

# %% [markdown]
# A row holds all tweets to which people gave one label, and shows recall on its diagonal. A **column** holds all that
# the model gave one label: its diagonal cell, divided by the sum of the column, is precision.

# %%
wrong = counts - np.diag(np.diag(counts))
row, column = np.unravel_index(wrong.argmax(), wrong.shape)
print(f"of {counts[0].sum()} complaints it finds {counts[0, 0]}")
print(f"of {counts[:, 0].sum()} that it calls negative, {counts[0, 0]} are")
print(f"most common: {labels[row]}, called {labels[column]}, {wrong.max()} times")
print(f"negative and positive confused: {wrong[0, 2] + wrong[2, 0]} of {wrong.sum()}")

# %% tags=["record"]
course.record("negative_recall", counts[0, 0] / counts[0].sum())

# %% [markdown]
# *A neutral tweet called negative* costs a look. *An angry tweet called positive* may cost a customer. Accuracy counts
# both as one mistake.
#
# ## Where is it weak?
#
# A **slice** is a part of the test set that somebody cares about: a topic, say. We find topics by words such as
# *flight* or *patriots*. How many are right in each, and how many by always saying the **topic's own** most common
# label?

# %% [markdown] tags=["slide"]
# - A slice: a part that somebody cares about
# - Compare each slice with its own baseline
# - Of many slices, one stands out by luck
#
# **A slice says where a model is weak, not why.**

# %% [markdown] tags=["notes"]
# Show the table of topics, and ask for the best one. Everybody says *cars*. Then point at the column of the lazy
# answer, and wait. When time is short, tell the part on luck in one sentence: many slices are many chances.

# %% tags=["slide"]
import pandas as pd

from lessons.evaluation.slices import surface_slices, topic_of

topics = [topic_of(text) for text in test["text"]]
table = pd.DataFrame({"topic": topics, "label": truth, "right": right})
by_topic = table.groupby("topic").agg(
    tweets=("right", "size"),
    right=("right", "mean"),
    lazy=("label", lambda given: given.value_counts(normalize=True).iloc[0]),
)
by_topic["gain"] = by_topic["right"] - by_topic["lazy"]
by_topic.sort_values("gain", ascending=False).round(2)

# %% tags=["record"]
course.record("gain_on_cars", by_topic["gain"].get("cars", 0))

# %% [markdown]
# By `right`, *cars* is the best topic, and by far. By `gain` it is not: nearly all tweets about cars have the same
# label, and the laziest answer does as well. In *football* and *festival* the model does not beat it either. A high
# score on a slice may only say that the slice is easy. **Compare each slice with its own baseline.**
#
# Now other slices, by what stands in the text. Each is a **mask**: True for a tweet that belongs to it.

# %% tags=["skip"]
slices = surface_slices(test["text"])
shown = {f"{n}, {m.sum()}": {"right": interval(right[m])} for n, m in slices.items()}
all_tweets = ("all test tweets", right.mean())
figures.intervals(shown, "Right answers by slice", "right answers", line=all_tweets)

# %% [markdown]
# The number behind a name counts its tweets. The smallest slice has the widest interval. *Hashtag* lies far from the
# line. Is that luck? If a `#` meant nothing, we could deal out right and wrong to the tweets by chance. We do that
# 2,000 times (**shuffle**), and look at the same slice each time.

# %%
rng = np.random.default_rng(course.seed)
shuffled = [rng.permutation(right) for _ in range(2000)]
by_luck = np.array([answers[slices["hashtag"]].mean() for answers in shuffled])
gap, step = right[slices["hashtag"]].mean() - right.mean(), by_luck.std()
beyond = np.mean(np.abs(by_luck - right.mean()) > 1.96 * step)
print(f"gap {gap:+.1%}, step {step:.1%}, z = {gap / step:+.1f}")
print(f"beyond 1.96 steps: {beyond:.0%} of shuffles")

# %% tags=["record"]
course.record("hashtag_z", gap / step)

# %% [markdown]
# Luck moves this slice by about 1.6 points: one **step** (a standard deviation). **z** counts the steps of a gap:
# −9.0 / 1.6 is more than five. Luck goes beyond 1.96 steps in one shuffle of twenty. So 1.96 is the usual limit for
# **one** slice.
#
# But we looked at many, and one of many stands out by luck. How far does the *most extreme* go in a shuffle?

# %%
steps = {n: np.std([each[m].mean() for each in shuffled]) for n, m in slices.items()}


def z_of_slices(answers):
    gaps = {name: answers[mask].mean() - right.mean() for name, mask in slices.items()}
    return np.array([gaps[name] / steps[name] for name in slices])


extreme = np.array([np.abs(z_of_slices(answers)).max() for answers in shuffled])
print("the most extreme slice in three shuffles:", extreme[:3].round(1))
print(f"some slice beyond 1.96: in {np.mean(extreme > 1.96):.0%} of shuffles")
limit = np.percentile(extreme, 95)
print(f"only one shuffle of twenty goes beyond {limit:.2f}")

# %% [markdown]
# With 1.96 we would cry "weak spot!" in more than a third of the shuffles, where nothing is to be found. The last
# number is the limit for all slices together. Which of ours go beyond it?

# %%
found = pd.DataFrame({"z": z_of_slices(right)}, index=list(slices))
found["verdict"] = np.where(found["z"].abs() > limit, "stands", "perhaps luck")
found[found["z"].abs() > 1.5].sort_values("z").round(1)

# %% tags=["record"]
course.record("limit_for_all_slices", limit)

# %% [markdown]
# What stands is worth a look with **new** data. About the rest, these tweets cannot tell.
#
# **Try it.** *Hashtag* stands, on the low side. Does a `#` confuse the model? Count the topics of these tweets:
# `table["topic"][slices["hashtag"]].value_counts()`.
#
# <details><summary>An answer</summary>
#
# Most are about football or the festival, where the model gains nothing. So it may be the topic, and not the sign. A
# slice says **where** a model is weak, not why.
#
# </details>

# %% tags=["try"]
tagged = table["topic"][slices["hashtag"]]
print(tagged.value_counts())
if course.profile == "laptop":
    assert tagged.isin(["football", "festival"]).mean() > 0.6

# %% [markdown]
# ## What if people type badly?
#
# We change the test tweets on purpose, one way at a time. First a cheap question: in how many tweets do the **tokens**
# change at all? Where they do not, the answer cannot change.

# %% [markdown] tags=["slide"]
# - Capitals: this tokenizer makes them small
# - Typos: a known word falls into pieces
# - The same in other words: ten pairs, read by hand
#
# **Each tweet is compared with itself.**

# %% [markdown] tags=["notes"]
# Ask which change hurts most, before you show anything. Many say emoji, but few tweets hold one. Read two of the
# pairs in other words aloud. Let each person write one more pair, as their own users would write it.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

from lessons.evaluation.messy import CHANGES, PAIRS

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
clean = tokenizer(test["text"][:])["input_ids"]
touched = {}
for name, change in CHANGES.items():
    messy = tokenizer([change(text) for text in test["text"]])["input_ids"]
    pairs = zip(messy, clean, strict=True)
    touched[name] = np.flatnonzero([new != old for new, old in pairs])
    example = change("@user Great, cancelled again without reason :(")
    print(f"{name:<15} {len(touched[name]):>4} of {len(test)}   {example}")

# %% [markdown]
# *Capitals* change nothing: this tokenizer makes all letters small first ({{ lesson:tokenization }}). *Typos* swap two
# letters in every second long word. What do the changes cost? We draw some of the tweets that they touch, and compare
# each with itself: messy minus clean.

# %%
number = course.pick(laptop=150, full=500, smoke=8)
drops = {}
for name, places in touched.items():
    chosen = rng.permutation(places)[:number]
    if len(chosen) > 1:  # one tweet has no interval
        texts = [CHANGES[name](test[int(place)]["text"]) for place in chosen]
        tuned = model(read(course, texts)).argmax(axis=1) == truth[chosen]
        counting = word_counter.predict(texts) == truth[chosen]
        drops[name] = {
            "fine-tuned": interval(tuned * 1 - right[chosen]),
            "counting words": interval(counting * 1 - counted_right[chosen]),
        }

# %% tags=["record"]
for name in ("typos", "no names", "no punctuation"):
    course.record(f"drop_{name.replace(' ', '_')}", drops[name]["fine-tuned"][0])

# %% tags=["skip"]
zero = ("no change", 0)
figures.intervals(drops, "What a change costs", "change", line=zero, form="{:+.0%}")

# %% [markdown]
# Typos have the lowest point: a swapped letter turns a known word into several pieces. But all these intervals hold
# zero: 150 tweets cannot tell. *No emoji* touches even fewer.
#
# The last kind of mess is none for a person: the same thing in other words, a **paraphrase**. We wrote ten pairs by
# hand, five complaints and five thanks.

# %%
plain, other = zip(*PAIRS, strict=True)
first, second = (model(read(course, texts)).argmax(axis=1) for texts in (plain, other))
meant = np.array([0] * 5 + [2] * 5)
for place in np.flatnonzero(first != second):
    print(f"{labels[first[place]]}: {plain[place]}")
    print(f"    {labels[second[place]]}: {other[place]}")
print(f"plain: {(first == meant).sum()} of 10 right", end=", ")
print(f"in other words: {(second == meant).sum()} of 10")

# %% tags=["record"]
course.record("paraphrases_same_answer", (first == second).mean())

# %% [markdown]
# Ten pairs prove little, but you can read them all. Add what **your** users write.
#
# ## Can an epoch be better and worse at once?
#
# We kept the logits after every epoch, for the validation tweets. **Log-loss** is the loss of the training: small if
# the right label got a high probability. **Confidence** is the biggest of the three probabilities: its mean over all
# answers, and over the wrong ones.

# %% [markdown] tags=["slide"]
# - More right answers, and a higher log-loss
# - The model is surer, also where it is wrong
# - Accuracy counts all mistakes alike
#
# **A rising confidence alone is no gain.**

# %% [markdown] tags=["notes"]
# Show the table of the three epochs, and ask which one the room would keep. There is no single answer: it depends on
# the use. Point at the last column. It is the confidence in wrong answers, and nobody looks at it first.

# %%
from scipy.special import softmax
from sklearn.metrics import log_loss

scores = {}
for epoch, stored in enumerate(model.epochs, start=1):
    probabilities = softmax(stored, axis=1)
    sure, good = probabilities.max(axis=1), probabilities.argmax(axis=1) == val_truth
    scores[epoch] = {
        "accuracy": good.mean(),
        "log-loss": log_loss(val_truth, probabilities, labels=[0, 1, 2]),
        "confidence": sure.mean(),
        "when wrong": sure[~good].mean(),
    }
pd.DataFrame(scores, index=scores[1].keys()).T.rename_axis("epoch").round(3)

# %% tags=["record"]
course.record(
    "confidence_rise", scores[len(scores)]["confidence"] - scores[1]["confidence"]
)
course.record("log_loss_rise", scores[len(scores)]["log-loss"] - scores[1]["log-loss"])

# %% [markdown]
# The second epoch has more right answers than the first **and** a higher log-loss: better and worse at once. How? The
# last column says it: the model is surer, also where it is wrong. A wrong answer at 99% costs at least 4.6, at 60% at
# least 0.9. The accuracy counts both as one mistake.
#
# A published notebook lists "Confidence increase (e.g., 33% → 85%)" as an improvement. Here the confidence rises by 15
# points, and the accuracy ends where it began. **A rising confidence alone is no gain.**
#
# So which epoch is better? It depends on what you need: right answers, or honest probabilities. We go on with the
# last. Its probabilities can be mended.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The model says 90%. So it is right nine times out of ten.*
# >
# > **Sceptic:** *Who told it what 90% means? Count.*
#
# We put the test tweets into **bins** by confidence: 30% to 40%, and so on. How sure is the model in each, and how
# often is it right?

# %% [markdown] tags=["slide"]
# - Assumption: "90% sure" is right nine times of ten
# - Sceptic: who told it what 90% means? Count.
# - Bins by confidence: how sure, and how often right?
#
# **Our model is overconfident.**

# %% [markdown] tags=["notes"]
# Ask three people how sure they are of some fact, and check it. People are overconfident, too. Then show the bins,
# and compare two columns in one line. Say that even an honest model has no error of exactly zero, because bins are
# small.


# %%
def bins(confidence, right):
    number = np.minimum((confidence * 10).astype(int), 9)
    answers = pd.DataFrame({"sure": confidence, "right": right})
    return answers.groupby(number).agg(
        sure=("sure", "mean"), right=("right", "mean"), tweets=("right", "size")
    )


probabilities = softmax(logits, axis=1)
sure = probabilities.max(axis=1)
bins(sure, right).round(2)

# %% [markdown]
# The sceptic is right. In the last bin the model is 97% sure, and right less often. In the two before, it says 10
# points too much or more. It is **overconfident**.
#
# One number for the whole table: the **expected calibration error** (ECE). It is the mean gap between the first two
# columns, where a bin with many tweets counts more.


# %%
def expected_calibration_error(confidence, right):
    each = bins(confidence, right)
    return np.average((each["sure"] - each["right"]).abs(), weights=each["tweets"])


ece = expected_calibration_error(sure, right)
honest = [
    expected_calibration_error(sure, rng.random(len(sure)) < sure) for _ in range(100)
]
print(f"ECE of our model: {ece:.3f}")
print(f"of an honest one: {np.mean(honest):.3f}, at most {np.max(honest):.3f}")

# %% tags=["record"]
course.record("ece_before", ece)

# %% [markdown]
# The second line is a check that is often missing. The computer draws right and wrong with exactly the stated
# confidence, as if the model were **calibrated**. Even then the ECE is not zero, because the bins hold few tweets. Ours
# lies far above: the overconfidence is real. Does the library `torchmetrics` agree with our sum?

# %%
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

library = multiclass_calibration_error(
    torch.tensor(probabilities), torch.tensor(truth), num_classes=3, n_bins=10
)
print(f"ours {ece:.6f}, torchmetrics {library:.6f}")

# %% [markdown]
# ## Can it be mended without training?
#
# With one number. Divide all logits by a **temperature** T before the softmax. Above 1 it makes all probabilities
# softer. Which T? The one with the lowest log-loss on **validation**.

# %% [markdown] tags=["slide"]
# - All logits are divided by one number, the temperature
# - It is chosen on validation, and judged on test
# - Probabilities become softer, the answers stay
#
# **The calibration error falls.**

# %% [markdown] tags=["notes"]
# Ask what dividing by two does to the answers. Many expect other answers. Draw three bars on the board and make them
# smaller together: the highest stays the highest. Then point at the diagram, before and after.

# %%
from scipy.optimize import minimize_scalar


def validation_loss(temperature):
    return log_loss(val_truth, softmax(val_logits / temperature, axis=1))


best = minimize_scalar(validation_loss, bounds=(0.2, 10), method="bounded")
temperature = best.x
print(f"T = {temperature:.2f}: log-loss {validation_loss(1):.3f} -> {best.fun:.3f}")

# %% tags=["record"]
course.record("temperature", temperature)

# %% [markdown]
# The verdict comes from the test tweets, which chose nothing.

# %%
calibrated = softmax(logits / temperature, axis=1)
cool = calibrated.max(axis=1)
ece_after = expected_calibration_error(cool, right)
before, after = log_loss(truth, probabilities), log_loss(truth, calibrated)
print(f"log-loss {before:.3f} -> {after:.3f}, ECE {ece:.3f} -> {ece_after:.3f}")
print("the same answers:", (calibrated.argmax(axis=1) == said).all())

# %% tags=["record"]
course.record("ece_after", ece_after)
course.record("log_loss_saved", before - after)

# %% [markdown]
# As a figure, a **reliability diagram**: on the dashed line, confidence and share of right answers are equal.

# %%
both = {"as trained": (sure, right), "with temperature": (cool, right)}
figures.reliability_of(both, "Is it right as often as it says?")

# %% [markdown]
# Log-loss and ECE fall, and the ECE is now one that an honest model could have. The answers are the same: inside one
# tweet, a temperature never changes the order of the labels. The surest tweets are now right *more* often than it
# says.
#
# **Half way: a good place to rest.** So far: an average hides classes, a slice needs its own baseline, and a confidence
# must be checked. Next: what to do with it.
#
# ## When should the model raise its hand?
#
# A complaint that nobody sees costs 5. A false alarm costs 1: somebody reads a tweet
# in vain. Those two numbers come from the **decision maker**. The model says "complaint" if the
# probability of *negative* reaches a **threshold**. Which one? Try all, on validation.

# %% [markdown] tags=["slide"]
# - A missed complaint costs 5, a false alarm 1
# - An alarm is cheaper above 1 / (5 + 1)
# - Threshold 0.5: dearer than reading everything
#
# **The costs decide, and they come from people.**

# %% [markdown] tags=["notes"]
# Ask the room for the two costs in a case that they know, such as a smoke detector. Then compute the threshold
# together. The usual guess is 0.5. Point at the flat part of the curve: the second digit means nothing.

# %%
MISSED, FALSE_ALARM = 5, 1


def cost(chance, complaint, threshold):
    alarm = chance >= threshold
    return MISSED * (complaint & ~alarm) + FALSE_ALARM * (alarm & ~complaint)


val_chance = softmax(val_logits / temperature, axis=1)[:, 0]
thresholds = np.linspace(0.01, 0.99, 99)
val_costs = [cost(val_chance, val_truth == 0, t).mean() for t in thresholds]
threshold = thresholds[np.argmin(val_costs)]
theory = FALSE_ALARM / (MISSED + FALSE_ALARM)
print(f"chosen on validation: {threshold:.2f}; from the costs alone: {theory:.2f}")

# %% [markdown]
# The second number needs no data. Let p be the probability that a tweet is a complaint. Silence costs 5p on average.
# An alarm costs 1 − p. Both are equal at p = 1 / (5 + 1), about 0.17. Above it an alarm is cheaper: for p = 0.3,
# silence costs 1.5 and an alarm 0.7. This sum needs **true** probabilities. That is why the temperature came first.

# %%
chance, complaint = calibrated[:, 0], truth == 0
test_costs = [cost(chance, complaint, t).mean() for t in thresholds]
both_costs = {"validation": val_costs, "test": test_costs}
figures.costs_by_threshold(thresholds, both_costs, chosen=threshold)

# %%
rules = {
    "read everything": np.where(complaint, 0, FALSE_ALARM),
    "threshold 0.5": cost(chance, complaint, 0.5),
    "from the costs": cost(chance, complaint, theory),
    "chosen": cost(chance, complaint, threshold),
}
for name, each in rules.items():
    print("{:<16} {:.2f} a tweet ({:.2f} to {:.2f})".format(name, *interval(each)))

# %% tags=["record"]
course.record("cost_saved", (rules["threshold 0.5"] - rules["chosen"]).mean())

# %% [markdown]
# The usual threshold costs **more** than reading everything: worse than no model. The
# last two lines are close: the curve is flat there, so the second digit of a threshold means nothing.
#
# **Try it.** Where would the threshold from the costs go with `MISSED = 1`? And with `MISSED = 50`? How many
# test tweets would then stay unread?
#
# <details><summary>An answer</summary>
#
# 1 / 2, and 1 / 51. With 50, a tweet stays unread only if the model is 98% sure that it is no complaint. Count them:
# `(chance < 1 / 51).sum()`. They are few, so the model saves almost no work.
#
# </details>

# %% tags=["try"]
for missed in (1, 50):
    print(f"{missed}: threshold {1 / (missed + 1):.3f}")
unread = (chance < 1 / 51).sum()
print(unread, "of", len(chance))
if course.profile == "laptop":
    assert unread < 0.1 * len(chance)

# %% [markdown]
# ## May it say "I do not know"?
#
# A model need not answer everything. Let it answer where it is sure, and hand the rest to a person. **Coverage** is
# the share that it answers. **Risk** is the share of mistakes among those. The bar is set on validation: 80% of those
# tweets lie above it.

# %% [markdown] tags=["slide"]
# - Coverage: the share that it answers
# - Risk: the share of mistakes among those
# - Where it is unsure, it is wrong more often
#
# **And who is left without an answer?**

# %% [markdown] tags=["notes"]
# Ask who in the room would trust a doctor who never says "I do not know". Then show both curves. Ask what could be
# unfair about leaving tweets out. The last lines of the next cell answer it, class by class.

# %%
val_sure = softmax(val_logits / temperature, axis=1).max(axis=1)
answer = cool >= np.quantile(val_sure, 0.2)
counted_sure = word_counter.predict_proba(test["text"][:]).max(axis=1)
both = {"fine-tuned": (cool, right), "counting words": (counted_sure, counted_right)}
our_bar = (answer.mean(), 1 - right[answer].mean())
figures.risk_by_coverage(both, {"with our bar": our_bar})

# %% [markdown]
# Both curves fall to the left: where a model is unsure, it is wrong more often. So the confidence is worth something.
# And **who** is left without an answer?

# %%
answered_right, low, high = interval(right[answer])
print(f"{answer.mean():.0%} answered, {answered_right:.1%} right", end=" ")
print(f"({low:.1%} to {high:.1%}); of the others {right[~answer].mean():.1%}")
for number, name in enumerate(labels):
    print(f"no answer for {np.mean(~answer[truth == number]):.0%} of the {name} tweets")

# %% tags=["record"]
course.record("answered_accuracy", answered_right)

# %% [markdown]
# No class is left out far more than the others. If it were the complaints, the desk should know.
#
# ## Which of the two candidates is better?
#
# Both answered the same tweets. So we count only the tweets where **one** is right and the other wrong. If both were
# equally good, each of these would be a coin toss.

# %% [markdown] tags=["slide"]
# - Count where one is right and the other wrong
# - p: how often a fair coin splits at least so unevenly
# - Tweets are one kind of luck, trainings another
#
# **Same labels: fine-tuning wins. All labels: cannot tell.**

# %% [markdown] tags=["notes"]
# Let the room say in words what p means, before you do. Nearly everybody says that it is the chance of being equal.
# Go back to the coin. Then ask what was unfair: the counter had nine times as many labels.

# %% tags=["slide"]
from scipy.stats import binomtest

only_tuned = (right & ~counted_right).sum()
only_counted = (~right & counted_right).sum()
split = int(only_tuned + only_counted)
p_value = binomtest(int(only_tuned), split).pvalue
print(f"{only_tuned} to {only_counted}: p = {p_value:.3f}")
gain = interval(right * 1 - counted_right)
print("accuracy: {:+.1%} ({:+.1%} to {:+.1%})".format(*gain))

# %% tags=["record"]
course.record("gain", gain[0])
course.record("disagreement", split / len(truth))

# %% [markdown]
# **p** answers one question. A fair coin is tossed once for each of these tweets. How often is the split as uneven as
# ours, **or more uneven**? Here in about 8% of games. So p is *not* the chance that the models are equal. A large p
# says "these tweets cannot tell", not "the same". (This is **McNemar's exact test**.)
#
# The second line is the mean difference for each tweet ({{ lesson:five_models }}). Macro-F1 cannot be computed tweet by
# tweet. So we draw ourselves, the same tweets for both:

# %%
from lessons.evaluation.luck import f1_gain_over_seeds, macro_f1

draws = rng.integers(len(truth), size=(2000, len(truth)))
gains = [
    macro_f1(truth[drawn], said[drawn]) - macro_f1(truth[drawn], counted[drawn])
    for drawn in draws
]
low, high = np.percentile(gains, [2.5, 97.5])
f1_gain = macro_f1(truth, said) - macro_f1(truth, counted)
print(f"macro-F1: {f1_gain:+.3f} ({low:+.3f} to {high:+.3f})")

# %% [markdown]
# Both intervals hold zero. But they know one kind of luck only: which **tweets** stand in the test set. The other kind
# is the **training**: its seed, and which tweets somebody labelled. And the comparison is unfair: the counter had nine
# times as many labels. So we train again, on other tweets, with other seeds, and the counter on the **same** tweets:

# %%
from sklearn.base import clone

few, trainings = len(train), course.pick(laptop=5, full=5, smoke=2)
tuned_said, same_said = [said], []
for number in range(trainings):
    drawn = tweets["train"].select(range(number * few, (number + 1) * few))
    counter = clone(word_counter).fit(drawn["text"][:], drawn["label"])
    same_said.append(counter.predict(test["text"][:]))
    if number:  # the first is the model that we have
        again = FineTuned(course, drawn, course.seed + number)
        tuned_said.append(again(below_test).argmax(axis=1))
tuned_said, same_said = np.array(tuned_said), np.array(same_said)

# %%
tuned_right, same_right = (tuned_said == truth) * 1.0, (same_said == truth) * 1.0
for name, table_of_right in {"fine-tuned": tuned_right, "counting": same_right}.items():
    print(f"{name:<11}", " ".join(f"{s:.1%}" for s in table_of_right.mean(axis=1)))
print(f"counting, all labels: {counted_right.mean():.1%}")

# %% tags=["record"]
by_training = tuned_right.mean(axis=1)
course.record("spread_by_training", by_training.max() - by_training.min())

# %% [markdown]
# The same recipe, and nearly three points between the best and the worst training. Ours is the worst of the five. Now
# one interval for both kinds of luck: it draws trainings **and** tweets anew.

# %%
score = interval_over_seeds(tuned_right)
same_labels = interval_over_seeds(tuned_right - same_right)
more_labels = interval_over_seeds(tuned_right - counted_right)
print("score:       {:.1%} ({:.1%} to {:.1%})".format(*score))
print("same labels: {:+.1%} ({:+.1%} to {:+.1%})".format(*same_labels))
print("all labels:  {:+.1%} ({:+.1%} to {:+.1%})".format(*more_labels))

# %% tags=["record"]
course.record("gain_same_labels", same_labels[0])
course.record("gain_more_labels", more_labels[0])
course.record("same_labels_low", same_labels[1])

# %% [markdown]
# The verdict has two halves. With the **same** number of labels, fine-tuning wins: the whole interval lies above zero.
# Against **all** labels it does not win. Zero lies inside: these tweets and trainings cannot tell. And macro-F1?

# %%
all_said = np.tile(counted, (trainings, 1))  # the same answers beside each training
f1_same = f1_gain_over_seeds(truth, tuned_said, same_said, course.seed)
f1_more = f1_gain_over_seeds(truth, tuned_said, all_said, course.seed)
print("same labels: {:+.3f} ({:+.3f} to {:+.3f})".format(*f1_same))
print("all labels:  {:+.3f} ({:+.3f} to {:+.3f})".format(*f1_more))

# %% tags=["record"]
course.record("f1_gain_same_labels", f1_same[0])
course.record("f1_gain_more_labels", f1_more[0])
course.record("counted_positive_recall", (same_said[:, truth == 2] == 2).mean())

# %% [markdown]
# The same verdict: won with equal labels, undecided with all.
#
# ## What does 0.84 against 0.85 on 500 texts mean?
#
# A report on a student project says that a model went from 0.84 to 0.85, on 500 texts. Let a computer play that: two
# models, **equally good**. On some texts they differ, and a coin decides who is right. How often is one of them ahead
# by a point or more?

# %% [markdown] tags=["slide"]
# - Two equal models are often a point apart
# - With 500 texts, a real point is mostly missed
# - The more they disagree, the more texts one needs
#
# **Decide before the test which difference matters.**

# %% [markdown] tags=["notes"]
# Ask for a guess: how often is one of two equal models ahead by a point? Few say more than a third. Then run the
# second game, and let them guess the number of texts. The point is to plan a test before it begins.

# %%
from scipy.stats import binom


def play(texts, true_gain, disagree, games=20000):
    differ = rng.binomial(texts, disagree, games)
    better = rng.binomial(differ, 0.5 + true_gain / disagree / 2)
    fewer = np.minimum(better, differ - better)  # McNemar's p, as above:
    p_values = np.minimum(1, 2 * binom.cdf(fewer, differ, 0.5))
    return (2 * better - differ) / texts, p_values


ahead = {}
for disagree in (0.05, 0.10, split / len(truth)):
    gaps, _ = play(500, 0, disagree)
    ahead[disagree] = np.mean(np.abs(gaps) >= 0.01 - 1e-9)
    print(f"differ on {disagree:.0%}: a point ahead in {ahead[disagree]:.0%} of games")

# %% tags=["record"]
course.record("a_point_by_luck", ahead[0.10])

# %% [markdown]
# Equal models, and one of them is "better" by a point: in more than a third of games if they differ on 5% of the
# texts, in more than half if on 10%. So 0.85 after 0.84 may well be luck. Keep each model's answers, not only its
# score: without them nobody can count where they differ.
#
# And if the point is **real**? Then the coin is not fair. A point on all texts is 10 points on the 10% where they
# differ: the better model wins 55% of these, the other 45%. How many texts does one need to see it?

# %%
power = {}
for texts in (500, 2000, 8000, 32000):
    _, p_values = play(texts, 0.01, 0.10)
    power[texts] = np.mean(p_values < 0.05)
    print(f"{texts:>6,} texts: found in {power[texts]:.0%} of games")

# %% tags=["record"]
course.record("real_point_found_500", power[500])

# %% [markdown]
# With 500 texts a real point is nearly always missed. Decide **before** the test which difference matters.
#
# **Try it.** How many texts find a real point in 80% of games, if the models differ on 20%? Guess first: more or fewer
# than with 10%? Then try sizes in `play(texts, 0.01, 0.20)`.
#
# <details><summary>An answer</summary>
#
# More: about 16,000 with 20%, and about 8,000 with 10%. Each text on which they differ is a coin toss: more noise.
#
# </details>

# %% tags=["try"]
for texts in (8000, 16000):
    _, p_values = play(texts, 0.01, 0.20)
    print(f"{texts:>6,} texts: found in {np.mean(p_values < 0.05):.0%} of games")
if course.profile == "laptop":
    assert 0.77 < np.mean(p_values < 0.05) < 0.83

# %% [markdown]
# ## What does a place on a leaderboard prove?
#
# A **leaderboard** ranks models by score. A lecture's slide says: "ranked #2 worldwide (Open LLM Leaderboard, Nov
# 2023)". A paper (Qin and others 2023) has a small one: six models on MELD, with 2,610 test utterances (Poria and
# others 2019). Their scores go from 62.80 to 63.65. How far apart would six **equal** models lie? Say that each tosses
# a coin on 20% of the texts. Then any two differ on 10%.

# %% [markdown] tags=["slide"]
# - Six equal models: luck alone makes an order
# - In most games it spreads them further than the table
# - A place hides the gap, its interval and the seeds
#
# **Do your texts look like theirs?**

# %% [markdown] tags=["notes"]
# Ask who has chosen a model by its place on a list. Most have. Let six people toss twenty coins each, and rank them
# on the board. Then toss again, and compare the two orders. That takes three minutes and needs no slide.

# %%
tosses = rng.binomial(int(0.20 * 2610), 0.5, size=(20000, 6))
spread = (tosses.max(axis=1) - tosses.min(axis=1)) / 2610
print(f"equal models, first minus last: {spread.mean():.1%} on average")
print(f"0.85 points or more: in {np.mean(spread >= 0.0085):.0%} of games")

# %% tags=["record"]
course.record("leaderboard_by_luck", np.mean(spread >= 0.0085))

# %% [markdown]
# Luck alone spreads six equal models further than that table, in most games. So its order proves nothing. (If they
# differ on fewer texts, luck is smaller. The table does not say.)
#
# A place hides the gap, its interval and the seeds. And the first of many owes part of its place to luck. Ask for all
# of these, and whether **your** texts look like those.
#
# ## So what do I tell the decision maker?
#
# One page, with an interval where a number is.

# %% [markdown] tags=["slide"]
# - One page, with an interval where a number is
# - Few labels: fine-tuned, and a person reads its flags
# - Thousands of labels: counting words may do as well
#
# **The last line: what we did not look at.**

# %% [markdown] tags=["notes"]
# Show the page from the notebook, and compare it with the words of the beginning. Ask which line the head of the desk
# reads first. Then ask what is missing. A good answer names a language, a group of customers, or next year.

# %%
from lessons.evaluation.page import decision_page

decision_page(
    (score, same_labels, more_labels),
    trainings=trainings,
    answers=(truth, said, lazy),
    labels=labels,
    gain_by_topic=by_topic["gain"],
    calibration=(ece, temperature, ece_after),
    complaints=(threshold, chance >= threshold),
    alone=answer,
)

# %% [markdown]
# What would you tell the head of the desk? With a few hundred labels: take the fine-tuned model, and let a person read
# what it flags. With thousands: counting words may do as well, and is cheaper. And show her the last line: what you
# did **not** look at.
#
# ## In this notebook we have
#
# - **read** a report line by line, and found that each average hides something else;
# - **searched** in slices and messy texts, and met a topic whose high score is no merit;
# - **mended** an overconfident model with one number, chosen on validation;
# - **decided** by cost where a person reads, and let the model answer only where it is sure;
# - **judged** a difference: with the luck of the tweets, and of the training.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Precision is ill-defined` (`UndefinedMetricWarning`) | a class was never predicted | count its answers; `zero_division=0` only hides the warning |
# | high accuracy, low macro-F1 | a class is ignored | the report, class by class |
# | an ECE of 0.02 on 100 rows | luck | compare with a calibrated model, as above |
# | `y_true and y_prob contain different number of classes` in `log_loss` | the rows do not hold all classes | pass `labels=` |
# | p = 0.04 after ten comparisons | the best of ten | new test rows for the winner |
#
# **Next:** were the test texts really unseen? {{ Lesson:leakage }} looks for answers that leaked.
