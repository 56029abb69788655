"""How much memory a training step takes at its worst moment: read on a GPU, counted elsewhere."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class PeakMemory(TorchDispatchMode):
    """Count the bytes of all tensors alive inside a `with` block; `peak_mb` is the most at any moment, in MB (10^6).

    `modules` are counted from the beginning. On CUDA the number is PyTorch's own, `torch.cuda.max_memory_allocated`.
    Elsewhere each operation's results are counted when they are made, and forgotten when PyTorch frees them. What an
    operation needs inside itself is not seen there, nor is what Python and the libraries take.
    """

    def __init__(self, *modules: torch.nn.Module, device: torch.device | str = "cpu"):
        super().__init__()
        self._cuda = torch.device(device).type == "cuda"
        self._sizes: dict[weakref.ref, int] = {}
        self._now = self._peak = 0
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()
        for module in modules:
            self._watch([*module.parameters(), *module.buffers()])

    @property
    def peak_mb(self) -> float:
        """The largest sum of bytes so far, in MB."""
        return (torch.cuda.max_memory_allocated() if self._cuda else self._peak) / 1e6

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if not self._cuda:
            self._watch(tree_leaves(result))
        return result

    def _watch(self, values) -> None:
        for value in values:
            if isinstance(value, torch.Tensor):
                storage = value.untyped_storage()  # views share one
                reference = weakref.ref(storage, self._forget)
                if reference not in self._sizes:
                    self._sizes[reference] = storage.nbytes()
                    self._now += storage.nbytes()
                    self._peak = max(self._peak, self._now)

    def _forget(self, reference: weakref.ref) -> None:
        self._now -= self._sizes.pop(reference)


@contextmanager
def dry_run(model: torch.nn.Module, device: torch.device | str = "cpu") -> Iterator[None]:
    """Run the block without arithmetic: every tensor, the model's weights too, has shape and type, but no numbers.

    For planning: a step that would take minutes, or would not fit, takes a second. The model has lost its numbers
    afterwards. On CUDA nothing is changed, and the block runs for real.
    """
    if torch.device(device).type == "cuda":
        yield
        return
    mode = FakeTensorMode()
    for module in model.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            fake = torch.nn.Parameter(mode.from_tensor(weight.data), requires_grad=weight.requires_grad)
            setattr(module, name, fake)
        for name, values in list(module.named_buffers(recurse=False)):
            setattr(module, name, mode.from_tensor(values))
    with mode:
        yield
