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
# # {{ number }} · Distillation: how little data can carry a training?
#
# {{ badges }}
#
# **You will be able to**
#
# - **unroll** a training step, and send a gradient back through it to the data;
# - **learn** four samples that train a model in one step, with and without attention labels;
# - **compare** them with real rows, and find again what somebody planted;
# - **carry** them to other heads and other numbers of steps, and see where they fail;
# - **read** a claim such as "98.5% of the original" without being fooled.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("distillation", PROFILE)

# %% [markdown]
# ## May I give away four rows in place of 1,500?
#
# Ines works for a clinic. She has 1,500 posts with a label for the emotion. A partner wants to train a model on them.
# But Ines may not pass on the posts, and the partner has little space. Could she pass on four made-up rows?
#
# **Dataset distillation** promises this. It learns a few artificial rows, **learned samples**, so that a short training
# on them gives nearly the model that all rows give. (Another distillation, where a small model learns from a large one:
# {{ lesson:pretraining }}.)
#
# Our source is an abstract: Maekawa, Kobayashi, Funakoshi and Okumura (2023). AGNews is
# news in four classes. There their distilled data reached "up to 93% accuracy, which is 98.5% that of the original
# dataset, even with only one sample per class and only one gradient step". They fine-tuned BERT. Our posts have four
# classes, too. Our model is smaller, and we **freeze** its lower layers: they stay as they are.
#
# We turn this into five **promises**, and test them. The 85% is our own, lower mark.
#
# 1. With a frozen encoder, only a table on top trains, the head. Four learned samples and one step (one change of the
#    weights) reach 85% of the accuracy of all rows.
# 2. They beat four real rows.
# 3. When the last layer of the encoder trains too, they again reach 85%.
# 4. **Attention labels** (where each token should look) make them better.
# 5. They carry over to heads and numbers of steps that they were not made for.
#
# (Numbers in the text are those of the profile `laptop`.)

# %% [markdown] tags=["slide"]
# - Ines may not pass on her 1,500 posts
# - Dataset distillation: learn four rows that train a model
# - Published: 98.5% with one row a class, one step
#
# **Five promises, before any score.**

# %% [markdown] tags=["notes"]
# Ask the room whether four rows can replace 1,500. Let them write a number: the share of the accuracy that is left.
# Then ask a second question: are made-up rows safe to pass on? Keep both answers until the end. Read all scores from
# the lazy answer, a quarter.

# %% tags=["nbval-check-output"]
import numpy as np
import torch
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
names = posts["train"].features["label"].names
train = posts["train"].select(range(course.pick(laptop=1500, full=1500, smoke=80)))
test = posts["test"].select(range(course.pick(laptop=451, full=451, smoke=40)))
y, truth = torch.tensor(train["label"][:]), np.array(test["label"])
lazy = truth == y.bincount().argmax().item()
print(
    names, len(train), len(test), f"always {names[y.mode().values]}: {lazy.mean():.1%}"
)

# %%
from transformers import AutoConfig, logging

from course_utils import plots
from lessons.distillation import figures

logging.disable_progress_bar()
width, classes = AutoConfig.from_pretrained(course.checkpoint).hidden_size, len(names)
figures.machine(len(train), classes, width)

# %% [markdown]
# Here, many steps learn the samples. There, the partner takes one. The **lazy** answer, always the same label, is right
# for about a quarter: read all scores from there, not from zero.
#
# ## What is one step?
#
# A **head** is a table of weights, one row for each label. A text's vector times this table gives one score for each
# label, and softmax turns scores into chances. One step of gradient descent is
#
# new weights = old weights - rate x gradient.
#
# For the usual loss (cross-entropy), the gradient of the head has a short form: chances minus labels, times the
# vectors.


# %% [markdown] tags=["slide"]
# - New weights = old weights - rate x gradient
# - Gradient of a head: (chances - labels) x vectors
# - From zero, a step copies the sample into the head
#
# **A step writes the sample into the head.**

# %% [markdown] tags=["notes"]
# Do the small example on the board before you run it. Ask what stands in the row of the wrong label. Many say zero. It
# is the sample with a minus. This one sentence, "a step writes the sample", carries the whole lesson.


# %%
def one_step(weights, samples, labels, rate):
    chances = (samples @ weights.T).softmax(1)
    gradient = (chances - labels).T @ samples / len(samples)
    return weights - rate * gradient


# %% tags=["nbval-check-output"]
sample, label = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0]])
print(one_step(torch.zeros(2, 2), sample, label, rate=1.0))

# %% [markdown]
# By hand: with zero weights both chances are 0.5. Chance minus label is -0.5 for the right label and +0.5 for the
# other. Times the vector (1, 2), with a minus before it: the right label's row gets (0.5, 1), the other (-0.5, -1). So
# **a step writes the sample into the head**.
#
# ## How does a sample learn?
#
# Now the data shall move, not the weights. We ask: *if I change this sample a
# little, does the model after the step get better on real points?* The loss **after** the step depends on the new
# weights. They depend on the sample. So the chain rule leads back to the sample. We call this an **unrolled** step.
#
# We try it in the plane. Real points: two clouds. Two samples, one for each label, start at a bad place.

# %% [markdown] tags=["slide"]
# - The loss after the step depends on the sample
# - So a gradient leads back to the sample
# - `create_graph=True` keeps the way open
#
# **Now the data moves, and the weights do not.**

# %% [markdown] tags=["notes"]
# Ask what changes in usual training, and what stays. Then turn it round. Show the push of 0.001: it is how one checks
# any gradient. Ask where the two samples will end. Most say in the middle of their clouds, but they walk past.

# %%
from torch.nn.functional import cross_entropy

torch.manual_seed(course.seed)
side = torch.arange(40) % 2
points = torch.randn(40, 2) * 0.6 + torch.tensor([[-1.0, 1.0], [1.0, -0.5]])[side]


def loss_after(samples, graph=True):
    weights = torch.zeros(2, 2, requires_grad=True)
    loss = cross_entropy(samples @ weights.T, torch.tensor([0, 1]))
    [gradient] = torch.autograd.grad(loss, weights, create_graph=graph)
    return cross_entropy(points @ (weights - gradient).T, side)


# %% [markdown]
# `create_graph=True` is the important word. Without it, PyTorch hands out the gradient as plain numbers. With it, the
# gradient remembers how it was made, and we can differentiate it again. Does it tell the truth? We push one number by
# 0.001 and look.

# %% tags=["nbval-check-output", "slide"]
samples = torch.tensor([[1.0, 1.0], [-1.0, 1.0]], requires_grad=True)
[slope] = torch.autograd.grad(loss_after(samples), samples)
pushed = samples.detach().clone()
pushed[0, 0] += 0.001
change = (loss_after(pushed) - loss_after(samples)).item() / 0.001
print(f"gradient says {slope[0, 0]:.2f}, the push says {change:.2f}")

# %% [markdown]
# They agree. So let the samples walk downhill, 60 times.

# %%
way = []
for _ in range(60):
    way.append(samples.detach().tolist())
    [slope] = torch.autograd.grad(loss_after(samples), samples)
    samples = (samples - slope).detach().requires_grad_()

start_loss, end_loss = (loss_after(torch.tensor(way[n])).item() for n in (0, -1))
print(f"loss after the step: {start_loss:.2f} at the start, {end_loss:.2f} at the end")
figures.paths(points.tolist(), side.tolist(), way, "Two samples walk")

# %% tags=["record"]
course.record("plane_end_loss", end_loss)

# %% [markdown]
# Each sample finds its own side, and walks past its cloud: a learned sample is no typical point. It goes where **one
# step from it** helps more.
#
# **Try it.** Call `torch.autograd.grad(loss_after(samples, graph=False), samples)`. What happens?
#
# <details><summary>Answer</summary>
#
# An error: `One of the differentiated Tensors appears to not have been used in the graph.` The way back to the samples
# is cut. `.detach()` in the wrong place does the same.
#
# </details>

# %% tags=["try"]
try:
    torch.autograd.grad(loss_after(samples, graph=False), samples)
    message = ""
except RuntimeError as error:
    message = str(error)
print(message)
if course.profile == "laptop":
    assert "appears to not have been used in the graph" in message

# %% [markdown]
# ## Four learned vectors
#
# Now the posts. First the cheap case: a frozen encoder gives one vector for each post, and only the head trains. As in
# {{ lesson:recipe }}, the lower layers read each post once. We keep what goes into the last layer.

# %% [markdown] tags=["slide"]
# - Learned: four vectors, four soft labels, one rate
# - Each round: a new random head, one step
# - The loss is measured on real posts
#
# **The partner's head is another one, so each round has another.**

# %% [markdown] tags=["notes"]
# Ask why each round draws a new head. If it were always the same one, the samples would fit that head alone. Point at
# the soft labels: each line has one large chance. The cells that prepare the vectors can be skipped.

# %%
from lessons.distillation.bench import Bench  # the posts, as the last layer gets them

cut = course.pick(laptop=24, full=24, smoke=24)
sides = [(rows["text"][:], rows["label"][:]) for rows in (train, test)]
upper = course.pick(laptop=1, full=2, smoke=1)
bench = Bench(course, upper, train=sides[0], test=sides[1], cut=cut)
print("what enters the upper part:", tuple(bench.lower.shape))

# %%
from torch.nn.functional import normalize

from course_utils.upper_layers import in_parts  # a few hundred posts at a time

vectors_of = bench.model(seed=0).vectors  # as pretrained, then the mean
X = normalize(in_parts(vectors_of, bench.lower, bench.mask))
X_test = normalize(in_parts(vectors_of, bench.test_lower, bench.test_mask))
print("vectors of train:", tuple(X.shape))

# %% [markdown]
# Three things are learned: four **vectors**, four **soft labels** (chances in place of one right answer; they begin at
# 95% for one label), and the **rate** of the step. Its logarithm is kept, so that it stays above zero. Each round takes
# a new random head (the partner's will be another one), does the one step, and measures the loss on real posts. The
# vectors begin as four drawn posts, whatever their labels.


# %%
def new_head():
    return torch.nn.Linear(width, classes, bias=False).weight.detach()


def learn(answers, steps, vectors=X):
    torch.manual_seed(course.seed)
    samples = vectors[torch.randperm(len(vectors))[:classes]].clone()
    soft, log_rate = 4 * torch.eye(classes), torch.tensor(3.0)
    learned = [part.requires_grad_() for part in (samples, soft, log_rate)]
    optimizer = torch.optim.Adam(learned, lr=0.01)
    for _ in range(steps):
        batch = torch.randint(len(vectors), (256,))
        head = one_step(new_head(), samples, soft.softmax(1), log_rate.exp())
        cross_entropy(vectors[batch] @ head.T, answers[batch]).backward()
        optimizer.step()
        optimizer.zero_grad()
    return samples.detach(), soft.detach().softmax(1), log_rate.exp().item()


# %%
distilled = learn(y, steps=course.pick(laptop=100, full=100, smoke=5))
print("learned rate:", round(distilled[2], 1))
print(distilled[1].round(decimals=2))

# %% [markdown]
# Below the rate: the soft labels, one sample a line, each mostly at one emotion. (100 rounds were chosen on the last
# 300 rows of train: 400 fit the other rows too closely.) Now the partner's side: ten new heads, one step each, test
# posts.


# %%
def right_with(head):
    return ((X_test @ head.T).argmax(1).numpy() == truth) * 1.0


torch.manual_seed(7)
learned = np.array([right_with(one_step(new_head(), *distilled)) for _ in range(10)])
print(f"ten heads: {learned.mean():.1%}, from {learned.mean(1).min():.1%}", end=" ")
print(f"to {learned.mean(1).max():.1%}")

# %% [markdown]
# ## Is that better than real rows?
#
# Five rivals, all with one step from a head of zeros. (From zero, the rate cannot change which label is first: it
# stretches all scores alike. So no rival needs a rate.)
#
# - **four random** posts, one for each label, 200 draws;
# - **four typical** posts: the nearest to the mean of their label;
# - **four means**: no real posts, but they cost nothing to make;
# - **all rows, one step**;
# - **all rows, to the end**: a logistic regression, the full training.


# %% [markdown] tags=["slide"]
# - Four learned: close to the full training
# - Four real posts: far behind
# - Four means, which nobody trained: most of the way
#
# **Choose the rival that could win.**

# %% [markdown] tags=["notes"]
# Before the figure, ask for the rivals that the room would want to see. "Random posts" comes first. Wait for somebody
# who says the mean of each label. That is the honest one. Say that a paper with random rows only would hide it.


# %%
def most_typical(vectors, labels, count=1):
    chosen = []
    for label in range(classes):
        places = torch.nonzero(labels == label).flatten()
        distance = (vectors[places] - vectors[places].mean(0)).norm(dim=1)
        chosen += places[distance.argsort()[:count]].tolist()
    return chosen


# %%
from sklearn.linear_model import LogisticRegression

from lessons.distillation.choose import draw, far_apart


def to_the_end(rows):
    given, answers = X[rows].numpy(), y[rows].numpy()
    model = LogisticRegression(C=10, max_iter=2000, fit_intercept=False)
    model.fit(given, answers)  # weights only, as our heads
    return (model.predict(X_test.numpy()) == truth) * 1.0, model.coef_


def from_zero(vectors, labels=None):
    labels = torch.eye(classes) if labels is None else labels
    return right_with(one_step(torch.zeros(classes, width), vectors, labels, rate=1))


# %% [markdown]
# All answer the same test posts.

# %%
full, full_head = to_the_end(range(len(X)))
means = torch.stack([X[y == label].mean(0) for label in range(classes)])
right = {
    "lazy answer": [lazy * 1.0],
    "four random": [from_zero(X[draw(y, 1, seed)]) for seed in range(200)],
    "four typical": [from_zero(X[most_typical(X, y)])],
    "four means": [from_zero(means)],
    "all, one step": [from_zero(X, torch.eye(classes)[y])],
    "all, to the end": [full],
    "four learned": learned,
}

# %% [markdown]
# The intervals draw test posts anew, and heads or rows where there are several. (A mean over 200 draws moves little:
# its bar is short.)

# %%
from course_utils.statistics import interval_over_seeds

right = {name: np.array(table) for name, table in right.items()}
found = {name: interval_over_seeds(table) for name, table in right.items()}
plots.scores(found, "One step on a frozen encoder")

# %% tags=["record"]
for name in ("four random", "four means", "all, to the end", "four learned"):
    course.record(name.replace(" ", "_").replace(",", ""), right[name].mean())

# %% [markdown]
# Four learned vectors come close to the full training, and leave real posts far behind: random ones are about five
# points above the lazy answer. Even **all** rows do less in one step. So one step is not too short: the rows are not
# made for it.
#
# Why less than their own four means? Optimism has the fewest rows, so the step writes it more weakly. With equally many
# rows of each label, both would answer alike.
#
# The honest rival is **the four means**. Nobody trained them, and they reach most of the way. A paper with only random
# rows beside its own would hide this.
#
# ## What is hidden in the four?
#
# "A step writes the sample into the head." Then we can do without learning. Take the head of the full training. From
# zero, one step with four samples gives: each row of the head = rate / 4 x (own sample - mean of the four). So we can
# **solve** for the samples.

# %% [markdown] tags=["slide"]
# - Solve for samples that write the full head: it works
# - Learned samples write nearly the same head
# - A checkerboard stays out of reach
#
# **Four rows can be a model in other clothes.**

# %% [markdown] tags=["notes"]
# Ask how many numbers a head has, and how many the four samples have. It is the same number: give them a moment for
# that. Then the checkerboard: people blame the samples. Ask whether any linear head could hold it, and the blame moves
# to the model.

# %% tags=["nbval-check-output", "slide"]
target = torch.tensor(full_head).float()
target -= target.mean(0)  # the same for all labels: softmax does not see it
zero, hard = torch.zeros(classes, width), torch.eye(classes)
written = one_step(zero, classes * target, hard, rate=1.0)
print("the head came back:", torch.allclose(written, target, atol=1e-5))

# %% [markdown]
# These four **are** the head of the full training, times four. And the four that were learned?


# %%
def compare(head, other):
    heads = [each - each.mean(0) for each in (head, other)]
    first, second = ((X_test @ each.T).argmax(1) for each in heads)
    same = (first == second).double().mean().item()
    return same, torch.cosine_similarity(*heads).mean().item()


like_full = compare(one_step(zero, *distilled), target)
print("learned and full: {:.1%} of the answers, cosine {:.2f}".format(*like_full))

# %% [markdown]
# They write nearly the same head. So on a frozen encoder, "distilled data" can be a model in other clothes. Ines could
# have sent the head: the same 1,536 numbers. The paper's case is harder: there, one step must move a whole encoder.
#
# Now we test the tool. We **plant** a head: the label of a post says which of four drawn posts is
# most like it. Does `learn` find it? (400 rounds: these labels have no noise.)

# %%
rounds = course.pick(laptop=400, full=400, smoke=5)
drawn = X[draw(y, 1, seed=99)]
planted = drawn - drawn.mean(0)
rebuilt = one_step(zero, *learn((X @ planted.T).argmax(1), rounds))
like_planted = compare(rebuilt, planted)
print("rebuilt and planted: {:.1%} of the answers, cosine {:.2f}".format(*like_planted))

# %% [markdown]
# And we plant what no linear head can hold, a **checkerboard**: the label says whether a post lies on the same side of
# two directions, or on different sides.

# %%
directions = torch.linalg.svd(X - X.mean(0), full_matrices=False)[2][:2]  # the main two
sides = [(each - X.mean(0)) @ directions.T > 0 for each in (X, X_test)]
unlike, test_unlike = ((each[:, 0] != each[:, 1]).long() for each in sides)
head = one_step(zero, *learn(unlike, rounds))
ended = LogisticRegression(C=10, max_iter=2000).fit(X.numpy(), unlike.numpy())
board = ((X_test @ head.T).argmax(1) == test_unlike).double().mean().item()
to_end = ended.score(X_test.numpy(), test_unlike.numpy())
larger = test_unlike.bincount().max().item() / len(test_unlike)
print(f"learned {board:.1%}, regression {to_end:.1%}, larger label {larger:.1%}")

# %% tags=["record"]
course.record("learned_answers", like_full[0])
course.record("planted_answers", like_planted[0])
course.record("checkerboard", board)
course.record("checkerboard_regression", to_end)

# %% [markdown]
# The tool finds most of the planted head. The checkerboard stays near its larger label. A regression, trained to the
# end, does about the same: a straight cut takes a corner of the board. No better sample could help: from zero, one step
# makes a linear head. So when a distillation fails, first ask whether the *model* could have held it.
#
# ## Learned places for a real training
#
# Now nearer to the paper. The last layer trains too: about 1.8 million weights. A sample is now a short
# made-up text of 16 **places**. At each place stands a vector, where a real text would have a token. The places enter
# the upper layers directly, so they need no words.
#
# The step is the same, with two rates: one for the head, one for the layers. `functional_call` runs a model with
# weights that we hand over, so the graph stays whole. A **hook**, a function that PyTorch calls when a layer has run,
# keeps its attention probabilities: how strongly each place looks at each other one.

# %% [markdown] tags=["slide"]
# - The last layer trains, too: 1.8 million weights
# - A sample: 16 places, a vector in each
# - No words are needed
#
# **The same unrolled step, nearer to the paper.**

# %% [markdown] tags=["notes"]
# Ask what stands at a place when there is no token. Just a vector, which never came from a word. Keep the code short
# here: point at `create_graph=True` and go on. Say that the rivals may use the better of two rates, chosen in their
# favour.

# %%
from torch.func import functional_call
from torch.nn.functional import kl_div


def loss_of(model, weights, kept):
    places = kept["places"]
    mask = torch.ones(places.shape[:2], dtype=torch.long, device=places.device)
    logits = functional_call(model, weights, (places, mask))
    loss = cross_entropy(logits, kept["labels"].softmax(1))
    if "looks" in kept:  # attention labels: explained below
        loss = loss + kept["pull"].exp() * far_from(kept["looks"], model.looks)
    return loss


# %%
def after_step(model, weights, kept):
    slopes = torch.autograd.grad(
        loss_of(model, weights, kept), list(weights.values()), create_graph=True
    )
    head, layers = kept["rates"].exp()
    return {
        name: weight - (head if name.startswith("head") else layers) * slope
        for (name, weight), slope in zip(weights.items(), slopes, strict=True)
    }


# %% [markdown]
# The loop is that of the plane; `bench.distil` holds it. Each round: a new head, one unrolled step, the loss on 32 real
# posts. We start from four real posts, one for each label: `begin_with` takes their first 16 places.

# %%
rounds, places = course.pick(laptop=80, full=300, smoke=2), 16
long = (bench.mask.sum(1) >= places).cpu()
first = [torch.nonzero(long & (y == label))[0].item() for label in range(classes)]
four_posts = bench.begin_with(first, places)
plain, losses = bench.distil(four_posts, after_step, rounds)
print("rate of the head {:.1f}, of the layers {:.3f}".format(*plain["rates"].exp()))

# %% [markdown]
# The partner takes the four samples, a new head, and one step. `judged` does so for some seeds.

# %%
seeds = range(100, course.pick(laptop=105, full=105, smoke=102))
tuned = {"four learned": bench.judged(plain, after_step, seeds)}
print(f"{len(seeds)} new heads: {tuned['four learned'].mean():.1%}")

# %% [markdown]
# The rivals are real posts: their vectors stand in the 16 places. They may use the learned rates, or those we began
# with. We show the better one, **chosen on the test posts**: unfair, in favour of the rivals. (Random: three draws
# only.) And the full training: all rows, 3 epochs, AdamW, one seed.


# %%
def real(rows, seeds):
    kept = bench.begin_with(rows, places)
    with_rates = [kept | {"rates": rates} for rates in (kept["rates"], plain["rates"])]
    return max(
        (bench.judged(each, after_step, seeds) for each in with_rates), key=np.mean
    )


few = seeds[:3]
random_posts = [real(draw(y, 1, seed), [seed])[0] for seed in few]
tuned["four random"] = np.array(random_posts)
tuned["four typical"] = real(most_typical(X, y), few[:2])

# %%
trained = bench.train_all(epochs=course.pick(laptop=3, full=3, smoke=1))
tuned["all posts"] = bench.right(trained)[None]
print(f"all posts: {tuned['all posts'].mean():.1%}")

# %% [markdown]
# ## Do attention labels help?
#
# The loss of a sample says only which label is right at the end. The paper adds a second teacher: **attention labels**.
# For each place, layer and head of attention, they say *how strongly it should look at each other place*. The step then
# also pulls the model's attention towards these labels. They are learned, like the places. How far two sets of such
# shares are apart is measured by the **KL divergence**: 0 if they are equal. `pull` is its weight, learned too.
#
# We start from the attention that the four posts have before any training. (Our small version: the abstract does not
# say how the paper does it.)


# %% [markdown] tags=["slide"]
# - A second target: where each place should look
# - Half as many numbers again
# - The interval of the gain holds zero
#
# **Not seen here is not refuted.**

# %% [markdown] tags=["notes"]
# Ask what a label for attention could add to a label for the answer. Then show the two last points of the figure, and
# the interval of the difference. Ask whether the paper is wrong now. It had another model, and its abstract gives no
# score without them.


# %%
def far_from(wanted, looks):
    log_looks = torch.stack(looks).clamp_min(1e-9).log()  # a zero has no logarithm
    return kl_div(log_looks, wanted.softmax(-1), reduction="none").sum(-1).mean()


model = bench.model(seed=0)
loss_of(model, dict(model.named_parameters()), four_posts)  # fills `model.looks`
before = torch.stack(model.looks).detach()
print("layers, samples, heads of attention, places, places:", tuple(before.shape))

# %%
begin = four_posts | {"looks": before.clamp_min(1e-9).log()}
begin["pull"] = torch.zeros((), device=course.device)
guided, _ = bench.distil(begin, after_step, rounds)
tuned["with attention labels"] = bench.judged(guided, after_step, seeds)

# %% [markdown]
# One head of attention, as a picture. Bright: the place looks there strongly. Most look at the first one, `[CLS]`, and
# learning keeps this.

# %% tags=["skip"]
pick = (-1, 0, 0)  # last layer, first sample, first head of attention
panels = {
    "before learning": before[pick].tolist(),
    "attention label": guided["looks"].softmax(-1)[pick].tolist(),
}
figures.looks(panels, "Where the 16 places look")

# %%
tuned["lazy answer"] = lazy[None] * 1.0
order = ["lazy answer", "four random", "four typical", "all posts"]
order += ["four learned", "with attention labels"]
shown = {name: interval_over_seeds(tuned[name]) for name in order}
plots.scores(shown, "One step through a layer and a head", highlight_last=False)

# %% [markdown]
# The two learned ones are close. Their difference, and what the labels moved:

# %%
gain = interval_over_seeds(tuned["with attention labels"] - tuned["four learned"])
print("attention labels: {:+.1%}, from {:+.1%} to {:+.1%}".format(*gain))
print({name: part.numel() for name, part in guided.items()})
far = [bench.moved(each, after_step) for each in (plain, guided)]
print("the layer moves by {:.2%} of its length, with labels {:.2%}".format(*far))
print(f"weight of the labels: 1 at the start, {guided['pull'].exp():.0f} at the end")

# %% tags=["record"]
for name in ("four learned", "four random", "all posts"):
    course.record("layer_" + name.replace(" ", "_"), tuned[name].mean())
course.record("attention_gain", gain[0])
course.record("layer_moves", far[0])
course.record("layer_moves_with_labels", far[1])

# %% [markdown]
# Four learned samples and one step give about 85% of the accuracy of the full training. Real posts stay far behind.
#
# And the **attention labels**? No gain can be seen: the interval of the difference holds zero. (A gain of two points
# would fit, too.) They had their chance: half as many numbers again, and a KL divergence whose weight grew. The layer
# moves farther with them, but still little, by about 1%. Does this refute the paper? No. It fine-tuned BERT, and its
# abstract gives no score without them.
#
# **Try it.** Which part of the work does the layer do? Take the learned samples with the layer's rate near zero:
# `still = plain | {"rates": plain["rates"] + torch.tensor([0.0, -20.0])}`. Judge them
# as before, with one seed.
#
# <details><summary>Answer</summary>
#
# Nearly all of the score stays. The samples train the head.
#
# </details>

# %% tags=["try"]
still = plain | {"rates": plain["rates"].cpu() + torch.tensor([0.0, -20.0])}
alone = bench.judged(still, after_step, seeds[:1])
print(
    f"the head alone: {alone.mean():.1%}, both: {tuned['four learned'][0].mean():.1%}"
)
if course.profile == "laptop":
    assert abs(alone.mean() - tuned["four learned"][0].mean()) < 0.08

# %% [markdown]
# ## Can a person read them?
#
# Which real token has the vector nearest to each learned place, as both enter the last layer?

# %% [markdown] tags=["slide"]
# - For each learned place: the nearest real token
# - Four of Ines's posts come back, token by token
# - They began as posts, and moved little
#
# **Artificial data are not anonymous data.**

# %% [markdown] tags=["notes"]
# Take the answer from the start: who thought that made-up rows are safe? Show the cell and read one line aloud. Ask
# what a start from noise would change: the sheet tries it. Careful: our search looked among her own posts.

# %%
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
form = {"truncation": True, "max_length": cut, "padding": True, "return_tensors": "pt"}
every = bench.mask.bool().cpu()
ids = tokenizer(train["text"][:], **form)["input_ids"]
tokens, states = ids[every], normalize(bench.lower.cpu()[every])  # one for each token

# %% tags=["slide"]
for name, place, row in zip(names, plain["places"].cpu(), first, strict=True):
    cosine, where = (normalize(place) @ states.T).max(1)
    words = tokenizer.convert_ids_to_tokens(tokens[where])
    same = (tokens[where] == ids[row, :places]).sum()
    print(f"{name:<9} cosine {cosine.mean():.2f}, {same} of {places} as in her post:")
    print("   ", *words)

# %% [markdown]
# **Yes, and that is bad news for Ines.** These are four of her posts, token by token. We started from them, and 80
# rounds moved the places, but not far from their old tokens. (A partner must search among other texts than hers; we did
# not try that.) So artificial data are not anonymous data. And a start from noise? The sheet tries it.
#
# ## Does it carry over?
#
# The samples were made for one step, for the mean over all places, and for a head of one layer. We break these
# conditions, one at a time, with two heads each (the first line has five).


# %% [markdown] tags=["slide"]
# | used with | result |
# |---|---|
# | new heads of the same kind | no problem |
# | more steps | no clear loss |
# | other kinds of head | lower scores |
#
# **Made for one use, judged in another.**

# %% [markdown] tags=["notes"]
# Ask which of the four changes will hurt most. Then show the figure. Ask whose fault the low scores are: the samples',
# or the head's? We cannot say, because no such head was trained on all posts. That is what "no control" means.

# %%
from lessons.distillation.bench import FirstToken

ways = {
    "2 steps": {"steps": 2},
    "5 steps": {"steps": 5},
    "first token": {"kind": FirstToken},
    "head of two layers": {"deep": True},
}
away = {"as it was made": tuned["four learned"]}
for name, form in ways.items():
    away[name] = bench.judged(plain, after_step, seeds[:2], **form)

# %%
away["lazy answer"] = tuned["lazy answer"]
shown = {name: interval_over_seeds(table) for name, table in away.items()}
plots.scores(shown, "Four samples, used in another way", highlight_last=False)

# %% tags=["record"]
for name in ("5 steps", "first token", "head of two layers"):
    course.record("away_" + name.replace(" ", "_"), away[name].mean())

# %% [markdown]
# New heads of the same kind are no problem: the samples never knew which head would come. More steps show no clear
# loss, and no gain. Other readers of the layer score lower: a head of two layers by about ten points, the first token
# by more. Is this the samples' fault? Open: we trained no such head on all posts.
#
# ## What would 98.5% mean?
#
# "98.5% that of the original" is a **ratio of accuracies**: 93% divided by what all rows give. So all rows gave about
# 94.4%. A ratio hides where guessing begins. Another measure, the **share above lazy**, first subtracts the lazy score
# from both accuracies, and then divides.


# %% [markdown] tags=["slide"]
# - A ratio of accuracies counts what guessing gives
# - Share above lazy: subtract the lazy score first
# - AGNews: about 98% by both, but more mistakes
#
# **Ask where guessing begins.**

# %% [markdown] tags=["notes"]
# Write "lazy 90, all rows 94, distilled 91" on the board. Ask for both numbers. The second one surprises the room.
# Then go back to AGNews, where both agree. Ask what "up to" means: the best of several.


# %% tags=["nbval-check-output"]
def ratio(distilled, all_rows, lazy):
    return distilled / all_rows


def share_above_lazy(distilled, all_rows, lazy):
    if all_rows <= lazy:  # then there is no share
        return float("nan")
    return (distilled - lazy) / (all_rows - lazy)


agnews = 0.93, 0.93 / 0.985, 0.25
print(f"AGNews: ratio {ratio(*agnews):.1%}, above lazy {share_above_lazy(*agnews):.1%}")
print(f"wrong answers: {(1 - agnews[0]) / (1 - agnews[1]) - 1:+.0%}")

# %% [markdown]
# (AGNews has four classes of equal size, so its lazy line is 25%.) On AGNews the two measures nearly agree, because
# both models are far above the line. But look at the mistakes: a quarter more. Now ours, with intervals that draw the
# test posts anew, the same for all. Where all rows are no better than lazy in a draw, the share has no meaning: such
# draws are left out.


# %%
def with_interval(measure, *tables):
    rng = np.random.default_rng(course.seed)
    draws = rng.integers(len(truth), size=(2000, len(truth)))
    found = [measure(*(t[..., each].mean() for t in tables)) for each in draws]
    low, high = np.nanpercentile(found, [2.5, 97.5])  # nan: left out
    return measure(*(table.mean() for table in tables)), low, high


# %%
pairs = {
    "vectors, learned": (right["four learned"], right["all, to the end"]),
    "vectors, random": (right["four random"], right["all, to the end"]),
    "layer, learned": (tuned["four learned"], tuned["all posts"]),
}
measured = {}
for name, pair in pairs.items():
    for way in (ratio, share_above_lazy):
        measured[name, way] = with_interval(way, *pair, lazy * 1.0)
        value, low, high = measured[name, way]
        print(f"{name:<17}{way.__name__:<17}{value:.0%}, from {low:.0%} to {high:.0%}")

# %% tags=["record"]
course.record("ratio_layer", measured["layer, learned", ratio][0])
course.record("above_random", measured["vectors, random", share_above_lazy][0])

# %% [markdown]
# The ratio of the random posts sounds like *nearly half of the original*. Above lazy, little is left: most of
# the ratio is what guessing gives. So "98.5%" says much on an easy task, and less on a hard one. And "up to" means: the
# best of several.
#
# **Try it.** Two classes, lazy is right for 90%. All rows give 94%, the distilled 91%. Ratio? Share above lazy?
#
# <details><summary>Answer</summary>
#
# The ratio is 97%. The share above lazy is 25%: three quarters of what was learned are lost.
#
# </details>

# %% tags=["try"]
tried = ratio(0.91, 0.94, 0.9), share_above_lazy(0.91, 0.94, 0.9)
print(tried)
if course.profile == "laptop":
    assert round(tried[0], 2) == 0.97 and round(tried[1], 2) == 0.25

# %% [markdown]
# ## Are few rows, chosen well, as good?
#
# > **Assumption:** *We need no made-up samples. A few real rows, chosen well, are as good as all.*
# >
# > **Sceptic:** *Chosen well by which rule? And better than drawn ones?*
#
# We give real rows every help: they may train **to the end**, not one step. Two rules choose the same number for each
# label: the most **typical**, or rows **far apart** (always the row farthest from those that we have). Against them: 20
# random draws.


# %% [markdown] tags=["slide"]
# - Real rows may train to the end
# - Typical rows, rows far apart, and random draws
# - 64 rows, by each rule: behind four learned vectors
#
# **Compare a rule with random draws.**

# %% [markdown] tags=["notes"]
# Let the room choose a rule: typical rows, or rows far apart? Many like "far apart", since it covers more. Show that
# it falls behind the random draws. Say the limits: one data set, one model, two rules. When time is short, show the
# figure only.

# %%
sizes = course.pick(laptop=(4, 16, 64), full=(4, 16, 64), smoke=(4, 16))
lines = {"random": {}, "typical": {}, "far apart": {}}
for size in sizes:
    count = size // classes
    ways = {"random": [draw(y, count, seed) for seed in range(20)]}
    ways |= {
        "typical": [most_typical(X, y, count)],
        "far apart": [far_apart(X, y, count, most_typical(X, y))],
    }
    for name, choices in ways.items():
        lines[name][size] = np.array([to_the_end(rows)[0] for rows in choices])

# %%
from course_utils.plots.curves import learning_curve

lines["lazy answer"] = {size: right["lazy answer"] for size in sizes}
shown = {
    name: {size: interval_over_seeds(table) for size, table in tables.items()}
    for name, tables in lines.items()
}
best = f"{right['four learned'].mean():.0%}"
learning_curve(shown, f"Real rows, trained to the end (four learned vectors: {best})")

# %% [markdown]
# The differences:


# %%
def minus(one, other):
    return one - other


for name in ("typical", "far apart"):
    for size in sizes:
        found = 100 * np.array(
            with_interval(minus, lines[name][size], lines["random"][size])
        )
        print(f"{name} minus random, {size} rows:", end=" ")
        print("{:+.1f} points, from {:+.1f} to {:+.1f}".format(*found))

# %% tags=["record"]
for name in ("random", "typical"):
    course.record(name + "_most_rows", lines[name][sizes[-1]].mean())

# %% [markdown]
# **Typical** rows are ahead of the mean draw at 16; at 4 and 64 it stays open. Rows **far
# apart** are behind at 16 and 64. (At 4 both rules take the same rows.) With 64 rows, all stay far below 1,500. So the
# assumption fails here: no rule gave 64 real rows what four learned vectors have. (One set of data, one model, two
# rules.)
#
# ## What was promised, and what was kept?

# %% [markdown] tags=["slide"]
# - Kept: 85% on a frozen encoder; better than four posts
# - Open: 85% with a layer; other heads
# - Not seen: attention labels
#
# **The training was moved to Ines, not saved.**

# %% [markdown] tags=["notes"]
# Return to the numbers that the room wrote down. Ask when distilling pays: when many trainings follow. Then the last
# question: may she pass the rows on? The sequences no; the vectors, nobody has searched. The lesson on privacy goes on
# from here.

# %%
gains = {
    "vectors: learned minus means": (right["four learned"], right["four means"]),
    "layer: learned minus typical": (tuned["four learned"], tuned["four typical"]),
}
for name, pair in gains.items():
    found = 100 * np.array(with_interval(minus, *pair))
    print("{:<29} {:+.1f} points, from {:+.1f} to {:+.1f}".format(name, *found))
print(f"read to distil: {32 * len(losses):,} posts; to train: {3 * len(train):,}")

# %% [markdown]
# | promise | kept? |
# |---|---|
# | 1. frozen encoder: 85% of all rows | yes: the whole interval is above. But the four write nearly the full head |
# | 2. better than four real rows | yes, by far. Against four means a little: the interval begins close to zero |
# | 3. the last layer trains too: 85% | undecided: close to 85%, the interval holds both sides; all rows: one seed |
# | 4. attention labels help | not seen: the interval holds zero |
# | 5. they carry over | to new heads: yes. More steps: no clear loss. Other kinds of head: lower scores, no control |
#
# **What does it cost?** To distil, Ines reads more than half as many posts as a full training does, and each round has
# two gradients in it. So the training was not saved, but moved to Ines. It pays when many trainings follow.
#
# **And may she pass them on?** The four sequences: no, they are still close to four of her posts. The four vectors
# began as posts, too, and nobody has searched them here. {{ Lesson:privacy }} comes back to such questions.
#
# ## In this notebook we have
#
# - **unrolled** a step, and sent the gradient back to the data; a push of 0.001 agreed;
# - **learned** four samples that train a model in one step, with and without attention labels;
# - **compared** them with real rows and with means, and found a planted head again;
# - **carried** them to other heads, another vector and more steps;
# - **read** "98.5%" beside the lazy line and beside the mistakes.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `One of the differentiated Tensors appears to not have been used in the graph.` | a `detach`, or no `create_graph`, cut the way back | keep the graph inside the step |
# | `derivative for aten::_scaled_dot_product_flash_attention_for_cpu_backward is not implemented` | the fast attention has no second derivative; `eager` is slower | `set_attn_implementation("eager")` |
# | wonderful scores, and only here | samples learned on the test rows | learn on train, choose on validation, judge on test |
#
# **Next:** the sheet for this lesson, and then {{ lesson:privacy }}.
