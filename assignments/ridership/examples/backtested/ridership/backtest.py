"""Try the forecasters at cut-offs in the past, as they will be used: fitted on what was known, 28 days ahead."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ridership.calendar import days_off
from ridership.data import load_history
from ridership.models import (
    WEEK,
    Forecaster,
    average,
    boosted_share,
    recent_median,
    seasonal_naive,
    seasonal_ridge,
)

HORIZON = 28
CUTOFFS = 24
STEP_DAYS = 35
FORECASTERS: dict[str, Forecaster] = {
    "seasonal naive": seasonal_naive,
    "recent median": recent_median,
    "ridge": seasonal_ridge,
    "boosting": boosted_share,
    "average": average,
}


def mase_scale(history: pd.Series) -> float:
    """Return the mean absolute error of the seasonal-naive forecast within `history`."""
    return float(history.diff(WEEK).abs().mean())


def cutoffs(history: pd.Series) -> list[pd.Timestamp]:
    """Return the last days of the histories to forecast from, rising; the last forecast ends with the data."""
    last = history.index[-1] - pd.Timedelta(days=HORIZON)
    return [last - pd.Timedelta(days=STEP_DAYS * back) for back in range(CUTOFFS)][::-1]


def backtest(history: pd.Series, forecaster: Forecaster) -> pd.Series:
    """Return the absolute error of every forecast day over the scale, by cut-off and date."""
    found = {}
    for cutoff in cutoffs(history):
        known = history[:cutoff]
        truth = history[cutoff + pd.Timedelta(days=1) :].head(HORIZON)
        forecast = forecaster(known, truth.index)
        found[cutoff] = (truth - forecast).abs() / mase_scale(known)
    return pd.concat(found, names=["cutoff", "date"])


def main(path: Path = Path("data/train.csv")) -> None:
    """Print the MASE of each forecaster over all cut-offs, and where the chosen one errs."""
    history = load_history(path)
    errors = pd.DataFrame({name: backtest(history, forecaster) for name, forecaster in FORECASTERS.items()})
    by_cutoff = errors.groupby("cutoff").mean()
    print(pd.DataFrame({"MASE": errors.mean(), "worst cut-off": by_cutoff.max(), "spread": by_cutoff.std()}).round(3))
    dates = pd.DatetimeIndex(errors.index.get_level_values("date"))
    kind = pd.Series("weekday", index=errors.index).mask(dates.day_of_week >= 5, "weekend")
    kind = kind.mask(days_off(pd.DatetimeIndex(dates.unique())).reindex(dates).notna().to_numpy(), "holiday")
    print(errors.groupby(kind).mean().round(3))
    print(by_cutoff["average"].nlargest(3).round(2))


if __name__ == "__main__":
    main()
