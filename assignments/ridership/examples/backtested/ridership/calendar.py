"""What is known of a day long before it comes: its place in week and year, and whether offices are closed."""

from __future__ import annotations

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

YEAR = 365.25
EPOCH = pd.Timestamp("2010-01-01")
AROUND_THE_HOLIDAYS = (1222, 1223, 1224, 1226, 1227, 1228, 1229, 1230, 1231, 102)


class DaysOff(AbstractHolidayCalendar):
    """Days on which the offices around the station are closed."""

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


def days_off(dates: pd.DatetimeIndex) -> pd.Series:
    """Return the name of the holiday of each date, missing on all others."""
    month = pd.Timedelta(days=31)
    named = DaysOff().holidays(dates.min() - month, dates.max() + month, return_name=True)
    return named[~named.index.duplicated()].reindex(dates)


def calendar_features(dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Return what is known of each day long before it, one row a day: for trees the plain numbers, for the linear model
    waves, days of the week and holidays as columns of their own.
    """
    return pd.concat([tree_features(dates), linear_features(dates)], axis=1)


def tree_features(dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Return few, plain columns, of which trees make their own combinations."""
    off = days_off(dates).notna()
    beside = off.astype(int).rolling(3, center=True, min_periods=1).sum() - off
    return pd.DataFrame(
        {
            "weekday": dates.day_of_week,
            "day_of_year": dates.day_of_year,
            "month": dates.month,
            "day": dates.day,
            "year": dates.year,
            "off": off.to_numpy(int),
            "beside_off": beside.to_numpy(int),
        },
        index=dates,
    )


def linear_features(dates: pd.DatetimeIndex) -> pd.DataFrame:
    """Return trend, days of the week, yearly waves (weekends have their own) and a column for each holiday."""
    weekend = (dates.day_of_week >= 5).astype(float)
    years = ((dates - EPOCH).days / YEAR).to_numpy()
    columns = {"trend": years, "trend_weekend": years * weekend}
    for order in (1, 2, 3):
        for name, wave in (("sin", np.sin), ("cos", np.cos)):
            columns[f"{name}{order}"] = wave(2 * np.pi * order * years)
            columns[f"{name}{order}_weekend"] = columns[f"{name}{order}"] * weekend
    columns |= {f"weekday{day}": (dates.day_of_week == day).astype(float) for day in range(7)}
    named = days_off(dates)
    for rule in DaysOff.rules:
        columns[rule.name] = (named == rule.name).to_numpy(float)
    working = (1 - weekend) * named.isna().to_numpy()
    of_year = dates.month * 100 + dates.day
    columns |= {f"around{day}": (of_year == day) * working for day in AROUND_THE_HOLIDAYS}
    black_friday = (dates.month == 11) & (dates.day_of_week == 4) & (dates.day >= 23) & (dates.day <= 29)
    columns["after_thanksgiving"] = black_friday.astype(float)
    return pd.DataFrame(columns, index=dates)


_ANY_DAY = pd.DatetimeIndex(["2014-12-25"])
TREE_COLUMNS = list(tree_features(_ANY_DAY).columns)
LINEAR_COLUMNS = list(linear_features(_ANY_DAY).columns)
