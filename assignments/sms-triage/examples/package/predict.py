"""Train on the labelled messages and write a probability of spam for every message of the input file."""

import argparse
import logging
import os
import sys
from pathlib import Path

import joblib
import pandas as pd

from sms_triage.data import ID, TARGET, TEXT, load_messages, load_training
from sms_triage.model import build_model

LOG = logging.getLogger("predict")


def write_predictions(train_path: Path, input_path: Path, output_path: Path) -> pd.DataFrame:
    """Fit the model on the training file and write one row a message of the input file."""
    training, messages = load_training(train_path), load_messages(input_path)
    LOG.info("training on %d messages, %d of them spam", len(training), training[TARGET].sum())
    empty = int((messages[TEXT] == "").sum())
    if empty:
        LOG.warning("%d messages have no text", empty)
    model = build_model().fit(training[TEXT], training[TARGET])
    joblib.dump(model, output_path.with_name("model.joblib"))
    result = pd.DataFrame({ID: messages[ID], "prediction": model.predict_proba(messages[TEXT])[:, 1]})
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
    try:
        write_predictions(options.train, options.input, options.output)
    except (OSError, ValueError) as error:
        LOG.error("%s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
