"""Asking a model about many texts, in the ways that are compared."""

from __future__ import annotations

import numpy as np
import torch


@torch.inference_mode()
def ask(model: torch.nn.Module, tokenizer, texts: list[str], batch_size: int = 64, **padding) -> np.ndarray:
    """Return the logits of the texts, in their order: (texts, labels).

    Short texts are asked first, so that a batch holds texts of similar length. `padding` goes to the tokenizer; without
    it each batch is as wide as its longest text.
    """
    model.eval()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    settings = {"padding": True, "truncation": True, "max_length": 512, "return_tensors": "pt"} | padding
    logits = np.empty(0)
    for start in range(0, len(texts), batch_size):
        rows = order[start : start + batch_size]
        batch = tokenizer([texts[row] for row in rows], **settings)
        answer = model(batch["input_ids"], attention_mask=batch["attention_mask"])["logits"].float().numpy()
        if not logits.size:
            logits = np.empty((len(texts), answer.shape[1]), dtype=answer.dtype)
        logits[rows] = answer
    return logits
