"""Measures the ways of the lesson `lora`: how their rates were chosen, what more seeds, ranks and targets say.

    python -m benchmarks.lora_ways --ways full --rates 1e-4 2e-4                   # validation rows: to choose a rate
    python -m benchmarks.lora_ways --ways full --rates 2e-4 --test --seeds 0 1 2   # then the test rows
    python -m benchmarks.lora_ways --ways frozen --rates 0 --steps 0 --batch 0     # a regression: nothing is trained

Every run is one of the lesson's trainings: the same rows, batches and steps for each way (`PROTOCOL`), the offline
checkpoint, embeddings frozen in `full`. `--data stance`, `--steps`, `--rows` and `--batch` make it the longer study.
Each run is written to `benchmarks/lora_ways.json` as soon as it is done; a run that is there already is not repeated.
The test rows are judged only with `--test`, so no choice has seen them. `said` are the labels that were given to the
test rows, in their order, a digit each.
"""

import argparse
import json
import tempfile
import time
from itertools import product
from pathlib import Path

import numpy as np
import torch
from datasets import Dataset, load_dataset
from peft import LoraConfig, get_peft_model
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoTokenizer, Trainer, TrainingArguments, set_seed

from benchmarks.lesson_recipes import mean_pooling
from course_tools.files import write_in_one_step
from course_utils.sources import DATA, offline_checkpoint

FOUND = Path(__file__).with_suffix(".json")
PROTOCOL = {"data": "emotion", "rows": 512, "steps": 48, "batch": 16}  # as the lesson in `laptop`
TARGETS = {"LoRA": ["query", "value"], "LoRA three": ["query", "key", "value"], "LoRA all": "all-linear"}
WAYS = ["frozen", "last two", "full", *TARGETS]


def prepared(way: str, classes: int, rank: int):
    """Return the offline checkpoint with a new head, ready to be trained in one of the ways."""
    model = mean_pooling().from_pretrained(offline_checkpoint(), num_labels=classes)
    if way in TARGETS:
        config = LoraConfig(
            task_type="SEQ_CLS", r=rank, lora_alpha=2 * rank, lora_dropout=0.1, target_modules=TARGETS[way]
        )
        return get_peft_model(model, config)
    if way == "full":
        model.base_model.embeddings.requires_grad_(False)
        return model
    model.base_model.requires_grad_(False)
    if way == "last two":
        model.base_model.encoder.layer[-2:].requires_grad_(True)
    return model


def train(run: dict, rows: Dataset, tokenizer):
    """Return the model that one run has trained."""
    set_seed(run["seed"])
    model = prepared(run["way"], rows.features["label"].num_classes, run["rank"])
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            max_steps=run["steps"],
            per_device_train_batch_size=run["batch"],
            learning_rate=run["rate"],
            warmup_steps=0.1,
            weight_decay=0.01,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=run["seed"],
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=rows, processing_class=tokenizer)
        trainer.train()
    return model


@torch.no_grad()
def logits_of(model, rows: Dataset, tokenizer) -> np.ndarray:
    """Return what the model says to each row, in the order of the rows."""
    model.eval()
    order = np.argsort([len(ids) for ids in rows["input_ids"]], kind="stable")
    said = [None] * len(rows)
    for part in np.array_split(order, -(-len(rows) // 64)):
        tokens = tokenizer(rows[part]["text"], padding=True, truncation=True, max_length=64, return_tensors="pt")
        for place, logits in zip(part, model(**tokens).logits.numpy(), strict=True):
            said[place] = logits
    return np.stack(said)


def frozen(rows: Dataset, splits: dict[str, Dataset], tokenizer) -> dict[str, np.ndarray]:
    """Return what the lesson's regression on the frozen vectors says to each split, as columns of logits."""
    reader = prepared("frozen", classes=2, rank=0)
    reader.classifier = torch.nn.Identity()
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    probe.fit(logits_of(reader, rows, tokenizer), rows["label"])
    return {name: probe.decision_function(logits_of(reader, split, tokenizer)) for name, split in splits.items()}


def main() -> None:
    """Make the runs that are asked for and not there yet, and print each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=PROTOCOL["data"], choices=["emotion", "stance"])
    parser.add_argument("--ways", nargs="+", default=WAYS[1:], choices=WAYS)
    parser.add_argument("--rates", nargs="+", type=float, required=True, help="learning rates, each tried")
    parser.add_argument("--ranks", nargs="+", type=int, default=[8], help="of the ways with an adapter")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--steps", type=int, default=PROTOCOL["steps"])
    parser.add_argument("--rows", type=int, default=PROTOCOL["rows"])
    parser.add_argument("--batch", type=int, default=PROTOCOL["batch"])
    parser.add_argument("--test", action="store_true", help="judge the test rows too")
    options = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    data = load_dataset(str(DATA / options.data)).map(
        lambda batch: tokenizer(batch["text"], truncation=True, max_length=64), batched=True
    )
    rows = data["train"].select(range(min(options.rows, len(data["train"]))))
    common = {"data": options.data, "steps": options.steps, "batch": options.batch, "rows": len(rows)}
    for seed, rank, way, rate in product(options.seeds, options.ranks, options.ways, options.rates):
        run = common | {"way": way, "rank": rank if way in TARGETS else 0, "rate": rate, "seed": seed}
        runs = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else []
        if any(run.items() <= old.items() and ("test" in old or not options.test) for old in runs):
            continue
        runs = [old for old in runs if not run.items() <= old.items()]
        started = time.process_time()
        splits = {name: data[name] for name in ("validation", "test")[: 1 + options.test]}
        if way == "frozen":
            answers = frozen(rows, splits, tokenizer)
        else:
            model = train(run, rows, tokenizer)
            answers = {name: logits_of(model, split, tokenizer) for name, split in splits.items()}
        run["cpu_seconds"] = round(time.process_time() - started, 1)
        for split, logits in answers.items():
            said = logits.argmax(axis=-1)
            run[split] = float(np.mean(said == np.array(data[split]["label"])))
        if options.test:
            run["said"] = "".join(map(str, said))
        write_in_one_step(FOUND, json.dumps([*runs, run], indent=1) + "\n")
        print({name: value for name, value in run.items() if name != "said"}, flush=True)


if __name__ == "__main__":
    main()
