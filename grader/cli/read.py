"""`grader read`: a report's criteria from static evidence only; nothing is run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.cli.sources import check_sources
from grader.errors import InfrastructureError, SubmissionError
from grader.evidence import SubprocessCodeReader
from grader.intake import take
from grader.model import CriterionResult, Evidence, Failure, Outcome, Record
from grader.model.failure_class import outcome_for
from grader.pipeline import failure_of, private_scratch
from grader.plugins import Criterion, load_criteria
from grader.report.criteria import print_criteria
from grader.scoring import score
from grader.settings import read_settings


class Reading(Record):
    """One line of `grader read --jsonl`."""

    source: str
    outcome: Outcome
    failure: Failure | None
    criteria: tuple[CriterionResult, ...]


def read_command(sources: Sequence[str], *, as_jsonl: bool, allow_local_git: bool) -> int:
    """Read each SOURCE and print its criteria; returns the exit status, 3 when our side failed for any."""
    check_sources(sources, allow_local_git=allow_local_git)
    settings = read_settings()
    criteria = load_criteria()
    console = Console()
    failed_on_our_side = False
    for source in sources:
        with private_scratch(settings.scratch) as scratch:
            reading = read_one(source, criteria, scratch / "snapshot", allow_local_git=allow_local_git)
        if as_jsonl:
            print(json.dumps(reading.model_dump(mode="json")), flush=True)
        else:
            print_criteria(console, source, reading.failure, reading.criteria)
        failed_on_our_side |= reading.outcome == "infrastructure_failed"
    return 3 if failed_on_our_side else 0


def read_one(source: str, criteria: tuple[Criterion, ...], store: Path, *, allow_local_git: bool) -> Reading:
    """Return what can be judged of `source` without running it; what cannot be taken in has a failure instead."""
    try:
        submission = take(source, store, allow_local_git=allow_local_git)
    except (SubmissionError, InfrastructureError) as error:
        failure = failure_of(error)
        return Reading(source=source, outcome=outcome_for(failure), failure=failure, criteria=())
    evidence = Evidence(
        files=submission.files,
        left_out=submission.left_out,
        lying_about=submission.lying_about,
        history=submission.history,
        code=SubprocessCodeReader().read(submission),
    )
    judged = score(evidence, criteria, None)
    found = tuple(item for dimension in judged.dimensions for item in dimension.criteria)
    return Reading(source=source, outcome="completed", failure=None, criteria=found)
