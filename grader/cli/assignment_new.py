"""`grader assignment new`: a whole assignment scaffolded from a table."""

from __future__ import annotations

from rich.console import Console

from grader.authoring.checks import check_folder
from grader.authoring.scaffold import Request, make_assignment
from grader.cli.assignment_view import show_check
from grader.settings import read_settings


def new_command(request: Request) -> int:
    """Write the folder, say what was chosen, what the checks find already, and what is left to do; returns 0."""
    console = Console()

    def tell(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    folder = make_assignment(request, read_settings().home, tell)
    tell(f"{folder} is written. What the checks find in it already:")
    _, checks = check_folder(folder)
    for item in checks:
        if item.status in ("warning", "defect"):
            show_check(console, item)
    tell(f"Write what is marked EDIT: in it, add example works, and run: grader assignment check {folder}")
    return 0
