"""Text in blocks, and words hidden in it: what training by guessing hidden words needs (`pretraining` explains it)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, get_linear_schedule_with_warmup

HIDDEN_SHARE = 0.15  # of the tokens
NOT_ASKED = -100  # the label of a token that is not hidden


def blocks(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase, size: int) -> torch.Tensor:
    """Return the texts one after the other, cut into blocks of `size` tokens with [CLS] and [SEP]: blocks x size."""
    flow = [token for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"] for token in ids]
    inside = size - 2
    cut = [flow[start : start + inside] for start in range(0, len(flow) - inside + 1, inside)]
    return torch.tensor([[tokenizer.cls_token_id, *part, tokenizer.sep_token_id] for part in cut])


def hide(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerBase, rng: torch.Generator, often: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the ids with 15% of the tokens hidden, and the labels: the hidden tokens, and -100 elsewhere.

    Of tokens with this number or a higher one (`often`), half are hidden.

    Of the hidden ones, 8 of 10 become [MASK], 1 of 10 another token, and 1 of 10 stays (as BERT was trained).
    """
    special = (ids == tokenizer.cls_token_id) | (ids == tokenizer.sep_token_id) | (ids == tokenizer.pad_token_id)
    share = torch.full(ids.shape, HIDDEN_SHARE)
    if often is not None:
        share[ids >= often] = 0.5
    hidden = (torch.rand(ids.shape, generator=rng) < share) & ~special
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


def learner(model: torch.nn.Module, steps: int, rate: float, head_rate: float | None = None) -> Callable:
    """Return `learn(loss)`: one step of AdamW on the weights that are not frozen.

    The rate rises for a tenth of the steps, then it falls to zero. `head_rate` is that of `model.head`. There is no
    weight decay: it would move weights whose gradient is zero.
    """
    head = [] if head_rate is None else list(model.head.parameters())
    others = {weight for weight in model.parameters() if weight.requires_grad} - set(head)
    groups = [{"params": [weight for weight in model.parameters() if weight in others], "lr": rate}]
    if head:
        groups.append({"params": head, "lr": head_rate})
    optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)

    def learn(loss: torch.Tensor) -> None:
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()

    return learn


def token_losses(
    model: PreTrainedModel, ids: torch.Tensor, labels: torch.Tensor, mask: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the loss of each hidden token, in the order of reading. No `mask`: nothing is padding.

    The head is asked for the hidden places only. `model(ids, labels=labels)` asks it for all, which costs more.
    """
    ids, labels = ids.to(model.device), labels.to(model.device)
    mask = torch.ones_like(ids) if mask is None else mask.to(model.device)
    asked = labels != NOT_ASKED
    hidden = model.base_model(ids, attention_mask=mask).last_hidden_state[asked]
    return torch.nn.functional.cross_entropy(model.cls(hidden), labels[asked], reduction="none")


@torch.no_grad()
def losses_by_text(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    size: int,
    seed: int,
    draws: int = 1,
) -> np.ndarray:
    """Return the mean loss of the hidden tokens of each text (its first `size` tokens). A seed hides the same ones."""
    model.eval()
    form = {"truncation": True, "max_length": size, "padding": True, "return_tensors": "pt"}
    batch, rng = tokenizer(list(texts), **form), torch.Generator().manual_seed(seed)
    sums, counts = torch.zeros(len(texts)), torch.zeros(len(texts))
    for _ in range(draws):
        shown, labels = hide(batch["input_ids"], tokenizer, rng)
        asked = labels != NOT_ASKED
        owner = torch.nonzero(asked)[:, 0]
        sums.index_add_(0, owner, token_losses(model, shown, labels, batch["attention_mask"]).cpu())
        counts += asked.sum(1)
    return (sums / counts.clamp(min=1)).numpy()


def hidden_terms(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], terms: Sequence[str], around: int = 16
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Return (ids, labels) for each place where a term stands: the whole term is hidden.

    A term that is cut into pieces has as many holes as pieces. `around` tokens stay on each side of it.
    """
    looked_for, found = set(terms), []
    for text in texts:
        read = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False)
        ids, offsets = torch.tensor(read["input_ids"]), read["offset_mapping"]
        for word in words_of(text):
            if word[0].lower() not in looked_for:
                continue
            places = [k for k, (start, end) in enumerate(offsets) if start >= word.start() and end <= word.end()]
            shown, labels = ids.clone(), torch.full_like(ids, NOT_ASKED)
            labels[places], shown[places] = ids[places], tokenizer.mask_token_id
            near = slice(max(0, places[0] - around), places[-1] + around + 1)
            found.append((shown[near], labels[near]))
    return found


@torch.no_grad()
def term_losses(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts, terms) -> np.ndarray:
    """Return, for each place where a term stands, (the sum of the losses of its pieces, the number of its pieces)."""
    model.eval()
    rows, answers = hidden_terms(tokenizer, texts, terms), []
    pad = torch.nn.utils.rnn.pad_sequence
    for start in range(0, len(rows), 32):
        ids, labels = zip(*rows[start : start + 32], strict=True)
        mask = pad([torch.ones_like(row) for row in ids], batch_first=True)
        labels = pad(labels, batch_first=True, padding_value=NOT_ASKED)
        losses = token_losses(model, pad(ids, batch_first=True), labels, mask).cpu()
        pieces = (labels != NOT_ASKED).sum(1)
        answers += [(float(part.sum()), len(part)) for part in losses.split(pieces.tolist())]
    return np.array(answers)


def words_in(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return [word[0].lower() for word in words_of(text)]


def words_of(text: str) -> list[re.Match]:
    """Return the words of a text as matches: what they are, and where."""
    return list(re.finditer(r"[^\W\d_]+", text))


def per_token_and_term(by_term: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return a table of what `term_losses` gave for each name: the mean loss for a token, and for a whole term."""
    means = {name: (found[:, 0].sum() / found[:, 1].sum(), found[:, 0].mean()) for name, found in by_term.items()}
    return pd.DataFrame(means, index=["per token", "per term"]).T.round(2)
