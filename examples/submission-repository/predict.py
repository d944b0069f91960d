"""Fit the model on the customers of data/train.csv and write a probability of leaving for each customer of a file."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

from src.customers import ID, read_customers, read_training
from src.model import build_model

LOG = logging.getLogger("predict")


def main() -> None:
    """Read the command line, fit and predict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, default=Path("data/train.csv"))
    parser.add_argument("--input", type=Path, default=Path("data/test.csv"))
    parser.add_argument("--output", type=Path, default=Path(os.environ.get("OUTPUT_DIR", "."), "predictions.csv"))
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")

    features, has_left = read_training(told.train)
    model = build_model().fit(features, has_left)
    customers = read_customers(told.input)
    answer = customers[[ID]].assign(prediction=model.predict_proba(customers)[:, 1])
    answer.to_csv(told.output, index=False)
    LOG.info("fitted on %d customers, wrote %d predictions to %s", len(features), len(answer), told.output)


if __name__ == "__main__":
    main()
