"""The command `course`."""

import argparse
import io
import os
import signal
import sys
from pathlib import Path

from course_tools import environment
from course_utils import CourseError
from course_utils.session import PROFILES

BENCH_PARTS = ("512", "128", "36", "prediction", "step", "scale", "lessons")
ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")  # beside Ctrl-C; Windows has only the first
STYLES = {"ok": "", "note": "yellow", "bad": "bold red"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 if all went well, 1 if something failed, 2 for a wrong call, 130 after Ctrl-C."""
    _end_on_signals()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a student's name may hold what this terminal cannot show
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        environment.look(options.command, getattr(options, "profile", None))
        return options.action(options)
    except UsageError as error:
        print(f"course: {error}", file=sys.stderr)
        return 2
    except CourseError as error:
        print(f"course: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        how = "`make setup` (without make: `python course_tools/setup/bootstrap.py`)"
        print(f"course: the package {error.name} is missing. Run {how}.", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        print(f"course: {error.strerror or error}{where}. Look at the rights and the free disk space.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("course: stopped. No kernel is left running.", file=sys.stderr)
        return 130


class UsageError(Exception):
    """The command line itself is wrong."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one sentence."""

    def error(self, message: str):
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser(prog="course", description="Run, build and test the lessons of the course.")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    parser.set_defaults(action=lambda _: parser.print_help() or 2)

    run = commands.add_parser("run", help="execute lessons headless, judge them, and write build/report.html")
    run.add_argument("lessons", nargs="*", metavar="LESSON", help="trainer, 07, ... (all, if none is named)")
    run.add_argument("--profile", default="laptop", help="auto, laptop (the default), full or smoke")
    run.add_argument("--changed", action="store_true", help="leave out what an earlier run has passed as it stands now")
    run.add_argument("--jobs", type=_positive, metavar="N", help="lessons at a time (the number of cores; 1 in full)")
    run.add_argument("--fresh", action="store_true", help="start each kernel from nothing, as Jupyter does")
    run.add_argument("--time-limit", type=_positive, metavar="SECONDS", help="for each lesson (none)")
    run.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that executes, instead of this machine")
    run.set_defaults(action=command_run)

    test = commands.add_parser("test", help="unit tests, drift check, every lesson in smoke, the graders")
    how_much = test.add_mutually_exclusive_group()
    how_much.add_argument("--fast", action="store_true", help="execute no lesson")
    how_much.add_argument("--all", action="store_true", help="execute everything anew, and `full` on a local Hub, too")
    how_much.add_argument("--public", action="store_true", help="--all, and lessons on ../shared/hub, where it is")
    test.add_argument("pytest", nargs="*", metavar="...", help="more arguments for pytest, after --")
    test.set_defaults(action=command_test)

    build = commands.add_parser("build", help="make notebooks/, solutions/ and exercises/ from lessons/")
    build.add_argument("scripts", nargs="*", metavar="LESSON", help="a lesson, or a sheet as trainer_exercises")
    how = build.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="execute nothing, only tell what is out of date")
    how.add_argument("--anew", action="store_true", help="execute also what has not changed")
    build.add_argument("--jobs", type=_positive, default=1, metavar="N", help="at a time (1: the times are measured)")
    build.set_defaults(action=command_build)

    data = commands.add_parser("data", help="check data/ at the gate, bring its cards up to date")
    data.add_argument("--check", action="store_true", help="write nothing, only tell what is wrong")
    data.add_argument("--figures", action="store_true", help="draw the figures of data/README.md anew, too")
    data.set_defaults(action=command_data)

    site = commands.add_parser("site", help="make the site of all lessons in build/site; nothing is executed")
    site.add_argument("lessons", nargs="*", metavar="LESSON", help="a trial with these lessons alone")
    site.add_argument("--links", action="store_true", help="make nothing, only follow each link into the network")
    site.set_defaults(action=command_site)

    slides = commands.add_parser("slides", help="make a deck of a lesson in build/slides, which needs no network")
    slides.add_argument("lessons", nargs="*", metavar="LESSON", help="trainer, 07, ... (all, if none is named)")
    slides.add_argument("--pdf", action="store_true", help="a PDF, too (needs Chromium, Chrome or Edge)")
    slides.set_defaults(action=command_slides)

    handout = commands.add_parser("handout", help="make a page to print of a lesson and its sheet, in build/handouts")
    handout.add_argument("lessons", nargs="*", metavar="LESSON", help="trainer, 07, ... (all, if none is named)")
    handout.add_argument("--answers", action="store_true", help="with all answers, for yourself")
    handout.add_argument("--pdf", action="store_true", help="a PDF, too (needs Chromium, Chrome or Edge)")
    handout.set_defaults(action=command_handout)

    quiz = commands.add_parser("quiz", help="write the questions for Moodle, Canvas and others into build/quizzes")
    quiz.add_argument("lessons", nargs="*", metavar="LESSON", help="trainer, 07, ... (all, if none is named)")
    quiz.set_defaults(action=command_quiz)

    grade = commands.add_parser("grade", help="grade a folder of submitted exercise sheets")
    grade.add_argument("submissions", nargs="?", type=Path, metavar="FOLDER", help="STUDENT/SHEET.ipynb, or an export")
    grade.add_argument("--out", type=Path, metavar="FOLDER", help="where the grades go (build/grades)")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="submissions at a time (the number of cores)")
    grade.add_argument("--cell-seconds", type=_positive, metavar="N", help="of the processor, for one cell (30)")
    grade.add_argument("--roster", type=Path, metavar="CSV", help="all students, in a column `student`")
    grade.add_argument("--anew", action="store_true", help="grade also what has not changed since the last time")
    grade.add_argument("--trust", action="store_true", help="grade where code cannot be shut in, at your own risk")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that grades, instead of this machine")
    grade.add_argument("--board", type=Path, metavar="FOLDER", help="make a leaderboard of STUDENT/entry.json instead")
    grade.add_argument("--labels", type=Path, metavar="CSV", help="for --board: id,label, which no student has")
    grade.set_defaults(action=command_grade)

    capstone = commands.add_parser("capstone", help="judge a project on own texts by checks; it writes nothing")
    capstone.add_argument("folder", type=Path, metavar="FOLDER", help="with train.csv, predictions.csv, card.md, ...")
    capstone.set_defaults(action=command_capstone)

    exam = commands.add_parser("exam", help="write an exam of the sheets' first cards with other numbers, or grade it")
    exam.add_argument("seed", metavar="SEED", help="a long word that nobody guesses: whoever knows it has the answers")
    exam.add_argument("lessons", nargs="*", metavar="LESSON", help="trainer, 07, ... (all, if none is named)")
    exam.add_argument("--roster", type=Path, metavar="CSV", help="an exam for each student of the column `student`")
    exam.add_argument("--grade", type=Path, metavar="FOLDER", help="grade what was handed in; no code of it is run")
    exam.set_defaults(action=command_exam)

    bench = commands.add_parser("bench", help="measure what the recipes cost, and write benchmarks/README.md")
    bench.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(BENCH_PARTS)} (all, if none is named)")
    bench.add_argument("--rows", type=_positive, metavar="N", help="rows of a trial: it only writes build/bench.json")
    bench.add_argument("--runs", type=_positive, metavar="N", help="runs of a trial, the same")
    bench.add_argument(
        "--row", action="append", metavar="NAME", help="one row of a part's table, beside its first: a trial, the same"
    )
    bench.add_argument("--again", action="store_true", help="measure what has not changed since, too")
    bench.set_defaults(action=command_bench)

    progress = commands.add_parser("progress", help="tell which exercises are right so far, of all sheets")
    progress.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="where the sheets lie (exercises/)")
    progress.set_defaults(action=command_progress)

    canary = commands.add_parser(
        "canary", help="try the newest versions of all libraries, in an environment of its own"
    )
    canary.add_argument("lessons", nargs="*", metavar="LESSON", help="a trial with these lessons alone")
    canary.add_argument("--prerelease", action="store_true", help="release candidates and the like, too")
    canary.add_argument("--folder", type=Path, metavar="FOLDER", help="where all of it goes (build/canary; 3 GiB)")
    canary.set_defaults(action=command_canary)

    release = commands.add_parser("release", help="pack the course, its site, decks and quiz bank into build/release")
    release.add_argument(
        "tag", nargs="?", default="", metavar="VERSION", help="to publish it: the project's, as v1.2.0"
    )
    release.set_defaults(action=command_release)

    update = commands.add_parser("update", help="get the newest state of the course; what you wrote is kept")
    update.set_defaults(action=command_update)

    doctor = commands.add_parser("doctor", help="look at this machine")
    doctor.set_defaults(action=command_doctor)
    return parser.parse_args(arguments)


def command_run(options: argparse.Namespace) -> int:
    """Execute lessons and judge them, with both reports written whenever a lesson ends."""
    lessons = _lessons(options.lessons)
    _require_known("profile", options.profile, ["auto", *PROFILES])
    _require_jobs_here(options)

    from course_tools.building.run import run_lessons
    from course_tools.files import only_one
    from course_tools.project import BUILD
    from course_tools.running.report import HTML
    from course_utils.session import resolve_profile

    profile, reason = resolve_profile(options.profile)
    jobs = options.jobs or (1 if profile == "full" else os.cpu_count() or 1)
    where = {"scheduler": options.scheduler} if options.scheduler else {"jobs": jobs}
    settings = {**where, "fresh": options.fresh, "time_limit": options.time_limit}
    with only_one(BUILD):
        failed = run_lessons(lessons, profile, reason, changed=options.changed, **settings)
    print(f"See {_shown(HTML)}")
    return 1 if failed else 0


def command_test(options: argparse.Namespace) -> int:
    """Run the tests."""
    from course_tools.running.testing import run_tests

    tier = next((name for name in ("fast", "all", "public") if getattr(options, name)), "usual")
    return run_tests(tier, options.pytest)


def command_build(options: argparse.Namespace) -> int:
    """Build notebooks, solutions and exercises, or check them."""
    from course_tools.building.build import build, check
    from course_tools.files import only_one
    from course_tools.project import BUILD, find_scripts
    from course_tools.running.progress import Progress

    try:
        lessons, sheets = find_scripts(options.scripts)
    except CourseError as error:
        raise UsageError(error) from error
    if options.check:
        from course_tools.publishing import pages

        problems = check([*lessons, *sheets]) + pages.stale()
    else:
        with only_one(BUILD), Progress() as progress:
            problems = build([*lessons, *sheets], progress, jobs=options.jobs, anew=options.anew)
        _write_pages(whole=not options.scripts)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _write_pages(whole: bool) -> None:
    """Bring the pages up to date that are made from the lessons; after a whole build also the benchmarks', if there."""
    from course_tools.project import ROOT
    from course_tools.publishing import pages

    pages.write()
    if whole and (ROOT / "benchmarks").is_dir():
        from benchmarks import page
        from benchmarks.records import page as records

        page.write_text()
        records.write_text()


def command_data(options: argparse.Namespace) -> int:
    """Write the computed parts of cards and page, then print every fault of rows, cards and marks."""
    from course_tools.data import page as data_page

    if not options.check:
        data_page.write(figures=options.figures)
    problems = data_page.check()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def command_site(options: argparse.Namespace) -> int:
    """Make the site, or check its links. Returns 1 where Sphinx warns of something, or a link leads nowhere."""
    lessons = _lessons(options.lessons)

    from course_tools.files import only_one
    from course_tools.project import BUILD
    from course_tools.publishing.site import build_site, dead_links

    if options.links:
        with only_one(BUILD):
            dead = dead_links(lessons)
        print("\n".join(dead) if dead else "Each link leads somewhere.")
        return 1 if dead else 0
    with only_one(BUILD):
        folder, warnings = build_site(lessons)
    for warning in warnings:
        print(warning)
    print(f"Open {_shown(folder / 'index.html')}")
    return 1 if warnings else 0


def command_slides(options: argparse.Namespace) -> int:
    """Make decks, with a line for each."""
    lessons = _lessons(options.lessons)

    from course_tools.publishing.slides import write_deck

    for lesson in lessons:
        print(_shown(write_deck(lesson, pdf=options.pdf)), flush=True)
    return 0


def command_handout(options: argparse.Namespace) -> int:
    """Make pages to print, with a line for each."""
    lessons = _lessons(options.lessons)

    from course_tools.publishing.handout import write_handout

    for lesson in lessons:
        for path in write_handout(lesson, answers=options.answers, pdf=options.pdf):
            print(_shown(path), flush=True)
    return 0


def command_quiz(options: argparse.Namespace) -> int:
    """Write the quiz bank in the forms of learning platforms."""
    lessons = _lessons(options.lessons)

    from course_tools.publishing.quiz_export import export

    for path in export(lessons):
        print(_shown(path))
    return 0


def command_grade(options: argparse.Namespace) -> int:
    """Grade submissions, with one line as each is done. Returns 1 where a file could not be graded."""
    if options.board or options.labels:
        return _board(options)

    from course_tools.grading.command import grade_folder
    from course_tools.project import BUILD

    if not options.submissions:
        raise UsageError("Name the folder with the submissions: course grade FOLDER.")
    if not options.submissions.is_dir():
        raise UsageError(f"There is no folder {options.submissions}.")
    _require_jobs_here(options)
    problems = grade_folder(
        options.submissions,
        options.out or BUILD / "grades",
        jobs=options.jobs or os.cpu_count() or 1,
        cell_seconds=options.cell_seconds,
        roster_file=options.roster,
        anew=options.anew,
        trust=options.trust,
        scheduler=options.scheduler,
    )
    return 1 if problems else 0


def _board(options: argparse.Namespace) -> int:
    """Write a leaderboard. Returns 1 where an entry could not be judged."""
    from course_tools.grading.board import write_board
    from course_tools.project import BUILD

    if not options.board or not options.labels:
        raise UsageError("A leaderboard needs both: course grade --board FOLDER --labels CSV.")
    if options.submissions:
        raise UsageError("--board makes a leaderboard and grades no sheets: call `course grade` once for each.")
    if not options.board.is_dir():
        raise UsageError(f"There is no folder {options.board}.")
    return 1 if write_board(options.board, options.labels, options.out or BUILD / "board") else 0


def command_capstone(options: argparse.Namespace) -> int:
    """Print the points of a project and their reasons. Returns 0 where the project could be read."""
    from course_tools.grading.capstone import judge_folder

    judge_folder(options.folder)
    return 0


def command_exam(options: argparse.Namespace) -> int:
    """Write an exam, or grade one. Returns 1 where a file could not be graded."""
    from course_tools.publishing.exam import SHORT_SEED, exam_folder, write_exam

    folder = exam_folder(options.seed)
    if options.grade:
        return _grade_exam(options, folder)
    from course_tools.building.exams import with_exam
    from course_tools.grading.roster import read

    lessons = _lessons(options.lessons)
    chosen = lessons if options.lessons else with_exam(lessons)
    students = read(options.roster) if options.roster else None
    for path in write_exam(options.seed, chosen, folder, students):
        print(_shown(path))
    if len(options.seed) < SHORT_SEED:
        print("The seed is short. Whoever guesses it has the answers: take a longer one for a real exam.")
    return 0


def _grade_exam(options: argparse.Namespace, folder: Path) -> int:
    from course_tools.grading.exam import grade_exam, read_key

    if options.lessons or options.roster:
        raise UsageError("With --grade, name no lesson and no roster: the exam's key.csv knows both")
    if not options.grade.is_dir():
        raise UsageError(f"There is no folder {options.grade}.")
    problems = grade_exam(options.grade, read_key(options.seed, folder), folder)
    for line in [*problems, _shown(folder / "grades.csv"), _shown(folder / "exam_answers.csv")]:
        print(line)
    return 1 if problems else 0


def command_bench(options: argparse.Namespace) -> int:
    """Measure the recipes, with a line whenever something is done, and print the table."""
    for part in options.parts:
        _require_known("part", part, list(BENCH_PARTS))
    if options.row and len(options.parts) != 1:
        raise UsageError("A row belongs to one part: `course bench step --row bf16`.")

    from benchmarks.command import Trial, bench

    trial = Trial(options.runs, options.rows, options.row)
    bench(options.parts, trial, options.again, lambda line: print(line, flush=True))
    return 0


def command_progress(options: argparse.Namespace) -> int:
    """Print a line for each sheet."""
    from course_tools.building.progress import lines
    from course_tools.project import ROOT

    folder = options.folder or ROOT / "exercises"
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    for line in lines(folder):
        print(line)
    return 0


def command_canary(options: argparse.Namespace) -> int:
    """Try the newest versions. Returns 1 where something broke, which the report names."""
    lessons = _lessons(options.lessons) if options.lessons else []

    from course_tools.project import BUILD
    from course_tools.setup.canary import try_newest

    path, findings = try_newest(options.folder or BUILD / "canary", lessons, prerelease=options.prerelease)
    print(path.read_text("utf-8"))
    print(f"See {_shown(path)}")
    return 1 if findings else 0


def command_release(options: argparse.Namespace) -> int:
    """Make the archive of a release, and print where it is."""
    from course_tools.files import only_one
    from course_tools.project import BUILD
    from course_tools.publishing.archive import release

    with only_one(BUILD):
        path = release(options.tag)
    print(f"{_shown(path)} ({path.stat().st_size / 1e6:.0f} MB)")
    return 0


def command_update(options: argparse.Namespace) -> int:
    """Print what was saved where, and what is new."""
    from course_tools.files import only_one
    from course_tools.project import BUILD, ROOT
    from course_tools.setup.update import told, update

    with only_one(BUILD):
        for line in told(update(ROOT)):
            print(line)
    return 0


def command_doctor(options: argparse.Namespace) -> int:
    """Print one line for each thing looked at."""
    from rich.console import Console
    from rich.markup import escape

    from course_tools.setup.doctor import diagnose

    bad = 0
    for line in diagnose():
        bad += line.state == "bad"
        Console(highlight=False).print(escape(str(line)), style=STYLES[line.state], soft_wrap=True)
    print("This machine is ready." if not bad else f"Mend the {bad} bad line(s) above.")
    return 1 if bad else 0


def _lessons(names: list[str]):
    from course_tools.project import find_lessons

    try:
        return find_lessons(names)
    except CourseError as error:
        raise UsageError(error) from error


def _require_known(kind: str, name: str, known: list[str]) -> None:
    from course_utils.outline import nearest

    if name not in known:
        raise UsageError(f"There is no {kind} {name!r}. {nearest(name, known)}")


def _require_jobs_here(options: argparse.Namespace) -> None:
    if options.scheduler and options.jobs:
        raise UsageError(
            "--jobs is for one machine. With --scheduler, the workers say how many: `dask worker ADDRESS --nworkers N`."
        )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _shown(path) -> str:
    from course_tools.scripts import shown

    return shown(path)


def _end_on_signals() -> None:
    """Let what ends a process end it as Ctrl-C does. Under `nohup`, SIGHUP stays without effect."""
    for number in _ending():
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _as_interrupt)


def _as_interrupt(signal_number, frame):
    for number in _ending():  # a closed terminal sends two: the second must not disturb the tidying up
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _ending() -> list[int]:
    return [number for name in ENDING if (number := getattr(signal, name, None))]


if __name__ == "__main__":
    sys.exit(main())
