"""Which pooling, when layers are trained, too? Three ways x four seeds on the lesson's posts, kept in pooling.json.

    python -m lessons.bert_for_sequence_classification.pooling [SECONDS]

The upper half of the layers learns, with a new head; what the lower half gives is read once. It goes on where it was
stopped, and stops after so many seconds. It takes ten minutes on one core, so no lesson runs it.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from pathlib import Path

import torch
from datasets import load_dataset
from torch.nn.functional import cross_entropy
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup

from course_utils import sources
from course_utils.upper_layers import through

KEPT = Path(__file__).with_suffix(".json")
WAYS = ("[CLS], pooler", "[CLS]", "mean")
RECIPE = {"posts": 800, "layers": 3, "epochs": 3, "batch": 16, "rate": 1e-4, "seeds": 4}


class Upper(torch.nn.Module):
    """A copy of the upper layers and of the pooler, one of the ways, and a new head."""

    def __init__(self, encoder, way: str):
        super().__init__()
        self.way, self.layers = way, copy.deepcopy(encoder.encoder.layer[-RECIPE["layers"] :])
        self.pooler, self.head = copy.deepcopy(encoder.pooler), torch.nn.Linear(encoder.config.hidden_size, 4)

    def forward(self, hidden, mask):
        hidden = through(self.layers, hidden, mask)
        if self.way == "mean":
            return self.head((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))
        return self.head(self.pooler(hidden) if self.way == "[CLS], pooler" else hidden[:, 0])


@torch.no_grad()
def read(encoder, tokenizer, rows, size: int) -> list[tuple]:
    """Return batches of posts of like length: what the lower layers give, mask, labels."""
    rows = rows.map(lambda post: {"length": len(post["text"])}).sort("length")
    batches = []
    for part in rows.iter(size):
        batch = tokenizer(part["text"], padding=True, truncation=True, max_length=64, return_tensors="pt")
        mask = batch["attention_mask"]
        below = through(
            encoder.encoder.layer[: -RECIPE["layers"]], encoder.embeddings(input_ids=batch["input_ids"]), mask
        )
        batches.append((below, mask, torch.tensor(part["label"])))
    return batches


def train_and_judge(encoder, way: str, seed: int, train, test) -> str:
    """Return a 1 for each test post on which the model is right after its training, else a 0."""
    torch.manual_seed(seed)
    model = Upper(encoder, way).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RECIPE["rate"])
    steps = RECIPE["epochs"] * len(train)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)
    for _ in range(RECIPE["epochs"]):
        for number in torch.randperm(len(train)).tolist():
            hidden, mask, labels = train[number]
            cross_entropy(model(hidden, mask), labels).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    model.eval()
    with torch.no_grad():
        right = torch.cat([model(hidden, mask).argmax(-1) == labels for hidden, mask, labels in test])
    return "".join(map(str, right.int().tolist()))


def main(seconds: float) -> None:
    """Run what is missing and keep it: way -> a line of 0 and 1 for each seed."""
    begun = time.monotonic()
    found = json.loads(KEPT.read_text())["right"] if KEPT.exists() else {way: [] for way in WAYS}
    posts = load_dataset(*sources.dataset("emotion", "laptop"))
    encoder = AutoModel.from_pretrained(sources.offline_checkpoint()).eval()
    tokenizer = AutoTokenizer.from_pretrained(sources.offline_checkpoint())
    train = read(encoder, tokenizer, posts["train"].select(range(RECIPE["posts"])), RECIPE["batch"])
    test = read(encoder, tokenizer, posts["test"], 64)
    for seed in range(RECIPE["seeds"]):
        for way in WAYS:
            if len(found[way]) > seed:
                continue
            if time.monotonic() - begun > seconds:
                return
            found[way].append(train_and_judge(encoder, way, seed, train, test))
            KEPT.write_text(json.dumps({"recipe": RECIPE, "right": found}, indent=1) + "\n")
            score = found[way][-1].count("1") / len(found[way][-1])
            print(f"{way:<14} seed {seed}: {score:.1%}, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3600)
