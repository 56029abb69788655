"""What every check can do, whatever it is handed: words, time, hints, and progress."""

import ast
import copy
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from datasets import Dataset

from course_tools.project import ROOT
from course_utils.checks import limit, values
from course_utils.checks import sheet as sheet_module
from course_utils.checks.cases import judge
from course_utils.checks.cells import makes
from course_utils.checks.limit import TookTooLong, within
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, predict
from course_utils.checks.wrong import UNKNOWN, Said, WrongAnswer, WrongForm, probed, shown, shown_call


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
            "  a hint:   unfold one below, or run check.seven.hint()",
            "  sheet 03: □□ 0 of 2 right",
        ]

    def test_a_notebook_shows_the_words_and_no_stack(self, sheet):
        with pytest.raises(WrongAnswer) as wrong:
            sheet.exercises["seven"](8)
        assert wrong.value._render_traceback_() == str(wrong.value).splitlines()
        assert wrong.value.__cause__ is None

    @pytest.mark.parametrize("answer", [..., [1, ...], (..., 2), {"a": ...}, {"a": [1, ...]}])
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
                    pass
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
        capsys.readouterr()
        again.begin()
        assert capsys.readouterr().out == "You have been here before. Sheet 03: ■□ 1 of 2 right\n"

    def test_a_new_sheet_begins_in_silence(self, sheet, capsys):
        sheet.begin()
        assert capsys.readouterr().out == ""

    def test_the_last_judgement_counts(self, sheet):
        sheet.progress.keep("seven", True)
        sheet.progress.keep("seven", False)
        assert "□□ 0 of 2" in sheet.line()

    @pytest.mark.parametrize("text", ["", "{", "[1]", '{"seven": "yes"}', "null"])
    def test_a_damaged_file_is_begun_anew(self, sheet, text):
        file = sheet.progress.file
        file.parent.mkdir(parents=True)
        file.write_text(text)
        sheet.progress.keep("called", True)
        assert "□■ 1 of 2" in sheet.line()
        assert json.loads(file.read_text())["called"] is True

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

    def test_spaces_may_be_the_slip_and_are_kept(self):
        assert shown(["  a  b  "]) == "a list of 1: ['  a  b  ']"
        assert shown(Said("two\n   lines")) == "two lines"

    def test_a_call_is_cut_to_what_its_short_arguments_leave(self):
        turns = [{"speaker": "A", "text": f"Is it {number}?"} for number in range(6)]
        assert shown_call("fit", (turns, 3, 6)) == f"fit({turns}, 3, 6)"
        assert shown_call("fit", (turns, 3, turns * 2)).count(" …") == 2
        assert len(shown_call("fit", (turns * 9, 3, turns * 9))) < 340

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
            (-1, "at least 0, at most 1"),
            (4, "a count or"),
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
            ([1], "1 entry"),
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
                    sum(range(1000))
                except BaseException:
                    continue
            over.set()

        with pytest.raises(TookTooLong):
            within(0.2, stubborn)
        assert not over.is_set(), "it waited for the work"
        enough.set()
        assert over.wait(60)

    def test_a_slow_clock_stops_nothing(self):
        assert within(0.2, lambda: time.sleep(0.6) or 5) == 5

    @pytest.mark.parametrize("nap", [0.01, 1000])
    def test_what_only_waits_is_stopped(self, monkeypatch, nap):
        monkeypatch.setattr(limit, "IDLE_SECONDS", 0.5)

        def wait():
            while True:
                time.sleep(nap)

        with pytest.raises(TookTooLong):
            within(60, wait)


class TestPoints:
    """In nbgrader's terms: a number that a check cell returns is partial credit, an error is none."""

    @pytest.fixture
    def graded(self, sheet, monkeypatch):
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
        return sheet.exercises

    def test_all_points_for_a_right_answer(self, graded):
        assert (graded["seven"](7), graded["seven"](7, hidden=True)) == (None, None)

    def test_one_for_the_right_form_with_the_words(self, graded, capsys):
        assert graded["seven"](8) == 1
        assert "expected: another number" in capsys.readouterr().out

    def test_none_for_another_form(self, graded):
        assert "without quotes" in say(graded["seven"], "seven")

    def test_the_hidden_half_cannot_better_the_visible_one(self, graded):
        graded["seven"](8)
        assert graded["seven"](7, hidden=True) == 1

    def test_none_for_the_form_where_the_card_gives_the_form(self, graded):
        graded["seven"].form_point = False
        say(graded["seven"], 8)

    def test_a_student_meets_an_error(self, sheet):
        say(sheet.exercises["seven"], 8)


class TestNear:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (1, 1.0),
            (float("nan"), float("nan")),
            ([1, 2], (1.0, 2.0)),
            (np.array([1, 2]), torch.tensor([1.0, 2.0])),
            ({"a": [1]}, {"a": [1]}),
            (torch.zeros(2), [0, 0]),
            (np.array(["a"]), np.array(["a"])),
            (None, None),
        ],
    )
    def test_alike(self, one, other):
        assert near(one, other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (1, 1.1),
            ([1], [1, 2]),
            (np.zeros(2), np.zeros((1, 2))),
            ({"a": 1}, {"b": 1}),
            ("1", 1),
            (torch.zeros(2), "text"),
            (None, 0),
        ],
    )
    def test_not_alike(self, one, other):
        assert not near(one, other)

    def test_a_model_that_learned_or_changed_its_mode_is_another(self):
        model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Dropout(0.5))
        for change in (
            lambda copied: copied.eval(),
            lambda copied: copied[0].weight.data.add_(1),
            lambda copied: copied(torch.ones(1, 2)).sum().backward(),
            lambda copied: copied.requires_grad_(False),
            lambda copied: setattr(copied[1], "p", 0.0),
        ):
            copied = copy.deepcopy(model)
            assert near(model, copied)
            change(copied)
            assert not near(model, copied)

    def test_a_dataset_is_what_its_columns_rows_and_format_are(self):
        rows = Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]})
        assert near(rows, Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]}))
        assert not near(rows, rows.select([1, 0]))
        assert not near(rows, rows.with_format("numpy"))


class TestCases:
    def words(self, function, **options) -> str:
        with pytest.raises(WrongAnswer) as wrong:
            judge(function, "half", [([2],), ([4, 6],)], lambda numbers: [each / 2 for each in numbers], **options)
        return str(wrong.value)

    def test_a_right_one_is_silent(self):
        judge(lambda numbers: tuple(n / 2 for n in numbers), "half", [([2],), ([4, 6],)], lambda n: [e / 2 for e in n])

    def test_the_smallest_input_that_differs_is_shown(self):
        words = self.words(lambda numbers: [n / len(numbers) if len(numbers) > 1 else n / 2 for n in numbers][:1])
        assert "given:    half([4, 6])" in words
        assert "expected: a list of 2: [2.0, 3.0]" in words
        assert "received: a list of 1: [2.0]" in words

    def test_a_slip_is_named_where_it_gives_all_results(self):
        slips = {"nothing is halved": lambda numbers: numbers, "always one": lambda numbers: [1]}
        assert "perhaps:  nothing is halved" in self.words(lambda numbers: list(numbers), slips=slips)

    def test_a_slip_that_fits_once_is_not_named(self):
        slips = {"always one": lambda numbers: [1]}
        words = self.words(lambda numbers: [1.0] if numbers == [2] else [0, 0], slips=slips)
        assert f"perhaps:  {UNKNOWN}" in words

    def test_an_argument_that_was_changed_is_told(self):
        def emptied(numbers):
            return [numbers.pop(0) / 2 for _ in range(len(numbers))]

        assert "leaves `numbers` as it is: a list of 1: [2]" in self.words(emptied)
        judge(emptied, "half", [([2],)], lambda numbers: [1.0], may_change={"numbers"})

    def test_an_argument_that_is_handed_back_is_not_the_answer_of_another_call(self):
        assert "received: a list of 1: [2]" in self.words(lambda numbers: numbers)

    def test_an_error_in_a_later_case_hides_no_wrong_result(self):
        assert "given:    half([2])" in self.words(lambda numbers: [7] if len(numbers) == 1 else numbers["a"])

    def test_an_error_is_told_with_the_call(self):
        words = self.words(lambda numbers: numbers["a"])
        assert "given:    half([2])" in words
        assert "TypeError" in words


class TestProbed:
    PROBES: ClassVar = {"never": lambda answer: answer.nothing, "one too many?": lambda answer: answer == 8}
    ERRORS: ClassVar = {"KeyError": "which keys are there?"}

    def words(self, wrong: WrongAnswer, answer=8) -> str:
        with pytest.raises(WrongAnswer) as raised, probed(answer, self.PROBES, self.ERRORS):
            raise wrong
        return raised.value.perhaps

    def test_a_probe_speaks_where_no_slip_was_found(self):
        assert self.words(WrongAnswer("seven", 8)) == "one too many?"
        assert self.words(WrongAnswer("seven", 9), 9) == ""
        assert self.words(WrongAnswer("seven", 8, "a slip")) == "a slip"

    def test_an_error_is_put_into_words_before_its_line(self):
        assert (
            self.words(WrongForm("a value", Said("KeyError: 'a'"), "in line 2")) == "which keys are there?; in line 2"
        )
        assert self.words(WrongForm("a value", Said("ValueError: no"), "in line 2")) == "in line 2"

    def test_a_right_answer_is_not_probed(self):
        with probed(8, self.PROBES):
            pass


class TestPredict:
    PARTS: ClassVar = {"a": Part(3, {"one too many": 4}), "b": Part("up", read=lambda value, _: value)}

    def words(self, answers) -> str:
        with pytest.raises(WrongAnswer) as wrong:
            predict(answers, "guess", self.PARTS)
        return str(wrong.value)

    def test_right(self):
        predict({"a": np.int64(3), "b": "up", "more": 1}, "guess", self.PARTS)

    def test_the_slip_or_none(self):
        assert "one too many" in self.words({"a": 4, "b": "up"})
        assert UNKNOWN in self.words({"a": 5, "b": "up"})

    def test_a_missing_key_and_another_kind_have_no_form(self):
        for answers in ({"a": 3}, [3, "up"], {"a": "3", "b": "up"}):
            with pytest.raises(WrongForm):
                predict(answers, "guess", self.PARTS)

    def test_the_answer_is_not_told(self):
        assert "3" not in self.words({"a": 5, "b": "up"}).replace("03", "")


class TestCells:
    """In a real IPython, without a kernel: what a failed cell leaves behind is no answer."""

    @pytest.fixture
    def shell(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        code = """
            import sys
            from IPython.core.interactiveshell import InteractiveShell
            from traitlets.config import Config
            shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
            for cell in sys.stdin.read().split("----\\n"):
                shell.run_cell(cell)
        """

        def run(*cells: str) -> str:
            command = [sys.executable, "-c", textwrap.dedent(code)]
            done = subprocess.run(
                command,
                input="----\n".join(cells),
                capture_output=True,
                text=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        return run

    CHECK = "from lessons.start_here import checks as check\ncheck.lazy_scores(lazy_scores)\n"
    RIGHT = 'lazy_scores = {"a": 4 / 8, "b": 1 / 8, "c": 0, "d": 1}\n'

    def test_an_older_value_is_not_judged(self, shell):
        said = shell(self.CHECK, self.RIGHT, self.CHECK, "lazy_scores = {'a': 4 / 8\n", self.CHECK)
        assert said.count("✓") == 1
        assert "a cell that ended with SyntaxError" in said

    def test_a_mended_cell_is_judged_again(self, shell):
        said = shell(self.CHECK, "lazy_scores = 1 / 0\n", self.RIGHT, self.CHECK)
        assert said.count("✓") == 1

    def test_a_restart_is_explained(self, shell):
        said = shell(self.CHECK)
        assert "NameError" in said
        assert "`lazy_scores` is not there. After a restart" in said

    def test_another_error_is_left_alone(self, shell):
        assert "After a restart" not in shell(self.RIGHT, self.CHECK, "nothing_of_ours\n")


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("name = 1", True),
        ("def name(x):", True),
        ("x = 1\nname: dict = {", True),
        ("name == 1", False),
        ("print(name)", False),
        ("name(1) = 2", False),
        ("other_name = 1", False),
    ],
)
def test_which_cell_makes_a_name(source, made):
    assert makes(source, "name") is made


def test_the_example_of_a_card_is_what_its_check_expects():
    """Of the one card whose example is about single spaces."""
    from lessons.linguist.checks import _lines

    card = (ROOT / "lessons" / "linguist" / "exercises.py").read_text("utf-8")
    [(call, given)] = re.findall(r"^# Example: `concordance(\(.+?\))` gives `(.+?)`", card, re.M)
    texts, word, width = ast.literal_eval(call)
    assert ast.literal_eval(given) == _lines(texts, word, width)
    assert all(line.index("[") == width for line in ast.literal_eval(given))
