"""How nbval executes the stored notebooks: outputs cleaned as the stored ones were, no network, results in bands."""

import os
import threading
from pathlib import Path

import psutil
import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile

from course_tools.clean import clean_outputs
from course_utils.records import read_records
from tests.bands import BANDS

GUARD = Path(__file__).parent / "tests" / "no_network"
MEMORY_LIMIT_MB = 3 * 1024
SAMPLE_SECONDS = 0.5

compare_as_they_are = IPyNbCell.compare_outputs
collect_cells = IPyNbFile.collect
start_kernel = IPyNbFile.setup


def compare_cleaned(self, test, ref, skip_compare=None):
    """Compare fresh outputs after the cleaning that the stored ones went through; else a bar would be a difference."""
    return compare_as_they_are(self, clean_outputs(test), ref, skip_compare)


def collect_with_results(self):
    """Yield the cells of a notebook, and after a lesson's last one the test of its results."""
    cells = list(collect_cells(self))
    yield from cells
    if self.path.stem in BANDS:
        yield Results.from_parent(self, name="results", cells=cells)


def start_guarded_kernel(self):
    """Start the kernel where Python code cannot leave this machine, and watch its memory."""
    self.network = self.config._tmp_path_factory.mktemp(self.path.stem) / "network"
    before = dict(os.environ)
    os.environ["NO_NETWORK_LOG"] = str(self.network)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), before.get("PYTHONPATH")]))
    try:
        start_kernel(self)
    finally:
        os.environ.clear()
        os.environ.update(before)
    self.peak_mb = 0
    threading.Thread(target=watch_memory, args=(self, self.kernel.km.provisioner.pid), daemon=True).start()


def watch_memory(file: IPyNbFile, kernel: int) -> None:
    """Note the most memory that a kernel and its children use together, in MB, until it ends."""
    try:
        family = psutil.Process(kernel)
        while True:
            used = sum(each.memory_info().rss for each in [family, *family.children(recursive=True)])
            file.peak_mb = max(file.peak_mb, used / 2**20)
            threading.Event().wait(SAMPLE_SECONDS)
    except psutil.Error:
        return


class Results(pytest.Item):
    """What a lesson recorded lies in its bands; it needed no network, and no more memory than it may."""

    def __init__(self, cells: list[IPyNbCell], **options):
        super().__init__(**options)
        self.cells = cells

    def runtest(self) -> None:
        """Look at the outputs of the cells that have just been executed."""
        outputs = [NotebookNode(outputs=cell.test_outputs or []) for cell in self.cells]
        records, bands = read_records(NotebookNode(cells=outputs)), BANDS[self.path.stem]
        assert set(records) == set(bands)
        outside = {name: value for name, value in records.items() if not bands[name][0] <= value <= bands[name][1]}
        assert not outside, f"outside of their bands in tests/bands.py: {outside}"
        network = self.parent.network
        assert "ipykernel_launcher" in network.with_name("network.guarded").read_text(), "no guard in the kernel"
        assert not network.exists(), network.read_text()
        assert 100 < self.parent.peak_mb < MEMORY_LIMIT_MB


IPyNbCell.compare_outputs = compare_cleaned
IPyNbFile.collect = collect_with_results
IPyNbFile.setup = start_guarded_kernel
