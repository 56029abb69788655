"""What can go wrong between a student and the Hub: each fault ends in one sentence with its cause and the way out."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

import pytest

from course_tools.grading import isolate
from course_tools.project import BUILD, ROOT
from course_utils.checkpoints import OFFLINE
from tests.local_hub.faults import Changes, Cuts, Fault, Refuses, Shortens, Stalls
from tests.processes import HEARING

LESSON = "case_cefr"
START = f"from course_utils import start\nstart({LESSON!r}, 'full')\nprint('STARTED')"
LARGE, FILES, EVERYTHING = "^/cdn/", "/resolve/", "."
HANGS_SECONDS = 600  # a silence of the Hub ends after some tries of a second each; this is no limit but a rescue
TABLE = BUILD / "hub" / "faults.json"  # conftest.py prints it when all tests are over
pytestmark = pytest.mark.nightly


@pytest.fixture
def begin(hub, tmp_path):
    """A function that begins a notebook's first cell in a process of its own, on an empty cache."""

    def begin(code: str = START, before: tuple = (), **environment) -> subprocess.Popen:
        silent = any(isinstance(fault, Stalls) for fault in hub.faults)  # elsewhere a busy machine may take its time
        short = {"HF_HUB_DOWNLOAD_TIMEOUT": "1", "HF_HUB_ETAG_TIMEOUT": "1"} if silent else {}
        kept = {**hub.environment(tmp_path / "home"), "PYTHONPATH": str(ROOT), **short, **environment}
        command = [*before, sys.executable, "-c", code]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=tmp_path, env=kept, **pipes, **HEARING)

    return begin


@dataclass(frozen=True)
class Outcome:
    """How a first cell ended: what it printed, its last line of error, and the seconds it took."""

    printed: str
    error: str
    seconds: float


def ended(process: subprocess.Popen) -> Outcome:
    """Wait for a first cell; a hang is a failure."""
    started = time.monotonic()
    try:
        printed, errors = process.communicate(timeout=HANGS_SECONDS)
    finally:
        process.kill()
    lines = [line for line in errors.strip().splitlines() if line.strip()]
    return Outcome(printed, lines[-1] if process.returncode and lines else "", time.monotonic() - started)


def note(name: str, outcome: Outcome) -> None:
    """Keep a row of the table."""
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    rows = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {}
    rows[name] = outcome.error.removeprefix("course_utils.errors.CourseError: ") or "goes on, and starts"
    TABLE.write_text(json.dumps(rows), encoding="utf-8")


@dataclass(frozen=True)
class Case:
    """Faults on order, and the words that a student must get."""

    faults: list[Fault]
    words: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


GATED = {"code": 401, "error": "GatedRepo", "message": "Access to it is restricted."}
GONE = {"code": 404, "error": "RepoNotFound", "message": "Repository not found"}
STOPS = {
    "a gated repository (401)": Case([Refuses(FILES, **GATED)], ("accept their conditions", "hf auth login")),
    "a slip in the name (401)": Case([], ("nothing public has that name",), {"COURSE_CHECKPOINT": "someone/no-model"}),
    "a repository that is gone (404)": Case([Refuses("^/api/models", **GONE)], ("nothing public has that name",)),
    "a token that has ended (401)": Case([Refuses("^/api", code=401)], ("token may have ended", "hf auth login")),
    "too many requests (429)": Case(
        [Refuses("^/api", code=429, headers={"Retry-After": "77"})], ("429", "wait 77 seconds", "log in")
    ),
    "503 for ever": Case([Refuses(EVERYTHING, code=503)], ("error 503", "try again")),
    "503 for ever, files only": Case([Refuses(LARGE, code=503)], ("error 503", "try again")),
    "silence": Case([Stalls(EVERYTHING)], ("went silent", "try again")),
    "silence in the middle of a file": Case([Stalls(LARGE, after=1000)], ("went silent", "try again")),
    "a connection that breaks for ever": Case([Cuts(LARGE, after=0)], ("connection broke", "try again")),
    "a file cut short": Case([Shortens(LARGE)], ("cut short", "another network")),
    "a file whose bytes changed": Case([Changes(LARGE)], ("came changed", "model.safetensors")),
}
GOES_ON = {
    "500 once, first of all": [Refuses(EVERYTHING, times=1)],
    "500 once, in the list of files": [Refuses("^/api", times=1)],
    "500 once, for a file": [Refuses(FILES, times=1, methods=("HEAD",))],
    "500 once, for a large file": [Refuses(LARGE, times=1, methods=("GET",))],
    "silence once": [Stalls(LARGE, after=1000, times=1)],
    "bytes changed once": [Changes(LARGE, times=1)],
}


@pytest.mark.parametrize("name", STOPS)
def test_it_stops_with_one_sentence(name, hub, begin):
    case = STOPS[name]
    hub.faults += case.faults
    outcome = ended(begin(**case.environment))
    note(name, outcome)
    assert "STARTED" not in outcome.printed
    for words in ("CourseError", *case.words, "the profile 'laptop'"):
        assert words in outcome.error


@pytest.mark.parametrize("name", GOES_ON)
def test_it_goes_on(name, hub, begin):
    hub.faults += GOES_ON[name]
    outcome = ended(begin())
    note(name, outcome)
    assert "STARTED" in outcome.printed, outcome.error
    assert all(fault.happened == 1 for fault in hub.faults)


def without_a_network() -> tuple:
    """What to put before a command so that only loopback is left, or a skip."""
    before = (sys.executable, isolate.__file__)
    if subprocess.run([*before, sys.executable, "-c", ""], capture_output=True).returncode:
        pytest.skip("this system allows no new network namespace")
    return before


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("no route", "http://192.0.2.1", "network unreachable"),
        ("a name that DNS does not know", "http://hub.invalid", "(DNS)"),
        ("nobody at that address", "http://127.0.0.1:9", "Connection refused"),
    ],
)
def test_without_a_way_to_the_hub_it_says_so(name, address, words, begin):
    outcome = ended(begin(before=without_a_network(), HF_ENDPOINT=address))
    note(name, outcome)
    assert words in outcome.error
    assert "the profile 'laptop'" in outcome.error


def test_a_connection_that_breaks_goes_on_where_it_broke(hub, begin):
    hub.faults.append(Cuts(LARGE, after=25 * 2**20, times=1))  # the client keeps what it has in steps of 10 MiB
    outcome = ended(begin(COURSE_CHECKPOINT=OFFLINE.hub))
    note("a connection that breaks once", outcome)
    assert "STARTED" in outcome.printed, outcome.error
    ranges = [asked.headers.get("Range") for asked in hub.asked if asked.path.startswith("/cdn/")]
    assert ranges == [None, f"bytes={20 * 2**20}-"]


def test_an_interrupted_start_keeps_what_came_whole(hub, begin, tmp_path):
    hub.faults.append(Stalls(LARGE, after=100_000, times=1))
    first = begin(HF_HUB_DOWNLOAD_TIMEOUT="300")
    while not hub.faults[0].happened and first.poll() is None:
        time.sleep(0.05)
    first.send_signal(signal.SIGINT)
    interrupted = ended(first)
    assert "KeyboardInterrupt" in interrupted.error
    assert interrupted.seconds < 300  # it did not wait for the end of the silence
    assert list((tmp_path / "home").rglob("*.incomplete")) == []
    hub.asked.clear()
    outcome = ended(begin())
    note("a start that was interrupted, begun again", outcome)
    assert "STARTED" in outcome.printed, outcome.error
    fetched = [asked.path for asked in hub.asked if asked.method == "GET"]
    assert any(path.startswith("/cdn/") for path in fetched)
    assert not any(path.endswith("/config.json") for path in fetched)


def test_two_notebooks_begun_at_once_on_an_empty_cache(begin):
    outcomes = [ended(process) for process in [begin(), begin()]]
    note("two notebooks begun at once", outcomes[0])
    assert all("STARTED" in outcome.printed for outcome in outcomes), [outcome.error for outcome in outcomes]


def test_a_dataset_that_another_version_unpacked(begin, tmp_path):
    assert "STARTED" in ended(begin()).printed
    (about,) = (tmp_path / "home").rglob("dataset_info.json")
    about.write_text(about.read_text("utf-8").replace('"Value"', '"FromTheFuture"'), encoding="utf-8")
    outcome = ended(begin())
    note("a cache from another version of datasets", outcome)
    assert "cannot be read" in outcome.error
    assert f"Delete the folder {tmp_path / 'home' / 'datasets'}" in outcome.error


def test_a_cache_whose_files_are_gone_is_filled_again(begin, tmp_path):
    assert "STARTED" in ended(begin()).printed
    for blob in (tmp_path / "home" / "hub" / "models--bert-base-uncased" / "blobs").iterdir():
        blob.unlink()
    outcome = ended(begin())
    note("a cache whose files are gone", outcome)
    assert "STARTED" in outcome.printed, outcome.error


def test_a_file_that_spoilt_on_the_disk_is_fetched_again(begin, tmp_path):
    assert "STARTED" in ended(begin()).printed
    (weights,) = (tmp_path / "home" / "hub").rglob("model.safetensors")
    good = weights.read_bytes()
    weights.resolve().write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    outcome = ended(begin())
    note("a file that spoilt on the disk", outcome)
    assert "STARTED" in outcome.printed, outcome.error
    assert weights.read_bytes() == good


SMALL_DISK = """
import os, sys
sys.path.insert(0, {root!r})
from course_tools.grading import isolate, sandbox
try:
    isolate.enter(isolate.CLONE_NEWUSER | isolate.CLONE_NEWNS)
    os.makedirs(os.environ["HF_HOME"])
    sandbox.mount("tmpfs", os.environ["HF_HOME"], "size=3m")
except OSError:
    sys.exit("NO NAMESPACE")
from course_utils import downloads
downloads.SPARE_MB = {spare}
"""


@pytest.mark.parametrize(
    ("name", "spare", "words"),
    [("too small a disk", 0, "this lesson fetches"), ("a disk that fills up", -1000, "the disk is full")],
)
def test_a_full_disk_is_said(name, spare, words, begin):
    outcome = ended(begin(SMALL_DISK.format(root=str(ROOT), spare=spare) + START))
    if "NO NAMESPACE" in outcome.error:
        pytest.skip("this system allows no small disk in a namespace")
    note(name, outcome)
    assert words in outcome.error
    assert "set HF_HOME to a folder" in outcome.error
