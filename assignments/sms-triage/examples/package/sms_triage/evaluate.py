"""Search strengths and compare the candidates on folds, set the threshold, then look once at the held-out fifth."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.metrics import average_precision_score, confusion_matrix
from sklearn.model_selection import GridSearchCV, GroupShuffleSplit, StratifiedGroupKFold, cross_val_predict

from sms_triage.costs import cheapest_threshold, cost_at
from sms_triage.data import TARGET, TEXT, load_training
from sms_triage.disguise import disguise
from sms_triage.model import SEED, build_model, build_naive_bayes, build_part_model, build_word_model, digit_share

STRENGTHS = [1, 3, 10, 30]


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return development and held-out messages; a campaign is never in both."""
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=SEED)
    development, held_out = next(splitter.split(frame, groups=frame["campaign"]))
    return frame.iloc[development], frame.iloc[held_out]


def compare(frame: pd.DataFrame, folds: StratifiedGroupKFold) -> None:
    """Print average precision of every candidate on the same folds, with its spread: as found, and spam disguised."""
    candidates = {
        "naive Bayes": build_naive_bayes(),
        "words": build_word_model(),
        "parts of words": build_part_model(),
        "mean of both": build_model(),
    }
    found = {name: [] for name in ["number of digits", *candidates]}
    for training_rows, rows in folds.split(frame, frame[TARGET], frame["campaign"]):
        training, validation = frame.iloc[training_rows], frame.iloc[rows]
        versions = [validation[TEXT], disguised(validation)]
        target = validation[TARGET]
        found["number of digits"].append([average_precision_score(target, digit_share(texts)) for texts in versions])
        for name, candidate in candidates.items():
            model = clone(candidate).fit(training[TEXT], training[TARGET])
            scores = [average_precision_score(target, model.predict_proba(texts)[:, 1]) for texts in versions]
            found[name].append(scores)
    for name, scores in found.items():
        (plain, hidden), (plain_spread, hidden_spread) = np.mean(scores, axis=0), np.std(scores, axis=0)
        print(f"{name:18} {plain:.3f} +- {plain_spread:.3f}   disguised {hidden:.3f} +- {hidden_spread:.3f}")


def disguised(frame: pd.DataFrame) -> pd.Series:
    """Return the texts, those of spam as their senders might disguise them."""
    random = np.random.default_rng(SEED)
    return frame[TEXT].where(frame[TARGET] == 0, frame[TEXT].map(lambda text: disguise(text, random)))


def search(frame: pd.DataFrame, folds: StratifiedGroupKFold) -> None:
    """Print which strength of the two regressions ranks best on the folds; model.py holds what was found."""
    for name, model in {"words": build_word_model(), "parts of words": build_part_model()}.items():
        grid = GridSearchCV(model, {"model__C": STRENGTHS}, cv=folds, scoring="average_precision")
        grid.fit(frame[TEXT], frame[TARGET], groups=frame["campaign"])
        print(f"{name}: best C {grid.best_params_['model__C']}, {grid.best_score_:.3f}")


def interval(target: np.ndarray, scores: np.ndarray, draws: int = 500) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of average precision."""
    random = np.random.default_rng(SEED)
    rows = [random.integers(0, len(target), len(target)) for _ in range(draws)]
    return tuple(np.percentile([average_precision_score(target[row], scores[row]) for row in rows], [2.5, 97.5]))


def show_errors(held_out: pd.DataFrame, scores: np.ndarray, threshold: float) -> None:
    """Print what the threshold does, and the messages that are ranked worst."""
    target = held_out[TARGET].to_numpy()
    print(confusion_matrix(target, scores >= threshold))
    print(f"cost {cost_at(target, scores, threshold):.2f}, holding nothing back {cost_at(target, scores, 1.01):.2f}")
    ranked = held_out.assign(score=scores)[[TARGET, "score", TEXT]]
    print(ranked[ranked[TARGET] == 1].nsmallest(5, "score").to_string(index=False, max_colwidth=90))
    print(ranked[ranked[TARGET] == 0].nlargest(5, "score").to_string(index=False, max_colwidth=90))


def show_weights(model: VotingClassifier, most: int = 12) -> None:
    """Print the words that speak most for spam and for a genuine message."""
    words = model.named_estimators_["words"]
    names = words.named_steps["words"].get_feature_names_out()
    weights = pd.Series(words.named_steps["model"].coef_[0], index=names).sort_values()
    print("genuine:", ", ".join(weights.index[:most]))
    print("spam:", ", ".join(weights.index[-most:]))


def main(path: Path = Path("data/train.csv")) -> None:
    """Print every number that the README gives."""
    frame = load_training(path)
    print(f"{len(frame)} different messages, {frame[TARGET].mean():.1%} spam, {frame['campaign'].nunique()} campaigns")
    development, held_out = split(frame)
    folds = StratifiedGroupKFold(n_splits=5, shuffle=True, random_state=SEED)
    search(development, folds)
    compare(development, folds)
    model = build_model()
    out_of_fold = cross_val_predict(
        model,
        development[TEXT],
        development[TARGET],
        groups=development["campaign"],
        cv=folds,
        method="predict_proba",
    )[:, 1]
    threshold = cheapest_threshold(development[TARGET].to_numpy(), out_of_fold)
    model.fit(development[TEXT], development[TARGET])
    scores = model.predict_proba(held_out[TEXT])[:, 1]
    target = held_out[TARGET].to_numpy()
    low, high = interval(target, scores)
    print(f"held-out average precision {average_precision_score(target, scores):.3f} [{low:.3f}, {high:.3f}]")
    print(f"the same, spam disguised   {average_precision_score(target, model.predict_proba(disguised(held_out))[:, 1]):.3f}")
    print(f"threshold {threshold:.3f}")
    show_errors(held_out, scores, threshold)
    show_weights(model)


if __name__ == "__main__":
    main()
