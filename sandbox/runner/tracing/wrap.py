"""Functions and methods that note their outermost calls, and behave like what they stand for in all else.

A wrapper keeps name, signature, module and attributes, so it is pickled by its name as before. It leaves tracebacks as
they would be without it, and its file is named so that warnings are attributed past it, as past the import system. What
goes wrong in noting ends the noting, and nothing else.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable
from typing import Any

from tracing.recorder import Event, Recorder

BY_NAME = ("X", "y", "y_true", "y_pred", "y_score", "y_prob", "y_proba")
HIDDEN = "<importlib._bootstrap: noted calls>"


class Active:
    """The recorder of this process, None while there is none."""

    recorder: Recorder | None = None


def stop() -> None:
    """Note nothing more in this process."""
    Active.recorder = None


def _break_off(recorder: Recorder) -> None:
    stop()
    with contextlib.suppress(Exception):
        recorder.break_off()


def noted(function: Callable[..., Any], kind: str, *, method: bool) -> Callable[..., Any]:
    """Return `function` as one whose outermost calls are events of `kind`."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        recorder = Active.recorder
        is_outermost = recorder is not None and not recorder.busy
        event = _begin(kind, function.__name__, args, kwargs, method) if is_outermost else None
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            _abandon(event, error)
            raise
        return result if event is None else _finish(event, result)

    return _hidden(call)


def noted_split(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return train_test_split as one that also splits the rows' positions, and so says which went where."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        event = _begin("split", function.__name__, args, kwargs, False)
        more = _positions(event, args)
        try:
            result = function(*args, *more, **kwargs)
        except BaseException as error:
            _abandon(event, error)
            raise
        return _finish_split(event, result) if more else _finish(event, result)

    return _hidden(call)


def noted_folds(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a splitter's `split` as one that notes its rows; what it yields is made later, and is not looked at."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        from_within = sys._getframe(1).f_globals.get("__name__") == function.__module__
        event = None if from_within else _begin("split", function.__name__, args, kwargs, True)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            _abandon(event, error)
            raise
        return _finish(event, result)

    return _hidden(call)


def _hidden(call: Callable[..., Any]) -> Callable[..., Any]:
    bare: Any = call
    bare.__code__ = bare.__code__.replace(co_filename=HIDDEN)
    return call


def _begin(kind: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], method: bool) -> Event | None:
    recorder = Active.recorder
    if recorder is None or recorder.busy:
        return None
    try:
        owner, words = (args[0], list(args[1:])) if method else (None, list(args))
        if kind == "cross_validate":
            owner, words = None, words[1:]  # the estimator that is cloned
        if kwargs:
            words += [kwargs[key] for key in BY_NAME if key in kwargs]
        return recorder.begin(kind, name, owner, words)
    except Exception:  # noqa: BLE001 - whatever it is, the work goes on as if nobody had looked
        _break_off(recorder)
        return None


def _finish(event: Event | None, result: Any) -> Any:
    recorder = Active.recorder
    if event is not None and recorder is not None:
        try:
            recorder.finish(event, result)
        except Exception:  # noqa: BLE001
            _break_off(recorder)
        recorder.busy = False
    return result


def _positions(event: Event | None, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the rows' positions, to be split as well, where that cannot change what becomes of the others."""
    if event is None or event.told is None or event.known is None:
        return ()
    rows = len(event.known.ids)
    if any(getattr(array, "shape", (None,))[0] != rows and _length(array) != rows for array in args):
        return ()
    return (sys.modules["numpy"].arange(rows),)


def _length(array: Any) -> int | None:
    return len(array) if isinstance(array, list | tuple) else None


def _finish_split(event: Event | None, result: Any) -> Any:
    *parts, train, test = result
    recorder = Active.recorder
    if event is not None and recorder is not None:
        try:
            recorder.finish_split(event, parts, train, test)
        except Exception:  # noqa: BLE001
            _break_off(recorder)
        recorder.busy = False
    return parts


def _abandon(event: Event | None, error: BaseException) -> None:
    """Give up a call that failed, and take the wrapper's own frame out of the traceback."""
    recorder = Active.recorder
    if event is not None and recorder is not None:
        try:
            recorder.give_up(event)
        except Exception:  # noqa: BLE001
            _break_off(recorder)
        recorder.busy = False
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next
