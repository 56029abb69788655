"""Where a checkpoint, a dataset or a metric comes from: out of installed packages and `data/`, or from the Hub."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from course_utils.checkpoints import OFFLINE, offline_checkpoint
from course_utils.errors import CourseError
from course_utils.outline import nearest
from course_utils.tweets import prepared_folder, raw_folder

DATA = Path(__file__).resolve().parents[1] / "data"

HUB_CHECKPOINT = "bert-base-uncased"

# name -> how to find it offline (None: it is on the Hub only), and the arguments of `load_dataset` that fetch its
# public counterpart from the Hub (None: the course's own texts serve every profile)
DATASETS: dict[str, tuple[Callable[[], Path] | None, tuple[str, ...] | None]] = {
    "ag_news": (None, ("fancyzhx/ag_news",)),
    "cefr": (lambda: DATA / "cefr", ("UniversalCEFR/cefr_sp_en",)),
    "emotion": (lambda: DATA / "emotion", ("cardiffnlp/tweet_eval", "emotion")),
    "go_emotions": (None, ("google-research-datasets/go_emotions", "simplified")),
    "imdb": (None, ("stanfordnlp/imdb",)),
    "raw_tweets": (raw_folder, None),
    "snli": (None, ("stanfordnlp/snli",)),
    "tweets": (prepared_folder, ("cardiffnlp/tweet_eval", "sentiment")),
    "wikiann": (None, ("unimelb-nlp/wikiann", "en")),
}
WRITTEN = (
    "answers",
    "dialogues",
    "helpdesk",
    "messages",
    "requests",
    "reviews",
    "scenarios",
    "sentences",
    "stance",
    "textbook",
    "two_guides",
    "where_when",
)
DATASETS |= {name: (partial(DATA.joinpath, name), None) for name in WRITTEN}


def hub_folder() -> Path | None:
    """Return the folder that stands in for the Hub's datasets, laid out as `datasets/OWNER/NAME`, or None.

    It is the environment variable COURSE_HUB. Raises CourseError where that names no such folder.
    """
    if not os.environ.get("COURSE_HUB"):
        return None
    folder = Path(os.environ["COURSE_HUB"]).expanduser().resolve()
    if not (folder / "datasets").is_dir():
        raise CourseError(
            f"The environment variable COURSE_HUB names {folder}, and there is no folder `datasets` in it. "
            "Set it to a folder that holds datasets/OWNER/NAME, or unset it to use the Hub itself."
        )
    return folder


def checkpoint(profile: str, wanted: str | None = None, full: str = HUB_CHECKPOINT) -> str:
    """Return what `from_pretrained` takes: a verified folder, or a name on the Hub (in `full`: `full`).

    `wanted`, or else the environment variable COURSE_CHECKPOINT, replaces the profile's own choice. The word "offline"
    stands for the checkpoint in the package.
    """
    wanted = wanted or os.environ.get("COURSE_CHECKPOINT")
    if wanted and wanted != "offline":
        return wanted
    return full if profile == "full" and not wanted else offline_checkpoint()


def published_name(checkpoint: str) -> str:
    """Return what a checkpoint is called on the Hub: a folder says nothing to the reader of a model card."""
    return OFFLINE.hub if OFFLINE.package in checkpoint else checkpoint


def dataset(name: str, profile: str) -> tuple[str, ...]:
    """Return what `load_dataset(*...)` takes for a dataset of the course: a local folder, or in `full` a Hub name.

    Raises CourseError for an unknown name, for a dataset that is on the Hub only outside of `full`, and where
    COURSE_HUB is set and lacks the dataset.
    """
    arguments, find_offline = on_the_hub(name), DATASETS[name][0]
    if profile == "full" and arguments:
        return _in_the_hub_folder(*arguments) if hub_folder() else arguments
    if find_offline is None:
        raise CourseError(f"The dataset {name!r} is on the Hub only. Choose the profile 'full' to use it.")
    return (str(find_offline()),)


def on_the_hub(name: str) -> tuple[str, ...] | None:
    """Return the arguments of `load_dataset` for the public counterpart of a dataset, or None where it has none.

    Raises CourseError for an unknown name.
    """
    if name not in DATASETS:
        raise CourseError(f"There is no dataset {name!r} in this course. {nearest(name, DATASETS)}")
    return DATASETS[name][1]


def metric(name: str) -> str:
    """Return what `evaluate.load` takes: a folder of this project, in every profile.

    By name, `evaluate` would fetch Python code from the Hub without a checksum, and say nothing of a broken connection.
    Raises CourseError for an unknown name.
    """
    folders = {path.name: path for path in (DATA / "metrics").iterdir() if path.is_dir()}
    if name not in folders:
        raise CourseError(f"There is no metric {name!r} in this course. {nearest(name, sorted(folders))}")
    return str(folders[name])


def _in_the_hub_folder(repository: str, *arguments: str) -> tuple[str, ...]:
    here = hub_folder() / "datasets"
    if not (here / repository).is_dir():
        raise CourseError(
            f"COURSE_HUB is set, and {here} has no {repository}. Copy that dataset there, or unset COURSE_HUB."
        )
    return str(here / repository), *arguments
