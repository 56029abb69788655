"""Many posts behind one beginning of a prompt: what stands before `<POST>` is read once and kept (the cache)."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch


class Asker:
    """Call it with a prompt and texts: it returns the log-probabilities of `words`, a line for each text."""

    def __init__(self, reader, decoder, words: Sequence[int], batch: int = 8):
        self.reader, self.decoder, self.words, self.batch = reader, decoder, list(words), batch

    def __call__(self, prompt: str, texts: Sequence[str]) -> np.ndarray:
        begin, end = prompt.rsplit("<POST>", 1)
        kept = self._read_beginning(begin)
        ids = [self.reader(" " + text + end)["input_ids"] for text in texts]
        order = np.argsort([len(row) for row in ids], kind="stable")  # like length goes together
        parts = np.split(order, range(self.batch, len(order), self.batch))
        answers = [self._next_words(kept, [ids[row] for row in part]) for part in parts]
        return np.concatenate(answers)[np.argsort(order)]

    @torch.inference_mode()
    def _read_beginning(self, text: str):
        ids = self.reader(text, return_tensors="pt").to(self.decoder.device)
        return self.decoder.model(**ids).cache

    @torch.inference_mode()
    def _next_words(self, kept, ids: list[list[int]]) -> np.ndarray:
        form = {"return_tensors": "pt", "padding_side": "right"}
        batch = self.reader.pad({"input_ids": ids}, **form).to(self.decoder.device)
        cache = copy.deepcopy(kept)  # reading adds to it: each batch gets its own
        cache.batch_repeat_interleave(len(ids))
        mask = batch["attention_mask"]
        seen = mask.new_ones(len(ids), cache.get_seq_length())  # the kept tokens
        hidden = self.decoder.model(
            input_ids=batch["input_ids"], attention_mask=torch.cat([seen, mask], dim=1), cache=cache
        ).last_hidden_state
        last = hidden[torch.arange(len(ids)), mask.sum(1) - 1]  # padding stands right
        return self.decoder.lm_head(last).log_softmax(-1)[:, self.words].cpu().numpy()
