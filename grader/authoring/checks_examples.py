"""Whether the graded examples come out in their stated order, and those stated as clearly different, clearly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from grader.authoring.result import CheckResult, ExampleGrade, Finding, defect, not_checked, ok, result, warning
from grader.authoring.subject import Subject
from grader.model import Assignment

ORDER = ("examples.order", "Examples come out in their stated order")
CLEAR = ("examples.clear", "Examples stated as clearly different are so beyond their intervals")
UNSCORED = ("examples.unscored", "Examples that must get no score get none")
WHERE = "assignment.toml: examples"


def check_examples(assignment: Assignment, grades: Sequence[ExampleGrade]) -> list[CheckResult]:
    """Return the findings on the grades of all examples that are named, those in order first and as stated."""
    accepted = assignment.check.accept
    ordered = [grade for grade in grades if grade.name in assignment.examples.order]
    others = [grade for grade in grades if grade.name in assignment.examples.unscored]
    return [
        result(*ORDER, in_order(assignment, ordered), accepted),
        result(*CLEAR, clearly_apart(assignment, ordered), accepted),
        result(*UNSCORED, left_to_a_person(others), accepted),
    ]


def examples_not_checked(reason: str) -> list[CheckResult]:
    """Return the same findings where no example was graded."""
    return [result(*names, not_checked(reason), {}) for names in (ORDER, CLEAR, UNSCORED)]


def kendall_tau(grades: Sequence[ExampleGrade]) -> float | None:
    """Return Kendall's tau-a between stated order and scores: 1 when every pair agrees; ties do not."""
    pairs = [_agreement(better, worse) for better, worse in combinations(grades, 2)]
    return sum(pairs) / len(pairs) if pairs else None


def every_example_is_named(subject: Subject) -> Finding:
    """Find folders in examples/ that no list of the settings names: they are neither graded nor ordered."""
    assignment = subject.assignment
    folder, named = assignment.root / "examples", {*assignment.examples.order, *assignment.examples.unscored}
    there = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    left = [name for name in there if name not in named and not name.startswith((".", "__"))]
    if not left:
        return ok()
    mend = "Name it in examples.order or examples.unscored, or take the folder away."
    return warning(f"no list names it, so it is not graded: {', '.join(left)}", where=WHERE, mend=mend)


def in_order(assignment: Assignment, grades: Sequence[ExampleGrade]) -> Finding:
    """Find pairs of examples whose scores contradict the stated order, and examples without a score."""
    if len(grades) < 2:
        return defect(
            "fewer than two examples are named: nothing shows that a better work scores higher",
            where="assignment.toml: examples.order",
            mend="Put works of known quality into examples/ and name them, best first.",
        )
    for grade in grades:
        if grade.score is None:
            mend = "Mend it, or take it out of the order; its report says more: grade it alone."
            return defect(
                f"it was not scored: {grade.said or grade.outcome}", where=f"examples/{grade.name}", mend=mend
            )
    wrong = [(better, worse) for better, worse in combinations(grades, 2) if _agreement(better, worse) != 1]
    tau = kendall_tau(grades)
    if wrong:
        told = "; ".join(
            f"{worse.name} {_score(worse)} is not below {better.name} {_score(better)}" for better, worse in wrong
        )
        return defect(
            f"{told} (Kendall's tau {tau:.2f})", where=WHERE, mend="Mend the examples, or state the order that is."
        )
    known = {path.name for path in (assignment.root / "examples").iterdir() if path.is_dir()}
    unnamed = sorted(known - {*assignment.examples.order, *assignment.examples.unscored})
    if unnamed:
        mend = "Name it in examples.order, or remove it."
        return warning(f"it has no place in the order: {', '.join(unnamed)}", where="examples", mend=mend)
    return ok(f"{len(grades)} examples, Kendall's tau 1")


def clearly_apart(assignment: Assignment, grades: Sequence[ExampleGrade]) -> Finding:
    """Find pairs stated as clearly different whose 95 % intervals meet."""
    by_name = {grade.name: grade for grade in grades}
    if not assignment.examples.clear:
        return not_checked("examples.clear names no pair")
    for better, worse in assignment.examples.clear:
        one, other = by_name[better], by_name[worse]
        least, most = _ends(one)[0], _ends(other)[1]
        if least is None or most is None or least <= most:
            told = f"the intervals of {better} ({_interval(one)}) and {worse} ({_interval(other)}) meet"
            mend = "Make the better one better or the worse one worse, hide more rows, or do not call them clear."
            return defect(told, where="assignment.toml: examples.clear", mend=mend)
    pairs = len(assignment.examples.clear)
    return ok("1 pair" if pairs == 1 else f"{pairs} pairs")


def left_to_a_person(grades: Sequence[ExampleGrade]) -> Finding:
    """Find examples that were scored though they must not be before a person has looked."""
    if not grades:
        return not_checked("examples.unscored names none")
    scored = [grade for grade in grades if grade.score is not None]
    if scored:
        told = "; ".join(f"{grade.name} was scored {_score(grade)}" for grade in scored)
        mend = "See in its report why nothing was held against it, or give it a place in examples.order."
        return defect(told, where=f"{WHERE}.unscored", mend=mend)
    failed = [grade for grade in grades if grade.outcome != "completed"]
    if failed:
        mend = "Mend it: a work that fails proves nothing here."
        return defect(f"it failed: {failed[0].said}", where=f"examples/{failed[0].name}", mend=mend)
    return ok("; ".join(grade.name for grade in grades))


def _agreement(better: ExampleGrade, worse: ExampleGrade) -> int:
    if better.score is None or worse.score is None:
        return 0
    return (better.score > worse.score) - (better.score < worse.score)


def _ends(grade: ExampleGrade) -> tuple[float | None, float | None]:
    """Return low and high; of a work without a hidden result, and so without an interval, the score itself."""
    return (grade.score if grade.low is None else grade.low, grade.score if grade.high is None else grade.high)


def _score(grade: ExampleGrade) -> str:
    return "unscored" if grade.score is None else f"{grade.score:.1f}"


def _interval(grade: ExampleGrade) -> str:
    low, high = _ends(grade)
    return "unscored" if low is None or high is None else f"{low:.1f} to {high:.1f}"
