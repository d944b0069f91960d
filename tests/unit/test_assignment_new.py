"""`grader assignment new`: what is split how, what is chosen by the target, and what is refused in a sentence."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_assignment import Rows, draw, read, write
from typer.testing import CliRunner

from grader.assignment import load_assignment
from grader.authoring.checks_reference import marks_are_reproduced
from grader.authoring.subject import read_subject
from grader.cli.app import app
from grader.errors import UsageError
from grader.model.weights import REASONS, Track
from grader.settings import read_settings

sandboxed = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]  # the marks need the locked environment


def new(folder: Path, rows: Rows, *options: str) -> Path:
    """Scaffold an assignment from rows; raises what the command raises."""
    if not (folder / "table.csv").exists():
        write(folder / "table.csv", rows)
    words = ["assignment", "new", "made", "--data", str(folder / "table.csv"), "--output", str(folder / "all")]
    named = [] if "--target" in options else ["--target", "paid"]
    ids = [] if "--id" in options else ["--id", "customer"]
    done = CliRunner().invoke(app, [*words, *named, *ids, *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return folder / "all" / "made"


def refused(folder: Path, rows: Rows, *options: str) -> str:
    """Return the sentence that `new` ends with; nothing may be left of the folder."""
    with pytest.raises(UsageError) as caught:
        new(folder, rows, *options)
    assert caught.value.exit_status == 2
    assert not (folder / "all" / "made").exists()
    assert list((folder / "all").glob("*")) == []
    return f"{caught.value.message} {caught.value.hint}"


def settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "assignment.toml").read_text())


def hidden(folder: Path) -> Rows:
    labels = {row["customer"]: row for row in read(folder / "data/hidden/labels.csv")}
    return [{**row, **labels[row["customer"]]} for row in read(folder / "data/hidden/features.csv")]


class TestSplit:
    pytestmark = sandboxed

    def test_classes_have_the_same_share_in_every_part_and_no_row_is_lost(self, tmp_path: Path) -> None:
        folder = new(tmp_path, draw(900))
        parts = [read(folder / "data/public/train.csv"), hidden(folder)]
        shares = [np.mean([row["paid"] == "1" for row in part]) for part in parts]
        assert abs(shares[0] - shares[1]) < 0.01
        names = [row["customer"] for part in (*parts, read(folder / "data/public/test.csv")) for row in part]
        assert sorted(names) == sorted(row["customer"] for row in draw(900))
        assert settings(folder)["split"] == {"by": "class", "seed": 20260101}
        assert "paid" not in read(folder / "data/public/test.csv")[0]

    def test_the_brief_tells_the_shares_and_why_and_that_messy_rows_come(self, tmp_path: Path) -> None:
        folder = new(tmp_path, draw(400))
        brief = " ".join((folder / "README.md").read_text().split())
        track: Track = settings(folder)["track"]
        assert f"Why these shares: {REASONS[track]}" in brief
        assert "run a second time" in brief
        assert "a category that was never seen" in brief
        done = CliRunner().invoke(app, ["assignment", "check", str(folder), "--no-examples", "--json"])
        found = {item["id"]: item["status"] for item in json.loads(done.stdout)["checks"]}
        assert found["texts.shares"] == "ok"

    def test_the_same_seed_gives_the_same_bytes_and_another_one_another_split(self, tmp_path: Path) -> None:
        one, same, other = (
            new(tmp_path / name, draw(400), "--seed", seed) for name, seed in zip("abc", "778", strict=True)
        )

        def bytes_of(folder: Path) -> bytes:
            return (folder / "data/hidden/labels.csv").read_bytes()

        assert bytes_of(one) == bytes_of(same) != bytes_of(other)
        assert (one / "assignment.toml").read_text() == (same / "assignment.toml").read_text()

    def test_no_group_has_rows_in_two_parts(self, tmp_path: Path) -> None:
        rows = [{**row, "shop": f"S{number * number % 83}"} for number, row in enumerate(draw(900))]
        folder = new(tmp_path, rows, "--group", "shop")
        parts = [
            {row["shop"] for row in read(folder / "data" / name)} for name in ("public/train.csv", "public/test.csv")
        ]
        parts.append({row["shop"] for row in hidden(folder)})
        assert sum(len(part) for part in parts) == len(set().union(*parts))
        assert 200 < len(hidden(folder)) < 340
        assert "GroupKFold" in (folder / "examples/careful/predict.py").read_text()

    def test_the_hidden_part_is_later_than_all_else(self, tmp_path: Path) -> None:
        rows = [{**row, "day": f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}"} for n, row in enumerate(draw(900))]
        folder = new(tmp_path, rows, "--time", "day")
        last = max(row["day"] for row in read(folder / "data/public/test.csv"))
        assert max(row["day"] for row in read(folder / "data/public/train.csv")) < last
        assert last < min(row["day"] for row in hidden(folder))

    def test_rows_that_others_repeat_stay_on_one_side(self, tmp_path: Path) -> None:
        rows = draw(900)
        rows += [{**row, "customer": f"K9{number}"} for number, row in enumerate(rows[:90])]
        folder = new(tmp_path, rows)
        told = {tuple(row.values())[1:-1] for row in read(folder / "data/public/train.csv")}
        assert not told & {tuple(row.values())[1:] for row in read(folder / "data/hidden/features.csv")}

    def test_ids_that_tell_the_target_are_replaced_and_others_are_kept(self, tmp_path: Path) -> None:
        ordered = sorted(draw(600), key=lambda row: row["paid"])
        telling = [{**row, "customer": f"K{10_000 + number}"} for number, row in enumerate(ordered)]
        folder = new(tmp_path, telling)
        names = {row["customer"] for row in hidden(folder)}
        assert not names & {row["customer"] for row in telling}
        assert all(name.startswith("K") for name in names)
        assert "fresh" in (folder / "SOURCE.md").read_text()


def of_three(row: dict[str, str]) -> str:
    return "low" if float(row["income"]) < 40 else "mid" if float(row["income"]) < 60 else "high"


def amount(row: dict[str, str]) -> str:
    return f"{float(row['income']) * 3 + float(row['age']) * int(row['paid']):.2f}"


TARGETS: dict[str, tuple[Callable[[dict[str, str]], str], dict[str, Any]]] = {
    "roc_auc": (lambda row: {"0": "no", "1": "yes"}[row["paid"]], {"classes": ["no", "yes"], "by": "class"}),
    "average_precision": (
        lambda row: str(int(float(row["income"]) > 84 or int(row["customer"][1:]) % 50 == 0)),
        {"classes": ["0", "1"], "by": "class"},
    ),
    "multiclass_accuracy": (of_three, {"classes": ["high", "low", "mid"], "by": "class"}),
    "rmse": (amount, {"classes": None, "by": "random"}),
    "mae": (
        lambda row: f"{float(amount(row)) * (1 + 40 * (int(row['customer'][1:]) % 97 == 0)):.2f}",
        {"classes": None, "by": "random"},
    ),
}


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
@pytest.mark.parametrize("metric", TARGETS)
def test_the_metric_follows_the_target_and_the_folder_loads(tmp_path: Path, metric: str) -> None:
    make, wanted = TARGETS[metric]
    folder = new(tmp_path, [{**row, "paid": make(row)} for row in draw(1500)])
    made = settings(folder)
    assert (made["metric"]["name"], made["data"].get("classes"), made["split"]["by"]) == (
        metric,
        wanted["classes"],
        wanted["by"],
    )
    better = made["metric"]["reference"] - made["metric"]["baseline"]
    assert (better < 0) == (metric in ("rmse", "mae"))
    assert load_assignment(folder).examples.order == ("careful", "quick")


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_texts_and_times_are_given_to_the_starter_models(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    words = ["parcel", "refund", "late", "thanks", "broken", "again", "please", "money", "door", "night"]
    rows = []
    for number in range(700):
        angry = int(random.random() < 0.4)
        chosen = [*random.choice(words, 6), *(["angry"] if angry and random.random() < 0.8 else [])]
        day = f"2026-03-{1 + number % 28:02d}"
        rows.append(
            {"customer": f"K{number * 7919 % 100_003}", "said": " ".join(chosen), "on": day, "paid": str(angry)}
        )
    folder = new(tmp_path, rows)
    made = settings(folder)
    assert (made["modality"], made["metric"]["reference"] > 0.8) == ("text", True)
    assert 'TIMES = ["on"]' in (folder / "reference.py").read_text()


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_what_is_made_passes_the_check_with_its_two_examples(tmp_path: Path) -> None:
    rows = draw(1600)
    random = np.random.default_rng(5)
    for row in rows:
        row["visits"] = str(random.poisson(2 + 3 * int(row["paid"])))
        row["debt"] = f"{random.normal(50 - 20 * int(row['paid']), 15):.1f}"
    folder = new(tmp_path, rows)
    done = CliRunner().invoke(app, ["assignment", "check", str(folder), "--sandbox", "bubblewrap"])
    assert done.exit_code == 0, done.output
    assert "EDIT:" in done.output


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_columns_that_say_nothing_make_no_assignment_and_leave_nothing_behind(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [{"customer": f"K{n}", "x": str(random.integers(9)), "paid": str(int(n % 5 == 0))} for n in range(300)]
    assert "no better than the baseline" in refused(tmp_path, rows, "--metric", "accuracy")


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_messy_rows_are_enough_of_each_class_to_be_judged_by_the_marks_of_clean_ones(tmp_path: Path) -> None:
    rows = [{**row, "paid": str(int(row["paid"] == "1" and number % 2 == 0))} for number, row in enumerate(draw(1200))]
    folder = new(tmp_path, rows)
    made, rarest = settings(folder), min(Counter(row["paid"] for row in hidden(folder)).values())
    assert made["stress"]["messy_rows"] * rarest / len(hidden(folder)) == pytest.approx(30, abs=1)
    marks = ("baseline", "reference")
    assert [made["stress"][mark] for mark in marks] == [made["metric"][mark] for mark in marks]
    assert marks_are_reproduced(read_subject(load_assignment(folder)), read_settings().home).status == "ok"


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_numbers_with_words_for_missing_ones_are_given_to_the_models_and_that_is_told(tmp_path: Path) -> None:
    rows = [{**row, "income": "NA" if n % 9 == 0 else row["income"]} for n, row in enumerate(draw(600))]
    folder = new(tmp_path, rows)
    assert {row["income"] for row in read(folder / "data/public/train.csv")} & {"NA", ""} == {""}
    assert 'NUMBERS = ["income", "age"]' in (folder / "reference.py").read_text()
    told = "Words in place of numbers are empty cells now: income ('NA')."
    assert told in (folder / "SOURCE.md").read_text()
    assert settings(folder)["metric"]["reference"] > 0.8


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_a_column_that_is_the_target_is_named_and_left_out_as_is_told(tmp_path: Path) -> None:
    rows = [{**row, "leak": str(2 * int(row["paid"]) + 1)} for row in draw(400)]
    told = refused(tmp_path, rows)
    assert "'leak' alone gives the target away" in told
    assert "--without leak" in told
    assert "bring others" not in told
    folder = new(tmp_path, rows, "--without", "leak")
    assert "leak" not in read(folder / "data/public/train.csv")[0]
    assert "Left out: leak." in (folder / "SOURCE.md").read_text()


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_any_name_of_a_class_or_column_makes_a_folder_that_can_be_graded(tmp_path: Path) -> None:
    odd = 'a "q" {y}|\\n\'s'
    rows = [{"customer": row["customer"], odd: row["income"], "age": row["age"], "paid": ""} for row in draw(900)]
    for row, known in zip(rows, draw(900), strict=True):
        row["paid"] = 'won\'t {pay} """' if known["paid"] == "1" else "None"
    folder = new(tmp_path, rows)
    assert settings(folder)["data"]["classes"] == ["None", 'won\'t {pay} """']
    for path in (folder / "reference.py", *folder.glob("examples/*/*.py")):
        compile(path.read_text(), path.name, "exec")
    assert settings(folder)["metric"]["reference"] > settings(folder)["metric"]["baseline"] > 0.5


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_a_guessed_class_is_marked_in_the_brief_and_a_chosen_one_is_not(tmp_path: Path) -> None:
    rows = [{**row, "paid": str(int(row["paid"]) + 1)} for row in draw(500)]
    folder = new(tmp_path / "guessed", rows)
    assert "EDIT: that" in (folder / "README.md").read_text()
    for wanted, other in ("12", "21"):
        chosen = new(tmp_path / wanted, rows, "--positive", wanted)
        assert settings(chosen)["data"]["classes"] == [other, wanted]
        assert f"the probability that `paid` is {wanted}" in (chosen / "README.md").read_text()
        assert "EDIT: that" not in (chosen / "README.md").read_text()


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_the_lines_that_are_suggested_hold_when_the_author_uncomments_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    folder = new(tmp_path, draw(700))
    assert list((tmp_path / "here").iterdir()) == []  # no tool leaves its cache where the author works
    hidden_part = folder / "data/hidden"
    for name in ("features", "labels"):
        (hidden_part / f"shifted_{name}.csv").write_bytes((hidden_part / f"{name}.csv").read_bytes())
    text = (folder / "assignment.toml").read_text()
    suggested = re.sub(r"^# (?=\[|[a-z]+ = )", "", text, flags=re.MULTILINE)
    (folder / "assignment.toml").write_text(suggested)
    made = load_assignment(folder)
    assert [part.column for part in made.slices] == ["branch"]
    assert [suite.name for suite in made.suites] == ["shifted"]
    assert made.twins is not None
    assert set(made.twins.by) == {"income", "age"}


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_the_brief_promises_no_messy_row_that_does_not_come(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    rows = [
        {"customer": f"K{n}", "said": f"{random.choice(['red', 'blue', 'sky'])}", "paid": str(int(n % 3 == 0))}
        for n in range(400)
    ]
    for row in rows:
        row["colour"] = "green" if row["paid"] == "1" and random.random() < 0.6 else random.choice(["grey", "black"])
        row["size"] = "large" if row["paid"] == "1" and random.random() < 0.6 else "small"
    folder = new(tmp_path, rows)
    assert "out_of_range" not in settings(folder)["stress"]["kinds"]
    brief = " ".join((folder / "README.md").read_text().split())
    assert "a figure that cannot be" not in brief
    assert "a row that is there twice, and a blank in place of a word" in brief


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_a_brief_on_texts_promises_no_category_and_nothing_is_left_where_it_was_written_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    words, rows = ["free", "win", "call", "dog", "cat", "meet", "home", "cash", "bus", "tea"], []
    for n in range(600):
        said = [*random.choice(words, 9), *(["prize"] if n % 3 == 0 and random.random() < 0.8 else []), str(n)]
        rows.append({"customer": f"K{n}", "said": " ".join(said), "paid": str(int(n % 3 == 0))})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    folder = new(tmp_path, rows)
    assert settings(folder)["stress"]["kinds"] == ["missing", "duplicate", "blank"]
    assert "a category that was never seen" not in " ".join((folder / "README.md").read_text().split())
    assert list((tmp_path / "here").iterdir()) == []


class TestRefused:
    def test_a_column_left_out_that_is_not_there_or_is_needed(self, tmp_path: Path) -> None:
        assert "income" in refused(tmp_path, draw(300), "--without", "incomes")
        assert "--target" in refused(tmp_path, draw(300), "--without", "paid")

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "all").mkdir()
        words = ["assignment", "new", "made", "--data", "none.csv", "--target", "a", "--id", "b", "--output"]
        done = CliRunner().invoke(app, [*words, str(tmp_path / "all")])
        assert isinstance(done.exception, UsageError)
        assert "none.csv" in done.exception.message

    def test_a_column_that_is_not_there_names_those_that_are(self, tmp_path: Path) -> None:
        assert "income" in refused(tmp_path, draw(300), "--target", "payed")
        assert "--time" in refused(tmp_path, draw(300), "--time", "day")

    def test_ids_that_are_not_unique(self, tmp_path: Path) -> None:
        assert "'north'" in refused(
            tmp_path, sorted(draw(300), key=lambda row: row["branch"] != "north"), "--id", "branch"
        )

    def test_a_target_with_one_value(self, tmp_path: Path) -> None:
        assert "one value only" in refused(tmp_path, [{**row, "paid": "1"} for row in draw(300)])

    def test_a_target_of_many_texts(self, tmp_path: Path) -> None:
        rows = [{**row, "paid": f"text {number}"} for number, row in enumerate(draw(300))]
        assert "neither numbers nor" in refused(tmp_path, rows)

    def test_a_class_with_too_few_rows(self, tmp_path: Path) -> None:
        rows = [{**row, "paid": str(int(number < 5))} for number, row in enumerate(draw(300))]
        assert "too few rows (5)" in refused(tmp_path, rows)

    def test_too_few_rows(self, tmp_path: Path) -> None:
        assert "too few" in refused(tmp_path, draw(120))

    def test_a_row_without_a_label_is_named(self, tmp_path: Path) -> None:
        rows = draw(300)
        rows[7]["paid"] = ""
        assert "row 9" in refused(tmp_path, rows)

    def test_a_time_that_is_none(self, tmp_path: Path) -> None:
        assert "no time" in refused(tmp_path, draw(300), "--time", "branch")

    def test_time_and_group_at_once(self, tmp_path: Path) -> None:
        assert "exclude" in refused(tmp_path, draw(300), "--time", "age", "--group", "branch")

    def test_a_metric_that_does_not_fit(self, tmp_path: Path) -> None:
        assert "roc_auc" in refused(tmp_path, draw(300), "--metric", "rmse")

    def test_a_slug_that_is_none(self, tmp_path: Path) -> None:
        write(tmp_path / "table.csv", draw(300))
        words = [
            "assignment",
            "new",
            "Two Words",
            "--data",
            str(tmp_path / "table.csv"),
            "--target",
            "paid",
            "--id",
            "customer",
        ]
        assert "no slug" in str(CliRunner().invoke(app, [*words, "--output", str(tmp_path)]).exception)

    def test_a_slug_that_exists_is_left_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "all" / "made").mkdir(parents=True)
        (tmp_path / "all" / "made" / "mine.txt").write_text("mine")
        with pytest.raises(UsageError, match="exists already"):
            new(tmp_path, draw(300))
        assert (tmp_path / "all" / "made" / "mine.txt").read_text() == "mine"

    def test_a_table_with_a_ragged_row(self, tmp_path: Path) -> None:
        write(tmp_path / "table.csv", draw(300))
        with (tmp_path / "table.csv").open("a") as file:
            csv.writer(file).writerow(["K1", "2"])
        assert "row 302" in refused(tmp_path, [])
