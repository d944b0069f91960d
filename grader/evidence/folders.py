"""Files of a folder that Keras reads as a data set: all of them, or one of two parts."""

from __future__ import annotations

import ast

from grader.evidence.callsite import CallSite
from grader.evidence.rows import NO_ROWS, Rows, RowSets, parts_of
from grader.evidence.values import Value

READERS = ("image_dataset_from_directory", "text_dataset_from_directory", "audio_dataset_from_directory")
_BATCHES = "tensorflow.data.Dataset"
_PARTS = ("training", "validation")


def load_folder(site: CallSite) -> Value:
    """Return `image_dataset_from_directory(folder, validation_split=0.2, subset="training", seed=1)`: all files of the
    folder, or the part that is asked for; of parts that may be drawn in another way each time nobody knows the rows.
    """
    subset = site.keywords.get("subset")
    name = str(subset.constant) if subset is not None else ""
    if name == "both":
        return Value(items=tuple(_read(site, part) for part in _PARTS))
    return _read(site, name)


def _read(site: CallSite, part: str) -> Value:
    rows = _files_of(site)
    if part:
        told = {word.arg: ast.unparse(word.value)[:200] for word in site.node.keywords}
        share, seed = told.get("validation_split", ""), told.get("seed", "")
        is_known = part in _PARTS and rows and (seed or told.get("subset", "").strip("\"'") == "both")
        # No part of a split: what the other one is, another call may say, or none.
        rows = parts_of(rows, ("subset", share, seed, part), "slice") if is_known else NO_ROWS
    site.state.record("load", site.node, site.name, rows=rows)
    return Value(type=_BATCHES, rows=rows if rows or part else site.state.fresh())


def _files_of(site: CallSite) -> RowSets:
    """Return the files of a folder, none where it is not known which it is: a parameter may be any."""
    folder = site.argument(0, "directory")
    if folder is None or not (folder.rows or isinstance(folder.constant, str)):
        return NO_ROWS
    return frozenset({Rows(("folder", folder.constant or folder.rows))})
