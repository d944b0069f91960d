"""Production readiness: it runs as handed in, within its limits, on a machine that is not its author's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from grader import Evidence, Finding, Span, criterion, met, not_applicable, not_met, partly
from rubrics.code_text import code_lines, line_span, line_text, strings
from rubrics.dependencies import declared, distribution_of, third_party
from rubrics.facts import (
    absent,
    count,
    last,
    live_calls,
    named,
    outermost,
    own_functions,
    reached_functions,
    spans,
    start,
    test_paths,
    unreadable,
)
from rubrics.models import predictors

_ABSOLUTE = re.compile(
    r"^(?:/(?:home|Users|content|kaggle|mnt|tmp|root|media|opt|data|var|Volumes)/\S|~/|[A-Za-z]:[\\/]+\w|\\\\\w)"
)
_RAISE = re.compile(r"^\s*(raise\s+\w|assert\s+(?!True\b|1\b))")
_SECRET_NAME = re.compile(r"(?i)\b(\w*(?:api_?key|secret|password|passwd|auth_?token|access_?token)\w*)\s*=\s*\"\"")
_LONG_STRING = re.compile(r"['\"][^'\"\s]{8,}['\"]")
VALIDATORS = ("model_validate", "parse_obj", "check_array", "check_X_y", "DataFrameSchema", "DataFrameModel")
LOGGING = ("debug", "info", "warning", "error", "exception", "critical")
JUNK = ("__pycache__", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", "Thumbs.db", ".venv", "venv", "site-packages")
HALF, MOST = 0.5, 0.8
SAVING = ("dump", "save_model", "save", "log_model")
README_WORDS = 30
MANY_PRINTS = 5
MOST_SHOWN = 12
NOTHING_RAN = "Nothing was run, so this cannot be said."


@criterion("production_readiness.runs_end_to_end", title="It runs as it was handed in", weight=4)
def runs_end_to_end(evidence: Evidence) -> Finding:
    """Judge whether the work runs to its end in a fresh sandbox; running, but without usable predictions, is partly
    met.
    """
    failure = evidence.failure or (evidence.run.failure if evidence.run else None)
    if failure and failure.code.startswith("infrastructure."):
        return not_applicable("The grading failed on our side.")
    if failure is None:
        if evidence.run is None:
            return not_applicable(NOTHING_RAN)
        return met("It ran to its end in a fresh sandbox.", evidence=start(evidence))
    place = start(evidence)
    if failure.path:
        place = [Span(path=failure.path, cell=failure.cell, line=failure.line)]
    if failure.code.startswith("predictions."):
        reason = f"It ran to its end, but its predictions cannot be used: {failure.message}"
        return partly(reason, evidence=start(evidence) or place, score=0.4, advice=failure.hint)
    return not_met(f"It did not run to its end: {failure.message}", evidence=place, advice=failure.hint)


@criterion("production_readiness.resource_use", title="It stays well within its limits", weight=0.5)
def resource_use(evidence: Evidence) -> Finding:
    """Judge the share of the allowed time and memory that the run took: under half is met, under 80 % partly."""
    if evidence.run is None or evidence.plan is None:
        return not_applicable(NOTHING_RAN)
    if evidence.run.failure and not evidence.run.limit_exceeded:
        return not_applicable("It did not run to its end, so what it needs is not known.")
    limits, used = evidence.plan.limits, evidence.run.sandbox
    slow_cell = evidence.run.failure is not None and evidence.run.failure.code == "notebook.cell_timeout"
    time = 1.0 if slow_cell else used.wall_s / limits.wall_s
    shares = {"time": time, "memory": (used.peak_memory_bytes or 0) / limits.memory_bytes}
    name, share = max(shares.items(), key=lambda item: item[1])
    # In words and not figures: the same work graded twice gives the same finding.
    if evidence.run.limit_exceeded or share > MOST:
        advice = "Profile it, then lessen rows, folds or candidate settings where they gain nothing."
        reason = f"It comes close to the {name} allowed, or goes over it."
        return not_met(reason, evidence=start(evidence), advice=advice)
    if share > HALF:
        return partly(f"It takes more than half of the {name} allowed.", evidence=start(evidence))
    return met("It takes less than half of the time and memory allowed.", evidence=start(evidence))


@criterion("production_readiness.reproducible_predictions", title="The same rows get the same predictions", weight=1)
def reproducible_predictions(evidence: Evidence) -> Finding:
    """Judge whether a second run gave the hidden rows, under other ids and in another order, the same predictions."""
    stress = evidence.stress
    if stress is None:
        return not_applicable("The work was not run a second time.")
    if stress.failure is not None:
        return not_applicable("The second run gave no predictions to compare.")
    place = start(evidence)
    if stress.identical == stress.rows:
        return met("Each row got the same prediction under another id and in another order.", evidence=place)
    share = stress.identical / stress.rows
    advice = "Fix every seed (random_state, numpy, the framework's), and predict each row by itself."
    reason = (
        f"In a second run {count(stress.rows - stress.identical, 'row')} of {stress.rows:,} got another prediction."
    )
    if share >= MOST:
        return partly(reason, evidence=place, advice=advice)
    return not_met(reason, evidence=place, advice=advice)


@criterion("production_readiness.survives_messy_rows", title="It copes with rows that are not clean", weight=1)
def survives_messy_rows(evidence: Evidence) -> Finding:
    """Judge whether messy rows among the hidden ones got a valid prediction, and spoiled no other row's."""
    stress = evidence.stress
    if stress is None or not stress.messy_rows:
        return not_applicable("No messy rows were put to the work.")
    if stress.failure is not None and stress.failure.code.startswith("infrastructure."):
        return not_applicable("The second run failed on our side.")
    place = start(evidence)
    advice = "Expect empty cells and values never seen: impute, ignore unknown categories, and check ranges."
    if stress.failure is not None:
        return not_met(f"With messy rows it fails: {stress.failure.message}", evidence=place, advice=advice)
    rows = f"{stress.messy_valid:,} of {count(stress.messy_rows, 'messy row')} got a valid prediction"
    if stress.messy_valid == stress.messy_rows and stress.predicted == stress.rows:
        return met(f"{rows}, and so did every other row.", evidence=place)
    share = min(stress.messy_valid / stress.messy_rows, stress.predicted / stress.rows)
    if share >= HALF:
        return partly(f"Only {rows}.", evidence=place, score=round(share, 2), advice=advice)
    return not_met(f"Only {rows}.", evidence=place, advice=advice)


@criterion("production_readiness.dependencies_pinned", title="Dependencies are declared with their versions", weight=2)
def dependencies_pinned(evidence: Evidence) -> Finding:
    """Judge whether every imported package is declared, with a version that is fixed."""
    if problem := unreadable(evidence):
        return problem
    needed = third_party(evidence)
    files = [document for document in evidence.code.documents if document.kind == "dependencies"]
    if not needed:
        return not_applicable("The work imports nothing beyond Python itself.")
    listed = declared(files)
    advice = "List every package that is imported in requirements.txt or pyproject.toml, with its version."
    if not listed:
        reason = f"No file declares the {count(len(needed), 'package')} that the work imports."
        return not_met(reason, evidence=list(needed.values()), advice=advice)
    missing = [name for name in needed if distribution_of(name) not in listed]
    loose = [name for name in needed if name not in missing and not listed[distribution_of(name)]]
    places = [Span(path=document.path) for document in files]
    if not missing and not loose:
        return met("Every imported package is declared with its version.", evidence=places)
    if missing:
        places = [needed[name] for name in missing] + places
        reason = f"Imported, but not declared: {', '.join(missing[:5])}."
        few = len(missing) * 2 < len(needed)
        return partly(reason, evidence=places, score=0.6 if few else 0.3, advice=advice)
    reason = f"Declared without a fixed version: {', '.join(loose[:5])}."
    return partly(reason, evidence=places, score=0.6, advice="Pin versions, or hand in a lock file.")


@criterion("production_readiness.how_to_run_documented", title="A README says how to run it")
def how_to_run_documented(evidence: Evidence) -> Finding:
    """Judge whether a README names the file or command that really runs the work. A lone file needs none."""
    if len(evidence.files) <= 1:
        return not_applicable("A single file was handed in.")
    readmes = [document for document in evidence.code.documents if document.kind == "readme"]
    advice = "Say in a README what it is, how to install it and with which command to run it."
    if not readmes:
        return not_met("There is no README.", evidence=start(evidence), advice=advice)
    places = [Span(path=document.path) for document in readmes]
    if evidence.plan is None:
        names = {PurePosixPath(source.path).name for source in evidence.code.sources}
    else:
        entry = evidence.plan.entry_point
        names = {PurePosixPath(word).name for word in (entry.path, *entry.argv) if word.endswith((".py", ".ipynb"))}
    said = any(name in document.text for document in readmes for name in names)
    if said and sum(document.words for document in readmes) >= README_WORDS:
        return met("The README names the file that runs the work.", evidence=places)
    return partly("There is a README, but it does not say how to run the work.", evidence=places, advice=advice)


@criterion("production_readiness.no_absolute_paths", title="No path exists on the author's machine only")
def no_absolute_paths(evidence: Evidence) -> Finding:
    """Judge whether strings in the code name places of the author's machine, of Colab or of Kaggle."""
    if problem := unreadable(evidence):
        return problem
    tests = test_paths(evidence)
    sources = [source for source in evidence.code.sources if source.path not in tests]
    named_places = (
        (text, line_span(source, line)) for source in sources for text, line in strings(source) if _ABSOLUTE.match(text)
    )
    found = list(islice(named_places, MOST_SHOWN))
    if found:
        return not_met(
            f"A path of the author's machine is written into the code: {found[0][0][:80]}",
            evidence=[span for _, span in found],
            advice="Take paths relative to the repository, or as an argument.",
        )
    if not live_calls(evidence, "load", "save"):
        return not_applicable("No file was seen to be read or written.")
    return met("Files are named by relative paths or arguments.", evidence=spans(live_calls(evidence, "load", "save")))


@criterion("production_readiness.input_validated", title="Wrong input is refused with a message")
def input_validated(evidence: Evidence) -> Finding:
    """Judge whether code that runs checks what it is given: raises an error, asserts, or uses a schema."""
    if problem := unreadable(evidence):
        return problem
    if not live_calls(evidence, "load"):
        return not_applicable("No data was seen to be loaded.")
    checks = spans([*named(evidence, VALIDATORS), *(call for call in live_calls(evidence) if call.name == "sys.exit")])
    raised = list(islice(_live_raises(evidence), MOST_SHOWN))
    if raised or checks:
        return met("Input is checked, and refused when it is wrong.", evidence=[*raised, *checks])
    return absent(
        evidence,
        "Nothing was seen that checks the data it is given.",
        "Check columns, types and emptiness where the data comes in, and raise an error that says what is wrong.",
        question="What happens when a column is missing or comes with another type?",
    )


@criterion("production_readiness.model_kept", title="The fitted model is kept and used again", weight=0.5)
def model_kept(evidence: Evidence) -> Finding:
    """Judge whether training and prediction are apart: the fitted model is saved and loaded; only saved is partly."""
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return not_applicable("No model that predicts was seen to be fitted.")
    saved = [call for call in live_calls(evidence, "save") if last(call.name) in SAVING]
    loaded = named(evidence, ("load", "load_model"))
    if saved and loaded:
        return met("The fitted model is saved, and loaded to predict.", evidence=spans([*saved, *loaded]))
    advice = "Save the fitted pipeline with joblib in one program, and load it in the one that predicts."
    if saved:
        reason = "The fitted model is saved, but nothing was seen to load it."
        return partly(reason, evidence=spans(saved), advice=advice)
    fits = live_calls(evidence, "fit", "search")
    if not fits:
        return not_applicable("The model is cross-validated only.")
    return not_met("The model is fitted anew for every prediction.", evidence=spans(fits), advice=advice)


@criterion("production_readiness.logging_not_prints", title="Programs log instead of printing", weight=0.5)
def logging_not_prints(evidence: Evidence) -> Finding:
    """Judge how modules and scripts say what they do; a notebook may print."""
    if problem := unreadable(evidence):
        return problem
    calls = [call for call in live_calls(evidence) if call.span.cell is None]
    prints = [call for call in calls if call.name == "print"]
    logged = [call for call in calls if call.name.startswith("logging.") and last(call.name) in LOGGING]
    logged += [call for call in calls if "log" in call.receiver.lower() and last(call.name) in LOGGING]
    if not prints and not logged:
        return not_applicable("No script says what it does.")
    if logged and len(prints) <= MANY_PRINTS:
        return met("Programs log what they do.", evidence=spans(logged))
    advice = "Use logging, so that whoever runs it can choose how much is said and where it goes."
    if len(prints) <= MANY_PRINTS or logged:
        return partly("Programs print what they do.", evidence=spans(prints), advice=advice)
    return not_met(f"Programs print in {len(prints)} places.", evidence=spans(prints), advice=advice)


@criterion("production_readiness.nothing_stray", title="Nothing stray is handed in", weight=0.5)
def nothing_stray(evidence: Evidence) -> Finding:
    """Judge whether caches, checkpoints, environments or an operating system's files came along."""
    if len(evidence.files) <= 1:
        return not_applicable("A single file was handed in.")
    stray = [Span(path=entry.path) for entry in evidence.files if set(PurePosixPath(entry.path).parts) & set(JUNK)]
    if stray:
        reason = f"{count(len(stray), 'file')} came along that nobody wrote, such as {stray[0].path}."
        return not_met(reason, evidence=stray, advice="Name them in .gitignore and remove them.")
    return met("Only files of the work are handed in.", evidence=start(evidence))


@criterion("production_readiness.no_secrets", title="No password or key stands in the code")
def no_secrets(evidence: Evidence) -> Finding:
    """Judge whether a string is given to a name that means a password, key or token. Not applicable without one."""
    if problem := unreadable(evidence):
        return problem
    secrets = (
        line_span(source, number)
        for source in evidence.code.sources
        for number, line in code_lines(source)
        if _SECRET_NAME.search(line) and _LONG_STRING.search(line_text(source, number))
    )
    found = list(islice(secrets, MOST_SHOWN))
    if not found:
        return not_applicable("No password or key was seen.")
    masked = [span.model_copy(update={"text": ""}) for span in found]
    advice = "Read it from the environment, and revoke it."
    return not_met("A password or key seems to stand in the code.", evidence=masked, advice=advice)


def _live_raises(evidence: Evidence) -> Iterator[Span]:
    """Yield the raise and assert statements outside tests and outside functions that nothing reaches."""
    tests = test_paths(evidence)
    reached = reached_functions(evidence)
    dead = outermost([fact for fact in own_functions(evidence) if fact.name not in reached])
    dead_lines = {
        (fact.span.path, fact.span.cell, line)
        for fact in dead
        for line in range(fact.span.line or 0, (fact.span.end_line or 0) + 1)
    }
    for source in evidence.code.sources:
        if source.path not in tests:
            for number, line in code_lines(source):
                if _RAISE.match(line) and (source.path, source.cell, number) not in dead_lines:
                    yield line_span(source, number)
