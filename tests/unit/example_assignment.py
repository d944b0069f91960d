"""An assignment without a folder, for what is computed from its settings alone."""

from __future__ import annotations

from grader.model import Assignment, DataSpec, MetricSpec
from grader.model.assignment import MetricName


def example(metric: MetricName = "roc_auc", classes: tuple[str, ...] = ("0", "1"), **settings: object) -> Assignment:
    """Return one whose metric has the marks 0.5 and 0.9; `settings` are further ones, as in assignment.toml."""
    return Assignment.model_validate(
        {
            "slug": "example",
            "version": "1",
            "title": "Example",
            "brief": "",
            "time_budget_hours": 1,
            "digest": "",
            "data_digest": "",
            "data": DataSpec(id="id", target="y", classes=classes),
            "metric": MetricSpec(name=metric, baseline=0.5, reference=0.9),
            **settings,
        }
    )
