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
# # {{ number }} · CUDA errors: five messages, read and mended
#
# {{ badges }}
#
# **You will be able to**
#
# - **move** a model, its inputs and its targets to one device;
# - **read** the five error messages that people meet most on a GPU;
# - **locate** the line that is really to blame;
# - **shrink** a training step that does not fit, and say what each remedy saves;
# - **recover** on Colab when the GPU no longer answers.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("cuda_errors", PROFILE)

# %% [markdown]
# ## Do I have CUDA?
#
# A graphics card (a **GPU**) is a second computer inside your computer. It has its own processor and its own memory.
# **CUDA** is NVIDIA's way to let programs compute on it. PyTorch is such a program.
#
# Two computers, two memories. Most of the errors below come from that.

# %%
import torch

print("NVIDIA GPU that answers:", torch.cuda.is_available())
print("Apple GPU that answers: ", torch.backends.mps.is_available())
print("PyTorch made for CUDA:  ", torch.version.cuda)

# %% [markdown]
# The last line is a version number, or `None`. `None` means that this PyTorch was made without CUDA. Then no GPU helps
# you, until you install another PyTorch.
#
# You need no GPU for this lesson. Every error is raised on your machine. Where there is no GPU, we raise its nearest
# relative, and show beside it what a GPU says. We had no GPU while writing, so those words are quoted from public
# bug reports. Each one comes with its address.
#
# The first lines of a good script choose the device, once:

# %%
if torch.cuda.is_available():
    device = torch.device("cuda")
elif torch.backends.mps.is_available():  # a Mac with an Apple chip
    device = torch.device("mps")
else:
    device = torch.device("cpu")
device

# %% [markdown]
# One often reads this idiom in one line, with `cuda` and `cpu` only. It works, but it leaves the GPU of a Mac unused.
#
# ## Where does a tensor live?
#
# Every tensor has a `device`. `.to(...)` brings it to another one. We need a second device to play with. Every
# PyTorch has one, called `meta`: a tensor there has a shape and a type, but no numbers.

# %% tags=["nbval-check-output"]
numbers = torch.arange(3)
layer = torch.nn.Linear(3, 2)

numbers.to("meta")
layer.to("meta")
print("numbers:", numbers.device)
print("layer:  ", layer.weight.device)

# %% [markdown]
# The same call twice, and two results. A **model** moves itself. A **tensor** stays where it is and gives you a
# moved copy, which we threw away here. So write `model.to(device)`, but `numbers = numbers.to(device)`.
#
# Now for real: a small classifier, and four sentences.

# %%
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4
).to(device)
sentences = ["What a day!", "Leave me alone.", "It will be fine.", "I miss her."]
batch = tokenizer(sentences, padding=True, return_tensors="pt").to(device)
targets = torch.tensor([1, 0, 2, 3]).to(device)
print(f"loss {model(**batch, labels=targets).loss:.2f}")

# %% [markdown]
# (The table with `MISSING` is the new last layer, as in {{ lesson:start_here }}.) Three things had to move: the
# **model**, the **inputs**, the **targets**. The tokenizer's result is a small dictionary. Its `.to` moves all its
# tensors at once.
#
# ## Error 1: why are my tensors on two devices?
#
# We leave one of the three behind.

# %%
away = torch.device("meta") if device.type == "cpu" else torch.device("cpu")
try:
    model(**batch, labels=targets.to(away))
except RuntimeError as error:
    print(type(error).__name__, "-", error)

# %%
from course_utils.devices import gpu_message

print(gpu_message("two_devices"))

# %% [markdown]
# The upper message is ours. The lower one is a GPU's. (Newer versions of PyTorch say it in other words: *got index
# is on cpu, different from other tensors on cuda:0*.) Read it in three steps:
#
# - `RuntimeError`: nothing is broken. PyTorch refused.
# - `cpu and cuda:0`: these are the two devices. `cuda:0` is the first GPU.
# - `argument index in method ...index_select`: which tensor. To select rows of a table by an index is what the
#   embedding layer does with the ids. So here the **inputs** stayed behind. In our own example it was the targets.
#
# You need not guess. Ask each of the three where it is:


# %%
def show_devices(**things):
    for name, thing in things.items():
        print(f"{name:<8} {thing.device}")


show_devices(model=model, inputs=batch["input_ids"], targets=targets.to(away))

# %% [markdown]
# One line differs. The mend is one line, too: move the targets, and keep the moved copy.

# %%
targets = targets.to(device)
loss = model(**batch, labels=targets).loss
show_devices(model=model, inputs=batch["input_ids"], targets=targets, loss=loss)

# %% [markdown]
# The `Trainer` moves every batch for you. Your own loop ({{ lesson:training_loop }}) does not.
#
# ## Error 2: what does "out of memory" tell me?
#
# Now we ask for a tensor that fits nowhere. On a GPU we first pretend that the card is small.

# %%
if device.type == "cuda":
    torch.cuda.set_per_process_memory_fraction(0.05)
    wanted = int(0.1 * torch.cuda.get_device_properties(device).total_memory)
else:
    wanted = 4 * 10**15  # four million gigabytes
try:
    torch.empty(wanted // 4, device=device)  # 4 bytes for each number
except RuntimeError as error:
    print(type(error).__name__, "-", error)

# %%
if device.type == "cuda":
    torch.cuda.set_per_process_memory_fraction(1.0)
print(gpu_message("out_of_memory"))

# %% [markdown]
# The GPU's message is long, but it is a small report. Line by line:
#
# | words | what they tell you |
# |---|---|
# | `Tried to allocate 22.00 MiB` | the last drop, not the whole problem |
# | `23.65 GiB of which 11.06 MiB is free` | the card, and how full it is |
# | `this process has 23.60 GiB` | all of it is ours. Much less? Then another program sits on the card: ask `nvidia-smi` |
# | `22.90 GiB is allocated` | your tensors: this is what you can shrink |
# | `194.87 MiB is reserved ... but unallocated` | kept for later. Only if it is large: set `PYTORCH_ALLOC_CONF=expandable_segments:True` |
#
# The mend is a whole craft, so it gets its own section below: *Which remedy saves how much?*
#
# ## Error 3: what is a device-side assert?
#
# This one has cost people whole nights. Its cause is often a single wrong label. We have four classes: 0, 1, 2, 3.
# Somebody counted from one and wrote a 4.
#
# On a GPU this error breaks the process. So we run it in a process of its own, as a small program.

# %%
import os
import subprocess
import sys

program = """
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
logits = torch.zeros(3, 4, device=device)
labels = torch.tensor([0, 3, 4], device=device)
loss = torch.nn.functional.cross_entropy(logits, labels)
right = (logits.argmax(dim=1) == labels).sum()
print("right answers:", right.item())
"""
print(program)

# %% [markdown]
# Three texts, four classes, and the third label is 4. The next cell runs such a program. It prints the lines of *our*
# file from the traceback, and the error.


# %%
def run(program, **settings):
    file = course.workdir / "program.py"
    file.write_text(program)
    command = [sys.executable, str(file)]
    environment = {**os.environ, **settings}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    lines = done.stderr.splitlines()
    for number, line in enumerate(lines):
        if file.name in line:
            print("our line:", lines[number + 1].strip())
        elif "Assertion `" in line or line.split(":")[0].endswith("Error"):
            print(line)
    print(done.stdout.strip())


run(program)

# %%
print(gpu_message("device_side_assert"))

# %% [markdown]
# Without a GPU, the message names the label (`Target 4`) and the line (`cross_entropy`). It could not be clearer.
#
# The GPU's message names neither. The person who reported it saw the arrow at a line that **counts right answers**.
# The line with the loss had passed without a word. In our program it would be the same: the arrow would point to the
# last line. How can that be? The message itself says it: *might be asynchronously reported at some other API call*.
#
# ## Why does the error come at the wrong line?
#
# Python does not wait for the GPU. It puts an order into a queue and goes on. If an order fails, Python hears of it
# at some later order. We can imitate this without a GPU, with one worker that takes orders from a queue:

# %% tags=["nbval-check-output"]
from concurrent.futures import ThreadPoolExecutor

logits, labels = torch.zeros(3, 4), torch.tensor([0, 3, 4])
with ThreadPoolExecutor(max_workers=1) as worker:
    loss = worker.submit(torch.nn.functional.cross_entropy, logits, labels)
    print("line 1: loss ordered, no error")
    answers = worker.submit(torch.argmax, logits, dim=1)
    print("line 2: answers ordered, no error")
    try:
        print("line 3:", loss.result())
    except IndexError as error:
        print("line 3: only now:", error)

# %% [markdown]
# Line 1 is to blame. Line 3 gets the arrow, because it is the first to **wait** for a result.
#
# There is a switch for this: the environment variable `CUDA_LAUNCH_BLOCKING=1`. With it, Python waits after each
# order. Everything gets slower, and the arrow points to the right line. It must be set before the first use of CUDA, so
# on Colab: at the very top, after a restart.

# %%
run(program, CUDA_LAUNCH_BLOCKING="1")

# %% [markdown]
# A CPU always waits. So without a GPU you see the same line as before.
#
# And what is the *assert*? The GPU code contains checks. When one fails, it prints a line of its own, often far above
# the traceback:

# %%
print(gpu_message("assertion"))

# %% [markdown]
# `t` is the label, `n_classes` the number of classes, and `thread: [5,0,0]` the place in the batch, counted from 0.
# So here the sixth label is below 0, or too big.
#
# **The mend** is a check before training. It costs nothing and speaks plainly:


# %% tags=["nbval-check-output"]
def check_labels(labels, num_labels):
    strange = sorted({label for label in labels if not 0 <= label < num_labels})
    if strange:
        raise ValueError(f"labels {strange}, but the classes are 0 to {num_labels - 1}")


check_labels([0, 3, 2], num_labels=4)
try:
    check_labels([0, 3, 4], num_labels=4)
except ValueError as error:
    print("ValueError -", error)

# %% [markdown]
# **Try it.** In many datasets -1 means *nobody has labelled this*. Give -1 to `cross_entropy`, and then -100.
#
# <details><summary>An answer</summary>
#
# -1 raises `Target -1 is out of bounds`. -100 raises nothing: it is the number that PyTorch's loss leaves out
# (`ignore_index`). So -100 is the way to say *skip this one*.
#
# </details>
#
# ## The GPU no longer answers. What now?
#
# After an assert, every later call to the GPU fails, even `torch.zeros(1, device="cuda")`. To delete the model or to
# empty the cache does not help. Only a new process does ([PyTorch's
# issue 17425](https://github.com/pytorch/pytorch/issues/17425) asks that the message should say so). On Colab:
#
# 1. *Runtime*, then *Restart session*. Your variables are lost. Your files stay.
# 2. Run the cells from the top, on the CPU: `device = torch.device("cpu")`. Now the message is clear.
# 3. Mend the labels. Go back to the GPU.
#
# So save checkpoints while you train ({{ lesson:training_loop }}). They are files, and they survive.
#
# Is it true? This program goes on after the error, and asks for a harmless zero.

# %%
program = """
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
logits = torch.zeros(3, 4, device=device)
labels = torch.tensor([0, 3, 4], device=device)
try:
    print(torch.nn.functional.cross_entropy(logits, labels).item())
except Exception as error:
    print("caught a", type(error).__name__)
print("a zero:", torch.zeros(1, device=device).item())
"""
run(program)

# %% [markdown]
# On a CPU the process lives on, and you see the zero. That is the second reason to hunt such errors there. On a GPU
# the last line fails too, although nothing is wrong with it.
#
# ## Error 4: what is cuDNN?
#
# cuDNN is NVIDIA's library of fast routines for neural networks, such as convolutions and LSTMs. PyTorch calls it,
# and passes on what it says:

# %%
print(gpu_message("cudnn"))

# %% [markdown]
# *Execution failed.* It does not say why, because cuDNN itself does not know. We could not provoke this message
# safely, so it is only quoted. Three reports, three stories:
#
# | what it was | report |
# |---|---|
# | a tensor had been left on the CPU | [pytorch 6306](https://github.com/pytorch/pytorch/issues/6306) |
# | the GPU's memory was full | [qa 5](https://github.com/obryanlouis/qa/issues/5) |
# | the same program ran on an older card with an older CUDA; nobody found out more | [fairseq 465](https://github.com/facebookresearch/fairseq/issues/465) |
#
# So it can be error 1, error 2, or the installation. It can be error 3, too: a wrong id breaks the GPU, and cuDNN is
# the next to call it. Here is a program whose look-up goes wrong just before an LSTM:

# %%
program = """
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
embedding = torch.nn.Embedding(100, 8).to(device)
lstm = torch.nn.LSTM(8, 8).to(device)
ids = torch.tensor([[5, 17, 100]], device=device)
vectors = embedding(ids)
print(lstm(vectors)[0].sum().item())
"""
run(program)

# %% [markdown]
# A table of 100 rows has the rows 0 to 99, and we asked for row 100. The CPU tells us at the right line. The `LSTM`
# is innocent. On a GPU the program may stop at the LSTM, and may blame cuDNN.
#
# So the order of work is: run it on the CPU; halve the batch; then switch cuDNN off for one run
# (`torch.backends.cudnn.enabled = False`). If only the last one helps, the installation is to blame.
#
# Does BERT need cuDNN at all? Let us see what it is built of.

# %% tags=["nbval-check-output"]
leaves = [part for part in model.modules() if not list(part.children())]
sorted({type(leaf).__name__ for leaf in leaves})

# %% [markdown]
# No convolution, no LSTM. So while you fine-tune a BERT, this message is a rare guest. (PyTorch can compute attention
# with cuDNN on new cards. There it can still appear.)
#
# ## Error 5: where is my GPU?
#
# The last one is the easiest. A program asks for a GPU, and there is none to see. The environment variable
# `CUDA_VISIBLE_DEVICES` says which GPUs a program may see. We hide all of them.

# %%
program = """
import torch

print(torch.zeros(1).to("cuda"))
"""
run(program, CUDA_VISIBLE_DEVICES="")

# %%
print(gpu_message("no_device"))

# %% [markdown]
# Two messages, two causes:
#
# - `Torch not compiled with CUDA enabled`: this PyTorch was made without CUDA (`torch.version.cuda` is `None`).
#   Install another one. On Colab this is rare.
# - `No CUDA GPUs are available`: PyTorch could, but sees no card. On Colab: *Runtime*, *Change runtime type*. In the
#   report quoted here, the script itself hid the card: it set `CUDA_VISIBLE_DEVICES` to 1, the number of a second GPU.
#
# **The mend** is the idiom from the beginning of this lesson. A script that asks first runs everywhere.

# %% [markdown]
# ## Which line is it? A routine for every error
#
# One more error, as you may meet it. Somebody adds a token for user names, so that the model can tell them apart.

# %%
tokenizer.add_tokens(["[USER]"])
batch = tokenizer("[USER] thank you for the lift", return_tensors="pt")
suspect = model.to("cpu")  # the CPU as a debugger
try:
    suspect(**batch)
except IndexError as error:
    print("IndexError -", error)

# %% [markdown]
# On a GPU: a device-side assert, at any line. On the CPU: `index out of range`. An index into which table? There are
# not many. Compare the largest id with the number of rows.

# %% tags=["nbval-check-output"]
rows = model.get_input_embeddings().num_embeddings
print("largest id:", batch["input_ids"].max().item(), "| rows, from 0:", rows)

# %% [markdown]
# The new token got the first free id, and the table has no row for it. The mend gives it one:

# %% tags=["nbval-check-output"]
model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
suspect(**batch).logits.shape

# %% [markdown]
# That was the whole routine: **the last line** of the message; **our own line** in the traceback; **the CPU**; **one
# batch**; and **the numbers** that went in. Only where an error refuses to come on the CPU, take
# `CUDA_LAUNCH_BLOCKING=1`.
#
# **Try it.** Load the model without `num_labels=4`, and give it the four targets. Which message do you expect?
#
# <details><summary>An answer</summary>
#
# `Target 2 is out of bounds.` The default of `num_labels` is 2, so only 0 and 1 are allowed. On a GPU this is a
# device-side assert.
#
# </details>
#
# ## What fills the memory?
#
# Back to error 2. Training keeps four things: the **weights**; a **gradient** for each weight; the **optimizer's** two
# notes for each weight; and the **activations**, which are results from the way forward, kept for the way back.
#
# The first three are easy to count. Each number takes 4 bytes.

# %%
model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4
)
weights = sum(weight.numel() for weight in model.parameters())
for name, copies in {"weights": 1, "gradients": 1, "optimizer (AdamW)": 2}.items():
    print(f"{name:<18} {copies * weights * 4 / 1e6:6.0f} MB")

# %% [markdown]
# And the activations? They grow with the batch and with the length of the texts. So we measure, with two training
# steps. ({{ Lesson:training_loop }} explains these lines. `pieces` and `mixed` come in a moment.)

# %%
place = device if device.type == "cuda" else torch.device("cpu")


def train_two_steps(model, texts, tokens, pieces=1, mixed=False, place=place):
    optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad])
    for piece in range(1, 2 * pieces + 1):
        ids = torch.ones(texts // pieces, tokens, dtype=torch.long, device=place)
        with torch.autocast(place.type, torch.bfloat16, enabled=mixed):
            loss = model(input_ids=ids, labels=ids[:, 0]).loss / pieces
        loss.backward()
        if piece % pieces == 0:
            optimizer.step()
            optimizer.zero_grad()


# %% [markdown]
# Who counts? On a GPU, PyTorch does: `torch.cuda.max_memory_allocated()` is the highest count so far, the **peak**.
# Elsewhere the course's `PeakMemory` does: it counts a tensor when it is made, and forgets it when it is freed.

# %%
from course_utils.memory import PeakMemory, dry_run

model = model.to(place).train()
with PeakMemory(model, device=place) as real:
    train_two_steps(model, texts=2, tokens=16)
with dry_run(model, place), PeakMemory(model, device=place) as planned:
    train_two_steps(model, texts=2, tokens=16)
print(f"real {real.peak_mb:.1f} MB, planned {planned.peak_mb:.1f} MB")

# %% [markdown]
# The first number comes from two real steps. The second comes from a `dry_run`: its tensors have shapes but no
# numbers, as on `meta`, so nothing is computed. Both counts are the same. So we may plan big steps in a second,
# also those that this machine could not do.
#
# The real need is a little higher. Inside an operation PyTorch takes more room for a moment, and the count does not see
# it. In a test of ours, the operating system saw a third more.
#
# (With a GPU, `dry_run` does nothing: there everything below is real.)
#
# ## Which remedy saves how much?
#
# Our patient: 32 texts at once, padded to 128 tokens, everything trained. For *shorter* we need to know how long real
# texts are.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

texts = load_dataset(*course.dataset("emotion"), split="train[:32]")["text"]
longest = max(len(ids) for ids in tokenizer(list(texts))["input_ids"])
print("longest of 32 texts:", longest, "tokens")

# %% [markdown]
# Three remedies change the model. Each is a line of the library:

# %%
from peft import LoraConfig, TaskType, get_peft_model


def checkpointing(model):  # forget most activations, compute them again on the way back
    model.activation_checkpointing_enable()
    return model


def freezing(model):  # train the upper third of the layers only
    model.base_model.embeddings.requires_grad_(False)
    layers = model.base_model.encoder.layer
    layers[: len(layers) * 2 // 3].requires_grad_(False)
    return model


# %%
def lora(model):  # train small additions, keep the rest
    targets = ["query", "value"]
    return get_peft_model(model, LoraConfig(TaskType.SEQ_CLS, target_modules=targets))


full = {"texts": 32, "tokens": 128}
remedies = {
    "nothing done": (None, full),
    "4 pieces of 8 texts": (None, {**full, "pieces": 4}),
    f"padded to {longest}, not 128": (None, {**full, "tokens": longest}),
    "mixed precision": (None, {**full, "mixed": True}),
    "checkpointing": (checkpointing, full),
    "freezing two thirds": (freezing, full),
    "LoRA": (lora, full),
}

# %% [markdown]
# **Pieces** means gradient accumulation: four small batches, one optimizer step. The result is that of a big batch. In
# `TrainingArguments` it is `gradient_accumulation_steps=4`. **Mixed precision** computes a part with 2 bytes instead
# of 4.

# %%
from transformers import AutoConfig

config = AutoConfig.from_pretrained(course.checkpoint, num_labels=4)
if course.profile == "smoke":
    config.num_hidden_layers = 3
peaks = {}
for name, (change, step) in remedies.items():
    patient = AutoModelForSequenceClassification.from_config(config).to(place).train()
    patient = change(patient) if change else patient
    with dry_run(patient, place), PeakMemory(patient, device=place) as memory:
        train_two_steps(patient, **step)
    peaks[name] = memory.peak_mb

# %%
from course_utils import plots

plots.bars(peaks, "The peak of one training step", "MB")

# %% [markdown]
# Compare each bar with the first one.
#
# - **Smaller pieces** and **shorter texts** save more than half, and cost nothing in quality. Try them first.
# - **Mixed precision** saves little here. This is a count on a CPU, where attention keeps big tables. On a GPU, measure
#   again.
# - **Checkpointing** saves much. The price is time: a part of the work is done twice.
# - **Freezing** saves much, because nothing has to be kept for layers that do not learn. The price may be quality.
# - **LoRA** saves less than many expect. More on this in a moment.
#
# (The library's word is *activation checkpointing*. In `TrainingArguments` it is `activation_checkpointing=True`. Older
# code says *gradient* in place of *activation*: the same thing, under a name that will go.)

# %% tags=["record"]
course.record("peak_plain_mb", peaks["nothing done"])
course.record("peak_pieces_mb", peaks["4 pieces of 8 texts"])
course.record("peak_checkpointing_mb", peaks["checkpointing"])
course.record("peak_lora_mb", peaks["LoRA"])

# %% [markdown]
# **Try it.** Combine three: LoRA, checkpointing, and 4 pieces. Guess first.
#
# <details><summary>An answer</summary>
#
# `change` becomes `lambda model: checkpointing(lora(model))`, and `step` gets `"pieces": 4`. With the offline
# checkpoint the peak falls to about a tenth. The weights themselves are then most of it.
#
# </details>
#
# ## Will BERT fit on Colab's card?
#
# Ask before you rent. This plans BERT base, with 16 texts of 512 tokens. That is what you get with padding to the
# maximum. Colab's free card, a T4, has 16 GB (says NVIDIA's data sheet).

# %%
from transformers import BertConfig

bert = BertConfig(num_hidden_layers=course.pick(laptop=12, full=12, smoke=1))
for name, change in {"nothing done": None, "checkpointing": checkpointing}.items():
    plan = AutoModelForSequenceClassification.from_config(bert).train()
    plan = change(plan) if change else plan
    with dry_run(plan), PeakMemory(plan) as memory:
        train_two_steps(plan, texts=16, tokens=512, place=torch.device("cpu"))
    print(f"{name:<14} {memory.peak_mb / 1000:5.1f} GB")
    course.record(f"bert_base_{name.replace(' ', '_')}_gb", memory.peak_mb / 1000)

# %% [markdown]
# It hardly fits. CUDA and the computations need some memory for themselves, so expect error 2, or a batch of 8. (A GPU
# can also do better than this plan: its attention does not always keep the big tables. The plan is on the safe side.)
#
# On a GPU, one call shows where the memory went, as a table: `torch.cuda.memory_summary()`.

# %%
if device.type == "cuda":
    print(torch.cuda.memory_summary(abbreviated=True))
else:
    print("No GPU, so no summary. Its line 'Allocated memory' has our peak in it.")

# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *LoRA trains less than one percent of the weights. So it needs hardly any memory.*
# >
# > **Sceptic:** *Less than one percent of what? Four things fill the memory, and you made two of them small.*
#
# Split the two peaks, with the sizes from above:

# %%
trained = lora(AutoModelForSequenceClassification.from_config(config))
share = trained.get_nb_trainable_parameters()[0] / weights
for name, part in {"nothing done": 1.0, "LoRA": share}.items():
    fixed, moving = weights * 4 / 1e6, 3 * part * weights * 4 / 1e6
    print(f"{name}: trains {part:.2%} of the weights")
    print(f"    weights                  {fixed:6.0f} MB")
    print(f"    gradients and optimizer  {moving:6.0f} MB")
    print(f"    rest                     {peaks[name] - fixed - moving:6.0f} MB")

# %% [markdown]
# The sceptic is right. Gradients and optimizer are almost gone. The weights stay, and so does most of the rest: to
# correct the small additions in the first layer, the way back has to pass through all layers. With big
# batches, activations are what fills a card. With a big model and a small batch it is the other way round, and LoRA
# shines.
#
# ## All five at a glance

# %%
from lessons.cuda_errors.figures import decision_tree

branches = {
    "Expected all tensors to be on the same device": (
        "one of three did not move",
        "print the device of model, inputs and targets",
    ),
    "CUDA out of memory": (
        "the activations are too big",
        "smaller batch with accumulation, shorter texts",
    ),
    "device-side assert triggered": (
        "a label or an id is out of range",
        "restart, then run one batch on the CPU",
    ),
}

# %%
branches |= {
    "CUDNN_STATUS_EXECUTION_FAILED": (
        "an earlier error, full memory, or the installation",
        "run it on the CPU, then with half the batch",
    ),
    "No CUDA GPUs are available": (
        "the runtime has no GPU, or hides it",
        "change the runtime; look at CUDA_VISIBLE_DEVICES",
    ),
}
decision_tree(
    branches,
    ("it says", "so probably", "try first"),
    "What does the last line of the message say?",
)

# %% [markdown]
# ## In this notebook we have
#
# - **moved** a model, inputs and targets, and seen that a tensor must be assigned again;
# - **read** five messages from the last line up, and raised each of them or its nearest relative;
# - **located** the line to blame on the CPU, where errors come at once;
# - **shrunk** a training step in six ways, with the peak of each one counted;
# - **recovered** after an assert: new process, CPU, one batch.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `.to(device)` was called, and the error stays | the moved copy of a tensor was thrown away | `batch = batch.to(device)` |
# | `Cannot copy out of meta tensor; no data!` | there are no numbers on `meta` | load the model again |
# | `Target 3 is out of bounds`, and you have four classes | the model was made without `num_labels` (the default is 2) | `from_pretrained(..., num_labels=4)` |
# | out of memory only at the second run of a cell | the old model still lives in a variable | `del model`, or restart |
# | `CUDA_LAUNCH_BLOCKING` changes nothing | it was set after the first use of CUDA | restart, set it at the top |
#
# **Next:** {{ lesson:tokenization }} opens the tokenizer.
