"""Compare the baselines with the chosen model, then look once at the held-out fifth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split

from churn_model.data import load_training
from churn_model.model import SEED, build_baseline, build_model

CALL, MARGIN, STAYS = 20.0, 400.0, 0.25  # euros, euros, share of leavers whom a call keeps: the sales team's figures


def precision_at(target: pd.Series, scores: np.ndarray, calls: int) -> float:
    """Return the share of leavers among the `calls` customers with the highest scores."""
    return float(target.to_numpy()[np.argsort(-scores)[:calls]].mean())


def value_of_calls(target: pd.Series, scores: np.ndarray, threshold: float) -> tuple[int, float]:
    """Return how many customers score above `threshold`, and what calling them is worth in euros."""
    called = scores > threshold
    return int(called.sum()), float(STAYS * MARGIN * target.to_numpy()[called].sum() - CALL * called.sum())


def main(path: Path = Path("data/train.csv")) -> None:
    """Print cross-validated ROC AUC of each candidate and the held-out figures of the chosen one."""
    features, target = load_training(path)
    print(f"{target.mean():.1%} of {len(target)} customers have left")
    development, held_out, target_development, target_held_out = train_test_split(
        features, target, test_size=0.2, stratify=target, random_state=SEED
    )
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=SEED)
    candidates = {"dummy": DummyClassifier(), "logistic regression": build_baseline(), "average": build_model()}
    for name, candidate in candidates.items():
        scores = cross_val_score(candidate, development, target_development, cv=folds, scoring="roc_auc")
        print(f"{name:20} {scores.mean():.3f} +- {scores.std():.3f}")
    chosen = build_model().fit(development, target_development)
    probabilities = chosen.predict_proba(held_out)[:, 1]
    print(f"held-out ROC AUC           {roc_auc_score(target_held_out, probabilities):.3f}")
    print(f"held-out average precision {average_precision_score(target_held_out, probabilities):.3f}")
    print(f"held-out Brier score       {brier_score_loss(target_held_out, probabilities):.3f}")
    print(f"leavers among first 100    {precision_at(target_held_out, probabilities, 100):.3f}")
    threshold = CALL / (STAYS * MARGIN)
    for name, scores in {"the model's": probabilities, "everybody": np.ones(len(probabilities))}.items():
        calls, euros = value_of_calls(target_held_out, scores, threshold)
        print(f"calls to {name:17} {calls} of {len(scores)}, worth {euros:.0f} euros")
    rows = pd.DataFrame({"contract": held_out["contract"], "left": target_held_out, "said": probabilities})
    print(rows.groupby("contract").mean().round(3).to_string())


if __name__ == "__main__":
    main()
