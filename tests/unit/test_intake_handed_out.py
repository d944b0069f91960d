"""What candidates were handed with an assignment is no part of their work, as long as it is where and as it was."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from grader.intake import IntakeLimits, take
from grader.model import Submission

BRIEF, TRAIN = b"# The brief\n", b"id,x\n1,2\n"


def given(**files: bytes) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


GIVEN = given(**{"README.md": BRIEF, "data/train.csv": TRAIN})


def taken(tmp_path: Path, files: dict[str, bytes], limits: IntakeLimits | None = None) -> Submission:
    work = tmp_path / "work"
    for name, data in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(data)
    return take(str(work), tmp_path / "store", limits, handed_out=GIVEN)


def paths(submission: Submission) -> list[str]:
    assert sorted(path.relative_to(submission.root).as_posix() for path in submission.root.rglob("*.*")) == [
        entry.path for entry in submission.files
    ]
    return [entry.path for entry in submission.files]


def test_the_brief_and_the_data_are_left_out_and_named(tmp_path: Path) -> None:
    work = taken(tmp_path, {"README.md": BRIEF, "data/train.csv": TRAIN, "work.py": b"print(1)\n"})
    assert paths(work) == ["work.py"]
    assert work.notes == ("Left out as it was handed out with the assignment: README.md, 1 files in data.",)
    assert work.handed_out == ("README.md",)


def test_a_folder_that_is_all_that_is_left_stays_a_folder(tmp_path: Path) -> None:
    """The work runs src/main.py: without the brief beside it that folder must not be taken for the whole."""
    assert paths(taken(tmp_path, {"README.md": BRIEF, "src/main.py": b"print(1)\n"})) == ["src/main.py"]


def test_an_archive_with_one_folder_around_everything_is_unwrapped_all_the_same(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("ada/README.md", BRIEF)
        archive.writestr("ada/data/train.csv", TRAIN)
        archive.writestr("ada/src/main.py", "print(1)\n")
    assert paths(take(str(tmp_path / "ada.zip"), tmp_path / "store", handed_out=GIVEN)) == ["src/main.py"]


def test_a_file_that_was_changed_or_moved_is_the_candidates(tmp_path: Path) -> None:
    work = taken(tmp_path, {"README.md": b"# Mine\n", "input/train.csv": TRAIN, "docs/README.md": BRIEF})
    assert paths(work) == ["README.md", "docs/README.md", "input/train.csv"]
    assert work.notes == ()


def test_what_was_handed_out_does_not_count_towards_the_limit_of_files(tmp_path: Path) -> None:
    limits = IntakeLimits(files=2)
    files = {"data/train.csv": TRAIN, "README.md": BRIEF, "work.py": b"print(1)\n"}
    assert paths(taken(tmp_path, files, limits)) == ["work.py"]


def test_without_an_assignment_nothing_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "README.md").write_bytes(BRIEF)
    assert paths(take(str(tmp_path / "work"), tmp_path / "store")) == ["README.md"]
