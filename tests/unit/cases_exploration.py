"""Small works for looking at data and at the target: what real works were judged wrongly for, and their look-alikes."""

from __future__ import annotations

from rubric_evidence import cases_of

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

TARGET = [
    case("target_looked_at", "met", "the column that a split was given is counted in another file",
         {"train.py": CUT, "look.py": READ + "print(frame['default'].value_counts(normalize=True))\n"}),
    case("target_looked_at", "not_met", "another column than a split was given is counted in another file",
         {"train.py": CUT, "look.py": READ + "print(frame['plan'].value_counts(normalize=True))\n"}),
]  # fmt: skip

CASES = [*TARGET]
