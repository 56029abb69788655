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
# # {{ number }} · Exercises: A case study, emotions
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.case_emotion import checks as check

course = start("case_emotion_exercises", "laptop")
check.sheet.begin()

# %%
import numpy as np
from datasets import disable_progress_bars, load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
texts, truth = posts["train"]["text"][:], np.array(posts["train"]["label"])
test_texts, test_truth = posts["test"]["text"][:], np.array(posts["test"]["label"])
word_counter = make_pipeline(
    TfidfVectorizer(), LogisticRegression(C=10, max_iter=1000)
).fit(texts, truth)
right = word_counter.predict(test_texts) == test_truth
print(f"counting words: {right.mean():.1%} of {len(right)} test posts are right")

# %% [markdown]
# ## 1 · Sure, or right?
#
# ★★☆ · 6 minutes · predict
#
# Three models answer the same four posts. A cell holds the four chances that a model gives to the four labels of a
# post. The first chance always belongs to the right label.
#
# | model | posts 1, 2 and 3, each | post 4 |
# |---|---|---|
# | `sure` | 0.97, 0.01, 0.01, 0.01 | 0.01, 0.97, 0.01, 0.01 |
# | `modest` | 0.40, 0.30, 0.20, 0.10 | 0.40, 0.30, 0.20, 0.10 |
# | `careful` | 0.60, 0.20, 0.10, 0.10 | 0.30, 0.50, 0.10, 0.10 |
#
# The loss of one post is 0.03 for a chance of 0.97, then 0.51 for 0.60, 0.92 for 0.40, 1.20 for 0.30, 4.61 for 0.01.
# Run nothing yet. Write the name of a model for the first three, and `"up"`, `"down"` or `"same"` for the others.
#
# - `most_right`: the highest accuracy. `lowest_loss`, `highest_loss`: the log-loss.
# - `softer_accuracy`, `softer_loss`: what happens to `sure` with a temperature of 2?

# %% answer="sure_or_right"
sure_or_right = {
    "most_right": ...,
    "lowest_loss": ...,
    "highest_loss": ...,
    "softer_accuracy": ...,
    "softer_loss": ...,
}
### BEGIN SOLUTION
sure_or_right = {
    "most_right": "modest",
    "lowest_loss": "careful",
    "highest_loss": "sure",
    "softer_accuracy": "same",
    "softer_loss": "down",
}
### END SOLUTION

# %% check="sure_or_right"
check.sure_or_right(sure_or_right)

# %% [markdown]
# Now see it. (The logarithm of a chance is a logit: the softmax gives the chance back.)

# %%
from scipy.special import softmax
from sklearn.metrics import log_loss

said = {
    "sure": [[0.97, 0.01, 0.01, 0.01]] * 3 + [[0.01, 0.97, 0.01, 0.01]],
    "modest": [[0.40, 0.30, 0.20, 0.10]] * 4,
    "careful": [[0.60, 0.20, 0.10, 0.10]] * 3 + [[0.30, 0.50, 0.10, 0.10]],
}
said["sure, temperature 2"] = softmax(np.log(said["sure"]) / 2, axis=1)
for name, rows in said.items():
    accuracy = np.mean(np.argmax(rows, axis=1) == 0)
    loss = log_loss([0] * 4, rows, labels=range(4))
    print(f"{name:<20} accuracy {accuracy:.2f}, log-loss {loss:.2f}")

# %% [markdown]
# ## 2 · One limit, one score; another limit, another score
#
# ★★☆ · 7 minutes · bug hunt
#
# Two colleagues report on the same model and the same test part. Their scores differ, and neither is the score from
# above. Each of them made the parts with `ready_parts`, with a limit of their own.
#
# Mend `ready_parts`. It gets a `DatasetDict` with `train`, `validation` and `test`, and a number of words. Training
# stays as it is: it uses only posts of at most so many words, whole and in their order. What chooses and what judges
# must see what people really send. Return a new `DatasetDict`, or a dict, and leave the old one as it is. Each part
# keeps its columns, and gets no other.

# %%
words = np.array([len(text.split()) for text in test_texts])
for limit in (8, 12):
    short = words <= limit
    print(f"limit {limit}: {right[short].mean():.1%} of {short.sum()} posts are right")


# %% answer="ready_parts"
def ready_parts(posts, limit):
    """Return the parts to learn from, to choose by and to judge with."""

    def is_short(row):
        return len(row["text"].split()) <= limit

    return posts.filter(is_short)


### BEGIN SOLUTION
def ready_parts(posts, limit):
    """Return the parts to learn from, to choose by and to judge with."""

    def is_short(row):
        return len(row["text"].split()) <= limit

    parts = dict(posts)
    parts["train"] = posts["train"].filter(is_short)
    return parts


### END SOLUTION


{name: len(part) for name, part in ready_parts(posts, 12).items()}

# %% check="ready_parts"
check.ready_parts(ready_parts)
### BEGIN HIDDEN TESTS
check.ready_parts(ready_parts, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Names and hashtags
#
# ★★☆ · 20 minutes · write code
#
# New posts come from another site, with real names in them. And its people write hashtags as `#BestDayEver`, which the
# tokenizer would make small and cut anywhere. Write `tidied(text)`. It returns the text with two changes:
#
# - A name is `@` with letters, digits or `_` behind it. It may stand behind a bracket. It becomes `@user`. Names with
#   only spaces between them become one `@user`. An address such as `me@home.org` is no name.
# - A hashtag is `#` with letters, digits or `_` behind it. It loses its `#`. Inside it, a space comes before each
#   capital letter that follows a small one: `#BestDayEver` becomes `Best Day Ever`, and `#LoveNYC` becomes `Love NYC`.
#
# Nothing else changes: `iPhone` is no hashtag, and a single `@` or `#` stays. Spaces do not matter: neither how many
# stand between two words, nor whether one stands beside a comma or a bracket. The next cell shows the three calls of
# `re` that you need.

# %%
import re

print(re.sub(r"\d+", "NUMBER", "12 eggs and 3 cups"))  # one or more digits
print(re.sub(r"(?<!\w)\d+", "NUMBER", "B12 and 12"))  # only where no letter or digit stands before them
print(re.sub(r"<(\w+)>", lambda found: found[1].upper(), "a <b> c"))  # a function makes the new text


# %% answer="tidied"
def tidied(text):
    """Return the text with `@user` for names, and hashtags as words."""
    ### BEGIN SOLUTION
    text = re.sub(r"(?<!\w)@\w+", "@user", text)
    text = re.sub(r"@user(\s+@user\b)+", "@user", text)

    def as_words(hashtag):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", hashtag[1])

    return re.sub(r"(?<!\w)#(\w+)", as_words, text)
    ### END SOLUTION


tidied("@mia_b @Tom99 my iPhone is back! #BestDayEver")

# %% check="tidied"
check.tidied(tidied)
### BEGIN HIDDEN TESTS
check.tidied(tidied, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Ask them all
#
# ★★★ · 10 minutes · write code
#
# The lesson takes the mean of two models' **weights**. There is another mean: ask all models, and take the mean of
# their **chances**. Write `mean_chances(models, inputs)`:
#
# - `models`: a list of PyTorch models. Each one takes `inputs` and returns logits, one row of 4 for each post. They come
#   as training left them: their dropout may still be on. There may be one, or many. You may call `eval` or `train` on
#   them. All else must stay: the list, the weights (they can learn on), the gradients, the dropout rates.
# - `inputs`: a tensor with one row for each post.
#
# It returns a tensor or an array with 4 chances for each post.

# %%
import copy

import torch
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
counter = TfidfVectorizer(max_features=3000, sublinear_tf=True)
inputs = torch.tensor(3 * counter.fit_transform(texts).toarray()).float()
test_inputs = torch.tensor(3 * counter.transform(test_texts).toarray()).float()


def new_model():
    parts = torch.nn.Linear(3000, 32), torch.nn.ReLU(), torch.nn.Dropout(0.1)
    return torch.nn.Sequential(*parts, torch.nn.Linear(32, 4))


def learn(model, rate, epochs):
    model = copy.deepcopy(model).train()
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    for _ in range(epochs):
        for rows in torch.randperm(len(inputs)).split(64):
            optimizer.zero_grad()
            cross_entropy(model(inputs[rows]), torch.tensor(truth)[rows]).backward()
            optimizer.step()
    return model


# %% [markdown]
# `gentle` and `bold` have the same beginning. `stranger` has a beginning of its own. Training them takes some seconds.

# %%
beginning = learn(new_model(), rate=2e-3, epochs=2)
gentle = learn(beginning, rate=2e-3, epochs=3)
bold = learn(beginning, rate=4e-3, epochs=3)
stranger = learn(new_model(), rate=2e-3, epochs=5)
print("dropout on:", gentle.training, bold.training, stranger.training)


# %% answer="mean_chances"
def mean_chances(models, inputs):
    """Return the mean of what the models say: 4 chances for each row of inputs."""
    ### BEGIN SOLUTION
    with torch.inference_mode():
        chances = [model.eval()(inputs).softmax(dim=-1) for model in models]
    return torch.stack(chances).mean(dim=0)
    ### END SOLUTION


mean_chances([gentle, bold], test_inputs[:2])

# %% check="mean_chances"
check.mean_chances(mean_chances)
### BEGIN HIDDEN TESTS
check.mean_chances(mean_chances, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# And which mean is better? Look at the log-loss. With the same beginning, the two means hardly differ, and the mean of
# the weights is one model, not two. With a stranger, only the mean of the chances holds.


# %%
def loss_of(*models):
    with torch.inference_mode():
        rows = [model.eval()(test_inputs).softmax(-1).numpy() for model in models]
    return log_loss(test_truth, np.mean(rows, axis=0), labels=range(4))


for name, other in {"bold": bold, "stranger": stranger}.items():
    mixed = copy.deepcopy(gentle)
    with torch.no_grad():
        for target, part in zip(mixed.parameters(), other.parameters(), strict=True):
            target.lerp_(part, 0.5)
    print(f"gentle {loss_of(gentle):.3f} and {name} {loss_of(other):.3f}:", end=" ")
    print(f"weights {loss_of(mixed):.3f}, chances {loss_of(gentle, other):.3f}")

# %% [markdown]
# ## Done?
#
# You know why log-loss and accuracy can disagree. Your test part keeps every post. Your cleaning touches what it should,
# and nothing else. And you can average models in two ways, and say when the cheap one works.
