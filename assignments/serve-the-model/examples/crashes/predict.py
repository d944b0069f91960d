import argparse
import logging
from pathlib import Path

import joblib
import pandas as pd

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

FEATURES = ["carrier", "origin", "dest", "weekday", "departure", "distance", "temp", "wind_speed", "precip", "visib", "pressure"]


def validate(df: pd.DataFrame) -> pd.DataFrame:
    """Drop incomplete rows."""
    required = [name for name in FEATURES if name != "pressure"]
    return df.dropna(subset=required)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    args = parser.parse_args()
    model = joblib.load("data/model.joblib")
    results = []
    for path in sorted(Path(args.input).glob("*.csv")):
        df = validate(pd.read_csv(path))
        logger.info("%s: %d rows", path.name, len(df))
        df["prediction"] = model.predict_proba(df[FEATURES])[:, 1]
        results.append(df[["flight_id", "prediction"]])
    pd.concat(results).to_csv(args.output, index=False)


if __name__ == "__main__":
    main()
