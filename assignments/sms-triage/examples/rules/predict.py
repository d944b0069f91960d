"""Write a score for every message of the input file."""

import argparse
import logging
import os
from pathlib import Path

from sms_rules.data import load_messages
from sms_rules.rules import scores

LOG = logging.getLogger("predict")


def main() -> None:
    """Read the command line and write the predictions."""
    output_dir = Path(os.environ.get("OUTPUT_DIR", "."))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=Path("data/test.csv"))
    parser.add_argument("--output", type=Path, default=output_dir / "predictions.csv")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    messages = load_messages(options.input)
    result = messages[["message_id"]].assign(prediction=scores(messages["text"]))
    result.to_csv(options.output, index=False)
    LOG.info("wrote %d scores to %s", len(result), options.output)


if __name__ == "__main__":
    main()
