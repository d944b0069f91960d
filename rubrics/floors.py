"""Rules without a model that are scored as a floor, and dummies that nothing asks.

A rule is the same answer for every row, known by what it is; what is called a naive rule and is no model's prediction;
or what is made of columns alone and is scored as the model's predictions are, by the same measure on the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import Call, Evidence
from rubrics.averages import floors_by_hand
from rubrics.facts import last, live_calls
from rubrics.following import heads_of
from rubrics.live import live_matches
from rubrics.live_code import live_lines
from rubrics.models import family, is_dummy, models
from rubrics.once import once_a_work
from rubrics.results import LOOP_TARGETS, NAME, Name, predicted_names, values_given, values_put_in

# `np.ones_like(y)`, `np.full(n, y.mean())`, `[0] * len(y)`, `y.mode()`, the value of the day before
SAME = re.compile(r"\b(?:ones|zeros|full|repeat|tile)(?:_like)?\(|\]\s?\*\s?(?:len\(|\w+)|\.mode\(|\.shift\(")
CALLED = re.compile(r"(?i)\b(\w*(?:baseline|naive|majority|constant)\w*)\b")
_GIVEN = ("y_pred", "y_score", "y_prob", "y_proba")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OF_A_MODEL = re.compile(r"(?i)prob|pred|logit|output|hat\b|model")
_EMPTY = re.compile(r"\s*(?:\[\]|list\(\))\s*$")
_CALLS = re.compile(r"([A-Za-z_]\w*)\(")
# What a rule is put together from: comparisons, lookups and arithmetic on columns.
_OF_COLUMNS = frozenset(
    ("abs", "array", "asarray", "astype", "between", "clip", "contains", "eq", "fillna", "ge", "gt", "int", "isin",
     "le", "len", "lower", "lt", "map", "mean", "median", "ne", "notna", "isna", "replace", "round", "select", "sum",
     "to_numpy", "where")
)  # fmt: skip


def rules_scored(evidence: Evidence) -> list[Call]:
    """Return the calls that score a rule: a metric's, those of the work's own functions that compute one, and what
    averages the errors of a mean.
    """
    calls = [call for call in _scoring(evidence) if not _is_swapped(evidence, call)]
    found = [call for call in calls if any(_is_rule(evidence, call.span.path, text) for text in _said(call))]
    return [*found, *(call for call in _beside(evidence, calls) if call not in found), *floors_by_hand(evidence)]


def unasked(evidence: Evidence) -> list[Call]:
    """Return the dummies that are fitted and at most saved: nothing asks them, so nothing is compared with them."""
    return [call for call in models(evidence) if is_dummy(call) and call.assigned and not _is_asked(evidence, call)]


def _scoring(evidence: Evidence) -> list[Call]:
    """Return the calls of metrics, and those of own functions that give a metric what they are given."""
    scores, heads = live_calls(evidence, "score"), heads_of(evidence)
    helpers = {
        last(call.function)
        for call in scores
        if len(set(heads.get(last(call.function), ("", []))[1]).intersection(call.arguments)) > 1
    }
    return [*scores, *(call for call in live_calls(evidence) if call.name in helpers)]


def _said(call: Call) -> list[str]:
    """Return what a metric is given as the predictions, by place or by name."""
    others = call.positional[1:2] if call.kind == "score" else call.positional[1:]
    texts = [*others, *(call.keywords[name] for name in _GIVEN if name in call.keywords)]
    return [text for text in texts if NAME.search(_QUOTED.sub("", text))]


def _is_swapped(evidence: Evidence, call: Call) -> bool:
    """Tell whether a measure is given a model's predictions where the truth belongs: what stands second is no rule."""
    first = call.positional[0] if call.positional else ""
    return ".predict(" in first or (first.isidentifier() and _is_predicted(evidence, call.span.path, first))


def _is_rule(evidence: Evidence, path: str, text: str) -> bool:
    names = NAME.findall(text)
    if _is_predicted(evidence, path, text):
        return False
    same = bool(SAME.search(text)) or _floors(evidence).get((path, names[0] if names else ""), False)
    if same or not CALLED.search(_QUOTED.sub("", text)):
        return same
    # `majority = [vote(said) for said in zip(forest, boosted)]`: models' answers put to the vote are no rule
    made_of = values_given(evidence).get((path, names[0]), []) if names else []
    return not any(_is_predicted(evidence, path, value) for value in made_of)


def _is_predicted(evidence: Evidence, path: str, text: str) -> bool:
    return ".predict" in text or any((path, name) in predicted_names(evidence) for name in NAME.findall(text))


def _beside(evidence: Evidence, calls: list[Call]) -> Iterator[Call]:
    """Yield the calls that give a measure what is made of columns alone, where it is given predictions for the same
    rows elsewhere.
    """
    groups: dict[tuple[str, str, str], list[Call]] = {}
    for call in calls:
        if call.positional and _said(call):
            groups.setdefault((call.span.path, call.name, call.positional[0]), []).append(call)
    for (path, _, truth), alike in groups.items():
        models_own = [any(_is_predicted(evidence, path, text) for text in _said(call)) for call in alike]
        if any(models_own):
            rest = (call for call, own in zip(alike, models_own, strict=True) if not own)
            yield from (c for c in rest if all(_is_of_columns(evidence, path, text, truth) for text in _said(c)))


def _is_of_columns(evidence: Evidence, path: str, text: str, truth: str) -> bool:
    """Tell whether predictions are made of columns by a comparison, a lookup or arithmetic, the truth left out."""
    made = _made(evidence, path, text)
    known = {*NAME.findall(truth)}
    return bool(made) and all(
        _reads_columns(evidence, path, value) and known.isdisjoint(NAME.findall(value)) for value in made
    )


def _made(evidence: Evidence, path: str, text: str) -> list[str]:
    """Return the values that predictions are made of: what a name is given, or what is put into a list one by one."""
    given = values_given(evidence)
    made = given.get((path, text), [text] if "[" in text else [])
    if not any(_EMPTY.match(value) for value in made):
        return made
    put_in = values_put_in(evidence).get((path, text), [])
    one_by_one = [value for one in put_in for value in given.get((path, one.strip()), [one])]
    return [*(value for value in made if not _EMPTY.match(value)), *one_by_one]


def _reads_columns(evidence: Evidence, path: str, value: str) -> bool:
    """Tell whether nothing in a value may be a model's: no call of other kinds, no such name, nothing of a loop."""
    plain = _OF_COLUMNS.issuperset(_CALLS.findall(value)) and not _OF_A_MODEL.search(value)
    return plain and not any((path, name) in _looped(evidence) for name in NAME.findall(value))


@once_a_work
def _looped(evidence: Evidence) -> frozenset[Name]:
    """Return (file, variable) of what loops go over: results of several models, say."""
    found = live_matches(evidence, LOOP_TARGETS, most=1000)
    return frozenset((span.path, name) for span, text in found for name in NAME.findall(text))


@once_a_work
def _floors(evidence: Evidence) -> dict[Name, bool]:
    """Return (file, variable) of what is given the same answer for all rows, and nothing else."""
    values = values_given(evidence).items()
    return {name: all(SAME.search(one) and ".predict" not in one for one in given) for name, given in values}


def _is_asked(evidence: Evidence, dummy: Call) -> bool:
    """Tell whether a dummy may be asked: by name, or where it stands in what is no call that fits or saves it."""
    path, names = dummy.span.path, set(dummy.assigned)
    own = [call for call in live_calls(evidence) if call.span.path == path and call.function == dummy.function]
    touching = [call for call in own if names.intersection((call.receiver, *call.arguments, *call.assigned))]
    others = {family(call) for call in models(evidence)} - {family(dummy)}
    if not all(_leaves_it(call, names, others) for call in touching):
        return True
    known = {
        (c.span.path, c.span.cell, n) for c in touching for n in range(c.span.line or 0, (c.span.end_line or 0) + 1)
    }
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    lines = ((source.path, source.cell, number) for source, number, line in live_lines(evidence) if word.search(line))
    return any(line[0] == path and line not in known for line in lines)


def _leaves_it(call: Call, names: set[str], others: set[str]) -> bool:
    """Tell whether a call makes, fits or saves a dummy, or is made on another model of that name."""
    if call.kind in ("fit", "save") or is_dummy(call) or not others.isdisjoint(call.name.split(".")):
        return True
    bare = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b(?!\s*\.)")
    return call.receiver not in names and not any(map(bare.search, (*call.positional, *call.keywords.values())))
