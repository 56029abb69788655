"""The checks of `linguist`'s sheet."""

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from numbers import Integral

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_text, predict
from course_utils.checks.wrong import Said, WrongForm, probed

sheet = Sheet("linguist")


def _as_words(value: object, name: str) -> str:
    """Return a text in small letters, with single spaces, without marks at its end."""
    return " ".join(as_text(value, name).lower().split()).strip(" .\"'")


@sheet.exercise(
    section="How far does agreement reach?",
    hints=[
        "For `a`, which word is the subject, and which is the verb? Count the words between the two.",
        "For `b`, find the last noun before each verb. Is it one or many? Is the verb in the sentence for one or many?",
        "For `c`, find the place where the two sentences differ. Two words before it are seen, and all from there.",
        "For `d`, all words count. Add up each line of the table, then subtract.",
        "For `e`, try both namings: group 0 is the older sense, or the newer one. How many are right in each?",
        "For `f`, compare the two scores of a pair. For `g`, compare each of the eight scores with 0.5.",
    ],
)
def paper_answers(paper_answers) -> str:
    share, count = partial(as_number, low=0, high=1), partial(as_number, low=0)
    parts = {
        "a": (
            count,
            4,
            {
                "one of the two ends is counted, too: only the words between them": 5,
                "the subject and the verb are counted, too: only the words between them": 6,
                "from *cabinets*? The subject is *key*": 0,
                "articles and small words count, too": 3,
            },
        ),
        "b": (
            count,
            1,
            {
                "those are the sentences in which it is wrong": 4,
                "that is a share: in how many of the five?": 1 / 5,
                "look at the last noun alone: *her sister* and *the gate* are one": 2,
                "that is the subject: the rule takes the last noun before the verb": 5,
                "in one of them the last noun has the number of the subject": 0,
            },
        ),
        "c": (
            _as_words,
            "the gate bark loudly",
            {
                "and what stands behind the two words? It reads on from the place that differs": "the gate",
                "what is behind the verb is read, too": "the gate bark",
                "only what is behind that place? Two words before it are seen": "bark loudly",
                "that is the sentence with the error": "the gate barks loudly",
                "only one word before it? Two are seen": "gate bark loudly",
                "three words before it? Two are seen": "near the gate bark loudly",
                "that is the whole sentence": "the dogs near the gate bark loudly",
            },
        ),
        "d": (
            as_number,
            -1.5,
            {
                "turned round: *are* minus *is*": 1.5,
                "only the verb? The words behind it count, too": 1.0,
                "only the verb, turned round? The words behind it count, too": -1.0,
                "only the last word? All words count": -2.5,
                "that is a mean over the words: take the sums": -0.25,
            },
        ),
        "e": (
            share,
            13 / 20,
            {
                "that is the other naming: the lesson keeps the better one": 7 / 20,
                "that is group 0 alone: both groups count": 7 / 10,
                "that is group 1 alone: both groups count": 6 / 10,
                "try both namings, and count": 1 / 2,
            },
        ),
        "f": (
            share,
            3 / 4,
            {
                "in those the corrected one has the higher score": 1 / 4,
                "with the line at 0.5? Here only the higher one of the two matters": 1 / 2,
            },
        ),
        "g": (
            share,
            5 / 8,
            {
                "that is the share of pairs: now no sentence has a partner": 3 / 4,
                "a corrected sentence at or below 0.5 is right, too: eight sentences count": 2 / 8,
                "only the four sentences with an error? Eight count": 2 / 4,
                "those are the wrong ones": 3 / 8,
            },
        ),
    }
    made = {key: Part(right, slips, read, 0.0051) for key, (read, right, slips) in parts.items()}
    predict(paper_answers, "paper_answers", made)
    return "You know what each of these numbers counts."


def _lines(
    texts,
    word,
    width,
    *,
    pattern: str = r"\b{}\b",
    flags: int = re.IGNORECASE,
    first: bool = False,
    line: Callable | None = None,
) -> list[str]:
    """Return what is right; each option is one slip."""
    made = []
    for text in texts:
        found = list(re.finditer(pattern.format(word), text, flags))
        for each in found[:1] if first else found:
            begin, end = each.span()
            left, right = text[max(0, begin - width) : begin], text[end : end + width]
            made.append((line or _line)(left, each.group(), right, width))
    return made


def _line(left: str, hit: str, right: str, width: int) -> str:
    return f"{left:>{width}}[{hit}]{right}"


def _negative_begin(texts, word, width) -> list[str]:
    made = []
    for text in texts:
        for each in re.finditer(rf"\b{word}\b", text, re.IGNORECASE):
            begin, end = each.span()
            made.append(_line(text[begin - width : begin], each.group(), text[end : end + width], width))
    return made


LINE_SLIPS = {
    "only the first place of each text? Go on to the next one": partial(_lines, first=True),
    "part of a longer word? It must stand alone: no letter before it or behind it": partial(_lines, pattern="{}"),
    "a letter may not stand behind it, either": partial(_lines, pattern=r"\b{}"),
    "a letter may not stand before it, either": partial(_lines, pattern=r"{}\b"),
    "a mark may stand beside the word, not only a space": partial(_lines, pattern=r"(?<!\S){}(?!\S)"),
    "it may begin with a capital letter, too": partial(_lines, flags=0),
    "the word as it stands in the text: keep its capital letters": lambda texts, word, width: _lines(
        texts, word, width, line=lambda left, hit, right, size: _line(left, word, right, size)
    ),
    "all in small letters? Keep the capital letters of the text": lambda texts, word, width: _lines(
        [text.lower() for text in texts], word, width
    ),
    "fewer characters before the word: fill up with spaces at their left": partial(
        _lines, line=lambda left, hit, right, size: f"{left}[{hit}]{right}"
    ),
    "the spaces belong to the left of the text, so that the brackets stand below each other": partial(
        _lines, line=lambda left, hit, right, size: f"{left:<{size}}[{hit}]{right}"
    ),
    "no spaces are added behind": partial(
        _lines, line=lambda left, hit, right, size: _line(left, hit, right.ljust(size), size)
    ),
    "spaces beside the brackets are kept as they are": partial(
        _lines, line=lambda left, hit, right, size: _line(left.strip(), hit, right.strip(), size)
    ),
    "a negative begin of a slice counts from the end of the text: begin at 0 at least": _negative_begin,
    "the lines are sorted? Keep the order of the texts": lambda texts, word, width: sorted(_lines(texts, word, width)),
}


def _finds(text: str, concordance: Callable, width: int = 1) -> list[str]:
    """Return the lines for *mail* in one text."""
    return list(concordance([text], "mail", width))


LINE_PROBES = {
    'no line at all? If `\\b` is in the pattern, an `r` must stand before its quotes: r"\\b"': lambda concordance: (
        not _finds("mail", concordance) and not _finds("a mail b", concordance)
    ),
    "does `width` count words? It counts characters": lambda concordance: (
        _finds("ab cd ef mail gh ij", concordance, 2)[0].split("[")[0].split() == ["cd", "ef"]
    ),
    "the same place twice? `index` finds the first one, each time again": lambda concordance: (
        len(_finds("mail a mail", concordance)) == 2 and len({*_finds("mail a mail", concordance)}) == 1
    ),
    "a space need not stand beside the word: it may begin or end the text, or have a mark there": lambda concordance: (
        not _finds("mail", concordance)
    ),
    "a mark may stand beside the word: `split` leaves it there": lambda concordance: (
        not (_finds("(mail)", concordance) and _finds("e-mail", concordance))
    ),
    "é is a letter, too, and may not stand beside the word": lambda concordance: (
        _finds("émail", concordance) or _finds("mailé", concordance)
    ),
}


def _line_cases(hidden: bool) -> list[tuple]:
    """Return texts, words and widths: none, twice, at the ends, inside of other words, with marks and capitals."""
    import numpy as np

    cases = [
        (["A mouse saw a Mouse."], "mouse", 6),
        (["By post it came."], "post", 4),
        (["No such word here."], "cloud", 5),
        ([], "cloud", 3),
        (["Emails and a blackmail, no mailman.", "", "Mail! mail, (MAIL)"], "mail", 9),
        (["feed", "Feed the hens, feed them well: feed.", "feed"], "feed", 30),
        (["The cell-phone and the cell", "Éclair cell écell celló"], "cell", 1),
    ]
    random = np.random.default_rng(42 if hidden else 41)
    stock = ["web", "Web,", "webs", "cobweb", "a", "the old", "WEB.", "web-page", "spider", "  net"]
    for texts, width in ((3, 5), (6, 11)):
        drawn = [" ".join(random.choice(stock, random.integers(1, 9)).tolist()) for _ in range(texts)]
        cases.append((drawn, "web", width))
    return cases


def _as_lines(made: object) -> list[str]:
    return as_list(made, "concordance(...)", of=str)


@sheet.exercise(
    section="Search by meaning",
    hints=[
        "Which of the two can a text have: one place, or several? `re.finditer` gives them all, one after the other.",
        r"In a pattern, `\b` is the edge of a word. `re.IGNORECASE` lets capital letters pass.",
        "`found.span()` is where the word begins and ends. What if it begins before `width` characters are there?",
        'In an f-string, `f"{left:>{width}}"` puts spaces to the left of a short text.',
        r'`for found in re.finditer(rf"\b{word}\b", text, re.IGNORECASE):`. Before it: from `max(0, begin - width)`.',
    ],
)
def concordance(concordance, hidden=False) -> str:
    def right(texts, word, width):
        return _lines(texts, word, width)

    with probed(concordance, LINE_PROBES):
        judge(concordance, "concordance", _line_cases(hidden), right, slips=LINE_SLIPS, read=_as_lines)
    return "Each place has its line, and the brackets stand below each other."


def _parts(pair, parts) -> list[int]:
    names = list(dict.fromkeys(pair))
    return [names.index(each) % parts for each in pair]


def _blocks(pair, parts) -> list[int]:
    names = list(dict.fromkeys(pair))
    return [names.index(each) * parts // len(names) for each in pair]


def _by_changes(pair, parts) -> list[int]:
    """Count the changes from one row to the next."""
    return [sum(one != other for one, other in pairwise(pair[: row + 1])) % parts for row in range(len(pair))]


PART_SLIPS = {
    "each sentence is dealt for itself: a pair must stay together": lambda pair, parts: [
        row % parts for row in range(len(pair))
    ],
    "two rows after each other are a pair? They may be in any order: look at `pair`": lambda pair, parts: [
        row // 2 % parts for row in range(len(pair))
    ],
    "each half of the list on its own? They may be in any order: look at `pair`": lambda pair, parts: [
        row % (len(pair) // 2) % parts for row in range(len(pair))
    ],
    "the numbers are names, and may be any: deal the pairs in turn": lambda pair, parts: [
        each % parts for each in pair
    ],
    "in the order of the numbers? Deal in the order in which the pairs come in the list": lambda pair, parts: [
        sorted(set(pair)).index(each) % parts for each in pair
    ],
    "a set has no order: `dict.fromkeys` keeps the order in which the pairs come": lambda pair, parts: [
        list(set(pair)).index(each) % parts for each in pair
    ],
    "a new part at each change of the number? The sentences of a pair may stand apart": _by_changes,
    "the last place of a pair decides? It is dealt where it comes first": lambda pair, parts: [
        list(dict.fromkeys(pair[::-1])).index(each) % parts for each in pair
    ],
    "the row where a pair begins, and not how many pairs came before": lambda pair, parts: [
        pair.index(each) % parts for each in pair
    ],
    "in blocks? The parts are dealt in turn": _blocks,
    "each pair has a part of its own: after the last part comes part 0 again": lambda pair, parts: _parts(
        pair, len(pair) + 1
    ),
    "the first part is 0": lambda pair, parts: [part + 1 for part in _parts(pair, parts)],
    "always the same number of parts? It is `parts`": lambda pair, parts: _parts(pair, 4),
    "one part for each pair, not for each sentence? Return one for each sentence": lambda pair, parts: [
        row % parts for row in range(len(set(pair)))
    ],
}


def _part_cases(hidden: bool) -> list[tuple]:
    """Return pairs and parts: in any order, gaps in the numbers, alone, of three, and none."""
    import numpy as np

    random = np.random.default_rng(52 if hidden else 51)
    cases = [
        ([7, 7, 3, 3], 2),
        ([], 3),
        ([5, 5], 4),
        ([8, 2, 2, 4, 8, 4], 3),
        ([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], 3),
        ([-6, 40, -6, 12, 40, 40, 9, 12], 2),
    ]
    for names, rows, parts in ((9, 20, 4), (13, 31, 5)):
        cases.append((random.choice(random.permutation(60)[:names], rows).tolist(), parts))
    return cases


def _as_parts(made: object) -> list:
    return [as_number(each, "parts_of(...)", whole=True) for each in as_list(made, "parts_of(...)")]


@sheet.exercise(
    section="Does it notice a learner's error?",
    hints=[
        "If a sentence is tested, where may its twin be? Look at the printed parts of `[7, 7, 3, 3]`.",
        "What is dealt at the moment, sentences or pairs? Does the function read the numbers in `pair` at all?",
        "Find the different pairs first, in the order in which they come. The place of a pair in this list is dealt.",
        "`names = list(dict.fromkeys(pair))` has each pair once. Now use `names.index(each)`.",
    ],
    form_point=False,
)
def parts_of(parts_of, hidden=False) -> str:
    judge(parts_of, "parts_of", _part_cases(hidden), _parts, slips=PART_SLIPS, read=_as_parts)
    return "Twins stay together, and no probe can remember the other one."


def _nearest(
    labelled, senses, points, *, far: Callable | None = None, mean: Callable | None = None, last=False
) -> list:
    """Return what is right; each option is one slip."""
    import numpy as np

    names = sorted(set(senses), reverse=last)
    own = [labelled[[each == name for each in senses]] for name in names]
    centres = [(mean or _mean)(rows) for rows in own]
    said = []
    for point in points:
        away = [np.linalg.norm(point - centre) if far is None else far(point, centre) for centre in centres]
        said.append(names[int(np.argmin(np.round(away, 9)))])
    return said


def _mean(rows):
    return rows.mean(0)


def _by_neighbour(labelled, senses, points) -> list:
    """Return the sense of the single closest row."""
    return [senses[int(((labelled - point) ** 2).sum(1).argmin())] for point in points]


def _mean_distance(labelled, senses, points) -> list:
    import numpy as np

    names, said = sorted(set(senses)), []
    for point in points:
        away = np.linalg.norm(labelled - point, axis=1)
        said.append(names[int(np.argmin([away[[s == name for s in senses]].mean() for name in names]))])
    return said


def _cosine(one, other) -> float:
    import numpy as np

    return -(one @ other) / max(1e-12, float(np.linalg.norm(one) * np.linalg.norm(other)))


def _says(annotate: Callable, labelled: list, senses: str, points: list) -> str:
    import numpy as np

    return "".join(annotate(np.array(labelled, float), list(senses), np.array(points, float)))


SENSE_PROBES = {
    "only two senses are ever said? There may be more than two": lambda annotate: (
        len({*_says(annotate, [[1, 1], [9, 1], [1, 9]], "abc", [[1, 1], [9, 1], [1, 9]])}) == 2
    ),
    "the length of a vector is changed, or left out? Do not divide by it": lambda annotate: (
        _says(annotate, [[1, 0], [9, 1]], "ab", [[8, 0]]) == "a"
        and _says(annotate, [[1, 0], [9, 1]], "ba", [[8, 0]]) == "b"
    ),
}
SENSE_ERRORS = {"values to unpack": "there may be one sense, or two, or more"}


def _first_seen(labelled, senses, points) -> list:
    """Take of equally close senses the one that is labelled first."""
    seen = list(dict.fromkeys(senses))
    codes = [f"{seen.index(each):03}" for each in senses]
    return [seen[int(code)] for code in _nearest(labelled, codes, points)]


SENSE_SLIPS = {
    "the single closest labelled sentence? Take the mean of each sense first": _by_neighbour,
    "the mean of the distances? Take the distance to the mean": _mean_distance,
    "the farthest mean? The closest one is asked for": partial(_nearest, far=lambda a, b: -((a - b) ** 2).sum()),
    "the sum of the vectors, not their mean: a sense with many labels is then far away": partial(
        _nearest, mean=lambda rows: rows.sum(0)
    ),
    "only the first labelled sentence of each sense? Take the mean of all": partial(
        _nearest, mean=lambda rows: rows[0]
    ),
    "`.mean()` without an axis is one number: the mean vector is `.mean(axis=0)`": partial(
        _nearest, mean=lambda rows: rows.mean()
    ),
    "always the first of the alphabet? `senses` is a list: `senses == name` is one False": lambda _, senses, points: (
        [min(senses)] * len(points)
    ),
    "compared by the cosine, or all means made as long as 1? The length of a vector counts here": partial(
        _nearest, far=_cosine
    ),
    "compared by the product of the vectors? Take the distance": partial(_nearest, far=lambda a, b: -(a @ b)),
    "the differences without squares? A negative one then makes a vector closer": partial(
        _nearest, far=lambda a, b: (a - b).sum()
    ),
    "the absolute differences? Square them": partial(_nearest, far=lambda a, b: abs(a - b).sum()),
    "equally close: the one that comes first in the alphabet": partial(_nearest, last=True),
    "equally close: the first in the alphabet, not the one that was labelled first": _first_seen,
    "those are the places of the senses: return the senses": lambda labelled, senses, points: [
        sorted(set(senses)).index(each) for each in _nearest(labelled, senses, points)
    ],
}


def _sense_cases(hidden: bool) -> list[tuple]:
    """Return labelled vectors and points: ties, three and one senses, unequal numbers of labels, no points."""
    import numpy as np

    random = np.random.default_rng(62 if hidden else 61)
    small = [
        ([[1, 1], [6, 6], [-4, 3]], ["near", "far", "else"], [[4, 5], [2, 2], [-8, 6], [0, 3]]),
        ([[0, 0], [2, 0], [9, 1]], ["sky", "sky", "servers"], [[1, 1], [8, 0], [5, -3]]),
        ([[5, 1], [1, 1]], ["pill", "computer"], [[3, 6], [4, 1], [3, 0]]),
        ([[0, 0], [4, 0]], ["a", "b"], np.zeros((0, 2))),
        ([[1, 2, 3]], ["only"], [[0, 0, 0], [9, 9, 9]]),
        ([[0, 0], [0, 0], [0, 9], [5, 3]], ["x", "x", "x", "b"], [[0, 8], [1, 7], [6, 6], [3, 3.5]]),
    ]
    cases = [(np.array(a, float), senses, np.array(b, float)) for a, senses, b in small]
    each = np.eye(6)  # each pair of the six senses is equally close to one of the points
    between = [each[one] + each[other] for one in range(6) for other in range(one)]
    cases.append((each, ["tin", "bee", "sun", "arm", "oak", "cup"], np.array(between)))
    for rows, kinds, size in ((9, 3, 4), (20, 4, 3)):
        senses = ["moth", "Web", "cell", "ant"][:kinds] + random.choice(["cell", "moth"], rows - kinds).tolist()
        labelled, points = (random.normal(size=(many, size)) * 2 + 1 for many in (rows, 12))
        cases.append((labelled, senses, points))
    return cases


def _as_senses(made: object) -> list:
    found = as_list(made, "annotate(...)")
    if any(not isinstance(each, str | Integral) for each in found):
        raise WrongForm("a list of texts from `annotate`", Said("a list that holds other things"))
    return found


@sheet.exercise(
    section="Annotate a corpus with few labels",
    hints=[
        "Which senses are there? Put each once into a list, sorted by the alphabet.",
        "Which rows of `labelled` belong to a sense? Their mean over `axis=0` is one vector.",
        "For a point, list its distances to the means. Where is the smallest? `np.argmin` takes the first one.",
        "`means = [labelled[np.array(senses) == name].mean(axis=0) for name in names]`",
        "`np.linalg.norm(point - mean)` is a distance. `names[np.argmin(...)]` of all of them is the sense of a point.",
    ],
)
def annotate(annotate, hidden=False) -> str:
    def right(labelled, senses, points):
        return _nearest(labelled, senses, points)

    with probed(annotate, SENSE_PROBES, SENSE_ERRORS):
        judge(annotate, "annotate", _sense_cases(hidden), right, slips=SENSE_SLIPS, read=_as_senses)
    return "A few labels, and each other sentence has a draft."
