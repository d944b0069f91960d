"""Data preparation: whether what is to be predicted is looked at, and whether looking led to anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grader import Call, ColumnUse, Evidence, Finding, Span, criterion, met, needs_human, not_applicable, partly
from rubrics.acting import Act, Calls, acts_of, calls_of_functions
from rubrics.extremes import extremes_looked_at, extremes_removed
from rubrics.facts import absent, is_given, last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.gaps import COUNTING, filling_gaps
from rubrics.live import before, live_columns, live_matches, live_places, loops_around, target_columns
from rubrics.models import FORECASTERS, family, models, predictors
from rubrics.preparing import (
    FOLDERS,
    VOCABULARY,
    data_loaded,
    in_a_step,
    inspecting,
    is_published,
    of_results,
    plots_unseen,
)
from rubrics.results import result_names

SEVERAL = 2
EVERY_COLUMN = "*"
WEIGHTS = ("class_weight", "scale_pos_weight", "is_unbalance", "auto_class_weights", "class_weights", "stratify")
TARGET_NAME = re.compile(r"(?i)^(y|target|labels?)(_\w+)?$")
COUNTERS = ("bincount", "Counter", "unique")
FIRST_ROWS = ("head", "tail")
STATISTICS = ("mean", "median", "std", "sum", "min", "max", "quantile")
_PICTURES = frozenset(("cv2", "PIL", "torchvision", "skimage", "keras.preprocessing.image",
                       "tensorflow.keras.preprocessing.image"))  # fmt: skip
_FILES = re.compile(
    r"\blen\(\s*(?:\[[^\[\]]{0,80}\bin\s+)?(os\.listdir|list\(.{0,80}\.(glob|rglob|iterdir)|glob(\.glob)?)\("
)
_OF_CLASSES = re.compile(r"\.(classes|targets|labels)\b")  # of what reads a folder: the class of each of its files
_SCORED = re.compile(r"(_score|_error|_loss|_report|\bscore)\(")
_PRINTED = re.compile(r"\b(print|display|log\w*\.\w+)\(")
PREDICTED_NAME = re.compile(r"(?i)^(y_?)?pred(s|icted|iction|ictions)?$")
_LISTING = re.compile(r"\[[^\[\]]*\]")
_LENGTH_PRINTED = re.compile(r"\blen\(\s*([A-Za-z_]\w*)\s*\)")
_ANY_PRINTED = re.compile(r"(\bprint\(|\blog\w*\.\w+\()")
WHOLE_TABLE = ("describe", "hist", "pairplot", "ProfileReport", "profile_report")


@criterion("data_preparation.target_looked_at", title="What is to be predicted is looked at")
def target_looked_at(evidence: Evidence) -> Finding:
    """Judge whether the column that is predicted is counted, described or plotted, so that its shares or its spread
    are known, or, of pictures, the files of each class are; a description of the whole table, or of every column in
    a loop, is partly met. Where the code does not tell which column is predicted, a look at the data is left to a
    person, and so is a picture where a series is gone on with: it may show that. It does not apply to data sets that
    a library of networks holds ready.
    """
    if problem := unreadable(evidence):
        return problem
    if not (loads := data_loaded(evidence)) or not predictors(evidence):
        return nothing_seen(evidence, "No data was seen from which something is predicted.")
    targets = target_columns(evidence)
    if looks := [*_shares_seen(evidence, targets), *_files_counted(evidence)]:
        return met("The column that is predicted is looked at by itself.", evidence=looks)
    advice = "Show value_counts(normalize=True) of classes, or the histogram of a quantity, before choosing a metric."
    whole = spans([call for call in inspecting(evidence) if last(call.name) in WHOLE_TABLE and not _of_column(call)])
    each = [use.span for use in live_columns(evidence, "looked") if use.column == EVERY_COLUMN]
    if whole or each:
        what = "Every column is shown like any other" if each else "The whole table is described"
        reason = f"{what}, the column that is predicted is not looked at by itself."
        return partly(reason, evidence=[*each, *whole], advice=advice)
    if all(map(is_published, loads)):
        return not_applicable("A published data set is loaded, whose classes are known.")
    seen = inspecting(evidence)
    if seen and not targets:
        return needs_human("Data is looked at; which column is predicted could not be followed.", evidence=spans(seen))
    pictures = [call for call in seen if call.kind == "plot"]
    if pictures and any(family(call) in FORECASTERS for call in models(evidence)):  # a series may be a table by itself
        reason = "Data is looked at; whether it is the series that is predicted could not be followed."
        return needs_human(reason, evidence=spans(pictures))
    return absent(evidence, "Nothing was seen that looks at the column that is predicted.", advice)


@criterion("data_preparation.exploration_acted_on", title="Looking at the data leads to decisions")
def exploration_acted_on(evidence: Evidence) -> Finding:
    """Judge whether a look at the data is followed, in the same file, by a step that acts on the same thing, there or
    in a function that is called there: the column changed, dropped or filtered (none that a model's output was written
    to), counted gaps filled, counted repeats dropped, rows dropped that lie far out after box plots, a skewed target
    weighed or stratified. Two such pairs are met; one is partly met, and so is looking without acting, for less.
    """
    if problem := unreadable(evidence):
        return problem
    if not data_loaded(evidence):
        return nothing_seen(evidence, "No data was seen to be loaded.")
    pairs = {what: (first, second) for what, first, second in _pairs(evidence)}
    places = [span for pair in pairs.values() for span in pair]
    if len(pairs) >= SEVERAL:
        return met(f"What was looked at is acted on: {', '.join(list(pairs)[:4])}.", evidence=places)
    advice = "Say in code what follows from a look: fill, drop, cap or transform the column that was looked at."
    if pairs:
        return partly(
            f"Of what was looked at, one thing is acted on: {next(iter(pairs))}.", evidence=places, advice=advice
        )
    if looks := inspecting(evidence) or plots_unseen(evidence):
        reason = "Data is looked at, and nothing was seen that acts on what was looked at."
        tables_first = sorted(looks, key=lambda call: call.kind != "explore")  # a picture may be of anything
        return partly(reason, evidence=spans(tables_first), score=0.25, advice=advice)
    return absent(
        evidence,
        "Nothing was seen that looks at the data before modelling.",
        "Show the target's shares, the gaps and the distributions, and act on what they show.",
    )


def _pairs(evidence: Evidence) -> Iterator[tuple[str, Span, Span]]:
    """Yield what was looked at, the look, and the first step after it that acts on the same: where it stands, or where
    the function is called in which it does.
    """
    targets, calls = target_columns(evidence), calls_of_functions(evidence)
    changed = [use for use in live_columns(evidence, "changed") if use.column not in targets]
    changed = [use for use in changed if not _of_result(evidence, use)]
    predicted = {use.column for use in live_columns(evidence, "predicted")}  # they tell of the model, not of the data
    acting: dict[str, list[Act]] = {}
    for other in changed:
        acting.setdefault(other.column, []).extend(acts_of(calls, other.span, other.function))
    for use in live_columns(evidence, "looked"):
        if use.column not in predicted and not PREDICTED_NAME.match(use.column) and not _only_lists(use):
            yield from _pair(f'column "{use.column[:40]}"', [use.span], acting.get(use.column, ()))
    looks = inspecting(evidence)
    counted = [call for call in looks if last(call.name) in COUNTING]
    filling, dropping = filling_gaps(evidence), named(evidence, ("drop_duplicates",))
    yield from _pair("gaps", spans([*counted, *_gaps_counted(evidence)]), _acts(calls, filling))
    yield from _pair("repeated rows", spans(named(evidence, ("duplicated",))), _acts(calls, dropping))
    removed = [(act, act) for act in extremes_removed(evidence)]
    yield from _pair("extreme values", spans(extremes_looked_at(evidence)), removed)
    yield from _pair("the classes' shares", _shares_seen(evidence, targets), _acts(calls, _weighing(evidence)))


def _pair(what: str, looks: Iterable[Span], acts: Iterable[Act]) -> Iterator[tuple[str, Span, Span]]:
    acting = list(acts)
    for look in looks:
        after = next((act for act, place in acting if before(look, place)), None)
        if after is not None:
            yield what, look, after
            return


def _acts(calls: Calls, acting: Iterable[Call]) -> list[Act]:
    return [act for call in acting for act in acts_of(calls, call.span, call.function)]


def _of_result(evidence: Evidence, use: ColumnUse) -> bool:
    """Tell whether what is named is a key of results, and no column: `scores["forest"] = cross_val_score(...)`."""
    root = re.search(rf"(\w+)\[\s*['\"]{re.escape(use.column)}['\"]", use.span.text)
    return root is not None and (use.span.path, root[1]) in result_names(evidence)


def _only_lists(use: ColumnUse) -> bool:
    """Tell whether the values of a column are only put into a list, a vocabulary say, which nobody sees."""
    return VOCABULARY.search(use.span.text) is not None or in_a_step(use.function, use.span)


def _gaps_counted(evidence: Evidence) -> list[Call]:
    """Return where rows are chosen by their gaps, and how many these are is printed: `len(with_gaps)`."""
    lines = [span for span, _ in live_matches(evidence, _ANY_PRINTED, most=500)]  # a text may hold what is printed
    printed = {(span.path, name) for span in lines for name in _LENGTH_PRINTED.findall(span.text)}
    calls = [call for call in live_calls(evidence, "explore") if last(call.name) in COUNTING]
    return [call for call in calls if any((call.span.path, name) in printed for name in call.assigned)]


def _weighing(evidence: Evidence) -> list[Call]:
    calls = [*models(evidence), *live_calls(evidence, "split", "fit", "resample")]
    given = [call for call in calls if is_given(call, *WEIGHTS)]
    return [
        *given,
        *live_calls(evidence, "resample"),
        *(c for c in live_calls(evidence) if "Stratified" in last(c.name)),
    ]


def _shares_seen(evidence: Evidence, targets: frozenset[str]) -> list[Span]:
    """Return the looks at a column that is predicted, or at a variable that holds it; its gaps alone are no look."""
    uses = [use for use in live_columns(evidence, "looked") if use.column in targets]
    return [*(use.span for use in uses if not _only_gaps(use)), *spans(_looks_at_target(evidence))]


def _of_column(call: Call) -> bool:
    """Tell whether one column alone is described: `df["age"].describe()`."""
    return re.search(rf"\[\s*['\"][^'\"]*['\"]\s*\]\s*\.{last(call.name)}\(", call.span.text) is not None


def _files_counted(evidence: Evidence) -> list[Span]:
    """Return where files are counted class by class, in a work on pictures: its classes are folders, not a column."""
    folders = named(evidence, FOLDERS)
    if not folders and not _PICTURES.intersection(evidence.code.imports) and evidence.modality != "image":
        return []
    told = [call for call in named(evidence, COUNTERS) if folders and _OF_CLASSES.search(" ".join(call.positional))]
    counted = live_places(evidence, _FILES)
    each = len(counted) > 1 or any(_goes_through(evidence, span) for span in counted)
    return [*spans(told), *(counted if each else [])]


def _goes_through(evidence: Evidence, span: Span) -> bool:
    """Tell whether one folder after the other is counted, and not only the files of one gone through."""
    around = _LISTING.sub("", _LISTING.sub("", span.text))
    return bool(loops_around(evidence, span) or re.search(r"\bfor\b.+\bin\b", around))


def _only_gaps(use: ColumnUse) -> bool:
    column = re.escape(use.column)
    gaps = re.findall(rf"{column}['\"]?\]*\.(?:isnull|isna|notnull|notna)\(", use.span.text)
    return bool(gaps) and len(gaps) == len(re.findall(column, use.span.text))


def _looks_at_target(evidence: Evidence) -> list[Call]:
    """Return the looks at a variable that is predicted: by its name, or because a fit is given it as that."""
    found = [call for call in live_calls(evidence) if is_given(call, "target_feat")]  # of a report by sweetviz
    targets = "|".join(re.escape(name) for name in target_columns(evidence) if name.isidentifier())
    attribute = re.compile(rf"\.({targets})\.\w+(\.\w+)?\(" if targets else "(?!)")  # `df.churn.value_counts()`
    shown = [c for c in named(evidence, STATISTICS) if _PRINTED.search(c.span.text) and not _SCORED.search(c.span.text)]
    for call in [*inspecting(evidence), *named(evidence, COUNTERS), *shown]:
        names = evidence.code.predicted.get(call.span.path, ())
        of = [call.receiver, *call.positional[:1]]
        if last(call.name) in COUNTING or of_results(call) or _is_divisor(call):
            continue
        if last(call.name) in FIRST_ROWS:  # what is later cut down to the target may still be the whole table
            names = ()
        if any(text in names or TARGET_NAME.match(text) for text in of) or attribute.search(call.span.text):
            found.append(call)
    return found


def _is_divisor(call: Call) -> bool:
    """Tell whether the figure only measures another: an error is set in relation to `y_test.mean()`."""
    return bool(call.receiver) and re.search(rf"/\s*{re.escape(call.receiver)}\b", call.span.text) is not None
