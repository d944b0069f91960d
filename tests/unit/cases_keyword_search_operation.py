"""Excerpts as real submissions have them that a search for keywords would get wrong: how the work is run."""

from __future__ import annotations

from rubric_evidence import cases_of, notebook, plan, ran, stress

from grader.model import Failure

case = cases_of("production_readiness")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
FIT = LOAD + "from sklearn.svm import SVC\nmodel = SVC(random_state=0).fit(frame[['a']], frame['y'])\n"
SCALER = (
    LOAD + "import joblib\nfrom sklearn.preprocessing import StandardScaler\nfrom sklearn.svm import SVC\n"
    "scaler = StandardScaler()\nX = scaler.fit_transform(frame[['a']])\nmodel = SVC().fit(X, frame['y'])\n"
    "joblib.dump(scaler, 'model.pkl')\n"
)
SEEDED = "import random\nrandom.seed(42)\n# fully reproducible, random_state=42 everywhere\n" + FIT
ROBUST = "# robust to messy data: handles NaN, unseen categories and outliers\n" + LOAD
GONE = Failure(code="notebook.cell_error", message="FileNotFoundError: data.csv", path="a.ipynb", cell=1, line=1)
SLOW = Failure(code="limit.wall_time", message="It ran longer than 600 s.")

TRAPS = [
    case("runs_end_to_end", "met", "it prints Error and Traceback, and ends well",
         {"a.ipynb": notebook("print('Error: Traceback (most recent call last)')")}, plan=plan("a.ipynb"), run=ran()),
    case("runs_end_to_end", "not_met", "saved outputs and a README that say it ran",
         {"a.ipynb": notebook("# %% md\nAll cells ran without errors", LOAD), "README.md": "Runs end to end."},
         plan=plan("a.ipynb"), run=ran(failure=GONE), failure=GONE),
    case("runs_end_to_end", "met", "a grid of 1,350 fits that takes a minute here", FIT + "# GridSearchCV, 1350 fits\n",
         plan=plan(), run=ran(wall_s=60), track="hybrid"),
    case("runs_end_to_end", "not_met", "fast, says the comment", "# runs in 5 seconds\n" + FIT,
         plan=plan(), run=ran(wall_s=600, failure=SLOW, over=True), failure=SLOW),
    case("reproducible_predictions", "not_met", "seeds everywhere, and another result", SEEDED,
         plan=plan(), stress=stress(identical=10)),
    case("reproducible_predictions", "met", "no seed in sight, and the same result", FIT.replace("random_state=0", ""),
         plan=plan(), stress=stress()),
    case("survives_messy_rows", "not_met", "robust, says the comment", ROBUST, plan=plan(), stress=stress(valid=0)),
    case("survives_messy_rows", "met", "no word on missing values", FIT, plan=plan(), stress=stress()),
    case("model_kept", "not_met", "settings are dumped and loaded, not the model",
         FIT + "import json\njson.dump({'C': 1}, open('m.json', 'w'))\nmodel_c = json.load(open('m.json'))\n"),
    case("model_kept", "not_met", "the scaler is saved under the model's name", SCALER),
    case("model_kept", "not_met", "saving is commented out",
         FIT + "# import joblib; joblib.dump(model, 'm')\n# joblib.load('m')\n"),
    case("input_validated", "not_met", "an abstract method and the usual last line",
         LOAD + "def main():\n    base()\ndef base():\n    raise NotImplementedError\nraise SystemExit(main())\n"),
    case("input_validated", "not_met", "an exit that refuses nothing",
         "import sys\n" + LOAD + "sys.exit(frame.empty)\n"),
    case("input_validated", "not_met", "a schema that nothing uses",
         LOAD + "from pydantic import BaseModel\nclass Row(BaseModel):\n    age: int\n"),
    case("input_validated", "not_applicable", "validation data in a notebook",
         {"a.ipynb": notebook(LOAD + "validation = frame[100:]\nprint('validate input schema')\n")}),
    case("logging_and_errors", "partly", "logarithms, a blog and a catalog",
         "import numpy as np\n" + LOAD + "blog = frame\nblog.info()\nprint(np.log(blog.a))\n"),
    case("logging_and_errors", "not_met", "a logger in a function that nobody calls",
         "import logging\nlogger = logging.getLogger()\ndef log_it():\n    logger.info('x')\n" + "print(1)\n" * 9),
    case("logging_and_errors", "partly", "a log that is turned off at the first line",
         "import logging\nlogging.disable()\nlogging.basicConfig()\nlogging.info('x')\nprint(1)\n"),
    case("logging_and_errors", "met", "a log that is turned on again",
         "import logging\nlogging.disable(logging.NOTSET)\nlogging.basicConfig()\nlogging.info('x')\nprint(1)\n"),
    case("logging_and_errors", "met", "a handler that passes after a narrow error is named in a comment only",
         "import logging\nlogging.basicConfig()\nlogging.info('x')\n# try: x except Exception: pass\n"),
    case("configurable", "not_met", "a parser without a look at its options",
         "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--data')\n"
         "args = parser.parse_args()\n" + LOAD),
    case("configurable", "not_met", "config in names and comments",
         "# configurable via config.yaml\nconfig = 1\n" + LOAD),
    case("configurable", "not_applicable", "a notebook that silences TensorFlow",
         {"a.ipynb": notebook("import os\nos.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\n" + LOAD)}),
    case("packaged", "not_applicable", "Docker in the README",
         {"train.py": LOAD, "README.md": "docker build . && docker run\n"}),
    case("packaged", "not_applicable", "a Dockerfile of comments",
         {"train.py": LOAD, "Dockerfile": "# FROM python\n# COPY . .\n# CMD python train.py\n"}),
    case("packaged", "partly", "FastAPI, and a handler that returns its input",
         "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef predict(row):\n    return row\n"),
    case("monitored", "not_met", "evidently is imported and written about", {"train.py": "import evidently\n" + LOAD,
         "README.md": "Drift is monitored with Evidently and Prometheus."}, track="mlops"),
    case("monitored", "not_met", "a drift check that nobody calls",
         LOAD + "from scipy.stats import ks_2samp\ndef check_drift(a, b):\n    return ks_2samp(a, b)\n", track="mlops"),
]  # fmt: skip
