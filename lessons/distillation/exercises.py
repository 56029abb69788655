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
# # {{ number }} · Exercises: Distillation
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.distillation import checks as check

course = start("distillation_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np
import torch
from torch.nn.functional import cross_entropy

# %% [markdown]
# ## 1 · One step with a pencil
#
# ★★☆ · 10 minutes · predict
#
# Run nothing yet: take a pencil. Write one number for each letter.
#
# A linear head has two lines of weights, one for each label. All weights are zero. It makes one step with the rate 0.2,
# as in the lesson.
#
# - `a`: there is one sample, (2, 4), with the first label. What is the second number of the head's first line, after the
#   step?
# - `b`: the same, but the sample has the soft label (0.75, 0.25)
# - `c`: there are two samples: (2, 4) with the first label, and (4, 8) with the second. What is the first number of the
#   first line, after the step?
# - `d`: four learned samples make one step from a head of zeros, and 451 test posts get an answer. Then the same with twice
#   the rate. How many of the 451 answers change?
#
# All rows give 80% right answers, four learned samples 70%, the lazy answer 40%.
#
# - `e`: the share above lazy that the four samples keep. Write it as a number such as 0.12.
# - `f`: how many times as many mistakes do the four samples make as all rows?
#
# And the price. Learning the samples reads 400 batches of 32 posts. A training on all rows reads 1,500 posts three times.
# A training on the samples reads four rows.
#
# - `g`: from how many trainings on does the way over the samples read less in all?

# %% answer="step_numbers"
step_numbers = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "e": ...,
    "f": ...,
    "g": ...,
}
### BEGIN SOLUTION
step_numbers = {
    "a": 0.4,
    "b": 0.2,
    "c": -0.1,
    "d": 0,
    "e": 0.75,
    "f": 1.5,
    "g": 3,
}
### END SOLUTION

# %% check="step_numbers"
check.step_numbers(step_numbers)

# %% [markdown]
# Now let the step of the lesson make the first three heads.


# %%
def one_step(weights, samples, labels, rate):
    chances = (samples @ weights.T).softmax(1)
    gradient = (chances - labels).T @ samples / len(samples)
    return weights - rate * gradient


one, other = [2.0, 4.0], [4.0, 8.0]
tries = {
    "one sample": ([one], [[1.0, 0.0]]),
    "soft label": ([one], [[0.75, 0.25]]),
    "two samples": ([one, other], [[1.0, 0.0], [0.0, 1.0]]),
}
for name, (samples, labels) in tries.items():
    head = one_step(torch.zeros(2, 2), torch.tensor(samples), torch.tensor(labels), 0.2)
    print(f"{name:<12}", head.tolist())

# %% [markdown]
# ## 2 · Put a model into four samples
#
# ★★☆ · 10 minutes · write code
#
# The lesson says: on a frozen encoder, the four samples are a model in other clothes. So make the clothes. First the posts
# of the lesson. Here each post is a vector of counted words, which is quicker than an encoder. The full training gives
# `full_head`.

# %%
from datasets import disable_progress_bars, load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
train = posts["train"].select(range(1500))
counter = TfidfVectorizer(max_features=400).fit(train["text"][:])


def counted(rows):
    return torch.tensor(counter.transform(rows["text"][:]).toarray()).float()


X, y = counted(train), torch.tensor(train["label"][:])
known = X.norm(dim=1) > 0  # posts with at least one of the words
X, y = X[known], y[known]
X_test, truth = counted(posts["test"]), torch.tensor(posts["test"]["label"])
model = LogisticRegression(C=2, max_iter=500).fit(X.numpy(), y.numpy())
full_head = torch.tensor(model.coef_).float()
print(tuple(X.shape), tuple(full_head.shape))

# %% [markdown]
# Write `samples_for(head, rate)`. `head` is a tensor with one line for each label; there may be other numbers of labels
# than four. `rate` is a number above 0. Return a tensor of the same shape: one sample for each label, in their order.
#
# - The samples have hard labels: the first sample has the first label, and so on.
# - One step on them, from a head of zeros and with this `rate`, gives `head` minus the mean of its lines. (The mean is the
#   same for all labels, and softmax does not see it.)
# - Many tables can do this. Return the one where the mean of the samples is zero in each column.
#
# Below your function, `dressed` puts `full_head` into four samples. Then a partner takes one step on them: from zeros,
# from new random heads, and with another rate.


# %%
def answers_of(head):
    return (X_test @ head.T).argmax(1)


def new_head(seed):
    chance = torch.Generator().manual_seed(seed)
    return (torch.rand(full_head.shape, generator=chance) * 2 - 1) / 20


def dressed(samples_for):
    """Tell how often one step on the samples answers as the full training does."""
    samples = samples_for(full_head, 20.0)
    if samples is None:
        return print("no samples yet")
    samples = torch.as_tensor(samples).detach().float()
    begins = {"zeros": torch.zeros_like(full_head), "a new head": new_head(1)}
    for name, begin in begins.items():
        for rate in (20.0, 40.0, 2.0):
            made = one_step(begin, samples, torch.eye(len(samples)), rate)
            same = answers_of(made) == answers_of(full_head - full_head.mean(0))
            print(f"from {name:<10} rate {rate:>2.0f}: {same.float().mean():.0%}")


# %% answer="samples_for"
def samples_for(head, rate):
    """Return samples that write `head` minus its mean line in one step from zeros."""
    ### BEGIN SOLUTION
    return (head - head.mean(0)) * len(head) / rate
    ### END SOLUTION


print(samples_for(torch.tensor([[3.0, 1.0], [1.0, 5.0]]), 2.0))
dressed(samples_for)

# %% check="samples_for"
check.samples_for(samples_for)
### BEGIN HIDDEN TESTS
check.samples_for(samples_for, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# From zeros, the answers are those of the full training, with any rate. Nothing was learned for this. From a new head, the
# rate matters: a small step cannot drown what was there before.
#
# ## 3 · The push disagrees
#
# ★★☆ · 10 minutes · bug hunt
#
# A colleague wants samples for heads that do **not** begin at zero. `sample_slope` makes one step on the samples, from
# the head `weights`. It takes the loss on real points after the step. It returns the gradient of this loss for the
# samples: a table of their shape. `push_test` compares one number with a push of 0.001, as in the lesson. From zeros,
# the two agree. From another head, they do not. `walk` lets the samples walk downhill from there. Its loss falls, so
# nobody saw the bug.
#
# Mend `sample_slope`. `labels` has one line of chances for each sample (soft labels, too). `answers` has the number of the
# right label for each of the `points`. The step and the loss are those of the lesson. There may be any number of samples,
# columns, labels and points. The arguments stay as they are.

# %%
side = torch.arange(40) % 2
chance = torch.Generator().manual_seed(course.seed)
clouds = torch.tensor([[-1.0, 1.0], [1.0, -0.5]])[side]
points = torch.randn(40, 2, generator=chance) * 0.6 + clouds
bad_head = torch.tensor([[-2.0, -2.0], [2.0, 2.0]])
first = torch.tensor([[1.0, 1.0], [-1.0, 1.0]])


def loss_after(samples, weights):
    head = one_step(weights, samples, torch.eye(2), 1.0)
    return cross_entropy(points @ head.T, side).item()


def push_test(sample_slope):
    """Compare the last number of the gradient with a push, from zeros and from another head."""
    push = torch.zeros(2, 2)
    push[1, 1] = 0.001
    for name, weights in {"zeros": torch.zeros(2, 2), "another head": bad_head}.items():
        slope = sample_slope(first, torch.eye(2), weights, 1.0, points, side)
        change = loss_after(first + push, weights) - loss_after(first, weights)
        says = float(slope[1][1])
        print(
            f"{name:<12} gradient says {says:.2f}, the push says {change / 0.001:.2f}"
        )


# %%
def walk(sample_slope):
    """Let the samples walk downhill 20 times, from the other head."""
    samples, losses = first, []
    for _ in range(21):
        losses.append(loss_after(samples, bad_head))
        slope = sample_slope(samples, torch.eye(2), bad_head, 1.0, points, side)
        samples = samples - torch.as_tensor(slope).detach().float() / 2
    print("loss after the step:", *(f"{loss:.2f}" for loss in losses[::5]))


# %% answer="sample_slope"
def sample_slope(samples, labels, weights, rate, points, answers):
    """Return the gradient, for the samples, of the loss on the points after one step."""
    moving = samples.clone().requires_grad_()
    with torch.no_grad():  # what the head says before the step
        chances = (moving @ weights.T).softmax(1)
    gradient = (chances - labels).T @ moving / len(moving)
    after = weights - rate * gradient
    loss = cross_entropy(points @ after.T, answers)
    [slope] = torch.autograd.grad(loss, moving)
    return slope


### BEGIN SOLUTION
def sample_slope(samples, labels, weights, rate, points, answers):
    """Return the gradient, for the samples, of the loss on the points after one step."""
    moving = samples.clone().requires_grad_()
    chances = (moving @ weights.T).softmax(1)
    gradient = (chances - labels).T @ moving / len(moving)
    after = weights - rate * gradient
    loss = cross_entropy(points @ after.T, answers)
    [slope] = torch.autograd.grad(loss, moving)
    return slope


### END SOLUTION


push_test(sample_slope)
walk(sample_slope)

# %% check="sample_slope"
check.sample_slope(sample_slope)
### BEGIN HIDDEN TESTS
check.sample_slope(sample_slope, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The broken gradient raised no error. From zeros it was even right, and from the other head its loss fell, too. So a loss
# that falls proves no gradient. Only the push could tell. Push where your training will be, not only at an easy place.
#
# ## 4 · Whose post is it?
#
# ★★☆ · 10 minutes · write code
#
# Ines learned four samples. Before she passes them on, she asks: which of her posts does each of them look like?
#
# Write `closest_rows(samples, vectors)`. Both are tensors with the same number of columns. `samples` has one line for each
# sample, `vectors` one line for each post. None of the lines is all zeros.
#
# Return a list with one pair for each sample, in their order: the number of the line of `vectors` with the highest cosine,
# and this cosine, not rounded. Lines are counted from 0. If two lines are equally close, take the first.
#
# Below your function, `who_is_it` learns four samples that begin as four posts, and others that begin as noise. It tells
# how much they look like the closest post, and how well one step on them does.


# %%
def learn(begin, rounds):
    """Return samples after some rounds: a new head, one step, the loss on 256 posts."""
    samples = begin.clone().requires_grad_()
    optimizer = torch.optim.Adam([samples], lr=0.005)
    chance = torch.Generator().manual_seed(course.seed)
    for seed in range(rounds):
        head = one_step(new_head(seed), samples, torch.eye(4), 20.0)
        batch = torch.randint(len(X), (256,), generator=chance)
        cross_entropy(X[batch] @ head.T, y[batch]).backward()
        optimizer.step()
        optimizer.zero_grad()
    return samples.detach()


def right_after(samples):
    """Return 1 for each test post that one step from zeros answers rightly, else 0."""
    head = one_step(torch.zeros(4, X.shape[1]), samples, torch.eye(4), 20.0)
    return (answers_of(head) == truth).numpy() * 1.0


# %%
own = [torch.nonzero(y == label)[3].item() for label in range(4)]
noise = torch.randn(4, X.shape[1], generator=torch.Generator().manual_seed(5)) / 20


def who_is_it(closest_rows):
    """Tell which posts the samples look like, after 0, 20, 60 and 150 rounds."""
    for name, begin in {"posts": X[own], "noise": noise}.items():
        for rounds in (0, 20, 60, 150):
            samples = learn(begin, rounds)
            pairs = closest_rows(samples, X)
            if pairs is None:
                return print("no pairs yet")
            pairs = list(pairs)
            found = sum(row == mine for (row, _), mine in zip(pairs, own, strict=True))
            cosine = np.mean([float(each) for _, each in pairs])
            print(f"from {name}, {rounds:>3} rounds: cosine {cosine:.2f},", end=" ")
            print(f"own posts {found} of 4, right {right_after(samples).mean():.0%}")


# %% answer="closest_rows"
def closest_rows(samples, vectors):
    """Return for each sample the number of the closest line, and the cosine."""
    ### BEGIN SOLUTION
    one = samples / samples.norm(dim=1, keepdim=True)
    many = vectors / vectors.norm(dim=1, keepdim=True)
    cosines, rows = (one @ many.T).max(dim=1)
    return list(zip(rows.tolist(), cosines.tolist(), strict=True))
    ### END SOLUTION


print(closest_rows(torch.tensor([[2.0, 0.0]]), torch.tensor([[3.0, 4.0], [-1.0, 0.0]])))
who_is_it(closest_rows)

# %% check="closest_rows"
check.closest_rows(closest_rows)
### BEGIN HIDDEN TESTS
check.closest_rows(closest_rows, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# After 60 rounds from posts, the samples work, and still point at the four posts. After 150 rounds they work no worse, and
# fewer still point there. Samples that began as noise work as well, and do not point there. That is better for Ines. But
# it is no proof: a low cosine does not say that nothing can be found.
#
# ## 5 · Is it 85%?
#
# ★★★ · 15 minutes · write code
#
# A share above lazy has an uncertain number above the line, and an uncertain one below. Write `kept_share(distilled, full,
# lazy, draws)`. The first three are NumPy arrays with one number for each test post, 1.0 for a right answer, else 0.0:
# after the distilled samples, after all rows, and of the lazy answer. All three are about the same posts. `draws` is a
# table (a NumPy array): each line holds the numbers of the posts in one draw. A post may come several times.
#
# For some draws, all rows are not better than lazy. There the share has no meaning: leave these draws out.
#
# Return a dictionary with four numbers, not rounded:
#
# - `"share"`: the share above lazy, on all posts (not on the draws)
# - `"low"` and `"high"`: the share of each draw that is not left out, and of these the percentiles 2.5 and 97.5 (as
#   `np.percentile` gives them)
# - `"left_out"`: how many draws are left out
#
# You can rely on this: on all posts, all rows are better than lazy, and at least one draw is not left out.
#
# Below your function, `how_sure` asks about the samples of card 4, after 60 rounds from posts. It takes the first 15 test
# posts, the first 100, and all.

# %%
learned = right_after(learn(X[own], 60))
full = (answers_of(full_head) == truth).numpy() * 1.0
lazy = (truth == y.mode().values).numpy() * 1.0


def how_sure(kept_share):
    """Tell the ratio, the share above lazy and its interval, with few and many posts."""
    rng = np.random.default_rng(course.seed)
    for n in (15, 100, len(truth)):
        some = learned[:n], full[:n], lazy[:n]
        found = kept_share(*some, rng.integers(n, size=(1000, n)))
        if found is None:
            return print("no shares yet")
        ratio = some[0].mean() / some[1].mean()
        print(
            f"{n:>3} posts: ratio {ratio:.0%}, above lazy {found['share']:.0%}", end=" "
        )
        print(f"({found['low']:.0%} to {found['high']:.0%})", end=", ")
        print(found["left_out"], "draws left out")


# %% answer="kept_share"
def kept_share(distilled, full, lazy, draws):
    """Return the share above lazy, its interval, and how many draws say nothing."""
    ### BEGIN SOLUTION
    above, most = distilled - lazy, full - lazy
    tops, bottoms = above[draws].mean(axis=1), most[draws].mean(axis=1)
    use = bottoms > 0
    low, high = np.percentile(tops[use] / bottoms[use], [2.5, 97.5])
    return {
        "share": above.mean() / most.mean(),
        "low": low,
        "high": high,
        "left_out": len(draws) - use.sum(),
    }
    ### END SOLUTION


print(
    kept_share(
        np.array([1.0, 0.0, 1.0, 0.0]),
        np.array([1.0, 1.0, 1.0, 0.0]),
        np.array([0.0, 0.0, 0.0, 1.0]),
        np.array([[0, 1, 2, 3], [2, 2, 0, 1], [3, 3, 0, 0]]),
    )
)
how_sure(kept_share)

# %% check="kept_share"
check.kept_share(kept_share)
### BEGIN HIDDEN TESTS
check.kept_share(kept_share, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at the widths. A share with no interval is half a result, and with few posts it is hardly one.
#
# ## Done?
#
# You can take a step by hand, hide a model in four samples, and test a gradient with a push. You ask whose post a sample
# looks like, and what a share is worth. {{ Lesson:privacy }} asks what a model gives away about its rows.
