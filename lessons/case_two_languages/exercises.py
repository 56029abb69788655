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
# # {{ number }} · Exercises: Does it work as well for them?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.case_two_languages import checks as check

course = start("case_two_languages_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
scenarios = load_dataset(*course.dataset("scenarios"))

# %% [markdown]
# ## 1 · Two languages on paper
#
# ★★☆ · 10 minutes · predict
#
# Run nothing yet: take a pencil. Write one number for each letter.
#
# A text has 4 words. A full stop stands behind the last one. The tokenizer returns `["[UNK]", "[UNK]", "[UNK]",
# "[UNK]", "."]`.
#
# - `a`: the tokens per word
#
# One model judged ten scenarios in both languages. 1 means right:
#
# | scenario | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |
# |---|---|---|---|---|---|---|---|---|---|---|
# | English | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 0 | 0 |
# | Filipino | 1 | 1 | 1 | 1 | 1 | 0 | 0 | 0 | 1 | 0 |
#
# - `b`: the gap, English minus Filipino. Write shares, not points: 0.14 for 14 points.
# - `c`: the share of its English accuracy that it keeps in Filipino
#
# Eight Filipino texts of the training part have the scores -0.4, 0.1, 0.3, 0.5, 0.9, 1.2, 1.4 and 2.0. Half of such
# texts are moral. So a threshold is chosen for Filipino, without labels. Then five posts come, with the scores 0.2,
# 0.4, 1.0, 1.5 and 2.5.
#
# - `d`: how many of the five posts does it call moral?
#
# On a bad day 100 posts come, and only 20 of them are moral. Somebody cuts at the median of the scores of that day. No
# two scores are equal.
#
# - `e`: at least how many posts about wrongs does this call moral?
#
# Five pairs of texts differ in a name. The probabilities of *moral*, the two sides of each pair: 0.6 and 0.4, 0.9 and
# 0.7, 0.3 and 0.6, 0.2 and 0.3, 0.7 and 0.6. Above 0.5 means moral.
#
# - `f`: the share of the pairs that flip
# - `g`: how far the probability moves, the mean over the pairs

# %% answer="paper_numbers"
paper_numbers = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "e": ...,
    "f": ...,
    "g": ...,
}
### BEGIN SOLUTION
paper_numbers = {
    "a": 1.25,
    "b": 0.2,
    "c": 0.75,
    "d": 3,
    "e": 30,
    "f": 0.4,
    "g": 0.18,
}
### END SOLUTION

# %% check="paper_numbers"
check.paper_numbers(paper_numbers)

# %% [markdown]
# Before you count flips, look whether there is something to count. In how many pairs of the lesson do the two texts
# differ at all?

# %%
pairs = load_dataset(*course.dataset("scenarios"), "swapped", split="train")[:]
for kind in ("name", "pronoun"):
    rows = [row for row in range(0, len(pairs["en"]), 2) if pairs["swap"][row] == kind]
    for language in ("en", "fil"):
        texts = pairs[language]
        differ = sum(texts[row] != texts[row + 1] for row in rows)
        print(f"{kind:<8} {language:<4} {differ} of {len(rows)} pairs differ")

# %% [markdown]
# Filipino *siya* is *he* and *she*. There, any model must show a move of exactly zero.
#
# ## 2 · Cheap, or lost?
#
# ★★☆ · 10 minutes · write code
#
# Write `token_cost(tokenize, texts)`. `tokenize` is a function: it takes a text and returns the list of its tokens.
# `texts` is a list of texts. A word is what `text.split()` returns. A word is **lost** if its tokens hold `"[UNK]"` at
# least once. To see that, tokenize the word alone.
#
# Return a dictionary with two numbers, not rounded:
#
# - `"per_word"`: the tokens of all texts, divided by the words of all texts. Here each text is tokenized whole.
# - `"lost"`: the share of all words that are lost. A word that comes twice counts twice.
#
# If there is no word at all (an empty list, or empty texts), both numbers are 0.
#
# Below your function, `in_ten` asks the tokenizer of our English checkpoint for the ten sentences of the lesson. The check
# hands over simpler ones. Call them to see what they do: `check.known_letters("the river")`.

# %%
from transformers import AutoTokenizer

from lessons.case_two_languages.ten import SENTENCE

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)


def in_ten(token_cost):
    """Print the cost of one sentence in ten languages."""
    for language, text in SENTENCE.items():
        cost = token_cost(tokenizer.tokenize, [text])
        if not isinstance(cost, dict):
            return print("no cost yet")
        line = " ".join(f"{name} {number:.2f}" for name, number in cost.items())
        print(f"{language:<11} {line}")


# %% answer="token_cost"
def token_cost(tokenize, texts):
    """Return the tokens per word, and the share of words that are lost."""
    ### BEGIN SOLUTION
    words = [word for text in texts for word in text.split()]
    if not words:
        return {"per_word": 0, "lost": 0}
    tokens = sum(len(tokenize(text)) for text in texts)
    lost = sum("[UNK]" in tokenize(word) for word in words)
    return {"per_word": tokens / len(words), "lost": lost / len(words)}
    ### END SOLUTION


in_ten(token_cost)

# %% check="token_cost"
check.token_cost(token_cost)
### BEGIN HIDDEN TESTS
check.token_cost(token_cost, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Sort the ten lines by the first number, and then by the second. A low first number is good news only if the second one
# is zero.
#
# ## 3 · The same scenarios, an interval too wide
#
# ★★☆ · 10 minutes · bug hunt
#
# `en` and `fil` are NumPy arrays with a number for each scenario: 1 if the model is right in that language, 0 if not, or
# the share of several trainings that are right. Position by position, it is the same scenario in both languages.
# `gap_with_interval` returns three numbers: the gap (English minus Filipino), and the low and the high end of its 95%
# interval.
#
# A colleague gave it the **same** array twice. Such a model treats both languages alike in every scenario. The gap is 0,
# and nothing varies. Still, the interval is 80 points wide. `beside_draws` shows this below the function, in its line
# `same`. The line `letters` is letter counting. In `turned`, the languages are right on opposite scenarios. At the end of
# each line stands the interval that 2,000 draws of scenarios give.
#
# Mend `gap_with_interval`. Keep 1.96 standard errors to each side. A standard deviation or a variance is what `np.std`
# or `np.var` return, with no other settings. There is at least one scenario.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def right_in(language):
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    model = make_pipeline(letters, LogisticRegression(max_iter=1000))
    model.fit(scenarios["train"][language][:], scenarios["train"]["label"][:])
    said = model.predict(scenarios["test"][language][:])
    return (said == np.array(scenarios["test"]["label"])).astype(float)


letters_en, letters_fil = right_in("en"), right_in("fil")


# %%
def beside_draws(gap_with_interval):
    """Print intervals beside those that drawing scenarios gives."""
    ten = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1, 1.0])
    rng = np.random.default_rng(course.seed)
    pairs = {"same": (ten, ten), "letters": (letters_en, letters_fil)}
    pairs["turned"] = (ten, 1 - ten)
    for name, (en, fil) in pairs.items():
        rows = rng.integers(len(en), size=(2000, len(en)))
        drawn = (en[rows] - fil[rows]).mean(1)
        numbers = gap_with_interval(en.copy(), fil.copy())
        found = " ".join(f"{number:+.3f}" for number in numbers)
        low, high = np.percentile(drawn, [2.5, 97.5])
        print(f"{name:<8} {found}, by draws {low:+.3f} {high:+.3f}")


# %% answer="gap_with_interval"
def gap_with_interval(en, fil):
    """Return the gap, and the low and the high end of its 95% interval."""
    gap = en.mean() - fil.mean()
    error = np.sqrt(np.var(en) / len(en) + np.var(fil) / len(fil))
    return gap, gap - 1.96 * error, gap + 1.96 * error


### BEGIN SOLUTION
def gap_with_interval(en, fil):
    """Return the gap, and the low and the high end of its 95% interval."""
    apart = en - fil
    gap = apart.mean()
    error = np.std(apart) / np.sqrt(len(apart))
    return gap, gap - 1.96 * error, gap + 1.96 * error


### END SOLUTION


beside_draws(gap_with_interval)

# %% check="gap_with_interval"
check.gap_with_interval(gap_with_interval)
### BEGIN HIDDEN TESTS
check.gap_with_interval(gap_with_interval, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Compare with the lines of the broken function. In the last line the languages are right on opposite scenarios. There
# the honest interval is the **wider** one. The pairing does not make a result better, it makes the interval true.
# (With ten scenarios, the two honest ways differ a little.)
#
# ## 4 · As many as there should be
#
# ★★☆ · 10 minutes · write code
#
# A threshold for a share can fail when scores are equal: too many or too few posts lie above it. Write
# `moral_by_share(scores, share)`, which counts. `scores` is a list of numbers, one for each text. `share` is the share of
# texts that are moral, from 0 to 1.
#
# Return a list with `True` (moral) or `False` for each score, in the order of `scores`. The texts with the highest scores
# are moral. There are `share` times the number of texts of them, rounded down. Of texts with equal scores, the one that
# stands earlier in the list is chosen first. No scores: an empty list.
#
# Below your function, `leaning` tries it on scores that we invent for the true labels of the test part. The invented
# model orders the texts quite well, but it leans: all its scores are too high.


# %%
def leaning(moral_by_share):
    """Print what a threshold of 0 and a share of one half do, on a usual day and on a bad one."""
    truth = np.array(scenarios["test"]["label"])
    noise = np.random.default_rng(course.seed).normal(size=len(truth))
    scores = truth + 0.6 * noise + 0.5
    bad_day = (truth == 0) | (np.cumsum(truth) % 4 == 0)
    for day, stay in {"usual": truth >= 0, "bad": bad_day}.items():
        by_share = moral_by_share(scores[stay].tolist(), 0.5)
        if by_share is None:
            return print("no answers yet")
        half = np.array(list(by_share)) == 1
        if len(half) != stay.sum():
            return print(f"{len(half)} answers for {stay.sum()} texts")
        ways = {"threshold 0": scores[stay] > 0, "half": half}
        for name, moral in ways.items():
            right, passed = moral == truth[stay], moral[truth[stay] == 0]
            print(f"{day:<5} day, {name:<11} right {right.mean():.0%}", end=", ")
            print(f"wrongs that are called moral: {passed.mean():.0%}")


# %% answer="moral_by_share"
def moral_by_share(scores, share):
    """Return True or False for each score: the highest are True, as many as the share says."""
    ### BEGIN SOLUTION
    count = int(share * len(scores))
    order = sorted(range(len(scores)), key=lambda row: scores[row], reverse=True)
    chosen = set(order[:count])
    return [row in chosen for row in range(len(scores))]
    ### END SOLUTION


print(moral_by_share([0.5, 2.0, 0.5, -1.0], 0.5))
leaning(moral_by_share)

# %% check="moral_by_share"
check.moral_by_share(moral_by_share)
### BEGIN HIDDEN TESTS
check.moral_by_share(moral_by_share, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# No label was used for the mend. On the usual day it repairs most of the lean. On the bad day it still calls half of the
# posts moral, so many wrongs pass. The share is what you must know, and it changes.
#
# ## Done?
#
# You can count what a tokenizer costs and loses, give a gap its true interval, and mend a lean without labels. You know
# what each of them rests on. {{ Lesson:distillation }} asks how little data can carry a training.
