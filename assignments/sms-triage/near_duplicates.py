"""Which messages are near-duplicates: a campaign with another number, a forwarded chain letter, "Ok..." again."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import pandas as pd

LEAST_OVERLAP = 0.6


def words(text: str) -> frozenset[str]:
    """Return a message's set of words in lower case, each digit read as 0; of one without words, the text itself."""
    plain = re.sub(r"\d", "0", text.lower()).replace("'", "")
    return frozenset(re.findall(r"[a-z0]+", plain)) or frozenset([text.strip()])


def group_of_each(texts: Iterable[str]) -> pd.Series:
    """Return a group number a message. Two whose sets of words overlap by 0.6 or more (Jaccard) are in one group, and
    so are all that such pairs link.
    """
    sets = [words(text) for text in texts]
    parent = list(range(len(sets)))

    def root(message: int) -> int:
        while parent[message] != message:
            parent[message] = parent[parent[message]]
            message = parent[message]
        return message

    for message, other in _close_pairs(sets):
        parent[root(message)] = root(other)
    return pd.Series([root(message) for message in range(len(sets))])


def _close_pairs(sets: list[frozenset[str]]) -> Iterable[tuple[int, int]]:
    """Yield the pairs; close sets share one of their rarest words (prefix filtering: Bayardo, Ma and Srikant 2007)."""
    frequency = Counter(word for own in sets for word in own)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for message, own in enumerate(sets):
        rarest = sorted(own, key=lambda word: (frequency[word], word))
        rarest = rarest[: len(own) - math.ceil(LEAST_OVERLAP * len(own) - 1e-9) + 1]
        for other in {other for word in rarest for other in holders[word]}:
            common = len(own & sets[other])
            if common >= LEAST_OVERLAP * (len(own) + len(sets[other]) - common):
                yield message, other
        for word in rarest:
            holders[word].append(message)
