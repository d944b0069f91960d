"""The report as a comment on a pull request: bounded, and nothing of the candidate's is markup in it."""

from __future__ import annotations

import re

from grader.model import Failure, Report
from grader.report.findings import OUTCOME_WORDS, VERDICT_WORDS, Weighed, costliest, resting_on, strengths, weighed
from grader.report.formats import (
    environment,
    figure,
    interval,
    language_model,
    left_out,
    measure,
    metric_name,
    points,
    seconds,
    sentence,
    share,
    size,
    where,
)
from grader.report.gates import gate_sentences
from grader.report.history import AS_TOLD, history_sentences, told
from grader.report.notebooks import ended_words, notebooks_sentence
from grader.report.own_tests import more_unpassed, own_tests_sentence, unpassed
from grader.report.profile import ProfileRow, profile_remarks, profile_rows
from grader.report.stress import first_run_suites, stress_sentences
from grader.report.traces import SELF_REPORTED, trace_sentences, witness_rows
from grader.report.unjudged import unjudged_rows, unjudged_sentence
from grader.report.visible import block, encodable, one_line

MAX_CHARACTERS = 60_000
COMMITS_SHOWN = 50
_MARKUP = re.compile(r"([\\`*_\[\]#|~>$])")
_LINK = re.compile(r"(?i)\b(https?|ftp|mailto)(?=:)|\bwww(?=\.)")
_REFERENCE = re.compile(r"(?i)\bGH(?=-\d)")


def render_markdown(report: Report) -> str:
    """Return the report as GitHub Markdown of at most 60,000 characters: failure, score, dimensions, findings."""
    parts = [_headline(report)]
    if report.failure:
        parts.append(_failure(report.failure))
    if report.unscored_reason:
        parts.append(f"> {escaped(report.unscored_reason)}")
    if sentences := gate_sentences(report):
        parts.append("> **Must hold:** " + " ".join(escaped(text, 600) for text in sentences))
    parts += [_dimensions(report), _robustness(report), _stress(report), _findings(report), _unjudged(report)]
    tail = [_criteria(report), _traces(report), _history(report), _run(report)]
    text = "\n\n".join(part for part in parts if part)
    for part in tail:
        if part and len(text) + len(part) < MAX_CHARACTERS - 200:
            text += "\n\n" + part
        elif part:
            text += "\n\nMore is in report.html: this comment has reached its length."
            break
    return encodable(text[: MAX_CHARACTERS - 1]) + "\n"


def escaped(text: str, limit: int = 300) -> str:
    """Return candidate text as one line in which GitHub finds no markup, HTML, mention, reference or link."""
    line = one_line(text, limit).replace("&", "&amp;").replace("<", "&lt;")
    line = _MARKUP.sub(r"\\\1", line)
    line = _LINK.sub(lambda found: found[0] + "\u2060", line).replace("@", "@\u2060").replace("\\#", "\\#\u2060")
    return _REFERENCE.sub(lambda found: found[0] + "\u2060", line)


def _headline(report: Report) -> str:
    score = "not scored" if report.score is None else f"{points(report.score)} / 100"
    bounds = interval(report.low, report.high)
    title = report.assignment.title or report.assignment.slug if report.assignment else "Portfolio reading"
    line = f"**Score: {score}**" + (f" (95% interval {bounds})" if bounds else "")
    line += f" · {OUTCOME_WORDS[report.outcome]}"
    for suite in first_run_suites(report)[:1]:
        line += f" · {metric_name(suite.metric)} {measure(suite.value)} on {suite.rows:,} unseen rows"
    return f"## {escaped(title)}: {escaped(report.submission.name, 120)}\n\n{line}"


def _failure(failure: Failure) -> str:
    place = where(failure.path, failure.cell, failure.line)
    rows = [f"> **What happened:** {escaped(sentence(failure.message), 800)} (`{failure.code}`)"]
    if place:
        rows.append(f"> **Where:** {escaped(place)}")
    if failure.observed:
        rows.append(f"> **What was seen:** {escaped(sentence('; '.join(failure.observed)), 800)}")
    if failure.hint:
        rows.append(f"> **What to do:** {escaped(failure.hint, 800)}")
    return "  \n".join(rows)


def _dimensions(report: Report) -> str:
    everything = report.hidden_weight + sum(dimension.weight for dimension in report.dimensions)
    rows = ["| Dimension | Weight | Score |", "| :-- | --: | --: |"]
    if report.hidden_weight:
        hidden = _score(report.hidden_score)
        rows.append(f"| Result on unseen data | {share(report.hidden_weight, everything)} | {hidden} |")
    for dimension in report.dimensions:
        weight = share(dimension.weight, everything)
        few = f" ({resting_on(dimension)})" if resting_on(dimension) else ""
        rows.append(f"| {escaped(dimension.title)} | {weight} | {_score(dimension.score)}{few} |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _robustness(report: Report) -> str:
    """Return every suite and subgroup as a row, and below the table what no row says."""
    sentences = profile_remarks(report)
    said = "**Robustness:** " + " ".join(escaped(text, 600) for text in sentences) if sentences else ""
    rows = profile_rows(report)
    if not rows:
        return said
    table = [
        "| Rows | Metric | 95 % interval | Baseline to reference | Normalised | Number |",
        "| :-- | :-- | :-- | :-- | --: | --: |",
        *map(_profile_row, rows),
    ]
    reasons = [f"- {escaped(row.name, 80)}: {escaped(row.reason, 300)}" for row in rows if row.reason]
    return "\n\n".join(part for part in ("\n".join(table), "\n".join(reasons), said) if part)


def _profile_row(row: ProfileRow) -> str:
    name = f"&nbsp;&nbsp;{escaped(row.name, 80)}" if row.is_slice else escaped(row.name, 80)
    value = f"{metric_name(row.metric)} {figure(row.value, row.metric)}"
    ends = f"{measure(row.interval[0])} to {measure(row.interval[1])}" if row.interval else ""
    marks = " to ".join(figure(mark, row.metric) for mark in row.marks) if row.marks else ""
    number = f"{row.rows:,}" if row.rows else ""
    number += f", {row.missing:,} missing" if row.missing else ""
    return f"| {name} | {value} | {ends} | {marks} | {row.way} | {number} |"


def _stress(report: Report) -> str:
    sentences = stress_sentences(report)
    return "**Stress run:** " + " ".join(escaped(text, 600) for text in sentences) if sentences else ""


def _findings(report: Report) -> str:
    parts = []
    if costs := costliest(report):
        parts.append("### What cost most\n\n" + "\n".join(map(_finding, costs)))
    if good := strengths(report, 3):
        parts.append("### What is good\n\n" + "\n".join(map(_finding, good)))
    return "\n\n".join(parts)


def _finding(item: Weighed) -> str:
    criterion = item.criterion
    cost = f" (−{item.cost:.1f} points)" if item.has_points and item.cost >= 0.05 else ""
    text = f"- **{escaped(criterion.title)}**{cost}: {escaped(sentence(criterion.reason), 500)}"
    if criterion.advice:
        text += f" *{escaped(criterion.advice, 500)}*"
    places = [escaped(where(span.path, span.cell, span.line, span.end_line), 200) for span in criterion.evidence[:3]]
    return text + (f"  \n  {' · '.join(places)}" if places else "")


def _criteria(report: Report) -> str:
    if not report.dimensions:
        return ""
    rows = ["| Criterion | Verdict | Why |", "| :-- | :-- | :-- |"]
    for item in weighed(report):
        criterion = item.criterion
        rows.append(
            f"| {escaped(criterion.title)} | {VERDICT_WORDS[criterion.verdict]} | {escaped(criterion.reason, 400)} |"
        )
    return details(f"All {len(rows) - 2} criteria", "\n".join(rows))


def _traces(report: Report) -> str:
    sentences = trace_sentences(report)
    if not sentences:
        return ""
    rows = [SELF_REPORTED, "", *(f"- {escaped(sentence, 400)}" for sentence in sentences)]
    for kind, agreement, witness in witness_rows(report):
        places = "; ".join(escaped(where(span.path, span.cell, span.line), 200) for span in witness.spans)
        rows.append(f"- **{kind}**, {agreement}: {escaped(witness.sentence, 600)} {places}".rstrip())
    return details("What the run says of its rows", "\n".join(rows))


def _unjudged(report: Report) -> str:
    rows = []
    for item, about in unjudged_rows(report):
        text = f"- **{escaped(item.what)}**: {escaped(sentence(item.why), 400)}"
        rows.append(f"{text}  \n  {escaped(about, 400)}" if about else text)
    if said := unjudged_sentence(report, "not_applicable"):
        rows.append(f"- {escaped(said, 400)}")
    return "### What could not be judged\n\n" + "\n".join(rows) if rows else ""


def _history(report: Report) -> str:
    if report.history is None:
        return ""
    rows = [*(f"- {escaped(text, 400)}" for text in history_sentences(report)), f"- {AS_TOLD}", ""]
    rows += [f"1. {escaped(told(step))}" for step in report.history.steps[:COMMITS_SHOWN]]
    return details("How it came about", "\n".join(rows))


def _run(report: Report) -> str:
    run, rows = report.run, []
    if run.entry_point:
        what = run.entry_point.path or " ".join(run.entry_point.argv)
        rows.append(f"- Ran {escaped(what)}: {escaped(run.entry_point.reason)}")
    if said := notebooks_sentence(report):
        rows.append(f"- {said}")
        rows += [f"  - {escaped(book.path)}: {escaped(ended_words(book))}" for book in run.notebooks]
    place = f"{escaped(run.sandbox)} on {escaped(run.runtime)}" if run.runtime else escaped(run.sandbox)
    rows.append(f"- Sandbox {place}, limits {run.enforcement or 'not needed: nothing ran'}")
    if run.environment and run.environment.rung:
        rows.append(f"- Environment {escaped(environment(run.environment))}")
    if run.wall_s is not None:
        rows.append(f"- {seconds(run.wall_s)} of wall clock, {size(run.peak_memory_bytes)} at the peak")
    if sentence := own_tests_sentence(report):
        rows.append(f"- Its own tests (self-reported): {escaped(sentence, 600)}")
        rows += _unpassed(report)
    if report.receipt.language_model:
        rows.append(f"- Language model: {escaped(language_model(report.receipt.language_model))}")
    rows += [f"- Note: {escaped(warning)}" for warning in run.warnings[:20]]
    rows += [f"- Note: {escaped(left_out(item), 400)}" for item in report.receipt.left_out[:20]]
    failed = next((cell for cell in run.cells if cell.status in ("error", "timeout")), None)
    text = "\n".join(rows)
    if failed and failed.traceback:
        text += "\n\n" + _fenced("\n".join(failed.traceback.split("\n")[-40:]))
    return details("The run", text)


def _unpassed(report: Report) -> list[str]:
    """Return the tests that did not pass, each with what became of it."""
    rows = []
    for outcome, test in unpassed(report):
        said = f": {escaped(test.message)}" if test.message else ""
        rows.append(f"  - {escaped(test.name or test.path, 120)} {outcome}{said}")
    return [*rows, f"  - and {more_unpassed(report):,} more"] if more_unpassed(report) else rows


def details(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _fenced(text: str) -> str:
    """Return `text` in a fence longer than any run of backticks inside it."""
    body = block(text, 40, 240)
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{body}\n{fence}"


def _score(value: float | None) -> str:
    return "not scored" if value is None else points(value)
