"""One training loop for one process or many: `torchrun --nproc-per-node 2 train.py ROWS.json CHECKPOINT`."""

import json
import sys
import time

import torch
from accelerate import Accelerator
from accelerate.utils import DataLoaderConfiguration
from torch.utils.data import DataLoader
from transformers import AutoModelForSequenceClassification, AutoTokenizer, logging


def train(checkpoint, rows, count=None, batch=16, split=True, accumulate=1):
    """Train the last layer and the head on the first `count` rows. Return the loss of each batch, and the seconds."""
    rows = {name: column[:count] for name, column in rows.items()}
    config = DataLoaderConfiguration(split_batches=split)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=accumulate, dataloader_config=config)
    if accelerator.num_processes > 1:
        torch.set_num_threads(1)  # or each process wants all cores of this machine
    model, loader = make(checkpoint, rows, batch)
    wanted = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(wanted, lr=5e-4)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    losses, began = [], time.perf_counter()
    for each in loader:
        with accelerator.accumulate(model):
            loss = model(**each).loss
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
        losses.append(accelerator.gather(loss.detach()).mean().item())
    return losses, time.perf_counter() - began


def make(checkpoint, rows, batch):
    """Return a model with a new head, no dropout, and its batches: the same ones in every process."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(42)
    quiet = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=4, **quiet).train()
    model.requires_grad_(False)
    for part in (model.bert.encoder.layer[-1], model.bert.pooler, model.classifier):
        part.requires_grad_(True)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    form = {"padding": "max_length", "truncation": True, "max_length": 32, "return_tensors": "pt"}
    table = {**tokenizer(rows["text"], **form), "labels": torch.tensor(rows["label"])}
    examples = [{name: column[place] for name, column in table.items()} for place in range(len(rows["text"]))]
    return model, DataLoader(examples, batch_size=batch)


def main() -> None:
    """Do each training that the file asks for; the first process prints the losses as one line of JSON."""
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    found = {name: train(sys.argv[2], task["rows"], **options) for name, options in task["runs"].items()}
    accelerator = Accelerator(cpu=True)
    if accelerator.is_main_process:
        print(json.dumps({"processes": accelerator.num_processes, "runs": found}), flush=True)
    accelerator.end_training()
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
