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
# # {{ number }} · Exercises: does it speak my trade?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.case_textbook import checks as check

course = start("case_textbook_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np
import torch
from datasets import load_dataset
from transformers import AddedToken, AutoTokenizer

from lessons.case_textbook.hiding import words_in

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
book = load_dataset(*course.dataset("textbook"))
print({part: len(paragraphs) for part, paragraphs in book.items()})

# %% [markdown]
# ## 1 · Two tokenizers, one page
#
# ★★☆ · 10 minutes · predict
#
# Run nothing yet. A tokenizer tears three words: *levain* is `lev ##ain`, *levains* is `lev ##ains`, and
# *retrogradation* is `retro ##grad ##ation`. A wider tokenizer has two new tokens, *levain* and *retrogradation*.
# They were added with `single_word=True`. For each tokenizer, a model guessed both terms, each term once. These are
# the losses:
#
# | term | its pieces | one new token |
# |---|---|---|
# | levain | 6, 8 | 10 |
# | retrogradation | 2, 4, 5 | 14 |
#
# Write a number, not rounded, for each of these:
#
# - `per_token_pieces`, `per_token_new`: the mean loss of a token, in each of the two columns;
# - `per_term_pieces`, `per_term_new`: the mean loss of a term, in each of the two columns.
#
# Then a word. `easier_when_new`: which term does the model find more likely as one new token than in pieces? Write
# `"levain"`, `"retrogradation"`, `"both"` or `"neither"`.
#
# Last, a page of 50 words. Three of them are *levain*, two are *retrogradation*, one is *levains*. The other 44 words
# are one token each, with both tokenizers. There is no punctuation, and `[CLS]` and `[SEP]` are left out.
#
# - `fertility`: that of the page, with the first tokenizer;
# - `tokens_after`: how many tokens the page has with the wider one.

# %% answer="two_tokenizers"
two_tokenizers = {
    "per_token_pieces": ...,
    "per_token_new": ...,
    "per_term_pieces": ...,
    "per_term_new": ...,
    "easier_when_new": ...,
    "fertility": ...,
    "tokens_after": ...,
}
### BEGIN SOLUTION
two_tokenizers = {
    "per_token_pieces": 25 / 5,
    "per_token_new": 24 / 2,
    "per_term_pieces": 25 / 2,
    "per_term_new": 24 / 2,
    "easier_when_new": "levain",
    "fertility": 58 / 50,
    "tokens_after": 51,
}
### END SOLUTION

# %% check="two_tokenizers"
check.two_tokenizers(two_tokenizers)

# %% [markdown]
# Now let both tokenizers cut such a page, and then the chapter that nobody reads.

# %%
wider = AutoTokenizer.from_pretrained(course.checkpoint)
two_terms = ["levain", "retrogradation"]
wider.add_tokens([AddedToken(term, single_word=True) for term in two_terms])
page = "levain " * 3 + "retrogradation " * 2 + "levains " + "bread " * 44
chapter = [" ".join(words_in(text)) for text in book["test"]["text"]]
for name, texts in {"page": [page], "chapter": chapter}.items():
    cut = (tokenizer, wider)
    before, after = (sum(len(each.tokenize(text)) for text in texts) for each in cut)
    words = sum(len(text.split()) for text in texts)
    print(f"{name}: {words} words, {before} tokens, with the wider one {after}")
print(wider.tokenize("levain levains"))

# %% [markdown]
# ## 2 · A loss that can be compared
#
# ★★★ · 12 minutes · write code
#
# Two tokenizers cut the same texts, and a model gave a loss to each token. Per token, these losses cannot be
# compared. Write `loss_per_word(losses, words)`. It returns one number, not rounded: the mean loss of a word, over
# **all** words of all texts. So a text with more words counts more. The loss of a word is the sum of the losses of
# its tokens.
#
# - `losses` is a list of lists, one for each text: a number for each token of this text.
# - `words` has the same form. It says to which word of its text each token belongs, as `word_ids()` does: with whole
#   numbers from 0 on. Each text counts anew.
# - A text may be cut at its beginning, so its numbers may begin higher, for example with 7.
# - `[CLS]` and `[SEP]` belong to no word. They have `None` in `words`, and their losses do not count.
# - A text may have no word at all. But there is always at least one word in all texts together.

# %% [markdown]
# Your function gets something to compare, too: a model that only counts. It gives each token its share of all tokens in
# the training chapters. It reads the chapter that nobody reads, in pieces, and with new tokens for all torn words.

# %%
from collections import Counter

train = list(book["train"]["text"])
counts = Counter(word for text in train for word in words_in(text))
torn = [w for w, n in counts.items() if n >= 5 and len(tokenizer.tokenize(w)) > 1]
all_new = AutoTokenizer.from_pretrained(course.checkpoint)
all_new.add_tokens([AddedToken(term, single_word=True) for term in torn])


def by_counting(cut):
    ids = cut(train, add_special_tokens=False)["input_ids"]
    seen = Counter(token for text in ids for token in text)
    read = [cut(text) for text in book["test"]["text"]]
    size = seen.total() + len(cut)  # each token once more, so that none has 0
    losses = [[-np.log((seen[i] + 1) / size) for i in r["input_ids"]] for r in read]
    return losses, [each.word_ids() for each in read]


counted = {"pieces": by_counting(tokenizer), "new tokens": by_counting(all_new)}


# %%
def compare(loss_per_word):
    for name, (losses, words) in counted.items():
        inside = np.concatenate([text[1:-1] for text in losses])  # no [CLS], no [SEP]
        word = loss_per_word(losses, words)
        if word is None:
            return print("no loss per word yet")
        print(f"{name}: per token {inside.mean():.2f}, per word {float(word):.2f}")


some_losses = [[0.5, 6.0, 8.0, 1.0, 0.5], [0.5, 3.0, 0.5]]
some_words = [[None, 0, 0, 1, None], [None, 0, None]]


# %% answer="loss_per_word"
def loss_per_word(losses, words):
    """Return the mean loss of a word, over all texts."""
    ### BEGIN SOLUTION
    total, count = 0, 0
    for text, owners in zip(losses, words, strict=True):
        pairs = zip(text, owners, strict=True)
        total += sum(loss for loss, word in pairs if word is not None)
        count += len(set(owners) - {None})
    return total / count
    ### END SOLUTION


compare(loss_per_word)
loss_per_word(some_losses, some_words)  # should be 6.0

# %% check="loss_per_word"
check.loss_per_word(loss_per_word)
### BEGIN HIDDEN TESTS
check.loss_per_word(loss_per_word, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at what your cell printed. Per token, hardly anything seems to change. Per word, the new tokens are clearly
# better for a model that counts.
#
# ## 3 · Rows that should have stayed
#
# ★★☆ · 10 minutes · bug hunt
#
# A colleague added tokens to her tokenizer. The rows of these tokens shall learn, and all old rows shall stay. "My
# loss looks at the new rows only", she says. "So the gradient of the old rows is zero." That is true. But the cell
# prints how far each number has moved: here two rows are old, and they are not where they were.
#
# Mend `learn_new_rows(table, old, wanted, steps)`.
#
# - `table` is a tensor with a row for each token. Its first `old` rows belong to the old tokens (`old` may be
#   0). All others are new.
# - `wanted` is a tensor with a row for each new token. Here, the squared distance to it is the loss.
# - Return the table after so many steps of `AdamW`, as a tensor of the same shape. There, the old rows have exactly
#   the numbers that they had in `table`. The new rows still learn, with the same loss, rate and number of steps.
#
# The next cell prepares the real table of our checkpoint. Three new rows begin as the mean of their pieces, and go
# towards the row of *dough*.

# %%
from transformers import AutoModel
from transformers.utils import logging

logging.disable_progress_bar()
model = AutoModel.from_pretrained(course.checkpoint)
real = model.get_input_embeddings().weight.detach()
cut_up = tokenizer(["levain", "autolyse", "poolish"], add_special_tokens=False)
begin = torch.stack([real[ids].mean(dim=0) for ids in cut_up["input_ids"]])
dough = real[tokenizer.convert_tokens_to_ids("dough")].repeat(3, 1)


def count_moved(learn_new_rows):
    made = learn_new_rows(torch.cat([real, begin]), len(real), dough, steps=2)
    if made is None or len(made) <= len(real):
        return print("no table with old and new rows yet")
    moved = (made[: len(real)] != real).any(dim=1).sum().item()
    print(f"real table: {moved:,} of {len(real):,} old rows have moved")


# %% answer="learn_new_rows"
def learn_new_rows(table, old, wanted, steps):
    """Return the table after some steps, in which only the new rows learn."""
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.AdamW([rows], lr=0.1)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return rows.detach()


### BEGIN SOLUTION
def learn_new_rows(table, old, wanted, steps):
    """Return the table after some steps, in which only the new rows learn."""
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.AdamW([rows], lr=0.1, weight_decay=0)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return rows.detach()


### END SOLUTION


small = torch.tensor([[10.0, -20.0], [30.0, 5.0], [1.0, 2.0]])
count_moved(learn_new_rows)
learn_new_rows(small, 2, torch.tensor([[3.0, 3.0]]), steps=5) - small

# %% check="learn_new_rows"
check.learn_new_rows(learn_new_rows)
### BEGIN HIDDEN TESTS
check.learn_new_rows(learn_new_rows, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · How much work does it take over?
#
# ★★★ · 12 minutes · write code
#
# A grader has graded the validation answers. For each answer we know its confidence (the largest probability), and
# whether the grade is right. A threshold decides who grades. Answers with a confidence of **at least** the threshold
# are graded by the model alone. All others go to a person.
#
# Write `graded_alone(confidence, is_right, goal, least)`. `confidence` is a list of numbers, in any order. `is_right`
# is a list of True and False, in the same order. A threshold is **good enough** if two things hold:
#
# - at least `least` answers are graded alone (`least` is 1 or more);
# - of these, at least the share `goal` is right. Exactly this share is enough.
#
# Return a whole number: how many answers are graded alone with the good enough threshold that takes over the most. If
# no threshold is good enough, return 0. Answers with the same confidence cannot be told apart, so a threshold takes
# all of them, or none. The two lists may be empty.

# %% [markdown]
# `offer` asks your function about a small grader for Ruta's exam. It counts the words of an answer, and learns in a
# second. How much work does it take over, on known questions and on new ones? (Here we only look. A threshold for use
# would come from `validation` alone.)

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

answers = load_dataset(*course.dataset("answers"))
counting = make_pipeline(TfidfVectorizer(), LogisticRegression(C=5, max_iter=1000))
counting.fit(list(answers["train"]["text"]), answers["train"]["label"])


def offer(graded_alone):
    for part in ("validation", "unseen_questions"):
        chances = counting.predict_proba(list(answers[part]["text"]))
        is_right = chances.argmax(axis=1) == np.array(answers[part]["label"])
        both = chances.max(axis=1).tolist(), is_right.tolist()
        found = {goal: graded_alone(*both, goal, least=10) for goal in (0.5, 0.6, 0.8)}
        print(f"{part}: {len(is_right)} answers, for each goal graded alone: {found}")


sure = [0.6, 0.9, 0.7, 0.7, 0.5, 0.8]
good = [True, True, True, False, False, False]


# %% answer="graded_alone"
def graded_alone(confidence, is_right, goal, least):
    """Return how many answers the model may grade alone, at the most."""
    ### BEGIN SOLUTION
    most = 0
    for threshold in confidence:
        pairs = zip(confidence, is_right, strict=True)
        alone = [right for value, right in pairs if value >= threshold]
        if len(alone) >= least and sum(alone) / len(alone) >= goal:
            most = max(most, len(alone))
    return most
    ### END SOLUTION


offer(graded_alone)
graded_alone(sure, good, goal=0.6, least=2)  # should be 5

# %% check="graded_alone"
check.graded_alone(graded_alone)
### BEGIN HIDDEN TESTS
check.graded_alone(graded_alone, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can say which two losses may be compared, and which may not. You know what moves a row whose gradient is zero.
# And you can count how much work a grader may take over, before anybody trusts it.
