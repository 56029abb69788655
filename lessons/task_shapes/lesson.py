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
# # {{ number }} · Task shapes: what if the answer is not one label?
#
# {{ badges }}
#
# **You will be able to**
#
# - **choose** the head, the loss and the form of the labels for a task;
# - **set** a threshold for each label when a text may have several;
# - **judge** a model of pairs against readers that see only one half;
# - **promise** an interval around a predicted number, and test the promise;
# - **tag** each word of a text, and count whole spans.
#
# {{ times }}
#
# So far, each text got one label. A town office gets messages that do not fit.
#
# > *The lorry blocks our lane each Monday and tips glass at six. Who stops it?*
#
# Which offices must read this: traffic, noise, both? Is it about the plan that the council votes on? Is it easy to read?
# **Where** is it, and **when**? Four questions, and none has the shape you know: one text in, one label out.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("task_shapes", PROFILE)

# %% [markdown]
# ## What comes out of the model?
#
# The body of the model stays the same. Only the last layer changes, the **head**. We load the body with five heads, all
# untrained, and look at the shape of what comes out.

# %% tags=["nbval-check-output"]
import torch
from transformers import AutoModelForSequenceClassification as ForTexts
from transformers import AutoModelForTokenClassification as ForWords
from transformers import AutoTokenizer, logging

logging.set_verbosity_error()  # quiet: the table with MISSING is known by now
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
message, plan = "Glass at six on Mill Lane !", "No lorries before eight."


def shape(kind, size, *texts):
    model = kind.from_pretrained(course.checkpoint, num_labels=size)
    with torch.no_grad():
        logits = model(**tokenizer(*texts, return_tensors="pt")).logits
    return texts, tuple(logits.shape)


shape(ForTexts, 6, message)

# %%
from lessons.task_shapes.figures import shapes_of_answers

tasks = {
    "one of three labels": shape(ForTexts, 3, message),
    "six times yes or no": shape(ForTexts, 6, message),
    "two texts, match or not": shape(ForTexts, 2, plan, message),
    "a number": shape(ForTexts, 1, message),
    "one of five labels for each word": shape(ForWords, 5, message),
}
shapes_of_answers(tasks, "One body, five heads")

# %% [markdown]
# The first number counts the texts: here one. The first two rows have the same kind of shape: some numbers for one
# text. What they **mean** differs, and the loss makes the difference. A pair goes in as one input. A number is one
# cell. With a label for each word, there is a line for each token: the middle number counts them.
#
# ## Several labels: what does the loss want?
#
# You know the first loss. **Cross-entropy** wants *one* label for a text: softmax makes shares that add up to 1. With
# several labels, each label gets its own yes-or-no question: **binary cross-entropy** (BCE). Its shares come from the
# **sigmoid**, and need not add up to anything.
#
# How are labels written? As a whole number (0), or as a row with a 1 at the right place, **one-hot** (1, 0, 0). A paper
# on emotions in tweets writes them one-hot (Keras calls this `to_categorical`). What does PyTorch say?

# %% tags=["nbval-check-output"]
import torch.nn.functional as F

ways = {
    "cross-entropy, whole number": (F.cross_entropy, [0]),
    "cross-entropy, one-hot decimals": (F.cross_entropy, [[1.0, 0.0, 0.0]]),
    "cross-entropy, one-hot whole": (F.cross_entropy, [[1, 0, 0]]),
    "cross-entropy, two labels": (F.cross_entropy, [[1.0, 1.0, 0.0]]),
    "BCE, decimals": (F.binary_cross_entropy_with_logits, [[1.0, 1.0, 0.0]]),
    "BCE, whole": (F.binary_cross_entropy_with_logits, [[1, 1, 0]]),
}
logits = torch.tensor([[2.0, -1.0, 0.5]])
for way, (loss, labels) in ways.items():
    try:
        print(f"{way:<32} {loss(logits, torch.tensor(labels)):.4f}")
    except RuntimeError as error:
        print(f"{way:<32} {error}")

# %% [markdown]
# Lines 1 and 2 agree. A whole number and one-hot decimals say the same thing. Nobody has to write one-hot today, and
# whole numbers need less room.
#
# Lines 3 and 6 are errors, and errors are friendly. Line 4 is the dangerous one. Two ones are no shares of 1, and
# cross-entropy says nothing: 3.4826 = 0.2413 + 3.2413, the loss of one label plus that of the other. The shares add up
# to 1, so the two labels compete: if both are sure, each ends at one half.
#
# Which loss does the model itself take? It guesses from your labels, if you do not say it.

# %% tags=["nbval-check-output"]
inputs = tokenizer(message, return_tensors="pt")
for size, labels in ((3, [0]), (3, [[1.0, 0.0, 0.0]]), (1, [4.0])):
    guessing = ForTexts.from_pretrained(course.checkpoint, num_labels=size)
    guessing(**inputs, labels=torch.tensor(labels))
    print(f"num_labels={size}, labels {labels!s:<17} ->", guessing.config.problem_type)

# %% [markdown]
# The second line is a silent trap. One-hot decimals for a task with **one** label: the model takes them for several labels,
# and trains with BCE. So say it: `problem_type="multi_label_classification"`, and give decimals.
#
# ## Which offices must read it?
#
# `requests` holds messages to a town office. They were written for the course. Each has 0 to 4 of 6 topics. We bring the
# labels to one form: a table of 0 and 1, a line for each message, a column for each topic.

# %% tags=["nbval-check-output"]
import numpy as np
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
name = "go_emotions" if course.profile == "full" else "requests"
messages = load_dataset(*course.dataset(name))
size = course.pick(laptop=719, full=6000, smoke=60)
messages = {s: rows.select(range(min(size, len(rows)))) for s, rows in messages.items()}
features = messages["train"].features
if "labels" in features:  # a list of numbers for each text
    topics = features["labels"].feature.names
else:  # a column for each topic
    topics = [c for c, kind in features.items() if kind.dtype == "bool" and c != "hard"]
print(len(topics), "topics:", *topics[:6])


# %% tags=["nbval-check-output"]
def as_table(rows):
    if "labels" in rows.column_names:
        return np.array([np.isin(range(len(topics)), each) for each in rows["labels"]])
    return np.array([rows[topic] for topic in topics]).T


table = {split: as_table(rows) for split, rows in messages.items()}
print("shapes:", {split: each.shape for split, each in table.items()})
print("topics in a test message:", np.bincount(table["test"].sum(axis=1)))

# %% [markdown]
# The last line counts test messages with no topic, with one, with two and so on. No fixed number of topics fits them all.
#
# **Two scores.** *Exact match*: all topics of the message are right. *Macro-F1*: the F1 of each topic, then the mean of
# those. One worked line: 8 messages are about noise, the model says noise 10 times, 6 of them rightly. Then F1 is
# 2 · 6 / (8 + 10) = 0.67.
#
# An interval for macro-F1 needs new draws of whole messages: a row of the table is drawn, or it is not.


# %%
def macro_f1(truth, said):
    both, either = (truth & said).sum(-2), truth.sum(-2) + said.sum(-2)
    return (2 * both / np.maximum(either, 1)).mean(-1)


def f1_interval(truth, said, other=None):
    draws = np.random.default_rng(course.seed).integers(
        len(truth), size=(1000, len(truth))
    )
    values = macro_f1(truth[draws], said[draws])
    score = macro_f1(truth, said)
    if other is not None:  # the difference of two methods, on the same draws
        values = values - macro_f1(truth[draws], other[draws])
        score = score - macro_f1(truth, other)
    return score, *np.percentile(values, [2.5, 97.5])


# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

learner = LogisticRegression(max_iter=1000, class_weight="balanced")
counting = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(learner))
counting.fit(list(messages["train"]["text"]), table["train"])
common = np.zeros_like(table["test"])
common[:, table["train"].sum(axis=0).argsort()[-2:]] = True
said = {"always the two most common": common}
said["counting words"] = counting.predict(list(messages["test"]["text"])).astype(bool)
for method, answers in said.items():
    exact = (answers == table["test"]).all(axis=1).mean()
    score = macro_f1(table["test"], answers)
    print(f"{method:<27} macro-F1 {score:.2f}, exact match {exact:.0%}")

# %% [markdown]
# `OneVsRestClassifier` asks one question for each topic. These are our baselines.
#
# Now the pretrained model. We freeze its body and train only the head, so that both losses meet under equal conditions:
# same vectors, same start, same steps. {{ Lesson:leakage }} shows how the vectors are made:
# each is the mean of the token vectors of its text.

# %%
from course_utils.vectors import encode

vectors = {  # 20 times as long: vectors of length 1 give a head small logits
    split: 20 * torch.tensor(encode(rows["text"], course, max_length=48))
    for split, rows in messages.items()
}
vectors["train"].shape

# %% [markdown]
# > **Assumption:** *Softmax gives a share to each topic. I take the top two, and I have several labels.*
# >
# > **Sceptic:** *And a message with one topic, or with none?*
#
# Both heads get the same training. For softmax, a message with two topics counts half for each. (A message with no topic
# cannot be said at all. It is left out.)


# %%
def train_head(softmax):
    torch.manual_seed(course.seed)
    labels = torch.tensor(table["train"]).float()
    keep = labels.sum(1) > 0 if softmax else labels.sum(1) >= 0
    loss = F.cross_entropy if softmax else F.binary_cross_entropy_with_logits
    if softmax:
        labels = labels / labels.sum(1, keepdim=True).clamp(min=1)
    head = torch.nn.Linear(vectors["train"].shape[1], len(topics))
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.003, weight_decay=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        loss(head(vectors["train"][keep]), labels[keep]).backward()
        optimizer.step()
    return head.requires_grad_(False)


# %%
head = train_head(softmax=True)
shares = {split: head(each).softmax(-1).numpy() for split, each in vectors.items()}
top = shares["test"].argsort()[:, -2:]
said["softmax, top two"] = np.zeros_like(common)
np.put_along_axis(said["softmax, top two"], top, True, axis=1)
head = train_head(softmax=False)
chances = {split: head(each).sigmoid().numpy() for split, each in vectors.items()}
said["sigmoid, over 0.5"] = chances["test"] > 0.5
print("sigmoid, first message:", chances["test"][0].round(2)[:6])
print("its shares of softmax: ", shares["test"][0].round(2)[:6])

# %% [markdown]
# The sigmoid numbers are free. The softmax numbers must share 1.
#
# Why 0.5? Nobody said so. A topic that is rare, or hard to hear, may need a lower bar. So each topic gets a **threshold**
# of its own: the one with the best F1 on *validation*. To be fair, softmax gets the same.


# %%
def own_thresholds(numbers):
    found, bars = [], np.linspace(0.025, 0.95, 38)
    for true, each in zip(table["validation"].T, numbers["validation"].T, strict=True):
        scores = [macro_f1(true[:, None], each[:, None] > bar) for bar in bars]
        found.append(float(bars[np.argmax(scores)]))
    return found


for loss, numbers in (("softmax", shares), ("sigmoid", chances)):
    own = own_thresholds(numbers)
    said[f"{loss}, own thresholds"] = numbers["test"] > np.array(own)
    print(f"{loss}:", dict(zip(topics[:6], np.round(own, 2)[:6].tolist(), strict=True)))

# %%
from course_utils import plots
from course_utils.statistics import interval

results = {m: f1_interval(table["test"], answers) for m, answers in said.items()}
for method, answers in said.items():
    exact, low, high = interval((answers == table["test"]).all(axis=1).astype(float))
    print(f"{method:<27} exact match {exact:.0%}, from {low:.0%} to {high:.0%}")
for method, (score, _, _) in results.items():
    key = method.replace(",", "").replace(" ", "_").replace(".", "")
    course.record(f"f1_{key}", score)
plots.scores(results, f"Several topics, {len(table['test'])} test messages", "macro-F1")

# %% [markdown]
# Now the differences. The same messages are drawn for both methods.

# %%
couples = (
    ("sigmoid, over 0.5", "softmax, top two"),
    ("sigmoid, own thresholds", "softmax, own thresholds"),
    ("sigmoid, own thresholds", "sigmoid, over 0.5"),
)
gains = []
for one, other in couples:
    print(f"{one}, minus {other}")
    exact = [(said[m] == table["test"]).all(axis=1).astype(float) for m in (one, other)]
    gains += [interval(exact[0] - exact[1])]
    gains += [f1_interval(table["test"], said[one], said[other])]
    print("    exact match {:+.2f}, from {:+.2f} to {:+.2f}".format(*gains[-2]))
    print("    macro-F1    {:+.2f}, from {:+.2f} to {:+.2f}".format(*gains[-1]))

# %% tags=["record"]
course.record("exact_minus_top_two_low", gains[0][1])
course.record("own_minus_half", gains[-1][0])

# %% [markdown]
# The first interval lies far above zero: the sceptic was right. *Top two* gives two topics to everybody, and few
# messages come out whole. (In macro-F1, the two are close.)
#
# The second couple asks a fairer question: what if softmax also gets thresholds? Then the difference in exact match may
# be luck. So *top two* was the mistake, more than softmax. In macro-F1, sigmoid is perhaps a little ahead.
#
# The last couple: own thresholds may help macro-F1 a little, but not exact match. Each was chosen on some 25
# messages with the topic, which is few. With rare topics, 0.5 can be far worse. So the threshold is a **choice**, and
# validation makes it.
#
# To fine-tune the whole model, give `ForTexts` the six topics and `problem_type="multi_label_classification"`. The
# data card did it with 300 steps: macro-F1 0.76, with 0.5 as the bar. With the same bar, our head has about ten points
# less, and learned in a second.
#
# **Try it.** Set every threshold to 0. What does the model say, and which macro-F1 does it get?
#
# <details><summary>An answer</summary>
#
# It says every topic of every message. Recall is 1. Precision is the share of messages with the topic, about a quarter.
# So F1 is about 2 · 0.27 / 1.27 = 0.42, for a model that knows nothing. Exact match is 0: no message has
# all six topics. Look at two scores.
#
# </details>
#
# ## Does this post speak about this plan?
#
# Now two texts and one answer. The council has a list of plans, one sentence each. People write posts. Does a post speak
# about a plan? In `full` the pairs are from SNLI: does one sentence follow from the other?
#
# A pair goes in as **one** input. `[SEP]` stands between the texts, and the `token_type_ids` tell them apart:

# %% tags=["nbval-check-output"]
both = tokenizer("Buses should cost nothing.", "My bus was late again.")
print(*tokenizer.convert_ids_to_tokens(both["input_ids"]))
print(*both["token_type_ids"])

# %% [markdown]
# The numbers 0 and 1 are **segment ids**. BERT learned a vector for each of the two. It is added to each token.
#
# Our pairs: each post comes **twice**, once with its own plan and once with another one. So a post alone says nothing.
# And each plan is the wrong one for exactly one other plan, near ones where it can be. So a plan alone says nothing,
# either. (Our test has only 6 plans, so some wrong plans are far away.)

# %%
from scipy.optimize import linear_sum_assignment

from lessons.task_shapes.proposals import PROPOSALS


def match_pairs(rows):
    plans = sorted(set(rows["topic"]))
    sentence = encode([PROPOSALS[plan] for plan in plans], course)
    near = sentence @ sentence.T - 9 * np.eye(len(plans))  # never itself
    wrong = dict(zip(plans, linear_sum_assignment(-near)[1], strict=True))
    pairs = []
    for post, plan in zip(rows["text"], rows["topic"], strict=True):
        pairs += [(PROPOSALS[plan], post, 1), (PROPOSALS[plans[wrong[plan]]], post, 0)]
    return pairs


# %%
from datasets import Dataset

name = "snli" if course.profile == "full" else "stance"
rows = load_dataset(*course.dataset(name))
pairs = {}
sizes = course.pick(laptop=(480, 90), full=(20000, 4000), smoke=(24, 12))
for split, size in zip(("train", "test"), sizes, strict=True):
    part = rows[split].shuffle(seed=course.seed).select(range(size))
    if name == "stance":
        made = match_pairs(part)
    else:
        made = zip(part["premise"], part["hypothesis"], part["label"], strict=True)
        made = [pair for pair in made if pair[2] >= 0]  # -1: readers did not agree
    columns = zip(("first", "second", "label"), zip(*made, strict=True), strict=True)
    pairs[split] = Dataset.from_dict({key: list(each) for key, each in columns})

# %% [markdown]
# The plans of `test` are not among those of `train`. Read two pairs of one post:

# %% tags=["nbval-check-output"]
for pair in pairs["test"].select(range(2)):
    print(pair["label"], "|", pair["first"], "|", pair["second"][:60])
print({split: len(rows) for split, rows in pairs.items()})

# %% [markdown]
# ## What can one half know?
#
# SNLI had a famous surprise. A model that read only the second sentence was right far more often than by luck
# (Gururangan and others, 2018; Poliak and others, 2018). So the **half-blind**
# reader belongs to every task of pairs.
#
# Each text becomes a vector. Then we compare four readers. Each is a small regression; only what it reads differs. The
# **product** of both vectors says, for each place, how much the two agree there. The **cosine** is the sum of these
# products: one number.

# %%
from sklearn.preprocessing import StandardScaler

truth = {split: np.array(rows["label"]) for split, rows in pairs.items()}
reads = {}
for split, rows in pairs.items():
    sides = []
    for side in ("first", "second"):
        once, place = np.unique(list(rows[side]), return_inverse=True)  # each text once
        sides.append(encode(once.tolist(), course, 48)[place])
    one, other = sides
    product = one * other
    reads[split] = {"only the first text": one, "only the second text": other}
    reads[split]["the cosine"] = product.sum(axis=1, keepdims=True)
    reads[split]["the product of both"] = product

# %%
right = {}
for reader, numbers in reads["train"].items():
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    probe.fit(numbers, truth["train"])
    right[reader] = probe.predict(reads["test"][reader]) == truth["test"]
    score, low, high = interval(right[reader].astype(float))
    print(f"{reader:<21} {score:.1%} right, from {low:.1%} to {high:.1%}")

# %% tags=["record"]
for reader, answers in right.items():
    course.record(reader.replace(" ", "_"), answers.mean())

# %% [markdown]
# In our pairs, the half-blind readers are at about one half: we built them so. A reader of the post must be at exactly
# 50%, since it gives both pairs of a post the same answer. (In SNLI, look what they reach.)
#
# The cosine knows much. The product is a little ahead, but do not trust the order of these two. These are 180 pairs,
# but only 6 plans, and the intervals take each pair for a new case.
#
# ## What do the segment ids do?
#
# The cosine never lets the two texts look at each other. A **pair model** does: every token may attend to both texts.
# We fine-tune one. Lower layers stay frozen, to save time.


# %%
from transformers import Trainer, TrainingArguments

settings = {
    "output_dir": course.workdir / "checkpoints",
    "per_device_train_batch_size": 16,
    "per_device_eval_batch_size": 32,
    "warmup_steps": 0.1,  # a share of the steps
    "save_strategy": "no",
    "report_to": "none",
    "seed": course.seed,
}
# for pairs, for words
rates = course.pick(laptop=(5e-4, 1e-3), full=(5e-5, 5e-5), smoke=(5e-4, 1e-3))


# %%
def fine_tune(model, rows, rate, steps, collator=None):
    model.base_model.embeddings.requires_grad_(False)
    model.base_model.encoder.layer[:3].requires_grad_(False)
    arguments = TrainingArguments(max_steps=steps, learning_rate=rate, **settings)
    tools = {"processing_class": tokenizer, "data_collator": collator}
    trainer = Trainer(model=model, args=arguments, train_dataset=rows, **tools)
    trainer.train()
    return trainer


# %% [markdown]
# Only the first text is cut if it must be (`only_first`). Here that is the plan, so the post stays whole.


# %%
def as_input(rows, first="first", second="second"):
    return rows.map(
        lambda row: tokenizer(
            row[first], row[second], truncation="only_first", max_length=96
        ),
        remove_columns=["first", "second"],
    )


torch.manual_seed(course.seed)
kinds = len(set(truth["train"]))
pair_model = ForTexts.from_pretrained(course.checkpoint, num_labels=kinds)
steps = course.pick(laptop=14, full=1200, smoke=3)
pair_trainer = fine_tune(pair_model, as_input(pairs["train"]), rates[0], steps)
whole = as_input(pairs["test"])

# %% tags=["record"]
course.record("pair_model_loss", pair_trainer.state.log_history[-1]["train_loss"])

# %% [markdown]
# Now the test, three times: with segment ids as it learned them, with all of them 0, and with the two texts in the other
# order.

# %%
zero = whole.map(lambda row: {"token_type_ids": [0] * len(row["input_ids"])})
swapped = as_input(pairs["test"], "second", "first")
three = (("as learned", whole), ("all zero", zero), ("swapped", swapped))
answers = {name: pair_trainer.predict(rows).predictions for name, rows in three}
print(f"largest logit: {np.abs(answers['as learned']).max():.2f}")
moved, scores = {}, {}
for name, logits in answers.items():
    moved[name] = np.abs(logits - answers["as learned"]).max()
    scores[name] = interval((logits.argmax(-1) == truth["test"]).astype(float))
    print(f"{name:<10} logits move by up to {moved[name]:.3f}; ", end="")
    print("{:.0%} right, from {:.0%} to {:.0%}".format(*scores[name]))

# %% tags=["record"]
for name, (score, _, _) in scores.items():
    course.record(f"pair_model_{name.replace(' ', '_')}", score)
course.record("logits_moved_all_zero", moved["all zero"])

# %% [markdown]
# The segment ids reach the logits. Whether they change the score, this run cannot show: there is no score to change.
#
# In `laptop`, **the pair model has learned nothing**. In 14 steps it saw 224 of 960 pairs, each once. Its loss is about
# 0.7, that of a coin (0.69). So this run says nothing about pair models, and no method won against them.
#
# The product had an easier task. The offline checkpoint was trained to give near vectors to sentences that belong
# together, and its probe read all pairs. A pair model has to learn from zero how to compare. In `full` it gets 1,200
# steps and many more pairs.
#
# So be careful with sentences such as *BERT needs its segment ids*. `[SEP]` already tells where the second text begins.
# DistilBERT has no segment ids, and reads pairs. What you must not do is to change something between training and test.
#
# ## How hard is this text, as a number?
#
# The levels A1 to C2 have an order, so call them 0 to 5 and predict a number: **regression**. `num_labels=1` gives such a
# head, and its loss is the **mean squared error** (MSE). The other common score is the **mean absolute error** (MAE).
#
# Worked: the errors 0, 0, 0 and 2 have an MAE of 2 / 4 = 0.5 and an MSE of 4 / 4 = 1. A big error counts more in
# MSE. So the two also have different favourites:

# %% tags=["nbval-check-output"]
values = np.array([0, 0, 1, 5])
for guess in (0.5, 1.5):
    errors = values - guess
    print(
        f"always {guess}: MSE {np.mean(errors**2):.2f}, MAE {np.mean(abs(errors)):.2f}"
    )

# %% [markdown]
# The mean (1.5) wins in MSE, the median (0.5) in MAE. A model that learns with MSE aims at the mean. Report both. MAE
# is in the unit of the scale: 0.6 means six tenths of a level. MSE is in levels times levels; its root is in levels
# again.
#
# To save time, we fine-tune nothing here. A **ridge regression** reads the frozen vectors. Its loss is MSE, plus a
# penalty for large weights.

# %%
LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
texts = load_dataset(*course.dataset("cefr"))
if "test" not in texts:  # the public texts come in one part
    texts = texts["train"].shuffle(seed=course.seed)
    parts = zip(("test", "validation", "train"), (0, 1, 2), strict=True)
    texts = {name: texts.shard(3, place) for name, place in parts}
sizes = course.pick(laptop=(520, 240, 360), full=(6000, 2000, 2000), smoke=(48, 30, 30))
level, seen = {}, {}
for split, size in zip(("train", "validation", "test"), sizes, strict=True):
    rows = texts[split].select(range(min(size, len(texts[split]))))
    names = rows["cefr_level"] if "cefr_level" in rows.column_names else None
    places = [LEVELS.index(name) for name in names] if names else rows["label"]
    level[split] = np.array(places)
    seen[split] = encode(rows["text"], course, max_length=64)

# %%
from sklearn.linear_model import RidgeCV

ridge = RidgeCV(alphas=[0.1, 0.3, 1, 3]).fit(seen["train"], level["train"])
number = {split: ridge.predict(each) for split, each in seen.items()}
classifier = LogisticRegression(C=3, max_iter=1000).fit(seen["train"], level["train"])
guesses = {
    "always the mean": np.full(len(level["test"]), level["train"].mean()),
    "regression": number["test"],
    "regression, 0 to 5, rounded": number["test"].clip(0, 5).round(),
    "classifier of six levels": classifier.predict(seen["test"]),
}
for method, guess in guesses.items():
    errors = guess - level["test"]
    mae, mse = np.mean(abs(errors)), np.mean(errors**2)
    same = np.mean(guess.round() == level["test"])
    print(f"{method:<27} MAE {mae:.2f}, MSE {mse:.2f}, same level {same:.0%}")

# %% [markdown]
# `RidgeCV` chooses its penalty inside the training texts. (*Same level* rounds every answer.) The regression is far
# better than the mean. Is a number better than a label? It depends on what an error costs. The classifier hits the same
# level more often. The regression makes fewer big errors: compare the MSE.
#
# ## How far off may it be?
#
# A teacher asks: *2.3, give or take what?* **Conformal prediction** (Vovk and others, 2005) answers with a promise: in 90% of
# texts, the truth is inside. It trusts no model. It looks at the errors on texts that the model has not learned from.
#
# Worked: nine such errors, promise 90%. Sort them, and take number (9 + 1) · 0.9 = 9, the largest. That is the margin. The
# + 1 stands for the new text, which may be the worst of all ten.


# %%
def margin(errors, promise=0.9):
    place = int(np.ceil((len(errors) + 1) * promise))
    return np.sort(errors)[min(place, len(errors)) - 1]  # too few errors: the largest


off = {split: np.abs(number[split] - level[split]) for split in ("validation", "test")}
give_or_take = margin(off["validation"])
inside = off["test"] <= give_or_take
covered = interval(inside.astype(float))
print(f"give or take {give_or_take:.2f} levels")
print("promised 90%, inside on test {:.1%}, from {:.1%} to {:.1%}".format(*covered))

# %% tags=["record"]
course.record("coverage", covered[0])
course.record("mae", off["test"].mean())

# %% [markdown]
# The mathematics promises 90% **on average** over all ways to draw the two sets. How far may one pair of sets miss it
# by luck? We mix the errors of both sets, and split them anew, 500 times. Mixing makes the sets alike, so the mean must
# come out near 90%, with any errors. That shows the theorem, and says nothing about our data. Only the spread is news.
#
# And a real breach of the promise: a margin from the texts that the model *did* learn from.

# %%
rng = np.random.default_rng(course.seed)
pool, size = np.concatenate(list(off.values())), len(off["validation"])
mixes = [rng.permutation(pool) for _ in range(500)]
draws = [np.mean(mix[size:] <= margin(mix[:size])) for mix in mixes]
print(f"mixed: mean {np.mean(draws):.1%}; middle 95%: ", end="")
print("from {:.1%} to {:.1%}".format(*np.percentile(draws, [2.5, 97.5])))
known = margin(np.abs(number["train"] - level["train"]))
breach = interval((off["test"] <= known).astype(float))
print(f"margin from learned texts: {known:.2f} levels, inside on test ", end="")
print("{:.1%}, from {:.1%} to {:.1%}".format(*breach))

# %% tags=["record"]
course.record("coverage_over_draws", np.mean(draws))
course.record("coverage_from_learned_texts", breach[0])

# %% [markdown]
# Is our own draw, above, inside the spread? Then luck can explain the miss. We see no sign that the sets differ, and no
# proof that they do not. The breach is no luck: errors on learned texts are too small, and so is their margin.
#
# Is the promise kept for **everybody**? We look at each level.

# %%
by_level = {
    name: interval(inside[level["test"] == place].astype(float))
    for place, name in enumerate(LEVELS)
    if (level["test"] == place).sum() > 2
}
plots.scores(by_level, "90% promised: who gets it?", "inside", highlight_last=False)

# %% tags=["record"]
course.record("coverage_worst_level", min(score for score, _, _ in by_level.values()))

# %% [markdown]
# No. The promise is about the average of all texts. The hardest level, C2, gets less. The regression pulls its answers
# to the middle of the scale, so texts at that end are further off.
#
# Look at the other side, too: **calibration**. When the model says about 4, is the truth 4 on average? And does a margin for
# each kind of answer help? We make three groups by what the model *says*, since the true level is not known at work. That
# is called *Mondrian*.

# %%
ends = np.quantile(number["validation"], [1 / 3, 2 / 3])
group = {split: np.searchsorted(ends, number[split]) for split in off}
for place, name in enumerate(("low answers", "middle answers", "high answers")):
    mine = group["test"] == place
    own_margin = margin(off["validation"][group["validation"] == place])
    says, true = (each["test"][mine].mean() for each in (number, level))
    covers = np.mean(off["test"][mine] <= own_margin)
    print(f"{name}: {mine.sum()} texts, says {says:.2f}, truth {true:.2f}")
    shared = inside[mine].mean()
    print(f"    one margin, {give_or_take:.2f}, covers {shared:.0%}; ", end="")
    print(f"its own, {own_margin:.2f}, covers {covers:.0%}")

# %% [markdown]
# *Says* and *truth* are close: the regression is roughly calibrated. Is that a contradiction to the pull, above? No. C2
# texts are pulled down. But among the texts that get a high *answer*, many are B2 and C1, so the mean comes out right.
#
# Middle answers come from texts of many levels, so they got least. Their own margin is wider, and pays for it. The
# other two groups may get a little less than before. Own margins cannot keep the promise for each true level, because
# nobody knows that level in advance.
#
# **Try it.** Promise 99% with only 50 errors. Which place does the formula ask for, and what does our function do?
#
# <details><summary>An answer</summary>
#
# Place 51 of 50, which does not exist. So few errors cannot support such a promise. Our function takes the largest
# error, and then the promise is not covered. An honest function would say *infinite*. You need at least 99 errors.
#
# </details>
#
# ## Where and when?
#
# The last shape. The office wants the place and the time out of each message. Every **word** gets a tag: `B-WHERE` begins a
# place, `I-WHERE` goes on with it, `O` is outside. (In `full`: names of people, places and organisations.)

# %% tags=["nbval-check-output"]
name = "wikiann" if course.profile == "full" else "where_when"
reports = load_dataset(*course.dataset(name))
size = course.pick(laptop=240, full=20000, smoke=16)
if "ner_tags" in reports["train"].column_names:
    tags = reports["train"].features["ner_tags"].feature.names
    form = {"words": lambda row: row["tokens"], "tags": lambda row: row["ner_tags"]}
else:
    tags = ["O", "B-WHERE", "I-WHERE", "B-WHEN", "I-WHEN"]
    number_of = {tag: place for place, tag in enumerate(tags)}
    form = {
        "words": lambda row: row["words"].split(),
        "tags": lambda row: [number_of[tag] for tag in row["tags"].split()],
    }


# %% tags=["nbval-check-output"]
def in_form(row):
    return {column: make(row) for column, make in form.items()}


reports = {
    split: reports[split]
    .select(range(min(size, len(reports[split]))))
    .map(in_form, remove_columns=reports[split].column_names)
    for split in ("train", "test")
}
{split: len(rows) for split, rows in reports.items()}

# %% [markdown]
# There are words, but the model reads **word pieces**. And it reads `[CLS]` and `[SEP]`, which have no tag at all. So labels
# and pieces must be lined up. `word_ids()` tells for each piece which word it comes from.


# %%
def aligned(row):
    inputs = tokenizer(
        row["words"], is_split_into_words=True, truncation=True, max_length=64
    )
    words = inputs.word_ids()
    inputs["labels"] = [
        -100 if word is None or word == before else row["tags"][word]
        for word, before in zip(words, [None, *words[:-1]], strict=True)
    ]
    return inputs


# %% tags=["nbval-check-output"]
from lessons.task_shapes.figures import labels_of_pieces

own = {
    "words": ["The", "kerb", "by", "Tanner", "Street", "broke", "on", "Sunday", "!"],
    "tags": [0, 0, 1, 2, 2, 0, 0, 3, 0],
}
inputs = tokenizer(own["words"], is_split_into_words=True)
shown = [tags[label] if label >= 0 else "-100" for label in aligned(own)["labels"]]
pieces = tokenizer.convert_ids_to_tokens(inputs["input_ids"])
labels_of_pieces(pieces, inputs.word_ids(), shown, "Labels for pieces")

# %% [markdown]
# Only the **first** piece of a word carries its label. The rest gets -100. That number means: compute no loss here.
#
# ## What is a good score for words?
#
# Two simple methods first: *always O*, and a **list of words**: each word gets the tag that it had most often in training.

# %%
from collections import Counter, defaultdict

tags_of = defaultdict(Counter)
for row in reports["train"]:
    for word, tag in zip(row["words"], row["tags"], strict=True):
        tags_of[word.lower()][tag] += 1


def from_list(words):
    known = [tags_of.get(word.lower(), Counter([0])) for word in words]
    return [each.most_common(1)[0][0] for each in known]


test = reports["test"]
tagged = {
    "always O": [[0] * len(words) for words in test["words"]],
    "list of words": [from_list(words) for words in test["words"]],
}

# %% [markdown]
# Half a street name is of no use. So we count **spans**: begin, end and kind must all be right. Then F1 as above. We
# count as the field does (CoNLL's script, `seqeval`): an `I` without a `B` before it, or of another kind, begins a
# span, too.


# %%
def spans(row):
    found, begin = set(), None
    names = [tags[tag] for tag in row] + ["O"]
    for place, name in enumerate(names):
        if begin is not None and name != "I-" + names[begin][2:]:
            found.add((begin, place, names[begin][2:]))
            begin = None
        if begin is None and name != "O":
            begin = place
    return found


def span_counts(true, said):  # for each text: right spans, spans in both lists
    pairs = [(spans(a), spans(b)) for a, b in zip(true, said, strict=True)]
    return np.array([(len(a & b), len(a) + len(b)) for a, b in pairs])


spans([0, 1, 2, 2, 0, 4])  # the last word is I-WHEN


# %%
def judge(said):
    counts = span_counts(test["tags"], said)
    n = len(counts)
    draws = np.random.default_rng(course.seed).integers(n, size=(1000, n))
    both, all_spans = counts[draws].sum(1).T
    low, high = np.percentile(2 * both / np.maximum(all_spans, 1), [2.5, 97.5])
    words = np.mean(np.concatenate(test["tags"]) == np.concatenate(said))
    return words, 2 * counts[:, 0].sum() / counts[:, 1].sum(), low, high


def show(*methods):
    scores = {method: judge(tagged[method]) for method in methods}
    for method, score in scores.items():
        print("{:<13} words {:.0%}, F1 {:.2f}, {:.2f} to {:.2f}".format(method, *score))
    for method, score in scores.items():
        course.record(
            f"spans_{method.replace(' ', '_').replace('-', '_').lower()}", score[1]
        )


show("always O", "list of words")

# %% [markdown]
# *Always O* has most of the words right, and finds nothing. So the accuracy of words is a trap.
#
# The list of words fails as well. The street names of `test` are not in `train`. And a list cannot know that *Lane* is
# a man in "Mr Lane from the Rowing Club".
#
# Now the model. Only a head of five numbers for each token is new. The **collator** pads labels with -100.

# %%
from transformers import DataCollatorForTokenClassification

torch.manual_seed(course.seed)
tagger = ForWords.from_pretrained(course.checkpoint, num_labels=len(tags))
steps = course.pick(laptop=48, full=900, smoke=3)
collator = DataCollatorForTokenClassification(tokenizer)
learn = reports["train"].map(aligned)
tag_trainer = fine_tune(tagger, learn, rates[1], steps, collator)

# %%
lined_up = test.map(aligned)
best = tag_trainer.predict(lined_up).predictions.argmax(-1)


def read_tags(shift):
    rows = []
    for answer, row in zip(best, lined_up, strict=True):
        first = np.flatnonzero(np.array(row["labels"]) >= 0) + shift
        said = answer[first % len(answer)].tolist()
        rows.append(said + [0] * (len(row["words"]) - len(said)))  # what was cut is O
    return rows


tagged["fine-tuned"], tagged["one off"] = read_tags(0), read_tags(-1)
show("fine-tuned", "one off")
first_tags = [tags[row[a]] for row in tagged["fine-tuned"] for a, _, _ in spans(row)]
loose = sum(tag.startswith("I") for tag in first_tags)
print(f"{loose} of {len(first_tags)} spans of the fine-tuned model begin with an I")

# %% [markdown]
# **A success**: the fine-tuned model finds most of the whole spans, the list very few, and `test` has names it has
# never seen.
#
# But look at the last count. In `laptop`, many spans begin with an `I`: the ends are right, the first tag is not. A
# strict rule, which wants a `B`, would throw all of these away. So tell the rule next to the number.
#
# The last line is a planted bug. `[CLS]` has place 0, so the first word has place 1. Who forgets that reads each answer
# one place too early. No error appears, and most words still look right. Only the spans tell.
#
# Write a sentence of your own:

# %%
sentence = "My bike was stolen behind the old library last Friday ."
mine = sentence.split()
inputs = tokenizer(mine, is_split_into_words=True, return_tensors="pt")
with torch.no_grad():
    best_tags = tagger.eval()(**inputs.to(tagger.device)).logits[0].argmax(-1).tolist()
words = inputs.word_ids()
for place, word in enumerate(mine):
    print(f"{word:<8} {tags[best_tags[words.index(place)]]}")

# %% [markdown]
# Does a span begin with an `I` here? By our rule it counts, if both ends are right.
#
# ## And a question, a translation, a summary?
#
# The Hub's datasets are "for classification, QA, translation, summarization", a lecture says. This course trains the first
# kind. One look at the second: an answer is a **span** of the text. The head gives each token two numbers, one for *begins
# here*, one for *ends here*.

# %%
from transformers import AutoModelForQuestionAnswering

inputs = tokenizer(
    "When is it loud?", "Glass at six on Mill Lane !", return_tensors="pt"
)
torch.manual_seed(course.seed)
reader = AutoModelForQuestionAnswering.from_pretrained(course.checkpoint)
with torch.no_grad():
    output = reader(**inputs)
begin, end = output.start_logits[0], output.end_logits[0]
print("shapes:", tuple(output.start_logits.shape), tuple(output.end_logits.shape))
print("two argmaxes:", begin.argmax().item(), "to", end.argmax().item())
allowed = torch.ones(len(end), len(end)).triu() > 0  # an end is not before its start
sums = (begin[:, None] + end[None]).where(allowed, -torch.inf)
print("best allowed pair:", divmod(sums.argmax().item(), len(end)))

# %% [markdown]
# Two separate argmaxes may end before they begin. So one searches the best *pair*. (This head is untrained: its answer
# means nothing.)
#
# | task | labels | head | score | where to go |
# |---|---|---|---|---|
# | answer in a text | start and end position | `AutoModelForQuestionAnswering` | exact match, F1 of words | SQuAD |
# | translation | the tokens of the other text | `AutoModelForSeq2SeqLM`: an encoder and a decoder | chrF, BLEU, and readers | opus_books, T5 |
# | summary | the tokens of the short text | the same | ROUGE, and readers | cnn_dailymail |
#
# chrF, BLEU and ROUGE count the pieces that a text shares with a reference. In the last two tasks, a decoder writes the
# answer token by token. BERT has no decoder.
#
# ## Verdict: which shape, and what did it win?

# %%
import pandas as pd

f1, top = results["sigmoid, own thresholds"], results["counting words"]
half = right["only the first text"].mean()
product = right["the product of both"].mean()
from_mean = np.abs(level["test"] - level["train"].mean()).mean()
from_words, by_model = (judge(tagged[m])[1] for m in ("list of words", "fine-tuned"))
lines = [
    ("several labels", "K", "BCE", "decimals", "macro-F1", top[0], f1[0]),
    ("a pair", "2 or 3", "cross-entropy", "whole", "accuracy", half, product),
    ("a number", "1", "MSE", "decimals", "MAE", from_mean, off["test"].mean()),
    ("each word", "K", "cross-entropy", "whole, -100", "F1", from_words, by_model),
]
columns = ["shape", "numbers out", "loss", "labels", "score", "baseline", "ours"]
pd.DataFrame(lines, columns=columns).round(2)

# %% [markdown]
# (K: number of labels. MAE: less is better. *Ours*, for pairs: the product.) What was promised, and what was kept:
#
# - **Several labels:** sigmoid beats *top two* in exact match. Own thresholds: perhaps a little.
# - **Pairs:** half-blind readers know nothing, as planted. The product of frozen vectors is what to beat. In `laptop`,
#   the pair model has not learned, so we know nothing about it.
# - **A number:** on our test, 90% is kept as far as luck allows. Not for the hardest level, nor with errors on learned
#   texts.
# - **Each word:** the model finds most spans, far more than the list of words, on names that it never saw.
#
# All intervals here count test rows, not seeds: each training ran once. So trust only large differences.
#
# ## In this notebook we have
#
# - **chosen** head, loss and labels for four shapes, and seen which mistakes are silent;
# - **set** a threshold for each topic on validation, and asked whether it helped;
# - **judged** pairs against half-blind readers, and found a strong method without fine-tuning;
# - **promised** 90%, found for whom the promise holds, and broke it;
# - **tagged** words, counted spans, and caught a shift by one.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Expected floating point type for target with class probabilities, got Long` | one-hot whole numbers for cross-entropy | give the number of the class |
# | `result type Float can't be cast to the desired output type Long` | whole numbers for BCE | labels as decimals |
# | no error, each text gets one label, or two that share | several labels, trained with cross-entropy | `problem_type="multi_label_classification"` |
# | a reader of one half is right too often | the other half is not needed | build pairs in which each half comes with both answers |
# | high accuracy of words, no span found | most words are `O` | count spans |
# | a good tagger, and then nonsense | labels one place off | print pieces and labels below each other |
# | a low loss, and `predict` looks like luck | `group_by_length` reorders what is predicted, too ({{ lesson:trainer }}) | leave it out |
# | far less inside than promised | a margin from texts that the model has learned from | take errors on other texts |
# | 90% promised, less for one group | the promise is an average | look at each group; a margin for each kind of answer |
#
# There is an exercise sheet for this lesson. **Next:** {{ lesson:long_texts }}.
