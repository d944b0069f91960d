"""How the numbers of a column are written, apart from what they are, and how much that alone says of the target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grader.authoring.association import Floats, strength

DIGITS = re.compile("[0-9]+")
Pairs = Sequence[tuple[Floats, Floats]]


class Written(NamedTuple):
    """A number as it is written: the text, its part before the point and behind it, and without a fraction of zeros."""

    text: str
    whole: str
    fraction: str
    plain: str


def forms_tell(known: Sequence[str], cells: Sequence[str], pairs: Pairs) -> Iterator[tuple[float, str]]:
    """Yield (strength, what) for each form of a column of numbers, learned on the training rows and judged on the
    hidden ones; `pairs` are the training and the hidden target, a pair a class.
    """
    place_of: dict[str, int] = {}
    before, after = (np.array([place_of.setdefault(cell, len(place_of)) for cell in side]) for side in (known, cells))
    written = [_written(cell.strip()) for cell in place_of]
    for what, form in FORMS.items():
        code_of: dict[str, int] = {}
        codes = np.array([code_of.setdefault(form(number), len(code_of)) for number in written])
        if len(code_of) > 1:
            learned, judged = codes[before], codes[after]
            found = [strength(_means(learned, train, len(code_of))[judged], target) for train, target in pairs]
            yield float(np.mean(found)), f"the {what} of"


def _written(cell: str) -> Written:
    whole, _, fraction = cell.partition(".")
    return Written(cell, whole, fraction, cell if fraction.strip("0") else whole)


def _means(codes: npt.NDArray[np.int_], target: Floats, count: int) -> Floats:
    """Return the mean target of each code, the overall one where it has no row; shape (count,)."""
    rows = np.bincount(codes, minlength=count)
    sums = np.bincount(codes, weights=target, minlength=count)
    return np.where(rows > 0, sums / np.maximum(rows, 1), target.mean())


def _missing(number: Written) -> str:
    return "" if number.text else "missing"


def _decimals(number: Written) -> str:
    return str(len(number.fraction))


def _notation(number: Written) -> str:
    """Return what is no digit: 1e-05 is written otherwise than 0.00001, +1 than 1, and 3. than 3."""
    return DIGITS.sub("0", number.text.removeprefix("-"))


def _sign_of_zero(number: Written) -> str:
    return str(number.text.startswith("-0") and not number.text.strip("-0."))


def _parity(number: Written) -> str:
    return str(number.whole[-1:] in "13579") if number.whole else ""


def _zeros(number: Written) -> str:
    """Return how many zeros end the number: two of 1200 and of 1200.0, none of 0.5, and all of 0 by itself."""
    return str(len(number.plain) - len(number.plain.rstrip("0"))) if number.plain.strip("-0.") else "zero"


def _last_whole(number: Written) -> str:
    return number.whole[-1:]


def _last(number: Written) -> str:
    return number.plain[-1:]


# The plainer ones first: a finer one that says no more is not named.
FORMS: dict[str, Callable[[Written], str]] = {
    "missingness": _missing,
    "number of decimals": _decimals,
    "notation": _notation,
    "sign of zero": _sign_of_zero,
    "parity": _parity,
    "number of zeros at the end": _zeros,
    "last digit before the point": _last_whole,
    "last digit": _last,
}
