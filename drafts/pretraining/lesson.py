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
# # {{ number }} · What did pretraining buy me, and can training lose it?
#
# {{ badges }}
#
# **You will be able to**
#
# - **distinguish** the three families of pretrained models, by experiment;
# - **hide** words and train a model to guess them;
# - **compare** a pretrained network with the same network from random numbers;
# - **measure** what fine-tuning destroys, with and without LoRA;
# - **shrink** a model, and count the price in labels.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("pretraining", PROFILE)

# %% [markdown]
# ## "Why not buy only the network?"
#
# Noor sorts posts by emotion. Her chief asks: "The drawing of this network is public. Why do we need somebody else's
# weights? Build it, and train it on our posts."
#
# A **pretrained language model** is a network that has already read many texts. It did a task for which nobody wrote
# labels: guess a word that is missing. **Fine-tuning** goes on from those weights with your own labels.
#
# Noor collects four claims. We test all of them.
#
# 1. Pretraining needs fewer labels, and learns sooner (a published notebook on fine-tuning).
# 2. "2e-4 LR prevents catastrophic forgetting" (the same notebook, about a training with LoRA).
# 3. LoRA keeps what was there before (often heard).
# 4. Bigger models always win (a lecture states this, so that a sceptic can doubt it).
#
# Numbers in the text are those of the profile `laptop`.
#
# ## Who may look at whom?
#
# We load an **encoder**, which reads, and a **decoder**, which writes ({{ lesson:must_i_train }}). Inside, **attention**
# lets a token collect from other tokens. We ask for *eager* attention, because only that version shows its weights.

# %%
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, logging

logging.disable_progress_bar()
logging.set_verbosity_error()
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
found, eager = course.checkpoint_named("generative"), {"attn_implementation": "eager"}
writer = AutoTokenizer.from_pretrained(found.name, **found.options)
eager_decoder = {"dtype": "float32"} | eager | found.options
encoder = AutoModel.from_pretrained(course.checkpoint, **eager).eval()
decoder = AutoModelForCausalLM.from_pretrained(found.name, **eager_decoder).eval()

# %% [markdown]
# The third family is an **encoder-decoder**: one half reads, the other half writes. None is installed here. So we build
# a tiny T5 with random weights. It is **untrained**: it can show its wiring, but no knowledge.

# %%
import torch
from transformers import T5Config, T5ForConditionalGeneration

size = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_heads": 2, "num_layers": 2}
plan = T5Config(vocab_size=len(tokenizer), decoder_start_token_id=0, **size, **eager)
torch.manual_seed(course.seed)
both = T5ForConditionalGeneration(plan).eval()

# %% [markdown]
# All three read one sentence. We keep the attention of the first layer, the mean over its heads.

# %%
sentence = "The bank is near the river"
ids = tokenizer(sentence, return_tensors="pt")["input_ids"]
written = writer(sentence, return_tensors="pt")["input_ids"]
answer = tokenizer("it is near water", return_tensors="pt")["input_ids"][:, 1:-1]
with torch.no_grad():
    read = encoder(ids, output_attentions=True).attentions[0].mean(1)[0]
    write = decoder(written, output_attentions=True).attentions[0].mean(1)[0]
    two = both(ids, decoder_input_ids=answer, output_attentions=True)
parts = (two.cross_attentions, two.decoder_attentions)
read_and_write = torch.cat([part[0].mean(1)[0] for part in parts], 1)

# %% tags=["nbval-check-output"]
from lessons.pretraining import figures, keeping, school, words

names, new = map(tokenizer.convert_ids_to_tokens, (ids[0], answer[0]))
pieces = [writer.decode([token]).strip() for token in written[0]]
panels = {"encoder": (names, names, read), "decoder": (pieces, pieces, write)}
panels["both: its writing half"] = (new, names + new, read_and_write)
figures.masks(panels, "Who (row) may look at whom (column)? Blue is open.")

# %% [markdown]
# Each row is a token that looks. In the encoder all squares are open, to the left and to the right. In the decoder a
# token sees only itself and what came before: this is a **causal** mask. The writing half of T5 sees the whole source,
# and of its own words only the earlier ones.
#
# A picture can mislead. So we **plant a truth**: we change one token, and look which outputs move. If the masks are
# right, the answer is known for every pair. `model(ids)[0]` is the output for each token: vectors from the encoder,
# scores for the next token from the decoder.


# %%
@torch.no_grad()
def moved(model, ids, other):
    """Row: which output moved. Column: which token was changed."""
    before, columns = model(ids)[0][0], []
    for place in range(ids.shape[1]):
        changed = ids.clone()
        changed[0, place] = other
        columns.append((model(changed)[0][0] - before).abs().max(1).values > 1e-3)
    return torch.stack(columns, 1)


# %% tags=["nbval-check-output"]
seen = {"encoder": (moved(encoder, ids, 2158), read > 0, names.index("river"))}
seen["decoder"] = (moved(decoder, written, 1234), write > 0, len(pieces) - 1)
for name, (test, mask, last) in seen.items():
    agree = (test == mask).sum()
    print(f"{name}: the picture is right for {agree} of {mask.numel()} pairs;")
    print(f"  'river' is changed: {test[:, last].sum()} of {len(test)} outputs move")

# %% tags=["record"]
for name, (test, mask, _) in seen.items():
    course.record(f"{name}_agrees", (test == mask).double().mean().item())

# %% [markdown]
# The picture is right for every pair. Change the last word: in the encoder **everything** moves, in the decoder only the
# last output. So an encoder has seen the *river* when it reads *bank*. A decoder has not.
#
# **Try it.** Change the *first* token of the decoder's sentence. How many outputs move? Guess, then count.
#
# <details><summary>An answer</summary>
#
# All of them. The first token is in the past of every token, and the causal mask hides only the future.
#
# </details>

# %% tags=["try"]
first = moved(decoder, written, 1234)[:, 0]
print(first.sum().item(), "of", len(first))
if course.profile == "laptop":
    assert first.all()

# %% [markdown]
# ## Which name belongs to which family?
#
# | family | may look | learned by | names you will meet | good for |
# |---|---|---|---|---|
# | encoder | both sides | guessing hidden words | BERT, RoBERTa, DistilBERT; here: MiniLM | labels, search |
# | decoder | back only | guessing the next word | GPT, BLOOM, Llama; here: SmolLM2 | writing, prompts |
# | both | source: all; own words: back | restoring hidden pieces | T5 | translation, summaries |
# | both, for sound | sound: all; own words: back | sound with its text | Whisper | speech to text |
#
# RoBERTa is BERT trained longer, on more text. BLOOM writes dozens of languages. DistilBERT comes back below. Here is
# the decoder's game, the next word:

# %% tags=["nbval-check-output"]
asked = writer("The capital of France is", return_tensors="pt")["input_ids"]
with torch.no_grad():
    chances = decoder(asked).logits[0, -1].softmax(-1)
[writer.decode([token]) for token in chances.topk(3).indices]

# %% [markdown]
# *Paris* is first. Nobody wrote a label for this game: the next word **is** the label. The untrained T5 plays too:

# %% tags=["nbval-check-output"]
print("source", tuple(ids.shape), "-> scores", tuple(two.logits.shape))
print("T5 says:", tokenizer.decode(two.logits[0].argmax(-1)))

# %% [markdown]
# For each word to write there is one score for each token of the vocabulary. The shapes are right, the words are
# nonsense. This is a network without pretraining.
#
# ## Can it guess a hidden word?
#
# BERT learned by **masked language modelling** (Devlin and others, 2019). 15% of the tokens are chosen. Of these, 80%
# become `[MASK]`, 10% a random token, and 10% stay as they are. All other labels are -100: the loss skips them.

# %%
from transformers import DataCollatorForLanguageModeling

hide = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15, seed=1)
hidden = hide([tokenizer("i am so happy that the sun is back again today my friends")])
print(tokenizer.decode(hidden["input_ids"][0]))
print(hidden["labels"][0].tolist())

# %% [markdown]
# One token is hidden here, and its id is the only label. (Why are some left or swapped? In use there is no `[MASK]`. So
# the model must make a good vector for every token.)
#
# Our checkpoint has lost its guessing head: it was later trained to compare sentences. We train a new one, on posts and
# opinions of the course.

# %%
from datasets import concatenate_datasets, disable_progress_bars, load_dataset

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
opinions = load_dataset(*course.dataset("stance"))
del encoder, decoder, both  # they have done their work: free the memory
tables = [posts, opinions]

# %% tags=["nbval-check-output"]
learn = words.read([table["train"] for table in tables], tokenizer)
most = course.pick(laptop=300, full=300, smoke=16)
judge = words.read([table["test"] for table in tables], tokenizer, most)
counts = words.count(learn, len(tokenizer))
usual = int(counts.argmax())
print(f"{len(learn):,} texts; the most frequent token: {tokenizer.decode([usual])!r}")

# %% [markdown]
# The upper layers of this checkpoint were bent towards whole sentences. So we cut three of six off. We train the upper two
# of the rest, and the head. The head's last matrix is **tied**: it is the table of tokens itself, and stays frozen.

# %%
from transformers import BertForMaskedLM

layers = course.pick(laptop=3, full=12, smoke=3)
torch.manual_seed(course.seed)
guesser = BertForMaskedLM.from_pretrained(course.checkpoint, num_hidden_layers=layers)
guesser = guesser.to(course.device).eval().requires_grad_(False)
guesser.bert.encoder.layer[-2:].requires_grad_(True)
guesser.cls.predictions.transform.requires_grad_(True)
if course.profile != "full":  # BERT base still has its head
    guesser.cls.predictions.bias.data = torch.tensor(counts + 0.1).float().log()

# %% [markdown]
# The bias starts as the logarithm of the counts. So before the first step the head prefers the most frequent token. This
# is the **baseline**. The loop is that of {{ lesson:training_loop }}; it stands in `words.py`, beside this lesson. For
# each batch it hides other words.

# %%
steps = course.pick(laptop=50, full=60, smoke=2)
rate = course.pick(laptop=2e-3, full=5e-5, smoke=2e-3)
words.train(guesser, learn, hide, rate, steps, course.seed)

# %% [markdown]
# For the test, every hidden word becomes `[MASK]`. Otherwise a model that only copies would be right for the 10% that
# stand as they are. Each hidden word is 1 (guessed) or 0. Both answers are judged on the same words, so we take the
# interval of their difference ({{ lesson:start_here }}).

# %%
only = {"mask_replace_prob": 1.0, "random_replace_prob": 0.0, "seed": 1}
hide_all = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15, **only)
said, truth = words.answers(guesser, words.batches(judge, hide_all))
guessed, habit = (said == truth) * 1.0, (truth == usual) * 1.0

# %%
from course_utils.statistics import interval, interval_over_seeds

gain = interval(guessed - habit)
print(
    f"{len(truth)} hidden words: guessed {guessed.mean():.1%}, habit {habit.mean():.1%}"
)
print(f"difference {gain[0]:.1%}, from {gain[1]:.1%} to {gain[2]:.1%}")
for text in ("i feel so [MASK] today .", "we should [MASK] this law ."):
    print(text, "->", *words.best(guesser, tokenizer, text))

# %% tags=["record"]
course.record("guessed", guessed.mean())
course.record("guessed_by_habit", habit.mean())
course.record("guess_gain_low", gain[1])

# %% [markdown]
# A few seconds of this game beat the habit, without one label. In the two lists some guesses fit their place, others are
# only frequent. It is still a poor guesser: BERT played for days, on
# billions of words. What its layers learned there is what we buy.
#
# ## Is the architecture what matters?
#
# Back to the chief's question.
#
# > **Assumption:** *The architecture is what matters. The weights will come with our own training.*
# >
# > **Sceptic:** *Then the same network with random weights must do as well. Give both the same posts and the same steps.*
#
# Our task is `emotion`, with four labels. We take short posts, so that each training is cheap.

# %%
import numpy as np

longest = course.pick(laptop=20, full=40, smoke=20)
short = posts.filter(lambda post: len(tokenizer(post["text"])["input_ids"]) <= longest)
count, most = course.pick(laptop=(640, 400), full=(640, 800), smoke=(32, 16))
learned = short["train"].shuffle(seed=course.seed).select(range(count))
asked = concatenate_datasets([short["validation"], short["test"]])
asked = asked.select(range(min(most, len(asked))))

# %% tags=["nbval-check-output"]
train, test = (school.read(rows, tokenizer, course.device) for rows in (learned, asked))
truth, labels = test.truth.cpu().numpy(), posts["train"].features["label"].names
lazy = (truth == train.truth.bincount().argmax().item()).mean()
print(f"{count} to learn, {len(truth)} to test; always the usual label: {lazy:.1%}")

# %% [markdown]
# `MeanPooling` is the class of {{ lesson:lora }}: a BERT whose head reads the mean of the tokens. `from_pretrained` loads
# weights. The class alone builds the same network with random ones. The pretrained table of tokens stays frozen. The
# random network may train its table too, for it knows nothing yet.


# %%
def pretrained(seed):
    torch.manual_seed(seed)  # the new head is random
    model = school.MeanPooling.from_pretrained(
        course.checkpoint, num_labels=len(labels)
    )
    model.bert.embeddings.requires_grad_(False)
    return model.to(course.device)


def random_weights(seed):
    torch.manual_seed(seed)
    return school.MeanPooling(pretrained(seed).config).to(course.device)


# %% [markdown]
# The loop in `school.py` has batches of 8, AdamW, warmup and decay. The rate is 2e-4, that of the published notebook.
# Two seeds for each network.

# %%
steps = course.pick(laptop=32, full=80, smoke=2)
rate = 2e-4
models, curves, right = {}, {}, {"random": [], "pretrained": []}
for name, build in {"random": random_weights, "pretrained": pretrained}.items():
    for seed in (0, 1):
        models[name, seed] = build(seed)
        curves[name, seed] = school.train(models[name, seed], train, rate, steps, seed)
        right[name].append(school.right(models[name, seed], test))

# %% [markdown]
# Four labels with equal probabilities give a loss of ln(4) = 1.39. Who leaves that line?

# %%
from course_utils import plots

losses = {name: school.smooth(curves[name, 0]) for name in right}
shown = {name: (range(1, steps + 1), losses[name]) for name in losses}
plots.lines(shown, "The same network, the same posts", "step", "loss, mean of 6 steps")

# %% [markdown]
# The pretrained network leaves the line. The random one first goes up, and then only comes back to it. It is not broken:
# with far more texts and steps it would learn. But that **is** pretraining, and somebody else has paid for it.
#
# **Try it.** Perhaps the rate is wrong for it. Give the random network five times the rate. Does it catch up?
#
# <details><summary>An answer</summary>
#
# No. It stays near the usual label, far below the pretrained one.
#
# </details>

# %% tags=["try"]
fast = random_weights(0)
school.train(fast, train, 5 * rate, steps, 0)
print(f"{school.right(fast, test).mean():.1%}")
if course.profile == "laptop":
    assert school.right(fast, test).mean() < np.mean(right["pretrained"]) - 0.1

# %% [markdown]
# ## How many labels did pretraining save?
#
# Now the pretrained network gets only 40 labels, with as many steps.

# %%
few = course.pick(laptop=40, full=40, smoke=16)
name = f"pretrained, {few} labels"
right[name] = []
for seed in (0, 1):
    model = pretrained(seed)
    school.train(model, train, rate, steps, seed, count=few)
    right[name].append(school.right(model, test))

# %% [markdown]
# Beside it stands **counting words**: TF-IDF and a logistic regression, with all labels ({{ lesson:start_here }}).

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

counting = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
counting.fit(learned["text"][:], learned["label"][:])
right["counting words"] = [(counting.predict(asked["text"][:]) == truth) * 1.0]

# %%
scores = {name: interval_over_seeds(table) for name, table in right.items()}
plots.scores(
    scores, f"{count} labels, where nothing else is said", highlight_last=False
)

# %% tags=["record"]
for name, (mean, *_) in scores.items():
    short_name = name.replace(f", {few} labels", "_few").replace(" ", "_")
    course.record(f"right_{short_name}", mean)

# %% [markdown]
# The first line is the assumption, and it falls. With the same posts, steps and layers the random network stays near the
# usual label. The pretrained one needs only **40** labels to beat it by far. So in this run pretraining saved at least
# 600 of 640 labels.
#
# But look at the last line. Counting words has no pretraining, and it also beats the random network clearly. Against
# that rival, 40 labels are about as good as 640. If you say "fewer labels", name the rival.
#
# The notebook also says that pretrained models converge faster. The curve agrees. (Two seeds are few; the intervals
# draw seeds and rows.)
#
# ## Did training lose what was there?
#
# The pretrained model could compare sentences. Can it still, after it has learned emotions? To lose an old ability while
# learning a new one is called **catastrophic forgetting** (McCloskey and Cohen, 1989).
#
# We ask two things, on opinions about town questions. The training on emotions has seen none of them.
#
# - **neighbours**: is the nearest other text about the same question? No label is trained for this.
# - **probe**: a logistic regression on the vectors says support, neutral or oppose. It is fitted anew for each model, on
#   200 rows, and judged on 150 others.

# %%
near = opinions.filter(lambda row: len(tokenizer(row["text"])["input_ids"]) <= 28)
known, fresh = course.pick(laptop=(200, 150), full=(400, 150), smoke=(30, 12))
fit = near["train"].shuffle(seed=course.seed).select(range(known))
views = concatenate_datasets([fit, near["test"].select(range(fresh))])
opinion = keeping.Opinions(views, known, tokenizer, course.device)

# %% [markdown]
# `abilities` gives 1 or 0 for each row. First the base. Then our trainings at 2e-4 from above, with a third seed. Then one
# slower and one faster.

# %%
base = pretrained(0).eval()
before = opinion.abilities(base.bert)
plans = {"all, 2e-4": [2], "all, 2e-5": [0], "all, 2e-3": [0]}
trained = {"all, 2e-4": [models["pretrained", 0], models["pretrained", 1]]}
for name, seeds in plans.items():
    for seed in seeds:
        trained.setdefault(name, []).append(pretrained(seed))
        school.train(trained[name][-1], train, float(name[5:]), steps, seed)

# %% [markdown]
# ## Is LoRA safe?
#
# **LoRA** trains small matrices beside the frozen ones ({{ lesson:lora }}). Two rates: the notebook's 2e-4, and 5e-3, which
# that lesson had chosen on other posts. (The notebook adapts two matrices of each layer, we adapt all.)

# %%
from peft import LoraConfig, get_peft_model

plan = {"r": 8, "lora_alpha": 16, "target_modules": ["query", "key", "value", "dense"]}
faster = course.pick(laptop="5e-3", full="1e-3", smoke="5e-3")
for other, seeds in {"2e-4": [0], faster: [0, 1, 2]}.items():
    trained[f"LoRA, {other}"] = []
    for seed in seeds:
        lora = get_peft_model(pretrained(seed), LoraConfig("SEQ_CLS", **plan))
        school.train(lora, train, float(other), steps, seed)
        trained[f"LoRA, {other}"].append(lora)

# %%
won = {name: [school.right(m, test) for m in each] for name, each in trained.items()}
changed = {
    name: keeping.changes(opinion, before, each) for name, each in trained.items()
}
left = {name: before[0].mean() + each["neighbours"] for name, each in changed.items()}
points = {name: (np.mean(won[name]), left[name].mean()) for name in trained}
figures.gained_and_lost(points, before[0].mean(), "What was gained, what was kept")

# %% [markdown]
# Each point is a way to train: to the right it has learned more, higher up it has kept more. How sure is that? Each
# opinion is judged before and after. We take the difference row by row, in points. Its interval draws rows, and seeds
# where there are three.

# %%
print(f"before: neighbours {before[0].mean():.0%}, probe {before[1].mean():.0%}")
for name, each in left.items():
    if len(each) > 1:
        print(
            f"{name}, neighbours by seed:", *(f"{share:.0%}" for share in each.mean(1))
        )
keeping.table(changed, won)

# %% tags=["record"]
course.record("neighbours_before", before[0].mean())
for name in trained:
    course.record(
        "kept_" + name.lower().replace(", ", "_").replace("-", ""), points[name][1]
    )
    course.record(
        "won_" + name.lower().replace(", ", "_").replace("-", ""), points[name][0]
    )

# %% [markdown]
# - **all, 2e-5**: nothing was lost that we can see. But little was learned.
# - **all, 2e-4**: it learned, and lost about ten points of its neighbours. The seeds differ much: one lost few.
# - **all, 2e-3**: the training broke the model. The old ability is gone, and the new one never came.
# - **LoRA, 2e-4**: kept all, and learned little in these steps.
# - **LoRA, 5e-3**: learned the new task too, and lost about twenty points, with each seed.
#
# So the number 2e-4 protects nothing: it is slow for LoRA, and fast for full training. Who moves little forgets little. A
# "no forgetting" without the score of the new task says nothing. Always show **both**.
#
# The probe has only 150 rows. It sees the broken model, and decides nothing about the others. And this is one small model
# and short trainings. On large models Biderman and others (2024) found that LoRA "learns less and forgets less".
#
# But LoRA has one thing that full training lacks. The old weights are still there. `disable_adapter` switches the adapter
# off. Here again the truth is planted: we know what must come out.

# %% tags=["nbval-check-output"]
bert, old = keeping.bert_of(lora), opinion.vectors(base.bert)
with lora.disable_adapter():
    off = opinion.vectors(bert)
print("adapter off, the old vectors:", bool((off == old).all()))
print("adapter on, the old vectors:", bool(np.allclose(opinion.vectors(bert), old)))

# %% tags=["record"]
course.record("off_differs", float(np.abs(off - old).max()))

# %% [markdown]
# Off: every number is as before. So LoRA does not prevent forgetting. It makes forgetting **reversible**: one base, and
# an adapter for each task. With full training, keep a copy of the old weights.
#
# **Try it.** `merge_and_unload()` adds the adapter into the weights. Are the old neighbours there after that? Do it with
# a copy of `lora`.
#
# <details><summary>An answer</summary>
#
# No. The merged model has forgotten what the model with its adapter had forgotten. And there is no adapter left to
# switch off.
#
# </details>

# %% tags=["try"]
import copy

merged = copy.deepcopy(lora).merge_and_unload()
now = opinion.abilities(merged.bert)[0].mean()
print(f"neighbours {now:.0%}, before {before[0].mean():.0%}")
if course.profile == "laptop":
    assert now < before[0].mean() - 0.05

# %% [markdown]
# ## Does the bigger model win?
#
# The notebook calls DistilBERT a "lightweight version of BERT": about 66M parameters against 110M. We can count without a
# download. On the device `meta` a tensor has a shape and no memory.

# %% tags=["nbval-check-output"]
from transformers import BertConfig, DistilBertConfig

with torch.device("meta"):
    for plan in (BertConfig(), DistilBertConfig()):
        distil = AutoModel.from_config(plan)
        print(f"{plan.model_type:<10} {distil.num_parameters() / 1e6:.1f} million")

# %% [markdown]
# Both numbers are right. DistilBERT has 6 layers in place of 12. Its table of tokens is as large as before.
#
# **Try it.** Which share of DistilBERT's parameters is the table of tokens (30,522 x 768)?
#
# <details><summary>An answer</summary>
#
# About 35%. So half of the layers does not mean half of the size.
#
# </details>

# %% tags=["try"]
table = 30_522 * 768 / distil.num_parameters()
print(f"{table:.0%}")
if course.profile == "laptop":
    assert 0.34 < table < 0.37

# %% [markdown]
# We do the same with our model: keep every second layer, and tune.


# %%
def student(seed, loss_of=None):
    model = pretrained(seed)
    model.bert.encoder.layer = model.bert.encoder.layer[::2]
    school.train(model, train, rate, steps, seed, loss_of=loss_of)
    return model


half = [student(seed) for seed in (0, 1)]
right["half of the layers"] = [school.right(model, test) for model in half]

# %%
against = {name: np.array(right["half of the layers"]) - right[name] for name in losses}
for name, table in against.items():
    mean, low, high = interval_over_seeds(table)
    print(f"half, minus all, {name}: {mean:+.1%}, from {low:+.1%} to {high:+.1%}")
slower = school.seconds(models["pretrained", 0], test) / school.seconds(half[0], test)
print(f"all layers need about {slower:.0f} times as long, here")

# %% tags=["record"]
for name, table in against.items():
    course.record(f"half_minus_{name}", table.mean())

# %% [markdown]
# The lecture names a model of 70 billion parameters that beat a famous chatbot on a leaderboard. Then its sceptic says:
# "Smart fine-tuning can outperform raw scale." Our two lines are a small copy of that dispute:
#
# - Half of the layers, **pretrained**, beat all layers with random weights by far. So bigger does not always win.
# - With equal pretraining, the larger one is ahead in this run. Two seeds leave open how much.
#
# ## Can a large model teach a small one?
#
# DistilBERT was made by **distillation** (Sanh and others, 2019). A large *teacher* answers. The small *student* learns
# from its probabilities, not only from the label: "mostly joy, a little optimism" says more than "joy".
#
# A **temperature** T divides the logits. With T = 2 the probabilities are softer, and small ones count more.

# %%
T = 2.0
with torch.no_grad():
    teacher = school.ask(models["pretrained", 1], train).to(course.device)
for heat in (1.0, T):
    print(f"T = {heat:.0f}:", (teacher[0] / heat).softmax(-1).cpu().numpy().round(2))

# %% [markdown]
# Softer answers have smaller gradients, by about T*T. So the loss is multiplied by T*T. Half of our loss is soft, half is
# the true label.


# %%
from torch.nn.functional import cross_entropy, kl_div


def soft_loss(logits, rows):
    wanted = (teacher[rows] / T).softmax(-1)
    said = (logits / T).log_softmax(-1)
    soft = kl_div(said, wanted, reduction="batchmean") * T * T
    return (soft + cross_entropy(logits, train.truth[rows])) / 2


# %% [markdown]
# The rival is the student from above: the same layers, the same steps, hard labels only.

# %%
taught = [school.right(student(seed, soft_loss), test) for seed in (0, 1)]
helped = interval_over_seeds(np.array(taught) - right["half of the layers"])
print(
    f"with a teacher {np.mean(taught):.1%}, hard {np.mean(right['half of the layers']):.1%}"
)
print(f"difference {helped[0]:+.1%}, from {helped[1]:+.1%} to {helped[2]:+.1%}")

# %% tags=["record"]
course.record("teacher_minus_hard", helped[0])

# %% [markdown]
# The interval holds zero: this run does not decide whether the teacher helped. That is no wonder. Our student saw few
# posts, and our teacher is right on little more than half of them. DistilBERT's students read billions of words. A
# method from a famous paper still needs a measurement at **your** size.
#
# ## What do fewer bits cost?
#
# Another way to shrink: fewer bits for each weight. **ONNX** is a file format for networks, and a runtime executes it
# without PyTorch. **int8** stores each weight of a matrix as one of 256 steps: one byte in place of four.

# %%
from lessons.pretraining.quiet import quiet

small, test = models["pretrained", 1].cpu().eval(), test.cpu()
axes, folder = {0: "batch", 1: "tokens"}, course.workdir / "onnx"
folder.mkdir(exist_ok=True)
files = {name: folder / f"{name}.onnx" for name in ("float32", "int8")}
how = {"input_names": ["input_ids", "attention_mask"], "dynamic_shapes": (axes, axes)}
with quiet():  # the exporter prints its progress
    batch = tuple(test.batch([0, 1]).values())
    torch.onnx.export(
        small, batch, files["float32"], dynamo=True, external_data=False, **how
    )

# %% [markdown]
# *Dynamic* sizes: a later batch may have another number of texts and tokens. Now the bits:

# %%
from onnxruntime.quantization import QuantType, quantize_dynamic

with quiet():
    quantize_dynamic(files["float32"], files["int8"], weight_type=QuantType.QInt8)

# %% [markdown]
# The price is not the error of a number. It is the number of **labels that change**.

# %%
import shutil

said = {"PyTorch": school.ask(small, test).argmax(1).numpy()}
sizes = {name: file.stat().st_size / 1e6 for name, file in files.items()}
for name, file in files.items():
    said[name] = school.ask_onnx(file, test)
    flips, good = (said[name] != said["PyTorch"]).sum(), (said[name] == truth).mean()
    print(
        f"{name}: {sizes[name]:.0f} MB, {flips} of {len(truth)} labels changed",
        end="",
    )
    print(f", {good:.1%} right")
shutil.rmtree(folder)

# %% tags=["record"]
course.record("onnx_changed", (said["float32"] != said["PyTorch"]).mean())
course.record("int8_changed", (said["int8"] != said["PyTorch"]).mean())
course.record("int8_mb", sizes["int8"])

# %% [markdown]
# ONNX alone changes no label: it is the same computation. int8 makes the file about a quarter as large, and changes some
# labels, several of a hundred. The accuracy hardly moves, because some changes mend an error and others make one. If
# single answers matter to you (a person was told yes, and is now told no), count changes, not accuracy.
#
# ## What was promised, and what was kept?
#
# All rows are differences in points, with their 95% intervals.

# %%
gaps = np.array(right[f"pretrained, {few} labels"]) - right["random"]
verdict = {
    f"1. {few} labels, pretrained, minus {count}, random": interval_over_seeds(gaps)
}
for name, each in changed.items():
    verdict[f"2, 3. neighbours, {name}"] = interval_over_seeds(each["neighbours"])
for name, table in against.items():
    verdict[f"4. half, minus all, {name}"] = interval_over_seeds(table)
price = (said["int8"] == truth) * 1.0 - (said["float32"] == truth)
verdict |= {
    "a teacher, minus hard labels": helped,
    "int8 minus float32": interval(price),
}
keeping.as_points(verdict)

# %% [markdown]
# 1. **Kept**, against the same network: 40 labels beat 640. Against counting words the advantage is small.
# 2. **Not kept.** Full training at 2e-4 forgot, more or less by seed. LoRA at 2e-4 kept all, but had hardly learned.
# 3. **Half kept.** A LoRA that learned also forgot while it is on. Switched off, it gave every old number back.
# 4. **Not kept** as it stands: a half-size pretrained model beat a full-size random one. At equal pretraining, size
#    seems to help.
#
# Noor's answer to her chief: "The drawing is free. What we download is the reading. With our few hundred posts we cannot
# repeat it. And I keep a copy of it, since our own training damages it."
#
# ## In this notebook we have
#
# - **distinguished** the families: we changed a token, and saw which outputs moved;
# - **hidden** words, and trained a head that beats the habit;
# - **compared** the same network with and without pretraining, at equal steps;
# - **measured** what fine-tuning destroys, and switched a LoRA adapter off;
# - **shrunk** a model by layers, by a teacher and by bits, and counted changed labels.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `Some weights ... were not initialized from the checkpoint` or a table with `MISSING` | the head is new and random | train it; for guessing words, load a checkpoint that kept its head |
# | the loss stays near ln(number of labels) | random weights, or a rate far too high or too low | check that `from_pretrained` was used; try another rate |
# | an old task is worse after fine-tuning | forgetting | keep the base, use adapters, or mix old rows into the training |
# | "no forgetting", but the new task is not learned either | the model has hardly moved | always show both numbers |
# | all good with LoRA, bad after `merge_and_unload()` | the merged weights have no way back | keep the adapter as a file of its own |
# | int8 changes many labels | some matrices do not stand 256 steps | leave these out (`nodes_to_exclude`), or keep float32 |
#
# **Next:** the sheet for this lesson, and then {{ lesson:case_emotion }}.
