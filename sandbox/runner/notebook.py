"""Runs a notebook cell by cell with nbclient, keeping what ran before a failure."""

from __future__ import annotations

import asyncio
import math
import os
import time
from pathlib import Path
from typing import Any

import kernel
import nbformat
import record
import traces
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

formats: Any = nbformat  # it ships no types
NAME = 200
MINORS = (4, 5)  # versions 4.x of the format: what intake writes, and what new outputs are checked against
LONGEST_TRACE = 1 << 20


def load_schema() -> None:
    """Let the format's schemas be read and compiled, as otherwise the first notebook and the first output make them."""
    for minor in MINORS:
        formats.validate({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": minor})


def run(job: dict[str, Any], run: record.RunRecord) -> dict[str, Any] | None:
    """Execute the notebook in a kernel of its own that starts now, and return the failure or None."""
    folder = str((Path(job["work"]) / job["path"]).parent)
    return asyncio.run(execute(client_of(kernel.fresh_manager(), folder), job, run))


def client_of(manager: Any, folder: str) -> NotebookClient:
    """Return what executes cells in the kernel of `manager`, which starts in `folder`."""
    return NotebookClient(
        formats.v4.new_notebook(),
        km=manager,
        allow_errors=False,
        force_raise_errors=True,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": folder}},
        extra_arguments=["--HistoryManager.enabled=False", "--log-level=ERROR", "--IPKernelApp.quiet=True"],
    )


async def start(client: NotebookClient) -> None:
    """Start the kernel and wait until it answers."""
    await client.async_start_new_kernel(env=os.environ.copy())
    await client.async_start_new_kernel_client()


async def execute(client: NotebookClient, job: dict[str, Any], run: record.RunRecord) -> dict[str, Any] | None:
    """Execute the job's notebook, write executed.ipynb, and return the failure or None."""
    try:
        book = formats.read(Path(job["work"]) / job["path"], as_version=4)
    except (ValueError, KeyError, AttributeError, RecursionError, OSError) as error:
        return record.failure("notebook.invalid", f"{job['path']} cannot be read: {error}", path=job["path"])
    client.nb = book
    client.timeout = max(1, math.ceil(job["cell_s"]))  # nbclient takes 0 for no limit
    try:
        if client.kc is None:
            await start(client)
        return await _Execution(client, job, run).all_cells()
    finally:
        with record.told_if_unwritable():
            formats.write(book, Path(job["output"]) / "executed.ipynb")


class _Execution:
    """One notebook's execution."""

    def __init__(self, client: NotebookClient, job: dict[str, Any], run: record.RunRecord) -> None:
        self._client, self._book, self._job, self._run = client, client.nb, job, run

    async def all_cells(self) -> dict[str, Any] | None:
        """Run every code cell until one fails."""
        failed = None
        for index, cell in enumerate(self._book.cells):
            if cell.cell_type == "code" and cell.source.strip():
                failed = await self._one(index, cell) if failed is None else self._skipped(index, failed)
        return failed

    def _skipped(self, index: int, failed: dict[str, Any]) -> dict[str, Any]:
        self._run.cells.append({"index": index, "status": "not_run"})
        return failed

    async def _one(self, index: int, cell: Any) -> dict[str, Any] | None:
        self._run.write(cell=index)
        entry: dict[str, Any] = {"index": index, "status": "ok"}
        self._run.cells.append(entry)
        started = time.monotonic()
        failed = None
        try:
            await self._client.async_execute_cell(cell, index, store_history=True)
        except CellTimeoutError:
            entry["status"] = "timeout"
            message = f"Cell {index + 1} ran longer than the {self._job['cell_s']:g} s that a cell may."
            failed = record.failure("notebook.cell_timeout", message, cell=index, hint="Search less, or on a sample.")
        except DeadKernelError:
            entry["status"] = "error"
            message = f"The notebook's process ended in the middle of cell {index + 1}."
            failed = record.failure("notebook.kernel_died", message, cell=index, hint="Use less memory; do not exit.")
        except Exception as error:  # noqa: BLE001 - whatever nbclient raises for a cell's own error is that cell's failure
            entry["status"] = "error"
            failed = self._error_of(index, cell, error, entry)
        entry["wall_s"] = round(time.monotonic() - started, 3)
        if failed:
            failed.setdefault("path", self._job["path"])
        self._run.write()
        return failed

    def _error_of(self, index: int, cell: Any, error: Exception, entry: dict[str, Any]) -> dict[str, Any]:
        output: Any = next((item for item in cell.outputs if item.output_type == "error"), {})
        name = str(output.get("ename") or getattr(error, "ename", type(error).__name__))[:NAME]
        value = record.told(str(output.get("evalue") or getattr(error, "evalue", error)), record.SHOWN)
        trace = record.plain("\n".join(output.get("traceback", []))[:LONGEST_TRACE])
        line = traces.line_of_cell(trace)
        entry |= {"error": name, "message": value, "traceback": traces.both_ends(trace), "line": line}
        code = (
            "notebook.syntax_error"
            if name in ("SyntaxError", "IndentationError", "TabError")
            else "notebook.cell_error"
        )
        place = {"cell": index, "line": line}
        return record.of_exception(
            name, value, where=f"Cell {index + 1}", otherwise=code, work=self._job["work"], **place
        )
