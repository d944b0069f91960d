"""`grader assignment reseed`: other rows are hidden by the same rule, and the secret is nowhere to be found."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from small_assignment import Rows, make_small, read, rewrite, settle, told_apart, whole, write
from typer.testing import CliRunner

from grader.assignment import load_assignment
from grader.authoring.checks import check_folder
from grader.cli.app import app
from grader.errors import UsageError

SECRET = "a secret of enough characters"
pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]  # the marks need the locked environment


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return make_small(tmp_path / "all" / "small")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(SECRET + "\n")
    return tmp_path / "secret"


def reseed(folder: Path, *options: str | Path, variable: str = "") -> Result:
    """Run it, and raise what it raises."""
    words = ["assignment", "reseed", str(folder), *map(str, options)]
    done = CliRunner().invoke(app, words, env={"GRADER_SPLIT_SEED": variable} if variable else {})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def contents(rows: Rows) -> set[tuple[str, ...]]:
    return {(row["income"], row["age"], row["branch"]) for row in rows}


def settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "assignment.toml").read_text())


def test_other_rows_are_hidden_under_fresh_ids_with_their_labels_in_the_same_numbers(small: Path, secret: Path) -> None:
    train, test, hidden = whole(small)
    label = {(row["income"], row["age"], row["branch"]): row["paid"] for row in (*train, *hidden)}
    reseed(small, "--seed-file", secret)
    after = whole(small)
    assert [len(rows) for rows in after] == [len(rows) for rows in (train, test, hidden)]
    assert contents([*after[0], *after[2]]) == contents([*train, *hidden])
    assert 0.3 < len(contents(after[2]) & contents(hidden)) / len(hidden) < 0.6
    assert all(row["paid"] == label[row["income"], row["age"], row["branch"]] for row in (*after[0], *after[2]))
    before = {row["customer"] for row in (*train, *test, *hidden)}
    assert not before & {row["customer"] for row in (*after[0], *after[2])}
    assert after[1] == test
    assert sum(row["paid"] == "1" for row in after[2]) == pytest.approx(
        sum(row["paid"] == "1" for row in hidden), abs=8
    )
    assert [item.id for item in check_folder(small)[1] if item.status == "defect"] == []


def test_the_secret_is_in_no_file_and_in_nothing_that_is_said(small: Path, secret: Path) -> None:
    done = reseed(small, "--seed-file", secret)
    assert SECRET not in done.output
    assert all(SECRET.encode() not in path.read_bytes() for path in small.rglob("*") if path.is_file())
    assert "seed" not in settings(small)["split"]
    assert "secret seed" in (small / "SOURCE.md").read_text()


def test_the_same_secret_gives_the_same_split_and_another_one_another(
    small: Path, secret: Path, tmp_path: Path
) -> None:
    def labels(name: str, variable: str) -> bytes:
        reseed(small, "--output", tmp_path / name, variable=variable)
        return (tmp_path / name / "small/data/hidden/labels.csv").read_bytes()

    before = (small / "data/hidden/labels.csv").read_bytes()
    assert labels("one", SECRET) == labels("same", SECRET) != labels("other", SECRET + "!")
    assert (small / "data/hidden/labels.csv").read_bytes() == before


def test_without_a_seed_one_is_made_and_kept_where_only_the_user_reads_it(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.settings import read_settings

    environments = read_settings().home / "environments"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "environments").symlink_to(environments)
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GRADER_SPLIT_SEED", raising=False)
    done = reseed(small)
    (kept,) = (tmp_path / "home" / "split-seeds").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text().strip() not in done.output
    assert kept.name in done.output.replace("\n", "")


def test_the_marks_are_computed_again(small: Path, secret: Path) -> None:
    code = (small / "reference.py").read_text().replace('"baseline 0.60"', '"baseline 0.5512"')
    (small / "reference.py").write_text(code)
    reseed(small, "--seed-file", secret)
    assert settings(small)["metric"]["baseline"] == 0.5512
    assert load_assignment(small).metric.reference == 0.87


def test_the_marks_of_a_subgroup_are_computed_again_and_those_that_are_not_printed_are_named(
    small: Path, secret: Path
) -> None:
    slices = "".join(
        f'[[slices]]\nname = "{name}"\ncolumn = "branch"\nvalues = ["{name}"]\nbaseline = 0.6\nreference = 0.8\n\n'
        for name in ("north", "south")
    )
    settle(small, "[examples]", f"{slices}[examples]")
    code = (small / "reference.py").read_text()
    (small / "reference.py").write_text(code + 'print("slice north baseline 0.55 reference 0.9")\n')
    done = reseed(small, "--seed-file", secret)
    assert [(part["baseline"], part["reference"]) for part in settings(small)["slices"]] == [(0.55, 0.9), (0.6, 0.8)]
    assert "still of the old data: slice south baseline 0.6, slice south reference 0.8" in done.output


def test_a_draw_that_fails_a_check_is_followed_by_another_and_each_is_told(
    small: Path, secret: Path, tmp_path: Path
) -> None:
    code = (small / "reference.py").read_text().replace('print("reference 0.87")', "")
    ran = f"ran = Path({str(tmp_path / 'ran')!r})\nran.write_text(ran.read_text() + 'x' if ran.exists() else 'x')\n"
    (small / "reference.py").write_text(code + ran + 'print("reference", 0.5 if len(ran.read_text()) < 3 else 0.87)\n')
    rewrite(small, told_apart)
    before = whole(small)
    done = reseed(small, "--seed-file", secret)
    assert "Draw 2 of at most 5 fails the check metric.direction" in done.output
    assert "It took 3 draws" in done.output
    assert load_assignment(small).metric.reference == 0.87
    assert [len(rows) for rows in whole(small)] == [len(rows) for rows in before]
    assert contents(whole(small)[2]) != contents(before[2])


def test_groups_stay_whole(small: Path, secret: Path) -> None:
    settle(small, 'by = "class"\nseed = 1', 'by = "group"\ncolumn = "shop"')
    rows = iter(range(10_000))

    def with_shops(part: Rows) -> Rows:
        start = next(rows) * 60
        return [{**row, "shop": f"S{start + number % 60}"} for number, row in enumerate(part)]

    rewrite(small, with_shops)
    reseed(small, "--seed-file", secret)
    assert not any(item.status == "defect" for item in check_folder(small)[1])


def refusal(folder: Path, *options: str | Path) -> str:
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    with pytest.raises(UsageError) as caught:
        reseed(folder, *options)
    assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before
    return f"{caught.value.message} {caught.value.hint}"


def in_time(folder: Path, rows_a_day: int = 4) -> Path:
    """Have the rows lie one after another in time: training, public test, hidden."""
    settle(folder, 'by = "class"\nseed = 1', 'by = "time"\ncolumn = "day"')
    first = iter((0, 600, 700))

    def dated(part: Rows) -> Rows:
        start = next(first)
        return [{**row, "day": str(20_000 + (start + place) // rows_a_day)} for place, row in enumerate(part)]

    rewrite(folder, dated)
    return folder


def days(rows: Rows) -> list[int]:
    return [int(row["day"]) for row in rows]


def test_of_a_split_by_time_an_earlier_stretch_is_hidden_and_later_rows_are_left_out(small: Path, secret: Path) -> None:
    train, test, hidden = whole(in_time(small))
    label = {(row["income"], row["age"], row["day"]): row["paid"] for row in (*train, *hidden)}
    done = reseed(small, "--seed-file", secret)
    after = whole(small)
    assert max(days(after[0])) < min(days(after[1])) <= max(days(after[1])) < min(days(after[2]))
    assert [days(rows) for rows in after] == [sorted(days(rows)) for rows in after]
    assert [len(rows) for rows in after[1:]] == pytest.approx([len(test), len(hidden)], abs=4)
    assert 300 <= len(after[0]) < 450
    moved = max(days(hidden)) - max(days(after[2]))
    assert 0.2 <= moved / len(set(days(hidden))) <= 0.5
    assert all(row["paid"] == label[row["income"], row["age"], row["day"]] for row in (*after[0], *after[2]))
    assert not {row["day"] for row in test} & {row["day"] for row in (*after[0], *after[1])}
    names = [row["customer"] for row in (*train, *test, *hidden)]
    assert not set(names) & {row["customer"] for rows in after for row in rows}
    assert [row["customer"] for row in read(small / "data/public/sample_submission.csv")] == [
        row["customer"] for row in after[1]
    ]
    assert f"{len(after[0])} training rows (600 before)" in done.output
    assert "later rows are left out" in (small / "SOURCE.md").read_text()
    assert [item.id for item in check_folder(small)[1] if item.status == "defect"] == []


def test_how_far_a_stretch_of_time_is_moved_is_drawn_from_the_secret(small: Path, tmp_path: Path) -> None:
    in_time(small, rows_a_day=1)

    def last_day(name: str, variable: str) -> int:
        reseed(small, "--output", tmp_path / name, variable=variable)
        return max(days(whole(tmp_path / name / "small")[0]))

    assert last_day("one", SECRET) == last_day("same", SECRET) != last_day("other", SECRET + "!")


def test_a_stretch_of_time_is_not_moved_where_hardly_a_training_row_would_be_left(small: Path, secret: Path) -> None:
    in_time(small)
    train, _, _ = whole(small)
    write(small / "data/public/train.csv", train[:120])
    assert "too few rows are earlier" in refusal(small, "--seed-file", secret)


def test_what_cannot_be_drawn_again_is_refused_with_the_reason_and_left_as_it_was(small: Path, secret: Path) -> None:
    settle(small, '[split]\nby = "class"\nseed = 1\n', "")
    assert "[split]" in refusal(small, "--seed-file", secret)


def test_a_seed_that_could_be_guessed_or_found_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("1234")
    assert "guessed" in refusal(small, "--seed-file", tmp_path / "short")
    (small / "secret").write_text(SECRET)
    assert "folder" in refusal(small, "--seed-file", small / "secret")
    assert "cannot be read" in refusal(small, "--seed-file", tmp_path / "none")
