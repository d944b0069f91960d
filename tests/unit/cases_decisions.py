"""Small works for what is said of decisions between two classes, each with the verdict it must get."""

from __future__ import annotations

from cases_evaluation import ACCURACY, BOTH, FITTED, HEADINGS, QUANTITY, SCORED, SPLIT
from rubric_evidence import cases_of, hidden

case = cases_of("evaluation")

NET = SPLIT + (
    "import keras\nfrom keras.layers import Dense\nnet = keras.Sequential([Dense(8), Dense(1, activation='sigmoid')])\n"
    "net.compile(loss='binary_crossentropy')\nnet.fit(a, c)\nprint(accuracy_score(d, net.predict(b) > 0.5))\n"
)
ROUNDED = NET.partition("print")[0] + (
    "import numpy as np\nsaid = np.round(net.predict(b)).flatten()\nprint(accuracy_score(d, said))\n"
)
NAMED = FITTED + "print(classification_report(d, model.predict(b), target_names=['cat', 'dog']))\n"
CODED = ACCURACY.replace("X, y = frame", "frame['y'] = frame['y'].map({'No': 0, 'Yes': 1})\nX, y = frame")
CHANCE = "q = model.predict_proba(b)[:, 1]\n"
SWEPT = (
    FITTED
    + CHANCE
    + (
        "kept = {'q': q, 'auc': roc_auc_score(d, q)}\nfor cut in [0.2, 0.4, 0.6]:\n"
        "    said = (kept['q'] >= cut).astype(int)\n    print(cut, f1_score(d, said))\n"
    )
)
IN_FUNCTION = (
    FITTED
    + CHANCE
    + (
        "print(recall_score(d, model.predict(b)))\n"
        "def said_at(cut, chances):\n    return [1 if p > cut else 0 for p in chances]\n"
        "for cut in [0.2, 0.4]:\n    said = said_at(cut, q)\n    print(cut, f1_score(d, said))\n"
    )
)
COUNTED = FITTED + (
    "p = model.predict(b)\ncounts = confusion_matrix(d, p)\ntn, fp, fn, tp = counts.ravel()\n"
    "print(accuracy_score(d, p))\n"
)
DRAWN = FITTED + (
    "import seaborn as sns\ncounts = confusion_matrix(d, model.predict(b))\n"
    "sns.heatmap(counts, xticklabels=['No', 'Yes'], yticklabels=['No', 'Yes'])\n"
)

CASES = [
    case("decision_threshold", "met", "calibration",
         BOTH + "from sklearn.calibration import calibration_curve\n"
         "print(calibration_curve(d, model.predict_proba(b)[:, 1]))\n"),
    case("decision_threshold", "met", "a threshold that is varied, without a known function",
         SCORED + "p = model.predict_proba(b)[:, 1]\nfor thr in (0.2, 0.3):\n    print(f1_score(d, p >= thr))\n"),
    case("decision_threshold", "partly", "cut at a number", BOTH + "p = model.predict_proba(b)[:, 1]\nout = p > 0.3\n"),
    case("decision_threshold", "not_met", "the default", BOTH),
    case("decision_threshold", "not_met", "the recall of one class of two",
         FITTED + "print(recall_score(d, model.predict(b)))\n"),
    case("decision_threshold", "not_applicable", "the mean recall of many classes",
         FITTED + "print(recall_score(d, model.predict(b), average='macro'))\n"),
    case("decision_threshold", "not_met", "the best of accuracies is no threshold",
         BOTH + "best = 0, ''\nacc = accuracy_score(d, model.predict(b))\n"
         "if acc > best[0]: best = acc, 'forest'\nif acc > least: print('good')\n"),
    case("decision_threshold", "not_applicable", "a booster of its own library says probabilities",
         SPLIT + "import xgboost as xgb\nmodel = xgb.XGBClassifier()\nbooster = xgb.train({}, xgb.DMatrix(a, c))\n"
         "model.fit(a, c)\nprint(roc_auc_score(d, booster.predict(xgb.DMatrix(b))))\n"),
    case("decision_threshold", "not_met", "a threshold of missing values is none of decisions",
         BOTH + "X = X.dropna(thresh=3)\n# calibration_curve, threshold = 0.3\n"),
    case("decision_threshold", "not_met", "probabilities are asked for to measure alone",
         FITTED + "p = model.predict(b)\n" + CHANCE + "print(precision_score(d, p), roc_auc_score(d, q))\n"),
    case("decision_threshold", "not_applicable", "probabilities are handed over in the end",
         FITTED + "print(precision_score(d, model.predict(b)))\n" + CHANCE + "pd.Series(q).to_csv('out.csv')\n"),
    case("decision_threshold", "not_met", "two classes by their names", NAMED),
    case("decision_threshold", "not_applicable", "three classes by their names",
         NAMED.replace("'dog'", "'dog', 'owl'")),
    case("decision_threshold", "not_applicable", "two of several classes by their names",
         NAMED.replace("target_names", "labels=[0, 3], target_names")),
    case("decision_threshold", "not_met", "two classes by the target's values", CODED),
    case("decision_threshold", "not_applicable", "two values of a feature",
         CODED.replace("frame['y'] =", "frame['z'] =")),
    case("decision_threshold", "not_applicable", "three values of the target",
         CODED.replace("'No'", "'Maybe': 2, 'No'")),
    case("decision_threshold", "not_applicable", "a ROC AUC for any number of classes", FITTED
         + "q = model.predict_proba(b)\nif len(model.classes_) == 2:\n    print(roc_auc_score(d, q[:, 1]))\n"
         "else:\n    print(roc_auc_score(d, q, multi_class='ovr'))\nprint(accuracy_score(d, model.predict(b)))\n"),
    case("decision_threshold", "not_met", "a network's one sigmoid, cut at a half", NET),
    case("decision_threshold", "partly", "the same, cut elsewhere", NET.replace("> 0.5", "> 0.3")),
    case("decision_threshold", "not_met", "a network's one sigmoid, rounded", ROUNDED),
    case("decision_threshold", "not_met", "the same by a method, under a name",
         ROUNDED.replace("said = np.round(net.predict(b)).flatten()", "p = net.predict(b)\nsaid = p.round()")),
    case("decision_threshold", "not_applicable", "a mean is rounded",
         ROUNDED.replace("np.round(net.predict(b)).flatten()", "np.round(net.predict(b).mean())")),
    case("decision_threshold", "not_applicable", "rounded to some digits",
         ROUNDED.replace("np.round(net.predict(b)).flatten()", "np.round(net.predict(b), 2)")),
    case("decision_threshold", "not_applicable", "a quantity is rounded",
         QUANTITY + "import numpy as np\nprint(accuracy_score(d, np.round(model.predict(b))))\n"),
    case("decision_threshold", "not_applicable", "a network that says one of three", NET.replace("Dense(1,", "Dense(3,")
         .replace("sigmoid", "softmax").replace("> 0.5", "")),
    case("decision_threshold", "not_applicable", "a network's share of something",
         NET.replace("binary_crossentropy", "mse").replace(" > 0.5", "")),
    case("decision_threshold", "met", "each of several thresholds is scored, of what a table holds", SWEPT),
    case("decision_threshold", "not_met", "ages are cut in a loop, and nothing of it scored",
         BOTH + "for cut in [20, 40, 60]:\n    older = (b['age'] >= cut).astype(int)\n    print(older.sum())\n"),
    case("decision_threshold", "met", "a function of its own cuts at each of several thresholds", IN_FUNCTION),
    case("decision_threshold", "met", "the same, scored within the function, in a comprehension",
         FITTED + CHANCE + "def judged(true, p, cut):\n    said = (p > cut).astype(int)\n"
         "    return f1_score(true, said)\nprint([judged(d, q, cut) for cut in (0.2, 0.5)])\n"),
    case("decision_threshold", "not_met", "the function is given one threshold",
         IN_FUNCTION.replace("[0.2, 0.4]:", "[0.2, 0.4]:\n    one = 0.5").replace("said_at(cut", "said_at(one")),
    case("decision_threshold", "not_met", "a function of its own picks rows by age in a loop",
         BOTH + "def older(rows, least):\n    return rows[rows['age'] > least]\nfor least in [20, 40]:\n"
         "    part = older(frame, least)\n    print(accuracy_score(part['y'], model.predict(part[['f']])))\n"),
    case("decision_threshold", "not_met", "four counts of a matrix", COUNTED),
    case("decision_threshold", "not_met", "the same in one statement",
         FITTED + "tn, fp, fn, tp = confusion_matrix(d, model.predict(b)).ravel()\nprint(tp / (tp + fn))\n"),
    case("decision_threshold", "not_applicable", "four counts of one class against the others",
         COUNTED.replace("(d, p)", "(d == 'a', p == 'a')")),
    case("decision_threshold", "not_applicable", "the same in a loop over classes",
         FITTED + "p = model.predict(b)\nfor one in model.classes_:\n    e, f = mark(d, one), mark(p, one)\n"
         "    tn, fp, fn, tp = confusion_matrix(e, f).ravel()\n    print(tp)\n"),
    case("decision_threshold", "not_applicable", "a matrix of any size", COUNTED.replace("tn, fp, fn, tp", "counts")),
    case("decision_threshold", "not_met", "a matrix is drawn with the names of two", DRAWN),
    case("decision_threshold", "not_applicable", "a matrix is drawn with the names of three",
         DRAWN.replace("'No', ", "'No', 'Maybe', ")),
    case("decision_threshold", "not_applicable", "another table is drawn with the names of two",
         DRAWN.replace("heatmap(counts", "heatmap(frame.corr()")),
    case("decision_threshold", "not_applicable", "rows are only ranked", BOTH, hidden=(hidden(metric="roc_auc"),)),
    case("decision_threshold", "not_applicable", "a quantity", QUANTITY),
    case("decision_threshold", "not_applicable", "nothing is decided", {"solution.ipynb": HEADINGS}),
]  # fmt: skip
