"""One criterion asked about one work, so that whatever it does costs itself alone."""

from __future__ import annotations

from grader.model import Evidence, Span
from grader.plugins.criteria import Criterion
from grader.plugins.findings import Finding, needs_human

MOST_LINES = 10_000_000


class PluginError(Exception):
    """A plugin did not answer as a criterion must; the message is the end of a sentence that says how.

    `detail` is what it raised, in its own words, and where: for its author. It is in no report: an address or a time in
    it would make two reports on the same work differ.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


def judge(item: Criterion, evidence: Evidence) -> Finding:
    """Return the criterion's finding; one that raises, or that accuses or praises without evidence, needs a human."""
    if item.problem:
        return needs_human(f"This criterion could not be judged: {item.problem}.")
    try:
        finding = item.judge(evidence)
    except PluginError as error:
        return needs_human(f"This criterion could not be judged: {error}.")
    except Exception as error:  # noqa: BLE001 - a plugin must never cost a report
        return needs_human(f"This criterion could not be judged: {type(error).__name__} in the rubric plugin.")
    if not isinstance(finding, Finding):
        return needs_human("This criterion could not be judged: the rubric plugin returned no finding.")
    if finding.score is not None and not finding.evidence:
        return needs_human(f"{finding.reason} (No place in the work was named for it, so a person should look.)")
    if finding.score is not None and not any(_is_there(span, evidence) for span in finding.evidence):
        return needs_human(f"{finding.reason} (The place that was named for it is not in the work.)")
    return finding


def _is_there(span: Span, evidence: Evidence) -> bool:
    """Tell whether a place is one of the work: a file that was handed in or read, up to its last line where known."""
    sources = evidence.code.sources
    here = next((each.lines for each in sources if (each.path, each.cell) == (span.path, span.cell)), None)
    if here is not None:
        return (span.line or 0) <= here
    files = {entry.path for entry in evidence.files} | {each.path for each in sources} | set(evidence.left_out)
    files |= {document.path for document in evidence.code.documents}
    # where nothing is known of the work, nothing can be held against a place
    return not files or (span.path in files and (span.line or 0) <= MOST_LINES)
