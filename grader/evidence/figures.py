"""Reads figures out of text: a metric's name with a number beside it, in a sentence, a printed line or a table.

The text is hostile: lines are cut, patterns are linear in a line's length, and the figures are counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise

from grader.evidence.attribution import model_beside, models_of
from grader.evidence.vocabulary import METRIC, RATIOS, metric_of, subject_of
from grader.model import Figure, Span

MAX_LINE = 400
MAX_LINES = 2000
MAX_FIGURES = 300
_NUMBER = re.compile(
    r"(?i)(?<![\w.])(?<!\d,)[-+]?([1-9]\d{0,2}(?:,\d{3}){1,3}(?:\.\d{1,17})?|\d{1,12}(?:\.\d{1,17})?)"
    r"(?:e[-+]?\d{1,3})?( ?%)?(?!\w|[.,]\d)"
)
_JOINED = re.compile(r"(?i)^ ?(?:(?:test|train|validation|cv|mean|overall|the|of|a|an|in|for)[ :-]+){0,4}$")
_GIVEN = re.compile(r"(?i)[:=]\s*$|^ (?:of|is|was|at) $")
_SAID = re.compile(r"(?i)\s*(?:score\s*)?(?:\([^()]{0,40}\)\s*)?(?:[:=|`*]|of\b|is\b|was\b)")
_ALONE = re.compile(r"^\s*(?:np\.float\d\d\()?[\[(]?\s*(-?\d+\.\d+(?:[ ,]+-?\d+\.\d+){0,11})\s*[\])]?\s*$")
_CELLS = re.compile(r"\s*\|\s*|\s{2,}|\t")
_MOST_BETWEEN = 45
_SENTENCE_END = re.compile(r"[.!?]\s+")
Found = tuple[str, re.Match[str]]


def read_printed(text: str, path: str, cell: int | None = None, *, alone: bool = False) -> list[Figure]:
    """Return the figures of an output: its lines are none of the code, so a place is the cell or the file alone."""
    return [
        item.model_copy(update={"span": item.span.model_copy(update={"line": None, "end_line": None})})
        for item in read_figures(text, path, cell, alone=alone)
    ]


def read_figures(text: str, path: str, cell: int | None = None, *, alone: bool = False) -> list[Figure]:
    """Return the figures in `text`, lines 1-based; with `alone` also numbers that have a line to themselves."""
    found: list[Figure] = []
    header: list[str] = []
    for number, whole in enumerate(text.split("\n", MAX_LINES)[:MAX_LINES], start=1):
        line = whole[:MAX_LINE]
        span = Span(path=path, cell=cell, line=number, end_line=number, text=line.strip()[:200])
        made = list(_in_table(line, header, span)) or list(_in_line(line, span))
        if alone and not made:
            made = list(_alone(line, span))
        header = _header(line, header)
        found += made
        if len(found) >= MAX_FIGURES:
            break
    return found[:MAX_FIGURES]


def _in_line(line: str, span: Span) -> Iterator[Figure]:
    """Yield "accuracy of 0.87", "AUC: 91.2 %" and "0.87 accuracy", each with the model that it is said of; and where
    its sentence names one metric alone, "random forest 0.87" too.
    """
    named = list(_by_metric(line))
    named += [more for first, final in _sentences(line) for more in _goes_on(line, first, final, named)]
    named.sort(key=lambda item: item[1].start())
    for (metric, number), subject in zip(named, models_of(line, named), strict=True):
        yield from _figure(metric, number, span, subject)


def _sentences(line: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in _SENTENCE_END.finditer(line)]
    return list(pairwise([0, *ends, len(line)]))


def _goes_on(line: str, first: int, final: int, named: list[Found]) -> Iterator[Found]:
    """Yield the numbers beside a model's name that are of a sentence's one metric: no setting, which is far less."""
    here = [number for _, number in named if first <= number.start() < final]
    metrics = {metric_of(name) for name in METRIC.finditer(line, first, final)}
    if not here or len(metrics) != 1:
        return
    taken, least = {number.start() for number in here}, min(map(_size, here)) / 4
    for number in _NUMBER.finditer(line, first, final):
        if number.start() not in taken and _is_one(number) and _size(number) >= least and model_beside(line, number):
            yield next(iter(metrics)), number


def _size(number: re.Match[str]) -> float:
    return float(number[1].replace(",", "")) / (100 if number[2] else 1)


def _by_metric(line: str) -> Iterator[Found]:
    """Yield each metric with its number; a number is taken once, by the nearest name."""
    names = list(METRIC.finditer(line))
    taken: set[int] = set()
    for place, name in enumerate(names):
        end = names[place + 1].start() if place + 1 < len(names) else len(line)
        before = list(_NUMBER.finditer(line, max(0, name.start() - 30), name.start()))[-1:]
        joined = [found for found in before if _JOINED.match(line[found.end() : name.start()])]
        earlier = next((found for found in joined if found.start() not in taken and _is_one(found)), None)
        number = _after(line, name, min(end, name.end() + _MOST_BETWEEN))
        if number is None or (earlier and not _SAID.match(line, name.end())):
            number = earlier
        if number is not None:
            taken.add(number.start())
            yield metric_of(name), number


def _after(line: str, name: re.Match[str], end: int) -> re.Match[str] | None:
    """Return the number that the name is said to have: in the same sentence, and no count such as "5-fold"."""
    for number in _NUMBER.finditer(line, name.end()):
        gap = line[name.end() : number.start()]
        if number.start() >= end or re.search(r"[.;!?]\s", gap):
            return None
        if _is_one(number) or (metric_of(name) not in RATIOS and _GIVEN.search(gap)):
            return number
    return None


def _is_one(number: re.Match[str]) -> bool:
    """Tell whether a number may be a metric's by its looks: with decimals, or in percent."""
    return "." in number[1] or bool(number[2])


def _in_table(line: str, header: list[str], span: Span) -> Iterator[Figure]:
    """Yield a row's figures, its last cells under the last names of the header."""
    if not header or METRIC.search(line):
        return
    cells = _split(line)
    numbers: list[re.Match[str]] = []
    for text in reversed(cells):
        words = text.replace("*", "").split() or [""]
        number = _NUMBER.match(words[0])
        if number is None or (number.end() != len(words[0]) and len(words) == 1):
            break
        numbers.append(number)
    label = " ".join(cells[: len(cells) - len(numbers)])
    for name, number in zip(reversed(header), numbers, strict=False):
        if found := METRIC.search(name):
            yield from _figure(metric_of(found), number, span, subject_of(label, metric_of(found)))


def _header(line: str, before: list[str]) -> list[str]:
    """Return the names of the table that goes on after `line`: a line that names metrics and holds no number."""
    if METRIC.search(line):
        cells = _split(line)
        return cells if len(cells) > 1 and not any(_NUMBER.fullmatch(cell) for cell in cells) else []
    rule = not line.strip(" |-:=+\t")
    goes_on = rule or bool(before and _NUMBER.search(line))
    return before if goes_on else []


def _split(line: str) -> list[str]:
    """Return the cells of a row: parted by bars or by two blanks, and words of numbers each for themselves."""
    parts = [part for part in _CELLS.split(line.strip().strip("|").strip()) if part]
    if len(parts) == 1 and "|" not in line:
        parts = parts[0].split()
    return parts


def _alone(line: str, span: Span) -> Iterator[Figure]:
    """Yield the numbers of a line that holds nothing else, or the one number beside the name of a model."""
    found = _ALONE.match(line)
    texts = re.split(r"[ ,]+", found[1]) if found else []
    subject = subject_of(line)
    if subject:
        texts = [number[0] for number in _NUMBER.finditer(line) if "." in number[1] and not number[2]][:1]
    for text in texts:
        value = float(text.replace(",", ""))
        if math.isfinite(value):
            yield Figure(span=span, metric="", value=value, unit=_unit(text), subject=subject)


def _figure(metric: str, number: re.Match[str], span: Span, subject: str) -> Iterator[Figure]:
    text = number[0].rstrip("% ").replace(",", "")
    value, unit = float(text), _unit(text)
    if number[2] or (metric in RATIOS and metric != "R2" and 1 < value <= 100):
        value, unit = value / 100, unit / 100
    if math.isfinite(value):
        yield Figure(span=span, metric=metric, value=value, unit=unit, subject=subject)


def _unit(text: str) -> float:
    """Return one in the last digit as written."""
    digits = text.lower().partition("e")[0].partition(".")[2]
    return round(10.0 ** -len(digits), 18)
