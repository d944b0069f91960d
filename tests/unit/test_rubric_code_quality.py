"""What the criteria of code quality say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import CRITERIA, Case, cases_of, finding, missing_verdicts, notebook, plan, ran, verdict, work

from grader.model import CellRun

case = cases_of("code_quality")

STEPS = "".join(f"value_{number} = {number} * 2\n" for number in range(80))
SMALL = 'def double(x: int) -> int:\n    """Return twice x."""\n    return 2 * x\n\n\nprint(double(2))\n'
LONG = (
    "def long(x):\n" + "".join(f"    a{number} = x + {number}\n" for number in range(60)) + "    return x\n\nlong(1)\n"
)
BRANCHES = "def tangled(x):\n" + "".join(
    f"    if x == {number}:\n        return {number + 1}\n" for number in range(12)
)
IN_FUNCTION = LONG.replace("long", "load") + "b = 1\n" * 20
PLAIN = (
    "def clean(frame):\n" + "".join(f"    frame['c{n}'] = frame['a'] + {n}\n" for n in range(6)) + "    return frame\n"
)
EXPLAINED = PLAIN.replace("(frame):\n", '(frame):\n    """Add the columns that the model needs."""\n')
BLOCK = "".join(f"frame['column_{number}'] = frame['column_{number}'].fillna({number})\n" for number in range(6))
OTHER = "".join(f"other_{number} = {number}\n" for number in range(6))

TESTS = "from train import double\n" + "".join(
    f"def test_{number}():\n    assert double({number}) == {2 * number}\n" for number in range(3)
)
ONE_TEST = "from train import double\ndef test_one():\n    assert double(1) == 2\n"
HOLLOW = "def test_one():\n    assert True\ndef test_two():\n    assert 1 + 1 == 2\n"

CLEAN = notebook("a = 1", "# %% md\nWhat we found", "b = a", "c = b")
MESSY = notebook("a = 1", "b = a", "c = b", counts=[7, 3, 12])
CLEARED = notebook("a = 1", "b = a", counts=[None, None])
TALKING = notebook("# %% md\n" + "we look at the rows and find gaps " * 4, "a = 1", "b = 2", "c = 3")
CELLS = tuple(CellRun(index=number, status="ok") for number in range(3))

CASES = [
    case("parses", "met", "plain code", SMALL),
    case("parses", "met", "magics of a notebook", {"solution.ipynb": notebook("%matplotlib inline\n!ls\na = 1")}),
    case("parses", "not_met", "Python 2", {"train.py": SMALL, "old.py": "print 'x'\n"}),
    case("parses", "needs_human", "a notebook that is no JSON", {"train.py": SMALL, "broken.ipynb": "{"}),
    case("functions_used", "met", "most lines in a function", IN_FUNCTION),
    case("functions_used", "partly", "a few lines in a function", STEPS + SMALL),
    case("functions_used", "not_met", "no function", STEPS),
    case("functions_used", "not_met", "a function that nobody calls", STEPS + LONG.replace("long(1)", "")),
    case("functions_used", "not_applicable", "a short script", SMALL),
    case("functions_small", "met", "small ones", SMALL),
    case("functions_small", "partly", "one of many is long",
         "".join(f"def f{n}():\n    return {n}\n" for n in range(9)) + LONG),
    case("functions_small", "not_met", "too long", LONG),
    case("functions_small", "not_met", "too many branches", BRANCHES),
    case("functions_small", "not_applicable", "no function", STEPS),
    case("documented", "met", "a docstring", EXPLAINED),
    case("documented", "met", "a notebook with prose", {"a.ipynb": TALKING}),
    case("documented", "partly", "one of two", EXPLAINED + PLAIN.replace("clean", "tidy")),
    case("documented", "not_met", "no docstring", PLAIN),
    case("documented", "not_met", "headings are not prose",
         {"a.ipynb": notebook("# %% md\n# Cleaning\n## Model", "a = 1", "b = 2", "c = 3")}),
    case("documented", "not_applicable", "nothing long enough", SMALL),
    case("annotated", "met", "types on all", SMALL),
    case("annotated", "partly", "types on one of two", SMALL + PLAIN),
    case("annotated", "not_met", "no types", PLAIN),
    case("annotated", "not_applicable", "functions of a notebook", {"a.ipynb": notebook(PLAIN)}),
    case("no_dead_code", "met", "all are called", SMALL),
    case("no_dead_code", "met", "called through another, and passed on",
         "def a(): return 1\ndef b(): return a()\ndef c(x): return x()\nc(b)\n"),
    case("no_dead_code", "partly", "one of three is not",
         "def a(): return 1\ndef b(): return 2\ndef c(): return 3\na()\nb()\n"),
    case("no_dead_code", "not_met", "none is", "def a(): return b()\ndef b(): return a()\n"),
    case("no_dead_code", "met", "the contract calls it", "def forecast(rows): return rows\n",
         plan=plan(kind="predict_function", function="forecast")),
    case("no_dead_code", "not_applicable", "no function", STEPS),
    case("notebook_runs_in_order", "met", "one clean run", {"a.ipynb": CLEAN}),
    case("notebook_runs_in_order", "partly", "saved out of order, but it runs", {"a.ipynb": MESSY},
         plan=plan("a.ipynb"), run=ran(cells=CELLS)),
    case("notebook_runs_in_order", "not_met", "saved out of order", {"a.ipynb": MESSY}),
    case("notebook_runs_in_order", "not_applicable", "outputs were cleared", {"a.ipynb": CLEARED}),
    case("notebook_runs_in_order", "not_applicable", "no notebook", SMALL),
    case("tests_check_the_work", "met", "three tests", {"train.py": SMALL, "tests/test_train.py": TESTS}),
    case("tests_check_the_work", "partly", "one test", {"train.py": SMALL, "test_train.py": ONE_TEST}),
    case("tests_check_the_work", "not_met", "tests of nothing", {"train.py": SMALL, "tests/test_train.py": HOLLOW}),
    case("tests_check_the_work", "not_met", "a tests folder without a test",
         {"train.py": SMALL, "tests/__init__.py": ""}),
    case("no_repeated_code", "met", "no two blocks alike", BLOCK + OTHER + STEPS),
    case("no_repeated_code", "partly", "one block twice", BLOCK + OTHER + BLOCK),
    case("no_repeated_code", "not_met", "one block four times", (BLOCK + OTHER) * 4),
    case("no_repeated_code", "met", "a script exported from its notebook is no copy",
         {"a.ipynb": notebook(BLOCK + STEPS), "a.py": BLOCK + STEPS}),
    case("no_repeated_code", "not_applicable", "too little code", SMALL),
]  # fmt: skip
CASES += [
    Case(item.id, "not_applicable", "there is no Python", lambda: work({"notes.txt": "nothing"}))
    for item in CRITERIA.values()
    if item.dimension == "code_quality"
]


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("code_quality", CASES) == {}


def test_the_first_cell_that_was_run_too_early_is_pointed_at() -> None:
    (span,) = finding("code_quality.notebook_runs_in_order", work({"a.ipynb": MESSY})).evidence
    assert (span.path, span.cell) == ("a.ipynb", 1)


def test_a_syntax_error_is_pointed_at_with_what_is_wrong() -> None:
    found = finding("code_quality.parses", work({"old.py": "a = 1\nprint 'x'\n"}))
    assert (found.evidence[0].path, found.evidence[0].line) == ("old.py", 2)
    assert "Python 2" in found.reason


def test_comments_and_blank_lines_do_not_make_a_work_long() -> None:
    assert verdict("code_quality.functions_used", work("# a comment\n\n" * 200 + SMALL)) == "not_applicable"
