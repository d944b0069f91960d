"""The text in a notebook's saved outputs, which are hostile JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_OUTPUTS = 50


def output_texts(outputs: Sequence[object], most: int, *, most_parts: int | None = None) -> Iterator[str]:
    """Yield what the first 50 outputs of a cell (nbformat 4) show as text but for stderr: `most` characters of each, of
    one that is a list at most its first `most_parts`.
    """
    for output in outputs[:MOST_OUTPUTS]:
        if not isinstance(output, dict) or output.get("name") == "stderr":
            continue
        data = output.get("data")
        for given in (output.get("text"), data.get("text/plain") if isinstance(data, dict) else None):
            if isinstance(given, list):
                given = "".join(part for part in given[:most_parts] if isinstance(part, str))
            if isinstance(given, str):
                # JSON can hold halves of characters, which no record takes
                yield given[:most].encode("utf-8", "replace").decode()
