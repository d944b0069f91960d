"""The same work written in another way is judged the same: names, cells, functions, comments, order of imports."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from leak_excerpts import cells_of, kinds_in, pairs

Paraphrase = Callable[[str], list[str]]


class _Renamed(ast.NodeTransformer):
    """Gives every name that the work assigns or imports another one."""

    def __init__(self, tree: ast.Module) -> None:
        assigned = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        names = dict.fromkeys([*assigned, *(arg.arg for arg in ast.walk(tree) if isinstance(arg, ast.arg))])
        self.new = {name: f"thing_{number}" for number, name in enumerate(names) if name not in dir(builtins)}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.new.get(node.id, node.id), node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.copy_location(ast.arg(self.new.get(node.arg, node.arg)), node)


def renamed(code: str) -> list[str]:
    tree = ast.parse(code)
    return [ast.unparse(_Renamed(tree).visit(tree))]


def a_cell_each(code: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(code).body]


def in_a_function(code: str) -> list[str]:
    return ["def main():\n" + textwrap.indent(code, "    ") + "\n\nif __name__ == '__main__':\n    main()\n"]


def in_a_function_nobody_calls(code: str) -> list[str]:
    return ["def work():\n" + textwrap.indent(code, "    ") + "\n"]


def in_a_class(code: str) -> list[str]:
    body = textwrap.indent(code, "        ")
    return [
        f"class Work:\n    def __init__(self):\n        self.done = False\n    def run(self):\n{body}\n",
        "Work().run()",
    ]


def commented(code: str) -> list[str]:
    return ["\n".join(f"# StandardScaler fitted before train_test_split?\n{line}" for line in _statements(code))]


def imports_first(code: str) -> list[str]:
    body = ast.parse(code).body
    first = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [ast.unparse(node) for node in (*first, *(node for node in body if node not in first))]


def between_other_code(code: str) -> list[str]:
    other = "total = 0\nfor number in range(3):\n    total += number\nprint(total)\n"
    return [part for node in ast.parse(code).body for part in (other, ast.unparse(node))]


def under_a_try(code: str) -> list[str]:
    return ["try:\n" + textwrap.indent(code, "    ") + "\nexcept FileNotFoundError:\n    print('no data')\n"]


def _statements(code: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(code).body]


PARAPHRASES = [
    renamed,
    a_cell_each,
    in_a_function,
    in_a_function_nobody_calls,
    in_a_class,
    commented,
    imports_first,
    between_other_code,
    under_a_try,
]


@pytest.mark.parametrize("paraphrase", PARAPHRASES, ids=lambda paraphrase: paraphrase.__name__)
@pytest.mark.parametrize(("kinds", "leaky", "harmless"), pairs())
def test_a_paraphrase_changes_no_verdict(
    tmp_path: Path, kinds: set[str], leaky: str, harmless: str, paraphrase: Paraphrase
) -> None:
    assert kinds_in(tmp_path, paraphrase("\n".join(cells_of(leaky)))) == kinds
    assert kinds_in(tmp_path, paraphrase("\n".join(cells_of(harmless)))) == set()
