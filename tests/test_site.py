"""The site: no warning, no dead link, nothing from a network, words for every picture. A trial with three lessons."""

import json
import re
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from course_tools.files import write_in_one_step
from course_tools.project import ROOT, all_lessons, find_lessons
from course_tools.publishing import site
from course_tools.publishing.glossary import glossary

pytestmark = pytest.mark.slow
TRIAL = ["start_here", "tokenization", "dataloader"]
LARGEST_SITE = 60  # MB, of all lessons


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return build(find_lessons(TRIAL), tmp_path_factory.mktemp("site"))


def build(lessons, folder: Path):
    places = {"SOURCE": folder / "source", "SITE": folder / "html", "WARNINGS": folder / "warnings", "BUILD": folder}
    with pytest.MonkeyPatch.context() as patch:
        for name, place in places.items():
            patch.setattr(site, name, place)
        return site.build_site(lessons)


def pages(folder: Path) -> dict[Path, BeautifulSoup]:
    found = sorted(path for path in folder.rglob("*.html") if "_static" not in path.parts)
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in found}


def dead_links(folder: Path) -> set[str]:
    known = pages(folder)
    anchors = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in known.items()}
    dead = set()
    for path, page in known.items():
        for link in page.find_all("a", href=True):
            address = urlsplit(link["href"])
            if address.scheme or address.netloc or not (address.path or address.fragment):
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            lost = not target.is_file() or (
                target in anchors and address.fragment and unquote(address.fragment) not in anchors[target]
            )
            if lost and "slides" not in target.parts:
                dead.add(f"{path.relative_to(folder)}: {link['href']}")
    return dead


def from_elsewhere(folder: Path) -> set[str]:
    found = set()
    for path, page in pages(folder).items():
        for tag, name in (("script", "src"), ("img", "src"), ("iframe", "src"), ("link", "href")):
            for each in page.find_all(tag):
                address = each.get(name) or ""
                loads = tag != "link" or {"stylesheet", "icon", "preload"} & set(each.get("rel", []))
                if loads and re.match(r"(https?:)?//", address):
                    found.add(f"{path.name}: {address}")
    return found


def without_words(folder: Path) -> set[str]:
    return {
        f"{path.relative_to(folder)}: {picture.get('src', '')[:60]}"
        for path, page in pages(folder).items()
        for picture in page.select("article img")
        if len(picture.get("alt", "")) < 15 or re.fullmatch(r"[\w./-]*[0-9a-f]{20,}\S*", picture["alt"])
    }


def test_sphinx_has_nothing_to_say(made):
    assert made[1] == []


def test_every_link_inside_leads_somewhere(made):
    assert dead_links(made[0]) == set()


def test_nothing_comes_from_a_network(made):
    assert from_elsewhere(made[0]) == set()


def test_every_picture_has_words(made):
    assert without_words(made[0]) == set()


def test_a_lesson_shows_its_outputs_and_its_quiz_and_leads_to_sheet_slides_and_words(made):
    [lesson] = find_lessons(["dataloader"])
    page = pages(made[0])[made[0] / "notebooks" / f"{lesson.name}.html"]
    assert page.select(".cell_output pre")
    assert "Fetch the course" not in page.text
    assert len(page.select(".tag_quiz details")) >= 15
    top = [link["href"] for link in page.select("article a")[:8]]
    assert f"../exercises/{lesson.name}_exercises.html" in top
    assert f"../slides/{lesson.name}.html" in top
    assert (made[0] / "slides" / f"{lesson.name}.html").is_file()
    assert len(page.select("a.term")) >= 5


def test_each_term_is_on_the_page_of_words(made):
    page = pages(made[0])[made[0] / "docs" / "glossary.html"]
    wanted = {term.anchor for term in glossary().of(set(TRIAL)).terms}
    assert wanted <= {tag["id"] for tag in page.find_all(id=True)}


def test_the_search_finds_what_the_lessons_say(made):
    text = (made[0] / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip(")"))
    names = [index["docnames"][place] for place in index["terms"]["wordpiec"]] if "wordpiec" in index["terms"] else []
    assert any("tokenization" in name for name in names)


def test_solutions_are_folded(made):
    [lesson] = find_lessons(["dataloader"])
    page = pages(made[0])[made[0] / "solutions" / f"{lesson.name}_exercises.html"]
    assert page.select("details.hide") and not page.select("details.hide[open]")


def test_a_link_into_the_network_that_leads_nowhere_is_told(tmp_path, monkeypatch):
    """A page with four links: there, lost, ignored, and one to a server that is not there."""
    (tmp_path / "there.html").write_text("fine")
    serve = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        page = (
            f"# T\n\n[a]({here}/there.html) [b]({here}/lost.html) [c](https://YOUR-HUB/hub) [d](http://127.0.0.1:9/)\n"
        )
        monkeypatch.setattr(site, "BUILD", tmp_path)
        monkeypatch.setattr(site, "SOURCE", tmp_path / "source")
        monkeypatch.setattr(site, "WARNINGS", tmp_path / "warnings")
        settings = (site.SETTINGS / "conf.py.j2").read_text("utf-8")

        def prepare(lessons):
            for name, text in (("index.md", page), ("_static/course.css", ""), ("conf.py", settings)):
                write_in_one_step(tmp_path / "source" / name, text)

        monkeypatch.setattr(site, "prepare", prepare)
        dead = site.dead_links([])
        server.shutdown()
    assert sorted(line.split(" (")[0] for line in dead) == [
        f"index.md: {here}/lost.html",
        "index.md: http://127.0.0.1:9/",
    ]
    assert "404" in " ".join(dead)


@pytest.mark.nightly
def test_the_whole_site(tmp_path):
    folder, warnings = build(all_lessons(), tmp_path)
    assert warnings == []
    assert dead_links(folder) == set()
    assert from_elsewhere(folder) == set()
    assert without_words(folder) == set()
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < LARGEST_SITE * 1e6
    shutil.rmtree(tmp_path)


def test_the_settings_load_nothing():
    assert "http" not in (ROOT / "site" / "_static" / "course.css").read_text("utf-8")
