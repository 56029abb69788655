"""Environments as people have them: `course` works there, or says in one sentence what to do."""

import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from datasets import Dataset, load_dataset

from course_tools import caches, environment
from course_tools.building.release import Words
from course_tools.project import ROOT
from course_utils import CourseError, prepared, tweets
from tests.processes import posix

SHOWS = "import os\nfrom course_utils import record\n"
TWEETS = (
    "from course_utils import record, start\nfrom datasets import load_dataset\n"
    "rows = load_dataset(*start('one', PROFILE).dataset('tweets'))\nrecord('rows', rows['train'].num_rows)"
)
NOBODY = """\
import pwd
def unknown(number):
    raise KeyError(number)
pwd.getpwuid = unknown
"""
SMALL_DISK = """
import os, sys
from course_tools.grading import isolate, sandbox
try:
    isolate.enter(isolate.CLONE_NEWUSER | isolate.CLONE_NEWNS)
    sandbox.mount("tmpfs", os.environ["TMPDIR"], "size=1m")
except OSError:
    sys.exit("NO NAMESPACE")
from course_tools import cli
sys.exit(cli.main(["build", "--check"]))
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def course(small_course, monkeypatch):
    """A small course with one lesson, in an environment that the test may change."""
    for name in (
        *environment.PROXIES,
        *environment.TOKENS,
        "HF_ENDPOINT",
        "COURSE_PROFILE",
        "PYTHONOPTIMIZE",
        "PYTHONIOENCODING",
    ):
        monkeypatch.delenv(name, raising=False)
    small_course.add("one", "print('fine')")
    return small_course


def records_of(course, *arguments) -> dict:
    """Run the lesson and return what it recorded."""
    _, output = course.course("run", "--profile", "smoke", *arguments)
    (row,) = json.loads((course.root / "build" / "report.json").read_text("utf-8"))["lessons"]
    assert row["error"] is None, output
    return row["records"]


def sentence_of(course, *arguments) -> str:
    """Run a command that has to end in one sentence, and return it."""
    code, output = course.course(*arguments)
    assert code == 1, output
    assert output.startswith("course: "), output
    assert output.count("\n") == 1, output
    return output


def line_of(course, name: str) -> str:
    """Return the doctor's line of that name, with its advice."""
    _, output = course.course("doctor")
    assert "Traceback" not in output, output
    lines = output.splitlines()
    (number,) = [number for number, line in enumerate(lines) if line[5:].startswith(f"{name} ")]
    return "\n".join(lines[number : number + 2])


@posix
def test_without_home_and_a_user_in_the_list_it_is_said(course, monkeypatch):
    monkeypatch.delenv("HOME")
    (course.root / "sitecustomize.py").write_text(NOBODY)
    assert "HOME is not set" in sentence_of(course, "run")
    assert "Set HOME to a folder" in line_of(course, "environment")


@posix
def test_without_home_a_kernel_gets_the_one_of_the_list(course, monkeypatch):
    home = Path.home()
    monkeypatch.delenv("HOME")
    course.add("one", SHOWS + "record('home', os.environ['HOME'])")
    if Path.home() != home:
        pytest.skip("the list of users names another home")
    assert records_of(course) == {"home": str(home)}


@posix
def test_a_home_that_cannot_be_written_is_said_before_a_lesson_starts(course, monkeypatch, tmp_path):
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("COURSE_CACHE", "HF_HOME", "HF_HUB_CACHE", "HF_DATASETS_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    said = sentence_of(course, "run")
    assert f"Nothing can be written in your home, {tmp_path / 'home'}. Set HOME to a folder" in said
    assert "Nothing can be written in your home" in line_of(course, "environment")


@posix
def test_a_command_that_writes_nothing_there_does_not_ask_for_home(course, monkeypatch, tmp_path):
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    code, output = course.course("progress", str(course.root))
    assert code == 0, output


@pytest.mark.parametrize("variable", ["HF_HOME", "COURSE_CACHE", "HF_DATASETS_CACHE"])
def test_a_cache_that_cannot_be_written_is_said_before_a_lesson_starts(variable, course, monkeypatch, tmp_path):
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv(variable, str(tmp_path / "cache"))
    said = sentence_of(course, "run")
    assert f"cannot be written in {tmp_path / 'cache'}" in said
    assert f"set {variable} to a folder" in said
    assert "cannot be written in" in line_of(course, "environment")


@pytest.mark.parametrize("given", ["ftp//nonsense", "https://hugging face.co", "huggingface.co", "https://name:port"])
def test_an_address_that_is_none_is_told_from_one(given, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", given)
    assert (
        environment.hub_fault()
        == "HF_ENDPOINT holds no address (https://NAME, without a space); correct it, or unset it"
    )


def test_no_lesson_starts_with_an_address_that_is_none(course, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "ftp//nonsense")
    assert "The Hub cannot be asked: HF_ENDPOINT holds no address" in sentence_of(course, "run", "--profile", "full")


def test_the_doctor_says_it_in_its_line_and_a_lesson_without_the_hub_runs(course, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://hugging face.co")
    line = line_of(course, "network")
    assert line.startswith("note network      no Hub (HF_ENDPOINT holds no address")
    assert "`full` needs the Hub" in line
    assert records_of(course) == {}


@pytest.mark.parametrize("variable", ["https_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_with_a_space_is_said_and_never_shown(variable, course, monkeypatch):
    monkeypatch.setenv(variable, "http://ann:secret@my proxy:3128")
    said = sentence_of(course, "run", "--profile", "full")
    assert f"{variable} holds no address of a proxy" in said
    assert "secret" not in said
    assert environment.hub_fault().startswith(variable)


@pytest.mark.parametrize("given", ["proxy:3128", "http://ann:secret@proxy:3128", "socks5://[::1]:1080", ""])
def test_a_proxy_as_people_write_it_is_one(given, monkeypatch):
    for name in (*environment.PROXIES, *environment.TOKENS, "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", given)
    assert environment.hub_fault() == ""


def test_an_address_copied_with_the_end_of_its_line_is_one(monkeypatch):
    for name in (*environment.PROXIES, *environment.TOKENS, "PYTHONOPTIMIZE", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", " https://hub.example.org\r\n")
    environment.mend()
    assert os.environ["HF_ENDPOINT"] == "https://hub.example.org"
    assert environment.hub_fault() == ""


def test_a_dead_proxy_is_no_error_of_the_doctor(course, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.org")
    assert "Connection refused: nobody answers at that address; look at HF_ENDPOINT, and for a proxy" in line_of(
        course, "network"
    )


@pytest.mark.parametrize("level", ["1", "2"])
@pytest.mark.parametrize("how", [[], ["--fresh"]])
def test_a_kernel_has_docstrings_and_assertions(level, how, course, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", level)
    course.add("one", SHOWS + "import sys\nrecord('level', sys.flags.optimize)\nrecord('words', bool(os.__doc__))")
    assert records_of(course, *how) == {"level": 0, "words": True}


def test_what_needs_docstrings_in_its_own_process_says_so(course, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert "Unset PYTHONOPTIMIZE" in sentence_of(course, "bench", "36")
    assert "Unset PYTHONOPTIMIZE" in sentence_of(course, "data", "--figures")


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def without_the_make_above() -> dict[str, str]:
    """`make test` hands its own flags on: a make of its own begins without."""
    return {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


def test_make_keeps_the_variables_of_another_python_from_the_course(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    stands_in = f'#!{shutil.which("sh")}\necho "$1:${{PYTHONHOME-none}}:${{PYTHONOPTIMIZE-none}}"\n'
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("course", "python"):
        (tmp_path / ".venv" / "bin" / name).write_text(stands_in)
        (tmp_path / ".venv" / "bin" / name).chmod(0o755)
    told = subprocess.run(
        ["make", "--no-print-directory", "run", f"PYTHON={tmp_path / '.venv' / 'bin' / 'python'}"],
        cwd=tmp_path,
        env={**without_the_make_above(), "PYTHONHOME": "/of/another", "PYTHONOPTIMIZE": "2"},
        capture_output=True,
        text=True,
    )
    assert told.stdout.splitlines() == ["course_tools/setup/bootstrap.py:none:none", "run:none:none"], told.stderr


def test_an_emoji_ends_no_program_where_the_encoding_cannot_show_it(course, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    prints = "import subprocess, sys\nprint('😀')\n"
    course.add("one", prints + "subprocess.run([sys.executable, '-c', 'print(chr(0x1F600))'], check=True)  # 😀 a line")
    assert records_of(course) == {}
    course.add("one", prints + "1 / 0  # 😀")
    code, output = course.course("run", "--profile", "smoke")
    assert (code, "Traceback" in output) == (1, False), output
    assert "ZeroDivisionError" in output


@posix
def test_a_folder_for_temporary_files_that_is_gone_is_no_matter(course, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    course.add("one", SHOWS + "import tempfile\nrecord('there', os.path.isdir(os.environ.get('TMPDIR', '/')))")
    assert records_of(course) == {"there": True}


def test_a_small_disk_for_temporary_files_is_said(monkeypatch, tmp_path):
    (tmp_path / "small").mkdir()
    told = subprocess.run(
        [sys.executable, "-c", SMALL_DISK],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "small")},
        capture_output=True,
        text=True,
    )
    if "NO NAMESPACE" in told.stderr:
        pytest.skip("this system allows no small disk in a namespace")
    assert told.returncode == 1
    assert f"MB are free for temporary files in {tmp_path / 'small'}. Free some space, or set TMPDIR" in told.stderr
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize("statement", ["", "[SQL: INSERT\nINTO cells]\n[parameters: ('a', 1)]\n"])
def test_nbgraders_reason_is_told_and_no_address_of_a_page(statement):
    words = Words()
    head = "Traceback (most recent call last):\nOperationalError: disk is full\n"
    lines = f"{head}{statement}(Background on this error at: x)"
    words.emit(types.SimpleNamespace(getMessage=lambda: lines))
    assert words.last == "OperationalError: disk is full"


@pytest.fixture
def caches_here(course, monkeypatch, tmp_path):
    """A course of its own caches, with the tweets prepared and read once."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    course.add("one", TWEETS)
    (course.root / "data").mkdir()
    shutil.copytree(tweets.prepared_folder(Path.home() / ".cache" / "finetuning-course"), _tweets(tmp_path))
    return course


def _tweets(folder: Path) -> Path:
    return folder / "cache" / f"tweets-{tweets.RECIPE}-{tweets.CSV_SHA256[:8]}"


def test_half_made_tweets_are_made_anew(caches_here, tmp_path):
    folder = _tweets(tmp_path)
    manifest = folder / prepared.MANIFEST
    whole = manifest.read_text()
    manifest.write_text(whole.splitlines(keepends=True)[0])  # cut short: it vouches for the first file alone
    (folder / "train.parquet").write_bytes(b"PAR1")
    assert records_of(caches_here)["rows"] > 20_000
    assert manifest.read_text() == whole


def test_the_doctor_mends_half_made_tweets_too(caches_here, tmp_path):
    folder = _tweets(tmp_path)
    (folder / prepared.MANIFEST).write_text((folder / prepared.MANIFEST).read_text().splitlines(keepends=True)[0])
    (folder / "train.parquet").unlink()
    assert "prepared, checksum right" in line_of(caches_here, "tweets")
    assert (folder / "train.parquet").exists()


def test_a_stale_table_of_datasets_is_made_anew(caches_here, tmp_path):
    rows = records_of(caches_here)["rows"]
    (table,) = (tmp_path / "hub").rglob("*-train.arrow")
    for damage in (lambda: table.write_bytes(table.read_bytes()[:100_000]), table.unlink):
        damage()
        assert records_of(caches_here)["rows"] == rows


def test_what_is_whole_stays(caches_here, tmp_path):
    (_tweets(tmp_path) / ".DS_Store").touch()
    data = Dataset.from_dict({"text": ["a", "b", "c"]})
    data.to_parquet(tmp_path / "tweets-9" / "test.parquet")
    data.to_parquet(tmp_path / "tweets-9" / "test_hard.parquet")
    files = {name: str(tmp_path / "tweets-9" / f"{name}.parquet") for name in ("test", "test_hard")}
    where = {"cache_dir": str(tmp_path / "hub" / "datasets")}
    records_of(caches_here)
    load_dataset(str(tmp_path / "tweets-9"), data_files=files, **where)
    (tmp_path / "cache" / "tweets-9").mkdir()
    (tmp_path / "cache" / "tweets-9" / prepared.MANIFEST).write_text("0  a\n")
    (tmp_path / "cache" / "tweets-9" / "a").touch()
    assert caches.take_away_half_made() == []
    infos = list((tmp_path / "hub").rglob("dataset_info.json"))
    assert len(infos) == 2
    for info in infos:
        info.write_text('{"splits"')
        assert caches.take_away_half_made() == [info.parent]


def test_a_cache_that_cannot_be_cleaned_is_said(monkeypatch):
    def locked():
        raise PermissionError(13, "Permission denied", "/a/cache")

    monkeypatch.setattr(caches, "take_away_half_made", locked)
    with pytest.raises(CourseError, match=r"/a/cache belongs to a cache that is half made.*by hand"):
        environment.take_half_made_away()


PEACEFUL = [
    {"LANG": "C", "LC_ALL": "C"},
    {"LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"},  # a decimal comma
    {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"},
    {"HF_TOKEN": "not a töken"},
    {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"},
]


@pytest.mark.parametrize("variables", PEACEFUL, ids=lambda variables: next(iter(variables)))
def test_what_is_no_matter_stays_none(variables, course, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    course.add("one", SHOWS + "print('ü 😀', 1.5)\nrecord('number', float('1.5'))")
    assert records_of(course) == {"number": 1.5}


def test_offline_is_what_the_doctor_says_of_it(course, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "the environment variable HF_HUB_OFFLINE is set; unset it" in line_of(course, "network")


@pytest.mark.parametrize("token", ["hf_thäs", "Bearer hf_this"])
def test_a_token_that_can_be_none_is_said_and_never_shown(token, course, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", token)
    said = line_of(course, "network")
    assert "no Hub (HF_TOKEN holds no token (plain letters and digits, without a space); correct it" in said
    assert token not in said


def test_a_token_that_nobody_knows_is_no_matter_for_the_doctor(course, hub, monkeypatch, tmp_path):
    for name, value in hub.environment(tmp_path / "home", HF_TOKEN="hf_nobody").items():
        monkeypatch.setenv(name, value)
    assert line_of(course, "token").startswith("ok   token        there is one (not shown)")
