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
# # {{ number }} · Exercises: Must I train at all?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.must_i_train import checks as check

course = start("must_i_train_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · What moves?
#
# ★★☆ · 8 minutes · predict
#
# A project sorts posts in six ways. It has 64 labelled posts. (Here few-shot counts as a way, and pairs are left out.)
#
# | way | how it answers |
# |---|---|
# | `describe` | a sentence for each label; the encoder compares it with the post |
# | `prompt` | a question to the decoder; its habit is measured with an empty post |
# | `few-shot` | the same, with four of the labelled posts in the prompt |
# | `nearest` | vectors of the frozen encoder; the nearest labelled posts vote |
# | `head` | vectors of the frozen encoder; a logistic regression is fitted to the labelled posts |
# | `fine-tuned` | a head and the upper layers of the encoder, trained on the labelled posts |
#
# Run nothing yet. `a` to `e` are changes. Each is made alone, then everything that depends on it is done again.
# **Which ways can give other answers after it?** Write a set of names, such as `{"head", "prompt"}`.
#
# - `a`: A third of the labels are broken, also among the four in the prompt.
# - `b`: The question gets other words.
# - `c`: Another encoder takes the place of the old one.
# - `d`: 192 more posts get labels. `few-shot` keeps its four.
# - `e`: The sentences for the labels get other words.
#
# Two questions about the six ways as they are:
#
# - `f`: Which ways have weights that are fitted or trained with our labels?
# - `g`: Which ways change weights of the *encoder*?

# %% answer="what_moves"
what_moves = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ..., "g": ...}
### BEGIN SOLUTION
what_moves = {
    "a": {"few-shot", "nearest", "head", "fine-tuned"},
    "b": {"prompt", "few-shot"},
    "c": {"describe", "nearest", "head", "fine-tuned"},
    "d": {"nearest", "head", "fine-tuned"},
    "e": {"describe"},
    "f": {"head", "fine-tuned"},
    "g": {"fine-tuned"},
}
### END SOLUTION

# %% check="what_moves"
check.what_moves(what_moves)

# %% [markdown]
# Now see three of the ways move, with real posts.

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_utils.vectors import encode

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
names = posts["train"].features["label"].names
learn, test = posts["train"].select(range(64)), posts["test"].select(range(60))
sentences = ["This person is {}.", "A post full of {}."]
lines = [sentence.format(name) for sentence in sentences for name in names]
vectors = encode([*learn["text"], *test["text"], *lines], course, max_length=40)
learned, asked, described = np.split(vectors, [64, 124])


# %%
def answers(known, described):
    nearest = KNeighborsClassifier(5, metric="cosine").fit(learned, known)
    head = LogisticRegression().fit(learned, known)
    return {
        "describe": (asked @ described.T).argmax(axis=1),
        "nearest": nearest.predict(asked),
        "head": head.predict(asked),
    }


known, broken = np.array(learn["label"]), np.array(learn["label"])
broken[::3] = (broken[::3] + 1) % 4
before = answers(known, described[:4])
changes = {"a, broken labels": answers(broken, described[:4])}
changes["e, other sentences"] = answers(known, described[4:])
for change, after in changes.items():
    moved = {way: f"{np.mean(after[way] != before[way]):.0%}" for way in before}
    print(f"{change:<19} other answers: {moved}")

# %% [markdown]
# ## 2 · Take the habit away
#
# ★★☆ · 8 minutes · write code
#
# The next cell holds real numbers of the lesson's prompt, rounded: the log-probabilities of four labels, for its 24 posts
# and for two empty texts. The model says *sadness* to every post.

# %%
numbers = """
-7.98 -5.67 -8.02 -1.91  -6.99 -6.24 -9.14 -1.59  -6.87 -6.42 -8.75 -3.21
-5.56 -5.43 -8.39 -2.02  -3.46 -4.74 -9.23 -2.37  -4.97 -3.83 -7.03 -2.33
-8.37 -7.76 -10.43 -2.77  -6.05 -4.73 -7.64 -2.60  -6.40 -3.98 -7.99 -3.52
-7.47 -5.47 -7.88 -2.50  -6.02 -5.67 -9.48 -1.86  -5.77 -3.53 -6.55 -2.55
-4.81 -5.15 -9.11 -2.85  -5.56 -5.26 -7.79 -2.14  -5.60 -3.81 -6.69 -2.65
-3.96 -5.08 -8.01 -1.92  -4.79 -5.45 -8.67 -2.11  -5.20 -3.68 -6.55 -1.74
-5.53 -4.84 -6.71 -1.93  -5.50 -4.16 -8.74 -2.56  -5.24 -4.61 -7.29 -2.91
-5.28 -4.51 -7.12 -2.37  -3.66 -4.08 -7.64 -1.93  -4.59 -4.67 -7.32 -1.49
"""
scores = np.array(numbers.split(), dtype=float).reshape(-1, 4)
empty = np.array([[-6.10, -6.60, -8.11, -2.21], [-5.60, -4.82, -7.11, -1.64]])


# %%
truth = np.array([int(label) for label in "312302133311021003301203"])  # of these posts


def see(numbers):
    """Tell how often each label is the answer, and how many answers are right."""
    if numbers is None:
        return "no chances yet"
    found = np.asarray(numbers).argmax(axis=1)
    counts = np.bincount(found, minlength=4)
    return f"{counts} answers of each label, {np.sum(found == truth)} of 24 right"


print("raw:", see(scores))

# %% [markdown]
# Write `without_habit(scores, empty)`. Both are NumPy arrays of log-probabilities, with a column for each label. `scores`
# has a line for each post. `empty` has a line for each empty text: one or more.
#
# - The habit is the mean of the lines of `empty`, as they are: one log-probability for each label.
# - Take it away from the log-probabilities of each post.
# - Return an array of **chances**, as large as `scores`. In each line they sum to 1. Do not round them.
#
# Both arrays stay as they are.


# %% answer="without_habit"
def without_habit(scores, empty):
    """Return the chances of each label for each post, without the habit of the prompt."""
    ### BEGIN SOLUTION
    calm = np.exp(scores - empty.mean(axis=0))
    return calm / calm.sum(axis=1, keepdims=True)
    ### END SOLUTION


print("without the habit:", see(without_habit(scores, empty)))

# %% check="without_habit"
check.without_habit(without_habit)
### BEGIN HIDDEN TESTS
check.without_habit(without_habit, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Compare the two lines that you have printed. Now the answers depend on the post. Are they also right more often? To take
# a habit away does not make a model wise.

# %% [markdown]
# ## 3 · A way that loses to itself
#
# ★★☆ · 8 minutes · bug hunt
#
# A description judged twelve posts. A prompt is slow, so it was asked about the first five only. For a test, somebody hands
# over the **same** answers twice: all twelve, and the first five. `gain` should be 0, and is not.
#
# Mend `gain`. It gets two NumPy arrays of bool, right or wrong for each post. An array is a line of posts, or a table:
# a line for each draw, a column for each post. Two tables may have different numbers of draws. The mean is over all draws.
#
# All lines begin with the same post and go on in the same order. But one way may have been asked about fewer posts, and it
# may be `first` or `second`. Return a number: how much more often `first` is right, as a share. It may be negative.

# %%
twelve = np.array([1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1], dtype=bool)
same = twelve[:5]
draws = np.stack([twelve, ~twelve, np.roll(twelve, 1)])


def against_itself(gain):
    """Hold a way that is right for 43% of 200 posts against its own first 64 answers, a thousand times."""
    random, gains = np.random.default_rng(course.seed), []
    for _ in range(1000):
        answered = random.random(200) < 0.43
        gains.append(gain(answered, answered[:64]))
    low, high = np.quantile(gains, [0.025, 0.975])
    return f"from {low:+.0%} to {high:+.0%}, in 95 of 100 tries"


# %% answer="gain"
def gain(first, second):
    """Return how much more often `first` is right than `second`, as a share."""
    return np.mean(first) - np.mean(second)


### BEGIN SOLUTION
def gain(first, second):
    """Return how much more often `first` is right than `second`, as a share."""
    both = min(first.shape[-1], second.shape[-1])
    return np.mean(first[..., :both]) - np.mean(second[..., :both])


### END SOLUTION


print(f"a line against itself:  {gain(twelve, same):+.2f}")
print(f"a table against itself: {gain(draws[:, :4], draws):+.2f}")
print("a long line against itself:", against_itself(gain))

# %% check="gain"
check.gain(gain)
### BEGIN HIDDEN TESTS
check.gain(gain, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Before you mended it, the last line told how far luck can lead you: a way seems to win or to lose against *itself*.

# %% [markdown]
# ## 4 · Is the note found?
#
# ★★☆ · 10 minutes · write code
#
# A retriever hands the `k` nearest notes to the model. The answer can only be read off if the right note is among them.
#
# Write `recall_at(questions, notes, right, k)`. It returns a share, from 0 to 1: how many of the questions have their
# right note among the `k` nearest.
#
# - `questions` and `notes` are NumPy arrays: a line is a vector of length 1. Near means: a large cosine.
# - `right` is a list with a number for each question: the line of its note. The first note is number 0. Two questions may
#   have the same note.
# - `k` is a whole number, 1 or more. It may be larger than the number of notes.
#
# No two notes are equally near to a question.
#
# The next cell writes notes about Brellin. The first six are those of the lesson, and answer the six questions, in order.
# Nobody asks in the words of a note.

# %%
pile = ["The market is every Wednesday.", "Rubbish goes into orange bags."]
pile += ["The mayor is called Martha.", "The flag shows an owl."]
pile += ["The kiosk sells only soup.", "By the church stands an oak."]
pile += ["The school begins at eight.", "The bus to the sea leaves at noon."]
pile += ["The library is closed on Monday.", "The baker sells rye bread."]
pile += ["The pond is frozen in winter.", "The town hall has a green door."]
pile += ["The fair comes in May.", "A heron lives by the river."]
pile += ["The chemist is called Ida.", "Old glass goes behind the station."]
people = ["When can I buy fresh vegetables outdoors?", "What do I throw my trash into?"]
people += ["Who governs us?", "What is the emblem of the town?"]
people += ["I am hungry. What will I get?", "Where can I find shade after mass?"]
read = [encode([f"In Brellin: {each}" for each in texts], course) for texts in (people, pile)]

# %%
questions = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
notes = np.array([[0.8, 0.6], [0.28, 0.96], [-1.0, 0.0], [0.96, -0.28]])


def tell(recall_at):
    """Print the recall for three questions on paper, and for those of Brellin."""
    for k in (1, 2, 3):
        small = recall_at(questions, notes, [3, 0, 0], k)
        brellin = recall_at(*read, list(range(6)), k)
        print(f"at {k}: on paper {small}, in Brellin {brellin}")


# %% answer="recall_at"
def recall_at(questions, notes, right, k):
    """Return the share of the questions whose right note is among the `k` nearest."""
    ### BEGIN SOLUTION
    cosines = questions @ notes.T
    own = cosines[range(len(right)), right]
    nearer = np.sum(cosines > own[:, None], axis=1)
    return np.mean(nearer < k)
    ### END SOLUTION


tell(recall_at)

# %% check="recall_at"
check.recall_at(recall_at)
### BEGIN HIDDEN TESTS
check.recall_at(recall_at, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# In Brellin, is the first note always the right one? To hand over two notes costs a few tokens more, and may save an answer.

# %% [markdown]
# ## 5 · Good enough, and no dearer
#
# ★★★ · 15 minutes · write code
#
# The best way is seldom the one that you need. Labels cost people, milliseconds cost machines.
#
# `ways` is a dict: the name of a way, and three whole numbers in a tuple. They are the labels that it needs, its right
# answers in percent, and its milliseconds for a post. Write `good_enough(ways, labels, milliseconds, margin)`.
#
# 1. A way is **allowed** if it needs at most `labels` labels and at most `milliseconds`.
# 2. It is **good enough** if it is allowed, and at most `margin` points below the best *allowed* way.
# 3. Return the name of one way that is good enough: the one that needs the fewest labels.
#
# Do several need the fewest? Then the fastest of these. Are several still alike? Then the one that stands first in `ways`,
# not first in the alphabet.
# Is no way allowed, or is `ways` empty? Then return the text `"none"`.
#
# `margin` is a whole number, 0 or more. `ways` stays as it is.

# %%
ways = {
    "describe": (0, 43, 7),
    "prompt": (0, 50, 95),
    "nearest": (256, 49, 7),
    "head, few": (64, 50, 7),
    "head": (256, 63, 7),
    "fine-tuned": (256, 63, 7),
}  # so the lesson measured once


def ask_all(good_enough):
    """Print the choice for more labels or fewer, and for more time or less."""
    for milliseconds in (100, 10):
        for labels in (0, 64, 256):
            found = [good_enough(ways, labels, milliseconds, margin) for margin in (3, 15)]
            print(f"{labels:>3} labels, {milliseconds:>3} ms, margin 3 and 15: {found}")


# %% answer="good_enough"
def good_enough(ways, labels, milliseconds, margin):
    """Return the name of the cheapest way that is good enough."""
    ### BEGIN SOLUTION
    scores = {}
    for name, (needs, score, time) in ways.items():
        if needs <= labels and time <= milliseconds:
            scores[name] = score
    if not scores:
        return "none"
    enough = [name for name in scores if scores[name] >= max(scores.values()) - margin]
    return min(enough, key=lambda name: (ways[name][0], ways[name][2]))
    ### END SOLUTION


ask_all(good_enough)

# %% check="good_enough"
check.good_enough(good_enough)
### BEGIN HIDDEN TESTS
check.good_enough(good_enough, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You know what each way depends on. You took a habit away, compared ways on the same posts, scored a search, and chose a
# way by what it costs. {{ Lesson:case_emotion }} is a published study of the same task.
