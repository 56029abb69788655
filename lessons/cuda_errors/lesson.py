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
# - **read** five error messages of a GPU;
# - **locate** the line that is really to blame;
# - **shrink** a training step that does not fit, and say what each remedy saves;
# - **recover** on Colab when the GPU no longer answers.
#
# {{ times }}
#
# Numbers in the text belong to the profile `laptop`.

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
# Two computers, two memories. Here are five errors that come from that:

# %% [markdown] tags=["slide"]
# - A GPU: a second computer, with its own memory
# - CUDA: NVIDIA's way to compute on it
# - Python sends orders, and does not wait
#
# **Two memories, five errors.**

# %% [markdown] tags=["notes"]
# Ask who has seen an error of a GPU, and which one. Collect them on the board under the five names of the figure. Then
# let all run the cell with the three lines. Many read `False` as an error: it only says that no GPU answers here. You
# need none today.

# %%
from lessons.cuda_errors.figures import two_computers

two_computers("two devices", "out of memory", "device-side assert", "cuDNN", "no GPU")

# %% [markdown]
# Python sends orders to the GPU, and does not wait for answers. Error 3 comes from that. Now ask your own computer:

# %%
import torch

print("NVIDIA GPU that answers:", torch.cuda.is_available())
print("Apple GPU that answers: ", torch.backends.mps.is_available())
print("PyTorch made for CUDA:  ", torch.version.cuda)

# %% [markdown]
# The last line is a version number, or `None`. `None` means that this PyTorch was made without CUDA. Then no GPU helps
# you, until you install another PyTorch.
#
# You need no GPU for this lesson. Where there is none, we raise the nearest relative of each error, and show beside
# it what a GPU says. We had no GPU while writing, so those words are quoted from public bug reports. Each one comes
# with its address.
#
# A good script chooses the **device**, the place to compute, once:

# %%
if torch.cuda.is_available():
    device = torch.device("cuda")
elif torch.backends.mps.is_available():  # a Mac with an Apple chip
    device = torch.device("mps")
else:
    device = torch.device("cpu")
device

# %% [markdown]
# ## Where does a tensor live?
#
# Every tensor has a `device`. `.to(...)` brings it to another one. We need a second device to play with. Every
# PyTorch has one, called `meta`: a tensor there has a shape and a type, but no numbers.

# %% [markdown] tags=["slide"]
# - A *model* moves itself: `model.to(device)`
# - A *tensor* hands out a copy: `x = x.to(device)`
# - Three must move: model, inputs, targets

# %% [markdown] tags=["notes"]
# Before the output, ask where the tensor and the layer are after the two calls. Nearly all expect the same for both.
# Point at the first line: the copy was made, and thrown away. Say that `meta` is only our second place to play with.

# %% tags=["nbval-check-output", "slide"]
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
# Now a small classifier, and four sentences.

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
# **model**, the **inputs**, the **targets**. (The tokenizer's result moves all its tensors at once.)
#
# ## Error 1: why are my tensors on two devices?
#
# We leave one of the three behind.

# %% [markdown] tags=["slide"]
# - *Expected all tensors to be on the same device*
# - Nothing is broken: PyTorch refused
# - Print the device of model, inputs and targets
#
# **One of the three stayed behind.**

# %% [markdown] tags=["notes"]
# Show the GPU's message, and let the room read it from the last line up. Ask which of the three stayed behind. Many
# trust the direction in the message. It names two devices, and that is all. Then print the three places: one line
# differs.

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
# The upper message is ours. It names two devices, and that is all you need. Do not trust its direction: without a GPU
# it calls `meta` the *expected* device, although we sent the targets there.
#
# The lower message is a GPU's. (Newer versions say it in other words: *got index is on cpu, different from other
# tensors on cuda:0*.) Read it in three steps:
#
# - `RuntimeError`: nothing is broken. PyTorch refused.
# - `cpu and cuda:0`: these are the two devices. `cuda:0` is the first GPU.
# - `argument index in method ...index_select`: which tensor. The first layer of a model is a table. It selects one
#   row for the number (the **id**) of each piece of text. So here the **inputs** stayed behind. In our example it was
#   the targets.
#
# Or ask each of the three where it is:


# %%
def show_devices(**things):
    for name, thing in things.items():
        print(f"{name:<8} {thing.device}")


show_devices(model=model, inputs=batch["input_ids"], targets=targets.to(away))

# %% [markdown]
# One line differs. The mend is one line, too: move the targets, and keep the copy.

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

# %% [markdown] tags=["slide"]
# - *Tried to allocate 22 MiB*: only the last piece
# - Total and free: how full is the card?
# - Allocated by PyTorch: this you can shrink
#
# **Is all of it yours? Ask `nvidia-smi`.**

# %% [markdown] tags=["notes"]
# Cover all of the message but its first line, and ask how much memory is missing. Most say 22 MiB. That is only the
# last piece that found no room. Then go through the report part by part. What helps comes much later, in the section
# on remedies.

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
# The GPU's message is a small report. Part by part:
#
# | words | what they tell you |
# |---|---|
# | `Tried to allocate 22.00 MiB` | the last piece, not the whole problem |
# | `23.65 GiB of which 11.06 MiB is free` | the card, and how full it is |
# | `this process has 23.60 GiB` | all of it is ours. Much less? Then another program sits on the card: ask `nvidia-smi` |
# | `22.90 GiB is allocated` | your tensors: this is what you can shrink |
# | `194.87 MiB is reserved ... but unallocated` | kept for later. Only if it is large: set `PYTORCH_ALLOC_CONF=expandable_segments:True` |
#
# A GiB is 2^30 bytes, so a little more than a GB. The mend has its own section: *Which remedy saves how much?*
#
# ## Error 3: what is a device-side assert?
#
# One wrong label among thousands is enough. We have four classes: 0, 1, 2, 3. Somebody counted from one and wrote a 4.
#
# On a GPU this error breaks the process. So we run it in a process of its own, as a small program.

# %% [markdown] tags=["slide"]
# - Four classes: the labels are 0, 1, 2, 3
# - One label is 4
# - On a GPU, one wrong label breaks the process
#
# **A CPU names the label and the line.**

# %% [markdown] tags=["notes"]
# Show the program, and ask which line is wrong before you run it. Then compare the two messages. On a GPU the arrow
# stands at a line that only counts right answers. Ask how that can be, and leave the question open until the next
# section.

# %%
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
# Three texts, four classes, and the third label is 4. `run` writes the program into a file and starts a second Python
# with it. Of all that this Python says, it shows us two things: our own line that failed, and the error.

# %%
from lessons.cuda_errors.programs import run

run(program)

# %%
print(gpu_message("device_side_assert"))

# %% [markdown]
# Without a GPU, the message names the label (`Target 4`) and the line (`cross_entropy`).
#
# The GPU's message names neither. The person who reported it saw the arrow at a line that **counts right answers**.
# The line with the loss had passed without a word. In our program it would be the same: the arrow would point to the
# last line. How can that be? The message itself says it: *might be asynchronously reported at some other API call*.
#
# ## Why does the error come at the wrong line?
#
# Python does not wait for the GPU. It puts an order into a queue and goes on. If an order fails, Python hears of it
# at some later order. We can imitate this without a GPU, with one worker that takes orders from a queue:

# %% [markdown] tags=["slide"]
# - Python puts orders into a queue, and goes on
# - The error comes where somebody waits for a result
# - `CUDA_LAUNCH_BLOCKING=1`: wait after each order
# - Better: check the labels before training

# %% [markdown] tags=["notes"]
# Play it with three people: one gives orders on slips of paper, one works, one asks for a result. The mistake is in
# the first slip. Ask who hears of it, and when. Then show the output with its three lines. Most blame the line with
# the arrow: it is the one that waited.

# %% tags=["nbval-check-output", "slide"]
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
# Line 1 is to blame. Line 3 gets the arrow: it is the first to **wait** for a result.
#
# There is a switch for this: `CUDA_LAUNCH_BLOCKING=1`, an **environment variable** (a setting outside the program).
# With it, Python waits after each order. Then the arrow points to the right line. It must be set before the first use
# of CUDA. In a notebook: restart, and make these two lines the first cell.
#
# ```python
# import os
# os.environ["CUDA_LAUNCH_BLOCKING"] = "1"  # the other variables of this lesson are set in the same way
# ```
#
# Our program runs in a Python of its own. So `run` hands the variable to that one:

# %%
run(program, CUDA_LAUNCH_BLOCKING="1")

# %% [markdown]
# A CPU always waits. So without a GPU you see the same line as before.
#
# And what is a **device-side assert**? The GPU code contains checks. When one fails, it prints a line of its own, often
# far above the **traceback** (the list of lines that led to the error):

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
# One number out of range is allowed: -100. PyTorch's loss leaves such a text out (`ignore_index`). So -100 is the way
# to say *skip this one*.
#
# **Try it.** In many datasets -1 means *nobody has labelled this*. Call
# `torch.nn.functional.cross_entropy(torch.zeros(2, 4), torch.tensor([1, -1]))`. Then write -100 for -1. And if both
# are -100?
#
# <details><summary>An answer</summary>
#
# -1 raises `Target -1 is out of bounds`. -100 raises nothing: the loss is that of the first text alone. With two of
# them nothing is left to take a mean of, and the loss is `nan`.
#
# </details>

# %% tags=["try"]
for targets_tried in ([1, -1], [1, -100], [-100, -100]):
    try:
        found = torch.nn.functional.cross_entropy(
            torch.zeros(2, 4), torch.tensor(targets_tried)
        )
        assert found.isnan() == (targets_tried == [-100, -100])
    except IndexError as error:
        assert str(error) == "Target -1 is out of bounds."
        assert targets_tried == [1, -1]

# %% [markdown]
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
# So save checkpoints while you train ({{ lesson:training_loop }}). They survive.
#
# On a CPU the process lives on after such an error. That is the second reason to hunt it there.

# %% [markdown] tags=["slide"]
# - After an assert, every later call fails
# - Emptying the cache does not help
# - Only a new process does: restart the session
#
# **Saved checkpoints survive.**

# %% [markdown] tags=["notes"]
# Ask what they would try first. Most delete the model or empty the cache. Nothing of that helps, because the process
# itself is broken. Say the three steps aloud: restart, CPU, mend. Files stay, variables are lost.

# %% [markdown]
# ## Error 4: what is cuDNN?
#
# **cuDNN** is NVIDIA's library of fast routines for neural networks, such as convolutions and LSTMs. PyTorch calls it,
# and passes on what it says:

# %% [markdown] tags=["slide"]
# - NVIDIA's library of fast routines
# - *Execution failed*: it does not say why
# - It can be error 1, 2, 3, or the installation
#
# **CPU first, then half the batch.**

# %% [markdown] tags=["notes"]
# This section can be short: BERT has no LSTM. Ask which part of the program looks guilty. The room points at the LSTM,
# since its name is in the message. Then show our line that failed, the look-up in the table before it.

# %%
print(gpu_message("cudnn"))

# %% [markdown]
# *Execution failed.* It does not say why. Three reports, three stories:
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
# So the order is: run it on the CPU; halve the batch; then switch cuDNN off for one run
# (`torch.backends.cudnn.enabled = False`). If only the last one helps, the installation is to blame.
#
# BERT has no convolution and no LSTM. So while you fine-tune one, this message is rare.
#
# ## Error 5: where is my GPU?
#
# A program asks for a GPU, and there is none to see. The environment variable
# `CUDA_VISIBLE_DEVICES` says which GPUs a program may see. We hide all of them.

# %% [markdown] tags=["slide"]
# | it says | so |
# |---|---|
# | *not compiled with CUDA* | this PyTorch was made without CUDA |
# | *No CUDA GPUs are available* | PyTorch could, and sees no card |

# %% [markdown] tags=["notes"]
# Ask for the difference between the two messages before you show the table. Many want a new card for the first one. It
# needs another PyTorch. Then tell the story of the report: the script itself had hidden the card, with a wrong number.

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
#   Install another one.
# - `No CUDA GPUs are available`: PyTorch could, but sees no card. On Colab: *Runtime*, *Change runtime type*. In the
#   report quoted here, the script itself hid the card: it set `CUDA_VISIBLE_DEVICES` to 1, the number of a second GPU.
#
# **The mend** is the choice of the device at the beginning.

# %% [markdown]
# ## Which line is it? A routine for every error
#
# One more error. Somebody adds a token for user names.

# %% [markdown] tags=["slide"]
# 1. The last line of the message
# 2. Our own line in the traceback
# 3. The CPU, with one batch
# 4. The numbers that went in
#
# **Largest id, rows of the table: compare.**

# %% [markdown] tags=["notes"]
# Write the four steps on the board, and let the room use them on the new error. Ask which index is out of which range.
# Somebody will say the labels. Print both numbers: 30522 and 30522. Many think that this fits, but rows are counted
# from 0.

# %%
tokenizer.add_tokens(["[USER]"])
batch = tokenizer("[USER] thank you for the lift", return_tensors="pt")
model.to("cpu")  # the CPU as a debugger
try:
    model(**batch)
except IndexError as error:
    print("IndexError -", error)

# %% [markdown]
# On a GPU: a device-side assert, at any line. On the CPU: `index out of range`. An index into which table? Compare the
# largest id with the number of rows.

# %% tags=["nbval-check-output", "slide"]
size = model.get_input_embeddings().num_embeddings
print("largest id:", batch["input_ids"].max().item())
print(f"rows of the table: {size}, so the last id is {size - 1}")

# %% [markdown]
# The new token got the first free id, and the table has no row for it. The mend gives it one. (`mean_resizing=False`:
# the new row gets random numbers, and not a mean of the old rows.)

# %% tags=["nbval-check-output"]
model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
model(**batch).logits.shape

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

# %% tags=["try"]
two = AutoModelForSequenceClassification.from_pretrained(course.checkpoint)
four = tokenizer(sentences, padding=True, return_tensors="pt")
try:
    two(**four, labels=torch.tensor([1, 0, 2, 3]))
    raise AssertionError("two classes, and no error")
except IndexError as error:
    assert str(error) == "Target 2 is out of bounds."

# %% [markdown]
# > **A good place to stop at a first reading.** You can now read all five messages. What follows plans memory, with
# > words of later lessons. Come back to it after {{ lesson:lora }}. (**LoRA** trains small additions to a model.)
#
# ## What fills the memory?
#
# Back to error 2. Training keeps four things: the **weights**; a **gradient** for each weight; the **optimizer**'s two
# notes for each weight; and the **activations**, which are results from the way forward, kept for the way back.
# (The gradient says how to correct a weight, the optimizer does it. `AdamW` notes a mean of the gradients and one of
# their squares.)
#
# Count the first three. Each number takes 4 bytes.

# %% [markdown] tags=["slide"]
# | what | how many |
# |---|---|
# | weights | one each |
# | gradients | one for each weight |
# | optimizer (AdamW) | two for each weight |
# | activations | grow with batch and length |

# %% [markdown] tags=["notes"]
# Ask what is in the memory during a training. The room says the model and the texts. The texts are next to nothing. Do
# the sum for the first three on the board. Then ask which of the four a smaller batch changes: only the last. Skip the
# code of `train_two_steps`.

# %% tags=["slide"]
model = AutoModelForSequenceClassification.from_pretrained(
    course.checkpoint, num_labels=4
)
weights = sum(weight.numel() for weight in model.parameters())
for name, copies in {"weights": 1, "gradients": 1, "optimizer (AdamW)": 2}.items():
    print(f"{name:<18} {copies * weights * 4 / 1e6:6.0f} MB")

# %% [markdown]
# And the activations? They grow with the batch and with the length of the texts. So we measure, with two training
# steps. ({{ Lesson:training_loop }} explains these lines. `pieces` and `mixed` come in a moment. The loss of a piece
# is divided by their number, so that the gradients of all pieces add up to that of the batch.)

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
# numbers, as on `meta`. Both counts are the same. So we may plan any step.
#
# The real need is higher: inside an operation PyTorch takes more room for a moment. The count does not see that. (With
# a GPU all of it is real.)
#
# ## Which remedy saves how much?
#
# Our patient: 32 texts at once, padded to 128 tokens, everything trained. One remedy is to pad (fill up) to the longest
# text, and no further. How long is it?

# %% [markdown] tags=["slide"]
# - Smaller pieces, shorter texts: try them first
# - Checkpointing: less memory, more computing
# - Freezing: less memory, less learned
# - LoRA: less than many expect

# %% [markdown] tags=["notes"]
# Let everybody order the remedies before the figure comes, and write the votes down. LoRA is mostly at the top. Show
# the bars, and start with the two that cost nothing in quality. The reason for LoRA follows in the section with the
# sceptic.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

texts = load_dataset(*course.dataset("emotion"), split="train[:32]")["text"]
longest = max(len(ids) for ids in tokenizer(list(texts))["input_ids"])
print("longest of 32 texts:", longest, "tokens")

# %% [markdown]
# Three remedies change the model:

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
# **Pieces** means **gradient accumulation**: four small batches, one optimizer step. With equal pieces the result is
# that of the big batch. In `TrainingArguments` it is `gradient_accumulation_steps=4`. **Mixed precision** computes a
# part with 2 bytes instead of 4.

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
# Beside the first bar:
#
# - **Smaller pieces** and **shorter texts** save more than half, and cost nothing in quality. Try them first.
# - **Mixed precision** saves little here. This is a count of what a CPU would keep. We had no GPU to count on:
#   measure again.
# - **Checkpointing** saves much. A part of the work is then done twice.
# - **Freezing** saves much, because nothing has to be kept for layers that do not learn.
# - **LoRA** saves less than many expect.
#
# (The library's word is *activation checkpointing*: no files are saved. In `TrainingArguments` it is
# `activation_checkpointing=True`. Older code says *gradient* in place of *activation*: the same thing, under a name
# that will go.)

# %% tags=["record"]
course.record("peak_plain_mb", peaks["nothing done"])
course.record("peak_pieces_mb", peaks["4 pieces of 8 texts"])
course.record("peak_checkpointing_mb", peaks["checkpointing"])
course.record("peak_lora_mb", peaks["LoRA"])

# %% [markdown]
# **Try it.** Combine three: LoRA, checkpointing, and 4 pieces.
#
# <details><summary>An answer</summary>
#
# Add `"all three": (lambda model: checkpointing(lora(model)), {**full, "pieces": 4})` to `remedies`, and run that
# cell and the next one again. The peak falls to about a tenth. The weights themselves are then most of it.
#
# </details>

# %% tags=["try"]
patient = AutoModelForSequenceClassification.from_config(config).to(place).train()
patient = checkpointing(lora(patient))
with dry_run(patient, place), PeakMemory(patient, device=place) as memory:
    train_two_steps(patient, **full, pieces=4)
if course.profile == "laptop":
    assert 0.07 < memory.peak_mb / peaks["nothing done"] < 0.13

# %% [markdown]
# ## Will BERT fit on Colab's card?
#
# This plans BERT base, with 16 texts of 512 tokens. Colab's free card, a T4, has 16 GB (says NVIDIA's data sheet).

# %% [markdown] tags=["slide"]
# - BERT base, 16 texts of 512 tokens
# - A T4 has 16 GB
# - Planned without a GPU, by a `dry_run`
#
# **Plan the step before you rent the card.**

# %% [markdown] tags=["notes"]
# Ask for a guess in GB before you run the cell. Guesses go from one to a hundred. Then show the two lines, and say
# that CUDA itself needs room, too. If the cell is slow on your machine, read the numbers from the stored notebook.

# %%
from transformers import BertConfig

bert = BertConfig(num_hidden_layers=course.pick(laptop=12, full=12, smoke=1))
needs = {}
for name, change in {"nothing done": None, "checkpointing": checkpointing}.items():
    plan = AutoModelForSequenceClassification.from_config(bert).train()
    plan = change(plan) if change else plan
    with dry_run(plan), PeakMemory(plan) as memory:
        train_two_steps(plan, texts=16, tokens=512, place=torch.device("cpu"))
    needs[name] = memory.peak_mb / 1000
    print(f"{name:<14} {needs[name]:5.1f} GB")

# %% tags=["record"]
for name, gigabytes in needs.items():
    course.record(f"bert_base_{name.replace(' ', '_')}_gb", gigabytes)

# %% [markdown]
# Without a remedy, nearly the whole card is full. CUDA itself and the computations need room, too. So expect error 2,
# or take a batch of 8. (A GPU can also do better than this plan: it does not always keep the big tables.)
#
# On a GPU, `nvidia-smi` in a terminal shows the programs on the card and what each of them takes.
# `print(torch.cuda.memory_summary())` shows where the memory of your own program went.

# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *LoRA trains less than one percent of the weights. So it needs hardly any memory.*
# >
# > **Sceptic:** *Less than one percent of what? Four things fill the memory, and you made two of them small.*
#
# Split the two peaks, with the sizes from above. A gradient and two notes make three copies of each *trained* weight:

# %% [markdown] tags=["slide"]
# - Assumption: LoRA trains under 1%, so needs hardly any memory
# - Sceptic: under 1% of what?
# - The activations stay
#
# **One short text: LoRA saves most. Big batch: far less.**

# %% [markdown] tags=["notes"]
# Take the list of four things, and ask which of them LoRA makes small. The room finds two: gradients and notes. Then
# point at the line *rest* in the output. It hardly moves, because the way back passes through all layers.

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
# correct the small additions in the first layer, the way back has to pass through all layers. So with a big batch,
# activations fill the card. And with one short text at a time?

# %%
alone = {}
for name, change in {"nothing done": None, "LoRA": lora}.items():
    patient = AutoModelForSequenceClassification.from_config(config).to(place).train()
    patient = change(patient) if change else patient
    with dry_run(patient, place), PeakMemory(patient, device=place) as memory:
        train_two_steps(patient, texts=1, tokens=16)
    alone[name] = memory.peak_mb
alone

# %% tags=["record"]
course.record("lora_share_alone", alone["LoRA"] / alone["nothing done"])
course.record("lora_share_batch", peaks["LoRA"] / peaks["nothing done"])

# %% [markdown]
# Now LoRA saves most of it. So as a rule: first shorter texts and smaller pieces. Then checkpointing, which costs
# time. Last LoRA or freezing, which change what is learned.
#
# ## All five at a glance

# %% [markdown] tags=["slide"]
# - Read the last line first
# - It decides which of five errors you have
# - Then one thing to try first
#
# **Print this figure, and hang it up.**

# %% [markdown] tags=["notes"]
# Use the figure as a game: say one message aloud, and let the room name the first thing to try. Let them correct each
# other. When time is short, do only error 1 and error 3, which are the ones that cost most hours.

# %%
from lessons.cuda_errors.figures import FIVE, decision_tree

heads = ("it says", "so probably", "try first")
decision_tree(FIVE, heads, "What does the last line of the message say?")

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
