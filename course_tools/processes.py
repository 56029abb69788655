"""Processes and what they use: watched, ended with all their children, and several of them side by side."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol

import psutil

POLL_SECONDS = 0.1


class Job(Protocol):
    """Something that runs by itself and is looked at now and then."""

    def finished(self) -> bool:
        """Look at it once. True when it is over."""

    def stop(self, reason: str) -> None:
        """End it now, with all that it started."""


def run_side_by_side(
    starts: Iterable[Callable[[], Job]], at_a_time: int, ended: Callable[[Job], None] = lambda job: None
) -> None:
    """Start jobs, so many at a time, until all are over; `ended` gets each of them then.

    An error or an interrupt (KeyboardInterrupt) stops those that run, and is raised again.
    """
    waiting, running = list(starts), []
    try:
        while waiting or running:
            while waiting and len(running) < at_a_time:
                running.append(waiting.pop(0)())
            time.sleep(POLL_SECONDS)
            for job in [job for job in running if job.finished()]:
                running.remove(job)
                ended(job)
    except BaseException as reason:
        for job in running:
            job.stop("interrupted by Ctrl-C" if isinstance(reason, KeyboardInterrupt) else f"stopped: {reason}")
            ended(job)
        raise


class Watch:
    """What a process and its children use: MiB now (`now_mb`) and at the worst moment seen, `cpu_seconds` up to now."""

    def __init__(self, pid: int):
        self.pid, self.peak_mb, self.now_mb, self.processes = pid, 0.0, 0.0, 0
        self._spent: dict[tuple[int, float], float] = {}

    @property
    def cpu_seconds(self) -> float:
        """Seconds of the processor, those of children that have ended included as far as they were seen."""
        return sum(self._spent.values())

    def look(self) -> None:
        """Look once. A process that has gone changes nothing."""
        used, family = 0, family_of(self.pid)
        for process in family:
            try:
                with process.oneshot():
                    used += process.memory_info().rss
                    times = process.cpu_times()
                    self._spent[process.pid, process.create_time()] = times.user + times.system
            except psutil.Error:
                continue
        self.processes = len(family)
        self.now_mb = used / 2**20
        self.peak_mb = max(self.peak_mb, self.now_mb)


def family_of(pid: int) -> list[psutil.Process]:
    """Return a process with all its children and grandchildren, or nothing where it is gone."""
    try:
        parent = psutil.Process(pid)
        return [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return []


def kill_tree(pid: int) -> None:
    """End a running process with all its children and grandchildren, at once."""
    family = family_of(pid)
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)
