"""Sentences in this lesson that state a fact which no cell of it computes: each is measured here."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from datasets import ClassLabel, load_dataset
from huggingface_hub.errors import OfflineModeIsEnabled
from scipy.stats import binomtest, norm
from transformers import AutoModel, AutoTokenizer, Trainer, TrainingArguments

from course_utils import sources
from tests.prose import cells, made, offline_similarity, prose, said, small_bert

SLUG = "hugging_face_basics"
similarity = pytest.fixture(offline_similarity, scope="module")


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return made(SLUG, "sentences")


@pytest.fixture
def messages():
    return load_dataset(*sources.dataset("helpdesk", "laptop"))


class TestTheModel:
    def test_six_libraries_carry_the_course(self):
        assert "Six libraries carry this course." in prose(SLUG)
        assert len(made(SLUG, "jobs")) == 6

    def test_nearly_all_of_the_folder_is_weights(self):
        assert "Nearly all of it is `model.safetensors`: the weights." in prose(SLUG)
        folder = Path(sources.offline_checkpoint())
        sizes = [(folder / name).stat().st_size for name in ("config.json", "tokenizer.json", "model.safetensors")]
        assert sizes[-1] / sum(sizes) > 0.95

    def test_two_auto_classes_give_two_times_bert(self):
        assert "The Auto classes read `config.json`" in prose(SLUG)
        assert "Both are *Bert*. With another folder, the same two lines give another family." in prose(SLUG)
        found = [auto.from_pretrained(sources.offline_checkpoint()) for auto in (AutoTokenizer, AutoModel)]
        assert all(type(thing).__name__.startswith("Bert") for thing in found)

    def test_row_1_is_nearest_to_the_same_question(self, similarity, sentences):
        [numbers] = said(SLUG, "Five tables, {} numbers in each row.")
        assert len(sentences) == 5
        assert AutoModel.from_pretrained(sources.offline_checkpoint()).config.hidden_size == numbers
        row, nearest = said(SLUG, "In row {}, the most similar other sentence is number {}: the same question")
        near = [similarity(sentences[row - 1], other) for other in sentences]
        assert np.argsort(near)[-2] == nearest - 1

    def test_the_first_sentence_has_six_words_a_mark_and_two_special_pieces(self, sentences):
        words, special = said(SLUG, "the first has {} words and a question mark, and {} special pieces mark")
        assert (words, special) == (6, 2)
        tokenizer = AutoTokenizer.from_pretrained(sources.offline_checkpoint())
        assert len(sentences[0].rstrip("?").split()) == words
        assert len(tokenizer(sentences[0])["input_ids"]) == words + 1 + special

    def test_the_window_is_nearer_to_opening_hours_than_to_the_lift(self, similarity, sentences):
        one, other = said(SLUG, 'Add *"When do you open the window?"*. Is it nearer to sentence {} or to sentence {}?')
        which, near, far = said(SLUG, "nearer to sentence {} ({}, against {}).")
        window = "When do you open the window?"
        assert near == round(similarity(window, sentences[one - 1]), 2)
        assert far == round(similarity(window, sentences[other - 1]), 2)
        assert which == (one if near > far else other)


class TestTheData:
    def test_there_are_sixty_messages_in_three_files(self, messages):
        assert "We try it on sixty messages to the help desk of a town library." in prose(SLUG)
        assert "Three CSV files lie in a folder." in prose(SLUG)
        assert sum(map(len, messages.values())) == 60
        assert len(list(Path(sources.dataset("helpdesk", "laptop")[0]).glob("*.csv"))) == 3

    def test_slices(self, messages):
        """Under `Only a part, please`, and in the folded answer."""
        rows, part = said(SLUG, "Twenty percent of {} rows are {} rows.")
        assert len(messages["train"]) == rows
        folder = sources.dataset("helpdesk", "laptop")[0]
        first = load_dataset(folder, split="train[:20%]")
        assert len(first) == part
        assert said(SLUG, "But which {}? The first {}.") == [part, part]
        assert first["text"][:] == messages["train"]["text"][:part]

        assert "Load `train[-3:]` and `train[:50%]+test[:50%]`." in prose(SLUG)
        last, half, half_of_test, both = said(SLUG, "The last {} rows; and {} + {} = {} rows.")
        assert len(load_dataset(folder, split="train[-3:]")) == last
        assert [len(load_dataset(folder, split=f"{name}[:50%]")) for name in ("train", "test")] == [half, half_of_test]
        assert len(load_dataset(folder, split="train[:50%]+test[:50%]")) == both

    def test_twelve_messages_judge_a_model_that_learned_from_36(self, messages):
        [learned] = said(SLUG, "The model has learned from {} messages.")
        assert len(messages["train"]) == learned
        assert "*On twelve messages? One message more or less, and the number jumps by eight points.*" in prose(SLUG)
        assert len(messages["test"]) == 12
        assert round(100 / len(messages["test"])) == 8

    def test_the_first_lesson_judged_on_a_thousand(self):
        assert "In {{ lesson:start_here }} we used a thousand." in prose(SLUG)
        assert 'tweets["test"].select(range(course.pick(laptop=1000' in "\n".join(cells("start_here"))

    def test_the_course_brings_two_metrics(self):
        assert "It also takes a folder, and this course brings two." in prose(SLUG)
        assert len([path for path in (sources.DATA / "metrics").iterdir() if path.is_dir()]) == 2

    def test_a_csv_forgets_the_label_names(self, messages, tmp_path):
        assert "A CSV forgets the label names, so you need `cast_column` again. Parquet files keep them." in prose(SLUG)
        messages["test"].to_csv(tmp_path / "test.csv")
        messages["test"].to_parquet(tmp_path / "test.parquet")
        for kind, kept in {"csv": False, "parquet": True}.items():
            again = load_dataset(kind, data_files=str(tmp_path / f"test.{kind}"), cache_dir=str(tmp_path / "cache"))
            assert isinstance(again["train"].features["label"], ClassLabel) == kept

    def test_stratifying_needs_a_class_label(self):
        assert "(That column must be a `ClassLabel`. With the words of the CSV it fails.)" in prose(SLUG)
        file = Path(sources.dataset("helpdesk", "laptop")[0]) / "train.csv"
        rows = load_dataset("csv", data_files=str(file), split="train")
        with pytest.raises(ValueError, match="only supported for ClassLabel"):
            rows.train_test_split(test_size=0.25, stratify_by_column="label")

    def test_four_methods_give_a_new_dataset_and_set_format_gives_none(self, messages):
        assert "You get a new dataset, and the old one stays as it is. Four methods work in this way" in prose(SLUG)
        rows = messages["train"]
        before = rows.to_dict(), rows.format
        rows.map(lambda row: {"more": 1})
        rows.filter(lambda row: row["label"] == 0)
        rows.rename_column("label", "labels")
        rows.with_format("torch", columns=["label"])
        assert (rows.to_dict(), rows.format) == before
        assert "but in place: it changes the dataset that you have, and returns nothing." in prose(SLUG)
        assert rows.set_format("torch", columns=["label"]) is None
        assert set(rows[0]) == {"label"}

    def test_wilsons_interval_is_what_the_lesson_keeps(self):
        [factor] = said(SLUG, "95 times out of 100 it stays within {} of them.")
        assert norm.ppf(0.975) == pytest.approx(factor, abs=0.001)
        for hits in range(1, 12):
            p = np.linspace(0, 1, 100_001)
            possible = p[abs(hits / 12 - p) <= factor * np.sqrt(p * (1 - p) / 12)]
            ends = binomtest(hits, 12).proportion_ci(method="wilson")
            assert [possible.min(), possible.max()] == pytest.approx([ends.low, ends.high], abs=1e-4)

    def test_the_card_says_what_the_data_is_not_fit_for(self):
        assert "For training a model that anybody relies on, and for comparing models." in prose(SLUG)
        card = (Path(sources.dataset("helpdesk", "laptop")[0]) / "README.md").read_text(encoding="utf-8")
        unfit = " ".join(card.partition("**What it is not fit for.**")[2].split())
        assert unfit.startswith("Training a model that anybody relies on, or comparing models: twelve test messages")


def test_the_settings_of_the_trainer_are_a_pickle(tmp_path):
    assert "One of these files is a pickle: `training_args.bin`" in prose(SLUG)
    Trainer(small_bert(), TrainingArguments(output_dir=tmp_path, report_to="none", use_cpu=True)).save_model(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if pickled(path)} == {"training_args.bin"}


def pickled(file: Path) -> bool:
    return zipfile.is_zipfile(file) and any(name.endswith(".pkl") for name in zipfile.ZipFile(file).namelist())


class TestWhereItBreaks:
    """Lines of the last table."""

    def test_a_row_of_a_dataset_dict_is_a_key_error(self, messages):
        assert "`KeyError` when you take row 0 of a dataset | it is a `DatasetDict`" in prose(SLUG)
        with pytest.raises(KeyError):
            messages[0]
        assert messages["train"][0]

    def test_a_loading_script_is_refused(self, tmp_path):
        assert "`Dataset scripts are no longer supported` | the repository only has an old loading" in prose(SLUG)
        script = tmp_path / "old_dataset.py"
        script.write_text("import datasets\n")
        with pytest.raises(RuntimeError, match="Dataset scripts are no longer supported"):
            load_dataset(str(script))

    def test_the_error_of_a_machine_without_the_hub_has_this_name(self):
        assert f"`{OfflineModeIsEnabled.__name__}`, or a name that is not found" in prose(SLUG)

    def test_a_changed_csv_shows_its_old_rows(self, tmp_path):
        """`load_dataset` keeps a copy, and knows the folder by its card."""
        assert "you changed a CSV file in a dataset folder, and still see the old rows" in prose(SLUG)
        assert '`load_dataset(folder, download_mode="force_redownload")`' in prose(SLUG)
        folder = tmp_path / "helpdesk"
        shutil.copytree(sources.dataset("helpdesk", "laptop")[0], folder)
        settings = {"path": str(folder), "split": "test", "cache_dir": str(tmp_path / "cache")}
        before = load_dataset(**settings)["text"][0]
        csv = (folder / "test.csv").read_text(encoding="utf-8")
        (folder / "test.csv").write_text(csv.replace(before, "Something new"), encoding="utf-8")
        assert load_dataset(**settings)["text"][0] == before
        assert load_dataset(**settings, download_mode="force_redownload")["text"][0] == "Something new"

    def test_the_pinned_version_becomes_a_file(self, tmp_path):
        assert 'Write `pip install "transformers>=4.40.0"`, with quotes.' in prose(SLUG)
        for command, files in {"echo transformers>=4.40.0": 1, 'echo "transformers>=4.40.0"': 0}.items():
            folder = tmp_path / str(files)
            folder.mkdir()
            subprocess.run(command, shell=True, cwd=folder, check=True)
            assert len(list(folder.iterdir())) == files

    def test_a_format_with_columns_hides_the_others(self, messages):
        assert "`set_format` with `columns=` hides the others | `reset_format()`" in prose(SLUG)
        messages.set_format("torch", columns=["label"])
        assert set(messages["train"][0]) == {"label"}
        messages.reset_format()
        assert set(messages["train"][0]) == {"text", "label"}
