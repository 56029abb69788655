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
# # {{ number }} · Exercises: Long texts
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.long_texts import checks as check

course = start("long_texts_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · Count the windows
#
# ★★☆ · 8 minutes · predict
#
# Run nothing yet: take a pencil. A very small model reads 12 tokens. The library cuts with `truncation=True,
# max_length=12, stride=4, return_overflowing_tokens=True`. `[CLS]` and `[SEP]` stand around each window, and count
# among its 12 tokens. The lengths of the texts below are given **without** these two. Nothing is padded.
#
# - `step`: by how many tokens of the text the next window moves on
# - `of_27`: how many windows a text of 27 tokens gives
# - `of_10`: the same for a text of 10 tokens
# - `of_11`: the same for a text of 11 tokens
# - `sent`: how many tokens the model gets for the text of 27, in all its windows, with each `[CLS]` and `[SEP]`
# - `unread`: how many of the 27 tokens nobody reads, with head + tail: 12 tokens in all, `[CLS]` and `[SEP]`
#   among them, and the rest in two equal halves
# - `reads_14`: the tokens have the numbers 0 to 26. Which way reads number 14? Write `"head"`, `"tail"`,
#   `"head + tail"` or `"windows"`. Head and tail have 12 tokens, too. Only one is right.

# %% answer="window_bill"
window_bill = {
    "step": ...,
    "of_27": ...,
    "of_10": ...,
    "of_11": ...,
    "sent": ...,
    "unread": ...,
    "reads_14": ...,
}
### BEGIN SOLUTION
window_bill = {
    "step": 6,
    "of_27": 4,
    "of_10": 1,
    "of_11": 2,
    "sent": 47,
    "unread": 17,
    "reads_14": "windows",
}
### END SOLUTION

# %% check="window_bill"
check.window_bill(window_bill)

# %% [markdown]
# Now let the library cut (only after the check). The word *the* is one token, so we can make a text of any length.

# %%
from transformers import AutoTokenizer
from transformers.utils import logging

from lessons.long_texts.figures import rulers

logging.set_verbosity_error()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
options = {"truncation": True, "return_overflowing_tokens": True}
for n in (27, 10, 11):
    found = tokenizer("the " * n, max_length=12, stride=4, **options)["input_ids"]
    print(f"{n} tokens: {len(found)} windows, their lengths {[len(ids) for ids in found]}")

options["return_offsets_mapping"] = True  # four letters for each token
offsets = tokenizer("the " * 27, max_length=12, stride=4, **options)["offset_mapping"]
spans = [(place[1][0] // 4, place[-2][0] // 4 + 1) for place in offsets]
width = spans[0][1]
ways = {
    "head": spans[:1],
    "tail": [(27 - width, 27)],
    "head + tail": [(0, width // 2), (27 - width // 2, 27)],
    "windows": spans,
}
rulers(27, ways, "Four ways to read 27 tokens.")

# %% [markdown]
# ## 2 · Cut them yourself
#
# ★★☆ · 10 minutes · write code
#
# Write what the library does. `cut_windows(body, max_length, stride)` gets the tokens of one text: a list of numbers,
# without `[CLS]` and `[SEP]`. It returns a list of windows. A window is a list of numbers.
#
# - Each window begins with 101, the number of `[CLS]`, and ends with 102, the number of `[SEP]`.
# - With these two, a window has `max_length` numbers. Only the last one may be shorter.
# - The next window repeats the last `stride` tokens of the text that the window before holds. `stride` may be 0. It is
#   always smaller than `max_length - 2`.
# - No token of the text is lost. The first window that reaches the end of the text is the last one.
# - A short text gives one window. So does an empty one: `[101, 102]`.
#
# So `cut_windows([7, 8, 9, 10, 11, 12, 13], 6, 1)` gives `[[101, 7, 8, 9, 10, 102], [101, 10, 11, 12, 13, 102]]`.
#
# The next cell cuts the reviews of the lesson with the library. `agree` compares your windows with these.

# %%
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
reviews = load_dataset(*course.dataset("reviews"))
texts = list(reviews["test"]["text"])
bodies = tokenizer(texts, add_special_tokens=False)["input_ids"]
library = tokenizer(texts, max_length=64, stride=16, **options)


def agree(cut):
    made = [window for body in bodies for window in cut(body, 64, 16) or []]
    same = [list(map(int, window)) for window in made] == library["input_ids"]
    return f"{len(made)} windows of yours, {len(library['input_ids'])} of the library, the same: {same}"


# %% answer="cut_windows"
def cut_windows(body, max_length, stride):
    """Return the windows of one text, as the library cuts them."""
    ### BEGIN SOLUTION
    room = max_length - 2
    begins = range(0, max(1, len(body) - stride), room - stride)
    return [[101, *body[begin : begin + room], 102] for begin in begins]
    ### END SOLUTION


print(cut_windows([7, 8, 9, 10, 11, 12, 13], 6, 1))
agree(cut_windows)

# %% check="cut_windows"
check.cut_windows(cut_windows)
### BEGIN HIDDEN TESTS
check.cut_windows(cut_windows, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at one review whose useful sentences stand at the end. A head of 64 tokens reads only the first of its windows.

# %%
late = list(reviews["test"]["where"]).index("end")
owners = library["overflow_to_sample_mapping"]
first, count = owners.index(late), owners.count(late)
for at in (first, first + count - 1):
    print(f"window {at - first + 1} of {count}:", tokenizer.decode(library["input_ids"][at]), "\n")

# %% [markdown]
# ## 3 · Thirds of four texts
#
# ★★☆ · 8 minutes · bug hunt
#
# Four texts were cut into nine windows. The model gave each window a margin. `owner` says which text a window comes
# from, and `labels` has the true label of each text: 1 or 0. `texts_right` shall tell the share of **texts** that get
# the right answer. It says a third. But a third of four texts is no whole number of texts!
#
# Mend `texts_right`. The answer to a text comes from the **mean** of the margins of its windows: above zero it is 1,
# else 0. (A mean of exactly zero gives 0.) All three arguments are NumPy arrays. Windows may come in any order. Each
# text has at least one window. Return a number from 0 to 1.

# %%
import numpy as np

margins = np.array([4.0, -0.5, -0.5, -1.0, -0.5, -1.0, 2.0, -1.0, 1.5])
owner = np.array([0, 0, 0, 0, 0, 1, 2, 2, 3])
labels = np.array([1, 0, 1, 0])

# %% [markdown]
# `both_shares` asks the same about the windows of the lesson. Counting words is fast, so it stands in for the model.
# It learns from whole reviews, and reads windows of 64 tokens. As long as the bug is there, both shares are the same.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
counter.fit(list(reviews["train"]["text"]), reviews["train"]["label"])
pieces = tokenizer.batch_decode(library["input_ids"], skip_special_tokens=True)
piece_margins = counter.decision_function(pieces)
piece_owner = np.array(library["overflow_to_sample_mapping"])
truth = np.array(reviews["test"]["label"])


def both_shares(texts_right):
    of_pieces = np.mean((piece_margins > 0) == (truth[piece_owner] == 1))
    of_texts = texts_right(piece_margins, piece_owner, truth)
    return f"windows right: {of_pieces:.1%}, texts right: {float(of_texts or 0):.1%}"


# %% answer="texts_right"
def texts_right(margins, owner, labels):
    """Return the share of texts that are answered right, by the mean margin of their windows."""
    right = (margins > 0) == (labels[owner] == 1)
    return np.mean(right)


### BEGIN SOLUTION
def texts_right(margins, owner, labels):
    """Return the share of texts that are answered right, by the mean margin of their windows."""
    joined = [margins[owner == text].mean() for text in range(len(labels))]
    right = (np.array(joined) > 0) == (labels == 1)
    return np.mean(right)


### END SOLUTION


print(both_shares(texts_right))
texts_right(margins, owner, labels)

# %% check="texts_right"
check.texts_right(texts_right)
### BEGIN HIDDEN TESTS
check.texts_right(texts_right, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The two shares answer two questions. The first one gives each window the label of its text: the trap of the lesson.
# Your users ask the second one.
#
# ## 4 · A calm threshold for pages
#
# ★★★ · 15 minutes · write code
#
# A page has `pieces` reviews, and all of them are unhelpful. If the largest margin is **above** the threshold, the page
# gives a false alarm. The more pieces, the more false alarms. So a page needs a higher threshold.
#
# Write `page_threshold(calm, pieces, alarm)`. `calm` is a list: margins of unhelpful reviews, in any order. Some may be
# equal. Assume that each piece of a page is such a margin, drawn anew and independently of the others. So the share of
# `calm` above a threshold is the chance of one piece. From it you can **compute** the chance of a page. Draw nothing.
#
# Return the smallest number in `calm` that is a good threshold: the chance of a false alarm of a page is at most
# `alarm`. `alarm` is a share: 0, or between 0 and 1.
#
# `try_pages` uses your function: it chooses a threshold on validation reviews, for at most 20% false alarms. Then it
# makes 500 pages of unhelpful test reviews, and the same pages with one helpful review. Which of them ring?


# %%
def margins_of(split, label):
    rows = reviews[split].filter(lambda row: row["label"] == label)
    return counter.decision_function(list(rows["text"]))


chosen_on = margins_of("validation", 0).tolist()
unhelpful, helpful = margins_of("test", 0), margins_of("test", 1)


def try_pages(find):
    rng = np.random.default_rng(course.seed)
    for pieces in (1, 2, 6, 20):
        threshold = float(find(chosen_on, pieces, 0.2) or 0)
        calm_pages = rng.choice(unhelpful, (500, pieces))
        useful_pages = calm_pages.copy()
        useful_pages[:, 0] = rng.choice(helpful, 500)
        print(f"{pieces:>2} pieces", end="")
        for limit in (0, threshold):
            false, found = (np.mean(each.max(axis=1) > limit) for each in (calm_pages, useful_pages))
            print(f", at {limit:+.2f}: false alarms {false:.0%}, useful pages {found:.0%}", end="")
        print()


# %% answer="page_threshold"
def page_threshold(calm, pieces, alarm):
    """Return the smallest of the margins that keeps the false alarms of pages at `alarm` or below."""
    ### BEGIN SOLUTION
    for threshold in sorted(calm):
        one = sum(margin > threshold for margin in calm) / len(calm)
        page = 1 - (1 - one) ** pieces
        if page <= alarm:
            return threshold
    ### END SOLUTION


try_pages(page_threshold)
page_threshold([-2.0, 0.5, -1.0, 1.5, -0.5], 2, 0.7)

# %% check="page_threshold"
check.page_threshold(page_threshold)
### BEGIN HIDDEN TESTS
check.page_threshold(page_threshold, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# There are fewer false alarms. But a threshold of infinity would be calm, too. Look at how many useful pages still
# ring: that is the price. And it is not exact: there are only 25 unhelpful validation reviews. With many pieces, the
# loudest of them must serve as the threshold, however many pieces there are.
#
# ## 5 · What does a window of attention save?
#
# ★★☆ · 8 minutes · write code
#
# Sparse attention: each token looks at `window` tokens, and not at all `n`. `window` counts all of them, on both sides
# and the token itself. Count as the lesson does. For
# each token a layer needs `12 * width * width` multiplications in its linear parts. And it needs `2 * width` for each
# token that it looks at.
#
# Write `saved(n, width, window)`. It returns the share of all multiplications of the layer that sparse attention saves,
# against full attention. It is a number from 0 to 1. No token can look at more than the `n` tokens that are there.
# All three are whole numbers, 1 or larger.


# %%
def price_list(saved, window=512):
    print("   tokens   width 384   width 768   width 4096")
    for n in (256, 512, 1024, 4096, 16384, 65536):
        shares = [float(saved(n, width, window) or 0) for width in (384, 768, 4096)]
        print(f"{n:>9}", *(f"{share:>11.0%}" for share in shares))


# %% answer="saved"
def saved(n, width, window):
    """Return the saved share of the multiplications of a layer that reads `n` tokens."""
    ### BEGIN SOLUTION
    linear = 12 * width * width
    full = linear + 2 * width * n
    sparse = linear + 2 * width * min(n, window)
    return 1 - sparse / full
    ### END SOLUTION


price_list(saved)
saved(2048, 256, 512)

# %% check="saved"
check.saved(saved)
### BEGIN HIDDEN TESTS
check.saved(saved, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at your list. BERT base has a width of 768. From which length on would you ask for sparse attention?
#
# <details><summary>An answer</summary>
#
# At 1,024 tokens a window of 512 saves 9%, at 4,096 tokens 41%. So ask for it at some thousand tokens.
#
# </details>
#
# ## Done?
#
# You can count windows, cut them, and judge the texts behind them. You can keep pages calm, and say when sparse
# attention pays. {{ Lesson:must_i_train }} asks whether a model must be trained at all.
