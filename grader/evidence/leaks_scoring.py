"""Evaluations that cannot say how a model does on new rows: on its training rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.evidence.catalog import role_of
from grader.evidence.evaluations import cut_anew, is_held_out, is_part, trained_on_test, was_set_aside
from grader.evidence.networks import is_network
from grader.evidence.rows import RowSets, covered
from grader.evidence.values import Event
from grader.model import LeakageFact

_SUPERVISED = {"estimator", "network", "statistical", "pipeline", "search"}


@dataclass(frozen=True)
class Scored:
    """What is scored on rows that it was not fitted on, by type, and what is scored of which no fit is known."""

    types: frozenset[str]
    unknown: tuple[Event, ...]

    def beside(self, event: Event) -> str:
        """Return in words whether what an event scores is scored on other rows too, "" where that is not known."""
        if event.model is not None and event.model.type in self.types:
            return "; a score on other rows stands beside it"
        fitted = event.fitted
        return "" if any(not covered(other.rows, fitted) for other in self.unknown) else ", and on no others"


def scored_in(events: Sequence[Event]) -> Scored:
    """Return what is scored beside the rows of its fit."""
    scored = (event for event in events if event.kind == "cross_validate" or is_held_out(event))
    unknown = (event for event in events if event.kind == "evaluate" and event.fit is None)
    return Scored(frozenset(event.model.type for event in scored if event.model is not None), tuple(unknown))


def scored_on_training_data(events: list[Event], work: Scored) -> Iterator[LeakageFact]:
    """Yield evaluations on the very rows of the fit, and say whether the model was scored on others as well, here or
    elsewhere in the work.
    """
    own = scored_in(events)
    scored = Scored(own.types | work.types, (*own.unknown, *work.unknown))
    for event in events:
        if event.kind != "evaluate" or not is_of_predictor(event) or event.fit is None or _is_while_learning(event):
            continue
        on_test = trained_on_test(event.fit.rows, event.rows) or was_set_aside(event, events)
        if _knows(event.fit.rows, event.rows) and not on_test and not cut_anew(event, event.fit):
            yield LeakageFact(
                kind="scored_on_training_data",
                message=f"The model is scored on rows it was fitted on{scored.beside(event)}.",
                spans=(event.fit.span, event.span),
            )


def _is_while_learning(event: Event) -> bool:
    """Tell whether a network is asked in the very loop that it learns in: a running loss is no result."""
    around = {loop.place for loop in event.fit.loops} if event.fit else set()
    return is_network(event.model) and any(loop.place in around for loop in event.loops)


def _knows(fitted: RowSets, scored: RowSets) -> bool:
    """Tell whether rows that are scored are those of the fit, or hold them among others, or begin as they do."""
    if covered(scored, fitted):
        return True
    if covered(fitted, scored):
        return not is_part(scored)
    pairs = ((one, other) for one in scored for other in fitted if one.origin == other.origin)
    return any(one.steps[:-1] == other.steps[:-1] and one.is_start and other.is_start for one, other in pairs)


def is_of_predictor(event: Event) -> bool:
    """Tell whether an event is about a model that learned answers."""
    if event.model is None or event.fit is None:
        return False
    role = role_of(event.model.type)  # "" for a class of a library that is not modelled
    if role == "statistical" or event.model.type.startswith("prophet."):  # the answers are among the rows of the fit
        return True
    return event.fit.target is not None and (role in _SUPERVISED or not role)
