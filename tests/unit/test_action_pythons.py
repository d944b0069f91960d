"""The Action begins with whatever a runner calls python3, and says in a sentence where that is too old."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pythons import pythons

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action"
HERE = pythons()
OLDEST = (3, 8)
INPUTS = {"INPUT_MODE": "submit", "INPUT_SERVER": "https://grading.example.org", "INPUT_WAIT": "true"}


def checked(*words: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "GITHUB_WORKSPACE": str(ROOT), **INPUTS}
    return subprocess.run([*words, str(ACTION), "check"], capture_output=True, text=True, env=given, check=False)


@pytest.mark.parametrize("version", sorted(HERE), ids=lambda version: ".".join(map(str, version)))
def test_each_python_of_this_machine_checks_the_inputs_or_is_refused_in_a_sentence(version: tuple[int, int]) -> None:
    done = checked(str(HERE[version]), "-I")
    assert done.stderr == ""
    if version >= OLDEST:
        assert (done.returncode, done.stdout) == (0, "")
    else:
        check_that_it_is_refused(done, ".".join(map(str, version)))


def test_one_that_is_too_old_is_refused_also_where_none_is_at_hand() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 7, 17); del sys.argv[0]; runpy.run_path(sys.argv[0], None, "
    pretend += "'__main__')"
    check_that_it_is_refused(checked(sys.executable, "-I", "-c", pretend), "3.7")


def check_that_it_is_refused(done: subprocess.CompletedProcess[str], version: str) -> None:
    said = f"::error::The runner's python3 is Python {version}: install Python 3.8 or later there.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, said, "")


def test_what_tells_them_has_no_syntax_that_they_lack() -> None:
    text = (ACTION / "__main__.py").read_text()
    ast.parse(text, feature_version=(3, 4))
    assert "__future__" not in text
    for path in ACTION.glob("*.py"):
        ast.parse(path.read_text(), feature_version=OLDEST)
