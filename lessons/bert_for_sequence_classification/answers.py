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

# %% exercise="shapes_on_the_way" wrong="hidden size of the lesson's checkpoint" says="what the lesson's model makes"
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


# %% exercise="layer_weights" wrong="LayerNorms forgotten" says="are the two LayerNorms missing"
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


# %% exercise="attention_shares" wrong="only the mask mended" says="over the heads (`dim=1`)"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    hidden_columns = mask[:, None, None, :] == 0
    scores = scores.masked_fill(hidden_columns, float("-inf"))
    return torch.softmax(scores, dim=1)


# %% exercise="attention_shares" wrong="weights of [PAD] removed after the softmax" says="the mask is used after the softmax"
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


# %% exercise="attention_shares" wrong="the mask hides rows, not columns" says="hides the tokens that look, not those"
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


# %% exercise="mean_of_words" wrong="divided by all real tokens" says="do not divide by all real tokens"
def mean_of_words(hidden, mask):
    words = mask.clone()
    words[:, 0] = 0
    words[range(len(mask)), mask.sum(1) - 1] = 0
    return (hidden * words.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


# %% exercise="mean_of_words" wrong="the mask is changed" says="leaves `mask` as it is"
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

# %% exercise="shapes_on_the_way" right="a generator, a Series, a range"
import numpy as np
import pandas as pd

shapes_on_the_way = {"a": np.int64(7), "b": pd.Series([3, 9, 48]), "c": (length for length in (3, 4, 9, 9))}
shapes_on_the_way |= {"d": torch.zeros(3, 48).size(), "e": range(3, 6, 2)}

# %% exercise="shapes_on_the_way" wrong="the heads at the end" says="first the sentences, then the heads of each"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": (3, 9, 9, 4), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="the classes first" says="the sentences come first"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (5, 3)}

# %% exercise="shapes_on_the_way" wrong="a tensor in place of its shape" says="write the shape alone"
shapes_on_the_way = {"a": 7, "b": torch.zeros(3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="eight columns" says="I do not recognise this slip"
shapes_on_the_way = {"a": 7, "b": (3, 8, 48), "c": (3, 4, 8, 8), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="a set" says="a set has no order"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": {3, 4, 9}, "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="the pooler's vector is a hidden state, too" says="the pooler's vector is not one of them"
shapes_on_the_way = {"a": 8, "b": (3, 9, 48), "c": (3, 4, 9, 9), "d": (3, 48), "e": (3, 5)}

# %% exercise="shapes_on_the_way" wrong="one letter left" says="replace the dots for c"
shapes_on_the_way = {"a": 7, "b": (3, 9, 48), "c": ..., "d": (3, 48), "e": (3, 5)}


# %% exercise="layer_weights" right="a layer without memory"
def layer_weights(width, between):
    from transformers.models.bert.modeling_bert import BertLayer

    with torch.device("meta"):
        layer = BertLayer(BertConfig(hidden_size=width, intermediate_size=between, num_attention_heads=1))
    return sum(weight.numel() for weight in layer.parameters())


# %% exercise="layer_weights" right="two layers minus one"
def layer_weights(width, between):
    def weights(layers):
        plan = BertConfig(hidden_size=width, intermediate_size=between, num_hidden_layers=layers, vocab_size=9)
        return BertForSequenceClassification(plan).num_parameters()

    return weights(2) - weights(1)


# %% exercise="layer_weights" right="the layer of PyTorch, in a tensor"
def layer_weights(width, between):
    layer = torch.nn.TransformerEncoderLayer(width, 1, between)
    return torch.tensor(sum(weight.numel() for weight in layer.parameters()))


# %% exercise="layer_weights" wrong="the card's number, always" says="always 48 and 192?"
def layer_weights(width, between):
    return 28272


# %% exercise="layer_weights" wrong="the layer of the notebook" says="always 48 and 192?"
def layer_weights(width, between):
    return sum(weight.numel() for weight in tiny.bert.encoder.layer[0].parameters())


# %% exercise="layer_weights" wrong="both biases of feed-forward as long as a vector" says="as many numbers as come out" old="(width * between + between)" new="(width * between + width)"

# %% exercise="layer_weights" wrong="both biases of feed-forward as long as between" says="the vectors are short again" old="(between * width + width)" new="(between * width + between)"

# %% exercise="layer_weights" wrong="no biases in feed-forward" says="of the feed-forward part has a bias" old="(width * between + between) + (between * width + width)" new="2 * width * between"

# %% exercise="layer_weights" wrong="no biases in attention" says="or the four biases of the attention" old="(width * width + width)" new="(width * width)"

# %% exercise="layer_weights" wrong="the pooler counted" says="the pooler is no part of a layer" old="attention = 4" new="attention = 5"

# %% exercise="layer_weights" wrong="three LayerNorms" says="two LayerNorms, not three" old="layer_norms = 2" new="layer_norms = 3"

# %% exercise="layer_weights" wrong="the arguments have changed places" says="have changed places" old="def layer_weights(width, between)" new="def layer_weights(between, width)"

# %% exercise="layer_weights" wrong="width taken from between" says="not always a quarter" old="attention = 4" new="width = between // 4; attention = 4"

# %% exercise="layer_weights" wrong="bytes" says="bytes? Count the weights" old="return attention + feed_forward + layer_norms" new="return 4 * (attention + feed_forward + layer_norms)"

# %% exercise="layer_weights" wrong="a text" says="without quotes" old="return attention + feed_forward + layer_norms" new="return f\"{attention + feed_forward + layer_norms:,}\""

# %% exercise="layer_weights" equivalent="the three parts do not need one another: their order is free"
# + feed_forward = width * between + between + (between * width + width)
# - feed_forward = width * between + between + (between * width + width)

# + layer_norms = 2 * (width + width)
# - layer_norms = 2 * (width + width)

# %% exercise="attention_shares" right="text by text, head by head, without the padding"
def attention_shares(queries, keys, mask):
    shares = torch.zeros(*queries.shape[:3], keys.shape[2])
    for text, real in enumerate(mask.sum(1).tolist()):
        for head in range(queries.shape[1]):
            scores = queries[text, head] @ keys[text, head, :real].T / queries.shape[-1] ** 0.5
            shares[text, head, :, :real] = scores.softmax(dim=1)
    return shares


# %% exercise="attention_shares" right="SciPy"
def attention_shares(queries, keys, mask):
    import numpy as np
    from scipy.special import softmax

    scores = np.matmul(queries.numpy(), keys.numpy().swapaxes(-1, -2)) / np.sqrt(keys.shape[-1])
    return softmax(np.where(mask.numpy()[:, None, None, :] == 1, scores, -np.inf), axis=-1)


# %% exercise="attention_shares" right="the logarithm of the mask, and a list"
def attention_shares(queries, keys, mask):
    scores = torch.einsum("thqn,thkn->thqk", queries, keys) * keys.shape[-1] ** -0.5
    return (scores + mask.log()[:, None, None]).softmax(3).tolist()


# %% exercise="attention_shares" right="masked after the softmax, then divided anew"
def attention_shares(queries, keys, mask):
    every = torch.softmax(queries.double() @ keys.double().mT / math.sqrt(queries.shape[-1]), dim=-1)
    words = every * mask[:, None, None, :]
    return words / words.sum(dim=-1, keepdim=True)


# %% exercise="attention_shares" wrong="the card's root" says="always the root of 8?" old="math.sqrt(queries.shape[-1])" new="math.sqrt(8)"

# %% exercise="attention_shares" wrong="the root of the number of tokens" says="the root of the number of tokens?" old="math.sqrt(queries.shape[-1])" new="math.sqrt(queries.shape[-2])"

# %% exercise="attention_shares" wrong="no root" says="divided by the length itself" old="math.sqrt(queries.shape[-1])" new="queries.shape[-1]"

# %% exercise="attention_shares" wrong="multiplied by the root" says="multiplied by the root" old="/ math.sqrt" new="* math.sqrt"

# %% exercise="attention_shares" wrong="the queries divided in place" says="leaves `queries` as it is" old="scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])" new="queries /= math.sqrt(queries.shape[-1]); scores = queries @ keys.transpose(-1, -2)"

# %% exercise="attention_shares" wrong="the mask made a bias in place" says="leaves `mask` as it is"
def attention_shares(queries, keys, mask):
    mask *= -(10**6)
    mask += 10**6
    mask *= -1
    scores = queries @ keys.mT / math.sqrt(queries.shape[-1])
    return (scores + mask[:, None, None, :]).softmax(-1)


# %% exercise="attention_shares" wrong="minus ten" says="minus 10 is not low enough" old="float(\"-inf\")" new="-10.0"

# %% exercise="attention_shares" wrong="minus five" says="I do not recognise this slip" old="float(\"-inf\")" new="-5.0"

# %% exercise="attention_shares" wrong="plus infinity" says="plus infinity" old="\"-inf\"" new="\"inf\""

# %% exercise="attention_shares" wrong="the mask turned round" says="the mask is turned round" old="== 0" new="== 1"

# %% exercise="attention_shares" wrong="one mask for all texts" says="the first text's mask" old="mask[:, None" new="mask[:1, None"

# %% exercise="attention_shares" wrong="over the texts" says="over the texts (`dim=0`)" old="dim=-1" new="dim=0"

# %% exercise="attention_shares" wrong="percentages" says="percentages?" old="return torch.softmax(scores, dim=-1)" new="return 100 * torch.softmax(scores, dim=-1)"

# %% exercise="attention_shares" wrong="half the digits" says="I do not recognise this slip" old="torch.softmax(scores, dim=-1)" new="torch.softmax(scores.bfloat16(), dim=-1)"

# %% exercise="attention_shares" wrong="no softmax" says="these are the scores" old="return torch.softmax(scores, dim=-1)" new="return scores"

# %% exercise="attention_shares" wrong="log-softmax" says="logarithms of shares" old="torch.softmax" new="torch.log_softmax"

# %% exercise="attention_shares" wrong="the keys look" says="queries and keys have changed places" old="def attention_shares(queries, keys, mask)" new="def attention_shares(keys, queries, mask)"

# %% exercise="attention_shares" wrong="a mean over the heads" says="the heads are mixed" old="torch.softmax(scores, dim=-1)" new="torch.softmax(scores, dim=-1).mean(1)"


# %% exercise="attention_shares" wrong="[PAD] may not look, either" says="hides the tokens that look, too"
def attention_shares(queries, keys, mask):
    hidden = (mask[:, None, None, :] * mask[:, None, :, None]) == 0
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    return scores.masked_fill(hidden, float("-inf")).softmax(-1)


# %% exercise="attention_shares" wrong="only the last column is looked at" says="I do not recognise this slip"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.mT / math.sqrt(queries.shape[-1])
    scores[..., -1] = scores[..., -1].masked_fill(mask[:, None, None, -1] == 0, float("-inf"))
    return scores.softmax(-1)


# %% exercise="attention_shares" equivalent="the scores and the hidden columns do not need each other: their order is free"
# + hidden_columns = mask[:, None, None, :] == 0
# - hidden_columns = mask[:, None, None, :] == 0

# %% exercise="attention_shares" equivalent="the same two axes: it does not matter which is named first, and of four axes, -2 is number 2"
# - scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
# + scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])

# - scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
# + scores = queries @ keys.transpose(-1, +2) / math.sqrt(queries.shape[-1])

# %% exercise="mean_of_words" right="the total minus two vectors"
def mean_of_words(hidden, mask):
    real, count = mask.unsqueeze(-1).float(), mask.sum(1)
    words = (hidden * real).sum(1) - hidden[:, 0] - hidden[torch.arange(len(count)), count - 1]
    return words / (count - 2)[:, None]


# %% exercise="mean_of_words" right="nan for all else"
def mean_of_words(hidden, mask):
    place = torch.arange(mask.shape[1])
    words = (place > 0) & (place < (mask.sum(1) - 1)[:, None])
    return hidden.masked_fill(~words[..., None], float("nan")).nanmean(dim=1)


# %% exercise="mean_of_words" right="scatter and einsum"
def mean_of_words(hidden, mask):
    words = mask.scatter(1, mask.sum(1, keepdim=True) - 1, 0)
    words[:, 0] = 0
    return torch.einsum("tcn,tc->tn", hidden, words.float()) / words.sum(1, keepdim=True)


# %% exercise="mean_of_words" right="weighted averages of NumPy, in double precision"
def mean_of_words(hidden, mask):
    import numpy as np

    words = mask.numpy().copy()
    words[:, 0] = words[np.arange(len(words)), mask.numpy().sum(1) - 1] = 0
    pairs = zip(hidden.double().numpy(), words)
    return np.array([np.average(vectors, axis=0, weights=row) for vectors, row in pairs])


# %% exercise="mean_of_words" right="a list of vectors"
def mean_of_words(hidden, mask):
    return [row[real.bool()][1:-1].mean(dim=0) for row, real in zip(hidden, mask)]


# %% exercise="mean_of_words" wrong="the full stop left out" says="the last word is left out, too"
def mean_of_words(hidden, mask):
    return torch.stack([row[1 : real.sum() - 2].mean(dim=0) for row, real in zip(hidden, mask)])


# %% exercise="mean_of_words" wrong="the hidden state is changed" says="leaves `hidden` as it is"
def mean_of_words(hidden, mask):
    count = mask.sum(1)
    hidden[:, 0] = 0
    for row, end in zip(hidden, count):
        row[end - 1 :] = 0
    return hidden.sum(1) / (count - 2)[:, None]


# %% exercise="mean_of_words" wrong="the first text's [SEP] for all" says="the first row's `[SEP]`"
def mean_of_words(hidden, mask):
    return hidden[:, 1 : mask[0].sum() - 1].mean(1)


# %% exercise="mean_of_words" wrong="the mask of the notebook" says="I do not recognise this slip"
def mean_of_words(hidden, mask):
    mask = batch["attention_mask"]
    return torch.stack([row[1 : real.sum() - 1].mean(dim=0) for row, real in zip(hidden, mask)])


# %% exercise="mean_of_words" wrong="three texts, as on the card" says="IndexError"
def mean_of_words(hidden, mask):
    return torch.stack([hidden[text, 1 : mask[text].sum() - 1].mean(dim=0) for text in range(3)])


# %% exercise="mean_of_words" wrong="the sum" says="that is the sum" old="(hidden * words).sum(dim=1) / words.sum(dim=1)" new="(hidden * words).sum(dim=1)"

# %% exercise="mean_of_words" wrong="divided by the columns" says="not of columns" old="/ words.sum(dim=1)" new="/ mask.shape[1]"

# %% exercise="mean_of_words" wrong="[CLS] counted in the divisor" says="`[CLS]` does not count" old="/ words.sum(dim=1)" new="/ (words.sum(dim=1) + 1)"

# %% exercise="mean_of_words" wrong="[CLS] still in it" says="only `[SEP]` is gone" old="words[:, 0] = 0" new="pass"

# %% exercise="mean_of_words" wrong="an axis is left" says="an axis of length 1 is left" old="(hidden * words).sum(dim=1) / words.sum(dim=1)" new="((hidden * words).sum(dim=1) / words.sum(dim=1)).unsqueeze(1)"

# %% exercise="mean_of_words" wrong="rounded" says="rounded?" old="(hidden * words).sum(dim=1) / words.sum(dim=1)" new="((hidden * words).sum(dim=1) / words.sum(dim=1)).round(decimals=2)"


# %% exercise="mean_of_words" wrong="the largest numbers" says="I do not recognise this slip"
def mean_of_words(hidden, mask):
    return torch.stack([row[1 : real.sum() - 1].max(dim=0).values for row, real in zip(hidden, mask)])


# %% exercise="mean_of_words" wrong="return in the loop" says="I do not recognise this slip"
def mean_of_words(hidden, mask):
    found = []
    for row, real in zip(hidden, mask):
        found.append(row[1 : real.sum() - 1].mean(dim=0))
        return torch.stack(found)


# %% exercise="mean_of_words" wrong="the last column taken for [SEP] in the total" says="I do not recognise this slip"
def mean_of_words(hidden, mask):
    real = mask.unsqueeze(-1)
    return ((hidden * real).sum(1) - hidden[:, 0] - hidden[:, -1]) / (real.sum(1) - 2)


# %% exercise="mean_of_words" equivalent="where the ends are does not depend on the new mask, only on the old one"
# + ends = mask.sum(dim=1) - 1
# - ends = mask.sum(dim=1) - 1

# %% exercise="mean_of_words" equivalent="an axis of length 1 at the end: the first two axes are still texts and tokens"
# + words = words.unsqueeze(-1)
# - words = words.unsqueeze(-1)

# %% exercise="shapes_on_the_way" wrong="the usual BERT" says="the usual BERT has twelve layers"
shapes_on_the_way = {"a": 13, "b": (3, 9, 768), "c": (3, 12, 9, 9), "d": (3, 768), "e": (3, 2)}

# %% exercise="layer_weights" wrong="brackets forgotten" says="query, key and value have a bias" old="4 * (width * width + width)" new="4 * width * width + width"

# %% exercise="attention_shares" wrong="minus twenty" says="minus 20 is not low enough" old="float(\"-inf\")" new="-20.0"

# %% exercise="attention_shares" wrong="the root for all heads together" says="all heads together" old="math.sqrt(queries.shape[-1])" new="math.sqrt(queries.shape[1] * queries.shape[-1])"

# %% exercise="attention_shares" wrong="[PAD] does not look, afterwards" says="the rows of `[PAD]` are 0" old="return torch.softmax(scores, dim=-1)" new="return torch.softmax(scores, dim=-1) * mask[:, None, :, None]"

# %% exercise="attention_shares" wrong="only the first three texts masked" says="I do not recognise this slip"
def attention_shares(queries, keys, mask):
    scores = queries @ keys.mT / math.sqrt(queries.shape[-1])
    for text in range(min(3, len(mask))):
        scores[text, :, :, int(mask[text].sum()) :] = float("-inf")
    return scores.softmax(-1)


# %% exercise="mean_of_words" wrong="the ends counted after [CLS] is gone" says="one place too early at the end" old="mask.sum(dim=1) - 1" new="words.sum(dim=1) - 1"

# %% exercise="mean_of_words" wrong="zeros taken for padding" says="I do not recognise this slip"
def mean_of_words(hidden, mask):
    words = (hidden * mask.unsqueeze(-1))[:, 1:-1]
    return words.sum(1) / (words != 0).sum(1)


# %% exercise="mean_of_words" right="the first zero of the mask, or the last column"
def mean_of_words(hidden, mask):
    ends = mask.argmin(dim=1) - 1  # without a zero, that is the last column
    words = mask.clone()
    words[:, 0] = words[range(len(mask)), ends] = 0
    return torch.stack([row[keep == 1].mean(0) for row, keep in zip(hidden, words)])
