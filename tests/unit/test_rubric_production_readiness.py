"""What the criteria of production readiness say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import (
    Case,
    after_messy_history,
    cases_of,
    finding,
    missing_verdicts,
    notebook,
    plan,
    ran,
    stress,
    verdict,
    work,
)

from grader.model import Evidence, Failure, FileEntry

case = cases_of("production_readiness")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
SAVED = (
    LOAD + "import joblib\nfrom sklearn.linear_model import LogisticRegression\n"
    "model = LogisticRegression().fit(frame, frame.y)\njoblib.dump(model, 'model.joblib')\n"
)
UNSAVED = SAVED.replace("joblib.dump(model, 'model.joblib')\n", "")
LOADED = (
    "import joblib\nimport pandas as pd\nmodel = joblib.load('model.joblib')\n"
    "print(model.predict(pd.read_csv('data/test.csv')))\n"
)
APART = (
    LOAD + "import joblib\nimport sys\nfrom sklearn.linear_model import LogisticRegression\n"
    "def train():\n    model = LogisticRegression().fit(frame, frame.y)\n    joblib.dump(model, 'model.joblib')\n"
    "def predict():\n    return joblib.load('model.joblib').predict(frame)\n"
    "if len(sys.argv) > 1:\n    train()\nelse:\n    predict()\n"
)
IN_ONE_RUN = APART.partition("if len")[0] + "if __name__ == '__main__':\n    train()\n    predict()\n"
WORDS = (
    "from sklearn.feature_extraction.text import CountVectorizer\n"
    "def counted():\n    return CountVectorizer().fit(['a b'])\n"
)
OBJECT = (
    LOAD + "import joblib\nfrom sklearn.linear_model import LogisticRegression\nclass Keeper:\n"
    "    def train(self):\n        model = LogisticRegression().fit(frame, frame.y)\n"
    "        joblib.dump(model, 'model.joblib')\n"
    "def load():\n    return joblib.load('model.joblib')\n"
    "keeper = Keeper()\nkeeper.train()\nmodel = load()\nprint(model.predict(frame))\n"
)
TABLES = {
    "clean.py": "import pickle\nimport pandas as pd\ndf = pd.read_csv('data/train.csv')\n"
    "df['clean'] = df['text'].str.lower()\nwith open('clean.pickle', 'wb') as f:\n    pickle.dump(df, f)\n",
    "words.py": "import pickle\nwith open('clean.pickle', 'rb') as f:\n    train = pickle.load(f)\nnumbers = {}\n"
    "for text in train['clean']:\n    for word in text.split():\n        numbers.setdefault(word, len(numbers))\n"
    "with open('numbers.pickle', 'wb') as f:\n    pickle.dump(numbers, f)\n",
    "train.py": "import pickle\nwith open('numbers.pickle', 'rb') as f:\n    numbers = pickle.load(f)\n" + UNSAVED,
}
DROPPED = "try:\n    rows = open('a').read()\nexcept Exception:\n    pass\n"
OPTIONS = (
    "import argparse\nimport pandas as pd\nparser = argparse.ArgumentParser()\nparser.add_argument('--input')\n"
    "options = parser.parse_args()\nframe = pd.read_csv(options.input)\n"
)
CONSTANTS = (
    "import pandas as pd\nTRAIN = 'data/train.csv'\nROWS = 100\nframe = pd.read_csv(TRAIN)\nprint(frame.head(ROWS))\n"
)
SMALL = (
    "import pandas as pd\npath = 'data/train.csv'\nrows = 100\nshare = 0.2\nframe = pd.read_csv(path)\n"
    "print(frame.head(rows), frame.sample(frac=share))\n"
)
BATCHES = (
    "import tensorflow as tf\nfor rows, label in tf.data.experimental.make_csv_dataset('data/train.csv', 1):\n"
    "    print(rows)\n"
)
SERVICE = LOADED + (
    "from fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
    "class Row(BaseModel):\n    age: int\n"
    "@app.post('/predict')\ndef answer(row: Row):\n    return model.predict([row.age])\n"
)
IMAGE = 'FROM python:3.11\nCOPY . /app\nCMD ["python", "/app/train.py"]\n'
LOGS = "import logging\nlogger = logging.getLogger(__name__)\nlogger.info('done')\n"

CELL_ERROR = Failure(
    code="notebook.cell_error", message="KeyError: 'churn'", path="a.ipynb", cell=3, line=2, hint="Check the column."
)
NO_IDS = Failure(code="predictions.ids", message="3 ids are missing.", path="predictions.csv", hint="Keep every row.")
OURS = Failure(code="infrastructure.sandbox", message="The sandbox could not be made.")
TOO_LONG = Failure(code="limit.wall_time", message="It ran longer than 600 s.", hint="Do less.")
NOTHING = Failure(code="plan.no_entry_point", message="Nothing was found that could be run.", hint="Name it main.py.")

CASES = [
    case("runs_end_to_end", "met", "it ran", LOAD, plan=plan(), run=ran(), track="hybrid"),
    case("runs_end_to_end", "partly", "it ran, and nobody knows with what", LOAD, plan=plan(), run=ran()),
    case("runs_end_to_end", "met", "it ran, and says with what", {"train.py": LOAD, "requirements.txt": "pandas\n"},
         plan=plan(), run=ran()),
    case("runs_end_to_end", "met", "it ran, and installs with what",
         {"a.ipynb": notebook("%pip install pandas", LOAD)}, plan=plan("a.ipynb"), run=ran()),
    case("runs_end_to_end", "met", "it ran with Python alone", "print(1)\n", plan=plan(), run=ran()),
    case("runs_end_to_end", "partly", "it ran, but an id is missing", LOAD, plan=plan(), run=ran(), failure=NO_IDS),
    case("runs_end_to_end", "not_met", "a cell failed", {"a.ipynb": notebook("a = 1")}, plan=plan("a.ipynb"),
         run=ran(failure=CELL_ERROR), failure=CELL_ERROR),
    case("runs_end_to_end", "not_met", "there is nothing to run", LOAD, failure=NOTHING),
    case("runs_end_to_end", "not_applicable", "nothing was run", LOAD),
    case("runs_end_to_end", "not_applicable", "our side failed", LOAD, failure=OURS),
    case("runs_end_to_end", "partly", "in more than half of the time", LOAD, plan=plan(), run=ran(wall_s=400)),
    case("runs_end_to_end", "partly", "with nearly all of the memory", LOAD, plan=plan(), run=ran(memory=4 * 10**9)),
    case("runs_end_to_end", "not_met", "over the time", LOAD, plan=plan(), failure=TOO_LONG,
         run=ran(wall_s=600, failure=TOO_LONG, over=True)),
    case("reproducible_predictions", "met", "all the same", LOAD, plan=plan(), stress=stress()),
    case("reproducible_predictions", "partly", "a few differ", LOAD, plan=plan(), stress=stress(identical=90)),
    case("reproducible_predictions", "not_met", "most differ", LOAD, plan=plan(), stress=stress(identical=10)),
    case("reproducible_predictions", "not_applicable", "one run", LOAD, plan=plan()),
    case("reproducible_predictions", "not_applicable", "it crashed", LOAD, stress=stress(failure=CELL_ERROR)),
    case("survives_messy_rows", "met", "all valid", LOAD, plan=plan(), stress=stress()),
    case("survives_messy_rows", "partly", "some are lost", LOAD, plan=plan(), stress=stress(valid=6)),
    case("survives_messy_rows", "partly", "other rows are lost", LOAD, plan=plan(), stress=stress(predicted=60)),
    case("survives_messy_rows", "not_met", "nearly all are lost", LOAD, plan=plan(), stress=stress(valid=1)),
    case("survives_messy_rows", "not_met", "it crashed", LOAD, plan=plan(), stress=stress(failure=CELL_ERROR)),
    case("survives_messy_rows", "met", "after a messy history", LOAD, plan=plan(), stress=after_messy_history(28)),
    case("survives_messy_rows", "partly", "some days are lost", LOAD, plan=plan(), stress=after_messy_history(20)),
    case("survives_messy_rows", "not_met", "most days are lost", LOAD, plan=plan(), stress=after_messy_history(2)),
    case("survives_messy_rows", "not_met", "it crashed there", LOAD, plan=plan(),
         stress=after_messy_history(0, CELL_ERROR)),
    case("reproducible_predictions", "not_applicable", "a forecast", LOAD, plan=plan(), stress=after_messy_history(28)),
    case("survives_messy_rows", "not_applicable", "one run", LOAD, plan=plan()),
    case("survives_messy_rows", "not_applicable", "our side failed", LOAD, stress=stress(failure=OURS)),
    case("model_kept", "met", "saved, and loaded by another program", {"train.py": SAVED, "predict.py": LOADED}),
    case("model_kept", "met", "kept by MLflow, in whatever form",
         {"train.py": UNSAVED + "import mlflow.xgboost\nmlflow.xgboost.log_model(model, 'model')\n",
          "predict.py": "import mlflow.xgboost\nmodel = mlflow.xgboost.load_model('runs:/1/model')\n"
          "print(model.predict(frame))\n"}),
    case("model_kept", "partly", "only its figures are kept by MLflow",
         {"train.py": UNSAVED + "import mlflow\nmlflow.log_metric('auc', 1)\n",
          "predict.py": "import mlflow.xgboost\nmodel = mlflow.xgboost.load_model('runs:/1/model')\n"
          "print(model.predict(frame))\n"}),
    case("model_kept", "met", "two functions of one program", APART),
    case("model_kept", "partly", "two functions that always run one after the other", IN_ONE_RUN),
    case("model_kept", "met", "trained only where no model is there",
         IN_ONE_RUN.replace("    train()\n    pre", "    if not os.path.exists('m'):\n        train()\n    pre")),
    case("model_kept", "met", "one of them is called by another program too",
         {"work.py": IN_ONE_RUN, "later.py": "from work import predict\npredict()\n"}),
    case("model_kept", "met", "one of them is handed to a framework by another program",
         {"work.py": IN_ONE_RUN, "later.py": "import app\nfrom work import predict\napp.add_route(predict)\n"}),
    case("model_kept", "met", "what is called before fits only where it is told to",
         IN_ONE_RUN.replace("    model = Log", "    if new:\n        model = 0\n    else:\n        model = Log")),
    case("model_kept", "met", "a vocabulary is fitted before the model is loaded",
         {"train.py": SAVED, "predict.py": WORDS + LOADED.replace("print", "rows = counted()\nprint")}),
    case("model_kept", "partly", "methods of an object that always run one after the other", OBJECT),
    case("model_kept", "not_met", "tables and vocabularies are kept, and no model", TABLES),
    case("model_kept", "partly", "the model is kept, and what is loaded are tables",
         {**TABLES, "train.py": TABLES["train.py"] + "joblib.dump(model, 'model.joblib')\n"}),
    case("model_kept", "met", "a bundle with a model in it",
         {"train.py": SAVED, "predict.py": "import joblib\nbundle = joblib.load('model.joblib')\n"
          "print(len(bundle), bundle['model'].predict([[1]]))\n"}),
    case("model_kept", "partly", "saved", SAVED),
    case("model_kept", "not_met", "a notebook, where more than a model was asked for",
         {"a.ipynb": notebook(UNSAVED)}, track="hybrid"),
    case("configurable", "not_met", "a notebook, where more than a model was asked for",
         {"a.ipynb": notebook(LOAD)}, track="hybrid"),
    case("input_validated", "not_applicable", "a notebook, where a model alone was asked for",
         {"a.ipynb": notebook(LOAD)}, track="model-development"),
    case("model_kept", "partly", "loaded where it was fitted", SAVED + "model = joblib.load('model.joblib')\n"),
    case("model_kept", "partly", "loaded, and nothing here saves it", LOADED),
    case("model_kept", "not_met", "fitted anew", UNSAVED),
    case("model_kept", "needs_human", "a file that cannot be read may load it",
         {"train.py": SAVED, "old.py": "print 'x'"}),
    case("model_kept", "not_applicable", "no model", LOAD),
    case("model_kept", "not_applicable", "a sound is loaded",
         "import torchaudio\nwave, rate = torchaudio.load('a.wav')\nprint(wave.mean())\n"),
    case("model_kept", "not_applicable", "an analysis in a notebook", {"a.ipynb": notebook(UNSAVED)}),
    case("model_kept", "not_applicable", "an analysis in a notebook beside a script that fits nothing",
         {"a.ipynb": notebook(UNSAVED), "download.py": "print(1)\n"}),
    case("model_kept", "not_met", "a notebook where a model was to be operated",
         {"a.ipynb": notebook(UNSAVED)}, track="mlops"),
    case("input_validated", "met", "an error is raised", LOAD + "if frame.empty:\n    raise ValueError('no rows')\n"),
    case("input_validated", "met", "an end with a message",
         "import sys\n" + LOAD + "if frame.empty:\n    sys.exit('no rows')\n"),
    case("input_validated", "met", "a bare assert", LOAD + "assert 'y' in frame\n"),
    case("input_validated", "met", "a schema that a handler takes", SERVICE),
    case("input_validated", "not_met", "nothing is checked", LOAD),
    case("input_validated", "not_met", "an assertion that always holds", LOAD + "assert True\n"),
    case("input_validated", "not_met", "the check is never called",
         LOAD + "def check(f):\n    if f.empty:\n        raise ValueError('no rows')\n"),
    case("input_validated", "not_met", "an error of the server's own",
         LOAD + "from fastapi import HTTPException\nif frame is None:\n    raise HTTPException(status_code=500)\n"),
    case("input_validated", "not_met", "it is only in a docstring", '"""\nraise ValueError\n"""\n' + LOAD),
    case("input_validated", "not_applicable", "no data is loaded", "print(1)\n"),
    case("input_validated", "not_applicable", "an analysis in a notebook", {"a.ipynb": notebook(LOAD)}),
    case("logging_and_errors", "met", "a logger", LOGS),
    case("logging_and_errors", "partly", "a few prints", "print(1)\n"),
    case("logging_and_errors", "partly", "a logger beside a handler that drops errors", LOGS + DROPPED),
    case("logging_and_errors", "not_met", "many prints", "print(1)\n" * 9),
    case("logging_and_errors", "not_met", "an error is dropped", {"a.ipynb": notebook(DROPPED)}),
    case("logging_and_errors", "not_applicable", "a notebook saved as a script may print",
         "# In[1]:\n" + "print(1)\n" * 9),
    case("logging_and_errors", "not_applicable", "a notebook may print", {"a.ipynb": notebook("print(1)\n" * 9)}),
    case("configurable", "met", "options", OPTIONS),
    case("configurable", "met", "the environment",
         "import os\n" + LOAD.replace("'data/train.csv'", "os.environ['DATA']")),
    case("configurable", "not_met", "the home that every system sets",
         "import os\nimport pandas as pd\npd.read_csv(os.path.join(os.environ.get('HOME', ''), 'train.csv'))\n"),
    case("configurable", "not_met", "the same, looked up",
         "import os\nimport pandas as pd\npd.read_csv(os.environ['HOME'] + '/train.csv')\n"),
    case("configurable", "met", "the home, and a name of its own beside it",
         "import os\nimport pandas as pd\npd.read_csv(os.getenv('ROWS', os.path.join(os.environ['HOME'], 'a.csv')))\n"),
    case("configurable", "met", "a configuration file",
         "import yaml\n" + LOAD + "settings = yaml.safe_load(open('a.yml'))\n"
         "print(settings['seed'])\n"),
    case("configurable", "partly", "constants", CONSTANTS),
    case("configurable", "partly", "numbers and texts together at the head, in small letters", SMALL),
    case("configurable", "not_met", "two of them alone", SMALL.replace("path = 'data/train.csv'\n", "").replace(
        "path", "'data/train.csv'")),
    case("configurable", "not_met", "three apart from each other",
         SMALL.replace("rows = 100\n", "print(1)\nrows = 100\nprint(2)\n")),
    case("configurable", "not_met", "a file of rows that TensorFlow reads", BATCHES),
    case("input_validated", "not_met", "a file of rows that TensorFlow reads", BATCHES),
    case("configurable", "not_met", "written where it is used", LOAD),
    case("configurable", "not_met", "options that nothing looks at",
         OPTIONS.replace("options.input", "'data/train.csv'")),
    case("configurable", "not_applicable", "no data is loaded", "print(1)\n"),
    case("configurable", "not_applicable", "a notebook saved as a script", "# %% [code]\n" + LOAD),
    case("configurable", "not_applicable", "an analysis in a notebook", {"a.ipynb": notebook(LOAD)}),
    case("packaged", "met", "an image that starts the program", {"train.py": LOAD, "Dockerfile": IMAGE}),
    case("packaged", "met", "a service that predicts", SERVICE),
    case("packaged", "partly", "an image that starts what is not there", {"main.py": LOAD, "Dockerfile": IMAGE}),
    case("packaged", "partly", "a service that predicts nothing", SERVICE.replace("model.predict([row.age])", "1")),
    case("packaged", "not_met", "nothing, where it was asked for", {"train.py": LOAD}, track="mlops"),
    case("packaged", "not_applicable", "nobody asked for it", LOAD),
    case("monitored", "met", "drift is computed",
         LOAD + "from scipy.stats import ks_2samp\nprint(ks_2samp(frame.a, frame.b))\n"),
    case("monitored", "not_met", "nothing, where it was asked for", LOAD, track="mlops"),
    case("monitored", "not_applicable", "nobody asked for it", LOAD),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("production_readiness", CASES) == {}


HANDED_IN = (FileEntry(path="a.ipynb", bytes=9, sha256="0" * 64),)


def test_a_failed_cell_is_pointed_at_and_the_hint_passed_on() -> None:
    found = finding(
        "production_readiness.runs_end_to_end", work(LOAD, failure=CELL_ERROR).model_copy(update={"files": HANDED_IN})
    )
    assert (found.evidence[0].path, found.evidence[0].cell, found.evidence[0].line) == ("a.ipynb", 3, 2)
    assert found.advice == "Check the column."


def test_a_work_that_was_refused_before_it_was_read_is_left_to_a_person() -> None:
    refused = Failure(code="archive.link", message="The archive holds a link.")
    assert verdict("production_readiness.runs_end_to_end", Evidence(failure=refused)) == "needs_human"


def test_the_same_is_said_of_two_runs_of_one_work() -> None:
    first = work(LOAD, plan=plan(), run=ran(wall_s=10.1))
    second = work(LOAD, plan=plan(), run=ran(wall_s=12.7, memory=2 * 10**8))
    name = "production_readiness.runs_end_to_end"
    assert finding(name, first) == finding(name, second)


def test_nearly_going_over_a_limit_costs_little_and_says_which() -> None:
    name = "production_readiness.runs_end_to_end"
    asked = {"plan": plan(), "track": "hybrid"}
    half, most = (finding(name, work(LOAD, run=ran(wall_s=wall), **asked)) for wall in (400, 550))
    assert (half.score, most.score) == (0.95, 0.9)
    assert "the time allowed" in most.reason


def test_a_run_without_an_assignment_is_worth_less_where_nothing_declares_what_it_needs() -> None:
    name, code = "production_readiness.runs_end_to_end", "import numpy\n" + LOAD
    files = ({"train.py": code}, {"train.py": code, "requirements.txt": "pandas==2.2.0\n"})
    none, some = (finding(name, work(each, plan=plan(), run=ran())) for each in files)
    assert (none.score, some.score) == (0.8, 1.0)  # numpy comes with pandas
    assert "happened to be here" in none.reason


def test_programs_without_settings_are_shown_and_not_the_notebook_beside_them() -> None:
    found = finding("production_readiness.configurable", work({"a.ipynb": notebook(SAVED), "serve.py": LOADED}))
    assert found.verdict == "not_met"
    assert {span.path for span in found.evidence} == {"serve.py"}


@pytest.mark.parametrize(("modality", "said"), [("image", "every picture"), ("tabular", "empty cells"), ("", "empty")])
def test_what_to_do_about_messy_rows_fits_what_the_rows_are(modality: str, said: str) -> None:
    evidence = work(LOAD, plan=plan(), stress=stress(valid=1), modality=modality)
    assert said in finding("production_readiness.survives_messy_rows", evidence).advice
