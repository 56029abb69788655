"""In the kernel of a submission: what a cell has upset by accident is set right when it has run."""

import builtins
import os
import sys
import warnings

LIBRARIES = ("math", "numpy", "pandas", "torch")


def forgive(shell) -> None:
    """After each cell of this IPython shell, put back what all cells need: streams, settings, and names.

    What a cell adds stays: an entry of `sys.path`, a name of its own.
    """
    streams, home, path = (sys.stdout, sys.stderr), os.getcwd(), list(sys.path)
    kept = {builtins: dict(vars(builtins))}
    names = {}
    for stream in streams:
        stream.close = lambda: None  # nothing opens it again

    def remember(_info) -> None:
        names.clear()
        names.update(shell.user_ns)

    def put_back(_result) -> None:
        sys.stdout, sys.stderr = streams
        sys.path += [place for place in path if place not in sys.path]
        _require_folder(home)
        _require_names(shell, names)
        for library in filter(None, map(sys.modules.get, LIBRARIES)):
            kept.setdefault(library, dict(vars(library)))
        for module, known in kept.items():
            vars(module).update(known)
        _reset_libraries()

    shell.events.register("pre_run_cell", remember)
    shell.events.register("post_run_cell", put_back)


def _require_folder(home: str) -> None:
    """Where the working folder was removed, make the first one again."""
    try:
        os.getcwd()
    except FileNotFoundError:
        os.makedirs(home, exist_ok=True)
        os.chdir(home)


def _require_names(shell, before: dict) -> None:
    """Where a cell has deleted most names (`%reset`), give those back that it did not make anew."""
    gone = before.keys() - shell.user_ns.keys()
    visible = {name for name in before if not name.startswith("_") and name not in shell.user_ns_hidden}
    if len(gone & visible) > len(visible) / 2:
        shell.user_ns.update({name: before[name] for name in gone})


def _reset_libraries() -> None:
    """Set back what makes other code fail: warnings and numbers that raise, another kind of tensors."""
    warnings.filters[:] = [each for each in warnings.filters if each[0] != "error"]
    if numpy := sys.modules.get("numpy"):
        numpy.seterr(all="warn", under="ignore")
    if torch := sys.modules.get("torch"):
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        torch.set_grad_enabled(True)
