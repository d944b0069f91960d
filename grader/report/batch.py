"""The folder of several reports: its ranking written, and written again from what lies in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.model import Report, RunReport
from grader.report.folder import replace_file
from grader.report.index import render_index
from grader.report.ranking import summary_csv, summary_json

SUMMARY = "summary.json"
OF_A_REPORT = ("report.json", "evidence.json", "report.html")


def write_summary(output: Path, reports: Sequence[tuple[str, Report]], kept: Sequence[Mapping[str, Any]] = ()) -> None:
    """Write the ranking of `reports` (folder name -> report) as page, CSV and JSON, each file whole.

    `kept` are rows of an earlier ranking whose reports cannot be read any more; they come last, without a rank.
    """
    replace_file(output / "index.html", render_index(reports).encode("utf-8", "replace"))
    replace_file(output / "summary.csv", summary_csv(reports, kept).encode("utf-8", "replace"))
    replace_file(output / SUMMARY, summary_json(reports, kept).encode("utf-8", "replace"))


def is_batch(folder: Path) -> bool:
    """Return whether `folder` holds the ranking of several reports and is no report itself."""
    return (folder / SUMMARY).is_file() and not (folder / "report.json").exists()


def report_folders(folder: Path) -> list[Path]:
    """Return the folders of reports that `folder` means: itself, or those in it; damaged ones are among them."""
    if any((folder / name).exists() for name in OF_A_REPORT) or not folder.is_dir():
        return [folder]
    inside = {path for path in folder.iterdir() if any((path / name).exists() for name in OF_A_REPORT)}
    inside |= {folder / row["name"] for row in _rows(folder) if (folder / row["name"]).is_dir()}
    return sorted(inside) or [folder]


def write_summary_again(folder: Path) -> None:
    """Write the ranking of a batch from the reports in it; the row of one that cannot be read is kept as it was."""
    reports, kept, before = [], [], {row["name"]: row for row in _rows(folder)}
    for path in report_folders(folder):
        try:
            reports.append((path.name, _what_ranks((path / "report.json").read_bytes())))
        except (OSError, ValidationError):
            kept += [before[path.name]] if path.name in before else []
    write_summary(folder, reports, kept)


def _what_ranks(data: bytes) -> Report:
    """Return the report without what no ranking shows: a thousand of them lie in memory together."""
    report = Report.model_validate_json(data)
    dimensions = tuple(part.model_copy(update={"criteria": ()}) for part in report.dimensions)
    run = RunReport(sandbox=report.run.sandbox)
    return report.model_copy(update={"dimensions": dimensions, "questions": (), "run": run})


def _rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the ranking that lies in `folder`; those that name no folder in it are left out."""
    try:
        found = json.loads((folder / SUMMARY).read_bytes())["ranking"]
        rows = [row for row in found if isinstance(row, dict) and isinstance(row.get("name"), str)]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [row for row in rows if row["name"] not in ("", ".", "..") and "/" not in row["name"]]
