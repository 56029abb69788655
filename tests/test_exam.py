"""Exams: other numbers on the sheets' first cards, right keys, and hand-ins that are read and never run."""

import ast
import csv
import importlib
import random
import re
from difflib import SequenceMatcher

import jupytext
import nbformat
import pytest

from course_tools import cli
from course_tools.building import exams
from course_tools.building.exams import MARK, MOST_KNOWN, draw, fingerprint, known, module, shown, with_exam
from course_tools.building.sheets import CARD
from course_tools.grading.exam import grade_answers, grade_exam, is_right, read_key
from course_tools.grading.exam_cells import ALL, NoLiteral, answers_in, literal
from course_tools.project import all_lessons, all_sheets, find_lessons
from course_tools.publishing import exam as publishing
from course_tools.publishing.exam import exam_notebook, write_exam
from course_utils import CourseError

SEED = "a-word-that-nobody-guesses"
SEEDS = [f"{SEED}-{number}" for number in range(5)]
LESSONS = with_exam(all_lessons())
SLUGS = [lesson.slug for lesson in LESSONS]
SHEETS = {sheet.entry.slug: jupytext.read(sheet.source) for sheet in all_sheets()}
FEW = ["start_here", "tokenization", "must_i_train", "case_cefr", "bert_for_sequence_classification"]


def public(slug):
    """Return the text of a sheet's card, and what stands between BEGIN SOLUTION and END SOLUTION."""
    cells = SHEETS[slug].cells
    at = next(place for place, cell in enumerate(cells) if "· predict" in cell.source)
    text = cells[at].source[CARD.search(cells[at].source).end() :]
    answer = next(cell for cell in cells[at:] if "answer" in cell.metadata)
    solution = answer.source.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0]
    return text, eval(ast.unparse(ast.parse(solution).body[0].value))


def drawn(slug, seed=SEED):
    return module(slug).draw(random.Random(f"{seed} {slug}"))


def words(text):
    return re.findall(r"[\w*`]+", text.lower())


@pytest.mark.parametrize("slug", SLUGS)
class TestEachCard:
    def test_its_numbers_give_the_sheets_own_solution(self, slug):
        maker = module(slug)
        tolerance = getattr(maker, "TOLERANCE", {})
        solution, found = public(slug)[1], maker.answers(maker.GIVEN)
        assert list(found) == list(solution)
        for name, answer in solution.items():
            as_read = literal(ast.parse(repr(answer), mode="eval").body)
            assert is_right(as_read, found[name], tolerance.get(name, 0)), (name, found[name])

    def test_its_words_are_those_of_the_sheet(self, slug):
        maker = module(slug)
        card, sheet = words(maker.card(maker.GIVEN)), words(public(slug)[0])
        same = sum(block.size for block in SequenceMatcher(None, card, sheet, autojunk=False).get_matching_blocks())
        assert same / len(sheet) > 0.9

    def test_other_seeds_give_other_numbers_and_answers(self, slug):
        maker = module(slug)
        made = [drawn(slug, seed) for seed in SEEDS]
        assert drawn(slug) == drawn(slug)
        assert len({maker.card(given) for given in [maker.GIVEN, *made]}) == 6
        assert len({repr([shown(answer) for answer in maker.answers(given).values()]) for given in made}) >= 4

    def test_no_card_has_a_hole_and_every_name_is_asked_for(self, slug):
        maker = module(slug)
        for given in (drawn(slug, seed) for seed in SEEDS):
            card = maker.card(given)
            assert not re.search(r"\{[a-z_]+\}|\bNone\b", card)
            assert all(re.search(rf"\b{name}\b", card) for name in maker.answers(given))

    def test_the_public_solution_gets_few_points(self, slug):
        solution = public(slug)[1]
        for seed in SEEDS:
            [question] = draw(seed, find_lessons([slug]))
            assert known(solution, question.answers) <= MOST_KNOWN

    def test_drawing_ends_soon_and_changes_nothing(self, slug):
        maker = module(slug)
        before = repr(maker.GIVEN)
        for number in range(60):
            maker.answers(maker.draw(random.Random(number)))
        assert repr(maker.GIVEN) == before


# A second way to the answers: the library itself, on something tiny.


def tiny_bert(**settings):
    from transformers import BertConfig, BertForSequenceClassification

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=20, max_position_embeddings=40, **{**sizes, **settings})
    config._attn_implementation = "eager"
    return BertForSequenceClassification(config).eval()


def by_bert(given):
    import torch

    plan = {"hidden_size": given["width"], "num_hidden_layers": given["layers"], "num_labels": given["labels"]}
    model = tiny_bert(**plan, num_attention_heads=given["heads"], intermediate_size=4 * given["width"])
    ids = torch.ones(given["texts"], given["columns"], dtype=torch.long)
    out = model(input_ids=ids, output_hidden_states=True, output_attentions=True)
    pooled = model.bert(ids).pooler_output
    shapes = {"b": out.hidden_states[-1], "c": out.attentions[0], "d": pooled, "e": out.logits}
    return {"a": len(out.hidden_states), **{name: tuple(tensor.shape) for name, tensor in shapes.items()}}


def by_losses(given):
    import torch
    from torch.nn import functional

    losses = {
        "MSE": lambda logits, labels: functional.mse_loss(logits[0], labels),
        "BCE": functional.binary_cross_entropy_with_logits,
        "cross-entropy": functional.cross_entropy,
    }

    def same(loss, logits, labels, value):
        try:
            return bool(torch.isclose(loss(logits, labels), value))
        except (ValueError, RuntimeError):
            return False

    found = {}
    for letter, (many, labels, kind) in zip("abcdef", given["rows"], strict=True):
        model = tiny_bert(num_labels=many, problem_type=kind)
        ids, labels = torch.ones(1, 3, dtype=torch.long), torch.tensor(labels)
        try:
            out = model(input_ids=ids, labels=labels)
        except (ValueError, RuntimeError):
            found[letter] = "error"
            continue
        found[letter] = next(name for name, loss in losses.items() if same(loss, out.logits, labels, out.loss))
    return found


def by_kappa(given):
    from sklearn.metrics import cohen_kappa_score

    levels = ["A1", "A2", "B1", "B2", "C1", "C2"]
    found = {}
    for name, said in given.items():
        off = [abs(levels.index(one) - levels.index(other)) for one, other in zip(levels, said, strict=True)]
        kappa = cohen_kappa_score(levels, said, labels=levels, weights="quadratic")
        side = "zero" if abs(kappa) < 1e-9 else "above" if kappa > 0 else "below"
        found[name] = [off.count(0), off.count(0) + off.count(1), side]
    return found


def by_readers(given):
    from sklearn.metrics import cohen_kappa_score

    labels, lines = range(4), given["readers"][given["asked"]]
    pairs = [(true, said) for true in labels for said in labels for _ in range(lines[true][said])]
    return {"kappa": cohen_kappa_score(*zip(*pairs, strict=True))}


def by_f1(given):
    from sklearn.metrics import accuracy_score, f1_score

    counts = given["counts"]
    truth = [name for name, many in counts.items() for _ in range(many)]
    first = ["bill"] * len(truth)
    second = ["praise"] * given["lost"] + first[given["lost"] :]
    second[-given["found"] :] = ["praise"] * given["found"]
    found = {kind: f1_score(truth, first, average=kind, zero_division=0) for kind in ("micro", "macro", "weighted")}
    macro = f1_score(truth, second, average="macro", zero_division=0)
    moves = {"accuracy_moves": accuracy_score(truth, second) - accuracy_score(truth, first)}
    moves["macro_moves"] = macro - found["macro"]
    return found | {name: "up" if by > 0 else "down" if by < 0 else "same" for name, by in moves.items()}


def by_roc(given):
    from sklearn.metrics import roc_auc_score

    losses = given["inside"] + given["outside"]
    return {"c": roc_auc_score([1] * len(given["inside"]) + [0] * len(given["outside"]), [-loss for loss in losses])}


def word_tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({"[CLS]": 0, "[SEP]": 1, "[PAD]": 2, "a": 3}, unk_token="a"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 1)]
    )
    marks = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **marks)


def by_windows(given):
    tokenizer, found = word_tokenizer(), {}
    cut = {"truncation": True, "max_length": given["width"], "stride": given["stride"]}
    for key in ("long", "full", "over"):
        ids = tokenizer("a " * given[key], return_overflowing_tokens=True, **cut)["input_ids"]
        found[f"of_{given[key]}"] = len(ids)
        if key == "long":
            found["sent"] = sum(map(len, ids))
    return found


def by_tokenizer(given):
    tokenizer, settings = word_tokenizer(), module("tokenization").SETTINGS
    texts = ["a " * (length - 2) for length in given["lengths"]]
    found = {}
    for letter, call in zip("abcd", given["calls"], strict=True):
        options = eval(f"dict({settings[call].format(most=given['most'])})")
        found[letter] = [len(ids) for ids in tokenizer(texts, **options)["input_ids"]]
    return found


def by_dataloader(given):
    from torch.utils.data import DataLoader

    def batches(lengths, **more):
        return [*DataLoader(lengths, given["batch_size"], collate_fn=list, **more)]

    def sent(lengths):
        return sum(max(batch) * len(batch) for batch in batches(lengths))

    lengths = given["lengths"]
    steps = {"a": len(batches(lengths)), "b": len(batches(lengths, drop_last=True))}
    return {**steps, "d": sent(lengths), "e": sent(sorted(lengths))}


def by_schedule(given):
    import torch
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=given["rate"] * 1e-4)
    schedule = get_linear_schedule_with_warmup(optimizer, given["warmup"], given["steps"])
    rates = []
    for _ in range(given["steps"]):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    one, two = given["asked"]
    return {"a": rates[0], "b": rates[one - 1], "c": rates[two - 1], "d": rates[-1], "e": rates[0]}


def by_rank(given):
    import torch

    torch.manual_seed(0)
    (high, wide), r, other = given["shape"], given["r"], given["other"]
    down, up = torch.rand(r, wide, dtype=torch.double), torch.rand(high, r, dtype=torch.double)
    mix = torch.rand(high, other, dtype=torch.double) @ torch.rand(other, wide, dtype=torch.double) + up @ down
    ranks = {"b": 0 * up @ down, "c": up @ down, "f": mix}
    return {"a": down.numel() + up.numel()} | {
        name: int(torch.linalg.matrix_rank(matrix)) for name, matrix in ranks.items()
    }


def by_gradient(given):
    import torch

    def step(samples, labels):
        weights = torch.zeros(2, 2, requires_grad=True)
        logits = torch.tensor(samples, dtype=torch.float) @ weights.T
        torch.nn.functional.cross_entropy(logits, torch.tensor(labels)).backward()
        return (-given["rate"] * weights.grad)[0].tolist()

    one, two, soft = given["sample"], given["second"], given["soft"]
    found = {"a": step([one], [[1.0, 0.0]])[1], "b": step([one], [[soft, 1 - soft]])[1]}
    return {**found, "c": step([one, two], [[1.0, 0.0], [0.0, 1.0]])[0]}


def by_program(given):
    import torch

    code = re.search(r"```python\n(.*?)```", module("cuda_errors").card(given), re.S)[1]
    scope = {"torch": torch, "print": lambda *_: None}
    exec(code, scope)
    first = 1 + next(at for at, line in enumerate(code.splitlines(), 1) if line.startswith("def program"))
    found = {}
    for letter, (kind, token, label) in zip("abcdef", given["calls"], strict=True):
        if kind != "same":
            gpu = scope["SmallGPU"](blocking=kind == "blocking")
        found[letter] = 0
        try:
            scope["program"](gpu, token, label)
        except (IndexError, RuntimeError) as error:
            trace = error.__traceback__.tb_next
            found[letter] = trace.tb_lineno - first + 1
    return found


def by_len(given):
    from datasets import Dataset, DatasetDict

    names = given["columns"]
    messages = DatasetDict(
        {split: Dataset.from_dict({name: [1] * rows for name in names}) for split, rows in given["splits"].items()}
    )
    rows, mapped = given["rows"], messages[given["mapped"]]
    train = messages["train"]
    return {"a": len(messages), "b": len(train[:rows]), "c": len(train.select(range(rows))), "d": len(mapped)}


def by_arrays(given):
    import numpy as np

    posts, pairs = np.array(given["posts"]), np.array(given["pairs"])
    return {
        "d": int((posts > np.quantile(given["training"], 0.5)).sum()),
        "f": float(np.logical_xor(*(pairs > 0.5).T).mean()),
        "g": float(np.abs(np.diff(pairs)).mean()),
    }


def by_outputs(given):
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    sizes = {"vocab_size": 20, "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 16}
    config = {**sizes, "num_hidden_layers": 2, "max_position_embeddings": 20}
    encoder = BertModel(BertConfig(**config)).eval()
    decoder = BertModel(BertConfig(**config, is_decoder=True)).eval()
    writer = BertModel(BertConfig(**config, is_decoder=True, add_cross_attention=True)).eval()

    def moved(read, length, place):
        ids = torch.full((1, length), 5)
        other = ids.clone()
        other[0, place - 1] = 9
        one, two = (read(each).last_hidden_state[0] for each in (ids, other))
        return int(((one - two).abs().amax(1) > 1e-6).sum())

    source, own = torch.full((1, given["tokens"]), 5), torch.full((1, given["own"]), 5)
    of_source = moved(lambda ids: encoder(ids), given["tokens"], given["changed"])

    def cross(states):
        return {"encoder_hidden_states": states.last_hidden_state}

    written = moved(lambda ids: writer(ids, **cross(encoder(source))), given["own"], given["own_changed"])
    one, other = encoder(source), encoder(source.index_fill(1, torch.tensor([given["changed"] - 1]), 9))
    one, other = (writer(own, **cross(states)).last_hidden_state[0] for states in (one, other))
    of_decoder = moved(lambda ids: decoder(ids), given["tokens"], given["changed"])
    return {"a": of_source, "b": of_decoder, "c": written, "d": int(((one - other).abs().amax(1) > 1e-7).sum())}


def by_dice(given):
    import torch

    def train(place, whose, has_own):
        seen, dice = {}, torch.Generator()
        for at, line in enumerate([*given["lines"], "learn"], 1):
            if at == place:
                torch.rand(1, generator=dice if whose == "own" else None)
            if line == "seed":
                torch.manual_seed(42)
            elif line == "head":
                seen["head"] = torch.rand(3).tolist()
            elif line == "dice":
                dice = torch.Generator().manual_seed(42)
        seen["dropout"] = torch.get_rng_state().tolist()
        seen["order"] = dice.get_state().tolist() if has_own else seen["dropout"]
        return seen

    found = {}
    for letter, (place, whose, has_own) in zip("abcdefg", given["asked"], strict=True):
        if place:
            torch.manual_seed(1)
            before = train(0, whose, has_own)
            torch.manual_seed(1)
            after = train(place, whose, has_own)
            found[letter] = " and ".join(name for name in before if before[name] != after[name]) or "nothing"
    return found


SECOND_WAYS = {
    "bert_for_sequence_classification": by_bert,
    "case_cefr": by_kappa,
    "case_two_languages": by_arrays,
    "pretraining": by_outputs,
    "cuda_errors": by_program,
    "dataloader": by_dataloader,
    "distillation": by_gradient,
    "evaluation": by_f1,
    "hugging_face_basics": by_len,
    "labels": by_readers,
    "long_texts": by_windows,
    "lora": by_rank,
    "privacy": by_roc,
    "reproducibility": by_dice,
    "task_shapes": by_losses,
    "tokenization": by_tokenizer,
    "training_loop": by_schedule,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("slug", SECOND_WAYS)
def test_a_second_way_gives_the_same_answers(slug):
    for given in [module(slug).GIVEN, *(drawn(slug, seed) for seed in SEEDS)]:
        answers = module(slug).answers(given)
        for name, value in SECOND_WAYS[slug](given).items():
            assert answers[name] == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value), name


@pytest.mark.filterwarnings("ignore")
def test_the_trainer_itself_evaluates_after_these_steps(tmp_path):
    import torch
    from transformers import Trainer, TrainerCallback, TrainingArguments

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def forward(self, labels):
            return {"loss": (labels - self.weight).pow(2).mean(), "logits": labels}

    class Note(TrainerCallback):
        def __init__(self):
            self.steps, self.last = [], 0

        def on_evaluate(self, arguments, state, control, **_):
            self.steps.append(state.global_step)

    for seed in SEEDS[:2]:
        given = drawn("trainer", seed)
        rows = [{"labels": float(number)} for number in range(given["posts"])]
        ways = {
            "a": {"eval_strategy": "steps", "eval_steps": given["every"]},
            "b": {"eval_strategy": "epoch", "gradient_accumulation_steps": given["gather"]},
            "c": {"eval_strategy": "steps", "eval_steps": given["rarely"]},
            "d": {"eval_strategy": "epoch", "max_steps": given["most"]},
        }
        for name, more in ways.items():
            usual = {"per_device_train_batch_size": given["size"], "num_train_epochs": given["epochs"]}
            quiet = {"report_to": "none", "save_strategy": "no", "disable_tqdm": True, "use_cpu": True}
            note = Note()
            arguments = TrainingArguments(str(tmp_path), **usual, **quiet, **more)
            trainer = Trainer(Model(), arguments, train_dataset=rows, eval_dataset=rows[:2], callbacks=[note])
            trainer.train()
            assert sorted({*note.steps}) == module("trainer").answers(given)[name]


# The exam as it is written, handed in and graded.


def code(value):
    """Return an answer as a student types it."""
    return repr(set(value)) if isinstance(value, frozenset) else repr(value)


def fill(notebook, answers):
    """Write answers (slug -> name -> code) into the cells of an exam."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            slug = cell.metadata.answer
            pairs = ", ".join(f"{name!r}: {value}" for name, value in answers[slug].items())
            cell.source = f"answers_{slug} = {{{pairs}}}"
    return notebook


def perfect(questions):
    return {each.slug: {name: code(value) for name, value in each.answers.items()} for each in questions}


def hand_in(folder, student, notebook, name="exam.ipynb"):
    (folder / student).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / student / name)


def table(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def written(tmp_path):
    """An exam for all, and the folder it lies in."""
    lessons = find_lessons(FEW)
    write_exam(SEED, lessons, tmp_path / "exam")
    return lessons, tmp_path / "exam"


@pytest.fixture
def personal(tmp_path):
    """An exam for each of two students, and the folder it lies in."""
    write_exam(SEED, find_lessons(FEW), tmp_path / "exam", ["Ann Lee", "ben"])
    return tmp_path / "exam"


class TestWritten:
    def test_the_same_call_writes_the_same_bytes(self, written, tmp_path):
        lessons, folder = written
        write_exam(SEED, lessons, tmp_path / "again")
        for path in folder.iterdir():
            assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
        write_exam("another-long-word", lessons, tmp_path / "other")
        assert (tmp_path / "other" / "key.csv").read_bytes() != (folder / "key.csv").read_bytes()

    def test_the_notebook_is_valid_and_holds_no_answer_and_no_seed(self, written):
        lessons, folder = written
        notebook = nbformat.read(folder / "exam.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert [cell.metadata.answer for cell in notebook.cells if cell.cell_type == "code"] == [
            lesson.slug for lesson in lessons
        ]
        for slug, answers in answers_in(cell.source for cell in notebook.cells if cell.cell_type == "code").items():
            assert all(isinstance(answer, NoLiteral) for answer in answers.values()), slug
        assert SEED not in (folder / "exam.ipynb").read_text() + (folder / "exam.html").read_text()

    def test_its_head_counts_cards_minutes_and_points(self, written):
        lessons, folder = written
        questions = draw(SEED, lessons)
        points, minutes = sum(len(each.answers) for each in questions), sum(each.minutes for each in questions)
        intro = nbformat.read(folder / "exam.ipynb", as_version=4).cells[0].source
        assert f"**5 cards**, about {minutes} minutes, {points} points" in intro
        assert len(table(folder / "key.csv")) == points

    def test_each_student_gets_another_one(self, personal):
        keys = table(personal / "key.csv")
        ann, ben = ([row["answer"] for row in keys if row["student"] == name] for name in ("Ann Lee", "ben"))
        assert len(ann) == len(ben) > 20 and ann != ben
        folders = sorted(path.name for path in personal.iterdir() if path.is_dir())
        assert [name.partition("_")[0] for name in folders] == ["Ann", "ben"]
        mark = nbformat.read(personal / "ben" / "exam.ipynb", as_version=4).metadata[MARK]
        assert mark == {"exam": fingerprint(SEED), "student": "ben"}

    def test_names_that_lose_their_signs_stay_apart(self):
        assert exams.folder_name("Ann/Lee") != exams.folder_name("Ann Lee") != exams.folder_name("Ann_Lee")
        assert "/" not in exams.folder_name("../../etc") and exams.folder_name("..") not in ("", ".", "..")

    def test_a_seed_that_is_no_name_of_a_folder_is_refused(self):
        for seed in ("../x", "a b", ""):
            with pytest.raises(CourseError, match="A seed has letters"):
                publishing.exam_folder(seed)

    def test_a_lesson_without_a_card_is_named(self):
        with pytest.raises(CourseError, match="no card for an exam"):
            module("no_lesson")


class TestGraded:
    def test_a_perfect_one_gets_all_points(self, written, tmp_path):
        lessons, folder = written
        questions = draw(SEED, lessons)
        hand_in(tmp_path / "in", "ann", fill(exam_notebook(questions, SEED), perfect(questions)))
        assert grade_exam(tmp_path / "in", read_key(SEED, folder), folder) == []
        [row] = table(folder / "grades.csv")
        assert row["student"] == "ann" and row["total"] == row["most"] == str(len(table(folder / "key.csv")))
        assert {row["points"] for row in table(folder / "exam_answers.csv")} == {"1"}

    def test_all_lessons_perfect_and_public(self):
        questions = draw(SEED, LESSONS)
        for answers, low, high in ((perfect(questions), 1, 1), (None, 0, 0.3)):
            if answers is None:
                solutions = {slug: public(slug)[1] for slug in SLUGS}
                answers = {slug: {name: code(each) for name, each in solutions[slug].items()} for slug in SLUGS}
            notebook = fill(exam_notebook(questions, SEED), answers)
            cells = (cell.source for cell in notebook.cells if cell.cell_type == "code")
            rows = grade_answers("ann", answers_in(cells), questions)
            assert low <= sum(row.points for row in rows) / len(rows) <= high

    def test_an_untouched_one_gets_none(self, written, tmp_path):
        lessons, folder = written
        hand_in(tmp_path / "in", "ann", exam_notebook(draw(SEED, lessons), SEED))
        assert grade_exam(tmp_path / "in", read_key(SEED, folder), folder) == []
        assert table(folder / "grades.csv")[0]["total"] == "0"
        assert {row["given"] for row in table(folder / "exam_answers.csv")} == {"(not answered)"}

    def test_broken_ones_are_named_and_stop_nobody(self, written, tmp_path):
        lessons, folder = written
        questions = draw(SEED, lessons)
        good = fill(exam_notebook(questions, SEED), perfect(questions))
        hand_in(tmp_path / "in", "zoe", good)
        for student, text in (("ann", '{"cells": [{'), ("ben", ""), ("cem", "[1]"), ("dora", '{"cells": []}')):
            (tmp_path / "in" / student).mkdir()
            (tmp_path / "in" / student / "exam.ipynb").write_text(text)
        (tmp_path / "in" / "eva").mkdir()
        (tmp_path / "in" / "eva" / "exam.pdf").write_text("x")
        hand_in(tmp_path / "in", "finn", fill(exam_notebook(questions, "another-long-word"), perfect(questions)))
        problems = grade_exam(tmp_path / "in", read_key(SEED, folder), folder)
        expected = ("ann", "its end is missing"), ("ben", "empty file"), ("cem", "no notebook"), ("dora", "no cell")
        for (student, reason), line in zip(
            [*expected, ("eva", "no notebook"), ("finn", "another seed")], sorted(problems), strict=True
        ):
            assert line.startswith(f"{student}/exam.") and reason in line
        rows = {row["student"]: row for row in table(folder / "grades.csv")}
        assert rows["zoe"]["total"] == rows["zoe"]["most"]
        assert rows["ann"]["total"] == "" and "not graded" in rows["ann"]["note"]

    def test_the_newer_file_counts(self, written, tmp_path):
        lessons, folder = written
        questions = draw(SEED, lessons)
        hand_in(tmp_path / "in", "ann", exam_notebook(questions, SEED))
        hand_in(tmp_path / "in", "ann", fill(exam_notebook(questions, SEED), perfect(questions)), "exam (1).ipynb")
        problems = grade_exam(tmp_path / "in", read_key(SEED, folder), folder)
        [row] = table(folder / "grades.csv")
        assert row["total"] == row["most"] and len(problems) == 1 and "newer" in problems[0]

    def test_who_hands_in_the_exam_of_another_is_named(self, personal, tmp_path):
        exam = read_key(SEED, personal)
        for owner, student in (("Ann Lee", "Ann Lee"), ("ben", "Ann Lee"), ("cem", "cem")):
            questions = exam.questions(student)
            hand_in(tmp_path / "in", owner, fill(exam_notebook(questions, SEED, student), perfect(questions)))
        problems = grade_exam(tmp_path / "in", exam, personal)
        assert len(problems) == 2
        assert "ben/exam.ipynb (ben): drawn for Ann Lee" in problems[0] and "cem): nobody of this name" in problems[1]
        rows = {row["student"]: row for row in table(personal / "grades.csv")}
        assert rows["Ann Lee"]["total"] == rows["Ann Lee"]["most"] and rows["ben"]["total"] == ""

    def test_who_hands_in_nothing_has_a_row_and_a_lost_mark_does_not_matter(self, personal, tmp_path):
        exam = read_key(SEED, personal)
        notebook = fill(exam_notebook(exam.questions("ben"), SEED, "ben"), perfect(exam.questions("ben")))
        notebook.metadata = {}
        hand_in(tmp_path / "in", "ben", notebook)
        assert grade_exam(tmp_path / "in", exam, personal) == []
        rows = {row["student"]: row for row in table(personal / "grades.csv")}
        assert rows["ben"]["total"] == rows["ben"]["most"] and rows["Ann Lee"]["note"] == "nothing handed in"

    def test_the_folder_that_we_wrote_may_come_back(self, personal, tmp_path):
        exam = read_key(SEED, personal)
        notebook = fill(exam_notebook(exam.questions("Ann Lee"), SEED, "Ann Lee"), perfect(exam.questions("Ann Lee")))
        hand_in(tmp_path / "in", exams.folder_name("Ann Lee"), notebook)
        hand_in(tmp_path / "in", "Ben_12345_assignsubmission_file_", exam_notebook(exam.questions("ben"), SEED, "ben"))
        assert grade_exam(tmp_path / "in", exam, personal) == []
        assert [row["student"] for row in table(personal / "grades.csv")] == ["Ann Lee", "ben"]

    def test_no_exam_and_a_changed_course_are_said(self, written, tmp_path):
        _, folder = written
        with pytest.raises(CourseError, match="Write the exam first"):
            read_key(SEED, tmp_path / "nowhere")
        key = folder / "key.csv"
        key.write_text(key.read_text().replace("start_here,a,", "start_here,a,9"))
        with pytest.raises(CourseError, match="not what this course draws"):
            read_key(SEED, folder)


class TestCells:
    def test_no_code_of_a_hand_in_is_run(self, written, tmp_path):
        lessons, folder = written
        proof = tmp_path / "ran"
        notebook = exam_notebook(draw(SEED, lessons), SEED)
        order = f'__import__("os").system("touch {proof}")'
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.source = f'answers_{cell.metadata.answer} = {{"a": {order}, "b": [{order}]}}\n{order}'
        hand_in(tmp_path / "in", "ann", notebook)
        assert grade_exam(tmp_path / "in", read_key(SEED, folder), folder) == []
        assert not proof.exists()
        rows = table(folder / "exam_answers.csv")
        assert {row["points"] for row in rows} == {"0"} and "(no plain value, but a call)" in {
            row["given"] for row in rows
        }

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("4 / 8", 0.5),
            ("-1.5", -1.5),
            ("2 * (3 + 4)", 14),
            ("5e-4", 5e-4),
            ("[1, 'two', (3,)]", [1, "two", [3]]),
            ("{'a', 'b'}", frozenset("ab")),
            ("True", True),
            ("2 ** 0.5", 2**0.5),
        ],
    )
    def test_plain_values_are_read(self, written, value):
        assert answers_in([f"answers_x = {{'a': {written}}}"]) == {"x": {"a": value}}

    @pytest.mark.parametrize(
        ("written", "reason"),
        [
            ("...", "not answered"),
            ("None", "not answered"),
            ("x", "the name `x`"),
            ("open('x')", "a call"),
            ("[x for x in y]", "something else"),
            ("9 ** 9 ** 9 ** 9", "too large"),
            ("10 ** 60 * 10 ** 60", "too large"),
            ("'a' * 10 ** 9", "no number"),
            ("1 / 0", "fails"),
            ("1e999", "too large"),
            ("1" + "0" * 400, "too large"),
            ("1" + "0" * 5000, ""),
            ("(10 ** 7) ** 64", ""),
            ("-(10 ** 15) * 10", "too large"),
            ("(-1) ** 0.5", "too large, or none"),
            ("{[1]}", "a list in a set"),
            ("f'{x}'", "something else"),
            ("-" * 3000 + "1", ""),
        ],
    )
    def test_all_else_is_no_point_and_says_why(self, written, reason):
        found = answers_in([f"answers_x = {{'a': {written}, 'b': 1}}"])["x"]
        value = found.get("a", found.get(ALL))
        assert isinstance(value, NoLiteral) and reason in str(value)
        assert found.get("b", 1) == 1

    def test_a_cell_that_is_no_python_is_named(self):
        for source in ("answers_x = {'a': 1", "answers_x = " + "[" * 5000, "answers_x = {}" + " " * 30_000):
            assert isinstance(answers_in([source])["x"][ALL], NoLiteral)
        assert isinstance(answers_in(["answers_x = 3"])["x"][ALL], NoLiteral)

    def test_odd_answers_and_odd_marks_stop_nobody(self, written, tmp_path):
        lessons, folder = written
        odd = ["{1, 'a', {2}}", "'=1+1'", "[[[]]]", "True", "-1e-9", "'x' 'y'", "{}", "{**{}}", '"\\d"']
        for place, mark in enumerate(["text", 3, None, [], {"exam": 1}, {"exam": [], "student": {}}]):
            notebook = exam_notebook(draw(SEED, lessons), SEED)
            for cell in notebook.cells[2::2]:
                entries = ", ".join(f"'{name}': {odd[number % 9]}" for number, name in enumerate("abcdefg", place))
                cell.source = f"answers_{cell.metadata.answer} = {{{entries}}}"
            notebook.metadata[MARK] = mark
            hand_in(tmp_path / "in", f"student {place}", notebook)
        assert grade_exam(tmp_path / "in", read_key(SEED, folder), folder) == []
        rows = table(folder / "exam_answers.csv")
        assert {row["student"] for row in rows} == {f"student {place}" for place in range(6)}
        assert not any(row["given"].startswith("=") for row in rows)

    def test_what_stands_later_counts(self):
        cells = ["answers_x = {'a': 1, 'b': 2}", "%time\nanswers_x['b'] = 3", "print('hello')"]
        assert answers_in(cells) == {"x": {"a": 1, "b": 3}}

    def test_tolerance(self):
        assert is_right(0.3334, 1 / 3) and not is_right(0.33, 1 / 3) and is_right(0.33, 1 / 3, 0.006)
        assert is_right(3.0, 3) and not is_right(3.001, 3) and not is_right("3", 3) and not is_right(True, 1)
        assert is_right(" The gate, loud. ", "the gate, loud") and not is_right(3, "3")
        assert is_right([2, 7], (2, 7)) and not is_right([7, 2], (2, 7)) and not is_right(5, [5])
        assert is_right(["b", "a"], {"a", "b"}) and not is_right("ab", {"a", "b"})


class TestCommand:
    @pytest.fixture(autouse=True)
    def here(self, tmp_path, monkeypatch):
        monkeypatch.setattr(publishing, "BUILD", tmp_path)
        monkeypatch.setattr(cli, "_shown", str)

    def test_it_writes_and_grades(self, tmp_path, capsys):
        roster = tmp_path / "roster.csv"
        roster.write_text("student\nann\n")
        assert cli.main(["exam", SEED, "start_here", "--roster", str(roster)]) == 0
        assert (tmp_path / f"exam_{SEED}" / "ann" / "exam.ipynb").exists()
        hand_in(tmp_path / "in", "ann", exam_notebook(draw(SEED, find_lessons(["start_here"]), "ann"), SEED, "ann"))
        assert cli.main(["exam", SEED, "--grade", str(tmp_path / "in")]) == 0
        (tmp_path / "in" / "note.txt").write_text("x")
        assert cli.main(["exam", SEED, "--grade", str(tmp_path / "in")]) == 1
        assert "note.txt" in capsys.readouterr().out

    def test_wrong_calls_and_short_seeds_are_said(self, tmp_path, capsys):
        assert cli.main(["exam", "7", "start_here"]) == 0
        assert "The seed is short" in capsys.readouterr().out
        assert cli.main(["exam", SEED, "start_here", "--grade", str(tmp_path)]) == 2
        assert cli.main(["exam", SEED, "--grade", str(tmp_path / "nowhere")]) == 2
        assert cli.main(["exam", SEED, "no_such_lesson"]) == 2
        assert cli.main(["exam", SEED, "--grade", str(tmp_path)]) == 1


def test_every_lesson_with_a_predict_card_has_one():
    assert [slug for slug, sheet in SHEETS.items() if any("· predict" in cell.source for cell in sheet.cells)] == SLUGS
    assert all(importlib.import_module(f"lessons.{slug}.exam").__doc__ for slug in SLUGS)
