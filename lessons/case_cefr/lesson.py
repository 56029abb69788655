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
# - **explain** one answer word by word, and read it as a teacher would;
# - **deliver** a `level(text)` that can say "I am not sure", with a model card.
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
# A language school has two thousand short texts on its shelves. Learners get them to read. A text that is too hard
# makes them give up. So every text should carry a level of the Common European Framework, from A1 (beginner) to C2
# (like an educated native reader). Teachers do this by hand, and they have no time.
#
# Could a model write a first level on each text? A lecture that this course grew from ends with such a task:
# "Fine-tune BERT to classify CEFR label efficiently, then evaluate and interpret results."
#
# We say what would help **before** we see a score. Nobody should move the goal later:
#
# 1. It is rarely more than one level off.
# 2. It is clearly better than simple methods.
# 3. It says when it is not sure, so that a teacher reads those texts.
#
# ## What do the texts look like?

# %% tags=["nbval-check-output"]
from datasets import ClassLabel, disable_progress_bars, load_dataset

disable_progress_bars()
LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
texts = load_dataset(*course.dataset("cefr"))
if "cefr_level" in texts["train"].column_names:  # the public texts of `full`
    texts = texts.map(lambda row: {"label": LEVELS.index(row["cefr_level"])})
    texts = texts.cast_column("label", ClassLabel(names=LEVELS))
for number, name in enumerate(LEVELS):
    rows = texts["train"].filter(lambda row, number=number: row["label"] == number)
    print(f"{name} {len(rows):>4} rows, ", rows[0]["text"][:70] if len(rows) else "")

# %% [markdown]
# One text of each level. Do you agree with the labels? In `laptop`, the A1 text has a relative clause, and each of
# its words is among the first a learner meets. There the words come first, then the grammar.
#
# Those texts were written for this course by a language model. Their card, `data/cefr/README.md`, says how, and what
# they are not fit for. In `full` you get public sentences that teachers labelled.
#
# A label is somebody's opinion. So how much do two readers agree? For the texts of `laptop` the card tells: a second
# reader gave the same level to 90% of the test texts, and was never more than one level off. No model can be
# much better than that. The second reader was a language model, too. Two teachers would agree less.
#
# ## Three parts with three jobs
#
# `laptop` brings its splits. The public file of `full` has only one part, and almost no A1, C1 or C2. So we
# cut it ourselves. **Stratified** means: each part gets the same share of each level.

# %% tags=["nbval-check-output"]
from collections import Counter

from datasets import DatasetDict, concatenate_datasets


def cut(rows, size):
    """Split off `size` rows (or a share), stratified. Levels with under five rows stay."""
    counts = Counter(rows["label"])
    few = rows.filter(lambda row: counts[row["label"]] < 5)
    many = rows.filter(lambda row: counts[row["label"]] >= 5)
    stratified = {"stratify_by_column": "label", "seed": course.seed}
    parts = many.train_test_split(test_size=size, **stratified)
    return concatenate_datasets([parts["train"], few]), parts["test"]


if "test" not in texts:
    rest, test = cut(texts["train"], 0.2)
    rest, validation = cut(rest, 0.15)
    texts = DatasetDict(train=rest, validation=validation, test=test)
{split: len(rows) for split, rows in texts.items()}

# %% [markdown]
# A level with one row cannot be in three parts. Such rows stay in `train`. They are not dropped, but the test can
# say nothing about them. The next table shows such gaps as zeros.
#
# Without a GPU we take only a part of the training texts.

# %% tags=["nbval-check-output"]
import numpy as np
import pandas as pd

sizes = course.pick(
    laptop={"train": 768, "validation": 240},
    full={},
    smoke={"train": 48, "validation": 36, "test": 60},
)
for split, size in sizes.items():
    texts[split] = cut(texts[split], size)[1]
train, validation, test = (texts[split] for split in ("train", "validation", "test"))
truth = {split: np.array(rows["label"]) for split, rows in texts.items()}
counts = {split: np.bincount(truth[split], minlength=6) for split in texts}
pd.DataFrame(counts, index=LEVELS).T

# %% [markdown]
# Read your own table. Where a number is zero, nothing will be measured. Where it is below ten, hardly anything.
# In the public file of `full`, that is C2, C1 and nearly A1. A score on it is a score for A2, B1 and B2.
#
# ## What is a good score, if labels have an order?
#
# Four numbers, and each sees something else:
#
# - **accuracy**: the same level;
# - **within one**: the same level or its neighbour;
# - **kappa** (quadratic weighted): an error of two levels costs four times as much as an error of one. 1 is perfect,
#   and 0 is what you get by luck;
# - **Spearman**: are the texts in the right order? It looks at places on a scale, not at levels.
#
# Kappa sounds like magic. In fact it is one fraction: the squared errors you made, divided by those you would make by
# luck.

# %%
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score


def kappa(truth, level):
    truth, level = truth.astype("int8"), level.astype("int8")  # small numbers: faster
    by_luck = np.mean((truth[:, None] - level[None, :]) ** 2)
    return 1 - np.mean((truth - level) ** 2) / by_luck


def judge(truth, level, place):
    return {
        "accuracy": np.mean(level == truth),
        "within one": np.mean(abs(level - truth) <= 1),
        "kappa": kappa(truth, level),
        "Spearman": spearmanr(truth, place).statistic,
    }


# %% [markdown]
# "By luck" compares every true level with every answer, whichever text they belong to. Is that the library's kappa?

# %%
noise = np.random.default_rng(course.seed)
guesses = np.clip(truth["test"] + noise.integers(-2, 3, len(test)), 0, 5)
ours = kappa(truth["test"], guesses)
library = cohen_kappa_score(truth["test"], guesses, weights="quadratic")
print(f"ours {ours:.6f}, scikit-learn {library:.6f}")
assert np.isclose(ours, library)

# %% [markdown]
# The same. Now to the belief that sits in most tutorials.
#
# ## Assumption and sceptic
#
# > **Assumption:** *Wrong is wrong. Accuracy is all we need.*
# >
# > **Sceptic:** *A learner at A1 gets an A2 text: hard work. A learner at A1 gets a C2 text: the end of the course.*
#
# We invent three raters. One errs only by one level. One errs as often, on the same texts, but to any level. And one
# is strict: always one level too high.

# %%
here = truth["test"]
errs = noise.random(len(here)) < 0.3
aside = np.where(here == 5, 4, np.where(here == 0, 1, here + noise.choice([-1, 1])))
anywhere = (here + noise.integers(1, 6, len(here))) % 6
raters = {
    "one level off": np.where(errs, aside, here),
    "anywhere": np.where(errs, anywhere, here),
    "always one too high": here + 1,
}
judged = {name: judge(here, level, level) for name, level in raters.items()}
pd.DataFrame(judged).T.round(2)

# %% tags=["record"]
for name in ("one level off", "anywhere"):
    course.record(f"kappa_{name.replace(' ', '_')}", judged[name]["kappa"])

# %% [markdown]
# The sceptic is right. The first two raters have the same accuracy to the last text. Within one and kappa tell them
# apart.
#
# Look at the third. Its accuracy is zero, and its Spearman is perfect. A wrong scale in the right order: accuracy sees
# only the first half of that, and Spearman only the second. So no number stands alone from here on.
#
# **Try it.** A rater writes A2 on every text of `laptop`. What will its within-one score be, and its kappa? Guess
# first.
#
# <details><summary>An answer</summary>
#
# A1, A2 and B1 are within one. That is three of six levels: 50% of the test texts. Half of the shelf "nearly right",
# without reading a word. Its kappa is exactly 0. You will see it in the big table.
#
# </details>
#
# ## Is a long text a hard text?
#
# The simplest idea. Longer texts are harder, so count the words. And two older ideas: **readability formulas**
# use the length of sentences and the syllables of words. **Rare words** are harder than common ones.
#
# First the syllables: groups of vowels, without a silent *e* at the end.

# %% tags=["nbval-check-output"]
import re


def words_of(text):
    return re.findall(r"[a-z']+", text.lower()) or ["a"]


def syllables(word):
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$", word)
    return max(1, groups - bool(silent))


{word: syllables(word) for word in ("cat", "table", "climbed", "nostalgia", "recipe")}

# %% [markdown]
# Right four times. *Recipe* has three. English spelling keeps no promises, and all such counters have such errors.
#
# The two best-known formulas need only words in a sentence and syllables in a word. Flesch's reading ease is high for
# easy texts. The Flesch-Kincaid grade is meant as a year of an American school.


# %% tags=["nbval-check-output"]
def readability(text):
    words = words_of(text)
    sentences = max(1, len(re.findall(r"[.!?]+(?=\W|$)", text)))
    per_sentence = len(words) / sentences
    per_word = sum(syllables(word) for word in words) / len(words)
    ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word
    grade = 0.39 * per_sentence + 11.8 * per_word - 15.59
    return ease, grade


for text in (
    "The cat sat on the mat.",
    "Nostalgia glosses over pre-industrial squalor.",
):
    print("ease {:.1f}, grade {:.1f}".format(*readability(text)), text)

# %% [markdown]
# For so short a sentence the numbers leave every scale. The formulas were made for pages. Keep that in mind.
#
# How do we know that a word is rare? The tokenizer knows. Its vocabulary is a list, and common words mostly stand
# before rare ones. (For the list of BERT. A test of this course checks it on our texts.)

# %%
from transformers import AutoTokenizer

checkpoint = course.pick_checkpoint(CHECKPOINT, full="bert-base-uncased")
tokenizer = AutoTokenizer.from_pretrained(checkpoint)
EDGES = (3000, 5000, 10000)  # ends of the first three bands


def band(word):
    ids = tokenizer(word, add_special_tokens=False)["input_ids"]
    return 4 if len(ids) > 1 else int(np.searchsorted(EDGES, ids[0]))


for word in ("house", "kitchen", "palace", "ravine", "caterwauling"):
    ids = tokenizer(word, add_special_tokens=False)["input_ids"]
    print(f"{word:<13} band {band(word)}, ids {ids}")

# %% [markdown]
# Five **bands**, from very common (0) to so rare that the word is cut into pieces (4). For a text we take the share
# of its words in each band.
#
# Now all numbers for one text.


# %%
def hand_made(text):
    words = words_of(text)
    shares = np.bincount([band(word) for word in words], minlength=5) / len(words)
    return {
        "length": [np.log(len(words))],
        "readability": list(readability(text)),
        "rare words": list(shares[1:]),
    }


for name, numbers in hand_made("We saw a ravine.").items():
    print(f"{name:<12}", np.round(numbers, 2).tolist())

# %% [markdown]
# One number for the length (its logarithm), two formulas, four shares. And so for all texts.

# %%
features = {}
for split, rows in texts.items():
    table = [hand_made(text) for text in rows["text"]]
    features[split] = {
        name: np.array([row[name] for row in table]) for name in table[0]
    }
    features[split]["all three"] = np.hstack(list(features[split].values()))
features["train"]["all three"].shape

# %%
from lessons.case_cefr.figures import metric_panels, spreads, word_shades

own = features["train"]
measures = {
    "words": np.exp(own["length"][:, 0]),
    "grade (Flesch-Kincaid)": own["readability"][:, 1],
    "share of words in bands 3, 4": own["rare words"][:, 2:].sum(axis=1),
}
panels = {
    name: {level: values[truth["train"] == k] for k, level in enumerate(LEVELS)}
    for name, values in measures.items()
}
spreads(panels, "Median and middle 80% of the training texts")

# %% [markdown]
# The dots are medians, and 80% of the texts lie on the bars. On the left the bars overlap nearly completely: length
# says little here. In `laptop`, the other two share the work. The grade climbs from A1 to B2, and then it stops. The
# rare words climb most from B2 on. No panel separates two neighbours.
#
# ## How do I turn a number into a level?
#
# A straight line through the training texts gives each text a **place** on a scale from 0 to 5. Then one can round. But
# a weak line keeps to the middle, so rounding never says A1 or C2. The other way: cut the scale so that the training
# texts get each level as often as they should. These cuts are **thresholds**.

# %%
from sklearn.linear_model import LinearRegression


def places(name, split):
    line = LinearRegression().fit(features["train"][name], truth["train"])
    return line.predict(features[split][name])


def threshold(place, train_place):
    shares = np.cumsum(counts["train"])[:-1] / len(train)
    return np.searchsorted(np.quantile(train_place, shares), place)


place = places("length", "test")
rounded = np.clip(np.rint(place), 0, 5).astype(int)
cuts = threshold(place, places("length", "train"))
for name, level in {"rounded": rounded, "thresholds": cuts}.items():
    print(f"{name:<11} counts of A1 to C2: {np.bincount(level, minlength=6)}")

# %% [markdown]
# Rounded, length alone says only middle levels. With thresholds it uses all. We take thresholds for the baselines.
#
# `answers` collects levels and places of every method on the test texts. First the constant answer and the handmade
# numbers.

# %%
always = np.full(len(test), counts["train"].argmax())
answers = {f"always {LEVELS[always[0]]}": (always, noise.random(len(test)))}
for name in ("length", "readability", "rare words", "all three"):
    place = places(name, "test")
    answers[name] = threshold(place, places(name, "train")), place
for name, (level, place) in answers.items():
    scores = judge(truth["test"], level, place)
    print(f"{name:<12}", {metric: f"{value:.2f}" for metric, value in scores.items()})

# %% [markdown]
# (The constant answer has no order, so we gave it random places.)
#
# With the offline data: length alone is poor. Readability and rare words are far better, and together they are better
# still. Seven numbers, a straight line, no neural network. This is the method to beat.
#
# **TF-IDF** with logistic regression ({{ lesson:start_here }}) also learns from the training texts. Its place on the
# scale is the mean of the levels, weighted by their probabilities.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(classifier, inputs):
    classifier.fit(inputs["train"], truth["train"])
    weights = classifier.predict_proba(inputs["test"])
    return classifier.predict(inputs["test"]), weights @ classifier.classes_


raw = {split: list(rows["text"]) for split, rows in texts.items()}
counting = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
answers["TF-IDF"] = classify(counting, raw)
scores = judge(truth["test"], *answers["TF-IDF"])
print({metric: f"{value:.2f}" for metric, value in scores.items()})

# %% [markdown]
# In `laptop`, counting words has a lower kappa than seven numbers that somebody thought about. One reason: a rare word
# is rare in the training texts, too. Most rare words of the test TF-IDF has never seen.
#
# ## What does the frozen encoder know?
#
# Last baseline: the pretrained model reads, and we train only a logistic regression on its vectors. One function asks
# any model. It sorts by length to save padding, and gives the answers back **in the order of the texts**.

# %%
import torch
from transformers import AutoModel, DataCollatorWithPadding, logging

LIMIT = course.pick(laptop=64, full=128, smoke=32)  # tokens
pad = DataCollatorWithPadding(tokenizer)


@torch.no_grad()
def ask(model, ids, take=lambda output, mask: output.logits):
    parts, order = [], np.argsort([len(row) for row in ids], kind="stable")
    for rows in np.split(order, range(64, len(order), 64)):
        batch = pad([{"input_ids": ids[row]} for row in rows])
        batch = batch.to(course.device)
        output = model.eval()(**batch)
        parts.append(take(output, batch["attention_mask"]).cpu().numpy())
    return np.concatenate(parts)[np.argsort(order)]


# %% [markdown]
# `take` says what we want of the output. For the frozen encoder: the mean of its vectors, without the padding.


# %%
def mean_vector(output, mask):
    mask = mask[..., None]
    return (output.last_hidden_state * mask).sum(dim=1) / mask.sum(dim=1)


cut_ids = {
    split: tokenizer(rows, truncation=True, max_length=LIMIT)["input_ids"]
    for split, rows in raw.items()
}
logging.set_verbosity_error()  # quiet: the table with MISSING is known by now
logging.disable_progress_bar()
encoder = AutoModel.from_pretrained(checkpoint).to(course.device)
vectors = {split: ask(encoder, ids, mean_vector) for split, ids in cut_ids.items()}
single = ask(encoder, cut_ids["test"][:1], mean_vector)
assert np.allclose(single, vectors["test"][:1], atol=1e-4)  # the order is right
vectors["train"].shape

# %%
frozen = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
answers["frozen"] = classify(frozen, vectors)
scores = judge(truth["test"], *answers["frozen"])
print({metric: f"{value:.2f}" for metric, value in scores.items()})

# %% [markdown]
# The text was cut at `LIMIT` tokens. We come back to that: a few texts are longer.
#
# With the offline checkpoint, the frozen encoder hits more levels exactly than the seven handmade numbers. Its kappa is
# hardly better: when it errs, it errs further.
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
# The five questions are: is it above A1? Above A2? And so on, up to C1. In the library this is a "multi-label" problem,
# and that is all we need.


# %% tags=["nbval-check-output"]
teach = {
    "six names": lambda level: level,
    "one number": lambda level: level - 2.5,
    "five questions": lambda level: [float(level > border) for border in range(5)],
}
for way, target in teach.items():
    print(
        f"{way:<15}", {name: target(LEVELS.index(name)) for name in ("A1", "B2", "C2")}
    )

# %% [markdown]
# Why minus 2.5? A new head begins near zero. So zero should be the middle of the scale, not its end.
#
# **Try it.** Teach `float(level)` instead, without minus 2.5, and read it without plus 2.5. What does it cost?
#
# <details><summary>An answer</summary>
#
# In our repetition (`benchmarks/cefr_ways.py`, three seeds): the accuracy falls from 0.65 to 0.47, the kappa from 0.93
# to 0.88. The order stays good (Spearman 0.93). So it is the scale that is off: the head has few steps, and spends them
# on the way up.
#
# </details>
#
# The first way knows no order: for cross-entropy, A1 and C2 are two names. The others do.
#
# From the outputs back to a level and a place:

# %%
from scipy.special import expit, softmax

read = {
    "six names": lambda out: (out.argmax(1), softmax(out, axis=1) @ np.arange(6)),
    "one number": lambda out: (
        np.clip(np.rint(out[:, 0] + 2.5), 0, 5).astype(int),
        out[:, 0] + 2.5,
    ),
    "five questions": lambda out: ((out > 0).sum(axis=1), expit(out).sum(axis=1)),
}
print("from outputs to answers:", list(read))

# %%
sure_b2 = {
    "six names": [[0, 0, 0, 9, 0, 0]],
    "one number": [[0.6]],
    "five questions": [[9, 9, 9, -9, -9]],
}
for way, outputs in sure_b2.items():
    level, place = read[way](np.array(outputs))
    print(f"{way:<15} {LEVELS[level[0]]}, place {place[0]:.2f}")

# %% [markdown]
# Three times B2. A logit above zero means a probability above one half, so counting the positive ones counts the *yes*.
#
# ## One protocol for all three
#
# The same texts, the same seed, the same settings. `problem_type` chooses the loss, and `num_labels` the number of
# outputs. (Small models take larger steps, so the learning rate depends on the width of the encoder.)

# %%
from transformers import AutoModelForSequenceClassification, set_seed

PROBLEMS = {
    "six names": ("single_label_classification", 6),
    "one number": ("regression", 1),
    "five questions": ("multi_label_classification", 5),
}


def fresh_model(way):
    set_seed(course.seed)
    problem, outputs = PROBLEMS[way]
    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint, problem_type=problem, num_labels=outputs
    )
    if course.device.type == "cpu":
        model.base_model.embeddings.requires_grad_(False)
    return model


# %%
from transformers import PrinterCallback, Trainer, TrainingArguments

arguments = TrainingArguments(
    output_dir=course.workdir / "checkpoints",
    num_train_epochs=course.pick(laptop=2, full=3, smoke=1),
    per_device_train_batch_size=16,
    learning_rate=2e-4 if encoder.config.hidden_size < 512 else 3e-5,
    warmup_steps=0.1,
    weight_decay=0.01,
    train_sampling_strategy="group_by_length",
    save_strategy="no",
    report_to="none",
    disable_tqdm=True,
    seed=course.seed,
)
print(f"{-(-len(train) // 16) * arguments.num_train_epochs:.0f} steps each")

# %% [markdown]
# The next cell is the long one. After each training it asks the validation texts and the test texts, once.

# %%
from datasets import Dataset


def train_model(way):
    labels = [teach[way](level) for level in train["label"]]
    rows = Dataset.from_dict({"input_ids": cut_ids["train"], "label": labels})
    trainer = Trainer(fresh_model(way), arguments, pad, rows)
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return trainer.model


# %%
import time

del encoder  # it has done its work: free its memory
models, outputs = {}, {}
for way in teach:
    begin = time.perf_counter()
    models[way] = train_model(way)
    outputs[way] = {
        part: ask(models[way], cut_ids[part]) for part in ("validation", "test")
    }
    print(f"{way}: {time.perf_counter() - begin:.0f} s")

# %% [markdown]
# ## Which of the three do we keep?
#
# The validation texts decide. The test texts must not: they shall judge what we chose.

# %%
said = {way: read[way](out["validation"]) for way, out in outputs.items()}
on_validation = {
    way: judge(truth["validation"], *answer) for way, answer in said.items()
}
pd.DataFrame(on_validation).T.round(3)

# %% tags=["record"]
for way, scores in on_validation.items():
    course.record(f"validation_kappa_{way.replace(' ', '_')}", scores["kappa"])

# %% [markdown]
# Close together. Is any difference real? The course's helper gives the interval of a mean ({{ lesson:start_here }}),
# and kappa is no mean. So we write one for any score: it draws the validation texts anew, again and again. Each draw
# judges two models on the same texts.


# %%
def score_interval(score, rows, draws=400):
    """Return the score of all rows, with the ends of its 95% interval."""
    lots = np.random.default_rng(course.seed).integers(rows, size=(draws, rows))
    drawn = [score(lot) for lot in lots]
    return score(np.arange(rows)), *np.quantile(drawn, [0.025, 0.975], axis=0)


def kappa_gain(one, other, split):
    def score(lot):
        return kappa(truth[split][lot], one[lot]) - kappa(truth[split][lot], other[lot])

    return score_interval(score, len(truth[split]))


for way in ("one number", "five questions"):
    gain = kappa_gain(said[way][0], said["six names"][0], "validation")
    print("{} minus six names: {:+.3f} ({:+.3f} to {:+.3f})".format(way, *gain))

# %% [markdown]
# Zero lies inside: these texts cannot tell the ways apart. And that was one draw of training texts, and one seed.
#
# So we did it again elsewhere (`benchmarks/cefr_ways.py`): 512 other training texts, three seeds, the offline
# checkpoint. The means on the validation texts:
#
# | way | accuracy | kappa |
# |---|---|---|
# | six names | 0.69 | 0.94 |
# | one number | 0.65 | 0.93 |
# | five questions | 0.64 | 0.93 |
#
# There, the way that knows **no** order had the best accuracy in each of the three seeds. In the table above it has the
# lowest. So neither table is a law. One often reads that an ordered label needs an ordinal loss. We found no
# clear difference. The levels lie in order in the texts themselves, and six names find that order, too.
#
# So the loss decides little, and we choose by use. The school wants a level **and** a confidence. Six names give a
# probability for each level. One number gives none. And five questions? Could they say "above B2: yes, above B1: no"?

# %%
KEPT = "six names"
model, out = models[KEPT], outputs[KEPT]
rises = np.diff(outputs["five questions"]["test"], axis=1) > 0
said_yes = outputs["five questions"]["test"] > 0
yes_after_no = (~said_yes[:, :-1] & said_yes[:, 1:]).any(axis=1).mean()
print(f"a yes after a no: {yes_after_no:.1%} of the texts")
print(f"a probability that rises: {rises.any(axis=1).mean():.1%}")

# %% tags=["record"]
course.record("yes_after_no", yes_after_no)
course.record("rising_probability", rises.any(axis=1).mean())

# %% [markdown]
# They could. Nothing forbids it, because the five outputs are free. With the offline texts, their *yes* and *no* stay
# in order. But their probabilities do not: for nearly half of the texts, one of the five rises where it should fall. (A
# stricter form, known as CORAL, gives all questions **one** weight vector and five borders. Then it cannot happen.) So
# we keep the six names.
#
# ## What did each step bring?
#
# Now the test texts, all methods, four metrics, each with its interval.

# %%
for way in teach:
    answers[way] = read[way](outputs[way]["test"])
metrics = ("accuracy", "within one", "kappa", "Spearman")


def with_intervals(level, place):
    def score(lot):
        return list(judge(truth["test"][lot], level[lot], place[lot]).values())

    ends = score_interval(score, len(test), draws=200)  # scores, low ends, high ends
    return dict(zip(metrics, zip(*ends, strict=True), strict=True))


results = {name: with_intervals(*answer) for name, answer in answers.items()}
metric_panels(results, f"Ten methods, {len(test)} unseen texts", strong=3)

# %%
table = pd.DataFrame(
    {name: {m: s[0] for m, s in row.items()} for name, row in results.items()}
)
table.T.round(2)

# %% tags=["record"]
for name in ("length", "all three", "TF-IDF", "frozen", *teach):
    course.record(
        f"kappa_{name.replace(' ', '_').replace('-', '_')}", table[name]["kappa"]
    )
course.record("accuracy_kept", table[KEPT]["accuracy"])
course.record("within_one_kept", table[KEPT]["within one"])

# %% [markdown]
# Read it column by column. With the offline checkpoint:
#
# - *Within one* begins at one half for no work at all. So 0.9 is less than it sounds.
# - The three fine-tuned models lie above all baselines in every panel.
# - Among the three, the intervals overlap.
#
# The first promise was "rarely more than one level off", and the second "clearly better than simple methods". The
# second as a number, text by text:

# %%
for name in ("all three", "frozen"):
    gain = kappa_gain(answers[KEPT][0], answers[name][0], "test")
    print("{} minus {}: {:+.3f} ({:+.3f} to {:+.3f})".format(KEPT, name, *gain))
    course.record(f"gain_over_{name.replace(' ', '_')}", gain[0])

# %% [markdown]
# ## Where does it go wrong?

# %%
from sklearn.metrics import confusion_matrix

from course_utils.plots.evaluation import confusion

level, place = answers[KEPT]
matrix = confusion_matrix(truth["test"], level, labels=range(6))
confusion(
    matrix.tolist(),
    LEVELS,
    f"{KEPT.capitalize()}, {len(test)} test texts",
    ordered=True,
)

# %% [markdown]
# Rows are labels, columns are answers. The solid frames hold right answers, the dashed ones a neighbour. Errors stick
# to the diagonal. In numbers, by how many levels it is off, and in which direction:

# %%
off = level - truth["test"]
for distance in range(-5, 6):
    if (off == distance).any():
        print(f"{distance:+d} {np.sum(off == distance):>4} texts")
one_off = np.mean(abs(off[off != 0]) == 1)
print(f"of its errors, {one_off:.0%} are one level off")

# %% tags=["record"]
course.record("errors_one_off", one_off)

# %% [markdown]
# Now read the worst errors, as a teacher would. (In `full` these are public texts.)

# %%
for row in np.argsort(-abs(place - truth["test"]))[:6]:
    print(f"label {LEVELS[truth['test'][row]]}, model {LEVELS[level[row]]}", end=": ")
    print(raw["test"][row][:150])

# %% [markdown]
# With the offline texts, look at what they have in common. *There was about his dress a want of finish*: only easy
# words, but no learner would write or follow them. The model says A2. *Thousands of years ago, there was no paper*:
# plain grammar, and one rare word, *papyrus*. The model says B2. It listens to words more than to grammar. A teacher
# should know that.
#
# ## What if some levels are rare?
#
# Our levels are equally frequent. Real shelves are not: the public sentences are nine tenths A2 and B1. So we make such
# a shelf on purpose. We keep all of A2 and B1, and few of the others. Frozen vectors make this cheap.

# %%
shares = dict(zip(range(6), (0.15, 1, 1, 0.3, 0.1, 0.1), strict=True))


def rare_levels(random):
    """Return the rows of an uneven shelf: a share of each level, five rows at least."""
    kept = []
    for number, share in shares.items():
        rows = random.permutation(np.flatnonzero(truth["train"] == number))
        kept.extend(rows[: max(5, round(share * len(rows)))])
    return np.array(kept)


shelf = rare_levels(np.random.default_rng(course.seed))
print(dict(Counter(LEVELS[k] for k in sorted(truth["train"][shelf]))))

# %% [markdown]
# First the split. Draw a test part of one fifth from this shelf, some hundred times. How many texts of the rarest level
# does it hold?

# %%
from sklearn.model_selection import train_test_split

uneven = truth["train"][shelf]
rarest = min(np.unique(uneven), key=lambda number: np.sum(uneven == number))
for kind, stratify in {"plain": None, "stratified": uneven}.items():
    held = []
    for seed in range(course.pick(laptop=500, full=500, smoke=20)):
        settings = {"test_size": 0.2, "stratify": stratify, "random_state": seed}
        held.append(np.sum(train_test_split(uneven, **settings)[1] == rarest))
    print(f"{kind:<11} {min(held)} to {max(held)} texts of {LEVELS[rarest]}")

# %% [markdown]
# A plain split may give you one text of that level, or none, and then you measure luck. A stratified split gives nearly
# the same number each time. It costs one argument.
#
# Now the training. **Class weights** make an error on a rare level count more. `class_weight="balanced"` does it.
# **Recall** is the share of a level's texts that were found. We judge on the test texts, where the levels are equally
# frequent, and take the mean of ten shelves.

# %%
from sklearn.metrics import recall_score

recalls = {"no weights": [], "class weights": []}
present = np.unique(truth["test"])
for seed in range(course.pick(laptop=10, full=10, smoke=2)):
    shelf = rare_levels(np.random.default_rng(seed))
    for name, weight in {"no weights": None, "class weights": "balanced"}.items():
        last = LogisticRegression(C=0.01, max_iter=1000, class_weight=weight)
        learner = make_pipeline(StandardScaler(), last)
        learner.fit(vectors["train"][shelf], truth["train"][shelf])
        said = learner.predict(vectors["test"])
        each = recall_score(
            truth["test"], said, labels=present, average=None, zero_division=0
        )
        recalls[name].append(each)

# %%
means = {name: np.mean(each, axis=0) for name, each in recalls.items()}
recall_table = pd.DataFrame(means, index=[LEVELS[k] for k in present]).T
recall_table["mean"] = recall_table.mean(axis=1)
recall_table.round(2)

# %% tags=["record"]
for name, value in recall_table["mean"].items():
    course.record(f"recall_{name.replace(' ', '_')}", value)

# %% [markdown]
# Without weights the rare levels are hardly found. With weights they are found more often, and A2 and B1 pay for it.
# Whether that is a good trade depends on what the school needs. Weights shift attention. They add no knowledge: more
# texts of the rare levels would.
#
# And if the school's shelf is as uneven as the training shelf? Then weights may lower the accuracy there. Say which
# world your test describes.
#
# ## What happens to long texts?
#
# Our model read at most `LIMIT` tokens, in training and in the test. What did it not see?

# %%
whole = tokenizer(raw["test"], truncation=True, max_length=512)["input_ids"]
lengths = np.array([len(ids) for ids in whole])
long = np.flatnonzero(lengths > LIMIT)
print(f"{len(long)} of {len(test)} test texts are longer than {LIMIT} tokens")
if len(long):
    seen = tokenizer.decode(whole[long[0]][:LIMIT], skip_special_tokens=True)
    unseen = tokenizer.decode(whole[long[0]][LIMIT:], skip_special_tokens=True)
    print(f"SEEN {seen}\n\nCUT {unseen}")

# %% [markdown]
# Three ways to treat such a text:
#
# - **cut**: only the beginning, as until now;
# - **whole**: all of it at once. A BERT reads up to 512 tokens, but ours never saw so many in training;
# - **windows**: pieces of `LIMIT` tokens that overlap, and the mean of their answers.
#
# The tokenizer makes windows itself. Mind the word: its `stride` is the **overlap**, not the step.

# %%
OVERLAP = LIMIT // 4


def windows(text):
    pieces = tokenizer(
        text,
        truncation=True,
        max_length=LIMIT,
        stride=OVERLAP,
        return_overflowing_tokens=True,
    )
    return pieces["input_ids"]


longest = raw["test"][lengths.argmax()]
print(lengths.max(), "tokens become windows of", [len(ids) for ids in windows(longest)])

# %% [markdown]
# Public sentences are short. So where fewer than ten texts are long, we glue eight of one level together. Such a text
# is an invention, and it only tests the code.

# %%
long_texts = [raw["test"][row] for row in long]
long_truth = truth["test"][long]
if len(long) < 10:
    groups = {number: np.flatnonzero(truth["test"] == number) for number in present}
    eight = {k: [raw["test"][row] for row in rows[:8]] for k, rows in groups.items()}
    long_texts = [" ".join(sentences) for sentences in eight.values()]
    long_truth = np.array(list(eight))
policies = {
    name: ask(model, tokenizer(long_texts, truncation=True, max_length=most).input_ids)
    for name, most in {"cut": LIMIT, "whole": 512}.items()
}
by_window = [ask(model, windows(text)).mean(axis=0) for text in long_texts]
policies["windows"] = np.array(by_window)
print(len(long_texts), "long texts")

# %%
on_long = {
    name: judge(long_truth, *read[KEPT](logits)) for name, logits in policies.items()
}
pd.DataFrame(on_long).T.round(2)

# %% tags=["record"]
for name, scores in on_long.items():
    course.record(f"long_accuracy_{name}", scores["accuracy"])

# %% [markdown]
# With the offline texts, the three differ by two or three texts of some 80: nothing to build on. In these texts the
# beginning shows the level. And reading the whole did no harm, although the model was trained on short ones.
#
# Then why windows? They leave nothing unread, and each piece has a length that the model knows. A text that begins with
# a simple story and ends with a contract should not count as a simple story. We take windows, on these grounds and not
# for the score.
#
# ## Why does it say so?
#
# A teacher will ask. **Occlusion** is a simple answer: leave out one word, ask again, and see how far the text moves on
# the scale. Do this for each word. The sentence is new, written for this cell.

# %%
sentence = (
    "The committee reluctantly postponed the picnic because the meadow was inundated."
)


def place_of(sentences):
    ids = tokenizer(sentences, truncation=True, max_length=LIMIT)["input_ids"]
    return read[KEPT](ask(model, ids))[1]


words = sentence.split()
without = [" ".join(words[:k] + words[k + 1 :]) for k in range(len(words))]
full_place = place_of([sentence])[0]
effects = full_place - place_of(without)
print(f"place {full_place:.2f}, that is {LEVELS[round(full_place)]}")
word_shades(words, effects.tolist(), "What each word adds to the place", "levels")

# %% [markdown]
# Orange words push the text up: without them it would be easier. Blue words pull it down.
#
# With the offline checkpoint, one word does nearly all of it: *inundated*. A teacher would agree, and would add
# *reluctantly*, *postponed* and the passive. The model hardly hears them. And see *the*: leaving out so empty a word
# moves the place by 0.1. That is how large the noise is. So most of the small shades mean nothing.
#
# Does the explanation predict anything? Then changing the orange words must move the level, and changing others must
# not.

# %%
changed = {
    "as it was": sentence,
    "rare words made easy": "The group had to move the picnic because the field was wet.",
    "easy words made other": "The committee reluctantly postponed the party because the garden was inundated.",
}
for name, place in zip(changed, place_of(list(changed.values())), strict=True):
    print(f"{name:<22} place {place:.2f}")

# %% tags=["record"]
for name, place in zip(changed, place_of(list(changed.values())), strict=True):
    course.record(f"place_{name.replace(' ', '_')}", place)

# %% [markdown]
# With the offline checkpoint it holds: the first change moves the text by more than two levels, the second hardly at
# all. Three cautions belong to it. A sentence with a hole is no sentence, and the model may react to the hole. Words
# cover for each other: all changed together, they moved more than the shades add up to. And it explains the **model**,
# not the text.
#
# One often sees **attention** drawn as an explanation. It shows where the last layer's `[CLS]` looks. Compare.

# %%
model.set_attn_implementation("eager")
encoded = tokenizer(sentence, return_tensors="pt")
owner = encoded.word_ids()
with torch.no_grad():
    attentions = model(**encoded.to(course.device), output_attentions=True).attentions
looks = attentions[-1][0].mean(dim=0)[0].cpu().numpy()
special = sum(look for look, word in zip(looks, owner, strict=True) if word is None)
print(f"to [CLS] and [SEP]: {special:.0%} of the attention")
by_word = {}
for word, look in zip(owner, looks, strict=True):
    if word is not None and word < len(words):
        by_word[words[word]] = by_word.get(words[word], 0) + look

# %%
print("attention:", sorted(by_word, key=by_word.get, reverse=True)[:4])
print("occlusion:", [words[row] for row in np.argsort(-effects)[:4]])

# %% tags=["record"]
course.record("attention_to_special", special)

# %% [markdown]
# With the offline checkpoint, both put *inundated* first. But attention has no sign. *Postponed* is high up in it, and
# without that word the text would be **harder**. Attention says where a layer looks, not what it makes of it. And a
# model has many layers and heads: we took the mean of one. So a picture of attention is a hint, and no reason.
#
# ## When should it say "I am not sure"?
#
# The softmax gives a probability for each level. The **confidence** is the probability of the level that it says. Is it
# worth its name?


# %%
def answer(logits):
    return logits.argmax(axis=1), softmax(logits, axis=1).max(axis=1)


levels, confidence = answer(out["validation"])
right = levels == truth["validation"]
print(
    f"validation: mean confidence {confidence.mean():.2f}, accuracy {right.mean():.2f}"
)

# %% [markdown]
# Compare the two numbers. With the offline checkpoint the confidence is far **below** the accuracy. In
# {{ lesson:evaluation }}, the model was too sure of itself, and this one is too modest. It had few steps, so its logits
# are still small. A temperature would mend the number, as there. We need no mending, because a threshold only asks
# which text comes first.
#
# Now the school names its wish: of the answers it gets, four of five shall be exactly right. We look for the lowest
# threshold that keeps this, on the **validation** texts.

# %%
WISH = 0.8
rows = []
for limit in np.arange(0.15, 0.95, 0.05):
    sure = confidence >= limit
    if sure.mean() >= 0.1:  # fewer answers are no help
        rows.append((round(limit, 2), sure.mean(), right[sure].mean()))
offers = pd.DataFrame(rows, columns=["threshold", "answered", "accuracy"])
good = offers[offers["accuracy"] >= WISH]
THRESHOLD = float((good if len(good) else offers.tail(1))["threshold"].iloc[0])
print("threshold:", THRESHOLD)
offers.round(2)

# %% [markdown]
# A higher threshold means fewer answers, and better ones. Does the promise hold on texts that chose nothing? A share of
# right answers is a mean, so the course's helper is enough here.

# %%
from course_utils.statistics import interval

levels, confidence = answer(out["test"])
sure, right = confidence >= THRESHOLD, levels == truth["test"]
kept, low, high = interval(right[sure])
print(f"answers {sure.mean():.0%} of the texts")
print(f"of these {kept:.0%} are right ({low:.0%} to {high:.0%})")
print(f"of the others {right[~sure].mean():.0%} would have been right")

# %% tags=["record"]
course.record("coverage", sure.mean())
course.record("accuracy_when_sure", kept)
course.record("accuracy_when_unsure", right[~sure].mean() if (~sure).any() else 0.0)

# %% [markdown]
# With the offline texts the promise of four in five holds, and the interval says how narrowly. The price is that half
# of the texts stay with the teachers. Look at the last line, too: where the model is unsure, it is right far less
# often. So its doubt is worth something.
#
# ## Does it know what it does not know?
#
# The confidence compares six levels. It never asks: is this English? Is it a text at all? We ask.

# %%
strange = ["qwx zzkj vrrp", "Der Hund schläft auf dem Sofa.", "The the the the"]
said, confidence_of = answer(ask(model, tokenizer(strange).input_ids))
for text, number, chance in zip(strange, said, confidence_of, strict=True):
    print(f"{LEVELS[number]} ({chance:.2f})  {text}")

# %% tags=["record"]
course.record("strange_confidence", confidence_of.max())

# %% [markdown]
# With the offline checkpoint: nonsense is C2, and so is a German sentence that a child can read. Both with a confidence
# **above** our threshold. The model has learned that strange words are hard words, and what could be stranger?
#
# So a threshold does not protect from texts of another kind. We need a second guard, and it must look at the text. The
# bands have what we want. Band 4 holds the words that the tokenizer has to cut. How large is their share in the
# training texts?

# %%
cut_words = features["train"]["rare words"][:, -1]
MOST_CUT = float(np.quantile(cut_words, 0.99))
print(f"99% of the training texts have at most {MOST_CUT:.0%} of such words")
for text in strange:
    print(f"{hand_made(text)['rare words'][-1]:>4.0%}  {text}")

# %% [markdown]
# The guard will stop the nonsense. It will not stop the German sentence, because the tokenizer knows *der*, *auf* and
# *dem*. That takes a tool that recognises languages. Until then it stands in the card: English only.
#
# ## The thing itself
#
# All pieces in one function: two guards, windows for long texts, the level, the confidence, and an honest way out.


# %%
def level(text):
    if not re.search(r"[a-zA-Z]", text):
        return "no words, no level"
    if hand_made(text)["rare words"][-1] > MOST_CUT:
        return "I am not sure: too many strange words"
    logits = ask(model, windows(text)).mean(axis=0, keepdims=True)
    (number,), (confidence,) = answer(logits)
    if confidence >= THRESHOLD:
        return f"{LEVELS[number]} (confidence {confidence:.2f})"
    two = sorted(logits[0].argsort()[-2:])
    return "I am not sure: " + " or ".join(LEVELS[k] for k in two)


# %%
for text in (
    "My cat is black. It sleeps on my bed.",
    "The train was late, so we missed the beginning of the film.",
    sentence,
    strange[0],
    "12:45, 13:10, 14:00",
):
    print(f"{level(text):<38} {text}")

# %% [markdown]
# **Try it.** Give it a sentence in your own language. Which of the three ways out does it take, if any?
#
# <details><summary>An answer</summary>
#
# Strange words look hard to this model. So expect C2, as for the German sentence. If the tokenizer has to cut most of
# the words, the second guard stops it. A model knows nothing about texts of a kind that it never saw, and it does not
# notice.
#
# </details>
#
# ## What must nobody use it for?
#
# - **For a person.** No placement, no mark, no visa. It saw texts to read, never what learners write.
# - **For a single text that matters.** About three in ten of its levels are wrong, most by one.
# - **For other texts.** Poems, slang, forms: not tested. Other languages: tested above, and wrong.
# - **For real shelves, before it is tried on them.** The card of the offline data tells why: a model that learned from
#   all its 3,587 texts reached a Spearman of 0.96 on its own test texts, and 0.50 on 1,853 public sentences.
# - **For changing texts until the number fits.** A model that is used as a target is soon a bad measure.
#
# ## What do I hand over?
#
# A model without a card is a rumour. The notebook writes the card, so that each number in it is one that it measured.

# %%
from huggingface_hub import ModelCard, ModelCardData

head = ModelCardData(
    language="en",
    pipeline_tag="text-classification",
    base_model=course.published_name(checkpoint),
    tags=["cefr"],
)
print(head.to_yaml())

# %%
each = recall_score(truth["test"], levels, labels=present, average=None)
found = [f"{LEVELS[k]} {share:.2f}" for k, share in zip(present, each, strict=True)]
rows = [
    f"| {metric} | {value:.2f} | {low:.2f} to {high:.2f} |"
    for metric, (value, low, high) in results[KEPT].items()
]
print(", ".join(found), *rows, sep="\n")

# %% [markdown]
# The head is for programs. The rest is for people.

# %%
body = f"""# Levels A1 to C2 for short English texts
A first guess for teachers, from a case study of a course.
**Data.** The dataset `cefr` of the course (profile {course.profile}), cut at {LIMIT} tokens:
{len(train)} texts to learn from, {len(test)} to test.
**Scores on the test texts, with 95% intervals, one seed.**\n
| metric | score | interval |\n|---|---|---|\n{chr(10).join(rows)}\n
Found of each level: {", ".join(found)}. A level that is missing here was not measured.
**Not sure.** Under a confidence of {THRESHOLD:.2f} it gives no level. So it answers
{sure.mean():.0%} of the texts, and {kept:.0%} of those are right.
**Not for** judging people or their writing, other languages, texts it was not tried on.
"""
card = ModelCard(f"---\n{head.to_yaml()}\n---\n{body}")
print(card)

# %% [markdown]
# Card, model and tokenizer go into one folder. Believe it? Load it again, and ask.

# %%
folder = course.workdir / "level_model"
model.config.id2label = dict(enumerate(LEVELS))
model.config.label2id = {name: number for number, name in enumerate(LEVELS)}
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
card.save(folder / "README.md")
again = AutoModelForSequenceClassification.from_pretrained(folder).to(course.device)
assert np.allclose(
    ask(again, windows(sentence)), ask(model, windows(sentence)), atol=1e-4
)
print(sorted(path.name for path in folder.iterdir()))
print(again.config.problem_type, list(again.config.id2label.values()))

# %% [markdown]
# The outputs carry the names of the levels. Whoever loads the folder in a year can read them. The threshold is in the
# card.
#
# **Try it.** The school wants nine of ten answers right. Set `WISH = 0.9`. What does it pay?
#
# <details><summary>An answer</summary>
#
# The threshold rises to 0.6, and on validation it answers only a fifth of the texts. That is a price which the school
# can now weigh: fewer wrong levels, more reading.
#
# </details>
#
# ## In this notebook we have
#
# - **measured** with four numbers, and seen what each of them does not see;
# - **built** simple methods first, and found that seven handmade numbers beat counting words;
# - **fine-tuned** in three ways under one protocol, and chosen by validation texts and three seeds;
# - **explained** one answer by leaving words out, and tested the explanation;
# - **delivered** a `level(text)` that knows when to be silent, with a card that the notebook wrote.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `The least populated class in label column has only 1 member` | you stratify, and a level has one row | keep such rows in `train`, and say so |
# | a regression that only says middle levels | too few steps, or targets that are not centred | subtract the mean of the scale; train longer |
# | `result type Float can't be cast to ... Long` | the answers to the questions are whole numbers, and the loss wants floats | `float(...)` for each yes and no |
# | kappa is `nan` | only one level in labels and answers | look at the counts |
# | great within-one scores for everything | the levels lie close together in your data | compare with the constant answer |
# | `stride` makes far more windows than you thought | it is the overlap, not the step | a quarter of the window is a good start |
#
# **Next:** you have carried two cases to the end. Take a question of your own, with texts of your own, and go the same
# way.
