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

TUNED = (
    "import torch\nimport pandas as pd\nfrom transformers import AutoModel, AutoTokenizer\n"
    "name = 'sentence-transformers/all-MiniLM-L6-v2'\nmodel = AutoModel.from_pretrained(name)\n"
    "words = AutoTokenizer.from_pretrained(name)\noptimiser = torch.optim.AdamW(model.parameters())\n"
    "model.train()\nfor text in pd.read_csv('a.csv')['text']:\n"
    "    loss = model(**words(text, return_tensors='pt')).last_hidden_state.mean()\n    loss.backward()\n"
    "    optimiser.step()\n"
)
TOPICS = (
    "import pandas as pd\nfrom bertopic import BERTopic\nrows = pd.read_csv('a.csv')\ntopics = BERTopic()\n"
    "print(topics.fit_transform(rows['text'].tolist()))\n"
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
        ("not_met", "a network of the hub that is trained by hand, and leaves out units", TUNED),
        ("met", "the same with a seed", TUNED.replace("name = ", "torch.manual_seed(0)\nname = ")),
        ("not_applicable", "one that is never put to training", TUNED.replace("model.train()\n", "")),
        ("not_applicable", "one of which nobody can tell whether it leaves out any",
         TUNED.replace("all-MiniLM-L6-v2", "some-encoder")),
        ("not_met", "topics that are laid out at random", TOPICS),
        ("met", "topics that are laid out with a seed",
         TOPICS.replace("import BERTopic", "import BERTopic\nfrom umap import UMAP\nplane = UMAP(random_state=1)")
         .replace("BERTopic()", "BERTopic(umap_model=plane)")),
        ("not_applicable", "topics that are laid out by what draws nothing",
         TOPICS.replace("BERTopic()", "BERTopic(umap_model=plane)")),
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


MASK = START + (
    "from sklearn.linear_model import LinearRegression\nmask = np.random.rand(len(df)) < 0.8\n"
    "model = LinearRegression().fit(X[mask], y[mask])\nprint(model.score(X[~mask], y[~mask]))\n"
)
SAMPLED = START + (
    "from sklearn.linear_model import LinearRegression\ntrain = df.sample(frac=0.8)\ntest = df.drop(train.index)\n"
    "model = LinearRegression().fit(train[['a']], train['y'])\nprint(model.score(test[['a']], test['y']))\n"
)
SHUFFLED = MASK.replace(
    "mask = np.random.rand(len(df)) < 0.8\n", "import random\nmask = list(range(len(df)))\nrandom.shuffle(mask)\n"
)
OWN = MASK.replace("mask = np.random.rand", "rng = np.random.default_rng()\nmask = rng.random")
LOOKED = (
    START + "from sklearn.linear_model import LinearRegression\nLinearRegression().fit(X, y)\nprint(df.sample(5))\n"
)
JITTER = LOOKED + "import matplotlib.pyplot as plt\nshift = np.random.rand(len(df))\nplt.scatter(df['a'] + shift, y)\n"
GROUPS = START + "from sklearn.cluster import *\nprint(KMeans(3).fit_predict(X))\n"


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("not_met", "a split by random numbers", MASK),
        ("met", "the seed of NumPy", MASK.replace("mask =", "np.random.seed(1)\nmask =", 1)),
        ("partly", "the seed of Python does not reach NumPy",
         MASK.replace("mask =", "import random\nrandom.seed(1)\nmask =", 1)),
        ("not_met", "a generator without a seed", OWN),
        ("met", "a generator with one", OWN.replace("default_rng()", "default_rng(7)")),
        ("met", "a generator that is called like its module",
         SHUFFLED.replace("import random\n", "from random import Random\nrandom = Random(3)\n")),
        ("not_met", "rows in a new order", SHUFFLED),
        ("met", "the seed of Python", SHUFFLED.replace("import random\n", "import random\nrandom.seed(1)\n")),
        ("not_met", "rows that are sampled", SAMPLED),
        ("met", "with a seed", SAMPLED.replace("frac=0.8", "frac=0.8, random_state=1")),
        ("met", "by the seed of NumPy", SAMPLED.replace("train =", "np.random.seed(1)\ntrain =", 1)),
        ("not_applicable", "a look at five rows", LOOKED),
        ("not_applicable", "the jitter of a plot", JITTER),
        ("partly", "an answer by lot",
         GROUPS.replace("(3)", "(3, random_state=0)")
         + "import random\ndef predict(pair):\n    return random.choice(pair)\nprint(predict(list(df['a'])))\n"),
        ("not_met", "clusters", GROUPS),
        ("met", "seeded clusters", GROUPS.replace("(3)", "(3, random_state=0)")),
        ("not_applicable", "clusters that take no chance", GROUPS.replace("KMeans(3)", "DBSCAN()")),
        ("not_met", "spectral clusters", GROUPS.replace("KMeans(3)", "SpectralClustering(3)")),
        ("not_met", "boosting draws in its trees", START + "GradientBoostingClassifier().fit(X, y)\n"),
        ("not_met", "so does AdaBoost", START + "AdaBoostClassifier().fit(X, y)\n"),
        ("not_applicable", "boosting of histograms takes no samples",
         START + "HistGradientBoostingClassifier().fit(X, y)\n"),
        ("not_met", "a linear machine", START + "from sklearn.svm import *\nLinearSVC().fit(X, y)\n"),
        ("not_applicable", "in its primal form",
         START + "from sklearn.svm import *\nLinearSVC(dual=False).fit(X, y)\n"),
        ("not_applicable", "one with a kernel", START + "from sklearn.svm import *\nSVC().fit(X, y)\n"),
        ("not_met", "a solver that shuffles",
         START + "from sklearn.linear_model import *\nLogisticRegression(solver='saga').fit(X, y)\n"),
        ("not_met", "resampling",
         START + "from imblearn.over_sampling import SMOTE\nfrom sklearn.linear_model import LogisticRegression\n"
         "A, b = SMOTE().fit_resample(X, y)\nLogisticRegression().fit(A, b)\n"),
        ("not_met", "a split of PyTorch",
         START + "from torch.utils.data import random_split\na, b = random_split(df, [8, 2])\nprint(a, b)\n"),
        ("not_met", "a layer by itself, which is trained",
         START + "import torch\nnet = torch.nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters())\n"
         "net(X).sum().backward()\nopt.step()\n"),
    ],
)  # fmt: skip
def test_what_is_drawn_for_a_model_is_chance(expected: str, about: str, code: str) -> None:
    assert verdict("model_choice.seeded", work(code)) == expected, about
