"""What the criteria of code quality say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import CRITERIA, Case, cases_of, finding, missing_verdicts, notebook, plan, ran, verdict, work
from test_rubric_code_quality_handover import CASES as HANDOVER

from grader.model import CellRun, EntryPoint, Failure, NotebookRun, RunResult
from grader.model.run import NotebookEnd

case = cases_of("code_quality")

STEPS = "".join(f"value_{number} = {number} * 2\n" for number in range(80))
SMALL = 'def double(x: int) -> int:\n    """Return twice x."""\n    return 2 * x\n\n\nprint(double(2))\n'
LONG = (
    "def long(x):\n" + "".join(f"    a{number} = x + {number}\n" for number in range(60)) + "    return x\n\nlong(1)\n"
)
DESCRIBED = (
    'def add(x):\n    """Add.\n' + "    A line of it.\n" * 12 + '    """\n'
    + "".join(f"    a{number} = x + {number}\n" for number in range(45)) + "    return x\n\nadd(1)\n"
)  # fmt: skip
BRANCHES = "def tangled(x):\n" + "".join(
    f"    if x == {number}:\n        return {number + 1}\n" for number in range(12)
)
IN_FUNCTIONS = "".join(
    f"def step_{n}(x):\n" + "".join(f"    a{k} = x + {k}\n" for k in range(20)) + f"    return x\nstep_{n}(1)\n"
    for n in range(2)
) + "b = 1\n" * 30  # fmt: skip
BLOCK = "".join(f"frame['column_{number}'] = frame['column_{number}'].fillna({number})\n" for number in range(6))
OTHER = "".join(f"other_{number} = {number}\n" for number in range(6))

TESTS = "from train import double\n" + "".join(
    f"def test_{number}():\n    assert double({number}) == {2 * number}\n" for number in range(3)
)
LOOKS_BUSY = "from train import double\n" + "".join(
    f"def test_{number}():\n    double({number})\n    assert {number} + 0 == {number}\n" for number in range(5)
)
ITS_OWN = "def double(x):\n    return 2 * x\n" + TESTS.replace("from train import double\n", "")
ONE_TEST = "from train import double\ndef test_one():\n    assert double(1) == 2\n"
HOLLOW = "def test_one():\n    assert True\ndef test_two():\n    assert 1 + 1 == 2\n"

ON_CLASS = (
    "import unittest\nfrom train import double\nclass Case(unittest.TestCase):\n    @classmethod\n"
    "    def setUpClass(cls):\n        cls.two = double(2)\n        cls.three = double(3)\n        cls.more = cls.two\n"
    "    def test_a(self):\n        self.assertEqual(self.two, 4)\n    def test_b(self):\n        assert self.three\n"
    "    def test_c(self):\n        self.assertLess(self.more, 9)\n"
)
HELPER = ("from train import double\nclass TestIt:\n    def twice(self, x):\n        return double(x)\n") + "".join(
    f"    def test_{n}(self):\n        assert self.twice({n}) == {2 * n}\n" for n in range(3)
)

CLEAN = notebook("a = 1", "# %% md\nWhat we found", "b = a", "c = b")
MESSY = notebook("a = 1", "b = a", "c = b", counts=[7, 3, 12])
CLEARED = notebook("a = 1", "b = a", counts=[None, None])
NO_NAME = Failure(code="notebook.cell_error", message="NameError: name 'a' is not defined")
CELLS = tuple(CellRun(index=number, status="ok") for number in range(3))

BOTH = {"a.ipynb": CLEAN, "b.ipynb": notebook("d = 1", "e = d")}
SECOND = EntryPoint(kind="notebook", path="b.ipynb", reason="")
TWO = plan("a.ipynb").model_copy(update={"then": (SECOND,)})


def in_book(path: str, error: str = "") -> tuple[CellRun, ...]:
    """Return one cell of a notebook of several, as it was run."""
    return (CellRun(path=path, index=0, status="error" if error else "ok", error=error),)


def ran_as(*ends: NotebookEnd) -> RunResult:
    """Return what a.ipynb and b.ipynb come to that ended so."""
    books = tuple(NotebookRun(path=f"{name}.ipynb", ended=end) for name, end in zip("ab", ends, strict=True))
    return ran(cells=in_book("a.ipynb")).model_copy(update={"notebooks": books})


CASES = [
    case("no_real_faults", "met", "plain code", SMALL),
    case("no_real_faults", "met", "magics, and a frame shown at the end",
         {"a.ipynb": notebook("%matplotlib inline\n!ls", "a = 1\na == 1")}),
    case("no_real_faults", "met", "imported again, and a figure that is kept for nothing",
         "import os\n" + SMALL + "import os\ndef draw():\n    fig = plot(double(1))\n    print(os)\ndraw()\n"
         .replace("plot(", "print(")),
    case("no_real_faults", "met", "a notebook saved as a script",
         "# In[1]:\nrows = [1]\n# In[2]:\nrows == [2]\nprint(rows)\n"),
    case("no_real_faults", "partly", "one slip", SMALL + "def add(x, seen=[]):\n    return seen\nadd(1)\n"),
    case("no_real_faults", "met", "an error that its handler names for nothing",
         SMALL + "def load():\n    try:\n        double(1)\n    except ValueError as e:\n        print(1)\nload()\n"),
    case("no_real_faults", "not_met", "a name that nothing defines", SMALL + "print(totl)\n"),
    case("no_real_faults", "not_met", "three slips",
         SMALL + "a = {'x': 1, 'x': 2}\nif a is 'b' or a == None:\n    pass\n"),
    case("no_real_faults", "not_met", "Python 2", {"train.py": SMALL, "old.py": "print 'x'\n"}),
    case("no_real_faults", "needs_human", "a notebook that is no JSON", {"train.py": SMALL, "broken.ipynb": "{"}),
    case("no_real_faults", "met", "a star import may bring the name", "from numpy import *\nprint(array([1]))\n"),
    case("names_tell", "met", "a telling name", SMALL),
    case("names_tell", "partly", "one of six",
         "".join(f"def step_{n}_of_it(): return {n}\n" for n in range(5)) + "def foo(): pass\n"),
    case("names_tell", "not_met", "copies of a notebook", {"Untitled1.ipynb": CLEAN, "Untitled1-Copy2.ipynb": CLEAN}),
    case("names_tell", "partly", "one of Python's own names is taken over", "list = [1, 2]\nprint(list)\n"),
    case("names_tell", "not_met", "several are", "list = [1, 2]\nmax = 2\nprint(list)\n"),
    case("names_tell", "met", "a name that Sphinx asks for",
         {"train.py": SMALL, "docs/conf.py": "project = 'x'\ncopyright = '2024, A. Person'\n"}),
    case("names_tell", "partly", "the same elsewhere", {"train.py": SMALL + "copyright = '2024, A. Person'\n"}),
    case("names_tell", "partly", "another in Sphinx's settings", {"train.py": SMALL, "docs/conf.py": "list = [1]\n"}),
    case("names_tell", "not_applicable", "a lone script without a function", STEPS),
    case("short_functions", "met", "most lines in two functions", IN_FUNCTIONS),
    case("short_functions", "not_met", "all of it in one", LONG.replace("long", "main") + "b = 1\n" * 20),
    case("short_functions", "partly", "one too long beside much in short ones",
         IN_FUNCTIONS.replace("b = 1\n", "") + LONG),
    case("short_functions", "partly", "a few lines in a function", STEPS + SMALL),
    case("short_functions", "not_met", "no function", STEPS),
    case("short_functions", "not_met", "a function that nobody calls", STEPS + LONG.replace("long(1)", "")),
    case("short_functions", "not_applicable", "a short script without a function", "print(1)\n" * 20),
    case("short_functions", "met", "small ones", SMALL),
    case("short_functions", "not_met", "too long", LONG),
    case("short_functions", "met", "no longer but for its docstring", DESCRIBED),
    case("short_functions", "not_met", "a text of many lines that describes nothing",
         DESCRIBED.replace('    """Add', '    text = """Add')),
    case("short_functions", "not_met", "too many branches", BRANCHES),
    case("short_functions", "partly", "one over in five that are used",
         "".join(f"def f{n}():\n    return {n}\nf{n}()\n" for n in range(4)) + LONG),
    case("short_functions", "not_met", "small ones that nobody calls do not dilute it",
         "".join(f"def f{n}():\n    return {n}\n" for n in range(9)) + LONG),
    case("no_dead_code", "met", "all are called", SMALL),
    case("no_dead_code", "met", "called through another, and passed on",
         "def a(): return 1\ndef b(): return a()\ndef c(x): return x()\nc(b)\n"),
    case("no_dead_code", "partly", "one of three is not",
         "def a(): return 1\ndef b(): return 2\ndef c(): return 3\na()\nb()\n"),
    case("no_dead_code", "not_met", "none is", "def a(): return b()\ndef b(): return a()\n"),
    case("no_dead_code", "met", "the contract calls it", "def forecast(rows): return rows\n",
         plan=plan(kind="predict_function", function="forecast")),
    case("no_dead_code", "partly", "code put aside in comments", SMALL + "# print(double(3))\n" * 12),
    case("no_dead_code", "met", "a comment that explains", SMALL + "# as in the paper: twice is enough here\n" * 12),
    case("no_dead_code", "met", "a console script", {"churn/cli.py": "def start(): return 1\n", "pyproject.toml":
         "[project.scripts]\nchurn = 'churn.cli:start'\n"}),
    case("no_dead_code", "not_met", "a decorator that registers nothing",
         "class Tools:\n    @staticmethod\n    def load():\n        return 1\n"),
    case("no_dead_code", "met", "a task that a framework runs",
         "@task(retries=2)\n@cache\ndef load():\n    return 1\n"),
    case("no_dead_code", "not_applicable", "no function", STEPS),
    case("notebook_runs_in_order", "met", "one clean run", {"a.ipynb": CLEAN}),
    case("notebook_runs_in_order", "partly", "saved out of order, but it runs", {"a.ipynb": MESSY},
         plan=plan("a.ipynb"), run=ran(cells=CELLS)),
    case("notebook_runs_in_order", "not_met", "saved out of order", {"a.ipynb": MESSY}),
    case("notebook_runs_in_order", "met", "outputs were cleared, and the names are in order", {"a.ipynb": CLEARED}),
    case("notebook_runs_in_order", "met", "outputs were cleared, and it ran here", {"a.ipynb": CLEARED},
         plan=plan("a.ipynb"), run=ran(cells=CELLS)),
    case("notebook_runs_in_order", "not_applicable", "never run, and names may come from another notebook",
         {"a.ipynb": notebook("%run setup.ipynb", "b = a", counts=[None, None])}),
    case("notebook_runs_in_order", "not_met", "a name is defined further down",
         {"a.ipynb": notebook("b = a", "a = 1")}),
    case("notebook_runs_in_order", "not_met", "the cell that defined it is gone",
         {"a.ipynb": notebook("b = 1", "c = a")}),
    case("notebook_runs_in_order", "met", "only a function that nobody calls lacks a name",
         {"a.ipynb": notebook("def old():\n    return gone", "b = 1")}),
    case("notebook_runs_in_order", "met", "the run has shown that the name is there", {"a.ipynb": notebook("b = a")},
         plan=plan("a.ipynb"), run=ran(cells=CELLS)),
    case("notebook_runs_in_order", "not_met", "a name was missing in the run", {"a.ipynb": CLEAN},
         plan=plan("a.ipynb"), run=ran(failure=NO_NAME, cells=(CellRun(index=0, status="error", error="NameError"),))),
    case("notebook_runs_in_order", "not_met", "a name was missing in the run of the second", BOTH, plan=TWO,
         run=ran(failure=NO_NAME, cells=(*in_book("a.ipynb"), *in_book("b.ipynb", error="NameError")))),
    case("notebook_runs_in_order", "not_met", "one ran through, and the other lacks a name",
         {**BOTH, "b.ipynb": notebook("d = gone")}, plan=TWO, run=ran_as("ok", "not_run")),
    case("notebook_runs_in_order", "met", "both have shown that their names are there",
         {**BOTH, "b.ipynb": notebook("d = gone")}, plan=TWO, run=ran_as("ok", "ok")),
    case("notebook_runs_in_order", "not_met", "a cell of R",
         {"a.ipynb": notebook("library(caret)", "model <- train(y)")}),
    case("notebook_runs_in_order", "not_applicable", "no notebook", SMALL),
    case("tests_check_the_work", "met", "three tests", {"train.py": SMALL, "tests/test_train.py": TESTS}),
    case("tests_check_the_work", "partly", "one test", {"train.py": SMALL, "test_train.py": ONE_TEST}),
    case("tests_check_the_work", "met", "a file that is called tests", {"train.py": SMALL, "unit_tests.py": TESTS}),
    case("tests_check_the_work", "not_met", "a program that is called test and evaluates",
         {"train.py": SMALL, "test.py": "from train import double\ndef test(x):\n    return double(x)\ntest(1)\n"}),
    case("tests_check_the_work", "met", "results set on the class", {"train.py": SMALL, "test_a.py": ON_CLASS}),
    case("tests_check_the_work", "not_met", "something else that is set on the class",
         {"train.py": SMALL, "test_a.py": ON_CLASS.replace("double(2)", "4").replace("double(3)", "6")}),
    case("tests_check_the_work", "met", "what a helper of the tests returns", {"train.py": SMALL, "test_a.py": HELPER}),
    case("tests_check_the_work", "not_met", "a helper that returns its own",
         {"train.py": SMALL, "test_a.py": HELPER.replace("return double(x)", "double(1)\n        return 2 * x")}),
    case("tests_check_the_work", "not_met", "tests of nothing", {"train.py": SMALL, "tests/test_train.py": HOLLOW}),
    case("tests_check_the_work", "not_met", "the work is called, and something else asserted",
         {"train.py": SMALL, "tests/test_train.py": LOOKS_BUSY}),
    case("tests_check_the_work", "not_met", "tests of a function of their own",
         {"train.py": SMALL, "test_a.py": ITS_OWN}),
    case("tests_check_the_work", "not_met", "a tests folder without a test",
         {"train.py": SMALL, "tests/__init__.py": ""}),
    case("no_repeated_code", "met", "no two blocks alike", BLOCK + OTHER + STEPS),
    case("no_repeated_code", "partly", "one block twice", BLOCK + OTHER + BLOCK),
    case("no_repeated_code", "not_met", "one block four times", (BLOCK + OTHER) * 4),
    case("no_repeated_code", "partly", "a block copied into another file",
         {"train.py": STEPS + BLOCK, "predict.py": OTHER + BLOCK}),
    case("no_repeated_code", "partly", "a block copied with comments behind its lines, and other quotes and spaces",
         {"train.py": STEPS + BLOCK, "predict.py": OTHER + BLOCK.replace("\n", "  # as it was\n").replace("'", '"')
          .replace(" = ", "=")}),
    case("no_repeated_code", "met", "lines that differ in what their texts say",
         {"train.py": STEPS + BLOCK, "predict.py": OTHER + BLOCK.replace("column_", "#column_")}),
    case("no_repeated_code", "not_applicable", "the same imports behind a magic",
         {name: notebook("%matplotlib inline\nfrom m import (\n" + "".join(f"    name_{n},\n" for n in range(9)) + ")",
                         "print(name_1)") for name in ("a.ipynb", "b.ipynb")}),
    case("no_repeated_code", "not_applicable", "the same imports in two files",
         {name: "".join(f"import module_{n}\n" for n in range(9)) for name in ("a.py", "b.py")}),
    case("no_repeated_code", "met", "a script exported from its notebook is no copy",
         {"a.ipynb": notebook(BLOCK + STEPS), "a.py": BLOCK + STEPS}),
    case("no_repeated_code", "not_applicable", "too little code", SMALL),
]  # fmt: skip
CASES += [
    Case(item.id, "not_applicable", "there is no Python", lambda: work({"notes.txt": "nothing"}))
    for item in CRITERIA.values()
    if item.dimension == "code_quality" and item.judge.__module__.rpartition("_")[2] not in ("handover", "secrets")
]


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("code_quality", [*CASES, *HANDOVER]) == {}


def test_the_first_cell_that_was_run_too_early_is_pointed_at() -> None:
    (span,) = finding("code_quality.notebook_runs_in_order", work({"a.ipynb": MESSY})).evidence
    assert (span.path, span.cell) == ("a.ipynb", 1)


def test_a_syntax_error_is_pointed_at_with_what_is_wrong() -> None:
    found = finding("code_quality.no_real_faults", work({"old.py": "a = 1\nprint 'x'\n"}))
    assert (found.evidence[0].path, found.evidence[0].line) == ("old.py", 2)
    assert "Python 2" in found.reason


def test_comments_and_blank_lines_do_not_make_a_work_long() -> None:
    assert verdict("code_quality.short_functions", work("# a comment\n\n" * 200 + "print(1)\n")) == "not_applicable"


def test_others_are_called_small_only_where_they_are() -> None:
    small = "".join(f"def f{n}():\n    return {n}\nf{n}()\n" for n in range(9))
    one, two = small + LONG, small + LONG + LONG.replace("long", "longer")
    assert finding("code_quality.short_functions", work(one)).reason.endswith("; the others are small.")
    found = finding("code_quality.short_functions", work(two))
    assert (found.verdict, len(found.evidence)) == ("partly", 2)
    assert found.reason.endswith("; 2 of 11 are too large.")


def test_a_copy_is_shown_with_its_extent_beside_what_it_copies() -> None:
    longer = BLOCK.replace("fillna", "ffill")
    found = finding("code_quality.no_repeated_code", work({"a.py": STEPS + BLOCK + longer, "b.py": BLOCK + longer}))
    assert [(span.path, span.line, span.end_line) for span in found.evidence] == [("a.py", 81, 92), ("b.py", 1, 12)]
    assert found.reason == "A block of code is copied: b.py:1-12 repeats a.py:81-92."


def test_tests_in_a_file_of_another_name_are_no_dead_code() -> None:
    assert verdict("code_quality.no_dead_code", work({"train.py": SMALL, "unit_tests.py": TESTS})) == "met"


def test_a_function_within_a_test_is_no_test_of_its_own() -> None:
    code = (
        "from train import double\ndef test_a():\n    def test_each(x):\n        assert double(x)\n    test_each(1)\n"
    )
    facts = work({"train.py": SMALL, "test_a.py": code}).code.functions
    assert [fact.name for fact in facts if fact.is_test] == ["test_a"]


def test_a_copy_over_several_cells_names_them() -> None:
    cells = [line for line in BLOCK.split("\n") if line]
    evidence = work({"a.ipynb": notebook(*cells), "b.ipynb": notebook("x = 1", *cells)})
    assert "b.ipynb cells 2-7 repeats a.ipynb cells 1-6" in finding("code_quality.no_repeated_code", evidence).reason


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ("list = [1]\nprint(list)\n", "list in train.py takes over one of Python's own names."),
        ("def func1():\n    return 1\n", "The function name func1 in train.py says nothing."),
        (
            {"Untitled1.ipynb": CLEAN, "Untitled2.ipynb": CLEAN},
            "The file name Untitled1.ipynb says nothing; 1 more is like it.",
        ),
    ],
)
def test_the_name_that_says_nothing_is_told(files: dict[str, str] | str, reason: str) -> None:
    assert finding("code_quality.names_tell", work(files)).reason == reason
