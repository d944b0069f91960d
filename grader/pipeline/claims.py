"""What the work claims, held against what its run printed."""

from __future__ import annotations

from grader.evidence import check_claims, computed, named_by_code, read_observed, read_saved
from grader.model import Claim, CodeFacts, Figure, RunPlan, RunResult, Submission
from grader.pipeline.runs import collected_file


def claims_of(
    submission: Submission, plan: RunPlan, run: RunResult | None, code: CodeFacts, *, same_rows: bool = True
) -> tuple[tuple[Figure, ...], tuple[Claim, ...]]:
    """Return the figures that the run printed and every claim with what became of it; a run that failed shows none.

    Nor does a number that stands in a text of the code, and was only printed. Without `same_rows` the run had other
    training rows than the candidate, so its figures may well differ, and no claim is compared with them.
    """
    observed: tuple[Figure, ...] = ()
    if run is not None and run.failure is None:
        path = plan.entry_point.path or " ".join(plan.entry_point.argv)
        printed = read_observed(path, collected_file(run, "executed.ipynb"), run.sandbox.stdout)
        observed = computed(named_by_code(printed, code.calls), code.spelled)
    claimed = (*code.claimed, *read_saved(submission.saved))
    return observed, check_claims(claimed, code.rankings, observed if same_rows else ())
