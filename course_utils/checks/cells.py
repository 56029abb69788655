"""Listens to the cells of a notebook: whose answer failed to run, and what a restart has made unknown."""

from __future__ import annotations

import re

AFTER_RESTART = (
    "`{name}` is not there. After a restart of the kernel, nothing is. "
    "Choose Run > Run All Above Selected Cell, then run this cell again."
)


class Cells:
    """Knows which of some names were left behind by a cell that failed. Outside of IPython it knows nothing."""

    def __init__(self):
        self.names: set[str] = set()
        self.failed: dict[str, str] = {}  # name -> the error of the cell that should have made it
        self._before: dict[str, object] = {}
        try:
            from IPython import get_ipython
        except ImportError:
            return
        self._shell = get_ipython()
        if self._shell:
            self._shell.events.register("pre_run_cell", self._remember)
            self._shell.events.register("post_run_cell", self._look)

    def _remember(self, _info) -> None:
        self._before = {name: self._shell.user_ns.get(name) for name in self.names}

    def _look(self, result) -> None:
        """Note the names that the cell should have made: a failed cell leaves the older value behind."""
        error = result.error_before_exec or result.error_in_exec
        for name in self.names:
            if not makes(result.info.raw_cell, name):
                continue
            if error is not None and self._shell.user_ns.get(name) is self._before.get(name):
                self.failed[name] = type(error).__name__
            else:
                self.failed.pop(name, None)
        if isinstance(error, NameError) and getattr(error, "name", None) in {*self.names, "course", "check"}:
            print(AFTER_RESTART.format(name=error.name))


def makes(source: str, name: str) -> bool:
    """Return whether the source of a cell, which need not be valid, gives `name` a value."""
    return bool(re.search(rf"^\s*(?:(?:def|class)\s+{name}\b|{name}\s*(?::[^=\n]+)?=[^=])", source, re.M))
