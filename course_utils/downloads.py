"""What `full` needs from the Hub for each lesson: said in MB, fetched before the lesson starts, held against checksums.

So a lesson stops at its first cell, with a sentence, or not at all because of the network.
"""

from __future__ import annotations

import contextlib
import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils import checkpoints, hub, outline, sources
from course_utils.errors import CourseError

MODEL_FILES = (
    "README.md",
    "config.json",
    "generation_config.json",
    "chat_template.jinja",
    "tokenizer*.json",
    "special_tokens_map.json",
    "vocab.txt",
    "*.safetensors",
)
UNPACKED = 2  # `datasets` keeps what it fetched, and the same again, unpacked
SPARE_MB = 200


@dataclass(frozen=True)
class Needs:
    """What a lesson asks the Hub for: a checkpoint and perhaps others, and the arguments of each `load_dataset`."""

    checkpoint: str = sources.HUB_CHECKPOINT
    others: tuple[str, ...] = ()
    datasets: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Repository:
    """Some files of one repository on the Hub: how many bytes they are, how many of those are here, what is missing."""

    kind: str
    name: str
    patterns: tuple[str, ...]
    size: int = 0
    here: int = 0
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.size / 1e6:,.0f} MB"


def needs_of(lesson: str) -> Needs:
    """Return what a lesson asks the Hub for, as the part `full` of its `lesson.toml` says. `lesson`: its slug."""
    found = outline.entry(lesson)
    full = found.full if found else {}
    datasets = (sources.on_the_hub(name) for name in full.get("datasets", []))
    others = found.models if found and checkpoints.on_the_hub("full") else []
    return Needs(
        checkpoint=full.get("checkpoint", sources.HUB_CHECKPOINT),
        others=tuple(checkpoints.PACKAGES[name].hub for name in others),
        datasets=tuple(each for each in datasets if each),
    )


def fetch(lesson: str) -> None:
    """Fetch what a lesson needs, after a line that says how much it is.

    Raises CourseError with the cause and the way out, also where the disk has too little space for it.
    """
    needs = needs_of(lesson)
    _fetch_all(repositories(needs))
    for arguments in needs.datasets:
        if not sources.hub_folder():
            prepare(arguments)


def fetch_checkpoint(name: str) -> None:
    """Fetch one checkpoint as `fetch` does, unless it is a folder."""
    _fetch_all(_checkpoint(name))


def _fetch_all(wanted: list[Repository]) -> None:
    wanted = [looked_up(repository) for repository in wanted]
    require_disk(announce(wanted))
    for repository in wanted:
        fetch_repository(repository)


def repositories(needs: Needs) -> list[Repository]:
    """Return what is to be asked of the Hub: nothing that a folder or a package stands in for."""
    names = [sources.checkpoint("full", full=needs.checkpoint), *needs.others]
    found = [repository for name in names for repository in _checkpoint(name)]
    if sources.hub_folder():
        return found
    for name, *config in needs.datasets:
        patterns = ("README.md", f"{config[0]}/*") if config else ("*",)
        found.append(Repository("dataset", name, patterns))
    return found


def _checkpoint(name: str) -> list[Repository]:
    return [] if Path(name).is_dir() else [Repository("model", name, MODEL_FILES)]


def looked_up(repository: Repository) -> Repository:
    """Return a repository with its sizes. Raises CourseError where the Hub does not give it."""
    from huggingface_hub import HfApi, try_to_load_from_cache

    kind, name = repository.kind, repository.name
    with _explained(name):
        info = hub.patiently(lambda: HfApi().repo_info(name, repo_type=kind, files_metadata=True, timeout=10))
    files = {
        file.rfilename: file.size or 0
        for file in info.siblings
        if any(fnmatch.fnmatch(file.rfilename, pattern) for pattern in repository.patterns)
    }
    cached = {
        file for file in files if isinstance(try_to_load_from_cache(name, file, repo_type=kind, revision=info.sha), str)
    }
    size, here = sum(files.values()), sum(files[file] for file in cached)
    return replace(repository, size=size, here=here, missing=tuple(file for file in files if file not in cached))


def announce(wanted: list[Repository]) -> float:
    """Say what will be fetched, and return how many MB of it are not here yet."""
    missing_mb = sum(repository.size - repository.here for repository in wanted) / 1e6
    if missing_mb:
        print(f"From the Hub: {', '.join(map(str, wanted))}; {missing_mb:,.0f} MB are not here yet.")
    return missing_mb


def require_disk(missing_mb: float) -> None:
    """Raise CourseError where the disk has too little space for what will be fetched."""
    if hub.free_mb() < needed_mb(missing_mb):
        raise CourseError(
            f"The disk has {hub.free_mb():,.0f} MB left at {hub.cache_folder()}, "
            f"and this lesson fetches {missing_mb:,.0f} MB. "
            f"Free some space, or set HF_HOME to a folder on another disk. {hub.LAPTOP}"
        )


def needed_mb(missing_mb: float) -> float:
    """Return the free space that is enough to fetch so much and to work with it."""
    return missing_mb * UNPACKED + SPARE_MB if missing_mb else 0


def fetch_repository(repository: Repository) -> None:
    """Fetch the files that are not here yet, one after the other, and hold all of them against the Hub's checksums."""
    with _explained(repository.name):
        for file in repository.missing:
            _fetch_file(repository, file)
        spoilt = _spoilt(repository)
        for file in spoilt:
            _fetch_file(repository, file, again=True)
        spoilt = spoilt and _spoilt(repository)
    if spoilt:
        raise CourseError(
            f"{repository.name} came changed from {hub.address()}: {', '.join(spoilt)} is not what the Hub says it is. "
            f"Something between you and the Hub changes files, a proxy perhaps. Use another network. {hub.LAPTOP}"
        )


def _spoilt(repository: Repository) -> list[str]:
    from huggingface_hub import HfApi

    checked = hub.patiently(lambda: HfApi().verify_repo_checksums(repository.name, repo_type=repository.kind))
    return [mismatch["path"] for mismatch in checked.mismatches]


def _fetch_file(repository: Repository, file: str, again: bool = False) -> None:
    from huggingface_hub import hf_hub_download

    kind, name = repository.kind, repository.name
    hub.patiently(lambda: hf_hub_download(name, file, repo_type=kind, force_download=again))


def prepare(arguments: tuple[str, ...]) -> None:
    """Let `datasets` unpack a dataset, so that a copy that it cannot read is found before the lesson starts."""
    from datasets import config, load_dataset

    try:
        hub.patiently(lambda: load_dataset(*arguments))
    except Exception as error:
        if hub.status(error) or hub.may_pass(error) or isinstance(error, OSError):
            raise hub.as_course_error(error, arguments[0]) from error
        raise CourseError(
            f"{arguments[0]} is here and cannot be read ({hub.explained(error)}). "
            "Another version of `datasets` may have unpacked it. "
            f"Delete the folder {config.HF_DATASETS_CACHE} and run this cell again."
        ) from error


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except CourseError:
        raise
    except Exception as error:
        raise hub.as_course_error(error, name) from error
