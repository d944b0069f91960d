"""Notes which blocks of the work's own code a run comes to: a mark is set at the start of each.

The marks are a file of bytes that all processes of the run share; each block is told once, with its mark's place. The
work sees no difference but a name among the built-in ones. Code that uses Numba is left as it is, which reads it. In
functions and loops, blocks that only reckon or work on texts are not marked: a mark would take as long as they do.
"""

from __future__ import annotations

import ast
import builtins
import ctypes
import importlib.machinery
import json
import mmap
import os
import zlib
from types import ModuleType
from typing import Any

from tracing.place import is_own

SHELL = "IPython.core.interactiveshell"
NAME = "__reached__"
MARKS, BLOCKS = ".reached", ".blocks.jsonl"
SIZE = 1 << 18  # two blocks that share a mark are both taken for reached
MOST_BLOCKS = 5000
NUMBA = b"numba"
_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ALTERNATIVES = (*_LOOPS, ast.If)
_NOT_PLAIN = (*_SCOPES, ast.Import, ast.ImportFrom, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Raise)
# calls that take less time than a mark, or not much more, and by which nothing is done that a criterion asks for
_PLAIN_CALLS = {
    "len", "range", "int", "float", "str", "bool", "abs", "ord", "chr", "enumerate", "zip", "isinstance", "tuple",
    "list", "set", "dict",
}  # fmt: skip
_PLAIN_METHODS = {
    "append", "extend", "add", "pop", "get", "items", "keys", "values", "lower", "upper", "strip", "lstrip", "rstrip",
    "split", "join", "startswith", "endswith", "isdigit", "isalpha", "isalnum", "isspace",
}  # fmt: skip


class Active:
    """What is noted in this process: below which folder, "" while nothing is; where to, once there is something; and
    whether blocks are told, and how many more.
    """

    root = folder = ""
    tells = has_marks = False
    left = MOST_BLOCKS


def let_pass() -> None:
    """Let code that has marks, such as what was pickled by its value, run where nothing is noted."""
    vars(builtins).setdefault(NAME, {})


def start(root: str, *, tells: bool) -> None:
    """Mark from now on the blocks of files below `root` that are loaded; a process that the work starts tells none."""
    let_pass()
    Active.root, Active.folder, Active.tells = root + "/", os.environ["OUTPUT_DIR"], tells
    if not tells and os.path.exists(os.path.join(Active.folder, MARKS)):  # noqa: PTH110, PTH118 - imports are paid for
        _share_marks()  # a function that it is sent may have some
    importlib.machinery.SourceFileLoader.source_to_code = _source_to_code  # type: ignore[method-assign,assignment]


def patch_shell(module: ModuleType) -> None:
    """Let a notebook's cells be marked as well."""
    shell: Any = vars(module)["InteractiveShell"]
    transform = shell.transform_ast

    def transform_ast(self: Any, node: ast.Module) -> ast.Module:
        made: ast.Module = transform(self, node)
        if Active.root and "numba" not in self.user_ns:
            # its own count is one ahead by now
            _mark_or_leave(made, {"cell": max(self.compile._filename_map.values(), default=0)})
        return made

    shell.transform_ast = transform_ast


def marked(data: bytes, path: str) -> ast.Module | bytes:
    """Return the source of a file to be compiled, with marks where it is the work's own and can be parsed."""
    if not Active.root or not is_own(path, Active.root) or NUMBA in data:
        return data
    try:
        tree = ast.parse(data, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return data  # whoever compiles it will say so
    return tree if _mark_or_leave(tree, {"file": path[len(Active.root) :]}) else data


def _source_to_code(_loader: Any, data: Any, path: Any, *, _optimize: int = -1) -> Any:
    source = marked(data, os.fsdecode(path)) if isinstance(data, bytes) else data
    removed: Any = importlib._bootstrap._call_with_frames_removed  # type: ignore[attr-defined]
    return removed(compile, source, path, "exec", dont_inherit=True, optimize=_optimize)


# so that a module that does not compile is told as ever, without the frames of the import system
_source_to_code.__code__ = _source_to_code.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")


def _marks(path: str) -> Any:
    """Return the file's bytes as shared memory. Python's own mmap keeps a descriptor open."""
    library = ctypes.CDLL(None, use_errno=True)
    library.mmap.restype = ctypes.c_void_p
    library.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.ftruncate(descriptor, SIZE)
        address = library.mmap(None, SIZE, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, descriptor, 0)
    finally:
        os.close(descriptor)
    if address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "the marks cannot be shared")
    return (ctypes.c_ubyte * SIZE).from_address(address)


def _mark_or_leave(tree: ast.Module, place: dict[str, Any]) -> bool:
    """Set marks in a tree and tell its blocks; False where that fails, and the tree cannot be used any more."""
    try:
        marking = _Marking(place)
        tree.body = marking.block(tree.body, first=False)
        ast.fix_missing_locations(tree)
    except RecursionError:
        return False
    if marking.told:
        _tell(marking.told)
    return True


def _share_marks() -> None:
    setattr(builtins, NAME, _marks(os.path.join(Active.folder, MARKS)))  # noqa: PTH118
    Active.has_marks = True


def _tell(blocks: list[dict[str, Any]]) -> None:
    if not Active.has_marks:
        _share_marks()
    if Active.tells and Active.left > 0:
        told = blocks[: Active.left]
        Active.left -= len(told)
        with open(os.path.join(Active.folder, BLOCKS), "a", encoding="utf-8") as file:  # noqa: PTH118, PTH123
            file.write("".join(json.dumps(block, separators=(",", ":")) + "\n" for block in told))


class _Marking(ast.NodeTransformer):
    """Sets the marks in one file or cell."""

    def __init__(self, place: dict[str, Any]) -> None:
        self.place, self.told = place, list[dict[str, Any]]()
        self.is_repeated = False  # whether what is visited may run many times for one mark of what is around it

    def block(
        self, body: list[ast.stmt], of: ast.AST | None = None, *, first: bool = True, careful: bool = False
    ) -> list[ast.stmt]:
        """Return the statements with a mark before the first, and wherever a run may have left before it.

        `of` is the function or the loop whose body they are; `careful` where an error in one of them may be caught, and
        the rest left out.
        """
        outside = self.is_repeated
        self.is_repeated = outside or of is not None
        leaves_plain = outside and not isinstance(of, _SCOPES)
        leaves = {node: careful or _may_leave(node) for node in body}
        made: list[ast.stmt] = []
        wants_mark = first
        for position, node in enumerate(body):
            if wants_mark and not _is_fixed(node, position):
                end = next((end for end in range(position, len(body)) if leaves[body[end]]), len(body) - 1)
                if not (leaves_plain and all(map(_is_plain, body[position : end + 1]))):
                    made.append(self._mark(node, body[end]))
                wants_mark = False
            made.append(self.visit(node))
            wants_mark = wants_mark or leaves[node]
        self.is_repeated = outside
        return made

    def _mark(self, node: ast.stmt, last: ast.stmt) -> ast.stmt:
        number = self._told(node, last)
        name = ast.Name(NAME, ast.Load())
        target = ast.Subscript(name, ast.Constant(number), ast.Store())
        return ast.copy_location(ast.Assign([target], ast.Constant(1)), node)

    def _told(self, node: Any, last: Any) -> int:
        where = [node.lineno, node.col_offset, last.end_lineno, last.end_col_offset]
        number = zlib.crc32(repr((sorted(self.place.items()), where)).encode()) % SIZE
        self.told.append({**self.place, "at": where, "mark": number})
        return number

    def visit(self, node: ast.AST) -> Any:
        """Mark what lies in the node: its blocks, and what it may leave out of an expression."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = self.block(node.body, node)
        elif isinstance(node, ast.ClassDef):
            node.body = self.block(node.body, first=False)
        elif isinstance(node, _ALTERNATIVES):
            self._expressions(node)
            node.body = self.block(node.body, node if isinstance(node, _LOOPS) else None)
            node.orelse = self.block(node.orelse)
        elif isinstance(node, ast.Try | ast.TryStar):
            node.body = self.block(node.body, first=False, careful=True)
            for handler in node.handlers:
                handler.body = self.block(handler.body)
            node.orelse = self.block(node.orelse)
            node.finalbody = self.block(node.finalbody, first=False)
        elif isinstance(node, ast.With | ast.AsyncWith):
            node.body = self.block(node.body, first=False, careful=True)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                case.body = self.block(case.body)
        else:
            return self._expression(node)
        return node

    def _expressions(self, node: ast.AST) -> None:
        for name in ("test", "iter"):
            if hasattr(node, name):
                setattr(node, name, self._expression(getattr(node, name)))

    def _expression(self, node: ast.AST) -> ast.AST:
        """Return an expression, or a statement of one, with marks on what is only worked out in some cases."""
        if isinstance(node, ast.JoinedStr):
            return node  # where its parts stand is not told rightly before Python 3.12
        self.generic_visit(node)
        if isinstance(node, ast.IfExp):
            node.body, node.orelse = self._marked(node.body), self._marked(node.orelse)
        elif isinstance(node, ast.BoolOp):
            node.values[1:] = [self._marked(value) for value in node.values[1:]]
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            node.elt = self._marked(node.elt)
        elif isinstance(node, ast.DictComp):
            node.value = self._marked(node.value)
        elif isinstance(node, ast.Lambda):
            node.body = self._marked(node.body)
        return node

    def _marked(self, node: ast.expr) -> ast.expr:
        if _is_plain(node):
            return node
        setter = ast.Attribute(ast.Name(NAME, ast.Load()), "__setitem__", ast.Load())
        mark = ast.Call(setter, [ast.Constant(self._told(node, node)), ast.Constant(1)], [])
        made = ast.Subscript(ast.Tuple([mark, node], ast.Load()), ast.Constant(1), ast.Load())
        return ast.copy_location(made, node)


def _is_fixed(node: ast.stmt, position: int) -> bool:
    """Tell whether nothing may stand before a statement: what a function is documented by, and what it declares."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return (is_text and position == 0) or isinstance(node, ast.Global | ast.Nonlocal)


def _is_plain(node: ast.AST) -> bool:
    """Tell whether nothing is done in a node that a criterion would ask for: only reckoning, and work on texts."""
    return all(map(_is_plain_part, ast.walk(node)))


def _is_plain_part(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        named = node.func
        if isinstance(named, ast.Name):
            return named.id in _PLAIN_CALLS
        # of a text it is given none, or the text itself; of a splitter, the rows
        is_splitter = isinstance(named, ast.Attribute) and named.attr == "split"
        texts_only = all(isinstance(argument, ast.Constant) for argument in node.args)
        return isinstance(named, ast.Attribute) and named.attr in _PLAIN_METHODS and (texts_only or not is_splitter)
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) or isinstance(node.value, ast.Name)  # not df.loc[...] = ...
    return not isinstance(node, _NOT_PLAIN)


def _may_leave(node: ast.AST) -> bool:
    """Tell whether a run may leave the block at this statement by more than an error."""
    if isinstance(node, _SCOPES):
        return False
    return isinstance(node, _JUMPS) or any(map(_may_leave, ast.iter_child_nodes(node)))
