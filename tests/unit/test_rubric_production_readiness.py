"""What the criteria of production readiness say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, missing_verdicts, notebook, plan, ran, stress, verdict, work

from grader.model import Evidence, Failure

case = cases_of("production_readiness")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
SAVED = (
    LOAD + "import joblib\nfrom sklearn.linear_model import LogisticRegression\n"
    "model = LogisticRegression().fit(frame, frame.y)\njoblib.dump(model, 'model.joblib')\n"
)
UNSAVED = SAVED.replace("joblib.dump(model, 'model.joblib')\n", "")
IMPORTS = "import os\nimport pandas as pd\nfrom sklearn.svm import SVC\nimport features\n"
OWN = {"features.py": "x = 1\n"}
README = "Churn model\n" + "It predicts which customers leave, from the table that we were given. " * 4
SCRIPT = {"train.py": LOAD, "README.md": README + "Run `python train.py`."}
LOGS = "import logging\nlogger = logging.getLogger(__name__)\nlogger.info('done')\n"

CELL_ERROR = Failure(
    code="notebook.cell_error", message="KeyError: 'churn'", path="a.ipynb", cell=3, line=2, hint="Check the column."
)
NO_IDS = Failure(code="predictions.ids", message="3 ids are missing.", path="predictions.csv", hint="Keep every row.")
OURS = Failure(code="infrastructure.sandbox", message="The sandbox could not be made.")
TOO_LONG = Failure(code="limit.wall_time", message="It ran longer than 600 s.", hint="Do less.")
NOTHING = Failure(code="plan.no_entry_point", message="Nothing was found that could be run.", hint="Name it main.py.")

CASES = [
    case("runs_end_to_end", "met", "it ran", LOAD, plan=plan(), run=ran()),
    case("runs_end_to_end", "partly", "it ran, but an id is missing", LOAD, plan=plan(), run=ran(), failure=NO_IDS),
    case("runs_end_to_end", "not_met", "a cell failed", {"a.ipynb": notebook("a = 1")}, plan=plan("a.ipynb"),
         run=ran(failure=CELL_ERROR), failure=CELL_ERROR),
    case("runs_end_to_end", "not_met", "there is nothing to run", LOAD, failure=NOTHING),
    case("runs_end_to_end", "not_applicable", "nothing was run", LOAD),
    case("runs_end_to_end", "not_applicable", "our side failed", LOAD, failure=OURS),
    case("resource_use", "met", "a little of each", LOAD, plan=plan(), run=ran()),
    case("resource_use", "partly", "more than half of the time", LOAD, plan=plan(), run=ran(wall_s=400)),
    case("resource_use", "not_met", "nearly all of the memory", LOAD, plan=plan(), run=ran(memory=4 * 10**9)),
    case("resource_use", "not_met", "over the time", LOAD, plan=plan(), failure=TOO_LONG,
         run=ran(wall_s=600, failure=TOO_LONG, over=True)),
    case("resource_use", "not_applicable", "nothing was run", LOAD),
    case("resource_use", "not_applicable", "it failed early", LOAD, plan=plan(), run=ran(failure=CELL_ERROR)),
    case("reproducible_predictions", "met", "all the same", LOAD, plan=plan(), stress=stress()),
    case("reproducible_predictions", "partly", "a few differ", LOAD, plan=plan(), stress=stress(identical=90)),
    case("reproducible_predictions", "not_met", "most differ", LOAD, plan=plan(), stress=stress(identical=10)),
    case("reproducible_predictions", "not_applicable", "one run", LOAD, plan=plan()),
    case("reproducible_predictions", "not_applicable", "it crashed", LOAD, stress=stress(failure=CELL_ERROR)),
    case("survives_messy_rows", "met", "all valid", LOAD, plan=plan(), stress=stress()),
    case("survives_messy_rows", "partly", "some are lost", LOAD, plan=plan(), stress=stress(valid=6)),
    case("survives_messy_rows", "partly", "other rows are lost", LOAD, plan=plan(), stress=stress(predicted=60)),
    case("survives_messy_rows", "not_met", "nearly all are lost", LOAD, plan=plan(), stress=stress(valid=1)),
    case("survives_messy_rows", "not_met", "it crashed", LOAD, plan=plan(), stress=stress(failure=CELL_ERROR)),
    case("survives_messy_rows", "not_applicable", "one run", LOAD, plan=plan()),
    case("survives_messy_rows", "not_applicable", "our side failed", LOAD, stress=stress(failure=OURS)),
    case("dependencies_pinned", "met", "each with its version",
         {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas==2.2.0\nscikit_learn==1.5.0 # svm\n"}),
    case("dependencies_pinned", "met", "a lock file",
         {"train.py": LOAD, "pyproject.toml": '[project]\ndependencies = ["pandas"]\n',
          "uv.lock": '[[package]]\nname = "pandas"\nversion = "2.2.0"\n'}),
    case("dependencies_pinned", "met", "a conda environment",
         {"train.py": LOAD, "environment.yml": "name: x\ndependencies:\n  - pandas=2.2.0\n"}),
    case("dependencies_pinned", "partly", "without versions",
         {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas\nscikit-learn>=1\n"}),
    case("dependencies_pinned", "partly", "one is missing",
         {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas==2.2.0\n"}),
    case("dependencies_pinned", "not_met", "no file", {"train.py": IMPORTS, **OWN}),
    case("dependencies_pinned", "not_met", "versions in a comment", "# pandas==2.2.0\n" + LOAD),
    case("dependencies_pinned", "not_applicable", "Python alone", "import os\nprint(os.name)\n"),
    case("how_to_run_documented", "met", "the README names the script that runs", SCRIPT, plan=plan("train.py")),
    case("how_to_run_documented", "partly", "it names another", SCRIPT, plan=plan("predict.py")),
    case("how_to_run_documented", "partly", "it hardly says anything", {**SCRIPT, "README.md": "train.py"}),
    case("how_to_run_documented", "not_met", "no README", {"train.py": LOAD, "data.csv": "a,b\n"}),
    case("how_to_run_documented", "not_applicable", "a lone file", LOAD),
    case("no_absolute_paths", "met", "relative", LOAD),
    case("no_absolute_paths", "met", "an absolute path in a comment only", LOAD + "# pd.read_csv('/home/me/a.csv')\n"),
    case("no_absolute_paths", "not_met", "a home folder", "import pandas as pd\npd.read_csv('/home/me/data.csv')\n"),
    case("no_absolute_paths", "not_met", "Colab, in a notebook",
         {"a.ipynb": notebook("import pandas as pd\ndf = pd.read_csv(\"/content/drive/MyDrive/train.csv\")")}),
    case("no_absolute_paths", "not_met", "Windows", "import pandas as pd\npd.read_csv(r'C:\\Users\\me\\a.csv')\n"),
    case("no_absolute_paths", "not_applicable", "no file is touched", "print('/home/me')\n".replace("/home/me", "x")),
    case("input_validated", "met", "an error is raised", LOAD + "if frame.empty:\n    raise ValueError('no rows')\n"),
    case("input_validated", "met", "a bare assert", LOAD + "assert 'y' in frame\n"),
    case("input_validated", "not_met", "nothing is checked", LOAD),
    case("input_validated", "not_met", "an assertion that always holds", LOAD + "assert True\n"),
    case("input_validated", "not_met", "the check is never called",
         LOAD + "def check(f):\n    if f.empty:\n        raise ValueError('no rows')\n"),
    case("input_validated", "not_met", "it is only in a docstring", '"""\nraise ValueError\n"""\n' + LOAD),
    case("input_validated", "not_applicable", "no data is loaded", "print(1)\n"),
    case("model_kept", "met", "saved and loaded", {"train.py": SAVED, "predict.py": "import joblib\n"
         "model = joblib.load('model.joblib')\n"}),
    case("model_kept", "partly", "saved", SAVED),
    case("model_kept", "not_met", "fitted anew", UNSAVED),
    case("model_kept", "not_applicable", "no model", LOAD),
    case("logging_not_prints", "met", "a logger", LOGS),
    case("logging_not_prints", "partly", "a few prints", "print(1)\n"),
    case("logging_not_prints", "not_met", "many prints", "print(1)\n" * 9),
    case("logging_not_prints", "not_applicable", "a notebook may print", {"a.ipynb": notebook("print(1)\n" * 9)}),
    case("nothing_stray", "met", "files of the work", SCRIPT),
    case("nothing_stray", "not_met", "a Mac's files", {**SCRIPT, "data/.DS_Store": "x"}),
    case("nothing_stray", "not_applicable", "a lone file", LOAD),
    case("no_secrets", "not_met", "a key", "API_KEY = 'sk-1234567890abcdef'\n"),
    case("no_secrets", "not_applicable", "none", LOAD + "token = ''\n"),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("production_readiness", CASES) == {}


def test_a_failed_cell_is_pointed_at_and_the_hint_passed_on() -> None:
    found = finding("production_readiness.runs_end_to_end", work(LOAD, failure=CELL_ERROR))
    assert (found.evidence[0].path, found.evidence[0].cell, found.evidence[0].line) == ("a.ipynb", 3, 2)
    assert found.advice == "Check the column."


def test_a_work_that_was_refused_before_it_was_read_is_left_to_a_person() -> None:
    refused = Failure(code="archive.link", message="The archive holds a link.")
    assert verdict("production_readiness.runs_end_to_end", Evidence(failure=refused)) == "needs_human"


def test_resource_use_says_the_same_of_two_runs_of_one_work() -> None:
    first = work(LOAD, plan=plan(), run=ran(wall_s=10.1))
    second = work(LOAD, plan=plan(), run=ran(wall_s=12.7, memory=2 * 10**8))
    name = "production_readiness.resource_use"
    assert finding(name, first) == finding(name, second)


def test_a_secret_is_not_repeated_in_the_report() -> None:
    found = finding("production_readiness.no_secrets", work("API_KEY = 'sk-1234567890abcdef'\n"))
    assert "sk-1234567890abcdef" not in found.model_dump_json()


def test_every_undeclared_package_is_named_where_it_is_imported() -> None:
    files = {"train.py": IMPORTS, **OWN, "requirements.txt": "pandas==2.2.0\n"}
    found = finding("production_readiness.dependencies_pinned", work(files))
    assert "sklearn" in found.reason
    assert found.evidence[0].line == 3


def test_a_cell_that_was_too_slow_is_a_matter_of_time_however_much_memory_the_run_took() -> None:
    slow = Failure(code="notebook.cell_timeout", message="Cell 2 ran longer than a cell may.", cell=1)
    stopped = work(LOAD, plan=plan(), failure=slow, run=ran(memory=10**9, failure=slow, over=True))
    found = finding("production_readiness.resource_use", stopped)
    assert found.verdict == "not_met"
    assert "the time allowed" in found.reason
