"""Networks in PyTorch and Hugging Face are models, and their training is a fit."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

TORCH = (
    "import torch, pandas as pd\nimport torch.nn as nn\n"
    "from sklearn.metrics import f1_score, classification_report\n"
    "df = pd.read_csv('a.csv')\nX, y = torch.tensor(df[['a']].values), torch.tensor(df['y'].values)\n"
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.layers = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 2))\n"
    "    def forward(self, x):\n        return self.layers(x)\n"
    "net = Net()\n"
)
TRAINED = TORCH + (
    "optimizer = torch.optim.Adam(net.parameters())\nfor epoch in range(9):\n"
    "    loss = nn.functional.cross_entropy(net(X), y)\n    loss.backward()\n    optimizer.step()\n"
    "    print(epoch, loss.item())\n"
)
LOADERS = "from torch.utils.data import random_split, DataLoader\ntrain_set, val_set = random_split(df, [80, 20])\n"
VALIDATED = (
    TRAINED
    + LOADERS
    + (
        "truth, said = [], []\nfor batch, labels in DataLoader(val_set):\n    said += list(net(batch).argmax(1))\n"
        "    truth += list(labels)\nprint(f1_score(truth, said))\n"
    )
)
BY_HAND = (
    TRAINED
    + LOADERS
    + (
        "val_loader = DataLoader(val_set)\nright = 0\nfor batch, labels in val_loader:\n"
        "    preds = net(batch).argmax(1)\n    right += (preds == labels).sum().item()\nprint(right / 20)\n"
    )
)
FACE = (
    "from transformers import AutoTokenizer, AutoModelForSequenceClassification, Trainer\nimport pandas as pd\n"
    "df = pd.read_csv('a.csv')\ntokens = AutoTokenizer.from_pretrained('x')\n"
    "model = AutoModelForSequenceClassification.from_pretrained('x', num_labels=3)\n"
    "trainer = Trainer(model=model, train_dataset=df)\n"
)
HELD_OUT, METRIC, SEVERAL = "evaluation.held_out_evaluation", "evaluation.fitting_metric", "model_choice.several_models"

# What says how a network is trained holds it, and is no other kind of model.
WRAPPED = VALIDATED.replace("net = Net()\n", "import pytorch_lightning as pl\nclass Lit(pl.LightningModule):\n"
    "    def __init__(self, net, rate):\n        super().__init__()\n        self.net = net\n"
    "    def forward(self, x):\n        return self.net(x)\nnet = Net()\nlit = Lit(net, 0.1)\n"
    "pl.Trainer(max_epochs=3).fit(lit, df)\n")  # fmt: skip
PARTS = VALIDATED.replace("net = Net()\n", "class Whole(nn.Module):\n    def __init__(self, part):\n"
    "        super().__init__()\n        self.part = part\n    def forward(self, x):\n        return self.part(x)\n"
    "net = Whole(Net())\n")  # fmt: skip
TWO = VALIDATED + (
    "class Other(nn.Module):\n    def forward(self, x):\n        return x\nother = Other()\n"
    "torch.optim.Adam(other.parameters())\nprint(f1_score(truth, other(X)))\n"
)


@pytest.mark.parametrize(
    ("criterion", "expected", "about", "code"),
    [
        (HELD_OUT, "not_met", "a loss on the training rows alone", TRAINED),
        (HELD_OUT, "met", "F1 on the rows that a split has left", VALIDATED),
        (HELD_OUT, "met", "a trainer that is given rows to evaluate on",
         FACE.replace("train_dataset=df", "train_dataset=df, eval_dataset=held") + "trainer.train()\n"),
        (HELD_OUT, "not_met", "a trainer that is given none", FACE + "trainer.train()\n"),
        (HELD_OUT, "not_applicable", "a network that was trained elsewhere", FACE.partition("trainer")[0]),
        (HELD_OUT, "not_applicable", "a network that is made and never trained", TORCH),
        (METRIC, "met", "F1", VALIDATED),
        (SEVERAL, "not_met", "a network and what trains it", WRAPPED),
        (SEVERAL, "not_met", "a network and one that is spread over machines",
         VALIDATED.replace("net = Net()\n", "net = Net()\nnet = nn.DataParallel(net)\n")),
        (SEVERAL, "not_met", "a network and its part", PARTS),
        (SEVERAL, "met", "two networks by themselves", TWO),
        (METRIC, "not_met", "nothing but the loss", TRAINED),
        (METRIC, "met", "a metric of Hugging Face",
         FACE + "import evaluate\nf1 = evaluate.load('f1')\ntrainer.train()\n"),
        (METRIC, "partly", "of torchmetrics", TRAINED + "from torchmetrics import Accuracy\nhits = Accuracy()\n"),
        ("evaluation.error_analysis", "met", "by class", VALIDATED + "print(classification_report(truth, said))\n"),
        (SEVERAL, "not_met", "the layers of one network are one kind of model", TRAINED),
        (SEVERAL, "not_met", "a new head is part of its network",
         TRAINED.replace("net = Net()\n", "net = Net()\nnet.head = nn.Linear(8, 2)\n")),
        ("model_choice.baseline_compared", "not_met", "one network", TRAINED),
        ("model_choice.hyperparameters_searched", "partly", "a network is put together by hand", TRAINED),
    ],
)  # fmt: skip
def test_a_network_is_judged_as_a_model(criterion: str, expected: str, about: str, code: str) -> None:
    assert verdict(criterion, work(code)) == expected, about


KERAS = (
    "import pandas as pd\nfrom keras.models import Model, Sequential\nfrom keras.layers import Dense, Input\n"
    "df = pd.read_csv('a.csv')\nX, y = df[['a']], df['y']\nrows = Input((1,))\nnet = Model(rows, Dense(1)(rows))\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "fit"),
    [
        ("not_met", "a network that predicts", "net.fit(X, y)\n"),
        ("not_applicable", "one that gives its input back", "net.fit(X, X)\n"),
        ("not_applicable", "one that is not fitted", "net.predict(X)\n"),
    ],
)
def test_a_network_put_together_from_layers_is_a_model_where_it_predicts(expected: str, about: str, fit: str) -> None:
    assert verdict(SEVERAL, work(KERAS + fit)) == expected, about


def test_hits_that_a_network_counts_by_hand_are_not_missed() -> None:
    assert verdict(HELD_OUT, work(BY_HAND)) in ("met", "needs_human")
    elsewhere = BY_HAND.replace("val_loader = DataLoader(val_set)", "from other import val_loader")
    assert verdict(HELD_OUT, work(elsewhere)) == "needs_human"
    assert verdict(METRIC, work(BY_HAND)) == "partly"


JUSTIFIED = "model_choice.choice_justified"
TWO = (
    "import torch, timm\nimport torch.nn as nn\nimport torchvision\nfrom torch.utils.data import DataLoader\n"
    "trainset = torchvision.datasets.CIFAR10('.', train=True)\n"
    "testset = torchvision.datasets.CIFAR10('.', train=False)\n"
    "trainloader, testloader = DataLoader(trainset), DataLoader(testset)\n"
    "class Net(nn.Module):\n    def forward(self, x):\n        return x\n"
    "net, model = Net(), timm.create_model('resnet18', num_classes=10)\n"
    "def train(one):\n    optimizer = torch.optim.Adam(one.parameters())\n    for images, labels in trainloader:\n"
    "        nn.functional.cross_entropy(one(images), labels).backward()\n        optimizer.step()\n"
    "train(net)\ntrain(model)\n"
)
COUNTED = (
    "right = 0\nfor images, labels in {rows}:\n    _, predicted = torch.max({name}(images).data, 1)\n"
    "    right += (predicted == labels).sum().item()\nprint(right / len({rows}))\n"
)
BY_FUNCTION = (
    "def hits(one, rows):\n    right = 0\n    for images, labels in rows:\n        preds = one(images).argmax(1)\n"
    "        right += (preds == labels).sum().item()\n    return right\n"
)


@pytest.mark.parametrize(
    ("several", "justified", "about", "code"),
    [
        ("met", "partly", "the hits of both on the same rows",
         COUNTED.format(name="net", rows="testloader") + COUNTED.format(name="model", rows="testloader")),
        ("met", "partly", "by one function",
         BY_FUNCTION + "print(hits(net, testloader))\nprint(hits(model, testloader))\n"),
        ("partly", "not_met", "the hits of one alone", COUNTED.format(name="net", rows="testloader")),
        ("partly", "not_met", "one on other rows than the other",
         COUNTED.format(name="net", rows="testloader") + COUNTED.format(name="model", rows="val_loader")),
        ("partly", "not_met", "both on the rows of the fit",
         COUNTED.format(name="net", rows="trainloader") + COUNTED.format(name="model", rows="trainloader")),
        ("partly", "not_met", "by one function on the rows of the fit",
         BY_FUNCTION + "print(hits(net, trainloader))\nprint(hits(model, trainloader))\n"),
        ("partly", "not_met", "nothing is counted", ""),
    ],
)  # fmt: skip
def test_two_networks_are_measured_alike_by_their_hits(several: str, justified: str, about: str, code: str) -> None:
    assert verdict(SEVERAL, work(TWO + code)) == several, about
    assert verdict(JUSTIFIED, work(TWO + code)) == justified, about
