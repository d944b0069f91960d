"""A door in front of the Docker engine's own that can be shut: what goes through it is then cut off."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

ENGINE = "/var/run/docker.sock"


class EngineProxy:
    """Passes everything on between a socket of its own, `path`, and the engine's, until it is shut."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self.open()

    @property
    def host(self) -> str:
        """What DOCKER_HOST has to be."""
        return f"unix://{self.path}"

    def open(self) -> None:
        """Let everybody in."""
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self.path))
        self._door.listen(64)
        threading.Thread(target=self._serve, args=(self._door,), daemon=True).start()

    def shut(self) -> None:
        """Cut off every conversation, and let nobody in."""
        self.path.unlink(missing_ok=True)
        with self._lock:
            door, self._door = self._door, None
            for end in [*([door] if door else []), *self._ends]:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._ends.clear()

    def _serve(self, door: socket.socket) -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            with self._lock:
                if self._door is not door:  # who came in as it was shut is cut off with all others
                    caller.close()
                    return
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(ENGINE)
                self._ends += [caller, engine]
            for source, target in ((caller, engine), (engine, caller)):
                threading.Thread(target=_copy, args=(source, target), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
