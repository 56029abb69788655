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
# # {{ number }} · Exercises: Tokenization
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.tokenization import checks as check

course = start("tokenization_exercises", "laptop")
check.sheet.begin()

# %%
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
messages = ["Missed it.", "My running buddy moved away.", "Finally home!"]
print([len(ids) for ids in tokenizer(messages)["input_ids"]])

# %% [markdown]
# The three messages have 5, 8 and 5 tokens. You will meet them again.
#
# ## 1 · What will the lengths be?
#
# ★☆☆ · 4 minutes · predict
#
# Run nothing more yet. How long is each of the three rows with these settings? Write a list of three whole numbers for
# each line, in the order of the messages.
#
# - `a`: `padding=True`
# - `b`: `truncation=True, max_length=6`
# - `c`: `padding=True, max_length=6`
# - `d`: `padding="max_length", truncation=True, max_length=6`

# %% answer="lengths"
lengths = {"a": ..., "b": ..., "c": ..., "d": ...}
### BEGIN SOLUTION
lengths = {"a": [8, 8, 8], "b": [5, 6, 5], "c": [8, 8, 8], "d": [6, 6, 6]}
### END SOLUTION

# %% check="lengths"
check.lengths(lengths)

# %% [markdown]
# Now see it for yourself. Was `c` a surprise?

# %%
for settings in (
    {"padding": True},
    {"truncation": True, "max_length": 6},
    {"padding": True, "max_length": 6},
    {"padding": "max_length", "truncation": True, "max_length": 6},
):
    print([len(ids) for ids in tokenizer(messages, **settings)["input_ids"]], settings)

# %% [markdown]
# ## 2 · Give the writer's spelling back
#
# ★★☆ · 8 minutes · write code
#
# The tokenizer lowers everything: *Zürich* becomes `zurich`. But the offsets remember. Write `spelling(text, word)`. It
# returns the word with this number (as in `word_ids()`, the first is 0) exactly as the writer wrote it.
#
# The tokenizer decides what a word is. In `so happy😂`, the word 1 is `happy😂`.


# %% answer="spelling"
def spelling(text, word):
    """Return the word with this number, as it stands in `text`. The tokenizer gives the numbers."""
    ### BEGIN SOLUTION
    encoding = tokenizer(text, return_offsets_mapping=True)
    offsets = zip(encoding["offset_mapping"], encoding.word_ids(), strict=True)
    places = [place for place, number in offsets if number == word]
    return text[places[0][0] : places[-1][1]]
    ### END SOLUTION


spelling("Homesick in Zürich", 0)

# %% check="spelling"
check.spelling(spelling)
### BEGIN HIDDEN TESTS
check.spelling(spelling, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · The limit that cuts nothing
#
# ★★☆ · 6 minutes · bug hunt
#
# A colleague wants ids and mask as tensors of PyTorch. They should have as many columns as the longest text needs, and
# never more than 8. It worked on the first texts. Then there were more columns. Mend `rectangle`, for any list of texts.
#
# The rest is good: padding on the right, and `[CLS]` and `[SEP]` in each row. A long text loses its end.


# %% answer="rectangle"
def rectangle(texts):
    """Return ids and mask of the texts as tensors: columns for the longest text, but never more than 8."""
    return tokenizer(texts, padding=True, max_length=8, return_tensors="pt")


### BEGIN SOLUTION
def rectangle(texts):
    """Return ids and mask of the texts as tensors: columns for the longest text, but never more than 8."""
    return tokenizer(
        texts, padding=True, truncation=True, max_length=8, return_tensors="pt"
    )


### END SOLUTION


rectangle(messages)["input_ids"].shape

# %% check="rectangle"
check.rectangle(rectangle)
### BEGIN HIDDEN TESTS
check.rectangle(rectangle, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Which share would be cut?
#
# ★★☆ · 8 minutes · bug hunt
#
# "With a limit of 36, nothing is lost", says the report. Its author counted as you see here. Mend `share_cut`, so that
# it counts what the tokenizer would really cut, for any list of texts and any limit of 2 or more. Return the share as
# it comes, not rounded.

# %%
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"), split="validation")["text"][:]


# %% answer="share_cut"
def share_cut(texts, limit):
    """Return the share of the texts that lose something at this limit, from 0 to 1."""
    longer = [len(text.split()) > limit for text in texts]
    return sum(longer) / len(longer)


### BEGIN SOLUTION
def share_cut(texts, limit):
    """Return the share of the texts that lose something at this limit, from 0 to 1."""
    longer = [len(ids) > limit for ids in tokenizer(texts)["input_ids"]]
    return sum(longer) / len(longer)


### END SOLUTION


share_cut(posts, 36)

# %% check="share_cut"
check.share_cut(share_cut)
### BEGIN HIDDEN TESTS
check.share_cut(share_cut, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Free the words
#
# ★★★ · 10 minutes · open
#
# `happy😂` becomes one `[UNK]`: the emoji takes the word with it. Write `free(text)`. It changes a text before the
# tokenizer gets it. How you do it is up to you. There are three rules. They hold for every emoji of the category `So`.
# You may leave out skin tones: they are characters of their own.
#
# - No word is lost because of an emoji beside it. For the tokenizer, each word is a word of its own again.
# - A text without symbols stays as it is, character by character. Letters of all languages, digits, punctuation, spaces
#   and line ends are no symbols.
# - Two different emoji never become the same tokens. The same emoji always becomes the same ones.


# %% answer="free"
def free(text):
    """Return the text, changed so that the tokenizer loses no word to an emoji."""
    ### BEGIN SOLUTION
    import unicodedata

    parts = []
    for character in text:
        if unicodedata.category(character) == "So":
            character = f" {unicodedata.name(character).lower()} "
        parts.append(character)
    return "".join(parts)
    ### END SOLUTION


free("so happy😂")

# %% check="free"
check.free(free)
### BEGIN HIDDEN TESTS
check.free(free, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can say how long a batch will be before you run it, find a writer's words behind the tokens, and you have mended
# two silent mistakes. {{ Lesson:dataloader }} makes batches.
