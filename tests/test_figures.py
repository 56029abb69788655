"""The figures that lessons share: a picture for those who see it, and the same numbers in words."""

from functools import partial
from itertools import pairwise

import pytest

from course_utils import plots
from course_utils.plots import charts, curves, evaluation
from lessons.evaluation import figures as figures_of_evaluation
from tests.figures import check_picture

COUNTS = [[3, 1, 0], [0, 4, 2], [5, 0, 6]]
SLICES = {"short": {"a": (0.5, 0.4, 0.6), "b": (0.7, 0.6, 0.8)}, "long": {"b": (0.9, 0.8, 1)}}
BINS = [(0.5, 0.4, 0.2, 0.6, 10), (0.9, 0.7, 0.5, 0.8, 20)]

two_series = partial(figures_of_evaluation.intervals, SLICES, "Slices.", "right", line=("all", 0.6))
one_series = partial(figures_of_evaluation.intervals, {"x": {"a": (0, -1, 1)}}, "One.", "gain", form="{:+.0%}")
reliability = partial(figures_of_evaluation.reliability, {"raw": BINS}, "Sure?")
PICTURES = {  # what draws it, and what its text says, in this order
    "label_counts": (
        partial(plots.label_counts, {"angry": 3000, "calm": 1000}, "Tweets"),
        "Tweets angry 3,000 75% calm 1,000 25%",
    ),
    "scores": (
        partial(plots.scores, {"lazy": (0.5, 0.4, 0.6), "model": (0.812, 0.7, 0.9)}, "Methods"),
        "Methods accuracy lazy 50.0% 40.0% 60.0% model 81.2% 70.0% 90.0%",
    ),
    "bars": (
        partial(plots.bars, {"short": 1.5, "long": 3}, "Cost", "seconds", "{:.1f}"),
        "Cost seconds short 1.5 long 3.0",
    ),
    "stacked_bars": (
        partial(plots.stacked_bars, {"small": {"a": 1, "b": 0.5}, "big": {"a": 2, "b": 3.25}}, "Sizes", "million"),
        "Sizes million small 1.5 a 1.0 b 0.5 big 5.2 a 2.0 b 3.2",
    ),
    "lines": (
        partial(plots.lines, {"a": ([1, 2], [0.1, 0.9]), "b": ([1, 2], [3, 0.25])}, "Growth.", "step", "size"),
        "Growth size along step a 0.1 0.9 b 3 0.25",
    ),
    "loss_panels": (
        partial(curves.loss_panels, {"A": ([0.6, 0.3], [0.5, 0.55]), "B": ([0.7], [0.61])}, "Two trainings"),
        "Two trainings A training 0.60 0.30 validation 0.50 0.55 B training 0.70 validation 0.61",
    ),
    "seed_dots": (
        partial(curves.seed_dots, {"A": [0.8, 0.9], "B": [0.82]}, "Seeds"),
        "Seeds accuracy A 80.0% 90.0% mean 85.0% B 82.0% mean 82.0%",
    ),
    "learning_curve": (
        partial(curves.learning_curve, {"A": {40: (0.7, 0.6, 0.8), 1600: (0.81, 0.75, 0.85)}}, "More rows."),
        "More rows accuracy A 40 70.0% 60.0% 80.0% 1,600 81.0% 75.0% 85.0%",
    ),
    "confusion": (
        partial(evaluation.confusion, [[8, 2], [1, 0]], ["calm", "angry"], "Which?"),
        "Which? label calm calm 8 80% angry 2 20% label angry calm 1 100% angry 0 0%",
    ),
    "confusion, a class without rows": (
        partial(evaluation.confusion, [[1, 0], [0, 0]], ["a", "b"], "Few."),
        "label a a 1 100% b 0 0% label b a 0 0% b 0 0%",
    ),
    "intervals": (two_series, "Slices right short a 50% 40% 60% b 70% 60% 80% long b 90% 80% 100% all 60%"),
    "intervals, one series": (one_series, "One gain x a +0% -100% +100%"),
    "reliability": (reliability, "Sure? raw 50% sure 40% right 10 rows 90% sure 70% right 20 rows"),
    "marked_lines": (
        partial(
            figures_of_evaluation.marked_lines,
            {"cost": ([0, 0.5, 1], [3, 1, 2])}, "Cost.", "threshold", "euros", {"chosen": (0.4, 1.2)},
        ),
        "Cost euros along threshold cost 3.00 2.00 lowest 1.00 0.50 chosen 1.20 0.40",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("draw", "said"), PICTURES.values(), ids=PICTURES)
def test_a_picture_and_its_words(draw, said):
    check_picture(draw, said)


def test_a_table_of_shades_tells_each_pair_once():
    table = [[1, 0.2, 0.3], [0.2, 1, 0.4], [0.3, 0.4, 1]]
    said = "Alike? a and b 0.20 a and c 0.30 b and c 0.40"
    check_picture(partial(plots.heatmap, table, ["a", "b", "c"], "Alike?"), said, only_drawn=("1.00",))


def a_drawing():
    drawing = plots.Drawing(14, 4, "Two ways.")
    drawing.box(0.2, 0.2, 4, 1.2, "model", colour=2)
    drawing.matrix(0.2, 2, [["[CLS]", 101], ["[PAD]", 0]], cell=(1.6, 0.7), dim=[[False, False], [True, True]])
    drawing.matrix(10, 0.2, (3, 4), colour=-1)
    drawing.arrow((4.3, 0.8), (9.8, 0.8), "12 cells", bend=0.2, dashed=True)
    return drawing.picture("a table, 101 beside [CLS] and 0 beside [PAD], into 12 cells.")


def test_a_drawing_and_its_words():
    """What is pale in a drawing is grey: padding, say."""
    picture = check_picture(a_drawing, "Diagram. Two ways. 101 0 12")
    [axes] = picture.figure.axes
    assert [text.get_color() for text in axes.texts if text.get_text() in ("101", "0")] == [plots.INK, plots.GREY]
    assert len(axes.patches) == 1 + 4 + 12


def test_a_flow_is_read_along_its_rows():
    steps = [(name, f"({number},)") for number, name in enumerate("abcde")]
    picture = check_picture(partial(plots.flow, steps, "Way."), "Way. a (0,) b (1,) c (2,) d (3,) e (4,)")
    places = {t.get_text(): t.get_position() for t in picture.figure.axes[0].texts}
    assert places["a"][1] == places["d"][1] < places["e"][1]
    assert places["a"][0] == places["e"][0] < places["b"][0]


def test_in_a_notebook_the_words_stand_folded_below_the_figure(monkeypatch):
    shown = []
    monkeypatch.setattr("course_utils.plots.picture.display", lambda data, **_: shown.append(data))
    picture = plots.bars({"a < b": 1}, "Which?", "s")
    picture._ipython_display_()
    assert [sorted(data) for data in shown] == [["image/png", "text/plain"], ["text/html", "text/plain"]]
    assert "<summary>The figure in words</summary>Bar chart. Which?, s: a &lt; b 1" in shown[1]["text/html"]


def test_neighbouring_colours_differ_in_lightness():
    """Readers who see no colour still tell two neighbours apart: relative luminance (WCAG 2) differs."""

    def luminance(colour):
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lights = [luminance(colour) for colour in plots.COLOURS]
    assert all(abs(a - b) > 0.05 for a, b in pairwise(lights))


def test_a_panel_without_a_training_is_not_drawn():
    picture = curves.loss_panels({str(number): ([1.0], [1.0]) for number in range(5)}, "Five")
    assert [axes.get_visible() for axes in picture.figure.axes] == [True] * 5 + [False]


def test_labels_on_a_scale_get_frames_around_right_answers_and_neighbours():
    frames = evaluation.confusion(COUNTS, ["A1", "A2", "B1"], "T.", ordered=True).figure.axes[0].patches
    assert sorted(frame.get_linestyle() for frame in frames) == ["dashed"] * 4 + ["solid"] * 3
    assert not evaluation.confusion(COUNTS, ["A1", "A2", "B1"], "T.").figure.axes[0].patches


def test_each_series_stands_once_in_the_legend():
    (legend,) = two_series().figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "all: 60%"]


def test_one_series_without_a_line_needs_no_legend():
    assert not one_series().figure.legends


def test_reliability_draws_share_right_along_confidence():
    _, line = reliability().figure.axes[0].lines
    assert list(line.get_xdata()) == [0.5, 0.9]
    assert list(line.get_ydata()) == [0.4, 0.7]


@pytest.mark.parametrize("span", [0.02, 0.04, 0.11, 0.13, 0.2, 0.26, 0.5])
def test_a_tick_says_where_it_stands(span):
    """Rounded, a tick at 62.5% would say 62%, and a dot at 62.3% would stand left of it."""
    values = (0.5, 0.5 - span / 2, 0.5 + span / 2)
    across = charts.scores({"a": values}, "T").figure.axes[0].xaxis
    along = curves.learning_curve({"a": {10: values}}, "T").figure.axes[0].yaxis
    for axis in (across, along):
        ticks = axis.get_majorticklocs()
        told = [float(text.rstrip("%")) for text in axis.get_major_formatter().format_ticks(ticks)]
        assert told == pytest.approx([100 * tick for tick in ticks], abs=1e-6)
