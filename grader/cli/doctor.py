"""`grader doctor`: what is here, which sandbox will be used, and what to do about the rest."""

from __future__ import annotations

import os
import platform

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.errors import GraderError
from grader.plugins import load_criteria
from grader.sandbox import BubblewrapSandbox, DockerSandbox, choose_sandbox
from grader.settings import Settings, read_settings

Row = tuple[str, bool, str]


def doctor_command() -> int:
    """Print the findings; returns 3 when no sandbox can be used, else 0."""
    settings = read_settings()
    console = Console()
    table = Table(box=None, padding=(0, 2), show_header=False)
    for name, good, detail in findings(settings):
        table.add_row(Text("ok" if good else "--", style="green" if good else "yellow"), name, Text(detail))
    console.print(table)
    try:
        chosen = choose_sandbox(
            "auto", settings.home, image=settings.docker_image or None, runtime=settings.docker_runtime or None
        )
    except GraderError as error:
        console.print(f"{error.message} Mend one of those marked -- above.", markup=False, highlight=False)
        return 3
    console.print(f"Submissions will run in: {chosen.name}", markup=False, highlight=False)
    return 0


def findings(settings: Settings) -> list[Row]:
    """Return (what, whether it is fine, detail) for each thing a grading needs or may use."""
    cpus = len(os.sched_getaffinity(0))
    rows: list[Row] = [
        ("python", True, f"{platform.python_version()} on {platform.system()} {platform.release()}, {cpus} CPUs"),
        ("home", True, str(settings.home)),
        ("rubric", True, f"{len(load_criteria())} criteria"),
    ]
    docker = DockerSandbox(settings.home, image=settings.docker_image or None, runtime=settings.docker_runtime or None)
    for backend in (BubblewrapSandbox(settings.home), docker):
        reason = backend.why_unavailable()
        rows.append((backend.name, reason is None, reason or "works"))
    return rows
