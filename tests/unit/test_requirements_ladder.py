"""In which order requirements are tried."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.model import Requirement, Wanted
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.ladder import Attempt, Ladder, own_names
from grader.sandbox.upload_dates import upload_dates

DATE = "2023-05-01T10:00:00+00:00"
OWN = frozenset({"ipykernel", "pyzmq"})


def asks(*lines: str, newest: str | None = DATE) -> Wanted:
    listed = [
        Requirement(
            name=line.split("=")[0].rstrip("<>"),
            asked=line,
            relaxed=line.split("=")[0].rstrip("<>"),
            pinned="==" in line,
            path="requirements.txt",
            line=number,
        )
        for number, line in enumerate(lines, start=1)
    ]
    return Wanted(requirements=tuple(listed), newest=newest)


def attempts(wanted: Wanted, *blamed: str) -> list[Attempt]:
    """Climb to the end, each failure blaming the next of `blamed`."""
    guilty = iter(blamed)
    return list(Ladder(wanted, OWN).attempts(lambda: frozenset({next(guilty, "")})))


def rungs(wanted: Wanted) -> list[tuple[str, tuple[str, ...], str | None]]:
    return [(attempt.rung, attempt.lines, attempt.as_of) for attempt in attempts(wanted)]


def test_pins_are_tried_as_written_then_as_of_the_date_then_without_versions() -> None:
    lines = ("pandas==1.5.3", "numpy")
    assert rungs(asks(*lines)) == [
        ("exact", lines, None),
        ("as_of", lines, DATE),
        ("relaxed", ("pandas", "numpy"), None),
    ]


def test_what_pins_nothing_is_tried_as_of_the_date_first() -> None:
    assert [rung for rung, _, _ in rungs(asks("pandas>=1", "numpy"))] == ["as_of", "exact", "relaxed"]


def test_only_the_versions_that_cannot_be_had_are_dropped_before_all_are() -> None:
    found = attempts(asks("a==1", "b==2", "c==3", "d>=4"), "a", "d", "nothing")
    assert [(attempt.lines, attempt.freed) for attempt in found[2:]] == [
        (("a", "b==2", "c==3", "d>=4"), ("a",)),
        (("a", "b==2", "c==3", "d"), ("a", "d")),
        (("a", "b", "c", "d"), ()),
    ]


def test_there_is_nothing_to_relax_in_bare_names() -> None:
    assert [rung for rung, _, _ in rungs(asks("pandas"))] == ["as_of", "exact"]


def test_without_a_date_nothing_is_tried_as_of_one() -> None:
    assert [rung for rung, _, _ in rungs(asks("pandas==1", newest=None))] == ["exact", "relaxed"]


def test_a_work_that_asks_for_nothing_gets_the_base_environment() -> None:
    assert rungs(asks()) == []


def test_the_machinery_of_notebooks_is_never_held_to_the_works_versions() -> None:
    assert rungs(asks("pyzmq==22.3", "pandas==1"))[0] == ("exact", ("pyzmq", "pandas==1"), None)


def test_the_sandboxs_own_packages_are_known_from_the_lock() -> None:
    own = own_names(sandbox_asset("requirements.lock").read_text())
    assert {"ipykernel", "nbclient", "jupyter-client", "jupyter-core", "pyzmq", "tornado", "traitlets"} <= own
    assert own.isdisjoint({"numpy", "pandas", "scikit-learn", "matplotlib"})


def test_what_is_not_pinned_is_as_old_as_the_newest_pin() -> None:
    wanted = asks("pandas==1.5.3", "catboost==1.2.5", "pyzmq==22", "numpy")
    exact, dated, relaxed = attempts(wanted)
    ladder = Ladder(wanted, OWN)
    uploaded = {"pandas": datetime(2023, 1, 19, tzinfo=UTC), "catboost": datetime(2024, 4, 18, 9, tzinfo=UTC)}
    uploaded |= dict.fromkeys(("numpy", "pyzmq"), datetime(2026, 1, 1, tzinfo=UTC))
    found = ladder.as_of_its_pins(exact, uploaded)
    assert found is not None
    assert (found.rung, found.lines, found.as_of) == ("exact", exact.lines, "2024-04-19T09:00:00+00:00")
    assert ladder.as_of_its_pins(exact, {}) is None
    assert ladder.as_of_its_pins(dated, uploaded) is None
    assert ladder.as_of_its_pins(relaxed, uploaded) is None


def test_a_version_was_published_with_its_first_wheel() -> None:
    text = """
    [[packages]]
    name = "alpha"
    wheels = [{ upload-time = 2024-04-20T00:00:00Z }, { upload-time = 2024-04-18T00:00:00Z }, { size = 3 }]
    [[packages]]
    name = "undated"
    wheels = [{ size = 3 }]
    """
    assert upload_dates(text) == {"alpha": datetime(2024, 4, 18, tzinfo=UTC)}


@pytest.mark.parametrize("text", ["[", "packages = 3", "packages = [1, { wheels = 2 }]", "", "[" * 5000])
def test_times_that_cannot_be_read_are_none(text: str) -> None:
    assert upload_dates(text) == {}
