"""What the runner tells a candidate about an error, by its kind and by what was handed in."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

RUNNER = Path(__file__).resolve().parents[2] / "sandbox" / "runner"
TRACE = 'Traceback (most recent call last):\n  File "{root}/main.py", line 3, in <module>\n    go()\n{more}{error}\n'


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, RUNNER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Return what is told of a script that ended with this error."""
    monkeypatch.syspath_prepend(str(RUNNER))  # for what lies in folders of it
    load("hints", monkeypatch)
    load("record", monkeypatch)
    load("stack", monkeypatch)
    load("forked", monkeypatch)
    script = load("script", monkeypatch)
    (tmp_path / "main.py").write_text("")

    def tell(error: str, more: str = "") -> dict[str, Any]:
        said = TRACE.format(root=tmp_path, more=more, error=error)
        job = {"work": str(tmp_path), "path": "main.py", "argv": []}
        return dict(script.failure_of(1, said, job))

    return tell


@pytest.mark.parametrize(
    ("module", "shown"),
    [("yaml", "yaml (the package pyyaml)"), ("cv2", "cv2 (the package opencv-python)"), ("dash", "dash")],
)
def test_a_missing_package_is_named_as_it_is_installed(told: Tell, module: str, shown: str) -> None:
    failure = told(f"ModuleNotFoundError: No module named '{module}'")
    assert failure["code"] == "environment.missing_package"
    assert failure["message"] == f"main.py imports {shown}, which is not installed."


def test_a_module_of_the_work_is_no_missing_package(told: Tell, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "tools.py").write_text("")
    failure = told("ModuleNotFoundError: No module named 'tools'")
    assert (failure["code"], "deep/tools.py" in str(failure["message"])) == ("run.failed", True)


def test_a_file_that_lies_elsewhere_is_shown_where(told: Tell, tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "train.csv").write_text("")
    failure = told("FileNotFoundError: [Errno 2] No such file or directory: '../raw/train.csv'")
    assert "train.csv was found as inputs/train.csv" in str(failure["hint"])
    missing = told("FileNotFoundError: [Errno 2] No such file or directory: '../gone.csv'")
    assert "No file of the name gone.csv was handed in" in str(missing["hint"])
    for path in ("C:\\\\me\\\\train.csv", "/home/me/train.csv", "~/train.csv"):
        elsewhere = told(f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'")
        assert "not by one of your own machine" in str(elsewhere["hint"])
        assert "train.csv was found as inputs/train.csv" in str(elsewhere["hint"])
    gone = told("FileNotFoundError: [Errno 2] No such file or directory: '/home/me/gone.csv'")
    assert gone["hint"] == "Read data/ by a path relative to the working folder, not by one of your own machine."


def test_a_frame_of_python_itself_is_not_a_place_in_the_work(told: Tell) -> None:
    failure = told("KeyError: 'ENV'", more='  File "<frozen os>", line 679, in __getitem__\n')
    assert (failure["path"], failure["line"]) == ("main.py", 3)
    assert failure["message"] == "main.py raised KeyError: 'ENV', an environment variable that is not set"


def test_a_syntax_error_that_is_no_print_is_not_called_one(told: Tell) -> None:
    assert "print" in told("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?")["hint"]
    newer = told("SyntaxError: f-string: expecting '}'")
    assert "print" not in newer["hint"]
    assert "newer Python" in newer["hint"]


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        ("ValueError: Input X contains NaN.", "Fill the missing values before the model sees them"),
        ("ValueError: could not convert string to float: 'Paris'", "Turn words into numbers"),
        ("ValueError: Found unknown categories ['x'] in column 0 during transform", "handle_unknown='ignore'"),
        ("ValueError: X has 9 features, but DecisionTreeClassifier is expecting 11 features as input.", "same order"),
        ("KeyError: 'Age'", "spelled otherwise"),
        ("urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>", "There is no network here"),
        ("OSError: [Errno 30] Read-only file system: '/data/out.csv'", "OUTPUT_DIR"),
        ("sklearn.exceptions.NotFittedError: This SVC instance is not fitted yet.", "Fit it before"),
        ("ValueError: no such option", "Run everything again from a fresh start"),
    ],
)
def test_what_to_do_fits_what_the_error_says(told: Tell, error: str, hint: str) -> None:
    assert hint in told(error)["hint"]


NAN = (
    "Input X contains NaN.\nSVC does not accept missing values encoded as NaN natively. You might want to consider"
    " another model, which accepts missing values. Alternatively, it is possible to preprocess the data, for instance"
    " by using an imputer in a pipeline, or to drop samples with missing values. See https://a.example/impute.html"
)


def test_of_a_long_error_the_first_sentences_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(RUNNER))
    record = load("record", monkeypatch)
    shown = record.told(NAN, 200)
    assert shown.startswith("Input X contains NaN. SVC does not accept missing values")
    assert shown.endswith("which accepts missing values. ...")
    assert record.told("Input X contains NaN.", 200) == "Input X contains NaN."


def test_one_long_sentence_keeps_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(RUNNER))
    names = str([f"column {number}" for number in range(90)])
    shown = load("record", monkeypatch).told(f"{names} not in index", 200)
    assert shown.startswith("['column 0'")
    assert shown.endswith("'column 89'] not in index")
    assert len(shown) < 210


LIBRARY = "File /env/lib/pandas/core/groupby/generic.py:2328, in agg(self)\n-> 2328     raise TypeError\n"


@pytest.mark.parametrize(
    ("trace", "line"),
    [
        ("TypeError   Traceback\nCell In[3], line 7\n      5 a = 1\n----> 7 b()\n" + LIBRARY, 7),
        ("  Cell In[1], line 2\n    print 1\n    ^\nSyntaxError: Missing", 2),
        ("<ipython-input-3-1f>:4: in <module>\n", 4),
        ("Cell In[9], line 1\n----> 1 f()\nCell In[2], line 30, in f()\n---> 30 1/0\n" + LIBRARY, 1),
    ],
)
def test_the_line_is_that_of_the_cell_and_not_of_a_library(
    trace: str, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load("traces", monkeypatch).line_of_cell(trace) == line


def test_of_a_long_traceback_the_works_own_frames_and_the_error_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = load("traces", monkeypatch).both_ends("Cell In[3], line 7\n" + LIBRARY * 500 + "TypeError: no")
    assert shown.startswith("Cell In[3], line 7")
    assert shown.endswith("TypeError: no")
    assert len(shown) < 4100
