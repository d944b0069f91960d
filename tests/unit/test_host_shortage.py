"""A machine that is short of something is told as our failure, never as the submission's."""

from __future__ import annotations

import errno
import io
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.errors import InfrastructureError
from grader.intake import IntakeLimits, make_plan, take
from grader.intake.snapshot import SnapshotWriter
from grader.model import Limits
from grader.sandbox.workspace import lay_out


def packed(kind: str, path: Path) -> Path:
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("main.py", b"1")
    elif kind == "tar.gz":
        with tarfile.open(path, "w:gz") as tar:
            entry = tarfile.TarInfo("main.py")
            entry.size = 1
            tar.addfile(entry, io.BytesIO(b"1"))
    else:
        path.write_text("1")
    return path


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "py"])
def test_a_full_disk_of_ours_is_never_called_a_damaged_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = packed(kind, tmp_path / f"a.{kind}")
    monkeypatch.setattr(SnapshotWriter, "add", full)
    with pytest.raises(InfrastructureError) as caught:
        take(str(path), tmp_path / "store", IntakeLimits())
    assert caught.value.code == "infrastructure.host"
    assert "No space left" in caught.value.message
    assert not list((tmp_path / "store").glob("*"))


def test_a_disk_that_fills_up_while_the_work_is_laid_out_is_said_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = take(str(packed("py", tmp_path / "main.py")), tmp_path / "store")
    plan = make_plan(submission, None, Limits())
    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(InfrastructureError) as caught:
        lay_out(tmp_path / "run", submission, plan, None)
    assert caught.value.code == "infrastructure.host"
