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
# # {{ number }} · Privacy: what has it learned about whom?
#
# {{ badges }}
#
# **You will be able to**
#
# - **plant** rows about invented people, and measure how well a model remembers them;
# - **attack** a classifier with its own loss: was this row in its training data?
# - **compare** ways to train by what they leak, and cures against it;
# - **train** with differential privacy, by hand and with the library opacus, and say what it costs;
# - **check** licences, and why a file of weights can run a program.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("privacy", PROFILE)

# %% [markdown]
# ## May we give this model away?
#
# A town trained a classifier on messages to its help desk. It names the office that must answer. Another town wants the
# model. Vera is the town's data officer. She asks: "Can somebody find out from the model **who wrote to us**?"
#
# > **Assumption:** *a classifier cannot leak. It never writes a text. It only says one of six labels.*
# >
# > **Sceptic:** *it also says how sure it is. Perhaps it is surer about rows that it has seen.*
#
# An experiment decides. Four promises:
#
# 1. We find rows of training, from the model's answers alone, better than a coin.
# 2. We say what makes the leak smaller: fewer epochs, fewer weights, or one of three cures.
# 3. We close the leak for the worst rows, and see no cost in accuracy.
# 4. We train with a promise of arithmetic, and name its price.
#
# No real person is in this notebook. Town and messages are invented, and so are names and codes. (Numbers in the text
# are those of the profile `laptop`.) This is the machine of the attack:

# %% [markdown] tags=["slide"]
# - A classifier names the office for each message
# - Another town wants to have it
# - "It only says one of six labels. It cannot leak."
#
# **Can somebody find out who wrote to us?**

# %% [markdown] tags=["notes"]
# Ask for hands: can a model leak that only says a label? Most say no. Note the number, and come back to it at the end.
# Then point at the figure: the attacker has a row and its label, and reads one number, the loss. Say that people and
# messages are invented.

# %% tags=["nbval-check-output"]
from transformers import AutoTokenizer

from lessons.privacy import figures, planted

[row] = planted.people(1, seed=course.seed)
tokens = AutoTokenizer.from_pretrained(course.checkpoint)(row)["input_ids"]
figures.machine(len(tokens), labels=6)

# %% [markdown]
# The attacker has a row and its label, and asks the model. The **loss** is minus the logarithm of the probability of
# that label: low means *sure*. Training makes the loss of training rows low.  So the loss may tell.
#
# ## Who is in the training rows?
#
# To judge an attack one must know the truth. So we **plant** rows with names and codes that a rule makes. Carlini and
# others (2019) call such rows *canaries*.

# %% [markdown] tags=["slide"]
# - Planted: 20 people to train on, 10 of them four times
# - Twins: 20 of the same form, never trained on
# - Candidates: all other names that one could try
#
# **Labels by chance: only memory can tell them.**

# %% [markdown] tags=["notes"]
# Say first why we plant: without the truth nobody can judge an attack. Ask: why do these people get random labels? Many
# say "to make it harder". In fact, a label that follows from the text could be told without memory. Skip the cell that
# computes the places.

# %% tags=["nbval-check-output", "slide"]
print(row)
CANDIDATES = course.pick(laptop=127, full=127, smoke=15)
people = planted.people(40 + CANDIDATES, seed=course.seed)
print(f"{len(set(people))} different people")

# %% [markdown]
# The first 20 people are **planted**: they go into training. Ten come once, and ten four times, as in a data set with
# copies. The next 20 are their **twins**: the same form, never trained on. All others are **candidates**:
# names that an attacker could think of. Each of these people gets a label **by chance**. So nothing but memory can tell
# the label.

# %% tags=["nbval-check-output"]
import numpy as np
from datasets import concatenate_datasets, disable_progress_bars, load_dataset

disable_progress_bars()
years = load_dataset(*course.dataset("messages"))
desk = concatenate_datasets([years[name] for name in sorted(years)])
desk = desk.shuffle(seed=course.seed)
desk = desk.select(range(course.pick(laptop=1260, full=1260, smoke=90)))
rng = np.random.default_rng(course.seed)
labels = np.r_[rng.integers(6, size=len(people)), desk["label"]]
print(len(desk), "messages;", len(people), "people")

# %% [markdown]
# People come first, then the messages. We keep the places of each group. `inside` goes into training, `outside` does
# not. Both were drawn at random from the same messages: that makes the comparison fair.

# %% tags=["nbval-check-output"]
begin, size = len(people), course.pick(laptop=160, full=160, smoke=24)
once, often, twins = np.split(np.arange(40), [10, 20])
candidates = np.arange(40, begin)
inside = np.arange(begin, begin + size)
outside = np.arange(begin + size, begin + size * course.pick(laptop=3, full=3, smoke=2))
rows = np.r_[inside, once, np.repeat(often, 4)]
print(f"{len(rows)} rows to train on, {len(outside)} outside")

# %% [markdown]
# To save time we train the last layer and a head, as in {{ lesson:labels }}. The layers below read each text once.

# %%
import torch

from course_utils.upper_layers import UpperLayers, in_parts, read_below

texts = [*people, *desk["text"]]
hidden, mask = read_below(texts, course, 1, max_length=32)
wanted = torch.tensor(labels, device=course.device)
print(f"{hidden.shape[0]} texts, at most {hidden.shape[1]} tokens")

# %% [markdown]
# ## How would one see that a row was learned?
#
# Sort the planted row and all candidates by their loss for the same label. **Exposure** (Carlini and others, 2019) is
# log2(rows compared) - log2(rank). One planted row and 127 candidates are 128 rows. Rank 1 gives 7 bits, the most.
# Rank 8 gives 7 - 3 = 4 bits. Where nothing was learned, each rank is equally likely. Half of the ranks give less than
# 1 bit, and the mean is about 1.4 bits.

# %% [markdown] tags=["slide"]
# | rank among 128 | exposure |
# |---|---|
# | 1 | 7 bits |
# | 8 | 4 bits |
# | 64 | 1 bit |
#
# **Nothing learned: 1.4 bits on average, by luck.**

# %% [markdown] tags=["notes"]
# Work rank 8 out on the board: log2(128) is 7, log2(8) is 3. Ask the room for rank 16. Many subtract 16 from 128. Then
# show the control before training: planted rows and twins are both near luck. Ask what it would mean if they were not:
# the comparison would be unfair from the start.


# %% tags=["nbval-check-output"]
def exposure(loss, others):
    rank = 1 + (others <= loss).sum()
    return np.log2(len(others) + 1) - np.log2(rank)


others = np.linspace(1, 2, 127)
for loss in (0.5, 1.06, 1.5):
    print(f"loss {loss}: {exposure(loss, others):.2f} bits")

# %% [markdown]
# Three bits mean: the row stands among the first eighth. An attacker with a list of names may drop the
# other seven eighths. Now the loss of each row, and of each candidate *with the label of the row*:


# %%
from torch.nn.functional import cross_entropy

watched = np.r_[0:begin, inside, outside]


def losses(logits, answers):
    answers = torch.as_tensor(answers).expand(len(logits))
    # double precision: very small losses must not look equal
    return cross_entropy(logits.double(), answers, reduction="none").numpy()


def exposures(logits, places):
    found = []
    for place, label in zip(places, labels[places], strict=True):
        own, others = (losses(logits[each], label) for each in ([place], candidates))
        found.append(exposure(own[0], others))
    return np.array(found)


# %% [markdown]
# First the control: a model without any training.


# %%
def look(model):
    model.eval()
    logits = torch.zeros(len(texts), 6)
    logits[watched] = in_parts(model, hidden[watched], mask[watched])
    return logits


def is_right(logits, places=outside):
    return logits.argmax(1).numpy()[places] == labels[places]


torch.manual_seed(course.seed)
untrained = look(UpperLayers(course, 1, 6))
for name, places in {"planted": np.r_[once, often], "twins": twins}.items():
    print(f"{name}: {exposures(untrained, places).mean():.2f} bits before training")

# %% [markdown]
# Both are near 1.4, as they should be. Twenty rows are few: half a bit up or down is luck.
#
# ## Can a classifier leak at all?
#
# Now train, and look after the epochs 1, 3 and 8.

# %% [markdown] tags=["slide"]
# - Whole layer, LoRA, or the head alone
# - Look after 1, 3 and 8 epochs
# - The twins stay near luck
#
# **Rows that came once are remembered.**

# %% [markdown] tags=["notes"]
# Before the curves, let the room guess: does LoRA remember, does the head alone? Most say that so few weights cannot.
# Then point at the end of the curve of LoRA: it lies near the whole layer. Rows that came four times stand out after
# one epoch, so copies are a risk. The intervals can be skipped.


# %%
def fit(model, rows, rate, epochs, dropout=False, decay=0.01, smoothing=0.0):
    weights = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=decay)
    torch.manual_seed(course.seed)
    answers = {}
    for epoch in range(1, max(epochs) + 1):
        model.train(dropout)  # dropout only where it is asked for
        for batch in torch.tensor(rows)[torch.randperm(len(rows))].split(16):
            said = model(hidden[batch], mask[batch])
            cross_entropy(said, wanted[batch], label_smoothing=smoothing).backward()
            optimizer.step()
            optimizer.zero_grad()
        if epoch in epochs:
            answers[epoch] = look(model)
    return answers


# %% [markdown]
# Three ways, from many weights to few: the whole last layer, LoRA of rank 8 in its matrices ({{ lesson:lora }}), and
# the head alone. Each gets a learning rate that suits it.


# %%
from peft import LoraConfig, get_peft_model

targets = ["query", "key", "value", "dense"]
lora = LoraConfig(r=8, lora_alpha=16, target_modules=targets, modules_to_save=["head"])
RATES = {"whole layer": 5e-4, "LoRA": 3e-3, "head only": 1e-2}


def prepare(way):
    torch.manual_seed(course.seed)
    model = UpperLayers(course, 1, 6)
    if way == "head only":
        model.layers.requires_grad_(False)
    return get_peft_model(model, lora) if way == "LoRA" else model


# %%
EPOCHS = course.pick(laptop=(1, 3, 8), full=(1, 3, 8), smoke=(1, 2, 3))
middle, last = EPOCHS[1], EPOCHS[-1]
found, models = {}, {}
for way, rate in RATES.items():
    models[way] = model = prepare(way)
    count = sum(each.numel() for each in model.parameters() if each.requires_grad)
    found[way] = fit(model, rows, rate, EPOCHS)
    print(f"{way:<11} {count:>9,} weights trained")

# %% [markdown]
# Exposure, in bits, of the rows that came once, of those that came four times, and of the twins:

# %%
import pandas as pd

groups = {"came once": once, "came 4 times": often, "twins": twins}
bits = {}
for way, answers in found.items():
    for epoch, logits in answers.items():
        each = {
            name: exposures(logits, places).mean() for name, places in groups.items()
        }
        bits[way, epoch] = each
pd.DataFrame(bits).T.round(1)

# %% tags=["record"]
for way in RATES:
    course.record("bits_" + way.replace(" ", "_"), bits[way, last]["came once"])
course.record("bits_twins", bits["whole layer", last]["twins"])
course.record("bits_four_first", bits["whole layer", 1]["came 4 times"])
course.record("bits_once_first", bits["whole layer", 1]["came once"])

# %%
from course_utils import plots

curves = {way: (EPOCHS, [bits[way, e]["came once"] for e in EPOCHS]) for way in RATES}
curves["twins"] = (EPOCHS, [bits["whole layer", e]["twins"] for e in EPOCHS])
title = "Rows that came once stand out more and more"
plots.lines(curves, title, "epoch", "exposure, bits (7 is the most)")

# %% [markdown]
# The assumption is wrong. The planted rows climb far above their twins. In the end the whole layer puts **a row that
# came once** among the first few of 128. LoRA does about the same, and even the head alone remembers.
#
# Rows that came four times stand out after the first epoch already. So copies are a risk for people
# ({{ lesson:leakage }} finds them).
#
# Is it luck of ten rows? The mean of each group with its interval, after three epochs:

# %%
from course_utils.statistics import interval

for name, places in groups.items():
    mean, low, high = interval(exposures(found["whole layer"][middle], places))
    print(f"{name:<12} {mean:.1f} bits ({low:.1f} to {high:.1f})")

# %% [markdown]
# The intervals of the twins and of the planted rows do not touch. The twins' interval holds the 1.4 bits of luck.
#
# **Try it.** Does the model know their *codes*, or only their names? For each row of `once` write 31 rows with **the
# same name** and other codes (`planted.other_codes(row, 31)`). Read them with `read_below`, and compute the exposure of
# the true code. The most is 5 bits, luck gives about 1.3. The model: `models["whole layer"]`. Guess first.
#
# <details><summary>An answer</summary>
#
# They know codes, too: about 3 of 5 bits (ten rows, so half a bit may be luck). The true code stands among the first
# few of 32. The label was learned for the whole row, code included. So whoever knows the name may narrow down the code.
#
# </details>

# %% tags=["try"]
code_bits = []
for place in once[: course.pick(laptop=10, full=10, smoke=2)]:
    below = read_below(
        [people[place], *planted.other_codes(people[place], 31)], course, 1
    )
    loss = losses(in_parts(models["whole layer"], *below), int(labels[place]))
    code_bits.append(exposure(loss[0], loss[1:]))
print(f"{np.mean(code_bits):.1f} bits for the code, when the name is known")
if course.profile == "laptop":
    assert 1.5 < np.mean(code_bits) < 5

# %% [markdown]
# ## Was this message in the training rows?
#
# Planted rows are odd on purpose. What about usual messages? To tell which were trained on is **membership inference**.
# The attack by loss (Yeom and others, 2018; Shokri and others, 2017, built a richer one) says *seen* where the loss is
# low.
#
# **AUC** is the chance that a row inside has a lower loss than a row outside. 0.5 is a coin, 1 is perfect. Worked: two
# rows inside with losses 0.1 and 0.9, one outside with 0.5. One of two pairs is in the right order, so the AUC is 0.5.

# %% [markdown] tags=["slide"]
# - Attack: say *seen* where the loss is low
# - AUC: how often a trained row has the lower loss
# - Only labels? Say *seen* where the label is right
#
# **Hiding the probabilities does not close the leak.**

# %% [markdown] tags=["notes"]
# Ask: what can an attacker do who gets only labels? The usual answer is "nothing". Then show the columns of accuracy:
# inside it is far higher than outside, and the gap is his advantage. Point at the column of the AUC from epoch 1 to 8.
# Skip the interval of the AUC when time is short.

# %%
from sklearn.metrics import roc_auc_score


def attack(logits, inside=inside):
    seen, unseen = (losses(logits[each], labels[each]) for each in (inside, outside))
    member = np.r_[np.ones(len(seen)), np.zeros(len(unseen))]
    return roc_auc_score(member, -np.r_[seen, unseen]), seen, unseen


print(f"before training: AUC {attack(untrained)[0]:.2f}")

# %% [markdown]
# The second measure needs a line. Yeom's line is the mean loss of the training rows. The **advantage** is the share of
# rows inside below it, minus the share of rows outside below it.
#
# Perhaps the model gives only labels. Then the attacker says *seen* where the label is right. His advantage is the
# accuracy inside minus the accuracy outside: the **gap**.


# %%
def measures(logits):
    auc, seen, unseen = attack(logits)
    line = seen.mean()
    advantage = np.mean(seen <= line) - np.mean(unseen <= line)
    own, other = is_right(logits, inside).mean(), is_right(logits).mean()
    names = ["acc. inside", "acc. outside", "gap", "AUC", "advantage by loss"]
    return dict(zip(names, [own, other, own - other, auc, advantage], strict=True))


page = {(way, e): measures(found[way][e]) for way in RATES for e in EPOCHS}
pd.DataFrame(page).T.round(2)

# %% tags=["record"]
for (way, epoch), values in page.items():
    if epoch != 1:
        name = f"{way.replace(' ', '_')}_{'middle' if epoch == middle else 'last'}"
        course.record(f"auc_{name}", values["AUC"])
        course.record(f"outside_{name}", values["acc. outside"])

# %% [markdown]
# The attack needs no special tool, and it works on each line of the table. After eight epochs of the whole layer the
# AUC is above 0.9. Labels alone leak as well: the gap is an advantage of more than 0.4. So "it only says labels" does
# not help. (In some lines the gap is even larger than the advantage by loss. The mean is a simple line, not the best
# one.)
#
# How sure is an AUC? `auc_interval` draws rows inside and outside anew, 500 times.

# %%
from lessons.privacy.attacks import auc_interval

for epoch, logits in found["whole layer"].items():
    auc, seen, unseen = attack(logits)
    low, high = auc_interval(seen, unseen, course.seed)
    print(f"epoch {epoch}: AUC {auc:.2f} ({low:.2f} to {high:.2f})")

# %% [markdown]
# ## Does a small set of weights memorize less?
#
# A lecture on BERT fine-tuning advises: "Prefer smaller trainable sets (PEFT) when feasible." *PEFT* is training few
# weights, as LoRA does. After three and after eight epochs the table agrees, after one it does not. But does LoRA at
# that moment also *know* less? A fair comparison puts the leak beside the accuracy:

# %% [markdown] tags=["slide"]
# - From three epochs on, fewer weights leak less (messages)
# - They are less accurate there, too
# - Equal accuracy: about equal leak
#
# **When one stops counts as much as how many weights.**

# %% [markdown] tags=["notes"]
# Read the figure from left to right first: accuracy. Then from below: leak. Ask where a good model would stand: on the
# right, and low. No point is there. Point at the two that lie almost on each other: the head after eight epochs, the
# whole layer after three.

# %%
pairs = {way: {} for way in RATES}
for (way, epoch), line in page.items():
    pairs[way][epoch] = line["acc. outside"], line["AUC"]
figures.leak_and_use(pairs, "More training, more leak")

# %% [markdown]
# For messages, the small sets leak less from the third epoch on: in the end about 0.84 against 0.94. But read the
# figure from left to right, too. LoRA is also **less accurate** at each epoch, and it remembered the planted rows as
# well as the whole layer did. And two points lie almost on each other: the head after eight epochs, the whole layer
# after three. Equal accuracy, equal leak.
#
# So the advice holds at equal epochs, and not at equal accuracy. *When one stops* counts as much as how many weights
# one trains. (One training each, with one seed: a difference of 0.04 may be luck.)
#
# ## What helps against it?
#
# The same lecture says for small data: "Reduce steps/epochs", and "stronger regularization". *Regularization* is what
# keeps a model from fitting its rows too closely. We measure each cure alone, on the whole layer: dropout of 0.3, a
# weight decay a hundred times the usual one, and label smoothing (a target of 83%, and the rest for the other labels),
# each for three epochs.

# %% [markdown] tags=["slide"]
# | cure | the leak |
# |---|---|
# | fewer epochs | clearly smaller |
# | dropout, weight decay, label smoothing | hardly moved |
#
# **Stop early. Measure what else you believe in.**

# %% [markdown] tags=["notes"]
# Let the room bet on one of the four cures before the table comes. Most bet on dropout. Compare each line with *three
# epochs*, and look at the interval: the other three move less than it is wide. Say that this holds for our strengths
# only.

# %%
cures = {"dropout": {"dropout": True}, "weight decay": {"decay": 1.0}}
cures["label smoothing"] = {"smoothing": 0.2}
tried = {"three epochs": found["whole layer"][middle]}
for name, options in cures.items():
    model = prepare("whole layer")
    for part in model.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.3
    tried[name] = fit(model, rows, RATES["whole layer"], (middle,), **options)[middle]
tried["eight epochs"] = found["whole layer"][last]

# %%
helped = {}
for name, logits in tried.items():
    auc, seen, unseen = attack(logits)
    low, high = auc_interval(seen, unseen, course.seed)
    own = {
        "acc. outside": is_right(logits).mean(),
        "AUC": auc,
        "low": low,
        "high": high,
    }
    helped[name] = own | {"bits, came once": exposures(logits, once).mean()}
helped = pd.DataFrame(helped).T
helped.round(2)

# %% tags=["record"]
course.record("gap_whole_layer", page["whole layer", last]["gap"])
course.record(
    "auc_saved_by_stopping",
    helped.loc["eight epochs", "AUC"] - helped.loc["three epochs", "AUC"],
)
for name in cures:
    gain = helped.loc[name, "AUC"] - helped.loc["three epochs", "AUC"]
    course.record("auc_change_by_" + name.replace(" ", "_"), gain)

# %% [markdown]
# One cure matters clearly: **fewer epochs**. From eight to three the AUC falls by about a tenth, and the accuracy falls
# little. The other three move the AUC by a few hundredths, less than its interval is wide. Label smoothing may even add
# to the leak. So the first half of the advice holds here. The second half
# we could not confirm, at these strengths.
#
# ## What if the row is not there?
#
# The cheapest defence stands before the training: take personal data out. A **scanner** looks for patterns: codes, mail
# addresses, phone numbers, "my name is". How good is it? We plant 40 texts for each of six ways to tell such a thing,
# and count. (Patterns and texts have one author. Yours will meet more ways.)

# %% [markdown] tags=["slide"]
# | told as | the scanner |
# |---|---|
# | code, mail, phone, "my name is" | finds it |
# | signed name, code in words | lets it pass |
#
# **A first filter. A person reads a sample.**

# %% [markdown] tags=["notes"]
# Ask for ways to tell a name that no pattern finds. The room finds more than we did. Then show the output: all or
# nothing for each way. Without the planted rows the exposure falls to luck. Say clearly that the other messages leak as
# before.

# %% tags=["nbval-check-output", "slide"]
for way, told in planted.ways_to_tell(40, seed=1).items():
    print(f"{way:<15} {planted.found_in(told).mean():.0%} found   {told[0]}")
alarms = planted.found_in(desk["text"]).sum()
print(f"false alarms: {alarms} of {len(desk):,} messages")

# %% [markdown]
# It finds what has a form, and nothing else: a signed name and a code in words pass. So a scanner is a first filter,
# and a person reads a sample. But all 20 planted rows have a form. Take out what it finds, and train again:

# %%
clean = rows[~planted.found_in([texts[row] for row in rows])]
model = prepare("whole layer")
removed = fit(model, clean, RATES["whole layer"], (middle,))[middle]
print(f"{len(rows) - len(clean)} rows removed")

# %%
both = {"with planted rows": found["whole layer"][middle], "without": removed}
for name, logits in both.items():
    own_bits = exposures(logits, np.r_[once, often]).mean()
    right = is_right(logits)
    print(f"{name:<18} {right.mean():.1%} right outside, {own_bits:.1f} bits")

# %% [markdown]
# The difference of the two accuracies with interval, and the attack on the messages that stay:

# %%
with_them, without_them = (is_right(logits) * 1.0 for logits in both.values())
gain, low, high = interval(without_them - with_them)
print(f"accuracy without them: {gain:+.1%} ({low:+.1%} to {high:+.1%})")
print(f"AUC on the messages that stay: {attack(removed)[0]:.2f}")

# %% tags=["record"]
course.record("bits_removed", exposures(removed, np.r_[once, often]).mean())
course.record("gain_removed", gain)
course.record("scanner_alarms", alarms)

# %% [markdown]
# A success: exposure falls to what luck gives, and we see no loss of accuracy (the interval has 0 in it). But look at
# the last line: the messages that stay leak as before. For them we need something else.
#
# ## Can we promise it by arithmetic?
#
# **Differential privacy** (Dwork and others, 2006) is a promise about the training itself. Train twice, with a row and
# without it. Whoever sees the model can hardly tell which of the two it was. *Hardly* has a number, **epsilon**. Take
# any model that training can give. With the row it is at most e^epsilon times as likely as without it, and the other
# way round. (This may fail by a small chance, **delta**.)

# %% [markdown] tags=["slide"]
# - Train twice: with a row, and without it
# - The two models can hardly be told apart
# - Epsilon says how hardly: small is strong
# - DP-SGD: clip the gradient of each row, add noise
#
# **It holds against every attack.**

# %% [markdown] tags=["notes"]
# Start with the promise, and leave DP-SGD for later. Ask: is a large epsilon good or bad? Many think that it is good.
# Do the bet aloud: a guess of 1 to 1 becomes 2.7 to 1 with epsilon 1. In the figure, point at the long arrows that stop
# at the circle. Skip the code of opacus.

# %% tags=["nbval-check-output"]
for epsilon in (1, 4, 16):
    print(f"epsilon {epsilon}: the odds change at most {np.exp(epsilon):,.1f} times")

# %% [markdown]
# Worked: a guess of 1 to 1 may become 2.7 to 1 (about 73% sure) with epsilon 1, and 55 to 1 with epsilon 4. With 16,
# the promise on paper says nothing.
#
# **DP-SGD** (Abadi and others, 2016) keeps it in two moves. First **clip** the gradient of *each row* to a length: no row
# pulls harder than that. Then add **noise** to the sum, so large that one row drowns in it. We train a head on frozen
# vectors with more rows: noise needs a crowd to hide in.

# %%
from torch.nn.functional import normalize

torch.manual_seed(course.seed)
frozen = normalize(in_parts(UpperLayers(course, 1, 6).vectors, hidden, mask))
ones = torch.ones(len(frozen), 1)  # its weight is the bias
vectors, answer = torch.cat([frozen, ones], 1), torch.tensor(labels)
learn = np.setdiff1d(np.arange(begin, len(texts)), outside)
crowd = np.r_[learn, once, often]  # each once: the promise counts rows
print(f"{len(crowd)} rows to learn, {len(outside)} outside")

# %% [markdown]
# The gradient of one row for a linear head: its vector times (probabilities minus the true label). So each row has a
# gradient of its own, and clipping is one line:


# %%
def row_gradients(weights, places):
    error = (vectors[places] @ weights).softmax(1)
    error -= torch.eye(6)[answer[places]]
    return vectors[places, :, None] * error[:, None]  # rows x numbers x labels


def clipped(gradients, clip):
    length = gradients.flatten(1).norm(dim=1)
    return gradients * (clip / length).clamp(max=1)[:, None, None]


# %% [markdown]
# How long are the gradients of 24 messages and 6 planted rows, after a little training without noise? (The lengths are
# real, the directions are not.)

# %%
weights = torch.zeros(vectors.shape[1], 6)
for _ in range(60):
    weights -= 8 * row_gradients(weights, crowd).mean(0)
shown = np.r_[learn[:24], once[:6]]
lengths = row_gradients(weights, shown).flatten(1).norm(dim=1).tolist()
figures.clip_each(lengths, shown < begin, 1.0, "The clip: no row pulls harder than 1")

# %% [markdown]
# Planted rows pull hard, since nothing else explains their labels. Some messages do, too. The clip stops all of them.
# Now the whole training. Each step draws each row with the same chance (the arithmetic needs that), clips, sums, adds
# noise, and steps.


# %%
STEPS, SHARE, CLIP = course.pick(laptop=200, full=200, smoke=5), 0.2, 1.0


def dp_sgd(noise, seed, clip=CLIP, rate=8.0):  # short vectors, large rate
    random = torch.Generator().manual_seed(seed)
    weights = torch.zeros(vectors.shape[1], 6)
    for _ in range(STEPS):
        drawn = crowd[(torch.rand(len(crowd), generator=random) < SHARE).numpy()]
        total = clipped(row_gradients(weights, drawn), clip).sum(0)
        total += noise * clip * torch.randn(total.shape, generator=random)
        weights -= rate * total / (SHARE * len(crowd))
    return vectors @ weights


# %% [markdown]
# How much noise for which epsilon? An **accountant** computes that from noise, share and steps. We use the one of
# opacus. (A test holds our own small one, `accountant.py`, against it.) Delta is 1 / (10 x rows).

# %%
from opacus.accountants.utils import get_noise_multiplier

delta = 1 / (10 * len(crowd))
plan = {"sample_rate": SHARE, "steps": STEPS, "accountant": "rdp"}
noises = {
    epsilon: get_noise_multiplier(target_epsilon=epsilon, target_delta=delta, **plan)
    for epsilon in (16, 4, 1)
}
print({epsilon: round(noise, 2) for epsilon, noise in noises.items()})

# %% [markdown]
# The same with the library. opacus wraps model, optimizer and loader.

# %%
import warnings

from opacus import PrivacyEngine
from torch.utils.data import DataLoader, TensorDataset

# It says: for a real release, draw the noise from a secure source (secure_mode).
warnings.filterwarnings("ignore", "Secure RNG turned off")
warnings.filterwarnings("ignore", "Full backward hook is firing")  # our input is fixed

# %%
head = torch.nn.Linear(frozen.shape[1], 6)
torch.nn.init.zeros_(head.weight), torch.nn.init.zeros_(head.bias)
optimizer = torch.optim.SGD(head.parameters(), lr=8.0)
table = TensorDataset(frozen[crowd], answer[crowd])
loader = DataLoader(table, round(SHARE * len(crowd)))

# %% [markdown]
# `make_private` changes all three: a loader that draws by chance, gradients row by row, an optimizer with clip and
# noise.

# %%
engine = PrivacyEngine(accountant="rdp")
torch.manual_seed(course.seed)
head, optimizer, loader = engine.make_private(
    module=head,
    optimizer=optimizer,
    data_loader=loader,
    noise_multiplier=noises[4],
    max_grad_norm=CLIP,
)
for _ in range(STEPS // len(loader)):
    for batch, targets in loader:
        optimizer.zero_grad()
        cross_entropy(head(batch), targets).backward()
        optimizer.step()

# %% [markdown]
# Our DP-SGD with the same noise, beside it:

# %%
with torch.no_grad():
    by_opacus = head(frozen)
by_hand = dp_sgd(noises[4], seed=course.seed)
for name, logits in {"by hand": by_hand, "opacus": by_opacus}.items():
    auc, right = attack(logits, learn)[0], is_right(logits)
    print(f"{name:<8} {right.mean():.1%} right outside, AUC {auc:.2f}")
spent = engine.get_epsilon(delta)
print(f"opacus has spent epsilon {spent:.2f}, delta {delta:.5f}")

# %% tags=["record"]
course.record("epsilon_spent", spent)
course.record(
    "hand_minus_opacus", is_right(by_hand).mean() - is_right(by_opacus).mean()
)

# %% [markdown]
# Both keep the same promise, and reach about the same accuracy. Their draws differ, so some answers differ.
#
# ## What does the promise cost?
#
# Three seeds each. The baseline, *no promise*, has no clip and no noise.

# %% [markdown] tags=["slide"]
# - Epsilon 16 costs little, and promises hardly anything
# - Epsilon 1 costs a lot of accuracy
# - Clip without noise: no promise at all
#
# **The noise is what costs.**

# %% [markdown] tags=["notes"]
# Show the dots from the top to the bottom. Ask which line they would choose for Vera. There is no right answer: it is a
# trade. Then point at *no promise*: it leaks less than the models above, and it had more rows. Say that this is
# measured with one attack, and a promise is not.

# %%
plans = {"no promise": (0.0, 50.0)}  # a clip that no row reaches
plans |= {f"epsilon {epsilon}": (noise, CLIP) for epsilon, noise in noises.items()}
runs = {
    name: [dp_sgd(plan[0], seed, plan[1]) for seed in range(3)]
    for name, plan in plans.items()
}

# %%
price, accuracy = {}, {}
for name, three in runs.items():
    accuracy[name] = [float(is_right(run).mean()) for run in three]
    price[name] = {
        "acc. outside": np.mean(accuracy[name]),
        "AUC": np.mean([attack(run, learn)[0] for run in three]),
        "bits, planted": np.mean([exposures(run, np.r_[once, often]) for run in three]),
    }
price = pd.DataFrame(price).T
price.round(2)

# %% tags=["record"]
for name, line in price.iterrows():
    short = name.replace(" ", "_")
    course.record(f"accuracy_{short}", line["acc. outside"])
    course.record(f"auc_{short}", line["AUC"])
    course.record(f"bits_{short}", line["bits, planted"])

# %% [markdown]
# Seed by seed:

# %%
from course_utils.plots.curves import seed_dots

seed_dots(accuracy, "The stronger the promise, the fewer right answers")

# %% [markdown]
# Epsilon 16 costs little. Epsilon 4 costs about 8 points, epsilon 1 more than 20. (Guessing: 17%.) The AUC falls
# towards 0.5. The same lecture says: "Consider DP techniques if required (with utility trade-offs)".
#
# But look at *no promise*. This head leaks less than the models above, and it is more accurate. The planted rows hardly
# stand out. It learned from 960 rows, without copies. So **more rows** may be a defence, too. (Optimizer and vectors
# are others as well, so this run does not prove it.) And that is *measured*, with our simple attack. A promise holds
# against every attack, also against one that nobody knows yet.
#
# **Try it.** Who pays first? Call `dp_sgd(0.0, 0)` (a clip, no noise). Compare accuracy and AUC with *no promise*.
# Guess first: does the clip alone give any promise?
#
# <details><summary>An answer</summary>
#
# Accuracy and AUC stay about the same. The clip alone promises nothing: without noise, epsilon is infinite. The noise
# is what costs.
#
# </details>

# %% tags=["try"]
no_noise = dp_sgd(0.0, 0)
right = is_right(no_noise)
print(f"{right.mean():.1%} right, AUC {attack(no_noise, learn)[0]:.2f}")
if course.profile == "laptop":
    assert abs(right.mean() - price.loc["no promise", "acc. outside"]) < 0.06
    assert abs(attack(no_noise, learn)[0] - price.loc["no promise", "AUC"]) < 0.05

# %% [markdown]
# ## May we give it away at all?
#
# A model that leaks nothing may still not be ours to give. Three questions come first. The **licence**: what do the
# owners of data and weights allow? The **provenance**: where does each row come from? The **consent**: did the people
# agree to *this* use? A card (README.md) must answer. We read the cards of two data sets and of the checkpoint:

# %% [markdown] tags=["slide"]
# - Licence: what do the owners allow?
# - Provenance: where does each row come from?
# - Consent: did people agree to *this* use?
#
# **No code can read consent.**

# %% [markdown] tags=["notes"]
# Ask who has read the card of the last model that they downloaded. Few have. A dash in the table says that a pattern
# found nothing, and no more. This section is short, and can be read at home.

# %%
from lessons.privacy import cards

folders = {name: course.dataset(name)[0] for name in ("messages", "reviews")}
folders["the checkpoint"] = course.checkpoint
pd.DataFrame({name: cards.read_card(folder) for name, folder in folders.items()}).T

# %% [markdown]
# A `-` says that our few patterns found no such words, and no more. It is a question to a person. Both licences here
# allow that the model is given away, and ask to name the source. No code can read consent: somebody must have asked.
#
# ## Can a file of weights run a program?
#
# Vera's last question is about the file. The old format of torch is Python's *pickle*. A pickle is a list of orders
# for building objects, and an order may **call any function**. This object asks to be built by `exec`, which runs code:

# %% [markdown] tags=["slide"]
# - A pickle is a list of orders to build objects
# - By default, `torch.load` takes tensors only
# - `weights_only=False`: the orders are obeyed
# - safetensors: names and numbers, no orders

# %% [markdown] tags=["notes"]
# Ask what they do when a forum says "just add `weights_only=False`". Most would do it. Then show the two openings: the
# second one leaves a trace. The trap is harmless, and it ran in a process of its own. End with safetensors.

# %% tags=["nbval-check-output"]
import inspect

from lessons.privacy import trap

print(inspect.getsource(trap.Acts))

# %% [markdown]
# It is harmless: it writes one line into its own temporary folder. We open it in a **process of its own**, twice.

# %% tags=["nbval-check-output", "slide"]
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    trap.write(Path(folder))
    for name, call in trap.OPENERS.items():
        print(f"{name}: {call}")
        for what, words in trap.open_with(call, Path(folder)).items():
            print(f"    {what}: {words}")

# %% [markdown]
# The default of `torch.load` builds tensors only, and **refuses**. With `weights_only=False` the program ran: the trace
# is there. *safetensors* has no orders at all: a table of names, and numbers.

# %% tags=["nbval-check-output"]
from safetensors.torch import load, save

data = save({"head.weight": torch.zeros(2, 3)})
print(data[8:80].decode(errors="replace").split("}}")[0] + "}}")
print(load(data))

# %% [markdown]
# A published notebook says: "safe_serialization=True: Prevents pickle vulnerabilities (Uses safetensors format)". The
# reason is right. But the argument is gone from transformers: `save_pretrained` writes safetensors, and nothing else.
#
# ## Verdict
#
# | promised | kept? |
# |---|---|
# | 1. find training rows | yes: planted rows reach half of the 7 bits and more, messages an AUC far above a coin |
# | 2. say what makes the leak smaller | fewer epochs: clearly. Few weights: for messages, and at equal epochs. The three cures: not shown here |
# | 3. close the leak for the worst rows, no cost seen | yes for rows with a form (a cost of some points is not ruled out); the scanner misses others |
# | 4. a promise of arithmetic, and its price | yes: about 8 points for epsilon 4, more than 20 for epsilon 1 |
#
# Vera's answer: "Not this model." First the scanner and a reader. Then a head with a promise, for three epochs alone
# still leak (an AUC of about 0.83). Then the cards, and a file of safetensors. A classifier leaks through how sure it
# is, and even its labels leak.
#
# Our membership inference is simple. A better one finds more.

# %% [markdown] tags=["slide"]
# - Found: planted rows, and usual messages
# - Fewer epochs: less leak
# - A scanner closes it for what has a form
# - Differential privacy promises, and has a price
#
# **Vera: "Not this model."**

# %% [markdown] tags=["notes"]
# Come back to the hands of the beginning. Ask what Vera should do first. The order counts: take rows out, train with a
# promise, write the card, give out safetensors. A better attack would find more than ours.

# %% [markdown]
# ## In this notebook we have
#
# - **planted** rows about invented people, and measured their exposure beside twins;
# - **attacked** a classifier with its own loss, and with its labels alone;
# - **compared** three ways to train by what they leak, and four cures;
# - **trained** with differential privacy, by hand and with opacus, and named the price;
# - **checked** licences, and seen a file of weights run a program.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Weights only load failed`, `Unsupported global` | the file holds more than tensors | do not switch the check off; ask for safetensors |
# | `Secure RNG turned off` | the noise of opacus can be foretold | fine to learn; `secure_mode=True` for a release |
# | an AUC far from 0.5 before training | rows inside and outside differ by themselves | draw both at random from one set |
# | a small epsilon, and the planted row still leads | the person has many rows | the promise is for one row: count per person |
# | clipped, but no promise holds | the mean of the batch was clipped | clip the gradient of each row, then sum |
#
# **Next:** the sheet for this lesson, and then {{ lesson:reproducibility }}.
