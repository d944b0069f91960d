"""Sends what webhooks are to be told: signed, bounded in time, and to no address but the one that was checked.

What is sent is signed as the Standard Webhooks specification says it: HMAC-SHA256 over id, timestamp and body.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import ssl
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass

import httpx2
from sqlalchemy import Engine

from grader.errors import GraderError, UsageError
from grader.jobs.webhook_address import Place, place_of
from grader.rounds import in_rounds
from grader.store.database import reading, transaction
from grader.store.webhooks import SECRET_PREFIX, Message, claim, is_any_due, settle

LOOK_EVERY_S = 2.0
MOST_AT_ONCE = 10
WITHIN_S = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deliveries:
    """Sends what is due in `engine`'s database; hosts inside the network are told only if they are named here."""

    engine: Engine
    private_hosts: Collection[str] = ()

    def run(self, leaving: threading.Event) -> None:
        """Send what is due until `leaving` is set."""
        in_rounds(leaving, LOOK_EVERY_S, lambda: self.send_due() == MOST_AT_ONCE, "webhooks could not be told")

    def send_due(self) -> int:
        """Send what is due now, at most MOST_AT_ONCE, and return how many were tried."""
        with reading(self.engine) as session:  # looking is free, and claiming keeps other writers waiting
            if not is_any_due(session):
                return 0
        with transaction(self.engine) as session:
            claimed = claim(session, MOST_AT_ONCE)
        asyncio.run(self._send_all(claimed))
        return len(claimed)

    async def _send_all(self, messages: list[Message]) -> None:
        await asyncio.gather(*(self._deliver(message) for message in messages))

    async def _deliver(self, message: Message) -> None:
        status, problem = await self._try(message)
        if problem:
            log.warning(
                "delivery %s to webhook %s, try %d: %s", message.id, message.webhook_id, message.number, problem
            )
        await asyncio.to_thread(self._settle, message, status, problem)

    def _settle(self, message: Message, status: int | None, problem: str) -> None:
        with transaction(self.engine) as session:
            settle(session, message, status, problem)

    async def _try(self, message: Message) -> tuple[int | None, str]:
        """Return the status that was answered, and what is wrong with it."""
        try:
            async with asyncio.timeout(WITHIN_S):
                place = await asyncio.to_thread(place_of, message.url, self.private_hosts)
                status = await _post(place, message)
        except TimeoutError:
            return None, f"It did not answer within {WITHIN_S:g} s."
        except UsageError as error:
            return None, f"Nothing is sent there: {error.message}."
        except GraderError as error:
            return None, error.message
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
            return None, _why_not(error)
        if 300 <= status < 400:
            return status, "It answered with a redirect, which is not followed."
        return status, "" if 200 <= status < 300 else f"It answered {status}."


def signature_of(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header `webhook-signature`."""
    shared = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(shared, f"{key}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _why_not(error: BaseException) -> str:
    """Return why it was not told; what is wrong with a certificate lies below what the client raises."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"Its certificate was refused: {below.verify_message.rstrip('.')}."
        below = below.__cause__ or below.__context__
    return f"It could not be reached ({type(error).__name__})."


async def _post(place: Place, message: Message) -> int:
    """Post the message to an address of the place, under its name, and return the status; the answer is not read."""
    body, now = message.body.encode(), int(time.time())
    headers = {
        "Host": place.authority,
        "Content-Type": "application/json",
        "User-Agent": "takehome-grader",
        "webhook-id": message.id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature_of(message.secret, message.id, now, body),
    }
    # neither a proxy nor a redirect may choose another address than the one that was checked
    async with (
        httpx2.AsyncClient(verify=ssl.create_default_context(), trust_env=False, follow_redirects=False) as client,
        client.stream(
            "POST",
            place.at(place.addresses[0]),
            content=body,
            headers=headers,
            extensions={"sni_hostname": place.host},
        ) as answer,
    ):
        return answer.status_code
