"""How each of several notebooks ended, in words, and what they used of the limits."""

from __future__ import annotations

from grader.model import CellRun, NotebookRun, Report
from grader.report.formats import count, seconds, size

ENDS = {"ok": "Ran through", "failed": "Failed", "limit": "Over a limit", "not_run": "Not run"}
CHIPS = {"ok": "met", "failed": "not_met", "limit": "partly", "not_run": "not_applicable"}
Usage = tuple[str, float, float, str, str]


def notebooks_sentence(report: Report) -> str:
    """Return how many notebooks were run one after the other, and how many of them ran through; "" for one alone."""
    books = report.run.notebooks
    run = [book for book in books if book.ended != "not_run"]
    if len(books) < 2:
        return ""
    through = sum(book.ended == "ok" for book in run)
    said = f"{through} of {count(len(run), 'notebook')} ran through" if run else "No notebook was run"
    left = len(books) - len(run)
    return f"{said}{f', {left} not run' if left else ''}."


def ended_words(book: NotebookRun) -> str:
    """Return how a notebook ended: Failed at cell 3 of 12, 1.2 s."""
    if book.ended == "not_run":
        return f"{ENDS[book.ended]}: {book.why}" if book.why else ENDS[book.ended]
    cells = f"{book.cells} of {count(book.of, 'code cell')}"
    return f"{ENDS[book.ended]}: {cells}, {seconds(book.wall_s)}"


def cells_by_notebook(report: Report) -> list[tuple[str, tuple[CellRun, ...]]]:
    """Return the executed cells of each notebook, in the order they were run; "" is the path of one alone."""
    cells: dict[str, list[CellRun]] = {}
    for cell in report.run.cells:
        cells.setdefault(cell.path, []).append(cell)
    return [(path, tuple(found)) for path, found in cells.items()]


def usage(report: Report) -> list[Usage]:
    """Return what was used of each limit: name, amount, limit, both in words. The limits are for each notebook."""
    run, limits = report.run, report.receipt.limits
    times = [book.wall_s or 0 for book in run.notebooks]
    wall, cpu = (max(times), len(times)) if times else (run.wall_s or 0, 1)
    allowed = limits.wall_s * limits.cpus * cpu
    every = ", all notebooks" if times else ""
    on = f"{seconds(allowed)} on {count(limits.cpus, 'CPU')}"
    return [
        ("Longest notebook" if times else "Wall clock", wall, limits.wall_s, seconds(wall), seconds(limits.wall_s)),
        (f"CPU time{every}", run.cpu_s or 0, allowed, seconds(run.cpu_s), on),
        ("Peak memory", run.peak_memory_bytes or 0, limits.memory_bytes, size(run.peak_memory_bytes),
         size(limits.memory_bytes)),
    ]  # fmt: skip
