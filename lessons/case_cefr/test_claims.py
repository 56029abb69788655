"""What this lesson says and no cell of it checks: the data's card, the repeated trainings, what its own run showed."""

import csv
import json
import re
from collections import Counter

import numpy as np
import pytest
import torch
from datasets import Dataset, DatasetDict, load_dataset
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from benchmarks import cefr_ways
from course_tools.project import ROOT
from course_utils.sources import DATA
from lessons.case_cefr import card, parts
from tests.prose import cell, made, offline_tokenizer, printed, prose, said, small_bert, stored_records
from tests.public_data import PUBLIC, needs_public

SLUG = "case_cefr"
CARD = " ".join((DATA / "cefr" / "README.md").read_text(encoding="utf-8").split())
MEASURED = json.loads((ROOT / "benchmarks" / "cefr_ways.json").read_text(encoding="utf-8"))
LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
tokenizer = pytest.fixture(offline_tokenizer, scope="module")


def table(code: str) -> dict[str, list[float]]:
    """Return the rows of a table of pandas in the stored output of a cell: name -> numbers."""
    rows = re.findall(r"^(\S+(?: \S+)*?)((?:  +-?\d[\d.]*)+)$", printed(SLUG, code), re.MULTILINE)
    assert rows
    return {name: [float(number) for number in numbers.split()] for name, numbers in rows}


def rows_of(split):
    with (DATA / "cefr" / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestTheData:
    def test_the_second_reader(self):
        [percent] = said(SLUG, "gave the same level to {}% of the test texts, and was never more than one level off")
        rows, same = re.search(r"levelled the (\d+) test rows: the same level for (\d+) \(", CARD).groups()
        assert int(rows) == len(rows_of("test"))
        assert percent == round(100 * int(same) / int(rows))
        assert f"{same} ({percent:.0f}%, Cohen's kappa 0.88), never more than one level apart" in CARD

    def test_what_a_model_learns_from_all_of_it(self):
        learned, home, sentences, away = said(
            SLUG, "learned from all {} training texts. It had {}% of the levels right on texts of the same kind. On {} "
            "public sentences, levelled by teachers, it had {}%"
        )  # fmt: skip
        assert learned == len(rows_of("train"))
        assert [home, away] == [self.accuracy("own test rows"), self.accuracy("CEFR-SP sentences")]
        assert f"| CEFR-SP sentences | {sentences:,} |" in CARD
        assert "Promise 5 is settled already, and it is not kept" in prose(SLUG)
        [points] = said(SLUG, "it is right as often as on ours | {} points less at most |")
        assert home - away > points
        for percent in (home, away):
            assert f"{percent}%" in card.AWAY

    @staticmethod
    def accuracy(judged_on: str) -> int:
        """Return the accuracy of the fine-tuned model in a row of the data's card, in percent."""
        cells = re.search(rf"\| {judged_on} \|([^\n]*?)(?=\| own|\| CEFR|Fine-tuned:)", CARD)[1].split("|")
        return round(100 * float(cells[4].split()[0]))

    def test_what_public_labels_bring(self):
        rows, better, worse = said(
            SLUG, "Trained on {} of the public sentences themselves, the same checkpoint puts the others into a better "
            "order (Spearman {} against {})"
        )  # fmt: skip
        assert f"trained on {rows} of these sentences themselves (four epochs, one seed) reached {better}" in CARD
        assert round(float(re.search(r"\| CEFR-SP sentences \| [\d,]+ \| [\d.]+ \| ([\d.]+) \(", CARD)[1]), 2) == worse

    @needs_public
    def test_the_public_sentences(self):
        [sentences] = said(SLUG, "On {} public sentences, levelled by teachers")
        file = PUBLIC / "datasets/UniversalCEFR/cefr_sp_en/cefr_sp_en.json"
        levels = Counter(row["cefr_level"] for row in json.loads(file.read_text(encoding="utf-8")))
        assert sentences == levels.total()
        assert "below ten, hardly anything. In the public file of `full`, that is C2, C1 and nearly A1" in prose(SLUG)
        rows = [{"text": str(k), "cefr_level": level} for k, level in enumerate(levels.elements())]
        texts = parts.with_labels(DatasetDict(train=Dataset.from_list(rows)))
        test = parts.three_parts(texts, dict.fromkeys(("train", "validation", "test")), 42)["test"]
        tested = Counter(test["label"][:])
        assert tested[5] == 0
        assert max(tested[4], tested[0]) < 10

    def test_always_a2_is_within_one_for_half_of_the_test_texts(self):
        percent, luck = said(
            SLUG, "That is three of six levels: {}% of the test texts, without reading a word. Its kappa is exactly {}:"
        )  # fmt: skip
        levels = np.array([LEVELS.index(row["label"]) for row in rows_of("test")])
        assert percent == round(100 * np.mean(abs(levels - 1) <= 1))
        assert cohen_kappa_score(levels, np.full(len(levels), 1), weights="quadratic") == pytest.approx(luck)

    def test_the_vocabulary_begins_with_common_words(self, tokenizer):
        assert "BERT's vocabulary is a list, and common words mostly stand before rare ones" in prose(SLUG)
        words = Counter(re.findall(r"[a-z']+", " ".join(row["text"] for row in rows_of("train")).lower()))
        vocabulary = tokenizer.get_vocab()
        known = [word for word, count in words.items() if count >= 5 and word in vocabulary]
        ranks, counts = [vocabulary[word] for word in known], [words[word] for word in known]
        assert spearmanr(ranks, counts).statistic < -0.5


class TestTheMeasures:
    @pytest.fixture(scope="class")
    def kappa(self):
        return made(SLUG, "kappa", np=np)

    def test_kappa_of_perfect_answers_and_of_luck(self, kappa):
        perfect, luck = said(SLUG, "as an error of one. {} is perfect, and {} is what you get by luck")
        rng = np.random.default_rng(0)
        levels = rng.integers(6, size=1000)
        assert kappa(levels, levels) == perfect
        shuffled = [kappa(levels, rng.permutation(levels)) for _ in range(20)]
        assert np.mean(shuffled) == pytest.approx(luck, abs=0.03)

    def test_an_error_of_two_levels_costs_four_times_as_much(self, kappa):
        assert "an error of two levels costs four times as much as an error of one" in prose(SLUG)
        levels = np.repeat(np.arange(6), 100)

        def lost(off):
            answers = levels.copy()
            answers[300] += off
            return 1 - kappa(levels, answers)

        assert lost(2) == pytest.approx(4 * lost(1), rel=0.02)

    def test_kappa_of_one_level_is_not_a_number(self, kappa):
        assert "| kappa is `nan` | only one level in labels and answers |" in prose(SLUG)
        with np.errstate(all="ignore"):
            assert np.isnan(kappa(np.zeros(3), np.zeros(3)))

    def test_the_counter_of_syllables(self):
        assert "Right four times. *Recipe* has three" in prose(SLUG)
        counted = made(SLUG, "syllables", re=re)
        truth = {"cat": 1, "table": 2, "climbed": 1, "nostalgia": 3}
        assert {word: counted(word) for word in truth} == truth
        assert counted("recipe") != 3

    def test_the_worked_line(self):
        error, luck, kappa = said(SLUG, "One worked line: 1 - {} / {} = {}.")
        found = re.findall(r"error ([\d.]+), luck ([\d.]+), kappa ([\d.]+)", printed(SLUG, "invented = "))
        assert [tuple(map(float, each)) for each in found] == [(error, luck, kappa)]
        assert 1 - error / luck == pytest.approx(kappa, abs=0.002)

    def test_three_raters(self):
        """The figures of the stored table: accuracy, within one, kappa, Spearman."""
        near, anywhere, strict = table("raters = {").values()
        assert "The first two raters have the same accuracy to the last text. Within one and kappa tell them apart" in (
            prose(SLUG)
        )
        assert near[0] == anywhere[0]
        assert near[1] > anywhere[1]
        assert near[2] > anywhere[2] + 0.1
        assert "Only its C2 texts are right, so its accuracy is very low. Its Spearman is nearly perfect" in prose(SLUG)
        levels = [row["label"] for row in rows_of("test")]
        assert strict[0] == pytest.approx(levels.count("C2") / len(levels), abs=0.006)
        assert strict[0] < 0.2
        assert 0.95 < stored_records(SLUG)["spearman_one_too_high"] < 1

    def test_the_bands(self):
        common, rare = said(SLUG, "Five bands, from very common ({}) to so rare that the word is cut into pieces ({})")
        edges = made(SLUG, "EDGES")
        assert (common, rare) == (0, len(edges) + 1)
        assert said(SLUG, "Band {} holds the words that the tokenizer has to cut") == [rare]


class TestThreeWays:
    def test_the_table_of_the_ways(self):
        teach = made(SLUG, "teach")
        problems = made(SLUG, "PROBLEMS")
        names, number = said(SLUG, "| six names | {} | class {} | cross-entropy |")
        one, target, level, middle = said(SLUG, "| one number | {} | {}, that is {} minus {} | mean squared error |")
        [questions] = said(SLUG, "| five questions | {} | yes, yes, yes, no, no | binary cross-entropy |")
        assert {way: outputs for way, (_, outputs) in problems.items()} == {
            "six names": names, "one number": one, "five questions": questions,
        }  # fmt: skip
        assert number == level == LEVELS.index("B2")
        assert [teach[way](LEVELS.index("B2")) for way in ("six names", "one number", "five questions")] == [
            number, target, [True, True, True, False, False],
        ]  # fmt: skip
        assert target == level - middle
        assert middle == np.mean(range(6))
        assert said(SLUG, "Why minus {}? A new head begins near zero") == [middle]


class TestTheRepeatedTrainings:
    """The numbers that the lesson takes from benchmarks/cefr_ways.json."""

    @staticmethod
    def mean(way: str, score: str) -> float:
        return round(np.mean([scores[score] for scores in MEASURED[way].values()]), 2)

    def test_three_seeds_of_each_way(self):
        assert {way: len(seeds) for way, seeds in MEASURED.items()} == dict.fromkeys(
            ("six names", "one number", "five questions", "one number, not centred"), 3
        )

    def test_it_learned_from_other_texts(self):
        [many] = said(SLUG, "(`benchmarks/cefr_ways.py`: {} other training texts, three seeds, all layers learn)")
        assert many == cefr_ways.ROWS
        lesson = int(re.search(r'"train": course.pick\(laptop=(\d+),', cell(SLUG, "sizes = {"))[1])
        assert many == lesson
        rows = load_dataset(str(DATA / "cefr"))["train"]
        rows = rows.add_column("number", range(len(rows)))
        cut = {"stratify_by_column": "label", "seed": 42}
        theirs = rows.train_test_split(train_size=many, **cut)["train"]["number"]
        ours = rows.train_test_split(test_size=lesson, **cut)["test"]["number"]
        assert not set(theirs) & set(ours)

    @pytest.mark.parametrize("way", ["six names", "one number", "five questions"])
    def test_the_table_of_means(self, way):
        assert said(SLUG, f"| {way} | {{}} | {{}} |") == [self.mean(way, "accuracy"), self.mean(way, "kappa")]

    def test_six_names_was_ahead_in_accuracy_in_each_seed_and_here_they_are_close(self):
        assert "There, six names had the best accuracy in each of the three seeds" in prose(SLUG)
        assert "In our own table the three are close" in prose(SLUG)
        for seed, scores in MEASURED["six names"].items():
            for other in ("one number", "five questions"):
                assert scores["accuracy"] > MEASURED[other][seed]["accuracy"]
        kappa = [numbers[2] for numbers in table("on_validation = {").values()]
        assert len(kappa) == 3
        assert max(kappa) - min(kappa) < 0.03

    def test_targets_that_are_not_centred(self):
        numbers = said(SLUG, "Without the middle, the accuracy falls from {} to {}, the kappa from {} to {}.")
        ways = ("one number", "one number, not centred")
        assert numbers == [self.mean(way, score) for score in ("accuracy", "kappa") for way in ways]


class TestTheOwnRun:
    """Sentences about what the cells print, held against the stored outputs."""

    def test_what_the_three_measures_show(self):
        figure = printed(SLUG, "measures = {")
        words, grade, rare = (
            [float(median) for median in re.findall(r"[ABC][12] (-?[\d.]+) \(", figure.partition(f"{name}: ")[2])[:6]]
            for name in ("words", "grade (Flesch-Kincaid)", "share of words in bands 3, 4")
        )
        assert "The grade climbs from A1 to B2, and then it stops" in prose(SLUG)
        assert grade[:4] == sorted(grade[:4])
        assert max(grade[4:]) - grade[3] < (grade[3] - grade[0]) / 4
        assert "The rare words climb most from B2 on" in prose(SLUG)
        assert rare[5] - rare[3] > rare[3] - rare[0]
        assert "length says little here" in prose(SLUG)
        assert max(words) < 2 * min(words)

    def test_rounding_says_only_middle_levels(self):
        assert "Rounded, it never says A1 or C2" in prose(SLUG)
        assert "Rounded, length alone says only middle levels. With thresholds it uses all" in prose(SLUG)
        counts = re.findall(r"\[ *(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)\]", printed(SLUG, 'print("rounded'))
        rounded, cuts = ([int(count) for count in row] for row in counts)
        assert rounded[0] == rounded[5] == 0
        assert min(cuts) > 0

    def test_simple_methods(self):
        accuracy, within_one, kappa = self.means()
        assert "By kappa, seven numbers that somebody thought about beat counting words" in prose(SLUG)
        assert "by kappa, seven handmade numbers beat counting words" in prose(SLUG)
        numbers = said(SLUG, "beat counting words: {} against {}. By accuracy the two are close: {} against {}.")
        assert numbers == [each[name] for each in (kappa, accuracy) for name in ("all three", "TF-IDF")]
        assert kappa["TF-IDF"] < kappa["all three"] - 0.1
        assert abs(accuracy["TF-IDF"] - accuracy["all three"]) < 0.06
        assert "Length alone is poor. Readability and rare words are far better" in prose(SLUG)
        assert kappa["length"] + 0.2 < min(kappa["readability"], kappa["rare words"])
        assert "and together they are better still" in prose(SLUG)
        assert max(kappa["readability"], kappa["rare words"]) < kappa["all three"]
        numbers = said(SLUG, "the seven handmade numbers: {} against {}. Its kappa is no better: {} against {}.")
        assert numbers == [each[name] for each in (accuracy, kappa) for name in ("frozen", "all three")]
        assert kappa["frozen"] <= kappa["all three"]
        [above] = said(SLUG, "a kappa above {} from seven numbers")
        assert kappa["all three"] > above
        assert "*Within one* begins at one half for no work at all" in prose(SLUG)
        assert "Within one is 50% for no work at all" in prose(SLUG)
        assert min(within_one.values()) == within_one["always A2"] == 0.5

    @staticmethod
    def means() -> tuple[dict[str, float], ...]:
        """Return accuracy, within one and kappa of each method."""
        scores = table("means = {")
        return tuple({name: row[place] for name, row in scores.items()} for place in range(3))

    def test_the_fine_tuned_lie_above_all_baselines_and_overlap(self):
        assert "The three fine-tuned models lie above all simple methods in every panel" in prose(SLUG)
        assert "Among the three, the intervals overlap, but for accuracy" in prose(SLUG)
        figure = printed(SLUG, "metric_panels(results")
        for metric in ("accuracy", "within one", "kappa", "Spearman"):
            found = re.findall(rf"{metric} (-?[\d.]+) \((-?[\d.]+) to (-?[\d.]+)\)", figure)
            points = [tuple(map(float, each)) for each in found]
            assert len(points) == 10
            simple, tuned = points[:7], points[7:]
            assert min(tuned)[0] > max(simple)[0]
            overlap = max(low for _, low, _ in tuned) <= min(high for *_, high in tuned)
            assert overlap == (metric != "accuracy")

    def test_the_errors(self):
        assert "Nearly all errors lie in a dashed frame" in prose(SLUG)
        assert stored_records(SLUG)["errors_one_off"] > 0.85
        assert "The row of C1 is the worst: most of its texts are called B2 or C2" in prose(SLUG)
        rows = {
            label: {said: int(count) for said, count in re.findall(r"(..) (\d+) \(", answers)}
            for label, answers in re.findall(r"label (..): ([^;.]*)", printed(SLUG, "confusion(matrix, LEVELS"))
        }
        right = {label: row[label] / sum(row.values()) for label, row in rows.items()}
        assert min(right, key=right.get) == "C1"
        assert rows["C1"]["B2"] + rows["C1"]["C2"] > sum(rows["C1"].values()) / 2

    def test_the_worst_errors(self):
        errors = re.findall(r"label (..), model (..): (.*)", printed(SLUG, "argsort(-abs(place - truth"))
        answers = {text: answer for _, answer, text in errors}
        assert "*There was about his dress, as about all he did, a want of finish*" in prose(SLUG)
        assert "The label is C2, the model says B1. It hears words more than grammar" in prose(SLUG)
        assert answers["There was about his dress, as about all he did, a want of finish."] == "B1"

    @staticmethod
    def effects() -> dict[str, list[float]]:
        """Return what each word adds to the place, each time it stands there."""
        effects = {}
        for word, effect in re.findall(r"(\w+)\.? ([-+]\d\.\d+)", printed(SLUG, "effects = full_place")):
            effects.setdefault(word.lower(), []).append(float(effect))
        return effects

    def test_occlusion(self):
        effects = self.effects()
        assert len(effects["the"]) == 3
        loudest = max(abs(each) for word in ("the", "because", "was") for each in effects[word])
        noise = stored_records(SLUG)["noise"]
        assert noise == pytest.approx(2 * loudest, abs=0.02)
        assert "if it moves the place more than twice as far as each of these" in prose(SLUG)
        assert "A word without a shade is within the noise: it tells nothing, whatever its sign" in prose(SLUG)
        loud = [each for effect in effects.values() for each in map(abs, effect) if each > noise]
        assert stored_records(SLUG)["words_above_noise"] == len(loud)

    def test_what_changed_words_do(self):
        assert "the first change moves the text by more than two levels, the second hardly at all" in prose(SLUG)
        place = {name: each for name, each in stored_records(SLUG).items() if name.startswith("place_")}
        assert place["place_as_it_was"] - place["place_rare_words_made_easy"] > 2
        assert place["place_easy_words_made_other"] == pytest.approx(place["place_as_it_was"], abs=0.4)

    def test_the_confidence_is_too_low(self):
        assert "The confidence is far below the accuracy" in prose(SLUG)
        assert stored_records(SLUG)["too_modest"] > 0.1

    def test_strange_texts(self):
        assert "Nonsense gets a level, and a high one. So does a German sentence that a child can read" in prose(SLUG)
        found = re.findall(r"^(..) \(([\d.]+)\)  (\S+)", printed(SLUG, "strange = ["), re.MULTILINE)
        assert {level for level, *_ in found[:2]} <= {"C1", "C2"}
        assert "The guard stops the nonsense. It does not stop the German sentence" in prose(SLUG)
        odd = re.findall(r"'(\w+) .*?': (True|False)", printed(SLUG, "MOST_CUT = "))
        assert odd == [("qwx", "True"), ("Der", "False"), ("The", "False")]


GOALS = {"1 near": 0.95, "2 closer": 0.1, "3 useful": 0.5, "4 exact": 0.8}


class TestTheVerdict:
    def test_the_goals_were_said_in_front(self):
        assert said(SLUG, "are right or one level off | at least {}%") == [95]
        assert said(SLUG, "smaller than that of every simple method | by {} levels") == [0.1]
        assert said(SLUG, "and leaves the others to the teachers | at least {}%") == [50]
        assert said(SLUG, "of the levels that it gives, so many are right | at least {}%") == [80]
        for name, goal in GOALS.items():
            assert re.search(rf'"{name}": \(.*, {goal}\)', cell(SLUG, "checks = {"))
        assert made(SLUG, "WISH") == GOALS["4 exact"]
        assert prose(SLUG).index("at least 95%") < prose(SLUG).index("What do the texts look like?")

    @pytest.mark.parametrize("name", GOALS)
    def test_each_promise_is_settled_as_its_interval_says(self, name):
        records, goal = stored_records(SLUG), GOALS[name]
        low, high = (records[f"{end}_{name.replace(' ', '_')}"] for end in ("low", "high"))
        word = "kept" if low >= goal else "not kept" if high < goal else "cannot be told"
        number, what = name.split()
        assert f"Promise {number}, {what}: {word}" in prose(SLUG)

    def test_about_one_in_seven_of_its_levels_is_wrong(self):
        assert "About one in seven of the levels that it gives is wrong" in prose(SLUG)
        assert stored_records(SLUG)["promise_4_exact"] == pytest.approx(6 / 7, abs=0.03)

    def test_about_four_of_five_texts_stay_with_the_teachers(self):
        assert "About four of five texts stay with the teachers" in prose(SLUG)
        assert 1 - stored_records(SLUG)["promise_3_useful"] == pytest.approx(0.8, abs=0.05)

    def test_the_interval_of_promise_4_reaches_a_little_below_its_goal(self):
        assert "the interval reaches a little below: on another machine it may say *kept*" in prose(SLUG)
        assert 0.77 < stored_records(SLUG)["low_4_exact"] < 0.8 < stored_records(SLUG)["promise_4_exact"]


class TestWhereItBreaks:
    def test_stride_is_the_overlap(self, tokenizer):
        assert "`stride` is the overlap, not the step" in prose(SLUG)
        assert "| it is the overlap, not the step | a quarter of the window is a good start |" in prose(SLUG)
        assert '"stride": LIMIT // 4' in cell(SLUG, "def windows")
        one, two = tokenizer(
            "a b c d e f g h", truncation=True, max_length=7, stride=2, return_overflowing_tokens=True
        )["input_ids"]
        assert one[-3:-1] == two[1:3]
        assert len(two) == 7

    def test_whole_numbers_where_the_loss_wants_floats(self):
        assert "| `result type Float can't be cast to ... Long` |" in prose(SLUG)
        model = small_bert(num_labels=5, problem_type="multi_label_classification")
        labels = torch.tensor([[1, 1, 0, 0, 0]])
        with pytest.raises(RuntimeError, match=r"result type Float can't be cast to .* Long"):
            model(input_ids=torch.tensor([[1, 2]]), labels=labels)
