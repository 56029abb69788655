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
# | **Space** | a small web app that shows a model at work, often made with Gradio | a text box and a button |
#
# Each is a git repository, with a version history. `cardiffnlp/tweet_eval` means: the user *cardiffnlp*, the repository
# *tweet_eval*.
#
# The Hub is the shop. The tools come as Python libraries. Six of them carry this course.

# %%
from importlib.metadata import version

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
# You have used it in {{ lesson:start_here }}.
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

# %%
for name in ("config.json", "tokenizer.json", "model.safetensors"):
    size = Path(cached_file(course.checkpoint, name)).stat().st_size
    print(f"{name:<18} {size / 1e6:8.3f} MB")

# %% [markdown]
# Nearly all of it is `model.safetensors`: the weights. *Safetensors* holds numbers and nothing else, so opening it
# cannot run foreign code. Older formats (*pickle*, often `.bin`) can. Prefer safetensors.
#
# You never open these files by hand. Three **Auto classes** read `config.json` and choose the right class for you.

# %%
from transformers import AutoConfig, AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model = AutoModel.from_pretrained(course.checkpoint)
for thing in (AutoConfig.from_pretrained(course.checkpoint), tokenizer, model):
    print(type(thing).__name__)

# %% [markdown]
# Three times *Bert*. You asked for "the model in this folder", and you got the right family. With another folder, the
# same three lines give another family.
#
# ## Can a model compare two sentences?
#
# Our checkpoint has no labels yet. What it can do already: turn a text into numbers that stand for its meaning.
# The **pipeline** for that is called `feature-extraction`. It does three steps in one call: text to numbers, model,
# result.

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
# Five tables. A row for each piece of the sentence, so longer sentences have more rows. We want one vector for one
# sentence: take the mean of the rows. Then we compare the directions of two vectors. That is the
# **cosine similarity**: 1 means the same direction, 0 means nothing in common.

# %%
from course_utils import plots

means = np.stack([vector.mean(axis=0) for vector in vectors])
means /= np.linalg.norm(means, axis=1, keepdims=True)
similarity = means @ means.T
plots.heatmap(similarity, sentences, "How similar are the sentences?")

# %% tags=["record"]
course.record("similarity_same_question", similarity[0, 1])
course.record("similarity_other_topic", similarity[0, 4])

# %% [markdown]
# Look at row 1. The most similar other sentence is number 2: the same question in almost no common words.
# Nobody told the model so. It comes from pretraining.
#
# **Try it.** Add *"When do you open the window?"*. Is it nearer to sentence 1 or to sentence 3?
#
# <details><summary>An answer</summary>
#
# With the offline checkpoint: nearer to sentence 1 (0.57, against 0.10). Most of its words are the same as there.
# So the vectors hold meaning, but they also hold the words.
#
# </details>
#
# ## How does data get in?
#
# One function opens nearly everything: `load_dataset`. We try it on sixty messages to the help desk of a town library.
# They were written for this course. Three CSV files lie in a folder.

# %% tags=["nbval-check-output"]
folder = Path(course.dataset("helpdesk")[0])
sorted(path.name for path in folder.iterdir())

# %% [markdown]
# **First way: one CSV.**

# %% tags=["nbval-check-output"]
from datasets import load_dataset

one_file = load_dataset("csv", data_files=str(folder / "train.csv"))
one_file

# %% [markdown]
# We asked for one file, and got a `DatasetDict` with one split named `train`. A `DatasetDict` is a dictionary of
# datasets. It is always there, even around a single file. So you choose the split first. A row is a dictionary, and a
# column is like a list:

# %% tags=["nbval-check-output"]
print(one_file["train"][0])
print(one_file["train"]["label"][:4])

# %% [markdown]
# **Second way: a dictionary of CSVs.** You name the splits.

# %% tags=["nbval-check-output"]
files = {"train": str(folder / "train.csv"), "test": str(folder / "test.csv")}
two_files = load_dataset("csv", data_files=files)
{split: len(rows) for split, rows in two_files.items()}

# %% [markdown]
# **Third way: a folder.** Its `README.md` says which file is which split. This is how datasets lie on the Hub, too.

# %% tags=["nbval-check-output"]
messages = load_dataset(*course.dataset("helpdesk"))
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
# **Fourth way: the Hub.** The same call, with a name in place of a folder.

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

# %% tags=["nbval-check-output"]
for part in ("train", "train[:20%]", "train[10:15]", "train+validation"):
    print(f"{part:<17} {len(load_dataset(str(folder), split=part)):>3} rows")

# %% [markdown]
# Twenty percent of 36 rows are 7 rows. But which 7? The **first** 7. If a file is sorted by label, such a slice holds
# one label only. `train_test_split` shuffles first, and with `stratify_by_column` it keeps the shares of the labels.

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
#
# ## How do I change the data?
#
# A dataset does not change in place. Each method gives you a new one. Four methods do most of the work.
#
# `map` calls your function and adds what it returns. With `batched=True` the function gets many rows at once, as a
# dictionary of lists. A tokenizer works best that way.


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
# `set_format` says in which form the values come out: Python numbers, or PyTorch tensors. The stored data stay as
# they are. Watch the types.

# %% tags=["nbval-check-output"]
print(type(renamed["train"][0]["words"]).__name__)
renamed.set_format("torch", columns=["words", "labels"])
print(type(renamed["train"][0]["words"]).__name__, renamed["train"][:4])

# %% [markdown]
# Where is the text? We named two columns, so only these two come out. Nothing is lost: `reset_format` brings it back.
#
# ## How do I keep it?
#
# `save_to_disk` writes the dataset with its types, and `load_from_disk` brings it back. For other programs there are
# `to_csv` and `to_parquet`. (A CSV forgets the label names.)

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
# ## All pieces together
#
# Model, tokenizer, dataset, Trainer, metric. You know this from {{ lesson:start_here }}, now with messages and with
# `evaluate`. `evaluate.load` finds a metric by name on the Hub. It also takes a folder, and this course brings two.

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
# The `Trainer` takes all the pieces. After each epoch it shows the loss.

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

# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *The accuracy above is the accuracy of this model.*
# >
# > **Sceptic:** *On twelve messages? One message more or less, and the number jumps by eight points.*
#
# Who is right? Let us ask which true accuracies could give this result. (This is Wilson's interval.)

# %%
from scipy.stats import binomtest

asked = len(messages["test"])
right = round(score * asked)
ends = binomtest(right, asked).proportion_ci(method="wilson")
print(f"{right} of {asked} right")
print(f"the true accuracy may lie anywhere from {ends.low:.0%} to {ends.high:.0%}")

# %% [markdown]
# The sceptic is right. Twelve messages are enough to see that the code works. They are not enough to judge the model.
# In {{ lesson:start_here }} we used a thousand.
#
# ## How would I give my model away?
#
# With an account on the Hub and a token, one line does it: `trainer.push_to_hub()`. We do not run it here.
# Without an account, `save_model` writes the same folder on your disk, and you can hand on the folder.

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
# task, **licence**. The rest is meant for you: what is inside, how it was made, what it is not good for.

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
#
# ## Why does the code from that old tutorial fail?
#
# The libraries have changed, and old pages stay online. One example, tried here and now:

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
# ## In this notebook we have
#
# - **explained** the Hub, and run the six libraries on one small problem;
# - **loaded** a dataset in four ways, and seen that a file alone still gives a `DatasetDict`;
# - **reshaped** it with `map`, `filter`, `rename_column` and `set_format`, and saved it;
# - **run** two pipelines: one without labels, one with our own;
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
#
# **Next:** {{ lesson:cuda_errors }} looks at the five error messages of a GPU, without a GPU.
