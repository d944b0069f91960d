"""What a step says to the runner: annotations, outputs, the job's summary. Nothing in a text can become a command."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST = 4000  # characters of an annotation


def error(message: str, *, title: str = "", file: str = "", line: int | None = None) -> None:
    """Annotate the run with an error, at a line of a file of the repository where one is given (counted from 1)."""
    _annotate("error", message, title, file, line)


def warning(message: str, *, title: str = "", file: str = "", line: int | None = None) -> None:
    """Annotate the run with a warning, likewise."""
    _annotate("warning", message, title, file, line)


def notice(message: str) -> None:
    """Annotate the run with a notice."""
    _annotate("notice", message, "", "", None)


def add_mask(secret: str) -> None:
    """Have the runner hide a secret wherever it may come to stand in the log."""
    print(f"::add-mask::{escape_data(secret)}", flush=True)


@contextmanager
def commands_stopped() -> Iterator[None]:
    """Let the runner take what is printed meanwhile for text: only who knows the token can end that."""
    token = secrets.token_hex(32)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{token}::", flush=True)  # on a line of its own, whatever was printed before


def say(text: str) -> None:
    """Print a line that others had a hand in: what the runner could take for a command in it is text alone."""
    line = " ".join(seen(text).split())
    if "::" in line or "##[" in line:
        with commands_stopped():
            print(line, flush=True)
    else:
        print(line, flush=True)


def set_output(name: str, value: str) -> None:
    """Set an output of the step."""
    delimiter = f"end_{secrets.token_hex(16)}"  # no value can hold what is drawn after it
    _append("GITHUB_OUTPUT", f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def add_summary(markdown: str) -> None:
    """Add to the summary of the job; what stands in it must be escaped already."""
    _append("GITHUB_STEP_SUMMARY", markdown)


def escape_data(text: str) -> str:
    """Return the text of a command as GitHub's toolkit writes it, without characters that cannot be seen."""
    return seen(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return the value of a command's property likewise."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def seen(text: str) -> str:
    """Return a text of at most LONGEST characters, with a mark for each that cannot be seen."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(
        letter if letter.isprintable() or letter in "\r\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in short
    )


def _annotate(kind: str, message: str, title: str, file: str, line: int | None) -> None:
    named = {"file": file, "line": str(line) if file and line else "", "title": title}
    properties = ",".join(f"{name}={escape_property(value)}" for name, value in named.items() if value)
    print(f"::{kind}{' ' if properties else ''}{properties}::{escape_data(message)}", flush=True)


def _append(variable: str, text: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)
