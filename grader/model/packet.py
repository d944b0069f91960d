"""What candidates are told of an assignment in a form that programs read, and what packing it came to.

Every field is named here on purpose: a key that is new in assignment.toml stays with the author until it is named here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from grader.model.assignment import Assignment, ContractSpec, NamedMetric
from grader.model.base import ColumnName, FileName, Record
from grader.model.environment import EnvironmentKind
from grader.model.submission import Limits

PACKET_FILE = "takehome-assignment.json"  # at the root of every packet, and nowhere else


class PublicData(Record):
    """The tables candidates have, by their names inside data/; `folders` hold pictures, or a stream's sample batches.

    `test` holds the ids that a prediction is due for; `input` is what the work is given to predict for.
    """

    train: FileName
    test: FileName
    input: FileName
    sample: FileName | None = None
    id: ColumnName
    target: ColumnName
    classes: tuple[str, ...] = ()
    other: tuple[FileName, ...] = ()
    folders: tuple[FileName, ...] = ()


class PublicOutput(Record):
    """A further table that the work writes: the file, its key, and the other column where one is read."""

    file: FileName
    key: ColumnName
    column: ColumnName | None = None


class PublicAssignment(Record):
    """An assignment as its packet tells it: contract, names and limits, and nothing of the hidden part.

    `predictions` says what a prediction is: a number, or the name of one of the classes.
    `handed_out` are the packet's other files with their SHA-256: left as they came, they are no part of a work.
    `root` is the folder that holds data/ as candidates have it; it is left out of JSON.
    """

    schema_version: Literal["1.0"] = "1.0"
    slug: str
    version: str
    title: str
    time_budget_hours: float
    environment: EnvironmentKind = "fixed"
    data: PublicData
    contract: ContractSpec
    metric: NamedMetric
    predictions: Literal["number", "class"] = "number"
    outputs: tuple[PublicOutput, ...] = ()
    limits: Limits
    handed_out: dict[str, str] = {}
    root: Path = Field(default=Path(), exclude=True)

    @classmethod
    def of(cls, assignment: Assignment, folders: tuple[str, ...], handed_out: dict[str, str]) -> Self:
        """Return what `assignment` tells candidates; `folders` below data/ hold its pictures."""
        spec, metric = assignment.data, assignment.metric
        names = {name: getattr(spec, name) for name in PublicData.model_fields if name != "folders"}
        outputs = [PublicOutput(file=each.file, key=each.key, column=each.column) for each in assignment.outputs]
        return cls(
            slug=assignment.slug,
            version=assignment.version,
            title=assignment.title,
            time_budget_hours=assignment.time_budget_hours,
            environment=assignment.environment,
            data=PublicData(**names, folders=folders),
            contract=assignment.contract,
            predictions="class" if metric.names_classes else "number",
            metric=NamedMetric(name=metric.name),
            outputs=tuple(dict.fromkeys(outputs)),
            limits=assignment.limits,
            handed_out=handed_out,
        )


AnyAssignment = Assignment | PublicAssignment  # what a work can be run for


class PackedFile(Record):
    """A file of a packet: its name, size and SHA-256."""

    name: str
    bytes: int
    sha256: str


class Packed(Record):
    """A packet that was made: the `archives` that were written, the `files` in each of them, and how many contents were
    searched for the hidden part, those inside archives and git objects too; `unread` are those that were not looked
    into, which the author accepts; `let_pass` says which hidden rows equal training rows, where they are few.
    """

    slug: str
    version: str
    archives: tuple[PackedFile, ...]
    files: tuple[PackedFile, ...]
    searched: int
    unread: tuple[str, ...] = ()
    let_pass: str = ""
