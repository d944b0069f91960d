"""Each kind of leak as candidates write it, beside the harmless twin that looks almost the same.

The excerpts lie in leak_pairs/KIND.txt: a title, the leaky work, "harmless twin", and the twin. `# %%` begins a new
cell, and `<name>` stands for a cell of snippets.txt. A title ends in "(also KIND)" where one act is two leaks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.evidence import read_facts

PAIRS = Path(__file__).parent / "leak_pairs"
KINDS = ("preprocessing", "overlap", "scored_on_training_data", "target", "multi_test")


def sections(name: str) -> list[tuple[str, str]]:
    found = re.split(r"^### (.*)\n", (PAIRS / f"{name}.txt").read_text(), flags=re.MULTILINE)
    return [(title, text.strip()) for title, text in zip(found[1::2], found[2::2], strict=True)]


SNIPPETS = dict(sections("snippets"))


def cells_of(text: str) -> list[str]:
    cells = [cell.strip() for cell in text.split("# %%")]
    return [SNIPPETS[cell[1:-1]] if cell.startswith("<") else cell for cell in cells]


def pairs() -> list[object]:
    found = []
    for kind in KINDS:
        excerpts = sections(kind)
        for (title, leaky), (_, harmless) in zip(excerpts[::2], excerpts[1::2], strict=True):
            kinds = {kind, *re.findall(r"\(also (\w+)\)", title)}
            found.append(pytest.param(kinds, leaky, harmless, id=f"{kind}: {title}"))
    return found


def kinds_in(folder: Path, cells: list[str]) -> set[str]:
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    return {leak.kind for leak in read_facts(folder, ["work.ipynb"]).leaks}


@pytest.mark.parametrize(("kinds", "leaky", "harmless"), pairs())
def test_the_leak_is_found_and_its_twin_is_not_accused(
    tmp_path: Path, kinds: set[str], leaky: str, harmless: str
) -> None:
    assert kinds_in(tmp_path, cells_of(leaky)) == kinds
    assert kinds_in(tmp_path, cells_of(harmless)) == set()


@pytest.mark.parametrize(("kinds", "leaky", "harmless"), pairs())
def test_one_cell_instead_of_many_changes_no_verdict(
    tmp_path: Path, kinds: set[str], leaky: str, harmless: str
) -> None:
    assert kinds_in(tmp_path, ["\n".join(cells_of(leaky))]) == kinds
    assert kinds_in(tmp_path, ["\n".join(cells_of(harmless))]) == set()


def test_a_leak_names_the_culprit_first_and_the_evaluation_last(tmp_path: Path) -> None:
    cells = cells_of(dict(sections("preprocessing"))["a scaler on everything, across cells and under another name"])
    kinds_in(tmp_path, cells)
    (leak,) = read_facts(tmp_path, ["work.ipynb"]).leaks
    assert leak.spans[0].text == "feats = sc.fit_transform(X)"
    assert (leak.spans[0].cell, leak.spans[0].line) == (3, 1)
    assert "accuracy_score" in leak.spans[-1].text
    assert "StandardScaler" in leak.message


def test_a_leak_in_a_module_that_a_script_imports_is_found_in_the_module(tmp_path: Path) -> None:
    (tmp_path / "features.py").write_text(
        "from sklearn.preprocessing import MinMaxScaler\ndef scaled(X):\n    return MinMaxScaler().fit_transform(X)\n"
    )
    (tmp_path / "train.py").write_text(
        "from features import scaled\n"
        + "\n".join(SNIPPETS[name] for name in ("load", "features"))
        + "\nX = scaled(X)\n"
        + "\n".join(SNIPPETS[name] for name in ("split", "model", "metric"))
    )
    (leak,) = read_facts(tmp_path, ["features.py", "train.py"]).leaks
    assert (leak.kind, leak.spans[0].path, leak.spans[0].line) == ("preprocessing", "features.py", 3)
    assert leak.spans[-1].path == "train.py"


def test_what_an_unknown_library_does_is_no_accusation(tmp_path: Path) -> None:
    cells = [SNIPPETS["load"], "import inhouse", "X, y = inhouse.prepare(df)", SNIPPETS["split"]]
    cells += ["X = inhouse.Scaler().fit_transform(X)", SNIPPETS["model"], SNIPPETS["metric"]]
    assert kinds_in(tmp_path, cells) == set()


def test_a_scaler_fitted_in_a_branch_that_is_never_taken_is_no_accusation(tmp_path: Path) -> None:
    names = ("load", "features", "scaler")
    cells = [SNIPPETS[name] for name in names] + ["if False:\n    X = sc.fit_transform(X)"]
    assert kinds_in(tmp_path, cells + [SNIPPETS[name] for name in ("split", "model", "metric")]) == set()
