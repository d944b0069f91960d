"""An assignment as its folder describes it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, FiniteFloat, StringConstraints, model_validator

from grader.model.authoring import CheckSpec, ExamplesSpec, SplitSpec
from grader.model.base import ColumnName, FileName, Record, Weight
from grader.model.environment import EnvironmentKind
from grader.model.marks import OwnMarks
from grader.model.rounds import RoundsSpec, check_cutoffs
from grader.model.rubric import RubricSpec
from grader.model.served import BatchesSpec, MeasureSpec, OutputSpec
from grader.model.submission import Limits
from grader.model.suites import IID, MESSY, SliceSpec, SuiteSpec, TwinSpec
from grader.model.weights import TRACKS, Track, Weights, shares_of

Accepts = Literal["predictions", "command", "predict", "pipeline"]
MetricName = Literal["roc_auc", "average_precision", "accuracy", "f1", "multiclass_accuracy", "rmse", "mae", "mase"]
MessyKind = Literal["missing", "unseen_category", "wrong_type", "out_of_range", "duplicate", "blank"]
PictureKind = Literal["colour", "alpha", "palette", "enlarged", "negative", "empty_picture"]
StressKind = Literal[MessyKind, PictureKind]
MESSY_KINDS: tuple[MessyKind, ...] = get_args(MessyKind)
PICTURE_KINDS: tuple[PictureKind, ...] = get_args(PictureKind)
TWO_CLASSES: frozenset[MetricName] = frozenset({"roc_auc", "average_precision", "accuracy", "f1"})
ERRORS: frozenset[MetricName] = frozenset({"rmse", "mae", "mase"})


class ImagesSpec(Record):
    """Pictures that rows name: `archive` lies in data/public and in data/hidden, `column` holds the members' names."""

    archive: Annotated[FileName, StringConstraints(pattern=r"\.zip$")] = "images.zip"
    column: ColumnName


class DataSpec(Record):
    """The tables of an assignment: file names inside data/public and data/hidden, and the key columns.

    At grading `data/` holds `train` as published, and the hidden features under the name of `test`, with their pictures
    as files; with `batches` they come as one file a batch, and `test` is a public table of the sample rows that a
    prediction is due for.
    """

    train: FileName = "train.csv"
    test: FileName = "test.csv"
    sample: FileName | None = None
    hidden_features: FileName = "features.csv"
    hidden_labels: FileName = "labels.csv"
    id: ColumnName
    target: ColumnName
    classes: tuple[str, ...] = ()
    other: tuple[FileName, ...] = ()
    images: ImagesSpec | None = None
    batches: BatchesSpec | None = None

    @property
    def input(self) -> str:
        """What the work predicts for, as a name inside data/: the test file, or the folder of the batches."""
        return self.batches.folder if self.batches else self.test

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if self.batches and self.sample:
            raise ValueError("a stream of batches has no sample submission: put what is right for it into other")
        public = [self.train, self.test, *([self.sample] if self.sample else []), *self.other]
        if len(set(public)) != len(public):
            raise ValueError("train, test, sample and other must be different files")
        if self.id == self.target:
            raise ValueError("id and target must be different columns")
        if self.images and self.images.column in (self.id, self.target):
            raise ValueError("images.column must be another column than id and target")
        if self.images and self.batches:
            raise ValueError("images and batches exclude each other")
        if self.images and self.images.archive in public:
            raise ValueError("images.archive must be another file than the tables and other")
        return self


class ContractSpec(Record):
    """What the work must offer. `accepts` is tried in order before entry points are looked for by name.

    `command` may hold {input} and {output}; `function` and `pipeline` name what must be importable. With `partial` rows
    may go without a prediction: `fill` is then taken for them.
    """

    accepts: tuple[Accepts, ...] = Field(default=("predictions",), min_length=1)
    command: str = "python predict.py --input {input} --output {output}"
    function: str = "predict"
    pipeline: str = "get_pipeline"
    prediction_column: ColumnName = "prediction"
    minimum: FiniteFloat | None = None
    maximum: FiniteFloat | None = None
    partial: bool = False
    fill: FiniteFloat | None = None

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        if self.partial != (self.fill is not None):
            raise ValueError("partial and fill need each other: fill is taken for a row without a prediction")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise ValueError("minimum must lie below maximum")
        if "command" in self.accepts and not ("{input}" in self.command and "{output}" in self.command):
            raise ValueError("command must hold {input} and {output}")
        try:
            shlex.split(self.command)
        except ValueError as error:
            raise ValueError(f"command cannot be split into words: {error}") from error
        if not (self.function.isidentifier() and self.pipeline.isidentifier()):
            raise ValueError("function and pipeline must be names of Python functions")
        return self


class NamedMetric(Record):
    """A metric by its name, and what follows from that."""

    name: MetricName

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger value is the better one."""
        return self.name not in ERRORS

    @property
    def is_classification(self) -> bool:
        """Whether labels are classes."""
        return self.has_two_classes or self.names_classes

    @property
    def has_two_classes(self) -> bool:
        """Whether labels are one of two classes, and predictions numbers that speak for the second."""
        return self.name in TWO_CLASSES

    @property
    def names_classes(self) -> bool:
        """Whether predictions are names of classes, and not numbers."""
        return self.name == "multiclass_accuracy"


class MetricSpec(NamedMetric):
    """The hidden metric with the two marks that normalise it: `baseline` is 0, `reference` is 1.

    `weight` is that of the first suite, "iid", within the part of unseen data. `scale`, of mase alone, is the mean
    absolute error of the seasonal-naive forecast within the public training part.
    """

    baseline: FiniteFloat
    reference: FiniteFloat
    weight: Weight = 1
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        if self.name == "mase" and self.scale is None:
            raise ValueError("mase needs scale: the seasonal-naive forecast's mean absolute error in the public part")
        if self.name != "mase" and self.scale is not None:
            raise ValueError(f"scale is for mase alone: {self.name} has none")
        return self


class StressSpec(OwnMarks):
    """The stress run: a second run on the hidden rows under other ids and in another order, with messy rows among them.

    `messy_rows` are made by the laws of grader/assignment/messy.py and messy_pictures.py, of `kinds` in turn;
    `messy_file` (below data/hidden) holds an author's own instead. `baseline` and `reference` are marks of the messy
    rows, which are shown without a normalised value where they have none.
    """

    repeat: bool = False
    messy_rows: Annotated[int, Field(ge=0, le=100_000)] = 0
    kinds: tuple[StressKind, ...] = Field(default=MESSY_KINDS, min_length=1)
    messy_file: FileName | None = None

    @model_validator(mode="after")
    def _fits_itself(self) -> Self:
        if (self.messy_rows or self.messy_file) and not self.repeat:
            raise ValueError("messy rows need repeat = true: they go into the second run")
        if self.messy_rows and self.messy_file:
            raise ValueError("messy_rows and messy_file exclude each other")
        if self.marks and not (self.messy_rows or self.messy_file):
            raise ValueError("baseline and reference are marks of messy rows, and there are none")
        return self


class Assignment(Record):
    """One assignment, read and validated. `digest` covers assignment.toml and the public data,
    `data_digest` the hidden data; `root` is left out of JSON.
    """

    slug: str
    version: str
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    brief: str
    track: Track = "hybrid"
    modality: Literal["tabular", "text", "time-series", "image"] = "tabular"
    time_budget_hours: Annotated[float, Field(gt=0, le=1000)]
    digest: str
    data_digest: str
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 20260101
    environment: EnvironmentKind = "fixed"
    data: DataSpec
    contract: ContractSpec = ContractSpec()
    metric: MetricSpec
    outputs: tuple[OutputSpec, ...] = ()
    measures: tuple[MeasureSpec, ...] = ()
    limits: Limits = Limits()
    suites: tuple[SuiteSpec, ...] = Field(default=(), max_length=20)
    slices: tuple[SliceSpec, ...] = Field(default=(), max_length=50)
    twins: TwinSpec | None = None
    rounds: RoundsSpec | None = None
    stress: StressSpec = StressSpec()
    weights: Weights = Weights()
    rubric: RubricSpec = RubricSpec()
    examples: ExamplesSpec = ExamplesSpec()
    split: SplitSpec = SplitSpec()
    check: CheckSpec = CheckSpec()
    root: Path = Field(default=Path(), exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _weighs_as_its_track(cls, given: Any) -> Any:
        """Fill in the track's weights where none are given."""
        own = given.get("weights", {}) if isinstance(given, dict) else None
        if not isinstance(own, dict) or (track := given.get("track", "hybrid")) not in TRACKS:
            return given
        return {**given, "weights": {**shares_of(track), **own}}

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        further: tuple[SuiteSpec | OutputSpec | MeasureSpec, ...] = (*self.suites, *self.outputs, *self.measures)
        suites = [(spec.name, spec.weight) for spec in further]
        for what, names in (("suites", [name for name, _ in suites]), ("slices", [part.name for part in self.slices])):
            if len(set(names)) != len(names):
                raise ValueError(f"two {what} have one name")
        if not (self.metric.weight or any(weight for _, weight in suites)):
            raise ValueError("at least one suite must have a weight above 0")
        return self

    @model_validator(mode="after")
    def _can_be_dealt_together(self) -> Self:
        other = self.suites or self.slices or self.twins or self.stress.repeat
        if (self.data.batches or self.contract.partial) and other:
            raise ValueError("batches and partial predictions exclude suites, slices, twins and a stress run")
        if self.contract.partial and self.metric.names_classes:
            raise ValueError(f"a row without a prediction cannot be filled in for {self.metric.name}")
        if self.makes_pictures and self.data.images is None:
            message = "twins.pictures and some of stress.kinds make pictures: they need data.images, which names them"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _fits_its_rounds(self) -> Self:
        check_cutoffs(self.rounds, self.suites)
        alone = (self.stress.repeat, self.twins, self.data.batches, self.contract.partial, self.outputs, self.measures)
        if self.rounds and (any(alone) or self.data.images):
            message = "with [rounds] there is no stress run, no twins, batches, images, partial, outputs or measures"
            raise ValueError(message)
        if self.rounds and self.rounds.altered and self.metric.name not in ERRORS:
            raise ValueError(f"rounds.altered needs a metric of errors of a number, and {self.metric.name} is none")
        return self

    @property
    def makes_pictures(self) -> bool:
        """Whether pictures are made from hidden ones, for altered copies or messy rows."""
        altered = self.twins is not None and self.twins.pictures is not None
        return altered or (self.stress.messy_rows > 0 and any(kind in PICTURE_KINDS for kind in self.stress.kinds))

    def marks(self, suite: str) -> tuple[float, float]:
        """Return what 0 and 1 mean for a suite: its own baseline and reference, or else the metric's."""
        messy = self.rounds.messy if self.rounds else self.stress
        spec = messy if suite == MESSY else next((spec for spec in self.suites if spec.name == suite), None)
        return (spec and spec.marks) or (self.metric.baseline, self.metric.reference)

    def weight_of(self, suite: str) -> float:
        """Return a suite's weight within the part of unseen data."""
        return self.metric.weight if suite == IID else next(s.weight for s in self.suites if s.name == suite)


class Deal(Record):
    """The hidden data of one run, dealt out: `files` (name inside data/ -> bytes) go to the sandbox, `ids` and
    `labels` (same order, `ids` as re-keyed for this run) stay on the host. Never stored.

    `rows` are the hidden rows' places among those of all suites, in the order of `ids`: what joins two deals. `suites`
    and `slices` hold the places within `ids` of each one's rows; without `suites` all rows are of the first one.
    `twins` maps the ids of altered copies to those of their originals. `messy` maps the ids of a stress run's messy
    rows to their kind, `messy_labels` to the labels of the rows they were made from, where these are known.
    `truths` holds, for each suite on another table than the predictions, which of its keys are positive, as re-keyed.
    `blocks` number neighbours in time, row by row, whose errors go together; empty where each row stands alone.
    """

    files: dict[str, bytes]
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[int, ...] = ()
    suites: dict[str, tuple[int, ...]] = {}
    slices: dict[str, tuple[int, ...]] = {}
    twins: dict[str, str] = {}
    messy: dict[str, str] = {}
    messy_labels: dict[str, str] = {}
    truths: dict[str, dict[str, bool]] = {}
    blocks: tuple[int, ...] = ()

    def places(self, suite: str) -> tuple[int, ...]:
        """Return where in `ids` the rows of a suite stand."""
        return self.suites[suite] if self.suites else tuple(range(len(self.ids)))
