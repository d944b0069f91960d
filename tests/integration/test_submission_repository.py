"""The example of a candidate's repository, from its starter repository to its result: committed, pushed, checked out as
a runner does, handed in by its own workflow's inputs to a live service, and graded on the real assignment.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from action_job import job_of, serving_runs
from grading import service
from issuer import issuer
from runs import git
from submission_repository import CHURN, action_of, given_by, lay_out

from grader.assignment import load_assignment
from grader.assignment.workflow import HAND_IN, WORKFLOW
from grader.authoring.pack import pack
from grader.jobs.assignments import publish_assignment
from grader.sandbox import package_list
from grader.store.blobs import open_blobs
from grader.store.database import transaction

PACKETS = (HAND_IN, WORKFLOW, ".gitignore", "check_submission.py", "packages.txt")
OWN = ("predict.py", "src/customers.py", "src/evaluate.py", "src/model.py", "tests/test_customers.py")
pytestmark = [pytest.mark.sandbox]


def begun(folder: Path) -> Path:
    """Return a clone of the packet's starter repository, made with what the example's workflow names."""
    action, server = action_of("hand-in.yml"), given_by("hand-in.yml")["server"]
    pack(load_assignment(CHURN), package_list("packages.txt"), folder, action, server)
    git(folder, "clone", "-q", "-b", "main", str(folder / "churn.bundle"), "work")
    return folder / "work"


def pushed(work: Path, origin: Path) -> str:
    """Commit the example in the clone, push it to a repository `origin`, and return the commit."""
    git(work, "init", "-q", "--bare", str(origin))
    git(lay_out(work), "add", "-A")
    git(work, "commit", "-q", "-m", "Rank customers by a logistic regression")
    git(work, "push", "-q", str(origin), "main")
    return git(work, "rev-parse", "HEAD")


def checked_out(origin: Path, sha: str, folder: Path) -> None:
    """Have the commit in `folder` as actions/checkout does: without its history, and on no branch."""
    git(origin, "init", "-q", str(folder))
    git(folder, "fetch", "-q", "--depth=1", origin.as_uri(), sha)
    git(folder, "checkout", "-q", "--detach", "FETCH_HEAD")


def test_it_is_pushed_handed_in_graded_to_its_end_and_its_summary_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with (
        issuer() as github,
        service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as ready,
        serving_runs(github) as server,
    ):
        with transaction(ready.engine) as session:
            publish_assignment(session, open_blobs(ready.settings.service_blobs), load_assignment(CHURN))
        job = job_of(ready, github, server, tmp_path, "churn")
        sha = pushed(begun(tmp_path), tmp_path / "origin")
        checked_out(tmp_path / "origin", sha, job.runner.repository)
        inputs = {**given_by("hand-in.yml"), "server": server}
        ran = job.run(sha, **inputs)
        assert (ran.status, ran.outputs["outcome"]) == (0, "completed"), ran.log
        assert "once the reviewers have released it" in ran.summary
        (note,) = job.report(ran.outputs["submission"])["report"]["submission"]["notes"]
        assert note == f"Left out as it was handed out with the assignment: {', '.join(PACKETS)}, 3 files in data."
        job.release(ran.outputs["submission"])
        again = job.run(sha, fail_under="60", **inputs)
    assert (again.status, again.outputs["submission"]) == (0, ran.outputs["submission"]), again.log
    warnings = [command.properties for command in again.commands if command.name == "warning"]
    lines = {path: len((job.runner.repository / path).read_text().splitlines()) for path in OWN}
    assert warnings
    assert all(0 < int(found["line"]) <= lines[found["file"]] for found in warnings)
    for part in ("| **Score** | **", "Unseen data", "Nothing is fitted before the split", "predict.py"):
        assert part in again.summary, again.summary
