"""How real works write what criteria of production readiness misread, each beside a look-alike judged otherwise."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, notebook, work

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
FLOW = (
    "import pandas as pd\nfrom airflow.models import DAG\nfrom airflow.operators.python import PythonOperator\n"
    "from sklearn.linear_model import Ridge\n\n\ndef train_model(**context):\n    params = context['params']\n"
    "    df = pd.read_csv('data/train.csv')\n    Ridge(alpha=params['alpha']).fit(df[['a']], df['price'])\n\n\n"
    "with DAG('prices', params={'alpha': 0.5}):\n    PythonOperator(task_id='train', python_callable=train_model)\n"
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
PLAIN_APP = "from flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef predict():\n    return run('x')\n"
COMMAND = "import typer\napp = typer.Typer()\n@app.command()\ndef ask():\n    typer.echo('done')\napp()\n"
SWITCHED = PLAIN_APP.replace("app = ", "import tensorflow as tf\ntf.logging.set_verbosity('INFO')\napp = ")
FIT = LOAD + "from sklearn.linear_model import Ridge\nmodel = Ridge().fit(frame[['a']], frame['y'])\n"
LOGS = "import logging\nlogger = logging.getLogger(__name__)\n"
TABLE = LOAD + "".join(f"print(f'{name}: {{frame.{name}.mean()}}')\n" for name in "abcdefgh")
TUNED = (
    "from datasets import load_dataset\nfrom transformers import AutoModelForSequenceClassification as Net\n"
    "from transformers import AutoTokenizer, Trainer\nrows = load_dataset('ag_news')\n"
    "tok = AutoTokenizer.from_pretrained('distilbert')\nnet = Net.from_pretrained('distilbert')\n"
    "trainer = Trainer(model=net, train_dataset=rows['train'])\ntrainer.train()\n"
)
ASKS_NET = (
    "import sys\nfrom transformers import AutoModelForSequenceClassification, AutoTokenizer\n"
    "net = AutoModelForSequenceClassification.from_pretrained('out/final')\n"
    "tok = AutoTokenizer.from_pretrained('out/final')\nprint(net(**tok(sys.argv[1])).logits)\n"
)
BY_HAND = (
    "import torch\nfrom torch import nn\nnet = nn.Linear(1, 1)\nrows = torch.load('rows.pt')\n"
    "opt = torch.optim.SGD(net.parameters())\nfor row in rows:\n    loss = net(row).sum()\n    loss.backward()\n"
    "    opt.step()\ntorch.save(net, 'net.pt')\n"
)
ASKS_BY_HAND = "import torch\nnet = torch.load('net.pt')\nprint(net(torch.zeros(1)))\n"
PAGE_OF_NET = (
    "import gradio as gr\nfrom timm import create_model\n"
    "def draw(pixels):\n    net = create_model('mobile')\n    return net(pixels)\n"
    "def show(image):\n    return draw(image)\ngr.Interface(fn=show).launch()\n"
)
MEASURING = (
    "from fastapi import FastAPI\nfrom sklearn.svm import SVC\nfrom data import keep, rows, truth\napp = FastAPI()\n"
    "def measure(model):\n    said = model.predict(rows)\n    return (said == truth).mean()\n"
    "@app.post('/train')\ndef train():\n    return measure(SVC().fit(rows, truth))\n"
)
NEVER_SET = (
    "import joblib\nfrom fastapi import FastAPI\napp = FastAPI()\nmodel = None\n"
    "@app.on_event('startup')\ndef load():\n    model = joblib.load('m')\n    print(model)\n"
    "@app.post('/ask')\ndef ask(row):\n    return model.predict(row)\n"
)
SET_FOR_ALL = NEVER_SET.replace("():\n    model =", "():\n    global model\n    model =")
PACKAGE = (
    "from fastapi import FastAPI\nfrom .rows import Row\nimport joblib\napp = FastAPI()\nmodel = joblib.load('m')\n"
    "@app.post('/predict')\ndef predict(row: Row):\n    return model.predict(row)\n"
)
PYDANTIC = "from pydantic import BaseModel\nclass Row(BaseModel):\n    age: int\n"
ANSWERING = (
    "from fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
    "class Out(BaseModel):\n    y: float\n"
    "@app.get('/predict', response_model=Out)\ndef predict(a):\n    return Out(**run(a))\n"
)
REGISTERS = LOAD + (
    "import mlflow\ndone = mlflow.register_model('runs:/model', 'model')\nif done is None:\n"
    "    raise RuntimeError('Model registration did not complete.')\n"
)
CAUGHT = FLASK + (
    "def predict():\n    data = request.json\n    try:\n        rows = parse(data)\n    except ValueError as error:\n"
    "        return {'error': str(error)}, 422\n    return {'y': model(rows)}\n"
)
OTHERWISE = FLASK + (
    "def predict():\n    data = request.json\n    if 'row' in data:\n        return {'y': model(data['row'])}\n"
    "    elif 'rows' in data:\n        return {'y': model(data['rows'])}\n"
    "    else:\n        return {'error': 'Invalid request format'}, 400\n"
)
TRIED = (
    "import pandas as pd\ndef read(path):\n    for name in ('utf-8', 'latin1'):\n        try:\n"
    "            return pd.read_csv(path, encoding=name)\n        except UnicodeError:\n            continue\n"
    "    raise ValueError('no encoding fits')\nframe = read('data/train.csv')\n"
)
HELD = (
    "import pandas as pd\nclass Rows:\n    def __init__(self, frame):\n        self.frame = frame\n"
    "    def check(self):\n        if self.frame.empty:\n            raise ValueError('no rows')\n"
    "Rows(pd.read_csv('data/train.csv')).check()\n"
)
OUTPUT = (
    "import os\nimport pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
    "frame.to_csv(os.path.join(os.environ.get('OUTPUT_DIR', '.'), 'predictions.csv'))\n"
)

PAIRS = [
    case("logging_and_errors", "not_met", "a service that says nothing", PLAIN_APP),
    case("logging_and_errors", "not_met", "the same beside a command that speaks",
         {"app.py": PLAIN_APP, "cli.py": COMMAND}),
    case("logging_and_errors", "not_applicable", "a command that speaks", {"cli.py": COMMAND}),
    case("logging_and_errors", "not_applicable", "one that starts the service, whose logs it turns on",
         {"app.py": PLAIN_APP, "cli.py": COMMAND + "import logging\nlogging.basicConfig()\n"}),
    case("logging_and_errors", "met", "a service that logs through its own app",
         PLAIN_APP.replace("    return", "    app.logger.info('asked')\n    return")),
    case("logging_and_errors", "not_applicable", "a service that has its library log", SWITCHED),
    case("logging_and_errors", "not_applicable", "a page shows what it does",
         "import streamlit as st\nst.title('x')\n"),
    case("logging_and_errors", "not_applicable", "a script that writes a table and is silent",
         LOAD + "frame.to_csv('b.csv')\n"),
    case("logging_and_errors", "partly", "a program that trains without a word", FIT),
    case("logging_and_errors", "not_applicable", "one whose fit shows its progress",
         FIT.replace("frame['y'])", "frame['y'], verbose=1)")),
    case("logging_and_errors", "needs_human", "a silent service beside a file that cannot be read",
         {"app.py": PLAIN_APP, "old.py": "exec 'x'"}),
    case("logging_and_errors", "not_applicable", "a notebook of Databricks may print",
         "# Databricks notebook source\n# COMMAND ----------\n" + "print(1)\n" * 9),
    case("logging_and_errors", "not_applicable", "a module that a notebook alone imports may print",
         {"main.ipynb": notebook("from steps import show\nshow()"),
          "steps.py": "def show():\n" + "    print(1)\n" * 9}),
    case("logging_and_errors", "met", "one program logs, another prints its table of results",
         {"predict.py": FIT + LOGS + "logger.info('done')\n", "evaluate.py": TABLE}),
    case("logging_and_errors", "partly", "one program logs, another prints as it saves",
         {"predict.py": FIT + LOGS + "logger.info('done')\n", "evaluate.py": TABLE + "frame.to_csv('b.csv')\n"}),
    case("logging_and_errors", "partly", "one program logs, another prints messages",
         {"predict.py": FIT + LOGS + "logger.info('done')\n", "steps.py": "print('step')\n" * 9}),
    case("logging_and_errors", "not_met", "a table of results, and no program logs", TABLE),
    case("configurable", "not_met", "the folder for predictions that the contract names", OUTPUT, track="hybrid"),
    case("configurable", "met", "a folder of that name where no contract is", OUTPUT),
    case("configurable", "met", "another folder beside it",
         OUTPUT.replace("'data/train.csv'", "os.environ['DATA']"), track="hybrid"),
    case("configurable", "not_applicable", "a notebook of Databricks",
         "# Databricks notebook source\n# COMMAND ----------\n" + LOAD),
    case("model_kept", "met", "a folder of Hugging Face, loaded by another program",
         {"train.py": TUNED + "net.save_pretrained('./out/final/')\n", "predict.py": ASKS_NET}),
    case("model_kept", "partly", "a folder that nothing loads: what is loaded is of the hub",
         {"train.py": TUNED + "net.save_pretrained('out/final')\n",
          "predict.py": ASKS_NET.replace("out/final", "distilbert")}),
    case("model_kept", "not_applicable", "only the tokenizer is kept",
         {"train.py": TUNED + "tok.save_pretrained('out/final')\n",
          "predict.py": ASKS_NET.replace("out/final", "distilbert")}),
    case("model_kept", "partly", "a network trained by hand, loaded by the very program", BY_HAND + ASKS_BY_HAND),
    case("model_kept", "met", "a network trained by hand, loaded by another program",
         {"train.py": BY_HAND, "predict.py": ASKS_BY_HAND}),
    case("packaged", "met", "a page that asks a network by calling it", PAGE_OF_NET),
    case("packaged", "partly", "a page that calls something else by that name",
         PAGE_OF_NET.replace("create_model('mobile')", "str")),
    case("packaged", "met", "a package with all its modules", {"app/main.py": PACKAGE, "app/rows.py": PYDANTIC,
         "app/__init__.py": "", "run.py": LOAD}),
    case("packaged", "partly", "a package that lacks the module it imports",
         {"app/main.py": PACKAGE, "app/__init__.py": "", "run.py": LOAD}),
    case("packaged", "partly", "a handler that asks a model which is nowhere made",
         {"app/main.py": PACKAGE.replace("model = joblib.load('m')\n", ""), "app/rows.py": PYDANTIC,
          "app/__init__.py": "", "run.py": LOAD}),
    case("input_validated", "not_met", "a schema of the answer alone", ANSWERING),
    case("input_validated", "met", "a schema that a request is read by",
         ANSWERING.replace("response_model=Out", "").replace("def predict(a)", "def predict(a: Out)")),
    case("input_validated", "met", "records that a schema is filled from",
         LOAD + PYDANTIC + "def read(path) -> list[Row]:\n    return [Row(**row) for row in records(path)]\n"
         "read('a')\n"),
    case("input_validated", "not_met", "an error over what the work itself made", REGISTERS),
    case("input_validated", "met", "the same over the rows", REGISTERS.replace("if done is None", "if frame.empty")),
    case("input_validated", "not_met", "an assertion over a library's version",
         LOAD + "import sklearn\nassert sklearn.__version__ >= '1.0'\n"),
    case("input_validated", "met", "what cannot be read is answered with an error", LOAD + CAUGHT),
    case("input_validated", "not_met", "an error of the server's own, caught",
         LOAD + CAUGHT.replace("422", "500")),
    case("input_validated", "met", "what is left over of the cases is answered with an error", LOAD + OTHERWISE),
    case("input_validated", "met", "an error after all tries to read", TRIED),
    case("input_validated", "met", "an error over what an object was given", HELD),
    case("input_validated", "not_met", "an error over what an object made",
         HELD.replace("self.frame = frame", "self.frame = None")),
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
    case("configurable", "partly", "a module of settings of which one is read elsewhere, and one by the other",
         {"settings.py": "folder = 'data'\ndata_path = folder + '/train.csv'\n",
          "train.py": "import pandas as pd\nfrom settings import data_path\nframe = pd.read_csv(data_path)\n"}),
    case("configurable", "not_met", "a module of settings that holds a single one",
         {"settings.py": "data_path = 'data/train.csv'\n",
          "train.py": "import pandas as pd\nfrom settings import data_path\nframe = pd.read_csv(data_path)\n"}),
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
    case("configurable", "met", "the parameters of a flow", FLOW),
    case("configurable", "not_met", "the same, which no step reads", FLOW.replace("params['alpha']", "0.5")),
    case("configurable", "not_met", "a flow without any", FLOW.replace("params={'alpha': 0.5}", "params={}")),
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
    case("packaged", "partly", "a service beside a notebook that predicts in a function",
         {"app.py": PLAIN_APP, "a.ipynb": notebook(PREDICTS + "print(predict(1))\n")}),
    case("packaged", "partly", "a service that trains and measures", MEASURING),
    case("packaged", "met", "one that hands its predictions out beside their measure",
         MEASURING.replace("    return (said", "    keep(said)\n    return (said")),
    case("packaged", "partly", "a model that is set for another function alone", NEVER_SET),
    case("packaged", "met", "one that is set for all", SET_FOR_ALL),
    case("packaged", "met", "one that the handler reads in",
         NEVER_SET.replace("(row):\n", "(row):\n    model = joblib.load('m')\n")),
    case("packaged", "met", "one that another file sets",
         {"app.py": NEVER_SET, "run.py": "import app\nimport joblib\napp.model = joblib.load('m')\n"}),
    case("packaged", "met", "one that is set further down", NEVER_SET + "if READY:\n    model = joblib.load('m')\n"),
    case("packaged", "met", "routes that are registered from another file",
         {"app.py": "from flask import Flask\napp = Flask(__name__)\n",
          "routes.py": "from app import app\n" + PREDICTS.replace("def ", "@app.route('/')\ndef ")}),
]  # fmt: skip


@pytest.mark.parametrize("given", PAIRS, ids=str)
def test_a_look_alike_is_told_apart(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_a_service_is_shown_where_its_handler_predicts() -> None:
    code = (
        "import joblib\nfrom flask import Flask\nfrom sklearn.linear_model import Ridge\napp = Flask(__name__)\n"
        "def search(rows, target):\n    return max(sum(Ridge(a).fit(rows, target).predict(rows)) for a in (1, 2))\n"
        "@app.route('/predict')\ndef answer():\n    search([[1]], [1])\n"
        "    return str(joblib.load('model.joblib').predict([[1]]))\n"
    )
    found = finding("production_readiness.packaged", work({"app.py": code}))
    assert [span.line for span in found.evidence] == [4, 10]
