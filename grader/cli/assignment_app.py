"""`grader assignment`: the commands for those who write assignments."""

from __future__ import annotations

from typing import Annotated

import typer

assignment_app = typer.Typer(
    help="For authors: an assignment scaffolded, proven sound, packed and drawn again.", no_args_is_help=True
)
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="Slug or folder of the assignment.")]


@assignment_app.command("check")
def assignment_check(
    slug: Slug,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Prove an assignment sound, or say what is wrong, where, and how to mend it."""
    from grader.cli.assignment_check import check_command

    raise typer.Exit(check_command(slug, as_json=json))
