"""What many large uploads at once cost the process of the API."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from grading import service
from served import served

from grader.store.database import transaction
from grader.store.people import add_user
from grader.store.secrets_shown import new_token

UPLOADS, SIZE = 20, 19_990_000  # 20 MB with the archive around it, which is the most that is taken


def process_at(address: str) -> int:
    """Return the process that serves at that address."""
    port = address.rpartition(":")[2].encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and port in words:
            return int(folder.name)
    raise AssertionError("nobody serves there")


def most_held(process: int) -> int:
    """Return the most memory, in bytes, that the process has held."""
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return 1024 * int(next(line for line in status if line.startswith("VmHWM")).split()[1])


def test_it_is_a_fraction_of_what_comes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> None:
    with service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as ready:
        with transaction(ready.engine) as session:
            author = add_user(session, "author@example.org", "author")
            headers = {"Authorization": f"Bearer {new_token(session, 'api', user_id=author.id, scopes=('submit',))[0]}"}
        with served(0) as address:

            def upload(number: int) -> int:
                body = number.to_bytes(4, "big") + os.urandom(1 << 16) * (SIZE >> 16)
                files, data = {"file": ("work.zip", body)}, {"assignment": "small"}
                where = f"{address}/api/v1/submissions"
                return httpx2.post(where, data=data, files=files, headers=headers, timeout=300).status_code

            assert upload(0) == 201
            before = most_held(process_at(address))
            with ThreadPoolExecutor(UPLOADS) as at_once:
                answers = list(at_once.map(upload, range(1, 1 + UPLOADS)))
            grown = most_held(process_at(address)) - before
    assert answers == [201] * UPLOADS
    assert grown < UPLOADS * SIZE / 2
