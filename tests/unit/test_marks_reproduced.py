"""`metric.reproduced`: every mark that the settings state is printed by reference.py, or is named with what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_assignment import make_small, settle, without, write
from small_rounds import make as make_rounds
from small_stream import make_stream
from test_assignment_check import others, proof_of

from grader.assignment import load_assignment
from grader.authoring.checks_reference import agree, compared
from grader.authoring.printed_settings import printed_settings, with_marks
from grader.authoring.result import Finding

PRINTED = "iid      baseline 0.60\niid      reference 0.87\nshifted  baseline 0.5512, reference 0.8702\n"
SUITE = '[[suites]]\nname = "shifted"\nlaw = "Customers of another year."\nfeatures = "shifted.csv"\n'
MARKS = 'labels = "shifted_labels.csv"\nbaseline = 0.5512  # of a constant\nreference = 0.8702\n\n[split]'


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a sound assignment with a second suite that has marks of its own."""
    folder = make_small(tmp_path / "small")
    rows = others(400)
    write(folder / "data/hidden/shifted.csv", without(rows, "paid"))
    write(folder / "data/hidden/shifted_labels.csv", [{"customer": r["customer"], "paid": r["paid"]} for r in rows])
    settle(folder, "[split]", SUITE + MARKS)
    return folder


def found(folder: Path, printed: str) -> Finding:
    """Return what is found where reference.py prints this."""
    settings = (folder / "assignment.toml").read_text()
    return compared(load_assignment(folder), settings, printed_settings(printed))


def test_marks_of_every_suite_that_are_printed_pass(small: Path) -> None:
    finding = found(small, PRINTED)
    assert finding.status == "ok"
    assert "baseline 0.60, reference 0.87, shifted baseline 0.5512, shifted reference 0.8702" in finding.what


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("iid      baseline 0.60", "iid baseline 0.5", "baseline is 0.60, it prints 0.5 (0.10 less)"),
        ("iid      reference 0.87", "reference 0.8812", "reference is 0.87, it prints 0.8812 (0.0112 more)"),
        ("baseline 0.5512,", "baseline 0.5612,", "shifted baseline is 0.5512, it prints 0.5612 (0.0100 more)"),
        (", reference 0.8702", " reference 0.60", "shifted reference is 0.8702, it prints 0.60 (0.2702 less)"),
    ],
)
def test_a_mark_that_is_printed_otherwise_is_named_with_the_difference(
    small: Path, old: str, new: str, says: str
) -> None:
    assert old in PRINTED
    finding = found(small, PRINTED.replace(old, new))
    assert finding.status == "defect"
    assert finding.what == says
    assert "assignment.toml" in finding.where
    assert "reference.py" in finding.mend


def test_the_right_number_in_the_wrong_suite_proves_nothing(small: Path) -> None:
    swapped = PRINTED.replace("shifted  baseline 0.5512", "shifted baseline 0.60")
    assert found(small, swapped).what.startswith("shifted baseline is 0.5512, it prints 0.60")


def test_a_mark_of_a_suite_that_is_not_printed_is_a_defect(small: Path) -> None:
    finding = found(small, "baseline 0.60\nreference 0.87\nshifted baseline 0.5512\n")
    assert finding.status == "defect"
    assert "`shifted reference 0.8702`" in finding.what
    assert "`shifted reference NUMBER`" in finding.mend


SLICE = '[[slices]]\nname = "first year, new"\ncolumn = "age"\nleast = -9\nbaseline = 0.55\nreference = 0.75\n\n'
STRESS = "[stress]\nrepeat = true\nmessy_rows = 10\nkinds = ['missing']\nbaseline = 0.58\nreference = 0.81\n\n"
OF_PARTS = "slice first year, new baseline 0.55 reference 0.75\nmessy baseline 0.58\nmessy reference 0.81\n"


def test_marks_of_a_subgroup_and_of_messy_rows_are_proven_like_a_suites(small: Path) -> None:
    settle(small, "[split]", f"{SLICE}{STRESS}[split]")
    finding = found(small, PRINTED + OF_PARTS)
    assert finding.status == "ok"
    assert "messy baseline 0.58, messy reference 0.81, slice first year, new baseline 0.55" in finding.what
    other = found(small, PRINTED + OF_PARTS.replace("0.75", "0.85"))
    assert other.what == "slice first year, new reference is 0.75, it prints 0.85 (0.10 more)"
    assert found(small, PRINTED + OF_PARTS.replace("messy baseline 0.58\n", "")).status == "defect"


def test_a_fresh_draw_puts_the_marks_of_subgroups_and_messy_rows_into_the_settings() -> None:
    text = f"[metric]\nbaseline = 0.6\nreference = 0.8\n\n{SLICE}{STRESS}"
    new = with_marks(
        text, printed_settings("baseline 0.6 reference 0.8\n" + OF_PARTS.replace("0.75", "0.7").replace("0.81", "0.8"))
    )
    assert new == text.replace("0.75", "0.7").replace("0.81", "0.8")


def test_a_suite_without_marks_of_its_own_is_held_against_the_metrics(small: Path) -> None:
    settle(small, "baseline = 0.5512  # of a constant\nreference = 0.8702\n", "")
    assert found(small, "baseline 0.60\nreference 0.87\n").status == "ok"
    finding = found(small, PRINTED)
    assert finding.status == "defect"
    assert finding.what.startswith("shifted baseline is 0.6, it prints 0.5512")


def test_the_marks_of_further_tables_and_the_fill_are_proven_and_measures_said_not_to_be(tmp_path: Path) -> None:
    folder = make_stream(tmp_path / "stream")
    settle(folder, 'labels = "batches.csv"\n', 'labels = "batches.csv"\nbaseline = 0.55\n')
    printed = "baseline 4, reference 0\nfill 5\ndrift: baseline 0.55, reference 1.0000\n"
    finding = found(folder, printed)
    assert finding.status == "ok"
    assert "drift baseline 0.55" in finding.what
    assert finding.what.endswith("not proven, being what the author asks of time and memory: time")
    assert found(folder, printed.replace("0.55", "0.65")).what == "drift baseline is 0.55, it prints 0.65 (0.10 more)"
    assert "drift reference is 1" in found(folder, printed.replace("1.0000", "0.9300")).what  # by default
    assert found(folder, printed.replace("fill 5", "fill 6")).what == "fill is 5, it prints 6 (1 more)"
    unproven = found(folder, printed.replace("fill 5\n", ""))
    assert (unproven.status, "`fill 5`" in unproven.what) == ("warning", True)


def test_the_scale_is_proven_too(tmp_path: Path) -> None:
    folder = make_rounds(tmp_path)
    printed = "scale 2.0\nbaseline 1.0\nreference 0.2\n"
    assert found(folder, printed).status == "ok"
    assert found(folder, printed.replace("scale 2.0", "scale 2.5")).what == "scale is 2.0, it prints 2.5 (0.5 more)"
    unproven = found(folder, printed.replace("scale", "scaled by"))
    assert (unproven.status, "`scale 2.0`" in unproven.what) == ("warning", True)


def test_the_marks_of_a_messy_round_are_proven_its_own_or_the_metrics(tmp_path: Path) -> None:
    folder = make_rounds(tmp_path)
    settle(folder, "[[suites]]", '[rounds.messy]\ncutoff = "2024-03-24"\n[[suites]]')
    printed = "scale 2.0\nbaseline 1.0\nreference 0.2\n"
    assert found(folder, printed).status == "ok"
    assert found(folder, f"{printed}messy baseline 1.25").what == "messy baseline is 1.0, it prints 1.25 (0.25 more)"
    settle(folder, 'cutoff = "2024-03-24"', 'cutoff = "2024-03-24"\nbaseline = 1.25\nreference = 0.3')
    assert "`messy baseline 1.25` and `messy reference 0.3`" in found(folder, printed).what
    assert found(folder, f"{printed}messy baseline 1.25\nmessy reference 0.3").status == "ok"


@pytest.mark.parametrize(
    ("stated", "printed", "is_one"),
    [
        ("0.60", "0.6000", True),
        ("0.831", "0.8310", True),
        ("0.831", "0.83149", True),
        ("0.8310", "0.8311", True),
        ("0.8310", "0.8313", False),
        ("0.831", "0.84", False),
        ("1", "0.97", False),
        ("0.60", "0.6012", False),
        ("12346", "12345.61", True),
        ("0", "0.0004", False),
        ("0.0005", "0.0005", True),
    ],
)
def test_a_number_is_proven_to_as_many_digits_as_are_written_and_at_least_three(
    stated: str, printed: str, is_one: bool
) -> None:
    assert agree(stated, printed) == is_one


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_the_command_runs_the_script_and_names_the_suite_whose_mark_differs(small: Path) -> None:
    code = (small / "reference.py").read_text()
    (small / "reference.py").write_text(code + 'print("shifted baseline 0.5512")\nprint("shifted reference 0.7702")\n')
    status, checks = proof_of(small, "--sandbox", "bubblewrap")
    assert status == 2
    assert checks["metric.reproduced"]["status"] == "defect"
    assert "shifted reference is 0.8702, it prints 0.7702" in checks["metric.reproduced"]["what"]
