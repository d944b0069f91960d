"""What is measured of function definitions, and which asserts count."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.evidence import read_facts
from grader.model import FunctionFact


def functions(folder: Path, code: str, name: str = "work.py") -> dict[str, FunctionFact]:
    (folder / name).write_text(code)
    return {fact.name: fact for fact in read_facts(folder, [name]).functions}


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("return 1", 1),
        ("if a:\n        return 1\n    elif b:\n        return 2\n    return 3", 3),
        ("for x in a:\n        while x and b:\n            pass", 4),
        ("try:\n        pass\n    except ValueError:\n        pass\n    return [x for x in a if x]", 4),
        ("def inner():\n        if a:\n            pass\n    return inner", 1),
    ],
)
def test_complexity_counts_decisions(tmp_path: Path, body: str, complexity: int) -> None:
    assert functions(tmp_path, f"def f(a, b):\n    {body}\n")["f"].complexity == complexity


def test_docstrings_annotations_and_length(tmp_path: Path) -> None:
    found = functions(
        tmp_path,
        'def a(x: int) -> int:\n    """Say what."""\n    return x\n\n\ndef b(x):\n    return x\n\n\n'
        "class C:\n    def m(self, x: int) -> None:\n        pass\n",
    )
    assert (found["a"].documented, found["a"].annotated, found["a"].lines) == (True, True, 3)
    assert (found["b"].documented, found["b"].annotated) == (False, False)
    assert found["C.m"].annotated


@pytest.mark.parametrize(
    ("statement", "counted"),
    [
        ("assert f(1) == 2", 1),
        ("assert True", 0),
        ("assert 1 == 1", 0),
        ('assert (f(1), "always true")', 0),
        ("self.assertEqual(f(1), 2)", 1),
        ("self.assertTrue(True)", 0),
        ("with pytest.raises(ValueError):\n        f(1)", 1),
        ("np.testing.assert_allclose(f(1), 2)", 1),
        ("f(1)", 0),
    ],
)
def test_only_what_can_fail_counts_as_an_assert(tmp_path: Path, statement: str, counted: int) -> None:
    fact = functions(tmp_path, f"def test_f(self):\n    {statement}\n", "test_work.py")["test_f"]
    assert fact.is_test
    assert fact.asserts == counted


def test_a_function_named_test_outside_a_test_file_is_no_test(tmp_path: Path) -> None:
    assert not functions(tmp_path, "def test_split():\n    assert f()\n")["test_split"].is_test
