"""Kernels that start at once: forked from a server that has torch and transformers loaded already.

Only Linux can do that. Elsewhere, and where a run asks for fresh kernels, Jupyter starts them as it always does.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from course_tools.processes import kill_tree
from course_tools.project import ROOT
from course_utils import CourseError

NAME = "course-forked"


class ForkServer:
    """The process that kernels are forked from. Use it in a `with`."""

    def __init__(self, environment: Mapping[str, str], log: Path):
        """`environment`: what the libraries read when they are imported. `log`: where the server's own words go."""
        self.log = log
        self._lock = threading.Lock()
        self._environment = {**environment, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}

    def __enter__(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "course_tools.running.fork_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment,
                cwd=ROOT,
                text=True,
                start_new_session=True,  # Ctrl-C is for the command alone
            )
        self._answer()
        return self

    def __exit__(self, *_):
        kill_tree(self.process.pid)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, **request) -> int | float:
        """Send one request and return the answer. Raises CourseError where the server has died."""
        with self._lock:
            try:
                self.process.stdin.write(json.dumps(request) + "\n")
                self.process.stdin.flush()
            except OSError:
                pass  # it has gone: there is no answer either
            return self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise CourseError(f"The process that starts kernels has ended; see {self.log}. Run the same command again.")
        return json.loads(line)


class Forked(LocalProvisioner):
    """Launches a kernel by asking a ForkServer for it. `server` and `log` stand in the kernel spec's own stanza."""

    def __init__(self, server: ForkServer, log: str, **options):
        super().__init__(**options)
        self.server, self.kernel_log = server, log

    async def launch_kernel(self, cmd: list[str], **options):
        """Fork it. Of `cmd`, the command of the kernel spec, what comes behind the module's name matters."""
        request = {
            "kernel": cmd[cmd.index("-f") :],
            "cwd": str(options["cwd"]),
            "env": dict(options["env"]),
            "log": self.kernel_log,
        }
        self.pid = self.pgid = self.server.ask(**request)
        self.process = Child(self.pid)
        return self.connection_info


class Child:
    """The part of `subprocess.Popen` that a provisioner needs, for a process that is not our own child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._process = None

    def poll(self) -> int | None:
        """Return None while it runs, then 0: its own exit code is known to the server only."""
        alive = self._process and self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        return None if alive else 0

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        if self._process:
            self._process.wait(timeout)
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal, as long as it runs."""
        if self.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class OwnPython(KernelSpecManager):
    """Knows one kernel, the Python that runs this. A user's own kernel may have the same name, and another Python."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it, whatever is asked for."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, language="python", display_name=kernel_name)


def fork_from(server: ForkServer, kernel_spec, log: Path) -> None:
    """Let the kernel of this spec be forked. Changes the spec."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{Forked.__name__}", factory.GROUP_NAME)
    config = {"server": server, "log": str(log)}
    kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME, "config": config}
