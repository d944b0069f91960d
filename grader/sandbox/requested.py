"""Gives a work the environment that it asks for: down the ladder until one can be had, at last the base environment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SubmissionError
from grader.model import EnvironmentRef, Rung, Wanted
from grader.ports import Sandbox
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.environment_store import EnvironmentStore
from grader.sandbox.fetch import LOCK, Fetcher, Lock
from grader.sandbox.ladder import Attempt, Ladder, own_names
from grader.sandbox.package_index import PackageIndex
from grader.sandbox.uv_verdict import Unfit

NAMES: dict[Rung, str] = {
    "exact": "as written",
    "as_of": "as of the work's date",
    "relaxed": "without versions",
    "base": "the base environment",
}


@dataclass(frozen=True)
class GivenEnvironment:
    """What a run gets: `path` to be shown as /env (None for the locked one), and what the report says of it."""

    ref: EnvironmentRef
    path: Path | None = None
    warnings: tuple[str, ...] = ()
    logs: dict[str, str] = field(default_factory=dict)


class RequestedEnvironments:
    """Makes environments for one sandbox out of what works ask for, and keeps them in `home`."""

    def __init__(self, sandbox: Sandbox, home: Path, index: PackageIndex, *, most_bytes: int, seconds: float) -> None:
        """`most_bytes` is for all together, and half of it for one; `seconds` is for each step of making one."""
        self._sandbox = sandbox
        self._store = EnvironmentStore(home / "environments", most_bytes)
        self._fetcher = Fetcher(sandbox, index, most_bytes // 2, seconds)

    @contextmanager
    def given(
        self, wanted: Wanted, scratch: Path, cpu_ids: tuple[int, ...], cancel: threading.Event
    ) -> Iterator[GivenEnvironment]:
        """Yield the environment for `wanted`, which stays until the block ends; `scratch` is for making it.

        Raises SubmissionError or LimitError with an "environment." code, InfrastructureError("infrastructure.index")
        when the index cannot be reached: it is never the work's fault.
        """
        unfit: list[tuple[Attempt, Unfit]] = []
        with ExitStack() as stack:
            ladder = Ladder(wanted, own_names(sandbox_asset(LOCK).read_text()))
            for rung in ladder.attempts(lambda: unfit[-1][1].blamed):
                try:
                    attempt, lock = self._resolved(ladder, rung, scratch, cpu_ids, cancel)
                    path = stack.enter_context(self._leased(lock, scratch, cpu_ids, cancel))
                except Unfit as reason:
                    unfit.append((rung, reason))
                    continue
                yield self._made(wanted, attempt, lock, path, unfit)
                return
        if unfit and unfit[-1][1].sdists:
            raise _only_source(wanted, unfit[-1][1].sdists)
        yield self._base(wanted, unfit)

    def _resolved(
        self, ladder: Ladder, attempt: Attempt, scratch: Path, cpu_ids: tuple[int, ...], cancel: threading.Event
    ) -> tuple[Attempt, Lock]:
        """Resolve as the attempt says; then, if it pins, with the rest as old as the pins, where that can be had."""
        lock = self._fetcher.resolve(attempt, scratch, cpu_ids, cancel)
        dated = ladder.as_of_its_pins(attempt, lock.uploaded)
        if dated is not None:
            with suppress(Unfit):
                return dated, self._fetcher.resolve(dated, scratch, cpu_ids, cancel)
        return attempt, lock

    def _leased(
        self, lock: Lock, scratch: Path, cpu_ids: tuple[int, ...], cancel: threading.Event
    ) -> AbstractContextManager[Path]:
        digest = lock.digest(self._sandbox.environment_digest())
        return self._store.leased(digest, lambda: self._fetcher.install(lock, scratch, cpu_ids, cancel), cancel)

    def _made(
        self, wanted: Wanted, attempt: Attempt, lock: Lock, path: Path, unfit: list[tuple[Attempt, Unfit]]
    ) -> GivenEnvironment:
        ref = EnvironmentRef(
            name="requirements",
            digest=path.name,
            rung=attempt.rung,
            reason=_why(wanted, unfit),
            as_of=attempt.as_of,
            asked_in=wanted.files,
            lock=f"logs/{LOCK}",
        )
        return GivenEnvironment(ref, path, _warnings(ref, attempt.freed), {LOCK: lock.text, **_log(unfit)})

    def _base(self, wanted: Wanted, unfit: list[tuple[Attempt, Unfit]]) -> GivenEnvironment:
        reason = _why(wanted, unfit) if wanted.requirements else "The work asks for no package."
        digest = self._sandbox.environment_digest()
        ref = EnvironmentRef(name="fixed", digest=digest, rung="base", reason=reason, asked_in=wanted.files)
        return GivenEnvironment(ref, None, _warnings(ref), _log(unfit))


def _why(wanted: Wanted, unfit: list[tuple[Attempt, Unfit]]) -> str:
    """Say of each stricter rung why it could not be had, and name what the index does not have at all."""
    reasons = {reason.reason: attempt for attempt, reason in reversed(unfit) if not attempt.freed}
    said = [
        f"{NAMES[attempt.rung].capitalize()} it cannot be had: {reason}"
        for reason, attempt in reversed(reasons.items())
    ]
    missing = dict.fromkeys(name for _, reason in unfit for name in reason.missing)
    said += [f"The index has no package {name}{_place(wanted, name)}." for name in missing]
    return " ".join(said)[:2000]


def _place(wanted: Wanted, name: str) -> str:
    for each in wanted.requirements:
        if each.name == name:
            return f" ({each.path}, line {each.line})"
    return ""


def _warnings(ref: EnvironmentRef, freed: tuple[str, ...] = ()) -> tuple[str, ...]:
    asked = ", ".join(ref.asked_in)
    if ref.rung in (None, "exact") or not asked:
        return ()
    dated = f" ({ref.as_of})" if ref.as_of else ""
    how = f"{asked} was resolved {NAMES[ref.rung]}{dated}"
    if freed:
        how = f"{asked} was resolved without the versions of {', '.join(freed[:10])}{', …' if len(freed) > 10 else ''}"
    if ref.rung == "base":
        how = f"The work ran in {NAMES['base']}"
    return (f"{how}. {ref.reason}".strip(),)


def _log(unfit: list[tuple[Attempt, Unfit]]) -> dict[str, str]:
    """Return what was tried in vain, for the candidate to read."""
    if not unfit:
        return {}
    parts = (
        f"# {NAMES[attempt.rung]}\n{chr(10).join(attempt.lines)}\n\n{reason.reason}\n" for attempt, reason in unfit
    )
    return {"environment.txt": "\n".join(parts)}


def _only_source(wanted: Wanted, names: tuple[str, ...]) -> SubmissionError:
    found = next((each for each in wanted.requirements if each.name in names), None)
    where = _place(wanted, found.name) if found else ""
    return SubmissionError(
        "environment.sdist",
        f"{found.name if found else names[0]}{where} comes only as source: there is no wheel of it that fits here.",
        path=found.path if found else None,
        line=found.line if found else None,
        hint="Nothing is built from source: ask for a version that has a wheel, or for another package.",
    )
