"""`grader assignment pack`: what candidates get, written and proven clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from grader.assignment import PACKAGES, find_assignment
from grader.authoring.pack import pack
from grader.errors import UsageError
from grader.model import Packed
from grader.model.pins import pinned_action, server_address
from grader.sandbox import package_list
from grader.settings import read_settings

MOST_NAMED = 12
NO_WORKFLOW = (
    "There is no workflow that tries each push: to have one, say --action OWNER/NAME@COMMIT, where this grader's "
    "repository lies and which commit of it is used."
)


def pack_command(slug: str, output: Path, action: str | None, server: str | None, *, as_json: bool) -> int:
    """Write the packet of `slug` to `output` and say what is in it; returns the exit status."""
    settings = read_settings()
    pinned = settings.action if action is None else _fitting("--action", action, pinned_action)
    named = _fitting("--server", server, server_address) if server else ""
    if named and not pinned:
        raise UsageError("--server needs the Action that hands in there: say --action OWNER/NAME@COMMIT.")
    assignment = find_assignment(slug, settings.assignment_roots)
    try:
        packed = pack(assignment, package_list(PACKAGES), output, pinned, named)
    except OSError as error:
        raise UsageError(f"--output {output} cannot be written to: {error.strerror}", hint="Give a folder.") from error
    _show(Console(stderr=as_json), packed, output, pinned, named)
    if as_json:
        print(packed.model_dump_json(indent=2))
    return 0


def _fitting(option: str, value: str, read: Callable[[str], str]) -> str:
    try:
        return read(value)
    except ValueError as error:
        raise UsageError(f"{option} {value} {error}.") from error


def _show(console: Console, packed: Packed, output: Path, action: str, server: str) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    for file in packed.files[:MOST_NAMED]:
        say(f"  {file.name}  {file.bytes:,} bytes")
    if len(packed.files) > MOST_NAMED:
        say(f"  and {len(packed.files) - MOST_NAMED:,} more files")
    say(f"Each push is tried with {action}." if action else NO_WORKFLOW)
    if server:
        say(f"Each push to main is handed in at {server}: invite each candidate with their repository's ids.")
    say(f"Nothing of the hidden part was found in {packed.searched:,} contents, git objects among them.")
    for place in packed.unread:
        say(f"Not looked into, as the settings accept: {place}")
    if packed.let_pass:
        say(f"To look at: {packed.let_pass}.")
    archive, bundle = (output / file.name for file in packed.archives)
    say(f"To unpack: {archive} ({packed.archives[0].bytes:,} bytes)")
    say(f"To clone:  git clone {bundle} {packed.slug} ({packed.archives[1].bytes:,} bytes)")
