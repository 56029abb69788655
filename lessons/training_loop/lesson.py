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
# A lecture that this course grew from shows such a loop, and asks ten questions about it. We answer none of
# them by heart. For each one we leave something out, or look inside, and read what happens.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("training_loop", PROFILE)

# %% [markdown]
# ## Question 1 of the lecture: which dataset is it?
#
# Short posts, and the emotion of the person who wrote them.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"))
labels = posts["train"].features["label"].names
print({split: len(rows) for split, rows in posts.items()})
for post in posts["train"].select(range(3)):
    print(f"{labels[post['label']]:>9}: {post['text']}")

# %% [markdown]
# Three parts with three jobs. `train` is for learning. `validation` is for choices, and today we make one.
# `test` is for the end, and we use it once.
#
# ## Question 2: how many classes are there?
#
# The names tell how many there could be. The rows tell how many there are. Ask both.

# %% tags=["nbval-check-output"]
from collections import Counter

from course_utils import plots

many = course.pick(laptop=448, full=len(posts["train"]), smoke=48)
train = posts["train"].select(range(many))
counts = Counter(train["label"])
print(len(labels), "names,", len(counts), "of them in the rows")
plots.label_counts(
    {name: counts[number] for number, name in enumerate(labels)},
    f"The {len(train):,} posts we learn from",
)

# %% [markdown]
# Four classes. (Without a GPU we learn from a part of the posts only. Your patience decides.)
#
# Before any model, the two simple methods of {{ lesson:start_here }}. They learn from the same posts.

# %%
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

word_counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
word_counter.fit(list(train["text"]), train["label"])
most_common = counts.most_common(1)[0][0]
truth = np.array(posts["validation"]["label"])
counted = word_counter.predict(list(posts["validation"]["text"]))
print(f"always {labels[most_common]}: {np.mean(truth == most_common):.1%} right")
print(f"counting words: {np.mean(truth == counted):.1%} right")

# %% [markdown]
# These are shares of the validation posts. A fine-tuned model should beat the second line clearly.
#
# ## Question 3: which model is it?
#
# `load` gives us a classifier, with its table of word pieces frozen ({{ lesson:start_here }} says why). The table that
# says `MISSING` reports the new head, as always.

# %% tags=["loop"]
from transformers import AutoModelForSequenceClassification

names = dict(enumerate(labels))
numbers = {name: number for number, name in names.items()}


def load(source):
    model = AutoModelForSequenceClassification.from_pretrained(
        source, id2label=names, label2id=numbers
    )
    for weight in model.base_model.embeddings.parameters():
        weight.requires_grad = False
    return model.to(course.device)


# %% tags=["nbval-check-output"]
model = load(course.checkpoint)
config = model.config
free = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
print(type(model).__name__, "with", config.num_hidden_layers, "layers")
print(
    f"{free / 1e6:.1f} of {model.num_parameters() / 1e6:.1f} million weights can learn"
)
print("training mode:", model.training)

# %% [markdown]
# Look at the last line. `from_pretrained` gives you a model that is ready for **use**, not for training. We come
# back to that.
#
# Now the batches. You know all pieces from {{ lesson:dataloader }}: tokenize once, pad per batch, group posts of
# similar length. One thing is new: sampler and loader share a generator, `order`, which we can set back.

# %% tags=["nbval-check-output"]
import torch
from torch.utils.data import DataLoader
from transformers import AutoTokenizer, DataCollatorWithPadding
from transformers.trainer_pt_utils import LengthGroupedSampler

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
collator = DataCollatorWithPadding(tokenizer)


def tokenize(rows):
    tokens = rows.map(
        lambda batch: tokenizer(batch["text"], truncation=True), batched=True
    )
    return tokens.select_columns(["input_ids", "attention_mask", "label"])


train_tokens = tokenize(train)
{name: len(values) for name, values in train_tokens[0].items() if name != "label"}


# %% tags=["nbval-check-output"]
def make_loader(tokens, size):
    lengths = [len(ids) for ids in tokens["input_ids"]]
    order = torch.Generator()
    sampler = LengthGroupedSampler(size, lengths=lengths, generator=order)
    return DataLoader(
        tokens, size, sampler=sampler, collate_fn=collator, generator=order
    )


loader = make_loader(train_tokens, size=course.pick(laptop=16, full=16, smoke=8))
loader.generator.manual_seed(course.seed)
batch = next(iter(loader))
print(len(loader), "steps in an epoch")
print({name: tuple(values.shape) for name, values in batch.items()})

# %% [markdown]
# Sixteen posts, as wide as the longest of them. For the next questions a smaller batch is enough: the first eight
# posts. We do everything with it, one line at a time.
#
# ## Question 4: why `.to(device)`?
#
# Leave it out for one tensor, the labels, and see. Your machine may have one device only. Then we borrow the
# device `meta` of {{ lesson:cuda_errors }}.

# %%
batch = collator([train_tokens[row] for row in range(8)])
away = torch.device("meta") if course.device.type == "cpu" else torch.device("cpu")
left_behind = {name: values.to(course.device) for name, values in batch.items()}
left_behind["labels"] = left_behind["labels"].to(away)
try:
    model(**left_behind)
except RuntimeError as error:
    print(type(error).__name__, "-", str(error).splitlines()[0])

# %% tags=["nbval-check-output"]
import math

batch = batch.to(course.device)
loss = model(**batch).loss
print(f"loss {loss.item():.1f}, and ln(4) is {math.log(4):.1f}")

# %% [markdown]
# Model and batch must be on one device, and only you can see to it. With `.to`, the batch goes through.
#
# This pass from ids to loss is called **forward**. The loss is near ln(4), as in {{ lesson:dataloader }}: four classes,
# and no idea yet.
#
# ## Question 10: what if `label` is not renamed to `labels`?
#
# Our collator has renamed it: the shapes above say `labels`. Undo that, in one line.

# %% tags=["nbval-check-output"]
unnamed = {"label" if name == "labels" else name: batch[name] for name in batch}
print("loss:", model(**unnamed).loss)

# %% [markdown]
# No loss, and no error either. The next line of the loop would fail. {{ Lesson:dataloader }} has the whole story.
#
# ## Question 5: what does `loss.backward()` do?
#
# Look at three weights before and after: two that can learn, and a frozen one.

# %%
head = "classifier.weight"
deep = "bert.encoder.layer.0.output.dense.weight"
frozen = "bert.embeddings.word_embeddings.weight"
for name in (head, deep, frozen):
    print("before:", model.get_parameter(name).grad, "|", name)
loss.backward()
for name in (head, deep, frozen):
    gradient = model.get_parameter(name).grad
    print("after: ", None if gradient is None else tuple(gradient.shape), "|", name)

# %% [markdown]
# Before: nothing. After: each weight that can learn has a second number beside it, its **gradient**. The frozen
# table has none.
#
# And what does a gradient say? The books say: the slope. If this weight grows a little, how fast does the loss grow?
# We need not believe it. Take the weight with the largest gradient, push it up a little, pull it down a little, and
# ask for the loss.


# %%
@torch.no_grad()
def slope(name, nudge):
    weight, gradient = model.get_parameter(name), model.get_parameter(name).grad
    place = np.unravel_index(gradient.abs().argmax().item(), gradient.shape)
    before = weight[place].item()
    losses = []
    for value in (before + nudge, before - nudge):
        weight[place] = value
        losses.append(model(**batch).loss.item())
    weight[place] = before
    return (losses[0] - losses[1]) / (2 * nudge), gradient[place].item()


for name in (head, deep):
    by_hand, by_backward = slope(name, nudge=0.02)
    print(f"by hand {by_hand:+.5f}, by backward {by_backward:+.5f} | {name}")
    course.record(
        f"slope_ratio_{'head' if name == head else 'deep'}", by_hand / by_backward
    )

# %% [markdown]
# The same slope, up to a little rounding. By hand it took two forward passes for one weight. `backward` finds all the
# millions of slopes in one pass.
#
# (This works because dropout is off. With dropout the model rolls dice, and two losses differ
# for that reason alone.)
#
# ## Question 6: what happens during `optimizer.step()`?
#
# The gradients say in which direction. The **optimizer** moves the weights. Ours is AdamW, the usual one.
# We keep a copy of the model first: all later experiments start from it.

# %% tags=["loop"]
learning_rate = course.pick(laptop=2e-4, full=5e-5, smoke=2e-4)


def make_optimizer(model):
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    return torch.optim.AdamW(weights, lr=learning_rate, weight_decay=0.01, fused=True)


# %%
import copy

untrained = copy.deepcopy(model)
optimizer = make_optimizer(model)
optimizer.step()
old = dict(untrained.named_parameters())
print(f"{'gradient':>9} {'moved by':>10}")
for name in (head, deep, frozen):
    weight = model.get_parameter(name)
    moved = (weight - old[name]).abs().median().item()
    size = 0 if weight.grad is None else weight.grad.abs().median().item()
    print(f"{size:>9.0e} {moved:>10.1e}  {name}")
print(f"learning rate: {learning_rate:.1e}")
print(f"loss: {loss.item():.3f} before, {model(**batch).loss.item():.3f} after")

# %% [markdown]
# Read the two columns. (Each number is the median of a whole table.) The frozen table stayed where it was. The other
# two have gradients of very different size. Yet both moved by the same distance: the learning rate.
#
# That is Adam's trick. It divides each gradient by its own usual size. In the first step nothing remains
# but the sign: up or down. So the **learning rate** is a length: how far each weight walks in one step. The last
# line shows that the walk went downhill, on this batch.
#
# ## Question 7: why `optimizer.zero_grad()`?
#
# The gradients are still there. What does a second `backward` do to them?

# %%
model = copy.deepcopy(untrained)
for count in (1, 2, 3):
    model(**batch).loss.backward()
    print(f"backward {count}: {model.get_parameter(head).grad.norm().item():.4f}")

# %% [markdown]
# Twice the size, three times the size. `backward` **adds** to what is there. `zero_grad` throws it away. Without it,
# each step follows the sum of all batches so far.
#
# The adding has a use. Half a batch, `backward`, the other half, `backward`, and only then a step: that is
# how a big batch fits into a small GPU ({{ lesson:cuda_errors }} measured it).
#
# Does forgetting hurt? We need several steps for that, so we write one step down. Here it is,
# the heart of every training loop.


# %% tags=["loop"]
from torch.nn.utils import clip_grad_norm_


def training_step(model, optimizer, schedule, batch, max_norm=1.0):
    loss = model(**batch.to(model.device)).loss  # forward: how wrong are we?
    loss.backward()  # which way is downhill, for each weight?
    norm = clip_grad_norm_(model.parameters(), max_norm)  # no giant gradients
    optimizer.step()  # walk
    schedule.step()  # set the learning rate of the next step
    optimizer.zero_grad()  # forget the slopes of this batch
    return loss.item(), norm.item()


# %% [markdown]
# Two lines are new. `schedule` is question 8. `clip_grad_norm_` measures the length of all gradients together, the
# **gradient norm**. Is it more than `max_norm`? Then it shrinks them to that length. It returns the norm from before.
#
# Now a short race. Every runner starts from the same model, sees the same short posts and rolls the same dice. One
# runs as it should. For another, `zero_grad` does nothing. Clipping is off (`inf`), so that we see the raw gradients.


# %%
from itertools import islice

from transformers import get_constant_schedule

turns = course.pick(laptop=16, full=40, smoke=3)
short = train_tokens.filter(lambda row: len(row["input_ids"]) <= 20)
race_loader = make_loader(short, size=8)
print(len(short), "short posts,", turns, "batches of 8 in a race")


# %%
def race(seed, schedule_for=get_constant_schedule, zeroed=True):
    runner = copy.deepcopy(untrained).train()
    optimizer = make_optimizer(runner)
    schedule = schedule_for(optimizer)
    if not zeroed:
        optimizer.zero_grad = lambda: None
    torch.manual_seed(seed)
    race_loader.generator.manual_seed(seed)
    return [
        training_step(runner, optimizer, schedule, batch, max_norm=math.inf)
        for batch in islice(race_loader, turns)
    ]


# %% [markdown]
# `get_constant_schedule` is the schedule that changes nothing. The race returns loss and norm of each step.

# %%
right, forgotten = race(seed=1), race(seed=1, zeroed=False)
steps = range(1, turns + 1)
plots.lines(
    {
        "zero_grad forgotten": (steps, [norm for _, norm in forgotten]),
        "as it should be": (steps, [norm for _, norm in right]),
    },
    "The gradients pile up.",
    "step",
    "gradient norm",
)

# %% tags=["record"]
course.record("norm_with_zero_grad", right[-1][1])
course.record("norm_without_zero_grad", forgotten[-1][1])

# %% [markdown]
# The upper line climbs: sixteen batches shout at once, and most of them are over. And the loss? Here is the mean of
# the last five steps.


# %%
def last_loss(steps):
    return np.mean([loss for loss, _ in steps[-5:]])


print(f"as it should be     {last_loss(right):.3f}")
print(f"zero_grad forgotten {last_loss(forgotten):.3f}")

# %% tags=["record"]
course.record("race_zero_grad_forgotten", last_loss(forgotten))

# %% [markdown]
# No crash, no warning. With the offline checkpoint nobody has learned much after 16 steps: guessing costs ln(4) =
# 1.39. So the losses do not tell who forgets. How far apart are two runners that do **not** forget? Question 8 has a
# second seed. The figure needs no second race: the pile is there at every step.
#
# **Try it.** Give the runner that forgets `max_norm=1.0`. Does its line still climb?
#
# <details><summary>An answer</summary>
#
# Hardly. After each step the pile is cut to length 1, and the next batch is added to that. So the norm looks normal,
# but each step still carries the old directions. Clipping hides the mistake. It does not mend it.
#
# </details>
#
# ## Question 8: why a learning rate scheduler?
#
# A **scheduler** changes the learning rate from step to step. The usual one climbs in the first tenth of
# the steps (this is the **warmup**), and then falls to zero. We ask it for 100 steps.


# %% tags=["loop"]
from transformers import get_linear_schedule_with_warmup


def make_schedule(optimizer, steps):
    return get_linear_schedule_with_warmup(optimizer, steps // 10, steps)


# %%
def rates(schedule_for):
    optimizer = make_optimizer(untrained)
    schedule, used = schedule_for(optimizer), []
    for _ in range(100):
        used.append(schedule.get_last_lr()[0])
        optimizer.step()  # moves nothing: there are no gradients
        schedule.step()
    return used


climbing = rates(lambda optimizer: make_schedule(optimizer, 100))
constant = rates(get_constant_schedule)
print("first three:", [f"{rate:.0e}" for rate in climbing[:3]])

# %% [markdown]
# Look at the first number: zero. The first step with this scheduler moves nothing at all. Here are all hundred.

# %%
plots.lines(
    {
        "with scheduler": (range(1, 101), climbing),
        "without": (range(1, 101), constant),
    },
    "The learning rate over 100 steps.",
    "step",
    "learning rate",
)

# %% [markdown]
# Why so shy at the beginning? We have just seen it: Adam's first steps have the full length, however little it knows.
# And the head is still random, so the first gradients say little. That is the idea. Does it help **here**? Two races
# each, with two seeds.


# %%
def warm(optimizer):
    return make_schedule(optimizer, turns)


results = {
    "without": [right, race(seed=2)],
    "with scheduler": [
        race(seed=1, schedule_for=warm),
        race(seed=2, schedule_for=warm),
    ],
}
for name, (one, two) in results.items():
    print(f"{name:<15} seed 1: {last_loss(one):.3f}, seed 2: {last_loss(two):.3f}")
    mean = (last_loss(one) + last_loss(two)) / 2
    course.record("race_" + name.replace(" ", "_"), mean)
spent = sum(climbing) / (100 * learning_rate)
print(f"the scheduler spends {spent:.0%} of the learning rate")

# %% [markdown]
# Compare in two directions. From line to line: with and without. Inside a line: one seed and another. With the
# offline checkpoint the seeds differ as much as the ways. So two races show no difference, and we
# claim none.
#
# And the race is not even fair: look at the last line. The scheduler walks only half of the way.
#
# What a scheduler promises lies elsewhere. It protects a high learning rate in the first steps, and it calms the last
# steps of a long training. We keep it for the long run, as most people do. This notebook does not prove that it helps.
#
# **Try it.** Set `learning_rate = 1e-3` above `make_optimizer`, five times our rate, and run the races again. Does the
# scheduler save the day?
#
# <details><summary>An answer</summary>
#
# With the offline checkpoint: no. Neither loss gets clearly below ln(4). A rate that is much too high stays too high,
# and a short warmup cannot mend it. When a model does not learn, try a lower rate first.
#
# </details>
#
# ## What is one epoch?
#
# The step, for each batch. The model goes into training mode, the order of the posts gets a seed of its own, and
# `tqdm` draws a bar with the loss beside it.

# %%
from tqdm.auto import tqdm


def train_epoch(model, optimizer, schedule, loader, epoch):
    model.train()
    loader.generator.manual_seed(course.seed + epoch)
    history = []
    bar = tqdm(loader, desc=f"epoch {epoch + 1}")
    for batch in bar:
        loss, norm = training_step(model, optimizer, schedule, batch)
        bar.set_postfix(loss=f"{loss:.2f}")
        history.append((loss, norm))
    return history


# %% [markdown]
# `model.train()` trains nothing. It switches on **dropout**: in training, some numbers inside the model are set to zero
# by chance, so that it cannot rely on any one of them.
#
# ## Question 9: what does `torch.argmax(logits, dim=-1)` do?
#
# Three posts go through the model. Four logits come out for each.

# %%
model = copy.deepcopy(untrained)
three = collator([train_tokens[row] for row in range(3)]).to(course.device)
with torch.no_grad():
    logits = model(**three).logits.cpu()
print(logits.numpy().round(2))
by_hand = [row.index(max(row)) for row in logits.tolist()]
print("by hand:     ", by_hand, [labels[number] for number in by_hand])
print("argmax, -1:  ", torch.argmax(logits, dim=-1).tolist())
print("argmax, 0:   ", torch.argmax(logits, dim=0).tolist())

# %% [markdown]
# `dim=-1` goes along each row. It says **where** the largest logit stands, and that place is the class. `dim=0` goes
# down each column, and answers another question: which of the three posts is the angriest? Four answers for three
# posts: that is how you notice.
#
# Now we can judge. `evaluate` collects the logits and the true labels of a whole loader.


# %% tags=["loop"]
@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    logits, truth = [], []
    for batch in loader:
        logits.append(model(**batch.to(model.device)).logits.cpu())
        truth.append(batch["labels"].cpu())
    return torch.cat(logits), torch.cat(truth)


# %% [markdown]
# `no_grad` says: nobody will call `backward`, so keep nothing for it. And `score` makes three numbers out of the
# answers.


# %% tags=["loop"]
from sklearn.metrics import f1_score
from torch.nn.functional import cross_entropy


def score(logits, truth):
    answers = logits.argmax(dim=-1)
    return {
        "loss": cross_entropy(logits, truth).item(),
        "accuracy": (answers == truth).float().mean().item(),
        "macro_f1": f1_score(truth, answers, average="macro"),
    }


# %%
def by_length(rows):
    rows = rows.map(lambda row: {"tokens": len(tokenizer(row["text"])["input_ids"])})
    return rows.sort("tokens")


few = course.pick(laptop=(200, 451), full=(374, 1421), smoke=(24, 24))
validation, test = (
    by_length(posts[split].select(range(min(size, len(posts[split])))))
    for split, size in zip(("validation", "test"), few, strict=True)
)
validation_loader, test_loader = (
    DataLoader(tokenize(rows), 32, collate_fn=collator) for rows in (validation, test)
)
logits, truth = evaluate(model, validation_loader)
print(f"untrained: {score(logits, truth)['accuracy']:.1%} of {len(truth)} right")
print("its answers:", Counter(labels[number] for number in logits.argmax(-1).tolist()))

# %% [markdown]
# Never print a score alone. Print the **counts of the answers** beside it. An untrained model tends to
# give one answer to everything. So does one that was trained in a wrong way, and the score alone does not say so.
#
# Short posts come first here. That changes no score, it only saves time.
#
# ## The training
#
# All pieces together. After each epoch we ask the validation posts, and keep the model if its
# validation loss is the lowest so far.

# %%
epochs = course.pick(laptop=2, full=3, smoke=2)
model = copy.deepcopy(untrained)
optimizer = make_optimizer(model)
schedule = make_schedule(optimizer, epochs * len(loader))
history, judged, best = [], {}, math.inf
print(epochs, "epochs of", len(loader), "steps")

# %% [markdown]
# This cell is the long one. Watch the loss beside the bar: it jumps.

# %%
torch.manual_seed(course.seed)
for epoch in range(epochs):
    history += train_epoch(model, optimizer, schedule, loader, epoch)
    scores = score(*evaluate(model, validation_loader))
    judged[len(history)] = scores["loss"]
    print(
        f"epoch {epoch + 1}", {name: round(value, 3) for name, value in scores.items()}
    )
    if scores["loss"] < best:
        best, best_scores = scores["loss"], {**scores, "epoch": epoch + 1}
        model.save_pretrained(course.workdir / "best")

# %%
from lessons.training_loop.figures import step_curve

losses = [loss for loss, _ in history]
step_curve(losses, "The loss of the training.", "loss", window=10, judged=judged)

# %% tags=["record"]
course.record("steps", len(history))
course.record("best_epoch", best_scores["epoch"])
course.record("best_validation_loss", best)

# %% [markdown]
# The grey line is what the progress bar showed. The blue line is its mean. The diamonds are other posts, which the
# model did not learn from. Training loss below validation loss is normal: the model has seen the training posts.
# {{ Lesson:five_models }} looks at the moment when the two part.
#
# ## Assumption and sceptic
#
# > **Assumption:** *If all is right, the loss falls at each step. If it rises, something is wrong.*
# >
# > **Sceptic:** *Each step is judged on other posts. Some are harder. Count!*

# %%
fifths = [np.mean(part) for part in np.array_split(losses, 5)]
print("mean of each fifth:", np.round(fifths, 2))

# %% tags=["record"]
course.record("share_of_rises", np.mean(np.diff(losses) > 0))
course.record("rises_of_fifths", int(np.sum(np.diff(fifths) > 0)))

# %% [markdown]
# The sceptic is right. In a training that went well, the loss rose at nearly every second step. The means of the five
# parts tell the true story: they fall. One notebook that this course grew from says that the training loss "should
# decrease monotonically", without a rise. No healthy training with batches does that.
#
# ## Does clipping ever act?
#
# The norms of the same steps. The dashed line is the limit.

# %%
norms = np.array([norm for _, norm in history])
step_curve(norms.tolist(), "Clipping.", "gradient norm", 10, limit=("max_norm", 1.0))

# %% tags=["record"]
course.record("largest_norm", norms.max())
course.record("clipped_share", np.mean(norms > 1))

# %% [markdown]
# With the offline checkpoint most steps lie above the limit. So 1.0 is no emergency brake here: it acts
# all the time. Adam forgives that. It divides by the usual size anyway, so shrinking **all** gradients
# alike changes little. What clipping still does: the one giant batch counts no more than the others.
#
# ## What if I forget `model.eval()`?
#
# We load the best model, ask for one post twice, and do the same in training mode.

# %%
del optimizer, schedule  # the training is over: free their memory
model = load(course.workdir / "best")
one = collator([train_tokens[0]]).to(course.device)
for mode in ("eval", "train"):
    model.train(mode == "train")
    with torch.no_grad():
        twice = [model(**one).logits.softmax(-1).max().item() for _ in range(2)]
    print(f"{mode:<5} {twice[0]:.4f} {twice[1]:.4f}")

# %% [markdown]
# In `eval` the same text gets the same answer. In `train` it does not: dropout rolls dice. And the accuracy? `evaluate`
# calls `model.eval()`, so we take away its power for a moment.

# %%
careful = best_scores["accuracy"]  # evaluate had called model.eval()
model.train()
model.eval = lambda: model  # forget it
careless = [score(*evaluate(model, validation_loader))["accuracy"] for _ in range(2)]
del model.eval
print(f"eval: {careful:.1%}, train: {careless[0]:.1%} and {careless[1]:.1%}")

# %% tags=["record"]
course.record("validation_accuracy", careful)
course.record("validation_accuracy_dropout", np.mean(careless))

# %% [markdown]
# Another score each time, for the same weights. How much you lose differs. That you cannot repeat your own number is
# certain.
#
# The opposite mistake is as easy: `evaluate` leaves the model in `eval` mode. Without `model.train()` at the top
# of `train_epoch`, the second epoch would run without dropout, and nothing would tell you.
#
# ## The power fails at step 8. Is all lost?
#
# Colab stops, a laptop battery is empty, somebody presses the button. Can we go on where we were, and get **exactly**
# what we would have got without the break? What must be kept for that?
#
# - the weights of the model;
# - the optimizer: for each weight it remembers two running means, of its gradients and of their squares;
# - the schedule: how far it is;
# - the state of the dice that dropout rolls;
# - the number of the step. It also tells which epoch we are in, and so the order of the posts.
#
# Tensors go into a safetensors file, and numbers into a JSON file. Both are plain data. Many tutorials use
# `torch.save`, whose files can carry programs. We need no such file.


# %% tags=["loop"]
import json

from safetensors.torch import load_file, save_file

on_cpu = course.device.type == "cpu"
dice = torch if on_cpu else torch.get_device_module(course.device)


def save_checkpoint(folder, step, model, optimizer, schedule):
    unfinished = folder / "unfinished"
    model.save_pretrained(unfinished)
    tensors = {"dice": dice.get_rng_state()}
    for number, memory in optimizer.state_dict()["state"].items():
        tensors |= {f"{number} {name}": value for name, value in memory.items()}
    save_file(tensors, unfinished / "training.safetensors")
    kept = {"step": step, "schedule": schedule.state_dict()}
    kept["groups"] = optimizer.state_dict()["param_groups"]
    (unfinished / "training.json").write_text(json.dumps(kept))
    unfinished.rename(folder / f"step-{step:05}")


# %% [markdown]
# The last line is the important one. The power may fail **while** we save. So we write into a folder called
# `unfinished`, and give it its real name at the end. A folder with a real name is always complete.
#
# The way back. `parts` is there for an experiment: we shall leave things out.


# %% tags=["loop"]
def restore(checkpoint, optimizer, schedule, parts=("optimizer", "schedule", "dice")):
    tensors = load_file(checkpoint / "training.safetensors")
    kept = json.loads((checkpoint / "training.json").read_text())
    state, memory = tensors.pop("dice"), {}
    for key, value in tensors.items():
        number, name = key.split()
        memory.setdefault(int(number), {})[name] = value
    if "optimizer" in parts:
        optimizer.load_state_dict({"state": memory, "param_groups": kept["groups"]})
    if "schedule" in parts:
        schedule.load_state_dict(kept["schedule"])
    if "dice" in parts:
        dice.set_rng_state(state)
    return kept["step"]


# %% [markdown]
# And the loop once more, with two new things: it can skip what is done, and it saves now and then.


# %% tags=["loop"]
def train(model, optimizer, schedule, loader, epochs, done=0, folder=None, every=3):
    for epoch in range(done // len(loader), epochs):
        model.train()
        loader.generator.manual_seed(course.seed + epoch)
        for step, batch in enumerate(loader, start=epoch * len(loader) + 1):
            if step <= done:
                continue  # learned before the power failed
            training_step(model, optimizer, schedule, batch)
            if folder and step % every == 0:
                save_checkpoint(folder, step, model, optimizer, schedule)


# %% [markdown]
# The experiment: two epochs of five steps. First without a break. Then with a loader that breaks off when step 8 asks
# for its posts, in the middle of the second epoch.

# %%
import shutil

size = course.pick(laptop=8, full=8, smoke=2)
small_loader = make_loader(short.select(range(5 * size)), size)


def start_over(source=None):
    model = load(source) if source else copy.deepcopy(untrained)
    optimizer = make_optimizer(model)
    return model, optimizer, make_schedule(optimizer, steps=10)


unbroken, optimizer, schedule = start_over()
torch.manual_seed(course.seed)
train(unbroken, optimizer, schedule, small_loader, epochs=2)
print("steps done:", schedule.last_epoch)
del optimizer, schedule

# %% tags=["nbval-check-output"]
batches_asked_for = 0


def collate_until_the_power_fails(rows):
    global batches_asked_for
    batches_asked_for += 1
    if batches_asked_for == 8:
        raise KeyboardInterrupt("the power failed")
    return collator(rows)


folder = course.workdir / "checkpoints"
shutil.rmtree(folder, ignore_errors=True)
small_loader.collate_fn = collate_until_the_power_fails
torch.manual_seed(course.seed)
try:
    train(*start_over(), small_loader, epochs=2, folder=folder)
except KeyboardInterrupt as error:
    print(f"{error}. On the disk:", sorted(path.name for path in folder.iterdir()))

# %% [markdown]
# Step 7 was done, but nobody had saved it. We go on from step 6. All that was in memory is gone: a new model, a new
# optimizer, new dice. To be sure, we roll the dice before.
#
# And then the question that is worth more than a recipe: which of the parts could we have left out?

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


# %%
everything = ("optimizer", "schedule", "dice")
difference = resume_with(everything)
print(f"all parts restored:     {difference:.1e}")
for missing in everything:
    parts = [part for part in everything if part != missing]
    print(f"{'without the ' + missing + ':':<23} {resume_with(parts):.1e}")
assert difference == 0 or not on_cpu

# %% tags=["record"]
course.record("resume_equal", difference == 0)

# %% [markdown]
# Each number is the largest difference between two weights, among millions. With all parts it is **zero**: not nearly
# the same, but the same bits. Leave out any part, and it is another model. It need not be a worse one. But you can no
# longer say what you have.
#
# Two limits. On a GPU some sums are taken in an order that changes, so the last bits can differ there. Another number
# of threads can also change the order of a sum.
#
# (The tests of this course go one step further. They kill a process in the middle, start another one, and compare.)
#
# **Try it.** Freeze nothing in `start_over` after loading: `requires_grad` is not in any file. What does `restore` say?
#
# <details><summary>An answer</summary>
#
# The optimizer then has more weights than its saved memory, and `load_state_dict` refuses:
# `loaded state dict contains a parameter group that doesn't match the size of optimizer's group`. That is
# lucky. Freezing is code, so code must do it again after each loading. Our `load` does.
#
# </details>
#
# ## How good is it?
#
# All choices are made. Now the test posts, once. Beside our model stand the two simple methods from the beginning.
# Each score gets the interval of {{ lesson:start_here }}, now from the course's helper.

# %%
from course_utils.statistics import interval

logits, truth = evaluate(model, test_loader)
tuned = logits.argmax(dim=-1)
truth = truth.numpy()
right = {
    f"always {labels[most_common]}": truth == most_common,
    "counting words": word_counter.predict(list(test["text"])) == truth,
    "fine-tuned": tuned.numpy() == truth,
}
results = {name: interval(values) for name, values in right.items()}
plots.scores(results, f"Three methods, {len(truth):,} unseen posts")

# %%
gain = right["fine-tuned"].astype(int) - right["counting words"].astype(int)
gain, gain_low, gain_high = interval(gain)
print(f"fine-tuned minus counting words: {gain:+.1%}")
print(f"95% interval: from {gain_low:+.1%} to {gain_high:+.1%}")
print("its answers:", Counter(labels[number] for number in tuned.tolist()))

# %% tags=["record"]
course.record("majority_accuracy", results[f"always {labels[most_common]}"][0])
course.record("tfidf_accuracy", results["counting words"][0])
for name, value in zip(("", "_low", "_high"), results["fine-tuned"], strict=True):
    course.record(f"test_accuracy{name}", value)
course.record("test_macro_f1", f1_score(truth, tuned, average="macro"))
course.record("gain_low", gain_low)

# %% [markdown]
# If the interval of the difference lies above zero, the gain over counting words is not luck of these posts. And the
# answers are spread over all classes.
#
# One seed, one training. Another seed would give another number. {{ Lesson:five_models }} tries several.
#
# ## Now you: what does it hear in your sentence?
#
# No `pipeline` today. You know each line of this.


# %%
def predict(sentences):
    batch = tokenizer(sentences, padding=True, truncation=True, return_tensors="pt")
    model.eval()
    with torch.no_grad():
        return model(**batch.to(course.device)).logits.softmax(dim=-1).cpu()


my_sentences = [
    "I can't believe they cancelled my train again.",
    "My sister had her baby, and both are fine!",
    "It is hard now, but we will get through this.",
]
for sentence, chances in zip(my_sentences, predict(my_sentences), strict=True):
    print(f"{labels[chances.argmax()]:>9} ({chances.max():.0%})  {sentence}")

# %% [markdown]
# **Try it.** Write the same event in four moods. Does the model follow the mood, or the event?
#
# <details><summary>An answer</summary>
#
# Take a rainy holiday: *Rain again, thanks for nothing.* / *Rain again, so we baked all day, lovely!* / *Rain again,
# but tomorrow we try once more.* / *Rain again. I miss the sun, and I miss you.* Change one word at a time, and watch
# where the answer tips. The word that tips it is what the model listens to.
#
# </details>
#
# ## Which errors are the worst?
#
# Not each error is equally bad. The loss of a single post says how much of the belief went to wrong classes. Sort by
# it, and read.

# %%
each = cross_entropy(logits, torch.tensor(truth), reduction="none")
chances = logits.softmax(dim=-1)
for row in each.argsort(descending=True)[:6].tolist():
    said, was = tuned[row], truth[row]
    print(
        f"model: {labels[said]} ({chances[row, said]:.0%}), label: {labels[was]}",
        end=" ",
    )
    print(f"({chances[row, was]:.0%})")
    print(f"    {test[row]['text']}")

# %% [markdown]
# Read them aloud. In some the mood hides behind words of another mood: irony, or a hard thing told with hope. In some
# you may take the model's side. The most certain errors are the best teachers: they show what the model listens to,
# or what the label guide forgot.
#
# Which classes does it mix up most?

# %%
confused = Counter(
    f"{labels[was]} taken for {labels[said]}"
    for was, said in zip(truth.tolist(), tuned.tolist(), strict=True)
    if was != said
)
for pair, count in confused.most_common(4):
    print(f"{count:>3}  {pair}")

# %% [markdown]
# Is it what the six errors made you expect? {{ Lesson:evaluation }} makes a table of this. For now, keep the habit:
# after each training, read twenty errors before you change anything.
#
# ## In this notebook we have
#
# - **written** a training loop: forward, `backward`, clip, step, schedule, `zero_grad`, and `evaluate` after each
#   epoch;
# - **answered** ten questions by experiments, and left one open: what the scheduler is worth here;
# - **chosen** the epoch with the lowest validation loss, and judged it once on the test posts;
# - **resumed** a broken training to the same bits, and seen that no part may be missing;
# - **read** the six worst errors.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Expected all tensors to be on the same device` | the batch stayed behind | `batch.to(model.device)` |
# | `'NoneType' object has no attribute 'backward'` | the batch has no `labels` | rename the column, or use the collator |
# | all answers are one class | too few steps, sorted posts, or a learning rate far too high | print the counts; shuffle; divide the rate by 10 |
# | the loss never moves | all is frozen, or the rate is zero | print `schedule.get_last_lr()` and count the weights that can learn |
# | another score at each evaluation | dropout is on | `model.eval()` |
# | the loss is `nan` | the steps are too long | lower the learning rate, clip |
# | `doesn't match the size of optimizer's group` when you resume | other weights are frozen than before | freeze as before, then restore |
# | the resumed training differs | a part was not restored, or the order of the posts | keep dice, optimizer, schedule and step; seed the order by epoch |
#
# **Next:** {{ lesson:trainer }} puts this loop into one object. Much comes with it, and a few traps.
