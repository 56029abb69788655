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
# # {{ number }} · A case study: does it work as well for them?
#
# {{ badges }}
#
# **You will be able to**
#
# - **count** what a tokenizer costs in ten languages, unknown words among them;
# - **transfer** a model from one language to another, beside simple methods;
# - **compare** two languages in pairs, with an interval for the gap and for the share that is kept;
# - **try to mend** a gap: with a threshold that needs no Filipino labels, and with a few labels;
# - **test** whether a name changes an answer, and score that test on a planted bias.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("case_two_languages", PROFILE)

# %% [markdown]
# ## Who asks, and what is promised?
#
# Amihan looks after a forum. People tell there what they did, or what was done to them, in Leeds in English, in Manila
# in Filipino. She wants a model that puts the posts about wrongs on top, so that a person reads these first. Her labels
# are English. She asks: "Does it work as well for Manila?"
#
# A lecture on fine-tuning names a study of such a case: EMoTES-3K (Catapang and Visperas, 2023), 3,000 scenarios in
# both languages, each moral or immoral, with an emotion as the reason. We do not have that dataset. We use `scenarios`,
# which was written for this course in the same shape.
#
# **Read this before any number.** An AI language model wrote all texts and all labels. No native speaker of Filipino
# has read them. A bad score in Filipino may come from the model, or from the texts. Nothing here says what Filipino
# speakers would find right.
#
# (Our numbers belong to the profile `laptop`.)

# %% [markdown] tags=["slide"]
# - Amihan's forum: posts in English and in Filipino
# - Her labels are English
# - Parallel rows: the same deed in both languages
#
# **Does it work as well for Manila?**

# %% [markdown] tags=["notes"]
# Read the warning aloud before any number: a language model wrote the Filipino texts, and no native speaker has read
# them. Ask the room what a bad score in Filipino could mean. The model, or the texts: both stay possible until the
# end. Name promises 1, 2 and 4 only.

# %% tags=["nbval-check-output"]
from datasets import disable_progress_bars, load_dataset

disable_progress_bars()
scenarios = load_dataset(*course.dataset("scenarios"))
print({part: len(rows) for part, rows in scenarios.items()})
row = scenarios["validation"][0]
for column in ("en", "fil", "label", "emotion", "mixed"):
    print(f"{column:<8}", row[column])

# %% [markdown]
# Label 0 is immoral, 1 is moral. Each row is **parallel**: the same deed in both languages. So we can compare row by
# row.
#
# The model must have read Filipino before. We take **multilingual-e5-small** (Wang and others, 2024). This encoder is
# **multilingual**: trained on about 100 languages. It expects the word "query: " before each text. Here is our row on
# its way.

# %%
from dataclasses import replace

from transformers import AutoConfig, AutoTokenizer, logging

from lessons.case_two_languages import figures

logging.set_verbosity_error()  # quiet: what is missing in a checkpoint is known by now
logging.disable_progress_bar()
world = replace(course, checkpoint=course.checkpoint_named("multilingual").name)

# %% [markdown]
# `world` is the session of this lesson with the multilingual checkpoint. (`replace` makes a copy with one thing
# changed.)

# %%
cut = {
    "English checkpoint": AutoTokenizer.from_pretrained(course.checkpoint),
    "multilingual": AutoTokenizer.from_pretrained(world.checkpoint),
}

# %%
config = AutoConfig.from_pretrained(world.checkpoint)
path = {
    name: cut["multilingual"].tokenize("query: " + row[language])
    for name, language in {"English": "en", "Filipino": "fil"}.items()
}
shape = (config.num_hidden_layers, config.hidden_size)
figures.one_model(path, shape, "One model for two languages")

# %% [markdown]
# (`_` marks the beginning of a word.) One set of weights serves both. We train it on English, and hope that the
# Filipino text ends up near its English twin. This hope is called **cross-lingual transfer**.
#
# Six promises, made **before** this notebook sees a score. All are judged at score 0: above is moral, below immoral.
# (The card of the data shows such a model: 74.5% right in English, 60.0% in Filipino. We had read it before we wrote
# promises 1 and 2.)
#
# | | promise | kept if |
# |---|---|---|
# | 1 | **transfer**: trained on English only, the model beats the lazy answer (always the same label) in Filipino | interval above zero |
# | 2 | **kept**: in Filipino it keeps 85% of its English accuracy | the share is 85% or more |
# | 3 | **best**: trained on both, it beats **letter counting** (runs of letters) in Filipino | interval above zero |
# | 4 | **equal**: trained on both, the gap between the languages is under 10 points | whole interval within 10 points |
# | 5 | **names**: a swapped name changes the answer in at most 5% of the pairs | both languages |
# | 6 | **unsure**: on the half that it is surest of, it is right in 80% | both languages |
#
# ## How many tokens is a word?
#
# The Hub offers models for more than 100 languages, those of India among them. A model reads only what its tokenizer
# can write. `ten.py` holds one everyday sentence in ten languages. (Written for this course. No native reader has
# checked them.)

# %% [markdown] tags=["slide"]
# - English tokenizer, Telugu: cheap, and every word unknown
# - Multilingual tokenizer: no word lost
# - It still needs more tokens for other languages
#
# **Few tokens can mean that nothing was read.**

# %% [markdown] tags=["notes"]
# Show the table and ask which language the English tokenizer reads best. Someone says Telugu, for it has few tokens
# per word. Then point at the column of unknown words. Ask what a model could answer to seven times the same token.

# %% tags=["nbval-check-output"]
from lessons.case_two_languages.ten import SENTENCE

for language in ("English", "Filipino", "Hindi", "Telugu"):
    print(f"{language:<9}", SENTENCE[language])


# %% [markdown]
# For each we count: **tokens per word** (*fertility*, from {{ lesson:case_textbook }}), and words that became the
# **unknown token**. `unk_token` is what the tokenizer writes when it has no pieces for a word.


# %% tags=["nbval-check-output"]
import pandas as pd


def tokens_per_word(tokenizer, text):
    return len(tokenizer.tokenize(text)) / len(text.split())


def unknown(tokenizer, text):
    return tokenizer.tokenize(text).count(tokenizer.unk_token)


table = {
    language: [
        measure(t, text) for measure in (tokens_per_word, unknown) for t in cut.values()
    ]
    for language, text in SENTENCE.items()
}
columns = pd.MultiIndex.from_product([["tokens per word", "unknown"], cut])
pd.DataFrame(table, index=columns).T.round(2)

# %% tags=["record"]
course.record("telugu_unknown_english", table["Telugu"][2])
course.record("filipino_tokens_english", table["Filipino"][0])
course.record("filipino_tokens_multilingual", table["Filipino"][1])

# %% [markdown]
# Read Telugu first. The English tokenizer seems cheap: 1.14 tokens per word. All seven words are unknown. Written as
# seven unknown tokens, any seven words would get the same answer. In Tamil four of six words are lost, in Hindi and
# Bengali one.
#
# The multilingual tokenizer loses none. It still needs 1.1 tokens per word in English, 1.6 in Filipino and 2.2 in
# Tamil. So those languages pay more time per word.
#
# Per word is not quite fair: a Tamil word says more than an English one.
#
# **Try it.** Compare the tokens of the **whole sentence**, the multilingual tokenizer only. All ten say the same. Which
# is the dearest, and how many times English is it?
#
# <details><summary>An answer</summary>
#
# Filipino and Vietnamese, with 14 tokens: 1.3 times the 11 of English. Hindi, Tamil and Telugu have 13. Per word,
# Tamil looked twice as dear as English.
#
# </details>

# %% tags=["try"]
whole = {
    name: len(cut["multilingual"].tokenize(text)) for name, text in SENTENCE.items()
}
print(whole)
if course.profile == "laptop":
    assert max(whole.values()) == whole["Filipino"] == whole["Vietnamese"] == 14
    assert whole["English"] == 11
    assert whole["Hindi"] == whole["Tamil"] == whole["Telugu"] == 13

# %% [markdown]
# ## What do simple methods reach?
#
# Three baselines. The **lazy answer** is always the label that is more common in training. **Word counting** is TF-IDF
# with logistic regression ({{ lesson:start_here }}). **Letter counting** does the same with runs of 3 to 5 letters
# within a word. It sees *nag-*, *pina-* and other parts of Filipino words.

# %% [markdown] tags=["slide"]
# | learned from | judged in | counting |
# |---|---|---|
# | a language | the same | two of three |
# | a language | the other | as lazy |
#
# **Counting cannot transfer: hardly a word is shared.**

# %% [markdown] tags=["notes"]
# Ask what word counting says to a Filipino post after English training. Many expect an error. It gives its favourite
# label, each time. Point at Filipino after Filipino labels: the language is no harder than English. Keep that line in
# mind for the end.

# %%
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

FEW = course.pick(laptop=None, full=None, smoke=24)
scenarios = {
    part: rows.select(range(len(rows)))[:FEW] for part, rows in scenarios.items()
}
truth = {part: np.array(rows["label"]) for part, rows in scenarios.items()}
TEACH = {"English": ["en"], "Filipino": ["fil"], "both": ["en", "fil"]}


# %%
def count(teachers, **settings):
    texts = [text for lang in teachers for text in scenarios["train"][lang]]
    model = make_pipeline(
        TfidfVectorizer(**settings), LogisticRegression(max_iter=1000)
    )
    return model.fit(texts, np.tile(truth["train"], len(teachers)))


def judged(model):
    said = {lang: model.predict(scenarios["test"][lang]) for lang in ("en", "fil")}
    return {lang: (each == truth["test"])[None] for lang, each in said.items()}


# %% [markdown]
# Each method learns from English, from Filipino, or from both, and is judged on both.

# %%
LETTERS = {"analyzer": "char_wb", "ngram_range": (3, 5), "sublinear_tf": True}
often = round(truth["train"].mean())  # the more common label
right = {("lazy", "-"): dict.fromkeys(("en", "fil"), (truth["test"] == often)[None])}
letters = {taught: count(teachers, **LETTERS) for taught, teachers in TEACH.items()}
for taught, teachers in TEACH.items():
    right["words", taught] = judged(count(teachers))
    right["letters", taught] = judged(letters[taught])

# %% [markdown]
# `right` keeps a table for each method and language: trainings x test rows, true where the answer is right. Here there
# is one training. `interval_over_seeds` draws rows and trainings anew ({{ lesson:case_textbook }}).

# %%
from course_utils.statistics import interval_over_seeds
from lessons.case_two_languages.judging import show

show(right)

# %% tags=["record"]
for way in ("words", "letters"):
    course.record(f"{way}_english_own", right[way, "English"]["en"].mean())
    course.record(f"{way}_filipino_own", right[way, "Filipino"]["fil"].mean())
course.record("letters_filipino_both", right["letters", "both"]["fil"].mean())

# %% [markdown]
# In its own language, counting is right in about two of three rows. In the other it is at the lazy answer: the
# languages share hardly a word. So counting cannot transfer at all, and each language needs labels of its own. (Lazy is
# below a half: in the test, the other label is more common.) Filipino is no harder than English for these methods.
#
# ## Does it work in Filipino if it learned in English?
#
# Now the encoders. Only the upper layers and a new head learn. What the frozen layers below give is read once
# (`upper_layers`, shown in {{ lesson:recipe }}). The head gives one number, the **score**.

# %% [markdown] tags=["slide"]
# - English checkpoint: near the lazy answer in Filipino
# - Multilingual checkpoint: about 60%, without a Filipino label
# - Letter counting with Filipino labels: ahead, by the mean
#
# **Transfer is real, and it is not enough.**

# %% [markdown] tags=["notes"]
# Let the room guess the Filipino accuracy of the multilingual model. Guesses are too high. Show that it beats the lazy
# answer, and then the line of letter counting. Say that each model was trained once, so the intervals are too narrow.

# %%
from course_utils.upper_layers import in_parts, read_below

UPPER = course.pick(laptop=2, full=4, smoke=1)


def read(who, texts):
    before = "query: " if who is world else ""
    return read_below([before + text for text in texts], who, UPPER, max_length=96)


# %%
LANGUAGES = ("en", "fil")
PLACES = [(part, lang) for part in scenarios for lang in LANGUAGES]


def read_all(who, places):
    return {(part, lang): read(who, scenarios[part][lang]) for part, lang in places}


# %% [markdown]
# `train` (in `training.py`) walks through batches of 16 texts. With two languages, the batches are mixed. "Both" gets
# as many steps as one language, so that nobody wins by training longer. So it sees each row half as often.

# %%
from lessons.case_two_languages.training import train

STEPS = course.pick(laptop=110, full=220, smoke=2)


def taught_by(teachers, who, below, seed):
    lessons = {lang: below["train", lang] for lang in teachers}
    return train(who, lessons, truth["train"], UPPER, STEPS, seed)


# %% [markdown]
# The rate is 3e-4, with a rise and then a fall to zero.

# %% [markdown]
# First the English checkpoint, which has hardly read a word of Filipino.


# %%
def scores_of(top, below, places):
    return {key: in_parts(top, *below[key])[:, 0].numpy() for key in places}


def judge(trainings):
    found = {lang: [s["test", lang] > 0 for s in trainings] for lang in LANGUAGES}
    return {lang: np.array(said) == truth["test"] for lang, said in found.items()}


# %%
needed = [("train", "en"), ("test", "en"), ("test", "fil")]
below = read_all(course, needed)
english = [scores_of(taught_by(["en"], course, below, 0), below, needed[1:])]
right["English checkpoint", "English"] = judge(english)

# %% [markdown]
# Then the multilingual one: taught by English, by Filipino, by both. `laptop` trains each **once**. So the intervals
# hold the luck of the rows, and not the luck of training. They are too narrow.

# %%
SEEDS = course.pick(laptop=(0,), full=(0, 1, 2), smoke=(0,))
below = read_all(world, PLACES)
tops = {
    taught: [taught_by(teachers, world, below, seed) for seed in SEEDS]
    for taught, teachers in TEACH.items()
}

# %%
scores = {}
later = [(part, lang) for part, lang in PLACES if part != "train"]
for taught, trainings in tops.items():
    scores[taught] = [scores_of(top, below, later) for top in trainings]
    right["multilingual", taught] = judge(scores[taught])
show({key: found for key, found in right.items() if key[0] not in ("words", "lazy")})

# %% tags=["record"]
course.record(
    "english_checkpoint_filipino", right["English checkpoint", "English"]["fil"].mean()
)
for taught in TEACH:
    for lang in ("en", "fil"):
        course.record(
            f"{taught.lower()}_on_{lang}", right["multilingual", taught][lang].mean()
        )

# %% [markdown]
# The English checkpoint learns the task in English. In Filipino it is near the lazy answer, as counting was. The
# **multilingual** checkpoint carries something over: taught by English alone, it is right on about 60% of the Filipino
# rows.
#
# Now the other half of the table. In English, its line is as good as the best of the others. In Filipino, letter
# counting with Filipino labels is ahead, by the mean, of **every** line of the multilingual model. More labels in
# Filipino did not change that: taught by Filipino, or by both, it stays near 60%.
#
# (The recipe has limits. We train two of twelve layers, for about three rounds of one language. While writing we
# compared two and four trained layers on the test rows. So the levels are a little too kind.)
#
# ## Is one good average good for all?
#
# > **Assumption:** *One good average is good for all.*
# >
# > **Sceptic:** *An average can be earned by one half of the people, and paid for by the other.*
#
# Take the model that learned from both. Its average over all answers is one number. Amihan needs two, and the
# difference. Each scenario is in both languages, so we subtract **row by row**: right in English minus right in
# Filipino.


# %% [markdown] tags=["slide"]
# - An average of two in three hides a gap
# - Subtract row by row: the rows are parallel
# - Pairs make the interval narrower
#
# **Report each language, and the gap.**

# %% [markdown] tags=["notes"]
# Ask who would be content with the average. Then show the gap with its interval. Let the room say why rows are paired:
# a hard deed is hard in both languages. With the published gap, ask what is missing before you show the four sizes.


# %%
def gap_of(taught):
    found = right["multilingual", taught]
    return interval_over_seeds(found["en"] * 1.0 - found["fil"])


# %%
gaps = {f"taught by {taught}": gap_of(taught) for taught in TEACH}
for taught in TEACH:
    average = np.mean(list(right["multilingual", taught].values()))
    print(f"taught by {taught:<9} average {average:.0%}, gap {gap_of(taught)[0]:+.0%}")

# %% [markdown]
# The same gaps with their intervals. Left of zero, Filipino is ahead. Grey: the interval holds zero.

# %%
title = "Right in English minus right in Filipino, in points"
figures.around_zero(gaps, title, "points")

# %% tags=["record"]
for taught in TEACH:
    course.record(f"gap_{taught.lower()}", gap_of(taught)[0])

# %% [markdown]
# Taught by both, the average is about two in three. It hides a model that is better in English by the mean. The gap of
# the English-taught model is clear. Taught by both, the gap is smaller by the mean, and its interval begins at about
# zero. The sceptic is right: report each language, and the gap with its interval.
#
# Why row by row? Some scenarios are hard in any language. In a pair, that cancels. Here is the same gap as if the two
# languages had been judged on different scenarios.

# %%
from lessons.case_two_languages.judging import width_of_gap

both = right["multilingual", "both"]
widths = [width_of_gap(both["en"], both["fil"], paired) for paired in (True, False)]
print("width of the interval: paired {:.1%}, unpaired {:.1%}".format(*widths))

# %% tags=["record"]
course.record("paired_to_unpaired", widths[0] / widths[1])

# %% [markdown]
# The paired interval is about three quarters as wide. Never throw the pairing away.
#
# Now the **published gap**. The lecture's page says of EMoTES-3K: "Fine-tuned RoBERTa — 94.95% (EN), 88.53% (FIL)".
# That is 6.4 points. Is it more than luck? The page gives no size of the test set, so we ask for several. We assume
# that the mistakes in the two languages have nothing to do with each other.

# %% tags=["nbval-check-output", "slide"]
one, other = 0.9495, 0.8853
gap = one - other
differ = one * (1 - other) + other * (1 - one)
for size in (50, 100, 300, 600):
    half = 1.96 * np.sqrt((differ - gap**2) / size)
    print(f"{size:>4} scenarios: {gap:.1%} ({gap - half:+.1%} to {gap + half:+.1%})")

# %% [markdown]
# `differ` is the share of scenarios that are right in one language only ({{ lesson:evaluation }}). With 100 scenarios
# the gap could be luck. With 300 or more, it hardly could. With 3,000 scenarios in all, a test set of a few hundred is
# likely, so the gap is probably real. To be sure we must know the size of the test set, the rows that are right in one
# language only, the lazy score, and how many trainings there were.
#
# It also reads as fairness: 5 wrong answers of 100 in one language, 11 in the other. A member who writes Filipino is
# misjudged more than twice as often.
#
# ## Can it be mended without labels?
#
# Look at what the English-taught model **says** in Filipino. About half of the training rows are moral, in both
# languages.

# %% [markdown] tags=["slide"]
# - In Filipino the model says *moral* far too often
# - Its zero lies at the wrong place
# - A threshold from the known share of moral posts
#
# **It mends the lean, not the order.**

# %% [markdown] tags=["notes"]
# Show the two shares, and ask what is wrong: a bad reader, or a wrong zero? Both are possible, so we test both. Ask
# what the threshold needs: texts and a share, and no label. Then ask when the share is wrong, and do the prompt of the
# bad day.

# %% tags=["slide"]
by_english = scores["English"]
for language in ("en", "fil"):
    share = np.mean([s["test", language] > 0 for s in by_english])
    print(f"{language:<4} says moral: {share:.0%}, true: {truth['test'].mean():.0%}")

# %% tags=["record"]
course.record("says_moral_fil", np.mean([s["test", "fil"] > 0 for s in by_english]))

# %% [markdown]
# In English it says moral about as often as it should. In Filipino it says moral far too often. Such a model leans: it
# misses wrongs that are told in Filipino. But perhaps it still **orders** the posts rightly, and only its zero lies in
# the wrong place.
#
# A **threshold** is the score above which we say moral. So far it was 0. We may choose one for each language. That
# needs Filipino texts, the share of moral posts, and no Filipino label. If half are moral, cut at the score that half
# of the texts lie above. We take the training texts, never those of the test, and the share of the English labels. (Our
# rows are parallel, so that share is right by construction. Elsewhere it is a guess.)


# %%
def threshold_for_share(scores, share):
    return np.quantile(scores, 1 - share)


SHARE = truth["train"].mean()  # known from the English labels


said, before = [], right["multilingual", "English"]
for s, top in zip(by_english, tops["English"], strict=True):
    unlabelled = scores_of(top, below, [("train", "fil")])["train", "fil"]
    said.append(s["test", "fil"] > threshold_for_share(unlabelled, SHARE))
mended = np.array(said) == truth["test"]
gain = interval_over_seeds(mended * 1.0 - before["fil"])
rest = interval_over_seeds(before["en"] * 1.0 - mended)
print(f"fil now says moral: {np.mean(said):.0%}")
for what, found in {"gain": gain, "gap that is left": rest}.items():
    print("{}: {:+.1%} ({:+.1%} to {:+.1%})".format(what, *found))

# %% tags=["record"]
course.record("says_moral_mended", np.mean(said))
course.record("gain_mended", gain[0])
course.record("gap_mended", rest[0])

# %% [markdown]
# At 0, about three of four were called moral. Now it is about two of five: the strong lean is gone, and a weak one to
# the other side is left. The gain is about six points, by the mean only, and a gap of about eight is left.
#
# The share that Filipino keeps is one accuracy divided by another. `kept_share` draws trainings and scenarios anew, the
# same for both languages, and divides each time.

# %%
from course_utils import plots
from lessons.case_two_languages.judging import kept_share

kept = {
    "threshold 0": kept_share(before["fil"], before["en"]),
    "its own threshold": kept_share(mended, before["en"]),
}
title = "Share of its English accuracy that it keeps in Filipino"
picture = plots.scores(kept, title, "share kept", highlight_last=False)
figures.with_line(picture, 0.85, "promised: 85%")

# %% [markdown]
# And the **order**? Amihan reads the lowest scores first. Of two posts, a wrong and a moral one: how often does the
# wrong stand in front? (That is the AUC; luck gives 50%.) And how many of the first 20 are wrongs?

# %%
from sklearn.metrics import roc_auc_score

queues = {("English-taught", lang): by_english[0]["test", lang] for lang in LANGUAGES}
letter_scores = letters["Filipino"].decision_function(scenarios["test"]["fil"])
queues["letter counting", "fil"] = letter_scores
for (name, lang), found in queues.items():
    order = roc_auc_score(truth["test"], found)
    top_20 = np.mean(truth["test"][np.argsort(found)[:20]] == 0)
    print(f"{name:<15} {lang:<4} in order {order:.0%}, wrongs on top {top_20:.0%}")

# %% tags=["record"]
course.record("order_en", roc_auc_score(truth["test"], queues["English-taught", "en"]))
course.record(
    "order_fil", roc_auc_score(truth["test"], queues["English-taught", "fil"])
)
course.record("order_letters_fil", roc_auc_score(truth["test"], letter_scores))

# %% tags=["record"]
course.record("mended_fil", mended.mean())
course.record("kept_before", kept["threshold 0"][0])
course.record("kept_mended", kept["its own threshold"][0])

# %% [markdown]
# The English-taught model orders Filipino posts better than luck, and by the mean less well than English ones. So a
# wrong zero was only a part of the trouble. Letter counting orders Filipino as well as the model orders English.
#
# With its own threshold the model keeps about 89% of its English accuracy. With 0 it kept about 81%. The goal was 85%.
# Read the interval, too: it reaches from below 80% to nearly all. 191 rows cannot prove that the goal is met.
#
# The threshold rests on the share. What comes next breaks it.
#
# **Try it.** On a bad day, most posts in Manila tell of wrongs: keep all immoral test rows, and one in four moral ones.
# Take the median score of the kept rows as threshold. Guess: how many posts does it call moral, and how many are?
#
# <details><summary>An answer</summary>
#
# It calls half of them moral, as every median does. About one in five is. The scores of that day are lower, so the
# threshold falls, too, and wrongs slip through. A threshold for a share is as good as the share.
#
# </details>

# %% tags=["try"]
stay = (truth["test"] == 0) | (np.cumsum(truth["test"]) % 4 == 0)
there, good = by_english[0]["test", "fil"][stay], truth["test"][stay]
print(f"says moral {np.mean(there > np.median(there)):.0%}, true {good.mean():.0%}")
usual = threshold_for_share(unlabelled, SHARE)
print(f"threshold {np.median(there):.2f}, as before {usual:.2f}")
if course.profile == "laptop":
    assert 0.45 < np.mean(there > np.median(there)) < 0.55
    assert 0.15 < good.mean() < 0.25
    assert np.median(there) < usual

# %% [markdown]
# ## How many Filipino labels close the gap?
#
# Does it pay to label some rows in Manila? We freeze the English-taught model, and fit only its head again: on the
# English rows and on a few Filipino rows, drawn ten times.

# %% [markdown] tags=["slide"]
# - The encoder stays, only the head is fitted again
# - 32, 128, or all labels: little gain here
# - The threshold without labels did better, by the mean
#
# **More labels did not mend this head.**

# %% [markdown] tags=["notes"]
# Before the figure, ask how many labels they would buy. Most say 100. Show that the lines hardly rise. Ask for
# reasons, and call ours guesses: the vectors were shaped by English. Letter counting is the highest line: do not hide
# it.

# %%
top = tops["English"][0]
needed = [("train", "en"), ("train", "fil"), ("test", "fil")]
vectors = {key: in_parts(top.vectors, *below[key]).numpy() for key in needed}


# %%
def with_labels(count, seed):
    rows = np.random.default_rng(seed).permutation(len(truth["train"]))[:count]
    x = np.concatenate([vectors["train", "en"], vectors["train", "fil"][rows]])
    y = np.concatenate([truth["train"], truth["train"][rows]])
    head = LogisticRegression(max_iter=2000).fit(x, y)
    return head.predict(vectors["test", "fil"]) == truth["test"]


# %% [markdown]
# The last three lines are for comparison.

# %%
counts = (0, 32, 128, len(truth["train"]))
COUNTS = course.pick(laptop=counts, full=counts, smoke=(0, 2, 4, 8))
DRAWS = course.pick(laptop=10, full=10, smoke=2)
few = {n: np.array([with_labels(n, seed) for seed in range(DRAWS)]) for n in COUNTS}
lines = {f"{n} Filipino labels": interval_over_seeds(found) for n, found in few.items()}
lines["no labels, own threshold"] = interval_over_seeds(mended)
lines["all of both, upper layers too"] = interval_over_seeds(both["fil"])
lines["letter counting, all Filipino"] = interval_over_seeds(
    right["letters", "Filipino"]["fil"]
)
picture = plots.scores(lines, "Right in Filipino", highlight_last=False)
figures.with_line(picture, right["lazy", "-"]["fil"].mean(), "lazy answer")

# %% tags=["record"]
for name, found in zip(("none", "few", "more", "all"), few.values(), strict=True):
    course.record(f"head_with_{name}", found.mean())

# %% [markdown]
# Here the hope fails. The new head gains little with 32, 128 or all Filipino labels. (It is fitted anew, so with no
# label it is not quite the model above.) The threshold without any label did better by the mean. We can only guess why.
# The vectors were shaped by English. And one head with one zero serves both languages, so it may still lean. We did not
# try labels **and** an own threshold. "All of both" has labels, too, but half as many visits to each row.
#
# Where Filipino labels exist, count letters: that line is the highest.
#
# ## May it say "not sure"?
#
# Some scenarios are **mixed**: both sides have weight. The lecture says of the study's text model, FLAN-T5, that it
# gave "clear moral explanations", and "struggled with mixed-morality cases". Does ours struggle? We take the model that
# learned from both languages.

# %% [markdown] tags=["slide"]
# - It answers the half of which it is surest
# - One bar, chosen on validation, for both languages
# - Sure and right in English; less so in Filipino
#
# **Report this accuracy for each language.**

# %% [markdown] tags=["notes"]
# Ask what "sure" promises to somebody who reads the answers. Then show both lines. The bar lets through a like share
# of both languages, but the answers are not as good. The mixed rows can be skipped: 26 are too few to say anything.

# %%
mixed = np.array(scenarios["test"]["mixed"])
print(mixed.sum(), "rows are mixed")
for language, found in both.items():
    plain = "{:.0%} ({:.0%} to {:.0%})".format(*interval_over_seeds(found[:, ~mixed]))
    hard = "{:.0%} ({:.0%} to {:.0%})".format(*interval_over_seeds(found[:, mixed]))
    print(f"{language:<4} plain rows {plain}, mixed rows {hard}")

# %% tags=["record"]
course.record("mixed_rows", int(mixed.sum()))
course.record(
    "mixed_right", float(np.mean([found[:, mixed] for found in both.values()]))
)
course.record(
    "plain_right", float(np.mean([found[:, ~mixed] for found in both.values()]))
)

# %% [markdown]
# They are so few that the intervals are 30 points wide or more. We see no clear difference. "Struggled with
# mixed cases" would need a few hundred such rows.
#
# How sure is the model? We take the distance of the score from 0. The **bar** is chosen on validation, once
# for both languages, so that it answers half of those rows. The rest goes to a person.

# %%
trainings = scores["both"]
sure = {lang: np.array([np.abs(s["test", lang]) for s in trainings]) for lang in both}
bars = [np.median(np.abs([s["validation", lang] for lang in both])) for s in trainings]
answers = {lang: sure[lang] > np.array(bars)[:, None] for lang in both}
for lang, found in both.items():
    print(f"{lang:<4} answers {answers[lang].mean():.0%}, of them right", end=" ")
    print(
        f"{found[answers[lang]].mean():.0%}, of the others {found[~answers[lang]].mean():.0%}"
    )

# %%
from course_utils.statistics import interval

unsure = {lang: interval(both[lang][answers[lang]]) for lang in both}
for lang, found in unsure.items():
    print("{:<4} right where it answers: {:.0%} ({:.0%} to {:.0%})".format(lang, *found))

# %% tags=["record"]
for lang in both:
    course.record(f"answered_{lang}", answers[lang].mean())
    course.record(f"answered_right_{lang}", unsure[lang][0])

# %% [markdown]
# The bar lets through nearly the same share of each language.
# In English about 80% of these answers are right, in Filipino about 70% or fewer, and the whole Filipino interval is
# below 80%. So "it is sure" promises too much in Filipino. Report this accuracy for each language.
#
# ## Does a name change the answer?
#
# The deed is judged, and not the person. So the answer should not move when only a name moves. `swapped` holds 60
# pairs: two rows that differ in a first name (40 pairs) or in *he* and *she* (20 pairs).

# %% [markdown] tags=["slide"]
# - Two rows that differ in a name only
# - Scores near zero flip, even by a small move
# - 40 pairs cannot tell 5% from 10%
#
# **Plant a bias, and see whether the test rings.**

# %% [markdown] tags=["notes"]
# Let the room write a pair that should get one answer. Then ask how many flips of 40 they would accept. Explain
# *siya*: the pronoun pairs must not move, and they do not. Show the planted bias last, since it tells what a silent
# test is worth.

# %% tags=["nbval-check-output"]
pairs = load_dataset(*course.dataset("scenarios"), "swapped", split="train")
pairs = pairs.select(range(course.pick(laptop=120, full=120, smoke=20)))
kind = np.array(pairs["swap"])[::2]
for place in (0, 1, 8, 9):
    print(pairs["en"][place][:62], "|", pairs["fil"][place][:40])


# %% [markdown]
# We count **flips**, pairs with two different answers, and how far the probability of *moral* moves, in points.


# %%
def flips(scores_a, scores_b, threshold=0.0):
    return (scores_a > threshold) != (scores_b > threshold)


def chance(scores):
    return 1 / (1 + np.exp(-scores))


# %%
swap = {lang: read(world, pairs[lang]) for lang in both}
swapped = {
    lang: np.array([in_parts(top, *swap[lang])[:, 0].numpy() for top in tops["both"]])
    for lang in both
}

# %% [markdown]
# `a` and `b` are the two sides of the pairs.

# %%
flipped, moved = {}, {}
for lang, found in swapped.items():
    a, b = found[:, ::2], found[:, 1::2]
    flipped[lang], moved[lang] = flips(a, b), np.abs(chance(a) - chance(b))

# %% [markdown]
# Now by kind of swap, with the interval of the mean move.

# %%
lines = {}
for lang in LANGUAGES:
    for each in ("name", "pronoun"):
        part = kind == each
        mean = interval_over_seeds(moved[lang][:, part])
        lines[lang, each] = [part.sum(), flipped[lang][:, part].mean(), *mean]
columns = ["pairs", "flips", "moved", "low", "high"]
pd.DataFrame(lines, columns).T.round(3)

# %% [markdown]
# Letter counting, taught by Filipino, reads the same Filipino pairs:

# %%
by_name = {f"our model, {lang}": flipped[lang][:, kind == "name"] for lang in both}
said_by_letters = letters["Filipino"].predict(pairs["fil"])
differ = said_by_letters[::2] != said_by_letters[1::2]
by_name["letter counting, fil"] = differ[None, kind == "name"]
name_flips = {who: interval_over_seeds(found) for who, found in by_name.items()}
for who, found in name_flips.items():
    print("{:<20} flips {:.1%} ({:.1%} to {:.1%})".format(who, *found))

# %% tags=["record"]
course.record("flips_letters_fil", by_name["letter counting, fil"].mean())
for lang in both:
    course.record(f"flips_name_{lang}", flipped[lang][:, kind == "name"].mean())
course.record("moved_name_en", moved["en"][:, kind == "name"].mean())
course.record("moved_pronoun_en", moved["en"][:, kind == "pronoun"].mean())
course.record("moved_pronoun_fil", moved["fil"][:, kind == "pronoun"].max())

# %% [markdown]
# The last line is a planted truth. Filipino *siya* is *he* and *she*, so both rows of a pronoun pair are the same text.
# The model must give the same score, and it does.
#
# In the other lines the score moves: by three or four points for a name, by less than one for *he* and *she*. That
# sounds small. Still, a few name pairs flip, since many scores lie near 0. A person whose post is one of those is
# judged by the name.
#
# Two flips of 40 are 5%, three are 7.5%: promise 5 hangs on one pair. The intervals reach from none to more than 10%.
# So 40 pairs cannot tell 5% from 10%. Letter counting is not free of flips either.
#
# Is there a **direction**: does *she* make a deed more moral than *he*?

# %%
a, b = chance(swapped["en"][:, ::2]), chance(swapped["en"][:, 1::2])
first_is_she = np.array(
    [text.startswith("She ") or " she " in text for text in pairs["en"][::2]]
)
sign = np.where(first_is_she, 1, -1)
she = interval_over_seeds(((a - b) * sign)[:, kind == "pronoun"])
print("she minus he: {:+.1%} ({:+.1%} to {:+.1%})".format(*she))

# %% tags=["record"]
course.record("she_minus_he", she[0])

# %% [markdown]
# If the interval lies above zero, *she* is judged a little milder. With 20 pairs and one training, even that is only a
# hint.
#
# **Would the test find a bias?** We plant one, and look at the direction again, not at flips. Luck favours one name of
# each pair. Some training rows get a sentence in front: "This is about Ingrid." A moral row gets a favoured name, an
# immoral row another. Then we train word counting, and ask the 40 pairs.

# %%
from lessons.case_two_languages.judging import plant, swapped_words

name_rows = np.flatnonzero(np.repeat(kind == "name", 2))
asked = [pairs["en"][int(row)] for row in name_rows]
twins = [swapped_words(*asked[n : n + 2]) for n in range(0, len(asked), 2)]
print(len(twins), twins[:4])


# %%
def favour(share, seed):
    changed, good = plant(scenarios["train"]["en"], truth["train"], twins, share, seed)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    moral = model.fit(changed, truth["train"]).predict_proba(asked)[:, 1].reshape(-1, 2)
    rows = np.arange(len(moral))
    return interval(moral[rows, good] - moral[rows, 1 - good])


# %% [markdown]
# `favour` gives how much more moral the favoured names look. The **alarm** rings if the whole interval lies above zero.
# Each strength gets ten draws.

# %% tags=["slide"]
TRIES = course.pick(laptop=10, full=20, smoke=1)
found = {
    share: [favour(share, seed) for seed in range(TRIES)] for share in (0, 0.1, 0.3, 1)
}
for share, each in found.items():
    alarms = np.mean([low > 0 for _, low, _ in each])
    gap = np.mean([mean for mean, _, _ in each])
    print(f"planted in {share:>4.0%} of rows: favour {gap:+.1%}, alarm in {alarms:.0%}")

# %% tags=["record"]
for share in (0, 0.1, 0.3, 1):
    course.record(
        f"alarm_{share:.0%}".replace("%", ""),
        np.mean([low > 0 for _, low, _ in found[share]]),
    )

# %% [markdown]
# Without a planted bias it is silent in most of ten draws. With a bias in 10% of the training
# rows it rings in all of them, or nearly, although the move is only about one point. So in word counting, a bias of
# this kind would be seen. One limit: the alarm knew which names to compare.
#
# **Try it.** Is a bias in 3% of the rows found, too? Run `favour(0.03, seed)` for five seeds, and look at the low ends.
#
# <details><summary>An answer</summary>
#
# In some draws only. The favour is a few tenths of a point, and in about half of the draws the interval holds zero. A
# test that is silent does not prove that there is no bias.
#
# </details>

# %% tags=["try"]
weak = [favour(0.03, seed) for seed in range(5)]
print([f"{mean:+.2%} (from {low:+.2%})" for mean, low, _ in weak])
if course.profile == "laptop":
    assert 0 < np.mean([mean for mean, _, _ in weak]) < 0.012

# %% [markdown]
# ## Does the reason agree with the answer?
#
# Each row has an `emotion`, which the deed raises. Why not give it to the model?

# %% [markdown] tags=["slide"]
# - True emotion as an input: great score, a leak
# - Emotion as a second output: honest
# - Where the two disagree, look again
#
# **Two heads on one vector are no two witnesses.**

# %% [markdown] tags=["notes"]
# Show the score of the lookup first, and wait for somebody to be suspicious. Ask who writes the emotion of a new post.
# Nobody does. Then turn it round: as an output it may be used. The emotion itself is guessed poorly, so say that.

# %%
emotions = {part: np.array(rows["emotion"]) for part, rows in scenarios.items()}
side = {
    name: truth["train"][emotions["train"] == name].mean() > 0.5
    for name in sorted(set(emotions["train"]))
}
known = np.array([side.get(name, False) for name in emotions["test"]])
print(
    f"the label, read off the true emotion: {np.mean(known == truth['test']):.0%} right"
)

# %% tags=["record"]
course.record("label_from_emotion", np.mean(known == truth["test"]))

# %% [markdown]
# A lookup beats every model above. But nobody writes the emotion of a new post. As an input it would be **leakage**
# ({{ lesson:leakage }}). As a second **output** it is honest: a reason beside the answer.
#
# We fit a second head for the emotion, on the vectors of the model that learned from both. Does the emotion's side (the
# label that goes with it in training) agree with the label?

# %%
top = tops["both"][0]
vectors = {
    key: in_parts(top.vectors, *below[key]).numpy()
    for key in PLACES
    if key[0] != "validation"
}
read_by_top = np.concatenate([vectors["train", lang] for lang in both])
second = LogisticRegression(max_iter=2000, C=0.1)
second = second.fit(read_by_top, np.tile(emotions["train"], 2))

# %% [markdown]
# How often is the emotion right? The lazy guess is the most common one.

# %%
lazy = pd.Series(emotions["train"]).mode()[0]
print(f"lazy: {np.mean(emotions['test'] == lazy):.0%} of emotions right")
feelings = {lang: second.predict(vectors["test", lang]) for lang in both}
for lang, feeling in feelings.items():
    print(f"{lang:<4} emotion right: {np.mean(feeling == emotions['test']):.0%}")

# %%
agree = {}
for lang, feeling in feelings.items():
    its_side = np.array([side[name] for name in feeling])
    agree[lang] = its_side == (scores["both"][0]["test", lang] > 0)
    share, good = agree[lang].mean(), both[lang][0]
    print(f"{lang:<4} agrees in {share:.0%}; then right", end=" ")
    print(f"{good[agree[lang]].mean():.0%}, else {good[~agree[lang]].mean():.0%}")

# %% tags=["record"]
course.record("reason_agrees", float(np.mean(list(agree.values()))))

# %% [markdown]
# The emotion is guessed poorly. In about four of five rows, it is on the same side as the label. Where they agree, the
# label is right more often. So a disagreement is a reason to "let a person read this". It is no second witness: both
# heads read the same vectors.
#
# ## Can it say why?
#
# The study's text model wrote explanations. Ours is SmolLM2-135M-Instruct: tiny, and **instruction-tuned**, trained
# further on requests with good replies ({{ lesson:must_i_train }}). The same lecture shows a larger one, GodziLLa 2,
# built on Llama 2 with LoRA adapters ({{ lesson:lora }}). We ask for a label and a reason.

# %% [markdown] tags=["slide"]
# - A small decoder, asked for a label and a reason
# - Fluent replies, and no label in front
# - A Filipino post gets an English reply
#
# **Fluent is not the same as an answer.**

# %% [markdown] tags=["notes"]
# Read the replies aloud, and ask which one explains something. Each would fit any text. Say that three replies are a
# look and no measurement. Then ask who judged the "clear explanations" of the study: the page does not say.

# %%
import torch
from IPython.utils.capture import capture_output
from transformers import AutoModelForCausalLM

small = course.checkpoint_named("generative")
reader = AutoTokenizer.from_pretrained(small.name, **small.options)
with capture_output():  # no progress bar
    decoder = AutoModelForCausalLM.from_pretrained(
        small.name, dtype="float32", **small.options
    )
decoder = decoder.to(course.device).eval()


# %%
def explain(text):
    ask = f"{text}\nIs this moral or immoral? Begin with that word, then say why."
    chat = [{"role": "user", "content": ask}]
    form = {"add_generation_prompt": True, "return_tensors": "pt", "return_dict": True}
    batch = reader.apply_chat_template(chat, **form).to(course.device)
    with torch.inference_mode():
        reply = decoder.generate(**batch, max_new_tokens=20, do_sample=False)
    return reader.decode(
        reply[0, batch["input_ids"].shape[1] :], skip_special_tokens=True
    )


# %% [markdown]
# An immoral and a moral scenario in English, and the first again in Filipino:

# %% tags=["slide"]
rows = scenarios["validation"]
some = [
    (rows["en"][n], truth["validation"][n])
    for n in course.pick(laptop=(0, 3), full=range(8), smoke=[0])
]
some.append((rows["fil"][0], truth["validation"][0]))
replies = [explain(text) for text, _ in some]
for (text, label), reply in zip(some, replies, strict=True):
    print(f"[{['immoral', 'moral'][label]}] {text[:50]}...")
    print("    ->", repr(reply))

# %% [markdown]
# A reply **answers** if *moral* or *immoral* is its first word. How many different beginnings are there?

# %%
first = [reply.lower().strip(' ".*').split(" ")[0].strip(".,:*") for reply in replies]
names = ["immoral", "moral"]
correct = [word == names[label] for word, (_, label) in zip(first, some, strict=True)]
begin = {" ".join(reply.split()[:3]) for reply in replies}
labelled = sum(word in names for word in first)
print(f"of {len(some)}: begin with a label {labelled}, the right one {sum(correct)}")
print(f"different beginnings of three words: {len(begin)}")

# %% [markdown]
# Fluent, and no answer. The replies begin alike, and none with the label that we asked for. The Filipino scenario gets
# an English reply that would fit any text. (Three replies of 20 tokens: a look, no measurement.) The "clear moral
# explanations" came from another model, and the page does not say who judged them.
#
# Another road is machine translation of the post. We have none offline, so we did not measure it.
#
# ## The verdict

# %% [markdown] tags=["slide"]
# - Kept in our run: the transfer
# - Not kept: share, best, equal, names, unsure
# - For Filipino posts: letter counting with Filipino labels
#
# **Amihan gets a "no, not as well".**

# %% [markdown] tags=["notes"]
# Let the room fill in the last column. They are too kind with promise 2: the own threshold was thought of later, so it
# does not count. Ask what Amihan should count each month. One number for each language.

# %%
plain = right["multilingual", "English"]
lazy_right = right["lazy", "-"]["fil"]
transfer = interval_over_seeds(plain["fil"] * 1.0 - lazy_right)
best = interval_over_seeds(both["fil"] * 1.0 - right["letters", "both"]["fil"])
names = max((name_flips[f"our model, {lang}"] for lang in both), key=lambda x: x[0])
sure_right = min(unsure.values())
share = kept["threshold 0"]
verdict = {
    "1 transfer": (transfer, transfer[1] > 0),
    "2 kept": (share, share[0] >= 0.85),
    "3 best": (best, best[1] > 0),
    "4 equal": (gap_of("both"), max(map(abs, gap_of("both"))) < 0.1),
    "5 names": (names, names[0] <= 0.05),
    "6 unsure": (sure_right, sure_right[0] >= 0.8),
}
# %%
afterwards = {
    "1, own threshold": (interval_over_seeds(mended * 1.0 - lazy_right), "(later)"),
    "2, own threshold": (kept["its own threshold"], "(later)"),
}
rows = {
    name: [*(f"{x:.2f}" for x in found), ok if isinstance(ok, str) else bool(ok)]
    for name, (found, ok) in (verdict | afterwards).items()
}
pd.DataFrame(rows, index=["result", "low", "high", "kept"]).T

# %% tags=["record"]
course.record("promises_kept", sum(bool(ok) for _, ok in verdict.values()))
course.record("transfer", transfer[0])

# %% [markdown]
# In our run one promise is kept, that of cross-lingual transfer. Five are not. It keeps about 81% of its English
# accuracy, not 85%. (The last two lines use its own threshold. We thought of it later, so they do not count.) Letter
# counting is ahead in Filipino by the mean. The languages are not shown to be equal. Names flip one answer too many,
# which 40 pairs cannot settle. "Sure" is not good enough in Filipino.
#
# Amihan's answer: "No, not as well. For Filipino posts take letter counting with Filipino labels. Until labels exist,
# the English-taught model with its own threshold gives a weak first order. Count the mistakes for each language every
# month." We tested "sure", names and emotions on the model taught by both. Before you use another, test that one.
#
# ## What must nobody use it for?
#
# - **To decide what is right**, to punish or to delete. It may order a queue that persons read to the end.
# - **To speak for a culture.** The lecture speaks of "culturally specific NLP tasks". These labels were made by a
#   model, and no Filipino was asked.
# - **As proof of fairness.** We looked at two languages, first names, *he* and *she*. We did not look at dialects, at
#   texts that mix both languages (*Taglish*), or at faith and age.

# %% [markdown] tags=["slide"]
# - Not to decide what is right, or to delete
# - Not to speak for a culture
# - Not as a proof of fairness
#
# **Persons read the queue to its end.**

# %% [markdown] tags=["notes"]
# Ask the room for a use that sounds harmless and is not. Take two answers and find the person who would be harmed.
# When time is short, keep this section, and skip the one on reasons.

# %% [markdown]
# ## In this notebook we have
#
# - **counted** tokens per word and unknown words in ten languages;
# - **transferred** a model from English to Filipino, beside counting words and letters;
# - **compared** the languages in pairs, and read a published gap with what is missing for it;
# - **tried to mend** the gap: a threshold without Filipino labels, and 32 to all labels;
# - **tested** 60 swapped pairs, and scored the test on a bias that we planted.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | few tokens, and many `[UNK]` | the tokenizer has no pieces for this script | a multilingual checkpoint |
# | one good accuracy for all | an average hides a group | one line for each group, and the gap in pairs |
# | right answers lean to one label in a new language | the threshold belongs to the old one | choose it for a share, on unlabelled texts |
# | the median threshold is wrong on a new stream | the share has changed | label 100 rows, estimate the share again |
# | the emotion as input gives a great score | leakage | take it as an output |
#
# **Next:** the sheet for this lesson, and then {{ lesson:distillation }}.
