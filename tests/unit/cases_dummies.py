"""Small works for dummies of new rows and encoders that are applied, each beside its look-alike."""

from __future__ import annotations

from cases_data_preparation import LOAD, SPLIT
from rubric_evidence import cases_of

case = cases_of("data_preparation")

BOTH = LOAD + (
    "from sklearn.linear_model import Ridge\nnew = pd.read_csv('data/test.csv')\n"
    "X = pd.get_dummies(X)\nnew = pd.get_dummies(new)\n{aligned}model = Ridge().fit(X, y)\nprint(model.predict(new))\n"
)
SERVED = (
    "import joblib\nimport pandas as pd\ncolumns = joblib.load('columns.pkl')\nmodel = joblib.load('model.pkl')\n\n\n"
    "def encoded(rows):\n    return pd.get_dummies(rows, columns=['plan'])\n\n\n"
    "def completed(rows):\n    for column in columns:\n        if column not in rows.columns:\n"
    "            rows[column] = 0\n    return rows[columns]\n\n\n"
    "print(model.predict(completed(encoded(pd.read_csv('new.csv')))))\n"
)
TRAINED = LOAD + (
    "import joblib\nfrom sklearn.linear_model import Ridge\nX = pd.get_dummies(X)\n"
    "joblib.dump(Ridge().fit(X, y), 'model.pkl')\njoblib.dump(X.columns, 'columns.pkl')\n"
)
OWN_STEP = LOAD + (
    "from sklearn.linear_model import Ridge\nfrom sklearn.pipeline import make_pipeline\n"
    "from sklearn.base import TransformerMixin\nclass Each(TransformerMixin):\n    def fit(self, X, y=None):\n"
    "        self.plans = {kept}\n        return self\n    def transform(self, X):\n        for plan in self.plans:\n"
    "            X[plan] = (X['plan'] == plan).astype(int)\n        return X\n"
    "make_pipeline(Each(), Ridge()).fit(X, y)\n"
)
ENCODER = SPLIT + "from sklearn.preprocessing import LabelEncoder\nencoder = LabelEncoder()\nnames = ['plan', 'city']\n"

CASES = [
    case("encoding_fits_new_rows", "partly", "dummies of two tables", BOTH.format(aligned="")),
    case("encoding_fits_new_rows", "met", "new rows get the columns of the training rows",
         BOTH.format(aligned="new = new.reindex(columns=X.columns, fill_value=0)\n")),
    case("encoding_fits_new_rows", "partly", "a table gets its own columns in their order",
         BOTH.format(aligned="new = new.reindex(columns=sorted(new.columns), fill_value=0)\n")),
    case("encoding_fits_new_rows", "partly", "another table gets columns",
         BOTH.format(aligned="shown = frame.pivot_table('y', 'a', 'b')\n"
                     "print(shown.reindex(columns=['u', 'v'], fill_value=0))\n")),
    case("encoding_fits_new_rows", "met", "both tables are aligned",
         BOTH.format(aligned="X, new = X.align(new, join='left', axis=1, fill_value=0)\n")),
    case("encoding_fits_new_rows", "partly", "both get the columns of either",
         BOTH.format(aligned="X, new = X.align(new, join='outer', axis=1, fill_value=0)\n")),
    case("encoding_fits_new_rows", "met", "a loop adds what new rows lack",
         BOTH.format(aligned="for c in X.columns.difference(new.columns):\n    new[c] = 0\nnew = new[X.columns]\n")),
    case("encoding_fits_new_rows", "partly", "a loop adds what new rows lack, and what they have more stays",
         BOTH.format(aligned="for name in X.columns.difference(new.columns):\n    new[name] = 0\n")),
    case("encoding_fits_new_rows", "met", "a function does, for what another gives back", SERVED),
    case("encoding_fits_new_rows", "met", "the same beside the file that trains",
         {"train.py": TRAINED, "serve.py": SERVED + "rows = 1\npd.DataFrame().to_csv('out.csv')\n"}),
    case("encoding_fits_new_rows", "partly", "the function is given other rows",
         SERVED.replace("completed(encoded(pd.read_csv('new.csv')))", "encoded(pd.read_csv('new.csv'))")
         + "print(completed(pd.read_csv('other.csv')))\n"),
    case("encoding_fits_new_rows", "met", "an own step that keeps the values of its fit",
         OWN_STEP.format(kept="X['plan'].unique()")),
    case("encoding_fits_new_rows", "not_applicable", "an own step that has kept something else",
         OWN_STEP.format(kept="X.shape")),
    case("encoding_fits_new_rows", "partly", "an encoder is applied to columns",
         ENCODER + "frame[names] = frame[names].apply(encoder.fit_transform)\n"),
    case("encoding_fits_new_rows", "partly", "the same by a function without a name",
         ENCODER + "frame[names] = frame[names].apply(lambda c: encoder.fit_transform(c.astype(str)))\n"),
    case("encoding_fits_new_rows", "partly", "the same without a name for the encoder",
         ENCODER + "frame[names] = frame[names].apply(LabelEncoder().fit_transform)\n"),
    case("encoding_fits_new_rows", "not_applicable", "a scaler is applied, and the target encoded",
         ENCODER + "y = encoder.fit_transform(y)\nframe[names] = frame[names].apply(scaler.fit_transform)\n"),
]  # fmt: skip
