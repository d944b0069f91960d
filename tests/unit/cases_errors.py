"""Small works for how errors, features and spreads are shown by other means, each beside its look-alike."""

from __future__ import annotations

from cases_evaluation import FITTED, QUANTITY, START
from rubric_evidence import cases_of

case = cases_of("evaluation")

DRAWN = QUANTITY + "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(1, 2)\np = model.predict(b)\nrest = d - p\n"
TESTED = QUANTITY + (
    "from statsmodels.graphics.gofplots import qqplot\nfrom statsmodels.stats.diagnostic import het_goldfeldquandt\n"
    "rest = d - model.predict(b)\n"
)
IN_TURN = QUANTITY + (
    "late, early = frame[frame['week'] > 9], frame[frame['week'] < 9]\n"
    "for plan in late['plan'].unique():\n    part = late[late['plan'] == plan]\n"
    "    print(plan, mean_absolute_error(part['y'], model.predict(part[['f']])))\n"
)
VIEW = (
    QUANTITY
    + "from yellowbrick.model_selection import FeatureImportances\nfrom yellowbrick.regressor import ResidualsPlot\n"
)
KEPT = START + (
    "def tried(X, y):\n    found = {}\n    model = RandomForestClassifier()\n"
    "    found['auc'] = roc_auc_score(y, model.fit(X, y).predict(X))\n"
    "    found['each fold'] = cross_val_score(model, X, y)\n    return found\nprint(tried(X, y)['auc'])\n"
)

CASES = [
    case("error_analysis", "met", "residuals on one of several axes", DRAWN + "ax[1].scatter(d, rest, s=5)\n"),
    case("error_analysis", "not_met", "another column on one of several axes", DRAWN + "ax[1].scatter(d, b['f'])\n"),
    case("error_analysis", "not_met", "only the title says so",
         DRAWN + "ax[1].scatter(d, b['f'])\nax[1].set_title('rest')\n"),
    case("error_analysis", "met", "quantiles of residuals", TESTED + "qqplot(rest, line='s')\n"),
    case("error_analysis", "met", "a test of residuals", TESTED + "print(het_goldfeldquandt(rest, b))\n"),
    case("error_analysis", "not_met", "quantiles of a feature", TESTED + "qqplot(b['f'], line='s')\n"),
    case("error_analysis", "met", "the error of each group in a loop", IN_TURN),
    case("error_analysis", "met", "the same with names between", IN_TURN.replace(
        "    print(plan, mean_absolute_error(part['y'], model.predict(part[['f']])))\n",
        "    true, said = part['y'], 0\n    said = model.predict(part[['f']])\n    true = part['y']\n"
        "    print(plan, mean_absolute_error(true, said))\n")),
    case("error_analysis", "not_met", "a loop that asks for all rows each time",
         IN_TURN.replace("part['y']", "late['y']").replace("part[['f']]", "late[['f']]")),
    case("error_analysis", "not_met", "a loop that goes on in time and fits anew",
         IN_TURN.replace("    print(plan", "    model.fit(early[['f']], early['y'])\n    print(plan")),
    case("error_analysis", "not_met", "a table of results, a model at a time",
         QUANTITY + "out = pd.DataFrame({'name': names, 'true': d, 'said': model.predict(b)})\n"
         "for name in models:\n    part = out[out['name'] == name]\n"
         "    print(name, mean_absolute_error(part['true'], part['said']))\n"),
    case("error_analysis", "met", "a picture of residuals by yellowbrick",
         VIEW + "view = ResidualsPlot(model)\nview.fit(a, c)\nview.score(b, d)\nview.show()\n"),
    case("error_analysis", "not_met", "it is made and not drawn", VIEW + "view = ResidualsPlot(model)\nprint(view)\n"),
    case("features_interpreted", "met", "importances by yellowbrick",
         VIEW + "view = FeatureImportances(model)\nview.fit(a, c)\nview.show()\n"),
    case("features_interpreted", "not_met", "they are made and not drawn",
         VIEW + "view = FeatureImportances(model)\nprint(view)\n"),
    case("spread_shown", "met", "every fold, out of what a function gives back",
         KEPT + "print('folds', tried(X, y)['each fold'])\n"),
    case("spread_shown", "partly", "another figure of the same", KEPT + "print(tried(X, y)['auc'])\n"),
    case("spread_shown", "partly", "their mean",
         KEPT.replace("(model, X, y)\n", "(model, X, y).mean()\n") + "print(tried(X, y)['each fold'])\n"),
    case("spread_shown", "partly", "a key under which other things are kept too",
         KEPT.replace("    return", "    found['each fold'] = roc_auc_score(y, model.predict(X))\n    return")
         + "print(tried(X, y)['each fold'])\n"),
    case("spread_shown", "met", "a dictionary that is written out",
         FITTED + "kept = {'cv': cross_val_score(model, a, c), 'n': 5}\nprint(kept['cv'])\n"),
]  # fmt: skip
