# Right and wrong answers to the sheet of `bert_for_sequence_classification`. `says` is a part of the reply.

# %% exercise="shapes_on_the_way" right="lists, and a size of torch"
shapes_on_the_way = {"a": 7.0, "b": [3, 9, 48], "c": torch.Size([3, 4, 9, 9]), "d": torch.tensor([3, 48]), "e": (3, 5)}

# %% exercise="shapes_on_the_way" right="read from the plan"
import numpy as np

rows, columns = batch["input_ids"].shape
shapes_on_the_way = dict(
    a=plan.num_hidden_layers + 1,
    b=np.array([rows, columns, plan.hidden_size]),
    c=(rows, plan.num_attention_heads, columns, columns),
    d=(rows, plan.hidden_size),
    e=(rows, plan.num_labels),
)

# %% exercise="shapes_on_the_way" right="read out of a real model"
from transformers import BertForSequenceClassification

real = BertForSequenceClassification(plan).eval()
real.set_attn_implementation("eager")
with torch.no_grad():
    out = real(**batch, output_hidden_states=True, output_attentions=True)
    pooled = real.bert(**batch).pooler_output
states = out.hidden_states
shapes_on_the_way = {"a": len(states), "b": states[-1].shape, "c": out.attentions[-1].shape}
shapes_on_the_way |= {"d": pooled.shape, "e": out.logits.shape}

# %% exercise="shapes_on_the_way" wrong="as many hidden states as layers" says="what went into the first layer"
shapes_on_the_way = {"a": 6, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="the length inside a layer" says="only inside a layer"
shapes_on_the_way = {"a": 7, "b": (3, 9, 192), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="heads forgotten" says="each head has its own square"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": (3, 9, 9), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="the pooler keeps the tokens" says="one vector out of many"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 9, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="logits for each token" says="not for each token"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 9, 5)}

# %% exercise="shapes_on_the_way" wrong="a shape as a text" says="without quotes"
shapes_on_the_way = {"a": 7, "b": "(3, 9, 48)", "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="only the length of the vector" says="one number for each axis"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": 48, "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="hidden size of the lesson's checkpoint" says="in the batch and in the plan"
shapes_on_the_way = {"a": 7, "b": (3, 9, 384), "c": (3, 4, 9, 9), "d": (3, 384), "e": (3, 5)}


# %% exercise="layer_weights" right="counted in a real layer"
def layer_weights(width, between):
    small = BertConfig(vocab_size=9, hidden_size=width, intermediate_size=between, num_hidden_layers=1)
    layer = BertForSequenceClassification(small).bert.encoder.layer[0]
    return sum(weight.numel() for weight in layer.parameters())


# %% exercise="layer_weights" right="with NumPy, matrix by matrix"
def layer_weights(width, between):
    import numpy as np

    shapes = 4 * [(width, width), (width,)] + 4 * [(width,)]
    shapes += [(between, width), (between,), (width, between), (width,)]
    return np.sum([np.prod(shape) for shape in shapes])


# %% exercise="layer_weights" right="as a formula, a float"
def layer_weights(w, b):
    return 4.0 * w**2 + 2 * w * b + 9 * w + b


# %% exercise="layer_weights" wrong="as the lesson's list: no biases" says="each matrix and each LayerNorm has a bias"
def layer_weights(width, between):
    return 4 * width * width + 2 * width * between + 2 * width


# %% exercise="layer_weights" wrong="the matrices alone" says="the matrices alone?"
def layer_weights(width, between):
    return 4 * width**2 + 2 * width * between


# %% exercise="layer_weights" wrong="LayerNorms forgotten" says="they learn, too"
def layer_weights(width, between):
    return 4 * (width**2 + width) + width * between + between + between * width + width


# %% exercise="layer_weights" wrong="the layer that mixes the heads forgotten" says="one more mixes the heads"
def layer_weights(width, between):
    return 3 * (width**2 + width) + width * between + between + between * width + width + 4 * width


# %% exercise="layer_weights" wrong="four times as long, always" says="not always four times"
def layer_weights(width, between):
    between = 4 * width
    return 4 * width**2 + 2 * width * between + 9 * width + between


# %% exercise="layer_weights" wrong="one LayerNorm" says="two LayerNorms, and each"
def layer_weights(width, between):
    return 4 * width**2 + 2 * width * between + 7 * width + between


# %% exercise="layer_weights" wrong="all layers of the plan" says="one layer is asked for"
def layer_weights(width, between):
    return plan.num_hidden_layers * (4 * width**2 + 2 * width * between + 9 * width + between)


# %% exercise="layer_weights" wrong="printed, not returned" says="does it end with `return`?"
def layer_weights(width, between):
    print(4 * width**2 + 2 * width * between + 9 * width + between)


# %% exercise="layer_weights" wrong="in millions" says="divide nothing"
def layer_weights(width, between):
    return (4 * width**2 + 2 * width * between + 9 * width + between) / 1e6


# %% exercise="attention_shares" right="a very small score, and PyTorch's own function"
def attention_shares(queries, keys, mask):
    allowed = mask[:, None, None, :].bool()
    numbers = torch.eye(keys.shape[2]).expand(*keys.shape[:3], -1)
    return torch.nn.functional.scaled_dot_product_attention(queries, keys, numbers, attn_mask=allowed)


# %% exercise="attention_shares" right="softmax by hand, then NumPy"
def attention_shares(queries, keys, mask):
    scores = torch.einsum("abqn,abkn->abqk", queries, keys) / queries.shape[-1] ** 0.5
    powers = scores.exp() * mask[:, None, None, :]
    return (powers / powers.sum(-1, keepdim=True)).numpy()


# %% exercise="attention_shares" right="the largest negative number in double precision"
def attention_shares(queries, keys, mask):
    scores = queries.double() @ keys.double().mT / math.sqrt(queries.size(-1))
    scores = scores + (1 - mask[:, None, None, :]) * -1e9
    return scores.softmax(dim=3)


# %% exercise="attention_shares" wrong="only the axis mended" says="a score of 0 is a score like any other"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    hidden_columns = mask[:, None, None, :] == 0
    scores = scores.masked_fill(hidden_columns, 0.0)
    return torch.softmax(scores, dim=-1)


# %% exercise="attention_shares" wrong="only the mask mended" says="which axis should it be, and"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    hidden_columns = mask[:, None, None, :] == 0
    scores = scores.masked_fill(hidden_columns, float("-inf"))
    return torch.softmax(scores, dim=1)


# %% exercise="attention_shares" wrong="weights of [PAD] removed after the softmax" says="taken away after the softmax"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    return torch.softmax(scores, dim=-1) * mask[:, None, None, :]


# %% exercise="attention_shares" wrong="the wrong one of the last two axes" says="the tokens that look"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    hidden_columns = mask[:, None, None, :] == 0
    return torch.softmax(scores.masked_fill(hidden_columns, -1e9), dim=-2)


# %% exercise="attention_shares" wrong="the division taken out" says="put it back"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2)
    hidden_columns = mask[:, None, None, :] == 0
    scores = scores.masked_fill(hidden_columns, float("-inf"))
    return torch.softmax(scores, dim=-1)


# %% exercise="attention_shares" wrong="the mask taken out" says="not used at all"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    return torch.softmax(scores, dim=-1)


# %% exercise="attention_shares" wrong="the mask hides rows, not columns" says="nan"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    scores = scores.masked_fill(mask[:, None, :, None] == 0, float("-inf"))
    return torch.softmax(scores, dim=-1)


# %% exercise="mean_of_words" right="row by row"
def mean_of_words(hidden, mask):
    return torch.stack([row[1 : real.sum() - 1].mean(dim=0) for row, real in zip(hidden, mask)])


# %% exercise="mean_of_words" right="the mask moved by two"
def mean_of_words(hidden, mask):
    words = mask[:, 2:, None]
    return (hidden[:, 1:-1] * words).sum(1) / words.sum(1)


# %% exercise="mean_of_words" right="a list of NumPy arrays"
def mean_of_words(hidden, mask):
    vectors, lengths = hidden.numpy(), mask.numpy().sum(axis=1)
    return [vectors[row, 1 : length - 1].mean(axis=0) for row, length in enumerate(lengths)]


# %% exercise="mean_of_words" wrong="the lesson's mean" says="are still in it"
def mean_of_words(hidden, mask):
    mask = mask.unsqueeze(-1)
    return (hidden * mask).sum(dim=1) / mask.sum(dim=1)


# %% exercise="mean_of_words" wrong="first and last column cut off" says="the last column is not `[SEP]`"
def mean_of_words(hidden, mask):
    hidden, mask = hidden[:, 1:-1], mask[:, 1:-1].unsqueeze(-1)
    return (hidden * mask).sum(dim=1) / mask.sum(dim=1)


# %% exercise="mean_of_words" wrong="divided by all real tokens" says="by how many tokens"
def mean_of_words(hidden, mask):
    words = mask.clone()
    words[:, 0] = 0
    words[range(len(mask)), mask.sum(1) - 1] = 0
    return (hidden * words.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


# %% exercise="mean_of_words" wrong="the mask is changed" says="what you were handed is changed"
def mean_of_words(hidden, mask):
    ends = mask.sum(1) - 1
    mask[:, 0] = 0
    mask[range(len(mask)), ends] = 0
    return (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


# %% exercise="mean_of_words" wrong="[SEP] looked for one place too far" says="only `[CLS]` is gone"
def mean_of_words(hidden, mask):
    words = mask.clone()
    words[:, 0] = 0
    words = torch.cat([words, torch.zeros(len(mask), 1)], dim=1)
    words[range(len(mask)), mask.sum(1)] = 0
    words = words[:, :-1].unsqueeze(-1)
    return (hidden * words).sum(1) / words.sum(1)


# %% exercise="mean_of_words" wrong="the mean over the wrong axis" says="not over the numbers of a vector"
def mean_of_words(hidden, mask):
    return (hidden * mask.unsqueeze(-1)).mean(dim=-1)


# %% exercise="mean_of_words" wrong="a mean without any mask" says="are all counted"
def mean_of_words(hidden, mask):
    return hidden.mean(dim=1)


# %% exercise="mean_of_words" wrong="one vector for all texts" says="not one for all of them"
def mean_of_words(hidden, mask):
    return torch.cat([row[1 : real.sum() - 1] for row, real in zip(hidden, mask)]).mean(dim=0)
