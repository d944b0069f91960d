"""Where the marks of the charts go: coordinates only, the templates draw them as SVG."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import CellRun, ClassResult, HiddenResult, OwnTests

WIDTH = 640.0
INSET = 24.0
STRIP_HEIGHT = 64.0
ROC_SIDE = 240.0
HISTOGRAM_HALF = 90.0
MOST_TICKS = 16
MOST_CLASSES = 24


@dataclass(frozen=True)
class Mark:
    """A labelled place on an axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Whisker:
    """A value with its interval between baseline and reference; better is to the right."""

    value: float
    low: float
    high: float
    baseline: float
    reference: float
    lower_is_better: bool


@dataclass(frozen=True)
class Bar:
    """A rectangle of a bar chart."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str = ""


def whisker(result: HiddenResult) -> Whisker:
    """Return x coordinates (0..640) of one hidden result; an axis where less is better runs leftwards."""
    values = [result.value, result.low, result.high, result.baseline, result.reference]
    lowest, highest = min(values), max(values)
    spread = (highest - lowest) or 1.0
    falling = result.reference < result.baseline

    def place(value: float) -> float:
        part = (value - lowest) / spread
        return _rounded(INSET + (WIDTH - 2 * INSET) * (1 - part if falling else part))

    ends = sorted((place(result.low), place(result.high)))
    return Whisker(place(result.value), ends[0], ends[1], place(result.baseline), place(result.reference), falling)


def roc_path(curve: tuple[tuple[float, float], ...]) -> str:
    """Return the curve (false positive rate, true positive rate) as an SVG path in a square of 240."""
    places = [(_rounded(ROC_SIDE * x), _rounded(ROC_SIDE * (1 - y))) for x, y in curve]
    return "M" + "L".join(f"{x} {y}" for x, y in places) if places else ""


def histogram_bars(histogram: tuple[tuple[float, int, int], ...]) -> list[Bar]:
    """Return bars of (left edge, negatives, positives): positives stand up from the middle line, negatives hang."""
    if not histogram:
        return []
    width = WIDTH / len(histogram)
    bars = []
    tallest = [max((row[side] for row in histogram), default=0) or 1 for side in (1, 2)]
    for place, (_, negatives, positives) in enumerate(histogram):
        x = _rounded(place * width + 1)
        up = _rounded(HISTOGRAM_HALF * positives / tallest[1])
        down = _rounded(HISTOGRAM_HALF * negatives / tallest[0])
        bars.append(Bar(x, _rounded(HISTOGRAM_HALF - up), _rounded(width - 2), up, "positive"))
        bars.append(Bar(x, HISTOGRAM_HALF + 2, _rounded(width - 2), down, "negative"))
    return bars


def shown_classes(classes: tuple[ClassResult, ...]) -> tuple[ClassResult, ...]:
    """Return all classes in their order, or, of more than 24, those with the lowest recall, lowest first."""
    if len(classes) <= MOST_CLASSES:
        return classes
    return tuple(sorted(classes, key=lambda item: item.recall)[:MOST_CLASSES])


def missed_shares(classes: tuple[ClassResult, ...]) -> list[tuple[ClassResult, float]]:
    """Return each class with the share of its rows that was missed, 100 for the class that was missed most."""
    most = max((1 - item.recall for item in classes), default=0.0) or 1.0
    return [(item, _rounded(100 * (1 - item.recall) / most)) for item in classes]


def cell_bars(cells: tuple[CellRun, ...]) -> list[Bar]:
    """Return one bar a cell in the notebook's order, as high as its share of the slowest cell's time.

    Of many cells only every second, third, … is labelled, so that the numbers can be read on a phone.
    """
    if not cells:
        return []
    step = WIDTH / len(cells)
    gap = 2 if step > 5 else 0
    slowest = max(cell.wall_s for cell in cells) or 1.0
    every = -(-len(cells) // MOST_TICKS)
    bars = []
    for place, cell in enumerate(cells):
        height = STRIP_HEIGHT if cell.status == "not_run" else max(3.0, STRIP_HEIGHT * cell.wall_s / slowest)
        x, y = _rounded(place * step), _rounded(STRIP_HEIGHT - height)
        label = "" if place % every else str(cell.index + 1)
        bars.append(Bar(x, y, _rounded(step - gap), _rounded(height), cell.status, label))
    return bars


def own_test_bars(tests: OwnTests) -> list[Bar]:
    """Return the shares of a work's own tests that passed, did not, and were skipped, side by side on 0..100."""
    parts = {"ok": tests.passed, "error": tests.failed + tests.errors, "skipped": tests.skipped}
    everything, bars, x = sum(parts.values()), [], 0.0
    for kind, number in parts.items():
        width = 100 * number / everything if everything else 0.0
        bars += [Bar(_rounded(x), 0, _rounded(width), 6, kind)] if number else []
        x += width
    return bars


def _rounded(value: float) -> float:
    return round(value, 1)


def anchor(x: float) -> str:
    """Return the text-anchor that keeps a label at `x` inside the chart."""
    if x < WIDTH * 0.2:
        return "start"
    return "end" if x > WIDTH * 0.8 else "middle"
