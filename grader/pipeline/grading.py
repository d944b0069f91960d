"""One grading from SOURCE to Report: the stages in their order, and every failure turned into a report."""

from __future__ import annotations

import importlib
import secrets
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.assignment import deal
from grader.errors import GraderError
from grader.evidence import absences
from grader.intake import make_plan
from grader.model import (
    Absence,
    Assignment,
    CodeFacts,
    Deal,
    Evidence,
    Failure,
    RunPlan,
    Submission,
)
from grader.model.failure_class import outcome_for
from grader.pipeline.absent import advised_for_portfolio, told_apart
from grader.pipeline.as_run import as_run
from grader.pipeline.claims import claims_of
from grader.pipeline.environments import environment_of
from grader.pipeline.evaluating import evaluated_runs
from grader.pipeline.intake import handed_out_with, take_in
from grader.pipeline.own_tests import own_tests_of
from grader.pipeline.records import Collected, Graded, Grading, Parts
from grader.pipeline.reporting import failure_of, make_report, outcome_of, reference_to, refused, without_logs
from grader.pipeline.runs import Run, Runs, run_all
from grader.pipeline.stress import stress_result
from grader.pipeline.together import executed_notebooks
from grader.pipeline.witnesses import traces_of

if TYPE_CHECKING:
    from grader.evidence.suites import Evaluated  # needs NumPy


def grade(
    source: str,
    name: str,
    assignment: Assignment | None,
    parts: Parts,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
    after_run: Callable[[], None] = lambda: None,
) -> Graded:
    """Grade one SOURCE and return the report; a submission's failure, or ours, is a report too.

    `cpu_ids` are the CPUs this grading may use; `after_run` is called when it no longer needs them for the work.
    Raises AssignmentError or UsageError, which no report can carry.
    """
    given = handed_out_with(assignment)
    grading = Grading(
        source, name, assignment, parts, secrets.token_hex(8), cpu_ids, cancel, after_run, handed_out=given
    )
    return finish(grading, collect(grading))


def collect(grading: Grading) -> Collected:
    """Take the work in, run it, and return what is known of it; its scratch folder is gone afterwards.

    A submission's failure, or ours, is part of that. Raises AssignmentError or UsageError, which no report can carry.
    """
    try:
        return _collect(grading)
    finally:
        shutil.rmtree(grading.scratch, ignore_errors=True)


def finish(grading: Grading, collected: Collected) -> Graded:
    """Score what was collected, also by another process than the one that collected it, and return the report."""
    asker = grading.parts.asker
    if asker is not None and collected.outcome != "infrastructure_failed":
        collected = replace(collected, evidence=asker.answered(collected.evidence))
    grading.step("score")
    report = make_report(grading, collected)
    return Graded(grading.name, report, without_logs(collected.evidence), collected.executed, collected.logs)


def _collect(grading: Grading) -> Collected:
    parts, has_hidden_data = grading.parts, grading.assignment is not None
    try:
        submission = take_in(grading)
    except GraderError as error:
        evidence = Evidence(failure=failure_of(error), tries=tuple(grading.failed), has_hidden_data=has_hidden_data)
        return Collected(refused(grading.source, grading.name), evidence, outcome_of(error))
    with ThreadPoolExecutor(max_workers=3, thread_name_prefix="beside-the-run") as beside:
        facts = beside.submit(parts.reader.read, submission)
        try:
            return _run(grading, submission, facts, beside)
        except GraderError as error:
            failure, absent = _not_begun(grading, error, facts)
            evidence = Evidence(
                **_handed_in(submission, grading.assignment),
                code=facts.result(),
                failure=failure,
                absent=absent,
                tries=tuple(grading.failed),
                has_hidden_data=has_hidden_data,
            )
            return Collected(reference_to(submission, grading.name), evidence, outcome_of(error))


def _not_begun(grading: Grading, error: GraderError, facts: Future[CodeFacts]) -> tuple[Failure, tuple[Absence, ...]]:
    """Return the failure of a work that was not begun, and what it lacked where nobody gave it an assignment."""
    failure = failure_of(error)
    if grading.assignment is not None:
        return failure, ()
    lacked = absences([failure], facts.result(), ())
    return advised_for_portfolio(failure, lacked.get(0)), tuple(lacked.values())


def _run(grading: Grading, submission: Submission, facts: Future[CodeFacts], beside: Executor) -> Collected:
    grading.step("plan")
    plan = make_plan(submission, grading.assignment, grading.limits, grading.environment)
    dealt = deal(grading.assignment, grading.run_id) if grading.assignment else None
    # after dealing, which would otherwise share the interpreter with it
    drawn = beside.submit(_get_ready_to_score, dealt, grading.assignment)
    with environment_of(grading, plan) as environment:
        grading.step("sandbox", plan.entry_point.path or " ".join(plan.entry_point.argv))
        runs = run_all(grading, submission, plan, dealt, environment, beside)
    grading.after_run()
    grading.step("collect")
    absent: tuple[Absence, ...] = ()
    if grading.assignment is None:
        runs, absent = told_apart(runs, submission, plan, facts.result())
    failure, evaluated = evaluated_runs(runs, grading.assignment, drawn)
    evidence = _evidence(grading, submission, plan, runs, failure, evaluated, facts)
    evidence = evidence.model_copy(update={"absent": absent})
    return Collected(
        submission=reference_to(submission, grading.name),
        evidence=evidence,
        outcome=outcome_for(failure),
        executed=executed_notebooks(runs.told),
        logs={**_logs(runs), **(environment.logs if environment else {})},
    )


def _evidence(
    grading: Grading,
    submission: Submission,
    plan: RunPlan,
    runs: Runs,
    failure: Failure | None,
    evaluated: Evaluated | None,
    facts: Future[CodeFacts],
) -> Evidence:
    assignment, code = grading.assignment, facts.result()
    same_rows = _had_public_rows(runs.first, assignment)
    observed, claims = claims_of(submission, runs.each, code, same_rows=same_rows)
    return Evidence(
        **_handed_in(submission, assignment),
        code=code,
        plan=plan,
        run=runs.first.result,
        failure=failure,
        tries=(*grading.failed, *runs.failed_tries),
        hidden=evaluated.suites if evaluated else (),
        twins=evaluated.twins if evaluated else None,
        stress=stress_result(runs, evaluated.suites[0], assignment) if evaluated and assignment else None,
        traces=traces_of(runs.each, code),
        **as_run(runs.each, code, submission, grading.parts.reader),
        tests=own_tests_of(runs.tests),
        has_hidden_data=assignment is not None,
        modality=assignment.modality if assignment else "",
        observed=observed,
        claims=claims,
    )


def _had_public_rows(run: Run, assignment: Assignment | None) -> bool:
    """Return whether the run had the training file that candidates have: in rounds it grows with each cut-off."""
    if assignment is None or assignment.rounds is None or run.dealt is None:
        return True
    name = assignment.data.train
    return run.dealt.files[name] == (assignment.root / "data" / "public" / name).read_bytes()


def _handed_in(submission: Submission, assignment: Assignment | None) -> dict[str, Any]:
    """Return what the evidence holds of the submission as it came, and of what was asked."""
    return {
        "files": submission.files,
        "left_out": submission.left_out,
        "lying_about": submission.lying_about,
        "handed_out": submission.handed_out,
        "history": submission.history,
        "track": assignment.track if assignment else "",
    }


def _logs(runs: Runs) -> dict[str, str]:
    """Return what each run printed; those after the first under names of their own."""
    logs: dict[str, str] = {}
    later = [(run, f"round-{number}-") for number, run in enumerate(runs.later, start=2)]
    later += [(run, f"notebook-{number}-") for number, (_, run) in enumerate(runs.each[1:], start=2)]
    later += [(runs.altered, "altered-")] if runs.altered else []
    for run, prefix in ((runs.each[0][1], ""), (runs.tests, "tests-"), (runs.stress, "stress-"), *later):
        if run is not None and run.result is not None:
            sandbox = run.result.sandbox
            logs |= {f"{prefix}stdout.txt": sandbox.stdout, f"{prefix}stderr.txt": sandbox.stderr}
    return logs


def _get_ready_to_score(dealt: Deal | None, assignment: Assignment | None) -> object:
    """Load what scoring and reporting need while the sandbox is busy; return the resamples for the interval."""
    for module in ("numpy.random", "grader.evidence.stress", "grader.report.markdown", "grader.report.html"):
        importlib.import_module(module)
    from grader.evidence import draw_suites
    from grader.report.html import page_template

    page_template()
    return draw_suites(dealt, assignment) if dealt is not None and assignment is not None else None
