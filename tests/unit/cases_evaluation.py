"""Small works for the criteria of evaluation, each with the verdict it must get: results, metrics and errors."""

from __future__ import annotations

from rubric_evidence import cases_of, hidden, leaking, notebook

case = cases_of("evaluation")

START = (
    "import pandas as pd\nfrom sklearn.model_selection import *\nfrom sklearn.metrics import *\n"
    "from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "frame = pd.read_csv('data/train.csv')\nX, y = frame.drop(columns='y'), frame['y']\n"
)
SPLIT = START + "a, b, c, d = train_test_split(X, y, random_state=0)\n"
FITTED = SPLIT + "model = RandomForestClassifier()\nmodel.fit(a, c)\n"
SCORED = FITTED + "print(roc_auc_score(d, model.predict_proba(b)[:, 1]))\n"
TABLED = FITTED + "p = model.predict(b)\nout = pd.DataFrame({'y': d, 'p': p, 'plan': b['plan']})\n"
ACCURACY = FITTED + "print(accuracy_score(d, model.predict(b)))\n"
BOTH = SCORED + "print(accuracy_score(d, model.predict(b)))\n"
FOLDS = START + "print(cross_val_score(RandomForestClassifier(), X, y, scoring='roc_auc'))\n"
MEAN_ONLY = FOLDS.replace("'roc_auc')", "'roc_auc').mean()")
UNSPLIT = START + "model = RandomForestClassifier()\nmodel.fit(X, y)\n"
ON_TRAINING = START + "model = RandomForestClassifier().fit(X, y); print(roc_auc_score(y, model.predict(X)))\n"
QUANTITY = SPLIT + "model = RandomForestRegressor()\nmodel.fit(a, c)\n"
OWN_METRIC = QUANTITY + (
    "import numpy as np\nimport json\ngiven = json.load(open('test.json'))\n"
    "def rmspe(y_true, y_pred):\n    return np.sqrt(np.mean(((y_true - y_pred) / y_true) ** 2))\n"
    "print(rmspe(given['y'], model.predict(given['x'])))\n"
)
EACH_PLAN = (
    "for plan in out['plan'].unique():\n    true = out[out['plan'] == plan]['y']\n"
    "    said = out[out['plan'] == plan]['p']\n    print(plan, roc_auc_score(true, said))\n"
)
SHOWN = "import matplotlib.pyplot as plt\nplt.show()\n"
DISPLAY = (
    "from sklearn.metrics import ConfusionMatrixDisplay, RocCurveDisplay, confusion_matrix, plot_confusion_matrix\n"
    "from sklearn.metrics import roc_auc_score\n" + FITTED + "ConfusionMatrixDisplay.from_estimator(model, b, d)\n"
)
COMPILED = SPLIT + (
    "from tensorflow import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\n"
    "model.compile(loss='mse', optimizer='adam')\nmodel.fit(a, c, validation_data=(b, d))\n"
)
WINDOWS = START + (
    "import numpy as np\nSTARTS = ['2014-03-03', '2014-07-07', '2014-11-10']\n"
    "def forecast(known, asked):\n    model = RandomForestRegressor()\n"
    "    model.fit(known[['fee']], known['y'])\n    return model.predict(asked[['fee']])\n"
    "errors, rows = [], []\nfor start in map(pd.Timestamp, STARTS):\n    known = frame[frame['day'] < start]\n"
    "    asked = frame[frame['day'] >= start]\n"
    "    errors.append(mean_absolute_error(asked['y'], forecast(known, asked)))\n"
)
GATHERED = WINDOWS + (
    "    rows.append(asked.assign(late=asked['y'] - forecast(known, asked)))\n"
    "table = pd.concat(rows)\nprint(table.groupby('weekday')['late'].mean())\n"
)
LOOKING = "import pandas as pd\nprint(pd.read_csv('data/train.csv').describe())\n"
# As in public notebooks: a heading for everything, metrics imported and not used.
HEADINGS = notebook(
    "# %% md\n# Evaluation\n## Cross-validation\n## Confusion matrix\n## Calibration\n## Feature importance (SHAP)\n"
    "## Limitations and next steps\nThe ROC AUC is 0.97 on held-out data, with a standard deviation of 0.01.",
    "import pandas as pd\nfrom sklearn.metrics import roc_auc_score, confusion_matrix\n"
    "from sklearn.calibration import calibration_curve\nimport shap\n"
    "from sklearn.model_selection import train_test_split, cross_val_score, StratifiedKFold",
    "from xgboost import XGBClassifier\ndf = pd.read_csv('/content/a.csv')\nclf = XGBClassifier()\nclf.fit(df, df.y)",
    "# scores = cross_val_score(clf, df, df.y, scoring='roc_auc'); print(scores.std())\n"
    "def report():\n    confusion_matrix(df.y, clf.predict(df))\n    shap.TreeExplainer(clf)\n"
    "    calibration_curve(df.y, clf.predict_proba(df)[:, 1])\n    print(clf.feature_importances_)",
)
EACH_FOLD = START + (
    "model = RandomForestClassifier()\nscores = []\nfor fit, held in KFold(5).split(X):\n"
    "    model.fit(X.iloc[fit], y.iloc[fit])\n    score = roc_auc_score(y.iloc[held], model.predict(X.iloc[held]))\n"
    "    print(score)\n"
)
DRAWN_AGAIN = FITTED + (
    "import numpy as np\nrng, values, others = np.random.default_rng(0), [], []\np = model.predict(b)\n"
    "for _ in range(999):\n    i = rng.choice(len(d), len(d))\n    values.append(roc_auc_score(d[i], p[i]))\n"
    "print(np.percentile(values, [2.5, 97.5]))\n"
)
BY_HAND = START + (
    "import numpy as np\nkept = []\nfor k in range(1, 6):\n"
    "    old, new = frame[frame.week < 52 - k], frame[frame.week == 52 - k]\n"
    "    model = RandomForestClassifier().fit(old[['a']], old['y'])\n"
    "    kept.append(roc_auc_score(new['y'], model.predict(new[['a']])))\nprint(np.mean(kept))\n"
)
TRAINED = (
    "import numpy as np\nimport evaluate\nfrom transformers import AutoModelForTokenClassification, Trainer\n"
    "model = AutoModelForTokenClassification.from_pretrained('bert')\nseqeval = evaluate.load('seqeval')\n"
    "def measure(p):\n    return seqeval.compute(predictions=np.argmax(p[0], axis=2), references=p[1])\n"
    "trainer = Trainer(model=model, train_dataset=rows, eval_dataset=others, compute_metrics=measure)\n"
    "trainer.train()\n"
)
TRIED_OUT = UNSPLIT + (
    "import torch\nfrom torchmetrics import R2Score\nsaid = torch.tensor([1.0, 2.0])\ntrue = torch.tensor([1.5, 2.0])\n"
    "r2 = R2Score()\nprint(r2(said, true))\n"
)
UNREAD = FITTED + "seen = confusion_matrix(d, model.predict(b))\nprint(accuracy_score(d, model.predict(b)))\n"
MARKED = SCORED + (
    "out = pd.read_csv('said.csv')\nout['missed'] = ((out['actual'] == 1) & (out['pred'] == 0)).astype(int)\n"
    "print(len(out[out['missed'] == 1]))\n"
)
SEARCHED = START + "search = GridSearchCV(RandomForestClassifier(), {'max_depth': [3]})\nsearch.fit(X, y)\n"
CURVES = START + (
    "import matplotlib.pyplot as plt\nfrom keras.models import Sequential\nfrom keras.layers import Dense\n"
    "net = Sequential([Dense(1)])\nh = net.fit(X, y, validation_split=0.2)\nplt.plot(h.history['loss'])\n"
)
TRACED = SPLIT + (
    "import matplotlib.pyplot as plt\nfrom sklearn.linear_model import SGDClassifier\nmodel = SGDClassifier()\n"
    "seen = []\nfor epoch in range(9):\n    model.partial_fit(a, c)\n"
    "    seen.append(roc_auc_score(d, model.predict(b)))\nplt.plot(seen)\n"
)
TRACED_INSIDE = SPLIT + (
    "import matplotlib.pyplot as plt\nfrom sklearn.linear_model import SGDRegressor\n"
    "class Fitter:\n    def __init__(self):\n        self.model, self.trace_rmse = SGDRegressor(), []\n"
    "    def fit(self, a, c):\n        for epoch in range(9):\n            self.model.partial_fit(a, c)\n"
    "            self.trace_rmse.append(self.measure(a, c))\n"
    "    def measure(self, a, c):\n        return ((self.model.predict(a) - c) ** 2).mean()\n"
    "fitter = Fitter()\nfitter.fit(a, c)\nplt.plot(fitter.trace_rmse)\n"
)
HELD_OUT = [
    case("multi_test_leakage", "not_met", "a leak was found", leaking("multi_test", SCORED)),
    case("multi_test_leakage", "met", "one score on the test rows", SCORED),
    case("multi_test_leakage", "not_applicable", "nothing is scored", FITTED),
    case("scored_on_training_data", "not_met", "a leak was found", leaking("scored_on_training_data", UNSPLIT)),
    case("scored_on_training_data", "met", "scored on held-out rows", SCORED),
    case("scored_on_training_data", "not_applicable", "nothing is scored", UNSPLIT),
    case("held_out_evaluation", "met", "split and scored", SCORED),
    case("held_out_evaluation", "met", "folds", FOLDS),
    case("held_out_evaluation", "met", "a metric of its own, of rows that could not be followed", OWN_METRIC),
    case("held_out_evaluation", "not_met", "a metric of its own, on the rows of the fit",
         OWN_METRIC.replace("given['x']", "a").replace("given['y']", "c")),
    case("held_out_evaluation", "partly", "a function of its own that is no metric, of what was predicted",
         OWN_METRIC.replace("rmspe", "describe")),
    case("held_out_evaluation", "partly", "split, but never scored", FITTED),
    case("held_out_evaluation", "not_met", "no split", UNSPLIT),
    case("held_out_evaluation", "needs_human", "parted by a function of its own, with rows as dictionaries",
         "import csv, random\nfrom sklearn.svm import SVC\nrows = list(csv.DictReader(open('a.csv')))\n"
         "def split_rows(rows, share):\n    rows = [dict(row) for row in rows]\n    random.shuffle(rows)\n"
         "    cut = round(share * len(rows))\n    return {'train': rows[cut:], 'test': rows[:cut]}\n"
         "parts = split_rows(rows, 0.2)\ntrain = parts['train']\n"
         "model = SVC().fit([[r['a']] for r in train], [r['y'] for r in train])\n"
         "hits = sum(model.predict([[r['a']]])[0] == r['y'] for r in parts['test'])\n"),
    case("held_out_evaluation", "not_met", "a function that splits names",
         UNSPLIT + "def split_names(text):\n    parts = []\n    for part in text.split(','):\n"
         "        parts.append(part)\n    return parts\nprint(split_names('a,b'))\n"),
    case("held_out_evaluation", "not_met", "only claimed under a heading", {"solution.ipynb": HEADINGS}),
    case("held_out_evaluation", "not_met", "scored in a function that nobody calls",
         UNSPLIT + "def cv():\n    return cross_val_score(model, X, y)\n"),
    case("held_out_evaluation", "met", "the result of a search on folds",
         SEARCHED + "print(search.best_score_)\n"),
    case("held_out_evaluation", "partly", "a search on folds, of which only the settings are taken",
         SEARCHED + "model = search.best_estimator_\n"),
    case("held_out_evaluation", "met", "folds of a booster's own library",
         START + "import xgboost as xgb\nxgb.cv({}, xgb.DMatrix(X, y), nfold=5)\n"),
    case("held_out_evaluation", "not_applicable", "no model", LOOKING),
    case("spread_shown", "met", "every fold is printed, without the word deviation", FOLDS),
    case("spread_shown", "met", "mean and deviation",
         START + "s = cross_val_score(RandomForestClassifier(), X, y)\nprint(s.mean(), s.std())\n"),
    case("spread_shown", "partly", "the mean of the folds alone", MEAN_ONLY),
    case("spread_shown", "partly", "a deviation, but of a column",
         MEAN_ONLY + "print(X['age'].std())\n"),
    case("spread_shown", "met", "each fold is printed in a loop of its own", EACH_FOLD),
    case("spread_shown", "partly", "the folds' mean after the loop", EACH_FOLD.replace("    print(score)\n",
         "    scores.append(score)\nprint(sum(scores) / len(scores))\n")),
    case("spread_shown", "partly", "the rows of each fold are printed",
         EACH_FOLD.replace("    print(score)", "    print(fit, held)")),
    case("spread_shown", "partly", "each epoch is printed",
         EACH_FOLD.replace("KFold(5).split(X)", "enumerate(range(5))") + "a, b = train_test_split(X)\n"),
    case("spread_shown", "partly", "folds that a loop of its own cuts", BY_HAND),
    case("spread_shown", "met", "their deviation", BY_HAND.replace("mean(kept)", "mean(kept), np.std(kept)")),
    case("spread_shown", "partly", "a deviation of something else",
         BY_HAND + "ages = frame.groupby('plan')['y'].mean()\nprint(ages.std())\n"),
    case("spread_shown", "met", "an interval of scores on rows that are drawn again and again", DRAWN_AGAIN),
    case("spread_shown", "partly", "quantiles of a column",
         SCORED + "print(np.percentile(frame['age'], [2.5, 97.5]))\n"),
    case("spread_shown", "partly", "of something else", DRAWN_AGAIN.replace("values.append", "others.append")),
    case("spread_shown", "partly", "one split", SCORED),
    case("spread_shown", "not_met", "no split", UNSPLIT),
    case("spread_shown", "not_met", "a split, and no result on it", FITTED),
    case("spread_shown", "partly", "hits that are counted by hand", FITTED + "y_pred = model.predict(b)\n"
         "print((y_pred == d).mean())\n"),
    case("spread_shown", "partly", "a search on folds", SEARCHED),
    case("spread_shown", "not_met", "commented out", {"solution.ipynb": HEADINGS}),
    case("spread_shown", "not_applicable", "no model", LOOKING),
    case("hidden_result", "met", "the interval lies above", SCORED, hidden=(hidden(0.4),)),
    case("hidden_result", "met", "little above is above: how far has a part of its own", UNSPLIT,
         hidden=(hidden(0.06, spread=0.05),)),
    case("hidden_result", "partly", "the interval holds the baseline", SCORED, hidden=(hidden(0.02),)),
    case("hidden_result", "not_met", "at the baseline", SCORED, hidden=(hidden(0.0),)),
    case("hidden_result", "not_met", "at the baseline, whatever the text claims", {"solution.ipynb": HEADINGS},
         hidden=(hidden(0.0),)),
    case("hidden_result", "not_applicable", "no hidden data", SCORED),
]  # fmt: skip

DIAGNOSING = [
    case("fitting_metric", "met", "ROC AUC", SCORED),
    case("fitting_metric", "met", "the assignment's own", SCORED, hidden=(hidden(metric="roc_auc"),)),
    case("fitting_metric", "met", "accuracy, where the assignment asks for it", ACCURACY,
         hidden=(hidden(metric="accuracy"),)),
    case("fitting_metric", "met", "accuracy, where classes have names", ACCURACY,
         hidden=(hidden(metric="multiclass_accuracy"),)),
    case("fitting_metric", "partly", "another than the assignment's", FITTED + "print(f1_score(d, model.predict(b)))\n",
         hidden=(hidden(metric="roc_auc"),)),
    case("fitting_metric", "partly", "accuracy alone", ACCURACY),
    case("fitting_metric", "partly", "accuracy alone, though ROC AUC is spoken of",
         ACCURACY + "# roc_auc_score is the better metric\nprint('roc_auc_score')\n"),
    case("fitting_metric", "partly", "the model's own score", FITTED + "print(model.score(b, d))\n"),
    case("fitting_metric", "not_met", "nothing is measured", UNSPLIT),
    case("fitting_metric", "met", "a trainer's own measure of entities", TRAINED),
    case("fitting_metric", "not_met", "a metric that is tried out on numbers that are written down", TRIED_OUT),
    case("fitting_metric", "partly", "the same of what a model says",
         TRIED_OUT.replace("torch.tensor([1.0, 2.0])", "torch.from_numpy(model.predict(X))")),
    case("fitting_metric", "not_met", "metrics are imported and not used", {"solution.ipynb": HEADINGS}),
    case("fitting_metric", "met", "a display of a matrix", DISPLAY),
    case("fitting_metric", "met", "a display of a curve", DISPLAY.replace("ConfusionMatrix", "RocCurve")),
    case("fitting_metric", "not_met", "a score that nobody is shown",
         DISPLAY.replace("ConfusionMatrixDisplay.from_estimator(model, b,", "roc_auc_score(model.predict(b),")),
    case("fitting_metric", "not_applicable", "no model", LOOKING),
    case("error_analysis", "met", "a confusion matrix", FITTED + "print(confusion_matrix(d, model.predict(b)))\n"),
    case("fitting_metric", "met", "what a network lessens, watched on held-out rows", COMPILED),
    case("fitting_metric", "not_met", "the same, on the rows of the fit alone",
         COMPILED.replace(", validation_data=(b, d)", "")),
    case("error_analysis", "not_met", "a confusion matrix that nobody sees", UNREAD),
    case("error_analysis", "met", "errors that are gathered in rows, and told by weekday", GATHERED),
    case("error_analysis", "not_met", "other differences that are gathered so",
         GATHERED.replace("asked['y'] - forecast(known, asked)", "asked['y'] - asked['fee']")),
    case("spread_shown", "met", "windows in time, forecast by a function", WINDOWS + "print(np.std(errors))\n"),
    case("spread_shown", "partly", "windows in time, and their mean alone", WINDOWS + "print(np.mean(errors))\n"),
    case("spread_shown", "partly", "the same rows again and again",
         WINDOWS.replace("['day'] < start", "['fee'] > 1").replace("['day'] >= start", "['fee'] < 1")
         + "print(np.std(errors))\n"),
    case("error_analysis", "met", "the same, printed in a text", UNREAD + "print(f'{seen}')\n"),
    case("error_analysis", "met", "the same, in a table", UNREAD + "print(pd.DataFrame(seen))\n"),
    case("error_analysis", "met", "rows that are marked as missed", MARKED),
    case("error_analysis", "not_met", "rows that are marked as right",
         MARKED.replace("['pred'] == 0", "['pred'] == 1")),
    case("error_analysis", "not_met", "rows that are picked by two features", MARKED.replace("pred", "plan")),
    case("error_analysis", "met", "truth and prediction of each plan, side by side",
         TABLED + "print(roc_auc_score(d, p))\nprint(out.groupby('plan').mean().round(3))\n"),
    case("error_analysis", "not_met", "a table without the truth, by plan",
         TABLED.replace("'y': d, ", "") + "print(roc_auc_score(d, p))\nprint(out.groupby('plan').mean())\n"),
    case("error_analysis", "met", "a cross table", FITTED + "p = model.predict(b)\nprint(pd.crosstab(d, p))\n"),
    case("error_analysis", "met", "a score of each plan",
         FITTED + "p = model.predict(b)\nfor plan in b['plan'].unique():\n    here = b['plan'] == plan\n"
         "    print(plan, roc_auc_score(d[here], p[here]))\n"),
    case("error_analysis", "met", "a table of truth and predictions, scored by group",
         TABLED + "print(out.groupby('plan').apply(lambda g: roc_auc_score(g['y'], g['p'])))\n"),
    case("error_analysis", "met", "the same in a loop over the groups",
         TABLED + "for plan, rows in out.groupby('plan'):\n    print(plan, roc_auc_score(rows['y'], rows['p']))\n"),
    case("error_analysis", "met", "the same by a function of its own",
         TABLED + "def quality(g):\n    return roc_auc_score(g['y'], g['p'])\n"
         "print(out.groupby('plan').apply(quality))\n"),
    case("error_analysis", "met", "the same of the rows of each plan", TABLED + EACH_PLAN),
    case("error_analysis", "not_met", "rows that are held out by a mark",
         TABLED + EACH_PLAN.replace("== plan]", "== 'test']").replace("for plan in out['plan'].unique()", "if True")),
    case("error_analysis", "not_met", "truth of one plan, predictions of another",
         TABLED + EACH_PLAN.replace("said = out[out['plan'] == plan]", "said = out[out['plan'] == other]")),
    case("error_analysis", "met", "a column of hits in such a table",
         TABLED + "out['hit'] = out['y'] == out['p']\nprint(out.groupby('plan')['hit'].mean())\n"),
    case("error_analysis", "not_met", "predictions that are averaged by group",
         TABLED + "print(out.groupby('plan')['p'].mean())\nprint(roc_auc_score(d, p))\n"),
    case("error_analysis", "not_met", "a table without predictions, grouped, beside a score",
         TABLED + "for plan, rows in b.groupby('plan'):\n    print(plan, len(rows))\nprint(roc_auc_score(d, p))\n"),
    case("error_analysis", "met", "a display", FITTED + "ConfusionMatrixDisplay.from_estimator(model, b, d)\n"),
    case("error_analysis", "met", "the same in a script, imported by its name", DISPLAY),
    case("error_analysis", "met", "the same before the last line of a cell", {"a.ipynb": notebook(DISPLAY + SHOWN)}),
    case("error_analysis", "met", "the plot of older versions",
         DISPLAY.replace("ConfusionMatrixDisplay.from_estimator", "plot_confusion_matrix")),
    case("error_analysis", "not_met", "a matrix that is neither shown nor drawn",
         DISPLAY.replace("ConfusionMatrixDisplay.from_estimator(model, b,", "confusion_matrix(model.predict(b),")),
    case("error_analysis", "met", "residuals, without a known function",
         QUANTITY + "import matplotlib.pyplot as plt\nplt.scatter(model.predict(b), d - model.predict(b))\n"),
    case("error_analysis", "met", "the rows that it gets wrong, in plain indexing",
         FITTED + "y_pred = model.predict(b)\nprint(b[d != y_pred].head())\n"),
    case("error_analysis", "met", "a learning curve of Keras", CURVES),
    case("error_analysis", "met", "the same as a table", CURVES.replace("h.history['loss']",
         "pd.DataFrame(hist.history)")),
    case("error_analysis", "met", "a learning curve of losses that a loop has kept",
         CURVES.replace("h.history['loss']", "steps, val_losses")),
    case("error_analysis", "met", "scores that a loop over epochs has kept, by another name", TRACED),
    case("error_analysis", "met", "the same in an object, measured by a function of the work's own",
         TRACED_INSIDE),
    case("error_analysis", "not_met", "numbers of the data that the same loop has kept",
         TRACED.replace("seen.append(roc_auc_score(d, model.predict(b)))", "seen.append(b['age'].mean())")),
    case("error_analysis", "not_met", "scores of settings, no course of a fit",
         TRACED.replace("for epoch in range(9)", "for depth in range(9)")),
    case("error_analysis", "not_met", "kept and never drawn", TRACED.replace("plt.plot(seen)", "plt.plot(b['age'])")),
    case("error_analysis", "not_met", "a plot of claims by insurers' history",
         CURVES.replace("h.history['loss']", "frame['history'], frame['loss_ratio']")),
    case("error_analysis", "not_met", "a title with the word loss",
         CURVES.replace("plt.plot(h.history['loss'])", "plt.plot(frame['age'])\nplt.title('val_loss')")),
    case("error_analysis", "not_met", "one number", SCORED),
    case("error_analysis", "not_met", "in a function that nobody calls", {"solution.ipynb": HEADINGS}),
    case("error_analysis", "not_met", "a plot called residuals that shows none",
         QUANTITY + "import matplotlib.pyplot as plt\nplt.title('residuals')\nplt.hist(c)\n"),
    case("error_analysis", "not_applicable", "no model", LOOKING),
    case("features_interpreted", "met", "importances", FITTED + "print(model.feature_importances_)\n"),
    case("features_interpreted", "met", "coefficients, without the word importance",
         START + "from sklearn.linear_model import LogisticRegression\nm = LogisticRegression().fit(X, y)\n"
         "print(dict(zip(X.columns, m.coef_[0])))\n"),
    case("features_interpreted", "met", "the coefficients in a summary of statsmodels", START +
         "import statsmodels.api as sm\nfitted = sm.OLS(y, X).fit()\nprint(fitted.summary())\n"),
    case("features_interpreted", "not_met", "the summary of a network tells its layers",
         CURVES + "net.summary()\n"),
    case("features_interpreted", "not_met", "nothing", SCORED),
    case("features_interpreted", "not_met", "in a function that nobody calls", {"solution.ipynb": HEADINGS}),
    case("features_interpreted", "not_met", "only as words that are printed",
         SCORED + "print('feature importance: shap, permutation_importance')  # model.feature_importances_\n"),
    case("features_interpreted", "not_applicable", "no model", LOOKING),
]  # fmt: skip

CASES = [*HELD_OUT, *DIAGNOSING]
