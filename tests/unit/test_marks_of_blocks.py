"""The marks that say which blocks a run comes to: they change nothing else, and miss nothing that is left out."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import importlib.machinery
import io
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = '''
"""What it is for."""
from __future__ import annotations
import contextlib, functools

def given(value, whole=False):
    """Say it."""
    global counted
    counted = value
    if not whole:
        return value
    print("whole")
    return None

class Base:
    kind: int = 1
    def name(self): return print("base")
    @property
    def size(self): return print("size")

class Other(Base):
    def name(self): return "other"

def numbers(n):
    for i in range(n):
        if i == 2:
            continue
        yield i
    else:
        print("all of them")

print(given(3), Other().name(), list(numbers(4)), functools.partial(given, 1, True).args)
try:
    1 / 0
    print("after an error")
except ZeroDivisionError as error:
    print(error)
else:
    print("no error")
finally:
    print("in any case")
with contextlib.suppress(KeyError):
    {}["x"]
    print("after a key")
print(print("only then") if counted > 9 else "else", [given(i) for i in ()], counted and given(1), 0 and given(2))
match counted:
    case 3 if given(True): print("three")
    case _: print("other")
later = lambda: given(7)
while counted:
    counted -= 1
    if counted == 1:
        break
else:
    print("to the end")
print({k: given(v) for k, v in {"a": 1}.items()}, f"{given(1) if counted else given(2)}")
'''
NEVER = [
    'print("whole")', 'return print("base")', 'return print("size")', 'print("after an error")', 'print("no error")',
    'print("after a key")', 'print("only then")', "given(i)", "given(2)", 'print("three")', "given(7)",
]  # fmt: skip


@pytest.fixture
def reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the module that sets marks, noting what lies in `tmp_path`."""
    monkeypatch.setenv("OUTPUT_DIR", str(tmp_path))
    monkeypatch.syspath_prepend(ROOT / "sandbox" / "runner")
    module = importlib.import_module("tracing.reached")
    monkeypatch.setattr("importlib.machinery.SourceFileLoader.source_to_code",
                        importlib.machinery.SourceFileLoader.source_to_code)  # fmt: skip
    module.start(str(tmp_path), tells=True)
    yield module
    delattr(builtins, module.NAME)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tracing"]:
        del sys.modules[name]


def unreached(folder: Path, text: str) -> list[str]:
    """Return the first lines of the blocks without a mark."""
    marks = (folder / ".reached").read_bytes()
    blocks = [json.loads(line) for line in (folder / ".blocks.jsonl").read_text().splitlines()]
    lines = text.split("\n")
    return [
        lines[first - 1][begin : end if first == last else None]
        for block in blocks
        for first, begin, last, end in [block["at"]]
        if not marks[block["mark"]]
    ]


def printed(code: object) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {"__name__": "__main__"})  # type: ignore[arg-type]
    return out.getvalue()


def test_a_program_does_the_same_with_marks_and_what_it_left_out_has_none(reached: ModuleType, tmp_path: Path) -> None:
    path = str(tmp_path / "main.py")
    assert printed(compile(reached.marked(PROGRAM.encode(), path), path, "exec", dont_inherit=True)) == printed(
        compile(PROGRAM, path, "exec")
    )
    assert sorted(set(unreached(tmp_path, PROGRAM))) == sorted(set(NEVER))


PLAIN = """
def clean(text):
    found = []
    for word in text.split():
        if word.startswith("#"):
            found.append(word.lower())
    return [number + 1 for number in range(len(found))]
for row in ("a", "b"):
    clean(row)
"""


def _marked_blocks(reached: ModuleType, folder: Path, text: str) -> int:
    code = compile(reached.marked(text.encode(), str(folder / "main.py")), "main.py", "exec", dont_inherit=True)
    exec(code, {})
    return len((folder / ".blocks.jsonl").read_text().splitlines())


def test_what_only_works_on_texts_is_not_marked_within_functions_and_loops(reached: ModuleType, tmp_path: Path) -> None:
    assert _marked_blocks(reached, tmp_path, PLAIN) == 2  # the function, and the loop that calls it


@pytest.mark.parametrize("line", ["print(word)", "folds.split(word)", "frame.loc[0] = word", "model.fit(word)"])
def test_what_a_criterion_may_ask_for_is_marked_there_too(reached: ModuleType, tmp_path: Path, line: str) -> None:
    text = PLAIN.replace("found.append(word.lower())", line)
    assert _marked_blocks(reached, tmp_path, text) == 4  # its branch and the loop around it, too


def test_an_error_is_told_with_the_line_that_raised_it(reached: ModuleType, tmp_path: Path) -> None:
    text = "def f(x):\n    if x:\n        y = 1\n        return y / 0\nf(1)\n"
    with pytest.raises(ZeroDivisionError) as caught:
        exec(
            compile(
                reached.marked(text.encode(), str(tmp_path / "main.py")),
                str(tmp_path / "main.py"),
                "exec",
                dont_inherit=True,
            ),
            {},
        )
    assert [entry.lineno + 1 for entry in caught.traceback[1:]] == [5, 4]


def test_every_file_of_the_project_and_of_the_standard_library_that_compiles_compiles_with_marks(
    reached: ModuleType,
) -> None:
    library = Path(ast.__file__).parent
    files = [*(ROOT / "grader").rglob("*.py"), *library.glob("[a-d]*.py"), *(library / "asyncio").glob("*.py")]
    for path in files:
        reached.Active.root = str(path.parent) + "/"
        assert compile(
            reached.marked(path.read_bytes(), str(path)), str(path), "exec", dont_inherit=True
        ).co_filename == str(path)
    assert len(files) > 200


@pytest.mark.parametrize("text", ["import numba\nif 0: print(1)\n", "if 0: pass\n" + "(" * 80 + "1" + ")" * 80 + "\n"])
def test_what_reads_its_own_code_and_what_is_nested_deep_run_as_they_are(
    reached: ModuleType, tmp_path: Path, text: str
) -> None:
    code = compile(
        reached.marked(text.replace("import numba", "'numba'").encode(), str(tmp_path / "main.py")),
        str(tmp_path / "main.py"),
        "exec",
        dont_inherit=True,
    )
    exec(code, {})


def test_files_that_are_not_the_work_s_have_no_marks(reached: ModuleType, tmp_path: Path) -> None:
    text = textwrap.dedent("if len('x') > 3:\n    print(1)\n")
    for path in ("/usr/lib/other.py", str(tmp_path / "venv" / "lib" / "site-packages" / "other.py")):
        assert (
            reached.NAME not in compile(reached.marked(text.encode(), path), path, "exec", dont_inherit=True).co_names
        )
    assert (
        reached.NAME
        in compile(
            reached.marked(text.encode(), str(tmp_path / "mine.py")),
            str(tmp_path / "mine.py"),
            "exec",
            dont_inherit=True,
        ).co_names
    )
