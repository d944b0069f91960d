"""Try the forecasters at cut-offs in the past, as they will be used: fitted on what was known, 28 days ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

from ridership.calendar import calendar_features, days_off
from ridership.data import load_history
from ridership.models import SEED, WEEK, RecentMedian, SeasonalNaive, build_boosting, build_model, build_ridge

HORIZON = 28
CUTOFFS = 13


def mase_scale(history: pd.Series) -> float:
    """Return the mean absolute error of the seasonal-naive forecast within `history`."""
    return float(history.diff(WEEK).abs().mean())


def main(path: Path = Path("data/train.csv")) -> None:
    """Print the MASE of each forecaster over a year of cut-offs, then look at the last four weeks once."""
    history = load_history(path)
    print(history.describe().round(2).to_string())
    known, last = history[:-HORIZON], history[-HORIZON:]
    features, scale = calendar_features(known.index), mase_scale(known)
    folds = TimeSeriesSplit(n_splits=CUTOFFS, test_size=HORIZON)
    candidates = {
        "seasonal naive": SeasonalNaive(),
        "recent median": RecentMedian(),
        "ridge": build_ridge(),
        "boosting": build_boosting(),
        "average": build_model(),
    }
    for name, candidate in candidates.items():
        scores = -cross_val_score(candidate, features, known, cv=folds, scoring="neg_mean_absolute_error") / scale
        print(f"{name:15} MASE {scores.mean():.3f} +- {scores.std():.3f}, worst cut-off {scores.max():.3f}")
    chosen = build_model().fit(features, known)
    held_out = calendar_features(last.index)
    forecast = chosen.predict(held_out)
    print(f"last four weeks MASE {mean_absolute_error(last, forecast) / scale:.3f}")
    errors = pd.DataFrame({"weekday": last.index.day_name(), "off": days_off(last.index).notna().to_numpy()})
    errors["error"] = np.abs(last.to_numpy() - forecast)
    print(errors.groupby(["off", "weekday"])["error"].mean().round(2).to_string())
    importance = permutation_importance(chosen, held_out, last, n_repeats=5, random_state=SEED)
    named = pd.Series(importance.importances_mean, index=held_out.columns)
    print(named.nlargest(5).round(3).to_string())


if __name__ == "__main__":
    main()
