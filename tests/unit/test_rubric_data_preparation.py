"""What the criteria of data preparation say of small works."""

from __future__ import annotations

import pytest
from cases_cleaning import CASES as CLEANED
from cases_data_preparation import CASES, LOAD, SCALED_AFTER
from cases_dummies import CASES as ENCODED
from cases_exploration import CASES as EXPLORED
from cases_looked_at import CASES as LOOKED_AT
from rubric_evidence import Case, finding, leaking, missing_verdicts, verdict, work


@pytest.mark.parametrize("given", [*CASES, *CLEANED, *EXPLORED, *LOOKED_AT, *ENCODED], ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("data_preparation", CASES) == {}


def test_a_leak_names_what_was_found_and_what_to_do() -> None:
    found = finding("data_preparation.preprocessing_leakage", leaking("preprocessing", SCALED_AFTER))
    assert found.reason == "Rows were seen twice."
    assert "Pipeline" in found.advice
    assert [span.line for span in found.evidence] == [2]


def test_a_leak_of_one_kind_says_nothing_of_the_others() -> None:
    assert verdict("data_preparation.overlap_leakage", leaking("preprocessing", SCALED_AFTER)) == "met"


def test_an_absence_is_left_to_a_person_where_a_cell_could_not_be_read() -> None:
    found = finding("data_preparation.missing_values", work({"a.py": LOAD, "b.py": "print 'python 2'\n"}))
    assert found.verdict == "needs_human"
    assert "b.py" in found.reason


def test_several_culprits_are_named_each() -> None:
    code = (
        "import pandas as pd\nfrom sklearn.feature_selection import SelectKBest\n"
        "from sklearn.linear_model import Ridge\nfrom sklearn.model_selection import train_test_split\n"
        "from sklearn.preprocessing import StandardScaler\ndf = pd.read_csv('a.csv')\n"
        "X = StandardScaler().fit_transform(df[['a', 'b']])\nX = SelectKBest(k=1).fit_transform(X, df['y'])\n"
        "A, B, a, b = train_test_split(X, df['y'])\nprint(Ridge().fit(A, a).score(B, b))\n"
    )
    reason = finding("data_preparation.preprocessing_leakage", work(code)).reason
    assert reason.endswith("evaluated later. The same holds for SelectKBest.")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["df['a'] = df['a'].fillna(df['a'].mean())"], "(column a) was computed on all rows, and some of these rows"),
        (["df['a'].fillna(df['a'].mean(), inplace=True)", "df['b'] = df['b'].fillna(df['b'].median())"],
         "The value that fills gaps (columns a and b) was computed"),
        (["df['a'] = df['a'].fillna(df['a'].mean())", "for c in 'bc':\n    df[c] = df[c].fillna(df[c].mean())"],
         "The value that fills gaps was computed"),
        (["df = df.fillna(df.mean())", "df['b'] = (df['b'] - df['b'].mean()) / df['b'].std()"],
         "The same holds for a statistic that values are scaled by (column b)."),
    ],
)  # fmt: skip
def test_the_columns_of_a_leak_are_named_where_all_of_them_are_known(lines: list[str], told: str) -> None:
    code = (
        "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
        "from sklearn.model_selection import train_test_split\ndf = pd.read_csv('a.csv')\n"
        + "\n".join(lines)
        + "\nA, B, a, b = train_test_split(df[['a', 'b', 'c']], df['y'])\nprint(Ridge().fit(A, a).score(B, b))\n"
    )
    assert told in finding("data_preparation.preprocessing_leakage", work(code)).reason


def test_what_saw_other_rows_is_told_apart_and_what_touches_the_test_part_leads() -> None:
    code = (
        "import pandas as pd\nfrom imblearn.over_sampling import SMOTE\nfrom sklearn.linear_model import Ridge\n"
        "from sklearn.model_selection import cross_val_score, train_test_split\n"
        "from sklearn.preprocessing import MinMaxScaler, StandardScaler\ndf = pd.read_csv('a.csv')\n"
        "X = StandardScaler().fit_transform(df[['a', 'b']])\nA, B, a, b = train_test_split(X, df['y'])\n"
        "A = MinMaxScaler().fit_transform(A)\nprint(cross_val_score(Ridge(), A, a))\n"
        "B, b = SMOTE().fit_resample(B, b)\nprint(Ridge().fit(A, a).score(B, b))\n"
    )
    reason = finding("data_preparation.preprocessing_leakage", work(code)).reason
    assert reason == (
        "StandardScaler was computed on all rows, and some of these rows are evaluated later. "
        "SMOTE was computed on the test part itself, and some of these rows are evaluated later. "
        "MinMaxScaler was computed on the whole training part, and some of these rows are cross-validated later."
    )
    assert verdict("data_preparation.overlap_leakage", work(code)) == "met"
