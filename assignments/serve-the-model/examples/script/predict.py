"""Batch predictor for late flights."""
import argparse
import csv
import json
import logging
import os
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

logger = logging.getLogger("predict")

PSI_THRESHOLD = 0.25
BINS = 10


def load_batch(path, columns):
    """Read a batch as strings; raise ValueError when the file is broken."""
    raw = path.read_bytes()
    if not raw:
        raise ValueError("file is empty")
    text = raw.decode("utf-8")
    if not text.endswith("\n"):
        raise ValueError("file is truncated")
    rows = list(csv.reader(text.splitlines()))
    if rows[0] != columns:
        raise ValueError(f"unexpected columns {rows[0]}")
    if any(len(row) != len(columns) for row in rows[1:]):
        raise ValueError("rows with a wrong number of cells")
    if len(rows) == 1:
        raise ValueError("no rows")
    return pd.DataFrame(rows[1:], columns=rows[0]).drop_duplicates("flight_id")


def validate(batch, schema):
    """Return (valid rows, refused rows with a reason)."""
    batch = batch.apply(lambda column: column.str.strip())
    reason = pd.Series("", index=batch.index)
    for name, rule in schema.items():
        if rule["type"] == "id":
            continue
        missing = batch[name] == ""
        if rule["type"] == "code":
            lookup = {value.upper(): value for value in rule["values"]}
            batch[name] = batch[name].str.upper().map(lookup)
            bad = batch[name].isna()
        else:
            batch[name] = pd.to_numeric(batch[name], errors="coerce")
            bad = ~batch[name].between(rule["minimum"], rule["maximum"])
            if rule["type"] == "integer":
                bad |= batch[name] % 1 != 0
        if not rule["required"]:
            bad &= ~missing
        reason[bad & (reason == "")] = f"bad or missing {name}"
    refused = batch.loc[reason != "", ["flight_id"]].assign(reason=reason[reason != ""])
    return batch[reason == ""], refused


def psi(expected, actual, bins=BINS):
    """Population stability index over quantile bins of the expected values."""
    edges = np.unique(np.nanquantile(expected, np.linspace(0, 1, bins + 1)))
    if len(edges) < 3:
        return 0.0
    edges[0], edges[-1] = -np.inf, np.inf
    share_expected = np.histogram(expected, edges)[0] / len(expected)
    share_actual = np.histogram(actual, edges)[0] / len(actual)
    share_expected, share_actual = np.clip(share_expected, 1e-3, None), np.clip(share_actual, 1e-3, None)
    return float(np.sum((share_actual - share_expected) * np.log(share_actual / share_expected)))


def drift_scores(valid, reference, schema):
    """PSI of every numeric column."""
    numeric = [name for name, rule in schema.items() if rule["type"] in ("integer", "number")]
    return {name: psi(reference[name].dropna(), valid[name].dropna()) for name in numeric}


def run(input_dir, output_dir, data_dir):
    schema = json.loads((data_dir / "schema.json").read_text())
    reference = pd.read_csv(data_dir / "reference.csv")
    model = joblib.load(data_dir / "model.joblib")
    predictions, refusals, statuses, report = [], [], [], []
    for path in sorted(input_dir.glob("*.csv")):
        try:
            batch = load_batch(path, list(schema))
        except (ValueError, csv.Error) as error:
            logger.warning("%s: broken, %s", path.name, error)
            statuses.append((path.name, "broken"))
            continue
        valid, refused = validate(batch, schema)
        scores = drift_scores(valid, reference, schema)
        status = "drifted" if max(scores.values()) > PSI_THRESHOLD else "ok"
        logger.info("%s: %s, %d valid, %d refused", path.name, status, len(valid), len(refused))
        statuses.append((path.name, status))
        report.append({"batch": path.name, **scores})
        refusals.append(refused)
        probability = model.predict_proba(valid[list(model.feature_names_in_)])[:, 1]
        predictions.append(pd.DataFrame({"flight_id": valid["flight_id"], "prediction": probability}))
    output_dir.mkdir(parents=True, exist_ok=True)
    pd.concat(predictions).to_csv(output_dir / "predictions.csv", index=False)
    pd.concat(refusals).to_csv(output_dir / "refused.csv", index=False)
    pd.DataFrame(statuses, columns=["batch", "status"]).to_csv(output_dir / "batches.csv", index=False)
    pd.DataFrame(report).to_csv(output_dir / "drift_report.csv", index=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path, default=Path("data/batches"))
    parser.add_argument("--output", type=Path, default=Path("predictions.csv"))
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    run(args.input, Path(os.environ.get("OUTPUT_DIR", args.output.parent)), args.input.parent)


if __name__ == "__main__":
    main()
