"""Stopwatches of this lesson: a model alone, a service under a load, one machine against another."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import psutil
import torch

from lessons.serve_and_scale import load
from lessons.serve_and_scale.processes import Service


class Run(NamedTuple):
    """What a service did under a load: three numbers and an answer for each request, and the cores it kept busy."""

    due: np.ndarray
    taken: np.ndarray
    codes: np.ndarray
    answers: list
    busy: float


def percentile(values: Sequence[float], q: float) -> float:
    """Return the value that `q` of 100 values do not exceed: the nearest rank."""
    return float(np.sort(values)[int(np.ceil(q * len(values) / 100)) - 1])


def in_batches(answer: Callable, texts: Sequence[str], order: np.ndarray, size: int) -> tuple[float, np.ndarray]:
    """Answer all texts in this order, `size` at a time. Return texts a second, and the answers in the texts' order."""
    began = time.perf_counter()
    parts = [order[place : place + size] for place in range(0, len(order), size)]
    found = np.concatenate([answer([texts[row] for row in part]).numpy() for part in parts])
    return len(order) / (time.perf_counter() - began), found[order.argsort()]


def padding(sizes: np.ndarray, order: np.ndarray, size: int) -> float:
    """Return which share of the tokens is padding, in batches of `size` texts of `sizes` tokens."""
    parts = [order[place : place + size] for place in range(0, len(order), size)]
    return 1 - sizes.sum() / sum(sizes[part].max() * len(part) for part in parts)


def one_by_one(answer: Callable, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Answer one text after the other. Return how many seconds each took, and all answers."""
    marks, found = [time.perf_counter()], []
    for text in texts:
        found.append(answer([text]).numpy())
        marks.append(time.perf_counter())
    return np.diff(marks), np.concatenate(found)


def burden(server: Service, way: str, texts: Sequence[str], per_second: float, seconds: float, seed: int) -> Run:
    """Send the texts, again and again, to one way of a service: so many a second, at random moments."""
    due, url = load.moments(per_second, seconds, seed), f"{server.url}/label/{way}"
    process, began = psutil.Process(server.process.pid), time.perf_counter()
    before = sum(process.cpu_times()[:2])
    taken, codes, answers = load.send(url, [texts[n % len(texts)] for n in range(len(due))], due)
    busy = (sum(process.cpu_times()[:2]) - before) / (time.perf_counter() - began)
    return Run(due, taken, codes, answers, busy)


def as_table(runs: dict[tuple[float, str], Run]) -> pd.DataFrame:
    """Return a line for each load and way."""
    lines = []
    for (per_second, way), run in runs.items():
        p50, p99 = (f"{1000 * percentile(run.taken, q):.0f}" for q in (50, 99))
        failed = int(np.sum(run.codes != 200))
        lines.append([f"{per_second:.0f}", way, len(run.due), p50, p99, failed, f"{run.busy:.1f}"])
    columns = ["a second", "way", "requests", "p50 (ms)", "p99 (ms)", "failed", "cores busy"]
    return pd.DataFrame(lines, columns=columns)


def speed(model: torch.nn.Module, machine: tuple[str, int], batch: int, length: int, seconds: float) -> float:
    """Return how many batches a second a model reads in its best pass. `machine`: the device, and the threads."""
    device, threads = machine
    usual = torch.get_num_threads()
    torch.set_num_threads(threads)
    ids = torch.randint(1000, 2000, (batch, length), device=device)
    with torch.inference_mode():
        model.to(device)(input_ids=ids)
        passes = []
        while len(passes) < 2 or sum(passes) < seconds:
            began = time.perf_counter()
            model(input_ids=ids).logits.sum().item()  # .item() waits for the device
            passes.append(time.perf_counter() - began)
    torch.set_num_threads(usual)
    return 1 / min(passes)
