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
# # {{ number }} · BERT opened up: from the text to the label
#
# {{ badges }}
#
# **You will be able to**
#
# - **open** a BERT classifier: its parts, their shapes and sizes;
# - **rebuild** its forward pass by hand, and get the library's own numbers;
# - **read** hidden states and attention, and say what they do not show;
# - **compare** ways to make one vector out of a text;
# - **handle** a text that is too long.
#
# {{ times }}
#
# In {{ lesson:start_here }} the model was a closed box. Today we open it, and compute its output ourselves, out of the
# weights. We train nothing. Numbers in the text belong to the profile `laptop`. Its model is MiniLM, a small BERT.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("bert_for_sequence_classification", PROFILE)

# %% [markdown]
# ## What do I get when I ask for four classes?
#
# We want to sort posts by four emotions, so we give their names.

# %% [markdown] tags=["slide"]
# - The file holds the layers, but no head
# - So the library draws a random one: `MISSING`
# - That is no error
#
# **Before any training, its answers mean nothing.**

# %% [markdown] tags=["notes"]
# Ask first: does a downloaded model know our four emotions? Most say yes. Point at the two lines with `classifier`:
# these weights stand in no file. In the figure, follow the shapes from left to right. Come back to this picture
# whenever the room gets lost.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer, BertForSequenceClassification

labels = ["anger", "joy", "optimism", "sadness"]
names = dict(enumerate(labels))
numbers = {name: number for number, name in names.items()}
model, report = BertForSequenceClassification.from_pretrained(
    course.checkpoint, id2label=names, label2id=numbers, output_loading_info=True
)
print("last layer:", model.classifier)
print("missing in the file:", sorted(report["missing_keys"]))

# %% [markdown]
# The last layer is the **classification head**, or head: many numbers go in, four come out, one for each class. The
# file does not contain it. That is what `MISSING` means in the library's table. So the head is random. It is no error.
#
# Here is the whole model with two sentences. The first is drawn. `[PAD]` fills it up ({{ lesson:tokenization }}).

# %%
from lessons.bert_for_sequence_classification.figures import bert_stack

sentences = ["The river broke its bank.", "She keeps her savings in a small bank."]
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
batch = tokenizer(sentences, padding=True, return_tensors="pt")
tokens = tokenizer.convert_ids_to_tokens(batch["input_ids"][0])
bert_stack(model, batch, tokens)

# %% [markdown]
# The bold shapes count both sentences.
#
# - Each token becomes a **vector**: a row of 384 numbers. These are the **embeddings**.
# - Six layers change the vectors. They are the **encoder**. Only in **attention** do tokens meet.
# - The **pooler** keeps one vector for each text. The head makes four scores of it, the **logits**.
#
# ## Why does my six-class model refuse four classes?
#
# A colleague asks for six classes, by number, and saves her model.

# %% [markdown] tags=["slide"]
# - A head has one row for each class
# - Six rows do not fit four classes
# - Keep the six, or draw a new head
#
# **Give names to your classes: nobody knows `LABEL_0`.**

# %% [markdown] tags=["notes"]
# Let the room guess: does the library cut two rows off, or refuse? Many expect that it cuts. Point at the shape (6,
# 384). When time is short, show the slide only and go on.

# %% tags=["nbval-check-output"]
other = BertForSequenceClassification.from_pretrained(course.checkpoint, num_labels=6)
six = course.workdir / "six_classes"
other.save_pretrained(six)
print(tuple(other.classifier.weight.shape), other.config.id2label)

# %% [markdown]
# Only the head has changed. And `LABEL_0` is no name, but her users will see it in every answer.
# Can you load her file for your four classes?

# %% tags=["nbval-check-output"]
try:
    BertForSequenceClassification.from_pretrained(six, id2label=names, label2id=numbers)
except RuntimeError as error:
    print(type(error).__name__, "-", error)

# %% [markdown]
# "The above report" is a table in the log, with a line `classifier.weight | MISMATCH`. Keep
# the six classes, or throw the old head away: `ignore_mismatched_sizes=True`. Then the new one is random.
#
# ## Where are all the weights?
#
# We count them, beside BERT base, the model of the paper (Devlin et al., 2019). `BertConfig()` is its plan. On the
# device `meta` tensors have no content, so nothing is downloaded.

# %% [markdown] tags=["slide"]
# | million weights | MiniLM | BERT base |
# |---|---|---|
# | embeddings | 11.9 | 23.8 |
# | layers | 10.6 | 85.1 |
# | pooler and head | 0.1 | 0.6 |

# %% [markdown] tags=["notes"]
# Ask which part is the largest. Most say the layers, which is right for BERT base only. In the small model it is the
# table of word pieces. Say that nothing but the head is new. The list of shapes can be skipped, if nobody wants to
# rebuild the layer.

# %% tags=["skip"]
import torch
from transformers import BertConfig

from course_utils import plots

with torch.device("meta"):
    base = BertForSequenceClassification(BertConfig(num_labels=4))
millions = {}
for name, whole in {"this checkpoint": model, "BERT base": base}.items():
    bert = whole.bert
    parts = [bert.embeddings, bert.encoder, bert.pooler, whole.classifier]
    sizes = [sum(each.numel() for each in part.parameters()) / 1e6 for part in parts]
    part_names = ["embeddings", "encoder", "pooler", "head"]
    millions[name] = dict(zip(part_names, sizes, strict=True))
plots.stacked_bars(millions, "Where the weights are", "million weights")

# %% tags=["record"]
course.record("million_weights", sum(millions["this checkpoint"].values()))
course.record("million_weights_base", sum(millions["BERT base"].values()))

# %% [markdown]
# "110 million" is what people say about BERT base. It is 109.5, most of it in the encoder. In our small model more than
# half are embeddings. Only the head is new, and too thin to see.
#
# Where did the other weights learn? BERT read books and Wikipedia. It had to guess hidden tokens, and to say whether
# one text follows another. No human labels were needed. Ours is a small copy of such a model (MiniLM, Wang et al.,
# 2020). Then it learned from a billion pairs of texts which two belong together, says its card.
#
# Now the shapes, embeddings first, then one layer:

# %% tags=["nbval-check-output"]
for part in (model.bert.embeddings, model.bert.encoder.layer[0]):
    print()
    for name, weight in part.named_parameters():
        if name.endswith("weight"):
            print(f"{name:<34} {tuple(weight.shape)}")

# %% [markdown]
# Most weights also have a bias, not shown. When we have used each line once, we have rebuilt a layer.
#
# ## What goes in, and what comes out?
#
# We ask for all that happens on the way. For that, attention must be `eager`. The default,
# SDPA (*scaled dot-product attention*), does all steps in one: it has no table to show.

# %% [markdown] tags=["slide"]
# - Hidden states: all token vectors, layer by layer
# - Attention: a table for each layer and head
# - `eager` shows the tables, `sdpa` has none
#
# **Six layers, seven hidden states.**

# %% [markdown] tags=["notes"]
# Ask why there are seven hidden states and not six. The first stands before all layers. Then let somebody read the
# shape (2, 12, 11, 11) aloud: sentences, heads, tokens that look, tokens looked at. The word *head* now has a second
# meaning: say so.

# %% tags=["nbval-check-output"]
torch.set_grad_enabled(False)  # gradients are for training
model.set_attn_implementation("eager")
out = model(**batch, output_hidden_states=True, output_attentions=True)
print("logits", tuple(out.logits.shape))
print(len(out.hidden_states), "hidden states, each", tuple(out.hidden_states[0].shape))
print(len(out.attentions), "tables of attention, each", tuple(out.attentions[0].shape))

# %% [markdown]
# - **Hidden states**: the vectors of all tokens, before the first layer and after each layer.
# - **Attention**: a table for each layer. Its shape: sentences, heads, tokens that look, tokens looked at. (Bad luck:
#   *head* has two meanings. These sit inside the layers.)
#
# ## Can I make the first vectors myself?
#
# Yes: look up three rows a token.

# %% [markdown] tags=["slide"]
# - Three rows for each token: word piece, place, segment
# - They are added, then LayerNorm
# - Checked: the library's own vectors

# %% [markdown] tags=["notes"]
# Say that from here on we only use additions and products. Ask what would be lost without the position rows. The usual
# answer is: nothing, the tokens stand in a row anyway. But the model does not see a row, it sees a set. The part about
# pairs can be skipped.

# %% tags=["nbval-check-output"]
tables = model.bert.embeddings
ids, segments = batch["input_ids"], batch["token_type_ids"]
token_rows = tables.word_embeddings.weight[ids]
position_rows = tables.position_embeddings.weight[torch.arange(ids.shape[1])]
segment_rows = tables.token_type_embeddings.weight[segments]
print(*(tuple(found.shape) for found in (token_rows, position_rows, segment_rows)))

# %% [markdown]
# - The **token** row says which word piece it is.
# - The **position** row says in which column it stands. Both sentences use the same rows.
# - The **segment** row says: first or second text of a pair.
#
# The three are added. Then `LayerNorm` brings each vector to mean 0 and spread 1 (the spread is the standard deviation;
# `eps` is tiny, against dividing by zero). Last, each number gets a learned size and shift.


# %%
def layer_norm(vectors, part):
    centred = vectors - vectors.mean(dim=-1, keepdim=True)
    variance = (centred**2).mean(dim=-1, keepdim=True)  # the square of the spread
    return centred / torch.sqrt(variance + part.eps) * part.weight + part.bias


embedded = layer_norm(token_rows + position_rows + segment_rows, tables.LayerNorm)
assert torch.allclose(embedded, out.hidden_states[0], atol=1e-5)

# %% tags=["record"]
course.record("embedding_difference", (embedded - out.hidden_states[0]).abs().max())

# %% [markdown]
# The `assert` is silent: our vectors are the library's, up to rounding. So we check each step.
#
# The segment row was the same everywhere. Give the model a pair, with its segment ids and without:

# %%
pair = tokenizer("Did it rain?", "Yes, the street is wet.", return_tensors="pt")
print(pair["token_type_ids"].tolist())
all_first = {**pair, "token_type_ids": torch.zeros_like(pair["input_ids"])}
change = (model(**pair).logits - model(**all_first).logits).abs().max()
print(f"a logit changes by up to {change:.4f}")

# %% tags=["record"]
course.record("segment_change", change)

# %% [markdown]
# They reach the logits, if only a little. {{ Lesson:task_shapes }} trains with pairs.
#
# ## How does a word learn about its neighbours?
#
# So far *bank* has the same token row in both sentences. Now comes **attention**. Think of a room full of people. Each
# token has three new vectors:
#
# - its **query**: what do I look for?
# - its **key**: what am I about?
# - its **value**: what do I tell those who listen to me?
#
# The way of one head, to scale:

# %% [markdown] tags=["slide"]
# | each token has | it says |
# |---|---|
# | a query | what do I look for? |
# | a key | what am I about? |
# | a value | what do I tell the others? |

# %% [markdown] tags=["notes"]
# Take the room as the picture: each person has a question, a badge, and something to tell. Then show the figure, and
# name the shapes. Ask what minus infinity is good for: most say it is an error. Softmax makes zero of it, so `[PAD]` is
# never heard. The trick with the largest score can be skipped.

# %%
from lessons.bert_for_sequence_classification.figures import one_head

heads = model.config.num_attention_heads
size = model.config.hidden_size // heads
one_head(tokens=len(tokens), numbers=size, heads=heads)

# %% [markdown]
# `A @ B` is the matrix product: each row of `A` meets each column of `B`. `.T` turns rows into columns. So each query
# meets each key, and each pair of tokens gets a score.
#
# The three vectors come out of **linear layers**: a matrix and a bias.


# %% tags=["nbval-check-output"]
def linear(vectors, part):
    return vectors @ part.weight.T + part.bias  # weight: a row for each output


attention = model.bert.encoder.layer[0].attention.self
parts = (attention.query, attention.key, attention.value)
queries, keys, values = (linear(embedded, part) for part in parts)
tuple(queries.shape), tuple(keys.shape), tuple(values.shape)

# %% [markdown]
# They hold all heads in a row. `unflatten` cuts the last axis into one piece for each head, and `transpose(1, 2)` swaps
# tokens and heads.


# %% tags=["nbval-check-output"]
def split(vectors):
    return vectors.unflatten(-1, (heads, -1)).transpose(1, 2)


print("all heads in one vector", tuple(queries.shape))
print("cut into heads         ", tuple(queries.unflatten(-1, (heads, -1)).shape))
print("heads moved forward    ", tuple(split(queries).shape))

# %% [markdown]
# 2 sentences, 12 heads, 11 tokens, 32 numbers: now each head can work alone. Why several? A head takes one mean for
# each token. A word that needs its verb *and* its adjective would get a mixture (Vaswani et al., 2017).
#
# A score is a **dot product**: multiply number by number, and add. It is large if query and key point the same way.
# More numbers make larger sums, so we divide by the root of their count.
#
# Nobody may look at `[PAD]`: its columns get minus infinity. The mask has two axes, the scores have four. Each `None`
# adds an axis of size 1, which is stretched to fit.

# %% tags=["nbval-check-output"]
import math

scores = split(queries) @ split(keys).transpose(-1, -2) / math.sqrt(size)
hidden_columns = batch["attention_mask"][:, None, None, :] == 0
print("scores", tuple(scores.shape), "mask", tuple(hidden_columns.shape))
scores = scores.masked_fill(hidden_columns, float("-inf"))
print("[CLS]:", [f"{score:.1f}" for score in scores[0, 0, 0].tolist()])

# %% [markdown]
# The last line is what `[CLS]` thinks of each token, in sentence 0 and head 0: minus infinity three times, for three
# `[PAD]`. We want shares that add up to 1. **Softmax** takes `exp` of each score, and divides by the sum. Written
# like that, it breaks:

# %% tags=["nbval-check-output"]
large = torch.tensor([1001.0, 1002.0, 1003.0])
print("plain: ", torch.exp(large) / torch.exp(large).sum())


def softmax(scores):
    shifted = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    return shifted / shifted.sum(dim=-1, keepdim=True)


print("stable:", softmax(large))
assert torch.allclose(softmax(large), torch.softmax(large, dim=-1))

# %% [markdown]
# `nan`: *not a number*. The `exp` of 1001 is too big for the computer. So we first subtract the largest score: only
# differences count.
#
# With these shares, the **attention weights**, each token takes a mean of all values.

# %% tags=["nbval-check-output"]
shares = softmax(scores)
assert torch.allclose(shares, out.attentions[0], atol=1e-5)
mixed = shares @ split(values)
joined = mixed.transpose(1, 2).flatten(-2)
print("largest weight of a [PAD]:", shares.masked_select(hidden_columns).max().item())
print(tuple(shares.shape), tuple(mixed.shape), tuple(joined.shape))

# %% [markdown]
# `[PAD]` gets exactly 0: that is why padding does not change the answer. In the last shape all heads are back in one
# vector.
#
# **Try it.** Leave out the root: `softmax(scores * math.sqrt(size))`. How large is a token's largest weight, on average
# (`.amax(-1).mean()`)?
#
# <details><summary>An answer</summary>
#
# 0.87; with the root it is 0.45. Now nearly every token listens to one token only. Such a softmax has very small
# gradients and hardly learns. That is why one divides (Vaswani et al., 2017).
#
# </details>

# %% tags=["try"]
before = softmax(scores).amax(-1).mean().item()
after = softmax(scores * math.sqrt(size)).amax(-1).mean().item()
if course.profile == "laptop":
    assert (round(before, 2), round(after, 2)) == (0.45, 0.87)

# %% [markdown]
# ## What else is in a layer?
#
# - A linear layer mixes the heads. Its result is *added* to what we had: a **residual connection**. So attention only
#   has to find what is new. LayerNorm follows.
# - The **feed-forward** part, for each token alone: make the vector four times as long, bend it, make it short again.
#   The bend, **GELU**, pushes negative numbers towards 0. Without it, two matrices would be no more than one.

# %% [markdown] tags=["slide"]
# - Attention: each token hears the others
# - Feed-forward: each token works alone
# - Both results are *added* to what was there

# %% [markdown] tags=["notes"]
# Ask why one adds, instead of replacing. Nobody has to find everything anew: a part only says what is new. Then run the
# cell. Say that these ten lines are a whole layer, and that the check was silent.


# %%
def gelu(numbers):
    return numbers * 0.5 * (1 + torch.erf(numbers / math.sqrt(2)))


layer = model.bert.encoder.layer[0]
news = linear(joined, layer.attention.output.dense)
after_attention = layer_norm(embedded + news, layer.attention.output.LayerNorm)
wide = gelu(linear(after_attention, layer.intermediate.dense))
narrow = linear(wide, layer.output.dense)
after_layer = layer_norm(after_attention + narrow, layer.output.LayerNorm)
assert torch.allclose(after_layer, out.hidden_states[1], atol=1e-5)

# %% tags=["record"]
course.record("layer_difference", (after_layer - out.hidden_states[1]).abs().max())

# %% [markdown]
# The library's first layer, and all lines of our list are used.
#
# ## Can I get the same logits?
#
# The other layers do the same with other weights. So our steps become one function.

# %% [markdown] tags=["slide"]
# - Six layers: the same steps, other weights
# - Pooler: `[CLS]` alone, one matrix, `tanh`
# - Head: one score for each class
#
# **By hand, the library's numbers.**

# %% [markdown] tags=["notes"]
# Do not read the function, it only collects what we had. Go to the output at once: two lines, equal to the last digit.
# Ask what is left that nobody understands. If the answer is *nothing*, make a break here.


# %%
def encoder_layer(vectors, layer, hidden_columns):
    attention = layer.attention
    queries = split(linear(vectors, attention.self.query))
    keys = split(linear(vectors, attention.self.key))
    values = split(linear(vectors, attention.self.value))
    scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
    shares = softmax(scores.masked_fill(hidden_columns, float("-inf")))
    joined = (shares @ values).transpose(1, 2).flatten(-2)
    news = linear(joined, attention.output.dense)
    vectors = layer_norm(vectors + news, attention.output.LayerNorm)
    narrow = linear(gelu(linear(vectors, layer.intermediate.dense)), layer.output.dense)
    return layer_norm(vectors + narrow, layer.output.LayerNorm)


# %% [markdown]
# Two steps are left. The pooler takes the vector of `[CLS]`, and forgets the others. A linear layer follows, and
# `tanh`, which presses all numbers between -1 and 1. Then the head.

# %% tags=["slide"]
vectors = embedded
for layer in model.bert.encoder.layer:
    vectors = encoder_layer(vectors, layer, hidden_columns)
pooled = torch.tanh(linear(vectors[:, 0], model.bert.pooler.dense))
logits = linear(pooled, model.classifier)
print("by hand:", logits[0].numpy().round(4))
print("library:", out.logits[0].numpy().round(4))
assert torch.allclose(logits, out.logits, atol=1e-5)

# %% tags=["record"]
course.record("logits_difference", (logits - out.logits).abs().max())

# %% [markdown]
# That is BERT: look-up, additions, matrix products, softmax, GELU, tanh. (And **dropout**, which sets random numbers to
# zero in training. `from_pretrained` switches it off.)
#
# ## And where is the label?
#
# Softmax turns the logits into probabilities. `argmax` takes the place of the largest.

# %% [markdown] tags=["slide"]
# - Softmax: logits become probabilities
# - `argmax`: the place of the largest one
# - A random head: all four near a quarter

# %% [markdown] tags=["notes"]
# Show the two answers, and ask whether *optimism* is right. Some begin to defend it. But the head was never trained, so
# it is chance. Say: a label always comes out, even if nobody has learned anything.

# %%
for sentence, row in zip(sentences, logits, strict=True):
    probabilities = softmax(row)
    label = names[probabilities.argmax().item()]
    print([f"{p:.3f}" for p in probabilities.tolist()], "->", label, "|", sentence)
assert torch.equal(softmax(logits).argmax(-1), logits.argmax(-1))  # the same order

# %% [markdown]
# Do not believe it: the head is random, and all four are close to a quarter.
#
# **Try it.** Does the order of the words matter? Compare the logits of *the dog bit the man* and *the man bit the dog*.
# Then do it with `tables.position_embeddings.weight.zero_()`. Keep a `clone()` of that table first, and `copy_` it back
# afterwards.
#
# <details><summary>An answer</summary>
#
# At first the logits differ. With all position rows at zero they are equal, up to rounding. What the model knows about
# order comes from that table alone.
#
# </details>

# %% tags=["try"]
asked = ["the dog bit the man", "the man bit the dog"]
dogs = tokenizer(asked, return_tensors="pt")
table = tables.position_embeddings.weight
kept = table.clone()
one, two = model(**dogs).logits
assert not torch.allclose(one, two, atol=1e-4)
table.zero_()
one, two = model(**dogs).logits
assert torch.allclose(one, two, atol=1e-6)
table.copy_(kept)

# %% [markdown]
# > **A good place to rest.** So far:
# >
# > 1. Embeddings: three rows for each token, added.
# > 2. Layers: attention mixes tokens, feed-forward works on each alone.
# > 3. Pooler and head: one vector for each text, one score for each class.
#
# ## What changes from layer to layer?
#
# Take ten words with two meanings, three sentences each: *bank* at a river, at a river again, with savings. Do the
# layers pull the meanings apart? We compare the word's vectors with the cosine ({{ lesson:hugging_face_basics }}): 1
# means the same direction.

# %% [markdown] tags=["slide"]
# - Ten words with two meanings, *bank* and others
# - Layer 0: one word, nearly one vector
# - Later layers pull two meanings apart
#
# **Ten words are a small test.**

# %% [markdown] tags=["notes"]
# Ask: is *bank* at a river the same vector as *bank* with money? At layer 0 it is, up to the place. The figure and the
# counts are in the notebook: two of ten words at layer 0, nearly all at the end. Then tell with pleasure that the
# famous example fails in the last layer.


# %%
from lessons.bert_for_sequence_classification.sentences import MEANINGS


def word_in_each_layer(word, text):
    alone = tokenizer(text, return_tensors="pt")
    place = alone["input_ids"][0].tolist().index(tokenizer.convert_tokens_to_ids(word))
    states = model(**alone, output_hidden_states=True).hidden_states
    return torch.stack([state[0, place] for state in states])


same, different = [], []
for word, texts in MEANINGS.items():
    here, again, elsewhere = (word_in_each_layer(word, text) for text in texts)
    same.append(torch.cosine_similarity(here, again, dim=-1))
    different.append(torch.cosine_similarity(here, elsewhere, dim=-1))

# %% tags=["skip"]
same, different = torch.stack(same), torch.stack(different)
layers = range(same.shape[1])
series = {"same meaning": same, "two meanings": different}
plots.lines(
    {name: (layers, table.mean(0).tolist()) for name, table in series.items()},
    "One word in two sentences: how alike?",
    x="layer (0: the embeddings)",
    y="cosine, mean of ten words",
)

# %% [markdown]
# For how many words is the pair with the same meaning closer?

# %%
closer = same > different
print("closer, from layer 0 to the last:", closer.sum(0).tolist(), "of", len(closer))
failed = [word for word, yes in zip(MEANINGS, closer[:, -1], strict=True) if not yes]
print("not closer in the last layer:", failed)

# %% tags=["record"]
course.record("same_meaning_first", same.mean(0)[0])
course.record("same_meaning_last", same.mean(0)[-1])
course.record("two_meanings_first", different.mean(0)[0])
course.record("two_meanings_last", different.mean(0)[-1])

# %% [markdown]
# At layer 0 a word has one vector, and only its place moves it. Then the layers pull them apart, for nearly all
# words. One fails in the last layer: *bank*, of all words.
#
# Ten words are a small test.
#
# ## What does a head look at?
#
# We search the tables for four habits: weight on the previous token, on the next, on `[CLS]`
# or `[SEP]`, and *all around*: 1 minus the largest weight.

# %% [markdown] tags=["slide"]
# - The weight: how much a token listens
# - The value: how much there is to hear
# - Here `[CLS]` has most weight, and the shortest value
#
# **A bright square is no proof.**

# %% [markdown] tags=["notes"]
# Show the four tables, and wait: the room soon tells stories about *bank* and *savings*. Then say that these heads were
# chosen as extreme. The norms in the notebook: 0.4 for `[CLS]`, 2 to 4 for the others. Ask how one could really find
# out which word matters: change it, and see.


# %%
def attention_of(text):
    alone = tokenizer(text, return_tensors="pt")
    return torch.stack(model(**alone, output_attentions=True).attentions)[:, 0]


def measure_habits(found):
    here = torch.arange(1, found.shape[-1])  # rows or columns, all but the first
    return {
        "previous token": found[..., here, here - 1].mean(-1),
        "next token": found[..., here - 1, here].mean(-1),
        "[CLS] or [SEP]": (found[..., 0] + found[..., -1]).mean(-1),
        "all around": 1 - found.amax(-1).mean(-1),
    }


# %%
measured = [
    measure_habits(attention_of(text)) for texts in MEANINGS.values() for text in texts
]
places = {}
for habit in measured[0]:
    table = torch.stack([one[habit] for one in measured]).mean(0)
    places[habit] = divmod(table.argmax().item(), heads)
    print(f"{habit:<15} strongest in layer, head {places[habit]}: {table.max():.2f}")

# %% [markdown]
# We draw these four heads on one sentence.

# %%
from lessons.bert_for_sequence_classification.figures import attention_heads

savings = MEANINGS["bank"][2]
found = attention_of(savings)
chosen = {
    f"layer {layer}, head {head}: {habit}": found[layer, head].tolist()
    for habit, (layer, head) in places.items()
}
tokens = tokenizer.convert_ids_to_tokens(tokenizer(savings)["input_ids"])
attention_heads(chosen, tokens, "Four heads, one sentence")

# %% [markdown]
# Read a row: this token looks at the bright columns.
#
# - top left: each token looks at the one before it; top right: at the next one, or at `[CLS]`;
# - bottom left: everybody looks at `[CLS]`;
# - bottom right: many look at many others a little. But `bank` looks most at `savings`.
#
# Does *bank* find its meaning there? One bright square proves nothing, and we *chose* these four as extreme.
#
# And does `[CLS]` decide so much, bottom left? An attention weight says how much a token listens, not whether there is
# anything to hear. What is handed over is weight times value. How big is each value? Its **norm** is the length of the
# arrow.

# %%
layer, head = places["[CLS] or [SEP]"]
alone = tokenizer(savings, return_tensors="pt")
states = model(**alone, output_hidden_states=True).hidden_states[layer]
values = linear(states, model.bert.encoder.layer[layer].attention.self.value)
norms = split(values)[0, head].norm(dim=-1)
for token, weight, norm in zip(tokens, found[layer, head].mean(0), norms, strict=True):
    print(f"{token:<8} mean weight {weight:.2f}, norm of its value {norm:.2f}")

# %% [markdown]
# `[CLS]` gets 92% of the weight, and its value is the shortest by far. The head looks at a place where almost nothing
# is said: perhaps its way of doing nothing.
#
# Clark et al. (2019) saw the same in BERT base, with `[SEP]`: a "no-op". Multiplied by the norms, little attention is
# left there (Kobayashi et al., 2020). So attention shows where a head looks. Whether it explains the answer is disputed
# (Jain and Wallace, 2019; Wiegreffe and Pinter, 2019). To learn what a word does, change the word and see.
#
# ## Which vector stands for the whole text?
#
# A classifier needs one vector. We have one for each token. Choosing is called **pooling**. Four ways, BERT's own
# first:

# %% [markdown] tags=["slide"]
# - A vector for each token, but one is wanted
# - `[CLS]`, pooler, maximum or mean
# - Maximum and mean need the mask

# %% [markdown] tags=["notes"]
# Ask for the best of the four before you go on, and write the votes down: they are needed in the next section. Point at
# the two means: without the mask the same sentence has another vector. Attentive pooling can be skipped, another lesson
# trains it.


# %%
def pool(batch):
    out = model.bert(**batch)
    hidden, mask = out.last_hidden_state, batch["attention_mask"].bool().unsqueeze(-1)
    return {
        "[CLS], pooler": out.pooler_output,
        "[CLS]": hidden[:, 0],
        "maximum": hidden.masked_fill(~mask, float("-inf")).amax(dim=1),
        "mean": (hidden * mask).sum(dim=1) / mask.sum(dim=1),
    }


{name: tuple(made.shape) for name, made in pool(batch).items()}

# %% [markdown]
# Maximum and mean need the mask. What happens to a mean without it?

# %% tags=["slide"]
short = tokenizer(sentences[0], return_tensors="pt")
for name, each in {"alone": short, "in our batch": batch}.items():
    plain = model.bert(**each).last_hidden_state.mean(dim=1)
    masked = pool(each)["mean"]
    print(f"{name:<12} mean {plain[0, 0]:.4f}, mean with mask {masked[0, 0]:.4f}")

# %% [markdown]
# The plain mean counts `[PAD]` too, so the same sentence gets another vector in another batch.
#
# A fifth way is **attentive pooling**. A learned vector, `ask`, gives each token a score, and softmax makes shares of
# them. Before any training, at zero, it is the mean:

# %%
ask = torch.zeros(model.config.hidden_size)
hidden = model.bert(**batch).last_hidden_state
scores = (hidden @ ask).masked_fill(batch["attention_mask"] == 0, float("-inf"))
attentive = (softmax(scores).unsqueeze(-1) * hidden).sum(dim=1)
assert torch.allclose(attentive, pool(batch)["mean"], atol=1e-5)

# %% [markdown]
# {{ Lesson:long_texts }} trains such a vector.
#
# Is the pooler any good? Biases begin at zero, and training moves them. Which ones are still zero?

# %% tags=["nbval-check-output"]
for name, weight in model.named_parameters():
    if name.endswith("bias") and not weight.any():
        print(f"{name:<24} {len(weight)} numbers, all zero")

# %% [markdown]
# The head, as expected. But the pooler was in the file, and was not `MISSING`. Still, nobody has trained it: this
# checkpoint was trained with the mean, says its card, which goes around the pooler. In BERT base it was trained. No
# table tells you which you have.
#
# ## Assumption and sceptic
#
# > **Assumption:** *`[CLS]` pooling is always best. It was made to hold the sentence.*
# >
# > **Sceptic:** *In which checkpoint? It holds what its training asked for.*
#
# The encoder stays as it is, **frozen**. A logistic regression learns the emotion from the vectors. Such a small test
# is called a **probe**.

# %% [markdown] tags=["slide"]
# - *"`[CLS]` pooling is always best."*
# - *In which checkpoint?*
# - Here the mean wins clearly: it was trained for it
#
# **After a fine-tuning the lead is small, and unsure.**

# %% [markdown] tags=["notes"]
# Compare with the votes. Most took `[CLS]`, since it was made for that. Point at the intervals: that of the mean lies
# above both with `[CLS]`. Say also what speaks against us: this checkpoint was trained for the mean.

# %%
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"))
train = posts["train"].select(range(course.pick(laptop=800, full=2000, smoke=40)))
test = posts["test"].select(range(24)) if course.profile == "smoke" else posts["test"]
print(len(train), "posts to learn from,", len(test), "to judge")
print(train[0]["text"], "->", labels[train[0]["label"]])

# %% [markdown]
# All posts, with the fast attention.


# %%
def tokenize(texts):
    settings = {"padding": True, "truncation": True, "max_length": 64}
    return tokenizer(texts, **settings, return_tensors="pt").to(course.device)


def pool_all(rows):
    batches = [pool(tokenize(part["text"])) for part in rows.iter(32)]
    return {way: torch.cat([each[way] for each in batches]).cpu() for way in batches[0]}


model.set_attn_implementation("sdpa")
model.to(course.device)
train_vectors, test_vectors = pool_all(train), pool_all(test)

# %% [markdown]
# The probe brings each column to the same spread. `C` says how large its weights may get. 0.01 is strict: with 384
# columns and 800 posts it could learn the posts by heart.

# %%
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

truth = np.array(test["label"])
probes, right = {}, {}
for way, made in train_vectors.items():
    regression = LogisticRegression(C=0.01, max_iter=1000)
    probes[way] = make_pipeline(StandardScaler(), regression)
    probes[way].fit(made.numpy(), train["label"])
    right[way] = probes[way].predict(test_vectors[way].numpy()) == truth

# %% [markdown]
# `interval` draws the posts anew, thousands of times ({{ lesson:start_here }}): 95% of the drawn scores lie between its
# ends. The gain counts +1 where only the mean is right, -1 where only `[CLS]` is.

# %%
from course_utils.statistics import interval

lazy = {"always the most common label": truth == np.bincount(train["label"]).argmax()}
results = {way: interval(values) for way, values in (lazy | right).items()}
points = right["mean"].astype(int) - right["[CLS]"]
gain, low, high = interval(points)
won, lost = (points == 1).sum(), (points == -1).sum()
print(f"({won} - {lost}) / {len(test)} = {gain:+.1%}, from {low:+.1%} to {high:+.1%}")
plots.scores(results, f"One vector for a text: four ways, {len(test):,} unseen posts")

# %% tags=["record"]
course.record("majority_accuracy", results["always the most common label"][0])
course.record("pooler_accuracy", right["[CLS], pooler"].mean())
course.record("cls_accuracy", right["[CLS]"].mean())
course.record("mean_accuracy", right["mean"].mean())
course.record("maximum_accuracy", right["maximum"].mean())
course.record("mean_minus_cls", gain)
course.record("mean_minus_cls_low", low)

# %% [markdown]
# The mean wins, and the whole interval of the gain lies above zero. So *always* is wrong. But our judge is partial:
# this checkpoint was trained for the mean.
#
# **And when I fine-tune?** We trained the upper three layers on the same posts with four seeds (`pooling.py` in this
# lesson's folder). Pooler 71.7%, `[CLS]` 71.2%, mean 73.3%. Mean minus `[CLS]`: +2.1 points, from -0.2 to +4.4, and
# four seeds are few. Trained layers learn to fill the vector that the head reads. We take the mean: it lost nowhere.
#
# ## Is the head more than a logistic regression?
#
# A lecture on BERT fine-tuning calls the classification head "a small feed-forward layer", and elsewhere "usually a
# linear layer". In BERT it is linear: one matrix, one bias. A logistic regression is that, too, so our probe should
# fit in.
#
# The probe scales first: `w @ (x - m) / s + b`, with mean `m` and spread `s` of each column. That is
# `(w / s) @ x + (b - (w / s) @ m)`: again one matrix and one bias.

# %% [markdown] tags=["slide"]
# - BERT's head: one matrix, one bias
# - A logistic regression: one matrix, one bias
# - So its numbers fit into the model

# %% [markdown] tags=["notes"]
# Ask what the difference is between the two. The usual answer: the head is deep learning. Then copy the numbers over,
# and the scores agree. The algebra of the scaling can be skipped: say that it is again one matrix and one bias.

# %%
scaler, regression = probes["[CLS], pooler"]
weight = regression.coef_ / scaler.scale_
bias = regression.intercept_ - weight @ scaler.mean_
model.classifier.weight.copy_(torch.tensor(weight).float())
model.classifier.bias.copy_(torch.tensor(bias).float())

from_model = model(**tokenize(test[:20]["text"])).logits.cpu().numpy()
from_probe = probes["[CLS], pooler"].decision_function(test_vectors["[CLS], pooler"])
assert np.allclose(from_model, from_probe[:20], atol=1e-3)

# %% tags=["record"]
course.record("head_difference", np.abs(from_model - from_probe[:20]).max())

# %% [markdown]
# The same scores. (Heads of two layers exist, too. DistilBERT has no pooler; its head brings a `pre_classifier`, which
# is also `MISSING`.) Now the model has a trained head:

# %%
from transformers import pipeline

classifier = pipeline("text-classification", model=model, tokenizer=tokenizer)
classifier(["We won, I can't stop smiling!", "They lied to us. Again. I'm furious."])

# %% [markdown]
# Both are right. (Both were easy.)
#
# ## What happens at token 513?
#
# A diary. First 25 cheerful posts, then 25 angry ones. How long is it?

# %% [markdown] tags=["slide"]
# - 512 position rows: the next token has none
# - Cutting loses the end of a text
# - Windows read all of it, and may disagree
#
# **Read the windows before you join them.**

# %% [markdown] tags=["notes"]
# Ask what the model does with one token more: slower, worse, or an error? Many say slower. Read the error aloud, and
# ask who can explain the two numbers. Then show the windows: joy at the beginning, anger at the end. Which answer is
# right depends on the question.

# %%
cheerful = posts["test"].filter(lambda post: post["label"] == numbers["joy"])
angry = posts["test"].filter(lambda post: post["label"] == numbers["anger"])
halves = [" ".join(mood[:25]["text"]) for mood in (cheerful, angry)]
long = tokenizer(" ".join(halves), return_tensors="pt").to(course.device)
turn = len(tokenizer(halves[0])["input_ids"]) - 1
print(long["input_ids"].shape[1], "tokens; the anger begins at token", turn)

# %% [markdown]
# The tokenizer only warned. What does the model do with 512 of them? And with 513?

# %% tags=["nbval-check-output", "slide"]
for count in (512, 513):
    part = {name: tensor[:, :count] for name, tensor in long.items()}
    try:
        print(count, "tokens: fine,", tuple(model(**part).logits.shape))
    except RuntimeError as error:
        print(count, "tokens:", type(error).__name__, "-", error)

# %% [markdown]
# You have built the embeddings, so you can read it. 513 token rows want to be added to 512 position rows. There is no
# 513th row.
#
# You can cut: `truncation=True`. Here that loses nearly all the anger. Or slide a **window** over the text:
# `return_overflowing_tokens=True`. Two windows overlap by `stride` tokens.

# %% tags=["nbval-check-output"]
settings = {"max_length": model.config.max_position_embeddings, "stride": 64}
windows = tokenizer(
    " ".join(halves),
    truncation=True,
    return_overflowing_tokens=True,
    padding=True,
    return_tensors="pt",
    **settings,
)
owner = windows.pop("overflow_to_sample_mapping")  # no input of the model
print("belong to text", owner.tolist())
first, second = windows["input_ids"][:2]
assert torch.equal(first[-65:-1], second[1:65])

# %% [markdown]
# Three windows, all of text 0. They overlap by 64 tokens, so a sentence of up to 64 tokens is whole in at least one
# window.
#
# Two ways to one answer: the **mean** of the logits, or a **majority vote**.

# %%
window_logits = model(**windows.to(course.device)).logits.cpu()
answers = {f"window {number}": row for number, row in enumerate(window_logits)}
answers["mean of the logits"] = window_logits.mean(0)
print(" " * 20, *(f"{label:>9}" for label in labels))
for name, row in answers.items():
    print(f"{name:<20}", *(f"{p:>9.2f}" for p in softmax(row).tolist()))
votes = window_logits.argmax(-1).bincount(minlength=len(labels))
print(f"{'votes':<20}", *(f"{count:>9}" for count in votes.tolist()))

# %% tags=["record"]
course.record("cut_joy", softmax(window_logits[0])[numbers["joy"]])
course.record("last_window_anger", softmax(window_logits[-1])[numbers["anger"]])

# %% [markdown]
# Window 0 is what `truncation=True` would read: a happy diary. The last one is angry. Window 1 is mostly angry, too:
# our head does not see it. The mean washes joy and anger out. The vote is a tie.
#
# Which is right? *How does it end?* wants the last window. *Was there ever anger?* wants the angriest one. Look at the
# windows before you average them. ({{ Lesson:long_texts }} compares more ways.)
#
# **Try it.** Make smaller windows: `max_length` 128, `stride` 32. Where does the mood turn?
#
# <details><summary>An answer</summary>
#
# There are 12 windows. Joy leads in the first five, anger in the last two. Those between say neither.
#
# </details>

# %% tags=["try"]
settings = {"max_length": 128, "stride": 32, "return_overflowing_tokens": True}
settings |= {"truncation": True, "padding": True, "return_tensors": "pt"}
small = tokenizer(" ".join(halves), **settings)
small.pop("overflow_to_sample_mapping")
small_logits = model(**small.to(course.device)).logits.cpu()
moods = [names[number] for number in small_logits.argmax(-1).tolist()]
if course.profile == "laptop":
    assert len(moods) == 12
    assert moods[:5] == ["joy"] * 5
    assert moods[-2:] == ["anger"] * 2
    assert moods[5] != "joy"
    assert "anger" not in moods[:-2]

# %% [markdown]
# ## Why 512, and not more?
#
# "Because attention grows with the square of the length", one reads. We count multiplications in a layer. Each token
# goes through our list of matrices: four square ones, two long ones. And it meets each token twice: for scores, and for
# mixing.

# %% [markdown] tags=["slide"]
# | tokens | share of attention in the work |
# |---|---|
# | 128 | 5% |
# | 512 | 18% |
# | 4,096 | 64% |
#
# **The limit is a table with 512 rows.**

# %% [markdown] tags=["notes"]
# Ask why BERT stops at 512. Nearly everybody says: because of the square. Point at 18%: at this length the matrices are
# still most of the work. This section can be skipped, if the room is tired.

# %% tags=["nbval-check-output"]
width, between = model.config.hidden_size, model.config.intermediate_size
print("tokens  in matrices  in attention (millions, one layer)")
for count in (64, 128, 256, 512, 4096, 16384):
    in_matrices = count * (4 * width * width + 2 * width * between) / 1e6
    in_attention = 2 * count * count * width / 1e6
    share = in_attention / (in_matrices + in_attention)
    print(f"{count:>6} {in_matrices:>12,.0f} {in_attention:>13,.0f} = {share:.0%}")

# %% [markdown]
# Twice the tokens: twice the work in the matrices, four times in attention. That is the square. But attention begins
# small: less than a fifth at 512 tokens, more than half at 4,096. The wall at 512 is another thing: the position table
# ends.
#
# ## In this notebook we have
#
# - **opened** a BERT classifier, with all its shapes and sizes;
# - **rebuilt** the forward pass by hand, and got the library's logits;
# - **read** in hidden states how layers separate meanings, and seen a head that looks where nothing is said;
# - **compared** four ways of pooling, and seen that *always* is wrong;
# - **handled** a text beyond 512 tokens.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `MISMATCH` | the file has a head of another size | keep its classes, or `ignore_mismatched_sizes=True` and train |
# | `output_attentions=True` gives an empty tuple | fast attention makes no table | `model.set_attn_implementation("eager")` after each loading |
# | another answer at each call | dropout is on | `model.eval()` |
# | `The size of tensor a (513) must match`, or (without `token_type_ids`) `The expanded size of the tensor (513)` | the text is too long | `truncation=True`, or windows |
# | another vector in another batch | the mean counts `[PAD]` | multiply with the mask first |
#
# **Next:** {{ lesson:training_loop }} trains this model with a loop that you write yourself.
