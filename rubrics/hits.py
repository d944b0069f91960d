"""Networks whose hits are counted by hand on the same held-out rows: a measure that is taken of them alike."""

from __future__ import annotations

from collections.abc import Iterator

from grader import Call, Evidence, FunctionFact, Span
from rubrics.code_text import begins_in
from rubrics.live import live_matches, numbered_loops
from rubrics.models import family
from rubrics.networks import HELD_OUT_LOOP, HELD_OUT_ROWS, HITS, networks
from rubrics.reached import last, live_calls, reached_functions

Rows = tuple[str, ...]
_MOST = 100


def hits_alike(evidence: Evidence) -> list[Call]:
    """Return the calls by which several kinds of network are asked where their hits on the same rows are counted: in
    loops over these, or by one function that is given one network after the other.
    """
    if len({family(call) for call in networks(evidence)}) < 2:
        return []
    found: dict[Rows, dict[str, Call]] = {}
    for place, _ in live_matches(evidence, HITS, most=_MOST):
        for rows, network, asked in (*_in_loop(evidence, place), *_by_function(evidence, place)):
            found.setdefault(rows, {}).setdefault(family(network), asked)
    return next((list(asked.values()) for asked in found.values() if len(asked) > 1), [])


def _in_loop(evidence: Evidence, hits: Span) -> Iterator[tuple[Rows, Call, Call]]:
    """Yield the rows that a loop around goes over, and the networks that are asked in it, each with its question."""
    loops = ((number, HELD_OUT_LOOP.search(line)) for number, line in numbered_loops(evidence, hits))
    first, over = next(((number, loop) for number, loop in loops if loop), (0, None))
    if over is None:
        return
    body = hits.model_copy(update={"line": first})
    for call in live_calls(evidence):
        if begins_in(call.span, body) and (network := _held(evidence, call.name, call)):
            yield (hits.path, "in", over[1].split()[-1]), network, call


def _by_function(evidence: Evidence, hits: Span) -> Iterator[tuple[Rows, Call, Call]]:
    """Yield what a function around is given beside a network, with the network and the call."""
    around = [fact for fact in reached_functions(evidence) if begins_in(hits, fact.span)]
    for call in live_calls(evidence) if around else ():
        if any(_calls(call, fact) for fact in around):
            given = [(text, _held(evidence, text, call)) for text in (*call.positional, *call.keywords.values())]
            rest = tuple(text for text, network in given if network is None)
            if not any(HELD_OUT_ROWS.search(text) for text in rest):
                continue  # its hits on the rows of the fit measure nothing
            yield from (((last(call.name), *rest), network, call) for _, network in given if network is not None)


def _calls(call: Call, fact: FunctionFact) -> bool:
    return last(call.name) == last(fact.name)


def _held(evidence: Evidence, name: str, asked: Call) -> Call | None:
    """Return the network that a variable holds where something is asked, None where it holds another thing."""
    made = [call for call in networks(evidence) if call.span.path == asked.span.path and name in call.assigned]
    return next((call for call in reversed(made) if call.order < asked.order), None)
