"""Group "Git" of the abuse cases: addresses by rule, content with a real repository."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from grader.errors import SubmissionError
from grader.intake import IntakeLimits, take
from grader.intake.git import Repository, parse_address
from grader.intake.git_commits import CommitRepository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "main.py").write_text("print(1)\n")
    commit(folder)
    return folder


def git(folder: Path, *words: str) -> str:
    named = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    environment = {**os.environ, **named, "GIT_CONFIG_GLOBAL": "/dev/null"}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "work")
    return git(folder, "rev-parse", "HEAD")


def code_of(source: str, store: Path, limits: IntakeLimits | None = None, *, local: bool = True) -> str:
    with pytest.raises(SubmissionError) as caught:
        take(source, store, limits, allow_local_git=local)
    return caught.value.code


@pytest.mark.parametrize(
    "source",
    [
        "file:///srv/work",
        "ext::sh -c touch% /tmp/x",
        "fd::17",
        "git://host/work",
        "http://host/work",
        "ssh://-oProxyCommand=touch/work",
        "https://user:secret@host/work",
        "https://host/work@--upload-pack=touch",
        "--upload-pack=touch",
        "git@host:owner/work",
        "https://host:8443/work",
        "https://-host/work",
        "https://host/work@a..b",
        "https://[::1/work",
        "https://host:99999/work",
        "https://host:port/work",
        "https://host\u2100/work",
    ],
)
def test_a_forbidden_address_is_refused_and_the_secret_in_it_not_shown(tmp_path: Path, source: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        take(source, tmp_path / "store")
    assert caught.value.code == "git.url_forbidden"
    assert "secret" not in caught.value.message


def test_a_file_with_a_colon_in_its_name_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "at-12:30.py").write_text("print(1)\n")
    with contextlib.chdir(tmp_path):
        assert take("at-12:30.py", tmp_path / "store").kind == "script"
        assert code_of("at-12:31.py", tmp_path / "store") == "git.url_forbidden"


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example"])
def test_a_host_that_cannot_be_looked_up_is_said_to_be_not_found(tmp_path: Path, host: str) -> None:
    assert code_of(f"https://{host}/work", tmp_path / "store", local=False) == "git.failed"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"])
def test_a_name_that_resolves_into_a_private_network_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (address, 443))])
    with pytest.raises(SubmissionError) as caught:
        parse_address("https://innocent.example/work", allow_local=False)
    assert caught.value.code == "git.url_forbidden"


def test_the_address_that_was_checked_is_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    url, ref, options = parse_address("https://host.example/owner/work.git@feature/x", allow_local=False)
    assert (url, ref) == ("https://host.example/owner/work.git", "feature/x")
    assert options == ("http.curloptResolve=host.example:443:93.184.216.34",)


class Redirecting(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


def test_a_redirect_is_refused_and_never_followed(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        fetching = Repository(tmp_path, IntakeLimits(), allow_local=False, options=())
        fetching._environment["GIT_ALLOW_PROTOCOL"] = "http"  # the rule is the same, and needs no certificate
        with pytest.raises(SubmissionError) as caught:
            fetching.fetch(f"http://127.0.0.1:{server.server_port}/work", "HEAD")
        server.shutdown()
    assert caught.value.code == "git.url_forbidden"
    assert Redirecting.asked
    assert not any("elsewhere" in path for path in Redirecting.asked)


def test_a_local_repository_is_taken_only_behind_the_option_and_the_commit_is_recorded(
    repository: Path, tmp_path: Path
) -> None:
    sha = git(repository, "rev-parse", "HEAD")
    assert code_of(f"file://{repository}@main", tmp_path / "store", local=False) == "git.url_forbidden"
    taken = take(f"file://{repository}@main", tmp_path / "store", allow_local_git=True)
    assert (taken.kind, taken.commit) == ("git", sha)
    assert [entry.path for entry in taken.files] == ["main.py"]


def test_a_branch_that_moves_gives_the_commit_it_was_at(repository: Path, tmp_path: Path) -> None:
    first = take(f"file://{repository}@main", tmp_path / "store", allow_local_git=True)
    (repository / "main.py").write_text("print(2)\n")
    second = take(f"file://{repository}@{commit(repository)}", tmp_path / "store", allow_local_git=True)
    assert first.commit != second.commit
    assert first.digest != second.digest


def test_a_reference_that_does_not_exist_is_said(repository: Path, tmp_path: Path) -> None:
    assert code_of(f"file://{repository}@nothing", tmp_path / "store") == "git.failed"


def test_a_committed_link_is_refused_and_never_made(repository: Path, tmp_path: Path) -> None:
    (repository / "link").symlink_to("/etc/passwd")
    commit(repository)
    assert code_of(f"file://{repository}", tmp_path / "store") == "archive.link"


def test_a_committed_environment_counts_neither_as_files_nor_as_links(repository: Path, tmp_path: Path) -> None:
    environment = repository / ".venv" / "bin"
    environment.mkdir(parents=True)
    for number in range(12):
        (environment / f"tool{number}").write_text("x")
    (environment / "python").symlink_to("/usr/bin/python3")
    commit(repository)
    taken = take(f"file://{repository}", tmp_path / "store", IntakeLimits(files=10), allow_local_git=True)
    assert [entry.path for entry in taken.files] == ["main.py"]
    assert any("13 files" in note for note in taken.notes)


def test_committed_output_of_tools_does_not_count_as_files(repository: Path, tmp_path: Path) -> None:
    runs = repository / "mlruns" / "1"
    runs.mkdir(parents=True)
    for number in range(12):
        (runs / f"p{number}").write_text("x")
    commit(repository)
    taken = take(f"file://{repository}", tmp_path / "store", IntakeLimits(files=10), allow_local_git=True)
    assert [entry.path for entry in taken.files] == ["main.py"]
    assert any("12 files that tools write as they run (mlruns)" in note for note in taken.notes)
    assert len(take(f"file://{repository}", tmp_path / "store", allow_local_git=True).files) == 13


def test_hooks_and_filters_of_a_repository_never_run(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for name in ("post-checkout", "post-update", "pre-commit", "reference-transaction"):
        hook = repository / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
        hook.chmod(0o755)
    git(repository, "config", "core.fsmonitor", f"touch {mark}")
    (repository / ".gitattributes").write_text("*.py filter=evil\n")
    take(f"file://{repository}", tmp_path / "store", allow_local_git=True)
    assert not mark.exists()


def test_a_submodule_and_a_pointer_to_a_large_file_are_noted(repository: Path, tmp_path: Path) -> None:
    (repository / "big.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    git(repository, "update-index", "--add", "--cacheinfo", "160000", "1" * 40, "vendored")
    git(repository, "add", "big.bin")
    git(repository, "commit", "-q", "-m", "more")
    notes = take(f"file://{repository}", tmp_path / "store", allow_local_git=True).notes
    assert any("vendored" in note for note in notes)
    assert any("big.bin" in note for note in notes)


def test_a_tree_bomb_is_refused_from_its_listing(repository: Path, tmp_path: Path) -> None:
    (repository / "zeros").write_bytes(bytes(3_000_000))
    for number in range(6):
        git(repository, "add", "zeros")
        blob = git(repository, "hash-object", "zeros")
        git(repository, "update-index", "--add", "--cacheinfo", "100644", blob, f"copy{number}")
    git(repository, "commit", "-q", "-m", "bomb")
    limits = IntakeLimits(unpacked_bytes=10_000_000)
    assert code_of(f"file://{repository}", tmp_path / "store", limits) == "git.too_large"


def test_a_server_that_never_answers_is_given_up_on(repository: Path, tmp_path: Path) -> None:
    limits = IntakeLimits(git_seconds=0.0)
    (repository / "more.bin").write_bytes(os.urandom(8_000_000))
    commit(repository)
    assert code_of(f"file://{repository}", tmp_path / "store", limits) in ("git.timeout", "git.too_large")


def test_the_history_counts_the_commits_that_change_something(repository: Path, tmp_path: Path) -> None:
    (repository / "main.py").write_text("print(2)\n")
    commit(repository)
    git(repository, "commit", "-q", "--allow-empty", "-m", "looks busy")
    found = take(str(repository), tmp_path / "store", allow_local_git=True).history
    assert found is not None
    assert (found.commits, found.authors, found.complete) == (2, 1, True)
    assert 0 <= found.days < 1


def test_a_server_that_gives_no_history_costs_nothing_else(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, whole: bool) -> None:
        raise SubmissionError("git.too_large", f"The server ended ({whole}).")

    monkeypatch.setattr(CommitRepository, "fetch_history", fail)
    taken = take(str(repository), tmp_path / "store", allow_local_git=True)
    assert (taken.history, len(taken.files)) == (None, 1)


def test_committed_junk_is_named_though_it_is_not_taken_in(repository: Path, tmp_path: Path) -> None:
    (repository / ".DS_Store").write_text("x")
    commit(repository)
    assert take(str(repository), tmp_path / "store", allow_local_git=True).left_out == (".DS_Store",)


def test_the_lock_of_an_open_document_is_junk_and_the_document_is_not(repository: Path, tmp_path: Path) -> None:
    for name in ("~$report.docx", ".~lock.table.ods#", "report.docx"):
        (repository / name).write_text("x")
    commit(repository)
    taken = take(str(repository), tmp_path / "store", allow_local_git=True)
    assert taken.left_out == (".~lock.table.ods#", "~$report.docx")
    assert "report.docx" in [entry.path for entry in taken.files]


def test_of_junk_in_a_folder_nobody_knows_whether_it_was_handed_in(repository: Path, tmp_path: Path) -> None:
    (repository / ".DS_Store").write_text("x")
    (repository / "src" / "__pycache__").mkdir(parents=True)
    (repository / "src" / "__pycache__" / "a.pyc").write_text("x")
    taken = take(str(repository), tmp_path / "store")
    assert (taken.left_out, taken.lying_about) == ((), (".DS_Store", "src/__pycache__"))
