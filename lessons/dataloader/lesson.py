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
# A dataset gives single rows, and each text has its own length.
#
# We take short opinions about town policies (support, neutral or oppose), and tokenize them without padding.

# %% tags=["nbval-check-output"]
from datasets import load_dataset
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
stance = load_dataset(*course.dataset("stance"), split="train")


def tokenize(batch):
    return tokenizer(batch["text"], truncation=True)


tokens = stance.map(tokenize, batched=True)
tokens = tokens.select_columns(["input_ids", "attention_mask", "label"])
print(len(tokens), "rows. Tokens in the first four:")
[len(ids) for ids in tokens["input_ids"][:4]]

# %% [markdown]
# Four rows, different lengths. PyTorch's **DataLoader** makes batches out of a dataset. Let it try.

# %% tags=["nbval-check-output"]
from torch.utils.data import DataLoader

try:
    next(iter(DataLoader(tokens, batch_size=4)))
except RuntimeError as error:
    print(type(error).__name__, "-", error)

# %% [markdown]
# Read it slowly. *Each element in list of batch*: the rows. *Should be of equal size*: they are not.
#
# The DataLoader takes four rows and hands them to a function that makes one batch of them. This function is called
# `collate_fn`. The default one stacks the rows, and unequal rows do not stack. There are three ways out.
#
# ## First way: make all rows equal, once
#
# Many tutorials pad while they tokenize. `padding="max_length"` fills every row up to the longest input that the model
# can take. `set_format("torch")` says: give me tensors, of these columns.


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
# Why was `set_format` needed? The rows are equal now. Let us forget it and look.

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

# %% tags=["nbval-check-output"]
from transformers import DataCollatorWithPadding

collator = DataCollatorWithPadding(tokenizer)
third = next(iter(DataLoader(tokens, batch_size=4, collate_fn=collator)))
print({name: tuple(values.shape) for name, values in third.items()})
all(torch.equal(second[name], third[name]) for name in second)

# %% [markdown]
# `True`: our function and the library's made the same batch. This kind of padding is called **dynamic padding**.
#
# Look at the names, too. We gave it `label`, and it gave back `labels`. The first way kept `label`. That is not a
# detail: it comes back below.
#
# ## What is a dataset, for a DataLoader?
#
# Less than you think: something with a length and with numbered rows. Python's names for that are `__len__` and
# `__getitem__`. A list has both. So has this class, and it inherits from nothing.


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

# %% tags=["nbval-check-output"]
import math

loader = DataLoader(tokens, batch_size=16, collate_fn=collator)
short = DataLoader(tokens, batch_size=16, collate_fn=collator, drop_last=True)
print(len(tokens), "/ 16 =", len(tokens) / 16)
print("steps:", len(loader), "or", len(short), "with drop_last")
print("rows in the last batch:", len(list(loader)[-1]["labels"]))
assert len(loader) == math.ceil(len(tokens) / 16)

# %% tags=["record"]
course.record("stance_steps", len(loader))

# %% [markdown]
# The loss of a batch is a mean over its rows. So a row in a small batch weighs more than others. Usually that is
# harmless. For a test set, never drop anything: the missing rows would be missing in your score.
#
# Tutorials often wrap tensors in a `TensorDataset`. You may, but you need not:

# %% tags=["nbval-check-output"]
from torch.utils.data import TensorDataset

dataset = TensorDataset(second["input_ids"], second["attention_mask"], second["labels"])
row = dataset[0]
type(row).__name__, [tuple(part.shape) for part in row]

# %% [markdown]
# It wants equal rows, so all padding comes first. And a row is a tuple without names: you must remember which is which.
#
# ## Why shuffle?
#
# Many files are sorted by label. We sort ours on purpose, and count the batches in which all rows have the same label.

# %% tags=["nbval-check-output"]
by_label = tokens.sort("label")
for shuffle in (False, True):
    loader = DataLoader(
        by_label,
        batch_size=16,
        shuffle=shuffle,
        generator=torch.Generator().manual_seed(course.seed),
        collate_fn=collator,
    )
    one_label = sum(len(set(batch["labels"].tolist())) == 1 for batch in loader)
    print(
        f"shuffle={shuffle!s:<5}  {one_label} of {len(loader)} batches have one label"
    )

# %% [markdown]
# Without shuffling, nearly every step teaches one answer: *say support*. Many steps later, *say neutral*: each label
# pulls the model away from the one before. So: shuffle for training. For testing there is no need.
#
# A **generator** makes the random order repeatable.

# %% tags=["nbval-check-output"]
for attempt in (1, 2):
    generator = torch.Generator().manual_seed(7)
    loader = DataLoader(range(8), batch_size=8, shuffle=True, generator=generator)
    for epoch in (1, 2):
        print(f"attempt {attempt}, epoch {epoch}:", next(iter(loader)).tolist())

# %% [markdown]
# Compare the lines. Each epoch has a new order, as it should. The second attempt repeats both orders, because it has
# the same seed. (And `range(8)` was our dataset: it has a length and numbered rows.)
#
# ## Would two helpers be faster?
#
# A DataLoader can start **workers**: other processes that prepare the next batches while the model computes.
# `num_workers=2` sounds better than 0. We try it with easy rows and with hard ones. The easy ones are tokenized
# already. The hard ones are long documents, tokenized at the moment they are needed.

# %%
import time
from functools import partial

texts = stance["text"][:]
many = course.pick(laptop=320, full=320, smoke=32)
documents = [" ".join(texts[row : row + 40]) for row in range(many)]
read = partial(tokenizer, truncation=True, padding=True, return_tensors="pt")


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
# There was no work worth sharing.
#
# With the hard rows there is work, and workers can pay, if there are idle cores. Did yours gain nothing? Then your
# cores were busy. In a training without a GPU they always are: the model needs them.
#
# So: tokenize once, with `map`, and leave `num_workers=0`. Think of workers when the rows are made on the fly:
# pictures, sound, very long texts. And measure.
#
# One warning. On Windows and on a Mac a worker is a fresh Python, which must **import** your function. It cannot
# import from a notebook. Above we only gave functions from libraries, and they can be imported anywhere. Your own
# collate function belongs in a file of its own, then.
#
# Two settings are about GPUs only. `pin_memory=True` puts batches where a GPU can fetch them quickly,
# and `non_blocking=True` does not wait for the copy.

# %%
if course.device.type == "cuda":
    ordinary = torch.zeros(2**24)  # 64 MiB
    for name, source in {"ordinary": ordinary, "pinned": ordinary.pin_memory()}.items():
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(20):
            source.to("cuda", non_blocking=True)
        torch.cuda.synchronize()
        print(f"{name}: {(time.perf_counter() - start) / 20 * 1000:.1f} ms a copy")
else:
    print("No NVIDIA GPU here: nothing to measure. A batch of texts is small anyway.")

# %% [markdown]
# ## Why is my loss `None`?
#
# Time for a model: our checkpoint, with a new layer on top for the three labels. (Hence the table with `MISSING`.)

# %%
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=stance.features["label"].num_classes
)
model = model.to(course.device).eval()

# %% [markdown]
# A lecture that this course grew from asks: what happens if you forget to rename `label` to `labels`? Try it.

# %% tags=["nbval-check-output"]
names = ("input_ids", "attention_mask", "labels")
inputs = {name: second[name].to(course.device) for name in names}
labels = inputs.pop("labels")
outputs = model(**inputs, label=labels)  # should be labels=
print("loss:", outputs.loss)
try:
    outputs.loss.backward()
except AttributeError as error:
    print(type(error).__name__, "-", error)

# %% [markdown]
# The model took `label=` without a word. Many models of the library accept any name, because they hand extra arguments
# on to their inner layers. Nobody there wanted a `label`. The error comes later, and does not say why.
#
# With the right name there is a loss. It is near ln(3) = 1.10: the loss of a model that gives each of three labels the
# same chance. Ours has learned nothing yet.

# %% tags=["nbval-check-output"]
loss = model(**inputs, labels=labels).loss
print(f"loss: {loss.item():.1f}, ln(3): {math.log(3):.1f}")
padded.rename_column("label", "labels").column_names

# %% [markdown]
# `rename_column` mends the first way. What happens in the others? (The tests of the course try each line.)
#
# | way | who renames? | if nobody does |
# |---|---|---|
# | `set_format`, default collate, your own loop | nobody: call `rename_column` | `loss` is `None`, `backward` fails |
# | a collate function of your own | you, in the function | the same |
# | `DataCollatorWithPadding` | the collator | |
# | `Trainer`, with or without a tokenizer | its default collator | |
# | `Trainer` with a `data_collator` of your own | you | `The model did not return a loss from the inputs` |
#
# So the answer to the lecture's question is: with the Trainer, nothing. In your own loop, the loss is gone.
#
# **Try it.** Write `lables=labels` in the cell above. What do you expect: an error, a loss, or `None`?
#
# <details><summary>An answer</summary>
#
# No error, and `None` again. Every wrong name is swallowed, not only `label`. So when a loss is `None`,
# print the names in your batch first.
#
# </details>
#
# ## Does the model see the padding?
#
# The same four texts, once with up to 512 columns, twice with few. The answers should agree.


# %%
def ask(batch, names=("input_ids", "attention_mask")):
    with torch.no_grad():
        inputs = {name: batch[name].to(course.device) for name in names}
        return model(**inputs).logits.cpu()


# %%
wide, by_hand, by_library = ask(first), ask(second), ask(third)
without_mask = ask(first, names=["input_ids"])
print(f"by hand      {(wide - by_hand).abs().max():.0e}")
print(f"by library   {(wide - by_library).abs().max():.0e}")
print(f"without mask {(wide - without_mask).abs().max():.0e}")
assert torch.allclose(wide, by_hand, atol=1e-4)
assert torch.allclose(wide, by_library, atol=1e-4)

# %% [markdown]
# Each line is the biggest difference between two answers. With the mask it is rounding.
# One paper that this course grew from says that padding may make a model worse. With the mask, it changes no answer.
#
# Now look at the last line. Without the mask the model reads hundreds of `[PAD]`, and answers something else.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The mask hides the padding from the model. So padding to 512 is the safe choice.*
# >
# > **Sceptic:** *It hides it from the answer. Does it hide it from the clock?*
#
# The first half is true, we have seen it above. For the second half we need a stopwatch and real tweets.

# %% tags=["nbval-check-output"]
import numpy as np

tweets = load_dataset(*course.dataset("tweets"), split="train")
tweets = tweets.select(range(course.pick(laptop=3200, full=3200, smoke=320)))
tweet_tokens = tweets.map(
    lambda batch: tokenizer(batch["text"], truncation=True, max_length=128),
    batched=True,
).select_columns(["input_ids", "attention_mask", "label"])
lengths = [len(ids) for ids in tweet_tokens["input_ids"]]
print(f"{len(lengths):,} tweets, {sum(lengths):,} real tokens")
print(f"{np.mean(lengths):.0f} on average, {max(lengths)} at most")

# %% [markdown]
# Five ways to make batches. The first three you know: pad to 512, pad to 128, dynamic.
#
# The fourth adds one idea. If the tweets of a batch are equally long, there is little to fill up. A **sampler**
# decides in which order the rows come. `LengthGroupedSampler` puts rows of similar length next to each other.
#
# The fifth is the extreme: sort all tweets by length.

# %%
from transformers.trainer_pt_utils import LengthGroupedSampler

size = course.pick(laptop=16, full=16, smoke=4)
few, some = (16, 16) if course.device.type == "cuda" else (1, 4)


def pad_to(length):
    return DataCollatorWithPadding(tokenizer, padding="max_length", max_length=length)


def seeded():
    return torch.Generator().manual_seed(course.seed)


grouped = LengthGroupedSampler(size, lengths=lengths, generator=seeded())
by_length = tweet_tokens.select(np.argsort(lengths, kind="stable"))

# %%
loaders = {
    "pad to 512": DataLoader(tweet_tokens, few, collate_fn=pad_to(512)),
    "pad to 128": DataLoader(tweet_tokens, some, collate_fn=pad_to(128)),
    "dynamic": DataLoader(
        tweet_tokens, size, shuffle=True, generator=seeded(), collate_fn=collator
    ),
    "grouped": DataLoader(tweet_tokens, size, sampler=grouped, collate_fn=collator),
    "sorted": DataLoader(by_length, size, collate_fn=collator),
}
print({way: len(loader) for way, loader in loaders.items()}, "steps")

# %% [markdown]
# Batches of 16, with two exceptions in `laptop`. We send one tweet at a time for 512, and four for 128, or this
# notebook would need too much memory. That changes nothing in the number of tokens.
#
# Before any clock, count. How many tokens are sent in an epoch, and how many of them are padding? We also keep some
# batches of each way, taken from all over the epoch.

# %% tags=["nbval-check-output"]
turns = course.pick(laptop=5, full=10, smoke=2)
sent, share, kept = {}, {}, {}
print(f"{'':<11}{'tokens sent':>12}{'padding':>9}")
for way, loader in loaders.items():
    batches = list(loader)
    kept[way] = batches[:: len(batches) // turns][:turns]
    sent[way] = sum(batch["input_ids"].numel() for batch in batches)
    real = sum(batch["attention_mask"].sum().item() for batch in batches)
    share[way] = 1 - real / sent[way]
    print(f"{way:<11}{sent[way]:>12,}{share[way]:>9.0%}")
    assert real == sum(lengths)

# %% tags=["record"]
course.record("padding_share_512", share["pad to 512"])
course.record("padding_share_dynamic", share["dynamic"])
course.record("padding_share_grouped", share["grouped"])
course.record("tokens_dynamic_to_512", sent["dynamic"] / sent["pad to 512"])
course.record("tokens_grouped_to_512", sent["grouped"] / sent["pad to 512"])

# %% [markdown]
# Padded to 512, nearly everything that the model reads is nothing. In dynamic batches it is still about a third.
# Grouped batches have next to none. The real tokens are the same in each line: the last line of the cell checks it.
#
# What does a batch look like? One bar is one tweet.

# %% tags=["nbval-check-output"]
from lessons.dataloader.figures import padded_batches

padded_batches(
    {
        way: [batch["attention_mask"].sum(dim=1).tolist() for batch in kept[way][1:4]]
        for way in ("dynamic", "grouped")
    },
    "Each batch is as wide as its longest tweet",
)

# %% [markdown]
# On the left, one long tweet makes fifteen others wait. On the right, long tweets wait for long ones, and short tweets
# for short ones.
#
# ## And in seconds?
#
# A step of training is forward and backward. We time a few of the kept batches, and multiply: seconds for one
# token, times the tokens of the epoch. A whole epoch at 512 would take too long here.
#
# Two things are left out. The optimizer, because its time does not depend on the padding. And the table of word pieces:
# it is frozen, as in {{ lesson:start_here }}.

# %%
for parameter in model.base_model.embeddings.parameters():
    parameter.requires_grad = False
model.train()


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
# Two habits for a fair clock. The first round does not count, because the first time of everything is slow. And we
# take turns: one batch of each way, then the next. If the machine gets busy for a moment, all ways suffer alike.

# %%
token_seconds = {way: [] for way in loaders}
for turn in range(turns):
    for way, batches in kept.items():
        if way.startswith("pad") and turn > course.pick(laptop=3, full=10, smoke=1):
            continue  # its batches are all alike: a few are enough
        seconds = timed_step(batches[turn])
        if turn > 0:
            token_seconds[way].append(seconds / batches[turn]["input_ids"].numel())

price = {way: np.median(seconds) for way, seconds in token_seconds.items()}
{way: f"{len(token_seconds[way])} steps timed" for way in price}

# %%
import pandas as pd

table = pd.DataFrame({"tokens": sent})
table["seconds"] = table["tokens"] * pd.Series(price)
for column in ("tokens", "seconds"):
    table[f"{column}, % of 512"] = 100 * table[column] / table[column]["pad to 512"]
table["ms per token"] = 1000 * pd.Series(price)
table.round(2).astype({"seconds": int})

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
# The sceptic is right. Same tweets, same real tokens, and most of the time went into zeros. Dynamic padding is the
# first gain of the course that costs nothing: the model's answers stay the same.
#
# Does that hold for a whole training? `benchmarks/README.md` has the test: the LoRA recipe of a notebook that this
# course grew from, which pads to 512, and the same recipe grouped by length. On 2 CPU cores an epoch took 30 s
# and 0.8 s: 36 times less. The two models were right about equally often.
#
# Compare the two columns with *% of 512*. Without a GPU, the seconds fall even more than the tokens do: a token in
# a wide batch is dearer, as the last column says. Why? In **attention** each token looks at every other token of
# its row. Twice the length is four times the looks.

# %% tags=["nbval-check-output"]
heads, layers = model.config.num_attention_heads, model.config.num_hidden_layers
for length in (32, 128, 512):
    looks = 16 * heads * length**2 * layers
    print(
        f"16 rows of {length:>3}: {looks / 1e6:>6.1f} million, {looks * 4 / 1e6:>7.1f} MB"
    )

# %% [markdown]
# Four times the length, sixteen times the numbers. This is also a question of memory: training needs these numbers
# again on the way back, so they are kept, and there is more than one such table in each layer.
#
# (On a GPU the seconds need not follow the tokens: sixteen short tweets do not fill it. There, use the memory that
# you have saved for bigger batches.)
#
# **Try it.** Set the batch size to 64 in `dynamic` and in `grouped` (the sampler, too). What happens to the
# padding?
#
# <details><summary>An answer</summary>
#
# Both get more. With the offline tweets, `dynamic` goes from 36% to 42%, and `grouped` from 2% to 9%. The longest of
# 64 tweets is longer than the longest of 16, and 63 others wait for it.
#
# </details>
#
# ## What do we lose by grouping?
#
# Chance. In a shuffled epoch any two tweets can meet in a batch. How often do two tweets that share a batch share
# one again in the next epoch?

# %% tags=["nbval-check-output"]
from itertools import combinations

from torch.utils.data import RandomSampler, SequentialSampler


def meetings(order):
    batches = [sorted(order[row : row + size]) for row in range(0, len(order), size)]
    return {pair for batch in batches for pair in combinations(batch, 2)}


samplers = {
    "shuffled": RandomSampler(tweet_tokens, generator=seeded()),
    "grouped": grouped,
    "sorted": SequentialSampler(by_length),
}
for way, sampler in samplers.items():
    this_epoch, next_epoch = meetings(list(sampler)), meetings(list(sampler))
    print(f"{way:<9}{len(this_epoch & next_epoch) / len(this_epoch):>6.1%}")

# %% [markdown]
# Sorted batches never change: the same tweets always pull together, the shortest first and the longest last. That
# is fine for **prediction**, where nothing is learned. It is a bad idea for training.
#
# The grouped batches do change. How? The sampler shuffles first. Then it cuts the order into blocks of up to 50
# batches, and sorts by length only within a block. So who meets whom stays a matter of chance, though less so.
#
# One thing it does on purpose: the longest tweet of all comes first. If your GPU has too little memory, you learn it in
# the first step, and not after an hour.

# %% tags=["nbval-check-output"]
widths = [batch["input_ids"].shape[1] for batch in loaders["grouped"]]
print("widest batch:", max(widths), "  first batches:", widths[:8])

# %% [markdown]
# Does grouping change what the model learns? A few steps cannot tell. That needs whole trainings and several seeds,
# and we make no claim about it here.
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
# Now a trap. With this argument the Trainer groups the **test** rows as well. We let it predict 48 rows, and
# compare the labels that it returns with the labels in our dataset.

# %%
test_rows = tokens.select(range(48))
answer = trainer.predict(test_rows)
in_our_order = np.array(test_rows["label"])
print(f"the same place: {np.mean(answer.label_ids == in_our_order):.0%}")
print("the same labels:", sorted(answer.label_ids) == sorted(in_our_order))

# %% [markdown]
# The labels are all there, in another order. And so are the predictions. `predictions[0]` does not belong to row 0.
# Compare predictions with `answer.label_ids`, never with your own column. The Trainer's own metrics do that, so
# they are right.
#
# **Try it.** You have predicted tweets in the order `order = np.argsort(lengths)`. How do you bring the answers
# back into the first order?
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
#
# ## What is wrong with this listing?
#
# You will find it in many tutorials, and in that lecture, in much these words:
#
# ```python
# reviews = load_dataset("imdb", split="train[:5000]")
# reviews = reviews.map(lambda b: tokenizer(b["text"], padding="max_length", truncation=True), batched=True)
# reviews.set_format("torch", columns=["input_ids", "attention_mask", "label"])
# loader = DataLoader(reviews, batch_size=16, shuffle=True)
# ```
#
# It runs. No error, no warning. Find three mistakes before you read on. Then count:

# %% tags=["nbval-check-output"]
from collections import Counter

if course.profile == "full":
    reviews = load_dataset(*course.dataset("imdb"), split="train")
else:  # no film reviews offline: our emotions, in the order of the labels
    reviews = load_dataset(*course.dataset("emotion"), split="train").sort("label")
Counter(reviews["label"][: course.pick(laptop=400, full=5000, smoke=40)])

# %% [markdown]
# **One label only.** The public film reviews lie in the order of their labels: the script that made the dataset
# reads one folder, then the other (`datasets/imdb/imdb.py` in the repository `huggingface/datasets`). There are
# 12,500 reviews in each. So the first 5,000 are all alike. `shuffle=True` in the DataLoader comes too late: it
# mixes what the slice has left.
#
# A model trained on them learns to say one word, and its loss looks splendid.
#
# **Everything padded to 512**, whatever its length. You know the price. **The name `label`**: in a loop of your own,
# the loss is `None`. And the dataset has moved: today its name is `stanfordnlp/imdb`.
#
# The same in today's words: shuffle, then slice; truncate, but do not pad; let the collator do the rest.

# %% tags=["nbval-check-output"]
rows = min(course.pick(laptop=400, full=5000, smoke=40), len(reviews))
mixed = reviews.shuffle(seed=course.seed).select(range(rows))
ready = mixed.map(tokenize, batched=True)
ready = ready.select_columns(["input_ids", "attention_mask", "label"])
loader = DataLoader(ready, batch_size=16, shuffle=True, collate_fn=collator)

in_labels, used, needed = Counter(), 0, 0
for batch in loader:
    in_labels.update(batch["labels"].tolist())
    used += batch["input_ids"].numel()
    needed += batch["attention_mask"].sum().item()
print(sorted(batch), dict(sorted(in_labels.items())))

# %%
print(f"padding to 512:  {1 - needed / (512 * rows):.0%} of the tokens")
print(f"dynamic padding: {1 - needed / used:.0%} of the tokens")

# %% [markdown]
# All labels, the name `labels`, and much less padding. (Film reviews are longer than our texts, so there the gain
# is smaller. Run `full` to see it.)
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
# | an error in the last step only | the last batch is small, and some code counts on a full one | take the size from the batch; `drop_last=True` in training |
# | `Can't pickle`, `Can't get attribute`, `DataLoader worker (pid ...) exited unexpectedly`, `BrokenPipeError`, or a loop that never begins | a worker could not import a function of your notebook or script | move the function into a file; in a script, `if __name__ == "__main__":`; or `num_workers=0` |
# | a loss that falls to zero at once, and a model that always says the same | all rows have one label | count the labels; shuffle before you slice |
#
# **Next:** {{ lesson:bert_for_sequence_classification }} follows one batch through the model, from the first layer to
# the answer.
