"""One vector for each text, from a frozen encoder: the mean of its tokens, as one call (`leakage` shows it in full)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from course_utils.session import Session


def encode(texts: Sequence[str], course: Session, max_length: int = 128, batch_size: int = 64) -> np.ndarray:
    """Return the vectors of some texts (one, at least), texts x hidden size, each of length 1, in the texts' order.

    The encoder is the course's checkpoint; a longer text is cut after `max_length` tokens. Texts of like length are
    read together. The product of two rows is the cosine of their texts (Reimers and Gurevych, 2019).
    """
    import numpy as np
    import torch
    from torch.nn.functional import normalize
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(course.checkpoint)
    encoder = AutoModel.from_pretrained(course.checkpoint).to(course.device).eval()
    ids = tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]
    order = np.argsort([len(row) for row in ids], kind="stable")
    vectors = np.empty((len(ids), encoder.config.hidden_size), np.float32)
    for begin in range(0, len(order), batch_size):
        rows = order[begin : begin + batch_size]
        batch = tokenizer.pad({"input_ids": [ids[row] for row in rows]}, return_tensors="pt").to(course.device)
        with torch.inference_mode():
            hidden = encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        vectors[rows] = normalize((hidden * mask).sum(1) / mask.sum(1)).cpu().numpy()
    return vectors
