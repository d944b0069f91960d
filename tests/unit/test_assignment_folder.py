"""Assignment folders: what is wrong is said with file and key, and a deal never holds a label."""

from __future__ import annotations

import csv
import dataclasses
import io
import shutil
from pathlib import Path

import pandas as pd
import pytest
from plain_churn import copy_plain_churn, plain_churn

from grader.assignment import deal, find_assignment, load_assignment
from grader.errors import AssignmentError, UsageError
from grader.plugins import Dimension, Rubric, load_criteria
from grader.wiring import check_terms

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_plain_churn(tmp_path / "churn")


def refusal(folder: Path) -> AssignmentError:
    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)
    return caught.value


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "assignment.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_an_unknown_key_is_named(folder: Path) -> None:
    edit(folder, "seed =", "sed =")
    assert refusal(folder).key == "sed"


def test_a_value_of_the_wrong_type_is_named(folder: Path) -> None:
    edit(folder, "wall_s = 300", 'wall_s = "long"')
    error = refusal(folder)
    assert error.key == "limits.wall_s"
    assert error.exit_status == 2


def test_broken_toml_is_named_with_its_line(folder: Path) -> None:
    edit(folder, "[data]", "[data")
    assert "line" in refusal(folder).message


@pytest.mark.parametrize("key", ["slug", "root", "digest", "data_digest"])
def test_what_follows_from_the_folder_cannot_be_set(folder: Path, key: str) -> None:
    edit(folder, "seed =", f'{key} = "x"\nseed =')
    assert refusal(folder).key == key


def test_a_command_with_an_open_quotation_mark_is_refused_before_any_work_is_run(folder: Path) -> None:
    edit(folder, "python predict.py", "python 'predict.py")
    assert refusal(folder).key == "contract"


def test_a_class_named_twice_is_refused(folder: Path) -> None:
    edit(folder, '["0", "1"]', '["0", "1", "1"]')
    assert refusal(folder).key == "data.classes"


def test_settings_nested_too_deep_are_said_and_a_byte_order_mark_is_forgiven(folder: Path) -> None:
    path = folder / "assignment.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_assignment(folder).slug == "churn"
    path.write_text("deep = " + "[" * 5000)
    assert "deep" in refusal(folder).message


@pytest.mark.parametrize("name", ["", "x" * 300, "a\0b"])
def test_a_name_that_no_folder_can_have_is_an_unknown_assignment(name: str) -> None:
    with pytest.raises(UsageError, match="there is no assignment"):
        find_assignment(name, [CHURN.parent])


def test_a_reference_below_the_baseline_is_refused(folder: Path) -> None:
    edit(folder, "reference = 0.8310", "reference = 0.5")
    assert refusal(folder).key == "metric.reference"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("wall_s = 300", "wall_s = -1", "limits.wall_s"),
        ("wall_s = 300", "wall_s = nan", "limits.wall_s"),
        ("baseline = 0.7328", "baseline = nan", "metric.baseline"),
        ('name = "roc_auc"', 'name = "auc"', "metric.name"),
        ('name = "roc_auc"', 'name = "rmse"', "metric.reference"),
        ('name = "roc_auc"', 'name = "mase"', "metric"),
        ('name = "roc_auc"', 'name = "mase"\nscale = 0', "metric.scale"),
        ('name = "roc_auc"', 'name = "mase"\nscale = 2.5', "metric.reference"),
        ('name = "roc_auc"', 'name = "mae"\nscale = 2.5', "metric"),
        ("hidden = 40", "hidden = -40", "weights.hidden"),
        ("hidden = 40", "hidden = inf", "weights.hidden"),
        ("seed = 20260101", "seed = -1", "seed"),
        ('train = "train.csv"', 'train = "../hidden/labels.csv"', "data.train"),
        ('train = "train.csv"', 'train = "train.csv"\nother = ["../hidden/labels.csv"]', "data.other.0"),
        ('train = "train.csv"', 'train = "train.csv"\nother = ["notes.csv"]', "data.other"),
        ('test = "test.csv"', 'test = "train.csv"', "data"),
        ('classes = ["0", "1"]', 'classes = ["No", "Yes"]', "churn"),
        ('classes = ["0", "1"]', "", "data.classes"),
        ("maximum = 1", "maximum = 0", "contract"),
        ("{input}", "{inputs}", "contract"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_before_anything_is_run(
    folder: Path, old: str, new: str, key: str
) -> None:
    edit(folder, old, new)
    assert refusal(folder).key == key


def test_weights_that_weigh_nothing_are_refused(folder: Path) -> None:
    text = (folder / "assignment.toml").read_text()
    head, _, rest = text.partition("[weights]")
    names = ("hidden", "data_preparation", "model_choice", "evaluation", "code_quality", "production_readiness")
    none = "".join(f"{name} = 0\n" for name in names)
    (folder / "assignment.toml").write_text(f"{head}[weights]\n{none}\n{rest[rest.index('[examples]') :]}")
    assert refusal(folder).key == "weights"


def test_a_label_that_is_no_class_is_named_with_its_row(folder: Path) -> None:
    path = folder / "data" / "hidden" / "labels.csv"
    lines = path.read_text().splitlines()
    lines[4] = lines[4].rsplit(",", 1)[0] + ",maybe"
    path.write_text("\n".join(lines) + "\n")
    error = refusal(folder)
    assert "row 5 holds 'maybe'" in error.message
    assert "labels.csv" in error.message


def test_a_missing_table_is_named(folder: Path) -> None:
    (folder / "data" / "hidden" / "labels.csv").unlink()
    assert "data/hidden/labels.csv" in refusal(folder).message


def test_the_target_among_the_hidden_features_is_refused(folder: Path) -> None:
    shutil.copy(folder / "data" / "public" / "train.csv", folder / "data" / "hidden" / "features.csv")
    assert "labels stay apart" in refusal(folder).message


def test_an_unknown_slug_lists_the_known_ones_and_cannot_leave_the_folder() -> None:
    for slug in ("nonsense", "../churn", "", "/etc"):
        with pytest.raises(UsageError, match="churn"):
            find_assignment(slug, [CHURN.parent])


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_deal_holds_every_hidden_row_without_its_label_and_without_its_published_id() -> None:
    assignment = plain_churn()
    dealt = deal(assignment, "one")
    hidden = rows((CHURN / "data" / "hidden" / "features.csv").read_bytes())
    given = rows(dealt.files["test.csv"])
    assert "churn" not in given[0]
    assert not {row["customer_id"] for row in hidden} & set(dealt.ids)
    cells = set(b"\n".join(dealt.files.values()).decode().replace("\n", ",").split(","))
    assert not {row["customer_id"] for row in hidden} & cells
    without_id = [
        sorted((key, value) for key, value in row.items() if key != "customer_id") for row in (*hidden, *given)
    ]
    assert sorted(without_id[: len(hidden)]) == sorted(without_id[len(hidden) :])
    assert [row["customer_id"] for row in rows(dealt.files["sample_submission.csv"])] == [
        row["customer_id"] for row in given
    ]


def test_labels_follow_their_rows_through_the_shuffle() -> None:
    assignment = plain_churn()
    truth = {row["customer_id"]: row["churn"] for row in rows((CHURN / "data" / "hidden" / "labels.csv").read_bytes())}
    features = rows((CHURN / "data" / "hidden" / "features.csv").read_bytes())
    by_features: dict[tuple[str, ...], set[str]] = {}
    for row in features:
        by_features.setdefault(tuple(list(row.values())[1:]), set()).add(truth[row["customer_id"]])
    dealt = deal(assignment, "two")
    for row, label in zip(rows(dealt.files["test.csv"]), dealt.labels, strict=True):
        assert label in by_features[tuple(list(row.values())[1:])]


def test_each_run_gets_other_ids_in_another_order_and_the_same_run_the_same() -> None:
    assignment = plain_churn()
    first, second = deal(assignment, "one"), deal(assignment, "two")
    assert first == deal(assignment, "one")
    assert not set(first.ids) & set(second.ids)
    assert first.labels != second.labels


@pytest.mark.parametrize("form", ["{}", "{}.5", "-{}"])
def test_ids_that_are_numbers_come_back_unchanged_from_whoever_reads_them_as_numbers(folder: Path, form: str) -> None:
    for path in (folder / "data").rglob("*.csv"):
        head, *lines = path.read_text().splitlines()
        numbered = [form.format(line[1:].split(",")[0]) + line[line.index(",") :] for line in lines]
        path.write_text("\n".join([head, *numbered]) + "\n")
    dealt = deal(load_assignment(folder), "one")
    read = pd.read_csv(io.BytesIO(dealt.files["test.csv"]))["customer_id"]
    assert tuple(str(number) for number in read) == dealt.ids
    assert read.max() < 2**31


def test_a_weight_of_a_dimension_that_nobody_judges_is_refused_before_anything_runs(folder: Path) -> None:
    edit(folder, "hidden = 40", "hidden = 40\nfairnes = 5")
    assignment = load_assignment(folder)
    fair = dataclasses.replace(load_criteria()[0], id="fairnes.x", home=Dimension("fairnes", "Fairness"))
    check_terms(assignment, Rubric((fair,)))
    with pytest.raises(AssignmentError, match="there are: code_quality, data_preparation") as caught:
        check_terms(assignment, Rubric(()))
    assert caught.value.key == "weights.fairnes"


def test_a_weight_of_a_plugins_dimension_is_a_weight_like_any(folder: Path) -> None:
    edit(folder, "hidden = 40", "hidden = 40\nfairness = -1")
    assert refusal(folder).key == "weights.fairness"
