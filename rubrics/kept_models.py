"""Where a model is saved and loaded: not a table, a dictionary or a scaler, and not in the very run that fits it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import Call, Evidence
from rubrics.detectors import detectors_loaded, trainings
from rubrics.facts import last, live_calls, named, own_functions
from rubrics.kinds_of_work import imports_own
from rubrics.live import before, branches_around
from rubrics.live_code import live_lines
from rubrics.models import makes_model, scalers, trained
from rubrics.networks import training_steps
from rubrics.once import once_a_work
from rubrics.pretrained import loaded_folders, saved_folders
from rubrics.results import values_given

SAVING = frozenset(("dump", "save_model", "save", "log_model", "dumps", "save_weights", "to_file"))
LOADING = frozenset(("load", "load_model", "load_weights", "loads", "load_learner"))
# Their files hold tables, settings, pictures or sounds, not models.
OTHER_FILES = ("json.", "yaml.", "numpy.", "toml.", "tomllib.", "tomli.", "nltk.", "matplotlib.", "PIL.", "datasets.",
               "torchaudio.", "librosa.", "audioread.", "skimage.", "geopandas.", "dotenv.")  # fmt: skip
# What is written with these may be anything: a table or a dictionary as well as a model.
_OF_ANYTHING = ("pickle.", "joblib.", "dill.", "cloudpickle.", "torch.")
_TABLE = re.compile(r"(?i)(^|_)(df|data_?frame)(\d|_|$)")
_GATHERED = re.compile(r"^\s*(?:\{\}|\[\]|(?:dict|list|set|Counter|defaultdict)\([^()]*\))\s*$")
_OF_TABLES = (
    r"(?:shape|head|tail|columns|index|iloc|loc|groupby|drop|dropna|merge|items|keys|values|describe|info|to_\w+"
    r"|sort_values|isnull|isna|astype|sample|iterrows|itertuples|reset_index)\b"
)
_MOST_STEPS = 6
Place = tuple[str, str]


def saved_models(evidence: Evidence) -> list[Call]:
    """Return the calls that save a model: not tables or settings, and not a scaler or encoder alone."""
    preparing = [*scalers(evidence), *live_calls(evidence, "transform", "encode", "impute")]
    prepared = {name for call in preparing for name in call.assigned}
    kept = [
        call
        for call in _saving(evidence)
        if not (call.arguments and prepared.issuperset(call.arguments)) and not _saves_data(evidence, call)
    ]
    return [*kept, *saved_folders(evidence), *trainings(evidence)]


def loaded_models(evidence: Evidence) -> list[Call]:
    """Return the calls that load a model; a function of the work's own that is called so may load anything."""
    own = {last(fact.name) for fact in own_functions(evidence)}
    data = {_file(evidence, call) for call in _saving(evidence) if _saves_data(evidence, call)}
    data -= {_file(evidence, call) for call in _saving(evidence) if not _saves_data(evidence, call)} | {""}
    calls = [call for call in named(evidence, LOADING) if not call.name.startswith(OTHER_FILES)]
    calls = [call for call in calls if last(call.name) not in own and _file(evidence, call) not in data]
    found = [*(call for call in calls if not _loads_data(evidence, call)), *loaded_folders(evidence)]
    return [*found, *detectors_loaded(evidence)]


def loads_beside_fits(evidence: Evidence, loading: Call, fits: list[Call]) -> bool:
    """Tell whether a model is loaded by the code that fits one: in the same function or at the same file's top level,
    or, wherever it is loaded from, after a fit in the same run.
    """
    learning = [call for call in fits if call not in live_calls(evidence, "fit") or call in trained(evidence)]
    return _is_beside(
        evidence, loading, {_place(call) for call in fits}, _fitting_calls(evidence, learning), frozenset()
    )


def _is_beside(evidence: Evidence, call: Call, places: set[Place], fitting: list[Call], seen: frozenset[Place]) -> bool:
    place = _place(call)
    if place in places or any(_goes_before(evidence, fit, call) for fit in fitting):
        return True
    sites = _sites(evidence, place) if place not in seen else []
    return bool(sites) and all(_is_beside(evidence, site, places, fitting, seen | {place}) for site in sites)


def _goes_before(evidence: Evidence, fit: Call, call: Call) -> bool:
    """Tell whether one call is always made before another, in one and the same run of a function or file."""
    if _place(fit) != _place(call) or not before(fit.span, call.span):
        return False
    return branches_around(evidence, call.span).issuperset(branches_around(evidence, fit.span))


def _fitting_calls(evidence: Evidence, fits: list[Call]) -> list[Call]:
    """Return the calls of the work's own functions that fit a model whenever they are called, or call what does."""
    known, found = _always_run(evidence, fits), list[Call]()
    for _ in range(_MOST_STEPS):
        found = [site for place in known for site in _sites(evidence, place)]
        more = _always_run(evidence, found)
        if more <= known:
            break
        known |= more
    return found


def _always_run(evidence: Evidence, calls: list[Call]) -> set[Place]:
    """Return the functions that make one of these calls whatever they are given."""
    return {_place(call) for call in calls if call.function and not branches_around(evidence, call.span)}


def _sites(evidence: Evidence, place: Place) -> list[Call]:
    """Return the calls of one of the work's own functions, none where it is also used in another way than by a call;
    making an object runs its first method.
    """
    function = place[1].removesuffix(".__init__")
    if not function:
        return []
    uses, node = evidence.code.uses, _node(evidence, (place[0], function))
    calls = [call for call in live_calls(evidence) if last(call.name) == last(function)]
    calls = [call for call in calls if node in uses.get(_node(evidence, _place(call)), ())]
    callers = {_node(evidence, _place(call)) for call in calls}
    users = {user for user, used in uses.items() if node in used} & _running(evidence)
    return calls if users <= callers else []


@once_a_work
def _running(evidence: Evidence) -> frozenset[str]:
    return frozenset(_node(evidence, _place(call)) for call in live_calls(evidence))


def _node(evidence: Evidence, place: Place) -> str:
    """Return how the graph of uses calls a function, or a file's top level."""
    path, function = place
    named = f"{path}:{function}"
    return path if not function else named if named in evidence.code.uses else function


def _place(call: Call) -> Place:
    return (call.span.path, call.function)


def _saving(evidence: Evidence) -> list[Call]:
    return [call for call in named(evidence, SAVING) if call.kind == "save" and not call.name.startswith(OTHER_FILES)]


def _saves_data(evidence: Evidence, call: Call) -> bool:
    """Tell whether what is saved is surely no model: a table, or what a file gathers that has no model to put in."""
    name, path = call.positional[0] if call.positional else "", call.span.path
    if not name.isidentifier() or not call.name.startswith(_OF_ANYTHING):
        return False
    given = values_given(evidence).get((path, name), [])
    gathered = bool(given) and all(map(_GATHERED.match, given)) and not _may_have_model(evidence, path)
    return bool(_TABLE.search(name)) or gathered or _is_table(evidence, call, name)


def _is_table(evidence: Evidence, call: Call, name: str) -> bool:
    giving = [other for other in live_calls(evidence) if _place(other) == _place(call) and name in other.assigned]
    return bool(giving) and all(one.kind == "load" and one.name.startswith("pandas.") for one in giving)


def _may_have_model(evidence: Evidence, path: str) -> bool:
    calls = [call for call in live_calls(evidence) if call.span.path == path]
    training = any(call.span.path == path for call in training_steps(evidence))
    made = any(call.kind in ("fit", "search") or makes_model(call) for call in calls)
    return made or training or imports_own(evidence, path)


def _loads_data(evidence: Evidence, call: Call) -> bool:
    """Tell whether what is loaded is surely no model: it is called a table, or gone over and looked up as data is."""
    if not call.name.startswith(_OF_ANYTHING) or not call.assigned or any("." in name for name in call.assigned):
        return False
    return all(_TABLE.search(name) or _is_used_as_data(evidence, call, name) for name in call.assigned)


def _is_used_as_data(evidence: Evidence, call: Call, name: str) -> bool:
    data = re.compile(
        rf"(?:\bin |\blen\(){name}\b(?:\[[^\[\]]*\])?\s*[:)\]]|\b{name}\.{_OF_TABLES}|\b{name}\[[^\[\]]*\]\s*=(?!=)"
    )
    any_use = re.compile(rf"(?<![\w.]){name}\b(?!\s*=(?!=))")
    lines = [line for source, _, line in live_lines(evidence) if source.path == call.span.path and name in line]
    uses = [line for line in lines if any_use.search(line)]
    return bool(uses) and all(len(any_use.findall(line)) <= len(data.findall(line)) for line in uses)


def _file(evidence: Evidence, call: Call) -> str:
    """Return the name of the file that a call reads or writes, by a text or an open handle; "" where none is seen."""
    texts = [*call.positional, *call.keywords.values()]
    for opened in live_calls(evidence):
        if (
            _place(opened) == _place(call)
            and last(opened.name) == "open"
            and set(opened.assigned) & set(texts)
            and opened.order < call.order
        ):
            texts = [*texts, *opened.positional[:1]]
    named_files = [text.strip("'\"") for text in texts if text[:1] in ("'", '"') and text[-1:] == text[:1]]
    return PurePosixPath(named_files[-1]).name if named_files else ""
