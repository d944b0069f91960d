"""What a plugin that could not be loaded would have judged: a score without it is another than one with it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from grader.model import LeftOut
from grader.plugins import Criterion
from grader.report.formats import plugin
from grader.report.visible import one_line

MOST_NAMED = 8
MOST_SAID = 300


def warn_of_missing(console: Console, criteria: Iterable[Criterion], left_out: Iterable[LeftOut]) -> None:
    """Print a line for each plugin that was left out: why, and which criteria are not judged for that."""
    for sentence in missing_sentences(criteria, left_out):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True, style="yellow")


def missing_sentences(criteria: Iterable[Criterion], left_out: Iterable[LeftOut]) -> list[str]:
    """Return those lines: Warning: the plugin x (x-rubric 1.0) was left out: it cannot be imported: ..."""
    criteria, left_out = tuple(criteria), tuple(left_out)
    sentences = []
    for item in left_out:
        if item.criterion:
            continue
        names = [known.id for known in criteria if known.origin == item.plugin and known.problem]
        names += [other.criterion for other in left_out if other.plugin == item.plugin and other.criterion]
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        unjudged = f" Not judged without it: {', '.join(map(one_line, names[:MOST_NAMED]))}{more}." if names else ""
        reason = one_line(item.reason, MOST_SAID).rstrip(".")
        sentences.append(f"Warning: the plugin {one_line(plugin(item.plugin))} was left out: {reason}.{unjudged}")
    return sentences
