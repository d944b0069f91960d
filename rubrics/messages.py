"""What programs say of what they do: in a log, in print, and in other ways."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import in_tests_folder, last, live_calls
from rubrics.kinds_of_work import programs_judged

LEVELS = frozenset(("debug", "info", "warning", "error", "exception", "critical", "success", "log"))
MOST_NAMED = 3
_SHOWING_PROGRESS = (
    "keras.",
    "tensorflow.",
    "catboost.",
    "pytorch_lightning.",
    "lightning.",
    "transformers.",
    "fastai.",
)
_LOGGER = re.compile(r"(?i)^(?:\w+\.)*_*(?:log|(?:\w*_)?(?:logger|logging|loguru))$")
_LOGGER_OF = re.compile(r"\w[\w.]*\.logger\.[a-z]+\(")  # app.logger.info("started")
MOST_READ = 200
_SAYING = re.compile(
    r"(?i)^(?:pprint|echo|secho|warn|tqdm|trange|track|basicConfig|dictConfig|fileConfig|init_app|capture_exception"
    r"|set_verbosity|setLevel|print_exc|format_exc"
    r"|(?:sys\.)?std(?:out|err)\.write|\w*logg(?:ing|er)|log_\w+|\w*middleware|instrument\w*)$"
)


def calls_of_programs(evidence: Evidence) -> list[Call]:
    """Return the live calls of the programs that are judged as such, without their tests."""
    own = frozenset(path for path in programs_judged(evidence) if not in_tests_folder(path))
    return [call for call in live_calls(evidence) if call.span.path in own]


def turns_logs_off(calls: list[Call]) -> bool:
    """Tell whether all that is logged is dropped: `logging.disable()`, or with the highest level."""
    off = [call for call in calls if call.name == "logging.disable"]
    return any(not call.positional or call.positional[0] in ("logging.CRITICAL", "CRITICAL", "50") for call in off)


def results(calls: list[Call], prints: list[Call]) -> list[Call]:
    """Return the prints of values in programs that save nothing: showing them is what such a program is for."""
    saving = {call.span.path for call in calls if call.kind == "save"}
    return [call for call in prints if call.span.path not in saving and _shows_a_value(call)]


def _shows_a_value(call: Call) -> bool:
    return any(text[:1] not in ("'", '"') and ("{" in text or text[:1] != "f") for text in call.positional)


def files_of(calls: list[Call]) -> str:
    """Return the names of the files that the calls stand in, the first three."""
    return ", ".join(list(dict.fromkeys(call.span.path for call in calls))[:MOST_NAMED])


def logs(call: Call) -> bool:
    """Tell whether a call writes to a log: by the module, or by something named as loggers are."""
    if last(call.name) not in LEVELS:
        return False
    named = _LOGGER.match(call.receiver) or _LOGGER_OF.search(call.span.text[:MOST_READ])
    return bool(named) or call.name.startswith(("logging.", "loguru."))


def says_otherwise(calls: list[Call]) -> bool:
    """Tell whether one of the calls tells somebody something in another way than by a log's levels or in print."""
    return any(_SAYING.match(last(call.name)) or _SAYING.match(call.name) for call in calls)


def of_a_command(call: Call) -> bool:
    """Tell whether a call speaks to whoever has typed a command: its answer, or how far it has come."""
    return last(call.name) in ("echo", "secho", "tqdm", "trange", "track")


def trained_in_silence(evidence: Evidence, calls: list[Call]) -> list[Call]:
    """Return the calls by which programs that are started fit a model, where none of them shows its progress itself."""
    if evidence.plan is not None and evidence.plan.entry_point.kind.endswith("_function"):
        return []
    fits = [call for call in calls if call.kind in ("fit", "search", "cross_validate")]
    talking = any("verbose" in call.keywords or call.name.startswith(_SHOWING_PROGRESS) for call in calls)
    return [] if talking else fits
