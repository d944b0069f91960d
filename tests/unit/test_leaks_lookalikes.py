"""Short works that look as if they leaked and do not, and idioms in which a leak is easily lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from leak_excerpts import SNIPPETS, sections

from grader.evidence import read_facts


def excerpts(name: str) -> list[object]:
    """Return (kind, code) of every section; its title ends in "(KIND)" or "(not KIND)"."""
    found = []
    for title, text in sections(name):
        kind = re.search(r"\((?:not )?(\w+)\)$", title)
        assert kind is not None, title
        found.append(pytest.param(kind[1], text.replace("<head>", SNIPPETS["head"]), id=title))
    return found


def kinds_of(folder: Path, code: str) -> set[str]:
    (folder / "work.py").write_text(code)
    return {leak.kind for leak in read_facts(folder, ["work.py"]).leaks}


@pytest.mark.parametrize(("kind", "code"), excerpts("lookalikes"))
def test_what_only_looks_like_a_leak_is_not_accused(tmp_path: Path, kind: str, code: str) -> None:
    assert kind not in kinds_of(tmp_path, code)


@pytest.mark.parametrize(("kind", "code"), excerpts("idioms"))
def test_a_leak_in_another_idiom_is_found(tmp_path: Path, kind: str, code: str) -> None:
    assert kind in kinds_of(tmp_path, code)
