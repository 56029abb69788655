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
# # {{ number }} · Exercises: The recipe
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.recipe import checks as check

course = start("recipe_exercises", "laptop")
check.sheet.begin()

# %% [markdown]
# ## 1 · How small a difference can you see?
#
# ★★☆ · 8 minutes · predict
#
# The accuracy of a recipe has a spread of 3 points over its seeds. So has each changed recipe. You compare the means
# of two recipes, each with k seeds. The lesson has a line for the smallest difference that you can see:
# `2 * spread * sqrt(2 / k)`. Count in points: 3, not 0.03.
#
# Run nothing yet: a pencil is enough. Write one number for each letter.
#
# - `a`: the smallest difference that you can see with 2 seeds for each recipe, in points
# - `b`: the same with 8 seeds for each recipe
# - `c`: how many seeds **each** recipe needs, so that you can see 1 point
# - `d`: how many trainings a factorial has: three factors with two levels, all combinations, 2 seeds for each cell
# - `e`: how many differences it gives for **one** factor, if each run is paired with its twin of the same seed
# - `f`: the other way, one setting at a time. A base recipe, three changed ones, and 8 differences for each change.
#   The base runs may serve all three changes. How many trainings is that?
# - `g`: ten changes that truly do nothing. Each gets an honest 95% interval. How many of the ten intervals are clear
#   of zero, in the mean?

# %% answer="seed_budget"
seed_budget = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ..., "f": ..., "g": ...}
### BEGIN SOLUTION
seed_budget = {"a": 6, "b": 3, "c": 72, "d": 16, "e": 8, "f": 32, "g": 0.5}
### END SOLUTION

# %% check="seed_budget"
check.seed_budget(seed_budget)

# %% [markdown]
# Now see it for yourself. We play 4000 comparisons for each number of seeds. How often is the difference beyond the
# limit?

# %%
import numpy as np

luck = np.random.default_rng(course.seed)
for k in (2, 8, 18):
    limit = 2 * 3 * np.sqrt(2 / k)
    first, second = luck.normal(0, 3, size=(2, 4000, k)).mean(axis=2)
    seen = {true: np.mean(abs(first - second + true) > limit) for true in (0, 2, 3, 6)}
    print(f"{k:>2} seeds, limit {limit:.0f}:", end=" ")
    print(*(f"{true} points {share:.0%}," for true, share in seen.items()))

# %% [markdown]
# "0 points" are the false alarms: about one in twenty, as it must be. And look at a true difference that lies **on** the
# limit: you see it only every second time.
#
# ## 2 · Nothing beats nothing?
#
# ★★☆ · 8 minutes · bug hunt
#
# `effect` gets two NumPy tables, seeds x posts, with 1 for a right answer and 0 for a wrong one: first the changed
# recipe, then the base recipe. Lines with the same number have the same seed, so subtract line by line. It returns
# three numbers: the mean difference, and the low and the high end of its interval.
#
# Its rule is good: the mean, minus and plus 2 · spread / √n. (The spread has `ddof=1`.) But the cell below compares a
# recipe with **itself**, and every third interval is clear of zero. (The play draws all luck anew, so its pairs share
# none. In real pairs the seed shares some.)
#
# Mend `effect`, and keep the rule. What may count as one of the n? Other tables have other numbers of seeds and posts,
# and at least two seeds. Leave the tables as they are, and round nothing.


# %%
def false_alarms(effect, seeds=6, posts=1000):
    """Compare a recipe with itself, a hundred times. Its seeds have a spread of 3 points."""
    luck, alarms = np.random.default_rng(course.seed), 0
    for _ in range(100):
        skill = luck.normal(0.5, 0.03, size=(2, seeds, 1))
        first, second = (luck.random((2, seeds, posts)) < skill).astype(int)
        _, low, high = effect(first, second)
        alarms += low > 0 or high < 0
    return f"{alarms} false alarms in 100 comparisons of nothing with nothing"


# %% answer="effect"
def effect(changed, base):
    """Return the mean difference, and both ends of its interval."""
    difference = changed - base
    middle = difference.mean()
    half = 2 * difference.std(ddof=1) / np.sqrt(difference.size)
    return middle, middle - half, middle + half


### BEGIN SOLUTION
def effect(changed, base):
    """Return the mean difference, and both ends of its interval."""
    difference = (changed - base).mean(axis=1)
    middle = difference.mean()
    half = 2 * difference.std(ddof=1) / np.sqrt(len(difference))
    return middle, middle - half, middle + half


### END SOLUTION


false_alarms(effect)

# %% check="effect"
check.effect(effect)
### BEGIN HIDDEN TESTS
check.effect(effect, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Some false alarms are left. An honest 95% interval has about 5 in a hundred. With six seeds this rule has about 10,
# in the mean of many repeats: a spread from six numbers is itself unsure. Would more posts have helped the old `effect`? No: with `posts=4000` it gives even more false alarms.
#
# ## 3 · Who carried the project?
#
# ★★☆ · 10 minutes · write code
#
# A project changed three things at once. Here it is as a factorial, on the posts of the lesson, this time of every
# length: more rows, more words of each post, and damped counts. (The model counts words, so it is trained in no time.
# Damped: a word that comes ten times counts much less than ten.)

# %%
from itertools import product

from datasets import disable_progress_bars, load_dataset
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
levels = {"rows": (300, 1200), "words": (8, 80), "damped": (False, True)}


def cut(texts, words):
    return [" ".join(text.split()[:words]) for text in texts]


def run(seed, rows, words, damped):
    """Train once. Return 1 or 0 for each test post."""
    picked = posts["train"].shuffle(seed=seed).select(range(rows))
    model = make_pipeline(TfidfVectorizer(sublinear_tf=damped), ComplementNB())
    model.fit(cut(picked["text"], words), picked["label"][:])
    said = model.predict(cut(posts["test"]["text"], words))
    return (said == posts["test"]["label"][:]).astype(int)


# %%
from course_utils.statistics import interval_over_seeds
from lessons.recipe.figures import forest

project = {}
for choice in product((0, 1), repeat=3):
    plan = {n: levels[n][level] for n, level in zip(levels, choice, strict=True)}
    project[choice] = np.array([run(seed, **plan) for seed in (0, 1, 2)])
    print(plan, f"{project[choice].mean():.1%}")


def taken_apart(main_effect):
    """Draw the effect of each factor, once there is a function for it."""
    tables = {name: main_effect(project, place) for place, name in enumerate(levels)}
    if any(table is None or np.ndim(table) != 2 for table in tables.values()):
        return "no tables yet"
    found = {name: interval_over_seeds(table) for name, table in tables.items()}
    return forest(found, "Three changes, taken apart")


# %% [markdown]
# Write `main_effect(cells, place)`. `cells` is a dictionary like `project`. Each key is a tuple with a 0 or a 1 for each
# factor, such as `(1, 0, 1)`. Each value is a NumPy table, seeds x posts. All tables have the same shape. All
# combinations are there, in any order. `place` is the number of the factor; the first one is 0.
#
# Return a table of that shape, an array or a tensor: the mean of all cells where this factor is 1, minus the mean of
# all cells where it is 0. There may be one factor, or many. Leave `cells` as it is.


# %% answer="main_effect"
def main_effect(cells, place):
    """Return a table, seeds x posts: what the factor in this place changes, in the mean of all pairs."""
    ### BEGIN SOLUTION
    up = [table for key, table in cells.items() if key[place] == 1]
    down = [table for key, table in cells.items() if key[place] == 0]
    return np.mean(up, axis=0) - np.mean(down, axis=0)
    ### END SOLUTION


taken_apart(main_effect)

# %% check="main_effect"
check.main_effect(main_effect)
### BEGIN HIDDEN TESTS
check.main_effect(main_effect, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Look at your figure. Which changes carried the project, and which one moved hardly anything? Here more rows are only
# that: no steps hide behind them.
#
# ## 4 · Gentle below, bold above
#
# ★★☆ · 10 minutes · write code
#
# In the lesson, a rate for each layer lifted a wild training. There the top had two layers. A whole model has more
# parts. In PyTorch, each of its weights has a name, as the next cell shows.

# %%
import torch
from transformers import AutoModelForSequenceClassification, logging

logging.set_verbosity_error()
logging.disable_progress_bar()
model = AutoModelForSequenceClassification.from_pretrained(course.checkpoint)
names = [name for name, _ in model.named_parameters()]
print(len(names), "names:", names[0], names[5], names[-5], names[-1], sep="\n")


def shown_rates(layer_rates):
    """Make an optimizer with these rates, and count the weights in its groups."""
    rates = layer_rates(names, 1e-3, 0.3)
    if not rates:
        return "no rates yet"
    groups = [{"params": [w], "lr": rates[n]} for n, w in model.named_parameters()]
    counts = {}
    for group in torch.optim.AdamW(groups).param_groups:
        rate = f"{group['lr']:.1e}"
        counts[rate] = counts.get(rate, 0) + group["params"][0].numel()
    return counts


# %% [markdown]
# Write `layer_rates(names, rate, fade)`. It gets a list of such names and two numbers. It returns a dictionary with the
# rate for each name.
#
# - A name with `.layer.` in it has a number behind that: `bert.encoder.layer.0.output.dense.bias` belongs to layer 0.
#   The layer with the largest number is the top. Its weights get `rate * fade`. The layer below gets
#   `rate * fade**2`, and so on down to layer 0. No layer is missing. There may be one layer, or more than ten.
# - Any other name with `embeddings` in it lies below layer 0. It gets one `fade` more than layer 0.
# - All other names (the pooler, too) belong to the head. They get `rate`.
#
# The names may come in any order, and other models have other names before `.layer.`. Leave the list as it is.


# %% answer="layer_rates"
def layer_rates(names, rate, fade):
    """Return name -> rate: the deeper a weight lies, the smaller its rate."""
    ### BEGIN SOLUTION
    numbers = {n: int(n.split(".layer.")[1].split(".")[0]) for n in names if ".layer." in n}
    top = max(numbers.values())
    rates = {}
    for name in names:
        depth = top + 2 if "embeddings" in name else 0
        if name in numbers:
            depth = top - numbers[name] + 1
        rates[name] = rate * fade**depth
    return rates
    ### END SOLUTION


shown_rates(layer_rates)

# %% check="layer_rates"
check.layer_rates(layer_rates)
### BEGIN HIDDEN TESTS
check.layer_rates(layer_rates, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Above the check, each line is a rate, and how many numbers of the model have it. More than half of them lie deep down:
# the embeddings. They hardly move now.
#
# ## 5 · A search that can be believed
#
# ★★★ · 15 minutes · write code
#
# Write the four lines of the lesson as one function: `search(validate, test, low, high, budget, seed)`. Both
# `validate(rate)` and `test(rate)` are functions that train with a rate and return one score. A higher score is better.
# Scores may be negative, and two rates may have the same score.
#
# 1. **Space:** draw each rate between `low` and `high`, log-uniform. Between 1e-4 and 1e-2, about half of all rates are
#    below 1e-3.
# 2. **Budget:** draw `budget` rates, one or more. Call `validate` once with each of them, in the order in which you drew
#    them.
# 3. **Validation decides:** the winner is the rate with the highest validation score. If several have it, the one that
#    was drawn first wins.
# 4. **Test once:** call `test` with the winner, and never again.
#
# Return two numbers: the winner's rate and its **test** score. The same seed draws the same rates. Another seed draws
# others. Round nothing.

# %%
from sklearn.linear_model import SGDClassifier

texts = TfidfVectorizer(max_features=2000).fit(posts["train"]["text"][:])
matrix = {part: texts.transform(posts[part]["text"][:]) for part in posts}


def score(rate, part, rows):
    """Train a small linear model with this rate. Return its score on the first rows of a part."""
    linear = SGDClassifier(learning_rate="constant", eta0=rate, max_iter=2, tol=None)
    linear.set_params(random_state=course.seed, loss="log_loss")
    linear.fit(matrix["train"][:600], posts["train"]["label"][:600])
    return linear.score(matrix[part][:rows], posts[part]["label"][:rows])


def searched(search):
    """Search five times, eight trials each, with few validation posts."""
    rules = {"validate": lambda rate: score(rate, "validation", 60)}
    rules |= {"test": lambda rate: score(rate, "test", 400)}
    for seed in range(5):
        found = search(**rules, low=1e-2, high=1e2, budget=8, seed=seed)
        if found is None:
            return "no winner yet"
        validated = rules["validate"](found[0])
        print(f"rate {found[0]:.2g}, validation {validated:.1%}, test {found[1]:.1%}")
    return "five winners"


# %% answer="search"
def search(validate, test, low, high, budget, seed):
    """Return the rate that wins on validation, and its test score."""
    ### BEGIN SOLUTION
    luck = np.random.default_rng(seed)
    rates = [low * (high / low) ** luck.random() for _ in range(budget)]
    scores = [validate(rate) for rate in rates]
    winner = rates[np.argmax(scores)]
    return winner, test(winner)
    ### END SOLUTION


searched(search)

# %% check="search"
check.search(search)
### BEGIN HIDDEN TESTS
check.search(search, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Five seeds, five winners. Which of its two numbers may a winner report? Only the test score. The validation score did
# the choosing, so luck has lifted it.
#
# ## Done?
#
# You know what a comparison costs, and which intervals you may trust. You can take three changes apart, give each layer
# its own rate, and search without fooling yourself. {{ Lesson:evaluation }} asks what a single number hides.
