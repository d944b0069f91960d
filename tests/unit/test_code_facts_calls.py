"""How calls are named, sorted into kinds and placed."""

from __future__ import annotations

import json
from pathlib import Path

from grader.evidence import read_facts
from grader.model import Call


def calls(folder: Path, *cells: str) -> list[Call]:
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    (folder / "w.ipynb").write_text(json.dumps({"cells": made}))
    return list(read_facts(folder, ["w.ipynb"]).calls)


def named(folder: Path, *cells: str) -> dict[str, Call]:
    return {call.name: call for call in calls(folder, *cells)}


def test_an_alias_is_resolved_in_a_later_cell(tmp_path: Path) -> None:
    found = named(tmp_path, "import pandas as pd", "from sklearn.model_selection import train_test_split as tts",
                  "a, b = tts(pd.read_csv('x.csv'), test_size=1 / 3)")  # fmt: skip
    split = found["sklearn.model_selection.train_test_split"]
    assert (split.kind, split.assigned, split.keywords) == ("split", ("a", "b"), {"test_size": "1 / 3"})
    assert (split.span.cell, split.span.line) == (2, 1)
    assert found["pandas.read_csv"].kind == "load"
    assert found["pandas.read_csv"].positional == ("'x.csv'",)


def test_the_receivers_class_is_known_through_reassignment_and_across_cells(tmp_path: Path) -> None:
    found = named(tmp_path, "from sklearn.preprocessing import StandardScaler as SS\nsc = SS()", "s2 = sc",
                  "X = s2.fit_transform(X)")  # fmt: skip
    call = found["sklearn.preprocessing.StandardScaler.fit_transform"]
    assert (call.kind, call.receiver, call.arguments, call.assigned) == ("transform", "s2", ("X",), ("X",))


def test_of_two_values_that_are_assigned_at_once_each_has_its_own_name(tmp_path: Path) -> None:
    found = named(tmp_path, "a, b = first(), second()", "c, *d = third(), fourth()")
    assigned = [found[name].assigned for name in ("first", "second", "third", "fourth")]
    assert assigned == [("a",), ("b",), (), ()]


def test_inner_calls_come_before_outer_ones(tmp_path: Path) -> None:
    found = calls(tmp_path, "print(max(len([]), 1))")
    assert [call.name for call in found] == ["len", "max", "print"]
    assert [call.order for call in found] == [0, 1, 2]


def test_a_method_of_an_unknown_value_keeps_its_bare_name(tmp_path: Path) -> None:
    assert ".predict" in named(tmp_path, "import inhouse\nm = inhouse.load()\nm.predict(X)")


def test_pipelines_searches_and_cross_validation_have_their_kinds(tmp_path: Path) -> None:
    found = named(
        tmp_path,
        "from sklearn.pipeline import make_pipeline\nfrom sklearn.impute import SimpleImputer\n"
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.model_selection import GridSearchCV, cross_val_score",
        "pipe = make_pipeline(SimpleImputer(), RandomForestClassifier())",
        "grid = GridSearchCV(pipe, {}).fit(X, y)\nscores = cross_val_score(pipe, X, y)\npipe.fit(X, y)",
    )
    assert found["sklearn.impute.SimpleImputer"].kind == "impute"
    assert found["sklearn.model_selection.GridSearchCV"].kind == "search"
    assert found["sklearn.model_selection.GridSearchCV.fit"].kind == "fit"
    assert found["sklearn.model_selection.cross_val_score"].kind == "cross_validate"
    assert found["sklearn.pipeline.Pipeline.fit"].kind == "fit"


def test_kinds_of_tables_plots_metrics_and_files(tmp_path: Path) -> None:
    found = named(
        tmp_path,
        "import pandas as pd, seaborn as sns, joblib\nimport matplotlib.pyplot as plt\n"
        "from sklearn.metrics import roc_auc_score\nfrom imblearn.over_sampling import SMOTE\n"
        "from tensorflow.keras.models import Sequential",
        "df = pd.read_csv('a')\ndf = df.fillna(0)\ndf.describe()\npd.get_dummies(df)",
        "sns.heatmap(df.corr())\nplt.savefig('a')",
        "X, y = SMOTE().fit_resample(df, df.y)\nprint(roc_auc_score(y, p))\njoblib.dump(m, 'm')",
        "net = Sequential()\nnet.fit(X, y)",
    )
    kinds = {name: call.kind for name, call in found.items()}
    assert kinds["pandas.DataFrame.fillna"] == "impute"
    assert kinds["pandas.DataFrame.describe"] == "explore"
    assert kinds["pandas.get_dummies"] == "encode"
    assert kinds["seaborn.heatmap"] == "plot"
    assert kinds["matplotlib.pyplot.savefig"] == "save"
    assert kinds["imblearn.over_sampling.SMOTE.fit_resample"] == "resample"
    assert kinds["sklearn.metrics.roc_auc_score"] == "score"
    assert kinds["joblib.dump"] == "save"
    assert kinds["keras.models.Sequential.fit"] == "fit"


def test_a_star_import_lends_its_module_to_known_names_only(tmp_path: Path) -> None:
    found = named(tmp_path, "from sklearn.metrics import *", "print(accuracy_score(y, p))\nmine(1)")
    assert set(found) == {"sklearn.metrics.accuracy_score", "print", "mine"}


def test_calls_in_functions_know_their_function_even_if_nobody_calls_it(tmp_path: Path) -> None:
    code = "from sklearn.svm import SVC\nclass Job:\n    def run(self):\n        self.m = SVC()\n"
    code += "        self.m.fit(self.X, 1)"
    found = named(tmp_path, code)
    fit = found["sklearn.svm.SVC.fit"]
    assert (fit.function, fit.receiver, fit.arguments) == ("Job.run", "self.m", ("self.X",))


def test_code_after_a_return_makes_no_calls_and_is_listed_as_dead(tmp_path: Path) -> None:
    code = "import pandas as pd\ndef f():\n    return 1\n    pd.read_csv('x')"
    assert named(tmp_path, code) == {}
    (dead,) = read_facts(tmp_path, ["w.ipynb"]).dead
    assert (dead.span.line, dead.span.text, dead.switched_off) == (4, "    pd.read_csv('x')", False)


def test_a_method_in_a_chain_is_placed_at_its_own_line(tmp_path: Path) -> None:
    found = named(tmp_path, "import pandas as pd\ndf = (pd.read_csv('a')\n      .dropna()\n      .fillna(0))")
    fill = found["pandas.DataFrame.fillna"].span
    assert (fill.line, fill.end_line, fill.text) == (4, 4, "      .fillna(0))")


def test_the_text_of_a_long_call_is_cut(tmp_path: Path) -> None:
    code = "f(\n" + "".join(f"    {number},\n" for number in range(50)) + ")"
    (call,) = calls(tmp_path, code)
    assert (call.span.line, call.span.end_line) == (1, 52)
    assert len(call.span.text.split("\n")) == 6


def test_imports_are_listed_by_module_and_by_package(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text("import os\nfrom sklearn.linear_model import Lasso\nfrom . import own\n")
    imports = read_facts(tmp_path, ["s.py"]).imports
    assert set(imports) == {"os", "sklearn", "sklearn.linear_model"}
    assert imports["sklearn"].line == 2


def test_every_for_of_a_comprehension_is_gone_through(tmp_path: Path) -> None:
    found = named(
        tmp_path, "import pandas as pd\nt = pd.read_csv('x.csv')", "[b for a in t.sort_values('b') for b in a]"
    )
    assert "pandas.DataFrame.sort_values" in found
