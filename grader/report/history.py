"""How a work came about, in sentences and as a small timeline: always as its commits say, which anybody can set."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from grader.model import History, HistoryStep, Report
from grader.report.charts import STRIP_HEIGHT, WIDTH, Bar
from grader.report.formats import count

NEARLY_ALL = 0.9
WIDEST = 64.0
WIDE_ENOUGH = 46.0  # for the label of a day
AS_TOLD = "Dates and authors are as the commits say, which anybody can set."


def history_sentences(report: Report) -> tuple[str, ...]:
    """Return how many steps there were, over how long, by how many, and how the lines are spread over them."""
    history = report.history
    if history is None:
        return ()
    return tuple(text for text in (_steps(history), _growth(history)) if text)


def _steps(history: History) -> str:
    made = count(history.commits, "commit")
    made = made if history.complete else f"The newest {made}, of more,"
    authors = count(history.authors, "author")
    days = list(dict.fromkeys(_day(step) for step in history.steps))
    if not days:
        return f"{made} by {authors}, over {history.days:g} days."
    if len(days) == 1:
        return f"{made} by {authors}, all on {days[0]}."
    return f"{made} by {authors}, on {len(days)} days from {days[0]} to {days[-1]}."


def _growth(history: History) -> str:
    """Return whether one commit holds nearly all lines of code and text, where they are known."""
    largest = history.largest
    if largest is None or history.commits < 2:
        return ""
    number, share = largest
    which = f"number {number + 1} of {history.commits}"
    if share >= NEARLY_ALL:
        return f"One of them, {which}, added {share:.0%} of the lines: hardly a history of steps."
    return f"The largest, {which}, added {share:.0%} of the lines."


def _day(step: HistoryStep) -> str:
    when = datetime.fromisoformat(step.time)
    return f"{when.day} {when:%B %Y}"


def caption(history: History) -> str:
    """Return what the timeline shows."""
    if all(step.added is None for step in history.steps):
        return "One mark a commit, the oldest first; how much each changed is not known"
    return "One bar a commit, the oldest first, as high as the lines of code and text that it added"


def step_bars(history: History) -> list[Bar]:
    """Return one bar a commit, the oldest first, as high as its share of the largest one's lines; grey where its lines
    are not known.
    """
    gap = 2 if len(history.steps) <= 100 else 0
    width = _width(history)
    most = max((step.added or 0 for step in history.steps), default=0) or 1
    bars = []
    for place, step in enumerate(history.steps):
        height = STRIP_HEIGHT / 4 if step.added is None else max(3.0, STRIP_HEIGHT * step.added / most)
        kind = "skipped" if step.added is None else "ok"
        x, y = round(place * width, 1), round(STRIP_HEIGHT - height, 1)
        bars.append(Bar(x, y, round(max(0.8, width - gap), 1), round(height, 1), kind, told(step)))
    return bars


def day_bars(history: History) -> list[Bar]:
    """Return the stretch of each day's commits, with its date where there is room."""
    width, bars, place = _width(history), [], 0
    for number, (_, steps) in enumerate(groupby(history.steps, key=_day)):
        several = list(steps)
        wide = width * len(several)
        when = datetime.fromisoformat(several[0].time)
        label = f"{when.day} {when:%b}" if wide >= WIDE_ENOUGH else ""
        bars.append(Bar(round(place * width, 1), 68, round(max(0.8, wide - 2), 1), 4, f"day{number % 2}", label))
        place += len(several)
    return bars


def _width(history: History) -> float:
    return min(WIDEST, WIDTH / max(1, len(history.steps)))


def told(step: HistoryStep) -> str:
    """Return a commit in a line: its day, its author by number, what it changed, and what it says."""
    changed = "" if step.added is None else f", +{step.added:,} −{step.removed or 0:,} lines"
    files = "" if step.files is None else f", {count(step.files, 'file')}"
    return f"{_day(step)}, author {step.author}{files}{changed}: {step.subject}"
