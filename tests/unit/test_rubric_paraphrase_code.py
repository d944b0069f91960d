"""The same work told in other words is judged the same: renamed, commented, cut into other cells, in another order."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from rubric_evidence import CRITERIA, finding, notebook, work, wrapped

DIMENSIONS = ("code_quality", "production_readiness")
CELLS = (
    "import pandas as pd\nfrom sklearn.svm import SVC\nimport joblib",
    "frame = pd.read_csv('/content/train.csv')\nrows = len(frame)",
    "share = frame['y'].mean()",
    "def prepare(table, seen=[]):\n    return table.dropna()",
    "clean = prepare(frame)\nmodel = SVC().fit(clean[['a']], clean['y'])",
    "try:\n    joblib.dump(model, 'model.joblib')\nexcept Exception:\n    pass\nprint(rows, share)",
)
SCRIPT = "\n".join(CELLS) + "\n"
RENAMED = {"frame": "customers", "rows": "n_rows", "clean": "tidy", "model": "classifier_2", "prepare": "drop_empty"}


def renamed(code: str) -> str:
    """Return the code with its variables and its function called otherwise."""
    return re.sub(r"\b(" + "|".join(RENAMED) + r")\b(?!\.joblib)", lambda match: RENAMED[match[1]], code)


def commented(code: str) -> str:
    """Return the code with a comment and a blank line before every statement at the margin."""
    return re.sub(r"^(?=[a-z])(?!except)", "\n# what follows is as it was\n", code, flags=re.MULTILINE)


def split(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells with each line at the margin of the simple ones in a cell of its own."""
    simple = [cell for cell in cells if "\n " not in cell]
    return tuple(part for cell in cells for part in (cell.split("\n") if cell in simple else [cell]))


def reordered(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells with two that do not depend on each other exchanged."""
    return (*cells[:2], cells[3], cells[2], *cells[4:])


def verdicts(files: dict[str, str]) -> dict[str, str]:
    """Return the verdict of each criterion of both dimensions."""
    wanted = [name for name, item in CRITERIA.items() if item.dimension in DIMENSIONS]
    evidence = work(files)
    return {name: finding(name, evidence).verdict for name in wanted}


@pytest.mark.parametrize("told", [renamed, commented, wrapped], ids=lambda told: told.__name__)
def test_a_script_told_otherwise_is_judged_the_same(told: Callable[[str], str]) -> None:
    assert verdicts({"train.py": told(SCRIPT), "README.md": "train.py"}) == verdicts(
        {"train.py": SCRIPT, "README.md": "train.py"}
    )


@pytest.mark.parametrize("tail", ["", "\nclean = frame.dropna()\nprint(clean.describe())\n" * 12])
def test_a_script_without_functions_gains_nothing_by_one_around_it(tail: str) -> None:
    script = "import pandas as pd\nfrom sklearn.svm import (\n    SVC,\n)\n"
    code = script + "frame = pd.read_csv('train.csv')\nSVC().fit(frame[['a']], frame['y'])\n" + tail
    around = code.replace(script, "").replace("\n", "\n    ")
    for call in ("main()\n", "if __name__ == '__main__':\n    main()\n", "raise SystemExit(main())\n"):
        told = f"{script}\ndef main():\n    {around}\n{call}"
        assert verdicts({"train.py": told}) == verdicts({"train.py": code})


@pytest.mark.parametrize("told", [split, reordered], ids=lambda told: told.__name__)
def test_a_notebook_cut_otherwise_is_judged_the_same(told: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
    assert verdicts({"a.ipynb": notebook(*told(CELLS))}) == verdicts({"a.ipynb": notebook(*CELLS)})


@pytest.mark.parametrize("told", [renamed, commented], ids=lambda told: told.__name__)
def test_a_notebook_told_otherwise_is_judged_the_same(told: Callable[[str], str]) -> None:
    assert verdicts({"a.ipynb": notebook(*map(told, CELLS))}) == verdicts({"a.ipynb": notebook(*CELLS)})
