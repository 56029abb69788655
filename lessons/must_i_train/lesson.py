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
# # {{ number }} · Must I train at all?
#
# {{ badges }}
#
# **You will be able to**
#
# - **classify** texts with no label at all, in two ways;
# - **prompt** a model, hold its answer to your labels, and take away its habit;
# - **compare** six ways by their score with 0 to 256 labels, three of them also with dirty ones;
# - **retrieve** a note for a question that no model can answer alone;
# - **choose** a way by labels, time and control, and say what you did not measure.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("must_i_train", PROFILE)

# %% [markdown]
# ## Who reads the posts on Monday?
#
# A small help line reads public posts. Is a writer angry, glad, hopeful or sad? It has no label yet.
# One helper says: *just ask a chat model.* Another says: *we must label and train.*
# So how many labels must they write? Perhaps none? (Numbers in the text are from the profile `laptop`.)

# %% [markdown] tags=["slide"]
# - Posts to a help line: angry, glad, hopeful, sad?
# - Nobody has written a label yet
# - Two roads: change your words, or change weights
#
# **How many labels must somebody write?**

# %% [markdown] tags=["notes"]
# Ask first: who would simply ask a chat model, and who would label? Take one reason from each side, and come back to
# them at the verdict. At the figure, count what is orange. Most expect that a head has millions of weights: point at
# its number. Pass over the loading of the models.

# %% tags=["nbval-check-output"]
import numpy as np
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
posts = load_dataset(*course.dataset("emotion"))
labels = posts["train"].features["label"].names
size = course.pick(laptop=160, full=1400, smoke=24)
test = posts["test"].select(range(min(size, len(posts["test"]))))
size = course.pick(laptop=96, full=300, smoke=8)
validation = posts["validation"].select(range(size))
truth, check = np.array(test["label"]), np.array(validation["label"])
print(labels, len(validation), "to choose,", len(test), "to judge")

# %% [markdown]
# Two models wait. The encoder, which you know, turns a text into a vector. The **decoder** reads a text and says which
# token comes next. This one is also **instruction-tuned**: trained further to follow instructions
# (SmolLM2-135M-Instruct, Hugging Face, 2024).

# %%
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, logging

logging.disable_progress_bar()
encoder = AutoModel.from_pretrained(course.checkpoint).to(course.device).eval()
found = course.checkpoint_named("generative")
reader = AutoTokenizer.from_pretrained(found.name, **found.options)
decoder = AutoModelForCausalLM.from_pretrained(
    found.name, dtype="float32", **found.options
)
decoder = decoder.to(course.device).eval()
{"encoder": encoder.num_parameters(), "decoder": decoder.num_parameters()}

# %% [markdown]
# You can change your words, or you can change weights. A lecture calls prompting capability *selection*, and fine-tuning
# capability *shaping*. Here are both roads, and one between them, with our numbers.

# %%
from lessons.must_i_train.figures import roads, weights_of_roads

upper = course.pick(laptop=2, full=4, smoke=1)
ways = weights_of_roads(encoder, decoder, upper, len(labels))
roads(ways, "What do you change? Orange changes.")

# %% [markdown]
# Selecting is quick, but it only finds what is there already. Shaping adds something.
#
# ## Can a description replace labels?
#
# An encoder puts texts of like meaning close together. So write one sentence for each label, and look which one is
# nearest to the post. No label is used, and no weight changes. Do the words of that sentence matter? We try ten.

# %% [markdown] tags=["slide"]
# - One sentence for each label
# - The nearest sentence wins: no label, no training
# - Ten wordings: chosen on validation, judged on test
#
# **The best of ten is partly luck.**

# %% [markdown] tags=["notes"]
# Let the room write a sentence for *optimism* before you show ours. Ask: will the best wording keep its score on
# test? Most say yes. Point at the two lines with ten wordings, and compare their upper ends. The interval of the
# score nearly reaches the lazy rule.

# %%
from course_utils.vectors import encode

wordings = ["{}", "This person is {}.", "I feel {}.", "I am so {} right now."]
wordings += ["The writer of this post is {}.", "A post full of {}.", "A {} message."]
wordings += ["Someone who feels {}.", "This is about {}.", "The emotion is {}."]
lines = [each.format(name) for each in wordings for name in labels]
described = np.split(encode(lines, course), len(wordings))

# %%
from course_utils.statistics import interval, interval_over_seeds

choose_from = encode(validation["text"], course, max_length=40)
vectors = encode(test["text"], course, max_length=40)
on_validation = [np.mean((choose_from @ w.T).argmax(1) == check) for w in described]
print("shapes:", vectors.shape, described[0].shape)

# %% [markdown]
# The product of two vectors is their cosine (`encode` makes them of length 1). The largest of four wins. We choose a
# wording on `validation`, and judge it on `test`. Beside it stands the most generous **lazy rule**: always the most
# common label of the test set.

# %%
best = int(np.argmax(on_validation))
right_described = (vectors @ described[best].T).argmax(1) == truth
value, low, high = interval(right_described)
lazy = np.bincount(truth).max() / len(truth)
print(f"chosen on validation: {wordings[best]!r}")
print(f"on test: {value:.0%} ({low:.0%} to {high:.0%}); lazy: {lazy:.0%}")

# %% tags=["record"]
course.record("lazy_accuracy", lazy)
course.record("described_accuracy", value)

# %%
on_test = [np.mean((vectors @ each.T).argmax(1) == truth) for each in described]
for name, each in {"validation": on_validation, "test": on_test}.items():
    print(f"ten wordings on {name:<10} {min(each):.0%} to {max(each):.0%}")

# %% tags=["record"]
course.record("described_spread", max(on_test) - min(on_test))

# %% [markdown]
# With no label and no training, a sentence is above the lazy rule, though only just (the verdict has the interval). But
# the best wording scores far lower on test than on validation: the best of ten on few posts
# is partly luck. That is why we judge on `test`.
#
# ## Can I just ask a chat model?
#
# A chat model was trained on conversations in one fixed form: the **chat template**. It marks who speaks. We write a
# question, put it into that form, and begin the answer: this text is the **prompt**.

# %% [markdown] tags=["slide"]
# - Chat template: a fixed form that marks who speaks
# - Prompt: a question in that form, the answer begun
# - Four words compete, one token each
#
# **A label of three tokens has a disadvantage.**

# %% [markdown] tags=["notes"]
# Show the printed prompt and read it aloud, with its marks. Ask where the model will write. Then ask why a label of
# three tokens is at a disadvantage: many think that more tokens give more points. The logarithms are below zero, so
# each token takes points away. `Asker` only saves time: skip it.

# %% tags=["nbval-check-output"]
question = (
    "Which emotion does the writer of this post feel: "
    "anger, joy, optimism or sadness?\nPost:<POST>"
)


def prompt_of(question, examples=()):
    turns = []
    for text, label in examples:
        said = {"role": "assistant", "content": "Emotion: " + labels[label]}
        turns += [{"role": "user", "content": question.replace("<POST>", " " + text)}]
        turns += [said]
    turns += [{"role": "user", "content": question}]
    form = {"tokenize": False, "add_generation_prompt": True}
    return reader.apply_chat_template(turns, **form) + "Emotion:"


print(prompt_of(question))

# %% [markdown]
# The model will say the next token. We do not let it talk: we compare how likely our **four words** are in that place.
# This is **constrained answering**. It is fair only if each label costs the same number of tokens.


# %% tags=["nbval-check-output"]
def one_token(names):
    pieces = (reader.encode(" " + name, add_special_tokens=False) for name in names)
    return [number for [number] in pieces]  # an error, if a name has two


for name in labels:
    print(reader.tokenize(name), reader.tokenize(" " + name))
words = one_token(labels)

# %% [markdown]
# With a space in front, each label is one token. Without the space, *sadness* costs three. A sum of three
# log-probabilities is often lower than one, so long words would lose.
#
# One prompt, one post, four log-probabilities:

# %%
import torch

from lessons.must_i_train.asking import Asker


@torch.inference_mode()
def next_words(prompt, words):
    inputs = reader(prompt, return_tensors="pt").to(course.device)
    logits = decoder(**inputs, logits_to_keep=1).logits[0, -1]
    return logits.log_softmax(-1)[words].cpu().numpy()


ask = Asker(reader, decoder, words)  # the same for many posts, and faster
prompt, text = prompt_of(question), validation[0]["text"]
plain = next_words(prompt.replace("<POST>", " " + text), words)
assert np.abs(plain - ask(prompt, [text, "short"])[0]).max() < 1e-3
print("the four words together:", f"{np.exp(plain).sum():.0%} of the probability")

# %% [markdown]
# `Asker` reads what stands before `<POST>` only once, and keeps it (the **cache**). The `assert` holds it against the
# plain call.
#
# A surprise: the four words together get only a small part of the probability. What would the model rather say?
#
# ## What does it say when it may say anything?
#
# Now we ask for **one word**, do not begin the answer, and let it write up to 20 tokens.

# %% [markdown] tags=["slide"]
# - Free answers: sentences, other words, even a refusal
# - A program can use few of them
# - Constrained answering: always one of the four labels
#
# **The right form is not yet the right answer.**

# %% [markdown] tags=["notes"]
# Ask how many of six answers will be exactly a label, although the question asks for one word. The room usually hopes
# for most. Read the replies aloud. Padding on the left is one sentence: the answer must follow the last token of the
# prompt.

# %%
names = ", ".join(labels)
one_word = "Classify the emotion of the post. Answer with one word: "
one_word += names + ".\nPost:<POST>"
few = validation["text"][: course.pick(laptop=6, full=40, smoke=2)]
free = prompt_of(one_word).removesuffix("Emotion:")
asked = [free.replace("<POST>", " " + text) for text in few]

# %%
form = {"return_tensors": "pt", "padding": True, "padding_side": "left"}
batch = reader(asked, **form).to(course.device)
with torch.inference_mode():
    longer = decoder.generate(**batch, max_new_tokens=20, do_sample=False)
fresh = longer[:, batch["input_ids"].shape[1] :]
replies = reader.batch_decode(fresh, skip_special_tokens=True)

# %% [markdown]
# Padding stands left here: the answer must follow the last token of the prompt directly.

# %% tags=["slide"]
for reply in replies[:6]:
    print(repr(reply))
exact = [reply.strip(" .").lower() in labels for reply in replies]
named = [sum(name in reply.lower() for name in labels) == 1 for reply in replies]
print(f"of {len(few)}: exactly a label {sum(exact)}, names one label {sum(named)}")

# %% tags=["record"]
course.record("free_exact", np.mean(exact))

# %% [markdown]
# A lecture calls this *brittle formatting*. We get sentences, other words, in our run even a refusal. A program can use
# few of them. Constrained answering always gives one of the four. But is it the right one?
#
# ## Why does it always say the same?
#
# We ask about some posts, and about two posts without content: `N/A` and nothing.

# %% [markdown] tags=["slide"]
# - Without a post, it already prefers one word
# - Subtract that habit: contextual calibration, no label needed
# - Four wordings, the same posts: scores far apart
#
# **Measure the habit anew for each prompt.**

# %% [markdown] tags=["notes"]
# Before the cell, ask which word the model will choose when there is no post at all. Most say that all four must be
# equal. Then show the counts, raw and calibrated. Say clearly that a spread over the labels does not yet mean right.
# When time is short, show only one of the four questions.

# %% tags=["slide"]
size = course.pick(laptop=16, full=300, smoke=4)
raw = ask(prompt, [*validation["text"][:size], "N/A", ""])
raw, empty = raw[:-2], raw[-2:].mean(axis=0)
for name, each in zip(labels, np.exp(empty), strict=True):
    print(f"no post: {name:<9} {each:.2%}")

# %% [markdown]
# The model prefers a word even for a post that is not there! That is a habit, and no judgement. Subtract it:

# %%
common = {}
for name, each in {"raw": raw, "calibrated": raw - empty}.items():
    counts = np.bincount(each.argmax(1), minlength=len(labels))
    score = np.mean(each.argmax(1) == check[: len(raw)])
    common[name] = counts.max() / len(raw)
    print(f"{name:<10} {score:.0%} right;", *labels, counts)

# %% tags=["record"]
for name, share in common.items():
    course.record(f"{name}_most_common_share", share)

# %% [markdown]
# Raw, the model has a favourite word, whatever the post is. We subtract the log-probabilities of an **empty** post (the
# same as to divide the probabilities). Zhao and others (2021) call it **contextual calibration**. It needs no label.
#
# Now the answers are spread over the labels. Are they also right more often? And does the wording of the question matter?
# Four questions, the same posts:

# %%
questions = [
    question,
    one_word,
    f"Read the post and name the feeling of its writer ({names}).\nPost:<POST>",
    f"Sentiment task. Labels: {', '.join(reversed(labels))}.\nPost:<POST>",
]


# %%
def two_scores(prompt, texts):
    scores = ask(prompt, [*texts, "N/A", ""])
    return scores[:-2], scores[:-2] - scores[-2:].mean(axis=0)


some = slice(-course.pick(laptop=12, full=200, smoke=2), None)
prompts = [prompt_of(each) for each in questions]
table = [two_scores(each, validation["text"][some]) for each in prompts]

# %% [markdown]
# Each line is a question: first the raw answers, then the calibrated ones.

# %%
right_or_not = np.array(table).argmax(-1) == check[some]
for name, (raw, calm) in zip(questions, right_or_not, strict=True):
    print(f"raw {raw.mean():.0%}, calibrated {calm.mean():.0%}  {name[:48]!r}")
scores = right_or_not[:, 1].mean(axis=1)
value, low, high = interval_over_seeds(
    right_or_not[:, 1].astype(int) - right_or_not[:, 0]
)
print(f"calibrated minus raw: {value:+.0%} ({low:+.0%} to {high:+.0%})")

# %% tags=["record"]
course.record("question_spread", max(scores) - min(scores))
course.record("calibrated_minus_raw", value)

# %% [markdown]
# Read down: the questions mean nearly the same, and their scores lie far apart. Part of that is luck, on so few posts.
# Read across: calibration helps most wordings, not all. The interval counts the luck of posts and of wordings. Zero lies
# inside: a hint, no proof. We keep the best calibrated question. How good is it on `test`?

# %%
import time

asked_test = course.pick(laptop=40, full=400, smoke=4)
chosen = questions[int(np.argmax(scores))]
begin = time.perf_counter()
raw, calm = two_scores(prompt_of(chosen), test["text"][:asked_test])
milliseconds = {"prompt": 1000 * (time.perf_counter() - begin) / asked_test}

# %%
right_asked = calm.argmax(1) == truth[:asked_test]
zero = {
    "raw prompt": raw.argmax(1) == truth[:asked_test],
    "calibrated": right_asked,
    "described": right_described[:asked_test],
}
for name, mask in zero.items():
    value, low, high = interval(mask)
    print(f"{name:<10} {value:.0%} ({low:.0%} to {high:.0%}) on the same {asked_test}")
value, low, high = interval(zero["described"].astype(int) - right_asked)
print(f"described minus asked: {value:+.0%} ({low:+.0%} to {high:+.0%})")

# %% tags=["record"]
course.record("asked_accuracy", right_asked.mean())
course.record("described_minus_asked", value)

# %% [markdown]
# Prompt and description cannot be told apart with so few posts, though the
# decoder is six times as large. (It is one of the smallest that follow instructions.)
#
# **Try it.** Write *anger, joy, sadness or optimism* in `question`, and ask about an empty post:
# `np.exp(ask(prompt_of(question), ["N/A", ""]).mean(axis=0))`. Is the habit the same?
#
# <details><summary>An answer</summary>
#
# No. *Sadness* stays the favourite of the empty post, but it loses more than half of its probability. *Optimism* becomes
# several times as likely. So measure the empty answer anew for each prompt.
#
# </details>

# %% tags=["try"]
turned = question.replace("optimism or sadness", "sadness or optimism")
nothing = ["N/A", ""]
old, new = (
    np.exp(ask(prompt_of(each), nothing).mean(axis=0)) for each in (question, turned)
)
print(labels, old, new)
if course.profile == "laptop":
    assert new.argmax() == old.argmax() == labels.index("sadness")
    assert new.max() < old.max() / 2
    assert new[labels.index("optimism")] > 2 * old[labels.index("optimism")]

# %% [markdown]
# ## What do the first labels bring?
#
# Now somebody labels posts. We draw 4, 16, 64 and 256 of them, equally many of each label. The small sets are parts of
# the large ones. One draw is luck, so we make three, and count that luck in each interval.

# %% [markdown] tags=["slide"]
# - Draws of 4, 16, 64 and 256 labels, three times
# - Nearest examples: the closest labelled posts vote
# - A head: logistic regression on frozen vectors
#
# **16 labels: no clear gain over one sentence each.**

# %% [markdown] tags=["notes"]
# Say that both ways use the same frozen vectors, so only the reading differs. Ask from how many labels on the head
# will beat the description. Most guess 16. Point at the intervals, and not at the middle values. Skip the cells that
# prepare the layers.

# %%
from lessons.must_i_train.training import Loop, draw_alike, vectors_of

most = (4, 16, 64, 256)
sizes = course.pick(laptop=most, full=most, smoke=(4, 8, 16, 20))
pool = np.array(posts["train"]["label"])
draws = [draw_alike(pool, sizes[-1], course.seed + draw) for draw in range(3)]
clean = np.concatenate([pool[drawn] for drawn in draws])

# %% [markdown]
# Later we shape only the upper layers. What the lower ones say about a text never changes, so each text goes through
# them **once** ({{ lesson:recipe }}). Above them come copies of the upper layers. An untouched copy must give the vectors
# of `encode`.

# %%
from course_utils.upper_layers import UpperLayers, in_parts, read_below

drawn = posts["train"].select(np.concatenate(draws))
texts = {"train": drawn["text"], "test": test["text"]}
below = {part: read_below(each, course, upper, 40) for part, each in texts.items()}


# %%
def fresh_top():
    return UpperLayers(course, upper, len(labels))


frozen = {part: vectors_of(fresh_top(), each) for part, each in below.items()}
assert np.abs(frozen["test"] - vectors).max() < 1e-3
learn = Loop(below["train"], course.pick(laptop=7e-4, full=1e-4, smoke=7e-4))

# %% [markdown]
# Two ways need nothing but these frozen vectors:
#
# - **nearest examples**: the labelled posts with the largest cosine vote, five of them, or fewer for few labels;
# - **a head**: a logistic regression on the vectors, as in {{ lesson:leakage }}.

# %%
from sklearn.linear_model import LogisticRegression

right = {}  # way -> number of labels -> three lines of right and wrong


def rows_of(draw, count):
    return np.arange(draw * sizes[-1], draw * sizes[-1] + count)


def keep(way, count, answers):
    right.setdefault(way, {}).setdefault(count, []).append(answers == truth)


# %%
from sklearn.neighbors import KNeighborsClassifier

from lessons.must_i_train.telling import show, tell, tell_gain


def read_off(known, counts, mark=""):
    for count, draw in ((count, draw) for count in counts for draw in range(3)):
        rows = rows_of(draw, count)
        near = KNeighborsClassifier(min(5, count // len(labels)), metric="cosine")
        for way, model in [("nearest", near), ("head", LogisticRegression())]:
            model.fit(frozen["train"][rows], known[rows])
            keep(way + mark, count, model.predict(frozen["test"]))


read_off(clean, sizes)
show(right, ["nearest", "head"])

# %% [markdown]
# With 4 labels both are near the lazy rule. Even 16 labels do not bring more than one sentence for each label
# (the verdict has the interval). With 256 the head leaves the description behind.
#
# ## Does the head know how sure it is?
#
# A score alone does not say when to hand a post to a person. For that we need probabilities that are true. We
# **calibrate** the head: each labelled post is judged by a head that has not seen it, and one temperature is fitted to
# those answers ({{ lesson:evaluation }}). No further label is needed. (Contextual calibration was another thing: there,
# a habit was subtracted.)

# %% [markdown] tags=["slide"]
# - Sure minus right: below zero is too modest
# - The plain head is far too modest
# - One temperature closes most of the gap
#
# **The answers stay; only their probabilities move.**

# %% [markdown] tags=["notes"]
# Ask whether a small head on few labels will be too bold or too modest. Nearly all say too bold, as the large models
# are. Here it is the other way round: the penalty keeps the weights small. This section can be left out when time is
# short.

# %%
from sklearn.calibration import CalibratedClassifierCV

mend = {"method": "temperature", "cv": 4, "ensemble": False}
mended = CalibratedClassifierCV(LogisticRegression(), **mend)
for count in sizes[2:]:
    gaps = {"plain": [], "calibrated": []}
    for draw in range(3):
        rows = rows_of(draw, count)
        for name, model in zip(gaps, [LogisticRegression(), mended], strict=True):
            model.fit(frozen["train"][rows], clean[rows])
            shares = model.predict_proba(frozen["test"])
            score = np.mean(shares.argmax(1) == truth)
            gaps[name].append(shares.max(1).mean() - score)
    print(count, "labels,", *(f"{n}: {np.mean(g):+.0%} " for n, g in gaps.items()))

# %% tags=["record"]
for name, gap in gaps.items():
    course.record(f"{name}_sure_minus_right", np.mean(gap))

# %% [markdown]
# The numbers are *sure minus right*: below zero is too modest, above zero too bold. The plain head is far too modest.
# `LogisticRegression` has a penalty that keeps its weights small, and vectors of length 1 would need large ones. One
# temperature closes most of the gap. The answers stay the same: all probabilities move together.
#
# ## Can few labels shape the encoder?
#
# 16 posts are few. But 16 posts make 120 **pairs**: the same label, or not? **SetFit** (Tunstall and others, 2022)
# trains on pairs: the vectors of one label move together, the others move apart. Then comes the head. This is the idea
# in a few lines; the real SetFit trains the whole encoder, on more pairs. `learn` is the loop of
# {{ lesson:training_loop }}.

# %% [markdown] tags=["slide"]
# - SetFit: pairs of posts, same label or not
# - Fine-tuning: upper layers and head learn together
# - Few labels: not past a description
#
# **Shaping needs more labels.**

# %% [markdown] tags=["notes"]
# Draw three points of two colours on the board, and let the room count the pairs. Then say what the loss does: it
# pulls the same labels together. Ask which of the two ways needs more labels. Our SetFit is a small one: say so. Skip
# the code of the loops.

# %%
from torch.nn.functional import cross_entropy, mse_loss, normalize


def loss_of_pairs(top, hidden, mask, label):
    found = normalize(top.vectors(hidden, mask))
    same = (label[:, None] == label).float()
    pairs = ~torch.eye(len(label), dtype=torch.bool, device=label.device)
    return mse_loss((found @ found.T)[pairs], same[pairs])


# %%
def tune_by_pairs(rows, known, steps, seed):
    top = fresh_top()
    learn(top, top.layers.parameters(), loss_of_pairs, rows, known, steps, seed)
    own = vectors_of(top, [each[rows] for each in below["train"]])
    model = LogisticRegression().fit(own, known[rows])
    return model.predict(vectors_of(top, below["test"]))


# %% [markdown]
# And **fine-tuning**: the same layers, but the head sits on top from the start, and both learn together. The rate was
# chosen on validation posts; the steps are as many as our time allows.


# %%
def loss_of_labels(top, hidden, mask, label):
    return cross_entropy(top(hidden, mask), label)


def fine_tune(rows, known, steps, seed):
    torch.manual_seed(seed)
    top = fresh_top()
    given = rows, known, steps, seed
    learn(top, top.parameters(), loss_of_labels, *given, falling=True)
    return in_parts(top, *below["test"]).argmax(1).numpy()


# %% [markdown]
# Pairs are made for few labels, so they get 16. Fine-tuning gets 64 and 256.

# %%
plan = course.pick(laptop=(6, 12, 24), full=(10, 30, 90), smoke=(1, 1, 1))
steps = dict(zip(sizes[1:], plan, strict=True))


def shape(known, counts, train, way):
    for count in counts:
        for draw in range(3):
            rows, seed = rows_of(draw, count), course.seed + draw
            keep(way, count, train(rows, known, steps[count], seed))


shape(clean, sizes[1:2], tune_by_pairs, "pairs")
shape(clean, sizes[2:], fine_tune, "fine-tuned")
show(right, ["pairs", "fine-tuned"])

# %% [markdown]
# At 16 labels the pairs do not pass a description. With 256, fine-tuning comes near the frozen head, which saw the same
# labels. Shaping needs more labels.
#
# ## Do examples in the prompt help?
#
# The decoder can get labels too, without training: put four labelled posts into the chat template (**few-shot**).

# %% [markdown] tags=["slide"]
# - Few-shot: four labelled posts stand in the prompt
# - No weight changes
# - Two draws of examples, few posts, a wide interval
#
# **No sure gain here.**

# %% [markdown] tags=["notes"]
# Ask for a bet: will four examples help? Most are sure of it, because large models gain by them. Point at the
# interval of the difference. Say that this is one very small decoder, and that nothing is said about large ones.

# %%
shot_size = course.pick(laptop=10, full=400, smoke=2)
shot_texts, shots = test["text"][:shot_size], []
for draw in range(2):
    rows = [int(row) for row in draws[draw][: sizes[0]]]
    examples = [(posts["train"][row]["text"], int(pool[row])) for row in rows]
    _, answers = two_scores(prompt_of(chosen, examples), shot_texts)
    shots.append(answers.argmax(1) == truth[:shot_size])
    print(f"examples {draw + 1}: {shots[-1].mean():.0%}", end="  ")
gain = np.array(shots).astype(int) - right_asked[:shot_size]
value, low, high = interval_over_seeds(gain)
print(f"\nfour examples minus none: {value:+.0%} ({low:+.0%} to {high:+.0%})")

# %% tags=["record"]
course.record("few_shot_minus_zero", value)

# %% [markdown]
# Few-shot is no sure gain here: see the interval.
#
# ## Who wins, with how many labels?
#
# The prompt was asked about fewer posts, so its intervals are wider. Its two points come from different posts: no line
# joins them.

# %% [markdown] tags=["slide"]
# - No label: both ways above the lazy rule
# - 16 labels: nobody who learns is clearly ahead
# - 256 labels: the head is above the description
#
# **Where intervals overlap, nobody has won yet.**

# %% [markdown] tags=["notes"]
# Give the room a minute with the figure. Ask which way they would take with 16 labels, and why. Many read the dots
# and forget the lines. The prompt was asked about fewer posts: that is why its lines are longer, and why its two
# points are not joined.

# %%
from lessons.must_i_train.figures import scores_by_labels

results = {
    way: {count: interval_over_seeds(each) for count, each in right[way].items()}
    for way in ("nearest", "head", "pairs", "fine-tuned")
}
results["describe"] = {0: interval(right_described)}
prompted = f"prompt ({asked_test} and {shot_size} posts)"
results[prompted] = {0: interval(right_asked), sizes[0]: interval_over_seeds(shots)}
scores_by_labels(results, "Six ways, clean labels.", lazy=lazy, apart=[prompted])

# %% tags=["record"]
for way in ("head", "fine-tuned"):
    course.record(f"{way.replace('-', '_')}_most_labels", results[way][sizes[-1]][0])

# %% [markdown]
# At 0 nothing is trained, and both ways are already above the lazy rule. At 4 and 16
# labels no way that learns passes that clearly. At 256 the head is clearly above the description. It cannot be told
# from fine-tuning, nor from the prompt, on so few posts.
#
# ## What if the labels are dirty?
#
# > **Assumption:** *Fine-tuning always outperforms prompting.*
# >
# > **Sceptic:** *On small/dirty data, a frozen encoder + calibrated head or a prompt baseline **can** be competitive.*
#
# Both sentences are from a lecture. The second has a condition, *small* or *dirty*, and says *can*.
# We break 30% of the labels: each of these gets one of the wrong labels, by lot.

# %% [markdown] tags=["slide"]
# - 30% of the labels are wrong, by lot
# - What learns loses points
# - A description and a zero-shot prompt lose nothing
#
# **"Always better" was not shown.**

# %% [markdown] tags=["notes"]
# Read assumption and sceptic aloud, and let the room vote. Then ask what a result would have to look like to prove
# *always*. Point at the three differences: zero lies inside. Say also what is not shown: that the prompt is better.

# %%
dirty, third = clean.copy(), round(0.3 * sizes[2])
for draw in range(3):
    rng = np.random.default_rng(course.seed + 10 + draw)
    broken = rng.choice(rows_of(draw, sizes[2]), third, replace=False)
    dirty[broken] = (dirty[broken] + rng.integers(1, len(labels), third)) % len(labels)
assert np.sum(dirty != clean) == 3 * third
read_off(dirty, sizes[2:3], mark=", dirty")
shape(dirty, sizes[2:3], fine_tune, "fine-tuned, dirty")
for way in ("nearest", "head", "fine-tuned"):
    for mark in ("", ", dirty"):
        tell(f"{way}, {sizes[2]} labels{mark}", right[way + mark][sizes[2]])

# %% [markdown]
# The head and fine-tuning lose many points by dirt. For `nearest` the loss is small, and may be luck.
# A description and a **zero-shot** prompt (without examples) lose nothing: they saw no label. Now the assumption, post
# by post, at 64 dirty labels:


# %%
def against(first, second):
    first, second = np.atleast_2d(first).astype(int), np.atleast_2d(second).astype(int)
    width = min(first.shape[1], second.shape[1])
    return interval_over_seeds(first[:, :width] - second[:, :width])


tuned = right["fine-tuned, dirty"][sizes[2]]
rivals = {"frozen head": right["head, dirty"][sizes[2]]}
rivals |= {"describe": right_described, "prompt": right_asked}
gains = {way: against(tuned, each) for way, each in rivals.items()}
for way, each in gains.items():
    tell_gain(f"fine-tuned minus {way}", each)

# %% tags=["record"]
for way, (value, _, _) in gains.items():
    course.record(f"dirty_tuned_minus_{way.replace(' ', '_')}", value)

# %% [markdown]
# Where zero lies inside, nobody has won. So this run gives no support to
# *always*: 64 dirty labels did not buy a lead that we can see. It does not prove the contrary: the prompt saw few posts,
# and fine-tuning had 12 steps.
#
# The sceptic's *can* holds for the frozen head: the difference is near zero, and its interval is narrow. For the
# prompt the interval is wide, but it is not behind for certain. (We test the head without its temperature, which would
# change no answer.)
#
# **Try it.** Break all labels by lot, instead of 30%: `0.3` becomes `1`. Which ways change, and which do not?
#
# <details><summary>An answer</summary>
#
# What learns falls on average to a quarter, the level of guessing, or below. A label that is always wrong teaches
# too: not this one! The description and the zero-shot prompt stay where they are. No dirt can reach them.
#
# </details>

# %% tags=["try"]
wrong = (clean + np.random.default_rng(1).integers(1, len(labels), len(clean))) % len(
    labels
)
read_off(wrong, sizes[2:3], mark=", all wrong")
show(right, ["head, all wrong", "nearest, all wrong"])
if course.profile == "laptop":
    assert (wrong != clean).all()
    assert np.mean(right["head, all wrong"][sizes[2]]) < 0.27
    assert np.mean(right["nearest, all wrong"][sizes[2]]) < 0.31

# %% [markdown]
# ## Do my clean labels help among many dirty ones?
#
# A lecture tells of a model that was tuned on curated and public data together. On a small scale: 64 clean
# labels of our own, and dirty ones for all other rows.

# %% [markdown] tags=["slide"]
# - 64 clean labels of our own
# - Dirty public labels for all other rows
# - Compared: own, public, mixed
#
# **Dirt by lot partly averages away. Dirt with a direction stays.**

# %% [markdown] tags=["notes"]
# Ask which of the three will be last. Most put the mixture last, because of its dirt. It is about as good as the own
# labels. Say what would be different if all annotators made the same error. Skip this section when time is short.

# %%
rng = np.random.default_rng(course.seed + 20)
flip = rng.random(len(clean)) < 0.3
public = (clean + flip * rng.integers(1, len(labels), len(clean))) % len(labels)
parts = {"own": slice(sizes[2]), "public": slice(sizes[2], None), "mixed": slice(None)}
mixed = {name: [] for name in parts}
for draw in range(3):
    rows = rows_of(draw, sizes[-1])
    known = np.where(np.arange(len(rows)) < sizes[2], clean[rows], public[rows])
    for name, part in parts.items():
        model = LogisticRegression().fit(frozen["train"][rows[part]], known[part])
        mixed[name].append(model.predict(frozen["test"]) == truth)
for name, each in mixed.items():
    tell(name, each)
tell_gain("mixed minus own", against(mixed["mixed"], mixed["own"]))

# %% tags=["record"]
course.record("mixed_minus_own", against(mixed["mixed"], mixed["own"])[0])

# %% [markdown]
# The mixture is about as good as the own labels alone. Dirt that falls by lot is partly averaged away. Dirt with a
# direction is not: {{ lesson:labels }}.
#
# ## Can I make it follow *my* rule?
#
# Monday brings a new rule: *hope counts as joy*. For the head you change the labels and fit it again. For the prompt you
# change the words. A lecture promises *strong control* for fine-tuning, and *limited control* for prompts.

# %% [markdown] tags=["slide"]
# - New rule: hope counts as joy
# - Prompt: one more sentence; head: new labels, new fit
# - Count the other posts as well
#
# **A rule is followed only if the others stay.**

# %% [markdown] tags=["notes"]
# Ask first how one would see that a rule is followed. Most name only the hopeful posts. Show the line *new labels*
# with its first number alone, and let them be glad. Then show the second number. End with the balanced weights, and
# say that the test for the prompt has very few posts.

# %%
hope, joy = labels.index("optimism"), labels.index("joy")
hopeful = np.flatnonzero(truth == hope)[: course.pick(laptop=6, full=200, smoke=2)]
texts = [test[int(row)]["text"] for row in hopeful]
shorter = chosen.replace("optimism, ", "")
obeys, rules = {}, {"old": "", "new rule": "Hope counts as joy. "}
for name, sentence in rules.items():
    _, answers = two_scores(prompt_of(sentence + shorter), texts)
    answers[:, hope] = -np.inf  # this label is not offered any more
    obeys[name], low, high = interval(answers.argmax(1) == joy)
    print(
        f"{name:<9} {obeys[name]:.0%} of hopeful posts to joy ({low:.0%} to {high:.0%})"
    )

# %% tags=["record"]
for name, value in obeys.items():
    course.record(f"obeys_prompt_{name.replace(' ', '_')}", value)

# %% [markdown]
# So few posts say little. But the sentence did not help the prompt here.
#
# The head is cheap, so we ask it about **all** test posts. A rule is followed only if the *other* posts stay where they
# were. So we count both, and right answers under the new rule.

# %%
under_rule = np.where(truth == hope, joy, truth)
heads = {"old labels": None, "new labels": None, "new, balanced": "balanced"}
for name, weight in heads.items():
    heads[name] = []
    for draw in range(3):
        rows = rows_of(draw, sizes[-1])
        known = clean[rows]
        if name.startswith("new"):
            known = np.where(known == hope, joy, known)
        model = LogisticRegression(class_weight=weight)
        model.fit(frozen["train"][rows], known)
        left = np.flatnonzero(model.classes_ != hope)  # not offered any more
        shares = model.predict_proba(frozen["test"])[:, left]
        heads[name].append(model.classes_[left][shares.argmax(1)])

# %% tags=["slide"]
groups = {"hopeful": truth == hope, "others": ~np.isin(truth, [hope, joy])}
to_joy = {}
for name, each in heads.items():
    for group, mask in groups.items():
        to_joy[group, name] = np.mean(np.array(each)[:, mask] == joy)
    told = [f"{group} to joy {to_joy[group, name]:.0%}" for group in groups]
    print(f"{name:<14}", *told, f"right {np.mean(each == under_rule):.0%}", sep="; ")
print(f"always joy: right {np.mean(under_rule == joy):.0%}")
masks = [np.array(heads[name]) == under_rule for name in ("new labels", "old labels")]
tell_gain("new minus old, right", against(*masks))

# %% tags=["record"]
for (group, name), share in to_joy.items():
    key = f"{group}_to_joy_{name.replace(', ', '_').replace(' ', '_')}"
    course.record(key, share)
course.record("new_rule_gain", against(*masks)[0])

# %% [markdown]
# With new labels, the head sends nearly every hopeful post to joy. But most of the angry and sad posts go there too: joy
# has become half of the labels. Right answers hardly change; zero lies inside. That is a landslide, not obedience.
#
# `class_weight="balanced"` lets each label weigh the same again. Fewer hopeful posts go to joy, but the others mostly
# stay where they were. So *strong control* needs a look at the other classes.
#
# ## What if nobody has taught it the fact?
#
# Some answers stand in no model. We invent a town, Brellin, and six facts. Nobody can know them: without help, a model
# guesses one of four.
#
# **Retrieval** finds a note for a question, by cosine. Because we planted the notes, we can score it: how often is the
# first note the right one (**recall at 1**)? Then the note goes into the prompt, before the question.

# %% [markdown] tags=["slide"]
# - An invented town: six facts, six notes
# - Retrieval puts the nearest note into the prompt
# - A wrong note does not help
#
# **When a fact changes, change the note.**

# %% [markdown] tags=["notes"]
# Ask how often a model is right without a note, with four answers to choose from. Then show the three lines. Ask what
# the wrong note is good for: it rules out that a longer prompt alone does it. Say that six questions are few.

# %% tags=["nbval-check-output"]
from lessons.must_i_train import brellin

print(brellin.QUESTIONS[0], brellin.OPTIONS[0], brellin.NOTES[0], sep="\n")
asked_in, notes = encode(brellin.QUESTIONS, course), encode(brellin.NOTES, course)
nearest = (asked_in @ notes.T).argmax(1)
recall = np.mean(nearest == np.arange(len(notes)))
print(f"recall at 1: {recall:.0%}")

# %% tags=["record"]
course.record("recall", recall)

# %% tags=["slide"]
knows = {"no note": [], "retrieved note": [], "wrong note": []}
form = {"tokenize": False, "add_generation_prompt": True}
for number, asking in enumerate(brellin.QUESTIONS):
    good, bad = brellin.NOTES[nearest[number]], brellin.NOTES[number - 1]
    options = one_token(brellin.OPTIONS[number])
    for name, note in zip(knows, ["", good + "\n", bad + "\n"], strict=True):
        turn = [{"role": "user", "content": note + asking}]
        prompt = reader.apply_chat_template(turn, **form) + "Answer:"
        knows[name].append(next_words(prompt, options).argmax() == 0)
for name, mask in knows.items():
    print(f"{name:<15} {sum(mask)} of {len(mask)} right")

# %% tags=["record"]
for name, mask in knows.items():
    course.record(f"knows_{name.replace(' ', '_')}", int(sum(mask)))

# %% [markdown]
# With the right note the small model nearly always reads the answer off. Without it, it guesses. A wrong note does not
# help: the gain comes from the note, and not from a longer prompt. *May require retrieval for facts*, says the lecture.
# Here it does. When a fact changes, change the note: no training.
#
# A leaderboard of instruction-tuned models adds up such things: following a form, reading an answer, knowing a fact.
# Our model is poor at the first and good at the second. The third we have not measured.
# One average hides that. Which tasks are mine?
#
# ## What does an answer cost?

# %% [markdown] tags=["slide"]
# - One encoder pass: description, head, fine-tuned model
# - Prompt: a larger model, several times slower
# - Each way has something to look after
#
# **A hosted model can change without you.**

# %% [markdown] tags=["notes"]
# Point at the two lines with milliseconds, and say that they differ on other machines. Let the room fill in one row
# of the table on upkeep before you show it. Most forget that a prompt must be chosen anew when the model changes.

# %%
begin = time.perf_counter()
encode(test["text"], course, max_length=40)
milliseconds["encoder"] = 1000 * (time.perf_counter() - begin) / len(test)
for way, model in {"encoder": encoder, "prompt": decoder}.items():
    megabytes = sum(p.numel() * p.element_size() for p in model.parameters()) / 1e6
    print(f"{way:<8} {milliseconds[way]:6.1f} ms a post, {megabytes:,.0f} MB in memory")

# %% tags=["record"]
course.record("prompt_to_encoder_ms", milliseconds["prompt"] / milliseconds["encoder"])

# %% [markdown]
# *Predictable latency; smaller model*, says the lecture of fine-tuning. True here: a description, a head and a fine-tuned
# encoder all cost the same single pass. The prompt costs several times more, though its beginning is kept.
#
# What must somebody look after? This table is experience, and not measured here.
#
# | | to keep | to watch | to repeat when the model changes |
# |---|---|---|---|
# | describe | a sentence for each label | scores on 100 checked posts | choose the wording anew |
# | prompt | the prompt, its habit, the exact model | answers outside the form, a changed model | everything: wording and habit |
# | nearest, head | labelled posts, a small file | drift of the posts | new vectors, a fit of seconds |
# | fine-tuned | labels, code, weights, versions | drift, label noise | a training, an evaluation |
#
# A lecture says that prompting has *lower infra and governance load*. That fits what you keep. But there is more to
# watch: a hosted model may change under you.
#
# ## The verdict

# %% [markdown] tags=["slide"]
# - No label: a description, or a prompt
# - 16 to 64, or dirty: a head, beside a rival
# - 256 clean: head first, then perhaps fine-tuning
# - Facts that change: retrieval

# %% [markdown] tags=["notes"]
# Return to the reasons from the beginning: who was right? Go through the differences and ask each time: is zero
# inside? Say what was not measured: larger decoders, other languages, the price of an error. The last *Try it* makes
# a good exercise for pairs.

# %%
last = right["head"][sizes[-1]]
paired = {
    "described minus lazy": (right_described, truth == np.bincount(truth).argmax()),
    "described minus head, 16": (right_described, right["head"][sizes[1]]),
    "fine-tuned minus head, 256": (right["fine-tuned"][sizes[-1]], last),
    "head, 256, minus described": (last, right_described),
    "head, 256, minus prompt": (last, right_asked),
}
gains = {name: against(*both) for name, both in paired.items()}
for name, each in gains.items():
    tell_gain(name, each)

# %% tags=["record"]
for name, (value, _, _) in gains.items():
    key = name.replace(" ", "_").replace(",", "").replace("-", "_")
    course.record(f"verdict_{key}", value)

# %% [markdown]
# What was promised, and what was kept:
#
# | the lecture says | what we found |
# |---|---|
# | prompting: no training, quick | true, and a description is quicker still |
# | brittle formatting | true for free answers; holding to four words mends the form |
# | may require retrieval for facts | true for facts that nobody taught |
# | fine-tuning needs labels | true for nearest, head and pairs: with 16 labels none clearly passes a description; fine-tuning was not tried at 16 |
# | fine-tuning always outperforms prompting | not shown: with 64 dirty labels and 12 steps no lead that we can see over a prompt that saw none |
# | small or dirty data: a frozen head or a prompt *can* be competitive | true for the frozen head, on a narrow interval; the prompt is not behind for certain |
#
# So, for a task like this one:
#
# - **no label:** a description; or a prompt, if the labels need a long explanation. Label 100 posts to check it.
# - **16 to 64 labels, or dirty ones:** try a head or a short fine-tuning. Keep a description or a prompt as its rival.
# - **256 clean labels and more:** learn. That beats a description; that it beats our prompt is not shown.
#   Begin with the frozen head, then ask whether fine-tuning adds something.
# - **facts that change:** retrieve.
#
# We did not measure a larger decoder, other languages, or the price of a wrong answer. Three draws are few, too.
#
# **Try it.** The help line has 256 clean labels and must answer 25 posts a second. Which way do you take first?
#
# <details><summary>An answer</summary>
#
# The frozen head. 25 posts a second leave 40 ms for each. Look at your table: one pass of the small model fits, the
# prompt does not. The head is also far above the description. Then fine-tune, and keep it only if the gain is real.
#
# </details>

# %% tags=["try"]
budget = 1000 / 25
print(budget, milliseconds, gains["head, 256, minus described"])
if course.profile == "laptop":
    assert budget == 40
    assert milliseconds["encoder"] < milliseconds["prompt"] / 3
    assert gains["head, 256, minus described"][1] > 0

# %% [markdown]
# ## In this notebook we have
#
# - **classified** posts with no label, by descriptions and by a prompt;
# - **prompted** a decoder, held it to four words, and taken its habit away;
# - **compared** six ways with 0 to 256 labels, three of them with dirty ones;
# - **retrieved** notes for six planted facts, and scored the search;
# - **chosen** by labels, time and control, and said what we did not measure.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | every answer is the same label | the habit of the prompt | subtract the answer to an empty post |
# | long labels never win | a sum over more tokens is lower | one token each, or other words |
# | `A decoder-only architecture is being used, but right-padding was detected!` | generation goes on after padding | `padding_side="left"` |
# | a confident answer about your town | the fact was never taught | retrieve a note, measure recall at 1 |
# | `n_splits=4 cannot be greater than the number of members in each class` | too few labels to calibrate | fewer folds, or more labels |
#
# **Next:** the sheet for this lesson, and then what pretraining bought: {{ lesson:pretraining }}.
