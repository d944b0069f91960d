"""`grader grade --public`: a work tried out on what candidates have, in the sandbox of a grading."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.assignment import PACKAGES, find_public, is_packet
from grader.cli.batch import cancelled_by_signals
from grader.cli.choice import settings_for
from grader.cli.progress import Progress
from grader.cli.sources import check_apart, check_sources, names_for
from grader.cli.writing import make_output, writing_to
from grader.errors import UsageError
from grader.model import Preflight
from grader.pipeline import Flown, preflight, start_one_ahead
from grader.report import preflight_json, print_preflight, render_preflight
from grader.report.folder import replace_file
from grader.sandbox import package_list
from grader.wiring import grading_parts

CANCELLED, NOT_READY, OURS = 130, 1, 3


@dataclass(frozen=True)
class PreflightOptions:
    """The options of `grader grade --public`."""

    assignment: str | None
    output: Path
    sandbox: str
    runtime: str | None
    as_json: bool
    allow_local_git: bool


def preflight_command(sources: Sequence[str], options: PreflightOptions) -> int:
    """Try SOURCE out, write what it left below `options.output`, print the checks and return the exit status."""
    settings = settings_for(options.sandbox, options.runtime)
    source = _one_source(sources, options)
    public, dealt = find_public(_assignment(source, options), settings.assignment_roots, package_list(PACKAGES))
    check_apart(sources, [options.output])
    make_output(options.output)
    console, cancel = Console(stderr=options.as_json), threading.Event()
    (name,) = names_for(sources)
    cpu_ids = tuple(sorted(os.sched_getaffinity(0)))
    with (
        Progress(console, [name]) as progress,
        grading_parts(
            settings, sandbox=options.sandbox, listener=progress, allow_local_git=options.allow_local_git
        ) as parts,
        cancelled_by_signals(cancel),
    ):
        start_one_ahead(public, parts, cpu_ids, cpu_ids, alone=True)
        flown = preflight(source, name, public, dealt, parts, cpu_ids, cancel)
    with writing_to(options.output) as folder:
        _write(folder, flown)
    print_preflight(console, flown.record, options.output)
    if options.as_json:
        print(preflight_json(flown.record), end="")
    return CANCELLED if cancel.is_set() else exit_status(flown.record)


def exit_status(record: Preflight) -> int:
    """Return 0 for a work that is ready, 3 where our side failed, else 1."""
    if record.ready:
        return 0
    return OURS if record.outcome == "infrastructure_failed" else NOT_READY


def _one_source(sources: Sequence[str], options: PreflightOptions) -> str:
    if len(sources) != 1:
        raise UsageError("--public tries out one SOURCE at a time.", hint="Give one folder, archive, file or address.")
    check_sources(sources, allow_local_git=options.allow_local_git)
    return sources[0]


def _assignment(source: str, options: PreflightOptions) -> str:
    """Return the assignment that is meant: the one named, else the packet that the work was begun in."""
    if options.assignment is not None:
        return options.assignment
    if is_packet(Path(source)):
        return source
    raise UsageError(
        "--public needs to know the assignment.",
        hint="Say --assignment with its slug, or with the folder of the packet, which holds takehome-assignment.json.",
    )


def _write(folder: Path, flown: Flown) -> None:
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    for name in ("predictions.csv", "executed.ipynb"):
        (folder / name).unlink(missing_ok=True)  # of an earlier preflight
    for name, data in flown.files.items():
        replace_file(folder / name, data)
    replace_file(folder / "preflight.md", render_preflight(flown.record).encode())
    replace_file(folder / "preflight.json", preflight_json(flown.record).encode())
