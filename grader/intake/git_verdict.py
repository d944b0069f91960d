"""What git's last words mean: whose fault it is that a commit cannot be had.

An address that leads nowhere, asks for a password or lacks the branch is the submission's. A server, a name server or
a proxy that cannot be reached, does not answer, breaks off or is out of order is not.
"""

from __future__ import annotations

import os
import re
import socket

from grader.errors import HOST_IS_SHORT, GraderError, InfrastructureError, SubmissionError

_REDIRECTED = re.compile(r"returned error: 3\d\d|redirect", re.IGNORECASE)  # as git says it when it may not follow
_TRANSPORT = re.compile(r"^(?:fatal: unable to access '.*': |error: RPC failed; )(.*)", re.MULTILINE)
_ELSEWHERE = ("remote:", "fatal: remote error:")  # the server's own words
_REFUSED = re.compile(r"(?:returned error:|HTTP) 4(?!07|08|29)\d\d")  # not: log in at the proxy, too slow, too often
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, socket.EAI_NODATA})
_ADDRESS = re.compile(r"'?\b(?:https?|file)://[^\s']+'?")
_REF = re.compile(r"(remote (?:ref|branch)) \S+", re.IGNORECASE)
_OURS = tuple(os.strerror(code) for code in HOST_IS_SHORT)


def verdict(status: int, said: str) -> GraderError:
    """Return what to raise for a git that ended with `status` other than 0 and `said` so, in the C locale."""
    told = "\n".join(line for line in said.splitlines() if not line.startswith(_ELSEWHERE))
    line = next((part for part in said.splitlines() if part.startswith("fatal:")), said[:200])
    shown = ascii(_unnamed(line))[1:-1][:200]
    if any(text in told for text in _OURS):
        hint = "Look at this machine's disk, memory, and numbers of open files and processes."
        return InfrastructureError("infrastructure.host", f"The commit could not be stored: {shown}", hint=hint)
    if _REDIRECTED.search(told):
        return forbidden("it redirects to another address")
    transport = _TRANSPORT.search(told)
    if transport and not _REFUSED.search(transport[1]):
        return unreachable(
            f"The git server could not be reached, or broke off: {ascii(_unnamed(transport[1]))[1:-1][:200]}"
        )
    hint = "Check that the address is public and that the branch, tag or commit exists."
    message = f"The commit could not be fetched: {shown}" if shown else f"git ended with status {status}."
    return SubmissionError("git.failed", message, hint=hint)


def _unnamed(text: str) -> str:
    """Return git's words without address and branch, which often name who the work is by: reviews are blind."""
    return _REF.sub(r"\1 that was named", _ADDRESS.sub("the address", text))


def not_found(error: OSError | UnicodeError) -> GraderError:
    """Return what to raise for a host whose address could not be looked up."""
    if isinstance(error, socket.gaierror) and error.errno not in _NO_SUCH_NAME:
        return unreachable(f"The address's host could not be looked up: {error.strerror}.")
    return SubmissionError("git.failed", "The address's host was not found.", hint="Check the address.")


def late(seconds: float, *, answered: bool) -> GraderError:
    """Return what to raise for a commit that is not there after `seconds`."""
    if not answered:
        return unreachable(f"The git server did not answer within {seconds:g} s.")
    hint = "Keep data, models and history small, or hand in an archive."
    return SubmissionError("git.timeout", f"The commit did not come in whole within {seconds:g} s.", hint=hint)


def unreachable(message: str) -> InfrastructureError:
    """Return the error for a server that there is no talking to."""
    hint = "Check this machine's connection, name server, proxy and certificates, then grade again."
    return InfrastructureError("infrastructure.git_unreachable", message, hint=hint)


def forbidden(why: str) -> SubmissionError:
    """Return the refusal of an address."""
    hint = "Give an address such as https://host/owner/name@branch."
    return SubmissionError("git.url_forbidden", f"The git address is refused: {why}.", hint=hint)
