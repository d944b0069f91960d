"""The engine of the take-home grader; what rubric plugins may use is exported here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.model import (
        Call,
        Claim,
        CodeFacts,
        ColumnUse,
        DeadCode,
        Document,
        Evidence,
        Figure,
        FunctionFact,
        HeldOutFact,
        LeakageFact,
        LearnedUse,
        LintFault,
        NotebookFact,
        OwnTest,
        OwnTests,
        SearchFact,
        Source,
        Span,
        Witness,
    )
    from grader.plugins import Finding, criterion, dimension, met, needs_human, not_applicable, not_met, partly

_HOMES = {
    "grader.plugins": (
        "Finding",
        "criterion",
        "dimension",
        "met",
        "needs_human",
        "not_applicable",
        "not_met",
        "partly",
    ),
    "grader.model": (
        "Call",
        "Claim",
        "CodeFacts",
        "ColumnUse",
        "DeadCode",
        "Document",
        "Evidence",
        "Figure",
        "FunctionFact",
        "HeldOutFact",
        "LeakageFact",
        "LearnedUse",
        "LintFault",
        "NotebookFact",
        "OwnTest",
        "OwnTests",
        "SearchFact",
        "Source",
        "Span",
        "Witness",
    ),
}

__version__ = "0.1.0"
__all__ = [
    "Call",
    "Claim",
    "CodeFacts",
    "ColumnUse",
    "DeadCode",
    "Document",
    "Evidence",
    "Figure",
    "Finding",
    "FunctionFact",
    "HeldOutFact",
    "LeakageFact",
    "LearnedUse",
    "LintFault",
    "NotebookFact",
    "OwnTest",
    "OwnTests",
    "SearchFact",
    "Source",
    "Span",
    "Witness",
    "criterion",
    "dimension",
    "met",
    "needs_human",
    "not_applicable",
    "not_met",
    "partly",
]


def __getattr__(name: str) -> Any:
    # Looked up on first use, so that `grader --help` does not pay for the records.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
