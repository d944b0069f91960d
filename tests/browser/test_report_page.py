"""The pages in a real browser: nothing runs, nothing loads, and people can read them wherever they are."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hostile_pages import BIDI
from playwright.sync_api import Browser, Page

Open = Callable[..., Page]
pytestmark = pytest.mark.browser
PAGES = ["strong/report.html", "broken/report.html", "hostile*/report.html", "index.html"]

CONTRAST = Path(__file__).with_name("contrast.js").read_text()


def found(graded: Path, name: str) -> Path:
    return next(iter(graded.glob(name)))


@pytest.fixture(params=PAGES)
def page_file(request: pytest.FixtureRequest, graded: Path) -> Path:
    return found(graded, request.param)


def test_nothing_is_asked_for_and_nothing_of_the_candidates_runs(page_file: Path, open_page: Open) -> None:
    page = open_page(page_file)
    assert asked(page) == []
    assert page.evaluate("window.pwned") is None
    assert page.locator("script, iframe, object, embed, form, img, link, base, meta[http-equiv=refresh]").count() == 0
    targets = page.eval_on_selector_all("[href]", "nodes => nodes.map(node => node.getAttribute('href'))")
    assert all(target.startswith("#") or target.endswith("/report.html") for target in targets)
    handlers = "nodes => nodes.flatMap(n => [...n.attributes]).filter(a => a.name.startsWith('on')).length"
    assert page.eval_on_selector_all("*", handlers) == 0


def test_the_hostile_text_is_there_to_be_read(graded: Path, open_page: Open) -> None:
    page = open_page(found(graded, "hostile*/report.html"))
    text = page.locator("body").inner_text()
    assert "<script>window.pwned=1</script>" in text
    assert "<svg onload=window.pwned=1>" in text
    assert "⟨U+202E⟩" in text
    assert not set(BIDI) & set("\u202e\u2066\u200b\x07\x08\x1b") & set(page.content())


def test_the_policy_stops_scripts_styles_and_requests_even_if_markup_got_through(
    page_file: Path, open_page: Open
) -> None:
    page = open_page(page_file)
    page.evaluate(
        """() => { document.body.insertAdjacentHTML('beforeend', '<img src="//evil.example/x" onerror="window.pwned=1">'
          + '<div id=tried style="background:url(//evil.example/y)">x</div><iframe src="//evil.example/z"></iframe>');
          const script = document.createElement('script'); script.textContent = 'window.pwned=1';
          document.body.append(script); }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("getComputedStyle(document.getElementById('tried')).backgroundImage") == "none"
    assert [url for url in asked(page) if "evil" in url] == []


@pytest.mark.parametrize("width", [380, 768, 1000, 1280])
def test_no_page_is_wider_than_its_window(page_file: Path, open_page: Open, width: int) -> None:
    page = open_page(page_file, viewport={"width": width, "height": 800})
    page.eval_on_selector_all("details", "nodes => nodes.forEach(node => node.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [380, 1280])
def test_what_is_written_into_charts_can_be_read(page_file: Path, open_page: Open, width: int) -> None:
    page = open_page(page_file, viewport={"width": width, "height": 800})
    sizes = page.eval_on_selector_all(
        "svg text",
        "nodes => nodes.filter(node => node.getClientRects().length).map(node => { const m = node.getScreenCTM();"
        " return parseFloat(getComputedStyle(node).fontSize) * Math.hypot(m.a, m.b); })",
    )
    assert min(sizes, default=10) >= 9


@pytest.mark.parametrize("width", [380, 1280])
def test_points_and_lines_of_code_are_not_broken_in_two(graded: Path, open_page: Open, width: int) -> None:
    page = open_page(found(graded, "strong/report.html"), viewport={"width": width, "height": 800})
    page.eval_on_selector_all("details", "nodes => nodes.forEach(node => node.open = true)")
    lines = "nodes => nodes.map(n => n.getBoundingClientRect().height / parseFloat(getComputedStyle(n).lineHeight))"
    for selector in (".row > code", ".tally"):
        assert max(page.eval_on_selector_all(selector, lines)) < 1.5
    if width == 380:
        fades = page.eval_on_selector("nav.contents ul", "node => getComputedStyle(node).maskImage")
        assert "gradient" in fades


def test_the_bars_of_the_ranking_share_one_scale(graded: Path, open_page: Open) -> None:
    page = open_page(graded / "index.html")
    widths = page.eval_on_selector_all(".part .bar", "nodes => nodes.map(node => node.getBoundingClientRect().width)")
    assert len(widths) == 15
    assert max(widths) - min(widths) < 0.5
    assert page.locator("thead .ticks text").all_text_contents() == ["0", "25", "50", "75", "100"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page_file: Path, open_page: Open, scheme: str) -> None:
    page = open_page(page_file, color_scheme=scheme)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(numbers(ground)) < 60) == (scheme == "dark")
    assert page.evaluate(CONTRAST) == []


def test_paper_shows_what_the_screen_folds_away(graded: Path, open_page: Open) -> None:
    page = open_page(found(graded, "strong/report.html"), java_script_enabled=True)
    folded = page.locator("details:not([open]) > :not(summary)")
    assert folded.count() > 5
    assert not any(item.is_visible() for item in folded.all())
    page.emulate_media(media="print")
    heights = page.eval_on_selector_all(
        "details:not([open]) > :not(summary)", "nodes => nodes.map(node => node.getBoundingClientRect().height)"
    )
    assert min(heights) > 0
    assert not page.locator("nav.contents").is_visible()


def test_pages_make_sense_to_those_who_cannot_see_them(page_file: Path, open_page: Open) -> None:
    page = open_page(page_file)
    assert page.locator("html[lang=en]").count() == 1
    assert page.locator("main").count() == 1
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "nodes => nodes.map(node => Number(node.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    drawn = (
        "nodes => nodes.filter(n => !n.getAttribute('aria-label') && n.getAttribute('aria-hidden') !== 'true').length"
    )
    assert page.eval_on_selector_all("svg", drawn) == 0
    names = page.eval_on_selector_all("a, summary", "nodes => nodes.map(node => node.textContent.trim())")
    assert all(names)
    ids = page.eval_on_selector_all("[id]", "nodes => nodes.map(node => node.id)")
    assert len(set(ids)) == len(ids)


def test_every_place_a_page_points_to_is_there(page_file: Path, open_page: Open, graded: Path) -> None:
    page = open_page(page_file)
    missing = (
        "nodes => nodes.map(node => node.getAttribute('href'))"
        ".filter(href => href.startsWith('#') && !document.getElementById(href.slice(1)))"
    )
    assert page.eval_on_selector_all("a[href], use[href]", missing) == []
    if page_file.name == "index.html":
        links = page.locator("table a")
        assert links.count() == 3
        for number in range(3):
            target = links.nth(number).evaluate("node => decodeURIComponent(new URL(node.href).pathname)")
            assert Path(target).is_file()


def test_a_page_is_whole_without_javascript(graded: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(found(graded, "strong/report.html").resolve().as_uri())
    page.locator("details.criterion > summary").first.click()
    assert page.locator("details.criterion[open] .body").first.is_visible()
    context.close()


def asked(page: Page) -> list[str]:
    return page.asked  # type: ignore[attr-defined, no-any-return]


def numbers(colour: str) -> list[Any]:
    return [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
