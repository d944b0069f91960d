"""Whether the service can serve: each part that it needs is asked, and what is wrong is said without a secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pydantic import BaseModel, Field
from sqlalchemy import text

from api.services import Services
from grader.errors import GraderError
from grader.jobs.line import has_tables
from grader.store.database import is_current, reading

WITHIN_S = 5.0
FINE = "ok"
SAMPLE = b"The store of files answers.\n"


class Readiness(BaseModel):
    """Whether requests are served, and what each part says."""

    ready: bool
    checks: dict[str, str] = Field(examples=[{"database": "ok", "migrations": "ok", "blobs": "ok"}])


async def readiness(served: Services) -> Readiness:
    """Ask every part at once; one that takes more than 5 s does not answer."""
    parts = {"database": _database, "migrations": _migrations, "blobs": _blobs}
    said = await asyncio.gather(*(_asked(check, served) for check in parts.values()))
    return Readiness(ready=set(said) == {FINE}, checks=dict(zip(parts, said, strict=True)))


async def _asked(check: Callable[[Services], str], served: Services) -> str:
    try:
        return await asyncio.wait_for(asyncio.to_thread(check, served), WITHIN_S)
    except TimeoutError:
        return f"It did not answer within {WITHIN_S:.0f} s."
    except GraderError as error:
        return error.message  # these hold neither address nor key


def _database(served: Services) -> str:
    with reading(served.engine) as session:
        session.execute(text("SELECT 1"))
    return FINE


def _migrations(served: Services) -> str:
    ours = is_current(served.engine)
    return FINE if ours and has_tables(served.engine) else "The tables are not those of this version: grader db upgrade"


def _blobs(served: Services) -> str:
    served.blobs.get(served.blobs.put(SAMPLE))
    return FINE
