"""Words, headings, dead code and length gain nothing in data preparation, model choice and evaluation."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from rubric_evidence import CRITERIA, claiming, finding, notebook, work

from grader.model import Evidence

JUDGED = tuple(
    name for name, item in CRITERIA.items() if item.dimension in ("data_preparation", "model_choice", "evaluation")
)
PLAIN = (
    "import pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\n"
    "df = pd.read_csv('data/train.csv')\nmodel = RandomForestClassifier()\n"
    "model.fit(df.drop(columns='churn'), df['churn'])\nmodel.predict(pd.read_csv('data/test.csv')).tofile('p.csv')\n"
)
# Everything that the three dimensions ask for, as it is done well.
GOOD = """
print(df.isnull().sum(), df.duplicated().sum(), df['churn'].value_counts(), df['age'].describe())
df = pd.read_csv('data/train.csv', na_values=['unknown'], parse_dates=['start_date']).drop_duplicates()
df['age'] = df['age'].clip(0, df['age'].quantile(0.99))
X, y = df.drop(columns='churn'), df['churn']
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
models = {
    'dummy': DummyClassifier(),
    'linear': make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(class_weight='balanced')),
    'forest': make_pipeline(SimpleImputer(), RandomForestClassifier(class_weight='balanced', random_state=0)),
}
scores = {name: cross_val_score(model, X_train, y_train, scoring='roc_auc') for name, model in models.items()}
for name, values in scores.items():
    print(name, values.mean(), values.std())
best = models[max(scores, key=lambda name: scores[name].mean())]
search = GridSearchCV(best, {'logisticregression__C': [0.1, 1, 10]}, cv=5).fit(X_train, y_train)
chance = search.predict_proba(X_test)[:, 1]
precision, recall, cuts = precision_recall_curve(y_test, chance)
cut = cuts[(precision * recall).argmax()]
print(roc_auc_score(y_test, chance), confusion_matrix(y_test, chance >= cut))
print(permutation_importance(search, X_test, y_test, random_state=0))
"""
IMPORTS = (
    "import pandas as pd\nfrom sklearn.dummy import DummyClassifier\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.impute import SimpleImputer\n"
    "from sklearn.inspection import permutation_importance\n"
    "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import *\n"
    "from sklearn.model_selection import *\nfrom sklearn.pipeline import make_pipeline\n"
    "from sklearn.preprocessing import StandardScaler\n"
)
WORDS = (
    "Missing values were imputed with SimpleImputer in a Pipeline, -999 replaced, duplicates dropped with "
    "drop_duplicates, outliers clipped, dates parsed with to_datetime, train_test_split(stratify=y), "
    "class_weight, SMOTE, GridSearchCV, "
    "cross_val_score with StratifiedKFold, DummyClassifier baseline, confusion_matrix, calibration_curve, SHAP, "
    "permutation_importance, random_state=42, ROC AUC, mean and standard deviation, bootstrap confidence interval. "
)
HEADINGS = "\n\n".join(
    f"## {title}"
    for title in ("EDA", "Missing values", "Outliers", "Baseline", "Model comparison", "Hyperparameter tuning",
                  "Cross-validation", "Error analysis", "Calibration", "Feature importance", "Limitations",
                  "Next steps")
)  # fmt: skip


def marks(evidence: Evidence) -> dict[str, float]:
    """Return the score of each criterion that was scored."""
    found = ((name, finding(name, evidence).score) for name in JUDGED)
    return {name: score for name, score in found if score is not None}


def gained(before: dict[str, float], after: dict[str, float]) -> list[str]:
    """Return the criteria in which `after` is better, those that were not scored before counted as nothing."""
    return sorted(name for name, score in after.items() if score > before.get(name, 0.0))


def commented(code: str) -> str:
    return "".join(f"# {line}\n" for line in code.splitlines())


def inside(opening: str, lines: Iterable[str]) -> str:
    return opening + "".join(f"    {line}\n" for line in lines)


DEAD = inside("def evaluate_everything(df):\n", GOOD.strip().splitlines())
WAYS = {
    "comments": PLAIN + commented(GOOD),
    "a docstring": f'"""{WORDS}\n{GOOD}"""\n' + PLAIN,
    "strings that are printed": PLAIN + f"print({WORDS!r})\nprint({HEADINGS!r})\n",
    "imports alone": IMPORTS + PLAIN,
    "a function that nobody calls": IMPORTS + PLAIN + DEAD,
    "a method that nobody calls": IMPORTS + PLAIN + "class Best:\n" + inside("    def run(self, df):\n", (
        f"    {line}" for line in GOOD.strip().splitlines())),
    "names of variables": PLAIN + "stratify = smote = calibration_curve = confusion_matrix = shap = roc_auc = 1\n",
    "models that are made and forgotten":
        IMPORTS + PLAIN + "baseline = DummyClassifier()\nother = LogisticRegression()\n",
}  # fmt: skip


@pytest.mark.parametrize("code", WAYS.values(), ids=WAYS)
def test_what_does_not_take_part_in_the_run_gains_nothing(code: str) -> None:
    assert gained(marks(work(PLAIN)), marks(work(code))) == []


@pytest.mark.parametrize("text", [WORDS * 20, HEADINGS, HEADINGS.replace("\n\n", f"\n\n{WORDS}\n\n")], ids=len)
def test_words_and_headings_in_a_readme_or_a_notebook_gain_nothing(text: str) -> None:
    plain = marks(work(PLAIN))
    assert gained(plain, marks(work({"train.py": PLAIN, "README.md": text}))) == []
    cells = [f"# %% md\n{text}", *PLAIN.splitlines()]
    assert gained(marks(work({"a.ipynb": notebook(*cells[1:])})), marks(work({"a.ipynb": notebook(*cells)}))) == []


def test_good_practice_in_a_test_file_gains_nothing() -> None:
    tests = IMPORTS + inside("def test_everything(df):\n", GOOD.strip().splitlines()) + "    assert df is not None\n"
    assert gained(marks(work(PLAIN)), marks(work({"train.py": PLAIN, "tests/test_work.py": tests}))) == []


def test_the_same_practice_gains_where_it_is_run() -> None:
    real = IMPORTS + "df = pd.read_csv('data/train.csv')\n" + GOOD
    better = gained(marks(work(PLAIN)), marks(work(real)))
    assert len(better) >= 15, better


def test_repeating_one_look_gains_nothing_over_it() -> None:
    once = marks(work(PLAIN + "print(df['age'].describe())\n"))
    assert gained(once, marks(work(PLAIN + "print(df['age'].describe())\n" * 50))) == []


def test_claiming_many_figures_does_not_hide_one_that_is_wrong() -> None:
    right = "".join(f"The accuracy of run {n} is 0.81.\n\n" for n in range(30))
    found = finding("evaluation.claims_hold", claiming({"README.md": right + "The ROC AUC is 0.99.\n"},
                                                              "accuracy 0.81\nROC AUC 0.70"))  # fmt: skip
    assert found.verdict == "partly"
    assert "ROC AUC 0.99" in found.reason


def test_printing_a_wall_of_numbers_bears_out_nothing() -> None:
    wall = "\n".join(" ".join(f"{n / 100:.2f} x" for n in range(100)) for _ in range(50))
    found = finding("evaluation.claims_hold", claiming({"README.md": "The ROC AUC is 0.99.\n"}, wall))
    assert found.verdict == "not_applicable"
