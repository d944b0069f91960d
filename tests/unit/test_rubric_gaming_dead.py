"""Good practice that no run comes to gains nothing, wherever it is put; what runs by an unusual way is not dead."""

from __future__ import annotations

import pytest
from rubric_evidence import CRITERIA, finding, notebook, work
from test_rubric_gaming import GOOD, IMPORTS, PLAIN, gained, inside, marks

CODE = ("code_quality.functions_used", "code_quality.functions_small", "code_quality.no_repeated_code")
OPERATION = tuple(name for name, item in CRITERIA.items() if item.dimension == "production_readiness")
LINES = GOOD.strip().splitlines()


def behind(opening: str) -> str:
    """Return the plain work with everything good in a block below `opening`, which never runs."""
    first, _, last = opening.rpartition("\n")
    return IMPORTS + PLAIN + (f"{first}\n" if first else "") + inside(f"{last}\n", LINES)


NEVER = {
    "a condition that is false": behind("if False:"),
    "a condition that is negated": behind("if not True:"),
    "a comparison that never holds": behind("if 1 > 2:"),
    "nothing that is measured": behind("if len('') > 0:"),
    "a flag that is off": behind("DEBUG = 0\nif DEBUG:"),
    "a loop that never begins": behind("while False:"),
    "a loop over nothing": behind("for _ in []:"),
    "a loop of no rounds": behind("for _ in range(0):"),
    "types alone": behind("from typing import TYPE_CHECKING\nif TYPE_CHECKING:"),
    "a name that no module has": behind("if __name__ == '__never__':"),
    "an error that nothing raises": behind("try:\n    pass\nexcept Exception:"),
    "the other way of what is true": behind("if True:\n    pass\nelse:"),
    "the way out": IMPORTS + PLAIN + "import sys\nsys.exit()\n" + GOOD,
    "an error that is raised": IMPORTS + PLAIN + "raise SystemExit\n" + GOOD,
    "an error that is caught": IMPORTS + PLAIN + inside("try:\n    raise ValueError\n", LINES)
    + "except ValueError:\n    pass\n",
    "a way out of every branch": IMPORTS + PLAIN + "if len(df):\n    raise SystemExit\nelse:\n    exit()\n" + GOOD,
    "a function that returns at once": IMPORTS + PLAIN + inside("def never():\n    return\n", LINES) + "never()\n",
}  # fmt: skip


@pytest.mark.parametrize("code", NEVER.values(), ids=NEVER)
def test_what_never_runs_gains_nothing(code: str) -> None:
    assert gained(marks(work(PLAIN)), marks(work(code))) == []


def test_operands_that_are_never_evaluated_gain_nothing() -> None:
    idle = (
        "True or permutation_importance(model, df, df['churn'])\n"
        "False and print(confusion_matrix(df['churn'], model.predict(df)))\n"
        "None if True else print(roc_auc_score(df['churn'], model.predict(df)))\n"
        "[print(confusion_matrix(df['churn'], model.predict(df))) for _ in ()]\n"
    )
    assert gained(marks(work(PLAIN)), marks(work(IMPORTS + PLAIN + idle))) == []


def test_a_leak_that_never_runs_is_no_leak() -> None:
    leaking = (
        "X = StandardScaler().fit_transform(df[['a']])\n"
        "X_train, X_test, y_train, y_test = train_test_split(X, df['churn'])\n"
        "print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))\n"
    )
    head = IMPORTS + "df = pd.read_csv('data/train.csv')\n"
    assert finding("data_preparation.preprocessing_leakage", work(head + leaking)).verdict == "not_met"
    dead = head + inside("if False:\n", leaking.splitlines())
    assert finding("data_preparation.preprocessing_leakage", work(dead)).verdict == "not_applicable"


@pytest.mark.parametrize(
    "opening",
    [
        "import os\nif os.environ.get('FULL'):",
        "if __name__ == '__main__':",
        "if __name__ == 'train':",
        "if len(df) > 0:",
        "for _ in range(3):",
        "FULL = True\nif FULL:",
        "FULL = False\nFULL = len(df) > 5\nif FULL:",
        "tries = 0\nwhile tries < 1:\n    tries += 1",
        "try:\n    import shap\nexcept ImportError:",
        "while True:\n    break\nif True:",
    ],
)
def test_what_may_run_counts(opening: str) -> None:
    last = opening.rpartition("\n")[2]
    code = IMPORTS + PLAIN + opening + "\n" + "".join(f"    {line}\n" for line in LINES)
    assert last
    assert gained(marks(work(IMPORTS + PLAIN + GOOD)), marks(work(code))) == []
    assert gained(marks(work(code)), marks(work(IMPORTS + PLAIN + GOOD))) == []


def test_a_cell_below_one_that_stops_still_counts() -> None:
    cells = (IMPORTS + PLAIN, "raise SystemExit('the rest takes an hour')", GOOD)
    assert len(gained(marks(work(PLAIN)), marks(work({"a.ipynb": notebook(*cells)})))) >= 15


def test_a_long_block_that_cannot_run_is_dead_code_and_a_switch_is_not() -> None:
    assert finding("code_quality.no_dead_code", work(behind("if False:"))).verdict == "partly"
    assert finding("code_quality.no_dead_code", work(behind("DEBUG = 0\nif DEBUG:"))).verdict == "not_applicable"
