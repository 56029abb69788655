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
# # {{ number }} · Evaluation: from one number to a verdict
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
# - **counting words**: TF-IDF as in {{ lesson:start_here }}, with many times more labels.
#
# Somebody asks: *How good is it?* You could say one number. This lesson collects what that number hides. At the end
# stands a page that a decision maker can use.
#
# Three parts with three jobs, as always. Every **choice** below is made on `validation`. Every **verdict** comes from
# `test`.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset
from transformers import AutoTokenizer

disable_progress_bars()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
tweets = load_dataset(*course.dataset("tweets"))
labels = tweets["train"].features["label"].names


def tokenize(batch):
    return tokenizer(batch["text"], truncation=True, max_length=48)


print(labels, {name: len(rows) for name, rows in tweets.items()})

# %% [markdown]
# We take a part of each, the short tweets first: that changes no score and saves time ({{ lesson:dataloader }}).


# %% tags=["nbval-check-output"]
import numpy as np


def part(split, size):
    rows = tweets[split].select(range(size)).map(tokenize, batched=True)
    lengths = [len(ids) for ids in rows["input_ids"]]
    return rows.select(np.argsort(lengths, kind="stable"))


train = part("train", course.pick(laptop=512, full=6000, smoke=32))
validation = part("validation", course.pick(laptop=400, full=2000, smoke=40))
test = part("test", course.pick(laptop=1000, full=3000, smoke=60))
len(train), len(validation), len(test)

# %% [markdown]
# Now the fine-tuned model, as in {{ lesson:trainer }}: without a GPU only the upper layers and the head are trained.

# %%
from transformers import AutoModelForSequenceClassification, logging, set_seed

logging.disable_progress_bar()
logging.set_verbosity_error()  # no table with MISSING this time
set_seed(course.seed)
model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=len(labels)
)
logging.set_verbosity_warning()
if course.profile != "full":
    layers = model.base_model.encoder.layer
    model.base_model.embeddings.requires_grad_(False)
    layers[: len(layers) - 2].requires_grad_(False)
trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{trained / 1e6:.1f} million weights are trained")

# %% [markdown]
# The Trainer evaluates after each epoch, and calls `compute_metrics`. We do not compute anything there. We **keep the
# logits**. Nearly everything in this lesson is arithmetic on stored logits, and costs no second of the model's time.

# %%
from transformers import Trainer, TrainingArguments

kept = []


def keep_logits(prediction):
    kept.append(prediction.predictions)
    return {}


print("logits kept so far:", len(kept))

# %%
arguments = TrainingArguments(
    output_dir=course.workdir / "checkpoints",
    num_train_epochs=course.pick(laptop=3, full=3, smoke=2),
    per_device_train_batch_size=16,
    per_device_eval_batch_size=64,
    learning_rate=course.pick(laptop=5e-4, full=5e-5, smoke=5e-4),
    warmup_steps=0.1,
    weight_decay=0.01,
    eval_strategy="epoch",
    logging_strategy="epoch",
    save_strategy="no",
    report_to="none",
    seed=course.seed,
)
print(arguments.num_train_epochs, "epochs")

# %% [markdown]
# You know all of these arguments from {{ lesson:trainer }}. Train.

# %%
trainer = Trainer(
    model=model,
    args=arguments,
    train_dataset=train,
    eval_dataset=validation,
    processing_class=tokenizer,
    compute_metrics=keep_logits,
)
result = trainer.train()

# %% [markdown]
# Last, the logits for the test tweets, once. And the second candidate, with its many labels.

# %%
val_logits = kept[int(arguments.num_train_epochs) - 1]  # after the last epoch
logits = trainer.predict(test).predictions
truth, val_truth = np.array(test["label"]), np.array(validation["label"])
logits.shape, val_logits.shape

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

many = tweets["train"].select(range(course.pick(laptop=4800, full=40000, smoke=480)))
word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
word_counter.fit(many["text"][:], many["label"])
counted_probs = word_counter.predict_proba(test["text"][:])
said, counted = logits.argmax(axis=-1), counted_probs.argmax(axis=-1)
for name, answers in {"fine-tuned": said, "counting words": counted}.items():
    print(f"{name}: {np.mean(answers == truth):.1%} right")

# %% [markdown]
# Two numbers, and not far from each other. Is that the verdict? Let us open the numbers.
#
# ## How good is a model that has learned nothing?
#
# The laziest model gives every tweet the most common label. Scikit-learn writes a report about it.

# %% tags=["nbval-check-output"]
from sklearn.metrics import classification_report

most_common = np.bincount(np.array(many["label"])).argmax()
lazy = np.full(len(truth), most_common)
print(classification_report(truth, lazy, target_names=labels, zero_division=0))

# %% [markdown]
# Read it line by line. **Recall** of a class: of the tweets that *are* so, how many were found? For *negative* (in
# `laptop`) all of them, 1.00. **Precision**: of the tweets that were *called* so, how many are so? Only 0.43. **F1**
# is a mean of the two that is low as soon as one of them is low. **Support** is the number of rows.
#
# The last three lines are averages, and they disagree about the same answers. Which one is true? All of them.

# %% tags=["nbval-check-output"]
from sklearn.metrics import f1_score

for average in ("micro", "macro", "weighted"):
    score = f1_score(truth, lazy, average=average)
    print(f"{average:<9} {score:.2f}")
print(f"accuracy  {np.mean(lazy == truth):.2f}")

# %% [markdown]
# | average | how it is made | what it hides |
# |---|---|---|
# | micro | all rows in one pot; with one label a row, it **is** the accuracy | the small classes |
# | weighted | the mean of the classes, by their support | the small classes again, a little less |
# | macro | the mean of the classes, each counts the same | how often each class comes |
#
# Two classes of three were never found. Only macro says it loudly: a third of one good F1.
#
# ## What does the fine-tuned model do, class by class?

# %%
print(classification_report(truth, said, target_names=labels, zero_division=0))
macro = f1_score(truth, said, average="macro")

# %% tags=["record"]
course.record("accuracy", np.mean(said == truth))
course.record("macro_f1", macro)

# %% [markdown]
# Read the three classes before the averages. With the offline checkpoint *positive* is the weak one, and it is the
# smallest. Macro averages over such a class, and so it hides something too: **which** class is weak.
#
# ## Which mistakes are these?

# %%
from sklearn.metrics import confusion_matrix

from course_utils.plots.evaluation import confusion
from lessons.evaluation.figures import intervals

counts = confusion_matrix(truth, said, labels=range(len(labels)))
confusion(counts, labels, "What people said, and what the model said.")

# %% [markdown]
# A row holds all tweets to which people gave one label. So a row shows recall on its diagonal. A **column** holds all
# that the model gave one label, and shows precision. We check that for *negative*, and put the rest into words.

# %%
recall = counts[0, 0] / counts[0].sum()
precision = counts[0, 0] / max(1, counts[:, 0].sum())
print(f"of {counts[0].sum()} complaints it finds {recall:.1%}")
print(f"of {counts[:, 0].sum()} that it calls negative, {precision:.1%} are")
report = classification_report(truth, said, output_dict=True, zero_division=0)
assert np.isclose(recall, report["0"]["recall"])
assert np.isclose(precision, report["0"]["precision"])

# %% tags=["record"]
course.record("negative_recall", recall)

# %%
wrong = counts - np.diag(np.diag(counts))
row, column = np.unravel_index(wrong.argmax(), wrong.shape)
most, grave = wrong.max(), wrong[0, 2] + wrong[2, 0]
print(f"most common mistake: {labels[row]}, called {labels[column]}: {most} times")
print(f"negative and positive confused: {grave} of {wrong.sum()} mistakes")

# %% [markdown]
# *A neutral tweet called negative* costs a look. *An angry tweet called positive* may cost a customer. The accuracy
# counts both as one mistake. Keep this for the part about cost.
#
# **Try it.** In medicine one says *sensitivity* and *specificity*. Which is the recall? Compute the other one for
# *negative* from `counts`.
#
# <details><summary>An answer</summary>
#
# Sensitivity is the recall of the class you look for. Specificity is the recall of *all the rest*. A rest that is
# confused with itself does no harm here.
#
# `counts[1:, 1:].sum() / counts[1:].sum()`
#
# </details>
#
# ## Where is it weak?
#
# A **slice** is a part of the test set that somebody cares about: a topic, a source, short tweets. The data have no
# column for the topic, so we look for words. That is rough, and says so.

# %%
import re

import pandas as pd

topics = {
    "football": r"deflate|patriots|brady|belichick",
    "cars": r"\bcars?\b|driverless|self.?driving|autonomous",
    "festival": r"coachella",
    "airline": r"flight|plane|airport|\bbags?\b|airline|\bgate\b|delayed|\bseats?\b",
}


def topic(text):
    hits = [name for name, words in topics.items() if re.search(words, text.lower())]
    return hits[0] if hits else "other"


table = test.to_pandas()[["text", "label"]]
table["right"], table["topic"] = said == truth, table["text"].map(topic)
table["topic"].value_counts()

# %% [markdown]
# For each topic: how many are right, and how many would be right by always saying the **topic's own** most common
# label?

# %%
by_topic = table.groupby("topic").agg(
    rows=("right", "size"),
    right=("right", "mean"),
    lazy=("label", lambda part: part.value_counts(normalize=True).iloc[0]),
)
by_topic["gain"] = by_topic["right"] - by_topic["lazy"]
each = (by_topic["lazy"] * by_topic["rows"]).sum() / len(test)
print(f"always the topic's most common label: {each:.0%} right")
by_topic.sort_values("gain", ascending=False).round(2)

# %% [markdown]
# With the offline tweets, read the table twice. By `right`, *cars* is the best topic, and by far. By `gain` it is not:
# nearly all tweets about cars have the same label, and the laziest answer does as well. In *football* and *festival*
# the model does not beat it either.
#
# So a high score on a slice may only say that the slice is easy. **Compare each slice with its own baseline.** And the
# floor of this test set is higher than it seemed: whoever knows the topic is right far more often than the laziest
# answer for all.
#
# Now other slices: length, source, style. Each point needs its interval: that of {{ lesson:start_here }}, now from the
# course's helper.

# %%
from course_utils.statistics import interval

EMOJI = r"[:;]-?[()DP]|<3|[\U0001F300-\U0001FAFF]"
text, words = table["text"], table["text"].str.split().str.len()
slices = {
    "short (10 words at most)": words <= 10,
    "long (20 words and more)": words >= 20,
    "has a link": text.str.contains("http"),
    "starts with a name": text.str.startswith("@user"),
    "retweet": text.str.contains(r"\bRT\b"),
    "hashtag": text.str.contains(r"#\w"),
}
print("all tweets: {:.1%} right ({:.1%} to {:.1%})".format(*interval(said == truth)))

# %%
slices |= {
    "question mark": text.str.contains(r"\?"),
    "exclamation mark": text.str.contains("!"),
    "negation": text.str.contains(r"\b(?:not|no|never|nothing|\w+n't)\b", case=False),
    "a word in capitals": text.str.contains(r"\b[A-Z]{4,}\b"),
    "emoticon or emoji": text.str.contains(EMOJI),
}
slices = {f"{n}, {rows.sum()}": rows for n, rows in slices.items() if rows.sum() > 1}
right = table["right"].to_numpy()
intervals(
    {name: {"right": interval(right[rows])} for name, rows in slices.items()},
    "Right answers by slice, with its number of rows",
    "right answers",
    line=("all test tweets", right.mean()),
)

# %% [markdown]
# The last number of each name counts the rows. The smallest slice has the widest interval. On a few rows you cannot
# say anything, good or bad.
#
# And a second trap. We looked at many slices. Look at enough of them, and one stands out by luck alone. How far would
# the most extreme one stand out, if there were nothing to find? We **shuffle** the right and wrong answers over all
# tweets, and see.

# %%
masks = np.array([rows.to_numpy() for rows in slices.values()]).astype(float)
sizes = masks.sum(axis=1)
luck = np.sqrt(right.mean() * (1 - right.mean()) / sizes * (1 - sizes / len(right)))
rng = np.random.default_rng(course.seed)
shuffled = np.array([rng.permutation(right) for _ in range(2000)]).T
extreme = np.abs((masks @ shuffled / sizes[:, None] - right.mean()) / luck[:, None])
limit = np.percentile(extreme.max(axis=0), 95)
print(f"surprising: one slice from 1.96 on, one of {len(slices)} from {limit:.2f} on")
stand_out = (masks @ right / sizes - right.mean()) / luck
for name, z in zip(slices, stand_out, strict=True):
    if abs(z) > 1.96:
        print(f"{name:<30} {z:+.1f} {'stands' if abs(z) > limit else 'perhaps luck'}")

# %% [markdown]
# With many slices, a gap must be bigger before it surprises. What stands is worth a look with **new** data. What does
# not stand may still be true: these rows cannot tell.
#
# With the offline checkpoint, *hashtag* stands, on the low side. Does a `#` confuse the model? Look at who uses it.

# %%
tagged = table["topic"][text.str.contains(r"#\w")]
share = tagged.isin(["football", "festival"]).mean()
print(f"{share:.0%} of tweets with a hashtag are about football or the festival")

# %% [markdown]
# Slices overlap. In `laptop` it may well be the topic, and not the sign. A slice says **where** it is weak, not why.
#
# ## What if people type badly?
#
# Test tweets are as clean or as messy as the training tweets. Next year's may not be. So we change the test tweets on
# purpose, one way at a time, and count what it costs.

# %% tags=["nbval-check-output"]
dice = np.random.default_rng(course.seed)


def typo(word):
    if len(word) < 4 or word[0] in "@#" or dice.random() > 0.5:
        return word
    at = dice.integers(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


changes = {
    "capitals": str.upper,
    "typos": lambda text: " ".join(map(typo, text.split())),
    "no names": lambda text: text.replace("@user", ""),
    "no punctuation": lambda text: re.sub(r"[^\w\s@#']", " ", text),
    "no emoji": lambda text: re.sub(EMOJI, "", text),
}
for name, change in changes.items():
    print(f"{name:<15} {change('@user Great, cancelled again without reason :(')}")

# %% [markdown]
# Typos: every second long word gets two letters swapped. Before we ask the model, one cheaper question: in how many
# tweets do the **tokens** change at all? Where they do not, the answer cannot change.

# %%
from datasets import Dataset

number = course.pick(laptop=150, full=500, smoke=8)
messy = {}
for name, change in changes.items():
    rows = Dataset.from_dict({"text": [change(text) for text in test["text"]]})
    rows = rows.map(tokenize, batched=True)
    pairs = zip(rows["input_ids"], test["input_ids"], strict=True)
    changed = np.flatnonzero([new != old for new, old in pairs])
    chosen = np.sort(rng.permutation(changed)[:number])
    messy[name] = chosen, rows.select(chosen)
    print(f"{name:<15} changes {len(changed):>4} of {len(test)} tweets")

# %% [markdown]
# *Capitals* change nothing: this tokenizer makes all letters small first ({{ lesson:tokenization }}). A test of case is
# wasted on an uncased model. On a cased one it would not be. And *no emoji* touches only a few of the offline tweets,
# because their emoji were broken and had to be removed. In `full` there are more.
#
# For each change we draw some of the tweets that it does change. Then the drop, paired: the same tweets, clean and
# messy, for both candidates.

# %%
drops = {}
for name, (chosen, rows) in messy.items():
    if not len(chosen):
        continue
    new = trainer.predict(rows).predictions.argmax(axis=-1) == truth[chosen]
    new_counted = word_counter.predict(rows["text"][:]) == truth[chosen]
    drop = new * 1 - right[chosen]
    course.record(f"drop_{name.replace(' ', '_')}", drop.mean())
    if len(chosen) > 1:  # one tweet has no interval
        drops[f"{name}, {len(chosen)}"] = {
            "fine-tuned": interval(drop),
            "counting words": interval(new_counted * 1 - (counted == truth)[chosen]),
        }

# %%
intervals(
    drops,
    "What a change costs, and on how many tweets",
    "change in right answers",
    line=("no change", 0),
    form="{:+.0%}",
)

# %% [markdown]
# With the offline checkpoint, typos cost the fine-tuned model most. A swapped letter turns a known word into several
# pieces ({{ lesson:tokenization }}). For names and punctuation the intervals hold zero: nothing that so few tweets can
# show. And *no emoji* has so wide an interval that it says nothing at all.
#
# The last kind of mess is no mess for a person: the same thing in other words, a **paraphrase**. No program makes good
# ones. We wrote ten pairs by hand, and ask whether both get the same answer.

# %%
pairs = [
    ("My flight was cancelled.", "They scrapped my flight."),
    ("The staff were very rude.", "Manners? The staff had none."),
    ("I have waited two hours.", "Two hours, and I am still standing here."),
    ("You lost my suitcase.", "Where is my suitcase? Your desk has no idea."),
    ("I hate this airline.", "Never again with this airline."),
    ("Thank you, great service.", "You made my day, and you did it fast."),
    ("I love the new seats.", "The new seats? I did not want to get up."),
    ("The crew was wonderful.", "Hats off to the crew."),
    ("Best flight ever.", "No flight of mine was ever better."),
    ("I am so happy with your help.", "Your help put a smile on my face."),
]
print(len(pairs), "pairs: five complaints, five thanks")

# %%
sides = []
for side in zip(*pairs, strict=True):
    rows = Dataset.from_dict({"text": list(side)}).map(tokenize, batched=True)
    sides.append(trainer.predict(rows).predictions.argmax(axis=-1))
meant = np.array([0] * 5 + [2] * 5)
for (plain, other), first, second in zip(pairs, *sides, strict=True):
    if first != second:
        print(f"{labels[first]}: {plain}\n  {labels[second]}: {other}")
print("plain, right:", (sides[0] == meant).sum(), "of", len(pairs))
print("other words, right:", (sides[1] == meant).sum(), "of", len(pairs))

# %% tags=["record"]
course.record("paraphrases_same_answer", (sides[0] == sides[1]).mean())

# %% [markdown]
# Ten pairs prove little, and you can read every one of them. That is their use. Add the sentences that **your** users
# write.
#
# ## Can an epoch be better and worse at once?
#
# We kept the logits after every epoch, for the validation tweets. Two scores for each: the accuracy, and the
# **log-loss**. That is the loss of the training: small, if the right label got a high probability.

# %%
from scipy.special import softmax
from sklearn.metrics import log_loss

rows = []
for epoch, stored in enumerate(kept[: int(arguments.num_train_epochs)], 1):
    probs = softmax(stored, axis=1)
    each = -np.log(probs[np.arange(len(val_truth)), val_truth])
    fine = probs.argmax(axis=1) == val_truth
    assert np.isclose(each.mean(), log_loss(val_truth, probs, labels=[0, 1, 2]))
    rows.append(
        [epoch, fine.mean(), each.mean(), each[fine].mean(), each[~fine].mean()]
    )
names = ["epoch", "accuracy", "log-loss", "on right answers", "on wrong answers"]
epochs = pd.DataFrame(rows, columns=names).set_index("epoch")
epochs.round(3)

# %%
from itertools import combinations

for first, later in combinations(epochs.index, 2):
    change = epochs.loc[later] - epochs.loc[first]
    both = change["accuracy"] > 0 and change["log-loss"] > 0
    print(f"epoch {first} to {later}: accuracy {change['accuracy']:+.1%},", end=" ")
    print(f"log-loss {change['log-loss']:+.3f}", "<- better and worse" if both else "")

# %% tags=["record"]
course.record("wrong_answers_loss_rise", epochs.iloc[-1, 3] - epochs.iloc[0, 3])

# %% [markdown]
# Look for the arrow. There the later epoch has more right answers **and** a higher log-loss: better and worse at once.
# How can that be? The two columns on the right of the table say it. On right answers the loss falls: the model is
# surer, with reason. On wrong answers it rises: surer, without reason. A wrong answer at 99% costs at least 4.6, at
# 60% at least
# 0.9. The accuracy counts both as one mistake.
#
# Is it always so? We trained three times more, with other seeds (`benchmarks/evaluation_seeds.py`). Two of the three
# have such an arrow, one has none.
#
# So which epoch is better? It depends on what you need: right answers, or honest probabilities. We go on with the last
# one. Its probabilities can be mended.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The model says 90%. So it is right nine times out of ten.*
# >
# > **Sceptic:** *Who told it what 90% means? Count.*
#
# The biggest of the three probabilities is the model's **confidence**. We take all test tweets where it is above 90%,
# and two groups below.

# %%
from scipy.stats import binomtest

probs = softmax(logits, axis=1)
sure = probs.max(axis=1)
for low, high in ((0.7, 0.8), (0.8, 0.9), (0.9, 1.0)):
    chosen_rows = (sure >= low) & (sure <= high)
    found = right[chosen_rows]
    ends = binomtest(int(found.sum()), max(1, len(found))).proportion_ci(
        method="wilson"
    )
    print(f"{low:.0%} to {high:.0%} sure, {sure[chosen_rows].mean():.1%} on average:")
    print(
        f"    {len(found)} tweets, {found.mean():.1%} right ({ends.low:.0%} to {ends.high:.0%})"
    )

# %% [markdown]
# The sceptic is right. With the offline checkpoint each group is right less often than it says, and the lower two by
# ten points or more. The model is **overconfident**. Who reads "90%" on a screen should know that.
#
# All levels of confidence in one figure, a **reliability diagram**. On the dashed line, confidence and share of right
# answers are equal: the model is **calibrated**. First the table behind it, ten bins wide.


# %%
def bins(confidence, fine, number=10):
    place = np.minimum((confidence * number).astype(int), number - 1)
    rows = []
    for each in np.unique(place):
        inside = place == each
        hits, size = int(fine[inside].sum()), int(inside.sum())
        ends = binomtest(hits, size).proportion_ci(method="wilson")
        rows.append((confidence[inside].mean(), hits / size, ends.low, ends.high, size))
    return rows


columns = ["sure", "right", "low", "high", "rows"]
pd.DataFrame(bins(sure, right), columns=columns).round(2)

# %% [markdown]
# One number for the whole table: the **expected calibration error** (ECE). It is the mean gap between the first two
# columns, weighted by the rows.


# %%
def expected_calibration_error(confidence, fine):
    rows = bins(confidence, fine)
    return sum(size * abs(sure - hit) for sure, hit, _, _, size in rows) / len(fine)


ece = expected_calibration_error(sure, right)
lucky = [
    expected_calibration_error(sure, rng.random(len(sure)) < sure)
    for _ in range(course.pick(laptop=100, full=100, smoke=10))
]
print(f"ECE of our model: {ece:.3f}")
print(f"of a calibrated one: {np.mean(lucky):.3f}, at most {np.max(lucky):.3f}")

# %% tags=["record"]
course.record("ece_before", ece)

# %% [markdown]
# The second line is a check that is often missing. We let a computer draw right and wrong with exactly the stated
# confidence. Even then the ECE is not zero, because the bins hold few rows. Ours lies above: the overconfidence is
# real.
#
# You need not write this sum yourself. The library `torchmetrics` has it. Does it agree?

# %%
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

library = multiclass_calibration_error(
    torch.tensor(probs), torch.tensor(truth), num_classes=3, n_bins=10
)
print(f"ours {ece:.6f}, torchmetrics {library:.6f}")
assert np.isclose(ece, library, atol=1e-5)

# %% [markdown]
# ## Can it be mended without training?
#
# With one number. Divide all logits by a **temperature** T before the softmax. Above 1 it makes all probabilities
# softer. Which T? The one with the lowest log-loss on **validation**.

# %%
from scipy.optimize import minimize_scalar


def validation_loss(temperature):
    return log_loss(
        val_truth, softmax(val_logits / temperature, axis=1), labels=[0, 1, 2]
    )


best = minimize_scalar(validation_loss, bounds=(0.2, 10), method="bounded")
temperature = best.x
print(f"T = {temperature:.2f}")
print(f"log-loss {validation_loss(1):.3f} becomes {best.fun:.3f}")

# %% tags=["record"]
course.record("temperature", temperature)

# %% [markdown]
# The verdict comes from the test tweets, which chose nothing.

# %%
calibrated = softmax(logits / temperature, axis=1)
cool = calibrated.max(axis=1)
rows = {}
for name, p in {"as trained": probs, "with temperature": calibrated}.items():
    error = expected_calibration_error(p.max(axis=1), right)
    rows[name] = [
        np.mean(p.argmax(axis=1) == truth),
        log_loss(truth, p, labels=[0, 1, 2]),
        error,
    ]
pd.DataFrame(rows, index=["accuracy", "log-loss", "ECE"]).T.round(3)

# %% tags=["record"]
course.record("ece_after", error)
course.record("log_loss_saved", rows["as trained"][1] - rows["with temperature"][1])

# %%
from lessons.evaluation.figures import marked_lines, reliability

reliability(
    {"as trained": bins(sure, right), "with temperature": bins(cool, right)},
    "Is it right as often as it says?",
)

# %% [markdown]
# Log-loss and ECE fall. The accuracy is the same to the last digit. With the offline checkpoint most points move
# towards the dashed line, but not all: the surest tweets are now right *more* often than it says. One number cannot
# bend a whole curve.
#
# What else does a temperature leave alone?

# %%
from scipy.stats import spearmanr

same = (probs.argsort(axis=1) == calibrated.argsort(axis=1)).all()
print("order of the labels in each tweet, the same:", same)
ranks = spearmanr(sure, cool).statistic
print(f"order of the tweets by confidence, rank correlation: {ranks:.4f}")

# %% tags=["record"]
course.record("rank_correlation", ranks)

# %% [markdown]
# "Temperature keeps the order", one reads. Inside one tweet: always. Between two tweets, with three labels:
# **nearly**. With two labels it would be exact.
#
# **Try it.** Is the word counter calibrated? Use `bins` and `expected_calibration_error` with `counted_probs`.
#
# <details><summary>An answer</summary>
#
# `expected_calibration_error(counted_probs.max(axis=1), counted == truth)`. With the offline tweets it is not
# overconfident. It rather says too little: logistic regression on rare words is held back by its regularization.
#
# </details>
#
# ## When should the model raise its hand?
#
# Now the airline's real question. A complaint that nobody sees costs 5. A false alarm costs 1: somebody reads a tweet
# in vain. Those two numbers come from the **decision maker**, not from you. Ask for them.
#
# The model says "complaint" if the probability of *negative* is above a **threshold**. Which one? Try all of them, on
# validation.

# %%
MISSED, FALSE_ALARM = 5, 1


def cost(chance, complaint, threshold):
    alarm = chance >= threshold
    return MISSED * (complaint & ~alarm) + FALSE_ALARM * (alarm & ~complaint)


val_chance = softmax(val_logits / temperature, axis=1)[:, 0]
chance, complaint = calibrated[:, 0], truth == 0
thresholds = np.linspace(0.01, 0.99, 99)
val_costs = [cost(val_chance, val_truth == 0, t).mean() for t in thresholds]
threshold = thresholds[np.argmin(val_costs)]
theory = FALSE_ALARM / (MISSED + FALSE_ALARM)
print(f"chosen on validation: {threshold:.2f}; from the costs alone: {theory:.2f}")

# %% [markdown]
# The second number needs no data: with **true** probabilities, raise your hand from 1 / (5 + 1) on. Below that, one
# look costs more than it saves on average. So calibration pays here: the probabilities mean something, and you can put
# them into a sum.

# %%
test_costs = [cost(chance, complaint, t).mean() for t in thresholds]
marked_lines(
    {"validation": (thresholds, val_costs), "test": (thresholds, test_costs)},
    "What a tweet costs, by threshold.",
    "threshold for negative",
    "cost of a tweet",
    marks={f"chosen: {threshold:.2f}": (threshold, min(val_costs))},
)

# %%
rules = {
    "read everything": np.where(complaint, 0, FALSE_ALARM),
    "threshold 0.5": cost(chance, complaint, 0.5),
    "from the costs": cost(chance, complaint, theory),
    "chosen": cost(chance, complaint, threshold),
}
for name, each in rules.items():
    print(f"{name:<16} {each.mean():.3f} a tweet")
saved, low, high = interval(rules["threshold 0.5"] - rules["chosen"])
print(f"chosen against 0.5 saves {saved:.3f} a tweet ({low:.3f} to {high:.3f})")

# %% tags=["record"]
course.record("cost_saved", saved)

# %% [markdown]
# Look at the second line. With the offline checkpoint the usual threshold costs **more** than reading everything:
# worse than no model. Accuracy would never have told. The low threshold raises far more false alarms, and it is right
# to do so.
#
# And look at the last two. The threshold from the costs does about as well as the chosen one. The curve is flat there,
# so the second digit of a threshold means nothing.
#
# (Scikit-learn has a tool for its own models: `TunedThresholdClassifierCV`.)
#
# **Try it.** Set `MISSED = 1`. Before you run it: where will the threshold go? And `MISSED = 50`?
#
# <details><summary>An answer</summary>
#
# From the costs alone: 1 / 2, and 1 / 51. With 50, a tweet stays unread only if the model is 98% sure that it is no
# complaint. How many tweets are left to save work on? Count them: `(chance < 1 / 51).sum()`.
#
# </details>
#
# ## May it say "I do not know"?
#
# A model need not answer everything. Let it answer where it is sure, and hand the rest to a person. **Coverage** is
# the share that it answers. **Risk** is the share of mistakes among those.

# %%
curves = {}
both = {
    "fine-tuned": (cool, right),
    "counting words": (counted_probs.max(axis=1), counted == truth),
}
for name, (confidence, fine) in both.items():
    order = np.argsort(-confidence)
    answered = np.arange(1, len(order) + 1)
    risk = np.cumsum(~fine[order]) / answered
    start_at = len(order) // 20
    curves[name] = (answered / len(order))[start_at:], risk[start_at:]
val_sure = softmax(val_logits / temperature, axis=1).max(axis=1)
bar = np.quantile(val_sure, 0.2)  # on validation, 80% lie above it
answer = cool >= bar
print(f"answer from {bar:.0%} confidence on")

# %%
marked_lines(
    curves,
    "The fewer tweets it answers, the fewer mistakes.",
    "coverage: share of tweets answered",
    "risk: mistakes among them",
    marks={"answer 80%": (answer.mean(), 1 - right[answer].mean())},
    forms=("{:.0%}", "{:.0%}"),
)

# %% [markdown]
# Left of 5% there are too few tweets to draw. A curve that falls to the left says: when it is unsure, it is wrong more
# often. So the confidence is worth something.
#
# The bar was set on validation. What did it do on test? And **who** is left without an answer?

# %%
value, low, high = interval(right[answer])
print(f"answered {answer.mean():.1%}; right {value:.1%} ({low:.1%} to {high:.1%})")
print(f"the others would be right in {right[~answer].mean():.1%}")
for number, name in enumerate(labels):
    print(f"no answer for {np.mean(~answer[truth == number]):.0%} of the {name} tweets")

# %% tags=["record"]
course.record("answered_accuracy", value)

# %% [markdown]
# The last lines matter. With the offline checkpoint it is the **complaints** that stay unanswered most often. If those
# tweets wait longer, somebody should know.
#
# ## Is it unsure where people were unsure?
#
# Several people read each of these tweets. The column `confidence` holds how far they agreed: 1 means that all gave
# the same label. (It is empty for some tweets. In `full`, the public dataset does not have it.)

# %%
has_people = "confidence" in test.column_names
people = np.array(test["confidence"] if has_people else [], dtype=float)
groups = {
    "less than 65%": people < 0.65,
    "65% to 80%": (people >= 0.65) & (people < 0.8),
    "all agreed": people == 1,
}
for name, rows in groups.items():
    print(f"{name:<14} {rows.sum()} tweets")
if not has_people:
    print("skipped: this dataset does not say how far people agreed")

# %%
from IPython.display import display

if has_people:
    shown = intervals(
        {
            f"{name}, {rows.sum()}": {
                "the model is right": interval(right[rows]),
                "the model's confidence": interval(cool[rows]),
            }
            for name, rows in groups.items()
        },
        "How far people agreed, and on how many tweets",
        "share",
    )
    display(shown)

# %% [markdown]
# With the offline tweets: where people agreed less, the model is right less often. Part of that is not its fault.
# There the **label** itself is a close vote, and no model can agree with a coin. Its confidence falls too, but far
# less.
#
# One number for it, the rank correlation between people's agreement and the model's confidence:

# %%
if has_people:
    known = ~np.isnan(people)
    asked = cool[known], people[known]
    draws = rng.integers(known.sum(), size=(500, known.sum()))
    again = [spearmanr(asked[0][rows], asked[1][rows]).statistic for rows in draws]
    agreement = spearmanr(*asked).statistic
    low, high = np.percentile(again, [2.5, 97.5])
    print(f"rank correlation {agreement:.2f} ({low:.2f} to {high:.2f})")
    course.record("people_and_model", agreement)

# %% [markdown]
# Above zero, and small. A low confidence is a hint that people would argue, not more. The model's doubt is mostly its
# own: words it has not seen, jokes, little training.
#
# ## Which of the two candidates is better?
#
# Back to the beginning. Each answered the same tweets. So we count only the tweets where **one** is right and the
# other wrong. The rest says nothing about the difference.

# %%
other_right = counted == truth
only_tuned, only_counted = (right & ~other_right).sum(), (~right & other_right).sum()
both_answers = pd.DataFrame(
    [
        [(right & other_right).sum(), only_tuned],
        [only_counted, (~right & ~other_right).sum()],
    ],
    index=["fine-tuned right", "fine-tuned wrong"],
    columns=["counting right", "counting wrong"],
)
both_answers

# %% [markdown]
# If both were equally good, each of these tweets would be a coin toss. How surprising is our split for a fair coin?
# That question is **McNemar's test**. The library `statsmodels` has it. (Hand it an array. A table of pandas with two
# columns is taken for raw answers.) Beside it, the difference tweet by tweet, as in {{ lesson:five_models }}, with its
# interval: for accuracy and for macro-F1.

# %%
from statsmodels.stats.contingency_tables import mcnemar

split = int(only_tuned + only_counted)
chance_of_luck = mcnemar(both_answers.to_numpy(), exact=True).pvalue
print(f"{only_tuned} to {only_counted}: p = {chance_of_luck:.3f}")
gain, gain_low, gain_high = interval(right * 1 - other_right)
print(f"accuracy: {gain:+.1%} ({gain_low:+.1%} to {gain_high:+.1%})")

# %% tags=["record"]
course.record("gain", gain)


# %%
def macro_f1(truth, answers):
    table = np.bincount(3 * truth + answers, minlength=9).reshape(3, 3)
    return np.mean(2 * np.diag(table) / np.maximum(1, table.sum(0) + table.sum(1)))


assert np.isclose(macro_f1(truth, said), macro)
draws = rng.integers(len(truth), size=(2000, len(truth)))
gains = [
    macro_f1(truth[rows], said[rows]) - macro_f1(truth[rows], counted[rows])
    for rows in draws
]
low, high = np.percentile(gains, [2.5, 97.5])
f1_gain = macro - macro_f1(truth, counted)
print(f"macro-F1: {f1_gain:+.3f} ({low:+.3f} to {high:+.3f})")

# %% [markdown]
# p is **not** the chance that the models are equal. It says: if they were equal, so uneven a split would come so
# often. A large p says "these tweets cannot tell", not "the same".
#
# ## What does 0.84 against 0.85 on 500 texts mean?
#
# A report that this course grew from says that a model went from 0.84 to 0.85, on 500 texts. We let a computer play
# that game. Two models, **equally good**. They differ on as many rows as our two candidates. How often is one of them
# ahead by a point or more?

# %%
from scipy.stats import binom


def play(rows, true_gain, disagree, games=20000):
    differ = rng.binomial(rows, disagree, games)
    better = rng.binomial(differ, 0.5 + true_gain / disagree / 2)
    fewer = np.minimum(better, differ - better)
    p_values = np.minimum(1, 2 * binom.cdf(fewer, differ, 0.5))
    return (2 * better - differ) / rows, p_values


for disagree in (0.05, 0.10, split / len(truth)):
    gaps, _ = play(500, 0, disagree)
    ahead = np.mean(np.abs(gaps) >= 0.01 - 1e-9)
    print(f"differ on {disagree:.0%} of rows: a point ahead in {ahead:.0%} of games")

# %% tags=["record"]
course.record("disagreement", split / len(truth))
course.record("a_point_by_luck", ahead)

# %% [markdown]
# Equal models, and one of them is "better" by a point in most games. So 0.85 after 0.84 is what luck does. The fewer
# rows they differ on, the rarer it is. So keep the answers of each model, not only its score.
#
# And if the point is **real**? How many texts does one need to see it?

# %%
for rows in (500, 2000, 8000, 32000):
    _, p_values = play(rows, 0.01, 0.10)
    print(f"{rows:>6,} texts: found in {np.mean(p_values < 0.05):.0%} of games")
    if rows == 500:
        course.record("real_point_found_500", np.mean(p_values < 0.05))

# %% [markdown]
# With 500 texts a real point is nearly always missed. Decide **before** the test which difference matters, and collect
# enough rows for it.
#
# There is one more kind of luck, and no interval above knows it: the training itself. Other labelled tweets, or
# another seed. For the word counter we can afford to look: the same number of labels, drawn anew.

# %%
from sklearn.base import clone

few = len(train)
by_draw = []
for place in range(course.pick(laptop=8, full=5, smoke=3)):
    rows = tweets["train"].select(range(place * few, (place + 1) * few))
    drawn = clone(word_counter).fit(rows["text"][:], rows["label"])
    by_draw.append(np.mean(drawn.predict(test["text"][:]) == truth))
print(" ".join(f"{score:.1%}" for score in sorted(by_draw)))
low, high = min(by_draw), max(by_draw)
print(f"{len(by_draw)} times {few} labels: from {low:.1%} to {high:.1%}")

# %% tags=["record"]
course.record("spread_by_draw", high - low)

# %% [markdown]
# Nothing changed but **which** tweets somebody labelled. The fine-tuned model has this luck too, and its random head
# on top. To train it again takes minutes, so we did it elsewhere: `benchmarks/evaluation_seeds.py`.
#
# Three seeds, the same tweets: 68.6%, 69.3% and 71.0% right on test. So the seed alone moves it by more than two
# points. All three are overconfident, with T from 1.5 to 1.8, and in all three the temperature brings log-loss and ECE
# down.
#
# **Try it.** How many texts find a real point in 80% of games, if the models differ on 20% of rows? First guess: more
# or fewer than with 10%?
#
# <details><summary>An answer</summary>
#
# More: about 16,000 with 20%, and about 8,000 with 10%. Each row on which they differ is a coin toss, and more tosses
# are more noise.
#
# </details>
#
# ## So what do I tell the decision maker?
#
# One page, in words, with an interval where a number is. Everything on it was computed above.

# %%
value, low, high = interval(right)
worst = np.argmin([f1_score(truth == k, said == k) for k in range(len(labels))])
if gain_low > 0:
    compared = "It beats counting words, which had many more labels"
elif gain_high < 0:
    compared = "Counting words, with many more labels, beats it"
else:
    compared = "Not to be told from counting words, which had many more labels"
verdict = {
    "How good is it?": f"{value:.0%} right ({low:.0%} to {high:.0%}); always the "
    f"same answer: {np.mean(lazy == truth):.0%}",
    "Is it better?": f"{compared}: {gain:+.1%} ({gain_low:+.1%} to {gain_high:+.1%})",
}
print(*verdict.values(), sep="\n")

# %%
useless = by_topic.index[by_topic["gain"] < 0.02]
flagged = chance >= threshold
found = interval(flagged[complaint] * 1)
value, low, high = interval(right[answer])
verdict |= {
    "Where is it weak?": f"{labels[worst]} tweets; no gain on: {', '.join(useless)}",
    "Its percentages": f"not as trained (ECE {ece:.2f}); with T = {temperature:.1f}: {error:.2f}",
    "To find complaints": f"from {threshold:.0%} on, a person reads: {flagged.mean():.0%} of "
    f"all tweets, {found[0]:.0%} of complaints ({found[1]:.0%} to {found[2]:.0%})",
    "Alone": f"{answer.mean():.0%} of tweets, {value:.0%} right ({low:.0%} to {high:.0%})",
    "Not tested": "other subjects, other years, other languages, irony",
}
print(len(verdict), "answers")

# %% [markdown]
# Both halves as one page:

# %%
from IPython.display import Markdown

lines = [f"| **{question}** | {said_so} |" for question, said_so in verdict.items()]
Markdown("\n".join(["| the question | what we found |", "|---|---|", *lines]))

# %% [markdown]
# Not one word about accuracy alone. And the last line may be the most useful one: what you did **not** look at.
#
# ## In this notebook we have
#
# - **read** a report line by line, and found that each average hides something else;
# - **searched** in slices and messy texts, and met a topic whose high score is no merit;
# - **mended** an overconfident model with one number, chosen on validation;
# - **decided** by cost where a person reads, and let the model answer only where it is sure;
# - **judged** a difference of one point: on 500 texts it says next to nothing.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Precision is ill-defined` (`UndefinedMetricWarning`) | a class was never predicted | look at the counts of its answers; `zero_division=0` only hides the warning |
# | high accuracy, low macro-F1 | a class is ignored | the report, class by class |
# | a slice of nine rows with 100% | nine rows | its interval |
# | a temperature at the edge of its bounds | the search did not find a valley | wider bounds; are the logits really logits? |
# | an ECE of 0.02 on 100 rows | luck | compare with a calibrated model, as above |
# | `y_true and y_prob contain different number of classes` in `log_loss` | the rows do not hold all classes | pass `labels=` |
# | p = 0.04 after ten comparisons | the best of ten | new test rows for the winner |
# | test scores far below validation scores | you chose on validation, many times | that is what the test is for; believe it |
#
# **Next:** a published case study, from the question to the report, and past its result: {{ lesson:case_emotion }}.
