"""Small works for types, categories, repeats and extremes: what real works were judged wrongly for, and look-alikes."""

from __future__ import annotations

from cases_data_preparation import FIT, LOAD, SPLIT
from rubric_evidence import cases_of

case = cases_of("data_preparation")

TYPES = [
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
    case("types_parsed", "partly", "a date with a sign before its name is taken apart as text",
         LOAD + "for _, row in frame.iterrows():\n    print(str(row['# Date'])[:4])\n"),
    case("types_parsed", "not_met", "a date with a sign before its name is used as it is",
         LOAD + "days = frame['# Date'].values\n"),
    case("types_parsed", "not_applicable", "a name of several words that is no date",
         LOAD + "X['# updates'] = X['# updates'] + 1\n"),
]  # fmt: skip

CASES = [*TYPES]
