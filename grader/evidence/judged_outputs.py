"""What is judged beside predictions.csv: further tables that the work wrote, and what the sandbox measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from grader.errors import SubmissionError
from grader.evidence.bootstrap import interval
from grader.evidence.hidden import figures_of
from grader.evidence.metrics import METRICS
from grader.evidence.written_tables import read_written
from grader.model import Assignment, Deal, HiddenResult, MeasureSpec, OutputSpec, SandboxResult


def evaluate_beside(
    read: Callable[[str], bytes | None], deal: Deal, sandbox: SandboxResult, assignment: Assignment
) -> tuple[HiddenResult, ...]:
    """Return the results of the suites on further tables, and on what the sandbox measured of a run that ended well.

    `read` returns what was collected under a name. A table that is missing or cannot be read is no failure of the
    submission: its suite has 0, and says why. What the sandbox could not measure is left out.
    """
    return (*_outputs(read, deal, assignment), *_measures(sandbox, assignment))


def _outputs(read: Callable[[str], bytes | None], deal: Deal, assignment: Assignment) -> Iterator[HiddenResult]:
    for spec in assignment.outputs:
        truth = deal.truths[spec.name]
        data = read(spec.file)
        try:
            if data is None:
                raise SubmissionError(
                    "output.invalid",
                    f"The run left no plain file {spec.file} in the output folder or the working folder.",
                    path=spec.file,
                )
            said = read_written(data, spec.file, truth.keys(), spec.key, spec.column)
        except SubmissionError as error:
            yield _result(spec, truth, {}, assignment.seed, reason=error.message)
            continue
        yield _result(spec, truth, said, assignment.seed)


def _measures(sandbox: SandboxResult, assignment: Assignment) -> Iterator[HiddenResult]:
    for spec in assignment.measures:
        value = getattr(sandbox, spec.measure)
        if value is not None:
            yield _measured(spec, float(value))


def _result(
    spec: OutputSpec, truth: Mapping[str, bool], said: Mapping[str, str], seed: int, reason: str = ""
) -> HiddenResult:
    wanted = None if spec.positive is None else spec.positive.strip().casefold()
    called = {key: wanted is None or cell.casefold() == wanted for key, cell in said.items()}
    # keys are new in every run; the resamples must not be
    pairs = np.array(sorted((is_positive, called.get(key, False)) for key, is_positive in truth.items()), dtype=float)
    rows, predicted = pairs[:, 0], pairs[:, 1]
    metric = METRICS[spec.metric]
    value = float(metric(rows, predicted, np.ones((1, len(rows))))[0])
    ends = interval(metric, rows, predicted, seed=seed, stratified=True)
    return HiddenResult(
        suite=spec.name,
        metric=spec.metric,
        **figures_of(value, ends, (spec.baseline, spec.reference)),
        rows=len(rows),
        missing=0 if spec.column is None and not reason else len(truth) - len(said),
        law=spec.law,
        weight=spec.weight,
        reason=reason,
    )


def _measured(spec: MeasureSpec, value: float) -> HiddenResult:
    return HiddenResult(
        suite=spec.name,
        metric=spec.measure,
        **figures_of(value, (value, value), (spec.baseline, spec.reference)),
        rows=0,
        missing=0,
        weight=spec.weight,
    )
