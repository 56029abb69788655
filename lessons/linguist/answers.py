# Right and wrong answers to the sheet of `linguist`. `says` is a part of what the check must reply.

# %% exercise="paper_answers" right="as divisions"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly", "d": 19 - 20.5, "e": 13 / 20, "f": 3 / 4, "g": 5 / 8}

# %% exercise="paper_answers" right="counted"
wrong_side, right_side = np.array([0.9, 0.4, 0.3, 0.8]), np.array([0.45, 0.1, 0.7, 0.2])
paper_answers = {
    "a": len("to the old cabinets".split()),
    "b": np.int64(1),
    "c": " ".join("The dogs near the gate bark loudly.".split()[3:]),
    "d": np.sum([2.0, 7.0, 1.5, 4.5, 3.0, 1.0]) - np.sum([2.0, 7.0, 1.5, 4.5, 2.0, 3.5]),
    "e": max(3 + 4, 7 + 6) / 20,
    "f": (wrong_side > right_side).mean(),
    "g": np.r_[wrong_side > 0.5, right_side <= 0.5].mean(),
}

# %% exercise="paper_answers" right="exact numbers"
from fractions import Fraction

paper_answers = {"a": 4, "b": 1, "c": "The gate bark loudly.", "d": Fraction(-3, 2)}
paper_answers |= {"e": Fraction(13, 20), "f": Fraction(3, 4), "g": Fraction(5, 8)}

# %% exercise="paper_answers" right="tensors"
import torch

paper_answers = {"a": torch.tensor(4), "b": torch.tensor(1.0), "c": " the  gate bark loudly. "}
paper_answers |= {key: torch.tensor(one) for key, one in {"d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}.items()}

# %% exercise="paper_answers" wrong="from the subject on" says="the subject and the verb are counted"
paper_answers = {"a": 6, "b": 1, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="from the near noun" says="The subject is *key*"
paper_answers = {"a": 0, "b": 1, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="how often it fails" says="in which it is wrong"
paper_answers = {"a": 4, "b": 4, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="the subject" says="the rule takes the last noun"
paper_answers = {"a": 4, "b": 5, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="a sum of nouns" says="*her sister* and *the gate* are one"
paper_answers = {"a": 4, "b": 2, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="two words" says="It reads on"
paper_answers = {"a": 4, "b": 1, "c": "the gate", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="the whole sentence" says="that is the whole sentence"
paper_answers = {
    "a": 4,
    "b": 1,
    "c": "The dogs near the gate bark loudly.",
    "d": -1.5,
    "e": 0.65,
    "f": 0.75,
    "g": 0.625,
}

# %% exercise="paper_answers" wrong="the verb alone" says="only the verb"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly.", "d": 1, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="a difference, turned" says="*are* minus *is*"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly.", "d": 1.5, "e": 0.65, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="the other naming" says="keeps the better one"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly.", "d": -1.5, "e": 0.35, "f": 0.75, "g": 0.625}

# %% exercise="paper_answers" wrong="a line for pairs" says="the higher one of the two"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.5, "g": 0.625}

# %% exercise="paper_answers" wrong="pairs again" says="no sentence has a partner"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.75}

# %% exercise="paper_answers" wrong="a number of sentences" says="a count or a percentage"
paper_answers = {"a": 4, "b": 1, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 5}


# %% exercise="paper_answers" wrong="a share of sentences" says="in how many of the five?"
paper_answers = {"a": 4, "b": 0.2, "c": "the gate bark loudly.", "d": -1.5, "e": 0.65, "f": 0.75, "g": 0.625}


# %% exercise="concordance" right="with rjust"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.compile(r"\b" + word + r"\b", re.I).finditer(t)]
    return [t[: f.start()][-width:].rjust(width) + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" right="with spaces put before the text"
def concordance(texts, word, width):
    for text in texts:
        text = " " * width + text
        for found in re.finditer(rf"(?<![^\W]){word}(?!\w)", text, re.IGNORECASE):
            begin, end = found.span()
            yield f"{text[begin - width : begin]}[{text[begin:end]}]{text[end : end + width]}"


# %% exercise="concordance" right="without patterns"
def concordance(texts, word, width):
    lines, size = [], len(word)
    for text in texts:
        for at in range(len(text) - size + 1):
            before, behind = text[:at], text[at + size :]
            alone = not before[-1:].isalpha() and not behind[:1].isalpha()
            if alone and text[at : at + size].lower() == word:
                lines.append(f"{before[-width:]:>{width}}[{text[at : at + size]}]{behind[:width]}")
    return lines


# %% exercise="concordance" right="split at the word"
def concordance(texts, word, width):
    lines = ()
    for text in texts:
        cut = re.split(rf"(?i)\b({word})\b", text)
        for at in range(1, len(cut), 2):
            left, right = "".join(cut[:at])[-width:], "".join(cut[at + 1 :])[:width]
            lines += (" " * (width - len(left)) + left + "[" + cut[at] + "]" + right,)
    return np.array(lines, dtype=object)


# %% exercise="concordance" wrong="the first place" says="Go on to the next one"
def concordance(texts, word, width):
    lines = []
    for text in texts:
        found = re.search(rf"\b{word}\b", text, re.IGNORECASE)
        if found:
            begin, end = found.span()
            lines.append(f"{text[max(0, begin - width) : begin]:>{width}}[{found[0]}]{text[end : end + width]}")
    return lines


# %% exercise="concordance" wrong="parts of words" says="It must stand alone"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(word, t, re.I)]
    return [t[: f.start()][-width:].rjust(width) + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="with endings" says="may not stand behind it"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(r"\b" + word, t, re.I)]
    return [t[: f.start()][-width:].rjust(width) + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="small letters only" says="a capital letter, too"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t)]
    return [t[: f.start()][-width:].rjust(width) + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="the word that was asked" says="as it stands in the text"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t, re.I)]
    return [t[: f.start()][-width:].rjust(width) + "[" + word + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="made small" says="Keep the capital letters"
def concordance(texts, word, width):
    places = [(t.lower(), f) for t in texts for f in re.finditer(rf"\b{word}\b", t.lower())]
    return [t[: f.start()][-width:].rjust(width) + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="not aligned" says="fill up with spaces"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t, re.I)]
    return [t[: f.start()][-width:] + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="aligned at the other side" says="the spaces belong to the left"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t, re.I)]
    return [t[: f.start()][-width:].ljust(width) + "[" + f[0] + "]" + t[f.end() :][:width] for t, f in places]


# %% exercise="concordance" wrong="spaces behind" says="no spaces are added behind"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t, re.I)]
    return [f"{t[: f.start()][-width:]:>{width}}[{f[0]}]{t[f.end() :][:width]:<{width}}" for t, f in places]


# %% exercise="concordance" wrong="a negative begin" says="counts from the end of the text"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t, re.I)]
    return [f"{t[f.start() - width : f.start()]:>{width}}[{f[0]}]{t[f.end() : f.end() + width]}" for t, f in places]


# %% exercise="concordance" wrong="one space too few" says="received: a list of 2: ['   A [mouse] saw a'" old=":>{width}" new=":>{width - 1}"


# %% exercise="concordance" wrong="no r" says="an `r` must stand before"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer("\b" + word + "\b", t, re.I)]
    return [f"{t[: f.start()][-width:]:>{width}}[{f[0]}]{t[f.end() :][:width]}" for t, f in places]


# %% exercise="concordance" wrong="between spaces" says="it may begin or end the text"
def concordance(texts, word, width):
    lines = []
    for text in texts:
        begin = text.lower().find(f" {word} ") + 1
        while begin > 0:
            left, end = text[max(0, begin - width) : begin], begin + len(word)
            lines.append(f"{left:>{width}}[{text[begin:end]}]{text[end : end + width]}")
            begin = text.lower().find(f" {word} ", end) + 1
    return lines


# %% exercise="concordance" wrong="split, then index" says="`index` finds the first one"
def concordance(texts, word, width):
    lines = []
    for text in texts:
        for piece in text.lower().split():
            if piece.strip(".,!?()") == word:
                begin = text.lower().index(word)
                end = begin + len(word)
                left = text[max(0, begin - width) : begin]
                lines.append(f"{left:>{width}}[{text[begin:end]}]{text[end : end + width]}")
    return lines


# %% exercise="concordance" wrong="split, and counted on" says="`split` leaves it there"
def concordance(texts, word, width):
    lines = []
    for text in texts:
        end = 0
        for piece in text.split():
            plain = piece.strip(".,:!?()")
            begin = text.index(plain, end)
            end = begin + len(plain)
            if plain.lower() == word:
                left = text[max(0, begin - width) : begin]
                lines.append(f"{left:>{width}}[{plain}]{text[end : end + width]}")
    return lines


# %% exercise="concordance" wrong="letters from a to z" says="é is a letter, too"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"(?<![a-z]){word}(?![a-z])", t, re.I | re.A)]
    return [f"{t[: f.start()][-width:]:>{width}}[{f[0]}]{t[f.end() :][:width]}" for t, f in places]


# %% exercise="concordance" wrong="words counted" says="does `width` count words?"
def concordance(texts, word, width):
    lines = []
    for text in texts:
        words = text.split()
        for at, each in enumerate(words):
            if each.lower().strip(".,!?()") == word:
                left, right = words[max(0, at - width) : at], words[at + 1 : at + 1 + width]
                lines.append(f"{' '.join(left)} [{each}] {' '.join(right)}")
    return lines


# %% exercise="concordance" wrong="one text of many lines" says="a list of texts"
def concordance(texts, word, width):
    places = [(t, f) for t in texts for f in re.finditer(rf"\b{word}\b", t, re.I)]
    return "\n".join(f"{t[: f.start()][-width:]:>{width}}[{f[0]}]{t[f.end() :][:width]}" for t, f in places)


# %% exercise="parts_of" right="with a dictionary"
def parts_of(pair, parts):
    given = {}
    for each in pair:
        given.setdefault(each, len(given) % parts)
    return [given[each] for each in pair]


# %% exercise="parts_of" right="with pandas"
def parts_of(pair, parts):
    import pandas as pd

    return pd.factorize(np.array(pair, dtype=int))[0] % parts


# %% exercise="parts_of" right="with NumPy"
def parts_of(pair, parts):
    if not pair:
        return []
    _, first, back = np.unique(pair, return_index=True, return_inverse=True)
    return (np.argsort(np.argsort(first)) % parts)[back]


# %% exercise="parts_of" right="tensors, counting what came before"
import torch


def parts_of(pair, parts):
    return torch.tensor([len(set(pair[: pair.index(each)])) % parts for each in pair])


# %% exercise="parts_of" wrong="as it was" says="each sentence is dealt for itself"
def parts_of(pair, parts):
    return [row % parts for row in range(len(pair))]


# %% exercise="parts_of" wrong="two by two" says="two rows after each other"
def parts_of(pair, parts):
    return [row // 2 % parts for row in range(len(pair))]


# %% exercise="parts_of" wrong="two halves" says="each half of the list"
def parts_of(pair, parts):
    half = len(pair) // 2
    return [row % half % parts for row in range(len(pair))]


# %% exercise="parts_of" wrong="by the number" says="the numbers are names"
def parts_of(pair, parts):
    return [each % parts for each in pair]


# %% exercise="parts_of" wrong="sorted" says="in the order of the numbers"
def parts_of(pair, parts):
    names = sorted(set(pair))
    return [names.index(each) % parts for each in pair]


# %% exercise="parts_of" wrong="a set" says="a set has no order"
def parts_of(pair, parts):
    names = list(set(pair))
    return [names.index(each) % parts for each in pair]


# %% exercise="parts_of" wrong="changes counted" says="may stand apart"
def parts_of(pair, parts):
    made, part = [], 0
    for row, each in enumerate(pair):
        if row and each != pair[row - 1]:
            part += 1
        made.append(part % parts)
    return made


# %% exercise="parts_of" wrong="the first row" says="how many pairs came before"
def parts_of(pair, parts):
    return [pair.index(each) % parts for each in pair]


# %% exercise="parts_of" wrong="no turn" says="after the last part comes part 0"
def parts_of(pair, parts):
    names = list(dict.fromkeys(pair))
    return [names.index(each) for each in pair]


# %% exercise="parts_of" wrong="from 1" says="the first part is 0"
def parts_of(pair, parts):
    names = list(dict.fromkeys(pair))
    return [names.index(each) % parts + 1 for each in pair]


# %% exercise="parts_of" wrong="one for each pair" says="Return one for each sentence"
def parts_of(pair, parts):
    return [row % parts for row in range(len(set(pair)))]


# %% exercise="parts_of" wrong="blocks" says="dealt in turn"
def parts_of(pair, parts):
    names = list(dict.fromkeys(pair))
    return [names.index(each) * parts // len(names) for each in pair]


# %% exercise="parts_of" wrong="the list is sorted in place" says="leaves `pair` as it is"
def parts_of(pair, parts):
    names = list(dict.fromkeys(pair))
    made = [names.index(each) % parts for each in pair]
    pair.sort()
    return made


# %% exercise="annotate" right="all at once"
def annotate(labelled, senses, points):
    names = np.unique(senses)
    means = np.stack([labelled[[s == name for s in senses]].mean(0) for name in names])
    return names[((points[:, None] - means) ** 2).sum(2).argmin(1)]


# %% exercise="annotate" right="with scikit-learn"
def annotate(labelled, senses, points):
    from sklearn.neighbors import KNeighborsClassifier

    names = sorted(set(senses))
    means = [np.mean([row for row, s in zip(labelled, senses, strict=True) if s == name], axis=0) for name in names]
    if not len(points):
        return []
    return KNeighborsClassifier(1, algorithm="brute").fit(means, names).predict(points)


# %% exercise="annotate" right="with pandas"
def annotate(labelled, senses, points):
    import pandas as pd

    means = pd.DataFrame(labelled).groupby(np.array(senses)).mean()
    return [((means - point) ** 2).sum(axis=1).idxmin() for point in points]


# %% exercise="annotate" right="plain Python"
import math


def annotate(labelled, senses, points):
    own = {}
    for row, sense in zip(labelled.tolist(), senses, strict=True):
        own.setdefault(sense, []).append(row)
    means = {sense: [sum(column) / len(rows) for column in zip(*rows, strict=True)] for sense, rows in own.items()}
    return tuple(min(sorted(means), key=lambda sense: math.dist(means[sense], point)) for point in points.tolist())


# %% exercise="annotate" wrong="the closest sentence" says="the single closest labelled sentence"
def annotate(labelled, senses, points):
    return [senses[np.argmin(np.linalg.norm(labelled - point, axis=1))] for point in points]


# %% exercise="annotate" wrong="a mean of distances" says="the mean of the distances"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    away = [np.linalg.norm(labelled - point, axis=1) for point in points]
    return [names[np.argmin([each[of == name].mean() for name in names])] for each in away]


# %% exercise="annotate" wrong="the farthest" says="the farthest mean"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmax([np.linalg.norm(point - mean) for mean in means])] for point in points]


# %% exercise="annotate" wrong="sums" says="the sum of the vectors"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].sum(0) for name in names]
    return [names[np.argmin([np.linalg.norm(point - mean) for mean in means])] for point in points]


# %% exercise="annotate" wrong="products" says="the product of the vectors"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmax([point @ mean for mean in means])] for point in points]


# %% exercise="annotate" wrong="the cosine" says="compared by the cosine"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = np.stack([labelled[of == name].mean(0) for name in names])
    alike = points @ means.T / np.linalg.norm(points, axis=1)[:, None] / np.linalg.norm(means, axis=1)
    return [names[each] for each in alike.argmax(1)]


# %% exercise="annotate" wrong="unit means" says="all means made as long as 1"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return [names[np.argmin([np.linalg.norm(point - mean) for mean in means])] for point in points]


# %% exercise="annotate" wrong="unit rows" says="the length of a vector is changed"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    rows, asked = (each / np.maximum(1e-9, np.linalg.norm(each, axis=1))[:, None] for each in (labelled, points))
    means = [rows[of == name].mean(0) for name in names]
    return [names[np.argmin([np.linalg.norm(point - mean) for mean in means])] for point in asked]


# %% exercise="annotate" wrong="a list beside a text" says="`senses` is a list" old="np.array(senses) == name" new="senses == name"

# %% exercise="annotate" wrong="one number for a mean" says="the mean vector is `.mean(axis=0)`" old=".mean(axis=0)" new=".mean()"


# %% exercise="annotate" wrong="the lesson's two senses" says="There may be more than two"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    near = [((points - labelled[of == name].mean(0)) ** 2).sum(1) for name in (names[0], names[-1])]
    return np.where(near[0] <= near[1], names[0], names[-1])


# %% exercise="annotate" wrong="two senses unpacked" says="one sense, or two, or more"
def annotate(labelled, senses, points):
    one, two = sorted(set(senses))
    near = [((points - labelled[np.array(senses) == name].mean(0)) ** 2).sum(1) for name in (one, two)]
    return np.where(near[0] <= near[1], one, two)


# %% exercise="annotate" wrong="no squares" says="without squares"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmin([(point - mean).sum() for mean in means])] for point in points]


# %% exercise="annotate" wrong="absolute differences" says="Square them"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmin([np.abs(point - mean).sum() for mean in means])] for point in points]


# %% exercise="annotate" wrong="the last in the alphabet" says="equally close: the one that comes first"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses), reverse=True), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmin([np.linalg.norm(point - mean) for mean in means])] for point in points]


# %% exercise="annotate" wrong="the order of the labels" says="not the one that was labelled first"
def annotate(labelled, senses, points):
    names, of = list(dict.fromkeys(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmin([np.linalg.norm(point - mean) for mean in means])] for point in points]


# %% exercise="annotate" wrong="places" says="those are the places"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    means = [labelled[of == name].mean(0) for name in names]
    return [np.argmin([np.linalg.norm(point - mean) for mean in means]) for point in points]


# %% exercise="annotate" wrong="the means are for points" says="IndexError"
def annotate(labelled, senses, points):
    names, of = sorted(set(senses)), np.array(senses)
    points[0]
    means = [labelled[of == name].mean(0) for name in names]
    return [names[np.argmin([np.linalg.norm(point - mean) for mean in means])] for point in points]


# %% exercise="concordance" equivalent="the larger of two numbers is the same in both orders"
# - left = text[max(0, begin - width):begin]
# + left = text[max(begin - width, 0):begin]


# %% exercise="annotate" equivalent="a distance is the same from both ends"
# - away = [[np.linalg.norm(point - mean) for mean in means] for point in points]
# + away = [[np.linalg.norm(mean - point) for mean in means] for point in points]
