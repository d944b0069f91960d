"""Which of two classes is the positive one, whose probability is asked for: as given, as the names say, or a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.authoring.columns import number_in
from grader.errors import UsageError

_YES = (
    "yes true positive spam fraud fraudulent churn churned cancelled canceled terminated default defaulted event case "
    "ja wahr oui vrai si sim verdadero verdadeiro vero tak prawda ano jo igen kylla evet да истина はい 是 예 네 نعم "
    "gekundigt resilie"
)
_NO = (
    "no none false negative ham genuine legitimate legit benign healthy stayed retained loyal control "
    "nein falsch non faux nao falso nie falsz ne nem ei nee nej nei hayir нет ложь いいえ 否 아니요 لا"
)
LETTERS = frozenset({("y", "n"), ("t", "f"), ("j", "n"), ("o", "n"), ("s", "n"), ("д", "н")})
NEGATION = re.compile(r"(?:no|not|non|nicht|kein|keine|pas|sin|sem|geen|niet)[\s_-]*(?P<rest>.+)")


def _plain(name: str) -> str:
    """Return the name in small letters, without accents and blanks around it."""
    parts = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


YES, NO = frozenset(map(_plain, _YES.split())), frozenset(map(_plain, _NO.split()))


@dataclass(frozen=True)
class Positive:
    """The positive class, why it is that one, and whether the author has to look, for nothing told."""

    name: str
    why: str
    is_guess: bool = False


def positive_of(counts: Mapping[str, int], column: str, wanted: str | None = None) -> Positive:
    """Return the positive of two classes, given how many rows each has. Raises UsageError where none is `wanted`."""
    if wanted is not None:
        return Positive(_given(counts, column, wanted), "as the author chose")
    one, other = counts
    numbers = number_in(one), number_in(other)
    if numbers[0] is not None and numbers[1] is not None:
        return _of_numbers({numbers[0]: one, numbers[1]: other}, counts)
    told = [name for name, rest in ((one, other), (other, one)) if _says_yes(_plain(name), _plain(rest))]
    return Positive(told[0], "as the names say") if len(told) == 1 else _rarer(counts)


def _given(counts: Iterable[str], column: str, wanted: str) -> str:
    number = number_in(wanted.replace(",", ".")) if wanted.strip() else None
    for name in counts:
        if name == wanted:
            return name
    for name in counts:
        if _plain(name) == _plain(wanted) or (number is not None and number_in(name) == number):
            return name
    known = " and ".join(repr(name) for name in counts)
    raise UsageError(f"--positive {wanted}: {column!r} has no such class; it has {known}", hint="Name one of the two.")


def _of_numbers(names: Mapping[float, str], counts: Mapping[str, int]) -> Positive:
    """Return 1 against 0 or -1, and never 0 against another number; of other numbers the rarer."""
    if set(names) in ({0.0, 1.0}, {-1.0, 1.0}):
        return Positive(names[1.0], "as the numbers say")
    if len(names) == 2 and 0.0 in names:
        return Positive(next(name for number, name in names.items() if number), "for it is not 0", is_guess=True)
    return _rarer(counts)


def _says_yes(name: str, other: str) -> bool:
    if (name, other) in LETTERS:
        return True
    negated = NEGATION.fullmatch(other)
    if negated and negated["rest"] == name:
        return True
    return (name in YES and other not in YES) or (other in NO and name not in NO)


def _rarer(counts: Mapping[str, int]) -> Positive:
    rarest = min(counts, key=lambda name: (counts[name], name))
    is_rarer = counts[rarest] < max(counts.values())
    return Positive(rarest, "for it is the rarer one" if is_rarer else "for nothing tells which", is_guess=True)
