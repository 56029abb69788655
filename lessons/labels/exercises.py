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
# # {{ number }} · Exercises: Labels
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.labels import checks as check

course = start("labels_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# The posts of the lesson again. To be quick, this sheet has no encoder: the vectors only count words. Each vector
# has the length 1.

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer

disable_progress_bars()
emotion = load_dataset(*course.dataset("emotion"))
names = emotion["train"].features["label"].names
train, test = emotion["train"].select(range(1500)), emotion["test"]
clean, truth = np.array(train["label"]), np.array(test["label"])
counter = TfidfVectorizer(min_df=2, sublinear_tf=True)
X = counter.fit_transform(train["text"][:]).toarray()
X_test = counter.transform(test["text"][:]).toarray()
print(names, X.shape)

# %% [markdown]
# ## 1 · Three readers
#
# ★★☆ · 10 minutes · predict
#
# Three readers wrote labels for the same 100 posts. We know the true labels: 25 posts of each. In the table, a line is
# a true label. A column is what the reader wrote.
#
# | reader | true label | anger | joy | optimism | sadness |
# |---|---|---|---|---|---|
# | Ann | anger | 15 | 3 | 3 | 4 |
# | | joy | 4 | 15 | 3 | 3 |
# | | optimism | 3 | 4 | 15 | 3 |
# | | sadness | 3 | 3 | 4 | 15 |
# | Ben | anger | 25 | 0 | 0 | 0 |
# | | joy | 0 | 25 | 0 | 0 |
# | | optimism | 0 | 20 | 5 | 0 |
# | | sadness | 20 | 0 | 0 | 5 |
# | Cleo | anger | 25 | 0 | 0 | 0 |
# | | joy | 13 | 12 | 0 | 0 |
# | | optimism | 13 | 0 | 12 | 0 |
# | | sadness | 14 | 0 | 0 | 11 |
#
# Run nothing yet: take a pencil. First about Cleo, as shares between 0 and 1. Two decimals are enough.
#
# - `agreement`: the share of all posts to which Cleo gave the true label
# - `kappa`: Cohen's kappa of Cleo and the truth. For each label, multiply its share in the truth and its share in
#   Cleo's labels. The sum of these four products is the luck.
# - `honest`: of the posts that Cleo calls *anger*, the share that really is *anger*
#
# Each reader has a pupil. For each true label, the pupil learns which word its reader wrote **most often**. The test
# has 25 new posts of each label. The pupil is told the true label of each of them, and answers with the word that it has
# learned for this label. Which share of its answers is right?
#
# - `ann`, `ben`, `cleo`: the pupil of Ann, of Ben, of Cleo
#
# At last, think of a real model for each reader. It learns from the labels of this reader, and `find_label_issues`
# looks for wrong ones.
#
# - `finder`: for which one of the three does the finder clearly beat a blind choice? `"Ann"`, `"Ben"` or `"Cleo"`

# %% answer="three_readers"
three_readers = {
    "agreement": ...,
    "kappa": ...,
    "honest": ...,
    "ann": ...,
    "ben": ...,
    "cleo": ...,
    "finder": ...,
}
### BEGIN SOLUTION
three_readers = {
    "agreement": 0.6,
    "kappa": 0.47,
    "honest": 0.38,
    "ann": 1.0,
    "ben": 0.5,
    "cleo": 0.25,
    "finder": "Ann",
}
### END SOLUTION

# %% check="three_readers"
check.three_readers(three_readers)

# %% [markdown]
# Now with real posts. `spoil` is the function of the lesson. Three models learn from 40% wrong labels. Whose errors
# cost least?


# %%
def spoil(clean, share, kind, seed):
    """Return a copy in which that share of all labels is wrong."""
    rng = np.random.default_rng(seed)
    target = np.array([names.index(name) for name in ("anger", "joy", "joy", "anger")])
    written = target[clean] if kind == "one-sided" else np.zeros_like(clean)
    if kind == "random":
        written = (clean + rng.integers(1, len(names), len(clean))) % len(names)
    possible = np.flatnonzero(written != clean)
    count = min(len(possible), round(share * len(clean)))
    rows = rng.choice(possible, count, replace=False)
    spoilt = clean.copy()
    spoilt[rows] = written[rows]
    return spoilt


# %%
from sklearn.linear_model import LogisticRegression

model = LogisticRegression(max_iter=300)
for reader, kind in (("Ann", "random"), ("Ben", "one-sided"), ("Cleo", "lazy")):
    pupil = model.fit(X, spoil(clean, 0.4, kind, course.seed))
    score = pupil.score(X_test, truth)
    print(f"{reader:<5} {kind:<10} {score:.0%} right on clean test labels")
print(f"      no errors  {model.fit(X, clean).score(X_test, truth):.0%}")

# %% [markdown]
# ## 2 · A kappa of your own
#
# ★★☆ · 12 minutes · write code
#
# Write `kappa(one, two)`. It gets two lists of the same length: the labels of two readers, post by post. The labels of a
# pair of lists are texts or whole numbers, and there may be two of them or more. Where a reader left a post out, there
# is `None`.
#
# The function returns one number, Cohen's kappa: (agreement - luck) / (1 - luck).
#
# - Only posts that **both** have read count, for the agreement and for the luck. There is at least one.
# - The luck is a sum over all labels: the share of the label with one reader, times its share with the other.
# - If the luck is 1, kappa has no value. Then return `float("nan")`, as scikit-learn does.
#
# The two lists stay as they are. Do not round. `compare` asks your kappa about the two guides of the lesson. Its last
# reader is new: he calls everything a complaint.

# %%
posts = load_dataset(*course.dataset("two_guides"))["train"]
guide = posts["guide_one"][:]
others = {
    "the same guide, read again": posts["guide_one_again"][:],
    "another guide": posts["guide_two"][:],
    "yes to everything": [1] * len(guide),
}


def compare(kappa):
    for other, theirs in others.items():
        agreement = np.mean(np.array(guide) == np.array(theirs))
        value = kappa(guide, theirs)
        shown = "not there yet" if value is None else f"{value:.2f}"
        print(f"{other:<27} agreement {agreement:.2f}, kappa {shown}")


# %% answer="kappa"
def kappa(one, two):
    """Return Cohen's kappa of two readers, from the posts that both have read."""
    ### BEGIN SOLUTION
    both = [pair for pair in zip(one, two, strict=True) if None not in pair]
    agreement = sum(mine == yours for mine, yours in both) / len(both)
    luck = sum(mine == yours for mine, _ in both for _, yours in both) / len(both) ** 2
    return float("nan") if luck == 1 else (agreement - luck) / (1 - luck)
    ### END SOLUTION


compare(kappa)

# %% check="kappa"
check.kappa(kappa)
### BEGIN HIDDEN TESTS
check.kappa(kappa, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The reader who says yes to everything agrees half of the time, and his kappa shows what that is worth.
#
# ## 3 · The finder that finds nothing
#
# ★★☆ · 10 minutes · bug hunt
#
# `find_label_issues` is the finder of the lesson. It needs beliefs. A colleague has no model at hand, so she asks the
# neighbours of each row. Then she plants 20% random errors. With one neighbour, her finder flags not a single row.


# %%
def find_label_issues(labels, pred_probs):
    """Return the suspicious rows, the most suspicious first."""
    classes = range(pred_probs.shape[1])
    limits = [pred_probs[labels == k, k].mean() for k in classes]
    sure = np.where(pred_probs >= limits, pred_probs, 0)
    suspicious = (sure.max(1) > 0) & (sure.argmax(1) != labels)
    rows = np.flatnonzero(suspicious)
    return rows[np.argsort(pred_probs[rows, labels[rows]])]


# %%
spoilt = spoil(clean, 0.2, "random", course.seed)
print((spoilt != clean).sum(), "labels are wrong")


def look(neighbour_beliefs):
    for k in (1, 5, 20):
        beliefs = neighbour_beliefs(X, spoilt, len(names), k)
        flagged = find_label_issues(spoilt, beliefs)
        found = np.sum((spoilt != clean)[flagged])
        print(f"{k:>2} neighbours: {len(flagged):>4} flagged, {found:>3} of them wrong")


# %% [markdown]
# The finder is right, the beliefs are not. Mend `neighbour_beliefs(vectors, labels, classes, k)`. For each row, the `k`
# rows with the most similar vectors vote with their labels. It returns an array with a line for each row and a column
# for each class. There stands the share of the votes for that class.
#
# - `vectors` is an array with one vector for each row, each of length 1. The product of two vectors is their cosine:
#   from -1 to 1, and the larger, the more similar.
# - `labels` is an array of whole numbers, from 0 to `classes` - 1. A class may have no row.
# - `k` is smaller than the number of rows.
# - Two rows may have the same vector. A copy is another row, so it may vote.
#
# Ties need no care: in the check, they never decide who votes. The arrays stay as they are.


# %% answer="neighbour_beliefs"
def neighbour_beliefs(vectors, labels, classes, k):
    """Return how the votes of each row's k neighbours are shared out, rows x classes."""
    alike = vectors @ vectors.T
    nearest = np.argsort(-alike, axis=1)[:, :k]
    votes = [labels[nearest] == each for each in range(classes)]
    return np.mean(votes, axis=2).T


### BEGIN SOLUTION
def neighbour_beliefs(vectors, labels, classes, k):
    """Return how the votes of each row's k neighbours are shared out, rows x classes."""
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    nearest = np.argsort(-alike, axis=1)[:, :k]
    votes = [labels[nearest] == each for each in range(classes)]
    return np.mean(votes, axis=2).T


### END SOLUTION


look(neighbour_beliefs)

# %% check="neighbour_beliefs"
check.neighbour_beliefs(neighbour_beliefs)
### BEGIN HIDDEN TESTS
check.neighbour_beliefs(neighbour_beliefs, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now it flags most of the wrong labels. But with one neighbour it flags half of all rows, and about two of three are
# honest: neighbours in counted words know little. With 20 neighbours, the wrong version even looked a little purer. One
# own vote among 20 matters less, and it kept the finder silent. Flagged means "read it", not "delete it".
#
# ## 4 · A table of doubts
#
# ★★★ · 20 minutes · write code
#
# The finder returns row numbers. The inventors of **confident learning** first count a table: which label was written,
# and of which label is the model sure? Write `confident_table(labels, chances)`.
#
# - `labels`: an array with the written label of each row, whole numbers from 0 on.
# - `chances`: an array with a line for each row and a column for each class, the beliefs of a model that has not seen
#   the row. All are above 0.
#
# It returns a square table of counts, as an array or as a list of lists. It has a line and a column for **each** class
# of `chances`. The line is the written label, the column is the label that the model is sure of.
#
# - The **limit** of a class is the mean belief in this class, over the rows with this written label.
# - The model is sure of a class if its belief reaches the limit. Equal is enough.
# - If it is sure of several classes, only the one with the largest belief counts. (A larger belief below its limit does
#   not count.) If these are equal, take the first of them.
# - If it is sure of none, the row is not counted.
# - A class may have no row with this written label. Then it has no limit, and the model is never sure of it.
#
# For `few_labels` and `few_chances` below, the limits are 0.625 and 0.583. Out comes [[1, 0], [1, 2]].
#
# The two arrays stay as they are. Here a line is the *written* label; in the lesson's table it was the true one. `draw`
# shows your table for the labels as they are, and for 20% random errors. Beside
# them it shows the planted truth. What is outside of the diagonal is doubt.


# %%
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import cross_val_predict

from lessons.labels.figures import tables


def draw(confident_table):
    panels = {}
    for name, written in (("labels as they are", clean), ("20% random", spoilt)):
        chances = cross_val_predict(model, X, written, cv=3, method="predict_proba")
        if (table := confident_table(written, chances)) is not None:
            panels[name] = np.array(table)
    panels["planted (column: true)"] = confusion_matrix(spoilt, clean)
    return tables(panels, names, names, "Written, and surely meant", down="written", across="meant")


# %%
few_labels = np.array([0, 0, 1, 1, 1])
few_chances = np.array([[0.75, 0.25], [0.5, 0.5], [0.1, 0.9], [0.25, 0.75], [0.9, 0.1]])


# %% answer="confident_table"
def confident_table(labels, chances):
    """Return a table of counts: written label x label that the model is sure of."""
    ### BEGIN SOLUTION
    classes = chances.shape[1]
    table = np.zeros((classes, classes), dtype=int)
    sure = np.zeros(chances.shape)
    for each in np.unique(labels):
        belief = chances[:, each]
        enough = belief >= belief[labels == each].mean()
        sure[enough, each] = belief[enough]
    for row, written in enumerate(labels):
        if sure[row].any():
            table[written, sure[row].argmax()] += 1
    return table
    ### END SOLUTION


print(confident_table(few_labels, few_chances))
draw(confident_table)

# %% check="confident_table"
check.confident_table(confident_table)
### BEGIN HIDDEN TESTS
check.confident_table(confident_table, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The doubts grow with the errors. But there are many of them already before any error is planted. The model is weak, so
# it doubts honest labels, too. So read the first rows and count, before you believe such a table.
#
# ## 5 · Too good to be true
#
# ★★☆ · 10 minutes · bug hunt
#
# One label is rare. So a colleague shows its rows more often. Her `prepare` makes row numbers for training and for
# validation. The rare label is now found nearly always, she says, and she is proud. `copies` is the function of the
# lesson, and it is right.

# %%
from sklearn.model_selection import train_test_split


def copies(rows, labels, seed):
    """Draw rows of each class again until all are as big as the biggest."""
    rng = np.random.default_rng(seed)
    groups = [rows[labels[rows] == each] for each in np.unique(labels[rows])]
    size = max(map(len, groups))
    return np.concatenate([np.append(g, rng.choice(g, size - len(g))) for g in groups])


rare = names.index("optimism")
kept = np.flatnonzero((clean != rare) | (np.cumsum(clean == rare) <= 50))
X_kept, y_kept = X[kept], clean[kept]
print(np.bincount(y_kept), "rows of each label")

# %% [markdown]
# Mend `prepare(labels, seed)`. It gets an array with the label of each row: whole numbers. Rows have the numbers 0, 1, 2 and so on.
# It returns two arrays or lists of row numbers: first for training, then for validation.
#
# - Validation: a quarter of the rows of each label, drawn at random. One row more or fewer is fine. No row comes twice.
# - Training: all other rows. The most common label among them gets no copies. Each other label gets copies of its own
#   rows, until it comes as often as the most common one.
# - No row is on both sides.
# - The same seed gives the same rows. Another seed draws another validation part.
#
# There are at least four rows of each label. You may use `copies`. The order of the numbers is free.
#
# `rare_found` shows what a nearest neighbour finds of the rare posts in validation. It remembers every row.


# %%
from sklearn.neighbors import KNeighborsClassifier


def rare_found(prepare):
    learn, held = map(np.array, prepare(y_kept, course.seed))
    nearest = KNeighborsClassifier(1).fit(X_kept[learn], y_kept[learn])
    posts = held[y_kept[held] == rare]
    found = np.mean(nearest.predict(X_kept[posts]) == rare)
    print(f"{len(set(learn) & set(held))} rows are in training and in validation")
    print(f"{found:.0%} of the rare posts in validation are found")


# %% answer="prepare"
def prepare(labels, seed):
    """Return row numbers for training, all labels equally often, and for validation."""
    rows = copies(np.arange(len(labels)), labels, seed)
    learn, held = train_test_split(rows, random_state=seed, stratify=labels[rows])
    return learn, held


### BEGIN SOLUTION
def prepare(labels, seed):
    """Return row numbers for training, all labels equally often, and for validation."""
    rows = np.arange(len(labels))
    learn, held = train_test_split(rows, random_state=seed, stratify=labels)
    return copies(learn, labels, seed), held


### END SOLUTION


rare_found(prepare)

# %% check="prepare"
check.prepare(prepare)
### BEGIN HIDDEN TESTS
check.prepare(prepare, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The wonderful score is gone. What is left is true: the rare posts are hard to find.
#
# ## Done?
#
# You can take luck out of an agreement. You know which errors cost most, and why a row must not vote for itself. And you
# split before you copy. {{ Lesson:task_shapes }} asks what shape your task has.
