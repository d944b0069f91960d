import argparse
import csv
import json
import os

import joblib
import pandas as pd


CHUNK = 25  # rows to score at once, keeps memory small


class FlightScorer:
    def __init__(self, data):
        self.model = joblib.load(os.path.join(data, "model.joblib"))
        with open(os.path.join(data, "schema.json")) as f:
            self.schema = json.load(f)
        reference = pd.read_csv(os.path.join(data, "reference.csv"))
        self.numbers = [c for c in self.schema if self.schema[c]["type"] in ("number", "integer")]
        self.means = reference[self.numbers].mean()
        self.stds = reference[self.numbers].std()

    def check(self, row):
        """Returns (clean row, error)"""
        clean = {}
        for column, rule in self.schema.items():
            value = row[column].strip()
            if value == "":
                if rule["required"]:
                    return None, column + " missing"
                clean[column] = float("nan")
            elif rule["type"] == "code":
                matches = [v for v in rule["values"] if v.lower() == value.lower()]
                if not matches:
                    return None, column + " unknown"
                clean[column] = matches[0]
            elif rule["type"] in ("number", "integer"):
                try:
                    number = float(value)
                except ValueError:
                    return None, column + " not a number"
                if number < rule["minimum"] or number > rule["maximum"]:
                    return None, column + " out of range"
                if rule["type"] == "integer" and number != int(number):
                    return None, column + " not an integer"
                clean[column] = number
            else:
                clean[column] = value
        return clean, None

    def score(self, rows):
        frame = pd.DataFrame(rows)
        return self.model.predict_proba(frame[list(self.model.feature_names_in_)])[:, 1]


def read(path, columns):
    with open(path, encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        if reader.fieldnames != columns:
            raise ValueError("wrong columns")
        rows = list(reader)
    for row in rows:
        if None in row or None in row.values():
            raise ValueError("wrong number of cells")
    if not rows:
        raise ValueError("no rows")
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", default="data/batches")
    parser.add_argument("--output", default="predictions.csv")
    args = parser.parse_args()
    out = os.environ.get("OUTPUT_DIR", os.path.dirname(args.output) or ".")
    scorer = FlightScorer(os.path.dirname(args.input.rstrip("/")))
    seen = set()
    predictions, refused, batches = [], [], []
    for name in sorted(os.listdir(args.input)):
        try:
            rows = read(os.path.join(args.input, name), list(scorer.schema))
        except ValueError as e:
            print(name, "broken:", e)
            batches.append((name, "broken"))
            continue
        good = []
        for row in rows:
            if row["flight_id"] in seen:
                continue
            seen.add(row["flight_id"])
            clean, error = scorer.check(row)
            if error:
                refused.append((row["flight_id"], error))
                continue
            good.append(clean)
        for start in range(0, len(good), CHUNK):
            chunk = good[start:start + CHUNK]
            for clean, score in zip(chunk, scorer.score(chunk)):
                predictions.append((clean["flight_id"], score))
        shift = ((pd.DataFrame(good)[scorer.numbers].mean() - scorer.means) / scorer.stds).abs().max()
        batches.append((name, "drifted" if shift > 0.5 else "ok"))
        print(name, len(good), "rows, shift", round(shift, 2))
    for file, header, rows in (
        ("predictions.csv", ("flight_id", "prediction"), predictions),
        ("refused.csv", ("flight_id", "reason"), refused),
        ("batches.csv", ("batch", "status"), batches),
    ):
        with open(os.path.join(out, file), "w", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(header)
            writer.writerows(rows)


if __name__ == "__main__":
    main()
