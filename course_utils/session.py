"""`start(lesson, profile)`: the first call of every lesson."""

from __future__ import annotations

import os
import random
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from course_utils import checkpoints, devices, downloads, hub, sources
from course_utils.checkpoints import Checkpoint
from course_utils.errors import CourseError
from course_utils.records import SESSION_MIME, record, show

if TYPE_CHECKING:
    import torch

PROFILES = ("laptop", "full", "smoke")
SEED = 42
T = TypeVar("T")


@dataclass(frozen=True)
class Session:
    """What a lesson asks for: the profile, the device, and where checkpoints, datasets and metrics come from."""

    lesson: str
    profile: str
    device: torch.device
    checkpoint: str
    seed: int
    workdir: Path

    def dataset(self, name: str) -> tuple[str, ...]:
        """Return the arguments of `load_dataset` for a dataset of the course, as in `load_dataset(*dataset(name))`."""
        return sources.dataset(name, self.profile)

    def metric(self, name: str) -> str:
        """Return the argument of `evaluate.load` for a metric."""
        return sources.metric(name)

    def pick_checkpoint(self, wanted: str | None, *, full: str) -> str:
        """Return `wanted`, else COURSE_CHECKPOINT, else the offline checkpoint, or in `full` the one named there."""
        checkpoint = sources.checkpoint(self.profile, wanted, full)
        if wanted and self.profile == "full":
            downloads.fetch_checkpoint(checkpoint)
        return checkpoint

    def checkpoint_named(self, name: str) -> Checkpoint:
        """Return the checkpoint "multilingual" or "generative", for `from_pretrained(found.name, **found.options)`."""
        found = checkpoints.named(name, self.profile)
        if self.profile == "full" and found.name not in downloads.needs_of(self.lesson).others:
            downloads.fetch_checkpoint(found.name)  # the others were fetched at the start
        return found

    def published_name(self, checkpoint: str) -> str:
        """Return what a checkpoint is called on the Hub: what a model card should name."""
        return sources.published_name(checkpoint)

    def pick(self, *, laptop: T, full: T, smoke: T) -> T:
        """Return the value meant for this profile: a number of rows or of epochs, say.

        The environment variable COURSE_SIZES names another profile to take the values of: `full` with the sizes of
        `smoke` tries the Hub and the GPU in a few steps.
        """
        sizes = os.environ.get("COURSE_SIZES") or self.profile
        if sizes not in PROFILES:
            raise CourseError(f"COURSE_SIZES is {sizes!r}. Set it to one of: {', '.join(PROFILES)}, or unset it.")
        return {"laptop": laptop, "full": full, "smoke": smoke}[sizes]

    record = staticmethod(record)


def start(lesson: str, profile: str = "auto") -> Session:
    """Choose profile and device, set every seed, quiet the logs, print a small table, and return the Session.

    `profile` is laptop, full, smoke or auto. Auto is the environment variable COURSE_PROFILE where it is set, else
    `full` where CUDA and the Hub are there, else `laptop`.

    Raises CourseError for an unknown profile, for `full` without the Hub, and for a missing or damaged checkpoint.
    """
    profile, reason = resolve_profile(profile)
    _quiet()
    if profile == "full":
        hub.use_plain_http()
    _set_hub_access(allowed=profile == "full")
    seed_everything(SEED)
    _one_thread_for_blas()
    device = devices.choose_device()
    workdir = Path("work") / lesson
    try:
        workdir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(
            f"The folder {workdir} cannot be made in {Path.cwd()} ({error.strerror}). "
            "Start Jupyter in a folder that you may write in, or free some disk space."
        ) from error
    checkpoint = sources.checkpoint(profile, full=downloads.needs_of(lesson).checkpoint)
    session = Session(lesson, profile, device, checkpoint, SEED, workdir)
    _print_table(session, reason)
    if profile == "full":
        downloads.fetch(lesson)
    return session


def resolve_profile(profile: str) -> tuple[str, str]:
    """Return the profile to use and, in a few words, why. Raises CourseError as `start` does."""
    wanted, reason = profile, "as asked"
    if profile == "auto":
        wanted = os.environ.get("COURSE_PROFILE", "auto")
        reason = "set by COURSE_PROFILE"
    if wanted == "auto" or (profile == "auto" and wanted == "laptop" and not _has_gpu()):  # it would be the same
        return _automatic_profile()
    if wanted not in PROFILES:
        raise CourseError(f"There is no profile {wanted!r}. Choose one of: auto, {', '.join(PROFILES)}.")
    if wanted == "full":
        _require_hub()
    return wanted, reason


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and PyTorch's random numbers, on every device."""
    import numpy
    import torch

    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)


def _one_thread_for_blas() -> None:
    """Keep NumPy's and SciPy's products to one thread: scikit-learn's small ones are up to 20 times faster so.

    PyTorch's threads are its own, and stay.
    """
    from threadpoolctl import threadpool_limits

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for a library that is not loaded yet
    threadpool_limits(1, user_api="blas")


def _automatic_profile() -> tuple[str, str]:
    if not _has_gpu():
        return "laptop", "auto: no CUDA GPU here"
    problem = hub.problem()
    if problem:
        return "laptop", f"auto: a GPU is here, but the Hub is not ({problem})"
    return "full", "auto: a GPU and the Hub are here"


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def _require_hub() -> None:
    problem = None if sources.hub_folder() else hub.problem()
    if problem:
        raise CourseError(
            f"The profile 'full' needs the Hugging Face Hub, and {hub.address()} cannot be used: "
            f"{problem}. {hub.LAPTOP}"
        )


def _quiet() -> None:
    """Silence what is no news to a reader. Warnings of the libraries stay: lessons explain them."""
    warnings.filterwarnings("ignore", message=".*pin_memory.*")  # Trainer's default, harmless without a GPU
    warnings.filterwarnings("ignore", message=".*null_placement.*")  # `datasets` has yet to follow pyarrow 25
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")  # a name that PEFT has yet to change
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_UPDATE_DOWNLOAD_COUNTS", "0")


def _set_hub_access(allowed: bool) -> None:
    """Switch the Hub off outside `full`, so that a wrong name fails at once instead of going to look for it."""
    if allowed:
        return
    late = [name for name in ("huggingface_hub", "transformers", "datasets") if name in sys.modules]
    if late and os.environ.get("HF_HUB_OFFLINE") != "1":
        raise CourseError(f"{late[0]} was imported before the start cell. Restart the kernel and run from the top.")
    os.environ["HF_HUB_OFFLINE"] = "1"


def _print_table(session: Session, reason: str) -> None:
    offline = checkpoints.OFFLINE.package in session.checkpoint
    rows = {
        "lesson": session.lesson,
        "profile": f"{session.profile} ({reason})",
        "device": devices.describe(session.device),
        "checkpoint": "all-MiniLM-L6-v2, offline, checksum right" if offline else session.checkpoint,
        "seed": str(session.seed),
    }
    table = "\n".join(f"{name:<11} {value}" for name, value in rows.items())
    show(table, SESSION_MIME, {"profile": session.profile, "device": str(session.device)})
