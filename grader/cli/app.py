"""The commands, their options and exit statuses; each command's work is imported only when it is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.cli.assignment_app import SandboxName, assignment_app
from grader.cli.people_app import db_app, github_app, token_app, user_app
from grader.errors import GraderError, UsageError

app = typer.Typer(
    name="grader",
    help="Grade machine-learning take-home assignments: run them in a sandbox on unseen data, judge how the work was "
    "done, and show the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help answers in half the time
    epilog="Exit status: 0 a report was made (also of a failed submission), 1 --fail-under not reached, "
    "2 wrong usage or bad assignment, 3 infrastructure failed.",
)
sandbox_app = typer.Typer(help="The locked environment that submissions run in.", no_args_is_help=True)
app.add_typer(sandbox_app, name="sandbox")
rubric_app = typer.Typer(
    help="What is judged: the installed criteria, and a plugin proved sound.", no_args_is_help=True
)
app.add_typer(rubric_app, name="rubric")
app.add_typer(assignment_app, name="assignment")
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.add_typer(db_app, name="db")
app.add_typer(github_app, name="github")

Sources = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE...", help="A folder, .zip, .tar.gz, .ipynb, .py, or git URL with an optional @REF."),
]
LocalGit = Annotated[
    bool, typer.Option("--allow-local-git", help="Also take git repositories on this machine (file:// addresses).")
]
Slots = Annotated[int, typer.Option(min=0, max=64, help="How many works are graded at once, each by a process.")]
Runtime = Annotated[
    str | None, typer.Option(metavar="NAME", help="With --sandbox docker: the engine's runtime, such as runsc.")
]
EnvironmentName = Literal["fixed", "requirements"]


def main() -> None:
    """Run the command line; an error raised on purpose is one sentence and its exit status, never a traceback."""
    try:
        app()
    except GraderError as error:
        hint = f"\n  {error.hint}" if error.hint else ""
        print(f"grader: {error.message}{hint}", file=sys.stderr)
        raise SystemExit(error.exit_status) from None
    except BrokenPipeError:
        raise SystemExit(141) from None


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from grader import __version__

        print(f"grader {__version__}")
        raise typer.Exit


@app.command()
def grade(
    sources: Sources,
    assignment: Annotated[
        str | None, typer.Option(help="Slug or folder of the assignment; without it, read as a portfolio piece.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder for the reports.")] = Path("grading"),
    sandbox: SandboxName = "auto",
    runtime: Runtime = None,
    public: Annotated[
        bool, typer.Option("--public", help="Only try it out on the public sample: does it run? No score is given.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many submissions to grade at once.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON (a list for several).")] = False,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=100, help="Exit with 1 when a score is below this, or there is none.")
    ] = None,
    environment: Annotated[
        EnvironmentName | None,
        typer.Option(help="What a portfolio piece runs in: the fixed environment, or the packages that it declares."),
    ] = None,
    allow_local_git: LocalGit = False,
    post: Annotated[
        str | None, typer.Option(metavar="URL", help="Also post the reports to the service at this address, signed.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="GRADER_TOKEN", help="The token to sign by; better given in GRADER_TOKEN.")
    ] = None,
) -> None:
    """Run submissions in a sandbox, score them on hidden data and by the rubric, and write the reports."""
    if public:
        _refuse_with_public({"--fail-under": fail_under is not None, "--jobs": jobs != 1, "--post": post is not None})
        _refuse_environment(environment)
        from grader.cli.preflight import PreflightOptions, preflight_command

        tried = PreflightOptions(assignment, output, sandbox, runtime, as_json=json, allow_local_git=allow_local_git)
        raise typer.Exit(preflight_command(sources, tried))
    from grader.cli.grade import GradeOptions, grade_command

    options = GradeOptions(
        assignment=assignment,
        output=output,
        sandbox=sandbox,
        runtime=runtime,
        jobs=jobs,
        as_json=json,
        fail_under=fail_under,
        allow_local_git=allow_local_git,
        post=post,
        token=(token or "").strip(),
        environment=environment,
    )
    raise typer.Exit(grade_command(sources, options))


def _refuse_environment(environment: str | None) -> None:
    """Raise UsageError where an environment is named for a trial, which has that of its assignment."""
    if environment is not None:
        raise UsageError(
            "--environment does not go with --public: an assignment says what its works run in.",
            hint="Leave --environment out.",
        )


def _refuse_with_public(given: dict[str, bool]) -> None:
    """Raise UsageError for the first option that is given, and that says nothing where there is no score."""
    for option, is_given in given.items():
        if is_given:
            raise UsageError(
                f"{option} does not go with --public: one work is tried out, and no score is given.",
                hint=f"Leave {option} out.",
            )


@app.command()
def read(
    sources: Sources,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one JSON line a SOURCE.")] = False,
    allow_local_git: LocalGit = False,
) -> None:
    """Judge what can be judged without running anything: static evidence only."""
    from grader.cli.read import read_command

    raise typer.Exit(read_command(sources, as_jsonl=jsonl, allow_local_git=allow_local_git))


@app.command()
def rescore(
    reports: Annotated[
        list[Path],
        typer.Argument(metavar="REPORT_DIR...", help="Folders that `grader grade` wrote: of reports, or of many."),
    ],
    assignment: Annotated[
        str | None, typer.Option(help="Take the weights from this assignment instead of the one graded with.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what changed as JSON.")] = False,
) -> None:
    """Score stored evidence again, running nothing; the reports are written anew, and what changed is told."""
    from grader.cli.rescore import rescore_command

    raise typer.Exit(rescore_command(reports, assignment, as_json=json))


@app.command()
def doctor(
    sandbox: SandboxName = "auto",
    runtime: Runtime = None,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Only look at what is here; run no escape probes.")] = False,
) -> None:
    """Say what is installed and which sandbox will be used, and run escape probes against each that can be."""
    from grader.cli.doctor import doctor_command

    raise typer.Exit(doctor_command(sandbox, runtime, as_json=json, quick=quick))


@rubric_app.command("list")
def rubric_list(json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False) -> None:
    """List every criterion with its dimension, weight and origin, and what had to be left out."""
    from grader.cli.rubric import list_command

    raise typer.Exit(list_command(as_json=json))


@rubric_app.command("explain")
def rubric_explain(
    id: Annotated[str, typer.Argument(metavar="ID", help="Such as evaluation.held_out_evaluation.")],
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say of one criterion what it judges, what it weighs, and where it comes from."""
    from grader.cli.rubric import explain_command

    raise typer.Exit(explain_command(id, as_json=json))


@rubric_app.command("check")
def rubric_check(
    plugins: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODULE|PACKAGE|FILE]...", help="What to check; all plugins of others without one."),
    ] = None,
    on: Annotated[
        list[Path] | None, typer.Option(metavar="REPORT_DIR", help="Also ask it about this stored evidence.")
    ] = None,
) -> None:
    """Load a plugin, ask its criteria about sample works twice, and say what is wrong and how to mend it."""
    from grader.cli.rubric_check import check_command

    raise typer.Exit(check_command(plugins or [], on or []))


@sandbox_app.command("build")
def sandbox_build(
    docker: Annotated[bool, typer.Option("--docker", help="Also build the Docker image.")] = False,
    base_image: Annotated[
        str | None, typer.Option(help="Base of the image, in place of the official slim Python.")
    ] = None,
    wheels: Annotated[Path | None, typer.Option(help="Folder of wheels; with it the build needs no network.")] = None,
    ca_bundle: Annotated[
        Path | None, typer.Option(help="Extra certificates (PEM), for a network that inspects TLS.")
    ] = None,
) -> None:
    """Make the locked environment, and with --docker the image; does nothing that is done already."""
    from grader.cli.build import build_command

    raise typer.Exit(build_command(docker=docker, base_image=base_image, wheels=wheels, ca_bundle=ca_bundle))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for all of this machine's.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8000,
    slots: Slots = 1,
) -> None:
    """Run the service: the API and its pages, and workers that grade what is handed in."""
    from grader.cli.service import serve_command

    raise typer.Exit(serve_command(host, port, slots))


@app.command()
def worker(slots: Slots = 1) -> None:
    """Grade what a service's database has in line: more hands, on this machine or another one."""
    from grader.cli.service import worker_command_line

    raise typer.Exit(worker_command_line(slots))


@app.command()
def submit(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="What to hand in, as for `grade`.")],
    to: Annotated[str, typer.Option(metavar="URL", help="Address of the service, or the invitation's link.")],
    token: Annotated[
        str | None,
        typer.Option(envvar="GRADER_TOKEN", help="The invitation's token; better given in GRADER_TOKEN."),
    ] = None,
    assignment: Annotated[str | None, typer.Option(help="Where nobody was invited: what it is for.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow it until it is graded.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the submission as JSON.")] = False,
) -> None:
    """Hand a work in to a running service."""
    from grader.cli.submit import SubmitOptions, submit_command

    raise typer.Exit(submit_command(source, SubmitOptions(to, (token or "").strip(), assignment, wait, as_json)))


@app.command()
def invite(
    assignment: Annotated[str, typer.Argument(metavar="SLUG", help="An assignment that is published.")],
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The candidate's e-mail address.")],
    name: Annotated[str | None, typer.Option(help="The candidate's name; needed the first time.")] = None,
    deadline: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Until when, such as 2030-01-31T18:00+01:00; without one, always."),
    ] = None,
    attempts: Annotated[
        int | None, typer.Option(min=1, max=100, help="How often they may hand in; once without it.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="An author or admin who sees who it is before a decision.")
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Another link in place of a lost one, with the deadline and attempts given."),
    ] = False,
    repository: Annotated[
        str | None,
        typer.Option(metavar="ID:OWNER_ID", help="A repository on GitHub whose runs may hand in, by its two numbers."),
    ] = None,
) -> None:
    """Invite a candidate to an assignment of the service, and print their link this once."""
    from grader.cli.inviting import InviteOptions, invite_command

    options = InviteOptions(name or "", deadline, attempts, by, again, repository)
    raise typer.Exit(invite_command(assignment, email, options))
