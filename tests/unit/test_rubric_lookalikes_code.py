"""How real works write what criteria of code quality misread, each beside a look-alike that is judged otherwise."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, notebook, work

case = cases_of("code_quality")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
TWO = LOAD + "import numpy as np\nprint(np.mean(frame))\n"
LONG_LOCK = "".join(
    f'[[package]]\nname = "filler-{number}"\nversion = "1.0"\n\n' for number in range(2000)
) + '[[package]]\nname = "pandas"\nversion = "2.2.0"\n'  # fmt: skip
HASHED = "".join(f"filler-{number}==1.0 \\\n    --hash=sha256:{'0' * 64}\n" for number in range(600))
LOOSE = '[project]\ndependencies = ["pandas"]\n'
BLOCK = "".join(f"frame['column_{n}'] = frame['column_{n}'].fillna({n})\n" for n in range(8))
IN_IMAGE = "import pandas as pd\npd.read_csv('/home/churn/data/train.csv')\n"
COMPOSE = "services:\n  db:\n    environment:\n      DB_USER: root\n      DB_PASSWORD: a1B2c3D4e5F6\n"
MAKEFILE = "setup:\n\tpip install -r requirements.txt\ntrain: setup\n\tpython train.py\n"
SHOWN = "".join(f"show_{n}(frame)\n" for n in range(9))
SAME_NAME = (
    "import functools\nimport dash\nfrom dash import Output\napp = dash.Dash(__name__)\n"
    "{decorator}\ndef shown(value):\n    return value\n"
    "{decorator}\ndef shown(value):\n    return value + 1\nprint(shown(2))\n"
)

PAIRS = [
    case("dependencies_pinned", "met", "requirements of another name",
         {"train.py": LOAD, "low_requirements.txt": "pandas==2.2.0\n"}),
    case("dependencies_pinned", "met", "a folder of requirements",
         {"train.py": LOAD, "requirements/base.txt": "pandas==2.2.0\n"}),
    case("dependencies_pinned", "not_met", "notes on what is required",
         {"train.py": LOAD, "notes_on_required.txt": "pandas==2.2.0\n"}),
    case("dependencies_pinned", "partly", "an image installs both, one with its version",
         {"train.py": TWO, "Dockerfile": "FROM python\nRUN pip install --no-cache-dir \\\n  # rows\n  numpy \\\n"
          "  pandas==2.2.0 && rm -r /tmp/x\n"}),
    case("dependencies_pinned", "met", "a script installs them",
         {"train.py": TWO, "run.sh": "set -e\npip3 install 'numpy==2.0.0' pandas==2.2.0\n"}),
    case("dependencies_pinned", "not_met", "installing is commented out, printed, and of a file that is gone",
         {"train.py": LOAD, "run.sh": "# pip install pandas\necho pip install pandas\npip install -r pandas.txt\n"}),
    case("dependencies_pinned", "met", "a lock file of two thousand packages",
         {"train.py": LOAD, "pyproject.toml": LOOSE, "uv.lock": LONG_LOCK}),
    case("dependencies_pinned", "met", "long requirements with hashes",
         {"train.py": LOAD, "requirements.txt": HASHED + "pandas==2.2.0\n"}),
    case("dependencies_pinned", "partly", "a long lock file that lacks it",
         {"train.py": LOAD, "pyproject.toml": LOOSE, "uv.lock": LONG_LOCK.replace('"pandas"', '"polars"')}),
    case("no_dead_code", "met", "a function in a table that is applied later",
         "def distinct(series):\n    return series.nunique()\nhow = {'kind': [distinct]}\nprint(frame.agg(how))\n"),
    case("no_dead_code", "met", "another module's function in a list, and a decorator's inner function",
         {"steps.py": "def clean(rows):\n    return rows\ndef timed(f):\n    def inner():\n        return f()\n"
          "    return inner\n", "train.py": "import steps\n@steps.timed\ndef main():\n"
          "    for step in [\n        steps.clean,\n    ]:\n        step(1)\nmain()\n"}),
    case("no_dead_code", "met", "functions of one name, each handed on where it stands",
         SAME_NAME.format(decorator="@app.callback(Output('a'))")),
    case("no_dead_code", "not_met", "functions of one name, of which the first is lost",
         SAME_NAME.format(decorator="@functools.lru_cache(maxsize=9)")),
    case("no_dead_code", "not_met", "a variable of its name",
         "def clean(rows):\n    return rows\nclean = 1\nkinds = [clean, frame.clean]\n"),
    case("no_dead_code", "not_met", "named where it is imported, in its own body and in dead code only",
         {"steps.py": "def clean(rows):\n    return [clean]\ndef other():\n    return {'a': clean}\n",
          "train.py": "from steps import (\n    clean,\n)\nprint(dict(clean=1))\n"}),
    case("no_absolute_paths", "met", "the folder that the image works in",
         {"train.py": IN_IMAGE, "Dockerfile": "FROM python\nENV HOME_OF=/home/churn\nWORKDIR ${HOME_OF}\n"}),
    case("no_absolute_paths", "met", "the folder that the image copies to",
         {"train.py": IN_IMAGE, "Dockerfile": "FROM python\nCOPY . /home/churn/\n"}),
    case("no_absolute_paths", "met", "a volume that the README mounts",
         {"train.py": IN_IMAGE, "README.md": "docker run -v $PWD/data:/home/churn/data churn\n"}),
    case("no_absolute_paths", "not_met", "an image that works elsewhere",
         {"train.py": IN_IMAGE, "Dockerfile": "FROM python\nCOPY . /\nWORKDIR /home/churner\n"}),
    case("no_absolute_paths", "not_met", "a folder at the root, kept as a path",
         LOAD + "dataset_path = '/data/scaled/tables/'\n"),
    case("no_absolute_paths", "not_met", "a folder at the root, read from",
         "import pandas as pd\npd.read_parquet('/datasets/2024/rows')\n"),
    case("no_absolute_paths", "met", "the same behind a folder, as a route, and as a part of an address",
         LOAD + "import os\nimport requests\npd.read_csv(os.getcwd() + '/data/train.csv')\n"
         "model_url = '/models/latest'\nrequests.get(HOST + '/models/latest')\napp.add_url_rule('/data/rows', f)\n"),
    case("no_absolute_paths", "met", "a date and a fraction", LOAD + "start_file = '/2024/05/01'\nshare = '1/2'\n"),
    case("how_to_run_documented", "met", "targets of a Makefile, in backticks and on a line of its own",
         {"train.py": LOAD, "Makefile": MAKEFILE, "README.md": "First `make setup`, then:\n\n    make train\n"}),
    case("how_to_run_documented", "not_met", "what it makes, in a sentence that breaks before the word",
         {"train.py": LOAD, "Makefile": MAKEFILE, "README.md": "It is used to\nmake predictions, and we make train "
          "and test sets of them.\n"}),
    case("how_to_run_documented", "not_met", "a target, and no Makefile that has it",
         {"train.py": LOAD, "README.md": "```\nmake setup\n```\n"}),
    case("no_secrets", "not_met", "a key in a .env file",
         {"train.py": LOAD, "api/.env": "# keys\nexport API_KEY='9f8c7d6e5b4a39281706' # live\n"}),
    case("no_secrets", "not_met", "a token under any name", {"train.py": LOAD, "prod.env": "HUB=hf_" + "a1" * 17}),
    *[case("no_secrets", "not_applicable", f"{value} is to be put in", f"client = connect(api_key='{value}')\n")
      for value in ("API_KEY_HERE", "INSERT_KEY_HERE", "REPLACE_ME", "put-it-here", "sk-" + "your-key-goes-in-here")],
    *[case("no_secrets", "not_met", f"{value} is none to be put in", f"client = connect(api_key='{value}')\n")
      for value in ("therehere81", "putin4711", "sk-" + "where1a2b3c4d5e6f7g8h9i")],
    case("no_secrets", "not_met", "a password in a compose file", {"train.py": LOAD, "docker-compose.yml": COMPOSE}),
    case("no_secrets", "not_met", "the same in a list",
         {"train.py": LOAD, "compose.yaml": COMPOSE.replace("DB_PASSWORD: ", "- DB_PASSWORD=")}),
    case("no_secrets", "not_met", "a secret of DVC's storage",
         {"train.py": LOAD, ".dvc/config": "[remote \"drive\"]\n    client_secret = GOCSPX-a1B2c3D4e5F6g7H8i9\n"}),
    case("no_secrets", "not_met", "what DVC keeps of a log-in",
         {"train.py": LOAD, ".dvc/tmp/gdrive-user-credentials.json": "{}"}),
    *(case("no_secrets", "not_applicable", f"a compose file with {value}",
           {"train.py": LOAD, "docker-compose.yml": COMPOSE.replace("a1B2c3D4e5F6", value)})
      for value in ("${DB_PASSWORD}", "postgres123", "/run/secrets/DbPassword1", "${{ secrets.DB_PASSWORD1 }}",
                    "Your-Password-1", "")),
    case("no_secrets", "not_applicable", "other settings that look drawn at random",
         {"train.py": LOAD, "config.yaml": "run_id: a1B2c3D4e5F6\nsecret_manager: arn:aws:secrets:a1B2c3D4e5\n"
          "tokenizer: Bert-Base-2a1B\nkey_column: Customer2IdX9\n"}),
    case("no_secrets", "not_applicable", "an example with placeholders",
         {"train.py": LOAD, ".env.example": "API_KEY=your-key-here\nDB_PASSWORD=changeme\nSECRET_KEY=\nTOKEN=<token>\n"
          "DB_PWD=${DB_PWD_OF_HOST}\n"}),
    case("no_secrets", "not_applicable", "settings, and a local database's default",
         {"train.py": LOAD, ".env": "MODEL_PATH=models/churn-2024.joblib\nPOSTGRES_USER=airflow\n"
          "POSTGRES_PASSWORD=airflow\nFEATURE_KEYS=tenure,plan\nPORT=800000\n"}),
    case("no_repeated_code", "met", "a notebook with magics, saved as a script",
         {"a.ipynb": notebook("%%time\n" + BLOCK, "%matplotlib inline\n!ls\n" + SHOWN),
          "a.py": "# In[1]:\nget_ipython().run_cell_magic('time', '', " + repr(BLOCK) + ")\n# In[2]:\n"
          "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('ls')\n" + SHOWN}),
    case("no_repeated_code", "partly", "a script that holds some of the notebook's code",
         {"a.ipynb": notebook("%%time\n" + BLOCK), "a.py": BLOCK + "".join(f"step_{n}(frame)\n" for n in range(9))}),
]  # fmt: skip


@pytest.mark.parametrize("given", PAIRS, ids=str)
def test_a_look_alike_is_told_apart(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_a_module_of_the_work_that_is_not_there_is_no_undeclared_package() -> None:
    files = {"train.py": "from data.load import rows\n" + LOAD, "requirements.txt": "pandas==2.2.0\n"}
    found = finding("code_quality.dependencies_pinned", work(files))
    assert found.verdict == "met"
    assert "data: imported as a module of the work's own, and not handed in" in found.reason


NO_TESTS = "There are no tests. Looked for in 2 files."
NONE = "code_quality.tests_check_the_work"


@pytest.mark.parametrize(
    ("files", "verdict", "said"),
    [
        ({"train.py": LOAD, "old.ipynb": notebook("print 'x'")}, "not_met", NO_TESTS),
        ({"train.py": LOAD, "old.py": "print 'x'\n"}, "not_met", NO_TESTS),
        ({"train.py": LOAD, "test_old.py": "print 'x'\n"}, "needs_human", "test_old.py cannot be parsed"),
        ({"train.py": LOAD, "tests/train_test.py": "import train\ndef train_test():\n    print(train)\n"},
         "not_met", "There is tests/train_test.py, but pytest would find no test"),
    ],
)  # fmt: skip
def test_where_tests_could_stand_is_told_apart_from_where_they_could_not(
    files: dict[str, str], verdict: str, said: str
) -> None:
    found = finding(NONE, work(files))
    assert found.verdict == verdict
    assert said in found.reason


def test_a_secret_of_an_env_file_is_not_repeated_in_the_report() -> None:
    found = finding("code_quality.no_secrets", work({"train.py": LOAD, ".env": "API_KEY=9f8c7d6e5b4a39281706\n"}))
    assert "9f8c7d6e5b4a39281706" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([1, 2, 3], "The cells were run in their order, and every name stands above its use."),
        ([3, 8, 21], "The execution counts are in ascending order, with gaps, and every name"),
        ([2, 3, 4], "The execution counts are in ascending order, with gaps, and every name"),
        ([1, 2, None], "The execution counts are in ascending order (1 cell without one), and every name"),
        ([0, 0, 0], "It was saved without execution counts; every name is defined above its use."),
    ],
)
def test_what_is_said_of_execution_counts_is_true(counts: list[int | None], said: str) -> None:
    found = finding(
        "code_quality.notebook_runs_in_order", work({"a.ipynb": notebook("a = 1", "b = a", "c = b", counts=counts)})
    )
    assert found.verdict == "met"
    assert found.reason.startswith(said)


def test_a_readme_is_told_what_is_right_about_it_too() -> None:
    files = {"train.py": LOAD, "docs/README.md": "pip install pandas\npython gone.py, see train.py\n"}
    said = finding("code_quality.how_to_run_documented", work(files)).reason
    assert said.startswith("Of docs/README.md: it gives a command for gone.py, which is not there. ")
    assert said.endswith("It does say how to install what it imports and what runs the work.")


def test_it_is_said_where_names_in_notebooks_are_judged() -> None:
    found = finding("code_quality.no_real_faults", work({"a.ipynb": notebook("print(gone)")}))
    assert found.verdict == "met"
    assert "Whether names in notebooks are defined before they are used is judged apart." in found.reason
