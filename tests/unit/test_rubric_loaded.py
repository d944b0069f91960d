"""A model that is only loaded was learned elsewhere: it is neither fitted nor left to chance where it is loaded."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, work
from test_rubric_networks import FACE, TRAINED

SERVED = "from net import Net\nimport torch\nmodel = Net()\nmodel.load_state_dict(torch.load('net.pt'))\nmodel.eval()\n"
NET = {"net.py": TRAINED}
HUB = (
    "from transformers import AutoModelForSequenceClassification\n"
    "model = AutoModelForSequenceClassification.from_pretrained('out')\nmodel.eval()\nprint(model(1))\n"
)
TUNED = "for epoch in range(9):\n    model(1).backward()\nopt = torch.optim.Adam(model.parameters())\n"
BOOSTED = (
    "import pandas as pd, xgboost as xgb\nfrom sklearn.metrics import f1_score\ndf = pd.read_csv('a.csv')\n"
    "model = xgb.XGBClassifier()\nmodel.fit(df[['a']], df['y'])\nmodel.save_model('m.json')\n"
)
ASKED = "import xgboost as xgb\nmodel = xgb.XGBClassifier()\nmodel.load_model('m.json')\nprint(model.predict([[1]]))\n"
IN_FUNCTIONS = (
    "from net import Net\nimport torch\ndef build():\n    model = Net()\n"
    "    model.load_state_dict(torch.load('a.pt'))\n    return model\ndef train_again(net):\n    net(1).backward()\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "files"),
    [
        (["net.py"], "weights are read into a network", {**NET, "serve.py": SERVED}),
        (["net.py", "serve.py"], "and it is trained further", {**NET, "serve.py": SERVED + TUNED}),
        (["net.py"], "a function builds it, and another asks it",
         {**NET, "serve.py": IN_FUNCTIONS + "model = build()\nprint(model(1))\n"}),
        (["net.py", "serve.py"], "a function builds it, and another trains it",
         {**NET, "serve.py": IN_FUNCTIONS + "model = build()\ntrain_again(model)\n"}),
        (["tune.py"], "a network from a folder", {"serve.py": HUB, "tune.py": FACE + "trainer.train()\n"}),
        (["train.py"], "a booster from a file", {"serve.py": ASKED, "train.py": BOOSTED}),
        (["serve.py", "train.py"], "a booster that goes on from a file",
         {"serve.py": "from data import rows, truth\n" + ASKED + "model.fit(rows, truth)\n", "train.py": BOOSTED}),
    ],
)  # fmt: skip
def test_only_what_is_trained_is_called_fitted(expected: list[str], about: str, files: dict[str, str]) -> None:
    for criterion in ("baseline_compared", "several_models", "hyperparameters_searched"):
        found = finding(f"model_choice.{criterion}", work(files))
        assert sorted({span.path for span in found.evidence}) == expected, (criterion, about)


def test_weights_that_are_read_are_not_left_to_chance() -> None:
    seeded = "import torch\ntorch.manual_seed(0)\n"
    assert finding("model_choice.seeded", work({"net.py": seeded + TRAINED, "serve.py": SERVED})).verdict == "met"
    alone = work({"serve.py": SERVED})
    assert finding("model_choice.seeded", alone).verdict == "not_applicable"
