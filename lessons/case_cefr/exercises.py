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
# # {{ number }} · Exercises: how hard is this text?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.case_cefr import checks as check

course = start("case_cefr_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np

LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
truth = np.arange(6)
print("six texts, one of each level:", [LEVELS[number] for number in truth])

# %% [markdown]
# ## 1 · What do four raters score?
#
# ★★☆ · 10 minutes · predict
#
# Run nothing yet. Four raters gave a level to the same six texts. Their true levels stand at the head of the table.
#
# | rater | A1 | A2 | B1 | B2 | C1 | C2 |
# |---|---|---|---|---|---|---|
# | a | B1 | B1 | B1 | B1 | B1 | B1 |
# | b | A2 | A1 | B2 | B1 | C2 | C1 |
# | c | C2 | A2 | B1 | B2 | C1 | A1 |
# | d | C2 | C1 | B2 | B1 | A2 | A1 |
#
# Write three things for each rater, as in `[2, 5, "above"]`. First how many of the six texts are exactly right, then
# how many are within one level. Last, where kappa (quadratic weighted) lies: `"below"` zero, at `"zero"` or `"above"`.

# %% answer="four_raters"
four_raters = {"a": ..., "b": ..., "c": ..., "d": ...}
### BEGIN SOLUTION
four_raters = {
    "a": [1, 3, "zero"],
    "b": [0, 6, "above"],
    "c": [4, 4, "below"],
    "d": [0, 2, "below"],
}
### END SOLUTION

# %% check="four_raters"
check.four_raters(four_raters)

# %% [markdown]
# Now see it for yourself. Compare `b` and `c`: what does accuracy say, and what does kappa say?

# %%
from sklearn.metrics import cohen_kappa_score

for rater, said in {
    "a": [2, 2, 2, 2, 2, 2],
    "b": [1, 0, 3, 2, 5, 4],
    "c": [5, 1, 2, 3, 4, 0],
    "d": [5, 4, 3, 2, 1, 0],
}.items():
    off = abs(truth - said)
    kappa = cohen_kappa_score(truth, said, weights="quadratic")
    print(f"{rater}: exact {sum(off == 0)}, within {sum(off <= 1)}, kappa {kappa:.2f}")

# %% [markdown]
# ## 2 · Questions for another scale
#
# ★☆☆ · 6 minutes · write code
#
# A music school sorts its pieces by four levels of its own. It wants to teach them as questions: is it above
# *starter*? Above *basic*? And so on. Write `question_rows(names, scale)`. `names` are the levels of some pieces,
# `scale` lists all levels, the easiest first. Return one row for each piece, with one number for each question. Yes is
# 1.0 and no is 0.0: the loss needs floats, no whole numbers, and no True or False. Other scales may be longer or
# shorter.

# %%
school = ["starter", "basic", "good", "master"]
pieces = ["good", "starter", "master", "good"]


# %% answer="question_rows"
def question_rows(names, scale):
    """Return the answers to the questions: one row a name, one column a question."""
    ### BEGIN SOLUTION
    rows = []
    for name in names:
        place = scale.index(name)
        rows.append([float(place > border) for border in range(len(scale) - 1)])
    return rows
    ### END SOLUTION


question_rows(pieces, school)

# %% check="question_rows"
check.question_rows(question_rows)
### BEGIN HIDDEN TESTS
check.question_rows(question_rows, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The easiest text of all
#
# ★★☆ · 6 minutes · bug hunt
#
# A model was taught one number, the level minus 2.5. `level_names` turns its outputs into names. All went well, until
# somebody tried *I am Tom.* The output was lower than any before, as it should be. And the level was C2. Mend the
# function. Each output, however low or high, gets the name of the nearest level. The outputs come in a list or in a
# NumPy array. Their order stays.


# %% answer="level_names"
def level_names(outputs):
    """Return the name of a level for each output, a list or an array of numbers."""
    return [LEVELS[round(number + 2.5)] for number in outputs]


### BEGIN SOLUTION
def level_names(outputs):
    """Return the name of a level for each output, a list or an array of numbers."""
    numbers = np.clip(np.rint(np.asarray(outputs) + 2.5), 0, 5).astype(int)
    return [LEVELS[number] for number in numbers]


### END SOLUTION


level_names([-3.2, -1.4, 0.6])

# %% check="level_names"
check.level_names(level_names)
### BEGIN HIDDEN TESTS
check.level_names(level_names, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Only the table is left
#
# ★★☆ · 10 minutes · write code
#
# An old report shows a confusion matrix, and the answers behind it are lost. Write `table_kappa(table)`. It returns
# the quadratic weighted kappa as one number, not rounded. `table` is a square array of counts: rows are labels, columns
# are answers, the easiest level first. Other reports have other numbers of levels. A level without texts has only
# zeros, and it still keeps its place on the scale.

# %%
report = np.array(
    [
        [9, 0, 3, 0],
        [0, 0, 0, 0],  # no text of this level, and no answer
        [2, 0, 6, 4],
        [0, 0, 1, 5],
    ]
)


# %% answer="table_kappa"
def table_kappa(table):
    """Return the quadratic weighted kappa of a confusion matrix."""
    ### BEGIN SOLUTION
    places = np.arange(len(table))
    squares = (places[:, None] - places) ** 2
    by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return 1 - (squares * table).sum() / (squares * by_luck).sum()
    ### END SOLUTION


table_kappa(report)

# %% check="table_kappa"
check.table_kappa(table_kappa)
### BEGIN HIDDEN TESTS
check.table_kappa(table_kappa, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · When may it answer?
#
# ★★★ · 12 minutes · open
#
# A small model gives each text six probabilities, from A1 to C2. It says the level with the largest one. When is it
# better to say "I am not sure"? Write `may_answer(probabilities)`. It gets those of one text, as a NumPy array. It
# returns True for an answer, and False for "I am not sure". The rule is up to you. The school has four wishes:
#
# - at least half of the texts get an answer;
# - of these answers, at least 95% are within one level;
# - a text with 0.95 for one level gets an answer. Six equal probabilities get none;
# - a doubt between two neighbours, such as 0.5 and 0.46, gets an answer. The same doubt between A1 and C2 gets none.

# %%
from datasets import load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

texts = load_dataset(*course.dataset("cefr"))
counting = make_pipeline(TfidfVectorizer(), LogisticRegression(C=5, max_iter=1000))
counting.fit(list(texts["train"]["text"]), texts["train"]["label"])
labels, tables = {}, {}
for split in ("validation", "test"):  # validation is for you, test is for grading
    labels[split] = np.array(texts[split]["label"])
    tables[split] = counting.predict_proba(list(texts[split]["text"]))
off = abs(tables["validation"].argmax(axis=1) - labels["validation"])
print(f"{len(off)} texts. If it always answers, {np.mean(off <= 1):.0%} are within one")


# %% answer="may_answer"
def may_answer(probabilities):
    """Return True where the model may answer, and False where it is not sure."""
    ### BEGIN SOLUTION
    level = probabilities.argmax()
    around = probabilities[max(0, level - 1) : level + 2].sum()
    return around >= 0.75
    ### END SOLUTION


np.mean([bool(may_answer(row.copy())) for row in tables["validation"]])

# %% check="may_answer"
check.may_answer(may_answer, tables["validation"], labels["validation"])
### BEGIN HIDDEN TESTS
check.may_answer(may_answer, tables["test"], labels["test"], hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You know which error kappa forgives and which it does not. You can teach an order as questions, and read a number back
# without leaving the scale. And you have a rule for silence that knows what a neighbour is.
