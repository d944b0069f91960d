"""The two marks that normalise the hidden metric, for each suite and subgroup, computed from the data in this folder.

Baseline: ranking messages by how many digits they hold, which anybody could do without a model. Reference: a careful,
untuned logistic regression on TF-IDF of words and of parts of words, every digit read as 0. Of messy rows only those
that say something have a label, and they are hidden messages as they are: their marks are those of the first suite.
Run in the locked environment: python assignments/sms-triage/reference.py
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import Pipeline, make_pipeline, make_union

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
SUITES = {"iid": "", "shifted": "shifted_"}


def main() -> None:
    """Fit on the public training messages, score on the hidden ones of each suite and subgroup, print both marks."""
    settings = tomllib.loads((HERE / "assignment.toml").read_text(encoding="utf-8"))
    train = read(DATA / "public" / "train.csv")
    model = build_model().fit(train["text"], train["spam"])
    found = {
        suite: read(DATA / "hidden" / f"{prefix}features.csv").merge(read(DATA / "hidden" / f"{prefix}labels.csv"))
        for suite, prefix in SUITES.items()
    }
    for part in settings["slices"]:
        pattern = re.compile(part["pattern"])
        belongs = [pattern.search(text) is not None for text in found["iid"]["text"]]
        found[f"slice {part['name']}"] = found["iid"][belongs]
    found["messy"] = found["iid"]
    for suite, hidden in found.items():
        baseline = average_precision_score(hidden["spam"], hidden["text"].str.count(r"\d"))
        reference = average_precision_score(hidden["spam"], model.predict_proba(hidden["text"])[:, 1])
        print(f"{suite} baseline {baseline:.4f} reference {reference:.4f}")


def build_model() -> Pipeline:
    """Return the reference model, unfitted."""
    words = TfidfVectorizer(preprocessor=plain, token_pattern=r"\S+", ngram_range=(1, 2), sublinear_tf=True)
    parts = TfidfVectorizer(preprocessor=plain, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    return make_pipeline(make_union(words, parts), LogisticRegression(C=30, max_iter=2000))


def plain(text: str) -> str:
    """Return the text in lower case with every digit as 0: the number of a campaign changes, its form stays."""
    return re.sub(r"\d", "0", text.lower())


def read(path: Path) -> pd.DataFrame:
    """Read a table, leaving a message such as "null" the text that it is."""
    return pd.read_csv(path, keep_default_na=False)


if __name__ == "__main__":
    main()
