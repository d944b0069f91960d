"""Fit on the days up to the cut-off and write a forecast for every day of the input file."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import pandas as pd

from ridership.calendar import calendar_features
from ridership.data import ID, load_days, load_history
from ridership.models import build_model

LOG = logging.getLogger("predict")


def write_forecast(train_path: Path, input_path: Path, output_path: Path) -> pd.DataFrame:
    """Forecast the days of the input file from the history in the training file; never below 0."""
    history = load_history(train_path)
    days = load_days(input_path)
    if days.index.min() <= history.index.max():
        raise ValueError(f"{input_path} begins before the history in {train_path} ends")
    model = build_model().fit(calendar_features(history.index), history)
    forecast = model.predict(calendar_features(days.index)).clip(min=0)
    result = pd.DataFrame({ID: days[ID].to_numpy(), "prediction": forecast})
    result.to_csv(output_path, index=False)
    LOG.info("cut-off %s, %d days written to %s", history.index.max().date(), len(result), output_path)
    return result


def main() -> None:
    """Read the command line and run."""
    output_dir = Path(os.environ.get("OUTPUT_DIR", "."))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, default=Path("data/train.csv"))
    parser.add_argument("--input", type=Path, default=Path("data/test.csv"))
    parser.add_argument("--output", type=Path, default=output_dir / "predictions.csv")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    write_forecast(options.train, options.input, options.output)


if __name__ == "__main__":
    main()
