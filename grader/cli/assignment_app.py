"""`grader assignment`: the commands for those who write assignments."""

from __future__ import annotations

from pathlib import Path
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


@assignment_app.command("pack")
def assignment_pack(
    slug: Slug,
    output: Annotated[Path, typer.Option(help="Folder for the packet.")] = Path("packets"),
    json: Annotated[bool, typer.Option("--json", help="Print what was packed as JSON.")] = False,
) -> None:
    """Make the candidates' packet, as a zip archive and a starter repository, and prove that it gives nothing away."""
    from grader.cli.assignment_pack import pack_command

    raise typer.Exit(pack_command(slug, output, as_json=json))
