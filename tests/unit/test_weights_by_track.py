"""What a track weighs where the assignment does not say, and that candidates are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_assignment import example

from grader.assignment import load_assignment
from grader.model import Assignment
from grader.model.weights import PARTS, REASONS, TRACKS, Track, shares_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "assignment.md").read_text()
SHIPPED = sorted(path.parent for path in ROOT.glob("assignments/*/assignment.toml"))


def assignment_of(track: Track, **weights: float) -> Assignment:
    return example(track=track, weights=weights)


@pytest.mark.parametrize("track", TRACKS)
def test_an_assignment_without_weights_weighs_as_its_track(track: Track) -> None:
    weights = assignment_of(track).weights
    assert {part: getattr(weights, part) for part in PARTS} == shares_of(track)
    assert sum(shares_of(track).values()) == 100


def test_a_weight_of_the_assignments_own_takes_the_place_of_the_tracks_alone() -> None:
    weights = assignment_of("mlops", model_choice=9).weights
    assert (weights.model_choice, weights.production_readiness) == (9, 28)


@pytest.mark.parametrize("track", TRACKS)
def test_the_page_gives_the_shares_and_the_reasons(track: Track) -> None:
    assert f"- `{track}`: {REASONS[track]}" in PAGE
    column = 1 + TRACKS.index(track)
    table = PAGE.partition("## Weights by track")[2].partition("\n- ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if re.match(r"\| .* \d+ \|$", line)]
    assert [float(row[column]) for row in rows] == list(shares_of(track).values())


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_brief_tells_candidates_every_share_and_the_time(folder: Path) -> None:
    assignment, brief = load_assignment(folder), (folder / "README.md").read_text()
    rows = re.findall(r"^\| (.+?) \| (\d+) \|", brief.partition("| part | share")[2], flags=re.MULTILINE)
    told = {words.partition(":")[0].replace(" ", "_"): float(share) for words, share in rows[1 : len(PARTS)]}
    assert {"hidden": float(rows[0][1]), **told} == {part: getattr(assignment.weights, part) for part in PARTS}
    assert f"{assignment.time_budget_hours:g} hours" in brief
    assert "ut of scope" in brief
    assert "why th" in brief.lower(), f"{folder.name}: the brief does not say why the shares are these"
