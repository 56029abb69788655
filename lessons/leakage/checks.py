"""The checks of `leakage`'s sheet."""

from collections import Counter
from functools import partial
from math import comb

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_list, as_number, predict
from course_utils.checks.wrong import WrongForm

sheet = Sheet("leakage")

SPLITS = ("rows", "writers", "dates")


@sheet.exercise(
    section='"Right 8 times of 10 on our test. In use it is not."',
    hints=[
        "Go through the test rows one by one: 2, 4, 6 and 8. For each, look only at the train rows 1, 3, 5 and 7.",
        "Seven words have three runs of five. Write the runs of row 6 and of row 7 below each other.",
        "Jaccard: the runs that are in both, divided by the different runs in all.",
        "For the splits, ask: what will be new to the model in use? People, days, or neither?",
    ],
)
def what_it_has_seen(what_it_has_seen) -> str:
    count, split = partial(as_number, whole=True, low=0), partial(as_choice, choices=SPLITS)
    both = "do rows of both parts count? Only test rows are asked for"
    by_date = "what is new in use here: the people, or the days?"
    parts = {
        "copies": (
            2,
            count,
            {
                "letter by letter? `same_words` drops case and punctuation": 1,
                "is `once more` the same wording as `once again`? That is a near-copy": 3,
                both: 4,
                "look at rows 4 and 5": 0,
            },
        ),
        "similarity": (
            2 / 4,
            partial(as_number, low=0, high=1),
            {
                "divided by the runs of one text? Divide by the different runs of both": 2 / 3,
                "divided by three and three? A run that both texts have counts once": 2 / 6,
                "compared word by word? Compare runs of five words": 6 / 8,
                "is `RT` in a run? `same_words` drops it": 2 / 5,
                "the first runs are the same: look again": 0,
            },
        ),
        "known": (
            2,
            count,
            {
                "only a writer who wrote earlier? The model reads all train rows, whatever their date": 1,
                both: 4,
                "look for Dora and Finn among the train rows": 3,
                "look for Ben among the train rows": 0,
            },
        ),
        "future": (
            3,
            count,
            {
                "turned round: for those test rows, it has read no later day": 1,
                "which day is the last in train? Is row 8 before it?": 4,
                "the training is done once, with all train rows: compare with the last day of train": 2,
                "a random split has no order: look for the last day in train": 0,
            },
        ),
        "next_year": (
            "dates",
            split,
            {
                "the writers stay the same. What is new?": "writers",
                "with rows dealt at random, the model has read the future": "rows",
            },
        ),
        "new_people": (
            "writers",
            split,
            {by_date: "dates", "with rows dealt at random, the model has read most of the writers": "rows"},
        ),
        "lost_labels": (
            "rows",
            split,
            {
                "these rows come from people whom the model has read. A random part was lost": "writers",
                "these rows come from days that the model has read. A random part was lost": "dates",
            },
        ),
    }
    predict(
        what_it_has_seen,
        "what_it_has_seen",
        {
            key: Part(right, slips, read, 0.006 if key == "similarity" else 1e-6)
            for key, (right, read, slips) in parts.items()
        },
    )
    return "Copies, writers, days: one random split lets all three through. Which one matters, the question says."


def _numbers(made: object, length: int | None = None, what: str = "the list") -> list[int]:
    """Return a list of whole numbers."""
    entries = as_list(made, what, length=length)
    if any(isinstance(entry, list | tuple | set | frozenset) for entry in entries):
        slip = "those are the members of each family; which number has each row?"
        raise WrongForm("a list of whole numbers", made, slip)
    return [as_number(entry, what, whole=True) for entry in entries]


def _named(pairs: list, size: int, name) -> list[int]:
    """Return the families where `name` chooses a number among the rows of a family."""
    members = _members(pairs, size)
    return [name(each) for each in members]


def _members(pairs: list, size: int) -> list[list[int]]:
    """Return for each row the sorted rows of its family."""
    links = {row: {row} for row in range(size)}
    for one, other in pairs:
        joined = links[one] | links[other]
        for row in joined:
            links[row] = joined
    return [sorted(links[row]) for row in range(size)]


def _named_by_pair(pairs: list, size: int, second: bool = False) -> list[int]:
    """Return right families whose number is that of one row of the last pair that joined them: it keeps gaps."""
    family = list(range(size))
    for one, other in pairs:
        stays, goes = (family[other], family[one]) if second else (family[one], family[other])
        family = [stays if each == goes else each for each in family]
    return family


def _while_looping(pairs: list, size: int, second: bool = False) -> list[int]:
    """Return the numbers where the number that is looked for changes in the middle of the loop."""
    family = list(range(size))
    for one, other in pairs:
        stays, goes = (other, one) if second else (one, other)
        for row in range(size):
            if family[row] == family[goes]:
                family[row] = family[stays]
    return family


def _in_order(names: list) -> list[int]:
    """Return numbers for names, as they appear."""
    return [list(dict.fromkeys(names)).index(name) for name in names]


def _families(pairs: list, size: int) -> list[int]:
    return _in_order(_named(pairs, size, min))


def _one_pass(pairs: list, size: int, low: bool = False) -> list[int]:
    """Return the numbers where each pair only changes its second row. `low`: both rows, to the lower number."""
    family = list(range(size))
    for one, other in pairs:
        if low:
            family[one] = min(family[one], family[other])
        family[other] = family[one]
    return _in_order(family)


def _partners(pairs: list, size: int) -> list[int]:
    """Return the numbers where a row is called after the first row that is close to it."""
    near = {row: {row} for row in range(size)}
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    return _in_order([min(near[row]) for row in range(size)])


def _paired_only(pairs: list, size: int) -> list[int]:
    paired = {row for pair in pairs for row in pair}
    return _in_order([name for row, name in enumerate(_named(pairs, size, min)) if row in paired])


def _together(pairs: list, size: int) -> list[int]:
    paired = {row for pair in pairs for row in pair}
    return _in_order([min(each) if row in paired else -1 for row, each in enumerate(_members(pairs, size))])


GAPS = "the families are right, but the numbers have gaps: number them as they appear"
LOOP = "does the old number change in the middle of the loop? Keep it in a name first"
MERGED = "when two families meet, all their rows need one number, not only"
FAMILY_SLIPS = {
    "the families are right, but they are called after their first row: number them as they appear": (
        lambda pairs, size: _named(pairs, size, min)
    ),
    "the families are right, but they are called after their last row: number them as they appear": (
        lambda pairs, size: _named(pairs, size, max)
    ),
    "the families are right, but the numbers begin at 0": lambda pairs, size: [
        each + 1 for each in _families(pairs, size)
    ],
    GAPS: _named_by_pair,
    f"{GAPS} (yours keep that of a pair's second row)": partial(_named_by_pair, second=True),
    LOOP: lambda pairs, size: _in_order(_while_looping(pairs, size)),
    f"{LOOP} (for both rows of the pair)": lambda pairs, size: _in_order(_while_looping(pairs, size, second=True)),
    "is that the size of each family? Its number is asked for": lambda pairs, size: _named(pairs, size, len),
    "A is close to B, B to C: then A and C belong together, too, however long the chain": _partners,
    f"{MERGED} the second row of the pair": _one_pass,
    f"{MERGED} the two rows of the pair": partial(_one_pass, low=True),
    "rows without a pair are missing: each is a family of its own": _paired_only,
    "all rows without a pair in one family? Each is a family of its own": _together,
    "is `pairs` used? Here each row is alone": lambda pairs, size: list(range(size)),
    "only the largest row number of all pairs counts? `size` says how many rows there are": lambda pairs, size: (
        _families(pairs, size)[: 1 + max((max(pair) for pair in pairs), default=-1)]
    ),
}


def _pair_cases(hidden: bool) -> list[tuple]:
    """Return pairs and sizes: chains in any order, two families that meet late, no pairs, and some drawn anew."""
    import numpy as np

    random = np.random.default_rng(12 if hidden else 11)
    cases = [
        ([], 2),
        ([(0, 1)], 3),
        ([(2, 0)], 4),
        ([(0, 1), (1, 2)], 3),
        ([(3, 1), (1, 3), (4, 2), (3, 1)], 6),
        ([(3, 4), (1, 2), (2, 3)], 6),
        ([(0, 5), (4, 1), (5, 4), (2, 6)], 8),
        ([(4, 5), (3, 4), (2, 3), (1, 2), (0, 1), (7, 8)], 10),
        ([(1, 0), (2, 1), (3, 2), (6, 7), (3, 6)], 9),
        ([], 0),
    ]
    if hidden:
        cases = [([], 1), ([(1, 2)], 4), ([(1, 2), (2, 3)], 5), ([(5, 3), (4, 0), (0, 5)], 7), ([(6, 1), (1, 6)], 7)]
    for size, number in ((12, 6), (20, 12), (40, 25)):
        drawn = [random.choice(size, 2, replace=False).tolist() for _ in range(number)]
        cases.append(([tuple(pair) for pair in drawn], size))
    return cases


@sheet.exercise(
    section="And nearly the same?",
    hints=[
        "Begin with each row alone: its family is its own number. Then go through the pairs.",
        "A pair joins two whole families. Which rows must get a new number, when family 7 becomes family 3?",
        "At the end, the numbers have gaps. A dict can give the next free number to each number that it has not seen.",
    ],
)
def families(families, hidden=False) -> str:
    judge(families, "families", _pair_cases(hidden), _families, slips=FAMILY_SLIPS, read=_numbers)
    return "Whole families: a split that keeps them together cuts no pair, and no chain of pairs."


def _two(made: object) -> list[list[int]]:
    """Return two lists of row numbers."""
    if hasattr(made, "keys"):
        raise WrongForm("two lists of row numbers", made, "return the two lists themselves, with a comma between them")
    parts = as_list(made, "two_trainings(...)") if not isinstance(made, tuple) else list(made)
    if len(parts) != 2 or any(not hasattr(part, "__iter__") for part in parts):
        raise WrongForm("two lists of row numbers, the one with relatives first", made)
    return [[as_number(row, "a list of rows", whole=True) for row in as_list(part, "a list")] for part in parts]


def _apart(train: list, test: list, family: list) -> tuple[list, list]:
    """Return the relatives in train, and the strangers."""
    tested = {family[row] for row in test}
    return [row for row in train if family[row] in tested], [row for row in train if family[row] not in tested]


def _without(rows: list, spare: list) -> list:
    return [row for row in rows if row not in spare]


def _as_two(change):
    """Return what makes two lists. `change` gets train, its relatives, its strangers, and how many strangers stay."""

    def two(train: list, test: list, family: list) -> list[list]:
        relatives, strangers = _apart(train, test, family)
        return list(change(train, relatives, strangers, len(strangers) - len(relatives)))

    return two


_two_trainings = _as_two(lambda t, r, s, n: (_without(t, s[n:]), s))


def _fewer(train: list, test: list, family: list) -> list[list]:
    """Return the parts where as many strangers go as test rows have a relative."""
    _, strangers = _apart(train, test, family)
    met = sum(any(family[row] == family[each] for each in train) for row in test)
    return [_without(train, strangers[max(0, len(strangers) - met) :]), strangers]


def _first_of_each(train: list, test: list, family: list) -> list[list]:
    """Return the parts where only one relative of each family is taken out."""
    relatives, strangers = _apart(train, test, family)
    out = list({family[row]: row for row in reversed(relatives)}.values())
    return [_without(train, strangers[len(strangers) - len(out) :]), _without(train, out)]


TRAINING_SLIPS = {
    "all of `train` with relatives? Then it learns from more rows, and the comparison is not fair": (
        _as_two(lambda t, r, s, n: (t, s))
    ),
    "the part with relatives comes first": _as_two(lambda t, r, s, n: (s, _without(t, s[n:]))),
    "the strangers that stand last go, not those that stand first": (
        _as_two(lambda t, r, s, n: (_without(t, s[: len(r)]), s))
    ),
    "only strangers are taken away from the first list: its relatives stay, all of them": (
        _as_two(lambda t, r, s, n: (t[: len(s)], s))
    ),
    "only relatives in the first list? They stay beside strangers": _as_two(lambda t, r, s, n: (r, s)),
    "in the order of `train`: not the relatives first": _as_two(lambda t, r, s, n: (r + s[:n], s)),
    "in the order of `train`: not the strangers first": _as_two(lambda t, r, s, n: (s[:n] + r, s)),
    "in the order of `train`, not sorted": _as_two(lambda t, r, s, n: (sorted(_without(t, s[n:])), sorted(s))),
    "`[-0:]` takes the whole list: think of a `train` without relatives": (
        _as_two(lambda t, r, s, n: (_without(t, s[-len(r) :]), s))
    ),
    "count the relatives in `train`, not the test rows that have one": _fewer,
    "a family may have several rows in `train`: all of them are relatives": _first_of_each,
    "row numbers compared? No row is in both parts; compare their families": _as_two(lambda t, r, s, n: (t, t)),
    "those are families. A training part holds row numbers": lambda train, test, family: [
        [family[row] for row in part] for part in _two_trainings(train, test, family)
    ],
    "one list twice? The first one keeps the relatives": _as_two(lambda t, r, s, n: (s, s)),
}


def _training_cases(hidden: bool) -> list[tuple]:
    """Return train, test and families: no relatives, several in one family, and some drawn anew."""
    import numpy as np

    random = np.random.default_rng(22 if hidden else 21)
    cases = [
        ([1, 0], [2], [5, 6, 7]),
        ([2, 0, 1], [3], [4, 4, 9, 9]),
        ([4, 3, 1, 0], [2, 5], [0, 3, 3, 3, 1, 3]),
        ([0, 5, 3, 7, 4, 1], [6, 2], [8, 2, 8, 1, 2, 0, 5, 8]),
    ]
    if hidden:
        cases = [([3, 1], [0, 2], [1, 2, 3, 4]), ([5, 1, 4, 0, 2], [3], [6, 0, 0, 6, 1, 6])]
    for size, kinds in ((12, 9), (20, 14), (30, 25), (60, 40)):
        while True:
            order = random.permutation(size).tolist()
            family = random.integers(0, kinds, size).tolist()
            train, test = order[size // 5 :], order[: size // 5]
            relatives, strangers = _apart(train, test, family)
            if 2 <= len(relatives) <= len(strangers):
                break
        cases.append((train, test, family))
    return cases


@sheet.exercise(
    section="What does the leak add to the score?",
    hints=[
        "First a set of all families that have a row in `test`. Then go through `train`: relative or stranger?",
        "The strangers, in the order of `train`, are the second list already. How many relatives are there?",
        "As many strangers must go from the first list. Cut them from the end, and keep the rest of `train`.",
        "With no relatives nobody goes. Try it: what is `rows[-0:]`?",
    ],
)
def two_trainings(two_trainings, hidden=False) -> str:
    judge(two_trainings, "two_trainings", _training_cases(hidden), _two_trainings, slips=TRAINING_SLIPS, read=_two)
    return "Equally many rows, the same test: what differs now is the leak alone."


def _usual(chosen, best=None, empty: int = -1):
    """Return what finds usual topics. `chosen` gets all messages and a place, and returns the topics that count."""
    best = best or (lambda counts: min(counts, key=lambda topic: (-counts[topic], topic)))

    def usual(writers: list, topics: list) -> list[int]:
        messages = list(zip(writers, topics, strict=True))
        counts = [Counter(chosen(messages, place)) for place in range(len(messages))]
        return [best(each) if each else empty for each in counts]

    return usual


def _earlier(messages: list, place: int) -> list[int]:
    return [topic for writer, topic in messages[:place] if writer == messages[place][0]]


def _of_writer(messages: list, place: int) -> list[int]:
    return [topic for writer, topic in messages if writer == messages[place][0]]


def _up_to_now(messages: list, place: int) -> list[int]:
    return [*_earlier(messages, place), messages[place][1]]


def _all_others(messages: list, place: int) -> list[int]:
    return _earlier(messages, place) + _earlier([*messages[:place:-1], messages[place]], -1)


_right_usual = _usual(_earlier)
TIES = "where two topics are equally often, take the smaller number"
USUAL_SLIPS = {
    "the column is made of all messages: of the answer to this one, and of the future": _usual(_of_writer),
    "the message counts itself: its own topic is the answer that is looked for": _usual(_up_to_now),
    "the message itself is out. But later messages of its writer are still in": _usual(_all_others),
    "is -1 there only for a writer whom nobody ever knows? At the first message nothing is known yet": lambda w, t: [
        -1 if w.count(writer) == 1 else topic for writer, topic in zip(w, _usual(_of_writer)(w, t), strict=True)
    ],
    "only the last topic of the writer? The most frequent one so far": _usual(lambda m, p: _earlier(m, p)[-1:]),
    "only the first topic of the writer? The most frequent one so far": _usual(lambda m, p: _earlier(m, p)[:1]),
    "are the writers mixed? Only messages of the same writer count": _usual(lambda m, p: [topic for _, topic in m[:p]]),
    f"{TIES}, not the larger": _usual(_earlier, lambda counts: max(counts, key=lambda topic: (counts[topic], topic))),
    f"{TIES}, not the one that came first": _usual(_earlier, lambda counts: max(counts, key=counts.get)),
    "how often it came? The topic is asked for": _usual(_earlier, lambda counts: max(counts.values())),
    "0 is a topic. Where nothing is known, put -1": _usual(_earlier, empty=0),
    "the message's own topic, where nothing is known? Put -1": lambda w, t: [
        topic if usual == -1 else usual for topic, usual in zip(t, _right_usual(w, t), strict=True)
    ],
    "messages of unknown writers are lost: put -1 there": lambda w, t: [
        topic for topic in _right_usual(w, t) if topic != -1
    ],
}


def _message_cases(hidden: bool) -> list[tuple]:
    """Return writers and topics: one message, ties of two kinds, writers as texts, and some drawn anew."""
    import numpy as np

    random = np.random.default_rng(32 if hidden else 31)
    cases = [
        (["Ada"], [3]),
        ([4, 4], [0, 2]),
        (["Ada", "Ben", "Ada", "Ada"], [2, 5, 1, 2]),
        ([7] * 6, [5, 1, 1, 5, 0, 0]),
        ([1, 2, 1, 2, 1, 2, 1], [0, 3, 4, 0, 4, 3, 0]),
        ([], []),
    ]
    if hidden:
        cases = [([9], [0]), (["x", "y", "x"], [1, 1, 0]), ([3] * 7, [8, 2, 2, 8, 8, 2, 2]), ([], [])]
    for size, people in ((15, 4), (40, 9), (90, 12)):
        cases.append((random.integers(0, people, size).tolist(), random.integers(0, 4, size).tolist()))
    return cases


@sheet.exercise(
    section="Does it matter when?",
    hints=[
        "Take the very first message of a writer. What did the help desk know about this writer when it came?",
        "Which messages does the given function count for the first message? Is its own topic among them?",
        "Go through the messages in their order, with one counter for each writer. First answer, then count.",
    ],
    form_point=False,
)
def usual_topics(usual_topics, hidden=False) -> str:
    read = partial(_numbers, what="usual_topics(...)")
    judge(usual_topics, "usual_topics", _message_cases(hidden), _right_usual, slips=USUAL_SLIPS, read=read)
    return "A column may know what was known when the message came. The rest is the answer, or the future."


def _exactly(good: float, rows: int, k: int) -> float:
    return comb(rows, k) * good**k * (1 - good) ** (rows - k)


def _fewer_than(good: float, rows: int, line: int) -> float:
    return sum(_exactly(good, rows, k) for k in range(line))


def _line(good: float, rows: int, share: float) -> int:
    return max(line for line in range(rows + 1) if _fewer_than(good, rows, line) <= share)


def _above(good: float, rows: int, share: float) -> int:
    """Return the line of the other tail: as many right answers or more are rare."""
    return min((k for k in range(rows + 1) if 1 - _fewer_than(good, rows, k) <= share), default=rows + 1)


def _single(good: float, rows: int, share: float) -> int:
    """Return the line where each number of right answers, by itself, has a chance of at most `share`."""
    line = 0
    while line < rows and _exactly(good, rows, line) <= share:
        line += 1
    return line


def _normal(good: float, rows: int, share: float) -> float:
    """Return the line of a bell curve instead of the exact sum."""
    from statistics import NormalDist

    return rows * good + NormalDist().inv_cdf(share) * (rows * good * (1 - good)) ** 0.5


CURVE = "a bell curve is near, not exact: add up the chances themselves"
LINE_SLIPS = {
    "that is the last count with an alarm: the line lies one above it": lambda *a: _line(*a) - 1,
    CURVE: lambda *a: int(_normal(*a)),
    f"{CURVE} (yours is rounded)": lambda *a: round(_normal(*a)),
    "an alarm comes below the line: with a count of `line` there is none yet": lambda *a: max(0, _line(*a) - 1),
    "one too high: then the chance of a false alarm is above `share`": lambda *a: _line(*a) + 1,
    "the usual number of right answers? Half of the quarters lie below it": lambda g, n, s: round(g * n),
    "the usual number of right answers, cut? Many quarters lie below it": lambda g, n, s: int(g * n),
    "the other end: an alarm comes when few are right, not when many are": _above,
    "`good` is the share of right answers, not of wrong ones": lambda g, n, s: _line(1 - g, n, s),
    "`share` is a share already: 0.01 is 1 of 100": lambda g, n, s: _line(g, n, s / 100),
    "half of `share`? Only one end of the scale raises an alarm": lambda g, n, s: _line(g, n, s / 2),
    "the chance of one number of right answers? Add up all that lie below the line": _single,
    "the lowest line? The highest one is asked for": lambda g, n, s: 0,
}


def _line_cases(hidden: bool) -> list[tuple]:
    """Return calls: few rows and many, and some drawn anew; the chance of an alarm is never near `share`."""
    import numpy as np

    random = np.random.default_rng(42 if hidden else 41)
    cases = [(0.7, 1, 0.1), (0.5, 3, 0.2), (0.97, 2, 0.1), (0.6, 10, 0.05), (0.9, 8, 0.001), (0.3, 40, 0.01)]
    if hidden:
        cases = [(0.4, 2, 0.05), (0.99, 3, 0.05), (0.8, 12, 0.1), (0.5, 25, 0.02)]
    while len(cases) < 12:
        good, share = round(random.uniform(0.2, 0.95), 2), round(random.uniform(0.01, 0.2), 2)
        case = (good, int(random.integers(15, 90)), share)
        line = _line(*case)
        if all(abs(_fewer_than(*case[:2], each) - share) > 0.05 * share for each in (line, line + 1)):
            cases.append(case)
    return cases


@sheet.exercise(
    section="Would anybody notice?",
    hints=[
        "First a list with the chance of 0 right answers, of 1, of 2, and so on.",
        "A false alarm with line 3 means 0, 1 or 2 right answers. Add up their chances.",
        "Go up with the line, as long as the sum is at most `share`. The last one that fits is the answer.",
    ],
)
def alarm_line(alarm_line, hidden=False) -> str:
    read = partial(as_number, name="alarm_line(...)", whole=True)
    judge(alarm_line, "alarm_line", _line_cases(hidden), _line, slips=LINE_SLIPS, read=read)
    return "A line that is fixed beforehand: now a bad quarter is an alarm, and not an argument."
