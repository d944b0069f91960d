"""Serve every batch in a folder: python predict.py --input data/batches --output predictions.csv"""

import argparse
import logging
import os
import sys
from pathlib import Path

from flightserve.serve import Service, serve


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=Path("data/batches"), help="folder with one CSV file a batch")
    parser.add_argument("--output", type=Path, default=Path("predictions.csv"), help="its folder gets all results")
    parser.add_argument("--artifacts", type=Path, default=Path("data"), help="folder with model, schema and reference")
    parser.add_argument("--level", type=float, default=0.01, help="share of good batches that may be called drifted")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if not arguments.input.is_dir():
        logging.error("there is no folder %s", arguments.input)
        return 2
    target = Path(os.environ.get("OUTPUT_DIR", arguments.output.parent))
    serve(arguments.input, target, Service.load(arguments.artifacts, arguments.level))
    return 0


if __name__ == "__main__":
    sys.exit(main())
