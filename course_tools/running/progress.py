"""What a person sees while lessons run: live bars in a terminal, plain lines anywhere else."""

import time

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

QUIET_SECONDS = 15  # between two plain lines of one lesson


class Progress:
    """Shows each lesson's cells as they start, and one line when it ends. Use it in a `with`."""

    def __init__(self, console: Console | None = None):
        self.console = console or Console(highlight=False)
        self.bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[line]}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self.tasks: dict[str, int] = {}
        self.spoke: dict[str, float] = {}

    def __enter__(self):
        self.bars.start()
        return self

    def __exit__(self, *_):
        self.bars.stop()

    def started(self, name: str, cells: int) -> None:
        """A lesson starts."""
        self.tasks[name] = self.bars.add_task(name, total=cells, line="starting a kernel")
        self._plain(name, f"{name}  started, {cells} code cells")

    def cell(self, name: str, number: int, line: str) -> None:
        """A code cell starts."""
        self.bars.update(self.tasks[name], completed=number - 1, line=escape(line[:50]))
        if time.monotonic() - self.spoke[name] > QUIET_SECONDS:
            self._plain(name, f"{name}  cell {number}: {line[:60]}")

    def ended(self, run) -> None:
        """A notebook is over: one line that stays. `run` has a `result` and a `task`."""
        result, budget = run.result, run.task.budget_seconds
        if result.name in self.tasks:  # else it was not seen to start: it ran on another machine
            self.bars.remove_task(self.tasks.pop(result.name))
        mark = "[green]passed[/]" if result.status == "passed" else "[bold red]failed[/]"
        over = "  [yellow]over its budget[/]" if result.reference_seconds > budget else ""
        facts = f"{result.seconds:4.0f} s, {result.reference_seconds:4.0f} of {budget:.0f} reference seconds"
        self.console.print(f"{mark}  {result.name:<38} {facts}, {result.peak_mb / 1024:.1f} GiB{over}", soft_wrap=True)
        if result.error:
            self.console.print(f"        {escape(result.error)}", soft_wrap=True)

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self.console.print(escape(text), soft_wrap=True)

    def faults(self, name: str, faults: list[str], told: str | None = None) -> None:
        """Print what is wrong with a notebook, but for the error that `ended` has told."""
        for fault in faults:
            if fault != told:
                self.console.print(f"[bold red]failed[/]  {name}: {escape(fault)}", soft_wrap=True)

    def _plain(self, name: str, text: str) -> None:
        self.spoke[name] = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(escape(text), soft_wrap=True)
