"""Making an assignment's data anew by its own export.py, for what is not a draw among its labelled rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from grader.assignment import load_assignment
from grader.assignment.consistency import FILE
from grader.authoring.export_run import EXPORT, run_export
from grader.authoring.printed_settings import Printed, name_of, printed_settings, stated_marks, with_cutoffs, with_marks
from grader.authoring.reference_run import REFERENCE, run_reference
from grader.authoring.settings_edit import without_key
from grader.authoring.subject import Subject, read_subject
from grader.errors import AssignmentError

MOST_ALIKE = 0.5
LEAST_TOLD = 1000  # a number below it in a brief may well be another one
BRIEF = "README.md"


def export_again(made: Path, secret: str, source: Path | None) -> None:
    """Let export.py in the folder `made` write all of data/ anew, and put the cut-offs that it prints into the
    settings. Raises what `run_export` raises.
    """
    shutil.rmtree(made / "data")
    printed = printed_settings(run_export(made, secret, source))
    text = without_key((made / FILE).read_text(encoding="utf-8"), "split", "seed")
    (made / FILE).write_text(with_cutoffs(text, printed), encoding="utf-8")


def compute_marks(made: Path, home: Path) -> str:
    """Put what reference.py prints, of every suite, into the settings, and return it in words. Raises AssignmentError
    where it does not print them.
    """
    text, printed = (made / FILE).read_text(encoding="utf-8"), printed_settings(run_reference(made, home))
    marked = with_marks(text, printed)
    (made / FILE).write_text(marked, encoding="utf-8")
    return marks_told(marked, printed)


def marks_told(text: str, printed: Printed) -> str:
    """Return in words the marks that the settings state, those that were not printed apart: they are not computed."""
    marks = {place: f"{name_of(*place)} {value}" for place, value in stated_marks(text).items()}
    told = ", ".join(words for place, words in marks.items() if place in printed)
    left = ", ".join(words for place, words in marks.items() if place not in printed)
    more = f" Not printed by {REFERENCE}, so still of the old data: {left}." if left else ""
    return f"{told[:1].upper()}{told[1:]}.{more}"


def read_other_rows(subject: Subject, made: Path) -> Subject:
    """Return the new assignment. Raises AssignmentError where it hides the rows that the old one does."""
    after = read_subject(load_assignment(made))
    before = set(subject.features.rows)
    alike = sum(row in before for row in after.features.rows) / max(1, len(after.features.rows))
    if alike > MOST_ALIKE:
        message = f"{alike:.0%} of the hidden rows are the same, under the same ids, as before"
        raise AssignmentError(message, path=EXPORT, hint="Draw by the secret in GRADER_SPLIT_SEED where it is set.")
    return after


def has_marks(made: Path) -> bool:
    """Return whether there is a script that computes the marks."""
    return (made / REFERENCE).is_file()


def tell_numbers(before: Subject, after: Subject, made: Path) -> str:
    """Put a changed number of training rows into the brief; return in words how many there are and what was done."""
    old, new = len(before.train.rows), len(after.train.rows)
    told = f"{new:,} training and {len(after.features.rows):,} hidden rows."
    if old == new:
        return told
    brief = made / BRIEF
    if old >= LEAST_TOLD and brief.is_file():
        text, count = re.subn(rf"(?<![\w.,]){old:,}(?![\w.,]*\d)", f"{new:,}", brief.read_text(encoding="utf-8"))
        brief.write_text(text, encoding="utf-8")
        if count:
            return f"{told} The brief said {old:,} training rows, and says {new:,} now."
    return f"{told} There were {old:,} training rows: see whether the brief says so."
