"""Small works for looking at data and at the target: what real works were judged wrongly for, and their look-alikes."""

from __future__ import annotations

from cases_data_preparation import FIT, LOAD, SPLIT
from rubric_evidence import cases_of, notebook

case = cases_of("data_preparation")

READ = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
TREE = "from sklearn.tree import DecisionTreeClassifier\nmodel = DecisionTreeClassifier()\n"
CUT = (
    READ
    + TREE
    + (
        "from sklearn.model_selection import train_test_split\n"
        "a, b, c, d = train_test_split(frame, frame['default'], random_state=0)\nmodel.fit(a, c)\n"
    )
)
IMPUTED = (
    "from sklearn.impute import SimpleImputer\nfrom sklearn.pipeline import Pipeline\n"
    "from sklearn.linear_model import Ridge\n"
    "model = Pipeline([('fill', SimpleImputer()), ('model', Ridge())])\nmodel.fit(X, y)\n"
)
VOTING = (
    "from sklearn.ensemble import VotingClassifier\nfrom xgboost import XGBClassifier\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "members = [\n    ('xgb', XGBClassifier()),\n    ('linear', LogisticRegression()),\n]\n"
    "both = VotingClassifier(members)\nboth.fit(a, c)\n"
)

TARGET = [
    case("target_looked_at", "met", "the column that a split was given is counted in another file",
         {"train.py": CUT, "look.py": READ + "print(frame['default'].value_counts(normalize=True))\n"}),
    case("target_looked_at", "not_met", "another column than a split was given is counted in another file",
         {"train.py": CUT, "look.py": READ + "print(frame['plan'].value_counts(normalize=True))\n"}),
    case("target_looked_at", "met", "its mean is printed", SPLIT + FIT + "print(f'rate: {y.mean():.1%}')\n"),
    case("target_looked_at", "met", "rows are counted by it and shown",
         CUT + "groups = frame.groupby('default')['age'].agg(['mean', 'count'])\nprint(groups)\n"),
    case("target_looked_at", "not_met", "an error is set in relation to its mean",
         SPLIT + FIT + "print(rmse / d.mean(), rmse / y_test.mean())\n"),
    case("target_looked_at", "partly", "every column is counted in a loop",
         CUT + "for name in frame.columns:\n    print(frame[name].value_counts())\n"),
    case("target_looked_at", "not_met", "every column but the target is counted in a loop",
         CUT + "for name in frame.columns:\n    if name != 'default':\n        print(frame[name].value_counts())\n"),
    case("target_looked_at", "needs_human", "data is looked at, and what is predicted comes from elsewhere",
         READ + TREE + "from mine import labels\nprint(frame['age'].describe())\nmodel.fit(frame, labels(frame))\n"),
    case("target_looked_at", "met", "a report is made of the table with the target in it",
         CUT + "import sweetviz\nreport = sweetviz.analyze(source=frame, target_feat='default')\n"),
    case("target_looked_at", "not_met", "another column is described", CUT + "print(frame['age'].describe())\n"),
    case("target_looked_at", "met", "it is counted as an attribute", CUT + "print(frame.default.value_counts())\n"),
    case("target_looked_at", "not_met", "another attribute is counted", CUT + "print(frame.plan.value_counts())\n"),
    case("target_looked_at", "not_met", "its mean is a guess that is scored",
         SPLIT + FIT + "print('guess', mean_absolute_error(d, y_train.mean()))\n"),
    case("target_looked_at", "not_met", "rows are counted by another column",
         CUT + "groups = frame.groupby('plan')['age'].agg(['mean', 'count'])\nprint(groups)\n"),
    case("target_looked_at", "not_met", "a check for gaps in it is no look",
         SPLIT + FIT + "if y.isnull().any():\n    raise ValueError('gaps')\n"),
    case("target_looked_at", "not_met", "its gaps alone are counted", CUT + "print(frame['default'].isnull().sum())\n"),
    case("target_looked_at", "not_met", "it is plotted against predictions", SPLIT + FIT +
         "import matplotlib.pyplot as plt\ny_pred = model.predict(b)\nplt.scatter(y_pred, d)\n"
         "plt.scatter(frame['y'], model.predict(X))\n"),
    case("target_looked_at", "not_met", "learning curves", SPLIT + FIT +
         "import matplotlib.pyplot as plt\nplt.plot(history.history['loss'])\nplt.plot(val_loss)\n"),
    case("target_looked_at", "met", "a histogram, among learning curves", SPLIT + FIT +
         "import matplotlib.pyplot as plt\nplt.plot(history.history['loss'])\nplt.hist(y)\n"),
]  # fmt: skip
FOLDERS = (
    "import os\nimport numpy as np\nfrom PIL import Image\nfrom sklearn.svm import SVC\n"
    "pictures, kinds = np.load('pictures.npy'), np.load('kinds.npy')\nSVC().fit(pictures, kinds)\n"
    "for kind in os.listdir('data'):\n    "
)
TARGET += [
    case("target_looked_at", "met", "the pictures of each class are counted",
         FOLDERS + "print(kind, len(os.listdir(os.path.join('data', kind))))\n"),
    case("target_looked_at", "not_met", "the folders of pictures are only listed", FOLDERS + "print(kind)\n"),
    case("target_looked_at", "not_met", "files are counted in a work on tables",
         CUT + "import os\nfor name in os.listdir('data'):\n    print(len(os.listdir(name)))\n"),
]  # fmt: skip
ACTED_ON = [
    case("exploration_acted_on", "not_met", "results by the name of a model are no columns", SPLIT +
         "from sklearn.model_selection import cross_val_score\nscores = {}\n"
         "def tried(model):\n    print(scores['last'])\n    scores['last'] = cross_val_score(model, a, c).mean()\n"
         "tried(LogisticRegression())\n"),
    case("exploration_acted_on", "partly", "a decision made from predictions is shown, and rows are chosen by it",
         SPLIT + FIT + "b['risk'] = model.predict_proba(b)[:, 1]\nb['verdict'] = b['risk'] > 0.3\n"
         "print(b['verdict'].value_counts())\nb = b[b['verdict'] == 'no']\n"
         "print(frame['age'].describe())\nframe['age'] = frame['age'].clip(0, 90)\n"),
    case("exploration_acted_on", "not_met", "rows are chosen by their gaps and by nothing that was seen",
         LOAD + "frame = frame[~frame['age'].isna()]\nframe['age'] = frame['age'].clip(0, 90)\n"
         "frame = frame.dropna()\n"),
    case("exploration_acted_on", "met", "gaps are counted by a mask, and a column described",
         LOAD + "gaps = len(frame[frame['age'].isna()])\nframe = frame.dropna()\n"
         "print(frame['age'].describe())\nframe['age'] = frame['age'].clip(0, 90)\n"),
    case("exploration_acted_on", "not_met", "a check, a learning curve and a plot of predictions are no looks", LOAD +
         "import matplotlib.pyplot as plt\nif y.isnull().any():\n    raise ValueError('gaps')\n"
         "plt.plot(history.history['val_loss'])\nplt.scatter(y_pred, y)\nplt.title('results')\nplt.style.use('x')\n"),
    case("exploration_acted_on", "partly", "gaps that are printed are a look", LOAD + "print(y.isnull().any())\n"),
    case("exploration_acted_on", "partly", "a length in centimetres is no confusion matrix", LOAD +
         "import seaborn as sns\nsns.histplot(frame['sepal length (cm)'])\n"),
    case("exploration_acted_on", "not_met", "pictures of how good a model is", LOAD +
         "import seaborn as sns\nsns.heatmap(cm)\nsns.lineplot(x=fpr, y=tpr)\nsns.barplot(x='importance', data=t)\n"),
    case("exploration_acted_on", "not_met", "a curve of numbers that the code makes up", LOAD +
         "import numpy as np\nimport matplotlib.pyplot as plt\nx = np.linspace(0, 2)\nplt.plot(x, np.exp(x))\n"
         "plt.show()\n"),
    case("exploration_acted_on", "partly", "a picture that a function of others draws", LOAD +
         "import inhouse\nimport matplotlib.pyplot as plt\ninhouse.draw(frame)\nplt.show()\n"),
    case("exploration_acted_on", "partly", "a column that is called as a loss", LOAD +
         "import seaborn as sns\nsns.histplot(frame['loss'], label='predicted')\n"),
    case("missing_values", "met", "a text of its own for gaps, beside an imputer in the pipeline",
         LOAD + "frame['plan'] = frame['plan'].fillna('Unknown')\nframe = frame.dropna(subset=['y'])\n" + IMPUTED),
    case("missing_values", "partly", "means are filled by hand, beside an imputer in the pipeline",
         LOAD + "frame['age'] = frame['age'].fillna(frame['age'].mean())\n" + IMPUTED),
    case("missing_values", "not_met", "a model that takes gaps votes with one that does not", SPLIT + VOTING),
    case("missing_values", "not_met", "the same, with the models in variables", SPLIT +
         "from sklearn.ensemble import VotingClassifier\nfrom xgboost import XGBClassifier\n"
         "from sklearn.linear_model import LogisticRegression\nxgb = XGBClassifier()\nlinear = LogisticRegression()\n"
         "both = VotingClassifier(estimators=[('xgb', xgb), ('linear', linear)])\nboth.fit(a, c)\n"),
    case("missing_values", "met", "two models that take gaps vote",
         SPLIT + VOTING.replace("LogisticRegression", "LGBMClassifier").replace("sklearn.linear_model", "lightgbm")),
    case("missing_values", "partly", "a model that takes gaps stands beside an ensemble that does not",
         SPLIT + VOTING + "alone = XGBClassifier()\nalone.fit(a, c)\n"),
    case("missing_values", "met", "gaps are looked for and none found, as the text says",
         {"a.ipynb": notebook(LOAD, "frame.isnull().sum()", "# %% md\nThe table has no missing values.", SPLIT + FIT)}),
    case("missing_values", "met", "the same, as a comment says",
         SPLIT + FIT + "print(frame.isnull().sum())  # no missing values\n"),
    case("missing_values", "not_met", "it is only said that there are none", SPLIT + FIT + "# no missing values\n"),
    case("missing_values", "needs_human", "gaps are counted, and nobody says what came of it",
         SPLIT + FIT + "print(frame.isnull().sum())\n"),
    case("missing_values", "needs_human", "the work stops where features have gaps",
         SPLIT + FIT + "assert not frame.isnull().any().any()\n"),
    case("missing_values", "partly", "gaps are filled through a mask",
         SPLIT + FIT + "frame.loc[frame['age'].isnull(), 'age'] = 30\n"),
    case("missing_values", "not_met", "rows with gaps are only chosen",
         SPLIT + FIT + "old = frame[frame['age'].notnull()]\n"),
    case("missing_values", "not_met", "a check that the target has no gaps",
         SPLIT + FIT + "if y.isnull().any():\n    raise ValueError('gaps')\n"),
]  # fmt: skip

CASES = [*TARGET, *ACTED_ON]
