"""Questions about the choices that the code shows: the split, the estimator, the metric, the fill."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.model import Call, CallKind, CodeFacts, Question
from grader.scoring.places import place

MOST_CHARACTERS = 110
_ESTIMATOR = re.compile(
    r"(Classifier|Regressor|Regression|RegressionCV|SVC|SVR|NB|Ridge|RidgeCV|Lasso|LassoCV|ElasticNet|ElasticNetCV"
    r"|DiscriminantAnalysis|Perceptron|Prophet|ARIMA|SARIMAX|OLS|Logit|GLM)$"
)
_WRAPPER = re.compile(r"^(Dummy|Voting|Stacking|MultiOutput|OneVs|Calibrated|TransformedTarget)")
_PRINTED = re.compile(r"(classification_report|confusion_matrix|_display|_curve)$", re.IGNORECASE)


def choices_in(code: CodeFacts) -> list[Question]:
    """Return a question for each kind of choice that is seen, the most telling kind first; tests are not looked at."""
    calls = [call for call in code.calls if not _is_test(call)]
    return [asked for asked in (_estimator(calls), _split(calls), _metric(calls), _fill(calls)) if asked]


def _estimator(calls: Sequence[Call]) -> Question | None:
    """Ask about the estimator made last: of several, it is the one that was settled for."""
    made = [call for call in calls if _ESTIMATOR.search(_last(call)) and not _WRAPPER.match(_last(call))]
    if not made:
        return None
    chosen = made[-1]
    others = [name for name in dict.fromkeys(_last(call) for call in made) if name != _last(chosen)]
    against = f"over {', '.join(others[-2:])}" if others else "and nothing else"
    return _question(
        "The model that was chosen",
        chosen,
        f"The work settles for {_shown(chosen)}. What made you take it {against}, and at what result would you change?",
        "A figure for each on the same rows or folds, with its spread; what else differed, such as time or being "
        "explained; and the gain below which the simpler one is better.",
    )


def _split(calls: Sequence[Call]) -> Question | None:
    found = _first(calls, "split")
    if found is None:
        return None
    return _question(
        "The split",
        found,
        f"Rows are set apart by {_shown(found)}. What will differ between these rows and those of next month?",
        "How the rows came about: by time, by person, by class; which of these the split keeps apart; and what kind of "
        "optimism is left in it.",
    )


def _metric(calls: Sequence[Call]) -> Question | None:
    found = next((call for call in calls if call.kind == "score" and not _PRINTED.search(_last(call))), None)
    if found is None:
        return None
    return _question(
        "The metric",
        found,
        f"The result is measured by {_last(found)}. Which error hurts its user most, and does this show it?",
        "What either kind of error costs, what the metric averages over, a threshold or a second figure where "
        "decisions follow, and what a trivial rule would get.",
    )


def _fill(calls: Sequence[Call]) -> Question | None:
    found = _first(calls, "impute")
    if found is None:
        return None
    return _question(
        "Missing values",
        found,
        f"Missing values are filled by {_shown(found)}. Why are they missing, and what does this fill assume?",
        "A cause for each column concerned and how it was looked at; whether being missing tells something itself; and "
        "that the fill is learnt from training rows only.",
    )


def _question(topic: str, call: Call, ask: str, good: str) -> Question:
    return Question(topic=topic, question=f"{place(call.span)}: {ask}", good_answer=good, evidence=(call.span,))


def _first(calls: Sequence[Call], kind: CallKind) -> Call | None:
    return next((call for call in calls if call.kind == kind), None)


def _shown(call: Call) -> str:
    """Return the call with its settings, as the code has them, on one short line."""
    named = [f"{name}={value}" for name, value in sorted(call.keywords.items())]
    settings = " ".join(", ".join((*(call.positional if call.kind == "impute" else ()), *named)).split())
    text = f"{_last(call)}({settings})" if settings else _last(call)
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


def _last(call: Call) -> str:
    return call.name.rsplit(".", 1)[-1]


def _is_test(call: Call) -> bool:
    path = PurePosixPath(call.span.path)
    return (path.suffix == ".py" and path.name.startswith("test_")) or "tests" in path.parts[:-1]
