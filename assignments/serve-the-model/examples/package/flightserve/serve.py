"""The stream: each batch is read, checked, compared and predicted, and whatever happens to one touches no other."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import joblib
import pandas as pd

from flightserve.batches import BrokenBatch, read_batch
from flightserve.drift import DriftDetector
from flightserve.schema import KEY, Schema, check_rows

log = logging.getLogger("flightserve")


@dataclass(frozen=True)
class Service:
    """What every batch needs, loaded once."""

    model: object
    schema: Schema
    detector: DriftDetector

    @classmethod
    def load(cls, artifacts: Path, level: float) -> Service:
        """Load model, schema and reference from a folder."""
        schema = Schema.load(artifacts / "schema.json")
        reference = pd.read_csv(artifacts / "reference.csv", dtype={KEY: str})
        model = joblib.load(artifacts / "model.joblib")
        return cls(model, schema, DriftDetector(reference, schema, level))


@dataclass
class Served:
    """What became of one batch."""

    batch: str
    status: str
    reason: str
    rows: int
    predictions: pd.DataFrame
    refused: pd.DataFrame
    findings: list


def serve(folder: Path, target: Path, service: Service) -> None:
    """Serve every file in `folder` and write the results to `target`."""
    target.mkdir(parents=True, exist_ok=True)
    served = [serve_batch(path, service) for path in sorted(folder.iterdir()) if path.is_file()]
    write([one.predictions for one in served], [KEY, "prediction"], target / "predictions.csv")
    write([one.refused for one in served], [KEY, "reason"], target / "refused.csv")
    statuses = pd.DataFrame([{"batch": one.batch, "status": one.status} for one in served], columns=["batch", "status"])
    statuses.to_csv(target / "batches.csv", index=False)
    report = [
        {"batch": one.batch, "status": one.status, "reason": one.reason, "rows": one.rows, "refused": len(one.refused),
         "tests": [asdict(finding) for finding in one.findings]}
        for one in served
    ]
    (target / "drift_report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


def serve_batch(path: Path, service: Service) -> Served:
    """Serve one file; a broken one has a reason and no rows."""
    began = time.perf_counter()
    none = pd.DataFrame()
    try:
        text = read_batch(path, service.schema.columns)
    except BrokenBatch as error:
        log.warning("%s is broken: %s", path.name, error)
        return Served(path.name, "broken", str(error), 0, none, none, [])
    checked = check_rows(text, service.schema)
    findings = service.detector.compare(checked.valid)
    drifted = service.detector.has_drifted(findings)
    reason = f"{findings[0].column} differs (p = {findings[0].p:.1e})" if drifted else ""
    predictions = predict(checked.valid, service.model)
    took = time.perf_counter() - began
    log.info("%s: %d rows, %d refused, %s %s, %.2f s", path.name, len(text), len(checked.refused),
             "drifted" if drifted else "ok", reason, took)
    status = "drifted" if drifted else "ok"
    return Served(path.name, status, reason, len(text), predictions, checked.refused, findings)


def predict(rows: pd.DataFrame, model: object) -> pd.DataFrame:
    """Return flight_id and prediction of valid rows, all in one call of the model."""
    if rows.empty:
        return pd.DataFrame(columns=[KEY, "prediction"])
    probabilities = model.predict_proba(rows[list(model.feature_names_in_)])[:, 1]
    return pd.DataFrame({KEY: rows[KEY], "prediction": probabilities})


def write(tables: list[pd.DataFrame], columns: list[str], path: Path) -> None:
    """Write tables under one header."""
    pd.concat([pd.DataFrame(columns=columns), *tables])[columns].to_csv(path, index=False)
