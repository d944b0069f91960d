"""What is read of scripts and notebooks in the state candidates hand them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.evidence import read_facts
from grader.evidence.magics import blank_magics, with_automagic
from grader.model import CodeFacts


def written(folder: Path, **files: str | bytes) -> CodeFacts:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    paths = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    return read_facts(folder, paths)


def notebook(*cells: Any, **more: Any) -> str:
    made = [{"cell_type": "code", "source": cell} if isinstance(cell, str | list) else cell for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, "metadata": {}} | more)


def names(facts: CodeFacts) -> list[str]:
    return [call.name for call in facts.calls]


def test_code_cells_are_sources_by_their_place_among_all_cells(tmp_path: Path) -> None:
    facts = written(tmp_path, w_dot_ipynb=notebook({"cell_type": "markdown", "source": "# Hi"}, ["a = 1\n", "b = 2"]))
    (source,) = facts.sources
    assert (source.path, source.cell, source.text, source.lines) == ("w.ipynb", 1, "a = 1\nb = 2", 2)


def test_nbformat_3_worksheets_are_read(tmp_path: Path) -> None:
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "len([])", "prompt_number": 7}]}]}
    facts = written(tmp_path, w_dot_ipynb=json.dumps(old))
    assert names(facts) == ["len"]
    assert facts.notebooks[0].execution_counts == (7,)


def test_an_empty_cell_has_no_execution_count(tmp_path: Path) -> None:
    numbered = {"cell_type": "code", "source": "a", "execution_count": 2}
    facts = written(tmp_path, w_dot_ipynb=notebook("", {"cell_type": "code", "source": " \n"}, numbered))
    assert (facts.notebooks[0].code_cells, facts.notebooks[0].execution_counts) == (3, (2,))


def test_a_cell_without_source_and_one_that_is_no_object_do_not_stop_the_rest(tmp_path: Path) -> None:
    facts = written(tmp_path, w_dot_ipynb=notebook({"cell_type": "code"}, 7, "len([])"))
    assert names(facts) == ["len"]


def test_a_byte_order_mark_and_latin_1_are_read(tmp_path: Path) -> None:
    facts = written(
        tmp_path,
        w_dot_ipynb=b"\xef\xbb\xbf" + notebook("print('a')").encode(),
        s_dot_py="# données\nprint('b')\n".encode("latin-1"),
    )
    assert names(facts) == ["print", "print"]
    assert facts.sources[0].text.startswith("# données")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "w.ipynb is not valid JSON"),
        ('{"a": 1\n<<<<<<< HEAD\n}', "merge conflict"),
        ("[" * 100_000, "w.ipynb"),
        ("[1]", "not a notebook"),
    ],
)
def test_a_broken_notebook_is_noted_and_the_rest_is_read(tmp_path: Path, content: str, reason: str) -> None:
    facts = written(tmp_path, w_dot_ipynb=content, s_dot_py="len([])")
    assert [note for note in facts.notes if reason in note]
    assert names(facts) == ["len"]


@pytest.mark.parametrize("content", ["", "\n", " \n\t"])
def test_an_empty_notebook_is_noted_and_holds_nothing(tmp_path: Path, content: str) -> None:
    facts = written(tmp_path, w_dot_ipynb=content, s_dot_py="len([])")
    assert "w.ipynb is empty." in facts.notes
    assert [(fact.path, fact.code_cells) for fact in facts.notebooks] == [("w.ipynb", 0)]
    assert (names(facts), facts.unread) == (["len"], ())


def test_junk_and_installed_environments_are_not_the_candidates_work(tmp_path: Path) -> None:
    for folder in (".ipynb_checkpoints", "__MACOSX", ".venv/lib/python3.11/site-packages", "__pycache__", "env"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.py").write_text("len([])")
    (tmp_path / "._x.py").write_text("len([])")
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr/bin")
    assert [source.path for source in written(tmp_path, s_dot_py="sum([])").sources] == ["s.py"]


def test_a_folder_that_is_only_called_like_an_environment_is_read(tmp_path: Path) -> None:
    facts = written(tmp_path, env__work_dot_py="len([])", main_dot_py="import env.work")
    assert [source.path for source in facts.sources] == ["env/work.py", "main.py"]


def test_what_an_exec_spells_out_is_read_at_its_line(tmp_path: Path) -> None:
    facts = written(tmp_path, s_dot_py="import pandas as pd\nexec('df = pd.read_csv(\"a.csv\")\\nprint(df)')\n")
    assert [(call.name, call.span.line) for call in facts.calls] == [("pandas.read_csv", 2), ("print", 2)]
    assert facts.unread == ()


@pytest.mark.parametrize(
    "code",
    ["exec(open('w.txt').read())", "exec(base64.b64decode(x))", "runpy.run_path(name)", "eval(code)"],
)
def test_code_that_is_put_together_while_it_runs_was_not_read(tmp_path: Path, code: str) -> None:
    (span,) = written(tmp_path, s_dot_py=f"a = 1\n{code}\n").unread
    assert (span.path, span.line) == ("s.py", 2)


@pytest.mark.parametrize(
    "code",
    ["exec(open('lib/helper.py').read())", "x = eval(text)", "df['a'].apply(eval)", "exec('a = 1')", "eval('1 + 1')"],
)
def test_what_is_read_or_only_a_value_is_not_unread(tmp_path: Path, code: str) -> None:
    assert written(tmp_path, s_dot_py=code, lib__helper_dot_py="a = 1").unread == ()


def test_empty_cells_do_not_push_code_out_of_what_is_read(tmp_path: Path) -> None:
    empty = [{"cell_type": "markdown", "source": ""}] * 2500 + [""] * 1500
    facts = written(tmp_path, w_dot_ipynb=notebook(*empty, "len([])"))
    assert (names(facts), facts.unread) == (["len"], ())


def test_cells_beyond_the_bound_are_told(tmp_path: Path) -> None:
    facts = written(tmp_path, w_dot_ipynb=notebook(*[f"len([{n}])" for n in range(1005)]))
    assert [(span.path, span.cell) for span in facts.unread] == [("w.ipynb", 1000)]


def test_a_file_that_is_too_large_is_told(tmp_path: Path) -> None:
    facts = written(tmp_path, s_dot_py="len([])\n#" + "x" * 1_000_000)
    assert [span.path for span in facts.unread] == ["s.py"]


def test_magics_and_shell_lines_keep_the_line_numbers(tmp_path: Path) -> None:
    code = "%matplotlib inline\n!pip install x \\\n   y\nif True:\n    !ls\nfiles = !ls\ndf?\n%time fit(1)\nlen([])"
    facts = written(tmp_path, w_dot_ipynb=notebook(code))
    assert facts.sources[0].error == ""
    assert [(call.name, call.span.line) for call in facts.calls] == [("fit", 8), ("len", 9)]


@pytest.mark.parametrize(
    "cell",
    ["pip install x", "conda install -y x", "cd ..", "ls *.csv", "mkdir -p out", "matplotlib inline", "\nreset -f\n",
     "run other.py", "ls -l", "load_ext autoreload"],
)  # fmt: skip
def test_a_magic_alone_in_its_cell_needs_no_mark(tmp_path: Path, cell: str) -> None:
    facts = written(tmp_path, w_dot_ipynb=notebook(cell, "len([])"))
    assert [source.error for source in facts.sources] == ["", ""]
    assert facts.sources[0].text == cell
    assert names(facts) == ["len"]
    assert facts.lint is not None
    assert facts.lint.faults == ()


def test_a_timed_statement_is_read_without_the_mark_too(tmp_path: Path) -> None:
    assert names(written(tmp_path, w_dot_ipynb=notebook("time model.fit(a)"))) == [".fit"]


@pytest.mark.parametrize(
    "cell", ["precision", "save = 3", "env['a']", "time.sleep(1)", "hist, edges = f(a)", "who in a"]
)
def test_a_variable_may_have_a_magics_name(cell: str) -> None:
    assert blank_magics(with_automagic(cell)) == cell


@pytest.mark.parametrize("cell", ["pip install a\npip install b", "pip3 install a", "git clone x", "print 'a'"])
def test_what_ipython_does_not_take_for_a_magic_stays_a_fault(tmp_path: Path, cell: str) -> None:
    assert written(tmp_path, w_dot_ipynb=notebook(cell)).sources[0].error


def test_a_script_has_no_magics_without_marks(tmp_path: Path) -> None:
    assert written(tmp_path, s_dot_py="pip install x").sources[0].error


def test_a_shell_cell_is_blank_and_a_timed_cell_is_python() -> None:
    assert blank_magics("%%bash\nfor f in *; do rm $f; done") == "\n"
    assert blank_magics("%%time\nx = 1") == "\nx = 1"


@pytest.mark.parametrize(
    "cell",
    ["%sql\nSELECT * FROM `flights` LIMIT 5;", "%sql SELECT *\nFROM flights", "%md\nFlights", "%sh\nls", "%fs ls /mnt"],
)
def test_one_mark_takes_the_whole_cell_in_databricks(cell: str) -> None:
    assert not blank_magics(cell).strip()


@pytest.mark.parametrize("cell", ["%sql SELECT 1\nx = 1", "%python\nx = 1", "%run ./settings\nx = 1"])
def test_python_below_a_line_magic_is_read(cell: str) -> None:
    assert blank_magics(cell) == "pass\nx = 1"


def test_an_operator_that_begins_a_line_within_brackets_is_no_magic() -> None:
    code = 'print("%.3f"\n      % score(X))\n'
    assert blank_magics("%matplotlib inline\n" + code).endswith(code)
    assert "%cd" not in blank_magics("print('(')\nif deep:\n    %cd ..\n")


def test_a_modulo_at_the_start_of_a_line_is_no_magic(tmp_path: Path) -> None:
    facts = written(tmp_path, s_dot_py="x = (7\n% len([1]))\n")
    assert names(facts) == ["len"]


def test_a_cell_that_does_not_parse_says_where_and_the_other_cells_are_read(tmp_path: Path) -> None:
    facts = written(tmp_path, w_dot_ipynb=notebook("x = 1\nprint 'hello'", "y = [1,", "len([])"))
    first, second, third = facts.sources
    assert (first.error, first.error_line) == ("Python 2 print statement", 2)
    assert second.error
    assert third.error == ""
    assert names(facts) == ["print", "len"]


def test_what_parses_around_an_error_in_a_script_is_still_read(tmp_path: Path) -> None:
    facts = written(tmp_path, s_dot_py="len([])\ndef f():\n    raise ValueError, 'x'\n    sum([])\nmax([1])\n")
    assert [(call.name, call.span.line) for call in facts.calls] == [("len", 1), ("max", 5)]
    assert facts.sources[0].error_line == 3


def test_too_much_code_is_cut_and_said(tmp_path: Path) -> None:
    for number in range(201):
        (tmp_path / f"f{number:03}.py").write_text("len([])")
    facts = written(tmp_path, big_dot_py="x = 1\n" * 200_000)
    assert len(facts.sources) < 201
    assert any("not read" in note for note in facts.notes)
    assert "big.py is over 1 MB and was not read." in facts.notes


def test_a_link_out_of_the_submission_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("len([])")
    inside = tmp_path / "work"
    inside.mkdir()
    (inside / "x.py").symlink_to(outside)
    facts = read_facts(inside, ["x.py", "../outside.py", str(outside)])
    assert facts.sources == ()


def test_a_script_exported_from_the_notebook_is_noted(tmp_path: Path) -> None:
    code = "\n".join(f"value_{number} = {number}" for number in range(9))
    facts = written(tmp_path, w_dot_ipynb=notebook(code), w_dot_py="# coding: utf-8\n\n# In[1]:\n" + code)
    assert "w.ipynb and w.py hold the same code." in facts.notes


def test_a_notebook_in_another_language_is_counted_but_its_code_is_not_judged(tmp_path: Path) -> None:
    text = notebook("x <- read.csv('a')", metadata={"kernelspec": {"language": "R"}})
    facts = written(tmp_path, w_dot_ipynb=text)
    assert facts.notebooks[0].language == "r"
    assert facts.sources == ()


def test_headings_words_and_execution_counts_of_a_notebook(tmp_path: Path) -> None:
    prose = {"cell_type": "markdown", "source": "# Data\nTwo words\n```\n# no heading\n```\n## Model"}
    run = {"cell_type": "code", "source": "1", "execution_count": 3}
    fact = written(tmp_path, w_dot_ipynb=notebook(prose, run, "2")).notebooks[0]
    assert [(heading.text, heading.line) for heading in fact.headings] == [("# Data", 1), ("## Model", 6)]
    assert (fact.code_cells, fact.markdown_cells, fact.execution_counts) == (2, 1, (3, None))
    assert fact.markdown_words > 5
