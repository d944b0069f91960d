"""Excerpts as real submissions have them that a search for keywords would get wrong: how the data are prepared."""

from __future__ import annotations

from rubric_evidence import cases_of, notebook

case = cases_of("data_preparation")

LOAD = "import numpy as np\nimport pandas as pd\ndf = pd.read_csv('../input/train.csv')\n"
XY = "X = df.drop('Exited', axis=1)\ny = df['Exited']\n"
SPLIT = (
    "from sklearn.model_selection import train_test_split\n"
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)\n"
)
FIT = (
    "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import roc_auc_score\n"
    "lr = LogisticRegression().fit(X_train, y_train)\nprint(roc_auc_score(y_test, lr.predict_proba(X_test)[:, 1]))\n"
)
BY_DAY = "df['date'] = pd.to_datetime(df['date'])\ndf = df.sort_values('date')\n"
SALES = "y = df['sales']\nX = df[['lag_1', 'promo']]\n"
FOLDS = (
    "from sklearn.linear_model import Ridge\nfrom sklearn.model_selection import TimeSeriesSplit, cross_val_score\n"
    "print(cross_val_score(Ridge(), X[1:], y[1:], cv=TimeSeriesSplit(5)))\n"
)
WORDS = "# %% md\n## Data cleaning and feature engineering\nWe found many **insights** and acted on them."

TRAPS = [
    case("preprocessing_leakage", "not_met", "no scaler is named, and the comment says it is done right",
         LOAD + XY + "# fit on the training data only, so no leakage\nX = (X - X.mean()) / X.std()\n" + SPLIT + FIT),
    case("preprocessing_leakage", "met", "a fit_transform before the split that learns nothing",
         LOAD + XY + "from sklearn.preprocessing import FunctionTransformer\n"
         "X = FunctionTransformer(np.log1p).fit_transform(X)\n" + SPLIT + FIT),
    case("preprocessing_leakage", "met", "the scaler stands above the split, and is fitted below",
         LOAD + XY + "from sklearn.preprocessing import StandardScaler\nsc = StandardScaler()\n" + SPLIT
         + "X_train = sc.fit_transform(X_train)\nX_test = sc.transform(X_test)\n" + FIT),
    case("overlap_leakage", "not_met", "no SMOTE, only rows put in twice",
         LOAD + "churned = df[df.Exited == 1]\ndf = pd.concat([df, churned, churned], ignore_index=True)\n" + XY + SPLIT
         + FIT),
    case("overlap_leakage", "met", "SMOTE in the imports, in the text and after the split",
         {"a.ipynb": notebook("# %% md\nSMOTE oversampling", "from imblearn.over_sampling import SMOTE\n" + LOAD + XY,
          SPLIT, "X_train, y_train = SMOTE(random_state=1).fit_resample(X_train, y_train)\n" + FIT)}),
    case("target_leakage", "not_met", "the target is among the columns that are kept",
         LOAD + "cols = [c for c in df.columns if c not in ('RowNumber', 'Surname')]\nX = df[cols]\ny = df['Exited']\n"
         + SPLIT + FIT),
    case("target_leakage", "met", "a column with the target's name in it",
         LOAD + "# target leakage?\nX = df[['Exited_other_bank', 'Age']]\ny = df['Exited']\n" + SPLIT + FIT),
    case("temporal_leakage", "not_met", "TimeSeriesSplit is imported, and the folds of the sorted days are shuffled",
         LOAD + BY_DAY + "df['lag_1'] = df['sales'].shift(1)\n" + SALES
         + FOLDS.replace("cv=TimeSeriesSplit(5)", "cv=KFold(5, shuffle=True)")
         .replace("import TimeSeriesSplit", "import KFold, TimeSeriesSplit")),
    case("temporal_leakage", "met", "a shift that looks back, and the word future",
         LOAD + BY_DAY + "df['lag_1'] = df['sales'].shift(1)  # never the future: shift(-1)\n" + SALES + FOLDS),
    case("missing_values", "not_met", "an imputer that is imported only",
         LOAD + "from sklearn.impute import SimpleImputer  # imputation, dropna, fillna\n" + XY + SPLIT + FIT),
    case("missing_values", "met", "no word on gaps, and a model that takes them",
         LOAD + XY + SPLIT + "from sklearn.ensemble import HistGradientBoostingClassifier\n"
         "print(HistGradientBoostingClassifier().fit(X_train, y_train).score(X_test, y_test))\n"),
    case("types_parsed", "not_applicable", "columns with date in their names that are none",
         LOAD + "print(df[['candidate_id', 'validated']].describe())\n# pd.to_datetime\n"),
    case("types_parsed", "met", "dates by their place in the file",
         "import pandas as pd\ndf = pd.read_csv('train.csv', parse_dates=[0])\nprint(df.head())\n"),
    case("encoding_fits_new_rows", "partly", "handle_unknown in the comment only",
         LOAD + "# OneHotEncoder(handle_unknown='ignore')\n" + XY
         + "X = pd.get_dummies(X, columns=['Geography'])\n" + SPLIT + FIT),
    case("encoding_fits_new_rows", "met", "get_dummies, of categories that are written down",
         LOAD + "kinds = pd.CategoricalDtype(['France', 'Spain', 'Germany'])\n"
         "df['Geography'] = df['Geography'].astype(kinds)\n" + XY
         + "X = pd.get_dummies(X, columns=['Geography'])\n" + SPLIT + FIT),
    case("duplicates_and_outliers", "not_met", "names of columns without repeats, and quantiles of the scores",
         LOAD + "names = pd.Series(['Age', 'Age']).drop_duplicates()\n" + XY + SPLIT + FIT
         + "print(pd.Series([0.7, 0.8]).quantile(0.9))\n"),
    case("duplicates_and_outliers", "partly", "rows beyond a range are left out, and no word is said of it",
         LOAD + "df = df[(df['Age'] > 17) & (df['Age'] < 100)]\n" + XY + SPLIT + FIT),
    case("target_looked_at", "not_met", "value_counts of another column, called the target distribution",
         LOAD + "# target distribution\nprint(df['Geography'].value_counts(normalize=True))\n" + XY + SPLIT + FIT),
    case("target_looked_at", "met", "a mean of it by group, and no counting",
         LOAD + "print(df.groupby('Exited').size())\n" + XY + SPLIT + FIT),
    case("exploration_acted_on", "not_met", "a heading, a sentence on insights, and steps without a look",
         {"a.ipynb": notebook(LOAD, WORDS, "df = df.drop(columns=['Surname'])\ndf['Age'] = df['Age'].clip(upper=90)")}),
    case("exploration_acted_on", "partly", "plots without end, and nothing done about them",
         {"a.ipynb": notebook(LOAD, "import seaborn as sns\nsns.heatmap(df.corr())", "sns.boxplot(x=df['Age'])",
          "sns.histplot(df['Balance'])", "sns.pairplot(df)", WORDS)}),
    case("split_fits_data", "not_met", "stratify is named, and None",
         LOAD + XY + SPLIT.replace("random_state=42", "stratify=None, random_state=42") + FIT),
    case("split_fits_data", "met", "no word on strata: the folds of a classifier have them",
         LOAD + XY + "from sklearn.linear_model import LogisticRegression\n"
         "from sklearn.model_selection import cross_val_score\n"
         "print(cross_val_score(LogisticRegression(), X, y, cv=5))\n"),
    case("pipeline_used", "not_met", "a function called pipeline, and the class imported",
         LOAD + "from sklearn.pipeline import Pipeline, make_pipeline\n"
         "from sklearn.preprocessing import StandardScaler\ndef pipeline(X):\n"
         "    return StandardScaler().fit_transform(X)\n" + XY + SPLIT + "X_train = pipeline(X_train)\n" + FIT),
    case("pipeline_used", "met", "the model is put behind the steps by another name",
         LOAD + "from imblearn import pipeline as chain\nfrom sklearn.linear_model import LogisticRegression\n"
         "from sklearn.preprocessing import StandardScaler\n" + XY + SPLIT
         + "lr = chain.make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)\n"
         "print(lr.score(X_test, y_test))\n"),
    case("raw_data_kept", "not_met", "no path beside to_csv: it is the variable that was loaded",
         "import pandas as pd\nPATH = 'data/train.csv'  # raw data is never overwritten\ndf = pd.read_csv(PATH)\n"
         "df = df.dropna()\ndf.to_csv(PATH, index=False)\n"),
    case("raw_data_kept", "met", "a file of the same name in another folder",
         "import pandas as pd\ndf = pd.read_csv('data/raw/train.csv')\ndf.to_csv('data/processed/train.csv')\n"),
]  # fmt: skip
