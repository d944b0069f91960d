"""The candidates' packet: what is in it, the same bytes every time, and nothing of the hidden part however planted."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment import find_public, load_assignment
from grader.authoring.pack import pack
from grader.errors import AssignmentError, SubmissionError
from grader.evidence.predictions import read_predictions
from grader.model import Packed
from grader.sandbox import package_list

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.parent for path in (ROOT / "assignments").glob("*/assignment.toml"))
CHURN = ROOT / "assignments" / "churn"
PINNED = package_list("packages.txt")
MOST_BYTES = 15_000_000
LAW = "Charges of the next year, raised by seven percent for contracts month by month"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the packet of the churn assignment, unpacked in `churn` and cloned in `clone`."""
    folder = tmp_path_factory.mktemp("packed")
    packet(CHURN, folder)
    with zipfile.ZipFile(folder / "churn.zip") as archive:
        archive.extractall(folder)
    subprocess.run(["git", "clone", "-q", folder / "churn.bundle", folder / "clone"], check=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "churn"
    shutil.copytree(CHURN, target)
    return target


def packet(folder: Path, output: Path) -> Packed:
    return pack(load_assignment(folder), PINNED, output)


def refusal(folder: Path) -> str:
    output = folder.parent / "packets"
    with pytest.raises(AssignmentError) as caught:
        packet(folder, output)
    assert not output.exists(), "nothing is written where something was found"
    return caught.value.message


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def hidden(folder: Path, line: int) -> list[str]:
    return rows(folder / "data" / "hidden" / "features.csv")[line - 1]


def git(repository: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=repository, capture_output=True, text=True, check=True).stdout


def files_below(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".git/")}


def test_the_archive_and_the_repository_hold_the_brief_the_public_data_and_the_check(packed: Path) -> None:
    found = files_below(packed / "churn")
    assert found == files_below(packed / "clone")
    assert sorted(found) == [
        ".gitignore",
        "README.md",
        "check_submission.py",
        "data/sample_submission.csv",
        "data/test.csv",
        "data/train.csv",
        "packages.txt",
        "takehome-assignment.json",
    ]
    assert found["README.md"] == (CHURN / "README.md").read_bytes()
    assert found["data/train.csv"] == (CHURN / "data" / "public" / "train.csv").read_bytes()
    assert re.search(rb"^scikit-learn==\d", found["packages.txt"], re.MULTILINE)


def test_the_repository_has_one_commit_and_nothing_else(packed: Path) -> None:
    clone = packed / "clone"
    assert git(clone, "rev-list", "--all", "--count").strip() == "1"
    assert git(clone, "status", "--porcelain") == ""
    assert "maint" not in git(clone, "log", "--format=%an %ae %cn %ce")
    git(clone, "fsck", "--strict")


def test_packing_twice_gives_the_same_bytes_whatever_git_is_set_to(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text("[user]\nname = Somebody\n[core]\nautocrlf = true\n[pack]\nthreads = 8\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody")
    packet(CHURN, tmp_path / "again")
    for name in ("churn.zip", "churn.bundle"):
        assert (tmp_path / "again" / name).read_bytes() == (packed / name).read_bytes()


def test_what_programs_are_told_names_neither_marks_nor_hidden_files(packed: Path) -> None:
    text = (packed / "churn" / "takehome-assignment.json").read_text()
    assert json.loads(text)["contract"]["prediction_column"] == "prediction"
    for secret in ("baseline", "reference", "hidden", "features.csv", "labels.csv", "weights", "seed", "order"):
        assert secret not in text


def test_a_packet_is_dealt_as_the_folder_that_it_was_made_of(packed: Path) -> None:
    from_packet, from_folder = (find_public(str(path), (), PINNED) for path in (packed / "churn", CHURN))
    assert from_packet[0] == from_folder[0].model_copy(update={"root": packed / "churn"})
    assert from_packet[1] == from_folder[1]
    assert from_packet[1].labels == ()


def test_all_shipped_assignments_pack_and_take_less_than_15_megabytes(tmp_path: Path) -> None:
    assert SHIPPED
    made = [packet(folder, tmp_path) for folder in SHIPPED]
    assert sum(archive.bytes for each in made for archive in each.archives) < MOST_BYTES


def test_the_whole_of_the_assignments_packs_under_15_megabytes_hidden_parts_and_examples_too() -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((ROOT / "assignments").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(ROOT))
    assert len(archive.namelist()) > len(SHIPPED)
    assert whole.tell() < MOST_BYTES


# hidden things planted in the public part


def planted_in_readme(folder: Path) -> str:
    with (folder / "README.md").open("a") as file:
        file.write("\nA customer: | " + " | ".join(hidden(folder, 40)[1:]) + " |\n")
    return "README.md: it holds the features of row 40 of data/hidden/features.csv"


def planted_one_row_in_data_that_do_not_repeat_themselves(folder: Path) -> str:
    """Make every published customer one of a kind, then publish a hidden one as another customer of the test table."""
    hidden_rows = {tuple(row[1:]) for row in rows(folder / "data" / "hidden" / "features.csv")}
    seen: set[tuple[str, ...]] = set()
    for name, width in (("train.csv", -1), ("test.csv", None)):
        path = folder / "data" / "public" / name
        head, *table = rows(path)
        kept = []
        for row in table:
            features = tuple(row[1:width])
            if features not in seen | hidden_rows:
                kept.append(row)
                seen.add(features)
        if name == "test.csv":
            kept.append(["C99999", *hidden(folder, 2)[1:]])
        path.write_text("".join(",".join(row) + "\n" for row in [head, *kept]))
    return "the features of row 2 of data/hidden/features.csv"


def planted_more_rows_than_chance_has(folder: Path) -> str:
    with (folder / "data" / "public" / "train.csv").open("a") as file:
        for number, row in enumerate(rows(folder / "data" / "hidden" / "features.csv")[1:61]):
            file.write(",".join([f"C99{number:03}", *row[1:], "0"]) + "\n")
    return "data/train.csv: it holds in row"


def planted_in_the_sample_under_its_own_id(folder: Path) -> str:
    with (folder / "data" / "public" / "sample_submission.csv").open("a") as file:
        file.write(f"{hidden(folder, 7)[0]},0.5\n")
    return f"data/sample_submission.csv: it holds rows under hidden ids: 1, such as {hidden(folder, 7)[0]}"


def other(folder: Path, name: str, data: bytes) -> None:
    """Publish one file more."""
    (folder / "data" / "public" / name).write_bytes(data)
    settings = folder / "assignment.toml"
    settings.write_text(settings.read_text().replace("[contract]", f'other = ["{name}"]\n\n[contract]', 1))


def zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def labels(folder: Path) -> bytes:
    return (folder / "data" / "hidden" / "labels.csv").read_bytes()


def planted_in_a_zip_within_a_zip(folder: Path) -> str:
    row = json.dumps(hidden(folder, 11)[1:]).encode()
    other(folder, "more.zip", zipped("inner.zip", zipped("notes.json", b'{"x": ' + row + b"}")))
    return "data/more.zip: inner.zip: notes.json: it holds the features of row 11 of"


def planted_labels_under_another_name(folder: Path) -> str:
    other(folder, "holidays.csv", labels(folder))
    return "data/holidays.csv: it holds the file data/hidden/labels.csv"


def planted_labels_in_a_compressed_stream(folder: Path) -> str:
    other(folder, "log.gz", gzip.compress(b"begin " + labels(folder).replace(b",", b"\t") + b" end"))
    return "data/log.gz: unpacked: it holds"


def planted_labels_in_a_tar(folder: Path) -> str:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("x")
        entry.size = len(labels(folder))
        archive.addfile(entry, io.BytesIO(labels(folder)))
    other(folder, "old.tar", packed.getvalue())
    return "data/old.tar: x: it holds the file data/hidden/labels.csv"


def planted_labels_without_ids(folder: Path) -> str:
    column = [line.split(",")[1] for line in labels(folder).decode().split()[1:]]
    other(folder, "noise.txt", "\n".join(column[200:700]).encode())
    return "data/noise.txt: it holds labels of data/hidden/labels.csv"


def planted_three_labels(folder: Path) -> str:
    with (folder / "README.md").open("ab") as file:
        file.write(b"\n".join(labels(folder).splitlines()[50:53]))
    return "README.md: it holds labels of data/hidden/labels.csv"


def planted_in_base64(folder: Path) -> str:
    other(folder, "start.txt", b'"' + base64.b64encode(labels(folder)[1000:2000]) + b'"')
    return "data/start.txt: base64 1: it holds labels of"


def planted_in_a_git_history(folder: Path) -> str:
    repository = folder.parent / "old"
    repository.mkdir()
    (repository / "labels.csv").write_bytes(labels(folder))
    git(repository, "init", "-q")
    for words in (["add", "."], ["commit", "-qm", "a"], ["rm", "-q", "labels.csv"], ["commit", "-qm", "b"]):
        git(repository, "-c", "user.name=A", "-c", "user.email=a@b.invalid", *words)
    git(repository, "bundle", "create", "-q", "--version=2", "all.bundle", "--all")
    other(folder, "history.bin", (repository / "all.bundle").read_bytes())
    return "it holds the file data/hidden/labels.csv"


def planted_loose_git_objects(folder: Path) -> str:
    repository = folder.parent / "loose"
    repository.mkdir()
    (repository / "labels.csv").write_bytes(labels(folder))
    git(repository, "init", "-q")
    git(repository, "add", ".")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (repository / ".git" / "objects").rglob("*"):
            if path.is_file():
                archive.write(path, path.name)
    other(folder, "repository.zip", packed.getvalue())
    return "git object: it holds"


def planted_marks(folder: Path) -> str:
    with (folder / "README.md").open("a") as file:
        file.write("\nOur own model has an area of 0.831.\n")
    return "README.md: it holds 0.831, the reference of suite iid in assignment.toml"


def planted_law(folder: Path) -> str:
    with (folder / "README.md").open("a") as file:
        file.write(f"\n> {LAW.upper()}!\n")
    for name in ("features", "labels"):
        shutil.copy(folder / "data" / "hidden" / f"{name}.csv", folder / "data" / "hidden" / f"{name}-next.csv")
    with (folder / "assignment.toml").open("a") as file:
        file.write(f'\n[[suites]]\nname = "next-year"\nlaw = "{LAW}"\n')
        file.write('features = "features-next.csv"\nlabels = "labels-next.csv"\n')
    return "README.md: it holds the law of suite next-year in assignment.toml"


def planted_row_of_another_suite(folder: Path) -> str:
    header, *table = rows(folder / "data" / "hidden" / "features.csv")
    place = header.index("monthly_charges")
    later = [[*row[:place], f"{float(row[place]) * 1.07:.4f}", *row[place + 1 :]] for row in table]
    for name, content in (("features", [header, *later]), ("labels", rows(folder / "data" / "hidden" / "labels.csv"))):
        path = folder / "data" / "hidden" / f"{name}-next.csv"
        path.write_text("".join(",".join(row) + "\n" for row in content))
    with (folder / "assignment.toml").open("a") as file:
        file.write(f'\n[[suites]]\nname = "next-year"\nlaw = "{LAW}"\n')
        file.write('features = "features-next.csv"\nlabels = "labels-next.csv"\n')
    with (folder / "README.md").open("a") as file:
        file.write("\n" + "; ".join(later[8][1:]))
    return "README.md: it holds the features of row 10 of data/hidden/features-next.csv"


def planted_example(folder: Path) -> str:
    code = (folder / "examples" / "strong" / "churn_model" / "model.py").read_text()
    with (folder / "README.md").open("a") as file:
        file.write("\n" + code[300:1300])
    return "README.md: it holds a part of examples/strong/churn_model/model.py"


def planted_what_cannot_be_opened(folder: Path) -> str:
    other(folder, "more.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100))
    return "data/more.7z: it is of a kind that cannot be looked into"


PLANTS: list[Callable[[Path], str]] = [function for name, function in globals().items() if name.startswith("planted_")]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_is_hidden_is_found_by_its_content_and_named_with_its_file(
    folder: Path, plant: Callable[[Path], str]
) -> None:
    expected = plant(folder)
    assert expected in refusal(folder)


@pytest.mark.parametrize("order", [None, lambda row: row[0][::-1]], ids=["as they lie", "others"])
def test_the_statuses_of_hidden_batches_are_found_beside_their_batches(
    tmp_path: Path, order: Callable[[list[str]], str] | None
) -> None:
    served = tmp_path / "serve-the-model"
    shutil.copytree(ROOT / "assignments" / "serve-the-model", served)
    header, *table = (row[:2] for row in rows(served / "data" / "hidden" / "batches.csv"))
    told = sorted(table, key=order) if order else table
    (served / "data" / "public" / "notes.csv").write_text("".join(",".join(row) + "\n" for row in [header, *told]))
    settings = served / "assignment.toml"
    settings.write_text(settings.read_text().replace('other = ["model', 'other = ["notes.csv", "model', 1))
    assert "data/notes.csv: it holds labels of data/hidden/batches.csv" in refusal(served)


def test_rows_that_chance_has_published_as_well_are_no_find(packed: Path) -> None:
    """The churn data repeat themselves: sixteen hidden customers in their first month equal a published one."""
    public = {tuple(row[1:-1]) for row in rows(CHURN / "data" / "public" / "train.csv")}
    twins = [row for row in rows(CHURN / "data" / "hidden" / "features.csv")[1:] if tuple(row[1:]) in public]
    assert twins
    assert (packed / "churn.zip").is_file()


# the check that candidates run


def checked(packet: Path, predictions: str | bytes | None) -> subprocess.CompletedProcess[str]:
    path = packet / "predictions.csv"
    path.unlink(missing_ok=True)
    if predictions is not None:
        path.write_bytes(predictions if isinstance(predictions, bytes) else predictions.encode())
    command = [sys.executable, "-I", "-S", "check_submission.py"]
    return subprocess.run(command, cwd=packet, capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"})


def sample(packet: Path) -> list[str]:
    return (packet / "data" / "sample_submission.csv").read_text().splitlines()


def test_a_good_answer_passes_the_check_with_the_standard_library_alone(packed: Path) -> None:
    done = checked(packed / "churn", "\n".join(sample(packed / "churn")))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "well formed, for the 500 rows" in done.stdout


WRONG: dict[str, tuple[Callable[[list[str]], str], str]] = {
    "no file": (lambda lines: "", "Its columns must be customer_id, prediction, but are none"),
    "other columns": (lambda lines: "\n".join(["id,p", *lines[1:]]), "but are id, p: rename"),
    "a row is missing": (lambda lines: "\n".join(lines[:-1]), "1 of 500 ids are missing"),
    "a row is there twice": (lambda lines: "\n".join([*lines, lines[-1]]), "more than once"),
    "an unknown id": (lambda lines: "\n".join([*lines, "X1,0.5"]), "1 ids are unknown, such as 'X1'"),
    "text": (lambda lines: "\n".join(lines).replace("0.5", "yes", 1), "1 predictions are no numbers"),
    "nan": (lambda lines: "\n".join(lines).replace("0.5", "nan", 1), "1 predictions are empty, NaN"),
    "empty": (lambda lines: "\n".join(lines).replace("0.5", "", 2), "2 predictions are empty, NaN"),
    "too large": (lambda lines: "\n".join(lines).replace("0.5", "1.5", 1), "not from 0.0 to 1.0, such as 1.5"),
    "decimal comma": (lambda lines: "\n".join(lines).replace("0.5", "0,5"), "use the decimal point"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_check_says_in_a_sentence_what_is_wrong_and_how_to_mend_it(packed: Path, name: str) -> None:
    spoil, said = WRONG[name]
    done = checked(packed / "churn", spoil(sample(packed / "churn")))
    assert done.returncode == 1
    assert said in done.stdout
    assert "Traceback" not in done.stderr


def test_the_check_of_a_file_that_is_not_there_or_is_no_text_says_so(packed: Path) -> None:
    assert "There is no file" in checked(packed / "churn", None).stdout
    assert "no CSV table in UTF-8" in checked(packed / "churn", b"\xff\xfe\x00").stdout


def test_the_check_in_a_folder_that_is_not_whole_ends_with_2(packed: Path, tmp_path: Path) -> None:
    shutil.copy(packed / "churn" / "check_submission.py", tmp_path)
    done = checked(tmp_path, "a,b\n")
    assert done.returncode == 2
    assert "unpack it again" in done.stdout


@pytest.mark.parametrize(
    "spoil",
    [
        *(spoil for spoil, _ in WRONG.values()),
        lambda lines: "\n".join(lines),
        lambda lines: "\n".join(f"{number},{line}" for number, line in enumerate(lines)).replace("0,", ",", 1),
        lambda lines: "\ufeff" + "\r\n".join(lines),
        lambda lines: "\n".join(line.replace(",", " , ") for line in lines),
        lambda lines: "\n".join(lines).replace("0.5", "1e-3").replace("1e-3", "1_0", 1),
        lambda lines: "\n".join(lines).replace("0.5", "inf", 1),
    ],
)
def test_the_check_says_the_same_as_a_grading(packed: Path, spoil: Callable[[list[str]], str]) -> None:
    text = spoil(sample(packed / "churn"))
    assert checked(packed / "churn", text).returncode == graded(packed / "churn", text)


def graded(packet: Path, predictions: str) -> int:
    """Return what the check should end with, by what a grading says of the same file."""
    public, dealt = find_public(str(packet), (), PINNED)
    try:
        read_predictions(predictions.encode(), dealt, public)
    except SubmissionError:
        return 1
    return 0


@pytest.mark.parametrize("cell", ["1", "1.0", "no", "2", "", "nan", "NO"])
def test_the_check_of_predicted_classes_says_the_same_as_a_grading(packed: Path, tmp_path: Path, cell: str) -> None:
    packet = tmp_path / "classes"
    shutil.copytree(packed / "churn", packet)
    path = packet / "takehome-assignment.json"
    told = json.loads(path.read_text())
    told["predictions"], told["metric"]["name"], told["data"]["classes"] = (
        "class",
        "multiclass_accuracy",
        ["0", "1", "no"],
    )
    path.write_text(json.dumps(told))
    text = "\n".join(sample(packet)).replace("0.5", "0").replace(",0\n", f",{cell}\n", 1)
    done = checked(packet, text)
    assert done.returncode == graded(packet, text), done.stdout
    assert done.returncode == 0 or "write one of 0, 1, no" in done.stdout
