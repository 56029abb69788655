"""What this lesson says and no cell of it checks: the data's card, the repeated trainings, what its own run showed."""

import csv
import json
import re
from collections import Counter

import numpy as np
import pytest
import torch
from datasets import ClassLabel, Dataset, load_dataset
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score
from transformers import BertConfig

from benchmarks import cefr_ways
from course_tools.project import ROOT
from course_utils.sources import DATA
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
        learned, own, others, sentences = said(
            SLUG, "all its {} texts reached a Spearman of {} on its own test texts, and {} on {} public sentences"
        )
        assert learned == len(rows_of("train"))
        assert own == round(float(re.search(r"\| own test rows \| 719 \| [\d.]+ \| ([\d.]+) \(", CARD)[1]), 2)
        assert others == round(
            float(re.search(rf"\| CEFR-SP sentences \| {sentences:,} \| [\d.]+ \| ([\d.]+) \(", CARD)[1]), 2
        )

    @needs_public
    def test_the_public_sentences(self):
        *_, sentences = said(SLUG, "reached a Spearman of {} on its own test texts, and {} on {} public sentences")
        file = PUBLIC / "datasets/UniversalCEFR/cefr_sp_en/cefr_sp_en.json"
        levels = Counter(row["cefr_level"] for row in json.loads(file.read_text(encoding="utf-8")))
        assert sentences == levels.total()
        assert "the public sentences are nine tenths A2 and B1" in prose(SLUG)
        assert (levels["A2"] + levels["B1"]) / sentences == pytest.approx(0.9, abs=0.01)
        assert "almost no A1, C1 or C2" in prose(SLUG)
        assert "below ten, hardly anything. In the public file of `full`, that is C2, C1 and nearly A1" in prose(SLUG)
        assert 'texts["train"], 0.2)' in cell(SLUG, "def cut(")
        assert levels["C2"] == 0
        assert max(levels["C1"], levels["A1"]) * 0.2 < 10

    def test_always_a2_is_within_one_for_half_of_the_test_texts(self):
        percent, luck = said(
            SLUG, "That is three of six levels: {}% of the test texts. Half of the shelf \"nearly right\", without "
            "reading a word. Its kappa is exactly {}."
        )  # fmt: skip
        levels = np.array([LEVELS.index(row["label"]) for row in rows_of("test")])
        assert percent == round(100 * np.mean(abs(levels - 1) <= 1))
        assert cohen_kappa_score(levels, np.full(len(levels), 1), weights="quadratic") == pytest.approx(luck)

    def test_the_vocabulary_begins_with_common_words(self, tokenizer):
        assert "Its vocabulary is a list, and common words mostly stand before rare ones" in prose(SLUG)
        words = Counter(re.findall(r"[a-z']+", " ".join(row["text"] for row in rows_of("train")).lower()))
        vocabulary = tokenizer.get_vocab()
        known = [word for word, count in words.items() if count >= 5 and word in vocabulary]
        ranks, counts = [vocabulary[word] for word in known], [words[word] for word in known]
        assert spearmanr(ranks, counts).statistic < -0.5

    def test_some_texts_are_longer_than_the_limit(self, tokenizer):
        [some] = said(SLUG, "texts of some {}: nothing to build on")
        limit = made(SLUG, "LIMIT")
        ids = tokenizer([row["text"] for row in rows_of("test")])["input_ids"]
        assert some == round(sum(len(row) > limit for row in ids), -1)


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

    def test_three_raters(self):
        """The figures of the stored table: accuracy, within one, kappa, Spearman."""
        near, anywhere, strict = table("raters = {").values()
        assert "The first two raters have the same accuracy to the last text. Within one and kappa tell them apart" in (
            prose(SLUG)
        )
        assert near[0] == anywhere[0]
        assert near[1] > anywhere[1]
        assert near[2] > anywhere[2] + 0.1
        assert "Look at the third. Its accuracy is zero, and its Spearman is perfect" in prose(SLUG)
        assert (strict[0], strict[3]) == (0, 1)

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
        assert said(SLUG, "Teach `float(level)` instead, without minus {}, and read it without plus {}") == [middle] * 2


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
        [many] = said(SLUG, "(`benchmarks/cefr_ways.py`): {} other training texts, three seeds, the offline checkpoint")
        assert many == cefr_ways.ROWS
        lesson = int(re.search(r'laptop={"train": (\d+),', cell(SLUG, "sizes = course.pick("))[1])
        rows = load_dataset(str(DATA / "cefr"))["train"]
        rows = rows.add_column("number", range(len(rows)))
        cut = {"stratify_by_column": "label", "seed": 42}
        theirs = rows.train_test_split(train_size=many, **cut)["train"]["number"]
        ours = rows.train_test_split(test_size=lesson, **cut)["test"]["number"]
        assert not set(theirs) & set(ours)

    @pytest.mark.parametrize("way", ["six names", "one number", "five questions"])
    def test_the_table_of_means(self, way):
        assert said(SLUG, f"| {way} | {{}} | {{}} |") == [self.mean(way, "accuracy"), self.mean(way, "kappa")]

    def test_six_names_was_ahead_in_accuracy_in_each_seed_and_not_here(self):
        assert "had the best accuracy in each of the three seeds. In the table above it has the lowest" in prose(SLUG)
        for seed, scores in MEASURED["six names"].items():
            for other in ("one number", "five questions"):
                assert scores["accuracy"] > MEASURED[other][seed]["accuracy"]
        accuracy = {way: numbers[0] for way, numbers in table("on_validation = {").items()}
        assert len(accuracy) == 3
        assert min(accuracy, key=accuracy.get) == "six names"

    def test_targets_that_are_not_centred(self):
        numbers = said(
            SLUG, "the accuracy falls from {} to {}, the kappa from {} to {}. The order stays good (Spearman {})."
        )
        right, wrong = "one number", "one number, not centred"
        assert numbers == [
            *(self.mean(way, score) for score in ("accuracy", "kappa") for way in (right, wrong)),
            self.mean(wrong, "spearman"),
        ]


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
        assert "rounding never says A1 or C2" in prose(SLUG)
        assert "Rounded, length alone says only middle levels. With thresholds it uses all" in prose(SLUG)
        counts = re.findall(r"\[ *(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)\]", printed(SLUG, "rounded = "))
        rounded, cuts = ([int(count) for count in row] for row in counts)
        assert rounded[0] == rounded[5] == 0
        assert min(cuts) > 0

    def test_simple_methods(self):
        scores = table("table = pd.DataFrame(\n")
        accuracy, within_one, kappa = ({name: row[place] for name, row in scores.items()} for place in (0, 1, 2))
        assert "counting words has a lower kappa than seven numbers that somebody thought about" in prose(SLUG)
        assert "seven handmade numbers beat counting words" in prose(SLUG)
        assert kappa["TF-IDF"] < kappa["all three"]
        assert "length alone is poor. Readability and rare words are far better" in prose(SLUG)
        assert kappa["length"] + 0.2 < min(kappa["readability"], kappa["rare words"])
        assert "and together they are better still" in prose(SLUG)
        assert max(kappa["readability"], kappa["rare words"]) < kappa["all three"]
        assert "the frozen encoder hits more levels exactly than the seven handmade numbers" in prose(SLUG)
        assert accuracy["frozen"] > accuracy["all three"] + 0.05
        assert "Its kappa is hardly better" in prose(SLUG)
        assert kappa["frozen"] == pytest.approx(kappa["all three"], abs=0.05)
        assert "*Within one* begins at one half for no work at all" in prose(SLUG)
        assert min(within_one.values()) == within_one["always A2"] == 0.5

    def test_the_fine_tuned_lie_above_all_baselines_and_overlap(self):
        assert "The three fine-tuned models lie above all baselines in every panel" in prose(SLUG)
        assert "Among the three, the intervals overlap" in prose(SLUG)
        figure = printed(SLUG, "metric_panels(results")
        for metric in ("accuracy", "within one", "kappa", "Spearman"):
            found = re.findall(rf"{metric} (-?[\d.]+) \((-?[\d.]+) to (-?[\d.]+)\)", figure)
            points = [tuple(map(float, each)) for each in found]
            assert len(points) == 10
            baselines, tuned = points[:7], points[7:]
            assert min(tuned)[0] > max(baselines)[0]
            assert max(low for _, low, _ in tuned) <= min(high for *_, high in tuned)

    def test_the_raised_probability(self):
        assert "their *yes* and *no* stay in order" in prose(SLUG)
        records = stored_records(SLUG)
        assert records["yes_after_no"] == 0
        assert "for nearly half of the texts, one of the five rises where it should fall" in prose(SLUG)
        assert records["rising_probability"] == pytest.approx(0.5, abs=0.1)

    def test_three_in_ten_levels_are_wrong(self):
        assert "About three in ten of its levels are wrong, most by one" in prose(SLUG)
        records = stored_records(SLUG)
        assert round(10 * (1 - records["accuracy_kept"])) == 3
        assert records["errors_one_off"] > 0.5

    def test_the_worst_errors(self):
        errors = re.findall(r"label (..), model (..): (.*)", printed(SLUG, "argsort(-abs(place - truth"))
        answers = {text: answer for _, answer, text in errors}
        assert "*There was about his dress a want of finish*" in prose(SLUG)
        assert "The model says A2. *Thousands of years ago, there was no paper*" in prose(SLUG)
        assert "*papyrus*. The model says B2" in prose(SLUG)
        assert {text[:27]: answer for text, answer in answers.items()}.items() >= {
            "There was about his dress, ": "A2", "Thousands of years ago, the": "B2",
        }.items()  # fmt: skip

    def test_splits_and_weights(self):
        found = re.findall(r"(plain|stratified) +(\d+) to (\d+) texts", printed(SLUG, "import train_test_split"))
        held = {kind: (int(low), int(high)) for kind, low, high in found}
        assert "A plain split may give you one text of that level, or none" in prose(SLUG)
        assert held["plain"][0] == 0
        assert "A stratified split gives nearly the same number each time" in prose(SLUG)
        assert held["stratified"][1] - held["stratified"][0] <= 1
        recall = table("recall_table = ")
        assert "Without weights the rare levels are hardly found. With weights they are found more often" in prose(SLUG)
        assert "and A2 and B1 pay for it" in prose(SLUG)
        weighted = np.array(recall["class weights"][:6]) - recall["no weights"][:6]
        assert [gain > 0 for gain in weighted] == [True, False, False, True, True, True]
        assert "the mean of ten shelves" in prose(SLUG)
        assert "range(course.pick(laptop=10," in cell(SLUG, 'recalls = {"no weights"')

    @staticmethod
    def effects() -> dict[str, list[float]]:
        """Return what each word adds to the place, each time it stands there."""
        effects = {}
        for word, effect in re.findall(r"(\w+)\.? ([-+]\d\.\d+)", printed(SLUG, "effects = full_place")):
            effects.setdefault(word.lower(), []).append(float(effect))
        return effects

    def test_occlusion(self):
        [noise] = said(SLUG, "leaving out so empty a word moves the place by {}.")
        effects = self.effects()
        assert len(effects["the"]) == 3
        assert [round(effect, 1) for effect in effects["the"]] == [noise] * 3
        assert "one word does nearly all of it: *inundated*" in prose(SLUG)
        others = [abs(effect) for word, each in effects.items() for effect in each if word != "inundated"]
        assert effects["inundated"][0] > 5 * max(others)
        assert "both put *inundated* first" in prose(SLUG)
        attention, occlusion = re.findall(r": \['(\w+)", printed(SLUG, 'print("attention:"'))
        assert attention == occlusion == "inundated"
        assert "*Postponed* is high up in it, and without that word the text would be harder" in prose(SLUG)
        assert "postponed" in printed(SLUG, 'print("attention:"').splitlines()[0]
        assert effects["postponed"][0] < 0

    def test_what_changed_words_do(self):
        assert "the first change moves the text by more than two levels, the second hardly at all" in prose(SLUG)
        assert "all changed together, they moved more than the shades add up to" in prose(SLUG)
        changed = ("committee", "reluctantly", "postponed", "meadow", "inundated")
        shades = sum(effect for word in changed for effect in self.effects()[word])
        place = {name: each for name, each in stored_records(SLUG).items() if name.startswith("place_")}
        moved = place["place_as_it_was"] - place["place_rare_words_made_easy"]
        assert moved > max(2, shades)
        assert place["place_easy_words_made_other"] == pytest.approx(place["place_as_it_was"], abs=0.3)

    def test_the_confidence_is_too_low(self):
        assert "the confidence is far below the accuracy" in prose(SLUG)
        output = printed(SLUG, 'answer(out["validation"])')
        [(sure, right)] = re.findall(r"confidence ([\d.]+), accuracy ([\d.]+)", output)
        assert float(sure) < float(right) - 0.1

    def test_the_wish_of_four_in_five(self):
        assert "four of five shall be exactly right" in prose(SLUG)
        assert cell(SLUG, "WISH = ").startswith("WISH = 0.8\n")
        records = stored_records(SLUG)
        assert "the promise of four in five holds" in prose(SLUG)
        assert records["accuracy_when_sure"] >= 0.8
        assert "half of the texts stay with the teachers" in prose(SLUG)
        assert records["coverage"] == pytest.approx(0.5, abs=0.1)
        assert "where the model is unsure, it is right far less often" in prose(SLUG)
        assert records["accuracy_when_unsure"] < records["accuracy_when_sure"] - 0.1

    def test_the_wish_of_nine_in_ten(self):
        [wish] = said(SLUG, "The school wants nine of ten answers right. Set `WISH = {}`.")
        [rises] = said(SLUG, "The threshold rises to {}, and on validation it answers only a fifth of the texts")
        assert wish == 0.9
        offers = re.findall(r"^\d+ +([\d.]+) +([\d.]+) +([\d.]+)$", printed(SLUG, "WISH = "), re.MULTILINE)
        threshold, answered, _ = next(offer for offer in offers if float(offer[2]) >= wish)
        assert float(threshold) == rises
        assert float(answered) == pytest.approx(0.2, abs=0.03)

    def test_strange_texts(self):
        assert "nonsense is C2, and so is a German sentence" in prose(SLUG)
        assert "Both with a confidence above our threshold" in prose(SLUG)
        found = re.findall(r"^(..) \(([\d.]+)\)  (\S+)", printed(SLUG, "strange = ["), re.MULTILINE)
        threshold = float(re.search(r"threshold: ([\d.]+)", printed(SLUG, "WISH = "))[1])
        (nonsense, sure, _), (german, as_sure, _), _ = found
        assert nonsense == german == "C2"
        assert min(float(sure), float(as_sure)) > threshold
        assert "The guard will stop the nonsense. It will not stop the German sentence" in prose(SLUG)
        most, *cut = map(int, re.findall(r"(\d+)%(?: of such words|  )", printed(SLUG, "MOST_CUT = ")))
        assert cut[0] > most >= cut[1]


class TestWhereItBreaks:
    def test_one_row_of_a_level_cannot_be_stratified(self):
        message = "The least populated class in label column has only 1 member"
        assert f"| `{message}` | you stratify, and a level has one row |" in prose(SLUG)
        rows = Dataset.from_dict({"text": list("abcde"), "label": [0, 0, 0, 0, 1]})
        rows = rows.cast_column("label", ClassLabel(names=["A1", "A2"]))
        with pytest.raises(ValueError, match=message):
            rows.train_test_split(test_size=2, stratify_by_column="label")

    def test_a_bert_reads_up_to_so_many_tokens(self):
        [most] = said(SLUG, "A BERT reads up to {} tokens")
        assert most == BertConfig().max_position_embeddings
        assert f'"whole": {most}}}' in cell(SLUG, "policies = {")

    def test_stride_is_the_overlap(self, tokenizer):
        assert "its `stride` is the overlap, not the step" in prose(SLUG)
        assert "| it is the overlap, not the step | a quarter of the window is a good start |" in prose(SLUG)
        assert "OVERLAP = LIMIT // 4\n" in cell(SLUG, "OVERLAP = ")
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
