"""An assignment as its folder describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.model.base import Record
from grader.model.submission import Limits

Accepts = Literal["predictions", "command", "predict", "pipeline"]
MetricName = Literal["roc_auc", "average_precision", "accuracy", "rmse", "mae"]


class DataSpec(Record):
    """The tables of an assignment: file names inside data/public and data/hidden, and the key columns.

    At grading `data/` holds `train` as published, and the hidden features under the name of `test`.
    """

    train: str = "train.csv"
    test: str = "test.csv"
    sample: str | None = None
    hidden_features: str = "features.csv"
    hidden_labels: str = "labels.csv"
    id: str
    target: str
    classes: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class ContractSpec(Record):
    """What the work must offer. `accepts` is tried in order before entry points are looked for by name.

    `command` may hold {input} and {output}; `function` and `pipeline` name what must be importable.
    """

    accepts: tuple[Accepts, ...] = ("predictions",)
    command: str = "python predict.py --input {input} --output {output}"
    function: str = "predict"
    pipeline: str = "get_pipeline"
    prediction_column: str = "prediction"
    minimum: float | None = None
    maximum: float | None = None


class MetricSpec(Record):
    """The hidden metric with the two marks that normalise it: `baseline` is 0, `reference` is 1."""

    name: MetricName
    baseline: float
    reference: float
    higher_is_better: bool = True


class Weights(Record):
    """Shares of the whole score; they need not add up to anything."""

    hidden: float = 40
    data_preparation: float = 14
    model_choice: float = 12
    evaluation: float = 14
    code_quality: float = 10
    production_readiness: float = 10


class Assignment(Record):
    """One assignment, read and validated. `digest` covers assignment.toml and the public data,
    `data_digest` the hidden data; `root` is left out of JSON.
    """

    slug: str
    version: str
    title: str
    brief: str
    track: Literal["model-development", "mlops", "hybrid"] = "hybrid"
    modality: Literal["tabular", "text", "time-series", "image"] = "tabular"
    time_budget_hours: float
    digest: str
    data_digest: str
    seed: int = 20260101
    data: DataSpec
    contract: ContractSpec = ContractSpec()
    metric: MetricSpec
    limits: Limits = Limits()
    weights: Weights = Weights()
    root: Path = Field(default=Path(), exclude=True)


class Deal(Record):
    """The hidden data of one run, dealt out: `files` (name inside data/ -> bytes) go to the sandbox, `ids` and
    `labels` (same order, `ids` as re-keyed for this run) stay on the host. Never stored.
    """

    files: dict[str, bytes]
    ids: tuple[str, ...]
    labels: tuple[str, ...]
