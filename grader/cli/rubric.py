"""`grader rubric list` and `grader rubric explain`: what is judged here, what it weighs and where it comes from."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from grader.errors import UsageError
from grader.model import DIMENSIONS, PluginRef
from grader.plugins import Criterion, Rubric, all_dimensions, load_rubric
from grader.plugins.rubric import OURS
from grader.report.formats import left_out, plugin
from grader.scoring import rubric_version

ADVISORY = "explanations"
WHEN_ASKED = "Judged only where a language model is asked, which is off by default: docs/how-to/ask-a-language-model.md"
EXPLAIN = "One in full: grader rubric explain ID"
PAGE = "docs/reference/criteria/{dimension}.md"


def list_command(*, as_json: bool) -> int:
    """Print every criterion with its dimension, weight and origin; returns the exit status."""
    rubric = load_rubric()
    if as_json:
        print(json.dumps(_form(rubric), indent=2))
        return 0
    console = Console()
    unloaded = [missing.plugin for missing in rubric.left_out if not missing.criterion]
    for part in all_dimensions(rubric.criteria, {}):
        found = [item for item in rubric.criteria if item.dimension == part.id]
        console.print(Text.assemble((part.title, "bold"), (f"  {part.id}", "dim")))
        if part.id == ADVISORY:
            _say(console, f"       {WHEN_ASKED}")
        for item in found:
            console.print(_line(item, unloaded), soft_wrap=True)
    _say(console, f"{_counted(rubric.criteria)}, rubric {rubric_version(rubric.criteria)}. {EXPLAIN}")
    for missing in rubric.left_out:
        _say(console, f"Left out: {left_out(missing)}")
    return 0


def explain_command(name: str, *, as_json: bool) -> int:
    """Print one criterion in full. Raises UsageError naming near ones when there is none of that id."""
    rubric = load_rubric()
    found = next((item for item in rubric.criteria if item.id == name), None)
    if found is None:
        raise UsageError(f"there is no criterion {name!r}", hint=_nearest(name, rubric.criteria))
    if as_json:
        print(json.dumps(_row(found), indent=2))
        return 0
    console = Console()
    console.print(Text(found.title, style="bold"))
    for label, text in _facts(found):
        console.print(Text.assemble((f"  {label:10}", "dim"), text), soft_wrap=True)
    return 0


def _facts(item: Criterion) -> list[tuple[str, str]]:
    title = item.home.title if item.home else DIMENSIONS.get(item.dimension, item.dimension)
    facts = [
        ("id", item.id),
        ("judges", " ".join(item.definition.split()) or "its plugin does not say"),
        ("dimension", f"{title} ({item.dimension})"),
        ("weight", f"{item.weight:g} within its dimension"),
        ("origin", plugin(item.origin) if item.origin else "unknown"),
    ]
    if item.problem:
        facts.append(("problem", f"it cannot be judged: {item.problem}"))
    if item.origin and item.origin.package == OURS:
        anchor = item.id.replace(".", "").lower()
        facts.append(("examples", f"{PAGE.format(dimension=item.dimension)}#{anchor}"))
    return facts


def _counted(criteria: Sequence[Criterion]) -> str:
    """Return how many criteria a report has: those that ask a language model are there only when one is asked."""
    advisory = sum(item.dimension == ADVISORY for item in criteria)
    beside = f", and {advisory} where a language model is asked" if advisory else ""
    return f"{len(criteria) - advisory} criteria{beside}"


def _line(item: Criterion, unloaded: Sequence[PluginRef]) -> Text:
    """Return a criterion on one line, whole: its id is what the other commands are told."""
    origin = "" if item.origin is None or item.origin.package == OURS else f"  {plugin(item.origin)}"
    problem = f"  cannot be judged: {item.problem}" if item.problem else ""
    if item.problem and item.origin in unloaded:  # why stands below, once
        problem = "  cannot be judged: its plugin was left out"
    return Text.assemble(f"{item.weight:5g}  {item.id:42} {item.title}", (origin, "cyan"), (problem, "red"))


def _form(rubric: Rubric) -> dict[str, object]:
    return {
        "rubric_version": rubric_version(rubric.criteria),
        "criteria": [_row(item) for item in rubric.criteria],
        "left_out": [item.model_dump(mode="json") for item in rubric.left_out],
    }


def _row(item: Criterion) -> dict[str, object]:
    origin = item.origin.model_dump(mode="json") if item.origin else None
    names = ("id", "title", "dimension", "weight", "definition", "problem")
    return {**{name: getattr(item, name) for name in names}, "origin": origin}


def _nearest(name: str, criteria: Sequence[Criterion]) -> str:
    ids = [item.id for item in criteria]
    near = difflib.get_close_matches(name, ids, n=3, cutoff=0.4) or [other for other in ids if name in other][:3]
    return f"Near it: {', '.join(near)}." if near else "All of them: grader rubric list"


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
