"""What is planted in the second half's datasets, measured: one function a dataset, each returns the lines of its card.

Every dataset hides a truth that a lesson finds: words that change what they mean, labels that only the context gives,
reviews whose length says nothing. Here each truth gets its number, beside the simplest baseline.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from datasets import Dataset, concatenate_datasets, load_dataset
from scipy.special import expit
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from sklearn.model_selection import GroupKFold, StratifiedKFold
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from benchmarks import masked_words, tagged_words
from benchmarks.lesson_recipes import mean_pooling
from benchmarks.plain import RECIPE, counting, fine_tuned, over_seeds
from course_tools.data.figures import embed
from course_tools.data.looks import TOPICS
from course_tools.data.strict_csv import Row
from course_utils import checkpoints
from course_utils.sources import DATA, offline_checkpoint

FOLDS = 5
CONTEXT = 4  # turns before the one to judge
Scores = dict[str, float]


@dataclass(frozen=True)
class Plan:
    """How an encoder is fine-tuned: all but its embeddings. The settings are the cards' plain recipe."""

    checkpoint: str = ""
    texts: tuple[str, ...] = ("text",)  # two of them are read as a pair
    labels: tuple[str, ...] = ("label",)  # several: each is true or not
    before: str = ""
    mean: bool = False  # the head reads the mean of the tokens, as the lesson `lora` does it
    max_steps: int = 300
    max_length: int = 128

    def settings(self) -> dict:
        """Return the arguments of TrainingArguments."""
        return {**RECIPE, "max_steps": self.max_steps}


class FineTuned:
    """An encoder with a head, trained on `train` after a plan."""

    def __init__(self, plan: Plan, train: Dataset, seed: int):
        self.plan = plan
        self.tokenizer = AutoTokenizer.from_pretrained(plan.checkpoint or offline_checkpoint())
        several = len(plan.labels) > 1
        torch.manual_seed(seed)
        model = (mean_pooling() if plan.mean else AutoModelForSequenceClassification).from_pretrained(
            plan.checkpoint or offline_checkpoint(),
            num_labels=len(plan.labels) if several else train.features[plan.labels[0]].num_classes,
            problem_type="multi_label_classification" if several else "single_label_classification",
        )
        model.base_model.embeddings.requires_grad_(False)
        self.trainer = fine_tuned(model, self._ready(train, plan.texts), seed, plan.settings(), self.tokenizer)

    def _ready(self, rows: Dataset, texts: tuple[str, ...]) -> Dataset:
        def tokenized(batch: dict) -> dict:
            first, *second = ([self.plan.before + text for text in batch[column]] for column in texts)
            # of a pair, the first text is the one that may lose its beginning
            cut = "only_first" if second else True
            found = self.tokenizer(first, *second, truncation=cut, max_length=self.plan.max_length)
            columns = [batch[column] for column in self.plan.labels]
            rows = [[float(value) for value in row] for row in zip(*columns, strict=True)]
            return {**found, "labels": rows if len(columns) > 1 else columns[0]}

        self.tokenizer.truncation_side = "left" if len(texts) > 1 else "right"
        return rows.map(tokenized, batched=True, remove_columns=rows.column_names, load_from_cache_file=False)

    def logits(self, rows: Dataset, texts: tuple[str, ...] = ()) -> np.ndarray:
        """Return the logits, rows x labels, in the order of the rows; `texts`: read other columns than in training."""
        self.trainer.args.train_sampling_strategy = "sequential"
        return self.trainer.predict(self._ready(rows, texts or self.plan.texts)).predictions


def measure(name: str, seeds: list[int]) -> dict:
    """Return `how` and `lines` of a dataset's marks."""
    with tempfile.TemporaryDirectory() as cache:  # the usual cache may hold older rows
        data = load_dataset(str(DATA / name), cache_dir=cache, keep_in_memory=True)
        lines = []
        for found in MEASURES[name](data, seeds):
            print(found, flush=True)
            lines.append(found)
    return {"seeds": seeds, "how": HOW[name], "lines": lines}


def line(method: str, judged_on: str, rows: int, runs: Scores | list[Scores]) -> dict:
    """Return one line of a card: numbers, or over the runs of several seeds mean, lowest and highest."""
    scores = over_seeds(runs) if isinstance(runs, list) else {score: float(value) for score, value in runs.items()}
    return {"method": method, "judged_on": judged_on, "rows": rows, "scores": scores}


def trained(plan: Plan, train: Dataset, seeds: list[int], judge: Callable[[FineTuned], Scores]) -> list[Scores]:
    """Return what `judge` says of a model for each seed."""
    return [judge(FineTuned(plan, train, seed)) for seed in seeds]


def column(rows: Dataset, name: str) -> np.ndarray:
    """Return a column as an array."""
    return np.array(rows[name])


def both(truth: np.ndarray, said: np.ndarray) -> Scores:
    """Return accuracy and macro-F1."""
    return {"accuracy": accuracy_score(truth, said), "macro-F1": f1_score(truth, said, average="macro")}


def requests(data: dict[str, Dataset], seeds: list[int]):
    """Several labels a text: counting words against an encoder, a threshold of one half for each topic."""
    train, test = data["train"], data["test"]
    truth = np.column_stack([column(test, topic) for topic in TOPICS]).astype(int)

    def scores(said: np.ndarray) -> Scores:
        return {"macro-F1": f1_score(truth, said, average="macro"), "exact match": accuracy_score(truth, said)}

    models = [counting(train["text"], column(train, topic), class_weight="balanced") for topic in TOPICS]
    said = np.column_stack([model.predict(list(test["text"])) for model in models]).astype(int)
    yield line("counting words", "test", len(test), scores(said))
    plan = Plan(labels=TOPICS)
    runs = trained(plan, train, seeds, lambda model: scores((expit(model.logits(test)) > 0.5).astype(int)))
    yield line("fine-tuned", "test", len(test), runs)


def messages(data: dict[str, Dataset], seeds: list[int]):
    """A model of year 1 on later years; a random split against a split by writer."""
    first = data["year_1"].shuffle(seed=0)
    cut = len(first) * 4 // 5
    train, rest = first.select(range(cut)), first.select(range(cut, len(first)))
    later = {"year 1, the other fifth": rest, "year 2": data["year_2"], "year 3": data["year_3"]}
    tests = {**later, "year 3, words of the events": data["year_3"].filter(lambda row: row["event"] > 0)}
    tests["year 3, other rows"] = data["year_3"].filter(lambda row: row["event"] == 0)
    model = counting(train["text"], column(train, "label"))
    for name, rows in tests.items():
        said = model.predict(list(rows["text"]))
        yield line("counting words, year 1", name, len(rows), both(column(rows, "label"), said))

    def judge(model: FineTuned) -> Scores:
        return {
            name: accuracy_score(column(rows, "label"), model.logits(rows).argmax(1)) for name, rows in tests.items()
        }

    runs = trained(Plan(), train, seeds, judge)
    for name, rows in tests.items():
        yield line("fine-tuned, year 1", name, len(rows), [{"accuracy": run[name]} for run in runs])
    whole = concatenate_datasets([data[f"year_{year}"] for year in (1, 2, 3)])
    labels, writers = column(whole, "label"), column(whole, "writer")
    splits = {
        "random split": StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(labels, labels),
        "split by writer": GroupKFold(FOLDS, shuffle=True, random_state=0).split(labels, labels, writers),
    }
    texts = column(whole, "text")
    for name, folds in splits.items():
        said = np.empty_like(labels)
        for known, held in folds:
            said[held] = counting(texts[known], labels[known]).predict(texts[held])
        yield line("counting words", f"{name}, {FOLDS} folds", len(whole), both(labels, said))


def reviews(data: dict[str, Dataset], seeds: list[int]):
    """Length alone, counting words, and an encoder that reads 64 or 256 tokens."""
    train, test = data["train"], data["test"]
    labels, truth = column(train, "label"), column(test, "label")
    lengths = [np.array([[np.log(len(text.split()))] for text in rows["text"]]) for rows in (train, test)]
    said = LogisticRegression().fit(lengths[0], labels).predict(lengths[1])
    yield line("length alone", "test", len(test), both(truth, said))
    said = counting(train["text"], labels).predict(list(test["text"]))
    yield line("counting words", "test", len(test), both(truth, said))
    for tokens in (64, 256):
        plan = Plan(max_length=tokens, max_steps=120)
        runs = trained(plan, train, seeds, lambda model: both(truth, model.logits(test).argmax(1)))
        yield line(f"fine-tuned, {tokens} tokens", "test", len(test), runs)


def answers(data: dict[str, Dataset], seeds: list[int]):
    """Overlap of words, an encoder that reads model answer and answer as a pair, and the second reader."""
    train, tests = data["train"], {"unseen answers": data["test"], "unseen questions": data["unseen_questions"]}
    known = overlaps(train)
    cuts = best_cuts(known, column(train, "label"))
    for name, rows in tests.items():
        said = np.digitize(overlaps(rows), cuts)
        yield line("overlap of words", name, len(rows), grades(column(rows, "label"), said))
    whole = concatenate_datasets([data[split] for split in data])
    yield line("second reader", "all rows", len(whole), grades(column(whole, "label"), column(whole, "second_reader")))

    def judge(model: FineTuned) -> dict[str, Scores]:
        return {name: grades(column(rows, "label"), model.logits(rows).argmax(1)) for name, rows in tests.items()}

    runs = trained(Plan(texts=("model_answer", "text")), train, seeds, judge)
    for name, rows in tests.items():
        yield line("fine-tuned, as a pair", name, len(rows), [run[name] for run in runs])


def grades(truth: np.ndarray, said: np.ndarray) -> Scores:
    """Return the scores of grades 0 to 2."""
    kappa = cohen_kappa_score(truth, said, weights="quadratic", labels=[0, 1, 2])
    return {"quadratic kappa": kappa, "accuracy": accuracy_score(truth, said)}


def overlaps(rows: Dataset) -> np.ndarray:
    """Return which share of the model answer's content words each answer holds."""

    def content(text: str) -> set[str]:
        words = "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
        return set(words) - ENGLISH_STOP_WORDS

    pairs = zip(rows["model_answer"], rows["text"], strict=True)
    return np.array([len(content(model) & content(text)) / len(content(model)) for model, text in pairs])


def best_cuts(values: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return the two thresholds that give the highest quadratic kappa."""
    steps = np.unique(np.quantile(values, np.linspace(0, 1, 41)))
    cuts = [(low, high) for low in steps for high in steps if low < high]
    return max(cuts, key=lambda pair: grades(truth, np.digitize(values, pair))["quadratic kappa"])


def dialogues(data: dict[str, Dataset], seeds: list[int]):
    """The turn alone against the turn with what was said before."""
    train, test = with_context(data["train"]), with_context(data["test"])
    truth, short = column(test, "label"), column(test, "short")

    def scores(said: np.ndarray) -> Scores:
        return {
            "macro-F1": f1_score(truth, said, average="macro"),
            "accuracy, short turns": accuracy_score(truth[short], said[short]),
            "accuracy, other turns": accuracy_score(truth[~short], said[~short]),
        }

    yield line("commonest label", "test", len(test), scores(np.full_like(truth, np.bincount(truth).argmax())))
    model = counting(train["text"], column(train, "label"))
    yield line("counting words, turn alone", "test", len(test), scores(model.predict(list(test["text"]))))
    for name, context in {"turn alone": False, "turn with its context": True}.items():
        known, asked = (speakers_vectors(rows, context) for rows in (data["train"], data["test"]))
        model = LogisticRegression(max_iter=2000).fit(known, column(train, "label"))
        yield line(f"frozen vectors, {name}", "test", len(test), scores(model.predict(asked)))
    for name, texts in {"turn alone": ("text",), "turn with its context": ("before", "spoken")}.items():
        plan = Plan(texts=texts)
        runs = trained(plan, train, seeds, lambda model: scores(model.logits(test).argmax(1)))
        yield line(f"fine-tuned, {name}", "test", len(test), runs)


def speakers_vectors(rows: Dataset, context: bool) -> np.ndarray:
    """Return the frozen, normalized vector of each turn; with `context` beside it those of what was said before.

    That is: the turn before; of the speaker's own turns the first, the last and their mean; of the others' turns the
    first and their mean. Zeros stand for what is not there.
    """
    vectors = embed([Row("", "", {"text": text}) for text in rows["text"]])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    if not context:
        return vectors
    nothing = np.zeros(vectors.shape[1], dtype=vectors.dtype)
    found = []
    for number, row in enumerate(rows):
        before = range(number - row["turn"] + 1, number)
        own = [place for place in before if rows[place]["speaker"] == row["speaker"]]
        others = [place for place in before if rows[place]["speaker"] != row["speaker"]]
        parts = [vectors[number], vectors[number - 1] if before else nothing]
        for places in (own, others):
            parts += [vectors[places[0]], vectors[places].mean(axis=0)] if places else [nothing, nothing]
        found.append(np.concatenate([*parts, vectors[own[-1]] if own else nothing]))
    return np.array(found)


def with_context(rows: Dataset) -> Dataset:
    """Return the turns with two more columns: the turns before, each after its speaker, and the turn after its own."""
    before, spoken = [], []
    for number, row in enumerate(rows):
        spoken.append(f"{row['speaker']}: {row['text']}")
        first = max(number - CONTEXT, number - row["turn"] + 1)
        before.append(" ".join(spoken[first:number]) or "(begins)")
    return rows.add_column("before", before).add_column("spoken", spoken)


def scenarios(data: dict[str, Dataset], seeds: list[int]):
    """Counting words in each language; two encoders trained on English only and judged on both."""
    train, test = data["train"], data["test"]
    truth = column(test, "label")
    for language in ("en", "fil"):
        said = counting(train[language], column(train, "label")).predict(list(test[language]))
        yield line("counting words, its own language", language, len(test), both(truth, said))
    multilingual = Plan(checkpoint=checkpoints.named("multilingual", "laptop").name, before="query: ")
    for name, plan in {"English checkpoint": Plan(), "multilingual checkpoint": multilingual}.items():
        runs = trained(
            replace(plan, texts=("en",), mean=True, max_steps=200),
            train,
            seeds,
            lambda model: {each: both(truth, model.logits(test, (each,)).argmax(1)) for each in ("en", "fil")},
        )
        for language in ("en", "fil"):
            yield line(f"{name}, trained on English", language, len(test), [run[language] for run in runs])


def two_guides(data: dict[str, Dataset], seeds: list[int]):
    """How often two readers of one guide agree, and two guides."""
    rows = data["train"]
    pairs = {
        "guide one, two readers": ("guide_one", "guide_one_again"),
        "guide two, two readers": ("guide_two", "guide_two_again"),
        "the two guides, first readers": ("guide_one", "guide_two"),
        "the two guides, second readers": ("guide_one_again", "guide_two_again"),
    }
    for name, (one, other) in pairs.items():
        first, second = column(rows, one), column(rows, other)
        found = {"agreement": accuracy_score(first, second), "Cohen's kappa": cohen_kappa_score(first, second)}
        yield line(name, "all rows", len(rows), found)


def textbook(data: dict[str, Dataset], seeds: list[int]):
    """The loss on masked words, before and after training on the other chapters, and on general texts."""
    tests = {"held-out chapter": data["test"], "another trade": data["other_trade"]}
    runs = [masked_words.losses(data["train"], tests, seed) for seed in seeds]
    for moment in runs[0]:
        for name, rows in tests.items():
            yield line(
                f"trained on {moment}" if moment != "before" else "before",
                name,
                len(rows),
                [{"loss": run[moment][name]} for run in runs],
            )


def where_when(data: dict[str, Dataset], seeds: list[int]):
    """Tagged words: nothing tagged, lists learned by heart, and an encoder; on all test rows and on the hard ones."""
    train = data["train"]
    tests = {"test": data["test"], "test, hard rows": data["test"].filter(lambda row: row["hard"])}
    truth = {name: tagged_words.split(rows, "tags") for name, rows in tests.items()}
    nothing = [["O"] * len(tags) for tags in truth["test"]]
    right = tagged_words.scores(truth["test"], nothing)["words right"]
    yield line("always O", "test", len(tests["test"]), {"words right": right})
    for method in (tagged_words.list_of_spans, tagged_words.list_of_words):
        for name, rows in tests.items():
            found = tagged_words.scores(truth[name], method(train, rows))
            yield line(method.__name__.replace("_", " "), name, len(rows), found)
    taggers = [tagged_words.Tagger(train, seed) for seed in seeds]
    for name, rows in tests.items():
        runs = [tagged_words.scores(truth[name], tagger.tags(rows)) for tagger in taggers]
        yield line("fine-tuned", name, len(rows), runs)


MEASURES = {
    function.__name__: function
    for function in (messages, requests, two_guides, reviews, textbook, answers, dialogues, scenarios, where_when)
}
PLAIN = (
    "Fine-tuned: the offline checkpoint, all but its embeddings, batches of 16, a rate of 1e-4 after 10% of warmup, "
    "{steps} steps, at most {tokens} tokens. "
    "Counting words: TF-IDF with logistic regression, scikit-learn's defaults but for `max_iter=1000`."
)
HOW = {
    "messages": PLAIN.format(steps=300, tokens=128),
    "requests": PLAIN.format(steps=300, tokens=128)
    + " A topic is said where its probability is over one half. Counting gives both answers the same weight "
    '(`class_weight="balanced"`): without that it says hardly any topic.',
    "two_guides": "Counted over all rows.",
    "reviews": PLAIN.format(steps=120, tokens="256 (or 64)"),
    "textbook": masked_words.HOW,
    "answers": PLAIN.format(steps=300, tokens=128) + " Overlap: the share of the model answer's content words that the "
    "answer holds, cut where the training answers have the highest kappa.",
    "dialogues": PLAIN.format(steps=300, tokens=128) + f" Context: the {CONTEXT} turns before, each after its speaker. "
    "Frozen vectors: the offline checkpoint's, with logistic regression; the turn before, and of the speaker's "
    "own and of the others' turns before, the first and the mean, and the speaker's last.",
    "scenarios": PLAIN.format(steps=200, tokens=128)
    + ' The head reads the mean of the tokens. The multilingual checkpoint reads "query: " before each text.',
    "where_when": tagged_words.HOW,
}
