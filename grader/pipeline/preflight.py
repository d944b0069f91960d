"""A preflight: the stages of a grading up to its predictions, on the public sample, and no judgement of the work."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import grader
from grader.assignment import handed_out_data
from grader.errors import InfrastructureError, SubmissionError
from grader.intake import make_plan
from grader.model import (
    Deal,
    Evidence,
    Failure,
    Preflight,
    PreflightAssignment,
    PreflightCheck,
    PreflightStage,
    PublicAssignment,
    RunPlan,
    RunResult,
    Submission,
)
from grader.model.failure_class import outcome_for
from grader.pipeline.environments import environment_of
from grader.pipeline.intake import take_in
from grader.pipeline.preflight_outputs import check_output
from grader.pipeline.records import Grading, Parts
from grader.pipeline.reporting import failure_of, reference_to, refused
from grader.pipeline.runs import Run, collected_file, needed, run_first
from grader.report import run_report
from grader.report.formats import count, sentence
from grader.sandbox.workspace import PREDICTIONS

STAGES: tuple[PreflightStage, ...] = ("intake", "plan", "environment", "run", "predictions")
KEPT = (PREDICTIONS, "executed.ipynb")
MB = 1024**2


@dataclass(frozen=True)
class Flown:
    """A finished preflight: its record, and what is stored beside it (name -> bytes)."""

    record: Preflight
    files: dict[str, bytes]


@dataclass
class _Seen:
    """How far a preflight has come."""

    found: dict[PreflightStage, str] = field(default_factory=dict)
    submission: Submission | None = None
    plan: RunPlan | None = None
    run: Run | None = None
    measured: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    outputs: tuple[PreflightCheck, ...] = ()

    @property
    def result(self) -> RunResult | None:
        return self.run.result if self.run else None


def preflight(
    source: str,
    name: str,
    public: PublicAssignment,
    dealt: Deal,
    parts: Parts,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
) -> Flown:
    """Run SOURCE on what candidates have, `dealt`, and say how far it came; a failure is a result too.

    Raises AssignmentError or UsageError, which are nobody's work's fault.
    """
    given = public.handed_out | handed_out_data(dealt.files)
    run_id = secrets.token_hex(8)
    grading = Grading(source, name, None, parts, run_id, cpu_ids, cancel, handed_out=given, public=public)
    seen = _Seen()
    try:
        failure = _fly(grading, public, dealt, seen)
    except (SubmissionError, InfrastructureError) as error:
        failure = failure_of(error)
    finally:
        shutil.rmtree(grading.scratch, ignore_errors=True)
    return Flown(_record(grading, public, dealt, seen, failure), seen.files)


def _fly(grading: Grading, public: PublicAssignment, dealt: Deal, seen: _Seen) -> Failure | None:
    """Go through the stages and note what each found; return why the run failed. Raises what ends a stage."""
    seen.submission = submission = take_in(grading)
    seen.found["intake"] = f"{count(len(submission.files), 'file')}, {submission.bytes:,} bytes."
    grading.step("plan")
    seen.plan = plan = make_plan(submission, public, grading.limits)
    entry = plan.entry_point
    seen.found["plan"] = f"{' '.join(entry.argv) or entry.path}: {entry.reason}."
    with environment_of(grading, plan) as environment:
        seen.found["environment"] = _packages(plan)
        grading.step("sandbox", entry.path or " ".join(entry.argv))
        seen.run = run = run_first(grading, submission, plan, dealt, environment)
    grading.step("collect")
    _keep(seen, tuple(dict.fromkeys(output.file for output in public.outputs)))
    seen.measured = _measured(grading, run)
    if run.failure is not None:
        return run.failure
    seen.found["run"] = seen.measured
    seen.outputs = tuple(check_output(seen.files.get(output.file), output, dealt, public) for output in public.outputs)
    seen.found["predictions"] = _well_formed(needed(seen.files.get(PREDICTIONS)), dealt, public)
    return None


def _well_formed(predictions: bytes, dealt: Deal, public: PublicAssignment) -> str:
    """Return what is said of good predictions. Raises SubmissionError as a grading does of others."""
    from grader.evidence import read_partial, read_predictions  # both need NumPy

    where, size = f"data/{public.data.input}", f"({len(predictions):,} bytes)"
    if public.contract.fill is None:
        read_predictions(predictions, dealt, public)
        return f"{len(dealt.ids):,} predictions, one for every row of {where} {size}."
    _, missing = read_partial(predictions, dealt, public, public.contract.fill)
    return f"{len(dealt.ids) - missing:,} of {len(dealt.ids):,} rows in {where} have a valid prediction {size}."


def _packages(plan: RunPlan) -> str:
    if plan.environment == "fixed":
        return "The locked one, the same for everybody (packages.txt lists it)."
    files = plan.wanted.files if plan.wanted else ()
    return f"Made from {', '.join(files)}." if files else "The locked one: no list of packages was found."


def _measured(grading: Grading, run: Run) -> str:
    if run.result is None:
        return ""
    sandbox, limits = run.result.sandbox, grading.limits
    took = f"It took {sandbox.wall_s:.1f} s of {limits.wall_s:g} s"
    if sandbox.peak_memory_bytes is None:
        return f"{took}."
    return f"{took}, and {sandbox.peak_memory_bytes / MB:,.0f} MB of {limits.memory_bytes / MB:,.0f} MB of memory."


def _keep(seen: _Seen, tables: tuple[str, ...]) -> None:
    """Read what is stored beside the record, before the run's folder goes."""
    if seen.result is None:
        return
    for name in (*KEPT, *tables):
        data = collected_file(seen.result, name)
        if data is not None:
            seen.files[name] = data
    sandbox = seen.result.sandbox
    for name, text in (("stdout", sandbox.stdout), ("stderr", sandbox.stderr)):
        seen.files[f"logs/{name}.txt"] = text.encode("utf-8", "replace")


def _checks(seen: _Seen, public: PublicAssignment, failure: Failure | None) -> Iterator[PreflightCheck]:
    """Yield every stage: those passed, then the one that failed, then those that were not reached; then each table."""
    reached = True
    for stage in STAGES:
        if stage in seen.found:
            yield PreflightCheck(id=stage, passed=True, found=seen.found[stage])
            continue
        said = [failure.message, seen.measured if stage == "run" else ""] if failure and reached else []
        found = " ".join(sentence(text) for text in said if text)
        yield PreflightCheck(id=stage, passed=False if reached else None, found=found)
        reached = False
    for place, output in enumerate(public.outputs):
        unreached = PreflightCheck(id="outputs", file=output.file, passed=None)
        yield seen.outputs[place] if seen.outputs else unreached


def _record(grading: Grading, public: PublicAssignment, dealt: Deal, seen: _Seen, failure: Failure | None) -> Preflight:
    tries = (*grading.failed, *(seen.run.tries if seen.run else ()))
    evidence = Evidence(plan=seen.plan, run=seen.result, failure=failure, tries=tries)
    submission, checks = seen.submission, tuple(_checks(seen, public, failure))
    return Preflight(
        grader_version=grader.__version__,
        assignment=PreflightAssignment(slug=public.slug, version=public.version),
        submission=reference_to(submission, grading.name) if submission else refused(grading.source, grading.name),
        ready=all(check.passed for check in checks),
        outcome=outcome_for(failure),
        failure=failure,
        checks=checks,
        run=run_report(evidence, grading.parts.sandbox.name),
        limits=grading.limits,
        rows=len(dealt.ids),
        written=seen.result.written if seen.result else (),
    )
