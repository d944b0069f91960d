"""What the criteria of data preparation say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, leaking, missing_verdicts, notebook, verdict, work

case = cases_of("data_preparation")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\nX, y = frame.drop(columns='y'), frame['y']\n"
SPLIT = LOAD + (
    "from sklearn.model_selection import train_test_split\n"
    "a, b, c, d = train_test_split(X, y, random_state=0)\n"
    "from sklearn.preprocessing import StandardScaler\n"
)
FIT = "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression()\nmodel.fit(a, c)\n"
SCALED_AFTER = SPLIT + "scaler = StandardScaler().fit(a)\na = scaler.transform(a)\n" + FIT
PIPELINE = SPLIT + (
    "from sklearn.pipeline import make_pipeline\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "model = make_pipeline(StandardScaler(), LogisticRegression())\nmodel.fit(a, c)\n"
)
DATED = LOAD + (
    "frame['day'] = pd.to_datetime(frame['day'])\n"
    "from sklearn.model_selection import TimeSeriesSplit\n"
    "folds = TimeSeriesSplit()\n"
    "for train, test in folds.split(X): print(len(train))\n"
)
# A public notebook in small: markdown with all the right words, a magic, and cells saved out of order.
WORDS_ONLY = notebook(
    "# %% md\n# Missing values: SimpleImputer, Pipeline, OneHotEncoder, EDA, train_test_split",
    "%matplotlib inline\nimport pandas as pd",
    "# imputer = SimpleImputer(); model = make_pipeline(imputer)\ndf = pd.read_csv('../input/train.csv')",
    "from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier().fit(df, df['y'])",
    counts=[3, 1, 7],
)
NEVER_CALLED = LOAD + (
    "from sklearn.impute import SimpleImputer\nfrom sklearn.pipeline import make_pipeline\n"
    "def prepare(frame):\n    frame.describe(); frame.head(); frame.info(); frame.corr()\n"
    "    return make_pipeline(SimpleImputer()).fit_transform(frame)\n"
)

CASES = [
    case("preprocessing_leakage", "not_met", "a leak was found", leaking("preprocessing", SCALED_AFTER)),
    case("preprocessing_leakage", "met", "the scaler is fitted after the split", SCALED_AFTER),
    case("preprocessing_leakage", "not_applicable", "nothing is split", LOAD),
    case("preprocessing_leakage", "needs_human", "a file does not parse", {"a.py": SCALED_AFTER, "b.py": "def (:\n"}),
    case("overlap_leakage", "not_met", "a leak was found", leaking("overlap", SPLIT)),
    case("overlap_leakage", "met", "a plain split, and a fit on one part", SPLIT + FIT),
    case("overlap_leakage", "not_applicable", "nothing is split", LOAD),
    case("target_leakage", "not_met", "a leak was found", leaking("target", SCALED_AFTER)),
    case("target_leakage", "met", "a model is fitted on plain features", SCALED_AFTER),
    case("target_leakage", "not_applicable", "no model is fitted", LOAD),
    case("temporal_leakage", "not_met", "a leak was found", leaking("temporal", DATED)),
    case("temporal_leakage", "met", "dated rows are split by time", DATED),
    case("temporal_leakage", "not_applicable", "there are no dates", SCALED_AFTER),
    case("temporal_leakage", "needs_human", "dated rows are split at random", SPLIT + "pd.to_datetime(frame['day'])\n"),
    case("temporal_leakage", "met", "dated rows are cut in their order",
         DATED.split("from")[0] + "from sklearn.model_selection import train_test_split\n"
         "a, b = train_test_split(X, shuffle=False)\n"),
    case("missing_values", "met", "an imputer is fitted",
         LOAD + "from sklearn.impute import SimpleImputer\nX = SimpleImputer().fit_transform(X)\n"),
    case("missing_values", "met", "the model takes gaps as they are",
         LOAD + "from lightgbm import LGBMClassifier\nLGBMClassifier().fit(X, y)\n"),
    case("missing_values", "partly", "rows with gaps are dropped", LOAD + "X = X.dropna()\n"),
    case("missing_values", "partly", "gaps are filled by hand", LOAD + "X = X.fillna(0)\n"),
    case("missing_values", "not_met", "nothing is done", SPLIT + FIT),
    case("missing_values", "not_met", "it is only talked about", {"solution.ipynb": WORDS_ONLY}),
    case("missing_values", "not_met", "the function that does it is never called", NEVER_CALLED + SPLIT + FIT),
    case("missing_values", "not_applicable", "no data is loaded", "print(1)\n"),
    case("data_explored", "met", "four different looks", LOAD + "X.head(); X.describe(); X.info(); y.value_counts()\n"),
    case("data_explored", "partly", "the same look four times", LOAD + "X.head()\n" * 4),
    case("data_explored", "not_met", "no look", LOAD),
    case("data_explored", "not_met", "the function that looks is never called", NEVER_CALLED),
    case("data_explored", "not_met", "a logger's info is no look at the data",
         LOAD + "import logging\nlogger = logging.getLogger()\nlogger.info('x')\n"),
    case("data_explored", "not_applicable", "no data is loaded", "print(1)\n"),
    case("pipeline_used", "met", "scaler and model in one", PIPELINE),
    case("pipeline_used", "partly", "the preprocessing alone is bound together",
         LOAD + "from sklearn.compose import ColumnTransformer\nfrom sklearn.preprocessing import StandardScaler\n"
         "t = ColumnTransformer([('s', StandardScaler(), ['a'])])\nt.fit(X)\n"),
    case("pipeline_used", "not_met", "a scaler on its own", SCALED_AFTER),
    case("pipeline_used", "not_applicable", "nothing is preprocessed", LOAD),
    case("encoding_fits_new_rows", "met", "unseen categories are ignored",
         LOAD + "from sklearn.preprocessing import OneHotEncoder\nOneHotEncoder(handle_unknown='ignore').fit(X)\n"),
    case("encoding_fits_new_rows", "partly", "unseen categories are an error",
         LOAD + "from sklearn.preprocessing import OneHotEncoder\nOneHotEncoder(handle_unknown='error').fit(X)\n"),
    case("encoding_fits_new_rows", "partly", "dummies of the table at hand", LOAD + "X = pd.get_dummies(X)\n"),
    case("encoding_fits_new_rows", "not_applicable", "nothing is encoded", LOAD),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
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
