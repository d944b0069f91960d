"""Sentences of README files and Markdown. What they say counts only beside code that bears it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader import Evidence, Span
from rubrics.languages import length

LEAST_WORDS = 6
MOST = 2000
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
        heading = ""
        for part in _END.split(re.sub(r"(?m)^(#{1,6} .*)$", r"\n\1\n\n", text)):
            words = part.split()
            if part.lstrip().startswith("#"):
                heading = " ".join(words)[:200]
            elif length(part) >= LEAST_WORDS and not _NO_SENTENCE.match(part) and left > 0:
                left -= 1
                yield Span(path=document.path, text=" ".join(words)[:300]), " ".join(words)[:1000], heading
