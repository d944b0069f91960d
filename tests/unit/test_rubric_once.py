"""What is worked out once for each work is the same as without, whichever works are asked about in turn."""

from __future__ import annotations

from grader.model import Evidence
from rubrics.once import once_a_work


def test_a_fact_is_worked_out_once_for_each_work_and_anew_for_the_next() -> None:
    asked: list[bool] = []

    @once_a_work
    def has_hidden_data(evidence: Evidence) -> bool:
        asked.append(evidence.has_hidden_data)
        return evidence.has_hidden_data

    one, other = Evidence(has_hidden_data=True), Evidence()
    assert [has_hidden_data(work) for work in (one, one, other, other, one)] == [True, True, False, False, True]
    assert asked == [True, False, True]
