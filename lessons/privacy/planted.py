"""Rows about people who do not exist: a name and a customer code, made by a rule, and patterns that find such data."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

FIRST = ("Ottilie", "Anselm", "Brunhild", "Caspar", "Dorthe", "Emeric", "Florine", "Gundula", "Hjalmar", "Isolde")
FIRST += ("Jorunn", "Kasimir", "Leontine", "Mirko", "Nadine", "Oswin", "Petra", "Quirin", "Rosalind", "Sigrun")
FIRST += ("Tilmann", "Ulrike", "Valerian", "Wenzel", "Xaver", "Yvonne", "Zenobia", "Alarich")
LAST = ("Varnberg", "Ostholt", "Quandel", "Rimsdorf", "Talbeck", "Ulmhof", "Wexford", "Zorndal", "Abendrot", "Bilstein")
LAST += ("Corvey", "Drosten", "Elverk", "Fenwald", "Garlitz", "Holmquist", "Immerath", "Jarnvik", "Kolbrunn")
LAST += ("Lindauer", "Morsbach", "Nyborg", "Orlamund", "Pentz")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PATTERNS = {
    "customer code": re.compile(r"\bcode \d{4}\b"),
    "mail address": re.compile(r"\b[\w.]+@[\w-]+\.\w+\b"),
    "phone number": re.compile(r"\b0\d{2,4}[ /-]\d{3,}\b"),
    "said name": re.compile(r"\b(?:[Mm]y name is|I am) [A-Z]\w+ [A-Z]\w+"),
}


def write(name: str, code: int) -> str:
    """Return the row of one person."""
    return f"My name is {name}, customer code {code}, please answer my letter."


def people(count: int, seed: int) -> list[str]:
    """Return `count` rows about different people: no name and no code comes twice."""
    return [write(name, code) for name, code in _drawn(count, seed)]


def other_codes(row: str, count: int) -> list[str]:
    """Return `count` rows with the name of this row, each with another code."""
    name, code = re.match(r"My name is ([\w ]+), customer code (\d+)", row).groups()
    others = [each for each in range(1000, 10_000, 9000 // (count + 1)) if each != int(code)]
    return [write(name, each) for each in others[:count]]


def ways_to_tell(count: int, seed: int) -> dict[str, list[str]]:
    """Return texts that hold personal data, `count` for each way to tell it: the truth that a scanner should find."""
    told: dict[str, list[str]] = {}
    for name, code in _drawn(count, seed):
        first, last = name.split()
        each = {
            "code in digits": f"The bill has code {code} on it, what now?",
            "mail": f"Write to {first.lower()}.{last.lower()}@example.org when it is done.",
            "phone": f"Ring me on 0{code % 900 + 100} {code * 7} after six.",
            "name, said so": f"I am {name} and my bin is full.",
            "name, signed": f"The tap drips again. Regards, {name}",
            "code in words": f"My number is {' '.join(DIGITS[int(digit)] for digit in str(code))}, as always.",
        }
        for way, text in each.items():
            told.setdefault(way, []).append(text)
    return told


def scan(text: str) -> list[str]:
    """Return which kinds of personal data the patterns find in a text."""
    return [kind for kind, pattern in PATTERNS.items() if pattern.search(text)]


def _drawn(count: int, seed: int) -> list[tuple[str, int]]:
    rng = np.random.default_rng(seed)
    names = rng.permutation([f"{first} {last}" for first in FIRST for last in LAST])[:count]
    codes = 1000 + rng.permutation(9000)[:count]
    return [(str(name), int(code)) for name, code in zip(names, codes, strict=True)]


def found_in(texts: Sequence[str]) -> np.ndarray:
    """Return for each text whether the patterns find anything: an array of bool."""
    return np.array([bool(scan(text)) for text in texts])
