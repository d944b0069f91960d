"""The child process that reads: its answer, and what becomes of a file that harms it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.evidence import SubprocessCodeReader, read_facts
from grader.model import FileEntry, Submission


def submission(root: Path) -> Submission:
    paths = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    files = tuple(FileEntry(path=path, bytes=0, sha256="") for path in paths)
    return Submission(name="work", digest="0", kind="folder", files=files, bytes=0, root=root)


def test_the_child_says_the_same_as_reading_here(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("import pandas as pd\ndf = pd.read_csv('données.csv')\n")
    (tmp_path / "README.md").write_text("Wörk")
    facts = SubprocessCodeReader().read(submission(tmp_path))
    assert facts == read_facts(tmp_path, ["README.md", "work.py"])
    assert facts.failure == ""


def test_an_empty_submission_gives_empty_facts(tmp_path: Path) -> None:
    assert SubprocessCodeReader().read(submission(tmp_path)).failure == ""


def test_code_that_is_never_done_is_stopped_and_said(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("len([])\n" * 20_000)
    facts = SubprocessCodeReader(cpu_s=0.05).read(submission(tmp_path))
    assert facts.failure == "Reading the code took longer than 0.05 seconds and was stopped."


def test_a_large_file_beside_the_work_costs_no_more_than_itself(tmp_path: Path) -> None:
    heavy = "import pandas as pd\ndf = pd.read_csv('a.csv')\n" + "df = df.abs()\n" * 70_000
    (tmp_path / "constants.py").write_text(heavy)
    (tmp_path / "train.py").write_text("import pandas as pd\ndf = pd.read_csv('train.csv')\n")
    facts = SubprocessCodeReader(cpu_s=16).read(submission(tmp_path))
    assert facts.failure == ""
    assert [call.name for call in facts.calls] == ["pandas.read_csv"]
    assert [span.path for span in facts.unread] == ["constants.py"]
    assert "is over 60 kB, while all of the code took too long to read" in facts.unread[0].text


def test_too_much_memory_is_a_failure_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "work.ipynb").write_text('{"cells": [' + "[]," * 9_000_000 + "[]]}")
    facts = SubprocessCodeReader(memory_bytes=200 * 1024**2).read(submission(tmp_path))
    assert "more than 200 MB" in facts.failure
    assert facts.sources == ()


def test_deeply_nested_code_is_survived(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = " + "(" * 5_000 + ")" * 5_000)
    (tmp_path / "b.py").write_text("x = 1" + " + 1" * 20_000)
    (tmp_path / "c.py").write_text("x = a" + ".b()" * 3_000)
    (tmp_path / "d.py").write_text("len([])\n")
    facts = SubprocessCodeReader().read(submission(tmp_path))
    assert facts.failure == ""
    assert "len" in [call.name for call in facts.calls]


def test_a_submission_cannot_lend_its_own_modules_to_the_reader(tmp_path: Path) -> None:
    (tmp_path / "ast.py").write_text("raise SystemExit(9)\n")
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n")
    facts = SubprocessCodeReader(cpu_s=16).read(submission(tmp_path))
    assert facts.failure == ""
    assert [call.name for call in facts.calls] == ["SystemExit", "SystemExit"]


@pytest.mark.parametrize(
    "code",
    [
        "x = [1]\n" + "x = [x, x]\n" * 60 + "for a in x:\n    print(a)\n",
        "import pandas as pd\nx = pd.read_csv('a')\n" + "x = pd.concat([x, x[1:], x[:2]])\n" * 40 + "print(x)\n",
        "".join(f"f{n} = lambda x: (f{n + 1}(x), f{n + 1}(x), f{n + 1}(x))\n" for n in range(30)) + "print(f0(1))\n",
        "".join(f"def f{n}(x):\n" + f"    x = f{n + 1}(x)\n" * 20 for n in range(30)) + "print(f0(1))\n",
        "def f(x):\n    return f(f)(f)\nprint(f(f))\n",
        "x = " + "+".join(["1"] * 1500) + "\nprint(x)\n",
    ],
    ids=["doubled lists", "doubled tables", "lambdas", "calls fanning out", "recursion", "a long sum"],
)
def test_code_made_to_explode_an_analysis_is_read(tmp_path: Path, code: str) -> None:
    (tmp_path / "work.py").write_text(code)
    facts = SubprocessCodeReader().read(submission(tmp_path))
    assert facts.failure == ""
    assert "print" in [call.name for call in facts.calls]


def test_where_the_data_flow_cannot_be_followed_calls_are_named_by_their_text(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("import pandas as pd\npd.read_csv('a').dropna()\n")
    facts = read_facts(tmp_path, ["work.py"], follow=False)
    assert [call.name for call in facts.calls] == ["pandas.read_csv", ".dropna"]
    assert any("leakage was not looked for" in note for note in facts.notes)
