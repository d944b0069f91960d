"""Dated rows that are cut by hand in their order: by a date, or by their place after they were sorted by time."""

from __future__ import annotations

import re

from grader import Call, Evidence, FunctionFact, Span
from rubrics.facts import last, live_calls, named, reached_functions
from rubrics.live import before, live_matches

_MOST = 500
LEAST_LINES = 5
_PARTING = re.compile(r"(?i)split(?!.*(?:name|path|word|text|line|string|column))|hold_?out")
# `train = table.loc[dates < cutoff]`: the part, the table, what is compared, how, and with what
_BY_DATE = re.compile(r"^\s*(\w+)\s*=\s*([\w.]+?)(?:\.loc)?\[\s*(.{1,80}?)\s*(<=?|>=?)\s*([^<>=]{1,80}?)\s*[\],]")
_CUT = re.compile(r"^\s*(\w+)\s*=\s*\w+(?:\.loc)?\[.*[<>]")
# The same rows, whichever columns: `table.drop(columns=names)[:n]`, `table[names][:n]`
_COLUMNS = r"(?:\.drop\([^()]{1,80}\)|\[['\"\w]{1,40}\])?"
_FIRST = re.compile(rf"=\s*(\w+){_COLUMNS}(?:\.iloc)?(?:\[\s*:([^\],:]+)[\],]|\.head\((?!\s*\d?\d?\)))")
_LAST = re.compile(
    rf"=\s*(\w+){_COLUMNS}(?:(?:\.iloc)?\[\s*([^\[\],:]+):\s*[\],]|\.iloc\[[^:]{{1,200}}:\s*[\],]"
    r"|\.tail\((?!\s*\d?\d?\)))"
)
_SIDES = (_FIRST, _LAST)
_PLACES = re.compile(
    rf"=\s*(\w+){_COLUMNS}(?:\.iloc)?(?:\[.{{0,200}}:|\.head\((?!\s*\d?\d?\))|\.tail\((?!\s*\d?\d?\)))"
)
_BOTH = re.compile(r"=\s*\(?(\w+)(?:\.iloc)?\[\s*:([^\],:]+)\]\s*,\s*(\w+)(?:\.iloc)?\[\s*([^\[\],:]+):\s*\]")
_COPIED = re.compile(r"^\s*(\w+\s*=\s*\w+)(?:\.(?:copy|dropna|reset_index)\([^()]*\))?\s*$")
_TIME = re.compile(r"(?i)(^|[^a-z])(date|datetime|timestamp|time|day|month|year|week)s?($|[^a-z])|['\"]ds['\"]")


def parts_in_time(evidence: Evidence) -> list[Span]:
    """Return where one table is cut into what was before a date and what was after, or into first and last rows of
    those sorted by time; [] where only one of two such parts is seen.
    """
    return [*_by_date(evidence), *_by_place(evidence)]


def cut_by_hand(evidence: Evidence) -> list[Span]:
    """Return where one table or list is cut at one place into its first and its last: `rows[:n]` and `rows[n:]`."""
    sides: dict[tuple[str, str, str], dict[int, Span]] = {}
    at_once: list[Span] = []
    for span, _ in live_matches(evidence, _PLACES, most=_MOST):
        if (both := _BOTH.search(span.text)) and both.group(1, 2) == both.group(3, 4):
            at_once.append(span)
        for side, pattern in enumerate(_SIDES):
            if (match := pattern.search(span.text)) is not None and match[2]:
                place = re.sub(r"\s", "", match[2])
                sides.setdefault((span.path, match[1], place), {}).setdefault(side, span)
    return at_once + [span for found in sides.values() if len(found) > 1 for span in found.values()]


def parting_functions(evidence: Evidence) -> list[FunctionFact]:
    """Return functions of the work's own that are named for parting rows, and long enough to do it by hand."""
    named_so = (fact for fact in reached_functions(evidence) if _PARTING.search(last(fact.name)))
    return [fact for fact in named_so if fact.lines >= LEAST_LINES]


def _by_date(evidence: Evidence) -> list[Span]:
    sides: dict[tuple[str, str, str, str], dict[str, Span]] = {}
    for span, _ in live_matches(evidence, _CUT, most=_MOST):
        match = _BY_DATE.match(span.text)
        if match and _TIME.search(match[3]) and match[1] != match[2]:
            key = (span.path, match[2], match[3], match[5])
            sides.setdefault(key, {})[match[4][0]] = span
    return [span for found in sides.values() if len(found) > 1 for span in found.values()]


def _by_place(evidence: Evidence) -> list[Span]:
    places = [span for span, _ in live_matches(evidence, _PLACES, most=_MOST)]
    found: list[Span] = []
    for call in named(evidence, ("sort_values", "sort_index", "groupby")):
        if not any(_TIME.search(text) for text in _sorted_by(evidence, call)):
            continue
        if last(call.name) == "groupby" and (not call.assigned or call.keywords.get("sort") == "False"):
            continue
        tables = {*call.assigned} - {""} if last(call.name) == "groupby" else {call.receiver, *call.assigned} - {""}
        tables = _copies(evidence, call, tables)
        first, rest = ([s for s in places if _of(pattern, s, tables) and before(call.span, s)] for pattern in _SIDES)
        if first and rest and not _drawn_again(evidence, tables):
            found += [call.span, *first, *rest]
    return found


def _sorted_by(evidence: Evidence, call: Call) -> list[str]:
    """Return what rows are sorted or grouped by, as written; of an index what a table was given as that before."""
    if last(call.name) != "sort_index":
        return [*call.positional, *call.keywords.values()]
    indexed = [one for one in named(evidence, ("set_index",)) if one.span.path == call.span.path and _feeds(one, call)]
    loads = [one for one in live_calls(evidence, "load") if one.span.path == call.span.path and _feeds(one, call)]
    given = [text for one in indexed for text in (*one.positional, one.keywords.get("keys", ""))]
    return given + [one.keywords["index_col"] for one in loads if "index_col" in one.keywords]


def _feeds(call: Call, sort: Call) -> bool:
    """Tell whether a call gives the table that is sorted: by its name, or in the same statement."""
    in_place = call.keywords.get("inplace") == "True" and call.receiver == sort.receiver
    same = call.span.text == sort.span.text and call.span.line == sort.span.line
    return call.order < sort.order and bool(same or in_place or (sort.receiver and sort.receiver in call.assigned))


def _copies(evidence: Evidence, call: Call, tables: set[str]) -> set[str]:
    """Return the tables, and what they are copied into as they are."""
    found = set(tables)
    for span, text in live_matches(evidence, _COPIED, most=_MOST):
        copy, _, source = (part.strip() for part in text.partition("="))
        if source in found and before(call.span, span):
            found.add(copy)
    return found


def _of(pattern: re.Pattern[str], span: Span, tables: set[str]) -> bool:
    match = pattern.search(span.text)
    return match is not None and match[1] in tables


def _drawn_again(evidence: Evidence, tables: set[str]) -> bool:
    """Tell whether the table's order is lost to chance."""
    calls = [call for call in live_calls(evidence) if tables & {call.receiver, *call.arguments}]
    return any(call.name.endswith((".sample", ".shuffle", ".permutation")) for call in calls)
