"""One commit of a git repository, fetched shallow into a bare repository and read without ever checking it out."""

from __future__ import annotations

import ipaddress
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from grader.errors import SubmissionError
from grader.intake.git_verdict import forbidden, late, not_found, verdict
from grader.intake.limits import IntakeLimits
from grader.intake.names import is_junk, output_folder, refusal
from grader.intake.snapshot import SnapshotWriter

SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*::?(//)?")
REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
LFS = b"version https://git-lfs.github.com/spec/"
TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "HTTPS_PROXY", "https_proxy")
CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "protocol.ext.allow=never",
    "http.followRedirects=false",
    "fetch.recurseSubmodules=false",
    "fetch.fsckObjects=true",
    "core.bigFileThreshold=2m",
    "gc.auto=0",
    "maintenance.auto=false",
    "credential.helper=",
)


def is_git_address(source: str, *, allow_local: bool) -> bool:
    """Say whether SOURCE is meant as a git address rather than a path on this machine."""
    found = SCHEME.match(source)
    if found and found[0].endswith(":") and not found[0].endswith("::") and Path(source).exists():
        return False  # a file of this machine with a colon in its name, such as a time
    looks = bool(found) or source.startswith(("-", "git@"))
    return looks or (allow_local and _is_repository(Path(source.rpartition("@")[0] or source)))


def add_commit(
    source: str, writer: SnapshotWriter, limits: IntakeLimits, notes: list[str], *, allow_local: bool
) -> str:
    """Stream the files of URL@REF into `writer` and return the commit's SHA.

    Raises SubmissionError with a "git." code, InfrastructureError("infrastructure.git_unreachable") when there is no
    talking to the server.
    """
    url, ref, options = parse_address(source, allow_local=allow_local)
    with tempfile.TemporaryDirectory(prefix="git-", dir=writer.folder.parent) as folder:
        repository = Repository(Path(folder), limits, allow_local=allow_local, options=options)
        commit = repository.fetch(url, ref)
        writer.note_time(repository.time_of(commit))
        entries = repository.tree(commit)
        full = sum(mode != "160000" and not is_junk(path) for mode, *_, path in entries) > limits.files
        for mode, size, blob, path in entries:
            if mode == "160000":
                notes.append(f"The submodule {ascii(path)[1:-1][:80]} was not fetched.")
                continue
            if is_junk(path):
                writer.leave_out(path)
                continue
            if mode == "120000":
                raise refusal("archive.link", path, "is a symbolic link")
            if full and output_folder(path):
                writer.pass_over(path)
                continue
            data = repository.blob(blob, size)
            if data.startswith(LFS):
                notes.append(f"{ascii(path)[1:-1][:80]} is a Git LFS pointer; the file itself was not fetched.")
            writer.add(path, iter((data,)))
        return commit


def parse_address(source: str, *, allow_local: bool) -> tuple[str, str, tuple[str, ...]]:
    """Return (url, ref, git options that pin the host's address). Raises SubmissionError("git.url_forbidden")."""
    url, ref = _split_ref(source)
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:  # a bracket left open, a port that is no number
        raise forbidden("it is no well-formed address") from error
    if parts.scheme == "file" or (not parts.scheme and allow_local and _is_repository(Path(url))):
        if allow_local and not parts.netloc:
            return url if parts.scheme else f"file://{Path(url).resolve()}", ref, ()
        raise forbidden("a repository on this machine is taken only with --allow-local-git")
    if parts.scheme != "https":
        raise forbidden("only https addresses are taken")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise forbidden("it holds credentials, a query or a fragment")
    host = parts.hostname or ""
    if not HOST.fullmatch(host) or port != 443:
        raise forbidden("its host or port is not allowed")
    return url, ref, (f"http.curloptResolve={host}:443:{','.join(public_addresses(host))}",)


def public_addresses(host: str) -> list[str]:
    """Return the addresses of `host`, all of them public. Raises SubmissionError when one is not, or there is none."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)}
    except (OSError, UnicodeError) as error:  # the latter for a label that is empty or too long for a host
        raise not_found(error) from error
    for address in found:
        if not ipaddress.ip_address(address).is_global:
            raise forbidden("its host has an address inside a private network")
    return sorted(f"[{address}]" if ":" in address else address for address in found)


def _split_ref(source: str) -> tuple[str, str]:
    """Split URL@REF; an @ before the last slash of the path belongs to the address itself."""
    if source.startswith("-") or any(ord(char) <= 32 for char in source):
        raise forbidden("it begins with a dash or holds blanks")
    start = source.find("://") + 3 if "://" in source else 0
    path = source.find("/", start)
    cut = source.find("@", path if path >= 0 else start)
    if cut < 0:
        return source, "HEAD"
    url, ref = source[:cut], source[cut + 1 :]
    if not REF.fullmatch(ref) or ".." in ref:
        raise forbidden("what follows the @ is no branch, tag or commit")
    return url, ref


def _is_repository(path: Path) -> bool:
    return "\0" not in str(path) and ((path / ".git").exists() or (path / "HEAD").is_file())


class Repository:
    """A bare repository of one fetched commit; git runs with an environment and configuration of our own."""

    def __init__(self, folder: Path, limits: IntakeLimits, *, allow_local: bool, options: tuple[str, ...]) -> None:
        self._folder, self._limits = folder, limits
        self._environment = {
            "PATH": os.defpath,
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": "https:file" if allow_local else "https",
            "GIT_LFS_SKIP_SMUDGE": "1",
            "LC_ALL": "C",
            **{name: os.environ[name] for name in TLS_VARIABLES if name in os.environ},
        }
        self._options = [word for option in (*CONFIG, *options) for word in ("-c", option)]
        self._git("init", "--quiet", "--bare", "--template=", str(folder))

    def fetch(self, url: str, ref: str) -> str:
        """Fetch one commit without its history and return its SHA."""
        words = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", url, ref)
        self._git(*words, watched=True, far=not url.startswith("file:"))
        return self._git("rev-parse", "FETCH_HEAD^{commit}").decode().strip()

    def time_of(self, commit: str) -> float:
        """Return when the commit was made, in seconds since 1970."""
        return float(self._git("log", "-1", "--format=%ct", commit).decode().strip() or 0)

    def tree(self, commit: str) -> list[tuple[str, int, str, str]]:
        """Return (mode, bytes, blob, path) of every entry; what counts of them is within limits.

        Raises SubmissionError("git.too_large").
        """
        listing = self._git("ls-tree", "-r", "-l", "-z", "--full-tree", commit, bounded=self._limits.entries * 400)
        entries, files, total = [], 0, 0
        for record in listing.split(b"\0")[:-1]:
            head, _, name = record.partition(b"\t")
            mode, _, blob, size = head.decode().split()
            path, held = _decoded(name), int(size) if size != "-" else 0
            entries.append((mode, held, blob, path))
            if not is_junk(path):
                files, total = files + (output_folder(path) is None), total + held
        if files > self._limits.files or total > self._limits.unpacked_bytes:
            raise self._too_large(f"{files:,} files and {total / 1e6:.0f} MB")
        return entries

    def blob(self, blob: str, size: int) -> bytes:
        """Return one file's bytes."""
        return self._git("cat-file", "blob", blob, bounded=size)

    def _too_large(self, what: str) -> SubmissionError:
        hint = "Leave data, models and environments out of the repository."
        return SubmissionError("git.too_large", f"The commit holds {what}, more than allowed.", hint=hint)

    def _git(self, *words: str, bounded: int = 1 << 20, watched: bool = False, far: bool = False) -> bytes:
        before = _size(self._folder) if far else 0
        command = ["git", *self._options, f"--git-dir={self._folder}", *words]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            cwd=self._folder,
            start_new_session=True,
        )
        ended = threading.Event()
        why: list[str] = []
        watch = threading.Thread(target=self._watch, args=(process, ended, why, watched), daemon=True)
        watch.start()
        assert process.stdout is not None
        assert process.stderr is not None
        out = process.stdout.read(bounded + 1)
        if len(out) > bounded:
            why.append("size")
            _kill(process)
        said = process.stderr.read(4096).decode("utf-8", "replace")
        status = process.wait()
        ended.set()
        watch.join()
        process.stdout.close()
        process.stderr.close()
        if "size" in why:
            raise self._too_large("more bytes or names")
        if "time" in why:
            raise late(self._limits.git_seconds, answered=not far or _size(self._folder) > before)
        if status != 0:
            raise verdict(status, said)
        return out

    def _watch(self, process: subprocess.Popen[bytes], ended: threading.Event, why: list[str], watched: bool) -> None:
        """Kill git when it takes too long or writes too much."""
        waited = 0.0
        while not ended.wait(0.1):
            waited += 0.1
            if waited > self._limits.git_seconds:
                why.append("time")
                return _kill(process)
            if watched and _size(self._folder) > self._limits.packed_bytes * 3:
                why.append("size")
                return _kill(process)
        return None


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal("archive.name", ascii(name), "has a name that is not UTF-8") from error


def _size(folder: Path) -> int:
    return sum(_bytes(path) for path in _walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    for current, _, files in os.walk(folder):
        yield from (Path(current) / name for name in files)


def _bytes(path: Path) -> int:
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
