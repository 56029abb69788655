"""Records on public data, in reference seconds. It goes on where it was stopped.

    python -m benchmarks.records emotion --public FOLDER                 # all rows of one table
    python -m benchmarks.records emotion --public FOLDER --row "frozen decoder" --seeds 0
    python -m benchmarks.records emotion --public FOLDER --test          # opens the test part: once, at the end

FOLDER holds public datasets as the Hub lays them out (`cardiffnlp/tweet_eval`, ...).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from datasets import disable_progress_bars
from transformers.utils import logging

from benchmarks.processor import has_16_bits
from benchmarks.records import found, page
from benchmarks.records.measure import finals, folds, measure

TASKS = page.TASKS


def main() -> None:
    """Measure one record, keep what was found, write the page anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--public", type=Path, required=True, help="a folder with public datasets")
    parser.add_argument("--row", action="append", help="one row of the table; all, if it is not given")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--bf16", action="store_true", help="multiply in 16 bits: for processors that can")
    parser.add_argument("--test", action="store_true", help="judge on the test part, not on folds of the rest")
    options = parser.parse_args()
    task = TASKS[options.task]
    ways = options.row or list(task.ways)
    if unknown := set(ways) - set(task.ways):
        parser.error(f"No row is called {sorted(unknown)}. The rows are: {', '.join(task.ways)}.")
    if options.bf16 and not has_16_bits():
        parser.error(
            "This processor does not multiply 16-bit numbers by itself, so --bf16 would be slower. Leave it out."
        )
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    disable_progress_bars()
    learn, judge = task.load(options.public)
    runs = finals(learn, judge, options.seeds) if options.test else folds(learn, options.seeds)
    rows = measure(options.task, task, runs, ways, options.bf16, lambda line: print(line, flush=True))
    for way, row in rows.items():
        scores = ", ".join(f"{name} {value['median']:.4f}" for name, value in row["scores"].items())
        print(f"{way}: {scores}; {row['reference_seconds']:.0f} s")
    if not options.row:
        key = found.key(options.test, options.bf16)
        found.add(
            options.task,
            key,
            rows,
            options.seeds,
            len(runs[0].learn.texts),
            len((judge if options.test else learn).texts),
        )
        page.write()


if __name__ == "__main__":
    main()
