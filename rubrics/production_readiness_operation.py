"""Production readiness: what those who operate it need: messages, settings, a way to start it, and a watch on drift."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from pathlib import PurePosixPath

from grader import Call, Document, Evidence, Finding, Span, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.code_text import line_span
from rubrics.facts import absent, last, live_calls, nothing_seen, spans, test_paths, unread_part, unreadable
from rubrics.kinds_of_work import (
    PAGES,
    PARSING,
    analysis_only,
    files_of_services,
    meant_to_be_operated,
    programs,
    services,
)
from rubrics.live_code import faults, is_live, live_lines, words_of
from rubrics.messages import (
    calls_of_programs,
    files_of,
    logs,
    of_a_command,
    results,
    says_otherwise,
    trained_in_silence,
    turns_logs_off,
)
from rubrics.serving import faults_of_services, first_services, predicting_services
from rubrics.settings_modules import gathered_settings, settings_classes

MANY_PRINTS = 5
SETTINGS = ("argparse.", "click.", "typer.", "fire.Fire", "hydra.", "omegaconf.", "configparser.", "tomllib.",
            "tomli.", "toml.", "yaml.", "os.environ.get", "os.getenv", "pydantic_settings.", "dynaconf.", "docopt.",
            "absl.flags.", "dotenv.")  # fmt: skip
_CONSTANT = re.compile(r"^([A-Z][A-Z0-9_]{2,})\s*(?::[^=]+)?=(?!=)")
_PLAIN_VALUE = re.compile(r"^([A-Za-z]\w*)\s*=\s*(?:[-+]?\d[\w.+-]*|\"\")\s*$")
TWICE, A_FEW = 2, 3
PRESCRIBED = "OUTPUT_DIR"  # where the contract has predictions written: to read it is no setting of the work's own
_PRESCRIBED_READ = re.compile(rf"environ\s*\[\s*['\"]{PRESCRIBED}['\"]")
# What every system sets by itself: who reads these lets nobody set anything.
_OF_THE_SYSTEM = frozenset(
    ("HOME", "HOMEPATH", "HOMEDRIVE", "USERPROFILE", "USER", "USERNAME", "LOGNAME", "PATH", "PWD", "SHELL", "HOSTNAME",
     "COMPUTERNAME", "TMPDIR", "TEMP", "TMP", "APPDATA", "LANG", "TERM", "DISPLAY", "PYTHONPATH", "VIRTUAL_ENV",
     "CONDA_PREFIX")
)  # fmt: skip
_NAMED_IN_ENVIRON = re.compile(r"environ\s*\[\s*['\"](\w+)['\"]")
_ENVIRON = re.compile(r"\b(?:os\.environ\s*\[\"\"\](?!\s*=(?!=))|(?<!execute_from_command_line\()sys\.argv\b)")
_FLOWS = ("DAG", "dag")
# A flow's own parameters can be given anew with each run: `params["alpha"]`, `{{ params.alpha }}`
_OF_FLOW = re.compile(r"\bparams\b['\"]?\]?\s*(?:\[|\.\w)")
MONITORS = ("evidently.", "prometheus_client.", "prometheus_fastapi_instrumentator.", "whylogs.", "alibi_detect.",
            "nannyml.", "opentelemetry.", "deepchecks.", "frouros.", "river.drift.", "statsd.")  # fmt: skip
DRIFT = re.compile(
    r"(?i)^(?:ks_2samp|wasserstein_distance|jensenshannon|\w*(?:drift|population_stability|_psi|psi_)\w*|psi)$"
)


@criterion("production_readiness.logging_and_errors", title="Programs log, and swallow no error")
def logging_and_errors(evidence: Evidence) -> Finding:
    """Judge how programs say what they do (a notebook may print), and whether a handler of any error drops it in
    silence. Up to five prints, a model trained without a word, or logging beside one that drops errors, are partly met;
    a service that says nothing is not met. Where programs log, what one prints that saves nothing is its result.
    """
    if problem := unreadable(evidence):
        return problem
    dropped = [fault.span for fault in faults(evidence, "S110", "S112") if is_live(evidence, fault.span)]
    calls = calls_of_programs(evidence)
    logged = [] if turns_logs_off(calls) else [call for call in calls if logs(call)]
    advice = "Log with the logging module, and let errors through or log them with what was being done."
    if dropped:
        reason = "An error is caught and dropped in silence."
        if logged:
            return partly(reason, evidence=dropped, score=0.4, advice=advice)
        return not_met(reason, evidence=dropped, advice=advice)
    prints = [call for call in calls if call.name == "print"]
    if not prints and not logged:
        return _silent(evidence, calls, advice)
    shown = results(calls, prints) if logged else []
    places = {id(call) for call in shown}
    said = [call for call in prints if id(call) not in places]
    if logged and len(said) <= MANY_PRINTS:
        beside = (
            f" Results are printed in {files_of(shown)}, which is no missing log." if len(shown) > MANY_PRINTS else ""
        )
        return met(f"Programs log what they do, and drop no error in silence.{beside}", evidence=spans(logged))
    if logged:
        return partly(f"Programs log, and print in {len(said)} places beside.", evidence=spans(said), advice=advice)
    if len(said) <= MANY_PRINTS:
        return partly("Programs print what they do.", evidence=spans(said), advice=advice)
    return not_met(f"Programs print in {len(said)} places.", evidence=spans(said), advice=advice)


def _silent(evidence: Evidence, calls: list[Call], advice: str) -> Finding:
    """Judge programs that neither log nor print: a service that answers requests must, a page shows what it does."""
    own = {call.span.path for call in calls}
    answering = [call for call in services(evidence) if call.span.path in own and not call.name.startswith(PAGES)]
    fits = trained_in_silence(evidence, calls)
    heard = calls
    if answering:  # what a command says to whoever types it tells nobody of the service
        served = files_of_services(evidence)
        heard = [call for call in calls if call.span.path in served or not of_a_command(call)]
    if not (answering or fits) or says_otherwise(heard):
        return nothing_seen(evidence, "No program says what it does.", among=(".py",))
    if gap := unread_part(evidence):
        return needs_human(f"No program was seen to say what it does, but {gap}.", evidence=spans([*answering, *fits]))
    if answering:
        reason = "The service neither logs nor prints what it does."
        return not_met(reason, evidence=first_services(evidence), advice=advice)
    return partly("The programs train a model, and say nothing of it.", evidence=spans(fits), score=0.4, advice=advice)


@criterion("production_readiness.configurable", title="Settings can be changed without editing code")
def configurable(evidence: Evidence) -> Finding:
    """Judge whether programs take paths and settings from options, the environment or a configuration file; constants
    named in one place are partly met; the `OUTPUT_DIR` of the contract is none of the work's own, nor is what every
    system sets (`HOME`). Notebooks need not where a model alone was asked for.
    """
    if problem := unreadable(evidence):
        return problem
    loads, served, written = live_calls(evidence, "load"), services(evidence), frozenset(programs(evidence))
    analysis = analysis_only(evidence, [*loads, *served])
    taken = [span for span in _taken(evidence) if span.path in written or (loads and not analysis)]
    if not (loads or served or taken):
        return nothing_seen(evidence, "Nothing was seen that could be set: no data is loaded, nothing is served.")
    if taken:
        return met("Settings come from options, the environment or a file.", evidence=taken)
    if analysis:
        return analysis
    advice = "Take paths and settings as options (argparse) or from a file, with the present values as defaults."
    if constants := _constants(evidence) or gathered_settings(evidence):
        return partly("Settings are constants in the code.", evidence=constants, advice=advice)
    if not loads:
        return nothing_seen(evidence, "It loads no data and takes no settings.")
    places = spans([call for call in [*loads, *served] if call.span.path in written])
    return absent(evidence, "Paths and settings are written where they are used.", advice, places=places[:6])


def _taken(evidence: Evidence) -> list[Span]:
    """Return where settings are read that something looks at: by a call, or out of the environment."""
    lines = live_lines(evidence)
    by_path = {
        path: words_of(line for _, _, line in group) for path, group in groupby(lines, key=lambda entry: entry[0].path)
    }
    calls = [call for call in live_calls(evidence) if _reads_settings(call) and not _is_prescribed(evidence, call)]
    used = [call.span for call in calls if _is_used(call, by_path.get(call.span.path, Counter()))]
    read = [line_span(source, number) for source, number, line in lines if _ENVIRON.search(line)]
    own = [span for span in read if not (evidence.track and _PRESCRIBED_READ.search(span.text))]
    own = [span for span in own if not _is_of_the_system(span.text)]
    return [*used, *own, *settings_classes(evidence), *_flow_settings(evidence)]


def _flow_settings(evidence: Evidence) -> list[Span]:
    """Return where a flow of Airflow is given parameters that its steps read."""
    flows = [call for call in live_calls(evidence) if call.name.startswith("airflow.") and last(call.name) in _FLOWS]
    given = [call.span for call in flows if call.keywords.get("params", "None") not in ("None", "{}")]
    texts = (source.text for source in evidence.code.sources if source.path not in test_paths(evidence))
    return given if given and any(map(_OF_FLOW.search, texts)) else []


def _reads_settings(call: Call) -> bool:
    if call.name in ("os.environ.get", "os.getenv") and call.positional:
        return call.positional[0].strip("'\"") not in _OF_THE_SYSTEM
    return call.name.startswith(SETTINGS) or last(call.name) in PARSING


def _is_of_the_system(line: str) -> bool:
    """Tell whether a line reads nothing of the environment but what the system sets."""
    found = _NAMED_IN_ENVIRON.findall(line)
    return bool(found) and _OF_THE_SYSTEM.issuperset(found) and "argv" not in line


def _is_prescribed(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call reads what the assignment sets, and every work has to read."""
    return bool(evidence.track) and call.positional[:1] in ((f"'{PRESCRIBED}'",), (f'"{PRESCRIBED}"',))


def _is_used(call: Call, words: Counter[str]) -> bool:
    """Tell whether options that are read are looked at afterwards; a parser alone changes nothing."""
    if last(call.name) in ("ArgumentParser", "add_argument", "load_dotenv", "Typer", "ConfigParser"):
        return False
    return not call.assigned or any(words[name.rpartition(".")[2]] > 1 for name in call.assigned)


def _constants(evidence: Evidence) -> list[Span]:
    """Return the constants at the margin of programs that other lines use: two of them or more that are named as such,
    or numbers and texts of any name, three of them or more without another line between.
    """
    lines = [entry for entry in live_lines(evidence) if entry[0].cell is None]
    words = words_of(line for _, _, line in lines)
    found = [(source, number, _CONSTANT.match(line)) for source, number, line in lines]
    used = [line_span(source, number) for source, number, match in found if match and words[match[1]] > 1]
    if len(used) > 1:
        return used
    runs: list[list[Span]] = [[]]
    for source, number, line in lines:
        match = _PLAIN_VALUE.match(line)
        if match is None or words[match[1]] < TWICE or (runs[-1] and runs[-1][-1].path != source.path):
            runs.append([])
        if match is not None and words[match[1]] >= TWICE:
            runs[-1].append(line_span(source, number))
    return next((run for run in runs if len(run) >= A_FEW), [])


@criterion("production_readiness.packaged", title="It can be started as an image or a service")
def packaged(evidence: Evidence) -> Finding:
    """Judge whether a Dockerfile copies the work and starts a program that is there, or a service predicts in a handler
    that it registers, with modules and names that are there; one of them unfinished is partly met. Missing, it counts
    only where a service was asked for.
    """
    if problem := unreadable(evidence):
        return problem
    images = [document for document in evidence.code.documents if _is_dockerfile(document)]
    whole = [Span(path=document.path) for document in images if _starts(document, evidence)]
    whole += predicting_services(evidence)
    if whole:
        return met("It can be started as it is.", evidence=whole)
    advice = "Write a Dockerfile that installs the pinned packages, copies the code and starts the program."
    served = first_services(evidence)
    if images or served:
        missing = faults_of_services(evidence)
        reasons = ["The Dockerfile starts no program that is there."] if images else []
        if missing:
            reasons.append(f"The service cannot predict: {missing[0].text}.")
        places = [*(Span(path=document.path) for document in images), *missing, *served]
        reason = " ".join(reasons) or "The service predicts nothing."
        return partly(reason, evidence=places, score=0.4, advice=advice)
    if not meant_to_be_operated(evidence):
        return not_applicable("No image or service was asked for.")
    return absent(evidence, "There is neither a Dockerfile nor a service.", advice)


def _is_dockerfile(document: Document) -> bool:
    named = "dockerfile" in PurePosixPath(document.path).name.lower()
    return named and any(line.upper().startswith("FROM ") for line in document.text.split("\n"))


def _starts(document: Document, evidence: Evidence) -> bool:
    """Tell whether a Dockerfile copies files in, and its last start names a program or module of the work."""
    lines = [line.strip() for line in document.text.replace("\\\n", " ").split("\n")]
    starts = [line for line in lines if line.upper().startswith(("CMD", "ENTRYPOINT"))]
    copies = any(line.upper().startswith(("COPY", "ADD")) for line in lines)
    stems = {PurePosixPath(entry.path).stem for entry in evidence.files if entry.path.endswith((".py", ".sh"))}
    words = set(re.findall(r"\w+", " ".join(starts)))
    return copies and bool(words & stems)


@criterion("production_readiness.monitored", title="Drift and behaviour are watched", weight=0.5)
def monitored(evidence: Evidence) -> Finding:
    """Judge whether code that runs compares new data with old, or reports figures to a monitor. Missing, it counts only
    where the model was to be operated; words about monitoring count for nothing.
    """
    if problem := unreadable(evidence):
        return problem
    watching = [call for call in live_calls(evidence) if call.name.startswith(MONITORS) or DRIFT.match(last(call.name))]
    if watching:
        return met("New data or the model's behaviour are watched.", evidence=spans(watching))
    if not meant_to_be_operated(evidence):
        return not_applicable("Nothing was asked for that would be operated.")
    advice = "Compare the distribution of inputs and predictions with training, and alert when they part."
    return absent(evidence, "Nothing was seen that would notice drift.", advice)
