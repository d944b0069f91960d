"""Small works for the criteria of data preparation, each with the verdict it must get."""

from __future__ import annotations

from rubric_evidence import cases_of, leaking, notebook

case = cases_of("data_preparation")

LOAD = "import pandas as pd\nframe = pd.read_csv('data/train.csv')\nX, y = frame.drop(columns='y'), frame['y']\n"
SPLIT = LOAD + (
    "from sklearn.model_selection import train_test_split\n"
    "a, b, c, d = train_test_split(X, y, random_state=0)\n"
    "from sklearn.preprocessing import StandardScaler\n"
)
FIT = "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression()\nmodel.fit(a, c)\n"
SCALED_AFTER = SPLIT + "scaler = StandardScaler().fit(a)\na = scaler.transform(a)\n" + FIT
SCALED_FOLDS = SCALED_AFTER + (
    "from sklearn.model_selection import cross_val_score\nprint(cross_val_score(model, a, c))\n"
    "print(model.score(scaler.transform(b), d))\n"
)
PIPELINE = SPLIT + (
    "from sklearn.pipeline import make_pipeline\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "model = make_pipeline(StandardScaler(), LogisticRegression())\nmodel.fit(a, c)\n"
)
DATED = LOAD + (
    "frame['day'] = pd.to_datetime(frame['day'])\n"
    "from sklearn.model_selection import TimeSeriesSplit\n"
    "folds = TimeSeriesSplit()\n"
    "for train, test in folds.split(X): print(len(train))\n"
)
CLASSES = SPLIT + (
    "from sklearn.preprocessing import OneHotEncoder\nfrom tensorflow.keras.layers import Dense\n"
    "from tensorflow.keras.models import Sequential\nencoder = OneHotEncoder(sparse_output=False)\n"
    "Y = encoder.fit_transform(y.values.reshape(-1, 1))\nmodel = Sequential([Dense(3, activation='softmax')])\n"
    "model.compile(loss='categorical_crossentropy')\nmodel.fit(X, Y)\n"
)
# A public notebook in small: markdown with all the right words, a magic, and cells saved out of order.
WORDS_ONLY = notebook(
    "# %% md\n# Missing values: SimpleImputer, Pipeline, OneHotEncoder, EDA, train_test_split(stratify=y)\n"
    "I checked duplicated() rows, outliers with a boxplot and clip, parsed dates with to_datetime, and looked at "
    "value_counts() of the target. -999 was replaced by NaN.",
    "%matplotlib inline\nimport pandas as pd",
    "# imputer = SimpleImputer(); model = make_pipeline(imputer); df.drop_duplicates(); df['y'].value_counts()\n"
    "df = pd.read_csv('../input/train.csv')",
    "from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier().fit(df, df['y'])",
    counts=[3, 1, 7],
)
NEVER_CALLED = LOAD + (
    "from sklearn.impute import SimpleImputer\nfrom sklearn.pipeline import make_pipeline\n"
    "def prepare(frame):\n    frame.describe(); frame.head(); frame.info(); frame.corr()\n"
    "    frame.isnull().sum(); frame = frame.fillna(0).replace(-999, None); print(frame['y'].value_counts())\n"
    "    print(frame['age'].describe()); frame['age'] = frame['age'].clip(0, 90); frame.drop_duplicates()\n"
    "    frame['day'] = pd.to_datetime(frame['day'])\n"
    "    return make_pipeline(SimpleImputer()).fit_transform(frame)\n"
)
# Takes care of gaps that call themselves "unknown", without one of the usual words.
SENTINELS = notebook(
    "import pandas as pd, numpy as np\ndf = pd.read_csv('churn.csv')",
    "df.loc[df['age'] == -999, 'age'] = np.nan",
    "from lightgbm import LGBMClassifier\nclf = LGBMClassifier()\nclf.fit(df.drop('y', axis=1), df['y'])",
)

LEAKAGE = [
    case("preprocessing_leakage", "not_met", "a leak was found", leaking("preprocessing", SCALED_AFTER)),
    case("preprocessing_leakage", "partly", "a scaler that only folds of the training part know of", SCALED_FOLDS),
    case("preprocessing_leakage", "not_met", "the same, and a part that was held out knows of it, too",
         SCALED_FOLDS.replace("X, y = ", "frame = frame.fillna(frame.mean())\nX, y = ")),
    case("preprocessing_leakage", "met", "the scaler is fitted after the split", SCALED_AFTER),
    case("preprocessing_leakage", "not_applicable", "nothing is split", LOAD),
    case("preprocessing_leakage", "needs_human", "a file does not parse", {"a.py": SCALED_AFTER, "b.py": "def (:\n"}),
    case("overlap_leakage", "not_met", "a leak was found", leaking("overlap", SPLIT)),
    case("overlap_leakage", "partly", "copies that only folds of the training part know of",
         leaking("overlap", SPLIT, in_training=True)),
    case("overlap_leakage", "met", "a plain split, and a fit on one part", SPLIT + FIT),
    case("overlap_leakage", "not_applicable", "nothing is split", LOAD),
    case("target_leakage", "not_met", "a leak was found", leaking("target", SCALED_AFTER)),
    case("target_leakage", "met", "a model is fitted on plain features", SCALED_AFTER),
    case("target_leakage", "not_applicable", "no model is fitted", LOAD),
    case("temporal_leakage", "not_met", "a leak was found", leaking("temporal", DATED)),
    case("temporal_leakage", "met", "dated rows are split by time", DATED),
    case("temporal_leakage", "not_applicable", "there are no dates", SCALED_AFTER),
    case("temporal_leakage", "needs_human", "dated rows are split at random", SPLIT + "pd.to_datetime(frame['day'])\n"),
    case("temporal_leakage", "met", "dated rows are cut in their order",
         DATED.split("from")[0] + "from sklearn.model_selection import train_test_split\n"
         "a, b = train_test_split(X, shuffle=False)\n"),
]  # fmt: skip

CLEANING = [
    case("missing_values", "met", "an imputer is fitted",
         LOAD + "from sklearn.impute import SimpleImputer\nX = SimpleImputer().fit_transform(X)\n"),
    case("missing_values", "met", "the model takes gaps as they are",
         LOAD + "from lightgbm import LGBMClassifier\nLGBMClassifier().fit(X, y)\n"),
    case("missing_values", "met", "a sentinel becomes a gap that the model takes", {"solution.ipynb": SENTINELS}),
    case("missing_values", "partly", "rows with gaps are dropped", LOAD + "X = X.dropna()\n"),
    case("missing_values", "partly", "gaps are filled by hand", LOAD + "X = X.fillna(0)\n"),
    case("missing_values", "partly", "sentinels are marked and not filled",
         LOAD + "X = X.replace('unknown', float('nan'))\n" + FIT),
    case("missing_values", "not_met", "nothing is done", SPLIT + FIT),
    case("missing_values", "not_met", "a replacement that has nothing to do with gaps",
         SPLIT + "X = X.replace('yes', 1)\n" + FIT),
    case("missing_values", "not_met", "it is only talked about", {"solution.ipynb": WORDS_ONLY}),
    case("missing_values", "not_met", "the function that does it is never called", NEVER_CALLED + SPLIT + FIT),
    case("missing_values", "not_applicable", "no data is loaded", "print(1)\n"),
    case("types_parsed", "met", "a date is parsed",
         LOAD + "frame['order_date'] = pd.to_datetime(frame['order_date'])\n"),
    case("types_parsed", "met", "dates are parsed while loading, without naming the function",
         "import pandas as pd\ndf = pd.read_csv('a.csv', parse_dates=['order_date'])\n"
         "print(df['order_date'].dt.month)\n"),
    case("types_parsed", "met", "a number that was text",
         LOAD + "X['total'] = pd.to_numeric(X['total'], errors='coerce')\n"),
    case("types_parsed", "partly", "the date is dropped unread", LOAD + "X = X.drop(columns=['order_date'])\n"),
    case("types_parsed", "not_met", "the date is encoded as a category",
         LOAD + "from sklearn.preprocessing import LabelEncoder\n"
         "X['order_date'] = LabelEncoder().fit_transform(X['order_date'])\n"),
    case("types_parsed", "not_met", "parsed in a comment and in a function that nobody calls",
         NEVER_CALLED + "# pd.to_datetime(X['start_date'])\nX['start_date'] = X['start_date'].astype('category')\n"),
    case("types_parsed", "partly", "a date that is taken apart as text",
         LOAD + "X['month'] = X['start_date'].str.split('-').str[1]\n"),
    case("types_parsed", "not_applicable", "a name that only sounds like a date",
         LOAD + "X['update_count'] = X['update_count'] + 1\n"),
    case("encoding_fits_new_rows", "met", "unseen categories are ignored",
         LOAD + "from sklearn.preprocessing import OneHotEncoder\nOneHotEncoder(handle_unknown='ignore').fit(X)\n"),
    case("encoding_fits_new_rows", "partly", "unseen categories are an error",
         LOAD + "from sklearn.preprocessing import OneHotEncoder\nOneHotEncoder(handle_unknown='error').fit(X)\n"),
    case("encoding_fits_new_rows", "partly", "dummies of the table at hand", LOAD + "X = pd.get_dummies(X)\n"),
    case("encoding_fits_new_rows", "not_applicable", "nothing is encoded", LOAD),
    case("encoding_fits_new_rows", "not_applicable", "an encoder in the text only", {"solution.ipynb": WORDS_ONLY}),
    case("encoding_fits_new_rows", "not_applicable", "a LabelEncoder for the target alone, as it is meant to be",
         LOAD + "from sklearn.preprocessing import LabelEncoder\ny = LabelEncoder().fit_transform(y)\n"),
    case("encoding_fits_new_rows", "not_applicable", "classes that are made columns for a network", CLASSES),
    case("encoding_fits_new_rows", "not_applicable", "the same as dummies", LOAD + "y = pd.get_dummies(y)\n"),
    case("encoding_fits_new_rows", "partly", "the same of a feature",
         CLASSES.replace("fit_transform(y", "fit_transform(X['plan']").replace("Y =", "C =")),
    case("encoding_fits_new_rows", "partly", "one encoder for the classes, another for a feature",
         CLASSES + "other = OneHotEncoder()\nX['plan'] = other.fit_transform(X[['plan']])\n"),
    case("pipeline_used", "not_applicable", "classes that are made columns for a network", CLASSES),
    case("pipeline_used", "not_met", "a feature that is made columns for it",
         CLASSES.replace("fit_transform(y", "fit_transform(X['plan']").replace("Y =", "C =")),
    case("duplicates_and_outliers", "met", "both are looked for", LOAD + "print(X.duplicated().sum())\nX.boxplot()\n"),
    case("duplicates_and_outliers", "met", "rows are chosen by a range, with none of the usual words",
         LOAD + "frame = frame.drop_duplicates()\nframe = frame[frame['age'] < 110]\n"),
    case("duplicates_and_outliers", "partly", "repeats only", LOAD + "print(X.duplicated().sum())\n"),
    case("duplicates_and_outliers", "not_met", "neither", LOAD),
    case("duplicates_and_outliers", "not_met", "both are only talked about", {"solution.ipynb": WORDS_ONLY}),
    case("duplicates_and_outliers", "not_met", "the function that looks is never called", NEVER_CALLED),
    case("duplicates_and_outliers", "not_applicable", "no table", "print(1)\n"),
]  # fmt: skip

EXPLORING = [
    case("target_looked_at", "met", "its values are counted", SPLIT + FIT + "print(y.value_counts())\n"),
    case("target_looked_at", "met", "the column is plotted by name",
         SPLIT + FIT + "import seaborn as sns\nsns.countplot(x='y', data=frame)\n"),
    case("target_looked_at", "partly", "the whole table is described", SPLIT + FIT + "print(frame.describe())\n"),
    case("target_looked_at", "not_met", "no look", SPLIT + FIT),
    case("target_looked_at", "not_met", "only other columns are counted",
         SPLIT + FIT + "print(X['plan'].value_counts())\n"),
    case("target_looked_at", "not_met", "only talked about and commented out", {"solution.ipynb": WORDS_ONLY.replace(
        "RandomForestClassifier().fit", "y = df['y']\\nRandomForestClassifier().fit")}),
    case("target_looked_at", "not_applicable", "nothing is predicted", LOAD),
    case("exploration_acted_on", "met", "two looks with what follows from them",
         LOAD + "print(X.isnull().sum())\nX = X.fillna(0)\nprint(X['age'].describe())\n"
         "X['age'] = X['age'].clip(0, 90)\n"),
    case("exploration_acted_on", "met", "shares are counted and then kept, repeats counted and dropped",
         LOAD + "print(y.value_counts(), X.duplicated().sum())\nX = X.drop_duplicates()\n"
         "from sklearn.model_selection import train_test_split\na, b = train_test_split(X, stratify=y)\n"),
    case("exploration_acted_on", "partly", "one", LOAD + "print(X.isnull().sum())\nX = X.fillna(0)\n"),
    case("exploration_acted_on", "partly", "many looks, nothing follows",
         LOAD + "X.head(); X.describe(); X.corr(); X.hist()\n"),
    case("exploration_acted_on", "partly", "acts first, looks at it afterwards",
         LOAD + "X = X.fillna(0)\nX['age'] = X['age'].clip(0, 90)\nprint(X.isnull().sum())\n"
         "print(X['age'].describe())\n"),
    case("exploration_acted_on", "not_met", "no look", LOAD),
    case("exploration_acted_on", "not_met", "a section called EDA", {"solution.ipynb": WORDS_ONLY}),
    case("exploration_acted_on", "not_met", "the function that looks and acts is never called", NEVER_CALLED),
    case("exploration_acted_on", "not_met", "a logger's info is no look at the data",
         LOAD + "import logging\nlogger = logging.getLogger()\nlogger.info('x')\n"),
    case("exploration_acted_on", "not_applicable", "no data is loaded", "print(1)\n"),
]  # fmt: skip

GROUPS = "print(frame.groupby('customer_id')['amount'].mean())\n"
SPLITTING = [
    case("split_fits_data", "met", "stratified",
         LOAD + "from sklearn.model_selection import train_test_split\nfrom sklearn.svm import SVC\n"
         "a, b = train_test_split(X, stratify=y)\nSVC().fit(a, b)\n"),
    case("split_fits_data", "met", "dated rows in time", DATED),
    case("split_fits_data", "met", "entities stay together",
         LOAD + "from sklearn.model_selection import GroupKFold\nfolds = GroupKFold(5)\n"
         "for a, b in folds.split(X, y, groups=frame['customer_id']): print(a)\n"),
    case("split_fits_data", "met", "folds of a classifier, which are stratified without saying so",
         LOAD + "from sklearn.model_selection import cross_val_score\nfrom sklearn.svm import SVC\n"
         "print(cross_val_score(SVC(), X, y))\n"),
    case("split_fits_data", "not_met", "classes left to chance", SPLIT + FIT),
    case("split_fits_data", "not_met", "classes left to chance, which a network tells apart", SPLIT
         + "import keras\nnet = keras.Sequential([keras.layers.Dense(1, activation='sigmoid')])\nnet.fit(a, c)\n"),
    case("split_fits_data", "not_met", "the same, and as many classes as a list holds", SPLIT
         + "import keras\nnet = keras.Sequential([keras.layers.Dense(len(kinds), activation='softmax')])\n"
         "net.compile(loss='categorical_crossentropy')\nnet.fit(a, c)\n"),
    case("split_fits_data", "not_applicable", "a share that a network says", SPLIT
         + "import keras\nnet = keras.Sequential([keras.layers.Dense(1, activation='sigmoid')])\n"
         "net.compile(loss='mse')\nnet.fit(a, c)\n"),
    case("split_fits_data", "not_met", "stratify only in a comment, and switched off", LOAD +
         "from sklearn.model_selection import train_test_split\nfrom sklearn.svm import SVC\n# stratify=y\n"
         "a, b = train_test_split(X, stratify=None)\nSVC().fit(a, b)\n"),
    case("split_fits_data", "not_met", "a time series split at random", SPLIT + FIT, modality="time-series"),
    case("split_fits_data", "not_met", "rows put in the order of time are split at random",
         LOAD + "from sklearn.model_selection import train_test_split\nfrom sklearn.linear_model import Ridge\n"
         "frame['day'] = pd.to_datetime(frame['day'])\nframe = frame.sort_values('day')\n"
         "a, b, c, d = train_test_split(frame[['fee']], frame['y'], random_state=0)\n"
         "model = Ridge().fit(a, c)\nprint(model.score(b, d))\n"),
    case("split_fits_data", "needs_human", "dates and a random split", SPLIT + FIT + "pd.to_datetime(frame['day'])\n"),
    case("split_fits_data", "needs_human", "entities and a random split", SPLIT + FIT + GROUPS),
    case("split_fits_data", "not_applicable", "a quantity",
         SPLIT + "from sklearn.linear_model import Ridge\nRidge().fit(a, c)\n"),
    case("split_fits_data", "not_applicable", "a split in the text only", {"solution.ipynb": WORDS_ONLY}),
    case("pipeline_used", "met", "scaler and model in one", PIPELINE),
    case("pipeline_used", "partly", "the preprocessing alone is bound together",
         LOAD + "from sklearn.compose import ColumnTransformer\nfrom sklearn.preprocessing import StandardScaler\n"
         "t = ColumnTransformer([('s', StandardScaler(), ['a'])])\nt.fit(X)\n"),
    case("pipeline_used", "not_met", "a scaler on its own", SCALED_AFTER),
    case("pipeline_used", "not_met", "a pipeline in a function that nobody calls", SCALED_AFTER + NEVER_CALLED),
    case("pipeline_used", "not_applicable", "nothing is preprocessed", LOAD),
    case("pipeline_used", "not_applicable", "a pipeline in the text only", {"solution.ipynb": WORDS_ONLY}),
    case("raw_data_kept", "met", "a file of rows that TensorFlow reads",
         "import tensorflow as tf\nrows = tf.data.experimental.make_csv_dataset('data/train.csv', 1)\nprint(rows)\n"),
    case("raw_data_kept", "met", "what is made goes elsewhere", LOAD + "X.to_csv('out/features.csv')\n"),
    case("raw_data_kept", "met", "an own file is written first and loaded then",
         LOAD + "X.to_csv('data/clean.csv')\nagain = pd.read_csv('data/clean.csv')\n"),
    case("raw_data_kept", "not_met", "the loaded file is written over",
         LOAD + "X.to_csv('data/train.csv', index=False)\n"),
    case("raw_data_kept", "not_met", "the path is a constant, so that no search finds it twice",
         "import pandas as pd\nDATA = 'train.csv'\ndf = pd.read_csv(DATA)\ndf = df.dropna()\ndf.to_csv(DATA)\n"),
    case("raw_data_kept", "met", "written over only in a comment", LOAD + "# X.to_csv('data/train.csv')\nprint(X)\n"),
    case("raw_data_kept", "not_applicable", "no path is written out",
         "import pandas as pd, sys\nX = pd.read_csv(sys.argv[1])\nX.to_csv(sys.argv[2])\n"),
]  # fmt: skip

CASES = [*LEAKAGE, *CLEANING, *EXPLORING, *SPLITTING]
