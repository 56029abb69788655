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
# # {{ number }} · Exercises: The same number next year
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.reproducibility import checks as check

course = start("reproducibility_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · One line more
#
# ★★☆ · 8 minutes · predict
#
# Here is a training, in short. The comments mark five places.
#
# ```python
# def train():
#     # place 1
#     torch.manual_seed(42)
#     # place 2
#     model = new_model()  # draws the head from the common dice
#     # place 3
#     torch.manual_seed(42)
#     # place 4
#     dice = torch.Generator().manual_seed(42)
#     loader = DataLoader(rows, 16, shuffle=True, generator=dice)
#     # place 5
#     learn(model, loader)  # dropout draws from the common dice
# ```
#
# A colleague adds one line, `torch.rand(1)`, and trains again in the same process. Which draws change because of the
# new line? Run nothing yet. Under each letter write one of these: `"nothing"`, `"head"`, `"dropout"`, `"order"`,
# `"dropout and order"` or `"last bits"`. The last one means: all draws are the same, but the weights differ a little.
#
# - `a`: the new line stands at place 1
# - `b`: it stands at place 2
# - `c`: it stands at place 3
# - `d`: it stands at place 4
# - `e`: it stands at place 4, and the loader has no `generator=` (in both trainings)
# - `f`: at place 5 there is another new line: `torch.rand(1, generator=dice)`
# - `g`: no new line, but another number of threads

# %% answer="what_moves"
what_moves = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "e": ...,
    "f": ...,
    "g": ...,
}
### BEGIN SOLUTION
what_moves = {
    "a": "nothing",
    "b": "head",
    "c": "nothing",
    "d": "dropout",
    "e": "dropout and order",
    "f": "order",
    "g": "last bits",
}
### END SOLUTION

# %% check="what_moves"
check.what_moves(what_moves)

# %% [markdown]
# Now let a very small training tell. It has a head, an order and a dropout, and learns nothing.

# %%
import torch
from torch.utils.data import DataLoader


def train(place=0, own=True):
    def line(here, **options):
        if here == place:
            torch.rand(1, **options)

    line(1)
    torch.manual_seed(42)
    line(2)
    head = torch.nn.Linear(3, 1).weight.tolist()
    line(3)
    torch.manual_seed(42)
    line(4)
    dice = torch.Generator().manual_seed(42)
    loader = DataLoader(range(20), 20, shuffle=True, generator=dice if own else None)
    line(5, generator=dice)
    [order] = loader
    dropout = torch.nn.functional.dropout(torch.ones(40))
    return {"head": head, "dropout": dropout.tolist(), "order": order.tolist()}


# %%
for own, places in {True: range(1, 6), False: [4]}.items():
    before = train(own=own)
    for place in places:
        after = train(place, own)
        moved = [name for name in before if before[name] != after[name]]
        print(
            f"own generator {own!s:<5} place {place}:",
            " and ".join(moved or ["nothing"]),
        )

# %% [markdown]
# ## 2 · A head and an order
#
# ★★☆ · 10 minutes · bug hunt
#
# `fresh_start(rows, size, seed)` draws what a training begins with. It returns two things: a head with `size` numbers,
# as `torch.randn` draws them, and an order of the row numbers from 0 to `rows - 1`, as a list.
#
# In a fresh kernel, somebody called it three times with the same seed. Run the cell: what does the second call hide?
#
# Mend `fresh_start`:
#
# - The same three arguments give the same head and the same order, whatever was drawn before.
# - Another `seed` gives another head and another order.
# - A head of another size leaves the order as it is. Other `rows` leave the head as it is.
# - The common dice of torch, NumPy and Python stay as they are. Whoever draws after the call must not notice it.


# %% answer="fresh_start"
def fresh_start(rows, size, seed):
    """Return the first weights of a head, and an order of the rows."""
    head = torch.randn(size)
    torch.manual_seed(seed)
    order = torch.randperm(rows)
    return head, order.tolist()


### BEGIN SOLUTION
def fresh_start(rows, size, seed):
    """Return the first weights of a head, and an order of the rows."""
    head_dice = torch.Generator().manual_seed(seed)
    order_dice = torch.Generator().manual_seed(seed)
    head = torch.randn(size, generator=head_dice)
    order = torch.randperm(rows, generator=order_dice)
    return head, order.tolist()


### END SOLUTION


torch.seed()  # the common dice of a fresh kernel: nobody knows where they stand
for number in (1, 2, 3):
    head, order = fresh_start(6, 2, seed=42)
    print(
        f"call {number}: head",
        [round(float(weight), 2) for weight in head],
        "order",
        order,
    )

# %% check="fresh_start"
check.fresh_start(fresh_start)
### BEGIN HIDDEN TESTS
check.fresh_start(fresh_start, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at the three calls again: now the first one shows what the others show. A fresh kernel is the judge.

# %% [markdown]
# ## 3 · What has changed on the page?
#
# ★★☆ · 12 minutes · write code
#
# The lesson's `differences` reads a flat page. Yours reads a manifest with dicts in dicts, as deep as you like.
# `differences(old, new)` returns a sorted list of texts: the names of the entries that are not the same.
#
# - An entry inside a dict gets a name with dots: `"settings.steps"`.
# - An entry that stands on one page only is a difference, also if its value there is `None`.
# - Two dicts are compared entry by entry, down to the bottom. All other values are compared with `==`, a list as a
#   whole.
# - Where a dict stands on one page only, or on one page a dict and on the other page another value: give the name of
#   this entry, and no names inside it.
# - Two equal pages give an empty list. Both pages stay as they are. All keys are texts without dots.

# %%
page = {"rows": "8c1f", "settings": {"steps": 30, "rate": 0.001}}
other = {"rows": "8c1f", "settings": {"steps": 31, "rate": 0.001}, "note": None}

# %% [markdown]
# And here is a nested page of the messages. Then one comma is planted into a text of year 2.

# %%
import hashlib

from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
years = load_dataset(*course.dataset("messages"))
columns = {year: part[:] for year, part in years.items()}


def digests(value):
    if isinstance(value, dict):
        return {name: digests(each) for name, each in value.items()}
    return hashlib.sha256(repr(list(value)).encode()).hexdigest()[:12]


clean = {"data": digests(columns), "seed": 42}
columns["year_2"]["text"][0] += ","
planted = {"data": digests(columns), "seed": 42}


# %% answer="differences"
def differences(old, new):
    """Return the names of all entries that differ, sorted."""
    ### BEGIN SOLUTION
    found = []
    for key in old.keys() | new.keys():
        if key not in old or key not in new:
            found.append(key)
        elif isinstance(old[key], dict) and isinstance(new[key], dict):
            inside = differences(old[key], new[key])
            found += [f"{key}.{name}" for name in inside]
        elif old[key] != new[key]:
            found.append(key)
    return sorted(found)
    ### END SOLUTION


print("small pages:", differences(page, other))
print("messages:", differences(clean, planted))

# %% check="differences"
check.differences(differences)
### BEGIN HIDDEN TESTS
check.differences(differences, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Did it find the comma? A page that says only "data changed" sends you to read all three years.

# %% [markdown]
# ## 4 · An alarm that is not its own reference
#
# ★★★ · 15 minutes · write code
#
# A month is a list of confidences, one for each message. Write `ring_months(reference, later, allowed)`. It tells which
# of the later months ring.
#
# - `reference` is a list of two or more quiet months. `later` is a list of months, and may be empty. Months may have
#   different numbers of messages, but at least one.
# - The signal of a later month: the mean of **all messages** of `reference`, minus the mean of this month. High is
#   strange.
# - The signal of a reference month is the same, but held **apart**: its own messages are left out of the first mean.
# - The line is the signal of one of the reference months. Take the lowest one above which lie at most `allowed` signals
#   of reference months. `allowed` is a whole number from 0 on, smaller than the number of reference months.
# - A month rings if its signal lies above the line. A signal *on* the line does not ring.
#
# Return a list of the places in `later` of the months that ring. The first place is 0. Do not round the signals.

# %%
import numpy as np

few = [[0.9, 0.7], [0.8, 0.6], [0.7, 0.9], [0.6, 0.6]]

# %% [markdown]
# Your alarm takes any value that gets low when something breaks. So we give it the number of **words** of each message,
# too. A broken form cuts the texts after five words.


# %%
def words_by_month(part, most=99):
    months = {}
    for text, day in zip(part["text"], part["date"], strict=True):
        months.setdefault(day[:7], []).append(min(most, len(text.split())))
    return [months[month] for month in sorted(months)]


quiet = words_by_month(years["year_1"])
later = {
    "year 2": words_by_month(years["year_2"]),
    "year 3": words_by_month(years["year_3"]),
    "year 3, cut": words_by_month(years["year_3"], 5),
}


# %% answer="ring_months"
def ring_months(reference, later, allowed):
    """Return the places of the later months that ring."""
    ### BEGIN SOLUTION
    signals = []
    for place, month in enumerate(reference):
        others = np.concatenate(reference[:place] + reference[place + 1 :])
        signals.append(np.mean(others) - np.mean(month))
    line = sorted(signals)[-1 - allowed]
    usual = np.mean(np.concatenate(reference))
    return [place for place, month in enumerate(later) if usual - np.mean(month) > line]
    ### END SOLUTION


print("few:", ring_months(few, [[0.8, 0.7], [0.5, 0.3], [0.7, 0.5]], allowed=1))
print({name: ring_months(quiet, months, allowed=1) for name, months in later.items()})

# %% check="ring_months"
check.ring_months(ring_months)
### BEGIN HIDDEN TESTS
check.ring_months(ring_months, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The alarm hears the cut texts. One ring in twelve months of year 2 is what its line allows. In year 3, words have
# changed their meaning, and that changes no length. So a silent alarm is no proof: keep the review date.
#
# ## Done?
#
# You know which line moves which dice, and you can give each draw its own. Your manifest says what has changed, and
# your alarm is not its own reference. {{ Lesson:serve_and_scale }} gives a model to others.
