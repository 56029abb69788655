"""Every figure of the course. A function returns a `Picture`: as the last line of a cell it shows itself.

Where no picture can be shown, its text alternative stands in for it.
"""

from course_utils.plots.charts import bars, heatmap, label_counts, lines, scores, stacked_bars
from course_utils.plots.drawing import Drawing, flow
from course_utils.plots.picture import COLOURS, GREY, INK, STYLE, Picture

__all__ = [
    "COLOURS",
    "GREY",
    "INK",
    "STYLE",
    "Drawing",
    "Picture",
    "bars",
    "flow",
    "heatmap",
    "label_counts",
    "lines",
    "scores",
    "stacked_bars",
]
