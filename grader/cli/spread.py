"""One function over many folders, in as many forked processes as help."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType

from grader.errors import InfrastructureError
from grader.pipeline import Rescored

Work = Callable[[Path], Rescored]


class Spread:
    """Iterates over the results as they come. A process that dies costs the folders it had left, which are named.

    The processes are forked on entering, before anybody starts a thread; with one or none, all is done in this one.
    """

    def __init__(self, folders: Sequence[Path], work: Work, processes: int) -> None:
        self._folders, self._work = folders, work
        self._shares = [folders[number::processes] for number in range(processes)] if processes > 1 else []
        self._running: list[multiprocessing.process.BaseProcess] = []
        self._ends: dict[Connection, list[Path]] = {}

    def __enter__(self) -> Spread:
        context = multiprocessing.get_context("fork")
        for share in self._shares:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_serve, args=(share, self._work, theirs), daemon=True)
            process.start()
            theirs.close()
            self._running.append(process)
            self._ends[ours] = list(share)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            if error is not None:
                process.terminate()
            process.join()

    def __iter__(self) -> Iterator[Rescored]:
        if not self._running:
            yield from map(self._work, self._folders)
        while self._ends:
            for end in wait(list(self._ends)):
                assert isinstance(end, Connection)
                yield from self._received(end)

    def _received(self, end: Connection) -> Iterator[Rescored]:
        left = self._ends[end]
        try:
            yield Rescored.model_validate_json(end.recv_bytes())
            left.pop(0)
        except EOFError:
            del self._ends[end]
            for folder in left:
                problem = "the process that rescored it ended; rescore it again"
                status = InfrastructureError.exit_status
                yield Rescored(directory=str(folder), name=folder.name, problem=problem, exit_status=status)


def _serve(share: Sequence[Path], work: Work, results: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear, which then ends us
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))  # what is begun is ended: files are whole
    for folder in share:
        if told:
            return
        results.send_bytes(work(folder).model_dump_json().encode())
