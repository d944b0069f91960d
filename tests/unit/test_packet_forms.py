"""The packet's proof reads hidden rows, labels and ids in every form that has a reader, and refuses what has none."""

from __future__ import annotations

import html
import io
import json
import pickle
import random
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_assignment import Rows, make_small, settle, whole

from grader.assignment import load_assignment
from grader.authoring.checks_published import nothing_hidden_published
from grader.authoring.pack import pack
from grader.authoring.subject import read_subject
from grader.errors import AssignmentError
from grader.model import Packed

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Writer = Callable[[Rows], bytes]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return make_small(tmp_path / "small")


def publish(folder: Path, name: str, data: bytes) -> None:
    (folder / "data" / "public" / name).write_bytes(data)
    settle(folder, 'sample = "sample_submission.csv"', f'sample = "sample_submission.csv"\nother = ["{name}"]')


def packet(folder: Path) -> Packed:
    return pack(load_assignment(folder), "numpy==1\n", folder.parent / "packets")


def refusal(folder: Path) -> str:
    """Return why there is no packet, which the check of the folder must say too."""
    with pytest.raises(AssignmentError) as caught:
        packet(folder)
    found = nothing_hidden_published(read_subject(load_assignment(folder)))
    assert found.status == "defect", "the check says what the packet is refused for"
    assert found.where.startswith("data/public/")
    return caught.value.message


def shuffled(rows: Rows) -> Rows:
    mixed = random.Random(3)
    return [dict(mixed.sample(sorted(row.items()), len(row))) for row in mixed.sample(rows, len(rows))]


def hidden(folder: Path, *left_out: str) -> Rows:
    return [{name: cell for name, cell in row.items() if name not in left_out} for row in whole(folder)[2]]


def public(folder: Path, *left_out: str) -> Rows:
    return [{name: cell for name, cell in row.items() if name not in left_out} for row in whole(folder)[0]]


def numbers(row: dict[str, str]) -> dict[str, object]:
    return {name: float(cell) if cell.replace(".", "").isdecimal() else cell for name, cell in row.items()}


def records(rows: Rows) -> bytes:
    return json.dumps([numbers(row) for row in shuffled(rows)]).encode()


def lines_of_records(rows: Rows) -> bytes:
    return "\n".join(json.dumps(numbers(row)) for row in shuffled(rows)).encode()


def keyed(rows: Rows) -> bytes:
    return json.dumps({"notes": {str(place): row for place, row in enumerate(shuffled(rows))}}).encode()


def table_of_html(rows: Rows) -> bytes:
    lines = ["".join(f"<td>{html.escape(cell)}</td>\n" for cell in row.values()) for row in rows]
    head = "".join(f"<th>{name}</th>" for name in rows[0])
    return f"<p>x</p><table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>".encode()


def notebook(rows: Rows) -> bytes:
    shown = table_of_html(rows).decode().splitlines(keepends=True)
    cell = {"cell_type": "code", "source": ["x"], "outputs": [{"data": {"text/html": shown}}]}
    return json.dumps({"cells": [cell], "nbformat": 4}).encode()


def workbook(rows: Rows) -> bytes:
    """Write a workbook as spreadsheet programs do: texts shared, numbers as they are, empty cells left out."""
    strings: list[str] = []

    def cell(text: str, place: str) -> str:
        if text.replace(".", "").isdecimal():
            return f'<c r="{place}"><v>{text}</v></c>'
        strings.append(text)
        return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>' if text else ""

    def line(number: int, cells: list[str]) -> str:
        told = "".join(cell(text, f"{chr(65 + place)}{number}") for place, text in enumerate(cells))
        return f'<row r="{number}">{told}</row>'

    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    sheet = "".join(line(number, cells) for number, cells in enumerate(table, start=1))
    shared = "".join(f"<si><t>{html.escape(text)}</t></si>" for text in strings)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?><sst xmlns="{SPREADSHEET}">{shared}</sst>')
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{SPREADSHEET}">{sheet}</worksheet>')
    return packed.getvalue()


def workbook_of_inline_texts(rows: Rows) -> bytes:
    cells = ["".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row.values()) for row in rows]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "".join(f"<row>{line}</row>" for line in cells))
    return packed.getvalue()


def database(rows: Rows) -> bytes:
    names = ", ".join(f'"{name}"' for name in rows[0])
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE t ({names})")
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO t VALUES ({places})", [tuple(numbers(row).values()) for row in rows])
    connection.commit()
    data: bytes = connection.serialize()
    return data


def pairs_by_record(rows: Rows, before: str, pair: str, between: str, after: str) -> bytes:
    """Write each record as its pairs, in an order of its own."""
    told = (between.join(pair.format(*item) for item in row.items()) for row in shuffled(rows))
    return "".join(f"{before}{record}{after}" for record in told).encode()


def literals(rows: Rows) -> bytes:
    return f"ROWS = {shuffled(rows)!r}\n".encode()


NOTATIONS: dict[str, Writer] = {
    "x.yaml": lambda rows: pairs_by_record(rows, "- ", "{}: {}", "\n  ", "\n"),
    "flow.yaml": lambda rows: pairs_by_record(rows, "- {", "{}: {}", ", ", "}\n"),
    "x.ini": lambda rows: pairs_by_record(rows, "[row]\n", "{} = {}", "\n", "\n\n"),
    "x.log": lambda rows: pairs_by_record(rows, "", "{}={}", " ", "\n"),
    "x.js": lambda rows: b"export const rows = [" + pairs_by_record(rows, "{", '{}: "{}"', ", ", "},\n") + b"];",
    "x.rb": lambda rows: pairs_by_record(rows, "", '"{}" => "{}"', ",\n", "\n\n"),
    "x.py": literals,
}
FORMS: dict[str, Writer] = {
    **NOTATIONS,
    "x.json": records,
    "x.jsonl": lines_of_records,
    "keyed.json": keyed,
    "x.html": table_of_html,
    "x.ipynb": notebook,
    "x.xlsx": workbook,
    "inline.xlsx": workbook_of_inline_texts,
    "x.db": database,
}


@pytest.mark.parametrize("name", FORMS)
def test_hidden_rows_without_their_ids_are_found_in_every_form(small: Path, name: str) -> None:
    publish(small, name, FORMS[name](shuffled_rows(hidden(small, "customer", "paid"))))
    assert f"data/{name}" in refusal(small)


def shuffled_rows(rows: Rows) -> Rows:
    return random.Random(4).sample(rows, len(rows))


@pytest.mark.parametrize("name", FORMS)
def test_labels_beside_their_ids_are_found_in_every_form(small: Path, name: str) -> None:
    publish(small, name, FORMS[name](shuffled_rows(hidden(small, "income", "age", "branch"))))
    assert f"data/{name}" in refusal(small)


@pytest.mark.parametrize("name", FORMS)
def test_public_rows_in_the_same_forms_are_no_find(small: Path, name: str) -> None:
    publish(small, name, FORMS[name](shuffled_rows(public(small))))
    assert packet(small).unread == ()
    assert nothing_hidden_published(read_subject(load_assignment(small))).status == "ok"


def test_hidden_rows_in_pairs_are_found_where_empty_cells_are_left_away_and_names_have_blanks(small: Path) -> None:
    for path in (small / "data").rglob("*.csv"):
        path.write_text(path.read_text().replace("income,", "yearly income,", 1))
    rows = [{name: cell for name, cell in row.items() if cell != "north"} for row in hidden(small, "customer", "paid")]
    publish(small, "x.yaml", NOTATIONS["x.yaml"](rows))
    assert "data/x.yaml" in refusal(small)


@pytest.mark.parametrize(
    "text",
    [
        "# Columns\n\nincome: in thousands\nage: in years\nbranch: north, south, east or west\npaid: 1 is yes\n",
        "import os\n\nLIMITS = {'income': 40, 'age': 90}\nclip = {\n    'income': (0, 100),\n    'age': (18, 90),\n}\n",
        "".join(f"2026-01-{day:02d} 12:{day:02d}:00 age={day} branch=north paid=1\n" for day in range(1, 29)),
        "-" * 200_000 + ": " + "a " * 100_000 + "= 1\n" + '"' * 100_000 + ":" + "'" * 100_000,
    ],
)
def test_notes_settings_and_logs_in_pairs_are_no_find(small: Path, text: str) -> None:
    publish(small, "x.txt", text.encode())
    assert packet(small).unread == ()


def test_hidden_rows_are_found_where_a_column_was_dropped(small: Path) -> None:
    rows = shuffled_rows(hidden(small, "customer", "paid", "age"))
    publish(small, "x.csv", "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]).encode())
    assert "hidden rows" in refusal(small)


@pytest.mark.parametrize("between", ["\n", ", ", " "])
def test_a_list_of_hidden_ids_is_found(small: Path, between: str) -> None:
    leavers = sorted(row["customer"] for row in hidden(small) if row["paid"] == "1")
    publish(small, "x.txt", between.join(leavers).encode())
    assert "hidden ids" in refusal(small)


def test_a_list_of_public_ids_and_of_other_ones_is_no_find(small: Path) -> None:
    ids = [row["customer"] for row in public(small)] + [f"K{number}" for number in range(70_000, 71_000)]
    publish(small, "x.txt", "\n".join(ids).encode())
    packet(small)


def test_numbers_that_happen_to_be_ids_are_no_find(small: Path) -> None:
    """Ids of plain numbers are met by chance: ages, prices and years are numbers too."""
    for path in (small / "data").rglob("*.csv"):
        path.write_text(path.read_text().replace("\nK1", "\n"))
    publish(small, "x.txt", "\n".join(f"{number:04d}" for number in range(0, 2000, 3)).encode())
    packet(small)


def as_array(found: object) -> bytes:
    packed = io.BytesIO()
    np.save(packed, np.array(found), allow_pickle=True)
    return packed.getvalue()


def test_an_array_of_the_labels_in_the_order_of_the_ids_is_found(small: Path) -> None:
    rows = sorted(hidden(small), key=lambda row: row["customer"])
    publish(small, "x.npy", as_array([float(row["paid"]) for row in rows]))
    assert "labels of data/hidden/labels.csv" in refusal(small)


CLOSED: dict[str, Callable[[Rows], bytes]] = {
    "x.pkl": lambda rows: pickle.dumps({row["customer"]: row["paid"] for row in rows}),
    "old.pkl": lambda rows: pickle.dumps({row["customer"]: row["paid"] for row in rows}, protocol=0),
    "x.npy": lambda rows: as_array([{"a": row} for row in rows[:3]]),
    "x.parquet": lambda rows: b"PAR1" + bytes(range(256)) + b"PAR1",
    "x.bin": lambda rows: random.Random(1).randbytes(5000),
    "broken.db": lambda rows: b"SQLite format 3\0" + bytes(4000),
    "x.7z": lambda rows: b"7z\xbc\xaf\x27\x1c" + bytes(100),
}


@pytest.mark.parametrize("name", CLOSED)
def test_what_cannot_be_read_is_refused_until_the_author_accepts_it_by_name(small: Path, name: str) -> None:
    publish(small, name, CLOSED[name](hidden(small)))
    assert "cannot be proven" in refusal(small)
    settle(small, "[split]", f'[check]\nunread = {{ "{name}" = "The model to serve." }}\n\n[split]')
    assert packet(small).unread == (f"data/{name} (The model to serve.)",)
    found = nothing_hidden_published(read_subject(load_assignment(small)))
    assert found.status == "ok"
    assert f"not looked into: data/public/{name} (The model to serve.)" in found.what


def test_what_is_found_in_a_file_is_refused_although_it_may_stay_unread(small: Path) -> None:
    publish(small, "x.xlsx", workbook(hidden(small)))
    settle(small, "[split]", '[check]\nunread = { "*.xlsx" = "A workbook." }\n\n[split]')
    assert "data/x.xlsx" in refusal(small)


def test_labels_under_the_prose_of_the_brief_are_found_by_the_check_too(small: Path) -> None:
    lines = [f"{row['customer']} {row['paid']}" for row in hidden(small)[:10]]
    with (small / "README.md").open("a") as file:
        file.write("\n" + "\n".join(lines) + "\n")
    found = nothing_hidden_published(read_subject(load_assignment(small)))
    assert (found.status, found.where) == ("defect", "README.md")
