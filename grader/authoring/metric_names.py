"""Which metrics a sentence names, by the words that people have for them."""

from __future__ import annotations

import re

NAMES = {
    "average_precision": r"average precision|\bPR[- ]?AUC\b|\bAUPRC\b",
    "roc_auc": r"\bROC[- ]?AUC\b|\bAUROC\b|(?<!PR )(?<!PR-)(?<!ROC )(?<!ROC-)\bAUC\b|area under the (?:ROC|receiver)",
    "balanced accuracy": r"balanced accuracy",
    "accuracy": r"(?<!balanced )\baccuracy\b",
    "f1": r"\bF1\b|\bF1?[- ](?:score|measure)\b",
    "rmse": r"\bRMSE\b|root[- ]mean[- ]squared?[- ]error",
    "mean squared error": r"\bMSE\b|(?<!root )(?<!root-)mean[- ]squared?[- ]error",
    "mase": r"\bMASE\b|mean absolute scaled error",
    "mae": r"\bMAE\b|mean absolute (?:error|difference|deviation)",
    "log loss": r"log[- ]?loss|cross[- ]entropy",
    "R squared": r"\bR2\b|R²|\bR[- ]squared",
    "MAPE": r"\bMAPE\b|mean absolute percentage error",
}
FOUND = {name: re.compile(words, re.IGNORECASE) for name, words in NAMES.items()}


def metrics_in(text: str) -> dict[str, str]:
    """Return the metrics that a text names, each with the words for it; the settings' names where they have one."""
    found = {name: match.group() for name, words in FOUND.items() if (match := words.search(text))}
    if "accuracy" in found:
        found["multiclass_accuracy"] = found["accuracy"]
    return found
