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
# - **explain** what rank, alpha and targets do, and see the rank of a real update;
# - **compare** four ways to fine-tune, by what they give and by what they cost;
# - **save** an adapter, load it again, and mend the error of a wrong `num_labels`;
# - **merge** an adapter into its model, switch between two, and mix them;
# - **doubt** an answer, and know when.
#
# {{ times }}
#
# In {{ lesson:training_loop }} we trained all layers, and saved all weights. Today we train a thin layer of changes, an
# **adapter**, and leave the model as it is. Is that good enough?
#
# Numbers in the text are those of the profile `laptop`.

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("lora", PROFILE)

# %% [markdown]
# ## What does LoRA add to a matrix?
#
# **LoRA** means *low-rank adaptation* (Hu et al., 2021). It leaves a matrix W of the model as it is, and adds a second
# way beside it. Only this **adapter** learns. Here is one matrix of our model, with its true shapes:

# %% [markdown] tags=["slide"]
# - The matrix W stays as it is
# - A says what to read, B says where to write
# - Only A and B learn
#
# **Rank 8: eight rules for the whole matrix.**

# %% [markdown] tags=["notes"]
# Begin with the book and its slip of corrections: nobody prints the book anew. Before the second figure, let the room
# write the rule as two small matrices. Ask how many numbers stand behind the product. Many count its cells, and
# forget that they come from one row and one column.

# %%
from transformers import AutoConfig

from lessons.lora.figures import adapter

config = AutoConfig.from_pretrained(course.checkpoint)
adapter(side=config.hidden_size, rank=8)

# %% [markdown]
# Think of a book with a slip of corrections in it. Nobody prints the book anew.
#
# Why two thin matrices? Let a human write one. The rule: *what number 3 says, output 2 hears five times, and output 4
# hears with the sign turned.* A says what to read, B says where to write:

# %% tags=["nbval-check-output"]
from lessons.lora.figures import product

A = [[0, 0, 1, 0, 0, 0]]
B = [[0], [5], [0], [-1], [0]]
product(B, A, "One rule, written by hand")

# %% [markdown]
# Read the blue table like a multiplication table: each cell is its row of B times its column of A. This product is the
# **update** of the matrix. It has 30 cells, but only 11 numbers stand behind it. In training they are learned.
#
# One rule needs one row of A and one column of B. How many rules there are is the **rank**, `r`. In the first picture
# `r` is 8: eight rules for the whole matrix, 6,144 numbers instead of 147,456.
#
# **Try it.** Add a second rule: output 1 hears number 6 twice. Which rank has the update?
#
# <details><summary>An answer</summary>
#
# A gets a second row, `[0, 0, 0, 0, 0, 1]`. B becomes `[[0, 2], [5, 0], [0, 0], [-1, 0], [0, 0]]`. Two rules, rank 2:
# NumPy's `np.linalg.matrix_rank(np.array(B) @ np.array(A))` says so, too.
#
# </details>

# %% tags=["try"]
import numpy as np

more_A = [[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]]
more_B = [[0, 2], [5, 0], [0, 0], [-1, 0], [0, 0]]
product(more_B, more_A, "Two rules")
assert np.linalg.matrix_rank(np.array(more_B) @ np.array(more_A)) == 2

# %% [markdown]
# ## What does PEFT do to my model?
#
# In {{ lesson:bert_for_sequence_classification }} the mean of the token vectors beat `[CLS]`. So our classifier reads
# the mean. Eleven lines of ours replace the library's `forward`.

# %% [markdown] tags=["slide"]
# - `target_modules` names the matrices that get an update
# - The head is trained in full
# - B begins as zeros, so the first update is zero
#
# **Training begins where the pretrained model stands.**

# %% [markdown] tags=["notes"]
# Ask what the adapted model says before any training. Most expect other answers, since A is random. Point at the list
# of trainable parts: an A and a B at each matrix, and the head. The wrong names of DistilBERT can be left out when
# time is short.


# %% tags=["model"]
import torch
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
# We load it once, with four labels for four feelings. `fresh_model` gives a copy. So each start has the same random
# head.

# %%
import copy

torch.manual_seed(course.seed)
pretrained = MeanPooling.from_pretrained(course.checkpoint, num_labels=4)


def fresh_model():
    return copy.deepcopy(pretrained).to(course.device)


# %% [markdown]
# Now **PEFT**, the library (*parameter-efficient fine-tuning*). `target_modules` names the matrices that get an update.
# `query` and `value` are two of the four in BERT's attention.


# %% tags=["nbval-check-output"]
from peft import LoraConfig, get_peft_model


def lora_plan(rank=8, targets=("query", "value"), task_type="SEQ_CLS"):
    return LoraConfig(
        task_type=task_type,  # sequence classification: train the head, too
        r=rank,
        lora_alpha=2 * rank,  # how loud the update is: more on this below
        lora_dropout=0.1,  # dropout on the way into A, only in training
        target_modules=list(targets),
    )


adapted = get_peft_model(fresh_model(), lora_plan())
adapted.print_trainable_parameters()
trained, whole = adapted.get_nb_trainable_parameters()

# %% tags=["record"]
course.record("lora_trainable_share", trained / whole)

# %% [markdown]
# *Trainable params* are what the optimizer may change, *all params* the model with its additions, *trainable%* their
# quotient. A lecture on BERT fine-tuning speaks of "1–10%". Here it is a third of **one** percent. So compute it.
#
# Who is trainable? We ask the first of six layers, and the head:

# %% tags=["nbval-check-output", "slide"]
for name, weight in adapted.named_parameters():
    if weight.requires_grad and ("layer.0." in name or "classifier" in name):
        print(tuple(weight.shape), name.removeprefix("base_model.model."))

# %% [markdown]
# An A and a B at each of two matrices, and the head. `task_type="SEQ_CLS"` asked for the head: it is trained in full.
#
# And what does the adapted model say, before any training? B begins as zeros, so the first update is zero:

# %%
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
post = tokenizer("The last train is gone.", return_tensors="pt").to(course.device)
before, after = fresh_model().eval()(**post).logits, adapted.eval()(**post).logits
assert torch.equal(before, after)

# %% [markdown]
# Equal, bit for bit. Training begins where the pretrained model stands.
#
# What if the names are wrong? In DistilBERT, for example, they are `q_lin` and `v_lin`.

# %% tags=["nbval-check-output"]
try:
    get_peft_model(fresh_model(), lora_plan(targets=["q_lin", "v_lin"]))
except ValueError as error:
    print(type(error).__name__, "-", str(error).split(". ")[0])
layer = fresh_model().base_model.encoder.layer[0]
print([name for name, part in layer.named_modules() if hasattr(part, "weight")])

# %% [markdown]
# The last line is the way out: ask one layer for the names of its parts.
#
# ## Which feeling is it?
#
# Now a task. A town reads what people post, and would like to know how they are. Four feelings, in short posts:

# %% [markdown] tags=["slide"]
# - Four feelings, in short posts
# - First: the lazy answer, and counting words
# - Then a frozen encoder, with a regression
#
# **What costs more must give more.**

# %% [markdown] tags=["notes"]
# Read one of the posts aloud, and let the room name its feeling. Ask which method they would try first, if they had
# one hour. Most jump to the model. Say that the two cheap methods take seconds, and give the numbers that all others
# must beat.

# %% tags=["nbval-check-output"]
from datasets import load_dataset

posts = load_dataset(*course.dataset("emotion"))
labels = posts["train"].features["label"].names
size = course.pick(laptop=512, full=1600, smoke=24)
posts = posts.map(lambda row: {"length": len(row["text"])})
train, test = posts["train"].select(range(size)), posts["test"].sort("length")
test = test if course.profile != "smoke" else test.select(range(0, 48, 2))
print(len(train), "posts to learn from,", len(test), "to judge, four labels:", *labels)
for row in test.select((10, 11, 12)):
    print(f"{labels[row['label']]:>9}: {row['text']}")

# %% [markdown]
# First two methods without a pretrained model:
# the lazy one, and counting words ({{ lesson:start_here }}).

# %%
import numpy as np
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

truth = np.array(test["label"])
counter = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
counter.fit(list(train["text"]), train["label"])
right = {"always the same": truth == np.bincount(train["label"]).argmax()}
right["counting words"] = counter.predict(list(test["text"])) == truth
for name, hits in right.items():
    print(f"{name:<15} {hits.mean():.1%} right")

# %% tags=["record"]
course.record("counting_accuracy", right["counting words"].mean())

# %% [markdown]
# Then a **frozen encoder**: the model reads, but does not learn. A regression learns from its vectors. `ask` gives what
# a model says to each post. A model whose head does nothing (`Identity`) says the vector itself.


# %%
@torch.no_grad()
def ask(model, rows):
    model.eval()
    said = []
    for batch in rows.iter(64):
        tokens = tokenizer(
            batch["text"], padding=True, truncation=True, max_length=64
        ).convert_to_tensors("pt")
        said.append(model(**tokens.to(course.device)).logits.cpu())
    return torch.cat(said).numpy()


# %%
import time

from sklearn.preprocessing import StandardScaler

begun = time.perf_counter()
reader = fresh_model()
reader.classifier = torch.nn.Identity()
probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
short_first = train.sort("length")  # less padding
probe.fit(ask(reader, short_first), short_first["label"])
seconds = {"frozen encoder": time.perf_counter() - begun}
right["frozen encoder"] = probe.predict(ask(reader, test)) == truth
print(f"{right['frozen encoder'].mean():.1%} right")

# %% [markdown]
# Keep this number: what follows costs more.
#
# ## What do rank and targets cost?
#
# The cost is quickly counted:

# %% [markdown] tags=["slide"]
# - Four times the rank, four times the numbers in A and B
# - More matrices, more weights
# - Measured: all matrices beat query and value alone
#
# **The rank matters less.**

# %% [markdown] tags=["notes"]
# Let the room guess: what helps more, a larger rank or more matrices? Most say the rank. The measured trainings say
# the matrices. Add that a wide adapter wants a small rate. The table of counts can be skipped, its rule stands on the
# slide.

# %% tags=["nbval-check-output"]
everywhere = ("query", "key", "value", "dense")
choices = {
    ", ".join(some): some for some in (("query", "value"), everywhere[:3], everywhere)
}
for name, targets in choices.items():
    sizes = []
    for rank in (2, 8, 32):
        plan = get_peft_model(fresh_model(), lora_plan(rank, targets))
        trained, whole = plan.get_nb_trainable_parameters()
        sizes.append(f"r={rank}: {trained:>9,} ({trained / whole:.2%})")
    print(f"{name:<24}", *sizes, sep="  ")

# %% [markdown]
# Along a line: four times the rank, four times the weights (the head aside). Down a column: more matrices, more
# weights. The lecture's *1 to 10%* takes a high rank, or all matrices.
#
# A published notebook says: a smaller rank is "more efficient", and query and value are the "most impactful" targets.
# We tried it in a script (`benchmarks/lora_ways.py`): 512 posts, 48 steps, at least three rates for each choice, the
# best one with three seeds. The judges are 301 *validation* posts, for this is a choice.

# %% tags=["nbval-check-output", "skip"]
from course_utils.plots.curves import seed_dots

by_choice = {
    "query, value, r=2": [0.645, 0.625, 0.645],
    "query, value, r=8": [0.638, 0.671, 0.651],
    "query, value, r=32": [0.674, 0.618, 0.635],
    "+ key, r=8": [0.678, 0.651, 0.635],
    "+ dense, r=2": [0.684, 0.698, 0.674],
    "+ dense, r=8": [0.698, 0.691, 0.668],
    "+ dense, r=32": [0.701, 0.678, 0.681],
}
seed_dots(by_choice, "Four feelings, 301 validation posts, each dot a training")

# %% [markdown]
# All matrices are four points ahead of query and value alone. The rank matters less. But a wide adapter wants a small
# rate: everywhere with `r=32`, 2e-3 was best and 5e-3 fell to guessing, with `r=2` 1e-2 was best. So today's LoRA
# takes all matrices, with rank 8.
#
# ## Four ways, one protocol
#
# Each way is a decision about `requires_grad`. The lecture has three columns: frozen encoder or last layers, **full
# fine-tuning**, PEFT. We cut its first column in two, so there are four ways. (The first is done.)

# %% [markdown] tags=["slide"]
# - Frozen encoder: a regression on its vectors
# - Last two layers: these and the head
# - Full: all but the table of word pieces
# - LoRA: thin matrices and the head
#
# **Same posts, same batches, same steps.**

# %% [markdown] tags=["notes"]
# Ask what must be equal in a fair comparison. Posts and steps are named quickly. Then ask about the learning rate:
# many want it equal, too. Say that each way needs its own, and that validation posts chose it, never the test posts.


# %%
def prepare(way):
    model = fresh_model()
    if way == "LoRA":
        return get_peft_model(model, lora_plan(targets=everywhere))
    if way == "full":
        model.base_model.embeddings.requires_grad_(False)
        return model
    model.requires_grad_(False)
    if way == "last two layers":
        model.base_model.encoder.layer[-2:].requires_grad_(True)
        model.classifier.requires_grad_(True)
    return model


# %% [markdown]
# *Full* means here: all but the table of word pieces, as in {{ lesson:start_here }}. All ways get the same posts, in
# the same batches, and the same number of steps. Only the learning rate differs.

# %%
steps = course.pick(laptop=48, full=300, smoke=4)
rates = course.pick(
    laptop={"last two layers": 1e-3, "full": 4e-4, "LoRA": 5e-3},
    full={"last two layers": 1e-4, "full": 5e-5, "LoRA": 5e-4},
    smoke={"last two layers": 1e-3, "full": 1e-3, "LoRA": 1e-3},
)

# %% [markdown]
# Where do the rates come from? For `laptop` the same script tried three or more for each way, with two seeds, and
# kept the best on the validation posts. The test posts chose nothing.
#
# LoRA's rate is about twelve times that of full fine-tuning. B begins at zero, so it must grow before the update says
# anything. But there is an edge. With twice the rate, LoRA fell to 25%, which is guessing.


# %%
from transformers import Trainer, TrainingArguments


def train_model(model, rows, rate, steps=steps):
    folder = course.workdir / "checkpoints"
    plan = TrainingArguments(folder, max_steps=steps, learning_rate=rate, **settings)
    tokens = rows.map(
        lambda batch: tokenizer(batch["text"], truncation=True, max_length=64),
        batched=True,
    )
    trainer = Trainer(model, plan, train_dataset=tokens, processing_class=tokenizer)
    return trainer.train().metrics["train_runtime"]


# %% [markdown]
# The other settings are those of {{ lesson:trainer }}:

# %%
settings = {
    "per_device_train_batch_size": course.pick(laptop=16, full=16, smoke=4),
    "warmup_steps": 0.1,
    "weight_decay": 0.01,
    "train_sampling_strategy": "group_by_length",
    "logging_steps": max(1, steps // 3),
    "save_strategy": "no",
    "report_to": "none",
    "seed": course.seed,
}

# %% [markdown]
# Now three trainings. Below each name you see its loss. Compare it with ln(4) = 1.39: the loss of equal
# probabilities for four labels.

# %%
models, logits = {}, {}
for way in rates:
    print(way)
    models[way] = prepare(way)
    seconds[way] = train_model(models[way], train, rates[way])
    logits[way] = ask(models[way], test)

# %% [markdown]
# Each score gets its 95% interval ({{ lesson:start_here }}):

# %%
from course_utils.statistics import interval

right |= {way: said.argmax(axis=-1) == truth for way, said in logits.items()}
gains = {name: interval(hits) for name, hits in right.items()}
for name, (value, low, high) in gains.items():
    print(f"{name:<16} {value:.1%} right, from {low:.1%} to {high:.1%}")

# %% tags=["record"]
for way in ("frozen encoder", *rates):
    course.record(f"{way.replace(' ', '_').lower()}_accuracy", gains[way][0])

# %% [markdown]
# Was it luck? The fair question is asked post by post. Where LoRA is right and the other wrong we count +1, in the
# opposite case -1, else 0. The mean of these is the **paired gain**.

# %%
paired = {}
for name in ("counting words", "frozen encoder", "full"):
    better = right["LoRA"].astype(int) - right[name].astype(int)
    gain, low, high = paired[name] = interval(better)
    print(f"LoRA minus {name:<15} {gain:+.1%}, from {low:+.1%} to {high:+.1%}")

# %% tags=["record"]
for name, (gain, low, high) in paired.items():
    course.record(f"lora_minus_{name.split()[0]}", gain)
    course.record(f"lora_minus_{name.split()[0]}_low", low)
    course.record(f"lora_minus_{name.split()[0]}_high", high)

# %% [markdown]
# LoRA beats counting words: the whole interval lies above zero. For the frozen encoder and for full fine-tuning, zero
# lies inside. One training is one draw. We trained LoRA and full fine-tuning with five seeds in that script, too.
# Counted over seeds and posts, LoRA is 15.7 points above counting words (from 9.8 to 21.6), and -1.6 against full
# fine-tuning (from -5.7 to 2.4).
#
# ## What does each way cost?
#
# Seconds we have. Next the **memory** of a training step, with the counter of {{ lesson:cuda_errors }}. And the
# **disk**: we save what each way has made, and weigh the folder.

# %% [markdown] tags=["slide"]
# | cost of LoRA | beside full fine-tuning |
# |---|---|
# | weights and file | a few percent |
# | memory of a step | a little more |
# | seconds | about the same |
#
# **Measured here: both ways go through the whole model.**

# %% [markdown] tags=["notes"]
# Take a vote before the figure: what falls to a few percent, the time, the memory or the file? Most vote for all
# three. Point at the bars one by one. Explain the time last: the gradient must travel down to the first layer, so the
# way is as long as before.

# %%
from lessons.lora.costs import folder_mb, peak_mb, probe_mb, weights_to_train

ways = ["frozen encoder", *rates]
peaks = {way: peak_mb(prepare(way), course.device) for way in ways}
trained_weights = {way: weights_to_train(model) for way, model in models.items()}
trained_weights["frozen encoder"] = probe[-1].coef_.size + probe[-1].intercept_.size
disk = {"frozen encoder": probe_mb(probe)}
for way, model in models.items():
    model.save_pretrained(course.workdir / way)
    disk[way] = folder_mb(course.workdir / way)

# %% tags=["record"]
for way in ways:
    course.record(f"{way.replace(' ', '_').lower()}_peak_mb", peaks[way])
course.record("full_disk_mb", disk["full"])
course.record("lora_disk_mb", disk["LoRA"])

# %% [markdown]
# All in one figure:

# %%
from lessons.lora.figures import gains_and_costs

costs = {
    "seconds": seconds,
    "peak, MB": peaks,
    "trained weights": trained_weights,
    "MB on disk": disk,
}
gains_and_costs(gains, costs, f"What it gives, what it costs: {len(train):,} posts")

# %% [markdown]
# LoRA trains few weights, and its file is small. But its step needs a little **more** memory than the full one. The
# optimizer saves: it keeps two numbers for each weight that it trains. LoRA's dropout spends that again, as it keeps a
# copy of what each A reads. Without dropout, the step takes 333 MB.
#
# And the seconds are about the same. The published notebook says that gradients are computed "through LoRA layers
# only". Not so: forward and backward go through the **whole** model, to reach the first layer. The last two layers
# are quicker, as their way back is short, and in this run as good as LoRA.
#
# ## Assumption and sceptic
#
# > **Assumption:** *Full fine-tuning is the default.*
# >
# > **Sceptic:** *If PEFT reaches ~98% of full FT at ~10% of the cost, prefer PEFT unless you need the extra 2%.*
#
# Both are from that lecture. Mind the *if*: it is a condition. We test both halves.

# %% [markdown] tags=["slide"]
# - Assumption: full fine-tuning is the default
# - Sceptic: 98% of it, at 10% of the cost?
# - True of weights and disk, not of memory and seconds
#
# **Read the "if": it is a condition.**

# %% [markdown] tags=["notes"]
# Read the sentence of the lecture slowly, and ask which word is the most important one. It is the *if*. Then ask
# which cost is meant, and whose cost: a data center pays for seconds, a phone for megabytes. One training says
# little, so name the five seeds.

# %%
shares = {name: column["LoRA"] / column["full"] for name, column in costs.items()}
shares = {"accuracy": right["LoRA"].mean() / right["full"].mean()} | shares
for name, share in shares.items():
    print(f"{name:<16} LoRA gets or needs {share:>6.1%} of full")

# %% tags=["record"]
names = ("accuracy", "seconds", "peak_memory", "weights_trained", "disk")
for name, share in zip(names, shares.values(), strict=True):
    course.record(f"lora_to_full_{name}", share)

# %% [markdown]
# Which cost is meant? For weights and disk, "10% of the cost" is kept. For memory and seconds it is not.
#
# And 98% of the score? One run says little: over the five seeds, LoRA's mean is 98% of full's. So half of the condition
# holds: prefer LoRA where weights and disk are the price.
#
# ## What does the town want?
#
# Feelings were the easy question. Now the town has plans: a speed limit, a sugar tax, benches. Is a writer for the
# plan, against it, or neither? Next year brings new plans. So whole plans are held out:

# %% [markdown] tags=["slide"]
# - For the plan, against it, or neither?
# - Judged on plans that no model has seen
# - The seeds differ as much as the ways
#
# **A fair guess is no proof.**

# %% [markdown] tags=["notes"]
# Ask why whole plans are held out, and not single posts. The usual answer is "to have more test posts". The point is
# next year: new plans will come, with new words. With little time, say the result and go on.

# %% tags=["nbval-check-output"]
opinions = load_dataset(*course.dataset("stance"))
for split, rows in opinions.items():
    print(f"{split:<11} {len(rows):>5} posts on {len(set(rows['topic'])):>2} plans")
for row in opinions["test"].select((1, 2, 3)):
    print(f"{opinions['test'].features['label'].int2str(row['label'])}: {row['text']}")
assert not set(opinions["test"]["topic"]) & set(opinions["train"]["topic"])

# %% [markdown]
# A model has to hear approval and rejection as such. A minute is too short for
# that: with 256 posts and 32 steps of 8, LoRA stayed below counting words on the validation plans.
#
# So the script gave each way all 1,197 posts and 240 steps of 8, with three seeds. (LoRA on query and value. Rates
# chosen on the validation plans with the first seed: three for LoRA, two for the others.)

# %% tags=["nbval-check-output", "skip"]
recorded = {
    "counting words": [0.547],
    "frozen encoder": [0.556],
    "last two layers": [0.598, 0.598, 0.601],
    "LoRA": [0.595, 0.62, 0.645],
    "full": [0.609, 0.662, 0.665],
}
for way, accuracies in recorded.items():
    print(f"{way:<16} mean {np.mean(accuracies):.1%}")
seed_dots(recorded, "240 steps, up to three seeds, 358 posts on unseen plans")

# %% [markdown]
# Each trained way is above counting words and above the frozen encoder. LoRA's mean is 96% of full's: the sceptic's
# condition is nearly met, and not quite.
#
# But the seeds of one way lie up to six points apart, as far as the trained ways do. *Full is better than LoRA here*
# is a fair guess, and no proof.
#
# ## Is the update really thin?
#
# A trained update has no rules that one can read. But it can be taken apart into **directions**: each reads one mix of
# the inputs and writes one mix of the outputs, as our rule did. Its **singular value** says how strong it is. How many
# are not zero? That is the rank.
#
# We look at the update of one `query` in the middle of the model, from LoRA and from full fine-tuning.

# %% [markdown] tags=["slide"]
# - LoRA: eight directions, then nothing but rounding
# - Full: nearly all directions, but not equally
# - More than half of its size: the first eight
#
# **The hope behind LoRA: what a task needs is thin.**

# %% [markdown] tags=["notes"]
# Say first that a learned update has no rules that one can read, but its directions can be counted. Ask how many
# directions full fine-tuning uses. Most say all of them equally. The figure of singular values is in the notebook,
# for those who ask.

# %%
place = f"encoder.layer.{config.num_hidden_layers // 2}.attention.self.query"
thin = models["LoRA"].base_model.model.base_model.get_submodule(place)
A, B = thin.lora_A["default"].weight, thin.lora_B["default"].weight
lora_update = (thin.scaling["default"] * B @ A).detach().cpu()
assert torch.allclose(lora_update, thin.get_delta_weight("default").cpu(), atol=1e-6)

# %%
before = pretrained.base_model.get_submodule(place).weight
after = models["full"].base_model.get_submodule(place).weight
updates = {
    "full": (after - before.to(course.device)).detach().cpu(),
    "LoRA": lora_update,
}

# %% [markdown]
# The assertion compares our product with PEFT's own. (`scaling` comes in a moment.) Now the singular values. The *size*
# of an update is the root of the sum of all its squares.

# %% tags=["skip"]
from lessons.lora.figures import singular_values

spectra = {way: torch.linalg.svdvals(update) for way, update in updates.items()}
ranks = {way: int((s > 1e-6 * s[0]).sum()) for way, s in spectra.items()}
for way, s in spectra.items():
    thick = (
        f"size {s.norm():.2f}, first 8 directions {s[:8].norm() / s.norm():.0%} of it"
    )
    print(f"{way}: rank {ranks[way]}, {thick}")
singular_values(spectra, "How many directions does the update have?")

# %% tags=["record"]
course.record("lora_rank", ranks["LoRA"])
course.record("full_rank", ranks["full"])
for way, s in spectra.items():
    course.record(f"{way.lower()}_size", s.norm())
    course.record(f"{way.lower()}_share_in_8", s[:8].norm() / s.norm())

# %% [markdown]
# LoRA: eight directions, and then nothing but rounding. That is what *low rank* means. Full fine-tuning moves the
# matrix in nearly all its directions, but not equally: more than half of its size lies in its first eight. That is
# the hope behind LoRA: what a task needs is thin, so a thin update may do.
#
# LoRA's update is more than twice as large. That is no virtue: its rate was higher, too.
#
# ## What does alpha do?
#
# The update is multiplied by `lora_alpha / r` before it is added. With our plan that is 16 / 8 = 2. So **alpha** is a
# volume knob. PEFT lets us turn it after training:

# %% [markdown] tags=["slide"]
# - The update is multiplied by alpha / r
# - Volume 0: the model without its update
# - A larger alpha acts like a higher rate
#
# **Tune one of the two, and leave the other.**

# %% [markdown] tags=["notes"]
# Turn the volume in the cell from 0 to 2, and let the room read the four probabilities. Ask whether volume 2 is
# better than 1, since it is surer. Many say yes. Nobody has trained at that volume: louder is not better.

# %% tags=["slide"]
from peft.helpers import rescale_adapter_scale

one = test.select([20])
print(one["text"][0], "->", labels[one["label"][0]], "of", labels)
for volume in (0, 0.5, 1, 2):
    with rescale_adapter_scale(models["LoRA"], volume):
        print(volume, softmax(ask(models["LoRA"], one)[0]).round(2))

# %% [markdown]
# At volume 0 the model speaks without its update, and guesses. (The trained head stays.) Turned up, it moves to
# *optimism*, the true label. At 2 it is surer still, but nobody has trained that: louder is not better.
#
# In training, a larger alpha acts like a higher learning rate. So tune one of the two, and leave the other.
#
# The published notebook says that a rate of 2e-4 "prevents **catastrophic forgetting**": losing what the model knew. We
# measure no forgetting here. What is certain: LoRA never changes W, at any rate. Without its adapter, the model is the
# old one.
#
# ## How do I keep an adapter?
#
# `save_pretrained` of the adapted model writes the adapter only. Put the tokenizer beside it: texts must be cut in the
# same way later.

# %% [markdown] tags=["slide"]
# - The folder holds A, B, the head and the plan
# - Put the tokenizer beside it
# - The base model comes by its name
#
# **Loaded again, it answers the same, bit for bit.**

# %% [markdown] tags=["notes"]
# Point at the sizes of the files. Ask what is missing from the folder. Many do not see that the large model is not
# there: only its name is. Ask what happens to the adapter if somebody changes that model on the Hub.

# %%
folder = course.workdir / "feelings"
models["LoRA"].save_pretrained(folder)
tokenizer.save_pretrained(folder)
for path in sorted(folder.iterdir()):
    print(f"{path.stat().st_size:>9,} bytes  {path.name}")

# %% [markdown]
# `adapter_model.safetensors` has the numbers: pairs of A and B, and the head. There is no pickle in the folder. (Older
# code passes `safe_serialization=True` for that. It is the only format now.) `adapter_config.json` holds the plan,
# and the name of the **base model**, which is not in here:

# %%
from peft import PeftConfig, PeftModel

kept = PeftConfig.from_pretrained(folder)
print("rank", kept.r, "alpha", kept.lora_alpha, "targets", sorted(kept.target_modules))
print("base:", course.published_name(kept.base_model_name_or_path))

# %% [markdown]
# Now we load it as a stranger would: the base model by that name, then the adapter on top. We give the labels' names.
# Then a user sees *joy* instead of `LABEL_1`.

# %%
base = MeanPooling.from_pretrained(
    kept.base_model_name_or_path, id2label=dict(enumerate(labels))
)
classifier = PeftModel.from_pretrained(base, folder).to(course.device)
few = test.select(range(8))
assert np.array_equal(ask(classifier, few), ask(models["LoRA"], few))

# %% [markdown]
# Bit for bit. The head of the fresh model was random, but the adapter brought its own.
#
# ## What if I forget the number of labels?
#
# The base model is made before the adapter comes. Without `num_labels` or `id2label`, its head gets the default size.

# %% [markdown] tags=["slide"]
# - The base model is made before the adapter comes
# - Without `num_labels` its head has two rows
# - The adapter's head has four
#
# **Read the error from its end.**

# %% [markdown] tags=["notes"]
# Let the room read the error for one minute without help. Ask which of the two shapes is the file's. Then ask whether
# silencing the error is a way out. It is the worst one: a random head answers, and nothing complains.

# %% tags=["nbval-check-output", "slide"]
forgetful = MeanPooling.from_pretrained(course.checkpoint)
try:
    PeftModel.from_pretrained(forgetful, folder)
except RuntimeError as error:
    for line in str(error).splitlines()[:2]:
        print(line.strip())

# %% [markdown]
# Read it from the right. The current model has a head with 2 rows; the file has one with 4. So `num_labels` was 2, the
# default, and must be 4.
#
# (`ignore_mismatched_sizes=True` silences the error as well. Then the trained head is thrown away, and a random one
# answers.)
#
# **Try it.** Load the adapter onto a base model with the **same** number of labels in another order: `labels[::-1]`.
# Does anything complain?
#
# <details><summary>An answer</summary>
#
# Nothing complains. The logits are the same, and only the names are wrong: each *anger* is now called *sadness*. An
# adapter does not know what its outputs mean. Keep the names with it, for example in its README.
#
# </details>

# %% tags=["try"]
turned = MeanPooling.from_pretrained(
    kept.base_model_name_or_path, id2label=dict(enumerate(labels[::-1]))
)
turned = PeftModel.from_pretrained(turned, folder).to(course.device)
assert np.array_equal(ask(turned, few), ask(models["LoRA"], few))
if course.profile == "laptop":
    assert (labels[0], turned.config.id2label[0]) == ("anger", "sadness")

# %% [markdown]
# ## Can I get rid of the adapter?
#
# The update has the size of the matrix beside it. So they can be added once and for all: `merge_and_unload`.

# %% [markdown] tags=["slide"]
# - Update and matrix have one size: add them
# - Out comes an ordinary BERT, its logits equal up to rounding
# - Its file is as large as the whole model
#
# **Keep the adapter folder.**

# %% [markdown] tags=["notes"]
# Ask who wants a merged model, and why. A program that knows no PEFT is a good reason. Then ask what is lost: nobody
# can take base and update apart again. This section can be told in one minute.

# %%
merged = copy.deepcopy(classifier).merge_and_unload()
merge_difference = np.abs(ask(merged, few) - ask(classifier, few)).max()
assert merge_difference < 1e-4
merged.save_pretrained(course.workdir / "merged")
print(type(classifier).__name__, "->", type(merged).__name__)
print(f"{folder_mb(course.workdir / 'merged'):.0f} MB")

# %% tags=["record"]
course.record("merge_difference", merge_difference)

# %% [markdown]
# The logits are equal up to rounding. What comes out is an ordinary BERT. But the file is as big as the whole model,
# and nobody can take base and update apart any more. So keep the adapter folder.
#
# ## Can one model hold two experts?
#
# In our town one office reads the posts that answer somebody (they hold `@user`), another the posts to everybody.
# Each has new posts that no model has seen:

# %% [markdown] tags=["slide"]
# - One base with one head, and two adapters
# - `set_adapter` chooses who speaks and who learns
# - There and back: the same answers again

# %% [markdown] tags=["notes"]
# Ask for a place where one model serves several offices or customers. Point at the three lines of the switch: the
# first and the last are the same. Say why both experts share a head: a head is no update, so PEFT does not mix it.

# %% tags=["nbval-check-output"]
later = posts["train"].skip(size).take(course.pick(laptop=1088, full=1600, smoke=48))
parts = {
    "answers": later.filter(lambda row: "@user" in row["text"]),
    "to all": later.filter(lambda row: "@user" not in row["text"]),
}
{name: len(rows) for name, rows in parts.items()}

# %% [markdown]
# Later we mix the experts. PEFT does not mix adapters that hold a whole head: such a head is no update. So
# both experts use one trained head, that of the merged model, which becomes the base. Without `task_type`, PEFT leaves
# the head alone.

# %%
expert_plan = lora_plan(targets=everywhere, task_type=None)
experts = get_peft_model(merged, expert_plan, adapter_name="answers")
experts.add_adapter("to all", expert_plan)
expert_steps = course.pick(laptop=8, full=75, smoke=3)
half = test.select(range(0, len(test), 2))  # it must not take long
spoken = {"base": logits["LoRA"][::2]}
for name, rows in parts.items():
    experts.set_adapter(name)  # this one is active, and it alone learns
    train_model(experts, rows, rates["LoRA"] / 2, expert_steps)
    spoken[name] = ask(experts, half)

# %% [markdown]
# `set_adapter` also switches at run time. Go to the second expert and back:

# %%
for name in ("answers", "to all", "answers"):
    experts.set_adapter(name)
    print(f"{name:<8}", softmax(ask(experts, one)[0]).round(3))

# %% [markdown]
# ## Is a mix of experts better than each?
#
# That lecture tells of adapters for finance, for instructions, for common sense, merged into one **composite**. PEFT
# knows several ways to add updates. We hold two of them against the sum that we want.

# %% [markdown] tags=["slide"]
# | way to mix | rank | the sum of the two? |
# |---|---|---|
# | `cat` | 8 + 8 = 16 | exact |
# | `linear` | 8 | far off |
#
# **These posts cannot tell the mix from its parts.**

# %% [markdown] tags=["notes"]
# Write (A + C) times (B + D) on the board, and let the room multiply. Two of the four products are those that we
# want. The other two come from an A that meets the wrong B. Skip the scores when time is short.

# %%
pair, weights = ["answers", "to all"], [0.5, 0.5]
query = experts.base_model.model.base_model.get_submodule(place)
want = sum(w * query.get_delta_weight(n) for w, n in zip(weights, pair, strict=True))
off = {}
for kind in ("cat", "linear"):
    experts.add_weighted_adapter(pair, weights, kind, combination_type=kind)
    off[kind] = (query.get_delta_weight(kind) - want).norm() / want.norm()
    print(f"{kind:<7} rank {experts.peft_config[kind].r:>2}, off by {off[kind]:.1%}")

# %% tags=["record"]
for kind, miss in off.items():
    course.record(f"{kind}_off", miss)

# %% [markdown]
# `cat` puts the thin matrices side by side. The rank is then the sum of both ranks, and the result is exact.
#
# `linear` adds the A's, adds the B's, and multiplies at the end. So each A also meets the wrong B.
#
# So `cat` is the mean of the two experts. Is it any good?

# %%
experts.set_adapter("cat")
spoken["mix"] = ask(experts, half)
correct = {name: each.argmax(axis=-1) == truth[::2] for name, each in spoken.items()}
mixed = {}
for name in ("base", *pair):
    better = correct["mix"].astype(int) - correct[name].astype(int)
    gain, low, high = mixed[name] = interval(better)
    print(f"{name:<8} {correct[name].mean():.1%} right, the mix {gain:+.1%}", end=" ")
    print(f"(from {low:+.1%} to {high:+.1%})")

# %% tags=["record"]
for name, (gain, _, _) in mixed.items():
    course.record(f"mix_minus_{name.replace(' ', '_')}", gain)

# %% [markdown]
# Zero lies inside each interval, or close to it. These posts cannot tell the mix from its parts. Here each expert has
# learned from 128 posts.

# %% [markdown]
# ## Which label, and how sure?
#
# A text goes in, a label and a confidence come out.

# %% [markdown] tags=["slide"]
# - It always gives one of its four labels
# - Noise gets a high confidence, too
#
# **A high number is no proof that the text makes sense.**

# %% [markdown] tags=["notes"]
# Let the room invent a text that nobody can answer, and type it in if you can. Ask for the confidence before you run
# it. Most expect about a quarter for each label. Then compare the mean for noise with the mean for real posts.

# %%
texts = {
    "a post": "My little brother passed his exam!",
    "no feeling": "The shop on the corner sells bread.",
    "no language": "blick wobble frump tazzle grint",
    "German, I am glad": "Ich bin so froh darüber.",
    "nothing": "",
}
for kind, text in texts.items():
    tokens = tokenizer(text, return_tensors="pt").to(course.device)
    with torch.no_grad():
        confidence, number = classifier(**tokens).logits.softmax(-1)[0].max(dim=0)
    label = classifier.config.id2label[number.item()]
    print(f"{kind:<17} {label:>8} {confidence:>4.0%}  {text}")

# %% [markdown]
# It always gives one of its four labels. How sure is it when there is nothing
# to be sure of? We make texts of random word pieces and compare.

# %%
generator = torch.Generator().manual_seed(course.seed)
noise = torch.randint(1000, len(tokenizer), (64, 20), generator=generator)
noise[:, 0], noise[:, -1] = tokenizer.cls_token_id, tokenizer.sep_token_id
noise = noise.to(course.device)
with torch.no_grad():
    on_noise = classifier(noise, torch.ones_like(noise)).logits.softmax(-1).cpu()
on_test = torch.tensor(logits["LoRA"]).softmax(-1)
sure = {"test_posts": on_test.amax(-1).mean(), "noise": on_noise.amax(-1).mean()}
print({kind: f"{value:.0%}" for kind, value in sure.items()})
print(f"right on the test posts: {right['LoRA'].mean():.0%}")

# %% tags=["record"]
for name, confidence in sure.items():
    course.record(f"confidence_{name}", confidence)

# %% [markdown]
# Noise gets 75% on average, real posts 73%, and fewer of those are right. So a high number is no proof that the text
# makes sense. On another language, or where a wrong answer is expensive, let a human read. {{ Lesson:evaluation }}
# shows how to choose.
#
# ## What would you tell the town?
#
# - **LoRA or full?** For one task, either: scores and seconds are alike. For ten tasks, LoRA: one model, and for each
#   task a file of 1.3 MB.
# - **Which rank to start with?** 8, on all linear layers, with alpha 16. Look for the rate before you touch the rank.
# - **How many posts?** 512 were enough to hear feelings, 256 too few to hear who is for a plan.
# - **A large model on a small GPU?** *QLoRA* (Dettmers et al., 2023) keeps W in 4 bits, and trains A and B beside it.

# %% [markdown] tags=["slide"]
# - One task: LoRA or full, as you like
# - Ten tasks: one model, ten small files
# - Begin with rank 8, on all linear layers
#
# **Look for the rate before you touch the rank.**

# %% [markdown] tags=["notes"]
# Give each group one case: one task, ten tasks, a large model on a small card. They decide and give one reason. Ask
# them for the price of their choice. The usual answer names what it gives, and leaves the price out.

# %% [markdown]
# ## In this notebook we have
#
# - **explained** rank, alpha and targets, and seen a real update with 8 directions and one with many;
# - **compared** four ways to fine-tune, with a price list beside the scores;
# - **saved** an adapter with its tokenizer, loaded it bit for bit, and mended a head of the wrong size;
# - **merged** it for good, switched between two experts, and mixed them;
# - **doubted** answers to noise that sound sure.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `NoMatchingPeftModuleError` | no part of the model has such a name | print the names of its linear layers |
# | `size mismatch for ...classifier.modules_to_save...` | the base has a head of another size | the same `num_labels` or `id2label` as in training |
# | the loss hardly moves | the rate is too small for so few weights | 10 to 50 times the rate of full fine-tuning |
# | `Cannot add weighted adapters ...` | the adapters hold whole heads | train them on one head that stays, as above |
#
# **Next:** {{ lesson:recipe }} asks which of all these settings matter.
