"""A real browser, and pages of real gradings: the demo's, and one of a work that attacks whoever reads its report."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_pages import hostile_work
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
Open = Callable[..., Page]
expect.set_options(timeout=120_000)  # milliseconds; only a page on which it never comes uses them up


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        reason = f"chromium: {CHROMIUM} is not there; install Debian's package chromium."
        (pytest.fail if os.environ.get("GRADER_REQUIRE_ALL") == "1" else pytest.skip)(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Return a function that opens a file; `page.asked` lists what it asked for besides itself, which is refused."""
    contexts = []

    def open_file(path: Path, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []
        own = path.resolve().as_uri()

        def on_request(route: Route) -> None:  # what the page's policy forbids does not come this far
            if route.request.url == own:
                route.continue_()
            else:
                asked.append(route.request.url)
                route.abort()

        page.route("**/*", on_request)
        page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
        page.asked = asked  # type: ignore[attr-defined]
        page.goto(own)
        return page

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Grade two samples and the hostile work as one batch and return the folder of the reports."""
    request.getfixturevalue("bubblewrap")
    folder = tmp_path_factory.mktemp("graded")
    examples = ROOT / "assignments" / "churn" / "examples"
    for name in ("strong", "broken"):
        shutil.copytree(examples / name, folder / "works" / name)
    hostile_work(folder / "works" / "hostile ‹b›x‹⁄b› <i>&amp;")
    sources = sorted(str(path) for path in (folder / "works").iterdir())
    words = ["grade", *sources, "--assignment", "churn", "--sandbox", "bubblewrap", "--jobs", "2"]
    grader = Path(sys.executable).with_name("grader")
    command = [str(grader), *words, "--output", str(folder / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    return folder / "out"
