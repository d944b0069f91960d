"""One criterion asked about one work, so that whatever it does costs itself alone."""

from __future__ import annotations

from grader.model import Evidence
from grader.plugins.criteria import Criterion
from grader.plugins.findings import Finding, needs_human


class PluginError(Exception):
    """A plugin did not answer as a criterion must; the message is the end of a sentence that says how."""


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
    return finding
