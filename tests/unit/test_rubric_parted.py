"""What parts rows, and what fits a model, is the same to every criterion."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

IMAGES = (
    "from tensorflow.keras.models import Sequential\nfrom tensorflow.keras.layers import Dense\n"
    "from tensorflow.keras.preprocessing.image import ImageDataGenerator\n"
    "made = ImageDataGenerator(validation_split=0.2)\nmodel = Sequential([Dense(1)])\nmodel.compile(loss='mse')\n"
)
SUBSETS = (
    "a = made.flow_from_directory('data', subset='training')\n"
    "b = made.flow_from_directory('data', subset='validation')\n"
    "history = model.fit(a, validation_data=b)\nprint(history.history['val_loss'])\n"
)
TRAINER = (
    "from transformers import AutoModelForTokenClassification, Trainer\n"
    "model = AutoModelForTokenClassification.from_pretrained('bert')\n"
    "trainer = Trainer(model=model, train_dataset=one, eval_dataset=two)\ntrainer.train()\n"
)
LOOP = (
    "import torch\nmodel = torch.nn.Linear(3, 1)\noptimiser = torch.optim.Adam(model.parameters())\n"
    "rows = inhouse.rows()\nn = int(len(rows) * 0.7)\nlearned, tested = rows[:n], rows[n:]\n"
    "for x, y in learned:\n    loss = torch.nn.functional.mse_loss(model(x), y)\n    loss.backward()\n"
    "    optimiser.step()\n"
)
BOOSTER = "import lightgbm as lgb\nmodel = lgb.train({}, inhouse.rows())\n"

AUGMENT = "for name in ('a', 'b'):\n    p = Augmentor.Pipeline('data/' + name)\n    p.sample(500)\n"
AUGMENTED = "import Augmentor\n" + AUGMENT + IMAGES + SUBSETS


def overlap(code: str) -> str:
    return verdict("data_preparation.overlap_leakage", work(code))


def verdicts(code: str) -> dict[str, str]:
    evidence = work("import inhouse\n" + code)
    names = ("data_preparation.overlap_leakage", "data_preparation.target_leakage", "evaluation.held_out_evaluation")
    return {name.partition(".")[2]: verdict(name, evidence) for name in names}


def test_subsets_of_one_folder_are_parts_that_share_no_file() -> None:
    found = verdicts(IMAGES + SUBSETS)
    assert found["overlap_leakage"] == "met"
    assert found["held_out_evaluation"] == "met"


@pytest.mark.parametrize("change", [("'data', subset='v", "'more', subset='v"), ("validation'", "training'")])
def test_subsets_that_are_not_the_two_of_one_folder_are_left_to_a_person(change: tuple[str, str]) -> None:
    assert verdicts(IMAGES + SUBSETS.replace(*change))["overlap_leakage"] == "needs_human"


READ = (
    "import pathlib\nimport tensorflow as tf\nfrom tensorflow.keras.utils import image_dataset_from_directory\n"
    "folder = pathlib.Path('data')\n"
    "a = image_dataset_from_directory(folder, validation_split=0.2, subset='training', seed=1)\n"
    "b = image_dataset_from_directory(folder, validation_split=0.2, subset='validation', seed=1)\n"
    "model = tf.keras.Sequential([tf.keras.layers.Dense(3)])\nmodel.compile(loss='mse')\n"
    "model.fit(a, validation_data=b)\n"
)


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ("met", ("", "")),
        ("not_met", ("'validation'", "'training'")),
        ("needs_human", (", subset='validation', seed=1", ", subset='validation', seed=2")),
        ("needs_human", (", subset='validation', seed=1", ", subset='validation'")),
        ("needs_human", ("subset='validation'", "subset=inhouse.part()")),
    ],
)
def test_a_folder_that_keras_reads_in_two_parts(expected: str, change: tuple[str, str]) -> None:
    assert verdicts(READ.replace(*change))["overlap_leakage"] == expected


def test_copies_written_into_a_folder_stand_on_both_sides_when_it_is_split() -> None:
    assert overlap(AUGMENTED) == "not_met"
    named = AUGMENTED.replace("'data'", "folder").replace("import Augmentor\n", "import Augmentor\nfolder = 'data/'\n")
    assert overlap(named.replace("'data/' + name", "f'{folder}/{name}'")) == "not_met"
    assert overlap(AUGMENTED + "print(model.evaluate(rest))\n") == "partly"


@pytest.mark.parametrize(
    "change",
    [
        ("'data/' + name", "'more/' + name"),
        ("'data/' + name", "'data/' + name, output_directory='/tmp/more'"),
        ("p.sample(500)", "p.rotate(0.7, 10, 10)"),
    ],
)
def test_copies_elsewhere_or_none_at_all_stand_on_no_side(change: tuple[str, str]) -> None:
    assert overlap(AUGMENTED.replace(*change)) == "met"


def test_copies_written_after_the_split_are_on_no_side() -> None:
    head, loop, rest = AUGMENTED.partition(AUGMENT)
    assert overlap(head + rest + loop) == "met"


@pytest.mark.parametrize("change", [("'data/' + name", "folder_of(name)"), ("'data', subset", "folder / 'a', subset")])
def test_copies_in_a_folder_that_nobody_can_tell_are_left_to_a_person(change: tuple[str, str]) -> None:
    assert overlap(AUGMENTED.replace(*change)) == "needs_human"


@pytest.mark.parametrize("code", [TRAINER, LOOP, IMAGES + "model.fit(x, y, validation_split=0.2)\n"])
def test_what_is_held_out_by_other_means_than_a_splitter_is_a_split(code: str) -> None:
    found = verdicts(code)
    assert found["overlap_leakage"] == "needs_human"
    assert found["target_leakage"] == "needs_human"


def test_a_fit_that_holds_nothing_out_is_no_split() -> None:
    assert verdicts(IMAGES + "model.fit(x, y)\n")["overlap_leakage"] == "not_applicable"
    assert verdicts(TRAINER.replace("eval_dataset=two", "eval_dataset=None"))["overlap_leakage"] == "not_applicable"


def test_a_function_of_a_library_that_trains_is_a_fit() -> None:
    assert verdicts(BOOSTER)["target_leakage"] == "needs_human"


def test_rows_that_are_cut_and_never_scored_are_held_out_at_least() -> None:
    cut = "import pandas as pd\nfrom sklearn.linear_model import Ridge\nrows = pd.read_csv('a.csv')\n"
    cut += "n = int(len(rows) * 0.9)\na, b = rows[:n], rows[n:]\n"
    fitted = "model = Ridge().fit(a[['x']], a['y'])\n"
    apart = cut.replace("a, b = rows[:n], rows[n:]", "a = rows[:n]\nb = rows[n:]")
    assert verdict("evaluation.held_out_evaluation", work(apart + fitted)) == "partly"
    assert verdict("evaluation.held_out_evaluation", work(apart.replace("rows[n:]", "rows[k:]") + fitted)) == "not_met"


def test_rows_cut_in_time_are_shown_where_they_are_cut() -> None:
    code = (
        "import pandas as pd\nfrom sklearn.linear_model import Ridge\nfrom sklearn.metrics import mean_absolute_error\n"
        "rows = pd.read_csv('a.csv', parse_dates=['day'])\na = rows[rows['day'] < '2024-01']\n"
        "b = rows[rows['day'] >= '2024-01']\nmodel = Ridge().fit(a[['x']], a['y'])\n"
        "print(mean_absolute_error(b['y'], model.predict(b[['x']])))\n"
    )
    for name in ("split_fits_data", "temporal_leakage"):
        found = finding(f"data_preparation.{name}", work(code))
        assert found.verdict == "met"
        assert [span.line for span in found.evidence[:2]] == [5, 6]


def test_rows_that_a_booster_is_given_to_watch_are_no_absence() -> None:
    code = "import inhouse\nimport lightgbm as lgb\none, two = inhouse.rows()\n"
    fit = "model = lgb.train({}, lgb.Dataset(one), valid_sets=[lgb.Dataset(two)])\nmodel.save_model('a.txt')\n"
    for name in ("held_out_evaluation", "spread_shown"):
        assert verdict(f"evaluation.{name}", work(code + fit)) == "needs_human"
        alone = fit.replace(", valid_sets=[lgb.Dataset(two)]", "")
        assert verdict(f"evaluation.{name}", work(code + alone)) == "not_met"
