"""The executed notebook that is kept: sources, text and bitmaps, and nothing that a viewer would run."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from grader.sandbox.inert import inert_notebook


def book(*outputs: dict[str, Any]) -> bytes:
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Churn"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {"trusted": True},
            "source": "df",
            "outputs": outputs,
            "execution_count": 1,
        },
    ]
    return json.dumps({"cells": cells, "metadata": {"widgets": {}}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "image/svg+xml",
        "application/javascript",
        "text/latex",
        "text/markdown",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "application/pdf",
    ],
)
def test_what_a_viewer_would_run_is_left_out_and_its_text_kept(kind: str) -> None:
    hostile = {kind: "<script>alert(1)</script>", "text/plain": "<script>  as text"}
    kept = inert_notebook(book({"output_type": "display_data", "data": hostile, "metadata": {kind: {}}}))
    assert kept is not None
    read = nbformat.reads(kept.decode(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(read)  # type: ignore[no-untyped-call]
    assert read.cells[1].outputs[0].data == {"text/plain": "<script>  as text"}
    alone = inert_notebook(book({"output_type": "execute_result", "data": {kind: "x"}, "metadata": {}}))
    assert alone is not None
    assert f"of the kinds {kind} was left out" in alone.decode()


def test_text_pictures_errors_and_sources_are_kept() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "AUC 0.8\n"}
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["line"]}
    picture = {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}}
    kept = json.loads(inert_notebook(book(stream, error, picture)) or b"")
    assert kept["cells"][1]["outputs"] == [stream, error, picture]
    assert [cell["source"] for cell in kept["cells"]] == ["# Churn", "df"]
    assert "trusted" not in json.dumps(kept)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b'{"cells": 5}', b'{"cells": [5]}', b'{"cells": [{}]}', b"[" * 100_000]
)
def test_what_is_no_notebook_is_not_kept(data: bytes) -> None:
    assert inert_notebook(data) is None
