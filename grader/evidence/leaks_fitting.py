"""What was fitted or computed on rows that are evaluated later."""

from __future__ import annotations

from collections.abc import Iterator

from grader.evidence.evaluations import class_name, how_asked, is_search
from grader.evidence.seen_before import encodes_target, only_copies, seen_before
from grader.evidence.significance import ANSWERS, PERMUTED, TESTS
from grader.evidence.values import Event, Taint
from grader.model import LeakageFact

_LEARNED = {  # what a step that is no estimator has computed
    "fillna": "the value that fills gaps",
    "arithmetic": "a statistic that values are scaled by",
    "qcut": "the edges of bins",
    "cut": "the edges of bins",
    "rank": "a rank",
    **dict.fromkeys(("corr", "corrwith"), "a correlation that columns are picked by"),
    PERMUTED: "an importance that columns are picked by",
    "scale": "the scale that values are put on",
    **dict.fromkeys(TESTS, "a test of significance that columns are picked by"),
}


def preprocessing(events: list[Event]) -> Iterator[LeakageFact]:
    """Yield each transformer or statistic that saw rows which are evaluated (or cross-validated) later."""
    found = seen_before(events, ("fit", "fill", "resample"))
    for event, taint, in_training in sorted(found, key=lambda one: not encodes_target(one[0], one[1].event)):
        if is_search(taint.event) or only_copies(taint.event):
            continue
        encodes = encodes_target(event, taint.event)
        what = "A statistic of the target by group (target encoding)" if encodes else _capital(_what(taint.event))
        which = "computed on the whole training part" if in_training else _on_which(taint)
        yield LeakageFact(
            kind="preprocessing",
            message=f"{what} was {which}, and some of these rows are {how_asked(event)} later.",
            spans=(taint.event.span, event.span),
            in_training=in_training,
        )


def _on_which(taint: Taint) -> str:
    again = any("test" in rows.parts() for rows in taint.rows)
    return "computed on the test part itself" if again else "computed on all rows"


def _what(event: Event) -> str:
    if event.model is not None and event.name.rpartition(".")[2] in ANSWERS:
        return f"a choice of columns by {class_name(event)}"
    if event.model is not None:
        return class_name(event)
    return _LEARNED.get(event.name.rpartition(".")[2], "a statistic that goes into a feature")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
