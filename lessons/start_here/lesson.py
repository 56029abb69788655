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
# Many words are new today. You do not have to keep them all: the lessons to come take them up one by one.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("start_here", PROFILE)

# %% [markdown]
# The table says what this notebook will use. A **checkpoint** is the files of a trained model. The **profile** is the
# one switch of the course. `laptop` works anywhere. `full` uses bigger downloads and a **GPU**: a graphics card, which
# trains a model much faster. `smoke` is a very small test run. Numbers in the text belong to `laptop`.
#
# Two more words from the table: **CUDA** is the way to compute on a GPU of NVIDIA. The **CPU** is the processor that
# every computer has. For `laptop` it is enough.
#
# ## Is this machine ready?

# %% [markdown] tags=["slide"]
# - Every line says `ok`? Go on
# - A line says `bad`? Its arrow says what to do
# - No GPU, no account and no network needed

# %% [markdown] tags=["notes"]
# Let everybody run this one cell before you explain anything. Ask who has a line that says `bad`, and help at once.
# Many think that a missing GPU is an error. It is not: the line for the device says `ok` with a CPU, too.

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
# We have real tweets, mostly of 2015. Most are about airlines, driverless cars, a football scandal and a music
# festival. People read each one and gave it a **label**, the answer that a model should give. Here it is one of three
# moods. (`full` takes more tweets, on many subjects.) They look like these three, which we made up:
#
# | label | a text like theirs |
# |---|---|
# | *negative* | @user two hours on hold, and then you hang up on me |
# | *neutral* | @user does the 9 am to Boston leave from gate 4? |
# | *positive* | @user best crew ever, thank you! |
#
# Labels cost money, because people must read. So we learn from a few hundred tweets only.

# %% [markdown] tags=["slide"]
# | label | a text like theirs |
# |---|---|
# | negative | two hours on hold, and then you hang up |
# | neutral | does the 9 am leave from gate 4? |
# | positive | best crew ever, thank you! |
#
# **We learn from a few hundred labelled tweets.**

# %% [markdown] tags=["notes"]
# Ask the room for an angry tweet without an angry word. Somebody will try irony: keep the sentence, it is needed in
# the section with the pipeline. In the picture, point at the order: first the model learns, then it answers about
# texts that it has never seen. Show the three real tweets on your own screen only: they are not stored in the
# notebook.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

from lessons.start_here.figures import machine

tweets = load_dataset(*course.dataset("tweets"))
labels = tweets["train"].features["label"].names
train = tweets["train"].select(range(course.pick(laptop=600, full=6000, smoke=60)))
test = tweets["test"].select(range(course.pick(laptop=1000, full=3000, smoke=60)))
machine(len(train), labels, len(test))

# %% [markdown]
# This is the whole lesson in one picture. The model learns from `train`. Then it is asked about texts that it has never
# seen: yours, and those of `test`, the **test set**.
#
# > **Two spellings that you will meet in every lesson.** `course.dataset("tweets")` says where the course keeps these
# > tweets. The star in front hands that answer to `load_dataset`, piece by piece. `course.pick(...)` takes the number
# > of your profile.
#
# Read three real tweets before you teach anything. Would you have given the same labels?

# %% tags=["private-output"]
for tweet in train.select(range(3)):
    print(f"{labels[tweet['label']]:>8}: {tweet['text']}")

# %% [markdown]
# Names became `@user` and links became `http`. People do not always agree on a label. Keep that in mind: where the
# labels are wrong, a model learns what is wrong.
#
# ## What if the model has already read a lot?
#
# A **language model** learns from many texts which words go together. A **pretrained** one has read a lot before it
# meets our tweets. (Ours: more than a billion pairs of sentences. So says its card, the page that comes with a model.)
# It knows that *awful* and *terrible* are close, even if our tweets contain only one of them. We teach it the last
# step: our labels. That step is called **fine-tuning**.
#
# The model cannot read letters. A **tokenizer** cuts the text into pieces, and each piece has a number. Such a piece is
# called a **token**: a word, a part of a word, or a mark.

# %% [markdown] tags=["slide"]
# - Pretrained: it has read a lot before our tweets
# - Fine-tuning: we teach it our labels
# - A tokenizer cuts each text into tokens
# - New: one layer on top, with random numbers
#
# **Its table of tokens stays frozen.**

# %% [markdown] tags=["notes"]
# Say first what is there already, and then what is new. Ask which part of the model knows nothing yet. Many say: all
# of it. It is only the new layer on top. When time is short, skip the code of `fresh_model`, and say why it is a
# function: so each training begins with a fresh model.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)


def tokenize(batch):
    return tokenizer(batch["text"], truncation=True, max_length=64)


train_rows = train.map(tokenize, batched=True)
print(tokenizer.tokenize("My flight was cancelled. Again!"))

# %% [markdown]
# Those are the pieces of one sentence. `map` has cut all the tweets, many at once. `truncation=True` cuts off what is
# longer than 64 pieces, so that no single tweet costs much time. {{ Lesson:tokenization }} opens this box.
#
# And here is the model. It is a **neural network**: many numbers, and steps that compute with them. One such step is a
# **layer**. `num_labels` puts a new layer on top, with one output for each label. That layer starts with random
# numbers: it is the part that knows nothing yet. We write a function, so that every training can begin with a fresh
# model.

# %%
from transformers import AutoModelForSequenceClassification, set_seed


def fresh_model():
    set_seed(course.seed)  # the same random numbers each time
    names = dict(enumerate(labels))
    model = AutoModelForSequenceClassification.from_pretrained(
        course.checkpoint, num_labels=len(labels), id2label=names
    )
    model.base_model.embeddings.requires_grad_(False)
    return model


# %% [markdown]
# The line with `requires_grad_(False)` saves time. More than half of the 22.7 million numbers in our model are one
# table: a row for each piece of a word. That table is good already, and slow to change without a GPU. So we leave it as
# it is. We say: we **freeze** it.
#
# ## Train!
#
# The numbers in a model are called **weights**. Training shows the model 16 tweets at a time, a **batch**. It looks how
# wrong the answers are, and corrects the weights a little. One walk through all tweets is an **epoch**. We take two.

# %% [markdown] tags=["slide"]
# - A batch: 16 tweets at a time
# - After each batch, the weights are corrected a little
# - An epoch: once through all tweets. We take two
#
# **The loss should fall.**

# %% [markdown] tags=["notes"]
# Before the training, ask how many corrections 600 tweets in batches of 16 give in two epochs. Most divide and say 75.
# It is 76: each epoch ends with a small batch of its own. While it runs, say that `MISSING` is no error. Then point at
# the first and the last line of the loss, and leave the lines between them aside.

# %%
from transformers import Trainer, TrainingArguments

arguments = TrainingArguments(
    output_dir=course.workdir / "checkpoints",
    num_train_epochs=2,
    per_device_train_batch_size=16,
    learning_rate=course.pick(laptop=2e-4, full=5e-5, smoke=2e-4),
    logging_steps=course.pick(laptop=15, full=50, smoke=2),
    save_strategy="no",
    report_to="none",
    seed=course.seed,
)

# %% [markdown]
# The **learning rate** says how far each correction goes. Too small, and the model hardly learns. Too large, and it
# jumps past every good place. ({{ Lesson:trainer }} tries several.) The two lines with `no` and `none` mean: keep no
# copies on the way, and send no numbers to a website.
#
# The **Trainer** does the work. It takes the model, the settings, the tweets, and the tokenizer, which fills up short
# tweets. First the library reports that the new layer (`classifier`) was not in the checkpoint: `MISSING`. This is no
# error. Then watch the column `Training Loss`. The **loss** says how wrong the model still is.

# %% tags=["slide"]
model = fresh_model()
trainer = Trainer(
    model=model, args=arguments, train_dataset=train_rows, processing_class=tokenizer
)
finished = trainer.train()

# %% tags=["record"]
losses = [line["loss"] for line in trainer.state.log_history if "loss" in line]
course.record("loss_kept", losses[-1] / losses[0])

# %% [markdown]
# From the first line to the last, the loss goes down. Now and then a line is higher than the one before. That is
# normal: each line is a mean over a few batches, and some batches are harder.
#
# ## Now you: what does it say to your sentence?
#
# A `pipeline` does all the steps for you: text to numbers, model, label. `model.eval()` says that training is over:
# what is random in a training is switched off. Change the sentence and run the cell again.

# %% [markdown] tags=["slide"]
# - A `pipeline` does all the steps in one call
# - `label`: its answer
# - `score`: how much it believes in it, 0 to 1
#
# **Does it also hear irony?**

# %% [markdown] tags=["notes"]
# Let the room call out sentences, and type three of them. Take the ironic one of the beginning, too. Ask before you
# press the keys: which label, and will the score be high? Most expect that a wrong answer comes with a low score.
# Often it does not.

# %% tags=["slide"]
from transformers import pipeline

model.eval()
classifier = pipeline("text-classification", model=model, tokenizer=tokenizer)
my_sentence = "Two hours late and nobody tells us why."  # @param {type:"string"}
classifier(my_sentence)

# %% tags=["record"]
first = classifier("Two hours late and nobody tells us why.")[0]
course.record("first_is_negative", int(first["label"] == "negative"))
course.record("first_score", first["score"])

# %% [markdown]
# **It works.** You have fine-tuned a language model, and it reads your own sentence. `label` is the answer. `score` is
# how much the model believes in it, from 0 to 1. (Is that belief justified? {{ Lesson:evaluation }} measures it.)
#
# **Try it.** Write a sentence that is negative without one negative word. Irony works well. Is the model fooled?
#
# <details><summary>An answer</summary>
#
# Try *"Oh great, another free night at the airport."* Our model hesitated: its score was far lower than for the plain
# complaint. *Great* and *free* may pull it to the other side, and a few hundred tweets show few jokes.
#
# </details>

# %% tags=["try"]
my_sentence = "Oh great, another free night at the airport."
answer = classifier(my_sentence)[0]
print(answer)
if course.profile == "laptop":
    assert answer["score"] < first["score"] - 0.15

# %% [markdown]
# ## How often is it right?
#
# One nice sentence proves nothing. We ask about all the test tweets. `trainer.predict` gives three numbers for each
# tweet, one for each label. `argmax` says which of the three is the largest. So that is the answer.

# %% [markdown] tags=["slide"]
# - One nice sentence proves nothing
# - Ask about all the test tweets
# - Accuracy: the share of right answers
#
# **Is the number good? It needs something beside it.**

# %% [markdown] tags=["notes"]
# Show the number, and ask for hands: good or bad? Hands go up for both, and nobody can know. That is the point of the
# next two sections. When time is short, skip `argmax`: it only picks the largest of three numbers.

# %%
import numpy as np

truth = np.array(test["label"])
test_rows = test.map(tokenize, batched=True)
said = {}  # what each method says

# %% tags=["slide"]
outputs = trainer.predict(test_rows).predictions
said["fine-tuned"] = outputs.argmax(axis=-1)
print(f"fine-tuned: {np.mean(said['fine-tuned'] == truth):.1%} right")

# %% [markdown]
# An answer equals the truth or not: True or False for each tweet. True counts as 1 and False as 0, so their mean is the
# share of right answers, the **accuracy**. Is this a good number? Nobody can tell from the number alone. It needs
# something to stand beside.
#
# ## How good is no model at all?
#
# The laziest method gives every tweet the same label: the most common one among the tweets we learn from.

# %% [markdown] tags=["slide"]
# - The lazy method: always the most common label
# - Its score is our floor
# - It never finds the other two labels
#
# **A model must be clearly above the floor.**

# %% [markdown] tags=["notes"]
# Ask for the score of a method that always says the same. Most say a third, because there are three labels. It is
# more, because *negative* is the most common one. Then ask what two points more would be worth.

# %% tags=["nbval-check-output"]
from collections import Counter

most_common = Counter(train["label"]).most_common(1)[0][0]
said["lazy"] = np.full(len(truth), most_common)
print(f"always {labels[most_common]!r}: {np.mean(said['lazy'] == truth):.1%} right")

# %% [markdown]
# A model that scores a little more than this has learned almost nothing. This number is our **floor**. And it hides
# something: the lazy method never finds a single tweet of the other two labels.
#
# ## How good is counting words?
#
# A second, simple method, without any pretrained model. Count the words of each tweet, and give rare words more weight.
# (This is called **TF-IDF**.) Then learn which words speak for which label. (This is a **logistic regression**.)

# %% [markdown] tags=["slide"]
# - Count the words; rare ones weigh more (TF-IDF)
# - Learn which word speaks for which label
# - A new word means nothing to it
#
# **An old method, and a good one to compare with.**

# %% [markdown] tags=["notes"]
# Ask whether such a simple method can beat the floor. Many doubt it. Show the number, and then ask for its weakness.
# Help with a question: what does it do with a word that stands in none of our tweets?

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
word_counter.fit(train["text"][:], train["label"])
said["counting words"] = word_counter.predict(test["text"][:])
print(f"counting words: {np.mean(said['counting words'] == truth):.1%} right")

# %% [markdown]
# Better than the floor. But a word that is not in our few hundred tweets means nothing to this method. It has read
# nothing else in its life.
#
# ## Is it really better?
#
# With another thousand test tweets, each number would be a little different. How much? The **bootstrap** imitates that.
# Draw a thousand tweets out of ours, where a tweet may come twice or not at all. Take the share of right answers among
# them. Do this 2,000 times. The middle 95% of these scores are the **95% interval**. (`values[draws]` has a row for
# each time.)

# %% [markdown] tags=["slide"]
# - Other test tweets, another score. How far away?
# - Bootstrap: draw our own tweets 2,000 times
# - Then compare two methods tweet by tweet
#
# **All above zero: very likely a gain.**

# %% [markdown] tags=["notes"]
# Show the figure first, and ask whether the fine-tuned model is really better. Many look only at whether the lines
# overlap. Say that this is not the question: both methods failed on the same hard tweets. Then show the interval of
# the difference, and point at its lower end. The two doubts in the text can be read at home.

# %% tags=["front-page"]
from course_utils import plots

random = np.random.default_rng(course.seed)
draws = random.integers(len(test), size=(2000, len(test)))


def interval(values):
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return values.mean(), low, high


right = {name: answers == truth for name, answers in said.items()}
order = ["lazy", "counting words", "fine-tuned"]
results = {name: interval(right[name]) for name in order}
plots.scores(results, f"Three methods, {len(test):,} unseen tweets")

# %% tags=["record"]
from sklearn.metrics import f1_score

for name, answers in said.items():
    short = {"lazy": "lazy", "counting words": "tfidf", "fine-tuned": "test"}[name]
    course.record(f"{short}_accuracy", np.mean(answers == truth))
    course.record(f"{short}_macro_f1", f1_score(truth, answers, average="macro"))
course.record("test_accuracy_low", results["fine-tuned"][1])
course.record("test_accuracy_high", results["fine-tuned"][2])

# %% [markdown]
# Each line in the picture is an interval. Even if two of them overlap, one method may really be better, because both
# fail on the same hard tweets. So the fair question is asked tweet by tweet. A tweet counts 1 if only the fine-tuned
# model is right, -1 if only counting words is right, and else 0. The mean is the gain. (`astype(int)` makes numbers
# of True and False, because NumPy does not subtract those.)

# %% tags=["slide"]
gain = right["fine-tuned"].astype(int) - right["counting words"]
mean, low, high = interval(gain)
print(f"fine-tuned minus counting words: {mean:+.1%}")
print(f"95% interval: from {low:+.1%} to {high:+.1%}")

# %% tags=["record"]
course.record("gain", mean)
course.record("gain_low", low)

# %% [markdown]
# The whole interval lies above zero. So other test tweets would very likely show a gain, too. Two doubts stay.
# About one interval in twenty misses the true value. And we trained once. All random numbers of a training follow from
# one number, the **seed**. With another seed we would get another model. {{ Lesson:five_models }} looks at that.
#
# **Try it.** Learn from fewer tweets. In the cell with `Trainer(`, write
# `train_dataset=train_rows.select(range(200))`. Run that cell, and then the one with `trainer.predict`. How many
# points does it cost? Then put it back, and run both again.
#
# <details><summary>An answer</summary>
#
# Ours lost about ten points. But a third of the tweets also means a third of the corrections. Which of the two was it?
# Write `num_train_epochs=6` in `arguments`, run that cell too, and see: ours got most of the points back. One change
# at a time is the fair way.
#
# </details>

# %% tags=["try"]
from dataclasses import replace

few = train_rows.select(range(min(200, len(train_rows))))
shares = {}
for epochs in (2, 6):
    fewer = Trainer(
        model=fresh_model(),
        args=replace(arguments, num_train_epochs=epochs),
        train_dataset=few,
        processing_class=tokenizer,
    )
    fewer.train()
    shares[epochs] = np.mean(fewer.predict(test_rows).predictions.argmax(-1) == truth)
cost = right["fine-tuned"].mean() - shares[2]
print(shares, f"{cost:.1%} lost")
if course.profile == "laptop":
    assert 0.05 < cost < 0.18
    assert shares[6] - shares[2] > cost / 2

# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *Counting words is out of date. It can never be as good as a neural network.*
# >
# > **Sceptic:** *It only had a few hundred tweets. Give it more!*
#
# Counting is cheap, so we let it learn from more and more tweets. Is it better or worse than our fine-tuned model? We
# compare as above, tweet by tweet. Where zero lies inside the interval, we cannot say.

# %% [markdown] tags=["slide"]
# - Assumption: counting words is out of date
# - Sceptic: give it more tweets!
# - With enough labels, counting words catches up
#
# **What fine-tuning saves is labels.**

# %% [markdown] tags=["notes"]
# Take a vote before the cell: how many times as many tweets does counting words need? Most say that it never catches
# up. Point at the last word of each line: *worse*, *cannot say*, *better*. Then ask what a label costs, in minutes of
# a person.

# %% tags=["slide"]
sizes = course.pick(
    laptop=[600, 1200, 2400, 4800, 9600], full=[6000, 12000, 45000], smoke=[60, 120]
)
gains = {}
for size in sizes:
    more = tweets["train"].select(range(size))
    word_counter.fit(more["text"][:], more["label"])
    counted = word_counter.predict(test["text"][:]) == truth
    _, low, high = gains[size] = interval(right["fine-tuned"].astype(int) - counted)
    verdict = "worse" if low > 0 else "better" if high < 0 else "cannot say"
    print(f"{size:>6,} tweets: {counted.mean():.1%} right, {verdict}")

# %% tags=["record"]
course.record("gain_on_few", gains[sizes[0]][1])
course.record("gain_on_many", gains[sizes[-1]][1])

# %% [markdown]
# The sceptic has a point: with enough labels, counting words catches up. What fine-tuning saves is **labels**. The old
# method needed four times as many to come near, and sixteen times as many to win. (And the fine-tuned model would
# gain from more tweets, too. {{ Lesson:five_models }} draws both curves.)
#
# ## Where is it wrong, and who is wrong?
#
# We look at the mistakes of which the model is surest. `softmax` turns its three numbers into shares that add up to 1,
# as in `score` above.

# %% [markdown] tags=["slide"]
# - Read the mistakes of which it is surest
# - Some are mistakes of the people who labelled
# - It learned the subject instead of the mood
#
# **Only reading shows it.**

# %% [markdown] tags=["notes"]
# Show the five tweets on your own screen, and let the room judge before you say who is right. Ask what the five have
# in common. It takes a while until somebody names the subject: driverless cars. When time is short, read two of them.

# %% tags=["private-output"]
from scipy.special import softmax

sure = softmax(outputs, axis=1).max(axis=1)
wrong = [i for i in np.argsort(-sure) if not right["fine-tuned"][i]]
for i in wrong[:5]:
    answer = labels[said["fine-tuned"][i]]
    print(f"model: {answer} ({sure[i]:.0%}), people: {labels[truth[i]]}")
    print(f"    {test[int(i)]['text']}\n")

# %% [markdown]
# Sometimes the model is wrong, and sometimes the label. Only reading shows it. And what do the mistakes have in
# common? In our run all five were tweets on driverless cars, called *neutral*. Of 74 such tweets in `train`, 62 are
# *neutral*. So the model has learned the subject, where it should have heard the mood.
#
# ## Keep it
#
# `save_pretrained` writes the model into a folder. From then on, one line brings it back, in any program of yours.

# %% [markdown] tags=["slide"]
# - `save_pretrained` writes the model into a folder
# - One line brings it back
# - It answers in every language, even in unknown ones
#
# **It never says: I do not know.**

# %% [markdown] tags=["notes"]
# Let people send a sentence in their own language. Ask what they expect: an error, or a low score? The model gives one
# of its three labels, as always. The saving itself needs only one sentence.

# %%
folder = course.workdir / "my_tweet_model"
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)

again = pipeline("text-classification", model=str(folder))
print(again("Best crew ever, thank you!")[0]["label"])

# %% [markdown]
# **Try it.** Feed it a tweet in your own language. What happens, and why?
#
# <details><summary>An answer</summary>
#
# The model gives a label and a score as if nothing were strange. But it was pretrained on English, so it mostly sees
# pieces that mean little to it. A model never says "I do not know this language". {{ Lesson:tokenization }} shows the
# pieces.
#
# </details>

# %% tags=["try"]
german = "Der Flug ist schon wieder gestrichen, und keiner sagt uns, warum."
print(again(german)[0])
assert len(tokenizer.tokenize(german)) > 1.5 * len(german.split())

# %% [markdown]
# ## What do we tell the airline?
#
# They asked for the angry tweets. So one number more: how many of the negative tweets does each method find?

# %% [markdown] tags=["slide"]
# - Right about 7 times in 10
# - Good enough: read the *negative* pile first
# - Not good enough: leave the rest unread
#
# **Finding is one half of the job.**

# %% [markdown] tags=["notes"]
# Show the three lines, and ask which method they would buy. Somebody will choose the lazy one, for its 100%. Ask what
# the pile of that method looks like: it is everything. Close with the three sentences to the airline: a result is a
# sentence that somebody can act on.

# %% tags=["slide"]
negative = truth == labels.index("negative")
for name in order:
    print(f"{name:<14} finds {right[name][negative].mean():.0%} of the negative tweets")

# %% tags=["record"]
course.record("negative_found", right["fine-tuned"][negative].mean())
course.record("negative_found_tfidf", right["counting words"][negative].mean())

# %% [markdown]
# Careful: the lazy method finds them all, because it calls everything negative. Finding is one half of the job, and
# {{ lesson:evaluation }} looks at the other half.
#
# So we tell them: from 600 labelled tweets, the model is right about 7 times in 10. That is far above the floor, and
# some points above counting words. It is good enough to read the tweets that it calls negative first. It is not good
# enough to leave the rest unread.
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
# | `huggingface_hub was imported before the start cell` | the start cell ran too late to switch the network off | restart the **kernel** (the Python behind this page), run from the top |
# | the loss is `nan` (*not a number*) | the learning rate is too high | divide it by 10 |
# | the loss does not move | the learning rate is too high, or too low | try a tenth of it, and ten times as much |
# | `CUDA out of memory` | the batch is too big for the GPU | halve `per_device_train_batch_size`; {{ lesson:cuda_errors }} |
# | the score is the lazy method's | the model gives everything the same label | look at the counts of its answers; {{ lesson:training_loop }} |
#
# **Next:** {{ lesson:hugging_face_basics }} explains where models and datasets come from.
