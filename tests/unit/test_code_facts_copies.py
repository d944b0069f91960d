"""A file that was handed in twice is judged once, by the one that the work goes by."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, notebook, verdict, work

CELLS = (
    "import pandas as pd\nfrom sklearn.model_selection import train_test_split\n"
    "from sklearn.linear_model import LogisticRegression\nfrom sklearn.preprocessing import StandardScaler",
    "df = pd.read_csv('a.csv')\nX, y = df[['a', 'b']], df['left']\nX = StandardScaler().fit_transform(X)",
    "a, b, c, d = train_test_split(X, y)\nmodel = LogisticRegression()\nmodel.fit(a, c)\nprint(model.score(b, d))\n"
    "rates = [0.1, 0.2]\nfirst = rates[0]\nlast = rates[-1]\nprint(first, last)\nprint(len(rates))",
)
BOOK = notebook(*CELLS)
LEAK = "data_preparation.preprocessing_leakage"


@pytest.mark.parametrize("copy", ["a-Copy1.ipynb", "a (1).ipynb", "a_copy.ipynb", "Copy of a.ipynb", "b.ipynb"])
def test_a_copy_is_judged_with_its_original(copy: str) -> None:
    both = work({"a.ipynb": BOOK, copy: notebook("# %% md\n# Again", *CELLS)})
    assert both.code.copies == {copy: "a.ipynb"}
    assert {source.path for source in both.code.sources} == {"a.ipynb"}
    alone = finding(LEAK, work({"a.ipynb": BOOK}))
    assert (finding(LEAK, both).reason, finding(LEAK, both).evidence) == (alone.reason, alone.evidence)
    assert alone.verdict == "not_met"


def test_it_is_said_that_a_file_is_there_twice() -> None:
    found = finding("code_quality.no_repeated_code", work({"a.ipynb": BOOK, "a-Copy1.ipynb": BOOK}))
    assert (found.verdict, found.reason) == ("partly", "a-Copy1.ipynb holds the same code as a.ipynb.")
    assert [span.path for span in found.evidence] == ["a-Copy1.ipynb", "a.ipynb"]
    files = {"a.ipynb": BOOK, **{f"a-Copy{number}.ipynb": BOOK for number in range(3)}}
    found = finding("code_quality.no_repeated_code", work(files))
    assert (found.verdict, found.reason) == (
        "not_met",
        "a-Copy0.ipynb holds the same code as a.ipynb, and 2 other files that of another.",
    )
    assert verdict("code_quality.no_repeated_code", work({"a.ipynb": BOOK})) == "met"


def test_the_file_that_the_readme_names_is_the_original() -> None:
    files = {"a.ipynb": BOOK, "a-Copy1.ipynb": BOOK, "README.md": "Just open a-Copy1.ipynb and run all.\n"}
    assert work(files).code.copies == {"a.ipynb": "a-Copy1.ipynb"}


def test_a_copy_that_was_changed_is_read_after_its_original() -> None:
    evidence = work({"a.ipynb": BOOK, "a-Copy1.ipynb": notebook(*CELLS, "print(df.describe())")})
    assert evidence.code.copies == {}
    assert [source.path for source in evidence.code.sources][:1] == ["a.ipynb"]
    assert finding(LEAK, evidence).evidence[0].path == "a.ipynb"


def test_a_copy_leaves_nothing_unread() -> None:
    evidence = work({"train.py": "\n".join(CELLS), "train-Copy1.py": "\n".join(CELLS)})
    assert evidence.code.copies == {"train-Copy1.py": "train.py"}
    assert verdict("evaluation.error_analysis", evidence) == "not_met"


def test_two_files_that_hold_next_to_nothing_are_no_copies() -> None:
    files = {"a/__init__ .py": "", "b/__init__ .py": "", "c.ipynb": notebook("1"), "c-Copy1.ipynb": notebook("1")}
    assert work(files).code.copies == {}


def test_modules_of_the_same_code_are_both_read() -> None:
    module = "def rate(row):\n    return row * 2\n" + "".join(f"rate_{number} = {number}\n" for number in range(6))
    files = {"one/tools.py": module, "two/tools.py": module, "main.py": "from two.tools import rate\nprint(rate(1))\n"}
    evidence = work(files)
    assert evidence.code.copies == {}
    assert {source.path for source in evidence.code.sources} == set(files)
