"""start(): profile, device, seeds, and sentences for what goes wrong."""

import os
import random
import subprocess
import sys

import numpy
import pytest
import torch

from course_utils import CourseError, devices, hub, session, sources, start

CLOSED_PORT = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    monkeypatch.delenv("COURSE_CHECKPOINT", raising=False)


def test_laptop_is_offline_and_tells_what_it_uses(capsys):
    course = start("start_here", "laptop")
    assert course.profile == "laptop"
    assert course.device == devices.choose_device()
    assert os.path.isdir(course.checkpoint)
    assert course.workdir.is_dir()
    shown = capsys.readouterr().out
    for line in ("lesson      start_here", "profile     laptop (as asked)", "checksum right", "seed        42"):
        assert line in shown


def test_pick_takes_the_value_of_the_profile():
    course = start("start_here", "smoke")
    assert course.pick(laptop=600, full=6000, smoke=60) == 60


def test_an_unknown_profile_is_refused():
    with pytest.raises(CourseError, match=r"no profile 'laptob'.*auto, laptop, full, smoke"):
        start("start_here", "laptob")


def test_auto_without_a_gpu_is_laptop(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert session.resolve_profile("auto") == ("laptop", "auto: no CUDA GPU here")


def test_auto_with_a_gpu_and_the_hub_is_full(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(hub, "problem", lambda: None)
    assert session.resolve_profile("auto")[0] == "full"


def test_auto_with_a_gpu_and_no_hub_says_why_it_is_laptop(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", CLOSED_PORT)
    profile, reason = session.resolve_profile("auto")
    assert profile == "laptop"
    assert "Connection refused" in reason


def test_the_environment_decides_what_auto_means(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "smoke")
    assert session.resolve_profile("auto") == ("smoke", "set by COURSE_PROFILE")
    assert session.resolve_profile("laptop") == ("laptop", "as asked")


def test_full_without_the_hub_stops_and_names_the_way_out(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", CLOSED_PORT)
    with pytest.raises(CourseError, match=r"'full' needs.*127.0.0.1:9 cannot be used.*refused.*the profile 'laptop'"):
        start("start_here", "full")


def test_full_with_an_address_that_is_none_stops_too(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "not an address")
    with pytest.raises(CourseError, match="'full' needs"):
        start("start_here", "full")


def test_full_while_the_hub_is_switched_off_says_so():
    with pytest.raises(CourseError, match="HF_HUB_OFFLINE is set"):
        start("start_here", "full")


def test_in_full_the_names_are_the_hubs():
    assert sources.checkpoint("full") == "bert-base-uncased"
    assert sources.dataset("tweets", "full") == ("cardiffnlp/tweet_eval", "sentiment")


def test_another_checkpoint_can_be_set_by_the_environment(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_CHECKPOINT", "someone/a-model")
    course = start("start_here", "laptop")
    assert course.checkpoint == "someone/a-model"
    assert "checkpoint  someone/a-model" in capsys.readouterr().out
    assert course.pick_checkpoint(None, full="distilbert-base-uncased") == "someone/a-model"
    assert course.pick_checkpoint("another", full="distilbert-base-uncased") == "another"


def test_the_word_offline_stands_for_the_checkpoint_in_the_package(monkeypatch):
    monkeypatch.setenv("COURSE_CHECKPOINT", "offline")
    assert sources.checkpoint("full") == sources.offline_checkpoint()
    monkeypatch.delenv("COURSE_CHECKPOINT")
    assert sources.checkpoint("full", "offline") == sources.offline_checkpoint()
    assert sources.checkpoint("full", full="distilbert-base-uncased") == "distilbert-base-uncased"
    assert sources.checkpoint("laptop", full="distilbert-base-uncased") == sources.offline_checkpoint()


def test_a_card_names_the_checkpoint_and_not_its_folder():
    assert sources.published_name(sources.offline_checkpoint()) == "sentence-transformers/all-MiniLM-L6-v2"
    assert sources.published_name("distilbert-base-uncased") == "distilbert-base-uncased"


@pytest.mark.parametrize(
    ("find", "arguments"), [(sources.dataset, ("tweetz", "laptop")), (sources.metric, ("acuracy",))]
)
def test_an_unknown_name_gets_the_nearest_ones(find, arguments):
    with pytest.raises(CourseError, match="Did you mean"):
        find(*arguments)


def test_every_random_thing_is_seeded():
    def draw():
        session.seed_everything(7)
        return random.random(), numpy.random.rand(), torch.rand(1).item()

    assert draw() == draw()


def test_late_start_asks_for_a_restart():
    code = "import transformers; from course_utils import start; start('start_here', 'laptop')"
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "was imported before the start cell. Restart the kernel" in result.stderr


def test_a_folder_without_write_permission_is_named(monkeypatch):
    (session.Path("work")).write_text("a file where the folder should be")
    with pytest.raises(CourseError, match=r"The folder work.start_here cannot be made in .*Start Jupyter in a folder"):
        start("start_here", "laptop")


def test_the_error_shows_its_sentence_alone_in_a_notebook():
    assert CourseError("do this")._render_traceback_() == ["CourseError: do this"]
