"""Train on the public data and write a probability of churn for every customer in the input file."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import joblib
import pandas as pd

from churn_model.data import ID, load_customers, load_training
from churn_model.model import build_model

LOG = logging.getLogger("predict")


def write_predictions(train_path: Path, input_path: Path, output_path: Path) -> pd.DataFrame:
    """Fit the model on the training file and write one row a customer of the input file."""
    features, target = load_training(train_path)
    customers = load_customers(input_path)
    model = build_model().fit(features, target)
    joblib.dump(model, output_path.with_name("model.joblib"))
    result = pd.DataFrame({ID: customers[ID], "prediction": model.predict_proba(customers)[:, 1]})
    result.to_csv(output_path, index=False)
    LOG.info("wrote %d predictions to %s", len(result), output_path)
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
    write_predictions(options.train, options.input, options.output)


if __name__ == "__main__":
    main()
