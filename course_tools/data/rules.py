"""The gate in front of `data/`: each check returns its faults, one sentence each, with the rows' file and line.

What it holds is in the cards too: no copies, no templates, no word or length that gives the label away, balanced
labels, clean characters, nobody's private data.
"""

import hashlib
import itertools
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from scipy.stats import ks_2samp
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from course_tools.data.strict_csv import Row

SHINGLE = 5  # words
TOO_ALIKE = 0.5  # Jaccard similarity of two rows' shingles
FRAME_LIMIT = 3  # rows with one sentence frame
TELLING_ROWS, TELLING_SHARE = 15, 0.9  # a token in so many rows, with more than this share of them in one label
OTHER = "other"  # of a label that is true or not: a token may tell that it is not, as most do
BALANCE = 1.2  # rows of the largest label over rows of the smallest
LENGTH_GAP = 0.4  # Kolmogorov-Smirnov distance of two labels' lengths in words: 0 the same, 1 apart

with (Path(__file__).parent / "words.toml").open("rb") as file:
    LISTS = {name: frozenset(words.split()) for name, words in tomllib.load(file).items()}
FUNCTION_WORDS = (ENGLISH_STOP_WORDS - LISTS["content"]) | LISTS["function"]

WORD = re.compile(r"[#@]?[^\W_]+(?:['’][^\W_]+)*")
SIGN = re.compile(r"[^\w\s'’]")
PRIVATE = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a link": re.compile(r"https?:|www\.|\b\w+\.(?:com|org|net|co\.uk)\b", re.I),
    "an account's name": re.compile(r"(?<!\w)@(?!user\b)\w+"),
    "a long number": re.compile(r"(?:\d[ -]?){7,}"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"),
}
MOJIBAKE = re.compile(r"â€|Ã[\x80-\xbf©¨¤¶¼]|\ufffd")


def words(text: str) -> list[str]:
    """Return the text's words in lower case, with the `#` or `@` in front of them."""
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


def tokens(text: str) -> set[str]:
    """Return the text's words, hashtags as words too, and its single signs (punctuation, emoji)."""
    return {*(word.lstrip("#") for word in words(text)), *SIGN.findall(text)}


def shingles(text: str) -> set[tuple[str, ...]]:
    """Return all runs of five words, or all words as one run where there are fewer."""
    found = [word.lstrip("#@") for word in words(text)]
    return {tuple(found[start : start + SHINGLE]) for start in range(max(1, len(found) - SHINGLE + 1))}


def frame(text: str) -> str:
    """Return the text with each content word as `_`: "The bus is late again." becomes "the _ is _ again"."""
    return " ".join(word if word in FUNCTION_WORDS else "_" for word in words(text))


def near_duplicates(rows: list[Row]) -> list[str]:
    """Two rows that share half of their runs of five words, within a split or across."""
    runs = [shingles(row.text) for row in rows]
    holders = defaultdict(list)
    for number, own in enumerate(runs):
        for run in own:
            holders[run].append(number)
    pairs = {pair for numbers in holders.values() for pair in itertools.combinations(numbers, 2)}
    alike = {pair: len(runs[pair[0]] & runs[pair[1]]) / len(runs[pair[0]] | runs[pair[1]]) for pair in sorted(pairs)}
    return [
        f"{rows[one].place} and {rows[other].place}: {share:.0%} of their runs of {SHINGLE} words are the same."
        for (one, other), share in alike.items()
        if share >= TOO_ALIKE
    ]


def repeated_frames(rows: list[Row]) -> list[str]:
    """A frame that more than three rows share."""
    places = defaultdict(list)
    for row in rows:
        places[frame(row.text)].append(row.place)
    return [
        f"{len(found)} rows have the frame {shape!r}: {', '.join(found)}."
        for shape, found in places.items()
        if len(found) > FRAME_LIMIT
    ]


def telling_tokens(rows: list[Row]) -> list[str]:
    """A token that alone predicts the label. Function words are left out: they are grammar, which has levels."""
    places = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for token in tokens(row.text) - FUNCTION_WORDS:
            places[token][row.label].append(row.place)
    faults = []
    for token, by_label in sorted(places.items()):
        total = sum(len(found) for found in by_label.values())
        label, found = max(by_label.items(), key=lambda item: len(item[1]))
        if label != OTHER and total >= TELLING_ROWS and len(found) / total > TELLING_SHARE:
            faults.append(f"{token!r} tells {label}: {len(found)} of its {total} rows, such as {', '.join(found[:3])}.")
    return faults


def unbalanced_labels(rows: list[Row], balance: float = BALANCE) -> list[str]:
    """A split in which the largest label has over 1.2 times (`balance` times) the rows of the smallest."""
    labels = sorted({row.label for row in rows})
    faults = []
    for split in sorted({row.split for row in rows}):
        counts = Counter({label: 0 for label in labels})
        counts.update(row.label for row in rows if row.split == split)
        if max(counts.values()) > balance * min(counts.values()):
            faults.append(f"{split}: the labels are out of balance, {dict(counts)}.")
    return faults


def telling_lengths(rows: list[Row]) -> list[str]:
    """Two labels whose lengths in words hardly overlap."""
    lengths = defaultdict(list)
    for row in rows:
        lengths[row.label].append(len(row.text.split()))
    faults = []
    for one, other in itertools.combinations(sorted(lengths), 2):
        gap = ks_2samp(lengths[one], lengths[other]).statistic
        if gap > LENGTH_GAP:
            faults.append(f"{one} and {other}: their lengths in words are {gap:.2f} apart (limit {LENGTH_GAP}).")
    return faults


def unclean_characters(rows: list[Row]) -> list[str]:
    """Control characters, a wrong encoding that was read as text, letters and accents not composed, outer spaces."""
    faults = []
    for row in rows:
        text = row.text
        if any(unicodedata.category(sign) in ("Cc", "Co", "Cn", "Cs") for sign in text):
            faults.append(f"{row.place}: a control character or one without a meaning.")
        if MOJIBAKE.search(text):
            faults.append(f"{row.place}: {MOJIBAKE.search(text)[0]!r} looks like a wrong encoding.")
        if text != unicodedata.normalize("NFC", text) or text != " ".join(text.split()):
            faults.append(f"{row.place}: not in Unicode's composed form (NFC), or with needless spaces.")
    return faults


def private_data(rows: list[Row]) -> list[str]:
    """What could reach a person: an address, an account, a number."""
    return [
        f"{row.place}: {what}, {pattern.search(row.text)[0]!r}."
        for row in rows
        for what, pattern in PRIVATE.items()
        if pattern.search(row.text)
    ]


def refused_words(rows: list[Row]) -> list[str]:
    """A slur, or the name of a living public figure or a company."""
    return [
        f"{row.place}: {word!r} is on the lists of slurs and of public names."
        for row in rows
        for word in sorted({*words(row.text)})
        if _is_refused(word.lstrip("#").removesuffix("'s"))
    ]


def _is_refused(word: str) -> bool:
    return word in LISTS["names"] or hashlib.sha256(word.encode()).hexdigest()[:12] in LISTS["slurs"]


COPIES = (near_duplicates, repeated_frames)
LABELS = (telling_tokens, unbalanced_labels, telling_lengths)
CLEAN = (unclean_characters, private_data, refused_words)
CHECKS: tuple[Callable[[list[Row]], list[str]], ...] = (*COPIES, *LABELS, *CLEAN)


def faults(rows: list[Row], checks: tuple[Callable[[list[Row]], list[str]], ...] = CHECKS) -> list[str]:
    """Return everything that is wrong with the rows of one dataset, one sentence each."""
    return [fault for check in checks for fault in check(rows)]
