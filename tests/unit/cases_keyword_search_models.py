"""Excerpts as real submissions have them that a search for keywords would get wrong: models, and how they do."""

from __future__ import annotations

from rubric_evidence import cases_of, claiming, hidden, notebook, plan, printed, ran

choice = cases_of("model_choice")
result = cases_of("evaluation")

LOAD = "import numpy as np\nimport pandas as pd\ndf = pd.read_csv('data/train.csv')\n"
XY = "X = df.drop(columns='churn')\ny = df['churn']\n"
SPLIT = (
    "from sklearn.model_selection import train_test_split\n"
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)\n"
)
FOREST = "from sklearn.ensemble import RandomForestClassifier\n"
RF = FOREST + "rf = RandomForestClassifier(random_state=0)\nrf.fit(X_train, y_train)\n"
AUC = "from sklearn.metrics import roc_auc_score\nprint('AUC', roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))\n"
LR = "from sklearn.linear_model import LogisticRegression\n"
START = LOAD + XY + SPLIT
WORK = START + RF + AUC
TWO = (
    LR + FOREST + "from sklearn.model_selection import cross_val_score\n"
    "a = cross_val_score(LogisticRegression(), X, y, scoring='roc_auc').mean()\n"
    "b = cross_val_score(RandomForestClassifier(), X, y, scoring='roc_auc').mean()\nprint(a, b)\n"
)
FINAL = "RandomForestClassifier().fit(X, y).predict(X)\n"
GRID = "from sklearn.model_selection import GridSearchCV\n"
RARE = "print(y.value_counts())\n"
COUNTED = "churn\n0    950\n1     50\nName: count, dtype: int64\n"

CHOSEN = [
    choice("baseline_compared", "not_met", "baseline is what the forest is called",
           START + FOREST + "baseline_model = RandomForestClassifier()  # DummyClassifier\n"
           "baseline_model.fit(X_train, y_train)\nprint(baseline_model.score(X_test, y_test))\n"),
    choice("baseline_compared", "met", "the mean as a forecast, without a class of that name",
           LOAD + "y = df['price']\nX = df.drop(columns='price')\n" + SPLIT
           + "from sklearn.ensemble import RandomForestRegressor\nfrom sklearn.metrics import mean_absolute_error\n"
           "rf = RandomForestRegressor().fit(X_train, y_train)\n"
           "print(mean_absolute_error(y_test, rf.predict(X_test)))\n"
           "print(mean_absolute_error(y_test, np.full(len(y_test), y_train.mean())))\n"),
    choice("several_models", "not_met", "imported one and all, and one of them fitted",
           START + LR + "from sklearn.svm import SVC\nfrom xgboost import XGBClassifier\n" + RF + AUC),
    choice("several_models", "met", "in a list whose items are called by another name",
           LOAD + XY + "from sklearn.model_selection import cross_val_score\nimport sklearn.linear_model as L\n"
           "import sklearn.tree as T\nfor thing in [L.LogisticRegression(), T.DecisionTreeClassifier()]:\n"
           "    print(cross_val_score(thing, X, y, cv=5, scoring='roc_auc').mean())\n"),
    choice("choice_justified", "partly", "the best model, says the comment, and nothing follows from the figures",
           LOAD + XY + TWO + "# the best model\n"),
    choice("choice_justified", "met", "no word on the best: the greater of two figures decides",
           LOAD + XY + TWO + "clf = LogisticRegression() if a > b else RandomForestClassifier()\nclf.fit(X, y)\n"),
    choice("simplest_good_model", "not_met", "the README says that it is much better",
           {"train.py": LOAD + XY + LR + FOREST + "from sklearn.model_selection import cross_val_score\n"
            "for m in (LogisticRegression(), RandomForestClassifier()):\n"
            "    print(type(m).__name__, 'AUC', cross_val_score(m, X, y, scoring='roc_auc').mean())\n" + FINAL,
            "README.md": "The forest is far better than any simple model."}, run=ran(), plan=plan(),
           observed=printed("LogisticRegression AUC 0.848\nRandomForestClassifier AUC 0.850\n")),
    choice("simplest_good_model", "not_applicable", "simple is a word in the README",
           {"train.py": WORK, "README.md": "We keep it simple: a parsimonious model."}),
    choice("suits_the_task", "not_met", "a regressor whose answers are counted as hits",
           LOAD + "y = df['price']\nX = df[['age']]\n" + SPLIT
           + "from sklearn.ensemble import RandomForestRegressor\nfrom sklearn.metrics import accuracy_score\n"
           "rf = RandomForestRegressor().fit(X_train, y_train)\nprint(accuracy_score(y_test, rf.predict(X_test)))\n"),
    choice("suits_the_task", "met", "logistic regression is no regression",
           START + LR + "from sklearn.preprocessing import StandardScaler\nfrom sklearn.pipeline import make_pipeline\n"
           "regression = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)\n"
           + AUC.replace("rf.", "regression.")),
    choice("imbalance_treated", "not_met", "balanced is the name of a column and of a metric",
           START + RARE + RF + "from sklearn.metrics import balanced_accuracy_score\n"
           "df['class_weight'] = 'balanced'  # SMOTE\nprint(balanced_accuracy_score(y_test, rf.predict(X_test)))\n",
           run=ran(), plan=plan(), observed=printed(COUNTED)),
    choice("imbalance_treated", "met", "by the weight of each row, and no word of balance",
           START + RARE + RF.replace("y_train)", "y_train, sample_weight=np.where(y_train == 1, 19, 1))") + AUC,
           run=ran(), plan=plan(), observed=printed(COUNTED)),
    choice("hyperparameters_searched", "not_met", "a grid that is written down, and not searched",
           START + GRID + "param_grid = {'max_depth': [3, 5, 7]}\n# GridSearchCV(rf, param_grid)\n" + RF + AUC),
    choice("hyperparameters_searched", "met", "a loop over settings, on folds",
           START + FOREST + "from sklearn.model_selection import cross_val_score\nscores = {}\nfor d in (3, 5, 7):\n"
           "    m = RandomForestClassifier(max_depth=d)\n    scores[d] = cross_val_score(m, X_train, y_train).mean()\n"
           "d = max(scores, key=scores.get)\nrf = RandomForestClassifier(max_depth=d).fit(X_train, y_train)\n" + AUC),
    choice("seeded", "not_met", "a seed that nothing takes",
           LOAD + XY + "SEED = 42\nrandom_state = SEED\n" + FOREST + "RandomForestClassifier().fit(X, y)\n"),
    choice("seeded", "met", "one for all, and random_state nowhere",
           "import numpy as np\nnp.random.seed(7)\n" + LOAD + XY + FOREST + "RandomForestClassifier().fit(X, y)\n"),
]  # fmt: skip

MEASURED = [
    result("multi_test_leakage", "not_met", "the depth is picked by what is called a validation score",
           START + FOREST + AUC.partition("\n")[0] + "\nbest, depth = 0, 3\nfor d in (3, 5, 9):\n"
           "    rf = RandomForestClassifier(max_depth=d).fit(X_train, y_train)\n"
           "    val_auc = roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1])  # validation\n"
           "    if val_auc > best:\n        best, depth = val_auc, d\n"
           "rf = RandomForestClassifier(max_depth=depth).fit(X_train, y_train)\n" + AUC),
    result("multi_test_leakage", "met", "four metrics of one model, and a grid searched on the training rows",
           START + FOREST + GRID + "from sklearn.metrics import f1_score\n"
           "rf = GridSearchCV(RandomForestClassifier(), {'max_depth': [3, 5, 9]}).fit(X_train, y_train)\n"
           "print(f1_score(y_test, rf.predict(X_test)))\n" + AUC),
    result("scored_on_training_data", "not_met", "called X_test, and they are the training rows",
           LOAD + XY + FOREST + "rf = RandomForestClassifier().fit(X, y)\nX_test, y_test = X, y\n" + AUC),
    result("scored_on_training_data", "met", "called X_train, and cut off before the fit",
           START.replace("X_train, X_test, y_train, y_test", "X_rest, X_train, y_rest, y_train")
           + RF.replace("X_train, y_train", "X_rest, y_rest") + "print(rf.score(X_train, y_train))\n"),
    result("held_out_evaluation", "not_met", "X_test is a copy, and the split is in a comment",
           LOAD + XY + FOREST + "# train_test_split(X, y)\nrf = RandomForestClassifier().fit(X, y)\n"
           "X_test = X.copy()\ny_test = y\nprint(rf.score(X_test, y_test))\n"),
    result("held_out_evaluation", "met", "out-of-fold answers, and no train_test_split",
           LOAD + XY + FOREST + "from sklearn.model_selection import cross_val_predict\n"
           "from sklearn.metrics import roc_auc_score\n"
           "oof = cross_val_predict(RandomForestClassifier(), X, y, cv=5, method='predict_proba')[:, 1]\n"
           "print(roc_auc_score(y, oof))\n"),
    result("spread_shown", "partly", "the deviation is that of a column",
           WORK + "print(df['fee'].std(), 'confidence interval')\n"),
    result("spread_shown", "met", "every fold is printed, and no deviation",
           LOAD + XY + FOREST + "from sklearn.model_selection import cross_val_score\n"
           "for fold in cross_val_score(RandomForestClassifier(), X, y, cv=5):\n    print(fold)\n"),
    result("hidden_result", "not_met", "a work that prints an AUC of 0.99",
           "print('AUC 0.99, beats the baseline')\n", hidden=(hidden(-0.2),)),
    result("hidden_result", "met", "a work that says nothing of it", WORK, hidden=(hidden(0.6),)),
    result("claims_hold", "not_met", "the saved output and the README agree, the run does not",
           claiming({"train.py": WORK, "README.md": "The model reaches a test AUC of 0.97.\n"}, "AUC 0.81\n")),
    result("claims_hold", "not_applicable", "figures of a goal, and of another's work",
           claiming({"train.py": WORK, "README.md": "The AUC should be at least 0.97.\n"}, "AUC 0.81\n")),
    result("limits_written", "not_met", "a heading and words for any work",
           {"train.py": WORK, "README.md": "# Limitations and future work\n\nWith more data it could be improved.\n"}),
    result("limits_written", "partly", "one sentence under no heading at all",
           {"a.ipynb": notebook("# %% md\nCustomers whose fee is above 900 were not in the data, so the random "
            "forest cannot be trusted there.", WORK + "print(df['fee'].max())")}),
    result("decision_threshold", "not_met", "a threshold on a column, and one in a comment",
           WORK + "# threshold tuning\nthreshold = 0.3\nprint(df[df['fee'] > threshold])\nprint(rf.predict(X_test))\n"),
    result("decision_threshold", "met", "no threshold is named: calls are taken where they cost least",
           START + RF + "p = rf.predict_proba(X_test)[:, 1]\nfrom sklearn.metrics import f1_score\n"
           "cut = max(np.linspace(0.1, 0.9, 9), key=lambda c: f1_score(y_test, p > c))\n"
           "print((p > cut).mean(), rf.predict(X_test))\n"),
    result("fitting_metric", "partly", "a report and an AUC in the imports, and accuracy printed",
           START + RF + "from sklearn.metrics import classification_report, roc_auc_score, accuracy_score\n"
           "print('AUC', accuracy_score(y_test, rf.predict(X_test)))\n"),
    result("fitting_metric", "met", "by the name of a scorer",
           LOAD + XY + FOREST + "from sklearn.model_selection import cross_validate\n"
           "print(cross_validate(RandomForestClassifier(), X, y, scoring='average_precision'))\n"),
    result("error_analysis", "not_met", "confusion_matrix is imported, and the heat map is of the features",
           WORK + "from sklearn.metrics import confusion_matrix\nimport seaborn as sns\n"
           "sns.heatmap(df.corr())  # error analysis\n"),
    result("error_analysis", "met", "a crosstab of answers and truth",
           WORK + "print(pd.crosstab(y_test, rf.predict(X_test)))\n"),
    result("features_interpreted", "not_met", "feature importance is a heading and a text that is printed",
           {"a.ipynb": notebook(WORK, "# %% md\n## Feature importance (SHAP)\nTenure matters most.",
            "print('feature_importances_: tenure 0.4')")}),
    result("features_interpreted", "met", "a coefficient by name, and the word importance nowhere",
           START + LR + "lr = LogisticRegression().fit(X_train, y_train)\nprint(lr.score(X_test, y_test))\n"
           "print(dict(zip(X.columns, lr.coef_[0])))\n"),
]  # fmt: skip
