"""How seconds and memory grow with rows, tokens and batch size, and what BERT base costs here and on GPUs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from transformers import BertConfig, BertForSequenceClassification

from benchmarks.fresh_process import in_fresh_process
from benchmarks.measure import gflop_of, spread, timed, trial
from benchmarks.turns import chosen
from course_utils.memory import PeakMemory, dry_run
from course_utils.sources import offline_checkpoint

ROWS = {1: 96, 4: 384, 8: 768}
TOKENS = (32, 64, 128, 256, 512)
BATCHES = (1, 4, 16, 64)
ENOUGH = 2048  # tokens of a step that is long enough to be timed with fewer others
TYPICAL = {"tokens": 32, "batch": 16}
BASE = {"rows": 3257, "epochs": 3, "batch": 16, "tokens": 32}  # a training as in `case_emotion`, profile `full`

# Peak rates of 16-bit matrix products without sparsity, in TFLOP/s, and GiB: NVIDIA's data sheets of each card.
GPUS = {"T4 (Colab)": (65, 16), "A100 (40 GiB)": (312, 40), "H100 (80 GiB)": (989, 80)}
ASSUMED_SHARE = 0.3  # of the peak rate that a training reaches on a GPU: an assumption, not a measurement


def scale(runs: int, rows: int | None, only: list[str] | None, tell: Callable[[str], None]) -> dict:
    """Measure the three growths in turn, `runs` times, and BERT base. Raises CourseError for a row: it has none."""
    chosen((), only, "")
    sizes = {times: size if rows is None else times * rows for times, size in ROWS.items()}
    trainings = {times: [] for times in sizes}
    for seed in range(runs):
        for times, size in sizes.items():
            trainings[times].append(in_fresh_process(trained, size, seed))
            tell(f"scale: {size} rows, run {seed + 1} of {runs}: {trainings[times][-1]['seconds']:.1f} s")
    steps = in_fresh_process(growing_steps, runs, *((3, TOKENS) if rows is None else (1, TOKENS[:2])), tell=tell)
    tell("scale: BERT base")
    return {
        "rows": [
            {"rows": sizes[times], **{key: spread([run[key] for run in found]) for key in found[0]}}
            for times, found in trainings.items()
        ],
        **steps,
        "bert_base": in_fresh_process(bert_base, 1 if rows else runs),
    }


def trained(rows: int, seed: int) -> dict:
    """Return the seconds of one epoch of the recipe `lora` over so many tweets, and the peak memory in GiB."""
    found = trial("lora", "tweets", rows, tests=1, epochs=1, seed=seed)
    return {"seconds": found["seconds"], "peak_gib": found["peak_gib"]}


def growing_steps(runs: int, steps: int, tokens: tuple[int, ...], tell: Callable[[str], None]) -> dict:
    """Return what a step of full fine-tuning costs by tokens a row, and by rows a batch: a mean of up to `steps`."""
    model = BertForSequenceClassification.from_pretrained(offline_checkpoint(), num_labels=3)
    forms = {("tokens", size): (TYPICAL["batch"], size) for size in tokens}
    forms |= {("batch", size): (size, TYPICAL["tokens"]) for size in BATCHES}
    seconds = {form: [] for form in forms}
    for run in range(runs):
        for form, shape in forms.items():
            few = max(1, min(steps, steps * ENOUGH // (shape[0] * shape[1])))
            seconds[form].append(step_seconds(model, *shape, steps=few))
            tell(f"scale: {shape[0]} rows of {shape[1]} tokens, run {run + 1} of {runs}: {seconds[form][-1]:.2f} s")
    peaks = {form: peak_mb(model.config, *shape) for form, shape in forms.items()}
    return {
        kind: [
            {kind: size, "seconds": spread(seconds[kind, size]), "peak_mb": peaks[kind, size]}
            for form_kind, size in forms
            if form_kind == kind
        ]
        for kind in ("tokens", "batch")
    }


def random_batch(batch: int, tokens: int, vocabulary: int) -> dict:
    """Return a batch of random ids without padding."""
    ids = torch.randint(vocabulary, (batch, tokens))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": torch.zeros(batch, dtype=torch.long)}


def step_seconds(model: torch.nn.Module, batch: int, tokens: int, steps: int) -> float:
    """Return the mean seconds of a training step: forward, backward, fused AdamW over all but the embeddings."""
    optimizer, given = new_optimizer(model), random_batch(batch, tokens, model.config.vocab_size)

    def train(steps: int) -> None:
        for _ in range(steps):
            one_step(model, optimizer, given)

    train(1)
    return timed(lambda: train(steps))[0] / steps


def new_optimizer(model: torch.nn.Module) -> torch.optim.Optimizer:
    """Return a fused AdamW over all weights but the embeddings."""
    model.train().base_model.embeddings.requires_grad_(False)
    return torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-6, fused=True)


def one_step(model: torch.nn.Module, optimizer: torch.optim.Optimizer, batch: dict) -> None:
    """Make one training step."""
    model(**batch).loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def peak_mb(config: BertConfig, batch: int, tokens: int) -> float:
    """Return the most bytes alive in a training step, in MB (10^6), counted without arithmetic."""
    model = BertForSequenceClassification(config)
    with dry_run(model), PeakMemory(model) as memory:
        # AdamW's two moments and the gradients are as large as the trained weights; fused steps need real numbers
        optimizer = torch.optim.AdamW(
            [p for n, p in model.named_parameters() if ".embeddings." not in n], foreach=False
        )
        model.base_model.embeddings.requires_grad_(False)
        given = random_batch(batch, tokens, config.vocab_size)
        for _ in range(2):
            one_step(model, optimizer, given)
    return memory.peak_mb


def bert_base(runs: int) -> dict:
    """Return what BERT base costs: measured on this CPU, computed from counted operations for GPUs."""
    config = BertConfig(num_labels=4, attn_implementation="eager")  # its defaults are BERT base
    model = BertForSequenceClassification(config)
    given = random_batch(BASE["batch"], BASE["tokens"], config.vocab_size)
    new_optimizer(model)
    operations = gflop_of(lambda: model(**given).loss.backward())
    model.set_attn_implementation("sdpa")
    seconds = [step_seconds(model, BASE["batch"], BASE["tokens"], steps=2) for _ in range(runs)]
    steps = BASE["epochs"] * BASE["rows"] / BASE["batch"]
    here = spread([steps * each / 60 for each in seconds])
    gpus = {
        name: {"minutes": steps * operations / (tera * 1e3 * ASSUMED_SHARE) / 60, "gib": gib, "how": "computed"}
        for name, (tera, gib) in GPUS.items()
    }
    return {
        **BASE,
        "weights": sum(p.numel() for p in model.parameters()),
        "gflop_a_step": operations,
        "peak_mb": peak_mb(config, BASE["batch"], BASE["tokens"]),
        "peak_mb_512": peak_mb(config, BASE["batch"], 512),
        "assumed_share": ASSUMED_SHARE,
        "places": {"this CPU": {"minutes": here["median"], **here, "how": "measured"}, **gpus},
    }
