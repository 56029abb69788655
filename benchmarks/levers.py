"""The training step of `case_emotion`, and what can be changed in it: one lever, or several that only pay together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from torch.profiler import ProfilerActivity, profile
from transformers import AutoModel, set_seed

from benchmarks.measure import BF16, FP32, SEED, timed
from benchmarks.silent import silent_stderr
from course_utils.sources import offline_checkpoint

RATE = 1e-4
WARM_UP = 2  # steps that do not count
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
    """What differs from the step of `case_emotion`. `base` is the step itself."""

    what: str
    attention: str = "sdpa"
    embeddings: bool = False  # trained, too
    fused: bool = True
    precision: torch.dtype = FP32
    products: str = "highest"  # of torch.set_float32_matmul_precision
    grouped: bool = True
    width: int | None = None  # every batch padded to it
    threads: int | None = None
    dropout: bool = True
    compiled: bool = False

    @property
    def sixteen_bits(self) -> bool:
        """True where matrices are multiplied in 16 bits."""
        return self.precision == BF16 or self.products == "medium"


LEVERS = {
    "plainest": Lever(
        "the plainest way: all padded to 128, and the next three lines, too",
        attention="eager",
        embeddings=True,
        fused=False,
        grouped=False,
        width=128,
    ),
    "embeddings": Lever("the table of word pieces is trained, too", embeddings=True),
    "not fused": Lever("AdamW operation by operation, not fused", fused=False),
    "eager": Lever("attention written out (`eager`), not PyTorch's kernel", attention="eager"),
    "any order": Lever("batches not grouped by length", grouped=False),
    "padded": Lever("all padded to 128", grouped=False, width=128),
    "one thread": Lever("one thread", threads=1),
    "base": Lever("nothing changed"),
    "compiled": Lever("`torch.compile` of each layer", compiled=True),
    "no dropout": Lever("no dropout", dropout=False),
    "no dropout, eager": Lever("no dropout, attention written out", dropout=False, attention="eager"),
    "medium": Lever('fp32, products in 16 bits (`torch.set_float32_matmul_precision("medium")`)', products="medium"),
    "medium, no dropout, eager": Lever(
        "the same, no dropout, attention written out", products="medium", dropout=False, attention="eager"
    ),
    "bf16": Lever("bf16 autocast", precision=BF16),
    "bf16, no dropout": Lever("bf16 autocast, no dropout", precision=BF16, dropout=False),
    "bf16, no dropout, eager": Lever(
        "bf16 autocast, no dropout, attention written out", precision=BF16, dropout=False, attention="eager"
    ),
}


class Step:
    """The training step of `case_emotion` with one lever, over the same batches each time."""

    def __init__(self, names: dict, lever: Lever, batches: list[dict]):
        set_seed(SEED)
        encoder = AutoModel.from_pretrained(offline_checkpoint(), attn_implementation=lever.attention)
        self.lever, self.batches = lever, batches
        self.model = names["TextModel"](encoder, 3).train()
        if not lever.dropout:
            self.model.eval()
        if lever.compiled:  # layer by layer: all six are alike, so one is compiled
            for layer in encoder.encoder.layer:
                layer.compile(dynamic=True)
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

    def warm_up(self) -> None:
        """Make the steps that do not count."""
        self.over(self.batches[:WARM_UP])

    def seconds(self) -> float:
        """Return the mean seconds of a step over all batches, after those that do not count."""
        with threads(self.lever.threads), products_in(self.lever.products):
            self.warm_up()
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


@contextmanager
def threads(number: int | None) -> Iterator[None]:
    """Let PyTorch use so many threads inside the block. None: as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def products_in(precision: str) -> Iterator[None]:
    """Let products of fp32 matrices be made in this precision inside the block: "highest", "high" or "medium"."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(precision)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
