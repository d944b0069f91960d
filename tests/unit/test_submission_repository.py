"""The example of a candidate's repository is what `grader assignment pack` gives candidates, and a work in it."""

from __future__ import annotations

import pytest
from submission_repository import CHURN, EXAMPLE, action_of, given_by

from grader.assignment import load_assignment
from grader.assignment.handout import BRIEF
from grader.assignment.workflow import HAND_IN, WORKFLOW
from grader.authoring.pack import packet_files
from grader.sandbox import package_list

CANDIDATES_OWN = {BRIEF, "predict.py", "requirements.txt", "src", "tests"}
AGAIN = "make the packet again by the command in examples/README.md, and copy this file"


PACKAGES = (EXAMPLE / "packages.txt").read_text()  # of the Python that it was made by
PACKET = packet_files(load_assignment(CHURN), PACKAGES, action_of("hand-in.yml"), given_by("hand-in.yml")["server"])
KEPT = sorted(name for name in PACKET if name != BRIEF and not name.startswith("data/"))


@pytest.mark.parametrize("name", KEPT)
def test_each_file_of_the_packet_is_as_pack_writes_it(name: str) -> None:
    assert (EXAMPLE / name).read_bytes() == PACKET[name], AGAIN


def test_beside_them_lies_the_candidates_work_and_nothing_else() -> None:
    found = {path.relative_to(EXAMPLE) for path in EXAMPLE.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    own = {path for path in found if path.as_posix() not in KEPT}
    assert {path.parts[0] for path in own} == CANDIDATES_OWN
    assert {WORKFLOW, HAND_IN} <= set(KEPT)


def test_its_list_of_packages_is_that_of_the_sandbox() -> None:
    here = package_list("packages.txt")
    if here.splitlines()[0] == PACKAGES.splitlines()[0]:  # else another Python's, to which other versions are locked
        assert here == PACKAGES, AGAIN
