"""New ids for one run, in the form of the old ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.assignment.cards import mac
from grader.assignment.tables import is_number

ID_DIGITS = 9


def fresh_ids(
    key: bytes, run_id: str, names: Sequence[str], taken: Collection[str], letters: str, digits: int = ID_DIGITS
) -> dict[str, str]:
    """Return a new id for every name: `letters`, then `digits`; none of those `taken`.

    The digits never begin with 0, and ids that are numbers stay whole ones below 2**31: a work that reads them as
    numbers writes them back unchanged.
    """
    fresh: dict[str, str] = {}
    used = set(taken)
    least = 10 ** (digits - 1)
    for name in names:
        attempt = 0
        while True:
            number = least + int.from_bytes(mac(key, run_id, f"id{attempt}", name)[:8], "big") % (9 * least)
            candidate = f"{letters}{number}"
            if candidate not in used:
                break
            attempt += 1
        used.add(candidate)
        fresh[name] = candidate
    return fresh


def letters_of(example: str) -> str:
    """Return what stands before the digits of an id, nothing where the whole of it is a number."""
    return "" if is_number(example) else example.rstrip("0123456789")
