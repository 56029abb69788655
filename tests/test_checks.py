"""What every check can do, whatever it is handed: words, time, hints, and progress."""

import json
import re
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import sheet as sheet_module
from course_utils.checks import values
from course_utils.checks.limit import TookTooLong, within
from course_utils.checks.sheet import Sheet
from course_utils.checks.wrong import Said, WrongAnswer, shown


@pytest.fixture
def sheet(tmp_path, monkeypatch) -> Sheet:
    monkeypatch.chdir(tmp_path)
    made = Sheet("tokenization")

    @made.exercise(section="Any part", hints=["Look.", "Look closer."])
    def seven(seven, hidden=False):
        if values.as_number(seven, "seven") != 7:
            raise WrongAnswer("another number", seven, "one too many?")
        return "Seven it is."

    @made.exercise(section="Any part", hints=["Look.", "Look closer."])
    def called(function):
        return values.call(values.as_function(function, "function"), 1)

    return made


def say(exercise, *answers) -> str:
    with pytest.raises(WrongAnswer) as wrong:
        exercise(*answers)
    return str(wrong.value)


class TestAnExercise:
    def test_a_right_answer_gets_one_line_and_the_progress(self, sheet, capsys):
        sheet.exercises["seven"](7)
        assert capsys.readouterr().out == "✓ Seven it is.\n  sheet 03: ■□ 1 of 2 right\n"

    def test_a_wrong_one_gets_expected_received_slip_and_hint(self, sheet):
        assert say(sheet.exercises["seven"], 8).splitlines() == [
            "Not yet.",
            "  expected: another number",
            "  received: 8 (int)",
            "  perhaps:  one too many?",
            "  a hint:   check.seven.hint()",
        ]

    def test_a_notebook_shows_the_words_and_no_stack(self, sheet):
        with pytest.raises(WrongAnswer) as wrong:
            sheet.exercises["seven"](8)
        assert wrong.value._render_traceback_() == str(wrong.value).splitlines()
        assert wrong.value.__cause__ is None

    @pytest.mark.parametrize("answer", [..., [1, ...], (..., 2), {"a": ...}])
    def test_an_answer_not_given_is_called_so(self, sheet, answer):
        assert "you have not answered yet" in say(sheet.exercises["seven"], answer)

    def test_a_call_with_too_few_answers_is_corrected(self, sheet):
        assert "check.seven(seven)" in say(sheet.exercises["seven"])

    def test_an_error_in_the_answer_becomes_words(self, sheet):
        assert "ZeroDivisionError" in say(sheet.exercises["called"], lambda number: number / 0)

    def test_nothing_returned_becomes_words(self, sheet):
        assert "does it end with `return`?" in say(sheet.exercises["called"], lambda number: None)

    def test_what_never_ends_is_left_behind(self, sheet, monkeypatch):
        monkeypatch.setattr(sheet_module, "SECONDS", 0.3)
        ended = threading.Event()

        def never(number):
            try:
                while True:
                    time.sleep(0.01)
            finally:
                ended.set()

        assert "a loop that never ends" in say(sheet.exercises["called"], never)
        assert ended.wait(60), "its thread goes on"

    def test_warnings_and_bars_cost_no_points(self, sheet, capsys):
        def noisy(number):
            warnings.warn("look at me", stacklevel=1)
            return "fine"

        sheet.exercises["called"](noisy)
        assert capsys.readouterr().err == ""

    def test_a_stop_by_the_reader_is_no_wrong_answer(self, sheet):
        def stopped(number):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sheet.exercises["called"](stopped)

    def test_hints_unfold_and_end_at_the_lesson(self, sheet, capsys):
        for _ in range(4):
            sheet.exercises["seven"].hint()
        *first, last = capsys.readouterr().out.splitlines()
        assert first[:2] == ["Hint 1 of 3: Look.", "Hint 2 of 3: Look closer."]
        assert first[2] == last
        assert re.fullmatch(
            r"Hint 3 of 3: Read lesson \d\d · Tokenization \(notebooks/\d\d_tokenization.ipynb\) again, "
            r"the part “Any part”.",
            last,
        )


class TestProgress:
    def test_it_outlives_a_restart(self, sheet, capsys):
        sheet.exercises["seven"](7)
        again = Sheet("tokenization")
        again.exercises = sheet.exercises
        assert "■□" in again.keep("called", False)

    def test_the_last_judgement_counts(self, sheet):
        sheet.keep("seven", True)
        assert "□□ 0 of 2" in sheet.keep("seven", False)

    @pytest.mark.parametrize("text", ["", "{", "[1]", '{"seven": "yes"}', "null"])
    def test_a_damaged_file_is_begun_anew(self, sheet, text):
        sheet.file.parent.mkdir(parents=True)
        sheet.file.write_text(text)
        assert "□■ 1 of 2" in sheet.keep("called", True)
        assert json.loads(sheet.file.read_text())["called"] is True

    def test_a_folder_that_cannot_be_written_costs_no_answer(self, sheet, capsys):
        Path("work").write_text("a file where the folder should be")
        sheet.exercises["seven"](7)
        assert "✓ Seven it is." in capsys.readouterr().out


class TestShown:
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (None, "None"),
            (Said("as it is"), "as it is"),
            ("text", "'text' (str)"),
            (0.5, "0.5 (float)"),
            ([1, 2], "a list of 2: [1, 2]"),
            (torch.zeros(2, 3), "a Tensor of shape (2, 3), torch.float32: [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]"),
            (torch.zeros(50, 3), "a Tensor of shape (50, 3), torch.float32"),
            (torch.zeros(4, device="meta"), "a Tensor of shape (4,), torch.float32 on meta"),
            (np.ones(2), "a ndarray of shape (2,), float64: [1.0, 1.0]"),
            (torch.nn.Linear(2, 2), "a model, Linear"),
            (len, "the function len"),
            (dict, "the class dict"),
        ],
    )
    def test_values_are_described(self, value, words):
        assert shown(value) == words

    def test_it_is_one_short_line(self):
        assert len(shown("word\n" * 10_000)) <= 161
        assert "\n" not in shown("word\n" * 10)

    def test_what_cannot_be_shown_is_said(self):
        class Shy:
            def __repr__(self):
                raise ValueError

        assert shown(Shy()) == "an object of type Shy that cannot be shown"


class TestValues:
    @pytest.mark.parametrize("value", [7, 7.0, np.int64(7), np.array([7]), torch.tensor(7), torch.tensor([7.0])])
    def test_numbers_come_in_many_kinds(self, value):
        assert values.as_number(value, "x", whole=True) == 7

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("7", "without quotes"),
            (True, "a number"),
            ([7], "a number"),
            (float("nan"), "a division by zero"),
            (torch.tensor([1, 2]), "many values"),
            (len, "with brackets"),
            (72.5, "a percentage?"),
            (-1, "look at the unit"),
        ],
    )
    def test_what_is_no_share_is_told(self, value, words):
        with pytest.raises(WrongAnswer, match="(?s)" + words):
            values.as_number(value, "x", low=0, high=1)

    @pytest.mark.parametrize("value", [[1, 2], (1, 2), np.array([1, 2]), torch.tensor([1, 2]), range(1, 3)])
    def test_lists_come_in_many_kinds(self, value):
        assert values.as_list(value, "x", length=2, of=int) == [1, 2]

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("ab", "a list"),
            ({1, 2}, "no order"),
            ([1], "1 entries"),
            ([1, "a"], "holds 'a'"),
            (torch.tensor(1), "one number"),
        ],
    )
    def test_what_is_no_such_list_is_told(self, value, words):
        with pytest.raises(WrongAnswer, match=words):
            values.as_list(value, "x", length=2, of=int)

    def test_a_shape_may_be_open_and_a_wrong_one_has_its_slip(self):
        assert values.as_tensor([[1, 2]], "x", shape=(None, 2)).shape == (1, 2)
        with pytest.raises(WrongAnswer, match="stacked along the wrong axis"):
            values.as_tensor(np.ones((2, 3)), "x", shape=(3, 2), slips={(2, 3): "stacked along the wrong axis"})

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ([[1], [1, 2]], "different lengths"),
            ("text", "a tensor of numbers"),
            (torch.ones(1, device="meta"), "no numbers"),
        ],
    )
    def test_what_is_no_tensor_is_told(self, value, words):
        with pytest.raises(WrongAnswer, match=words):
            values.as_tensor(value, "x")

    @pytest.mark.parametrize("value", ["b", " B. ", "(b)", '"b"'])
    def test_a_choice_may_be_written_in_many_ways(self, value):
        assert values.as_choice(value, "x", ("a", "b")) == "b"

    def test_no_choice_names_the_choices(self):
        with pytest.raises(WrongAnswer, match='"a", "b"'):
            values.as_choice("c", "x", ("a", "b"))


class TestLimit:
    def test_a_result_comes_back_and_an_error_too(self):
        assert within(1, lambda: 5) == 5
        with pytest.raises(KeyError):
            within(1, lambda: {}["a"])

    def test_the_limit_holds_for_work_that_refuses(self):
        enough, over = threading.Event(), threading.Event()

        def stubborn():
            while not enough.is_set():
                try:
                    time.sleep(0.05)
                except BaseException:
                    continue
            over.set()

        with pytest.raises(TookTooLong):
            within(0.2, stubborn)
        assert not over.is_set(), "it waited for the work"
        enough.set()
        assert over.wait(60)
