"""A copy of an assignment that hides other rows, made beside it and put in its place when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from grader.assignment import load_assignment
from grader.assignment.consistency import FILE
from grader.authoring.redraw import refuse_what_cannot_be_redrawn, write_redrawn
from grader.authoring.reference_run import REFERENCE, marks_in, run_reference
from grader.authoring.secret_seed import SecretSeed
from grader.authoring.settings_edit import with_value, without_key
from grader.authoring.subject import Subject, read_subject
from grader.errors import AssignmentError, UsageError

NOTE = "The split was drawn anew from a secret seed: no seed that is named above, and no export.py, makes it again."
Tell = Callable[[str], None]


def reseed(folder: Path, target: Path, seed: Callable[[], SecretSeed], home: Path, tell: Tell) -> None:
    """Write the assignment in `folder` with a new split to `target`, which may be the same; all of it, or nothing.

    Raises UsageError where it cannot be drawn again, AssignmentError where it, or what comes out, is wrong.
    """
    subject = read_subject(load_assignment(folder))
    refuse_what_cannot_be_redrawn(subject)
    is_in_place = target.resolve() == folder.resolve()
    if target.exists() and not is_in_place:
        raise UsageError(f"{target} exists already", hint="Give another folder with --output.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".reseed-", dir=target.parent))
    except OSError as error:
        raise UsageError(f"{target.parent} cannot be written to: {error.strerror}", hint="Use --output.") from error
    try:
        made = workshop / target.name
        shutil.copytree(folder, made)
        _redraw(subject, made, seed(), home, tell)
        if is_in_place:
            target.rename(workshop / "before")
        made.rename(target)
    finally:
        if is_in_place and not target.exists():
            (workshop / "before").rename(target)
        shutil.rmtree(workshop, ignore_errors=True)


def _redraw(subject: Subject, made: Path, seed: SecretSeed, home: Path, tell: Tell) -> None:
    tell(f"Drawn from {seed.origin}.")
    sizes = write_redrawn(subject, made, seed.generator(subject.assignment.slug))
    tell(f"{sizes['training']:,} training and {sizes['hidden']:,} hidden rows; the public test sample is as it was.")
    if (sizes["hidden"], sizes["training"]) != (len(subject.features.rows), len(subject.train.rows)):
        tell("Put the new numbers of rows into the brief.")
    settings = made / FILE
    settings.write_text(without_key(settings.read_text(encoding="utf-8"), "split", "seed"), encoding="utf-8")
    _note(made / "SOURCE.md")
    _new_marks(made, home, tell)
    load_assignment(made)
    if subject.assignment.data.other:
        tell(f"Left as they were: {', '.join(subject.assignment.data.other)}. See that they hold no hidden row.")


def _new_marks(made: Path, home: Path, tell: Tell) -> None:
    """Put what reference.py prints for the new split into the settings; say so where it cannot be had."""
    if not (made / REFERENCE).is_file():
        tell("The marks are those of the old split: there is no reference.py to compute them.")
        return
    tell("Computing baseline and reference ...")
    try:
        baseline, reference = marks_in(run_reference(made, home))
    except AssignmentError as error:
        tell(f"The marks are those of the old split, for {error.message}. Mend that, and put them in.")
        return
    text = (made / FILE).read_text(encoding="utf-8")
    for key, value in (("baseline", baseline), ("reference", reference)):
        text = with_value(text, "metric", key, repr(value))
    (made / FILE).write_text(text, encoding="utf-8")
    tell(f"Baseline {baseline:g}, reference {reference:g}.")


def _note(source: Path) -> None:
    text = source.read_text(encoding="utf-8") if source.is_file() else "# Source of the data\n"
    if NOTE not in text:
        source.write_text(f"{text.rstrip()}\n\n{NOTE}\n", encoding="utf-8")
