"""Text in blocks, and words hidden in it: what training by guessing hidden words needs (`pretraining` explains it)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

HIDDEN_SHARE = 0.15  # of the tokens
NOT_ASKED = -100  # the label of a token that is not hidden
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # ids with holes, attention mask, labels


def blocks(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase, size: int) -> torch.Tensor:
    """Return the texts one after the other, cut into blocks of `size` tokens with [CLS] and [SEP]: blocks x size."""
    flow = [token for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"] for token in ids]
    inside = size - 2
    cut = [flow[start : start + inside] for start in range(0, len(flow) - inside + 1, inside)]
    return torch.tensor([[tokenizer.cls_token_id, *part, tokenizer.sep_token_id] for part in cut])


def hide(ids: torch.Tensor, tokenizer: PreTrainedTokenizerBase, rng: torch.Generator) -> tuple[torch.Tensor, ...]:
    """Return the ids with 15% of the tokens hidden, and the labels: the hidden tokens, and -100 elsewhere.

    Of the hidden ones, 8 of 10 become [MASK], 1 of 10 another token, and 1 of 10 stays (as BERT was trained).
    """
    special = (ids == tokenizer.cls_token_id) | (ids == tokenizer.sep_token_id) | (ids == tokenizer.pad_token_id)
    hidden = (torch.rand(ids.shape, generator=rng) < HIDDEN_SHARE) & ~special
    labels = torch.where(hidden, ids, NOT_ASKED)
    luck, other = torch.rand(ids.shape, generator=rng), torch.randint(len(tokenizer), ids.shape, generator=rng)
    shown = torch.where(hidden & (luck < 0.8), tokenizer.mask_token_id, ids)
    return torch.where(hidden & (luck >= 0.9), other, shown), labels


def batches(rows: torch.Tensor, size: int, steps: int, rng: torch.Generator) -> Iterator[torch.Tensor]:
    """Yield `steps` batches of rows, in a new order after each round."""
    left = torch.empty(0, dtype=torch.long)
    for _ in range(steps):
        while len(left) < size:
            left = torch.cat([left, torch.randperm(len(rows), generator=rng)])
        yield rows[left[:size]]
        left = left[size:]


def token_losses(
    model: PreTrainedModel, ids: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Return the loss of each hidden token, in the order of reading.

    The head is asked for the hidden places only. `model(ids, labels=labels)` asks it for all, which costs more.
    """
    hidden = model.base_model(ids, attention_mask=mask).last_hidden_state
    asked = labels != NOT_ASKED
    return torch.nn.functional.cross_entropy(model.cls(hidden[asked]), labels[asked], reduction="none")


@torch.no_grad()
def losses_by_text(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], size: int, seed: int, draws: int
) -> torch.Tensor:
    """Return the mean loss of the hidden tokens of each text (its first `size` tokens). A seed hides the same ones."""
    model.eval()
    form = {"truncation": True, "max_length": size, "padding": True, "return_tensors": "pt"}
    batch, rng = tokenizer(list(texts), **form), torch.Generator().manual_seed(seed)
    sums, counts = torch.zeros(len(texts)), torch.zeros(len(texts))
    for _ in range(draws):
        shown, labels = hide(batch["input_ids"], tokenizer, rng)
        asked = labels != NOT_ASKED
        places = [part.to(model.device) for part in (shown, batch["attention_mask"], labels)]
        owner = torch.nonzero(asked)[:, 0]
        sums.index_add_(0, owner, token_losses(model, *places).cpu())
        counts += asked.sum(1)
    return sums / counts.clamp(min=1)
