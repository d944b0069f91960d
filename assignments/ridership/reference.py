"""The scale of the metric and the two marks of each suite and subgroup, computed from the data in this folder.

Scale: the mean absolute error of the seasonal-naive forecast (the same day of the week before) within the public
training part (Hyndman & Koehler, 2006). Baseline: that forecast, the last known week repeated four times. Reference:
untuned gradient boosting of the calendar, on ridership as a share of the last year's mean, fitted anew at each cut-off.
The marks of the messy round are those two after its cut-off with the history as it was before it was spoilt.
Run in the locked environment: python assignments/ridership/reference.py
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.holiday import (
    AbstractHolidayCalendar,
    Holiday,
    USLaborDay,
    USMartinLutherKingJr,
    USMemorialDay,
    USPresidentsDay,
    USThanksgivingDay,
    nearest_workday,
)
from sklearn.ensemble import HistGradientBoostingRegressor

HERE = Path(__file__).resolve().parent
WEEK, YEAR = 7, 364  # a year of whole weeks


class DaysOff(AbstractHolidayCalendar):
    """The days on which offices in the Loop are closed, as they are observed."""

    rules = [
        Holiday("new year", month=1, day=1, observance=nearest_workday),
        USMartinLutherKingJr,
        USPresidentsDay,
        USMemorialDay,
        Holiday("independence day", month=7, day=4, observance=nearest_workday),
        USLaborDay,
        USThanksgivingDay,
        Holiday("christmas", month=12, day=25, observance=nearest_workday),
    ]


DAYS_OFF = DaysOff().holidays("2000-12-01", "2017-02-01")


def main() -> None:
    """Forecast after each cut-off with what was known then, and print scale and marks."""
    settings = tomllib.loads((HERE / "assignment.toml").read_text(encoding="utf-8"))
    public = pd.read_csv(HERE / "data" / "public" / "train.csv")
    scale = public["ridership"].diff(WEEK).abs().mean()
    print(f"scale {scale:.4f}")
    suites = {cutoff: suite["name"] for suite in settings["suites"] for cutoff in suite["cutoffs"]}
    series, rounds = ridership(), settings["rounds"]
    found = {
        (suites.get(cutoff, "iid"), cutoff): errors_after(series, pd.Timestamp(cutoff), rounds["horizon"]) / scale
        for cutoff in rounds["cutoffs"]
    }
    errors = pd.concat(found, names=["suite", "cutoff"])
    print(errors.groupby(["suite", "cutoff"]).mean().round(4).to_string())
    marks = errors.groupby("suite").mean()
    messy = rounds["messy"]["cutoff"]
    marks.loc["messy"] = errors.xs(messy, level="cutoff").mean()
    days = days_of(errors.xs("iid", level="suite"))
    for part in settings["slices"]:
        marks.loc[f"slice {part['name']}"] = days[belongs(days[part["column"]], part)][marks.columns].mean()
    for suite, mark in marks.iterrows():
        name = "" if suite == "iid" else f"{suite} "
        print(f"{name}baseline  {mark['baseline']:.4f}\n{name}reference {mark['reference']:.4f}")


def days_of(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the errors of the first suite's days beside what the hidden table says of each."""
    dates = errors.index.get_level_values("date").strftime("%Y-%m-%d")
    return (
        errors.reset_index(drop=True)
        .assign(date=dates)
        .merge(hidden_days().drop(columns="ridership"), on="date", validate="many_to_one")
    )


def belongs(cells: pd.Series, part: dict[str, Any]) -> pd.Series:
    """Return which of the cells are of a subgroup, as assignment.toml names it."""
    return (
        cells.isin(part["values"])
        if "values" in part
        else cells.map(lambda cell: bool(re.search(part["pattern"], cell)))
    )


def hidden_days() -> pd.DataFrame:
    """Return the hidden days with what came."""
    hidden = HERE / "data" / "hidden"
    return pd.read_csv(hidden / "features.csv").merge(pd.read_csv(hidden / "labels.csv"))


def ridership() -> pd.Series:
    """Return the whole series, public and hidden days, by date."""
    table = pd.concat([pd.read_csv(HERE / "data" / "public" / "train.csv"), hidden_days()])
    return table.assign(date=pd.to_datetime(table["date"])).set_index("date")["ridership"]


def errors_after(series: pd.Series, cutoff: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """Return the absolute errors of baseline and reference on the days after `cutoff`."""
    known, truth = series[:cutoff], series[series.index > cutoff].head(horizon)
    naive = np.resize(known.tail(WEEK).to_numpy(), horizon)
    careful = boosting(known, truth.index)
    return pd.DataFrame({"baseline": (truth - naive).abs(), "reference": (truth - careful).abs()})


def boosting(known: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Return what gradient boosting makes of `days`, shape (days,)."""
    level = known.rolling(YEAR).mean().dropna()
    model = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.06, random_state=0)
    model.fit(calendar(level.index), known[level.index] / level)
    return model.predict(calendar(days)) * level.iloc[-1]


def calendar(dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Return what is known of a day long before it: one row a day."""
    parts = {"weekday": dates.day_of_week, "of_year": dates.day_of_year, "month": dates.month, "day": dates.day}
    return pd.DataFrame({**parts, "year": dates.year, "off": dates.isin(DAYS_OFF).astype(int)})


if __name__ == "__main__":
    main()
