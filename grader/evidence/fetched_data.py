"""Reads whether a work says that its data are to be had elsewhere: on request, by download, from a platform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from grader.model import Document

PLATFORM = re.compile(r"^/kaggle/input/\w")
LONGEST = 500  # characters of a sentence
PROSE = ("readme", "markdown")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_ELSEWHERE = re.compile(
    r"\b(?:(?:up)?on|by|at) request\b|\bdownload|\bkaggle\b|\bconfidential\b|\bproprietary\b|\btoo (?:large|big)\b"
    r"|\bfetch|\b(?:can|may|must|has to|have to) be (?:obtained|found|requested|had|got)\b|\bask (?:me|us|for)\b"
    r"|\bavailable (?:from|at|on|under|upon|via|here)\b|\b(?:obtain|request)\b|\bget (?:it|them|the (?:raw )?data)\b"
    r"|\b(?:not|n't|never)\s+(?:\w+\s+)?(?:included|shared|part|public|committed|checked in|in (?:this|the) repo)",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"\bno need\b|\bneed not\b|\b(?:not|n't) (?:need|have) to\b|\bwithout\b|\bnothing\b|\bis (?:already )?included\b",
    re.IGNORECASE,
)
_OF_CODE = re.compile(r"\b(?:repo|repository|code|project|notebooks?|scripts?|packages?)\b", re.IGNORECASE)
_OF_DATA = re.compile(r"\b(?:data|data ?sets?|database|corpus|images|pictures|weights|csv)\b", re.IGNORECASE)
_DATA_HEADING = re.compile(r"^#{1,6}\s*(?:the\s+|getting\s+the\s+)?data(?:\s?sets?)?\b.{0,20}$", re.IGNORECASE)


def named_as_elsewhere(wanted: str, documents: Iterable[Document]) -> bool:
    """Say whether the file `wanted`, or data as such, is said to be had elsewhere: by its path, or in prose."""
    if PLATFORM.match(wanted):
        return True
    name = PurePosixPath(wanted).name.lower()
    texts = (document.text for document in documents if document.kind in PROSE)
    return any(_says_so(sentence, name, under_data) for text in texts for sentence, under_data in _sentences(text))


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each sentence, and whether it stands under a heading that names data."""
    under_data = False
    for line in text.split("\n"):
        if line.startswith("#"):
            under_data = bool(_DATA_HEADING.match(line.strip()[:LONGEST]))
        for sentence in _SENTENCE_END.split(line):
            yield sentence[:LONGEST], under_data


def _says_so(sentence: str, name: str, under_data: bool) -> bool:
    if not _ELSEWHERE.search(sentence) or _NOT_SO.search(sentence):
        return False
    if name in sentence.lower() or _OF_DATA.search(sentence):
        return True
    return under_data and not _OF_CODE.search(sentence)
