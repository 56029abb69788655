"""The one error that the course raises on purpose."""


class CourseError(RuntimeError):
    """Something the reader can mend. The message says what happened, where, and what to do next."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show the sentence alone: our own stack would not help the reader."""
        return [f"{type(self).__name__}: {self}"]
