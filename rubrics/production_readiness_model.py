"""Production readiness: the model outlives its training, and what it is given is checked."""

from __future__ import annotations

import re
from itertools import islice

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_met, partly
from rubrics.facts import absent, last, live_calls, named, nothing_seen, spans, unread_part, unreadable
from rubrics.given import refusing_errors, schemas_read
from rubrics.kept_models import loaded_models, loads_beside_fits, saved_models
from rubrics.kinds_of_work import analysis_only, arguments, files_of_services, options, services
from rubrics.models import predictors
from rubrics.networks import training_steps
from rubrics.refusals import refusing_returns

LOOKING = frozenset(("get_feature_importance", "plot_importance", "get_score", "get_booster", "get_params", "summary",
                     "plot_tree", "to_graphviz", "get_all_params", "feature_importance"))  # fmt: skip
VALIDATORS = ("model_validate", "parse_obj", "check_array", "check_X_y", "DataFrameSchema", "validate_arguments")
MOST_SHOWN = 12


@criterion("production_readiness.model_kept", title="The model is kept, and loaded to predict without training")
def model_kept(evidence: Evidence) -> Finding:
    """Judge whether the fitted model is saved, and loaded where nothing is fitted; saved only, or loaded by the very
    code or in the very run that trains it, is partly met. Tables and vocabularies are no models. Notebooks need not
    save one where a model alone was asked for.
    """
    if problem := unreadable(evidence):
        return problem
    fits = live_calls(evidence, "fit", "search")
    saved, loaded = saved_models(evidence), loaded_models(evidence)
    if not saved and not loaded:
        if not predictors(evidence) or not fits:
            return nothing_seen(evidence, "No model that predicts was seen to be fitted once and for all.")
        if analysis := analysis_only(evidence, fits):
            return analysis
    advice = "Save the fitted pipeline with joblib in one program, and load it in the one that predicts."
    predicting = [call for call in loaded if not _only_looked_at(evidence, call)]
    trained = [*fits, *training_steps(evidence)]
    fitting = {call.span.path for call in trained}
    saved.sort(key=lambda call: call.span.path not in fitting)  # shown first where the model is fitted
    apart = [call for call in predicting if not loads_beside_fits(evidence, call, trained)]
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
    if last(call.name) == "is_valid":  # of a serializer of Django's REST framework
        return call.keywords.get("raise_exception") == "True"
    refused = last(call.name) == "error" and call.receiver.endswith("parser")
    return refused or (call.name == "sys.exit" and said.startswith(("'", '"', "f'", 'f"')))
