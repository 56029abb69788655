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
# # {{ number }} · Labels: is it the model, or are the labels bad?
#
# {{ badges }}
#
# **You will be able to**
#
# - **measure** how far two sets of labels agree, and the ceiling that follows from it;
# - **spoil** labels on purpose, and tell three kinds of noise by what they cost;
# - **detect** wrong labels with ten lines of code, and say when these lines fail;
# - **mend** labels, and say what a list adds to reading blindly;
# - **treat** a rare class inside a fine-tuning, without the trap of copied rows.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("labels", PROFILE)

# %% [markdown]
# ## Shall we look for a better learning rate?
#
# Your model reads short posts and says what the writer feels. It is wrong far too often. Your boss says: "Somewhere
# there is a better learning rate. Find it." You have one week.
#
# > **Assumption:** *A better learning rate will mend it.*
# >
# > **Sceptic:** *If the data is bad, no amount of fine-tuning will fix it.* (So says a lecture. Note its *if*.)
#
# Who is right? First look at the way that a label goes.

# %% [markdown] tags=["slide"]
# - A low score: weak model, or bad labels?
# - The score alone cannot tell
# - Our way: make healthy data ill, on purpose
#
# **Then we know which labels are wrong.**

# %% [markdown] tags=["notes"]
# Say that the boss wants a better learning rate, and let the room vote: good plan or not? Nearly everybody has searched
# for a rate before. Then show the figure, and ask which box the learning rate belongs to, and which box comes before
# it.

# %% tags=["nbval-check-output"]
import numpy as np
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
emotion = load_dataset(*course.dataset("emotion"))
names = emotion["train"].features["label"].names
train = emotion["train"].select(range(course.pick(laptop=800, full=2000, smoke=80)))
test = emotion["test"].select(range(course.pick(laptop=400, full=1400, smoke=40)))
clean, truth = np.array(train["label"]), np.array(test["label"])
print(names)

# %%
from lessons.labels import figures

figures.machine(len(train), len(names), len(test))

# %% [markdown]
# The learning rate belongs to the third box. The second box comes before it. The score does not tell us which one is
# ill: a weak model and bad labels both give a low one. So we make healthy data ill, on purpose. Then we know which
# labels are spoilt, and can give marks to each cure. (Numbers in the text are those of the profile `laptop`.)
#
# ## Do two readers mean the same thing?
#
# Readers get a **guide**: a page that says what counts as a complaint. Here are two sensible ones:
#
# - guide one: the *writer* shows displeasure, at anything, the weather too;
# - guide two: *something is wrong* that somebody else could put right, however friendly the words.
#
# The same posts were labelled under both.

# %% [markdown] tags=["slide"]
# - Two sensible guides, the same posts
# - Nearly the same totals, yet every fifth post differs
# - **Kappa**: agreement without the part that luck gives
#
# **Perfect for one guide: four of five for the other.**

# %% [markdown] tags=["notes"]
# Read two of the four posts aloud, and let the room vote: a complaint or not? They will part, as the guides do, and
# nobody is wrong. Ask what a model can reach that learns guide one perfectly, when guide two judges. Most say 100%.

# %% tags=["nbval-check-output"]
posts = load_dataset(*course.dataset("two_guides"))["train"]
posts = posts.select(range(course.pick(laptop=220, full=220, smoke=60)))
one, two = np.array(posts["guide_one"]), np.array(posts["guide_two"])
for name, guide in {"one": one, "two": two}.items():
    print(f"complaints under guide {name}: {guide.mean():.1%} of {len(posts)} posts")

# %% [markdown]
# About half, both times. Many projects stop here. Now we count post by post.

# %% tags=["nbval-check-output"]
from sklearn.metrics import confusion_matrix

counts = confusion_matrix(one, two)
sides = [["one: no", "one: yes"], ["two: no", "two: yes"]]
figures.tables({"all posts": counts}, *sides, "Two guides, the same posts")

# %% [markdown]
# The fields at the top right and at the bottom left are posts on which the guides part. They go in both directions,
# about equally often. So the totals hide them. Read some:

# %% tags=["nbval-check-output"]
apart = np.flatnonzero(one != two)
# four short ones, chosen by hand
for row in apart[[0, 6, 7, 10]] if len(apart) > 10 else apart[:4]:
    wanted = "one" if one[row] else "two"
    print(f"a complaint for guide {wanted} only:\n    {posts[int(row)]['text']}")

# %% [markdown]
# Nobody made a mistake here. The *word* has two meanings. How much do the guides agree? The plain share is generous:
# two readers who throw coins agree half of the time. **Cohen's kappa** takes that luck away. In one line:
#
# kappa = (agreement - luck) / (1 - luck). With 0 you are as good as coins, with 1 you always agree.

# %% tags=["nbval-check-output", "slide"]
from sklearn.metrics import cohen_kappa_score

agreement = np.mean(one == two)
luck = one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean())
print(f"({agreement:.3f} - {luck:.3f}) / (1 - {luck:.3f})", end=" = ")
print(f"{(agreement - luck) / (1 - luck):.3f}")
print(f"scikit-learn: {cohen_kappa_score(one, two):.3f}")
within = cohen_kappa_score(one, posts["guide_one_again"])
print(f"two readers of one guide: {within:.3f}")

# %% tags=["record"]
course.record("guides_agree", agreement)  # kept, so that the tests can compare

# %% [markdown]
# Under *one* guide, two readers agree almost always. So it is the guides that differ. (All readers are instances of one
# AI model, and one wrote the posts. People agree less.)
#
# What does a model make of it? It learns from guide one. Then we judge it by both. The model is the frozen encoder
# ({{ lesson:bert_for_sequence_classification }}): one vector for each post, and a logistic regression (a classifier) on
# top. We call the two the **probe**. **Cross-validation** gives an answer for each post from a model that has not seen
# it.

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from transformers import logging

from course_utils import plots
from course_utils.statistics import interval, interval_over_seeds
from course_utils.vectors import encode

logging.disable_progress_bar()
probe = LogisticRegression(C=1, max_iter=1000)
folds = StratifiedKFold(5, shuffle=True, random_state=course.seed)
said = cross_val_predict(probe, encode(posts["text"], course), one, cv=folds)
print(f"judged by guide one {np.mean(said == one):.1%}, two {np.mean(said == two):.1%}")
gap = interval((said == one) * 1.0 - (said == two))
print("guide one minus guide two: {:.1%}, from {:.1%} to {:.1%}".format(*gap))
print(f"a perfect pupil of guide one, judged by guide two: {agreement:.1%}")

# %% tags=["record"]
course.record("own_guide", np.mean(said == one))
course.record("other_guide", np.mean(said == two))

# %% [markdown]
# The same answers lose points when another guide judges them. The last line is a **ceiling**: if a model learns guide
# one perfectly, guide two still calls it wrong on every fifth post. No learning rate changes that. What helps is a
# meeting: the two readers write *one* guide, with the border cases in it.
#
# A colleague says: "Take half of the posts from each guide." But the model sees the post, not the guide. Where the
# guides part, it would learn labels by chance.
#
# ## What does a wrong label cost?
#
# Now feelings, with four labels. A wrong label can be wrong in several ways:
#
# - **random**: the reader slips, and any other label comes out;
# - **one-sided**: the reader takes *optimism* for *joy*, and *sadness* for *anger*, never the other way;
# - **lazy**: the reader is tired, and presses the first button, *anger*.
#
# Each kind spoils the same number of rows, so that the comparison is fair.

# %% [markdown] tags=["slide"]
# - **Random**: any other label
# - **One-sided**: *optimism* becomes *joy*, *sadness* becomes *anger*
# - **Lazy**: always the first button, *anger*
#
# **Equally many errors, three prices. Direction matters.**

# %% [markdown] tags=["notes"]
# Ask for a ranking of the three readers before the curves: who does most harm? Many say the random one, since it makes
# a mess. Its errors partly cancel out. With 40% lazy errors, the model is little better than always saying *anger*.


# %% tags=["nbval-check-output"]
def spoil(clean, share, kind, seed):
    rng = np.random.default_rng(seed)
    target = np.array([names.index(name) for name in ("anger", "joy", "joy", "anger")])
    written = target[clean] if kind == "one-sided" else np.zeros_like(clean)
    if kind == "random":
        written = (clean + rng.integers(1, len(names), len(clean))) % len(names)
    possible = np.flatnonzero(written != clean)
    count = min(len(possible), round(share * len(clean)))
    rows = rng.choice(possible, count, replace=False)
    spoilt = clean.copy()
    spoilt[rows] = written[rows]
    return spoilt


kinds = ("random", "one-sided", "lazy")
{kind: int(sum(spoil(clean, 0.2, kind, 0) != clean)) for kind in kinds}

# %% [markdown]
# The same number of wrong labels each time. But see where they go.

# %% tags=["nbval-check-output"]
written = {kind: confusion_matrix(clean, spoil(clean, 0.2, kind, 0)) for kind in kinds}
sides = {"down": "true label", "across": "written"}
figures.tables(written, names, names, "20% wrong labels, three ways", **sides)

# %% [markdown]
# We need the encoder's view of each post, twice. The mean of the **last** layer is the vector for the probe. What goes
# *into* the last layer we keep too, because we will fine-tune this layer only. All layers below it stay frozen, so they
# read each post once. {{ Lesson:recipe }} takes this apart. Does the untrained copy of the last layer give the same
# vectors as `encode`?

# %% tags=["nbval-check-output"]
from course_utils.upper_layers import UpperLayers, in_parts, read_below

longest, upper = course.pick(laptop=32, full=64, smoke=32), 1  # one layer is trained
train_lower, train_mask = read_below(train["text"], course, upper, max_length=longest)
test_lower, test_mask = read_below(test["text"], course, upper, max_length=longest)
print("texts, tokens, numbers:", tuple(train_lower.shape))

# %% tags=["nbval-check-output"]
from torch.nn.functional import normalize

untrained = UpperLayers(course, 1, len(names))
X = normalize(in_parts(untrained.vectors, train_lower, train_mask)).numpy()
X_test = normalize(in_parts(untrained.vectors, test_lower, test_mask)).numpy()
again = encode(test["text"][:8], course, max_length=longest)
print("the same vectors:", np.allclose(X_test[:8], again, atol=1e-4))

# %% [markdown]
# Spoil the training labels, learn, judge on the *clean* test labels. One run may be luck, so we spoil with ten seeds.

# %%
seeds = range(course.pick(laptop=10, full=10, smoke=2))


def right_with(spoilt, rows=slice(None)):
    return probe.fit(X[rows], spoilt[rows]).predict(X_test) == truth


shares = (0, 0.1, 0.2, 0.4)
right = {}
for kind in kinds:
    for share in shares:
        each = [right_with(spoil(clean, share, kind, seed)) for seed in seeds]
        right[kind, share] = np.array(each)
curves = {kind: [right[kind, share].mean() for share in shares] for kind in kinds}

# %%
plots.lines(
    {kind: (shares, curve) for kind, curve in curves.items()},
    "The same number of wrong labels, three prices",
    "share of wrong labels in train",
    "accuracy on clean test labels",
)

# %% [markdown]
# Random noise is the mildest. One label in ten wrong costs only a few points. Random errors point in all directions, so
# they partly cancel out. One-sided and lazy errors all push the same way. At 40% their models are far worse. Is this a
# real difference? The interval counts both kinds of luck: of the seeds, and of the test posts.

# %%
for kind in kinds:
    value, low, high = interval_over_seeds(right[kind, 0.4])
    print(f"{kind:<10} 40% wrong: {value:.1%} right, from {low:.1%} to {high:.1%}")
print(f"clean: {right['random', 0].mean():.1%} right")
print(f"always {names[0]}: {np.mean(truth == 0):.1%}")

# %% tags=["record"]
course.record("clean_accuracy", right["random", 0].mean())
for kind in kinds:
    course.record(f"{kind.replace('-', '_')}_40", right[kind, 0.4].mean())

# %% [markdown]
# So "how many labels are wrong?" is half of the question. The other half is "in which direction?". At 40%, the lazy
# reader's model is little better than giving everything one label.
#
# ## Does a better learning rate mend it?
#
# We fine-tune the last layer and a new head, from what we have kept, with the loop of {{ lesson:training_loop }}.
# `weight` and `sampler` wait for a later section.

# %% [markdown] tags=["slide"]
# - Three rates, with 40% random errors
# - Against it: the middle rate, with better labels
# - The best rate stays far behind clean labels
#
# **First mend the labels, then search the rate.**

# %% [markdown] tags=["notes"]
# In the notebook, point at the two columns: validation lies below the test. Ask why. Few see it: the validation labels
# are as dirty as the rest. Each line is one training, so a few points between two rates mean nothing.

# %%
from itertools import chain, islice, repeat

import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset
from transformers import get_linear_schedule_with_warmup

steps = course.pick(laptop=40, full=240, smoke=2)


# %%
def fine_tune(rows, answers, rate=1e-3, weight=None, sampler=None):
    torch.manual_seed(course.seed)
    model = UpperLayers(course, 1, len(names))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)
    targets = torch.tensor(answers[rows], device=course.device)
    table = TensorDataset(train_lower[rows], train_mask[rows], targets)
    loader = DataLoader(table, 16, shuffle=sampler is None, sampler=sampler)
    for hidden, mask, wanted in islice(chain.from_iterable(repeat(loader)), steps):
        cross_entropy(model(hidden, mask), wanted, weight=weight).backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return model


# %% [markdown]
# A fair search needs a validation set. In real life it comes from the same readers, so it is as dirty as the rest. We
# cut it off the dirty training rows.


# %%
def ask(model, lower, mask):
    return in_parts(model, lower, mask).softmax(dim=1).numpy()


learn = np.arange(len(train) * 4 // 5)
check = np.arange(len(learn), len(train))
noisy = spoil(clean, 0.4, "random", course.seed)
probabilities = {}
for rate in (3e-4, 1e-3, 3e-3):
    model = fine_tune(learn, noisy, rate)
    probabilities[rate] = ask(model, test_lower, test_mask)
    there = ask(model, train_lower[check], train_mask[check]).argmax(1)
    print(f"rate {rate:<6} validation {np.mean(there == noisy[check]):.1%}", end="")
    print(f", test {np.mean(probabilities[rate].argmax(1) == truth):.1%}")

# %% [markdown]
# Three rates stand for the boss's week, each about three times the one before. Validation is lower than test, because
# four of ten of its own labels are wrong. Say the boss began with the lowest rate. What does the search win? Then the
# other cure: the rate is 1e-3, and the labels get better.

# %%
by_rate = {rate: each.argmax(1) == truth for rate, each in probabilities.items()}
tuned = {0.4: by_rate[1e-3]}
for share in (0.2, 0):
    model = fine_tune(learn, spoil(clean, share, "random", course.seed))
    tuned[share] = ask(model, test_lower, test_mask).argmax(1) == truth
for share, hits in tuned.items():
    value, low, high = interval(hits)
    print(f"{share:>4.0%} wrong labels: {value:.1%} right, {low:.1%} to {high:.1%}")
best = max(by_rate, key=lambda rate: by_rate[rate].mean())
searched = interval(by_rate[best] * 1.0 - by_rate[3e-4])
still_missing = interval(tuned[0] * 1.0 - by_rate[best])
print("won by the search: {:+.1%}, from {:+.1%} to {:+.1%}".format(*searched))
print("clean minus best rate: {:+.1%}, from {:+.1%} to {:+.1%}".format(*still_missing))

# %% tags=["record"]
course.record("tuned_clean", tuned[0].mean())
course.record("lowest_rate_dirty", by_rate[3e-4].mean())
course.record("best_rate_dirty", by_rate[best].mean())

# %% [markdown]
# A better rate wins something, if the first one was a bad choice. We even let the assumption cheat: its best rate was
# chosen on the test. It still stays behind clean labels, by far. The sceptic's *if* was true here, because we made it
# true. In your project you have to find out first. How?
#
# (Each line is one training with one seed. So a few points between two rates mean nothing.)
#
# ## Which labels are wrong?
#
# Ask a model that has *not* seen the row: how likely is the label that somebody wrote? **Confident learning**
# (Northcutt, Jiang and Chuang, 2021) adds a threshold for each class: the mean belief in it, over the rows with this
# label. A row is suspicious if the model is *sure* of another label: its belief there reaches that threshold. So a
# class that the model finds hard is not flagged as a whole.

# %% [markdown] tags=["slide"]
# - Ask a model that has not seen the row
# - Suspicious: the model is *sure* of another label
# - Sure means: above the usual belief in that class
#
# **Finds random errors. Errors in one direction hide.**

# %% [markdown] tags=["notes"]
# Ask before the second figure: does the finder work for the lazy reader, too? Most say yes. Point at the start of the
# line *lazy*: it begins below the blind choice. The model learned from this reader, so the reader's habit looks normal
# to it.


# %%
def find_label_issues(labels, pred_probs):
    """Return the suspicious rows, the most suspicious first."""
    classes = range(pred_probs.shape[1])
    # a threshold for each class, then the class of which the model is sure
    limits = [pred_probs[labels == k, k].mean() for k in classes]
    sure = np.where(pred_probs >= limits, pred_probs, 0)
    suspicious = (sure.max(1) > 0) & (sure.argmax(1) != labels)
    rows = np.flatnonzero(suspicious)
    # the smallest belief in the written label comes first
    return rows[np.argsort(pred_probs[rows, labels[rows]])]


example = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05]])
assert list(find_label_issues(np.array([0, 0, 1, 1]), example)) == [3]

# %% [markdown]
# In the small example, row 3 has label 1, and the model is sure of 0.
#
# Now the planted truth: 20% random errors. How many of the first 100 are really wrong? A blind choice finds 20.


# %%
def suspects(spoilt):
    beliefs = cross_val_predict(probe, X, spoilt, cv=folds, method="predict_proba")
    return find_label_issues(spoilt, beliefs)


# %% tags=["slide"]
spoilt = spoil(clean, 0.2, "random", course.seed)
flagged = suspects(spoilt)
wrong = spoilt != clean
print(f"{len(flagged)} flagged, {wrong[flagged].sum()} of {wrong.sum()} wrong ones")
print(f"of the first 100: {wrong[flagged[:100]].sum()} wrong")

# %% [markdown]
# The finder never saw the clean labels. Yet most of its first hundred are really wrong. (One seed may be lucky. Five
# follow.)
#
# The authors of confident learning keep a library, **cleanlab**. It gets the same labels and the same beliefs. Does it
# agree with our ten lines?

# %%
from cleanlab import filter as cleanlab

beliefs = cross_val_predict(probe, X, spoilt, cv=folds, method="predict_proba")
by = {"filter_by": "confident_learning", "return_indices_ranked_by": "self_confidence"}
theirs = cleanlab.find_label_issues(spoilt, beliefs, **by)
shared = np.intersect1d(theirs, flagged)
print(f"cleanlab flags {len(theirs)}, we flag {len(flagged)}, {len(shared)} in common")

# %% tags=["record"]
course.record("shared_with_cleanlab", len(shared) / len(np.union1d(theirs, flagged)))

# %% [markdown]
# Nearly one list. In your own project take the library: it can do more.
#
# Does it work for all kinds of noise? One line for each kind, and a blind choice beside them.

# %%
first = course.pick(laptop=100, full=200, smoke=10)
counts = np.arange(first // 10, len(train) * 3 // 10, first // 10)


def shares_wrong(spoilt):
    hits = (spoilt != clean)[suspects(spoilt)]
    return [hits[:count].mean() for count in counts]


precision = {"blind choice": np.full(len(counts), 0.2)}
for kind in kinds:
    each = [shares_wrong(spoil(clean, 0.2, kind, seed)) for seed in seeds[:5]]
    precision[kind] = np.mean(each, axis=0)
    print(f"{kind:<10} wrong among the first {first}: {precision[kind][9]:.0%}")

# %% tags=["record"]
for kind in kinds:
    course.record(f"found_{kind.replace('-', '_')}", precision[kind][9])
    course.record(f"later_{kind.replace('-', '_')}", precision[kind][-1])

# %%
plots.lines(
    {kind: (counts, each) for kind, each in precision.items()},
    "How many of the first rows are really wrong?",
    "rows read, the most suspicious first",
    "share that is wrong",
)

# %% [markdown]
# Against random errors the finder is far better than a blind choice. For one-sided and lazy errors the **top** of its
# list is hardly better than a blind choice, or *worse*. Further down it is a little better. Why? It learns from the
# same labels. If one reader often writes *anger*, the model learns that this is what *anger* means. **What a model was
# taught often enough looks normal to it**, and honest rows look odd. A second reader sees it.
#
# **Try it.** Take 40% lazy errors: `suspects(spoil(clean, 0.4, "lazy", 0))`. Of its first 100, how many are wrong? A
# blind choice finds 40.
#
# <details><summary>An answer</summary>
#
# None, or nearly none. *anger* is now the majority, and the finder puts honest rows of the other labels at the top,
# because they are the rare ones. Over its whole list, about a half are wrong.
#
# </details>

# %% tags=["try"]
lazy = spoil(clean, 0.4, "lazy", 0)
hits = (lazy != clean)[suspects(lazy)]
print(
    f"{hits[:100].sum()} of the first 100 are wrong, {hits.mean():.0%} of the whole list"
)
if course.profile == "laptop":
    assert hits[:100].sum() <= 5 and 0.4 < hits.mean() < 0.6

# %% [markdown]
# ## And the flagged rows that are not wrong?
#
# The finder also flags honest labels. Which? A column `hard` marks rows that are **hard** to read: irony, two feelings
# in one post.

# %% [markdown] tags=["slide"]
# - The finder also flags honest labels
# - Hard rows more often than easy ones
# - Delete all flagged: you lose many hard rows
#
# **Flagged means: read it.**

# %% [markdown] tags=["notes"]
# Show the five posts of the notebook that are flagged without any planting. Let the room vote on each: wrong label,
# hard post, or weak model? They will not agree, and that is a lesson, too. Skip the count if time is short.

# %%
if "hard" in train.column_names:
    hard = np.array(train["hard"])
    false_alarms = flagged[spoilt[flagged] == clean[flagged]]
    print(f"hard among the false alarms: {hard[false_alarms].mean():.0%}")
    print(f"hard among all rows:         {hard.mean():.0%}")

# %% tags=["record"]
if "hard" in train.column_names:
    course.record("hard_alarms", hard[false_alarms].mean() / hard.mean())

# %% [markdown]
# Hard rows are flagged more often than others. **If you throw away all that is flagged, you lose a bigger part of the
# hard rows than of the easy ones.** So flagged means "read it", not "delete it".
#
# Now without any planting: the labels as they are. Would you agree with these?

# %%
for row in suspects(clean)[:5].tolist():
    print(f"label {names[clean[row]]}: {train[row]['text']}")

# %% [markdown]
# Decide for each: wrong label, hard post, or a weak model? Then ask a colleague, and compute your kappa.
#
# ## What is reading worth?
#
# Reading costs money. Say you can pay for a quarter of the rows. A careful reader puts each of them right (here: the
# clean label). You may choose the rows by the finder, or blindly. Or you read none, and drop what is flagged. Beside
# that, too, stands a blind choice: as many rows dropped at random.

# %% [markdown] tags=["slide"]
# - The same budget: the finder's rows, or any rows
# - Dropping the flagged rows: worse than doing nothing
# - At 40% errors: much was lost, much comes back
#
# **Reading helps most. The list adds a few points.**

# %% [markdown] tags=["notes"]
# Ask what they would do with 300 flagged rows and no money. Most would drop them. Here that costs points: more than
# half of the flagged rows are honest. In the output compare blind with dirty first: reading itself wins that. Then the
# list.


# %%
def cures(share, seed):
    spoilt, rng = spoil(clean, share, "random", seed), np.random.default_rng(seed)
    flagged, budget = suspects(spoilt), len(train) // 4
    blind = rng.choice(len(train), budget, replace=False)
    kept = np.setdiff1d(np.arange(len(train)), flagged)
    few = rng.choice(len(train), len(kept), replace=False)
    ways = {"dirty": right_with(spoilt), "drop blindly": right_with(spoilt, few)}
    ways["drop the flagged"] = right_with(spoilt, kept)
    for way, rows in (("read blindly", blind), ("read the flagged", flagged[:budget])):
        mended = spoilt.copy()
        mended[rows] = clean[rows]
        ways[way] = right_with(mended)
    return ways | {"clean": right_with(clean)}


# %% tags=["skip"]
tries = [cures(0.2, seed) for seed in seeds]
results = {way: np.array([each[way] for each in tries]) for way in tries[0]}
shown = {way: interval_over_seeds(hits) for way, hits in results.items()}
plots.scores(shown, "20% random errors, a quarter of the rows read")

# %% [markdown]
# The intervals overlap, since all ways find the same posts hard. So we ask for differences, as in
# {{ lesson:start_here }}. And which part of the loss comes back? One line: (mended - dirty) / (clean - dirty).


# %%
def compare(way, other):
    value, low, high = interval_over_seeds(results[way] * 1.0 - results[other])
    print(f"{way} minus {other}: {value:+.1%} ({low:+.1%} to {high:+.1%})")
    return value, low, high


dropped = compare("drop the flagged", "dirty")
compare("drop the flagged", "drop blindly")
compare("read blindly", "dirty")
compare("read the flagged", "dirty")
gain = compare("read the flagged", "read blindly")
mean = {way: hits.mean() for way, hits in results.items()}
for way in ("read blindly", "read the flagged"):
    back = (mean[way] - mean["dirty"]) / (mean["clean"] - mean["dirty"])
    print(f"{way:<16} wins back {back:.0%} of the loss")

# %% tags=["record"]
course.record("gain_of_finder_low", gain[1])
course.record("won_back", back)
course.record("dropped_minus_dirty", dropped[0])
course.record("dropped_against_blind", mean["drop the flagged"] - mean["drop blindly"])

# %% [markdown]
# On average the finder's list wins back about half of the loss, the blind list little. But the interval of their
# difference begins about at zero. Few points were lost, so there was little to win.
#
# And to drop what is flagged made things *worse than doing nothing*. To drop as many rows blindly is about as bad. More
# than half of the flagged rows were honest, and a small dataset has no rows to lose.
#
# Now the fine-tuned model, at 40% errors, where the boss began. This time we pay for two fifths of the rows, as many as
# are wrong. Three blind choices stand beside the list.

# %%
budget = len(train) * 2 // 5


def after_reading(rows):
    mended = noisy.copy()
    mended[rows] = clean[rows]
    return ask(fine_tune(learn, mended), test_lower, test_mask).argmax(1) == truth


rng = np.random.default_rng(course.seed)
choices = [rng.permutation(len(train))[:budget] for _ in seeds[:3]]
by_choice = [after_reading(rows) for rows in choices]
flagged = suspects(noisy)[:budget]
by_list, by_chance = after_reading(flagged) * 1.0, np.mean(by_choice, axis=0)
print(f"rows read: {len(flagged)}; {np.mean((noisy != clean)[flagged]):.0%} were wrong")

# %% tags=["slide"]
list_gain = interval(by_list - tuned[0.4])
chance_gain = interval(by_chance - tuned[0.4])
list_lead = interval(by_list - by_chance)
means = [f"{hits.mean():.1%}" for hits in (tuned[0.4], by_chance, by_list, tuned[0])]
print("dirty {}, blind {}, list {}, clean {}".format(*means))
print("list minus blind: {:+.1%}, from {:+.1%} to {:+.1%}".format(*list_lead))

# %% tags=["record"]
course.record("tuned_mended_minus_dirty", list_gain[0])
course.record("tuned_blind_minus_dirty", chance_gain[0])
course.record("tuned_list_minus_blind", list_lead[0])

# %% [markdown]
# Here much was lost, and nearly all of it comes back. But about half of that, or more, comes from reading itself. The
# list adds a few points more: see where its interval begins. (It counts the test posts, not other seeds.) So the answer
# for the boss is: do not search, read. And let the finder order the list, that is free. (The reader of this experiment
# makes no mistakes. Yours will make some.)
#
# ## Is a frozen model safer on dirty labels?
#
# The lecture has more advice: on small or dirty data, *a frozen encoder with a calibrated head can be competitive*.
# **Calibrated** means: of the posts with "70% sure", 70% are right ({{ lesson:evaluation }}). Log-loss punishes a model
# that is sure and wrong; lower is better.

# %% [markdown] tags=["slide"]
# - Frozen and fine-tuned: nobody can tell which is better
# - Calibrated on dirty labels: it learns to doubt
# - On true labels its log-loss rises a little
#
# **Calibrate on rows that somebody read with care.**

# %% [markdown] tags=["notes"]
# This can be skipped when time is short. Ask what a calibrated model learns from labels of which four of ten are wrong.
# It learns to say 34% where it could say more. The interval of the first difference reaches to both sides of zero.

# %%
from sklearn.calibration import CalibratedClassifierCV

contest = {"fine-tuned": probabilities[1e-3]}
contest["frozen"] = probe.fit(X[learn], noisy[learn]).predict_proba(X_test)
calibrated = CalibratedClassifierCV(probe, cv=5).fit(X[learn], noisy[learn])
contest["frozen, calibrated"] = calibrated.predict_proba(X_test)
figures.contest_table(contest, truth)

# %%
lead = interval((contest["frozen"].argmax(1) == truth) * 1.0 - tuned[0.4])
print("frozen minus fine-tuned: {:+.1%}, from {:+.1%} to {:+.1%}".format(*lead))
print(f"on clean labels: {np.mean(right_with(clean, learn)) - tuned[0].mean():+.1%}")
sure = {name: np.log(each[range(len(truth)), truth]) for name, each in contest.items()}
costs = interval(sure["frozen"] - sure["frozen, calibrated"])
print("log-loss, calibrated minus not: {:+.2f}, from {:+.2f} to {:+.2f}".format(*costs))

# %% tags=["record"]
course.record("frozen_minus_tuned", lead[0])
course.record("calibration_costs", costs[0])

# %% [markdown]
# The lecture's *can be competitive* holds. The interval reaches to both sides of zero: on dirty labels nobody can tell
# the frozen encoder from the fine-tuned model, after a training as short as ours. But dirt did not make it the
# *winner*. On clean labels they are just as close.
#
# *Calibrated* did not help here. The head was calibrated on dirty labels: four of ten are wrong. So it learns to doubt
# even more, and its log-loss on true labels rises a little. Calibrate on a small set that somebody has read with care.
#
# ## What if a smiley wrote the labels?
#
# Sentiment140 has 1.6 million labelled tweets. Nobody read them. Go, Bhayani and Huang (2009) took tweets with a
# smiley. A happy one meant "positive", a sad one "negative". Then they cut the smileys out of the text. This is called
# **distant supervision**: labels by a rule, free, and noisy.
#
# In miniature: our posts with exactly one kind of emoji.

# %% [markdown] tags=["slide"]
# - A rule labels the posts: free, and noisy
# - Here it is wrong on about every fifth
# - It is silent about most posts
#
# **A test with such labels measures guessed smileys.**

# %% [markdown] tags=["notes"]
# Ask for a rule that would label their own data for nothing: stars, folders, smileys. Then ask about the posts for
# which the rule is silent. Are they like the others? Hardly anybody thinks of that.

# %%
# in the order of `names`: anger, joy, optimism, sadness
rule = ["😡😠🤬🙄", "😂😍🎉😊😁🥳❤", "💪🌱🙏🤞✨", "😢😭💔😔"]
everything = emotion["train"]["text"][:]
holds = [[bool(set(kind) & set(text)) for kind in rule] for text in everything]
holds = np.array(holds)
print(f"the rule speaks on {np.mean(holds.sum(1) == 1):.0%} of the posts")

# %% [markdown]
# Now one model learns from the rule, and one from the readers.

# %%
import re

rows = np.flatnonzero(holds.sum(1) == 1)[: course.pick(laptop=400, full=1000, smoke=60)]
by_rule = holds[rows].argmax(1)
by_hand = np.array(emotion["train"]["label"])[rows]
print(f"of {len(rows)} it agrees with the labels of {np.mean(by_rule == by_hand):.0%}")
cut = re.compile(f"[{''.join(rule)}]")
texts = [cut.sub("", everything[row]) for row in rows]
by_emoji = encode(texts, course, max_length=longest)
hits = {}
for name, answers in (("rule", by_rule), ("readers", by_hand)):
    hits[name] = probe.fit(by_emoji, answers).predict(X_test) == truth
    print(f"learned from the {name}: {hits[name].mean():.1%} right")
lead = interval(hits["readers"] * 1.0 - hits["rule"])
print("readers minus rule: {:+.1%}, from {:+.1%} to {:+.1%}".format(*lead))

# %% tags=["record"]
course.record("rule_agrees", np.mean(by_rule == by_hand))

# %% [markdown]
# The rule is wrong on about a fifth, and its model pays some points for that. But distant supervision costs nothing, so
# one can have a million labels. And the rule is silent about most posts. A writer with an emoji is not like a writer
# without. And a *test* set with such labels measures how well you guess smileys.
#
# ## What if one class is rare?
#
# Labels can be right and still mislead. Now *optimism* becomes rare: 5% of the rows. The test stays as it was: there
# one post in five is *optimism*. Two cures are usual. **Class weights**: an error on a rare row counts more.
# **Over-sampling**: rare rows are shown more often.

# %% [markdown] tags=["slide"]
# | cure | what it does |
# |---|---|
# | class weights | an error on a rare row counts more |
# | over-sampling | rare rows are shown more often |
#
# **Judge with as few rare rows as in life.**

# %% [markdown] tags=["notes"]
# Ask: macro-F1 rises much, so are we done? Most say yes. In our test one post of five is *optimism*, in life one of
# twenty. Point at the table in the notebook: fewer than half of the posts called *optimism* are.


# %%
optimism = names.index("optimism")


def make_rare(seed):
    rng = np.random.default_rng(seed)
    rare, others = np.flatnonzero(clean == optimism), np.flatnonzero(clean != optimism)
    count = min(len(rare), max(6, len(others) // 19))  # 1 of 20 rows
    return np.sort(np.append(others, rng.choice(rare, count, replace=False)))


def copies(rows, seed):
    rng = np.random.default_rng(seed)
    groups = [rows[clean[rows] == k] for k in range(len(names))]
    size = max(map(len, groups))
    return np.concatenate([np.append(g, rng.choice(g, size - len(g))) for g in groups])


rows = make_rare(course.seed)
np.bincount(clean[rows]), np.bincount(clean[copies(rows, 0)])

# %% [markdown]
# Left: one class is rare. Right: all equal, by copies. First the frozen probe, with ten draws of the rare rows. The
# score is macro-F1: each class counts the same.

# %% tags=["skip"]
import pandas as pd
from sklearn.metrics import f1_score


def macro_f1(said, weight=None):
    return f1_score(truth, said, average="macro", sample_weight=weight)


weighted = LogisticRegression(C=1, max_iter=1000, class_weight="balanced")
answers = {"plain": [], "class weights": [], "over-sampled": []}
for seed in seeds:
    rows = make_rare(seed)
    plans = ((probe, rows), (weighted, rows), (probe, copies(rows, seed)))
    for each, (model, used) in zip(answers.values(), plans, strict=True):
        each.append(model.fit(X[used], clean[used]).predict(X_test))
f1 = {name: [macro_f1(said) for said in each] for name, each in answers.items()}
results = {name: interval(each) for name, each in f1.items()}
plots.scores(results, "One rare class, frozen encoder", "macro-F1")

# %% [markdown]
# Both cures help much, and about equally. (These intervals count the draws of rare rows only.) But in life the class is
# rare in the test, too. So we count each *optimism* post of the test as a fraction, until they are 5%.

# %%
meant, in_rare_test = truth == optimism, {}
as_rare = np.where(meant, np.sum(~meant) / 19 / np.sum(meant), 1)
for name, each in answers.items():
    called = (np.array(each) == optimism) * as_rare
    in_rare_test[name] = {
        "macro-F1": np.mean([macro_f1(said, as_rare) for said in each]),
        "called optimism": called.sum() / as_rare.sum() / len(each),
        "of these, optimism": called[:, meant].sum() / max(called.sum(), 1e-9),
    }
pd.DataFrame(in_rare_test).T.round(3)

# %% tags=["record"]
for name in ("class weights", "over-sampled"):
    short = name.replace(" ", "_").replace("-", "_")
    course.record(f"{short}_rare_f1", in_rare_test[name]["macro-F1"])
    course.record(f"{short}_precision", in_rare_test[name]["of these, optimism"])

# %% [markdown]
# Here macro-F1 gains less, and fewer than half of the posts called *optimism* are. In a fine-tuning, the class weights
# go into the loss, or a sampler draws the batches.

# %%
from torch.utils.data import WeightedRandomSampler

rows = make_rare(course.seed)
weight = len(rows) / len(names) / np.bincount(clean[rows])
sampler = WeightedRandomSampler(weight[clean[rows]], len(rows))
ways = {
    "plain": {},
    "class weights": {"weight": torch.tensor(weight).float().to(course.device)},
    "sampler": {"sampler": sampler},
}
for name, way in ways.items():
    said = ask(fine_tune(rows, clean, **way), test_lower, test_mask).argmax(1)
    ways[name] = macro_f1(said)
    found = np.mean(said[truth == optimism] == optimism)
    print(f"{name:<13} macro-F1 {ways[name]:.2f}, optimism found: {found:.0%}")

# %% tags=["record"]
for name in f1:
    course.record(f"{name.replace(' ', '_').replace('-', '_')}_f1", np.mean(f1[name]))
course.record("plain_tuned_f1", ways["plain"])
course.record("cured_tuned_f1", max(ways["class weights"], ways["sampler"]))

# %% [markdown]
# Without a cure, the fine-tuned model almost never says *optimism*. With a cure it finds some. (One seed each: do not
# rank the two cures.) In a `Trainer`, pass your own loss as `compute_loss_func`.
#
# ## Why do copies score so well?
#
# A colleague over-samples too, and reports a wonderful score. She copied first, and split into train and validation
# afterwards. Her model is the **nearest neighbour**: it gives each post the label of the most similar training post.

# %% [markdown] tags=["slide"]
# - Copied first, then split: copies on both sides
# - Split first, then copied: an honest score
# - The better a model remembers, the larger the lie
#
# **First split. Then copy, and only in train.**

# %% [markdown] tags=["notes"]
# Write the two lines of code on the board, in both orders, and ask which one is wrong. Many see no difference. Then
# show the figure. Ask what a model without any memory would gain from the copies: nothing.

# %%
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

nearest = KNeighborsClassifier(1)


def rare_found(into, held):
    rare = held[clean[held] == optimism]
    return np.mean(nearest.fit(X[into], clean[into]).predict(X[rare]) == optimism)


shock = {"copied first": [], "split first": []}
for seed in seeds:
    rows = make_rare(seed)
    more = copies(rows, seed)
    parts = train_test_split(more, random_state=seed, stratify=clean[more])
    shock["copied first"].append(rare_found(*parts))
    into, held = train_test_split(rows, random_state=seed, stratify=clean[rows])
    shock["split first"].append(rare_found(copies(into, seed), held))
plots.scores({n: interval(x) for n, x in shock.items()}, "Rare posts", "share found")

# %% [markdown]
# She finds nearly all of the rare posts, because **their copies lie in train**. The honest split shows what it can
# really do, and that is little. Only the order of two lines differs. First split, then copy, and only in train. A
# sampler cannot fall into this trap, if it draws from train alone.

# %% tags=["slide"]
both = rows[np.isin(rows, parts[0]) & np.isin(rows, parts[1])]
print(f"posts that are in train and in validation: {len(both)}")
print(f"{np.mean(clean[both] == optimism):.0%} of them are optimism")
print(f"rare posts in the honest validation part: {np.sum(clean[held] == optimism)}")

# %% tags=["record"]
course.record("copied_first", np.mean(shock["copied first"]))
course.record("split_first", np.mean(shock["split first"]))

# %% [markdown]
# **Try it.** Replace `nearest` by `probe` in `rare_found`, and run its cell again. Does the trap get bigger or smaller?
#
# <details><summary>An answer</summary>
#
# Smaller, but it is still there. Copied first still finds nearly all, split first now fewer than half. The nearest
# neighbour remembers everything, a regression less. The better a model can remember, the more copies flatter it.
#
# </details>

# %% tags=["try"]
neighbour, nearest, less = nearest, probe, {"copied first": [], "split first": []}
for seed in seeds:
    rows = make_rare(seed)
    more = copies(rows, seed)
    parts = train_test_split(more, random_state=seed, stratify=clean[more])
    less["copied first"].append(rare_found(*parts))
    into, held = train_test_split(rows, random_state=seed, stratify=clean[rows])
    less["split first"].append(rare_found(copies(into, seed), held))
nearest = neighbour
first, then = (np.mean(less[name]) for name in less)
print(f"copied first {first:.0%}, split first {then:.0%}")
if course.profile == "laptop":
    assert first > 0.9 and 0.2 < then < 0.5
    assert first - then < np.mean(shock["copied first"]) - np.mean(shock["split first"])

# %% [markdown]
# ## The verdict
#
# What was promised, and what was kept? All of it was judged on clean test labels. They chose nothing, except in the
# first line, where the assumption may cheat.

# %% [markdown] tags=["slide"]
# - A better learning rate: stays far behind clean labels
# - Ten lines find errors that go all ways
# - Reading mends labels; the list adds a little
#
# **Start: 100 rows, two readers, one kappa.**

# %% [markdown] tags=["notes"]
# Go back to the vote of the first slide. Who would vote differently now? Let everybody say how many rows of their own
# data two people have read. Mostly it is none. An afternoon is enough to begin.

# %%
lines = {
    "lowest rate to the best of three, with a cheat": searched,
    "then clean labels, too": still_missing,
    "reading the finder's list, at 40%": list_gain,
    "reading as many rows blindly, at 40%": chance_gain,
    "list against blind, at 40%": list_lead,
    "list against blind, at 20%, frozen (all seeds)": gain,
}
for name, (value, low, high) in lines.items():
    print(f"{name:<47} {value:+.1%} ({low:+.1%} to {high:+.1%})")

# %% [markdown]
# (Without "frozen", a line is fine-tuned, with one seed.)
#
# - *A better learning rate will mend it*: no. Even the best of three rates stays far behind clean labels.
# - *No amount of fine-tuning fixes bad data*: held here. But reading did.
# - *Ten lines find the wrong labels*: mostly, if errors go in all directions. If they all go one way, the top of the
#   list misleads.
# - *The finder's list beats a blind list*: by a few points at 40%. At 20%, the interval begins about at zero.
# - *Frozen with a calibrated head is competitive*: frozen yes. Calibrated on dirty labels, it gained nothing.
#
# A real project starts from here: 100 rows, two readers, one kappa. It costs an afternoon. Then decide about the week.
#
# ## In this notebook we have
#
# - **measured** the agreement of two guides, and the ceiling for a perfect pupil of the other guide;
# - **spoilt** labels in three ways, and seen that the direction matters more than the number;
# - **detected** random errors with ten lines, and learned why errors in one direction stay hidden;
# - **mended** the rows that the finder named, and as many at random beside them;
# - **treated** a rare class with weights and with a sampler, and met the copies that lie.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | kappa is `nan` | both readers gave one label only | more rows; look at the counts |
# | the finder flags a third of all rows | a weak model, or very dirty labels | read the first 100 only, and count |
# | the first rows of the finder look honest, the score is low | errors in one direction | a second reader on 100 rows |
# | `The least populated class in y has only 3 members` | fewer rows than folds | fewer folds, or more rows |
#
# **Next:** the sheet lets you find errors yourself. Then tasks of other shapes: {{ lesson:task_shapes }}.
