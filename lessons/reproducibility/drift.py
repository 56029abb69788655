"""Months drawn from rows, to learn how often an alarm rings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from torch.nn.functional import normalize

from course_utils.session import Session
from course_utils.upper_layers import UpperLayers, in_parts

Signals = Callable[[np.ndarray, np.ndarray], np.ndarray]  # (rows of a month, rows of the reference) -> a number each


def apart(signals: Signals, rows: np.ndarray, size: int, months: int, rng: np.random.Generator) -> np.ndarray:
    """Return the signals of `months` drawn months, each against all the rows that are not in it."""
    found = []
    for _ in range(months):
        order = rng.permutation(rows)
        found.append(signals(order[:size], order[size:]))
    return np.array(found)


def inside(signals: Signals, rows: np.ndarray, size: int, months: int, rng: np.random.Generator) -> np.ndarray:
    """Return the signals of `months` drawn months, each against all rows, its own among them: the wrong way."""
    return np.array([signals(rng.permutation(rows)[:size], rows) for _ in range(months)])


def against(
    signals: Signals,
    rows: np.ndarray,
    reference: np.ndarray,
    size: int,
    months: int,
    rng: np.random.Generator,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return the signals of `months` months of other rows than the reference. `weights`: how often each comes."""
    share = None if weights is None else weights / weights.sum()
    return np.array([signals(rng.choice(rows, size, replace=False, p=share), reference) for _ in range(months)])


def halves(rows: np.ndarray, times: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return some ways to cut rows into two halves at random."""
    rng = np.random.default_rng(seed)
    return [tuple(np.array_split(rng.permutation(rows), 2)) for _ in range(times)]


def answered(course: Session, below: Mapping, labels: np.ndarray):
    """Return for all rows: place (name -> its rows), vectors, confidence, answers of a model that learned year 1.

    `below`: name -> what goes into the last layer; one name is "year_1", with these labels, and one is "cut", its
    texts again. Five models each leave out a fifth of year 1, and answer that fifth and a fifth of the others. So no
    row is answered by a model that has read it.
    """
    frozen = UpperLayers(course, upper=1, labels=6)
    parts = [normalize(in_parts(frozen.vectors, *pair)).numpy() for pair in below.values()]
    ends = np.cumsum([len(part) for part in parts])
    place = dict(zip(below, np.split(np.arange(ends[-1]), ends[:-1]), strict=True))
    vectors, first = np.vstack(parts), place["year_1"]
    fold = np.random.default_rng(course.seed).integers(5, size=len(vectors))
    fold[place["cut"]] = fold[first]
    chances = np.zeros((len(vectors), 6))
    for number in range(5):
        learn, ask = fold[first] != number, np.flatnonzero(fold == number)
        model = LogisticRegression(C=10, max_iter=2000).fit(vectors[first[learn]], labels[learn])
        chances[np.ix_(ask, model.classes_)] = model.predict_proba(vectors[ask])
    return place, vectors, chances.max(1), chances.argmax(1)


def ringing(
    signals: Signals, place: Mapping[str, np.ndarray], labels: np.ndarray, halvings: int, times: int, size: int
) -> dict[str, np.ndarray]:
    """Return for each kind of drift whether each signal rang: kind -> months x signals.

    One half of year 1 gives the line, at 1 false alarm in 20 months; the drifts are planted into the other half.
    `size`: messages in a month.
    """
    first, rng = place["year_1"], np.random.default_rng(size)
    rung: dict[str, list] = {}
    for one, two in halves(first, halvings, size):
        line = np.percentile(apart(signals, one, size, times, rng), 95, axis=0)
        kinds = {
            "nothing": (two, None),
            "half of it waste": (two, np.where(labels[two - first[0]] == 4, 5.0, 1.0)),
            "cut texts": (two - first[0] + place["cut"][0], None),
            "year 2": (place["year_2"], None),
            "year 3": (place["year_3"], None),
        }
        for name, (rows, weights) in kinds.items():
            drawn = against(signals, rows, one, size, times // 2, rng, weights)
            rung.setdefault(name, []).append(drawn > line)
    return {name: np.concatenate(rings) for name, rings in rung.items()}


def by_month(signals: Signals, names: Sequence[str], desk, place, said: np.ndarray, times: int) -> pd.DataFrame:
    """Return a line for each month of years 2 and 3: its signals, their lines for so many messages, right answers."""
    later = np.append(place["year_2"], place["year_3"])
    truth = np.append(desk["year_2"]["label"], desk["year_3"]["label"])
    dates = np.array([day[:7] for name in ("year_2", "year_3") for day in desk[name]["date"]])
    rng, found = np.random.default_rng(0), {}
    for month in sorted(set(dates)):
        rows = later[dates == month]
        line = np.percentile(apart(signals, place["year_1"], len(rows), times, rng), 95, axis=0)
        found[month] = dict(zip(names, signals(rows, place["year_1"]), strict=True))
        found[month] |= {f"line of {name}": height for name, height in zip(names, line, strict=True)}
        found[month]["right"] = np.mean(said[rows] == truth[dates == month])
    return pd.DataFrame(found).T
