"""The server: it speaks HTTP on a free port of loopback, and writes down what was asked of it."""

import json
import os
import re
import threading
import urllib.parse
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.local_hub import repositories
from tests.local_hub.faults import Fault
from tests.local_hub.repositories import File, Repository

GUARD = Path(__file__).parents[1] / "no_network"
NO_VIEWER = "socket.getaddrinfo datasets-server.127.0.0.1"  # `datasets` asks for it, and does without
# Old names that the Hub answers with the address of the new one.
RENAMED = {
    "bert-base-uncased": "google-bert/bert-base-uncased",
    "distilbert-base-uncased": "distilbert/distilbert-base-uncased",
}
NAME = r"(?P<name>[^/]+(?:/[^/]+)?)"
API = re.compile(rf"/api/(?P<kind>models|datasets|spaces)/{NAME}")
API_BRANCH = re.compile(
    rf"/api/(?P<kind>models|datasets|spaces)/{NAME}/(?P<verb>revision|tree|paths-info)/(?P<rest>.+)"
)
RESOLVE = re.compile(rf"/(?:(?P<kind>datasets|spaces)/)?{NAME}/resolve/(?P<revision>[^/]+)/(?P<file>.+)")
CDN = re.compile(r"/cdn/(?P<etag>\w+)")


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]


class LocalHub:
    """Serves the repositories of a folder while its `with` block lasts. `address` is what HF_ENDPOINT takes.

    Large files come from a second port: the client treats the Hub's storage as a stranger, who gets no token.
    """

    def __init__(self, root: Path):
        self.root = root
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []

    def __enter__(self) -> "LocalHub":
        handler = type("Handler", (Handler,), {"hub": self})
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for _ in range(2)]
        self.address, self.storage = (f"http://127.0.0.1:{server.server_port}" for server in self.servers)
        for server in self.servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        """Return the environment of a process that takes this for the Hub; `home` is where it keeps what it fetches."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "HF_"))}
        return {**kept, "HF_ENDPOINT": self.address, "HF_HOME": str(home), **more}

    def guarded(self, home: Path, log: Path, *packages: Path, **more: str) -> dict[str, str]:
        """Return the same for a process that may reach nothing but loopback; `left_loopback` reads the log."""
        paths = os.pathsep.join(map(str, (GUARD, *packages)))
        return self.environment(home, NO_NETWORK_LOG=str(log), PYTHONPATH=paths, **more)

    def fault_for(self, asked: Asked) -> Fault | None:
        """Return the first fault that is due for a request, and count it."""
        return next((fault for fault in self.faults if fault.due(asked.method, asked.path)), None)

    def large_file(self, etag: str) -> File | None:
        """Return the large file of this SHA-256, in whichever repository it is."""
        for path in self.root.rglob("*"):
            if path.is_file() and (file := File(path.name, path)).lfs and file.etag == etag:
                return file
        return None


def left_loopback(log: Path) -> set[str]:
    """Return what a guarded process looked for elsewhere."""
    return set(log.read_text().splitlines() if log.exists() else []) - {NO_VIEWER}


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    hub: LocalHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer GET and HEAD."""
        length = int(self.headers.get("Content-Length") or 0)
        self.content = self.rfile.read(length)
        self.url = urllib.parse.urlsplit(self.path)
        self.where = urllib.parse.unquote(self.url.path)
        asked = Asked(self.command, self.where, dict(self.headers))
        self.hub.asked.append(asked)
        self.fault = self.hub.fault_for(asked)
        if not (self.fault and self.fault.instead(self)):
            self.route()

    do_HEAD = do_POST = do_GET

    def route(self) -> None:
        """Answer as the Hub does."""
        quoted = self.url.path
        if self.where == "/":
            self.send(b"the Hub", "text/plain")
        elif self.where == "/api/models":
            self.list_models()
        elif match := API_BRANCH.fullmatch(quoted):
            rest = urllib.parse.unquote(match["rest"].partition("/")[2])
            revision = urllib.parse.unquote(match["rest"].partition("/")[0])
            self.api(match["kind"], match["name"], revision, match["verb"], rest)
        elif match := API.fullmatch(quoted):
            self.api(match["kind"], match["name"], "main", "revision", "")
        elif match := RESOLVE.fullmatch(quoted):
            revision, file = (urllib.parse.unquote(match[part]) for part in ("revision", "file"))
            self.resolve(match["kind"] or "models", match["name"], revision, file)
        elif match := CDN.fullmatch(quoted):
            self.large(match["etag"])
        else:
            self.refuse(404, "", f"Not here: {self.where}")

    def list_models(self) -> None:
        """The models, as /api/models lists them."""
        limit = int(urllib.parse.parse_qs(self.url.query).get("limit", ["100"])[0])
        folders = sorted((self.hub.root / "models").rglob("config.json"))[:limit]
        names = [file.parent.relative_to(self.hub.root / "models").as_posix() for file in folders]
        self.send_json([{"_id": name, "id": name, "modelId": name, "downloads": 1, "likes": 0} for name in names])

    def api(self, kind: str, name: str, revision: str, verb: str, rest: str) -> None:
        """What is in a repository."""
        if name in RENAMED and kind == "models":
            self.redirect(self.path.replace(f"/{name}", f"/{RENAMED[name]}", 1))
        elif repository := self.repository(kind, name, revision):
            options = urllib.parse.parse_qs(self.url.query)
            if verb == "tree":
                self.send_json(repository.tree(rest, options.get("recursive", ["false"])[0].lower() == "true"))
            elif verb == "paths-info":
                found = [repository.entry(path.strip("/")) for path in self.wanted_paths()]
                self.send_json([entry for entry in found if entry])
            else:
                self.send_json(repository.info(blobs="blobs" in options))

    def wanted_paths(self) -> list[str]:
        """The paths that a form, or JSON, asks for."""
        text = self.content.decode()
        paths = json.loads(text)["paths"] if text.startswith("{") else urllib.parse.parse_qs(text).get("paths", [])
        return [paths] if isinstance(paths, str) else paths

    def resolve(self, kind: str, name: str, revision: str, wanted: str) -> None:
        """A file: a large one by way of another address."""
        if name in RENAMED and kind == "models":
            self.redirect(self.path.replace(f"/{name}/", f"/{RENAMED[name]}/", 1))
        elif repository := self.repository(kind, name, revision):
            commit = {"X-Repo-Commit": repository.commit}
            file = repository.file(wanted)
            if file is None:
                self.refuse(404, "EntryNotFound", f"There is no {wanted} in {name}.", commit)
            elif file.lfs:
                linked = {"X-Linked-Etag": f'"{file.etag}"', "X-Linked-Size": str(file.size)}
                self.redirect(f"{self.hub.storage}/cdn/{file.etag}", {**commit, **linked}, 302)
            else:
                self.send_file(file, commit)

    def large(self, etag: str) -> None:
        """A large file, at the other address."""
        if file := self.hub.large_file(etag):
            self.send_file(file, {})
        else:
            self.refuse(404, "", f"There is no file {etag}.")

    def repository(self, kind: str, name: str, revision: str) -> Repository | None:
        """Return a branch of a repository, or refuse the request."""
        found = repositories.find(self.hub.root, kind, name, revision)
        if found is None and repositories.exists(self.hub.root, kind, name):
            self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        elif found is None:
            self.refuse(401, "RepoNotFound", "Invalid username or password.")  # the Hub's own answer without a token
        return found

    def send_file(self, file: File, headers: dict[str, str]) -> None:
        """A file, or the range of it that was asked for."""
        content = file.path.read_bytes()
        headers = {**headers, "ETag": f'"{file.etag}"', "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            self.send(content, "application/octet-stream", headers)
            return
        first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self.send(content[first : last + 1], "application/octet-stream", headers, 206)

    def send_json(self, value: object) -> None:
        """An answer of the API, with the requests that are left."""
        limit = {"RateLimit": '"api";r=498;t=120', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}
        self.send(json.dumps(value).encode(), "application/json", limit)

    def redirect(self, to: str, headers: dict[str, str] | None = None, code: int = 307) -> None:
        """An answer that names another address."""
        self.send(b"", "text/plain", {**(headers or {}), "Location": to}, code)

    def refuse(self, code: int, error: str, message: str, headers: dict[str, str] | None = None) -> None:
        """An answer that says why there is nothing."""
        said = {"X-Error-Message": message, **({"X-Error-Code": error} if error else {})}
        self.send(json.dumps({"error": message}).encode(), "application/json", {**(headers or {}), **said}, code)

    def send(self, content: bytes, kind: str, headers: dict[str, str] | None = None, code: int = 200) -> None:
        """An answer, as whole as the fault lets it be."""
        if self.fault and self.command != "HEAD":
            content = self.fault.content(content)
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.fault:
            self.fault.write(self, content)
        else:
            self.wfile.write(content)

    def log_message(self, *_) -> None:
        """Say nothing: `LocalHub.asked` has it all."""
