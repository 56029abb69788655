"""A Hub of this machine: as much of the Hub's HTTP as a push, a look and a load of one private model need.

It keeps everything in memory, knows one token, and listens on loopback only. It is a toy: no users, no branches.
"""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".bin")  # goes to the storage of large files


class Hub:
    """Serves from `start` to `stop`, and again as soon as somebody asks for its `address`: what HF_ENDPOINT takes."""

    def __init__(self, token: str):
        self.token = token
        self.private: set[str] = set()
        self.commits: dict[str, list[tuple[str, dict[str, bytes]]]] = {}  # name -> (commit, file -> content), in time
        self.large: dict[str, bytes] = {}  # SHA-256 -> content
        self.asked: list[tuple[str, int]] = []
        self.server: ThreadingHTTPServer | None = None
        self.port = 0  # the system chooses one

    @property
    def address(self) -> str:
        """Where it listens. After `stop`, it starts again, on the same port."""
        if self.server is None:
            self.start()
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Hub":
        """Listen on a free port of loopback."""
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), type("Handler", (Handler,), {"hub": self}))
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        """End it. What it holds stays in memory."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def find(self, name: str, revision: str) -> tuple[str, dict[str, bytes]] | None:
        """Return a commit of a repository and its files: the newest for `main`."""
        for commit, files in reversed(self.commits.get(name, [])):
            if revision in ("main", commit):
                return commit, files
        return None

    def commit(self, name: str, lines: list[dict]) -> str:
        """Add the files of a commit (the Hub's lines of JSON) to those before, and return the commit's name."""
        files = dict(self.find(name, "main")[1])
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.large[value["oid"]]
        content = "".join(f"{path} {hashlib.sha256(files[path]).hexdigest()}\n" for path in sorted(files))
        commit = hashlib.sha1(content.encode()).hexdigest()
        self.commits[name].append((commit, files))
        return commit


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer every method: find the first pattern that fits the path."""
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        for pattern, function in ROUTES.items():
            if match := re.fullmatch(pattern, path):
                name = match.groupdict().get("name")
                if name in self.hub.private and not self.has_token():
                    return self.refuse(401, "RepoNotFound", "Invalid username or password.")
                return function(self, **match.groupdict())
        return self.refuse(404, "", f"Not here: {path}")

    do_HEAD = do_POST = do_PUT = do_GET

    def has_token(self) -> bool:
        """True where the request shows the token."""
        return self.headers.get("Authorization") == f"Bearer {self.hub.token}"

    def create(self) -> None:
        """POST /api/repos/create."""
        if not self.has_token():
            return self.refuse(401, "", "Invalid username or password.")
        wanted = json.loads(self.content)
        name = f"{wanted['organization']}/{wanted['name']}"
        self.hub.commits.setdefault(name, [(hashlib.sha1(name.encode()).hexdigest(), {})])
        if wanted.get("private") or wanted.get("visibility") == "private":
            self.hub.private.add(name)
        return self.send_json({"url": f"{self.hub.address}/{name}", "id": name})

    def check_card(self) -> None:
        """POST /api/validate-yaml: every card is well."""
        self.send_json({"errors": [], "warnings": []})

    def preupload(self, name: str, revision: str) -> None:
        """Say which files go by the storage of large files."""
        del revision
        modes = {True: "lfs", False: "regular"}
        files = [file["path"] for file in json.loads(self.content)["files"]]
        said = [{"path": path, "uploadMode": modes[path.endswith(LARGE)], "shouldIgnore": False} for path in files]
        self.send_json({"files": said})

    def batch(self, name: str) -> None:
        """Say where the large files are to be sent."""
        objects = json.loads(self.content)["objects"]
        where = [{"upload": {"href": f"{self.hub.address}/large/{each['oid']}"}} for each in objects]
        both = zip(objects, where, strict=True)
        said = {"transfer": "basic", "objects": [{**each, "actions": actions} for each, actions in both]}
        self.send_json(said, "application/vnd.git-lfs+json")

    def store(self, oid: str) -> None:
        """PUT /large/SHA-256: take a large file, if it is the one that it says."""
        if hashlib.sha256(self.content).hexdigest() != oid:
            return self.refuse(400, "", "The content has another SHA-256.")
        self.hub.large[oid] = self.content
        return self.send(b"")

    def commit(self, name: str, revision: str) -> None:
        """Make a commit of what was sent."""
        del revision
        commit = self.hub.commit(name, [json.loads(line) for line in self.content.splitlines()])
        self.send_json(
            {"success": True, "commitOid": commit, "commitUrl": f"{self.hub.address}/{name}/commit/{commit}"}
        )

    def info(self, name: str, revision: str = "main") -> None:
        """Describe a repository."""
        if found := self.hub.find(name, revision or "main"):
            commit, files = found
            about = {"_id": commit[:24], "id": name, "sha": commit, "private": name in self.hub.private}
            self.send_json({**about, "siblings": [{"rfilename": path} for path in sorted(files)], "tags": []})
        else:
            self.refuse(*self.why_not(name))

    def resolve(self, name: str, revision: str, path: str) -> None:
        """Send a file, and say of which commit it is."""
        found = self.hub.find(name, revision)
        if found and path in found[1]:
            content = found[1][path]
            etag = hashlib.sha256(content).hexdigest()
            self.send(content, "application/octet-stream", {"ETag": f'"{etag}"', "X-Repo-Commit": found[0]})
        elif found:
            self.refuse(404, "EntryNotFound", f"There is no {path}.", {"X-Repo-Commit": found[0]})
        else:
            self.refuse(*self.why_not(name))

    def why_not(self, name: str) -> tuple[int, str, str]:
        """Tell a wrong commit from a wrong name."""
        if name in self.hub.commits:
            return 404, "RevisionNotFound", "Invalid rev id."
        return 401, "RepoNotFound", "Invalid username or password."

    def send_json(self, value: object, kind: str = "application/json") -> None:
        """Send an answer of the API."""
        self.send(json.dumps(value).encode(), kind)

    def refuse(self, code: int, error: str, message: str, headers: dict[str, str] | None = None) -> None:
        """Say why there is nothing."""
        said = {"X-Error-Message": message, **({"X-Error-Code": error} if error else {}), **(headers or {})}
        self.send(json.dumps({"error": message}).encode(), "application/json", said, code)

    def send(self, content: bytes, kind: str = "text/plain", headers: dict | None = None, code: int = 200) -> None:
        """Send an answer, and remember its code."""
        self.hub.asked.append((self.command, code))
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_) -> None:
        """Say nothing: `Hub.asked` has it."""


NAME = r"(?P<name>[^/]+/[^/]+)"
ROUTES = {
    "/api/repos/create": Handler.create,
    "/api/validate-yaml": Handler.check_card,
    rf"/api/models/{NAME}": Handler.info,
    rf"/api/models/{NAME}/revision/(?P<revision>.+)": Handler.info,
    rf"/api/models/{NAME}/preupload/(?P<revision>.+)": Handler.preupload,
    rf"/api/models/{NAME}/commit/(?P<revision>.+)": Handler.commit,
    rf"/{NAME}\.git/info/lfs/objects/batch": Handler.batch,
    r"/large/(?P<oid>\w+)": Handler.store,
    rf"/{NAME}/resolve/(?P<revision>[^/]+)/(?P<path>.+)": Handler.resolve,
}
