from calibration_rubric import calibration

from grader import Call, CodeFacts, Evidence, Span


def evidence_of(*names: str) -> Evidence:
    calls = [Call(name=name, kind="other", span=Span(path="model.py", line=n)) for n, name in enumerate(names, 1)]
    return Evidence(code=CodeFacts(calls=tuple(calls)))


def test_unchecked_probabilities_are_pointed_at() -> None:
    found = calibration(evidence_of("model.fit", "model.predict_proba"))
    assert (found.verdict, found.evidence[0].line) == ("not_met", 2)


def test_checked_probabilities_are_met() -> None:
    assert calibration(evidence_of("model.predict_proba", "sklearn.calibration.calibration_curve")).verdict == "met"
