"""What durable workflows keep: plain JSON. Nothing is pickled, so nothing stored can run code when it is read."""

from __future__ import annotations

import json
from typing import Any

from dbos import Serializer


class StepError(Exception):
    """A step's exception as it is kept: its type's name and its message."""


class PlainJson(Serializer):
    """Arguments and results as JSON; an exception as its name and message."""

    def name(self) -> str:
        """Return the name that is kept with what is written."""
        return "plain_json"

    def serialize(self, data: Any) -> str:
        """Return `data` as JSON. Raises TypeError for what is not plain."""
        if isinstance(data, BaseException):
            return json.dumps({"raised": f"{type(data).__name__}: {data}"})
        return json.dumps({"value": data})

    def deserialize(self, serialized_data: str) -> Any:
        """Return what was kept; an exception comes back as StepError."""
        kept = json.loads(serialized_data)
        return StepError(kept["raised"]) if "raised" in kept else kept["value"]
