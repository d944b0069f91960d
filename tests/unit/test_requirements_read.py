"""What a work asks for, read from the lists that people really hand in."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from grader.errors import LimitError, SubmissionError
from grader.intake import take
from grader.intake.requirements import read_wanted
from grader.model import Wanted


def wanted(tmp_path: Path, files: dict[str, str | bytes]) -> Wanted:
    for name, data in {"main.py": "print(1)", **files}.items():
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_wanted(take(str(tmp_path / "work"), tmp_path / "store"))


def asked(tmp_path: Path, text: str | bytes, name: str = "requirements.txt") -> list[str]:
    return [each.asked for each in wanted(tmp_path, {name: text}).requirements]


def test_pins_ranges_extras_and_markers_are_kept(tmp_path: Path) -> None:
    text = "pandas==1.5.3\nNumPy >=1.2,<2  # maths\nuvicorn[standard]\nfoo==1; python_version < '3'\n"
    found = wanted(tmp_path, {"requirements.txt": text})
    assert [each.asked for each in found.requirements] == [
        "pandas==1.5.3",
        "NumPy<2,>=1.2",
        "uvicorn[standard]",
        'foo==1; python_version < "3"',
    ]
    assert [each.relaxed for each in found.requirements][1:] == [
        "NumPy",
        "uvicorn[standard]",
        'foo; python_version < "3"',
    ]
    assert [each.pinned for each in found.requirements] == [True, False, False, True]
    assert [each.line for each in found.requirements] == [1, 2, 3, 4]
    assert found.files == ("requirements.txt",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_every_encoding_that_editors_write_is_read(tmp_path: Path, encoding: str) -> None:
    assert asked(tmp_path, "pandas==1.5.3\r\nnumpy\r\n# für später\r\n".encode(encoding)) == ["pandas==1.5.3", "numpy"]


def test_conda_paths_of_pip_freeze_give_the_version_they_state_else_the_name(tmp_path: Path) -> None:
    text = (
        "numpy @ file:///home/conda/feedstock_root/build_artifacts/numpy_1651020388495/work\n"
        "scipy @ file:///tmp/wheels/scipy-1.10.1-cp311-cp311-linux_x86_64.whl#sha256=abc\n"
        "certifi @ file:///C:/b/abs_85o_6fm0se/croot/certifi_1671487778835/work/certifi\n"
    )
    found = wanted(tmp_path, {"requirements.txt": text})
    assert [each.asked for each in found.requirements] == ["numpy", "scipy==1.10.1", "certifi"]
    assert len([note for note in found.notes if "path of another machine" in note]) == 3


@pytest.mark.parametrize(
    "line",
    [
        "--extra-index-url https://evil.example/simple",
        "--extra-index-url=https://evil.example/simple",
        "--index-url https://evil.example/simple",
        "-i https://evil.example/simple",
        "-ihttps://evil.example/simple",
        "--find-links ./wheels",
        "-f ./wheels",
        "git+https://evil.example/pkg.git",
        "pkg @ git+https://evil.example/pkg.git",
        "pkg @ https://evil.example/pkg-1-py3-none-any.whl",
        "https://evil.example/pkg-1-py3-none-any.whl",
        "file:///etc/passwd",
        "file:./pkg",
        "./pkg",
        "/srv/pkg",
        "..\\pkg",
        "C:\\pkg",
        "pkg-1.0-py3-none-any.whl",
        "-e .",
        "-e git+https://evil.example/pkg.git#egg=pkg",
        "--editable=.",
        "-r ../other.txt",
        "-r /etc/passwd",
        "-r https://evil.example/list.txt",
        "pandas --index-url https://evil.example/simple",
        "pandas \\\n  --extra-index-url https://evil.example/simple",
    ],
)
def test_whatever_leads_away_from_the_index_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        asked(tmp_path, f"numpy\n{line}\n")
    error = caught.value
    assert (error.code, error.path, error.line) == ("environment.forbidden", "requirements.txt", 2)
    assert error.message.startswith("requirements.txt, line 2: ")


def test_credentials_in_a_refused_address_are_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError) as caught:
        asked(tmp_path, "--index-url https://me:secret@evil.example/simple\n")
    assert "secret" not in caught.value.message


def test_lists_inside_the_work_are_followed_each_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "requirements.txt": "-r req/base.txt\npandas\n-r missing.txt\n",
        "req/base.txt": "-r ../requirements.txt\nnumpy==1.26.4\n",
    }
    found = wanted(tmp_path, files)
    assert [each.asked for each in found.requirements] == ["numpy==1.26.4", "pandas"]
    assert found.files == ("requirements.txt", "req/base.txt")
    assert any("missing.txt did not come with the work" in note for note in found.notes)


@pytest.mark.parametrize("name", ["requirments.txt", "requirement.txt", "Requirements.txt", "requirements.txt.txt"])
def test_a_misspelled_name_is_found(tmp_path: Path, name: str) -> None:
    assert asked(tmp_path, "pandas\n", name) == ["pandas"]


@pytest.mark.parametrize("name", ["requests.txt", "train.txt", "README.txt", "notes/arrangements.md"])
def test_other_texts_are_no_lists(tmp_path: Path, name: str) -> None:
    assert asked(tmp_path, "pandas\n", name) == []


def test_the_dependencies_of_a_project_file_are_read_with_their_lines(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\nversion = "1"\ndependencies = [\n  "pandas>=2",\n  "numpy",\n]\n[tool.uv]\nx = 1\n'
    found = wanted(tmp_path, {"pyproject.toml": text})
    assert [(each.asked, each.line) for each in found.requirements] == [("pandas>=2", 5), ("numpy", 6)]


@pytest.mark.parametrize(
    "text", ["[project\n", "project = 1\n", "[project]\ndependencies = 3\n", "[project]\ndependencies = [1, {}]\n", ""]
)
def test_a_broken_project_file_asks_for_nothing(tmp_path: Path, text: str) -> None:
    assert asked(tmp_path, text, "pyproject.toml") == []


def test_of_a_conda_file_the_pip_part_is_read_and_the_rest_is_noted(tmp_path: Path) -> None:
    text = (
        "name: take-home\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.9\n  - numpy=1.21.5=py39h7a5d4dd_0\n"
        "  - pip\n  - pip:\n      - catboost==1.2.5\n      - shap  # plots\n  - seaborn\nprefix: /home/me\n"
    )
    found = wanted(tmp_path, {"environment.yml": text})
    assert [(each.asked, each.line) for each in found.requirements] == [("catboost==1.2.5", 9), ("shap", 10)]
    assert any("numpy, seaborn" in note for note in found.notes)


def test_the_text_list_comes_before_the_project_and_conda_files(tmp_path: Path) -> None:
    project, conda = '[project]\ndependencies = ["b"]\n', "dependencies:\n  - pip:\n    - c\n"
    files: dict[str, str | bytes] = {"pyproject.toml": project, "environment.yml": conda}
    assert [each.name for each in wanted(tmp_path, {**files, "requirements.txt": "a\n"}).requirements] == ["a"]
    assert [each.name for each in wanted(tmp_path, {**files, "requirements.txt": "# none\n"}).requirements] == ["b"]


def test_habits_of_beginners_are_understood_and_noted(tmp_path: Path) -> None:
    text = (
        "sklearn==0.0\nos\npywin32==306\npandas = 1.3.5\nnumpy 1.21.0\nPackage Version\n------- -------\npython==3.9\n"
    )
    found = wanted(tmp_path, {"requirements.txt": text})
    assert [each.asked for each in found.requirements] == ["scikit-learn", "pandas==1.3.5", "numpy==1.21.0"]
    assert [note.split(": ")[1] for note in found.notes] == [
        "sklearn was taken for scikit-learn.",
        "os is part of Python.",
        "pywin32 is for another operating system.",
    ]


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "pip install pandas", "пандас", "pandas==", "a" * 2000, "(" * 500])
def test_a_line_that_is_no_requirement_is_noted_and_stops_nothing(tmp_path: Path, line: str) -> None:
    found = wanted(tmp_path, {"requirements.txt": f"{line}\nnumpy\n"})
    assert [each.asked for each in found.requirements] == ["numpy"]
    assert len(found.notes) == 1


def test_hashes_and_continued_lines_are_read_as_one_requirement(tmp_path: Path) -> None:
    assert asked(tmp_path, "numpy==1.26.4 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\npandas\n") == [
        "numpy==1.26.4",
        "pandas",
    ]


def test_a_freeze_of_hundreds_of_lines_is_read_and_an_endless_list_refused(tmp_path: Path) -> None:
    assert len(asked(tmp_path / "a", "".join(f"package-{n}==1.{n}\n" for n in range(214)))) == 214
    for text in ("".join(f"package-{n}\n" for n in range(1500)), "#" * 300_000):
        with pytest.raises(LimitError) as caught:
            asked(tmp_path / str(len(text)), text)
        assert caught.value.code == "environment.too_large"


def test_the_date_of_a_work_is_that_of_its_newest_file(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for name, day in (("main.py", "2022-03-01"), ("requirements.txt", "2021-01-01"), (".DS_Store", "2024-01-01")):
        (folder / name).write_text("pandas\n" if name.endswith("txt") else "")
        seconds = time.mktime(time.strptime(day, "%Y-%m-%d"))
        os.utime(folder / name, (seconds, seconds))
    assert (read_wanted(take(str(folder), tmp_path / "store")).newest or "").startswith("2022-03-01")


@pytest.mark.parametrize(("year", "known"), [(2022, "2022-03-01"), (1980, ""), (2107, "")])
def test_a_time_in_an_archive_counts_only_when_it_can_be_true(tmp_path: Path, year: int, known: str) -> None:
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("main.py", (year, 3, 1, 12, 0, 0)), "print(1)")
    newest = take(str(tmp_path / "work.zip"), tmp_path / "store").newest
    assert (newest or "")[:10] == known
