"""Masked words: the loss on a trade's text, after training on that trade or as much on other text.

The offline checkpoint has lost its masked-word head. So a new one, tied to the table of tokens, is trained first, on
the course's own general texts. Then the whole goes on: with the trade's text, or with the general texts again.
"""

from functools import cache

import torch
from datasets import Dataset, concatenate_datasets, load_dataset
from transformers import AutoTokenizer, BertForMaskedLM, DataCollatorForLanguageModeling

from benchmarks.plain import RECIPE, fine_tuned
from course_utils.sources import DATA, offline_checkpoint

GENERAL = ("cefr", "emotion", "stance")
BLOCK_SIZE = 64  # tokens of a block
SHARE = 0.15  # of the tokens are masked
FIRST_STEPS, MORE_STEPS = 160, 60
FIRST_RATE, MORE_RATE = 5e-4, 1e-4
DRAWS = 4  # of masked words, for each held-out block
HOW = (
    "The offline checkpoint with a masked-word head (tied to its table of tokens, which stays as it is), trained for "
    f"{FIRST_STEPS} steps on the texts of {', '.join(GENERAL)} at a rate of {FIRST_RATE:.0e} (before), then for "
    f"{MORE_STEPS} steps at {MORE_RATE:.0e} on the training chapters, or on those general texts again. Batches of 16 "
    f"blocks of {BLOCK_SIZE} tokens, {SHARE:.0%} of them masked. The loss is the cross-entropy of the masked tokens."
)


def blocks(texts: list[str], tokenizer) -> Dataset:
    """Return the texts one after the other, cut into blocks of `BLOCK_SIZE` tokens with [CLS] and [SEP]."""
    inside = BLOCK_SIZE - 2
    flow = [token for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"] for token in ids]
    cut = [flow[start : start + inside] for start in range(0, len(flow) - inside + 1, inside)]
    ends = tokenizer.cls_token_id, tokenizer.sep_token_id
    return Dataset.from_dict({"input_ids": [[ends[0], *block, ends[1]] for block in cut]})


def train(model: BertForMaskedLM, rows: Dataset, tokenizer, steps: int, rate: float, seed: int) -> BertForMaskedLM:
    """Train on blocks, a draw of masked words at each step."""
    settings = {**RECIPE, "max_steps": steps, "learning_rate": rate, "train_sampling_strategy": "random"}
    mask = DataCollatorForLanguageModeling(tokenizer, mlm_probability=SHARE)
    fine_tuned(model, rows, seed, settings, collator=mask)
    return model


@torch.inference_mode()
def loss(model: BertForMaskedLM, rows: Dataset, tokenizer) -> float:
    """Return the mean cross-entropy of masked tokens, the same ones at every call."""
    model.eval()
    mask = DataCollatorForLanguageModeling(tokenizer, mlm_probability=SHARE, seed=0)
    total, count = 0.0, 0
    for _ in range(DRAWS):
        for start in range(0, len(rows), 32):
            batch = mask([{"input_ids": ids} for ids in rows[start : start + 32]["input_ids"]])
            masked = int((batch["labels"] != -100).sum())
            total += model(**batch).loss.item() * masked
            count += masked
    return total / count


def general_texts() -> list[str]:
    """Return the course's own general texts, mixed."""
    parts = [load_dataset(str(DATA / name), split="train").select_columns("text") for name in GENERAL]
    return list(concatenate_datasets(parts).shuffle(seed=0)["text"])


def fresh_model() -> BertForMaskedLM:
    """Return the offline checkpoint with a new masked-word head."""
    torch.manual_seed(0)
    model = BertForMaskedLM.from_pretrained(offline_checkpoint())
    model.bert.embeddings.requires_grad_(False)
    return model


@cache
def _first_weights() -> dict:
    """Return the weights of a masked-word model of general English."""
    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    rows = blocks(general_texts(), tokenizer)
    return train(fresh_model(), rows, tokenizer, FIRST_STEPS, FIRST_RATE, seed=0).state_dict()


def losses(trade: Dataset, tests: dict[str, Dataset], seed: int) -> dict[str, dict[str, float]]:
    """Return moment ("before", "the general texts again", "the trade's text") -> name of a test -> loss."""
    tokenizer = AutoTokenizer.from_pretrained(offline_checkpoint())
    held = {name: blocks(rows["text"], tokenizer) for name, rows in tests.items()}
    found = {}
    for moment, texts in {
        "before": [],
        "the general texts again": general_texts(),
        "the trade's text": trade["text"],
    }.items():
        model = fresh_model()
        model.load_state_dict(_first_weights())
        if texts:
            train(model, blocks(texts, tokenizer), tokenizer, MORE_STEPS, MORE_RATE, seed)
        found[moment] = {name: loss(model, rows, tokenizer) for name, rows in held.items()}
    return found
