"""`grader assignment reseed`: other rows are hidden by the same rule, and the secret is nowhere to be found."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from small_assignment import Rows, make_small, rewrite, settle, told_apart, whole
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


def test_what_cannot_be_drawn_again_is_refused_with_the_reason_and_left_as_it_was(small: Path, secret: Path) -> None:
    settle(small, 'by = "class"\nseed = 1', 'by = "time"\ncolumn = "age"')
    assert "latest" in refusal(small, "--seed-file", secret)
    settle(small, '[split]\nby = "time"\ncolumn = "age"\n', "")
    assert "[split]" in refusal(small, "--seed-file", secret)


def test_a_seed_that_could_be_guessed_or_found_is_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("1234")
    assert "guessed" in refusal(small, "--seed-file", tmp_path / "short")
    (small / "secret").write_text(SECRET)
    assert "folder" in refusal(small, "--seed-file", small / "secret")
    assert "cannot be read" in refusal(small, "--seed-file", tmp_path / "none")
