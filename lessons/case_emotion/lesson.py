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
# # {{ number }} · A case study: which emotion does a post express?
#
# {{ badges }}
#
# **You will be able to**
#
# - **look** at a dataset until you know what a model can and cannot learn from it;
# - **compare** a fine-tuned model with three cheaper ones, on the same posts;
# - **choose** weights and temperature on validation alone;
# - **report** accuracy, log-loss and macro-F1 with intervals, and the errors in words;
# - **hand over** a model: a folder, a card, and a script of ten lines.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]
CHECKPOINT = None  # or "offline", or a name on the Hub: replaces the profile's own

# %% tags=["start"]
from course_utils import start

course = start("case_emotion", PROFILE)

# %% [markdown]
# ## What was asked, and what was found?
#
# A paper asks: can a fine-tuned model tell which emotion a tweet expresses? It is by Flores: *Fine-Tuning NLP Models
# with Hugging Face: A Case Study on Emotion Classification Using DistilBERT*. (Its first page names NeurIPS 2024.)
# Four answers are possible: anger, joy, optimism, sadness. The model is DistilBERT, a smaller BERT. The data is
# TweetEval, a public benchmark: 3,257 tweets to learn from, 374 to choose by, 1,421 to judge. Its result, on the 1,421:
# an accuracy of **72.77%** and a log-loss of **0.7024**.
#
# The paper leaves three questions open. We promise an answer to each.
#
# 1. How sure is that number?
# 2. Compared with what?
# 3. What did the model get wrong?
#
# The first can be answered now. The rule of thumb ({{ lesson:five_models }}): a share of right answers p on n texts has
# an interval of 1.96 times the square root of p(1 - p)/n each way. The number 1.96 belongs to 95%.

# %% [markdown] tags=["slide"]
# - A paper: which emotion does a tweet express?
# - Its answer: 72.77% right, on 1,421 tweets
# - How sure? Compared with what? What is wrong?
#
# **The interval alone is 2.3 points each way.**

# %% [markdown] tags=["notes"]
# Tell the question of the paper before its number. Ask what the room would want to know about a score of 72.77%.
# Collect the answers: most will fall under one of the three questions. Say early that no run of ours is on the
# paper's tweets, so nobody wins here.

# %% tags=["nbval-check-output"]
import math


def half_width(share, count):
    return 1.96 * math.sqrt(share * (1 - share) / count)


print(f"72.77% on 1,421 tweets: plus or minus {half_width(0.7277, 1421):.1%}")

# %% [markdown]
# So any other result within two points is no news. Questions 2 and 3 need a study of our own. Here is its plan.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset

from lessons.case_emotion.figures import study

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
few = course.pick(
    laptop={"train": 1440}, full={}, smoke={"train": 48, "validation": 24, "test": 32}
)
sizes = {name: few.get(name, len(rows)) for name, rows in posts.items()}
study(sizes)

# %% [markdown]
# **What is compared, exactly?** In `laptop` the posts were written for this course, and the encoder is a small one. The
# numbers in the text belong to `laptop`, if nothing else is said. `full` would take the paper's tweets and DistilBERT.
# But no run that is stored with this course judges a model on the paper's 1,421 tweets. So nothing here beats the
# paper, or loses against it. We take over its question, and look what each step brings.
#
# The paper worked with TensorFlow. Version 5 of `transformers` has no TensorFlow classes any more. So we go the same
# way in PyTorch.
#
# ## What do the paper's own curves say?
#
# It also reports accuracies on the way. Training: 60.88% in the first epoch, 76.54% in the last. Validation: 61.76% in
# the first, and at its best 68.98%, in epoch 12. And then 72.77% on the test tweets. Is the test part easier than
# validation, or is that luck?

# %% tags=["nbval-check-output"]
val_width, test_width = half_width(0.6898, 374), half_width(0.7277, 1421)
print(f"validation: 68.98%, plus or minus {val_width:.1%}")
difference, width = 0.7277 - 0.6898, math.hypot(val_width, test_width)
print(f"test minus validation: {difference:+.1%}, plus or minus {width:.1%}")

# %% [markdown]
# (`hypot` is the square root of the sum of two squares: so the widths of two separate parts add up.) Zero lies inside.
# Luck of the draw is enough to explain it: 374 tweets are few. The gap between training and validation, 7.6 points, is
# what the paper calls "some overfitting".
#
# ## What is in the data?

# %% [markdown] tags=["slide"]
# - Count the classes
# - Does a text stand in two parts?
# - Read posts: would you give this label?
#
# **The label is what a reader believes of the writer.**

# %% [markdown] tags=["notes"]
# Read the four posts aloud without their labels and let the room vote. There will be disagreement, and that is the
# point: no model should be sure there. Ask what happens if one text is in train and in test.

# %% tags=["nbval-check-output"]
from collections import Counter

from course_utils import plots

labels = posts["train"].features["label"].names
counts = Counter(posts["train"]["label"])
named = {name: counts[number] for number, name in enumerate(labels)}
plots.label_counts(named, f"What we learn from: {len(posts['train']):,} posts")

# %% [markdown]
# Which class is small? In `laptop` none, by design. In the public tweets, optimism is 9% and anger 43%. There, a model
# can ignore optimism and still look good. This is why the benchmark scores with macro-F1 ({{ lesson:evaluation }}).
#
# Are the three parts really apart? If a post stands in two of them, a model can learn it by heart in the first, and
# answer it from memory in the second.

# %% tags=["nbval-check-output"]
texts = {name: set(rows["text"]) for name, rows in posts.items()}
for one, other in (("train", "validation"), ("train", "test"), ("validation", "test")):
    print(f"{one} and {other} share {len(texts[one] & texts[other])} texts")

# %% [markdown]
# Always read, before anything is trained. Here is one post of each label. Would you have chosen these labels?

# %% tags=["nbval-check-output"]
first = {}
for post in posts["train"]:
    first.setdefault(post["label"], post["text"])
for number, text in sorted(first.items()):
    print(f"{labels[number]:>8}: {text}")

# %% [markdown]
# The label is the emotion of the **writer**, as far as a reader can tell. Some posts hold two, and no model should be
# sure there.
#
# ## How long is a post, in words and in tokens?
#
# The paper drops posts with more than 36 words, in all three parts. Then it pads and cuts at 36. Which encoder, and so
# which tokenizer? `CHECKPOINT` above can set another one, and so can the environment variable `COURSE_CHECKPOINT`.

# %% [markdown] tags=["slide"]
# - The filter of the paper: at most 36 words
# - The model counts tokens, and there are more
# - What is too long is cut, without a message
#
# **Count tokens, not words.**

# %% [markdown] tags=["notes"]
# Let the room guess how many tokens a post of 36 words has. Then show the last two columns of the table. Ask who
# would have noticed the cut: nobody, since no warning comes. Each batch is only as wide as its longest post, so long
# posts cost little.

# %%
from transformers import AutoTokenizer

checkpoint = course.pick_checkpoint(CHECKPOINT, full="distilbert-base-uncased")
checkpoint_name = course.published_name(checkpoint)
plain_tokenizer = AutoTokenizer.from_pretrained(checkpoint)
print(checkpoint_name)

# %% [markdown]
# Now count both, in each part:

# %% tags=["nbval-check-output"]
import numpy as np
import pandas as pd

MAX_LENGTH = 128  # our own limit, see below
lengths = {}
for name, rows in posts.items():
    words = np.array([len(text.split()) for text in rows["text"]])
    ids = plain_tokenizer(rows["text"][:])["input_ids"]
    tokens = np.array([len(each) for each in ids])
    lengths[name] = {"longest, words": words.max(), "longest, tokens": tokens.max()}
    lengths[name] |= {"over 36 words": (words > 36).sum()}
    lengths[name] |= {"over 36 tokens": (tokens > 36).sum()}
pd.DataFrame(lengths).T

# %% [markdown]
# Compare the last two columns. The filter counts words and drops few posts. (In the public training and validation
# tweets: none. We did not open their test part.) But the model counts tokens, and there many posts are longer than 36.
# They would be cut, and nobody would be told.
#
# BERT and DistilBERT have 512 places, and each batch is only as wide as its longest post ({{ lesson:dataloader }}). So
# long posts cost us almost nothing. We drop none, and we cut at 128 tokens. The table says: no post is that long. What
# a filter does to the **score**, we shall see below.
#
# ## What does the tokenizer not understand?
#
# Posts have emoji, and emoji say what people feel. {{ Lesson:tokenization }} showed what becomes of most of them:
# `[UNK]`, unknown. How many posts are hit?

# %% [markdown] tags=["slide"]
# - Most emoji become `[UNK]`
# - A rule gives each sign its official name
# - The rules live in the tokenizer's normalizer
#
# **Save it, load it, and test what others get.**

# %% [markdown] tags=["notes"]
# Ask where cleaning belongs: in the notebook, or in the tokenizer. Most have it in the notebook. Then ask what the
# person gets who loads the model next year. Show the tokens before and after. The trap with the class is worth one
# sentence: no message warns of it.

# %% tags=["nbval-check-output"]


def share_with_unknown(tokenizer):
    ids = tokenizer(posts["validation"]["text"][:])["input_ids"]
    return np.mean([tokenizer.unk_token_id in each for each in ids])


unknown_before = share_with_unknown(plain_tokenizer)
print(f"{unknown_before:.1%} of the posts hold something unknown")
print(plain_tokenizer.tokenize("So proud of her 😭😭"))

# %% [markdown]
# Every emoji has an official name: 😭 is LOUDLY CRYING FACE. The model knows these words. So we replace the sign by its
# name. And while we are here, three more rules. `&amp;` becomes `&`. A row of `@user` becomes one. And some files hold
# a backslash and an `n` where a line ended: these two signs become a space.
#
# Where should such cleaning live? Whoever uses the model later must clean in the same way. So we put it **into the
# tokenizer**. It has a step for that, the **normalizer**, which also makes the letters small.

# %% tags=["nbval-check-output", "recipe"]
import unicodedata

from tokenizers import Regex, normalizers

steps = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("\\n", " ")]
signs = {sign for text in texts["train"] for sign in text}
for sign in sorted(signs):
    if unicodedata.category(sign) == "So":  # "symbol, other": emoji are in it
        steps.append((sign, f" {unicodedata.name(sign, '').lower()} "))
steps.append((Regex(r"(@user\s*)+"), "@user "))
cleaning = [normalizers.Replace(old, new) for old, new in steps]
print(len(cleaning), "replacements, the last emoji:", steps[-2])

# %% [markdown]
# The rules come from the training posts only. Now the tokenizer around them. There is a trap, and no message warns of
# it. Change the normalizer of a `BertTokenizer`, save it, load it: the
# change is gone. The class builds its own normalizer when it is loaded. `PreTrainedTokenizerFast` keeps what it was
# given.

# %% tags=["recipe"]
from transformers import PreTrainedTokenizerFast

core = AutoTokenizer.from_pretrained(checkpoint).backend_tokenizer
core.normalizer = normalizers.Sequence([*cleaning, core.normalizer])
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=core,
    model_max_length=MAX_LENGTH,
    **plain_tokenizer.special_tokens_map,
)
folder = course.workdir / "model"
tokenizer.save_pretrained(folder)
tokenizer = AutoTokenizer.from_pretrained(folder)  # what others will load

# %% [markdown]
# We loaded it from its folder, so we test what others will get:

# %% tags=["nbval-check-output", "slide"]
unknown_after = share_with_unknown(tokenizer)
print(tokenizer.tokenize("@user @user So proud of her 😭 &amp; you"))
print(f"unknown before: {unknown_before:.1%}, after: {unknown_after:.1%}")

# %% tags=["record"]
course.record("unknown_before", unknown_before)
course.record("unknown_after", unknown_after)

# %% [markdown]
# Why is any post left? It holds a sign that no training post has, so no rule knows it.
#
# ## Which posts, for which job?
#
# The picture at the top says it. In `laptop` we learn from a part of `train`, to save time. Posts of equal length stand
# together, also to save time.

# %% [markdown] tags=["slide"]
# | part | its job |
# |---|---|
# | train | four methods learn |
# | validation | it chooses weights and temperature |
# | test | it judges, once |

# %% [markdown] tags=["notes"]
# Say the three jobs aloud and leave this slide on the wall for a moment. Ask what is lost if the test part also
# chooses. The rest of the section is preparation: skip the code.

# %% tags=["recipe"]


def prepare(rows, size):
    rows = rows.select(range(min(size, len(rows))))
    rows = rows.map(
        lambda batch: tokenizer(batch["text"], truncation=True), batched=True
    )
    tokens = [len(ids) for ids in rows["input_ids"]]
    return rows.select(np.argsort(tokens, kind="stable"))


# %%
train, validation, test = (
    prepare(posts[part], sizes[part]) for part in ("train", "validation", "test")
)
val_truth, test_truth = np.array(validation["label"]), np.array(test["label"])

# %% [markdown]
# ## How good is no model, and how good is counting?
#
# Question 2: compared with what? Every method gets a name and a function. Posts go in, and four **probabilities** come
# out for each post: what the method gives to each label. (The sheet of this lesson says *chances*.)

# %% [markdown] tags=["slide"]
# - No model: only the shares of the labels
# - Counting words: a fair rival
# - Log-loss: small when the right label got much
#
# **"No idea" among four labels: 1.39.**

# %% [markdown] tags=["notes"]
# Ask which score punishes a model that is sure and wrong. Many name accuracy, which does not see it. Let the room
# compute the log-loss for p = 0.5, and then for p = 0.01. Point at the row of *counting words*: it needs seconds.

# %%
shares = np.bincount(train["label"], minlength=len(labels)) / len(train)
methods = {"no model": lambda rows: np.tile(shares, (len(rows), 1))}

# %% [markdown]
# "No model" gives every post the shares of the labels among the training posts. So its answer is always the most common
# label. The second method counts single words and pairs of words:

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
word_counter = make_pipeline(vectorizer, LogisticRegression(C=10, max_iter=1000))
word_counter.fit(train["text"][:], train["label"])
methods["counting words"] = lambda rows: word_counter.predict_proba(rows["text"][:])

# %% [markdown]
# And three scores. Accuracy and log-loss are the paper's, macro-F1 is the benchmark's.

# %% tags=["recipe"]
from sklearn.metrics import accuracy_score, f1_score, log_loss


def judge(probabilities, truth):
    said = probabilities.argmax(axis=1)
    return {
        "accuracy": accuracy_score(truth, said),
        "macro-F1": f1_score(truth, said, average="macro"),
        "log-loss": log_loss(truth, probabilities, labels=range(len(labels))),
    }


# %%
on_validation = {n: judge(ask(validation), val_truth) for n, ask in methods.items()}
pd.DataFrame(on_validation).T.round(3)

# %% [markdown]
# **Log-loss** is the mean of -log(p), where p is the probability of the right label. For p = 0.5 that is 0.69. It is
# small when the right label got much, and grows without limit when a model is sure and wrong. A log-loss near 1.39, the
# logarithm of 4, means "I have no idea" among four labels. That is where "no model" stands. Lower is better, and
# counting words is a fair rival.
#
# ## What does a frozen encoder know already?
#
# The paper froze DistilBERT's weights and trained the layers above. So its case is the **frozen encoder** of
# {{ lesson:bert_for_sequence_classification }}, and of {{ lesson:lora }}: one vector for each post, then a small
# classifier. Its head has two layers, which it lists as its own addition. DistilBERT's class in the library has both
# already: a dense layer of 768 to 768, and one of 768 to 4.
#
# Our head has one layer. And which vector goes in? The mean of the token vectors works for every encoder. No class of
# the library does that, so we write one.

# %% [markdown] tags=["slide"]
# - One vector for each post: the mean of its tokens
# - The head begins as a logistic regression
# - No weight of the encoder moves
#
# **This is the beginning that training must beat.**

# %% [markdown] tags=["notes"]
# Say that the paper did just this, with another encoder and another head. Ask why a head that begins at random could
# do harm: its first corrections are noise. Skip the classes and functions, and show only the table with three rows.

# %% tags=["recipe"]
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModel, logging

logging.disable_progress_bar()


def mean_vectors(encoder, input_ids, attention_mask):
    hidden = encoder(input_ids, attention_mask).last_hidden_state
    mask = attention_mask.unsqueeze(-1)  # without it, padding would count
    return (hidden * mask).sum(dim=1) / mask.sum(dim=1)


# %% tags=["recipe"]
class TextModel(torch.nn.Module):
    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask, labels=None):
        vectors = mean_vectors(self.encoder, input_ids, attention_mask)
        logits = self.head(self.dropout(vectors))
        if labels is None:
            return {"logits": logits}
        loss = cross_entropy(logits, labels, label_smoothing=0.1)
        return {"loss": loss, "logits": logits}


# %% [markdown]
# A plain PyTorch module. The Trainer takes it, because it returns a loss and logits. `label_smoothing=0.1` changes what
# the model shall learn: 0.925 for the right label and 0.025 for each other one, in place of 1 and 0. This **label
# smoothing** teaches it not to be too sure. The temperature below will show it.
#
# `ask_all` gives all posts to a function, batch by batch, and collects the answers.

# %% tags=["recipe"]
from transformers import DataCollatorWithPadding

collate = DataCollatorWithPadding(tokenizer)


@torch.inference_mode()
def ask_all(function, rows):
    answers = []
    for batch in rows.select_columns(["input_ids", "attention_mask"]).iter(64):
        batch = tokenizer.pad(batch, return_tensors="pt").to(course.device)
        answers.append(function(**batch))
    return torch.cat(answers).cpu().numpy()


# %% tags=["recipe"]
def logits_of(model, rows):
    return ask_all(lambda **batch: model.eval()(**batch)["logits"], rows)


def soften(logits, temperature=1.0):
    return torch.tensor(logits / temperature).softmax(-1).numpy()


# %% [markdown]
# A new head is random, and the first corrections that it sends into the encoder are noise. But there is a head that is
# not random: a logistic regression on the vectors. It is a linear layer, too. So we write its numbers into ours.

# %% tags=["recipe"]
from functools import partial


def begin(encoder, rows):
    """Return a model whose head is a logistic regression on this encoder's vectors."""
    encoder = encoder.to(course.device).eval()
    regression = LogisticRegression(C=0.1, max_iter=1000)
    regression.fit(ask_all(partial(mean_vectors, encoder), rows), rows["label"])
    model = TextModel(encoder, len(regression.classes_)).to(course.device)
    with torch.no_grad():
        model.head.weight.copy_(torch.tensor(regression.coef_))
        model.head.bias.copy_(torch.tensor(regression.intercept_))
    return model, regression


# %% [markdown]
# Is our layer really that regression? It should give the same probabilities for the same posts.

# %%
from lessons.case_emotion.figures import way

frozen, probe = begin(AutoModel.from_pretrained(checkpoint), train)
some = validation.select(range(16))
vectors = ask_all(partial(mean_vectors, frozen.encoder), some)
ours = soften(logits_of(frozen, some))
assert np.allclose(ours, probe.predict_proba(vectors), atol=1e-4)
way(vectors.shape, frozen.head.weight.shape)

# %% [markdown]
# The same numbers, so the check passes. How good is it?

# %%
methods["frozen encoder"] = lambda rows: soften(logits_of(frozen, rows))
on_validation["frozen encoder"] = judge(
    methods["frozen encoder"](validation), val_truth
)
pd.DataFrame(on_validation).T.round(3)

# %% [markdown]
# No weight of the encoder has moved. On public tweets, our small frozen encoder gets 72.9% of 815 right. (The table
# further down has it.) That is another encoder than the paper's, with another head, on other tweets. But it fits with
# the paper's 72.77%: about so much can be had without training the encoder. Is there more when it learns?
#
# ## Does padding degrade the model?
#
# The paper says that "excessive padding can introduce unnecessary computation and may slightly degrade model
# performance". The first half is true. For the second, we compare vectors: of some posts padded to 128 and of the same
# posts as tight as possible.

# %%
batch = tokenizer(some["text"][:], padding="max_length", return_tensors="pt")
with torch.inference_mode():
    padded = mean_vectors(frozen.encoder, **batch.to(course.device)).cpu().numpy()
padding_difference = float(np.abs(padded - vectors).max())
print(f"largest difference in a vector: {padding_difference:.1e}")
assert np.allclose(padded, vectors, atol=1e-4)

# %% tags=["record"]
course.record("padding_difference", padding_difference)

# %% [markdown]
# Nothing but rounding. With the mask, padding costs time and changes no answer, however much there is of it. So there
# is no reason to drop long posts, and none to pad to 36.
#
# ## How is it trained?
#
# With the `Trainer` ({{ lesson:trainer }}), and three choices of our own. The head learns faster than the encoder. The
# table of word pieces stays frozen. And we keep a second copy of the weights: their **moving average** over the steps.

# %% [markdown] tags=["slide"]
# - The head learns fast, the encoder slowly
# - The table of word pieces stays frozen
# - A moving average of the weights is calmer
#
# **The average costs no training.**

# %% [markdown] tags=["notes"]
# Draw a shaky line on the board, and a calm one through its middle: that is the moving average. Ask why single steps
# are noisy. Each of them sees only 16 posts. The settings can be read later.

# %% tags=["recipe"]
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import TrainerCallback


class KeepAverage(TrainerCallback):
    def __init__(self, averaged):
        self.averaged = averaged

    def on_step_end(self, args, state, control, model=None, **kwargs):
        self.averaged.update_parameters(model)


# %% [markdown]
# After each step, every averaged weight becomes 98% of itself and 2% of the new weight. Single steps are noisy, because
# each sees 16 posts. The moving average is calmer. It costs no training.


# %% tags=["recipe"]
def new_optimizer(model, rate):
    model.encoder.embeddings.requires_grad_(False)
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [{"params": body, "lr": rate}, {"params": model.head.parameters(), "lr": 1e-3}],
        weight_decay=0.01,
        fused=True,
    )


# %% tags=["recipe"]
common = {
    "output_dir": course.workdir / "checkpoints",
    "per_device_train_batch_size": 16,
    "warmup_steps": 0.1,  # below 1: a share of all steps
    "train_sampling_strategy": "group_by_length",
    "save_strategy": "no",
    "logging_strategy": "no",
    "report_to": "none",
    "disable_tqdm": True,
}

# %% [markdown]
# Those are the settings that all our trainings share. Here is a whole training. It works on a copy, and returns the
# averaged weights.

# %% tags=["recipe"]
import copy

from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed

spent = {}


def fine_tune(model, rows, rate, epochs, seed, name):
    set_seed(seed)
    model = copy.deepcopy(model).train()
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.98))
    arguments = TrainingArguments(num_train_epochs=epochs, seed=seed, **common)
    optimizers = (new_optimizer(model, rate), None)
    trainer = Trainer(model, arguments, collate, rows, optimizers=optimizers)
    trainer.add_callback(KeepAverage(averaged))
    trainer.remove_callback(PrinterCallback)
    spent[name] = trainer.train().metrics["train_runtime"]
    return averaged.module


# %% [markdown]
# ## Which learning rate, and which seed?
#
# Nobody can tell you beforehand: a rate belongs to a model, to the layers that learn and to a number of steps
# ({{ lesson:recipe }}). So we train twice: once with a gentle rate, once with a bold one, each with its own seed.
#
# Rate and seed change together here. So this pair cannot tell which of the two made a difference. It need not:
# validation will choose **weights**, not a rate.

# %% [markdown] tags=["slide"]
# - Two trainings: *gentle*, and *bold* at three times its rate
# - Each has a seed of its own
# - Two things change together
#
# **So nobody can say which one mattered.**

# %% [markdown] tags=["notes"]
# Ask what one may conclude if *bold* is better. Most say: the larger rate is better. Point out that the seed changed
# as well. Then say why this is no harm here: we choose weights, and explain nothing.

# %%
epochs = course.pick(laptop=1.25, full=1.75, smoke=1)
rate = 1e-4 if frozen.encoder.config.hidden_size < 512 else 3e-5
gentle = fine_tune(frozen, train, rate, epochs, seed=1, name="gentle")
bold = fine_tune(frozen, train, 3 * rate, epochs, seed=2, name="bold")
for name, seconds in spent.items():
    print(f"{name}: {seconds:.0f} s")

# %% tags=["record"]
course.record("training_seconds", sum(spent.values()))

# %% [markdown]
# What does such a recipe cost, beside a plain one? `benchmarks/README.md` has the project of {{ lesson:five_models }}
# beside it: all weights, padded to 128, a rate of 2e-5. Both train on the same 256 tweets for one epoch. Ours took 4.5
# times less time. Of 500 other tweets, the project's recipe and ours got 44% against 68% right.
#
# Compare the times only. The project chose its rate for BERT base. Here it drives a smaller model, for 16 steps, and
# 44% is about what the lazy answer gets. So this says nothing about the project's recipe.
#
# ## Which weights?
#
# There are two models now, and more can be had without training. The first trick is the **mean of two models**, weight
# by weight. It can work, because both began at the same place, head included, and did not go far. (It is called a
# **model soup**: Wortsman et al., 2022.)
#
# The second trick is to **go back a little**, towards the frozen encoder. At 80%, each weight is 20% what it was before
# our posts and 80% what it became. (Wortsman et al., 2022, again: *robust fine-tuning*.) The hope: a training also
# learns single posts by heart, and going back takes away a part of that.

# %% tags=["recipe"]


@torch.no_grad()
def mix(shares):
    """Return the weighted sum of models, weight by weight. `shares`: pairs of model and share."""
    mixed = copy.deepcopy(shares[0][0])
    sources = zip(*(model.parameters() for model, _ in shares), strict=True)
    for target, parts in zip(mixed.parameters(), sources, strict=True):
        target.copy_(sum(w * part for (_, w), part in zip(shares, parts, strict=True)))
    return mixed


# %%
both = mix([(gentle, 0.5), (bold, 0.5)])
candidates = {"frozen": frozen, "gentle": gentle, "bold": bold, "mean of both": both}
candidates["80% of the way"] = mix([(frozen, 0.2), (both, 0.8)])

# %% [markdown]
# Which of the five? The one with the lowest log-loss on validation. We say so before we look.

# %%
val_logits = {name: logits_of(each, validation) for name, each in candidates.items()}
choice = {name: judge(soften(each), val_truth) for name, each in val_logits.items()}
chosen = min(choice, key=lambda name: choice[name]["log-loss"])
model = candidates[chosen]
print("chosen:", chosen)
pd.DataFrame(choice).T.round(3)

# %% tags=["record"]
course.record(
    "mean_minus_bold", choice["mean of both"]["log-loss"] - choice["bold"]["log-loss"]
)
course.record(
    "back_minus_mean",
    choice["80% of the way"]["log-loss"] - choice["mean of both"]["log-loss"],
)

# %% [markdown]
# The mean did **not** win here: *bold* alone has the lower log-loss. (They are close. On another processor they may
# change places.) The further a model went from the frozen one, the better it is. Our training is short, and more of it
# would help. The mean goes halfway back to *gentle*, and 80% goes back once more.
#
# Why log-loss, and not the accuracy? It looks at every probability, not only at which one is largest. So it moves less
# by luck.
#
# And when does a mean of weights fail altogether? When the two did not begin at the same place. We make such a twin of
# *bold*: the same model, but the neurons of each wide layer stand in another order. It gives the same answers.

# %%
twin, generator = copy.deepcopy(bold), torch.Generator().manual_seed(0)
linear = [m for m in twin.encoder.modules() if isinstance(m, torch.nn.Linear)]
wide = [m for m in linear if m.out_features > m.in_features]
narrow = [m for m in linear if m.out_features < m.in_features]
with torch.no_grad():
    for up, down in zip(wide, narrow, strict=True):
        order = torch.randperm(up.out_features, generator=generator).to(course.device)
        up.weight.copy_(up.weight[order])
        up.bias.copy_(up.bias[order])
        down.weight.copy_(down.weight[:, order])

# %% [markdown]
# Now its mean with *gentle*, beside the mean of *gentle* and *bold*:

# %%
with_twin = mix([(gentle, 0.5), (twin, 0.5)])
trio = {"twin": twin, "gentle and bold": both, "gentle and twin": with_twin}
trio = {
    name: judge(soften(logits_of(m, validation)), val_truth) for name, m in trio.items()
}
pd.DataFrame(trio).T.round(3)

# %% tags=["record"]
course.record(
    "twin_difference", abs(trio["twin"]["log-loss"] - choice["bold"]["log-loss"])
)
course.record("twin_mean_accuracy", trio["gentle and twin"]["accuracy"])

# %% [markdown]
# The twin scores as *bold* does. But its mean with *gentle* is worse than the frozen encoder, though each half is
# better. It is like the mean of two phone books with the same entries in another order: every line mixes two people.
# A model soup needs a common beginning.
#
# ## Which of all this helped?
#
# For that question one needs more posts and more seeds than a lesson has time for. So it was measured once, on the
# public tweets. Three quarters of their training part to learn from, the last quarter, 815 tweets, to judge. Their
# validation and test parts were not opened. The small encoder, each row the mean of three seeds. (From
# `benchmarks/emotion_recipe.json`.)

# %% [markdown] tags=["slide"]
# - Measured once: public tweets, three seeds
# - The big step: from frozen to trained
# - There, the mean of two had the lower log-loss
#
# **Most gaps in accuracy prove nothing.**

# %% [markdown] tags=["notes"]
# Ask why this could not be answered in the run before: too few posts, too few seeds. Then let the room find the
# largest step in the table. Point at the columns with the best and the worst seed. This section can be left out.

# %% tags=["nbval-check-output"]
recorded = {  # offline checkpoint, 2,442 tweets to learn from, 815 others to judge
    "frozen encoder": (0.729, 0.656, 0.7, 0.7, 0.7),
    "gentle": (0.798, 0.747, 0.572, 0.568, 0.575),
    "bold": (0.786, 0.737, 0.592, 0.575, 0.605),
    "mean of both": (0.802, 0.753, 0.565, 0.557, 0.571),
    "80% of the way": (0.802, 0.749, 0.559, 0.553, 0.564),
    "60% of the way": (0.797, 0.736, 0.563, 0.558, 0.567),
}
columns = ["accuracy", "macro-F1", "log-loss", "lowest", "highest"]
pd.DataFrame(recorded, index=columns).T

# %% [markdown]
# (The last two columns: the log-loss of the best and of the worst seed.)
#
# - The big step is from *frozen* to anything else: more than five points.
# - There the training was longer, and the **mean** of *gentle* and *bold* has a lower log-loss than each of them, in
#   each of the three seeds.
# - Going **back** to 80% lowers the log-loss once more, by little. Going back to 60% lowers macro-F1 in each of the
#   three seeds. So we did not even offer it above.
#
# A score near 0.80 on 815 tweets has an interval of 2.7 points each way. So most gaps in the first column prove
# nothing. The log-loss tells more.
#
# ## Is it as sure as it should be?
#
# A model that says 0.9 should be right nine times in ten. We compare the mean of its largest probabilities with its
# share of right answers. Then we look for one number, the **temperature**: all logits are divided by it
# ({{ lesson:evaluation }}). The best one on validation is the one with the lowest log-loss.

# %% [markdown] tags=["slide"]
# - Sure: the mean of the largest probabilities
# - Right: the share of right answers
# - A temperature below 1: the model was too modest
#
# **No answer changes, only the probabilities move.**

# %% [markdown] tags=["notes"]
# Ask whether our model is too sure or too modest. Most say too sure, as they know it of large models. Remind them of
# label smoothing. The head is divided by the temperature, so that nobody can forget it.

# %%
from scipy.optimize import minimize_scalar


def loss_at(t):
    return judge(soften(val_logits[chosen], t), val_truth)["log-loss"]


temperature = float(minimize_scalar(loss_at, bounds=(0.3, 3), method="bounded").x)
right_share = choice[chosen]["accuracy"]
for t in (1.0, temperature):
    sure = soften(val_logits[chosen], t).max(axis=1).mean()
    print(
        f"temperature {t:.2f}: sure {sure:.3f}, right {right_share:.3f}, loss {loss_at(t):.3f}"
    )

# %% tags=["record"]
course.record("temperature", temperature)

# %% [markdown]
# Dividing all four logits by the same number changes no order, so the share of right answers stays. A temperature above
# 1 means: the model was too sure. Below 1, as here: it was too modest. That is what label smoothing teaches.
#
# The temperature must not get lost on the way to the user. The head is linear, so we divide its weights once, and
# forget about it.

# %%
before = soften(logits_of(model, some), temperature)
with torch.no_grad():
    model.head.weight.div_(temperature)
    model.head.bias.div_(temperature)
assert np.allclose(before, soften(logits_of(model, some)), atol=1e-4)
methods["fine-tuned"] = lambda rows: soften(logits_of(model, rows))

# %% [markdown]
# ## Now the test part. Once.
#
# Everything is chosen. All four methods get the same test posts. The intervals are those of {{ lesson:start_here }}:
# draw the posts again and again, and score each draw.

# %% [markdown] tags=["slide"]
# - Everything was chosen before
# - Four methods, the same test posts
# - Intervals: draw the posts again and again
#
# **If the test chooses, it is a validation.**

# %% [markdown] tags=["notes"]
# Make a pause before the figure: from here on nothing may be changed. Show the four intervals, then the difference
# post by post, which is the fair question. Say that two trainings are few. The first *Try it* shows why a temperature
# from the test must not be reported.

# %%
answers = {name: ask(test) for name, ask in methods.items()}
times = course.pick(laptop=300, full=1000, smoke=50)
draws = np.random.default_rng(course.seed).integers(len(test), size=(times, len(test)))


def with_interval(probabilities):
    point = judge(probabilities, test_truth)
    drawn = [judge(probabilities[each], test_truth[each]) for each in draws]
    ends = pd.DataFrame(drawn).quantile([0.025, 0.975])
    return {score: (point[score], *ends[score]) for score in point}


# %%
report = {name: with_interval(each) for name, each in answers.items()}
written = pd.DataFrame(report).map(
    lambda cell: "{:.3f} ({:.3f} to {:.3f})".format(*cell)
)
written.T

# %% tags=["record"]
names = {"no model": "lazy", "counting words": "counted"}
names |= {"frozen encoder": "frozen", "fine-tuned": "test"}
for name, row in report.items():
    for score, (value, _, _) in row.items():
        course.record(f"{names[name]}_{score.replace('-', '_').lower()}", value)

# %% [markdown]
# The score, and the two ends of its interval. As a picture, for macro-F1:

# %%
four = {name: row["macro-F1"] for name, row in report.items()}
plots.scores(four, f"Four methods, {len(test):,} unseen posts", "macro-F1")

# %% [markdown]
# Each row costs more than the one above it. The last step is the one that the paper did not take: the encoder itself
# learns. The fair question is asked post by post. How much better is the fine-tuned model than the frozen encoder,
# which is its own beginning?

# %% tags=["slide"]
from course_utils.statistics import interval, interval_over_seeds

right = {name: each.argmax(axis=1) == test_truth for name, each in answers.items()}
gain, low, high = interval(right["fine-tuned"].astype(int) - right["frozen encoder"])
print(f"fine-tuned minus frozen: {gain:+.1%}, from {low:+.1%} to {high:+.1%}")

# %% tags=["record"]
course.record("gain", gain)
course.record("gain_low", low)

# %% [markdown]
# That interval counts the luck of the posts. It does not count the luck of a training: another seed gives another
# model. We have two trainings, so we let both answer, and draw trainings **and** posts anew.

# %%
tuned = np.array(
    [logits_of(m, test).argmax(axis=1) == test_truth for m in (gentle, bold)]
)
gain, low, high = interval_over_seeds(tuned.astype(int) - right["frozen encoder"])
print(f"two trainings: {tuned.mean(axis=1).round(3)}")
print(f"minus frozen: {gain:+.1%}, from {low:+.1%} to {high:+.1%}")

# %% tags=["record"]
course.record("gain_over_trainings", gain)
course.record("gain_over_trainings_low", low)

# %% [markdown]
# Both trainings beat the frozen encoder, and this interval lies above zero, too. But two trainings are few: below five,
# such an interval is too narrow.
#
# Did the temperature keep its promise on posts that did not choose it? We multiply it back, and compare.

# %%
without = soften(logits_of(model, test) * temperature)
for name, each in {"without": without, "with": answers["fine-tuned"]}.items():
    print(f"{name:<8} sure {each.max(axis=1).mean():.3f},", end=" ")
    print(
        f"right {right['fine-tuned'].mean():.3f}, loss {judge(each, test_truth)['log-loss']:.3f}"
    )

# %% tags=["record"]
course.record(
    "temperature_helps",
    judge(without, test_truth)["log-loss"] - report["fine-tuned"]["log-loss"][0],
)

# %% [markdown]
# It did: the loss is lower with it, on new posts, too.
#
# **Try it.** In a new cell, find the best temperature for the **test** posts: write `found = logits_of(model, test)`,
# and below it `minimize_scalar(lambda t: judge(soften(found, t), test_truth)["log-loss"], bounds=(0.3, 3))`. Is the
# loss (`fun`) lower than with ours? May you report it?
#
# <details><summary>An answer</summary>
#
# It is lower, or equal: you searched for the lowest one on these very posts. So you may not report it. A test that
# chooses is a validation.
#
# </details>

# %% tags=["try"]
found = logits_of(model, test)
best = minimize_scalar(
    lambda t: judge(soften(found, t), test_truth)["log-loss"], bounds=(0.3, 3)
)
print(best.x, best.fun)
if course.profile == "laptop":
    assert best.fun <= report["fine-tuned"]["log-loss"][0] + 1e-4

# %% [markdown]
# **Try it.** How many test posts would you need for an interval of one point each way, at an accuracy of 80%? Try
# numbers in `half_width(0.8, ...)`.
#
# <details><summary>An answer</summary>
#
# Solve `1.96 * sqrt(0.8 * 0.2 / n) = 0.01` for `n`: about 6,150 posts. Twice as sharp costs four times the posts.
# TweetEval has 1,421.
#
# </details>

# %% tags=["try"]
for count in (1421, 3000, 6150, 4 * 6150):
    print(count, f"{half_width(0.8, count):.4f}")
assert round(half_width(0.8, 6150), 4) == 0.01
assert round(half_width(0.8, 4 * 6150), 4) == 0.005

# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *Posts beyond the limit are few and odd. Leave them out of the test, and the score stays the same.*
# >
# > **Sceptic:** *Then somebody can pick the limit with the best score.*
#
# We have the right and wrong answers. So we can play the cheat, and try every limit.

# %% [markdown] tags=["slide"]
# - The claim: drop the long posts, the score stays
# - The sceptic tries every limit
# - One model, and several scores to choose from
#
# **So we filter no test post.**

# %% [markdown] tags=["notes"]
# Play the cheat with the room: which limit would you report? Then ask how a reader of the report could notice it.
# Nobody can. Users send long posts all the same.

# %%
words = np.array([len(text.split()) for text in test["text"]])
by_limit = {}
for limit in sorted({8, 12, 16, 20, 25, 36, int(words.max())}):
    mask = words <= limit
    score = round(right["fine-tuned"][mask].mean(), 3)
    by_limit[f"at most {limit} words"] = {"posts kept": mask.sum(), "right": score}
pd.DataFrame(by_limit).T

# %% tags=["record"]
shown = [row["right"] for row in by_limit.values()]
course.record("limit_spread", max(shown) - min(shown))

# %% [markdown]
# One model, the same answers, and several scores to choose from. A report would only say "posts of at most so many
# words". Nobody could see that the limit was chosen last. And users will send long posts all the same. So we do not
# filter the test part.
#
# ## Where is it wrong?
#
# Question 3. First the table of confusions ({{ lesson:evaluation }}), then words.

# %% [markdown] tags=["slide"]
# - The table of confusions: which labels are mixed up
# - Reading: the surest errors come first
# - Slices: how often does a reason hold?
#
# **Wrong model, wrong label, or a matter of taste?**

# %% [markdown] tags=["notes"]
# Read two or three errors aloud and let the room sort them into the three boxes. They will not agree, and some will
# side with the model. Then show the slices, and say that one of 30 posts has a wide interval. The table of confusions
# can be shown in the notebook.

# %%
from sklearn.metrics import confusion_matrix

from course_utils.plots.evaluation import confusion

said = answers["fine-tuned"].argmax(axis=1)
table = confusion_matrix(test_truth, said, labels=range(len(labels)))
confusion(table.tolist(), labels, "The fine-tuned model on the test posts.")

# %%
pairs = [(i, j) for i in range(len(labels)) for j in range(len(labels)) if i != j]
pairs.sort(key=lambda pair: -table[pair])
for i, j in pairs[:4]:
    print(f"{table[i, j]:>3} posts of {labels[i]} were called {labels[j]}")

# %% [markdown]
# Numbers do not say **why**. So we read. The errors of which the model was surest come first.

# %%
sure = answers["fine-tuned"].max(axis=1)
wrong = [int(i) for i in np.argsort(-sure) if not right["fine-tuned"][i]]
for i in wrong[:6]:
    print(f"{labels[test_truth[i]]}, but called {labels[said[i]]} ({sure[i]:.2f}):")
    print("   ", test[i]["text"])

# %% [markdown]
# Sort them as you read. Is the model wrong? Or the label? Or would two people disagree? Look for a post that says two
# things, a joke that says the opposite of what it means, a feeling that is told and not named.
#
# Reading finds reasons. Slices ({{ lesson:evaluation }}) count how often they hold.

# %%
masks = {"probability at least 0.8": sure >= 0.8, "below 0.8": sure < 0.8}
if "hard" in test.column_names:  # marked by the writers of the course's own posts
    masks |= {"hard": np.array(test["hard"]), "not hard": ~np.array(test["hard"])}
    styles = np.array(test["author_style"])
    masks |= {f"style: {style}": styles == style for style in sorted(set(styles))}
slices = {
    name: {"posts": mask.sum(), "right": right["fine-tuned"][mask].mean()}
    for name, mask in masks.items()
    if mask.sum() >= 20
}
pd.DataFrame(slices).T.sort_values("right").round(2)

# %% tags=["record"]
surer = sure >= np.median(sure)
sure_gap = right["fine-tuned"][surer].mean() - right["fine-tuned"][~surer].mean()
course.record("sure_gap", sure_gap)

# %% [markdown]
# Is the model less often right where it is less sure? It is. So its probability is worth showing to a user. In `laptop`
# the posts also have a style, and a mark for the hard ones. (Slices below 20 posts are left out. A slice of 30 has an
# interval of some 15 points each way.)
#
# ## What must others know? The card.
#
# The **model card** says what a model is for, what it was trained on, how good it is and for what it must not be used.
# `huggingface_hub` writes its head in the form that the Hub reads ({{ lesson:hugging_face_basics }}).

# %% [markdown] tags=["slide"]
# - For what, trained on what, how good
# - For what it must not be used
# - The notebook writes it, so the numbers agree
#
# **Its head is for programs, its text for people.**

# %% [markdown] tags=["notes"]
# Ask who has read a model card before using a model, and what was missing. Let the room name one use that this card
# must forbid. Decisions about people should come. The code for the head can be skipped.

# %%
from huggingface_hub import EvalResult, ModelCard, ModelCardData

data_name = course.dataset("emotion")[0] if course.profile == "full" else "data/emotion"
task = {"task_type": "text-classification", "dataset_type": data_name}
part = {"dataset_name": "emotions in short posts", "dataset_split": "test"}
results = [
    EvalResult(metric_type=score, metric_value=round(float(value), 4), **task, **part)
    for score, (value, _, _) in report["fine-tuned"].items()
]
head = ModelCardData(
    model_name="emotion of a post", language="en", eval_results=results
)

# %% [markdown]
# The head is for programs. The rest is for people: the table from above, and a few sentences. (`card_text` has the
# sentences. All numbers come from here.)

# %%
from lessons.case_emotion.card import card_text

choices = f"weights ({chosen}), temperature ({temperature:.2f})"
errors = [f"{labels[i]} called {labels[j]}" for i, j in pairs[:3]]
text = card_text(written.to_dict(), checkpoint_name, data_name, sizes, choices, errors)
ModelCard(f"---\n{head.to_yaml()}\n---\n{text}").save(folder / "README.md")
print(text)

# %% [markdown]
# So card and notebook say the same.
#
# ## How does somebody else use it?
#
# Three things go into the folder, beside the tokenizer with its cleaning: the encoder, the head, and the names of the
# labels. All of it is safetensors and JSON.

# %%
from safetensors.torch import save_model

model.encoder.config.id2label = dict(enumerate(labels))
model.encoder.save_pretrained(folder)
save_model(model.head, str(folder / "head.safetensors"))
for file in sorted(folder.iterdir()):
    print(f"{file.stat().st_size / 1e6:8.3f} MB  {file.name}")

# %% [markdown]
# And a script of ten lines. It lies in the same folder and knows nothing of this notebook.

# %%
script = """\
import sys
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer
tokenizer, encoder = AutoTokenizer.from_pretrained("."), AutoModel.from_pretrained(".")
head = load_file("head.safetensors")
batch = tokenizer(sys.argv[1:], padding=True, truncation=True, return_tensors="pt")
mask = batch["attention_mask"].unsqueeze(-1)
vectors = (encoder(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
for post, row in zip(sys.argv[1:], (vectors @ head["weight"].T + head["bias"]).softmax(-1)):
    print(encoder.config.id2label[int(row.argmax())], f"{row.max():.4f}", post, sep="\\t")
"""

# %% [markdown]
# We run it as others would: a new process, the folder, two posts.

# %%
import os
import subprocess
import sys

(folder / "emotion.py").write_text(script, encoding="utf-8")


def in_a_new_process(*mine):
    command = [sys.executable, "emotion.py", *mine]
    there = {"cwd": folder, "env": {**os.environ, "PYTHONIOENCODING": "utf-8"}}
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", **there
    )
    return done.stdout or done.stderr


# %%
mine = [
    "@user The bus is late AGAIN and nobody says a word 😡",
    "Tomorrow is a new day, we will get there together",
]
answer = in_a_new_process(*mine)
print(answer)

# %% [markdown]
# Then we compare with the model in this notebook.

# %%
batch = tokenizer(mine, padding=True, return_tensors="pt").to(course.device)
with torch.inference_mode():
    here = model.eval()(**batch)["logits"].softmax(-1).cpu()
for line, row in zip(answer.splitlines(), here, strict=True):
    name, probability, _ = line.split("\t")
    assert (
        name == labels[int(row.argmax())] and abs(float(probability) - row.max()) < 1e-3
    )
    print(name, probability, "in the script;", f"{row.max():.4f}", "here")

# %% [markdown]
# The same label and the same probability. The tokenizer brought its cleaning along, the head its temperature, and
# nobody had to know of either.
#
# **Try it.** Ask the script about posts of your own: `print(in_a_new_process("...", "..."))`. Write one with irony, and
# one that expresses none of the four.
#
# <details><summary>An answer</summary>
#
# It must say one of four words, whatever you write. Our model calls *milk, eggs, bread, two onions* joy, with 0.75.
# That is why the card says what the model is not for.
#
# </details>

# %% tags=["try"]
printed = in_a_new_process("milk, eggs, bread, two onions")
print(printed)
if course.profile == "laptop":
    assert printed.startswith("joy")
    assert 0.6 < float(printed.split("\t")[1]) < 0.9

# %% [markdown]
# ## What was promised, and what was kept?
#
# | question | our answer |
# |---|---|
# | 1. How sure is 72.77%? | 2.3 points each way. The paper's 69.0% on validation fits with it: 374 tweets are few. |
# | 2. Compared with what? | With no model, counting words and a frozen encoder. On our posts fine-tuning beats all three, the last by some 7 points. No row of ours is on the paper's test tweets. |
# | 3. What does it get wrong? | A table of confusions, six errors to read, and slices. |
#
# ## In this notebook we have
#
# - **looked** at classes, lengths and unknown signs, before any model;
# - **compared** a fine-tuned model with no model, counting words and a frozen encoder;
# - **chosen** the weights and the temperature on validation alone, among two trainings and their mean;
# - **reported** three scores with intervals, and the errors in words;
# - **handed over** a folder with a card, and used it from a script of ten lines.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | the cleaning works, and is gone after loading | the tokenizer's class built its own normalizer | `PreTrainedTokenizerFast`, as above; load it and look |
# | `unexpected keyword argument 'token_type_ids'` | the plain tokenizer gives a column that the model does not take | use the saved tokenizer, or drop the column |
# | `The model did not return a loss` | `forward` got no labels, or its result has no key `loss` | name the argument `labels`; return a dictionary |
# | `different number of classes` from `log_loss` | a class is missing among these posts | pass `labels=` |
#
# **Next:** six levels of English, and there the order of the labels counts: {{ lesson:case_cefr }}

# %% [markdown] tags=["slide"]
# - How sure: 2.3 points each way
# - Compared with three cheaper methods: better than all
# - Wrong where: confusions, six errors, slices
#
# **None of our rows is on the paper's tweets.**

# %% [markdown] tags=["notes"]
# Return to the three questions of the beginning, and let the room answer them before you do. Ask what they would
# measure next. A good answer is: more seeds, and the paper's own tweets, once.
