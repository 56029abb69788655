"""Makes the samples: rows, predictions, and the tables of their cards. Run `python -m capstone.make_samples`.

The rows are of `data/messages`, written for this course. The words of guides and cards are written by hand, in the
samples themselves: only a card's table is filled in. The predictions are what the template's notebook gives.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
from nbclient import NotebookClient
from nbformat import NotebookNode
from sklearn.model_selection import GroupShuffleSplit, train_test_split

from capstone.numbers import GAIN, measure, table

HERE = Path(__file__).resolve().parent
TEMPLATE, SAMPLES = HERE / "template", HERE / "samples"
MESSAGES = HERE.parent / "data" / "messages"
REGULARS = 24  # the writers up to this number write often, the others once or twice
SEED = 42
Splits = dict[str, pd.DataFrame]


def messages() -> pd.DataFrame:
    """Return the messages whose words mean the same in all three years."""
    rows = pd.concat([pd.read_csv(MESSAGES / f"year_{year}.csv") for year in (1, 2, 3)])
    rows["number"] = rows["writer"].str[1:].astype(int)
    return rows[rows["event"] == 0].reset_index(drop=True)


def strong() -> Splits:
    """Six offices; all rows of a writer are in one split."""
    rows = messages().query("number > @REGULARS")
    rows = rows.assign(group=rows["writer"])[["text", "label", "group"]]
    rest, test = _by_group(rows, 0.34)
    train, validation = _by_group(rest, 0.2)
    return {"train": train, "validation": validation, "test": test}


def sound() -> Splits:
    """Three urgencies; a writer may be in two splits, and no column says who wrote."""
    rows = messages().query("number > @REGULARS")
    rows = rows.assign(label=rows["urgency"])[["text", "label"]].sample(300, random_state=SEED)
    return _at_random(rows, test=100, validation=50)


def bare() -> Splits:
    """Three offices, too few rows, most of them by people who write often, and the typical faults."""
    rows = messages().query("label in ('parking', 'waste', 'water') and number <= @REGULARS")
    return _with_faults(_at_random(rows[["text", "label"]].sample(180, random_state=SEED), test=45, validation=25))


def _with_faults(splits: Splits) -> Splits:
    """Return splits with a copy, a near-copy, an address, a number, and a label in two spellings."""
    train, test = splits["train"].copy(), splits["test"].copy()
    test.loc[3] = train.loc[10]
    test.loc[7] = train.loc[train["text"].str.len().idxmax()]
    test.loc[7, "text"] = f"Hello, {test.loc[7, 'text']}"
    train.loc[20, "text"] += " Write to ola.berg@example.org."
    train.loc[21, "text"] += " Ring me on 0123 456 7890."
    train.loc[train.index[train["label"] == "waste"][0], "label"] = "Waste"
    return {**splits, "train": train, "test": test}


def _by_group(rows: pd.DataFrame, share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    places = next(GroupShuffleSplit(1, test_size=share, random_state=SEED).split(rows, groups=rows["group"]))
    return tuple(rows.iloc[each].reset_index(drop=True) for each in places)


def _at_random(rows: pd.DataFrame, test: int, validation: int) -> Splits:
    rest, tested = train_test_split(rows, test_size=test, random_state=SEED, stratify=rows["label"])
    trained, chosen = train_test_split(rest, test_size=validation, random_state=SEED, stratify=rest["label"])
    splits = {"train": trained, "validation": chosen, "test": tested}
    return {name: each.reset_index(drop=True) for name, each in splits.items()}


SAMPLES_BY_NAME: dict[str, Callable[[], Splits]] = {"bare": bare, "sound": sound, "strong": strong}


def make(name: str) -> None:
    """Write rows, notebook, predictions and the card's table of one sample."""
    folder = SAMPLES / name
    folder.mkdir(parents=True, exist_ok=True)
    for split, rows in SAMPLES_BY_NAME[name]().items():
        rows.to_csv(folder / f"{split}.csv", index=False)
    notebook = run(folder)
    if name == "bare":
        _spoil(folder, notebook)
    nbformat.write(notebook, folder / "project.ipynb")
    if name != "bare":
        _fill_in(folder, with_gain=name == "strong")
    shutil.rmtree(folder / "work", ignore_errors=True)


def run(folder: Path, profile: str = "laptop") -> NotebookNode:
    """Return the template's notebook as it ran in a project's folder. It writes predictions.csv there."""
    notebook = nbformat.read(TEMPLATE / "project.ipynb", as_version=4)
    settings = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    settings.source = settings.source.replace('"auto"', f'"{profile}"', 1)
    resources = {"metadata": {"path": folder}}
    client = NotebookClient(notebook, kernel_name="python3", resources=resources, record_timing=False)
    client.execute(
        env={**os.environ, "PYTHONPATH": str(HERE.parent)}
    )  # so it runs before `make setup` knows `capstone`
    for cell in notebook.cells:
        if "start" in cell.metadata.get("tags", []):
            cell.outputs = []  # it tells of the machine
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if "Loading weights" not in str(output)]
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
    return notebook


def _spoil(folder: Path, notebook: NotebookNode) -> None:
    """Take another lazy baseline, and the notebook as if it had never been run."""
    predictions = pd.read_csv(folder / "predictions.csv", dtype=str)
    rarest = predictions["truth"].value_counts().index[-1]
    predictions.assign(lazy=rarest).to_csv(folder / "predictions.csv", index=False)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _fill_in(folder: Path, with_gain: bool) -> None:
    """Put the numbers into the table of the card; without its interval where the sample shall lack it."""
    predictions = pd.read_csv(folder / "predictions.csv", dtype=str)
    numbers = table(measure(predictions["truth"], predictions))
    if not with_gain:
        numbers = re.sub(rf"(\| {GAIN} \| \S+) \([^)]*\)", r"\1", numbers)
    card = folder / "card.md"
    text = card.read_text(encoding="utf-8")
    card.write_text(
        re.sub(r"\| on test\.csv \|.*?(?=\n\n)", lambda _: numbers, text, flags=re.DOTALL), encoding="utf-8"
    )


if __name__ == "__main__":
    for sample in SAMPLES_BY_NAME:
        make(sample)
        print(f"made: {sample}")
