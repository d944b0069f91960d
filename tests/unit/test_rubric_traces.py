"""What the run says of its rows beside what the code says: it adds a count, or asks for a person, and never decides."""

from __future__ import annotations

import itertools

import pytest
from rubric_evidence import finding, leaking, work

from grader.model import Evidence, Span, TraceFacts, Witness

NAME = "data_preparation.preprocessing_leakage"
CLEAN = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv('train.csv')
X, y = df.drop(columns='y'), df['y']
A, B, a, b = train_test_split(X, y)
scaler = StandardScaler().fit(A)
model = LogisticRegression().fit(scaler.transform(A), a)
print(model.score(scaler.transform(B), b))
"""
PLACE = Span(path="train.py", line=9, end_line=9, text="scaler = StandardScaler().fit(A)")
AGREEMENTS = ("agree", "code_only", "run_only", "differ")


def saying(evidence: Evidence, *agreements: str, kind: str = "preprocessing", note: str = "") -> Evidence:
    """Return the evidence with traces that say so."""
    told = [{"kind": kind, "agreement": one, "sentence": f"It is {one}.", "spans": (PLACE,)} for one in agreements]
    witnesses = tuple(Witness.model_validate(one) for one in told)
    return evidence.model_copy(update={"traces": TraceFacts(events=9, witnesses=witnesses, note=note)})


def test_a_run_that_agrees_adds_its_count_to_the_reason() -> None:
    found = finding(NAME, saying(leaking("preprocessing", CLEAN), "agree"))
    assert (found.verdict, found.reason) == (
        "not_met",
        "Rows were seen twice. The run's own traces (self-reported) agree: It is agree.",
    )


def test_a_run_that_differs_is_told_and_the_code_decides() -> None:
    found = finding(NAME, saying(leaking("preprocessing", CLEAN), "differ"))
    assert found.verdict == "not_met"
    assert found.reason.endswith("(self-reported) differ; the code decides: It is differ.")


def test_rows_that_only_the_run_counted_are_for_a_person_with_their_place() -> None:
    assert finding(NAME, work(CLEAN)).verdict == "met"
    found = finding(NAME, saying(work(CLEAN), "run_only"))
    assert (found.verdict, found.evidence) == ("needs_human", (PLACE,))
    assert "No leak was seen in the code. The run's own traces (self-reported) count otherwise" in found.reason
    assert finding(NAME, saying(work(CLEAN), "run_only", kind="overlap")).verdict == "met", "each kind by itself"


@pytest.mark.parametrize("count", range(4))
def test_no_traces_clear_or_accuse_anybody(count: int) -> None:
    """Whatever a submission forges: what was found stays found, and what was not is never called found."""
    found, clean, empty = leaking("preprocessing", CLEAN), work(CLEAN), work("def f(X):\n    pass\n")
    for agreements in itertools.product(AGREEMENTS, repeat=count):
        for kind in ("preprocessing", "overlap", "multi_test", "scored_on_training_data"):
            leaky = saying(found, *agreements, kind=kind)
            assert finding(NAME, leaky).verdict == "not_met"
            assert finding(NAME, saying(clean, *agreements, kind=kind)).verdict in ("met", "needs_human")
            unseen = saying(empty, *agreements, kind=kind)
            assert finding(NAME, unseen).verdict == "not_applicable"


@pytest.mark.parametrize("note", ["", "The run left no traces.", "They were set aside."])
def test_clean_or_absent_traces_change_no_verdict_and_no_word(note: str) -> None:
    for evidence in (leaking("preprocessing", CLEAN), work(CLEAN), work("print(1)")):
        bare = finding(NAME, evidence)
        assert finding(NAME, saying(evidence, note=note)) == bare
        assert finding(NAME, saying(evidence, "code_only", note=note)) == bare
