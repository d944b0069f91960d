"""No text that a work may hold keeps a criterion of these dimensions busy."""

from __future__ import annotations

import time

import pytest
from rubric_evidence import CRITERIA, finding

from grader.model import Call, CodeFacts, Document, Evidence, Source, Span

JUDGED = [
    name for name, item in CRITERIA.items() if item.dimension in ("data_preparation", "model_choice", "evaluation")
]
SIZE = 300_000
TEXTS = {
    "blank lines": "\n" * SIZE,
    "open brackets": "a[" * SIZE,
    "open calls": "predict_proba(" * (SIZE // 10),
    "one name": "a" * SIZE,
    "loops": "for a in b " * (SIZE // 10),
    "assignments": "a = b\n" * (SIZE // 10),
    "differences": "a = b - " * (SIZE // 10),
    "blanks": " " * SIZE + "x",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_made_to_be_slow_is_judged_in_time(text: str) -> None:
    span = Span(path="a.py", line=1, end_line=1, text=text[:500])
    names = ("sklearn.metrics.roc_auc_score", "pandas.read_csv", "sklearn.svm.SVC", ".fit", ".predict_proba")
    kinds = ("score", "load", "other", "fit", "predict")
    calls = tuple(
        Call.model_validate(
            {"name": name, "kind": kind, "span": span, "receiver": "a", "positional": (text[:200],) * 3}
        )
        for name, kind in zip(names, kinds, strict=True)
    )
    code = CodeFacts(
        sources=(Source(path="a.py", text=text, lines=text.count("\n") + 1),),
        calls=calls * 40,
        documents=(Document(path="README.md", kind="readme", text=text[:40_000], words=1),),
    )
    begin = time.process_time()  # of this process: how busy the machine is says nothing
    for name in JUDGED:
        finding(name, Evidence(code=code))
    assert time.process_time() - begin < 15
