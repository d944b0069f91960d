"""A copy of an assignment that hides other rows, made beside it and put in its place when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import load_assignment
from grader.assignment.consistency import FILE
from grader.authoring.printed_settings import printed_settings, stated_marks, with_marks
from grader.authoring.redraw import refuse_what_cannot_be_redrawn, write_redrawn
from grader.authoring.reexport import (
    compute_marks,
    export_again,
    has_marks,
    marks_told,
    read_other_rows,
    tell_numbers,
)
from grader.authoring.reference_run import marks_in, run_reference
from grader.authoring.secret_seed import SecretSeed, kept_on_success
from grader.authoring.settings_edit import without_key
from grader.authoring.sound_draw import Tell, first_sound
from grader.authoring.subject import Subject, read_subject
from grader.errors import AssignmentError, UsageError

NOTE = "The split was drawn anew from a secret seed: no seed that is named above, and no export.py, makes it again."
EXPORTED = (
    "`export.py` made the data of this copy from a secret seed: none that is named above makes them again, and "
    "numbers of rows, dates and marks may be others than those above."
)
EARLIER = " Hidden is an earlier stretch of time than before; later rows are left out."
NO_REFERENCE = "The marks are those of the old split: there is no reference.py to compute them."


@dataclass(frozen=True)
class Draw:
    """How to draw: from which seed (made only when needed), by export.py from which `source`, marks computed by the
    environment in `home`, and whom to `tell`.
    """

    seed: Callable[[], SecretSeed]
    source: Path | None
    home: Path
    tell: Tell


def reseed(folder: Path, target: Path, draw: Draw) -> None:
    """Write the assignment in `folder` with a new split to `target`, which may be the same; all of it, or nothing.

    Raises UsageError where it cannot be drawn again, AssignmentError where it, or what comes out, is wrong.
    """
    subject = read_subject(load_assignment(folder))
    _refuse(subject, draw.source)
    is_in_place = target.resolve() == folder.resolve()
    if target.exists() and not is_in_place:
        raise UsageError(f"{target} exists already", hint="Give another folder with --output.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".reseed-", dir=target.parent))
    except OSError as error:
        raise UsageError(f"{target.parent} cannot be written to: {error.strerror}", hint="Use --output.") from error
    try:
        seed = draw.seed()
        with kept_on_success(seed):
            made = _drawn(subject, workshop, target.name, draw, seed)
            if is_in_place:
                target.rename(workshop / "before")
            made.rename(target)
    finally:
        if is_in_place and not target.exists():
            (workshop / "before").rename(target)
        shutil.rmtree(workshop, ignore_errors=True)


def _drawn(subject: Subject, workshop: Path, name: str, draw: Draw, seed: SecretSeed) -> Path:
    """Return the folder below `workshop` with the first draw that is sound, after telling of each."""
    before, is_exported = subject.assignment.root, subject.assignment.split.export
    draw.tell(f"Drawn from {seed.origin}.")

    def make(number: int) -> Path:
        made = workshop / str(number) / name
        shutil.copytree(before, made)
        (_reexport if is_exported else _redraw)(subject, made, draw, seed.of_draw(number))
        return made

    return first_sound(before, make, draw.tell)


def _refuse(subject: Subject, source: Path | None) -> None:
    slug, is_exported = subject.assignment.slug, subject.assignment.split.export
    if not is_exported:
        refuse_what_cannot_be_redrawn(subject)
    if source is not None and not is_exported:
        raise UsageError(f"{slug} is drawn from its own rows: --source is for those with [split] export = true")
    if source is not None and not source.is_file():
        raise UsageError(f"--source {source} is no file")


def _reexport(subject: Subject, made: Path, draw: Draw, seed: SecretSeed) -> None:
    draw.tell("Running export.py ...")
    export_again(made, seed.of_export(subject.assignment.slug), draw.source)
    after = read_other_rows(subject, made)
    draw.tell(tell_numbers(subject, after, made))
    _note(made / "SOURCE.md", EXPORTED)
    if has_marks(made):
        draw.tell("Computing baseline and reference ...")
        draw.tell(compute_marks(made, draw.home))
    else:
        draw.tell(NO_REFERENCE)


def _redraw(subject: Subject, made: Path, draw: Draw, seed: SecretSeed) -> None:
    tell = draw.tell
    sizes = write_redrawn(subject, made, seed.generator(subject.assignment.slug))
    tell(_told(subject, sizes))
    if (sizes["hidden"], sizes["training"]) != (len(subject.features.rows), len(subject.train.rows)):
        tell("Put the new numbers of rows into the brief.")
    settings = made / FILE
    settings.write_text(without_key(settings.read_text(encoding="utf-8"), "split", "seed"), encoding="utf-8")
    _note(made / "SOURCE.md", f"{NOTE}{EARLIER}" if sizes["test"] else NOTE)
    _new_marks(made, draw.home, tell)
    if subject.assignment.data.other:
        tell(f"Left as they were: {', '.join(subject.assignment.data.other)}. See that they hold no hidden row.")


def _told(subject: Subject, sizes: dict[str, int]) -> str:
    """Return the new numbers of rows in a sentence, and what became of the public test sample."""
    training, test, hidden = (f"{sizes[part]:,}" for part in ("training", "test", "hidden"))
    if not sizes["test"]:
        return f"{training} training and {hidden} hidden rows; the public test sample is as it was."
    numbers = (
        f"{training} training rows ({len(subject.train.rows):,} before), {test} public test and {hidden} hidden rows"
    )
    column = subject.assignment.split.column
    return f"{numbers}: an earlier stretch of {column!r} is hidden, and what is later is left out."


def _new_marks(made: Path, home: Path, tell: Tell) -> None:
    """Put what reference.py prints for the new split into the settings; say so where it cannot be had."""
    if not has_marks(made):
        tell(NO_REFERENCE)
        return
    tell("Computing baseline and reference ...")
    try:
        output = run_reference(made, home)
        marks_in(output)  # both have to be there
    except AssignmentError as error:
        tell(f"The marks are those of the old split, for {error.message}. Mend that, and put them in.")
        return
    text, printed = (made / FILE).read_text(encoding="utf-8"), printed_settings(output)
    marked = with_marks(text, {**stated_marks(text), **printed})
    (made / FILE).write_text(marked, encoding="utf-8")
    tell(marks_told(marked, printed))


def _note(source: Path, note: str) -> None:
    text = source.read_text(encoding="utf-8") if source.is_file() else "# Source of the data\n"
    if note not in text:
        source.write_text(f"{text.rstrip()}\n\n{note}\n", encoding="utf-8")
