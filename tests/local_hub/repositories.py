"""The repositories of a folder, as the Hub describes them: `models|datasets|spaces/[OWNER/]NAME[@BRANCH]`."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KINDS = ("models", "datasets", "spaces")
LFS = {".safetensors", ".parquet", ".bin"}  # what the Hub keeps in its large file storage


@dataclass(frozen=True)
class File:
    """One file of a repository."""

    name: str
    path: Path

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.path.stat().st_size

    @property
    def lfs(self) -> bool:
        """True where it is served by another address, under its SHA-256."""
        return self.path.suffix in LFS

    @property
    def oid(self) -> str:
        """Git's own hash of its content."""
        stat = self.path.stat()
        return _hashed(self.path, "sha1", stat.st_size, stat.st_mtime_ns)

    @property
    def etag(self) -> str:
        """What the Hub calls its content: the SHA-256 of a large file, Git's hash of any other."""
        stat = self.path.stat()
        return _hashed(self.path, "sha256", stat.st_size, stat.st_mtime_ns) if self.lfs else self.oid

    def entry(self) -> dict:
        """Describe it as the Hub's `tree` does."""
        lfs = {"lfs": {"oid": self.etag, "size": self.size, "pointerSize": 134}} if self.lfs else {}
        return {"type": "file", "path": self.name, "size": self.size, "oid": self.oid, **lfs}


@dataclass(frozen=True)
class Repository:
    """One branch of a repository."""

    kind: str
    name: str
    folder: Path

    def files(self) -> list[File]:
        """Return its files, by name."""
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [File(path.relative_to(self.folder).as_posix(), path) for path in paths]

    def file(self, name: str) -> File | None:
        """Return one of its files, or None."""
        return next((file for file in self.files() if file.name == name), None)

    @property
    def commit(self) -> str:
        """The commit that it stands at: another one where any content is another."""
        content = "\n".join(f"{file.name} {file.etag}" for file in self.files())
        return hashlib.sha1(f"{self.kind}/{self.name}\n{content}".encode()).hexdigest()

    def info(self, blobs: bool) -> dict:
        """Describe it as the Hub's API does; with `blobs`, also the sizes and hashes of its files."""
        siblings = []
        for file in self.files():
            lfs = {"sha256": file.etag, "size": file.size, "pointerSize": 134}
            more = {"size": file.size, "blobId": file.oid, **({"lfs": lfs} if file.lfs else {})}
            siblings.append({"rfilename": file.name, **(more if blobs else {})})
        about = {"_id": self.commit[:24], "id": self.name, "sha": self.commit, "siblings": siblings}
        return {**about, "private": False, "gated": False, "disabled": False, "tags": [], "downloads": 1, "likes": 0}

    def tree(self, below: str, recursive: bool) -> list[dict]:
        """Describe the files and folders below a folder as the Hub's `tree` does."""
        prefix = f"{below}/" if below else ""
        entries, folders = [], set()
        for file in self.files():
            if not file.name.startswith(prefix):
                continue
            inside = file.name[len(prefix) :].split("/")
            folders.update(prefix + "/".join(inside[:depth]) for depth in range(1, len(inside)))
            if recursive or len(inside) == 1:
                entries.append(file.entry())
        if not recursive:
            folders = {folder for folder in folders if "/" not in folder[len(prefix) :]}
        return entries + [self.folder_entry(folder) for folder in sorted(folders)]

    def folder_entry(self, name: str) -> dict:
        """Describe a folder as the Hub's `tree` does."""
        return {"type": "directory", "path": name, "size": 0, "oid": hashlib.sha1(name.encode()).hexdigest()}

    def entry(self, path: str) -> dict | None:
        """Describe a file or a folder, or return None where there is none."""
        if file := self.file(path):
            return file.entry()
        return self.folder_entry(path) if any(file.name.startswith(f"{path}/") for file in self.files()) else None


def find(root: Path, kind: str, name: str, revision: str) -> Repository | None:
    """Return a branch of a repository: `main`, another branch, or a commit of one of them. None where there is none."""
    branches = [root / kind / name, *(root / kind / name).parent.glob(f"{Path(name).name}@*")]
    for folder in filter(Path.is_dir, branches):
        branch = folder.name.partition("@")[2].replace("%2F", "/") or "main"
        repository = Repository(kind, name, folder)
        if revision in (branch, repository.commit):
            return repository
    return None


def exists(root: Path, kind: str, name: str) -> bool:
    """True where a repository is there, whatever its branches."""
    return (root / kind / name).is_dir()


@cache
def _hashed(path: Path, method: str, size: int, changed: int) -> str:
    content = path.read_bytes()
    head = f"blob {size}\0".encode() if method == "sha1" else b""
    return hashlib.new(method, head + content).hexdigest()
