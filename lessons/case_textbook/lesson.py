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
# # {{ number }} · A case study: does it speak my trade?
#
# {{ badges }}
#
# **You will be able to**
#
# - **count** what a tokenizer does to the words of a trade, and compare two tokenizers fairly;
# - **add** tokens to a model, give them rows that mean something, and train only those rows;
# - **adapt** a model to a book by hiding words, and tell the trade from mere prose;
# - **grade** short answers against the teacher's model answer, beside simple methods and on planted traps;
# - **refuse** a use that the numbers do not carry, and say so in a summary.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("case_textbook", PROFILE)

# %% [markdown]
# ## Who asks, and what would help her?
#
# Ruta heads a school for bakers. Her exam has 40 questions, and she has 21 answers to each. A person reads an
# answer in half a minute, so this is a day of work. Her school has a textbook, too. She asks: "Does a model mark better
# if it has read our book?"
#
# A lecture on fine-tuning pretrained language models has this as its third objective: "Domain Adaptation using Textbook
# Corpora". It names six steps (importance, corpus, tokenizers, domain adaptation, results, summary), and prints no
# number for any. It also names a paper (Bonthu, Sree and Prasad, 2024), "Framework for automation of short answer
# grading based on domain-specific pre-training". We have only its title. We walk its road, and measure each step.
#
# A **domain** is a field with its own words and its own way of writing. **Domain adaptation** trains a model further on
# its texts. Five promises, made **before** we see a score:
#
# | | promise | goal |
# |---|---|---|
# | 1 | **rows**: new tokens that begin as the mean of their pieces are guessed better than random rows | above zero |
# | 2 | **book**: the book lowers the loss on an unread chapter by more than other texts do | above zero |
# | 3 | **trade**: it gains more there than on the chapter of another trade | above zero |
# | 4 | **help**: the grader that read the book beats the grader that read other texts (in *kappa*, see below) | above zero |
# | 5 | **useful**: it grades the third of the answers of which it is surest, and gets this share right | above 80% |
#
# A promise is kept if the whole 95% interval lies above its goal. And one rule: **without a clear help, we keep the
# simplest model**. (Numbers in our sentences belong to the profile `laptop`.)

# %% [markdown] tags=["slide"]
# - Ruta: an exam for bakers, 840 answers, one textbook
# - Does a model mark better after it read the book?
# - Five promises, written down before the first score
#
# **Without a clear help, we keep the simplest model.**

# %% [markdown] tags=["notes"]
# Begin with Ruta's question, and let the room vote: will the book help? Most say yes, and the end will surprise them.
# Read promise 4 aloud, since all others lead to it. Ask what "kept" should mean: a good mean, or the whole interval?
# When time is short, name the other promises only when their result comes.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
book = load_dataset(*course.dataset("textbook"))
answers = load_dataset(*course.dataset("answers"))
for name, rows in {"book": book, "answers": answers}.items():
    print(name, {part: len(some) for part, some in rows.items()})

# %% [markdown]
# The road, with real counts:

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

from lessons.case_textbook.hiding import words_in

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
count = sum(len(words_in(text)) for text in book["train"]["text"])
print(f"{count:,} words to learn from, {len(tokenizer):,} tokens to write them with")

# %% tags=["skip"]
from course_utils import plots
from lessons.case_textbook.hiding import HIDDEN_SHARE

road = {
    "the book": f"{count:,} words",
    "tokenizer": f"{len(tokenizer):,} tokens",
    "hide and guess": f"{HIDDEN_SHARE:.0%} of the tokens",
    "grader": "wrong, partly, right",
}
plots.flow(list(road.items()), "From the book to a grade")

# %% [markdown]
# The book is cut into tokens. A model guesses hidden words of it, then it becomes a grader. Each box can fail, so each
# gets its own measure and a simple method to beat, a baseline.
#
# ## Why a model of the trade's own?
#
# A report on emotion models says that "to achieve optimal performance on domain-specific tasks, fine-tuning these
# pre-trained models is essential". That is about the **last** box. Our claim is about the boxes before, the tokens and
# the reading.
#
# It has support in a study on biomedical texts (named in the same lecture): "the findings highlight the importance of
# domain-specific vocabulary and pretraining". The study reports a new best on **BLURB**, a benchmark (a fixed set) of
# biomedical tasks.
#
# Medicine has millions of articles, Ruta has one book. So we test both.

# %% [markdown] tags=["slide"]
# - A study on medicine: its own texts and words help
# - Medicine has millions of articles
# - Ruta has one book
#
# **Reading the trade's texts, and grading: two different claims.**

# %% [markdown] tags=["notes"]
# Point back to the four boxes of the figure. Ask which boxes the quotation speaks of, and which ones our claim. People
# take a success in one box as a success in all. We will test them one by one.

# %% [markdown]
# ## The corpus: what is in the book?
#
# A **corpus** is a collection of texts to learn from. The book has ten chapters, a paragraph in each row. One chapter
# of another trade lies beside it.

# %% [markdown] tags=["slide"]
# | part | what for |
# |---|---|
# | eight chapters | learn |
# | one baking chapter | judge |
# | *Bicycle repair* | control: same style, other trade |
#
# **A control shows what else could explain a gain.**

# %% [markdown] tags=["notes"]
# Ask the room: why do we keep a chapter about bicycles beside a book on bread? Wait for the word "style". Say that a
# language model wrote the book, and that no baker checked it. The table of word counts can be skipped.

# %% tags=["nbval-check-output"]
import pandas as pd

table = pd.concat([rows.to_pandas().assign(part=part) for part, rows in book.items()])
table["words"] = table["text"].map(lambda text: len(words_in(text)))
groups = table.groupby(["part", "title"], sort=False)
groups.agg(paragraphs=("text", "size"), words=("words", "sum"))

# %% [markdown]
# Eight chapters teach. *Shaping and proof* is held out: no model reads it before it is judged. *Mixing and dough
# development* is for choosing settings; we only count its words. *Bicycle repair* is a **control**. It has the same
# style but another trade. If a model improves there just as much, it has learned the style of textbooks, and not
# baking.
#
# Who wrote it? An AI language model, for this course. No baker has read it, so it must not be used for facts about
# baking, food safety or health. A real school asks first whether it may use its textbook. A book has an owner, and a
# model can repeat what it has read ({{ lesson:privacy }}).
#
# ## The tokenizer: which words does it tear?
#
# The tokenizer knows a fixed list of pieces ({{ lesson:tokenization }}). A word that is not on it is cut.

# %% [markdown] tags=["slide"]
# - Common words are whole, words of the trade are cut
# - The book needs 7% more tokens than general texts
# - A text about bicycles needs 5% more
#
# **A mean over all words hides the few that matter.**

# %% [markdown] tags=["notes"]
# Before you show the cell, ask who knows *poolish*, and how the tokenizer will cut it. Then show the pieces: "pool" is
# misleading. Ask whether the cost tells our trade from another one. It does not: bicycles cost nearly the same.

# %% tags=["nbval-check-output", "slide"]
for term in ("bread", "crumb", "levain", "autolyse", "retrogradation", "poolish"):
    print(f"{term:<15}", *tokenizer.tokenize(term))

# %% [markdown]
# *poolish* is a liquid starter dough. The tokenizer sees a pool. *levain*, *autolyse* and *crumb* become pieces that
# mean nothing alone.
#
# How often does it happen? **Fertility** is the number of tokens for one word. (`general` are texts of other lessons:
# invented reviews, opinions and requests.)


# %%
def fertility(texts, tokenizer):
    words = [word for text in texts for word in words_in(text)]
    return len(tokenizer.tokenize(" ".join(words))) / len(words)


general = []
for name in ("reviews", "stance", "requests"):
    general += list(load_dataset(*course.dataset(name), split="train")["text"])

# %% tags=["nbval-check-output"]
parts = {part: rows["text"] for part, rows in book.items()} | {"general": general}
{part: round(fertility(texts, tokenizer), 3) for part, texts in parts.items()}

# %% [markdown]
# The book costs seven tokens in a hundred words more than general texts. But the unread chapter costs five more, and so
# do the bicycles. So this number cannot tell our trade from textbook prose. And it is small: a text of a trade consists
# mostly of common words. We look at the few that carry the content: **torn terms**, words that the tokenizer cuts, and
# that stand at least five times in the training chapters.

# %%
from collections import Counter

counts = Counter(word for text in book["train"]["text"] for word in words_in(text))
frequent = [word for word, n in counts.most_common() if n >= 5]
ids = tokenizer(frequent, add_special_tokens=False)["input_ids"]
pieces = {w: cut for w, cut in zip(frequent, ids, strict=True) if len(cut) > 1}
terms = list(pieces)

# %% tags=["nbval-check-output"]
cost = sum(len(cut) for cut in pieces.values()) / len(pieces)
print(f"{len(terms)} torn terms, {cost:.2f} pieces each, for example:")
print(*terms[:12])

# %% [markdown]
# The rule is blind to meaning: *loaves* is on the list, *bench* is not, since it is whole.
#
# ## New tokens: one row for a torn word
#
# We can put a torn term on the list. `single_word=True` says: only as a whole word, so that *biga* does not cut
# *bigamy*.

# %% [markdown] tags=["slide"]
# - A token is a row of a table
# - `add_tokens` for the tokenizer, `resize_token_embeddings` for the model
# - First values: random, or the mean of the pieces
#
# **Few tokens are saved. Does the meaning gain?**

# %% [markdown] tags=["notes"]
# Ask what happens if one adds tokens and forgets the model. Many think that it falls back to the pieces. It is an
# index error. Then ask what a new row should hold at the start. Skip the code of `widen` when time is short.

# %% tags=["nbval-check-output"]
from transformers import AddedToken

wider = AutoTokenizer.from_pretrained(course.checkpoint)
wider.add_tokens([AddedToken(term, single_word=True) for term in terms])

# %% tags=["nbval-check-output"]
FEW = course.pick(laptop=None, full=None, smoke=3)
held_out = list(book["test"]["text"])[:FEW]
cut = {"before": tokenizer, "after": wider}
cost = {
    name: sum(len(t.tokenize(text)) for text in held_out) for name, t in cut.items()
}
cost

# %% tags=["record"]
course.record("torn_terms", len(terms))
course.record("tokens_saved", 1 - cost["after"] / cost["before"])

# %% [markdown]
# The tokens of the unread chapter fall by about 3%. So speed is no reason to do it. Perhaps meaning is.
#
# **Try it.** We added *croissants*, the plural. Is *croissant* whole now? Guess. Then compare
# `wider.tokenize("croissant")` with `wider.tokenize("croissants")`.
#
# <details><summary>An answer</summary>
#
# No. An added token is that string only. *croissants* is one token, and *croissant* is still in pieces.
#
# </details>

# %% tags=["try"]
one, many = wider.tokenize("croissant"), wider.tokenize("croissants")
if course.profile == "laptop":
    assert len(many) == 1 < len(one)

# %% [markdown]
# For a model, a token is a row of a table ({{ lesson:tokenization }}). New tokens need new rows, and
# `resize_token_embeddings` appends them. What should stand in them? Two beginnings:
#
# - **random**: numbers as large as those of the other rows;
# - **the mean of the pieces**: *levain* begins as the mean of the rows of *lev* and *##ain*.
#
# To see which is better, we need a model that guesses hidden words. BERT was trained so ({{ lesson:pretraining }}). Our
# offline checkpoint has lost the part that guesses, the **head**. So we load it with a new head and train on the
# general texts. The head's output table is *tied*: it is the same as the input table.

# %%
import torch
from transformers import BertForMaskedLM, logging

logging.set_verbosity_error()  # quiet: the table with MISSING is known by now
logging.disable_progress_bar()
UPPER = 2  # so many layers learn

# %% [markdown]
# Only the upper two layers and the head learn. All else is frozen, which saves time.


# %%
def fresh():
    torch.manual_seed(course.seed)
    model = BertForMaskedLM.from_pretrained(course.checkpoint).to(course.device)
    model.bert.embeddings.requires_grad_(False)
    model.bert.encoder.layer[:-UPPER].requires_grad_(False)
    return model


# %% [markdown]
# Now the game. `hide` hides 15% of the tokens, `token_losses` gives the loss of each hidden one. `learner` makes an
# AdamW whose rate rises for a tenth of the steps, and then falls to zero. All are short, in `hiding.py`.

# %%
from lessons.case_textbook.hiding import batches, blocks, hide, learner, token_losses


def read_texts(model, texts, steps, rate, seed):
    rng = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)  # dropout
    learn = learner(model.train(), steps, rate)
    for ids in batches(blocks(texts, tokenizer, 64), 8, steps, rng):
        learn(token_losses(model, *hide(ids, tokenizer, rng)).mean())
    return model


# %%
import random

random.Random(course.seed).shuffle(general)
STEPS = course.pick(laptop=60, full=300, smoke=2)
RATE = course.pick(laptop=1e-3, full=1e-4, smoke=1e-3)
first = read_texts(fresh(), general, STEPS, RATE, seed=0)

# %% [markdown]
# `first` guesses a little, and has read no line about bread. Next: the same model with a wider table. The rows of the
# new tokens are the last.

# %%
OLD = len(tokenizer)


def mean_row(table, term):
    return table[pieces[term]].mean(dim=0)


def random_row(table, term):
    return torch.randn(table.shape[1], device=table.device) * table[:OLD].std()


# %% [markdown]
# `widen` makes the longer table and fills the new rows. The output has one more number for each token, its *bias*. It
# begins as the mean of the pieces in both cases.

# %%
import copy


def widen(model, new_row):
    model = copy.deepcopy(model)
    model.resize_token_embeddings(len(wider), mean_resizing=False)
    table, bias = model.get_input_embeddings().weight, model.cls.predictions.bias
    with torch.no_grad():
        for row, term in enumerate(terms, start=OLD):
            table[row], bias[row] = new_row(table, term), bias[pieces[term]].mean()
    return model


# %% [markdown]
# ## What do the new rows buy?
#
# The test: each place in the held-out chapter where a torn term stands. We hide the **whole term**. `term_losses` gives
# the sum of the losses of its pieces, and their number. A small loss means: the model found the term likely.

# %% [markdown] tags=["slide"]
# | *levain* | per token | per term |
# |---|---|---|
# | two pieces, losses 8 and 10 | 9 | 18 |
# | one token, loss 12 | 12 | 12 |
#
# **Another tokenizer: compare the loss per word, never per token.**

# %% [markdown] tags=["notes"]
# Show the small table and ask which way is better. Half of the room looks at the column per token, and is wrong. Then
# show our own table, and only compare the lines that share a tokenizer. End with the baseline: counting words beats
# all our rows. Say it plainly, since such a line is often left out.

# %% tags=["slide"]
from lessons.case_textbook.hiding import per_token_and_term, term_losses

models = {"mean": widen(first, mean_row), "random": widen(first, random_row)}
by_term = {"pieces": term_losses(first, tokenizer, held_out, terms)}
for name, model in models.items():
    by_term[name] = term_losses(model, wider, held_out, terms)
per_token_and_term(by_term)

# %% [markdown]
# > **A trap.** A loss **per token** cannot be compared between two tokenizers. The pieces have two or more
# > tokens for one term. Their losses add up, and the mean over tokens divides that sum again. So compare the loss
# > **per word**, per letter or per text: something that no tokenizer changes.
#
# One worked line: *levain* in two pieces, with losses of 8 and 10. Per token that is 9, per term 18. As one token with
# a loss of 12, it looks worse per token, and is better per term.
#
# In our table the pieces are near the mean rows per token, and far behind per term. Even that is harsh on the pieces:
# they are guessed one by one, as if the others were not there. The fair comparison is between the two beginnings, for
# they share a tokenizer:

# %%
from course_utils.statistics import interval

form = "{:.2f} ({:.2f} to {:.2f})"
rows_promise = interval(by_term["random"][:, 0] - by_term["mean"][:, 0])
print("random minus mean:", form.format(*rows_promise))
seen = [word for text in held_out for word in words_in(text) if word in pieces]
print(f"{len(seen)} places, {len(set(seen))} different terms")

# %% tags=["record"]
course.record("random_minus_mean", rows_promise[0])
course.record(
    "pieces_per_token",
    float(by_term["pieces"][:, 0].sum() / by_term["pieces"][:, 1].sum()),
)
course.record("pieces_per_term", float(by_term["pieces"][:, 0].mean()))

# %% [markdown]
# The mean of the pieces is the better beginning, before a single step. (The interval is a little too narrow: many
# places share a term, and the random rows were drawn once.) We train the better beginning on the book, **only the new
# rows**. All other weights are frozen. The table is one tensor, so we let it learn. A **hook** (a function that PyTorch
# calls) sets the gradient of its old rows to zero.


# %%
def only_new_rows(model):
    table = model.requires_grad_(False).get_input_embeddings().weight
    is_new = torch.arange(len(table), device=table.device)[:, None] >= OLD
    table.requires_grad_(True).register_hook(lambda gradient: gradient * is_new)
    return model


# %%
rows = blocks(book["train"]["text"], wider, 64)
rows = rows[(rows >= OLD).any(dim=1)]  # blocks that hold a term


def train_rows(model, steps):
    rng = torch.Generator().manual_seed(course.seed)
    learn = learner(only_new_rows(model).eval(), steps, rate=5e-3)
    for ids in batches(rows, 8, steps, rng):
        learn(token_losses(model, *hide(ids, wider, rng, often=OLD)).mean())


# %% [markdown]
# `often=OLD` hides half of the new tokens in a block, since each is rare. The next cell checks that no old row moved.

# %%
train_rows(models["mean"], course.pick(laptop=16, full=100, smoke=1))
old_rows = models["mean"].get_input_embeddings().weight[:OLD]
assert torch.equal(old_rows, first.get_input_embeddings().weight)
by_term["mean, trained"] = term_losses(models["mean"], wider, held_out, terms)
learned = interval(by_term["mean"][:, 0] - by_term["mean, trained"][:, 0])
print("mean minus mean, trained:", form.format(*learned))
per_token_and_term(by_term)

# %% [markdown]
# The terms of a chapter that these rows never saw are guessed better on average. But the interval
# begins near zero. And `often` may have taught only that **some** new token is likely: we have no control for that.
#
# Is it good? A baseline without a model guesses each term by its share of all words in training. The loss of that guess
# is the logarithm of one over the share.

# %%
import numpy as np

by_counting = np.mean([np.log(counts.total() / counts[word]) for word in seen])
best = by_term["mean, trained"][:, 0].mean()
print(f"counting alone: {by_counting:.2f}, our best rows: {best:.2f}")

# %% tags=["record"]
course.record("mean_trained", float(by_term["mean, trained"][:, 0].mean()))
course.record("rows_learned_low", learned[1])
course.record("counting_alone", float(by_counting))
del models

# %% [markdown]
# Counting alone is **better** than our model with new rows. A guesser that has trained for a minute does not know how
# frequent the terms are. (The biases of the new tokens could hold that, and we left them alone.) So promise 1 is kept,
# and the rows are still poor. The graders below read pieces.
#
# ## Domain adaptation: hide words of the trade
#
# **Domain adaptation** by further pretraining: the same game goes on. Two copies of `first` read for the same number of
# steps, one the book, one general texts again. The second shows what mere practice brings.

# %% [markdown] tags=["slide"]
# - Hide 15% of the tokens, guess them, learn
# - One copy reads the book
# - One copy reads other texts, for as many steps
#
# **The second copy shows what mere practice brings.**

# %% [markdown] tags=["notes"]
# Ask why two copies are needed: why not compare before and after? The room says "the book helped" too early. More
# training alone lowers the loss. When time is short, skip the code and go to the table of the two chapters.

# %%
MORE = course.pick(laptop=30, full=200, smoke=2)
readings = {"general": general, "book": list(book["train"]["text"])}
guessers = {
    name: read_texts(copy.deepcopy(first), texts, MORE, RATE / 2, seed=1)
    for name, texts in readings.items()
}

# %% [markdown]
# Each is judged on the chapters that nobody read (96 tokens of each paragraph). The same tokens are hidden for both, so
# the paragraphs can be paired.

# %%
from lessons.case_textbook.hiding import losses_by_text


def judged(model, part):
    return losses_by_text(model, tokenizer, book[part]["text"][:FEW], 96, seed=2)


losses = {
    part: {
        name: judged(model, part)
        for name, model in {"before": first, **guessers}.items()
    }
    for part in ("test", "other_trade")
}
pd.DataFrame(losses).map(np.mean).round(2)

# %% [markdown]
# ## Is it the trade, or is it prose?
#
# The loss falls most for the model that read the book. But it falls in **both** columns. Now with intervals over
# paragraphs, general minus book: above zero is good for the book.

# %% [markdown] tags=["slide"]
# - Unread baking chapter: the book saves loss
# - Bicycles: it saves some there, too
# - The difference is left for the trade
#
# **A gain needs a control before it gets a name.**

# %% [markdown] tags=["notes"]
# Cover the last line of the figure, and ask what one may claim from the first. Then show the bicycles. A part of the
# gain is the style of textbooks. Say that the size of this part depends on the texts that one compares with.

# %%
from lessons.case_textbook.figures import around_zero, difference_interval

unread, other = (
    losses[p]["general"] - losses[p]["book"] for p in ("test", "other_trade")
)
gains = {
    "unread chapter": interval(unread),
    "another trade": interval(other),
    "the trade alone": difference_interval(unread, other),
}
around_zero(gains, "What the book adds to general texts", "loss saved per hidden token")

# %% tags=["record"]
course.record("gain_unread_chapter", gains["unread chapter"][0])
course.record("gain_another_trade", gains["another trade"][0])
course.record("gain_trade", gains["the trade alone"][0])
course.record("gain_trade_low", gains["the trade alone"][1])

# %% [markdown]
# The book helps on its own unread chapter. It seems to help with **bicycles**, too, but far less: about a fifth as
# much. Bicycles and bread share hardly a term, but they share the style: textbook prose, a calm voice. The third line
# is what is left for the trade.
#
# The card of the book (`data/textbook/README.md`) has longer trainings. There the book gained on bicycles some three
# fifths as much. Its general texts were posts and single sentences, ours are mostly long reviews, which teach more of
# the style. (Our reading, not a test.) How much "trade" you find depends on what you compare with.
#
# ## The exam: 21 answers to each of 40 questions
#
# Each exam question has a **model answer**, and a student's answer is wrong (0), partly right (1)
# or right (2). (*Preshape* is a first rounding, the *bench rest* a pause after it.)

# %% [markdown] tags=["slide"]
# - Three grades: wrong, partly right, right
# - New answers to known questions, and questions never seen
# - Kappa: 1 is perfect, 0 is luck
#
# **Next year's exam has new questions.**

# %% [markdown] tags=["notes"]
# Read the model answer and the three student answers aloud, and let the room grade. The wrong one uses the right
# words: mention that we come back to it. Ask for the kappa of a marker who says *right* to all. Many say 0.3, but it
# is 0.

# %% tags=["nbval-check-output"]
some = [row for row in answers["train"] if row["question_id"] == "q25"]
print(some[0]["question"], "\nMODEL ANSWER:", some[0]["model_answer"])
for grade, name in enumerate(answers["train"].features["label"].names):
    print(f"{name}:", next(row["text"] for row in some if row["label"] == grade))

# %% [markdown]
# Two parts judge. `test` has **new answers** to questions that were in training. `unseen_questions` has all answers to
# eight questions that no model saw. Next year's exam is the second case. A random split would never ask it
# ({{ lesson:leakage }}).
#
# The score is the **quadratic weighted kappa** ({{ lesson:case_cefr }}): 1 minus your mean squared error, divided by
# that of luck. Luck gives your own grades, but to answers drawn at random. One worked line: your error is 0.5 and
# luck's is 1.3, so kappa is 1 - 0.5 / 1.3 = 0.62.

# %%
from lessons.case_textbook.graders import kappa

JUDGES = ("test", "unseen_questions")
few = course.pick(laptop=None, full=None, smoke=40)
exam = {part: rows.select(range(few or len(rows))) for part, rows in answers.items()}
grades = {part: np.array(rows["label"]) for part, rows in exam.items()}
second = {part: np.array(rows["second_reader"]) for part, rows in exam.items()}
of_readers = kappa(*(np.concatenate(list(each.values())) for each in (grades, second)))
print(f"first and second reader: kappa {of_readers:.3f}")

# %% [markdown]
# It does **not** mean that grading is easy, or that teachers agree so well. Both readers were instances of one language
# model, and the answers were written to be clear cut. So noise in the labels is no excuse here.
#
# **Try it.** A lazy marker gives *right* to everybody. Guess her accuracy and her kappa on `unseen_questions`. Then run
# `kappa(truth, np.full(len(truth), 2))` with `truth = grades["unseen_questions"]`.
#
# <details><summary>An answer</summary>
#
# A third of the answers are right, so her accuracy is 33%. Her kappa is 0: her error is exactly luck's.
#
# </details>

# %% tags=["try"]
truth = grades["unseen_questions"]
lazy = kappa(truth, np.full(len(truth), 2))
if course.profile == "laptop":
    assert abs(lazy) < 1e-9 and round(100 * np.mean(truth == 2)) == 33

# %% [markdown]
# ## What do simple methods reach?
#
# First **word overlap**: the share of the model answer's words that stand in the answer. Short words are left out, for
# *the* says nothing.


# %% [markdown] tags=["slide"]
# - Word overlap: some use on known questions only
# - The cosine of two vectors: no better
# - Counting words never sees the model answer, and carries over
#
# **Some words go with a grade, whatever is asked.**

# %% [markdown] tags=["notes"]
# Ask how a method can grade without the question and without the model answer. The room finds it absurd. Then show the
# line `counting`: it has learned a habit of the writers. A real exam may have no such habit.


# %%
def overlap(row):
    wanted, given = (set(words_in(row[key])) for key in ("model_answer", "text"))
    wanted = {word for word in wanted if len(word) > 3}
    return len(wanted & given) / len(wanted)


overlap(some[0])

# %% [markdown]
# A share must become a grade. `best_cuts` finds the two limits that have the best kappa on training answers.

# %%
from lessons.case_textbook.graders import best_cuts


def cut_at_best(values):
    cuts = best_cuts(values["train"], grades["train"])
    return {part: np.digitize(values[part], cuts) for part in grades}


shared = {part: np.array([overlap(row) for row in rows]) for part, rows in exam.items()}
said = {"overlap": cut_at_best(shared)}

# %% [markdown]
# The next one **never sees the model answer**, nor the question. It counts the words of an answer, and a regression
# learns which words go with which grade.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

words = {part: list(rows["text"]) for part, rows in exam.items()}
counting = make_pipeline(TfidfVectorizer(), LogisticRegression(C=5, max_iter=1000))
counting.fit(words["train"], grades["train"])
said["counting"] = {part: counting.predict(texts) for part, texts in words.items()}

# %% [markdown]
# Now methods with vectors. The lower layers are the same in all our models, since only the upper two learned. So they
# read each text once ({{ lesson:recipe }}), and the upper ones finish.

# %%
from course_utils.upper_layers import load_encoder, read_below

key = sorted({text for rows in answers.values() for text in rows["model_answer"]})
which = {
    p: [key.index(text) for text in rows["model_answer"]] for p, rows in exam.items()
}
below = {
    part: read_below(rows["text"], course, UPPER, 64) for part, rows in exam.items()
}
below["key"] = read_below(key, course, UPPER, 64)

# %% [markdown]
# `key` holds the 40 model answers. `bodies` are three candidates: the model as it came, and the two that read.

# %%
from lessons.case_textbook.graders import features, vectors

bodies = {"as it came": load_encoder(course.checkpoint, course.device)}
bodies |= {name: guesser.bert.eval() for name, guesser in guessers.items()}
keys = {name: vectors(body, below["key"], UPPER) for name, body in bodies.items()}

# %% [markdown]
# Two simple methods, with vectors of the model as it came: the cosine of answer and model answer, and a logistic
# regression on the pair (`frozen pair`). `features` gives for a pair the answer, the product and the distance of the
# two vectors. (See `graders.py`.)

# %%
pairs = {
    part: features(
        keys["as it came"][which[part]],
        vectors(bodies["as it came"], below[part], UPPER),
    )
    for part in grades
}
size = keys["as it came"].shape[1]
cosines = {part: rows[:, size : 2 * size].sum(axis=1) for part, rows in pairs.items()}
said["cosine"] = cut_at_best(cosines)

# %%
regression = LogisticRegression(max_iter=2000).fit(pairs["train"], grades["train"])
said["frozen pair"] = {part: regression.predict(pairs[part]) for part in grades}
simple = {
    way: {p: kappa(grades[p], found[p]) for p in JUDGES} for way, found in said.items()
}
pd.DataFrame(simple).T.round(2)

# %% tags=["record"]
course.record("overlap_unseen_questions", simple["overlap"]["unseen_questions"])
course.record("counting_unseen_questions", simple["counting"]["unseen_questions"])
course.record("frozen_unseen_questions", simple["frozen pair"]["unseen_questions"])

# %% [markdown]
# Word overlap has some use on known questions, and next to none on new ones. The cosine is no better. The regression on
# pairs carries over to new questions. So does **counting**, which knows neither question nor model answer! So some
# words go with a grade, whatever is asked: a habit of our writers, which a real exam need not have.
#
# ## Does the book help the grader?
#
# > **Assumption:** *Domain pretraining always helps. A model that knows the trade's words will grade its exam better.*
# >
# > **Sceptic:** *Thirty steps of reading may help less than they hurt. And the grader learns the trade from the exam
# > anyway.*
#
# The grader reads the student's answer with layers that learn. Its head compares the vector with the model answer's
# vector, which stays. All three bodies get the same rows, steps, rates and seeds.

# %% [markdown] tags=["slide"]
# - Same answers, steps and seeds, three bodies
# - The book beside other texts: the interval holds zero
# - Ahead of word overlap on new questions
#
# **No help seen. A small help could still exist.**

# %% [markdown] tags=["notes"]
# This is promise 4: let the room remember its vote. Show the figure, and read the two upper lines. Then ask: did we
# prove that the book is useless? No, the interval also holds a small help. Skip the training loop, since it was shown
# in other lessons.

# %%
from lessons.case_textbook.graders import Grader

SEEDS = course.pick(laptop=[0, 1], full=[0, 1, 2, 3, 4], smoke=[0])
GRADING = course.pick(laptop=70, full=300, smoke=2)  # steps
RATES = course.pick(laptop=(5e-4, 1e-2), full=(5e-5, 1e-3), smoke=(5e-4, 1e-2))


def train_grader(body, key, seed):
    torch.manual_seed(seed)
    grader, truth = Grader(body, UPPER).eval(), torch.tensor(grades["train"])
    learn, (hidden, mask) = learner(grader, GRADING, *RATES), below["train"]
    rng, key = torch.Generator().manual_seed(seed), key[which["train"]]  # for each row
    for rows in batches(torch.arange(len(truth)), 16, GRADING, rng):
        rows = rows[mask[rows].sum(1).argsort()]  # fours of like length
        parts = [(key[four], hidden[four], mask[four]) for four in rows.split(4)]
        logits = torch.cat([grader(*part) for part in parts])
        learn(torch.nn.functional.cross_entropy(logits, truth[rows].to(logits.device)))
    return grader


# %% [markdown]
# The head begins from nothing, so it has a larger rate than the layers. `eval()` leaves out dropout: the training is
# short. (While writing we tried some rates and ways of batching, and saw the judging answers. So the level below is a
# little too kind.)

# %%
from lessons.case_textbook.graders import probabilities

chances = {}
for name, body in bodies.items():
    graders = [train_grader(body, keys[name], seed) for seed in SEEDS]
    for part in ("validation", *JUDGES):
        known = keys[name][which[part]]
        each = [probabilities(grader, known, *below[part]) for grader in graders]
        chances[name, part] = np.array(each)

# %% [markdown]
# Now the kappas. (`kappa_interval` draws trainings **and** answers anew. With two trainings it is too narrow.)

# %%
from lessons.case_textbook.graders import kappa_interval

for name, part in chances:
    said.setdefault(name, {})[part] = chances[name, part].argmax(axis=2)
lines = {
    name: [kappa_interval(grades[part], found[part]) for part in JUDGES]
    for name, found in said.items()
}
pd.DataFrame(lines, index=JUDGES).T.map(lambda found: form.format(*found))

# %% tags=["record"]
for name in bodies:
    key = name.replace(" ", "_")
    course.record(f"kappa_unseen_answers_{key}", lines[name][0][0])
    course.record(f"kappa_unseen_questions_{key}", lines[name][1][0])

# %% [markdown]
# The last three lines are fine-tuned. On new questions each of them lies above word overlap. The card of the data
# (`data/answers/README.md`) tells of a model that reads both texts together, in 300 steps: 0.38 on new answers, 0.34 on
# new questions. Ours, with a quarter of the steps, is behind on new answers, and near on new questions.
#
# Differences of methods need intervals of their own, on the same answers:

# %%
both = np.concatenate([grades[part] for part in JUDGES])
together = {
    name: np.concatenate([found[part] for part in JUDGES], axis=-1)
    for name, found in said.items()
}
together["fine-tuned"] = np.concatenate([together[name] for name in bodies])


def minus(one, other, rows=slice(None)):
    return kappa_interval(
        both[rows], together[one][..., rows], together[other][..., rows]
    )


# %% [markdown]
# `fine-tuned` holds the trainings of all three bodies. It meets the simple methods on the new questions.

# %%
ours, new = "as it came", slice(len(grades["test"]), None)
differences = {
    "all: book minus general": minus("book", "general"),
    "all: book minus as it came": minus("book", ours),
}
for way in ("overlap", "counting", "frozen pair"):
    differences[f"new: fine-tuned minus {way}"] = minus("fine-tuned", way, new)
title = f"all: {len(both)} answers; new: the {len(both[new])} to new questions"
around_zero(differences, title, "difference of kappa")

# %% tags=["record"]
for name, found in differences.items():
    key = name.partition(": ")[2].replace("fine-tuned", "tuned").replace(" ", "_")
    course.record(key, found[0])

# %% [markdown]
# The first two lines: **the book does not help the grader**, neither beside general texts nor beside the model as it
# came. Zero lies inside. The sceptic is right here.
#
# The others: **fine-tuning is ahead of word overlap**, but the interval ends near zero. It draws answers, not
# questions, and eight questions are few: it is too narrow. Beside `counting` and `frozen pair` the gain is smaller. If
# your intervals hold zero there, as ours do, a school could save the training.
#
# Careful: "we see no help" is not "there is none". Two trainings and 296 answers cannot show a help below about 0.1.
# And each model has **read** only once: no interval here knows of another reading. Why no help? The book teaches words,
# and what is wrong in an answer is mostly a relation, such as a cause turned round. (A guess.)
#
# By our rule we keep the simplest: the model `as it came`.
#
# ## The planted truth: right words, wrong answer
#
# The writers of the answers planted two kinds. **Traps** are wrong, but use the model answer's words. **Plain words**
# are right, but use few of them. The data does not mark them, so we choose by overlap alone: the highest and the lowest
# third of the overlaps in training.

# %% [markdown] tags=["slide"]
# - **Traps**: wrong, with the model answer's words
# - **Plain words**: right, with few of them
# - Chosen by overlap alone, so overlap must fail
#
# **A wrong answer that sounds right passes more often.**

# %% [markdown] tags=["notes"]
# Ask the room to write a wrong answer that would fool the grader. They do it in a minute: take the right words, and
# turn the cause round. Then show the table. Careful with the line `counting`: it resists the traps because it compares
# with nothing.

# %%
low_third, high_third = np.quantile(shared["train"], [1 / 3, 2 / 3])
words_shared = np.concatenate([shared[part] for part in JUDGES])
kinds = {
    "traps": (both == 0) & (words_shared >= high_third),
    "other wrong": (both == 0) & (words_shared < high_third),
    "plain words": (both == 2) & (words_shared <= low_third),
    "other right": (both == 2) & (words_shared > low_third),
}
{name: int(mask.sum()) for name, mask in kinds.items()}

# %%
ways = {way: together[way] for way in ("overlap", "counting", "frozen pair", ours)}
passed = {
    way: {
        kind: np.mean((table == 2)[..., mask])
        for kind, mask in {**kinds, "all": both >= 0}.items()
    }
    for way, table in {"the truth": both, **ways}.items()
}
pd.DataFrame(passed).T.map("{:.0%}".format)

# %% tags=["record"]
for kind in ("traps", "other wrong", "plain words", "all"):
    course.record(f"overlap_passes_{kind.replace(' ', '_')}", passed["overlap"][kind])
    course.record(f"tuned_passes_{kind.replace(' ', '_')}", passed[ours][kind])

# %% [markdown]
# The share that is graded *right*. Overlap must fail, for we chose the kinds against it. Traps do not fool `counting`,
# which compares with nothing. The last line is fine-tuned. It finds most of the plain words. Careful: it says *right*
# more often than is true, and who does so hits many. Does a trap pass more often than another wrong answer?

# %%
passes = np.mean(together[ours] == 2, axis=0)
fooled = difference_interval(passes[kinds["traps"]], passes[kinds["other wrong"]])
print("more traps graded right: {:+.0%} ({:+.0%} to {:+.0%})".format(*fooled))

# %% tags=["record"]
course.record("traps_minus_other_wrong", fooled[0])
course.record("traps_minus_other_wrong_low", fooled[1])

# %% [markdown]
# Yes. With 27 traps the interval is wide, but it lies above zero. **A wrong answer passes more easily if it sounds
# right.**
#
# ## Whose answers does it misread?
#
# Each answer has a **voice**: plain, terse, with typos, in a second language... Every question has every voice at every
# grade, so a fair grader errs alike on all. We take what it said minus the truth.

# %% [markdown] tags=["slide"]
# - Seven voices, the same knowledge in each
# - Mean error near zero can hide two large errors
# - So look at each true grade alone
#
# **Same knowledge, other words, another grade.**

# %% [markdown] tags=["notes"]
# Show the figure first, and ask which voice is treated best. Most point at *second_language*, for it stands near zero.
# Then show the table by true grade: large errors of both kinds cancel there. Few answers stand behind each cell, so
# claim only the widest gap.

# %%
from course_utils.statistics import interval_over_seeds

voice = np.concatenate([exam[part]["voice"] for part in JUDGES])
error = together[ours] - both
by_voice = {
    name: interval_over_seeds(error[:, voice == name]) for name in sorted(set(voice))
}
around_zero(
    by_voice, "Too strict (left) or too kind (right)", "grade said minus true grade"
)

# %% [markdown]
# A mean can hide errors that cancel. So look at each true grade alone:

# %%
frame = pd.DataFrame({"voice": voice, "true": both, "error": error.mean(axis=0)})
by_grade = frame.pivot_table(index="voice", columns="true", values="error")
cells = frame.groupby(["voice", "true"]).size()
print(f"{cells.min()} to {cells.max()} answers in each")
by_grade.round(2)

# %%
one, other = (frame["error"][voice == name] for name in ("keywords", "terse"))
widest = difference_interval(one, other)
print("keywords minus terse: {:+.2f} ({:+.2f} to {:+.2f})".format(*widest))

# %% tags=["record"]
for name in ("keywords", "second_language", "terse"):
    course.record(f"bias_{name}", float(np.mean(error[:, voice == name])))
course.record("wrong_keywords", by_grade.loc["keywords", 0])
course.record("wrong_second_language", by_grade.loc["second_language", 0])
course.record("right_second_language", by_grade.loc["second_language", 2])
course.record("right_terse", by_grade.loc["terse", 2])
course.record("right_plain", by_grade.loc["plain", 2])
course.record("keywords_minus_terse", widest[0])
course.record("keywords_minus_terse_low", widest[1])

# %% [markdown]
# A wrong answer (0) can only get too much, a right one (2) too little. So compare **down** a column. Wrong answers in
# keywords get most. Of the right answers, terse ones lose more than plain ones. So two students who know the same would
# not get the same grade. *second_language* looks perfect in the figure: there, large errors of both kinds cancel.
#
# Each number rests on few answers, and of seven intervals one may leave zero by luck. But the gap between keywords and
# terse lies above zero, too. (We picked the widest gap, so it flatters.)
#
# A language model imitated the voices. A school must measure its own students, with some hundred answers for each
# group.
#
# ## Which answers go to a person?
#
# Another lecture lists **assessment** among the uses of such models: "Automatically score essays, oral exams, and
# comprehension tasks with high consistency". Consistency is easy to have. Ask one trained grader twice, and it says the
# same. Train it twice, and it does not:

# %% [markdown] tags=["slide"]
# - Asked twice, it says the same
# - Trained twice, it does not
# - Even its surest answers are often wrong
#
# **Consistent does not mean right.**

# %% [markdown] tags=["notes"]
# Quote the lecture: "with high consistency". Ask what consistency proves. Then show the three kappas in this order:
# with itself, with its twin, with the truth. No threshold reaches 80%, so the program says `None`: praise that answer.

# %% tags=["slide"]
one, other = together[ours][0], together[ours][-1]
print(f"one grader, asked twice: kappa {kappa(one, one):.2f}")
print(f"two trainings of one recipe: kappa {kappa(one, other):.2f}")
print(f"a grader and the truth: kappa {kappa(both, one):.2f}")

# %% tags=["record"]
course.record("between_trainings", kappa(one, other))

# %% [markdown]
# A grader can be consistent and wrong. Two trainings agree with each other more than with the truth: they share their
# errors.
#
# Perhaps it grades only what it is sure of. The **confidence** is its largest probability. Ruta asks for 80% right
# grades. We look for the lowest threshold that reaches it on **validation**, with ten answers at least.

# %%
sure = chances[ours, "validation"][0].max(axis=1)
good = said[ours]["validation"][0] == grades["validation"]
order = np.argsort(-sure)
kept = {n: good[order[:n]].mean() for n in range(10, len(order) + 1)}
enough = [n for n, share in kept.items() if share >= 0.8]
threshold = sure[order[max(enough) - 1]] if enough else None
print(f"threshold: {threshold}, best: {max(kept.values()):.0%}, all: {good.mean():.0%}")

# %% [markdown]
# `None` means that no threshold reaches it. So all answers go to a person. (64 answers are few, so this is rough.
# Answers with the same confidence must stay together: see the sheet.) How far off are we? The same grader on the
# answers that judge, the surest first:

# %%
confidence = np.concatenate([chances[ours, part][0].max(axis=1) for part in JUDGES])
right = 1.0 * (together[ours][0] == both)[np.argsort(-confidence)]
for share in (0.1, 1 / 3, 0.5, 1):
    found = interval(right[: round(share * len(right))])
    print(f"the surest {share:4.0%}:", "{:.0%} right ({:.0%} to {:.0%})".format(*found))

# %%
useful = interval(right[: round(len(right) / 3)])

# %% tags=["record"]
course.record("surest_third_right", useful[0])
course.record("all_right", float(right.mean()))

# %% [markdown]
# The confidence orders the answers only roughly, and even the surest third is far from 80%. An assessment decides
# something about a person. So this grader must not grade, not even with a person who "only checks". What may it do? It
# may sort answers, so that a person reads like with like, or give a first hint in practice, named as one.
#
# ## What we promised, what we kept

# %% [markdown] tags=["slide"]
# - Kept: rows, book, trade
# - Not kept: help, useful
# - The adaptation works; the exam gains nothing that we see
#
# **For grades, Ruta gets a "no".**

# %% [markdown] tags=["notes"]
# Let the room fill the last column before you show the table. Ask what Ruta would need for a "yes": real answers, more
# of them, teachers who disagree. Close with the limit: one invented book, a short reading, a small model.

# %%
verdict = {
    "1 rows": (rows_promise, 0),
    "2 book": (gains["unread chapter"], 0),
    "3 trade": (gains["the trade alone"], 0),
    "4 help": (differences["all: book minus general"], 0),
    "5 useful": (useful, 0.8),
}
settled = {
    k: [form.format(*v), goal, bool(v[1] > goal)] for k, (v, goal) in verdict.items()
}
pd.DataFrame(settled, index=["result", "goal", "kept"]).T

# %% [markdown]
# Three promises are kept, two are not. The **summary of the findings**, in the lecture's order:
#
# 1. **Importance.** For guessing words of the trade, its text matters clearly. For grading its exam we found no help.
# 2. **Corpus.** One book of 21,430 words is enough to move a model.
# 3. **Tokenizers.** The book costs few tokens more, and bicycles nearly as many. 70 frequent terms are torn. New rows
#    should begin as the mean of their pieces. Ours still lost to counting.
# 4. **Domain adaptation.** The gain on the unread chapter is real, and a part of it is style.
# 5. **Results.** Fine-tuned graders are ahead of overlap on new questions, but not clearly ahead of counting and of
#    frozen vectors. Their kappa is about 0.3. The book adds nothing that we can see.
# 6. **For Ruta.** "No, not for grades." It would take more answers to learn from, real ones, and teachers who disagree.
#
# Is the study on biomedical texts wrong, then? No, and this is no verdict on the paper about short answers. A finding
# belongs to its conditions. Ours are one invented book, a minute of reading, one small model.
#
# ## In this notebook we have
#
# - **counted** torn terms, and compared two tokenizers per word, not per token;
# - **added** tokens, begun their rows as the mean of the pieces, and trained only these rows;
# - **adapted** a model to a book by hiding words, and used another trade as a control;
# - **graded** short answers beside overlap, counting and frozen vectors, and looked at planted traps;
# - **refused** to let the grader work alone, with the numbers that say why.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `IndexError: index out of range in self` | new tokens, but the model's table has no rows for them | `model.resize_token_embeddings(len(tokenizer))` |
# | the loss per token rises after new tokens | fewer, harder tokens | compare the loss per word |
# | old rows have moved | the gradient or weight decay reached them | mask the gradient, `weight_decay=0` |
#
# **Next:** the sheet for this lesson, and then what was said before: {{ lesson:case_conversation }}.
