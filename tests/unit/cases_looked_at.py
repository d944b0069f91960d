"""Small works for what is looked at and what follows from it, and for tables of polars, each beside its look-alike."""

from __future__ import annotations

from cases_data_preparation import FIT, LOAD, SPLIT
from rubric_evidence import cases_of, notebook, wrapped

case = cases_of("data_preparation")

HELPER = "import pandas as pd\ndef tidy(table):\n    table['age'] = table['age'].fillna(0)\n    return table\n"
COUNTED = LOAD + "print(frame.isnull().sum())\n"
LOSS = (
    "import matplotlib.pyplot as plt\ndef draw(values):\n    plt.plot(values, label='Train_Loss')\n"
    "draw(inhouse.run())\n"
)
BOXES = (
    "import numpy as np\nimport seaborn as sns\nlimit = 3\nfor name in ['f1', 'f2']:\n    sns.boxplot(x=frame[name])\n"
    "z = np.abs((frame - frame.mean()) / frame.std())\n"
)
OWN_STEP = (
    "class OneEach:\n    def fit(self, X, y=None):\n        {note}\n"
    "        self.cities = [one for one in X['city'].unique() if one]\n        return self\n"
    "    def transform(self, X):\n        X['city'] = X['city'].map(self.cities.index)\n        return X\n"
)
ACTED = [
    case("exploration_acted_on", "partly", "gaps are counted, and filled by a function of another file",
         {"helper.py": HELPER, "train.py": "from helper import tidy\n" + COUNTED + "frame = tidy(frame)\n"}),
    case("exploration_acted_on", "partly", "gaps are counted, and filled by a function above",
         HELPER + COUNTED + "frame = tidy(frame)\n"),
    case("exploration_acted_on", "partly", "rows with gaps are counted by their length, and dropped",
         LOAD + "holes = frame[frame.isnull().any(axis=1)]\nprint(f'{len(holes)} rows')\nframe = frame.dropna()\n"),
    case("exploration_acted_on", "not_met", "the course of a loss in a picture", "import inhouse\n" + LOAD + LOSS),
    case("exploration_acted_on", "not_met", "numbers of an axis are written in another way",
         LOAD + "from matplotlib.ticker import FuncFormatter\nmoney = FuncFormatter(lambda value, at: f'{value}')\n"
         "inhouse.draw(frame, money)\n"),
    case("exploration_acted_on", "not_met", "an encoder is told of a column's values",
         LOAD + "from sklearn.preprocessing import OneHotEncoder\n"
         "enc = OneHotEncoder(categories=[X['plan'].unique()])\nprint(enc.fit_transform(X[['plan']]))\n"),
    case("exploration_acted_on", "partly", "they are printed beside it",
         LOAD + "from sklearn.preprocessing import OneHotEncoder\nprint(X['plan'].unique())\n"
         "enc = OneHotEncoder(categories=[X['plan'].unique()])\nprint(enc.fit_transform(X[['plan']]))\n"),
    case("exploration_acted_on", "not_met", "a vocabulary is made of a column that is changed later",
         LOAD + "days = frame['day'].unique().tolist()\nframe['day'] = frame['day'].str.lower()\ninhouse.fit(days)\n"),
    case("exploration_acted_on", "not_met", "values that the fit of an own step reckons with",
         LOAD + OWN_STEP.format(note="pass") + "frame = OneEach().fit(frame).transform(frame)\n"),
    case("exploration_acted_on", "partly", "the same, printed",
         LOAD + OWN_STEP.format(note="print(X['city'].unique())") + "frame = OneEach().fit(frame).transform(frame)\n"),
    case("exploration_acted_on", "partly", "a column is counted as an attribute, and changed by its name",
         LOAD + "print(frame.plan.value_counts())\nframe['plan'] = frame['plan'].map({'a': 1})\n"),
    case("exploration_acted_on", "partly", "a column is changed as an attribute",
         LOAD + "print(frame.plan.value_counts())\nframe.plan = frame.plan.map({'a': 1})\n"),
    case("exploration_acted_on", "partly", "an attribute that is none of the columns, before another is changed",
         LOAD + "print(frame.shape.count(3))\nprint(frame.city.value_counts())\n"
         "frame['plan'] = frame['plan'].map({'a': 1})\n"),
    case("exploration_acted_on", "met", "columns are drawn in a loop over their names, and encoded",
         LOAD + "import seaborn as sns\nkinds = ['plan', 'city']\n"
         "for kind in kinds:\n    sns.countplot(x=frame[kind])\nframe = pd.get_dummies(frame, columns=kinds)\n"),
    case("exploration_acted_on", "partly", "other columns are encoded than those that are drawn in a loop",
         LOAD + "import seaborn as sns\nfor kind in ['plan', 'city']:\n    sns.countplot(x=frame[kind])\n"
         "frame = pd.get_dummies(frame, columns=['town'])\n"),
    case("exploration_acted_on", "met", "box plots in a loop, and rows kept by how far all values lie out",
         COUNTED + BOXES + "frame = frame[(z < limit).all(axis=1)]\nframe = frame.dropna()\n"),
    case("exploration_acted_on", "met", "the same through a mask",
         COUNTED + BOXES + "near = (z < limit).all(axis=1)\nframe = frame[near]\nframe = frame.dropna()\n"),
    case("exploration_acted_on", "partly", "box plots, and rows kept that have no gaps",
         COUNTED + BOXES + "frame = frame[frame.notnull().all(axis=1)]\nframe = frame.dropna()\n"),
]  # fmt: skip

CURVES = (
    "from sklearn.model_selection import cross_val_score\nfrom sklearn.linear_model import Ridge\n"
    "import seaborn as sns\n"
)
REPEATS = [
    case("duplicates_and_outliers", "partly", "a score by columns, applied by its name",
         LOAD + "from scipy.stats import zscore\nimport numpy as np\nscores = X.apply(zscore)\n"
         "print(np.where(np.abs(scores) > 3))\n"),
    case("duplicates_and_outliers", "not_met", "another function is applied",
         LOAD + "import numpy as np\nscores = X.apply(np.log)\nprint(np.where(np.abs(scores) > 3))\n"),
    case("duplicates_and_outliers", "not_met", "the values of two columns are listed",
         LOAD + "frame[['make', 'model']].drop_duplicates().to_csv('models.csv')\n"),
    case("duplicates_and_outliers", "partly", "rows that are chosen, each once",
         LOAD + "left = frame[frame['kind'] == 'a'].drop_duplicates()\nprint(left.shape)\n"),
    case("duplicates_and_outliers", "not_met", "a box plot of the results of folds",
         LOAD + CURVES + "found = pd.DataFrame({'r2': cross_val_score(Ridge(), X, y)})\nsns.boxplot(data=found)\n"),
    case("duplicates_and_outliers", "partly", "a box plot of the data",
         LOAD + "import seaborn as sns\nsns.boxplot(data=frame)\n"),
    case("duplicates_and_outliers", "partly", "fences from the quartiles of a description",
         LOAD + "stats = frame.describe().transpose()\nwide = stats['75%'] - stats['25%']\n"
         "print(stats['75%'] + 1.5 * wide)\n"),
    case("duplicates_and_outliers", "not_met", "another difference of a description",
         LOAD + "stats = frame.describe().transpose()\nprint(stats['mean'] - stats['50%'])\n"),
    case("duplicates_and_outliers", "partly", "a description of what stands at the ends",
         LOAD + "print(frame.describe(percentiles=[.01, .5, .99]).T)\n"),
    case("duplicates_and_outliers", "not_met", "a description of the middle",
         LOAD + "print(frame.describe(percentiles=[.25, .5, .75]).T)\n"),
    case("duplicates_and_outliers", "partly", "values of a column that are out of a range are set",
         LOAD + "frame.loc[frame['fee'] < 0, 'fee'] = 0\n"),
    case("duplicates_and_outliers", "not_met", "a group is named after a range",
         LOAD + "frame.loc[frame['fee'] < 0, 'group'] = 'debtor'\n"),
    case("duplicates_and_outliers", "not_met", "dates that are out of a range are set",
         LOAD + "frame.loc[frame['order_date'] < first, 'order_date'] = first\n"),
]  # fmt: skip

NAMED = (
    "import pandas as pd\nfrom sklearn.svm import SVC\ntarget = 'y'\nother = 'age'\nrows = pd.read_csv('a.csv')\n"
    "print(rows.describe())\nprint(rows[{asked}].value_counts())\n"
    "model = SVC().fit(rows.drop(columns=[target]), rows[target])\nprint(model.score(rows[['f']], rows[target]))\n"
)
EACH = (
    "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
    "from sklearn.model_selection import train_test_split\n"
    "rows = pd.read_csv('a.csv')\n{look}for name in {names}:\n"
    "    a, b, c, d = train_test_split(rows[['f']], rows[name])\n    print(Ridge().fit(a, c).score(b, d))\n"
)
PICTURES = (
    "import os\nimport cv2\nimport numpy as np\nfrom sklearn.svm import SVC\n{counted}"
    "one = np.load('a.npy')\nmodel = SVC().fit(one, two)\nprint(model.score(one, two))\n"
)
FOLDER = (
    "import pathlib\nimport numpy as np\nimport tensorflow as tf\nimport matplotlib.pyplot as plt\n"
    "folder = pathlib.Path('data')\n"
    "rows = tf.keras.preprocessing.image_dataset_from_directory(folder, seed=1)\n{looked}"
    "net = tf.keras.Sequential([tf.keras.layers.Dense(3)])\nnet.compile(loss='mse')\n"
    "net.fit(rows, validation_data=inhouse.rows())\n"
)
PUBLISHED = FOLDER.replace("tf.keras.preprocessing.image_dataset_from_directory(folder, seed=1)",
                           "tf.keras.datasets.cifar10.load_data()")  # fmt: skip
SHOWN = "plt.imshow(next(iter(rows))[0])\n"
FOLDERS = [
    case("target_looked_at", "met", "the files of each folder that Keras reads", FOLDER.format(
        looked="for name in rows.class_names:\n    print(name, len(list(folder.glob(name + '/*'))))\n")),
    case("target_looked_at", "met", "the classes of the files are counted",
         FOLDER.format(looked="print(np.unique(rows.classes, return_counts=True))\n")),
    case("target_looked_at", "not_met", "the names of the classes alone",
         FOLDER.format(looked="print(rows.class_names)\n")),
    case("target_looked_at", "not_applicable", "a set that a library holds ready", PUBLISHED.format(looked="")),
    case("exploration_acted_on", "partly", "pictures of a folder are shown", FOLDER.format(looked=SHOWN)),
    case("exploration_acted_on", "partly", "pictures of a published set", PUBLISHED.format(looked=SHOWN)),
    case("exploration_acted_on", "not_met", "nothing is shown of a folder", FOLDER.format(looked="")),
    case("exploration_acted_on", "not_applicable", "nothing is loaded",
         FOLDER.format(looked=SHOWN).replace("tf.keras.preprocessing.image_dataset_from_directory", "inhouse.read")),
]  # fmt: skip
TARGETS = [
    case("target_looked_at", "met", "the columns that a loop predicts are described",
         EACH.format(look="print(rows[['u', 'v']].describe())\n", names="['u', 'v']")),
    case("target_looked_at", "partly", "others are", EACH.format(look="print(rows.describe())\n", names="['u', 'v']")),
    case("target_looked_at", "met", "what is predicted is put into a table and counted there",
         LOAD + "other = X.copy()\nother['risk'] = y\nprint(other['risk'].value_counts())\n" + SPLIT + FIT),
    case("target_looked_at", "not_met", "something else is",
         LOAD + "other = X.copy()\nother['risk'] = z\nprint(other['risk'].value_counts())\n" + SPLIT + FIT),
    case("target_looked_at", "met", "the files of each class are counted, some left out", PICTURES.format(
        counted="".join(f"print(len([f for f in os.listdir('{name}') if f[-1] == 'g']))\n" for name in "ab"))),
    case("target_looked_at", "met", "its name stands in a variable", NAMED.format(asked="target")),
    case("target_looked_at", "met", "the same within a function", wrapped(NAMED.format(asked="target"))),
    case("target_looked_at", "partly", "another column's name does", NAMED.format(asked="other")),
    case("target_looked_at", "needs_human", "the variable has stood for two columns",
         NAMED.format(asked="target").replace("print(rows.describe())", "target = 'age'")),
    case("target_looked_at", "partly", "a function's own parameter hides the variable",
         NAMED.format(asked="other") + "def show(target):\n    print(rows[target].value_counts())\nshow('age')\n"),
    case("target_looked_at", "not_met", "the files of one folder are",
         PICTURES.format(counted="print(len([f for f in os.listdir('a') if f[-1] == 'g']))\n")),
]  # fmt: skip

GIVEN = "import pandas as pd\npath = 'data/a.csv'\ntable = pd.read_csv(path)\ntable.to_csv('out/b.csv')\n"
DUMMIES = (
    "import pandas as pd\nfrom sklearn.linear_model import Ridge\ntable = pd.get_dummies(table, columns=['plan'])\n"
)
OTHERS = [
    case("raw_data_kept", "met", "a path in a variable", GIVEN),
    case("raw_data_kept", "not_applicable", "a path in a variable that is made of others",
         GIVEN.replace("'data/a.csv'", "folder + name")),
    case("raw_data_kept", "not_applicable", "a path in a variable that is given another",
         GIVEN.replace("table = ", "path = settings.path\ntable = ", 1)),
    case("encoding_fits_new_rows", "partly", "a table that is made somewhere else",
         {"a.ipynb": notebook(DUMMIES, "model = Ridge().fit(table, y)\nprint(model.predict(table))")}),
    case("encoding_fits_new_rows", "not_applicable", "a table that is written down",
         {"a.ipynb": notebook("table = [1, 2]\n" + DUMMIES)}),
    case("split_fits_data", "needs_human", "rows are grouped by their id",
         SPLIT + FIT + "print(frame.groupby('id').size())\n"),
]  # fmt: skip

POLARS = "import polars as pl\nfrom sklearn.linear_model import Ridge\ntable = pl.read_csv('a.csv'{given}){then}\n"
LEARNED = "model = Ridge().fit(table[['fee']], table['y'])\nprint(model.predict(table[['fee']]))\n"
OF_POLARS = [
    case("missing_values", "partly", "gaps are filled", POLARS.format(given="", then=".fill_null(0)") + LEARNED),
    case("missing_values", "partly", "rows with gaps are dropped",
         POLARS.format(given="", then="") + "table = table.drop_nulls()\n" + LEARNED),
    case("missing_values", "needs_human", "gaps are counted",
         POLARS.format(given="", then="") + "print(table.null_count())\n" + LEARNED),
    case("missing_values", "not_met", "nothing is done", POLARS.format(given="", then="") + LEARNED),
    case("types_parsed", "met", "the reader parses dates", POLARS.format(given=", try_parse_dates=True", then="")),
    case("types_parsed", "met", "a column is cast",
         POLARS.format(given="", then="") + "table = table.with_columns(pl.col('fee').cast(pl.Float64))\n"),
    case("duplicates_and_outliers", "partly", "each row once",
         POLARS.format(given="", then="") + "table = table.unique()\n"),
    case("duplicates_and_outliers", "not_met", "the values of a column",
         POLARS.format(given="", then="") + "names = table.select(pl.col('name').unique())\n"
         "plans = table['plan'].unique()\n"),
    case("raw_data_kept", "met", "a table is read and none written", POLARS.format(given="", then="") + LEARNED),
]  # fmt: skip

CASES = [*ACTED, *REPEATS, *TARGETS, *FOLDERS, *OTHERS, *OF_POLARS]
