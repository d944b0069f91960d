"""The executed notebook made safe to open: what a viewer would run, load or lay out is left out of its outputs."""

from __future__ import annotations

import json
from typing import Any

_KEPT = ("text/plain", "image/png", "image/jpeg")
_LEFT_OUT = "[An output of the kinds {kinds} was left out: only text and bitmaps are kept.]"
_CELL_KEYS = ("cell_type", "id", "source", "execution_count")


def inert_notebook(data: bytes) -> bytes | None:
    """Return the notebook with its sources, text and bitmaps alone, or None when `data` is no notebook.

    HTML, SVG, JavaScript, LaTeX, Markdown and widget outputs go, and all metadata but the language: a page or an editor
    that shows the file later may trust it more than it should.
    """
    try:
        book = json.loads(data)
        cells = [_cell(cell) for cell in book["cells"]]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    whole = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=True).encode()


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kept = {key: cell[key] for key in _CELL_KEYS if key in cell} | {"metadata": {}}
    if cell["cell_type"] == "code":
        kept["outputs"] = [_output(output) for output in cell.get("outputs", [])]
        kept.setdefault("execution_count", None)
    return kept


def _output(output: dict[str, Any]) -> dict[str, Any]:
    kind = output["output_type"]
    if kind == "stream":
        return {"output_type": kind, "name": _text(output["name"]), "text": output["text"]}
    if kind == "error":
        return {"output_type": kind, **{key: output[key] for key in ("ename", "evalue", "traceback")}}
    data = {mime: output["data"][mime] for mime in _KEPT if mime in output["data"]}
    if not data:
        data = {"text/plain": _LEFT_OUT.format(kinds=", ".join(sorted(map(_text, output["data"])))[:200])}
    shown: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": {}}
    if kind == "execute_result":
        shown |= {"output_type": kind, "execution_count": output.get("execution_count")}
    return shown


def _text(value: object) -> str:
    return str(value)[:100]
