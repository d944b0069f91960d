"""Documentation says everything that users meet, and a test says what it leaves out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.errors import FAILURE_CODES
from grader.plugins import load_criteria
from grader.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_failure_code_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "failures.md").read_text()
    assert [code for code in FAILURE_CODES if f"`{code}`" not in page] == []


def test_every_criterion_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "criteria.md").read_text()
    assert [item.id for item in load_criteria() if item.id not in page] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "README.md").read_text()
    assert [name for name in Settings.model_fields if f"GRADER_{name.upper()}" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_command_the_readme_shows_exists() -> None:
    from typer.main import get_command

    from grader.cli.app import app

    commands = set(getattr(get_command(app), "commands", {}))
    shown = set(re.findall(r"\.venv/bin/grader (\w+)", (ROOT / "README.md").read_text()))
    assert shown <= commands
