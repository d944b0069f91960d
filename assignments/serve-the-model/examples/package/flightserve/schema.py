"""What a valid row is: repaired where the rules allow it, refused with a reason where not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

KEY = "flight_id"


@dataclass(frozen=True)
class Schema:
    """The rules of schema.json, by column, in the order of the file."""

    rules: dict[str, dict]

    @classmethod
    def load(cls, path: Path) -> Schema:
        """Read the rules. Raises ValueError when the key is not among them."""
        rules = json.loads(path.read_text(encoding="utf-8"))
        if KEY not in rules:
            raise ValueError(f"{path} says nothing of {KEY}")
        return cls(rules)

    @property
    def columns(self) -> list[str]:
        """All columns of a batch."""
        return list(self.rules)

    def of_type(self, *types: str) -> list[str]:
        """The columns of these types."""
        return [name for name, rule in self.rules.items() if rule["type"] in types]


@dataclass(frozen=True)
class Checked:
    """The rows of a batch: `valid` ones with typed columns, and (flight_id, reason) of those that were `refused`."""

    valid: pd.DataFrame
    refused: pd.DataFrame


def check_rows(text: pd.DataFrame, schema: Schema) -> Checked:
    """Tell valid rows from others; `text` has all columns as strings, the way they stood in the file."""
    clean = text.apply(lambda column: column.str.strip())
    reasons = pd.Series("", index=text.index)
    for name in schema.columns:
        values, wrong = _checked_column(clean[name], schema.rules[name])
        for index in wrong.index[wrong & (reasons == "")]:
            reasons[index] = f"{name} is {clean.loc[index, name]!r}" if clean.loc[index, name] else f"{name} is empty"
        clean[name] = values
    refused = pd.DataFrame({KEY: clean[KEY], "reason": reasons})[reasons != ""]
    return Checked(clean[reasons == ""], refused)


def _checked_column(cells: pd.Series, rule: dict) -> tuple[pd.Series, pd.Series]:
    """Return the column's values, and which of its cells break its rule."""
    empty = cells == ""
    values = cells
    wrong = pd.Series(False, index=cells.index)
    if rule["type"] == "code":
        spelling = {value.lower(): value for value in rule["values"]}
        values = cells.str.lower().map(spelling)
        wrong = values.isna() & ~empty
    elif rule["type"] in ("integer", "number"):
        values = pd.to_numeric(cells, errors="coerce")
        wrong = ~values.between(rule["minimum"], rule["maximum"]) & ~empty
        if rule["type"] == "integer":
            wrong |= (values % 1 != 0) & ~empty
    if rule["required"]:
        wrong |= empty
    return values, wrong
