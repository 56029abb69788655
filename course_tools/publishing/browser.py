"""A page becomes a PDF, by a Chromium that is there already."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from course_utils import CourseError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "brave-browser")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def find_browser() -> str:
    """Return the path of a Chromium. Raises CourseError where there is none."""
    asked = os.environ.get("COURSE_BROWSER")
    found = shutil.which(asked) if asked else next(filter(None, map(shutil.which, [*NAMES, *PLACES])), None)
    if not found:
        raise CourseError(
            "A PDF needs Chromium, Chrome or Edge, and none was found"
            + (f" at COURSE_BROWSER={asked}" if asked else "")
            + ". Install one (Debian: `apt install chromium`), or print the page from your own browser."
        )
    return found


def write_pdf(page: Path, pdf: Path, patience: int = 120) -> None:
    """Print a page into a PDF, on paper of the size that its style asks for. Raises CourseError where that fails."""
    with tempfile.TemporaryDirectory() as profile:
        command = [find_browser(), "--headless", "--disable-gpu", f"--user-data-dir={profile}", "--no-first-run"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to run as root without
        command += ["--no-pdf-header-footer", f"--print-to-pdf={pdf.resolve()}", page.resolve().as_uri()]
        pdf.unlink(missing_ok=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=patience)
        except subprocess.TimeoutExpired:
            raise CourseError(f"The browser needed more than {patience} s for {page.name}. Try again.") from None
    if not pdf.is_file():
        raise CourseError(f"The browser made no PDF of {page.name}: {done.stderr.strip()[-300:]}")
