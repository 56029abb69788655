"""In the kernel of a submission: what a cell has upset by accident is set right when it has run."""

import builtins
import os
import sys

LIBRARIES = ("math", "numpy", "pandas", "torch")


def forgive(shell) -> None:
    """After each cell of this IPython shell, put back streams, settings of torch, and names of libraries."""
    streams, home = (sys.stdout, sys.stderr), os.getcwd()
    kept = {builtins: dict(vars(builtins))}

    def put_back(_result) -> None:
        sys.stdout, sys.stderr = streams
        _require_folder(home)
        for library in filter(None, map(sys.modules.get, LIBRARIES)):
            kept.setdefault(library, dict(vars(library)))
        for module, names in kept.items():
            vars(module).update(names)
        if torch := sys.modules.get("torch"):
            torch.set_default_dtype(torch.float32)
            torch.set_grad_enabled(True)

    shell.events.register("post_run_cell", put_back)


def _require_folder(home: str) -> None:
    """Where the working folder was removed, make the first one again."""
    try:
        os.getcwd()
    except FileNotFoundError:
        os.makedirs(home, exist_ok=True)
        os.chdir(home)
