"""Recommenders of Surprise are models: their fits, tests, folds and searches are read as those of others are."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

START = (
    "import pandas as pd\nfrom surprise import SVD, KNNBasic, NormalPredictor, Dataset, Reader, accuracy\n"
    "from surprise.model_selection import GridSearchCV, cross_validate, train_test_split\n"
    "df = pd.read_csv('data/ratings.csv')\n"
    "data = Dataset.load_from_df(df[['user', 'item', 'rating']], Reader(rating_scale=(1, 5)))\n"
    "trainset, testset = train_test_split(data, test_size=0.2, random_state=1)\n"
)
ONE = START + "model = SVD(random_state=0)\nmodel.fit(trainset)\nprint(accuracy.rmse(model.test(testset)))\n"
BOTH = START + (
    "for model in (SVD(random_state=0), KNNBasic()):\n    model.fit(trainset)\n"
    "    print(accuracy.rmse(model.test(testset)))\n"
)
FLOOR = ONE + "floor = NormalPredictor()\nfloor.fit(trainset)\nprint(accuracy.rmse(floor.test(testset)))\n"
FOLDS = START + "print(cross_validate(KNNBasic(), data, measures=['RMSE'], cv=5))\n"
SEARCH = START + (
    "search = GridSearchCV(SVD, {'n_factors': [20, 50]}, measures=['mae'], cv=3)\nsearch.fit(data)\n"
    "print(search.best_score['mae'])\n"
)
SEEN = ONE.replace("model.fit(trainset)", "model.fit(data.build_full_trainset())")


@pytest.mark.parametrize(
    ("criterion", "expected", "about", "code"),
    [
        ("evaluation.held_out_evaluation", "met", "a part that is kept", ONE),
        ("evaluation.held_out_evaluation", "met", "folds", FOLDS),
        ("evaluation.fitting_metric", "met", "an error of ratings", ONE),
        ("data_preparation.overlap_leakage", "met", "the parts of one split", ONE),
        ("model_choice.several_models", "not_met", "one kind", ONE),
        ("model_choice.several_models", "met", "two kinds on the same part", BOTH),
        ("model_choice.several_models", "met", "two kinds on the same folds",
         FOLDS + "print(cross_validate(SVD(), data, measures=['RMSE'], cv=5))\n"),
        ("model_choice.baseline_compared", "not_met", "one kind and no floor", ONE),
        ("model_choice.baseline_compared", "met", "ratings that are drawn by their shares", FLOOR),
        ("model_choice.baseline_compared", "partly", "a floor that is fitted, and that nothing measures",
         ONE + "floor = NormalPredictor()\nfloor.fit(trainset)\n"),
        ("model_choice.hyperparameters_searched", "met", "a search that is given a class", SEARCH),
        ("model_choice.seeded", "met", "factors that are drawn with a seed", ONE),
        ("model_choice.seeded", "partly", "and without one", ONE.replace("SVD(random_state=0)", "SVD()")),
        ("model_choice.seeded", "met", "neighbours draw nothing", ONE.replace("SVD(random_state=0)", "KNNBasic()")),
        ("model_choice.suits_the_task", "met", "ratings are quantities", ONE),
        ("data_preparation.missing_values", "not_applicable", "NMF of scikit-learn is no recommender",
         "import pandas as pd\nfrom sklearn.decomposition import NMF\ndf = pd.read_csv('a.csv')\nNMF().fit(df)\n"),
    ],
)  # fmt: skip
def test_a_recommender_is_judged_as_a_model(criterion: str, expected: str, about: str, code: str) -> None:
    assert verdict(criterion, work(code)) == expected, about


def test_rows_that_were_all_learned_from_are_seen_on_both_sides() -> None:
    assert verdict("data_preparation.overlap_leakage", work(SEEN)) == "not_met"


def test_folds_that_are_gone_through_accuse_nobody() -> None:
    code = START.replace("import GridSearchCV", "import KFold, GridSearchCV") + (
        "for rows, held in KFold(n_splits=3, random_state=0).split(data):\n    model = SVD(random_state=0)\n"
        "    model.fit(rows)\n    print(accuracy.rmse(model.test(held)))\n"
    )
    found = work(code)
    assert not found.code.leaks
    assert verdict("evaluation.held_out_evaluation", found) == "met"
