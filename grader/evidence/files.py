"""What the work writes to a file and loads again: tables are the same rows, whatever was computed into them, and models
know what they were fitted on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from posixpath import normpath

from grader.evidence.callsite import CallSite
from grader.evidence.rows import NO_ROWS
from grader.evidence.state import State
from grader.evidence.tables import FRAME, without
from grader.evidence.values import UNKNOWN, Value

WRITERS = ("to_csv", "to_parquet", "to_pickle", "to_feather", "to_excel")
READERS = tuple(f"pandas.read_{writer.removeprefix('to_')}" for writer in WRITERS)
DUMPERS = ("joblib.dump", "pickle.dump", "cloudpickle.dump", "dill.dump")
UNPICKLERS = tuple(f"{dumper.removesuffix('dump')}load" for dumper in DUMPERS)
FILE = "file"
_WHOLE = {"sep", "delimiter", "index_col", "encoding", "low_memory", "parse_dates", "engine", "header"}


def note_written(site: CallSite) -> None:
    """Keep what a frame holds as it is written to a file whose name is known; what is added to one is not known, and a
    table that a program has made up, which loads nothing, is a file of data like any other.
    """
    place = _place(site.argument(0, "path_or_buf", "path", "excel_writer"), site.state)
    if place is not None:
        whole = site.receiver.type == FRAME and "mode" not in site.keywords and "columns" not in site.keywords
        is_made_up = not site.receiver.taints and not any(event.kind == "load" for event in site.state.events)
        site.state.shared.written[place] = site.receiver if whole and not is_made_up else UNKNOWN


def read_back(site: CallSite) -> Value | None:
    """Return the table that was written to the file, None where it was not, or not all of it is read."""
    if site.name not in READERS or not _WHOLE.issuperset(site.keywords) or len(site.arguments) > 1:
        return None
    place = _place(site.argument(0, "filepath_or_buffer", "path", "io"), site.state)
    written = site.state.shared.written.get(place, UNKNOWN) if place is not None else UNKNOWN
    if written.rows == NO_ROWS:
        return None
    index = site.keywords.get("index_col")
    named = index is not None and isinstance(index.constant, str)
    return without(written, frozenset({str(index.constant)})) if index and named else written.evolve()


def note_dumped(site: CallSite) -> Value:
    """Keep what is pickled to a file whose name is known; of several things in one file, none is known."""
    what, place = site.argument(0, "value", "obj"), _place(site.argument(1, "filename", "file"), site.state)
    if what is not None and place is not None:
        written = site.state.shared.written
        is_first = site.name == "joblib.dump" or written.get(place, what) == what
        written[place] = what if is_first else UNKNOWN
    return UNKNOWN


def loaded_back(site: CallSite) -> Value | None:
    """Return what was pickled to the file, None where that is not known."""
    if site.name not in UNPICKLERS:
        return None
    place = _place(site.argument(0, "filename", "file"), site.state)
    written = site.state.shared.written.get(place, UNKNOWN) if place is not None else UNKNOWN
    if written.model is not None:
        return as_loaded(written)
    return written if written.rows or written.items else None


def as_loaded(written: Value) -> Value:
    """Return a model as it was when it was kept: what is fitted later is another one."""
    assert written.model is not None
    return written.evolve(model=replace(written.model, fits=list(written.model.fits), answers={}, name=""))


def opened(site: CallSite) -> Value:
    """Return `open(path)`: for a file that holds one thing, its name is enough."""
    path = site.argument(0, "file")
    return Value(type=FILE, constant=path.constant) if path is not None and path.constant else site.fresh()


def _place(path: Value | None, state: State) -> str | None:
    """Return where a file lies; None for a name that is not known."""
    if path is None or not isinstance(path.constant, str) or not path.constant:
        return None
    return place_of(path.constant, state.unit.source.path)


def place_of(path: str, program: str) -> str:
    """Return where a file lies whose path a program gives, from the folder that the program lies in."""
    return normpath(PurePosixPath(program).parent / path)
