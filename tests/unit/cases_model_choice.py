"""Small works for the criteria of model choice, each with the verdict it must get."""

from __future__ import annotations

from rubric_evidence import cases_of, hidden, leaking, notebook, plan, printed, ran

case = cases_of("model_choice")

START = (
    "import pandas as pd\nfrom sklearn.model_selection import *\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "from sklearn.dummy import DummyClassifier\nfrom sklearn.metrics import roc_auc_score, mean_squared_error\n"
    "from sklearn.preprocessing import StandardScaler\nfrom sklearn.pipeline import make_pipeline\n"
    "frame = pd.read_csv('data/train.csv')\nX, y = frame.drop(columns='y'), frame['y']\n"
)
FOREST = START + "forest = RandomForestClassifier()\nforest.fit(X, y)\n"
LOGISTIC = START + "model = LogisticRegression()\nmodel.fit(X, y)\n"
SCORED = "print(roc_auc_score(y, forest.predict(X)))\n"
LOOP = START + (
    "models = {'dummy': DummyClassifier(), 'forest': RandomForestClassifier(random_state=0)}\n"
    "for name, model in models.items():\n    print(name, cross_val_score(model, X, y, scoring='roc_auc').mean())\n"
)
TWO = START + (
    "a, b, c, d = train_test_split(X, y, random_state=0)\n"
    "lr = LogisticRegression()\nlr.fit(a, c)\nrf = RandomForestClassifier()\nrf.fit(a, c)\n"
)
COMPARED = TWO + "p, q = lr.predict(b), rf.predict(b)\nprint(roc_auc_score(d, p))\nprint(roc_auc_score(d, q))\n"
FILLED = START + (
    "from sklearn.linear_model import LinearRegression\nknown = frame[frame['age'].notna()]\n"
    "filler = LinearRegression()\nfiller.fit(known[['f']], known['age'])\n{asked}\n"
    "a, b, c, d = train_test_split(X, y, random_state=0)\nrf = RandomForestClassifier().fit(a, c)\n"
    "print(roc_auc_score(d, rf.predict(b)))\n"
)
SEARCH = START + (
    "search = GridSearchCV(RandomForestClassifier(random_state=0), {'max_depth': [3, 5]}, cv=5)\nsearch.fit(X, y)\n"
)
# As in a public work: a grid of 1,350 fits, built from lists that stand elsewhere.
HUGE = START + (
    "depths, leaves = list(range(2, 12)), [1, 2, 4, 8, 16, 32, 64, 128, 256]\n"
    "grid = {'max_depth': depths, 'min_samples_leaf': leaves, 'max_features': [0.2, 0.5, 0.8]}\n"
    "search = GridSearchCV(RandomForestClassifier(), grid, cv=5)\nsearch.fit(X, y)\n"
)
NO_MODEL = "import pandas as pd\nprint(pd.read_csv('data/train.csv').describe())\n"
# As in public notebooks: many imports, one model, and markdown that claims a comparison.
CLAIMS = notebook(
    "# %% md\n## Model comparison\nI compared DummyClassifier, LogisticRegression and XGBoost with GridSearchCV, and "
    "chose the random forest because it was best on five folds. class_weight='balanced', random_state=42.",
    "import pandas as pd, numpy as np\nfrom sklearn.dummy import DummyClassifier\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import GridSearchCV",
    "df = pd.read_csv('train.csv')\ndummy = DummyClassifier()  # baseline, random_state=42, class_weight='balanced'",
    "rf = RandomForestClassifier(n_estimators=500)\nrf.fit(df.drop('y', axis=1), df.y)",
)
NEVER = (
    "def compare():\n    m = {'a': LogisticRegression(class_weight='balanced'), 'b': DummyClassifier()}\n"
    "    results = {k: cross_val_score(v, X, y).mean() for k, v in m.items()}\n"
    "    GridSearchCV(RandomForestClassifier(random_state=0), {'max_depth': [3]}).fit(X, y)\n"
    "    return max(results, key=results.get)\n"
)
BY_RULE = FOREST + "baseline = [y.mean()] * len(y)\nprint(mean_squared_error(y, baseline))\n"
RARE = "y\n0    950\n1     50\nName: count, dtype: int64\n"
EVEN = "y\n0    550\n1    450\nName: count, dtype: int64\n"
FINAL_FOREST = COMPARED + "out = rf.predict(b)\n"

COMPARING = [
    case("baseline_compared", "met", "a dummy in the same loop", LOOP),
    case("baseline_compared", "met", "a simple model beside the forest", COMPARED),
    case("baseline_compared", "met", "a rule without a model, of no known class", BY_RULE),
    case("baseline_compared", "partly", "fitted, and nothing is scored", TWO),
    case("baseline_compared", "not_met", "one model", FOREST),
    case("baseline_compared", "not_met", "a simple model that only fills a column", FILLED.format(
        asked="frame.loc[frame['age'].isna(), 'age'] = filler.predict(frame.loc[frame['age'].isna(), ['f']])")),
    case("baseline_compared", "met", "a simple model that answers for new rows under the same name",
         FILLED.format(asked="new['age'] = filler.predict(new[['f']])")),
    case("baseline_compared", "not_met", "the dummy is made and forgotten", {"solution.ipynb": CLAIMS}),
    case("baseline_compared", "not_met", "the comparison is never called", FOREST + NEVER),
    case("baseline_compared", "not_applicable", "no model", NO_MODEL),
    case("several_models", "met", "two kinds by the same metric on the same rows", COMPARED),
    case("several_models", "met", "a loop over them", LOOP.replace("DummyClassifier()", "LogisticRegression()")),
    case("several_models", "met", "in a function that measures what it is given",
         TWO + "def measure(m): return roc_auc_score(d, m.predict(b))\nprint(measure(lr), measure(rf))\n"),
    case("several_models", "partly", "two kinds, each by another metric",
         TWO + "print(roc_auc_score(d, lr.predict(b)), mean_squared_error(d, rf.predict(b)))\n"),
    case("several_models", "partly", "one kind, tuned", SEARCH),
    case("several_models", "partly", "two kinds in one function that is called once, each with its own measure",
         "def main():\n" + "".join(f"    {line}\n" for line in TWO.splitlines())
         + "    p = lr.predict(b)\n    print(roc_auc_score(d, p))\nmain()\n"),
    case("several_models", "not_met", "a classifier and a regressor are no alternatives to each other",
         FOREST + SCORED + "price = RandomForestRegressor().fit(X, frame['price'])\n"),
    case("several_models", "not_met", "one kind", FOREST),
    case("several_models", "not_met", "a dummy is no alternative", LOOP),
    case("several_models", "not_met", "a comparison that is only claimed", {"solution.ipynb": CLAIMS}),
    case("several_models", "not_met", "a comparison that is never called", FOREST + NEVER),
    case("several_models", "not_applicable", "no model", NO_MODEL),
    case("choice_justified", "met", "the code takes the best",
         COMPARED + "w = {'lr': roc_auc_score(d, p), 'rf': roc_auc_score(d, q)}\nprint(max(w, key=w.get))\n"),
    case("choice_justified", "partly", "the best of numbers that were written down",
         COMPARED + "scores = {'lr': 0.8, 'rf': 0.9}\nprint(max(scores, key=scores.get))\n"),
    case("choice_justified", "met", "the text says why, beside results",
         {"train.py": COMPARED,
          "README.md": "I kept the random forest because its ROC AUC was higher on the test rows.\n"}),
    case("choice_justified", "partly", "measured, and nothing follows", COMPARED),
    case("choice_justified", "partly", "the text praises a model that the work does not have",
         {"train.py": COMPARED, "README.md": "I chose XGBoost because it was the best of all on held-out rows.\n"}),
    case("choice_justified", "partly", "a heading with the right words is no sentence",
         {"train.py": COMPARED, "README.md": "# Why the random forest was chosen because it is the best\n"}),
    case("choice_justified", "not_met", "words alone, no result is computed",
         {"train.py": TWO,
          "README.md": "I chose the random forest because it was the best of all on held-out rows.\n"}),
    case("choice_justified", "not_applicable", "one kind", FOREST),
    case("simplest_good_model", "met", "a simple one predicts in the end", COMPARED + "out = lr.predict(b)\n"),
    case("simplest_good_model", "met", "the gain is worth it", FINAL_FOREST,
         observed=printed("LogisticRegression AUC: 0.80\nRandomForest AUC: 0.85")),
    case("simplest_good_model", "not_met", "it gains next to nothing", FINAL_FOREST,
         observed=printed("LogisticRegression AUC: 0.845\nRandomForest AUC: 0.85")),
    case("simplest_good_model", "not_met", "it gains on its training rows only", FINAL_FOREST,
         observed=printed("LogisticRegression AUC: 0.845\nRandomForest AUC: 0.85\nRandomForest train AUC: 1.00")),
    case("simplest_good_model", "not_met", "of an error more is no gain, though the number is larger",
         FINAL_FOREST, observed=printed("Logistic regression RMSE: 2.0\nRandom forest RMSE: 2.5")),
    case("simplest_good_model", "not_applicable", "the gain is claimed in words, no figure was printed",
         {"train.py": FINAL_FOREST, "README.md": "The random forest gains 0.10 of AUC over logistic regression.\n"}),
    case("simplest_good_model", "not_applicable", "one model", FOREST),
]  # fmt: skip

SELF = TWO.replace(
    "rf = ",
    "from sklearn.calibration import CalibratedClassifierCV\n"
    "from sklearn.linear_model import LassoCV, LogisticRegressionCV, RidgeCV\nrf = ",
) + ("own = {model}.fit(a, c)\nprint(own.score(b, d))\n")
TUNING = [
    case("hyperparameters_searched", "met", "a grid on folds", SEARCH),
    case("hyperparameters_searched", "met", "a loop over settings, scored on folds, without a search's name",
         START + "for depth in (2, 4, 8):\n    m = RandomForestClassifier(max_depth=depth)\n"
         "    print(cross_val_score(m, X, y))\n"),
    case("hyperparameters_searched", "met", "models that search by themselves", SELF.format(model="LassoCV(cv=5)")),
    case("hyperparameters_searched", "met", "the same over a grid",
         SELF.format(model="LogisticRegressionCV(Cs=[1, 9])")),
    case("hyperparameters_searched", "partly", "it is given one setting", SELF.format(model="RidgeCV(alphas=[3])")),
    case("hyperparameters_searched", "partly", "what is calibrated on folds",
         SELF.format(model="CalibratedClassifierCV(RandomForestClassifier(max_depth=3), cv=5)")),
    case("hyperparameters_searched", "met", "1,350 fits that came to an end", HUGE, run=ran(), plan=plan()),
    case("hyperparameters_searched", "partly", "1,350 fits, and no run that ended", HUGE),
    case("hyperparameters_searched", "partly", "a small search that went over the limits", SEARCH,
         run=ran(over=True), plan=plan()),
    case("hyperparameters_searched", "partly", "a study that judges on one split",
         TWO + "import optuna\ne, f, g, h = train_test_split(a, c, random_state=1)\ndef objective(trial):\n"
         "    m = RandomForestClassifier(max_depth=trial.suggest_int('d', 2, 9))\n"
         "    return roc_auc_score(h, m.fit(e, g).predict(f))\n"
         "study = optuna.create_study()\nstudy.optimize(objective, n_trials=20)\nroc_auc_score(d, rf.predict(b))\n"),
    case("hyperparameters_searched", "not_met", "a study that judges on the test rows",
         TWO + "import optuna\ndef objective(trial):\n"
         "    m = RandomForestClassifier(max_depth=trial.suggest_int('d', 2, 9))\n"
         "    return roc_auc_score(d, m.fit(a, c).predict(b))\n"
         "study = optuna.create_study()\nstudy.optimize(objective, n_trials=20)\n"),
    case("hyperparameters_searched", "partly", "set by hand", {"solution.ipynb": CLAIMS}),
    case("hyperparameters_searched", "not_met", "as they come", FOREST),
    case("hyperparameters_searched", "not_met", "the search is never called", FOREST + NEVER),
    case("hyperparameters_searched", "not_met", "a seed alone is no setting",
         START + "RandomForestClassifier(random_state=0, n_jobs=-1).fit(X, y)\n"),
    case("hyperparameters_searched", "not_met", "chosen on the test rows",
         leaking("multi_test", SEARCH, settings=True)),
    case("hyperparameters_searched", "not_met", "a loop over settings, scored on the test rows",
         TWO + "for depth in (2, 4, 8):\n    m = RandomForestClassifier(max_depth=depth).fit(a, c)\n"
         "    print(roc_auc_score(d, m.predict(b)))\n"),
    case("hyperparameters_searched", "not_met", "the test rows tell when training stops",
         TWO + "from xgboost import XGBClassifier\nm = XGBClassifier(early_stopping_rounds=9)\n"
         "m.fit(a, c, eval_set=[(b, d)])\nprint(roc_auc_score(d, m.predict(b)))\n"
         "print(roc_auc_score(d, rf.predict(b)))\n"),
    case("hyperparameters_searched", "partly", "chosen on a validation part, and each scored on the test rows last",
         TWO + "e, f, g, h = train_test_split(a, c, random_state=1)\nfound = {}\n"
         "models = {'forest': RandomForestClassifier(max_depth=3), 'lr': LogisticRegression(C=2)}\n"
         "for name, m in models.items():\n    m.fit(e, g)\n    found[name] = roc_auc_score(h, m.predict(f))\n"
         "print(max(found, key=found.get))\n"
         "for name, m in models.items():\n    print(name, roc_auc_score(d, m.predict(b)))\n"),
    case("hyperparameters_searched", "partly", "each setting is scored on a validation part and on the test rows",
         TWO + "e, f, g, h = train_test_split(a, c, random_state=1)\nfound = []\nfor depth in (2, 4, 8):\n"
         "    m = RandomForestClassifier(max_depth=depth).fit(e, g)\n"
         "    found.append((roc_auc_score(h, m.predict(f)), roc_auc_score(d, m.predict(b)), depth))\n"
         "print(max(found))\n"),
    case("hyperparameters_searched", "met", "a threshold is no setting that is searched",
         SEARCH + "a, b, c, d = train_test_split(X, y, random_state=0)\nsearch.fit(a, c)\n"
         "p = search.predict_proba(b)[:, 1]\nfor t in (0.2, 0.3, 0.4):\n    print(t, roc_auc_score(d, p > t))\n"),
    case("hyperparameters_searched", "met", "models are compared on the test rows, and settings are not",
         leaking("multi_test", SEARCH)),
    case("hyperparameters_searched", "not_applicable", "no model", NO_MODEL),
    case("seeded", "met", "a seed each", LOOP),
    case("seeded", "met", "one seed for all", "import numpy as np\nnp.random.seed(0)\n" + FOREST),
    case("seeded", "partly", "the split is seeded, the forest is not",
         FOREST + "a, b = train_test_split(X, random_state=0)\n"),
    case("seeded", "not_met", "no seed", FOREST),
    case("seeded", "not_met", "a seed in comment and text only", {"solution.ipynb": CLAIMS}),
    case("seeded", "not_met", "the seed is None", START + "RandomForestClassifier(random_state=None).fit(X, y)\n"),
    case("seeded", "not_applicable", "nothing random", LOGISTIC),
]  # fmt: skip

SUITING = [
    case("suits_the_task", "met", "a classifier by ROC AUC", FOREST + SCORED),
    case("suits_the_task", "met", "a regressor by its squared error",
         START + "m = RandomForestRegressor().fit(X, y)\nprint(mean_squared_error(y, m.predict(X)))\n"),
    case("suits_the_task", "met", "a scaler before a linear model",
         START + "m = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)\n"
         "print(roc_auc_score(y, m.predict(X)))\n"),
    case("suits_the_task", "partly", "a linear model on raw features",
         LOGISTIC + "print(roc_auc_score(y, model.predict(X)))\n"),
    case("suits_the_task", "met", "a linear model on dummies alone",
         START + "from sklearn.preprocessing import OneHotEncoder\n"
         "A = OneHotEncoder().fit_transform(frame[['plan', 'city']])\nm = LogisticRegression().fit(A, y)\n"
         "print(roc_auc_score(y, m.predict(A)))\n"),
    case("suits_the_task", "partly", "dummies of a whole table, its numbers too",
         START + "A = pd.get_dummies(frame)\nm = LogisticRegression().fit(A, y)\n"
         "print(roc_auc_score(y, m.predict(A)))\n"),
    case("suits_the_task", "partly", "a scaler in a comment only",
         LOGISTIC + "# StandardScaler().fit(X)\nprint(roc_auc_score(y, model.predict(X)))\n"),
    case("suits_the_task", "partly", "a convolution on a table",
         START + "from keras.models import Sequential\nfrom keras.layers import Conv1D, Dense\n"
         "net = Sequential()\nnet.add(Conv1D(8, 3))\nnet.add(Dense(1))\nnet.fit(X, y)\n", modality="tabular"),
    case("suits_the_task", "not_met", "a regressor by ROC AUC",
         START + "m = RandomForestRegressor().fit(X, y)\nprint(roc_auc_score(y, m.predict(X)))\n"),
    case("suits_the_task", "not_applicable", "metrics are imported and not used", FOREST),
    case("imbalance_treated", "met", "weights", START + "RandomForestClassifier(class_weight='balanced').fit(X, y)\n"),
    case("imbalance_treated", "met", "weights by another name",
         START + "from xgboost import XGBClassifier\nXGBClassifier(scale_pos_weight=9).fit(X, y)\n"),
    case("imbalance_treated", "partly", "rare, and only the split minds",
         TWO.replace("random_state=0)", "stratify=y)"), observed=printed(RARE)),
    case("imbalance_treated", "not_met", "rare, and nothing is done", FOREST, observed=printed(RARE)),
    case("imbalance_treated", "not_met", "rare, and weighed where nobody calls it", FOREST + NEVER,
         observed=printed(RARE)),
    case("imbalance_treated", "not_met", "rare, and the weight is None",
         START + "RandomForestClassifier(class_weight=None).fit(X, y)\n", observed=printed(RARE)),
    case("imbalance_treated", "not_applicable", "not rare", FOREST, observed=printed(EVEN)),
    case("imbalance_treated", "not_applicable", "not known", FOREST),
    case("imbalance_treated", "not_applicable", "rare, but rows are only ranked", FOREST,
         hidden=(hidden(metric="roc_auc"),), observed=printed(RARE)),
    case("imbalance_treated", "not_applicable", "no classifier", NO_MODEL),
]  # fmt: skip

CASES = [*COMPARING, *TUNING, *SUITING]
