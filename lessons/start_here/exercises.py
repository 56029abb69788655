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
# # {{ number }} · Exercises: Start here
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.start_here import checks as check

course = start("start_here_exercises", "laptop")
check.sheet.begin()

# %%
from collections import Counter

learn = ["negative"] * 6 + ["neutral"] * 3 + ["positive"]
monday = ["negative"] * 4 + ["neutral"] * 3 + ["positive"]
friday = ["negative"] + ["neutral"] * 2 + ["positive"] * 5
for labels in (learn, monday, friday):
    print(len(labels), "tweets:", dict(Counter(labels)))

# %% [markdown]
# These are the labels of three small groups of tweets. The first group is there to learn from. The other two are test
# sets, from two days.
#
# ## 1 · What does the laziest method score?
#
# ★☆☆ · 4 minutes · predict
#
# Run nothing more yet. The lazy method of the lesson learns from `learn`. Then it must label the tweets of Monday and
# of Friday. Write four shares, each a number from 0 to 1.
#
# - `a`: the share of Monday's tweets that get the right label
# - `b`: the share of Friday's tweets that get the right label
# - `c`: of Monday's *neutral* tweets, the share that gets the right label
# - `d`: of Friday's *negative* tweets, the share that gets the right label

# %% answer="lazy_scores"
lazy_scores = {"a": ..., "b": ..., "c": ..., "d": ...}
### BEGIN SOLUTION
lazy_scores = {"a": 4 / 8, "b": 1 / 8, "c": 0, "d": 1}
### END SOLUTION

# %% check="lazy_scores"
check.lazy_scores(lazy_scores)

# %% [markdown]
# Now see it for yourself. The last three numbers of a line show why one score is not enough.

# %%
always = Counter(learn).most_common(1)[0][0]
for day, truth in {"Monday": monday, "Friday": friday}.items():
    right = Counter(label for label in truth if label == always)
    found = {label: right[label] / truth.count(label) for label in dict.fromkeys(truth)}
    print(f"{day}: {right.total() / len(truth):.3f} right, of each label {found}")

# %% [markdown]
# ## 2 · Two methods that both win?
#
# ★★☆ · 6 minutes · bug hunt
#
# The fine-tuned model gains 30 points over counting words, says `paired_gain`. Swap the two methods, and it says that
# counting words gains 20 points. Both cannot be. Mend `paired_gain`. It gets three NumPy arrays with a number for
# each tweet: the labels that method `first` gives, those of method `second`, and the true ones. Another task may have
# more tweets, and more than three labels.

# %%
import numpy as np

truth = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])
tuned = np.array([0, 0, 0, 1, 1, 1, 0, 2, 2, 2])
counted = np.array([0, 0, 1, 0, 1, 0, 1, 2, 0, 2])


# %% answer="paired_gain"
def paired_gain(first, second, truth):
    """Return how much more often `first` is right than `second`, as a share of all tweets."""
    better = (first == truth) & (second != truth)
    return np.mean(better)


### BEGIN SOLUTION
def paired_gain(first, second, truth):
    """Return how much more often `first` is right than `second`, as a share of all tweets."""
    better = (first == truth).astype(int) - (second == truth).astype(int)
    return np.mean(better)


### END SOLUTION


paired_gain(tuned, counted, truth), paired_gain(counted, tuned, truth)

# %% check="paired_gain"
check.paired_gain(paired_gain)
### BEGIN HIDDEN TESTS
check.paired_gain(paired_gain, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You know what the floor is and what it hides, and you can compare two methods fairly. {{ Lesson:hugging_face_basics }} shows where models
# and datasets come from.
