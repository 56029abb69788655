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
# # {{ number }} · Exercises: How do I put it to work?
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.serve_and_scale import checks as check

course = start("serve_and_scale_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))["test"][:200]
print(len(posts["text"]), "posts")

# %% [markdown]
# ## 1 · Whose answer is it?
#
# ★★☆ · 8 minutes · bug hunt
#
# Sorted by length, a batch wastes little on padding. So a colleague sorts the texts before he cuts them into batches.
# His test with two texts passed. With five texts, people get the answers of others. There is no error.
#
# Mend `answer_by_length(answer, texts, size)`. It gets a function, a list of at least one text, and the most texts of a
# batch. `answer` takes a list of texts, and returns an array with one row for each. Return one row for each text, in the
# order of `texts`. The batches stay as they are: the list sorted by length, each entry asked once, `size` texts in each
# batch; only the last batch may be smaller.
#
# Below your function, `padding` asks for the 200 posts of the lesson. The answer to a post is its length here. It counts
# how many letters the batches send, padding included.


# %%
def size_and_first(texts):
    return np.array([[len(text), ord(text[0])] for text in texts])


def padding(answer_by_length):
    """Tell whether the posts get their answers, and how much of the batches is padding."""
    sent = []

    def spy(texts):
        sent.append(len(texts) * max(map(len, texts)))
        return np.array([[len(text)] for text in texts])

    texts, real = posts["text"], sum(map(len, posts["text"]))
    own = [[len(text)] for text in texts]
    print("all their own:", np.array_equal(answer_by_length(spy, texts, 16), own))
    by_length, sent[:] = sum(sent), []
    for first in range(0, len(own), 16):
        spy(texts[first : first + 16])
    print(
        f"padding: {1 - real / by_length:.0%}, as they come {1 - real / sum(sent):.0%}"
    )


small = ["Not now", "Hm", "What a day!", "Late", "Thank you"]


# %% answer="answer_by_length"
def answer_by_length(answer, texts, size):
    """Return the answers to all texts. The batches are sorted by length."""
    order = np.argsort([len(text) for text in texts])
    cut = [order[first : first + size] for first in range(0, len(order), size)]
    found = np.concatenate([answer([texts[row] for row in part]) for part in cut])
    return found[order]


### BEGIN SOLUTION
def answer_by_length(answer, texts, size):
    """Return the answers to all texts. The batches are sorted by length."""
    order = np.argsort([len(text) for text in texts])
    cut = [order[first : first + size] for first in range(0, len(order), size)]
    found = np.concatenate([answer([texts[row] for row in part]) for part in cut])
    return found[order.argsort()]


### END SOLUTION


for at, row in enumerate(answer_by_length(size_and_first, small, 2)):
    print(f"{small[at]}: {len(small[at])} letters, says the answer: {row[0]}")
padding(answer_by_length)

# %% check="answer_by_length"
check.answer_by_length(answer_by_length)
### BEGIN HIDDEN TESTS
check.answer_by_length(answer_by_length, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Sorting saves most of the padding, and costs one line: the way back.
#
# ## 2 · Who waits for whom?
#
# ★★☆ · 10 minutes · predict
#
# A service answers one by one: `most=1`, without any limit. A pass takes 40 ms. Five requests are planned, and sent, at
# 0, 10, 20, 30 and 200 ms. Run nothing yet. Write a number for each letter. A time is in ms, from the planned moment to
# the answer. p50 and p99 are those of the lesson: one of the times, put in order. Its place is rounded up.
#
# - `a`: the time of the fourth request (planned at 30)
# - `b`: the time of the fifth request (planned at 200)
# - `c`: p50 of the five times
# - `d`: p99 of the five times
# - `e`: another program sends the next request only after the answer to the last one, and not before its planned
#   moment. It counts from the **sending**. Which p99 does it report?
# - `f`: now up to 8 requests share a pass, and `wait` is 0. A pass takes 60 ms, for any number of texts. What is the time
#   of the fourth request?
# - `g`: one by one again, 40 ms, and now with a limit: if 1 request waits in the queue already, the next one gets 503. How
#   many of the five get 503? (A request leaves the queue when its pass begins.)

# %% answer="in_the_queue"
in_the_queue = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ..., "g": ...}
### BEGIN SOLUTION
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 90, "g": 2}
### END SOLUTION

# %% check="in_the_queue"
check.in_the_queue(in_the_queue)

# %% [markdown]
# Now play this service, without any server. A pass of 0.04 s can answer 25 requests a second. How near may the load come?


# %%
def play(due, work, limit=np.inf):
    """Return when each answer comes, and its code. One by one."""
    begins, done, codes, free = [], [], [], 0
    for moment in due:
        full = sum(begin > moment for begin in begins) >= limit
        if not full:
            begins.append(max(free, moment))
            free = begins[-1] + work
        done.append(moment if full else free)
        codes.append(503 if full else 200)
    return np.array(done), np.array(codes)


for per_second in (5, 15, 20, 24, 30, 50):
    due = np.random.default_rng(42).exponential(1 / per_second, 600).cumsum()
    taken = np.sort(play(due, 0.04)[0] - due)
    print(f"{per_second:>2} a second: p50 {taken[299]:6.2f} s, p99 {taken[593]:6.2f} s")

# %% [markdown]
# At 15 a second the queue is mostly empty. At 24, just below the 25, even p50 is many passes long. Above 25 the times grow
# for as long as the load lasts. So stay well below what the service can answer.
#
# ## 3 · Answered within how many seconds?
#
# ★★☆ · 8 minutes · write code
#
# A service with a limit turns many away, at once. Then p99 of *all times* looks very good: a 503 is fast. So we ask
# in another way: within how many seconds had `q` of 100 requests **their answer**?
#
# Write `answered_within(due, sent, done, codes, q)`. The first four are NumPy arrays with one number for each request:
# when it was planned, when it was sent, when its reply came (all in seconds), and the code of the reply. `q` is a whole
# number from 1 to 100.
#
# - Count from the **planned** moment, as the lesson does.
# - Only code 200 is an answer. A request with any other code never had one: its time is infinite, `np.inf`.
# - Return one of the times, as the lesson does: of 200 in order, p99 is number 198. A place with a fraction is rounded
#   up: of 5 times, p50 is number 3.
#
# So the result is a number of seconds, or `np.inf` where fewer than `q` of 100 had an answer. There is at least one request.
#
# Below your function, `in_a_flood` sends 50 requests a second to the service of exercise 2, which can answer 25.

# %%
planned = np.array([0.0, 0.1, 0.2, 0.3])
replied = np.array([0.5, 0.15, 0.9, 0.8])
replies = np.array([200, 503, 200, 200])


def in_a_flood(answered_within):
    """Tell when people have their answers, without a limit and with one of 4."""
    due = np.random.default_rng(42).exponential(1 / 50, 600).cumsum()
    for limit in (np.inf, 4):
        done, codes = play(due, 0.04, limit)
        print(f"limit {limit}: {np.mean(codes == 503):.0%} turned away", end="")
        for q in (10, 40, 50, 99):
            print(f", p{q}", answered_within(due, due, done, codes, q), end="")
        print()


# %% answer="answered_within"
def answered_within(due, sent, done, codes, q):
    """Return within how many seconds `q` of 100 requests had their answer."""
    ### BEGIN SOLUTION
    taken = np.where(codes == 200, done - due, np.inf)
    rank = int(np.ceil(q * len(taken) / 100))
    return sorted(taken)[rank - 1]
    ### END SOLUTION


print(answered_within(planned, planned, replied, replies, 50))
in_a_flood(answered_within)

# %% check="answered_within"
check.answered_within(answered_within)
### BEGIN HIDDEN TESTS
check.answered_within(answered_within, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# With the limit, those who are answered are answered soon, and about half never are. So a p99 of the answered ones needs
# the share of 503 beside it.
#
# ## 4 · Who shares a pass?
#
# ★★★ · 15 minutes · write code
#
# Rebuild the batching loop as a game on paper: no server, only moments. Write `batches(arrivals, work, wait, most)`. All
# times are whole milliseconds. `arrivals` is a list: when each request comes, in order; several may come at the same moment.
#
# 1. The service is free at 0. As soon as it is free and a request is there, it takes the first one. This **opens** a
#    batch.
# 2. Others join in their order, while the batch has fewer than `most`: those in the queue at once, and those who come
#    until `wait` ms after the opening. Who comes exactly at the end still joins.
# 3. The pass begins when the batch is full, or else at the end of the wait. It takes `work` ms, for any number of texts.
#    Then the service is free again. (`work` and `most` are at least 1, `wait` may be 0.)
#
# Return a list with one list for each batch: the numbers of its requests. The first request has the number 0. Without
# requests, return an empty list.
#
# Below your function, `texts_in_a_pass` asks it about three loads.


# %%
def texts_in_a_pass(batches):
    """Tell how many texts share a pass, on average, at three loads and with three waits."""
    for per_second in (10, 50, 200):
        due = np.random.default_rng(42).exponential(1000 / per_second, 400).cumsum()
        due = due.round().astype(int).tolist()
        made = {wait: batches(due, 30, wait, 8) for wait in (0, 5, 50)}
        shared = {wait: f"{400 / len(each):.1f}" for wait, each in made.items() if each}
        print(f"{per_second:>3} a second, texts in a pass for each wait: {shared}")


# %% answer="batches"
def batches(arrivals, work, wait, most):
    """Return which requests share a pass: a list of lists of their numbers."""
    ### BEGIN SOLUTION
    made, free, first = [], 0, 0
    while first < len(arrivals):
        opened = max(free, arrivals[first])
        end = opened + wait
        rest = range(first, len(arrivals))
        group = [number for number in rest if arrivals[number] <= end][:most]
        full = len(group) == most
        free = work + (max(opened, arrivals[group[-1]]) if full else end)
        made.append(group)
        first += len(group)
    return made
    ### END SOLUTION


print(batches([0, 3, 9, 12, 30], work=20, wait=5, most=8))
texts_in_a_pass(batches)

# %% check="batches"
check.batches(batches)
### BEGIN HIDDEN TESTS
check.batches(batches, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# How many texts share a pass? That depends on the load. Where few come, `wait` decides. In a flood it hardly matters: the
# queue fills the batches.
#
# ## 5 · One gradient from many processes
#
# ★★☆ · 8 minutes · write code
#
# In the lesson the processes took equal parts of each batch. So the mean of their gradients was the gradient of the whole
# batch. What if the parts are **not** equal?
#
# Write `step_gradient(means, rows)`. `means` is a NumPy array with one line for each process: the mean gradient of the
# rows that it took. `rows` is a NumPy array: how many rows each process took. Return one gradient, a 1-dimensional array: the
# mean over **all rows**, as one process alone would have it.
#
# A process that took 0 rows has a line of `nan`, for it has no mean: it counts for nothing. At least one process has rows.
#
# Below your function, `three_processes` tries it on the posts. A small model counts words, and asks whether the label is
# 1. Three processes take 16, 16 and 4 posts. How far is each mean from the gradient of one process with all 36?


# %%
from sklearn.feature_extraction.text import CountVectorizer


def three_processes(step_gradient):
    """Tell how far two ways are from the gradient of all rows."""
    counts = CountVectorizer(max_features=200).fit_transform(posts["text"][:36])
    truth = np.array(posts["label"][:36]) == 1
    each_row = (0.5 - truth)[:, None] * counts.toarray()  # the first step's gradient
    parts, whole = np.split(each_row, [16, 32]), each_row.mean(0)
    means = np.array([part.mean(0) for part in parts])
    rows = np.array([len(part) for part in parts])
    ways = {"by rows": step_gradient(means, rows), "plain mean": means.mean(0)}
    for name, found in ways.items():
        if found is not None:
            away = np.linalg.norm(found - whole) / np.linalg.norm(whole)
            print(f"{name}: {away:.0%} away")


# %% answer="step_gradient"
def step_gradient(means, rows):
    """Return the mean gradient over the rows of all processes."""
    ### BEGIN SOLUTION
    took = rows > 0
    return rows[took] @ means[took] / rows.sum()
    ### END SOLUTION


print(step_gradient(np.array([[1.0, 0.0], [4.0, 6.0]]), np.array([2, 1])))
three_processes(step_gradient)

# %% check="step_gradient"
check.step_gradient(step_gradient)
### BEGIN HIDDEN TESTS
check.step_gradient(step_gradient, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The plain mean counts 4 posts as much as 16. With equal parts nobody sees the difference.
#
# ## Done?
#
# You brought each answer back to its text, and counted time from the plan. You know who shares a pass, and why processes
# need equal parts, or weights. Now take a question of your own, with texts of your own.
