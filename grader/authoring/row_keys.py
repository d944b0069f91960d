"""Rows as numbers of 64 bits, the same where rows are alike: as they are written, but for one cell, or once rounded."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from grader.authoring.columns import Floats, numbers_of

Keys = npt.NDArray[np.uint64]
Cells = Sequence[str]
DECIMALS = range(5, -4, -1)
SIGNIFICANT = range(4, 1, -1)
NUMBER = re.compile(r"\d+")
WORD = re.compile(r"\w+")


class RowKeys:
    """The rows of a table; `columns` are the cells of each column by its name, all of the same length."""

    def __init__(self, columns: Mapping[str, Cells]) -> None:
        self._columns = columns
        self._numbers = {name: found for name, cells in columns.items() if (found := numbers_of(cells)) is not None}
        texts = {name: cells for name, cells in columns.items() if name not in self._numbers}
        self._texts = {name: hashed(coded(cells), name) for name, cells in texts.items()}

    @property
    def as_written(self) -> Keys:
        """The same where all cells are, letter by letter."""
        return _total(hashed(coded(cells), name) for name, cells in self._columns.items())

    def but_for_one(self) -> Iterator[tuple[str, Keys]]:
        """Yield (column, keys), the same where all cells but those of the column are."""
        values = self._texts | {name: hashed(numbers, name) for name, numbers in self._numbers.items()}
        whole = _total(values.values())
        yield from ((name, whole - own) for name, own in values.items())

    def rounded(self) -> Iterator[tuple[str, Keys]]:
        """Yield (how, keys), the same where all cells are once the numbers are rounded, if that changes any."""
        for decimals in DECIMALS:
            how = f"decimals: {decimals}" if decimals > 0 else f"a multiple of {10**-decimals:,}"
            with np.errstate(over="ignore", invalid="ignore"):  # of numbers that are too large to have decimals
                rounded = {name: np.round(each, decimals) for name, each in self._numbers.items()}
            yield from self._once(how, rounded)
        for digits in SIGNIFICANT:
            how = f"digits: {digits}"
            yield from self._once(how, {name: to_digits(each, digits) for name, each in self._numbers.items()})

    def _once(self, how: str, rounded: Mapping[str, Floats]) -> Iterator[tuple[str, Keys]]:
        if any(not np.array_equal(each, self._numbers[name], equal_nan=True) for name, each in rounded.items()):
            yield how, _total([*self._texts.values(), *(hashed(each, name) for name, each in rounded.items())])


def words_of(text: str) -> str:
    """Return a text's words in lower case, every number as 0; of one without words, the text itself."""
    return " ".join(WORD.findall(NUMBER.sub("0", text.lower()))) or text.strip()


def to_digits(numbers: Floats, digits: int) -> Floats:
    """Return the numbers with so many significant digits."""
    different, places = np.unique(numbers, return_inverse=True)
    return np.array([float(f"{number:.{digits - 1}e}") for number in different.tolist()])[places]


def coded(cells: Cells) -> Floats:
    """Return a number for each cell, the same for the same text."""
    code_of: dict[str, int] = {}
    return np.array([code_of.setdefault(cell, len(code_of)) for cell in cells], dtype=np.float64)


def hashed(numbers: Floats, salt: str) -> Keys:
    """Return the numbers scattered over 64 bits, by each salt otherwise (splitmix64: Steele, Lea and Flood 2014)."""
    start = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8], "little")
    plain = np.where(np.isnan(numbers), np.nan, numbers + 0.0)  # one zero, and one missing value
    bits: Keys = plain.view(np.uint64) + np.uint64(start)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _total(keys: Iterable[Keys]) -> Keys:
    """Return the sums of the columns' keys, whatever is above 64 bits left out."""
    return functools.reduce(np.add, keys)
