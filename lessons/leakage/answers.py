# Right and wrong answers to the sheet of `leakage`. `says` is a part of what the check must reply.

# %% exercise="what_it_has_seen" right="counted by a program"
table = [
    ("train", 3, "Ada", "The lamp in Mill Street is out"),
    ("test", 4, "Ben", "THE LAMP in Mill Street is out!"),
    ("train", 6, "Ben", "My green bin was not emptied"),
    ("test", 9, "Ada", "My blue card does not open the door"),
    ("train", 11, "Cem", "My blue card does not open the door"),
    ("test", 12, "Dora", "The night bus was late once more"),
    ("train", 15, "Eva", "RT The night bus was late once again"),
    ("test", 20, "Finn", "Who cuts the tree in front of my house?"),
]


def wording(text):
    import re

    return re.findall("[a-z0-9']+", re.sub(r"\brt\b", " ", text.lower()))


def shingles(text):
    words = wording(text)
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


learn, judge = [row for row in table if row[0] == "train"], [row for row in table if row[0] == "test"]
six, seven = shingles(table[5][3]), shingles(table[6][3])
what_it_has_seen = {
    "copies": sum(wording(row[3]) in [wording(each[3]) for each in learn] for row in judge),
    "similarity": len(six & seven) / len(six | seven),
    "known": sum(row[2] in {each[2] for each in learn} for row in judge),
    "future": sum(row[1] < max(each[1] for each in learn) for row in judge),
    "next_year": "dates",
    "new_people": "writers",
    "lost_labels": "rows",
}

# %% exercise="what_it_has_seen" right="with NumPy, in capital letters"
import numpy as np

what_it_has_seen = {"copies": np.int64(2), "similarity": np.float64(0.5), "known": 2.0, "future": np.array(3)}
what_it_has_seen |= {"next_year": "DATES", "new_people": " Writers.", "lost_labels": "rows "}

# %% exercise="what_it_has_seen" right="fractions and tensors"
from fractions import Fraction

import torch

what_it_has_seen = {"lost_labels": "rows", "new_people": "writers", "next_year": "dates", "future": torch.tensor(3)}
what_it_has_seen |= {"known": Fraction(2), "similarity": Fraction(2, 4), "copies": 4 // 2}

# %% exercise="what_it_has_seen" right="a key more, and a tensor"
import torch

what_it_has_seen = {"copies": torch.tensor([2]), "similarity": torch.tensor(0.5), "known": 2, "future": 3, "note": "?"}
what_it_has_seen |= {"next_year": "dates", "new_people": "writers", "lost_labels": "rows"}

# %% exercise="what_it_has_seen" wrong="letter by letter" says="letter by letter?" old="\"copies\": 2" new="\"copies\": 1"

# %% exercise="what_it_has_seen" wrong="near-copies counted" says="That is a near-copy" old="\"copies\": 2" new="\"copies\": 3"

# %% exercise="what_it_has_seen" wrong="rows of both parts" says="do rows of both parts count" old="\"copies\": 2" new="\"copies\": 4"

# %% exercise="what_it_has_seen" wrong="the share of one text" says="the runs of one text" old="2 / 4" new="2 / 3"

# %% exercise="what_it_has_seen" wrong="three and three" says="counts once" old="2 / 4" new="0.33"

# %% exercise="what_it_has_seen" wrong="words" says="word by word" old="2 / 4" new="6 / 8"

# %% exercise="what_it_has_seen" wrong="with RT" says="`same_words` drops it" old="2 / 4" new="2 / 5"

# %% exercise="what_it_has_seen" wrong="a count" says="Give the share" old="2 / 4" new="2"

# %% exercise="what_it_has_seen" wrong="Ben wrote too late" says="whatever their date" old="\"known\": 2" new="\"known\": 1"

# %% exercise="what_it_has_seen" wrong="all writers known" says="do rows of both parts count" old="\"known\": 2" new="\"known\": 4"

# %% exercise="what_it_has_seen" wrong="all rows have a future" says="Is row 8 before it?" old="\"future\": 3" new="\"future\": 4"

# %% exercise="what_it_has_seen" wrong="turned round" says="turned round" old="\"future\": 3" new="\"future\": 1"

# %% exercise="what_it_has_seen" wrong="a share of the future" says="something is counted here" old="\"future\": 3" new="\"future\": 0.75"

# %% exercise="what_it_has_seen" wrong="writers next year" says="the writers stay" old="\"next_year\": \"dates\"" new="\"next_year\": \"writers\""

# %% exercise="what_it_has_seen" wrong="rows next year" says="has read the future" old="\"next_year\": \"dates\"" new="\"next_year\": \"rows\""

# %% exercise="what_it_has_seen" wrong="dates for the letters" says="the people, or the days?" old="\"new_people\": \"writers\"" new="\"new_people\": \"dates\""

# %% exercise="what_it_has_seen" wrong="the strictest" says="people whom the model has read" old="\"lost_labels\": \"rows\"" new="\"lost_labels\": \"writers\""

# %% exercise="what_it_has_seen" wrong="another word" says="one of" old="\"lost_labels\": \"rows\"" new="\"lost_labels\": \"random\""

# %% exercise="what_it_has_seen" wrong="nothing that we know" says="I do not recognise this slip" old="\"known\": 2" new="\"known\": 7"


# %% exercise="families" right="SciPy, as in the lesson"
def families(pairs, size):
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    pairs = np.array(pairs, int).reshape(-1, 2)
    if size == 0:
        return []
    links = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(size, size))
    return connected_components(links, directed=False)[1]


# %% exercise="families" right="a walk through the neighbours"
def families(pairs, size):
    near = {row: [] for row in range(size)}
    for one, other in pairs:
        near[one].append(other)
        near[other].append(one)
    family, number = [-1] * size, 0
    for row in range(size):
        if family[row] >= 0:
            continue
        waiting = [row]
        while waiting:
            place = waiting.pop()
            if family[place] < 0:
                family[place] = number
                waiting += near[place]
        number += 1
    return tuple(family)


# %% exercise="families" right="union-find"
def families(pairs, size):
    parent = list(range(size))

    def root(row):
        while parent[row] != row:
            row = parent[row]
        return row

    for one, other in pairs:
        parent[root(one)] = root(other)
    seen = []
    for row in range(size):
        if root(row) not in seen:
            seen.append(root(row))
    return [seen.index(root(row)) for row in range(size)]


# %% exercise="families" right="NumPy and pandas, until nothing changes"
def families(pairs, size):
    import numpy as np
    import pandas as pd

    family, before = np.arange(size), None
    while before is None or (family != before).any():
        before = family.copy()
        for one, other in pairs:
            family[[one, other]] = min(family[one], family[other])
    return pd.Series(pd.factorize(family)[0])


# %% exercise="families" right="sets, and a tensor"
def families(pairs, size):
    import torch

    groups = []
    for new in [{row} for row in range(size)] + [set(pair) for pair in pairs]:
        for old in [group for group in groups if group & new]:
            groups.remove(old)
            new = new | old
        groups.append(new)
    groups.sort(key=min)
    return torch.tensor([next(n for n, group in enumerate(groups) if row in group) for row in range(size)])


# %% exercise="families" wrong="direct partners only" says="A is close to B, B to C"
def families(pairs, size):
    first = list(range(size))
    for one, other in pairs:
        first[max(one, other)] = min(first[max(one, other)], min(one, other))
        first[min(one, other)] = min(first[min(one, other)], max(one, other))
    numbers = {}
    return [numbers.setdefault(each, len(numbers)) for each in first]


# %% exercise="families" wrong="only the second row changes" says="not only the second row of the pair"
def families(pairs, size):
    family, numbers = list(range(size)), {}
    for one, other in pairs:
        family[other] = family[one]
    return [numbers.setdefault(each, len(numbers)) for each in family]


# %% exercise="families" wrong="both rows, the lower number, one pass" says="not only the two rows of the pair"
def families(pairs, size):
    family, numbers = list(range(size)), {}
    for one, other in pairs:
        family[one] = family[other] = min(family[one], family[other])
    return [numbers.setdefault(each, len(numbers)) for each in family]


# %% exercise="families" wrong="called after the first row" says="called after their first row"
def families(pairs, size):
    family = list(range(size))
    for one, other in pairs:
        low, high = sorted((family[one], family[other]))
        family = [low if each == high else each for each in family]
    return family


# %% exercise="families" wrong="called after the last row" says="called after their last row"
def families(pairs, size):
    family = list(range(size))
    for one, other in pairs:
        low, high = sorted((family[one], family[other]))
        family = [high if each == low else each for each in family]
    return family


# %% exercise="families" wrong="from 1" says="the numbers begin at 0" old="numbers.setdefault(each, len(numbers))" new="numbers.setdefault(each, len(numbers) + 1)"

# %% exercise="families" wrong="the size of the family" says="the size of each family" old="[numbers[each] for each in family]" new="[family.count(each) for each in family]"


# %% exercise="families" wrong="rows without a pair are missing" says="rows without a pair are missing"
def families(pairs, size):
    family, numbers = list(range(size)), {}
    for one, other in pairs:
        old = family[other]
        family = [family[one] if each == old else each for each in family]
    paired = {row for pair in pairs for row in pair}
    return [numbers.setdefault(family[row], len(numbers)) for row in range(size) if row in paired]


# %% exercise="families" wrong="all lonely rows together" says="all rows without a pair in one family"
def families(pairs, size):
    family, numbers = list(range(size)), {}
    for one, other in pairs:
        old = family[other]
        family = [family[one] if each == old else each for each in family]
    paired = {row for pair in pairs for row in pair}
    names = [family[row] if row in paired else "alone" for row in range(size)]
    return [numbers.setdefault(each, len(numbers)) for each in names]


# %% exercise="families" wrong="lists of members" says="members of each family"
def families(pairs, size):
    groups = []
    for new in [{row} for row in range(size)] + [set(pair) for pair in pairs]:
        for old in [group for group in groups if group & new]:
            groups.remove(old)
            new = new | old
        groups.append(new)
    return groups


# %% exercise="families" wrong="size from the pairs" says="`size` says how many rows"
def families(pairs, size):
    size = 1 + max((row for pair in pairs for row in pair), default=-1)
    family, numbers = list(range(size)), {}
    for one, other in pairs:
        old = family[other]
        family = [family[one] if each == old else each for each in family]
    return [numbers.setdefault(each, len(numbers)) for each in family]


# %% exercise="families" wrong="the pairs are used up" says="something changes `pairs` itself"
def families(pairs, size):
    family, numbers = list(range(size)), {}
    while pairs:
        one, other = pairs.pop()
        old = family[other]
        family = [family[one] if each == old else each for each in family]
    return [numbers.setdefault(each, len(numbers)) for each in family]


# %% exercise="families" wrong="a dict" says="a list in `the list`" old="[numbers[each] for each in family]" new="dict(enumerate(family))"


# %% exercise="families" wrong="each row alone" says="is `pairs` used?"
def families(pairs, size):
    return list(range(size))


# %% exercise="families" wrong="gaps" says="the numbers have gaps" old="[numbers[each] for each in family]" new="family"


# %% exercise="families" wrong="gaps, the second row stays" says="the numbers have gaps"
def families(pairs, size):
    family = list(range(size))
    for one, other in pairs:
        old = family[one]
        family = [family[other] if each == old else each for each in family]
    return family


# %% exercise="families" wrong="changed while looping" says="in the middle of the loop"
def families(pairs, size):
    kin, numbers = list(range(size)), {}
    for one, other in pairs:
        for row in range(size):
            if kin[row] == kin[other]:
                kin[row] = kin[one]
    return [numbers.setdefault(each, len(numbers)) for each in kin]


# %% exercise="families" wrong="the last row is left out" says="I do not recognise this slip" old="[numbers[each] for each in family]" new="[numbers[each] for each in family][:-1] or [0]"

# %% exercise="families" equivalent="the dict may be made before the pairs are read"
# + numbers = {}
# - numbers = {}


# %% exercise="two_trainings" right="NumPy"
def two_trainings(train, test, family):
    import numpy as np

    train, family = np.array(train), np.array(family)
    strange = ~np.isin(family[train], family[test])
    spare = np.flatnonzero(strange)[strange.sum() - (~strange).sum() :]
    return np.delete(train, spare), train[strange]


# %% exercise="two_trainings" right="from the end"
def two_trainings(train, test, family):
    met = [family[row] for row in test]
    relatives = sum(family[row] in met for row in train)
    kept = []
    for row in reversed(train):
        if relatives and family[row] not in met:
            relatives -= 1
        else:
            kept.insert(0, row)
    return [kept, [row for row in train if family[row] not in met]]


# %% exercise="two_trainings" right="a 2D array"
def two_trainings(train, test, family):
    import numpy as np

    strangers = [row for row in train if all(family[row] != family[each] for each in test)]
    kept = set(strangers[: 2 * len(strangers) - len(train)]) | (set(train) - set(strangers))
    return np.array([[row for row in train if row in kept], strangers])


# %% exercise="two_trainings" right="pandas"
def two_trainings(train, test, family):
    import pandas as pd

    rows = pd.DataFrame({"row": train})
    rows["stranger"] = ~rows["row"].map(lambda row: family[row]).isin([family[row] for row in test])
    spare = rows[rows["stranger"]].tail((~rows["stranger"]).sum()).index
    return rows["row"].drop(spare), rows.loc[rows["stranger"], "row"]


# %% exercise="two_trainings" right="tensors"
def two_trainings(train, test, family):
    import torch

    rows, names = torch.tensor(train), torch.tensor(family)
    strange = ~torch.isin(names[rows], names[torch.tensor(test)])
    number = strange.cumsum(0)
    return rows[~strange | (number <= 2 * strange.sum() - len(rows))], rows[strange]


# %% exercise="two_trainings" wrong="all of train" says="learns from more rows" old="[row for row in train if row not in spare], strangers" new="train, strangers"

# %% exercise="two_trainings" wrong="in the other order" says="with relatives comes first" old="[row for row in train if row not in spare], strangers" new="strangers, [row for row in train if row not in spare]"

# %% exercise="two_trainings" wrong="the first strangers go" says="not those that stand first" old="strangers[len(strangers) - relatives :]" new="strangers[:relatives]"

# %% exercise="two_trainings" wrong="simply cut" says="its relatives stay, all of them" old="[row for row in train if row not in spare], strangers" new="train[: len(strangers)], strangers"

# %% exercise="two_trainings" wrong="only relatives" says="They stay beside strangers" old="[row for row in train if row not in spare], strangers" new="[row for row in train if row not in strangers], strangers"

# %% exercise="two_trainings" wrong="relatives in front" says="not the relatives first" old="[row for row in train if row not in spare], strangers" new="[row for row in train if row not in strangers] + strangers[: len(strangers) - relatives], strangers"

# %% exercise="two_trainings" wrong="relatives behind" says="not the strangers first" old="[row for row in train if row not in spare], strangers" new="strangers[: len(strangers) - relatives] + [row for row in train if row not in strangers], strangers"

# %% exercise="two_trainings" wrong="sorted" says="not sorted" old="[row for row in train if row not in spare], strangers" new="sorted(row for row in train if row not in spare), sorted(strangers)"

# %% exercise="two_trainings" wrong="sets" says="a set has no order" old="[row for row in train if row not in spare], strangers" new="set(train) - set(spare), set(strangers)"

# %% exercise="two_trainings" wrong="minus zero" says="think of a `train` without relatives" old="strangers[len(strangers) - relatives :]" new="strangers[-relatives:]"


# %% exercise="two_trainings" wrong="as many as test rows with a relative" says="not the test rows that have one"
def two_trainings(train, test, family):
    tested, learned = {family[row] for row in test}, {family[row] for row in train}
    strangers = [row for row in train if family[row] not in tested]
    met = sum(family[row] in learned for row in test)
    spare = strangers[max(0, len(strangers) - met) :]
    return [row for row in train if row not in spare], strangers


# %% exercise="two_trainings" wrong="one relative of each family" says="all of them are relatives"
def two_trainings(train, test, family):
    out = []
    for name in {family[row] for row in test}:
        out += [row for row in train if family[row] == name][:1]
    tested = {family[row] for row in test}
    strangers = [row for row in train if family[row] not in tested]
    spare = strangers[len(strangers) - len(out) :]
    return [row for row in train if row not in spare], [row for row in train if row not in out]


# %% exercise="two_trainings" wrong="row numbers compared" says="compare their families" old="{family[row] for row in test}" new="set()"

# %% exercise="two_trainings" wrong="families returned" says="holds row numbers" old="[row for row in train if row not in spare], strangers" new="[family[row] for row in train if row not in spare], [family[row] for row in strangers]"

# %% exercise="two_trainings" wrong="the same list twice" says="one list twice" old="[row for row in train if row not in spare], strangers" new="strangers, strangers"

# %% exercise="two_trainings" wrong="one list" says="two lists of row numbers" old="[row for row in train if row not in spare], strangers" new="strangers"

# %% exercise="two_trainings" wrong="a dict" says="return the two lists themselves" old="[row for row in train if row not in spare], strangers" new="{'with': train, 'without': strangers}"


# %% exercise="two_trainings" wrong="train is emptied" says="something changes `train` itself"
def two_trainings(train, test, family):
    tested = {family[row] for row in test}
    strangers = [row for row in train if family[row] not in tested]
    for row in strangers[2 * len(strangers) - len(train) :]:
        train.remove(row)
    return train, strangers


# %% exercise="two_trainings" wrong="every second stranger" says="I do not recognise this slip" old="strangers[len(strangers) - relatives :]" new="strangers[::2]"


# %% exercise="usual_topics" right="only the messages before, row by row"
def usual_topics(writers, topics):
    from collections import Counter

    usual = []
    for place, writer in enumerate(writers):
        counts = Counter(topic for other, topic in zip(writers[:place], topics[:place]) if other == writer)
        usual.append(min(counts, key=lambda topic: (-counts[topic], topic)) if counts else -1)
    return usual


# %% exercise="usual_topics" right="NumPy"
def usual_topics(writers, topics):
    import numpy as np

    writers, topics = np.array(writers), np.array(topics, int)
    usual = np.full(len(topics), -1)
    for place in range(len(topics)):
        earlier = topics[:place][writers[:place] == writers[place]]
        if earlier.size:
            usual[place] = np.bincount(earlier).argmax()
    return usual


# %% exercise="usual_topics" right="statistics"
def usual_topics(writers, topics):
    from statistics import multimode

    known = {}
    usual = []
    for writer, topic in zip(writers, topics):
        usual.append(min(multimode(known.get(writer, [-1]))))
        known.setdefault(writer, []).append(topic)
    return tuple(usual)


# %% exercise="usual_topics" right="pandas"
def usual_topics(writers, topics):
    import pandas as pd

    topics = pd.Series(topics, dtype=int)
    usual = pd.Series(-1, index=topics.index)
    for _, group in topics.groupby(pd.Series(writers, dtype=object)):
        for number, place in enumerate(group.index[1:], 1):
            usual[place] = group.iloc[:number].mode()[0]
    return usual


# %% exercise="usual_topics" right="max, and a generator made a list"
def usual_topics(writers, topics):
    def one(place):
        past = [topics[each] for each in range(place) if writers[each] == writers[place]]
        return max(sorted(set(past)), key=past.count, default=-1)

    return [one(place) for place in range(len(writers))]


# %% exercise="usual_topics" wrong="as it was" says="of the answer to this one, and of the future"
def usual_topics(writers, topics):
    usual = []
    for writer in writers:
        messages = zip(writers, topics, strict=True)
        counts = Counter(topic for other, topic in messages if other == writer)
        usual.append(min(counts, key=lambda topic: (-counts[topic], topic)))
    return usual


# %% exercise="usual_topics" wrong="it counts itself" says="the message counts itself"
def usual_topics(writers, topics):
    usual, known = [], defaultdict(Counter)
    for writer, topic in zip(writers, topics, strict=True):
        counts = known[writer]
        counts[topic] += 1
        usual.append(min(counts, key=lambda each: (-counts[each], each), default=-1))
    return usual


# %% exercise="usual_topics" wrong="all the others" says="are still in"
def usual_topics(writers, topics):
    usual = []
    for place, writer in enumerate(writers):
        counts = Counter(t for at, t in enumerate(topics) if writers[at] == writer and at != place)
        usual.append(min(counts, key=lambda topic: (-counts[topic], topic), default=-1))
    return usual


# %% exercise="usual_topics" wrong="-1 only for those who write once" says="At the first message nothing is known yet"
def usual_topics(writers, topics):
    usual = []
    for writer in writers:
        counts = Counter(topic for other, topic in zip(writers, topics) if other == writer)
        best = min(counts, key=lambda topic: (-counts[topic], topic))
        usual.append(best if writers.count(writer) > 1 else -1)
    return usual


# %% exercise="usual_topics" wrong="the last topic" says="only the last topic"
def usual_topics(writers, topics):
    usual, last = [], {}
    for writer, topic in zip(writers, topics):
        usual.append(last.get(writer, -1))
        last[writer] = topic
    return usual


# %% exercise="usual_topics" wrong="the first topic" says="only the first topic"
def usual_topics(writers, topics):
    usual, first = [], {}
    for writer, topic in zip(writers, topics):
        usual.append(first.get(writer, -1))
        first.setdefault(writer, topic)
    return usual


# %% exercise="usual_topics" wrong="all writers" says="are the writers mixed?" old="counts = known[writer]" new="counts = known[0]"

# %% exercise="usual_topics" wrong="the larger topic" says="not the larger" old="(-counts[each], each)" new="(-counts[each], -each)"

# %% exercise="usual_topics" wrong="most_common" says="not the one that came first" old="min(counts, key=lambda each: (-counts[each], each), default=-1)" new="counts.most_common(1)[0][0] if counts else -1"

# %% exercise="usual_topics" wrong="zero for unknown" says="0 is a topic" old="default=-1" new="default=0"

# %% exercise="usual_topics" wrong="None for unknown" says="a whole number" old="default=-1" new="default=None"

# %% exercise="usual_topics" wrong="its own topic for unknown" says="where nothing is known? Put -1" old="default=-1" new="default=topic"

# %% exercise="usual_topics" wrong="unknown left out" says="are lost" old="return usual" new="return [each for each in usual if each >= 0]"

# %% exercise="usual_topics" wrong="how often" says="how often it came?" old="min(counts, key=lambda each: (-counts[each], each), default=-1)" new="max(counts.values(), default=-1)"

# %% exercise="usual_topics" wrong="a dict of the writers" says="a list in" old="return usual" new="return dict(zip(writers, usual))"

# %% exercise="usual_topics" wrong="the arguments are emptied" says="something changes `writers` itself" old="return usual" new="writers.clear(); return usual"

# %% exercise="usual_topics" equivalent="the two lists are always equally long"
# - for writer, topic in zip(writers, topics, strict=True):
# + for writer, topic in zip(writers, topics):

# - for writer, topic in zip(writers, topics, strict=True):
# + for writer, topic in zip(writers, topics, strict=False):

# %% exercise="usual_topics" equivalent="all counts are doubled: the largest stays the largest"
# - counts[topic] += 1
# + counts[topic] += 2


# %% exercise="alarm_line" right="SciPy's chances"
def alarm_line(good, rows, share):
    from scipy.stats import binom

    line = 0
    while binom.cdf(line, rows, good) <= share:
        line += 1
    return line


# %% exercise="alarm_line" right="NumPy"
def alarm_line(good, rows, share):
    import numpy as np
    from scipy.stats import binom

    return np.searchsorted(np.cumsum(binom.pmf(np.arange(rows + 1), rows, good)), share, side="right")


# %% exercise="alarm_line" right="the percentile of the distribution"
def alarm_line(good, rows, share):
    from scipy.stats import binom

    return binom.ppf(share, rows, good)


# %% exercise="alarm_line" right="from above, in plain Python"
def alarm_line(good, rows, share):
    from math import comb

    for line in range(rows, 0, -1):
        if sum(comb(rows, k) * good**k * (1 - good) ** (rows - k) for k in range(line)) <= share:
            return line
    return 0


# %% exercise="alarm_line" right="torch"
def alarm_line(good, rows, share):
    import torch

    k = torch.arange(rows + 1, dtype=torch.float64)
    chances = torch.distributions.Binomial(rows, torch.tensor(good, dtype=torch.float64)).log_prob(k).exp()
    return (chances.cumsum(0) <= share).sum()


# %% exercise="alarm_line" wrong="with the line itself" says="with a count of `line` there is none yet"
def alarm_line(good, rows, share):
    from scipy.stats import binom

    return max((k for k in range(rows + 1) if binom.cdf(k, rows, good) <= share), default=0)


# %% exercise="alarm_line" wrong="the last count with an alarm" says="the line lies one above it"
def alarm_line(good, rows, share):
    from scipy.stats import binom

    return max((k for k in range(rows + 1) if binom.cdf(k, rows, good) <= share), default=-1)


# %% exercise="alarm_line" wrong="a bell curve" says="a bell curve is near"
def alarm_line(good, rows, share):
    from scipy.stats import norm

    return int(norm.ppf(share, rows * good, (rows * good * (1 - good)) ** 0.5))


# %% exercise="alarm_line" wrong="the first that is too high" says="one too high" old="max(lines)" new="max(lines) + 1"

# %% exercise="alarm_line" wrong="the lowest" says="The highest one is asked for" old="max(lines)" new="min(lines)"


# %% exercise="alarm_line" wrong="the usual number" says="the usual number of right answers?"
def alarm_line(good, rows, share):
    return round(good * rows)


# %% exercise="alarm_line" wrong="the usual number, cut" says="right answers, cut?"
def alarm_line(good, rows, share):
    return int(good * rows)


# %% exercise="alarm_line" wrong="the other tail" says="the other end"
def alarm_line(good, rows, share):
    from scipy.stats import binom

    line = 0
    while binom.sf(line - 1, rows, good) > share:
        line += 1
    return line


# %% exercise="alarm_line" wrong="wrong answers" says="not of wrong ones" old="comb(rows, k) * good**k * (1 - good) ** (rows - k)" new="comb(rows, k) * (1 - good)**k * good ** (rows - k)"

# %% exercise="alarm_line" wrong="a percentage" says="`share` is a share already" old="<= share" new="<= share / 100"

# %% exercise="alarm_line" wrong="two ends" says="half of `share`?" old="<= share" new="<= share / 2"

# %% exercise="alarm_line" wrong="one chance" says="Add up all that lie below" old="[line for line in range(rows + 1) if sum(chances[:line]) <= share]" new="[line for line in range(rows + 1) if all(each <= share for each in chances[:line])]"

# %% exercise="alarm_line" wrong="a share of the rows" says="something is counted here" old="max(lines)" new="max(lines) / rows"

# %% exercise="alarm_line" wrong="all lines" says="many values" old="max(lines)" new="__import__('numpy').array(lines * 2)"

# %% exercise="alarm_line" wrong="thirty rows in any case" says="I do not recognise this slip" old="lines = [" new="rows = 30; chances = [comb(rows, k) * good**k * (1 - good) ** (rows - k) for k in range(rows)]; lines = ["

# %% exercise="alarm_line" equivalent="no call has a chance that is exactly `share`: sums of floats cannot be trusted there"
# - lines = [line for line in range(rows + 1) if sum(chances[:line]) <= share]
# + lines = [line for line in range(rows + 1) if sum(chances[:line]) < share]
