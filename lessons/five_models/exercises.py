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
# # {{ number }} · Exercises: Five models
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.five_models import checks as check

course = start("five_models_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · What do the losses say?
#
# ★★☆ · 8 minutes · predict
#
# Four trainings, all with the same task and two labels. After each of three epochs somebody wrote down:
#
# | training | training loss | validation loss | validation accuracy |
# |---|---|---|---|
# | `a` | 0.66, 0.51, 0.42 | 0.55, 0.47, 0.42 | 0.72, 0.79, 0.82 |
# | `b` | 0.58, 0.31, 0.12 | 0.48, 0.52, 0.61 | 0.77, 0.78, 0.79 |
# | `c` | 0.70, 0.69, 0.69 | 0.69, 0.69, 0.69 | 0.51, 0.49, 0.51 |
# | `d` | 0.09, 0.06, 0.04 | 0.66, 0.65, 0.65 | 0.78, 0.79, 0.78 |
#
# Run nothing yet. Under each letter write the verdict that fits best: `"learns on"` (more epochs may help),
# `"overfits"`, `"learned nothing"` or `"not fresh"` (the model was trained before). Each verdict fits one training.
#
# Then three questions about `b`:
#
# - `fewer_right`: has it fewer right answers after the last epoch than after the first? `"yes"` or `"no"`
# - `stops_after`: with early stopping on the validation loss, patience 1, after which epoch would it stop?
# - `goes_back_to`: and to the end of which epoch would it go back?

# %% answer="loss_verdicts"
loss_verdicts = {
    "a": ...,
    "b": ...,
    "c": ...,
    "d": ...,
    "fewer_right": ...,
    "stops_after": ...,
    "goes_back_to": ...,
}
### BEGIN SOLUTION
loss_verdicts = {
    "a": "learns on",
    "b": "overfits",
    "c": "learned nothing",
    "d": "not fresh",
    "fewer_right": "no",
    "stops_after": 2,
    "goes_back_to": 1,
}
### END SOLUTION

# %% check="loss_verdicts"
check.loss_verdicts(loss_verdicts)

# %% [markdown]
# Now see all four happen. A small network that counts words learns to tell joy from sadness, in a second.

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
two = posts.filter(lambda post: post["label"] in (1, 3))  # joy, sadness
counter = TfidfVectorizer(max_features=1000).fit(two["train"]["text"][:])
parts = {
    part: (counter.transform(two[part]["text"][:]).toarray(), two[part]["label"][:])
    for part in ("train", "validation")
}


# %%
def fresh_network(rate):
    options = {"batch_size": 16, "random_state": course.seed}
    return MLPClassifier(32, learning_rate_init=rate, **options)


def curves(network, epochs):
    found = {"train loss": [], "validation loss": [], "accuracy": []}
    for _ in range(epochs):
        network.partial_fit(*parts["train"], classes=[1, 3])
        for part, (texts, labels) in parts.items():
            loss = log_loss(labels, network.predict_proba(texts))
            found[f"{part} loss"].append(loss)
        found["accuracy"].append(network.score(*parts["validation"]))
    return found


network = fresh_network(0.003)
four = {"learns on": curves(fresh_network(0.001), 3), "overfits": curves(network, 8)}
four["learned nothing"] = curves(fresh_network(1e-6), 3)
four["not fresh"] = curves(network, 3)
for verdict, found in four.items():
    for name, values in found.items():
        print(f"{verdict:<15} {name:<15}", *(f"{value:.2f}" for value in values))

# %% [markdown]
# The second one ends with a clearly higher validation loss than it had on the way. What does its accuracy do?

# %%
over = four["overfits"]
best = np.argmin(over["validation loss"])
print(f"best epoch {best + 1}, last epoch {len(over['accuracy'])}")
print(f"validation loss {over['validation loss'][best]:.2f}, then {over['validation loss'][-1]:.2f}")
print(f"accuracy {over['accuracy'][best]:.2f}, then {over['accuracy'][-1]:.2f}")

# %% [markdown]
# ## 2 · Which batch size was it?
#
# ★★☆ · 8 minutes · write code
#
# A report tells rows, epochs and steps, and forgets the batch size. Write `possible_batches(rows, epochs, steps,
# sizes)`. It returns a list: all those of `sizes`, in their order, with which such a training makes exactly so many
# steps. There may be several, or none.
#
# A step takes one batch. The last batch of an epoch may be smaller.


# %% answer="possible_batches"
def possible_batches(rows, epochs, steps, sizes):
    """Return the batch sizes with which a training of so many rows and epochs makes so many steps."""
    ### BEGIN SOLUTION
    return [size for size in sizes if -(-rows // size) * epochs == steps]
    ### END SOLUTION


possible_batches(1000, 4, 128, [8, 16, 32, 64])

# %% check="possible_batches"
check.possible_batches(possible_batches)
### BEGIN HIDDEN TESTS
check.possible_batches(possible_batches, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Which tweets are positive?
#
# ★★☆ · 8 minutes · bug hunt
#
# Raw tweets have a `sentiment`: 0 is negative, 2 is neutral, 4 is positive. `upright` shall drop the neutral ones, and
# give the others a `label`: 0 with the name `negative`, 1 with the name `positive`. The scores looked fine, until
# somebody printed tweets with their label names. Mend `upright`. It gets a `Dataset` and returns one, with the columns
# `text` and `label` and no other. All other tweets stay, with their texts as they are, also one that comes twice.

# %%
from datasets import ClassLabel, Dataset

texts = ["The sun is out!", "My train is late again.", "The shop opens at nine."]
raw = Dataset.from_dict({"text": texts, "sentiment": [4, 0, 2]})


# %% answer="upright"
def upright(raw):
    """Return the negative and the positive tweets, with `label` in place of `sentiment`."""
    labelled = raw.map(lambda tweet: {"label": 0 if tweet["sentiment"] == 4 else 1})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


### BEGIN SOLUTION
def upright(raw):
    """Return the negative and the positive tweets, with `label` in place of `sentiment`."""
    clear = raw.filter(lambda tweet: tweet["sentiment"] in (0, 4))
    labelled = clear.map(lambda tweet: {"label": 1 if tweet["sentiment"] == 4 else 0})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


### END SOLUTION


rows_with_labels = upright(raw)
for tweet in rows_with_labels:
    print(
        rows_with_labels.features["label"].int2str(tweet["label"]), "-", tweet["text"]
    )

# %% check="upright"
check.upright(upright)
### BEGIN HIDDEN TESTS
check.upright(upright, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · One box, two parts
#
# ★★★ · 15 minutes · write code
#
# A box of posts was filled from two exports, and some posts are in both. Its rows are sorted by label. The next cell
# draws from it as the project did: twice, with two seeds.

# %%
from datasets import concatenate_datasets

export = posts["train"].select(range(300))
box = concatenate_datasets([export, export.select(range(100))]).sort("label")
first = box.shuffle(seed=1).select(range(200))
second = box.shuffle(seed=2).select(range(50))
print(len(set(first["text"]) & set(second["text"])), "texts stand in both parts")

# %% [markdown]
# Write `apart_by_text(rows, n_train, n_test, seed)`. It gets a `Dataset` and returns two: first a training part with
# `n_train` rows, then a test part with `n_test` rows. They are rows of `rows`, with all their columns, and no row comes
# more often than it does there. No **text** may stand in both parts, not even with another label. Both parts are drawn
# at random, from all rows. The same seed draws the same rows, also after a restart; another seed draws others.


# %% answer="apart_by_text"
def apart_by_text(rows, n_train, n_test, seed):
    """Return a training part and a test part that share no text."""
    ### BEGIN SOLUTION
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    parts = single.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]
    ### END SOLUTION


apart_by_text(box, 200, 50, seed=1)

# %% check="apart_by_text"
check.apart_by_text(apart_by_text)
### BEGIN HIDDEN TESTS
check.apart_by_text(apart_by_text, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can read a table of losses and ask a report for its batch size. You have turned labels the right way up, and drawn
# a test that the training has never seen. {{ Lesson:lora }} trains a small part of a model.
