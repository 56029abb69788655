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
# # {{ number }} · Exercises: Hugging Face basics
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.hugging_face_basics import checks as check

course = start("hugging_face_basics_exercises", "laptop")
check.sheet.begin()

# %%
from pathlib import Path

from datasets import ClassLabel, Dataset, load_dataset

messages = load_dataset(*course.dataset("helpdesk"))
messages

# %% [markdown]
# The messages to the town library, as in the lesson: three splits and two columns. Every exercise but the last one
# uses them.
#
# ## 1 · What does `len` count?
#
# ★☆☆ · 4 minutes · predict
#
# Run nothing more yet. `len` counts something else in each kind of thing. Write one whole number for each line.
#
# - `a`: `len(messages)`
# - `b`: `len(messages["train"][:5])`
# - `c`: `len(messages["train"].select(range(5)))`
# - `d`: `len(messages["test"].map(count_words, batched=True))`, with the `count_words` of the lesson
# - `e`: `len(load_dataset("csv", data_files=train_csv))`, where `train_csv` is the path of the 36 training messages

# %% answer="what_len_counts"
what_len_counts = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ...}
### BEGIN SOLUTION
what_len_counts = {"a": 3, "b": 2, "c": 5, "d": 12, "e": 1}
### END SOLUTION

# %% check="what_len_counts"
check.what_len_counts(what_len_counts)

# %% [markdown]
# Now see it for yourself. Beside each length stands the kind of thing. Which line did you expect least?


# %%
def count_words(batch):
    return {"words": [len(text.split()) for text in batch["text"]]}


folder = Path(course.dataset("helpdesk")[0])
for thing in (
    messages,
    messages["train"][:5],
    messages["train"].select(range(5)),
    messages["test"].map(count_words, batched=True),
    load_dataset("csv", data_files=str(folder / "train.csv")),
):
    print(f"{len(thing):>2} {type(thing).__name__}")

# %% [markdown]
# ## 2 · All thanks right, no question right
#
# ★★☆ · 6 minutes · bug hunt
#
# New messages came as a CSV with `text` and `label`. The labels are words, so a colleague gives them numbers. Then she
# tests the classifier of the lesson on them. All thanks are right, and almost no question and no complaint. But the
# classifier is good. Mend `numbered_labels`, so that it gives each row the number that the classifier uses. It must
# work for any rows with these two columns, also where one of the labels is missing. Nothing else changes: rows, order,
# texts and columns.

# %%
new = load_dataset("csv", data_files=str(folder / "test.csv"), split="train")
print("the new messages:  ", new["label"][:4])
print("the classifier has:", messages["train"].features["label"])


# %% answer="numbered_labels"
def numbered_labels(rows):
    """Return the rows with `label` as a ClassLabel: the numbers of our classifier, and their names."""
    names = sorted(set(rows["label"]))
    return rows.cast_column("label", ClassLabel(names=names))


### BEGIN SOLUTION
def numbered_labels(rows):
    """Return the rows with `label` as a ClassLabel: the numbers of our classifier, and their names."""
    return rows.cast_column("label", messages["train"].features["label"])


### END SOLUTION


numbered_labels(new)["label"][:4]

# %% check="numbered_labels"
check.numbered_labels(numbered_labels)
### BEGIN HIDDEN TESTS
check.numbered_labels(numbered_labels, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A test that is too easy
#
# ★★☆ · 8 minutes · bug hunt
#
# On the test part, the model looks excellent. On messages of the next week it does not. The cause is `two_parts`, which
# makes the two parts. Mend it. It gets a `Dataset` with `text` and `label`. Often the rows lie sorted by label.
# No label is rare.
#
# - Each row is in exactly one part, with its text and its label, and there are no other columns.
# - Every label is in both parts.
# - The first part has three quarters of the rows. Where four does not divide their number, round up or down.
# - Called again with the same rows, it returns the same two parts. After a restart of the kernel, too.


# %% answer="two_parts"
def two_parts(rows):
    """Return two datasets: three quarters of the rows to learn from, and all other rows to test on."""
    train = rows.shuffle(seed=1).select(range(len(rows) * 3 // 4))
    test = rows.shuffle(seed=2).select(range(len(rows) // 4))
    return train, test


### BEGIN SOLUTION
def two_parts(rows):
    """Return two datasets: three quarters of the rows to learn from, and all other rows to test on."""
    parts = rows.train_test_split(
        test_size=0.25, stratify_by_column="label", seed=course.seed
    )
    return parts["train"], parts["test"]


### END SOLUTION


[len(part) for part in two_parts(messages["train"])]

# %% check="two_parts"
check.two_parts(two_parts)
### BEGIN HIDDEN TESTS
check.two_parts(two_parts, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Has anybody asked this before?
#
# ★★★ · 12 minutes · write code
#
# A new message comes in. Somewhere in the old ones, somebody asked the same in other words. Write
# `nearest_message(text, known)`. It returns the text out of the list `known` that is most similar to `text`. Similar
# means here: the mean of all rows that `extractor` gives, compared by cosine similarity. `known` may hold one text or
# many, and stays as it is.

# %%
import numpy as np
from transformers import AutoModel, AutoTokenizer, pipeline

extractor = pipeline(
    "feature-extraction",
    model=AutoModel.from_pretrained(course.checkpoint),
    tokenizer=AutoTokenizer.from_pretrained(course.checkpoint),
)
np.array(extractor("Is it open today?")).shape


# %% answer="nearest_message"
def nearest_message(text, known):
    """Return the text out of the list `known` that is most similar to `text`."""

    ### BEGIN SOLUTION
    def direction(sentence):
        mean = np.array(extractor(sentence)[0]).mean(axis=0)
        return mean / np.linalg.norm(mean)

    asked = direction(text)
    similarity = [asked @ direction(each) for each in known]
    return known[int(np.argmax(similarity))]
    ### END SOLUTION


nearest_message("May I keep my novel a bit longer?", messages["validation"]["text"][:])

# %% check="nearest_message"
check.nearest_message(nearest_message)
### BEGIN HIDDEN TESTS
check.nearest_message(nearest_message, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · A dataset of your own
#
# ★★☆ · 12 minutes · open
#
# Make a small dataset for a question of yours. Topic, language and labels are up to you: recipes or sports,
# formal or friendly. Write `own_texts`, a `DatasetDict` with these properties.
#
# - It has the splits `train` and `test`, and 12 texts or more in all.
# - It has the columns `text` and `label`. The label is a `ClassLabel` with two or more names, the same in each split.
# - A person understands the names. A number or a single letter is not enough.
# - Every label is in `train` and in `test`.
# - You wrote the texts: none is out of this course, and none comes twice. Another number, comma, capital or single letter
#   makes no new text.

# %% answer="own_texts"
own_texts = ...
### BEGIN SOLUTION
texts = """\
My chain jumps on every hill
Can you order the blue helmet in size M?
The back brake makes a terrible noise.
Do you sell tyres for children's bikes
I rode over glass and now both wheels are flat!
How much is your cheapest lock?
The light went out in the tunnel, please look at it.
I would like two bottles of chain oil.
Since the accident my bike pulls to the left
Is the red touring bike still in the shop?
One pedal has come off again
Please keep a pair of winter gloves for me.""".splitlines()
own_texts = Dataset.from_dict({"text": texts, "label": ["repair", "sale"] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["repair", "sale"]))
own_texts = own_texts.train_test_split(
    test_size=1 / 3, stratify_by_column="label", seed=course.seed
)
### END SOLUTION

# %% check="own_texts"
check.own_texts(own_texts)

# %% [markdown]
# ## Done?
#
# You can say what `len` counts before you run it. You have mended two silent mistakes, and you have made a dataset that
# any Trainer can use. {{ Lesson:cuda_errors }} looks at the errors of a GPU.
