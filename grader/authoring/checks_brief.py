"""Whether the brief says what the settings and the tables say: time, rows, metric, columns. All of it to be looked at,
for a program may read a sentence wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from grader.authoring.brief import NUMBER_OF_ROWS, Brief, BriefTable, Line, count_in, quoted_in
from grader.authoring.brief_columns import columns_said_wrongly, public_table
from grader.authoring.checks_shares import BRIEF
from grader.authoring.metric_names import metrics_in
from grader.authoring.result import Finding, not_checked, ok, warning
from grader.authoring.subject import Subject

MOST_TOLD = 10
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
AMOUNT = rf"(?:\d+(?:\.\d+)?|{'|'.join(WORDS)})"
HOURS = re.compile(rf"({AMOUNT})(?:\s*(?:to|-|\u2013|or)\s*({AMOUNT}))?[\s-]*(hours?|h|minutes?|min)\b", re.IGNORECASE)
BUDGET = re.compile(r"\btime[\s-]+budget\b(.{0,60})", re.IGNORECASE)
ROWS = re.compile(rf"(?<![\w.,])({NUMBER_OF_ROWS.pattern}) rows\b(?! of the\b)")
UNSURE = re.compile(
    r"\b(?:about|around|some|roughly|nearly|almost|over|under|up|more|fewer|less|least|most|first|last|other|hidden"
    r"|grading|judged)\b",
    re.IGNORECASE,
)
MEASURED = re.compile(
    r"\b(?:(?:the|our|main) metric is\b|metric:|(?:measured|judged|scored|evaluated|ranked) (?:by|with|in)\b)(.{0,80})",
    re.IGNORECASE,
)


def brief_agrees(subject: Subject) -> Finding:
    """Find what the brief says otherwise than the settings and the tables: hours of the time budget, rows of the public
    tables, the metric, columns that do not exist.
    """
    path = subject.assignment.root / BRIEF
    if not path.is_file():
        return not_checked("there is no brief")
    brief = Brief(path.read_text(encoding="utf-8", errors="replace"))
    found = sorted({line for look in LOOKS for line in look(brief, subject)}, key=lambda line: (line.number, line.text))
    if not found:
        return ok("time budget, rows, metric and columns")
    told = "; ".join(f"line {line.number}: {line.text}" for line in found[:MOST_TOLD])
    more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return warning(
        f"the brief says otherwise than the settings or the tables: {told}{more}",
        where=f"{BRIEF}: line {found[0].number}",
        mend="Mend the brief or the settings; where the sentence is only read wrongly, leave it.",
    )


def _hours(brief: Brief, subject: Subject) -> Iterator[Line]:
    budget = subject.assignment.time_budget_hours
    for line in brief.sentences():
        said = HOURS.search(told.group(1)) if (told := BUDGET.search(line.text)) else None
        if said is None:
            continue
        factor = 1 / 60 if said.group(3).lower().startswith("m") else 1.0
        low, high = (_amount(said.group(place) or said.group(1)) * factor for place in (1, 2))
        if not low <= budget <= high:
            yield Line(line.number, f"a time budget of {said.group()}, time_budget_hours is {budget:g}")


def _amount(text: str) -> float:
    return WORDS.index(text.lower()) + 1.0 if text.lower() in WORDS else float(text)


def _rows(brief: Brief, subject: Subject) -> Iterator[Line]:
    """Yield rows that a table with a column `rows` states of a file, or a sentence of the only file that it names."""
    said: list[tuple[int, str, int]] = []
    for table in brief.tables():
        if "rows" in table.head:
            place = table.head.index("rows")
            said += [
                (number, quoted_in(cells[0])[0], count)
                for number, cells in table.rows
                if len(cells) > place and quoted_in(cells[0]) and (count := count_in(cells[place])) is not None
            ]
    for line in brief.sentences():
        files = {name for name in quoted_in(line.text) if name.endswith(".csv")}
        counts = ROWS.findall(line.text)
        if len(files) == len(counts) == 1 and not UNSURE.search(line.text):
            said += [(line.number, file, count_in(counts[0]) or 0) for file in files]
    for number, file, count in said:
        has = _length(subject, file)
        if has is not None and has != count:
            yield Line(number, f"`{file}` with {count:,} rows, it has {has:,}")


def _length(subject: Subject, file: str) -> int | None:
    found = public_table(subject, file.removeprefix("data/"))
    return None if found is None else len(found.rows)


def _metric(brief: Brief, subject: Subject) -> Iterator[Line]:
    """Yield other metrics than the settings' in the first row of the shares, or where a sentence says what counts."""
    assignment = subject.assignment
    own = {assignment.metric.name, *(["f1"] if assignment.outputs else [])}
    said = [row for table in brief.tables() if (row := _of_hidden_part(table))]
    said += [Line(line.number, found.group(1)) for line in brief.sentences() if (found := MEASURED.search(line.text))]
    for line in said:
        named = metrics_in(line.text)
        if named and not own & named.keys():
            yield Line(
                line.number, f"{next(iter(named.values()))} as the metric, metric.name is {assignment.metric.name}"
            )


def _of_hidden_part(table: BriefTable) -> Line | None:
    """Return the first row of the table of shares, which is the one with a row for code quality."""
    if not any(cells[0].lower().startswith("code quality") for _, cells in table.rows):
        return None
    number, cells = table.rows[0]
    return Line(number, cells[0])


Look = Callable[[Brief, Subject], Iterator[Line]]
LOOKS: Sequence[Look] = (_hours, _rows, _metric, columns_said_wrongly)
