"""How real works write what criteria of production readiness misread, each beside a look-alike judged otherwise."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, notebook

case = cases_of("production_readiness")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
FLASK = "from flask import Flask, request\napp = Flask(__name__)\n@app.route('/predict', methods=['POST'])\n"
MISSING = (
    FLASK + "def predict():\n    data = request.json\n    given = list(data)\n    if not set(FIELDS) <= set(given):\n"
    "        gone = set(FIELDS) - set(given)\n"
    "        return {\n            'status': 'error',\n            'message': f'Missing: {gone}',\n        }\n"
    "    return {'status': 'success', 'churn': model(data)}\n"
)
NOT_READY = (
    FLASK
    + "def predict():\n    data = request.json\n    if model is None:\n        return {'error': 'no model'}, 500\n"
    "    return {'churn': model(data)}\n"
)
ANSWERS = (
    FLASK + "def predict():\n    data = request.json\n    if data['tenure'] < 2:\n"
    "        return {'status': 'success', 'message': 'will leave'}\n"
    "    return {'status': 'success', 'message': 'stays'}\n"
)
UPLOAD = (
    "from fastapi import FastAPI, HTTPException\nimport os\napp = FastAPI()\nMODEL = os.environ['MODEL']\n"
    "@app.post('/predict')\ndef predict(file):\n    if file.content_type != 'image/png':\n"
    "        raise HTTPException(status_code=400, detail='no image')\n    return run(MODEL, file)\n"
)
OPTIONS = (
    "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--epochs', type=int)\n"
    "options = parser.parse_args()\nprint(options.epochs)\n"
)
CONFIG = "data_path = 'data/train.csv'\nepochs = 3\n"
READS_CONFIG = (
    "import pandas as pd\nimport config\nframe = pd.read_csv(config.data_path)\nprint(frame.head(config.epochs))\n"
)
SETTINGS = (
    "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    rows: str = 'data/train.csv'\n"
)
HELPERS = "import pandas as pd\ndef load(path):\n    return pd.read_csv(path)\n"
SAVED = (
    LOAD + "from catboost import CatBoostClassifier\nmodel = CatBoostClassifier()\n"
    "model.fit(frame[['a']], frame['y'])\nmodel.save_model('m.cbm')\n"
)
DASH = (
    "import dash\nimport pandas as pd\napp = dash.Dash()\nframe = pd.read_csv('predictions.csv')\n"
    "@app.callback(1)\ndef show(value):\n    return draw(frame, 'x')\n"
)
PREDICTS = "import joblib\nmodel = joblib.load('model.joblib')\ndef predict(rows):\n    return model.predict(rows)\n"

PAIRS = [
    case("input_validated", "met", "a handler returns an error for fields that are missing", LOAD + MISSING),
    case("input_validated", "met", "it is told by the status alone",
         LOAD + FLASK + "def predict():\n    if 'age' not in request.json:\n        return 'give an age', 422\n"
         "    return 'x'\n"),
    case("input_validated", "not_met", "an error of the server's own, and one of its handler's", LOAD + NOT_READY),
    case("input_validated", "not_met", "an answer under a look at the request", LOAD + ANSWERS),
    case("input_validated", "not_met", "the same in a function that serves nothing",
         LOAD + "def check(data):\n    if 'age' not in data:\n        return {'error': 'no age'}\n    return data\n"
         "check(frame)\n"),
    case("input_validated", "met", "a service of pictures, without a table", UPLOAD),
    case("input_validated", "not_met", "a service that takes what comes",
         UPLOAD.replace("    if file.content_type != 'image/png':\n", "").replace(
             "        raise HTTPException(status_code=400, detail='no image')\n", "")),
    case("input_validated", "not_applicable", "options alone, which their parser checks", OPTIONS),
    case("input_validated", "not_met", "words of the command as they come",
         "import sys\nrows = open(sys.argv[1]).read()\nprint(rows)\n"),
    case("input_validated", "not_applicable", "a notebook and a module that it loads with",
         {"main.ipynb": notebook("from utils import io\nframe = io.load('data/train.csv')"), "utils/io.py": HELPERS}),
    case("input_validated", "not_met", "a notebook beside a program that loads",
         {"main.ipynb": notebook("from utils import io\nframe = io.load('data/train.csv')"), "utils/io.py": HELPERS
          + "if __name__ == '__main__':\n    print(load('data/train.csv'))\n"}),
    case("configurable", "met", "a class of settings that reads the environment",
         {"config.py": SETTINGS, "train.py": "import pandas as pd\nfrom config import Settings\n"
          "frame = pd.read_csv(Settings().rows)\n"}),
    case("configurable", "not_met", "a class of settings that nothing makes", LOAD + SETTINGS),
    case("configurable", "partly", "a module of settings in small letters",
         {"config.py": CONFIG, "train.py": READS_CONFIG}),
    case("configurable", "partly", "a module of settings whose names are imported",
         {"settings.py": CONFIG, "train.py": "import pandas as pd\nfrom settings import (\n    data_path,\n"
          "    epochs,\n)\nframe = pd.read_csv(data_path)\nprint(frame.head(epochs))\n"}),
    case("configurable", "not_met", "a module of settings that nothing reads", {"config.py": CONFIG, "train.py": LOAD}),
    case("configurable", "not_met", "variables of a program, read as another's attributes",
         {"rows.py": CONFIG, "train.py": READS_CONFIG.replace("config", "rows")}),
    case("configurable", "not_applicable", "a notebook and a module that it loads with",
         {"main.ipynb": notebook("from utils.io import load\nframe = load('data/train.csv')"), "utils/io.py": HELPERS}),
    case("configurable", "not_met", "a module that a notebook and a program load with",
         {"main.ipynb": notebook("from utils.io import load\nframe = load('data/train.csv')"), "utils/io.py": HELPERS,
          "run.py": "import utils.io\nif __name__ == '__main__':\n    utils.io.load('data/train.csv')\n"}),
    case("configurable", "not_met", "a program and a module that it loads with",
         {"main.py": "from utils.io import load\nframe = load('data/train.csv')\n", "utils/io.py": HELPERS}),
    case("configurable", "met", "a service that reads the environment, without a table", UPLOAD),
    case("configurable", "met", "options of a program that loads no table", OPTIONS),
    case("configurable", "not_applicable", "a service with nothing to set",
         UPLOAD.replace("os.environ['MODEL']", "'model'")),
    case("logging_and_errors", "not_applicable", "a tests folder that prints",
         {"train.py": LOAD, "tests/train_test.py": "print(1)\n" * 9}),
    case("logging_and_errors", "not_met", "a program that prints, named for a test of the market",
         {"ab_test.py": LOAD + "print(1)\n" * 9}),
    case("configurable", "partly", "a back-test in a tests folder, which is no test of the code",
         {"tests/back.py": "import pandas as pd\nTRAIN = 'a.csv'\nROWS = 9\nprint(pd.read_csv(TRAIN).head(ROWS))\n"}),
    case("model_kept", "partly", "loaded only to show its importances",
         {"train.py": SAVED, "look.ipynb": notebook(
             "from catboost import CatBoostClassifier\nmodel = CatBoostClassifier()\nmodel.load_model('m.cbm')\n"
             "print(model.get_feature_importance())\n")}),
    case("model_kept", "met", "loaded to predict, and its importances shown",
         {"train.py": SAVED, "look.ipynb": notebook(
             "from catboost import CatBoostClassifier\nmodel = CatBoostClassifier()\nmodel.load_model('m.cbm')\n"
             "print(model.get_feature_importance())\n" + LOAD + "print(model.predict(frame))\n")}),
    case("packaged", "partly", "a page that plots what another program predicted",
         {"page.py": DASH, "predict.py": PREDICTS + "print(predict(1))\n"}),
    case("packaged", "met", "a page that predicts by another module",
         {"page.py": "from predict import predict\n" + DASH.replace("'x'", "predict(value)"), "predict.py": PREDICTS}),
    case("packaged", "met", "routes that are registered from another file",
         {"app.py": "from flask import Flask\napp = Flask(__name__)\n",
          "routes.py": "from app import app\n" + PREDICTS.replace("def ", "@app.route('/')\ndef ")}),
]  # fmt: skip


@pytest.mark.parametrize("given", PAIRS, ids=str)
def test_a_look_alike_is_told_apart(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason
