"""Records written as pairs of a name and a cell in any notation but JSON: YAML, INI, a log, literals of a language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from grader.authoring.grids import Grid, grid_of

MOST_NAMES = 500  # of one table's columns
LEAST_SHARE = 0.05  # of the records have a name, or it is none of a column's
NEW = re.compile(r"\s*(?:-\s|[\[{}]|$)")  # a line that begins another record: a list's item, a section, a bracket, none
TOKEN = re.compile(
    r"""[{}]
    | (?: (?:^|(?<=[\s{,;(\[]))
          (?: "(?P<double>[^"]{1,80})" | '(?P<single>[^']{1,80})' | (?P<word>[\w.-]{1,80}) )
        | ^\s*(?:-\s+)?(?P<words>\w[\w.-]*(?:[ ]\w[\w.-]*){1,8}) )
      [ \t]* (?:=>|[:=]) [ \t]*
      (?: "(?P<text>[^"]*)" | '(?P<other>[^']*)'
        | (?P<bare>[^\s,;{}\[\]"'](?:[^,;{}\[\]\s]|[ \t]+(?!["']?[\w.-]+["']?=))*)? )""",
    re.VERBOSE,
)
Record = dict[str, str]


def tables_of_pairs(text: str) -> Iterator[Grid]:
    """Yield the records of a text as one table, and pairs whose names do not come again as a table of two columns."""
    records = [record for record in _records(text) if record]
    times = Counter(name for record in records for name in record)
    least = max(2, LEAST_SHARE * len(records))
    names = [name for name, count in times.most_common(MOST_NAMES) if count >= least]
    if len(names) > 1:
        yield grid_of(([record.get(name, "") for name in names] for record in records), names)
    if single := [(name, cell) for record in records for name, cell in record.items() if times[name] == 1]:
        yield grid_of(single)


def _records(text: str) -> Iterator[Record]:
    """Yield the pairs that stand together: until a name comes again, or another record visibly begins."""
    record: Record = {}
    for line in text.splitlines():
        if NEW.match(line):
            yield record
            record = {}
        if ":" not in line and "=" not in line:
            continue
        for token in TOKEN.finditer(line):
            name, cell = _pair(token)
            if not name or name in record:
                yield record
                record = {}
            if name:
                record[name] = cell
    yield record


def _pair(token: re.Match[str]) -> tuple[str, str]:
    found = token.groupdict()
    name = found["double"] or found["single"] or found["word"] or found["words"] or ""
    return name, next((found[kind].strip() for kind in ("text", "other", "bare") if found[kind] is not None), "")
