"""Measures the ways of the lesson `lora` on `data/stance`: how their rates were chosen, and what more seeds say.

    python -m benchmarks.lora_ways --ways full --rates 1e-4 2e-4                   # validation topics: to choose a rate
    python -m benchmarks.lora_ways --ways full --rates 2e-4 --test --seeds 0 1 2   # then the test topics

Every run is one of the lesson's trainings: the same rows, batches and steps for each way (`PROTOCOL`), the offline
checkpoint, embeddings frozen in `full`. `--steps` and `--rows` make it longer. Each run is written to
`benchmarks/lora_ways.json` as soon as it is done; a run that is there already is not repeated. The test topics are
judged only with `--test`, so no choice has seen them.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from datasets import Dataset, load_dataset
from peft import LoraConfig, get_peft_model
from transformers import AutoTokenizer, Trainer, TrainingArguments, set_seed

from benchmarks.lesson_recipes import mean_pooling
from course_tools.files import write_in_one_step
from course_utils.sources import DATA, offline_checkpoint

FOUND = Path(__file__).with_suffix(".json")
PROTOCOL = {"rows": 256, "steps": 32, "batch": 8}  # as the lesson in `laptop`
WAYS = ["last two", "full", "LoRA", "LoRA all"]
TARGETS = {"LoRA": ["query", "value"], "LoRA all": "all-linear"}


def prepared(way: str, rank: int = 8):
    """Return the offline checkpoint with a new head, ready to be trained in one of the ways."""
    model = mean_pooling().from_pretrained(offline_checkpoint(), num_labels=3)
    if way.startswith("LoRA"):
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


def train(way: str, rows: Dataset, tokenizer, rate: float, seed: int, steps: int, batch: int) -> Trainer:
    """Return a Trainer that has trained one way."""
    set_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            max_steps=steps,
            per_device_train_batch_size=batch,
            per_device_eval_batch_size=64,
            learning_rate=rate,
            warmup_steps=0.1,
            weight_decay=0.01,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=seed,
        )
        trainer = Trainer(model=prepared(way), args=arguments, train_dataset=rows, processing_class=tokenizer)
        trainer.train()
    return trainer


def accuracy(trainer: Trainer, rows: Dataset) -> float:
    """Return the share of right answers. `predict` puts the rows into an order of its own."""
    said = trainer.predict(rows)
    return float(np.mean(said.predictions.argmax(axis=-1) == said.label_ids))


def main() -> None:
    """Make the runs that are asked for and not there yet, and print each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS)
    parser.add_argument("--rates", nargs="+", type=float, required=True, help="learning rates, each tried")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--steps", type=int, default=PROTOCOL["steps"])
    parser.add_argument("--rows", type=int, default=PROTOCOL["rows"])
    parser.add_argument("--batch", type=int, default=PROTOCOL["batch"])
    parser.add_argument("--test", action="store_true", help="judge the test topics too")
    options = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    data = load_dataset(str(DATA / "stance")).map(
        lambda batch: tokenizer(batch["text"], truncation=True, max_length=64), batched=True
    )
    rows = data["train"].select(range(min(options.rows, len(data["train"]))))
    runs = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else []
    for seed in options.seeds:
        for way in options.ways:
            for rate in options.rates:
                run = {"way": way, "rate": rate, "seed": seed, "steps": options.steps, "batch": options.batch}
                run["rows"] = len(rows)
                if any(run.items() <= old.items() and ("test" in old or not options.test) for old in runs):
                    continue
                runs = [old for old in runs if not run.items() <= old.items()]
                started = time.process_time()
                trainer = train(way, rows, tokenizer, rate, seed, options.steps, options.batch)
                run["cpu_seconds"] = round(time.process_time() - started, 1)
                run["validation"] = accuracy(trainer, data["validation"])
                if options.test:
                    run["test"] = accuracy(trainer, data["test"])
                runs.append(run)
                write_in_one_step(FOUND, json.dumps(runs, indent=1) + "\n")
                print(run, flush=True)


if __name__ == "__main__":
    main()
