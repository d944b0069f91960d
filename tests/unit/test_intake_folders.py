"""Folders as they lie on a reviewer's disk."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import InfrastructureError, SubmissionError
from grader.intake import OWN_OUTPUT, take

NOBODY = 65534


@pytest.fixture
def ordinary_user(tmp_path: Path) -> Iterator[Path]:
    """A folder of a user whom permissions bind, which root's are not."""
    folder = tmp_path / "home"
    folder.mkdir()
    if os.geteuid() != 0:
        yield folder
        return
    shared = Path(tempfile.gettempdir())
    for above in (tmp_path, *tmp_path.parents):
        if above.is_relative_to(shared) and above != shared:
            above.chmod(0o755)
    os.chown(folder, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    yield folder
    os.seteuid(0)


@pytest.mark.parametrize("closed", ["notes/private.py", "notes"])
def test_what_may_not_be_read_is_named_and_never_passed_over(ordinary_user: Path, closed: str) -> None:
    work = ordinary_user / "work"
    (work / "notes").mkdir(parents=True)
    (work / "notes" / "private.py").write_text("print(1)\n")
    (work / "main.py").write_text("print(2)\n")
    (work / closed).chmod(0)
    with pytest.raises(SubmissionError) as caught:
        take(str(work), ordinary_user / "store")
    (work / closed).chmod(0o700)
    assert caught.value.code == "source.unreadable"
    assert closed in caught.value.message
    assert list((ordinary_user / "store").iterdir()) == []


def test_a_disk_that_is_full_is_our_failure_and_costs_the_candidate_nothing(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "main.py").write_text("print(1)\n" * 1000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(InfrastructureError) as caught:
            take(str(work), tmp_path / "store")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "could not be stored" in caught.value.message


def test_a_folder_of_our_own_reports_is_no_part_of_the_work(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "grading").mkdir(parents=True)
    (work / "main.py").write_text("print(1)\n")
    before = take(str(work), tmp_path / "one").digest
    (work / "grading" / OWN_OUTPUT).touch()
    (work / "grading" / "report.json").write_text("{}")
    assert take(str(work), tmp_path / "two").digest == before
