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
# # {{ number }} · Exercises: Leakage
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.leakage import checks as check

course = start("leakage_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · What has this model seen?
#
# ★★☆ · 10 minutes · predict
#
# Eight messages were split at random, into four rows to learn (train) and four to test:
#
# | row | part | date | writer | text |
# |---|---|---|---|---|
# | 1 | train | 3 May | Ada | `The lamp in Mill Street is out` |
# | 2 | test | 4 May | Ben | `THE LAMP in Mill Street is out!` |
# | 3 | train | 6 May | Ben | `My green bin was not emptied` |
# | 4 | test | 9 May | Ada | `My blue card does not open the door` |
# | 5 | train | 11 May | Cem | `My blue card does not open the door` |
# | 6 | test | 12 May | Dora | `The night bus was late once more` |
# | 7 | train | 15 May | Eva | `RT The night bus was late once again` |
# | 8 | test | 20 May | Finn | `Who cuts the tree in front of my house?` |
#
# Run nothing yet. Count, and write a number:
#
# - `copies`: how many test rows have the same **wording** as a train row, after the lesson's `same_words`? (It drops
#   case, punctuation and `RT`.)
# - `similarity`: the Jaccard similarity of rows 6 and 7, with their runs of five words. Drop the `RT` first.
# - `known`: how many test rows have a writer whom the model has read?
# - `future`: for how many test rows has the model read a message of a **later** day?
#
# Then three questions that somebody may ask. Which split answers each best: `"rows"`, `"writers"` or `"dates"`? Each
# fits once.
#
# - `next_year`: how good will the model be for the same writers, a year later?
# - `new_people`: how good is it on messages of the same months, from people whom it has never read?
# - `lost_labels`: some of these messages, a random part, lost their labels. How well does the model fill them in?

# %% answer="what_it_has_seen"
what_it_has_seen = {
    "copies": ...,
    "similarity": ...,
    "known": ...,
    "future": ...,
    "next_year": ...,
    "new_people": ...,
    "lost_labels": ...,
}
### BEGIN SOLUTION
what_it_has_seen = {
    "copies": 2,
    "similarity": 2 / 4,
    "known": 2,
    "future": 3,
    "next_year": "dates",
    "new_people": "writers",
    "lost_labels": "rows",
}
### END SOLUTION

# %% check="what_it_has_seen"
check.what_it_has_seen(what_it_has_seen)

# %% [markdown]
# Now three splits of the lesson's help desk. Which one lets known writers through, and which one the future?

# %%
import numpy as np
from datasets import concatenate_datasets, disable_progress_bars, load_dataset

disable_progress_bars()
years = load_dataset(*course.dataset("messages"))
desk = concatenate_datasets([years[name] for name in sorted(years)])
writers, days = np.array(desk["writer"]), np.array(desk["date"], "datetime64[D]")
rng = np.random.default_rng(course.seed)
in_test = {
    "rows": rng.random(len(desk)) < 0.2,
    "writers": np.isin(writers, rng.permutation(np.unique(writers))[::5]),
    "dates": days >= np.sort(days)[int(0.8 * len(desk))],
}
for split, test in in_test.items():
    known = np.isin(writers[test], writers[~test]).mean()
    future = np.mean(days[test] < days[~test].max())
    print(f"split by {split:<8} writer known {known:4.0%}, future known {future:4.0%}")

# %% [markdown]
# ## 2 · From pairs to families
#
# ★★☆ · 12 minutes · write code
#
# The lesson's finder of near-copies, on 3,000 tweets:

# %%
import re
from collections import Counter, defaultdict

tweets = load_dataset(*course.dataset("raw_tweets"), split="train[7000:10000]")


def runs(text, size=5):
    words = re.sub(r"@user|\bhttp\b|\brt\b", " ", text.lower())
    words = re.findall(r"[a-z0-9']+", words)
    last = max(1, len(words) - size + 1)
    return {" ".join(words[place : place + size]) for place in range(last)}


sets, holders, close = [runs(text) for text in tweets["text"]], defaultdict(list), []
for place, new in enumerate(sets):
    shared = Counter(earlier for run in new for earlier in holders[run])
    for earlier, both in shared.items():
        if both / (len(new) + len(sets[earlier]) - both) >= 0.5:
            close.append((earlier, place))
    for run in new:
        holders[run].append(place)
print(len(close), "pairs of near-copies")

# %% [markdown]
# `cut_pairs` gives families to scikit-learn, and counts the pairs that a split cuts: one tweet in train, its near-copy
# in test.

# %%
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit


def cut_pairs(families):
    kin = families(close, len(tweets))
    if kin is None:
        return print("no families yet")
    print(f"{len(set(kin))} families, the largest has {max(Counter(kin).values())} tweets")
    for name, way in {"rows": ShuffleSplit, "families": GroupShuffleSplit}.items():
        groups = kin if name == "families" else None
        split = way(1, test_size=0.2, random_state=course.seed).split(kin, groups=groups)
        one, other = np.isin(np.array(close), next(split)[1]).T
        print(f"{name} dealt at random: {np.sum(one != other)} of {len(close)} pairs are cut")


# %% [markdown]
# A finder of near-copies gives **pairs** of rows. To split without a leak, you need **families**: if A is close to B,
# and B to C, all three belong together. A and C need not be a pair.
#
# Write `families(pairs, size)`. Try it without SciPy's `connected_components`.
#
# - `pairs` is a list of pairs of row numbers, such as `[(0, 2), (3, 2)]`. The pairs have no order, and neither have the
#   two numbers of a pair. A pair may come twice. The list may be empty.
# - `size` is the number of all rows, 0 or more. The first row is row 0.
# - Return a list with one whole number for each row: the number of its family. Two rows have the same number where
#   they belong together, and only there. A row without a pair is a family of its own.
# - Families are numbered as they appear: row 0 is in family 0, the next row of a new family is in family 1, and so on.


# %% answer="families"
def families(pairs, size):
    """Return the number of its family for each row."""
    ### BEGIN SOLUTION
    family = list(range(size))
    for one, other in pairs:
        old = family[other]
        family = [family[one] if each == old else each for each in family]
    numbers = {}
    for each in family:
        numbers.setdefault(each, len(numbers))
    return [numbers[each] for each in family]
    ### END SOLUTION


cut_pairs(families)
families([(0, 2), (3, 2)], 5)  # should be [0, 1, 0, 0, 2]

# %% check="families"
check.families(families)
### BEGIN HIDDEN TESTS
check.families(families, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The same test, twice
#
# ★★★ · 15 minutes · write code
#
# What does a leak add to a score? The lesson learns twice, and judges the same test rows both times. Here are tweets
# for such an experiment: 300 families of copies, and 900 tweets that nobody has copied.

# %%
raw = load_dataset(*course.dataset("raw_tweets"))["train"]
plain = [" ".join(re.findall(r"[a-z]+", re.sub(r"\brt\b", "", text.lower()))) for text in raw["text"]]
_, wording, sizes = np.unique(plain, return_inverse=True, return_counts=True)
rng = np.random.default_rng(course.seed)
copied, alone = (rng.permutation(np.flatnonzero(mask)) for mask in (sizes > 1, sizes == 1))
rows = np.flatnonzero(np.isin(wording, [*copied[:300], *alone[:900]]))
label, kin = np.array(raw["label"])[rows], wording[rows]
print(len(rows), "tweets")

# %% [markdown]
# The model only copies: it gives the label of the nearest text that it has read. `compare` judges it on ten test parts.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer

vectors = TfidfVectorizer().fit_transform(np.array(plain)[rows])


def compare(two_trainings):
    scores = []
    for draw in range(10):
        order = np.random.default_rng(draw).permutation(len(rows))
        test, train = np.split(order, [len(rows) // 5])
        parts = two_trainings(train.tolist(), test.tolist(), kin.tolist())
        if parts is None:
            return print("no training parts yet")
        nearest = [np.array(part)[(vectors[test] @ vectors[part].T).argmax(axis=1).A1] for part in parts]
        right, touched = label[nearest] == label[test], np.isin(kin[test], kin[train])
        scores.append([right[:, touched].mean(axis=1), right[:, ~touched].mean(axis=1)])
    for name, score in zip(("with a copy", "without one"), np.mean(scores, axis=0), strict=True):
        print(f"test rows {name}: right with relatives {score[0]:.0%}, without relatives {score[1]:.0%}")


# %% [markdown]
# Write the step that makes the two training parts: `two_trainings(train, test, family)`.
#
# - `train` and `test` are lists of row numbers, in any order. No row is in both.
# - `family` is a list: `family[row]` is the number of that row's family.
# - A row of `train` is a **relative** if some row of `test` has the same family. The others are **strangers**.
# - Return two lists of row numbers, in this order: *with relatives*, then *without relatives*. In both, the rows stand
#   in the order that they have in `train`.
# - *Without relatives*: `train` without its relatives.
# - *With relatives*: remove **strangers** from `train`, as many as there are relatives. So both lists are equally long.
#   Take those that stand last in `train`.
#
# `train` has always at least as many strangers as relatives. There may be no relatives at all.


# %% answer="two_trainings"
def two_trainings(train, test, family):
    """Return the training part with relatives of test rows, and one of the same length without."""
    ### BEGIN SOLUTION
    tested = {family[row] for row in test}
    strangers = [row for row in train if family[row] not in tested]
    relatives = len(train) - len(strangers)
    spare = strangers[len(strangers) - relatives :]
    return [row for row in train if row not in spare], strangers
    ### END SOLUTION


compare(two_trainings)
two_trainings([3, 0, 4, 5, 1], [2], [7, 8, 7, 9, 7, 9])  # should be ([3, 0, 4, 5], [3, 5, 1])

# %% check="two_trainings"
check.two_trainings(two_trainings)
### BEGIN HIDDEN TESTS
check.two_trainings(two_trainings, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Right from the first message
#
# ★★☆ · 10 minutes · bug hunt
#
# People often write about one thing. So a colleague makes a new column for the help desk: the topic that a writer
# **usually** writes about. On the test rows the column was nearly always right. In use it was not.
#
# Somebody tried it on nonsense: the topics were thrown with a die, from 0 to 5. No column can guess a die, and one in
# six (17%) is luck. But see what the cell prints. Below it stands the same for the real messages. When your function is
# mended, the dice come down to about that luck, and the messages lose some points, too.
#
# Mend `usual_topics(writers, topics)`. The two lists have one entry for each message, in the order in which the
# messages came. A topic is a whole number, 0 or more. Return a list with one number for each message: the topic that its
# writer had written about most often when the message **came**. Where two topics are equally often, take the smaller
# number. Where nothing is known of the writer yet, put -1. The lists may be empty.

# %%
dice = np.random.default_rng(course.seed)
strangers = dice.integers(0, 60, 180).tolist()
thrown = dice.integers(0, 6, 180).tolist()
by_date = desk.sort("date")


def try_out(usual_topics):
    for name, who, topics in (
        ("dice", strangers, thrown),
        ("messages", by_date["writer"][:], by_date["label"][:]),
    ):
        usual = np.array(usual_topics(who, topics))
        filled = usual != -1
        right = (usual == np.array(topics))[filled].sum() / max(1, filled.sum())
        print(f"{name}: known for {filled.mean():.0%} of the rows, and right for {right:.0%} of these")


# %% answer="usual_topics"
def usual_topics(writers, topics):
    """Return for each message the topic that its writer usually writes about."""
    usual = []
    for writer in writers:
        messages = zip(writers, topics, strict=True)
        counts = Counter(topic for other, topic in messages if other == writer)
        usual.append(min(counts, key=lambda topic: (-counts[topic], topic)))
    return usual


### BEGIN SOLUTION
def usual_topics(writers, topics):
    """Return for each message the topic that its writer usually writes about."""
    usual, known = [], defaultdict(Counter)
    for writer, topic in zip(writers, topics, strict=True):
        counts = known[writer]
        usual.append(min(counts, key=lambda each: (-counts[each], each), default=-1))
        counts[topic] += 1
    return usual


### END SOLUTION


try_out(usual_topics)

# %% check="usual_topics"
check.usual_topics(usual_topics)
### BEGIN HIDDEN TESTS
check.usual_topics(usual_topics, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Where does the alarm begin?
#
# ★★☆ · 12 minutes · write code
#
# Each quarter, somebody labels `rows` fresh messages, and counts the right answers of the model. Fewer than a
# **line**: that is an alarm. In the first year, a share `good` of all answers was right. Even if nothing has changed,
# a quarter may have bad luck: a **false alarm**.
#
# Write `alarm_line(good, rows, share)`. It returns a whole number: the **highest** line with which the chance of a
# false alarm is at most `share`.
#
# - An alarm comes with **fewer** right answers than the line. A line of 0 gives no alarm, ever.
# - Each answer is right with chance `good`, whatever the others are. The chance that exactly `k` of `rows` answers are
#   right is `comb(rows, k) * good**k * (1 - good) ** (rows - k)`, with `comb` from `math`.
# - `good` and `share` lie between 0 and 1, and `share` is at most 0.2. `rows` is 1 or more.
#
# In the lesson, about 75% were right in year 1, and 1 false alarm in 100 was allowed. `what_it_sees` tells how likely
# your alarm is, when the score has fallen.

# %%
from math import comb

from scipy.stats import binom


def what_it_sees(alarm_line):
    for rows in (30, 100, 300, 1000):
        line = alarm_line(0.75, rows, 0.01)
        if line is None:
            return print("no line yet")
        seen = {fall: binom.cdf(line - 1, rows, 0.75 - fall) for fall in (0.2, 0.1, 0.03)}
        words = ", ".join(f"{100 * fall:.0f} points: {chance:.0%}" for fall, chance in seen.items())
        print(f"{rows:>4} labels, line {line:>3}. Alarm after a fall of {words}")


# %% answer="alarm_line"
def alarm_line(good, rows, share):
    """Return the highest line with at most this share of false alarms."""
    ### BEGIN SOLUTION
    chances = [comb(rows, k) * good**k * (1 - good) ** (rows - k) for k in range(rows)]
    lines = [line for line in range(rows + 1) if sum(chances[:line]) <= share]
    return max(lines)
    ### END SOLUTION


what_it_sees(alarm_line)
alarm_line(0.5, 4, 0.1)  # should be 1

# %% check="alarm_line"
check.alarm_line(alarm_line)
### BEGIN HIDDEN TESTS
check.alarm_line(alarm_line, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can count what a model has seen, join pairs to families, and measure a leak with one test. You have taken the
# answers out of a column, and you know how many labels an alarm needs. {{ Lesson:labels }} asks whether the labels
# themselves are right.
