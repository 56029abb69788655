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

# %% [markdown] tags=["slide"]
# - The drawing of the network is public
# - Pretrained: the weights have read many texts
# - The task needed no labels: guess what is missing
#
# **Four claims about this reading. We test each.**

# %% [markdown] tags=["notes"]
# Begin with the chief's question, and let the room answer it for a minute. Then read the four claims, and let
# everybody write down true or false for each. Come back to these notes at the end. The second claim is about a
# number: ask who has seen it in a notebook.

# %% [markdown]
# ## Who may look at whom?
#
# We load an **encoder**, which reads, and a **decoder**, which writes ({{ lesson:must_i_train }}). Inside,
# **attention** lets a token collect from other tokens. We ask for *eager* attention, because only that version shows
# its weights.

# %% [markdown] tags=["slide"]
# - Encoder: every token sees all others
# - Decoder: a causal mask, itself and the past
# - Encoder-decoder: one half reads, the other half writes
#
# **Change one token: which outputs move?**

# %% [markdown] tags=["notes"]
# Show the figure and let the room say which square is open and which is closed. Then ask the question of the slide
# for *river*, the last word. In the decoder most expect several outputs to move. Only one does: the others have read
# before it came. Loading the decoder takes a moment, so run those cells in advance.

# %%
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, logging

logging.disable_progress_bar()
logging.set_verbosity_error()
tokenizer, eager = AutoTokenizer.from_pretrained(course.checkpoint), "eager"
encoder = AutoModel.from_pretrained(course.checkpoint, attn_implementation=eager).eval()

# %% [markdown]
# The decoder lies in a single file, made for another program (GGUF). `read_once` (of this lesson) saves time: without
# it the beginning of that file is read three times.

# %%
from lessons.pretraining.reading import read_once

found = course.checkpoint_named("generative")
options = {"dtype": "float32", "attn_implementation": eager} | found.options
with read_once():
    writer = AutoTokenizer.from_pretrained(found.name, **found.options)
    decoder = AutoModelForCausalLM.from_pretrained(found.name, **options).eval()

# %% [markdown]
# The third family is an **encoder-decoder**: one half reads, the other half writes. None is installed here. So we build
# a tiny T5 with random weights. It is **untrained**: it can show its wiring, but no knowledge.

# %%
import torch
from transformers import T5Config, T5ForConditionalGeneration

size = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_heads": 2, "num_layers": 2}
size |= {"vocab_size": len(tokenizer), "decoder_start_token_id": 0}
torch.manual_seed(course.seed)
plan = T5Config(**size, attn_implementation=eager)
both = T5ForConditionalGeneration(plan).eval()

# %% [markdown]
# All three read one sentence. A layer has several **heads**; each one is an attention of its own. We keep the first
# layer, and the mean over its heads.

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
# token sees only itself and what came before: this is a **causal mask**. The writing half of T5 sees the whole source,
# and of its own words only the earlier ones.
#
# So we **plant a truth**: we change one token, and look which outputs move. If the masks are
# right, the answer is known for every pair. `model(ids)[0]` is the output for each token: vectors from the encoder,
# scores for the next token from the decoder.


# %%
@torch.no_grad()
def moved(model, ids, other):
    """Row: which output moved. Column: which token was changed."""
    before, columns = model(ids)[0][0], []
    for place in range(ids.shape[1]):
        changed = ids.clone()
        changed[0, place] = other  # any other token
        columns.append((model(changed)[0][0] - before).abs().max(1).values > 1e-3)
    return torch.stack(columns, 1)


# %% tags=["nbval-check-output"]
seen = {
    "encoder": (
        moved(encoder, ids, tokenizer.mask_token_id),
        read > 0,
        names.index("river"),
    )
}
seen["decoder"] = (moved(decoder, written, 0), write > 0, len(pieces) - 1)
for name, (test, mask, last) in seen.items():
    agree = (test == mask).sum()
    print(f"{name}: the picture is right for {agree} of {mask.numel()} pairs;")
    print(f"  'river' is changed: {test[:, last].sum()} of {len(test)} outputs move")

# %% tags=["record"]
for name, (test, mask, _) in seen.items():
    course.record(f"{name}_agrees", (test == mask).double().mean().item())

# %% [markdown]
# The picture is right for every pair. (The sheet does it with a T5.) Change the last word: in the encoder
# **everything** moves, in the decoder only the last output. So an encoder has seen the *river* when it reads *bank*. A
# decoder has not.
#
# **Try it.** Change the *first* token of the decoder's sentence. How many outputs move? Guess, then count.
#
# <details><summary>An answer</summary>
#
# All of them. The first token is in the past of every token, and the causal mask hides only the future.
#
# </details>

# %% tags=["try"]
first = moved(decoder, written, 0)[:, 0]
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
# | encoder-decoder | source: all; own words: back | restoring hidden pieces | T5 | translation, summaries |
# | encoder-decoder, for sound | sound: all; own words: back | sound with its text | Whisper | speech to text |
#
# RoBERTa is BERT trained longer, on more text. BLOOM writes dozens of languages. DistilBERT comes back below. Here is
# the decoder's game, the next word:

# %% [markdown] tags=["slide"]
# | family | learned by | names |
# |---|---|---|
# | encoder | guessing hidden words | BERT, MiniLM |
# | decoder | guessing the next word | GPT, Llama, SmolLM2 |
# | encoder-decoder | restoring hidden pieces | T5 |

# %% [markdown] tags=["notes"]
# Call out some names that the room knows, and let it find the row. ChatGPT is the usual test: it is a decoder. Then
# ask who wrote the label for *Paris*. Nobody did: the next word of the text is the label. The answer of T5 is
# nonsense on purpose, since its weights are random.

# %% tags=["nbval-check-output", "slide"]
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
# nonsense.
#
# ## Can it guess a hidden word?
#
# BERT learned by **masked language modelling** (Devlin and others, 2019). 15% of the tokens are chosen. Of these, 80%
# become `[MASK]`, 10% a random token, and 10% stay as they are. All other labels are -100: the loss skips them.

# %% [markdown] tags=["slide"]
# - Some tokens are chosen: 15 of 100
# - Most become `[MASK]`; some are swapped or stay
# - All other labels are -100: the loss skips them
#
# **Nobody writes a label: the text has it.**

# %% [markdown] tags=["notes"]
# Print the hidden sentence and let the room guess the word, as the model must. Ask why a tenth of the chosen words
# stay as they are. Few know it: in later use there is no `[MASK]`, and the model must read every token well. Compare
# the score with the habit, and not with 100%. Our head is poor: say so.

# %% tags=["slide"]
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
# The upper layers of this checkpoint were trained for whole sentences. So we take only the lower three of its six. Of
# these we train two, and the head. The head's last matrix is **tied**: it is the table of tokens itself, and stays
# frozen.

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
# The bias starts as the logarithm of the counts. So before the first step the head prefers the most frequent token.
# This habit is the **baseline**. The loop is that of {{ lesson:training_loop }}; it stands in `words.py`, beside this
# lesson. For each batch it hides other words.

# %%
steps = course.pick(laptop=32, full=60, smoke=2)
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
# A few seconds of masked language modelling beat the habit, without one label. The two lists are still full of frequent
# tokens (*t* and *don* are pieces of *don't*): it is a poor guesser. BERT played this game for days, on billions of
# words. What its layers learned there is what we buy.
#
# ## Is the architecture what matters?
#
# > **Assumption:** *The architecture is what matters. The weights will come with our own training.*
# >
# > **Sceptic:** *Then the same network with random weights must do as well. Give both the same posts and the same steps.*
#
# Our task is `emotion`, with four labels. We take short posts, so that each training is cheap.

# %% [markdown] tags=["slide"]
# - The same network, posts, order and steps
# - One begins with pretrained weights, one with random ones
# - Equal chances for four labels: a loss of 1.39
#
# **Only the pretrained one gets clearly below it.**

# %% [markdown] tags=["notes"]
# Let the room vote on the assumption first. Then ask what loss a network has that knows nothing, with four labels.
# Draw this line before you show the curves. The random network is not broken: with far more text it would learn. The
# *Try it* answers those who blame the rate.

# %%
import numpy as np

longest = course.pick(laptop=20, full=40, smoke=20)
short = posts.filter(lambda post: len(tokenizer(post["text"])["input_ids"]) <= longest)
many, most = course.pick(laptop=(640, 400), full=(640, 800), smoke=(32, 16))
learned = short["train"].shuffle(seed=course.seed).select(range(many))
asked = concatenate_datasets([short["validation"], short["test"]])
asked = asked.select(range(min(most, len(asked))))

# %% tags=["nbval-check-output"]
train, test = (school.read(rows, tokenizer, course.device) for rows in (learned, asked))
truth, labels = test.truth.cpu().numpy(), posts["train"].features["label"].names
lazy = (truth == train.truth.bincount().argmax().item()).mean()
print(f"{many} to learn, {len(truth)} to test; always the usual label: {lazy:.1%}")

# %% [markdown]
# `MeanPooling` is the class of {{ lesson:lora }}: a BERT whose head reads the mean of the tokens. `from_pretrained`
# loads weights. The class alone builds the same network with random ones. The pretrained table of tokens stays frozen.
# The random network may train its table too, for it knows nothing yet.


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
# The networks read the first 256 posts, each once, in 32 steps. We train the pretrained one twice, with two **seeds**
# (another new head, another order of the posts). The random one costs more and gets one seed.

# %%
steps, count = course.pick(laptop=(32, 256), full=(80, 640), smoke=(2, 16))
rate, networks = 2e-4, {"random": random_weights, "pretrained": pretrained}
models, curves, right = {}, {}, {"random": [], "pretrained": []}
for name, seed in (("random", 0), ("pretrained", 0), ("pretrained", 1)):
    model = models[name, seed] = networks[name](seed)
    curves[name, seed] = school.train(model, train, rate, steps, seed, count)
    right[name].append(school.right(model, test))

# %% [markdown]
# A network that gives all four labels the same chance has a loss of ln(4) = 1.39. We draw this line too. Which network
# gets below it?

# %%
from course_utils import plots

losses = {name: school.smooth(curves[name, 0]) for name in right}
losses["four equal chances"] = [np.log(4)] * steps
shown = {name: (range(1, steps + 1), losses[name]) for name in losses}
plots.lines(shown, "The same network, the same posts", "step", "loss, mean of 6 steps")

# %% [markdown]
# The pretrained network gets below the line, and stays there. The random one is mostly above it. It is not
# broken: with far more texts and steps it would learn. But that **is** pretraining, and somebody else has paid for it.
#
# **Try it.** Perhaps the rate is wrong for it. Give the random network five times the rate. Does it catch up?
#
# <details><summary>An answer</summary>
#
# No. It stays far below the pretrained one.
#
# </details>

# %% tags=["try"]
fast = random_weights(0)
school.train(fast, train, 5 * rate, steps, 0, count)
print(f"{school.right(fast, test).mean():.1%}")
if course.profile == "laptop":
    assert school.right(fast, test).mean() < np.mean(right["pretrained"]) - 0.1

# %% [markdown]
# ## How many labels did pretraining save?
#
# Now the pretrained network gets only 40 labels. It takes as many steps, so it reads each post about six times.

# %% [markdown] tags=["slide"]
# - Pretrained, 40 labels: above random weights with 256
# - Counting words, 640 labels: about as good
# - "Fewer labels" always means: than which rival?
#
# **The rival decides how large the gain looks.**

# %% [markdown] tags=["notes"]
# Cover the figure and ask for the order of the six rows. Most put counting words last. It has no pretraining, and in
# our run it was still ahead of the random network. Say that one or two seeds are few.

# %%
few = course.pick(laptop=40, full=40, smoke=16)
name, model = f"pretrained, {few} labels", pretrained(0)
school.train(model, train, rate, steps, 0, few)
right[name] = [school.right(model, test)]

# %% [markdown]
# Beside it stands **counting words**: TF-IDF and a logistic regression ({{ lesson:start_here }}). It gets the same 256
# labels, and then all 640 that we have.

# %%
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

counting = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
more = f"counting words, {many} labels"
for name, size in {"counting words": count, more: many}.items():
    counting.fit(learned["text"][:size], learned["label"][:size])
    right[name] = [(counting.predict(asked["text"][:]) == truth) * 1.0]

# %%
scores = {name: interval_over_seeds(table) for name, table in right.items()}
title = f"{count} labels, if the name says no other number"
plots.scores({"the usual label": (lazy,) * 3} | scores, title, highlight_last=False)

# %% tags=["record"]
for name, (mean, *_) in scores.items():
    short_name = name.replace(f", {few} labels", "_few").replace(
        f", {many} labels", "_more"
    )
    course.record(f"right_{short_name.replace(' ', '_')}", mean)

# %% [markdown]
# The row *random* tests the assumption. It is wrong. With the same posts, steps and layers the random network comes
# only a little above the usual label. The pretrained one needs only **40** labels to beat it clearly. So in this run
# pretraining saved more than 200 of 256 labels.
#
# But look at the last two rows. Counting words has no pretraining, and in this run it is also ahead of the random
# network. With all 640 labels it is about as good as 40 labels after pretraining. If you say "fewer labels", name the
# rival.
#
# The notebook also says that pretrained models converge faster. The curve agrees. (One or two seeds are few. And no
# interval here draws other training posts.)
#
# ## Did training lose what was there?
#
# The pretrained model could compare sentences. Can it still, after it has learned emotions? To lose an old ability
# while learning a new one is called **catastrophic forgetting** (McCloskey and Cohen, 1989).
#
# We ask two things, on opinions about town questions. The training on emotions has seen none of them.
#
# - **neighbours**: is the nearest other text about the same question? No label is trained for this.
# - **probe**: a logistic regression on the vectors says support, neutral or oppose. It is fitted anew for each model,
#   on 130 rows, and judged on 100 others.

# %% [markdown] tags=["slide"]
# - Catastrophic forgetting: an old ability gets lost
# - Neighbours: is the nearest text about the same question?
# - Probe: a logistic regression, fitted anew each time
#
# **The training on emotions saw no opinion.**

# %% [markdown] tags=["notes"]
# Ask whether a model that learns emotions will become worse at opinions. The room is usually divided. Explain why the
# texts must be others: else we would measure practice. Keep this short, the result comes in the next section.

# %%
near = opinions.filter(lambda row: len(tokenizer(row["text"])["input_ids"]) <= 28)
known, fresh = course.pick(laptop=(130, 100), full=(400, 150), smoke=(30, 12))
fit = near["train"].shuffle(seed=course.seed).select(range(known))
views = concatenate_datasets([fit, near["test"].select(range(fresh))])
opinion = keeping.Opinions(views, known, tokenizer, course.device)

# %% [markdown]
# `abilities` gives 1 or 0 for each row. First the base. Our two trainings at 2e-4 exist already. We add one at a tenth
# of this rate, and one at ten times as much.

# %%
base = pretrained(0).eval()
before = opinion.abilities(base.bert)
trained = {"all, 2e-4": [models["pretrained", 0], models["pretrained", 1]]}
for other in ("2e-5", "2e-3"):
    model = pretrained(0)
    school.train(model, train, float(other), steps, 0, count)
    trained[f"all, {other}"] = [model]

# %% [markdown]
# ## Is LoRA safe?
#
# **LoRA** trains small matrices beside the frozen ones ({{ lesson:lora }}). Two rates: the notebook's 2e-4, and 5e-3,
# which that lesson had chosen on other posts. (The notebook adapts two matrices of each layer, we adapt all.)

# %% [markdown] tags=["slide"]
# - At a small rate: kept much, learned little
# - At a large rate: learned, and lost as well
# - Adapter off: every old number is back
#
# **LoRA does not prevent forgetting. It makes it reversible.**

# %% [markdown] tags=["notes"]
# In the figure, ask which point is the best one. Most take the highest, and forget to look to the right. Then read
# the table line by line, with both numbers each time. Run the cell that switches the adapter off live: it is the
# planted truth of this lesson. Claim 2 is settled here.

# %%
from peft import LoraConfig, get_peft_model

plan = {"r": 8, "lora_alpha": 16, "target_modules": ["query", "key", "value", "dense"]}
faster = course.pick(laptop="5e-3", full="1e-3", smoke="5e-3")
for other in ("2e-4", faster):
    lora = get_peft_model(pretrained(0), LoraConfig("SEQ_CLS", **plan))
    school.train(lora, train, float(other), steps, 0, count)
    trained[f"LoRA, {other}"] = [lora]

# %%
won = {"all, 2e-4": right["pretrained"]}
for name in list(trained)[1:]:
    won[name] = [school.right(trained[name][0], test)]
changed = {
    name: keeping.changes(opinion, before, each) for name, each in trained.items()
}
left = {name: before[0].mean() + each["neighbours"] for name, each in changed.items()}
points = {name: (np.mean(won[name]), left[name].mean()) for name in trained}
figures.gained_and_lost(points, before[0].mean(), "What was gained, what was kept")

# %% [markdown]
# Each point is a way to train: to the right it has learned more, higher up it has kept more. How sure is that? Each
# opinion is judged before and after. We take the difference row by row, in points. For the interval we draw the
# opinions again and again; where there are two seeds, we draw the seeds, too.

# %%
luck = np.mean(opinion.topic[:, None] == opinion.topic)
print(f"neighbours {before[0].mean():.0%} before training, {luck:.0%} by luck")
by_seed = left["all, 2e-4"].mean(1)
print("all, 2e-4, neighbours by seed:", *(f"{share:.0%}" for share in by_seed))
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
# - **all, 2e-5**: lost nearly nothing, and learned little.
# - **all, 2e-4**: it learned, and lost about a third of its neighbours, with both seeds.
# - **all, 2e-3**: the training broke the model. The old ability is gone, and the new one hardly came.
# - **LoRA, 2e-4**: the same.
# - **LoRA, 5e-3**: learned the new task too, and lost about as much. This is one seed.
#
# So the number 2e-4 protects nothing: it is slow for LoRA, and fast for full training. Who moves little forgets little.
# A "no forgetting" without the score of the new task says nothing. Always show **both**.
# The probe has only 100 rows. It sees the broken model, and decides nothing about the others. And this is one small
# model and short trainings. On large models Biderman and others (2024) found that LoRA "learns less and forgets less".
#
# But LoRA has one thing that full training lacks. The old weights are still there. `disable_adapter` switches the
# adapter off. Here again the truth is planted: we know what must come out.

# %% tags=["nbval-check-output", "slide"]
bert, old = keeping.bert_of(lora), opinion.vectors(base.bert, 50)
with lora.disable_adapter():
    off = opinion.vectors(bert, 50)
print("adapter off, the old vectors:", bool((off == old).all()))
print("adapter on, the old vectors:", bool(np.allclose(opinion.vectors(bert, 50), old)))

# %% tags=["record"]
course.record("off_differs", float(np.abs(off - old).max()))

# %% [markdown]
# Off: every number is as before. So LoRA does not prevent forgetting. It makes forgetting **reversible**: one base, and
# an adapter for each task. With full training, keep a copy of the old weights.
#
# **Try it.** `merge_and_unload()` adds the adapter into the weights. Are the old neighbours there after that? Do it
# with a copy of `lora`.
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
# The notebook calls DistilBERT a "lightweight version of BERT": about 66M parameters against 110M. We can count without
# a download. On the device `meta` a tensor has a shape and no memory.

# %% [markdown] tags=["slide"]
# - DistilBERT: half of the layers, not half the size
# - The table of tokens stays as large
# - Half, pretrained, beats all layers with random weights
# - Both pretrained: more layers won

# %% [markdown] tags=["notes"]
# Before the cell, ask how many parameters are left when six of twelve layers go. Nearly all say half. Then show the
# two differences, and ask which sentence each of them supports. Our cut was rough: no layer was trained for its new
# place.

# %% tags=["nbval-check-output", "slide"]
from transformers import BertConfig, DistilBertConfig

with torch.device("meta"):
    for plan in (BertConfig(), DistilBertConfig()):
        distil = AutoModel.from_config(plan)
        print(f"{plan.model_type:<10} {distil.num_parameters() / 1e6:.1f} million")

# %% [markdown]
# Both numbers are right. DistilBERT has 6 layers in place of 12. Its table of tokens (30,522 x 768) is as large as
# before: about 35% of all that is left. So half of the layers does not mean half of the size.
#
# We do the same with our model: keep every second layer, and tune.


# %%
def student(seed, loss_of=None):
    model = pretrained(seed)
    model.bert.encoder.layer = model.bert.encoder.layer[::2]
    school.train(model, train, rate, steps, seed, count, loss_of=loss_of)
    return model


half = [student(seed) for seed in (0, 1)]
right["half of the layers"] = [school.right(model, test) for model in half]

# %%
whole = ("random", "pretrained")
against = {name: np.array(right["half of the layers"]) - right[name] for name in whole}
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
# "Smart fine-tuning can outperform raw scale." Our two lines touch that dispute:
#
# - Half of the layers, **pretrained**, beat all layers with random weights. So bigger does not always win.
# - Against all layers, also pretrained, the half is far behind. So of two tuned models the bigger one won here. (Our
#   cut also hurts: no layer was trained for its new neighbour. DistilBERT was trained again after its cut.)
#
# ## Can a large model teach a small one?
#
# DistilBERT was made by **distillation** (Sanh and others, 2019). A large *teacher* answers (here: our tuned model with
# all its layers). The small *student* learns from its probabilities, not only from the label: "mostly joy, a little
# optimism" says more than "joy".
#
# A **temperature** T divides the logits. With T = 2 the probabilities are softer, and small ones count more.

# %% [markdown] tags=["slide"]
# - A teacher gives probabilities, a student learns them
# - A temperature of 2 makes them softer
# - The rival: the same student, hard labels only
#
# **Measure it at your size, and more than once.**

# %% [markdown] tags=["notes"]
# Ask what "mostly joy, a little optimism" tells that "joy" does not. Show the two lines with T = 1 and T = 2. Then
# say plainly that our result moves with the seed. When time is short, leave out the loss function.

# %%
T = 2.0
with torch.no_grad():
    read = train.first(count)
    teacher = school.ask(models["pretrained", 1], read).to(course.device)
for heat in (1.0, T):
    chances = (teacher[0] / heat).softmax(-1).cpu().numpy().round(2).tolist()
    print(f"T = {heat:.0f}:", dict(zip(labels, chances, strict=True)))

# %% [markdown]
# Softer answers have smaller gradients, by about T*T. So the loss is multiplied by T*T. Half of our loss is soft, half
# is the true label.


# %%
from torch.nn.functional import cross_entropy, kl_div


def soft_loss(logits, rows):
    wanted = (teacher[rows] / T).softmax(-1)
    said = (logits / T).log_softmax(-1)
    soft = kl_div(said, wanted, reduction="batchmean") * T * T
    return (soft + cross_entropy(logits, train.truth[rows])) / 2


# %% [markdown]
# The rival is the student from above: the same layers, the same posts and steps, hard labels only.

# %%
taught = [school.right(student(0, soft_loss), test)]
helped = interval_over_seeds(np.array(taught) - right["half of the layers"])
print(
    f"with a teacher {np.mean(taught):.1%}, hard {np.mean(right['half of the layers']):.1%}"
)
print(f"difference {helped[0]:+.1%}, from {helped[1]:+.1%} to {helped[2]:+.1%}")

# %% tags=["record"]
course.record("teacher_minus_hard", helped[0])

# %% [markdown]
# This result changes with the seed and with the choice of posts. The interval does not count these two. So a method
# from a famous paper needs a measurement at **your** size, and more than one.
#
# ## What do fewer bits cost?
#
# Another way to shrink: fewer bits for each weight. **ONNX** is a file format for networks, and a runtime executes it
# without PyTorch. **int8** stores each weight of a matrix as one of 256 steps: one byte in place of four.

# %% [markdown] tags=["slide"]
# - ONNX: a file format, hardly a label changes
# - int8: one byte for each weight, not four
# - The file shrinks to about a quarter
#
# **Count the labels that change.**

# %% [markdown] tags=["notes"]
# Ask what one would measure after such a conversion. Most say accuracy. Then point at the number of changed labels in
# the last line: it is much larger than the change of the accuracy. Give an example of a person who gets another
# answer than yesterday. The export itself is not worth the time in a lecture.

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
# ONNX alone changes no label: it is the same computation. int8 makes the file about a quarter as large, and changes
# some labels, about ten of a hundred. The accuracy moves less, because some changes mend an error and others make one.
# If single answers matter to you (a person was told yes, and is now told no), count changes, not accuracy.
#
# ## What was promised, and what was kept?
#
# All rows are differences in points, with their 95% intervals.

# %% [markdown] tags=["slide"]
# - Fewer labels: kept, against the same network
# - 2e-4 prevents forgetting: kept, but empty
# - LoRA keeps the old: half kept
# - Bigger always wins: not kept

# %% [markdown] tags=["notes"]
# Let everybody take out the notes from the beginning and compare. Take the claim with the most wrong guesses, and go
# back to its cell. Ask what would be needed to be surer: more seeds, other tasks, larger models. End with the answer
# to the chief.

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
# 1. **Kept**, against the same network: 40 labels beat 256. With 640 labels, counting words comes near.
# 2. **Kept, but empty.** LoRA at 2e-4 kept nearly all, for it had hardly learned. Full training at 2e-4 forgot.
# 3. **Half kept.** A LoRA that learned also forgot while it is on. Switched off, it gave every old number back.
# 4. **Not kept** as it stands: half of the layers, pretrained, beat all layers with random weights. When both were
#    pretrained, more layers won.
#
# Noor's answer to her chief: "The drawing is free. What we download is the reading. With our few hundred posts we
# cannot repeat it. And I keep a copy of it, since our own training damages it."
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
