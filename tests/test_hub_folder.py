"""COURSE_HUB: a folder stands in for the Hub's datasets in the profile `full`."""

import pytest

from course_utils import CourseError, sources, start


@pytest.fixture
def hub(tmp_path, monkeypatch):
    (tmp_path / "datasets/cardiffnlp/tweet_eval").mkdir(parents=True)
    monkeypatch.setenv("COURSE_HUB", str(tmp_path))
    monkeypatch.setenv("COURSE_CHECKPOINT", "offline")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # the Hub itself must not be asked
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_full_takes_its_datasets_from_there_and_asks_no_hub(hub):
    course = start("case_emotion", "full")
    assert course.dataset("emotion") == (str(hub / "datasets/cardiffnlp/tweet_eval"), "emotion")


def test_other_profiles_and_the_courses_own_texts_do_not(hub):
    assert sources.dataset("emotion", "laptop") == (str(sources.DATA / "emotion"),)
    assert sources.dataset("stance", "full") == (str(sources.DATA / "stance"),)


def test_a_dataset_that_is_not_there_is_named(hub):
    with pytest.raises(CourseError, match=r"has no UniversalCEFR/cefr_sp_en.*unset COURSE_HUB"):
        sources.dataset("cefr", "full")


def test_a_folder_that_is_no_hub_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HUB", str(tmp_path / "nowhere"))
    with pytest.raises(CourseError, match=r"no folder `datasets` in it"):
        start("case_emotion", "full")
