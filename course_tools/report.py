"""`build/report.json` for programs and `build/report.html` for people."""

import json
import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader
from nbconvert.filters import ansi2html

from course_tools.project import BUILD
from course_tools.run import Result
from course_utils import CourseError

LIBRARIES = ("torch", "transformers", "datasets", "tokenizers", "accelerate", "peft", "evaluate", "scikit-learn")
JSON, HTML = BUILD / "report.json", BUILD / "report.html"


def versions() -> dict[str, str]:
    """Return name -> installed version, of Python and of the libraries that the lessons teach."""
    import platform

    return {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def write_report(results: list[Result], profile: str, seconds: float) -> None:
    """Write both reports, each in one step, so that a reader never meets half a file."""
    report = {
        "profile": profile,
        "device": next((result.device for result in results if result.device), "unknown"),
        "versions": versions(),
        "total_seconds": round(seconds, 1),
        "lessons": [
            {
                "lesson": result.lesson.name,
                "status": result.status,
                "seconds": result.seconds,
                "peak_rss_mb": result.peak_rss_mb,
                "budget_seconds": result.lesson.budget_seconds,
                "cells": result.cells,
                "error": result.error,
                "records": result.records,
            }
            for result in results
        ],
    }
    write_in_one_step(JSON, json.dumps(report, indent=2) + "\n")
    template = Environment(loader=PackageLoader("course_tools", "."), autoescape=True).get_template("report.html.j2")
    pages = [{"title": result.lesson.title, **look_inside(result)} for result in results]
    write_in_one_step(HTML, template.render(report=report, pages=pages))


def look_inside(result: Result) -> dict:
    """Return the figures of an executed notebook, its failing cell and its path, for the page."""
    if result.status == "skipped" or not result.notebook.exists():
        return {"figures": [], "failure": None, "notebook": None}
    notebook = nbformat.read(result.notebook, as_version=4)
    return {
        "figures": list(figures(notebook)),
        "failure": next(failures(notebook), None),
        "notebook": result.notebook.relative_to(BUILD).as_posix(),
    }


def figures(notebook) -> Iterator[dict]:
    """Yield each PNG in the outputs, base64, with its text alternative."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                yield {"png": data["image/png"].replace("\n", ""), "alt": data.get("text/plain", "A figure")}


def failures(notebook) -> Iterator[dict]:
    """Yield each failing cell: its source, and its error as HTML with colours."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                trace = "\n".join(output.traceback)
                yield {"source": cell.source, "html": ansi2html(trace)}


def write_in_one_step(path: Path, text: str) -> None:
    """Write a file beside its place and move it there. Raises CourseError where the disk or the rights forbid it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CourseError(
            f"{path} could not be written: {error.strerror}. Free some disk space or mend the folder's rights, "
            "then run the same command again."
        ) from error
