"""Data preparation: a split that fits the rows, one pipeline, and files left as they were found."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.classes import tells_classes
from rubrics.code_text import place
from rubrics.cuts import parts_in_time
from rubrics.encodings import for_a_picture
from rubrics.facts import is_given, live_calls, named, nothing_seen, spans, unreadable
from rubrics.held_out import cut_in_time
from rubrics.leading import leading
from rubrics.live import MOST_CHARACTERS, live_columns, statement_at, target_columns
from rubrics.models import predictors
from rubrics.parted import fitted
from rubrics.paths import ARGUMENTS, given_path, table_writers, writes_over, written_out
from rubrics.pipelines import Holds, pipelines
from rubrics.preparing import PREPARING, dated, in_order, of_target, tables_loaded

COLUMNS = ("ColumnTransformer", "make_column_transformer")
STRATIFIED = ("StratifiedKFold", "RepeatedStratifiedKFold", "StratifiedShuffleSplit", "StratifiedGroupKFold")
GROUPED = ("GroupKFold", "GroupShuffleSplit", "LeaveOneGroupOut", "StratifiedGroupKFold", "GroupTimeSeriesSplit")
OF_LIBRARIES = ("sklearn.", "seaborn.", "datasets.", "statsmodels.")  # their data is in no file of the work
BATCHES = "tensorflow.data.experimental."  # a file of rows, read as it is gone over
COLUMN_SET = re.compile(r"^\s*\w+(?:\.loc)?\[[^\]=]*\]\s*=(?!=)")
STATISTIC = re.compile(r"\b(mean|median|mode|std|quantile)\b")
ENTITY = re.compile(
    r"(?i)^(customer|user|client|patient|subject|store|shop|product|item|session|device|account|household|group)s?_?(id|no)$|^id$"
)


@criterion("data_preparation.split_fits_data", title="The split fits the rows", weight=1)
def split_fits_data(evidence: Evidence) -> Finding:
    """Judge whether the split respects what the rows are: classes keep their shares, dated rows are cut in their
    order, rows of one entity stay together. A random split is not met in an assignment of time series, and of rows
    that the work itself put in order of time; other dated rows, and entities that the code groups by, are left to a
    person. A quantity without dates or entities may be split as it comes. Where parts of a work differ in the
    classes' shares, those that lead to what is handed in count, else the worst.
    """
    if problem := unreadable(evidence):
        return problem
    splits = live_calls(evidence, "split", "cross_validate", "search")
    ordered = [call for call in splits if in_order(call)]
    grouped = [*named(evidence, GROUPED), *(call for call in splits if is_given(call, "groups"))]
    by_hand = parts_in_time(evidence)
    if cut := cut_in_time(evidence):
        return met("Rows are cut in the order of time.", evidence=[*by_hand, *cut])
    if ordered or grouped:
        what = "in their order" if ordered else "so that entities stay together"
        return met(f"Rows are split {what}.", evidence=spans([*ordered, *grouped]))
    if not splits and by_hand and (predictors(evidence) or fitted(evidence)):
        return met("Dated rows are cut in their order.", evidence=by_hand)
    cuts = {place(call.span) for call in (*splits, *named(evidence, ("drop",)))}  # the rest of rows that were drawn
    mixed = [leak for leak in evidence.code.leaks if leak.kind == "temporal" and place(leak.spans[-1]) in cuts]
    if mixed:
        advice = "Cut by time (TimeSeriesSplit), so that no row is predicted from later ones."
        return not_met(mixed[0].message, evidence=[span for leak in mixed for span in leak.spans], advice=advice)
    dates = dated(evidence)
    if splits and evidence.modality == "time-series":
        advice = "Cut by time (TimeSeriesSplit), so that no row is predicted from later ones."
        return not_met("Rows of a time series are split at random.", evidence=spans([*splits, *dates]), advice=advice)
    entities = [use.span for use in live_columns(evidence) if ENTITY.match(use.column) and "groupby" in use.span.text]
    if splits and (dates or entities):
        what = "The data holds dates" if dates else "Rows are grouped by an entity"
        places = [*spans([*splits[:4], *dates[:4]]), *entities[:4]]
        return needs_human(f"{what}, and the split is random; whether that fits depends on the task.", evidence=places)
    return _shares_kept(evidence, splits)


def _shares_kept(evidence: Evidence, splits: list[Call]) -> Finding:
    if not splits or not tells_classes(evidence):
        return nothing_seen(evidence, "No split was seen of classes, of dated rows or of entities.")
    splits = leading(evidence, splits)
    kept = leading(
        evidence,
        [*(call for call in splits if is_given(call, "stratify", "stratify_by_column")), *named(evidence, STRATIFIED)],
    )
    files = {call.span.path for call in kept}
    by_chance = [call for call in splits if call.kind == "split" and call.span.path not in files]
    if kept and not by_chance:
        return met("The split keeps the classes' shares.", evidence=spans(kept))
    if _has_several_labels(evidence):
        return not_applicable("A row has several labels, whose shares no split of these libraries keeps.")
    if not by_chance:
        # cross_val_score and the searches stratify by themselves when they are given a classifier
        return met("Folds of a classifier are stratified by default.", evidence=spans(splits))
    return not_met(
        "The split leaves the classes' shares to chance.",
        evidence=spans(by_chance),
        advice="Pass stratify=y to train_test_split, or use StratifiedKFold.",
    )


def _has_several_labels(evidence: Evidence) -> bool:
    """Tell whether what is predicted is a set of labels for each row, by how these were made into columns."""
    makers = {name for call in named(evidence, ("MultiLabelBinarizer",)) for name in call.assigned}
    made = [call for call in named(evidence, ("fit_transform",)) if call.receiver in makers]
    made += [call for call in made if "MultiLabelBinarizer" in call.name]
    return any(set(call.assigned) & set(evidence.code.predicted.get(call.span.path, ())) for call in made)


@criterion("data_preparation.pipeline_used", title="Preparation and model are one pipeline", weight=2)
def pipeline_used(evidence: Evidence) -> Finding:
    """Judge whether preprocessing is bound to the model, so that new rows get exactly the training's treatment. A
    pipeline of preprocessing alone is partly met; one that holds a model alone binds nothing.
    """
    if problem := unreadable(evidence):
        return problem
    steps = [call for call in live_calls(evidence, *PREPARING) if _learns(call) and not of_target(evidence, call)]
    steps = [call for call in steps if call.kind != "encode" or not for_a_picture(evidence, call)]
    steps = [call for call in steps if not _makes_target(evidence, call)]
    found = pipelines(evidence)
    if bound := found[Holds.BOTH]:
        return met("Preprocessing and model are bound in a pipeline.", evidence=spans(bound))
    columns = named(evidence, COLUMNS)
    if columns or (found[Holds.PREPARATION] and predictors(evidence)):
        return partly(
            "The preprocessing is bound together, the model is not part of it.",
            evidence=spans([*columns, *found[Holds.PREPARATION]]),
            score=0.6,
            advice="Put the ColumnTransformer and the model into one Pipeline and fit that.",
        )
    if not steps or not predictors(evidence):
        return nothing_seen(evidence, "No preprocessing step was seen that would have to learn from the training rows.")
    return not_met(
        "Preprocessing steps stand apart from the model.",
        evidence=spans(steps),
        advice="Build one Pipeline of the preprocessing and the model: it cannot leak, and new rows are treated alike.",
        question="How do you make sure that a new row gets the same treatment as the training rows?",
    )


@criterion("data_preparation.raw_data_kept", title="The data files are left as they were found", weight=0.5)
def raw_data_kept(evidence: Evidence) -> Finding:
    """Judge whether every file that is loaded stays as it was: none is surely saved to, moved or removed by the same
    file or notebook after it was loaded there, through the same path, constant or unchanged variable. Where tables are
    written and no path of one that is loaded stands in the code, it does not apply.
    """
    if problem := unreadable(evidence):
        return problem
    read = [*tables_loaded(evidence), *(call for call in live_calls(evidence, "load") if call.name.startswith(BATCHES))]
    loads = [call for call in read if not call.name.startswith(OF_LIBRARIES)]
    saves = table_writers(evidence)
    if not loads:
        return nothing_seen(evidence, "No data file was seen to be loaded.")
    over = [(load, save) for save in saves for load in loads if writes_over(evidence, load, save)]
    if over:
        return not_met(
            "A data file is written over or removed after it was loaded.",
            evidence=spans([call for pair in over for call in pair]),
            advice="Write what you make to a file of another name, so that the work can be run again from the start.",
        )
    if saves and not any(written_out(evidence, call) for call in loads):
        given = any(ARGUMENTS.search(given_path(call)) for call in loads)
        return not_applicable(
            f"{'The paths come from arguments' if given else 'No path of a data file is written out'}."
        )
    reason = "No file that is loaded is written over." if saves else "Tables are loaded, and none is written."
    return met(reason, evidence=spans([*loads, *saves]))


def _makes_target(evidence: Evidence, call: Call) -> bool:
    """Tell whether what is predicted is made here: `t["rate"] = t["n"] / t.groupby("price")["n"].transform("sum")`."""
    if not COLUMN_SET.match(statement_at(evidence, call.span)[:MOST_CHARACTERS]):
        return False
    set_to = call.span.text.partition("=")[0]
    return any(f"{quote}{name}{quote}" in set_to for name in target_columns(evidence) for quote in "'\"")


def _learns(call: Call) -> bool:
    """Tell whether a step takes something over from the rows it sees; a constant filled in, or a drop, does not."""
    if call.kind != "impute" or "Imputer" in call.name:
        return True
    return any(STATISTIC.search(text) for text in (*call.positional, *call.keywords.values()))
