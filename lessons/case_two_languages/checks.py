"""The checks of `case_two_languages`'s sheet."""

import math
import re
import statistics
from collections.abc import Callable, Mapping
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, predict
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm, probed

sheet = Sheet("case_two_languages")


def _as_share(value: object, name: str, most: float = 1) -> float:
    """Return a number from -`most` to `most`: a difference of shares may be negative."""
    number = as_number(value, name)
    if abs(number) > most:
        raise WrongAnswer(f"a share in `{name}`", value, "a count, a percentage, points? Give the share: 0.14, not 14")
    return number


@sheet.exercise(
    section="Is one good average good for all?",
    hints=[
        "For `a`, what stands in the list of tokens, and how many entries has it? Is a full stop a token?",
        "For `b` and `c`, count the right answers of each language. One is a difference, the other a division.",
        "For `d`, which threshold do half of the eight training scores lie above? Compare the five posts with it.",
        "For `e`, how many of 100 posts lie above their median? At most how many of these can truly be moral?",
        "For `f`, which pairs have one side above 0.5 and one below? For `g`, no move is negative. Then take the mean.",
        "In the lesson, `a` is in the part “How many tokens is a word?”, `d` and `e` are in “Can it be mended without "
        "labels?”, `f` and `g` in “Does a name change the answer?”. The next hint is for `b` and `c`.",
    ],
)
def paper_numbers(paper_numbers) -> str:
    share, count = _as_share, partial(as_number, low=0)
    parts = {
        "a": (
            count,
            5 / 4,
            {
                "the full stop is a token, too": 1,
                "that is the number of tokens: divide by the words": 5,
                "an unknown token is a token, too": 1 / 4,
                "the model reads nothing there, but four unknown tokens and a full stop are counted": 0,
                "turned round: that is words per token": 4 / 5,
            },
        ),
        "b": (
            share,
            2 / 10,
            {
                "turned round: English minus Filipino": -2 / 10,
                "those are right in English only; what about the scenarios that are right in Filipino only?": 3 / 10,
                "those are right in one language only, whichever it is: subtract one from the other": 4 / 10,
                "that is the average of both: it hides the gap": 7 / 10,
                "those are right in both languages": 5 / 10,
                "that is the accuracy in Filipino alone": 6 / 10,
            },
        ),
        "c": (
            partial(_as_share, most=1.5),
            6 / 8,
            {
                "that is the accuracy in Filipino: divide it by the other one": 6 / 10,
                "that is turned round: Filipino is divided by English": 8 / 6,
                "those are right in both: all right answers in Filipino count, the ninth scenario too": 5 / 8,
                "that is the share that is lost": 2 / 8,
                "that is the gap": 2 / 10,
                "that is the share of all scenarios that are right in both": 5 / 10,
            },
        ),
        "d": (
            count,
            3,
            {
                "with the threshold 0. It leans here: choose one for Filipino": 5,
                "above the median of the five posts, or below a threshold from the eight training texts?": 2,
                "half of the eight training texts? That places the threshold; then compare the five posts with it": 4,
            },
        ),
        "e": (
            count,
            30,
            {
                "that is how many it calls moral: some of them can truly be moral": 50,
                "that is how many are moral on that day": 20,
                "that is how many posts are about wrongs: not all of them lie above the median": 80,
                "every median calls half moral, and fewer are: some wrongs must be among them": 0,
                "80% of the 50, as luck would have it? At least: put all moral posts above the median first": 40,
                "20% of the 50, or half of the moral posts? Wrongs are asked for, and what is left for them": 10,
            },
        ),
        "f": (
            share,
            2 / 5,
            {
                "those do not flip": 3 / 5,
                "one pair has its two sides turned round, and still flips": 1 / 5,
                "each probability moves, but a flip is another answer": 1,
                "there are flips: 0.6 is moral, 0.4 is not": 0,
            },
        ),
        "g": (
            share,
            0.9 / 5,
            {
                "with signs, the moves cancel out: how far, whatever the direction": 0.1 / 5,
                "with signs, the moves cancel out, and it is turned round": -0.1 / 5,
                "that is the sum of the moves: divide by the pairs": 0.9,
                "that is the largest move": 0.3,
                "that is the mean of the two pairs that flip: all pairs move": 0.25,
                "that is the move in the middle: take the mean": 0.2,
                "all five pairs move a little": 0,
            },
        ),
    }
    made = {key: Part(right, slips, read, 0.0051) for key, (read, right, slips) in parts.items()}
    predict(paper_numbers, "paper_numbers", made)
    return "A low cost, a good average and a small mean can each hide something. Now you know what."


def known_letters(text: str) -> list[str]:
    """Cut words into pieces of three letters. A run with a letter outside of a to z is unknown, a mark is a token."""
    tokens = []
    for run in re.findall(r"\w+|[^\w\s]", text.lower()):
        pieces = [("##" if at else "") + run[at : at + 3] for at in range(0, len(run), 3)]
        tokens += pieces if run.isascii() else ["[UNK]"]
    return tokens


def letter_by_letter(text: str) -> list[str]:
    """Cut into letters. Those outside of a to z are unknown, one by one."""
    return [letter if letter.isascii() else "[UNK]" for letter in text if not letter.isspace()]


def with_its_space(text: str) -> list[str]:
    """Cut at spaces, and keep each space with the word behind it. A word without a space before it costs one more."""
    tokens = []
    for found in re.findall(r" ?\S+", text):
        tokens += [] if found.startswith(" ") else ["<no space>"]
        tokens.append(found if found.isascii() else "[UNK]")
    return tokens


def _token_cases(hidden: bool) -> list[tuple]:
    """Return tokenizers beside texts: none, unknown ones, marks, double spaces, words that come twice."""
    import numpy as np

    cases = [
        (known_letters, ["the river"]),
        (with_its_space, ["to the sea", "a day"]),
        (known_letters, ["मेरी बहन", "go."]),
        (letter_by_letter, ["a río, a  río", "sea"]),
        (known_letters, []),
        (known_letters, ["", "  "]),
        (known_letters, ["వాన-ఎండ రోజు.", "a\nrainy day, a  long day", "naïve"]),
    ]
    random = np.random.default_rng(42 if hidden else 41)
    stock = ["kapatid", "pera", "babae.", "ako", "பணம்", "টাকা,", "ang", "sister", "señal", "ng", "día-ñu", "a"]
    for tokenize, texts in ((known_letters, 4), (letter_by_letter, 7), (with_its_space, 5)):
        drawn = [" ".join(random.choice(stock, random.integers(0, 9)).tolist()) for _ in range(texts)]
        cases.append((tokenize, drawn))
    return cases


def _words(texts) -> list[str]:
    return [word for text in texts for word in text.split()]


def _tokens(tokenize, texts) -> list[str]:
    return [token for text in texts for token in tokenize(text)]


def _is_lost(tokenize, word) -> bool:
    return "[UNK]" in tokenize(word)


def _per_word(tokenize, texts) -> float:
    return len(_tokens(tokenize, texts)) / max(1, len(_words(texts)))


def _lost(tokenize, texts) -> float:
    return sum(_is_lost(tokenize, word) for word in _words(texts)) / max(1, len(_words(texts)))


def _both(per_word: Callable = _per_word, lost: Callable = _lost) -> Callable:
    """Return what makes the dictionary. Without words, both numbers are 0, as the slips are about other things."""
    return lambda tokenize, texts: (
        {"per_word": per_word(tokenize, texts), "lost": lost(tokenize, texts)}
        if _words(texts)
        else {"per_word": 0, "lost": 0}
    )


def _mean_of_texts(score: Callable) -> Callable:
    def mean(tokenize, texts):
        full = [text for text in texts if text.split()]
        return sum(score(tokenize, [text]) for text in full) / len(full)

    return mean


def _unknown_tokens(tokenize, texts) -> int:
    return _tokens(tokenize, texts).count("[UNK]")


def _different(score: Callable) -> Callable:
    """Return a score of the different words only."""
    return lambda tokenize, texts: score(tokenize, list(dict.fromkeys(_words(texts))))


COST_SLIPS = {
    "`per_word` is a mean over the texts: a short text counts as much as a long one. Add up first, divide once": _both(
        _mean_of_texts(_per_word)
    ),
    "both are means over the texts: add up over all texts first, then divide once": _both(
        _mean_of_texts(_per_word), _mean_of_texts(_lost)
    ),
    "`lost` is a mean over the texts: add up over all texts first": _both(lost=_mean_of_texts(_lost)),
    "`lost` counts unknown tokens, per word: a word with two of them is one lost word": _both(
        lost=lambda t, texts: _unknown_tokens(t, texts) / len(_words(texts))
    ),
    "`lost` is a share of the tokens: the words are asked for": _both(
        lost=lambda t, texts: _unknown_tokens(t, texts) / len(_tokens(t, texts))
    ),
    "`lost` takes a word only if all its tokens are unknown: one is enough": _both(
        lost=lambda t, texts: sum(set(t(word)) == {"[UNK]"} for word in _words(texts)) / len(_words(texts))
    ),
    "`lost` takes a word only if it is one unknown token: one among others is enough": _both(
        lost=lambda t, texts: sum(t(word) == ["[UNK]"] for word in _words(texts)) / len(_words(texts))
    ),
    "`lost` is a number of words: divide by all words": _both(
        lost=lambda t, texts: _lost(t, texts) * len(_words(texts))
    ),
    "`lost` is the share of the texts that hold an unknown token: the words are asked for": _both(
        lost=lambda t, texts: sum("[UNK]" in t(text) for text in texts) / len(texts)
    ),
    "`lost` is the share that is kept": _both(lost=lambda t, texts: 1 - _lost(t, texts)),
    "each different word counts once? A word that comes twice counts twice": _both(
        lost=_different(_lost),
    ),
    "each different word counts once, in both numbers? All words count": _both(
        _different(_per_word), _different(_lost)
    ),
    "each lost word counts once in `lost`? A word that comes twice counts twice": _both(
        lost=lambda t, texts: sum(_is_lost(t, word) for word in set(_words(texts))) / len(_words(texts))
    ),
    "divided by the different words, in both numbers? All words count": _both(
        lambda t, texts: len(_tokens(t, texts)) / len(set(_words(texts))), _different(_lost)
    ),
    "`per_word` tokenizes each word alone: give `tokenize` the whole texts there": _both(
        lambda t, texts: len(_tokens(t, _words(texts))) / len(_words(texts))
    ),
    "`per_word` joins the texts: give `tokenize` one text after the other": _both(
        lambda t, texts: len(t(" ".join(texts))) / len(_words(texts))
    ),
    "`per_word` leaves the unknown tokens out: they are tokens, too": _both(
        lambda t, texts: (len(_tokens(t, texts)) - _unknown_tokens(t, texts)) / len(_words(texts))
    ),
    "`per_word` is turned round: it is tokens divided by words": _both(lambda t, texts: 1 / _per_word(t, texts)),
    "`per_word` counts letters: use `tokenize`": _both(
        lambda t, texts: sum(map(len, _words(texts))) / len(_words(texts))
    ),
    "`per_word` is a number of tokens: divide by all words": _both(lambda t, texts: len(_tokens(t, texts))),
    "`per_word` is tokens per text: divide by the words": _both(lambda t, texts: len(_tokens(t, texts)) / len(texts)),
    "only the first text? Go through all of them": lambda t, texts: _both()(t, texts[:1]),
    "two spaces make no empty word: use `text.split()` without an argument": lambda t, texts: _at_spaces(t, texts),
    "`lost` is a percentage? Give the share": _both(lost=lambda t, texts: 100 * _lost(t, texts)),
    "rounded? Give the numbers as they come": lambda t, texts: {
        name: round(number, 2) for name, number in _both()(t, texts).items()
    },
}


def _is_left_alone(token_cost: Callable) -> bool:
    """Return whether `tokenize` is never called."""
    asked: list[str] = []
    token_cost(lambda text: asked.append(text) or text.split(), ["a day"])
    return not asked


COST_PROBES = {"`tokenize` is never called. Is it the `tokenizer` of a cell above? Use what is given": _is_left_alone}


def _at_spaces(tokenize, texts) -> dict:
    words = [word for text in texts for word in text.split(" ")]
    size = max(1, len(words))
    lost = sum(_is_lost(tokenize, word) for word in words) / size
    return {"per_word": len(_tokens(tokenize, texts)) / size, "lost": lost}


def _as_cost(made: object) -> dict:
    if not isinstance(made, Mapping) or set(made) != {"per_word", "lost"}:
        raise WrongForm('a dictionary with the keys "per_word" and "lost" from `token_cost`', made)
    return {name: as_number(made[name], name) for name in ("per_word", "lost")}


@sheet.exercise(
    section="How many tokens is a word?",
    hints=[
        "Which three numbers do you need? How many words, how many tokens, and how many lost words.",
        "Make one list with the words of all texts. Its length is what both numbers are divided by.",
        'For one word, `"[UNK]" in tokenize(word)` is true or false. How many are true?',
        "An empty list of words: return the zeros before you divide.",
        "`tokens = sum(len(tokenize(text)) for text in texts)`. Write the same kind of line for the lost words.",
    ],
)
def token_cost(token_cost, hidden=False) -> str:
    with probed(token_cost, COST_PROBES):
        judge(token_cost, "token_cost", _token_cases(hidden), _both(), slips=COST_SLIPS, read=_as_cost)
    return "Tokens are counted over all texts, and a word that is lost is no longer cheap."


def _gap_cases(hidden: bool) -> list[tuple]:
    """Return what was right in two languages: equal, opposite, one row, half right rows, and drawn ones."""
    import numpy as np

    random = np.random.default_rng(52 if hidden else 51)
    small = [
        ([1, 0, 1, 1], [1, 0, 1, 1]),
        ([0, 1, 1, 0, 1], [1, 1, 1, 0, 1]),
        ([1], [0]),
        ([1, 0, 1, 0, 1, 1], [0, 1, 0, 1, 0, 1]),
        ([1, 0.5, 0, 1, 0.5, 0.5, 1], [0.5, 0.5, 0, 0, 1, 0, 1]),
    ]
    cases = [tuple(np.array(each, float) for each in case) for case in small]
    for rows, trainings in ((23, 1), (191, 2)):
        hard = random.random(rows)
        drawn = [(random.random((trainings, rows)) * level > hard).mean(0) for level in (1.6, 1.2)]
        cases.append(tuple(drawn))
    return cases


def _gap(
    en,
    fil,
    *,
    times: float = 1.96,
    error: Callable | None = None,
    sign: int = 1,
    spread: Callable | None = None,
) -> list:
    """Return what is right; each option is one slip."""
    import numpy as np

    apart = sign * (en - fil)
    spread = np.std(apart) if spread is None else spread(en, fil)
    width = times * (spread / math.sqrt(len(apart)) if error is None else error(en, fil))
    return [float(apart.mean() + side * width) for side in (0, -1, 1)]


def _unpaired(en, fil) -> float:
    return math.sqrt(en.var() / len(en) + fil.var() / len(fil))


def _sorted_pairs(en, fil) -> float:
    import numpy as np

    return np.std(np.sort(en) - np.sort(fil))


def _within(low: float, high: float) -> Callable:
    return lambda en, fil: [min(max(number, low), high) for number in _gap(en, fil)]


def _where_they_differ(en, fil) -> list:
    differ = en != fil
    return _gap(en[differ], fil[differ]) if differ.any() else [0.0, 0.0, 0.0]


GAP_SLIPS = {
    "as if the two languages had been judged on different scenarios: subtract scenario by scenario": partial(
        _gap, error=_unpaired
    ),
    "the two variances are subtracted? Take the variance of the differences": partial(
        _gap, spread=lambda en, fil: math.sqrt(abs(en.var() - fil.var()))
    ),
    "the two standard deviations are subtracted? Take that of the differences": partial(
        _gap, spread=lambda en, fil: abs(en.std() - fil.std())
    ),
    "what varies in common was taken away once: it comes from both languages": partial(
        _gap, spread=lambda en, fil: math.sqrt(max(0, en.var() + fil.var() - _common(en, fil)))
    ),
    "what varies in common is added: it must be taken away": partial(
        _gap, spread=lambda en, fil: math.sqrt(max(0, en.var() + fil.var() + 2 * _common(en, fil)))
    ),
    "sorted first? Then other scenarios stand side by side": partial(_gap, spread=_sorted_pairs),
    "how far apart, whatever the direction? Wins of both sides must cancel: leave the signs": lambda en, fil: _gap(
        abs(en - fil), 0 * en
    ),
    "only the width is of distances? Leave the signs, there too": partial(
        _gap, spread=lambda en, fil: abs(en - fil).std()
    ),
    "a variance in place of a standard deviation": partial(_gap, spread=lambda en, fil: (en - fil).var()),
    "the scenarios vary by so much, their mean varies less: divide by the root of their number": partial(
        _gap, error=lambda en, fil: (en - fil).std()
    ),
    "divided by the number, not by its root": partial(_gap, error=lambda en, fil: (en - fil).std() / len(en)),
    "divided by the number, and a variance: the root is missing": partial(
        _gap, error=lambda en, fil: (en - fil).var() / len(en)
    ),
    "divided by the root of both lengths together? Each scenario counts once": partial(
        _gap, error=lambda en, fil: (en - fil).std() / math.sqrt(len(en) + len(fil))
    ),
    "one standard error to each side: keep 1.96": partial(_gap, times=1),
    "2 standard errors? Keep 1.96": partial(_gap, times=2),
    "the standard deviation of a sample (ddof=1)? Take what `np.std` returns": partial(
        _gap, spread=lambda en, fil: statistics.stdev(en - fil)
    ),
    "turned round: English minus Filipino": partial(_gap, sign=-1),
    "the low and the high end are turned round": partial(_gap, times=-1.96),
    "only where the two differ? The other scenarios count, too: with a gap of 0": _where_they_differ,
    "a gap may be negative, and so may its ends": _within(0, 1),
    "no interval at all? Equal answers have none, but others do": partial(_gap, times=0),
    "in points? Give shares": lambda en, fil: [100 * number for number in _gap(en, fil)],
    "rounded? Give the numbers as they come": lambda en, fil: [round(number, 3) for number in _gap(en, fil)],
}


def _knows_no_shares(gap_with_interval: Callable) -> bool:
    cases = [case for case in _gap_cases(hidden=True) if {*case[0], *case[1]} <= {0, 1}]
    return all(near(as_list(gap_with_interval(*case), ""), _gap(*case)) for case in cases)


GAP_PROBES = {"right where each number is 0 or 1. But with several trainings, the arrays hold shares": _knows_no_shares}


def _common(en, fil) -> float:
    """Return the covariance."""
    return ((en - en.mean()) * (fil - fil.mean())).mean()


def _as_gap(made: object) -> list:
    name = "gap_with_interval(...)"
    found = as_list(made, name)
    if len(found) != 3:
        raise WrongForm("three numbers: the gap, the low end and the high end", Said(f"{len(found)} entries"))
    return [as_number(number, name) for number in found]


@sheet.exercise(
    section="Is one good average good for all?",
    hints=[
        "If both arrays are the same, what varies in their difference? What does the function take the variance of?",
        "Make one array: for each scenario, English minus Filipino. What are its mean and its standard deviation?",
        "The standard error of a mean: the standard deviation of its numbers, divided by the root of their count.",
        "`apart = en - fil`, and `np.std(apart) / np.sqrt(len(apart))` is the error.",
    ],
    form_point=False,
)
def gap_with_interval(gap_with_interval, hidden=False) -> str:
    with probed(gap_with_interval, GAP_PROBES):
        judge(gap_with_interval, "gap_with_interval", _gap_cases(hidden), _gap, slips=GAP_SLIPS, read=_as_gap)
    return "Scenario by scenario: what is hard in both languages cancels."


def _share_cases(hidden: bool) -> list[tuple]:
    """Return scores and shares: ties, negative ones, none, all and nothing. All products are exact in floats."""
    import numpy as np

    random = np.random.default_rng(62 if hidden else 61)
    cases = [
        ([0.5, 2.0, 1.0, -1.0], 0.5),
        ([-3.0, -1.0, -2.0], 0.5),
        ([0.5, 2.0, 0.5, 0.5], 0.5),
        ([], 0.5),
        ([1.0, -1.0], 0.0),
        ([0.0, -1.0, 3.0], 1.0),
        ([0.25], 0.75),
        ([2.0, 2.0, 2.0, 1.0, 3.0, 2.0, 2.0], 0.625),
    ]
    for texts, kinds, share in ((12, 4, 0.25), (37, 9, 0.375), (50, 1000, 0.875)):
        cases.append(((random.integers(-kinds, kinds, texts) / 4).tolist(), share))
    return cases


def _chosen(scores, count: int, key: Callable | None = None) -> list[bool]:
    """Return True for the first `count` texts by the key: the highest scores, and of equal ones the first."""
    order = sorted(range(len(scores)), key=key or (lambda row: -scores[row]))
    return [row in set(order[:count]) for row in range(len(scores))]


def _by_share(scores, share) -> list[bool]:
    return _chosen(scores, math.floor(share * len(scores)))


def _quantile(scores, share) -> float:
    import numpy as np

    return np.quantile(scores, 1 - share) if scores else 0.0


def _limit(scores, share) -> float:
    """Return the lowest score that is chosen."""
    count = math.floor(share * len(scores))
    return sorted(scores, reverse=True)[count - 1] if count else math.inf


def _by_argsort(scores, share) -> list[bool]:
    import numpy as np

    best = np.argsort(-np.array(scores))[: math.floor(share * len(scores))]
    return [row in best for row in range(len(scores))]


SHARE_SLIPS = {
    "all scores above 0? That is the old threshold: take as many as the share says": lambda s, p: [x > 0 for x in s],
    "a quantile as threshold? Equal scores and rounding make other numbers: count the texts": lambda s, p: [
        x > _quantile(s, p) for x in s
    ],
    "a quantile, and what equals it, too? Count the texts": lambda s, p: [x >= _quantile(s, p) for x in s],
    "all texts that equal the last one chosen? There are exactly as many as the share says": lambda s, p: [
        x >= _limit(s, p) for x in s
    ],
    "none of the texts that equal the last one chosen? The first of them are chosen": lambda s, p: [
        x > _limit(s, p) for x in s
    ],
    "half of the texts, whatever the share is? Use `share`": lambda s, p: _by_share(s, 0.5),
    "the lowest scores? The highest ones are moral": lambda s, p: _chosen(
        s, math.floor(p * len(s)), key=lambda row: s[row]
    ),
    "`np.argsort` may mix equal scores: `kind='stable'` keeps their order": _by_argsort,
    "rounded up? Round down": lambda s, p: _chosen(s, math.ceil(p * len(s))),
    "rounded to the nearest number? Round down": lambda s, p: _chosen(s, round(p * len(s))),
    "one text too many": lambda s, p: _chosen(s, math.floor(p * len(s)) + 1),
    "the first texts? The scores choose, and the answers stand in the order of `scores`": lambda s, p: sorted(
        _by_share(s, p), reverse=True
    ),
    "that is the share of immoral texts": lambda s, p: _by_share(s, 1 - p),
    "turned round: True is moral": lambda s, p: [not moral for moral in _by_share(s, p)],
    "those are the places of the moral texts: give True or False for each score": lambda s, p: [
        row for row, moral in enumerate(_by_share(s, p)) if moral
    ],
    "those are places, the highest score first: give True or False for each score": lambda s, p: sorted(
        range(len(s)), key=lambda row: -s[row]
    )[: math.floor(p * len(s))],
    "those are the scores of the moral texts: give True or False for each score": lambda s, p: [
        x for x, moral in zip(s, _by_share(s, p), strict=True) if moral
    ],
}


def _answers(scores: list, share: float, said: list) -> Callable:
    return lambda moral_by_share: list(map(bool, moral_by_share(scores, share))) == said


SHARE_PROBES = {
    "of equal scores, the earlier text comes first: `[::-1]` and `[-k:]` take the later one": _answers(
        [1.0, 1.0], 0.5, [False, True]
    ),
    "no text is moral where the share is 0: `[-0:]` is the whole list": _answers([1.0, -1.0], 0.0, [True, True]),
    "`scores.index` finds the first of equal scores, each time again": _answers([1.0, 1.0], 1.0, [True, False]),
}


@sheet.exercise(
    section="Can it be mended without labels?",
    hints=[
        "How many texts are moral? Take the share of their number, and round down: `int(...)` does it.",
        "Which texts? Sort the **places** of the scores, not the scores: `sorted(range(len(scores)), key=...)`.",
        "`sorted` leaves what is equal in its old order, also with `reverse=True`. So the earlier text stays in front.",
        "Keep the first places as a set. Then go through all places in order: is it in the set?",
    ],
)
def moral_by_share(moral_by_share, hidden=False) -> str:
    read = partial(as_list, name="moral_by_share(...)")
    with probed(moral_by_share, SHARE_PROBES):
        judge(moral_by_share, "moral_by_share", _share_cases(hidden), _by_share, slips=SHARE_SLIPS, read=read)
    return "Exactly as many as the share says, ties or not, and not one label was read."
