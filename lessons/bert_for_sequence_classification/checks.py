"""The checks of `bert_for_sequence_classification`'s sheet."""

import math
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_list, as_number, as_tensor, predict
from course_utils.checks.wrong import WrongAnswer, WrongForm

sheet = Sheet("bert_for_sequence_classification")


# One of the right answers in answers.py reads these out of a real model.
SHAPES = {"b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}
ORDERS = {
    "b": "the lengths are right, their order is not: first the sentences, then the tokens of each",
    "c": "the lengths are right, their order is not: first the sentences, then the heads of each",
    "d": "the lengths are right, their order is not: the sentences come first",
    "e": "the lengths are right, their order is not: the sentences come first",
}
STATES = {
    "one after each layer, and what went into the first layer?": 6,
    "count the layers, not the heads": 4,
    "count the layers, not the heads, and what went into the first layer": 5,
    "count the layers, not the columns": 9,
    "count the layers, not the sentences": 3,
    "the usual BERT has twelve layers; read the plan": 13,
    "the usual BERT has twelve layers; read the plan, and what goes into the first layer?": 12,
    "one before the first layer, one after each layer; the pooler's vector is not one of them": 8,
}
SHAPE_SLIPS = {
    "b": {
        "there is a vector for each token, and you have one for each sentence": (3, 48),
        "there are three sentences in the batch": (9, 48),
        "the vectors are that long only inside a layer; at its end they are short again": (3, 9, 192),
        "one hidden state belongs to one layer": (6, 3, 9, 48),
        "all of them together? Only the last one is asked for": (7, 3, 9, 48),
        "in a hidden state the heads are joined again": (3, 4, 9, 12),
        "the parts of the heads are joined again, not only one of them is kept": (3, 9, 12),
        "that is what the lesson's model makes; the length of a vector stands in the plan": (3, 9, 384),
        "that is what the usual BERT makes; the length of a vector stands in the plan": (3, 9, 768),
        "a hidden state has not heard of classes": (3, 9, 5),
    },
    "c": {
        "each sentence has its own squares": (4, 9, 9),
        "each head has its own square": (3, 9, 9),
        "one table belongs to one layer; which number of the plan is the number of heads?": (3, 6, 9, 9),
        "one table belongs to one layer, and this is about all of them": (6, 3, 4, 9, 9),
        "that is a hidden state; here tokens look at tokens": (3, 9, 48),
        "those are the queries or the keys; here tokens look at tokens": (3, 4, 9, 12),
        "each head has its own square, and each sentence, too": (9, 9),
        "the usual BERT has twelve heads; read the plan": (3, 12, 9, 9),
        "the heads share the vector between them; here tokens look at tokens": (3, 4, 12, 12),
    },
    "d": {
        "the pooler makes one vector out of many": (3, 9, 48),
        "one vector for each sentence": (48,),
        "this is what the head makes out of it": (3, 5),
        "the pooler keeps one vector for each sentence, and nothing stays of the nine": (3, 1, 48),
        "the pooler keeps the length of the vectors": (3, 192),
        "one vector for each sentence, not for each token": (9, 48),
        "that is what the lesson's model makes; the length of a vector stands in the plan": (3, 384),
        "that is what the usual BERT makes; the length of a vector stands in the plan": (3, 768),
        "one number for each sentence? It is a whole vector": (3,),
    },
    "e": {
        "one row for each sentence here, not for each token": (3, 9, 5),
        "one row for each sentence": (5,),
        "softmax and argmax come later; the logits are scores for each class": (3,),
        "this is what goes into the head": (3, 48),
        "that is the number of heads inside a layer; what does `num_labels` say?": (3, 4),
        "two classes is what a plan has without `num_labels`; here it has one": (3, 2),
        "each sentence has a row, and each of the nine tokens has none": (9, 5),
        "there are more classes than one; what does `num_labels` say?": (3, 1),
    },
}


def _shape(value, name: str) -> tuple:
    """Return a shape as a tuple of whole numbers. Raises WrongForm for what is none."""
    such, kind = f"a shape in `{name}`, such as (2, 7)", ""
    if isinstance(value, str):
        kind = "a text; write the shape without quotes"
    elif isinstance(value, int | float):
        kind = "one number for each axis, in brackets"
    elif getattr(value, "ndim", 1) > 1:
        kind = "that is a thing with such a shape; write the shape alone"
    if kind:
        raise WrongForm(such, value, kind)
    shape = tuple(as_number(length, name, whole=True, low=0) for length in as_list(value, name))
    if shape != SHAPES[name] and sorted(shape) == sorted(SHAPES[name]):
        raise WrongAnswer(f"another answer for `{name}`", value, ORDERS[name])
    return shape


@sheet.exercise(
    section="What goes in, and what comes out?",
    hints=[
        "Three numbers are everywhere: sentences, tokens, and the length of a vector. Where do you read them?",
        "Go through the model from top to bottom. Which part takes the tokens away? Which part needs `num_labels`?",
        "A hidden state holds a vector for each token. In a table of attention, tokens look at tokens, in each head.",
    ],
    form_point=False,
)
def shapes_on_the_way(shapes_on_the_way) -> str:
    parts = {"a": Part(7, STATES, partial(as_number, whole=True, low=0))}
    parts |= {letter: Part(shape, SHAPE_SLIPS[letter], _shape) for letter, shape in SHAPES.items()}
    predict(shapes_on_the_way, "shapes_on_the_way", parts)
    return "Every shape follows from the batch and the plan: no weight had to be known."


def _layer_cases(hidden: bool) -> list[tuple[int, int]]:
    """Return widths and lengths in between. A width is a multiple of twelve: so a real layer can have twelve heads."""
    import random

    draw = random.Random(58 if hidden else 85)
    drawn = [(12 * draw.randint(3, 9), draw.randint(10, 300)) for _ in range(3)]
    return [(12, 5), (24, 24), (12, 60), (48, 192), *drawn, (384, 1536)]


def _layer(width, between) -> int:
    """Return the true count. One of the right answers in answers.py counts it in a real layer."""
    attention, feed_forward, layer_norms = 4 * (width + 1) * width, (2 * width + 1) * between + width, 4 * width
    return attention + feed_forward + layer_norms


def _biases(width, between) -> int:
    return 5 * width + between


LAYER_SLIPS = {
    "there are two LayerNorms, and each has a weight and a bias": lambda w, b: _layer(w, b) - 2 * w,
    "are the two LayerNorms missing, or the four biases of the attention?": lambda w, b: _layer(w, b) - 4 * w,
    "a LayerNorm has two rows of `width` numbers, and no matrix": lambda w, b: _layer(w, b) + 2 * w * w - 2 * w,
    "a layer has two LayerNorms, not three": lambda w, b: _layer(w, b) + 2 * w,
    "the matrices alone? Each has a bias, and the two LayerNorms have weights, too": lambda w, b: (
        _layer(w, b) - _biases(w, b) - 4 * w
    ),
    "each matrix has a bias, too": lambda w, b: _layer(w, b) - _biases(w, b),
    "each matrix and each LayerNorm has a bias, too": lambda w, b: _layer(w, b) - _biases(w, b) - 2 * w,
    "each matrix of the feed-forward part has a bias, too": lambda w, b: _layer(w, b) - w - b,
    "a bias has as many numbers as come out: `between` in the middle, `width` at the end": lambda w, b: (
        _layer(w, b) + w - b
    ),
    "one bias is counted twice: after the feed-forward part, the vectors are short again": lambda w, b: (
        _layer(w, b) + b - w
    ),
    "query, key and value are three matrices, and one more mixes the heads": lambda w, b: _layer(w, b) - w * w - w,
    "query, key and value are three matrices, not one": lambda w, b: _layer(w, b) - 2 * (w * w + w),
    "attention has four matrices: query, key, value, and one that mixes the heads": lambda w, b: (
        _layer(w, b) - 3 * (w * w + w)
    ),
    "feed-forward has two matrices: make long, make short again": lambda w, b: _layer(w, b) - b * w - w,
    "query, key and value have a bias, too": lambda w, b: _layer(w, b) - 3 * w,
    "bytes? Count the weights": lambda w, b: 4 * _layer(w, b),
    "where is the attention? It has four matrices of its own": lambda w, b: _layer(w, b) - 4 * (w * w + w),
    "where is the feed-forward part?": lambda w, b: _layer(w, b) - 2 * w * b - w - b,
    "`between` is not always four times `width`": lambda w, b: _layer(w, 4 * w),
    "`width` is not always a quarter of `between`": lambda w, b: _layer(b // 4, b),
    "`width` and `between` have changed places": lambda w, b: _layer(b, w),
    "always 48 and 192? Use the arguments": lambda w, b: _layer(48, 192),
    "one layer is asked for, and this is all six of the plan": lambda w, b: 6 * _layer(w, b),
    "one layer is asked for, and this is twelve": lambda w, b: 12 * _layer(w, b),
    "the pooler is no part of a layer": lambda w, b: _layer(w, b) + w * w + w,
    "each head has a part of the matrices, not matrices of its own": lambda w, b: _layer(w, b) + 9 * (w * w + w),
}


@sheet.exercise(
    section="Where are all the weights?",
    hints=[
        "The lesson prints the list of one layer, with shapes. How many lines does it have? Biases are left out there.",
        "See a whole list: `tiny.bert.encoder.layer[0].named_parameters()`. Each line has a shape.",
        "A matrix from `n` to `m` numbers has `n * m` weights and `m` biases. A LayerNorm has two rows of `width`.",
    ],
)
def layer_weights(layer_weights, hidden=False) -> str:
    read = partial(as_number, name="layer_weights(...)", whole=True, low=0)
    judge(layer_weights, "layer_weights", _layer_cases(hidden), _layer, slips=LAYER_SLIPS, read=read)
    return "Four square matrices and two long ones are nearly all of it, and the number of heads plays no role."


def _attention_cases(hidden: bool) -> list[tuple]:
    """Return queries, keys and masks: vectors of several lengths, texts with padding and without.

    The scores of the last case are near -30: a `[PAD]` must get less than that.
    """
    import torch

    random = torch.Generator().manual_seed(80 if hidden else 7)
    small = torch.tensor([[[[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]]])
    cases = [(small, small.flip(-1) - 0.5, torch.tensor([[1, 1, 0]]))]
    shapes = [(1, 6, [1, 2]), (1, 5, [3]), (3, 6, [1, 3]), (2, 16, [2, 6, 4, 1]), (4, 8, [5, 2, 5])]
    for heads, numbers, lengths in shapes:
        queries, keys = (2 * torch.randn(len(lengths), heads, max(lengths), numbers, generator=random) for _ in "qk")
        cases.append((queries, keys, _mask(lengths, max(lengths))))
    return [*cases, (queries / 4 + 3.2, keys / 4 - 3.2, _mask(lengths, max(lengths)))]


def _mask(lengths: list[int], columns: int):
    """Return the mask of texts with so many tokens."""
    import torch

    return (torch.arange(columns) < torch.tensor(lengths)[:, None]).long()


def _shares(queries, keys, mask, fill=-math.inf, axis=-1, root=None, columns=None):
    """Return the attention weights. A slip may fill in another number, take another axis, root, or hide others."""
    columns = mask[:, None, None, :] == 0 if columns is None else columns
    scores = queries @ keys.transpose(-1, -2) / (root or math.sqrt(queries.shape[-1]))
    return scores.masked_fill(columns, fill).softmax(axis)


def _no_mask(queries, keys, mask, **slip):
    return _shares(queries, keys, mask * 0 + 1, **slip)


def _read_shares(made):
    """Return the numbers of a tensor, short enough to be read."""
    return as_tensor(made, "attention_shares(...)").double().round(decimals=4).tolist()


def _right_shares(queries, keys, mask) -> list:
    return _read_shares(_shares(queries, keys, mask))


HEADS = "the shares add up to 1 over the heads (`dim=1`), not over the tokens that are looked at"
LOOKING = "the shares add up to 1 over the tokens that look (`dim=2`), not over those that are looked at"
TEXTS = "the shares add up to 1 over the texts (`dim=0`), not over the tokens that are looked at"
SHARE_SLIPS = {
    "`exp` of 0 is 1: a score of 0 is a score like any other": lambda q, k, m: _shares(q, k, m, fill=0.0),
    "-1 is a score like any other: the score of a `[PAD]` must be very low": lambda q, k, m: _shares(
        q, k, m, fill=-1.0
    ),
    "`[PAD]` gets a little: minus 10 is not low enough": lambda q, k, m: _shares(q, k, m, fill=-10.0),
    "a very high score: now only `[PAD]` is looked at": lambda q, k, m: _shares(q, k, m, fill=1e9),
    "plus infinity: `[PAD]` must get a very low score, not a very high one": lambda q, k, m: _shares(q, k, m, math.inf),
    HEADS: lambda q, k, m: _shares(q, k, m, -1e9, 1),
    f"{HEADS}. So all scores of a softmax can be minus infinity": lambda q, k, m: _shares(q, k, m, axis=1),
    LOOKING: lambda q, k, m: _shares(q, k, m, -1e9, 2),
    f"{LOOKING}. So all scores of a softmax can be minus infinity": lambda q, k, m: _shares(q, k, m, axis=2),
    TEXTS: lambda q, k, m: _shares(q, k, m, -1e9, 0),
    f"{TEXTS}. So all scores of a softmax can be minus infinity": lambda q, k, m: _shares(q, k, m, axis=0),
    f"{TEXTS}; and a score of 0 is a score like any other": lambda q, k, m: _shares(q, k, m, 0.0, 0),
    "the mask is not used at all": _no_mask,
    "the mask is used after the softmax: what it takes away is missing in the sum": lambda q, k, m: (
        _no_mask(q, k, m) * m[:, None, None, :]
    ),
    "the mask is turned round: it hides the words, and not `[PAD]`": lambda q, k, m: _shares(q, k, 1 - m),
    "the mask hides the tokens that look, not those that are looked at": lambda q, k, m: _shares(
        q, k, m, columns=m[:, None, :, None] == 0
    ),
    "the mask hides the tokens that look, too": lambda q, k, m: _shares(
        q, k, m, columns=(m[:, None, :, None] * m[:, None, None, :]) == 0
    ),
    "the first text's mask is used for all texts": lambda q, k, m: _shares(q, k, m[:1].expand(len(m), -1)),
    "the division by the root was right: put it back": lambda q, k, m: _shares(q, k, m, root=1),
    "always the root of 8? It is the root of the number of numbers in a vector": lambda q, k, m: _shares(
        q, k, m, root=math.sqrt(8)
    ),
    "the root of the number of tokens? It is the root of the number of numbers in a vector": lambda q, k, m: _shares(
        q, k, m, root=math.sqrt(q.shape[-2])
    ),
    "the root of the length of all heads together? Each head has its own, shorter vectors": lambda q, k, m: _shares(
        q, k, m, root=math.sqrt(q.shape[1] * q.shape[-1])
    ),
    "`[PAD]` gets a little: minus 20 is not low enough": lambda q, k, m: _shares(q, k, m, fill=-20.0),
    "the rows of `[PAD]` are 0; only its columns should be": lambda q, k, m: _shares(q, k, m) * m[:, None, :, None],
    "divided by the length itself; the root was right": lambda q, k, m: _shares(q, k, m, root=q.shape[-1]),
    "multiplied by the root; divide by it": lambda q, k, m: _shares(q, k, m, root=1 / math.sqrt(q.shape[-1])),
    "queries and keys have changed places: here the keys look": lambda q, k, m: _shares(k, q, m),
    "these are the scores: where is the softmax?": lambda q, k, m: (
        q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    ).masked_fill(m[:, None, None, :] == 0, -math.inf),
    "these are logarithms of shares": lambda q, k, m: _shares(q, k, m).log(),
    "percentages? Give shares that add up to 1": lambda q, k, m: 100 * _shares(q, k, m),
    "the heads are mixed: give a table for each of them": lambda q, k, m: _shares(q, k, m).mean(1),
    "the tokens that look and those that are looked at have changed places": lambda q, k, m: _shares(q, k, m).mT,
    "rounded? Give the numbers as they come": lambda q, k, m: _shares(q, k, m).double().round(decimals=2),
}


@sheet.exercise(
    section="How does a word learn about its neighbours?",
    hints=[
        "Two things must hold. `[PAD]` gets no weight. The shares of each token that looks add up to 1. Print both.",
        "What does softmax make of a score of 0? It takes `exp` first.",
        "`dim=1` is right for logits. Here the shape is (texts, heads, tokens, tokens). Which axis is number 1?",
    ],
    form_point=False,
)
def attention_shares(attention_shares, hidden=False) -> str:
    judge(
        attention_shares,
        "attention_shares",
        _attention_cases(hidden),
        _right_shares,
        slips=SHARE_SLIPS,
        read=_read_shares,
        tolerance=2e-4,
    )
    return "`[PAD]` gets exactly nothing, and each token gives away 1 in all."


def _pooling_cases(hidden: bool) -> list[tuple]:
    """Return hidden states and masks: one text and more, one word and more, with columns that no text needs, too.

    The numbers are whole: a message shows them.
    """
    import torch

    random = torch.Generator().manual_seed(4 if hidden else 2)
    small = torch.tensor([[[9.0, 8.0], [1.0, -4.0], [3.0, 0.0], [6.0, 5.0], [7.0, 1.0]]])
    cases = [(small, torch.tensor([[1, 1, 1, 1, 0]]))]
    shapes = [(3, [3], 3), (1, [5, 3], 5), (4, [7, 4, 3], 7), (6, [5, 5], 6), (5, [3, 8, 5, 4, 8], 8)]
    for numbers, lengths, columns in shapes:
        vectors = torch.randint(-9, 10, (len(lengths), columns, numbers), generator=random).float()
        cases.append((vectors, _mask(lengths, columns)))
    return cases


def _mean(hidden, mask, first=1, last=1):
    """Return the mean of each text without so many tokens at its beginning and its end: nan where none is left."""
    import torch

    lengths = mask.sum(1).tolist()
    return torch.stack([row[first : end - last].mean(0) for row, end in zip(hidden, lengths, strict=True)])


def _read_vectors(made):
    """Return the numbers of the vectors, short enough to be read. A list of vectors will do."""
    import torch

    if isinstance(made, list | tuple) and made and all(isinstance(vector, torch.Tensor) for vector in made):
        made = torch.stack(list(made))
    return as_tensor(made, "mean_of_words(...)").double().round(decimals=4).tolist()


def _right_vectors(hidden, mask) -> list:
    return _read_vectors(_mean(hidden, mask))


def _words(mask):
    return mask.sum(1, keepdim=True) - 2


def _from_the_end(hidden, mask, place):
    """Return the vector of each text's last real token (1), or of the one before it (2)."""
    return hidden[range(len(mask)), mask.sum(1) - place]


MEAN_SLIPS = {
    "`[PAD]`, `[CLS]` and `[SEP]` are all counted": lambda h, m: h.mean(1),
    "that is the mean with the mask: `[CLS]` and `[SEP]` are still in it": lambda h, m: _mean(h, m, 0, 0),
    "the last column is not `[SEP]` in a row with padding": lambda h, m: _mean(h[:, 1:-1], m[:, 1:-1], 0, 0),
    "the last column is not `[SEP]` in a row with padding, and `[PAD]` is counted": lambda h, m: h[:, 1:-1].mean(1),
    "only `[CLS]` is gone; where is `[SEP]` in each row?": lambda h, m: _mean(h, m, 1, 0),
    "only `[CLS]` is gone, and `[PAD]` is counted": lambda h, m: h[:, 1:].mean(1),
    "only `[SEP]` is gone; `[CLS]` is still in it": lambda h, m: _mean(h, m, 0, 1),
    "the last word is left out, too: only `[SEP]` goes at the end": lambda h, m: _mean(h, m, 1, 2),
    "one place too early at the end: the last word is left out, and `[SEP]` is still in it": lambda h, m: (
        _mean(h, m) + (_from_the_end(h, m, 1) - _from_the_end(h, m, 2)) / _words(m)
    ),
    "the first word is left out, too: only `[CLS]` goes at the beginning": lambda h, m: _mean(h, m, 2, 1),
    "the first row's `[SEP]` is taken out of all rows": lambda h, m: h[:, 1 : int(m[0].sum()) - 1].mean(1),
    "the sum is right; do not divide by all real tokens": lambda h, m: _mean(h, m) * _words(m) / (_words(m) + 2),
    "the sum is right; `[CLS]` does not count as a word": lambda h, m: _mean(h, m) * _words(m) / (_words(m) + 1),
    "the sum is right; each text has its own number of words": lambda h, m: _mean(h, m) * _words(m) / (m.shape[1] - 2),
    "the sum is right; divide by the number of words, not of columns": lambda h, m: (
        _mean(h, m) * _words(m) / m.shape[1]
    ),
    "that is the sum; divide it by the number of words": lambda h, m: _mean(h, m) * _words(m),
    "a vector for each token: where is the mean?": lambda h, m: h,
    "the mean goes over the tokens, not over the numbers of a vector": lambda h, m: (h * m[..., None]).mean(-1),
    "one vector for each text, not one for all of them": lambda h, m: (_mean(h, m) * _words(m) / _words(m).sum()).sum(
        0
    ),
    "the mean of all texts? One vector for each text": lambda h, m: _mean(h, m).mean(0),
    "an axis of length 1 is left: `keepdim`, or a list around it?": lambda h, m: _mean(h, m)[:, None],
    "only the first word? The mean of all words is asked for": lambda h, m: h[:, 1],
    "that is the vector of `[CLS]`": lambda h, m: h[:, 0],
    "rounded? Give the numbers as they come": lambda h, m: _mean(h, m).double().round(decimals=2),
}


@sheet.exercise(
    section="Which vector stands for the whole text?",
    hints=[
        "Begin with the mean with the mask, as in the lesson. Then the mask needs two more zeros in each row.",
        "`[CLS]` stands in column 0. `[SEP]` stands in another column in each row: the last one that is real.",
        "`mask.sum(dim=1)` counts the real tokens of each row. So you know the column of `[SEP]`. Work on a copy.",
    ],
)
def mean_of_words(mean_of_words, hidden=False) -> str:
    judge(
        mean_of_words,
        "mean_of_words",
        _pooling_cases(hidden),
        _right_vectors,
        slips=MEAN_SLIPS,
        read=_read_vectors,
        tolerance=2e-4,
    )
    return "A mask says what belongs to a mean, and you can make your own."
