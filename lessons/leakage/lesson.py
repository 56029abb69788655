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
# # {{ number }} · Leakage: did my model see the answers before the test?
#
# {{ badges }}
#
# **You will be able to**
#
# - **detect** copies and near-copies between train and test, and score your own finder;
# - **measure** what a leak adds to a score, with the same test rows twice;
# - **split** by family, by writer and by date, and say which question each split answers;
# - **watch** a model grow old, with labels and without;
# - **choose** a threshold again when the old one no longer keeps its promise.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # or "laptop", "full", "smoke"

# %% tags=["start"]
from course_utils import record, start

course = start("leakage", PROFILE)

# %% [markdown]
# ## "Right 8 times of 10 on our test. In use it is not."
#
# A town has a help desk. A model reads each message and sends it to an office. On the test rows it was good. Six months
# later the offices complain.
#
# Perhaps the test was too easy. A test is like an exam: if its questions stood in the homework, a good mark says
# little. When a model has seen test rows, or something close to them, before the test, we call it **leakage**.
#
# Two sets of data help us:
#
# - **raw tweets**: tweets of 2015 as they were collected, with all copies.
# - **messages**: three years of an invented help desk, with writers and dates. What changes in them was planted, so we
#   know the truth.

# %% tags=["nbval-check-output"]
import re

import numpy as np
from datasets import concatenate_datasets, disable_progress_bars, load_dataset

disable_progress_bars()
raw = load_dataset(*course.dataset("raw_tweets"))["train"]
years = load_dataset(*course.dataset("messages"))
desk = concatenate_datasets([years[name] for name in sorted(years)])


def same_words(text):
    text = re.sub(r"@user|\bhttp\b|\brt\b", " ", text.lower())
    return " ".join(re.findall(r"[a-z0-9']+", text))


print(f"{len(raw):,} tweets, {len(desk):,} messages")

# %% [markdown]
# The usual split draws rows at random: 80% to learn, 20% to test. How do the two parts touch? We count three ways.


# %% tags=["nbval-check-output"]
from lessons.leakage.figures import months, touches


def at_random(count):
    order = np.random.default_rng(course.seed).permutation(count)
    return np.split(order, [int(0.8 * count)])


wordings = np.array([same_words(text) for text in raw["text"]])
writers, dates = np.array(desk["writer"]), np.array(desk["date"], "datetime64[D]")
(train, test), (learn, judge) = at_random(len(raw)), at_random(len(desk))
copied = np.isin(wordings[test], wordings[train])
known = np.isin(writers[judge], writers[learn])
ways = {
    "tweets, the same words": copied.mean(),
    "messages, the same writer": known.mean(),
    "messages, a later day": np.mean(dates[judge] < dates[learn].max()),
}
touches(ways, "How train and test touch after a random split")

# %% [markdown]
# About one tweet in eight has its own words in the training part. And for nearly every message the model has read
# messages from **later** days. It knows the future.
#
# We follow the arrows one by one, and add a fourth: texts that are *nearly* the same.
#
# ## How does one find a copy?
#
# `same_words` above is a **normaliser**. It drops case, punctuation, links, names and `RT`. What is left is the
# *wording*: two tweets with one wording are copies.

# %% tags=["nbval-check-output"]
from collections import defaultdict

labels_of = defaultdict(set)
for wording, label in zip(wordings, raw["label"], strict=True):
    labels_of[wording].add(label)
torn = sum(len(labels) > 1 for labels in labels_of.values())
print(f"{len(labels_of):,} wordings in {len(raw):,} rows")
print(f"exactly the same text: {len(raw) - len(set(raw['text'])):,} rows too many")
print(f"the same wording:      {len(raw) - len(labels_of):,} rows too many")
print(f"{torn} wordings carry more than one label")
assert 0.10 < copied.mean() < 0.14
record("copied_share", copied.mean())

# %% [markdown]
# The normaliser finds copies that a comparison of the letters misses. Remember the last line: people gave the same
# words different labels. So a copied answer is not always right.
#
# ## And nearly the same?
#
# Somebody adds a word, or cuts the end. Then the wordings differ. So we cut each text into **runs of five words**
# (*shingles*; Broder, 1997) and ask: which part of all the runs do two texts share?


# %% tags=["nbval-check-output"]
def runs(text, size=5):
    words = same_words(text).split()
    last = max(1, len(words) - size + 1)
    return {" ".join(words[place : place + size]) for place in range(last)}


one = runs("The night bus was late again and nobody told us why")
other = runs("The night bus was late again and nobody told me")
print(*sorted(one & other), sep="\n")
print(f"{len(one & other)} shared of {len(one | other)} in all")
print(f"Jaccard similarity {len(one & other) / len(one | other):.2f}")

# %% [markdown]
# Shared runs divided by all runs: that is the **Jaccard similarity** of the two sets. From 0.5 on we call two texts
# near-copies.
#
# But 38,158 tweets make over 700 million pairs. We cannot compare them all. The trick is a telephone book: for each
# run, a list of the texts that hold it. Only texts on a common list are compared.


# %%
from collections import Counter


def near_pairs(texts, least=0.5):
    sets = [runs(text) for text in texts]
    holders, pairs = defaultdict(list), []
    for place, new in enumerate(sets):
        shared = Counter(earlier for run in new for earlier in holders[run])
        for earlier, both in shared.items():
            if both / (len(new) + len(sets[earlier]) - both) >= least:
                pairs.append((earlier, place))
        for run in new:
            holders[run].append(place)
    return np.array(pairs).reshape(-1, 2)


print(near_pairs(["a b c d e f", "x y z", "RT a b c d e f g"]))

# %% [markdown]
# Pairs grow into **families**: if A is close to B, and B to C, all three belong together. SciPy calls that a *connected
# component*.

# %% tags=["nbval-check-output"]
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

pairs = near_pairs(raw["text"])
links = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(raw), len(raw)))
count, family = connected_components(links, directed=False)
related = np.isin(family[test], family[train])
print(f"{count:,} families; the largest have", *sorted(np.bincount(family))[-3:])
print(f"test rows with a relative in train: {related.mean():.1%}")
assert related[copied].all()
record("related_share", related.mean())

# %% [markdown]
# Near-copies come on top of the copies. One family has about three hundred members.
#
# ## Is the finder any good?
#
# To learn what it **misses**, we need a truth. So we plant one: 200 changed copies.
#
# To save time we go on with a part of the tweets. We draw whole **families**: rows drawn one by one would lose their
# relatives, and the leak would look small.

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(course.seed)
some = rng.permutation(count)[: course.pick(laptop=2000, full=9000, smoke=200)]
rows = raw.select(np.flatnonzero(np.isin(family, some)))
texts, truth = np.array(rows["text"], object), np.array(rows["label"])
kin = family[np.isin(family, some)]
labels = rows.features["label"].names
print(f"{len(rows):,} tweets in {len(some):,} families")


# %%
def change(words, kind):
    place = int(rng.integers(2, len(words) - 2))
    if kind == "retweet":
        return ["RT", "@user:", *words]
    if kind == "a hashtag more":
        return [*words, str(rng.choice(["#truth", "#news", "#mustread"]))]
    if kind == "the end cut":
        return words[: -len(words) // 3]
    if kind == "a word changed":
        return [*words[:place], "something", *words[place + 1 :]]
    word = words[place]  # a typo: one letter doubled, another one lost
    return [*words[:place], word[:1] + word[:1] + word[2:], *words[place + 1 :]]


example = "the night bus was late again"
print(" ".join(change(example.split(), "a typo")))

# %% [markdown]
# The sources are tweets of at least ten words that have no relative so far. Each kind gets the same number. And we add
# a sixth kind that no rule can make: **the same thought in other words**. Those pairs we wrote by hand.

# %% tags=["nbval-check-output"]
KINDS = ["retweet", "a hashtag more", "the end cut", "a word changed", "a typo"]
alone = np.bincount(family)[kin] == 1
long = np.array([len(same_words(text).split()) >= 10 for text in texts])
each = course.pick(laptop=40, full=40, smoke=4)
sources = rng.permutation(np.flatnonzero(alone & long))[: each * len(KINDS)]
kinds = np.array(KINDS)[np.arange(len(sources)) % len(KINDS)]
planted = [
    " ".join(change(texts[source].split(), kind))
    for source, kind in zip(sources, kinds, strict=True)
]
print(len(planted), "planted:", dict(Counter(kinds.tolist())))

# %%
reworded = {
    "My suitcase never arrived in Rome": "Landed in Rome, but my luggage did not",
    "The waiter was rude to us all evening": "Such impolite service at dinner",
    "This phone dies after two hours": "The battery of this mobile is empty so soon",
    "I passed my driving test today": "Got my licence this morning, I can drive now",
    "The concert was cancelled by rain": "No show tonight because of bad weather",
    "Our train stood still for an hour": "Sixty minutes of waiting on the railway",
    "She sings better than anybody": "Nobody has a voice as beautiful as hers",
    "The update broke my laptop": "Since I upgraded, my computer does not work",
}
pool = [*texts, *planted, *reworded, *reworded.values()]
print(len(pool), "texts in all")

# %% [markdown]
# Who is whose twin? A dictionary keeps the truth.

# %% tags=["nbval-check-output"]
size, begin = len(reworded), len(texts) + len(planted)
twins = {len(texts) + place: source for place, source in enumerate(sources)}
twins |= {begin + size + place: begin + place for place in range(size)}
kinds = np.array([*kinds, *["other words"] * size])
place = begin + size
print(pool[place], "<-", pool[twins[place]])

# %% [markdown]
# ## Can a model find what words hide?
#
# Runs of words see letters, not meaning. A pretrained encoder turns a text into a **vector**, a list of a few hundred
# numbers. Texts with like meaning get vectors with a small angle between them (Reimers and Gurevych, 2019).
#
# The encoder gives one vector for each **token**. We take their mean. Filled-up places must not count, so we multiply
# with the mask. Each vector gets length 1: then the product of two is the **cosine** of their angle.

# %%
import torch
from torch.nn.functional import normalize
from transformers import AutoModel, AutoTokenizer, logging

logging.disable_progress_bar()
logging.set_verbosity_error()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
encoder = AutoModel.from_pretrained(course.checkpoint).to(course.device).eval()
longest = course.pick(laptop=48, full=48, smoke=8)
cut = {"padding": True, "truncation": True, "max_length": longest}


# %%
def mean_of_tokens(texts):
    batch = tokenizer(texts, return_tensors="pt", **cut).to(course.device)
    with torch.inference_mode():
        hidden = encoder(**batch).last_hidden_state  # texts x tokens x numbers
    mask = batch["attention_mask"].unsqueeze(-1)
    mean = (hidden * mask).sum(1) / mask.sum(1)
    return normalize(mean).cpu().numpy()


def vectors_of(texts, size=64):
    order = np.argsort([len(text) for text in texts], kind="stable")
    vectors = np.empty((len(texts), encoder.config.hidden_size), np.float32)
    for begin in range(0, len(order), size):
        places = order[begin : begin + size]
        vectors[places] = mean_of_tokens([texts[place] for place in places])
    return vectors


# %% [markdown]
# The encoder is **frozen**: it reads, and does not change. Two checks. Does the filling change a vector? And does the
# course's helper give the same?

# %% tags=["nbval-check-output"]
from course_utils.vectors import encode

few = list(texts[:8])
together, single = vectors_of(few), np.vstack([vectors_of([text]) for text in few])
helper = encode(few, course, max_length=longest)
print("shape:", together.shape[0], "texts")
print("filling changes nothing:", np.allclose(together, single, atol=1e-4))
print("the helper agrees:", np.allclose(together, helper, atol=1e-4))

# %%
vectors = vectors_of(pool)
asked = np.array(list(twins))  # the planted rows
is_twin = np.zeros((len(asked), len(pool)), bool)
is_twin[np.arange(len(asked)), list(twins.values())] = True
cosine = vectors[asked] @ vectors.T
cosine[np.arange(len(asked)), asked] = 0  # nobody is a copy of itself
print(f"cosine with the true source: {np.median(cosine[is_twin]):.2f} in the median")
first_place = is_twin[np.arange(len(asked)), cosine.argmax(1)]
reworded_first = first_place[kinds == "other words"]
print(f"other words: {np.round(cosine[is_twin][kinds == 'other words'], 2)}")
print(f"the twin is nearest of all for {reworded_first.sum()} of {size}")
record("reworded_nearest", reworded_first.sum())

# %% [markdown]
# From which cosine on do we say *copy*? That is a choice. So we choose on one half, and judge on the other. The rule:
# the lowest threshold at which 95% of the alarms are right.


# %%
def judge_finder(found, part):
    right = (found & is_twin)[part].sum()
    return right / part.sum(), right / max(1, found[part].sum())


half = np.arange(len(asked)) % 2 == 0
steps = np.arange(0.50, 1.0, 0.01)
good = [step for step in steps if judge_finder(cosine >= step, half)[1] >= 0.95]
bar = min(good, default=0.95)
row_of = {place: row for row, place in enumerate(asked.tolist())}
by_runs = np.zeros_like(is_twin)
for earlier, later in near_pairs(pool):
    if later in row_of:
        by_runs[row_of[later], earlier] = True
print(f"copy from cosine {bar:.2f} on")

# %% [markdown]
# Now the other half. **Recall**: which share of the planted copies was found? **Precision**: which share of the alarms
# was right?

# %%
import pandas as pd

table = {}
for name, found in {"runs": by_runs, "cosine": cosine >= bar}.items():
    rows_of = {kind: ~half & (kinds == kind) for kind in [*KINDS, "other words"]}
    table[name] = {kind: judge_finder(found, rows_of[kind])[0] for kind in rows_of}
    recall, precision = judge_finder(found, ~half & (kinds != "other words"))
    table[name] |= {"ALL MADE BY RULE": recall, "precision of alarms": precision}
    record(f"{name}_recall", recall)
    record(f"{name}_precision", precision)
record("reworded_by_cosine", table["cosine"]["other words"])
pd.DataFrame(table).round(2)

# %% [markdown]
# Both finders see each retweet and each hashtag. A typo or a changed word breaks up to five runs at once, so the runs
# miss many of them. The vectors hardly move. But a cut end changes the meaning, and there the runs are ahead. **Other
# words** pass under both lines. But look at the count above: for most of these pairs, the twin was the **nearest** text
# of all. So look for paraphrases by rank, not by a line. (Ours were easy: no tweet speaks of such things.)
#
# The price stands in the last line. The runs raise no false alarm here. The vectors do, and more than the 5% of the
# half that chose the line. A choice looks best where it was made.
#
# What does such an alarm look like? These tweets share few runs:

# %% tags=["private-output"]
count = len(texts)
close = np.triu(vectors[:count] @ vectors[:count].T, 1) >= bar
close &= kin[:, None] != kin
strangers = np.argwhere(close)
print(f"{len(strangers)} pairs of strangers above {bar:.2f}")
for one, other in rng.permutation(strangers)[:3]:
    print(f"- {texts[one][:85]}\n  {texts[other][:85]}")

# %% [markdown]
# Some are near-copies that the runs missed. Many only speak of one thing. Use the cheap finder first, and **read** what
# the second adds.
#
# **Try it.** Set the share in `near_pairs` from 0.5 to 0.2 for the planted rows. What happens to *the end cut*, and to
# the alarms?
#
# <details><summary>An answer</summary>
#
# Fewer near-copies are missed: a typo breaks at most five runs, so 0.2 of all runs often survive. The price may be
# false alarms: two tweets with one quotation can count as copies.
#
# </details>
#
# ## What does the leak add to the score?
#
# To compare rows with a relative against rows without is not fair: tweets that people copy may be easier.
#
# The fair experiment judges **the same test rows twice**:
#
# - *with relatives*: the training part as the random split gave it, but some unrelated rows removed;
# - *without relatives*: the relatives of test rows removed, equally many.
#
# Both learn from equally many rows. Only the leak differs. Three methods answer:
#
# - **copying**: take the label of the nearest training vector. That is our sharpest probe;
# - **counting words**: TF-IDF and logistic regression, as in {{ lesson:start_here }};
# - **frozen vectors**: logistic regression on the vectors above.


# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

counting = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
probe = LogisticRegression(max_iter=1000, C=10)  # a weak penalty


def three_answers(learn, judge):
    nearest = (vectors[judge] @ vectors[learn].T).argmax(1)
    counted = counting.fit(texts[learn], truth[learn]).predict(texts[judge])
    probed = probe.fit(vectors[learn], truth[learn]).predict(vectors[judge])
    said = np.array([truth[learn][nearest], counted, probed])
    return said == truth[judge]


print(counting.steps[0][0], "and", probe)

# %%
METHODS = ["copying", "counting words", "frozen vectors"]
found = []
for draw in range(course.pick(laptop=10, full=5, smoke=2)):
    rng = np.random.default_rng(draw)
    order = rng.permutation(len(texts))
    test, train = np.split(order, [len(order) // 5])
    leak, touched = np.isin(kin[train], kin[test]), np.isin(kin[test], kin[train])
    spare = rng.permutation(np.flatnonzero(~leak))[: leak.sum()]
    parts = (touched, ~touched, touched | True)
    found.append([])
    for learn in (np.delete(train, spare), train[~leak]):
        right = three_answers(learn, test)
        found[-1].append([right[:, mask].mean(1) for mask in parts])
found = np.array(found)  # draws x (with, without) x parts x methods
print(found.shape, "a dummy's floor:", f"{np.bincount(truth).max() / len(truth):.1%}")

# %% [markdown]
# The interval counts the luck of the split. (The draws share rows, so it is a little too narrow.)

# %%
from course_utils import plots
from course_utils.statistics import interval

gains = found[:, 0] - found[:, 1]
PARTS = ["with relatives", "without relatives", "all test rows"]
for number, part in enumerate(PARTS):
    print(f"test rows: {part}" if number == 2 else f"test rows {part}")
    for place, method in enumerate(METHODS):
        gain, low, high = interval(gains[:, number, place])
        score = found[:, 1, number, place].mean()
        print(f"  {method:<15} honest {score:.1%}, leak {gain:+.1%}", end=" ")
        print(f"({low:+.1%} to {high:+.1%})")
record("leak_copying_touched", gains[:, 0, 0].mean())
record("leak_vectors_touched", gains[:, 0, 2].mean())
record("leak_vectors_all", gains[:, 2, 2].mean())
record("leak_untouched", np.abs(gains[:, 1].mean(0)).max())

# %% [markdown]
# Three findings:
#
# - Where a test row has a relative in train, the leak is large, and largest for the method that can only copy.
# - Where it has none, next to nothing changes. That is our control.
# - Over **all** rows only about a point or two remains. Few rows are touched, and people gave some copies different labels.
#
# So with these tweets the leak is real, and small in the headline. And it rewards the wrong model: the one that
# remembers.
#
# In practice, **keep a family together**. `GroupShuffleSplit` does it.

# %% tags=["nbval-check-output"]
from sklearn.model_selection import GroupShuffleSplit

splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=course.seed)
train, test = next(splitter.split(texts, groups=kin))
print(len(train), "train,", len(test), "test")
assert not set(kin[train]) & set(kin[test])

# %% [markdown]
# ## Does it matter who wrote it?
#
# Now the help desk. Its 24 regulars write again and again, and they use private names: one calls the street sweeper
# *Bruno*. A stranger cannot know that. A model that has read Bruno before can.
#
# > **Assumption:** *I draw the test rows at random from all my data. So the test is fair.*
# >
# > **Sceptic:** *Fair for which question? In use, the next message may come from somebody whom the model has never read.*
#
# Scikit-learn has the two splits. `KFold` deals the rows into five parts at random. `GroupKFold` deals **writers**.
# Each row is tested once.

# %%
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict

messages, topic = np.array(desk["text"], object), np.array(desk["label"])
desk_vectors = vectors_of(list(messages))
reads = {
    "counting words": (counting, messages),
    "frozen vectors": (probe, desk_vectors),
}
regular = np.array([int(writer[1:]) <= 24 for writer in writers])
print(f"{regular.sum()} of {len(desk)} messages are by regulars")

# %%
seeds = range(course.pick(laptop=5, full=5, smoke=2))
deals = {"rows": (KFold, None), "writers": (GroupKFold, writers)}
by_split = {}
for name, (model, inputs) in reads.items():
    for split, (folds, groups) in deals.items():
        by_split[name, split] = np.array([
            cross_val_predict(model, inputs, topic, groups=groups,
                cv=folds(5, shuffle=True, random_state=seed)) == topic
            for seed in seeds
        ])  # fmt: skip

# %% [markdown]
# The interval draws seeds and rows anew.

# %%
from course_utils.statistics import interval_over_seeds

shown = {}
for (name, split), right in by_split.items():
    for who, mask in {"regulars": regular, "others": ~regular}.items():
        score = interval_over_seeds(right[:, mask])
        shown[f"{who}: {name}, {split} at random"] = score
        record(f"{who}_{name.split()[0]}_{split}", score[0])
shown = dict(sorted(shown.items(), reverse=True))
plots.scores(shown, "Who is tested, and what was dealt", highlight_last=False)

# %% [markdown]
# On the **regulars** both models lose more than half of their right answers when the writer is new. The **others**
# write once or twice: for them the split changes next to nothing. (Again a control.)
#
# The assumption falls. A random split is fair for the question *How good is it for people whom we already know?* If
# your users stay the same, that may be your question. For new writers, deal writers. And look at the winner: for known
# regulars, counting words is ahead, because it remembers names best. A leak may choose the wrong model.
#
# **Try it.** Your texts come from 12 newspapers. In use, the model will read the same 12 papers, next year. Which
# split?
#
# <details><summary>An answer</summary>
#
# By **date**: you will know the papers, but not next year. And keep families together, because papers print the same
# news of an agency.
#
# </details>

# %% [markdown]
# ## Does it matter when?
#
# A project on tweets feared that its model "may fail to perform well on newer" ones. We can test that.
#
# In three years, seven words of the help desk changed their meaning. In year 1 the *blue card* is for the library;
# later it is for parking. The column `event` marks the rows that depend on such a word.
#
# We learn on a part of year 1 and test on the rest, on year 2 and on year 3. Beside it: as many training rows of other
# years.

# %%
year = np.repeat([1, 2, 3], [len(years[name]) for name in sorted(years)])
events = np.array(desk["event"]) > 0
size = int(0.7 * (year == 1).sum())


def learn_from(pool, seed, model=probe, inputs=desk_vectors):
    """Return which answers are right; the rows it learned from are nan."""
    learn = np.random.default_rng(seed).permutation(np.flatnonzero(pool))[:size]
    said = model.fit(inputs[learn], topic[learn]).predict(inputs)
    right = (said == topic).astype(float)
    right[learn] = np.nan
    return right


print(size, "rows to learn from, floor", f"{np.bincount(topic).max() / len(topic):.0%}")

# %%
pools = {"year 1": year == 1, "year 3": year == 3, "all years": year > 0}
pools["years 1 and 3"] = year != 2
grid = {}
for name in reads:
    for source, mask in pools.items():
        right = [learn_from(mask, seed, *reads[name]) for seed in seeds]
        grid[f"{name}: {source}"] = {
            f"test on year {number}": np.nanmean(np.array(right)[:, year == number])
            for number in (1, 2, 3)
        }
grid = pd.DataFrame(grid)
grid.T.round(2)

# %% [markdown]
# Read the line *frozen vectors: year 1*. On rows of its own year it is right about seven times of ten. On year 3, only
# about a third. The line *all years* says about half, for each year. That is the number of a random split. It promises
# too much for tomorrow.
#
# Now look at year 2. Learned from years 1 **and 3**, the model does better there than learned from year 1. It has read
# the future. This is **leakage in time**: no row was copied, and still the test is too easy. (The next cells say how
# sure that is.)
#
# And the line *year 3*, tested on year 1: as bad as the other way round. A change has no direction. Only the *use* has
# one.
#
# Which rows fail? The planted column tells.

# %%
runs_of = np.array([learn_from(year == 1, seed) for seed in seeds])
slices = {}
for number in (1, 2, 3):
    for name, mask in {"with a changed word": events, "other rows": ~events}.items():
        part = runs_of[:, mask & (year == number)]
        known = [line[~np.isnan(line)] for line in part]
        value = np.mean([line.mean() for line in known])
        half = 1.96 * np.sqrt(value * (1 - value) / part.shape[1])
        ends = max(0, value - half), min(1, value + half)
        slices[f"year {number}, {name}"] = value, *ends
plots.scores(slices, "Learned from year 1", highlight_last=False)

# %%
for number in (1, 2, 3):
    record(f"year_1_on_{number}", grid["frozen vectors: year 1"].iloc[number - 1])
informed = np.array([learn_from(year != 2, seed) for seed in seeds])
hindsight, low, high = interval_over_seeds((informed - runs_of)[:, year == 2])
print(f"hindsight on year 2: {hindsight:+.1%} ({low:+.1%} to {high:+.1%})")
record("hindsight", hindsight)
record("changed_words_year_3", slices["year 3, with a changed word"][0])
record("other_rows_year_3", slices["year 3, other rows"][0])

# %% [markdown]
# (The intervals of the figure count rows. That of the hindsight counts seeds too, and begins close to zero.) In year 1
# the special words were a gift: nearly all of those rows are right. In year 3 nearly all are wrong. It is the same
# habit. The other rows stay about as they were. The model did not change. The world moved, and it stood still. That is
# **drift**.
#
# ## Would anybody notice?
#
# Two signals need no labels: the model's **mean confidence**, and the share of **known words**. A third costs work:
# somebody labels 30 messages each quarter.
#
# For year 1 we need answers by a model that has not read the row. `cross_val_predict` gives them.

# %%
first = np.flatnonzero(year == 1)
chances = probe.fit(desk_vectors[first], topic[first]).predict_proba(desk_vectors)
chances[first] = cross_val_predict(
    probe, desk_vectors[first], topic[first], method="predict_proba",
    cv=KFold(5, shuffle=True, random_state=course.seed),
)  # fmt: skip
sure, right = chances.max(1), chances.argmax(1) == topic
quarter = np.array(
    [f"{day[2:4]}Q{(int(day[5:7]) + 2) // 3}" for day in dates.astype(str)]
)

# %%
words_of = [same_words(text).split() for text in messages]
heard = Counter(word for place in first for word in set(words_of[place]))
own = (year == 1).astype(int)  # a row of year 1 must not count itself
known = np.array([
    np.mean([heard[word] > own[place] for word in words])
    for place, words in enumerate(words_of)
])  # fmt: skip
print(f"known words in year 1: {known[first].mean():.0%}")

# %% [markdown]
# An alarm needs a line. We draw 30 rows of year 1 and take the mean, 2,000 times. The line lies where 1 draw of 100 is
# worse, though nothing has changed.

# %%
signals = {"right answers": right, "mean confidence": sure, "known words": known}
rng = np.random.default_rng(course.seed)


def means_of_30(values, mask):
    draws = rng.choice(np.flatnonzero(mask), size=(2000, 30))
    return values[draws].mean(1)


quarters, lines, alarms = sorted(set(quarter)), {}, {}
for name, values in signals.items():
    lines[name] = np.percentile(means_of_30(values, year == 1), 1)
    alarms[f"alarm by {name}"] = [
        np.mean(means_of_30(values, quarter == q) < lines[name]) for q in quarters
    ]
alarms = pd.DataFrame(alarms, index=quarters)
alarms.round(2)

# %%
months(
    {name: [v[quarter == q].mean() for q in quarters] for name, v in signals.items()},
    quarters,
    "Only the labels see the change",
    ("alarm line for right answers", lines["right answers"]),
)

# %% [markdown]
# And the same in three numbers:

# %%
for name in signals:
    column = alarms[f"alarm by {name}"]
    false, last = column.iloc[:4].mean(), column.iloc[-4:].mean()
    print(f"{name:<16} year 1: {false:.0%} false alarms; year 3: {last:.0%} alarms")
    record(f"alarm_{name.split()[-1]}", last)
likely = alarms["alarm by right answers"].iloc[4:] > 0.5
print("30 labels are more likely than not to raise the alarm in", likely.idxmax())

# %% [markdown]
# The confidence does not move, and no new words come. The *blue card* has its old letters. The model is **confidently
# wrong**. With another drift, a new language say, the free signals may speak.
#
# So a model needs a **review date**: each quarter, 30 fresh labels, a line fixed beforehand, and the name of a person.
# 30 labels see a fall as large as this one. A fall of 20 points they miss more often than not: that takes about 100.
#
# ## Which words have changed?
#
# An alarm says *that*, not *what*. From 100 labelled messages of year 3 we can ask each word: do its topics differ from
# year 1? We compare two shares of topics word by word, and count more where more rows stand behind it.

# %%
fresh = rng.permutation(np.flatnonzero(year == 3))[:100]


def topics_of_words(places):
    table = defaultdict(lambda: np.zeros(6))
    for place in places:
        for word in set(same_words(messages[place]).split()):
            table[word][topic[place]] += 1
    return table


old, new = topics_of_words(first), topics_of_words(fresh)
moved = {}
for word in old.keys() & new.keys():
    n, m = old[word].sum(), new[word].sum()
    distance = np.abs(old[word] / n - new[word] / m).sum() / 2
    moved[word] = distance * np.sqrt(n * m / (n + m))
top = sorted(moved, key=moved.get, reverse=True)[:12]
print(*top)

# %%
PLANTED = ["swan", "blue card", "robin", "brown", "depot", "meter", "form 7"]
hits = [word for word in PLANTED if set(word.split()) & set(top)]
parts = {part for word in PLANTED for part in word.split()}
others = len(set(top) - parts)
print(f"{len(hits)} of 7 planted words found; {others} of 12 are others")
record("changed_words_found", len(hits))

# %% [markdown]
# One hundred labels, and most of the planted words stand in the list. On your data, read the list yourself.
#
# ## May we just move the threshold?
#
# A lecture advises to "monitor drift and recalibrate thresholds". The model may answer alone where it is sure enough.
# In year 1 we choose the lowest confidence from which 90% of its answers are right. Does the promise hold in year 3?
# And what does a new choice on the 100 fresh labels give?


# %%
def lowest(sure, right, promise=0.9, least=10):
    for bar in np.arange(0.3, 1, 0.01):
        kept = right[sure >= bar]
        if len(kept) < least:
            break
        if kept.mean() >= promise:
            return bar
    return np.inf  # no threshold keeps the promise


print(lowest(np.array([0.9] * 10 + [0.4] * 10), np.arange(20) < 10))

# %%
rest = np.setdiff1d(np.flatnonzero(year == 3), fresh)
old_bar = lowest(sure[first], right[first])
new_bar = lowest(sure[fresh], right[fresh])
cases = {
    "year 1, its own bar": (old_bar, first),
    "year 3, the old bar": (old_bar, rest),
    "year 3, chosen again": (new_bar, rest),
}
for name, (level, places) in cases.items():
    kept = right[places][sure[places] >= level]
    score = f"{kept.mean():.0%} of them right" if len(kept) else "nobody is served"
    share = len(kept) / len(places)
    print(f"{name:<21} bar {level:.2f}: answers {share:.0%}, {score}")

# %% [markdown]
# And if the 100 labels teach the model, instead of the threshold?

# %%
learn = np.concatenate([first, np.repeat(fresh, 4)])
said = probe.fit(desk_vectors[learn], topic[learn]).predict(desk_vectors[rest])
again = said == topic[rest]
gain, low, high = interval(again * 1.0 - right[rest])
print(f"right on year 3: {right[rest].mean():.0%} as it was, {again.mean():.0%} anew")
print(f"gain {gain:+.0%} ({low:+.0%} to {high:+.0%})")
record("new_bar_found", int(np.isfinite(new_bar)))
record("old_bar_year_3", right[rest][sure[rest] >= old_bar].mean())
record("gain_of_100_labels", gain)

# %% [markdown]
# The old threshold promised 90% and keeps less than half of that. The new choice finds **no** threshold (`inf`): the
# confident answers are the wrong ones. A threshold cuts off doubt, not errors without doubt. So here a new threshold
# mends nothing. What helps is to **learn again**: the same 100 labels, each counted four times, win many points. (The
# lecture's line begins with "Recertify on a schedule". That half holds.)
#
# ## Does a good split ratio prevent overfitting?
#
# A paper writes: "Ensuring a proper split ratio minimizes the risk of overfitting and underfitting while providing
# sufficient data for model evaluation". **Overfitting** shows as a gap: right on training rows, wrong on test rows. Let
# us turn two knobs. First the ratio. Then the penalty `C` of the regression, at one ratio.

# %%
from sklearn.base import clone
from sklearn.model_selection import ShuffleSplit, cross_validate

lines = {}
draws = course.pick(laptop=10, full=20, smoke=2)
for share, penalty in [(0.5, 10), (0.7, 10), (0.9, 10), (0.7, 1), (0.7, 0.1)]:
    way = ShuffleSplit(draws, train_size=share, random_state=0)
    model = clone(probe).set_params(C=penalty)
    scores = cross_validate(model, desk_vectors, topic, cv=way, return_train_score=True)
    train_score, test_score = scores["train_score"].mean(), scores["test_score"].mean()
    lines[f"{share:.0%} to learn, C={penalty}"] = {
        "train": train_score, "test": test_score, "gap": train_score - test_score,
        "spread of test": scores["test_score"].std(),
    }  # fmt: skip
ratios = pd.DataFrame(lines).T
ratios.round(3)

# %%
gap = ratios["gap"]
record("gap_by_ratio", gap.iloc[0] - gap.iloc[2])
record("gap_by_penalty", gap.iloc[1] - gap.iloc[4])
spread = ratios["spread of test"]
record("spread_at_90_to_50", spread.iloc[2] / spread.iloc[0])
print(f"the ratio moves the gap by {gap.iloc[0] - gap.iloc[2]:.2f}")
print(f"the penalty moves it by {gap.iloc[1] - gap.iloc[4]:.2f}")

# %% [markdown]
# From 50% to 90% the gap shrinks a little, because there are more rows to learn from. It stays wide. What closes it is
# the penalty, and too strong a penalty costs test score: **underfitting**. So a ratio does not prevent overfitting.
# What it trades is rows to learn against rows to **judge**: with 10% to judge, the score jumps more from draw to draw
# (last column). The second half of the paper's sentence is right.
#
# **Try it.** Set the penalty to 1000 at 70%. First guess: what happens to train, test and gap?
#
# <details><summary>An answer</summary>
#
# A large `C` is a *weak* penalty. The training score goes to 100%, the test score falls a little, the gap grows. The
# ratio has not changed.
#
# </details>
#
# ## Does a pretrained model generalise, and counting not?
#
# A paper on reviews says that existing solutions "use traditional machine learning techniques and lack of
# generalization". We cannot judge its reviews. But we have both kinds of method, and several splits:

# %%
verdict = {
    "tweets, rows": ("tweets like these, copies too", *found[:, 0, 2, 1:].mean(0)),
    "tweets, no relatives": ("tweets nobody has copied", *found[:, 1, 2, 1:].mean(0)),
}
for split, question in {"rows": "known writers", "writers": "new writers"}.items():
    right = [by_split[name, split].mean() for name in reads]
    verdict[f"messages, {split} dealt"] = question, *right
for source, question in {"all years": "any day", "year 1": "two years later"}.items():
    right = [grid[f"{name}: {source}"].iloc[2] for name in reads]
    verdict[f"year 3, learned from {source}"] = question, *right
page = pd.DataFrame(verdict, index=["question", *reads]).T
page

# %%
falls = {}
for name in reads:
    rows_dealt, writers_dealt, any_day, later = page[name].iloc[2:]
    falls[name] = rows_dealt - writers_dealt, any_day - later
    print(f"{name:<15} loses {falls[name][0]:.1%} with new writers", end=", ")
    print(f"{falls[name][1]:.1%} two years later")
record("fall_counting_time", falls["counting words"][1])
record("fall_vectors_time", falls["frozen vectors"][1])

# %% [markdown]
# ## Verdict
#
# **Promised:** to find what a model has seen, and to make the score honest.
#
# **Kept.** The finders were scored on planted copies: near-copies mostly yes, other words only by rank. The leak was
# large where a relative stood in train, and small over all tweets. With messages, the random split promised far more
# than new writers or new years could keep.
#
# **Not kept.** Free signals did not see the drift, and a new threshold did not mend it.
#
# **On "lack of generalization".** Both methods lose more than ten points with new writers, and again with new years.
# The vectors stay ahead in the table. But pretraining protects nobody from a word that changes its meaning. The
# lecture's cures are right: remove copies, separate sources, split by time or domain "when chronology or provenance
# matters". To know when, first say **which question** the test must answer.
#
# ## In this notebook we have
#
# - **detected** copies by wording, near-copies by runs and by cosine, and scored both finders on planted ones;
# - **measured** the leak with the same test rows twice;
# - **split** by family, by writer and by date, and named the question of each split;
# - **watched** a model grow old: its confidence saw nothing, thirty labels saw it;
# - **chosen** a threshold again, and learned why that was not enough.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `The 'groups' parameter should not be None.` | a group split without groups | pass `groups=`, one number for each row |
# | a score far better on test than in use | train and test touch | count copies, writers and dates as in the first figure |
# | few copies in a sample, many in the whole file | rows were drawn one by one | draw whole families |
# | the near-copy finder takes hours | all pairs are compared | a list of holders for each run |
# | a family of thousands | short texts have one run, chains join strangers | a higher share, or only texts of ten words |
# | confidence is steady, complaints grow | the words kept their letters and changed their meaning | fresh labels, on a date |
# | validation by date, but the vocabulary was fitted on all rows | a leak through a step before the model | put every step into the pipeline, fit it on train |
#
# **Next:** {{ lesson:labels }} asks whether the labels themselves are right.
