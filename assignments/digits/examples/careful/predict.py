"""Train on the public pictures and write a digit for every picture that the input file names."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import joblib
import pandas as pd

from digit_reader.model import build_model
from digit_reader.pictures import ID, TARGET, load_pictures, load_table

LOG = logging.getLogger("predict")


def write_predictions(train_path: Path, input_path: Path, output_path: Path) -> pd.DataFrame:
    """Fit the model on the training pictures and write one row a picture of the input file."""
    train = load_table(train_path, labelled=True)
    asked = load_table(input_path)
    pictures = load_pictures(train, train_path.parent)
    model = build_model().fit(pictures, train[TARGET].to_numpy())
    joblib.dump(model, output_path.with_name("model.joblib"))
    LOG.info("trained on %d pictures", len(train))
    digits = model.predict(load_pictures(asked, input_path.parent))
    result = pd.DataFrame({ID: asked[ID], "prediction": digits})
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
