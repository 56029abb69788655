"""Notebooks as editors, clouds and accidents leave them: each is mended, or refused with a reason."""

import copy
import json
import random

import nbformat
import pytest

from course_tools.grading.look import sheet_of
from course_tools.grading.reading import NoNotebook, read
from course_tools.grading.submissions import find
from course_tools.project import all_sheets

SHEET = next(sheet for sheet in all_sheets() if sheet.entry.slug == "tokenization")
RAW = json.loads(SHEET.page.read_bytes())
FIRST = next(at for at, cell in enumerate(RAW["cells"]) if cell["cell_type"] == "code")


def sources(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells]


HANDED_OUT = sources(nbformat.from_dict(RAW | {"cells": [c | {"source": "".join(c["source"])} for c in RAW["cells"]]}))


def with_output(output: dict):
    def change(raw):
        raw["cells"][FIRST]["outputs"] = [output]

    return change


def without(key: str, at: int = FIRST):
    def change(raw):
        del raw["cells"][at][key]

    return change


def without_ids_but_one(raw):
    raw["nbformat_minor"] = 4
    for cell in raw["cells"][1:]:
        del cell["id"]


BROKEN = {
    "a markdown cell with outputs": lambda raw: raw["cells"][0].update(outputs=[], execution_count=3),
    "an output without metadata": with_output({"output_type": "display_data", "data": {}}),
    "a stream without a name": with_output({"output_type": "stream", "text": "x"}),
    "a result without a count": with_output({"output_type": "execute_result", "data": {}, "metadata": {}}),
    "an output that is none": with_output(["x", 3, None]),
    "a code cell without outputs": without("outputs"),
    "a cell without metadata": without("metadata"),
    "metadata that is none": lambda raw: raw["cells"][0].update(metadata=[]),
    "minor 2 with ids": lambda raw: raw.update(nbformat_minor=2),
    "one cell with an id in minor 4": without_ids_but_one,
    "a kernelspec without a name": lambda raw: raw["metadata"].update(kernelspec={"display_name": "Python 3"}),
    "scrolled as text": lambda raw: raw["cells"][FIRST]["metadata"].update(scrolled="yes"),
    "an extra key on top": lambda raw: raw.update(extra=1),
    "no version": lambda raw: raw.pop("nbformat"),
    "a version of its own": lambda raw: raw.update(nbformat=9),
    "no metadata": lambda raw: raw.pop("metadata"),
    "an id that is none": lambda raw: raw["cells"][0].update(id="with space"),
    "cells that are none": lambda raw: raw["cells"].extend(["x", None, 3]),
    "a kind of cell that is none": lambda raw: raw["cells"][FIRST].update(cell_type="sql"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_is_mended_and_that_is_said(change):
    raw = copy.deepcopy(RAW)
    change(raw)
    notebook, notes = read(json.dumps(raw).encode())
    nbformat.validate(notebook)
    assert sources(notebook) == HANDED_OUT
    assert sheet_of(notebook) == SHEET
    [note] = notes
    assert "mended in a copy" in note


def with_outputs_of_25_mb(raw):
    with_output({"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * 250_000})(raw)


def with_metadata_of_colab_and_kaggle(raw):
    raw["metadata"] = {"colab": {"provenance": []}, "kaggle": {"accelerator": "none"}, "widgets": {"state": 3}}
    raw["nbformat_minor"] = 0
    for cell in raw["cells"]:
        cell["metadata"] |= {"id": cell.pop("id"), "colab": {"base_uri": "x"}, "trusted": True}


def in_one_line(raw):
    for cell in raw["cells"]:
        cell["source"] = "".join(cell["source"])


SOUND = {
    "outputs of 25 MB": with_outputs_of_25_mb,
    "Colab, Kaggle": with_metadata_of_colab_and_kaggle,
    "text": in_one_line,
}


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_a_sound_notebook_is_read_without_a_word(change):
    raw = copy.deepcopy(RAW)
    change(raw)
    notebook, notes = read(json.dumps(raw).encode())
    assert (sources(notebook), sheet_of(notebook), notes) == (HANDED_OUT, SHEET, [])
    assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_encodings_are_read(encoding):
    text = json.dumps(RAW, ensure_ascii=False)
    notebook, notes = read(text.encode(encoding, "replace"))
    assert sheet_of(notebook) == SHEET
    assert len(notes) == (encoding != "utf-8-sig")
    assert any("Zürich" in source for source in sources(notebook))


def test_a_notebook_of_version_3_is_read():
    cells = [
        {
            "cell_type": "code",
            "input": cell["source"],
            "outputs": [],
            "metadata": cell["metadata"],
            "language": "python",
        }
        if cell["cell_type"] == "code"
        else {"cell_type": "markdown", "source": cell["source"], "metadata": {}}
        for cell in RAW["cells"]
    ]
    cells.append({"cell_type": "heading", "level": 1, "source": ["The end"], "metadata": {}})
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    notebook, notes = read(json.dumps(old).encode())
    assert (sources(notebook), notes) == ([*HANDED_OUT, "## The end"], [])
    assert sheet_of(notebook) == SHEET


def test_half_characters_and_windows_lines_are_mended():
    raw = copy.deepcopy(RAW)
    raw["cells"][FIRST]["source"] = "x = '\ud800'\r\ny = '\ud83d\ude00'"
    notebook, _ = read(json.dumps(raw).encode())
    assert notebook.cells[FIRST].source == "x = '�'\ny = '😀'"


def test_two_cells_with_one_id_get_two():
    raw = copy.deepcopy(RAW)
    raw["cells"] += raw["cells"]
    notebook, _ = read(json.dumps(raw).encode())
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == 2 * len(HANDED_OUT)


def changed_at_random(value, chance: random.Random):
    """Return JSON with one of its nodes, or a few, replaced by a value of another type."""
    if chance.random() < 0.01:
        return chance.choice(
            [None, True, 3, 2.5, "", "\ud800", "code", [], {}, [[]], {"cells": 1}, float("nan"), 10**30]
        )
    if isinstance(value, dict):
        return {key: changed_at_random(each, chance) for key, each in value.items() if chance.random() > 0.003}
    if isinstance(value, list):
        return [changed_at_random(each, chance) for each in value]
    return value


def test_whatever_is_handed_in_is_graded_or_named(tmp_path):
    """Bytes cut, bytes turned, nodes of other types: `find` never raises, and accounts for every file."""
    data = SHEET.page.read_bytes()
    for seed in range(150):
        chance = random.Random(seed)
        if seed % 3 == 0:
            broken = data[: chance.randrange(len(data))]
        elif seed % 3 == 1:
            broken = bytearray(data)
            for _ in range(chance.choice([1, 5, 500])):
                broken[chance.randrange(len(data))] = chance.randrange(256)
        else:
            broken = json.dumps(changed_at_random(RAW, chance)).encode()
        (tmp_path / f"student {seed}.ipynb").write_bytes(broken)
    submissions, refused = find(tmp_path)
    assert sorted(each.where for each in (*submissions, *refused)) == sorted(path.name for path in tmp_path.iterdir())
    assert len({each.student for each in (*submissions, *refused)}) == 150
    assert 20 < len(submissions) < 130
    for each in submissions:
        nbformat.validate(each.notebook)
        json.dumps(each.notebook, ensure_ascii=False).encode()
    assert all(each.reason.encode() for each in refused)


def test_what_is_no_notebook_raises_nothing_else():
    for seed in range(100):
        chance = random.Random(seed)
        with pytest.raises(NoNotebook):
            read(chance.randbytes(chance.choice([0, 1, 3, 100])))
