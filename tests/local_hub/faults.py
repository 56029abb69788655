"""What can go wrong between a student and the Hub."""

import re
import time
from dataclasses import dataclass, field


@dataclass
class Fault:
    """Something goes wrong with the requests whose path matches a pattern: the first `times` of them, or all (None)."""

    path: str
    times: int | None = None
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")
    happened: int = field(default=0, init=False)

    def due(self, method: str, path: str) -> bool:
        """True where it is to happen now, which counts."""
        if method not in self.methods or not re.search(self.path, path):
            return False
        if self.times is not None and self.happened >= self.times:
            return False
        self.happened += 1
        return True

    def instead(self, handler) -> bool:
        """Answer in place of the Hub, and return True; or leave it to the Hub."""
        return False

    def content(self, content: bytes) -> bytes:
        """Return what is sent in place of the content, with a head that fits it."""
        return content

    def write(self, handler, content: bytes) -> None:
        """Send the body of an answer whose head is sent."""
        handler.wfile.write(content)


@dataclass
class Refuses(Fault):
    """It answers with an error."""

    code: int = 500
    error: str = ""
    message: str = "An error on order."
    headers: dict[str, str] = field(default_factory=dict)

    def instead(self, handler) -> bool:
        """Answer with the error."""
        handler.fault = None
        handler.refuse(self.code, self.error, self.message, self.headers)
        return True


@dataclass
class Stalls(Fault):
    """The connection goes silent after some bytes of the body, or before the head (None)."""

    after: int | None = None
    seconds: float = 60

    def instead(self, handler) -> bool:
        """Go silent before the head, where that is ordered."""
        if self.after is None:
            time.sleep(self.seconds)
            handler.close_connection = True
        return self.after is None

    def write(self, handler, content: bytes) -> None:
        """Go silent in the middle."""
        handler.wfile.write(content[: self.after])
        handler.wfile.flush()
        time.sleep(self.seconds)
        handler.close_connection = True


@dataclass
class Cuts(Fault):
    """The connection ends after some bytes of the body."""

    after: int = 100

    def write(self, handler, content: bytes) -> None:
        """End in the middle."""
        handler.wfile.write(content[: self.after])
        handler.wfile.flush()
        handler.close_connection = True


@dataclass
class Shortens(Fault):
    """The file ends too early, and the head of the answer agrees."""

    def content(self, content: bytes) -> bytes:
        """Leave the second half out."""
        return content[: len(content) // 2]


@dataclass
class Changes(Fault):
    """The bytes arrive, as many as they should be, and not the same ones."""

    def content(self, content: bytes) -> bytes:
        """Change one byte in the middle."""
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
