"""Code that is made to keep the data-flow analysis busy is still read, within the reader's own limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.evidence import SubprocessCodeReader
from grader.intake import take

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv('train.csv')
X, y = df.drop('t', axis=1), df['t']
"""
PATIENT_S = 60  # what runs out here is the analysis's own bounds; how long it takes is for benchmarks/leakage.py to say
EIGHT = "[1, 2, 3, 4, 5, 6, 7, 8]"
WORKS = {
    "one model scored two thousand times": "m = LogisticRegression()\n" + "m.fit(X, y)\nm.score(X, y)\n" * 2000,
    "a thousand scalers, splits and models": (
        "X = StandardScaler().fit_transform(X)\na, b, c, d = train_test_split(X, y)\n"
        "print(LogisticRegression().fit(a, c).score(b, d))\n"
    )
    * 1000,
    "loops in loops": "".join(f"{'    ' * depth}for a{depth} in {EIGHT}:\n" for depth in range(8))
    + f"{'    ' * 8}LogisticRegression(C=a1).fit(X, y).score(X, y)\n",
    "functions that call each other in loops": "".join(
        f"def g{n}(z):\n    for q in {EIGHT}:\n        g{(n + 1) % 30}(z)\n        StandardScaler().fit_transform(z)\n"
        for n in range(30)
    )
    + "g0(X)\n",
    "three thousand columns, each made of the one before": "".join(
        f"df['c{n}'] = df['c{n - 1}'].fillna(df['c{n - 1}'].mean())\n" for n in range(1, 3000)
    )
    + "a, b, c, d = train_test_split(df, y)\nLogisticRegression().fit(a, c).score(b, d)\n",
    "a table that is put together five hundred times": "df = pd.concat([" + ", ".join(["df"] * 500) + "])\n" * 9,
    "an expression of ten thousand terms": "z = " + "+".join(["X"] * 10_000) + "\n",
}


@pytest.mark.parametrize("code", WORKS.values(), ids=WORKS)
def test_code_made_to_keep_the_analysis_busy_is_read(tmp_path: Path, code: str) -> None:
    (tmp_path / "work.py").write_text(HEAD + code)
    reader = SubprocessCodeReader(cpu_s=PATIENT_S)
    facts = reader.read(take(str(tmp_path / "work.py"), tmp_path / "store"))
    assert facts.failure == ""
    assert facts.sources


def test_a_statement_that_is_too_deep_hides_nothing_but_itself(tmp_path: Path) -> None:
    deep = f"depth = {'+'.join(['1'] * 1500)}\n"
    leak = "X = StandardScaler().fit_transform(X)\na, b, c, d = train_test_split(X, y)\n"
    (tmp_path / "work.py").write_text(HEAD + deep + leak + "print(LogisticRegression().fit(a, c).score(b, d))\n")
    facts = SubprocessCodeReader().read(take(str(tmp_path / "work.py"), tmp_path / "store"))
    assert [found.kind for found in facts.leaks] == ["preprocessing"]
    assert "print" in [call.name for call in facts.calls]
