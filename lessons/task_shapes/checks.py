"""The checks of `task_shapes`'s sheet."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import chain

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_list, as_number, predict
from course_utils.checks.wrong import WrongForm

sheet = Sheet("task_shapes")

LOSSES = ("cross-entropy", "BCE", "MSE", "error")


def _how_many(value: object, name: str) -> int:
    if isinstance(value, tuple | list) and list(value) == [1, 10, 5]:
        raise WrongForm(f"a whole number in `{name}`", value, "that is the shape: how many numbers is it in all?")
    return as_number(value, name, whole=True, low=0)


@sheet.exercise(
    section="Several labels: what does the loss want?",
    hints=[
        "Three questions for each line: is there a `problem_type`? Is `num_labels` 1? Are the labels decimals?",
        "Nothing given and more than one label: whole numbers mean one label, decimals mean several labels.",
        "BCE takes no whole numbers. And cross-entropy wants one whole number for a text, not a row of them.",
        "A head for words answers for each piece, also for `[CLS]` and `[SEP]`: one line each.",
    ],
)
def which_loss(which_loss) -> str:
    loss = partial(as_choice, choices=LOSSES)
    wanted = "that is what the person wanted, perhaps. But the model looks at the type of the labels: they are decimals"
    row = "whole numbers, so the model takes them for class numbers. How many class numbers may one text have?"
    parts = {
        "a": (
            "cross-entropy",
            {
                "a whole number is the number of a class: one label for the text": "BCE",
                "MSE is for one number that comes out: here it is four": "MSE",
                "nothing is wrong with the number of a class": "error",
            },
        ),
        "b": (
            "BCE",
            {
                "decimals for four labels: does the model take that for one label?": "cross-entropy",
                "MSE is for one number that comes out: here it is four": "MSE",
                "these labels have the right form for several topics": "error",
            },
        ),
        "c": (
            "BCE",
            {
                wanted: "cross-entropy",
                "MSE is for one number that comes out: here it is four": "MSE",
                "if only there were an error: this trap is silent": "error",
            },
        ),
        "d": (
            "error",
            {
                "`problem_type` asks for BCE. Does BCE take these whole numbers?": "BCE",
                "`problem_type` is given, so the model does not guess": "cross-entropy",
            },
        ),
        "e": (
            "MSE",
            {
                "one number comes out, and its label is 3.0: is that a yes-or-no question?": "BCE",
                "with one class, there is nothing to choose": "cross-entropy",
                "one decimal for one number is allowed": "error",
            },
        ),
        "f": ("error", {row: "cross-entropy", "BCE is what decimals get: these are whole numbers": "BCE"}),
    }
    numbers = {
        "five for each word? The model reads pieces": 30,
        "are the marks at both ends left out, or are words counted in place of pieces?": 40,
        "that is one text with one label: here each piece gets an answer": 5,
        "one number for each piece? Each tag gets one": 10,
        "`[CLS]` and `[SEP]` are two pieces, not one": 45,
    }
    letters = {letter: Part(right, slips, loss) for letter, (right, slips) in parts.items()}
    letters["g"] = Part(50, numbers, _how_many)
    predict(which_loss, "which_loss", letters)
    return "`c` is the silent one: one label, written as decimals, trains with BCE. So say `problem_type`."


def _tables(hidden: bool) -> list[tuple]:
    """Return truth, chances and bars. All numbers are sixteenths: they are the same in any type of float."""
    import numpy as np

    small = [
        ([[1], [1], [0]], [[12], [6], [4]], [4, 8]),
        ([[1, 0], [0, 1], [1, 0], [0, 1]], [[8, 2], [6, 4], [14, 6], [2, 12]], [2, 4, 6, 8]),
        ([[0, 1], [0, 1], [0, 0]], [[9, 14], [3, 5], [2, 1]], [1, 4, 10]),
        ([[1, 0, 0]], [[5, 6, 0]], [3, 4, 12]),
        ([[1, 0], [0, 0]], [[8, 9], [7, 3]], [10]),
    ]
    cases = [(np.array(t) > 0, np.array(c) / 16, [bar / 16 for bar in bars]) for t, c, bars in small]
    random = np.random.default_rng(71 if hidden else 17)
    for messages, topics, share in ((12, 3, 0.3), (40, 7, 0.2), (150, 5, 0.06)):
        truth = random.random((messages, topics)) < share
        truth[:, -1] &= messages != 12  # no message has the last topic
        chances = random.integers(0, 11, truth.shape) + 5 * truth
        cases.append((truth, np.clip(chances, 0, 16) / 16, [bar / 16 for bar in range(1, 15)]))
    return cases


def _f1(true, said) -> float:
    number = int(true.sum()) + int(said.sum())
    return float(Fraction(2 * int((true & said).sum()), number)) if number else 0.0


def _hits(true, said, of) -> float:
    return float(Fraction(int((true & said).sum()), int(of.sum()))) if of.sum() else 0.0


def _best(
    score: Callable = _f1, *, above: str = "greater", last: bool = False, worst: bool = False, gives: str = "bar"
):
    """Return what chooses a bar for each topic, by this score, in this way."""

    def choose(truth, chances, bars):
        import numpy as np

        found = []
        for true, chance in zip(truth.T, chances.T, strict=True):
            scores = [score(true, getattr(np, above)(chance, bar)) for bar in bars]
            best = min(scores) if worst else max(scores)
            place = [place for place, each in enumerate(scores) if each == best][-1 if last else 0]
            found.append({"bar": bars[place], "place": place, "score": best}[gives])
        return found

    return choose


def _one_for_all(truth, chances, bars) -> list:
    scores = [sum(_f1(t, c > bar) for t, c in zip(truth.T, chances.T, strict=True)) for bar in bars]
    return [bars[scores.index(max(scores))]] * truth.shape[1]


def _all_together(truth, chances, bars) -> list:
    scores = [_f1(truth, chances > bar) for bar in bars]
    return [bars[scores.index(max(scores))]] * truth.shape[1]


BAR_SLIPS = {
    "a chance that is equal to the bar is not above it": _best(above="greater_equal"),
    "at a tie, the smallest bar": _best(last=True),
    "the best share of right answers? With rare topics, saying nothing wins there. Take F1": _best(
        lambda true, said: (true == said).mean()
    ),
    "the best precision? F1 also asks how many are found": _best(lambda true, said: _hits(true, said, said)),
    "the best recall? The smallest bar always wins there. Take F1": _best(lambda true, said: _hits(true, said, true)),
    "one bar for all topics? Each topic has its own": _one_for_all,
    "the F1 of all topics together, so one bar for all? Each topic has its own": _all_together,
    "one bar for each message? A column is a topic, a line is a message": lambda t, c, bars: _best()(t.T, c.T, bars),
    "the places of the bars: the bars themselves are asked for": _best(gives="place"),
    "the F1 itself: the bar that reaches it is asked for": _best(gives="score"),
    "the worst bar of each topic": _best(worst=True),
    "a topic is said where its chance is above the bar, not below": _best(above="less"),
    "0.5 for all topics: choose among `bars`": lambda t, c, bars: [0.5] * t.shape[1],
    "the F1 of the messages without the topic?": _best(lambda true, said: _f1(~true, ~said)),
    "nothing true and nothing said gives 0 / 0, nan, and `argmax` chooses it. F1 is 0 there": _best(
        lambda true, said: _f1(true, said) if true.any() or said.any() else math.inf
    ),
}


def _bars(made: object) -> list[float]:
    return [as_number(bar, "the list") for bar in as_list(made, "own_bars(...)")]


@sheet.exercise(
    section="Which offices must read it?",
    hints=[
        "Begin with one topic and one bar: `chances[:, topic] > bar` is what is said, `truth[:, topic]` what is true.",
        "`&` of the two gives *both*, and `.sum()` counts. Where nothing is true and said, do not divide by 0.",
        "Then one loop over the bars, inside one loop over the topics. `np.argmax` takes the first of the best ones.",
    ],
)
def own_bars(own_bars, hidden=False) -> str:
    judge(own_bars, "own_bars", _tables(hidden), _best(), slips=BAR_SLIPS, read=_bars)
    return "A bar is a choice. You made it with F1, for each topic, on messages that judge nothing later."


def _promises(hidden: bool) -> list[tuple]:
    """Return errors and promises. A place is whole only where any way to compute it says so."""
    import numpy as np

    small = [
        ([-3.0, 1.0, 2.0], 0.5),
        ([0.5], 0.9),
        ([0.25, -0.75, 0.5, -2.0], 0.7),
        ([-1.5, 0.5, -0.5, 1.0, 0.0, -4.0, 2.0], 0.75),
        ([-1.0, -1.0, -1.0, -1.0, 2.0, 2.0], 0.85),
        ([-0.5, -2.5, -1.25], 0.75),
        ([1.0, -2.0], 0.75),
    ]
    cases = [(np.array(errors), promise) for errors, promise in small]
    random = np.random.default_rng(28 if hidden else 82)
    for number, promise in ((25, 0.9), (83, 0.93), (49, 0.99), (240, 0.62), (33, 0.05)):
        cases.append((random.normal(0.3, 1, number).round(3), promise))
    return cases


def _sizes(errors) -> list[float]:
    return sorted(abs(float(error)) for error in errors)


def _margin(
    errors, promise: float, *, more=1, rounded: Callable = math.ceil, order: Callable = _sizes, shift=1, few=True
) -> float:
    """Return the margin, or what a slip gives in its place. `few`: whether too few errors give infinity."""
    sizes, place = list(order(errors)), rounded((len(errors) + more) * promise)
    if place > len(sizes) and few:
        return math.inf
    return sizes[min(place, len(sizes)) - shift]


def _quantile(errors, promise: float, few: bool = False) -> float:
    import numpy as np

    if few and math.ceil((len(errors) + 1) * promise) > len(errors):
        return math.inf
    return float(np.quantile(abs(errors), promise))


MARGIN_SLIPS = {
    "without the + 1? The new text may be the worst of all": partial(_margin, more=0),
    "the largest error where the place does not exist? Then nothing supports the promise": partial(_margin, few=False),
    "rounded down? A promise needs the place rounded up": partial(_margin, rounded=math.floor),
    "rounded to the nearest place? A promise needs the place rounded up": partial(_margin, rounded=round),
    "the errors with their signs? Too low is also an error: take the sizes": partial(_margin, order=sorted),
    "the place is counted from 1, but Python counts from 0": partial(_margin, shift=0),
    "squares? The margin is in the unit of the errors": partial(_margin, order=lambda errors: sorted(errors**2)),
    "sorted with their signs, and the signs lost then? The other way round": partial(
        _margin, order=lambda errors: map(abs, sorted(errors))
    ),
    "the errors are not in order: sort their sizes first": partial(_margin, order=abs),
    "the largest errors first? Sort from the smallest to the largest": partial(
        _margin, order=lambda errors: _sizes(errors)[::-1]
    ),
    "a quantile between two errors, without the + 1? Take the error at the place of the card": _quantile,
    "a quantile between two errors? Take the error at the place of the card": partial(_quantile, few=True),
    "the place itself? The size of the error there is asked for": lambda errors, promise: math.ceil(
        (len(errors) + 1) * promise
    ),
    "that is the margin for the promise that is left: 1 - promise": lambda errors, promise: _margin(
        errors, 1 - promise
    ),
    "from one end to the other? The margin is one side of it": lambda errors, promise: 2 * _margin(errors, promise),
}


def _number_or_infinity(made: object) -> float:
    try:
        if float(made) == math.inf:
            return math.inf
    except (TypeError, ValueError, OverflowError, RuntimeError):
        pass  # as_number says what it is
    return as_number(made, "promised_margin(...)")


@sheet.exercise(
    section="How far off may it be?",
    hints=[
        "Do it by hand first: nine errors and 0.9 lead to place 9. Which error of the cell is that, without its sign?",
        "`math.ceil` rounds up. Compare the place with the number of errors before you look into the list.",
        "`sorted(abs(errors))` begins with place 0: the place of the card is one more.",
    ],
)
def promised_margin(promised_margin, hidden=False) -> str:
    given = {"slips": MARGIN_SLIPS, "read": _number_or_infinity}
    judge(promised_margin, "promised_margin", _promises(hidden), _margin, **given)
    return "A promise has its price in errors, and you say so when there are too few."


def _pieces(hidden: bool) -> list[tuple]:
    """Return word ids and tags: marks at all places, cut texts, words in many pieces, and words without any."""
    import random

    cases = [
        ([None, 0, 0, 1, None], [1, 2]),
        ([None, 0, 1, 1, 2, 3, None], [0, 3, 4, 0]),
        ([0, 0, 0, 1, None, None], [5, 7]),
        ([None, None, 0, 1, 2, 2, None], [1, 2, 2]),
        ([None, 0, 1, 1, None], [0, 1, 2, 2, 0]),
        ([None, 0, 2, 2, 3, None], [3, 4, 1, 0]),
        ([None, None], [2]),
        ([0], [3]),
        ([0, 0], [1]),
    ]
    chance = random.Random(9 if hidden else 5)
    for words in (6, 15, 40):
        ids = [word for word in range(words) for _ in range(chance.choice((1, 1, 1, 2, 4)))]
        front, back = chance.choice(((1, 1), (0, 2), (3, 1)))
        cases.append(([None] * front + ids + [None] * back, [chance.randrange(9) for _ in range(words)]))
    return cases


def _labels(word_ids: list, tags: list, *, other: int = -100, none: int = -100, shift: int = 0) -> list:
    """Return the labels, or what a slip gives: other numbers, or the tags of another word."""
    made = []
    for before, word in zip([None, *word_ids], word_ids, strict=False):
        if word is None or word == before:
            made.append(none if word is None else other)
        else:
            made.append(tags[word + shift])
    return made


def _each_piece(word_ids: list, tags: list) -> list:
    return [-100 if word is None else tags[word] for word in word_ids]


def _in_a_row(word_ids: list, tags: list) -> list:
    """The tags one after another, given to the first pieces: right unless a word has no piece."""
    left = iter(tags)
    return [-100 if label == -100 else next(left) for label in _labels(word_ids, [0] * len(tags))]


def _by_tags(word_ids: list, tags: list) -> list:
    made = _each_piece(word_ids, tags)
    return [-100 if label == before else label for before, label in zip([None, *made], made, strict=False)]


def _old(word_ids: list, tags: list) -> list:
    labels = [-100, *tags]
    return labels + [-100] * (len(word_ids) - len(labels))


PIECE_SLIPS = {
    "that is what the old code gives: it takes each word for one piece": _old,
    "the old code, cut to the right length: it still takes each word for one piece": lambda ids, tags: _old(ids, tags)[
        : len(ids)
    ],
    "every piece gets the tag of its word. Only the first one has it": _each_piece,
    "the last piece of each word has the tag. It belongs to the first one": lambda ids, tags: _labels(ids[::-1], tags)[
        ::-1
    ],
    "the other pieces of a word have -100, not 0": partial(_labels, other=0),
    "a piece without a word has -100, not 0": partial(_labels, none=0),
    "0 in place of -100? 0 is a tag, and would be learned": partial(_labels, other=0, none=0),
    "-1 is not the number that means: compute no loss here": partial(_labels, other=-1, none=-1),
    "two words side by side may have the same tag: compare the words, not the tags": _by_tags,
    "the tags are given out one after another. A word may have no piece: take the tag by the number of the word": (
        _in_a_row
    ),
    "the number of the word? Its tag belongs there": lambda ids, tags: _labels(ids, list(range(len(tags)))),
    "the pieces without a word are left out: one label for each piece": lambda ids, tags: [
        label for label, word in zip(_labels(ids, tags), ids, strict=True) if word is not None
    ],
    "the tag of the word before? `word_ids` counts the words from 0": partial(_labels, shift=-1),
    "word 0 is a word, but `not 0` is true, too: ask `is None`": lambda ids, tags: [
        label if word else -100 for label, word in zip(_labels(ids, tags), ids, strict=True)
    ],
    "the first piece has no piece before it: place -1 is the last one": lambda ids, tags: [
        -100 if word is None or word == ids[place - 1] else tags[word] for place, word in enumerate(ids)
    ],
}


def _whole_numbers(made: object) -> list[int]:
    return [as_number(label, "the list", whole=True) for label in as_list(made, "labels_for_pieces(...)")]


@sheet.exercise(
    section="Where and when?",
    hints=[
        "Which word is the first one with two pieces? What does the old code give to its second piece?",
        "The old code never looks into `word_ids`, only at its length. Go through it, piece by piece.",
        "A piece is the first one of its word if the piece before it belongs to another word, or to none.",
    ],
    form_point=False,
)
def labels_for_pieces(labels_for_pieces, hidden=False) -> str:
    given = {"slips": PIECE_SLIPS, "read": _whole_numbers}
    judge(labels_for_pieces, "labels_for_pieces", _pieces(hidden), _labels, **given)
    return "The tags now follow the words, however many pieces a word has."


def _spans(
    tags: list[str],
    *,
    loose: bool = False,
    any_kind: bool = False,
    joined: bool = False,
    end: bool = True,
    closing: bool = False,
):
    """Return the spans of a message.

    `loose`: an I alone begins one; `joined`: a B of the kind may go on; `closing`: a B that closes begins none.
    """
    found, begin, kind = set(), None, ""
    for place, tag in enumerate([*tags, "O"] if end else tags):
        goes_on = {f"I-{kind}", f"B-{kind}"} if joined else {f"I-{kind}"}
        on = begin is not None and (tag in goes_on or (any_kind and tag[:2] == "I-"))
        if begin is not None and not on:
            found.add((begin, place, kind))
            begin = None
            if closing:
                continue
        if (tag[:2] == "B-" and not on) or (loose and tag[:2] == "I-" and not on):
            begin, kind = place, tag[2:]
    return found


def _counted(true: list, said: list, spans: Callable = _spans) -> tuple[int, int, int]:
    """Return how many spans are right, are true, and are said."""
    pairs = [(set(spans(one)), set(spans(other))) for one, other in zip(true, said, strict=True)]
    return sum(len(a & b) for a, b in pairs), sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _span_f1(true: list, said: list, spans: Callable = _spans) -> float:
    right, of_true, of_said = _counted(true, said, spans)
    return _share(2 * right, of_true + of_said)


def _like(**how: bool) -> Callable:
    return partial(_span_f1, spans=partial(_spans, **how))


def _words(tags: list[str]) -> list[tuple]:
    """Return the words that are not O, as if each were a span."""
    return [(place, tag) for place, tag in enumerate(tags) if tag != "O"]


def _mean_of_messages(empty: float) -> Callable:
    def mean(true, said):
        scores = [
            _span_f1([one], [other]) if _spans(one) or _spans(other) else empty
            for one, other in zip(true, said, strict=True)
        ]
        return sum(scores) / len(scores)

    return mean


def _without_message(true: list, said: list) -> float:
    one, other = (set().union(*map(_spans, each)) for each in (true, said))
    return _share(2 * len(one & other), len(one) + len(other))


def _right_words(true: list, said: list) -> float:
    pairs = [(a, b) for one, other in zip(true, said, strict=True) for a, b in zip(one, other, strict=True)]
    return _share(sum(a == b for a, b in pairs), len(pairs))


SPAN_SLIPS = {
    "the share of right words? A model that says O everywhere does well there": _right_words,
    "single words are counted: a span is right as a whole, or not at all": partial(_span_f1, spans=_words),
    "the F1 of each message, and the mean of them? Count over all messages together": _mean_of_messages(0.0),
    "the F1 of each message, with 1 where there is no span? Count over all messages together": _mean_of_messages(1.0),
    "a span that ends with its message is lost": _like(end=False),
    "an I that goes on with nothing begins no span here: the rule of this card is stricter than the lesson's": _like(
        loose=True
    ),
    "an I of another kind does not go on with the span": _like(any_kind=True),
    "a B begins a new span, also right behind another one": _like(joined=True),
    "a B closes the span before it, and begins a new one": _like(closing=True),
    "the messages are joined into one: no span goes on in the next message": lambda true, said: _span_f1(
        [[*chain(*true)]], [[*chain(*said)]]
    ),
    "spans of different messages are mixed up: which message does a span stand in?": _without_message,
    "where the span begins and its kind, but not where it ends?": partial(
        _span_f1, spans=lambda tags: [(begin, kind) for begin, _, kind in _spans(tags)]
    ),
    "begin and end are compared, but not the kind": partial(
        _span_f1, spans=lambda tags: [each[:2] for each in _spans(tags)]
    ),
    "of the spans that are said, which share is right? F1 also asks for those that are missing": lambda true, said: (
        _share(_counted(true, said)[0], _counted(true, said)[2])
    ),
    "of the true spans, which share is found? F1 also asks for those that are too many": lambda true, said: _share(
        _counted(true, said)[0], _counted(true, said)[1]
    ),
    "the number of right spans? Make F1 of it": lambda true, said: _counted(true, said)[0],
    "without the 2? If all is right, F1 is 1": lambda true, said: _span_f1(true, said) / 2,
    "rounded? Give the number as it comes": lambda true, said: round(_span_f1(true, said), 2),
}


def _messages(hidden: bool) -> list[tuple]:
    """Return tags and tags that a model said: short ones by hand, and longer ones drawn and then changed."""
    import random

    by_hand = [
        (["O B-WHERE I-WHERE"], ["O B-WHERE O"]),
        (["B-WHERE I-WHERE O", "O B-WHEN"], ["B-WHERE I-WHERE O", "O O"]),
        (["O O O"], ["O O O"]),
        (["B-WHERE B-WHERE O B-WHEN I-WHEN"], ["B-WHERE I-WHERE O B-WHEN B-WHEN"]),
        (["B-PER O B-ORG", "O B-PER O"], ["B-ORG I-PER B-ORG", "I-PER B-PER I-ORG"]),
        (["O B-WHEN", "O O B-WHEN"], ["O O", "O B-WHEN B-WHEN"]),
        (["O B-WHERE", "O O"], ["O B-WHERE", "I-WHERE O"]),
    ]
    cases = [tuple([message.split() for message in each] for each in case) for case in by_hand]
    chance = random.Random(13 if hidden else 31)
    for number, kinds in ((4, ("WHERE", "WHEN")), (9, ("DISH", "COOK", "PLACE"))):
        tags = ["O", "O", *(f"{letter}-{kind}" for kind in kinds for letter in "BII")]
        true = [chance.choices(tags, k=chance.randrange(3, 12)) for _ in range(number)]
        said = [[tag if chance.random() < 0.8 else chance.choice(tags) for tag in message] for message in true]
        cases.append((true, said))
    return cases


@sheet.exercise(
    section="What is a good score for words?",
    hints=[
        "First write a function that gives the spans of **one** message, as a set of begin, end and kind.",
        "Walk through the tags. Remember where the open span began. When does it end? And what about the last word?",
        "Put one `O` behind the last tag: it closes a span that is still open.",
        "`len(a & b)` counts what is in both sets. Add these counts up over the messages, and divide once, at the end.",
    ],
)
def span_f1(span_f1, hidden=False) -> str:
    read = partial(as_number, name="span_f1(...)")
    judge(span_f1, "span_f1", _messages(hidden), _span_f1, slips=SPAN_SLIPS, read=read)
    return "Whole spans only: half a street name brings nobody to the right place."
