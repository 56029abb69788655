"""The training step of `case_emotion` taken apart: its share of the roof, where its time goes, and what helps."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import torch
from torch.profiler import ProfilerActivity, profile
from transformers import AutoModel, set_seed

from benchmarks import lesson_recipes
from benchmarks.fresh_process import in_fresh_process
from benchmarks.measure import BF16, FP32, SEED, gflop_of, roof, rows_of, spread, timed
from course_utils.sources import offline_checkpoint

BATCH_SIZE, RATE, STEPS = 16, 1e-4, 16
# what PyTorch calls an operation begins with -> where it is counted
KINDS = {
    "matrix products": ("aten::addmm", "aten::mm", "aten::bmm", "aten::baddbmm", "aten::linear", "mkldnn::"),
    "attention": ("aten::_scaled_dot_product", "aten::scaled_dot_product"),
    "optimizer": ("aten::_fused_adamw", "aten::_foreach", "Optimizer"),
    "activation (GELU)": ("aten::gelu",),
    "layer norm": ("aten::native_layer_norm",),
    "dropout": ("aten::bernoulli", "aten::native_dropout", "aten::dropout"),
    "clipping the gradients": ("aten::linalg_vector_norm", "aten::norm"),
}


@dataclass(frozen=True)
class Lever:
    """One thing changed in the step of `case_emotion`. `base` is the step itself."""

    what: str
    attention: str = "sdpa"
    embeddings: bool = False  # trained, too
    fused: bool = True
    precision: torch.dtype = FP32
    grouped: bool = True
    width: int | None = None  # every batch padded to it
    threads: int | None = None
    dropout: bool = True


LEVERS = {
    "base": Lever("nothing changed"),
    "embeddings": Lever("the table of word pieces is trained, too", embeddings=True),
    "not fused": Lever("AdamW operation by operation, not fused", fused=False),
    "eager": Lever("attention written out (`eager`), not PyTorch's kernel", attention="eager"),
    "any order": Lever("batches not grouped by length", grouped=False),
    "padded": Lever("all padded to 128", grouped=False, width=128),
    "one thread": Lever("one thread", threads=1),
    "no dropout": Lever("no dropout", dropout=False),
    "bf16": Lever("bf16 autocast", precision=BF16),
}


def step(runs: int, rows: int | None, tell: Callable[[str], None]) -> dict:
    """Measure roof, step and levers in turn, `runs` times, and profile the step once."""
    found = in_fresh_process(take_apart, runs, rows or 512)
    tell(f"step: {found['share_of_roof']['median']:.0%} of the fp32 roof")
    return found


def take_apart(runs: int, rows: int) -> dict:
    """Return what `step` returns. For a process of its own."""
    batches = {}
    with tempfile.TemporaryDirectory() as work:
        names, texts = recipe(rows, Path(work))
        steps = {}
        for name, lever in LEVERS.items():
            form = (lever.grouped, lever.width)
            if form not in batches:
                batches[form] = batches_of(names, texts, *form)
            steps[name] = Step(names, lever, batches[form])
        gflop = gflop_a_step(names, batches[True, None])
        seconds = {name: [] for name in LEVERS}
        roofs: dict[str, list[float]] = {"base": [], "bf16": []}
        for _ in range(runs):
            for name, each in steps.items():
                with under(roofs, name):
                    seconds[name].append(each.seconds())
        base = seconds["base"]
        return {
            "rows": len(texts),
            "width": median(batch["input_ids"].shape[1] for batch in batches[True, None]),
            "batch_size": BATCH_SIZE,
            "gflop": gflop,
            "seconds": spread(base),
            "roof_fp32": spread(roofs["base"]),
            "roof_bf16": spread(roofs["bf16"]),
            "share_of_roof": spread([gflop / s / r for s, r in zip(base, _means(roofs["base"]), strict=True)]),
            "bf16_share_of_roof": spread(
                [gflop / s / r for s, r in zip(seconds["bf16"], _means(roofs["bf16"]), strict=True)]
            ),
            "profile": steps["base"].profile(),
            "bf16_profile": steps["bf16"].profile(),
            "levers": {
                name: {"what": lever.what, "ratio": spread([a / b for a, b in zip(seconds[name], base, strict=True)])}
                for name, lever in LEVERS.items()
            },
        }


@contextmanager
def under(roofs: dict[str, list[float]], lever: str) -> Iterator[None]:
    """Measure the roof of a lever's precision before and after the block, where `roofs` asks for it."""
    kind = LEVERS[lever].precision
    if lever in roofs:
        roofs[lever].append(roof(kind))
    yield
    if lever in roofs:
        roofs[lever].append(roof(kind))


def _means(values: list[float]) -> list[float]:
    """Return the mean of each two neighbours: the roof before and after a step."""
    return [(a + b) / 2 for a, b in zip(values[::2], values[1::2], strict=True)]


def recipe(rows: int, work: Path):
    """Return the names of the recipe of `case_emotion`, and tweets tokenized by it, from short to long."""
    train, _, labels = rows_of("tweets", rows, 1)
    names = lesson_recipes.emotion(work, train["text"], labels, SEED)
    return names, names["prepare"](train, rows)


def batches_of(names: dict, texts, grouped: bool, width: int | None) -> list[dict]:
    """Return `STEPS` batches spread over all lengths: of similar length, or in any order."""
    texts = texts if grouped else texts.shuffle(seed=SEED)
    columns = texts.select_columns(["input_ids", "attention_mask", "label"])
    starts = range(0, len(columns) - BATCH_SIZE + 1, BATCH_SIZE)
    chosen = starts[:: max(1, len(starts) // STEPS)][:STEPS]
    batches = []
    for start in chosen:
        rows = [columns[row] for row in range(start, start + BATCH_SIZE)]
        if width:
            rows = names["tokenizer"].pad(rows, padding="max_length", max_length=width)
            rows = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
        batches.append(dict(names["collate"](rows)))
    return batches


class Step:
    """The training step of `case_emotion` with one lever, over the same batches each time."""

    def __init__(self, names: dict, lever: Lever, batches: list[dict]):
        set_seed(SEED)
        encoder = AutoModel.from_pretrained(offline_checkpoint(), attn_implementation=lever.attention)
        self.lever, self.batches = lever, batches
        self.model = names["TextModel"](encoder, 3).train()
        if not lever.dropout:
            self.model.eval()
        self.optimizer = names["new_optimizer"](self.model, RATE)
        if lever.embeddings:
            self.model.requires_grad_(True)
            self.optimizer.add_param_group({"params": encoder.embeddings.parameters(), "lr": RATE})
        for group in self.optimizer.param_groups:
            group["fused"], group["foreach"] = lever.fused, False

    def one(self, batch: dict) -> None:
        """Make one step as the Trainer does: forward, backward, clip, step."""
        autocast = torch.autocast("cpu", self.lever.precision) if self.lever.precision != FP32 else nullcontext()
        with autocast:
            loss = self.model(**batch)["loss"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()

    def over(self, batches: list[dict]) -> None:
        """Make one step with each batch."""
        for batch in batches:
            self.one(batch)

    def seconds(self) -> float:
        """Return the mean seconds of a step over all batches, after two that do not count."""
        with threads(self.lever.threads):
            self.over(self.batches[:2])
            return timed(lambda: self.over(self.batches))[0] / len(self.batches)

    def profile(self) -> dict[str, float]:
        """Return where the time of the steps goes: kind of operation -> share. Small kinds are in "other"."""
        with silent_stderr(), profile(activities=[ProfilerActivity.CPU]) as seen:
            self.over(self.batches)
        spent = dict.fromkeys([*KINDS, "other"], 0.0)
        for event in seen.key_averages():
            kind = next((kind for kind, names in KINDS.items() if event.key.startswith(names)), "other")
            spent[kind] += event.self_cpu_time_total
        total = sum(spent.values())
        return {kind: value / total for kind, value in sorted(spent.items(), key=lambda item: -item[1])}


def gflop_a_step(names: dict, batches: list[dict]) -> float:
    """Return the mean operations of a step in GFLOP (10^9), forward and backward, padding included."""
    model = Step(names, Lever("to count", attention="eager"), batches).model
    return gflop_of(lambda: [model(**batch)["loss"].backward() for batch in batches]) / len(batches)


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Drop what C++ code writes to stderr inside the block: PyTorch's profiler tells when it starts and stops."""
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def threads(number: int | None) -> Iterator[None]:
    """Let PyTorch use so many threads inside the block. None: as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
