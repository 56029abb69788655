# Right and wrong answers to the sheet of `pretraining`. `says` is a part of what the check must reply.

# %% exercise="seven_numbers" right="as tensors and floats"
import torch

seven_numbers = {"a": torch.tensor(8), "b": 6.0, "c": torch.tensor([3]), "d": 5.0, "e": 24.0, "f": 40.0, "g": 60.0}

# %% exercise="seven_numbers" right="computed"
import numpy as np

seven_numbers = {"a": 8, "b": 8 - 2, "c": np.int64(5 - 2), "d": 5, "e": round(200 * 0.15 * 0.8)}
seven_numbers |= {"f": 20 + 8 // 2 * 5, "g": 20 + 8 * 5}

# %% exercise="seven_numbers" right="an array in a dict, one key more"
import numpy as np

seven_numbers = dict(zip("abcdefg", np.array([8, 6, 3, 5, 24, 40, 60]))) | {"note": "done"}

# %% exercise="seven_numbers" right="exact fractions"
from fractions import Fraction

seven_numbers = {"a": 8, "b": 6, "c": 3, "d": 5, "e": 200 * Fraction(15, 100) * Fraction(8, 10), "f": 40, "g": 60}

# %% exercise="seven_numbers" wrong="an encoder like a decoder" says="An encoder looks to both sides" old="\"a\": 8" new="\"a\": 6"

# %% exercise="seven_numbers" wrong="only the changed token" says="the others look at this token" old="\"a\": 8" new="\"a\": 1"

# %% exercise="seven_numbers" wrong="a decoder like an encoder" says="A decoder only looks back" old="\"b\": 6" new="\"b\": 8"

# %% exercise="seven_numbers" wrong="the past moves" says="those are the tokens before the changed one" old="\"b\": 6" new="\"b\": 2"

# %% exercise="seven_numbers" wrong="the first three move" says="Those before it cannot see it" old="\"b\": 6" new="\"b\": 3"

# %% exercise="seven_numbers" wrong="the token itself forgotten" says="the changed token itself moves" old="\"b\": 6" new="\"b\": 5"

# %% exercise="seven_numbers" wrong="all five" says="look at a later one" old="\"c\": 3" new="\"c\": 5"

# %% exercise="seven_numbers" wrong="the source is causal, too" says="looks at the whole source" old="\"d\": 5" new="\"d\": 3"

# %% exercise="seven_numbers" wrong="the outputs of the source" says="how many has the writing half" old="\"d\": 5" new="\"d\": 8"

# %% exercise="seven_numbers" wrong="all chosen" says="do all of them become" old="\"e\": 24" new="\"e\": 30"

# %% exercise="seven_numbers" wrong="80% of all" says="80% of what" old="\"e\": 24" new="\"e\": 160"

# %% exercise="seven_numbers" wrong="a share" says="a whole number" old="\"e\": 24" new="\"e\": 0.12"

# %% exercise="seven_numbers" wrong="half of everything" says="The table of tokens stays whole" old="\"f\": 40" new="\"f\": 30"

# %% exercise="seven_numbers" wrong="the layers alone" says="and the table of tokens" old="\"f\": 40" new="\"f\": 20"

# %% exercise="seven_numbers" wrong="float32" says="four bytes for a weight" old="\"g\": 60" new="\"g\": 240"

# %% exercise="seven_numbers" wrong="the student in int8" says="the large model is asked for" old="\"g\": 60" new="\"g\": 40"

# %% exercise="seven_numbers" wrong="another number" says="I do not recognise this slip" old="\"g\": 60" new="\"g\": 77"

# %% exercise="seven_numbers" wrong="one letter is missing" says="a dict with the keys" old=", \"g\": 60" new=""


# %% exercise="attention" right="numpy"
import numpy as np


def attention(scores, real, causal):
    n = len(scores)
    opened = np.ones((n, n), bool) & (np.asarray(real) == 1)
    if causal:
        opened &= np.tri(n, dtype=bool)
    powers = np.where(opened, np.exp(np.asarray(scores)), 0)
    return powers / powers.sum(axis=1, keepdims=True)


# %% exercise="attention" right="plain loops, lists"
import math


def attention(scores, real, causal):
    table = []
    for row, line in enumerate(scores.tolist()):
        may = [bool(token) and (not causal or column <= row) for column, token in enumerate(real.tolist())]
        powers = [math.exp(score) if each else 0.0 for score, each in zip(line, may)]
        table.append([power / sum(powers) for power in powers])
    return table


# %% exercise="attention" right="a large negative number added, as libraries do"
def attention(scores, real, causal):
    bias = (1 - real.float())[None, :] * -1e9
    if causal:
        bias = bias + torch.full_like(scores, -1e9).triu(diagonal=1)
    return torch.softmax(scores + bias, dim=-1)


# %% exercise="attention" right="after the softmax, and divided again"
def attention(scores, real, causal):
    places = torch.arange(len(scores))
    opened = (real == 1)[None, :] & ((places[None, :] <= places[:, None]) | (not causal))
    weights = scores.double().softmax(1) * opened
    return weights / weights.sum(1, keepdim=True)


# %% exercise="attention" right="torch's own mask, with where"
def attention(scores, real, causal):
    closed = (real == 0).expand_as(scores)
    if causal:
        closed = closed | torch.ones_like(scores, dtype=torch.bool).triu(1)
    return torch.where(closed, -torch.inf, scores).softmax(-1)


# %% exercise="attention" wrong="closed after the softmax" says="closed after the softmax" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores.softmax(dim=1) * opened"

# %% exercise="attention" wrong="zeros before the softmax" says="a score of 0 does not close a square" old="float(\"-inf\")" new="0.0"

# %% exercise="attention" wrong="no mask at all" says="I do not recognise this slip" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores.softmax(dim=1)"

# %% exercise="attention" wrong="the future" says="these tokens see only the future" old="opened.tril()" new="opened.triu()"

# %% exercise="attention" wrong="not itself" says="a token sees itself" old="opened.tril()" new="opened.tril(-1)"

# %% exercise="attention" wrong="one too many" says="I do not recognise this slip" old="opened.tril()" new="opened.tril(1)"

# %% exercise="attention" wrong="columns sum to 1" says="each row must sum to 1" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=0)"

# %% exercise="attention" wrong="never causal" says="It stands open to both sides" old="if causal:" new="if False:"

# %% exercise="attention" wrong="always causal" says="An encoder looks to both sides" old="if causal:" new="if True:"

# %% exercise="attention" wrong="causal turned round" says="the wrong way round" old="if causal:" new="if not causal:"

# %% exercise="attention" wrong="padding is read" says="is `real` used?" old="real.bool()" new="torch.ones(len(real)).bool()"

# %% exercise="attention" wrong="the rows of padding" says="close its columns" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="opened = torch.ones(len(scores), len(scores)).bool(); opened = (opened.tril() if causal else opened) & real.bool()[:, None]; return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)"

# %% exercise="attention" wrong="the rows of padding closed, too" says="follow the same rule as all rows" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1) * real[:, None]"

# %% exercise="attention" wrong="one of both rules is enough" says="must pass both rules" old="opened = opened.tril()" new="opened = opened | torch.ones(len(scores), len(scores)).bool().tril()"

# %% exercise="attention" wrong="open squares shared evenly" says="where are the scores?" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return opened / opened.sum(1, keepdim=True)"

# %% exercise="attention" wrong="open scores divided by their sum" says="I do not recognise this slip" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores * opened / (scores * opened).sum(1, keepdim=True)"

# %% exercise="attention" wrong="the whole padded row nan" says="nan" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores.masked_fill(~(opened & real.bool()[:, None]), float(\"-inf\")).softmax(dim=1)"

# %% exercise="attention" wrong="only one row" says="the shape (any, any)" old="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)" new="return scores.masked_fill(~opened, float(\"-inf\")).softmax(dim=1)[0]"

# %% exercise="attention" wrong="the scores changed in place" says="leaves `scores` as it is" old="scores.masked_fill(" new="scores.masked_fill_("


# %% exercise="hide" right="numpy"
import numpy as np


def hide(ids, special, luck, other, mask):
    ids, luck, other = (np.asarray(each) for each in (ids, luck, other))
    chosen = (luck[0] < 0.15) & ~np.isin(ids, special)
    inputs = np.select([chosen & (luck[1] < 0.8), chosen & (luck[1] < 0.9)], [mask, other], ids)
    return inputs, np.where(chosen, ids, -100)


# %% exercise="hide" right="plain loops"
def hide(ids, special, luck, other, mask):
    inputs, labels = ids.clone(), torch.full_like(ids, -100)
    for row in range(ids.shape[0]):
        for place in range(ids.shape[1]):
            if luck[0, row, place] < 0.15 and ids[row, place].item() not in special:
                labels[row, place] = ids[row, place]
                if luck[1, row, place] < 0.8:
                    inputs[row, place] = mask
                elif luck[1, row, place] < 0.9:
                    inputs[row, place] = other[row, place]
    return [inputs, labels]


# %% exercise="hide" right="in places of a copy, as the collator does it"
def hide(ids, special, luck, other, mask):
    inputs, labels = ids.clone(), ids.clone()
    kept = sum((ids == each).int() for each in special).bool()
    chosen = (luck[0] < 0.15).masked_fill(kept, False)
    labels[~chosen] = -100
    masked = (luck[1] < 0.8) & chosen
    inputs[masked] = mask
    swapped = (luck[1] < 0.9) & chosen & ~masked
    inputs[swapped] = other[swapped]
    return inputs, labels


# %% exercise="hide" right="with arithmetic, one tensor with both"
def hide(ids, special, luck, other, mask):
    free = torch.tensor([[token not in special for token in line] for line in ids.tolist()])
    chosen = (free & (luck[0] < 0.15)).long()
    one, two = (luck[1] < 0.8).long(), ((luck[1] >= 0.8) & (luck[1] < 0.9)).long()
    inputs = ids + chosen * (one * (mask - ids) + two * (other - ids))
    return torch.stack([inputs, chosen * (ids + 100) - 100])


# %% exercise="hide" right="nested lists"
def hide(ids, special, luck, other, mask):
    inputs, labels = [], []
    for line, first, second, others in zip(ids.tolist(), *luck.tolist(), other.tolist()):
        chosen = [draw < 0.15 and token not in special for token, draw in zip(line, first)]
        labels.append([token if each else -100 for token, each in zip(line, chosen)])
        choice = [0 if draw < 0.8 else 1 if draw < 0.9 else 2 for draw in second]
        inputs.append([(mask, o, t)[c] if each else t for t, o, c, each in zip(line, others, choice, chosen)])
    return inputs, labels


# %% exercise="hide" wrong="special tokens hidden" says="is `special` used?" old=" & ~torch.isin(ids, torch.tensor(special))" new=""

# %% exercise="hide" wrong="the first special id only" says="only the first of the special ids" old="torch.tensor(special)" new="torch.tensor(special[:1])"

# %% exercise="hide" wrong="all become the mask" says="what does `luck[1]` decide" old="chosen & (luck[1] < 0.8)" new="chosen"

# %% exercise="hide" wrong="nothing stays" says="no chosen token stays" old=" & (luck[1] < 0.9)" new=""

# %% exercise="hide" wrong="the limits counted in" says="not the limit itself" old="chosen = (luck[0] < 0.15)" new="luck = luck - 1e-12; chosen = (luck[0] < 0.15)"

# %% exercise="hide" wrong="labels first" says="the other way round" old="return inputs, torch.where(chosen, ids, -100)" new="return torch.where(chosen, ids, -100), inputs"

# %% exercise="hide" wrong="labels everywhere" says="only the chosen ones have one" old="torch.where(chosen, ids, -100)" new="ids"

# %% exercise="hide" wrong="labels of the new tokens" says="the label is the true id" old="torch.where(chosen, ids, -100)" new="torch.where(chosen, inputs, -100)"

# %% exercise="hide" wrong="no label where the token stays" says="that stays as it is has a label" old="torch.where(chosen, ids, -100)" new="torch.where(inputs != ids, ids, -100)"

# %% exercise="hide" wrong="labels of masks only" says="not only `mask`" old="torch.where(chosen, ids, -100)" new="torch.where(masked, ids, -100)"

# %% exercise="hide" wrong="labels turned round" says="the wrong way round: -100" old="torch.where(chosen, ids, -100)" new="torch.where(chosen, -100, ids)"

# %% exercise="hide" wrong="zero for no label" says="0 is the id of a token" old="ids, -100)" new="ids, 0)"

# %% exercise="hide" wrong="the mask of this checkpoint" says="is handed over in `mask`" old="torch.where(masked, mask," new="torch.where(masked, 103,"

# %% exercise="hide" wrong="random tokens first" says="There it is `mask`" old="inputs = torch.where(masked, mask, torch.where(swapped, other, ids))" new="inputs = torch.where(masked, other, ids)"

# %% exercise="hide" wrong="random tokens where nothing was chosen" says="I do not recognise this slip" old="swapped = chosen & ~masked" new="swapped = ~masked"

# %% exercise="hide" wrong="floats" says="whole numbers in the labels" old="torch.where(chosen, ids, -100)" new="torch.where(chosen, ids.float(), -100.0)"

# %% exercise="hide" wrong="a dict" says="two tensors, the inputs first" old="return inputs, torch.where(chosen, ids, -100)" new="return {'input_ids': inputs, 'labels': torch.where(chosen, ids, -100)}"

# %% exercise="hide" wrong="the inputs only" says="two tensors, the inputs first"
def hide(ids, special, luck, other, mask):
    return torch.where((luck[0] < 0.15) & ~torch.isin(ids, torch.tensor(special)), mask, ids)[:1]


# %% exercise="hide" wrong="the ids changed in place" says="leaves `ids` as it is" old="return inputs, torch.where(chosen, ids, -100)" new="labels = torch.where(chosen, ids, -100); ids[:] = inputs; return ids, labels"


# %% exercise="neighbours" right="below all products" old="-np.inf" new="-2"

# %% exercise="neighbours" right="lists and loops"
def neighbours(vectors, topic):
    found = []
    for place, vector in enumerate(vectors):
        others = [other for other in range(len(vectors)) if other != place]
        nearest = max(others, key=lambda other: float(vector @ vectors[other]))
        found.append(int(topic[nearest] == topic[place]))
    return found


# %% exercise="neighbours" right="pandas, and bool"
import pandas as pd


def neighbours(vectors, topic):
    table = pd.DataFrame(vectors @ vectors.T)
    nearest = table.mask(np.eye(len(table), dtype=bool)).idxmax(axis=1)
    return pd.Series(topic[nearest]) == pd.Series(topic)


# %% exercise="neighbours" right="torch"
def neighbours(vectors, topic):
    rows = torch.tensor(vectors)
    alike = rows @ rows.T - 9 * torch.eye(len(rows), dtype=rows.dtype)
    return torch.tensor((topic[alike.argmax(1).numpy()] == topic) * 1)


# %% exercise="neighbours" right="distances"
def neighbours(vectors, topic):
    apart = ((vectors[:, None] - vectors[None]) ** 2).sum(-1)
    apart[np.diag_indices(len(apart))] = np.inf
    return np.array([float(topic[near] == own) for near, own in zip(apart.argmin(1), topic)])


# %% exercise="neighbours" right="each row taken out"
def neighbours(vectors, topic):
    marks = np.zeros(len(topic), bool)
    for place in range(len(topic)):
        rest = np.delete(topic, place)
        marks[place] = rest[np.delete(vectors, place, axis=0).dot(vectors[place]).argmax()] == topic[place]
    return marks


# %% exercise="neighbours" wrong="as it was" says="who is the nearest of all?" old="np.fill_diagonal(alike, -np.inf)" new="pass"

# %% exercise="neighbours" wrong="zeros on the diagonal" says="0 does not put a text last" old="-np.inf" new="0"

# %% exercise="neighbours" wrong="the second of the sorted" says="the second in the order may be the text itself"
def neighbours(vectors, topic):
    nearest = np.argsort(-(vectors @ vectors.T), axis=1, kind="stable")[:, 1]
    return (topic[nearest] == topic).astype(float)


# %% exercise="neighbours" wrong="the second from the end" says="the first of equals counts"
def neighbours(vectors, topic):
    nearest = np.argsort(vectors @ vectors.T, axis=1, kind="stable")[:, -2]
    return (topic[nearest] == topic).astype(float)


# %% exercise="neighbours" wrong="copies left out" says="a copy is another text" old="np.fill_diagonal(alike, -np.inf)" new="alike[alike > 0.9999] = -np.inf"

# %% exercise="neighbours" wrong="the farthest" says="not a small one"
def neighbours(vectors, topic):
    return (topic[(vectors @ vectors.T).argmin(axis=1)] == topic).astype(float)


# %% exercise="neighbours" wrong="the last of equals" says="counts, not the last" old="nearest = alike.argmax(axis=1)" new="nearest = len(alike) - 1 - alike[:, ::-1].argmax(axis=1)"

# %% exercise="neighbours" wrong="only earlier texts" says="I do not recognise this slip" old="np.fill_diagonal(alike, -np.inf)" new="alike[np.triu_indices(len(alike))] = -np.inf"

# %% exercise="neighbours" wrong="exchanged" says="1 and 0 are exchanged" old="topic[nearest] == topic" new="topic[nearest] != topic"

# %% exercise="neighbours" wrong="the mean" says="one number for all" old=".astype(float)" new=".mean()"

# %% exercise="neighbours" wrong="what fill_diagonal returns" says="NoneType" old="np.fill_diagonal(alike, -np.inf)" new="alike = np.fill_diagonal(alike, -np.inf)"

# %% exercise="neighbours" wrong="the next text" says="I do not recognise this slip" old="nearest = alike.argmax(axis=1)" new="nearest = (np.arange(len(alike)) + 1) % len(alike)"

# %% exercise="neighbours" wrong="the vectors changed" says="leaves `vectors` as it is" old="return (topic[nearest] == topic)" new="vectors *= 0.5; return (topic[nearest] == topic)"

# %% exercise="neighbours" wrong="no number" says="a number in `the array`" old=".astype(float)" new=".astype(str)"

# %% exercise="neighbours" equivalent="the table of products is symmetric: the largest of a column stands where that of the row does"
# - nearest = alike.argmax(axis=1)
# + nearest = alike.argmax(axis=0)


# %% exercise="soft_part" right="by hand with torch"
def soft_part(student, teacher, T):
    p, q = (teacher / T).softmax(-1), (student / T).softmax(-1)
    return T**2 * (p * (p.log() - q.log())).sum(-1).mean()


# %% exercise="soft_part" right="both as logarithms"
from torch.nn import KLDivLoss


def soft_part(student, teacher, T):
    measure = KLDivLoss(reduction="batchmean", log_target=True)
    return measure(torch.log_softmax(student / T, 1), torch.log_softmax(teacher / T, 1)) * (T * T)


# %% exercise="soft_part" right="a loop over the texts"
def soft_part(student, teacher, T):
    losses = []
    for mine, theirs in zip(student, teacher):
        p, log_q = torch.softmax(theirs / T, 0), torch.log_softmax(mine / T, 0)
        losses.append(torch.sum(p * (torch.log(p) - log_q)))
    return torch.stack(losses).mean() * T * T


# %% exercise="soft_part" right="cross-entropy minus the teacher's own, one entry in a tensor"
from torch.nn.functional import cross_entropy


def soft_part(student, teacher, T):
    p = (teacher / T).softmax(1)
    own = -(p * p.log()).sum(1).mean()
    return ((cross_entropy(student / T, p) - own) * T * T).reshape(1)


# %% exercise="soft_part" right="divided by the number of texts" old="reduction=\"batchmean\")" new="reduction=\"sum\") / len(student)"

# %% exercise="soft_part" wrong="without the factor" says="T * T is missing" old=" * T * T" new=""

# %% exercise="soft_part" wrong="times T" says="times T once" old=" * T * T" new=" * T"

# %% exercise="soft_part" wrong="divided by T * T" says="I do not recognise this slip" old=" * T * T" new=" / T / T"

# %% exercise="soft_part" wrong="no temperature" says="is `T` used?"
def soft_part(student, teacher, T):
    return kl_div(torch.log_softmax(student, 1), torch.softmax(teacher, 1), reduction="batchmean")


# %% exercise="soft_part" wrong="the student without T" says="only the teacher's logits" old="student / T" new="student"

# %% exercise="soft_part" wrong="the teacher without T" says="only the student's logits" old="teacher / T" new="teacher"

# %% exercise="soft_part" wrong="logits not divided" says="are the logits divided by T?"
def soft_part(student, teacher, T):
    return kl_div(torch.log_softmax(student, 1), torch.softmax(teacher, 1), reduction="batchmean") * T * T


# %% exercise="soft_part" wrong="logits times T" says="are multiplied by T"
def soft_part(student, teacher, T):
    return kl_div(torch.log_softmax(student * T, 1), torch.softmax(teacher * T, 1), reduction="batchmean") * T * T


# %% exercise="soft_part" wrong="the sum" says="the sum over the texts" old="batchmean" new="sum"

# %% exercise="soft_part" wrong="the mean of all" says="the mean over texts and labels" old="batchmean" new="mean"

# %% exercise="soft_part" wrong="exchanged" says="teacher and student are exchanged" old="wanted =" new="student, teacher = teacher, student; wanted ="

# %% exercise="soft_part" wrong="negative" says="I do not recognise this slip" old="return kl_div" new="return -kl_div"

# %% exercise="soft_part" wrong="cross-entropy" says="a perfect student must get 0"
def soft_part(student, teacher, T):
    return -(torch.softmax(teacher / T, 1) * torch.log_softmax(student / T, 1)).sum(1).mean() * T * T


# %% exercise="soft_part" wrong="kl_div with probabilities" says="wants log q first" old="(student / T).log_softmax" new="(student / T).softmax"

# %% exercise="soft_part" wrong="weighted with q" says="weighted with q"
def soft_part(student, teacher, T):
    p, q = (teacher / T).softmax(-1), (student / T).softmax(-1)
    return T**2 * (q * (p.log() - q.log())).sum(-1).mean()


# %% exercise="soft_part" wrong="hard labels" says="is a hard label"
def soft_part(student, teacher, T):
    return torch.nn.functional.cross_entropy(student / T, teacher.argmax(1)) * T * T


# %% exercise="soft_part" wrong="a float" says="has no gradient: leave it as a tensor" old="return kl_div(said, wanted, reduction=\"batchmean\") * T * T" new="return (kl_div(said, wanted, reduction=\"batchmean\") * T * T).item()"

# %% exercise="soft_part" wrong="no gradient" says="was the gradient switched off" old="return kl_div(said, wanted, reduction=\"batchmean\") * T * T" new="return (kl_div(said, wanted, reduction=\"batchmean\") * T * T).detach()"

# %% exercise="soft_part" wrong="gradients for the teacher only" says="none for the student" old="said = (student / T).log_softmax(dim=1)" new="said = (student.detach() / T).log_softmax(dim=1) + torch.zeros(1, requires_grad=True)"

# %% exercise="soft_part" wrong="one number a text" says="a tensor with one number" old="reduction=\"batchmean\")" new="reduction=\"none\").sum(1)"

# %% exercise="soft_part" wrong="softmax over the texts" says="I do not recognise this slip" old="(teacher / T).softmax(dim=1)" new="(teacher / T).softmax(dim=0)"

# %% exercise="soft_part" equivalent="two lines that do not need each other, in the other order"
# + said = (student / T).log_softmax(dim=1)
# - said = (student / T).log_softmax(dim=1)
