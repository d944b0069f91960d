"""Reading and checking the tables of days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

ID, DATE, TARGET = "day_id", "date", "ridership"


def load_days(path: Path) -> pd.DataFrame:
    """Return the days in `path` in the order of time, indexed by date; raises ValueError when they are not usable."""
    frame = pd.read_csv(path, parse_dates=[DATE])
    missing = {ID, DATE} - set(frame.columns)
    if missing:
        raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
    if frame[DATE].duplicated().any():
        raise ValueError(f"{path} has a day more than once")
    return frame.set_index(DATE).sort_index()


def load_history(path: Path) -> pd.Series:
    """Return the ridership of all days up to the cut-off, with no gap; a missing day takes the value of a week before."""
    frame = load_days(path)
    if TARGET not in frame.columns:
        raise ValueError(f"{path} lacks the column {TARGET}")
    history = frame[TARGET].asfreq("D")
    return history.fillna(history.shift(7))
