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
# - **open** a BERT classifier, and name its parts, their shapes and their sizes;
# - **rebuild** its whole forward pass by hand, and get the library's own numbers;
# - **read** hidden states and attention, and say what they do not show;
# - **compare** four ways to make one vector out of a text;
# - **handle** a text that is longer than the model allows.
#
# {{ times }}
#
# In {{ lesson:start_here }} the model was a closed box: a tweet went in, a label came out. Today we open the box.
# Halfway down this page we compute the same output ourselves, out of the weights, step by step.
# We train no model today. We only look.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("bert_for_sequence_classification", PROFILE)

# %% [markdown]
# ## What do I get when I ask for four classes?
#
# Say you want to sort messages into four classes. One argument does it: `num_labels=4`.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer, BertForSequenceClassification

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model, report = BertForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4, output_loading_info=True
)
print("last layer:", model.classifier)
print("missing in the file:", sorted(report["missing_keys"]))

# %% [markdown]
# The last layer is called the **head**. It is an `nn.Linear`: many numbers go in, four come out, one for each class.
#
# The file does not contain it. That is what the word `MISSING` means in the table which the library shows.
# (`output_loading_info=True` gives us that table as data.) The library has filled the head with random numbers. Each
# time we load the model today, the table comes back. It is no error.
#
# In {{ lesson:start_here }} we wrote `AutoModelForSequenceClassification`. It reads `config.json` and picks the class
# that we name here ourselves. Now two classes, four, six:

# %% tags=["nbval-check-output"]
for classes in (2, 4, 6):
    other = BertForSequenceClassification.from_pretrained(
        course.checkpoint, num_labels=classes
    )
    weight, bias = other.classifier.weight, other.classifier.bias
    print(f"{classes} classes: weight {tuple(weight.shape)}, bias {tuple(bias.shape)}")
print(other.config.id2label)

# %% [markdown]
# Only the head changes: one row of weights and one bias for each class.
#
# The last line shows the names of the classes. `LABEL_0` is no name. Your users will see it in every answer, so give
# real names. Then `num_labels` is not needed: four names make four classes.

# %% tags=["nbval-check-output"]
labels = ["anger", "joy", "optimism", "sadness"]
names = dict(enumerate(labels))
numbers = {name: number for number, name in names.items()}
model = BertForSequenceClassification.from_pretrained(
    course.checkpoint, id2label=names, label2id=numbers
)
model.config.num_labels, model.config.id2label

# %% [markdown]
# ## Why does my six-class model refuse four classes?
#
# You have a model with six classes on your disk. Now you need four. What happens?

# %% tags=["nbval-check-output"]
six = course.workdir / "six_classes"
other.save_pretrained(six)
try:
    BertForSequenceClassification.from_pretrained(six, id2label=names, label2id=numbers)
except RuntimeError as error:
    print(type(error).__name__, "-", error)

# %% [markdown]
# "The above report" is a table in the log. It has a line `classifier.weight | MISMATCH`: in the file the head has six
# rows, and you asked for four. The library does not guess. You have two ways out:
#
# - you want the six classes: leave out `id2label` and `num_labels`;
# - you want a new head: say that the old one may be thrown away.

# %% tags=["nbval-check-output"]
mended, report = BertForSequenceClassification.from_pretrained(
    six,
    id2label=names,
    label2id=numbers,
    ignore_mismatched_sizes=True,
    output_loading_info=True,
)
for name, found, made in sorted(report["mismatched_keys"]):
    print(f"{name:<18} in the file {tuple(found)}, now {tuple(made)}")

# %% [markdown]
# The new head is random again. Everything below it came out of the file. So you must train before you use it.
#
# ## Where are all the weights?
#
# The model has four parts with weights in them. A text goes through them from top to bottom.

# %% tags=["nbval-check-output"]
parts = {
    "embeddings": "bert.embeddings",  # numbers of word pieces -> vectors
    "encoder": "bert.encoder",  # vectors -> vectors that know their neighbours
    "pooler": "bert.pooler",  # many vectors -> one vector
    "head": "classifier",  # one vector -> one number for each class
}
for name, path in parts.items():
    print(f"{name:<11} {type(model.get_submodule(path)).__name__}")

# %% [markdown]
# How big is each? And how does our model compare with BERT base, the model of the paper (Devlin et al., 2019)?
# We need no download for that. `BertConfig()` without arguments is the plan of BERT base. On the device `meta`,
# tensors have a shape and no content.

# %% tags=["nbval-check-output"]
import torch
from transformers import BertConfig

with torch.device("meta"):
    base = BertForSequenceClassification(BertConfig(num_labels=4))

sizes = {"this checkpoint": {}, "BERT base": {}}
for whole, part_sizes in zip((model, base), sizes.values(), strict=True):
    for name, path in parts.items():
        weights = whole.get_submodule(path).parameters()
        part_sizes[name] = sum(weight.numel() for weight in weights)
for name in parts:
    print(f"{name:<11}", *(f"{part[name]:>12,}" for part in sizes.values()))
print(f"{'together':<11}", *(f"{sum(part.values()):>12,}" for part in sizes.values()))

# %%
from course_utils import plots

millions = {
    whole: {name: size / 1e6 for name, size in part_sizes.items()}
    for whole, part_sizes in sizes.items()
}
plots.stacked_bars(millions, "Where the weights are", "million weights")

# %% tags=["record"]
course.record("million_weights", sum(millions["this checkpoint"].values()))
course.record("million_weights_base", sum(millions["BERT base"].values()))

# %% [markdown]
# "110 million" is what people say about BERT base. It is 109.5, with a head for four classes.
#
# With the offline checkpoint, more than half of the weights are embeddings: a table with a row for each word piece.
# In BERT base most weights are in the encoder. Pooler and head are so thin that you hardly see them.
# And only the head is new. Fine-tuning starts with nearly everything in place.
#
# Let us see the rows and columns. First the three tables of the embeddings, then one layer of the encoder.

# %% tags=["nbval-check-output"]
config = model.config
print(config.num_hidden_layers, "layers,", config.num_attention_heads, "heads each")
for part in (model.bert.embeddings, model.bert.encoder.layer[0]):
    print()
    for name, weight in part.named_parameters():
        if name.endswith("weight"):
            print(f"{name:<34} {tuple(weight.shape)}")

# %% [markdown]
# Keep this list in view. (Most weights have a bias too, which is left out here.) All layers have the same list; pooler
# and head are one matrix each. When we have used each line once, we have rebuilt BERT.
#
# ## What goes in, and what comes out?
#
# Two sentences. They are not equally long, so the shorter one is padded ({{ lesson:tokenization }}).

# %% tags=["nbval-check-output"]
sentences = ["The river broke its bank.", "She keeps her savings in a small bank."]
batch = tokenizer(sentences, padding=True, return_tensors="pt")
for row in batch["input_ids"]:
    print(tokenizer.convert_ids_to_tokens(row))
print({name: tuple(tensor.shape) for name, tensor in batch.items()})

# %% [markdown]
# Three tables of the same shape: two rows, eleven columns. Now ask for the output, and for all that happens on the way.
# We switch gradients off: they are for training.

# %% tags=["nbval-check-output"]
torch.set_grad_enabled(False)
out = model(**batch, output_hidden_states=True, output_attentions=True)
print("logits", tuple(out.logits.shape))
print(len(out.hidden_states), "hidden states, each", tuple(out.hidden_states[0].shape))
print(len(out.attentions), "tables of attention")

# %% [markdown]
# - **Logits**: two rows, four columns. A score for each sentence and each class.
# - **Hidden states**: a vector for each token. One set before the first layer and one after each layer. So there is
#   always one more than there are layers.
# - **Attention**: none, although we asked for it. Why?
#
# The log says it: `sdpa` attention does not support `output_attentions=True`. SDPA is a fast way to compute attention.
# It does all steps in one, and so the table in the middle is never there to be shown. The plain way is called `eager`.

# %% tags=["nbval-check-output"]
model.set_attn_implementation("eager")
out = model(**batch, output_hidden_states=True, output_attentions=True)
print(len(out.attentions), "tables of attention, each", tuple(out.attentions[0].shape))

# %% [markdown]
# Now one table for each layer. Its shape, read from the left: sentences, heads, tokens that look, tokens looked at.
#
# ## Can I make the first vectors myself?
#
# The first part is easy: look up rows. For each token we take three rows out of three tables.

# %% tags=["nbval-check-output"]
tables = model.bert.embeddings
ids, segments = batch["input_ids"], batch["token_type_ids"]
token_rows = tables.word_embeddings.weight[ids]
position_rows = tables.position_embeddings.weight[torch.arange(ids.shape[1])]
segment_rows = tables.token_type_embeddings.weight[segments]
for rows in (token_rows, position_rows, segment_rows):
    print(tuple(rows.shape))

# %% [markdown]
# - The **token** row says which word piece it is.
# - The **position** row says in which column it stands. Both sentences use the same rows, so two numbers are enough.
# - The **segment** row says: first or second text of a pair ({{ lesson:tokenization }}). We have no pairs, so it is the
#   same everywhere.
#
# The three rows are added. Then `LayerNorm` brings each vector to mean 0 and spread 1, and gives each of its numbers a
# learned size and shift.


# %%
def layer_norm(vectors, part):
    mean = vectors.mean(dim=-1, keepdim=True)
    variance = vectors.var(dim=-1, keepdim=True, correction=0)
    return (vectors - mean) / torch.sqrt(variance + part.eps) * part.weight + part.bias


embedded = layer_norm(token_rows + position_rows + segment_rows, tables.LayerNorm)
difference = (embedded - out.hidden_states[0]).abs().max()
assert torch.allclose(embedded, out.hidden_states[0], atol=1e-5)

# %% tags=["record"]
course.record("embedding_difference", difference)

# %% [markdown]
# This is the largest difference among all numbers. It is the rounding of the computer, nothing more. Our vectors are
# the library's `hidden_states[0]`.
#
# At this point each vector knows its word and its place. It knows nothing about its neighbours: *bank* in one sentence
# has the same token row as *bank* in the other.
#
# ## How does a word learn about its neighbours?
#
# By **attention**. We need two small tools for it. The first is the linear layer: a matrix and a bias.


# %% tags=["nbval-check-output"]
def linear(vectors, part):
    return vectors @ part.weight.T + part.bias


attention = model.bert.encoder.layer[0].attention.self
queries = linear(embedded, attention.query)
keys = linear(embedded, attention.key)
values = linear(embedded, attention.value)
tuple(queries.shape), tuple(keys.shape), tuple(values.shape)

# %% [markdown]
# Each token now has three new vectors. Think of a room full of people who look for information:
#
# - its **query**: what do I look for?
# - its **key**: what am I about?
# - its **value**: what do I tell those who listen to me?
#
# This is a picture to keep the names apart. What really happens are three matrix products.
#
# All tokens look at all tokens, but not in one way only. Each vector is cut into pieces, one for each **head**.
# (Bad luck: the word *head* has two meanings here. These heads sit inside the layers.)

# %% tags=["nbval-check-output"]
heads = config.num_attention_heads


def split(vectors):
    return vectors.unflatten(-1, (heads, -1)).transpose(1, 2)


print("all heads in one vector", tuple(queries.shape))
print("cut into heads         ", tuple(queries.unflatten(-1, (heads, -1)).shape))
print("heads moved forward    ", tuple(split(queries).shape))

# %% [markdown]
# Read the last line with the offline checkpoint: 2 sentences, 12 heads, 11 tokens, 32 numbers. No number was computed;
# they were only put in another order. Now each head can work alone.
#
# A head compares each query with each key. The score is their dot product: large if they point the same way.
# Longer vectors give larger scores, so we divide by the root of the length.

# %% tags=["nbval-check-output"]
import math

length = split(queries).shape[-1]
scores = split(queries) @ split(keys).transpose(-1, -2) / math.sqrt(length)
tuple(scores.shape)

# %% [markdown]
# For each head, a square: eleven tokens look at eleven tokens.
#
# Some of the columns are `[PAD]`. Nobody may look at them. The mask knows which they are. We give them the score minus
# infinity.

# %% tags=["nbval-check-output"]
hidden_columns = batch["attention_mask"][:, None, None, :] == 0
scores = scores.masked_fill(hidden_columns, float("-inf"))
print("sentence 0, head 0, what [CLS] thinks of each token:")
print([f"{score:.1f}" for score in scores[0, 0, 0].tolist()])

# %% [markdown]
# Minus infinity three times, for three `[PAD]`. The others can be any number. We want shares that add up to 1.
#
# The second tool does that: **softmax**. It takes `exp` of each score and divides by the sum. Written like that, it
# breaks:

# %% tags=["nbval-check-output"]
large = torch.tensor([1001.0, 1002.0, 1003.0])
print("plain: ", torch.exp(large) / torch.exp(large).sum())


def softmax(scores):
    shifted = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    return shifted / shifted.sum(dim=-1, keepdim=True)


print("stable:", softmax(large))
assert torch.allclose(softmax(large), torch.softmax(large, dim=-1))

# %% [markdown]
# `nan`: *not a number*. The `exp` of 1001 is too big for the computer. So we first subtract the largest score. The
# shares stay the same, because only differences count. PyTorch's own `torch.softmax` gives the same numbers.
#
# With these shares, the **attention weights**, each token takes a mean of all values.

# %% tags=["nbval-check-output"]
shares = softmax(scores)
assert torch.allclose(shares, out.attentions[0], atol=1e-5)
mixed = shares @ split(values)
joined = mixed.transpose(1, 2).flatten(-2)
print("weights add up to 1:", torch.allclose(shares.sum(-1), torch.tensor(1.0)))
print("largest weight of a [PAD]:", shares.masked_select(hidden_columns).max().item())
print(tuple(shares.shape), tuple(mixed.shape), tuple(joined.shape))

# %% [markdown]
# The second line of the code holds our weights against the library's table. They agree.
#
# `[PAD]` gets exactly 0. That is why padding does not change the answer. In the last shape the heads are back in one
# vector for each token.
#
# **Try it.** Leave out the division by the root: `shares = softmax(scores * math.sqrt(length))`. How large is the
# largest weight of a token, on average, before and after? (`shares.amax(-1).mean()`)
#
# <details><summary>An answer</summary>
#
# With the offline checkpoint: 0.45 before, 0.87 after. Without the division, nearly every token listens to one token
# only. Such a softmax has very small gradients and hardly learns. That is the reason which the inventors of this
# attention give for the division (Vaswani et al., 2017).
#
# </details>
#
# ## What else is in a layer?
#
# Two things. First a linear layer mixes the heads. Its result is *added* to what we had before: this is called a
# **residual connection**. So attention only has to find what is new. LayerNorm comes after that.

# %% tags=["nbval-check-output"]
layer = model.bert.encoder.layer[0]
news = linear(joined, layer.attention.output.dense)
after_attention = layer_norm(embedded + news, layer.attention.output.LayerNorm)
tuple(after_attention.shape)

# %% [markdown]
# Then the **feed-forward** part, for each token alone: make the vector four times as long, bend it, make it short
# again. The bend is called **GELU**. Without it, two linear layers in a row would be no more than one.


# %% tags=["nbval-check-output"]
def gelu(numbers):
    return numbers * 0.5 * (1 + torch.erf(numbers / math.sqrt(2)))


wide = gelu(linear(after_attention, layer.intermediate.dense))
narrow = linear(wide, layer.output.dense)
after_layer = layer_norm(after_attention + narrow, layer.output.LayerNorm)
print(tuple(wide.shape), tuple(narrow.shape), tuple(after_layer.shape))
print("gelu:", gelu(torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])))

# %% [markdown]
# GELU lets large numbers pass and pushes negative ones towards 0. That was the first layer. Is it the library's?

# %%
difference = (after_layer - out.hidden_states[1]).abs().max()
assert torch.allclose(after_layer, out.hidden_states[1], atol=1e-5)

# %% tags=["record"]
course.record("layer_difference", difference)

# %% [markdown]
# It is. All lines of our list for one layer are used.
#
# ## Can I get the same logits?
#
# The other layers do the same with other weights. So we put our steps into one function.


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


# %% tags=["nbval-check-output"]
vectors = embedded
for number, layer in enumerate(model.bert.encoder.layer):
    vectors = encoder_layer(vectors, layer, hidden_columns)
    same = torch.allclose(vectors, out.hidden_states[number + 1], atol=1e-5)
    print("layer", number, "equal to the library's:", same)

# %% [markdown]
# Two steps are left. The **pooler** makes one vector out of many. It takes the vector of `[CLS]`, the first one, and
# forgets the others. A linear layer and `tanh` follow. Then the head.

# %%
pooled = torch.tanh(linear(vectors[:, 0], model.bert.pooler.dense))
logits = linear(pooled, model.classifier)
print(tuple(vectors.shape), "->", tuple(pooled.shape), "->", tuple(logits.shape))
print("by hand:", logits[0].numpy().round(4))
print("library:", out.logits[0].numpy().round(4))
assert torch.allclose(logits, out.logits, atol=1e-5)

# %% tags=["record"]
course.record("logits_difference", (logits - out.logits).abs().max())

# %% [markdown]
# That is BERT. Look-up, additions, matrix products, softmax, GELU, tanh. There is nothing else in the box.
#
# One part we left out: **dropout**. In training it sets random numbers to zero. In use it does nothing.
# `from_pretrained` gives you a model in the mode for use.

# %% tags=["nbval-check-output"]
for mode in (True, False):
    model.train(mode)
    first, second = model(**batch).logits, model(**batch).logits
    print(f"training mode {mode}: twice the same? {torch.equal(first, second)}")

# %% [markdown]
# If your model gives another answer each time, it is in training mode. `model.eval()` mends it.
#
# ## And where is the label?
#
# Softmax again turns four logits into four probabilities. `argmax` takes the place of the largest.

# %%
for sentence, row in zip(sentences, logits, strict=True):
    probabilities = softmax(row)
    label = model.config.id2label[probabilities.argmax().item()]
    print([f"{p:.3f}" for p in probabilities.tolist()], "->", label, "|", sentence)
assert torch.equal(softmax(logits).argmax(-1), logits.argmax(-1))

# %% [markdown]
# Do not believe this label. The head is random. With the offline checkpoint all four probabilities are close to a
# quarter: the model knows nothing about our classes yet.
#
# The last line of the code compares two ways: `argmax` of the probabilities, and `argmax` of the logits. The result is
# the same, since softmax keeps the order. For the label alone you do not need softmax.
#
# **Try it.** Does the order of the words matter to the model? Compare the logits of *the dog bit the man* and *the man
# bit the dog*. Then set the position table to zero (`tables.position_embeddings.weight.zero_()`) and compare again.
#
# <details><summary>An answer</summary>
#
# At first the logits differ. With all position rows at zero they are equal, up to rounding. Attention by itself does
# not see any order. What the model knows about order comes from that table alone. (Load the model again afterwards.)
#
# </details>
#
# ## What changes from layer to layer?
#
# Take a word with two meanings. At the entry, both have the same token row. Do the layers pull them apart?
# Ten words, each in a first meaning:

# %% tags=["nbval-check-output"]
one_meaning = {
    "bank": "They sat on the bank of the river.",
    "bat": "He hit the ball with a wooden bat.",
    "spring": "The garden wakes up in spring.",
    "match": "Our team lost the match on Sunday.",
    "bark": "The bark of the old oak is rough.",
    "seal": "A seal was lying on the rocks.",
    "ring": "He bought her a gold ring.",
    "letter": "She wrote a long letter to her aunt.",
    "light": "The light in the kitchen is too bright.",
    "fan": "The fan cools the room a little.",
}
len(one_meaning)

# %% [markdown]
# The same meaning, in other words:

# %% tags=["nbval-check-output"]
same_meaning = {
    "bank": "Reeds grow along the muddy bank.",
    "bat": "Swing the bat a little earlier.",
    "spring": "Last spring we planted two trees.",
    "match": "The match ended without a goal.",
    "bark": "Beetles live under the bark of trees.",
    "seal": "The seal dived and caught a fish.",
    "ring": "The ring was too small for her finger.",
    "letter": "The letter arrived in a blue envelope.",
    "light": "Please turn off the light.",
    "fan": "Switch on the fan, it is hot.",
}
assert same_meaning.keys() == one_meaning.keys()
len(same_meaning)

# %% [markdown]
# And another meaning:

# %% tags=["nbval-check-output"]
other_meaning = {
    "bank": "She keeps her savings in a bank.",
    "bat": "A bat sleeps upside down in caves.",
    "spring": "The mattress has a broken spring.",
    "match": "He lit the candle with a match.",
    "bark": "I heard a dog bark all night.",
    "seal": "The letter carried a red wax seal.",
    "ring": "I heard the phone ring twice.",
    "letter": "The first letter of the alphabet is A.",
    "light": "The empty suitcase is very light.",
    "fan": "Every fan of the band was singing.",
}
assert other_meaning.keys() == one_meaning.keys()
len(other_meaning)

# %% [markdown]
# For each sentence we take the vector of the word itself, in every layer. Then we compare pairs with the cosine
# similarity of {{ lesson:hugging_face_basics }}: 1 means the same direction.


# %%
def word_in_each_layer(word, sentence):
    batch = tokenizer(sentence, return_tensors="pt")
    place = batch["input_ids"][0].tolist().index(tokenizer.convert_tokens_to_ids(word))
    states = model(**batch, output_hidden_states=True).hidden_states
    return torch.stack([state[0, place] for state in states])


same, different = [], []
for word, sentence in one_meaning.items():
    here = word_in_each_layer(word, sentence)
    also = word_in_each_layer(word, same_meaning[word])
    elsewhere = word_in_each_layer(word, other_meaning[word])
    same.append(torch.cosine_similarity(here, also, dim=-1))
    different.append(torch.cosine_similarity(here, elsewhere, dim=-1))
same, different = torch.stack(same), torch.stack(different)
print(tuple(here.shape), "->", tuple(same.shape))

# %%
layers = list(range(same.shape[1]))
plots.lines(
    {
        "same meaning": (layers, same.mean(0).tolist()),
        "two meanings": (layers, different.mean(0).tolist()),
    },
    "One word in two sentences: how alike?",
    x="layer (0: the embeddings)",
    y="cosine, mean of ten words",
)

# %% [markdown]
# A mean can hide much. So we count: for how many of the ten words is the pair with the same meaning closer?

# %%
for layer in layers:
    gap = (same - different)[:, layer].mean()
    closer = same[:, layer] > different[:, layer]
    print(
        f"layer {layer}: gap {gap:+.3f}, closer for {closer.sum():>2} of {len(closer)}"
    )
words = [word for word, yes in zip(one_meaning, closer, strict=True) if not yes]
print("not closer in the last layer:", words)

# %% tags=["record"]
course.record("same_meaning_first", same.mean(0)[0])
course.record("same_meaning_last", same.mean(0)[-1])
course.record("two_meanings_first", different.mean(0)[0])
course.record("two_meanings_last", different.mean(0)[-1])

# %% [markdown]
# At layer 0 nothing separates the meanings. The token row is the same in all sentences; only the place differs.
# Then the layers pull the two meanings apart, for nearly all words. With the offline checkpoint the widest gap is at
# the end. One word fails there: *bank*, of all words.
#
# Be careful with such a result. Ten words in short sentences are a small test. It shows that the layers tend to
# separate meanings. It does not show that each layer has one job. You will often read that low layers do words and
# high layers do ideas. Nothing on this page tests that.
#
# ## What does a head look at?
#
# Each head of each layer has its own table. That is too many to look at. Let us search for four simple habits.


# %%
def measure_habits(found):
    return {
        "previous token": found.diagonal(-1, -2, -1).mean(-1),
        "next token": found.diagonal(1, -2, -1).mean(-1),
        "[CLS] or [SEP]": (found[..., 0] + found[..., -1]).mean(-1),
        "all around": 1 - found.amax(-1).mean(-1),
    }


def attention_of(sentence):
    batch = tokenizer(sentence, return_tensors="pt")
    return torch.stack(model(**batch, output_attentions=True).attentions)[:, 0]


habits = measure_habits(attention_of(other_meaning["bank"]))
{habit: tuple(shares.shape) for habit, shares in habits.items()}

# %% [markdown]
# A number for each layer and each head: the weight that its tokens give, on average, to the token before them, and so
# on. (`all around` is large when no single token gets much.) We take the mean over all our sentences.

# %%
texts = [
    text
    for part in (one_meaning, same_meaning, other_meaning)
    for text in part.values()
]
measured = [measure_habits(attention_of(text)) for text in texts]
habits = {
    habit: torch.stack([one[habit] for one in measured]).mean(0) for habit in habits
}
for habit, shares in habits.items():
    layer, head = divmod(shares.argmax().item(), heads)
    print(f"{habit:<15} strongest in layer {layer}, head {head}: {shares.max():.2f}")

# %% [markdown]
# We draw these four heads on one sentence.

# %%
from lessons.bert_for_sequence_classification.figures import attention_heads

sentence = other_meaning["bank"]
found = attention_of(sentence)
chosen = {}
for habit, shares in habits.items():
    layer, head = divmod(shares.argmax().item(), heads)
    chosen[f"layer {layer}, head {head}: {habit}"] = found[layer, head].tolist()
tokens = tokenizer.convert_ids_to_tokens(tokenizer(sentence)["input_ids"])
attention_heads(chosen, tokens, "Four heads, one sentence")

# %% [markdown]
# Read a row: this token looks at the bright columns. With the offline checkpoint:
#
# - top left: each token looks one to the left. This head knows the order of the words;
# - top right: one to the right, or else at `[CLS]`;
# - bottom left: everybody looks at `[CLS]`;
# - bottom right: many look at many others a little. But `bank` looks most at `savings`.
#
# The last one is tempting: is this how *bank* finds its meaning? One bright square in one of many tables proves
# nothing. And we *chose* these four because they are extreme. Draw some others before you trust the picture.
#
# One often reads that attention shows which words made the decision. Look at the head at the bottom left. Does `[CLS]`
# matter that much? A weight says how much a token listens. It does not say whether there is anything to hear. What is
# handed over is weight times value, so let us measure the values.

# %%
layer, head = divmod(habits["[CLS] or [SEP]"].argmax().item(), heads)
batch = tokenizer(sentence, return_tensors="pt")
states = model(**batch, output_hidden_states=True).hidden_states[layer]
values = linear(states, model.bert.encoder.layer[layer].attention.self.value)
lengths = split(values)[0, head].norm(dim=-1)
weights = found[layer, head].mean(0)
for token, weight, length in zip(tokens, weights, lengths, strict=True):
    print(f"{token:<8} mean weight {weight:.2f}, length of its value {length:.2f}")

# %% [markdown]
# With the offline checkpoint: `[CLS]` gets nine tenths of the weight, and its value is the shortest by far. The head
# looks at a place where almost nothing is said. It seems to be its way of doing nothing.
#
# Others have seen this before. Clark et al. (2019, *What Does BERT Look At?*) report for BERT base: in layers 6 to 10,
# more than half of the attention goes to `[SEP]`. They think of it as a "no-op". Kobayashi et al. (2020, *Attention is
# Not Only a Weight*) multiplied weights by lengths. Measured so, BERT pays little attention to such tokens.
#
# So an attention map shows where a head looks. It is not yet an explanation of the answer. Jain and Wallace (2019,
# *Attention is not Explanation*) found very different weights that gave equivalent predictions. They worked mostly with
# recurrent networks, not with BERT, and Wiegreffe and Pinter (2019) disagree in part. To learn what a word does, change
# the word and see.
#
# ## Which vector stands for the whole text?
#
# A classifier needs one vector. We have one for each token. There are several ways, and the choice is called
# **pooling**. BERT's own way is `[CLS]`, through the pooler. First a detail that often goes wrong: the mean.

# %%
alone = tokenizer(sentences[0], return_tensors="pt")
padded = tokenizer(
    sentences[0], padding="max_length", max_length=40, return_tensors="pt"
)
for name, batch in {"alone": alone, "with padding": padded}.items():
    hidden = model.bert(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    plain = hidden.mean(dim=1)
    masked = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
    print(f"{name:<12} mean {plain[0, 0]:.4f}, mean with mask {masked[0, 0]:.4f}")

# %% [markdown]
# The plain mean counts `[PAD]` too, so the same sentence gets another vector in another batch. With the mask it does
# not. The maximum needs the mask as well.
#
# And the pooler: what do its weights hold? A small detective question. Biases begin at zero, and training moves them.
# Which ones are still exactly zero?

# %% tags=["nbval-check-output"]
for name, weight in model.named_parameters():
    if name.endswith("bias") and not weight.any():
        print(f"{name:<24} {len(weight)} numbers, all zero")

# %% [markdown]
# The head is new, so we expected it. But with the offline checkpoint there is a second name: the pooler. It was in
# the file, and nothing was reported `MISSING`. Still, its biases are as they were on the first day. Nobody has trained
# it. (This checkpoint was trained with the mean, says its card, and the mean goes around the pooler.)
#
# In BERT base the pooler was trained, on a task with pairs of sentences. So the same line of code gives you a trained
# pooler or a random one. It depends on the checkpoint, and no table tells you.
#
# ## Assumption and sceptic
#
# > **Assumption:** *`[CLS]` pooling is always best. It was made to hold the sentence.*
# >
# > **Sceptic:** *In which checkpoint? It holds what its training asked for.*
#
# We test it. The encoder stays as it is. We pool posts in four ways, and a logistic regression learns the emotion from
# the vectors. Such a small test on frozen vectors is called a **probe**.

# %%
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"))
assert posts["train"].features["label"].names == labels
train = posts["train"].select(range(course.pick(laptop=800, full=2000, smoke=40)))
test = posts["test"]
if course.profile == "smoke":
    test = test.select(range(24))
print(len(train), "posts to learn from,", len(test), "to judge")
print(train[0]["text"], "->", labels[train[0]["label"]])
train, test = (
    part.map(lambda post: {"length": len(post["text"])}).sort("length")
    for part in (train, test)
)

# %% [markdown]
# The last lines put short posts first, as in {{ lesson:start_here }}. That only saves time.
#
# One function makes all four vectors. We need no tables of attention now, so we go back to the fast way.


# %%
def pool(texts):
    batch = tokenizer(
        texts, padding=True, truncation=True, max_length=64, return_tensors="pt"
    ).to(course.device)
    out = model.bert(**batch)
    hidden, mask = out.last_hidden_state, batch["attention_mask"].unsqueeze(-1)
    return {
        "[CLS], pooler": out.pooler_output,
        "[CLS]": hidden[:, 0],
        "maximum": hidden.masked_fill(mask == 0, float("-inf")).amax(dim=1),
        "mean": (hidden * mask).sum(dim=1) / mask.sum(dim=1),
    }


model.set_attn_implementation("sdpa")
model.to(course.device)
{name: tuple(vectors.shape) for name, vectors in pool(train[:3]["text"]).items()}

# %% [markdown]
# Three posts, four ways, and each time one vector for each post. Now all posts, 32 at a time.


# %%
def pool_all(dataset):
    batches = [pool(batch["text"]) for batch in dataset.iter(32)]
    return {
        way: torch.cat([batch[way] for batch in batches]).cpu().numpy()
        for way in batches[0]
    }


train_vectors, test_vectors = pool_all(train), pool_all(test)
{way: vectors.shape for way, vectors in test_vectors.items()}

# %% [markdown]
# The probe: bring each column to the same spread, then logistic regression. `C=0.01` holds it back strongly, because
# there are many columns and few posts. All four ways get the same probe.

# %%
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

truth = np.array(test["label"])
probes, right = {}, {}
for way, vectors in train_vectors.items():
    regression = LogisticRegression(C=0.01, max_iter=1000)
    probes[way] = make_pipeline(StandardScaler(), regression)
    probes[way].fit(vectors, train["label"])
    right[way] = probes[way].predict(test_vectors[way]) == truth
    print(f"{way:<14} {right[way].mean():.1%} right")

# %% [markdown]
# With the interval of {{ lesson:start_here }}, now from the course's helper, and beside the lazy method that always
# says the most common label:

# %%
from course_utils.statistics import interval

most_common = np.bincount(train["label"]).argmax()
results = {f"always {labels[most_common]}": interval(truth == most_common)}
results |= {way: interval(values) for way, values in right.items()}
plots.scores(results, f"One vector for a text: four ways, {len(test):,} unseen posts")

# %%
gain = right["mean"].astype(int) - right["[CLS]"].astype(int)
gain, gain_low, gain_high = interval(gain)
print(
    f"mean minus [CLS]: {gain:+.1%}, 95% interval {gain_low:+.1%} to {gain_high:+.1%}"
)

# %% tags=["record"]
course.record("majority_accuracy", np.mean(truth == most_common))
course.record("pooler_accuracy", right["[CLS], pooler"].mean())
course.record("cls_accuracy", right["[CLS]"].mean())
course.record("mean_accuracy", right["mean"].mean())
course.record("maximum_accuracy", right["maximum"].mean())
course.record("mean_minus_cls", gain)
course.record("mean_minus_cls_low", gain_low)

# %% [markdown]
# With the offline checkpoint the mean wins, and the whole interval of the difference lies above zero. One such case is
# enough: *always* is wrong.
#
# But our judge is partial. This checkpoint was trained for the mean. So the test does not say that the mean is always
# best. It says that a vector holds what its training asked for. (In `full`, the same cells judge BERT base.)
#
# And all this holds for a **frozen** encoder. Fine-tuning changes the encoder, and then whatever the head reads is
# trained to be useful. {{ Lesson:training_loop }} does that with `[CLS]`.
#
# ## Is the head more than a logistic regression?
#
# A lecture that this course grew from calls the head "a small feed-forward layer". In BERT it is one matrix and one
# bias. A logistic regression is that, too. So the probe should fit into the head. Let us put it there.

# %%
scaler, regression = probes["[CLS], pooler"]
weight = regression.coef_ / scaler.scale_
bias = regression.intercept_ - weight @ scaler.mean_
model.classifier.weight.copy_(torch.tensor(weight).float())
model.classifier.bias.copy_(torch.tensor(bias).float())

some = test[:20]["text"]
inputs = tokenizer(
    some, padding=True, truncation=True, max_length=64, return_tensors="pt"
)
from_model = model(**inputs.to(course.device)).logits.cpu().numpy()
from_probe = probes["[CLS], pooler"].decision_function(test_vectors["[CLS], pooler"])

# %% tags=["record"]
course.record("head_difference", np.abs(from_model - from_probe[:20]).max())

# %% [markdown]
# The same scores. (The first lines fold the scaler into the weights.) What we have now is a real classifier, with a
# trained head on a frozen encoder. It is not a good one, but it is no longer random.

# %%
from transformers import pipeline

classifier = pipeline("text-classification", model=model, tokenizer=tokenizer)
classifier(["We won, I can't stop smiling!", "They lied to us. Again. I'm furious."])

# %% [markdown]
# With the offline checkpoint, both are right. (Both were easy.)
#
# ## What happens at token 513?
#
# A diary. First 25 cheerful posts, then 25 angry ones. How long is it?

# %%
cheerful = posts["test"].filter(lambda post: post["label"] == numbers["joy"])
angry = posts["test"].filter(lambda post: post["label"] == numbers["anger"])
diary = " ".join([*cheerful[:25]["text"], *angry[:25]["text"]])
long = tokenizer(diary, return_tensors="pt").to(course.device)
turn = len(tokenizer(" ".join(cheerful[:25]["text"]))["input_ids"]) - 1
print(long["input_ids"].shape[1], "tokens; the anger begins at token", turn)
print("the limit is", tokenizer.model_max_length)

# %% [markdown]
# The tokenizer wrote a warning into the log: the sequence is longer than 512, and the model will end in "indexing
# errors". But it gave us all the tokens. What does the model do with 512 of them? And with 513?

# %% tags=["nbval-check-output"]
for length in (512, 513):
    try:
        logits = model(
            **{name: tensor[:, :length] for name, tensor in long.items()}
        ).logits
        print(length, "tokens: fine,", tuple(logits.shape))
    except RuntimeError as error:
        print(length, "tokens:", type(error).__name__, "-", error)
rows = model.bert.embeddings.position_embeddings.num_embeddings
print("rows in the position table:", rows)

# %% [markdown]
# A `RuntimeError` about two sizes, and not an `IndexError`, as one often reads. Now that you have built the embeddings
# yourself, you can read it. 513 token rows want to be added to 512 position rows. There is no 513th row.
#
# The simplest way out is to cut: `truncation=True`.

# %% tags=["nbval-check-output"]
limit = model.config.max_position_embeddings
cut = tokenizer(diary, truncation=True, max_length=limit, return_tensors="pt")
tuple(cut["input_ids"].shape), tokenizer.decode(cut["input_ids"][0, -1])

# %% [markdown]
# 512 tokens, and the last is still `[SEP]`. But what is lost? With our own posts: nearly all the anger.
#
# The other way is to slide a **window** over the text. `return_overflowing_tokens=True` gives all windows, and `stride`
# says by how many tokens two windows overlap.

# %% tags=["nbval-check-output"]
windows = tokenizer(
    diary,
    truncation=True,
    max_length=limit,
    stride=64,
    return_overflowing_tokens=True,
    padding=True,
    return_tensors="pt",
)
print(windows.pop("overflow_to_sample_mapping"))
first, second = windows["input_ids"][:2]
print(tuple(windows["input_ids"].shape))
print(
    "end of the first = start of the second:", torch.equal(first[-65:-1], second[1:65])
)

# %% [markdown]
# The first line says to which text each window belongs: all to text 0. The model does not take this as an
# input, so we took it out. The last line proves the overlap of 64 tokens. So a sentence of up to 64 tokens is whole in
# at least one window.
#
# Each window gets its logits. A usual way to one answer is the mean of the logits.

# %%
window_logits = model(**windows.to(course.device)).logits.cpu()
answers = {"cut at the limit": model(**cut.to(course.device)).logits.cpu()[0]}
answers |= {f"window {number}": row for number, row in enumerate(window_logits)}
answers["mean of the windows"] = window_logits.mean(0)
print(" " * 20, *(f"{label:>9}" for label in labels))
for name, row in answers.items():
    print(f"{name:<20}", *(f"{p:>9.2f}" for p in softmax(row).tolist()))

# %% tags=["record"]
course.record("cut_joy", softmax(answers["cut at the limit"])[numbers["joy"]])
course.record("last_window_anger", softmax(window_logits[-1])[numbers["anger"]])

# %% [markdown]
# With the offline checkpoint: cut at the limit, the diary is a happy one, and the model is fairly sure. The windows
# tell the story: joy first, anger at the end. The mean washes both out.
#
# Which is right? It depends on your question. *How does it end?* wants the last window. *Was there ever anger?* wants
# the angriest one. Look at the windows before you average them.
#
# **Try it.** Make smaller windows: `max_length=128, stride=32`. Where does the mood turn?
#
# <details><summary>An answer</summary>
#
# With the offline checkpoint there are 12 windows. Joy leads in the first five, anger in the last two. Between them
# the model is unsure. Our probe has learned from short posts, so short windows are also closer to what it knows.
#
# </details>
#
# ## Why 512, and not more?
#
# "Because attention grows with the square of the length", one reads. Let us count. PyTorch can count the operations
# of a model. On the device `meta` it counts without computing. So we can even give our model a position table that it
# does not have, and go beyond 512. (With `eager`, so that the counter sees the attention.)

# %% tags=["nbval-check-output"]
import copy

from torch.utils.flop_counter import FlopCounterMode

plan = copy.deepcopy(config)
plan.max_position_embeddings = 16384
with torch.device("meta"):
    longer = BertForSequenceClassification(plan)
    longer.set_attn_implementation("eager")


def count_operations(length):
    ids = torch.ones(1, length, dtype=torch.long, device="meta")
    with FlopCounterMode(display=False) as counter:
        longer(input_ids=ids)
    counts = counter.get_flop_counts()["Global"]
    return counts[torch.ops.aten.addmm], counts[torch.ops.aten.bmm]


count_operations(64)

# %% [markdown]
# The first number is the work of all linear layers. The second is the work of attention itself: scores, and means of
# values. Now longer texts:

# %% tags=["nbval-check-output"]
print("tokens  million scores  linear layers  attention  its share")
for length in (64, 128, 256, 512, 4096, 16384):
    scores = config.num_hidden_layers * heads * length**2
    in_layers, in_attention = count_operations(length)
    share = in_attention / (in_layers + in_attention)
    print(f"{length:>6} {scores / 1e6:>15.1f} {in_layers / 1e9:>14.1f}", end="")
    print(f" {in_attention / 1e9:>10.2f} {share:>10.0%}")

# %% [markdown]
# Twice the tokens, four times the scores: that is the square. The next two columns are billions of operations. The
# linear layers only double. Attention grows fourfold, but it begins very small. With the offline checkpoint it is less
# than a fifth of the work at 512 tokens, and more than half at 4,096.
#
# So the square matters, but far beyond 512. The wall at 512 is another thing: the position table ends there. There is
# no 513th row, and nobody has trained one.
#
# ## In this notebook we have
#
# - **opened** a BERT classifier: embeddings, encoder, pooler and head, with all shapes and sizes;
# - **rebuilt** the forward pass by hand, and got the library's logits up to rounding;
# - **read** how layers separate two meanings of a word, and seen a head that looks where nothing is said;
# - **compared** four ways of pooling with a probe, and seen that *always* is wrong;
# - **handled** a text beyond 512 tokens: cut it, or slide a window over it.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `MISSING` for `classifier.weight` | the head is new and random | train it; that is what fine-tuning is for |
# | `MISMATCH`, or an error about `ignore_mismatched_sizes` | the file has a head of another size | decide: keep the old classes, or pass `ignore_mismatched_sizes=True` and train |
# | answers named `LABEL_0` | the model has no names for the classes | `id2label` and `label2id` at loading |
# | `output_attentions=True` gives an empty tuple | fast attention makes no table | `model.set_attn_implementation("eager")` |
# | another answer at each call | dropout is on | `model.eval()` |
# | `The size of tensor a (513) must match the size of tensor b (512)` | the text is too long | `truncation=True`, or windows |
# | the same text gets another vector in another batch | the mean counts `[PAD]` | multiply with the mask first |
#
# **Next:** {{ lesson:training_loop }} trains this model, head and all, with a loop that you write yourself.
