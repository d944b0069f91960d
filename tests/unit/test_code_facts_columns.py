"""Columns and what is done with them, and how many models a search fits, as the code's text tells."""

from __future__ import annotations

import pytest
from rubric_evidence import notebook, work

LOAD = "import pandas as pd\nimport numpy as np\nimport seaborn as sns\ndf = pd.read_csv('a.csv')\n"


def columns(code: str) -> set[tuple[str, str]]:
    return {(use.column, use.action) for use in work(LOAD + code).code.columns}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("y = df['churn']\n", ("churn", "target")),
        ("y = df.churn.values\n", ("churn", "target")),
        ("X, y = df.drop('churn', axis=1), df['churn']\n", ("churn", "target")),
        ("y = df.pop('churn')\n", ("churn", "target")),
        ("y = (df['churn'] == 'Yes').astype(int)\n", ("churn", "target")),
        ("a, b, c, d = train_test_split(df, df['churn'], test_size=0.2)\n", ("churn", "target")),
        ("model.fit(df[FEATURES], df['churn'].values)\n", ("churn", "target")),
        ("y = encoder.fit_transform(df['churn'])\n", ("churn", "target")),
        ("print(df['age'].describe())\n", ("age", "looked")),
        ("df['age'].hist()\n", ("age", "looked")),
        ("sns.countplot(x='plan', data=df)\n", ("plan", "looked")),
        ("print(df.groupby('plan')['age'].mean())\n", ("age", "looked")),
        ("rates = df.groupby('plan')['churn'].mean()\nprint(rates)\n", ("plan", "looked")),
        ("rate = round(df['churn'].mean(), 3)\nprint(f'{rate:.1%}')\n", ("churn", "looked")),
        ("print(df['churn'].sum() / len(df))\n", ("churn", "looked")),
        ("df['age'] = df['age'].clip(0, 100)\n", ("age", "changed")),
        ("df = df.drop(columns=['age', 'plan'])\n", ("plan", "changed")),
        ("df = df[df['age'] < 100]\n", ("age", "changed")),
        ("df = df[~df['age'].isna()]\n", ("age", "changed")),
        ("print(df[df['age'].isna()])\n", ("age", "looked")),
        ("df.loc[df['age'] < 0, 'age'] = np.nan\n", ("age", "changed")),
        ("df = df.dropna(subset=['age'])\n", ("age", "changed")),
        ("TARGET = 'churn'\ny = df[TARGET]\n", ("churn", "target")),
        ("ID, AGE = 1, 2\nAGE = 'age'\ndf = df.drop(columns=[AGE])\n", ("age", "changed")),
    ],
)
def test_a_column_is_known_with_what_is_done_to_it(code: str, found: tuple[str, str]) -> None:
    assert found in columns(code)


@pytest.mark.parametrize(
    "code",
    ["y = self.labels\n", "model.fit(data.X_train, data.y_train)\n", "scaler.fit(df[['age']])\n",
     "a, b = train_test_split(df, stratify=df['plan'])\n"],
)  # fmt: skip
def test_what_is_no_column_or_not_predicted_is_no_target(code: str) -> None:
    assert not [name for name, action in columns(code) if action == "target"]


@pytest.mark.parametrize(
    "code",
    ["print(accuracy_score(df['churn'], guesses))\n", "print(model.score(X, df['churn']))\n",
     "print((df['churn'] - predicted).abs().mean())\n", "plt.scatter(df['churn'], y_pred)\n",
     "pd.crosstab(df['churn'], y_hat)\n", "rate = df['churn'].mean()\nprint(rates)\n",
     "loss = (df['churn'] - other).mean()\nprint(loss)\n"],
)  # fmt: skip
def test_what_is_scored_or_stands_beside_predictions_is_not_looked_at(code: str) -> None:
    assert ("churn", "looked") not in columns(code)


def test_a_value_or_a_title_is_no_column() -> None:
    found = columns("df['plan'] = df['plan'].replace('none', 'other')\nsns.set_title('age')\n")
    assert {name for name, _ in found} == {"plan"}


@pytest.mark.parametrize(
    ("compared", "changes"), [("== plan", False), ("== 'a'", True), ("< plan", True), ("== other", True)]
)
def test_rows_that_are_taken_group_by_group_are_not_filtered(compared: str, changes: bool) -> None:
    found = columns(f"for plan in df['plan'].unique():\n    part = df[df['plan'] {compared}]\n    part['fee'].hist()\n")
    assert (("plan", "changed") in found) == changes


def test_rows_chosen_by_a_mask_are_not_looked_at() -> None:
    assert ("age", "looked") not in columns("df = df[~df['age'].isna()]\n")


@pytest.mark.parametrize(
    "code",
    ["df['risk'] = model.predict_proba(X)[:, 1]\n",
     "df['score'] = 600 - y_pred\ndf['risk'] = df.apply(lambda row: row['score'] > 3, axis=1)\n",
     "out = pd.DataFrame({'id': df['id'], 'risk': proba})\n"],
)  # fmt: skip
def test_a_column_is_written_from_predictions(code: str) -> None:
    assert ("risk", "predicted") in columns(code)
    assert ("id", "predicted") not in columns(code)


def test_a_group_or_an_outlier_that_was_found_is_no_prediction() -> None:
    assert ("odd", "predicted") not in columns("df['odd'] = IsolationForest().fit_predict(X)\n")


def test_a_condition_does_not_look() -> None:
    found = columns("if df['age'].isna().any() or df['age'].nunique() < 3:\n    print(df['plan'].describe())\n")
    assert ("age", "read") in found
    assert not found & {("age", "looked"), ("age", "changed")}
    assert ("plan", "looked") in found


HELPER = "def bar(table, name):\n    v = table[name].value_counts()\n    v.plot.bar(title=name)\n"
THROUGH = HELPER + "def each(table):\n    for c in table.columns.to_list():\n        bar(table, c)\neach(df)\n"


@pytest.mark.parametrize(
    "code",
    ["for c in df.columns:\n    print(df[c].value_counts())\n",
     "for i, c in enumerate(df.columns):\n    plt.subplot(2, 2, i + 1)\n    sns.histplot(data=df, x=c)\n",
     "names = list(df.columns)\nnames.remove('id')\n[df[c].hist() for c in names]\n",
     HELPER + "for c in df.columns:\n    bar(df, c)\n", THROUGH],
)  # fmt: skip
def test_a_loop_over_all_columns_looks_at_each(code: str) -> None:
    assert ("*", "looked") in columns(code + "y = df['churn']\n")


@pytest.mark.parametrize(
    "code",
    ["for c in df.columns:\n    print(c, df[c].isnull().sum())\n",
     "for c in df.columns:\n    plt.title(c)\n    df[c] = df[c].fillna(0)\n",
     "for c in X.columns:\n    X[c].hist()\n",
     "for c in df.columns[:-1]:\n    df[c].hist()\n",
     "for c in df.columns:\n    if c != 'churn':\n        df[c].hist()\n",
     "names = list(df.columns)\nnames.remove('churn')\n[df[c].hist() for c in names]\n",
     "for c in df.drop(columns='churn').columns:\n    df[c].hist()\n",
     "n = len(df.columns)\nfor i in range(n):\n    plt.plot([i, i], [0, n])\n",
     "for c in ['age', 'plan']:\n    df[c].hist()\n",
     "def bar(table, name):\n    table.head()\nfor c in df.columns:\n    bar(df, c)\n"],
)  # fmt: skip
def test_a_loop_that_shows_nothing_or_leaves_the_target_out_does_not(code: str) -> None:
    assert ("*", "looked") not in columns(code + "y = df['churn']\n")


def test_the_last_expression_of_a_cell_is_a_look() -> None:
    evidence = work({"a.ipynb": notebook(LOAD, "df['age'] > 3")})
    assert [(use.column, use.action) for use in evidence.code.columns] == [("age", "looked")]


def search(code: str) -> tuple[int | None, int | None]:
    (fact,) = work("from sklearn.model_selection import *\nimport numpy as np\n" + code).code.searches
    return fact.settings, fact.folds


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("GridSearchCV(m, {'a': [1, 2, 3], 'b': [1, 2]}, cv=4)\n", (6, 4)),
        ("grid = {'a': range(9),"
         " 'b': list(range(1, 9, 2)), 'c': np.logspace(0, 1, 6)}\nGridSearchCV(m, grid)\n", (216, 5)),
        ("GridSearchCV(m, param_grid=[{'a': [1]}, {'b': [1, 2]}], cv=StratifiedKFold(n_splits=3))\n", (3, 3)),
        ("N = 20\nRandomizedSearchCV(m, space, n_iter=N, cv=3)\n", (20, 3)),
        ("RandomizedSearchCV(m, space)\n", (10, 5)),
        ("GridSearchCV(m, make_grid())\n", (None, 5)),
        ("study.optimize(objective, n_trials=50)\n", (50, None)),
        ("GridSearchCV(m, {'a': np.arange(0.1, 0.5, 0.1)}, cv=2)\n", (4, 2)),
    ],
)  # fmt: skip
def test_a_search_is_counted_where_the_code_says_how_large_it_is(
    code: str, found: tuple[int | None, int | None]
) -> None:
    assert search(code) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("target = 'churn'\ny = df[target]\n", ("churn", "target")),
        ("numbers = ['age', 'fee']\ndf[numbers].hist()\n", ("fee", "looked")),
        ("for ax, name in zip(axes, ['age', 'fee']):\n    sns.histplot(df[name], ax=ax)\n", ("fee", "looked")),
        ("for place, name in enumerate(['age', 'fee']):\n    print(df[name].describe())\n", ("age", "looked")),
        ("def main():\n    name = 'age'\n    df[name].hist()\nmain()\n", ("age", "looked")),
        ("print(df.age.describe())\ndf['age'] = 1\n", ("age", "looked")),
        ("df.age = df.age.clip(0, 1)\n", ("age", "changed")),
    ],
)
def test_a_name_or_an_attribute_stands_for_a_column(code: str, found: tuple[str, str]) -> None:
    assert found in columns(code)


@pytest.mark.parametrize(
    "code",
    ["df = df.astype({name: float for name in names})\n", "df[names] = scaler.fit_transform(df[names])\n",
     "df.loc[:, names] = scaler.transform(df[names])\n"],
)  # fmt: skip
def test_what_is_done_to_a_whole_list_of_columns_alike_follows_from_no_look(code: str) -> None:
    code = f"names = ['age', 'fee']\n{code}"
    assert not [name for name, action in columns(code) if action == "changed"]


@pytest.mark.parametrize(
    "code",
    ["name = 'age'\nname = input()\ndf[name].hist()\n", "name = 'age'\nfor name in found:\n    df[name].hist()\n",
     "name = 'age'\ndef show(name):\n    df[name].hist()\n", "names = ['age']\nnames.remove('age')\ndf[names].hist()\n",
     "name = 'age'\ndef other():\n    global name\n    name = 'fee'\ndf[name].hist()\n",
     "def first():\n    name = 'age'\ndef second():\n    df[name].hist()\n", "df.hist()\nprint('hist', 'age')\n",
     "df.plot.bar()\nprint(df.columns.value_counts())\nprint('plot', 'bar')\ndf.columns = names\n"],
)  # fmt: skip
def test_a_name_that_may_stand_for_another_stands_for_none(code: str) -> None:
    assert not [name for name, action in columns(code) if action == "looked"]
