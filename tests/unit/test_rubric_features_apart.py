"""Where no feature can hold what is predicted: pictures in folders, a series by itself, the words of texts."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

PICTURES = (
    "import tensorflow as tf\nfrom tensorflow.keras import layers\n"
    "rows = tf.keras.utils.image_dataset_from_directory('data/train')\n"
    "model = tf.keras.Sequential([layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(2)])\n"
    "model.compile(loss='sparse_categorical_crossentropy')\nmodel.fit(rows)\n"
)
TORCH = (
    "import torch\nimport torchvision\nfrom torch.utils.data import DataLoader\n"
    "rows = DataLoader(torchvision.datasets.CIFAR10('data', train=True), batch_size=8)\n"
    "net = torch.nn.Linear(3, 1)\noptimiser = torch.optim.Adam(net.parameters())\n"
    "for pictures, labels in rows:\n    loss = torch.nn.functional.cross_entropy(net(pictures), labels)\n"
    "    loss.backward()\n    optimiser.step()\n"
)
LABELS = "import pandas as pd\nlabels = pd.read_csv('labels.csv')\n"
SERIES = (
    "import inhouse\nfrom statsmodels.tsa.arima.model import ARIMA\nsales = inhouse.sales()\n"
    "fitted = ARIMA(sales, order=(1, 1, 1)).fit()\nprint(fitted.forecast(12))\n"
)
PROPHET = (
    "import inhouse\nfrom prophet import Prophet\nrows = inhouse.sales()\nmodel = Prophet()\nmodel.fit(rows)\n"
    "print(model.predict(rows))\n"
)
WORDS = (
    "import inhouse\nimport numpy as np\nfrom tensorflow.keras import Sequential, layers\n"
    "from tensorflow.keras.preprocessing.text import Tokenizer\n"
    "from tensorflow.keras.preprocessing.sequence import pad_sequences\n"
    "from sklearn.model_selection import train_test_split\n"
    "texts, labels, lengths = inhouse.texts()\nwords = Tokenizer()\nwords.fit_on_texts(texts)\n"
    "X = pad_sequences(words.texts_to_sequences(texts), maxlen=9)\n"
    "a, b, c, d = train_test_split(X, labels)\nmodel = Sequential([layers.Embedding(9, 9), layers.Dense(1)])\n"
    "model.compile(loss='binary_crossentropy')\nmodel.fit(a, c)\n"
)
OTHER = "net = Sequential([layers.Dense(1)])\nnet.fit(inhouse.rows(), labels)\n"


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "pictures in folders of their classes", PICTURES),
        ("met", "a published set of pictures", TORCH),
        ("needs_human", "pictures beside a table", PICTURES + LABELS),
        ("needs_human", "pictures of a set beside a table", TORCH + LABELS),
        ("needs_human", "arrays beside pictures that are read by hand",
         PICTURES.replace("model.fit(rows)", "import cv2\nmade = inhouse.made(cv2.imread('a.png'))\nmodel.fit(made)")),
        ("met", "a series by itself", SERIES),
        ("needs_human", "a series beside another", SERIES.replace("(sales, ", "(sales, exog=inhouse.rain(), ")),
        ("needs_human", "the same by place", SERIES.replace("(sales, ", "(sales, inhouse.rain, ")),
        ("met", "a series with its dates", PROPHET),
        ("needs_human", "a series and a column beside it",
         PROPHET.replace("model.fit", "model.add_regressor('rain')\nmodel.fit")),
        ("met", "the words of texts", WORDS),
        ("needs_human", "words and something beside them", WORDS.replace(
            "X = pad_sequences(words.texts_to_sequences(texts), maxlen=9)",
            "X = np.hstack([pad_sequences(words.texts_to_sequences(texts)), lengths])")),
        ("needs_human", "the answers of a split of words", WORDS.replace("model.fit(a, c)", "model.fit(c, a)")),
        ("needs_human", "words, and a network of something else", WORDS + OTHER),
    ],
)  # fmt: skip
def test_features_without_the_target(expected: str, about: str, code: str) -> None:
    assert verdict("data_preparation.target_leakage", work(code)) == expected, about
