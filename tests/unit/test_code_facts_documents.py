"""Prose, dependency lists and configuration, whatever they are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.evidence import read_facts
from grader.evidence.documents import MAX_TEXT, document_kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("README.md", "readme"),
        ("readme", "readme"),
        ("LEIAME.md", "readme"),
        ("sub folder/ReadMe.TXT", "readme"),
        ("requirements.txt", "dependencies"),
        ("requirments.txt", "dependencies"),
        ("requirements-dev.txt", "dependencies"),
        ("environment.yml", "dependencies"),
        ("pyproject.toml", "dependencies"),
        ("uv.lock", "dependencies"),
        ("Dockerfile", "configuration"),
        ("Makefile", "configuration"),
        ("conf/params.yaml", "configuration"),
        ("docs/report.md", "markdown"),
        ("notes.txt", None),
        ("data/train.csv", None),
    ],
)
def test_a_document_is_known_by_its_name(path: str, kind: str | None) -> None:
    assert document_kind(path) == kind


def test_requirements_in_utf_16_are_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("pandas==2.2\n".encode("utf-16"))
    (document,) = read_facts(tmp_path, ["requirements.txt"]).documents
    assert document.text == "pandas==2.2\n"


def test_markdown_of_a_notebook_is_a_document_of_its_own(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "source": text} for text in ("We chose AUC.", "Limits: few rows.")]
    (tmp_path / "w.ipynb").write_text(json.dumps({"cells": cells}))
    (document,) = read_facts(tmp_path, ["w.ipynb"]).documents
    assert (document.kind, document.words) == ("markdown", 6)


def test_a_long_text_is_cut_but_its_words_are_all_counted(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("word " * 50_000)
    (document,) = read_facts(tmp_path, ["README.md"]).documents
    assert len(document.text) == MAX_TEXT
    assert document.words == 50_000
