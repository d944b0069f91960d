"""`grader submit`: hand a work in to a running service, and follow it to its end."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from grader.cli.service_client import WHICH_TOKEN, ServiceClient, goes_in_clear
from grader.cli.sources import check_sources
from grader.errors import FAILURE_CODES, UsageError
from grader.intake import is_git_address
from grader.intake.names import is_junk
from grader.report.formats import size

FILES = (".zip", ".tar.gz", ".tgz", ".ipynb", ".py")
LINK = "/i/"  # what stands before the token in an invitation's link
STEPS = {
    "intake": "taking in",
    "plan": "planning",
    "sandbox": "running",
    "collect": "collecting",
    "score": "scoring",
}


@dataclass(frozen=True)
class SubmitOptions:
    """The options of `grader submit`; `to` is a service's address, or an invitation's link, which holds the token."""

    to: str
    token: str
    assignment: str | None
    wait: bool
    as_json: bool


def submit_command(source: str, options: SubmitOptions) -> int:
    """Hand `source` in and return 0 once it is in line, or through with `wait`; 3 where our side failed."""
    check_sources([source], allow_local_git=False)
    console, (service, token) = Console(stderr=options.as_json), _service_of(options)
    client = ServiceClient(service, token)
    if goes_in_clear(service):
        console.print("The token and the work go there by http, so in clear: whoever is on the way can read them.")
    if is_git_address(source, allow_local=False):
        taken = client.hand_in(file=None, git=source, assignment=options.assignment)
    else:
        with _as_file(Path(source)) as file:
            console.print(f"Handing in {escape(source)} ({size(file.stat().st_size)}) ...")
            taken = client.hand_in(file=file, git=None, assignment=options.assignment)
    console.print(f"It is handed in: [bold]{escape(taken['id'])}[/bold], {escape(taken['state'])}.")
    if options.wait:
        for step in client.follow(taken["id"]):
            if step["state"] == "published":
                continue  # what it came to is said below
            said = STEPS.get(step["step"], step["state"])
            console.print(f"  {escape(said)} {escape(step['detail'])}".rstrip())
        taken = client.submission(taken["id"])
        console.print(_ended(taken))
    if options.as_json:
        print(json.dumps(taken, indent=2))
    return 3 if taken["outcome"] == "infrastructure_failed" else 0


def _ended(taken: dict[str, object]) -> str:
    if taken["low"] is not None:
        return f"Score {taken['score']:.1f} ({taken['low']:.0f} to {taken['high']:.0f})."
    failure = f" ({taken['failure_code']})" if taken["failure_code"] else ""
    score = "" if taken["score"] is None else f"Score {taken['score']:.1f}. "
    meaning = f" {FAILURE_CODES.get(str(taken['failure_code']), '')}".rstrip()
    return f"{score}It is through: {str(taken['outcome']).replace('_', ' ')}{failure}.{meaning}"


def _service_of(options: SubmitOptions) -> tuple[str, str]:
    """Return the service's address and the token. Raises UsageError where nothing says who hands in."""
    address, _, told = options.to.partition(LINK)
    token = options.token or told.strip("/")
    if not token:
        raise UsageError("nothing says who hands in: there is no token", hint=WHICH_TOKEN)
    return address, token


@contextmanager
def _as_file(path: Path) -> Iterator[Path]:
    """Yield the work as one file: a folder as an archive without what tools leave behind."""
    if path.is_file():
        if not path.name.lower().endswith(FILES):
            raise UsageError(
                f"{path} is no .zip, .tar.gz, .tgz, .ipynb or .py", hint="Hand in the folder that it lies in."
            )
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / "work.zip"
        try:
            files = _pack(path, packed)
        except (OSError, UnicodeError) as error:  # one that may not be read, or whose name is no text
            reason = getattr(error, "strerror", None) or "a name in it is not UTF-8"
            raise UsageError(f"{path} cannot be packed: {reason}") from error
        if not files:
            raise UsageError(f"{path} holds no file to hand in")
        yield packed


def _pack(path: Path, to: Path) -> int:
    """Write the files of the folder to an archive and return how many they are."""
    number = 0
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path).as_posix()
            history = name.startswith(".git/")  # how the work came about is read too
            if file.is_file() and not file.is_symlink() and (history or not is_junk(name)):
                archive.write(file, name)
                number += not history
    return number
