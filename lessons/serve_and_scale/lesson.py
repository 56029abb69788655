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
# # {{ number }} · How do I put it to work, and what when one machine is not enough?
#
# {{ badges }}
#
# **You will be able to**
#
# - **serve** a model to others, through a web page and through a small service that batches;
# - **measure** how long its answers take under a load, and say what it holds;
# - **refuse** early and in words what it cannot answer;
# - **push** a model to a private Hub, and load one exact version (commit) of it;
# - **train** with several processes, and check that they train the same model.
#
# {{ times }}

# %% tags=["parameters"]
PROFILE = "auto"  # @param ["auto", "laptop", "full", "smoke"]

# %% tags=["start"]
from course_utils import start

course = start("serve_and_scale", PROFILE)

# %% [markdown]
# ## The model is good. Nobody can use it.
#
# Amina has a model that names the emotion of a post. It lives in her notebook. A colleague wants to try it in a
# browser. The web team wants to send 50 posts a second. And the next model is to be trained on two machines.
#
# We promise her four things, and check each at the end:
#
# 1. The service gives **the same answers** as the model.
# 2. It holds **50 requests a second**: 99 of 100 answers come within 300 ms. Or we say what it holds.
# 3. Nobody loads the private model **without a token**: a password for programs, no piece of a text.
# 4. Two **processes** (running programs, each with its own memory) train **the same model** as one: the losses of 20
#    steps are equal to 0.0001.
#
# (Numbers in the text are those of the profile `laptop`.) This is the way of one request through what we build:

# %% [markdown] tags=["slide"]
# - Wanted: a page, a service, a training on two machines
# - Promised: the same answers, 50 requests a second
# - Promised: no token, no model
#
# **Each promise is checked at the end.**

# %% [markdown] tags=["notes"]
# Ask who has a model that only they themselves can run. Then walk along the figure with one request: queue, batch,
# model, answer. Ask why the queue has an exit at all. Many think that a queue should take everybody. Leave it open
# until the flood.

# %% tags=["nbval-check-output"]
from lessons.serve_and_scale import figures, service

most, wait, limit = service.WAYS["limited"]
figures.request_way(most, wait, limit, labels=4)

# %% [markdown]
# Why may at most 8 wait in the **queue**? And what does a shared **batch** win? We measure both.
#
# ## Is a folder enough?
#
# First we need a model. We tune its last layer and its head for a few seconds.

# %% [markdown] tags=["slide"]
# - Train, save, and load from the folder again
# - The names of the labels go along
# - Its answers are our planted truth
#
# **Whatever we build around it must answer the same.**

# %% [markdown] tags=["notes"]
# Go fast here: this training is known. Stop at one thing: from now on we use only what the folder gives back.
# Ask what a colleague sees who loads a model without names: `LABEL_1`. The cells of the training can be skipped.

# %%
from datasets import disable_progress_bars, load_dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, logging

disable_progress_bars()
logging.disable_progress_bar()
logging.set_verbosity_error()
rows = load_dataset(*course.dataset("emotion"))
names = rows["train"].features["label"].names
print(f"{len(rows['train']):,} posts to learn from; {', '.join(names)}")

# %%
labels = {"num_labels": len(names), "id2label": dict(enumerate(names))}
labels["label2id"] = {name: number for number, name in enumerate(names)}
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model = AutoModelForSequenceClassification.from_pretrained(course.checkpoint, **labels)

# %% [markdown]
# The names of the labels go into the configuration. So whoever loads it reads "joy", not "LABEL_1".

# %%
import torch

model.to(course.device).requires_grad_(False)
for part in (model.bert.encoder.layer[-1], model.bert.pooler, model.classifier):
    part.requires_grad_(True)
tuned = [weight for weight in model.parameters() if weight.requires_grad]
rate = course.pick(laptop=1e-3, full=1e-4, smoke=1e-3)
optimizer = torch.optim.AdamW(tuned, lr=rate)
many = course.pick(laptop=480, full=2240, smoke=32)
form = {"padding": True, "truncation": True, "return_tensors": "pt"}

# %%
for batch in rows["train"].shuffle(seed=course.seed).select(range(many)).batch(16):
    inputs = tokenizer(batch["text"], max_length=64, **form).to(course.device)
    truth = torch.tensor(batch["label"], device=course.device)
    model.train()(**inputs, labels=truth).loss.backward()
    optimizer.step()
    optimizer.zero_grad()

# %% [markdown]
# From now on we use only what one folder gives back.

# %%
folder = course.workdir / "model"
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()

# %% [markdown]
# `answer`: texts in, a row of probabilities for each out.


# %%
def answer(texts):
    with torch.inference_mode():
        return model(**tokenizer(texts, max_length=128, **form)).logits.softmax(-1)


print(answer(["Tomorrow will be better"]).shape)

# %%
import numpy as np

from course_utils.statistics import interval
from lessons.serve_and_scale import measure

test = rows["test"].select(range(course.pick(laptop=200, full=400, smoke=20)))
texts, truth = test["text"][:], np.array(test["label"])
times, own = measure.one_by_one(answer, texts)

# %% [markdown]
# Is it right more often than somebody who always says the commonest label?

# %%
score, low, high = interval(own.argmax(1) == truth)
common = np.bincount(truth).max() / len(truth)
print(
    f"right: {score:.0%} ({low:.0%} to {high:.0%}); the commonest label: {common:.0%}"
)

# %% tags=["record"]
course.record("accuracy", score)
course.record("commonest", common)

# %% [markdown]
# The model learned something. (The interval is that of {{ lesson:start_here }}.)
# `own` holds its answers, one text at a time, and `times` the seconds of each. The answers are our **planted truth**:
# whatever we build around the model must give the same ones.
#
# ## One text at a time, or a list?
#
# A published notebook judges its model with a loop: one text, one answer. Is a list faster? Its texts are **padded** to
# the longest one, and that costs something.

# %% [markdown] tags=["slide"]
# - In a list, each text is padded to the longest
# - Sorted by length, little is padding
# - p50: half of the answers are faster
# - p99: 99 of 100 are faster

# %% [markdown] tags=["notes"]
# Before the table, ask how much faster 16 at a time will be. Most say 16 times. Point at the column of padding: it eats
# part of the gain. Then ask for the mean of 99 answers of 10 ms and one of 10 s: about 110 ms, a time that nobody had.
# So we read p50 and p99.

# %%
sizes = np.array([len(ids) for ids in tokenizer(texts)["input_ids"]])
speeds, padded, furthest = [len(texts) / times.sum()], [0.0], 0
for order in (np.arange(len(texts)), sizes.argsort()):
    speed, found = measure.in_batches(answer, texts, order, 16)
    furthest = max(furthest, np.abs(found - own).max())
    speeds.append(speed)
    padded.append(measure.padding(sizes, order, 16))
print("the answers differ by less than 0.00001:", furthest < 1e-5)

# %% tags=["slide"]
import pandas as pd

ways = ["one at a time", "16, as they come", "16, by length"]
columns = {"texts a second": np.round(speeds), "padding": np.round(padded, 2)}
pd.DataFrame(columns, index=ways)

# %% tags=["record"]
course.record("list_gain", speeds[2] / speeds[0])
course.record("same_in_batches", bool(furthest < 1e-5))
course.record("padding_as_they_come", padded[1])

# %% [markdown]
# The answers are the same in all three rows. The speed is not. As they come, about 40% of the tokens are padding, and
# padding eats part of the gain. On one **thread** (a worker of a program, mostly one for each core) it can eat all of
# it. Sorted by length, little is wasted. So sort when you have all texts.
#
# A lecture says that fine-tuning gives "predictable latency". Latency is the time until an answer. Of many times we
# read two numbers: **p50**, half of the answers are faster; and **p99**, 99 of 100 are faster. Put the times in order:
# of 200 times, p99 is number 198.


# %%
def percentile(values, q):
    return np.sort(values)[int(np.ceil(q * len(values) / 100)) - 1]


p50, p99 = (1000 * percentile(times, q) for q in (50, 99))
print(f"p50 {p50:.0f} ms, p99 {p99:.0f} ms; {sizes.min()} to {sizes.max()} tokens")

# %% [markdown]
# On a quiet machine p99 is a few times p50 at most: one pass through the layers, and short texts. A model that *writes*
# its answer needs one pass for each token, and its times differ more. So the lecture is right here: **while nobody
# waits in a queue**.
#
# (For a smaller number type, int8, see {{ lesson:pretraining }}.)
#
# ## Can a colleague load it by name?
#
# The Hub gives a model a name and versions. Here we start **a small Hub of our own**, which listens on this machine
# only.
#
# A model needs a **card**: what is it, from what was it trained, what must nobody do with it?

# %% [markdown] tags=["slide"]
# - A card: what it is, what it is not for
# - A push makes one commit
# - Loaded by name, commit and token
#
# **Without a token one does not learn that it exists.**

# %% [markdown] tags=["notes"]
# Ask what a stranger should be told who asks for a private model: "forbidden", or "not found"? Most say forbidden. But
# that would tell that it exists. Point at the two lines of the output. Warn: never write a token into a notebook.

# %% tags=["nbval-check-output"]
from huggingface_hub import ModelCard

card = f"""---
license: cc-by-4.0
language: en
pipeline_tag: text-classification
---
# Which emotion? One of: {", ".join(names)}
Trained on posts written for a course. Often wrong: decide about nobody with it.
"""

ModelCard(card).save(folder / "README.md")
print(ModelCard.load(folder / "README.md").data.pipeline_tag)

# %% [markdown]
# The push. `create_repo(private=True)` makes the place, `upload_folder` sends all files as one **commit**, a version
# with a name of its own. The library reads the address of the Hub when it is imported. So a new process does it.
# (`push_to_hub` of a model or a `Trainer` calls the same two.)

# %%
from lessons.serve_and_scale import hub, processes

token = "hf_invented_for_this_lesson"
ours = hub.Hub(token).start()
there = {"HF_ENDPOINT": ours.address, "HF_HOME": str(course.workdir / "home")}
there["HF_HUB_OFFLINE"] = "0"

# %%
push = f"""
from huggingface_hub import HfApi
api = HfApi()
api.create_repo("amina/emotion", private=True)
done = api.upload_folder(repo_id="amina/emotion", folder_path={str(folder)!r})
print(done.oid)
"""
commit = processes.run("python", "-c", push, HF_TOKEN=token, **there).strip()
print(len(commit), "characters name the commit")

# %% [markdown]
# On the real Hub only the address differs, and the token stands in no notebook: `hf auth login` keeps it. Now two
# strangers ask for a file of exactly this commit, one without a token.

# %%
ask = """
from huggingface_hub import hf_hub_download
where = {{"revision": {commit!r}, "local_dir": {place!r}, "token": {token}}}
try:
    hf_hub_download("amina/emotion", "config.json", **where)
    print("loaded")
except Exception as problem:
    print(type(problem).__name__)
"""

# %% tags=["nbval-check-output", "slide"]
seen = {}
for name, shown in {"no token": False, "the token": repr(token)}.items():
    place = str(course.workdir / name)
    program = ask.format(commit=commit, place=place, token=shown)
    seen[name] = processes.run("python", "-c", program, **there).strip()
    print(f"{name}: {seen[name]}")

# %% tags=["record"]
course.record("refused_without_token", seen["no token"] == "RepositoryNotFoundError")

# %% [markdown]
# Without a token our Hub does not even say that the model exists. The real one does the same, says its library. So
# `RepositoryNotFoundError` has two causes: a wrong name, or a private model and no token.
#
# **Try it.** Ask the Hub for a commit that is not there, with `httpx.head(address, headers=...)`. The address is
# `ours.address`, then `/amina/emotion/resolve/`, forty times `0`, and `/config.json`. Headers are lines above a
# request: `{"Authorization": f"Bearer {token}"}`. Which code comes back (200 would be "good")? And without the token?
#
# <details><summary>What happens</summary>
#
# 404 with the token: the place is there, the commit is not. 401 without it: the Hub says nothing about commits either.
#
# </details>

# %% tags=["try"]
import httpx

address = f"{ours.address}/amina/emotion/resolve/{'0' * 40}/config.json"
codes = [
    httpx.head(address, headers=headers, trust_env=False).status_code
    for headers in ({"Authorization": f"Bearer {token}"}, {})
]
print(codes)
if course.profile == "laptop":
    assert codes == [404, 401]

# %% [markdown]
# ## Can somebody ask it without Python?
#
# A **Space** of the Hub runs a small web app, often made with **Gradio** (Abid et al., 2019). It needs three files: the
# app, its packages, and a card whose first lines say what to start. This is the app:

# %% [markdown] tags=["slide"]
# - Three files make a page: app, packages, card
# - The app loads the model by name and commit
# - We compare its answer with the model's own

# %% [markdown] tags=["notes"]
# The function in the middle of the app is what matters: text in, probabilities out. Ask what could differ between the
# page and the notebook: another tokenizer, another cut, other label names. Then show that the probabilities are the
# same. If you have a screen, run the app.

# %% tags=["nbval-check-output"]
from pathlib import Path

source = Path(service.__file__).with_name("app.py").read_text(encoding="utf-8")
print(source[source.index("MODEL =") : source.index("if __name__")])

# %% [markdown]
# The function is what matters: text in, probabilities out. `gr.Interface` makes the page from it. We write the three
# files, with the versions of this machine.

# %%
from importlib.metadata import version

space = course.workdir / "space"
space.mkdir(exist_ok=True)
front = {"title": "Which emotion?", "sdk": "gradio", "app_file": "app.py"}
front["sdk_version"] = version("gradio")
lines = [f"{name}: {value}" for name, value in front.items()]
(space / "README.md").write_text("\n".join(["---", *lines, "---", ""]))
needed = [
    f"{name}=={version(name).partition('+')[0]}" for name in ("torch", "transformers")
]
(space / "requirements.txt").write_text("\n".join(needed))
(space / "app.py").write_text(source, encoding="utf-8")
print(*sorted(file.name for file in space.iterdir()))

# %% [markdown]
# We start it as a Space does: a new process in that folder. It loads the model **by name and commit** from our private
# Hub. (In a real Space they are *variables* in its settings, and the token is a *secret*.) Gradio tells its makers who
# starts an app, unless `GRADIO_ANALYTICS_ENABLED=False`: `running_app` sets it. Meanwhile `server` starts, for the next
# section.

# %%
from gradio_client import Client

server = processes.Service(folder)
settings = {"MODEL": "amina/emotion", "REVISION": commit, "HF_TOKEN": token, **there}
with processes.running_app(space, **settings) as url:
    client = Client(url, verbose=False)
    reply = client.predict(texts[0], api_name="/label")

# %% [markdown]
# Are these the probabilities of the model in this notebook?

# %%
chances = {each["label"]: each["confidence"] for each in reply["confidences"]}
from_app = np.array([chances[name] for name in names])
print(reply["label"], "| as the model's own:", np.allclose(from_app, own[0], atol=1e-5))

# %% tags=["record"]
course.record("app_agrees", bool(np.allclose(from_app, own[0], atol=1e-5)))

# %% [markdown]
# One chain holds: trained here, pushed, loaded by commit in another process, asked through the page. (To see the page,
# set `MODEL` to the folder of a model, and run `python app.py` in `lessons/serve_and_scale`.)
#
# ## What does a service do that an app does not?
#
# The app answers one post after the other. Many requests at once could share one forward pass: a **micro-batch**. This
# loop is the heart of `service.py`, a web service made with the library FastAPI:

# %% [markdown] tags=["slide"]
# - Requests that come together share one pass
# - The first one waits some milliseconds for others
# - A wrong request gets a code, and a reason
#
# **Test that each answer goes to whoever asked.**

# %% [markdown] tags=["notes"]
# Play it: four people come to a counter, the clerk waits a moment, and answers all at once. Ask what happens to
# somebody who comes alone: a few milliseconds are lost. Then the bad requests: codes that begin with 4 blame the
# request. The loop itself can be read at home.

# %% tags=["nbval-check-output"]
import inspect

print(inspect.getsource(service.serve_batches))

# %% [markdown]
# It takes the first request, and waits some milliseconds for others, at most until the batch is full. Then one forward
# pass runs in a thread of its own (the *executor*). At each `await` the loop lets others work: so new requests can come
# in. A `promise` is the place for one answer. With `most=1` the same loop answers one by one. So the service has three
# **ways**, which differ in three numbers:

# %% tags=["nbval-check-output"]
columns = ["most in a batch", "waits (s)", "most in the queue"]
pd.DataFrame(service.WAYS, index=columns).T

# %% [markdown]
# `server` is this service. The system chose its **port**, the number by which programs find it. Does it give the
# model's answers, when all texts come within a fraction of a second?

# %%
from lessons.serve_and_scale import load as loads

due = loads.moments(per_second=1000, seconds=len(texts) / 1000, seed=course.seed)
taken, codes, answers = loads.send(f"{server.url}/label/together", texts, due)

# %%
served = np.array([each["probabilities"] for each in answers])
expected = [names[place] for place in own.argmax(1)]
same = np.array([each["label"] for each in answers]) == expected
gap = np.abs(served - own).max()
print(f"{same.sum()} of {len(same)} labels; all within 0.00001: {gap < 1e-5}")

# %% tags=["record"]
course.record("served_same", same.mean())
course.record("served_within", bool(gap < 1e-5))

# %% [markdown]
# All of them. The attention mask told the model what is padding, and no answer went to the wrong person. Both can go
# wrong in such a service without any error. So keep this test.
#
# What of a request that makes no sense?

# %% tags=["nbval-check-output", "slide"]
import httpx

bad = {
    "empty": {"text": " "},
    "too long": {"text": "a" * 2001},
    "a number": {"text": 7},
}
bad |= {"no text": {}, "a good one": {"text": "Thank you all"}}
with httpx.Client(base_url=server.url, trust_env=False) as client:
    for name, body in bad.items():
        reply = client.post("/label/together", json=body)
        told = reply.text[:90] if reply.status_code != 200 else "an answer"
        print(f"{name:<11} {reply.status_code} {told}")

# %% [markdown]
# Codes that begin with 4 say: the request is wrong, not the service.
#
# **Try it.** Send 2,000 characters, the most that is allowed, to `/label/together`: 1,000 times `a` and a space. What
# comes, and how much of the text has the model read?
#
# <details><summary>What happens</summary>
#
# Code 200, and an answer like any other. The tokenizer cut the text at 128 tokens, in silence. If that matters, refuse
# by tokens, not by characters.
#
# </details>

# %% tags=["try"]
reply = httpx.post(
    f"{server.url}/label/together", json={"text": "a " * 1000}, trust_env=False
)
read = len(tokenizer("a " * 1000, truncation=True, max_length=128)["input_ids"])
print(reply.status_code, read)
if course.profile == "laptop":
    assert reply.status_code == 200 and read == 128

# %% [markdown]
# ## How many requests a second does it hold?
#
# The **load** is how many requests come. (To load a model is another thing.) If a program sends the next
# request only after the answer, a slow service gets fewer requests, and looks good. So we send at **planned moments**,
# and count from the plan, not from the sending. (This is an **open loop**. The moments are random, as of people who do
# not know of each other.) `measure.burden` does this.
#
# First: how much can it answer at all? Send many texts faster than it answers, and divide their number by the time of
# the last answer: that is the **capacity**. For `together` we use the run of the last section (`due`, `taken`). For
# `alone` we send some texts now. And we take the same texts in the notebook's loop, with one thread, as the service
# has.

# %% [markdown] tags=["slide"]
# - Send at planned moments, and count from the plan
# - Capacity: how many it answers in a second
# - In a flood, p99 is mostly waiting
#
# **On one busy thread, batches may win nothing.**

# %% [markdown] tags=["notes"]
# Ask how to measure a service. The usual plan is a loop: send, wait, send again. Show why it looks too good: a slow service
# gets fewer requests. Then read the last two lines of the table against the first two. The order of `alone` and
# `together` may differ on your machine: say so.

# %%
capacity = {"together": len(texts) / (due + taken).max()}
sample, burst = texts[:64], due[:64]
for way, sent in {"alone": sample, "empty": [" "] * len(sample)}.items():
    waited, _, _ = loads.send(f"{server.url}/label/alone", sent, burst)
    capacity[way] = len(sample) / (burst + waited).max()
threads, order = torch.get_num_threads(), np.arange(len(sample))
torch.set_num_threads(1)
loop = [measure.in_batches(answer, sample, order, size)[0] for size in (1, 8)]
torch.set_num_threads(threads)

# %%
where = {"loop, one at a time": loop[0], "loop, lists of 8": loop[1]}
where |= {"service, alone": capacity["alone"], "service, together": capacity["together"]}
where["service, empty texts"] = capacity["empty"]
pd.Series(where, name="a second, one thread").round().to_frame()

# %% tags=["record"]
course.record("batching_gain", capacity["together"] / capacity["alone"])
course.record("one_thread_list_gain", loop[1] / loop[0])
course.record("empty_to_alone", capacity["empty"] / capacity["alone"])

# %% [markdown]
# Eight texts share a pass, but `together` is far from eight times `alone`. The first two lines say why: they show what
# a list wins on one thread. That thread is busy either way. (With more threads a list also puts more cores to work.) An
# empty text is refused without the model. So the last line is the price of HTTP, and of the load program on the same
# machine.
#
# Now three loads: 10 and 50 a second, and a **flood**, three times what `together` can answer. Each way gets the same
# moments and texts. `cores busy` is the work of the service: 1.0 is one core all the time.

# %%
flood = 3 * capacity["together"]
longer = course.pick(laptop=1, full=5, smoke=0.1)
lengths = {10: longer, 50: 2 * longer, flood: len(texts) / flood}
runs = {}
for per_second, length in lengths.items():
    for way in ("alone", "together"):
        plan = (texts, per_second, length, course.seed)
        runs[per_second, way] = measure.burden(server, way, *plan)

# %% tags=["slide"]
measure.as_table(runs)

# %% tags=["record"]
for way in ("alone", "together"):
    both = (percentile(runs[load, way].taken, 99) for load in (flood, 10))
    course.record(f"flood_to_calm_{way}", next(both) / next(both))
lasts = [percentile(runs[flood, way].taken, 99) for way in ("together", "alone")]
course.record("flood_together_to_alone", lasts[0] / lasts[1])
course.record("p99_together_at_50", percentile(runs[50, "together"].taken, 99))

# %% [markdown]
# At 10 a second hardly anybody waits, and `together` only adds its few milliseconds. (With 10 requests, p99 is the
# slowest one.) At 50, the load of promise 2, compare its two lines. Few texts meet, and all wait for the longest one:
# so `together` can be the slower way.
#
# In the flood, p99 of `alone` is many times that at 10 a second, though the model is the same. Most of that time is
# **queue**. Who answers more a second has a shorter one. But a line is one short run: another program that takes the
# processor can turn their order.
#
# ## What if more come than it can answer?
#
# In a flood a request that waits makes all later ones wait. The third way has a **limit**: if 8 wait already, the next
# one gets the code 503, "try again later". Why 8? Then at most 16 texts are inside, 8 of them in a pass. Divide 16 by
# the capacity: that is about the longest wait, and should be below the promised 300 ms.

# %% [markdown] tags=["slide"]
# - A limit: 8 wait already, the next is told 503
# - Longest wait: texts inside / capacity
# - Many are turned away, the others wait less
#
# **Refuse early, and in words.**

# %% [markdown] tags=["notes"]
# Ask what is kinder: to let everybody wait, or to send some away at once. Then the figure: without a limit the dots
# climb as long as the flood lasts. Do the division on the board. Whether 300 ms were kept depends on the machine: read
# it together.

# %%
limited = measure.burden(server, "limited", texts, flood, lengths[flood], course.seed)
kept, refused = limited.codes == 200, limited.codes == 503
dots = {way: runs[flood, way][:2] for way in ("alone", "together")}
dots["limited, answered"] = limited.due[kept], limited.taken[kept]
dots["limited, 503"] = limited.due[refused], limited.taken[refused]
figures.waiting(dots, f"A flood of {flood:.0f} requests a second", promised=0.3)

# %%
print(f"16 texts at this capacity: {1000 * 16 / capacity['together']:.0f} ms")
p99 = 1000 * percentile(limited.taken[kept], 99)
ratio = p99 / 1000 / percentile(runs[flood, "together"].taken, 99)
print(f"answered: p99 {p99:.0f} ms, {ratio:.0%} of `together`; promised: 300 ms")
late = 1000 * np.median(limited.taken[refused]) if refused.any() else 0
print(f"turned away: {refused.mean():.0%}, half of them within {late:.0f} ms, and told:")
print({answer["detail"] for answer in np.array(limited.answers)[refused]})

# %% tags=["record"]
course.record("limited_to_together", ratio)
course.record("turned_away", refused.mean())

# %% [markdown]
# Without a limit the dots climb for as long as the flood lasts. With it they stay level after the first moments. (Until
# the limit is reached, `together` and `limited` are the same service: what differs there is chance.) The price: many
# are turned away, in words. Did the others have their answer within 300 ms *here*? See the second line.
#
# We end the service and our Hub. (`server.url` and `ours.address` start them again.)

# %%
server.stop()
ours.stop()
print("ended:", server.process.returncode == 0)

# %% [markdown]
# ## Does a GPU make it 50 times faster?
#
# > **Assumption:** *A GPU makes it about 50 times faster.* So says the notebook of above, without a model, a batch or a
# > machine.
# >
# > **Sceptic:** *Is there one number? Ask how much work there is at once.*
#
# We can ask this of any two machines: here one thread and all threads, or, where there is a GPU, processor and GPU.
# Each line is the speed of the second over that of the first.

# %% [markdown] tags=["slide"]
# - Faster at what? Model, batch, length, machine
# - Little work gains little
# - Busy all the time does not mean well used
#
# **No single number: measure a table.**

# %% [markdown] tags=["notes"]
# Collect numbers from the room first: ten times, fifty, a hundred. Ask each what was measured. Nobody knows, and that
# is the point. If you have a GPU, run this cell live. Without one, skip it: the ratios are near 1 when there is only
# one core.

# %%
device = course.device.type
pair = (
    [("cpu", 1), ("cpu", threads)]
    if device == "cpu"
    else [("cpu", threads), (device, 1)]
)
took = course.pick(laptop=0.1, full=1, smoke=0.01)
print(f"{pair[1]} over {pair[0]}:")
for shape in ((1, 16), (16, 16), (1, 64), (16, 64)):
    slow, fast = (measure.speed(model, machine, *shape, took) for machine in pair)
    print(f"batch {shape[0]:>2}, {shape[1]} tokens: {fast / slow:.1f} times")

# %% [markdown]
# There is not one number, there is a table. The smallest work often gains least, for a faster machine must be fed. Once
# it is full, more work gains no more. (With one thread, or busy cores, ratios are near 1 or below.) Without a GPU **we
# measured none**, so we neither confirm nor deny a 50. Run this cell on your GPU, and quote model, batch, length and
# machine.
#
# The same notebook wants a GPU to be busy above 80%. `nvidia-smi` in a terminal shows that share while a training runs.
# It tells you that something ran, not that it ran well. See "cores busy" above: at 10 requests a second our service is
# mostly idle, and that is right so. It needs room.
#
# ## Do two processes train the same model?
#
# In **data-parallel training** each process holds all weights, and
# takes a part of each batch. Then the gradients are averaged.

# %% [markdown] tags=["slide"]
# - Each process: all weights, a part of the batch
# - The gradients are averaged
# - The losses are those of one process
#
# **Without `split_batches`, each takes a whole batch.**

# %% [markdown] tags=["notes"]
# Point at the figure: one batch is cut, and one mean comes back. Ask: without the cut, how many steps does an epoch
# have? Most say as many as before. It is half as many, there is no error, and the learning rate was chosen for the
# smaller batch. The time can go either way.

# %% tags=["nbval-check-output"]
figures.shared_batch(batch=16, processes=2, title="One step of two processes")

# %% [markdown]
# `accelerate` turns a plain loop into this. `prepare` wraps the model (so that gradients are averaged), and hands each
# process its part of the batches. This loop runs in one process or in many:

# %% tags=["nbval-check-output"]
from lessons.serve_and_scale import train

print(inspect.getsource(train.train))

# %% [markdown]
# With `split_batches=True` the batch that we write is the batch of **all** processes. Dropout is off: it would draw
# other numbers in each process. First one process, here: 20 steps of 16 rows.

# %%
count = course.pick(laptop=320, full=320, smoke=32)
some = rows["train"].shuffle(seed=course.seed)[:count]
some = {name: some[name] for name in ("text", "label")}
one, one_took = train.train(course.checkpoint, some)
print(len(one), "steps,", " ".join(f"{loss:.4f}" for loss in one[:5]), "...")

# %% [markdown]
# Now two. `torchrun` (here by its long name) starts the processes, and gives each its number, the **rank**. They meet
# at an address and a port. In the same start we try two more things: `accumulate` 2 batches of 8 before each step, and
# leave `split_batches` out.

# %%
import json

task = course.workdir / "task.json"
few = course.pick(laptop=64, full=64, smoke=32)
trainings = {
    "split": {},
    "accumulated": {"count": few, "batch": 8, "accumulate": 2},
    "not split": {"count": few, "split": False},
}
task.write_text(json.dumps({"rows": some, "runs": trainings}))
print(*trainings, sep=", ")

# %%
torchrun = ["python", "-m", "torch.distributed.run", "--master-addr=127.0.0.1"]
script = [train.__file__, str(task), course.checkpoint]
port = f"--master-port={processes.free_port()}"
printed = processes.run(*torchrun, port, "--nproc-per-node=2", *script)
two = json.loads(printed.splitlines()[-1])

# %% [markdown]
# The printed line of the first process holds all losses, each averaged over the processes.

# %% tags=["slide"]
losses = {name: np.array(found) for name, (found, _) in two["runs"].items()}
pairs = losses["accumulated"].reshape(-1, 2).mean(1)
steps = len(pairs)
gaps = {"split": np.abs(losses["split"] - one).max()}
gaps["accumulated"] = np.abs(pairs - one[:steps]).max()
for name, gap in gaps.items():
    print(f"{name}: equal to 0.0001: {gap < 1e-4}")
print("not split:", len(losses["not split"]), "steps in place of", steps)
print(f"seconds, two processes over one: {two['runs']['split'][1] / one_took:.1f}")

# %% tags=["record"]
course.record("two_processes_equal", bool(gaps["split"] < 1e-4))
course.record("accumulated_equal", bool(gaps["accumulated"] < 1e-4))
course.record("steps_not_split", len(losses["not split"]))

# %% [markdown]
# The losses of all 20 steps are equal. (We compare no weights. But each loss comes out of all steps before it.)
# Accumulating gives the same steps too, with half of the rows in memory at a time.
#
# But **without** `split_batches`, half as many steps were taken. Each process took a whole batch, so 16 became 32. No
# error is raised, and the learning rate was chosen for 16.
#
# Was it faster? See the last line: below 1 is faster, above 1 slower. Where one process keeps all cores busy, a second
# one has nothing to win. Two pay when each has a device of its own.
#
# **Try it.** Train alone with `batch=8` and no accumulation, on the first 64 rows. Which losses are those of the run
# with accumulation?
#
# <details><summary>What happens</summary>
#
# Only the first. After 8 rows this run has taken a step already, so its second loss is that of another model.
#
# </details>

# %% tags=["try"]
eight, _ = train.train(course.checkpoint, some, count=64, batch=8)
equal = np.isclose(eight[:4], losses["accumulated"][:4], atol=1e-5)
print(equal)
if course.profile == "laptop":
    assert equal.tolist() == [True, False, False, False]

# %% [markdown]
# ## And two machines?
#
# Each machine (**node**) runs the same command, with its own `--node-rank`, and the address of the first. We play two
# nodes on one machine: two `torchrun`, one process each.

# %%
task.write_text(json.dumps({"rows": some, "runs": {"split": {"count": few}}}))
torchrun += [f"--master-port={processes.free_port()}", "--nnodes=2"]
nodes = [[*torchrun, f"--node-rank={rank}", *script] for rank in (0, 1)]
printed = "".join(processes.run_together(*nodes))
played = json.loads(printed.splitlines()[-1])
gap = np.abs(np.array(played["runs"]["split"][0]) - one[: few // 16]).max()
print(played["processes"], "processes; equal to 0.0001:", gap < 1e-4)

# %% tags=["record"]
course.record("two_nodes_equal", bool(gap < 1e-4))

# %% [markdown]
# The same losses again. On real machines the port of the first must be open to the others, and all need the same code,
# data and versions.
#
# If the *model* is too large for one device, its weights must be cut too: **FSDP** (Zhao et al., 2023). With FSDP one
# line of the loop changes. We have **not** executed it: it wants several GPUs.
#
# ```python
# from accelerate import Accelerator, FullyShardedDataParallelPlugin
#
# accelerator = Accelerator(fsdp_plugin=FullyShardedDataParallelPlugin(fsdp_version=2))
# ```
#
# ## What was kept?

# %% [markdown] tags=["slide"]
# - Same answers: in the app, and in the service
# - Two processes: the losses of one
# - The load: true for one machine and two seconds
#
# **None of this makes the answers better.**

# %% [markdown] tags=["notes"]
# Go through the four lines, and ask for each whether it would hold on another machine. Line 2 is the one that may not.
# End with the last sentence: what is served is the accuracy of the model, so work on that first.

# %%
busy = runs[50, "together"]
held = percentile(busy.taken, 99) < 0.3 and all(busy.codes == 200)
print(f"1. same answers: {same.sum()} of {len(same)}")
print(f"2. 50 a second, p99 under 300 ms: {'held' if held else 'not held here'}")
print("3. without a token:", seen["no token"])
print("4. two processes, the same losses:", gaps["split"] < 1e-4)
score, low, high = interval(served.argmax(1) == truth)
print(f"served accuracy {score:.0%} ({low:.0%} to {high:.0%})")

# %% [markdown]
# Promises 1 and 4 hold on any machine, but for tiny roundings. Promise 3 was tried with one stranger, on our own Hub.
# Line 2 is about *this* machine, and two seconds of load. Measure longer on yours.
#
# What won: a list sorted by length, and a queue with a limit. What micro-batches in the service won or lost, see above.
# What wins no time: data-parallel training on cores that one process keeps busy.
#
# None of this makes the answers better. The accuracy served is that of the model.

# %% [markdown]
# ## In this notebook we have
#
# - **served** a model by a page in three files and by a service that batches, with the model's own answers;
# - **measured** p50 and p99 in an open loop at three loads;
# - **refused** bad requests with words, and too many with 503;
# - **pushed** a model with a card to a private Hub, and loaded it by commit;
# - **trained** with two processes and with two nodes, and got the losses of one.
#
# ## Where it breaks
#
# | you see | it means | do this |
# |---|---|---|
# | `RepositoryNotFoundError`, 401 | a wrong name, or private and no token | look at the name; `hf auth login` |
# | answers `LABEL_0` | the configuration has no names | give `id2label` before saving |
# | `address already in use` | an old process holds the port | end it; let the system choose (port 0) |
# | 422 with `Field required` | the body of the request has another form | read `detail`; send `{"text": ...}` |
# | p99 climbs, and the model is as fast as before | more requests than it can answer | a limit and 503; more processes |
# | good in a load test, slow in use | the test waited for each answer | send at planned moments |
# | half as many steps on two GPUs | each process takes a whole batch | `split_batches=True`, or divide the batch |
# | `torchrun` waits for ever | another node is missing, or the port is closed | start all nodes; check the address |
#
# **Next:** the sheet for this lesson. Then go the same way with texts of your own; or: {{ lesson:linguist }}.
