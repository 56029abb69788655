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
# # {{ number }} · Exercises: The DataLoader
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.dataloader import checks as check

course = start("dataloader_exercises", "laptop")
check.sheet.begin()

# %%
import torch
from torch.utils.data import DataLoader
from transformers import AutoTokenizer, DataCollatorWithPadding

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
collator = DataCollatorWithPadding(tokenizer)
lengths = [4, 20, 6, 10, 5, 20, 8, 7, 5, 9]
rows = [{"input_ids": [101] * n, "attention_mask": [1] * n} for n in lengths]
print(len(rows), "rows,", sum(lengths), "real tokens")

# %% [markdown]
# ## 1 · Count before you pay
#
# ★☆☆ · 6 minutes · predict
#
# Ten rows have these `lengths`. They go through a DataLoader with `batch_size=4`, in this order. Run nothing
# yet: take a pencil. Write one whole number for each letter. From `c` on, all ten rows are sent, as in `a`.
#
# - `a`: how many steps an epoch has
# - `b`: the same with `drop_last=True`
# - `c`: how many tokens are sent in an epoch, when every row is padded to 32
# - `d`: how many tokens are sent with dynamic padding
# - `e`: the same, but the rows are sorted first, from the shortest to the longest
# - `f`: how many of the tokens in `d` are padding

# %% answer="padding_bill"
padding_bill = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ...}
### BEGIN SOLUTION
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 84}
### END SOLUTION

# %% check="padding_bill"
check.padding_bill(padding_bill)

# %% [markdown]
# Now let the DataLoader count. Which order would you like to pay for?


# %%
def count(rows, collate_fn):
    loader = DataLoader(rows, batch_size=4, collate_fn=collate_fn)
    sent = sum(batch["input_ids"].numel() for batch in loader)
    real = sum(batch["attention_mask"].sum().item() for batch in loader)
    return f"{len(loader)} steps, {sent} tokens sent, {sent - real} are padding"


to_32 = DataCollatorWithPadding(tokenizer, padding="max_length", max_length=32)
by_length = sorted(rows, key=lambda row: len(row["input_ids"]))
print("padded to 32:", count(rows, to_32))
print("dynamic:     ", count(rows, collator))
print("sorted:      ", count(by_length, collator))
print("drop_last:   ", len(DataLoader(rows, batch_size=4, drop_last=True)), "steps")

# %% [markdown]
# ## 2 · The loss that is always zero
#
# ★★☆ · 8 minutes · bug hunt
#
# A loop of our own stopped: `'NoneType' object has no attribute 'backward'`. A colleague added two lines. Now
# it runs. But each loss is 0.0, and the model learns nothing.
#
# Mend `batch_loss`. Some batches call their targets `label`, some `labels`: both must work. Other models may have
# other numbers of labels. The caller uses the same batch again, so leave it as it is.
#
# Leave the model as it is, too: its mode, its weights, its gradients. The caller calls `backward` later.

# %%
from datasets import load_dataset
from transformers import AutoModelForSequenceClassification

stance = load_dataset(*course.dataset("stance"), split="train[:400]")
tokens = stance.map(lambda some: tokenizer(some["text"], truncation=True), batched=True)
names = ["input_ids", "attention_mask", "label", "text"]
opinions = tokens.select_columns(names)

model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=3
)
batch = tokenizer(stance["text"][:4], padding=True, return_tensors="pt")
batch["label"] = stance.with_format("torch")["label"][:4]


# %% answer="batch_loss"
def batch_loss(model, batch):
    """Return the loss of one batch, as a tensor with which `backward` works."""
    outputs = model(**batch)
    if outputs.loss is None:
        return torch.tensor(0.0, requires_grad=True)
    return outputs.loss


### BEGIN SOLUTION
def batch_loss(model, batch):
    """Return the loss of one batch, as a tensor with which `backward` works."""
    inputs = dict(batch)
    if "label" in inputs:
        inputs["labels"] = inputs.pop("label")
    return model(**inputs).loss


### END SOLUTION


batch_loss(model, batch)

# %% check="batch_loss"
check.batch_loss(batch_loss)
### BEGIN HIDDEN TESTS
check.batch_loss(batch_loss, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A batch that can be read
#
# ★★☆ · 10 minutes · write code
#
# You want to read the opinions of a batch beside their loss. But a column of words does not fit into a tensor, and
# `DataCollatorWithPadding` stops. Write a collate function that keeps the words.
#
# `collate_with_text(rows)` gets a list of rows, such as `opinions[0]`. It returns a dictionary with four names, and no
# others:
#
# - `input_ids` and `attention_mask`: tensors with a line for each row. They are as wide as the longest of these rows.
#   Shorter rows have zeros behind their tokens.
# - `labels`: a tensor with one number for each row. Its type is `torch.int64`, as the loss of the model needs it.
# - `text`: the list of the texts.
#
# The rows must stay as they are.


# %% answer="collate_with_text"
def collate_with_text(rows):
    """Return one batch: three tensors, and the list of the texts."""
    ### BEGIN SOLUTION
    numbers = [{k: v for k, v in row.items() if k != "text"} for row in rows]
    batch = dict(collator(numbers))
    batch["text"] = [row["text"] for row in rows]
    return batch
    ### END SOLUTION


collate_with_text([opinions[0], opinions[1]])

# %% check="collate_with_text"
check.collate_with_text(collate_with_text)
### BEGIN HIDDEN TESTS
check.collate_with_text(collate_with_text, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Alike, but not always the same
#
# ★★★ · 20 minutes · write code
#
# Sorting saves the padding, but then the same texts meet in each epoch. Shuffling is the other way round. Run the next
# two cells: they measure both, with the opinions in batches of two. You want a bit of each.


# %%
from itertools import combinations

import numpy as np

opinion_lengths = [len(ids) for ids in opinions["input_ids"]]


def pairs(batches):
    return {pair for rows in batches for pair in combinations(sorted(rows), 2)}


def measure(make_batches, size=2):
    """Tell the padding of one epoch, and how many of its pairs meet again in the next one."""
    epochs = [list(make_batches(opinion_lengths, size, seed) or []) for seed in (1, 2)]
    if not epochs[0]:
        return "no batches yet"
    sent = sum(len(rows) * max(opinion_lengths[row] for row in rows) for rows in epochs[0])
    one, other = map(pairs, epochs)
    return f"{1 - sum(opinion_lengths) / sent:.0%} padding, {len(one & other) / len(one):.0%} of the pairs meet again"


# %%
def shuffled(lengths, size, seed):
    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    return [order[first : first + size] for first in range(0, len(order), size)]


def by_length(lengths, size, seed):
    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    return [order[first : first + size] for first in range(0, len(order), size)]


print("shuffled:", measure(shuffled))
print("sorted:  ", measure(by_length))

# %% [markdown]
# Write `grouped_batches(lengths, size, seed)`. It returns a list of batches. A batch is a list of row numbers. The
# first row has the number 0.
#
# - Each row is in one batch. All batches have `size` rows; only one may have fewer, and none is empty.
# - The share of padding is at most half of what shuffled batches have.
# - Another seed is another epoch: at most half of the pairs that share a batch meet again.
# - The same seed gives the same batches. `lengths` stays as it is.
#
# Padding and pairs count where there are 200 batches or more. The lengths may all be different. How you do it is up to
# you. (A DataLoader takes such a list as its `batch_sampler`.)


# %% answer="grouped_batches"
def grouped_batches(lengths, size, seed):
    """Return lists of row numbers: rows of similar length together, with some chance."""
    ### BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    block, mixed = 10 * size, []
    for first in range(0, len(order), block):
        mixed += sorted(order[first : first + block], key=lambda row: lengths[row])
    return [mixed[first : first + size] for first in range(0, len(mixed), size)]
    ### END SOLUTION


measure(grouped_batches)

# %% check="grouped_batches"
check.grouped_batches(grouped_batches)
### BEGIN HIDDEN TESTS
check.grouped_batches(grouped_batches, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can say what a batch costs before you send it. You know where a loss gets lost, and you can write a collate
# function and a sampler of your own. {{ Lesson:bert_for_sequence_classification }} opens the model that reads these batches.
