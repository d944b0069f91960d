"""Row 55 of the abuse cases: what comes out of a dead sandbox is a plain file of bounded size, or refused."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import HOST_IS_SHORT, SubmissionError
from grader.sandbox.collect import collect_file


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def make_dangling(path: Path) -> None:
    path.symlink_to("/nonexistent")


def make_hard_link(path: Path) -> None:
    path.with_name("other").write_text("x")
    os.link(path.with_name("other"), path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


@pytest.mark.parametrize(
    ("make", "seen"),
    [
        (make_folder, "it is a folder"),
        (make_link, "it is a symbolic link"),
        (make_dangling, "it is a symbolic link"),
        (make_hard_link, "it has 2 names"),
        (os.mkfifo, "it is a FIFO"),
        (make_socket, "it is a socket"),
    ],
)
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None], seen: str) -> None:
    make(tmp_path / "predictions.csv")
    with pytest.raises(SubmissionError) as caught:
        collect_file(tmp_path, "predictions.csv", tmp_path / "copy", 100)
    assert (caught.value.code, caught.value.observed) == ("output.invalid", (seen,))
    assert not (tmp_path / "copy").exists()


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").symlink_to("/etc")
    with pytest.raises(SubmissionError) as caught:
        collect_file(tmp_path, "sub/passwd", tmp_path / "copy", 10_000)
    assert caught.value.code == "output.invalid"


def test_a_sparse_file_is_too_large_before_a_byte_is_read(tmp_path: Path) -> None:
    with (tmp_path / "predictions.csv").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(SubmissionError) as caught:
        collect_file(tmp_path, "predictions.csv", tmp_path / "copy", 1000)
    assert caught.value.code == "output.too_large"
    assert caught.value.observed == (f"it has {1 << 40:,} bytes, of 1,000 that it may have",)


def test_a_plain_file_is_copied_and_a_missing_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"1,2\n")
    assert collect_file(tmp_path, "a.csv", tmp_path / "copy", 100)
    assert (tmp_path / "copy").read_bytes() == b"1,2\n"
    assert not collect_file(tmp_path, "b.csv", tmp_path / "copy", 100)


def test_a_full_disk_of_ours_is_not_the_works_fault(tmp_path: Path) -> None:
    (tmp_path / "predictions.csv").write_text("id,prediction\n")
    (tmp_path / "copy").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        collect_file(tmp_path, "predictions.csv", tmp_path / "copy", 1000)
    assert caught.value.errno in HOST_IS_SHORT


def test_a_place_of_ours_that_is_gone_is_not_called_a_missing_output(tmp_path: Path) -> None:
    (tmp_path / "predictions.csv").write_text("id,prediction\n")
    with pytest.raises(FileNotFoundError):
        collect_file(tmp_path, "predictions.csv", tmp_path / "gone" / "copy", 1000)


def test_a_disk_that_fails_while_a_file_is_opened_is_not_the_works_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "open", fails)
    with pytest.raises(OSError, match="Input/output error"):
        collect_file(tmp_path, "predictions.csv", tmp_path / "copy", 1000)
