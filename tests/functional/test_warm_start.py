"""How the sandboxes of `grader grade` come about: forked where several are to come, one that loads by itself else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from warm_bench import forks_noted

from grader.cli.app import app

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
WORK = "import pandas\nprint(pandas.DataFrame({'a': [1]}).a.sum())\n"


def forked_for(tmp_path: Path, works: int) -> list[bool]:
    """Return for each of so many works, graded with `--jobs 2`, whether its runner was forked."""
    sources = [tmp_path / f"work-{number}" for number in range(works)]
    for source in sources:
        source.mkdir()
        (source / "main.py").write_text(WORK)
    words = ["grade", *map(str, sources), "--sandbox", "bubblewrap", "--jobs", "2", "--output", str(tmp_path / "out")]
    with forks_noted() as forked:
        result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    for report in (tmp_path / "out").rglob("report.json"):
        assert json.loads(report.read_text())["outcome"] == "completed"
    return forked


def test_the_runners_of_a_batch_are_forked_from_one_that_is_loaded(tmp_path: Path) -> None:
    assert forked_for(tmp_path, 3) == [True, True, True]


def test_a_work_alone_waits_for_no_process_that_it_would_be_the_only_one_to_use(tmp_path: Path) -> None:
    assert forked_for(tmp_path, 1) == [False]
