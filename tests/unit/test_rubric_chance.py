"""What is left to chance, and where its seed may stand."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work
from test_rubric_networks import FACE, TRAINED

START = (
    "import pandas as pd\nimport numpy as np\nfrom sklearn.ensemble import *\nfrom sklearn.model_selection import *\n"
    "import xgboost as xgb, lightgbm as lgb\nfrom lightgbm import LGBMClassifier\n"
    "df = pd.read_csv('a.csv')\nX, y = df[['a']], df['y']\n"
)
KERAS = START + (
    "import tensorflow as tf\nfrom tensorflow.keras import Sequential, layers\n"
    "net = Sequential([layers.Dense(8), layers.Dropout(0.5), layers.Dense(1)])\nnet.fit(X, y, validation_split=0.2)\n"
)
FOLDER = KERAS + (
    "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n"
    "rows = ImageDataGenerator().flow_from_directory('train', seed=1)\n"
)
FROM_DICT = (
    START
    + "params = {'subsample': 0.8, 'seed': 7}\nbooster = xgb.train(params, xgb.DMatrix(X, y))\nbooster.predict(X)\n"
)
UNPACKED = (
    "class config:\n    params = {'bagging_fraction': 0.5, 'random_state': 3}\n"
    + START + "model = LGBMClassifier(**config.params).fit(X, y)\n"
)  # fmt: skip
STUDY = START + (
    "import optuna\ndef objective(trial):\n    depth = trial.suggest_int('d', 2, 9)\n"
    "    return cross_val_score(RandomForestClassifier(max_depth=depth, random_state=0), X, y).mean()\n"
    "study = optuna.create_study()\nstudy.optimize(objective)\n"
)
DRAWN = (
    START
    + "search = RandomizedSearchCV(RandomForestClassifier(random_state=0), {'max_depth': [3]})\nsearch.fit(X, y)\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("not_met", "a network of Keras", KERAS),
        ("met", "the seed of TensorFlow", KERAS.replace("net = ", "tf.random.set_seed(0)\nnet = ")),
        ("met", "the seed of Keras", KERAS.replace("net = ", "tf.keras.utils.set_random_seed(0)\nnet = ")),
        ("partly", "a seed of numpy reaches no weights", KERAS.replace("net = ", "np.random.seed(0)\nnet = ")),
        ("partly", "the reader of a folder is seeded, the weights are not", FOLDER),
        ("not_met", "a network of PyTorch", TRAINED),
        ("met", "the seed of PyTorch", "import torch\ntorch.manual_seed(0)\n" + TRAINED),
        ("partly", "the seed of another library", "import numpy as np\nnp.random.seed(0)\n" + TRAINED),
        ("met", "the seed of Lightning", "import pytorch_lightning as pl\npl.seed_everything(1)\n" + TRAINED),
        ("not_met", "a new head on a network that was trained before", FACE + "trainer.train()\n"),
        ("met", "the seed of Hugging Face",
         "import transformers\ntransformers.set_seed(1)\n" + FACE + "trainer.train()\n"),
        ("met", "a seed in the settings of a booster", FROM_DICT),
        ("not_met", "no seed in them", FROM_DICT.replace(", 'seed': 7", "")),
        ("met", "a seed that is put into them", FROM_DICT.replace(", 'seed': 7}", "}\nparams['seed'] = 7")),
        ("not_applicable", "a booster takes no samples", FROM_DICT.replace("'subsample': 0.8, 'seed': 7", "'eta': 1")),
        ("met", "a seed in settings that are unpacked", UNPACKED),
        ("not_applicable", "settings that others are merged into", FROM_DICT.replace("'seed': 7", "**more")),
        ("not_applicable", "settings that stand elsewhere", UNPACKED.replace("    params = ", "    settings = ")),
        ("partly", "a study whose sampler has no seed", STUDY),
        ("met", "a study whose sampler has one",
         STUDY.replace("create_study()", "create_study(sampler=optuna.samplers.TPESampler(seed=0))")),
        ("met", "a sampler with a name",
         STUDY.replace("study = ", "tpe = optuna.TPESampler(seed=0)\nstudy = ").replace("y()", "y(sampler=tpe)")),
        ("partly", "a search that draws its settings", DRAWN),
        ("met", "a search that draws them with a seed", DRAWN.replace("[3]}", "[3]}, random_state=1")),
    ],
)  # fmt: skip
def test_chance_is_under_control(expected: str, about: str, code: str) -> None:
    assert verdict("model_choice.seeded", work(code)) == expected, about
