"""`grader assignment check`: an assignment proven sound, or what is wrong with it and how to mend it."""

from __future__ import annotations

from rich.console import Console

from grader.assignment import find_folder
from grader.authoring.checks import check_folder
from grader.authoring.result import Proof, is_sound
from grader.cli.assignment_view import show_check, show_verdict
from grader.settings import read_settings

NOT_SOUND = 2


def check_command(slug: str, *, as_json: bool) -> int:
    """Print what each check found; returns 0 for a sound assignment, else 2."""
    folder = find_folder(slug, read_settings().assignment_roots)
    console = Console(stderr=as_json)
    _, checks = check_folder(folder)
    for item in checks:
        show_check(console, item)
    proof = Proof(slug=folder.resolve().name, sound=is_sound(tuple(checks)), checks=tuple(checks))
    show_verdict(console, proof)
    if as_json:
        print(proof.model_dump_json(indent=2))
    return 0 if proof.sound else NOT_SOUND
