"""What Prometheus reads: figures of operation, in its text form."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

import grader
from grader.jobs.sweep import SILENT_S
from grader.store.base import utc_now
from grader.store.figures import in_line, reports_by_outcome, slots, step_seconds
from grader.store.github_answers import untold

QUANTILES = (0.5, 0.95)
KIND = ("assignment", "kind", "line")


def metrics_text(session: Session) -> bytes:
    """Return the figures as they are now."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(session))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, session: Session) -> None:
        self._session = session

    def describe(self) -> Iterable[Metric]:
        """Return nothing: what there is is known when it is counted."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield each figure."""
        build = GaugeMetricFamily("grader_build_info", "The version that answers.", labels=("version",))
        build.add_metric((grader.__version__,), 1)
        yield build
        yield from self._line()
        yield from self._steps()
        reports = CounterMetricFamily(
            "grader_reports", "Reports made, by outcome and origin.", labels=("outcome", "origin")
        )
        for outcome, origin, number in reports_by_outcome(self._session):
            reports.add_metric((outcome, origin), number)
        yield reports
        answers = GaugeMetricFamily(
            "grader_github_answers", "Invitations of which GitHub is not told how they stand.", labels=("state",)
        )
        for state, number in untold(self._session).items():
            answers.add_metric((state,), number)
        yield answers
        workers = slots(self._session, 2 * SILENT_S)
        yield GaugeMetricFamily("grader_slots_alive", "Worker processes that show that they live.", workers.alive)
        yield GaugeMetricFamily("grader_slots_busy", "Worker processes that grade.", workers.busy)

    def _line(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("grader_jobs", "Jobs that are not through, by state.", labels=(*KIND, "state"))
        ages = GaugeMetricFamily(
            "grader_queue_age_seconds", "How long the oldest queued job has waited.", labels=KIND, unit="seconds"
        )
        now = utc_now()
        for found in in_line(self._session):
            kind = (found.assignment, found.kind, "bulk" if found.bulk else "interactive")
            jobs.add_metric((*kind, found.state), found.jobs)
            if found.state == "queued":
                ages.add_metric(kind, max(0.0, (now - found.oldest).total_seconds()))
        yield jobs
        yield ages

    def _steps(self) -> Iterator[Metric]:
        took = GaugeMetricFamily(
            "grader_step_seconds", "How long recent steps took.", labels=("step", "quantile"), unit="seconds"
        )
        number = GaugeMetricFamily("grader_steps_recent", "How many steps that is of.", labels=("step",))
        for step, seconds in step_seconds(self._session).items():
            ordered = sorted(seconds)
            for quantile in QUANTILES:
                took.add_metric((step, str(quantile)), ordered[math.ceil(quantile * len(ordered)) - 1])
            number.add_metric((step,), len(ordered))
        yield took
        yield number
