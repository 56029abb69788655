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
# # {{ number }} · Exercises: What can it tell a linguist, a teacher, a historian?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.linguist import checks as check

course = start("linguist_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset
from transformers import logging

disable_progress_bars()
logging.disable_progress_bar()
senses, learners = (
    load_dataset(*course.dataset("sentences"), name)["train"].to_pandas()
    for name in ("senses", "learners")
)

# %% [markdown]
# ## 1 · Nearest noun, on paper
#
# ★★☆ · 10 minutes · predict
#
# Run nothing yet: take a pencil. Write one number, or one text, for each letter.
#
# Five correct sentences:
#
# 1. The key to the old cabinets is here.
# 2. The dogs near the gate bark loudly.
# 3. The boys in the gardens sing.
# 4. The answers from my teacher and her sister were late.
# 5. The list of names on the doors was long.
#
# - `a`: the distance in sentence 1, as the lesson counts it
# - `b`: the rule "agree with the nearest noun" looks for the last noun before the verb. In how many of the five sentences
#   does it choose the right form of the verb?
# - `c`: the near-sighted reader of the lesson gets sentence 2 and the same sentence with *barks*. What does it read of
#   sentence 2? (a text)
#
# The decoder's surprise for each word, in nats:
#
# | | The | windows | of | Rome | V | open. |
# |---|---|---|---|---|---|---|
# | V is *are* | 2.0 | 7.0 | 1.5 | 4.5 | 3.0 | 1.0 |
# | V is *is* | 2.0 | 7.0 | 1.5 | 4.5 | 2.0 | 3.5 |
#
# - `d`: the sum of the sentence with *are*, minus the sum of the sentence with *is*
#
# k-means made two groups of the 20 sentences of a word. Nobody knows which group is which sense:
#
# | | older sense | newer sense |
# |---|---|---|
# | group 0 | 3 | 7 |
# | group 1 | 6 | 4 |
#
# - `e`: the share right, with the naming that the lesson takes
#
# A probe gives each sentence a score for "has an error". Four learners' sentences and their corrections:
#
# | pair | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|
# | with the error | 0.9 | 0.4 | 0.3 | 0.8 |
# | corrected | 0.45 | 0.1 | 0.7 | 0.2 |
#
# - `f`: the share of pairs in which it finds the one with the error (the higher score counts as wrong)
# - `g`: now each sentence comes alone, and above 0.5 means "has an error". Which share of the eight sentences is right?

# %% answer="paper_answers"
paper_answers = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "e": ...,
    "f": ...,
    "g": ...,
}
### BEGIN SOLUTION
paper_answers = {
    "a": 4,
    "b": 1,
    "c": "the gate bark loudly.",
    "d": -1.5,
    "e": 0.65,
    "f": 0.75,
    "g": 0.625,
}
### END SOLUTION

# %% check="paper_answers"
check.paper_answers(paper_answers)

# %% [markdown]
# The last two answers come from the same eight scores. Only the question differs. In class, Tomas has the second one.
#
# ## 2 · All places of a word
#
# ★★☆ · 10 minutes · write code
#
# The lesson's `kwic` shows one place in one text. Write `concordance(texts, word, width)`: it finds **every** place in a
# list of texts.
#
# `word` is a word in small letters. In a text it may have capital letters, too. It counts only as a whole word: no letter
# stands directly before or behind it. So *mail* is found in "Mail!", and not in "mails" or "email". (The texts hold
# letters, spaces and marks, no digits and no underscores.)
#
# Return a list with a line for each place, in the order of the texts, and from left to right inside a text. Each line
# is made of:
#
# - the `width` characters before the word. If there are fewer, spaces stand to the **left** of them, so that `width`
#   characters are there.
# - `[`, the word as it stands in the text, and `]`
# - the `width` characters behind the word, or fewer if the text ends. No spaces are added there.
#
# Example: `concordance(["A mouse saw a Mouse."], "mouse", 6)` gives `["    A [mouse] saw a", "saw a [Mouse]."]`. (Count
# the characters before each bracket.) No place is found, or there are no texts: return an empty list. `width` is at least
# 1.
#
# Below your function, `listing` shows a word of the lesson's corpus.


# %%
import re


def listing(concordance):
    """Print some lines about a word, sorted by what stands behind the word."""
    found = concordance(list(senses["text"]), "mail", 28)
    if found is None:
        return print("no lines yet")
    behind = sorted(found, key=lambda line: line.split("]")[-1].strip().lower())
    print(*behind[:12], sep="\n")


# %% answer="concordance"
def concordance(texts, word, width):
    """Return a line for each place of a word: what is before it, the word in brackets, what is behind it."""
    ### BEGIN SOLUTION
    lines = []
    for text in texts:
        for found in re.finditer(rf"\b{word}\b", text, re.IGNORECASE):
            begin, end = found.span()
            left = text[max(0, begin - width) : begin]
            lines.append(f"{left:>{width}}[{found.group()}]{text[end : end + width]}")
    return lines
    ### END SOLUTION


listing(concordance)

# %% check="concordance"
check.concordance(concordance)
### BEGIN HIDDEN TESTS
check.concordance(concordance, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Linguists sort such a listing by what stands behind the word, or before it. Then phrases that come twice stand
# together. A listing by meaning, as in the lesson, is another way to sort.
#
# ## 3 · Worse than a coin
#
# ★★☆ · 8 minutes · bug hunt
#
# Tomas wants to know whether a probe can tell a wrong sentence from a right one. `parts_of(pair, parts)` deals the
# sentences to parts, for a test in which each part is left out once. `pair` is a list with a whole number for each
# sentence: to which pair it belongs. The numbers are names, they may be any. `parts` is how many parts there are.
# Returned is a list with a number for each sentence: its part, from 0 to `parts - 1`.
#
# `test_probe` below uses it on the learners' sentences and their corrections, in mixed order. The probe comes out far
# **below** a coin. The vectors, the labels and the probe are in order.
#
# Mend `parts_of`. The parts are still dealt in turn, in the order of the list: what comes first goes to part 0, the next
# to part 1. After the last part comes part 0 again. A pair can have more than two sentences, or one. An empty list gives
# an empty list.

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from course_utils.vectors import encode

taken = learners.head(80)
order = np.random.default_rng(course.seed).permutation(160)
mixed = np.array([*taken["text"], *taken["corrected"]])[order]
wrong, of_pair = (np.arange(160) < 80)[order], (np.arange(160) % 80)[order]
read = encode(mixed.tolist(), course)


# %%
def test_probe(parts_of):
    """Print how often a probe is right about a sentence alone."""
    part = parts_of(of_pair.tolist(), 4)
    if part is None:
        return print("no parts yet")
    part = list(part)
    if len(part) != len(wrong):
        return print(f"{len(part)} parts for {len(wrong)} sentences")
    split, probe = PredefinedSplit(part), LogisticRegression(C=10)
    right = cross_val_predict(probe, read, wrong, cv=split) == wrong
    print(f"right about {right.mean():.0%} of {len(wrong)} sentences alone")


# %% answer="parts_of"
def parts_of(pair, parts):
    """Return the part of each sentence."""
    return [row % parts for row in range(len(pair))]


### BEGIN SOLUTION
def parts_of(pair, parts):
    """Return the part of each sentence."""
    names = list(dict.fromkeys(pair))
    return [names.index(each) % parts for each in pair]


### END SOLUTION


print(parts_of([7, 7, 3, 3], 2))
test_probe(parts_of)

# %% check="parts_of"
check.parts_of(parts_of)
### BEGIN HIDDEN TESTS
check.parts_of(parts_of, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Compare with the number of the broken function. A leak usually makes a score too good. Here the twin has the opposite
# label, so it makes the score too bad. The honest number is not good either: alone, a sentence is a hard question.
#
# ## 4 · A few labels for a corpus
#
# ★★☆ · 10 minutes · write code
#
# Irene labels a few sentences by hand. The others get the sense whose labelled sentences are closer, to their **mean**.
# The lesson does this for two senses. Write `annotate(labelled, senses, points)` for any number of senses.
#
# - `labelled` is a NumPy array, a row for each labelled sentence: its vector.
# - `senses` is a list of texts, the sense of each of these rows. A sense may have one row or many.
# - `points` is a NumPy array, a row for each sentence without a label.
#
# Return a list with a sense (a text) for each row of `points`: the one whose mean vector is closest. The distance of two
# vectors is the root of the sum of the squared differences. Do not change the length of a vector. If two means are
# equally close, take the sense that comes first in the alphabet. There is at least one labelled sentence. If `points` has
# no rows, return an empty list.
#
# Below your function, `with_few` tries it on five words of the lesson, with the vectors of whole sentences.

# %%
chosen = ("thread", "virus", "cell", "stream", "drive")
of_words = senses[senses["word"].isin(chosen)].reset_index(drop=True)
vectors = encode(list(of_words["text"]), course)


# %%
def with_few(annotate):
    """Print the share right for each word, with a few labels for each sense."""
    for each, table in of_words.groupby("word"):
        rng, truth = np.random.default_rng(course.seed), table["sense"].to_numpy()
        shares = {labels: [] for labels in (1, 4, 8)}
        for labels in list(shares) * 10:
            rows = [
                rng.permutation(np.flatnonzero(truth == s)) for s in sorted(set(truth))
            ]
            few = np.concatenate([some[:labels] for some in rows])
            rest = np.concatenate([some[labels:] for some in rows])
            points = vectors[table.index]
            said = annotate(points[few], truth[few].tolist(), points[rest])
            if said is None:
                return print("no senses yet")
            said = np.array(list(said))
            if len(said) != len(rest):
                return print(f"{len(said)} senses for {len(rest)} sentences")
            shares[labels].append(np.mean(said == truth[rest]))
        told = ", ".join(f"{n}: {np.mean(s):.0%}" for n, s in shares.items())
        print(f"{each:<7} right, by labels for each sense: {told}")


# %% answer="annotate"
def annotate(labelled, senses, points):
    """Return for each point the sense whose mean vector is closest."""
    ### BEGIN SOLUTION
    names = sorted(set(senses))
    means = [labelled[np.array(senses) == name].mean(axis=0) for name in names]
    away = [[np.linalg.norm(point - mean) for mean in means] for point in points]
    return [names[np.argmin(each)] for each in away]
    ### END SOLUTION


with_few(annotate)

# %% check="annotate"
check.annotate(annotate)
### BEGIN HIDDEN TESTS
check.annotate(annotate, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# More labels help, but words differ. Before you count senses in a corpus, label some more sentences, and look how often
# the draft is right about them.
#
# ## Done?
#
# You can judge agreement against a simple rule, list all places of a word, keep twins together, and annotate with few
# labels. You also know what to be careful about in each of them.
