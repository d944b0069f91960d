"""Tests of the data checks, of the calendar, and that no forecast can see past its cut-off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predict import write_forecast
from ridership.backtest import HORIZON, mase_scale
from ridership.calendar import calendar_features, days_off
from ridership.data import load_days, load_history
from ridership.models import RecentMedian, SeasonalNaive, build_model


@pytest.fixture
def history() -> pd.Series:
    dates = pd.date_range("2010-01-01", periods=1800, freq="D")
    random = np.random.default_rng(0)
    return pd.Series(np.where(dates.day_of_week < 5, 20.0, 6.0) + random.normal(0, 0.5, len(dates)), index=dates)


def following(history: pd.Series) -> pd.DatetimeIndex:
    return pd.date_range(history.index[-1] + pd.Timedelta(days=1), periods=HORIZON, freq="D")


def write(path: Path, dates: pd.DatetimeIndex, values: np.ndarray | None = None) -> Path:
    frame = pd.DataFrame({"day_id": [f"D{number}" for number in range(len(dates))], "date": dates})
    (frame if values is None else frame.assign(ridership=values)).to_csv(path, index=False)
    return path


def test_a_missing_day_takes_the_value_of_a_week_before(tmp_path: Path, history: pd.Series) -> None:
    gap = history.drop(history.index[20])
    loaded = load_history(write(tmp_path / "train.csv", gap.index, gap.to_numpy()))
    assert loaded.iloc[20] == pytest.approx(history.iloc[13])


def test_a_history_that_is_not_clean_is_put_right(tmp_path: Path, history: pd.Series) -> None:
    spoilt = history.drop(history.index[20])
    spoilt.iloc[30], spoilt.iloc[40] = -spoilt.iloc[30], 10 * spoilt.iloc[40]
    spoilt = pd.concat([spoilt, spoilt.iloc[50:60]]).sample(frac=1, random_state=0)
    loaded = load_history(write(tmp_path / "train.csv", spoilt.index, spoilt.to_numpy()))
    assert loaded.index.equals(history.index)
    assert loaded.between(0, 30).all()
    assert (loaded - history).abs().max() < 4


def test_thanksgiving_and_an_observed_independence_day_are_known() -> None:
    named = days_off(pd.DatetimeIndex(["2014-11-27", "2015-07-03", "2015-07-06"]))
    assert named.notna().tolist() == [True, True, False]


def test_the_naive_forecast_repeats_the_last_week(history: pd.Series) -> None:
    model = SeasonalNaive().fit(calendar_features(history.index), history)
    forecast = model.predict(calendar_features(following(history)))
    assert forecast[:7] == pytest.approx(history.tail(7).to_numpy())
    assert forecast[7:14] == pytest.approx(forecast[:7])


def test_one_odd_week_does_not_move_the_median(history: pd.Series) -> None:
    odd = history.copy()
    odd.iloc[-7:] = 0.0
    model = RecentMedian().fit(calendar_features(odd.index), odd)
    assert model.predict(calendar_features(following(odd))).min() > 4


def test_a_day_has_the_same_features_whatever_days_are_asked_for_with_it(history: pd.Series) -> None:
    days = following(history)
    alone, among = calendar_features(days[10:]), calendar_features(history.index.append(days))
    pd.testing.assert_frame_equal(alone.iloc[2:], among.iloc[-16:], check_freq=False)


def test_the_chosen_model_follows_weekdays_and_weekends(history: pd.Series) -> None:
    days = following(history)
    forecast = build_model().fit(calendar_features(history.index), history).predict(calendar_features(days))
    weekend = days.day_of_week >= 5
    assert forecast[weekend].max() < 10 < forecast[~weekend & days_off(days).isna().to_numpy()].min()


def test_the_scale_is_the_naive_error_within_the_history(history: pd.Series) -> None:
    assert mase_scale(history) == pytest.approx(np.abs(history.to_numpy()[7:] - history.to_numpy()[:-7]).mean())


def test_the_written_forecast_keeps_ids_and_refuses_days_that_are_known(tmp_path: Path, history: pd.Series) -> None:
    train = write(tmp_path / "train.csv", history.index, history.to_numpy())
    test = write(tmp_path / "test.csv", following(history))
    result = write_forecast(train, test, tmp_path / "out.csv")
    assert result["day_id"].tolist() == load_days(test)["day_id"].tolist()
    assert result["prediction"].between(0, 30).all()
    with pytest.raises(ValueError, match="begins before"):
        write_forecast(train, train, tmp_path / "out.csv")
