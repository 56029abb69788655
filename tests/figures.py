"""What every picture keeps, whichever lesson draws it: it can be seen, and its words tell the same numbers."""

import base64
import io
import re
from collections.abc import Callable

from matplotlib.figure import Figure
from matplotlib.image import imread

from course_utils.plots import Picture

NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:,\d{3})*(?:\.\d+)?[%kM]?(?!\w)")


def check_picture(
    draw: Callable[[], Picture], *said: str, largest: int = 900, only_drawn: tuple[str, ...] = ()
) -> Picture:
    """Draw a picture twice, check what every picture keeps, and return it.

    It shows itself as a PNG, the same bytes each time, below `largest` pixels on both sides, and no panel is empty.
    Its text alternative has the words of `said` in this order, whatever stands between them, and no other numbers.
    Each number that is written in the picture is in it, but for those in `only_drawn`.
    """
    picture = draw()
    data, metadata = picture.image()
    png, shown = base64.b64decode(data["image/png"]), metadata["image/png"]
    assert png.startswith(b"\x89PNG"), "it is no PNG"
    pixels = imread(io.BytesIO(png))
    height, width = (side // 2 for side in pixels.shape[:2])  # shown at half its pixels
    assert shown["width"] == width, f"shown {shown['width']} pixels wide, drawn for {width}"
    assert width < largest and height < largest, f"{width} times {height} pixels are too many"
    assert pixels.min() < pixels.max(), "it is an empty sheet"
    assert all(axes.has_data() for axes in picture.figure.axes if axes.get_visible()), "a panel is empty"
    assert draw().image()[0]["image/png"] == data["image/png"], "drawn again, it has other bytes"

    assert data["text/plain"] == shown["alt"] == picture.alt, "it has more than one text alternative"
    rest = iter(_words(picture.alt))
    for word in _words(" ".join(said)):
        assert word in rest, f"{word!r} is not said, or not in its place: {picture.alt}"
    told, expected = NUMBER.findall(picture.alt), NUMBER.findall(" ".join(said))
    assert told == expected, f"the numbers {told} are said instead of {expected}"
    missing = _written(picture.figure) - {*told, *only_drawn}
    assert not missing, f"{missing} can be seen, and are not in: {picture.alt}"
    return picture


def _words(text: str) -> list[str]:
    return [word.strip(".,:;()'") for word in text.split()]


def _written(figure: Figure) -> set[str]:
    """The numbers in titles, in legends and beside what is drawn; not those along the axes."""
    legends = [*figure.legends, *filter(None, (axes.get_legend() for axes in figure.axes))]
    texts = [text.get_text() for group in (*figure.axes, *legends) for text in group.texts]
    titles = [axes.get_title(place) for axes in figure.axes for place in ("left", "center", "right")]
    return set(NUMBER.findall(" ".join(texts + titles)))
