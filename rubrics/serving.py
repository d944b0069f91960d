"""Services: which of them predict when they are asked, and what keeps one from starting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from grader import Call, Evidence, Source, Span
from rubrics.asked import is_only_measured, stays_none
from rubrics.code_text import code_lines, line_span
from rubrics.facts import last, live_calls, spans
from rubrics.kinds_of_work import files_around, services
from rubrics.live_code import faults
from rubrics.networks import network_classes

# What gives a network that is asked by calling it: `model(pixels)`.
_GIVES_NETWORKS = frozenset(("from_pretrained", "create_model", "pipeline", "load", "load_model", "YOLO"))
_NO_NETWORK = re.compile(
    r"(?:json|yaml|toml|tomllib|numpy)\.|.*(?:Tokenizer|Processor|Config|Extractor)\w*\.from_pretrained$"
)
_RELATIVE = re.compile(r"^from\s+(\.+)([A-Za-z_]\w*)[\w.]*\s+import\b")
_UNDEFINED = re.compile(r"[`'\"](\w+)[`'\"]")


def first_services(evidence: Evidence) -> list[Span]:
    """Return where each file makes its service, once a file: a page of Streamlit is made of nothing but such calls."""
    by_file = {call.span.path: call for call in reversed(services(evidence))}
    return spans(list(by_file.values())[::-1])


def predicting_services(evidence: Evidence) -> list[Span]:
    """Return where services are made that predict when they are asked, each with where it does; one that shows what
    another program has predicted does not, and one that cannot start or asks a model that is nowhere made neither.
    """
    found: list[Span] = []
    for made in first_services(evidence):
        if not list(_missing_modules(evidence, made.path)) and (asked := _predicted_when_asked(evidence, made.path)):
            found += [made, asked[0].span]
    return found


def faults_of_services(evidence: Evidence) -> list[Span]:
    """Return what keeps services from predicting: modules that they import and names that they use, and are not there.

    The text of each span says what it is.
    """
    paths = list(dict.fromkeys(made.path for made in first_services(evidence)))
    missing = [span for path in paths for span in _missing_modules(evidence, path)]
    undefined = [
        Span(path=call.span.path, cell=call.span.cell, line=call.span.line, text=f"{call.receiver} {lacking}")
        for path in paths
        for call in _predictions(evidence, path)
        if (lacking := _lacking(evidence, call))
    ]
    return [*missing, *undefined]


def _predicted_when_asked(evidence: Evidence, path: str) -> list[Call]:
    """Return the calls that predict, those first that stand in a handler, and last those beside a fit: of a search."""
    asked = [call for call in _predictions(evidence, path) if not _lacking(evidence, call)]
    handlers = {(f.span.path, f.name) for f in evidence.code.functions if f.span.text.startswith("@")}
    fitting = {(fit.span.path, fit.function) for fit in live_calls(evidence, "fit")}
    places = [(call.span.path, call.function) for call in asked]
    order = sorted(range(len(asked)), key=lambda at: (places[at] not in handlers, places[at] in fitting))
    return [asked[at] for at in order]


def _lacking(evidence: Evidence, call: Call) -> str:
    """Return what is wrong with the model that a call asks, "" where it may be there."""
    if _is_undefined(evidence, call):
        return "is not defined"
    return "is None, and never set" if stays_none(evidence, call) else ""


def _predictions(evidence: Evidence, path: str) -> list[Call]:
    """Return the calls that predict in the functions that the service of this file may reach, or in a page's script,
    which is run each time.
    """
    own = files_around(evidence, {path})
    page = any(call.name.startswith("streamlit.") and call.span.path == path for call in services(evidence))
    return [
        call
        for call in [*live_calls(evidence, "predict"), *_networks_asked(evidence, own)]
        if (page or call.function) and call.span.path in own and not is_only_measured(evidence, call)
    ]


def _networks_asked(evidence: Evidence, files: frozenset[str]) -> Iterator[Call]:
    """Yield the calls of a network, by the name that holds it."""
    calls = [call for call in live_calls(evidence) if call.span.path in files]
    own = network_classes(evidence)
    held = {
        (call.span.path, name)
        for call in calls
        if last(call.name) in own or (last(call.name) in _GIVES_NETWORKS and not _NO_NETWORK.match(call.name))
        for name in call.assigned
    }
    for call in calls:
        asked = call.receiver if last(call.name) == "generate" else call.name
        if (call.span.path, asked) in held:
            yield call


def _is_undefined(evidence: Evidence, call: Call) -> bool:
    """Tell whether a model is asked by a name that is defined nowhere."""
    places = {(fault.span.path, fault.span.line) for fault in faults(evidence, "F821") if _names(fault.message, call)}
    first, end = call.span.line or 0, call.span.end_line or call.span.line or 0
    return any((call.span.path, line) in places for line in range(first, end + 1))


def _names(message: str, call: Call) -> bool:
    named = _UNDEFINED.search(message)
    return named is not None and named[1] == call.receiver.partition(".")[0]


def _missing_modules(evidence: Evidence, path: str) -> Iterator[Span]:
    """Yield the relative imports at the margin of a file whose module was not handed in."""
    files = {entry.path for entry in evidence.files}
    for source in evidence.code.sources:
        if source.path == path and source.cell is None:
            yield from _missing(source, files)


def _missing(source: Source, files: set[str]) -> Iterator[Span]:
    folders = PurePosixPath(source.path).parents
    for number, line in code_lines(source):
        relative = _RELATIVE.match(line[:200])
        if not relative or len(relative[1]) > len(folders):
            continue
        place = str(folders[len(relative[1]) - 1] / relative[2])
        if f"{place}.py" not in files and not any(path.startswith((f"{place}/", f"{place}.")) for path in files):
            span = line_span(source, number)
            yield span.model_copy(update={"text": f"{relative[1]}{relative[2]} is imported, and is not there"})
