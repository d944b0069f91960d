"""The service's pages in a real browser, which has rules of its own about forms, cookies and styles."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading import QUICK, Service, service
from playwright.sync_api import Browser, expect
from test_serving import served

from grader.store.database import transaction
from grader.store.invitations import invite
from grader.store.people import add_user

PASSWORD = "correct horse battery staple"
A_MINUTE = 60_000


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


def test_a_candidate_hands_in_and_a_reviewer_reads_the_report(ready: Service, tmp_path: Path, browser: Browser) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "predict.py").write_text(QUICK)
    packed = shutil.make_archive(str(tmp_path / "work"), "zip", work)
    with transaction(ready.engine) as session:
        add_user(session, "grace@example.org", "reviewer", PASSWORD)
        token = invite(session, "small", "Ada", "ada@example.org", None, 2).token
    with served() as address:
        candidate = browser.new_context().new_page()
        candidate.goto(f"{address}/i/{token}")
        assert candidate.url == f"{address}/hand-in"
        candidate.set_input_files("#file", packed)
        candidate.click("form button")
        expect(candidate.get_by_text("It ran to its end.")).to_be_visible(timeout=3 * A_MINUTE)

        reviewer = browser.new_context().new_page()
        reviewer.goto(address)
        reviewer.fill("#email", "grace@example.org")
        reviewer.fill("#password", PASSWORD)
        reviewer.click("form button")
        reviewer.click("td a")
        expect(reviewer.locator("h1")).to_contain_text("submission-")
        assert reviewer.evaluate("document.styleSheets.length") == 1, "the policy lets the report's own style in"
        assert "Ada" not in reviewer.content()

        reviewer.goto(address)
        reviewer.set_viewport_size({"width": 390, "height": 844})
        box = reviewer.get_by_text("Review", exact=True).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390, "nothing of the list lies beside a phone's screen"
        reviewer.click("text=Review")
        reviewer.select_option("#criterion", index=1)
        reviewer.fill("#override-text", "I read it otherwise.")
        reviewer.click("text=Judge it so")
        expect(reviewer.get_by_text("I read it otherwise.")).to_be_visible()
        reviewer.select_option("#decision", "advance")
        reviewer.fill("#decision-text", "Let us talk.")
        reviewer.click("form:has(#decision) button")
        expect(reviewer.get_by_text("The candidate is Ada, ada@example.org.")).to_be_visible()
        candidate.goto(f"{address}/hand-in")
        candidate.click("text=Read the result")
        expect(candidate.get_by_text("(a reviewer's verdict)")).to_be_visible()
