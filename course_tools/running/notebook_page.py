"""An executed notebook as one page of HTML: light and dark, nothing fetched from a network, and no code of it runs.

nbconvert makes the page, and cleans what a notebook brings along with bleach. Its own list of harmless tags leaves out
headings and paragraphs, so ours takes its place. A policy in the page's head forbids scripts and fetching once more.
"""

import re
import warnings
from functools import cache

from bleach.html5lib_shim import Filter
from bleach.sanitizer import ALLOWED_TAGS, Cleaner
from jinja2 import PackageLoader
from nbconvert.exporters import HTMLExporter
from nbconvert.utils.base import NbConvertBase
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from course_utils.outline import repository

TAGS = ALLOWED_TAGS | {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "div", "span", "pre", "del", "sup", "sub"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "dl", "dt", "dd", "details", "summary"),
    *("img", "progress"),
}
SHOWN = ("text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain")
STYLE = re.compile(r"<style\b.*?</style>", re.S | re.I)  # what pandas puts above a table: words to no reader
RELATIVE = re.compile(r"[\w./-]+\.ipynb")


def notebook_page(notebook: NotebookNode, title: str) -> str:
    """Return the page of a notebook. `title` is plain text."""
    plain = NotebookNode({**notebook, "metadata": NotebookNode(title=title)})  # without the state of widgets
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbconvert warns of each output that has no form for a page
        return _exporter().from_notebook_node(plain)[0]


@cache
def _exporter() -> HTMLExporter:
    priority = {NbConvertBase.__name__: {"display_data_priority": list(SHOWN)}}
    return HTMLExporter(
        config=Config(priority),
        extra_loaders=[PackageLoader("course_tools", ".")],
        template_file="running/notebook.html.j2",
        template_name="basic",
        sanitize_html=True,
        filters={"clean_html": clean, "code_style": code_style},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


def clean(html: str) -> str:
    """Return HTML with harmless tags; every other tag becomes text."""
    return _cleaner().clean(STYLE.sub("", str(html)))


@cache
def _cleaner() -> Cleaner:
    return Cleaner(tags=TAGS, attributes=_allowed, filters=[AtHome])


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    of_tag = {"a": ("href", "title"), "img": ("alt", "title"), "progress": ("value", "max"), "details": ("open",)}
    return name in ("class", "id", "colspan", "rowspan", *of_tag.get(tag, ()))


class AtHome(Filter):
    """A picture from elsewhere becomes its text alternative; a link to a file leads to the course's repository."""

    def __iter__(self):
        for token in super().__iter__():
            attributes = token.get("data")
            if token.get("name") == "img" and (None, "src") not in attributes:
                yield {"type": "Characters", "data": attributes.get((None, "alt"), "")}
                continue
            if token.get("name") == "a" and attributes and RELATIVE.match(attributes.get((None, "href"), ":")):
                attributes[None, "href"] = _in_repository(attributes[None, "href"])
            yield token


def _in_repository(link: str) -> str:
    """A lesson links to its neighbours, a sheet to other folders."""
    path = link.removeprefix("../") if link.startswith("../") else f"notebooks/{link}"
    return f"{repository()}/blob/main/{path}"


def code_style(name: str) -> str:
    """Return the CSS of one of Pygments' styles, without its background."""
    return HtmlFormatter(style=name, nobackground=True).get_style_defs(".highlight")
