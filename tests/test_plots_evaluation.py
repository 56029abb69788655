"""The figures of lesson 09: confusions, points with intervals, reliability, lines with marks."""

import base64

import pytest

from course_utils.plots.evaluation import confusion, intervals, marked_lines, reliability


def drawn(picture):
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert 0 < metadata["image/png"]["width"] < 900
    return data["text/plain"]


def test_confusions_tell_every_cell_by_row():
    assert drawn(confusion([[8, 2], [1, 0]], ["calm", "angry"], "Which?")) == (
        "Table of shades. Which? Answers of the model, label calm: calm 8 (80%), angry 2 (20%); "
        "label angry: calm 1 (100%), angry 0 (0%)."
    )


def test_a_class_without_rows_is_drawn_as_well():
    assert "label b: a 0 (0%), b 0 (0%)" in drawn(confusion([[1, 0], [0, 0]], ["a", "b"], "T."))


def test_labels_on_a_scale_get_frames_around_right_answers_and_neighbours():
    counts = [[3, 1, 0], [0, 4, 2], [5, 0, 6]]
    frames = confusion(counts, ["A1", "A2", "B1"], "T.", ordered=True).figure.axes[0].patches
    assert sorted(frame.get_linestyle() for frame in frames) == ["dashed"] * 4 + ["solid"] * 3
    assert not confusion(counts, ["A1", "A2", "B1"], "T.").figure.axes[0].patches


@pytest.fixture
def two_series():
    rows = {"short": {"a": (0.5, 0.4, 0.6), "b": (0.7, 0.6, 0.8)}, "long": {"b": (0.9, 0.8, 1)}}
    return intervals(rows, "Slices.", "right", line=("all", 0.6))


def test_intervals_tell_every_series_and_the_line(two_series):
    assert drawn(two_series) == (
        "Points with intervals. Slices. right: short: a 50% (40% to 60%), b 70% (60% to 80%); "
        "long: b 90% (80% to 100%); all 60%."
    )


def test_each_series_stands_once_in_the_legend(two_series):
    legend = two_series.figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "all: 60%"]


def test_one_series_without_a_line_needs_no_legend():
    assert not intervals({"x": {"a": (0, -1, 1)}}, "T.", "gain", form="{:+.0%}").figure.legends


def test_reliability_draws_share_right_along_confidence():
    picture = reliability({"raw": [(0.5, 0.4, 0.2, 0.6, 10), (0.9, 0.7, 0.5, 0.8, 20)]}, "Sure?")
    assert drawn(picture) == (
        "Reliability diagram. Sure? raw: 50% sure 40% right (10 rows), 90% sure 70% right (20 rows)."
    )
    _, line = picture.figure.axes[0].lines
    assert list(line.get_xdata()) == [0.5, 0.9]
    assert list(line.get_ydata()) == [0.4, 0.7]


def test_marked_lines_tell_ends_lowest_and_marks():
    series = {"cost": ([0, 0.5, 1], [3, 1, 2])}
    assert drawn(marked_lines(series, "Cost.", "threshold", "euros", {"chosen": (0.4, 1.2)})) == (
        "Lines. Cost. euros along threshold: cost from 3.00 to 2.00, lowest 1.00 at 0.50; chosen: 1.20 at 0.40."
    )
