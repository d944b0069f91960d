"""`grader assignment reseed`: other rows hidden, by a seed that stays secret."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.assignment import find_folder
from grader.authoring.reseed import Draw, reseed
from grader.authoring.secret_seed import SecretSeed, secret_seed
from grader.settings import read_settings


def reseed_command(slug: str, seed_file: Path | None, source: Path | None, output: Path | None) -> int:
    """Draw the split anew and say what was done, never with which seed; returns 0."""
    settings = read_settings()
    folder = find_folder(slug, settings.assignment_roots).resolve()
    console = Console()

    def tell(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    def seed() -> SecretSeed:
        variable = settings.split_seed.get_secret_value()
        return secret_seed(seed_file, variable, settings.home, folder.name, folder)

    target = folder if output is None else output / folder.name
    reseed(folder, target, Draw(seed, source, settings.home, tell))
    tell(f"{target} hides other rows now. Prove it: grader assignment check {target}")
    return 0
