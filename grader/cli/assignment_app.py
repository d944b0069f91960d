"""`grader assignment`: the commands for those who write assignments."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

assignment_app = typer.Typer(
    help="For authors: an assignment scaffolded, proven sound, packed and drawn again.", no_args_is_help=True
)
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="Slug or folder of the assignment.")]
SandboxName = Annotated[Literal["auto", "docker", "bubblewrap", "sandlock"], typer.Option(help="Which sandbox to use.")]


@assignment_app.command("check")
def assignment_check(
    slug: Slug,
    no_examples: Annotated[
        bool, typer.Option("--no-examples", help="Run nothing: neither the examples nor reference.py.")
    ] = False,
    sandbox: SandboxName = "auto",
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many examples to grade at once.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Prove an assignment sound, or say what is wrong, where, and how to mend it."""
    from grader.cli.assignment_check import CheckOptions, check_command

    options = CheckOptions(runs=not no_examples, sandbox=sandbox, jobs=jobs, as_json=json)
    raise typer.Exit(check_command(slug, options))
