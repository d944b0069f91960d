"""The rules: what speaks for spam, and with how many points."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Rule:
    """A pattern that is looked for in a message, and the points for finding it."""

    name: str
    pattern: re.Pattern[str]
    points: int

    def found_in(self, text: str) -> bool:
        """Tell whether the message holds the pattern."""
        return self.pattern.search(text) is not None


def _rule(name: str, pattern: str, points: int, flags: re.RegexFlag = re.IGNORECASE) -> Rule:
    return Rule(name, re.compile(pattern, flags), points)


RULES = (
    _rule("prize words", r"\b(won|win|winner|prize|award(ed)?|claim|guaranteed|congrat\w*)\b", 3),
    _rule("words of money", r"£|\bcash\b|\bpounds?\b|\bvouchers?\b", 2),
    _rule("premium number", r"\b0[789]\d{8,9}\b", 4),
    _rule("short code", r"\b\d{5}\b", 3),
    _rule("price per message", r"\d+\s?p\b|\bper (msg|min|week|text)\b|/(msg|min|week|wk)\b", 3),
    _rule("link", r"www\.|http", 2),
    _rule("order to reply", r"\b(reply|txt|text|call) (now|to|back|[A-Z]{2,})\b", 2),
    _rule("opt-out terms", r"\bstop\b|t&c|\bunsub\w*|\b16\+|\b18\+", 2),
    _rule("capitals", r"\b[A-Z]{4,}\b", 1, re.NOFLAG),
)
MOST_POINTS = sum(rule.points for rule in RULES)


def score(text: str) -> float:
    """Return the share of all points that a message gets, from 0 to 1."""
    return sum(rule.points for rule in RULES if rule.found_in(text)) / MOST_POINTS


def scores(texts: pd.Series) -> pd.Series:
    """Return the score of each message."""
    return texts.map(score)


def reasons(text: str) -> list[str]:
    """Return the names of the rules that a message meets, for the person who looks at it."""
    return [rule.name for rule in RULES if rule.found_in(text)]
