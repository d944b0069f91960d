"""No leak seen is praise only where the rows were followed; where they were lost, a person is asked to look."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

LEAKS = (
    "data_preparation.preprocessing_leakage",
    "data_preparation.overlap_leakage",
    "evaluation.multi_test_leakage",
    "evaluation.scored_on_training_data",
)
START = (
    "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import roc_auc_score\nfrom sklearn.model_selection import train_test_split\n"
)
SPLIT = "X, y = frame.drop(columns='left'), frame['left']\na, b, c, d = train_test_split(X, y)\n"
SCORE = "model = LogisticRegression()\nmodel.fit(a, c)\nprint(roc_auc_score(d, model.predict_proba(b)[:, 1]))\n"
FOLLOWED = START + "frame = pd.read_csv('data/train.csv')\n" + SPLIT + SCORE
LOST = {
    "a library nobody knows prepares the rows": START
    + "import recipes\nframe = recipes.prepare('x')\n"
    + SPLIT
    + SCORE,
    "the parts come out of files of an earlier program": START
    + "import pickle\na, b, c, d = pickle.load(open('parts.pkl', 'rb'))\n_ = train_test_split(a, c)\n"
    + SCORE,
    "the model was fitted somewhere else": START
    + "import joblib\nframe = pd.read_csv('data/train.csv')\n"
    + SPLIT
    + "model = joblib.load('model.pkl')\nmodel.fit\nroc_auc_score(d, model.predict_proba(b)[:, 1])\n",
}
LOAD = "frame = pd.read_csv('data/train.csv')\n"
UNSEEN = {
    "a function of an unknown library is given the table": "from mylib import scale_inplace\nscale_inplace(frame)\n",
    "a column comes from such a function": "import mylib\nframe['age'] = mylib.scale(frame['age'])\n",
    "a class of an unknown library has seen all rows": "from lib import Thing\nframe = Thing().fit_transform(frame)\n",
    "a transformer comes from a file of elsewhere": "import joblib\nframe = joblib.load('s.pkl').transform(frame)\n",
    "a text is evaluated that asks for a mean": "frame.eval('age = age - age.mean()', inplace=True)\n",
}
LOOKED = {
    "printed, drawn and described": "import seaborn as sns\nfrom ydata_profiling import ProfileReport\nprint(frame)\n"
    "sns.heatmap(frame.corr())\nProfileReport(frame)\n",
    "logged and saved": "import joblib, logging, mlflow\nlogging.info(frame)\njoblib.dump(frame, 'f.pkl')\n"
    "mlflow.log_table(frame, 'f.json')\n",
    "shown by an unknown library": "import mylib\nmylib.plot_missing(frame)\n",
    "made row by row": "import lib\nframe['age'] = frame['age'].map(lib.clean)\nframe = frame.eval('age = age + 1')\n",
}


@pytest.mark.parametrize("name", [*LEAKS, "data_preparation.target_leakage"])
def test_a_result_followed_from_loading_on_is_praised_at_its_own_place(name: str) -> None:
    found = finding(name, work(FOLLOWED))
    assert found.verdict == "met"
    assert {span.line for span in found.evidence} <= {9, 10}


MADE_UP = "import numpy as np\nimport pandas as pd\nnp.random.seed(0)\ndf = pd.DataFrame({'age': np.random.rand(9)})\n"


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        ("met", MADE_UP),
        ("needs_human", "import lib\nimport pandas as pd\ndf = lib.clean(pd.read_csv('raw.csv'))\n"),
    ],
    ids=["by a program that loads nothing", "by a step that nobody knows"],
)
def test_a_table_that_another_program_has_written(expected: str, made: str) -> None:
    files = {"generate.py": made + "df.to_csv('data/train.csv', index=False)\n", "train.py": FOLLOWED}
    assert finding("data_preparation.preprocessing_leakage", work(files)).verdict == expected


@pytest.mark.parametrize("name", LEAKS)
@pytest.mark.parametrize("code", LOST.values(), ids=LOST)
def test_rows_that_were_lost_on_the_way_are_neither_praised_nor_accused(name: str, code: str) -> None:
    assert verdict(name, work(code)) in ("needs_human", "not_applicable")


@pytest.mark.parametrize("step", UNSEEN.values(), ids=UNSEEN)
def test_a_step_that_may_have_learned_from_all_rows_is_for_a_person_to_look_at(step: str) -> None:
    found = work(START + LOAD + step + SPLIT + SCORE)
    assert verdict("data_preparation.preprocessing_leakage", found) == "needs_human"
    assert verdict("data_preparation.overlap_leakage", found) == "needs_human"


@pytest.mark.parametrize("step", LOOKED.values(), ids=LOOKED)
def test_a_step_that_only_looks_at_the_table_or_at_single_rows_is_no_doubt(step: str) -> None:
    assert verdict("data_preparation.preprocessing_leakage", work(START + LOAD + step + SPLIT + SCORE)) == "met"


def test_an_unknown_transformer_that_saw_the_training_part_alone_is_no_doubt() -> None:
    step = "from company import Thing\nthing = Thing()\na, b = thing.fit_transform(a), thing.transform(b)\n"
    assert verdict("data_preparation.preprocessing_leakage", work(START + LOAD + SPLIT + step + SCORE)) == "met"


def test_distances_between_texts_are_no_evaluation() -> None:
    code = "from sklearn.metrics.pairwise import cosine_similarity\nprint(cosine_similarity([[1.0]], [[2.0]]))\n"
    assert verdict("evaluation.scored_on_training_data", work(code)) == "not_applicable"


def test_code_beyond_what_is_followed_is_not_praised() -> None:
    evidence = work(FOLLOWED)
    note = "There is more code than the data-flow analysis follows; what lies beyond was not judged."
    cut = evidence.model_copy(update={"code": evidence.code.model_copy(update={"notes": (note,)})})
    assert {verdict(name, cut) for name in LEAKS} == {"needs_human"}


@pytest.mark.parametrize("name", LEAKS)
def test_a_table_that_another_program_of_the_work_prepared_was_not_followed(name: str) -> None:
    prepare = (
        "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
        "frame = frame.fillna(frame.mean())\nframe.to_csv('out/clean.csv', index=False)\n"
    )
    train = FOLLOWED.replace("data/train.csv", "../out/clean.csv")
    assert verdict(name, work({"prepare.py": prepare, "train.py": train})) == "needs_human"
    assert verdict(name, work({"prepare.py": prepare, "train.py": FOLLOWED})) == "met"


@pytest.mark.parametrize("name", [*LEAKS, "data_preparation.target_leakage"])
@pytest.mark.parametrize("names", [("clean.py", "model.py"), ("prepare.py", "model.py")])
@pytest.mark.parametrize(
    ("saves", "loads"),
    [("to_parquet('d/a.parquet')", "read_parquet('d/a.parquet')"), ("to_csv('a.csv')", "read_csv('./a.csv')"),
     ("to_pickle('a.pkl')", "read_pickle('a.pkl')")],
)  # fmt: skip
def test_a_table_that_one_program_saves_and_the_next_loads_is_followed(
    name: str, names: tuple[str, str], saves: str, loads: str
) -> None:
    prepare = (
        f"import pandas as pd\nframe = pd.read_csv('data/train.csv')\nframe['b'] = frame['a'] / 2\nframe.{saves}\n"
    )
    train = FOLLOWED.replace("read_csv('data/train.csv')", loads)
    assert verdict(name, work(dict(zip(names, (prepare, train), strict=True)))) == "met"


@pytest.mark.parametrize("names", [("clean.py", "model.py"), ("prepare.py", "model.py")])
def test_what_was_computed_on_all_rows_is_found_behind_the_file(names: tuple[str, str]) -> None:
    prepare = (
        "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
        "frame = frame.fillna(frame.mean())\nframe.to_csv('clean.csv', index=False)\n"
    )
    found = work(dict(zip(names, (prepare, FOLLOWED.replace("data/train.csv", "clean.csv")), strict=True)))
    assert verdict(LEAKS[0], found) == "not_met"
    assert verdict(LEAKS[1], found) == "met"


def test_a_table_that_an_unknown_step_has_seen_before_it_is_saved_is_for_a_person_to_look_at() -> None:
    prepare = "import pandas as pd\nimport mylib\nframe = pd.read_csv('data/train.csv')\nmylib.scale_inplace(frame)\n"
    prepare += "frame.to_csv('clean.csv', index=False)\n"
    found = work({"clean.py": prepare, "model.py": FOLLOWED.replace("data/train.csv", "clean.csv")})
    assert verdict(LEAKS[0], found) == "needs_human"


SEARCH = START + "from sklearn.model_selection import GridSearchCV, cross_val_score\n" + LOAD
SEARCHED = "search = GridSearchCV(LogisticRegression(), {'C': [1, 2]})\nsearch.fit(X, y)\nprint(search.best_score_)\n"
ALL_ROWS = "X, y = frame.drop(columns='left'), frame['left']\n"


@pytest.mark.parametrize("name", LEAKS[:2])
def test_a_search_without_a_later_score_is_a_result_of_its_own(name: str) -> None:
    assert verdict(name, work(SEARCH + ALL_ROWS + SEARCHED)) == "met"
    assert (
        verdict(name, work(SEARCH + "import mylib\nmylib.scale_inplace(frame)\n" + ALL_ROWS + SEARCHED))
        == "needs_human"
    )


@pytest.mark.parametrize(
    "folds", [SEARCHED.replace("(X, y)", "(a, c)"), "print(cross_val_score(LogisticRegression(), a, c))\n"]
)
def test_folds_of_a_training_part_that_an_unknown_step_has_seen_are_no_praise(folds: str) -> None:
    step = "import mylib\nmylib.scale_inplace(frame)\n"
    assert verdict(LEAKS[0], work(SEARCH + step + SPLIT + folds)) in ("needs_human", "not_applicable")
    assert verdict(LEAKS[0], work(SEARCH + SPLIT + folds)) == "met"


REGISTRY = (
    "import mlflow\nimport pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    "from sklearn.metrics import mean_absolute_error\n"
    "train, test = pd.read_csv('train.csv'), pd.read_csv('test.csv')\n"
    "X, y = train.drop(columns='left'), train['left']\nmodel = Ridge().fit(X, y)\nprint(model.score(X, y))\n"
    "with mlflow.start_run() as run:\n    info = mlflow.sklearn.log_model(model, 'm', registered_model_name='best')\n"
)
ASKED = "print(mean_absolute_error(test['left'], again.predict(test.drop(columns='left'))))\n"
LOADED_BY = {
    "its registered name and a stage": "again = mlflow.pyfunc.load_model('models:/best/Staging')\n",
    "its registered name and an alias": "again = mlflow.sklearn.load_model(model_uri='models:/best@champion')\n",
    "its run": "again = mlflow.pyfunc.load_model(f'runs:/{run.info.run_id}/m')\n",
    "what was said as it was kept": "again = mlflow.pyfunc.load_model(info.model_uri)\n",
    "the name that it is registered under once more": "mlflow.register_model(model_uri=uri(run), name='best')\n"
    "again = mlflow.pyfunc.load_model('models:/best/1')\n",
    "another name that it got": "mlflow.register_model(info.model_uri, 'new')\n"
    "again = mlflow.pyfunc.load_model('models:/new/1')\n",
}


@pytest.mark.parametrize("loads", LOADED_BY.values(), ids=LOADED_BY)
def test_a_model_that_mlflow_kept_is_known_as_it_is_loaded(loads: str) -> None:
    found = work(REGISTRY + loads + ASKED)
    assert verdict(LEAKS[1], found) == "met"
    assert verdict(LEAKS[2], found) == "met"
    assert verdict("evaluation.held_out_evaluation", found) == "met"
    assert "beside it" in finding(LEAKS[3], found).reason


@pytest.mark.parametrize(
    "loads",
    [
        "again = mlflow.pyfunc.load_model('models:/other/1')\n",
        "mlflow.sklearn.log_model(Ridge(2).fit(X, y), 'best')\nagain = mlflow.pyfunc.load_model('models:/best/1')\n",
    ],
)
def test_a_model_of_which_nobody_knows_what_it_was_fitted_on_is_not_said_to_be_asked_of_no_others(loads: str) -> None:
    found = work(REGISTRY + loads + ASKED)
    assert verdict("evaluation.held_out_evaluation", found) == "needs_human"
    assert finding(LEAKS[3], found).reason == "The model is scored on rows it was fitted on."


def test_a_model_that_is_scored_on_its_own_rows_alone_is_said_to_be_asked_of_no_others() -> None:
    assert finding(LEAKS[3], work(REGISTRY)).reason.endswith(", and on no others.")
