"""A process that has the heavy libraries loaded, and forks kernels from itself: a start takes no seconds (Linux only).

    python -m course_tools.running.fork_server

Reads one request in JSON a line, and answers each with one line. `{"kernel": ARGUMENTS, "cwd": ..., "env": ...,
"log": ...}` becomes a kernel, the answer is its process number. `{"speed": THREADS, "copies": N}` measures this machine
with N processes side by side; the answer is what one of them reached, in GFLOP/s.
"""

import contextlib
import gc
import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
import types

PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "numpy",
    "pandas",
    "scipy.stats",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.pipeline",
    "torch",
    "torch.utils.data",
    "transformers",
    "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto",
    "transformers.models.bert.modeling_bert",
    "transformers.trainer",
    "datasets",
    "evaluate",
    "peft",
    "course_tools.running.speed",
)
BEFORE_A_NOTEBOOK = 2  # so many of them stand on their own; the others ask when they are imported where they are


def main() -> None:
    """Serve until standard input ends."""
    del sys.path[0]  # the folder that this server was started in
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an import prints is no answer
    for name in PRELOADED[:BEFORE_A_NOTEBOOK]:
        importlib.import_module(name)
    with _as_in_a_notebook():
        for name in PRELOADED[BEFORE_A_NOTEBOOK:]:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # the children share these pages
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer = measure(request["speed"], request["copies"]) if "speed" in request else start_kernel(request)
        print(json.dumps(answer), file=answers, flush=True)


def start_kernel(request: dict) -> int:
    """Fork a kernel, and return its process number when it leads a session of its own."""
    ours, childs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(childs)
        with os.fdopen(ours) as ready:
            ready.read()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the children
        return pid
    os.close(ours)
    status = 1
    try:
        os.setsid()
        os.close(childs)
        _become_kernel(request)
        status = 0
    finally:
        _flush()
        os._exit(status)


def _become_kernel(request: dict) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    threading.Thread(target=_end_with_the_server, args=(os.getppid(),), daemon=True).start()
    nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    sys.argv = ["ipykernel_launcher", *request["kernel"]]
    _seed_anew()
    from ipykernel.kernelapp import IPKernelApp

    old = sys.stdout, sys.stderr
    kernel = IPKernelApp.instance()
    kernel.initialize(sys.argv[1:])
    _log_into_the_notebook(old)
    kernel.start()


@contextlib.contextmanager
def _as_in_a_notebook():
    """Let libraries that look for a kernel when they are imported (tqdm, transformers) find one: it will be there."""
    import IPython

    real = IPython.get_ipython
    IPython.get_ipython = lambda: types.SimpleNamespace(config={"IPKernelApp": {}})
    try:
        yield
    finally:
        IPython.get_ipython = real


def _log_into_the_notebook(old: tuple) -> None:
    """Turn the handlers that libraries made in the server to the streams of the kernel."""
    loggers = [logging.root, *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        if isinstance(handler, logging.StreamHandler) and handler.stream in old:
            handler.setStream(sys.stderr)
            handler.flush = sys.stderr.flush


def _seed_anew() -> None:
    """Give the child random numbers and threads of its own, as a process that was not forked has them."""
    import numpy

    numpy.random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()
        sys.modules["torch"].set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1))


def _end_with_the_server(server: int) -> None:
    """ipykernel has such a watch, too, but reads whose end it waits for when it is imported: in the server."""
    while os.getppid() == server:
        time.sleep(1)
    os._exit(1)


def measure(threads: int, copies: int) -> float:
    """Return what one of so many processes side by side reaches, in GFLOP/s: the slowest counts."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pipes = []
    for _ in range(copies):
        ours, childs = os.pipe()
        if not (pid := os.fork()):
            from course_tools.running.speed import gflops

            os.write(childs, str(gflops(threads)).encode())
            os._exit(0)
        os.close(childs)
        pipes.append((pid, ours))
    found = []
    for pid, ours in pipes:
        with os.fdopen(ours) as pipe:
            found.append(float(pipe.read() or "nan"))
        os.waitpid(pid, 0)
    return min(found)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


if __name__ == "__main__":
    main()
