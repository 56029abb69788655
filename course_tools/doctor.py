"""`course doctor`: the machine check of the lessons, and a look at the network."""

from collections.abc import Iterator

from course_utils import session
from course_utils.machine import Line, examine


def diagnose() -> Iterator[Line]:
    """Yield one line for each thing looked at."""
    yield from examine()
    problem = session.hub_problem()
    if problem:
        yield Line("network", f"no Hub ({problem})", "note", "Fine for `laptop` and `smoke`. `full` needs the Hub.")
    else:
        yield Line("network", f"{session.hub_address()} answers")
