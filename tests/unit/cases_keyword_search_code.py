"""Excerpts as real submissions have them that a search for keywords would get wrong: how the code is made."""

from __future__ import annotations

from rubric_evidence import cases_of, notebook

from grader.model import History

case = cases_of("code_quality")

COLAB = "from google.colab import drive\ndrive.mount('/content/drive')\n"
TUTORIAL = "".join(f"print('Step {number}: we now scale the data')\n" for number in range(70))
ONE_BIG = "def main():\n" + "".join(f"    value_{number} = {number}\n" for number in range(70)) + "main()\n"
CLASS = "class Trainer:\n" + "".join(
    f"    def step_{n}(self):\n" + "".join(f"        self.a{n}{k} = {k}\n" for k in range(12)) for n in range(6)
)
FLAT = (
    "def choose(x):\n    return {'a': 1, 'b': 2, 'c': 3}.get(x)\n# if if if for while and or elif except\nchoose('a')\n"
)
TANGLED = "def pick(x):\n    return [a and b or c and d for a, b, c, d in x if a if b if c if d or a or b]\npick([])\n"
PLOTS = "".join(
    f"plt.title('column {number}')\nsns.boxplot(x=frame['column_{number}'])\nplt.show()\n" for number in range(8)
)
COPIED = "".join(f"model_{number}.fit(train)\n" for number in range(7))
CALLBACK = "def clean(row):\n    return row\nframe = frame.apply(clean, axis=1)\n"
HANDLER = "from flask import Flask\napp = Flask(__name__)\n@app.route('/predict')\ndef answer():\n    return 'x'\n"
DOUBLE = "def double(x):\n    return 2 * x\nprint(double(1))\n"
FREEZE = "numpy @ file:///tmp/build/numpy\npandas @ file:///C:/ci/pandas_1\n"
LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
ABOUT = "## Requirements\n\nPython and patience. We install confidence in the model and run many experiments.\n"

TRAPS = [
    case("notebook_runs_in_order", "not_met", "counts rise, but a deleted cell defined the frame",
         {"a.ipynb": notebook("import pandas as pd", "X = df.drop(columns='y')", counts=[4, 9])}),
    case("notebook_runs_in_order", "met", "gaps in the counts, and a name in a comment and a magic",
         {"a.ipynb": notebook("%matplotlib inline\nimport os", "# df is gone\n!ls", "os.name", counts=[3, 8, 21])}),
    case("notebook_runs_in_order", "met", "what IPython itself defines",
         {"a.ipynb": notebook("import pandas as pd", "display(pd.DataFrame())\nget_ipython()\nprint(_)")}),
    case("no_real_faults", "met", "a last line without effect shows a frame, and a cell is defined twice",
         {"a.ipynb": notebook("def f(x):\n    return x", "def f(x):\n    return 2 * x", "f(1)\nf(2) == 4")}),
    case("no_real_faults", "not_met", "silenced by noqa", "print(totl)  # noqa: F821\n# ruff: noqa\n"),
    case("no_real_faults", "met", "faults in a docstring",
         '"""def f(a=[]): if x == None: undefined_name"""\nprint(1)\n'),
    case("names_tell", "not_met", "fillers with numbers, explained in comments",
         "def func1(df):  # cleans the data\n    return df\ndef func2(df):  # trains the model\n    return df\n"),
    case("names_tell", "met", "a filler inside a telling name",
         "def temp_celsius(x):\n    return x\ndef foot_to_m(x):\n    return x\n"),
    case("short_functions", "not_met", "def in strings and comments",
         {"a.ipynb": notebook(TUTORIAL + "# def load_data():\n'''def train(): ...'''\n")}),
    case("short_functions", "met", "methods of a class that is made",
         CLASS + "trainer = Trainer()\n" + "".join(f"trainer.step_{n}()\n" for n in range(6))),
    case("short_functions", "not_met", "one function holds the whole notebook", {"a.ipynb": notebook(ONE_BIG)}),
    case("short_functions", "met", "many branches named in a comment, none in the code", FLAT),
    case("short_functions", "not_met", "one line without an if statement, and thirteen decisions", TANGLED),
    case("no_repeated_code", "met", "lines that look alike and differ", {"a.ipynb": notebook(PLOTS)}),
    case("no_repeated_code", "partly", "a block copied into another cell",
         {"a.ipynb": notebook(COPIED, "print('between')", "# again, tuned\n" + COPIED)}),
    case("no_dead_code", "met", "a function that is only passed on", CALLBACK),
    case("no_dead_code", "met", "a handler that only its decorator knows", HANDLER),
    case("no_dead_code", "not_met", "called in a comment and a string only",
         "def old(): return 1\n# old()\nprint('old()')\n"),
    case("tests_check_the_work", "not_met", "a tests folder, pytest, fixtures and asserts, none on the work",
         {"train.py": DOUBLE, "tests/test_a.py": "import pytest\nfrom train import double\n@pytest.fixture\n"
          "def rows():\n    return [1]\ndef test_rows(rows):\n    double(2)\n    assert rows == [1]\n" * 3}),
    case("tests_check_the_work", "partly", "unittest, the work made in setUp",
         {"train.py": "class Model:\n    def predict(self): return 1\nModel().predict()\n", "test_model.py":
          "import unittest\nimport train\nclass TestIt(unittest.TestCase):\n    def setUp(self):\n"
          "        self.m = train.Model()\n    def test_it(self):\n        self.assertEqual(self.m.predict(), 1)\n"}),
    case("tests_check_the_work", "not_met", "variables called test",
         {"a.ipynb": notebook("test_x = 1\nassert test_x == 1")}),
    case("how_to_run_documented", "not_met", "headings and the words, no file and no command",
         {"train.py": LOAD, "README.md": "# Installation\n\n# Usage\n\n" + ABOUT * 5}),
    case("how_to_run_documented", "partly", "copied from a template: it starts a main.py that is not there",
         {"train.py": LOAD, "README.md": "pip install -r requirements.txt\npython main.py\nSee also train.py.\n"}),
    case("dependencies_pinned", "partly", "pip freeze of a conda machine: paths in place of versions",
         {"train.py": LOAD, "requirements.txt": FREEZE}),
    case("dependencies_pinned", "not_met", "versions in the README",
         {"train.py": LOAD, "README.md": "requirements: pandas==2.2.0"}),
    case("nothing_stray", "met", "code that names junk",
         {"train.py": "print('__pycache__ .DS_Store venv')\n", ".gitignore": "venv\n"}),
    case("nothing_stray", "not_met", "ignored by .gitignore, and committed all the same",
         {"train.py": LOAD, ".gitignore": ".ipynb_checkpoints\n"}, left_out=(".ipynb_checkpoints/a-checkpoint.ipynb",)),
    case("committed_in_steps", "not_applicable", "a README on the git workflow",
         {"train.py": LOAD, "README.md": "git commit -m 'initial commit'\n" * 9}),
    case("committed_in_steps", "not_met", "one commit whose README tells of many",
         {"train.py": LOAD, "CHANGELOG.md": "v1\nv2\nv3\n"}, history=History(commits=1, authors=1, days=0)),
    case("no_secrets", "not_applicable", "read from the environment", "import os\nAPI_KEY = os.environ['API_KEY']\n"),
    case("no_secrets", "not_applicable", "a placeholder, a column and a pattern",
         "API_KEY = 'your-api-key-here'\nsecret_column = 'secret_shopper_7'\ntoken_pattern = r'[a-z]{12}'\n"),
    case("no_secrets", "not_met", "a token under a name that says nothing",
         {"a.ipynb": notebook("import wandb\nwandb.login('ghp_0123456789abcdefghijABCDEFGHIJ0123')")}),
    case("no_absolute_paths", "met", "routes of a service, and a page's address",
         LOAD + HANDLER.replace("/predict", "/data/items.json") + "print('https://x.org/home/me')\n"),
    case("no_absolute_paths", "not_met", "a copied Colab cell", {"a.ipynb": notebook(COLAB)}),
    case("no_absolute_paths", "met", "told in markdown",
         {"a.ipynb": notebook("# %% md\nPut it in /home/me/data", LOAD)}),
]  # fmt: skip
