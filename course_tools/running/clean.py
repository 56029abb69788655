"""Takes out of stored outputs what differs from run to run or tells about the machine: bars, timings, paths, names.

Also holds the two things that a stored output must never carry: a machine's traces, and text that others wrote.
"""

import re
import socket
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode, from_dict

from course_tools.project import ROOT
from course_utils import checkpoints, prepared
from course_utils.packaged import packaged_file

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
PRIVATE_TAG = "private-output"
PRIVATE_NOTE = "(Other people's texts are not stored in this file. Run the cell to see them.)"
KEPT_METADATA = ("tags", "jupyter", "cellView")
VARYING = re.compile(
    r"(?P<name>'?(?:\w+_)?(?:runtime|(?:samples|steps)_per_second)'?: )'?[\d.]+'?"  # what Trainer says of its speed
    r"|\d+(?:\.\d+)? ?it/s|\d+:\d\d<\d+:\d\d"  # bars
    r"|\d+(?= GiB free)"  # the machine check
)
ABSOLUTE_PATH = re.compile(r"(?<![\w.~:/])/[\w.-]+/[\w./-]+|\b[A-Za-z]:\\\w+|site-packages[/\\]\S*")


def clean(notebook: NotebookNode) -> None:
    """Clean the outputs and the metadata of an executed notebook, in place."""
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        private = PRIVATE_TAG in cell.metadata.get("tags", [])
        cell.outputs = [private_note()] if private and cell.outputs else coalesced(clean_outputs(cell.outputs))
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    for cell in notebook.cells:
        cell.metadata = from_dict({key: value for key, value in cell.metadata.items() if key in KEPT_METADATA})
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)


def coalesced(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs of one cell with the pieces of a stream put together: how a bar cut it says nothing."""
    cell = from_dict({"cell_type": "code", "outputs": outputs})
    return CoalesceStreamsPreprocessor().preprocess_cell(cell, {}, 0)[0].outputs


def clean_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs of one cell without bars, standard error, timings and paths. Changes the outputs given."""
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":  # bars and warnings; what a reader must know, the lesson says
                continue
            output.text = _clean_text(output.text)
        elif output.output_type in ("display_data", "execute_result"):
            _clean_data(output)
            if WIDGET_MIME in output.data or output.data.get("text/html") == "":
                continue
        kept.append(output)
    return kept


def private_note() -> NotebookNode:
    """Return the output that stands in for other people's texts."""
    return from_dict({"output_type": "stream", "name": "stdout", "text": PRIVATE_NOTE + "\n"})


def traces(text: str) -> list[str]:
    """Return what in a stored text tells about the machine it was made on: absolute paths, here or on any system."""
    return ABSOLUTE_PATH.findall(text)


def stored_texts(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield (number of the code cell, text) for each text in the stored outputs; pictures are left out."""
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        for output in cell.outputs:
            if "text" in output:
                yield number, output.text
            for mime, value in output.get("data", {}).items():
                if isinstance(value, str) and not mime.startswith("image/"):
                    yield number, value
            yield number, "\n".join(output.get("traceback", []))


def _clean_data(output: NotebookNode) -> None:
    for mime, value in output.get("data", {}).items():
        if mime == "text/html":
            output.data[mime] = _clean_text(_without_bars(value))
        elif isinstance(value, str) and mime.startswith("text/"):
            output.data[mime] = _clean_text(value)


def _without_bars(html: str) -> str:
    page = BeautifulSoup(html, "html.parser")
    bars = page.find_all("progress")
    for bar in bars:
        bar.parent.decompose()  # the timing stands beside the bar, in the same box
    return str(page) if not bars or page.find("td") else ""


def _clean_text(text: str) -> str:
    for place, name in _places().items():
        text = re.sub(rf"(?<!\w){re.escape(place)}(?![\w-])", name, text)  # /home/ann is no part of /home/anna
    return VARYING.sub(lambda match: f"{match['name'] or ''}...", text)


def _places() -> dict[str, str]:
    """Return path or name of this machine -> what to write in its place, the narrower ones first."""
    places = {
        str(packaged_file(checkpoints.OFFLINE.package, "model")): "all-MiniLM-L6-v2",
        str(Path(sysconfig.get_path("purelib")) / checkpoints.PACKAGES["generative"].package): "SmolLM2-135M-Instruct",
        str(prepared.cache_folder()): "~/.cache/finetuning-course",
        str(ROOT): "course",
        str(Path.home()): "~",
        socket.gethostname(): "host",
    }
    return {place: name for place, name in places.items() if len(place) > 3 and place != "localhost"}
