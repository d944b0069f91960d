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
Metric = Literal["roc_auc", "average_precision", "accuracy", "multiclass_accuracy", "rmse", "mae"]


@assignment_app.command("new")
def assignment_new(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Its name: small letters, digits, dashes.")],
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="The table, a CSV file.")],
    target: Annotated[str, typer.Option("--target", metavar="COL", help="The column to predict.")],
    id: Annotated[str, typer.Option("--id", metavar="COL", help="The column that names each row.")],
    time: Annotated[
        str | None, typer.Option("--time", metavar="COL", help="Hide the rows that are latest by this column.")
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="COL", help="Keep rows of one group on one side of the split.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="Of the split; it is written into the folder.")
    ] = 20260101,
    metric: Annotated[Metric | None, typer.Option(help="In place of the one that fits the target.")] = None,
    positive: Annotated[
        str | None, typer.Option(metavar="CLASS", help="Which of two classes is asked for, in place of what is told.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="COL", help="Leave this column out; may be given several times.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder in which SLUG is made.")] = Path(
        "assignments"
    ),
) -> None:
    """Scaffold an assignment from a table: split, baseline and reference, brief, settings, two examples."""
    from grader.authoring.scaffold import Request
    from grader.authoring.source import Roles
    from grader.cli.assignment_new import new_command

    roles = Roles(id=id, target=target, time=time or "", group=group or "", without=tuple(without or ()))
    request = Request(slug, data, roles, seed, output, metric, positive)
    raise typer.Exit(new_command(request))


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


@assignment_app.command("reseed")
def assignment_reseed(
    slug: Slug,
    seed_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw from the secret in this file, kept outside the folder.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file that export.py makes the data of, where it needs one.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a copy below DIR, and leave this one as it is.")
    ] = None,
) -> None:
    """Draw the split anew from a secret seed, so that a copy of a public assignment hides other rows."""
    from grader.cli.assignment_reseed import reseed_command

    raise typer.Exit(reseed_command(slug, seed_file, source, output))


@assignment_app.command("pack")
def assignment_pack(
    slug: Slug,
    output: Annotated[Path, typer.Option(help="Folder for the packet.")] = Path("packets"),
    action: Annotated[
        str | None,
        typer.Option(metavar="OWNER/NAME@COMMIT", help="Add a workflow that tries each push with this Action."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="With an Action: add a workflow that hands each push to main in there."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what was packed as JSON.")] = False,
) -> None:
    """Make the candidates' packet, as a zip archive and a starter repository, and prove that it gives nothing away."""
    from grader.cli.assignment_pack import pack_command

    raise typer.Exit(pack_command(slug, output, action, server, as_json=json))


@assignment_app.command("publish")
def assignment_publish(slug: Slug) -> None:
    """Publish an assignment to the service of GRADER_DATABASE_URL: works are graded by it from then on."""
    from grader.cli.inviting import publish_command

    raise typer.Exit(publish_command(slug))
