"""That an archive holds what a commit does: against real repositories of git, and each way to send another one."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest
from commit import CommitError, pack
from runs import git, repository

from grader.errors import SubmissionError
from grader.intake.commit import prove, read_proof
from grader.intake.limits import IntakeLimits

LIMITS = IntakeLimits()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a repository with folders that git orders otherwise than names alone would be."""
    folder = tmp_path / "work"
    repository(folder, a_py="1\n", a__b_py="2\n", a__c__d_py="3\n", ab_py="4\n", ä__ö_ü_py="5\n")
    (folder / "a-b").write_text("6\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "empty").write_text("")
    (folder / "link to a").symlink_to("a.py")
    repository(folder)
    return folder


def packed(folder: Path, below: str = "") -> tuple[str, bytes, str]:
    """Return the commit, and the archive and the proof that the Action makes of it."""
    sha = git(folder, "rev-parse", "HEAD")
    archive = folder.parent / "commit.zip"
    made = pack(folder / below, sha, archive)
    return sha, archive.read_bytes(), made.proof


def is_proven(sha: str, archive: bytes, proof: str) -> bool:
    try:
        prove(io.BytesIO(archive), read_proof(proof), sha, LIMITS)
    except SubmissionError as error:
        if error.code != "git.commit":
            raise
        return False
    return True


def rewritten(archive: bytes, **change: bytes | None) -> bytes:
    """Return the archive with files otherwise, by name; None leaves one out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            content = change.pop(entry.filename, source.read(entry))
            if content is not None:
                out.writestr(entry, content)
        for name, content in change.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100644 << 16
            out.writestr(entry, content or b"")
    return target.getvalue()


@pytest.mark.parametrize("below", ["", "a", "a/c", "ä"])
def test_what_the_action_packs_is_what_the_commit_holds(work: Path, below: str) -> None:
    assert is_proven(*packed(work, below))


def test_a_repository_of_sha256_is_proven_alike(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main", "--object-format=sha256")
    repository(folder, a__b_py="1\n")
    sha, archive, proof = packed(folder, "a")
    assert len(sha) == 64
    assert is_proven(sha, archive, proof)


def test_a_file_that_is_changed_missing_or_new_is_found(work: Path) -> None:
    sha, archive, proof = packed(work)
    assert is_proven(sha, rewritten(archive), proof)
    for change in ({"a.py": b"9\n"}, {"empty": None}, {"new.py": b"1\n"}, {"a/new/x.py": b""}, {"a.py/x": b""}):
        assert not is_proven(sha, rewritten(archive, **change), proof), change


@pytest.mark.parametrize(
    "change",
    [
        {"folder": "a"},
        {"folder": "a/c", "trees": []},
        {"links": {}},
        {"links": {"link to a": "b.py"}},
        {"submodules": {"a/b.py": "0" * 40}},
        {"large": ["a.py"]},
        {"commit": "dHJlZSA="},
        {"commit": "no base64 %"},
        {"more": 1},
        {"submodules": {"x": "no hash"}},
        {"links": {"": "x", "a//b": "y"}},
        {"links": {"\ud800": "x"}},
        {"links": {"x": "\ud800"}},
        {"links": {"a/" * 5000 + "b": "x"}},
    ],
)
def test_a_proof_that_says_something_else_proves_nothing(work: Path, change: dict[str, object]) -> None:
    sha, archive, proof = packed(work)
    assert not is_proven(sha, archive, json.dumps(json.loads(proof) | change))


def test_modes_and_names_that_git_has_not_prove_nothing(work: Path) -> None:
    sha, archive, proof = packed(work)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            content = source.read(entry)
            entry.external_attr = 0o120777 << 16 if entry.filename == "a.py" else entry.external_attr
            out.writestr(entry, content)
    assert not is_proven(sha, target.getvalue(), proof)
    executable = repository(work, a_py="1\n")  # nothing is changed: the modes are
    assert is_proven(*packed(work)), executable


def test_more_than_may_be_unpacked_is_refused_before_it_is_read(work: Path) -> None:
    sha, archive, proof = packed(work)
    bomb = rewritten(archive, bomb=b"0" * (LIMITS.unpacked_bytes + 1))
    with pytest.raises(SubmissionError) as caught:
        prove(io.BytesIO(bomb), read_proof(proof), sha, LIMITS)
    assert caught.value.code == "archive.too_large"


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", b"no archive at all"])
def test_what_is_no_archive_is_told_as_that(work: Path, broken: bytes) -> None:
    sha, _, proof = packed(work)
    with pytest.raises(SubmissionError) as caught:
        prove(io.BytesIO(broken), read_proof(proof), sha, LIMITS)
    assert caught.value.code == "archive.corrupt"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_by_a_method_that_unpacks_without_bounds_is_refused(work: Path, method: int) -> None:
    """A kilobyte of these is a gigabyte of memory before the library looks how much an entry says that it holds."""
    sha, archive, proof = packed(work)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w") as out:
        for entry in source.infolist():
            content, entry.compress_type = source.read(entry), method
            out.writestr(entry, content)
    assert refused(sha, target.getvalue(), proof) == "archive.type"


def refused(sha: str, archive: bytes, proof: str) -> str:
    with pytest.raises(SubmissionError) as caught:
        prove(io.BytesIO(archive), read_proof(proof), sha, LIMITS)
    return caught.value.code


def test_what_is_damaged_inside_is_told_as_that(work: Path) -> None:
    sha, archive, proof = packed(work)
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        first = source.infolist()[0]
        start = first.header_offset + 30 + len(first.filename.encode())
    no_deflate = archive[:start] + b"\xff" * first.compress_size + archive[start + first.compress_size :]
    table = archive.index(b"PK\x01\x02")
    beyond = archive[: table + 42] + struct.pack("<L", 0xFFFFFF00) + archive[table + 46 :]
    for damaged in (no_deflate, beyond):
        assert refused(sha, damaged, proof) == "archive.corrupt"


def test_a_name_is_proven_as_it_is_taken_in(tmp_path: Path) -> None:
    """Without the mark of UTF-8 the library reads a name as a DOS of old would; it is taken in as UTF-8."""
    archives = {}
    for name in ("ä.py", "├ñ.py"):
        folder = tmp_path / name.removesuffix(".py") / "work"
        folder.mkdir(parents=True)
        (folder / name).write_text("1\n")
        repository(folder)
        archives[name] = packed(folder)
    sha, archive, proof = archives["ä.py"]
    unmarked = bytearray(archive)
    unmarked[7] &= ~0x08
    unmarked[archive.index(b"PK\x01\x02") + 9] &= ~0x08
    assert zipfile.ZipFile(io.BytesIO(unmarked)).namelist() == ["├ñ.py"]
    assert is_proven(sha, bytes(unmarked), proof)
    other, _, other_proof = archives["├ñ.py"]
    assert not is_proven(other, bytes(unmarked), other_proof)


def test_a_folder_is_found_in_a_large_one(work: Path) -> None:
    for number in range(3000):
        (work / f"b{number:04}").write_text("")
    (work / "z").mkdir()
    (work / "z" / "a.py").write_text("1\n")
    repository(work)
    assert is_proven(*packed(work, "z"))


# packing it


def test_git_is_begun_a_few_times_however_many_files_there_are(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        (work / f"b{number}").write_text(f"{number}\n")
    repository(work)
    (tmp_path / "bin").mkdir()
    program, begun = tmp_path / "bin" / "git", tmp_path / "begun"
    program.write_text(f'#!/bin/sh\necho >> "{begun}"\nexec "{shutil.which("git")}" "$@"\n')
    program.chmod(0o755)
    sha = git(work, "rev-parse", "HEAD")
    with monkeypatch.context() as there:
        there.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        made = pack(work, sha, tmp_path / "commit.zip")
    assert made.files > 300
    assert len(begun.read_text().splitlines()) < 10
    assert is_proven(sha, (tmp_path / "commit.zip").read_bytes(), made.proof)


def test_a_checkout_of_another_user_is_read_as_in_a_jobs_container(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = git(work, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(subprocess.CalledProcessError):
        git(work, "rev-parse", "HEAD")
    made = pack(work / "a", sha, work.parent / "commit.zip")
    assert is_proven(sha, (work.parent / "commit.zip").read_bytes(), made.proof)


@pytest.mark.parametrize("words", [["--depth", "1"], ["--depth", "1", "--sparse"], ["--filter", "blob:none"]])
def test_a_checkout_that_holds_no_more_than_it_must_will_do(work: Path, words: list[str]) -> None:
    git(work, "config", "uploadpack.allowFilter", "true")
    clone = work.parent / "clone"
    git(work.parent, "clone", "-q", *words, f"file://{work}", str(clone))
    assert is_proven(*packed(clone, "a"))


def test_a_work_tree_of_its_own_will_do(work: Path) -> None:
    git(work, "worktree", "add", "-q", "../beside")
    assert is_proven(*packed(work.parent / "beside", "a"))


def test_what_cannot_be_packed_is_one_sentence(work: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "a.py").symlink_to("b.py")
    links = repository(tmp_path / "links")
    (work / "made").mkdir()
    for folder, sha, said in (
        (work / "made", git(work, "rev-parse", "HEAD"), 'holds no file in "made": commit the work first'),
        (tmp_path / "plain", "0" * 40, "There is no repository of git in the workspace"),
        (work, "0" * 40, "is not in the checkout: let actions/checkout run before"),
        (tmp_path / "links", links, 'holds no file in "."'),
    ):
        with pytest.raises(CommitError, match=said):
            pack(folder, sha, tmp_path / "commit.zip")


def test_an_object_that_is_missing_is_one_sentence(work: Path) -> None:
    sha, key = git(work, "rev-parse", "HEAD"), git(work, "rev-parse", "HEAD:a.py")
    (work / ".git" / "objects" / key[:2] / key[2:]).unlink()
    with pytest.raises(CommitError, match=f"git could not read the repository: {key} missing"):
        pack(work, sha, work.parent / "commit.zip")
