"""The same work written in another way gets the same verdicts in data preparation, model choice and evaluation."""

from __future__ import annotations

import re

import pytest
from rubric_evidence import CRITERIA, finding, notebook, work, wrapped

from grader.model import Evidence

JUDGED = tuple(
    name for name, item in CRITERIA.items() if item.dimension in ("data_preparation", "model_choice", "evaluation")
)
IMPORTS = (
    "import pandas as pd\nfrom sklearn.dummy import DummyClassifier\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.impute import SimpleImputer\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import confusion_matrix, roc_auc_score\n"
    "from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split\n"
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
)
GOOD = """df = pd.read_csv('data/train.csv', na_values=['unknown'])
print(df.duplicated().sum())
df = df.drop_duplicates()
print(df['age'].describe())
df['age'] = df['age'].clip(0, 100)
X = df.drop(columns='churn')
y = df['churn']
print(y.value_counts())
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
models = {'dummy': DummyClassifier(), 'linear': make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())}
models['forest'] = make_pipeline(SimpleImputer(), RandomForestClassifier(random_state=0))
scores = {}
for name, model in models.items():
    scores[name] = cross_val_score(model, X_train, y_train, scoring='roc_auc')
    print(name, scores[name].mean(), scores[name].std())
best = max(scores, key=lambda name: scores[name].mean())
grid = {'randomforestclassifier__max_depth': [4, 8, 16]}
search = GridSearchCV(models['forest'], grid, cv=5, scoring='roc_auc')
search.fit(X_train, y_train)
p_test = search.predict_proba(X_test)[:, 1]
print(roc_auc_score(y_test, p_test))
print(confusion_matrix(y_test, p_test > 0.4))
"""
POOR = """df = pd.read_csv('data/train.csv')
X = df.drop(columns='churn')
y = df['churn']
X_train, X_test, y_train, y_test = train_test_split(X, y)
model = RandomForestClassifier(n_estimators=300)
model.fit(X_train, y_train)
p_test = model.predict_proba(X_test)[:, 1]
print(roc_auc_score(y_test, p_test))
c_test = model.predict(X_test)
df.to_csv('data/train.csv')
"""
NAMES = {
    "df": "kunden", "X": "merkmale", "y": "kuendigung", "X_train": "m1", "X_test": "m2", "y_train": "k1",
    "y_test": "k2", "models": "kandidaten", "model": "kandidat", "scores": "werte", "best": "sieger", "grid": "netz",
    "search": "suche", "p_test": "anteil", "c_test": "gesagt",
}  # fmt: skip


def renamed(code: str) -> str:
    """Rename every variable; keywords of calls and texts keep their names."""
    return re.sub(r"(?<![\w.'])(" + "|".join(NAMES) + r")(?![\w'])(?!=(?!=))", lambda found: NAMES[found[1]], code)


STARRED = re.sub(r"(from sklearn\.\w+) import [^\n]*", r"\1 import *", IMPORTS)
KEYWORDS = {
    "cross_val_score(model, X_train, y_train,": "cross_val_score(estimator=model, X=X_train, y=y_train,",
    "fit(X_train, y_train)": "fit(X=X_train, y=y_train)",
    "roc_auc_score(y_test, p_test)": "roc_auc_score(y_true=y_test, y_score=p_test)",
    "confusion_matrix(y_test, p_test > 0.4)": "confusion_matrix(y_true=y_test, y_pred=p_test > 0.4)",
}


def with_keywords(code: str) -> str:
    """Name the arguments of fits, folds and metrics."""
    for before, after in KEYWORDS.items():
        code = code.replace(before, after)
    return code


def one_argument_a_line(code: str) -> str:
    """Break every bracket of a statement at the margin after it opens, and after each comma inside."""
    opened = re.compile(r"(?<=[(\[{,])(?=[^)\]}\s])\s*")
    simple = (line.startswith(" ") or line.endswith(":") for line in code.splitlines())
    made = (
        line if kept else opened.sub("\n        ", line) for line, kept in zip(code.splitlines(), simple, strict=True)
    )
    return "\n".join(made) + "\n"


def commented(code: str) -> str:
    return "".join(
        line if line.startswith(" ") else f"# now the next step\n\n{line}" for line in code.splitlines(keepends=True)
    )


def cells(code: str) -> list[str]:
    """Split code before every line at the margin."""
    return [part.strip("\n") for part in re.split(r"\n(?=\S)", code)]


def verdicts(evidence: Evidence) -> dict[str, str]:
    return {name: finding(name, evidence).verdict for name in JUDGED}


@pytest.mark.parametrize("code", [GOOD, POOR], ids=["good", "poor"])
class TestTheVerdictsStay:
    def test_when_variables_are_renamed(self, code: str) -> None:
        assert verdicts(work(IMPORTS + renamed(code))) == verdicts(work(IMPORTS + code))

    def test_when_it_is_wrapped_in_a_function(self, code: str) -> None:
        assert verdicts(work(IMPORTS + wrapped(code))) == verdicts(work(IMPORTS + code))

    def test_when_modules_are_imported_by_a_star(self, code: str) -> None:
        assert verdicts(work(STARRED + code)) == verdicts(work(IMPORTS + code))

    def test_when_arguments_are_named(self, code: str) -> None:
        assert with_keywords(code) != code
        assert verdicts(work(IMPORTS + with_keywords(code))) == verdicts(work(IMPORTS + code))

    def test_when_calls_stand_over_several_lines(self, code: str) -> None:
        assert one_argument_a_line(code).count("\n") > code.count("\n") + 5
        assert verdicts(work(IMPORTS + one_argument_a_line(code))) == verdicts(work(IMPORTS + code))

    def test_when_comments_and_blank_lines_are_added(self, code: str) -> None:
        assert verdicts(work(IMPORTS + commented(code))) == verdicts(work(IMPORTS + code))

    def test_when_it_is_a_notebook_of_one_cell_or_of_many(self, code: str) -> None:
        many = {"a.ipynb": notebook(IMPORTS, *cells(code))}
        assert verdicts(work({"a.ipynb": notebook(IMPORTS + code)})) == verdicts(work(many))
        assert verdicts(work(many)) == verdicts(work({"a.py": IMPORTS + code}))

    def test_when_it_is_cut_into_two_modules(self, code: str) -> None:
        loading, _, rest = code.partition("\n")
        files = {
            "loading.py": f"import pandas as pd\n\n\ndef load():\n    {loading}\n    return df\n",
            "train.py": f"from loading import load\n{IMPORTS}df = load()\n{rest}",
        }
        apart = ("data_preparation.raw_data_kept",)  # looks at one file at a time
        whole, parts = verdicts(work(IMPORTS + code)), verdicts(work(files))
        assert {name: parts[name] for name in JUDGED if name not in apart} == {
            name: whole[name] for name in JUDGED if name not in apart
        }
