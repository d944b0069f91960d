"""What of an assignment candidates may not have, in forms that it can be found by."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment.consistency import FILE
from grader.assignment.tables import Table, parse_table, read_table
from grader.authoring.needles import Needles
from grader.authoring.output_truths import OutputTruth, output_truths
from grader.authoring.repeated import Row, features_of
from grader.authoring.unpacked import everything_in
from grader.errors import AssignmentError
from grader.model import Assignment
from grader.model.suites import IID, MESSY

PIECE = 200  # letters and digits of an example's code
LABEL_ROWS = 3
LABELS = 64
LEAST_CHANGES = 16  # among as many labels: fewer are a pattern that other columns show too
LEAST_FILE = 24  # bytes; shorter files are found everywhere
DIGITS = 3  # that a mark has at least, to be looked for among other numbers
SETTINGS = (".txt", ".toml", ".lock", ".cfg", ".yml", ".yaml")
Place = tuple[str, int]


@dataclass
class HiddenPart:
    """The hidden part: rows with their place (file, line), ids, digests of whole files, texts, the metric's marks,
    and what is right in further tables.

    `columns` are those of a row. `needles` finds everything that is a text, but for the rows.
    """

    id: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    digests: dict[str, str] = field(default_factory=dict)
    needles: Needles = field(default_factory=Needles)
    marks: dict[float, str] = field(default_factory=dict)
    truths: list[OutputTruth] = field(default_factory=list)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)  # by the file: label by id

    def is_row_of(self, table: Table) -> bool:
        """Say whether a table has all columns of a hidden row."""
        return bool(self.columns) and set(self.columns) <= set(table.columns)


def hidden_part(assignment: Assignment, public: Collection[str], let_pass: Collection[str] = ()) -> HiddenPart:
    """Return what may not be in the packet of `assignment`; `public` are the digests of its public data, which
    examples may hold too, `let_pass` those of hidden contents that may be published.

    Raises AssignmentError when a file of it cannot be read or looked into.
    """
    spec, hidden = assignment.data, assignment.root / "data" / "hidden"
    part = HiddenPart(spec.id, _columns(assignment))
    for path in _files(hidden):
        name = f"data/hidden/{path.relative_to(hidden).as_posix()}"
        _add_file(part, name, path.read_bytes(), let_pass=let_pass)
        if path.parent == hidden and path.name != assignment.stress.messy_file:
            _add_table(part, name, path.read_bytes(), assignment)
    _add_outputs(part, assignment)
    _add_settings(part, assignment)
    for path in _kept_back(assignment.root):
        name, data = path.relative_to(assignment.root).as_posix(), path.read_bytes()
        if hashlib.sha256(data).hexdigest() not in public:
            _add_file(part, name, data, PIECE)
            part.needles.add_pieces(data, f"a part of {name}", PIECE)
    return part


def _columns(assignment: Assignment) -> tuple[str, ...]:
    """Return the columns of a hidden row that tell something: neither its id nor where its picture or batch lies."""
    spec = assignment.data
    name = f"data/hidden/{spec.hidden_features}"
    places = {each.column for each in (spec.images, spec.batches) if each is not None}
    columns = read_table(assignment.root / name, name=name).columns
    return tuple(column for column in columns if column not in {spec.id, spec.target, *places})


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _kept_back(root: Path) -> Iterator[Path]:
    """Yield the author's code and the examples' files; lists of packages tell nothing."""
    for path in _files(root):
        in_examples = path.relative_to(root).parts[0] == "examples" and path.suffix not in SETTINGS
        if in_examples or (path.parent == root and path.suffix in (".py", ".ipynb")):
            yield path


def _add_file(
    part: HiddenPart, name: str, data: bytes, least: int = LEAST_FILE, let_pass: Collection[str] = ()
) -> None:
    """Add every content of a file; the first line may be a header that public tables have too."""
    for place, inner in everything_in(name, data):
        below = inner.partition(b"\n")[2]
        digest = hashlib.sha256(inner).hexdigest()
        if len(below) >= least and digest not in let_pass:
            part.digests[digest] = f"the file {place}"
            part.needles.add(below, f"the content of {place}", least)


def _add_table(part: HiddenPart, name: str, data: bytes, assignment: Assignment) -> None:
    """Add the rows of a hidden table, and its labels where it holds them."""
    spec = assignment.data
    try:
        table = parse_table(data, name=name)
    except AssignmentError:
        return
    if spec.id not in table.columns:
        return
    part.ids.update(table.column(spec.id))
    if part.columns and set(part.columns) <= set(table.columns):
        part.rows += features_of(table, part.columns)
        part.places += [(name, line) for line in range(2, len(table.rows) + 2)]
    if spec.target in table.columns:
        _add_labels(part, name, table, assignment)


def _add_labels(part: HiddenPart, name: str, table: Table, assignment: Assignment) -> None:
    labels = table.column(assignment.data.target)
    known = dict(zip(table.column(assignment.data.id), labels, strict=True))
    part.labels[name] = known
    _add_pairs(part, name, known.items())
    _add_sequence(part, name, labels)
    _add_sequence(part, name, [known[key] for key in sorted(known)])


def _add_sequence(part: HiddenPart, name: str, labels: Sequence[str]) -> None:
    """Add labels that stand one after another, so many at a time."""
    for start in range(0, len(labels) - LABELS + 1, LABELS):
        some = labels[start : start + LABELS]
        if sum(one != other for one, other in itertools.pairwise(some)) >= LEAST_CHANGES:
            part.needles.add(" ".join(some).encode(), f"labels of {name}")


def _add_pairs(part: HiddenPart, name: str, found: Iterable[tuple[str, str]]) -> None:
    """Add labels beside their keys, a few rows at a time: one pair alone is found by chance."""
    pairs = [f"{key} {label}" for key, label in found]
    for start in range(len(pairs) - LABEL_ROWS + 1):
        part.needles.add(" ".join(pairs[start : start + LABEL_ROWS]).encode(), f"labels of {name}")


def _add_outputs(part: HiddenPart, assignment: Assignment) -> None:
    """Add what is right in further tables; keys that are only listed are hidden ids, and found as such."""
    part.truths = output_truths(assignment)
    for truth in part.truths:
        _add_pairs(part, truth.place, truth.pairs.items())


def _add_settings(part: HiddenPart, assignment: Assignment) -> None:
    """Add the marks of every suite, the suites' laws and the order of the examples."""
    for suite in (IID, *(spec.name for spec in assignment.suites), MESSY):
        for key, mark in zip(("baseline", "reference"), assignment.marks(suite), strict=True):
            if len(f"{mark!r}".replace(".", "").strip("-0")) >= DIGITS:
                part.marks.setdefault(mark, f"the {key} of suite {suite} in {FILE}")
    laws = {spec.name: spec.law for spec in assignment.suites} | {spec.name: spec.law for spec in assignment.outputs}
    for name, law in laws.items():
        part.needles.add(law.encode(), f"the law of suite {name} in {FILE}")
    part.needles.add(" ".join(assignment.examples.order).encode(), f"examples.order in {FILE}")
