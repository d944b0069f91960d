"""What only a newer Python parses is read all the same; what none parses stays a fault."""

from __future__ import annotations

import ast

import pytest

from grader.evidence.parsing import parse_unit

WITH_A_FORMAT = 'print(f"{r["p"]:.2f}")'
NESTED = 'x = f"{", ".join(f"{k}={v["a"]!r:>{w["q"]}}" for k, v in d.items())} tail"'
OVER_LINES = 'f"{\n  a["b"]  # a remark }\n}" "more {x}"\nfit(1)'


def names(code: str) -> list[tuple[str, int]]:
    """Return the names that the tree of `code` loads, with their lines."""
    unit = parse_unit("a.py", code)
    assert unit.source.error == ""
    assert unit.code == code
    ast.unparse(unit.tree)
    return [(node.id, node.lineno) for node in ast.walk(unit.tree) if isinstance(node, ast.Name)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (WITH_A_FORMAT, {("r", 1)}),
        (NESTED, {("k", 1), ("v", 1), ("w", 1), ("d", 1)}),
        (OVER_LINES, {("a", 2), ("fit", 4)}),
        ("f\"{'\\n'.join(rows)}\"\nfit(1)", {("rows", 1), ("fit", 2)}),
        ("rf'\\d{d['a']}{{x}}'", {("d", 1)}),
        ('f"{row["a"] = }"', {("row", 1)}),
        ('f"""{a["x"]}\n{"""b"""}\n"""\nfit(1)', {("a", 1), ("fit", 4)}),
        ('f"{d["\\\\"]}{b["c"]}"', {("d", 1), ("b", 1)}),
        ('a = t"{name}"', {("name", 1)}),
        ("try:\n    fit(1)\nexcept ValueError, json.JSONDecodeError:\n    stop()", {("ValueError", 3), ("stop", 4)}),
        ("type Rows[T] = list[T]\nfit(1)", {("list", 1), ("fit", 2)}),
        ("def f[T: (int, str)](x: T) -> T:\n    return x\nfit(1)", {("x", 2), ("fit", 3)}),
        ("class A[\n    T,\n](Base):\n    pass\nfit(1)", {("Base", 3), ("fit", 5)}),
    ],
)
def test_what_newer_code_uses_is_read_at_its_line(code: str, found: set[tuple[str, int]]) -> None:
    assert found <= set(names(code))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('f"{a b}"', 1),
        (WITH_A_FORMAT + "\nfit(", 2),
        ("try:\n    pass\nexcept ValueError, error:\n    pass", 3),  # Python 2
        ("type = 1\ntype Rows", 2),
        ("def f[T](x:\n    pass", 1),
    ],
)
def test_what_no_python_parses_stays_a_fault(code: str, line: int) -> None:
    source = parse_unit("a.py", code).source
    assert source.error
    assert source.error_line == line


def test_beside_a_fault_the_newer_code_is_read() -> None:
    tree = parse_unit("a.py", f'{WITH_A_FORMAT}\nprint "of Python 2"\nfit(1)').tree
    assert {"r", "fit"} <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_words_that_only_look_newer_are_left_as_they_are() -> None:
    code = "type (x)\nprint('def f[T](x)')  # except A, B:\nrows = f'{a}' '{b[\"c\"]}'\n"
    assert ast.dump(parse_unit("a.py", code).tree) == ast.dump(ast.parse(code))


@pytest.mark.parametrize(
    "code", ['f"{' * 20_000, "class A[" * 50_000, 'x = f"' + '{a["b"]}' * 20_000 + '"', "f'''{'''" * 9_000]
)
def test_hostile_text_is_given_up_in_time(code: str) -> None:
    parse_unit("a.py", code)
