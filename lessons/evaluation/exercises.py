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
# # {{ number }} · Exercises: Evaluation beyond one number
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.evaluation import checks as check

course = start("evaluation_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# Two models, trained in seconds, on the course's emotion posts. One counts words, the other counts pieces of words.
# Everything below is arithmetic on their stored answers. Later cells need them again. So a function of yours must leave
# the arrays that it gets as they are.

# %%
import numpy as np
from datasets import load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

posts = load_dataset(*course.dataset("emotion"))
names = posts["train"].features["label"].names
truth = np.array(posts["test"]["label"])
val_truth = np.array(posts["validation"]["label"])


def trained(counter, strength):
    model = make_pipeline(counter, LogisticRegression(C=strength, max_iter=1000))
    return model.fit(posts["train"]["text"][:], posts["train"]["label"][:])


words = trained(TfidfVectorizer(), 1000)
pieces = trained(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)), 10)
logits = words.decision_function(posts["test"]["text"][:])
val_logits = words.decision_function(posts["validation"]["text"][:])
said, pieces_said = logits.argmax(axis=1), pieces.predict(posts["test"]["text"][:])
print(names, logits.shape)

# %% [markdown]
# ## 1 · What will the averages say?
#
# ★★☆ · 6 minutes · predict
#
# A desk gets 100 messages: 60 about a *bill*, 30 about a *delivery*, 10 with *praise*. Model A calls all of them
# *bill*. Its F1 for *bill* is 0.75. Run nothing yet. Write down, from 0 to 1:
#
# - `micro`, `macro`, `weighted`: the three averages of F1 for model A.
#
# Model B finds 5 of the 10 messages with *praise*. But it also calls 8 messages about a *bill* praise. All other
# answers are those of A. Where do two scores go from A to B? Write `"up"`, `"down"` or `"same"`:
#
# - `accuracy_moves`: the accuracy;
# - `macro_moves`: the macro average of F1.

# %% answer="three_averages"
three_averages = {
    "micro": ...,
    "macro": ...,
    "weighted": ...,
    "accuracy_moves": ...,
    "macro_moves": ...,
}
### BEGIN SOLUTION
three_averages = {
    "micro": 0.60,
    "macro": 0.25,
    "weighted": 0.45,
    "accuracy_moves": "down",
    "macro_moves": "up",
}
### END SOLUTION

# %% check="three_averages"
check.three_averages(three_averages)

# %% [markdown]
# Now see it. Which of the two models would you rather have, and who should decide that?

# %%
from sklearn.metrics import accuracy_score, f1_score

about = np.repeat([0, 1, 2], [60, 30, 10])  # bill, delivery, praise
model_a = np.zeros(100, dtype=int)
model_b = model_a.copy()
model_b[:8], model_b[90:95] = 2, 2
for name, answers in {"A": model_a, "B": model_b}.items():
    row = {"accuracy": accuracy_score(about, answers)}
    for average in ("micro", "macro", "weighted"):
        row[average] = f1_score(about, answers, average=average)
    print(name, {score: round(value, 2) for score, value in row.items()})

# %% [markdown]
# ## 2 · It finds all of them, and the report says a quarter
#
# ★☆☆ · 6 minutes · bug hunt
#
# A model that calls every post *anger* finds all the angry posts. Yet the function below gives it a recall of 0.26.
# Mend `recall_and_precision`. It gets the true labels, the answers (arrays with numbers from 0 to 3) and one label,
# which some of the posts have. Other labels may be missing in both arrays. It returns two numbers from 0 to 1, not
# rounded: first recall, then precision. A label that was never answered has precision 0.

# %%
from sklearn.metrics import confusion_matrix

print(f"share of angry posts: {np.mean(truth == 0):.2f}")


# %% answer="recall_and_precision"
def recall_and_precision(truth, said, label):
    """Return the recall and the precision of one label."""
    counts = confusion_matrix(said, truth, labels=range(4))
    recall = counts[label, label] / max(1, counts[label].sum())
    precision = counts[label, label] / max(1, counts[:, label].sum())
    return recall, precision


### BEGIN SOLUTION
def recall_and_precision(truth, said, label):
    """Return the recall and the precision of one label."""
    counts = confusion_matrix(truth, said, labels=range(4))
    recall = counts[label, label] / max(1, counts[label].sum())
    precision = counts[label, label] / max(1, counts[:, label].sum())
    return recall, precision


### END SOLUTION


all_anger = np.zeros(len(truth), dtype=int)
recall_and_precision(truth, all_anger, 0)

# %% check="recall_and_precision"
check.recall_and_precision(recall_and_precision)
### BEGIN HIDDEN TESTS
check.recall_and_precision(recall_and_precision, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A temperature that is too good
#
# ★★☆ · 8 minutes · bug hunt
#
# A report says: "With one number, our log-loss on the test posts is the lowest that any temperature can give." That is
# true, and it is the mistake. Mend `cooled`. It gets the logits (rows by 4 labels) and true labels of two parts, first
# validation, then test. A part may be small, and one of the labels may be missing there. `cooled` returns two numbers:
# the temperature, and the log-loss of the **test** posts with it. A temperature that is 0.05 too high or too low will
# do. The log-loss must be that of the temperature that you return.

# %%
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.metrics import log_loss


# %% answer="cooled"
def cooled(val_logits, val_truth, logits, truth):
    """Return the temperature, and the log-loss of the test posts with it."""

    def loss(temperature):
        chances = softmax(logits / temperature, axis=1)
        return log_loss(truth, chances, labels=range(4))

    best = minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    return best.x, best.fun


### BEGIN SOLUTION
def cooled(val_logits, val_truth, logits, truth):
    """Return the temperature, and the log-loss of the test posts with it."""

    def loss(temperature, logits, truth):
        chances = softmax(logits / temperature, axis=1)
        return log_loss(truth, chances, labels=range(4))

    chosen_on = (val_logits, val_truth)
    best = minimize_scalar(loss, bounds=(0.2, 10), args=chosen_on, method="bounded")
    return best.x, loss(best.x, logits, truth)


### END SOLUTION


cooled(val_logits, val_truth, logits, truth)

# %% check="cooled"
check.cooled(cooled)
### BEGIN HIDDEN TESTS
check.cooled(cooled, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Only so many can be read
#
# ★★★ · 12 minutes · write code
#
# An angry post that nobody sees costs 5. A false alarm costs 1. But the desk can read only a part of all posts: its
# *capacity*. Write `affordable`. It gets four things:
#
# - `chance`: an array, the probability of *anger* for each post;
# - `angry`: an array of True and False, what is so;
# - `thresholds`: an array of candidates, in any order. Posts get an alarm from the threshold on, so also at it;
# - `capacity`: the largest share of all posts that may get an alarm, from 0 to 1. Exactly this share is allowed.
#
# It returns the candidate with the lowest mean cost among those that the desk can afford. At least one always is. If
# two are equally cheap, return either of them.

# %%
val_chance = softmax(val_logits, axis=1)[:, 0]
val_angry = val_truth == 0
thresholds = np.linspace(0.01, 0.99, 99)


# %% answer="affordable"
def affordable(chance, angry, thresholds, capacity):
    """Return the cheapest threshold that gives no more alarms than the desk can read."""
    ### BEGIN SOLUTION
    best, lowest = None, np.inf
    for threshold in thresholds:
        alarm = chance >= threshold
        cost = (5 * (angry & ~alarm) + 1 * (alarm & ~angry)).mean()
        if alarm.mean() <= capacity and cost < lowest:
            best, lowest = threshold, cost
    return best
    ### END SOLUTION


affordable(val_chance, val_angry, thresholds, 0.2)

# %% check="affordable"
check.affordable(affordable)
### BEGIN HIDDEN TESTS
check.affordable(affordable, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · The same posts, drawn together
#
# ★★☆ · 8 minutes · write code
#
# Is the model that counts pieces better than the model that counts words? Both answered the same posts, so draw the
# posts once for both. Write `paired_ends(first, second, draws)`:
#
# - `first`, `second`: one True or False for each post. True where this model is right;
# - `draws`: an array with one drawn test set in each row. It holds row numbers, as in the lesson's cell on macro-F1.
#   These draws are all that you need: draw nothing yourself.
#
# It returns two numbers: the low and the high end of the 95% interval for *first minus second*, as shares
# that are not rounded. The interval is the middle 95% of the drawn values, as in the lesson.

# %%
pieces_right, words_right = pieces_said == truth, said == truth
draws = np.random.default_rng(42).integers(len(truth), size=(2000, len(truth)))
print(f"{pieces_right.mean() - words_right.mean():+.3f}", draws.shape)


# %% answer="paired_ends"
def paired_ends(first, second, draws):
    """Return both ends of the 95% interval for the accuracy of first minus second."""
    ### BEGIN SOLUTION
    gain = first.astype(int) - second.astype(int)
    low, high = np.percentile(gain[draws].mean(axis=1), [2.5, 97.5])
    return low, high
    ### END SOLUTION


paired_ends(pieces_right, words_right, draws)

# %% check="paired_ends"
check.paired_ends(paired_ends)
### BEGIN HIDDEN TESTS
check.paired_ends(paired_ends, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What would you lose if each model had its own draws? The same difference, once more, as if the posts had nothing to
# do with each other. Compare it with your interval.

# %%
own_draws = np.random.default_rng(43).integers(len(truth), size=draws.shape)
apart = pieces_right[draws].mean(axis=1) - words_right[own_draws].mean(axis=1)
low, high = np.percentile(apart, [2.5, 97.5])
print(f"drawn apart: from {low:+.3f} to {high:+.3f}, {high - low:.3f} wide")

# %% [markdown]
# ## Done?
#
# You know what each average hides. Your temperature and your threshold leave the test posts alone. And your interval
# uses that both models answered the same posts. {{ Lesson:case_emotion }} puts all of this into one case study.
