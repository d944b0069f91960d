"""Sentences of README files and Markdown. What they say counts only beside code that bears it out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader import Document, Evidence, Span
from rubrics.languages import length

LEAST_WORDS = 6
MOST = 2000
MOST_CELLS = 10**9
# What the company wrote, handed in again: its words are not the candidate's.
_BRIEF = re.compile(
    r"(?i)^(task|brief|assignment|instructions?|problem([_ -]?statement)?|challenge|exercise|test[_ -]?task)s?\."
)
_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n\s*\n|\n(?=\s*(?:[-*+#>|]|\d+[.)])\s)|(?<=#)\n")
_NO_SENTENCE = re.compile(r"^\s*(?:\||```|!\[|<)")


def sentences(evidence: Evidence) -> Iterator[tuple[Span, str, str]]:
    """Yield each sentence of at least 6 words with its place and the heading above it; headings, tables, code and
    pictures are none.
    """
    left = MOST
    for document in evidence.code.documents:
        if document.kind not in ("readme", "markdown") or _BRIEF.match(PurePosixPath(document.path).name):
            continue
        text = re.sub(r"```.*?(?:```|\Z)", "", document.text, flags=re.DOTALL)
        heading, place = "", _Place(document)
        for part in _END.split(re.sub(r"(?m)^(#{1,6} .*)$", r"\n\1\n\n", text)):
            words = part.split()
            place.follow(part)
            if part.lstrip().startswith("#"):
                heading = " ".join(words)[:200]
            elif length(part) >= LEAST_WORDS and not _NO_SENTENCE.match(part) and left > 0:
                left -= 1
                yield place.span(" ".join(words)[:300]), " ".join(words)[:1000], heading


class _Place:
    """Where in a document its parts stand, asked for one after the other: line of a file, or cell and line in it."""

    def __init__(self, document: Document) -> None:
        self.document, self.offset, self.line = document, 0, 1

    def follow(self, part: str) -> None:
        """Go on to where `part` begins; one that was put together from several stays where the last began."""
        begin = self.document.text.find(part.strip().partition("\n")[0], self.offset)
        if begin >= 0:
            self.line += self.document.text.count("\n", self.offset, begin)
            self.offset = begin

    def span(self, text: str) -> Span:
        """Return the place of the part that was followed last."""
        earlier = bisect_right(self.document.cells, (self.line, MOST_CELLS)) - 1
        first, cell = self.document.cells[earlier] if earlier >= 0 else (1, None)
        line = self.line - first + 1
        return Span(path=self.document.path, cell=cell, line=line, end_line=line, text=text)
