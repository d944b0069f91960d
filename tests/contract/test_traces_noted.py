"""What the runner notes of a work, in real sandboxes: which rows, where, and nothing that changes the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import BUBBLEWRAP
from warm_bench import WarmBench, notebook

from grader.ports import Sandbox

pytestmark = pytest.mark.parametrize("sandbox", [BUBBLEWRAP], indirect=True)
START = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
rng = np.random.RandomState(0)
df = pd.DataFrame(rng.randn(500, 4), columns=list('abcd'))
y = pd.Series((df.a > 0).astype(int))
"""


@pytest.fixture
def warm(sandbox: Sandbox, tmp_path: Path) -> WarmBench:
    return WarmBench(sandbox, tmp_path)


class Noted:
    """The traces of one run."""

    def __init__(self, path: Path) -> None:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.tables: dict[int, Any] = {line["table"]: line for line in lines if "table" in line}
        self.events: list[Any] = [line for line in lines if "event" in line]
        self.again = [line for line in lines if "again" in line]
        self.cut = [line for line in lines if "cut" in line]

    def named(self, name: str) -> Any:
        (found,) = [event for event in self.events if event["name"] == name]
        return found

    def shared(self, one: Any, other: Any) -> int:
        first, second = (set(self.tables[event["rows"]]["kept"]) for event in (one, other))
        return len(first & second)


def noted(warm: WarmBench, code: str, **files: str) -> Noted:
    result = warm.run_work({"main.py": START + code, **files})
    assert result.exit_code == 0, result.stderr
    return Noted(warm.out / ".traces.jsonl")


def test_rows_are_followed_through_a_scaler_a_split_and_a_result(warm: WarmBench) -> None:
    found = noted(
        warm,
        "scaled = StandardScaler().fit_transform(df)\n"
        "A, B, a, b = train_test_split(scaled, y, random_state=0)\n"
        "model = LogisticRegression().fit(A, a)\n"
        "accuracy_score(b, model.predict(B))\n",
    )
    scaler, fit = found.named("StandardScaler.fit_transform"), found.named("LogisticRegression.fit")
    result = found.named("accuracy_score")
    assert (scaler["file"], scaler["line"], result["line"]) == ("main.py", 10, 13)
    assert [found.shared(result, other) for other in (scaler, fit)] == [125, 0]
    assert (result["through"], found.events[result["predicted"]]["fitted"]) == ([scaler["event"]], fit["event"])


@pytest.mark.parametrize(
    "prepare",
    [
        "df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])\nX = df.drop(columns='d')\n",
        "X = StandardScaler().set_output(transform='pandas').fit_transform(df)\n",
        "sc = StandardScaler().fit(df)\nX = pd.DataFrame(sc.transform(df), columns=df.columns)\n",
        "X = df.copy()\nX['a'] = StandardScaler().fit_transform(X[['a']]).ravel()\n",
    ],
    ids=["into its own columns", "as a frame", "a frame made of it", "one column"],
)
def test_a_scalers_output_is_known_again_in_a_frame(warm: WarmBench, prepare: str) -> None:
    found = noted(
        warm,
        prepare + "A, B, a, b = train_test_split(X, y, random_state=0)\nLogisticRegression().fit(A, a).score(B, b)\n",
    )
    scaler = next(event for event in found.events if event["kind"] == "fit")
    result = found.named("LogisticRegression.score")
    assert found.shared(result, scaler) == 125
    assert result["through"] == [scaler["event"]]


def test_an_encoder_of_the_target_is_not_what_the_features_went_through(warm: WarmBench) -> None:
    found = noted(
        warm,
        "from sklearn.preprocessing import LabelEncoder\ncoded = LabelEncoder().fit_transform(y)\n"
        "A, B, a, b = train_test_split(df, coded, random_state=0)\n"
        "model = LogisticRegression().fit(A, a)\n"
        "accuracy_score(b, [round(p) for p in model.predict(B)])\n",
    )
    result = found.named("accuracy_score")
    assert (result["through"], found.events[result["predicted"]]["kind"]) == ([], "predict")


def test_seeds_and_processes_are_no_settings(warm: WarmBench) -> None:
    fits = "".join(f"LogisticRegression({given}).fit(df, y)\n" for given in ("", "random_state=1", "n_jobs=2", "C=2"))
    first, *others = [event["settings"] for event in noted(warm, fits).events]
    assert [other == first for other in others] == [True, True, False]


def test_folds_cut_by_hand_are_known_by_what_stands_in_their_rows(warm: WarmBench) -> None:
    found = noted(
        warm,
        "from sklearn.model_selection import KFold\nX = df.to_numpy()\n"
        "for train, test in KFold(5).split(X):\n"
        "    LogisticRegression().fit(X[train], y[train]).score(X[test], y[test])\n",
    )
    split = found.named("KFold.split")
    fits = [event for event in found.events if event["kind"] == "fit"]
    scores = [event for event in found.events if event["kind"] == "score"]
    assert [found.shared(score, split) for score in scores] == [100] * 5
    assert [found.shared(score, fit) for score, fit in zip(scores, fits, strict=True)] == [0] * 5


def test_rows_of_other_tables_are_never_taken_for_the_same(warm: WarmBench) -> None:
    found = noted(
        warm,
        "other = pd.DataFrame(rng.randn(500, 4), columns=df.columns)  # the same labels, other rows\n"
        "LogisticRegression().fit(df, y).score(other, y)\n"
        "array = df.to_numpy(copy=True)\nStandardScaler().fit(array)\nrng.shuffle(array)\n"
        "LogisticRegression().fit(array, y.tolist())\n"
        "one, two = df[y == 0].reset_index(drop=True), df[y == 1].reset_index(drop=True)\n"
        "StandardScaler().fit(one).transform(two)\n",
    )
    fit, score = (event for event in found.events[:2])
    assert found.shared(fit, score) == 0
    assert found.shared(*found.events[-2:]) == 0


def test_copies_that_keep_their_label_are_the_same_row(warm: WarmBench) -> None:
    found = noted(
        warm,
        "twice = pd.concat([df, df[y == 1], df[y == 1]])\nlabels = y.loc[twice.index]\n"
        "A, B, a, b = train_test_split(twice, labels.to_numpy()[:len(twice)] if len(labels) == len(twice) else "
        "np.arange(len(twice)) % 2, random_state=0)\n"
        "LogisticRegression().fit(A, a).score(B, b)\n",
    )
    assert found.shared(found.named("LogisticRegression.fit"), found.named("LogisticRegression.score")) > 20


def test_a_pipeline_and_a_search_are_one_event_each_on_two_processes(warm: WarmBench) -> None:
    found = noted(
        warm,
        "from sklearn.model_selection import GridSearchCV, cross_val_score\n"
        "from sklearn.pipeline import make_pipeline\n"
        "deep = make_pipeline(make_pipeline(StandardScaler()), make_pipeline(LogisticRegression()))\n"
        "A, B, a, b = train_test_split(df, y, random_state=0)\n"
        "grid = {'pipeline-2__logisticregression__C': [0.1, 1]}\n"
        "search = GridSearchCV(deep, grid, n_jobs=2).fit(A, a)\n"
        "search.best_estimator_.score(B, b)\ncross_val_score(deep, A, a, n_jobs=2)\n",
    )
    assert [event["kind"] for event in found.events] == ["split", "search", "score", "cross_validate"]
    assert found.events[2]["fitted"] == 1


def test_a_notebooks_events_name_the_cell_also_where_its_function_is_called_from_another(warm: WarmBench) -> None:
    cells = notebook(START, "", "# nothing", "def scale(X):\n    return StandardScaler().fit_transform(X)", "scale(df)")
    for ahead in (True, False):
        result = warm.run_work({"a.ipynb": cells}, kind="notebook", path="a.ipynb", ahead=ahead)
        assert result.exit_code == 0, warm.record()
        (event,) = Noted(warm.out / ".traces.jsonl").events
        assert (event["name"], event["cell"], event["line"]) == ("StandardScaler.fit_transform", 3, 2)


@pytest.mark.parametrize(
    "words", [("python", "main.py"), ("env", "python", "main.py"), ("bash", "-c", "python main.py")]
)
def test_a_command_is_noted_forked_or_fresh_and_once(warm: WarmBench, words: tuple[str, ...]) -> None:
    code = START + "StandardScaler().fit(df)\nimport os, subprocess, sys\nassert 'WORK_TRACED' not in os.environ\n"
    code += "if len(sys.argv) < 2:\n    subprocess.run([sys.executable, 'main.py', 'again'], check=True)\n"
    code += "assert not [name for name in sys.modules if name.split('.')[0] == 'tracing']\n"
    result = warm.run_work({"main.py": code}, kind="command", path="", argv=words)
    assert result.exit_code == 0, result.stderr
    assert [event["name"] for event in Noted(warm.out / ".traces.jsonl").events] == ["StandardScaler.fit"]


def test_a_work_without_estimators_leaves_no_traces_and_loads_nothing_for_them(warm: WarmBench) -> None:
    code = "import sys\nassert 'sklearn' not in sys.modules\n"
    result = warm.run_work({"main.py": code}, kind="command", path="", argv=("env", "python", "main.py"))
    assert (result.exit_code, (warm.out / ".traces.jsonl").exists()) == (0, False)


SAME = """
import inspect, io, pickle, traceback, warnings
import joblib
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
import lightgbm, xgboost

class Doubled(StandardScaler):
    def transform(self, X):
        return 2 * super().transform(X)

def tell(*words):
    print(*words, file=told)

told = open('told.txt', 'w')
model = LogisticRegression()
tell(pickle.loads(pickle.dumps(accuracy_score)) is accuracy_score, clone(model), isinstance(Doubled(), StandardScaler))
tell(inspect.signature(StandardScaler.fit), inspect.signature(train_test_split), accuracy_score.__module__)
tell(inspect.getsource(train_test_split)[:200], StandardScaler.fit.__qualname__, StandardScaler.fit.__doc__)
pipe = Pipeline([('double', Doubled()), ('model', model)]).fit(df, y)
tell(pickle.loads(pickle.dumps(pipe)).predict(df).sum(), repr(pipe), hasattr(Pipeline([('a', Doubled())]), 'predict'))
tell(joblib.Parallel(n_jobs=2)(joblib.delayed(pipe.score)(df, y) for _ in range(2)))
tell([part.tolist() for part in train_test_split(np.arange(6), random_state=0)], type(train_test_split([1, 2, 3])))
np.random.seed(0)
tell([part.shape for part in train_test_split(df, y)], np.random.rand())
tell(xgboost.XGBClassifier(n_estimators=2).fit(df, y).score(df, y))
tell(lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(df, y).score(df, y))
for act in (lambda: train_test_split(df, y[:3]), lambda: model.fit(df * np.nan, y), lambda: SVC().predict(df),
            lambda: accuracy_score([1], [1, 2]), lambda: StandardScaler.fit(), lambda: train_test_split()):
    try:
        act()
    except Exception:
        tell(traceback.format_exc())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    LogisticRegression(max_iter=1).fit(df * [1, 1e4, 1, 1], y)
    LogisticRegression(penalty='l2').fit(df, y)
    tell([(one.filename, one.lineno, str(one.message)) for one in caught])
"""


def test_a_work_sees_no_difference(warm: WarmBench) -> None:
    files = {"main.py": START + SAME}
    told = []
    for words in (("python", "main.py"), ("env", "-u", "WORK_TRACED", "python", "main.py")):
        result = warm.run_work(files, kind="command", path="", argv=words)
        told.append((result.exit_code, result.stdout, result.stderr, (warm.work / "told.txt").read_text()))
    assert told[0] == told[1]
    assert told[0][0] == 0
    assert not (warm.out / ".traces.jsonl").exists()


def test_a_loop_is_counted_in_few_bytes(warm: WarmBench) -> None:
    found = noted(warm, "X = df[:20].to_numpy()\nfor _ in range(3000):\n    StandardScaler().fit(X)\n")
    assert len(found.events) == 40
    assert [line["times"] for line in found.again] == [64, 128, 256, 512, 1024, 2048]
    assert (warm.out / ".traces.jsonl").stat().st_size < 20_000


def test_traces_end_at_their_bound_and_say_so(warm: WarmBench) -> None:
    calls = "".join(f"StandardScaler().fit(rng.randn(1500 + {number}, 2))\n" for number in range(400))
    found = noted(warm, calls)
    assert len(found.cut) == 1
    assert 1_400_000 < (warm.out / ".traces.jsonl").stat().st_size < 1_600_000


TAMPER = {
    "the library is patched": "StandardScaler.fit = lambda self, X, y=None: self\nStandardScaler().fit(df)\n",
    "the file is a folder": "import os\nos.mkdir(os.environ['OUTPUT_DIR'] + '/.traces.jsonl')\n"
    "StandardScaler().fit(df)\n",
    "an array that lies": "class A(np.ndarray):\n    @property\n    def shape(self): raise RuntimeError('no')\n"
    "try:\n    StandardScaler().fit(np.zeros((3, 2)).view(A))\nexcept RuntimeError:\n    pass\n",
    "settings that raise": "class S(StandardScaler):\n    def __getattribute__(self, name):\n"
    "        if name == '__dict__': raise KeyError(name)\n        return super().__getattribute__(name)\n"
    "try:\n    S().fit(df)\nexcept KeyError:\n    pass\n",
    "all descriptors are closed": "import os\nos.closerange(3, 100)\nStandardScaler().fit(df)\n",
}


@pytest.mark.parametrize("code", TAMPER.values(), ids=TAMPER)
def test_whatever_a_work_does_to_the_noting_it_runs_on(warm: WarmBench, code: str) -> None:
    result = warm.run_work({"main.py": START + code + "print('done')\n"})
    assert (result.exit_code, result.stdout, result.stderr) == (0, "done\n", "")
