# Right and wrong answers to the sheet of `recipe`. `says` is a part of what the check must reply.

# %% exercise="seed_budget" right="computed by the lesson's line"
import math


def smallest(k, spread=3):
    return 2 * spread * math.sqrt(2 / k)


enough = next(k for k in range(1, 200) if smallest(k) <= 1 + 1e-9)
seed_budget = {"a": smallest(2), "b": smallest(8), "c": enough, "d": 2**3 * 2}
seed_budget |= {"e": 2**2 * 2, "f": (1 + 3) * 8, "g": 10 * 0.05}

# %% exercise="seed_budget" right="with NumPy and tensors"
import numpy as np
import torch

seed_budget = {"a": np.float32(6), "b": torch.tensor(3.0), "c": np.int64(72), "d": np.array([16])}
seed_budget |= {"e": 8.0, "f": np.float64(32), "g": torch.tensor(0.5)}

# %% exercise="seed_budget" right="keys in another order, one key more"
seed_budget = {"g": 0.5, "f": 32, "e": 8, "d": 16, "c": 72, "b": 3, "a": 6, "why": "the root"}

# %% exercise="seed_budget" right="exact numbers"
from decimal import Decimal
from fractions import Fraction

seed_budget = {"a": Fraction(6), "b": Decimal(3), "c": 2 * 6**2, "d": 16, "e": 8, "f": 32, "g": Fraction(1, 2)}

# %% exercise="seed_budget" wrong="one mean varies, the other does not" says="both means vary"
seed_budget = {"a": 4.24, "b": 2.12, "c": 36, "d": 16, "e": 8, "f": 32, "g": 0.5}

# %% exercise="seed_budget" wrong="without the 2 in front" says="the 2 in front"
seed_budget = {"a": 3, "b": 1.5, "c": 18, "d": 16, "e": 8, "f": 32, "g": 0.5}

# %% exercise="seed_budget" wrong="shares" says="points are asked for"
seed_budget = {"a": 0.06, "b": 0.03, "c": 72, "d": 16, "e": 8, "f": 32, "g": 0.5}

# %% exercise="seed_budget" wrong="four times the seeds, a quarter" says="there is a root" old="\"b\": 3" new="\"b\": 1.5"

# %% exercise="seed_budget" wrong="seeds change nothing" says="make smaller differences visible" old="\"b\": 3" new="\"b\": 6"

# %% exercise="seed_budget" wrong="a third of the limit, three times the seeds" says="there is a root" old="72" new="24"

# %% exercise="seed_budget" wrong="the square is forgotten" says="the square is missing" old="72" new="8.485"

# %% exercise="seed_budget" wrong="both recipes together" says="for both recipes together" old="72" new="144"

# %% exercise="seed_budget" wrong="one run for each cell" says="each cell has more than one seed" old="16" new="8"

# %% exercise="seed_budget" wrong="factors and levels multiplied" says="doubles the number of cells" old="16" new="12"

# %% exercise="seed_budget" wrong="pairs of cells" says="each has its seeds" old="\"e\": 8" new="\"e\": 4"

# %% exercise="seed_budget" wrong="runs for differences" says="a difference needs two of them" old="\"e\": 8" new="\"e\": 16"

# %% exercise="seed_budget" wrong="a single pair of cells" says="only one pair of cells" old="\"e\": 8" new="\"e\": 2"

# %% exercise="seed_budget" wrong="no base recipe" says="the base recipe must be trained" old="32" new="24"

# %% exercise="seed_budget" wrong="a new base for each change" says="may serve all three" old="32" new="48"

# %% exercise="seed_budget" wrong="as many as the factorial" says="that is the factorial" old="32" new="16"

# %% exercise="seed_budget" wrong="one interval" says="for one interval" old="0.5" new="0.05"

# %% exercise="seed_budget" wrong="none" says="also where the truth is zero" old="0.5" new="0"

# %% exercise="seed_budget" wrong="those that hold zero" says="how many hold zero" old="0.5" new="9.5"

# %% exercise="seed_budget" wrong="at least one" says="in the mean" old="0.5" new="0.4"

# %% exercise="seed_budget" wrong="a text" says="without quotes" old="72" new="\"72\""

# %% exercise="seed_budget" wrong="a list" says="a dict"
seed_budget = [6, 3, 72, 16, 8, 32, 0.5]

# %% exercise="seed_budget" wrong="another number" says="I do not recognise this slip" old="72" new="70"


# %% exercise="effect" right="seed by seed, in plain Python"
def effect(changed, base):
    from statistics import mean, stdev

    gains = [mean(map(float, one)) - mean(map(float, other)) for one, other in zip(changed, base, strict=True)]
    half = 2 * stdev(gains) / len(gains) ** 0.5
    return [mean(gains), mean(gains) - half, mean(gains) + half]


# %% exercise="effect" right="with tensors"
def effect(changed, base):
    import torch

    gains = torch.as_tensor(changed).double().mean(dim=1) - torch.as_tensor(base).double().mean(dim=1)
    half = 2 * gains.std() / len(gains) ** 0.5
    return gains.mean(), gains.mean() - half, gains.mean() + half


# %% exercise="effect" right="with pandas"
def effect(changed, base):
    import pandas as pd

    gains = (pd.DataFrame(changed) - pd.DataFrame(base)).mean(axis="columns")
    return gains.mean(), gains.mean() - 2 * gains.sem(), gains.mean() + 2 * gains.sem()


# %% exercise="effect" right="with SciPy, as an array"
def effect(changed, base):
    from scipy.stats import sem

    gains = changed.mean(axis=1) - base.mean(axis=1)
    return gains.mean() + np.array([0, -2, 2]) * sem(gains)


# %% exercise="effect" wrong="as it was" says="still counts as a training of its own"
def effect(changed, base):
    difference = changed - base
    middle = difference.mean()
    half = 2 * difference.std(ddof=1) / np.sqrt(difference.size)
    return middle, middle - half, middle + half


# %% exercise="effect" wrong="the n is mended, the spread is not" says="the n is mended" old=".mean(axis=1)" new=""

# %% exercise="effect" wrong="the spread is mended, the n is not" says="the spread is mended" old="len(difference)" new="changed.size"

# %% exercise="effect" wrong="the mean over the seeds" says="one number for each post" old="axis=1" new="axis=0"


# %% exercise="effect" wrong="two recipes without pairs" says="the pairs are torn apart"
def effect(changed, base):
    ours, theirs = changed.mean(axis=1), base.mean(axis=1)
    middle = ours.mean() - theirs.mean()
    half = 2 * np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / len(ours))
    return middle, middle - half, middle + half


# %% exercise="effect" wrong="no ddof" says="without `ddof=1`" old="ddof=1" new="ddof=0"

# %% exercise="effect" wrong="no root of n" says="without the root of n" old=" / np.sqrt(len(difference))" new=""

# %% exercise="effect" wrong="divided by n" says="divided by n" old="np.sqrt(len(difference))" new="len(difference)"

# %% exercise="effect" wrong="the seeds of both recipes" says="n counts the seeds once" old="len(difference)" new="2 * len(difference)"

# %% exercise="effect" wrong="one spread to each side" says="one time the spread" old="2 * " new="1 * "

# %% exercise="effect" wrong="the textbook's 1.96" says="1.96" old="2 * " new="1.96 * "

# %% exercise="effect" wrong="Student's t" says="keep the rule"
def effect(changed, base):
    from scipy.stats import sem, t

    gains = (changed - base).mean(axis=1)
    half = t.ppf(0.975, len(gains) - 1) * sem(gains)
    return gains.mean(), gains.mean() - half, gains.mean() + half


# %% exercise="effect" wrong="base minus changed" says="the sign is turned round" old="(changed - base)" new="(base - changed)"

# %% exercise="effect" wrong="points" says="points in place of shares" old="(changed - base)" new="100 * (changed - base)"

# %% exercise="effect" wrong="the high end first" says="the low end comes before" old="middle - half, middle + half" new="middle + half, middle - half"

# %% exercise="effect" wrong="only the ends" says="3 entries" old="middle, middle - half" new="middle - half"


# %% exercise="effect" wrong="a bootstrap, which is another rule" says="I do not recognise this slip"
def effect(changed, base):
    from course_utils.statistics import interval_over_seeds

    return interval_over_seeds(changed - base)


# %% exercise="effect" wrong="hides the symptom: a wider interval" says="I do not recognise this slip"
def effect(changed, base):
    difference = changed - base
    middle = difference.mean()
    half = 5 * difference.std(ddof=1) / np.sqrt(difference.size)
    return middle, middle - half, middle + half


# %% exercise="effect" wrong="the six seeds of the cell" says="is the 6 fixed" old="len(difference)" new="6"

# %% exercise="effect" wrong="rounded" says="I do not recognise this slip" old="middle, middle - half, middle + half" new="[round(each, 2) for each in (middle, middle - half, middle + half)]"


# %% exercise="effect" wrong="works in the table itself" says="leaves `changed` as it is"
def effect(changed, base):
    changed -= base
    gains = changed.mean(axis=1)
    half = 2 * gains.std(ddof=1) / np.sqrt(len(gains))
    return gains.mean(), gains.mean() - half, gains.mean() + half


# %% exercise="main_effect" right="the mean of twins"
def main_effect(cells, place):
    gains = []
    for key in cells:
        if key[place] == 1:
            twin = (*key[:place], 0, *key[place + 1 :])
            gains.append(cells[key] - cells[twin])
    return sum(gains) / len(gains)


# %% exercise="main_effect" right="with signs, in one sum"
def main_effect(cells, place):
    return sum((2 * key[place] - 1) * table for key, table in cells.items()) * 2 / len(cells)


# %% exercise="main_effect" right="with tensors"
def main_effect(cells, place):
    import torch

    both = [[torch.tensor(t).double() for key, t in cells.items() if key[place] == level] for level in (1, 0)]
    up, down = (torch.stack(tables).mean(dim=0) for tables in both)
    return up - down


# %% exercise="main_effect" right="one big array"
def main_effect(cells, place):
    factors = len(next(iter(cells)))
    whole = np.stack([cells[key] for key in sorted(cells)])
    whole = whole.reshape(*[2] * factors, *whole.shape[1:])
    difference = np.take(whole, 1, axis=place) - np.take(whole, 0, axis=place)
    return difference.mean(axis=tuple(range(factors - 1))) if factors > 1 else difference


# %% exercise="main_effect" right="plain lists"
def main_effect(cells, place):
    tables = [(key[place], table.tolist()) for key, table in cells.items()]
    seeds, posts = len(tables[0][1]), len(tables[0][1][0])
    half = len(tables) / 2
    return [
        [sum((1 if up else -1) * table[seed][post] for up, table in tables) / half for post in range(posts)]
        for seed in range(seeds)
    ]


# %% exercise="main_effect" wrong="one change to the base" says="with the other factors at 0"
def main_effect(cells, place):
    base = [0] * len(next(iter(cells)))
    changed = [*base[:place], 1, *base[place + 1 :]]
    return cells[tuple(changed)] - cells[tuple(base)]


# %% exercise="main_effect" wrong="one change taken back" says="with the other factors at 1"
def main_effect(cells, place):
    full = [1] * len(next(iter(cells)))
    without = [*full[:place], 0, *full[place + 1 :]]
    return cells[tuple(full)] - cells[tuple(without)]


# %% exercise="main_effect" wrong="all at once" says="that is the confound"
def main_effect(cells, place):
    factors = len(next(iter(cells)))
    return cells[(1,) * factors] - cells[(0,) * factors]


# %% exercise="main_effect" wrong="down minus up" says="the sign is turned round"
def main_effect(cells, place):
    return sum((1 - 2 * key[place]) * table for key, table in cells.items()) * 2 / len(cells)


# %% exercise="main_effect" wrong="the sum of the pairs" says="not their mean"
def main_effect(cells, place):
    return sum((2 * key[place] - 1) * table for key, table in cells.items())


# %% exercise="main_effect" wrong="divided by all cells" says="half of it"
def main_effect(cells, place):
    return sum((2 * key[place] - 1) * table for key, table in cells.items()) / len(cells)


# %% exercise="main_effect" wrong="compared with the mean of all" says="half of it"
def main_effect(cells, place):
    up = np.mean([table for key, table in cells.items() if key[place] == 1], axis=0)
    return up - np.mean(list(cells.values()), axis=0)


# %% exercise="main_effect" wrong="counted from one" says="It is number 0"
def main_effect(cells, place):
    up = [table for key, table in cells.items() if key[place - 1] == 1]
    down = [table for key, table in cells.items() if key[place - 1] == 0]
    return np.mean(up, axis=0) - np.mean(down, axis=0)


# %% exercise="main_effect" wrong="counted from the right" says="from the right"
def main_effect(cells, place):
    up = [table for key, table in cells.items() if key[-1 - place] == 1]
    down = [table for key, table in cells.items() if key[-1 - place] == 0]
    return np.mean(up, axis=0) - np.mean(down, axis=0)


# %% exercise="main_effect" wrong="only the upper half" says="only the cells where the factor is 1" old=" - np.mean(down, axis=0)" new=""

# %% exercise="main_effect" wrong="one number" says="With a table, an interval can be computed" old="np.mean(up, axis=0) - np.mean(down, axis=0)" new="np.mean(up) - np.mean(down)"

# %% exercise="main_effect" wrong="one number for each seed" says="Keep the posts" old="np.mean(up, axis=0) - np.mean(down, axis=0)" new="np.mean(up, axis=(0, 2)) - np.mean(down, axis=(0, 2))"

# %% exercise="main_effect" wrong="one number for each post" says="Keep the seeds" old="np.mean(up, axis=0) - np.mean(down, axis=0)" new="np.mean(up, axis=(0, 1)) - np.mean(down, axis=(0, 1))"

# %% exercise="main_effect" wrong="seeds of all cells below each other" says="I do not recognise this slip" old="np.mean(up, axis=0) - np.mean(down, axis=0)" new="np.concatenate(up) - np.concatenate(down)"


# %% exercise="main_effect" wrong="the interval itself" says="I do not recognise this slip"
def main_effect(cells, place):
    up = np.mean([table for key, table in cells.items() if key[place] == 1], axis=0)
    down = np.mean([table for key, table in cells.items() if key[place] == 0], axis=0)
    return interval_over_seeds(up - down)


# %% exercise="main_effect" wrong="three factors, as in the cell" says="there may be one factor, or many"
def main_effect(cells, place):
    gains = []
    for one, other in product((0, 1), repeat=2):
        keys = []
        for level in (1, 0):
            key = [one, other]
            key.insert(place, level)
            keys.append((key[0], key[1], key[2]))
        gains.append([np.asarray(each) for each in (cells[keys[0]], cells[keys[1]])])
    return np.mean([up - down for up, down in gains], axis=0)


# %% exercise="main_effect" wrong="the cells taken in their order" says="I do not recognise this slip"
def main_effect(cells, place):
    tables = list(cells.values())
    return np.mean(tables[len(tables) // 2 :], axis=0) - np.mean(tables[: len(tables) // 2], axis=0)


# %% exercise="main_effect" wrong="cells used up" says="leaves `cells` as it is"
def main_effect(cells, place):
    up = [cells.pop(key) for key in list(cells) if key[place] == 1]
    return np.mean(up, axis=0) - np.mean(list(cells.values()), axis=0)


# %% exercise="layer_rates" right="with a regular expression"
def layer_rates(names, rate, fade):
    import re

    found = {name: re.search(r"\.layer\.(\d+)\.", name) for name in names}
    top = max(int(match[1]) for match in found.values() if match)

    def depth(name):
        if found[name]:
            return 1 + top - int(found[name][1])
        return top + 2 if "embeddings" in name else 0

    return {name: rate * fade ** depth(name) for name in names}


# %% exercise="layer_rates" right="layer by layer, from the top"
def layer_rates(names, rate, fade):
    numbers = {int(name.split(".layer.")[1].split(".")[0]) for name in names if ".layer." in name}
    rates = {name: rate for name in names}
    for number in sorted(numbers, reverse=True):
        rate *= fade
        rates |= {name: rate for name in names if f".layer.{number}." in name}
    lowest = {name: rate * fade for name in names if "embeddings" in name and ".layer." not in name}
    return rates | lowest


# %% exercise="layer_rates" right="with NumPy"
def layer_rates(names, rate, fade):
    numbers = [int(name.partition(".layer.")[2].partition(".")[0] or -1) for name in names]
    numbers = np.array([n if ".layer." in name else -1 for n, name in zip(numbers, names)])
    steps = numbers.max() + 1 - numbers
    steps[[number < 0 and "embeddings" not in name for number, name in zip(numbers, names)]] = 0
    return dict(zip(names, rate * np.float64(fade) ** steps))


# %% exercise="layer_rates" right="tensors in a defaultdict"
def layer_rates(names, rate, fade):
    from collections import defaultdict

    stack, where = [], defaultdict(list)
    for name in names:
        head, found, tail = name.partition(".layer.")
        key = int(tail.split(".")[0]) if found else -1 if "embeddings" in name else 10**6
        where[key].append(name)
    for key in sorted({*where, -1, 10**6}, reverse=True):
        stack.append((key, torch.tensor(rate, dtype=torch.float64)))
        rate = rate * fade
    return {name: each for key, each in stack for name in where[key]}


# %% exercise="layer_rates" wrong="counted from below" says="counted from below: the top" old="top - numbers[name] + 1" new="numbers[name] + 1"

# %% exercise="layer_rates" wrong="all counted from below" says="all is counted from below"
def layer_rates(names, rate, fade):
    rates = {}
    for name in names:
        depth = int(name.split(".layer.")[1].split(".")[0]) + 1 if ".layer." in name else 0
        rates[name] = rate * fade**depth
    return rates


# %% exercise="layer_rates" wrong="the top beside the head" says="gets the rate of the head"
def layer_rates(names, rate, fade):
    numbers = {n: int(n.split(".layer.")[1].split(".")[0]) for n in names if ".layer." in n}
    top = max(numbers.values())
    depths = {n: top + 1 if "embeddings" in n else 0 for n in names}
    depths |= {n: top - number for n, number in numbers.items()}
    return {n: rate * fade ** depths[n] for n in names}


# %% exercise="layer_rates" wrong="the head fades, too" says="the head gets the full rate" old="rate * fade**depth" new="rate * fade ** (depth + 1)"

# %% exercise="layer_rates" wrong="embeddings in the head" says="no part of the head" old="top + 2 if \"embeddings\" in name else 0" new="0"

# %% exercise="layer_rates" wrong="embeddings beside layer 0" says="one `fade` more" old="top + 2" new="top + 1"


# %% exercise="layer_rates" wrong="the largest text" says="9 comes after 10"
def layer_rates(names, rate, fade):
    numbers = {n: n.split(".layer.")[1].split(".")[0] for n in names if ".layer." in n}
    top = int(max(numbers.values()))
    depths = {n: top + 2 if "embeddings" in n else 0 for n in names}
    depths |= {n: top + 1 - int(number) for n, number in numbers.items()}
    return {n: rate * fade ** depths[n] for n in names}


# %% exercise="layer_rates" wrong="one digit" says="layer 10 is read as layer 1" old=".split(\".\")[0]) for" new="[0]) for"

# %% exercise="layer_rates" wrong="six layers" says="is the number of layers fixed at 6" old="max(numbers.values())" new="5"

# %% exercise="layer_rates" wrong="embeddings asked first" says="belongs to its layer" old="if name in numbers:" new="if name in numbers and \"embeddings\" not in name:"

# %% exercise="layer_rates" wrong="the place in BERT's names" says="cut each name at `.layer.`"
def layer_rates(names, rate, fade):
    numbers = {n: int(n.split(".")[3]) for n in names if ".layer." in n}
    top = max(numbers.values())
    depths = {n: top + 2 if "embeddings" in n else 0 for n in names}
    depths |= {n: top + 1 - number for n, number in numbers.items()}
    return {n: rate * fade ** depths[n] for n in names}


# %% exercise="layer_rates" wrong="one rate for all layers" says="each layer further down" old="top - numbers[name] + 1" new="1"

# %% exercise="layer_rates" wrong="divided" says="divided by `fade`" old="rate * fade**depth" new="rate / fade**depth"

# %% exercise="layer_rates" wrong="times the depth" says="I do not recognise this slip" old="fade**depth" new="(fade * depth or 1)"

# %% exercise="layer_rates" wrong="the rate is not used" says="`rate` is not used" old="rate * fade**depth" new="fade**depth"

# %% exercise="layer_rates" wrong="twelve layers" says="is the number of layers fixed at 12" old="max(numbers.values())" new="11"

# %% exercise="layer_rates" wrong="only BERT's names" says="given:" old="if \".layer.\" in n" new="if \"bert.encoder.layer.\" in n"

# %% exercise="layer_rates" wrong="any name with layer" says="IndexError" old="if \".layer.\" in n}" new="if \"layer\" in n}"

# %% exercise="layer_rates" wrong="groups for the optimizer" says="one entry for each name" old="return rates" new="return [{\"params\": [n], \"lr\": r} for n, r in rates.items()]"

# %% exercise="layer_rates" wrong="only the layers" says="I do not recognise this slip" old="return rates" new="return {n: rates[n] for n in numbers}"

# %% exercise="layer_rates" wrong="a list of rates" says="a dictionary" old="return rates" new="return list(rates.values())"

# %% exercise="layer_rates" wrong="the list sorted in place" says="leaves `names` as it is" old="    rates = {}" new="    names.sort()\n    rates = {}"

# %% exercise="layer_rates" wrong="the model of the notebook" says="given:"
def layer_rates(names, rate, fade):
    top = model.config.num_hidden_layers - 1
    rates = {}
    for name in names:
        depth = top + 2 if "embeddings" in name else 0
        if ".layer." in name:
            depth = top + 1 - int(name.split(".layer.")[1].split(".")[0])
        rates[name] = rate * fade**depth
    return rates


# %% exercise="search" right="one trial after the other"
import math


def search(validate, test, low, high, budget, seed):
    import random

    luck = random.Random(seed)
    best = None
    for _ in range(budget):
        rate = math.exp(luck.uniform(math.log(low), math.log(high)))
        score = validate(rate)
        if best is None or score > best[0]:
            best = score, rate
    return best[1], test(best[1])


# %% exercise="search" right="powers of ten, with NumPy"
def search(validate, test, low, high, budget, seed):
    luck = np.random.default_rng(seed)
    rates = 10 ** luck.uniform(np.log10(low), np.log10(high), size=budget)
    scores = np.array([validate(rate) for rate in rates])
    winner = rates[scores.argmax()]
    return np.array([winner, test(winner)])


# %% exercise="search" right="with SciPy"
def search(validate, test, low, high, budget, seed):
    from scipy.stats import loguniform

    rates = loguniform(low, high).rvs(budget, random_state=seed).tolist()
    trials = [(rate, validate(rate)) for rate in rates]
    winner, _ = max(trials, key=lambda trial: trial[1])
    return [winner, test(winner)]


# %% exercise="search" right="with PyTorch"
import math


def search(validate, test, low, high, budget, seed):
    import torch

    luck = torch.Generator().manual_seed(seed)
    share = torch.rand(budget, generator=luck, dtype=torch.float64)
    rates = torch.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    scores = [validate(rate.item()) for rate in rates]
    winner = rates[scores.index(max(scores))]
    return winner, test(winner.item())


# %% exercise="search" right="the global generator, seeded"
def search(validate, test, low, high, budget, seed):
    import random

    random.seed(seed)
    rates = [low * (high / low) ** random.random() for _ in range(budget)]
    winner = max(rates, key=validate)
    return winner, test(winner)


# %% exercise="search" wrong="uniform" says="Draw the exponent" old="low * (high / low) ** luck.random()" new="luck.uniform(low, high)"

# %% exercise="search" wrong="the lowest score" says="higher is better" old="argmax" new="argmin"


# %% exercise="search" wrong="the last of equal ones" says="the last one wins, not the first"
import math


def search(validate, test, low, high, budget, seed):
    luck = np.random.default_rng(seed)
    best, winner = -math.inf, None
    for _ in range(budget):
        rate = low * (high / low) ** luck.random()
        score = validate(rate)
        if score >= best:
            best, winner = score, rate
    return winner, test(winner)


# %% exercise="search" wrong="pairs compared" says="the larger rate wins here"
def search(validate, test, low, high, budget, seed):
    luck = np.random.default_rng(seed)
    rates = [low * (high / low) ** luck.random() for _ in range(budget)]
    _, winner = max((validate(rate), rate) for rate in rates)
    return winner, test(winner)


# %% exercise="search" wrong="a score begins at zero" says="so do not start at 0"
import math


def search(validate, test, low, high, budget, seed):
    luck = np.random.default_rng(seed)
    best, winner = 0, None
    for _ in range(budget):
        rate = low * (high / low) ** luck.random()
        score = validate(rate)
        if score > best:
            best, winner = score, rate
    return winner, test(winner)


# %% exercise="search" wrong="the winner begins at zero" says="so do not start at 0"
def search(validate, test, low, high, budget, seed):
    luck = np.random.default_rng(seed)
    best, winner = 0, 0
    for _ in range(budget):
        rate = low * (high / low) ** luck.random()
        score = validate(rate)
        if score > best:
            best, winner = score, rate
    return winner, test(winner)


# %% exercise="search" wrong="the test chooses" says="nothing is validated" old="[validate(rate)" new="[test(rate)"

# %% exercise="search" wrong="every rate is tested" says="a second validation of the test"
def search(validate, test, low, high, budget, seed):
    luck = np.random.default_rng(seed)
    rates = [low * (high / low) ** luck.random() for _ in range(budget)]
    trials = [(validate(rate), test(rate), rate) for rate in rates]
    _, tested, winner = max(trials, key=lambda trial: trial[0])
    return winner, tested


# %% exercise="search" wrong="the test was never asked" says="the winner must meet the test" old="test(winner)" new="max(scores)"

# %% exercise="search" wrong="the validation score is reported" says="too high by luck" old="return winner, test(winner)" new="test(winner)\n    return winner, max(scores)"

# %% exercise="search" wrong="tested twice" says="keep the score of the first time" old="return winner" new="print(test(winner))\n    return winner"

# %% exercise="search" wrong="the score first" says="the rate comes first" old="winner, test(winner)" new="test(winner), winner"

# %% exercise="search" wrong="one trial too many" says="one trial too many" old="range(budget)" new="range(budget + 1)"

# %% exercise="search" wrong="one trial too few" says="one trial too few" old="range(budget)" new="range(budget - 1)"

# %% exercise="search" wrong="scored a second time" says="trained twice" old="rates[np.argmax(scores)]" new="max(rates, key=validate)"

# %% exercise="search" wrong="twenty trials, whatever was asked" says="is `budget` used" old="range(budget)" new="range(20)"

# %% exercise="search" wrong="the seed is not used" says="`seed` is not used" old="default_rng(seed)" new="default_rng(42)"

# %% exercise="search" wrong="no seed at all" says="where does your draw get `seed`" old="default_rng(seed)" new="default_rng()"

# %% exercise="search" wrong="one rate for all trials" says="draw anew for each trial" old="[low * (high / low) ** luck.random() for _ in range(budget)]" new="[low * (high / low) ** luck.random()] * budget"

# %% exercise="search" wrong="a grid" says="a fixed list of rates" old="[low * (high / low) ** luck.random() for _ in range(budget)]" new="np.geomspace(low, high, budget)"

# %% exercise="search" wrong="exponents for rates" says="is that a logarithm" old="low * (high / low) ** luck.random()" new="luck.uniform(np.log10(low), np.log10(high))"

# %% exercise="search" wrong="the place of the winner" says="the place of the winner" old="rates[np.argmax(scores)]" new="int(np.argmax(scores))"

# %% exercise="search" wrong="the rates of the cell" says="is given to `validate`" old="low * (high / low)" new="1e-2 * 1e4"

# %% exercise="search" wrong="only the winner" says="a list in `search(...)`" old="winner, test(winner)" new="winner if test(winner) else 0.0"

# %% exercise="effect" equivalent="the two lines do not need each other"
# + half = 2 * difference.std(ddof=1) / np.sqrt(len(difference))
# - half = 2 * difference.std(ddof=1) / np.sqrt(len(difference))

# %% exercise="main_effect" equivalent="the two lists do not need each other"
# + down = [table for key, table in cells.items() if key[place] == 0]
# - down = [table for key, table in cells.items() if key[place] == 0]

# %% exercise="layer_rates" equivalent="the empty dictionary may be made earlier"
# + rates = {}
# - rates = {}

# %% exercise="search" wrong="another rate is tested" says="that `test` gets the winner" old="test(winner)" new="test(rates[0])"

# %% exercise="search" wrong="five rates to choose from" says="different rates" old="low * (high / low) ** luck.random()" new="low * (high / low) ** (luck.integers(5) / 4)"

# %% exercise="search" wrong="a triangle of exponents" says="in each quarter of the exponents" old="luck.random()" new="((luck.random() + luck.random()) / 2)"

# %% exercise="search" wrong="a bell of exponents" says="in each quarter of the exponents" old="luck.random()" new="luck.beta(4, 4)"

# %% exercise="search" wrong="a winner that is rounded" says="the rate of the winner" old="return winner, test(winner)" new="return round(winner, 4), test(winner)"
