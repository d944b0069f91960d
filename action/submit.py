"""Hands the run's commit in, waits for what comes of it, and tells the runner: log, outputs, annotations, summary."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from commands import add_mask, add_summary, error, notice, say, set_output, warning
from commit import CommitError, Packed, pack
from failures import annotate_failure, annotate_not_met
from inputs import RefusedError, Submit
from progress import Progress
from server import Server, ServerError, answer_to

LARGEST_ARCHIVE = 20_000_000
RAN, FAILED, REFUSED, OURS = 0, 1, 2, 3
STEPS = {"intake": "taking in", "plan": "planning", "sandbox": "running", "collect": "collecting", "score": "scoring"}
NO_TOKEN = (
    "GitHub gives this job no token to sign in with: give it `permissions: id-token: write`. "
    "A pull request from a fork never gets one."
)
SIGNED_OUT = (
    "The sign-in of this run is over, as it is after 6 hours or when the invitation ends, before it could be told what "
    "came of the work: run the job again to read it."
)
SAID = {
    "completed": "It is graded: the work ran to its end.",
    "submission_failed": "It is graded: the work failed.",
    "limit_exceeded": "It is graded: the work used more than it may.",
}


def submit(inputs: Submit, environment: Mapping[str, str] = os.environ) -> int:
    """Hand in and return the exit status: 0 where the work ran and reaches what was asked for, 1 where it does not,
    2 where something does not fit, 3 where the service failed or is away.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    try:
        return _submitted(inputs, environment)
    except _Cancelled as cancelled:
        print("The run was cancelled. What is handed in already is graded all the same.", flush=True)
        return 128 + cancelled.number
    except (CommitError, RefusedError) as refused:
        error(str(refused))
        return REFUSED
    except ServerError as failed:
        return _failed(failed, "## Not handed in\n\nThe log of the job says why. Nothing is said of the work.\n")


def _submitted(inputs: Submit, environment: Mapping[str, str]) -> int:
    server = Server(inputs.server, inputs.patience)
    submission = _handed_in(server, inputs, environment)
    handed_in = f"## Handed in\n\nThe commit is submission `{submission['id']}`, and is graded in its turn."
    if not inputs.wait:
        add_summary(f"{handed_in}\n")
        return RAN
    try:
        return _told(server, _followed(server, submission), inputs)
    except ServerError as failed:
        if failed.code == "identity.missing":
            failed = ServerError(SIGNED_OUT, failed.code, ours=True)
        return _failed(failed, f"{handed_in} The log says why this job told no more: run it again to see.\n")


def _failed(failed: ServerError, summary: str) -> int:
    error(str(failed), title=failed.code)
    add_summary(summary)
    if failed.ours:
        set_output("outcome", "infrastructure_failed")
    return OURS if failed.ours else REFUSED


def _handed_in(server: Server, inputs: Submit, environment: Mapping[str, str]) -> dict[str, Any]:
    sha = environment["GITHUB_SHA"]
    with tempfile.TemporaryDirectory(dir=environment["RUNNER_TEMP"]) as folder:
        archive = Path(folder) / "commit.zip"
        packed = pack(inputs.work, sha, archive)
        _tell_what_is_left_out(packed)
        size = archive.stat().st_size
        if size > LARGEST_ARCHIVE:
            raise CommitError(
                f"The commit is larger than {LARGEST_ARCHIVE // 1_000_000} MB when packed: leave data out."
            )
        told = server.sign_in(lambda: github_token(environment, inputs.audience), inputs.assignment)
        add_mask(server.token)
        say(f"Handing in {packed.files} files of {sha} for {told['assignment']} ({size / 1e6:.1f} MB).")
        submission = server.hand_in(archive, packed.proof)
    set_output("submission", submission["id"])
    set_output("report-url", f"{inputs.server}/submissions/{quote(submission['id'])}")
    attempt = "" if submission["attempt"] is None else f", attempt {submission['attempt']}"
    say(f"It is submission {submission['id']}{attempt}.")
    return submission


def github_token(environment: Mapping[str, str], audience: str) -> str:
    """Return a new token that says which run this is. Raises ServerError."""
    place, secret = (environment.get(f"ACTIONS_ID_TOKEN_REQUEST_{part}", "") for part in ("URL", "TOKEN"))
    if not place or not secret:
        raise ServerError(NO_TOKEN)
    request = urllib.request.Request(
        f"{place}{'&' if '?' in place else '?'}audience={quote(audience, safe='')}",
        headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"},
    )
    token = str(answer_to(request, "GitHub", ["value"])["value"] or "")
    if not token:
        raise ServerError("GitHub gave no token.", ours=True)
    add_mask(token)
    return token


def _tell_what_is_left_out(packed: Packed) -> None:
    if packed.missing:
        names = ", ".join(packed.missing[:5])
        warning(
            f"Kept by Git LFS and not checked out, so their content is missing: {names}. Set `lfs: true` at checkout."
        )
    if packed.submodules:
        notice(f"Submodules are not handed in: {', '.join(packed.submodules[:5])}.")
    if packed.links:
        notice(f"Symbolic links are not handed in: {', '.join(packed.links[:5])}.")


def _followed(server: Server, submission: dict[str, Any]) -> dict[str, Any]:
    """Wait until it is graded, and say how far it is; return it then. Raises RefusedError where it was erased."""
    progress = Progress()
    while submission["state"] not in ("published", "erased"):
        step = STEPS.get(submission["step"], submission["state"])
        progress.tell(f"{step} {submission['detail']}".rstrip())
        time.sleep(progress.pause)
        submission = server.submission(submission["id"])
    if submission["state"] == "erased":
        raise RefusedError("The submission was erased: there is nothing to be told of it any more.")
    return submission


def _told(server: Server, submission: dict[str, Any], inputs: Submit) -> int:
    outcome = submission["outcome"] or ""
    result = _released(server, submission)
    # by the server, which tells no more there than a candidate may read, and nothing of a work's as markup
    summary = server.summary(submission["id"])
    set_output("outcome", outcome)
    add_summary(summary)
    if outcome in SAID:
        say(SAID[outcome])
    _annotate(submission, result, inputs)
    if outcome == "infrastructure_failed":
        error("Our side failed: this says nothing of the work, and costs no attempt. Run the job again later.")
        return OURS
    score = result["score"] if result else None
    if score is not None:
        set_output("score", f"{score:.1f}")
    if outcome != "completed":
        return FAILED
    if inputs.fail_under is not None and score is None:
        why = "The result has no score" if result else "No score is told here, or none is released yet"
        notice(f"{why}, so it is not compared with fail-under.")
    if inputs.fail_under is not None and score is not None and score < inputs.fail_under:
        error(f"The score is {score:.1f}, below the {inputs.fail_under:g} of fail-under.")
        return FAILED
    return RAN


def _released(server: Server, submission: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the candidate may read of the result; None while it is not released."""
    try:
        return server.result(submission["id"])
    except ServerError as refused:
        if refused.code in ("submission.not_released", "submission.not_graded", "github.public"):
            return None
        raise


def _annotate(submission: dict[str, Any], result: dict[str, Any] | None, inputs: Submit) -> None:
    if result:
        annotate_not_met(result, inputs.work, inputs.repository)
    failure = result["failure"] if result else None
    if failure is None:
        if submission["outcome"] in ("submission_failed", "limit_exceeded"):
            code = submission["failure_code"] or submission["outcome"]
            error("The work did not run to its end at grading. Try it out with the mode `preflight`.", title=code)
        return
    annotate_failure(failure, inputs.work, inputs.repository)


class _Cancelled(BaseException):  # no Exception: nothing on the way may take it for a failure
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _stopped(number: int, _frame: object) -> NoReturn:
    raise _Cancelled(number)
