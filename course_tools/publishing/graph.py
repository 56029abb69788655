"""The picture of which lesson needs which, as SVG: a text file, the same bytes for the same course."""

from html import escape

from course_tools.project import Lesson, all_lessons

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 46, 34, 52, 12, 16


def needs_svg() -> str:
    """Return the picture: a box with the number of each lesson, an arrow from what it needs.

    Each column needs something of the one before. What a needed lesson needs itself has no arrow of its own.
    """
    lessons = {lesson.slug: lesson for lesson in all_lessons()}
    columns: dict[int, list[Lesson]] = {}
    for lesson in lessons.values():
        columns.setdefault(_depth(lesson, lessons), []).append(lesson)
    places = {
        lesson.slug: (MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
        for column, members in columns.items()
        for row, lesson in enumerate(members)
    }
    width = 2 * MARGIN + (max(columns) + 1) * (WIDTH + GAP_X) - GAP_X
    height = 2 * MARGIN + max(map(len, columns.values())) * (HEIGHT + GAP_Y) - GAP_Y
    arrows = [_arrow(places[need], places[slug]) for slug in lessons for need in _direct(slug, lessons)]
    boxes = [_box(lesson, *places[slug]) for slug, lesson in lessons.items()]
    return "\n".join([_head(width, height), *arrows, *boxes, "</svg>", ""])


def _depth(lesson: Lesson, lessons: dict[str, Lesson]) -> int:
    return max((_depth(lessons[need], lessons) + 1 for need in lesson.entry.needs), default=0)


def _direct(slug: str, lessons: dict[str, Lesson]) -> list[str]:
    needs = lessons[slug].entry.needs
    behind = {name for need in needs for name in _all_needs(need, lessons)}
    return [need for need in needs if need not in behind]


def _all_needs(slug: str, lessons: dict[str, Lesson]) -> set[str]:
    needs = lessons[slug].entry.needs
    return {*needs, *(name for need in needs for name in _all_needs(need, lessons))}


def _head(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        'aria-label="Which lesson needs which" font-family="sans-serif" font-size="17">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#6b7680"/></marker></defs>'
    )


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + WIDTH, start[1] + HEIGHT / 2
    x2, y2 = end[0], end[1] + HEIGHT / 2
    bend = GAP_X / 2
    path = f"M{x1} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2} {y2:g}"
    return f'<path d="{path}" fill="none" stroke="#6b7680" stroke-opacity="0.6" marker-end="url(#tip)"/>'


def _box(lesson: Lesson, x: int, y: int) -> str:
    number, title = f"{lesson.entry.number:02}", escape(lesson.title)
    frame = f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#e8f1f8" stroke="#0072b2"/>'
    words = f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 6:g}" text-anchor="middle">{number}</text>'
    return f"<g><title>{number} {title}</title>{frame}{words}</g>"
