"""Reading and checking the tables of days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ID, DATE, TARGET = "day_id", "date", "ridership"
POSSIBLE = (0, 30)  # thousand entries; no day of 14 years had more than 27


def load_days(path: Path) -> pd.DataFrame:
    """Return the days in `path` in the order of time, indexed by date; raises ValueError when they are not usable."""
    frame = pd.read_csv(path, parse_dates=[DATE])
    missing = {ID, DATE} - set(frame.columns)
    if missing:
        raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
    return frame.set_index(DATE).sort_index()


def load_history(path: Path) -> pd.Series:
    """Return the ridership of all days up to the cut-off, each once and with no gap.

    A day that is missing, or whose ridership cannot be, takes the value of the same day of the week before.
    """
    frame = load_days(path)
    if TARGET not in frame.columns:
        raise ValueError(f"{path} lacks the column {TARGET}")
    history = pd.to_numeric(frame[TARGET], errors="coerce")
    history = history[history.between(*POSSIBLE)]
    history = history[~history.index.duplicated()].asfreq("D")
    return history.groupby(history.index.day_of_week).ffill().dropna()
