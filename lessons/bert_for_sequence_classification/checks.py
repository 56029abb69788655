"""The checks of `bert_for_sequence_classification`'s sheet."""

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_function, as_list, as_number, as_tensor, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("bert_for_sequence_classification")


# One of the right answers in tests/answers/ reads these out of a real model.
SHAPES = {"a": 7, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}
MEANT = {
    "b": "the shape of the last hidden state",
    "c": "the shape of one table of attention",
    "d": "the shape of what the pooler makes",
    "e": "the shape of the logits",
}
SHAPE_SLIPS = {
    "b": {
        "there is a vector for each token, and you have one for each sentence": (3, 48),
        "there are three sentences in the batch": (9, 48),
        "the vectors are that long only inside a layer; at its end they are short again": (3, 9, 192),
        "the order: sentences first, then tokens": (9, 3, 48),
        "one hidden state belongs to one layer": (6, 3, 9, 48),
        "all of them together? Only the last one is asked for": (7, 3, 9, 48),
        "in a hidden state the heads are joined again": (3, 4, 9, 12),
    },
    "c": {
        "each sentence has its own squares": (4, 9, 9),
        "each head has its own square": (3, 9, 9),
        "one table belongs to one layer; which number of the plan is the number of heads?": (3, 6, 9, 9),
        "one table belongs to one layer, and this is about all of them": (6, 3, 4, 9, 9),
        "that is a hidden state; here tokens look at tokens": (3, 9, 48),
        "those are the queries or the keys; here tokens look at tokens": (3, 4, 9, 12),
        "the order: sentences first, then heads": (4, 3, 9, 9),
        "each head has its own square, and each sentence, too": (9, 9),
    },
    "d": {
        "the pooler makes one vector out of many": (3, 9, 48),
        "one vector for each sentence": (48,),
        "this is what the head makes out of it": (3, 5),
        "the pooler keeps one vector for each sentence, and nothing stays of the nine": (3, 1, 48),
        "the pooler keeps the length of the vectors": (3, 192),
    },
    "e": {
        "one row for each sentence here, not for each token": (3, 9, 5),
        "one row for each sentence": (5,),
        "softmax and argmax come later; the logits are scores for each class": (3,),
        "the order: sentences first, then classes": (5, 3),
        "this is what goes into the head": (3, 48),
        "that is the number of heads inside a layer; what does `num_labels` say?": (3, 4),
        "two classes is what a plan has without `num_labels`; here it has one": (3, 2),
    },
}


@sheet.exercise(
    section="What goes in, and what comes out?",
    hints=[
        "Three numbers are everywhere: sentences, tokens, and the length of a vector. Where do you read them?",
        "Go through the model from top to bottom. Which part takes the tokens away? Which part needs `num_labels`?",
        "A hidden state holds a vector for each token. In a table of attention, tokens look at tokens, in each head.",
    ],
)
def shapes_on_the_way(shapes_on_the_way) -> str:
    if not isinstance(shapes_on_the_way, dict) or not set("abcde") <= set(shapes_on_the_way):
        expected = 'a dict with the keys "a", "b", "c", "d" and "e"'
        raise WrongAnswer(expected, shapes_on_the_way, "keep the dict of the cell, and replace the dots in it")
    count = as_number(shapes_on_the_way["a"], "a", whole=True, low=0)
    if count != SHAPES["a"]:
        slips = {
            "one after each layer, and what went into the first layer?": 6,
            "count the layers, not the heads": 4,
            "count the layers, not the columns": 9,
            "one before the first layer, one after each layer; the pooler's vector is not one of them": 8,
        }
        raise WrongAnswer("another number for `a`", count, suspect(count, slips) or "how many layers has the plan?")
    for letter, meant in MEANT.items():
        shape = as_shape(shapes_on_the_way[letter], letter)
        if shape != SHAPES[letter]:
            slip = suspect(shape, SHAPE_SLIPS[letter])
            if not slip and len(shape) == len(SHAPES[letter]):
                slip = "the number of axes is right; read their lengths in the batch and in the plan"
            slip = slip or "how many axes does it have: sentences, tokens, heads, numbers?"
            raise WrongAnswer(f"{meant} in `{letter}`", Said(shape), slip)
    return "Every shape follows from the batch and the plan: no weight had to be known."


def as_shape(value, name: str) -> tuple:
    """Return a shape as a tuple of whole numbers."""
    if isinstance(value, str):
        raise WrongAnswer(f"a shape in `{name}`, such as (2, 7)", value, "a text; write the shape without quotes")
    if isinstance(value, int | float):
        raise WrongAnswer(f"a shape in `{name}`, such as (2, 7)", value, "one number for each axis, in brackets")
    return tuple(as_number(length, name, whole=True, low=0) for length in as_list(value, name))


def weights_in_a_layer(width: int, between: int) -> int:
    """Return the true count. One of the right answers in tests/answers/ counts it in a real layer."""
    attention, feed_forward, layer_norms = 4 * (width + 1) * width, (2 * width + 1) * between + width, 4 * width
    return attention + feed_forward + layer_norms


def layer_slips(width: int, between: int) -> dict[str, int]:
    """Return what typical slips make of a layer."""
    right, square, norm = weights_in_a_layer(width, between), width * width, 2 * width
    biases = 5 * width + between
    table = square + width
    return {
        "there are two LayerNorms, and each has a weight and a bias": right - norm,
        "a layer has two LayerNorms, and they learn, too": right - 2 * norm,
        "the matrices alone? Each has a bias, and the two LayerNorms have weights, too": right - biases - 2 * norm,
        "each matrix has a bias, too": right - biases,
        "each matrix and each LayerNorm has a bias, too": right - biases - norm,
        "query, key and value are three matrices, and one more mixes the heads": right - table,
        "query, key and value are three matrices, not one": right - 2 * table,
        "attention has four matrices: query, key, value, and one that mixes the heads": right - 3 * table,
        "feed-forward has two matrices: make long, make short again": right - between * width - width,
        "where is the attention? It has four matrices of its own": right - 4 * table,
        "where is the feed-forward part?": right - 2 * width * between - width - between,
        "`between` is not always four times `width`": weights_in_a_layer(width, 4 * width),
        "one layer is asked for, and this is more": 6 * right,
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
    as_function(layer_weights, "layer_weights")
    cases = [(24, 36), (120, 480)] if hidden else [(48, 192), (384, 1536), (12, 60)]
    found = [as_number(call(layer_weights, *case), f"layer_weights{case}", whole=True, low=0) for case in cases]
    every = [layer_slips(*case) for case in cases]
    slips = {words: [each[words] for each in every] for words in every[0]}
    for case, count in zip(cases, found, strict=True):
        if count != weights_in_a_layer(*case):
            slip = suspect(found, slips) or "add up line by line: attention, feed-forward, two LayerNorms"
            raise WrongAnswer(f"the number of weights of a layer with {case[0]} and {case[1]}", count, slip)
    return "Four square matrices and two long ones are nearly all of it, and the number of heads plays no role."


def attention_case(seed: int, texts: int, heads: int, tokens: int, lengths: list[int]):
    """Return queries, keys and a mask."""
    import torch

    dice = torch.Generator().manual_seed(seed)
    queries, keys = (2 * torch.randn(texts, heads, tokens, 8, generator=dice) for _ in range(2))
    mask = (torch.arange(tokens) < torch.tensor(lengths)[:, None]).long()
    return queries, keys, mask


@sheet.exercise(
    section="How does a word learn about its neighbours?",
    hints=[
        "Two things must hold. `[PAD]` gets no weight. The shares of each token that looks add up to 1. Print both.",
        "What does softmax make of a score of 0? It takes `exp` first.",
        "`dim=1` is right for logits. Here the shape is (texts, heads, tokens, tokens). Which axis is number 1?",
    ],
)
def attention_shares(attention_shares, hidden=False) -> str:
    import torch

    as_function(attention_shares, "attention_shares")
    cases = [(8, 3, 4, 6, [2, 6, 4])] if hidden else [(7, 2, 3, 5, [5, 3]), (9, 1, 2, 4, [4])]
    for case in cases:
        queries, keys, mask = attention_case(*case)
        made = call(attention_shares, queries.clone(), keys.clone(), mask.clone())
        shape = (*queries.shape[:3], keys.shape[2])
        shares = as_tensor(made, "attention_shares(queries, keys, mask)", shape=shape).to(torch.float32)
        columns = (mask == 0)[:, None, None, :].expand(shape)
        scores = queries @ keys.transpose(-1, -2)
        right = (scores / 8**0.5).masked_fill(columns, float("-inf")).softmax(-1)
        if not torch.allclose(shares, right, atol=1e-4):
            raise diagnosed(shares, columns, scores)
    return "`[PAD]` gets exactly nothing, and each token gives away 1 in all."


def diagnosed(shares, columns, scores) -> WrongAnswer:
    """Return what to say about wrong attention weights. `columns` is True where a [PAD] is looked at."""
    import torch

    if not shares.isfinite().all():
        return WrongAnswer(
            "finite numbers everywhere",
            Said("nan or infinity among the shares"),
            "all scores of one softmax are minus infinity: which axis should it be, and does the mask hide columns?",
        )
    every = {
        "the heads (`dim=1`)": 1,
        "the tokens that look (`dim=2`)": 2,
        "the texts (`dim=0`)": 0,
    }
    sums = shares.sum(-1)
    if not torch.allclose(sums, torch.ones(()), atol=1e-3):
        over = [words for words, axis in every.items() if torch.allclose(shares.sum(axis), torch.ones(()), atol=1e-3)]
        slip = f"they add up to 1 over {over[0]}" if over else "is anything taken away after the softmax?"
        if not over and float(sums.max()) > 1.001:
            slip = "along which axis does the softmax go?"
        return WrongAnswer(
            "that the shares of each token that looks add up to 1",
            Said(f"sums from {sums.min():.2f} to {sums.max():.2f}"),
            slip,
        )
    weight = shares.masked_select(columns)
    if len(weight) and float(weight.max()) > 1e-4:
        seen = torch.allclose(shares, (scores / 8**0.5).softmax(-1), atol=1e-4)
        slip = "the mask is not used at all" if seen else "`exp` of 0 is 1: a score of 0 is a score like any other"
        return WrongAnswer("no weight for a `[PAD]`", Said(f"a weight of {weight.max():.2f} for a `[PAD]`"), slip)
    plain = scores.masked_fill(columns, float("-inf")).softmax(-1)
    slip = "the two mistakes are elsewhere: the scores were right"
    if torch.allclose(shares, plain, atol=1e-4):
        slip = "the division by the root was right: put it back"
    return WrongAnswer("the shares that the library's table has", shares, slip)


def pooling_case(seed: int, lengths: list[int]):
    """Return a hidden state and its mask for texts of these lengths."""
    import torch

    dice = torch.Generator().manual_seed(seed)
    hidden = torch.randn(len(lengths), max(lengths), 4, generator=dice)
    return hidden, (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()


def pooling_slips(hidden, mask) -> dict:
    """Return what typical slips make of the mean."""
    every, real = mask.unsqueeze(-1), mask.sum(1, keepdim=True)
    inner, inner_mask = hidden[:, 1:-1], every[:, 1:-1]
    words = (hidden[:, 1:-1] * every[:, 2:]).sum(1)
    cut_mask = every[:, 1:]
    before_end = (hidden[:, :-1] * cut_mask).sum(1)
    return {
        "`[PAD]`, `[CLS]` and `[SEP]` are all counted": hidden.mean(1),
        "that is the mean with the mask: `[CLS]` and `[SEP]` are still in it": (hidden * every).sum(1) / real,
        "the last column is not `[SEP]` in a row with padding": (inner * inner_mask).sum(1) / inner_mask.sum(1),
        "the last column is not `[SEP]` in a row with padding, and `[PAD]` is counted": inner.mean(1),
        "only `[CLS]` is gone; where is `[SEP]` in each row?": (hidden[:, 1:] * cut_mask).sum(1) / cut_mask.sum(1),
        "only `[SEP]` is gone; `[CLS]` is still in it": before_end / (real - 1),
        "the sum is right; by how many tokens do you divide?": words / real,
        "the sum is right; does each text have the same number of words?": words / max(mask.shape[1] - 2, 1),
        "the sum is right; divide it by the number of words, which is two less": words / mask.shape[1],
        "that is the sum; divide it by the number of words": words,
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
    import torch

    as_function(mean_of_words, "mean_of_words")
    cases = [(4, [3, 8, 5, 4]), (5, [6])] if hidden else [(2, [7, 4, 3]), (3, [5, 5])]
    for seed, lengths in cases:
        vectors, mask = pooling_case(seed, lengths)
        words = mask[:, 2:].unsqueeze(-1)  # the mask, moved by two, is 1 exactly where a word stands
        right = (vectors[:, 1:-1] * words).sum(1) / words.sum(1)
        handed = vectors.clone(), mask.clone()
        made = call(mean_of_words, *handed)
        shape, wide = (
            tuple(right.shape),
            {
                tuple(vectors.shape): "a vector for each token: where is the mean?",
                (len(lengths), vectors.shape[1]): "the mean goes over the tokens, not over the numbers of a vector",
                (vectors.shape[2],): "one vector for each text, not one for all of them",
                (len(lengths), 1, vectors.shape[2]): "an axis of length 1 is left: `keepdim`, or a list around it?",
            },
        )
        found = as_tensor(made, "mean_of_words(hidden, mask)", shape=shape, slips=wide).to(torch.float32)
        if not torch.allclose(found, right, atol=1e-4):
            wrong = next(row for row in range(len(lengths)) if not torch.allclose(found[row], right[row], atol=1e-4))
            slips = pooling_slips(vectors, mask).items()
            slip = next((words for words, other in slips if torch.allclose(found, other, atol=1e-4)), "")
            if not found.isfinite().all():
                slip = "a division by 0: is the number of words right in every row?"
            raise WrongAnswer(
                f"the mean over the words, in texts with {', '.join(map(str, lengths))} tokens",
                Said(f"for text {wrong}: {[round(number, 2) for number in found[wrong].tolist()]}"),
                slip or "take one row alone, and count by hand which tokens should be in the mean",
            )
        if not (torch.equal(handed[0], vectors) and torch.equal(handed[1], mask)):
            raise WrongAnswer(
                "that the hidden state and the mask stay as they were",
                Said("the right vectors, but what you were handed is changed"),
                "other parts of the program need the mask as well: work on a copy (`clone`)",
            )
    return "A mask says what belongs to a mean, and you can make your own."
