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
# # {{ number }} · LoRA: must I train all the weights?
#
# {{ badges }}
#
# **You will be able to**
#
# - **compare** four ways to fine-tune, by what they give and by what they cost;
# - **explain** what rank, alpha and targets do, and see the rank of a real update;
# - **save** an adapter, load it again, and mend the error of a wrong `num_labels`;
# - **merge** an adapter into its model, switch between two, and mix them;
# - **doubt** an answer, and know when.
#
# {{ times }}
#
# In {{ lesson:training_loop }} we trained all layers, and saved all weights. For each new task, all of that again.
# Today we train a thin layer of changes, an **adapter**, and leave the model as it is. Is that good enough? We measure.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("lora", PROFILE)

# %% [markdown]
# ## What does the town want?
#
# A town asks its people about plans: a speed limit, a sugar tax, benches. People write back. Is a writer for the plan,
# against it, or neither? Next year there will be plans that nobody has thought of yet.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

opinions = load_dataset(*course.dataset("stance"))
labels = opinions["train"].features["label"].names
topics = {split: set(rows["topic"]) for split, rows in opinions.items()}
for split, rows in opinions.items():
    print(f"{split:<11} {len(rows):>5} posts on {len(topics[split]):>2} plans")
print("plans in both train and test:", topics["train"] & topics["test"])
print("test:", *sorted(topics["test"]))

# %% [markdown]
# The test posts are about six plans that no training post speaks of. So it helps nobody to remember arguments about
# sugar. A model has to hear approval and rejection as such. Read three:

# %% tags=["nbval-check-output"]
for post in opinions["test"].select((1, 2, 3)):
    print(f"{labels[post['label']]:>8}: {post['text']}")

# %% [markdown]
# No easy task. These texts were written for the course, so we may show them.
#
# We take a part of the training posts now, so that three trainings fit into a minute, and keep the others for later.
# The test is complete. Short posts come first ({{ lesson:dataloader }}).

# %% tags=["nbval-check-output"]
size = course.pick(laptop=256, full=800, smoke=24)
train = opinions["train"].select(range(size))
later = opinions["train"].select(
    range(size, course.pick(laptop=656, full=1197, smoke=48))
)
test = opinions["test"].map(lambda post: {"length": len(post["text"])}).sort("length")
if course.profile == "smoke":
    test = test.select(range(24))
len(train), len(later), len(test)

# %% [markdown]
# ## How far do we get without training the model?
#
# First the two methods that know no pretrained model: the lazy one, and counting words ({{ lesson:start_here }}).

# %%
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

truth = np.array(test["label"])
most_common = np.bincount(train["label"]).argmax()
right = {f"always {labels[most_common]}": truth == most_common}
counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
counter.fit(list(train["text"]), train["label"])
right["counting words"] = counter.predict(list(test["text"])) == truth
for name, answers in right.items():
    print(f"{name:<15} {answers.mean():.1%} right")

# %% [markdown]
# And a **frozen encoder**, the probe of {{ lesson:bert_for_sequence_classification }}: one vector of each post, the
# mean of its token vectors, and a regression that learns from the vectors. That lesson also found that the mean beats
# `[CLS]` and its pooler, by far. So today's classifier reads the mean. Nine lines of ours replace the library's
# `forward`.


# %% tags=["model"]
from torch.nn.functional import cross_entropy
from transformers import BertForSequenceClassification
from transformers.modeling_outputs import SequenceClassifierOutput


class MeanPooling(BertForSequenceClassification):
    def __init__(self, config):
        super().__init__(config)
        self.bert.pooler = None  # nobody reads it

    def forward(self, input_ids, attention_mask, labels=None, **more):
        hidden = self.bert(input_ids, attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1)
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
        logits = self.classifier(self.dropout(mean))
        loss = None if labels is None else cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


# %% [markdown]
# We load it once. Whenever we start again, `fresh_model` gives a copy. So each start has the same random head.

# %% tags=["nbval-check-output"]
import copy

import torch
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
torch.manual_seed(course.seed)
pretrained = MeanPooling.from_pretrained(course.checkpoint, num_labels=len(labels))


def fresh_model():
    return copy.deepcopy(pretrained).to(course.device)


fresh_model().classifier

# %% [markdown]
# A second tool reads the posts, 64 at a time, and cuts them into tokens.


# %% tags=["nbval-check-output"]
def batches(rows):
    settings = {"padding": True, "truncation": True, "max_length": 64}
    for batch in rows.iter(64):
        tokens = tokenizer(batch["text"], return_tensors="pt", **settings)
        yield tokens.to(course.device)


[tuple(batch["input_ids"].shape) for batch in batches(test)]

# %% [markdown]
# Few tokens in the first batches, since short posts come first. Now the vectors. The encoder does not learn, so every
# post goes through it only once.

# %%
import time


@torch.no_grad()
def mean_vectors(model, rows):
    vectors = []
    for batch in batches(rows):
        hidden = model.base_model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        vectors.append((hidden * mask).sum(dim=1) / mask.sum(dim=1))
    return torch.cat(vectors).cpu().numpy()


# %%
begun = time.perf_counter()
probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
probe.fit(mean_vectors(fresh_model(), train), train["label"])
seconds = {"frozen encoder": time.perf_counter() - begun}
right["frozen encoder"] = probe.predict(mean_vectors(fresh_model(), test)) == truth
print(f"{seconds['frozen encoder']:.1f} s to learn")
print(f"{right['frozen encoder'].mean():.1%} right")

# %% [markdown]
# Keep this number. Everything that follows has to beat it, and costs more.
#
# ## What does LoRA add to a matrix?
#
# **LoRA** means *low-rank adaptation* (Hu et al., 2021). Take one matrix of the model, the `query` of a layer. Training
# would change each of its numbers. LoRA leaves it as it is, and adds a second matrix: the **update**. The update is
# made of two thin ones.

# %% tags=["nbval-check-output"]
matrix = pretrained.base_model.encoder.layer[0].attention.self.query.weight
side, rank = matrix.shape[0], 8
B, A = torch.zeros(side, rank), torch.randn(rank, side)
update = B @ A
print("the matrix  ", tuple(matrix.shape), "=", f"{matrix.numel():,} numbers")
print("B and A     ", tuple(B.shape), tuple(A.shape), "=", f"{B.numel() + A.numel():,}")
print("their product", tuple(update.shape))

# %% [markdown]
# The product is as big as the matrix. But with the offline checkpoint, only 6,144 numbers stand behind it instead of
# 147,456. The number 8 is the **rank**, `r`.
#
# B begins as zeros, so the first update is zero. Now let PEFT, the library, do this to our model. `target_modules`
# names the matrices that get an update.

# %%
from peft import LoraConfig, get_peft_model

model = fresh_model()
first_try = LoraConfig(task_type="SEQ_CLS", r=8, target_modules=["query", "value"])
before = model(**next(batches(test))).logits
adapted = get_peft_model(model, first_try)
adapted.print_trainable_parameters()
after = adapted.eval()(**next(batches(test))).logits
print("largest change of a logit:", (after - before).abs().max().item())
assert torch.equal(before, after)

# %% [markdown]
# Read the first line word by word:
#
# - **trainable params**: the numbers that the optimizer may change;
# - **all params**: the model *with* its additions, so it is a little more than before;
# - **trainable%**: one divided by the other, in percent.
#
# A lecture that this course grew from speaks of "1 to 10%". Here it is a third of **one** percent, with the offline
# checkpoint. It depends on `r`, on the targets and on the model. So compute it.
#
# The last line: at the start, the adapted model says exactly what the model said. Training begins where the
# pretrained model stands.
#
# Who is trainable? Let us not guess.

# %% tags=["nbval-check-output"]
from collections import Counter

trainable = Counter()
for name, weight in adapted.named_parameters():
    if weight.requires_grad:
        kind = "head" if "classifier" in name else name.split(".")[-4]
        trainable[kind] += weight.numel()
print(dict(trainable), "together", f"{trainable.total():,}")
print("trained in full and kept beside:", sorted(first_try.modules_to_save))

# %% [markdown]
# Two matrices in each layer, and the head. We did not ask for the head. `task_type="SEQ_CLS"` did: it means sequence
# classification, and then PEFT trains the head in full. (`modules_to_save` names it twice: `classifier` in BERT,
# `score` in other models.)
#
# Here is the plan that we use from now on.


# %% tags=["nbval-check-output"]
def lora_plan(rank=8, targets=("query", "value"), **more):
    return LoraConfig(
        task_type="SEQ_CLS",
        r=rank,
        lora_alpha=2 * rank,  # how loud the update is: more on this below
        lora_dropout=0.1,  # dropout on the way into A, only in training
        target_modules=targets if isinstance(targets, str) else list(targets),
        **more,
    )


adapted = get_peft_model(fresh_model(), lora_plan())
trained, whole = adapted.get_nb_trainable_parameters()
print(f"{trained:,} of {whole:,}")

# %% tags=["record"]
course.record("lora_trainable_share", trained / whole)

# %% [markdown]
# What if the names are wrong? Each kind of model has its own. In DistilBERT, for example, they are `q_lin` and `v_lin`.

# %% tags=["nbval-check-output"]
try:
    get_peft_model(fresh_model(), lora_plan(targets=["q_lin", "v_lin"]))
except ValueError as error:
    print(type(error).__name__, "-", str(error).split(". ")[0])
linear = {
    name.split(".")[-1]
    for name, part in fresh_model().named_modules()
    if isinstance(part, torch.nn.Linear)
}
print("names of linear layers here:", *sorted(linear))

# %% [markdown]
# The error says that no module was found. The last line is the way out: ask the model for its names.
#
# ## Four ways, one protocol
#
# Now the comparison. Each way is a decision about `requires_grad`. (The first way is done: it trains nothing of the
# model.)


# %%
def prepare(way):
    if way == "LoRA":
        return get_peft_model(fresh_model(), lora_plan())
    model = fresh_model()
    body = model.base_model
    if way == "full":
        body.embeddings.requires_grad_(False)
        return model
    model.requires_grad_(False)
    if way == "last two layers":
        for part in (body.encoder.layer[-2:], model.classifier):
            part.requires_grad_(True)
    return model


# %% tags=["nbval-check-output"]
ways = ["frozen encoder", "last two layers", "full", "LoRA"]
trained_weights = {}
for way in ways:
    model = prepare(way)
    trained_weights[way] = sum(w.numel() for w in model.parameters() if w.requires_grad)
    everything = sum(w.numel() for w in model.parameters())
    share = trained_weights[way] / everything
    print(f"{way:<16} {trained_weights[way]:>10,} of {everything:,} = {share:.2%}")
regression = probe[-1]
trained_weights["frozen encoder"] = regression.coef_.size + regression.intercept_.size
print("outside of the model, the regression has", trained_weights["frozen encoder"])
del adapted, model  # models are big: we throw away what we need no more

# %% [markdown]
# Note what *full* means here: all but the table of word pieces, as in {{ lesson:start_here }}. On a CPU the optimizer
# needs much time for that table, and a few hundred posts touch few of its rows.
#
# The **protocol** is the same for all: the same posts, in the same order, in the same batches, the same number of
# steps. Only the learning rate differs. A rate that is right for eleven million weights is far too small for eighty
# thousand.

# %%
steps = course.pick(laptop=32, full=450, smoke=4)
settings = {
    "output_dir": course.workdir / "checkpoints",
    "per_device_train_batch_size": course.pick(laptop=8, full=16, smoke=4),
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "train_sampling_strategy": "group_by_length",
    "logging_steps": max(1, steps // 3),
    "save_strategy": "no",
    "report_to": "none",
    "seed": course.seed,
}
print(steps, "steps of", settings["per_device_train_batch_size"], "posts")

# %% [markdown]
# And the learning rates:

# %% tags=["nbval-check-output"]
rates = course.pick(
    laptop={"last two layers": 1e-3, "full": 1e-4, "LoRA": 5e-3},
    full={"last two layers": 1e-4, "full": 5e-5, "LoRA": 5e-4},
    smoke=dict.fromkeys(ways[1:], 1e-3),
)
rates

# %% [markdown]
# Where do the rates come from? For `laptop` we tried three for each way, with three seeds, and kept the best on the
# *validation* plans. The script and all its runs are in `benchmarks`, as `lora_ways`. The test plans chose nothing.
# (For `full` they are common values, not tuned.)
#
# One often reads that 2e-4 "prevents catastrophic forgetting". It is simply a usual value for LoRA, mostly in far
# bigger models. Nothing about it prevents anything.


# %%
from transformers import Trainer, TrainingArguments


def train_model(model, rows, rate, steps=steps):
    arguments = TrainingArguments(max_steps=steps, learning_rate=rate, **settings)
    tokens = rows.map(
        lambda batch: tokenizer(batch["text"], truncation=True, max_length=64),
        batched=True,
    )
    trainer = Trainer(
        model=model, args=arguments, train_dataset=tokens, processing_class=tokenizer
    )
    seconds = trainer.train().metrics["train_runtime"]
    model.zero_grad()  # the last gradients are not needed any more
    return seconds


# %%
@torch.no_grad()
def ask(model, rows):
    model.eval()
    return torch.cat([model(**batch).logits.cpu() for batch in batches(rows)]).numpy()


def hits(logits):
    return logits.argmax(axis=-1) == truth


# %% [markdown]
# Now the three trainings. Below each name you see its loss.

# %%
models, logits = {}, {}
for way in rates:
    print(way)
    models[way] = prepare(way)
    seconds[way] = train_model(models[way], train, rates[way])
    logits[way] = ask(models[way], test)
    right[way] = hits(logits[way])

# %%
for way in ways:
    print(f"{way:<16} {seconds[way]:>5.1f} s  {right[way].mean():.1%} right")

# %% tags=["record"]
for way in ways:
    course.record(f"{way.replace(' ', '_').lower()}_accuracy", right[way].mean())

# %% [markdown]
# Look at the last lines and at the loss above. With the offline checkpoint, this minute teaches very little: guessing
# one of three costs ln(3) = 1.10. Keep that in mind. We first ask for the costs. They are the same, however long we
# train.
#
# ## What does each way cost?
#
# Seconds we have. Next the **memory** of a training step, with the counter of {{ lesson:cuda_errors }}. The frozen
# encoder only goes forward.

# %%
from course_utils.memory import PeakMemory, dry_run

place = course.device if course.device.type == "cuda" else torch.device("cpu")


def two_steps(model, texts=16, tokens=64):
    ids = torch.ones(texts, tokens, dtype=torch.long, device=place)
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    if not learning:
        with torch.no_grad():
            return model(ids, torch.ones_like(ids))
    optimizer = torch.optim.AdamW(learning)
    for _ in range(2):
        model(ids, torch.ones_like(ids), labels=ids[:, 0]).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


# %%
peaks = {}
for way in ways:
    patient = prepare(way).to(place).train()
    with dry_run(patient, place), PeakMemory(patient, device=place) as memory:
        two_steps(patient)
    peaks[way] = memory.peak_mb
    print(f"{way:<16} {peaks[way]:>5.0f} MB")
del patient

# %% tags=["record"]
for way in ways:
    course.record(f"{way.replace(' ', '_').lower()}_peak_mb", peaks[way])

# %% [markdown]
# Then the **disk**: save what each way has made, and weigh the folder. For the frozen encoder we count the numbers of
# the regression.

# %%
learned = (regression.coef_, regression.intercept_, probe[0].mean_, probe[0].scale_)
disk = {"frozen encoder": sum(numbers.nbytes for numbers in learned) / 1e6}
for way, model in models.items():
    folder = course.workdir / way.replace(" ", "_").lower()
    model.save_pretrained(folder)
    disk[way] = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
for way in ways:
    print(f"{way:<16} {disk[way]:>6.2f} MB")
del models["last two layers"]

# %% tags=["record"]
course.record("full_disk_mb", disk["full"])
course.record("lora_disk_mb", disk["LoRA"])

# %% [markdown]
# And the **accuracy** gets the interval of {{ lesson:start_here }}, now from the course's helper.

# %%
from course_utils.statistics import interval

gains = {name: interval(answers) for name, answers in right.items()}
for name, (value, low, high) in gains.items():
    print(f"{name:<18} {value:.1%}, from {low:.1%} to {high:.1%}")

# %% [markdown]
# All of it in one table, and in one figure:

# %%
import pandas as pd

costs = {
    "seconds": seconds,
    "peak, MB": peaks,
    "trained weights": trained_weights,
    "MB on disk": disk,
}
percent = {name: 100 * value for name, (value, _, _) in gains.items()}
table = pd.DataFrame({"accuracy, %": percent} | costs, index=list(gains))
table.map(lambda n: "" if pd.isna(n) else f"{n:,.0f}" if n > 999 else f"{n:.3g}")

# %%
from lessons.lora.figures import gains_and_costs

gains_and_costs(gains, costs, f"What it gives, what it costs: {len(train):,} posts")

# %% [markdown]
# The costs differ clearly. LoRA trains a hundredth of the weights, and its file is hundreds of times smaller. Its step
# needs less memory than the full one: the optimizer keeps two numbers for each weight that it trains.
#
# But the seconds fall much less. Forward and backward still go through the **whole** model, as the gradients of the
# first layer can only be had that way. The last two layers are quicker: there the way back is short.
#
# And the accuracies? With the offline checkpoint, all their intervals overlap, and counting words stands among them. So
# 256 posts, read once, decide nothing.
#
# ## And with more patience?
#
# A script of this course (`benchmarks/lora_ways.py`) gave each way all 1,197 posts and 240 steps, with three seeds.
# That takes a quarter of an hour, so here are its results. Same model, same test plans, and rates chosen in the same
# way.

# %% tags=["nbval-check-output"]
from course_utils.plots.curves import seed_dots

recorded = {
    "last two layers": [0.598, 0.598, 0.601],
    "full": [0.609, 0.662, 0.665],
    "LoRA": [0.595, 0.62, 0.645],
}
for way, accuracies in recorded.items():
    print(f"{way:<16} mean {np.mean(accuracies):.1%}")
seed_dots(recorded, "240 steps, three seeds each, 358 unseen posts")

# %% [markdown]
# Now there is an order: full, then LoRA, then the last two layers. Counting words with all the posts gets 54.7% (it
# stands in the data card), so each of them has learned something that words alone do not tell.
#
# But look at the dots. The seeds of one way lie up to six points apart, as far as the ways do. *Full is better than
# LoRA here* is a fair guess, and no proof.
#
# ## Assumption and sceptic
#
# > **Assumption:** *Full fine-tuning is the default. It is the best one can do.*
# >
# > **Sceptic:** *LoRA reaches about 98% of it at about 10% of the cost. Then why pay more?*
#
# Both sentences are from that lecture. Both have numbers in them, so we can compute them.

# %%
for name, of in {
    "accuracy": {way: right[way].mean() for way in ways},
    "seconds": seconds,
    "peak memory": peaks,
    "weights trained": trained_weights,
    "disk": disk,
}.items():
    share = of["LoRA"] / of["full"]
    print(f"{name:<16} LoRA needs or gets {share:>6.1%} of full")
    course.record(f"lora_to_full_{name.replace(' ', '_')}", share)

# %%
difference = right["LoRA"].astype(int) - right["full"].astype(int)
gap, gap_low, gap_high = interval(difference)
print(f"LoRA minus full, post by post: {gap:+.1%}")
print(f"95% interval: {gap_low:+.1%} to {gap_high:+.1%}")

# %% tags=["record"]
course.record("lora_accuracy_low", gains["LoRA"][1])
course.record("lora_accuracy_high", gains["LoRA"][2])
course.record("lora_minus_full_low", gap_low)
course.record("lora_minus_full_high", gap_high)

# %% [markdown]
# Disk and weights: far below 10%. Memory and seconds: far above. "10% of the cost" holds for none of them, so always
# ask: which cost?
#
# And "98% of the accuracy"? Read the interval of the difference. It reaches several points to both sides. A sentence
# with 98 in it claims more than 358 posts can say.
#
# ## Is the update really thin?
#
# A matrix has **singular values**: one for each independent direction in which it works. How many are not zero? That
# number is the rank. We look at the update of one `query` in the middle of the model, once from LoRA, once from full
# fine-tuning.

# %%
middle = models["full"].config.num_hidden_layers // 2
name = f"encoder.layer.{middle}.attention.self.query"
thin = models["LoRA"].get_base_model().base_model.get_submodule(name)
A, B = thin.lora_A["default"].weight, thin.lora_B["default"].weight
lora_update = (thin.scaling["default"] * B @ A).detach().cpu()
start = fresh_model().base_model.get_submodule(name).weight
thick = models["full"].base_model.get_submodule(name).weight
full_update = (thick - start).detach().cpu()
del models["full"]
assert torch.allclose(lora_update, thin.get_delta_weight("default").cpu(), atol=1e-6)
print("A", tuple(A.shape), "B", tuple(B.shape), "update", tuple(lora_update.shape))

# %% [markdown]
# The assertion compares our product with PEFT's own. (`scaling` comes in a moment.)

# %%
from lessons.lora.figures import singular_values

spectra = {
    "full": torch.linalg.svdvals(full_update),
    "LoRA": torch.linalg.svdvals(lora_update),
}
ranks = {way: int((s > 1e-6 * s[0]).sum()) for way, s in spectra.items()}
print("rank:", ranks)
singular_values(spectra, "How many directions does the update have?")

# %% tags=["record"]
course.record("lora_rank", ranks["LoRA"])
course.record("full_rank", ranks["full"])

# %%
for way, values in spectra.items():
    energy = values.square().cumsum(0) / values.square().sum()
    print(f"{way}: {energy[7]:.0%} of it in its first 8 directions", end="; ")
    print(f"its size is {values.norm():.2f}")
    course.record(f"{way.lower()}_share_in_8", energy[7])

# %% [markdown]
# LoRA: eight directions, and then nothing. The line falls to the floor, which is only rounding. That is what *low rank*
# means. Full fine-tuning moves the matrix in all its directions.
#
# But not equally. With the offline checkpoint, a good part of the full update lies in its first eight directions. That
# is the hope behind LoRA: what a task needs is thin, so a thin update may do.
#
# Compare the sizes, too. The adapter moves the matrix much more than full fine-tuning does. Thin does not mean small.
#
# ## What does alpha do?
#
# The update is multiplied by `lora_alpha / r` before it is added. With our plan that is 16 / 8 = 2. So alpha is a
# volume knob. PEFT lets us turn it after training. Zero should give back the model without its adapter.

# %%
from peft.helpers import rescale_adapter_scale

lora_model = models["LoRA"].eval()
one = tokenizer(test[3]["text"], return_tensors="pt").to(course.device)
print(test[3]["text"], "->", labels[test[3]["label"]])
with torch.no_grad():
    for volume in (0, 0.5, 1, 2):
        with rescale_adapter_scale(lora_model, volume):
            chances = lora_model(**one).logits.softmax(-1)[0].cpu()
        print(f"volume {volume:>3}:", *(f"{chance:.2f}" for chance in chances))

# %% [markdown]
# At volume 0 the model speaks without its update. (The trained head stays.) Turned up, the answer moves on in the same
# direction. Nobody has trained volume 2: louder is not better.
#
# In training, a larger alpha acts like a higher learning rate. So tune one of the two, and leave the other.
#
# ## What do rank and targets cost?

# %% tags=["nbval-check-output"]
choices = {
    "query, value": ("query", "value"),
    "query, key, value": ("query", "key", "value"),
    "all linear layers": "all-linear",
}
for name, targets in choices.items():
    sizes = []
    for rank in (2, 8, 32):
        plan = get_peft_model(fresh_model(), lora_plan(rank, targets))
        trained, whole = plan.get_nb_trainable_parameters()
        sizes.append(f"r={rank}: {trained:>9,} ({trained / whole:.2%})")
    print(f"{name:<18}", *sizes, sep="  ")

# %% [markdown]
# Read along a line: four times the rank, four times the weights (the head aside). Read down a column: more matrices,
# more weights. *1 to 10%* is possible, with a high rank in every layer. Nobody has to.
#
# ## How do I keep an adapter?
#
# `save_pretrained` of the adapted model writes the adapter only. Put the tokenizer beside it: who loads the adapter
# later must cut the texts in the same way.

# %%
folder = course.workdir / "stance_adapter"
lora_model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
for path in sorted(folder.iterdir()):
    print(f"{path.stat().st_size:>9,} bytes  {path.name}")

# %% [markdown]
# `adapter_model.safetensors` has the numbers, `adapter_config.json` the plan and the name of the base model. There is
# no pickle in the folder. (Older code passes `safe_serialization=True` to get that. It is the only format now.)
#
# The tokenizer is the largest part. And the model itself is not in here. What is in the file?

# %% tags=["nbval-check-output"]
from safetensors import safe_open

with safe_open(folder / "adapter_model.safetensors", framework="pt") as file:
    names = sorted(file.keys())
    for name in [*names[:2], *names[-4:]]:
        print(name.removeprefix("base_model.model."), file.get_slice(name).get_shape())
print(len(names), "tensors")

# %% [markdown]
# Pairs of A and B, and the head. Now we load it: a base model first, then the adapter on top.

# %%
from peft import PeftModel

again = PeftModel.from_pretrained(fresh_model(), folder).eval()
batch = next(batches(test))
with torch.no_grad():
    same = torch.equal(again(**batch).logits, lora_model(**batch).logits)
print("the same logits:", same)
assert same

# %% [markdown]
# Bit for bit. The head of the fresh model was random, but the adapter brought its own.
#
# ## What if I forget the number of labels?
#
# The base model is made before the adapter comes. It must have a head of the right size. Without `num_labels`,
# it gets the default.

# %% tags=["nbval-check-output"]
forgetful = MeanPooling.from_pretrained(course.checkpoint)
try:
    PeftModel.from_pretrained(forgetful, folder)
except RuntimeError as error:
    for line in str(error).splitlines()[:2]:
        print(line.strip())
del forgetful

# %% [markdown]
# Read it from the right. The current model has a head with 2 rows; the file has one with 3. So `num_labels` was 2, the
# default, and must be 3. The mend is one argument. Better still: give the names, and a user sees *oppose* instead of
# `LABEL_2`.

# %%
names = dict(enumerate(labels))
base = MeanPooling.from_pretrained(
    course.checkpoint,
    id2label=names,
    label2id={name: number for number, name in names.items()},
)
classifier = PeftModel.from_pretrained(base, folder).eval().to(course.device)
with torch.no_grad():
    same = torch.equal(classifier(**batch).logits, lora_model(**batch).logits)
print("the same logits:", same, "| names:", classifier.config.id2label)
del lora_model, models, again

# %% [markdown]
# (`ignore_mismatched_sizes=True` silences the error as well. Then the trained head is thrown away, and a random one
# answers.)
#
# **Try it.** Save the adapter, and load it onto a base model with the **same** number of labels in another order. Does
# anything complain?
#
# <details><summary>An answer</summary>
#
# Nothing complains. The shapes fit, the logits are the same, and only the names are wrong: each *support* is now called
# *oppose*. An adapter does not know what its outputs mean. Keep the names with it, in the base model's config or in the
# adapter's README.
#
# </details>
#
# ## Can I get rid of the adapter?
#
# The update is a matrix of the same size as the one beside it. So they can be added once and for all:
# `merge_and_unload`.

# %%
merged = copy.deepcopy(classifier).merge_and_unload()
with torch.no_grad():
    merge_difference = (merged(**batch).logits - classifier(**batch).logits).abs().max()
assert merge_difference < 1e-4
merged.save_pretrained(course.workdir / "merged")
print(type(classifier).__name__, "->", type(merged).__name__)
for path in sorted((course.workdir / "merged").iterdir()):
    print(f"{path.stat().st_size:>10,} bytes  {path.name}")

# %% tags=["record"]
course.record("merge_difference", merge_difference)

# %% [markdown]
# The logits are equal up to rounding. What comes out is an ordinary BERT: no PEFT is needed to use it, and nothing is
# slower than before. The price: the file is as big as the whole model, and nobody can take base and update apart any
# more. So keep the adapter folder.
#
# ## Can one model hold two experts?
#
# Adapters are small, so one base model can carry several. In our town, one office cares about streets and visitors,
# another about work, school and daily life. Each has new posts: those that we kept for later.

# %% tags=["nbval-check-output"]
streets = (
    "ban_on_short_flights cameras_in_public_places congestion_charge dogs_on_leads"
)
streets += " entrance_fee_for_tourists free_public_transport mandatory_cycle_helmets"
streets += " public_benches_and_toilets rent_cap short_term_rental_limit speed_limit_30"
assert set(streets.split()) <= topics["train"]
parts = {
    "streets": later.filter(lambda post: post["topic"] in streets.split()),
    "life": later.filter(lambda post: post["topic"] not in streets.split()),
}
{name: len(rows) for name, rows in parts.items()}

# %% [markdown]
# In the end we want to mix the experts. Does PEFT mix adapters that hold a head? A quick try, with our adapter loaded
# twice:

# %% tags=["nbval-check-output"]
twice = PeftModel.from_pretrained(fresh_model(), folder, adapter_name="first")
twice.load_adapter(folder, adapter_name="second")
try:
    twice.add_weighted_adapter(["first", "second"], [0.5, 0.5], "mix")
except ValueError as error:
    print(type(error).__name__, "-", error)
del twice

# %% [markdown]
# No. A head that is trained in full is no update, and PEFT does not guess how to mix two heads.
#
# The way out: both experts use the same head, and do not train it. We have a model with a trained head: the merged one.
# It becomes the base. Without `task_type`, PEFT leaves the head alone.

# %%
expert_plan = lora_plan()
expert_plan.task_type = None
experts = get_peft_model(merged, expert_plan, adapter_name="streets")
experts.add_adapter("life", expert_plan)
experts.print_trainable_parameters()

# %%
expert_steps = course.pick(laptop=12, full=75, smoke=3)
half = test.select(range(0, len(test), 2))  # every second post: it must not take long
said = {"base": logits["LoRA"][::2]}
for name, rows in parts.items():
    experts.set_adapter(name)  # this one is active, and it alone learns
    train_model(experts, rows, rates["LoRA"], expert_steps)
    said[name] = ask(experts, half)

# %% [markdown]
# `set_adapter` also switches at run time. The base model is in memory once. Watch the same post, three times:

# %%
experts.eval()
with torch.no_grad():
    for name in ("streets", "life", "streets"):
        experts.set_adapter(name)
        chances = experts(**one).logits.softmax(-1)[0].cpu()
        print(f"{name:<8}", *(f"{chance:.3f}" for chance in chances))

# %% [markdown]
# The first and the third line are equal: nothing is lost by switching. Even one batch can be shared. Each row names its
# own adapter.

# %%
two_posts = {name: tensor[:2] for name, tensor in next(batches(half)).items()}
with torch.no_grad():
    rows = experts(**two_posts, adapter_names=["streets", "life"]).logits.cpu()
expected = np.stack([said["streets"][0], said["life"][1]])
print("each row from its own expert:", np.allclose(rows, expected, atol=1e-4))

# %% [markdown]
# ## Is a mix of experts better than each?
#
# A lecture that this course grew from tells of such a model: adapters for finance, for following instructions, for
# common sense, merged into one **composite**. The idea is simple. A weighted sum of updates is again an update.
#
# In PEFT it is `add_weighted_adapter`. It knows several ways to add. We hold two of them against the sum that we want.

# %%
pair, weights = ["streets", "life"], [0.5, 0.5]
for kind in ("cat", "linear"):
    experts.add_weighted_adapter(pair, weights, kind, combination_type=kind)
name = f"encoder.layer.{middle}.attention.self.query"
query = experts.get_base_model().base_model.get_submodule(name)
want = sum(w * query.get_delta_weight(n) for w, n in zip(weights, pair, strict=True))
for kind in ("cat", "linear"):
    miss = (query.get_delta_weight(kind) - want).norm() / want.norm()
    print(f"{kind:<7} rank {experts.peft_config[kind].r:>2}, off by {miss:.1%}")
    course.record(f"{kind}_off", miss)

# %% [markdown]
# `cat` puts the thin matrices side by side. The rank is then the sum of both ranks, and the result is exact.
#
# `linear` adds the A's, adds the B's, and multiplies at the end. So each A also meets the wrong B. The name promises a
# weighted sum, and it is none. (A third way, `svd`, squeezes the right sum into rank 8. It is slow on a CPU.)
#
# So `cat` is the mean of the two experts. Is it any good?

# %%
from course_utils import plots

experts.set_adapter("cat")
said["mix"] = ask(experts, half)
correct = {
    name: answers.argmax(axis=-1) == truth[::2] for name, answers in said.items()
}
results = {name: interval(answers) for name, answers in correct.items()}
plots.scores(results, f"A base, two experts, and their mix, {len(half)} posts")

# %% [markdown]
# Do not trust the eye with such wide intervals. The fair question is asked post by post ({{ lesson:start_here }}):

# %%
for name in ("base", *pair):
    better = correct["mix"].astype(int) - correct[name].astype(int)
    more, low, high = interval(better)
    print(f"mix minus {name:<8} {more:+.1%}, from {low:+.1%} to {high:+.1%}")
    course.record(f"mix_minus_{name}", more)

# %% [markdown]
# Zero lies inside, or close to it: these texts cannot tell the mix from its parts. With the offline checkpoint the
# experts have learned from 96 posts each, which is little. So the tale of the composite model is not refuted here, and
# it is not proven. What you have seen is that the **mechanism** works: add, switch, mix, and pay almost nothing for it.
#
# **Try it.** Mix with the weights 2 and -1. What should a negative weight do?
#
# <details><summary>An answer</summary>
#
# It subtracts: away from one expert, twice towards the other. Try it with
# `experts.add_weighted_adapter(pair, [2.0, -1.0], "away", combination_type="cat")`. PEFT allows it, and `cat` stays
# exact.
#
# </details>
#
# ## Which label, and how sure?
#
# A small function for daily use: a text goes in, a label and a confidence come out.


# %%
@torch.no_grad()
def predict(text):
    inputs = tokenizer(text, truncation=True, return_tensors="pt").to(course.device)
    chances = classifier(**inputs).logits.softmax(-1)[0]
    number = chances.argmax().item()
    return classifier.config.id2label[number], chances[number].item()


texts = {
    "a plan from training": "Thirty is plenty. My street is finally quiet.",
    "a new plan": "Keep the library open at night, our students need it.",
    "no opinion": "The shop on the corner sells bread.",
    "no language": "blick wobble frump tazzle grint",
    "German: I am for it": "Ich bin unbedingt dafür.",
    "nothing": "",
}

# %%
for kind, text in texts.items():
    label, confidence = predict(text)
    print(f"{kind:<21} {label:>8} {confidence:>4.0%}  {text}")

# %% [markdown]
# It always gives one of its three labels. It has no fourth one for *I do not know this language* or *there is no text*.
# And the confidence of nonsense does not stand out from that of a real post.
#
# How sure is it when there is nothing to be sure of? We make texts of random word pieces and compare.

# %%
generator = torch.Generator().manual_seed(course.seed)
noise = torch.randint(1000, len(tokenizer), (64, 20), generator=generator)
noise[:, 0], noise[:, -1] = tokenizer.cls_token_id, tokenizer.sep_token_id
with torch.no_grad():
    noise = noise.to(course.device)
    on_noise = classifier(input_ids=noise, attention_mask=torch.ones_like(noise))
on_noise = on_noise.logits.softmax(-1).cpu()
on_test = torch.tensor(logits["LoRA"]).softmax(-1)
sure = {"test posts": on_test, "noise": on_noise}
for name, chances in sure.items():
    print(f"{name:<11} mean confidence {chances.amax(-1).mean():.0%}")
share = np.bincount(on_noise.argmax(-1), minlength=len(labels)) / len(noise)
print("labels of the noise:", dict(zip(labels, share.tolist(), strict=True)))

# %% tags=["record"]
for name, chances in sure.items():
    course.record(f"confidence_{name.replace(' ', '_')}", chances.amax(-1).mean())

# %% [markdown]
# Noise gets about the confidence of real posts. So a high number is no proof that the text makes sense, and none that
# the model has met such a topic.
#
# When not to believe it: on another language, on texts much longer or of another kind than those of training, and
# whenever a wrong answer is expensive. Then a human reads. {{ Lesson:evaluation }} shows how to choose what to hand
# over.
#
# ## In this notebook we have
#
# - **compared** four ways to fine-tune, on plans that none of them knew, with a price list beside the scores;
# - **explained** rank, alpha and targets, and seen a real update with 8 directions and one with many;
# - **saved** an adapter with its tokenizer, loaded it bit for bit, and mended a head of the wrong size;
# - **merged** it for good, switched between two experts, and mixed them;
# - **doubted** answers to noise that sound as sure as any other.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `NoMatchingPeftModuleError` | no part of the model has such a name | print the names of its linear layers |
# | `size mismatch for ...classifier.modules_to_save...` | the base has a head of another size | the same `num_labels` or `id2label` as in training |
# | the loss hardly moves | the rate is too small for so few weights | ten times the rate of full fine-tuning |
# | `Cannot add weighted adapters ...` | the adapters hold whole heads | train them on one head that stays, as above |
# | right answers under wrong names, no error | the adapter does not hold the names | give `id2label` to the base model |
# | the folder holds the whole model | `merge_and_unload` came first | save the adapter before you merge |
#
# **Next:** {{ lesson:evaluation }} asks what a single number hides.
