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
# # {{ number }} · Case study: how hard is this text?
#
# {{ badges }}
#
# **You will be able to**
#
# - **measure** answers that have an order, with metrics that know the order;
# - **build** simple methods first, from the length of a text to a frozen encoder;
# - **fine-tune** one model in three ways: six names, one number, five questions;
# - **explain** one answer word by word, and say which words tell nothing;
# - **deliver** a `level(text)` that can say "I am not sure", and settle each promise that was made.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]
CHECKPOINT = None  # or "offline", or a name on the Hub: replaces the profile's own

# %% tags=["start"]
from course_utils import start

course = start("case_cefr", PROFILE)

# %% [markdown]
# ## Who asks, and what would help them?
#
# Amina looks after the shelves of a language school: two thousand short English texts. A text that is too hard makes a
# learner give up. So each text should carry a level of the Common European Framework (**CEFR**), from A1 (beginner) to
# C2 (nearly everything, with ease). Teachers do this by hand, and they have no time.
#
# Could a model write a first level on each text? A lecture on BERT fine-tuning ends with such a task: "Fine-tune BERT
# to classify CEFR label efficiently, then evaluate and interpret results."
#
# We promise five things **before** we see a score, each with a number that nobody may move later:
#
# | | promise | goal |
# |---|---|---|
# | 1 | **near**: of the levels that it gives, so many are right or one level off | at least 95% |
# | 2 | **closer**: its mean distance from the label is smaller than that of every simple method | by 0.1 levels |
# | 3 | **useful**: it gives a level to so many texts, and leaves the others to the teachers | at least 50% |
# | 4 | **exact**: of the levels that it gives, so many are right | at least 80% |
# | 5 | **elsewhere**: on other people's texts it is right as often as on ours | 5 points less at most |
#
# Promise 5 is settled already, and it is **not kept**. The texts of `laptop` were written for this course by a language
# model. Their card (`data/cefr/README.md`) tells of a model that learned from all 3,587 training texts. It had 76% of
# the levels right on texts of the same kind. On 1,853 public sentences, levelled by teachers, it had 46%. (Means of
# three trainings.)
#
# So all good numbers below are numbers **at home**. (A number in our sentences is one of `laptop`, unless we say
# something else.)

# %% [markdown] tags=["slide"]
# - Two thousand short texts, levels A1 to C2 (CEFR)
# - The model gives a first level, or none
# - Five promises, each with a number
#
# **The goals are fixed before any score is seen.**

# %% [markdown] tags=["notes"]
# Introduce Amina and her shelves. Ask what she would have to know before she trusts a level. Let the room set the
# goals of promises 1 to 4, and write its numbers beside ours. Then say at once that promise 5 is broken already: at
# home 76%, elsewhere 46%.

# %% [markdown]
# ## What do the texts look like?

# %% [markdown] tags=["slide"]
# - One text of each level: do you agree?
# - A second reader agreed on 90% of the texts
# - The rest was never more than one level off
#
# **This is no ceiling for a model.**

# %% [markdown] tags=["notes"]
# Show the six texts without their levels, and let the room sort them. Ask what the 90% tell. Most say that no model
# can be better than that. It can: it learns the taste of the first reader.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset

from lessons.case_cefr.parts import LEVELS, three_parts, with_labels

disable_progress_bars()
texts = with_labels(load_dataset(*course.dataset("cefr")))
first = {row["label"]: row["text"] for row in reversed(list(texts["train"]))}
{LEVELS[k]: text[:60] for k, text in sorted(first.items())}

# %% [markdown]
# One text of each level. Do you agree? In `laptop`, the A1 text has a relative clause. But each of its words is among
# the first that a learner meets, and in our label guide the words count before the grammar.
#
# A label is an opinion. A second reader gave the same level to 90% of the test texts, and was never more than one level
# off. (Both readers were language models. Two teachers would probably agree less.)
#
# What does the 90% tell? How much is a matter of taste. It is **no ceiling** for a model. A model learns from the first
# reader's labels, tastes included. So it may agree with them more often than a second reader does.
#
# ## What shall we build?
#
# First a picture. It is drawn from one long text, cut with the tokenizer that we use all the time.

# %% [markdown] tags=["slide"]
# - In: a text. Out: a level, or a doubt
# - A long text is read in windows that overlap
# - An ordered label: errors have a size
#
# **A function that may say "I am not sure".**

# %% [markdown] tags=["notes"]
# Draw the figure yourself on the board, box by box: text, windows, model, mean, level. Ask where in it the doubt
# should arise. The figure in the notebook shows the same, with real windows. No code is needed here.

# %%
import numpy as np
import pandas as pd
from transformers import AutoTokenizer

from lessons.case_cefr.figures import machine

checkpoint = course.pick_checkpoint(CHECKPOINT, full="bert-base-uncased")
tokenizer = AutoTokenizer.from_pretrained(checkpoint)
# The model reads so many tokens at once:
LIMIT = course.pick(laptop=64, full=128, smoke=32)


def windows(text):
    overlap = {"return_overflowing_tokens": True, "stride": LIMIT // 4}
    return tokenizer(text, truncation=True, max_length=LIMIT, **overlap)["input_ids"]


longest = max(texts["train"]["text"], key=len)
machine([len(ids) for ids in windows(longest)], LEVELS, label="B2", said="C1")

# %% [markdown]
# The upper row is the function that we deliver: a text comes in, a level or a doubt comes out. A long text is read in
# **windows**, pieces that overlap. The lower row shows how we judge it: levels are **ordered labels** on a scale, so an
# error has a size.
#
# ## Three parts with three jobs
#
# The training texts teach. The validation texts choose. The test texts judge, and they choose nothing.
#
# The public file of `full` is one part, so `three_parts` cuts it, **stratified**: each part gets the same share of each
# level. `laptop` has three parts, and to save time we take a stratified part of its training texts.

# %% [markdown] tags=["slide"]
# - Training texts teach
# - Validation texts choose
# - Test texts judge, and choose nothing
#
# **Stratified: the same share of levels in each part.**

# %% [markdown] tags=["notes"]
# Point at the table of counts and ask where nothing could be measured. In the public file it is C2. This section can
# be short for a room that has heard it in other lessons.

# %% tags=["nbval-check-output"]
sizes = {
    "train": course.pick(laptop=512, full=None, smoke=48),
    "validation": course.pick(laptop=240, full=None, smoke=36),
    "test": course.pick(laptop=None, full=None, smoke=60),
}
texts = three_parts(texts, sizes, course.seed)
raw = {part: list(rows["text"]) for part, rows in texts.items()}
labels = {part: np.array(rows["label"]) for part, rows in texts.items()}
truth = labels["test"]
counts = {part: np.bincount(ks, minlength=6) for part, ks in labels.items()}
pd.DataFrame(counts, index=LEVELS).T

# %% [markdown]
# Read your own table. Where a number is zero, nothing will be measured. Where it is below ten, hardly anything. In the
# public file of `full`, that is C2, C1 and nearly A1. (What rare labels do to a training: {{ lesson:labels }}.)
#
# ## What is a good score, if labels have an order?
#
# Four numbers, and each sees something else:
#
# - **accuracy**: the share of texts with the same level;
# - **within one**: the same level or its neighbour;
# - **quadratic weighted kappa**: an error of two levels costs four times as much as an error of one. 1 is perfect,
#   and 0 is what you get by luck;
# - **Spearman**: are the texts in the right order? It looks at places on a scale, not at levels.
#
# Kappa is 1 minus a fraction: the mean squared error that you made, divided by that of luck. And luck? Give each level
# to **all** texts, and see the error. A level that you say often counts more.

# %% [markdown] tags=["slide"]
# - Accuracy: the same level
# - Within one: the same level, or its neighbour
# - Kappa: far errors cost more, luck gets 0
# - Spearman: the right order, whatever the levels

# %% [markdown] tags=["notes"]
# Give an example for each of the four, with one text and two answers. Then ask which score sees that A1 was called
# C2. The line 1 minus a fraction is worth writing on the board: your error, divided by that of luck. Skip the code of
# kappa.


# %%
def kappa(truth, said):
    error = np.mean((said - truth) ** 2)
    luck = sum(np.mean(said == k) * np.mean((k - truth) ** 2) for k in range(6))
    return 1 - error / luck


# %% [markdown]
# Is that the library's kappa? We invent a rater who is up to two levels off, and compare.

# %%
from sklearn.metrics import cohen_kappa_score

rng = np.random.default_rng(course.seed)
invented = np.clip(truth + rng.integers(-2, 3, len(truth)), 0, 5)
error, ours = np.mean((invented - truth) ** 2), kappa(truth, invented)
print(f"error {error:.2f}, luck {error / (1 - ours):.2f}, kappa {ours:.3f}")
assert np.isclose(ours, cohen_kappa_score(truth, invented, weights="quadratic"))

# %% [markdown]
# One worked line: 1 - 1.48 / 5.87 = 0.748. The library agrees. All four numbers as one function:

# %%
from scipy.stats import spearmanr

METRICS = ("accuracy", "within one", "kappa", "Spearman")


def judge(truth, said, place):
    off, order = abs(said - truth), spearmanr(truth, place).statistic
    values = np.mean(off == 0), np.mean(off <= 1), kappa(truth, said), order
    return dict(zip(METRICS, values, strict=True))


# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *Wrong is wrong. Accuracy is all we need.*
# >
# > **Sceptic:** *A learner at A1 gets an A2 text: hard work. A learner at A1 gets a C2 text: the end of the course.*
#
# We invent three raters. One errs only by one level. One errs on the same texts, but to any level. And one always says
# one level too high. Above C2 there is nothing, so C2 stays C2.

# %% [markdown] tags=["slide"]
# - The claim: wrong is wrong, accuracy is enough
# - Two raters, the same accuracy: near errors, far errors
# - A third: always one too high, the order perfect
#
# **No number stands alone.**

# %% [markdown] tags=["notes"]
# Read both sentences and let the room vote. Describe the three invented raters, and ask which one Amina should hire.
# Then show the table. The third rater is the surprise: its Spearman is nearly perfect, and almost every level is
# wrong.

# %%
errs = rng.random(len(truth)) < 0.3
step = np.where(truth == 5, -1, rng.choice([-1, 1], len(truth)))
step = np.where(truth == 0, 1, step)
anywhere = (truth + rng.integers(1, 6, len(truth))) % 6
raters = {
    "one level off": np.where(errs, truth + step, truth),
    "anywhere": np.where(errs, anywhere, truth),
    "one too high": np.minimum(truth + 1, 5),
}
judged = {name: judge(truth, said, said) for name, said in raters.items()}
pd.DataFrame(judged).T.round(2)

# %% tags=["record"]
for name, scores in judged.items():
    course.record(f"kappa_{name.replace(' ', '_')}", scores["kappa"])
course.record("spearman_one_too_high", judged["one too high"]["Spearman"])

# %% [markdown]
# The sceptic is right. The first two raters have the same accuracy to the last text. Within one and kappa tell them
# apart.
#
# Look at the third. Only its C2 texts are right, so its accuracy is very low. Its Spearman is nearly perfect. Accuracy
# sees only the wrong scale, Spearman only the right order. So no number stands alone from here on.
#
# **Try it.** A rater writes A2 on every text of `laptop`. What will its within-one score be, and its kappa? Guess
# first. Then run `judge(truth, np.full(len(truth), 1), truth)` in a new cell, and read these two numbers.
#
# <details><summary>An answer</summary>
#
# A1, A2 and B1 are within one. That is three of six levels: 50% of the test texts, without reading a word. Its kappa is
# exactly 0: its error is that of luck.
#
# </details>

# %% tags=["try"]
constant = judge(truth, np.full(len(truth), 1), truth)
if course.profile == "laptop":
    assert round(100 * constant["within one"]) == 50 and np.isclose(
        constant["kappa"], 0
    )

# %% [markdown]
# ## Is a long text a hard text?
#
# The simplest idea: longer texts are harder, so count the words. Two more ideas: **readability formulas** use the
# length of sentences and the syllables of words, and **rare words** are harder than common ones.
#
# First the syllables: groups of vowels, without a silent *e*.

# %% tags=["nbval-check-output"]
import re


def syllables(word):
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$", word)
    return max(1, groups - bool(silent))


{word: syllables(word) for word in ("cat", "table", "climbed", "nostalgia", "recipe")}

# %% [markdown]
# Right four times. *Recipe* has three: every such counter makes such errors.
#
# Two well-known readability formulas need no more. Flesch's reading ease is high for easy texts. The Flesch-Kincaid
# grade is meant as a year of an American school.


# %% tags=["nbval-check-output"]
def readability(text):
    words = re.findall(r"[a-z']+", text.lower()) or ["a"]
    per_sentence = len(words) / max(1, len(re.findall(r"[.!?]+(?=\W|$)", text)))
    per_word = sum(syllables(word) for word in words) / len(words)
    ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word
    return ease, 0.39 * per_sentence + 11.8 * per_word - 15.59


easy, hard = "The cat sat on the mat.", "Nostalgia hides squalor."
np.round([readability(easy), readability(hard)], 1)

# %% [markdown]
# For one short sentence the ease leaves its scale (0 to 100), because the formulas were made for pages.
#
# How do we know that a word is rare? BERT's vocabulary is a list, and common words mostly stand before rare ones. (A
# test of this course checks it on our texts.)

# %%
EDGES = (3000, 5000, 10000)  # ends of the first three bands


def band(word):
    ids = tokenizer(word, add_special_tokens=False)["input_ids"]
    return 4 if len(ids) > 1 else int(np.searchsorted(EDGES, ids[0]))


{word: band(word) for word in ("house", "kitchen", "ravine", "caterwauling")}

# %% [markdown]
# Five **bands**, from very common (0) to so rare that the word is cut into pieces (4). For a text we take the share of
# its words in each band. Now all numbers for one text: the length (its logarithm), two formulas, four shares.


# %%
def hand_made(text):
    words = re.findall(r"[a-z']+", text.lower()) or ["a"]
    shares = np.bincount([band(word) for word in words], minlength=5) / len(words)
    length, formulas = [float(np.log(len(words)))], readability(text)
    return {"length": length, "readability": formulas, "rare words": shares[1:]}


hand_made("We saw a ravine.")

# %% [markdown]
# The same for all texts, and a picture of three of these numbers:

# %%
features = {}
for part, rows in raw.items():
    table = pd.DataFrame([hand_made(text) for text in rows])
    features[part] = {name: np.vstack(table[name]) for name in table}
    features[part]["all three"] = np.hstack(list(features[part].values()))
features["train"]["all three"].shape

# %% tags=["skip"]
from lessons.case_cefr.figures import spreads

own = features["train"]
measures = {
    "words": np.exp(own["length"][:, 0]),
    "grade (Flesch-Kincaid)": own["readability"][:, 1],
    "share of words in bands 3, 4": own["rare words"][:, 2:].sum(axis=1),
}
title = "Median and middle 80% of the training texts"
spreads(measures, labels["train"], LEVELS, title)

# %% [markdown]
# On the left the bars overlap nearly completely: length says little here. The grade climbs from A1 to B2, and then it
# stops. The rare words climb most from B2 on. No panel separates two neighbours.
#
# ## How do I turn a number into a level?
#
# A straight line through the training texts gives each text a **place** on a scale from 0 to 5. Then one can round. But
# a line that knows little puts every text near the middle. Rounded, it never says A1 or C2.
#
# The other way: cut the scale at **thresholds**. A sixth of the training texts are A1? Then the lowest sixth of their
# places is called A1, and so on.

# %% [markdown] tags=["slide"]
# - A line that knows little stays near the middle
# - Rounded, it never says A1 or C2
# - Thresholds: the lowest sixth is A1, and so on
#
# **Seven handmade numbers beat counting words, by kappa.**

# %% [markdown] tags=["notes"]
# Ask how many A1 a line can say when its lowest place is 2. Show the two rows of counts. Then say what thresholds
# cannot do: they make no text easier or harder, they only cut. The seven numbers are the rival to remember.

# %%
from sklearn.linear_model import LinearRegression


def by_line(name):
    line = LinearRegression().fit(features["train"][name], labels["train"])
    place, seen = (line.predict(features[part][name]) for part in ("test", "train"))
    ends = np.quantile(seen, np.cumsum(counts["train"])[:-1] / len(seen))
    return np.searchsorted(ends, place), place


said, place = by_line("length")
print("rounded   ", np.bincount(np.rint(place).astype(int), minlength=6))
print("thresholds", np.bincount(said, minlength=6))

# %% [markdown]
# Rounded, length alone says only middle levels. With thresholds it uses all. So we take thresholds.
#
# `answers` keeps what each method said, and its places.

# %%
# It has no order, so it gets random places:
always = np.full(len(truth), counts["train"].argmax())
answers = {f"always {LEVELS[always[0]]}": (always, rng.random(len(truth)))}
for name in ("length", "readability", "rare words", "all three"):
    answers[name] = by_line(name)
scores = {name: judge(truth, *answer) for name, answer in answers.items()}
pd.DataFrame(scores).T.round(2)

# %% [markdown]
# Length alone is poor. Readability and rare words are far better, and together they are better still: seven numbers and
# a straight line.
#
# **TF-IDF** with logistic regression ({{ lesson:start_here }}) learns words from the training texts. Its place on the
# scale is the mean of the levels, weighted by their probabilities.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def classify(classifier, inputs):
    classifier.fit(inputs["train"], labels["train"])
    weights = classifier.predict_proba(inputs["test"])
    return classifier.predict(inputs["test"]), weights @ classifier.classes_


counting = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
answers["TF-IDF"] = classify(counting, raw)
pd.Series(judge(truth, *answers["TF-IDF"])).round(2)

# %% [markdown]
# By **kappa**, seven numbers that somebody thought about beat counting words: 0.84 against 0.67. By **accuracy** the
# two are close: 0.46 against 0.42. So when counting words errs, it errs further. One guess why: TF-IDF has never seen
# most rare words of the test texts.
#
# ## What does the frozen encoder know?
#
# The last simple method: the pretrained model reads, and we train only a logistic regression on its vectors. `ask`
# reads texts of like length together, and gives the answers back **in the order of the texts**.

# %% [markdown] tags=["slide"]
# - The model reads, a logistic regression answers
# - Some more levels are exactly right
# - Its kappa is no better than the seven numbers'
#
# **Simple methods are not weak.**

# %% [markdown] tags=["notes"]
# Let the room bet: a pretrained model against seven numbers. Nearly all bet on the model. Then show accuracy and
# kappa side by side, and ask how both can be true. When it errs, it errs further.

# %%
import torch
from transformers import AutoModel, DataCollatorWithPadding, logging

pad = DataCollatorWithPadding(tokenizer)


@torch.no_grad()
def ask(model, ids, take=lambda output, mask: output.logits):
    parts, order = [], np.argsort([len(row) for row in ids], kind="stable")
    for rows in np.split(order, range(64, len(order), 64)):
        batch = pad([{"input_ids": ids[row]} for row in rows]).to(course.device)
        parts.append(take(model.eval()(**batch), batch["attention_mask"]).cpu().numpy())
    return np.concatenate(parts)[np.argsort(order)]


# %% [markdown]
# `take` says what we want of the output. Here: the mean of the vectors, without the padding. Long texts are cut for
# now.


# %%
def mean_vector(output, mask):
    hidden = output.last_hidden_state * mask[..., None]
    return hidden.sum(dim=1) / mask.sum(dim=1, keepdim=True)


cut = {"truncation": True, "max_length": LIMIT}
cut_ids = {part: tokenizer(rows, **cut)["input_ids"] for part, rows in raw.items()}

# %%
logging.set_verbosity_error()  # quiet: the table with MISSING is known by now
logging.disable_progress_bar()
encoder = AutoModel.from_pretrained(checkpoint).to(course.device)
vectors = {part: ask(encoder, ids, mean_vector) for part, ids in cut_ids.items()}
single = ask(encoder, cut_ids["test"][:1], mean_vector)
assert np.allclose(single, vectors["test"][:1], atol=1e-4)  # the order is right

# %% [markdown]
# One vector for each text. Now the regression on them.

# %%
from sklearn.preprocessing import StandardScaler

frozen = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
answers["frozen"] = classify(frozen, vectors)
pd.Series(judge(truth, *answers["frozen"])).round(2)

# %% [markdown]
# The frozen encoder hits some more levels exactly than the seven handmade numbers: 0.51 against 0.46. Its kappa is no
# better: 0.82 against 0.84. When it errs, it errs further.
#
# > **A place to rest.** An ordered label needs more than accuracy. Within one is 50% for no work at all. And simple
# > methods are not weak: a kappa above 0.8 from seven numbers.
#
# ## Three ways to say "B2"
#
# Now fine-tuning. How do we tell a model that B2 is more than B1? There are three ways. The body of the model is the
# same each time.
#
# | way | outputs | B2 is taught as | loss | the level is |
# |---|---|---|---|---|
# | six names | 6 | class 3 | cross-entropy | the largest output |
# | one number | 1 | 0.5, that is 3 minus 2.5 | mean squared error | rounded |
# | five questions | 5 | yes, yes, yes, no, no | binary cross-entropy | the count of yes |
#
# The five questions are: is it above A1? Above A2? And so on, up to C1. In the library this is a "multi-label" problem.
# The next cell shows how A1, B2 and C2 are taught.

# %% [markdown] tags=["slide"]
# - Six names: the largest output
# - One number: rounded
# - Five questions: the count of yes
#
# **Only the first knows no order.**

# %% [markdown] tags=["notes"]
# Take B2 and write down with the room what each way is taught. The five questions need most time: is it above A1,
# above A2, and so on. Ask which way should win. Nearly all say one that knows the order. Leave the answer open.


# %% tags=["nbval-check-output"]
teach = {
    "six names": lambda k: k,
    "one number": lambda k: k - 2.5,
    "five questions": lambda k: [float(k > border) for border in range(5)],
}
{way: [target(k) for k in (0, 3, 5)] for way, target in teach.items()}

# %% [markdown]
# Why minus 2.5? A new head begins near zero. So zero should be the middle of the scale, not its end. We tried both
# (`benchmarks/cefr_ways.py`: 512 other training texts, three seeds, all layers learn). Without the middle, the accuracy
# falls from 0.65 to 0.47, the kappa from 0.93 to 0.88.
#
# The first way knows no order: for cross-entropy, A1 and C2 are two names. The others do. Now back, from the outputs to
# a level and a place:

# %%
from scipy.special import expit, softmax


def round_levels(place):
    return np.clip(np.rint(place), 0, 5).astype(int)


read = {
    "six names": lambda out: (out.argmax(1), softmax(out, axis=1) @ np.arange(6)),
    "one number": lambda out: (round_levels(out[:, 0] + 2.5), out[:, 0] + 2.5),
    "five questions": lambda out: ((out > 0).sum(axis=1), expit(out).sum(axis=1)),
}
of_b2 = [[[0, 0, 0, 9, 0, 0]], [[0.6]], [[9, 9, 9, -9, -9]]]
for way, out in zip(read, of_b2, strict=True):
    (k,), (place,) = read[way](np.array(out))
    print(f"{way:<15} {LEVELS[k]}, place {place:.2f}")

# %% [markdown]
# Three times B2. A logit above zero means a probability above one half, so counting the positive ones counts the *yes*.
#
# ## One protocol for all three
#
# The same texts, seed and settings. `problem_type` chooses the loss, `num_labels` the number of outputs. On a CPU only
# the upper half of the layers learns, to save time ({{ lesson:recipe }}).

# %% [markdown] tags=["slide"]
# - The same texts, the same seed, the same settings
# - Only the head and its loss differ
# - Each text is read in windows; the mean counts
#
# **Else we would compare two things at once.**

# %% [markdown] tags=["notes"]
# Ask what must be equal, so that the comparison is fair. Collect it on the board. The settings and the loop can be
# read later. Start the training before the break if you run it live.

# %%
from transformers import AutoModelForSequenceClassification, set_seed

PROBLEMS = {
    "six names": ("single_label_classification", 6),
    "one number": ("regression", 1),
    "five questions": ("multi_label_classification", 5),
}
HALF = encoder.config.num_hidden_layers // 2


def learns(name):
    layer = re.search(r"layer\.(\d+)", name)
    return "embeddings" not in name and (layer is None or int(layer[1]) >= HALF)


# %%
def fresh_model(way, seed):
    set_seed(seed)
    head = dict(zip(("problem_type", "num_labels"), PROBLEMS[way], strict=True))
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, **head)
    if course.device.type == "cpu":
        for name, weight in model.base_model.named_parameters():
            weight.requires_grad_(learns(name))
    return model


# %% [markdown]
# Each model gets a new head. The settings, and the training:

# %%
settings = {
    "output_dir": course.workdir / "checkpoints",
    "num_train_epochs": course.pick(laptop=2, full=3, smoke=1),
    "per_device_train_batch_size": 16,
    # usual rates for a small and for a larger encoder; we searched for no better ones
    "learning_rate": 2e-4 if encoder.config.hidden_size < 512 else 3e-5,
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "train_sampling_strategy": "group_by_length",
    "save_strategy": "no",
    "report_to": "none",
    "disable_tqdm": True,
}
del encoder  # it has done its work: free its memory

# %%
import time

from datasets import Dataset
from transformers import PrinterCallback, Trainer, TrainingArguments


def train_model(way, seed):
    targets = [teach[way](int(k)) for k in labels["train"]]
    rows = Dataset.from_dict({"input_ids": cut_ids["train"], "label": targets})
    arguments = TrainingArguments(seed=seed, **settings)
    trainer = Trainer(fresh_model(way, seed), arguments, pad, rows)
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return trainer.model


# %% [markdown]
# A trained model reads each text in windows, as in the picture, and we take the mean of their outputs.


# %%
def read_windows(model, texts):
    pieces = [windows(text) for text in texts]
    logits = ask(model, [ids for piece in pieces for ids in piece])
    ends = np.cumsum([len(piece) for piece in pieces])[:-1]
    return np.array([part.mean(axis=0) for part in np.split(logits, ends)])


# %% [markdown]
# The next cell is a long one. Each model answers the validation and the test texts. We look at validation first.


# %%
def answer_all(model):
    return {part: read_windows(model, raw[part]) for part in ("validation", "test")}


models, outputs = {}, {}
for way in teach:
    begin = time.perf_counter()
    models[way] = train_model(way, course.seed)
    outputs[way] = answer_all(models[way])
    print(f"{way}: {time.perf_counter() - begin:.0f} s")

# %% [markdown]
# ## Which of the three do we keep?
#
# The validation texts decide. The test texts must not: they shall judge what we chose.

# %% [markdown] tags=["slide"]
# - Validation decides, the test does not
# - In our run the three lie close
# - The loss decides little, so we choose by use
#
# **Six names give a probability for each level.**

# %% [markdown] tags=["notes"]
# Return to the bet. Neither way that knows the order has a clear lead. Ask why: the order is in the texts themselves.
# Then let the room choose by use: who gives Amina a confidence?

# %%
chosen_by = {way: read[way](out["validation"]) for way, out in outputs.items()}
on_validation = {
    way: judge(labels["validation"], *answer) for way, answer in chosen_by.items()
}
pd.DataFrame(on_validation).T.round(3)

# %% tags=["record"]
for way, scores in on_validation.items():
    course.record(f"validation_kappa_{way.replace(' ', '_')}", scores["kappa"])

# %% [markdown]
# That was one seed. The benchmark above had three seeds of each way. Its means on validation texts:
#
# | way | accuracy | kappa |
# |---|---|---|
# | six names | 0.69 | 0.94 |
# | one number | 0.65 | 0.93 |
# | five questions | 0.64 | 0.93 |
#
# There, six names had the best accuracy in each of the three seeds. In our own table the three are close. One often
# reads that an ordered label needs a loss that knows the order. We found no such need. The levels lie in order in the
# texts themselves, and six names find that order, too.
#
# So the loss decides little, and we choose by use. Amina wants a level **and** a confidence. Six names give a
# probability for each level. One number gives none, and nothing keeps the five answers in order: they may say "above
# B2: yes, above B1: no". So we keep the six names.
#
# ## What did each step bring?
#
# One training is luck, too. So we train the way that we keep with four more seeds.

# %% [markdown] tags=["slide"]
# - Five trainings of the way that we keep
# - Interval: texts and trainings are drawn anew
# - Fine-tuned models: above all simple ones, in every panel
#
# **Within one begins at one half.**

# %% [markdown] tags=["notes"]
# Show the figure and give the room a minute in silence. Ask which panel would convince a careless reader: it is
# *within one*, since all dots lie far to the right. Point at the intervals of the last three. Skip the function that
# draws them.

# %%
KEPT = "six names"
SEEDS = course.pick(laptop=[1, 2, 3, 4], full=[1, 2, 3, 4], smoke=[1])
family = [outputs[KEPT], *(answer_all(train_model(KEPT, seed)) for seed in SEEDS)]
answers[KEPT] = [read[KEPT](out["test"]) for out in family]
for way in ("one number", "five questions"):
    answers[way] = read[way](outputs[way]["test"])

# %% [markdown]
# How sure is a score? The course's helpers give the interval of a mean, and kappa is no mean. So we write one for any
# score. It draws test texts and trainings anew, many times. Between the two ends lie 95% of what it finds.


# %%
def spread(score, trainings, times=200):
    """Return the mean of `score(training, rows)`, and the ends of its 95% interval."""
    lottery, count = np.random.default_rng(course.seed), len(truth)
    drawn = []
    for _ in range(times):
        draws = lottery.integers(count, size=count)
        some = lottery.integers(trainings, size=trainings)
        drawn.append(np.mean([score(each, draws) for each in some], axis=0))
    every = [score(each, np.arange(count)) for each in range(trainings)]
    return np.mean(every, axis=0), *np.quantile(drawn, [0.025, 0.975], axis=0)


# %%
from lessons.case_cefr.figures import metric_panels


def with_intervals(answer):
    runs = answer if isinstance(answer, list) else [answer]

    def score(each, rows):
        said, place = runs[each]
        return list(judge(truth[rows], said[rows], place[rows]).values())

    ends = spread(score, len(runs))  # all scores, all low ends, all high ends
    return dict(zip(METRICS, zip(*ends, strict=True), strict=True))


results = {name: with_intervals(answer) for name, answer in answers.items()}
metric_panels(results, f"{len(results)} methods, {len(truth)} unseen texts", strong=3)

# %% [markdown]
# All dots to the right are good. The same as a table:

# %%
means = {name: {m: s[0] for m, s in row.items()} for name, row in results.items()}
pd.DataFrame(means).T.round(2)

# %% tags=["record"]
for name in ("length", "all three", "TF-IDF", "frozen", *teach):
    course.record(
        f"kappa_{name.replace(' ', '_').replace('-', '_')}", means[name]["kappa"]
    )
course.record("accuracy_frozen", means["frozen"]["accuracy"])
course.record("accuracy_kept", means[KEPT]["accuracy"])
course.record("within_one_kept", means[KEPT]["within one"])

# %% [markdown]
# Read it column by column:
#
# - *Within one* begins at one half for no work at all. So 0.9 is less than it sounds.
# - The three fine-tuned models lie above all simple methods in every panel.
# - Among the three, the intervals overlap, but for accuracy.
#
# ## Where does it go wrong?
#
# We take the first of the five models. It is the one that we shall deliver.

# %% [markdown] tags=["slide"]
# - Nearly all errors: a neighbour of the right level
# - C1 is the hardest row
# - The worst errors are read, one by one
#
# **Easy words in a hard order deceive it.**

# %% [markdown] tags=["notes"]
# Read the sentence about the dress aloud, and ask for its level. Then say what the model answered. Ask what it
# listens to. The table of confusions can be shown in the notebook: only the dashed frames matter.

# %%
from sklearn.metrics import confusion_matrix

from course_utils.plots.evaluation import confusion

model = models[KEPT]
said, place = answers[KEPT][0]
matrix = confusion_matrix(truth, said, labels=range(6)).tolist()
confusion(matrix, LEVELS, f"{KEPT}, {len(truth)} test texts", ordered=True)

# %% [markdown]
# Rows are labels, columns are answers. The solid frames hold right answers, the dashed ones a neighbour. Nearly all
# errors lie in a dashed frame. The row of C1 is the worst: most of its texts are called B2 or C2.

# %% tags=["record"]
off = abs(said - truth)
course.record("errors_one_off", np.mean(off[off > 0] == 1))
course.record("texts_too_high", int(np.sum(said > truth)))

# %% [markdown]
# Read the worst errors, as a teacher would. (In `full` these are public texts.)

# %%
for row in np.argsort(-abs(place - truth))[:6]:
    print(f"label {LEVELS[truth[row]]}, model {LEVELS[said[row]]}", end=": ")
    print(raw["test"][row][:150])

# %% [markdown]
# Take *There was about his dress, as about all he did, a want of finish*. Each word is easy, but learners would not
# follow them in this order. The label is C2, the model says B1. It hears words more than grammar.
#
# ## What happens to long texts?
#
# Most texts fit into one window, some do not. What would the model miss if we simply **cut** them after the first?

# %%
whole = tokenizer(raw["test"])["input_ids"]
lengths = np.array([len(ids) for ids in whole])
print(f"{np.sum(lengths > LIMIT)} of {len(truth)} test texts are longer than {LIMIT}")
print("CUT OFF:", tokenizer.decode(whole[lengths.argmax()][LIMIT:-1])[:200])

# %% [markdown]
# So we ask both ways. Mind one word in `windows` above: `stride` is the **overlap**, not the step.

# %%
from course_utils.statistics import interval
from lessons.case_cefr.parts import long_ones

# In `full` few texts are long, so it glues short ones: that only tests the code.
long_texts, long_truth = long_ones(raw["test"], truth, lengths, LIMIT)
by_cut = ask(model, tokenizer(long_texts, **cut)["input_ids"]).argmax(axis=1)
by_windows = read_windows(model, long_texts).argmax(axis=1)
gain = 1 * (by_windows == long_truth) - (by_cut == long_truth)
print("windows minus cut: {:+.1%} ({:+.1%} to {:+.1%})".format(*interval(gain)))

# %% tags=["record"]
course.record("long_accuracy_cut", np.mean(by_cut == long_truth))
course.record("long_accuracy_windows", np.mean(by_windows == long_truth))

# %% [markdown]
# If zero lies inside, these texts cannot tell. We take windows for another reason, too: they leave nothing unread. A
# text that begins as a simple story and ends as a contract is no simple story.
#
# ## Why does it say so?
#
# A teacher will ask. **Occlusion** is a simple answer: leave out one word, ask again, and see how far the text moves on
# the scale. The sentence is new, written for this cell.
#
# How small is too small? *The*, *because* and *was* say little about difficulty. What they move is **noise**: the
# sentence has a hole. We read a word only if it moves the place more than twice as far as each of these.

# %% [markdown] tags=["slide"]
# - Occlusion: leave out one word, ask again
# - Noise: what empty words move
# - The test: change rare words, then easy ones
#
# **It explains the model, not the text.**

# %% [markdown] tags=["notes"]
# Let the room mark the word that makes the sentence hard. Then show the figure in the notebook. Ask why a limit for
# noise is needed: even *the* moves the place a little. An explanation that predicts nothing is a story, so we test
# it.

# %%
sentence = (
    "The committee reluctantly postponed the picnic because the meadow was inundated."
)
words = sentence.split()
without = [" ".join(words[:k] + words[k + 1 :]) for k in range(len(words))]
without[:2]

# %%
from lessons.case_cefr.figures import word_shades

(full_place, *places) = read[KEPT](read_windows(model, [sentence, *without]))[1]
effects = full_place - np.array(places)
empty = np.isin(words, ["The", "the", "because", "was"])
noise = 2 * abs(effects[empty]).max()
print(f"{LEVELS[round(full_place)]}, place {full_place:.2f}, noise up to {noise:.2f}")
word_shades(
    words, effects.tolist(), "What each word adds to the place", "levels", noise
)

# %% tags=["record"]
course.record("noise", noise)
course.record("words_above_noise", int(np.sum(abs(effects) > noise)))
course.record("effect_inundated", effects[-1])

# %% [markdown]
# Orange pushes the text up, blue pulls it down. A word without a shade is within the noise: it tells nothing, whatever
# its sign.
#
# Does the explanation predict anything? Then changing rare words must move the level, and changing easy ones must not.

# %%
changed = {
    "as it was": sentence,
    "rare words made easy": "The group had to move the picnic because the field was wet.",
    "easy words made other": "The committee reluctantly postponed the party because the garden was inundated.",
}
moved = dict(
    zip(changed, read[KEPT](read_windows(model, changed.values()))[1], strict=True)
)
for name, place in moved.items():
    print(f"{name:<22} place {place:.2f}")

# %% tags=["record"]
for name, place in moved.items():
    course.record(f"place_{name.replace(' ', '_')}", place)

# %% [markdown]
# It holds: the first change moves the text by more than two levels, the second hardly at all. Two cautions. Words cover
# for each other: leave out one rare word, and another still says "hard". And occlusion explains the **model**, not the
# text.
#

# ## When should it say "I am not sure"?
#
# The softmax gives a probability for each level. The **confidence** is the probability of the level that it says. Is it
# worth its name?

# %% [markdown] tags=["slide"]
# - Confidence: the probability of the level it says
# - Here it is far below the accuracy
# - The lowest threshold with 80% right, on validation
#
# **A higher threshold: fewer answers, better ones.**

# %% [markdown] tags=["notes"]
# Ask whether a confidence of 0.5 is good or bad. It depends on what the others get. Walk down the table of thresholds
# with the room, and let it stop where 80% is reached. Ask what would be wrong with choosing on the test texts.


# %%
def most_likely(logits):
    return logits.argmax(axis=1), softmax(logits, axis=1).max(axis=1)


said, confidence = most_likely(family[0]["validation"])
right = said == labels["validation"]
print(f"mean confidence {confidence.mean():.2f}, accuracy {right.mean():.2f}")

# %% tags=["record"]
course.record("too_modest", right.mean() - confidence.mean())

# %% [markdown]
# The confidence is far **below** the accuracy. In {{ lesson:evaluation }} a model was too sure of itself. This one is
# too modest. (Our guess, not tested: after few steps its logits are still small.) A threshold only asks which text
# comes first.
#
# Promise 4 asks for 80% right answers. We look for the lowest threshold that gives this, on the **validation** texts.


# %%
def offers_of(confidence, right):
    lines = []
    for limit in np.arange(0.15, 0.95, 0.05).round(2):
        mask = confidence >= limit
        if mask.mean() >= 0.1:  # fewer answers are no help
            lines.append((limit, mask.mean(), right[mask].mean()))
    return pd.DataFrame(lines, columns=["threshold", "answered", "accuracy"])


offers = offers_of(confidence, right)
offers.round(2)

# %%
WISH = 0.8


def lowest(offers, wish):
    good = offers[offers["accuracy"] >= wish]
    return float((good if len(good) else offers.tail(1))["threshold"].iloc[0])


THRESHOLD = lowest(offers, WISH)
THRESHOLD

# %% tags=["record"]
course.record("threshold", THRESHOLD)

# %% [markdown]
# A higher threshold means fewer answers, and better ones.
#
# **Try it.** Would Amina also take three right answers of four? In a new cell, run `lowest(offers, 0.75)`, and find
# that line in the table. What does she gain?
#
# <details><summary>An answer</summary>
#
# The threshold falls, and many more texts get a level. The price: up to a quarter of these levels are wrong.
#
# </details>

# %% tags=["try"]
looser = lowest(offers, 0.75)
answered = offers.set_index("threshold")["answered"]
if course.profile == "laptop":
    assert looser < THRESHOLD and answered[looser] > answered[THRESHOLD] + 0.1

# %% [markdown]
# ## Does it know what it does not know?
#
# The confidence compares six levels. It never asks: is this English? Is it a text at all? We ask.

# %%
strange = ["qwx zzkj vrrp", "Der Hund schläft auf dem Sofa.", "The the the the"]
said, confidence = most_likely(read_windows(model, strange))
for text, k, probability in zip(strange, said, confidence, strict=True):
    print(f"{LEVELS[k]} ({probability:.2f})  {text}")

# %% tags=["record"]
course.record("strange_confidence", confidence[:2].min())

# %% [markdown]
# Nonsense gets a level, and a high one. So does a German sentence that a child can read.
#
# So a threshold does not protect from texts of another kind. We need a guard that looks at the text. Band 4 holds the
# words that the tokenizer has to cut. How many are there in a normal text?

# %%
MOST_CUT = float(np.quantile(features["train"]["rare words"][:, -1], 0.99))


def is_odd(text):
    cut_share = hand_made(text)["rare words"][-1]
    return bool(cut_share > MOST_CUT or not re.search("[a-zA-Z]", text))


print(f"99% of the training texts have at most {MOST_CUT:.0%} of such words")
{text: is_odd(text) for text in strange}

# %% [markdown]
# The guard stops the nonsense. It does not stop the German sentence, because the tokenizer knows *der*, *auf* and
# *dem*. So the card must say it: English only.
#
# ## The thing itself
#
# All pieces together. `decide` takes what the model said of many texts, and `level` asks it for one.

# %%
def decide(logits, odd, threshold):
    """Return of each text the level, its confidence, and whether to say it."""
    said, confidence = most_likely(logits)
    return said, confidence, (confidence >= threshold) & ~odd


# %%
def level(text):
    logits, odd = read_windows(model, [text]), np.array([is_odd(text)])
    (k,), (confidence,), (sure,) = decide(logits, odd, THRESHOLD)
    return f"{LEVELS[k]} ({confidence:.2f})" if sure else "I am not sure"


for text in ("My cat is black. It sleeps on my bed.", sentence, strange[0], "12:45"):
    print(f"{level(text):<14} {text}")

# %% [markdown]
# **Try it.** Give it a sentence in your own language. Which of the two ways does it take?
#
# <details><summary>An answer</summary>
#
# Strange words look hard to this model. So expect a high level, as for the German sentence. If the tokenizer has to cut
# most of the words, the guard makes it silent.
#
# </details>

# %% tags=["try"]
own_language = ["Il gatto dorme sul divano.", "Ang pusa ay natutulog.", "Kedi uyuyor."]
heard = [level(text) for text in own_language]
if course.profile == "laptop":
    assert not any(answer[:2] in ("A1", "A2", "B1") for answer in heard), heard

# %% [markdown]
# ## Which promises are kept?
#
# Now we measure **this** function: its windows, its guard, its threshold, its silence.
#
# One training could be lucky. So all five go the whole way: each gets a threshold of its own from the validation texts,
# and answers the test texts. The last two lines ask `level` itself for twenty texts: it is the same function.

# %% [markdown] tags=["slide"]
# - Near and closer: kept
# - Useful: not kept, most texts stay with the teachers
# - Exact: cannot be told, the goal lies inside
# - Elsewhere: not kept

# %% [markdown] tags=["notes"]
# Let the room give the verdict for each line of the table before you read ours. Insist on the rule: the whole
# interval must reach the goal. The fourth line is the hard one, since its mean lies above the goal. Ask which promise
# would break if the third were mended.

# %%
odd = np.array([is_odd(text) for text in raw["test"]])
runs = []
for out in family:
    said, confidence = most_likely(out["validation"])
    its_offers = offers_of(confidence, said == labels["validation"])
    runs.append(decide(out["test"], odd, lowest(its_offers, WISH)))
distance = np.array([abs(said - truth) for said, _, _ in runs])
sure = np.array([given for _, _, given in runs])
for text, k, given in zip(raw["test"][:20], runs[0][0], sure[0], strict=False):
    assert level(text)[:2] == (LEVELS[k] if given else "I ")

# %% [markdown]
# Promise 2 needs a rival: the simple method that does best on these very test texts. That is hard for us, on purpose.
# Then each promise is a score and its goal.

# %%
simple = {name: abs(answers[name][0] - truth) for name in list(answers)[:7]}
rival = min(simple, key=lambda name: simple[name].mean())


def of_given(hits):
    return lambda each, rows: hits[each, rows][sure[each, rows]].mean()


checks = {
    "1 near": (of_given(distance <= 1), 0.95),
    "2 closer": (lambda e, rows: (simple[rival][rows] - distance[e, rows]).mean(), 0.1),
    "3 useful": (lambda e, rows: sure[e, rows].mean(), 0.5),
    "4 exact": (of_given(distance == 0), 0.8),
}
print("rival:", rival)

# %% [markdown]
# A promise is **kept** if the whole interval reaches the goal, and **not kept** if the whole interval misses it. If the
# goal lies inside, these texts and trainings cannot tell.

# %%
verdict = []
for name, (score, goal) in checks.items():
    value, low, high = spread(score, len(family), times=1000)
    word = "kept" if low >= goal else "not kept" if high < goal else "cannot be told"
    verdict.append((name, goal, value, low, high, word))
columns = ["promise", "goal", "measured", "low", "high", "verdict"]
pd.DataFrame(verdict, columns=columns).round(3)

# %% tags=["record"]
for name, _, value, low, high, _ in verdict:
    course.record(f"promise_{name.replace(' ', '_')}", value)
    course.record(f"low_{name.replace(' ', '_')}", low)
    course.record(f"high_{name.replace(' ', '_')}", high)

# %% [markdown]
# One by one:
#
# - Promise 1, near: **kept**. The whole interval lies above 95%.
# - Promise 2, closer: **kept**, by more than was promised. It counts all texts, also those where the function is
#   silent.
# - Promise 3, useful: **not kept**. About four of five texts stay with the teachers.
# - Promise 4, exact: **cannot be told**. The measured share lies above 80%, and the interval reaches a little
#   below: on another machine it may say *kept*. It is wide, because few texts are answered.
# - Promise 5, elsewhere: **not kept**, as told in front.
#
# Promises 3 and 4 pull against each other: a lower threshold mends the third and breaks the fourth.
#
# ## What must nobody use it for?
#
# - **For a person.** No placement, no mark, no visa. It saw texts to read, never what learners write.
# - **For a single text that matters.** About one in seven of the levels that it gives is wrong.
# - **For other texts.** Poems, slang, forms: not tested. Other languages: tried above, and wrong.
# - **For real shelves, before it is tried on them.** See promise 5. What helps? Trained on 900 of the public sentences
#   themselves, the same checkpoint puts the others into a better order (Spearman 0.59 against 0.50).

# %% [markdown] tags=["slide"]
# - No person: no placement, no mark, no visa
# - No single text that matters
# - No poems, no slang, no other languages
#
# **Try it on your own shelf first.**

# %% [markdown] tags=["notes"]
# Collect uses from the room, and sort them into allowed and forbidden. Somebody will suggest the writing of learners.
# It never saw any. Ask what one would need to allow one more use: texts and labels of that kind.

# %% [markdown]
# ## What do I hand over?
#
# A model and its card. The notebook writes the model card, so each number in it was measured. First its head, for
# programs.

# %% [markdown] tags=["slide"]
# - One folder: model, tokenizer, model card
# - The notebook writes each number of the card
# - Load it again, and ask the same text
#
# **The outputs carry the names of the levels.**

# %% [markdown] tags=["notes"]
# Ask what a colleague needs in a year, and compare with the list of files. Read the lines of the card on what it is
# not for. The last check is the important one: what was saved answers as before.

# %%
from huggingface_hub import ModelCard, ModelCardData

name = course.published_name(checkpoint)
task = {"language": "en", "pipeline_tag": "text-classification", "tags": ["cefr"]}
head = ModelCardData(base_model=name, **task)
print(head.to_yaml())

# %%
from lessons.case_cefr.card import page

train_part, test_part = len(raw["train"]), len(truth)
facts = {"learned": train_part, "tested": test_part, "profile": course.profile}
facts |= {"limit": LIMIT, "threshold": THRESHOLD, "most_cut": MOST_CUT}
body = page(facts, verdict, seeds=len(family), own_texts=course.profile != "full")
card = ModelCard(f"---\n{head.to_yaml()}\n---\n{body}")
print(card)

# %% [markdown]
# Card, model and tokenizer go into one folder. Does it work? Load it again, and ask.

# %%
folder = course.workdir / "level_model"
model.config.id2label = dict(enumerate(LEVELS))
model.config.label2id = {name: k for k, name in enumerate(LEVELS)}
for part in (model, tokenizer):
    part.save_pretrained(folder)
card.save(folder / "README.md")
again = AutoModelForSequenceClassification.from_pretrained(folder).to(course.device)
asked = [read_windows(each, [sentence]) for each in (model, again)]
assert np.allclose(*asked, atol=1e-4)
print(sorted(path.name for path in folder.iterdir()))
print(again.config.problem_type, list(again.config.id2label.values()))

# %% [markdown]
# The outputs carry the names of the levels, and the threshold is in the card. So the folder can be read in a year.
#
# ## In this notebook we have
#
# - **measured** with four numbers, and seen what each of them does not see;
# - **built** simple methods first: by kappa, seven handmade numbers beat counting words;
# - **fine-tuned** in three ways under one protocol, and found no clear difference;
# - **explained** one answer by leaving words out, drawn a line for noise, and tested the explanation;
# - **delivered** a `level(text)` that knows when to be silent, and settled five promises that we made before.
#
# What would you tell Amina? Let the function speak where it is sure, and let teachers read the rest. But first let them
# label some hundred texts of her own shelves, and measure there: promise 5 is the one that counts for her.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | a regression that only says middle levels | too few steps, or targets that are not centred | subtract the mean of the scale; train longer |
# | `result type Float can't be cast to ... Long` | the answers to the questions are whole numbers, and the loss wants floats | `float(...)` for each yes and no |
# | kappa is `nan` | only one level in labels and answers | look at the counts |
# | `stride` makes far more windows than you thought | it is the overlap, not the step | a quarter of the window is a good start |
#
# **Next:** the sheet for this lesson, and then a model that must learn a trade: {{ lesson:case_textbook }}.
