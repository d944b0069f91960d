"""Data sets that are published in parts keep these apart, however their rows are gone through."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

LOAD = (
    "from datasets import load_dataset\nfrom sklearn.feature_extraction.text import TfidfVectorizer\n"
    "from sklearn.model_selection import GridSearchCV, train_test_split\nfrom sklearn.svm import LinearSVC\n"
    "data = load_dataset('reviews')\n"
)
PARTS = LOAD + "train, test = data['train'], data['test']\n"
COLUMNS = PARTS + "a, b, c, d = train['text'], test['text'], train['label'], test['label']\n"
IN_A_LOOP = PARTS + (
    "def texts(part):\n    found, labels = [], []\n    for i in range(len(part)):\n"
    "        found.append(part[i]['text'].lower())\n        labels.append(part[i]['label'])\n"
    "    return found, labels\n(a, c), (b, d) = texts(train), texts(test)\n"
)
BY_ROW = PARTS + (
    "def texts(part):\n    return [row['text'] for row in part], [row['label'] for row in part]\n"
    "(a, c), (b, d) = texts(train), texts(test)\n"
)
BY_NAME = LOAD.replace("data = load_dataset('reviews')\n", "") + (
    "train, test = load_dataset('reviews', split='train'), load_dataset('reviews', split='test')\n"
    "a, b, c, d = train['text'], test['text'], train['label'], test['label']\n"
)
MAPPED = LOAD + (
    "data = data.map(lambda row: {'text': row['text'].lower()}).shuffle(seed=0)\n"
    "a, b, c, d = data['train']['text'], data['test']['text'], data['train']['label'], data['test']['label']\n"
)
WORDS = "words = TfidfVectorizer()\na, b = words.fit_transform(a), words.transform(b)\n"
SCORED = "print(LinearSVC().fit(a, c).score(b, d))\n"
FOLDS = "search = GridSearchCV(LinearSVC(), {'C': [1, 9]})\nsearch.fit(a, c)\nprint(search.best_score_)\n"


@pytest.mark.parametrize("parts", [COLUMNS, IN_A_LOOP, BY_ROW, BY_NAME, MAPPED])
def test_what_learns_from_the_training_part_alone_leaks_nothing(parts: str) -> None:
    evidence = work(parts + WORDS + SCORED)
    assert verdict("data_preparation.preprocessing_leakage", evidence) == "met"
    assert verdict("data_preparation.overlap_leakage", evidence) == "met"
    assert verdict("evaluation.held_out_evaluation", evidence) == "met"
    assert verdict("evaluation.scored_on_training_data", evidence) == "met"


@pytest.mark.parametrize("parts", [COLUMNS, IN_A_LOOP, BY_ROW])
def test_folds_of_the_training_part_alone_are_not_all_rows(parts: str) -> None:
    found = finding("data_preparation.preprocessing_leakage", work(parts + WORDS + FOLDS + SCORED))
    assert found.verdict == "partly"
    assert "the whole training part" in found.reason


def test_what_learns_anew_from_the_test_part_is_a_leak() -> None:
    words = WORDS.replace("words.transform(b)", "words.fit_transform(b)")
    assert verdict("data_preparation.preprocessing_leakage", work(COLUMNS + words + SCORED)) == "not_met"


def test_the_only_part_that_is_asked_for_is_all_that_the_work_has() -> None:
    code = LOAD + (
        "rows = data['train']\nX = TfidfVectorizer().fit_transform(rows['text'])\n"
        "a, b, c, d = train_test_split(X, rows['label'], random_state=0)\n"
    )
    assert verdict("data_preparation.preprocessing_leakage", work(code + SCORED)) == "not_met"


def test_a_part_that_is_split_by_its_own_method_is_two_parts() -> None:
    code = LOAD + (
        "halves = data['train'].train_test_split(test_size=0.2, seed=0)\n"
        "one, two = halves['train'], halves['test']\n"
        "a, b, c, d = one['text'], two['text'], one['label'], two['label']\n"
    )
    evidence = work(code + WORDS + SCORED)
    assert verdict("data_preparation.preprocessing_leakage", evidence) == "met"
    assert verdict("data_preparation.split_fits_data", evidence) == "not_met"
    kept = work((code + WORDS + SCORED).replace("seed=0", "seed=0, stratify_by_column='label'"))
    assert verdict("data_preparation.split_fits_data", kept) == "met"


def test_a_part_that_is_scored_on_itself_is_no_held_out_one() -> None:
    scored = "print(LinearSVC().fit(a, c).score(a, c))\n"
    assert verdict("evaluation.scored_on_training_data", work(COLUMNS + WORDS + scored)) == "not_met"


def test_two_lists_of_which_nothing_is_known_are_not_the_same_rows() -> None:
    code = LOAD + (
        "import inhouse\ndef clean(part):\n    found = []\n    for text in part:\n"
        "        found.append(inhouse.clean(text))\n    return found\n"
        "a, b, c, d = inhouse.four()\na, b = clean(a), clean(b)\n"
    )
    assert verdict("evaluation.scored_on_training_data", work(code + WORDS + SCORED)) != "not_met"


def test_folds_of_a_file_are_not_all_rows_where_another_file_is_scored() -> None:
    code = (
        "import pandas as pd\nfrom sklearn.linear_model import Ridge\n"
        "from sklearn.model_selection import cross_val_score\n"
        "from sklearn.preprocessing import StandardScaler\none, two = pd.read_csv('a.csv'), pd.read_csv('b.csv')\n"
        "scaler = StandardScaler()\na, b = scaler.fit_transform(one[['x']]), scaler.transform(two[['x']])\n"
        "print(cross_val_score(Ridge(), a, one['y']))\nmodel = Ridge().fit(a, one['y'])\n"
    )
    scored = code + "print(model.score(b, two['y']))\n"
    assert verdict("data_preparation.preprocessing_leakage", work(scored)) == "partly"
    assert verdict("data_preparation.preprocessing_leakage", work(code + "print(model.predict(b))\n")) == "not_met"


def test_several_labels_a_row_are_not_stratified_by_default() -> None:
    many = COLUMNS + (
        "from sklearn.preprocessing import MultiLabelBinarizer\nlabels = MultiLabelBinarizer()\n"
        "c, d = labels.fit_transform(c), labels.transform(d)\n"
    )
    assert verdict("data_preparation.split_fits_data", work(many + WORDS + FOLDS)) == "not_applicable"
    assert verdict("data_preparation.split_fits_data", work(COLUMNS + WORDS + FOLDS)) == "met"
