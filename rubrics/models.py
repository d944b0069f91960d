"""Which calls make models, of which family they are, and whether they are put to use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from grader import Call, Evidence
from rubrics.facts import last, live_calls
from rubrics.filling import only_filling
from rubrics.loaded import only_loaded
from rubrics.networks import is_part, network_classes, networks
from rubrics.once import once_a_work

NO_MODEL = "No model was seen to be made and used."
LIBRARIES = frozenset(
    ("sklearn", "xgboost", "lightgbm", "catboost", "statsmodels", "keras", "torch", "imblearn", "prophet", "tensorflow",
     "sktime", "pmdarima")
)  # fmt: skip
_MODEL = re.compile(
    r"(Classifier|Regressor|Regression|RegressionCV|SVC|SVR|NB|Ridge|RidgeCV|RidgeClassifierCV|Lasso|LassoCV"
    r"|LassoLarsCV|ElasticNet|ElasticNetCV|Discriminant|DiscriminantAnalysis|Perceptron|Sequential|Prophet|ARIMA|SARIMAX|OLS|Logit|GLM)$"
)
FORECASTERS = frozenset(("Prophet", "ARIMA", "SARIMAX"))  # they go on with a series of quantities
# Of Surprise: they predict how a user will rate a thing.
_RECOMMENDER = re.compile(r"^surprise\.prediction_algorithms\.(?:\w+\.)?([A-Z]\w+)$")
_DRAWN_FACTORS = frozenset(("SVD", "SVDpp", "NMF", "CoClustering", "NormalPredictor"))
_SIMPLE = re.compile(
    r"(LogisticRegression|LogisticRegressionCV|LinearRegression|Ridge|RidgeCV|Lasso|RidgeClassifier|GaussianNB"
    r"|BernoulliNB|MultinomialNB|ComplementNB|DecisionTreeClassifier|DecisionTreeRegressor|OLS|Logit)$"
)
_SCALED = re.compile(
    r"(LogisticRegression|LogisticRegressionCV|SVC|SVR|KNeighborsClassifier|KNeighborsRegressor|MLPClassifier"
    r"|MLPRegressor|SGDClassifier|SGDRegressor|Ridge|RidgeCV|RidgeClassifier|Lasso|LassoCV|ElasticNet|ElasticNetCV"
    r"|Perceptron)$"
)
_WRAPPER = re.compile(
    r"(Voting|Stacking|MultiOutput|OneVs|ClassifierChain|TransformedTarget|Calibrated)"
)  # hold models
TRAINERS = frozenset(("xgboost.train", "lightgbm.train", "catboost.train", "xgboost.cv", "lightgbm.cv", "catboost.cv"))
_BY_LIBRARY = {"xgboost": "xgb", "lightgbm": "lgb", "catboost": "cat"}
_ANY = re.compile(r"^[A-Z]\w*(Classifier|Regressor)$")
_RANDOM = re.compile(
    r"(Forest|Trees|MLP|SGD|DecisionTree|Bagging)\w*$|^(GradientBoosting|AdaBoost|PassiveAggressive)(Classifier|Regressor)$"
    r"|^RANSACRegressor$"
)
_DRAWN_SOLVER = re.compile(r"['\"](sag|saga|liblinear)['\"]")
_BOOSTED = re.compile(r"(Boost|Boosting|XGB|LGBM)\w*$")
_DRAWING = frozenset(("subsample", "max_features", "colsample_bytree", "colsample_bylevel", "colsample_bynode",
                      "feature_fraction", "bagging_fraction"))  # fmt: skip
_NOT_PREDICTING = (
    "sklearn.preprocessing.", "sklearn.impute.", "sklearn.decomposition.", "sklearn.cluster.", "sklearn.mixture.",
    "sklearn.manifold.", "sklearn.feature_extraction.", "sklearn.feature_selection.", "sklearn.compose.",
    "category_encoders.", "imblearn.over_sampling.", "imblearn.under_sampling.", "umap.", "hdbscan.",
)  # fmt: skip
_GROUPING = ("sklearn.cluster.", "sklearn.mixture.", "hdbscan.", "kmodes.")
_TRAINING = frozenset(("backward", "train_on_batch", "fit_generator", "train", "fine_tune", "fit_one_cycle",
                       "train_supervised", "apply_gradients"))  # fmt: skip
_SCALERS = re.compile(r"(Scaler|Normalizer|QuantileTransformer|PowerTransformer|BatchNormalization)$")


def no_model(evidence: Evidence) -> str:
    """Return how to say that a work has no model that predicts: it may group its rows all the same."""
    grouping = [
        call for call in live_calls(evidence) if call.name.startswith(_GROUPING) and last(call.name)[0].isupper()
    ]
    return f"Rows are grouped by {last(grouping[0].name)}; no model that predicts was seen." if grouping else NO_MODEL


def models(evidence: Evidence) -> list[Call]:
    """Return the live calls that make a model which is used afterwards; one made and forgotten does not count, nor one
    that is only loaded or only fills a column.
    """
    return list(_models(evidence))


@once_a_work
def _models(evidence: Evidence) -> tuple[Call, ...]:
    calls = live_calls(evidence)
    used = {call.receiver.split(".")[0] for call in calls} | {call.receiver for call in calls}
    used |= {name for call in calls for name in call.arguments}
    # `model = Ridge().fit(X, y)`: made and fitted in one statement
    fitted = {
        (call.span.path, call.span.cell, call.span.end_line, call.assigned) for call in calls if call.kind == "fit"
    }
    own, made = network_classes(evidence), (*networks(evidence), *_of_other_libraries(calls))
    found = [
        call
        for call in calls
        if (call in made or _searches_recommender(call) or (_is_model(call.name) and not is_part(call, own)))
        and (
            not call.assigned
            or used.intersection(call.assigned)
            or (call.span.path, call.span.cell, call.span.end_line, call.assigned) in fitted
        )
    ]
    aside = [*only_loaded(evidence, found), *only_filling(evidence, found)]
    return tuple(call for call in found if call not in aside)


def _of_other_libraries(calls: list[Call]) -> list[Call]:
    """Return what a library that is not known calls a classifier or a regressor, and what is fitted and predicts."""
    fitted = {(call.span.path, call.receiver) for call in calls if call.kind == "fit"}
    asked = {(call.span.path, call.receiver) for call in calls if call.kind in ("predict", "score")}
    used = fitted & asked
    used |= {(call.span.path, name) for call in calls if call.kind == "cross_validate" for name in call.arguments}
    named = [call for call in calls if "." in call.name and _ANY.match(last(call.name)) and not _is_model(call.name)]
    places = [(call, {(call.span.path, name) for name in call.assigned}) for call in named]
    return [call for call, own in places if own & used and not _WRAPPER.match(last(call.name))]


def _searches_recommender(call: Call) -> bool:
    """Tell whether a search of Surprise is given a class that it makes models of by itself."""
    search = call.kind == "search" and call.name.startswith("surprise.model_selection.")
    return search and bool(call.positional) and call.positional[0].isidentifier() and call.positional[0][0].isupper()


def makes_model(call: Call) -> bool:
    """Tell whether a call makes a model, used or not, one that holds others among them."""
    return _is_model(call.name) or bool(_ANY.match(last(call.name)) or _WRAPPER.match(last(call.name)))


def family(call: Call) -> str:
    """Return the model's class name ("RandomForestClassifier"), or its library for a training function."""
    parts = call.name.split(".")
    if call.name in TRAINERS:
        return parts[0]
    if _searches_recommender(call):
        return call.positional[0]
    return parts[-2] if parts[-1] == "from_pretrained" and len(parts) > 1 else parts[-1]


def families(evidence: Evidence) -> list[str]:
    """Return the class names of the models in use, each once, in the order of the code."""
    return kinds(models(evidence))


def kinds(used: Iterable[Call]) -> list[str]:
    """Return the class names of models, each once; a library's own training makes no other kind than its class."""
    names = list(dict.fromkeys(family(call) for call in used))
    begun = {name[:3].lower() for name in names if name not in _BY_LIBRARY}
    return [name for name in names if _BY_LIBRARY.get(name) not in begun]


def is_dummy(call: Call) -> bool:
    """Tell whether the model only knows the target's distribution."""
    return family(call).startswith("Dummy") or last(call.name) == "NormalPredictor"


def is_simple(call: Call) -> bool:
    """Tell whether the model is one that others are usually measured against."""
    return bool(_SIMPLE.match(family(call))) or last(call.name) == "BaselineOnly"


def needs_scaling(call: Call) -> bool:
    """Tell whether the model's result depends on the units of its features."""
    return bool(_SCALED.match(family(call)))


def is_random(call: Call) -> bool:
    """Tell whether the model draws random numbers while it is fitted: boosting does where it takes samples, that of
    scikit-learn in its trees as well, and a linear model by its solver.
    """
    name = family(call)
    if _RECOMMENDER.match(call.name):
        return name in _DRAWN_FACTORS
    if name == "LinearSVC":
        return call.keywords.get("dual") != "False"
    if name in ("SVC", "NuSVC"):
        return call.keywords.get("probability") == "True"
    if _RANDOM.search(name):
        return True
    if is_boosted(call):
        return bool(_DRAWING.intersection(call.keywords))
    return bool(_DRAWN_SOLVER.search(call.keywords.get("solver", "")))


def is_boosted(call: Call) -> bool:
    """Tell whether the model is made by boosting."""
    return call.name in TRAINERS or bool(_BOOSTED.search(family(call)))


def draws(settings: str) -> bool:
    """Tell whether the text of a dict of settings has boosting take samples."""
    return any(re.search(rf"\b{name}\b['\"]?\s*[:=]", settings) for name in _DRAWING)


def is_network(call: Call) -> bool:
    """Tell whether the model is a neural network put together by hand, or one that was trained before."""
    named = family(call) in ("Sequential", "DNNClassifier", "DNNRegressor")
    return named or not (_is_model(call.name) or _ANY.match(last(call.name)) or _searches_recommender(call))


def predictors(evidence: Evidence) -> list[Call]:
    """Return the live calls that make, fit or try a model that predicts; groups and texts alone are not predicted."""
    fits = [call for call in live_calls(evidence, "fit") if _learns_a_target(call)]
    return [*models(evidence), *live_calls(evidence, "cross_validate", "search"), *fits]


def trained(evidence: Evidence) -> list[Call]:
    """Return the live calls that fit a model, a network's loop of its own included, and none that only prepare."""
    fits = live_calls(evidence, "fit", "cross_validate", "search")
    loops = [call for call in live_calls(evidence, "other") if last(call.name) in _TRAINING]
    return [call for call in [*fits, *loops] if not call.name.startswith((*_NOT_PREDICTING, "keras.preprocessing."))]


def _learns_a_target(call: Call) -> bool:
    if call.name.startswith(_NOT_PREDICTING):
        return False
    return len(call.positional) > 1 or not {"y", "validation_data", "validation_split"}.isdisjoint(call.keywords)


def is_regressor(call: Call) -> bool:
    """Tell whether the model predicts a quantity, the next of a series among them."""
    name = family(call)
    if name.startswith("LogisticRegression"):
        return False
    if name in FORECASTERS or _RECOMMENDER.match(call.name) or _searches_recommender(call):
        return True
    return name.endswith(("Regressor", "Regression", "SVR", "Ridge", "RidgeCV", "Lasso", "LassoCV", "OLS")) or (
        name.startswith("ElasticNet")
    )


def is_classifier(call: Call) -> bool:
    """Tell whether the model predicts a class."""
    return family(call).endswith(("Classifier", "SVC", "NB", "Logit")) or family(call).startswith("LogisticRegression")


def scalers(evidence: Evidence) -> list[Call]:
    """Return the live calls that make a scaler."""
    return [call for call in live_calls(evidence) if _SCALERS.search(last(call.name))]


@lru_cache(maxsize=10_000)
def _is_model(dotted: str) -> bool:
    if dotted in TRAINERS:
        return True
    if _RECOMMENDER.match(dotted):
        return True
    name = last(dotted)
    known = dotted.split(".")[0] in LIBRARIES and name[:1].isupper()
    return known and bool(_MODEL.search(name)) and not _WRAPPER.match(name)
