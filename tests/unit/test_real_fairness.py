"""Ways of working seen in public take-homes that must not be held against anybody, each made up in small."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, notebook, verdict, work

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
NETWORK = LOAD + (
    "from tensorflow import keras\n"
    "model = keras.Sequential([keras.layers.Embedding(100, 8), keras.layers.Dense(1, activation='sigmoid')])\n"
    "model.compile(loss='binary_crossentropy', metrics=['accuracy', 'AUC'])\n"
)
FITTED_NETWORK = NETWORK + "model.fit(frame[['a']], frame['left'], validation_split=0.2, epochs=5)\n"
OWN_TEST_FILE = LOAD + (
    "from sklearn.ensemble import GradientBoostingRegressor\nfrom sklearn.metrics import mean_absolute_error\n"
    "test = pd.read_csv('data/test.csv')\nmodel = GradientBoostingRegressor()\n"
    "model.fit(frame[['a']], frame['price'])\n"
    "def report(predicted, target):\n    print(mean_absolute_error(target, predicted))\n"
    "report(model.predict(unknown(test)), test['price'])\n"
)
CLUSTERED = LOAD + (
    "from sklearn.cluster import KMeans\nfrom sklearn.feature_extraction.text import TfidfVectorizer\n"
    "words = TfidfVectorizer().fit_transform(frame['title'])\nKMeans(5).fit(words)\n"
)
FOREST = "from sklearn.ensemble import RandomForestClassifier\n"
BOOSTED = "from xgboost import XGBClassifier\n"


@pytest.mark.parametrize(
    "name", ["held_out_evaluation", "spread_shown", "fitting_metric", "error_analysis", "features_interpreted"]
)
def test_work_that_predicts_nothing_needs_no_evaluation(name: str) -> None:
    assert verdict(f"evaluation.{name}", work(CLUSTERED)) == "not_applicable"


def test_work_that_predicts_nothing_needs_no_pipeline() -> None:
    assert verdict("data_preparation.pipeline_used", work(CLUSTERED)) == "not_applicable"


def test_a_network_that_holds_rows_out_while_it_is_fitted_is_evaluated() -> None:
    assert verdict("evaluation.held_out_evaluation", work(FITTED_NETWORK)) == "met"
    assert verdict("evaluation.spread_shown", work(FITTED_NETWORK)) == "partly"


def test_metrics_that_a_network_is_compiled_with_are_metrics() -> None:
    assert verdict("evaluation.fitting_metric", work(FITTED_NETWORK)) != "not_met"


def test_layers_are_settings_and_words_need_no_scaler() -> None:
    assert verdict("model_choice.hyperparameters_searched", work(FITTED_NETWORK)) == "partly"
    assert verdict("model_choice.suits_the_task", work(FITTED_NETWORK)) != "partly"


def test_results_on_rows_that_could_not_be_followed_are_left_to_a_person() -> None:
    assert verdict("evaluation.held_out_evaluation", work(OWN_TEST_FILE)) == "needs_human"
    assert verdict("evaluation.spread_shown", work(OWN_TEST_FILE)) == "partly"


def test_a_metric_of_ones_own_is_a_metric() -> None:
    own = (
        LOAD
        + FOREST
        + (
            "def rmspe(truth, said):\n    return (((truth - said) / truth) ** 2).mean() ** 0.5\n"
            "model = RandomForestClassifier().fit(frame[['a']], frame['left'])\n"
            "print(rmspe(frame['left'], model.predict(frame[['a']])))\n"
        )
    )
    assert verdict("evaluation.fitting_metric", work(own)) == "met"


@pytest.mark.parametrize(
    "filled", ["frame = frame.dropna(subset=['total'])", "frame = frame.fillna(0)", "frame.fillna(False, inplace=True)"]
)
def test_what_learns_nothing_from_the_rows_needs_no_pipeline(filled: str) -> None:
    code = LOAD + FOREST + f"{filled}\nRandomForestClassifier().fit(frame[['a']], frame['left'])\n"
    assert verdict("data_preparation.pipeline_used", work(code)) == "not_applicable"
    learned = code.replace(filled, "frame = frame.fillna(frame.median())")
    assert verdict("data_preparation.pipeline_used", work(learned)) == "not_met"


def test_gaps_that_were_counted_and_not_filled_are_left_to_a_person() -> None:
    fit = FOREST + "RandomForestClassifier().fit(frame[['a']], frame['left'])\n"
    assert (
        verdict("data_preparation.missing_values", work(LOAD + "print(frame.isnull().sum())\n" + fit)) == "needs_human"
    )
    assert verdict("data_preparation.missing_values", work(LOAD + fit)) == "not_met"


def test_gaps_left_out_of_a_plot_are_not_the_place_where_gaps_are_filled() -> None:
    code = LOAD + "import matplotlib.pyplot as plt\nplt.hist(frame['a'].dropna())\nframe = frame.fillna(0)\n"
    assert [span.line for span in finding("data_preparation.missing_values", work(code)).evidence] == [5]


def test_images_have_no_gaps_to_fill() -> None:
    code = "import cv2\nimport joblib\nmodel = joblib.load('m.pkl')\nmodel.fit(cv2.imread('a.png'), [1])\n"
    assert verdict("data_preparation.missing_values", work(code)) == "not_applicable"


def test_titles_and_axes_are_no_looks_at_the_data() -> None:
    plot = (
        "import matplotlib.pyplot as plt\nplt.figure()\nplt.hist(frame['a'])\nplt.title('a')\n"
        "plt.xlabel('a')\nplt.ylabel('n')\nplt.tight_layout()\nplt.show()\n"
    )
    found = finding("data_preparation.exploration_acted_on", work(LOAD + plot))
    assert found.verdict == "partly"
    assert [span.line for span in found.evidence] == [5], "the histogram alone"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("XGBClassifier()", "not_applicable"),  # it draws nothing unless it is told to
        ("XGBClassifier(subsample=0.8)", "not_met"),
        ("XGBClassifier(subsample=0.8, random_state=1)", "met"),
        ("RandomForestClassifier(**settings)", "not_applicable"),  # the seed may stand in the settings
        ("RandomForestClassifier()", "not_met"),
    ],
)
def test_only_what_surely_draws_without_a_seed_is_accused(model: str, expected: str) -> None:
    code = LOAD + FOREST + BOOSTED + f"model = {model}\nmodel.fit(frame[['a']], frame['left'])\n"
    assert verdict("model_choice.seeded", work(code)) == expected


def test_a_module_too_large_to_read_is_still_the_works_own() -> None:
    large = "rows = [" + "1, " * 600_000 + "]\n"
    evidence = work({"main.py": "from rows_of_data import rows\nprint(rows)\n", "rows_of_data.py": large})
    found = finding("code_quality.dependencies_pinned", evidence)
    assert found.verdict == "needs_human"  # what it imports itself is not known
    assert found.reason.startswith("The work imports nothing beyond Python itself. But rows_of_data.py")


def test_plots_of_something_unseen_count_for_a_little() -> None:
    code = LOAD + "import matplotlib.pyplot as plt\nf, axes = plt.subplots()\nfriend(frame, axes)\nplt.show()\n"
    assert verdict("data_preparation.exploration_acted_on", work(code)) == "partly"


def test_a_log_line_is_no_look_at_the_data() -> None:
    code = LOAD + FOREST + "import logging\nlogger = logging.getLogger()\nlogger.info('loaded')\n"
    evidence = work(code + "RandomForestClassifier().fit(frame[['a']], frame['left'])\n")
    assert verdict("data_preparation.missing_values", evidence) == "not_met"
    assert verdict("data_preparation.exploration_acted_on", evidence) == "not_met"


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ("y = encoder.fit_transform(y)", "not_applicable"),
        ("frame['left'] = encoder.fit_transform(frame['left'])", "not_applicable"),
        ("for column in texts: frame[column] = encoder.fit_transform(frame[column])", "partly"),
        ("a['x'] = encoder.fit_transform(a['x']); a['z'] = encoder.fit_transform(a['z'])", "partly"),
    ],
)
def test_a_label_encoder_is_accused_on_features_only(used: str, expected: str) -> None:
    code = LOAD + "from sklearn.preprocessing import LabelEncoder\nencoder = LabelEncoder()\n" + used + "\n"
    assert verdict("data_preparation.encoding_fits_new_rows", work(code)) == expected


def test_predictions_made_in_folds_are_no_metric_yet() -> None:
    code = (
        LOAD
        + FOREST
        + (
            "from sklearn.model_selection import cross_val_predict\n"
            "said = cross_val_predict(RandomForestClassifier(), frame[['a']], frame['left'])\n"
        )
    )
    assert verdict("evaluation.fitting_metric", work(code)) == "not_met"


def test_syntax_that_only_a_newer_python_reads_is_no_fault() -> None:
    code = "name = 'x'\nprint(f\"{'a' if name else \"b\"}\")\n"
    assert verdict("code_quality.no_real_faults", work(code)) == "met"
    assert verdict("code_quality.notebook_runs_in_order", work({"a.ipynb": notebook(*code.splitlines())})) == "met"
    assert verdict("code_quality.no_real_faults", work({"a.py": code, "b.py": "def (:\n"})) == "not_met"


def test_cells_of_r_in_a_python_notebook_are_called_r() -> None:
    book = notebook("library(caret)", "model <- train(y ~ ., data = d)")
    assert finding("code_quality.notebook_runs_in_order", work({"a.ipynb": book})).reason.endswith("R code.")


def test_cells_of_comments_run_before_a_restart_are_no_disorder() -> None:
    cells = ("# !pip install x", "# restart the kernel now", "import pandas", "print(1)")
    assert (
        verdict("code_quality.notebook_runs_in_order", work({"a.ipynb": notebook(*cells, counts=[1, 2, 1, 2])}))
        == "met"
    )
    cells = ("a = 1", "b = 2", "import pandas", "print(1)")
    found = finding("code_quality.notebook_runs_in_order", work({"a.ipynb": notebook(*cells, counts=[1, 2, 1, 3])}))
    assert (found.verdict, found.evidence[0].cell) == ("not_met", 2)


def test_what_is_missing_is_shown_where_the_model_is_fitted() -> None:
    files = {
        "app.py": "print(1)\n",
        "deep/train.py": LOAD + FOREST + "RandomForestClassifier().fit(frame, frame['y'])\n",
    }
    assert [span.path for span in finding("evaluation.error_analysis", work(files)).evidence] == ["deep/train.py"]


def test_a_function_that_unread_code_may_call_is_not_called_dead() -> None:
    files = {"main.py": "import tools\ntools.prepare(1) !\n", "tools.py": "def prepare(x):\n    return x\n"}
    assert verdict("code_quality.no_dead_code", work(files)) == "needs_human"


def test_a_long_block_that_is_copied_is_one_copy() -> None:
    block = "".join(f"value_{number} = {number}\n" for number in range(30))
    found = finding("code_quality.no_repeated_code", work(block + "print('between')\n" + block))
    assert found.verdict == "partly"
    assert found.reason == "A block of code is copied: train.py:32-61 repeats train.py:1-30."
    assert [(span.line, span.end_line) for span in found.evidence] == [(1, 30), (32, 61)]


def test_groups_that_are_found_anew_are_no_model_to_keep() -> None:
    assert verdict("production_readiness.model_kept", work(CLUSTERED)) == "not_applicable"


def test_an_imported_function_that_is_passed_on_is_used() -> None:
    files = {
        "routes.py": "from fastapi import Depends\nfrom keys import check\n@app.post('/')\n"
        "def predict(key: str = Depends(check)):\n    return 1\n",
        "keys.py": "def check(key):\n    return key\n",
    }
    assert verdict("code_quality.no_dead_code", work(files)) == "met"
