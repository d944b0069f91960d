"""Pictures that rows name: refused with file and key where they do not fit, dealt under names made of the fresh ids."""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment import deal, load_assignment
from grader.errors import AssignmentError
from grader.model import Deal, EntryPoint, Limits, RunPlan, Submission
from grader.sandbox.workspace import below_data, lay_out

TOML = """
title = "Cats and dogs"
version = "1"
brief = "Which is it?"
time_budget_hours = 1
modality = "image"
[data]
id = "id"
target = "animal"
classes = ["cat", "dog"]
sample = "sample.csv"
images = { archive = "images.zip", column = "file" }
[metric]
name = "multiclass_accuracy"
baseline = 0.5
reference = 0.9
[[suites]]
name = "night"
law = "Pictures that were taken at night."
features = "night_features.csv"
labels = "night_labels.csv"
[stress]
repeat = true
messy_file = "messy.csv"
"""
PUBLIC = {f"pets/P{number}.png": number for number in range(12)}
HIDDEN = {f"pets/P{number}.png": number for number in range(100, 122)}
Write = Callable[[dict[str, bytes]], None]


def png(level: int, *more: tuple[bytes, bytes], side: int = 2) -> bytes:
    lines = (b"\0" + bytes([level] * side)) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def pack(path: Path, members: dict[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def table(path: Path, names: list[str], *, label: str = "", features: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ["id", *(["file"] if features else []), *([label] if label else [])]
    rows = [",".join(columns)]
    for name in names:
        cells = [Path(name).stem, *([name] if features else []), *([["cat", "dog"][len(rows) % 2]] if label else [])]
        rows.append(",".join(cells))
    path.write_text("\n".join(rows) + "\n")


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    root = tmp_path / "pets"
    public, hidden, names = root / "data" / "public", root / "data" / "hidden", list(HIDDEN)
    table(public / "train.csv", list(PUBLIC)[:8], label="animal")
    table(public / "test.csv", list(PUBLIC)[8:])
    table(public / "sample.csv", list(PUBLIC)[8:], features=False)
    for prefix, part in (("", names[:10]), ("night_", names[10:20])):
        table(hidden / f"{prefix}features.csv", part)
        table(hidden / f"{prefix}labels.csv", part, label="animal", features=False)
    table(hidden / "messy.csv", [names[20], "pets/nowhere.png"])
    pack(public / "images.zip", {name: png(level) for name, level in PUBLIC.items()})
    pack(hidden / "images.zip", {name: png(level) for name, level in HIDDEN.items() if level < 121})
    (root / "assignment.toml").write_text(TOML)
    return root


def hidden_members(root: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(root / "data" / "hidden" / "images.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refused(root: Path) -> AssignmentError:
    with pytest.raises(AssignmentError) as caught:
        load_assignment(root)
    return caught.value


def given(dealt: Deal) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(dealt.files["test.csv"].decode())))


def test_each_hidden_row_of_every_suite_gets_its_own_picture_under_its_fresh_id(pets: Path) -> None:
    dealt = deal(load_assignment(pets), "a-run")
    rows = {row["id"]: row["file"] for row in given(dealt)}
    assert sorted(rows) == sorted(dealt.ids)
    assert len(rows) == 20
    for place, name in zip(dealt.rows, dealt.ids, strict=True):
        assert rows[name] == f"pets/{name}.png"
        assert dealt.files[rows[name]] == png(100 + place)


def test_the_training_pictures_are_dealt_as_they_are_and_those_of_the_public_sample_are_not(pets: Path) -> None:
    dealt = deal(load_assignment(pets), "a-run")
    assert {name for name in dealt.files if name in PUBLIC} == set(list(PUBLIC)[:8])
    assert not any(name in dealt.files for name in HIDDEN)
    assert "images.zip" not in dealt.files
    assert dealt.files["sample.csv"].decode().splitlines()[1].endswith(",cat")


def test_another_run_has_other_names_for_the_same_pictures(pets: Path) -> None:
    assignment = load_assignment(pets)
    one, other = deal(assignment, "one"), deal(assignment, "other")
    names = [
        {name for name in dealt.files if name.startswith("pets/") and name not in PUBLIC} for dealt in (one, other)
    ]
    assert not names[0] & names[1]
    assert sorted(one.files[name] for name in names[0]) == sorted(other.files[name] for name in names[1])


def test_a_messy_row_may_name_a_picture_that_is_broken_or_nowhere(pets: Path) -> None:
    members = hidden_members(pets) | {"pets/P120.png": b"\x89PNG cut off"}
    pack(pets / "data" / "hidden" / "images.zip", members)
    dealt = deal(load_assignment(pets), "a-run", stress=True)
    messy = [row for row in given(dealt) if row["id"] in dealt.messy]
    broken = next(row for row in messy if row["file"] in dealt.files)
    nowhere = next(row for row in messy if row["file"] not in dealt.files)
    assert broken["file"] == f"pets/{broken['id']}.png"
    assert dealt.files[broken["file"]] == b"\x89PNG cut off"
    assert nowhere["file"] == "pets/nowhere.png"
    assert "pets/P120.png" not in deal(load_assignment(pets), "a-run").files


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (png(1, (b"tEXt", b"Title\0cat")), "says something beside its pixels"),
        (png(1, (b"tIME", b"\x07\xea\1\1\0\0\0")), "says something beside its pixels"),
        (png(1, (b"eXIf", b"II*\0")), "says something beside its pixels"),
        (png(1, (b"caTs", b"1")), "says something beside its pixels"),
        (png(1) + b"cat", "something stands behind its end"),
        (png(1)[:-12], "no whole PNG"),
        (png(1)[:-20], "cut off"),
        (png(1).replace(b"IDAT", b"IDAS"), "checksum"),
        (png(1, side=5000), "4,096"),
        (b"GIF89a", "no PNG"),
        (b"", "no PNG"),
    ],
)
def test_a_hidden_picture_that_is_no_plain_png_is_refused_by_name(pets: Path, data: bytes, said: str) -> None:
    pack(pets / "data" / "hidden" / "images.zip", hidden_members(pets) | {"pets/P103.png": data})
    error = refused(pets)
    assert said in error.message
    assert "pets/P103.png" in error.message
    assert "data/hidden/images.zip" in error.message


def test_a_public_picture_may_carry_the_name_of_the_program_that_wrote_it(pets: Path) -> None:
    members = {name: png(level, (b"tEXt", b"Software\0x")) for name, level in PUBLIC.items()}
    pack(pets / "data" / "public" / "images.zip", members)
    load_assignment(pets)


@pytest.mark.parametrize(
    "name",
    ["../P900.png", "/P900.png", "pets\\P900.png", "pets/../P900.png", ".P900.png", "pets/P900.gif", "a/b/c/d/P900.png",
     "pets//P900.png", "C:P900.png", "pets/P 900.png", "pets/\u00e9.png", "P900.png\n"],
)  # fmt: skip
def test_a_picture_whose_name_could_lead_elsewhere_is_refused(pets: Path, name: str) -> None:
    pack(pets / "data" / "hidden" / "images.zip", hidden_members(pets) | {name: png(1)})
    assert "no plain relative name" in refused(pets).message


def test_pictures_that_are_missing_unused_or_there_twice_are_named(pets: Path) -> None:
    members = hidden_members(pets)
    archive = pets / "data" / "hidden" / "images.zip"
    pack(archive, {name: data for name, data in members.items() if name != "pets/P115.png"})
    assert "row 7 names 'pets/P115.png'" in refused(pets).message
    assert "data/hidden/night_features.csv" in refused(pets).message
    pack(archive, members | {"pets/P999.png": png(1)})
    assert "pets/P999.png: no row names it" in refused(pets).message
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what we are about to do
        with zipfile.ZipFile(archive, "a") as file:
            file.writestr("pets/p999.png", png(2))
    assert "twice" in refused(pets).message


def test_an_archive_that_is_missing_or_none_is_refused(pets: Path) -> None:
    archive = pets / "data" / "public" / "images.zip"
    archive.write_bytes(b"PK\3\4 no more")
    assert "no readable zip archive" in refused(pets).message
    archive.unlink()
    assert "data/public/images.zip: data.images: the file is missing" in refused(pets).message


def test_a_column_that_no_table_has_is_refused(pets: Path) -> None:
    (pets / "assignment.toml").write_text(TOML.replace('column = "file"', 'column = "picture"'))
    assert "there is no column 'picture'" in refused(pets).message


def test_a_folder_of_pictures_may_not_have_the_name_of_another_file(pets: Path) -> None:
    (pets / "data" / "public" / "pets").write_text("a list of pets")
    (pets / "assignment.toml").write_text(TOML.replace("images =", 'other = ["pets"]\nimages ='))
    assert "'pets'" in refused(pets).message
    assert "data/public/images.zip" in refused(pets).message


def laid_out(pets: Path, work: Path, scratch: Path, dealt: Deal | None = None) -> Path:
    submission = Submission(name="work", digest="", kind="folder", files=(), bytes=0, root=work)
    plan = RunPlan(entry_point=EntryPoint(kind="script", path="a.py", reason=""), limits=Limits())
    return lay_out(scratch, submission, plan, dealt or deal(load_assignment(pets), "a-run")).work / "data"


def test_pictures_are_written_with_their_folder(pets: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    data = laid_out(pets, tmp_path / "work", tmp_path / "run")
    assert len(list((data / "pets").glob("*.png"))) == 28
    assert (data / "pets" / "P3.png").read_bytes() == png(3)


def test_what_a_work_has_put_in_the_place_of_a_picture_or_its_folder_makes_way(pets: Path, tmp_path: Path) -> None:
    for number, put in enumerate((_a_file_for_the_folder, _a_folder_for_a_picture)):
        work = tmp_path / f"work{number}"
        (work / "data").mkdir(parents=True)
        put(work / "data")
        data = laid_out(pets, work, tmp_path / f"run{number}")
        assert (data / "pets" / "P3.png").read_bytes() == png(3)


def _a_file_for_the_folder(data: Path) -> None:
    (data / "pets").write_text("not a folder")


def _a_folder_for_a_picture(data: Path) -> None:
    (data / "pets" / "P3.png").mkdir(parents=True)


@pytest.mark.parametrize("name", ["", ".", "..", "/", "/outside.txt", "../outside.txt", "a/../../outside.txt", "//a"])
def test_no_name_leads_out_of_the_data_folder(name: str) -> None:
    # the name alone: what is laid out removes folders of that name first, and a test must not rest on its not doing so
    with pytest.raises(ValueError, match="no name below data/"):
        below_data(name)


def test_a_name_with_folders_stays_below_the_data_folder() -> None:
    assert below_data("images/day/P1.png").parts == ("images", "day", "P1.png")
