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
# # {{ number }} · Exercises: Privacy
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.privacy import checks as check

course = start("privacy_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np

# %% [markdown]
# ## 1 · The attacker's arithmetic
#
# ★★☆ · 10 minutes · predict
#
# Run nothing yet: take a pencil. Write one number for each letter.
#
# A planted row has the loss 0.3. Seven candidates have the losses 0.1, 0.2, 0.3, 0.6, 0.8, 0.9 and 1.2.
#
# - `a`: the exposure of the planted row, in bits. As in the lesson, a candidate with the same loss stands before it.
# - `b`: a model has never seen any of 320 rows. Each is compared with 31 candidates, and no losses are equal. How many of
#   the 320 rows do you expect to have 3 bits or more, by luck alone?
#
# Four rows were in training, with the losses 0.1, 0.1, 0.2 and 1.6. Four rows were not: 0.3, 0.6, 1.1 and 1.2.
#
# - `c`: the AUC of the attack by loss
# - `d`: the advantage. The line is the mean loss of the training rows.
#
# Three more:
#
# - `e`: an attacker gets labels only, and says *seen* where the label is right. 19 of 20 rows inside are right, and 12 of
#   20 rows outside. The advantage?
# - `f`: a training keeps a promise with e^epsilon = 4 (and delta = 0). Before, the odds that a row was inside were 1 to
#   1. How sure can an attacker become at most? Give a share between 0 and 1.
# - `g`: three gradients point in the same direction. Their lengths are 0.5, 2 and 8. Each is clipped to 2. The length of
#   their sum?

# %% answer="leak_numbers"
leak_numbers = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "e": ...,
    "f": ...,
    "g": ...,
}
### BEGIN SOLUTION
leak_numbers = {
    "a": 1,
    "b": 40,
    "c": 0.75,
    "d": 0.5,
    "e": 0.35,
    "f": 0.8,
    "g": 4.5,
}
### END SOLUTION

# %% check="leak_numbers"
check.leak_numbers(leak_numbers)

# %% [markdown]
# Luck has a law of its own. Here 100,000 rows get a rank by chance, among 31 candidates:

# %%
ranks = np.random.default_rng(course.seed).integers(1, 33, 100_000)
luck = np.log2(32) - np.log2(ranks)
for bits in range(1, 6):
    print(f"{bits} bits or more: {(luck >= bits).mean():.1%} of the rows")

# %% [markdown]
# Each bit more is half as likely. So one row with 3 bits proves little. Ten such rows together prove a lot.
#
# ## 2 · Rows that stand out
#
# ★★☆ · 10 minutes · write code
#
# Write `exposures(own, table)`. `own` is a list with the loss of each planted row. `table` is a list, too: for each
# planted row, in the same order, it has a list with the losses of its candidates. These lists may have different lengths.
# Each has one candidate or more. All are plain Python lists: `np.array(...)` makes an array of one.
#
# Return a list with the exposure of each planted row, in bits, in the order of `own`. Do not round. A candidate with the
# same loss stands before the planted row. No planted rows: an empty list.
#
# Below your function, `few_and_many` tries it on rows with 127 candidates each: twins, which no model has learned, and
# planted rows that were learned a little (their losses are a quarter of usual ones). First 10 of each, then 300.

# %%
from course_utils.statistics import interval


def few_and_many(exposures):
    """Tell the mean exposure of twins, and of rows that were learned a little."""
    rng = np.random.default_rng(course.seed)
    for rows in (10, 300):
        table = rng.exponential(size=(rows, 127)).tolist()
        twins, planted = rng.exponential(size=(2, rows))
        for name, losses in {"twins": twins, "planted": planted / 4}.items():
            bits = exposures(losses.tolist(), table)
            if bits is None:
                return print("no exposures yet")
            mean, low, high = interval(np.array(list(bits)))
            print(f"{rows:>3} {name:<7} {mean:.1f} bits ({low:.1f} to {high:.1f})")


# %% answer="exposures"
def exposures(own, table):
    """Return the exposure of each planted row, in bits."""
    ### BEGIN SOLUTION
    found = []
    for loss, others in zip(own, table, strict=True):
        rank = 1 + sum(other <= loss for other in others)
        found.append(np.log2(len(others) + 1) - np.log2(rank))
    return found
    ### END SOLUTION


print(exposures([0.5, 0.25], [[0.1, 0.7, 0.9], [0.3, 0.4, 0.8, 1.0, 1.1, 1.5, 2.0]]))
few_and_many(exposures)

# %% check="exposures"
check.exposures(exposures)
### BEGIN HIDDEN TESTS
check.exposures(exposures, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Compare the intervals. Ten rows cannot show so small a leak: luck moves their mean by half a bit and more. The 300 rows
# show it. So no mean without its interval, and a control beside it.
#
# ## 3 · One row pulls too hard
#
# ★★☆ · 10 minutes · bug hunt
#
# A colleague wrote one step of DP-SGD. `gradients` is an array with one line for each row that was drawn. `draw` holds
# one random number for each column (from a normal distribution, with standard deviation 1). The accountant says
# epsilon 4. But the promise is broken. `one_row_out` shows it below the function. It takes one loud row out, without
# noise. That must not move the sum by more than `clip`. Then it adds noise, and guesses from the sum whether the row was
# there.
#
# Mend `private_sum`. It returns an array with one number for each column: the sum over all rows, each clipped to the
# length `clip`, plus `noise` times `clip` times `draw`. A row that is not too long stays as it is, also a row of zeros. A
# draw may be empty (no rows): then the noise alone is returned. The arguments stay as they are.

# %%
rng = np.random.default_rng(course.seed)
loud = np.array([[40.0, 0.0, 0.0, 0.0]])
others = rng.normal(0.1, 0.1, (30, 4))
draws = rng.normal(size=(500, 4))


def one_row_out(step):
    """Tell how far one row moves the sum, and how well one can guess that it is there."""
    both = [np.vstack([others, loud]), others]
    with_it, without = (step(rows, 1.0, 0.0, draws[0]) for rows in both)
    moved = np.linalg.norm(np.array(with_it) - np.array(without))
    print(f"one row moves the sum by {moved:.2f}, allowed: 1.00")
    for noise in (0.5, 1.0, 4.0):
        first = np.array(
            [[step(rows, 1.0, noise, d)[0] for d in draws] for rows in both]
        )
        there, not_there = (first > first.mean()).mean(1)
        print(f"noise {noise}: advantage of a guess {there - not_there:.2f}")


# %% answer="private_sum"
def private_sum(gradients, clip, noise, draw):
    """Return the sum of the clipped gradients, with noise."""
    mean = gradients.mean(0)
    length = np.linalg.norm(mean)
    mean = mean * min(1, clip / length)
    return len(gradients) * mean + noise * clip * draw


### BEGIN SOLUTION
def private_sum(gradients, clip, noise, draw):
    """Return the sum of the clipped gradients, with noise."""
    lengths = np.linalg.norm(gradients, axis=1)
    factors = [min(1, clip / length) if length else 1 for length in lengths]
    clipped = gradients * np.array(factors)[:, None]
    return clipped.sum(0) + noise * clip * draw


### END SOLUTION


one_row_out(private_sum)

# %% check="private_sum"
check.private_sum(private_sum)
### BEGIN HIDDEN TESTS
check.private_sum(private_sum, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The broken function let the guess win each time: its advantage was 1.00 with every noise. Now the clip bounds what one row can do, and the noise hides it.
# Neither works without the other.
#
# ## 4 · How good is the attack?
#
# ★★★ · 15 minutes · write code
#
# Write `attack_scores(seen, unseen)`. Both are NumPy arrays of losses, with one number or more: of rows inside, and of
# rows outside. They may have different lengths. Return a dictionary with three numbers, not rounded:
#
# - `"auc"`: the chance that a row inside has a lower loss than a row outside. Go through all pairs. A pair with equal
#   losses counts one half.
# - `"advantage"`: the share of rows inside at the line or below it, minus the same share of rows outside. The line is the
#   mean loss of the rows inside.
# - `"best"`: the highest advantage that any line can give.
#
# Below your function, `no_leak` attacks a model that leaks **nothing**: both groups of losses come from the same
# distribution. It attacks 100 times, and shows the means. What is strange in the last column?


# %%
def no_leak(attack_scores):
    """Tell the mean scores of attacks where there is nothing to find."""
    rng = np.random.default_rng(course.seed)
    for rows in (10, 40, 160):
        pairs = rng.exponential(size=(100, 2, rows))
        tries = [attack_scores(seen, unseen) for seen, unseen in pairs]
        if tries[0] is None:
            return print("no scores yet")
        means = {name: np.mean([each[name] for each in tries]) for name in tries[0]}
        print(
            f"{rows:>3} rows", *(f"{name} {mean:.2f}" for name, mean in means.items())
        )


# %% answer="attack_scores"
def attack_scores(seen, unseen):
    """Return the AUC, the advantage, and the advantage with the best line."""

    ### BEGIN SOLUTION
    def advantage(line):
        return (seen <= line).mean() - (unseen <= line).mean()

    lower = (seen[:, None] < unseen).mean()
    equal = (seen[:, None] == unseen).mean()
    return {
        "auc": lower + equal / 2,
        "advantage": advantage(seen.mean()),
        "best": max(advantage(line) for line in seen),
    }
    ### END SOLUTION


print(attack_scores(np.array([0.1, 0.9]), np.array([0.5])))
no_leak(attack_scores)

# %% check="attack_scores"
check.attack_scores(attack_scores)
### BEGIN HIDDEN TESTS
check.attack_scores(attack_scores, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The best line was chosen on the rows that it is judged on. So it finds a leak where there is none. Choose a line on
# other rows, or before you look.
#
# ## Done?
#
# You can measure how well a row is remembered, and how good an attack is. You know what luck alone looks like, and where
# the clip belongs. {{ Lesson:reproducibility }} asks whether a result comes again.
