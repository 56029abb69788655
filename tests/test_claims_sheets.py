"""Numbers that the cards of the exercise sheets tell, held against the code below them."""

import nbformat

from course_tools.project import all_sheets

SHEETS = {sheet.lesson[:2]: sheet for sheet in all_sheets()}


def released_code(number: str, *marks: str) -> str:
    """Return the source of the cells, as students get them, that hold one of the marks."""
    cells = nbformat.read(SHEETS[number].release, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code" and any(m in cell.source for m in marks))


def test_00_both_methods_win_by_what_the_card_says():
    space: dict = {}
    exec(released_code("00", "tuned = np.array", "def paired_gain").partition("check.")[0], space)
    pairs = (("tuned", "counted"), ("counted", "tuned"))
    gains = [space["paired_gain"](space[one], space[other], space["truth"]) for one, other in pairs]
    assert [round(gain, 2) for gain in gains] == [0.30, 0.20]
    text = SHEETS["00"].release.read_text(encoding="utf-8")
    assert "gains 30 points" in text
    assert "gains 20 points" in text


def test_09_the_wrong_recall_is_the_share_of_angry_posts():
    cells = nbformat.read(SHEETS["09"].notebook, as_version=4).cells
    printed = "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))
    assert "share of angry posts: 0.26" in printed
    assert "a recall of 0.26" in SHEETS["09"].release.read_text(encoding="utf-8")
