"""The Action hands a commit in: its own steps, run as a runner runs them, against a live service and a real issuer."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from action_job import Job, job_of, one, serving_runs
from action_runner import ROOT, Runner
from gateway import gateway
from github_runner import door
from graded import fail
from grading import QUICK, SLOW, service, wait_for
from issuer import issuer
from markdown_it import MarkdownIt
from ports import free_port
from pythons import pythons
from runs import git, repository
from sqlalchemy import select

from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.tables import Invitation, StoredSubmission

pytestmark = [pytest.mark.sandbox]
FAILS = "import csv\n\nraise KeyError('tenur')\n"
FILLS = "import time\n\nfor number in range(21_000):\n    open(f'{number}', 'w').close()\ntime.sleep(250)\n"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Job]:
    with (
        issuer() as github,
        service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as ready,
        serving_runs(github) as server,
    ):
        yield job_of(ready, github, server, tmp_path)


def test_a_push_is_handed_in_followed_and_told_and_its_result_read_once_it_is_released(job: Job) -> None:
    sha = job.push(predict_py=QUICK, notes__ä_b_py="x = 1\n")
    ran = job.run(sha, audience="the service", fail_under="1")
    assert ran.status == 0, ran.log
    assert ran.outputs["outcome"] == "completed"
    assert ran.outputs["score"] == ""
    assert ran.outputs["report-url"] == f"{job.server}/submissions/{ran.outputs['submission']}"
    assert "Handing in 2 files" in ran.log
    assert "none is released yet" in one(ran, "notice").text
    assert "once the reviewers have released it" in ran.summary
    assert [step for step in ran.steps if step] == ["submit"], "nothing is installed"
    job.release(ran.outputs["submission"])
    again = job.run(sha, audience="the service", fail_under="1")
    assert (again.status, again.outputs["submission"]) == (0, ran.outputs["submission"]), again.log
    assert float(again.outputs["score"]) > 1
    assert "| Criterion | Verdict | Why" in again.summary
    under = job.run(sha, audience="the service", fail_under="99.5")
    assert under.status == 1
    assert "below the 99.5 of fail-under" in one(under).text


def test_where_others_read_the_log_a_released_result_is_not_told(job: Job) -> None:
    sha = job.push(predict_py=QUICK)
    job.release(job.run(sha, audience="the service").outputs["submission"])
    for visibility in ("public", "internal", None):
        ran = job.run(sha, {"repository_visibility": visibility}, audience="the service", fail_under="99.5")
        assert (ran.status, ran.outputs["score"]) == (0, ""), ran.log
        assert "this repository is not private" in ran.summary
        assert "Of 100" not in ran.summary
        assert "not compared with fail-under" in one(ran, "notice").text


def test_no_secret_of_the_job_or_the_service_is_told_to_the_log_unmasked(job: Job) -> None:
    ran = job.run(job.push(predict_py=QUICK), wait="false")  # as a packet's workflow does, which names no audience
    assert ran.status == 0, ran.log
    masked = [command.text for command in ran.commands if command.name == "add-mask"]
    assert len(masked) == 2, "GitHub's token and ours"
    for secret in masked:
        assert ran.log.count(secret) == 1, "where it is masked, and nowhere else"
        assert secret not in ran.summary


def test_a_work_that_fails_fails_the_job_and_says_no_more_than_a_candidate_may_read(job: Job) -> None:
    sha = job.push(**{"src__mein wörk__predict_py": FAILS})
    ran = job.run(sha, audience="the service", path="src/mein wörk")
    assert (ran.status, ran.outputs["outcome"]) == (1, "submission_failed"), ran.log
    assert one(ran).properties == {"title": "run.failed"}
    assert "tenur" not in ran.summary
    job.release(ran.outputs["submission"])
    told = one(job.run(sha, audience="the service", path="src/mein wörk"))
    assert told.properties == {"file": "src/mein wörk/predict.py", "line": "3", "title": "run.failed"}


def test_a_work_that_uses_more_than_it_may_fails_the_job(job: Job) -> None:
    ran = job.run(job.push(predict_py=FILLS), audience="the service")
    assert (ran.status, ran.outputs["outcome"]) == (1, "limit_exceeded"), ran.log
    assert one(ran).properties == {"title": "limit.disk"}
    assert "The work used more than it may" in ran.summary


def test_what_our_side_lost_is_our_failure_and_the_same_commit_is_handed_in_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    log = tmp_path / "log"
    with (
        issuer() as github,
        service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as ready,
        serving_runs(github, slots=0) as server,
    ):
        job = job_of(ready, github, server, tmp_path)
        sha = job.push(predict_py=FAILS)
        with job.started(sha, log) as (process, ran):
            wait_for(lambda: "It is submission" in log.read_text() or process.poll() is not None)
            fail(ready, *re.findall("It is submission (.+), attempt 1", log.read_text()))
            process.wait(120)
            lost = ran()
        with ready.workers(1):
            again = job.run(sha, audience="the service")
    assert (process.returncode, lost.outputs["outcome"]) == (3, "infrastructure_failed"), lost.log
    assert "says nothing of the work, and costs no attempt" in one(lost).text
    assert "says nothing of the work" in lost.summary
    assert (again.status, again.outputs["outcome"]) == (1, "submission_failed"), again.log
    assert again.outputs["submission"] != lost.outputs["submission"]
    assert "attempt 1." in again.log, "the one that was lost is not counted"


def test_markup_and_commands_in_a_work_stay_text(job: Job) -> None:
    name = "::error::x ##[add-mask]500 <img src=x> [a](https:evil) | `b`.ipynb"
    cells = [{"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": "1 / 0 # <b>"}]
    (job.runner.repository).mkdir()
    (job.runner.repository / name.replace("/", "_")).write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    )
    sha = job.push()
    ran = job.run(sha, audience="the service")
    job.release(ran.outputs["submission"])
    again = job.run(sha, audience="the service")
    assert "##[add-mask]500" in again.log or "##[add-mask]500" in ran.log, "it was named"
    for found in (ran, again):
        assert {command.name for command in found.commands} <= {"add-mask", "error", "warning"}
        parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(found.summary)
        inner = [part for token in parsed for part in (token, *(token.children or []))]
        assert not {part.type for part in inner} & {"html_inline", "link_open", "image"}
        html = [part.content for part in inner if part.type == "html_block"]
        assert all(text.startswith(("<details><summary>All", "</details>")) for text in html)


def test_submodules_and_links_are_left_out_and_said_and_large_files_come_with_their_content(
    job: Job, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    repository(inner, tool_py="print()\n")
    outer = job.runner.repository
    job.push(predict_py=QUICK)
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "vendored tool")
    (outer / "link").symlink_to("predict.py")
    large = b"0123456789" * 1000
    pointer = lfs_pointer(large)
    (outer / "model.bin").write_text(pointer)
    (outer / "not checked out.bin").write_text(lfs_pointer(b"x" * 5000))
    sha = job.push()
    (outer / "model.bin").write_bytes(large)  # as `lfs: true` leaves it at checkout
    ran = job.run(sha, audience="the service")
    assert ran.status == 0, ran.log
    assert one(ran, "warning").text.endswith("content is missing: not checked out.bin. Set `lfs: true` at checkout.")
    taken = job.report(ran.outputs["submission"])["report"]["submission"]["bytes"]
    assert len(large) < taken < len(large) + 5000, "the one with its content, the other as its pointer"
    told = [command.text for command in ran.commands if command.name == "notice"]
    assert told == ["Submodules are not handed in: vendored tool.", "Symbolic links are not handed in: link."]


def lfs_pointer(content: bytes) -> str:
    key = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{key}\nsize {len(content)}\n"


def test_a_deadline_that_is_over_and_attempts_that_are_used_up_are_said_in_a_sentence(job: Job) -> None:
    assert job.run(job.push(predict_py=QUICK), audience="the service", wait="false").status == 0
    for change, said in (({"attempts": 1}, "attempts"), ({"deadline": utc_now() - timedelta(hours=1)}, "deadline")):
        with transaction(job.ready.engine) as session:
            for name, value in change.items():
                setattr(session.query(Invitation).one(), name, value)
        ran = job.run(job.push(predict_py=QUICK + f"# {said}\n"), audience="the service")
        assert ran.status == 2
        assert said in one(ran).text
        assert ran.outputs["submission"] == ""


def test_a_repository_that_nobody_invited_and_a_pull_request_are_refused(job: Job) -> None:
    sha = job.push(predict_py=QUICK)
    for claims in ({"repository_id": "5"}, {"event_name": "pull_request"}, {"event_name": "pull_request_target"}):
        ran = job.run(sha, claims, audience="the service")
        assert (ran.status, one(ran).properties["title"]) in ((2, "github.not_invited"), (2, "github.event")), ran.log
    without = replace(job.runner, more={"GITHUB_SHA": sha}).run(mode="submit", server=job.server)
    assert without.status == 2
    assert "id-token: write" in one(without).text
    another = job.run(sha, audience="the service", assignment="another")
    assert (another.status, one(another).properties["title"]) == (2, "github.not_invited"), another.log
    wrong = job.run(sha, audience="another service")
    assert (wrong.status, one(wrong).properties["title"]) == (2, "identity.refused"), "another audience"


def test_a_server_that_is_away_is_asked_again_and_then_is_our_failure(job: Job) -> None:
    away = replace(job, server=f"http://127.0.0.1:{free_port()}")
    ran = away.run(job.push(predict_py=QUICK), audience="the service")
    assert (ran.status, ran.outputs["outcome"]) == (3, "infrastructure_failed")
    assert "Trying again" in ran.log
    assert "could not be reached" in one(ran).text


def test_a_commit_of_which_the_answer_is_lost_is_handed_in_once(job: Job) -> None:
    """The service signed the run in, and took the commit, and the runner heard nothing of either."""
    sha = job.push(predict_py=FAILS)
    with gateway(int(job.server.rpartition(":")[2])) as before:
        before.losing |= {"/session/github", "/commits"}
        ran = replace(job, server=before.address).run(sha, audience="the service", wait="false", patience="60")
    assert (ran.status, before.losing) == (0, set()), ran.log
    assert ran.log.count("Trying again") == 2
    with reading(job.ready.engine) as session:
        (row,) = session.scalars(select(StoredSubmission))
        assert (row.id, row.attempt) == (ran.outputs["submission"], 1)


def test_the_oldest_python_that_is_promised_hands_in_too(job: Job, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    oldest = min(version for version in pythons() if version >= (3, 8))
    (tmp_path / "bin" / "python3").symlink_to(pythons()[oldest])
    path = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    sha = job.push(predict_py=FAILS)
    ran = replace(job, runner=replace(job.runner, more=path)).run(sha, audience="the service")
    assert (ran.status, ran.outputs["outcome"]) == (1, "submission_failed"), ran.log
    assert "Traceback" not in ran.log


def test_a_run_that_is_cancelled_ends_at_once_and_what_it_handed_in_is_graded(job: Job) -> None:
    sha = job.push(predict_py=SLOW)
    with door(job.github, sha) as variables:
        given = {"mode": "submit", "server": job.server, "audience": "the service", "patience": "3"}
        runner = replace(job.runner, more=variables)
        with runner.started("submit", **given) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "running" in line:
                    break
            process.send_signal(signal.SIGINT)
            log, _ = process.communicate(timeout=300)
    assert process.returncode == 130, log
    assert "is graded all the same" in log
    ran = job.run(sha, audience="the service")
    assert (ran.status, ran.outputs["outcome"]) == (0, "completed"), ran.log


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("mode", "grade", 'The input mode is "grade"'),
        ("server", "", 'The input server is ""'),
        ("server", "http://grading.example.org", "begins with https://"),
        ("server", "https://user:pass@grading.example.org", "The input server"),
        ("wait", "maybe", "give true or false"),
        ("fail-under", "high", "a number from 0 to 100"),
        ("fail-under", "nan", "a number from 0 to 100"),
        ("patience", "-1", "a number from 0 to 3600"),
        ("path", "wrok", 'The input path is "wrok"'),
    ],
)
def test_an_input_that_does_not_fit_is_refused_before_anything_is_sent(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    (tmp_path / "temp").mkdir()
    runner = Runner(ROOT, tmp_path, tmp_path / "temp")
    ran = runner.run(**{"mode": "submit", "server": "https://grading.example.org", name: value})
    assert ran.status == 2
    assert said in one(ran).text


def test_a_submission_begins_without_loading_anything_but_the_standard_library() -> None:
    words = ["python3", "-I", "-X", "importtime", str(ROOT / "action"), "submit"]
    given = {"PATH": os.environ["PATH"], "INPUT_MODE": "submit", "INPUT_SERVER": "", "GITHUB_WORKSPACE": str(ROOT)}
    done = subprocess.run(words, capture_output=True, text=True, env=given, check=False)
    assert done.returncode == 2
    assert "site-packages" not in done.stderr
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")}
    assert not loaded & {"grader", "pandas", "httpx2", "preflight", "install"}
