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
# # {{ number }} · Exercises: The training loop
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.training_loop import checks as check

course = start("training_loop_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · Which rate does each step get?
#
# ★☆☆ · 6 minutes · predict
#
# Run nothing yet. A training has 10 steps, and the first 2 are the warmup. The optimizer has `lr=8e-4`. The schedule is
# `get_linear_schedule_with_warmup(optimizer, 2, 10)`. Each step calls `optimizer.step()` and then `schedule.step()`. Write
# the learning rate that each of these steps uses, as a number such as `5e-4`.
#
# - `a`: step 1, the first one
# - `b`: step 2
# - `c`: step 4
# - `d`: step 10, the last one
# - `e`: step 10 again, in a training that never calls `schedule.step()`

# %% answer="warmup_rates"
warmup_rates = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ...}
### BEGIN SOLUTION
warmup_rates = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 0}
### END SOLUTION

# %% check="warmup_rates"
check.warmup_rates(warmup_rates)

# %% [markdown]
# Now see it for yourself: first as it should be, then with `schedule.step()` forgotten.

# %%
import torch
from transformers import get_linear_schedule_with_warmup

for forgotten in (False, True):
    optimizer = torch.optim.AdamW(torch.nn.Linear(2, 2).parameters(), lr=8e-4)
    schedule = get_linear_schedule_with_warmup(optimizer, 2, 10)
    used = []
    for _ in range(10):
        used.append(schedule.get_last_lr()[0])
        optimizer.step()
        if not forgotten:
            schedule.step()
    print([f"{rate:.0e}" for rate in used])

# %% [markdown]
# The second line is a model that never learns. No error tells you.
#
# ## 2 · Clip by hand
#
# ★★☆ · 8 minutes · write code
#
# `clip_grad_norm_` shrinks all gradients together. Do it yourself: write `clip_by_hand(gradients, max_norm)`. It gets a
# list of tensors, one or more, of any shapes. It returns a list of tensors with the same shapes, in the same order.
#
# The length of all of them together is the root of the sum of all squares. Is it more than `max_norm`? Then shrink all
# numbers by the same factor, so that the length becomes `max_norm`. Otherwise they stay as they are, even if all are 0.
# You may shrink the tensors that you get, as `clip_grad_norm_` does, or make new ones.

# %%
gradients = [torch.tensor([3.0, 4.0]), torch.tensor([[12.0]])]


# %% answer="clip_by_hand"
def clip_by_hand(gradients, max_norm):
    """Return a list of the gradients, together not longer than `max_norm`."""
    ### BEGIN SOLUTION
    norm = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
    if norm <= max_norm:
        return list(gradients)
    return [gradient * (max_norm / norm) for gradient in gradients]
    ### END SOLUTION


clip_by_hand(gradients, 6.5)

# %% check="clip_by_hand"
check.clip_by_hand(clip_by_hand)
### BEGIN HIDDEN TESTS
check.clip_by_hand(clip_by_hand, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · A score that will not stand still
#
# ★★☆ · 8 minutes · bug hunt
#
# A colleague calls `share_right` after each epoch, in the middle of a training. When she calls it twice, the same weights
# get two scores. And when she puts the rows into other batches, the score changes again. These are **two** mistakes
# with two causes. Mend both. Leave the batches and the weights as they are. She calls `model.train()` before each epoch,
# so you need not switch back. A small random model is enough here: look at the scores, not at how high they are.

# %%
from datasets import load_dataset
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

posts = load_dataset(*course.dataset("emotion"), split="train[:36]")
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
tokens = tokenizer(list(posts["text"]), padding=True, return_tensors="pt")
rows = {**tokens, "labels": torch.tensor(list(posts["label"]))}
batches = [
    {name: values[first : first + 16] for name, values in rows.items()}
    for first in range(0, len(posts), 16)
]
print("rows in each batch:", [len(batch["labels"]) for batch in batches])
torch.manual_seed(6)
tiny = BertConfig(
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_labels=4,
    initializer_range=0.1,
)
model = BertForSequenceClassification(tiny).train()


# %% answer="share_right"
@torch.no_grad()
def share_right(model, batches):
    """Return the share of all rows that the model gets right, from 0 to 1."""
    shares = []
    for batch in batches:
        answers = model(**batch).logits.argmax(dim=-1)
        shares.append((answers == batch["labels"]).float().mean().item())
    return sum(shares) / len(shares)


### BEGIN SOLUTION
@torch.no_grad()
def share_right(model, batches):
    """Return the share of all rows that the model gets right, from 0 to 1."""
    model.eval()
    right, seen = 0, 0
    for batch in batches:
        answers = model(**batch).logits.argmax(dim=-1)
        right += (answers == batch["labels"]).sum().item()
        seen += len(answers)
    return right / seen


### END SOLUTION


[share_right(model, batches) for _ in range(3)]

# %% check="share_right"
check.share_right(share_right)
### BEGIN HIDDEN TESTS
check.share_right(share_right, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · The loss is zero. Wonderful?
#
# ★★★ · 12 minutes · bug hunt
#
# "A loss of 0.0 in the first epoch!", writes a colleague. But his model still guesses. He trains it with `learn_once`.
# It trains for one epoch: the batches in their order, with a step of the optimizer for each. It returns the mean loss of
# the batches. Here each batch counts the same, however many rows it has. The model comes in training mode, and stays in
# it.
#
# **Two** things are wrong, and the first hides the second. His batches have the column `label`, as below. Leave them as
# they are: the next epoch needs them.

# %%
unnamed = [
    {"label" if name == "labels" else name: batch[name] for name in batch}
    for batch in batches
]
print(list(unnamed[0]))
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)


# %% answer="learn_once"
def learn_once(model, optimizer, batches):
    """Train for one epoch, and return the mean loss of its batches. Each batch counts the same."""
    total = 0.0
    for batch in batches:
        loss = model(**batch).loss
        if loss is not None:  # it was None, and then `backward` failed
            loss.backward()
            total += loss.item()
        optimizer.zero_grad()
        optimizer.step()
    return total / len(batches)


### BEGIN SOLUTION
def learn_once(model, optimizer, batches):
    """Train for one epoch, and return the mean loss of its batches. Each batch counts the same."""
    total = 0.0
    for batch in batches:
        inputs = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**inputs).loss
        loss.backward()
        total += loss.item()
        optimizer.step()
        optimizer.zero_grad()
    return total / len(batches)


### END SOLUTION


[round(learn_once(model.train(), optimizer, unnamed), 3) for _ in range(4)]

# %% check="learn_once"
check.learn_once(learn_once)
### BEGIN HIDDEN TESTS
check.learn_once(learn_once, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You know the rate of each step, and what clipping does to a list of gradients. You have mended an evaluation and a loop
# that made no noise at all. {{ Lesson:trainer }} gives the loop to the `Trainer`.
