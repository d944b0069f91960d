"""Names of metrics and of models as people write them, each with one name that all spellings mean."""

from __future__ import annotations

import re

_METRICS = {
    "balanced accuracy": r"balanced[ _-]accuracy(?:[ _]score)?",
    "accuracy": r"(?:accuracy|acc)(?:[ _]score)?",
    "average precision": r"(?:average[ _-]precision|pr[ _-]?auc|auprc)(?:[ _]score)?",
    "ROC AUC": r"(?:(?:au[- ]?)?roc[ _-]?auc|auc[ _-]?roc|auroc|auc)(?:[ _]score)?",
    "F1": r"f1(?:[ _-](?:score|macro|weighted))?",
    "precision": r"precision(?:[ _]score)?",
    "recall": r"(?:recall|sensitivity)(?:[ _]score)?",
    "RMSE": r"(?:rmse|root[ _]mean[ _]squared[ _]error)",
    "MSE": r"(?:mse|mean[ _]squared[ _]error)",
    "MAPE": r"(?:s?mape|mean[ _]absolute[ _]percentage[ _]error)",
    "MAE": r"(?:mae|mean[ _]absolute[ _]error)",
    "R2": r"(?:r2|r²|r\^2|r[- ]squared)(?:[ _]score)?",
    "log loss": r"log[ _-]?loss",
    "Brier score": r"brier(?:[ _]score)?(?:[ _]loss)?",
}
_MODELS = {
    "logistic regression": r"logistic ?regression(?:cv)?|log[ ._]?reg(?:ression)?|(?-i:LR)",
    "linear regression": r"linear ?regression|lin[ ._]?reg|ols",
    "random forest": r"random ?forest\w*|(?<=the )forest(?! cover)|(?-i:RF)",
    "extra trees": r"extra ?trees\w*",
    "XGBoost": r"xgb(?:oost)?(?:classifier|regressor)?",
    "LightGBM": r"lightgbm|lgbm?\w*",
    "CatBoost": r"cat ?boost\w*",
    "gradient boosting": r"(?:hist)?gradient ?boost\w*|(?-i:H?GBM|GBDT|GBC|GBR)",
    "AdaBoost": r"ada ?boost\w*",
    "decision tree": r"decision ?tree\w*|(?-i:DT)",
    "SVM": r"svm|svc|svr|linearsvc|support vector machines?",
    "nearest neighbours": r"knn|k[- ]?n(?:earest)?[- ]?neighbou?rs?\w*|kneighbors\w*",
    "naive Bayes": r"naive ?bayes|gaussiannb|multinomialnb|bernoullinb",
    "ridge": r"ridge\w*",
    "lasso": r"lasso\w*",
    "neural network": r"neural net(?:work)?s?|mlp\w*",
    "dummy": r"dummy\w*|majority class|mean predictor",
}
_OF_QUANTITIES = frozenset(("RMSE", "MSE", "MAPE", "MAE", "R2"))
RATIOS = frozenset(_METRICS) - {"RMSE", "MSE", "MAE", "log loss"}
METRIC = re.compile(
    r"(?i)(?<![a-z0-9])(?:" + "|".join(f"(?P<m{n}>{p})" for n, p in enumerate(_METRICS.values())) + r")(?![a-z0-9])"
)
MODEL = re.compile(
    r"(?i)(?<![a-z0-9])(?:" + "|".join(f"(?P<m{n}>{p})" for n, p in enumerate(_MODELS.values())) + r")(?![a-z0-9])"
)
_METRIC_NAMES, _MODEL_NAMES = tuple(_METRICS), tuple(_MODELS)


def metric_of(found: re.Match[str]) -> str:
    """Return the metric that a match of METRIC means."""
    return _METRIC_NAMES[int((found.lastgroup or "m0")[1:])]


def model_of(found: re.Match[str], metric: str = "") -> str:
    """Return the kind of model that a match of MODEL means: of an error, "LR" is the regression that has one."""
    if found[0] == "LR" and metric in _OF_QUANTITIES:
        return "linear regression"
    return _MODEL_NAMES[int((found.lastgroup or "m0")[1:])]


def subject_of(text: str, metric: str = "") -> str:
    """Return the one kind of model that `text` names, "" where it names none or several."""
    found = {model_of(match, metric) for match in MODEL.finditer(text)}
    return found.pop() if len(found) == 1 else ""
