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
# # {{ number }} · The DataLoader: how texts become batches, and what padding costs
#
# {{ badges }}
#
# **You will be able to**
#
# - **turn** a dataset into batches of tensors, in three ways;
# - **shuffle** the rows, repeat an order, and say how many steps an epoch has;
# - **decide** whether helper processes are worth it;
# - **repair** the small mistake that makes the loss disappear;
# - **measure** what padding costs, and train on the same tweets for less.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("dataloader", PROFILE)

# %% [markdown]
# ## Why can the model not eat my dataset?
#
# A model trains on a few rows at a time: a **batch**. It wants the batch as a **tensor**, a rectangle of numbers.
# But each text has its own length.
#
# Our rows are short opinions about town policies (support, neutral or oppose). Numbers in the text are those of
# `laptop`.

# %% [markdown] tags=["slide"]
# - A model wants a batch: a rectangle of numbers
# - Texts have different numbers of tokens
# - Unequal rows do not stack: an error
#
# **Somebody must fill up the rows.**

# %% [markdown] tags=["notes"]
# Show the three opinions, and ask: which shape will the batch have? Most count words, and say 3 x 6. Tokens are
# counted, with `[CLS]` and `[SEP]`, so it is 3 x 10. In the figure point at the white cells, then at the mask. Read the
# error aloud: the *elements* in it are our rows.

# %% tags=["nbval-check-output"]
from datasets import load_dataset
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
stance = load_dataset(*course.dataset("stance"), split="train")
three = stance.select([62, 311, 173])["text"][:]
three

# %% [markdown]
# The machine of this lesson, at work on these three:

# %% tags=["nbval-check-output"]
from lessons.dataloader.figures import rows_to_batch

rows_to_batch(tokenizer, three, "How three rows become one batch")

# %% [markdown]
# White cells are **padding**: it only fills the rectangle. The **mask** tells the model which tokens are real.
#
# Now piece by piece: all opinions, without padding.


# %% tags=["nbval-check-output"]
def tokenize(batch):
    return tokenizer(batch["text"], truncation=True)


tokens = stance.map(tokenize, batched=True)
tokens = tokens.select_columns(["input_ids", "attention_mask", "label"])
print(len(tokens), "rows. Tokens in the first four:")
[len(ids) for ids in tokens["input_ids"][:4]]

# %% [markdown]
# Four rows, different lengths. PyTorch's **DataLoader** makes batches out of a dataset. Let it try. (`next(iter(...))`
# asks for the first batch only.)

# %% tags=["nbval-check-output", "slide"]
from torch.utils.data import DataLoader

try:
    next(iter(DataLoader(tokens, batch_size=4)))
except RuntimeError as error:
    print(type(error).__name__, "-", error)

# %% [markdown]
# The *elements* are the rows, and they are not *of equal size*.
#
# The DataLoader takes four rows and hands them to its **collate function**, which makes one batch: the `collate_fn`,
# the first arrow of the picture. The default one stacks the rows, and unequal rows do not stack. There are three ways
# out.
#
# ## First way: make all rows equal, once
#
# Many tutorials pad while they tokenize. `padding="max_length"` fills every row up to the longest input that the model
# can take. `set_format("torch")` says: give me tensors, of these columns.

# %% [markdown] tags=["slide"]
# - `padding="max_length"`: 512 columns for every row
# - Easy, and most of it is padding
# - Without tensors the batch lies on its side
#
# **Look at the shape of your first batch.**

# %% [markdown] tags=["notes"]
# Ask how long these opinions are. Most guess well, some 20 to 35 tokens, and have not yet seen what 512 means beside
# that. Then show the batch that lies on its side: no error, and still wrong. When time is short, skip that cell.


# %% tags=["nbval-check-output"]
def tokenize_and_pad(batch):
    return tokenizer(batch["text"], truncation=True, padding="max_length")


columns = ["input_ids", "attention_mask", "label"]
padded = stance.map(tokenize_and_pad, batched=True)
padded.set_format("torch", columns=columns)

first = next(iter(DataLoader(padded, batch_size=4)))
{name: tuple(values.shape) for name, values in first.items()}

# %% [markdown]
# It works: 4 rows, 512 columns. Keep the 512 in mind. Your rows had far fewer tokens.
#
# The rows are equal now. Was `set_format` needed? Let us forget it.

# %% tags=["nbval-check-output"]
lists = padded.with_format(None, columns=columns)
on_its_side = next(iter(DataLoader(lists, batch_size=4)))["input_ids"]
print(type(on_its_side).__name__, "of", len(on_its_side), "tensors")
print("the first one:", on_its_side[0])

# %% [markdown]
# No error, but the batch lies on its side: 512 small tensors, and the first one holds the first token of each row.
# (101 is `[CLS]`.) The default function stacks tensors, but it turns lists around. So check the shape of your first
# batch.
#
# ## Second way: write the function yourself
#
# The rows of one batch must be equal. Rows of different batches need not be. So we pad only to the longest row
# **of this batch**, and write down which tokens are real.

# %% [markdown] tags=["slide"]
# - Rows of one batch must be equal
# - Rows of two batches need not be
# - The mask: 1 for real tokens, 0 for padding
#
# **Pad to the longest row of the batch.**

# %% [markdown] tags=["notes"]
# Do not read the function line by line. Point at `longest`, and ask: over which rows does this maximum go? The usual
# answer is: over all texts. It sees only the rows of one batch. Then compare the sums of the mask with the four lengths
# from before.

# %%
import torch


def collate(rows):
    longest = max(len(row["input_ids"]) for row in rows)
    batch = {"input_ids": [], "attention_mask": [], "labels": []}
    for row in rows:
        real = len(row["input_ids"])
        padding = longest - real
        batch["input_ids"].append(row["input_ids"] + [tokenizer.pad_token_id] * padding)
        batch["attention_mask"].append([1] * real + [0] * padding)
        batch["labels"].append(row["label"])
    return {name: torch.tensor(values) for name, values in batch.items()}


# %% tags=["nbval-check-output"]
second = next(iter(DataLoader(tokens, batch_size=4, collate_fn=collate)))
print({name: tuple(values.shape) for name, values in second.items()})
print("real tokens:", second["attention_mask"].sum(dim=1).tolist())

# %% [markdown]
# The same four rows, and the batch is as wide as the longest of them. The sums of the mask are the lengths from above.
#
# ## Third way: let the library do it
#
# `DataCollatorWithPadding` does the same, for every tokenizer. It knows the padding id and the padding side.

# %% [markdown] tags=["slide"]
# - `DataCollatorWithPadding(tokenizer)`: one line
# - It knows the padding id and the padding side
# - The same batch as by hand

# %% [markdown] tags=["notes"]
# Say that this is what everybody uses, and that we have just written it by hand. Ask what changed besides the width.
# Hardly anybody sees the new name `labels`. Leave it as a riddle: it comes back in the section on the loss.

# %% tags=["nbval-check-output"]
from transformers import DataCollatorWithPadding

collator = DataCollatorWithPadding(tokenizer)
third = next(iter(DataLoader(tokens, batch_size=4, collate_fn=collator)))
print({name: tuple(values.shape) for name, values in third.items()})
all(torch.equal(second[name], third[name]) for name in second)

# %% [markdown]
# `True`: our function and the library's made the same batch. This kind of padding is called **dynamic padding**.
#
# Look at the names. We gave it `label`, and it gave back `labels`. The first way kept `label`.
#
# ## What is a dataset, for a DataLoader?
#
# Something with a length and with numbered rows: `__len__` and `__getitem__`. A list has both. So has this class.

# %% [markdown] tags=["slide"]
# - It has a length, and numbered rows
# - Steps in an epoch: rows / batch size
# - Rounded up; with `drop_last=True` rounded down
#
# **Never drop rows of a test set.**

# %% [markdown] tags=["notes"]
# Before the second cell, ask for the number of steps: 1,197 rows in batches of 16. Many say 74: they forget the small
# last batch. Then ask what `drop_last` does to a score, if it is used on test rows. The class with `__len__` can be
# skipped.


# %% tags=["nbval-check-output"]
class Squares:
    def __len__(self):
        return 10

    def __getitem__(self, row):
        return row * row


list(DataLoader(Squares(), batch_size=4))

# %% [markdown]
# Ten rows in fours: two full batches and a small one. `len(loader)` is the number of **steps** in an epoch: rows
# divided by batch size, rounded up. With `drop_last=True` the small batch is left out, and it is rounded down.

# %% tags=["nbval-check-output", "slide"]
import math

loader = DataLoader(tokens, batch_size=16, collate_fn=collator)
short = DataLoader(tokens, batch_size=16, collate_fn=collator, drop_last=True)
print(f"{len(tokens)} / 16 = {len(tokens) / 16:.1f}")
print("steps:", len(loader), "or", len(short), "with drop_last")
print("rows in the last batch:", len(list(loader)[-1]["labels"]))
assert len(loader) == math.ceil(len(tokens) / 16)

# %% tags=["record"]
course.record("stance_steps", len(loader))

# %% [markdown]
# For a test set, never drop anything: those rows would be missing in your score.
#
# ## Why shuffle?
#
# Many files are sorted by label. We sort ours on purpose, and count the batches in which all rows have the same label.
#
# Shuffling needs chance. A **generator** is a source of chance that begins at a seed: same seed, same order.

# %% [markdown] tags=["slide"]
# - Many files are sorted by label
# - Unshuffled, nearly all batches hold one label
# - A generator: same seed, same orders
#
# **Shuffle to train. To test, there is no need.**

# %% [markdown] tags=["notes"]
# Ask what a model learns from a hundred batches with the same label. The answer that you want: to say this label
# always. Then the two attempts. Most expect that the second epoch repeats the first, as it is the same seed. Point at
# what is equal: epoch 1 with epoch 1, and 2 with 2.

# %% tags=["nbval-check-output", "slide"]
by_label = tokens.sort("label")
chance = torch.Generator().manual_seed(course.seed)
settings = {"batch_size": 16, "collate_fn": collator, "generator": chance}
for shuffle in (False, True):
    loader = DataLoader(by_label, shuffle=shuffle, **settings)
    one_label = sum(len(batch["labels"].unique()) == 1 for batch in loader)
    print(f"shuffle={shuffle}: {one_label} of {len(loader)} batches have one label")

# %% [markdown]
# Without shuffling, nearly every step teaches one answer: *say support*. Many steps later, *say neutral*: each label
# pulls the model away from the one before. So: shuffle for training. For testing there is no need.
#
# Does the seed repeat an order? Two attempts, of two epochs each:

# %% tags=["nbval-check-output"]
for attempt in (1, 2):
    generator = torch.Generator().manual_seed(7)
    loader = DataLoader(range(8), batch_size=8, shuffle=True, generator=generator)
    for epoch in (1, 2):
        print(f"attempt {attempt}, epoch {epoch}:", next(iter(loader)).tolist())

# %% [markdown]
# Each epoch has a new order. The second attempt repeats both orders, because it has the same seed.
#
# ## Would two helpers be faster?
#
# A DataLoader can start **workers**: other processes that prepare the next batches while the model computes.
# We try two. The easy rows are tokenized already. The hard rows are long documents, tokenized when they are needed, by
# `read`. (`partial` fills in some arguments of a function.)

# %% [markdown] tags=["slide"]
# - Workers: processes that prepare the next batches
# - To start them, and to send batches, takes time
# - Without idle cores they do not pay
#
# **Tokenize once, with `map`. Then measure.**

# %% [markdown] tags=["notes"]
# Take a vote before the cell: faster with two workers, or slower? Nearly all say faster. The times differ on each
# machine, so look at your own output. When time is short, leave out `pin_memory`: it matters for GPUs only.

# %%
from functools import partial

texts = stance["text"][:]
many = course.pick(laptop=320, full=320, smoke=32)
documents = [" ".join(texts[row : row + 40]) for row in range(many)]
read = partial(tokenizer, truncation=True, padding=True, return_tensors="pt")

# %% [markdown]
# The stopwatch: how long does one epoch take, without any model?

# %%
import time


def loading(rows, collate_fn, workers):
    loader = DataLoader(rows, 16, collate_fn=collate_fn, num_workers=workers)
    start = time.perf_counter()
    for _ in loader:
        pass
    return time.perf_counter() - start


# %%
jobs = {"easy rows": (tokens, collator), "hard rows": (documents, read)}
for name, (rows, collate_fn) in jobs.items():
    alone, helped = (loading(rows, collate_fn, workers) for workers in (0, 2))
    print(f"{name}: {alone:.2f} s alone, {helped:.2f} s with two workers", end="")
    print(f" ({alone / helped:.1f} times as fast)")

# %% [markdown]
# The easy rows become slower. Starting a process takes time, and each finished batch must travel to the main process.
# With the hard rows workers can pay, if there are idle cores. In a training without a GPU there are none: the model
# needs them.
#
# So: tokenize once, with `map`, and leave `num_workers=0`. Think of workers when the rows are made on the fly:
# pictures, sound, very long texts. How many? Never more than idle cores. Begin with two, and measure.
#
# On Windows and on a Mac a worker is a fresh Python, which must **import** your function. It cannot import from a
# notebook. Above we only gave functions from libraries. Your own collate function belongs in a file, then.
#
# One setting is for GPUs. `pin_memory=True` puts batches where an NVIDIA GPU fetches them quickly. And here?

# %%
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    next(iter(DataLoader(tokens, 16, collate_fn=collator, pin_memory=True)))
[str(warning.message) for warning in caught]

# %% [markdown]
# Without a GPU, only a warning. The GPU of a Mac (MPS) has its own: `not supported on MPS now`. A published project
# prints it three times, since the `Trainer` pins by default. It is harmless, and `dataloader_pin_memory=False` ends it.
#
# ## Why is my loss `None`?
#
# Time for a model: our checkpoint, with a new layer on top for the three labels. `eval()` switches dropout off, as in
# {{ lesson:tokenization }}: the same batch gives the same answer each time.

# %% [markdown] tags=["slide"]
# - The model wants `labels`, not `label`
# - A wrong name is swallowed: no error
# - `loss` is `None`, and `backward` fails later
#
# **Print the names in your batch.**

# %% [markdown] tags=["notes"]
# Here the riddle is solved. Ask where the mistake is: in the line of the error, or before? Most look at the line of the
# error. Then ask for the loss of an untrained model with three labels, before you run the cell: ln(3). The table of who
# renames is for reading at home.

# %%
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=stance.features["label"].num_classes
)
model = model.to(course.device).eval()

# %% [markdown]
# A lecture on fine-tuning language models asks: what happens if you forget to rename `label` to `labels`? Try it.

# %% tags=["nbval-check-output", "slide"]
inputs = {name: values.to(course.device) for name, values in second.items()}
labels = inputs.pop("labels")
outputs = model(**inputs, label=labels)  # should be labels=
print("loss:", outputs.loss)
try:
    outputs.loss.backward()
except AttributeError as error:
    print(type(error).__name__, "-", error)

# %% [markdown]
# The model took `label=` without a word. Many models of the library hand extra arguments on to their inner layers.
# The error comes later, and does not say why.
#
# **Try it.** In this cell, write `lables=labels` in place of `label=labels`. What does the first line print now: an
# error, a number, or `None`?
#
# <details><summary>An answer</summary>
#
# `None` again, and the same error one line later. Every wrong name is swallowed, not only `label`. So when a loss is
# `None`, print the names in your batch first.
#
# </details>

# %% tags=["try"]
outputs = model(**inputs, lables=labels)
if course.profile == "laptop":
    assert outputs.loss is None
    assert not hasattr(outputs.loss, "backward")

# %% [markdown]
# With the right name there is a loss: minus the logarithm of the probability that the model gives to the right label.

# %% tags=["nbval-check-output"]
loss = model(**inputs, labels=labels).loss
print(f"loss: {loss.item():.1f}, ln(3): {math.log(3):.1f}")

# %% [markdown]
# It is near ln(3) = 1.10. Why? Ours has learned nothing yet, so each of three labels gets about 1/3, and
# -ln(1/3) = ln(3).
#
# The first way needs the new name before the batches are made:

# %% tags=["nbval-check-output"]
renamed = padded.rename_column("label", "labels")
batch = next(iter(DataLoader(renamed, batch_size=4)))
sorted(batch)

# %% [markdown]
# And the other ways?
#
# | way | who renames? | if nobody does |
# |---|---|---|
# | `set_format`, default collate, your own loop | nobody: call `rename_column` | `loss` is `None`, `backward` fails |
# | a collate function of your own | you, in the function | the same |
# | `DataCollatorWithPadding` | the collator | cannot happen |
# | `Trainer`, with or without a tokenizer | its default collator | cannot happen |
# | `Trainer` with a `data_collator` of your own | you | `The model did not return a loss from the inputs` |
#
# So the answer to the lecture's question is: with the Trainer, nothing. In your own loop, the loss is gone.
#
# ## Does the model see the padding?
#
# The same four texts, once with up to 512 columns, twice with few. The answers should agree.

# %% [markdown] tags=["slide"]
# | sent to the model | its answer |
# |---|---|
# | 35 columns, mask | the answer |
# | 512 columns, mask | the same answer |
# | 512 columns, no mask | another answer |

# %% [markdown] tags=["notes"]
# Ask: does a text get another answer if hundreds of columns of padding stand behind it? The room is mostly split. Point
# at the exponents: 1e-08 is rounding, 3e-02 is as much as lies between two different texts. So the mask must be passed
# on.


# %%
def ask(batch, names=("input_ids", "attention_mask")):
    with torch.no_grad():
        inputs = {name: batch[name].to(course.device) for name in names}
        return model(**inputs).logits.cpu()


# %% tags=["slide"]
wide, by_hand, by_library = ask(first), ask(second), ask(third)
without_mask = ask(first, names=["input_ids"])
print(f"by hand      {(wide - by_hand).abs().max():.0e}")
print(f"by library   {(wide - by_library).abs().max():.0e}")
print(f"without mask {(wide - without_mask).abs().max():.0e}")
print(f"two texts    {(wide[0] - wide[1]).abs().max():.0e}")
assert torch.allclose(wide, by_hand, atol=1e-4)
assert torch.allclose(wide, by_library, atol=1e-4)

# %% [markdown]
# Each line is the biggest difference between two answers. With the mask it is rounding. A paper on emotions (Flores,
# 2024) says that padding may make a model slightly worse. With the mask, it changes no answer.
#
# Without the mask the model reads hundreds of `[PAD]`, and its numbers move. The last line is for comparison: how far
# apart the first two texts are.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The mask hides the padding from the model. So padding to 512 is the safe choice.*
# >
# > **Sceptic:** *It hides it from the answer. Does it hide it from the clock?*
#
# The first half is true. For the second half we need a stopwatch and real tweets.

# %% [markdown] tags=["slide"]
# - *"The mask hides padding. So 512 is safe."*
# - Hidden from the answer: yes
# - Hidden from the clock?
#
# **Five ways to make batches, one test.**

# %% [markdown] tags=["notes"]
# Let everybody write down a guess: what share of the tokens is padding at 512? Most say about half. Then show the five
# lines. Point at *dynamic* and *grouped*: nothing else was changed than the order of the rows.

# %% tags=["nbval-check-output"]
import numpy as np

tweets = load_dataset(*course.dataset("tweets"), split="train")
tweets = tweets.select(range(course.pick(laptop=3200, full=3200, smoke=320)))
tweet_tokens = tweets.map(tokenize, batched=True)
tweet_tokens = tweet_tokens.select_columns(["input_ids", "attention_mask", "label"])
lengths = [len(ids) for ids in tweet_tokens["input_ids"]]
print(f"{len(lengths):,} tweets, {sum(lengths):,} real tokens")
print(f"{np.mean(lengths):.0f} on average, {max(lengths)} at most")

# %% [markdown]
# Five ways to make batches. The first three you know: pad to 512, pad to 128, dynamic.
#
# The fourth adds one idea. If the tweets of a batch are equally long, there is little to fill up. A **sampler**
# decides in which order the rows come. `LengthGroupedSampler` puts rows of similar length next to each other.
#
# The fifth is the extreme: sort all tweets by length. (`np.argsort(lengths)` gives the row numbers, the shortest first.)

# %%
from transformers.trainer_pt_utils import LengthGroupedSampler

size = course.pick(laptop=16, full=16, smoke=4)


def seeded():
    return torch.Generator().manual_seed(course.seed)


grouped = LengthGroupedSampler(size, lengths=lengths, generator=seeded())
by_length = tweet_tokens.select(np.argsort(lengths, kind="stable"))

# %% [markdown]
# Batches of 16, with two exceptions in `laptop`. We send one tweet at a time for 512, and four for 128, or this
# notebook would need too much memory. That changes nothing in the number of tokens.


# %%
def pad_to(length):
    return DataCollatorWithPadding(tokenizer, padding="max_length", max_length=length)


few, some = (16, 16) if course.device.type == "cuda" else (1, 4)
by_chance = {"shuffle": True, "generator": seeded()}
loaders = {
    "pad to 512": DataLoader(tweet_tokens, few, collate_fn=pad_to(512)),
    "pad to 128": DataLoader(tweet_tokens, some, collate_fn=pad_to(128)),
    "dynamic": DataLoader(tweet_tokens, size, collate_fn=collator, **by_chance),
    "grouped": DataLoader(tweet_tokens, size, sampler=grouped, collate_fn=collator),
    "sorted": DataLoader(by_length, size, collate_fn=collator),
}
print({way: len(loader) for way, loader in loaders.items()}, "steps")

# %% [markdown]
# Before any clock, count. How many tokens are sent in an epoch, and how many of them are real?


# %%
def count(batches):
    sent = real = 0
    for batch in batches:
        sent += batch["input_ids"].numel()
        real += batch["attention_mask"].sum().item()
    return sent, real


# %% tags=["nbval-check-output", "slide"]
epochs = {way: list(loader) for way, loader in loaders.items()}
sent, share = {}, {}
for way, batches in epochs.items():
    sent[way], real = count(batches)
    share[way] = 1 - real / sent[way]
    print(f"{way:<11}{sent[way]:>10,} tokens sent, {share[way]:.0%} padding")
    assert real == sum(lengths)

# %% tags=["record"]
course.record("padding_share_512", share["pad to 512"])
course.record("padding_share_dynamic", share["dynamic"])
course.record("padding_share_grouped", share["grouped"])
course.record("tokens_dynamic_to_512", sent["dynamic"] / sent["pad to 512"])
course.record("tokens_grouped_to_512", sent["grouped"] / sent["pad to 512"])

# %% [markdown]
# Padded to 512, nearly everything that the model reads is padding. In dynamic batches it is still about a third, in
# grouped ones next to nothing. The real tokens are always the same: the last line checks it.
#
# What does a batch look like? We keep a few of each way, at equal distances: `[::step]` takes each `step`-th.
# One bar is one tweet.

# %% tags=["nbval-check-output"]
from lessons.dataloader.figures import padded_batches

turns = course.pick(laptop=5, full=10, smoke=2)
kept = {}
for way, batches in epochs.items():
    kept[way] = batches[:: len(batches) // turns][:turns]

padded_batches(
    {way: kept[way][1:4] for way in ("dynamic", "grouped")},
    "Each batch is as wide as its longest tweet",
)

# %% [markdown]
# On the left, one long tweet makes fifteen others wait. On the right, long tweets wait for long ones.
#
# **Try it.** Set `size = 64` in the cell of the sampler. Run it and the cells below it, up to the shares of padding.
# What happens to them? Then set it back, and run them again.
#
# <details><summary>An answer</summary>
#
# There is more of it: `dynamic` goes from 36% to 42%, and `grouped` from 2% to 9%. The longest of 64 tweets is longer
# than the longest of 16, and 63 others wait for it.
#
# </details>

# %% tags=["try"]
sampler = LengthGroupedSampler(64, lengths=lengths, generator=seeded())
unlike = {"shuffle": True, "generator": seeded()}
wider = {
    "dynamic": count(DataLoader(tweet_tokens, 64, collate_fn=collator, **unlike)),
    "grouped": count(
        DataLoader(tweet_tokens, 64, sampler=sampler, collate_fn=collator)
    ),
}
wider = {way: f"{1 - real / computed:.0%}" for way, (computed, real) in wider.items()}
if course.profile == "laptop":
    assert wider == {"dynamic": "42%", "grouped": "9%"}
    assert [f"{share[way]:.0%}" for way in wider] == ["36%", "2%"]

# %% [markdown]
# ## And in seconds?
#
# A step of training is forward and backward. A whole epoch at 512 would take too long here. So we time the kept
# batches, and multiply: seconds for one token, times the tokens of the epoch.
#
# The optimizer is left out: its time does not depend on the padding. The table of word pieces is frozen, as in
# {{ lesson:start_here }}.

# %% [markdown] tags=["slide"]
# - A step is forward and backward
# - Less padding, fewer seconds
# - Attention: twice the length, four times the looks
#
# **Most of the time went into zeros.**

# %% [markdown] tags=["notes"]
# Say first that the real tokens are the same in all five ways. Ask which bar will be the smallest, and by how much.
# Seconds depend on the machine, so compare the bars, not the numbers. The part about the benchmark can be skipped.


# %%
def timed_step(batch):
    batch = batch.to(course.device)
    start = time.perf_counter()
    loss = model(**batch).loss
    loss.backward()
    loss.item()  # waits until a GPU has really finished
    seconds = time.perf_counter() - start
    model.zero_grad()
    return seconds


# %% [markdown]
# The first round does not count: the first time of everything is slow. And the ways take turns. If the machine gets busy
# for a moment, all suffer alike.

# %%
model.base_model.embeddings.requires_grad_(False)
model.train()
token_seconds = {way: [] for way in loaders}
for turn in range(turns):
    for way, batches in kept.items():
        seconds = timed_step(batches[turn]) / batches[turn]["input_ids"].numel()
        if turn > 0:
            token_seconds[way].append(seconds)

# %%
import pandas as pd

price = pd.Series({way: np.median(found) for way, found in token_seconds.items()})
table = pd.DataFrame({"tokens": sent, "seconds": price * pd.Series(sent)})
for column in ("tokens", "seconds"):
    table[f"{column}, % of 512"] = 100 * table[column] / table[column]["pad to 512"]
table["tokens a step"] = {way: sent[way] / len(loaders[way]) for way in loaders}
table["ms per token"] = 1000 * price
whole = ["seconds", "tokens a step"]
table[whole] = table[whole].round().astype(int)
table.round(2)

# %% [markdown]
# Each line is one epoch over the same tweets.

# %%
from course_utils import plots

plots.bars(dict(table["seconds"]), "One epoch, the same tweets", "seconds")

# %% tags=["record"]
course.record("seconds_dynamic_to_512", table["seconds, % of 512"]["dynamic"] / 100)
course.record("seconds_grouped_to_512", table["seconds, % of 512"]["grouped"] / 100)
course.record("token_price_512_to_128", price["pad to 512"] / price["pad to 128"])

# %% [markdown]
# The sceptic is right. Same tweets, and most of the time went into zeros. Dynamic padding costs nothing: the model's
# answers stay the same.
#
# Does it hold for a whole training? `benchmarks/README.md` timed a published notebook's recipe, which pads to 512, and
# the same recipe grouped by length. On 2 CPU cores an epoch took 30 s and 0.8 s: 36 times less. (The ratio was made
# before rounding.) And the scores? 30.0% and 29.0% right, where always saying the most frequent label gets 46.9%. After
# one epoch with 48 tweets, both models had learned nothing. So this pair says only that grouping is faster.
#
# Compare the columns with *% of 512*. Without a GPU, the seconds fall even more than the tokens do. Why? A step sends
# 400 to 700 tokens in each way: one row of 512, four of 128, or sixteen short ones. Yet a token in the widest row is the
# dearest. (Between the others the order changes from run to run.)
#
# In **attention** each token looks at every other token of its row. Twice the length is four times the looks.

# %% tags=["nbval-check-output"]
heads, layers = model.config.num_attention_heads, model.config.num_hidden_layers
for length in (32, 128, 512):
    looks = 16 * heads * length**2 * layers
    megabytes = looks * 4 / 1e6
    print(f"16 rows of {length:>3}: {looks / 1e6:>6.1f} million, {megabytes:>7.1f} MB")

# %% [markdown]
# Four times the length, sixteen times the numbers. They cost memory, too: training keeps them for the way back.
#
# (On a GPU the seconds need not follow the tokens: sixteen short tweets do not fill it. There, take bigger batches.)
#
# ## What do we lose by grouping?
#
# Chance. In a shuffled epoch any two tweets can meet in a batch. Write down all pairs that meet in this epoch. What
# share of them meets again in the next one?

# %% [markdown] tags=["slide"]
# | order | pairs that meet again |
# |---|---|
# | shuffled | 0.5% |
# | grouped | 9.4% |
# | sorted | 100% |
#
# **`predict` comes back in another order, too.**

# %% [markdown] tags=["notes"]
# Ask what could be bad about sorted batches, if they are the fastest. Some say: nothing. Always the same tweets pull
# together. Then the trap, which costs people days: predictions of the grouped Trainer do not stand in the order of your
# column. Compare with `label_ids`.


# %%
from itertools import combinations


def meetings(order):
    pairs = set()
    for first_row in range(0, len(order), size):
        pairs.update(combinations(sorted(order[first_row : first_row + size]), 2))
    return pairs


# %% tags=["nbval-check-output"]
from torch.utils.data import RandomSampler, SequentialSampler

samplers = {
    "shuffled": RandomSampler(tweet_tokens, generator=seeded()),
    "grouped": grouped,
    "sorted": SequentialSampler(by_length),
}
for way, sampler in samplers.items():
    this_epoch, next_epoch = meetings(list(sampler)), meetings(list(sampler))
    print(f"{way:<9}{len(this_epoch & next_epoch) / len(this_epoch):>6.1%}")

# %% [markdown]
# Sorted batches never change: the same tweets always pull together. That is fine for **prediction**, where nothing is
# learned. It is a bad idea for training.
#
# The grouped batches do change. The sampler shuffles first. Then it cuts the order into blocks of up to 50 batches, but
# into at least four blocks. It sorts by length only within a block. So who meets whom stays a matter of chance.
#
# One thing it does on purpose: the longest tweet of all comes first. If your GPU has too little memory, you learn it in
# the first step.

# %% tags=["nbval-check-output"]
widths = [batch["input_ids"].shape[1] for batch in loaders["grouped"]]
print("widest batch:", max(widths), "  first batches:", widths[:8])

# %% [markdown]
# Does grouping change what the model learns? A fair test needs trainings that learn something, and several seeds.
# Neither this lesson nor the benchmark above shows it.
#
# In the `Trainer` it is one argument. Older pages write `group_by_length=True`, which is an error today.

# %% tags=["nbval-check-output"]
from transformers import Trainer, TrainingArguments

trainer = Trainer(
    model=model,
    args=TrainingArguments(
        output_dir=course.workdir / "checkpoints",
        train_sampling_strategy="group_by_length",
        report_to="none",
    ),
    train_dataset=tokens,
    processing_class=tokenizer,
)
type(trainer.get_train_dataloader().batch_sampler.sampler).__name__

# %% [markdown]
# Now a trap. With this argument the Trainer groups the **test** rows as well. We let it predict 48 rows. How many of
# the returned labels stand where they stand in our dataset? By luck, it would be the sum of the squared shares: of
# three labels with 1/3 each, 3 x 1/9 = 1/3.

# %%
test_rows = tokens.select(range(48))
answer = trainer.predict(test_rows)
in_our_order = np.array(test_rows["label"])
luck = sum((np.bincount(in_our_order) / len(in_our_order)) ** 2)
same = np.mean(answer.label_ids == in_our_order)
print(f"the same place: {same:.0%}, luck: {luck:.0%}")
print("the same labels:", sorted(answer.label_ids) == sorted(in_our_order))

# %% [markdown]
# The labels are all there, in another order. And so are the predictions: `predictions[0]` does not belong to row 0.
# Compare predictions with `answer.label_ids`, never with your own column. The Trainer's own metrics do that.
#
# **Try it.** You predict tweets in the order `order = np.argsort(lengths)`. Take `answers = np.array(lengths)[order]`
# for the predictions. How do you bring them back into the first order, that of `lengths`?
#
# <details><summary>An answer</summary>
#
# ```python
# back = np.empty_like(answers)
# back[order] = answers
# ```
#
# `order[0]` is the row number of the shortest tweet. So its answer goes to that row.
#
# </details>

# %% tags=["try"]
order = np.argsort(lengths)
answers = np.array(lengths)[order]
back = np.empty_like(answers)
back[order] = answers
if course.profile == "laptop":
    assert back.tolist() == lengths and answers.tolist() != lengths

# %% [markdown]
# ## What is wrong with this listing?
#
# You will find it in many tutorials, and in that lecture on fine-tuning:
#
# ```python
# reviews = load_dataset("imdb", split="train[:5000]")
# reviews = reviews.map(lambda b: tokenizer(b["text"], padding="max_length", truncation=True), batched=True)
# reviews.set_format("torch", columns=["input_ids", "attention_mask", "label"])
# loader = DataLoader(reviews, batch_size=16, shuffle=True)
# ```
#
# It runs. No error, no warning. Find three mistakes before you read on.
#
# One shows when you count the labels of the slice. Offline there are no film reviews. So we bring our emotions into the
# order that the reviews have, by label. `full` counts the real ones.

# %% [markdown] tags=["slide"]
# - A slice of a sorted file: one label
# - Everything padded to 512
# - The name `label`: no loss
#
# **It runs, without any error.**

# %% [markdown] tags=["notes"]
# Show the four lines for a full minute, and let pairs look for three mistakes. They find the padding at once, and the
# name `label` mostly. The slice is found by nobody who has not seen the data. So count the labels, always.

# %% tags=["nbval-check-output"]
from collections import Counter

if course.profile == "full":
    reviews = load_dataset(*course.dataset("imdb"), split="train")
else:
    reviews = load_dataset(*course.dataset("emotion"), split="train").sort("label")
Counter(reviews["label"][: course.pick(laptop=400, full=5000, smoke=40)])

# %% [markdown]
# **One label only.** The public film reviews lie in the order of their labels: the script that made the dataset
# reads one folder, then the other (`datasets/imdb/imdb.py` in the repository `huggingface/datasets`). There are
# 12,500 reviews in each. So the first 5,000 are all alike. `shuffle=True` in the DataLoader comes too late.
#
# **Everything padded to 512**: you know the price. **The name `label`**: in a loop of your own, the loss is `None`.
# (The dataset has moved, too: today it is `stanfordnlp/imdb`.)
#
# Better: shuffle, then slice; truncate, but do not pad; let the collator do the rest.

# %% tags=["nbval-check-output"]
taken = min(course.pick(laptop=400, full=5000, smoke=40), len(reviews))
mixed = reviews.shuffle(seed=course.seed).select(range(taken))
ready = mixed.map(tokenize, batched=True)
ready = ready.select_columns(["input_ids", "attention_mask", "label"])
batches = list(DataLoader(ready, batch_size=16, shuffle=True, collate_fn=collator))
in_labels = Counter(label for batch in batches for label in batch["labels"].tolist())
print(sorted(batches[0]), dict(sorted(in_labels.items())))

# %%
computed, real = count(batches)
print(f"padding to 512:  {1 - real / (512 * taken):.0%} of the tokens")
print(f"dynamic padding: {1 - real / computed:.0%} of the tokens")

# %% [markdown]
# All labels, the name `labels`, and much less padding. (Film reviews are longer than our texts, so there the gain
# is smaller.)
#
# ## In this notebook we have
#
# - **turned** a dataset into batches in three ways, and seen that the model gives the same answers;
# - **shuffled** it, repeated an order with a generator, and counted the steps;
# - **decided** with a stopwatch when workers are worth it;
# - **repaired** the missing loss: `label` is not `labels`;
# - **measured** five ways of padding, in tokens and in seconds.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `each element in list of batch should be of equal size`, or `stack expects each tensor to be equal size` | rows of different length, default collate function | `collate_fn=DataCollatorWithPadding(tokenizer)` |
# | `Unable to create tensor ... (text in this case)` | a column of words went into the collator | `select_columns` or `remove_columns` first |
# | `'NoneType' object has no attribute 'backward'` | the batch says `label`, or another wrong name | print the names of the batch; `rename_column("label", "labels")` |
# | `Target size ... must be the same as input size` | the labels are floats, so the model took them for several labels per row | make them whole numbers, and load the model again: it remembers the wrong task |
# | no error, and a loss near 0.7 | each label is a row of decimals, 0 1 0 (**one-hot**): another loss is taken | hand over the place of the 1: `labels.argmax(dim=1)` |
# | `Can't pickle`, `Can't get attribute`, `DataLoader worker (pid ...) exited unexpectedly`, or a loop that never begins | a worker could not import your function | move the function into a file; in a script, `if __name__ == "__main__":`; or `num_workers=0` |
# | a loss that falls to zero at once, and a model that always says the same | all rows have one label | count the labels; shuffle before you slice |
#
# **Next:** {{ lesson:bert_for_sequence_classification }} follows one batch through the model, from the first layer to
# the answer.
