"""From stored evidence to a report again, and what that changed; nothing is run, and the clock is not looked at."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import CriterionResult, Evidence, Record, Report, RubricSpec, Weights
from grader.plugins import Rubric
from grader.report import unjudged_of
from grader.scoring import VERSION_LENGTH, score


@dataclass(frozen=True)
class Terms:
    """What a score is computed by: the rubric with its digest, and what an assignment, with its digest, says of it."""

    rubric: Rubric
    rubric_digest: str
    weights: Weights | None
    asked: RubricSpec | None = None
    assignment_digest: str = ""


class VerdictChange(Record):
    """One criterion whose verdict is another than before; None where the criterion was, or is, not there."""

    criterion: str
    before: str | None
    after: str | None


class Rescored(Record):
    """What rescoring one stored report came to. `problem` says why it was left as it was, where it was."""

    directory: str
    name: str
    before: float | None = None
    after: float | None = None
    rubric_before: str = ""
    rubric_after: str = ""
    verdicts: tuple[VerdictChange, ...] = ()
    texts_changed: bool = False
    note: str = ""
    problem: str = ""
    exit_status: int = 0

    @property
    def changed(self) -> bool:
        """Whether the score or a verdict is another, or a criterion came or went."""
        return self.before != self.after or bool(self.verdicts)

    @property
    def judged_otherwise(self) -> tuple[VerdictChange, ...]:
        """The criteria of both reports whose verdict is another."""
        return tuple(change for change in self.verdicts if change.before and change.after)

    @property
    def added(self) -> tuple[VerdictChange, ...]:
        """The criteria that the report did not have before."""
        return tuple(change for change in self.verdicts if not change.before)

    @property
    def gone(self) -> tuple[VerdictChange, ...]:
        """The criteria that the report has no more."""
        return tuple(change for change in self.verdicts if not change.after)

    @property
    def difference(self) -> float:
        """By how many points the score moved; one that came or went counts as the whole of it."""
        return abs((self.after or 0) - (self.before or 0))


def rescore(report: Report, evidence: Evidence, terms: Terms) -> Report:
    """Score stored evidence again, running nothing; the same evidence and terms give the same report."""
    fresh = score(evidence, terms.rubric.criteria, terms.weights, terms.asked)
    receipt = {
        "rubric_version": terms.rubric_digest[:VERSION_LENGTH],
        "rubric_digest": terms.rubric_digest,
        "plugins": terms.rubric.plugins,
        "left_out": terms.rubric.left_out,
        "weights": terms.weights,
        "rubric": terms.asked,
        "assignment_digest": terms.assignment_digest,
    }
    return report.model_copy(
        update={
            "score": fresh.value,
            "low": fresh.low,
            "high": fresh.high,
            "unscored_reason": fresh.unscored_reason,
            "ungated": fresh.ungated,
            "gates": fresh.gates,
            "hidden_weight": fresh.hidden_weight,
            "hidden_score": fresh.hidden_score,
            "dimensions": fresh.dimensions,
            "questions": fresh.questions,
            "unjudged": unjudged_of(evidence, fresh.dimensions) if report.assignment is None else (),
            "receipt": report.receipt.model_copy(update=receipt),
        }
    )


def changes_between(directory: str, name: str, before: Report, after: Report, note: str = "") -> Rescored:
    """Return what is different between two reports on one work."""
    old, new = _criteria(before), _criteria(after)
    verdicts = tuple(
        VerdictChange(criterion=key, before=_verdict(old.get(key)), after=_verdict(new.get(key)))
        for key in dict.fromkeys((*new, *old))
        if _verdict(old.get(key)) != _verdict(new.get(key))
    )
    same_texts = (before.dimensions, before.questions) == (after.dimensions, after.questions)
    return Rescored(
        directory=directory,
        name=name,
        before=before.score,
        after=after.score,
        rubric_before=before.receipt.rubric_version,
        rubric_after=after.receipt.rubric_version,
        verdicts=verdicts,
        texts_changed=not same_texts,
        note=note,
    )


def _criteria(report: Report) -> dict[str, CriterionResult]:
    return {item.id: item for dimension in report.dimensions for item in dimension.criteria}


def _verdict(item: CriterionResult | None) -> str | None:
    return item.verdict if item else None
