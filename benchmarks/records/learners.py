"""The learners that more than one record uses: the laziest answer, counting, a frozen decoder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from transformers import AutoModel, AutoTokenizer

from benchmarks.batched import ask
from benchmarks.records.task import Job, Learner
from course_utils.checkpoints import named

UPPER = 26  # of 30 layers: the last four turn the thought into a next word
PENALTY = 0.003  # C of the regression on the decoder's 1,152 numbers


def half(bf16: bool) -> contextlib.AbstractContextManager:
    """Return a context in which matrices are multiplied in 16 bits, or one that changes nothing."""
    return torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext()


def commonest(job: Job) -> np.ndarray:
    """Give each text the shares of the labels."""
    shares = np.bincount(job.learn.labels) / len(job.learn.labels)
    return np.tile(shares, (len(job.texts), 1))


def counting(job: Job) -> np.ndarray:
    """Count words, pairs of words, and runs of two to five letters: TF-IDF with logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    model = make_pipeline(make_union(words, letters), LogisticRegression(C=10, max_iter=1000))
    return model.fit(job.learn.texts, job.learn.labels).predict_proba(job.texts)


class Decoder(torch.nn.Module):
    """Lower layers of SmolLM2-135M-Instruct: a text and the beginning of an answer go in, one vector comes out.

    The vector holds, for each of `layers`, the mean of the tokens' 576 numbers, and with a `prompt` behind the text
    also those of the last token. `before` stands before it. `head` and `tail`: how many tokens of the text's beginning
    and end are read, where it is longer. No weight is trained.
    """

    def __init__(
        self,
        prompt: str = "",
        before: str = "\n",
        layers: tuple[int, ...] = (UPPER,),
        head: int = 0,
        tail: int = 160,
    ):
        super().__init__()
        checkpoint = named("generative", "laptop")
        self.tokenizer = AutoTokenizer.from_pretrained(checkpoint.name, **checkpoint.options)
        self.model = AutoModel.from_pretrained(
            checkpoint.name, dtype=torch.float32, attn_implementation="eager", **checkpoint.options
        )
        self.model.layers = self.model.layers[: max(layers)]
        self.model.norm = torch.nn.Identity()
        # All tokens attend to the first one, and its numbers are huge: no mean counts it
        self.first, self.prompt = (self.tokenizer(text)["input_ids"] for text in (before, prompt))
        self.layers, self.head, self.tail = layers, head, tail

    def tokenized(self, texts: list[str], **padding) -> dict[str, torch.Tensor]:
        """Return the ids of the texts, with what stands before and behind each."""
        ids = [self.first + self._cut(each) + self.prompt for each in self.tokenizer(texts)["input_ids"]]
        return self.tokenizer.pad({"input_ids": ids}, padding_side="right", return_tensors="pt")

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the vectors, (texts, numbers), under the name by which `ask` finds them."""
        states = self.model(
            input_ids, attention_mask=attention_mask, use_cache=False, output_hidden_states=True
        ).hidden_states
        mask, ends = attention_mask[:, 1:].unsqueeze(-1), attention_mask.sum(dim=1) - 1
        vectors = []
        for hidden in (states[layer].float() for layer in self.layers):
            vectors.append((hidden[:, 1:] * mask).sum(dim=1) / mask.sum(dim=1))
            if self.prompt:
                vectors.append(hidden[torch.arange(len(hidden)), ends])
        return {"logits": torch.cat(vectors, dim=1)}

    def vectors(self, texts: list[str], bf16: bool) -> np.ndarray:
        """Return one vector for each text, in their order."""
        with half(bf16):
            return ask(self, self.tokenized, texts, batch_size=32)

    def _cut(self, ids: list[int]) -> list[int]:
        if len(ids) <= self.head + self.tail:
            return ids
        return ids[: self.head] + ids[len(ids) - self.tail :]


def frozen_decoder(clean: Callable[[str], str] = str, **reading) -> Learner:
    """Return a learner: logistic regression on the vectors of a frozen decoder. `reading` goes to `Decoder`."""

    def learner(job: Job) -> np.ndarray:
        decoder = Decoder(**reading)
        learn, asked = ([clean(text) for text in texts] for texts in (job.learn.texts, job.texts))
        regression = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=1000))
        regression.fit(decoder.vectors(learn, job.bf16), job.learn.labels)
        return regression.predict_proba(decoder.vectors(asked, job.bf16))

    return learner
