"""Looks for the recipe of the lesson `case_emotion`: public tweets, offline checkpoint, CPU. It opens no test row.

    python -m benchmarks.emotion_recipe FOLDER --seed 0 [--rates 1e-4 1e-4] [--tweets]

FOLDER is what `load_dataset(FOLDER, "emotion")` takes: `cardiffnlp/tweet_eval`, or a copy of it. Its `train` and
`validation` are put together and cut anew: three quarters to train, one quarter (some 800 tweets) to judge, because the
validation split alone is too small to tell recipes apart. One run takes about six minutes on one core.

The cells of the lesson are the recipe: those with the tag `recipe` are executed here as they stand. Each row goes to
`benchmarks/emotion_recipe.json`, under its seed.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from datasets import concatenate_datasets, disable_progress_bars, load_dataset
from transformers import AutoModel

from benchmarks import lesson_recipes
from benchmarks.measure import peak_gib
from course_tools.files import write_in_one_step
from course_utils import sources
from course_utils.prepared import cache_folder

FOUND = Path(__file__).with_suffix(".json")
OTHER_TWEETS, TWEETS_RATE, EPOCHS = 3000, 2e-4, 1.75


def main() -> None:
    """Measure every row of the lesson's table for one seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rates", nargs=2, type=float, default=[1e-4, 3e-4])
    parser.add_argument("--tweets", action="store_true", help="learn the course's sentiment tweets first")
    options = parser.parse_args()
    disable_progress_bars()
    public = load_dataset(options.folder, "emotion")
    rows = concatenate_datasets([public["train"], public["validation"]])
    public = rows.train_test_split(test_size=0.25, stratify_by_column="label", seed=0)
    work = cache_folder() / "benchmarks" / f"emotion_{options.seed}"
    labels = public["train"].features["label"].names
    names = lesson_recipes.emotion(work, public["train"]["text"], labels, options.seed)
    train, judged = (names["prepare"](public[part], len(public[part])) for part in ("train", "test"))
    begin, fine_tune, mix = (names[name] for name in ("begin", "fine_tune", "mix"))
    truth, found = np.array(judged["label"]), {}

    def note(name, model):
        scores = names["judge"](names["soften"](names["logits_of"](model, judged)), truth)
        found[name] = {score: round(float(value), 4) for score, value in scores.items()}
        print(options.seed, name, found[name], flush=True)

    begun = time.process_time()
    start, _ = begin(AutoModel.from_pretrained(names["checkpoint"]), train)
    if options.tweets:
        tweets = load_dataset(*sources.dataset("tweets", "laptop"))["train"]
        others = names["prepare"](tweets.shuffle(seed=options.seed), OTHER_TWEETS)
        first, _ = begin(start.encoder, others)
        first = fine_tune(first, others, TWEETS_RATE, 1, options.seed, "other tweets")
        start, _ = begin(first.encoder, train)
    note("frozen encoder", start)
    pair = [
        fine_tune(start, train, rate, EPOCHS, 2 * options.seed + number, f"training {number + 1}")
        for number, rate in enumerate(options.rates)
    ]
    both = mix([(model, 0.5) for model in pair])
    note("first training", pair[0])
    note("second training", pair[1])
    note("mean of both", both)
    for way in (0.6, 0.8):
        note(f"{way:.0%} of the way", mix([(start, 1 - way), (both, way)]))
    runs = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else {}
    rates = " and ".join(f"{rate:g}" for rate in options.rates)
    runs[f"{'other tweets first, ' if options.tweets else ''}rates {rates}, seed {options.seed}"] = {
        "rows": found,
        "training_seconds": {name: round(value) for name, value in names["spent"].items()},
        "cpu_seconds": round(time.process_time() - begun),
        "peak_gib": round(peak_gib(), 2),
    }
    write_in_one_step(FOUND, json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
