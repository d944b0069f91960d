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
        ("low_requirements.txt", "dependencies"),
        ("requirements/dev.in", "dependencies"),
        ("run.sh", "configuration"),
        ("api/.env", "configuration"),
        (".env.example", "configuration"),
        ("prod.env", "configuration"),
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


@pytest.mark.parametrize(
    ("name", "entry", "line"),
    [
        ("uv.lock", '[[package]]\nname = "rows"\nversion = "1.2"\nsource = { registry = "x" }\n', "rows==1.2"),
        ("Pipfile.lock", '        "rows": {\n            "hashes": [],\n            "version": "==1.2"\n', "rows==1.2"),
        ("conda-lock.yml", "- name: rows\n  version: 1.2\n  manager: conda\n", "rows==1.2"),
        ("requirements.txt", "rows[all]==1.2 \\\n    --hash=sha256:0 # via frames\n", "rows[all]==1.2"),
    ],
)
def test_a_long_list_of_packages_is_read_to_its_end(tmp_path: Path, name: str, entry: str, line: str) -> None:
    (tmp_path / name).write_text("# made by a tool\n" * 4000 + entry)
    (document,) = read_facts(tmp_path, [name]).documents
    assert document.text == line
