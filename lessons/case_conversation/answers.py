# Right and wrong answers to the sheet of `case_conversation`. `says` is a part of what the check must reply.

# %% exercise="ladder_bill" right="NumPy and tensors"
import numpy as np
import torch

ladder_bill = {"past": np.int64(6), "all": torch.tensor(12), "moved": np.array([3]), "again": 36.0}
ladder_bill |= {"two_before": 28, "own": np.float32(2), "others": torch.tensor([5.0])}

# %% exercise="ladder_bill" right="computed"
tokens, speakers, vectors = [3, 2, 1, 4, 2], "ABACB", [9, 2, 5, 1, 6]
ladder_bill = {"past": sum(tokens[:3]), "all": sum(tokens), "moved": len(tokens[2:])}
ladder_bill["again"] = sum(sum(tokens[: i + 1]) for i in range(5))
ladder_bill["two_before"] = sum(sum(tokens[max(0, i - 2) : i + 1]) for i in range(5))
for name, same in {"own": True, "others": False}.items():
    some = [each for each, who in zip(vectors[:4], speakers) if (who == "B") == same]
    ladder_bill[name] = sum(some) / len(some)

# %% exercise="ladder_bill" right="another order, one key more"
ladder_bill = {"others": 5.0, "own": 2.0, "two_before": 28, "again": 36, "moved": 3, "all": 12, "past": 6, "vector": 6}

# %% exercise="ladder_bill" right="fractions"
from fractions import Fraction

ladder_bill = {"past": 6, "all": 12, "moved": 3, "again": 3 + 5 + 6 + 10 + 12, "two_before": 3 + 5 + 6 + 7 + 7}
ladder_bill |= {"own": Fraction(2, 1), "others": Fraction(15, 3)}

# %% exercise="ladder_bill" wrong="without itself" says="and the token itself?" old="\"past\": 6" new="\"past\": 5"

# %% exercise="ladder_bill" wrong="turns" says="those are turns; how many tokens?" old="\"past\": 6" new="\"past\": 3"

# %% exercise="ladder_bill" wrong="padding seen" says="nobody looks at the padding" old="\"all\": 12" new="\"all\": 14"

# %% exercise="ladder_bill" wrong="later turns only" says="its own vector moves, too" old="\"moved\": 3" new="\"moved\": 2"

# %% exercise="ladder_bill" wrong="all move" says="may turns 1 and 2 look at turn 3?" old="\"moved\": 3" new="\"moved\": 5"

# %% exercise="ladder_bill" wrong="read once" says="here each turn is read with its past" old="\"again\": 36" new="\"again\": 12"

# %% exercise="ladder_bill" wrong="the past without the turn" says="the asked turn is read, too" old="\"again\": 36" new="\"again\": 24"

# %% exercise="ladder_bill" wrong="the asked turn is one of the two" says="the asked turn comes on top" old="\"two_before\": 28" new="\"two_before\": 22"

# %% exercise="ladder_bill" wrong="the first turns left out" says="but they are read, too" old="\"two_before\": 28" new="\"two_before\": 20"

# %% exercise="ladder_bill" wrong="the turn itself in the mean" says="its own vector is no part of it" old="\"own\": 2" new="\"own\": 4"

# %% exercise="ladder_bill" wrong="C forgotten" says="who else is not B?" old="\"others\": 5" new="\"others\": 7"

# %% exercise="ladder_bill" wrong="one mean for all" says="are kept apart" old="\"others\": 5" new="\"others\": 4.25"

# %% exercise="ladder_bill" wrong="a mean of means" says="Take the mean over the turns" old="\"others\": 5" new="\"others\": 4"

# %% exercise="ladder_bill" wrong="[CLS] in the past" says="with `[CLS]`? It is left out" old="\"past\": 6" new="\"past\": 7"

# %% exercise="ladder_bill" wrong="[CLS] in all" says="with `[CLS]`? It is left out" old="\"all\": 12" new="\"all\": 13"

# %% exercise="ladder_bill" wrong="[CLS] each time" says="five times `[CLS]`" old="\"again\": 36" new="\"again\": 41"

# %% exercise="ladder_bill" wrong="another number" says="I do not recognise this slip" old="\"again\": 36" new="\"again\": 31"

# %% exercise="ladder_bill" wrong="texts" says="without quotes" old="\"past\": 6" new="\"past\": \"six\""

# %% exercise="ladder_bill" wrong="dots left" says="replace the dots for others" old="\"others\": 5" new="\"others\": ..."

# %% exercise="ladder_bill" wrong="a list" says="a dict with the keys"
ladder_bill = [6, 12, 3, 36, 28, 2, 5]


# %% exercise="fit_past" right="places, backwards"
def fit_past(turns, i, budget):
    texts = [turn["speaker"] + ": " + turn["text"] for turn in turns]
    first, used = i, len(texts[i].split())
    while first > 0 and used + len(texts[first - 1].split()) <= budget:
        first -= 1
        used += len(texts[first].split())
    return " [SEP] ".join(texts[first : i + 1])


# %% exercise="fit_past" right="it tries each start"
def fit_past(turns, i, budget):
    for first in range(i + 1):
        texts = [f"{turn['speaker']}: {turn['text']}" for turn in turns[first : i + 1]]
        if first == i or len(" ".join(texts).split()) <= budget:
            return " [SEP] ".join(texts)


# %% exercise="fit_past" right="NumPy counts"
def fit_past(turns, i, budget):
    import numpy as np

    texts = [f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1]]
    sizes = np.array([len(text.split()) for text in texts])
    behind = sizes[::-1].cumsum()[::-1]
    keep = behind <= budget
    keep[-1] = True
    return " [SEP] ".join(text for text, kept in zip(texts, keep) if kept)


# %% exercise="fit_past" right="it calls itself"
def fit_past(turns, i, budget):
    piece = "{speaker}: {text}".format(**turns[i])
    left = budget - len(piece.split())
    if i and len("{speaker}: {text}".format(**turns[i - 1]).split()) <= left:
        return fit_past(turns, i - 1, left) + " [SEP] " + piece
    return piece


# %% exercise="fit_past" right="accumulate"
def fit_past(turns, i, budget):
    from itertools import accumulate

    texts = [f"{turn['speaker']}: {turn['text']}" for turn in turns[i::-1]]
    used = accumulate(len(text.split()) for text in texts)
    count = sum(each <= budget for each in used)
    return " [SEP] ".join(reversed(texts[: max(1, count)]))


# %% exercise="fit_past" wrong="exactly is too much" says="exactly `budget` words still fit" old="left < 0" new="left <= 0"

# %% exercise="fit_past" wrong="names not counted" says="the speaker's name is a word, too" old="len(piece.split())" new="len(turn['text'].split())"

# %% exercise="fit_past" wrong="characters" says="do you count characters" old="len(piece.split())" new="len(piece)"

# %% exercise="fit_past" wrong="turns counted" says="do you count turns" old="len(piece.split())" new="1"


# %% exercise="fit_past" wrong="the lesson's function" says="up to `budget` turns of the past"
def fit_past(turns, i, budget):
    first = max(0, i - budget)
    return " [SEP] ".join(f"{turn['speaker']}: {turn['text']}" for turn in turns[first : i + 1])


# %% exercise="fit_past" wrong="the asked turn refused" says="is always there, however long" old="if pieces and left < 0" new="if left < 0"


# %% exercise="fit_past" wrong="gaps" says="stop at the first turn that does not fit"
def fit_past(turns, i, budget):
    pieces, left = [], budget
    for turn in reversed(turns[: i + 1]):
        piece = f"{turn['speaker']}: {turn['text']}"
        if pieces and left - len(piece.split()) < 0:
            continue
        left -= len(piece.split())
        pieces.insert(0, piece)
    return " [SEP] ".join(pieces)


# %% exercise="fit_past" wrong="one too many" says="one turn too many"
def fit_past(turns, i, budget):
    pieces, left = [], budget
    for turn in reversed(turns[: i + 1]):
        if pieces and left < 0:
            break
        piece = f"{turn['speaker']}: {turn['text']}"
        left -= len(piece.split())
        pieces.insert(0, piece)
        if left < 0:
            break
    return " [SEP] ".join(pieces)


# %% exercise="fit_past" wrong="the oldest kept" says="the newest turns stay"
def fit_past(turns, i, budget):
    texts = [f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1]]
    left, kept = budget - len(texts[-1].split()), []
    for text in texts[:-1]:
        left -= len(text.split())
        if left < 0:
            break
        kept.append(text)
    return " [SEP] ".join([*kept, texts[-1]])


# %% exercise="fit_past" wrong="the asked turn first" says="the asked turn comes last" old="pieces.insert(0, piece)" new="pieces.append(piece)"

# %% exercise="fit_past" wrong="no names" says="who speaks?" old="pieces.insert(0, piece)" new="pieces.insert(0, turn['text'])"

# %% exercise="fit_past" wrong="no names at all" says="who speaks? Write the name before each turn, and count it" old="f\"{turn['speaker']}: {turn['text']}\"" new="turn['text']"


# %% exercise="fit_past" wrong="the whole past" says="is the budget used?"
def fit_past(turns, i, budget):
    return " [SEP] ".join(f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1])


# %% exercise="fit_past" wrong="the asked turn only" says="where is the past?"
def fit_past(turns, i, budget):
    return f"{turns[i]['speaker']}: {turns[i]['text']}"


# %% exercise="fit_past" wrong="the end of the talk" says="what comes after turn `i`" old="turns[: i + 1]" new="turns"


# %% exercise="fit_past" wrong="cut by words" says="a turn is cut in its middle"
def fit_past(turns, i, budget):
    words = " ".join(f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1]).split()
    words = [word for word in words if word != "[SEP]"]
    return " ".join(words[-budget:])


# %% exercise="fit_past" wrong="no [SEP]" says="the text between two turns" old="\" [SEP] \".join" new="\" \".join"

# %% exercise="fit_past" wrong="[SEP] costs a word" says="`[SEP]` costs nothing" old="left -= len(piece.split())" new="left -= len(piece.split()) + bool(pieces)"

# %% exercise="fit_past" wrong="the asked turn costs nothing" says="the words of the asked turn count" old="left -= len(piece.split())" new="left -= len(piece.split()) if pieces else 0"


# %% exercise="fit_past" wrong="cut by words, [SEP] is a word" says="a turn is cut in its middle"
def fit_past(turns, i, budget):
    text = " [SEP] ".join(f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1])
    return " ".join(text.split()[-budget:])


# %% exercise="fit_past" wrong="the asked turn missing" says="where is the asked turn?" old="turns[: i + 1]" new="turns[:i]"

# %% exercise="fit_past" wrong="[SEP] behind each turn" says="`[SEP]` stands between two turns" old="return \" [SEP] \".join(pieces)" new="return \"\".join(piece + \" [SEP] \" for piece in pieces)"


# %% exercise="fit_past" wrong="until nothing is left" says="is it enough for the next turn?"
def fit_past(turns, i, budget):
    pieces, left = [], budget
    for turn in reversed(turns[: i + 1]):
        if pieces and left <= 0:
            break
        pieces.insert(0, f"{turn['speaker']}: {turn['text']}")
        left -= len(pieces[0].split())
    return " [SEP] ".join(pieces)


# %% exercise="fit_past" wrong="a place below 0" says="does a place fall below 0?"
def fit_past(turns, i, budget):
    text = f"{turns[i]['speaker']}: {turns[i]['text']}"
    left, i = budget - len(text.split()), i - 1
    while True:
        piece = f"{turns[i]['speaker']}: {turns[i]['text']}"
        left, i = left - len(piece.split()), i - 1
        if left < 0:
            return text
        text = f"{piece} [SEP] {text}"


# %% exercise="fit_past" wrong="a list" says="a text in `fit_past(...)`"
def fit_past(turns, i, budget):
    return [f"{turn['speaker']}: {turn['text']}" for turn in turns[: i + 1]]


# %% exercise="fit_past" wrong="printed" says="does it end with `return`" old="return \" [SEP] \".join(pieces)" new="print(\" [SEP] \".join(pieces))"


# %% exercise="fit_past" wrong="the turns used up" says="leaves `turns` as it is"
def fit_past(turns, i, budget):
    pieces = [f"{turns[i]['speaker']}: {turns[i]['text']}"]
    left = budget - len(pieces[0].split())
    del turns[i:]
    while turns:
        turn = turns.pop()
        piece = f"{turn['speaker']}: {turn['text']}"
        left -= len(piece.split())
        if left < 0:
            break
        pieces.insert(0, piece)
    return " [SEP] ".join(pieces)


# %% exercise="own_mask" right="loops"
def own_mask(turn, speaker):
    talks, size = turn.shape
    mask = torch.zeros(talks, size, size, dtype=torch.bool)
    for talk in range(talks):
        for one in range(size):
            for other in range(size):
                looks, at = int(turn[talk, one]), int(turn[talk, other])
                if 0 <= at <= looks:
                    mask[talk, one, other] = speaker[talk, at] == speaker[talk, looks]
    return mask


# %% exercise="own_mask" right="NumPy, zeros and ones"
def own_mask(turn, speaker):
    import numpy as np

    turn, speaker = turn.numpy(), speaker.numpy()
    who = np.take_along_axis(speaker, np.maximum(turn, 0), 1)
    mine = who[:, :, None] == who[:, None, :]
    return (mine & (turn[:, None] <= turn[..., None]) & (turn[:, None] > -1)).astype(int)


# %% exercise="own_mask" right="plain lists"
def own_mask(turn, speaker):
    turn, speaker = turn.tolist(), speaker.tolist()
    return [
        [[0 <= at <= looks and who[at] == who[looks] for at in line] for looks in line]
        for line, who in zip(turn, speaker)
    ]


# %% exercise="own_mask" right="turn by turn, then tokens"
def own_mask(turn, speaker):
    may = (speaker[:, :, None] == speaker[:, None, :]).tril()
    masks = []
    for line, table in zip(turn, may):
        real = line >= 0
        masks.append(table[line][:, line] & real & real[:, None])
    return torch.stack(masks)


# %% exercise="own_mask" right="the padding has a speaker of its own"
def own_mask(turn, speaker):
    who = torch.stack([torch.where(line >= 0, names[line], -9) for line, names in zip(turn, speaker)])
    mine = (who.unsqueeze(2) == who.unsqueeze(1)) & (who.unsqueeze(1) > -9)
    return mine.logical_and(turn.unsqueeze(1) <= turn.unsqueeze(2)).float()


# %% exercise="own_mask" wrong="the mask past" says="that is the mask `past`" old="mine & (at <= looks)" new="(at <= looks)"

# %% exercise="own_mask" wrong="the mask alone" says="that is the mask `alone`" old="at <= looks" new="at == looks"

# %% exercise="own_mask" wrong="the others' past, without the own turn" says="hides the own turn" old="who[:, :, None] == who[:, None, :]" new="who[:, :, None] != who[:, None, :]"

# %% exercise="own_mask" wrong="the others' past" says="which turns are the speaker's own?" old="return mine & (at <= looks)" new="return ((at == looks) | ~mine & (at < looks))"

# %% exercise="own_mask" wrong="the future" says="the future is seen" old="return mine & (at <= looks) & (at >= 0)" new="return mine & (at >= 0) & (looks >= 0)"

# %% exercise="own_mask" wrong="the own turn missing" says="the own turn is missing" old="at <= looks" new="at < looks"

# %% exercise="own_mask" wrong="lines and columns" says="a line is the token that looks" old="return mine & (at <= looks) & (at >= 0)" new="return (mine & (at <= looks) & (at >= 0)).transpose(1, 2)"

# %% exercise="own_mask" wrong="padding looks at padding" says="the padding" old=" & (at >= 0)" new=""

# %% exercise="own_mask" wrong="the first talk's speakers" says="the speakers of the first talk" old="speaker.gather(1, turn.clamp(min=0))" new="speaker[0][turn.clamp(min=0)]"

# %% exercise="own_mask" wrong="turns counted from one" says="begin with 0" old="turn.clamp(min=0)" new="(turn - 1) % speaker.shape[1]"

# %% exercise="own_mask" wrong="turned round" says="the other way round" old="return mine & (at <= looks) & (at >= 0)" new="return ~(mine & (at <= looks) & (at >= 0))"

# %% exercise="own_mask" wrong="low numbers" says="makes the low numbers later" old="return mine & (at <= looks) & (at >= 0)" new="return ~(mine & (at <= looks) & (at >= 0)) * torch.finfo(torch.float32).min"

# %% exercise="own_mask" wrong="one talk only" says="three axes" old="return mine & (at <= looks) & (at >= 0)" new="return (mine & (at <= looks) & (at >= 0))[0]"

# %% exercise="own_mask" wrong="speakers of turns beside tokens" says="look up the speaker of its turn" old="who = speaker.gather(1, turn.clamp(min=0))" new="who = speaker"


# %% exercise="own_mask" wrong="the same, with NumPy" says="look up the speaker of its turn"
def own_mask(turn, speaker):
    turn, who = turn.numpy(), speaker.numpy()
    looks, at = turn[:, :, None], turn[:, None, :]
    return (at <= looks) & (at >= 0) & (who[:, :, None] == who[:, None, :])


# %% exercise="own_mask" wrong="no clamp" says="padding has the turn -1" old="turn.clamp(min=0)" new="turn"

# %% exercise="own_mask" wrong="speakers looked up by talks" says="each talk has its own line" old="speaker.gather(1, turn.clamp(min=0))" new="speaker[turn]"

# %% exercise="own_mask" wrong="a pair of talks, as words" says="received: lines of the mask: 100 010 001" old="at <= looks" new="at == looks"

# %% exercise="own_mask" wrong="printed" says="does it end with `return`" old="return mine & (at <= looks) & (at >= 0)" new="print(mine & (at <= looks) & (at >= 0))"

# %% exercise="own_mask" wrong="the padding overwritten" says="leaves `turn` as it is" old="who = speaker.gather(1, turn.clamp(min=0))" new="pad = turn < 0; turn[pad] = 0; who = speaker.gather(1, turn)"

# %% exercise="own_mask" wrong="turn 0 hidden" says="I do not recognise this slip" old="at >= 0" new="at > 0"


# %% exercise="own_mask" equivalent="two lines that do not need each other"
# + looks, at = (turn[:, :, None], turn[:, None, :])
# - looks, at = (turn[:, :, None], turn[:, None, :])


# %% exercise="label_talk" right="looks back in a loop"
def label_talk(turns, guess):
    said = []
    for i, turn in enumerate(turns):
        before = -1
        for j in range(i):
            if turns[j]["speaker"] == turn["speaker"]:
                before = said[j]
        said.append(guess(turn["text"], before))
    return said


# %% exercise="label_talk" right="a list for each speaker"
def label_talk(turns, guess):
    from collections import defaultdict

    felt, said = defaultdict(lambda: [-1]), []
    for turn in turns:
        label = guess(turn["text"], felt[turn["speaker"]][-1])
        felt[turn["speaker"]].append(label)
        said.append(label)
    return tuple(said)


# %% exercise="label_talk" right="a generator"
def label_talk(turns, guess):
    felt = {}
    for turn in turns:
        who = turn["speaker"]
        felt[who] = guess(turn["text"], felt.get(who, -1))
        yield felt[who]


# %% exercise="label_talk" right="as a NumPy array"
def label_talk(turns, guess):
    import numpy as np

    felt, said = {}, np.zeros(len(turns), dtype=int)
    for i, turn in enumerate(turns):
        said[i] = felt[turn["speaker"]] = guess(turn["text"], felt.get(turn["speaker"], -1))
    return said


# %% exercise="label_talk" right="it calls itself"
def label_talk(turns, guess):
    if not turns:
        return []
    said = label_talk(turns[:-1], guess)
    mine = [label for turn, label in zip(turns, said) if turn["speaker"] == turns[-1]["speaker"]]
    return [*said, guess(turns[-1]["text"], mine[-1] if mine else -1)]


# %% exercise="label_talk" wrong="as it was" says="who knows it in a new talk?" old="said[-1]" new="turn[\"label\"]"

# %% exercise="label_talk" wrong="said only where no label is" says="where a talk has labels, they still go in" old="felt[turn[\"speaker\"]] = said[-1]" new="felt[turn[\"speaker\"]] = turn.get(\"label\", said[-1])"


# %% exercise="label_talk" wrong="no past" says="nothing of the past goes in"
def label_talk(turns, guess):
    return [guess(turn["text"], -1) for turn in turns]


# %% exercise="label_talk" wrong="the turn before" says="whoever spoke"
def label_talk(turns, guess):
    said = []
    for turn in turns:
        said.append(guess(turn["text"], said[-1] if said else -1))
    return said


# %% exercise="label_talk" wrong="the first label stays" says="a speaker's first label" old="felt[turn[\"speaker\"]] = said[-1]" new="felt.setdefault(turn[\"speaker\"], said[-1])"

# %% exercise="label_talk" wrong="0 for none" says="-1 stands for no turn before" old=", -1)))" new=", 0)))"

# %% exercise="label_talk" wrong="None for none" says="TypeError" old=", -1)))" new=")))"

# %% exercise="label_talk" wrong="0 is nothing to Python" says="the label 0 is lost" old="felt.get(turn[\"speaker\"], -1)" new="felt.get(turn[\"speaker\"]) or -1"


# %% exercise="label_talk" wrong="two turns before" says="do two speakers always take turns?"
def label_talk(turns, guess):
    said = []
    for i, turn in enumerate(turns):
        said.append(guess(turn["text"], said[i - 2] if i >= 2 else -1))
    return said


# %% exercise="label_talk" wrong="a memory of all talks" says="does `felt` begin empty in each call?"
felt = {}


def label_talk(turns, guess):
    said = []
    for turn in turns:
        said.append(guess(turn["text"], felt.get(turn["speaker"], -1)))
        felt[turn["speaker"]] = said[-1]
    return said


# %% exercise="label_talk" wrong="two rounds" says="were said without a past"
def label_talk(turns, guess):
    first, said, felt = [guess(turn["text"], -1) for turn in turns], [], {}
    for turn, label in zip(turns, first):
        said.append(guess(turn["text"], felt.get(turn["speaker"], -1)))
        felt[turn["speaker"]] = label
    return said


# %% exercise="label_talk" wrong="the true labels returned" says="not what `guess` said"
def label_talk(turns, guess):
    return [turn["label"] for turn in turns]


# %% exercise="label_talk" wrong="the moods before" says="those are the labels before"
def label_talk(turns, guess):
    said, felt = [], {}
    for turn in turns:
        said.append(felt.get(turn["speaker"], -1))
        felt[turn["speaker"]] = guess(turn["text"], said[-1])
    return said


# %% exercise="label_talk" wrong="backwards" says="the order of the talk" old="return said" new="return said[::-1]"

# %% exercise="label_talk" wrong="a dict of speakers" says="a list of numbers" old="return said" new="return felt"

# %% exercise="label_talk" wrong="the label thrown away" says="leaves `turns` as it is" old="felt[turn[\"speaker\"]] = said[-1]" new="felt[turn[\"speaker\"]] = said[-1]; turn[\"label\"] = said[-1]"

# %% exercise="label_talk" wrong="the notebook's guess" says="given: " old="for turn in turns:" new="guess = globals()[\"guess\"]\n    for turn in turns:"

# %% exercise="label_talk" wrong="printed" says="does it end with `return`" old="return said" new="print(said)"
