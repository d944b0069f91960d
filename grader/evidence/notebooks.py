"""Reads notebooks as plain JSON: any nbformat, any damage, nothing executed and no output kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from grader.model import NotebookFact, Span

_MAX_HEADINGS = 200
_MAX_CELLS = 50_000


@dataclass(frozen=True)
class Notebook:
    """A notebook's cells: `code` and `markdown` hold (0-based cell index, text)."""

    fact: NotebookFact
    code: tuple[tuple[int, str], ...]
    markdown: tuple[tuple[int, str], ...]


def read_notebook(path: str, text: str) -> Notebook | str:
    """Return the notebook, or one sentence on why it cannot be read; an empty file is a notebook without a cell."""
    if not text.strip():
        return _notebook(path, {}, [])
    if "\n<<<<<<< " in text:
        return f"{path} holds merge conflict markers and is no readable notebook."
    try:
        data = json.loads(text)
    except ValueError:
        return f"{path} is not valid JSON, so its cells were not read."
    except RecursionError:
        return f"{path} is nested too deeply to be read."
    if not isinstance(data, dict):
        return f"{path} is not a notebook: its JSON is no object."
    return _notebook(path, data, _cells(data))


def _cells(data: dict[str, Any]) -> list[dict[str, Any]]:
    found = data.get("cells")
    if not isinstance(found, list):
        sheets = data.get("worksheets")
        first = sheets if isinstance(sheets, list) else []
        found = [cell for sheet in first if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    return [cell if isinstance(cell, dict) else {} for cell in found[:_MAX_CELLS]]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _notebook(path: str, data: dict[str, Any], cells: list[dict[str, Any]]) -> Notebook:
    code: list[tuple[int, str]] = []
    markdown: list[tuple[int, str]] = []
    counts: list[int | None] = []
    headings: list[Span] = []
    for index, cell in enumerate(cells):
        text, kind = _text(cell), cell.get("cell_type")
        if kind == "code":
            code.append((index, text))
            count = cell.get("execution_count", cell.get("prompt_number"))
            if text.strip():  # an empty cell is no source either: what is left stands in the order of the sources
                counts.append(count if isinstance(count, int) and abs(count) < 10**9 else None)
        elif kind == "heading":  # nbformat 3
            markdown.append((index, text))
            headings.append(Span(path=path, cell=index, line=1, end_line=1, text=text.strip()[:200]))
        elif kind == "markdown":
            markdown.append((index, text))
            headings.extend(_headings(path, index, text))
    fact = NotebookFact(
        path=path,
        code_cells=len(code),
        markdown_cells=len(markdown),
        markdown_words=sum(len(text.split()) for _, text in markdown),
        headings=tuple(headings[:_MAX_HEADINGS]),
        execution_counts=tuple(counts),
        language=_language(data, cells),
    )
    return Notebook(fact, tuple(code), tuple(markdown))


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _headings(path: str, index: int, text: str) -> list[Span]:
    found, fenced = [], False
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        title = line.strip().lstrip("#")
        if not fenced and line.startswith("#") and title[:1] in (" ", "\t") and title.strip():
            found.append(Span(path=path, cell=index, line=number, end_line=number, text=line.strip()[:200]))
    return found


def _language(data: dict[str, Any], cells: list[dict[str, Any]]) -> str:
    metadata = data.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(key)
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return str(part[name]).lower()[:40]
    named = next((cell["language"] for cell in cells if isinstance(cell.get("language"), str)), "python")
    return str(named).lower()[:40]
