# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # {{ number }} · Exercises: BERT opened up
#
# {{ badges }}
#
# {{ intro }}

# %% tags=["start"]
from course_utils import start
from lessons.bert_for_sequence_classification import checks as check

course = start("bert_for_sequence_classification_exercises", "laptop")
check.sheet.begin()

# %%
import torch
from transformers import AutoTokenizer, BertConfig

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
sentences = ["The bus was late.", "We danced until the morning came.", "Rain."]
batch = tokenizer(sentences, padding=True, return_tensors="pt")
print("ids", tuple(batch["input_ids"].shape))
plan = BertConfig(
    num_hidden_layers=6,
    hidden_size=48,
    num_attention_heads=4,
    intermediate_size=192,
    num_labels=5,
)

# %% [markdown]
# Three sentences, nine columns, and the plan of a very small BERT. Read the plan once more before you go on.
#
# ## 1 · Which shapes come out?
#
# ★☆☆ · 6 minutes · predict
#
# Run nothing yet. A model with this plan gets the batch, and we ask for all that happens on the way. Write a whole
# number for `a`, and a shape for each of the others, such as `(2, 7)`.
#
# - `a`: how many hidden states are there?
# - `b`: the last hidden state
# - `c`: one table of attention, which belongs to one layer
# - `d`: what the pooler makes
# - `e`: the logits

# %% answer="shapes_on_the_way"
shapes_on_the_way = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ...}
### BEGIN SOLUTION
shapes_on_the_way = {
    "a": 7,
    "b": (3, 9, 48),
    "c": (3, 4, 9, 9),
    "d": (3, 48),
    "e": (3, 5),
}
### END SOLUTION

# %% check="shapes_on_the_way"
check.shapes_on_the_way(shapes_on_the_way)

# %% [markdown]
# Now see it for yourself. The weights are random, so the numbers mean nothing. The shapes are real.

# %%
from transformers import BertForSequenceClassification

tiny = BertForSequenceClassification(plan).eval()
tiny.set_attn_implementation("eager")
with torch.no_grad():
    inside = tiny.bert(**batch, output_hidden_states=True, output_attentions=True)
    logits = tiny(**batch).logits
print("a", len(inside.hidden_states))
print("b", tuple(inside.last_hidden_state.shape))
print("c", tuple(inside.attentions[0].shape))
print("d", tuple(inside.pooler_output.shape))
print("e", tuple(logits.shape))

# %% [markdown]
# ## 2 · What does one more layer cost?
#
# ★★☆ · 10 minutes · write code
#
# You plan a BERT of your own, and every layer costs memory. Write `layer_weights(width, between)`. It returns how many
# weights **one** layer of the encoder has: all that it learns, also the biases, which the lesson's list leaves out.
# `width` is the plan's `hidden_size`, `between` is its `intermediate_size`. The plan above has 48 and 192, others have
# other numbers, and `between` is not always four times `width`.


# %% answer="layer_weights"
def layer_weights(width, between):
    """Return the number of weights and biases in one layer of the encoder."""
    ### BEGIN SOLUTION
    attention = 4 * (width * width + width)  # query, key, value, and what mixes them
    feed_forward = (width * between + between) + (between * width + width)
    layer_norms = 2 * (width + width)  # each number has a size and a shift
    return attention + feed_forward + layer_norms
    ### END SOLUTION


layer_weights(48, 192)

# %% check="layer_weights"
check.layer_weights(layer_weights)
### BEGIN HIDDEN TESTS
check.layer_weights(layer_weights, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 · Attention that almost works
#
# ★★☆ · 8 minutes · bug hunt
#
# A colleague has rebuilt the attention weights. `queries` and `keys` have the shape (texts, heads, tokens, numbers), as
# after `split`. `mask` has the shape (texts, tokens). Nothing raises an error, and the shape of the result is right. But
# the library's table shows other numbers. **Two** things are wrong in `attention_shares`. Mend both.
#
# Other models have other numbers of texts, heads and tokens, and vectors of other lengths. Scores can be very low, too.
# `[PAD]` stands behind the other tokens of its text. Do not change what you are handed.

# %%
import math

torch.manual_seed(5)
queries, keys = torch.randn(2, 3, 2, 4, 8)  # 3 texts, 2 heads, 4 tokens, 8 numbers
mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]])
print(tuple(queries.shape), tuple(keys.shape), tuple(mask.shape))


# %% answer="attention_shares"
def attention_shares(queries, keys, mask):
    """Return the attention weights: (texts, heads, tokens that look, tokens looked at)."""
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    hidden_columns = mask[:, None, None, :] == 0
    scores = scores.masked_fill(hidden_columns, 0.0)
    return torch.softmax(scores, dim=1)


### BEGIN SOLUTION
def attention_shares(queries, keys, mask):
    """Return the attention weights: (texts, heads, tokens that look, tokens looked at)."""
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    hidden_columns = mask[:, None, None, :] == 0
    scores = scores.masked_fill(hidden_columns, float("-inf"))
    return torch.softmax(scores, dim=-1)


### END SOLUTION


attention_shares(queries, keys, mask)[2, 0]

# %% check="attention_shares"
check.attention_shares(attention_shares)
### BEGIN HIDDEN TESTS
check.attention_shares(attention_shares, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Only the words, please
#
# ★★★ · 12 minutes · write code
#
# The mean with the mask leaves out `[PAD]`, but it still counts `[CLS]` and `[SEP]`. You want a vector of the words
# alone. Write `mean_of_words(hidden, mask)`. It gets the last hidden state (texts, tokens, numbers) and the attention
# mask (texts, tokens), and it returns one vector for each text, as (texts, numbers). Leave out `[CLS]`, `[SEP]` and
# `[PAD]`. `[CLS]` is the first token of a text, `[SEP]` its last one, and `[PAD]` comes behind it. A full stop counts as
# a word, and each text has at least one word. Do not change what you are handed.

# %%
encoder = BertForSequenceClassification.from_pretrained(course.checkpoint).bert
with torch.no_grad():
    hidden = encoder(**batch).last_hidden_state
for row in batch["input_ids"]:
    print(tokenizer.convert_ids_to_tokens(row))


# %% answer="mean_of_words"
def mean_of_words(hidden, mask):
    """Return the mean over the words of each text: (texts, numbers)."""
    ### BEGIN SOLUTION
    words = mask.clone()
    words[:, 0] = 0  # [CLS] is always the first
    ends = mask.sum(dim=1) - 1  # [SEP] is the last real token of its own row
    words[torch.arange(len(mask)), ends] = 0
    words = words.unsqueeze(-1)
    return (hidden * words).sum(dim=1) / words.sum(dim=1)
    ### END SOLUTION


mean_of_words(hidden, batch["attention_mask"])

# %% check="mean_of_words"
check.mean_of_words(mean_of_words)
### BEGIN HIDDEN TESTS
check.mean_of_words(mean_of_words, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## Done?
#
# You can say which shapes come out before a model exists, and what a layer weighs. You have mended an attention that
# gave weight to `[PAD]`, and made a vector out of nothing but words. {{ Lesson:training_loop }} trains such a model.
