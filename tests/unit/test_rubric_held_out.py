"""Rows that are set apart without a splitter are held out all the same, where it is sure that none is shared."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

START = "import pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.metrics import *\n"
SCORED = (
    "m = RandomForestClassifier().fit(train[['a']], train['y'])\n"
    "print(roc_auc_score(test['y'], m.predict(test[['a']])))\n"
)
LOADED = "df = pd.read_csv('a.csv')\n"
LOADER = "import sys\ndef load(path):\n    return pd.read_csv(path)\n"

APART = {
    "two files": ("file", "train, test = pd.read_csv('train.csv'), pd.read_csv('test.csv')\n"),
    "two files by one function": ("file", LOADER + "train, test = load('a.csv'), load('b.csv')\n"),
    "before a date and after": (
        "values",
        LOADED + "train, test = df[df['day'] < '2024-01'], df[df['day'] >= '2024-01']\n",
    ),
    "two dates": (
        "values",
        LOADED + "train, test = df[df.day <= pd.Timestamp('2024')], df[df.day > pd.Timestamp('2025')]\n",
    ),
    "a condition and not": (
        "values",
        LOADED + "some = pd.np.random.rand(9) < 0.8\ntrain, test = df[some], df[~some]\n",
    ),
    "another fold": ("values", LOADED + "train, test = df[df.fold != 1], df[(df.fold == 1) & (df.a > 0)]\n"),
    "what a sample leaves": ("values", LOADED + "train = df.sample(frac=0.8)\ntest = df.drop(train.index)\n"),
    "not among a sample": ("values", LOADED + "train = df.sample(frac=0.8)\ntest = df[~df.index.isin(train.index)]\n"),
    "one cut": ("place", LOADED + "cut = len(df) // 2\ntrain, test = df.iloc[:cut], df.iloc[cut:]\n"),
    "the last hundred": ("place", LOADED + "train, test = df[:-100], df[-100:]\n"),
    "head and tail": ("place", LOADED + "train, test = df.head(800), df.tail(len(df) - 800)\n"),
    "a part between": ("place", LOADED + "n = k = 9\ntrain, test = df.head(n), df.iloc[n + k:]\n"),
    "a split": (
        "split",
        LOADED + "from sklearn.model_selection import train_test_split\ntrain, test = train_test_split(df)\n",
    ),
}
MAY_SHARE = {
    "one file twice": "train, test = pd.read_csv('train.csv'), pd.read_csv('./train.csv')\n",
    "one file, fewer rows": "train, test = pd.read_csv('a.csv'), pd.read_csv('a.csv', nrows=100)\n",
    "one path twice": LOADER + "train, test = load(sys.argv[1]), load(sys.argv[1])\n",
    "other columns": LOADED + "train, test = df[df['day'] < '2024-01'], df[df['age'] >= 3]\n",
    "dates that overlap": LOADED + "train, test = df[df['day'] < '2024-03'], df[df['day'] >= '2024-01']\n",
    "the same edge on both sides": LOADED + "train, test = df[df['a'] <= 3], df[df['a'] >= 3]\n",
    "among a sample": LOADED + "train = df.sample(frac=0.8)\ntest = df[df.index.isin(train.index)]\n",
    "cuts that overlap": LOADED + "train, test = df.iloc[:800], df.iloc[500:]\n",
    "two draws": LOADED + "train, test = df.sample(frac=0.8), df.sample(frac=0.2)\n",
    "both files together": "a, test = pd.read_csv('a.csv'), pd.read_csv('b.csv')\ntrain = pd.concat([a, test])\n",
}


@pytest.mark.parametrize("about", APART)
def test_rows_that_are_set_apart_by_hand_are_held_out(about: str) -> None:
    how, code = APART[about]
    evidence = work(START + code + SCORED)
    assert {fact.by for fact in evidence.code.held_out} == {how}
    assert verdict("evaluation.held_out_evaluation", evidence) == "met"


@pytest.mark.parametrize("about", MAY_SHARE)
def test_rows_that_may_be_those_of_the_fit_are_not_praised(about: str) -> None:
    evidence = work(START + MAY_SHARE[about] + SCORED)
    assert evidence.code.held_out == ()
    assert verdict("evaluation.held_out_evaluation", evidence) != "met"


def test_a_result_on_other_rows_in_a_function_that_nobody_calls_does_not_count() -> None:
    lines = (APART["two files"][1] + SCORED).splitlines()
    code = START + "def compare():\n" + "".join(f"    {line}\n" for line in lines)
    assert verdict("evaluation.held_out_evaluation", work(code)) != "met"


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "by a date", APART["before a date and after"][1]),
        ("met", "in rows sorted by date", LOADED + "df = df.sort_values('date')\ntrain, test = df[:800], df[800:]\n"),
        ("not_applicable", "by a fold's number", APART["another fold"][1]),
        ("not_applicable", "in rows as they come", APART["one cut"][1]),
        ("not_applicable", "by the assignment's own files", APART["two files"][1]),
    ],
)
def test_a_cut_in_time_fits_dated_rows(expected: str, about: str, code: str) -> None:
    assert verdict("data_preparation.split_fits_data", work(START + code + SCORED)) == expected, about


def test_it_is_said_how_the_rows_were_set_apart() -> None:
    evidence = work(START + APART["two files"][1] + SCORED)
    assert "another file" in finding("evaluation.held_out_evaluation", evidence).reason
