"""The checks of `case_conversation`'s sheet."""

from collections.abc import Callable
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_tensor, as_text, predict
from course_utils.checks.wrong import Said, WrongForm, probed

sheet = Sheet("case_conversation")

PADDING = "nobody looks at the padding"
ONCE = "so many tokens has the talk, read once; here each turn is read with its past"
WITHOUT_ASKED = "those are the tokens of the past; the asked turn is read, too"
WITH_CLS = "with `[CLS]`? It is left out here. Or"
MIXED = "that is the mean of the whole past; here the speaker's own turns and the others' are kept apart"


@sheet.exercise(
    section="Read the whole talk once",
    hints=[
        "Write the turn number of each token in a row: three times 1, twice 2, and so on. Who may look at which?",
        "With `past`, a token looks at all tokens of earlier turns and of its own turn. Whose vector can turn 3 reach?",
        "For `again` and `two_before`, write a line for each of the five turns: the tokens of all turns that it reads.",
        "For the means of turn 5, look at turns 1 to 4 only. Cross out those of B, then those that are not B's.",
    ],
)
def ladder_bill(ladder_bill) -> str:
    whole = partial(as_number, whole=True, low=0)
    parts = {
        "past": (
            6,
            whole,
            {
                "and the token itself?": 5,
                "that is `all`: turns 4 and 5 come later": 12,
                "that is `alone`: nothing of the past": 1,
                "those are turns; how many tokens?": 3,
                f"{WITH_CLS} do you count from turn 3 on? `past` looks back": 7,
            },
        ),
        "all": (
            12,
            whole,
            {
                PADDING: 14,
                "it may look at itself, too": 11,
                "that is `past`; `all` also looks at later turns": 6,
                "those are turns; how many tokens?": 5,
                f"{WITH_CLS} with the padding, and without the token itself? {PADDING.capitalize()}": 13,
            },
        ),
        "moved": (
            3,
            whole,
            {
                "its own vector moves, too": 2,
                "that is `alone`: who may look at turn 3?": 1,
                "that is `all`: may turns 1 and 2 look at turn 3?": 5,
                "those are tokens; how many turns?": 7,
                "who may look at turn 3? Speakers do not matter for this mask": 4,
            },
        ),
        "again": (
            36,
            whole,
            {
                ONCE: 12,
                WITHOUT_ASKED: 24,
                "that is `all`, five times: the first turn has no past": 60,
                "is that with `most=2`?": 28,
                "padding is not read here": 38,
                "with five times `[CLS]`? It is left out here": 41,
            },
        ),
        "two_before": (
            28,
            whole,
            {
                "the two are turns before the asked one; the asked turn comes on top": 22,
                "that is the whole past; here turns 4 and 5 lose what is old": 36,
                f"{WITH_CLS} is that with three turns before?": 33,
                ONCE: 12,
                WITHOUT_ASKED: 16,
                "the first turns have fewer than two before them, but they are read, too": 20,
            },
        ),
        "own": (
            2,
            as_number,
            {
                "the past is what lies before turn 5: its own vector is no part of it": 4,
                MIXED: 4.25,
                "that is the past of the others": 5,
                "that is its own vector: what did B say before?": 6,
                "that is the turn before, and who speaks there?": 1,
            },
        ),
        "others": (
            5,
            as_number,
            {
                "that is A's past only; who else is not B?": 7,
                MIXED: 4.25,
                "that is the turn before, only one of the others' turns": 1,
                "that is a sum: divide it by the number of turns": 15,
                "that is the speaker's own past": 2,
                "the mean of two means? Take the mean over the turns": 4,
            },
        ),
    }
    judged = {key: Part(right, slips, read) for key, (right, read, slips) in parts.items()}
    predict(ladder_bill, "ladder_bill", judged)
    return "Twelve tokens, read once, or thirty-six: that is the price of a past in each text."


def _talk(*turns: str) -> list[dict]:
    """Return turns as dicts, of texts like `A: Fine.`"""
    return [dict(zip(("speaker", "text"), turn.split(": ", 1), strict=True)) for turn in turns]


def _fit(
    turns: list[dict],
    i: int,
    budget: int,
    *,
    write: Callable = lambda turn: f"{turn['speaker']}: {turn['text']}",
    cost: Callable = lambda piece: len(piece.split()),
    free: bool = False,  # the asked turn costs nothing
    surely: bool = True,  # the asked turn is always there
    fits: Callable = lambda left: left >= 0,
    gaps: bool = False,
    one_more: Callable = lambda left: False,  # whether one turn more goes in, from what is left
) -> str:
    asked = write(turns[i])
    left = budget - (0 if free else cost(asked))
    pieces = [asked] if surely or fits(left) else []
    for turn in reversed(turns[:i]):
        piece = write(turn)
        if not fits(left - cost(piece)):
            if gaps:
                continue
            if one_more(left):
                pieces.insert(0, piece)
            break
        left -= cost(piece)
        pieces.insert(0, piece)
    return " [SEP] ".join(pieces)


def _from_the_start(turns: list[dict], i: int, budget: int) -> str:
    """Keep the oldest turns, and the asked one."""
    pieces = [f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1]]
    left, kept = budget - len(pieces[-1].split()), []
    for piece in pieces[:-1]:
        left -= len(piece.split())
        if left < 0:
            break
        kept.append(piece)
    return " [SEP] ".join([*kept, pieces[-1]])


def _turned(turns: list[dict], i: int, budget: int) -> str:
    return " [SEP] ".join(_fit(turns, i, budget).split(" [SEP] ")[::-1])


FIT_SLIPS = {
    "exactly `budget` words still fit": partial(_fit, fits=lambda left: left > 0),
    "the speaker's name is a word, too": partial(_fit, cost=lambda piece: len(piece.split()) - 1),
    "do you count characters? The budget is in words": partial(_fit, cost=len),
    "do you count turns? The budget is in words": partial(_fit, cost=lambda piece: 1),
    "up to `budget` turns of the past: the budget is in words": partial(_fit, cost=lambda piece: 1, free=True),
    "`[SEP]` costs nothing": lambda turns, i, budget: _fit(turns, i, budget + 1, cost=lambda p: len(p.split()) + 1),
    "the words of the asked turn count, too": partial(_fit, free=True),
    "the asked turn is always there, however long it is": partial(_fit, surely=False),
    "stop at the first turn that does not fit: older ones stay out": partial(_fit, gaps=True),
    "one turn too many: look whether it fits before you take it": partial(_fit, one_more=lambda left: left >= 0),
    "one turn too many: something is left, but is it enough for the next turn?": partial(
        _fit, one_more=lambda left: left > 0
    ),
    "the newest turns stay, and the oldest go": _from_the_start,
    "the order of the talk: the asked turn comes last": _turned,
    "who speaks? Write the name before each turn": partial(
        _fit, write=lambda turn: turn["text"], cost=lambda piece: len(piece.split()) + 1
    ),
    "who speaks? Write the name before each turn, and count it": partial(_fit, write=lambda turn: turn["text"]),
    "where is the past?": lambda turns, i, budget: _fit(turns, i, 0),
    "is the budget used? That is the whole past": lambda turns, i, budget: _fit(turns, i, 10**6),
    "what comes after turn `i` is not known yet": lambda turns, i, budget: _fit(turns, len(turns) - 1, budget),
    "the first turn has the place 0": lambda turns, i, budget: _fit(turns, i - 1, budget),
    "whole turns only: a turn is cut in its middle": lambda turns, i, budget: " ".join(
        [word for word in _fit(turns, i, 10**6).split() if word != "[SEP]"][-budget:]
    ),
    "the text between two turns is ` [SEP] `": lambda *asked: _fit(*asked).replace(" [SEP] ", " "),
    "spaces around `[SEP]`": lambda *asked: _fit(*asked).replace(" [SEP] ", "[SEP]"),
}
FIT_PROBES = {
    "where is the asked turn? `turns[:i]` ends before it": lambda fit_past: (
        "here" not in fit_past(_talk("A: Well.", "B: I am here."), 1, 99)
    ),
    "`[SEP]` stands between two turns, not before the first or behind the last one": lambda fit_past: (
        "[SEP]" in fit_past(_talk("A: Well."), 0, 99)
    ),
    "whole turns only: a turn is cut in its middle": lambda fit_past: any(
        len({"one", "two"} & {*fit_past(_talk("A: one two", "B: six"), 1, size).split()}) == 1 for size in range(2, 6)
    ),
}
FIT_ERRORS = {
    "IndexError: list index": "does a place fall below 0? Before `turns[0]` nothing stands; `turns[-1]` is the end"
}


def _as_input(value) -> str:
    return value if value == "" else as_text(value, "fit_past(...)")


def _talks_to_fit(hidden: bool) -> list[tuple]:
    import numpy as np

    random = np.random.default_rng(12 if hidden else 11)
    name, other = ("C", "A") if hidden else ("A", "B")
    gap = _talk(f"{name}: Yes.", f"{other}: " + "no " * 9 + "more", f"{name}: So?", f"{other}: Fine.")
    three = _talk(f"{name}: Is it you?", f"{other}: Who else, then?", f"{name}: Right.", f"{other}: Come in now.")
    odd = _talk(f"{other}: Well:  we  two.", f"{name}: The end.", f"{name}: 7 o'clock, or 8")
    made = []
    for _ in range(4):
        size = int(random.integers(5, 12))
        turns = [
            {
                "speaker": str(random.choice(["A", "B", "C"])),
                "text": " ".join(random.choice(["oh", "no", "why", "not", "fine"], random.integers(1, 8))) + ".",
                "label": int(random.integers(5)),
            }
            for _ in range(size)
        ]
        made.append((turns, int(random.integers(3, size)), int(random.integers(8, 28))))
    return [
        (three[:2], 1, 8),
        (three[:2], 1, 7),
        (three[:1], 0, 9),
        (three, 2, 1),
        (three, 2, 6),
        (three, 3, 10),
        (three, 3, 15),
        (gap, 3, 6),
        (gap, 2, 13),
        (odd, 2, 9),
        (odd, 2, 12),
        (three, 1, 99),
        *made,
    ]


@sheet.exercise(
    section="The past in the input text",
    hints=[
        "Which turn goes in first, and which one next? Who is left out when the budget is used up?",
        "Go backwards: begin with turn `i`, then `i - 1`, and so on. `reversed(turns[: i + 1])` does that.",
        "Write the turn, subtract its words from what is left. Is less than nothing left? Then stop, with `break`.",
        "The first piece is never refused. Put each new piece in front: `pieces.insert(0, piece)`; `join` comes last.",
    ],
)
def fit_past(fit_past, hidden=False) -> str:
    with probed(fit_past, FIT_PROBES, FIT_ERRORS):
        judge(fit_past, "fit_past", _talks_to_fit(hidden), _fit, slips=FIT_SLIPS, read=_as_input)
    return "The newest turns are in, whole, and nothing is over the budget."


def _lines(mask) -> Said:
    """Return a mask in words, with a line for each token that looks: 1 where it may look, 0 where it may not."""
    talks = [" ".join("".join(str(int(each)) for each in line) for line in talk) for talk in mask.tolist()]
    return Said("lines of the mask: " + "; next talk: ".join(talks))


def _as_mask(value) -> Said:
    name = "own_mask(...)"
    shapes = "talks x tokens x tokens: `turn[:, :, None]` beside `turn[:, None, :]`"
    tensor = as_tensor(value, name)
    if tensor.dim() != 3:
        raise WrongForm("a mask with three axes, talks x tokens x tokens", tensor, shapes if tensor.dim() == 2 else "")
    if tensor.is_complex() or not ((tensor == 0) | (tensor == 1)).all():
        slip = "`through` makes the low numbers later" if tensor.is_floating_point() else ""
        raise WrongForm("a mask of `True` and `False`", tensor, slip)
    return _lines(tensor.bool())


def _masked(turn, speaker, *, same=None, back=None, pad=True):
    """Return lines; `same(one, other)` of speakers, `back(looks, at)` of turn numbers, `pad`: padding is hidden."""
    who = speaker.gather(1, turn.clamp(min=0))
    looks, at = turn[:, :, None], turn[:, None, :]
    mask = same(who[:, :, None], who[:, None, :]) if same else who[:, :, None] == who[:, None, :]
    mask = mask & (back(looks, at) if back else at <= looks)
    if pad:
        mask = mask & (at >= 0) & (looks >= 0)
    return _lines(mask)


def _of_first_talk(turn, speaker):
    return _masked(turn, speaker[:1].expand(len(speaker), -1))


def _from_number_one(turn, speaker):
    return _masked(turn, speaker.roll(1, 1))


def _others_past(turn, speaker):
    who = speaker.gather(1, turn.clamp(min=0))
    other = who[:, :, None] != who[:, None, :]
    looks, at = turn[:, :, None], turn[:, None, :]
    mask = ((other & (at < looks)) | (at == looks)) & (at >= 0)
    return _lines(mask)


def _seen_first(turn, speaker):
    return _masked(turn, speaker, back=lambda looks, at: at >= looks)


MASK_SLIPS = {
    "that is the mask `past`: is `speaker` used?": partial(_masked, same=lambda one, other: one == one),
    "that is the mask `alone`: where is the speaker's past?": partial(_masked, back=lambda looks, at: at == looks),
    "that is the others' past: which turns are the speaker's own?": _others_past,
    "that shows the others' past, and hides the own turn": partial(_masked, same=lambda one, other: one != other),
    "the future is seen: only earlier turns and the own one": partial(_masked, back=lambda looks, at: at == at),
    "the own turn is missing: a token looks at its whole turn": partial(_masked, back=lambda looks, at: at < looks),
    "a line is the token that looks, a column the one that is seen": _seen_first,
    "the padding: it sees nothing, and nobody sees it": partial(_masked, pad=False),
    "the speakers of the first talk, for all talks?": _of_first_talk,
    "which place has turn 0 in `speaker`? The turn numbers begin with 0": _from_number_one,
    "it is the other way round: `True` where a token may look": lambda turn, speaker: _masked(turn, speaker).translate(
        {ord("0"): "1", ord("1"): "0"}
    ),
}
LOOK_UP = "`speaker` has a number for each turn, but a mask needs one for each token: look up the speaker of its turn"
MASK_ERRORS = {
    **dict.fromkeys(
        ["a (3) must match the size of tensor b (5)", "a (5) must match the size of tensor b (3)"], LOOK_UP
    ),
    **dict.fromkeys(["shapes (1,3,3) (1,5,5)", "shapes (1,5,5) (1,3,3)"], LOOK_UP),  # NumPy's words
    "index -1 is out of bounds": "padding has the turn -1, no place in `speaker`: look up any other, and hide it later",
    "out of bounds for dimension 0 with size 1": "`speaker[turn]` asks for talks: each talk has its own line",
}


def _masks_to_make(hidden: bool) -> list[tuple]:
    import torch

    chance = torch.Generator().manual_seed(32 if hidden else 31)
    table = torch.tensor
    made = [
        (table([[0, 1, 2]]), table([[0, 1, 0]] if not hidden else [[2, 0, 2]])),
        (table([[0, 0, 1, 2, -1]]), table([[1, 0, 1]] if not hidden else [[1, 1, 0]])),
        (table([[0, 1, 1, 2], [0, 0, 1, -1]]), table([[0, 1, 1], [1, 1, -1]])),
    ]
    for talks in (2, 3):
        lengths = torch.randint(1, 4, (talks, 5), generator=chance)
        rows = [torch.arange(5).repeat_interleave(line)[: 14 - 4 * place] for place, line in enumerate(lengths)]
        turn = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1)
        speaker = torch.randint(0, 3, (talks, int(turn.max()) + 1), generator=chance)
        speaker[torch.arange(speaker.shape[1]) > turn.amax(1, keepdim=True)] = -1
        made.append((turn, speaker))
    return made


@sheet.exercise(
    section="Read the whole talk once",
    hints=[
        "Three things must be true at once: the same speaker, no later turn, no padding. Which one has `turn_mask`?",
        "You need the speaker of each **token**. A token knows its turn, and `speaker` knows who speaks in a turn.",
        "`speaker.gather(1, turn.clamp(min=0))` looks up each turn number in the line of its own talk.",
        "Compare `who` with itself, as the lesson compares `turn`: `who[:, :, None] == who[:, None, :]`. Join by `&`.",
    ],
)
def own_mask(own_mask, hidden=False) -> str:
    with probed(own_mask, {}, MASK_ERRORS):
        judge(own_mask, "own_mask", _masks_to_make(hidden), _masked, slips=MASK_SLIPS, read=_as_mask)
    return "Each speaker hears only the own voice, and no token hears the padding."


def _walk(turns: list[dict], guess: Callable, keep: Callable, first: int = -1) -> list:
    """Label a talk; `keep(memory, turn, said)` returns nothing, and notes; `memory[speaker]` is handed to `guess`."""
    said, memory = [], {}
    for turn in turns:
        said.append(guess(turn["text"], memory.get(turn["speaker"], first)))
        keep(memory, turn, said[-1])
    return said


def _note(memory: dict, turn: dict, said: int) -> None:
    memory[turn["speaker"]] = said


def _note_truth(memory: dict, turn: dict, said: int) -> None:
    memory[turn["speaker"]] = turn["label"]


def _note_truth_if_there(memory: dict, turn: dict, said: int) -> None:
    memory[turn["speaker"]] = turn.get("label", said)


def _note_first(memory: dict, turn: dict, said: int) -> None:
    memory.setdefault(turn["speaker"], said)


def _labelled(turns: list[dict], guess: Callable) -> list:
    return _walk(turns, guess, _note)


def _turn_before(turns: list[dict], guess: Callable) -> list:
    said = [-1]
    for turn in turns:
        said.append(guess(turn["text"], said[-1]))
    return said[1:]


def _two_turns_before(turns: list[dict], guess: Callable) -> list:
    said: list = []
    for i, turn in enumerate(turns):
        said.append(guess(turn["text"], said[i - 2] if i > 1 else -1))
    return said


def _in_two_rounds(turns: list[dict], guess: Callable) -> list:
    """Guess all turns without a past first, and hand these labels over in a second round."""
    first, memory, said = [guess(turn["text"], -1) for turn in turns], {}, []
    for turn, alone in zip(turns, first, strict=True):
        said.append(guess(turn["text"], memory.get(turn["speaker"], -1)))
        memory[turn["speaker"]] = alone
    return said


def _moods_before(turns: list[dict], guess: Callable) -> list:
    """Return what is handed over, not what is said."""
    memory, before = {}, []
    for turn in turns:
        before.append(memory.get(turn["speaker"], -1))
        memory[turn["speaker"]] = guess(turn["text"], before[-1])
    return before


LABEL_SLIPS = {
    "the true label of a past turn goes in: who knows it in a new talk?": lambda *asked: _walk(*asked, _note_truth),
    "where a talk has labels, they still go in": lambda *asked: _walk(*asked, _note_truth_if_there),
    "that is the label of the turn before, whoever spoke": _turn_before,
    "that is the label two turns before: do two speakers always take turns?": _two_turns_before,
    "the label 0 is lost: in Python, `0 or -1` is -1": lambda turns, guess: _walk(
        turns, lambda text, before: guess(text, before or -1), _note
    ),
    "nothing of the past goes in": lambda turns, guess: [guess(turn["text"], -1) for turn in turns],
    "a speaker's first label stays for ever: take the last one": lambda *asked: _walk(*asked, _note_first),
    "-1 stands for no turn before": lambda turns, guess: _walk(turns, guess, _note, first=0),
    "those labels were said without a past; use what was said in this round": _in_two_rounds,
    "those are the labels before; return what was said": _moods_before,
    "those are the labels of the talk, not what `guess` said": lambda turns, guess: [turn["label"] for turn in turns],
    "the order of the talk": lambda *asked: _labelled(*asked)[::-1],
}
LABEL_PROBES = {
    "what one talk leaves behind goes into the next one: does `felt` begin empty in each call?": lambda label_talk: (
        len({tuple(label_talk(_talk("A: Fine."), lambda text, before: before + 1)) for _ in range(2)}) > 1
    ),
}


def by_length(text: str, before: int) -> int:
    """Guess by the number of letters and the mood before."""
    return (len(text) + 3 * (before + 2)) % 5


def by_mood(text: str, before: int) -> int:
    """Guess: the next mood at each question, else it stays; the first one by the number of words."""
    return len(text.split()) % 5 if before == -1 else (before + text.endswith("?")) % 5


def by_both(text: str, before: int) -> int:
    """Guess by the first letter and the mood before."""
    return (ord(text[0]) * (2 + before) + before) % 5


def _talks_to_label(hidden: bool) -> list[tuple]:
    import numpy as np

    random = np.random.default_rng(22 if hidden else 21)
    short = _talk("A: Is it you?", "A: Fine.", "B: All of it?", "A: Why?")
    if hidden:
        short = _talk("B: Not now.", "B: Well?", "A: Of course.", "B: Is it so?")

    def with_labels(turns: list[dict]) -> list[dict]:
        return [turn | {"label": int(random.integers(5))} for turn in turns]

    made = []
    for size in (7, 11, 14):
        words = [" ".join(random.choice(["oh", "no", "why", "not"], random.integers(1, 6))) for _ in range(size)]
        ends, names = random.choice(["?", "."], size), random.choice(["A", "B", "C"], size)
        made.append([{"speaker": str(n), "text": w + str(e)} for n, w, e in zip(names, words, ends, strict=True)])
    told = [{**turn, "label": label} for turn, label in zip(short, (4, 0, 3, 2), strict=True)]
    return [
        (told[:2], by_length),
        (told, by_mood),
        (told, by_length),
        (with_labels(made[0]), by_both),
        (with_labels(made[1]), by_mood),
        (short, by_length),
        (made[0], by_mood),
        (made[2], by_both),
    ]


@sheet.exercise(
    section="What the speaker felt before",
    hints=[
        "Only the zeros in `label` differ between the two lines. Where does the function read `label`?",
        "When a new talk comes in, which labels of its past does anybody know? What did `guess` itself say?",
        "`felt` shall hold, for each speaker, what was said last. At that moment it is the newest entry of `said`.",
        "The newest entry of a list has the place -1. One line changes, and no `label` is read any more.",
    ],
    form_point=False,
)
def label_talk(label_talk, hidden=False) -> str:
    read = partial(as_list, name="label_talk(...)", of=float)
    with probed(label_talk, LABEL_PROBES):
        judge(label_talk, "label_talk", _talks_to_label(hidden), _labelled, slips=LABEL_SLIPS, read=read)
    return "No true label goes in any more. The score is lower, and now it is one that Mirela will see, too."
