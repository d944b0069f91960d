"""Drawing from one secret until a draw is sound: what one split fails by chance, such as copies, another may pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.assignment.consistency import FILE
from grader.authoring.checks import check_folder
from grader.authoring.result import CheckResult
from grader.errors import AssignmentError

MOST_DRAWS = 5
Tell = Callable[[str], None]


def first_sound(before: Path, make: Callable[[int], Path], tell: Tell) -> Path:
    """Return the folder of the first draw, made by its number from 1, that passes the checks that run nothing.

    Raises AssignmentError with a defect that the folder `before` has too, which no draw mends, or after the last draw.
    """
    had: frozenset[str] | None = None
    for number in range(1, MOST_DRAWS + 1):
        made = make(number)
        defects = defects_of(made)
        if not defects:
            tell(f"It took {number} {'draw' if number == 1 else 'draws'} to pass the checks that run nothing.")
            return made
        had = frozenset(item.id for item in defects_of(before)) if had is None else had
        new = [item for item in defects if item.id not in had]
        if not new:
            raise _refused(defects[0], f"the new split fails the check {defects[0].id}, as the old one does")
        tell(f"Draw {number} of at most {MOST_DRAWS} fails the check {new[0].id}: {new[0].what}.")
    told = f"none of {MOST_DRAWS} draws is sound, the last fails the check {new[0].id}"
    raise _refused(new[0], told, " Or take another seed.")


def defects_of(folder: Path) -> list[CheckResult]:
    """Return what the pure checks find that makes an assignment unsound."""
    return [item for item in check_folder(folder)[1] if item.status == "defect"]


def _refused(item: CheckResult, told: str, more: str = "") -> AssignmentError:
    return AssignmentError(f"{told}: {item.what}", path=item.where or FILE, hint=f"{item.mend}{more}")
