"""Writes down what happens to rows: a line of JSON for each set of rows and each event, within bounds.

Only outermost calls are events: what happens meanwhile, on other threads too, is part of them. Each line is written at
once, for a work's process is mostly killed; the file is opened anew each time, for its descriptor would be the work's
to close and to use again.
"""

from __future__ import annotations

import json
import weakref
from pathlib import Path
from typing import Any

from tracing import content
from tracing.known import Known
from tracing.place import Places
from tracing.rows import Rows
from tracing.settings import settings_of

NAME = ".traces.jsonl"  # in OUTPUT_DIR; the host reads it
MOST_BYTES = 1_500_000
MOST_EVENTS = 1000
MOST_PLACES = 5000
MOST_ALIKE = 40  # events of one kind at one place; more are only counted
FITTING = ("fit", "resample", "search")
SEARCHES = "SearchCV"


class Event:
    """One call that is going on."""

    def __init__(self, kind: str, name: str, owner: Any, words: list[Any]) -> None:
        self.kind, self.name, self.owner, self.words = kind, name, owner, words
        self.told: dict[str, Any] | None = None  # None where it is only counted
        self.known: Known | None = None


class Recorder:
    """The traces of one process, which are written to `path`; the work lies in `root`."""

    def __init__(self, path: Path, root: str) -> None:
        self._path, self._places = path, Places(root)
        self.rows, self.busy = Rows(), False
        self._left, self._events = MOST_BYTES, 0
        self._alike: dict[tuple[object, ...], int] = {}
        self._numbers: dict[int, tuple[Any, int]] = {}
        self._tables: dict[tuple[int, int, tuple[int, ...]], int] = {}
        self._fits: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._predicted: dict[int, tuple[tuple[int, ...], int]] = {}  # the last of each set of rows

    def begin(self, kind: str, name: str, owner: Any, words: list[Any]) -> Event:
        """Note a call of `name` with the arguments `words`; `owner` is its estimator."""
        self.busy = True
        if owner is not None:
            name = f"{type(owner).__name__}.{name}"
            kind = "search" if kind == "fit" and SEARCHES in name else kind
        event = Event(kind, name, owner, words)
        place = self._places.of_call()
        alike = (kind, name, place.get("file"), place.get("cell"), place.get("line"))
        self._alike[alike] = times = self._alike.get(alike, 0) + 1
        if times > MOST_ALIKE or len(self._alike) > MOST_PLACES or self._events >= MOST_EVENTS or self._left <= 0:
            self._count(place, event, times)
            return event
        event.told = {"event": self._events, "kind": kind, "name": name[:120], **place}
        self._events += 1
        event.known = self._rows_of(event)
        if event.known is not None:
            event.told["rows"] = self._table(event.known)
            event.told["through"] = event.known.through[-20:]
        if owner is not None:
            event.told["settings"] = settings_of(owner)
            event.told["fitted"] = self._fit_of(owner)
            event.told["target"] = len(words) > 1 and words[1] is not None
            event.told["transforms"] = hasattr(owner, "transform") and not hasattr(owner, "predict")
        return event

    def _count(self, place: dict[str, Any], event: Event, times: int) -> None:
        """Say of calls that are no events how often there were any, each time that doubled."""
        if times & (times - 1) == 0 and times > MOST_ALIKE:
            self._write({"again": event.kind, "name": event.name[:120], **place, "times": times})

    def _rows_of(self, event: Event) -> Known | None:
        if event.kind != "metric":
            found = self.rows.of(event.words[0]) if event.words else None
            if found is not None and event.kind in FITTING and len(event.words) > 1:
                self.rows.remember(event.words[1], found)
            return found
        known = [found for found in map(self.rows.find, event.words[:2]) if found is not None]
        found = next((found for found in known if found.predicted is not None), known[0] if known else None)
        if found is not None and found.predicted is None:  # the predictions were rounded, or cut at a threshold
            found = Known(found.ids, *self._predicted.get(self._table(found), ((), None)))
            if event.told is not None:
                event.told["altered"] = True
        if found is not None and event.told is not None:
            event.told["predicted"] = found.predicted
        return found

    def finish(self, event: Event, result: Any) -> None:
        """Note what came out of it."""
        number = event.told["event"] if event.told else None
        if event.owner is not None and event.kind in FITTING:
            self._keep_fit(event.owner, number)
            self._keep_fit(vars(event.owner).get("best_estimator_"), number)
        if event.told is None or number is None:
            return
        known = event.known
        if event.kind == "resample":
            self._keep_resampled(result, number)
        elif known is not None and event.kind == "predict":
            self.rows.remember(result, Known(known.ids, known.through, number))
            self._predicted[event.told["rows"]] = (known.through, number)
        elif known is not None and event.kind in ("fit", "transform") and result is not event.owner:
            fit = number if event.kind == "fit" else event.told["fitted"]
            through = known.through if fit is None else (*known.through, fit)
            self.rows.made(result, Known(known.ids, through), fit if event.told["transforms"] else None)
        self._write(event.told)

    def finish_split(self, event: Event, parts: list[Any], train: Any, test: Any) -> None:
        """Note a split of the arrays in `event.words`: `parts` are the two of each, `train` and `test` which rows."""
        if event.told is None or event.known is None:
            return
        for number, positions in enumerate((train, test)):
            for array, part in zip(event.words, parts[number::2], strict=False):
                whole = self.rows.find(array) or event.known
                self.rows.remember(part, Known(whole.ids[positions], whole.through, whole.predicted), parent=array)
            event.told["test" if number else "train"] = self._table(Known(event.known.ids[positions]))
        self._write(event.told)

    def give_up(self, event: Event) -> None:
        """Note the number of a call that failed: none may be missing, or lines could be taken out unseen."""
        if event.told is not None:
            self._write({"failed": event.told["event"]})

    def _keep_resampled(self, result: Any, number: int) -> None:
        if isinstance(result, tuple) and len(result) > 1:
            found = self.rows.of(result[0], partly=True)
            if found is not None:
                through = Known(found.ids, (*found.through, number))
                self.rows.remember(result[0], through)
                self.rows.remember(result[1], through)

    def _keep_fit(self, owner: Any, number: int | None) -> None:
        if owner is None:
            return
        if number is None:  # what is known of it is no longer so
            self._fits.pop(id(owner), None)
        else:
            self._fits[id(owner)] = (weakref.ref(owner), number)

    def _fit_of(self, owner: Any) -> int | None:
        reference, number = self._fits.get(id(owner), (lambda: None, 0))
        return number if reference() is owner else None

    def _table(self, known: Known) -> int:
        """Return the number of a set of rows, having written it down when it is new."""
        reference, number = self._numbers.get(id(known.ids), (lambda: None, 0))
        if reference() is not known.ids:
            number = self._number_of(known)
            self._numbers[id(known.ids)] = (weakref.ref(known.ids), number)
        return number

    def _number_of(self, known: Known) -> int:
        kept = content.sketch(known.ids)
        unknown = int((known.ids == 0).sum())
        key = (len(known.ids), unknown, tuple(kept))
        if key not in self._tables:
            self._tables[key] = len(self._tables)
            told = {"table": self._tables[key], "size": len(known.ids), "unknown": unknown, "kept": kept}
            self._write(told)
        return self._tables[key]

    def break_off(self) -> None:
        """Say that there is more, which is not told."""
        self._append({"cut": True})

    def _write(self, told: dict[str, Any]) -> None:
        if self._left > 0:
            self._left -= self._append(told)
            if self._left <= 0:
                self.break_off()

    def _append(self, told: dict[str, Any]) -> int:
        line = json.dumps(told, separators=(",", ":"), default=str) + "\n"
        with self._path.open("a", encoding="utf-8") as file:
            return file.write(line)
