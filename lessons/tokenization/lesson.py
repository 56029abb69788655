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
# # {{ number }} · Tokenization: what the model reads in place of your text
#
# {{ badges }}
#
# **You will be able to**
#
# - **say** which tokenizer you have, and what it changes before it cuts;
# - **rebuild** WordPiece, and hold yours against the library's;
# - **read** what a tokenizer returns: ids, special tokens, pairs, offsets, and the way back to text;
# - **choose** padding and truncation, and know what they cost;
# - **judge** whether a vocabulary fits your texts: their length, their emoji, their language.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("tokenization", PROFILE)

# %% [markdown]
# ## Can two messages be one message?
#
# A late train, two passengers. One is angry, one laughs. No person would mix them up.
#
# A model never sees the letters. A **tokenizer** turns the text into numbers, the **ids**, and only they go on.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
angry = "Three hours late AGAIN 😡"
amused = "three hours late again 😂"
equal = tokenizer(angry)["input_ids"] == tokenizer(amused)["input_ids"]
print("the same ids:", equal)

# %% [markdown]
# For this model the two messages are one message. No amount of training will help, because the
# difference is gone before the model begins.
#
# So what happens in between? We follow the text step by step.
#
# ## Which tokenizer did I get?
#
# `AutoTokenizer` is a door. It looks into the checkpoint's folder and gives you the right class.

# %% tags=["nbval-check-output"]
print(type(tokenizer).__name__)
print(f"{len(tokenizer):,} entries in its vocabulary")
print(f"{tokenizer.model_max_length} tokens at most for the model")

# %% [markdown]
# One often reads that it knows the class from the model's *name*. Let us give ours a wrong name and see.

# %% tags=["nbval-check-output"]
wrong_name = course.workdir / "roberta-large"
tokenizer.save_pretrained(wrong_name)
print(sorted(path.name for path in wrong_name.iterdir()))
print(type(AutoTokenizer.from_pretrained(wrong_name)).__name__)

# %% [markdown]
# Still BERT's. The files decide, not the name: `tokenizer_config.json` says which class it is, and `tokenizer.json`
# holds the rules and the vocabulary. So a model and its tokenizer belong together. Never mix two checkpoints.
#
# The **vocabulary** is a fixed list. Each entry, a **token**, has a number.

# %% tags=["nbval-check-output"]
vocabulary = tokenizer.get_vocab()
for token in ("the", "happy", "##ness", "[unused5]"):
    print(f"{vocabulary[token]:>6}  {token}")
inner = sum(token.startswith("##") for token in vocabulary)
print(f"{inner:,} of {len(vocabulary):,} begin with ##")

# %% [markdown]
# `##` means: I go on inside a word. `happy` stands alone or begins a word, `##ness` never begins one. (`[unused5]` is a
# spare place, never trained.)
#
# ## What is changed before the cutting?
#
# Three steps make the tokens. The first is the **normaliser**. It cleans the text. Compare left and right.

# %% tags=["nbval-check-output"]
normalizer = tokenizer.backend_tokenizer.normalizer
for text in ("AGAIN", "Café Zürich", "schön", "schon"):
    print(f"{text:<12} {normalizer.normalize_str(text)}")

# %% [markdown]
# Capital letters become small (this is the *uncased* in `bert-base-uncased`), and accents disappear. In English that
# is a small loss. In German, *schön* (beautiful) and *schon* (already) have become one word.
#
# The second step, the **pre-tokenizer**, cuts at spaces and around each punctuation mark.

# %% tags=["nbval-check-output"]
pre_tokenizer = tokenizer.backend_tokenizer.pre_tokenizer
pre_tokenizer.pre_tokenize_str("don't   panic, it's 9:45")

# %% [markdown]
# Each word comes with its place in the text: first character, and one past the last. Look at *don't*: three words now.
# Of the three spaces nothing is left.
#
# We will need these two steps again, so they get a name.


# %% tags=["nbval-check-output"]
def words_of(text):
    """Normalise the text, then cut it at spaces and punctuation."""
    cut = pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text))
    return [word for word, place in cut]


words_of(angry)

# %% [markdown]
# Now we know where the capital letters of *AGAIN* went. The emoji is still here.
#
# ## How is a word cut into pieces?
#
# The third step takes one word at a time. A word in the vocabulary stays whole. Any other word is cut.

# %% tags=["nbval-check-output"]
for word in ("happy", "sleepless", "unbelievably", "internationalization"):
    print(f"{word:<21}", *tokenizer.tokenize(word))

# %% [markdown]
# A lecture that this course grew from cuts the last word into *intern + ##ational + ##ization*. Our tokenizer does not.
# Could it?

# %% tags=["nbval-check-output"]
for piece in ("intern", "##ational", "international", "##ization"):
    print(f"{piece:<14}", "is in the vocabulary" if piece in vocabulary else "is not")

# %% [markdown]
# It could not: there is no `##ational`. And `intern` loses to `international`, because the rule says **longest first**.
#
# The rule is called **WordPiece**. It is short enough to write it ourselves.


# %% tags=["nbval-check-output"]
def wordpiece(word):
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


wordpiece("internationalization")

# %% [markdown]
# Line by line:
#
# - A word of more than 100 characters is not even tried. It becomes `[UNK]`, *unknown*.
# - `start` is where the next piece begins. We go on until the word is used up.
# - `end` begins at the end of the word and walks back. So long pieces are tried before short ones.
# - Behind the first piece, we look for the entry with `##`.
# - Nothing fits, not even one character (Python's `else` of a loop): then the **whole word** is `[UNK]`.
#
# Is it really the library's rule? One example proves nothing. We take every different word of a dataset: short posts,
# which come back all through this lesson.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"), split="train")
most = course.pick(laptop=3000, full=3000, smoke=200)
posts = posts.select(range(min(most, len(posts))))
distinct = sorted({word for post in posts["text"] for word in words_of(post)})
for word in distinct:
    assert wordpiece(word) == tokenizer.tokenize(word), word
print(f"{len(distinct):,} words, and every one is cut alike")

# %% tags=["nbval-check-output"]
from collections import Counter

counts = Counter(len(wordpiece(word)) for word in distinct)
print("pieces: words", {pieces: counts[pieces] for pieces in sorted(counts)})
for word in sorted(distinct, key=lambda word: -len(wordpiece(word)))[:3]:
    print(word, "->", *wordpiece(word))

# %% tags=["record"]
course.record("words_checked", len(distinct))

# %% [markdown]
# Most words stay whole. The longest chains come from hashtags, slips and slang.
#
# And the limit of 100 characters?

# %% tags=["nbval-check-output"]
for length in (100, 101):
    ours, theirs = wordpiece("a" * length), tokenizer.tokenize("a" * length)
    print(length, "letters:", len(ours), len(theirs), ours[:2], theirs[:2])

# %% [markdown]
# Alike again. Now a case that must fail: our function alone, without the two steps before it.

# %% tags=["nbval-check-output"]
for text in ("Café", "don't"):
    print(f"{text:<6} only step 3: {wordpiece(text)}  all: {tokenizer.tokenize(text)}")

# %% [markdown]
# The vocabulary has no capital C and expects no apostrophe inside a word. The three steps only work together.
#
# **Try it.** In `wordpiece`, walk the other way: `range(start + 1, len(word) + 1)`. How will *happy* be cut?
#
# <details><summary>An answer</summary>
#
# Into single letters: `h ##a ##p ##p ##y`. Now the *shortest* piece wins, and every letter is in the vocabulary.
#
# </details>
#
# ## Are the pieces meaningful parts?
#
# `sleep ##less` looks as if the tokenizer knew grammar. One often reads so. Look at more words.

# %% tags=["nbval-check-output"]
for word in ("homesick", "unhappiness", "undesirable", "happiness", "##happiness"):
    known = "an entry" if word in vocabulary else "no entry"
    print(f"{word:<12} {known:<9}", *wordpiece(word.removeprefix("##")))

# %% [markdown]
# *homesick* is not *homes + ick*. And *unhappiness* breaks its *happiness*, because there is no entry `##happiness`.
# The vocabulary comes from counting a large corpus (Wu et al., 2016), not from a grammar. Sometimes a cut falls
# between two parts of a word. Do not count on it.
#
# ## Which ids are not words?
#
# Five tokens have a job of their own.

# %% tags=["nbval-check-output"]
special = zip(tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True)
for number, token in sorted(special):
    print(f"{number:>4}  {token}")

# %% [markdown]
# | token | its job |
# |---|---|
# | `[PAD]` | fills up short texts |
# | `[UNK]` | stands for a word that cannot be built |
# | `[CLS]` | first token; a classifier often reads its answer here ({{ lesson:bert_for_sequence_classification }}) |
# | `[SEP]` | ends a text |
# | `[MASK]` | a gap to fill, used in pretraining |
#
# The way to the ids, and the way back:

# %% tags=["nbval-check-output"]
text = "Café ZÜRICH: 5€  (don't ask)! 😂"
ids = tokenizer(text)["input_ids"]
print(ids)
print(tokenizer.convert_ids_to_tokens(ids))
print(tokenizer.decode(ids))
print(tokenizer.decode(ids, skip_special_tokens=True))

# %% [markdown]
# `decode` glues the pieces together and guesses the spaces. Compare it with the text. Lost: capital letters, accents,
# the double space, how *don't* was written, and the emoji. `skip_special_tokens=True` also drops `[UNK]`, so that
# not even a gap is left.
#
# How often does a text survive the way there and back?

# %% tags=["nbval-check-output"]
texts = list(posts["text"])
back = tokenizer.decode(tokenizer(texts)["input_ids"], skip_special_tokens=True)
unchanged = sum(one == other for one, other in zip(texts, back, strict=True))
print(f"{unchanged} of {len(texts)} posts come back as they were")

# %% tags=["record"]
course.record("round_trip_share", unchanged / len(texts))

# %% [markdown]
# Hardly any. So keep your texts beside the ids. You cannot rebuild them.
#
# **Try it.** A reader writes the five characters `[SEP]` into a message. Print
# `tokenizer("one [SEP] two")["input_ids"]`. Is it text or a command?
#
# <details><summary>An answer</summary>
#
# A command: the id 102 stands in the middle, the real separator. Foreign text can therefore forge your structure.
# With `split_special_tokens=True` it is plain text: `[`, `sep`, `]`, three words like any others.
#
# </details>
#
# ## Where in my text was this token?
#
# `return_offsets_mapping=True` keeps, for each token, its place in the **original** text.

# %% tags=["nbval-check-output"]
from lessons.tokenization.figures import token_boxes

text = "Homesick in Zürich, sleepless AGAIN 😂"
encoding = tokenizer(text, return_offsets_mapping=True)
tokens, words = encoding.tokens(), encoding.word_ids()
offsets = encoding["offset_mapping"]
token_boxes(text, tokens, offsets, words, "Above: the text. Below: its tokens.")

# %% [markdown]
# Boxes that touch belong to one word. Dashed boxes have no text: the tokenizer added them. The small numbers are the
# **offsets**: first character, and one past the last. With them you get the writer's own spelling back.
#
# `word_ids()` says to which word each token belongs.

# %% tags=["nbval-check-output"]
start, end = offsets[tokens.index("zurich")]
print("zurich was", text[start:end])
print(words)

# %% [markdown]
# The word 0 appears twice: `homes` and `##ick`. `None` marks the two added tokens. You will need this whenever labels
# belong to words: names in a text, say.
#
# ## Two texts in one input?
#
# Some tasks compare two texts: a question and an answer, say. Give the tokenizer both.

# %% tags=["nbval-check-output"]
question, answer = "Is the lift working?", "Take the stairs."
pair = tokenizer(question, answer)
print(*pair.tokens())
print(*pair["token_type_ids"])

# %% [markdown]
# One row, with a `[SEP]` in the middle. `token_type_ids` says which text a token is from: 0 or 1. BERT adds a different
# vector to each ({{ lesson:bert_for_sequence_classification }}). Now the same call with two square brackets more.

# %% tags=["nbval-check-output"]
batch = tokenizer([question, answer])
for ids in batch["input_ids"]:
    print(*tokenizer.convert_ids_to_tokens(ids))

# %% [markdown]
# Two rows! A list means: many texts, each by itself. Nothing warns you if you meant the other.
#
# ## Why do the short messages get zeros?
#
# Four messages go in. A tensor is a rectangle, so all rows must be equally long. They are not.

# %% tags=["nbval-check-output"]
messages = [
    "Missed it.",
    "Finally home!",
    "My running buddy moved away.",
    "Three hours on this train, and nobody has told us anything.",
]
print([len(ids) for ids in tokenizer(messages)["input_ids"]])
try:
    tokenizer(messages, return_tensors="pt")
except ValueError as error:
    print(type(error).__name__, "-", str(error).split(" to have")[0])

# %% [markdown]
# The error names two ways out. **Padding** makes short rows longer, **truncation** makes long rows shorter.
#
# These are the strategies, side by side. Each line shows how long the four rows become.

# %% tags=["nbval-check-output"]
strategies = [
    {"padding": False},
    {"padding": True},
    {"padding": True, "pad_to_multiple_of": 8},
    {"padding": "max_length"},
    {"truncation": True, "max_length": 8},
    {"padding": True, "truncation": True, "max_length": 8},
    {"padding": "max_length", "truncation": True, "max_length": 36},
]
for strategy in strategies:
    lengths = [len(ids) for ids in tokenizer(messages, **strategy)["input_ids"]]
    print(f"{lengths!s:<21} {sum(lengths):>5} tokens  {strategy}")

# %% [markdown]
# | setting | what it does |
# |---|---|
# | `padding=True` | up to the longest row of *this batch* |
# | `pad_to_multiple_of=8` | and on to a multiple of 8, which some GPUs like |
# | `padding="max_length"` | up to `max_length`; without it, up to the model's limit, 512 |
# | `truncation=True` | cuts what is longer than `max_length`; without it, than 512 |
#
# Look at the tokens. With nothing cut, the same four messages cost from 33 to 2,048. We count the price on a dataset
# below.
#
# Three slips are easy. See how the tokenizer answers them.

# %% tags=["nbval-check-output"]
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for slip in (
        {"padding": True, "max_length": 8},
        {"padding": "max_length", "max_length": 8},
        {"pading": True, "trunkation": True},
    ):
        lengths = [len(ids) for ids in tokenizer(messages, **slip)["input_ids"]]
        print(lengths, slip)
print("warnings:", [str(one.message).split(". ")[0] for one in caught])

# %% [markdown]
# One warning for three slips. In the first two, `max_length` cuts nothing, because `truncation` is missing. (The second
# is not even a rectangle.) In the third, both words are misspelt, and nobody says so. Print the lengths after every
# change of these settings.
#
# ## Does the model see the zeros?
#
# With the ids comes an **attention mask**: 1 for a real token, 0 for padding.

# %% tags=["nbval-check-output"]
batch = tokenizer(messages, padding=True, return_tensors="pt")
print(batch["input_ids"][:2])
print(batch["attention_mask"][:2])

# %% [markdown]
# Attention should give the zeros no weight. Do you believe that? We ask a model with four outputs. Its last layer is
# new and random (the table says `MISSING`, as in {{ lesson:start_here }}). Its answers are worthless, but they must not
# depend on padding.

# %%
import torch
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4
)
model = model.to(course.device).eval()
some = texts[: course.pick(laptop=16, full=64, smoke=4)]
rows = [tokenizer(text, return_tensors="pt").to(course.device) for text in some]
with torch.no_grad():
    alone = torch.cat([model(**row).logits for row in rows])
alone.shape

# %% [markdown]
# Each post by itself, without any padding. `eval()` switches dropout off, so the answers do not change from
# call to call. Now the same posts as one padded batch: with the mask, and without it. The last line is a yardstick:
# how far apart are two posts that have nothing to do with each other?

# %%
batch = tokenizer(some, padding=True, return_tensors="pt").to(course.device)
with torch.no_grad():
    masked = model(**batch).logits
    unmasked = model(input_ids=batch["input_ids"]).logits
another = alone.roll(1, dims=0)  # to compare: the answers for the post before
trials = {"with the mask": masked, "without": unmasked, "another post": another}
for name, logits in trials.items():
    distance = (logits - alone).abs().max().item()
    changed = (logits.argmax(dim=-1) != alone.argmax(dim=-1)).sum().item()
    print(f"{name:<14} largest difference {distance:.1e}, {changed} answers change")
assert torch.allclose(masked, alone, atol=1e-4)

# %% [markdown]
# With the mask: equal, up to rounding. Without it, some answers change. The difference has the size that separates two
# posts from each other, and there was no error and no warning. In your own code, pass on the whole batch:
# `model(**batch)`.
#
# One more setting. `padding_side="left"` puts the zeros in front. The mask is right. What do you expect?

# %%
batch = tokenizer(some, padding=True, padding_side="left", return_tensors="pt")
print(batch["attention_mask"][0])
with torch.no_grad():
    left = model(**batch.to(course.device)).logits
left_difference = (left - alone).abs().max().item()
print(f"largest difference {left_difference:.1e}")

# %% tags=["record"]
course.record("mask_difference", (masked - alone).abs().max())
course.record("no_mask_difference", (unmasked - alone).abs().max())
course.record("left_padding_difference", left_difference)

# %% [markdown]
# Not equal, although the mask is right. BERT numbers the places from the left, zeros included. So `[CLS]` no longer
# stands at place 0, and each word is read as if it came later. For BERT, pad on the right. (Models that write text are
# often padded on the left. They count the places differently.)
#
# ## Assumption and sceptic
#
# > **Assumption:** *Much padding adds noise. It may degrade the model.*
# >
# > **Sceptic:** *With the mask, padding changes nothing but the bill.*
#
# A paper that this course grew from says the first. We test it at the extreme: one post, padded to the
# model's limit. We look at the answers, and at the **gradient**: what training would change in each weight.


# %% tags=["nbval-check-output"]
def answers_and_gradient(batch):
    """Return the logits, and the gradient of all weights as one long row."""
    model.zero_grad()
    label = torch.tensor([0], device=course.device)
    output = model(**batch, labels=label)
    output.loss.backward()
    gradient = torch.cat([weight.grad.flatten() for weight in model.parameters()])
    return output.logits.detach(), gradient.cpu()


limit = course.pick(laptop=512, full=512, smoke=64)
settings = {"padding": "max_length", "max_length": limit, "return_tensors": "pt"}
short = tokenizer(some[0], return_tensors="pt").to(course.device)
padded = tokenizer(some[0], **settings).to(course.device)
short["input_ids"].shape, padded["input_ids"].shape

# %%
logits, gradient = answers_and_gradient(short)
padded_logits, padded_gradient = answers_and_gradient(padded)
print(f"logits:   largest difference {(logits - padded_logits).abs().max():.1e}")
print(f"gradient: largest difference {(gradient - padded_gradient).abs().max():.1e}")
print(f"          largest value      {gradient.abs().max():.1e}")
assert torch.allclose(gradient, padded_gradient, atol=1e-4)

# %% [markdown]
# The answers are the same, and so is what the model would learn, up to rounding. And the bill? We measure three times
# and take the best.


# %%
import time


def best_of_three(work):
    """Return the shortest of three times, in seconds."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


with torch.no_grad():
    seconds = best_of_three(lambda: model(**short).logits.cpu())
    padded_seconds = best_of_three(lambda: model(**padded).logits.cpu())
size = padded["input_ids"].numel() / short["input_ids"].numel()
print(f"{size:.0f} times the tokens, {padded_seconds / seconds:.0f} times the time")

# %% [markdown]
# The sceptic is right, on two conditions: the mask goes along, and BERT's zeros stand on the right. Then padding does
# not degrade the model. It costs time, and that is reason enough to keep it short.
#
# (One more trap: a mean over all rows of the output counts the zeros' rows, too.
# {{ Lesson:bert_for_sequence_classification }} takes the mean with the mask.)
#
# ## How long are my texts?
#
# Before you choose `max_length`, count. In tokens, not in words.

# %% tags=["nbval-check-output"]
import numpy as np

most = course.pick(laptop=4000, full=50_000, smoke=100)
lengths = {}
for name in ("emotion", "stance", "cefr", "tweets"):
    rows = load_dataset(*course.dataset(name), split="train")["text"][:most]
    lengths[name] = np.array([len(ids) for ids in tokenizer(rows)["input_ids"]])
    mean = lengths[name].mean()
    print(f"{name:<8} {len(rows):>6,} texts, {mean:.1f} tokens on average")

# %% [markdown]
# An average hides the long ones. This figure does not: each line says which share of the texts fits into so many
# tokens.

# %% tags=["nbval-check-output"]
from lessons.tokenization.figures import length_profile

limits = (36, 64, 128, 512)
length_profile(lengths, limits, "How long are the texts?")

# %% tags=["nbval-check-output"]
print("share cut at", *(f"{limit:>6}" for limit in limits))
for name, values in lengths.items():
    print(f"{name:<12}", *(f"{np.mean(values > limit):>6.1%}" for limit in limits))

# %% tags=["record"]
course.record("cut_at_36_emotion", np.mean(lengths["emotion"] > 36))

# %% [markdown]
# At 64 tokens, nearly no post and no tweet is cut. The course's own `cefr` is different: it holds some whole passages,
# and its line has a long flat part. Nothing here comes near 512, so padding to 512 would be pure waste.
#
# Other texts are longer. In a sample of 2,500 film reviews (IMDB), 16% have more than 512 tokens, as a test of this
# course counts. What happens when nothing cuts them?

# %% tags=["nbval-check-output"]
row = tokenizer("again " * 600, return_tensors="pt").to(course.device)
try:
    model(**row)
except RuntimeError as error:
    print(tuple(row["input_ids"].shape), "-", error)

# %% [markdown]
# The tokenizer only warns, in red. The model fails: it has a vector for 512 places, and none for the next.
# `truncation=True` cuts the end off. What the model does not see cannot help it.
#
# ## What does each strategy cost?
#
# The library's own call on our posts, sixteen at a time, as in training. How many tokens does the model compute for
# each token of text?


# %% tags=["nbval-check-output"]
def computed(texts, **settings):
    """Count the tokens of all batches of sixteen, padding included."""
    starts = range(0, len(texts), 16)
    batches = [tokenizer(texts[start : start + 16], **settings) for start in starts]
    return sum(len(ids) for batch in batches for ids in batch["input_ids"])


token_count = np.array([len(ids) for ids in tokenizer(texts)["input_ids"]])
by_length = [texts[place] for place in np.argsort(token_count)]
price = {
    "longest of the batch, sorted": computed(by_length, padding=True),
    "longest of the batch": computed(texts, padding=True),
}
print(f"{token_count.sum():,} tokens of text;", price)

# %% tags=["nbval-check-output"]
from course_utils import plots

for limit in limits:
    settings = {"padding": "max_length", "truncation": True, "max_length": limit}
    price[f"always {limit}"] = computed(texts, **settings)
price = {name: count / token_count.sum() for name, count in price.items()}
unit = "tokens computed for each token of text"
plots.bars(price, "What does padding cost?", unit, "{:.2f}")

# %% tags=["record"]
course.record("padding_512_factor", price["always 512"])

# %% [markdown]
# Padding everything to 512, as old notebooks do, computes some twenty tokens for each real one. Padding to the longest
# of the batch stays below two, and cuts nothing. With similar lengths together, next to nothing is wasted.
# ({{ Lesson:dataloader }} measures the seconds.) `always 36` looks cheap, but it pays with cut texts.
#
# ## 36 words or 36 tokens?
#
# The paper on emotions keeps tweets of at most 36 *words*. Then it pads and cuts at 36. But the tokenizer counts
# *tokens*, and two of them are `[CLS]` and `[SEP]`.

# %% tags=["nbval-check-output"]
word_count = np.array([len(text.split()) for text in texts])
kept = word_count <= 36
print(f"{kept.sum():,} of {len(kept):,} posts have at most 36 words")
print(f"{np.sum(token_count[kept] > 36)} of these need more than 36 tokens")

# %% [markdown]
# So the filter removes few posts or none, and the limit still cuts many that passed it. Look at one: the post that
# passed and needs the most tokens.

# %% tags=["nbval-check-output"]
worst = int(np.argmax(np.where(kept, token_count, 0)))
print(texts[worst])
settings = {"truncation": True, "max_length": 36, "return_offsets_mapping": True}
cut = tokenizer(texts[worst], **settings)
last = max(end for start, end in cut["offset_mapping"])
print(f"{word_count[worst]} words, {token_count[worst]} tokens; cut at 36:")
print(texts[worst][:last])

# %% [markdown]
# Offsets again: they show where the cut falls in the original text. (In `laptop`: the last word is *livid*, the only
# one that names the feeling. The model would not see it.)
#
# In real tweets it is stranger still. Of 2,931 tweets of TweetEval, none has more than 36 words, so the filter does
# nothing. But 371 have more than 36 tokens. (A test of this course counts them.)
#
# If you must have a limit, set it in tokens, from the profile above.
#
# ## May I filter the test set?
#
# The paper filters the test set, too. Then some texts are never asked about. Which ones? We look at `stance`: opinions
# on new laws, many of them long.

# %% tags=["nbval-check-output"]
import pandas as pd

rows = load_dataset(*course.dataset("stance"), split="test")
stance = rows.to_pandas()
stance["side"] = [rows.features["label"].int2str(label) for label in stance["label"]]
stance["kept"] = stance["text"].str.split().str.len() <= 36
print(pd.crosstab(stance["side"], stance["kept"]))
stance.groupby("kept")["hard"].agg(["size", "mean"]).round(2)

# %% [markdown]
# One opinion in five vanishes, on each side about alike. Of those that vanish 25% are marked as hard, of the others
# 19%. With so few rows, such a gap can be luck. So far, no scandal. But look who they are.

# %% tags=["nbval-check-output"]
tests = {"stance": (stance, "author_style")}
if course.profile != "full":  # the public cefr data has no formats and no test split
    cefr = load_dataset(*course.dataset("cefr"), split="test").to_pandas()
    cefr["kept"] = cefr["text"].str.split().str.len() <= 36
    tests["cefr"] = (cefr, "format")
for name, (test, column) in tests.items():
    dropped = 1 - test.groupby(column)["kept"].mean()
    print(name, dropped.sort_values(ascending=False).head(3).round(2).to_dict())

# %% [markdown]
# The numbers are shares that vanish. In `stance`, more than half of the people who tell a story are gone. In `cefr`,
# every dialogue and every passage is gone. Only single sentences are left.
#
# Does that make the test easier? We ask two methods that count words: the logistic regression of
# {{ lesson:start_here }}, and an even simpler one, naive Bayes.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

right = {}
for name, (test, _) in tests.items():
    train = load_dataset(*course.dataset(name), split="train").to_pandas()
    for method in (LogisticRegression(solver="newton-cg"), MultinomialNB()):
        counter = make_pipeline(TfidfVectorizer(), method)
        counter.fit(train["text"], train["label"])
        key = name, type(method).__name__
        right[key] = counter.predict(test["text"]) == test["label"]
        print(f"{name:<7} {key[1]:<19} all: {right[key].mean():.1%} right")

# %%
from scipy.stats import binomtest

for (name, method), hits in right.items():
    for kept, group in hits.groupby(tests[name][0]["kept"]):
        ends = binomtest(int(group.sum()), len(group)).proportion_ci(method="wilson")
        part = f"{'kept' if kept else 'gone'}: {group.mean():.1%} right"
        print(f"{name:<7} {method:<19} {part} ({ends.low:.0%} to {ends.high:.0%})")

# %% [markdown]
# In `stance`, the kept texts may be a little easier for both. The intervals overlap widely, so we cannot say.
#
# In `cefr` (in `laptop` only), the two methods disagree. What vanished was easier for logistic regression, and harder
# for naive Bayes. So they change places: on all texts the first is ahead, on the kept ones the second. (The gaps are
# small. Take it as a warning, not as a result.)
#
# A filtered test is another test, and its score answers another question. Leave the test alone.
#
# ## What became of the emoji?
#
# Back to the two passengers. The emoji survived the first two steps. Now the third.

# %% tags=["nbval-check-output"]
for symbol in ("😂", "😡", "❤", "🔥", "♥", "★", ":)", ":("):
    print(symbol, *tokenizer.tokenize(symbol))

# %% [markdown]
# Our vocabulary has some old symbols, but no 😂 and no 😡. Both are `[UNK]`, so both messages are the same. The old
# smiley made of a colon and a bracket is safe.
#
# One often reads that pieces leave no word unknown. That holds for words from letters that the vocabulary has. It does
# not hold for an emoji.
#
# Is that rare? And one more thing: an emoji is a symbol, not a punctuation mark. The pre-tokenizer does not cut beside
# it.

# %% tags=["nbval-check-output"]
unknown = tokenizer.unk_token_id
hidden = [unknown in ids for ids in tokenizer(texts)["input_ids"]]
print(f"{np.mean(hidden):.0%} of the posts contain [UNK]")
print(*tokenizer.tokenize("I am so happy😂"))

# %% [markdown]
# *happy* is gone, too! Without a space, word and emoji are one word, and one bad character makes all of it `[UNK]`.
# (In the real tweets of TweetEval, this swallows 64 words in 2,931 tweets, as a test of this course counts.)
#
# What can you do? **First way: give the emoji words.** Python knows their names.


# %% tags=["nbval-check-output"]
import unicodedata


def name_symbols(text):
    """Replace each symbol, an emoji say, by its name in Unicode."""
    parts = []
    for character in text:
        symbol = unicodedata.category(character) == "So"
        name = unicodedata.name(character, "symbol").lower()
        parts.append(f" {name} " if symbol else character)
    return "".join(parts)


print(name_symbols(angry), "|", name_symbols(amused))
hidden = [unknown in tokenizer(name_symbols(text))["input_ids"] for text in texts]
print("posts that still contain [UNK]:", sum(hidden))

# %% [markdown]
# The two messages differ again, in words that the model has met before. You must do the same with every text that the
# model ever gets, in training and later. Whether the score rises, only your own data can tell.
#
# **Second way: make the vocabulary bigger.**

# %% tags=["nbval-check-output"]
bigger = AutoTokenizer.from_pretrained(course.checkpoint)
print(bigger.add_tokens(["😂", "😡"]), "added:", len(bigger), "entries")
print(*bigger.tokenize("I am so happy😂"))

# %%
model.resize_token_embeddings(len(bigger))
table = model.get_input_embeddings().weight.detach()
laughing, raging = table[-2:]
happy, sad = table[vocabulary["happy"]], table[vocabulary["sad"]]
cosine = torch.nn.functional.cosine_similarity
print(f"😂 and 😡: {cosine(laughing, raging, dim=0):.3f}")
print(f"happy and sad: {cosine(happy, sad, dim=0):.3f}")

# %% [markdown]
# The ids differ now, and *happy* is free. But the model's table needs a row for each new id, and nobody has trained
# these rows. The cosine ({{ lesson:hugging_face_basics }}) says that they point in the same direction: the library
# starts both near the mean of all rows. So for the model, 😂 and 😡 still mean the same: nothing. Only training on many
# examples changes that. If you freeze the table, as in {{ lesson:start_here }}, they never learn.
#
# **Third way: another checkpoint.** Some vocabularies are built from bytes, RoBERTa's for one (Liu et al., 2019). There
# are only 256 bytes, so nothing is ever unknown.
#
# ## And hashtags, slips, slang?
#
# These rarely become `[UNK]`. They fall into pieces.

# %% tags=["nbval-check-output"]
for text in ("tomorrow", "tommorow", "tmrw", "sooooo", "#homesick", "#PuppyLove"):
    print(f"{text:<11}", *tokenizer.tokenize(text))

# %% [markdown]
# A slip costs more tokens, and the pieces say little. The hashtag lost its capital letters first. They were the only
# sign that *Puppy* and *Love* are two words. If hashtags matter to you, split them before the tokenizer does.
#
# **Try it.** Write `#Puppy Love` and `#puppy_love`. Which helps?
#
# <details><summary>An answer</summary>
#
# Both: *puppy* and *love* stay whole. The underscore counts as punctuation, so the pre-tokenizer cuts on both sides
# of it (and it becomes a token, too).
#
# </details>
#
# ## What happens to other languages?
#
# The vocabulary was made mostly from English. Here are the same five sentences in eight languages. First four that are
# written with Latin letters.

# %% tags=["nbval-check-output"]
five = {}
five["English"] = """Good morning! How are you? The train is late again.
I am very happy today. Where can I buy a ticket? Thank you for your help."""
five["Spanish"] = """¡Buenos días! ¿Cómo estás? El tren llega tarde otra vez.
Hoy estoy muy feliz. ¿Dónde puedo comprar un billete? Gracias por tu ayuda."""
five["Tagalog"] = """Magandang umaga! Kumusta ka? Huli na naman ang tren.
Masayang-masaya ako ngayon. Saan ako makakabili ng tiket? Salamat sa tulong mo."""
five["Vietnamese"] = """Chào buổi sáng! Bạn có khỏe không? Tàu lại đến muộn rồi.
Hôm nay tôi rất vui. Tôi có thể mua vé ở đâu? Cảm ơn bạn đã giúp đỡ."""
for language, text in five.items():
    print(f"{language:<11}", *tokenizer.tokenize(text)[:14])

# %% [markdown]
# English keeps its words. In the others, few words stay whole. Vietnamese lost its tone marks: *má* (mother) and *mà*
# (but) are both `ma` now. Next, four more, three of them in other scripts.

# %% tags=["nbval-check-output"]
five["German"] = """Guten Morgen! Wie geht es dir? Der Zug hat wieder Verspätung.
Heute bin ich sehr glücklich. Wo kann ich eine Fahrkarte kaufen? Danke für deine Hilfe."""
five["Hindi"] = """सुप्रभात! आप कैसे हैं? रेलगाड़ी फिर देर से आई है।
आज मैं बहुत खुश हूँ। टिकट कहाँ मिलेगा? आपकी मदद के लिए धन्यवाद।"""
five["Telugu"] = """శుభోదయం! మీరు ఎలా ఉన్నారు? రైలు మళ్ళీ ఆలస్యంగా వచ్చింది.
ఈరోజు నేను చాలా సంతోషంగా ఉన్నాను. టికెట్ ఎక్కడ కొనాలి? మీ సహాయానికి ధన్యవాదాలు."""
five["Japanese"] = """おはようございます。お元気ですか。電車がまた遅れています。
今日はとてもうれしいです。切符はどこで買えますか。手伝ってくれてありがとう。"""
for language in ("German", "Hindi", "Telugu", "Japanese"):
    print(f"{language:<9}", *tokenizer.tokenize(five[language])[:14])

# %% [markdown]
# Telugu: every word is `[UNK]`, only the punctuation is left. Put other Telugu words in their places, and the ids stay
# the same.
#
# Japanese and Hindi survive in single characters, but look closer. The normaliser takes some of their signs for
# accents: *か* (ka) and *が* (ga) become one, and several Hindi vowel signs vanish.
#
# Now we count what the tokens are.

# %% tags=["nbval-check-output"]
parts = {}
for language, text in five.items():
    tokens = tokenizer.tokenize(text)
    inner = sum(token.startswith("##") for token in tokens)
    lost = tokens.count("[UNK]")
    begins = len(tokens) - inner - lost
    parts[language] = {"begins a word": begins, "goes on (##)": inner, "[UNK]": lost}
plots.stacked_bars(parts, "The same five sentences", "tokens", "{:,.0f}")

# %% tags=["record"]
course.record("tokens_tagalog", sum(parts["Tagalog"].values()))
course.record("unknown_telugu", parts["Telugu"]["[UNK]"])

# %% [markdown]
# Is Telugu the cheapest, then? It is the shortest bar because an unknown word costs only one token. Few tokens
# are no good sign by themselves. Look at both numbers.

# %% tags=["nbval-check-output"]
english = sum(parts["English"].values())
print("            per word  per character  times English  [UNK]")
for language, text in five.items():
    count = sum(parts[language].values())
    per_word = f"{count / len(text.split()):.2f}" if language != "Japanese" else "-"
    per_character = count / len("".join(text.split()))
    lost = parts[language]["[UNK]"] / count
    numbers = f"{per_word:>8}{per_character:>15.2f}{count / english:>15.2f}{lost:>7.0%}"
    print(f"{language:<12}{numbers}")

# %% [markdown]
# Japanese has no number per word, because it writes no spaces. Where a word ends is a matter of the dictionary that you
# use. So we count per character: here, one token for each. (In Vietnamese, a space ends a syllable, not a word.)
#
# *times English* compares the same content. Tagalog needs 1.7 times the tokens of English: its texts reach every limit
# earlier, and cost more time.
#
# A share of 0% `[UNK]` does not mean that the model understands. It has seen `tre` and `##n`, but hardly a Spanish
# train.
#
# For another language, take a checkpoint that has read it: `bert-base-multilingual-cased` (104 languages, says its
# card; *cased* keeps the accents), or one for your language alone. Then run this section again with its tokenizer.
#
# ## Is it fast?
#
# The tokenizer is written in Rust, and it likes to get many texts at once.

# %%
one_by_one = best_of_three(lambda: [tokenizer(text) for text in texts])
at_once = best_of_three(lambda: tokenizer(texts))
print(f"{len(texts) / one_by_one:,.0f} and {len(texts) / at_once:,.0f} posts a second")
singles = [tokenizer(text)["input_ids"] for text in texts]
print("the same ids:", tokenizer(texts)["input_ids"] == singles)

# %%
import os

os.environ["TOKENIZERS_PARALLELISM"] = "true"
threads = best_of_three(lambda: tokenizer(texts))
os.environ["TOKENIZERS_PARALLELISM"] = "false"  # as the course sets it
print(f"all at once:  {one_by_one / at_once:.1f} times as fast as one by one")
print(f"with threads: {one_by_one / threads:.1f} times ({os.cpu_count()} CPU cores)")

# %% tags=["record"]
course.record("batched_speedup", one_by_one / at_once)

# %% [markdown]
# All at once is faster, and the ids are the same. Threads can help more, if cores are free. The course switches
# them off: they clash with a data loader's worker processes, and the library then prints a warning.
#
# `map` works the same way. (`load_from_cache_file=False`, or the second run would only read the first one's result.)

# %%
some = posts.select(range(min(1000, len(posts))))
for batched in (False, True):
    settings = {"batched": batched, "load_from_cache_file": False}
    begin = time.perf_counter()
    some.map(lambda rows: tokenizer(rows["text"]), **settings)
    seconds = time.perf_counter() - begin
    print(f"batched={batched}: {len(some) / seconds:,.0f} posts a second")

# %% [markdown]
# Compare the two lines. For a few thousand posts it hardly matters. For millions it does.
#
# ## In this notebook we have
#
# - **said** which tokenizer we have, and seen what it lowers, strips and cuts at;
# - **rebuilt** WordPiece in a few lines, and found it alike on thousands of words;
# - **read** ids, special tokens, pairs and offsets, and seen that most texts do not come back;
# - **chosen** padding and truncation by counting tokens, and tested what the mask is worth;
# - **judged** the vocabulary on long texts, emoji, slips and eight languages.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Unable to create tensor` | the rows are not equally long | `padding=True` |
# | a warning: `sequence length is longer than the specified maximum` | a text has more than 512 tokens, and nothing cut it | `truncation=True`, before the model fails |
# | `The size of tensor a (602) must match the size of tensor b (512)` | the model got such a text | the same |
# | the scores change with the batch size | the mask is not passed on, or the zeros stand on the left | `model(**batch)`; print `padding_side` |
# | `max_length` does nothing | `truncation=True` is missing, or a word is misspelt | print the lengths |
# | texts that differ get exactly the same score | the difference became `[UNK]`, or was an accent or a capital | compare their ids |
# | the model is good in English and guesses in another language | its words are `[UNK]`, or single letters | count them; take another checkpoint |
#
# **Next:** {{ lesson:dataloader }} makes batches of these ids, and measures what padding costs in seconds.
