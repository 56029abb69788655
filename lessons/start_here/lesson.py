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
# # {{ number }} · Start here: your first fine-tuned model
#
# {{ badges }}
#
# **You will be able to**
#
# - **check** that your machine is ready;
# - **fine-tune** a pretrained language model on real tweets;
# - **use** it on a sentence of your own;
# - **compare** it with two simpler methods, on tweets that none of them has seen;
# - **say** how sure you are of the result.
#
# {{ times }}
#
# You need no GPU, no account and no network. Run the cells from top to bottom with Shift + Enter.
# Today you meet many words for the first time. You do not have to keep them all: each one has its own lesson later.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("start_here", PROFILE)

# %% [markdown]
# The table says what this notebook will use. The **profile** is the one switch of the course: `laptop` works
# anywhere, `full` uses a GPU and bigger downloads, `smoke` is a very small test run.
#
# ## Is this machine ready?

# %%
from course_utils.machine import check_machine

check_machine()

# %% [markdown]
# Every line should say `ok`. If a line says `bad`, the arrow below it says what to do.
#
# ## Can a computer hear that a customer is angry?
#
# An airline gets more tweets than it can read at once. Somebody has to find the angry ones first. Could a model do it?
#
# We have real tweets from 2015, about airlines, driverless cars, a football scandal and a music festival.
# People read each one and gave it a label: *negative*, *neutral* or *positive*. (In `full`: more tweets, on many
# subjects, with the same three labels.)

# %% tags=["nbval-check-output"]
from datasets import load_dataset

tweets = load_dataset(*course.dataset("tweets"))
tweets

# %% [markdown]
# Three parts, and each has a job. The model learns from `train`. We judge it on `test`, which it never sees before.
# (`validation` is for choices. We make none today.)
#
# Let us read three tweets before we teach anything.

# %% tags=["private-output"]
labels = tweets["train"].features["label"].names
for tweet in tweets["train"].select(range(3)):
    print(f"{labels[tweet['label']]:>8}: {tweet['text']}")

# %% [markdown]
# Names became `@user` and links became `http`. Would you have given the same labels? People do not always agree.
# Keep that in mind: no model can be better than its labels.
#
# Labels cost money, because people must read. So we take only a few hundred tweets to learn from.

# %% tags=["nbval-check-output"]
train = tweets["train"].select(range(course.pick(laptop=600, full=6000, smoke=60)))
test = tweets["test"].select(range(course.pick(laptop=1000, full=3000, smoke=60)))
test = test.map(lambda tweet: {"length": len(tweet["text"])}).sort("length")
len(train), len(test)

# %% [markdown]
# The last line puts the short test tweets first. That changes no score. It only saves time: a model is faster when the
# tweets of a group are equally long. ({{ Lesson:dataloader }} measures it.)

# %% tags=["nbval-check-output"]
from collections import Counter

from course_utils import plots

counts = Counter(test["label"])
plots.label_counts(
    {name: counts[number] for number, name in enumerate(labels)},
    "The tweets we test on",
)

# %% [markdown]
# The classes are not equally big. That matters for the first question of every project.
#
# ## How good is no model at all?
#
# The laziest method gives every tweet the same label: the most common one among the tweets we learn from.

# %% tags=["nbval-check-output"]
import numpy as np

truth = np.array(test["label"])
most_common = Counter(train["label"]).most_common(1)[0][0]
lazy = np.full(len(truth), most_common)
print(f"always {labels[most_common]!r}: {np.mean(lazy == truth):.1%} right")

# %% [markdown]
# So a model that scores a little more than this has learned almost nothing. This number is our **floor**.
#
# ## How good is counting words?
#
# A second, simple method. Count the words of each tweet, give rare words more weight (this is
# called **TF-IDF**), and learn which words belong to which label (**logistic regression**).

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
word_counter.fit(list(train["text"]), train["label"])
counted = word_counter.predict(list(test["text"]))
print(f"counting words: {np.mean(counted == truth):.1%} right")

# %% [markdown]
# Better than the floor. But a word that is not in our few hundred tweets means nothing to this method.
# It has read nothing else in its life.
#
# ## What if the model has already read a lot?
#
# A **pretrained** model has read a lot before it meets our tweets. (Our offline one: more than a billion pairs of
# sentences, says its card.) It knows that *awful* and
# *terrible* are close, even if our tweets only contain one of them. We only teach it the last step: our labels.
# That last step is called **fine-tuning**.
#
# The model cannot read letters. A **tokenizer** cuts the text into pieces and gives each piece a number.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
ids = tokenizer("My flight was cancelled. Again!")["input_ids"]
for number in ids:
    print(f"{number:>6}  {tokenizer.decode([number])}")

# %% [markdown]
# Each piece has its number. `[CLS]` and `[SEP]` mark the beginning and the end. {{ Lesson:tokenization }} opens this
# box.
#
# Now all tweets at once. `map` calls our function on many tweets and keeps the result.


# %%
def tokenize(batch):
    return tokenizer(batch["text"], truncation=True, max_length=64)


train_tokens = train.map(tokenize, batched=True)
test_tokens = test.map(tokenize, batched=True)

# %% [markdown]
# And here is the model itself. `num_labels=3` puts a new layer on top: three outputs, one for each label.
# That layer starts with random numbers, and the library tells you so in a table with the word `MISSING`.
# This is no error. It is the part that we want to teach.

# %% tags=["nbval-check-output"]
from transformers import AutoModelForSequenceClassification

model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint,
    num_labels=3,
    id2label=dict(enumerate(labels)),
    label2id={name: number for number, name in enumerate(labels)},
)
weights = sum(p.numel() for p in model.parameters())
words = sum(p.numel() for p in model.base_model.embeddings.parameters())
print(f"{weights / 1e6:.1f} million weights")
print(f"{words / 1e6:.1f} million of them are the table of word pieces")

# %% [markdown]
# Much of the model is a table: one row of numbers for each word piece. That table is good already,
# and without a GPU it is slow to change. We leave it as it is. We say: we **freeze** it.

# %%
for parameter in model.base_model.embeddings.parameters():
    parameter.requires_grad = False

# %% [markdown]
# ## Train!
#
# The `Trainer` shows the model 16 tweets at a time and corrects its weights a little after each group.
# One walk through all tweets is an **epoch**. We take two. Watch the column *Training Loss*: it says how wrong
# the model still is.

# %%
from transformers import Trainer, TrainingArguments

arguments = TrainingArguments(
    output_dir=course.workdir / "checkpoints",
    num_train_epochs=2,
    per_device_train_batch_size=16,
    per_device_eval_batch_size=64,
    learning_rate=course.pick(laptop=2e-4, full=5e-5, smoke=2e-4),
    warmup_steps=0.1,  # the first tenth of the steps: start gently
    logging_steps=course.pick(laptop=15, full=50, smoke=2),
    save_strategy="no",
    report_to="none",
    seed=course.seed,
)

# %% [markdown]
# The `Trainer` takes the model, these settings, the tweets, and the tokenizer (to fill up short tweets).

# %%
trainer = Trainer(
    model=model, args=arguments, train_dataset=train_tokens, processing_class=tokenizer
)
result = trainer.train()

# %% [markdown]
# The loss goes down. Should it go up at one line, do not worry. Each line is the mean over a few groups of tweets, and
# some groups are harder than others.
#
# ## Now you: what does it say to your sentence?
#
# A `pipeline` does all the steps for you: text to numbers, model, label. Change the sentence and run the cell again.

# %%
from transformers import pipeline

classifier = pipeline("text-classification", model=model, tokenizer=tokenizer)
my_sentence = "Two hours late and nobody tells us why."  # @param {type:"string"}
classifier(my_sentence)

# %% [markdown]
# `label` is the answer. `score` is how much the model believes in it, from 0 to 1. (Is that belief justified?
# {{ Lesson:evaluation }} measures it.)
#
# **Try it.** Write a sentence that is negative without one negative word. Irony works well. Is the model fooled?
#
# <details><summary>An answer</summary>
#
# Try *"Oh great, another free night at the airport."* A model easily hears *great* and *free*, and says positive.
# Yours may too: a few hundred tweets show few jokes. When it is wrong, look at the score. Is it at least less sure?
#
# </details>
#
# ## Is it really better?
#
# One nice sentence proves nothing. We ask for all the test tweets, and compare the three methods.

# %%
tuned = trainer.predict(test_tokens).predictions.argmax(axis=-1)
print(f"fine-tuned: {np.mean(tuned == truth):.1%} right")

# %% [markdown]
# How sure can we be of such a number? With other test tweets it would be a little different.
# The **bootstrap** imitates that: it draws new test sets out of ours, again and again, and looks how much the
# score moves. It gives an interval: 95 times out of 100, such an interval holds the true score.

# %% tags=["front-page"]
from scipy.stats import bootstrap


def interval(right):
    """Return the share of right answers with the two ends of its 95% interval."""
    drawn = bootstrap((right,), np.mean, method="percentile", rng=course.seed)
    low, high = drawn.confidence_interval
    return np.mean(right), low, high


results = {
    f"always {labels[most_common]}": interval(lazy == truth),
    "counting words": interval(counted == truth),
    "fine-tuned": interval(tuned == truth),
}
plots.scores(results, f"Three methods, {len(test):,} unseen tweets")

# %% [markdown]
# Two intervals can overlap although one method is better, because both methods find the same tweets hard.
# The fair question is asked tweet by tweet: how much more often is the fine-tuned model right?

# %%
better = (tuned == truth).astype(int) - (counted == truth).astype(int)
gain, gain_low, gain_high = interval(better)
print(f"fine-tuned minus counting words: {gain:+.1%}")
print(f"95% interval: from {gain_low:+.1%} to {gain_high:+.1%}")

# %% [markdown]
# If the whole interval lies above zero, the difference is not luck of these test tweets.
#
# One more doubt. A model can be right often and still ignore the small class. **Macro-F1** looks at each class by
# itself and gives each the same weight.

# %%
from sklearn.metrics import f1_score

# %% tags=["record"]
for name, answers in {"lazy": lazy, "tfidf": counted, "test": tuned}.items():
    course.record(f"{name}_accuracy", np.mean(answers == truth))
    course.record(f"{name}_macro_f1", f1_score(truth, answers, average="macro"))
course.record("test_accuracy_low", results["fine-tuned"][1])
course.record("test_accuracy_high", results["fine-tuned"][2])
course.record("gain_low", gain_low)


# %% [markdown]
# The lazy method has a poor macro-F1: it never finds two of the three classes.
#
# ## Assumption and sceptic
#
# > **Assumption:** *Counting words is out of date. It can never be as good as a neural network.*
# >
# > **Sceptic:** *It only had a few hundred tweets. Give it more!*
#
# We can test that now. Counting is cheap, so let it learn from more and more tweets.

# %%
sizes = course.pick(
    laptop=[600, 1200, 2400, 4800, 9600],
    full=[6000, 12000, 24000, 45000],
    smoke=[60, 120],
)
for size in sizes:
    more = tweets["train"].select(range(size))
    word_counter.fit(list(more["text"]), more["label"])
    share = np.mean(word_counter.predict(list(test["text"])) == truth)
    verdict = "<- as good as fine-tuned" if share >= np.mean(tuned == truth) else ""
    print(f"{size:>6,} tweets: {share:.1%} right {verdict}")

# %% [markdown]
# The sceptic has a point: with enough labels, counting words catches up. What fine-tuning saves is **labels**.
# Look how many times more tweets the old method needs for the same score.
# (And the fine-tuned model would also gain from more tweets. {{ Lesson:five_models }} draws both curves.)
#
# **Try it.** Change `num_train_epochs` to 1, or the number of training tweets to 200. Run from *Train!* again.
# Which of the two hurts more?
#
# <details><summary>Before you measure</summary>
#
# Load the model again first (the cell with `from_pretrained`), and freeze its table again. If you do not, it goes on
# from what it has learned, and your comparison is not fair. The notebook that this course grew from made this
# mistake: its scores "before training" came from a model that had already been trained.
#
# </details>
#
# ## Where is it wrong, and who is wrong?
#
# Read the mistakes in which the model believes most.

# %% tags=["private-output"]
wrong = []
sample = range(course.pick(laptop=200, full=500, smoke=20))
for tweet in test.shuffle(seed=course.seed).select(sample):
    answer = classifier(tweet["text"])[0]
    if answer["label"] != labels[tweet["label"]]:
        wrong.append((answer["score"], answer["label"], tweet))
wrong.sort(key=lambda mistake: mistake[0], reverse=True)
for score, said, tweet in wrong[:5]:
    print(f"model: {said} ({score:.0%}), people: {labels[tweet['label']]}")
    print(f"    {tweet['text']}\n")

# %% [markdown]
# Sometimes the model is wrong. Sometimes you would side with the model against the label. Both happen in every
# real dataset, and only reading shows it.
#
# ## Keep it
#
# `save_pretrained` writes the model into a folder. From then on, two lines bring it back, in any program of yours.

# %%
folder = course.workdir / "my_tweet_model"
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)

again = pipeline("text-classification", model=str(folder))
print(again("Best crew ever, thank you!")[0]["label"])

# %% [markdown]
# **Try it.** Feed a tweet in your own language. What happens, and why?
#
# <details><summary>An answer</summary>
#
# The model gives a label and a score as if nothing were strange. But it was pretrained on English, so it mostly sees
# pieces that mean little to it. A model never says "I do not know this language". {{ Lesson:tokenization }} shows the
# pieces.
#
# </details>
#
# ## In this notebook we have
#
# - **checked** the machine with one cell;
# - **fine-tuned** a pretrained model on a few hundred tweets, with its table of word pieces frozen;
# - **used** it on our own sentences, through a `pipeline`;
# - **compared** it with the lazy method and with counting words, on unseen tweets;
# - **said** how sure we are: an interval for each score, and one for the difference.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `huggingface_hub was imported before the start cell` | the start cell ran too late to switch the network off | restart the kernel, run from the top |
# | the loss is `nan`, or does not move | the learning rate is too high | divide it by 10 |
# | `CUDA out of memory` | the group is too big for the GPU | halve `per_device_train_batch_size`; {{ lesson:cuda_errors }} |
# | the score is the lazy method's | the model gives everything the same label | look at the counts of its answers; {{ lesson:training_loop }} |
#
# **Next:** {{ lesson:hugging_face_basics }} explains where models and datasets come from.
