"""Figures: a picture for those who see it, and the same numbers in words."""

import base64
from itertools import pairwise

import pytest

from course_utils import plots


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (plots.label_counts({"angry": 3, "calm": 1}, "Tweets"), "Bar chart. Tweets: angry 3 (75%), calm 1 (25%)."),
        (plots.scores({"lazy": (0.5, 0.4, 0.6)}, "Methods"), "Methods, accuracy: lazy 50.0%, from 40.0% to 60.0%."),
        (plots.heatmap([[1, 0.2], [0.2, 1]], ["a", "b"], "Alike?"), "Table of shades. Alike? a and b: 0.20."),
        (plots.bars({"short": 1.5, "long": 3}, "Cost", "seconds", "{:.1f}"), "Cost, seconds: short 1.5, long 3.0."),
        (
            plots.stacked_bars({"small": {"a": 1, "b": 0.5}, "big": {"a": 2, "b": 3.25}}, "Sizes", "million"),
            "Sizes, million: small 1.5 (a 1.0, b 0.5); big 5.2 (a 2.0, b 3.2).",
        ),
        (plots.lines({"a": ([1, 2], [0.1, 0.9])}, "Growth.", "step", "size"), "size along step: a from 0.1 to 0.9."),
    ],
)
def test_a_picture_has_a_text_alternative(picture, words):
    data, metadata = picture._repr_mimebundle_()
    assert words in data["text/plain"]
    png = base64.b64decode(data["image/png"])
    assert png.startswith(b"\x89PNG")
    assert 0 < metadata["image/png"]["width"] < 900


def test_the_same_figure_has_the_same_bytes():
    first, second = (plots.label_counts({"a": 1}, "T")._repr_mimebundle_()[0]["image/png"] for _ in range(2))
    assert first == second


def test_neighbouring_colours_differ_in_lightness():
    """Readers who see no colour still tell two neighbours apart: relative luminance (WCAG 2) differs."""

    def luminance(colour):
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lights = [luminance(colour) for colour in plots.COLOURS]
    assert all(abs(a - b) > 0.05 for a, b in pairwise(lights))
