"""Starts the processes of this lesson, finds out where they listen, and ends them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOOPBACK = "lo0" if sys.platform == "darwin" else "lo"  # what this machine calls the network of itself
QUIET = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "TRANSFORMERS_VERBOSITY": "error"}
QUIET |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1"}
HERE = {"GLOO_SOCKET_IFNAME": LOOPBACK, "HF_HUB_DISABLE_XET": "1"}  # processes that train talk here; our Hub has no Xet


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, with the course to be found from anywhere, and some settings."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **QUIET, **HERE, "PYTHONPATH": os.pathsep.join(paths), **more}


class Service:
    """The web service of `service.py`, in a process of its own until `stop`. It starts in the background."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.start()

    def start(self) -> None:
        """Start it. It ends with whoever started it, at the latest."""
        command = [sys.executable, "-m", "lessons.serve_and_scale.service", str(self.folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process, self._url = subprocess.Popen(command, env=environment(), **pipes), ""

    @property
    def url(self) -> str:
        """Where it listens. The first time, this waits until it does. After `stop`, it starts again."""
        if self.process.poll() is not None:
            self.start()
        if not self._url:
            port = self.process.stdout.readline().strip()
            if not port:
                raise RuntimeError("the service ended before it listened")
            self._url = f"http://127.0.0.1:{port}"
        return self._url

    def stop(self) -> None:
        """End it: its standard input is closed."""
        if self.process.poll() is None:
            self.process.communicate()


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        return place.getsockname()[1]


@contextmanager
def running_app(folder: Path, **settings: str) -> Iterator[str]:
    """Run `app.py` of a folder while the block lasts, and give its address."""
    port = free_port()
    settings |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_SERVER_PORT": str(port)}
    settings |= {"GRADIO_SERVER_NAME": "127.0.0.1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=environment(**settings), **quiet)
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(process.stderr.read()[-500:])
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


def run(*command: str, **settings: str) -> str:
    """Run a command, `python` meaning this one, and return what it printed. Raises RuntimeError where it fails."""
    command = [sys.executable if word == "python" else word for word in command]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(**settings), timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    return done.stdout


def run_together(*commands: list[str], **settings: str) -> list[str]:
    """Run some commands at the same time, and return what each printed. If one fails, all are ended."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment(**settings)}
    started = []
    try:
        for command in commands:
            words = [sys.executable if word == "python" else word for word in command]
            started.append(subprocess.Popen(words, **pipes))
        said = [process.communicate(timeout=300) for process in started]
        for process, (_, error) in zip(started, said, strict=True):
            if process.returncode:
                raise RuntimeError(error[-1500:])
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                process.wait()
    return [out for out, _ in said]


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
