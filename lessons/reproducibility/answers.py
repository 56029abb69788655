# Right and wrong answers to the sheet of `reproducibility`. `says` is a part of what the check must reply.

# %% exercise="what_moves" right="capital letters, spaces and dots"
what_moves = {"a": "Nothing", "b": " head ", "c": "nothing.", "d": "DROPOUT", "e": "Dropout  and order"}
what_moves |= {"f": "order", "g": "Last bits"}

# %% exercise="what_moves" right="another order of the keys, one key more"
what_moves = {"g": "last bits", "f": "order", "e": "dropout and order", "d": "dropout", "c": "nothing"}
what_moves |= {"b": "head", "a": "nothing", "why": "seeds put the dice back"}

# %% exercise="what_moves" right="zipped"
moved = ["nothing", "head", "nothing", "dropout", "dropout and order", "order", "last bits"]
what_moves = dict(zip("abcdefg", moved))

# %% exercise="what_moves" right="from a Series"
import pandas as pd

moved = ["nothing", "head", "nothing", "dropout", "dropout and order", "order", "last bits"]
what_moves = pd.Series(moved, index=list("abcdefg")).to_dict()

# %% exercise="what_moves" wrong="the line moves all that follows" says="which line stands between" old="\"a\": \"nothing\"" new="\"a\": \"head\""

# %% exercise="what_moves" wrong="the second seed forgotten" says="the common dice get their seed again" old="\"c\": \"nothing\"" new="\"c\": \"dropout\""

# %% exercise="what_moves" wrong="the head is drawn at place 3" says="the head is drawn already" old="\"c\": \"nothing\"" new="\"c\": \"head\""

# %% exercise="what_moves" wrong="the seed above saves the head" says="what is drawn next" old="\"b\": \"head\"" new="\"b\": \"nothing\""

# %% exercise="what_moves" wrong="the head changes the order" says="dice of its own" old="\"b\": \"head\"" new="\"b\": \"order\""

# %% exercise="what_moves" wrong="the second seed is not seen for b" says="a seed is set between" old="\"b\": \"head\"" new="\"b\": \"dropout\""

# %% exercise="what_moves" wrong="the loader takes from the common dice in d" says="the order has dice of its own" old="\"d\": \"dropout\"" new="\"d\": \"dropout and order\""

# %% exercise="what_moves" wrong="a draw is taken for rounding" says="no matter of rounding" old="\"d\": \"dropout\"" new="\"d\": \"last bits\""

# %% exercise="what_moves" wrong="e like d" says="from which dice does this loader" old="\"dropout and order\"" new="\"dropout\""

# %% exercise="what_moves" wrong="the dropout forgotten in e" says="who else draws" old="\"dropout and order\"" new="\"order\""

# %% exercise="what_moves" wrong="the generator was seeded" says="stands above this place" old="\"f\": \"order\"" new="\"f\": \"nothing\""

# %% exercise="what_moves" wrong="the generator moves the dropout" says="takes from `dice`: does the dropout" old="\"f\": \"order\"" new="\"f\": \"dropout\""

# %% exercise="what_moves" wrong="threads change nothing" says="threads share the additions" old="\"last bits\"" new="\"nothing\""

# %% exercise="what_moves" wrong="threads change the order" says="threads draw no numbers" old="\"last bits\"" new="\"order\""

# %% exercise="what_moves" wrong="a word of one's own" says="one of" old="\"last bits\"" new="\"labels\""

# %% exercise="what_moves" wrong="two words in a list" says="not several in a list" old="\"dropout and order\"" new="[\"dropout\", \"order\"]"

# %% exercise="what_moves" wrong="one part left out" says="a dict with the keys"
what_moves = {"a": "nothing", "b": "head", "c": "nothing", "d": "dropout", "e": "dropout and order", "f": "order"}


# %% exercise="fresh_start" right="the common dice put back"
def fresh_start(rows, size, seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = torch.randn(size)
        torch.manual_seed(seed)
        order = torch.randperm(rows)
    return head, order.tolist()


# %% exercise="fresh_start" right="NumPy, two generators"
import numpy as np


def fresh_start(rows, size, seed):
    head = np.random.default_rng([seed, 0]).normal(size=size)
    return head, np.random.default_rng([seed, 1]).permutation(rows)


# %% exercise="fresh_start" right="Python's dice, in lists"
import random


def fresh_start(rows, size, seed):
    dice, order = random.Random(seed), list(range(rows))
    random.Random(f"order {seed}").shuffle(order)
    return [[dice.gauss(0, 1) for _ in range(size)], order]


# %% exercise="fresh_start" right="one function for dice, an order as a tensor"
def fresh_start(rows, size, seed):
    def dice():
        return torch.Generator().manual_seed(seed)

    return torch.randn(size, generator=dice()).requires_grad_(), torch.randperm(rows, generator=dice())


# %% exercise="fresh_start" right="the order from a loader"
def fresh_start(rows, size, seed):
    dice = torch.Generator().manual_seed(seed)
    [order] = DataLoader(range(rows), rows, shuffle=True, generator=dice)
    return torch.randn(size, generator=torch.Generator().manual_seed(seed)), order.tolist()


# %% exercise="fresh_start" wrong="as handed out" says="the head comes from the common dice"
def fresh_start(rows, size, seed):
    head = torch.randn(size)
    torch.manual_seed(seed)
    order = torch.randperm(rows)
    return head, order.tolist()


# %% exercise="fresh_start" wrong="the seed moved up" says="One draw more, and the order is another"
def fresh_start(rows, size, seed):
    torch.manual_seed(seed)
    head = torch.randn(size)
    order = torch.randperm(rows)
    return head, order.tolist()


# %% exercise="fresh_start" wrong="the common dice set twice" says="gives the common dice a seed"
def fresh_start(rows, size, seed):
    torch.manual_seed(seed)
    head = torch.randn(size)
    torch.manual_seed(seed)
    order = torch.randperm(rows)
    return head, order.tolist()


# %% exercise="fresh_start" wrong="one generator for both" says="One draw more, and the order is another"
def fresh_start(rows, size, seed):
    dice = torch.Generator().manual_seed(seed)
    head = torch.randn(size, generator=dice)
    return head, torch.randperm(rows, generator=dice).tolist()


# %% exercise="fresh_start" wrong="one generator, the order first" says="One row more, and the head is another"
def fresh_start(rows, size, seed):
    dice = torch.Generator().manual_seed(seed)
    order = torch.randperm(rows, generator=dice).tolist()
    return torch.randn(size, generator=dice), order


# %% exercise="fresh_start" wrong="a generator for the head only" says="the order comes from the common dice"
def fresh_start(rows, size, seed):
    head = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    return head, torch.randperm(rows).tolist()


# %% exercise="fresh_start" wrong="always 42" says="another head for another seed"
def fresh_start(rows, size, seed):
    head = torch.randn(size, generator=torch.Generator().manual_seed(42))
    return head, torch.randperm(rows, generator=torch.Generator().manual_seed(seed)).tolist()


# %% exercise="fresh_start" wrong="always one order" says="where does the draw of the order get `seed`"
def fresh_start(rows, size, seed):
    head = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    return head, torch.randperm(rows, generator=torch.Generator().manual_seed(42)).tolist()


# %% exercise="fresh_start" wrong="NumPy's common dice" says="NumPy"
import numpy as np


def fresh_start(rows, size, seed):
    head = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    np.random.seed(seed)
    return head, np.random.permutation(rows)


# %% exercise="fresh_start" wrong="transformers sets all seeds" says="torch and NumPy and Python"
from transformers import set_seed


def fresh_start(rows, size, seed):
    set_seed(seed)
    head = torch.randn(size)
    set_seed(seed)
    return head, torch.randperm(rows).tolist()


# %% exercise="fresh_start" wrong="the order first" says="the head comes first"
def fresh_start(rows, size, seed):
    head = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    return torch.randperm(rows, generator=torch.Generator().manual_seed(seed)), head


# %% exercise="fresh_start" wrong="only the head" says="two things, the head and the order"
def fresh_start(rows, size, seed):
    return torch.randn(size, generator=torch.Generator().manual_seed(seed))


# %% exercise="fresh_start" wrong="rand in place of randn" says="`torch.randn`, with an n"
def fresh_start(rows, size, seed):
    head = torch.rand(size, generator=torch.Generator().manual_seed(seed))
    return head, torch.randperm(rows, generator=torch.Generator().manual_seed(seed)).tolist()


# %% exercise="fresh_start" wrong="rows from 1" says="begin at 0" old="order.tolist()" new="(order + 1).tolist()"

# %% exercise="fresh_start" wrong="neighbours stay together" says="much alike"
def fresh_start(rows, size, seed):
    dice = torch.Generator().manual_seed(seed)
    order, cut = list(range(rows)), 1 + int(torch.randint(rows - 1, (), generator=dice))
    order = order[cut:] + order[:cut]
    end = torch.randperm(4, generator=dice).tolist()
    head = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    return head, [order[at] for at in end] + order[4:]


# %% exercise="fresh_start" wrong="drawn with replacement" says="each row number from 0 on, once"
def fresh_start(rows, size, seed):
    head = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    return head, torch.randint(rows, (rows,), generator=torch.Generator().manual_seed(seed)).tolist()


# %% exercise="differences" right="missing entries have a mark of their own"
def differences(old, new):
    missing, names = object(), []
    for key in sorted({*old, *new}):
        one, other = old.get(key, missing), new.get(key, missing)
        if isinstance(one, dict) and isinstance(other, dict):
            names.extend(key + "." + name for name in differences(one, other))
        elif one != other:
            names.append(key)
    return sorted(names)


# %% exercise="differences" right="a stack, no function that calls itself"
def differences(old, new):
    found, stack = [], [("", old, new)]
    while stack:
        front, one, other = stack.pop()
        found += [front + key for key in one.keys() ^ other.keys()]
        for key in one.keys() & other.keys():
            if type(one[key]) is type(other[key]) is dict:
                stack.append((front + key + ".", one[key], other[key]))
            elif not one[key] == other[key]:
                found.append(front + key)
    return tuple(sorted(found))


# %% exercise="differences" right="a function inside that yields"
def differences(old, new):
    def walk(one, other, front=()):
        for key in set(one) | set(other):
            path = (*front, key)
            if key in one and key in other and isinstance(one[key], dict) and isinstance(other[key], dict):
                yield from walk(one[key], other[key], path)
            elif (key in one) != (key in other) or one[key] != other[key]:
                yield ".".join(path)

    return sorted(walk(old, new))


# %% exercise="differences" right="sorted by NumPy"
import numpy as np


def differences(old, new):
    found = []
    for key in dict(old, **new):
        if key in old and key in new and all(isinstance(page[key], dict) for page in (old, new)):
            found.extend(f"{key}.{name}" for name in differences(old[key], new[key]))
        elif key not in old or key not in new or old[key] != new[key]:
            found.append(key)
    return np.sort(np.array(found, dtype=str))


# %% exercise="differences" wrong="that of the lesson" says="flat as in the lesson"
def differences(old, new):
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


# %% exercise="differences" wrong="missing taken for None" says="not the same as an entry that is not there"
def differences(old, new):
    found = []
    for key in old.keys() | new.keys():
        one, other = old.get(key), new.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            found += [f"{key}.{name}" for name in differences(one, other)]
        elif one != other:
            found.append(key)
    return sorted(found)


# %% exercise="differences" wrong="flat, but missing is seen" says="which entry in it"
def differences(old, new):
    return sorted(key for key in old.keys() | new.keys() if (key in old) != (key in new) or old[key] != new[key])


# %% exercise="differences" wrong="only the keys of the old page" says="on the new page only" old="old.keys() | new.keys()" new="old.keys()"

# %% exercise="differences" wrong="only the keys of the new page" says="on the old page only" old="old.keys() | new.keys()" new="new.keys()"

# %% exercise="differences" wrong="only the keys of both" says="stands on one page only is a difference" old="old.keys() | new.keys()" new="old.keys() & new.keys()"

# %% exercise="differences" wrong="the name without its dict" says="begins with the name of the dict" old="f\"{key}.{name}\"" new="name"

# %% exercise="differences" wrong="a slash" says="joined with a dot" old="f\"{key}.{name}\"" new="f\"{key}/{name}\""

# %% exercise="differences" wrong="two levels, and no more" says="look down to the bottom"
def differences(old, new):
    def flat(one, other):
        return [key for key in {*one, *other} if (key in one) != (key in other) or one[key] != other[key]]

    found = []
    for key in flat(old, new):
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            found += [f"{key}.{name}" for name in flat(old[key], new[key])]
        else:
            found.append(key)
    return sorted(found)


# %% exercise="differences" wrong="a lonely dict is opened" says="is named itself"
def differences(old, new):
    found, missing = [], object()
    for key in old.keys() | new.keys():
        one, other = old.get(key, missing), new.get(key, missing)
        if isinstance(one, dict) or isinstance(other, dict):
            one, other = (each if isinstance(each, dict) else {} for each in (one, other))
            found += [f"{key}.{name}" for name in differences(one, other)]
        elif one != other:
            found.append(key)
    return sorted(found)


# %% exercise="differences" wrong="in the order of the pages" says="not sorted"
def differences(old, new):
    found = []
    for key in {**old, **new}:
        if key not in old or key not in new:
            found.append(key)
        elif isinstance(old[key], dict) and isinstance(new[key], dict):
            found += [f"{key}.{name}" for name in differences(old[key], new[key])]
        elif old[key] != new[key]:
            found.append(key)
    return found


# %% exercise="differences" wrong="a set" says="a set has no order" old="return sorted(found)" new="return set(found)"

# %% exercise="differences" wrong="yes or no" says="which entries differ"
def differences(old, new):
    return old != new


# %% exercise="differences" wrong="the last name first" says="the last name first" old="sorted(found)" new="sorted(found, reverse=True)"

# %% exercise="differences" wrong="lists compared without order" says="I do not recognise this slip" old="elif old[key] != new[key]:" new="elif sorted(str(old[key])) != sorted(str(new[key])):"

# %% exercise="differences" wrong="the old page gets the missing names" says="changes `old` itself"
def differences(old, new):
    found = []
    for key in new:
        if key not in old:
            found.append(key)
            old[key] = new[key]
    return sorted(found + [key for key in old if key not in new or old[key] != new[key]])


# %% exercise="ring_months" right="plain Python"
def ring_months(reference, later, allowed):
    def mean(values):
        return sum(values) / len(values)

    quiet = []
    for place in range(len(reference)):
        others = [each for other, month in enumerate(reference) if other != place for each in month]
        quiet.append(mean(others) - mean(reference[place]))
    line = sorted(quiet, reverse=True)[allowed]
    usual = mean([each for month in reference for each in month])
    return [place for place in range(len(later)) if usual - mean(later[place]) > line]


# %% exercise="ring_months" right="sums, and an array"
def ring_months(reference, later, allowed):
    totals, counts = np.array([sum(month) for month in reference]), np.array([len(month) for month in reference])
    quiet = (totals.sum() - totals) / (counts.sum() - counts) - totals / counts
    line = np.sort(quiet)[::-1][allowed]
    signals = np.array([totals.sum() / counts.sum() - np.mean(month) for month in later])
    return np.flatnonzero(signals > line)


# %% exercise="ring_months" right="pandas"
import pandas as pd


def ring_months(reference, later, allowed):
    table = pd.DataFrame([(at, each) for at, month in enumerate(reference) for each in month], columns=["at", "sure"])
    quiet = [table.sure[table["at"] != at].mean() - part.mean() for at, part in table.groupby("at").sure]
    line = sorted(quiet)[len(quiet) - 1 - allowed]
    return tuple(at for at, month in enumerate(later) if table.sure.mean() - pd.Series(month).mean() > line)


# %% exercise="ring_months" right="counted: the lowest line that few lie above"
import statistics


def ring_months(reference, later, allowed):
    every = [each for month in reference for each in month]
    quiet = []
    for month in reference:
        others = every.copy()
        for each in month:
            others.remove(each)
        quiet.append(statistics.mean(others) - statistics.mean(month))
    line = min(each for each in quiet if sum(other > each + 1e-12 for other in quiet) <= allowed)
    rung = []
    for place, month in enumerate(later):
        if statistics.mean(every) - statistics.mean(month) > line:
            rung.append(place)
    return rung


# %% exercise="ring_months" right="torch"
def ring_months(reference, later, allowed):
    def mean(months):
        return torch.tensor([each for month in months for each in month], dtype=torch.float64).mean()

    quiet = [mean(reference[:at] + reference[at + 1 :]) - mean([reference[at]]) for at in range(len(reference))]
    line = torch.stack(quiet).topk(allowed + 1).values[-1]
    return [at for at, month in enumerate(later) if mean(reference) - mean([month]) > line]


# %% exercise="ring_months" wrong="its own messages among them" says="held apart" old="np.concatenate(reference[:place] + reference[place + 1 :])" new="np.concatenate(reference)"

# %% exercise="ring_months" wrong="a mean of means" says="a mean of the months' means"
def ring_months(reference, later, allowed):
    means = [np.mean(month) for month in reference]
    quiet = [np.mean(means[:at] + means[at + 1 :]) - means[at] for at in range(len(means))]
    line = sorted(quiet)[-1 - allowed]
    return [at for at, month in enumerate(later) if np.mean(means) - np.mean(month) > line]


# %% exercise="ring_months" wrong="high confidence rings" says="low, not high"
def ring_months(reference, later, allowed):
    quiet = []
    for at, month in enumerate(reference):
        quiet.append(np.mean(month) - np.mean(np.concatenate(reference[:at] + reference[at + 1 :])))
    line = sorted(quiet)[-1 - allowed]
    return [at for at, month in enumerate(later) if np.mean(month) - np.mean(np.concatenate(reference)) > line]


# %% exercise="ring_months" wrong="on the line, too" says="a signal on the line does not ring" old="> line" new=">= line"

# %% exercise="ring_months" wrong="below the line" says="below the line" old="> line" new="< line"

# %% exercise="ring_months" wrong="the highest signal" says="allows no reference month" old="sorted(signals)[-1 - allowed]" new="max(signals)"

# %% exercise="ring_months" wrong="one too many" says="one reference month too many" old="sorted(signals)[-1 - allowed]" new="sorted(signals)[max(0, len(signals) - 2 - allowed)]"

# %% exercise="ring_months" wrong="one too few" says="one reference month too few" old="sorted(signals)[-1 - allowed]" new="sorted(signals)[-max(1, allowed)]"

# %% exercise="ring_months" wrong="sorted the other way" says="counted from the lowest" old="sorted(signals)[-1 - allowed]" new="sorted(signals)[allowed]"

# %% exercise="ring_months" wrong="a percentile" says="a percentile lies between" old="sorted(signals)[-1 - allowed]" new="np.percentile(signals, 100 * (1 - allowed / len(signals)))"

# %% exercise="ring_months" wrong="the line from the later months" says="from the quiet months"
def ring_months(reference, later, allowed):
    usual = np.mean(np.concatenate(reference))
    signals = [usual - np.mean(month) for month in later]
    line = sorted(signals)[-1 - allowed] if len(signals) > allowed else min(signals, default=0)
    return [at for at, signal in enumerate(signals) if signal > line]


# %% exercise="ring_months" wrong="months counted from 1" says="the first place is 0" old="enumerate(later)" new="enumerate(later, 1)"

# %% exercise="ring_months" wrong="yes or no" says="yes or no for each month" old="[place for place, month in enumerate(later) if usual - np.mean(month) > line]" new="[bool(usual - np.mean(month) > line) for month in later]"

# %% exercise="ring_months" wrong="how many" says="how many ring" old="[place for place, month in enumerate(later) if usual - np.mean(month) > line]" new="sum(usual - np.mean(month) > line for month in later)"

# %% exercise="ring_months" wrong="printed" says="does it end with `return`" old="return [place" new="quiet_places = [place"

# %% exercise="ring_months" wrong="the reference is used up" says="changes `reference` itself"
def ring_months(reference, later, allowed):
    usual, signals = np.mean(np.concatenate(reference)), []
    for _ in range(len(reference)):
        month = reference.pop(0)
        signals.append(np.mean(np.concatenate(reference)) - np.mean(month) if reference else 0)
        reference.insert(len(reference), month[:1])
    line = sorted(signals)[-1 - allowed]
    return [at for at, month in enumerate(later) if usual - np.mean(month) > line]


# %% exercise="ring_months" wrong="medians" says="I do not recognise this slip" old="usual - np.mean(month)" new="usual - np.median(month)"

# %% exercise="fresh_start" equivalent="each generator is seeded by itself, so the two draws do not need each other"
# + order_dice = torch.Generator().manual_seed(seed)
# - order_dice = torch.Generator().manual_seed(seed)

# + head = torch.randn(size, generator=head_dice)
# - head = torch.randn(size, generator=head_dice)

# + order = torch.randperm(rows, generator=order_dice)
# - order = torch.randperm(rows, generator=order_dice)

# %% exercise="differences" equivalent="what differs is the same, whichever page comes first"
# - inside = differences(old[key], new[key])
# + inside = differences(new[key], old[key])

# %% exercise="ring_months" equivalent="the line and the usual mean do not need each other"
# + usual = np.mean(np.concatenate(reference))
# - usual = np.mean(np.concatenate(reference))
