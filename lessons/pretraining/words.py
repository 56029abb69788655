"""The game of hidden words: read texts, hide words in them, train a guesser, take its answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from datasets import Dataset
from torch.nn.functional import cross_entropy
from transformers import (
    BatchEncoding,
    BertForMaskedLM,
    DataCollatorForLanguageModeling,
    PreTrainedTokenizerBase,
    get_scheduler,
)

LONGEST = 26  # tokens of a text
SIZE = 32  # texts of a batch


def read(tables: Sequence[Dataset], tokenizer: PreTrainedTokenizerBase, most: int | None = None) -> list[list[int]]:
    """Return the ids of all short texts, or `most` of them, taken evenly."""
    texts = [text for table in tables for text in table["text"][:]]
    short = [ids for ids in tokenizer(texts)["input_ids"] if len(ids) <= LONGEST]
    return short[:: max(1, len(short) // most)][:most] if most else short


def count(texts: Sequence[Sequence[int]], size: int) -> np.ndarray:
    """Return how often each token stands in the texts, without their first and last."""
    return np.bincount(np.concatenate([ids[1:-1] for ids in texts]), minlength=size)


def batches(texts: Sequence[Sequence[int]], hide: DataCollatorForLanguageModeling) -> list[BatchEncoding]:
    """Return the texts in batches, with hidden words."""
    return [hide([{"input_ids": ids} for ids in texts[at : at + SIZE]]) for at in range(0, len(texts), SIZE)]


def guess(model: BertForMaskedLM, batch: BatchEncoding) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the scores of all tokens at the hidden places, and what stood there. The head looks nowhere else."""
    batch = batch.to(model.device)
    mask = batch["labels"] != -100
    return model.cls(model.bert(batch["input_ids"], batch["attention_mask"])[0][mask]), batch["labels"][mask]


def train(
    model: BertForMaskedLM,
    texts: Sequence[Sequence[int]],
    hide: DataCollatorForLanguageModeling,
    rate: float,
    steps: int,
    seed: int,
) -> None:
    """Train what is not frozen: AdamW, warmup over a tenth of the steps, linear decay."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, fused=True)
    schedule = get_scheduler("linear", optimizer, max(1, steps // 10), steps)
    order = np.random.default_rng(seed).permutation(len(texts))
    for batch in batches([texts[place] for place in order[: SIZE * steps]], hide):
        cross_entropy(*guess(model, batch)).backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()


@torch.no_grad()
def answers(model: BertForMaskedLM, hidden: Sequence[BatchEncoding]) -> tuple[np.ndarray, np.ndarray]:
    """Return the best guess for each hidden word, and the word."""
    scores, truth = (torch.cat(part) for part in zip(*(guess(model, batch) for batch in hidden), strict=True))
    return scores.argmax(1).cpu().numpy(), truth.cpu().numpy()


@torch.no_grad()
def best(model: BertForMaskedLM, tokenizer: PreTrainedTokenizerBase, text: str, many: int = 5) -> list[str]:
    """Return the best guesses for the one `[MASK]` of a text."""
    tokens = tokenizer(text, return_tensors="pt").to(model.device)
    scores = model(**tokens).logits[tokens["input_ids"] == tokenizer.mask_token_id][0]
    return tokenizer.convert_ids_to_tokens(scores.topk(many).indices.tolist())
