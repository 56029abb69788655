"""`build/report.json` for programs and `build/report.html` for people."""

import json
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader
from nbconvert.filters import ansi2html

from course_tools.files import write_in_one_step
from course_tools.project import BUILD, Lesson
from course_tools.running.cluster_executor import ClusterExecutor
from course_tools.running.execution import Execution
from course_tools.running.executor import Executor
from course_tools.running.notebook_page import notebook_page
from course_tools.running.speed import reference_seconds
from course_utils.records import read_device, read_records

UNITS = {"mb": "MB", "gb": "GB", "seconds": "s", "accuracy": "of 1", "recall": "of 1", "share": "of 1"}
LIBRARIES = ("torch", "transformers", "datasets", "tokenizers", "accelerate", "peft", "evaluate", "scikit-learn")
JSON, HTML = BUILD / "report.json", BUILD / "report.html"


def versions() -> dict[str, str]:
    """Return name -> installed version, of Python and of the libraries that the lessons teach."""
    import platform

    return {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def write_report(
    lessons: list[Lesson],
    results: list[Execution],
    faults: list[list[str]],
    executor: Executor | ClusterExecutor,
    seconds: float,
) -> None:
    """Write both reports, each in one step, so that a reader never meets half a file.

    `faults`: what is wrong with each result, one sentence each. `seconds`: of the clock, so far, of the whole run.
    """
    seen = [_look_inside(result) for result in results]
    report = {
        "profile": executor.profile,
        "device": next((page["device"] for page in seen if page["device"]), "unknown"),
        "versions": versions(),
        "total_seconds": round(seconds, 1),
        "reference_seconds": round(reference_seconds(seconds, executor.gflops_of_all), 1),
        "gflops": round(executor.gflops_of_all, 1),
        "jobs": executor.jobs,
        "where": executor.where,
        "lessons": [
            {
                "lesson": lesson.name,
                "status": "failed" if wrong and result.status == "passed" else result.status,
                "seconds": result.seconds,
                "reference_seconds": result.reference_seconds,
                "cpu_seconds": result.cpu_seconds,
                "peak_rss_mb": result.peak_mb,
                "budget_seconds": lesson.budget_seconds,
                "cells": result.cells,
                "error": result.error,
                "faults": wrong,
                "records": page["records"],
            }
            for lesson, result, page, wrong in zip(lessons, results, seen, faults, strict=True)
        ],
    }
    write_in_one_step(JSON, json.dumps(report, indent=2) + "\n")
    template = Environment(loader=PackageLoader("course_tools", "."), autoescape=True).get_template(
        "running/report.html.j2"
    )
    pages = [
        {"lesson": lesson, **page, "shown": list(shown_records(page["records"], lesson.bands, executor.profile))}
        for lesson, page in zip(lessons, seen, strict=True)
    ]
    write_in_one_step(HTML, template.render(report=report, pages=pages))


def _look_inside(result: Execution) -> dict:
    if not result.path.is_file():
        return {"figures": [], "failure": None, "notebook": None, "records": {}, "device": None}
    return _seen(result.path, result.path.stat().st_mtime_ns)


@cache
def _seen(path: Path, _stamp: int) -> dict:
    """Return what an executed notebook holds for the reports. Each is read once, and made a page where it is new."""
    notebook = nbformat.read(path, as_version=4)
    page = path.with_suffix(".html")
    if not page.exists() or page.stat().st_mtime_ns < path.stat().st_mtime_ns:
        write_in_one_step(page, notebook_page(notebook, f"{path.stem}, as it ran"))
    return {
        "figures": list(figures(notebook)),
        "failure": next(failures(notebook), None),
        "notebook": page.relative_to(BUILD).as_posix() if page.is_relative_to(BUILD) else page.as_uri(),
        "records": read_records(notebook),
        "device": read_device(notebook),
    }


def shown_records(records: dict, bands: dict[str, list], profile: str) -> Iterator[dict]:
    """Yield each record for a reader: label, value with its unit, its band (which holds in `laptop`), inside or not."""
    for name, value in records.items():
        band = bands.get(name) if profile == "laptop" else None
        yield {
            "label": name.replace("_", " "),
            "value": f"{_plain(value)} {unit_of(name)}".strip(),
            "band": band and f"{_plain(band[0])} to {_plain(band[1])}",
            "inside": band and band[0] <= value <= band[1],
        }


def unit_of(name: str) -> str:
    """Return the unit of a record, which the last word of its name tells. `this_to_that` is a ratio and has none."""
    last = name.removesuffix("_low").removesuffix("_high").rpartition("_")[2]
    return "" if "_to_" in name else UNITS.get(last, "")


def _plain(value: bool | float | str) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


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
