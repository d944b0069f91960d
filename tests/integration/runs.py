"""Runs of GitHub Actions for tests: a repository with commits, tokens that an issuer signs, and what is handed in."""

from __future__ import annotations

import base64
import io
import json
import secrets
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

from issuer import Issuer
from joserfc import jwt

REPOSITORY, OWNER = "1296269", "583231"


def claims_of(issuer: Issuer, sha: str, **other: object) -> dict[str, Any]:
    """Return what GitHub says of a run that a push began, with the claims that a test wants otherwise; None leaves
    one out.
    """
    now = int(time.time())
    right: dict[str, object] = {
        "iss": issuer.url,
        "aud": "http://127.0.0.1:8000",
        "sub": "repo:ada/churn:ref:refs/heads/main",
        "jti": secrets.token_hex(16),
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "repository": "ada/churn",
        "repository_id": REPOSITORY,
        "repository_owner": "ada",
        "repository_owner_id": OWNER,
        "ref": "refs/heads/main",
        "sha": sha,
        "event_name": "push",
        "run_id": "9700000001",
        "run_attempt": "1",
        "workflow_ref": "ada/churn/.github/workflows/hand-in.yml@refs/heads/main",
        "actor": "ada",
        "actor_id": OWNER,
        "runner_environment": "github-hosted",
        "repository_visibility": "private",
    }
    return {name: value for name, value in (right | other).items() if value is not None}


def token_of(issuer: Issuer, sha: str = "", **other: object) -> str:
    """Return the token of a run, signed by the issuer's key."""
    header = {"alg": "RS256", "kid": issuer.key.kid, "typ": "JWT"}
    return jwt.encode(header, claims_of(issuer, sha, **other), issuer.signed_by or issuer.key)


def git(folder: Path, *words: str) -> str:
    """Run git in a repository and return what it says."""
    named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder: Path, **files: str) -> str:
    """Make a repository that holds these files, and return its commit; `__` in a name is `/`, and `_py` ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "A step")
    return git(folder, "rev-parse", "HEAD")


def sent(folder: Path, sha: str, below: str = "", **changed: str) -> tuple[bytes, str]:
    """Return the archive and the proof of a commit's folder as the plainest of programs makes them, with some files
    changed against what the commit holds.
    """
    archive = io.BytesIO()
    tree = f"{sha}:{below}" if below else f"{sha}^{{tree}}"
    with zipfile.ZipFile(archive, "w") as file:
        for line in git(folder, "ls-tree", "-r", "-z", tree).split("\0"):
            if line:
                about, name = line.split("\t", 1)
                mode, _, key = about.split(" ")
                entry = zipfile.ZipInfo(name)
                entry.external_attr = int(mode, 8) << 16
                plain = subprocess.run(["git", "cat-file", "blob", key], cwd=folder, check=True, capture_output=True)
                file.writestr(entry, changed.get(name, plain.stdout))
    names = [name for name in below.split("/") if name]
    ways = [f"{sha}:{'/'.join(names[:depth])}" if depth else f"{sha}^{{tree}}" for depth in range(len(names))]
    proof = {
        "commit": _raw(folder, "commit", sha),
        "trees": [_raw(folder, "tree", way) for way in ways],
        "folder": below,
    }
    return archive.getvalue(), json.dumps(proof)


def _raw(folder: Path, kind: str, name: str) -> str:
    done = subprocess.run(["git", "cat-file", kind, name], cwd=folder, check=True, capture_output=True)
    return base64.b64encode(done.stdout).decode()
