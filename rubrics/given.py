"""Where code refuses what it is given: errors raised and assertions made over parameters, requests and data read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from grader import Evidence, Span
from rubrics.code_text import line_span
from rubrics.live_code import logical_lines

NAME = re.compile(r"(?<![\w.])(?:self\.)?[A-Za-z_]\w*")
_REFUSAL = re.compile(
    r"^\s*(?:(?P<raised>raise)\s+(?!NotImplementedError|SystemExit|StopIteration|KeyboardInterrupt|AssertionError\(\)$)(?!HTTPException\(.*\b5\d\d\b)\w"
    r"|assert\s+(?!True\b|1\b|\"\"\s*$|(?P<same>[\w.]{1,80})\s*(?:is|==)\s*(?P=same)\s*$|len\([^()]{1,80}\)\s*>=\s*0\s*$))"
)
_NEVER = re.compile(r"^\s*(?:el)?if\s+len\([^()]{1,80}\)\s*<\s*0\s*:")  # a check that nothing can fail
_BLOCK = re.compile(r"^\s*(?:async\s+)?(if|elif|else|while|for|with|try|except|finally|def|class|match|case)\b(.*)")
_BINDING = re.compile(
    r"^\s*((?:self\.)?[A-Za-z_]\w*(?:, ?(?:self\.)?[A-Za-z_]\w*)*) ?(?::[^=]{1,80})?(?:[-+|&*/]|//)?=(?!=)(.*)"
)
_LOOP = re.compile(r"^\s*(?:async\s+)?for\s+(.+?)\s+in\s+(.*)")
_OPENED = re.compile(r"^\s*(?:async\s+)?with\s+(.*)\bas\s+(\w+)\s*:")
_PARAMETERS = re.compile(r"(?:^|[(,])\s*\*{0,2}([A-Za-z_]\w*)")
# Data that comes from outside, whatever function of whatever library brings it, and whether it is there at all.
_COMES_IN = re.compile(
    r"(?i)\brequest\b|\bsys\.argv\b|\bos\.environ\b|\bgetenv\b|\binput\("
    r"|\b\w*(?:read|load|open|fetch|download|parse|query|listdir|glob|requests\.get)\w*\("
    r"|\b(?:exists|isfile|isdir|is_file|is_dir)\("
)
_SCHEMA = re.compile(r"^\s*class\s+(\w+)\s*\(.*\b(?:BaseModel|DataFrameModel|SchemaModel)\b")
_FILLED = re.compile(
    r"\b([A-Z]\w*)(?:\(\s*\*\*|\.(?:model_validate|model_validate_json|parse_obj|parse_raw|parse_file|validate)\()"
)
_DESCRIBED = re.compile(r"\bresponse_model\s*=\s*([\w.\[\], |]{1,100})")
ROUTE = re.compile(r"@\w[\w.]*\.(?:route|get|post|put|patch|api_route|websocket)\(")
_HEADS = ("def ", "async def ")
_MOST = 400


def refusing_errors(evidence: Evidence) -> Iterator[Span]:
    """Yield the raise and assert statements of reached code whose condition looks at what the code is given."""
    lines = logical_lines(evidence)
    refusing = {source.path for source, _, _, text in lines if _REFUSAL.match(text[:_MOST])}
    reader, path = Reader(), None
    for source, number, _, text in lines:
        if source.path not in refusing:
            continue
        if source.path != path:  # the cells of a notebook share their names
            reader, path = Reader(), source.path
        reader.take(text[:_MOST])
        refusal = _REFUSAL.match(text[:_MOST])
        if refusal and (reader.is_checked or (refusal["raised"] and reader.comes_after_a_check)):
            yield line_span(source, number)


def schemas_read(evidence: Evidence) -> Iterator[Span]:
    """Yield the schemas that what comes in is read by: parameters are declared by them, or they are filled from it.

    One that only describes an answer checks no input.
    """
    lines = logical_lines(evidence)
    texts = [text[:_MOST].strip() for _, _, _, text in lines]
    declared = {name for text in texts if text.startswith(_HEADS) for name in re.findall(r"\w+", text.split("->")[0])}
    filled = {name for text in texts for name in _FILLED.findall(text)}
    handlers = [text for before, text in pairwise(texts) if ROUTE.match(before)]
    said = [*(_DESCRIBED.findall(text) for text in texts), *(text.split("->")[1:] for text in handlers)]
    answers = {name for parts in said for part in parts for name in re.findall(r"\w+", part)}
    read = declared | (filled - answers)
    for source, number, _, text in lines:
        schema = _SCHEMA.match(text[:_MOST])
        if schema and schema[1] in read:
            yield line_span(source, number)


def parameters(signature: str) -> set[str]:
    """Return the names that the signature of a function declares, without `self` and `cls`."""
    declared = re.split(r"\)\s*(?:->|:)", signature.partition("(")[2])[0]
    return set(_PARAMETERS.findall("(" + declared)) - {"self", "cls"}


@dataclass
class Block:
    """One indented block: how deep its head stands, and whether what it holds depends on what was given."""

    depth: int
    keyword: str
    checks: bool = False
    names: set[str] = field(default_factory=set)  # of a function: what it is given, and what is made of that
    touched: bool = False  # whether it does anything with what was given
    looked: bool = False  # whether a condition, loop or try among its own lines looked at what was given


class Reader:
    """Follows lines in their order, and keeps which names hold what was given, function by function.

    `comes_in` is how what comes from outside is written, beside the parameters of functions and the names `given`.
    """

    def __init__(self, comes_in: re.Pattern[str] = _COMES_IN, given: Iterable[str] = ()) -> None:
        self._comes_in = comes_in
        self._open = [Block(-1, "module", names=set(given))]
        self._closed: dict[int, Block] = {}
        self._given = False

    def take(self, line: str) -> None:
        """Take in the next line."""
        depth = len(line) - len(line.lstrip())
        while len(self._open) > 1 and self._open[-1].depth >= depth:
            block = self._open.pop()
            self._closed[block.depth] = block
            self._open[-1].looked |= block.touched and block.keyword in ("for", "while", "try")
        self._given = self._is_given(line)
        for block in self._open:
            block.touched |= self._given
        head = _BLOCK.match(line)
        if head and line.rstrip().endswith(":"):
            self._enter(head[1], line, depth)
        for names, value in _bound(line):
            self._bind(names, self._is_given(value))

    @property
    def is_checked(self) -> bool:
        """Whether the line taken last looks at what was given, or stands under a look at it."""
        return self._given or self.check is not None

    @property
    def comes_after_a_check(self) -> bool:
        """Whether lines before it in the same block look at what was given: what is left over ends here."""
        return self._open[-1].looked

    @property
    def check(self) -> Block | None:
        """The innermost block around the line taken last, within its function, that depends on what was given."""
        for block in reversed(self._open):
            if block.checks:
                return block
            if block.keyword in ("def", "class"):
                return None
        return None

    def _enter(self, keyword: str, line: str, depth: int) -> None:
        block = Block(depth, keyword)
        if keyword in ("if", "elif", "while", "match", "case"):
            block.checks = self._given and not _NEVER.match(line)
            self._open[-1].looked |= block.checks
        before = self._closed.get(depth)
        if before and keyword in ("elif", "else", "case"):
            block.checks |= before.checks
        elif before and keyword == "except":
            block.checks = block.touched = before.touched
        elif keyword == "def":
            block.names = parameters(line)
        self._open.append(block)

    def _bind(self, names: set[str], given: bool) -> None:
        for name in names:
            known = self._owner(name).names
            (known.add if given else known.discard)(name)

    def _owner(self, name: str) -> Block:
        """Return the block that a name belongs to: an object's to its class, another to its function."""
        kind = "class" if name.startswith("self.") else "def"
        return next((block for block in reversed(self._open) if block.keyword == kind), self._open[0])

    def _is_given(self, text: str) -> bool:
        words = set(NAME.findall(text))
        return bool(self._comes_in.search(text)) or any(words & block.names for block in self._open)


def _bound(line: str) -> Iterator[tuple[set[str], str]]:
    """Yield the names that a line binds, with the text that they are bound to."""
    if loop := _LOOP.match(line):
        yield set(NAME.findall(loop[1])), loop[2]
    elif opened := _OPENED.match(line):
        yield {opened[2]}, opened[1]
    elif bound := _BINDING.match(line):
        yield set(NAME.findall(bound[1])), bound[2]
