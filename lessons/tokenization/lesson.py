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
#
# Numbers in the text are of the profile `laptop`. What no cell counts is counted in
# `lessons/tokenization/test_claims.py`.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("tokenization", PROFILE)

# %% [markdown]
# ## Can two messages be one message?
#
# A late train, two passengers. One is angry, one laughs.
#
# A model never sees letters. A **tokenizer** turns the text into numbers, the **ids**, and only they go on.

# %% [markdown] tags=["slide"]
# - One passenger is angry, one laughs
# - The model gets the same numbers for both
# - The difference is gone before the model begins
#
# **The model reads tokens, not your text.**

# %% [markdown] tags=["notes"]
# Read the two messages aloud, with the right voice. Ask whether a model can tell them apart. Everybody says yes. Show
# `True`, and wait. Then walk down the figure, one line after the other, and say that each line has its section today.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
angry = "Three hours late AGAIN 😡"
amused = "three hours late again 😂"
equal = tokenizer(angry)["input_ids"] == tokenizer(amused)["input_ids"]
print("the same ids:", equal)

# %% [markdown]
# For this model the two messages are one message. No training will help: the difference is gone before the model
# begins. What happens in between? Follow one text from top to bottom.

# %% tags=["nbval-check-output"]
from lessons.tokenization.figures import way_of_a_text

title = "One text on its way to the model"
way_of_a_text(tokenizer, "Sleepless AGAIN 😡", "Why?", title)

# %% [markdown]
# Blue: three steps make **tokens** out of the text. Yellow: two **special tokens** go around them, to mark where it
# begins and ends. Green: each token becomes its number. The short text gets zeros, and the **mask** says what is real.
#
# ## Which tokenizer did I get?
#
# `AutoTokenizer` looks into the checkpoint's folder and gives you the right class, with its **vocabulary**: a fixed
# list in which each token has a number.

# %% [markdown] tags=["slide"]
# - A vocabulary: each token has a number
# - `##`: I go on inside a word
# - The files decide which tokenizer, not the name
#
# **A model and its tokenizer belong together.**

# %% [markdown] tags=["notes"]
# Ask how many words an English dictionary has, and then how many entries this list has: about 30,000. Show `##ness`,
# and let the room find words for it. The test with the wrong name can be left out: say only that the files decide.

# %% tags=["nbval-check-output"]
vocabulary = tokenizer.get_vocab()
print(type(tokenizer).__name__, f"with {len(vocabulary):,} entries")
for token in ("the", "happy", "##ness"):
    print(f"{vocabulary[token]:>6}  {token}")

# %% [markdown]
# `##` means: I go on inside a word. `happy` stands alone or begins a word, `##ness` never begins one.
#
# A lecture on fine-tuning says that `AutoTokenizer` knows the class by the model's *name*. We give ours a wrong one.

# %% tags=["nbval-check-output"]
wrong_name = course.workdir / "roberta-large"
tokenizer.save_pretrained(wrong_name)
print(sorted(path.name for path in wrong_name.iterdir()))
print(type(AutoTokenizer.from_pretrained(wrong_name)).__name__)

# %% [markdown]
# Still BERT's. The files decide: `tokenizer_config.json` says which class it is, `tokenizer.json` holds rules and
# vocabulary. A model and its tokenizer belong together, like a lock and its key.
#
# ## What is changed before the cutting?
#
# A fast program below our Python object does the work: its `backend_tokenizer`. It holds the steps. The first is the
# **normaliser**. It cleans the text.

# %% [markdown] tags=["slide"]
# | text | after the normaliser |
# |---|---|
# | AGAIN | again |
# | Zürich | zurich |
# | schön | schon |
#
# **Then cut at spaces and punctuation.**

# %% [markdown] tags=["notes"]
# Ask speakers of other languages for two words that differ by an accent only. They find many, and each pair becomes
# one word here. Then let the room cut *Don't*. Most say two parts. It is three.

# %% tags=["nbval-check-output"]
normalizer = tokenizer.backend_tokenizer.normalizer
for text in ("AGAIN", "Café Zürich", "schön", "schon"):
    print(f"{text:<12} {normalizer.normalize_str(text)}")

# %% [markdown]
# Capital letters become small (**uncased**), and accents disappear. In German, *schön*
# (beautiful) and *schon* (already) have become one word.
#
# The second step, the **pre-tokenizer**, cuts at spaces and around each punctuation mark. Both steps in one function:

# %% tags=["nbval-check-output"]
pre_tokenizer = tokenizer.backend_tokenizer.pre_tokenizer


def words_of(text):
    """Normalise the text, then cut it at spaces and punctuation."""
    cut = pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text))
    return [word for word, place in cut]


words_of("Don't   PANIC, it's 9:45 😡")

# %% [markdown]
# *Don't* is three words now, the spaces are gone, and the emoji is still here.
#
# ## How is a word cut into pieces?
#
# The third step takes one word at a time. A word in the vocabulary stays whole. Any other word is cut.
# A lecture on BERT cuts *internationalization* into *intern + ##ational + ##ization*. Does our tokenizer?

# %% [markdown] tags=["slide"]
# - Longest piece first, from the left
# - Then the longest that fits the rest, with `##`
# - Nothing fits: the *whole* word is `[UNK]`
#
# **A rule of a few lines: WordPiece.**

# %% [markdown] tags=["notes"]
# Do one word on the board with the room, before any code: *unbelievably*. Many begin with *un* and *believ*. Ask
# whether that entry is in the list. Walk once through the loop. Then say that our function agrees with the library on
# thousands of words.

# %% tags=["nbval-check-output"]
for word in ("happy", "sleepless", "unbelievably", "internationalization"):
    print(f"{word:<21}", *tokenizer.tokenize(word))
print([piece in vocabulary for piece in ("intern", "##ational", "international")])

# %% [markdown]
# It could not: there is no `##ational`. And `intern` loses to `international`, because the rule says **longest first**.
#
# The rule, **WordPiece**, is short enough to write it ourselves.


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
# - `start` is where the next piece begins. `end` begins at the end of the word and walks back: long pieces come first.
# - Behind the first piece, we look for the entry with `##`.
# - Nothing fits, not even one character (Python's `else` of a loop): then the **whole word** is `[UNK]`.
#
# Is it really the library's rule? One example proves nothing. We take every different word of 2,260 short posts.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"), split="train")
most = course.pick(laptop=3000, full=3000, smoke=200)
posts = posts.select(range(min(most, len(posts))))
texts = posts["text"][:]
distinct = sorted({word for text in texts for word in words_of(text)})
for word in distinct:
    assert wordpiece(word) == tokenizer.tokenize(word), word
print(f"{len(distinct):,} words, and every one is cut alike")

# %% tags=["record"]
course.record("words_checked", len(distinct))

# %% [markdown]
# Now a case that must fail: our function alone, without the two steps before it.

# %% tags=["nbval-check-output"]
for text in ("Café", "don't"):
    print(f"{text:<6} only step 3: {wordpiece(text)}  all: {tokenizer.tokenize(text)}")

# %% [markdown]
# The vocabulary has no capital C. And nobody cut at the apostrophe. Normaliser, pre-tokenizer and WordPiece only work
# together.
#
# **Try it.** Copy `wordpiece` into a new cell, call it `shortest_first`, and walk the other way:
# `range(start + 1, len(word) + 1)`. How will *happy* be cut?
#
# <details><summary>An answer</summary>
#
# Into single letters: `h ##a ##p ##p ##y`. Now the *shortest* piece wins, and every letter is in the vocabulary.
#
# </details>


# %% tags=["try"]
def shortest_first(word):
    pieces, start = [], 0
    while start < len(word):
        for end in range(start + 1, len(word) + 1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


if course.profile == "laptop":
    assert shortest_first("happy") == ["h", "##a", "##p", "##p", "##y"]

# %% [markdown]
# ## Are the pieces meaningful parts?
#
# `sleep ##less` looks as if the tokenizer knew grammar. The lecture on BERT compares the pieces with the parts that a
# linguist finds in a word.

# %% tags=["nbval-check-output"]
for word in ("homesick", "happiness", "unhappiness", "undesirable"):
    print(f"{word:<12}", *wordpiece(word))
print("##happiness" in vocabulary)

# %% [markdown]
# *homesick* is not cut into *home* and *sick*. And *unhappiness* breaks its *happiness*, because there is no entry
# `##happiness`. The vocabulary comes from counting very many texts (Wu et al., 2016), not from a grammar.
#
# ## Cased or uncased?
#
# A published project tried cased and uncased checkpoints, and kept an uncased one. We take our normaliser and switch
# off one thing: the small letters.

# %% [markdown] tags=["slide"]
# - Uncased: capital letters become small
# - Switched off here: most posts get `[UNK]`
# - Cased is another checkpoint, with its own vocabulary
#
# **Do capitals help? Here nobody can tell.**

# %% [markdown] tags=["notes"]
# Ask what happens to *AGAIN* if we keep the capitals and take the same vocabulary. Many expect small changes. Show the
# share of posts with `[UNK]`, before and after. The comparison with counting words can be read at home: its interval
# holds zero.


# %% tags=["nbval-check-output"]
import numpy as np
from tokenizers.normalizers import BertNormalizer


def share_unknown(tokenizer, texts):
    """Return the share of the texts in which at least one token is [UNK]."""
    found = [tokenizer.unk_token_id in ids for ids in tokenizer(texts)["input_ids"]]
    return np.mean(found)


cased = AutoTokenizer.from_pretrained(course.checkpoint)
cased.backend_tokenizer.normalizer = BertNormalizer(lowercase=False)
print(*cased.tokenize(angry))
before, after = share_unknown(tokenizer, texts), share_unknown(cased, texts)
print(f"posts with [UNK]: {before:.0%}, cased: {after:.0%}")

# %% tags=["record"]
course.record("unknown_share", before)
course.record("unknown_share_cased", after)

# %% [markdown]
# Most posts hold `[UNK]` now: this vocabulary has no word with a capital letter. So *cased* is no switch. It is another
# checkpoint, with its own vocabulary.
#
# Do capitals say something? Of the 211 posts that shout a word, 80% are anger or joy; of all posts, 51%. So we ask a
# method that makes its own vocabulary: counting words ({{ lesson:start_here }}).

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

unseen = load_dataset(*course.dataset("emotion"), split="test")
truth, right = np.array(unseen["label"][:]), {}
for name in ("uncased", "cased"):
    counter = TfidfVectorizer(lowercase=name == "uncased")
    method = make_pipeline(counter, LogisticRegression(max_iter=1000))
    method.fit(texts, posts["label"][:])
    right[name] = method.predict(unseen["text"][:]) == truth
    print(f"{name}: {len(counter.vocabulary_):,} words, {right[name].mean():.1%} right")

# %%
from course_utils.statistics import interval

gain, low, high = interval(right["cased"].astype(int) - right["uncased"])
print(f"cased minus uncased: {gain:+.1%}, 95% interval {low:+.1%} to {high:+.1%}")

# %% tags=["record"]
course.record("cased_gain", gain)

# %% [markdown]
# The cased method has a fifth more words to learn, each from fewer examples. The interval holds zero: too few posts
# to tell. Where capitals carry meaning (names, German nouns), try a cased checkpoint and measure.
#
# ## Which ids are not words?
#
# Five tokens have a job of their own.
#
# | id | token | its job |
# |---|---|---|
# | 0 | `[PAD]` | fills up short texts |
# | 100 | `[UNK]` | stands for a word that cannot be built |
# | 101 | `[CLS]` | first token; a classifier often reads its answer here ({{ lesson:bert_for_sequence_classification }}) |
# | 102 | `[SEP]` | ends a text |
# | 103 | `[MASK]` | a gap to fill, used in pretraining |
#
# The way to the ids, and the way back:

# %% [markdown] tags=["slide"]
# - `[CLS]` first, `[SEP]` at the end
# - `[PAD]` fills up, `[UNK]` stands for the unknown
# - Back to text: capitals, accents and emoji are lost
#
# **Keep your texts.**

# %% [markdown] tags=["notes"]
# Show the sentence with Zürich, and ask what comes back. Let the room list what is lost before you run the cell. Then
# ask how many of the posts come back unchanged: hardly any. The forged `[SEP]` is a nice surprise, if there is time.

# %% tags=["nbval-check-output"]
text = "Café ZÜRICH: 5€  (don't ask)! 😂"
ids = tokenizer(text)["input_ids"]
print(ids)
print(tokenizer.decode(ids))
print(tokenizer.decode(ids, skip_special_tokens=True))

# %% [markdown]
# `decode` glues the pieces together and guesses the spaces. Lost: capital letters, accents, the double space, how
# *don't* was written, and the emoji.
#
# How often does a text survive the way there and back?

# %% tags=["nbval-check-output"]
back = tokenizer.decode(tokenizer(texts)["input_ids"], skip_special_tokens=True)
unchanged = sum(one == other for one, other in zip(texts, back, strict=True))
print(f"{unchanged} of {len(texts)} posts come back as they were")

# %% tags=["record"]
course.record("round_trip_share", unchanged / len(texts))

# %% [markdown]
# Hardly any. So keep your texts beside the ids.
#
# **Try it.** A reader writes the five characters `[SEP]` into a message. Print
# `tokenizer("one [SEP] two")["input_ids"]`. Is it text or a command?
#
# <details><summary>An answer</summary>
#
# A command: the id 102 stands in the middle, the real separator. Foreign text can forge your structure.
# With `split_special_tokens=True` it is plain text: `[`, `sep`, `]`, three words like any others.
#
# </details>

# %% tags=["try"]
forged = tokenizer("one [SEP] two")["input_ids"]
print(forged)
if course.profile == "laptop":
    assert forged[2] == 102 == tokenizer.sep_token_id
    plain = tokenizer("one [SEP] two", split_special_tokens=True).tokens()
    assert plain[2:5] == ["[", "sep", "]"]

# %% [markdown]
# ## Where in my text was this token?
#
# `return_offsets_mapping=True` keeps, for each token, its place in the **original** text.

# %% [markdown] tags=["slide"]
# - Offsets: first character, and one past the last
# - They point into the *original* text
# - `word_ids`: which tokens are one word
#
# **So an answer can be marked in the text.**

# %% [markdown] tags=["notes"]
# Ask how one would find *Zürich* in the text, when the tokens say *zurich*. Searching for the word finds nothing. Let
# somebody read the two numbers below a box, and count the characters aloud. The figure of the notebook is worth
# opening here.

# %% tags=["nbval-check-output"]
from lessons.tokenization.figures import token_boxes

text = "Homesick in Zürich, sleepless AGAIN 😂"
encoding = tokenizer(text, return_offsets_mapping=True)
tokens, words = encoding.tokens(), encoding.word_ids()
offsets = encoding["offset_mapping"]
token_boxes(text, tokens, offsets, words, "Above: the text. Below: its tokens.")

# %% [markdown]
# Boxes that touch belong to one word. Dashed boxes have no text: the tokenizer added them. The small numbers are the
# **offsets**: first character, and one past the last. `word_ids()` says to which word each token belongs.

# %% tags=["nbval-check-output"]
begin, end = offsets[tokens.index("zurich")]
print("zurich was", text[begin:end])
print(words)

# %% [markdown]
# The writer's own spelling is back. The word 0 appears twice: `homes` and `##ick`. `None` marks the two added tokens.
#
# ## Two texts in one input?
#
# Some tasks compare two texts. Give the tokenizer both, and then a list of the two.

# %% tags=["nbval-check-output"]
question, answer = "Is the lift working?", "Take the stairs."
pair = tokenizer(question, answer)
print(*pair.tokens())
print(*pair["token_type_ids"])
for ids in tokenizer([question, answer])["input_ids"]:
    print(*tokenizer.convert_ids_to_tokens(ids))

# %% [markdown]
# First, one row with a `[SEP]` in the middle. `token_type_ids` says which text a token is from: 0 or 1. Then two
# rows: a list means many texts, each by itself. Nothing warns you if you meant the other.
#
# ## Why do the short messages get zeros?
#
# Four messages go in. A **tensor** is a rectangle of numbers, so all rows must be equally long. They are not.

# %% [markdown] tags=["slide"]
# | setting | four messages of 5, 5, 8, 15 |
# |---|---|
# | `padding=True` | 15, 15, 15, 15 |
# | `truncation=True, max_length=8` | 5, 5, 8, 8 |
# | both | 8, 8, 8, 8 |

# %% [markdown] tags=["notes"]
# Let the room predict each line before it is shown. Then take the slips: `max_length` without `truncation`. Most
# expect that it cuts. It does not, and a word that is misspelt raises nothing at all.

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
# Each line shows how long the four rows become.

# %% tags=["nbval-check-output"]
strategies = [
    {"padding": True},
    {"padding": "max_length"},
    {"truncation": True, "max_length": 8},
    {"padding": True, "truncation": True, "max_length": 8},
    {"padding": "max_length", "truncation": True, "max_length": 36},
]
for strategy in strategies:
    size = [len(ids) for ids in tokenizer(messages, **strategy)["input_ids"]]
    print(f"{size!s:<21} {sum(size):>5} tokens  {strategy}")

# %% [markdown]
# `padding=True` fills up to the longest row of *this batch*. `padding="max_length"` fills up to the number in
# `max_length=`, and `truncation=True` cuts there. Without a number both take the model's limit, 512.
#
# With nothing cut, the same four messages cost from 60 to 2,048 tokens. A published notebook says that transformers
# "require fixed-length numeric input". No: only the rows of *one batch* must be equally long.
#
# Three slips:

# %% tags=["nbval-check-output"]
import warnings

slips = [
    {"padding": True, "max_length": 8},
    {"padding": "max_length", "max_length": 8},
    {"pading": True, "trunkation": True},
]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for slip in slips:
        print([len(ids) for ids in tokenizer(messages, **slip)["input_ids"]], slip)
print("warnings:", [str(one.message).split(". ")[0] for one in caught])

# %% [markdown]
# One warning for three slips. In the first two, nothing is cut, because `truncation` is missing. In the third, both
# words are misspelt, and nobody says so. Print the lengths after every change.
#
# ## Does the model see the zeros?
#
# With the ids comes an **attention mask**: 1 for a real token, 0 for padding.

# %% [markdown] tags=["slide"]
# - The attention mask: 1 to read, 0 to pass over
# - Without it, answers change, and nothing warns
# - Zeros in front: answers change, too
#
# **Pass on the whole batch: `model(**batch)`.**

# %% [markdown] tags=["notes"]
# Ask what a forgotten mask does. Many say that zeros count as nothing. But 0 is the number of a token, and it has a
# row in the table. Point at the yardstick in the output: without the mask, the answers move by a good part of what
# separates two posts.

# %% tags=["nbval-check-output"]
batch = tokenizer(messages[:3], padding=True, return_tensors="pt")
print(batch["input_ids"])
print(batch["attention_mask"])

# %% [markdown]
# The model should give the zeros no weight. We ask one with four outputs, its **logits**: raw numbers, one for each
# label. Its last layer is new and random (`MISSING`, as in {{ lesson:start_here }}). Its answers
# are worthless, but they must not depend on padding. `eval()` switches off **dropout**: random gaps, made only in
# training.

# %%
import torch
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4
)
model = model.to(course.device).eval()
some = texts[: course.pick(laptop=16, full=64, smoke=4)]
singles = [tokenizer(text, return_tensors="pt").to(course.device) for text in some]
with torch.no_grad():
    alone = torch.cat([model(**single).logits for single in singles])
alone.shape

# %% [markdown]
# Each post by itself, without padding. Now the same posts as one padded batch: with the mask, without it, and with the
# mask but the zeros in front. The last line is a yardstick: how far apart are two different posts?

# %%
batch = tokenizer(some, padding=True, return_tensors="pt").to(course.device)
left = tokenizer(some, padding=True, padding_side="left", return_tensors="pt")
with torch.no_grad():
    trials = {
        "with the mask": model(**batch).logits,
        "without it": model(input_ids=batch["input_ids"]).logits,
        "zeros in front": model(**left.to(course.device)).logits,
        "another post": alone.roll(1, dims=0),
    }
difference = {name: (out - alone).abs().max() for name, out in trials.items()}
for name, out in trials.items():
    changed = (out.argmax(dim=-1) != alone.argmax(dim=-1)).sum()
    print(f"{name:<15} differs by {difference[name]:.1e}, {changed} answers change")

# %% tags=["record"]
assert torch.allclose(trials["with the mask"], alone, atol=1e-4)
course.record("mask_difference", difference["with the mask"])
course.record("no_mask_difference", difference["without it"])
course.record("left_padding_difference", difference["zeros in front"])

# %% [markdown]
# With the mask: equal, up to rounding. Without it, some answers change: the shift is about 40% of what separates two
# posts. There is no error and no warning. So pass on the whole batch: `model(**batch)`.
#
# With the zeros in front, the mask is right and the answers still move. BERT numbers the places from the left, zeros
# included, so each word is read as if it came later. For BERT, pad on the right.
#
# ## Assumption and sceptic
#
# > **Assumption:** *Much padding adds noise. It may degrade the model.*
# >
# > **Sceptic:** *With the mask, padding changes nothing but the bill.*
#
# A paper on emotions in tweets (Flores, 2024) says that excessive padding "may slightly degrade model performance". We
# pad one post to the model's limit, and look at the answers and at the **gradient**: what training would change.

# %% [markdown] tags=["slide"]
# - Assumption: much padding adds noise
# - Sceptic: it changes nothing but the bill
# - Measured: same answers, same gradient
#
# **With the mask, padding costs only time.**

# %% [markdown] tags=["notes"]
# Take a vote. Then show the two differences, of the answers and of the gradient. Ask what the bill is: 32 times the
# tokens for one post. Say the two conditions: the mask goes along, and the zeros stand on the right.


# %%
def answers_and_gradient(**settings):
    """Return tokens, logits, and the gradient of all weights as one long row."""
    batch = tokenizer(some[0], return_tensors="pt", **settings).to(course.device)
    model.zero_grad()
    output = model(**batch, labels=torch.tensor([0], device=course.device))
    output.loss.backward()
    gradient = torch.cat([weight.grad.flatten() for weight in model.parameters()])
    return batch["input_ids"].shape[1], output.logits.detach(), gradient


# %%
limit = course.pick(laptop=512, full=512, smoke=64)
short, logits, gradient = answers_and_gradient()
long, logits_padded, padded = answers_and_gradient(
    padding="max_length", max_length=limit
)
print(f"{short} tokens, padded to {long}")
print(f"logits differ by   {(logits - logits_padded).abs().max():.1e}")
print(f"gradient differs by {(gradient - padded).abs().max():.1e}")
print(f"its largest value: {gradient.abs().max():.1e}")

# %% tags=["record"]
assert torch.allclose(gradient, padded, atol=1e-4)
course.record("gradient_difference", (gradient - padded).abs().max())

# %% [markdown]
# The answers are the same, and so is what the model would learn, up to rounding. The bill is not: 32 times the
# tokens. The sceptic is right, on two conditions: the mask goes along, and BERT's zeros stand on the right.
#
# ## How long are my texts?
#
# Before you choose `max_length`, count. In tokens, not in words. Each line of the figure says which share of the texts
# fits into so many tokens.

# %% [markdown] tags=["slide"]
# - Count tokens, not words
# - Choose a limit that nearly all texts fit into
# - What is longer is cut at its end
#
# **512 is the model's limit, not yours.**

# %% [markdown] tags=["notes"]
# Ask for a limit for tweets. Many take 512, to be safe. Open the figure of the notebook, and let the room read off
# which share of the posts fits into 36, and which into 64. Then ask where in a text the important word stands.

# %% tags=["nbval-check-output"]
from lessons.tokenization.figures import length_profile

most = course.pick(laptop=4000, full=50_000, smoke=100)
lengths = {}
for name in ("emotion", "stance", "cefr", "tweets"):
    some_texts = load_dataset(*course.dataset(name), split="train")["text"][:most]
    lengths[name] = np.array([len(ids) for ids in tokenizer(some_texts)["input_ids"]])
length_profile(lengths, (36, 64, 128, 512), "How long are the texts?")

# %% tags=["record"]
course.record("cut_at_36_emotion", np.mean(lengths["emotion"] > 36))

# %% [markdown]
# At 64 tokens, nearly no post and no tweet is cut. `cefr` holds some whole passages, so its line has a long flat part.
# Nothing here comes near 512.
#
# Other texts are longer: of 2,500 film reviews (IMDB), 16% have more than 512 tokens. Uncut, they make the model
# fail: it has a vector for 512 places, and none for the next. `truncation=True` cuts the end off, and nobody reads
# it.
#
# ## What does each strategy cost?
#
# Our posts, sixteen at a time, as in training. How many tokens are computed for each token of text?

# %% [markdown] tags=["slide"]
# | padding | computed, for each token |
# |---|---|
# | to the longest of the batch | under 2 |
# | always to 512 | about 20 |
#
# **Similar lengths together: nearly nothing is wasted.**

# %% [markdown] tags=["notes"]
# Show the second line, and ask what it means for a training of one hour. It would take about half a day. Many believe
# that short limits are the cure. `always 36` looks cheap, because it has cut texts.


# %% tags=["nbval-check-output"]
def computed(texts, **settings):
    """Count the tokens of all batches of sixteen, padding included."""
    starts = range(0, len(texts), 16)
    batches = [tokenizer(texts[start : start + 16], **settings) for start in starts]
    return sum(len(ids) for batch in batches for ids in batch["input_ids"])


token_count = np.array([len(ids) for ids in tokenizer(texts)["input_ids"]])
by_length = [texts[place] for place in np.argsort(token_count)]
print(f"{token_count.sum():,} tokens, computed: {computed(texts, padding=True):,}")

# %% tags=["nbval-check-output"]
from course_utils import plots

price = {
    "longest of the batch, sorted": computed(by_length, padding=True),
    "longest of the batch": computed(texts, padding=True),
}
for limit in (36, 64, 128, 512):
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
# `always 36` looks cheap, but it pays with cut texts.
#
# ## 36 words or 36 tokens?
#
# Flores keeps tweets of at most 36 *words*. Then he pads and cuts at 36. But the tokenizer counts *tokens*, and two of
# them are `[CLS]` and `[SEP]`.

# %% [markdown] tags=["slide"]
# - A study keeps tweets of at most 36 *words*
# - It cuts at 36 *tokens*
# - `[CLS]` and `[SEP]` count, too
#
# **The last word, *livid*, is gone.**

# %% [markdown] tags=["notes"]
# Ask whether a tweet of 36 words fits into 36 tokens. Most say yes. Even the simplest text loses two words. Then read
# the text about the saucepans aloud, and stop where the model stops.

# %% tags=["nbval-check-output"]
word_count = np.array([len(text.split()) for text in texts])
kept = word_count <= 36
print(f"{kept.sum():,} of {len(kept):,} posts have at most 36 words")
print(f"{np.sum(token_count[kept] > 36)} of these need more than 36 tokens")

# %% [markdown]
# The filter removes few posts, and the limit still cuts many that passed it. Here is the longest of them.

# %% tags=["nbval-check-output"]
worst = int(np.argmax(np.where(kept, token_count, 0)))
cut = tokenizer(
    texts[worst], truncation=True, max_length=36, return_offsets_mapping=True
)
last = max(end for start, end in cut["offset_mapping"])
print(f"{word_count[worst]} words, {token_count[worst]} tokens: {texts[worst]}")
print("cut at 36:", texts[worst][:last])

# %% [markdown]
# The last word is *livid*, the only one that names the feeling. The model would not see it.
#
# In real tweets it is stranger still. Of 2,931 tweets of TweetEval, none has more than 36 words, so the filter does
# nothing. But 371 have more than 36 tokens. Set your limit in tokens.
#
# ## May I filter the test set?
#
# Flores filters the test set, too. Whose texts vanish? `stance` holds opinions on new laws, each with its style.

# %% tags=["nbval-check-output"]
stance = load_dataset(*course.dataset("stance"), split="test").to_pandas()
stance["gone"] = stance["text"].str.split().str.len() > 36
stance.groupby("author_style")["gone"].agg(["size", "mean"]).round(2)

# %% [markdown]
# `mean` is the share that vanishes: more than half of those who tell a story. A filtered test asks other people, so its
# score answers another question ({{ lesson:case_emotion }}). Leave the test alone.
#
# ## What became of the emoji?
#
# Back to the two passengers. Their emoji survived two steps. Now the third.

# %% [markdown] tags=["slide"]
# - 😂 and 😡 are not in the vocabulary
# - `happy😂` becomes `[UNK]`, with its word
# - Cures: names in words, new tokens, another checkpoint
#
# **New tokens mean nothing until they are trained.**

# %% [markdown] tags=["notes"]
# Show the last line of the output, and ask where *happy* is. It takes a while to see it. Then compare the three ways.
# Most like the second one best: ask what the model knows about a new row. The two emoji are still alike for it.

# %% tags=["nbval-check-output", "slide"]
for text in ("😂", "😡", "🔥", "♥", "★", ":)", "I am so happy😂"):
    print(text, "->", *tokenizer.tokenize(text))

# %% [markdown]
# The vocabulary has some old symbols, but no 😂 and no 😡. And look at the last line: *happy* is gone, too! An emoji is
# no punctuation mark, so nothing is cut beside it, and one bad character makes the whole word `[UNK]`.
#
# The lecture on BERT says that pieces avoid failures on new words, borrowings and creative spellings. True, where the
# vocabulary has the letters.
#
# **First way: give the emoji words.** Python knows their names. (A skin tone is a character of its own.)

# %% tags=["nbval-check-output"]
import unicodedata


def name_symbols(text):
    """Replace each symbol, an emoji say, by its name in Unicode."""
    parts = []
    for character in text:
        symbol = unicodedata.category(character) == "So" or character in "🏻🏼🏽🏾🏿"
        name = unicodedata.name(character, "symbol").lower()
        parts.append(f" {name} " if symbol else character)
    return "".join(parts)


named = [name_symbols(text) for text in texts]
print(name_symbols(angry), "|", name_symbols(amused))
before, after = share_unknown(tokenizer, texts), share_unknown(tokenizer, named)
print(f"posts with [UNK]: {before:.0%}, with names: {after:.0%}")

# %% tags=["record"]
course.record("unknown_share_named", after)

# %% [markdown]
# The two messages differ again, in words that the model has met before. No post holds `[UNK]` any more. Do the same
# with every text, in training and later. ({{ Lesson:case_emotion }} measures whether the score rises.)
#
# **Second way: make the vocabulary bigger.** The model's table then needs a row for each new id. The cosine
# ({{ lesson:hugging_face_basics }}) tells whether two rows point in the same direction.

# %%
bigger = AutoTokenizer.from_pretrained(course.checkpoint)
print(bigger.add_tokens(["😂", "😡"]), "added:", *bigger.tokenize("I am so happy😂"))
model.resize_token_embeddings(len(bigger))
table = model.get_input_embeddings().weight.detach()
cosine = torch.nn.functional.cosine_similarity
happy, sad = table[vocabulary["happy"]], table[vocabulary["sad"]]
print(f"😂 and 😡: {cosine(table[-2], table[-1], dim=0):.3f}")
print(f"happy and sad: {cosine(happy, sad, dim=0):.3f}")

# %% [markdown]
# *happy* is free. But nobody has trained the new rows: the library starts both near the mean of all rows. So for the
# model, 😂 and 😡 still mean the same, until it trains on many examples. In a frozen table they never learn.
#
# **Third way: another checkpoint.** Some vocabularies are built from bytes, RoBERTa's for one (Liu et al., 2019). Every
# character is made of bytes, and there are only 256. Here is a small one of that kind, made from our posts.

# %% tags=["nbval-check-output"]
from tokenizers import ByteLevelBPETokenizer

of_bytes = ByteLevelBPETokenizer()
of_bytes.train_from_iterator(texts, vocab_size=5000, show_progress=False)
for text in ("I am so happy😂", "a 🦄"):
    encoded = of_bytes.encode(text)
    print(*encoded.tokens, "->", of_bytes.decode(encoded.ids))

# %% [markdown]
# The odd letters stand for bytes (`Ġ` is a space). 😂 is frequent, so its four bytes have become one token. The
# rare unicorn stays in parts. Nothing is unknown, and the way back loses nothing.
#
# ## And hashtags, slips, slang?
#
# These rarely become `[UNK]`. They fall into pieces.

# %% [markdown] tags=["slide"]
# | text | pieces |
# |---|---|
# | tomorrow | tomorrow |
# | tommorow | tom ##mo ##row |
# | #PuppyLove | # puppy ##lov ##e |
#
# **Seldom unknown, but in pieces.**

# %% [markdown] tags=["notes"]
# Ask for a slip that costs no extra token. Few find one: *form* for *from* is such a slip. The hashtag shows what is lost
# with the capitals: the border between two words. This section can be skipped.

# %% tags=["nbval-check-output"]
for text in ("tomorrow", "tommorow", "tmrw", "sooooo", "#homesick", "#PuppyLove"):
    print(f"{text:<11}", *tokenizer.tokenize(text))

# %% [markdown]
# A slip costs more tokens, and the pieces say little. The hashtag lost its capitals, the only sign that *Puppy* and
# *Love* are two words. If hashtags matter to you, split them before.
#
# **Try it.** Print the tokens of `#Puppy Love` and of `#puppy_love`. Which helps?
#
# <details><summary>An answer</summary>
#
# Both: *puppy* and *love* stay whole. The underscore is punctuation, and becomes a token, too.
#
# </details>

# %% tags=["try"]
print(*tokenizer.tokenize("#Puppy Love"), "|", *tokenizer.tokenize("#puppy_love"))
if course.profile == "laptop":
    assert tokenizer.tokenize("#Puppy Love") == ["#", "puppy", "love"]
    assert tokenizer.tokenize("#puppy_love") == ["#", "puppy", "_", "love"]

# %% [markdown]
# ## What happens to other languages?
#
# The vocabulary was made mostly from English. Here is the late train again, in eight languages.

# %% [markdown] tags=["slide"]
# - The vocabulary was made mostly from English
# - Other languages: more tokens for the same content
# - Telugu: every word is `[UNK]`
#
# **Few tokens are no good sign by themselves.**

# %% [markdown] tags=["notes"]
# Let people name their language, and guess how many tokens a sentence needs. Then open the figure of the notebook, and
# ask why Telugu has the shortest bar. Many take it for the best case. Each unknown word costs one token, and says
# nothing.

# %% tags=["nbval-check-output"]
from lessons.tokenization.languages import SENTENCES

for language, sentences in SENTENCES.items():
    print(f"{language:<11}", sentences[2], "->", *tokenizer.tokenize(sentences[2]))

# %% [markdown]
# English keeps its words. Vietnamese lost its tone marks: *má* (mother) and *mà*
# (but) are both `ma` now. Japanese and Hindi lose signs, too: the normaliser takes them for accents, so *か* (ka) and
# *が* (ga) become one. In Telugu, every word is `[UNK]`: other words in as many places give the same ids.
#
# Now we count the tokens of six sentences in each language.

# %% tags=["nbval-check-output"]
parts = {}
for language, sentences in SENTENCES.items():
    tokens = tokenizer.tokenize(" ".join(sentences))
    inner = sum(token.startswith("##") for token in tokens)
    lost = tokens.count("[UNK]")
    begins = len(tokens) - inner - lost
    parts[language] = {"begins a word": begins, "goes on (##)": inner, "[UNK]": lost}
plots.stacked_bars(parts, "The same six sentences", "tokens", "{:,.0f}")

# %% tags=["record"]
course.record("tokens_tagalog", sum(parts["Tagalog"].values()))
course.record("unknown_telugu", parts["Telugu"]["[UNK]"])

# %% [markdown]
# Is Telugu the cheapest, then? It is the shortest bar because an unknown word costs only one token. Few tokens
# are no good sign by themselves.
#
# Tagalog needs 1.7 times the tokens of English for the same content, so its texts reach every limit earlier. A bar
# without `[UNK]` does not mean that the model understands. It knows `tre` and `##n`, but hardly a Spanish train.
#
# For another language, take a checkpoint that has read it: `bert-base-multilingual-cased` (104 languages, says its
# card), or one for your language alone.
#
# ## Is it fast?
#
# The tokenizer likes many texts at once, and `map` with `batched=True` hands them over so.

# %%
from timeit import repeat

singly = min(repeat(lambda: [tokenizer(text) for text in texts], number=1, repeat=3))
at_once = min(repeat(lambda: tokenizer(texts), number=1, repeat=3))
print(f"{len(texts) / singly:,.0f} and {len(texts) / at_once:,.0f} posts a second")
print(f"all at once: {singly / at_once:.1f} times as fast")

# %% tags=["record"]
course.record("batched_speedup", singly / at_once)

# %% [markdown]
# For thousands of posts it hardly matters.
#
# ## Which way should I take by default?
#
# | question | by default |
# |---|---|
# | which tokenizer? | the one in the model's folder |
# | padding? | to the longest row, when a batch is made: `padding=True` |
# | truncation? | `truncation=True`, and a `max_length` in tokens that nearly all your texts fit into |
# | what goes to the model? | the whole batch, with its mask: `model(**batch)` |
# | emoji? | count `[UNK]`; if there are many, names for symbols |
# | another language? | a checkpoint that has read it |
#
# ## In this notebook we have
#
# - **said** which tokenizer we have, and seen what it lowers, strips and cuts at;
# - **rebuilt** WordPiece in a few lines, and found it alike on thousands of words;
# - **read** ids, special tokens, pairs and offsets, and seen that most texts do not come back;
# - **chosen** padding and truncation by counting tokens, and tested what the mask is worth;
# - **judged** the vocabulary on capitals, emoji, slips and eight languages. Our two passengers are two again.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Unable to create tensor` | the rows are not equally long | `padding=True` |
# | a warning: `sequence length is longer than the specified maximum` | a text has more than 512 tokens, and nothing cut it | `truncation=True` |
# | `The size of tensor a (602) must match the size of tensor b (512)` | the model got such a text | the same |
# | scores change with the batch size | the mask is not passed on, or the zeros stand on the left | `model(**batch)`; print `padding_side` |
# | different texts get the same score | the difference became `[UNK]`, or was an accent or a capital | compare their ids |
#
# **Next:** {{ lesson:dataloader }} makes batches of these ids, and measures what padding costs in seconds.

# %% [markdown] tags=["slide"]
# - The tokenizer in the model's folder
# - `padding=True`, when a batch is made
# - A limit in tokens, and `truncation=True`
# - Count `[UNK]` before you train

# %% [markdown] tags=["notes"]
# Leave the slide on the wall, and let everybody write one line for their own texts: length, emoji, language. Ask two
# of them to read it. Come back to the two passengers: they are two again.
