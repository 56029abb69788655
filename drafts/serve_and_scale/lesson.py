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
# - **push** a model to a private Hub, and load one exact commit of it;
# - **train** with several processes, and prove that they train the same model.
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
# Amina has a model that names the emotion of a post. It lives in her notebook. A colleague wants to try it in a browser.
# The web team wants to send 50 posts a second. And the next model is to be trained on two machines.
#
# We promise her four things, and check each at the end:
#
# 1. The service gives **the same answers** as the model.
# 2. It holds **50 requests a second**: 99 of 100 answers come within 300 ms. Or we say what it holds.
# 3. Nobody loads the private model **without a token**.
# 4. Two processes train **the same model** as one: the losses of 20 steps are equal to 0.0001.
#
# (Numbers in the text are those of the profile `laptop`.) This is the way of one request through what we build:

# %% tags=["nbval-check-output"]
from lessons.serve_and_scale import figures, service

most, wait, limit = service.WAYS["limited"]
figures.request_way(most, wait, limit, labels=4)

# %% [markdown]
# Each box is a decision. How many may wait? How long does the first one wait for others? We will measure what each costs.
#
# ## Is a folder enough?
#
# First we need a model. We tune the last two layers and the head for a few seconds. It will not be a very good one.

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
words = {"num_labels": len(names), "id2label": dict(enumerate(names))}
words["label2id"] = {name: number for number, name in enumerate(names)}
tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
model = AutoModelForSequenceClassification.from_pretrained(course.checkpoint, **words)

# %% [markdown]
# The names of the labels go into the model's configuration. So whoever loads it reads "joy", and not "LABEL_1".

# %%
import torch

model.to(course.device).requires_grad_(False)
for part in (*model.bert.encoder.layer[-2:], model.bert.pooler, model.classifier):
    part.requires_grad_(True)
wanted = [weight for weight in model.parameters() if weight.requires_grad]
optimizer = torch.optim.AdamW(wanted, lr=5e-4)
many = course.pick(laptop=640, full=2240, smoke=32)
form = {"padding": True, "truncation": True, "return_tensors": "pt"}

# %%
for batch in rows["train"].shuffle(seed=course.seed).select(range(many)).batch(32):
    inputs = tokenizer(batch["text"], max_length=64, **form).to(course.device)
    truth = torch.tensor(batch["label"], device=course.device)
    model.train()(**inputs, labels=truth).loss.backward()
    optimizer.step()
    optimizer.zero_grad()

# %% [markdown]
# We save model and tokenizer into one folder. From now on we use only what the folder gives back.

# %%
folder = course.workdir / "model"
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()

# %% [markdown]
# `answer` is the whole model for us: texts in, one row of probabilities for each out.


# %%
def answer(texts):
    with torch.inference_mode():
        return model(**tokenizer(texts, max_length=128, **form)).logits.softmax(-1)


print(answer(["Tomorrow will be better"]).shape)

# %%
import numpy as np

from course_utils.statistics import interval

test = rows["test"].select(range(course.pick(laptop=200, full=400, smoke=20)))
texts, truth = test["text"][:], np.array(test["label"])
own = torch.cat([answer([text]) for text in texts]).numpy()

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
# The model learned something: it is well above the commonest label. (The interval is that of
# {{ lesson:start_here }}.) `own` holds its answers, one text at a time. They are our **planted truth**: whatever we
# build around the model must give the same ones.
#
# ## One text at a time, or a list?
#
# A published notebook judges its model with a loop: one text, one answer. Is a list faster? Texts of a list are
# **padded** to the longest one. So a list in which short and long texts meet also costs something.

# %%
from lessons.serve_and_scale import measure

sizes = np.array([len(ids) for ids in tokenizer(texts)["input_ids"]])
orders = {"as they come": np.arange(len(texts)), "by length": sizes.argsort()}
speeds, furthest = {}, 0
for name, order in orders.items():
    for size in (1, 16):
        speeds[name, size], found = measure.in_batches(answer, texts, order, size)
        furthest = max(furthest, np.abs(found - own).max())
print("the answers differ by less than 0.00001:", furthest < 1e-5)

# %%
import pandas as pd

table = pd.DataFrame(speeds.items(), columns=["batches", "texts a second"]).round(0)
padded = [measure.padding(sizes, orders[name], size) for name, size in speeds]
table.assign(padding=[f"{share:.0%}" for share in padded])

# %% tags=["record"]
course.record("list_gain", speeds["by length", 16] / speeds["by length", 1])
course.record("same_in_batches", bool(furthest < 1e-5))
course.record("padding_as_they_come", padded[1])

# %% [markdown]
# The answers are the same in every row. The speed is not. In batches of 16 as they come, about 40% of the work is
# padding. Sorted by length, a batch wastes little. So sort when you have all texts.
#
# A lecture says that fine-tuning gives "predictable latency". Latency is the time until an answer. Of many times we read
# two numbers: **p50**, half of the answers are faster; and **p99**, 99 of 100 are faster. Put the times in order: of 200
# times, p99 is number 198.


# %%
def percentile(values, q):
    return np.sort(values)[int(np.ceil(q / 100 * len(values))) - 1]


seconds = measure.one_by_one(answer, texts)
p50, p99 = (1000 * percentile(seconds, q) for q in (50, 99))
print(f"p50 {p50:.0f} ms, p99 {p99:.0f} ms; {sizes.min()} to {sizes.max()} tokens")

# %% [markdown]
# Nobody else asks, and p99 lies a few times above p50 at most. The work is one pass through the layers, and the texts are
# short. A model that *writes* its answer needs one pass for each token, and its times differ more. So the lecture is right
# for this case: **while nobody waits in a queue**. We come to that.
#
# (What a smaller number type, int8, gains and costs is measured in {{ lesson:pretraining }}.)
#
# ## Can a colleague load it by name?
#
# A folder on Amina's machine helps only Amina. The Hub gives a model a name and versions. Here we start **a Hub of our
# own** in this notebook: it speaks as much of the Hub's language as a push needs, and listens on this machine only.
#
# A model needs a **card**: what is it, from what was it trained, what must nobody do with it?

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
# The push. `create_repo(private=True)` makes the place, `upload_folder` sends all files as one **commit**, a version with
# a name of its own. The address of the Hub is read when the library is imported, so a new process does it.
# (`model.push_to_hub` and `trainer.push_to_hub` call the same two.)

# %%
from lessons.serve_and_scale import hub, processes

token = "hf_invented_for_this_lesson"
ours = hub.Hub(token).start()
there = {"HF_ENDPOINT": ours.address, "HF_HOME": str(course.workdir / "home")}
there |= {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}

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
# strangers ask, one without a token.

# %%
load = """
from huggingface_hub import hf_hub_download
try:
    hf_hub_download("amina/emotion", "config.json", local_dir={place!r}, token={token})
    print("loaded")
except Exception as problem:
    print(type(problem).__name__)
"""

# %% tags=["nbval-check-output"]
seen = {}
for name, shown in {"no token": False, "the token": repr(token)}.items():
    code = load.format(place=str(course.workdir / name), token=shown)
    seen[name] = processes.run("python", "-c", code, **there).strip()
    print(f"{name}: {seen[name]}")

# %% tags=["record"]
course.record("refused_without_token", seen["no token"] == "RepositoryNotFoundError")

# %% [markdown]
# Without a token the Hub does not even say that the model exists. So `RepositoryNotFoundError` has two causes: a wrong
# name, or a private model and no token.
#
# **Try it.** Ask the Hub for a commit that is not there, with `httpx.head(address, headers=...)`. The address is
# `ours.address`, then `/amina/emotion/resolve/`, forty times `0`, and `/config.json`. The token stands in the header
# `Authorization`, after the word `Bearer`. Which code comes back? And without the token?
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

# %% tags=["nbval-check-output"]
from pathlib import Path

source = Path(service.__file__).with_name("app.py").read_text(encoding="utf-8")
print(source[source.index("MODEL =") : source.index("if __name__")])

# %% [markdown]
# The function is what matters: text in, probabilities out. `gr.Interface` makes the page from it. We write the three
# files. The versions are those of this machine: so the Space behaves as we saw it here.

# %%
from importlib.metadata import version

space = course.workdir / "space"
space.mkdir(exist_ok=True)
front = {"title": "Which emotion?", "sdk": "gradio", "app_file": "app.py"}
front["sdk_version"] = version("gradio")

# %%
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
# Hub. Gradio reports to its makers who starts an app, unless `GRADIO_ANALYTICS_ENABLED=False`: `running_app` sets it.
# Then we ask as a program would, with `gradio_client`.

# %%
from gradio_client import Client

settings = {"MODEL": "amina/emotion", "REVISION": commit, "HF_TOKEN": token, **there}
with processes.running_app(space, **settings) as url:
    client = Client(url, verbose=False)
    said = client.predict(texts[0], api_name="/label")
ours.stop()

# %% [markdown]
# Are these the probabilities of the model in this notebook?

# %%
chances = {each["label"]: each["confidence"] for each in said["confidences"]}
from_app = np.array([chances[name] for name in names])
print(said["label"], "| as the model's own:", np.allclose(from_app, own[0], atol=1e-5))

# %% tags=["record"]
course.record("app_agrees", bool(np.allclose(from_app, own[0], atol=1e-5)))

# %% [markdown]
# One chain holds: trained here, pushed, loaded by commit in another process, asked through the page, and the
# probabilities are the same. The block `with` ends the process, also when something fails.
#
# To see the page: `cd lessons/serve_and_scale`, set `MODEL` to the folder of a model, and run `python app.py`. It prints
# its address.
#
# ## What does a service do that an app does not?
#
# The app answers one post after the other. Many requests at once could share one forward pass: a **micro-batch**. This
# loop is the heart of `service.py`, a small web service made with FastAPI:

# %% tags=["nbval-check-output"]
import inspect

print(inspect.getsource(service.serve_batches))

# %% [markdown]
# It takes the first request. It waits some milliseconds for others, at most until the batch is full. Then one forward
# pass runs in a thread, and each request gets its own row back. With `most=1` the same loop answers one by one. So the
# service has three **ways**, which differ in three numbers:

# %% tags=["nbval-check-output"]
columns = ["most in a batch", "waits (s)", "most in the queue"]
pd.DataFrame(service.WAYS, index=columns).T

# %% [markdown]
# Now it starts in a process of its own, and the system chooses the port. Does it give the model's answers, when all texts
# come at nearly the same moment and are padded together?

# %%
from lessons.serve_and_scale import load as loads

server = processes.Service(folder)
due = loads.moments(per_second=1000, seconds=len(texts) / 1000, seed=course.seed)
taken, codes, answers = loads.send(f"{server.url}/label/together", texts, due)

# %%
served = np.array([each["probabilities"] for each in answers])
wanted = [names[place] for place in own.argmax(1)]
same = np.array([each["label"] for each in answers]) == wanted
gap = np.abs(served - own).max()
print(f"{same.sum()} of {len(same)} labels; all within 0.00001: {gap < 1e-5}")

# %% tags=["record"]
course.record("served_same", same.mean())
course.record("served_within", bool(gap < 1e-5))

# %% [markdown]
# All of them. Padding is hidden by the mask, and no answer went to the wrong person. Both can go wrong in such a
# service without any error. So keep this test.
#
# What of a request that makes no sense?

# %% tags=["nbval-check-output"]
import httpx

bad = {
    "empty": {"text": " "},
    "too long": {"text": "a" * 2001},
    "a number": {"text": 7},
}
bad |= {"no text": {}, "a good one": {"text": "Thank you all"}}
with httpx.Client(base_url=server.url, trust_env=False) as client:
    for name, body in bad.items():
        said = client.post("/label/together", json=body)
        words = said.text[:90] if said.status_code != 200 else "an answer"
        print(f"{name:<11} {said.status_code} {words}")

# %% [markdown]
# Codes that begin with 4 say: the request is wrong, not the service. Each comes with words, and the next request is fine.
# The types of `Post` in `service.py` do most of this.
#
# **Try it.** Send 2,000 letters `a`, the most that is allowed, to `/label/together`. What comes, and how much of the text
# has the model read?
#
# <details><summary>What happens</summary>
#
# Code 200, and an answer like any other. The tokenizer cut the text at 128 tokens, in silence. If that matters to you,
# refuse by tokens, not by letters.
#
# </details>

# %% tags=["try"]
said = httpx.post(
    f"{server.url}/label/together", json={"text": "a " * 1000}, trust_env=False
)
read = len(tokenizer("a " * 1000, truncation=True, max_length=128)["input_ids"])
print(said.status_code, read)
if course.profile == "laptop":
    assert said.status_code == 200 and read == 128

# %% [markdown]
# ## How many requests a second does it hold?
#
# A load must not be polite. If a program sends the next request only after the answer, a slow service gets fewer requests,
# and looks good. So we send at **planned moments**, and count from the plan, not from the sending. (This is an *open
# loop*. The moments are random, as of people who do not know of each other.) `measure.burden` does this, and `load.py`
# holds the sending.
#
# First: how much can it answer at all? We send all texts at once, and divide their number by the time of the last answer.
# That is the **capacity**. For `together` we have done this already.

# %%
last = {"together": (due + taken).max()}
taken, _, _ = loads.send(f"{server.url}/label/alone", texts, due)
last["alone"] = (due + taken).max()
capacity = {way: len(texts) / seconds for way, seconds in last.items()}
for way, most in capacity.items():
    print(f"{way}: {most:.0f} answers a second")
gain = capacity["together"] / capacity["alone"]
print(f"batches of up to {service.WAYS['together'][0]} texts: {gain:.1f} times as many")

# %% tags=["record"]
course.record("batching_gain", gain)

# %% [markdown]
# Does batching help? The last line says what it won here. Eight texts share a pass, but it is far from eight times. One core is
# busy either way, and texts of unequal length are padded. It wins more where a single text leaves much of the machine idle,
# as on a GPU.
#
# Now three loads: 10 and 50 a second, and a **flood** of twice the capacity of `alone`. Each way gets the same moments and
# the same texts.

# %%
flood = 2 * capacity["alone"]
length = course.pick(laptop=2, full=10, smoke=0.1)
runs = {}
for per_second in (10, 50, flood):
    for way in ("alone", "together"):
        load = (texts, per_second, length, course.seed)
        runs[per_second, way] = measure.burden(server, way, *load)

# %%
measure.as_table(runs)

# %% tags=["record"]
for way in ("alone", "together"):
    both = (percentile(runs[rate, way].taken, 99) for rate in (flood, 10))
    course.record(f"flood_to_calm_{way}", next(both) / next(both))
lasts = [percentile(runs[flood, way].taken, 99) for way in ("together", "alone")]
course.record("flood_together_to_alone", lasts[0] / lasts[1])
course.record("p99_together_at_50", percentile(runs[50, "together"].taken, 99))

# %% [markdown]
# Read the table from the top. At 10 a second hardly anybody waits, and `together` only adds its few milliseconds. (With 20
# requests, p99 is the slowest one.) In the flood, p99 of `alone` is many times that of a calm hour, though the model is
# the same. Most of that time is **queue**.
#
# And compare the two last lines. A service that answers only some more a second lets the queue grow far less. So the small
# gain of batching counts where it is needed: in a flood.
#
# ## What if more come than it can answer?
#
# In a flood a request that waits makes all later ones wait. The third way has a **limit**: if 16 wait already, the next one
# gets the code 503, "try again later", at once.

# %%
limited = measure.burden(server, "limited", texts, flood, length, course.seed)
kept = limited.codes == 200
dots = {way: runs[flood, way][:2] for way in ("alone", "together")}
dots["limited, answered"] = limited.due[kept], limited.taken[kept]
figures.waiting(dots, f"A flood of {flood:.0f} requests a second")

# %%
turned = np.mean(limited.codes == 503)
ratio = percentile(limited.taken[kept], 99) / percentile(runs[flood, "alone"].taken, 99)
print(f"turned away: {turned:.0%}")
print(f"p99 of the answered ones is {ratio:.0%} of p99 without a limit, one by one")

# %% tags=["record"]
course.record("limited_to_alone", ratio)
course.record("turned_away", turned)

# %% [markdown]
# Without a limit the dots climb for as long as the flood lasts. With it they stay level. Some people are told "later"
# at once, and the others get their answers in good time. Without it, all wait.
#
# We are done with the service, and end its process. (It also ends by itself when this notebook does.)

# %%
server.stop()
print("ended:", server.process.returncode == 0)

# %% [markdown]
# ## Does a GPU make it 50 times faster?
#
# > **Assumption:** *A GPU makes it about 50 times faster.* So says a published notebook, without a model, a batch or a
# > machine.
# >
# > **Sceptic:** *Is there one number? Ask how much work there is at once.*
#
# We can ask this of any two machines. Here the two are one thread and all threads of this processor, or, where there is
# a GPU, the processor and the GPU. Each line is the speed of the second over that of the first.
# %%
threads, device = torch.get_num_threads(), course.device.type
pair = (
    [("cpu", 1), ("cpu", threads)]
    if device == "cpu"
    else [("cpu", threads), (device, 1)]
)
took = course.pick(laptop=0.1, full=1, smoke=0.01)
print(f"{pair[1]} over {pair[0]}:")
for shape in ((1, 16), (8, 16), (32, 16), (1, 64), (8, 64), (32, 64)):
    slow, fast = (measure.speed(model, machine, *shape, took) for machine in pair)
    print(f"batch {shape[0]:>2}, {shape[1]} tokens: {fast / slow:.1f} times")

# %% [markdown]
# There is not one number, there is a table. In general the gain grows with the work at hand: a faster machine must be
# fed. (Where this process has only one thread, all ratios are near 1.) In the profiles without a GPU **we measured none**,
# so we neither confirm nor deny a 50. Run this cell on your GPU, and quote model, batch, length and machine with the number.
#
# The same notebook wants a GPU to be busy above 80%. `nvidia-smi` in a terminal shows that share while a training runs.
# It tells you that something ran, not that it ran well. The column "cores busy" above is our view of a processor: at 10
# requests a second it is mostly idle, and that is right so. A training should be busy. A service should have room.
#
# ## Do two processes train the same model?
#
# Serving is done. Now training, on more than one device. In **data-parallel** training each process holds all weights, and
# takes a part of each batch. Then the gradients are averaged.

# %% tags=["nbval-check-output"]
figures.shared_batch(batch=16, processes=2, title="One step of two processes")

# %% [markdown]
# `accelerate` turns a plain loop into this. `prepare` wraps the model (so that gradients are averaged), and hands each
# process its part of the batches. This loop runs in one process or in many:

# %% tags=["nbval-check-output"]
from lessons.serve_and_scale import train

print(inspect.getsource(train.train))

# %% [markdown]
# With `split_batches=True` the batch that we write is the batch of **all** processes. Dropout is off: it would draw other
# numbers in each process. First one process, here: 20 steps of 16 rows.

# %%
count = course.pick(laptop=320, full=320, smoke=32)
some = rows["train"].shuffle(seed=course.seed)[:count]
some = {name: some[name] for name in ("text", "label")}
alone, seconds = train.train(course.checkpoint, some)
print(len(alone), "steps,", " ".join(f"{loss:.4f}" for loss in alone[:5]), "...")

# %% [markdown]
# Now two. `torchrun` (here by its long name) starts the processes, and gives each its number, the **rank**. They talk
# through `gloo`, the way for processors; on GPUs it is `nccl`. In the same start we try two more things: `accumulate` 2
# batches of 8 before each step, and leave `split_batches` out.

# %%
import json

task = course.workdir / "task.json"
trainings = {
    "split": {},
    "accumulated": {"count": count // 2, "batch": 8, "accumulate": 2},
}
trainings["not split"] = {"count": count // 2, "split": False}
task.write_text(json.dumps({"rows": some, "runs": trainings}))
print(*trainings, sep=", ")

# %%
torchrun = ["python", "-m", "torch.distributed.run", "--local-addr", "127.0.0.1"]
torchrun += ["--rdzv-backend", "c10d", "--rdzv-endpoint"]
script = [train.__file__, str(task), course.checkpoint]
lo = {"GLOO_SOCKET_IFNAME": processes.LOOPBACK}
said = processes.run(*torchrun, "127.0.0.1:0", "--nproc-per-node=2", *script, **lo)
two = json.loads(said.splitlines()[-1])

# %% [markdown]
# The printed line of the first process holds all losses, each averaged over the processes.

# %%
losses = {name: np.array(found) for name, (found, _) in two["runs"].items()}
pairs = losses["accumulated"].reshape(-1, 2).mean(1)
half = len(pairs)
gaps = {"split": np.abs(losses["split"] - alone).max()}
gaps["accumulated"] = np.abs(pairs - alone[:half]).max()
for name, far in gaps.items():
    print(f"{name}: equal to 0.0001: {far < 1e-4}")
print("not split:", len(losses["not split"]), "steps in place of", half)
print(f"seconds, two processes over one: {two['runs']['split'][1] / seconds:.1f}")

# %% tags=["record"]
course.record("two_processes_equal", bool(gaps["split"] < 1e-4))
course.record("accumulated_equal", bool(gaps["accumulated"] < 1e-4))
course.record("steps_not_split", len(losses["not split"]))

# %% [markdown]
# The losses of all 20 steps are equal. Accumulating gives the same steps too, with half of the rows in memory at a time.
# So more processes are not another method. They are the same one, cut differently.
#
# But **without** `split_batches`, half as many steps were taken. Each process took a whole batch, so 16 became 32. No error
# is raised, and the learning rate was chosen for 16. It is the commonest surprise when a script moves to more devices.
#
# Was it faster? See the last line. Two processes on the same cores gain nothing: the cores were busy before. They pay
# when each has a device of its own. (And `set_num_threads(1)` matters: else both want all cores, and wait for each other.)
#
# **Try it.** Train alone with `batch=8` and no accumulation, on the first 64 rows. Which losses are those of the run with
# accumulation?
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
# Each machine runs the same command, with its own `--node-rank`, and the address of the first. We play two machines on
# one: two `torchrun`, one process each.

# %%
task.write_text(json.dumps({"rows": some, "runs": {"split": {"count": count // 2}}}))
meeting = f"127.0.0.1:{processes.free_port()}"
nodes = [
    [*torchrun, meeting, "--nnodes=2", f"--node-rank={rank}", *script]
    for rank in (0, 1)
]
said = "".join(processes.run_together(*nodes, **lo))
far = json.loads(said.splitlines()[-1])
gap = np.abs(np.array(far["runs"]["split"][0]) - alone[:half]).max()
print(far["processes"], "processes; equal to 0.0001:", gap < 1e-4)

# %% tags=["record"]
course.record("two_nodes_equal", bool(gap < 1e-4))

# %% [markdown]
# The same losses again. Real machines differ in three ways: the address is that of the first machine, its port must be open
# to the others, and all need the same code, data and versions.
#
# If the *model* is too large for one device, its weights must be cut too: **FSDP** (Zhao et al., 2023). Each process then
# holds a part. With accelerate the loop stays, and one line changes. We have **not** executed it: it wants several GPUs.
#
# ```python
# from accelerate import Accelerator, FullyShardedDataParallelPlugin
#
# accelerator = Accelerator(fsdp_plugin=FullyShardedDataParallelPlugin(fsdp_version=2))
# ```
#
# ## What was kept?

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
# Promises 1, 3 and 4 are exact: they do not depend on the machine. Promise 2 does. Line 2 says whether *this* machine
# held it, in two seconds of load, with whatever else it had to do. Measure on your own machine, and longer.
#
# What won: a list sorted by length, batches in a flood, and a queue with a limit. What did not: two processes on shared
# cores won no time.
#
# And none of this makes the answers better. The accuracy served is the accuracy of the model, with its whole interval.
#
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
# **Next:** the sheet for this lesson. Then take a question of your own, with texts of your own, and go the same way.
