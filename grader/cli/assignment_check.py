"""`grader assignment check`: an assignment proven sound, or what is wrong with it and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console

from grader.assignment import find_folder
from grader.authoring.checks import check_folder
from grader.authoring.checks_examples import check_examples, examples_not_checked, kendall_tau
from grader.authoring.checks_reference import REPRODUCED, marks_are_reproduced
from grader.authoring.result import CheckResult, ExampleGrade, Proof, is_sound, not_checked, result
from grader.authoring.subject import Subject
from grader.cli.assignment_examples import grade_examples
from grader.cli.assignment_view import show_check, show_examples, show_verdict
from grader.settings import Settings, read_settings

NOT_SOUND = 2
UNREADABLE = "the folder cannot be read"
NOT_RUN = "--no-examples: nothing is run"


@dataclass(frozen=True)
class CheckOptions:
    """The options of `grader assignment check`; without `runs` neither examples nor reference.py are run."""

    runs: bool
    sandbox: str
    jobs: int
    as_json: bool


@dataclass
class _Shown:
    """The findings so far, each shown as it comes."""

    console: Console
    checks: list[CheckResult] = field(default_factory=list)

    def add(self, items: Iterable[CheckResult]) -> None:
        for item in items:
            self.checks.append(item)
            show_check(self.console, item)


def check_command(slug: str, options: CheckOptions) -> int:
    """Print what each check found; returns 0 for a sound assignment, else 2. Raises InfrastructureError."""
    settings = read_settings()
    folder = find_folder(slug, settings.assignment_roots)
    shown = _Shown(Console(stderr=options.as_json))
    subject, checks = check_folder(folder)
    shown.add(checks)
    grades: list[ExampleGrade] = []
    order = subject.assignment.examples.order if subject else ()
    if subject is None or not options.runs:
        reason = UNREADABLE if subject is None else NOT_RUN
        shown.add([result(*REPRODUCED, not_checked(reason), {}), *examples_not_checked(reason)])
    else:
        grades = _run(subject, settings, shown, options)
    proof = Proof(
        slug=folder.resolve().name,
        sound=is_sound(tuple(shown.checks)),
        checks=tuple(shown.checks),
        examples=tuple(grades),
        tau=kendall_tau([grade for grade in grades if grade.name in order]),
    )
    show_verdict(shown.console, proof)
    if options.as_json:
        print(proof.model_dump_json(indent=2))
    return 0 if proof.sound else NOT_SOUND


def _run(subject: Subject, settings: Settings, shown: _Shown, options: CheckOptions) -> list[ExampleGrade]:
    assignment = subject.assignment
    finding = marks_are_reproduced(subject, settings.home)
    shown.add([result(*REPRODUCED, finding, assignment.check.accept)])
    grades = grade_examples(assignment, settings, shown.console, sandbox=options.sandbox, jobs=options.jobs)
    show_examples(shown.console, grades)
    shown.add(check_examples(assignment, grades))
    return grades
