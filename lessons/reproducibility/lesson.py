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
# # {{ number }} · Can anybody get my number again next year?
#
# {{ badges }}
#
# **You will be able to**
#
# - **repeat** a training bit for bit, and say which changes break that;
# - **separate** what moves the number from what only moves the last bits;
# - **seal** a model with a manifest that refuses, and score it on planted changes;
# - **read** what the Trainer leaves behind, and build its settings again;
# - **build** an alarm that needs no labels, and measure how often it is wrong.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("reproducibility", PROFILE)

# %% [markdown]
# ## "Can you send me the number again?"
#
# Ines is new at the help desk of the town. A model sends each message to one of six offices. Last year's report says:
# it learned from year 1, and about half of its answers on year 2 are right. The director asks Ines for the number
# again.
#
# Five promises, to be judged at the end:
#
# 1. We say what makes a second training differ, by measuring.
# 2. We say what moves the **number**: the seed or the machine.
# 3. A **manifest** refuses all of eight planted changes, and none of three harmless ones. It is a page that names what
#    a number was made from.
# 4. The Trainer's settings come back from a file.
# 5. An alarm without labels rings falsely in 1 month of 20, and we say what it cannot hear.
#
# The messages are invented; what changes in them was planted ({{ lesson:leakage }} used them). Numbers in the text are
# those of the profile `laptop`.

# %% [markdown] tags=["slide"]
# - A report says: about half of the answers are right
# - Ines is new, and did not make it
# - The director wants the number again
#
# **Who can get it, and what would prove it?**

# %% [markdown] tags=["notes"]
# Ask: who could make the main number of their own last project again, today? Few hands go up, and that is the lesson.
# Then show the figure: three columns, and all of them go into one number. Ask what is missing from a report that names
# only the seed.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
years = load_dataset(*course.dataset("messages"))
most = course.pick(laptop=500, full=500, smoke=90)
desk = {name: part.select(range(min(most, len(part)))) for name, part in years.items()}
print({name: len(part) for name, part in desk.items()})

# %% [markdown]
# What goes into a number like "half are right"?

# %%
from lessons.reproducibility import figures

figures.of_desk(course, rows=len(desk["year_1"]))

# %% [markdown]
# ## I set the seed. Is it the same?
#
# > **Assumption:** *I set the seed, so it is reproducible.*
# >
# > **Sceptic:** *For whom? In the same process, on another computer, or next year?*
#
# We train the last layer and a new head for ten steps. The layers below stay as they are. So we read them once
# ({{ lesson:recipe }} explains it).

# %% [markdown] tags=["slide"]
# | changed | the same bits? |
# |---|---|
# | nothing, or a new process | yes, on our machine |
# | threads | no: the last digits |
# | a seed | no: labels, too |
#
# **Same seed, machine, threads and versions.**

# %% [markdown] tags=["notes"]
# Before the table, collect guesses: which line gives the same bits? Most forget the threads. Explain the digest in one
# sentence: a short name for many bytes. Then the sum of three numbers: it says why threads matter. When time is short,
# keep only one of the two slips.

# %%
from itertools import islice

import torch
from transformers import logging

from course_utils.upper_layers import UpperLayers, in_parts, read_below

logging.disable_progress_bar()
logging.set_verbosity_error()

# %%
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

texts = {name: list(part["text"]) for name, part in desk.items()}
below = {name: read_below(each, course, 1, 48) for name, each in texts.items()}
hidden, mask = below["year_1"]
topic = torch.tensor(desk["year_1"]["label"][:], device=course.device)

# %% [markdown]
# Three things are drawn, so there are three dice: the **head** (its first weights), the **dropout** (which values are
# set to zero) and the **order** of the rows. We give each a seed of its own. (For the loader: a *generator*.)


# %%
def train(head=42, dropout=42, order=42, steps=10, rate=1e-3):
    torch.manual_seed(head)
    model = UpperLayers(course, upper=1, labels=6).train()
    torch.manual_seed(dropout)
    dice = torch.Generator().manual_seed(order)
    loader = DataLoader(range(len(topic)), 16, shuffle=True, generator=dice)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    while steps > 0:
        for rows in islice(loader, steps):
            loss = cross_entropy(model(hidden[rows], mask[rows]), topic[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        steps -= len(loader)
    return model.eval()


# %% [markdown]
# How do we compare millions of weights? With a **digest**: SHA-256 makes a short name out of any bytes. Change one
# character, and the name is another. (We show 12 of its 64 characters.)

# %% tags=["nbval-check-output"]
import hashlib
import json

from safetensors.torch import save


def digest(thing):
    if not isinstance(thing, bytes):
        thing = json.dumps(thing, sort_keys=True).encode()
    return hashlib.sha256(thing).hexdigest()[:12]


print(digest("the brown bin"), digest("the brown bin,"))

# %% [markdown]
# A digest says equal or not. So we also keep the largest difference of two weights, and how many messages of year 2
# get another **label**.


# %%
def answers(model, name="year_2"):
    return in_parts(model, *below[name]).argmax(1).numpy()


def compare(model):
    pairs = zip(model.state_dict().values(), base.state_dict().values(), strict=True)
    return {
        "same bits": digest(save(model.state_dict()))
        == digest(save(base.state_dict())),
        "largest difference": max((a - b).abs().max().item() for a, b in pairs),
        "other labels": int((answers(model) != told).sum()),
    }


base = train()
told = answers(base)
runs = {"the same process": train()}

# %% [markdown]
# Now a **new process**: another Python starts, reads the data and trains with `train`.

# %%
from safetensors.torch import load_file

from lessons.reproducibility import again

file = again.in_new_process(train, course, len(topic), {}, "new.safetensors")
runs["a new process"] = train(steps=0)
runs["a new process"].load_state_dict(load_file(file))

# %% [markdown]
# Then another number of **threads**: they share the additions of one sum.

# %%
threads = torch.get_num_threads()
torch.set_num_threads(2 if threads == 1 else 1)
runs["other threads"] = train()
torch.set_num_threads(threads)

# %% [markdown]
# Last, another seed for one of the dice.

# %% tags=["slide"]
import pandas as pd

for name in ("head", "dropout", "order"):
    runs[f"another {name}"] = train(**{name: 43})
table = pd.DataFrame({name: compare(model) for name, model in runs.items()}).T
assert table.loc["the same process", "same bits"] or course.device.type != "cpu"
table

# %% tags=["record"]
course.record("same_process_equal", bool(table.loc["the same process", "same bits"]))
course.record("threads_difference", table.loc["other threads", "largest difference"])
course.record("threads_labels", table.loc["other threads", "other labels"])
for name in ("head", "dropout", "order"):
    course.record(f"{name}_labels", table.loc[f"another {name}", "other labels"])

# %% [markdown]
# In one process, the same seeds give the same bits. On our machine a new process does, too. But with **another number
# of threads** the bits differ. Why? A computer rounds after each addition, so the order of a sum changes its last
# digits:

# %% tags=["nbval-check-output", "slide"]
print((0.1 + 0.2) + 0.3, "and", 0.1 + (0.2 + 0.3))

# %% [markdown]
# The difference is small: here no label or hardly one changes. The dice are another matter. A new head
# changes dozens of labels, a new order more. (Ten steps see 160 messages. Another order means *other* messages.)
#
# So the assumption holds only with conditions: **same seed, same machine, same threads, same versions.**
#
# ### Where did the seed come too late?
#
# First slip: the head is drawn *before* the seed is set.

# %%
from transformers import set_seed


def first_weight(seed_first):
    if seed_first:
        set_seed(42)
    model = UpperLayers(course, upper=1, labels=6)
    set_seed(42)
    return round(model.head.weight[0, 0].item(), 6)


print("seed after: ", first_weight(False) == first_weight(False))
torch.rand(1)  # something else draws a number
print("seed before:", first_weight(True) == first_weight(True))

# %% [markdown]
# After one call the dice stand at 42, so *the second run* of a cell looks right.
#
# Second slip: a loader without its own generator takes from the common dice. One more draw elsewhere, and the order is
# another.

# %% tags=["nbval-check-output", "slide"]
for own in (False, True):
    for extra in (0, 1):
        set_seed(42)
        torch.rand(extra)  # a new line somewhere in the program
        dice = torch.Generator().manual_seed(42) if own else None
        loader = DataLoader(range(8), 8, shuffle=True, generator=dice)
        print(
            f"own generator {own!s:<5} draws before {extra}:",
            *next(iter(loader)).tolist(),
        )

# %% [markdown]
# ## What do the deterministic flags do?
#
# A lecture on BERT fine-tuning writes: "Fix seeds; enable deterministic ops where practical." Some operations on a GPU
# add in the order in which the parts arrive. The flag `torch.use_deterministic_algorithms(True)` takes a slower way
# with a fixed order. Where there is none, it refuses:

# %%
on_gpu = course.device.type == "cuda"
try:
    torch.use_deterministic_algorithms(True, warn_only=on_gpu)
    flagged = compare(train())
    torch.use_deterministic_algorithms(True)
    torch.zeros(3).put_(torch.tensor([0]), torch.ones(1))
except RuntimeError as error:
    print(str(error).split(",")[0])
finally:
    torch.use_deterministic_algorithms(False)
print("with the flag, the same bits as without:", flagged["same bits"])

# %% [markdown]
# On a processor our training is the same with the flag and without. `enable_full_determinism` of transformers
# (`full_determinism=True` in `TrainingArguments`) sets the seed, this flag, and more:

# %%
from transformers import enable_full_determinism

again.variables_after(enable_full_determinism, 42)

# %% [markdown]
# `CUBLAS_WORKSPACE_CONFIG` gives the GPU's matrix library a fixed place to work in. The flags hold on **one** kind of
# device with **one** version: a laptop and a GPU still differ.
#
# ## Which moves the number: the seed or the threads?
#
# A longer training now, with five seeds, and the first seed again with other threads.

# %% [markdown] tags=["slide"]
# - Five seeds: five numbers
# - Other threads: hardly another number, or none
# - Same machine: compare bits
# - Elsewhere: compare with the interval over seeds

# %% [markdown] tags=["notes"]
# Show the two rows of dots, and ask which one should worry Ines. Some say the threads, since the bits differ. The dots
# say the seed. Then the rule: bits prove that nothing changed, an interval confirms a number.

# %%
steps = course.pick(laptop=30, full=60, smoke=3)
seeds = range(course.pick(laptop=5, full=5, smoke=2))
trained = [train(seed, seed, seed, steps) for seed in seeds]
torch.set_num_threads(2 if threads == 1 else 1)
other = train(0, 0, 0, steps)
torch.set_num_threads(threads)

# %%
import numpy as np

from course_utils import plots
from course_utils.plots.curves import seed_dots
from course_utils.statistics import interval, interval_over_seeds

truth = np.array(desk["year_2"]["label"])
right = np.array([answers(model) == truth for model in trained])
by_seed, by_threads = right.mean(1), np.mean(answers(other) == truth)
shown = {"other seeds": by_seed.tolist(), "other threads": [by_seed[0], by_threads]}
seed_dots(shown, "Year 2: what moves the number?")

# %% [markdown]
# Now the numbers, with the standard deviation over seeds.

# %%
spread = 100 * by_seed.std(ddof=1)
moved = 100 * abs(by_seed[0] - by_threads)
number, low, high = interval_over_seeds(right)
print(f"seeds: standard deviation {spread:.1f} points; threads: {moved:.1f} points")
print(f"the number: {number:.1%} right ({low:.1%} to {high:.1%})")

# %% tags=["record"]
course.record("number", number)
course.record("seeds_spread", spread)
course.record("threads_points", moved)

# %% [markdown]
# (The second row of dots is seed 0, with one and two threads.) For the interval we draw seeds and rows again and again.
# It is far wider than what threads did. So Ines compares **bits** where the machine is the same: they prove that
# nothing changed. Elsewhere, a number inside the **interval over seeds** confirms the report.
#
# ## A manifest that refuses
#
# The lecture again: "Version *everything*: data snapshot, code, hparams, tokenizer, model weights." Our manifest names
# all parts by their digests. First, a release: model and tokenizer in a folder.

# %% [markdown] tags=["slide"]
# - Rows, tokenizer, weights, code: a digest each
# - Settings and versions: as they are
# - Compare, refuse, and say why
#
# **A row count and `pip freeze` see two changes of eight.**

# %% [markdown] tags=["notes"]
# Let the room list what must stand on the page before you show it. The tokenizer is forgotten most often. Then the
# table: read the column of the weak page, and its gaps. Ask whether a comment in the code should be refused. The prompt
# answers it.

# %%
from transformers import AutoTokenizer

folder = course.workdir / "release"
AutoTokenizer.from_pretrained(course.checkpoint).save_pretrained(folder)
(folder / "model.safetensors").write_bytes(save(trained[0].state_dict()))
print(sorted(path.name for path in folder.iterdir() if path.suffix != ".jinja"))

# %%
import inspect

from lessons.reproducibility import planted

settings = {"head": 0, "dropout": 0, "order": 0, "steps": steps, "rate": 1e-3}
source = inspect.getsource(train)
made_of = planted.parts_of(desk["year_1"], folder, source, settings)
print({name: type(part).__name__ for name, part in made_of.items()})

# %% [markdown]
# Large parts become digests. Settings and versions are short, so they stay readable.


# %%
def manifest(parts):
    page = {name: digest(parts[name]) for name in planted.LARGE}
    return page | parts["settings"] | parts["versions"]


sealed = folder / "manifest.json"
sealed.write_text(json.dumps(manifest(made_of), indent=2))
print(sealed.read_text())

# %% [markdown]
# `check` compares, refuses, and says why.


# %%
def differences(old, new):
    return sorted(
        key for key in old.keys() | new.keys() if old.get(key) != new.get(key)
    )


def check(file, parts):
    changed = differences(json.loads(file.read_text()), manifest(parts))
    if changed:
        raise ValueError(f"refused: {', '.join(changed)} changed")


check(sealed, made_of)
print("nothing has changed")

# %% [markdown]
# ### Does it catch what it should?
#
# We plant eight changes that matter and three that do not. Beside it stands a weak page: the number of rows,
# and the versions that `pip freeze` prints.

# %% tags=["slide"]
found = {}
for name, change in (planted.CHANGES | planted.HARMLESS).items():
    parts = planted.changed(made_of, change)
    found[name] = {
        "manifest": ", ".join(differences(manifest(made_of), manifest(parts))),
        "weak page": ", ".join(differences(planted.weak(made_of), planted.weak(parts))),
    }
pd.DataFrame(found).T

# %% tags=["nbval-check-output"]
for kind in ("manifest", "weak page"):
    caught = sum(bool(found[name][kind]) for name in planted.CHANGES)
    false = sum(bool(found[name][kind]) for name in planted.HARMLESS)
    print(f"{kind:<9} caught {caught} of 8, false alarms {false} of 3")

# %% tags=["record"]
course.record(
    "manifest_caught", sum(bool(found[name]["manifest"]) for name in planted.CHANGES)
)
course.record(
    "weak_caught",
    sum(bool(found[name]["weak page"]) for name in planted.CHANGES),
)

# %% [markdown]
# The weak page sees a missing row and a new version. It does not see a changed label. The harmless changes pass: our
# page sorts columns and settings, and looks at values only.
#
# Can the model be **made again** from its page? A new process gets the settings from the file, and nothing else.

# %%
page = json.loads(sealed.read_text())
wanted = {name: page[name] for name in inspect.signature(train).parameters}
file = again.in_new_process(train, course, len(topic), wanted, "again.safetensors")
print("the same weights again:", digest(file.read_bytes()) == page["weights"])

# %% [markdown]
# On our machine: to the bit. Threads and processor moved bits above. Note them, but do not refuse for them.
#
# **Try it.** Make a copy with a comment, `made_of | {"code": made_of["code"] + "# thanks"}`, and call `check` with it.
# First guess: is it refused? Should it be?
#
# <details><summary>An answer</summary>
#
# Yes: `refused: code changed`, though a comment changes no number. A digest knows bytes, not meaning.
#
# </details>

# %% tags=["try"]
commented = made_of | {"code": made_of["code"] + "# thanks\n"}
try:
    check(sealed, commented)
    refused = ""
except ValueError as error:
    refused = str(error)
if course.profile == "laptop":
    assert refused == "refused: code changed"

# %% [markdown]
# ## Is `>=` a promise?
#
# A published notebook explains its pins: "transformers>=4.40.0: Ensures compatibility with LoRA implementations" and
# "peft>=0.10.0: Contains stable LoRA implementations". Do our versions keep these lines?
# And its code? Two cells (marked "Do not run = example only") say `evaluation_strategy`:

# %% [markdown] tags=["slide"]
# - `>=` means: not older. Nothing about later
# - The line is kept, and the code is broken
# - Lock file: each package with `==`
# - A model of the Hub: name the commit

# %% [markdown] tags=["notes"]
# Ask what `transformers>=4.40.0` protects from. Many say: from code that breaks. Show the last line of the output: the
# range is kept and the argument is gone. Then the two files of one name: models move as libraries do.

# %%
from importlib.metadata import version

from packaging.specifiers import SpecifierSet
from transformers import TrainingArguments

for name, asked in {"transformers": ">=4.40.0", "peft": ">=0.10.0"}.items():
    print(name, version(name), asked, SpecifierSet(asked).contains(version(name)))
try:
    TrainingArguments(str(course.workdir / "old"), evaluation_strategy="steps")
except TypeError as error:
    print(error)

# %% [markdown]
# The line is kept, and the cells are broken. `>=` promises "not older". It **ensures nothing** about what comes
# later. What helps is a **lock file**: each package with `==`, also those that came along. (In this course:
# `requirements-lock.txt`.)
#
# Models move, too. On the Hub, `main` is a branch: it points to the newest **commit** (a saved version). Here is a cache
# as `huggingface_hub` lays it out, after a model changed:

# %% tags=["nbval-check-output"]
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

OLD, NEW = "1f" * 20, "9b" * 20  # two commits: 40 characters each
cache = again.hub_cache(
    course.workdir / "hub", {OLD: '{"labels": 6}', NEW: '{"labels": 7}'}
)
for revision in ("main", OLD):
    path = try_to_load_from_cache("town/desk", "config.json", cache, revision)
    print(f"{revision[:8]:<9}", Path(path).read_text())

# %% [markdown]
# The same name gives another file. So write the commit: `from_pretrained("town/desk", revision="1f1f...")`.
# `load_dataset` takes `revision=` too.
#
# ## What does the Trainer write down?
#
# A student's project says `save_steps=10`. We do so for twenty steps. Only the head learns.

# %% [markdown] tags=["slide"]
# - Receipt: time x pace / epochs = rows
# - A checkpoint holds the whole model, each time
# - Settings as text, beside the checkpoint
#
# **A bare score cannot be confirmed.**

# %% [markdown] tags=["notes"]
# Do the sum of the receipt aloud: seconds times samples per second, divided by the epochs. Let the room say how many
# rows that training saw. They do not believe the answer, so do it twice. The table of what to log can be read at home.

# %%
from transformers import AutoModelForSequenceClassification

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
few = planted.encoded(desk["year_1"].select(range(80)), tokenizer)
set_seed(42)  # before the head is drawn
model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=6
)
for weight in model.base_model.parameters():
    weight.requires_grad = False

# %%
from transformers import Trainer

every_ten = TrainingArguments(
    str(course.workdir / "every_ten"),
    max_steps=20,
    per_device_train_batch_size=8,
    save_steps=10,
    learning_rate=1e-3,
    disable_tqdm=True,
    report_to="none",
    logging_strategy="no",
    seed=42,
)
trainer = Trainer(model, every_ten, train_dataset=few, processing_class=tokenizer)
output = trainer.train()

# %% [markdown]
# `TrainOutput` is the Trainer's receipt. That of the published notebook was: runtime 1.3207 s, 13.63 samples per
# second, 3 steps, 3 epochs, loss 1.06. What can one read from it?


# %%
def receipt(runtime, samples_per_second, epochs):
    samples = runtime * samples_per_second
    return f"{samples:.0f} samples seen, {samples / epochs:.0f} rows"


ours = output.metrics
print("theirs:", receipt(1.3207, 13.63, 3))
print(
    "ours:  ",
    receipt(ours["train_runtime"], ours["train_samples_per_second"], ours["epoch"]),
)
work = 6 * model.num_parameters(exclude_embeddings=True)
print(
    f"total_flos: {trainer.state.total_flos:.1e}, for {trainer.state.total_flos / work:,.0f} tokens"
)

# %% [markdown]
# Their training saw **6 rows**. The receipt tells it, the text around it does not. And its printed table of
# evaluations is empty. So no test stands behind that loss.
#
# `total_flos` is 6 x weights (without embeddings) x tokens, padding too. It
# is an **estimate**: it counts our frozen layers as if they learned.
# `train_loss` is the mean over the training, not its end.
# On the disk:

# %%
saved = sorted((course.workdir / "every_ten").glob("checkpoint-*"))
for path in saved:
    megabytes = (
        sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) / 1e6
    )
    print(f"{path.name}: {megabytes:.0f} MB")

# %% tags=["record"]
course.record("checkpoints", len(saved))
course.record("checkpoint_megabytes", megabytes)

# %% [markdown]
# Every ten steps, the **whole model**, though only the head changed. Where all weights learn, it is three times as
# much: the optimizer keeps two numbers for each. `save_total_limit=2` keeps the newest two.
#
# The settings lie in `training_args.bin`, which is a pickle: loading it can run programs
# ({{ lesson:hugging_face_basics }}). `trainer_state.json` keeps the log, but no rate and no seed. So write the settings
# as text, **beside the checkpoint**, and build them again:

# %% tags=["nbval-check-output"]
from transformers import HfArgumentParser

text = saved[-1] / "settings.json"
text.write_text(every_ten.to_json_string())
[rebuilt] = HfArgumentParser(TrainingArguments).parse_json_file(text)
print("all settings came back:", rebuilt.to_dict() == every_ten.to_dict())
state = json.loads((saved[-1] / "trainer_state.json").read_text())
print(
    "in the state:",
    {key: key in state for key in ("log_history", "learning_rate", "seed")},
)

# %% tags=["record"]
course.record("settings_back", rebuilt.to_dict() == every_ten.to_dict())

# %% [markdown]
# ### What is worth logging?
#
# The lecture: "Log artifacts and metrics; store training/eval configs with the checkpoint." One line of JSON for each
# run will do. (For curves: TensorBoard, in {{ lesson:trainer }}.)

# %%
log = course.workdir / "runs.jsonl"
line = {"manifest": digest(page), "seeds": len(seeds), "right": round(number, 3)}
line |= {"low": round(low, 3), "high": round(high, 3), "threads": threads}
log.write_text(json.dumps(line) + "\n")
print(log.read_text())

# %% [markdown]
# | log | because |
# |---|---|
# | the manifest's digest | one word says which data, code and weights |
# | score, interval, number of seeds | a bare score cannot be confirmed |
# | runs that lost | else only lucky ones are left |
# | threads, device, seconds | to explain other bits |
# | not: texts of people, keys, passwords | logs are copied ({{ lesson:privacy }}) |
#
# ## What does the kernel still remember?
#
# In the published notebook, cell `In [34]` stands before `In [26]`. And `predict` is defined twice, with other
# arguments. Here are three cells as strings. `execute` is a kernel just restarted: it knows no names.

# %% [markdown] tags=["slide"]
# ```
# a: rows = 100
# b: rows -= 20
# c: half = rows // 2
# ```
#
# - Orders `abc`, `acb`, `abbc`: three results, and no error
#
# **Restart and run all before you save.**

# %% [markdown] tags=["notes"]
# Write the three cells on the board, and ask for the result of each order. The second run of b is what people forget.
# Then the two functions of one name: the one that ran last wins, and the page does not show which. Everyone has done
# this.

# %% tags=["nbval-check-output"]
CELLS = {"a": "rows = 100", "b": "rows -= 20", "c": "half = rows // 2"}


def execute(cells, order):
    names = {}
    for cell in order:
        exec(cells[cell], names)
    return names


for order in ("abc", "acb", "abbc"):
    print(order, "->", execute(CELLS, order)["half"])

# %% [markdown]
# Three orders, three results, and no error. Now two functions with one name (`34` stands first on the page):

# %% tags=["nbval-check-output"]
TWICE = {
    "30": "def predict(model, text): return model[text]",
    "34": "def predict(text): return text.upper()",
    "35": "answer = predict('bins')",
}
for order in (["30", "34", "35"], ["34", "30", "35"]):
    try:
        print(order, "->", execute(TWICE, order)["answer"])
    except TypeError as error:
        print(order, "->", error)

# %% [markdown]
# The last definition that **ran** wins. The author ran `34` last, so it worked there. From top to bottom another one
# wins. The cure: *Restart and run all* before you save.
#
# ## An alarm without labels
#
# A model that stays the same to the bit can still become wrong. In {{ lesson:leakage }}, 30 labels
# a quarter saw the drift. So we build alarms without labels, and ask **how often they are wrong**.
#
# The machine: frozen vectors and a regression that learned from year 1. Rows of year 1 are answered by models that have
# not read them (five folds). `cut` are texts of year 1 cut after five words, as by a broken form.

# %% [markdown] tags=["slide"]
# - Signals: unsure, shares of the labels, mean vector
# - The line: 1 quiet month of 20 lies above
# - Choose it on one half, judge it on another
#
# **It hears broken input. New meanings it does not hear.**

# %% [markdown] tags=["notes"]
# Begin with the question: how can one see an error without labels? Then the shortcut: a month helps to make the mean
# that it is compared with. Ask what that does to the line. Point at the line *year 3* of the table: it looks like
# *nothing*, and most answers are wrong. So Ines needs a date with fresh labels.

# %%
from lessons.reproducibility import drift

labels = np.array(desk["year_1"]["label"])
cut = [" ".join(text.split()[:5]) for text in texts["year_1"]]
below["cut"] = read_below(cut, course, 1, 48)
place, vectors, sure, said = drift.answered(course, below, labels)
first = place["year_1"]  # the places of its rows

# %% [markdown]
# Three signals compare a month with a reference: how **unsure** the model is (how far its largest probability falls);
# how far the **shares** of its labels moved; how far the **mean vector** moved. High is strange.

# %%
SIGNALS = ["unsure", "shares", "mean vector"]


def signals(month, reference):
    shares = [
        np.bincount(said[part], minlength=6) / len(part) for part in (month, reference)
    ]
    away = vectors[month].mean(0) - vectors[reference].mean(0)
    moved = np.abs(shares[0] - shares[1]).sum() / 2
    unsure = sure[reference].mean() - sure[month].mean()
    return unsure, moved, np.linalg.norm(away)


# %% [markdown]
# The **line**: in quiet times, only 1 month of 20 lies above it. We draw months of 35 messages from one half
# of year 1, and compare each with *the other rows of that half*. Then months from the second half, which chose nothing,
# tell how often the alarm rings falsely. We do so for twenty halvings.
#
# A tempting shortcut compares a month with all rows, its own among them (`inside`).

# %%
month, times = course.pick(laptop=(35, 100), full=(35, 100), smoke=(8, 10))
halvings = course.pick(laptop=20, full=20, smoke=2)
rng = np.random.default_rng(course.seed)
false = {"inside": [], "apart": []}
for one, two in drift.halves(first, halvings, course.seed):
    quiet = drift.against(signals, two, one, month, times, rng)
    for name, draw in {"inside": drift.inside, "apart": drift.apart}.items():
        line = np.percentile(draw(signals, one, month, times, rng), 95, axis=0)
        false[name].append((quiet > line).mean(0))
kept = interval(np.mean(false["apart"], 1))
print("false alarms, apart: {:.1%} ({:.1%} to {:.1%})".format(*kept))
pd.DataFrame({name: np.mean(rates, 0) for name, rates in false.items()}, SIGNALS)

# %% tags=["record"]
course.record("false_inside", np.mean(false["inside"], 0)[2])
course.record("false_apart", kept[0])

# %% [markdown]
# The shortcut is a trap. A month lies close to a mean that it helped to make. So the line of the mean vector comes out
# too low, and it rings falsely more than half of the time (first column). This is leakage, inside an alarm. Held
# **apart**, the alarms ring falsely about as often as promised.
#
# ### What can it hear?
#
# Planted drifts on the second half: half of the messages are about waste (as in a strike of the bin men); all texts are
# cut. Then years 2 and 3 as they are: there, seven words changed their **meaning**.


# %% tags=["slide"]
from functools import partial

ringing = partial(drift.ringing, signals, place, labels, halvings, times)
rung = ringing(month)
heard = pd.DataFrame({name: rings.mean(0) for name, rings in rung.items()}, SIGNALS).T
heard["any of three"] = [rings.any(1).mean() for rings in rung.values()]
heard.round(2)

# %% tags=["record"]
course.record("hears_waste", heard.loc["half of it waste", "shares"])
course.record("hears_cut", heard.loc["cut texts", "mean vector"])
course.record("hears_year_3", heard.loc["year 3", "unsure"])
course.record("any_false", heard.loc["nothing", "any of three"])

# %% [markdown]
# The alarms hear what they are made for. Cut texts move the mean vector so far that it always rings. The strike rings
# by the shares in about a third of the months or more. But **year 3**, where two answers of three are wrong, sounds
# like "nothing". The words are the same, the topics are the same; only the meaning is new. (Year 2, half way, stirs
# *unsure* a little.)
#
# Three alarms together ring falsely more often than one (last column): then move each line further out.
#
# **Try it.** A small branch has 12 messages a month. Call `ringing(12)`, and take `.mean(0)` of each value. First
# guess: does its alarm of the shares hear the waste as often?
#
# <details><summary>An answer</summary>
#
# No, much less often. The shares of few messages jump by themselves, so the line lies higher. Such a branch
# should look at whole quarters.
#
# </details>

# %% tags=["try"]
small = ringing(12)
print({name: rings.mean(0).round(2) for name, rings in small.items()})
if course.profile == "laptop":
    less = small["half of it waste"].mean(0)[1]
    assert less < heard.loc["half of it waste", "shares"] - 0.05

# %% [markdown]
# ### And when does it ring?
#
# The 24 real months, each with a line for **its** number of messages. The first new meaning comes in February
# 2024.

# %%
real = drift.by_month(signals, SIGNALS, desk, place, said, times)
for name in SIGNALS:
    when = real.index[real[name] > real[f"line of {name}"]]
    print(f"{name:<12} rings in {len(when)} of {len(real)} months:", *when)

# %%
usual = sure[first].mean()
series = {"mean confidence": usual - real["unsure"]}
series["its alarm line"] = usual - real["line of unsure"]
series["right answers"] = real["right"]
series = {name: (range(1, len(real) + 1), list(each)) for name, each in series.items()}
plots.lines(series, "Confidence and right answers", "month (year 3: from 13)", "mean")

# %% tags=["record"]
course.record("rings_unsure", int((real["unsure"] > real["line of unsure"]).sum()))
course.record("right_year_3", np.mean(said[place["year_3"]] == desk["year_3"]["label"]))

# %% [markdown]
# By luck alone, each signal rings about once in 24 months. Here they ring a few times, also before the first event, and
# none goes on ringing. Two rings of *unsure* follow the event of February: a first sign, or luck. In year 3 only a
# third of the answers are right, and the confidence is the usual one. **For this drift the alarm is nearly deaf.**
#
# Ines needs both: free alarms each month for broken input, and a **review date** each quarter with fresh labels. Then
# each line (its threshold) is chosen again, too.
#
# ## "We'll fix it in post"
#
# Film makers say it: an error is mended later. The lecture makes a box of it:
#
# > **Assumption:** *We'll fix it in post.*
# >
# > **Sceptic:** *Governance demands you fix it in data and process, not just in the UI.*
#
# (UI: what the user sees.) We try both. **In post**: the model stays, and seven rules, a **patch**, change its answer:
# "blue card" to parking, and so on. **In data**: 100 fresh labels of year 3 teach a new model. Judged on the rest of year 3, ten
# draws; the patch also on year 1.

# %% [markdown] tags=["slide"]
# | way | year 3 | year 1 |
# |---|---|---|
# | patch: seven rules | wins | loses much |
# | 100 fresh labels | helps | not measured |
#
# **A patch needs a version, a test and a last day.**

# %% [markdown] tags=["notes"]
# Ask who is right, the assumption or the sceptic. Then show that the patch wins on this day. Ask at once what it does
# to messages of year 1. Its author knew the seven words; in life they must be found, with labels. The two short parts
# after it can be skipped.

# %% tags=["slide"]
patched = {name: planted.patch(desk, name, said[place[name]]) for name in desk}
scores = planted.three_cures(course, desk, place, vectors, said, patched)
for name, values in scores.items():
    print("{:<24} {:.1%} right ({:.1%} to {:.1%})".format(name, *interval(values)))
before, after = (np.mean(given == labels) for given in (said[first], patched["year_1"]))
print(f"year 1: {before:.1%} right, with the patch {after:.1%}")

# %% tags=["record"]
for name, values in scores.items():
    course.record("year_3_" + name.replace(" ", "_"), np.mean(values))
course.record("patch_on_year_1", after - before)

# %% [markdown]
# The patch **wins** on year 3; on this day the sceptic is wrong. But:
#
# - its author knew the seven words, because we planted them. Ines must find them, with labels;
# - it knows no dates. On messages of year 1, where the words had their old meaning, it loses more than thirty points.
#   (A model taught by new labels may lose there, too.)
# - it stands in no manifest. The weights have the same digest, the answers are others.
#
# A patch may help tonight. Then give the patch a version, a test and a day when it goes, and put its cause into the
# data.
#
# ### Was the test in the pretraining?
#
# The lecture: "Guard against contamination". Your own train and test you can compare ({{ lesson:leakage }}). The
# pretraining texts of most models nobody shows. One good sign: the test was written **after** the model, as ours was.
#
# ### How finished is it?
#
# An article on biomedical models (Tinn and others, 2023) bears a label of maturity: "Proof-of-Concept: Data science
# output has been formulated, implemented, and tested for one domain/problem". Our own scale says what each step
# **owes**:
#
# | step | it owes | in this course |
# |---|---|---|
# | proof of concept | one domain, a fair test, an interval, seeds | {{ lesson:case_cefr }}, {{ lesson:case_emotion }} |
# | repeatable | manifest, lock file, settings; made again by another person | the release of this notebook |
# | pilot | real users, alarms, review date, a person in charge | none |
# | production | all that, and a way back to the old version | none |
#
# ## Verdict
#
# 1. **Kept.** On our machine, same and new process gave equal bits. Other threads, dice and late seeds did not.
# 2. **Kept.** Seeds moved the number by about a point (standard deviation), threads by less, or not at all.
# 3. **Kept.** Eight of eight, no false alarm of three. The weak page: two. And the release was made again from its
#    page.
# 4. **Kept.** All settings came back from JSON.
# 5. **Half kept.** False alarms are near the promised 1 in 20. Cut texts were always heard, the strike sometimes, the
#    new meanings not.
#
# Ines writes to the director: "About 47%; from 43% to 51% with other seeds and rows. Here is the page to check it."

# %% [markdown] tags=["slide"]
# - Kept: bits, number, manifest, settings
# - Half kept: the alarm
# - Most useful: restart, lock file, commit, manifest
#
# **Send a number with its interval, and a page to check it.**

# %% [markdown] tags=["notes"]
# Read what Ines writes to the director. Ask what is in it that last year's report did not have: an interval, and a
# page. End with the question of the beginning: who could now make their own number again?

# %% [markdown]
# ## In this notebook we have
#
# - **repeated** a training bit for bit, and seen threads and dice break that;
# - **separated** what moves the number (dice, rows) from what moves the last bits (threads);
# - **sealed** a model with a manifest that refused eight planted changes of eight;
# - **read** the Trainer's receipt, and built its settings again from text;
# - **built** an alarm without labels, measured its false alarms, and heard its silence.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `refused: rows changed` | other rows, another order, or one comma | compare row by row, then decide which is right |
# | `... does not have a deterministic implementation` | the flag met an operation without a fixed order | `warn_only=True`, or another operation |
# | `unexpected keyword argument 'evaluation_strategy'` | code for an older version | install its lock file, or write `eval_strategy` |
# | `missing 1 required positional argument: 'text'` | two functions of one name, the other one won | one name each; restart and run all |
# | other bits, the same number | threads, processor, another GPU | compare intervals over seeds, not bits |
# | another number, the same seed | seed too late, or a loader without generator | seed before the model; `generator=` |
# | an alarm that rings every month | its line came from its own reference | keep them apart |
#
# **Next:** the sheet for this lesson, and then {{ lesson:serve_and_scale }}.
