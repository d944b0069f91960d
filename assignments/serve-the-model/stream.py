"""How export.py makes the stream: batches that drift by stated laws, rows that are spoilt, files that are broken."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

KEY = "flight_id"
WORDS = ["carrier", "origin", "dest", "weekday"]
NUMBERS = ["departure", "distance", "temp", "wind_speed", "precip", "visib", "pressure"]
COLUMNS = [*WORDS, *NUMBERS]
LEAST_ROWS, MOST_ROWS = 80, 110
SPOILT_SHARE, BLEMISHED_SHARE, REPEATED_SHARE = 0.05, 0.06, 0.015
MIXED_SHARE, SILENT_SHARE = 0.75, 0.65

MONTHS = {"summer": (7, 8), "autumn": (9,), "winter": (12, 1)}
MIXED: dict[str, tuple[str, Sequence[object]]] = {
    "LGA": ("origin", ("LGA",)),
    "JFK": ("origin", ("JFK",)),
    "regional": ("carrier", ("EV", "9E", "MQ")),
    "evening": ("departure", range(18 * 60, 24 * 60)),
}
UNITS: dict[str, tuple[str, Callable[[pd.Series], pd.Series]]] = {
    "kilometres": ("distance", lambda miles: miles * 1.609344),
    "km/h": ("wind_speed", lambda miles: miles * 1.609344),
    "celsius": ("temp", lambda fahrenheit: (fahrenheit - 32) / 1.8),
}
SPOILT = [
    ("origin", ""), ("temp", "n/a"), ("dest", "ZZZ"), ("wind_speed", "-4.6"), ("departure", "2460"), ("carrier", "??"),
    ("distance", ""), ("visib", "good"), ("precip", "99"), ("temp", "451"), ("weekday", "Xmas"), ("departure", "730.5"),
    ("pressure", "101.3"), ("origin", "PHL"), ("wind_speed", " "), ("distance", "1,089"),
]  # fmt: skip
BLEMISHES: list[tuple[str, Callable[[str], str]]] = [
    ("origin", lambda cell: f" {cell}"), ("carrier", str.lower), ("temp", lambda cell: f"{cell} "),
    ("dest", lambda cell: f"{cell.lower()} "), ("pressure", lambda _cell: ""), ("weekday", str.upper),
    ("departure", lambda cell: f"{cell}.0"), ("distance", lambda cell: f"  {cell}"), ("pressure", lambda _cell: "  "),
]  # fmt: skip


class Stream:
    """Batches in the making, no flight in two of them; `usual` are rows of the model's months, `others` the rest."""

    def __init__(self, usual: pd.DataFrame, others: pd.DataFrame, model: Pipeline, random: np.random.Generator) -> None:
        self.usual, self.others, self.model, self.random = usual, others, model, random
        self.statuses: list[str] = []
        self._valid: list[pd.DataFrame] = []
        self._refused: dict[str, str] = {}

    def batch(self, kind: str, number: int) -> pd.DataFrame:
        """Return the next batch as text, with its truths kept: some rows are spoilt, blemished or there twice."""
        rows = self._rows(kind)
        self.usual = self.usual[~self.usual[KEY].isin(rows[KEY])]
        self.others = self.others[~self.others[KEY].isin(rows[KEY])]
        self.statuses.append("ok" if kind == "ok" else "drifted")
        text = as_text(rows.iloc[self.random.permutation(len(rows))])
        spoilt, blemished, twice = (
            round(len(text) * share) for share in (SPOILT_SHARE, BLEMISHED_SHARE, REPEATED_SHARE)
        )
        for place in range(blemished):
            name, change = BLEMISHES[(place + number) % len(BLEMISHES)]
            text.loc[spoilt + place, name] = change(text.loc[spoilt + place, name])
        self._valid.append(repaired(text[spoilt:]))
        for place in range(spoilt):
            name, cell = SPOILT[(place + 5 * number) % len(SPOILT)]
            text.loc[place, name] = cell
            self._refused[text.loc[place, KEY]] = f"{name} is {cell!r}"
        text = pd.concat([text, text.sample(twice, random_state=self.random)])
        return text.iloc[self.random.permutation(len(text))]

    def truths(self) -> pd.DataFrame:
        """Return the model's probability for every row that is valid or can be repaired."""
        return answered(pd.concat(self._valid), self.model)[[KEY, "probability"]].sort_values(KEY)

    def refusals(self) -> pd.DataFrame:
        """Return the rows that must be refused, and why."""
        return pd.DataFrame({KEY: list(self._refused), "reason": list(self._refused.values())}).sort_values(KEY)

    def _rows(self, kind: str) -> pd.DataFrame:
        if kind in MONTHS:
            return self.drawn(self.others[self.others["month"].isin(MONTHS[kind])])
        rows = self.drawn(self.usual)
        if kind in MIXED:
            name, values = MIXED[kind]
            chosen = self.drawn(self.usual[self.usual[name].isin(values)])
            count = round(len(rows) * MIXED_SHARE)
            return pd.concat([chosen[:count], rows[: len(rows) - count]]).drop_duplicates(KEY)
        if kind in UNITS:
            name, change = UNITS[kind]
            return rows.assign(**{name: change(rows[name].astype(float)).round(1)})
        if kind == "barometer":
            return rows.assign(pressure=rows["pressure"].where(self.random.random(len(rows)) > SILENT_SHARE))
        return rows

    def drawn(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return as many of the rows as a batch has."""
        size = int(self.random.integers(LEAST_ROWS, MOST_ROWS + 1))
        return rows.iloc[self.random.choice(len(rows), size=size, replace=False)]


def as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cells as a file holds them, so that they can be spoilt."""
    numbers = {name: [plain(cell) for cell in rows[name].astype(float)] for name in NUMBERS}
    return pd.DataFrame({KEY: list(rows[KEY]), **{name: list(rows[name]) for name in WORDS}, **numbers}, dtype=object)


def plain(number: float) -> str:
    """Return a number without a useless fraction, and nothing for one that is missing."""
    return "" if np.isnan(number) else str(int(number)) if number == int(number) else repr(float(number))


def repaired(text: pd.DataFrame) -> pd.DataFrame:
    """Return rows as the rules of the brief repair them; all of them must be valid."""
    clean = text.apply(lambda column: column.str.strip())
    for name in WORDS:
        clean[name] = clean[name].str.title() if name == "weekday" else clean[name].str.upper()
    return clean.replace("", np.nan).astype(dict.fromkeys(NUMBERS, float))


def answered(rows: pd.DataFrame, model: Pipeline) -> pd.DataFrame:
    """Return rows as candidates see them, with the model's probability."""
    features = rows[COLUMNS].astype(dict.fromkeys(NUMBERS, float))
    return rows[[KEY, *COLUMNS]].assign(probability=model.predict_proba(features)[:, 1].round(6))


def written(rows: pd.DataFrame, separator: str = ",") -> bytes:
    """Return a batch as a file."""
    text = io.StringIO()
    rows.to_csv(text, index=False, sep=separator, lineterminator="\n")
    return text.getvalue().encode()


def broken_files(kinds: Sequence[str], stream: Stream) -> dict[str, bytes]:
    """Return a file of each kind, made of rows that are in no other batch."""
    found: dict[str, bytes] = {}
    for kind in kinds:
        rows = stream.drawn(stream.usual)
        stream.usual = stream.usual[~stream.usual[KEY].isin(rows[KEY])]
        found[kind] = broken(kind, as_text(rows))
    return found


def broken(kind: str, text: pd.DataFrame) -> bytes:
    """Return one file that is broken in this way."""
    whole = written(text)
    if kind == "cut off":
        return whole[: len(whole) * 2 // 3].rstrip(b"\n")
    if kind == "semicolons":
        return written(text, ";")
    if kind == "column missing":
        return written(text.drop(columns=["temp"]))
    if kind == "ragged":  # decimal commas, in no quotation marks
        return b"".join(line.replace(b".", b",") for line in whole.splitlines(keepends=True))
    page = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>\n<h1>502 Bad Gateway</h1>\n"
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02\x00\x00\x00" + bytes(
        range(256)
    )
    others = {
        "empty": b"",
        "header only": written(text[:0]),
        "compressed": gzip.compress(whole, mtime=0),
        "web page": page + b"</body></html>\n",
        "picture": picture,
    }
    return others[kind]
