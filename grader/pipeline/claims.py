"""What the work claims, held against what its run printed."""

from __future__ import annotations

from collections.abc import Sequence

from grader.evidence import check_claims, computed, named_by_code, read_observed, read_saved
from grader.model import Claim, CodeFacts, EntryPoint, Figure, Ranking, Submission
from grader.pipeline.runs import Run, collected_file
from grader.pipeline.together import EXECUTED

MOST_OBSERVED = 1000


def claims_of(
    submission: Submission, each: Sequence[tuple[EntryPoint, Run]], code: CodeFacts, *, same_rows: bool = True
) -> tuple[tuple[Figure, ...], tuple[Claim, ...]]:
    """Return the figures that the run printed and every claim with what became of it; a run that failed shows none.

    Nor does a number that stands in a text of the code, and was only printed. Without `same_rows` the run had other
    training rows than the candidate, so its figures may well differ, and no claim is compared with them. Of several
    notebooks each is held against what it printed itself, and what no notebook says against all, where none failed.
    """
    printed = {entry.path or " ".join(entry.argv): _printed(entry, run, code) for entry, run in each}
    everything = tuple(figure for figures in printed.values() for figure in figures)[:MOST_OBSERVED]
    went_well = all(run.result is not None and run.failure is None for _, run in each)
    claimed = (*code.claimed, *read_saved(submission.saved))

    def seen(item: Figure | Ranking) -> tuple[Figure, ...]:
        own = printed.get(item.span.path) if len(each) > 1 else None
        return (everything if went_well and same_rows else ()) if own is None else own

    figures = [claim for item in claimed for claim in check_claims((item,), (), seen(item))]
    rankings = [claim for ranking in code.rankings for claim in check_claims((), (ranking,), seen(ranking))]
    return everything, (*figures, *rankings)


def _printed(entry: EntryPoint, run: Run, code: CodeFacts) -> tuple[Figure, ...]:
    if run.result is None or run.failure is not None:
        return ()
    path = entry.path or " ".join(entry.argv)
    printed = read_observed(path, collected_file(run.result, EXECUTED), run.result.sandbox.stdout)
    return computed(named_by_code(printed, code.calls), code.spelled)
