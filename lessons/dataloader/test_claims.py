"""What this lesson says and no cell of it computes: labels and names, workers, pinned memory, the public reviews."""

import math
import re
import subprocess
import sys
import warnings
from collections import Counter
from functools import partial

import numpy as np
import pytest
import torch
from datasets import Dataset, load_dataset
from torch.utils.data import DataLoader, default_collate
from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, Trainer, TrainingArguments
from transformers.trainer_pt_utils import LengthGroupedSampler

from benchmarks import results
from course_utils import sources
from tests.prose import cell, offline_tokenizer, printed, prose, said, stored_records
from tests.public_data import PUBLIC, needs_public

SLUG = "dataloader"
COLUMNS = ["input_ids", "attention_mask", "label"]
IMDB = PUBLIC / "datasets" / "stanfordnlp" / "imdb" / "plain_text" / "train-00000-of-00001.parquet"
tokenizer = pytest.fixture(offline_tokenizer, scope="module")


@pytest.fixture
def model():
    return AutoModelForSequenceClassification.from_pretrained(sources.offline_checkpoint(), num_labels=3)


@pytest.fixture(scope="module")
def equal_rows(tokenizer):
    """Eight tokenized rows, all padded to the same length, as tensors."""
    rows = load_dataset(*sources.dataset("stance", "laptop"), split="train").select(range(8))
    encoded = rows.map(lambda batch: tokenizer(batch["text"], padding="max_length", max_length=48), batched=True)
    return encoded.with_format("torch", columns=COLUMNS)


class TestBatches:
    def test_the_first_token_of_every_row(self, tokenizer):
        assert said(SLUG, "({} is `[CLS]`.)") == [tokenizer.cls_token_id]

    def test_the_padded_rows_are_as_long_as_the_model_can_take(self, tokenizer):
        [rows, columns] = said(SLUG, "It works: {} rows, {} columns.")
        assert said(SLUG, "Keep the {} in mind.") == [columns]
        assert said(SLUG, "the batch lies on its side: {} small tensors,") == [columns]
        assert columns == tokenizer.model_max_length
        assert f"'input_ids': ({rows}, {columns})" in printed(SLUG, "def tokenize_and_pad(")

    def test_ten_rows_in_fours(self):
        assert "Ten rows in fours: two full batches and a small one." in prose(SLUG)
        assert [len(batch) for batch in DataLoader(range(10), batch_size=4)] == [4, 4, 2]

    def test_sorted_by_label_nearly_every_step_teaches_one_answer(self):
        assert "nearly every step teaches one answer: *say support*. Many steps later, *say neutral*:" in prose(SLUG)
        rows = load_dataset(*sources.dataset("stance", "laptop"), split="train")
        assert rows.features["label"].names[:2] == ["support", "neutral"]
        labels = np.sort(rows["label"][:])
        batches = np.split(labels, range(16, len(labels), 16))
        assert np.mean([len(set(batch)) == 1 for batch in batches]) > 0.95

    def test_the_easy_rows_become_slower(self):
        assert "The easy rows become slower." in prose(SLUG)
        output = printed(SLUG, '"easy rows": ')
        alone, helped = re.search(r"easy rows: ([\d.]+) s alone, ([\d.]+) s with", output).groups()
        assert float(alone) < float(helped)


class TestLabelAndLabels:
    """The table under `Why is my loss None?`"""

    @staticmethod
    def trainer(model, rows, folder, **options):
        arguments = TrainingArguments(
            output_dir=folder, max_steps=1, report_to="none", save_strategy="no", use_cpu=True
        )
        return Trainer(model=model, args=arguments, train_dataset=rows.select_columns(COLUMNS), **options)

    def test_the_default_collate_function_keeps_the_name(self, equal_rows):
        assert "The first way kept `label`." in prose(SLUG)
        assert "| `set_format`, default collate, your own loop | nobody: call `rename_column` |" in prose(SLUG)
        assert set(next(iter(DataLoader(equal_rows, batch_size=2)))) == set(COLUMNS)

    def test_the_librarys_collator_renames(self, tokenizer):
        assert "| `DataCollatorWithPadding` | the collator | cannot happen |" in prose(SLUG)
        rows = [{**tokenizer(text), "label": 0} for text in ("one", "two words")]
        assert "labels" in DataCollatorWithPadding(tokenizer)(rows)

    def test_the_model_swallows_any_wrong_name(self, model, equal_rows):
        assert "In this cell, write `lables=labels` in place of `label=labels`." in prose(SLUG)
        assert "`None` again, and the same error one line later. Every wrong name is swallowed," in prose(SLUG)
        batch = next(iter(DataLoader(equal_rows, batch_size=2)))
        right = batch.pop("label")
        assert model(**batch, label=right).loss is None
        assert model(**batch, lables=right).loss is None
        assert model(**batch, labels=right).loss is not None

    def test_an_untrained_model_has_the_loss_of_a_guess(self, model, equal_rows):
        labels, loss, share = said(
            SLUG, "It is near ln({}) = {}. Why? Ours has learned nothing yet, so each of {} labels"
        )
        assert labels == share == model.config.num_labels
        assert round(math.log(labels), 2) == loss
        batch = next(iter(DataLoader(equal_rows, batch_size=8)))
        assert model(**batch, labels=batch.pop("label")).loss.item() == pytest.approx(loss, abs=0.1)

    def test_the_trainer_renames_with_a_tokenizer_and_without(self, model, equal_rows, tokenizer, tmp_path):
        assert "| `Trainer`, with or without a tokenizer | its default collator | cannot happen |" in prose(SLUG)
        for options in ({}, {"processing_class": tokenizer}):
            assert self.trainer(model, equal_rows, tmp_path, **options).train().training_loss > 0

    def test_the_trainer_stops_where_your_own_collator_does_not_rename(self, model, equal_rows, tmp_path):
        words = "The model did not return a loss from the inputs"
        assert f"| `Trainer` with a `data_collator` of your own | you | `{words}` |" in prose(SLUG)
        with pytest.raises(ValueError, match=words):
            self.trainer(model, equal_rows, tmp_path, data_collator=default_collate).train()


class TestWhereItBreaks:
    """Lines of the last table."""

    def test_a_column_of_words_does_not_go_through_the_collator(self, tokenizer):
        assert "| `Unable to create tensor ... (text in this case)` | a column of words" in prose(SLUG)
        rows = [{"text": text, **tokenizer(text)} for text in ("one", "two words")]
        with pytest.raises(ValueError, match=r"Unable to create tensor.*`text` in this case"):
            DataCollatorWithPadding(tokenizer)(rows)

    def test_tensors_of_unequal_length_have_an_error_of_their_own(self):
        words = "stack expects each tensor to be equal size"
        assert f"or `{words}` | rows of different length, default collate function |" in prose(SLUG)
        with pytest.raises(RuntimeError, match=words):
            default_collate([torch.zeros(2), torch.zeros(3)])

    def test_float_labels_are_taken_for_several_labels_and_the_model_remembers(self, model, equal_rows):
        assert "| `Target size ... must be the same as input size` | the labels are floats," in prose(SLUG)
        assert "load the model again: it remembers the wrong task |" in prose(SLUG)
        batch = next(iter(DataLoader(equal_rows, batch_size=2)))
        right = batch.pop("label")
        for labels in (right.float(), right):  # mending the labels alone does not help
            with pytest.raises(ValueError, match=r"Target size .* must be the same as input size"):
                model(**batch, labels=labels)
        assert model.config.problem_type == "multi_label_classification"

    def test_one_hot_labels_take_another_loss_in_silence(self, model, equal_rows):
        [loss] = said(SLUG, "| no error, and a loss near {} | each label is a row of decimals,")
        batch = next(iter(DataLoader(equal_rows, batch_size=8)))
        right = batch.pop("label")
        one_hot = torch.nn.functional.one_hot(right, 3).float()
        assert model(**batch, labels=one_hot).loss.item() == pytest.approx(loss, abs=0.06)
        assert model.config.problem_type == "multi_label_classification"
        assert "`labels.argmax(dim=1)`" in prose(SLUG)
        assert torch.equal(one_hot.argmax(dim=1), right)

    @pytest.mark.parametrize(
        ("function", "words"), [("lambda rows: rows", "Can't pickle"), ("mine", "Can't get attribute 'mine'")]
    )
    def test_a_fresh_python_cannot_import_what_was_typed(self, function, words):
        """Workers on Windows and on a Mac are started by `spawn`."""
        said_in_the_table = words.removesuffix(" 'mine'")
        assert f"`{said_in_the_table}`" in prose(SLUG)
        assert "`DataLoader worker (pid ...) exited unexpectedly`" in prose(SLUG)
        code = f"""
from torch.utils.data import DataLoader
def mine(rows): return rows
list(DataLoader(range(4), num_workers=1, collate_fn={function}, multiprocessing_context="spawn"))
"""
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
        assert result.returncode
        assert words in result.stderr
        if function == "mine":
            assert "exited unexpectedly" in result.stderr

    def test_what_the_lesson_gives_to_workers_can_be_imported(self, tokenizer):
        """On every system: the two collate functions of the section about workers start in a fresh Python."""
        assert "Above we only gave functions from libraries." in prose(SLUG)
        tokenize = partial(tokenizer, truncation=True, padding=True, return_tensors="pt")
        loader = DataLoader(
            ["one", "two words"], 2, collate_fn=tokenize, num_workers=1, multiprocessing_context="spawn"
        )
        assert next(iter(loader))["input_ids"].shape == (2, 4)


class TestPinnedMemory:
    @staticmethod
    def warned(tokens):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            next(iter(DataLoader(tokens, 2, pin_memory=True)))
        return [str(warning.message) for warning in caught]

    def test_without_a_gpu_there_is_only_a_warning(self, monkeypatch):
        assert "Without a GPU, only a warning." in prose(SLUG)
        monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
        [words] = self.warned([1, 2])
        assert "no accelerator is found" in words

    def test_the_gpu_of_a_mac_has_a_warning_of_its_own(self, monkeypatch):
        [words] = re.findall(r"The GPU of a Mac \(MPS\) has its own: `(.*?)`", prose(SLUG))
        monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda *_: torch.device("mps"))
        assert any(words in warning for warning in self.warned([1, 2]))

    def test_the_trainer_pins_unless_it_is_told_not_to(self, tmp_path):
        assert "since the `Trainer` pins by default." in prose(SLUG)
        assert "It is harmless, and `dataloader_pin_memory=False` ends it." in prose(SLUG)
        assert TrainingArguments(tmp_path).dataloader_pin_memory
        assert not TrainingArguments(tmp_path, dataloader_pin_memory=False).dataloader_pin_memory


class TestFiveWays:
    def test_one_and_four_at_a_time_make_these_steps(self):
        assert "Five ways to make batches." in prose(SLUG)
        [size] = said(SLUG, "Batches of {}, with two exceptions in `laptop`.")
        assert "We send one tweet at a time for 512, and four for 128," in prose(SLUG)
        steps = dict(re.findall(r"'([\w ]+)': (\d+)", printed(SLUG, "loaders = {")))
        assert len(steps) == 5
        tweets = int(steps["pad to 512"])
        assert int(steps["pad to 128"]) == tweets / 4
        assert {int(steps[way]) for way in ("dynamic", "grouped", "sorted")} == {math.ceil(tweets / size)}
        assert "one long tweet makes fifteen others wait." in prose(SLUG)
        assert size - 1 == 15

    def test_the_seconds_fall_even_more_than_the_tokens(self):
        assert "Without a GPU, the seconds fall even more than the tokens do." in prose(SLUG)
        assert "Yet a token in the widest row is the dearest." in prose(SLUG)
        found = stored_records(SLUG)
        for way in ("dynamic", "grouped"):
            assert found[f"seconds_{way}_to_512"] < found[f"tokens_{way}_to_512"]
        assert found["token_price_512_to_128"] > 1

    def test_a_step_sends_about_as_many_tokens_in_each_way(self):
        """So the price of a token compares widths, not sizes of batches."""
        low, high = said(
            SLUG, "A step sends {} to {} tokens in each way: one row of 512, four of 128, or sixteen short"
        )
        found = dict(re.findall(r"([\w ]+?) {2,}([\d,]+) ", printed(SLUG, "share[way] = 1 - real / sent[way]")))
        steps = dict(re.findall(r"'([\w ]+)': (\d+)", printed(SLUG, "loaders = {")))
        for way, count in steps.items():
            assert low < int(found[way].strip().replace(",", "")) / int(count) < high, way

    def test_a_whole_training_is_faster_and_both_models_learned_nothing(self):
        """The pair `512` of the benchmarks. Its seconds are held by tests/test_claims_bench.py."""
        theirs, grouped, lazy = said(SLUG, "{}% and {}% right, where always saying the most frequent label gets {}%.")
        pair = results.cited()["512"]
        recipes = [pair["recipes"][name]["accuracy"] for name in ("notebook 1", "notebook 1, grouped")]
        assert [theirs, grouped] == [round(100 * score["value"], 1) for score in recipes]
        assert lazy == round(100 * pair["lazy"]["accuracy"]["value"], 1)
        assert all(score["high"] < pair["lazy"]["accuracy"]["value"] for score in recipes)
        assert said(SLUG, "After {} epoch with {} tweets, both models had learned nothing.") == [
            pair["epochs"],
            pair["rows"],
        ]

    def test_the_answer_about_batches_of_64(self):
        """The cell after the prompt counts these shares in `laptop`; here only the words."""
        [large] = said(SLUG, "Set `size = {}` in the cell of the sampler.")
        compared = said(SLUG, "The longest of {} tweets is longer than the longest of {}, and {} others wait for it.")
        assert compared == [large, 16, large - 1]
        shares = said(SLUG, "There is more of it: `dynamic` goes from {}% to {}%, and `grouped` from {}% to {}%.")
        held = cell(SLUG, "assert wider == {")
        assert [shares[1], shares[3]] == [int(share) for share in re.findall(r'"(\d+)%"', held)[:2]]
        assert [shares[0], shares[2]] == [int(share) for share in re.findall(r'"(\d+)%"', held)[2:]]

    def test_the_sampler_sorts_within_blocks_of_50_batches(self):
        """The longest row of all comes first, and stands in no order with the rest of its block."""
        batches, blocks = said(
            SLUG, "Then it cuts the order into blocks of up to {} batches, but into at least {} blocks. It sorts by"
        )
        assert "One thing it does on purpose: the longest tweet of all comes first." in prose(SLUG)
        lengths = np.random.default_rng(0).permutation(16 * 50 * 8)
        order = lengths[list(LengthGroupedSampler(16, lengths=lengths.tolist()))]
        assert order[0] == lengths.max()
        rises = [place for place in range(2, len(order)) if order[place] > order[place - 1]]
        moved = {place for place in rises if place % (16 * batches)}  # one row made room for the longest
        assert len(moved) <= 1
        assert set(rises) - moved >= {16 * batches * block for block in range(2, 8)}

        few = np.random.default_rng(0).permutation(16 * batches)  # as many rows as one such block holds
        order = few[list(LengthGroupedSampler(16, lengths=few.tolist()))]
        rises = sum(order[place] > order[place - 1] for place in range(2, len(order)))
        assert blocks - 1 <= rises <= blocks + 1

    def test_older_pages_write_what_is_an_error_today(self, tmp_path):
        assert "Older pages write `group_by_length=True`, which is an error today." in prose(SLUG)
        with pytest.raises(TypeError, match="group_by_length"):
            TrainingArguments(output_dir=tmp_path, group_by_length=True)

    def test_the_trainer_returns_the_test_rows_in_another_order(self):
        assert "The labels are all there, in another order." in prose(SLUG)
        [rows] = said(SLUG, "We let it predict {} rows.")
        assert f"tokens.select(range({rows}))" in cell(SLUG, "test_rows = tokens.select(")
        found = printed(SLUG, "test_rows = tokens.select(")
        assert int(re.search(r"the same place: (\d+)%", found)[1]) < 90
        assert "the same labels: True" in found

    def test_answers_in_sorted_order_go_back_to_their_rows(self):
        """The folded answer, executed."""
        answer = cell(SLUG, "back[order] = answers", kind="markdown")
        lengths = np.array([30, 10, 20, 40])
        order = np.argsort(lengths)
        space = {"np": np, "order": order, "answers": lengths[order] * 10}
        exec(re.search(r"```python\n(.*?)```", answer, re.DOTALL)[1], space)
        assert space["back"].tolist() == [300, 100, 200, 400]


def test_the_listing_takes_as_many_reviews_as_the_text_says():
    of_each, first = said(SLUG, "There are {} reviews in each. So the first {} are all alike.")
    assert said(SLUG, 'load_dataset("imdb", split="train[:{}]")') == [first]
    assert first < of_each == 25_000 / 2  # half of the public training split, says its card


@needs_public
class TestPublicReviews:
    """The listing with `train[:5000]`."""

    @pytest.fixture(scope="class")
    def reviews(self):
        return Dataset.from_parquet(str(IMDB))

    def test_the_first_5000_have_one_label(self, reviews):
        of_each, first = said(SLUG, "There are {} reviews in each. So the first {} are all alike.")
        if len(reviews) < 25_000:
            pytest.skip(f"only a sample of {len(reviews):,} reviews is here, and not in the public order")
        assert first < of_each
        assert len(Counter(reviews["label"][:of_each])) == 1
        assert Counter(reviews["label"]) == {0: of_each, 1: of_each}

    def test_they_are_longer_so_padding_them_to_512_wastes_less(self, reviews, tokenizer):
        assert "(Film reviews are longer than our texts, so there the gain is smaller." in prose(SLUG)
        [ours] = re.findall(r"padding to 512: +(\d+)% of the tokens", printed(SLUG, '"padding to 512: '))
        texts = reviews.shuffle(seed=42).select(range(400))["text"][:]
        lengths = [len(ids) for ids in tokenizer(texts, truncation=True)["input_ids"]]
        assert 0.3 < 1 - np.mean(lengths) / 512 < 0.6 < int(ours) / 100
