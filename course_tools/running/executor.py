"""Executes notebooks headless with papermill: one kernel each, watched, side by side, and never left behind."""

import copy
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import papermill
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from course_tools.files import require_writable
from course_tools.processes import Watch, kill_tree, run_side_by_side
from course_tools.project import BUILD, ROOT
from course_tools.running import kernels, speed
from course_tools.running.execution import Execution, keep
from course_tools.running.progress import Progress
from course_tools.scripts import shown
from course_utils.sources import DATA

GUARD = Path(__file__).parent / "no_network"
IDLE_SECONDS = 180  # without any work of the processor: then it waits for something that does not come
BUDGETS_OF_WORK = {"laptop": 8, "smoke": 8, "full": 80}  # `full` may be on a CPU
OWN_IPYTHON = ".ipython"  # a folder for each notebook, beside its log
QUIET = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_DISABLE_TELEMETRY": "1"}


@dataclass(frozen=True)
class Task:
    """One notebook to be executed, and what its record will say of it. `budget_seconds` are reference seconds."""

    name: str
    notebook: NotebookNode
    key: dict[str, str]
    budget_seconds: float


@dataclass
class Executor:
    """Executes tasks. `folder` gets executed/PROFILE/, logs/, and cwd/, in which the notebooks write their own files.

    `jobs` notebooks at a time share the cores. `fresh`: no kernel is forked. `time_limit`: seconds of the clock for
    each, where a person asks for one; without it, only what makes no progress, or works many budgets long, is stopped.
    """

    profile: str
    progress: Progress
    jobs: int = 1
    folder: Path = BUILD
    fresh: bool = False
    time_limit: float | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    gflops: float = 0.0  # what each of the notebooks has; measured at the start, as is
    gflops_of_all: float = 0.0  # what the machine has
    where: str = "this machine"

    def __post_init__(self):
        # Who sets OMP_NUM_THREADS means it: the speed is measured with the threads that a notebook will have.
        self.threads = int(os.environ.get("OMP_NUM_THREADS") or max(1, (os.cpu_count() or 1) // self.jobs))
        self.server: kernels.ForkServer | None = None
        self._open = ExitStack()

    def __enter__(self):
        require_writable(self.executed, self.folder / "logs", self.folder / "cwd")
        if self.profile != "full" and not self.fresh and sys.platform.startswith("linux"):
            kept = self.variables(self.folder / "logs" / "kernels.network")
            self.server = self._open.enter_context(kernels.ForkServer(kept, self.folder / "logs" / "kernels.log"))
            self.gflops_of_all = self.server.ask(speed=os.cpu_count() or 1, copies=1)
            self.gflops = self.server.ask(speed=self.threads, copies=self.jobs)
        else:
            self.gflops_of_all = speed.gflops(os.cpu_count() or 1)
            self.gflops = self.gflops_of_all / self.jobs
        return self

    def __exit__(self, *_):
        self._open.close()

    @property
    def executed(self) -> Path:
        """Where the records are."""
        return self.folder / "executed" / self.profile

    def run(self, tasks: list[Task], on_result: Callable[[list[Execution]], None] = lambda results: None):
        """Execute, and return one Execution for each task, in their order. `on_result` gets all whenever one is there.

        A failure or an interrupt (KeyboardInterrupt, raised again at the end) leaves no kernel running.
        """
        results = [blank(task, self.profile, self.executed) for task in tasks]
        starts = [lambda pair=pair: Run(self, *pair) for pair in zip(tasks, results, strict=True)]
        run_side_by_side(starts, self.jobs, ended=lambda run: on_result(results))
        return results

    def start(self, task: Task) -> "Run":
        """Start one task by itself. Who starts it looks after it until it has finished."""
        return Run(self, task, blank(task, self.profile, self.executed))

    def variables(self, network_log: Path) -> dict[str, str]:
        """Return the environment of a kernel whose attempts to leave this machine go to `network_log`.

        What a person has set up for their own IPython, start-up files say, is not the lesson's.
        """
        kept = {"OMP_NUM_THREADS": str(self.threads), **os.environ, "COURSE_PROFILE": self.profile, **self.environment}
        paths = [str(ROOT), kept.get("PYTHONPATH")]
        if self.profile != "full":
            kept |= {**QUIET, "NO_NETWORK_LOG": str(network_log), "DATA_FOLDER": str(DATA)}
            paths.insert(0, str(GUARD))
        kept |= {"IPYTHONDIR": str(network_log.with_suffix(OWN_IPYTHON)), "PYTHONSTARTUP": ""}
        return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


class Run:
    """One notebook being executed, in a thread of this process and a kernel of its own."""

    def __init__(self, executor: Executor, task: Task, result: Execution):
        self.executor, self.task, self.result = executor, task, result
        self.cell, self.line, self.client, self.reason = 0, "", None, None
        self.watch: Watch | None = None
        self.started = self.moved = time.monotonic()
        self.log = executor.folder / "logs" / f"{task.name}.log"
        self.log.write_bytes(b"")
        result.path.unlink(missing_ok=True)  # what an earlier run left must not pass for this one's
        self.notebook = copy.deepcopy(task.notebook)
        self.cwd = executor.folder / "cwd" / task.name
        shutil.rmtree(self.cwd, ignore_errors=True)  # its work of an earlier run, the progress of a sheet, say
        self.cwd.mkdir(parents=True)
        self.network = self.log.with_suffix(".network")
        for old in (self.network, self._seen):
            old.unlink(missing_ok=True)
        shutil.rmtree(self.network.with_suffix(OWN_IPYTHON), ignore_errors=True)
        executor.progress.started(task.name, result.cells)
        self.thread = threading.Thread(target=self._execute, daemon=True)
        self.thread.start()

    def finished(self) -> bool:
        """Look once: measure the kernel, and stop it where it makes no progress. True when it is over."""
        if not self.thread.is_alive():
            self._end()
            return True
        self._measure()
        if reason := self._too_long():
            self.stop(reason)
            return True
        return False

    def stop(self, reason: str) -> None:
        """Stop the kernel and its children now."""
        self.reason = reason
        if pid := self._kernel():
            kill_tree(pid)
        self.thread.join(timeout=20)
        self._end()

    @property
    def _seen(self) -> Path:
        return self.network.with_name(f"{self.network.name}.seen")

    def _execute(self) -> None:
        try:
            self.notebook = papermill.execute_notebook(
                self.notebook,
                None,
                engine_name=Engine.register(),
                progress_bar=False,
                request_save_on_cell_execute=False,
                run=self,
            )
            self.result.status = "passed"
        except PapermillExecutionError as error:
            message = str(error.evalue).strip().splitlines() or [""]
            told = error.traceback or not (words := _last_words(self.notebook))
            self._fail(f"{error.ename}: {message[0]}" if told else words)
        except Exception as error:  # the kernel died, the disk is full: shown like any other failure
            message = str(error).strip().splitlines() or [""]
            self._fail(f"{type(error).__name__}: {message[0]}")

    def _fail(self, error: str) -> None:
        where = f"code cell {self.cell} of {self.result.cells} (`{self.line}`): " if self.cell else ""
        error = self.reason or error
        self.result.status = "failed"
        self.result.error = f"{where}{error.rstrip('.')}. Partial notebook: {shown(self.result.path)}"

    def _end(self) -> None:
        if pid := self._kernel():
            kill_tree(pid)
        result = self.result
        if result.status == "skipped":
            self._fail(self.reason or "it ended without a word")
        result.seconds = round(time.monotonic() - self.started, 1)
        result.reference_seconds = round(speed.reference_seconds(result.seconds, self.executor.gflops), 1)
        if self.watch:
            result.cpu_seconds, result.peak_mb = round(self.watch.cpu_seconds, 1), round(self.watch.peak_mb)
        result.network, seen = _lines(self.network), _lines(self._seen)
        result.read = sorted({line.removeprefix("read ") for line in seen if line.startswith("read ")})
        keep(result, self.notebook)
        self.executor.progress.ended(self)

    def _measure(self) -> None:
        pid = self._kernel()
        if not pid:
            return
        if self.watch is None or self.watch.pid != pid:
            self.watch = Watch(pid)
        before = self.watch.cpu_seconds
        self.watch.look()
        if self.watch.cpu_seconds > before + 0.02:
            self.moved = time.monotonic()

    def _too_long(self) -> str | None:
        now, executor = time.monotonic(), self.executor
        if executor.time_limit and now - self.started > executor.time_limit:
            return f"stopped at its time limit of {executor.time_limit:.0f} s"
        if now - self.moved > IDLE_SECONDS:
            return f"stopped after {IDLE_SECONDS} s in which it did nothing"
        slower = max(1.0, speed.REFERENCE_GFLOPS / executor.gflops_of_all)
        limit = BUDGETS_OF_WORK[executor.profile] * self.task.budget_seconds * slower * (os.cpu_count() or 1)
        if self.watch and self.watch.cpu_seconds > limit and not executor.time_limit:
            return f"stopped after {limit:.0f} s of work of the processor: a loop without an end?"
        return None

    def _kernel(self) -> int | None:
        manager = getattr(self.client, "km", None)
        process = getattr(getattr(manager, "provisioner", None), "process", None)
        return process.pid if process is not None and process.poll() is None else None


class Engine(NBClientEngine):
    """Papermill's own engine, which also tells which cell starts, and can start its kernel from a fork server."""

    @classmethod
    def register(cls) -> str:
        """Make it known to papermill, and return its name."""
        papermill_engines.register("course", cls)
        return "course"

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, run: Run, **_):
        """Execute as papermill does."""
        numbers = code_cell_numbers(nb_man.nb)
        papermill_cell_start = nb_man.cell_start

        def cell_start(cell, cell_index=None, **rest):
            if cell_index in numbers:
                run.cell, run.line, run.moved = numbers[cell_index], first_line(cell.source), time.monotonic()
                run.executor.progress.cell(run.task.name, run.cell, run.line)
            papermill_cell_start(cell, cell_index, **rest)

        nb_man.cell_start, run.notebook = cell_start, nb_man.nb
        run.client = client = PapermillNotebookClient(nb_man, kernel_name=kernel_name, startup_timeout=600)
        client.km = client.create_kernel_manager()
        client.km.kernel_spec_manager = kernels.OwnPython()
        if run.executor.server:
            kernels.fork_from(run.executor.server, client.km.kernel_spec, run.log)
        with run.log.open("ab") as log:
            return client.execute(cwd=str(run.cwd), env=run.executor.variables(run.network), stdout=log, stderr=log)


def blank(task: Task, profile: str, folder: Path) -> Execution:
    """Return the Execution of a task that has not started. `folder` is where its record is going to lie."""
    cells = sum(cell.cell_type == "code" for cell in task.notebook.cells)
    return Execution(task.name, profile, task.key, cells=cells, path=folder / f"{task.name}.ipynb")


def code_cell_numbers(notebook: NotebookNode) -> dict[int, int]:
    """Return position -> number, from 1, for each code cell."""
    positions = [position for position, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    return {position: number for number, position in enumerate(positions, 1)}


def first_line(source: str) -> str:
    """Return the first line of a cell that does something."""
    lines = [line.strip() for line in source.splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")


def _last_words(notebook: NotebookNode) -> str:
    """Return the last line of standard error: all that IPython shows of a magic that it does not know."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    lines = [line for output in outputs if output.get("name") == "stderr" for line in output.text.splitlines() if line]
    return lines[-1] if lines else ""


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
