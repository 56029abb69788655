"""Records: mixtures are right, a stopped run goes on, nothing that is trained sees a row that is judged."""

import copy

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from benchmarks.records import emotion, found, levels, measure, page, reviews
from benchmarks.records.learners import Decoder
from benchmarks.records.task import Job, Rows, Task, Way, mixed_probabilities
from tests.public_data import PUBLIC, needs_public

RECORDS = found.read()


def rows(count: int) -> Rows:
    return Rows([f"text {number}" for number in range(count)], np.arange(count) % 2)


class TestMixtures:
    def test_one_learner_alone_stays_as_it_is(self):
        answers = np.array([[0.2, 0.8], [0.5, 0.5]])
        assert np.allclose(mixed_probabilities([(1, answers)], 1), answers)

    def test_two_that_agree_are_surer_when_the_temperature_is_low(self):
        answers = np.array([[0.2, 0.8]])
        sure = mixed_probabilities([(0.5, answers), (0.5, answers)], 0.5)
        assert sure[0, 1] == pytest.approx(0.8**2 / (0.8**2 + 0.2**2))

    def test_a_probability_of_zero_is_no_infinity(self):
        mixed = mixed_probabilities([(0.5, np.array([[0.0, 1.0]])), (0.5, np.array([[1.0, 0.0]]))], 1)
        assert np.allclose(mixed, 0.5)

    def test_places_are_mixed_in_standard_deviations(self):
        small, large = np.array([1.0, 2.0, 3.0]), np.array([300.0, 100.0, 200.0])
        assert np.allclose(
            levels.mixed_places([(1, small), (1, large)], 1), levels.mixed_places([(1, small), (1, large * 9)], 1)
        )

    @pytest.mark.parametrize("task", page.TASKS.values(), ids=page.TASKS)
    def test_the_shares_of_each_way_belong_to_learners(self, task):
        for way in task.ways.values():
            assert set(way.shares) <= set(task.learners)
        assert task.seeded <= set(task.learners)
        assert {each for way in task.ways.values() for each in way.shares} == set(task.learners)


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """A task with two learners that note their jobs, and a cache of its own."""
    monkeypatch.setattr(measure, "_cache", lambda: tmp_path)
    monkeypatch.setattr(measure, "gflops", lambda threads: 150)
    jobs = []

    def learner(name):
        def answer(job: Job) -> np.ndarray:
            jobs.append((name, job))
            return np.tile([0.25, 0.75], (len(job.texts), 1))

        return answer

    task = Task(
        load=lambda public: (rows(16), rows(4)),
        learners={"plain": learner("plain"), "seeded": learner("seeded")},
        seeded=frozenset({"seeded"}),
        ways={"plain": Way({"plain": 1}), "both": Way({"plain": 0.5, "seeded": 0.5})},
        scores=lambda labels, answers: {"right": float(np.mean(answers.argmax(axis=1) == labels)), "rows": len(labels)},
        mix=mixed_probabilities,
        goal={"right": 1},
    )
    return task, jobs


def measured(task, runs, ways=("plain", "both")):
    return measure.measure("toy", task, runs, list(ways), False, lambda line: None)


class TestMeasuring:
    def test_each_row_is_judged_once_by_what_never_saw_it(self, toy):
        task, jobs = toy
        found = measured(task, measure.folds(rows(16), [0]), ["plain"])
        assert found["plain"]["scores"]["rows"]["median"] == 16
        for _, job in jobs:
            assert not set(job.learn.texts) & set(job.texts)
            assert len(job.learn.texts) == 12

    def test_the_test_part_is_learned_from_by_nobody(self, toy):
        task, jobs = toy
        learn, judge = rows(16), Rows(["unseen"], np.array([1]))
        found = measured(task, measure.finals(learn, judge, [0]))
        assert found["both"]["scores"]["right"]["median"] == 1
        assert all(job.learn.texts == learn.texts and job.texts == ["unseen"] for _, job in jobs)

    def test_what_was_answered_is_not_asked_again(self, toy):
        task, jobs = toy
        runs = measure.folds(rows(16), [0, 1])
        first = measured(task, runs)
        # the plain one does not depend on the seed: four folds; the seeded one: four folds, two seeds
        assert sorted(name for name, _ in jobs) == ["plain"] * 4 + ["seeded"] * 8
        assert measured(task, runs) == first
        assert len(jobs) == 12

    def test_other_rows_are_other_answers(self, toy):
        task, jobs = toy
        measured(task, measure.folds(rows(16), [0]), ["plain"])
        measured(task, measure.folds(rows(20), [0]), ["plain"])
        assert len(jobs) == 8

    def test_other_code_gives_other_answers(self, toy, monkeypatch):
        task, jobs = toy
        measured(task, measure.folds(rows(16), [0]), ["plain"])
        monkeypatch.setattr(measure, "code", lambda name: "another recipe")
        measured(task, measure.folds(rows(16), [0]), ["plain"])
        assert len(jobs) == 8

    def test_a_run_that_is_stopped_leaves_no_half_answer(self, toy, tmp_path, monkeypatch):
        task, _ = toy

        def full(file, **arrays):
            file.write_bytes(b"half")
            raise OSError("No space left on device")

        with monkeypatch.context() as broken, pytest.raises(OSError, match="No space"):
            broken.setattr(np, "savez", full)
            measured(task, measure.folds(rows(16), [0]), ["plain"])
        assert measured(task, measure.folds(rows(16), [0]), ["plain"])["plain"]["scores"]["rows"]["median"] == 16


def test_the_average_of_what_learns_is_the_librarys():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
    model[0].requires_grad_(False)
    ours = emotion.AverageOfTrained(model, get_ema_multi_avg_fn(0.9))
    theirs = AveragedModel(copy.deepcopy(model), multi_avg_fn=get_ema_multi_avg_fn(0.9))
    for _ in range(3):
        with torch.no_grad():
            model[1].weight.add_(torch.randn(2, 4))
        ours.update_parameters(model)
        theirs.update_parameters(model)
    for one, other in zip(ours.module.parameters(), theirs.module.parameters(), strict=True):
        assert torch.allclose(one, other)


class TestTheDecoder:
    @pytest.fixture(scope="class")
    def decoder(self):
        return Decoder(prompt="\nEmotion:", before="Tweet: ", layers=(2,), head=3, tail=4)

    def test_company_changes_no_vector(self, decoder):
        short, long = "So happy", "What a day, and what a very long row of words that is"
        together, alone = decoder.vectors([short, long], bf16=False), decoder.vectors([short], bf16=False)
        assert together.shape == (2, 2 * 576)
        assert np.allclose(together[0], alone[0], atol=1e-3)

    def test_of_a_long_text_it_reads_the_beginning_and_the_end(self, decoder):
        ids = decoder.tokenizer("one two three four five six seven eight nine ten")["input_ids"]
        [read] = decoder.tokenized(["one two three four five six seven eight nine ten"])["input_ids"].tolist()
        kept = read[len(decoder.first) : len(read) - len(decoder.prompt)]
        assert kept == ids[:3] + ids[-4:]
        vectors = decoder.vectors(["one two three four five six seven eight nine ten"] * 1, bf16=False)
        other = decoder.vectors(["one two three nothing of this is read seven eight nine ten"], bf16=False)
        assert np.allclose(vectors, other, atol=1e-3)


class TestThePage:
    def test_it_is_made_of_what_was_found(self):
        assert page.PAGE.read_text(encoding="utf-8") == page.text(RECORDS), "Run `python -m benchmarks.records.page`."

    def test_the_rows_are_those_of_the_tasks(self):
        for name, parts in RECORDS.items():
            for measurement in parts.values():
                assert list(measurement["rows"]) == list(page.TASKS[name].ways)


@needs_public
class TestOnPublicRows:
    @pytest.mark.parametrize("task", [emotion, reviews, levels])
    def test_rows_to_judge_are_not_among_those_to_learn_from(self, task):
        learn, judge = task.load(PUBLIC / "datasets")
        assert not set(learn.texts) & set(judge.texts)
        assert len(learn.texts) == len(learn.labels) > 1000

    def test_counting_beats_the_laziest_answer_on_reviews(self):
        learn, judge = reviews.load(PUBLIC / "datasets")
        answers = reviews.TASK.learners["counting"](Job(learn.take(np.arange(400)), judge.texts[:200], 0, False))
        assert reviews.scores(judge.labels[:200], answers)["accuracy"] > 0.65
