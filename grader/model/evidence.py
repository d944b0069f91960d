"""What the criteria may look at: facts with the places they were seen at, and nothing live."""

from __future__ import annotations

import re
from typing import Literal

from grader.model.absence import Absence
from grader.model.answers import ModelAnswers
from grader.model.base import Failure, Record, Span
from grader.model.figures import Claim, Figure, Ranking
from grader.model.hidden import HiddenResult, StressResult, TwinResult
from grader.model.own_tests import OwnTests
from grader.model.reached import UnreachedBlock
from grader.model.run import CellRun, FailedTry, RunResult
from grader.model.steps import ColumnUse, LearnedUse, SearchFact
from grader.model.submission import FileEntry, History, RunPlan
from grader.model.traces import TraceFacts

CallKind = Literal[
    "load",
    "split",
    "fit",
    "transform",
    "predict",
    "score",
    "cross_validate",
    "search",
    "impute",
    "encode",
    "resample",
    "plot",
    "explore",
    "save",
    "other",
]
_EXPORTED = re.compile(
    r"^# (?:In ?\[|%% \[(?:code|markdown)\]|Databricks notebook source$|COMMAND -{5,}$)", re.MULTILINE
)


class Source(Record):
    """One unit of code: a Python file, or one code cell. `error` is set where it does not parse."""

    path: str
    cell: int | None = None
    text: str
    lines: int
    error: str = ""
    error_line: int | None = None

    @property
    def was_notebook(self) -> bool:
        """Whether it is a notebook saved as a script, by the marks that are left between its cells."""
        return bool(_EXPORTED.search(self.text))


class Call(Record):
    """One call in the code. `name` has import aliases resolved ("sklearn.model_selection.train_test_split");
    a method's is "Class.method" of the receiver's inferred type, or ".method" where the type is unknown.

    `arguments` and `assigned` are the variable names read and written; `keywords` maps to source text,
    `positional` is the source text of the other arguments. `idle` is a call that does nothing for the work: given no
    data, made and put to no use, or computed and shown to nobody.
    """

    name: str
    kind: CallKind
    span: Span
    receiver: str = ""
    arguments: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    keywords: dict[str, str] = {}
    positional: tuple[str, ...] = ()
    function: str = ""
    order: int = 0
    idle: bool = False


class FunctionFact(Record):
    """One function or method definition, with its cyclomatic complexity (McCabe, 1976).

    `lines` are all from `def` on, `docstring_lines` those of them that describe it. `checked` are the imported names
    and the programs that a test's assertions rest on.
    """

    name: str
    span: Span
    lines: int
    docstring_lines: int = 0
    complexity: int
    documented: bool
    annotated: bool
    is_test: bool = False
    asserts: int = 0
    checked: tuple[str, ...] = ()


class DeadCode(Record):
    """Statements that no run can reach; `switched_off` where only the value of a name keeps them from running."""

    span: Span
    switched_off: bool = False


class NotebookFact(Record):
    """Shape of one notebook as it was handed in. `execution_counts` holds one entry a code cell that is not empty."""

    path: str
    code_cells: int
    markdown_cells: int
    markdown_words: int
    headings: tuple[Span, ...] = ()
    execution_counts: tuple[int | None, ...] = ()
    language: str = "python"


class Document(Record):
    """Prose of the submission: README files, and the markdown of each notebook. `text` is bounded. `cells` says
    on which line of it each markdown cell of a notebook begins: (1-based line, 0-based cell).
    """

    path: str
    kind: Literal["readme", "markdown", "dependencies", "configuration"]
    text: str
    words: int
    cells: tuple[tuple[int, int], ...] = ()


class LintFault(Record):
    """One fault that a lint rule found. `below` is where a name that was used too early is defined further down."""

    rule: str
    message: str
    span: Span
    below: Span | None = None


class Lint(Record):
    """What a fixed set of lint rules found in `paths`; in those of `unknown_names` an undefined name proves nothing."""

    paths: tuple[str, ...] = ()
    unknown_names: tuple[str, ...] = ()
    faults: tuple[LintFault, ...] = ()


LeakageKind = Literal["preprocessing", "overlap", "multi_test", "target", "temporal", "scored_on_training_data"]


class LeakageFact(Record):
    """One place where rows that are evaluated later were used before: its kind, the culprit and the evaluation.

    `in_training` where these rows are folds or a validation part of the training part: a test part was left alone;
    `settings` where it is a model's settings that were chosen by them.
    """

    kind: LeakageKind
    message: str
    spans: tuple[Span, ...]
    in_training: bool = False
    settings: bool = False


class FollowedFact(Record):
    """One result or fit that was followed from where its rows are loaded, so that leakage of `kind` would be seen."""

    kind: LeakageKind
    span: Span


SetApart = Literal["split", "file", "values", "place"]


class HeldOutFact(Record):
    """One result on rows that its model was surely not fitted on, and how they were set apart: by a `split`, as another
    `file`, by their `values` (`cut` is the condition) or by their `place` (`in_time`: in rows in the order of time).
    """

    span: Span
    by: SetApart
    cut: str = ""
    in_time: bool = False


class CodeFacts(Record):
    """Everything read from the submission without running it. `lint` is None where ruff could not be asked.

    Nothing but `functions`, `dead` and `lint` is read from statements that no run can reach. `uses` leads from a
    file or a function to what running it may run: "f" is a body, "f()" what it returns, "=x" what a variable holds.
    `copies` are the files whose code is another's and is not listed again, each with that one.
    `unread` are the places of its code that were not read, with the reason as their text; `spelled` the numbers that
    stand in its texts.
    """

    sources: tuple[Source, ...] = ()
    calls: tuple[Call, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    dead: tuple[DeadCode, ...] = ()
    uses: dict[str, tuple[str, ...]] = {}
    copies: dict[str, str] = {}
    notebooks: tuple[NotebookFact, ...] = ()
    documents: tuple[Document, ...] = ()
    imports: dict[str, Span] = {}
    lint: Lint | None = None
    leaks: tuple[LeakageFact, ...] = ()
    followed: tuple[FollowedFact, ...] = ()
    held_out: tuple[HeldOutFact, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    predicted: dict[str, tuple[str, ...]] = {}
    searches: tuple[SearchFact, ...] = ()
    learned: tuple[LearnedUse, ...] = ()
    claimed: tuple[Figure, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    spelled: tuple[str, ...] = ()
    unread: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str = ""


class Evidence(Record):
    """All that scoring may see; stored beside the report so that rescoring runs nothing.

    `observed` are the figures that the run printed, self-reported; `claims` what the work says, held against them.
    `track` is the assignment's, "" for a work without one; `left_out`, `lying_about`, `handed_out` and `history` the
    submission's.
    `twins` compares hidden rows with altered copies of them. `tests` is what became of the work's own tests, None where
    there were none or nothing was run. `unreached` are blocks of the code that the run did not come to, self-reported;
    `as_run` is what is read from the rest, None where that is all. `absent` is what ended the runs of a work without an
    assignment and is no failing of it.
    """

    files: tuple[FileEntry, ...] = ()
    left_out: tuple[str, ...] = ()
    lying_about: tuple[str, ...] = ()
    handed_out: tuple[str, ...] = ()
    history: History | None = None
    track: str = ""
    code: CodeFacts = CodeFacts()
    plan: RunPlan | None = None
    run: RunResult | None = None
    failure: Failure | None = None
    absent: tuple[Absence, ...] = ()
    tries: tuple[FailedTry, ...] = ()
    hidden: tuple[HiddenResult, ...] = ()
    twins: TwinResult | None = None
    stress: StressResult | None = None
    traces: TraceFacts | None = None
    tests: OwnTests | None = None
    unreached: tuple[UnreachedBlock, ...] = ()
    as_run: CodeFacts | None = None
    has_hidden_data: bool = False
    asked: ModelAnswers = ModelAnswers()
    modality: str = ""
    observed: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def cells(self) -> tuple[CellRun, ...]:
        """The executed cells, empty when nothing ran."""
        return self.run.cells if self.run else ()

    @property
    def started(self) -> tuple[str, ...]:
        """The files that are run, in their order; those of commands that name none are left out."""
        entries = self.plan.entry_points if self.plan else ()
        return tuple(entry.path for entry in entries if entry.path)

    @property
    def ran_through(self) -> frozenset[str]:
        """The notebooks whose cells were all run."""
        if self.run is None or not self.cells:
            return frozenset()
        if self.run.notebooks:
            return frozenset(book.path for book in self.run.notebooks if book.ended == "ok")
        return frozenset(self.started) if self.run.failure is None else frozenset()
