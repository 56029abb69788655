"""What this lesson says without computing it."""

import re
import tomllib
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, TaskType, get_peft_model
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig, TrainingArguments

from course_utils import CourseError, sources
from course_utils.devices import gpu_message
from course_utils.memory import PeakMemory, dry_run
from tests.prose import cell, executed, printed, prose, said, stored_records

SLUG = "cuda_errors"
MESSAGES = tomllib.loads((sources.DATA / "cuda_messages.toml").read_text(encoding="utf-8"))
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"]


def lora(model):
    return get_peft_model(model, LoraConfig(TaskType.SEQ_CLS, target_modules=["query", "value"]))


@pytest.fixture(scope="module")
def records():
    """What the lesson recorded when its notebook was built."""
    return stored_records(SLUG)


@pytest.fixture(scope="module")
def remedies():
    """What the lesson tries, name -> the change of the model and the step."""
    return executed(SLUG, "remedies = {", **dict.fromkeys(("checkpointing", "freezing", "longest")))["remedies"]


def peak(name: str) -> float:
    """Return the height of a bar, in MB."""
    [found] = re.findall(rf"{name} ([\d,]*\d)", printed(SLUG, "plots.bars(peaks, "))
    return float(found.replace(",", ""))


class TestQuotedMessages:
    @pytest.mark.parametrize("name", MESSAGES)
    def test_every_gpu_message_says_where_it_is_from(self, name):
        assert "those words are quoted from public bug reports. Each one comes with its address." in prose(SLUG)
        entry = MESSAGES[name]
        assert {"source", "date"} <= set(entry)
        assert entry["message"].strip() in gpu_message(name)
        assert f"quoted from a bug report of {entry['date']}: https://" in gpu_message(name)

    def test_an_unknown_gpu_message_is_refused_with_the_known_names(self):
        with pytest.raises(CourseError, match="two_devices"):
            gpu_message("no_such_error")

    @pytest.mark.parametrize(
        ("name", "quotes"),
        [
            ("two_devices", ["`cpu and cuda:0`", "`argument index in method ...index_select`"]),
            ("device_side_assert", ["*might be asynchronously reported at some other API call*"]),
            ("assertion", ["`t`", "`n_classes`"]),
            ("cudnn", ["*Execution failed.*"]),
            ("no_device", ["`No CUDA GPUs are available`"]),
        ],
    )
    def test_the_lesson_quotes_what_the_message_says(self, name, quotes):
        message = MESSAGES[name]["message"].replace("CUDNN_STATUS_EXECUTION_FAILED", "Execution failed.")
        for quote in quotes:
            assert quote in prose(SLUG)
            assert all(part in message for part in quote.strip("`*").split("..."))

    def test_the_report_about_memory_is_read_line_by_line(self):
        read = [
            *said(SLUG, "| `Tried to allocate {} MiB` |"),
            *said(SLUG, "| `{} GiB of which {} MiB is free` |"),
            *said(SLUG, "| `this process has {} GiB` |"),
            *said(SLUG, "| `{} GiB is allocated` |"),
            *said(SLUG, "| `{} MiB is reserved ... but unallocated` |"),
        ]
        written = re.findall(r"([\d.]+) [MG]iB", MESSAGES["out_of_memory"]["message"])
        assert read == [float(number) for number in written]

    def test_the_arrow_is_at_a_line_that_counts(self):
        assert "saw the arrow at a line that counts right answers." in prose(SLUG)
        line = MESSAGES["device_side_assert"]["message"].strip().splitlines()[0]
        assert "torch.eq(y_true, y_pred).sum()" in line
        assert "The GPU's message names neither." in prose(SLUG)
        assert not re.search("Target|cross_entropy", MESSAGES["device_side_assert"]["message"])

    def test_the_thread_is_the_place_in_the_batch(self):
        [place] = said(SLUG, "`thread: [{},0,0]` the place in the batch, counted from 0.")
        assert f"thread: [{place},0,0]" in MESSAGES["assertion"]["message"]
        assert f"So here the {ORDINALS[place]} label is below 0, or too big." in prose(SLUG)

    @pytest.mark.parametrize(
        ("sentence", "library", "words"),
        [
            ("found at least two devices", "*torch_cpu*", b"found at least two devices, "),
            (", different from other tensors on cuda:0*", "*torch_cpu*", b", different from other tensors on "),
            ("`No CUDA GPUs are available`", "*torch_cpu*", b"No CUDA GPUs are available"),
            ("set `PYTORCH_ALLOC_CONF=expandable_segments:True`", "*c10*", b"PYTORCH_ALLOC_CONF"),
            ("set `PYTORCH_ALLOC_CONF=expandable_segments:True`", "*c10*", b"expandable_segments"),
        ],
    )
    def test_the_installed_torch_still_says_the_words(self, sentence, library, words):
        assert sentence in prose(SLUG) + gpu_message("two_devices")
        libraries = (Path(torch.__file__).parent / "lib").glob(library)
        assert any(mmap(file.fileno(), 0, access=ACCESS_READ).find(words) > 0 for file in map(Path.open, libraries))


class TestOnACpu:
    def test_the_errors_say_what_the_lesson_reads_out_of_them(self):
        logits, target = torch.zeros(1, 4), torch.tensor([4])
        with pytest.raises(RuntimeError, match="Tensor on device cpu is not on the expected device meta"):
            torch.nn.functional.cross_entropy(logits, target.to("meta"))
        with pytest.raises(RuntimeError, match="allocate"):
            torch.empty(10**15)
        [label] = said(SLUG, "the message names the label (`Target {}`) and the line (`cross_entropy`).")
        with pytest.raises(IndexError, match=f"Target {label} is out of bounds"):
            torch.nn.functional.cross_entropy(logits, target)
        assert "On the CPU: `index out of range`. An index into which table?" in prose(SLUG)
        with pytest.raises(IndexError, match="index out of range"):
            torch.nn.Embedding(100, 8)(torch.tensor([100]))

    def test_the_program_has_three_texts_four_classes_and_a_label_too_big(self):
        [label] = said(SLUG, "Three texts, four classes, and the third label is {}.")
        program = cell(SLUG, "print(program)")
        assert "torch.zeros(3, 4, device=device)" in program
        assert f"torch.tensor([0, 3, {label}], device=device)" in program

    def test_a_table_of_100_rows_has_no_row_100(self):
        rows, first, last, asked = said(SLUG, "A table of {} rows has the rows {} to {}, and we asked for row {}.")
        assert f"torch.nn.Embedding({rows}, 8)" in cell(SLUG, "lstm = ")
        assert f"torch.tensor([[5, 17, {asked}]], device=device)" in cell(SLUG, "lstm = ")
        table = torch.nn.Embedding(rows, 8)
        assert table(torch.tensor([first, last])).shape == (2, 8)
        for wrong in (first - 1, last + 1, asked):
            with pytest.raises(IndexError, match="index out of range"):
                table(torch.tensor([wrong]))

    def test_minus_100_is_left_out_of_the_loss_and_minus_1_is_not(self):
        logits, right = torch.zeros(2, 4), torch.tensor([1])
        refused, named, skipped = said(SLUG, "{} raises `Target {} is out of bounds`. {} raises nothing:")
        assert torch.nn.functional.cross_entropy(logits, torch.tensor([skipped, skipped])).isnan()
        assert said(SLUG, "So {} is the way to say *skip this one*.") == [skipped]
        kept = torch.nn.functional.cross_entropy(logits[:1], right)
        assert torch.nn.functional.cross_entropy(logits, torch.tensor([1, skipped])) == kept
        with pytest.raises(IndexError, match=f"Target {named} is out of bounds"):
            torch.nn.functional.cross_entropy(logits, torch.tensor([1, refused]))

    def test_without_num_labels_a_third_class_is_out_of_bounds(self):
        target, default, *allowed = said(
            SLUG, "`Target {} is out of bounds.` The default of `num_labels` is {}, so only {} and {} are allowed."
        )
        model = AutoModelForSequenceClassification.from_pretrained(sources.offline_checkpoint())
        assert model.config.num_labels == default
        assert allowed == list(range(default))
        with pytest.raises(IndexError, match=f"Target {target} is out of bounds"):
            model(input_ids=torch.ones(4, 3, dtype=torch.long), labels=torch.tensor([1, 0, 2, 3]))
        in_the_table, again = said(
            SLUG, "`Target {} is out of bounds`, and you have four classes | the model was made without `num_labels` "
            "(the default is {})",
        )  # fmt: skip
        assert again == default
        with pytest.raises(IndexError, match=f"Target {in_the_table} is out of bounds"):
            model(input_ids=torch.ones(2, 3, dtype=torch.long), labels=torch.tensor([0, 3]))

    @pytest.mark.skipif(torch.version.cuda is not None, reason="this PyTorch was made for CUDA")
    def test_a_torch_without_cuda_says_so(self):
        assert "`Torch not compiled with CUDA enabled`: this PyTorch was made without CUDA" in prose(SLUG)
        with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
            torch.zeros(1).to("cuda")

    def test_checkpointing_has_a_new_name_and_the_old_one_says_so(self, tmp_path):
        assert "In `TrainingArguments` it is `activation_checkpointing=True`." in prose(SLUG)
        assert TrainingArguments(output_dir=tmp_path, activation_checkpointing=True).activation_checkpointing
        assert "Older code says *gradient* in place of *activation*: the same thing, under a name that will go." in (
            prose(SLUG)
        )
        model = AutoModelForSequenceClassification.from_config(BertConfig(num_hidden_layers=1))
        with pytest.warns(FutureWarning, match="activation_checkpointing_enable"):
            model.gradient_checkpointing_enable()
        assert model.is_activation_checkpointing

    def test_numbers_do_not_come_back_from_meta(self):
        words = "Cannot copy out of meta tensor; no data!"
        assert f"| `{words}` | there are no numbers on `meta` |" in prose(SLUG)
        with pytest.raises(NotImplementedError, match=words):
            torch.ones(2).to("meta").to("cpu")


class TestMemory:
    def test_a_number_takes_4_bytes_and_adamw_keeps_two_of_them(self):
        [size] = said(SLUG, "Each number takes {} bytes.")
        halved = said(SLUG, "Mixed precision computes a part with {} bytes instead of {}.")
        assert halved == [torch.bfloat16.itemsize, size]
        weight = torch.nn.Parameter(torch.ones(3))
        assert weight.element_size() == size
        assert "the optimizer's two notes for each weight" in prose(SLUG)
        optimizer = torch.optim.AdamW([weight])
        weight.sum().backward()
        optimizer.step()
        assert sum(notes.shape == weight.shape for notes in optimizer.state[weight].values()) == 2

    def test_the_patient_is_the_one_of_the_code(self):
        texts, tokens = said(SLUG, "Our patient: {} texts at once, padded to {} tokens, everything trained.")
        assert f'full = {{"texts": {texts}, "tokens": {tokens}}}' in cell(SLUG, "remedies = {")
        assert "four small batches, one optimizer step." in prose(SLUG)
        [pieces] = said(SLUG, "In `TrainingArguments` it is `gradient_accumulation_steps={}`.")
        assert f'(None, {{**full, "pieces": {pieces}}})' in cell(SLUG, "remedies = {")
        assert said(SLUG, "Combine three: LoRA, checkpointing, and {} pieces.") == [pieces]
        assert f'"pieces": {pieces}}})` to `remedies`' in prose(SLUG)

    def test_the_remedies_save_what_the_list_says(self, remedies):
        assert "shrunk a training step in six ways" in prose(SLUG)
        assert len(remedies) == 1 + 6
        nothing = peak("nothing done")
        assert "Smaller pieces and shorter texts save more than half" in prose(SLUG)
        assert max(peak("4 pieces of 8 texts"), peak(r"padded to \d+, not 128")) < 0.5 * nothing
        assert "Mixed precision saves little here." in prose(SLUG)
        assert peak("mixed precision") > 0.8 * nothing
        assert "Checkpointing saves much." in prose(SLUG)
        assert "Freezing saves much, because nothing has to be kept" in prose(SLUG)
        assert max(peak("checkpointing"), peak("freezing two thirds")) < 0.5 * nothing
        assert "LoRA saves less than many expect." in prose(SLUG)
        assert 0.5 * nothing < peak("LoRA") < nothing

    def test_lora_checkpointing_and_pieces_together_need_about_a_tenth(self, records):
        assert "The peak falls to about a tenth." in prose(SLUG)
        assert "The weights themselves are then most of it." in prose(SLUG)
        config = AutoConfig.from_pretrained(sources.offline_checkpoint(), num_labels=4)
        model = lora(AutoModelForSequenceClassification.from_config(config).train())
        model.activation_checkpointing_enable()
        with dry_run(model), PeakMemory(model) as memory:
            optimizer = torch.optim.AdamW(weight for weight in model.parameters() if weight.requires_grad)
            for _ in range(4):
                ids = torch.ones(8, 128, dtype=torch.long)
                (model(input_ids=ids, labels=ids[:, 0]).loss / 4).backward()
            optimizer.step()
        weights = sum(weight.numel() for weight in model.parameters()) * 4 / 1e6
        assert 0.07 < memory.peak_mb / records["peak_plain_mb"] < 0.13
        assert weights > memory.peak_mb / 2

    def test_bert_base_hardly_fits_on_the_free_card(self, records):
        texts, tokens = said(SLUG, "This plans BERT base, with {} texts of {} tokens.")
        assert f"train_two_steps(plan, texts={texts}, tokens={tokens}," in cell(SLUG, "bert = BertConfig(")
        [card] = said(SLUG, "Colab's free card, a T4, has {} GB (says NVIDIA's data sheet).")
        assert card == 16  # the data sheet of the T4: "16 GB GDDR6"
        assert "Without a remedy, nearly the whole card is full." in prose(SLUG)
        assert 0.8 * card < records["bert_base_nothing_done_gb"] < card
        [smaller] = said(SLUG, "So expect error 2, or take a batch of {}.")
        assert smaller == texts / 2

    def test_lora_saves_most_of_it_with_one_short_text(self, records):
        assert "Now LoRA saves most of it." in prose(SLUG)
        assert records["lora_share_alone"] < 0.5 < records["lora_share_batch"]

    def test_lora_trains_less_than_one_percent_and_most_of_the_rest_stays(self):
        assert "*LoRA trains less than one percent of the weights. So it needs hardly any memory.*" in prose(SLUG)
        assert "*Less than one percent of what?" in prose(SLUG)
        config = AutoConfig.from_pretrained(sources.offline_checkpoint(), num_labels=4)
        trained, everything = lora(AutoModelForSequenceClassification.from_config(config)).get_nb_trainable_parameters()
        assert trained / everything < 0.01
        assert "Gradients and optimizer are almost gone. The weights stay, and so does most of the rest:" in prose(SLUG)
        parts = ("weights", "gradients and optimizer", "rest")
        table = printed(SLUG, "trains {part:.2%}")
        (weights, kept), (moving, left), (rest, most) = (
            map(float, re.findall(rf" {part} +(\d+) MB", table)) for part in parts
        )
        assert weights == kept
        assert left < 0.01 * moving
        assert 0.5 * rest < most < rest
