"""Compare the candidates by cross-validation, then look once at the held-out pictures, as both scanners give them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split

from digit_reader.model import SEED, WithCopies, build_baseline, build_machine, build_model
from digit_reader.pictures import SIDE, TARGET, load_pictures, load_table
from digit_reader.scanner import as_other_scanner

MOST_WRONG = 0.01


def on_other_scanners(model: BaseEstimator, pictures: np.ndarray, digits: np.ndarray) -> float:
    """Return the accuracy on the same pictures as the other scanners would give them; a scorer of scikit-learn."""
    return accuracy_score(digits, model.predict(as_other_scanner(pictures, np.random.default_rng(SEED))))


def share_for_a_person(margins: np.ndarray, is_right: np.ndarray, most_wrong: float = MOST_WRONG) -> float:
    """Return the smallest share of pictures, least sure first, without which at most `most_wrong` are misread."""
    order = np.argsort(-margins)
    wrong = np.cumsum(~is_right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(wrong <= most_wrong)
    return 1 - (kept[-1] + 1) / len(order) if len(kept) else 1.0


def report(name: str, model: WithCopies, pictures: np.ndarray, digits: np.ndarray) -> None:
    """Print accuracy with its interval, the weakest digit, what is confused, and what a person should see."""
    said = model.predict(pictures)
    accuracy = accuracy_score(digits, said)
    spread = 1.96 * np.sqrt(accuracy * (1 - accuracy) / len(digits))
    recalls = recall_score(digits, said, average=None)
    confused = confusion_matrix(digits, said)
    np.fill_diagonal(confused, 0)
    truth, taken = np.unravel_index(confused.argmax(), confused.shape)
    person = share_for_a_person(model.margin(pictures), said == digits)
    print(f"{name}: accuracy {accuracy:.3f} +- {spread:.3f}; weakest digit {recalls.argmin()} ({recalls.min():.2f})")
    print(f"  most confused: {truth} read as {taken}, {confused[truth, taken]} times; for a person: {person:.1%}")


def look_at(table: pd.DataFrame, asked: np.ndarray) -> None:
    """Print how often each digit is there, how each is drawn, and how grainy the pictures asked for are."""
    print(table[TARGET].value_counts(normalize=True).sort_index().round(3).to_string())
    print(pd.crosstab(table[TARGET], table["stroke"], normalize="index").round(2).to_string())
    corners = asked.reshape(-1, SIDE, SIDE)[:, :3, :3].std(axis=(1, 2))
    print(f"pictures asked for that are grainy: {(corners > 0.01).mean():.0%}, by {corners[corners > 0.01].mean():.3f}")


def by_stroke(model: WithCopies, pictures: np.ndarray, table: pd.DataFrame) -> None:
    """Print the accuracy for thin, medium and thick strokes."""
    right = pd.Series(model.predict(pictures) == table[TARGET].to_numpy())
    print(right.groupby(table["stroke"].to_numpy()).agg(["mean", "size"]).round(3).to_string())


def main(folder: Path = Path("data")) -> None:
    """Print the cross-validated accuracy of each candidate, then the chosen one's on held-out pictures."""
    table = load_table(folder / "train.csv", labelled=True)
    look_at(table, load_pictures(load_table(folder / "test.csv"), folder))
    development, held_out = train_test_split(table, test_size=0.2, stratify=table[TARGET], random_state=SEED)
    pictures, digits = load_pictures(development, folder), development[TARGET].to_numpy()
    folds = StratifiedKFold(n_splits=3, shuffle=True, random_state=SEED)
    candidates = {
        "commonest digit": DummyClassifier(),
        "logistic regression": build_baseline(),
        "support vectors": build_machine(),
        "support vectors, with copies": build_model(),
    }
    scoring = {"this": "accuracy", "other": on_other_scanners}
    for name, candidate in candidates.items():
        found = cross_validate(candidate, pictures, digits, cv=folds, scoring=scoring)
        shown = (f"{found[f'test_{kind}'].mean():.3f} +- {found[f'test_{kind}'].std():.3f}" for kind in scoring)
        print(f"{name:30} this scanner {next(shown)}, other scanners {next(shown)}")
    chosen = build_model().fit(pictures, digits)
    unseen = load_pictures(held_out, folder)
    other = as_other_scanner(unseen, np.random.default_rng(SEED + 1))
    for name, kind in (("this scanner", unseen), ("other scanners", other)):
        report(name, chosen, kind, held_out[TARGET].to_numpy())
        by_stroke(chosen, kind, held_out)


if __name__ == "__main__":
    main()
