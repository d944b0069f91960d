"""Which module of scikit-learn a public name stands in, so that of several star imports the right one lends it."""

from __future__ import annotations

import re
from functools import lru_cache

_HOMES = (
    ("dummy", r"Dummy(?:Classifier|Regressor)"),
    ("impute", r"(?:Simple|KNN|Iterative)Imputer|MissingIndicator"),
    ("preprocessing", r"\w+Scaler|(?:OneHot|Ordinal|Label|Target)Encoder|(?:Multi)?LabelBinarizer|Binarizer"
     r"|Normalizer|PolynomialFeatures|(?:Function|Power|Quantile|Spline)Transformer|KBinsDiscretizer"),
    ("model_selection", r"(?:Halving)?(?:Grid|Randomized|RandomSearch|GridSearch)\w*CV|\w*KFold|\w*ShuffleSplit"
     r"|TimeSeriesSplit|LeaveOneOut|LeavePOut|Leave\w+GroupsOut|LeaveOneGroupOut|PredefinedSplit|train_test_split"
     r"|cross_val(?:_score|_predict|idate)|cross_validate|learning_curve|validation_curve|ParameterGrid"),
    ("pipeline", r"Pipeline|FeatureUnion|make_pipeline|make_union"),
    ("compose", r"ColumnTransformer|make_column_\w+|TransformedTargetRegressor"),
    ("inspection", r"permutation_importance|partial_dependence|plot_partial_dependence|PartialDependenceDisplay"),
    ("linear_model", r"(?:Logistic|Linear|Poisson|Gamma|Quantile)Regress(?:ion|ionCV|or)|BayesianRidge|Ridge\w*"
     r"|Lasso\w*|ElasticNet(?:CV)?|SGD\w+|Perceptron|PassiveAggressive\w+|HuberRegressor|TweedieRegressor"),
    ("ensemble", r"(?:RandomForest|ExtraTrees|(?:Hist)?GradientBoosting|AdaBoost|Bagging|Voting|Stacking)\w+"
     r"|IsolationForest"),
    ("tree", r"(?:DecisionTree|ExtraTree)(?:Classifier|Regressor)|plot_tree|export_text|export_graphviz"),
    ("svm", r"(?:Linear|Nu)?SV[CR]|OneClassSVM"),
    ("neighbors", r"(?:KNeighbors|RadiusNeighbors)\w+|NearestNeighbors|NearestCentroid|LocalOutlierFactor"),
    ("naive_bayes", r"(?:Gaussian|Multinomial|Bernoulli|Complement|Categorical)NB"),
    ("neural_network", r"MLP(?:Classifier|Regressor)"),
    ("discriminant_analysis", r"(?:Linear|Quadratic)DiscriminantAnalysis"),
    ("decomposition", r"(?:Incremental|Kernel|Sparse)?PCA|TruncatedSVD|NMF|FastICA|LatentDirichletAllocation"),
    ("cluster", r"(?:MiniBatch)?KMeans|DBSCAN|OPTICS|AgglomerativeClustering|SpectralClustering|MeanShift|Birch"),
    ("calibration", r"CalibratedClassifierCV|calibration_curve|CalibrationDisplay"),
    ("feature_selection", r"Select(?:KBest|Percentile|FromModel|Fpr|Fdr|Fwe)|RFE(?:CV)?|VarianceThreshold"
     r"|SequentialFeatureSelector|mutual_info_\w+|f_classif|f_regression|chi2"),
)  # fmt: skip
_PATTERNS = tuple((f"sklearn.{module}", re.compile(pattern)) for module, pattern in _HOMES)


@lru_cache(maxsize=4096)
def home_of(name: str) -> str:
    """Return the module ("sklearn.impute") of a name that only scikit-learn is known to have, "" of any other."""
    return next((module for module, pattern in _PATTERNS if pattern.fullmatch(name)), "")
