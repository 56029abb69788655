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
# # {{ number }} · Hugging Face basics: where models and datasets come from
#
# {{ badges }}
#
# **You will be able to**
#
# - **explain** what the Hub, a model, a dataset, the Trainer and a Space are;
# - **load** a dataset from the Hub, from one CSV, from several CSVs and from a folder;
# - **reshape** it: slice, filter, map, rename, save and reload;
# - **run** a model with a pipeline;
# - **read** a card, and say whether you may use what it describes.
#
# {{ times }}
#
# Numbers in the text are those of the profile `laptop`.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("hugging_face_basics", PROFILE)

# %% [markdown]
# ## Who trained our first model?
#
# In {{ lesson:start_here }} you did the last step. The first step was done by others: it takes days on many processors
# (four days for BERT, say its authors, Devlin et al., 2019). Then they gave the result away. The place where people
# give such things away is the **Hugging Face Hub**, a website. On it you find:
#
# | thing | what it is | looks like |
# |---|---|---|
# | **Model** | a folder with trained weights and what is needed to use them; for text, pictures or sound | `bert-base-uncased` |
# | **Dataset** | a folder with examples, often with labels | `cardiffnlp/tweet_eval` |
# | **Space** | a small web app (often made with Gradio): try a model in the browser before you download it | a text box and a button |
#
# Each is a git repository, with a version history. `cardiffnlp/tweet_eval` means: the user *cardiffnlp*, the repository
# *tweet_eval*.
#
# The Hub is the shop. The tools come as Python libraries. This is how they meet.

# %% [markdown] tags=["slide"]
# - The Hub: models, datasets, and Spaces to try them
# - Each is a repository: `user/name`
# - Libraries take things from there: `transformers`, `datasets`, `evaluate`
#
# **Others trained for days. We take the result.**

# %% [markdown] tags=["notes"]
# Ask who has used a model without knowing who made it. Then walk down the figure, one arrow after the other: what lies
# on the Hub, who fetches it, what comes out. Many believe that the Trainer is a place on the Hub. It is a class in a
# library. The search on the Hub runs only in `full`.

# %%
from importlib.metadata import version

from lessons.hugging_face_basics.figures import family

versions = {name: version(name) for name in ("datasets", "transformers", "evaluate")}
family(versions, "From the Hub to an answer")

# %% [markdown]
# Read it from top to bottom. Blue: what lies on the Hub. Yellow: the library that takes it from there, and the call.
# Green: how a finished model answers. In this lesson you walk down each arrow once.
#
# Six libraries carry this course.

# %%
jobs = {
    "transformers": "models, and the Trainer that fine-tunes them",
    "datasets": "loads and reshapes data",
    "tokenizers": "cuts text into pieces, fast",
    "evaluate": "scores",
    "accelerate": "runs the same training on a CPU, a GPU or many GPUs",
    "peft": "fine-tunes a small part of a big model (LoRA)",
}
for library, job in jobs.items():
    print(f"{library:<13} {version(library):<8} {job}")

# %% [markdown]
# The **Trainer** is not a place on the Hub. It is a class in `transformers` that contains a finished training loop.
# You have used it in {{ lesson:start_here }}. (*Fine-tune* means: train a finished model a little further.)
#
# How does one find a model among so many? On the website, or from Python. The next cell needs the Hub, so it only
# runs in the profile `full`.

# %%
if course.profile == "full":
    from huggingface_hub import HfApi

    for model in HfApi().list_models(
        pipeline_tag="text-classification", sort="downloads", limit=5
    ):
        print(f"{model.downloads:>12,} downloads  {model.id}")
else:
    print("In `full`, this cell lists the five most downloaded text classifiers.")

# %% [markdown]
# ## What is inside a model's folder?
#
# We have one on this machine: the **checkpoint** of the course. (A checkpoint is a saved state of a model.)
# `cached_file` finds one of its files. In `full` it downloads the file first, and keeps it.

# %% [markdown] tags=["slide"]
# | file | what it holds |
# |---|---|
# | `config.json` | the building plan |
# | `tokenizer.json` | rules and vocabulary |
# | `model.safetensors` | the weights: nearly all of the size |
#
# **Prefer safetensors to pickle.**

# %% [markdown] tags=["notes"]
# Let the room guess which file is the largest, and how much larger it is. Then show the sizes. Ask what can happen
# when one only opens a file of weights. Most say: nothing. With a pickle, foreign code can run. End with the two Auto
# classes: nobody opens these files by hand.

# %%
import json
from pathlib import Path

from transformers.utils import cached_file

config_file = Path(cached_file(course.checkpoint, "config.json"))
config = json.loads(config_file.read_text())
keys = ("model_type", "num_hidden_layers", "hidden_size", "vocab_size")
{key: config[key] for key in keys}

# %% [markdown]
# `config.json` is the building plan: which kind of model, how many layers, how wide. The other files:

# %% tags=["slide"]
for name in ("config.json", "tokenizer.json", "model.safetensors"):
    size = Path(cached_file(course.checkpoint, name)).stat().st_size
    print(f"{name:<18} {size / 1e6:8.3f} MB")

# %% [markdown]
# Nearly all of it is `model.safetensors`: the weights. **Safetensors** holds numbers and nothing else, so opening it
# cannot run foreign code. Older formats (**pickle**, often `.bin`) can. Prefer safetensors.
#
# You never open these files by hand. The **Auto classes** read `config.json` and choose the right class for you.

# %%
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model = AutoModel.from_pretrained(course.checkpoint)
type(tokenizer).__name__, type(model).__name__

# %% [markdown]
# Both are *Bert*. With another folder, the same two lines give another family.
#
# ## Can a model compare two sentences?
#
# Our checkpoint has no labels yet. What it can do already: turn a text into numbers that stand for its meaning.
# The **pipeline** for that is called `feature-extraction`. It does three steps in one call: text to numbers, model,
# result.

# %% [markdown] tags=["slide"]
# - A text becomes a table: a row for each token
# - The mean of the rows is its vector
# - Cosine: 1 for one direction, 0 for nothing in common

# %% [markdown] tags=["notes"]
# Hide the figure, and ask for the two most similar sentences. Then show it, and point at row 1, column 2: hardly a
# common word, and the same question. Ask how long vectors would change the number. Many expect a larger cosine, but
# each vector is divided by its length.

# %%
import numpy as np
from transformers import pipeline

extractor = pipeline("feature-extraction", model=model, tokenizer=tokenizer)
sentences = [
    "When do you open on Monday?",
    "What are your hours at the beginning of the week?",
    "The lift is broken again.",
    "I am stuck downstairs with my pram!",
    "Thank you for the lovely concert.",
]
vectors = [np.array(extractor(sentence)[0]) for sentence in sentences]
[vector.shape for vector in vectors]

# %% [markdown]
# Five tables, 384 numbers in each row. (The pipeline answers with a list of tables. We gave it one sentence, and `[0]`
# takes its only table.) A row for each piece of the sentence: the first has six words and a question mark, and two
# special pieces mark beginning and end ({{ lesson:start_here }}).
#
# We want one **vector**, one row of numbers, for one sentence: take the mean of the rows. Then we compare directions.
# Divide each vector by its length, and only its direction is left. Multiply two directions, number by number, and add
# up: that *is* the **cosine similarity**. 1 means the same direction, 0 means nothing in common. A little below zero
# means nothing in common, too.

# %%
from course_utils import plots

means = np.stack([vector.mean(axis=0) for vector in vectors])
directions = means / np.linalg.norm(means, axis=1, keepdims=True)
similarity = directions @ directions.T  # all pairs at once
plots.heatmap(similarity, sentences, "How similar are the sentences?")

# %% tags=["record"]
course.record("similarity_same_question", similarity[0, 1])
course.record("similarity_other_topic", similarity[0, 4])

# %% [markdown]
# On the diagonal, each sentence meets itself. In row 1, the most similar other sentence is number 2: the same question
# in almost no common words. Nobody showed the model this pair. It comes from what it read before.
#
# **Try it.** Add *"When do you open the window?"*. Is it nearer to sentence 1 or to sentence 3?
#
# <details><summary>An answer</summary>
#
# It is nearer to sentence 1 (0.57, against 0.10). Most of its words are the same as there.
# So the vectors hold meaning, but they also hold the words.
#
# </details>


# %% tags=["try"]
def direction(sentence):
    mean = np.array(extractor(sentence)[0]).mean(axis=0)
    return mean / np.linalg.norm(mean)


near = directions[[0, 2]] @ direction("When do you open the window?")
print(near)
if course.profile == "laptop":
    assert near.round(2).tolist() == [0.57, 0.1]

# %% [markdown]
# ## How does data get in?
#
# One function opens nearly everything: `load_dataset`. We try it on sixty messages to the help desk of a town library.
# They were written for this course. Three CSV files lie in a folder. (A **CSV** is a table as plain text, one row in
# each line. `course.dataset` says where they are: its first entry is the folder's path.)

# %% [markdown] tags=["slide"]
# - One CSV, several CSVs, a folder, the Hub
# - Always the same call: `load_dataset`
# - It returns a `DatasetDict`: choose a split first
# - `ClassLabel`: a number with a name

# %% [markdown] tags=["notes"]
# Before the cell with one CSV, ask what `one_file[0]` gives. Nearly all say: the first row. It is an error, because a
# split must be chosen first. Then compare the two kinds of label, a word and a number with a name. The fourth way runs
# only in `full`.

# %% tags=["nbval-check-output"]
folder = Path(course.dataset("helpdesk")[0])
sorted(path.name for path in folder.iterdir())

# %% [markdown]
# **First way: one CSV.**

# %% tags=["nbval-check-output", "slide"]
from datasets import load_dataset

one_file = load_dataset("csv", data_files=str(folder / "train.csv"))
one_file

# %% [markdown]
# We asked for one file, and got a `DatasetDict` with one split named `train`. A `DatasetDict` is a dictionary of
# datasets. It is there even around a single file, unless you name a split (see below). So you choose the split first. A
# row is a dictionary. A column is **lazy**: it is read only where you take something out. `[:4]` takes four entries
# as a list, `[:]` takes all.

# %% tags=["nbval-check-output"]
print(one_file["train"][0])
print(one_file["train"]["label"][:4])

# %% [markdown]
# **Second way: a dictionary of CSVs.** You name the splits.

# %% tags=["nbval-check-output"]
files = {"train": str(folder / "train.csv"), "test": str(folder / "test.csv")}
two_files = load_dataset("csv", data_files=files)
{name: len(rows) for name, rows in two_files.items()}

# %% [markdown]
# **Third way: a folder.** Its `README.md` says which file is which split. This is how datasets lie on the Hub, too.

# %% tags=["nbval-check-output"]
messages = load_dataset(str(folder))
messages["train"].features

# %% [markdown]
# Do you see the difference? In the CSV a label is a word. Here it is a `ClassLabel`: a number with a name.
# A model needs the number, a person needs the name, and a `ClassLabel` has both.

# %% tags=["nbval-check-output"]
label = messages["train"].features["label"]
number = messages["train"][0]["label"]
print("row 0 holds", number, "which means", label.int2str(number))
print("the number of 'thanks' is", label.str2int("thanks"))

# %% [markdown]
# **Fourth way: the Hub.** The same call, with a name in place of a folder: `load_dataset("fancyzhx/ag_news")`.
#
# In this course you read `load_dataset(*course.dataset("ag_news"))`. `course.dataset` returns what `load_dataset`
# needs: a folder or a name, sometimes two names. The star hands them over one by one. In your own code, write the
# name or the folder.

# %%
if course.profile == "full":
    news = load_dataset(*course.dataset("ag_news"), split="test")
    print(news, news.features["label"].names)
else:
    print('In `full`, this cell loads news texts: load_dataset("fancyzhx/ag_news").')

# %% [markdown]
# ## Only a part, please
#
# `split=` takes one split. Then you get a `Dataset`, not a `DatasetDict`. A slice in square brackets takes a part.

# %% [markdown] tags=["slide"]
# - `train[:20%]` takes the *first* rows
# - A sorted file? Then one label only
# - `train_test_split` shuffles, and can keep the shares

# %% [markdown] tags=["notes"]
# Ask how many rows 20% of 36 are: 7.2, so what happens? Then ask *which* seven. Most say seven by chance. Describe a
# file that is sorted by label, and let the room say what a model would learn from such a slice.

# %% tags=["nbval-check-output", "slide"]
for part in ("train", "train[:20%]", "train[10:15]", "train+validation"):
    print(f"{part:<17} {len(load_dataset(str(folder), split=part)):>3} rows")

# %% [markdown]
# Twenty percent of 36 rows are 7 rows. But which 7? The **first** 7. If a file is sorted by label, such a slice holds
# one label only. `train_test_split` shuffles first, and with `stratify_by_column` it keeps the shares of the labels.
# (That column must be a `ClassLabel`. With the words of the CSV it fails.)

# %% tags=["nbval-check-output"]
from collections import Counter

parts = messages["train"].train_test_split(
    test_size=0.25, stratify_by_column="label", seed=course.seed
)
{name: Counter(label.int2str(rows["label"])) for name, rows in parts.items()}

# %% [markdown]
# **Try it.** Load `train[-3:]` and `train[:50%]+test[:50%]`. How many rows do you expect before you run it?
#
# <details><summary>An answer</summary>
#
# The last 3 rows; and 18 + 6 = 24 rows.
#
# </details>

# %% tags=["try"]
sizes = [
    len(load_dataset(str(folder), split=part))
    for part in ("train[-3:]", "train[:50%]+test[:50%]")
]
print(sizes)
if course.profile == "laptop":
    assert sizes == [3, 24]

# %% [markdown]
# ## How do I change the data?
#
# You get a new dataset, and the old one stays as it is. Four methods work in this way, and they do most of the work.
#
# `map` calls your function and adds what it returns. With `batched=True` the function gets many rows at once, as a
# dictionary of lists. A tokenizer works best that way.

# %% [markdown] tags=["slide"]
# - `map` adds, `filter` keeps, `rename_column` renames
# - `with_format`: tensors instead of numbers
# - Each gives a *new* dataset
# - `set_format` changes yours, and returns nothing
#
# **Keep what comes back.**

# %% [markdown] tags=["notes"]
# Show `filter` without an assignment, and ask for the number of rows after it. Many expect fewer. Then show the output
# of `with_format`: where is the text? Nothing is lost, only two columns come out. When time is short, leave out
# `set_format`.


# %% tags=["nbval-check-output"]
def count_words(batch):
    return {"words": [len(text.split()) for text in batch["text"]]}


counted = messages.map(count_words, batched=True)
counted["train"].column_names, counted["train"][0]["words"]

# %% [markdown]
# `filter` keeps the rows for which your function says `True`.

# %% tags=["nbval-check-output"]
short = counted.filter(lambda row: row["words"] <= 7)
for row in short["train"]:
    print(f"{label.int2str(row['label']):>9}: {row['text']}")

# %% [markdown]
# `rename_column` gives a column a new name. Many models expect `labels`, with an *s*. (The Trainer does this for you.
# Your own loop, in {{ lesson:training_loop }}, does not.)

# %% tags=["nbval-check-output"]
renamed = counted.rename_column("label", "labels")
renamed["train"].column_names

# %% [markdown]
# `with_format` says in which form the values come out: Python numbers, or PyTorch tensors. A **tensor** is a block of
# numbers in rows and columns, ready to compute with. The stored data stay as they are. Watch the types.

# %% tags=["nbval-check-output", "slide"]
tensors = renamed.with_format("torch", columns=["words", "labels"])
for rows in (renamed["train"], tensors["train"]):
    print(type(rows[0]["words"]).__name__, list(rows[0]))
tensors["train"][:4]

# %% [markdown]
# Where is the text? We named two columns, so only these two come out. Nothing is lost: `renamed` still gives all.
#
# Older pages use `set_format`. It does the same, but **in place**: it changes the dataset that you have, and
# returns nothing. `reset_format` takes it back.
#
# **Try it.** Run `changed = short.set_format("torch")`. What is in `changed`, and what does `short["train"][0]` give?
#
# <details><summary>An answer</summary>
#
# `changed` is `None`. And `short` itself gives tensors now. After `short.reset_format()` it gives Python numbers again.
#
# </details>

# %% tags=["try"]
changed = short.set_format("torch")
kind = type(short["train"][0]["words"]).__name__
short.reset_format()
print(changed, kind)
if course.profile == "laptop":
    assert changed is None and kind == "Tensor"
    assert isinstance(short["train"][0]["words"], int)

# %% [markdown]
# ## How do I keep it?
#
# `save_to_disk` writes the dataset with its types, and `load_from_disk` brings it back. For other programs there are
# `to_csv` and `to_parquet`.

# %% [markdown] tags=["slide"]
# - `save_to_disk` keeps the types
# - A CSV forgets the label names
# - Your own texts: a dictionary, or a folder of CSVs

# %% [markdown] tags=["notes"]
# This section can be read at home. If there is time, ask what a CSV cannot keep. Most think of accents. What it
# forgets are the names of the labels: after loading, they are plain numbers.

# %% tags=["nbval-check-output"]
from datasets import load_from_disk

counted.save_to_disk(course.workdir / "counted")
again = load_from_disk(course.workdir / "counted")
again["train"].features == counted["train"].features, again["test"][0]["text"]

# %% [markdown]
# **Your own texts.** No file is needed. A dictionary of lists is enough.

# %% tags=["nbval-check-output"]
from datasets import ClassLabel, Dataset

mine = Dataset.from_dict(
    {
        "text": ["Where is the exit?", "You are the best!"],
        "label": ["question", "thanks"],
    }
)
mine = mine.cast_column("label", ClassLabel(names=label.names))
mine["label"][:]

# %% [markdown]
# `cast_column` turned the words into the right numbers.
#
# **Your own folder.** Name the files `train.csv` and `test.csv`, and give `load_dataset` the folder. No card is needed,
# and nothing of this course.

# %% tags=["nbval-check-output"]
home = course.workdir / "my_messages"
home.mkdir(exist_ok=True)
for name in ("train", "test"):
    mine.to_csv(home / f"{name}.csv")
own = load_dataset(str(home))
own["train"].features["label"], {name: len(rows) for name, rows in own.items()}

# %% [markdown]
# Two splits, found by the names of the files. But look at `label`: a plain number. A CSV forgets the label names, so
# you need `cast_column` again. Parquet files keep them.
#
# ## All pieces together
#
# Model, tokenizer, dataset, Trainer, metric. You know this from {{ lesson:start_here }}, now with messages and with
# `evaluate`. A **metric** is a way to compute a score, such as the accuracy. `evaluate.load` finds one by name on the
# Hub. It also takes a folder, and this course brings two.
#
# `truncation=True` cuts texts that are too long for the model. The model's raw answers, one number for each label, are
# called **logits**. The largest one is the model's label: `argmax` finds its place.

# %% [markdown] tags=["slide"]
# - Model, tokenizer, dataset, metric: the Trainer takes them all
# - Logits: raw answers, the largest one wins
# - Softmax: shares that add up to 1
#
# **A pipeline does the same in one call.**

# %% [markdown] tags=["notes"]
# Say that nothing here is new but `evaluate`. Ask about the table with `MISSING`: is it an error? Some will say yes.
# Then compare the last figure with the green line of the first one. Point at the wrong answer about the map, if there
# is one: the model has learned from 36 messages.

# %%
import evaluate
from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments

accuracy = evaluate.load(course.metric("accuracy"))
tokens = messages.map(
    lambda batch: tokenizer(batch["text"], truncation=True), batched=True
)
classifier = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=3, id2label=dict(enumerate(label.names))
)


def compute_metrics(prediction):
    logits, truth = prediction
    return accuracy.compute(predictions=logits.argmax(axis=-1), references=truth)


# %% [markdown]
# Again the table that says `MISSING`: the checkpoint has no layer for our three labels, so the library made a new one
# with random numbers. Training will give them a meaning.

# %%
arguments = TrainingArguments(
    output_dir=course.workdir / "checkpoints",
    num_train_epochs=course.pick(laptop=8, full=8, smoke=1),
    per_device_train_batch_size=8,
    learning_rate=course.pick(laptop=2e-4, full=5e-5, smoke=2e-4),
    logging_strategy="epoch",
    save_strategy="no",
    report_to="none",
    seed=course.seed,
)

# %% [markdown]
# The `Trainer` takes all the pieces. (`processing_class` is the tokenizer: with it, the Trainer fills short texts up,
# so that a group of texts is equally long.) After each epoch it shows the loss.

# %%
trainer = Trainer(
    model=classifier,
    args=arguments,
    train_dataset=tokens["train"],
    processing_class=tokenizer,
    compute_metrics=compute_metrics,
)
result = trainer.train()
score = trainer.evaluate(tokens["test"])["eval_accuracy"]

# %% tags=["record"]
course.record("helpdesk_test_accuracy", score)

# %% [markdown]
# The trained model goes into a pipeline, like the first one.

# %%
ask = pipeline("text-classification", model=classifier, tokenizer=tokenizer)
new_messages = [
    "Do you have a map of the town?",
    "The map is ten years old and useless.",
    "Your map saved our day!",
]
for text in new_messages:
    print(f"{ask(text)[0]['label']:>9}: {text}")

# %% [markdown]
# Is each answer right? It need not be. The model has learned from 36 messages.
#
# What happened inside `ask`? The same steps by hand, for the last message. `softmax` turns logits into probabilities:
# between 0 and 1, and together 1.

# %%
ids = tokenizer(text, return_tensors="pt").to(classifier.device)
logits = classifier(**ids).logits
probabilities = logits.softmax(dim=-1)[0].tolist()
steps = {
    "text": text,
    "tokenizer": f"{ids['input_ids'].shape[1]} ids",
    "model": f"{logits.shape[1]} logits",
    "probabilities": ", ".join(f"{share:.2f}" for share in probabilities),
}
plots.flow(list(steps.items()), "What a pipeline does")

# %% [markdown]
# The green line of the first figure, with real numbers. The order is that of `label.names`: question, complaint,
# thanks.
#
# ## Assumption and sceptic
#
# > **Assumption:** *The accuracy above is the accuracy of this model.*
# >
# > **Sceptic:** *On twelve messages? One message more or less, and the number jumps by eight points.*
#
# Who is right? Say that the true accuracy is p. Then the score on 12 messages moves around p, by about
# `sqrt(p * (1 - p) / 12)`: its *standard error*. 95 times out of 100 it stays within 1.96 of them. So we try all p, and
# keep those that are so near to our score. (This is the interval of Wilson, 1927.)

# %% [markdown] tags=["slide"]
# - Assumption: this accuracy is the model's accuracy
# - Sceptic: on twelve messages?
# - One message more or less: eight points
#
# **Enough to see that it works. Not enough to judge it.**

# %% [markdown] tags=["notes"]
# Let the room guess how far the true accuracy may lie from the score. Most say five points. Then show the two ends of
# the interval. Ask how many messages would halve it: four times as many, and not twice. Skip the formula when time is
# short.

# %% tags=["slide"]
asked = len(messages["test"])
p = np.linspace(0, 1, 1001)
possible = p[abs(score - p) <= 1.96 * np.sqrt(p * (1 - p) / asked)]
low, high = possible.min(), possible.max()
print(f"{round(score * asked)} of {asked} right")
print(f"the true accuracy may lie anywhere from {low:.0%} to {high:.0%}")

# %% [markdown]
# The sceptic is right. Twelve messages are enough to see that the code works. They are not enough to judge the model.
# In {{ lesson:start_here }} we used a thousand.
#
# ## How would I give my model away?
#
# With an account on the Hub and an access `token` (a kind of password), one line does it: `trainer.push_to_hub()`. We
# do not run it here: outside `full`, this notebook asks no network. `save_model` writes the same folder on your disk,
# and you can hand on the folder.

# %% [markdown] tags=["slide"]
# - `push_to_hub`: one line, with an account
# - `save_model`: the same folder, on your disk
# - Delete `training_args.bin` before you hand it on

# %% [markdown] tags=["notes"]
# We do not run the upload. Show the list of files, and ask which of them nobody needs. The settings of the Trainer are
# a pickle, so the next person would have to trust you. Say that a folder on a USB stick is a fine way, too.

# %% tags=["nbval-check-output"]
trainer.save_model(course.workdir / "helpdesk_model")
sorted(path.name for path in (course.workdir / "helpdesk_model").iterdir())

# %% [markdown]
# One of these files is a pickle: `training_args.bin` keeps the settings of your Trainer. Nobody needs it to use the
# model. Delete it before you hand on the folder.
#
# ## May I use it?
#
# A repository has a `README.md`. On the Hub it is called the **card**. The top of it is meant for programs: language,
# task, and the **licence**, which says what you may do. The rest is meant for you: what is inside, how it was made,
# what it is not good for.

# %% [markdown] tags=["slide"]
# | the card says | it means |
# |---|---|
# | `apache-2.0`, `mit` | for anything; keep the notice |
# | `cc-by-nc-4.0` | not in a product that earns money |
# | nothing | ask first |
#
# **Read the card before you build.**

# %% [markdown] tags=["notes"]
# Ask what one may do with a model that has no licence. Nearly all say: anything. It is the other way round, because
# nobody gave you permission. Then open the card of the help desk messages, and look for the part that says what they
# are not fit for.

# %%
from huggingface_hub import DatasetCard, ModelCard

for card in (
    DatasetCard.load(folder / "README.md"),
    ModelCard.load(cached_file(course.checkpoint, "README.md")),
):
    print(type(card).__name__, "| licence", card.data.license)

# %% [markdown]
# | the card says | it means, roughly |
# |---|---|
# | `apache-2.0`, `mit` | use it for anything; keep the notice |
# | `cc-by-4.0` | use it for anything; name the authors |
# | `cc-by-nc-4.0` | not in a product that earns money |
# | nothing | nobody gave you permission: ask first |
#
# Read the card **before** you build on a dataset. It tells you who is in the data and who is missing.
#
# **Try it.** Print `DatasetCard.load(folder / "README.md").text`. What is this dataset not fit for?
#
# <details><summary>An answer</summary>
#
# For training a model that anybody relies on, and for comparing models. The sceptic above has shown why.
#
# </details>

# %% tags=["try"]
card_text = DatasetCard.load(folder / "README.md").text
if course.profile == "laptop":
    assert "Training a model that anybody relies on, or comparing models" in " ".join(
        card_text.split()
    )

# %% [markdown]
# ## Why does the code from that old tutorial fail?
#
# The libraries have changed, and old pages stay online. One example, tried here and now:

# %% [markdown] tags=["slide"]
# - Libraries change, old pages stay online
# - `list_datasets` is gone
# - `pip install transformers>=4.40.0` makes a file
#
# **Versions stand in quotes.**

# %% [markdown] tags=["notes"]
# Let the room predict what the shell does with the line without quotes. Most say that it installs the version. Show
# the file. Then ask who has copied a line from a page without its date. The section takes five minutes, and everybody
# needs it once.

# %% tags=["nbval-check-output"]
try:
    from datasets import list_datasets

    print(len(list_datasets()), "datasets")
except ImportError as error:
    print(type(error).__name__, "-", str(error).split(" (")[0])

# %% [markdown]
# `list_datasets` is gone. Its job belongs to the Hub's own library now: `huggingface_hub.HfApi().list_datasets()`.
# The tests of this course try such old lines at every change, so that we do not teach you one.
#
# Another line was wrong from the first day. A published notebook installs `transformers>=4.40.0`, without quotes. What
# does a shell do with that? We put the harmless `echo` in place of `pip install`.

# %% tags=["slide"]
import subprocess

subprocess.run("echo transformers>=4.40.0", shell=True, cwd=course.workdir)
[path.name for path in course.workdir.glob("*4.40*")]

# %% [markdown]
# A file! For the shell, `>` means: write the output into a file. So `pip` never saw the version, and took any. Write
# `pip install "transformers>=4.40.0"`, with quotes.
#
# ## In this notebook we have
#
# - **explained** what lies on the Hub, and which library takes it from there;
# - **loaded** a dataset in four ways, and seen that a file alone still gives a `DatasetDict`;
# - **reshaped** it with `map`, `filter`, `rename_column` and `with_format`, and saved it;
# - **run** two pipelines, one without labels and one with our own, and opened the second;
# - **read** two cards with their licences.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `KeyError` when you take row 0 of a dataset | it is a `DatasetDict` | choose the split first: `data["train"][0]` |
# | `Dataset scripts are no longer supported` | the repository only has an old loading script | load its parquet files: `revision="refs/convert/parquet"` |
# | `OfflineModeIsEnabled`, or a name that is not found | the profile `laptop` asks no network | check the spelling; use `full` for the Hub |
# | you changed a CSV file in a dataset folder, and still see the old rows | `load_dataset` keeps a copy, and knows the folder by its card | `load_dataset(folder, download_mode="force_redownload")` |
# | the column you need is missing | `set_format` with `columns=` hides the others | `reset_format()` |
# | a dataset has become `None` | you kept what `set_format` returns | `with_format` |
#
# **Next:** {{ lesson:cuda_errors }} looks at the five error messages of a GPU, without a GPU.
