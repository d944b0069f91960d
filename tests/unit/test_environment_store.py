"""Environments that are kept: made once, never removed while in use, the longest unused first."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.errors import InfrastructureError
from grader.sandbox import environment_store
from grader.sandbox.environment_store import EnvironmentStore
from grader.sandbox.settle import settle

BIG = 1_000_000


class Maker:
    """Makes a folder with one big file, and counts how often."""

    def __init__(self, scratch: Path) -> None:
        self.scratch, self.calls = scratch, 0

    def __call__(self) -> Path:
        self.calls += 1
        made = self.scratch / f"made-{threading.get_ident()}-{self.calls}"
        made.mkdir(parents=True)
        (made / "file").write_bytes(os.urandom(BIG))
        return made


def use(store: EnvironmentStore, digest: str, maker: Maker, *, at: float | None = None) -> None:
    with store.leased(digest, maker, threading.Event()) as path:
        assert (path / "file").stat().st_size == BIG
    if at is not None:
        os.utime(store.folder / f"{digest}.use", (at, at))


def kept(store: EnvironmentStore) -> set[str]:
    return {path.name for path in store.folder.iterdir() if path.is_dir()}


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "scratch")


def test_an_environment_is_made_once(tmp_path: Path, maker: Maker) -> None:
    store = EnvironmentStore(tmp_path / "kept", 10 * BIG)
    for _ in range(3):
        use(store, "a", maker)
    assert maker.calls == 1


def test_many_that_need_it_at_once_share_one(tmp_path: Path, maker: Maker) -> None:
    store, together = EnvironmentStore(tmp_path / "kept", 10 * BIG), threading.Barrier(6)

    def one(_: int) -> None:
        together.wait()
        use(store, "a", maker)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(one, range(6)))
    assert maker.calls == 1


def test_who_needs_it_waits_for_the_making_of_it_and_not_for_a_run(tmp_path: Path, maker: Maker) -> None:
    store, together, both = EnvironmentStore(tmp_path / "kept", 10 * BIG), threading.Barrier(2), threading.Barrier(2)

    def slowly() -> Path:
        threading.Event().wait(0.3)  # until the other waits to be the one who makes it
        return maker()

    def run(_: int) -> None:
        together.wait()
        with store.leased("a", slowly, threading.Event()):
            both.wait(20)  # each run goes on until the other one has it too

    for _ in range(3):
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(run, range(2)))
        store.folder.joinpath("a").rename(tmp_path / f"away-{maker.calls}")
    assert maker.calls == 3


def test_the_longest_unused_goes_first(tmp_path: Path, maker: Maker) -> None:
    store = EnvironmentStore(tmp_path / "kept", int(2.5 * BIG))
    use(store, "old", maker, at=1000)
    use(store, "older", maker, at=500)
    use(store, "new", maker)
    assert kept(store) == {"old", "new"}


def test_one_in_use_is_never_removed(tmp_path: Path, maker: Maker) -> None:
    store = EnvironmentStore(tmp_path / "kept", int(1.5 * BIG))
    with store.leased("in-use", maker, threading.Event()) as path:
        os.utime(store.folder / "in-use.use", (1, 1))
        use(store, "other", maker)
        assert (path / "file").exists()
    use(store, "third", maker)
    assert "in-use" not in kept(store)


def test_one_that_another_grader_removes_meanwhile_is_gone(
    tmp_path: Path, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy, store = EnvironmentStore(tmp_path / "kept", 10 * BIG), EnvironmentStore(tmp_path / "kept", int(2.5 * BIG))
    for at, digest in enumerate("abc", start=1):
        use(roomy, digest, maker, at=at)
    listed = environment_store._noted

    def listed_slowly(path: Path) -> int:
        size = listed(path)
        if path.stem == "c":  # the last: all are listed now
            monkeypatch.undo()
            store.evict()
        return size

    monkeypatch.setattr(environment_store, "_noted", listed_slowly)
    store.evict()
    assert kept(store) == {"b", "c"}


def test_the_locked_environment_does_not_count_and_is_never_removed(tmp_path: Path, maker: Maker) -> None:
    store = EnvironmentStore(tmp_path / "kept", BIG // 2)
    (store.folder / "fixed").mkdir(parents=True)
    use(store, "a", maker)
    use(store, "b", maker)
    assert kept(store) == {"fixed", "b"}


def test_what_could_not_be_made_leaves_nothing_to_be_found(tmp_path: Path, maker: Maker) -> None:
    store = EnvironmentStore(tmp_path / "kept", 10 * BIG)

    def fail() -> Path:
        raise InfrastructureError("infrastructure.index", "gone")

    with pytest.raises(InfrastructureError), store.leased("a", fail, threading.Event()):
        pass
    assert kept(store) == set()
    use(store, "a", maker)
    assert maker.calls == 1


def test_waiting_for_another_ends_when_the_grading_is_stopped(tmp_path: Path, maker: Maker) -> None:
    store, stop = EnvironmentStore(tmp_path / "kept", 10 * BIG), threading.Event()

    def slow() -> Path:
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(_lease, store, stop)
            stop.set()
            with pytest.raises(InfrastructureError, match="stopped"):
                waiting.result()
        return maker()

    with store.leased("a", slow, threading.Event()) as path:
        assert path.is_dir()


def _lease(store: EnvironmentStore, stop: threading.Event) -> None:
    with store.leased("a", lambda: pytest.fail("it is being made already"), stop):
        pass


def test_a_folder_from_a_sandbox_becomes_readable_plain_and_never_leads_out(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "env"
    (folder / "bin").mkdir(parents=True)
    outside.write_text("secret")
    outside.chmod(0o600)
    (folder / "link").symlink_to(outside)
    os.mkfifo(folder / "fifo")
    (folder / "bin" / "tool").write_text("x" * 10_000)
    (folder / "bin" / "tool").chmod(0o4700)
    (folder / "data").write_text("x")
    (folder / "data").chmod(0)
    assert settle(folder) >= 10_000
    assert outside.stat().st_mode & 0o777 == 0o600
    assert not (folder / "fifo").exists()
    assert [(folder / name).stat().st_mode & 0o7777 for name in ("bin/tool", "data")] == [0o555, 0o444]
