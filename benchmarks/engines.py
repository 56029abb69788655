"""The same model in other engines: exported as ONNX, asked by ONNX Runtime and by OpenVINO, in fp32, bf16 and int8.

OpenVINO and NNCF are optional: requirements-bench.txt.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import torch

from benchmarks.silent import silent_stderr
from course_utils import CourseError

INPUTS = ("input_ids", "attention_mask")
LIBRARIES = ("onnxruntime", "openvino", "nncf")
Run = Callable[[dict[str, np.ndarray]], np.ndarray]


@dataclass(frozen=True)
class Engine:
    """What `benchmarks.batched.ask` can ask in place of a PyTorch model. `run` takes ids and mask, and gives logits."""

    run: Run

    def eval(self) -> Engine:
        """Do nothing: an engine never trains."""
        return self

    def __call__(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> dict[str, torch.Tensor]:
        given = dict(zip(INPUTS, (input_ids.numpy(), attention_mask.numpy()), strict=True))
        return {"logits": torch.from_numpy(self.run(given))}


class Exported:
    """A model as an ONNX file in `folder`, and its engines. `tweets`: texts by which int8 finds its ranges.

    Each engine raises CourseError where its library is not installed.
    """

    def __init__(self, model: torch.nn.Module, tokenizer, tweets: list[str], folder: Path):
        self.tokenizer, self.tweets = tokenizer, tweets
        self.file, self.small = folder / "fp32.onnx", folder / "int8.onnx"
        given = tokenizer(["a text", "another, longer text"], padding=True, return_tensors="pt")
        axes = {0: "batch", 1: "tokens"}
        with silent_stderr():
            torch.onnx.export(
                model,
                tuple(given[name] for name in INPUTS),
                self.file,
                dynamo=True,
                external_data=False,
                input_names=INPUTS,
                dynamic_shapes=(axes, axes),
            )

    def onnx_runtime(self) -> Engine:
        """Return ONNX Runtime in fp32."""
        return _onnx_runtime(self.file)

    def onnx_runtime_int8(self) -> Engine:
        """Return ONNX Runtime with weights in 8 bits; the other factor of each product is rounded on the way."""
        needed("onnxruntime")
        from onnxruntime.quantization import QuantType, quantize_dynamic

        with silent_stderr():
            quantize_dynamic(self.file, self.small, weight_type=QuantType.QInt8)
        return _onnx_runtime(self.small)

    def openvino(self, precision: str = "f32") -> Engine:
        """Return OpenVINO in fp32 ("f32"), or in bf16, which it chooses by itself where the processor has it."""
        return self._openvino(self._read(), precision)

    def openvino_int8_weights(self) -> Engine:
        """Return OpenVINO with the weights alone in 8 bits."""
        nncf = needed("nncf")
        with silent_stderr():
            return self._openvino(nncf.compress_weights(self._read(), mode=nncf.CompressWeightsMode.INT8_SYM))

    def openvino_int8(self) -> Engine:
        """Return OpenVINO with both factors of each product in 8 bits, their ranges taken from tweets."""
        nncf = needed("nncf")
        given = [self.tokenizer([text], truncation=True, return_tensors="np") for text in self.tweets]
        ranges = nncf.Dataset([{name: each[name] for name in INPUTS} for each in given])
        with silent_stderr():
            small = nncf.quantize(
                self._read(), ranges, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(self.tweets)
            )
        return self._openvino(small)

    def _read(self):
        return needed("openvino").Core().read_model(self.file)

    @staticmethod
    def _openvino(model, precision: str = "f32") -> Engine:
        settings = {
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
        }
        compiled = needed("openvino").Core().compile_model(model, "CPU", settings)
        return Engine(lambda given: np.array(compiled(given)[0]))


def needed(name: str):
    """Return a library. Raises CourseError where it is not installed."""
    sys.modules.setdefault("openvino_telemetry", None)  # it would report to its makers: nothing leaves this machine
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise CourseError(
            f"{name} is not installed: `.venv/bin/pip install -r requirements-bench.txt`, then the command again."
        ) from error


def versions() -> dict[str, str]:
    """Return name -> installed version of those libraries that are there."""
    found = {}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _onnx_runtime(file: Path) -> Engine:
    runtime = needed("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = runtime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return Engine(lambda given: session.run(None, given)[0])
