"""Small works for types, categories, repeats and extremes: what real works were judged wrongly for, and look-alikes."""

from __future__ import annotations

from cases_data_preparation import FIT, LOAD, SPLIT
from rubric_evidence import cases_of

case = cases_of("data_preparation")

# A table that comes from elsewhere, and is given a column of what a model says at the end
GROUPED = (
    LOAD + "import seaborn as sns\nfrom sklearn.cluster import KMeans\nprint(frame.duplicated().sum())\n"
    "for name in ['plan', 'city']:\n    clients[name] = clients[name].astype(int)\nsns.boxplot(clients['income'])\n"
    "groups = KMeans(3).fit_predict(scaled)\n"
)
PUT_INTO = GROUPED + "clients['group'] = groups\n"
_BOX = "sns.boxplot(clients['income'])\n"
_TURNED = "for name in ['plan', 'city']:\n    clients[name] = clients[name].astype(int)\n"

YOLO = (
    "import pandas as pd\nfrom ultralytics import YOLO\nYOLO('yolo11n.pt').train(data='data.yaml')\n"
    "path = f'{run}/results.csv'\nprint(pd.read_csv(path).tail())\n"
)

SHARE = (
    "frame['share'] = frame['n'] / frame.groupby('price')['n'].transform('sum')\n"
    "from sklearn.linear_model import LinearRegression\n"
    "print(LinearRegression().fit(frame[['price']], frame['fee']).predict(frame[['price']]))\n"
)
MAPPED = (
    "import pandas as pd\nframe = pd.read_csv('data/train.csv')\nSIZES = {'S': 1, 'L': 2}\n"
    "frame['size'] = frame['size'].map(SIZES)\nX, y = frame.drop(columns='y'), frame['y']\n"
    "from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit(X, y).predict(X)\n"
)
NAMED_BY_NUMBER = MAPPED.replace("'S': 1, 'L': 2", "1: 'S', 2: 'L'")
TYPES = [
    case("duplicates_and_outliers", "not_applicable", "the log of a training", YOLO),
    case("duplicates_and_outliers", "not_applicable", "the same without a variable",
         YOLO.replace("(path)", "('runs/detect/train/results.csv')")),
    case("duplicates_and_outliers", "not_met", "a table beside it",
         YOLO + "print(pd.read_csv('data/boxes.csv').head())\n"),
    case("duplicates_and_outliers", "not_met", "results that are the data",
         YOLO.replace("from ultralytics import YOLO\nYOLO('yolo11n.pt').train(data='data.yaml')\n", "")),
    case("types_parsed", "met", "columns of a table that is given groups later", PUT_INTO),
    case("types_parsed", "not_applicable", "what was said of rows is turned into numbers",
         GROUPED.replace(_TURNED, "") + "said['first'] = groups\nsaid['first'] = said['first'].astype(int)\n"),
    case("duplicates_and_outliers", "met", "a box plot of a table that is given groups later", PUT_INTO),
    case("duplicates_and_outliers", "partly", "a box plot of what was said, after it is put there",
         GROUPED.replace(_BOX, "") + "said['first'] = groups\nsns.boxplot(said['first'])\n"),
    case("types_parsed", "not_applicable", "classes cut from predictions are no column",
         SPLIT + FIT + "chance = model.predict_proba(b)[:, 1]\ncalls = (chance >= 0.3).astype(int)\n"
         "chance = chance.astype(float)\n"),
    case("types_parsed", "not_applicable", "an array that was counted together",
         LOAD + "import numpy as np\nindices = np.flatnonzero(X > 3).astype(int)\n"),
    case("types_parsed", "met", "a column of the loaded table", LOAD + "frame['age'] = frame['age'].astype(int)\n"),
    case("types_parsed", "met", "a column at the end of a chain over lines", LOAD +
         "def clean(col):\n    return (\n        col.fillna(0)\n        .pipe(lambda x: x.replace({'>4': 5}))\n"
         "        .astype('int')\n    )\nX['jobs'] = clean(X['jobs'])\n"),
    case("types_parsed", "met", "columns that are assigned by name",
         LOAD + "X = X.assign(\n    city=X.city.astype('category'),\n)\n"),
    case("types_parsed", "met", "a column made of parts of another",
         LOAD + "parts = frame['code'].str.split('-', expand=True)\nframe['year'] = parts[2].astype(int)\n"),
    case("types_parsed", "met", "the columns of a loop",
         LOAD + "def kinds(table):\n    for name in NAMES:\n"
         "        table[name] = table[name].astype('category')\nkinds(X)\n"),
    case("types_parsed", "partly", "a date with a sign before its name is taken apart as text",
         LOAD + "for _, row in frame.iterrows():\n    print(str(row['# Date'])[:4])\n"),
    case("types_parsed", "not_met", "a date with a sign before its name is used as it is",
         LOAD + "days = frame['# Date'].values\n"),
    case("types_parsed", "not_applicable", "a name of several words that is no date",
         LOAD + "X['# updates'] = X['# updates'] + 1\n"),
]  # fmt: skip

DRAWS = (
    "import numpy as np\nmeans = []\nfor seed in range(100):\n"
    "    means.append(frame['age'].sample(frac=1, replace=True, random_state=seed).mean())\n"
    "print(np.quantile(means, 0.025), np.quantile(np.asarray(means), 0.975))\n"
)
MEASURED = LOAD + (
    "import numpy as np\nfrom sklearn.linear_model import Ridge\nfrom sklearn.metrics import mean_absolute_error\n"
    "def measure(y_true, y_given):\n    true = np.clip(y_true, 0, 1)\n    shown = true.max(axis=1)\n"
    "    return mean_absolute_error(shown, np.clip(y_given, 0, 1))\nprint(measure(y, y))\n"
)
EXTREMES = [
    case("duplicates_and_outliers", "not_met", "the interval of a bootstrap", LOAD + DRAWS),
    case("duplicates_and_outliers", "not_met", "predictions are cut off",
         SPLIT + FIT + "import numpy as np\nchance = model.predict_proba(b)[:, 1]\nchance = np.clip(chance, 0, 1)\n"),
    case("duplicates_and_outliers", "not_met", "a measure cuts off what it is given", MEASURED),
    case("duplicates_and_outliers", "partly", "a function that cuts off what a model is fitted on",
         MEASURED.replace("    shown", "    Ridge().fit(true, true)\n    shown")),
    case("duplicates_and_outliers", "not_met", "rows are chosen by their date",
         LOAD + "import datetime\nframe['at'] = pd.to_datetime(frame['at'])\n"
         "frame = frame[frame['at'] <\n    frame['at'].max() - datetime.timedelta(days=7)]\n"
         "frame = frame[frame['order_date'] >= start]\nframe = frame[frame.day > '2020-01-01']\n"),
    case("duplicates_and_outliers", "not_met", "rows are chosen by a prediction",
         SPLIT + FIT + "b['risk'] = model.predict_proba(b)[:, 1]\nb = b[b['risk'] > 0.5]\nb['risk'].quantile(0.9)\n"),
    case("duplicates_and_outliers", "partly", "the quantile of a column, by NumPy",
         LOAD + "import numpy as np\nages = frame['age']\nprint(np.quantile(ages, 0.99))\n"),
    case("duplicates_and_outliers", "partly", "the lengths of texts",
         LOAD + "import numpy as np\nlengths = [len(t) for t in frame['text']]\nprint(np.percentile(lengths, 99))\n"),
    case("duplicates_and_outliers", "not_met", "rows are grouped by quartiles",
         LOAD + "import numpy as np\nage_bins = np.quantile(frame['age'], [0, 0.25, 0.5, 0.75, 1])\n"),
    case("duplicates_and_outliers", "partly", "a function that cuts what it is given",
         LOAD + "import numpy as np\ndef cut(values):\n    low, high = np.quantile(values, [0.01, 0.99])\n"
         "    return np.clip(values, low, high)\nX = X.apply(cut)\n"),
    case("duplicates_and_outliers", "partly", "rows are chosen by a range, among other things",
         LOAD + "frame = frame[frame['age'] < 110]\n" + DRAWS),
]  # fmt: skip

TWO_FILES = (
    "import pandas as pd\nfrom sklearn.ensemble import GradientBoostingClassifier\n"
    "rows, new = pd.read_csv('a.csv'), pd.read_csv('b.csv')\n"
)
PREDICTED = (
    "X, y = pd.get_dummies(rows.drop(columns='y')), rows['y']\nmodel = GradientBoostingClassifier().fit(X, y)\n"
    "T = pd.get_dummies(new).reindex(columns=X.columns)\nsaid = model.predict(T)\n"
    "pd.DataFrame({'said': said}).to_csv('c.csv')\n"
)
ONE = "rows['fee'] = rows['fee'].fillna(0)\n"
BOOSTED = LOAD + "from xgboost import XGBClassifier\nfrom sklearn.linear_model import LogisticRegression\n"
BOTH = "for model in (LogisticRegression(), XGBClassifier()):\n    model.fit(X, y)\n"
OWN_STEP = (
    "from sklearn.base import BaseEstimator\nclass Filled(BaseEstimator):\n"
    "    def fit(self, X, y=None):\n        self.usual = X['age'].mean()\n        return self\n"
    "    def transform(self, X):\n        X['age'] = X['age'].FILL\n        return X\n"
)
IN_PIPELINE = (
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.linear_model import LogisticRegression\n"
    "held = make_pipeline(Filled(), LogisticRegression())\nheld.fit(a, c)\nprint(held.score(b, d))\n"
)
BY_VALUE = "apply(lambda x: self.usual if np.isnan(x) else x)"
GAPS = [
    case("missing_values", "met", "a step of the work's own fills with what it has learned",
         SPLIT + OWN_STEP.replace("FILL", "fillna(self.usual)") + IN_PIPELINE),
    case("missing_values", "met", "a step of the work's own fills one value after the other",
         SPLIT + "import numpy as np\n" + OWN_STEP.replace("FILL", BY_VALUE) + IN_PIPELINE),
    case("missing_values", "partly", "a step of the work's own fills with a value that is written down",
         SPLIT + OWN_STEP.replace("FILL", "fillna(0)") + IN_PIPELINE),
    case("missing_values", "partly", "it fills beside means that are filled by hand",
         SPLIT + "b = b.fillna(b.mean())\n" + OWN_STEP.replace("FILL", "fillna(self.usual)") + IN_PIPELINE),
    case("missing_values", "not_met", "a step of the work's own that only takes what it has learned away",
         SPLIT + OWN_STEP.replace("FILL", "apply(lambda x: x - self.usual)") + IN_PIPELINE),
    case("missing_values", "not_met", "such a step that nobody uses",
         SPLIT + OWN_STEP.replace("FILL", "fillna(self.usual)") + FIT),
    case("missing_values", "not_met", "filled in training, left in the rows to be predicted",
         TWO_FILES + ONE + PREDICTED),
    case("missing_values", "partly", "filled alike in both",
         TWO_FILES + ONE + "new['fee'] = new['fee'].fillna(0)\n" + PREDICTED),
    case("missing_values", "not_met", "a mean in training, nought in the rows to be predicted",
         TWO_FILES + "rows = rows.fillna(rows.mean(numeric_only=True))\nnew = new.fillna(0)\n" + PREDICTED),
    case("missing_values", "partly", "the mean of training in both",
         TWO_FILES + "new = new.fillna(rows.mean())\nrows = rows.fillna(rows.mean())\n" + PREDICTED),
    case("missing_values", "partly", "a function may fill the rows to be predicted",
         TWO_FILES + "def tidy(table):\n    return table.pipe(inhouse)\n" + ONE + "new = tidy(new)\n" + PREDICTED),
    case("missing_values", "partly", "both files are put together before",
         TWO_FILES + "rows, new = rows.copy(), new.copy()\nboth = pd.concat([rows, new])\n" + ONE + PREDICTED),
    case("missing_values", "partly", "the column that is filled is dropped",
         TWO_FILES + ONE + "rows = rows.drop(columns=['fee'])\n" + PREDICTED),
    case("missing_values", "partly", "the other file is not predicted",
         TWO_FILES + ONE + PREDICTED.replace("get_dummies(new)", "get_dummies(rows)")),
    case("missing_values", "partly", "a model that takes gaps beside one that fails", BOOSTED + BOTH),
    case("missing_values", "needs_human", "the same, and the gaps are counted",
         BOOSTED + "print(frame.isnull().sum())\n" + BOTH),
    case("missing_values", "met", "the one that takes gaps is kept",
         BOOSTED + "import joblib\nbase = LogisticRegression().fit(X, y)\nbest = XGBClassifier().fit(X, y)\n"
         "joblib.dump(best, 'best.pkl')\n"),
    case("missing_values", "partly", "the one that fails is kept",
         BOOSTED + "import joblib\nbase = LogisticRegression().fit(X, y)\nbest = XGBClassifier().fit(X, y)\n"
         "joblib.dump(base, 'best.pkl')\n"),
    case("missing_values", "met", "beside a forest and what looks at no feature",
         BOOSTED + "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.dummy import DummyClassifier\n"
         "for model in (DummyClassifier(), RandomForestClassifier(), XGBClassifier()):\n    model.fit(X, y)\n"),
]  # fmt: skip

APART = SPLIT + "from sklearn.linear_model import LogisticRegression\nfrom sklearn.pipeline import Pipeline\n"
SCALED = "A, B = held.fit_transform(a), held.transform(b)\n"
OWN = (
    "from sklearn.base import BaseEstimator\nclass Own(BaseEstimator):\n    def fit(self, X, y=None):\n"
    "        return self\n    def transform(self, X):\n        return X\n"
)
PIPELINES = [
    case("pipeline_used", "not_applicable", "the target is a share of a group's sum",
         LOAD + SHARE.replace("'fee'", "'share'")),
    case("pipeline_used", "not_met", "a feature is", LOAD + SHARE),
    case("pipeline_used", "partly", "a pipeline of a scaler alone",
         APART + "held = Pipeline([('scale', StandardScaler())])\n" + SCALED +
         "model = LogisticRegression().fit(A, c)\n"),
    case("pipeline_used", "not_met", "a pipeline of the model alone",
         APART + "held = StandardScaler()\n" + SCALED +
         "model = Pipeline([('model', LogisticRegression())]).fit(A, c)\n"),
    case("pipeline_used", "not_met", "a pipeline of each model in turn",
         APART + "held = StandardScaler()\n" + SCALED + "for model in (LogisticRegression(), inhouse.Model()):\n"
         "    whole = Pipeline([('model', model)])\n    whole.fit(A, c)\n    print(whole.score(B, d))\n"),
    case("pipeline_used", "met", "a pipeline of a pipeline and a model",
         APART + "held = Pipeline([('scale', StandardScaler())])\nmodel = LogisticRegression()\n"
         "whole = Pipeline([('first', held), ('then', model)])\nwhole.fit(a, c)\n"),
    case("pipeline_used", "met", "steps that are not told",
         APART + "def build(first, model):\n    return Pipeline([('first', first), ('then', model)])\n"
         "build(StandardScaler(), LogisticRegression()).fit(a, c)\n"),
    case("pipeline_used", "met", "steps in a list", APART +
         "steps = [('scale', StandardScaler()), ('model', LogisticRegression())]\nPipeline(steps).fit(a, c)\n"),
    case("pipeline_used", "met", "a model that is put behind it later",
         APART + "held = Pipeline([('scale', StandardScaler())])\nheld.steps.append(('model', LogisticRegression()))\n"
         "held.fit(a, c)\n"),
    case("pipeline_used", "partly", "a step of the work's own beside a scaler",
         APART + OWN + "held = Pipeline([('own', Own()), ('scale', StandardScaler())])\n" + SCALED +
         "model = LogisticRegression().fit(A, c)\n"),
    case("pipeline_used", "met", "a step of the work's own before a model",
         APART + OWN + "Pipeline([('own', Own()), ('model', LogisticRegression())]).fit(a, c)\n"),
    case("pipeline_used", "met", "a model of the work's own behind a scaler", APART +
         OWN.replace("def transform", "def predict") + "Pipeline([('s', StandardScaler()), ('m', Own())]).fit(a, c)\n"),
    case("pipeline_used", "met", "a class that does both, of which nobody knows what it is for", APART + OWN +
         "    def predict(self, X):\n        return X\nPipeline([('s', StandardScaler()), ('m', Own())]).fit(a, c)\n"),
    case("pipeline_used", "met", "a model that holds others",
         APART + "from sklearn.multiclass import OneVsRestClassifier\n"
         "Pipeline([('scale', StandardScaler()), ('model', OneVsRestClassifier(LogisticRegression()))]).fit(a, c)\n"),
]  # fmt: skip

FIXED = "for name in ['plan', 'city']:\n    frame[name] = pd.Categorical(frame[name], categories=KNOWN[name])\n"
HEATMAP = (
    "from sklearn.preprocessing import LabelEncoder\nimport seaborn as sns\nshown = frame.copy()\n"
    "for name in ['plan', 'city']:\n    encoder = LabelEncoder()\n"
    "    shown[name] = encoder.fit_transform(shown[name])\nsns.heatmap(shown.corr().abs())\n"
)
ENCODINGS = [
    case("encoding_fits_new_rows", "met", "dummies of categories that are written down",
         LOAD + FIXED + "frame = frame.join(pd.get_dummies(frame[['plan', 'city']]))\n"),
    case("encoding_fits_new_rows", "met", "the same, by a type",
         LOAD + "plans = pd.CategoricalDtype(['basic', 'full'])\nframe['plan'] = frame['plan'].astype(plans)\n"
         "dummies = pd.get_dummies(frame['plan'])\n"),
    case("encoding_fits_new_rows", "partly", "dummies of the categories that the table holds", LOAD +
         "frame['plan'] = pd.Categorical(frame['plan'], categories=frame['plan'].unique())\n"
         "dummies = pd.get_dummies(frame['plan'])\n"),
    case("encoding_fits_new_rows", "partly", "another column's categories are written down",
         LOAD + "frame['plan'] = pd.Categorical(frame['plan'], categories=['basic', 'full'])\n"
         "dummies = pd.get_dummies(frame[['job']])\n"),
    case("encoding_fits_new_rows", "not_applicable", "numbers for a heatmap", LOAD + HEATMAP),
    case("encoding_fits_new_rows", "partly", "a copy that is plotted and learned from",
         SPLIT + FIT + HEATMAP + "model.fit(shown, y)\n"),
    case("pipeline_used", "not_applicable", "numbers for a heatmap alone",
         LOAD + HEATMAP + FIT.replace("a, c", "X, y")),
]  # fmt: skip

PANDAS = "import os\nimport pandas as pd\nfrom pathlib import Path\n"
FILLED = (
    "def fill(source: str, target: str) -> None:\n    table = pd.read_csv(source)\n    table['fee'] = 0\n"
    "    table.to_csv(target)\n\nfill('data/fees.csv', 'out/fees.csv')\n"
)
RAW = [
    case("raw_data_kept", "met", "a path joined to a folder",
         PANDAS + "table = pd.read_csv(os.path.join(path, 'x.csv'))\ntable.to_csv(os.path.join(path, 'y.csv'))\n"),
    case("raw_data_kept", "not_met", "a path joined to a folder is written over",
         PANDAS + "table = pd.read_csv(os.path.join(path, 'x.csv'))\ntable.to_csv(os.path.join(path, 'x.csv'))\n"),
    case("raw_data_kept", "met", "the folder was another one by then", PANDAS +
         "path = 'data'\ntable = pd.read_csv(os.path.join(path, 'x.csv'))\npath = 'out'\n"
         "table.to_csv(os.path.join(path, 'x.csv'))\n"),
    case("raw_data_kept", "met", "a path of pathlib",
         PANDAS + "d = Path('data')\ntable = pd.read_csv(d / 'train.csv')\ntable.to_csv(d / 'clean.csv')\n"),
    case("raw_data_kept", "not_met", "a path of pathlib is written over",
         PANDAS + "d = Path('data')\ntable = pd.read_csv(d / 'train.csv')\ntable.to_csv(d / 'train.csv')\n"),
    case("raw_data_kept", "not_applicable", "the path is asked of a setting",
         PANDAS + "table = pd.read_csv(settings.get('source'))\ntable.to_csv(target)\n"),
    case("raw_data_kept", "not_met", "read and written through one parameter",
         PANDAS + FILLED.replace("target", "source")),
    case("raw_data_kept", "not_applicable", "read and written through two parameters", PANDAS + FILLED),
    case("raw_data_kept", "met", "paths come from arguments, and no table is written",
         PANDAS + "table = pd.read_csv(args.input)\nprint(table.head())\n"),
    case("raw_data_kept", "not_applicable", "data that is drawn by a library",
         "from sklearn.datasets import make_moons\nX, y = make_moons(100)\nprint(X)\n"),
    case("raw_data_kept", "not_applicable", "paths come from arguments",
         PANDAS + "table = pd.read_csv(args.input)\ntable.to_csv(args.output)\n"),
    case("raw_data_kept", "not_applicable", "two handles of one name", PANDAS +
         "with open(a) as handle:\n    table = pd.read_csv(handle)\n"
         "with open(b, 'w') as handle:\n    table.to_csv(handle)\n"),
    case("raw_data_kept", "met", "a file that the work keeps for itself", PANDAS + "CACHE = 'features.csv'\n"
         "if os.path.exists(CACHE):\n    table = pd.read_csv(CACHE)\nelse:\n    table = pd.read_csv('raw.csv')\n"
         "    table.to_csv(CACHE)\n"),
]  # fmt: skip

TRAINED = "from sklearn.linear_model import Ridge\nmodel = Ridge()\nmodel.fit(early[['fee']], early['y'])\n"
HOURLY = (
    "sums = frame.groupby(['day'])[['fee']].sum().reset_index()\nones = sums.copy()\n"
    "a = ones.drop(names, axis=1)[:int(len(ones) * 0.9)]\nb = ones.drop(names, axis=1)[int(len(ones) * 0.9):]\n"
    "from sklearn.linear_model import Ridge\nmodel = Ridge().fit(a, ones['fee'][:int(len(ones) * 0.9)])\n"
)
CUTS = [
    case("encoding_fits_new_rows", "partly", "a dict numbers categories", MAPPED),
    case("encoding_fits_new_rows", "partly", "a dict that stands in place",
         MAPPED.replace("map(SIZES)", "map({'S': 1, 'L': 2})")),
    case("encoding_fits_new_rows", "met", "one that is not named gets a number too",
         MAPPED.replace("map(SIZES)", "map(SIZES).fillna(0)")),
    case("encoding_fits_new_rows", "not_applicable", "a dict numbers the target", MAPPED.replace("['size']", "['y']")),
    case("encoding_fits_new_rows", "not_applicable", "a dict names numbers", NAMED_BY_NUMBER),
    case("encoding_fits_new_rows", "not_applicable", "a dict numbers categories, and nothing is predicted",
         MAPPED.partition("X, y")[0]),
    case("split_fits_data", "met", "rows before a date and rows after it",
         LOAD + "dates = pd.to_datetime(frame['day'])\n"
         "early = frame.loc[dates < cutoff].copy()\nlate = frame.loc[dates >= cutoff].copy()\n" + TRAINED),
    case("split_fits_data", "met", "the first and the last of rows sorted by time",
         LOAD + "frame = frame.sort_values('time')\nn = int(len(frame) * 0.8)\nearly = frame.iloc[:n]\n"
         "late = frame.iloc[n:]\n" + TRAINED),
    case("split_fits_data", "not_applicable", "the first and the last five of rows sorted by time",
         LOAD + "early = frame.sort_values('time')\nfirst = early.head()\nlast = early.tail(5)\n" + TRAINED),
    case("split_fits_data", "not_applicable", "only rows after a date are kept",
         LOAD + "early = frame[frame['date'] >= cutoff]\n" + TRAINED),
    case("split_fits_data", "not_applicable", "rows below an age and rows above it",
         LOAD + "early = frame[frame['age'] < 30]\nlate = frame[frame['age'] >= 30]\n" + TRAINED),
    case("split_fits_data", "not_applicable", "first and last of rows in the order of the file",
         LOAD + "early = frame.iloc[:800]\nlate = frame.iloc[800:]\n" + TRAINED),
    case("split_fits_data", "not_applicable", "sorted rows that were shuffled before the cut",
         LOAD + "frame = frame.sort_values('time')\nframe = frame.sample(frac=1)\nearly = frame.iloc[:800]\n"
         "late = frame.iloc[800:]\n" + TRAINED),
    case("split_fits_data", "met", "rows grouped by their time, and cut", LOAD + HOURLY),
    case("temporal_leakage", "met", "the same", LOAD + HOURLY),
    case("split_fits_data", "not_applicable", "rows grouped by something else",
         LOAD + HOURLY.replace("'day'", "'shop'")),
    case("temporal_leakage", "met", "rows before a date and rows after it",
         LOAD + "early = frame[frame['day'] < '2024-01']\nlate = frame[frame['day'] >= '2024-01']\n" + TRAINED),
    case("temporal_leakage", "not_applicable", "the same in a work that fits nothing",
         LOAD + "early = frame[frame['day'] < '2024-01']\nlate = frame[frame['day'] >= '2024-01']\n"),
    case("temporal_leakage", "not_applicable", "parts to look at beside a split that knows no time",
         SPLIT + FIT + "early = frame[frame['year'] < 2024]\nlate = frame[frame['year'] >= 2024]\n"),
]  # fmt: skip

SAFE = (
    LOAD
    + "from sklearn.preprocessing import OneHotEncoder\nX = OneHotEncoder(handle_unknown='ignore').fit_transform(X)\n"
)
BARE = LOAD + "from sklearn.preprocessing import OrdinalEncoder\nX = OrdinalEncoder().fit_transform(X)\n"
RIDGE = "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression()\nmodel.fit(X, y)\n"
SAVED = RIDGE + "import joblib\njoblib.dump(model, 'model.joblib')\n"
CHANCE = "from sklearn.model_selection import train_test_split\na, b, c, d = train_test_split(X, y, random_state=0)\n"
SHARES = CHANCE.replace("random_state", "stratify=y, random_state")
PARTS = [
    case("encoding_fits_new_rows", "met", "the part that is handed in is safe",
         {"a.py": SAFE + SAVED, "b.py": BARE + RIDGE}),
    case("encoding_fits_new_rows", "partly", "another part is safe than is handed in",
         {"a.py": SAFE + RIDGE, "b.py": BARE + SAVED}),
    case("encoding_fits_new_rows", "partly", "of two parts that are handed in one is safe",
         {"a.py": SAFE + SAVED, "b.py": BARE + SAVED}),
    case("encoding_fits_new_rows", "met", "what is handed in calls a module that is safe",
         {"mine.py": "def encode(X):\n" + "".join(f"    {line}\n" for line in SAFE.splitlines()) + "    return X\n",
          "train.py": LOAD + "from mine import encode\nX = encode(X)\n" + SAVED, "look.py": BARE + RIDGE}),
    case("split_fits_data", "met", "shares are kept where the model is made that is handed in",
         {"a.py": LOAD + SHARES + SAVED, "b.py": LOAD + CHANCE + RIDGE}),
    case("split_fits_data", "not_met", "shares are kept elsewhere than in what is handed in",
         {"a.py": LOAD + SHARES + RIDGE, "b.py": LOAD + CHANCE + SAVED}),
    case("split_fits_data", "met", "a second split of the training rows in the same part",
         LOAD + SHARES + CHANCE.replace("(X, y,", "(a, c,") + SAVED),
]  # fmt: skip

CASES = [*GAPS, *PIPELINES, *PARTS, *CUTS, *RAW, *ENCODINGS, *EXTREMES, *TYPES]
