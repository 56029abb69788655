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
# # {{ number }} · Exercises: Task shapes
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.task_shapes import checks as check

course = start("task_shapes_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · Which loss is it?
#
# ★★☆ · 8 minutes · predict
#
# Run nothing yet. Six people load `AutoModelForSequenceClassification`. Each gives it one text, with these labels in a
# tensor:
#
# | | `num_labels` | `labels` | `problem_type` |
# |---|---|---|---|
# | `a` | 4 | `[2]` | not given |
# | `b` | 4 | `[[1.0, 0.0, 0.0, 1.0]]` | not given |
# | `c` | 4 | `[[0.0, 0.0, 1.0, 0.0]]` | not given |
# | `d` | 4 | `[[1, 0, 0, 1]]` | `"multi_label_classification"` |
# | `e` | 1 | `[3.0]` | not given |
# | `f` | 4 | `[[0, 0, 1, 0]]` | not given |
#
# Under each letter, write what the model does with these labels: `"cross-entropy"`, `"BCE"`, `"MSE"` or `"error"`. A
# word may come more than once, and it is about what happens, not about what the people wanted.
#
# One more question, with a whole number as its answer:
#
# - `g`: a model with a head for **words** has five tags. It reads one text with 6 words. The tokenizer makes 8 pieces of
#   them, and adds `[CLS]` and `[SEP]`. How many numbers are in `logits`, all together?

# %% answer="which_loss"
which_loss = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "e": ...,
    "f": ...,
    "g": ...,
}
### BEGIN SOLUTION
which_loss = {
    "a": "cross-entropy",
    "b": "BCE",
    "c": "BCE",
    "d": "error",
    "e": "MSE",
    "f": "error",
    "g": 50,
}
### END SOLUTION

# %% check="which_loss"
check.which_loss(which_loss)

# %% [markdown]
# Now ask the model. It uses its own names: `single_label_classification` is cross-entropy, `multi_label_classification`
# is BCE, `regression` is MSE. Two of the six get an error, and those two are lucky. Who trains something that nobody wanted?

# %%
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

several = "multi_label_classification"
six = {
    "a": (4, [2], None),
    "b": (4, [[1.0, 0.0, 0.0, 1.0]], None),
    "c": (4, [[0.0, 0.0, 1.0, 0.0]], None),
    "d": (4, [[1, 0, 0, 1]], several),
    "e": (1, [3.0], None),
    "f": (4, [[0, 0, 1, 0]], None),
}
for letter, (size, labels, kind) in six.items():
    options = {"num_labels": size, "problem_type": kind}
    config = AutoConfig.from_pretrained(course.checkpoint, **options)
    model = AutoModelForSequenceClassification.from_config(config)
    try:
        model(torch.tensor([[101, 102]]), labels=torch.tensor(labels))
        print(letter, "trains with", config.problem_type)
    except (RuntimeError, ValueError) as error:
        print(letter, "stops:", error)

# %% [markdown]
# ## 2 · A bar for each topic
#
# ★★☆ · 12 minutes · write code
#
# A model gives each topic of each message a chance. Over which bar (the lesson's *threshold*) does it say the topic?
# Write `own_bars(truth, chances, bars)`. It returns a list with one bar for each topic: the one of `bars` with which this topic has the best
# F1.
#
# - `truth` is a NumPy array of bool: a line for each message, a column for each topic.
# - `chances` is an array of the same shape, with numbers from 0 to 1.
# - `bars` is a list of numbers, from the smallest to the largest.
# - The topic is said where the chance is **above** the bar. A chance equal to the bar is not above it.
# - F1 is 2 · *both* / (*true* + *said*). *Both* counts the messages that have the topic and get it. *True* counts those
#   that have it, *said* those that get it. Where nothing is true and nothing is said, F1 is 0.
# - If several bars are equally good, take the smallest.
#
# There may be any number of messages, topics and bars, but at least one of each. A topic may have no message at all.

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

disable_progress_bars()
messages = load_dataset(*course.dataset("requests"))
kinds = messages["train"].features.items()
topics = [name for name, kind in kinds if kind.dtype == "bool" and name != "hard"]
table = {s: np.array([rows[t] for t in topics]).T for s, rows in messages.items()}
texts = {split: list(rows["text"]) for split, rows in messages.items()}
counting = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression()))
counting.fit(texts["train"], table["train"])
chance = {split: counting.predict_proba(each) for split, each in texts.items()}

# %% [markdown]
# The cell above lets a model count words in the messages to the town office. The next one shows what your bars are good
# for: `validation` chooses them, `test` judges them.

# %%
from sklearn.metrics import f1_score


def try_bars(own_bars):
    """Print the score with 0.5 for all topics, and with bars chosen by `own_bars`."""
    between = [number / 40 for number in range(2, 39)]
    chosen = own_bars(table["validation"], chance["validation"], between)
    if chosen is None:
        return
    chosen = [float(bar) for bar in chosen]
    print(dict(zip(topics, chosen, strict=True)))
    for name, bars in (("0.5 for all", [0.5] * len(topics)), ("own bars", chosen)):
        said = chance["test"] > np.array(bars)
        score = f1_score(table["test"], said, average="macro", zero_division=0)
        print(f"{name:<12} macro-F1 {score:.2f}")


truth = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [0, 0]]) > 0
chances = np.array([[0.8, 0.3], [0.6, 0.4], [0.7, 0.2], [0.1, 0.1], [0.2, 0.1]])


# %% answer="own_bars"
def own_bars(truth, chances, bars):
    """Return for each topic the bar with the best F1, the smallest one at a tie."""
    ### BEGIN SOLUTION
    found = []
    for topic in range(truth.shape[1]):
        true, scores = truth[:, topic], []
        for bar in bars:
            said = chances[:, topic] > bar
            both = (true & said).sum()
            scores.append(2 * both / max(true.sum() + said.sum(), 1))
        found.append(bars[np.argmax(scores)])
    return found
    ### END SOLUTION


print(own_bars(truth, chances, [0.15, 0.35, 0.5, 0.65]))
try_bars(own_bars)

# %% check="own_bars"
check.own_bars(own_bars)
### BEGIN HIDDEN TESTS
check.own_bars(own_bars, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at the two scores under your function: here the gain is large. This model was trained without balanced classes,
# so its chances are low. With 0.5, it says too few topics. (It counts words. The lesson's best head reads vectors.)
#
# ## 3 · Give or take what?
#
# ★★☆ · 10 minutes · write code
#
# Write `promised_margin(errors, promise)`. `errors` is a NumPy array: how far a model was off on texts that it has not
# learned from. Too high is a positive number, too low a negative one. `promise` is a number between 0 and 1, such as
# 0.9.
#
# The function returns one number, the margin. Take the **sizes** of the errors, without their signs, from the smallest
# to the largest. The place is (number of errors + 1) · `promise`, rounded up. Places are counted from 1. The size at
# this place is the margin.
#
# If there is no such place, then so few errors cannot support the promise. Return infinity then: `math.inf`. There is
# always at least one error.
#
# The next cell predicts the level of a text, from 0 (A1) to 5 (C2). It will make promises with your function.

# %%
import math

from sklearn.linear_model import Ridge

rated = load_dataset(*course.dataset("cefr"))
reader = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), Ridge())
reader.fit(list(rated["train"]["text"]), rated["train"]["label"])
off = {}
for split in ("validation", "test"):
    off[split] = reader.predict(list(rated[split]["text"])) - rated[split]["label"]


def try_promises(promised_margin):
    """Print what is promised about the texts of `test`, and how often it is kept."""
    whole = len(off["validation"])
    for number, promise in ((whole, 0.5), (whole, 0.9), (9, 0.8), (9, 0.95)):
        margin = promised_margin(off["validation"][:number], promise)
        if margin is not None:
            kept = np.mean(np.abs(off["test"]) <= float(margin))
            print(f"{number:>3} errors, promised {promise:.0%}: ", end="")
            print(f"{float(margin):.2f} levels, kept {kept:.0%}")


nine = np.array([-0.5, 0.1, 2.0, -0.3, 0.2, 0.9, -1.4, 0.0, 0.6])


# %% answer="promised_margin"
def promised_margin(errors, promise):
    """Return the margin that keeps the promise, or infinity with too few errors."""
    ### BEGIN SOLUTION
    place = math.ceil((len(errors) + 1) * promise)
    if place > len(errors):
        return math.inf
    return sorted(abs(error) for error in errors)[place - 1]
    ### END SOLUTION


print(promised_margin(nine, 0.9))
try_promises(promised_margin)

# %% check="promised_margin"
check.promised_margin(promised_margin)
### BEGIN HIDDEN TESTS
check.promised_margin(promised_margin, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Nine errors cannot promise 95%, and they keep 80% only on average over many draws of nine. Yours are one draw.
#
# ## 4 · The street that began too early
#
# ★★☆ · 8 minutes · bug hunt
#
# A colleague made the labels for a model that finds places and times. On a few short messages they were right. On
# longer ones, places begin at a wrong piece. No error appears. Run the cell below: where does the place begin?
#
# Mend `labels_for_pieces(word_ids, tags)`. `word_ids` is a list with an entry for each piece: the number of its word, or
# `None` where the piece belongs to no word. `tags` is a list with one whole number for each word.
#
# The function returns a list with one number for each piece. The **first** piece of a word carries the tag of its word.
# All other pieces have -100.
#
# Other tokenizers put `None` at other places, or several of them in a row. The last words may be missing in `word_ids`,
# because the text was cut. A word may have no piece at all. There may be no `None`, and there may be one piece only. The pieces of a word stand together, and words come in their
# order.

# %%
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
names = ["O", "B-WHERE", "I-WHERE", "B-WHEN", "I-WHEN"]
words = ["The", "kerb", "in", "Tanner", "Street", "broke", "on", "Sunday", "!"]
word_tags = [0, 0, 0, 1, 2, 0, 0, 3, 0]


# %% answer="labels_for_pieces"
def labels_for_pieces(word_ids, tags):
    """Return one label for each piece: a tag at the first one of a word, else -100."""
    labels = [-100, *tags]  # [CLS] has no tag
    return labels + [-100] * (len(word_ids) - len(labels))


### BEGIN SOLUTION
def labels_for_pieces(word_ids, tags):
    """Return one label for each piece: a tag at the first one of a word, else -100."""
    labels, before = [], None
    for word in word_ids:
        labels.append(-100 if word is None or word == before else tags[word])
        before = word
    return labels


### END SOLUTION


inputs = tokenizer(words, is_split_into_words=True)
pieces = tokenizer.convert_ids_to_tokens(inputs["input_ids"])
labels = labels_for_pieces(inputs.word_ids(), word_tags)
for piece, label in zip(pieces, labels, strict=False):
    print(f"{piece:<9} {label if label < 0 else names[label]}")

# %% check="labels_for_pieces"
check.labels_for_pieces(labels_for_pieces)
### BEGIN HIDDEN TESTS
check.labels_for_pieces(labels_for_pieces, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# How often was the old code right? Only where each word is one piece. (The last one may have more.)

# %%
reports = load_dataset(*course.dataset("where_when"))
whole = 0
for row in reports["train"]:
    ids = tokenizer(row["words"].split(), is_split_into_words=True).word_ids()
    whole += max(ids[1:-1]) == len(ids) - 3
print(f"each word is one piece in {whole} of {len(reports['train'])} messages")

# %% [markdown]
# ## 5 · Half a street is no street
#
# ★★★ · 15 minutes · write code
#
# Write `span_f1(true, said)`. Both are lists of messages, and a message is a list of tags, such as
# `["O", "B-WHERE", "I-WHERE"]`. `true` holds the right tags, `said` those of a model, for the same messages and words.
# The function returns one number, the F1 of whole spans.
#
# - A span begins with `B-KIND`, and goes on as long as `I-KIND` follows, with the **same** kind. It never goes on in the
#   next message.
# - Each `B-KIND` begins a new span, also right behind another one.
# - This card is stricter than the lesson: an `I-KIND` that goes on with no span of its kind counts for nothing. It is as
#   good as `O`. (In the lesson, it begins a span.)
# - A span is right if the other list has a span in the same message with the same begin, the same end and the same kind.
# - F1 is 2 · *right spans* / (*spans in* `true` + *spans in* `said`), counted over all messages together. Without any
#   span in both lists, it is 0.
#
# The kinds may have any names, not only `WHERE` and `WHEN`. You may write more than one function.
#
# The next cell makes three taggers that read nothing. Each changes the true tags of `test` a little.

# %%
true_tags = [tags.split() for tags in reports["test"]["tags"]]
taggers = {
    "always O": [["O"] * len(tags) for tags in true_tags],
    "one place off": [[*tags[1:], "O"] for tags in true_tags],
}
one_word = [[tag.replace("I-WHERE", "O") for tag in tags] for tags in true_tags]
taggers["only the first words"] = one_word


def try_taggers(span_f1):
    """Print how many words each tagger has right, and its F1 of spans."""
    for method, said in taggers.items():
        one, other = (np.concatenate(each) for each in (true_tags, said))
        score = span_f1(true_tags, said)
        if score is not None:
            words_right = np.mean(one == other)
            print(f"{method:<21} words {words_right:.0%}, F1 of spans {score:.2f}")


right = ["O", "B-WHERE", "I-WHERE", "O", "B-WHEN"]
half = ["O", "B-WHERE", "O", "O", "B-WHEN"]


# %% answer="span_f1"
def span_f1(true, said):
    """Return the F1 of whole spans, over all messages together."""
    ### BEGIN SOLUTION
    right = number = 0
    for one, other in zip(true, said, strict=True):
        spans, others = spans_of(one), spans_of(other)
        right += len(spans & others)
        number += len(spans) + len(others)
    return 2 * right / max(number, 1)


def spans_of(tags):
    """Return the spans of a message: begin, end and kind."""
    found, begin, kind = set(), None, ""
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != "I-" + kind:
            found.add((begin, place, kind))
            begin = None
        if tag.startswith("B-"):
            begin, kind = place, tag[2:]
    return found
    ### END SOLUTION


print(span_f1([right], [half]))
try_taggers(span_f1)

# %% check="span_f1"
check.span_f1(span_f1)
### BEGIN HIDDEN TESTS
check.span_f1(span_f1, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Most words right, and no span: those are the first two. The last tagger has more words right than both. Its score
# comes from the times alone: no place in `test` has only one word, and half a place is never a right span.
#
# ## Done?
#
# You know which loss your labels ask for. You can choose bars, promise a margin, give labels to pieces, and count whole
# spans. {{ Lesson:long_texts }} reads texts that are longer than the model.
