"""What known names are: the role of a class, and the kind of a call. A table, so that a name is one line to add."""

from __future__ import annotations

import re
from functools import lru_cache

from grader.evidence.homes import home_of
from grader.model.evidence import CallKind

# Role of the classes of a module: the longest prefix counts.
_MODULE_ROLES = {
    "sklearn.preprocessing": "transformer",
    "sklearn.decomposition": "transformer",
    "sklearn.random_projection": "transformer",
    "sklearn.kernel_approximation": "transformer",
    "sklearn.manifold": "transformer",
    "sklearn.impute": "imputer",
    "sklearn.feature_selection": "selector",
    "sklearn.feature_extraction": "vectoriser",
    "sklearn.cluster": "clusterer",
    "sklearn.mixture": "clusterer",
    "sklearn.covariance": "clusterer",
    "sklearn": "estimator",
    "xgboost": "estimator",
    "lightgbm": "estimator",
    "catboost": "estimator",
    "statsmodels": "statistical",
    "keras": "network",
    "torch.nn": "network",
    "prophet": "estimator",
    "imblearn.ensemble": "estimator",
    "imblearn.pipeline": "pipeline",
    "imblearn": "resampler",
    "category_encoders": "encoder",
    "feature_engine": "transformer",
    "feature_engine.selection": "selector",
    **dict.fromkeys(("missingpy", "fancyimpute", "impyute", "miceforest"), "imputer"),
    "hdbscan": "clusterer",
    "kmodes": "clusterer",
    "boruta": "selector",
    "mlxtend.feature_selection": "selector",
    "umap": "transformer",
    "optuna": "search",
    "surprise.prediction_algorithms": "estimator",
}
_CLASS_ROLES = {
    **dict.fromkeys(("Pipeline", "FeatureUnion", "ColumnTransformer", "DataFrameMapper"), "pipeline"),
    **dict.fromkeys(("OneHotEncoder", "OrdinalEncoder", "LabelEncoder", "LabelBinarizer", "TargetEncoder"), "encoder"),
    **dict.fromkeys(("MultiLabelBinarizer", "DictVectorizer"), "encoder"),
    **dict.fromkeys(("FunctionTransformer", "Normalizer", "Binarizer", "PolynomialFeatures"), "stateless"),
    **dict.fromkeys(("HashingVectorizer", "FeatureHasher", "AdditiveChi2Sampler"), "stateless"),
    **dict.fromkeys(("IsolationForest", "LocalOutlierFactor", "OneClassSVM", "NearestNeighbors"), "clusterer"),
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "BayesSearchCV"), "search"),
    **dict.fromkeys(("HalvingRandomSearchCV", "OptunaSearchCV", "TuneSearchCV"), "search"),
    # What tries models of its own accord goes by folds, or by a part, of what it is given.
    **dict.fromkeys(("TPOTClassifier", "TPOTRegressor", "AutoSklearnClassifier", "AutoSklearnRegressor"), "search"),
    **dict.fromkeys(("AutoML", "AutoMLSearch", "TabularAutoML", "TabularUtilizedAutoML"), "search"),
    **dict.fromkeys(("KFold", "StratifiedKFold", "GroupKFold", "RepeatedKFold", "RepeatedStratifiedKFold"), "splitter"),
    **dict.fromkeys(("StratifiedGroupKFold", "TimeSeriesSplit", "ShuffleSplit", "StratifiedShuffleSplit"), "splitter"),
    **dict.fromkeys(
        ("GroupShuffleSplit", "LeaveOneOut", "LeavePOut", "LeaveOneGroupOut", "PredefinedSplit"), "splitter"
    ),
    **dict.fromkeys(
        ("SMOTE", "ADASYN", "BorderlineSMOTE", "SVMSMOTE", "SMOTENC", "SMOTEENN", "SMOTETomek"), "resampler"
    ),
    **dict.fromkeys(("RandomOverSampler", "RandomUnderSampler", "NearMiss", "TomekLinks"), "resampler"),
    # They number words, and learn nothing that tells a model of other rows.
    **dict.fromkeys(("Tokenizer", "TextVectorization", "StringLookup", "IntegerLookup"), "stateless"),
    **dict.fromkeys(("Normalization", "Discretization"), "transformer"),  # of Keras: layers that are adapted to rows
    **dict.fromkeys(("DMatrix", "Pool", "Dataset"), "container"),
}

SEEDS = {"random_state", "seed", "random_seed"}
CROSS_VALIDATORS = {"cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve"}
STATISTICS = {"mean", "median", "mode", "std", "var", "min", "max", "quantile", "sum", "skew", "kurt", "sem", "mad"}
STATISTICS |= {"nanmean", "nanmedian", "nanstd", "nanmin", "nanmax", "percentile", "nanpercentile", "average"}
STATISTICS |= {"kurtosis", "iqr", "gmean", "hmean", "pmean", "moment", "kstat", "median_abs_deviation", "trim_mean"}
COUNTS = {"count", "size", "nunique"}  # of groups they are statistics; of a whole table, a look at it
_EXPLORING = {"head", "tail", "info", "describe", "value_counts", "isnull", "isna", "notnull", "notna", "nunique"}
_EXPLORING |= {"unique", "corr", "duplicated", "crosstab", "pivot_table", "corrwith", "memory_usage", "profile_report"}
_EXPLORING |= {"null_count", "is_null", "is_not_null", "glimpse", "is_duplicated", "n_unique"}  # of polars
_METHODS: dict[str, CallKind] = {
    **dict.fromkeys(("fit", "train_on_batch", "partial_fit", "fit_on_texts", "fit_generator", "adapt"), "fit"),
    **dict.fromkeys(("transform", "fit_transform", "texts_to_sequences", "inverse_transform"), "transform"),
    **dict.fromkeys(("predict", "predict_proba", "decision_function", "predict_log_proba", "fit_predict"), "predict"),
    **dict.fromkeys(("predict_classes", "forecast", "predict_generator"), "predict"),
    **dict.fromkeys(("score", "evaluate", "evaluate_generator"), "score"),
    **dict.fromkeys(("fit_resample", "fit_sample"), "resample"),
    "train_test_split": "split",  # of a data set of Hugging Face
    **dict.fromkeys(("fillna", "interpolate", "ffill", "bfill", "dropna"), "impute"),
    **dict.fromkeys(("fill_null", "fill_nan", "drop_nulls", "drop_nans"), "impute"),
    **dict.fromkeys(("get_dummies", "factorize", "to_dummies"), "encode"),
    **dict.fromkeys(("to_csv", "to_parquet", "to_pickle", "to_excel", "to_json", "to_feather"), "save"),
    **dict.fromkeys(("savefig", "save_model", "save_weights", "write_image", "write_html"), "save"),
    **dict.fromkeys(("plot", "hist", "boxplot", "plot_importance", "plot_tree", "hvplot"), "plot"),
    **dict.fromkeys(tuple(_EXPLORING), "explore"),
}
_OF_DETECTORS: dict[str, CallKind] = {"val": "score", "save": "save", "export": "save"}
_FUNCTIONS: dict[str, CallKind] = {
    **dict.fromkeys(("train_test_split", "random_split", "temporal_train_test_split"), "split"),
    **dict.fromkeys(tuple(CROSS_VALIDATORS), "cross_validate"),
    **dict.fromkeys(("create_study",), "search"),
    **dict.fromkeys(("get_dummies", "factorize"), "encode"),
    **dict.fromkeys(("crosstab", "pivot_table", "ProfileReport"), "explore"),
}
_SAVERS = {"joblib.dump", "pickle.dump", "cloudpickle.dump", "dill.dump", "torch.save", "numpy.save", "numpy.savez",
           "numpy.savetxt", "pickle.dumps"}  # fmt: skip
OBJECT_LOADERS = {"joblib.load", "pickle.load", "cloudpickle.load", "dill.load", "pickle.loads"}
_LOADERS = {*OBJECT_LOADERS, "torch.load", "numpy.load", "numpy.loadtxt",
            "numpy.genfromtxt", "seaborn.load_dataset", "keras.models.load_model", "csv.reader", "csv.DictReader",
            "datasets.load_dataset", "statsmodels.api.datasets.get_rdataset",
            "surprise.Dataset.load_builtin", "surprise.Dataset.load_from_file",
            "tensorflow.data.experimental.make_csv_dataset", "tensorflow.data.experimental.CsvDataset"}  # fmt: skip
_PLOTTING = ("matplotlib", "seaborn", "plotly", "bokeh", "altair", "missingno", "wordcloud", "scikitplot")
# Recommenders that Surprise also brings by its own name: "surprise.SVD".
_OF_SURPRISE = ("SVD", "SVDpp", "NMF", "KNNBasic", "KNNWithMeans", "KNNWithZScore", "KNNBaseline", "SlopeOne",
                "CoClustering", "BaselineOnly", "NormalPredictor")  # fmt: skip
_RENAMED = {
    **{f"surprise.{name}": f"surprise.prediction_algorithms.{name}" for name in _OF_SURPRISE},
    "sklearn.externals.joblib": "joblib",
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.grid_search": "sklearn.model_selection",
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "pylab": "matplotlib.pyplot",
    "imblearn.over_sampling.SMOTE": "imblearn.over_sampling.SMOTE",
    "fbprophet": "prophet",
    "cudf": "pandas",  # these speak the same on other machines
    "modin.pandas": "pandas",
    "cuml": "sklearn",
    "sklearnex": "sklearn",
}
_SCORES = {"score", "acc", "accuracy", "error", "err", "rmse", "rmsle", "mae", "mse", "mape", "smape", "auc", "metric",
           "kappa", "qwk", "f1", "r2", "cindex", "gini", "recall", "precision", "confusion", "logloss"}  # fmt: skip
ROLE_KINDS: dict[str, CallKind] = {
    "transformer": "transform",
    "stateless": "transform",
    "selector": "transform",
    "vectoriser": "encode",
    "encoder": "encode",
    "imputer": "impute",
    "resampler": "resample",
    "splitter": "split",
    "search": "search",
}
STATEFUL = {"transformer", "selector", "vectoriser", "encoder", "imputer"}


def canonical(name: str) -> str:
    """Return a dotted name as its library calls it today ("tensorflow.keras.X" is "keras.X")."""
    for old, new in _RENAMED.items():
        if name == old or name.startswith(old + "."):
            return new + name[len(old) :]
    return name


@lru_cache(maxsize=4096)
def role_of(type_name: str) -> str:
    """Return the role of a class by its dotted name: "transformer", "estimator", ..., or "" where it is unknown."""
    module, _, last = type_name.rpartition(".")
    if not module or not last[:1].isupper():
        return ""
    top = module.split(".")[0]
    if top in ("pandas", "numpy", "matplotlib", "seaborn"):
        return ""
    if last in _CLASS_ROLES:
        return _CLASS_ROLES[last]
    while module:
        if module in _MODULE_ROLES:
            return _MODULE_ROLES[module]
        module = module.rpartition(".")[0]
    return ""


def is_trivial(type_name: str) -> bool:
    """Tell whether a model looks at no feature: it is there to be compared with."""
    return type_name.startswith("sklearn.dummy.")


def is_plotting(name: str) -> bool:
    """Tell whether a dotted name is of a library that draws."""
    return name.split(".")[0] in _PLOTTING


def is_metric(name: str) -> bool:
    """Tell whether a dotted function name computes a score from truth and predictions."""
    if name.startswith("sklearn.metrics."):
        last = name.rpartition(".")[2]
        skipped = ("make_scorer", "pairwise", "silhouette", "calinski", "davies", "get_scorer", "auc")
        distances = ("_similarity", "_distances", "_distance", "_kernel")
        return last[:1].islower() and not last.startswith(skipped) and not last.endswith(distances)
    if name.startswith(("scikitplot.metrics.", "scikitplot.plotters.")):
        return "silhouette" not in name and "elbow" not in name
    known = ("statsmodels.tools.eval_measures.rmse", "keras.metrics.mean_squared_error")
    return name in known or name.startswith("surprise.accuracy.")


def names_a_score(name: str) -> bool:
    """Tell whether a function that is not known computes a score, by its name."""
    last = name.rpartition(".")[2]
    return any(part in _SCORES for part in re.split(r"_|(?<=[a-z])(?=[A-Z])", last.lower() if last.isupper() else last))


def star_lends(module: str, name: str) -> bool:
    """Tell whether `from module import *` surely brings `name`."""
    dotted = f"{module}.{name}"
    if home := home_of(name):
        return module in (home, "imblearn.pipeline" if home == "sklearn.pipeline" else home)
    if module.startswith("fastai"):
        return name in ("proc_df", "train_cats", "apply_cats", "add_datepart")
    if module == "sklearn.metrics":
        known = ("classification_report", "confusion_matrix", "roc_curve", "precision_recall_curve")
        return name.endswith(("_score", "_error", "_loss")) or name in known
    if is_plotting(module):
        return False
    return bool(role_of(dotted)) or kind_of(dotted) != "other"


def kind_of(name: str, receiver_type: str = "") -> CallKind:
    """Return the kind of a call by its resolved name; for a method, `receiver_type` is its receiver's class."""
    last = name.rpartition(".")[2]
    if receiver_type or name.startswith("."):
        return _method_kind(last, role_of(receiver_type), receiver_type)
    if name in _LOADERS or name.startswith(("pandas.read_", "polars.read_", "polars.scan_")) or _is_dataset(name, last):
        return "load"
    if name in _SAVERS or (name.startswith("mlflow.") and last in ("log_model", "save_model")):
        return "save"
    if is_plotting(name):
        return "save" if last in ("savefig", "write_html") else "plot"
    if is_metric(name) or (name.startswith("sklearn.metrics.") and last.startswith(("plot_", "auc", "silhouette"))):
        return "score"
    if role := role_of(name):
        return ROLE_KINDS.get(role, "other")
    if name == "sklearn.utils.resample":
        return "resample"
    return _FUNCTIONS.get(last, "other") if "." in name else "other"


def _is_dataset(name: str, last: str) -> bool:
    return name.startswith("sklearn.datasets.") and last.startswith(("load_", "fetch_", "make_"))


def _method_kind(method: str, role: str, receiver_type: str) -> CallKind:
    if role == "splitter":
        return "split" if method == "split" else "other"
    if role in ROLE_KINDS and method == "fit_transform":
        return ROLE_KINDS[role]
    if role == "search" and method == "optimize":
        return "search"
    if role in ("estimator", "network", "statistical", "search") and method in ("save", "save_model"):
        return "save"
    if receiver_type.split(".")[0] in _PLOTTING:
        return "plot"
    if method == "test" and receiver_type.startswith("surprise."):
        return "predict"
    if method in ("from_display", "from_estimator", "from_predictions"):
        return "plot"
    if receiver_type.startswith("ultralytics.") and method in _OF_DETECTORS:
        return _OF_DETECTORS[method]
    return _METHODS.get(method, "other")
