"""Whether models of images see them and models of texts read them; on tables nothing of this is asked."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, notebook, verdict, work, wrapped

case = cases_of("model_choice")

FILES = (
    "import os\nfrom glob import glob\nimport numpy as np\nimport pandas as pd\nfiles = sorted(glob('data/*.jpg'))\n"
)
LABELS = "labels = np.array(['cat' in name for name in files])\n"
SPLIT = (
    "from sklearn.model_selection import train_test_split\na, b, c, d = train_test_split(X, labels, random_state=0)\n"
)
FOREST = SPLIT + (
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.metrics import f1_score\n"
    "forest = RandomForestClassifier(random_state=0).fit(a, c)\nprint(f1_score(d, forest.predict(b)))\n"
)
ROWS = FILES + (
    "import cv2\ndef load(names):\n    rows = []\n    for name in names:\n        img = cv2.imread(name)\n"
    "        img = cv2.resize(img, (64, 64))\n        rows.append(img.flatten())\n    return np.array(rows)\n"
)
ONE_ROW_EACH = ROWS + "X = load(files)\n" + LABELS + FOREST
CONVOLVED = (
    "from tensorflow import keras\nfrom tensorflow.keras import layers\n"
    "train = keras.utils.image_dataset_from_directory('data/train')\n"
    "net = keras.Sequential([layers.Rescaling(1 / 255), layers.Conv2D(16, 3, activation='relu'), layers.Flatten(),\n"
    "                        layers.Dense(5, activation='softmax')])\n"
    "net.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])\nnet.fit(train, epochs=5)\n"
)
DENSE = (
    "from tensorflow import keras\n(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()\n"
    "net = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, activation='softmax')])\n"
    "net.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])\nnet.fit(x, y, epochs=5)\n"
)
TORCH = (
    "import torch\nfrom torch import nn\nfrom torchvision import datasets, transforms\n"
    "train = datasets.ImageFolder('data/train', transform=transforms.ToTensor())\n"
    "loader = torch.utils.data.DataLoader(train, batch_size=32)\n"
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.conv1 = nn.Conv2d(3, 8, 3)\n        self.out = nn.Linear(8, 2)\n"
    "    def forward(self, x):\n        return self.out(self.conv1(x).mean((2, 3)))\n"
    "net = Net()\nfor x, y in loader:\n    loss = nn.CrossEntropyLoss()(net(x), y)\n    loss.backward()\n"
)
BORROWED = FILES + (
    "from tensorflow.keras.applications import VGG16\n"
    "from tensorflow.keras.preprocessing.image import load_img, img_to_array\n"
    "base = VGG16(include_top=False, pooling='avg')\n"
    "images = np.array([img_to_array(load_img(name, target_size=(224, 224))) for name in files])\n"
    "X = base.predict(images)\n" + LABELS + FOREST
)
HOG = FILES + (
    "from skimage.feature import hog\nfrom skimage.io import imread\n"
    "X = [hog(imread(name, as_gray=True)) for name in files]\n" + LABELS + FOREST
)
SIZES = FILES + (
    "from PIL import Image\nrows = []\nfor name in files:\n    with Image.open(name) as img:\n"
    "        rows.append({'width': img.width, 'height': img.height, 'bytes': os.path.getsize(name)})\n"
    "X = pd.DataFrame(rows)\n" + LABELS + FOREST
)
# The words of image work all over, and a forest on a table: a logo is shown, and a mask shapes a cloud of words.
TABLE_WITH_PICTURES = notebook(
    "# %% md\n# CNN, Conv2D, ResNet50, computer vision\nWe classify the pictures with a convolutional network.",
    "import numpy as np, pandas as pd\nfrom PIL import Image\nfrom wordcloud import WordCloud\nimport cv2\n"
    "from tensorflow.keras.layers import Conv2D",
    "mask = np.array(Image.open('logo.png'))\nWordCloud(mask=mask.reshape(64, 64)).generate('churn')",
    "df = pd.read_csv('churn.csv')\nX, y = df.drop(columns='churn'), df['churn']",
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.metrics import roc_auc_score\n"
    "rf = RandomForestClassifier().fit(X, y)\nprint(roc_auc_score(y, rf.predict(X)))",
)
# A network that nobody builds, beside the forest on rows of pixels that is really fitted.
UNUSED_NETWORK = ONE_ROW_EACH + (
    "from tensorflow.keras import layers, Sequential\ndef cnn():  # our final CNN, Conv2D with ResNet features\n"
    "    net = Sequential([layers.Conv2D(8, 3)])\n    net.fit(X, labels)\n    return net\n"
)
IMAGES = [
    case("suits_the_task", "met", "a convolutional network", CONVOLVED),
    case("suits_the_task", "met", "a network of one's own in torch", TORCH, modality="image"),
    case("suits_the_task", "met", "features of a pretrained network for a forest", BORROWED, modality="image"),
    case("suits_the_task", "met", "a descriptor", HOG, modality="image"),
    case("suits_the_task", "partly", "pixels in a row", ONE_ROW_EACH),
    case("suits_the_task", "partly", "a network without a convolution", DENSE),
    case("suits_the_task", "partly", "a network in a function that nobody calls", UNUSED_NETWORK, modality="image"),
    case("suits_the_task", "not_met", "sizes of files and pictures alone", SIZES, modality="image"),
    case("suits_the_task", "needs_human", "images by a library that is not known",
         "import mypics\n" + SIZES, modality="image"),
    case("suits_the_task", "needs_human", "a table of what may be pixels",
         "import pandas as pd, numpy as np\nX = pd.read_csv('train.csv')\nlabels = X.pop('label')\n" + FOREST,
         modality="image"),
    case("suits_the_task", "met", "sizes, where the assignment is about a table", SIZES, modality="tabular"),
    case("suits_the_task", "met", "sizes, where nothing says what the task is", SIZES),
    case("suits_the_task", "met", "a table, with pictures for show", {"a.ipynb": TABLE_WITH_PICTURES}),
    case("suits_the_task", "not_applicable", "images are read and nothing is fitted", ROWS + "load(files)\n",
         modality="image"),
]  # fmt: skip

FRAME = "import pandas as pd\nframe = pd.read_csv('reviews.csv')\nlabels = frame['label']\n"
LINEAR = SPLIT + (
    "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import f1_score\n"
    "model = LogisticRegression().fit(a, c)\nprint(f1_score(d, model.predict(b)))\n"
)
COUNTS = FRAME + (
    "from sklearn.feature_extraction.text import CountVectorizer\nX = frame['review']\n"
    + LINEAR.replace("model = ", "vec = CountVectorizer()\na, b = vec.fit_transform(a), vec.transform(b)\nmodel = ")
)
PIPED = FRAME + (
    "from sklearn.feature_extraction.text import TfidfVectorizer\nfrom sklearn.svm import LinearSVC\n"
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.model_selection import cross_val_score\n"
    "print(cross_val_score(make_pipeline(TfidfVectorizer(), LinearSVC()), frame['review'], labels, scoring='f1'))\n"
)
BERT = FRAME + (
    "from transformers import AutoTokenizer, AutoModelForSequenceClassification, Trainer\n"
    "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')\n"
    "bert = AutoModelForSequenceClassification.from_pretrained('bert-base-uncased')\n"
    "rows = [tokenizer(text) for text in frame['review']]\ntrainer = Trainer(model=bert, train_dataset=rows)\n"
    "trainer.train()\n"
)
EMBEDDED = FRAME + (
    "from sentence_transformers import SentenceTransformer\n"
    "X = SentenceTransformer('all-MiniLM-L6-v2').encode(frame['review'].tolist())\n" + LINEAR
)
WHOLE = FRAME + (
    "from sklearn.preprocessing import LabelEncoder\nframe['review'] = LabelEncoder().fit_transform(frame['review'])\n"
    "X = frame[['review', 'stars']]\n" + LINEAR
)
LENGTHS = FRAME + (
    "frame['length'] = frame['review'].apply(len)\nframe['words'] = frame['review'].str.split().str.len()\n"
    "X = frame[['length', 'words']]\n" + LINEAR
)
DROPPED = FRAME + "X = frame.drop(columns=['review', 'label'])\n" + LINEAR
# Words are counted for a picture only; the model is given lengths.
COUNTED_FOR_SHOW = notebook(
    "# %% md\n## NLP\nWe vectorise the reviews with TF-IDF and BERT embeddings and train on them.",
    FRAME,
    "from sklearn.feature_extraction.text import CountVectorizer\nimport matplotlib.pyplot as plt\n"
    "counts = CountVectorizer(max_features=20).fit_transform(frame['review'])\nplt.bar(range(20), counts.sum(0))",
    "frame['length'] = frame['review'].apply(len)\nX = frame[['length']]",
    LINEAR,
)
# A vectoriser and a forest, as a search would want them; but what is counted are the codes of whole texts.
CODES_COUNTED = WHOLE.partition("X = ")[0] + (
    "from sklearn.feature_extraction.text import TfidfVectorizer\n"
    "X = TfidfVectorizer().fit_transform(frame['review'].astype(str))\n" + FOREST
)
# "TF-IDF" and a column called text stand in the code, and the work is about a table.
TABLE_WITH_TEXT = FRAME.replace("reviews", "churn") + (
    "# TfidfVectorizer and BERT were tried\nX = frame.drop(columns=['label', 'comment_text'])\n"
    "from sklearn.preprocessing import StandardScaler\nX = StandardScaler().fit_transform(X)\n" + LINEAR
)
TEXTS = [
    case("suits_the_task", "met", "counted words, which need no scaler", COUNTS),
    case("suits_the_task", "met", "weighed words in a pipeline on folds", PIPED, modality="text"),
    case("suits_the_task", "met", "a transformer", BERT, modality="text"),
    case("suits_the_task", "met", "embedded sentences", EMBEDDED, modality="text"),
    case("suits_the_task", "partly", "whole texts as categories", WHOLE, modality="text"),
    case("suits_the_task", "partly", "the codes of whole texts are weighed as words", CODES_COUNTED, modality="text"),
    case("suits_the_task", "met", "the texts are encoded after their words were counted",
         COUNTS + "from sklearn.preprocessing import LabelEncoder\n"
         "frame['review'] = LabelEncoder().fit_transform(frame['review'])\n", modality="text"),
    case("suits_the_task", "partly", "how long the texts are", LENGTHS, modality="text"),
    case("suits_the_task", "not_met", "the texts are dropped", DROPPED, modality="text"),
    case("suits_the_task", "needs_human", "words are counted, and only for a picture",
         {"a.ipynb": COUNTED_FOR_SHOW}, modality="text"),
    case("suits_the_task", "needs_human", "lengths, and what else a function of one's own makes of the texts",
         LENGTHS.replace("X = frame", "def tone(text):\n    return text.count('!')\n"
                         "frame['tone'] = frame['review'].apply(tone)\nX = frame"), modality="text"),
    case("suits_the_task", "needs_human", "dropped, but read before under another name",
         DROPPED.replace("X = ", "frame['n'] = [lookup(row.review) for row in frame.itertuples()]\nX = "),
         modality="text"),
    case("suits_the_task", "needs_human", "dropped, and a library that is not known",
         "import mywords\n" + DROPPED, modality="text"),
    case("suits_the_task", "met", "a column of text in a work on a table", TABLE_WITH_TEXT, modality="tabular"),
    case("suits_the_task", "met", "a column of text where nothing says what the task is", TABLE_WITH_TEXT),
    case("suits_the_task", "not_applicable", "no model", FRAME, modality="text"),
]  # fmt: skip


@pytest.mark.parametrize("given", [*IMAGES, *TEXTS], ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


@pytest.mark.parametrize(
    ("code", "modality"),
    [(CONVOLVED, ""), (ONE_ROW_EACH, "image"), (HOG, "image"), (SIZES, "image"), (PIPED, "text"), (WHOLE, "text"),
     (LENGTHS, "text"), (DROPPED, "text")],
)  # fmt: skip
def test_the_verdict_stays_when_the_work_is_wrapped_in_a_function(code: str, modality: str) -> None:
    name = "suits_the_task"
    plain, inside = (case(name, "", "", text, modality=modality).evidence() for text in (code, wrapped(code)))
    assert finding(f"model_choice.{name}", plain).verdict == finding(f"model_choice.{name}", inside).verdict


def test_what_sees_the_images_is_named() -> None:
    assert "VGG16" in finding("model_choice.suits_the_task", IMAGES[2].evidence()).reason


NUMBERED = (
    "import pandas as pd\nfrom keras.layers import LSTM, Dense, Embedding\nfrom keras.models import Sequential\n"
    "from keras.preprocessing.sequence import pad_sequences\ndf = pd.read_csv('a.csv')\nwords = {}\n"
    "for text in df['sentence']:\n    for word in text.split():\n        words.setdefault(word, len(words) + 1)\n"
    "def numbers(frame):\n"
    "    return pad_sequences([[words[word] for word in text.split()] for text in frame['sentence']])\n"
    "model = Sequential([Embedding(99, 50), LSTM(9), Dense(1, activation='sigmoid')])\n"
    "model.compile(loss='binary_crossentropy')\nmodel.fit(numbers(df), df['label'])\n"
)
ITEMS = NUMBERED.replace("text.split()", "text")


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "words that the work numbers itself, for an embedding", NUMBERED),
        ("met", "the same under a name", NUMBERED.replace("fit(numbers(df),", "fit(padded,")
         .replace("model.fit", "padded = numbers(df)\nmodel.fit")),
        ("not_applicable", "an embedding of things that are no words", ITEMS),
        ("not_applicable", "numbered, and never learned from",
         NUMBERED.replace("fit(numbers(df),", "fit(df[['age']],")),
    ],
)  # fmt: skip
def test_words_that_are_numbered_by_hand(expected: str, about: str, code: str) -> None:
    assert verdict("model_choice.suits_the_task", work(code)) == expected, about
