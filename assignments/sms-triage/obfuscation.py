"""The law of the suite `shifted`: messages as they are written once a filter has learnt their words.

A message is written in disguise with probability 0.8 if it is spam and 0.5 if it is genuine: people too write w@it,
s t o p and 07700-900 123. In disguise each word of four letters or more is changed with probability 0.5, in one of
three ways: letters become look-alikes (w!nner, ca$h), they are set apart (c.l.a.i.m), or it has a slip (two change
places, one is doubled or left out). Each number of four digits or more is changed with probability 0.7: it is cut up
(0871-24 02.050) or its noughts and ones become letters (O87l). In every other message each such word has a slip of
the thumb with probability 0.1. Within a disguise nothing depends on the class, so that its marks alone tell little.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

LOOK_ALIKES = str.maketrans("aeisAEIS", "@€!$@€!$")
WORD = re.compile(r"[A-Za-z]{4,}")
NUMBER = re.compile(r"\d{4,}")
LETTERS = str.maketrans("01", "Ol")
SPAM_DISGUISED, GENUINE_DISGUISED = 0.8, 0.5
WORDS_CHANGED, NUMBERS_CHANGED, SLIPPED = 0.5, 0.7, 0.1


def obfuscate(text: str, spam: bool, random: np.random.Generator) -> str:
    """Return the message as the law above has it."""
    if random.random() >= (SPAM_DISGUISED if spam else GENUINE_DISGUISED):
        return _changed(WORD, SLIPPED, _slip, text, random)
    text = _changed(WORD, WORDS_CHANGED, _word, text, random)
    return _changed(NUMBER, NUMBERS_CHANGED, _number, text, random)


def _changed(
    pattern: re.Pattern[str],
    probability: float,
    change: Callable[[str, np.random.Generator], str],
    text: str,
    random: np.random.Generator,
) -> str:
    return pattern.sub(lambda found: change(found[0], random) if random.random() < probability else found[0], text)


def _word(word: str, random: np.random.Generator) -> str:
    way = random.integers(3)
    if way == 0:
        return word.translate(LOOK_ALIKES)
    return "._- "[random.integers(4)].join(word) if way == 1 else _slip(word, random)


def _slip(word: str, random: np.random.Generator) -> str:
    place, way = random.integers(1, len(word) - 1), random.integers(3)
    kept = "" if way == 0 else word[place] * 2 if way == 1 else word[place + 1] + word[place]
    return word[:place] + kept + word[place + (2 if way == 2 else 1) :]


def _number(number: str, random: np.random.Generator) -> str:
    if random.integers(2):
        return number.translate(LETTERS)
    mark, pieces = "-. "[random.integers(3)], []
    while number:
        size = random.integers(2, 5)
        pieces.append(number[:size])
        number = number[size:]
    return mark.join(pieces)
