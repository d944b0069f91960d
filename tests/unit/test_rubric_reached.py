"""Functions are reached by whatever way a good work starts them, and not by being mentioned."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, notebook, verdict, work

from grader.model import Evidence
from rubrics.reached import live_calls, reached_functions


def reached(evidence: Evidence) -> set[str]:
    """Return the names of the functions that are reached."""
    return {fact.name for fact in reached_functions(evidence)}


TRAIN = (
    "import pandas as pd\nfrom sklearn.svm import SVC\n\n\ndef load():\n    return pd.read_csv('data/train.csv')\n\n\n"
    "def train():\n    df = load()\n    print(df['y'].value_counts())\n    return SVC().fit(df[['a']], df['y'])\n\n\n"
)
MAIN = "if __name__ == '__main__':\n"
PACKAGE = {"pkg/__init__.py": "", "pkg/train.py": TRAIN}
WAYS: dict[str, dict[str, str]] = {
    "a dictionary of commands": {"train.py": TRAIN + "import sys\nSTEPS = {'train': train}\nSTEPS[sys.argv[1]]()\n"},
    "a dictionary that is asked": {"train.py": TRAIN + "STEPS = dict(train=train)\nSTEPS.get('train')()\n"},
    "a list of steps": {"train.py": TRAIN + "STEPS = [train]\nfor step in STEPS:\n    step()\n"},
    "a list that is added to": {"train.py": TRAIN + "STEPS = []\nSTEPS.append(train)\n[step() for step in STEPS]\n"},
    "a list in a method": {
        "train.py": TRAIN + "class App:\n    def __init__(self):\n        self.steps = [train]\n    def run(self):\n"
        "        for step in self.steps:\n            step()\nApp().run()\n"
    },
    "fire": {"train.py": TRAIN + MAIN + "    import fire\n    fire.Fire()\n"},
    "fire and a class": {
        "train.py": TRAIN + "class App:\n    def run(self):\n        train()\nimport fire\nfire.Fire(App)\n"
    },
    "names of the module": {"train.py": TRAIN + MAIN + "    import sys\n    globals()[sys.argv[1]]()\n"},
    "one name of the module": {"train.py": TRAIN + "globals()['train']()\n"},
    "getattr of an imported module": {
        **PACKAGE, "run.py": "import sys\nfrom pkg import train\ngetattr(train, sys.argv[1])()\n"
    },
    "getattr of this module": {"train.py": TRAIN + "import sys\ngetattr(sys.modules[__name__], sys.argv[1])()\n"},
    "getattr of an object": {
        "train.py": TRAIN + "import sys\nclass App:\n    def run(self):\n        train()\n"
        "app = App()\ngetattr(app, sys.argv[1])()\n"
    },
    "import_module": {**PACKAGE, "run.py": "import importlib\nimportlib.import_module('pkg.train').train()\n"},
    "eval": {"train.py": TRAIN + "eval('train()')\n"},
    "a Makefile": {**PACKAGE, "Makefile": "all:\n\tpython -c \"from pkg.train import train; train()\"\n"},
    "an image": {**PACKAGE, "Dockerfile": "FROM python\nRUN python3 -u -c 'import pkg.train as t; t.train()'\n"},
    "a README": {**PACKAGE, "README.md": "    python -c 'from pkg.train import train; train()'\n"},
    "a console script": {**PACKAGE, "pyproject.toml": "[project.scripts]\nx = \"pkg.train:train\"\n"},
    "an alias": {**PACKAGE, "run.py": "from pkg.train import train as start\nstart()\n"},
    "a star": {**PACKAGE, "a.ipynb": notebook("from pkg.train import *", "train()")},
    "a decorator of the work": {
        "train.py": "def timed(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n"
        + TRAIN.replace("def train", "@timed\ndef train") + "train()\n"
    },
    "a register of the work": {
        "train.py": "STEPS = {}\ndef step(name):\n    def keep(f):\n        STEPS[name] = f\n        return f\n"
        "    return keep\n" + TRAIN.replace("def train", "@step('train')\ndef train") + "STEPS['train']()\n"
    },
    "a register that is an object": {
        "train.py": "class Register:\n    def __init__(self):\n        self.steps = {}\n    def add(self, f):\n"
        "        self.steps[f.__name__] = f\n        return f\n    def run(self, name):\n        self.steps[name]()\n"
        "steps = Register()\n" + TRAIN.replace("def train", "@steps.add\ndef train") + "steps.run('train')\n"
    },
    "a group of commands": {
        "train.py": "import click\n@click.group()\ndef cli():\n    pass\n"
        + TRAIN.replace("def train", "@cli.command()\ndef train") + "cli()\n"
    },
    "a function that hands it to a framework": {
        "train.py": "import typer\napp = typer.Typer()\ndef step(f):\n    app.command()(f)\n    return f\n"
        + TRAIN.replace("def train", "@step\ndef train") + "app()\n"
    },
    "partial": {"train.py": TRAIN + "from functools import partial\ngo = partial(train)\ngo()\n"},
    "a lambda": {"train.py": TRAIN + "go = lambda: train()\ngo()\n"},
    "a closure": {"train.py": TRAIN + "def make():\n    def go():\n        train()\n    return go\nmake()()\n"},
    "a coroutine": {"train.py": TRAIN + "import asyncio\nasync def go():\n    train()\nasyncio.run(go())\n"},
    "a generator": {"train.py": TRAIN + "def go():\n    yield train()\nfor model in go():\n    print(model)\n"},
    "a default": {"train.py": TRAIN + "def go(step=train):\n    step()\ngo()\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", WAYS.values(), ids=WAYS)
def test_what_is_reached_by_an_unusual_way_counts(files: dict[str, str]) -> None:
    evidence = work(files)
    assert {"load", "train"} <= reached(evidence)
    assert len(live_calls(evidence, "load", "fit")) == 2
    assert verdict("code_quality.no_dead_code", evidence) == "met"


NEVER = {
    "shown": "print(train)\n",
    "shown in a text": "print(f'{train}')\n",
    "named": "train\n",
    "asked its name": "print(train.__name__, id(train), repr(train), callable(train))\n",
    "compared": "if train is not None:\n    pass\n",
    "given a name that nothing uses": "step = train\n",
    "kept where nothing looks": "STEPS = {'train': train}\nprint(STEPS)\n",
    "registered where nothing looks": "STEPS = []\nSTEPS.append(train)\n",
    "in a function that nothing calls": "def go():\n    train()\n",
    "in a method that nothing calls": "class App:\n    def go(self):\n        train()\nApp()\n",
    "in a method named as a library's": "class App:\n    def fit(self):\n        train()\n"
    "SVC().fit([[0]], [0])\nApp()\n",
    "in a generator that nothing goes through": "def go():\n    train()\n    yield 1\ngo()\n",
    "in a coroutine that nothing awaits": "async def go():\n    train()\ngo()\n",
    "in a function that is returned to nobody": "def make():\n    def go():\n        train()\n    return go\nmake()\n",
    "behind what is false": "if False:\n    train()\n",
    "by a variable of the same name": "def go(train):\n    print(train.shape, len(train))\ngo(load())\n",
    "looked for among the names": "if 'train' in globals():\n    print(1)\n",
}


@pytest.mark.parametrize("code", NEVER.values(), ids=NEVER)
def test_what_is_only_mentioned_is_not_reached(code: str) -> None:
    evidence = work(TRAIN + code)
    assert "train" not in reached(evidence)
    assert live_calls(evidence, "fit", "explore") == [] or code.startswith("class App:\n    def fit")
    assert verdict("code_quality.no_dead_code", evidence) in ("not_met", "partly")


@pytest.mark.parametrize(
    "decorator",
    [
        "def keep(f):\n    return f\n@keep\n",
        "KEPT = []\ndef keep(f):\n    KEPT.append(f)\n    return f\n@keep\n",
        "def keep(f):\n    print(f)\n    return f\n@keep\n",
        "def keep(name):\n    def inner(f):\n        return f\n    return inner\n@keep('x')\n",
        "class Keep:\n    def __call__(self, f):\n        return f\nkeep = Keep()\n@keep\n",
    ],
)
def test_a_decorator_of_the_works_own_that_only_keeps_runs_nothing(decorator: str) -> None:
    assert "train" not in reached(work(TRAIN.replace("def train", f"{decorator}def train")))


FRAMEWORKS = {
    "sklearn": (
        "from sklearn.base import BaseEstimator, TransformerMixin\nfrom sklearn.pipeline import make_pipeline\n"
        "class Ratio(BaseEstimator, TransformerMixin):\n    def fit(self, X, y=None):\n        return self\n"
        "    def transform(self, X):\n        return X\nmake_pipeline(Ratio())\n"
    ),
    "a base of the work between": (
        "from sklearn.base import BaseEstimator\nclass Base(BaseEstimator):\n    def fit(self, X, y=None):\n"
        "        return self\nclass Ratio(Base):\n    def transform(self, X):\n        return X\nsteps = [Ratio()]\n"
    ),
    "torch": (
        "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def forward(self, x):\n"
        "        return self.act(x)\n    def act(self, x):\n        return torch.relu(x)\nprint(Net()(1))\n"
    ),
    "lightning": (
        "import pytorch_lightning as pl\nclass Lit(pl.LightningModule):\n    def training_step(self, batch, i):\n"
        "        return 1\npl.Trainer().fit(Lit())\n"
    ),
    "unittest": (
        "import unittest\nclass Case(unittest.TestCase):\n    def check(self):\n        pass\nunittest.main(Case)\n"
    ),
    "luigi, by its command": (
        "import luigi\nclass Fit(luigi.Task):\n    def run(self):\n        return 1\n"
        "class All(luigi.WrapperTask):\n    def requires(self):\n        yield Fit()\n"
    ),
    "Python": (
        "class Rows:\n    def __len__(self):\n        return 1\n    @property\n    def first(self):\n        return 2\n"
        "print(len(Rows()))\n"
    ),
    "pydantic and FastAPI": (
        "from typing import Annotated\nfrom fastapi import Depends, FastAPI\n"
        "from pydantic import BaseModel, validator\napp = FastAPI()\n"
        "class Item(BaseModel):\n    @validator('a')\n    def check(cls, a):\n        return a\n"
        "def settings():\n    return 1\n@app.post('/')\n"
        "def predict(item: Item, found: Annotated[int, Depends(settings)]):\n    return item\n"
    ),
}


SERVICE = (
    "from fastapi import Depends, FastAPI\napp = FastAPI()\nclass Service:\n    def answer(self, row):\n"
    "        return 1\n    def spare(self, row):\n        return 2\ndef get_service() -> Service:\n"
    "    return Service()\n@app.post('/')\ndef predict(row: dict, service: Service = Depends(get_service)):\n"
    "    return service.answer(row)\n"
)


def test_what_a_framework_gives_a_parameter_is_of_the_work() -> None:
    assert "Service.answer" in reached(work(SERVICE))
    assert "Service.spare" not in reached(work(SERVICE))
    assert "Service.answer" not in reached(work(SERVICE.replace("service.answer(row)", "app.answer(row)")))


@pytest.mark.parametrize("code", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_what_a_framework_calls_is_reached(code: str) -> None:
    assert finding("code_quality.no_dead_code", work(code)).verdict in ("met", "not_applicable")


def test_a_method_that_scikit_learn_does_not_know_is_not_called_by_it() -> None:
    code = (
        "from sklearn.base import BaseEstimator\nclass Never(BaseEstimator):\n    def fit(self, X, y=None):\n"
        "        return self\n    def run(self):\n        return 1\nNever()\n"
    )
    assert "Never.run" not in reached(work(code))


def test_the_body_of_a_class_runs_where_it_stands() -> None:
    code = "import pandas as pd\nclass Data:\n    frame = pd.read_csv('data/train.csv')\n"
    assert len(live_calls(work(code), "load")) == 1


def test_evidence_without_uses_is_not_called_dead() -> None:
    evidence = work(TRAIN + "train()\n")
    old = evidence.model_copy(update={"code": evidence.code.model_copy(update={"uses": {}})})
    assert {"load", "train"} <= reached(old)


@pytest.mark.parametrize(("path", "counts"), [("test_ml.ipynb", True), ("test_ml.py", False), ("conftest.py", False)])
def test_pytest_collects_no_notebook_so_one_named_as_a_technical_test_is_the_work(path: str, counts: bool) -> None:
    code = TRAIN + "train()\n"
    evidence = work({path: notebook(code) if path.endswith(".ipynb") else code})
    assert bool(live_calls(evidence, "load")) == counts
