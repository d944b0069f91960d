"""A step of the work that is called as a file of tests is a step; a file of tests that is started is still one."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

from rubrics.reached import test_paths as paths_of_tests

TRAIN = (
    "import joblib\nimport pandas as pd\nfrom sklearn.linear_model import LinearRegression\n"
    "from sklearn.model_selection import train_test_split\ndf = pd.read_csv('data/houses.csv')\n"
    "a, b, c, d = train_test_split(df[['rooms']], df['price'], random_state=0)\n"
    "joblib.dump(LinearRegression().fit(a, c), 'model.joblib')\nb.to_csv('data/b.csv')\nd.to_csv('data/d.csv')\n"
)
SCORED = (
    "import joblib\nimport pandas as pd\nfrom sklearn.metrics import mean_absolute_error\n\n\ndef {name}():\n"
    "    b, d = pd.read_csv('data/b.csv'), pd.read_csv('data/d.csv')\n"
    "    print(mean_absolute_error(d, joblib.load('model.joblib').predict(b)))\n"
)
TESTING, STEP = SCORED.format(name="test_model"), SCORED.format(name="score_model")
MAIN = "\n\nif __name__ == '__main__':\n    {name}()\n"
DVC = {"dvc.yaml": "stages:\n  train:\n    cmd: python train.py\n  test:\n    cmd: python src/test_model.py\n"}
FLOW = {
    "flow.py": "from airflow.operators.python import PythonOperator\nfrom src.test_model import test_model\n"
    "PythonOperator(task_id='test', python_callable=test_model)\n"
}
CHECKED = "from train import prepare\n\n\ndef test_model():\n    assert len(prepare()) == 3\n" + MAIN.format(
    name="test_model"
)
STEPS = {
    "a program without a test": {"src/test_model.py": STEP + MAIN.format(name="score_model")},
    "a stage of DVC": {"src/test_model.py": TESTING + MAIN.format(name="test_model"), **DVC},
    "what a flow imports": {"src/test_model.py": TESTING, **FLOW},
}
TESTS = {
    "nothing starts it": {"src/test_model.py": TESTING},
    "pytest is asked": {"src/test_model.py": "import pytest\n" + TESTING, **FLOW},
    "it checks what the work returns": {"src/test_model.py": CHECKED, **DVC},
    "it asks a service": {"src/test_model.py": "import requests\n" + STEP + MAIN.format(name="score_model")},
    "it stands with the tests": {"tests/test_model.py": TESTING, "flow.py": FLOW["flow.py"].replace("src", "tests")},
    "no code starts it": {"src/test_model.py": TESTING, "README.md": "    python src/test_model.py\n"},
}


@pytest.mark.parametrize("files", STEPS.values(), ids=STEPS)
def test_a_step_that_is_called_a_test_is_judged_as_a_step(files: dict[str, str]) -> None:
    evidence = work({"train.py": TRAIN, **files})
    assert not paths_of_tests(evidence)
    assert verdict("evaluation.held_out_evaluation", evidence) == "met"
    assert verdict("evaluation.fitting_metric", evidence) == "met"
    assert verdict("production_readiness.model_kept", evidence) == "met"
    assert verdict("code_quality.tests_check_the_work", evidence) == "not_met"


@pytest.mark.parametrize("files", TESTS.values(), ids=TESTS)
def test_a_file_of_tests_is_no_step(files: dict[str, str]) -> None:
    evidence = work({"train.py": TRAIN, **files})
    assert len(paths_of_tests(evidence)) == 1
    assert verdict("evaluation.fitting_metric", evidence) == "not_met"
