"""Reads from a file's path who handed it in: the exports of learning platforms, and folders that people made."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from string import ascii_lowercase

from course_tools.project import Sheet, all_sheets

LONGEST = 255  # characters of a name: no disk has longer ones, and only a zip that somebody built
Parts = tuple[str, ...]  # a path below the collection's folder: folders, then the file's name without its suffix

# Names that no student gives to a file or a folder of his own, wherever in the path they stand.
EXPORTS = (
    # Moodle: `Ann Lee_12345_assignsubmission_file_` (a folder), or that followed by the file's own name.
    r"(?P<student>.+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_.*)?",
    # Brightspace: `123-456 - Ann Lee - 3 Nov 2026 926 PM` (a folder), or that and ` - NAME`.
    r"(?P<number>\d+-\d+) - (?P<student>.+?) - (?P<time>(?:(?! - ).)*\b\d{4}\b(?:(?! - ).)*)(?: - .*)?",
    # Blackboard: `Exercise 3_alee_attempt_2026-11-03-21-26-00_NAME`.
    r"(?:.*_)?(?P<student>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_.*)?",
    # nbgrader's exchange: `alee+ps3+2026-11-03 21:26:00 UTC+RANDOM` (a folder).
    r"(?P<student>[^+]+)\+[^+]+\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[^+]*(?:\+.*)?",
)
# Canvas: `leeann_12345_67890_NAME`, with `_LATE` behind the name of the student where it came late.
CANVAS = r"(?P<student>[^_]+)(?:_LATE)?_(?P<number>\d+)_\d+_.+"
# In a folder of her own a student may call a file `exercise_3_2026_new`; the numbers of Canvas are longer.
CANVAS_NESTED = CANVAS.replace(r"\d+", r"\d{4,}")
TIMES = ("%b %d %Y %I%M %p", "%B %d %Y %I%M %p", "%d %b %Y %I%M %p", "%d %B %Y %I%M %p", "%Y-%m-%d-%H-%M-%S")
TIMES += ("%Y-%m-%d %H:%M:%S",)
# What browsers and systems add to the name of a second copy.
COPY = re.compile(r"(?:\s*\((\d+)\)|\s*-\s*Copy|\s+copy|\s*-\s*Kopie)+$", re.IGNORECASE)

# Folders that say what lies in them, and not whose it is. In the languages of the platforms.
CONTAINERS = """
all assignment assignments attachment attachments class course download downloads dropbox dropboxes exercise exercises
export exports files homework homeworks hw hws lab labs late lesson lessons notebook notebooks problem ps session set
sheet sheets submission submissions submitted task tasks tutorial unit week work
abgabe abgaben aufgabe aufgaben blatt einreichung einreichungen hausaufgabe hausaufgaben lektion übung übungen woche
devoir devoirs exercice exercices rendu rendus semaine travaux ejercicio ejercicios entrega entregas práctica
prácticas tarea tareas exercício exercícios atividade atividades compito compiti consegna consegne esercizio esercizi
inlevering inleveringen opdracht opdrachten oefening oefeningen 作业 练习 提交 задание задания работы
"""
# Folders of several students, where their names begin so: "Group A", "Tutor Meyer".
GROUPS = re.compile(
    r"(?:class|cohort|course|group|section|team|tutor|gruppe|klasse|kurs|tut|groupe|grupo|gruppo|groep)(?:[\W\d_]|$)",
    re.IGNORECASE,
)
LONG_NUMBER = 5  # digits: of a platform's submission or a student, and not of an exercise or a year
# What students call their own tries.
VERSIONS = """
alt answer answers attempt backup bak copy corrected corr current draft end final first fixed good i ii iii last latest
my neu new newest of old original part real really second solution solutions solved submit the third try v version
"""


@dataclass(frozen=True)
class Owner:
    """Who handed in a file: the name, and what the platform wrote beside it."""

    name: str
    number: str = ""
    time: float = 0.0  # seconds since 1970, where the platform's name has one
    export: Parts = ()  # the folder that the platform's names stand in


class Owners:
    """Tells who handed in a file of a collection, from its path.

    What a platform wrote comes first. Else it is the first folder that stands for a student: not one that only says
    "Exercise 3", and not one that holds the folders of several students. Without such a folder it is the file's name.
    """

    def __init__(self, submitted: Iterable[tuple[Parts, Sheet]]):
        self.branches: dict[Parts, dict[Sheet, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.files: dict[Parts, dict[Sheet, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.crowded: set[Parts] = set()
        beside: set[tuple[Parts, Sheet]] = set()
        for parts, sheet in submitted:
            folders = _telling(parts)
            for depth, name in enumerate(folders):
                self.branches[folders[:depth]][sheet].add(name)
            self.files[folders][sheet].add(parts[-1])
            if (parts[:-1], sheet) in beside:
                self.crowded.add(parts[:-1])
            beside.add((parts[:-1], sheet))
        known = {*self.branches, *self.files} - {()}
        self.wrappers = {folder for folder in known if self._holds_students(folder)}
        parents = {folder[:-1] for folder in self.wrappers if folder not in self.files}
        self.wrappers |= {folder for folder in known if folder[:-1] in parents and folder not in self.files}

    def of(self, parts: Parts) -> Owner:
        """Return who handed in the file with this path."""
        if owner := _exported(parts):
            return owner
        folders = _telling(parts)
        depth = 0
        while folders[: depth + 1] in self.wrappers and depth < len(folders):
            depth += 1
        return Owner(folders[depth] if depth < len(folders) else self._by_file(parts))

    def _by_file(self, parts: Parts) -> str:
        if not is_container(parts[-1]):
            return _without_sheet(COPY.sub("", parts[-1])) or parts[-1]
        return parts[-1] if len(parts) == 1 or parts[:-1] in self.crowded else parts[-2]

    def _holds_students(self, folder: Parts) -> bool:
        """True for a folder that holds folders of several students, or, where it is the only one, their files."""
        if folder not in self.files:
            return _most(self.branches[folder]) >= 2
        around = folder[:-1]
        alone = len(set().union(*self.branches[around].values())) == 1 and around not in self.files
        if alone or GROUPS.match(folder[-1]):
            return max(_most(self.files[each]) for each in self._groups(folder)) >= 2
        return False

    def _groups(self, folder: Parts) -> list[Parts]:
        """Return a folder and those beside it, where their names say that they are groups."""
        beside = [each for each in self.files if each[:-1] == folder[:-1] and each and GROUPS.match(each[-1])]
        return [folder, *beside] if GROUPS.match(folder[-1]) else [folder]


def shown(name: str | bytes) -> str:
    """Return a file's name as it can be shown and compared: in NFC, without control characters or half characters."""
    raw = name.encode("utf-8", "replace") if isinstance(name, str) else name
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    text = re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)  # they turn the direction of all that follows
    return " ".join(unicodedata.normalize("NFC", text).split())[:LONGEST] or "(no name)"


@cache
def is_container(name: str) -> bool:
    """True for a name that says which exercise it is, or that it is one, and not whose: "Exercise 3", "Submissions"."""
    words = _words(COPY.sub("", name).replace("(s)", "s"))
    if any(word.isdigit() and len(word) >= LONG_NUMBER for word in words):
        return False
    letters = {word for word in words if not word.isdigit()}
    if not letters:
        return bool(words) and all(len(word) <= 2 for word in words)
    return letters <= _container_words() | _sheet_words() and (
        bool(letters & _container_words()) or len(letters) < len(words)
    )


@cache
def _container_words() -> set[str]:
    return set(CONTAINERS.split())


@cache
def _sheet_words() -> set[str]:
    return {word for sheet in all_sheets() for word in _words(f"{sheet.entry.slug} {sheet.title}")}


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", name.casefold())


def _without_sheet(name: str) -> str:
    """Return a file's name without that of its sheet: "Ann Lee - 03_tokenization_exercises" is Ann Lee's."""
    for sheet in all_sheets():
        rest = name.replace(sheet.name, " ").strip(" _-+.,")
        if rest != name and not _is_version(rest):
            return " ".join(rest.split())
    return name


def _most(names: dict[Sheet, set[str]]) -> int:
    """Return the most names for one sheet that do not only count a student's own tries."""
    return max((sum(not _is_version(name) for name in each) for each in names.values()), default=0)


def _is_version(name: str) -> bool:
    known = _container_words() | _sheet_words() | {*VERSIONS.split(), *ascii_lowercase}
    return all(word.isdigit() or word in known for word in _words(name))


def _telling(parts: Parts) -> Parts:
    """Return the folders of a path without those that say nothing about the student."""
    return tuple(part for part in parts[:-1] if not is_container(part))


def _exported(parts: Parts) -> Owner | None:
    """Return whom a platform's own name, of a folder or of the file, speaks of."""
    first = next((part for part in parts if not is_container(part)), parts[-1])
    for depth, part in enumerate(parts):
        for pattern in (*EXPORTS, CANVAS if part == first else CANVAS_NESTED):
            if match := re.fullmatch(pattern, part, re.DOTALL):
                found = {"number": "", "time": "", **match.groupdict(default="")}
                name = found["student"].strip() or part
                return Owner(name, found["number"], _seconds(found["time"]), parts[:depth])
    return None


def _seconds(time: str) -> float:
    """Return a platform's time in seconds, 0 for one that is not understood."""
    plain = re.sub(r"(\d{1,2})[:.]?(\d\d) *([AP]M)", lambda found: f"{found[1]:0>2}{found[2]} {found[3]}", time)
    for form in TIMES:
        try:
            return datetime.strptime(plain.replace(",", ""), form).timestamp()
        except (ValueError, OverflowError, OSError):
            continue
    return 0.0
