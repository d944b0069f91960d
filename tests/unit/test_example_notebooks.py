"""The notebooks among the assignments' examples: valid as they lie there, silent about the machine they ran on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

ASSIGNMENTS = Path(__file__).resolve().parents[2] / "assignments"
NOTEBOOKS = sorted(ASSIGNMENTS.glob("*/examples/**/*.ipynb"))
PLACE = re.compile(
    r"(?<![\w.:/-])/(?:content|home|kaggle|mnt|opt|private|root|tmp|usr|var|work|Users)/[\w.-]+"
    r"|\b[A-Za-z]:\\{1,2}\w+"
)

# An author who left the warnings of a library in: nobody's real folder.
MEANT = {"digits/examples/broken/digits_v2_final.ipynb": {"/home/user"}}


def name_of(path: Path) -> str:
    return path.relative_to(ASSIGNMENTS).as_posix()


def texts(value: Any) -> Iterator[str]:
    """Yield every text within, a list of lines as one; pictures are left out, for base64 says anything."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        yield "".join(value)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.startswith("image/"):
                yield from texts(item)


def places_in(content: Any) -> set[str]:
    return {match.group() for text in texts(content) for match in PLACE.finditer(text)}


def test_each_assignment_has_a_notebook_among_its_examples() -> None:
    assert {name_of(path).split("/")[0] for path in NOTEBOOKS} == {
        path.parent.name for path in ASSIGNMENTS.glob("*/assignment.toml")
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_an_example_notebook_is_valid(path: Path) -> None:
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_an_example_notebook_names_no_machine_unless_it_is_meant_to(path: Path) -> None:
    assert places_in(json.loads(path.read_text(encoding="utf-8"))) == MEANT.get(name_of(path), set())


@pytest.mark.parametrize(
    "text", ["/tmp/ipykernel_1/2.py:1: Warning", "pd.read_csv('/content/a.csv')", r"'C:\\Users\\a'"]
)
def test_a_machines_place_is_found_in_outputs_and_sources(text: str) -> None:
    assert places_in({"cells": [{"source": [text]}]})
    assert places_in({"cells": [{"outputs": [{"text": [text]}]}]})


@pytest.mark.parametrize("text", ["https://host/home/page", "data/tmp/a.csv", "a 1/2 share", "Note: \\n ends a line"])
def test_an_address_or_a_relative_path_is_no_machines_place(text: str) -> None:
    assert places_in({"cells": [{"source": [text]}]}) == set()
