"""The history of a work that came with its `.git`: read as data, with nothing in it obeyed or followed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.intake import IntakeLimits, take
from grader.model import History, Submission

STEPS = ("load the data", "explore", "split", "fit a model", "evaluate it")


def git(folder: Path, *words: str, author: str = "a@b", day: int = 1) -> str:
    told = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        told |= {f"GIT_{who}_NAME": "n", f"GIT_{who}_EMAIL": author, f"GIT_{who}_DATE": f"2024-03-{day:02d}T12:00:00Z"}
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **told}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def work_in_steps(folder: Path, steps: tuple[str, ...] = STEPS) -> Path:
    """Make a repository of as many commits, each a day later, the last by another author."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for day, step in enumerate(steps, start=1):
        with (folder / "main.py").open("a") as file:
            file.write(f"# {step}\n" * 10)
        (folder / "data.csv").write_text("x\n" * 500 * day)
        git(folder, "add", "-A", day=day)
        git(folder, "commit", "-q", "-m", step, author="c@d" if step == steps[-1] else "a@b", day=day)
    return folder


def taken(source: Path, tmp_path: Path, limits: IntakeLimits | None = None) -> Submission:
    return take(str(source), tmp_path / "store", limits)


def history(source: Path, tmp_path: Path) -> History:
    found = taken(source, tmp_path).history
    assert found is not None
    return found


def note(submission: Submission) -> str:
    assert submission.history is None
    return next(text for text in submission.notes if text.startswith("The history in .git was not read"))


def test_steps_are_told_with_their_days_authors_and_lines(tmp_path: Path) -> None:
    found = history(work_in_steps(tmp_path / "work"), tmp_path)
    assert (found.commits, found.authors, found.days, found.complete) == (5, 2, 4.0, True)
    assert [step.subject for step in found.steps] == list(STEPS)
    assert [step.author for step in found.steps] == [1, 1, 1, 1, 2]
    assert [(step.files, step.added, step.removed) for step in found.steps] == [(2, 10, 0)] * 5
    assert found.steps[0].time == "2024-03-01T12:00:00+00:00"
    assert found.largest == (0, 0.2)


def test_a_dump_with_small_mends_is_told_from_steps(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work")
    (folder / "all.py").write_text("x = 1\n" * 5000)
    git(folder, "add", "-A", day=9)
    git(folder, "commit", "-q", "-m", "everything", day=9)
    largest = history(folder, tmp_path).largest
    assert largest is not None
    assert largest[0] == 5
    assert largest[1] > 0.98


PACKET = {"README.md": "# The brief\n", "data/train.csv": "x\n1\n", "takehome-assignment.json": "{}\n" * 900}
HANDED_OUT = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in PACKET.items() if "json" not in name}


def begun_from(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A", author="them@there")
    git(folder, "commit", "-q", "-m", "Start of the assignment", author="them@there")
    return folder


def with_handout(folder: Path, tmp_path: Path) -> Submission:
    return take(str(folder), tmp_path / "store", None, handed_out=HANDED_OUT)


def test_the_packet_that_a_candidate_began_with_is_no_step_of_the_work(tmp_path: Path) -> None:
    folder = begun_from(tmp_path / "work", {**PACKET, "README.md": "# The brief, as it was in May\n"})
    for day, step in enumerate(("load", "fit"), start=5):
        (folder / f"{step}.py").write_text(f"# {step}\n" * 10)
        git(folder, "add", "-A", day=day)
        git(folder, "commit", "-q", "-m", step, day=day)
    found = with_handout(folder, tmp_path).history
    assert found is not None
    assert [(step.subject, step.author, step.added) for step in found.steps] == [("load", 1, 10), ("fit", 1, 10)]
    assert (found.commits, found.authors, found.days, found.largest) == (2, 1, 1.0, (0, 0.5))


def test_a_packet_to_which_nothing_was_committed_has_no_history_and_no_note(tmp_path: Path) -> None:
    folder = begun_from(tmp_path / "work", PACKET)
    (folder / "main.py").write_text("print(1)\n")
    submission = with_handout(folder, tmp_path)
    assert submission.history is None
    assert not any("history" in text for text in submission.notes)


@pytest.mark.parametrize("files", [{**PACKET, "main.py": "x = 1\n"}, {"README.md": "# Mine\n"}])
def test_a_first_commit_with_work_in_it_or_without_the_packet_is_a_step(tmp_path: Path, files: dict[str, str]) -> None:
    found = with_handout(begun_from(tmp_path / "work", files), tmp_path).history
    assert found is not None
    assert [step.subject for step in found.steps] == ["Start of the assignment"]


def test_without_an_assignment_every_commit_is_a_step(tmp_path: Path) -> None:
    assert history(begun_from(tmp_path / "work", PACKET), tmp_path).commits == 1


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["zip", "tar", "folder in a folder"])
def test_the_history_comes_with_an_archive_too(tmp_path: Path, kind: str, *, packed: bool) -> None:
    folder = work_in_steps(tmp_path / "made" / "work")
    if packed:
        git(folder, "gc", "-q")
        git(folder, "pack-refs", "--all")
    source = tmp_path / "made"
    if kind == "zip":
        source = tmp_path / "work.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in folder.rglob("*"):
                archive.write(path, path.relative_to(folder.parent))
    if kind == "tar":
        source = tmp_path / "work.tar.gz"
        with tarfile.open(source, "w:gz") as archive:
            archive.add(folder, "work")
    assert history(source, tmp_path).commits == 5
    assert [path.name for path in (tmp_path / "store").iterdir() if path.name.startswith((".git", "given"))] == []


def test_a_commit_checked_out_by_itself_and_a_tag_have_their_history(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work")
    git(folder, "checkout", "-q", "--detach", "HEAD~2")
    assert history(folder, tmp_path).commits == 3


def test_of_a_shallow_copy_only_the_newest_commits_are_known(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work")
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{folder}", str(tmp_path / "copy"))
    found = history(tmp_path / "copy", tmp_path)
    assert (found.commits, found.complete, found.largest) == (2, False, None)
    assert found.steps[0].added is None


def test_where_a_large_file_is_missing_the_commits_are_known_by_themselves(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work")
    blob = git(folder, "rev-parse", "HEAD~1:data.csv")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = history(folder, tmp_path)
    assert (found.commits, found.authors, found.days) == (5, 2, 4.0)
    assert {(step.files, step.added) for step in found.steps} == {(None, None)}


def test_nothing_that_git_would_run_in_a_folder_of_git_is_run(tmp_path: Path) -> None:
    folder, marker = work_in_steps(tmp_path / "work"), tmp_path / "was-run"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n")
    program.chmod(0o755)
    lines = ["[core]", f"fsmonitor = {program}", f"sshCommand = {program}", f"hooksPath = {folder}/.git/hooks"]
    lines += [f"pager = {program}", f"gitProxy = {program}", f"alternateRefsCommand = {program}"]
    lines += [f"attributesFile = {tmp_path}/attributes", "[diff]", f"external = {program}"]
    lines += ['[diff "x"]', f"textconv = {program}", f"command = {program}"]
    lines += ['[filter "x"]', f"clean = {program}", f"smudge = {program}", "required = true"]
    lines += ["[uploadpack]", f"packObjectsHook = {program}", "[extensions]", "partialClone = origin"]
    lines += ['[remote "origin"]', f"url = ext::{program}", "promisor = true", "[include]", f"path = {tmp_path}/more"]
    lines += ["[log]", "showSignature = true", "[gpg]", f"program = {program}"]
    (tmp_path / "more").write_text(f"[core]\nfsmonitor = {program}\n")
    (folder / ".gitattributes").write_text("* diff=x filter=x\n")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n")
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman"):
        shutil.copy(program, folder / ".git" / "hooks" / name)
    (folder / ".git" / "config").write_text("\n".join(lines) + "\n")
    assert history(folder, tmp_path).commits == 5
    assert not marker.exists()
    subprocess.run(["git", "status"], cwd=folder, capture_output=True, check=False)
    assert marker.exists()  # the trap is one: a git that is pointed at the folder falls into it


def secret(tmp_path: Path) -> Path:
    return work_in_steps(tmp_path / "elsewhere", ("a secret", "another"))


def test_objects_of_another_repository_are_not_reached_through_alternates(tmp_path: Path) -> None:
    other, folder = secret(tmp_path), work_in_steps(tmp_path / "work")
    (folder / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "objects" / "info" / "alternates").write_text(f"{other}/.git/objects\n")
    (folder / ".git" / "refs" / "heads" / "main").write_text(git(other, "rev-parse", "HEAD") + "\n")
    assert "git could not read it" in note(taken(folder, tmp_path))


def test_a_git_file_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    other, folder = secret(tmp_path), tmp_path / "work"
    folder.mkdir()
    (folder / "main.py").write_text("print(1)\n")
    (folder / ".git").write_text(f"gitdir: {other}/.git\n")
    assert "points elsewhere" in note(taken(folder, tmp_path))
    (folder / ".git").unlink()
    (folder / ".git").symlink_to(other / ".git")
    assert "points elsewhere" in note(taken(folder, tmp_path))


@pytest.mark.parametrize("linked", ["HEAD", "refs/heads/main", "objects", "refs", "commondir", "packed-refs"])
def test_links_and_common_folders_inside_git_are_not_followed(tmp_path: Path, linked: str) -> None:
    other, folder = secret(tmp_path), work_in_steps(tmp_path / "work")
    place = folder / ".git" / linked
    if linked in ("commondir", "packed-refs"):
        shutil.rmtree(folder / ".git" / "refs")
    if linked == "commondir":
        place.write_text(f"{other}/.git\n")
    else:
        git(other, "pack-refs", "--all", "--no-prune")
        if place.exists():
            place.rename(tmp_path / "put-aside")
        place.symlink_to(other / ".git" / linked)
    assert note(taken(folder, tmp_path))


@pytest.mark.parametrize(
    "head",
    ["ref: ../../elsewhere", "ref: refs/heads/../../../x", "ref: refs/heads/none", "--upload-pack=x", "", "x" * 40],
)
def test_a_head_that_names_no_commit_has_no_history(tmp_path: Path, head: str) -> None:
    folder = work_in_steps(tmp_path / "work")
    (folder / ".git" / "HEAD").write_text(f"{head}\n")
    assert "no commit in a form that is read" in note(taken(folder, tmp_path))


def test_broken_objects_cost_the_history_and_not_the_work(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work")
    for path in (folder / ".git" / "objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(b"nonsense")
    assert "git could not read it" in note(taken(folder, tmp_path))


def test_a_history_that_is_too_large_is_left_and_said(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work")
    (folder / ".git" / "objects" / "pack").mkdir(exist_ok=True)
    (folder / ".git" / "objects" / "pack" / f"pack-{'0' * 40}.pack").write_bytes(b"PACK" + bytes(400_000))
    assert "more than 0 MB" in note(taken(folder, tmp_path, IntakeLimits(packed_bytes=100_000)))


def test_what_commits_say_of_themselves_is_bounded_and_forges_no_other(tmp_path: Path) -> None:
    folder = work_in_steps(tmp_path / "work", ("one",))
    (folder / "12\t3\tx\n.py").write_text("1\n")
    git(folder, "add", "-A", day=2)
    git(folder, "commit", "-q", "-m", "7\t7\tfake.py " + "x" * 5000, author="0\t9\tz", day=2)
    (folder / "12\t3\tx\n.py").unlink()
    found = history(folder, tmp_path)
    assert [(step.files, step.added) for step in found.steps] == [(2, 10), (1, 1)]
    assert len(found.steps[1].subject) == 120


def test_whose_repository_it_is_does_not_stand_in_what_git_writes_by_itself(tmp_path: Path) -> None:
    written = (
        ("Merge branch 'main' of https://git.example/ada/churn", "Merge branch 'main' of ..."),
        ("Merge branch 'main' of git@git.example:ada/churn.git into fix", "Merge branch 'main' of ... into fix"),
        ("Merge pull request #3 from ada-lovelace/more-data", "Merge pull request #3 from .../more-data"),
        ("Ask ada@example.org for more", "Ask ... for more"),
        ("Merge branch 'ratio/of-two'", "Merge branch 'ratio/of-two'"),
        ("Weigh rows @ 0.5, and a/b", "Weigh rows @ 0.5, and a/b"),
    )
    found = history(work_in_steps(tmp_path / "work", tuple(said for said, _ in written)), tmp_path)
    assert [step.subject for step in found.steps] == [told for _, told in written]


def test_a_folder_without_git_has_no_history_and_no_note(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "main.py").write_text("print(1)\n")
    found = taken(tmp_path / "work", tmp_path)
    assert (found.history, found.notes) == (None, ())
