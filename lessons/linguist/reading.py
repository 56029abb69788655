"""What reads many sentences at once: the states of an encoder, layer by layer, and the surprise of a decoder."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import torch

Span = tuple[int, int]
BETWEEN_TEXTS = "<|endoftext|>"  # separates texts in the pretraining of SmolLM2; its bos_token begins a turn of a chat
IRREGULAR = {"mouse": "mouse|mice"}


def find_word(text: str, word: str) -> Span:
    """Return where a word, or its plural, begins and ends in a text. Raises ValueError where it does not stand."""
    found = re.search(rf"\b({IRREGULAR.get(word, word)})(s|es)?\b", text, re.IGNORECASE)
    if found is None:
        raise ValueError(f"{word!r} does not stand in: {text}")
    return found.span()


def hidden_states(texts: Sequence[str], tokenizer, encoder, size: int = 32) -> list[tuple[np.ndarray, list[Span]]]:
    """Return for each text its hidden states, layers x tokens x numbers, and the span of characters of each token.

    Layer 0 is the table of embeddings. Texts of like length are read together.
    """
    read: list = [None] * len(texts)
    for some in _by_length(texts, size):
        batch = tokenizer([texts[row] for row in some], return_tensors="pt", padding=True, return_offsets_mapping=True)
        spans = batch.pop("offset_mapping").tolist()
        with torch.inference_mode():
            states = torch.stack(encoder(**batch.to(encoder.device), output_hidden_states=True).hidden_states, 1)
        for place, row in enumerate(some):
            tokens = int(batch["attention_mask"][place].sum())
            read[row] = states[place, :, :tokens].cpu().numpy(), [tuple(span) for span in spans[place][:tokens]]
    return read


def surprise(texts: Sequence[str], writer, decoder, size: int = 16) -> list[np.ndarray]:
    """Return for each text the loss of a decoder on the first token of each word, and on all tokens of the word.

    words x 2; a word is what stands between two spaces. The token that separates texts goes before it.
    """
    before = BETWEEN_TEXTS
    found: list = [None] * len(texts)
    for some in _by_length(texts, size):
        marked = [before + texts[row] for row in some]
        batch = writer(marked, return_tensors="pt", padding=True, padding_side="right", return_offsets_mapping=True)
        spans = batch.pop("offset_mapping").tolist()
        batch = batch.to(decoder.device)
        with torch.inference_mode():
            logits = decoder(**batch).logits[:, :-1]
            losses = torch.nn.functional.cross_entropy(logits.mT, batch["input_ids"][:, 1:], reduction="none").cpu()
        for place, row in enumerate(some):
            kept = int(batch["attention_mask"][place].sum()) - 1
            here = [(begin - len(before), end - len(before)) for begin, end in spans[place][1 : kept + 1]]
            found[row] = _by_word(texts[row], losses[place, :kept].tolist(), here)
    return found


def _by_length(texts: Sequence[str], size: int) -> list[list[int]]:
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    return [order[begin : begin + size] for begin in range(0, len(order), size)]


def _by_word(text: str, losses: Sequence[float], spans: Sequence[Span]) -> np.ndarray:
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    table = np.zeros((len(ends), 2))
    begun = -1
    for loss, (_, end) in zip(losses, spans, strict=True):
        place = next((place for place, limit in enumerate(ends) if end <= limit), len(ends) - 1)
        if place > begun:
            table[place, 0], begun = loss, place
        table[place, 1] += loss
    return table
