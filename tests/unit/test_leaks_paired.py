"""Each kind of leak as candidates write it, beside the harmless twin that looks almost the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from leak_excerpts import SNIPPETS, cells_of, kinds_in, pairs, sections

from grader.evidence import read_facts


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


def test_a_file_that_one_script_writes_and_the_next_loads_carries_what_was_computed(tmp_path: Path) -> None:
    (tmp_path / "prepare.py").write_text(
        "from sklearn.preprocessing import MinMaxScaler\n"
        + SNIPPETS["load"]
        + "\ndf[['age']] = MinMaxScaler().fit_transform(df[['age']])\ndf.to_csv('ready.csv', index=False)\n"
    )
    steps = "\n".join(SNIPPETS[name] for name in ("features", "split", "model", "metric"))
    (tmp_path / "train.py").write_text(f"import pandas as pd\ndf = pd.read_csv('./ready.csv')\n{steps}\n")
    (leak,) = read_facts(tmp_path, ["prepare.py", "train.py"]).leaks
    assert (leak.kind, [span.path for span in leak.spans]) == ("preprocessing", ["prepare.py", "train.py"])


def test_models_that_a_function_scores_are_shown_where_it_is_called(tmp_path: Path) -> None:
    cells = cells_of(
        "<load>\n# %%\n<features>\n# %%\n<split>\n# %%\n"
        "from sklearn.linear_model import LogisticRegression, RidgeClassifier\n"
        "def report(model):\n    model.fit(Xa, ya)\n    print(model.score(Xb, yb))\n# %%\n"
        "report(RidgeClassifier())\n# %%\nreport(LogisticRegression())\n"
    )
    kinds_in(tmp_path, cells)
    (leak,) = read_facts(tmp_path, ["work.ipynb"]).leaks
    assert [span.text for span in leak.spans] == ["report(RidgeClassifier())", "report(LogisticRegression())"]
