"""Actions pinned by their commits: how one is named, and a workflow regardless of which commits and server it names."""

from __future__ import annotations

import re

PINNED = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}@[0-9a-f]{40}")
SERVER = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_SERVER = re.compile(rb"(?m)^( *server: )" + SERVER.pattern.encode() + rb"$")
_PIN = re.compile(rb"(?m)^( *(?:- )?uses: )" + PINNED.pattern.encode() + rb"(?: #[^\n]*)?$")


def pinned_action(name: str) -> str:
    """Return `name` where it is OWNER/NAME@ and a whole commit. Raises ValueError with a sentence where it is not."""
    if PINNED.fullmatch(name):
        return name
    raise ValueError("must be OWNER/NAME@COMMIT with all 40 digits: a tag or a branch can be moved to other code later")


def server_address(url: str) -> str:
    """Return `url` without its last slash where a workflow can name it. Raises ValueError with a sentence."""
    if SERVER.fullmatch(url):
        return url.rstrip("/")
    raise ValueError("must be the service's address, such as https://grading.example.org")


def without_pins(workflow: bytes) -> bytes:
    """Return a workflow's text without the Actions that it pins and the server that it names, so that two differing in
    these alone are the same.
    """
    return _SERVER.sub(rb"\1SERVER", _PIN.sub(rb"\1PINNED", workflow))
