"""The marks of every suite, computed from the data in this folder.

Baseline: of the predictions, the mean of the model's probabilities for every flight; of drift, calling every readable
batch drifted; of refused rows and broken files, finding none. Reference: the rules of the brief, and for drift a test
of each column (Kolmogorov-Smirnov for numbers, chi-squared for codes and missing cells) at 1 % a batch, Bonferroni.
Run in the locked environment: python assignments/serve-the-model/reference.py
"""

from __future__ import annotations

import csv
import io
import json
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, ks_2samp
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.metrics import f1_score

DATA = Path(__file__).resolve().parent / "data"
PUBLIC, HIDDEN = DATA / "public", DATA / "hidden"
SCHEMA = json.loads((PUBLIC / "schema.json").read_text())
KEY, ALPHA, RAREST = "flight_id", 0.01, 40
ROUNDING = 1 / 200  # of the baseline: a model run by the rules gives its figures exactly, and rounding them is no fault


def main() -> None:
    """Serve the hidden stream by the rules and print both marks of every suite."""
    warnings.simplefilter("error", InconsistentVersionWarning)  # works load it in the locked environment
    model = joblib.load(PUBLIC / "model.joblib")
    reference = pd.read_csv(PUBLIC / "reference.csv", dtype={KEY: str})
    features = pd.read_csv(HIDDEN / "features.csv", dtype=str, keep_default_na=False)
    truth = pd.read_csv(HIDDEN / "labels.csv").set_index(KEY)["probability"]
    wanted = pd.read_csv(HIDDEN / "batches.csv").set_index("batch")["status"]
    statuses = {path.name: "ok" if readable(path.read_bytes()) else "broken" for path in (HIDDEN / "broken").iterdir()}
    predicted: dict[str, float] = {}
    refused: set[str] = set()
    for name, rows in features.groupby("batch"):
        valid, bad = checked(rows.drop(columns="batch").drop_duplicates())
        refused |= bad
        statuses[name] = "drifted" if has_drifted(valid, reference) else "ok"
        names = list(model.feature_names_in_)
        predicted |= dict(zip(valid[KEY], model.predict_proba(valid[names])[:, 1], strict=True))
    said = pd.Series(statuses)[wanted.index]
    rows = features[KEY].drop_duplicates()
    errors = pd.Series(predicted).reindex(truth.index).fillna(9) - truth
    constant = (truth - reference["probability"].mean()).abs().mean()
    show("iid", constant, constant * ROUNDING)
    print(f"  the rules themselves: {errors.abs().mean():.6f}; what a row without a prediction counts as:")
    print(f"fill {reference['probability'].mean():.4f}")
    show("refused", 0.0, f1_score(~rows.isin(truth.index), rows.isin(refused)))
    drifted = wanted == "drifted"
    show("drift", f1_score(drifted, wanted != "broken"), f1_score(drifted, said == "drifted"))
    show("broken", 0.0, f1_score(wanted == "broken", said == "broken"))
    print("wrong:", (said + " for " + wanted)[said != wanted].to_dict())


def show(what: str, baseline: float, reference: float) -> None:
    """Print one suite's marks."""
    print(f"{what}: baseline {baseline:.4f}, reference {reference:.4f}")


def readable(data: bytes) -> bool:
    """Tell whether a file is a whole table of the columns asked for."""
    try:
        lines = list(csv.reader(io.StringIO(data.decode()), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return False
    whole = data.endswith(b"\n") and len(lines) > 1 and lines[0] == list(SCHEMA)
    return whole and all(len(line) == len(SCHEMA) for line in lines)


def checked(rows: pd.DataFrame) -> tuple[pd.DataFrame, set[str]]:
    """Return the valid rows, repaired, and the ids of the others."""
    clean = rows.apply(lambda column: column.str.strip())
    good = pd.Series(True, index=rows.index)
    for name, rule in SCHEMA.items():
        if rule["type"] == "id":
            continue
        empty = clean[name] == ""
        if rule["type"] == "code":
            spelled = {value.lower(): value for value in rule["values"]}
            clean[name] = clean[name].str.lower().map(spelled)
            fits = clean[name].notna()
        else:
            clean[name] = pd.to_numeric(clean[name], errors="coerce")
            fits = clean[name].between(rule["minimum"], rule["maximum"])
            if rule["type"] == "integer":
                fits &= clean[name] % 1 == 0
        good &= fits | (empty & (not rule["required"]))
    return clean[good], set(rows.loc[~good, KEY])


def has_drifted(rows: pd.DataFrame, reference: pd.DataFrame) -> bool:
    """Tell whether any column differs from the reference by more than chance."""
    values = []
    for name, rule in SCHEMA.items():
        if rule["type"] == "code":
            values.append(same_shares(common(rows[name], reference[name]), common(reference[name], reference[name])))
        elif rule["type"] != "id":
            values.append(ks_2samp(rows[name].dropna(), reference[name].dropna()).pvalue)
            if not rule["required"]:
                values.append(same_shares(rows[name].isna(), reference[name].isna()))
    return min(values) < ALPHA / len(values)


def common(column: pd.Series, reference: pd.Series) -> pd.Series:
    """Return the column with every rare code as one."""
    counts = reference.value_counts()
    return column.where(column.isin(counts[counts >= RAREST].index), "rare")


def same_shares(found: pd.Series, expected: pd.Series) -> float:
    """Return the p value of two samples having the same shares."""
    table = pd.concat([found.value_counts(), expected.value_counts()], axis=1).fillna(0).to_numpy()
    return float(chi2_contingency(table[np.any(table > 0, axis=1)]).pvalue)


if __name__ == "__main__":
    main()
