"""What ruff is let say of a submission: real faults at their place, and nothing on the submission's own terms."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rubric_evidence import notebook, work

from grader.evidence import lint
from grader.model import Lint, LintFault


def linted(files: dict[str, str] | str) -> Lint:
    found = work(files).code.lint
    assert found is not None
    return found


def faults(files: dict[str, str] | str) -> list[tuple[str, int | None, int | None]]:
    return [(fault.rule, fault.span.cell, fault.span.line) for fault in linted(files).faults]


def only(files: dict[str, str] | str) -> LintFault:
    (fault,) = linted(files).faults
    return fault


def test_a_fault_is_placed_in_its_cell_and_line() -> None:
    book = notebook("# %% md\nWords", "%matplotlib inline\n!pip install x\na = 1", "b = a\nprint(c)")
    assert faults({"a.ipynb": book}) == [("F821", 2, 2)]


def test_an_undefined_name_says_where_it_is_defined_further_down() -> None:
    below = only({"a.ipynb": notebook("print(total)", "x = 1\ntotal = 2")}).below
    assert below is not None
    assert (below.cell, below.line) == (1, 2)


def test_a_name_that_only_a_function_binds_is_defined_nowhere() -> None:
    assert only("print(total)\ndef f():\n    total = 1\n    return total\nf()\n").below is None


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("def load(name: 'csv') -> 'frame':\n    return name\nprint(load('a'))\n", []),
        ("from typing import Optional\ndef load(é: Optional['frame'] = None):\n    return é\nprint(load())\n", []),
        ("rows: 'frame' = 1\nprint(rows)\n", []),
        ("def load(name: csv):\n    return name\nprint(load('a'))\n", [1]),
        ("def load(name: 'csv' = default):\n    return name\nprint(load('a'))\n", [1]),
        ("def load(name: 'csv'): return f'{path}{name}'\nprint(load('a'))\n", [1]),
    ],
)
def test_an_annotation_in_quotes_is_looked_up_by_no_run(code: str, lines: list[int]) -> None:
    assert [line for _, _, line in faults(code)] == lines


@pytest.mark.parametrize("silencer", ["# noqa", "# noqa: F821", "# ruff: noqa"])
def test_the_candidate_silences_nothing(silencer: str) -> None:
    files = {"ruff.toml": "lint.select = []\n", "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n"}
    assert [rule for rule, *_ in faults({**files, "a.py": f"print(missing)  {silencer}\n"})] == ["F821"]


@pytest.mark.parametrize(
    "code",
    [
        "display(1)\nget_ipython()\nprint(_)",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\nprint(unicode)",
        "frame = 1\nframe\nframe == 2",
        "if frame := 1:\n    pass\nprint(frame)",
        "rows = await get_ipython()",
    ],
)
def test_what_a_notebook_may_do_is_no_fault(code: str) -> None:
    assert faults({"a.ipynb": notebook(code)}) == []


@pytest.mark.parametrize(
    "cell",
    ["%run setup.ipynb", "%pylab inline", "%%sql\nselect 1", "exec(open('a.py').read())", "from helpers import *",
     "def f(:", "%%capture out\nprint(1)", "globals()['a'] = 1"],
)  # fmt: skip
def test_names_that_no_statement_shows_are_unknown(cell: str) -> None:
    assert linted({"a.ipynb": notebook(cell, "print(a)")}).unknown_names == ("a.ipynb",)


@pytest.mark.parametrize("cell", ["%%time\na = 1", "%load_ext autoreload", "%%bash\nls", "%%capture\na = 1", "!ls"])
def test_other_magics_bring_no_names(cell: str) -> None:
    assert linted({"a.ipynb": notebook(cell)}).unknown_names == ()


def test_code_that_does_not_parse_hides_no_other_fault() -> None:
    found = faults({"a.ipynb": notebook("print 'x'", "def f(a=[]):\n    return a"), "b.py": "def (:\n"})
    assert found == [("B006", 1, 1)]


def test_many_faults_of_one_kind_hide_no_other() -> None:
    found = faults("# print(1)\n" * 20_000 + "print(missing)\n" * 99 + "def f(a=[]):\n    return a\n")
    assert [rule for rule, *_ in found].count("F821") == lint.MAX_OF_A_RULE
    assert ("B006", None, 20_100) in found
    assert found[-1][0] == "ERA001"


def test_without_ruff_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lint, "find_ruff_bin", lambda: str(tmp_path / "absent"))
    assert work("print(missing)\n").code.lint is None


def test_names_of_files_reach_no_command_line() -> None:
    files = {"--config=x.py": "print(missing)\n", "a b\n.py": "x = 1\n"}
    assert [fault.span.path for fault in linted(files).faults] == ["--config=x.py"]


def test_a_file_of_blank_lines_takes_no_time() -> None:
    started = time.process_time()  # of this process: how busy the machine is says nothing
    assert linted("\n" * 500_000 + "print(1)\n").unknown_names == ()
    assert time.process_time() - started < 15
