"""What can be told of a text at a glance, and how much each such thing alone says of the target."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from grader.authoring.association import Floats, encoded, strength

TOKEN = re.compile(r"\w+|[^\w\s]")
TRIED = 20  # single words: those that go with the target most among the training rows
COUNTS: dict[str, Callable[[str], int]] = {
    "length": len,
    "number of words": lambda text: len(text.split()),
    "number of digits": lambda text: sum(map(str.isdigit, text)),
    "number of capitals": lambda text: sum(map(str.isupper, text)),
}
Pairs = Sequence[tuple[Floats, Floats]]


def counts_tell(cells: Sequence[str], pairs: Pairs) -> Iterator[tuple[float, str]]:
    """Yield (strength, what) for lengths and counts; `pairs` are the training and the hidden target, a pair a class."""
    for what, count in COUNTS.items():
        column = np.array([float(count(cell)) for cell in cells])
        yield float(np.mean([strength(column, target) for _, target in pairs])), f"the {what} of"


def words_tell(known: Sequence[str], cells: Sequence[str], pairs: Pairs) -> Iterator[tuple[float, str]]:
    """Yield the same for the first and the last word or mark, and for the best single one anywhere in the text."""
    known_tokens, tokens = ([TOKEN.findall(text.lower()) for text in texts] for texts in (known, cells))
    for what, place in (("first", 0), ("last", -1)):
        before, after = ([row[place] if row else "" for row in rows] for rows in (known_tokens, tokens))
        values = [strength(encoded(before, train, after), target) for train, target in pairs]
        yield float(np.mean(values)), f"the {what} word of"
    sets = [set(row) for row in tokens]
    found = [_best_word([set(row) for row in known_tokens], sets, *pair) for pair in pairs]
    words = ", ".join(sorted({repr(word) for _, word in found if word}))
    yield float(np.mean([value for value, _ in found])), f"whether {words or 'a word'} stands in"


def _best_word(known: Sequence[set[str]], rows: Sequence[set[str]], train: Floats, target: Floats) -> tuple[float, str]:
    """Return the strength on the hidden rows of the strongest of the words that training rows name, and that word."""
    tried = sorted(_correlations(known, train).items(), key=lambda item: (-item[1], item[0]))[:TRIED]
    found = [(strength(np.array([float(word in row) for row in rows]), target), word) for word, _ in tried]
    return max(found, default=(0.0, ""))


def _correlations(rows: Sequence[set[str]], target: Floats) -> dict[str, float]:
    """Return for each word the point-biserial correlation of its being there with the target, without its sign."""
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for row, value in zip(rows, target.tolist(), strict=True):
        for word in row:
            sums[word] += value
            counts[word] += 1
    mean, spread, total = float(target.mean()), float(target.std()) or 1.0, len(rows)
    return {
        word: abs(sums[word] / count - mean) / spread * math.sqrt(count / (total - count))
        for word, count in counts.items()
        if count < total
    }
