"""Rows, orders and numbers that a work draws by itself: samples, shuffled orders, masks of random numbers.

Rows that are sampled with a seed of their own count where they are kept. Other draws count where a model learns from
what was drawn, or answers with it: a look at five rows, or the jitter of a plot, changes no result.
"""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import last, live_calls
from rubrics.following import fitted_on
from rubrics.once import once_a_work
from rubrics.seeds import OF_NUMPY, OF_PYTHON, has_seed, is_seeded_by

_DRAWS = frozenset(
    ("beta", "binomial", "choice", "choices", "exponential", "gamma", "gauss", "integers", "lognormal",
     "multivariate_normal", "normal", "normalvariate", "permutation", "permuted", "poisson", "rand", "randint", "randn",
     "random", "random_integers", "random_sample", "randrange", "sample", "shuffle", "standard_normal", "uniform")
)  # fmt: skip
_GENERATORS = frozenset(("numpy.random.default_rng", "numpy.random.RandomState", "random.Random"))
_OF_ROWS = re.compile(r"^pandas\.\w+\.sample$|^\.sample$")
_OF_NUMBERS = re.compile(r"^(?:numpy\.random|random|random\.Random)\.(\w+)$")
_TOLD = frozenset(("frac", "random_state"))
_ANSWER = re.compile(r"^\s*return\b")
_MOST_FOLLOWED = 4


@once_a_work
def drawn_by_hand(evidence: Evidence) -> tuple[tuple[Call, bool], ...]:
    """Return the live calls by which rows or numbers are drawn for a model, each with whether it gets a seed."""
    draws = [(call, _own_seed(evidence, call)) for call in live_calls(evidence) if _is_draw(call)]
    kept = [call for call, own in draws if own and call.assigned and _OF_ROWS.match(call.name)]
    others = [(call, _for_all(evidence, call) if own is None else own) for call, own in draws if call not in kept]
    seeded = [call for call, has in others if has]
    kept += seeded if _leads_to_a_model(evidence, seeded) else []
    bare = [call for call, has in others if not has]
    return (*((call, True) for call in kept), *((call, False) for call in _leading(evidence, bare)))


def _leading(evidence: Evidence, draws: list[Call]) -> list[Call]:
    """Return the draws that lead to a model: of many, the first that do."""
    if not _leads_to_a_model(evidence, draws):
        return []
    places = {(call.span.path, call.assigned or call.positional[:1]): call for call in reversed(draws)}
    followed = [*places.values()][::-1][:_MOST_FOLLOWED]
    led = {place for place, call in places.items() if call in followed and _leads_to_a_model(evidence, [call])}
    return [call for call in draws if (call.span.path, call.assigned or call.positional[:1]) in led]


def _leads_to_a_model(evidence: Evidence, draws: list[Call]) -> bool:
    return any(map(_answers, draws)) or bool(draws and fitted_on(evidence, [*map(_as_kept, draws)]))


def _is_draw(call: Call) -> bool:
    if _OF_ROWS.match(call.name):
        return call.name != ".sample" or bool(_TOLD.intersection(call.keywords))
    numbers = _OF_NUMBERS.match(call.name)
    return bool(numbers and numbers[1] in _DRAWS)


def _own_seed(evidence: Evidence, call: Call) -> bool | None:
    """Tell whether a draw has a seed of its own, None where it takes what is set for all; what is made elsewhere may
    have one.
    """
    if has_seed(call):
        return True
    if _OF_ROWS.match(call.name) or not call.receiver:
        return None
    made = [other for other in live_calls(evidence) if other.name in _GENERATORS and call.receiver in other.assigned]
    here = [other for other in made if other.span.path == call.span.path]
    return not here or any(other.positional[:1] not in ((), ("None",)) or has_seed(other) for other in here)


def _for_all(evidence: Evidence, call: Call) -> bool:
    return is_seeded_by(evidence, OF_PYTHON if call.name.startswith("random.") else OF_NUMPY)


def _as_kept(call: Call) -> Call:
    """Return a draw with what holds its result: to shuffle changes what it is given."""
    given = re.match(r"[A-Za-z_]\w*", call.positional[0]) if call.positional else None
    in_place = last(call.name) == "shuffle" and not call.assigned and given is not None
    return call.model_copy(update={"assigned": (given[0],)}) if in_place and given else call


def _answers(call: Call) -> bool:
    """Tell whether a function that predicts gives back what it draws."""
    return last(call.function).startswith("predict") and bool(_ANSWER.match(call.span.text))
