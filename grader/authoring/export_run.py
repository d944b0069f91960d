"""The folder's export.py, run by the grader's own Python with a secret in its environment, and nowhere else.

It is the author's own code and makes the hidden part, so it runs as whoever calls, outside the sandbox.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from grader.errors import AssignmentError, UsageError

EXPORT = "export.py"
VARIABLE = "GRADER_SPLIT_SEED"
SECONDS = 900
MISSING = re.compile(r"^ModuleNotFoundError: No module named '([^'.]+)", re.MULTILINE)


def run_export(folder: Path, secret: str, source: Path | None) -> str:
    """Return what export.py printed, given the file `source` where it needs one, after it wrote the folder's data.

    Raises UsageError where a package is missing, AssignmentError where it fails or writes the secret down.
    """
    command = [sys.executable, "-B", EXPORT, *([str(source.resolve())] if source else [])]
    # ours hold secrets too, such as the key for a language model
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRADER_")}
    try:
        done = subprocess.run(
            command, cwd=folder, env={**environment, VARIABLE: secret},
            capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise AssignmentError(f"it did not end within {SECONDS} seconds", path=EXPORT) from error
    forms = _forms_of(secret)
    if done.returncode:
        raise _failed(done.stderr, forms)
    _refuse_written(folder, forms)
    return done.stdout


def _forms_of(secret: str) -> tuple[str, ...]:
    """Return the secret and the numbers that export scripts make of it, as text: all of them tell the split."""
    digest = hashlib.sha256(secret.encode())
    return secret, digest.hexdigest(), str(int.from_bytes(digest.digest(), "big"))


def _failed(said: str, forms: tuple[str, ...]) -> UsageError | AssignmentError:
    if missing := MISSING.search(said):
        package = missing[1]
        hint = (
            f"Install it: uv pip install --python {sys.executable} {package}; "
            "for the assignments of this project: uv sync --group assignments"
        )
        return UsageError(f"{EXPORT} needs the package {package}, which {sys.executable} does not have", hint=hint)
    last = (said.strip().splitlines() or ["no message"])[-1]
    for form in forms:
        last = last.replace(form, "(the secret)")
    return AssignmentError(f"it ended with an error: {last[:300]}", path=EXPORT)


def _refuse_written(folder: Path, forms: tuple[str, ...]) -> None:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if any(form.encode() in data for form in forms):
            where = path.relative_to(folder).as_posix()
            raise AssignmentError(f"it writes the secret seed into {where}", path=EXPORT, hint="Leave it out there.")
