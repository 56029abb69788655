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
# # {{ number }} · The training loop: every line, and what happens without it
#
# {{ badges }}
#
# **You will be able to**
#
# - **write** a training loop by hand, and say what each line is for;
# - **answer** ten questions of a lecture about it, each by an experiment;
# - **choose** the best epoch on one part of the data, and judge it once on another;
# - **resume** a training that was cut off, and get the same weights, bit for bit;
# - **read** the worst errors of your own model.
#
# {{ times }}
#
# In {{ lesson:start_here }} one line trained the model: `trainer.train()`. Today we write that line ourselves.
#
# A lecture on fine-tuning asks ten questions about a notebook that we do not have. So we answer them about our own
# loop. Numbers in the text are those of the profile `laptop`.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("training_loop", PROFILE)

# %% [markdown]
# ## Question 1 of the lecture: which dataset is it?
#
# Short posts, written for this course, and the emotion of their writers. Without a GPU we learn from a part.

# %% [markdown] tags=["slide"]
# - Short posts, four emotions
# - One part to learn, one to choose
# - One for the end, used once
#
# **Three parts, three jobs.**

# %% [markdown] tags=["notes"]
# Say that the ten questions come from a lecture, and that the notebook behind them is missing. So each is answered by
# an experiment. Ask what the third part is for, if one has two already. Most think of it as a spare.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"))
many = course.pick(laptop=448, full=len(posts["train"]), smoke=48)
train_rows = posts["train"].select(range(many))
print({part: len(rows) for part, rows in posts.items()}, "- we learn from", many)

# %% [markdown]
# Three parts with three jobs. `train` is for learning, **validation** for choices, and `test` for the end: we use it
# once.
#
# ## The loop in one picture
#
# A model learns in small turns, and each turn is the same circle. Two settings first: how many posts make a
# **batch**, and the **learning rate**, which says how far a step goes.

# %% [markdown] tags=["slide"]
# - Forward: the model answers, the loss judges
# - Backward: a slope for each weight
# - Step: the weights move
# - Then forget, and take the next batch

# %% [markdown] tags=["notes"]
# Let somebody walk around the circle and say each word aloud. Ask at which station the model has learned something.
# Many say at *backward*; it is at *step*. Leave this picture on the wall as long as you can: each question is one
# station.

# %% tags=["loop"]
size = course.pick(laptop=16, full=16, smoke=8)
learning_rate = course.pick(laptop=2e-4, full=5e-5, smoke=2e-4)

# %%
from lessons.training_loop.figures import circle, norm_lines, step_curve
from lessons.training_loop.first_turn import first_turn

stations, words = first_turn(course, train_rows, size, learning_rate)
circle(stations, words, "One turn of the loop, with our first batch")

# %% [markdown]
# Follow the arrows. The model answers (**forward**), and the **loss** says how wrong it was. Backward finds for
# each weight in which direction the loss falls. The step moves the weights.
#
# It is like learning a dance: first the single steps, then the whole. (Question 8 adds a slow start.)
#
# ## Question 2: how many classes are there?
#
# The names tell how many there could be. The rows tell how many there are.

# %% [markdown] tags=["slide"]
# - Names say how many there could be
# - Rows say how many there are
#
# **Count your rows, class by class.**

# %% [markdown] tags=["notes"]
# This takes half a minute. Ask how one could find out, and why the list of names is not enough. A class without rows is
# never learned.

# %% tags=["nbval-check-output"]
from collections import Counter

labels = posts["train"].features["label"].names
print(len(labels), "names:", Counter(labels[row["label"]] for row in train_rows))

# %% [markdown]
# Four classes of similar size.
#
# ## Question 3: which model is it?
#
# `load` gives us a classifier. Its table of word pieces is frozen, as in {{ lesson:start_here }}. The table that
# says `MISSING` reports the new head.

# %% [markdown] tags=["slide"]
# - Six layers, and a new head
# - The table of word pieces is frozen
# - Just loaded, it is ready for use, not for training

# %% [markdown] tags=["notes"]
# Point at `training mode: False`. Ask who would have guessed that. Say that we come back to it, and that it is a
# mistake without an error. The batches are those of the lesson on the DataLoader: skip their code.

# %% tags=["loop"]
from transformers import AutoModelForSequenceClassification

names = dict(enumerate(labels))
numbers = {name: number for number, name in names.items()}


def load(source):
    model = AutoModelForSequenceClassification.from_pretrained(
        source, id2label=names, label2id=numbers
    )
    model.base_model.embeddings.requires_grad_(False)
    return model.to(course.device)


# %% tags=["nbval-check-output"]
model = load(course.checkpoint)
print(type(model).__name__, "with", model.config.num_hidden_layers, "layers")
print("training mode:", model.training)

# %% [markdown]
# `from_pretrained` gives you a model that is ready for **use**, not for training. We come back to that.
#
# Now the batches, as in {{ lesson:dataloader }}: tokenize once, pad per batch, group posts of similar length. `few`
# are 24 short posts for quick trials.

# %%
from transformers import AutoTokenizer, DataCollatorWithPadding

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
collator = DataCollatorWithPadding(tokenizer)


def tokenize(rows):
    tokens = rows.map(lambda row: tokenizer(row["text"], truncation=True))
    return tokens.select_columns(["input_ids", "attention_mask", "label"])


train_tokens = tokenize(train_rows)
short = train_tokens.filter(lambda row: len(row["input_ids"]) <= 20)
few = short.select(range(course.pick(laptop=24, full=24, smoke=10)))

# %% [markdown]
# A **generator**, a source of random numbers, draws the order of the posts. The same seed gives the same order.

# %% tags=["nbval-check-output"]
import torch

from lessons.training_loop.batches import make_loader

loader = make_loader(train_tokens, size, collator)
loader.generator.manual_seed(course.seed)
batch = next(iter(loader))
print(len(loader), "steps;", {name: tuple(ids.shape) for name, ids in batch.items()})

# %% [markdown]
# 28 batches make one **epoch**: each post once. The first batch has the picture's size.
#
# ## Question 4: why `.to(device)`?
#
# Leave it out for one tensor, the labels. (Where there is no GPU, we borrow the device `meta` of
# {{ lesson:cuda_errors }}.)

# %% [markdown] tags=["slide"]
# - Model and batch: one device
# - One tensor left behind: an error
# - In your own loop nobody moves it for you

# %% [markdown] tags=["notes"]
# Ask where a batch is when it comes out of the loader. On the CPU, also in Colab. Read the error aloud: it names the
# two devices. When time is short, skip the experiment.

# %%
away = torch.device("meta" if course.device.type == "cpu" else "cpu")
batch = batch.to(course.device)
try:
    model(**{**batch, "labels": batch["labels"].to(away)})
except RuntimeError as error:
    print(type(error).__name__, "-", str(error).splitlines()[0])

# %% [markdown]
# Model and batch must be on one device, and only you can see to it.
#
# ## Question 5: what does `loss.backward()` do?
#
# Look at three weights, before and after: two that can learn, and a frozen one.

# %% [markdown] tags=["slide"]
# - A second number beside each weight: its gradient
# - A slope: how fast does the loss grow?
# - Frozen weights have none
#
# **One pass finds millions of slopes.**

# %% [markdown] tags=["notes"]
# Ask what changes in the weights here. Most say: they get better. Nothing moves yet, the gradients are only written
# down. Then show the two slopes, by hand and by `backward`: the same number. That is the proof of what a gradient is.

# %%
head = "classifier.weight"
deep = "bert.encoder.layer.0.output.dense.weight"
frozen = "bert.embeddings.word_embeddings.weight"
loss = model(**batch).loss
print(f"loss {loss.item():.2f}; gradient before: {model.get_parameter(head).grad}")
loss.backward()
for name in (head, deep, frozen):
    gradient = model.get_parameter(name).grad
    print("after:", None if gradient is None else tuple(gradient.shape), name)

# %% [markdown]
# The loss is near ln(4) = 1.39: that of four equal probabilities.
#
# After `backward`, each weight that can learn has a second number beside it, its **gradient**. The frozen table has
# none.
#
# It is a slope, say the books: if this weight grows a little, how fast does the loss grow? Test it. Take the weight
# with the largest gradient, push it up a little, then down, and ask for the loss.


# %%
@torch.no_grad()
def loss_with(weight, place, change):
    weight[place] += change
    loss = model(**batch).loss.item()
    weight[place] -= change
    return loss


# %%
import numpy as np

slopes = {}
for name in (head, deep):
    weight = model.get_parameter(name)
    place = np.unravel_index(weight.grad.abs().argmax().item(), weight.shape)
    up, down = loss_with(weight, place, 0.02), loss_with(weight, place, -0.02)
    slopes[name] = (up - down) / 0.04, weight.grad[place].item()
    print("by hand {:+.5f}, by backward {:+.5f} |".format(*slopes[name]), name)

# %% tags=["record"]
course.record("slope_ratio_head", slopes[head][0] / slopes[head][1])
course.record("slope_ratio_deep", slopes[deep][0] / slopes[deep][1])

# %% [markdown]
# The same slope, up to rounding. By hand, one weight took two forward passes. `backward` finds all 10.8 million
# slopes in one pass.
#
# ## Question 6: what happens during `optimizer.step()`?
#
# The **optimizer** moves the weights. Ours is **AdamW**, the usual one.

# %% [markdown] tags=["slide"]
# - The optimizer moves the weights
# - Gradients: hundreds of times larger in one table
# - First step of AdamW: both move equally far
#
# **Adam divides by the usual size.**

# %% [markdown] tags=["notes"]
# Show the sizes of the gradients only, and ask which table moves further. Nearly all say: the head. Then point at
# *moved*: twice the same number, and it is the learning rate. Later steps differ, say so.


# %% tags=["loop"]
def make_optimizer(model, kind=torch.optim.AdamW, rate=learning_rate):
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    return kind(weights, lr=rate, weight_decay=0.01, fused=True)


# %% [markdown]
# In each step `weight_decay` takes two millionths of each weight: the learning rate times 0.01. This is **weight
# decay**: what no gradient pushes gets smaller. `fused` does all weights in one go, which is only faster.
#
# We keep a copy, `untrained`: all later trials start from it.

# %%
import copy

untrained = copy.deepcopy(model)
old = dict(untrained.named_parameters())
make_optimizer(model).step()
for name in (head, deep):
    weight = model.get_parameter(name)
    moved = (weight - old[name]).abs().median().item()
    print(f"gradient {weight.grad.abs().median():.0e}, moved {moved:.1e} | {name}")
print(f"loss: {loss.item():.3f} before, {model(**batch).loss.item():.3f} after")

# %% [markdown]
# Each number is the median of a whole table. The gradients have very different sizes. Yet both tables moved equally
# far: by the learning rate.
#
# That is **Adam**'s trick. It divides each gradient by its own usual size. In the **first** step nothing remains but
# the sign: up or down. Later it divides the mean of a weight's last gradients. If they
# pointed up, then down, that mean is near zero, and the step is small. (The last line: the loss of this batch fell.)
#
# ## Question 7: why `optimizer.zero_grad()`?
#
# What does a second `backward` do to the gradients? `norm` is the length of many numbers together: the root of the
# sum of their squares.

# %% [markdown] tags=["slide"]
# - `backward` adds to what is there
# - Forgotten, gradients pile up: no error
# - Its use: two small batches, one big step

# %% [markdown] tags=["notes"]
# Ask what a second `backward` does: replace, or add? Most say replace. Then show the step function as a whole: six
# lines, and all of them known now. Ask which of them nobody would miss. The figure of the norms is in the notebook.

# %%
model = copy.deepcopy(untrained)
for count in (1, 2, 3):
    model(**batch).loss.backward()
    print(f"backward {count}: {model.get_parameter(head).grad.norm().item():.4f}")

# %% [markdown]
# Twice the length, three times the length. `backward` **adds** to what is there. `zero_grad` throws it away.
# Without it, each step follows the sum of all batches so far.
#
# The adding has a use. A batch of 16 does not fit into your GPU? Take two of 8, call `backward` for each, and then
# step. But **divide** each loss by 2 first: a loss is a mean, and two means add up to twice too much. Both must be
# equally big, else a post of the smaller one weighs more.
#
# To see what forgetting does, we need several steps. So we write one turn of the circle down.


# %% tags=["loop", "slide"]
from torch.nn.utils import clip_grad_norm_


def training_step(model, optimizer, schedule, batch, max_norm=1.0):
    loss = model(**batch.to(model.device)).loss  # forward: how wrong are we?
    loss.backward()  # which way is downhill, for each weight?
    norm = clip_grad_norm_(model.parameters(), max_norm)  # no giant gradients
    optimizer.step()  # move the weights
    schedule.step()  # set the learning rate of the next step
    optimizer.zero_grad()  # forget the gradients of this batch
    return loss.item(), norm.item()


# %% [markdown]
# `schedule` is question 8. `clip_grad_norm_` takes **all** gradients as one long list. Its length is the **gradient
# norm**: again the root of the sum of squares. Is it more than `max_norm`? Then one factor shrinks all of them
# until the norm is `max_norm`: **clipping**. What comes back is the norm from before.
#
# A **trial** is a very short training: the 24 short posts, read four times. All trials begin with the same weights.
# Clipping is off (`inf`), and `get_constant_schedule` never changes the rate.

# %%
import math

from transformers import get_constant_schedule


def trial(seed=1, size=8, max_norm=math.inf, schedule_for=get_constant_schedule, **how):
    loader, model = make_loader(few, size, collator), copy.deepcopy(untrained).train()
    optimizer = make_optimizer(model, **how)
    parts = model, optimizer, schedule_for(optimizer)
    torch.manual_seed(seed)
    loader.generator.manual_seed(seed)
    batches = (batch for _ in range(4) for batch in loader)
    return [training_step(*parts, batch, max_norm) for batch in batches]


def end_loss(found):
    return float(np.mean([loss for loss, _ in found[-len(found) // 4 :]]))


# %% [markdown]
# `end_loss` is the mean loss of the last round. Now a trial as it should be, and one in which `zero_grad` does
# nothing.


# %% tags=["skip"]
class Forgetful(torch.optim.AdamW):
    def zero_grad(self):
        pass


plain, piled = trial(), trial(kind=Forgetful)
print(f"loss: as it should be {end_loss(plain):.2f}, forgotten {end_loss(piled):.2f}")
norm_lines(
    {"zero_grad forgotten": piled, "as it should be": plain}, "Gradients pile up."
)

# %% tags=["record"]
course.record("norm_with_zero_grad", plain[-1][1])
course.record("norm_without_zero_grad", piled[-1][1])
course.record("trial_plain", end_loss(plain))
course.record("trial_piled", end_loss(piled))

# %% [markdown]
# The upper line climbs: step 12 still gets the gradients of step 1. But nothing crashes, and the losses tell
# nothing: Adam divides by the usual size, and so hides how long the gradients are. Only the gradient norms betray
# this mistake.
#
# **Try it.** Forget `zero_grad` again, with clipping: `trial(kind=Forgetful, max_norm=1.0)`. Do the norms still
# climb?
#
# <details><summary>An answer</summary>
#
# Hardly. After each step the pile is cut to length 1, and the next batch is added to that. Clipping hides the
# mistake. It does not mend it.
#
# </details>

# %% tags=["try"]
clipped = [norm for _, norm in trial(kind=Forgetful, max_norm=1.0)]
if course.profile == "laptop":
    assert max(norm for _, norm in piled) > 2 * max(clipped)

# %% [markdown]
# ## Why AdamW, and not SGD?
#
# **SGD** is the oldest optimizer: a step is rate times gradient. Where gradients are so small, our rate moves
# nothing. So SGD needs a much larger one. We tried five, and 0.1 was the best. The same steps with it:

# %% [markdown] tags=["slide"]
# - SGD: rate times gradient, one rate for all
# - Adam: each weight a pace of its own
# - The W: weight decay kept apart

# %% [markdown] tags=["notes"]
# Say that this is one small trial, and no judgement on SGD in general. Ask why our rate of 2e-4 would move nothing with
# SGD. The gradients of the deep table were about 2e-5. The section can be skipped.

# %%
sgd = trial(kind=torch.optim.SGD, rate=0.1)
print(f"SGD {end_loss(sgd):.2f}, AdamW {end_loss(plain):.2f}")

# %% tags=["record"]
course.record("trial_sgd", end_loss(sgd))

# %% [markdown]
# SGD learns, but less. Its one rate must serve all tables: what is right for the head is too little for a deep
# table with small gradients. Adam gives each weight a step of its own size. The **W** says that weight decay is
# kept apart from the gradients.
#
# ## How many posts in a batch?
#
# The 24 posts again, four times, at the same rate.

# %%
by_size = {posts_in: trial(size=posts_in) for posts_in in (4, 8, 12)}
for posts_in, found in by_size.items():
    print(f"{posts_in:>2} in a batch: {len(found)} steps, loss {end_loss(found):.2f}")

# %% tags=["record"]
course.record("trial_size_4", end_loss(by_size[4]))
course.record("trial_size_12", end_loss(by_size[12]))

# %% [markdown]
# Small batches give more steps, and here more steps learn more. But each step then follows few posts, and a GPU has
# little to do. So begin with 16 or 32. If such a batch does not fit into memory, let `backward` add up
# smaller ones, as in question 7. And choose the
# rate anew when you change the size.
#
# (These losses say how fast it learns posts by heart, not how good it is on others.)
#
# ## Question 8: why a learning rate scheduler?
#
# A **scheduler** changes the learning rate from step to step. The usual one climbs in the first tenth of the steps:
# this is the **warmup**. Then it falls in equal parts. We ask it for 100 steps.

# %% [markdown] tags=["slide"]
# - Warmup: the rate climbs, for a tenth of the steps
# - Then it falls towards zero
# - It makes a high rate safe

# %% [markdown] tags=["notes"]
# Draw the tent with your hand. Ask for the rate of the very first step: it is zero, so this step moves nothing. In the
# four trials point at the last two lines: high rate, without and with. When time is short, skip the trials.


# %% tags=["loop"]
from transformers import get_linear_schedule_with_warmup


def make_schedule(optimizer, steps):
    return get_linear_schedule_with_warmup(optimizer, steps // 10, steps)


# %% tags=["skip"]
from course_utils import plots

optimizer = make_optimizer(untrained)
schedule, rates = make_schedule(optimizer, steps=100), []
for _ in range(100):
    rates.append(schedule.get_last_lr()[0])
    optimizer.step()  # moves nothing: there are no gradients
    schedule.step()
print("first and last:", [f"{rate:.1e}" for rate in (*rates[:3], rates[-1])])
plots.lines(
    {"rate": (range(1, 101), rates)}, "Warmup, then down.", "step", "learning rate"
)

# %% [markdown]
# The first step moves nothing at all. The last step still gets a little: zero would come in step 101. The mean is
# half of our rate.
#
# Why so gentle at the beginning? Adam's first step has its full length. But the head is still random, so the first
# gradients say little. Then a high rate can do harm. Test it: our rate and five times our rate, without and with
# the scheduler, two seeds each.

# %%
from functools import partial

falling = partial(make_schedule, steps=len(plain))
ends = {}
for rate in (learning_rate, 5 * learning_rate):
    for name, schedule_for in (("without", get_constant_schedule), ("with", falling)):
        found = [trial(seed, rate=rate, schedule_for=schedule_for) for seed in (1, 2)]
        ends[rate, name] = [round(end_loss(each), 2) for each in found]
        print(f"rate {rate:.0e} {name}: {ends[rate, name]}")

# %% tags=["record"]
for place, values in zip(
    ("plain", "with", "fast", "fast_with"), ends.values(), strict=True
):
    course.record(f"schedule_{place}", np.mean(values))

# %% [markdown]
# Inside a line you see what a seed does. At our rate the scheduler seems to lose. But it goes only half as far. At
# five times the rate it wins: without it, the trial learns badly, and with it, better than all others.
#
# So a scheduler makes a high rate safe. (By its start or its end? This trial does not say.)
# We keep it. (Is the high rate
# then the better one? {{ Lesson:recipe }} chooses rates on posts that the model has not learned.)
#
# **Try it.** Give the scheduler twice our rate: then both go equally far. Run `trial(seed, rate=2 * learning_rate,
# schedule_for=falling)` with seeds 1 and 2. Does it still lose?
#
# <details><summary>An answer</summary>
#
# No. It ends at about 0.8 with both seeds, a little lower than without a scheduler.
#
# </details>

# %% tags=["try"]
fair = [
    end_loss(trial(seed, rate=2 * learning_rate, schedule_for=falling))
    for seed in (1, 2)
]
if course.profile == "laptop":
    assert all(0.7 < loss < 0.9 for loss in fair), fair
    assert np.mean(fair) < np.mean(ends[learning_rate, "without"])

# %% [markdown]
# ## What is one epoch?
#
# The step, for each batch. Each epoch has a seed of its own for the order of the posts, and `tqdm` draws a bar.
# Steps that are `done` are skipped, so we can go on after a break. With a `folder`, the state is saved now and then
# (`save_checkpoint` comes below).

# %% tags=["loop"]
from tqdm.auto import tqdm


def train(model, optimizer, schedule, loader, epochs, done=0, folder=None, every=3):
    history = []
    for epoch in range(done // len(loader), epochs):
        model.train()
        loader.generator.manual_seed(course.seed + epoch)
        bar = tqdm(loader, leave=False)
        for step, batch in enumerate(bar, start=epoch * len(loader) + 1):
            if step <= done:
                continue  # learned before the break
            history.append(training_step(model, optimizer, schedule, batch))
            if folder and step % every == 0:
                save_checkpoint(folder, step, model, optimizer, schedule)
    return history


# %% [markdown]
# `model.train()` trains nothing. It switches on **dropout**: some numbers inside the model are set to zero by
# chance, so that it cannot rely on any one of them.
#
# ## Question 9: what does `torch.argmax(logits, dim=-1)` do?
#
# Three posts go through the model. Four logits come out for each: one number for each class.

# %% [markdown] tags=["slide"]
# - A row of logits for each post
# - `dim=-1`: along the row, so its class
# - `dim=0`: down the column, another question

# %% [markdown] tags=["notes"]
# Three posts, four classes: ask how many answers each line gives. Point at the four numbers behind `dim=0`. Then ask
# what would happen with four posts: nobody would notice.

# %%
three = collator([train_tokens[row] for row in range(3)]).to(course.device)
with torch.no_grad():
    logits = untrained(**three).logits.cpu()
print(logits.numpy().round(2))
print("dim=-1:", torch.argmax(logits, dim=-1), "dim=0:", torch.argmax(logits, dim=0))

# %% [markdown]
# `dim=-1` goes along each row. It says **where** the largest logit stands: that place is the class. `dim=0` goes
# down each column: which post is the angriest, which the most joyful? Four answers for three posts show the slip.
# With four, nothing would.
#
# ## Question 10: what if `label` is not renamed to `labels`?
#
# Our collator has renamed it. Undo that.

# %% [markdown] tags=["slide"]
# - No loss, and no error yet
# - The collator renames it for us
#
# **Beside a score, print the counts of the answers.**

# %% [markdown] tags=["notes"]
# The room knows this from the DataLoader, so ask, and go on. Spend the time on the counts below: an untrained model
# says nearly always the same. Ask what its score alone would have told.

# %% tags=["nbval-check-output"]
unnamed = {"label" if name == "labels" else name: three[name] for name in three}
print("loss:", untrained(**unnamed).loss)

# %% [markdown]
# No loss, and no error either. The next line of the loop would fail. {{ Lesson:dataloader }} has the whole story.
#
# One tool is missing. `evaluate` collects the logits and the true labels of a whole loader. `no_grad` says: nobody
# will call `backward`, so keep nothing for it.


# %% tags=["loop"]
@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    logits, truth = [], []
    for batch in loader:
        logits.append(model(**batch.to(model.device)).logits.cpu())
        truth.append(batch["labels"].cpu())
    return torch.cat(logits), torch.cat(truth)


# %%
from torch.utils.data import DataLoader

from lessons.training_loop.batches import shortest_first

many = course.pick(laptop=200, full=374, smoke=24)
validation_rows = shortest_first(posts["validation"], many)
validation_loader = DataLoader(tokenize(validation_rows), 32, collate_fn=collator)
logits, truth = evaluate(untrained, validation_loader)
said = logits.argmax(dim=-1)
print(f"untrained: {(said == truth).float().mean():.1%} of {len(truth)} right")
print("its answers:", Counter(labels[number] for number in said.tolist()))

# %% [markdown]
# Never print a score alone. Print the **counts of the answers** beside it. An untrained model tends to give one
# answer to most posts. So does a badly trained one, and the score alone does not say so.
#
# ## The training
#
# All pieces together. After each epoch we ask the validation posts, and keep the model if its **validation loss**
# is the lowest so far.

# %% [markdown] tags=["slide"]
# - After each epoch: ask the validation posts
# - Lowest validation loss so far? Keep the model
# - The test posts still wait

# %% [markdown] tags=["notes"]
# Now all pieces run together. Ask why the model is not simply kept after the last epoch. Here the last one is the best,
# which you cannot know before. Let the bars run while you talk.

# %%
epochs = course.pick(laptop=2, full=3, smoke=2)
model = copy.deepcopy(untrained)
optimizer = make_optimizer(model)
schedule = make_schedule(optimizer, epochs * len(loader))
history, judged, best = [], {}, math.inf

# %%
from torch.nn.functional import cross_entropy

torch.manual_seed(course.seed)
for epoch in range(1, epochs + 1):
    history += train(model, optimizer, schedule, loader, epoch, done=len(history))
    logits, truth = evaluate(model, validation_loader)
    loss = judged[len(history)] = cross_entropy(logits, truth).item()
    share = (logits.argmax(dim=-1) == truth).float().mean().item()
    print(f"epoch {epoch}: validation loss {loss:.2f}, {share:.1%} right")
    if loss < best:
        best, best_epoch, best_share = loss, epoch, share
        model.save_pretrained(course.workdir / "best")

# %% tags=["record"]
course.record("steps", len(history))
course.record("best_epoch", best_epoch)
course.record("best_validation_loss", best)
course.record("validation_accuracy", best_share)

# %% [markdown]
# ## Assumption and sceptic
#
# > **Assumption:** *If all is right, the loss falls at each step. If it rises, something is wrong.*
# >
# > **Sceptic:** *Each step is judged on other posts. Some are harder. Count!*

# %% [markdown] tags=["slide"]
# - *"If all is right, the loss always falls."*
# - *Each step sees other posts.*
# - It rose about every second time
#
# **Look at means, not at single steps.**

# %% [markdown] tags=["notes"]
# Take a vote: how often did the loss rise in this training, which went well? Most say never, or a few times. Point at
# the share in the output, and then at the five means beside it. In the figure the thick line is what counts.

# %%
losses = [loss for loss, _ in history]
fifths = [np.mean(part) for part in np.array_split(losses, 5)]
print(f"it rose {np.mean(np.diff(losses) > 0):.0%} of the time;", np.round(fifths, 2))
step_curve(losses, "The loss of the training.", "loss", window=10, judged=judged)

# %% tags=["record"]
course.record("share_of_rises", np.mean(np.diff(losses) > 0))
course.record("rises_of_fifths", int(np.sum(np.diff(fifths) > 0)))

# %% [markdown]
# The sceptic is right. In a training that went well, the loss rose at nearly every second step. The means of its
# five parts fall. A published notebook says that the training loss "should decrease monotonically", without a rise.
# With batches you cannot expect that.
#
# The diamonds are the validation posts. A higher loss is normal there.
#
# ## Does clipping ever act?
#
# The norms of the same steps. The dashed line is the limit.

# %% tags=["skip"]
norms = [norm for _, norm in history]
step_curve(norms, "Norm and limit.", "gradient norm", 10, limit=("max_norm", 1.0))

# %% tags=["record"]
course.record("largest_norm", max(norms))
course.record("clipped_share", np.mean(np.array(norms) > 1))

# %% [markdown]
# Most steps lie above the limit, so here it acts most of the time. Adam forgives that: it divides by the usual
# size anyway. What clipping still does: one giant batch counts no more than the others.
#
# ## What if I forget `model.eval()`?
#
# We load the best model, and ask for the loss of one batch: twice with dropout off, twice with dropout on.

# %% [markdown] tags=["slide"]
# - `eval`: the same posts, the same loss
# - `train`: another loss each time
# - Forget `train()`: the next epoch has no dropout
#
# **Neither mistake raises an error.**

# %% [markdown] tags=["notes"]
# Show the four numbers, and ask which two are honest. Then ask for the opposite mistake. Hardly anybody thinks of it:
# after `evaluate` the model stays in the wrong mode.

# %% tags=["slide"]
model = load(course.workdir / "best")
batch = next(iter(validation_loader)).to(course.device)
with torch.no_grad():
    for mode in ("eval", "train"):
        model.train(mode == "train")
        print(mode, [round(model(**batch).loss.item(), 4) for _ in range(2)])

# %% [markdown]
# In `eval` the same posts get the same loss. In `train` they get another one each time, because dropout draws
# random numbers. Then you cannot even repeat your own score.
#
# The opposite mistake is as easy. `evaluate` leaves the model in `eval` mode. Without `model.train()` the second
# epoch would run without dropout, and nothing would tell you.
#
# ## The power fails at step 8. Is all lost?
#
# Colab stops, or a battery is empty. Can we go on, and get **exactly** what we would have got without the break?
# What must be kept for that?
#
# - the weights of the model;
# - the optimizer: for each weight Adam remembers two means, of its gradients and of their squares;
# - the schedule: how far it is;
# - the state of the random numbers that dropout draws. We call them the **dice**;
# - the number of the step. It also tells the epoch, and so the order of the posts.
#
# Optimizer and schedule tell their state with `state_dict()`, the dice with `get_rng_state()`. (A GPU has dice of
# its own.) `write` stores all of it as plain data. Many tutorials use `torch.save`, whose files can carry programs.

# %% tags=["loop"]
from lessons.training_loop.files import read, write

on_cpu = course.device.type == "cpu"
dice = torch if on_cpu else torch.get_device_module(course.device)


def save_checkpoint(folder, step, model, optimizer, schedule):
    unfinished = folder / "unfinished"
    model.save_pretrained(unfinished)
    kept = {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
    write(unfinished, kept | {"dice": dice.get_rng_state(), "step": step})
    unfinished.rename(folder / f"step-{step:05}")


# %% [markdown]
# The last line matters. The power may fail **while** we save. So the folder is called `unfinished`, and gets its
# real name at the end. A folder with a real name is always complete.
#
# The way back. With `parts` we can leave things out, for an experiment.


# %% tags=["loop"]
def restore(checkpoint, optimizer, schedule, parts=("optimizer", "schedule", "dice")):
    kept = read(checkpoint)
    if "optimizer" in parts:
        optimizer.load_state_dict(kept["optimizer"])
    if "schedule" in parts:
        schedule.load_state_dict(kept["schedule"])
    if "dice" in parts:
        dice.set_rng_state(kept["dice"])
    return kept["step"]


# %% [markdown]
# The experiment: two epochs of five steps. First without a break.

# %%
posts_in = course.pick(laptop=4, full=4, smoke=2)
small_loader = make_loader(few.select(range(5 * posts_in)), posts_in, collator)


def start_over(source=None):
    model = load(source) if source else copy.deepcopy(untrained)
    optimizer = make_optimizer(model)
    return model, optimizer, make_schedule(optimizer, steps=10)


unbroken, *others = start_over()
torch.manual_seed(course.seed)
history = train(unbroken, *others, small_loader, epochs=2)

# %% [markdown]
# Then the loader breaks off when step 8 asks for its posts, in the middle of the second epoch.

# %% tags=["nbval-check-output"]
from lessons.training_loop.power import fails_at, new_folder

folder = new_folder(course.workdir / "checkpoints")
small_loader.collate_fn = fails_at(8, collator)
torch.manual_seed(course.seed)
try:
    train(*start_over(), small_loader, epochs=2, folder=folder)
except KeyboardInterrupt as error:
    print(f"{error}. On the disk:", sorted(path.name for path in folder.iterdir()))

# %% [markdown]
# Step 7 was done, but nobody had saved it. We go on from step 6, with a new model, a new optimizer, other dice. And
# which of the parts could we have left out?

# %%
small_loader.collate_fn = collator
latest = max(folder.glob("step-*"))


def resume_with(parts):
    model, optimizer, schedule = start_over(latest)
    torch.manual_seed(12345)  # other dice than before
    done = restore(latest, optimizer, schedule, parts)
    train(model, optimizer, schedule, small_loader, epochs=2, done=done)
    pairs = zip(model.parameters(), unbroken.parameters(), strict=True)
    return max((one - other).abs().max().item() for one, other in pairs)


# %% tags=["slide"]
everything, differences = {"optimizer", "schedule", "dice"}, {}
for missing in ("nothing", *sorted(everything)):
    differences[missing] = resume_with(everything - {missing})
    print(f"{missing:<9} left out: {differences[missing]:.1e}")
assert differences["nothing"] == 0 or not on_cpu

# %% tags=["record"]
course.record("resume_equal", differences["nothing"] == 0)
course.record("resume_smallest", min(differences[part] for part in everything))

# %% [markdown]
# Each number is the largest difference between two weights, among millions. With all parts it is **zero**: the same
# bits. Is 3e-4 much? One step at our rate is about 2e-4. So with any part left out, some weights end a whole step
# away. It need not be a worse model, but you can no longer say what you have.
#
# (On a GPU, or with another number of threads, sums may be taken in another order. Then the last bits can differ.)
#
# **Try it.** Forget to freeze. Run these lines, and read the error:
#
# ```python
# thawed = copy.deepcopy(untrained).requires_grad_(True)
# optimizer = make_optimizer(thawed)
# restore(latest, optimizer, make_schedule(optimizer, steps=10))
# ```
#
# <details><summary>An answer</summary>
#
# `loaded state dict contains a parameter group that doesn't match the size of optimizer's group`. The optimizer now
# has more weights than its saved memory. No file says what is frozen, so code must freeze after each loading.
# `load` does.
#
# </details>

# %% tags=["try"]
thawed = copy.deepcopy(untrained).requires_grad_(True)
optimizer = make_optimizer(thawed)
try:
    restore(latest, optimizer, make_schedule(optimizer, steps=10))
    refused = ""
except ValueError as error:
    refused = str(error)
assert "doesn't match the size of optimizer's group" in refused

# %% [markdown]
# ## How good is it?
#
# All choices are made. Now the test posts, once, beside the two simple methods of {{ lesson:start_here }}. Each
# score gets its 95% interval. And post by post: how much more often is the fine-tuned model right than counting
# words?

# %% [markdown] tags=["slide"]
# - The test posts, once
# - Beside two simple methods
# - An interval for each score, and for the gain
#
# **It is one seed: a doubt stays.**

# %% [markdown] tags=["notes"]
# Before the figure, ask for a guess: how many of 100 posts will it get right? Name the two simple methods first, so
# that there is something to beat. Point at the interval of the gain: it lies above zero.

# %%
from course_utils.statistics import interval
from lessons.training_loop.baselines import simple_methods

test_rows = shortest_first(posts["test"], course.pick(laptop=451, full=1421, smoke=24))
test_loader = DataLoader(tokenize(test_rows), 32, collate_fn=collator)
logits, truth = evaluate(model, test_loader)
answers = simple_methods(train_rows, test_rows)
answers["fine-tuned"] = said = logits.argmax(dim=-1).numpy()
right = {name: given == truth.numpy() for name, given in answers.items()}
gain = interval(right["fine-tuned"].astype(int) - right["counting words"])
print("more right answers: {:+.1%}, from {:+.1%} to {:+.1%}".format(*gain))
intervals = {name: interval(values) for name, values in right.items()}
plots.scores(intervals, f"Three methods, {len(truth):,} unseen posts")

# %% tags=["record"]
for name, values in zip(("majority", "tfidf", "test"), intervals.values(), strict=True):
    course.record(f"{name}_accuracy", values[0])
course.record("test_accuracy_low", intervals["fine-tuned"][1])
course.record("test_accuracy_high", intervals["fine-tuned"][2])
course.record("gain_low", gain[1])

# %% [markdown]
# The interval of the difference lies above zero: the gain over counting words is not the luck of these posts. So
# the loop that we wrote by hand teaches. One doubt stays: this is one seed, and another would give another number.
# {{ Lesson:five_models }} tries several.
#
# ## Now you: what does it hear in your sentence?
#
# No `pipeline` today. You know each line of this. (`softmax` turns logits into probabilities.)

# %% [markdown] tags=["slide"]
# - Tokens, `no_grad`, logits, softmax
# - No `pipeline`: you know each line

# %% [markdown] tags=["notes"]
# Take a sentence from the room, best one with irony. Ask what the model will say before you run it. Point out that the
# four numbers always add up to 1, also for nonsense.

# %%
my_sentence = "I can't believe they cancelled my train again."
batch = tokenizer(my_sentence, return_tensors="pt").to(course.device)
with torch.no_grad():
    probabilities = model(**batch).logits.softmax(dim=-1)[0].tolist()
for name, probability in zip(labels, probabilities, strict=True):
    print(f"{probability:>4.0%} {name}")

# %% [markdown]
# ## Which errors are the worst?
#
# The loss of a single post is large where the model gave its label a small probability. Sort by it, and read.

# %%
each = cross_entropy(logits, truth, reduction="none")
for row in each.argsort(descending=True)[:6].tolist():
    print(f"model: {labels[said[row]]}, label: {labels[truth[row]]}", end=" ")
    print(f"({math.exp(-each[row]):.0%})\n    {test_rows[row]['text']}")

# %% [markdown]
# In some the mood hides behind words of another mood: irony, or a hard thing told with hope. In some you may take
# the model's side. Read twenty after each training, before you change anything.
#
# ## In this notebook we have
#
# - **written** a training loop: forward, `backward`, clip, step, schedule, `zero_grad`, and `evaluate` after each
# epoch;
# - **answered** ten questions by experiments;
# - **chosen** the epoch with the lowest validation loss, and judged it once on the test posts;
# - **resumed** a broken training to the same bits, and seen what happens when a part is missing;
# - **read** the six worst errors.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Expected all tensors to be on the same device` | on a GPU: the batch stayed behind | `batch.to(model.device)` |
# | `'NoneType' object has no attribute 'backward'` | the batch has no `labels` | rename the column, or use the collator |
# | all answers are one class | too few steps, or too high a rate | print the counts; divide the rate by 10 |
# | `doesn't match the size of optimizer's group` when you resume | other weights are frozen than before | freeze as before, then restore |
# | the resumed training differs | a part was not restored, or the order of the posts | keep all parts; seed the order by epoch |
#
# **Next:** {{ lesson:trainer }} puts this loop into one object. Much comes with it, and a few traps.
