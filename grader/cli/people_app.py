"""`grader user`, `grader token`, `grader db` and `grader github`: the commands for who runs a service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

user_app = typer.Typer(help="People who sign in to the service.", no_args_is_help=True)
token_app = typer.Typer(help="API tokens, for programs.", no_args_is_help=True)
db_app = typer.Typer(help="The service's database.", no_args_is_help=True)
github_app = typer.Typer(help="The GitHub App as which the service answers commits.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address by which they sign in.")]


@user_app.command("add")
def user_add(
    email: Email,
    role: Annotated[str, typer.Option("--role", help="reviewer, author or admin.")],
    name: Annotated[str, typer.Option(help="How others see them; the e-mail address without one.")] = "",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They sign in with the company's own provider (OIDC) alone.")
    ] = False,
) -> None:
    """Add somebody who may sign in; the password is asked for, or read from standard input."""
    from grader.cli.people import add_command

    raise typer.Exit(add_command(email, role, name, with_password=not no_password))


@user_app.command("password")
def user_password(email: Email) -> None:
    """Give somebody another password; it is asked for, or read from standard input, and ends their sessions."""
    from grader.cli.people import password_command

    raise typer.Exit(password_command(email))


@token_app.command("new")
def token_new(
    email: Email,
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope", help="read, review, submit, post, author, admin or metrics; may be given several times."
        ),
    ],
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(min=0, max=3650, help="How long it is good; 0 for always.")] = 90,
) -> None:
    """Make an API token of somebody, with no more scopes than their role has, and print it this once."""
    from grader.cli.people import TokenOptions, token_command

    raise typer.Exit(token_command(email, TokenOptions(scope, name, days)))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database at GRADER_DATABASE_URL to the tables of this version, from whatever earlier one."""
    from grader.cli.database import upgrade_command

    raise typer.Exit(upgrade_command())


@db_app.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy is to be; nothing may be there yet.")],
) -> None:
    """Copy the SQLite database at GRADER_DATABASE_URL, whole, also while it is used."""
    from grader.cli.backup import backup_command

    raise typer.Exit(backup_command(file))


@github_app.command("check")
def github_check(
    repository: Annotated[
        str | None,
        typer.Argument(metavar="ID:OWNER_ID", help="A repository by its two numbers: whether it can be answered."),
    ] = None,
) -> None:
    """Ask GitHub, as the App of GRADER_GITHUB_APP, what it is and where it is installed."""
    from grader.cli.github import check_command

    raise typer.Exit(check_command(repository))
