"""Times as requests give them: with their zone, and such as there are in UTC too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def in_utc(moment: datetime) -> datetime:
    """Return the time in UTC. Raises ValueError at either end of time, where it has none."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("in UTC it lies before the year 1 or after the year 9999") from None


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
