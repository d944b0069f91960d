"""Production readiness: the model outlives its training, and what it is given is checked."""

from __future__ import annotations

import re
from itertools import islice

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_met, partly
from rubrics.facts import absent, last, live_calls, named, nothing_seen, own_functions, spans, unread_part, unreadable
from rubrics.given import refusing_errors, schemas_read
from rubrics.kinds_of_work import analysis_only, arguments, files_of_services, options, services
from rubrics.models import predictors, scalers
from rubrics.networks import training_steps
from rubrics.pretrained import loaded_folders, saved_folders
from rubrics.refusals import refusing_returns

SAVING = frozenset(("dump", "save_model", "save", "log_model", "dumps", "save_weights", "to_file"))
LOADING = frozenset(("load", "load_model", "load_weights", "loads", "load_learner"))
LOOKING = frozenset(("get_feature_importance", "plot_importance", "get_score", "get_booster", "get_params", "summary",
                     "plot_tree", "to_graphviz", "get_all_params", "feature_importance"))  # fmt: skip
# Their files hold tables, settings, pictures or sounds, not models.
OTHER_FILES = ("json.", "yaml.", "numpy.", "toml.", "tomllib.", "tomli.", "nltk.", "matplotlib.", "PIL.", "datasets.",
               "torchaudio.", "librosa.", "audioread.", "skimage.", "geopandas.", "dotenv.")  # fmt: skip
VALIDATORS = ("model_validate", "parse_obj", "check_array", "check_X_y", "DataFrameSchema", "validate_arguments")
MOST_SHOWN = 12


@criterion("production_readiness.model_kept", title="The model is kept, and loaded to predict without training")
def model_kept(evidence: Evidence) -> Finding:
    """Judge whether the fitted model is saved, and loaded where nothing is fitted; saved only, or loaded by the very
    code that trains it, is partly met. Notebooks need not save one where a model alone was asked for.
    """
    if problem := unreadable(evidence):
        return problem
    fits = live_calls(evidence, "fit", "search")
    saved, loaded = _saved(evidence), _loaded(evidence)
    if not saved and not loaded:
        if not predictors(evidence) or not fits:
            return nothing_seen(evidence, "No model that predicts was seen to be fitted once and for all.")
        if analysis := analysis_only(evidence, fits):
            return analysis
    advice = "Save the fitted pipeline with joblib in one program, and load it in the one that predicts."
    predicting = [call for call in loaded if not _only_looked_at(evidence, call)]
    trained = [*fits, *training_steps(evidence)]
    apart = [call for call in predicting if not _fits_beside(call, trained)]
    if apart and saved:
        return met(
            "The fitted model is saved, and loaded to predict without training.", evidence=spans([*saved, *apart])
        )
    if gap := unread_part(evidence):
        return needs_human(f"How the model is kept cannot be said: {gap}.", evidence=spans([*saved, *loaded, *fits]))
    if saved or loaded:
        what = "saved, but nothing was seen to load it" if not loaded else "loaded by the code that fits it"
        if saved and loaded and not predicting:
            what = "saved, and loaded only to show what it leans on"
        if apart:
            what = "loaded, but nothing was seen to save it"
        return partly(f"The model is {what}.", evidence=spans([*saved, *loaded]), advice=advice)
    return not_met("The model is fitted anew for every prediction.", evidence=spans(fits), advice=advice)


def _saved(evidence: Evidence) -> list[Call]:
    """Return the calls that save a model: not tables or settings, and not a scaler or encoder alone."""
    preparing = [*scalers(evidence), *live_calls(evidence, "transform", "encode", "impute")]
    prepared = {name for call in preparing for name in call.assigned}
    calls = [call for call in named(evidence, SAVING) if not call.name.startswith(OTHER_FILES)]
    kept = [
        call for call in calls if call.kind == "save" and not (call.arguments and prepared.issuperset(call.arguments))
    ]
    return [*kept, *saved_folders(evidence)]


def _loaded(evidence: Evidence) -> list[Call]:
    """Return the calls that load a model; a function of the work's own that is called so may load anything."""
    own = {last(fact.name) for fact in own_functions(evidence)}
    calls = [call for call in named(evidence, LOADING) if not call.name.startswith(OTHER_FILES)]
    return [*(call for call in calls if last(call.name) not in own), *loaded_folders(evidence)]


def _only_looked_at(evidence: Evidence, loading: Call) -> bool:
    """Tell whether a model that is loaded at the margin is used, and only for its importances or parameters."""
    names = {*loading.assigned, loading.receiver} - {""}
    if loading.function or not names:
        return False
    given = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b(?!\.)")
    beside = [call for call in live_calls(evidence) if call.span.path == loading.span.path]
    uses = [
        call
        for call in beside
        if call is not loading
        and (call.receiver in names or any(given.search(text) for text in (*call.positional, *call.keywords.values())))
    ]
    return bool(uses) and all(last(call.name) in LOOKING for call in uses)


def _fits_beside(loading: Call, fits: list[Call]) -> bool:
    """Tell whether the code that loads a model also fits one: the same function, or the same file's top level."""
    here = (loading.span.path, loading.function)
    return any((call.span.path, call.function) == here for call in fits)


@criterion("production_readiness.input_validated", title="Wrong input is refused with a message")
def input_validated(evidence: Evidence) -> Finding:
    """Judge whether code that runs checks what it is given - parameters, requests, data that it reads - and refuses it:
    raises an error of its own or asserts over it, reads it by a schema, or answers a request with an error. An error
    over its own results, or a schema of the answer, is none. Notebooks need not where a model alone was asked for.
    """
    if problem := unreadable(evidence):
        return problem
    given, argued, parsed = [*live_calls(evidence, "load"), *services(evidence)], arguments(evidence), options(evidence)
    if not (given or argued or parsed):
        return nothing_seen(
            evidence, "Nothing was seen that it is given: no data is loaded, no request or argument taken."
        )
    refusals = [call for call in live_calls(evidence) if _ends_with_a_message(call)]
    answered = islice(refusing_returns(evidence), MOST_SHOWN)
    raised = [*refusing_errors(evidence), *schemas_read(evidence)]
    served = files_of_services(evidence)
    raised.sort(key=lambda span: span.path not in served)  # what requests bring is judged first
    checks = [*answered, *raised[:MOST_SHOWN], *spans([*named(evidence, VALIDATORS), *refusals])]
    if checks:
        return met("Input is checked, and refused when it is wrong.", evidence=checks)
    if not given and not argued:
        return nothing_seen(evidence, "It is given options alone, and what parses them refuses wrong ones.")
    analysis = analysis_only(evidence, given)
    if analysis and not argued:
        return analysis
    return absent(
        evidence,
        "Nothing was seen that checks the data it is given.",
        "Check columns, types and emptiness where the data comes in, and raise an error that says what is wrong.",
        question="What happens when a column is missing or comes with another type?",
    )


def _ends_with_a_message(call: Call) -> bool:
    """Tell whether a program is ended with words; `sys.exit(main())` refuses nothing."""
    said = call.positional[0] if call.positional else ""
    refused = last(call.name) == "error" and call.receiver.endswith("parser")
    return refused or (call.name == "sys.exit" and said.startswith(("'", '"', "f'", 'f"')))
