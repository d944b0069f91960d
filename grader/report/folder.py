"""The folder a grading leaves behind, and reading it back for rescoring."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from pydantic import ValidationError

from grader.errors import UsageError
from grader.model import SCHEMA_VERSION, Evidence, Report
from grader.report.json import report_json
from grader.report.markdown import render_markdown

MAX_STORED_BYTES = 64 * 1024**2
EXECUTED = re.compile(r"executed(?:-\d+)?\.ipynb")


def write_folder(
    directory: Path,
    report: Report,
    evidence: Evidence,
    *,
    executed: dict[str, bytes] | None = None,
    logs: dict[str, str] | None = None,
) -> None:
    """Write the report in its three forms, the evidence it rests on, the executed notebooks and the logs.

    Files are replaced one by one and whole; report.json comes last, so that where it is, the rest is.
    """
    directory.mkdir(parents=True, exist_ok=True)
    kept = executed or {}
    for old in directory.glob("executed*.ipynb"):
        if EXECUTED.fullmatch(old.name) and old.name not in kept:
            old.unlink()
    for name, data in kept.items():
        replace_file(directory / name, data)
    (directory / "logs").mkdir(exist_ok=True)
    for name, text in (logs or {}).items():
        replace_file(directory / "logs" / name, text.encode("utf-8", "replace"))
    replace_file(directory / "evidence.json", (evidence.model_dump_json() + "\n").encode("utf-8", "replace"))
    write_forms(directory, report)


def write_forms(directory: Path, report: Report) -> None:
    """Write report.html, report.md and then report.json."""
    from grader.report.html import render_html  # its template engine is loaded while the sandbox is busy

    replace_file(directory / "report.html", render_html(report).encode("utf-8", "replace"))
    replace_file(directory / "report.md", render_markdown(report).encode("utf-8", "replace"))
    replace_file(directory / "report.json", report_json(report).encode("utf-8", "replace"))


def read_folder(directory: Path) -> tuple[Report, Evidence]:
    """Return the stored report and its evidence. Raises UsageError when the folder does not hold them."""
    texts = [_stored(directory / name) for name in ("report.json", "evidence.json")]
    try:
        report, evidence = Report.model_validate_json(texts[0]), Evidence.model_validate_json(texts[1])
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{directory}: the stored report does not fit this version at {key}: {first['msg']}"
        ) from error
    if report.schema_version != SCHEMA_VERSION:
        written = f"{report.schema_version[:20]!r} instead of {SCHEMA_VERSION!r}"
        raise UsageError(f"{directory}: the stored report has the schema version {written}")
    return report, evidence


def _stored(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UsageError(f"{path} is not there: give the folder of a report that `grader grade` wrote")
        if path.stat().st_size > MAX_STORED_BYTES:
            raise UsageError(f"{path} is larger than any report the grader writes")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def replace_file(path: Path, data: bytes) -> None:
    """Write `path` whole or not at all; a file that holds these bytes already is not touched."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
