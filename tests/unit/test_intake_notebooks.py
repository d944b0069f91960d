"""Group "Notebooks" of the abuse cases as far as intake decides them."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SubmissionError
from grader.intake import IntakeLimits, make_plan, take
from grader.model import Limits


def book(**changes: Any) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "execution_count": 7,
        "metadata": {},
        "outputs": [
            {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}}
        ],
        "source": ["x = 1\n", "x"],
    }
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changes}


def taken(
    tmp_path: Path, data: bytes | dict[str, Any], name: str = "work.ipynb"
) -> tuple[dict[str, Any], tuple[str, ...]]:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    found = take(str(path), tmp_path / "store")
    return json.loads((found.root / name).read_bytes()), found.notes


def code_of(tmp_path: Path, data: bytes | dict[str, Any], limits: IntakeLimits | None = None) -> SubmissionError:
    path = tmp_path / "work.ipynb"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    with pytest.raises(SubmissionError) as caught:
        take(str(path), tmp_path / "store", limits)
    return caught.value


@pytest.mark.parametrize(
    "data", [b"", b"not json", b"[]", b'{"cells": 1}', b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe{}"]
)
def test_what_is_no_notebook_is_invalid(tmp_path: Path, data: bytes) -> None:
    assert code_of(tmp_path, data).code == "notebook.invalid"


def test_merge_conflict_marks_are_named(tmp_path: Path) -> None:
    assert "merge-conflict" in code_of(tmp_path, b'{"cells": [\n<<<<<<< HEAD\n').message


def test_stored_outputs_are_stripped_and_execution_counts_kept(tmp_path: Path) -> None:
    stripped, _ = taken(tmp_path, book())
    assert stripped["cells"][0]["outputs"] == []
    assert stripped["cells"][0]["execution_count"] == 7
    assert stripped["cells"][0]["source"] == "x = 1\nx"


def printing(*outputs: object) -> dict[str, Any]:
    return book(cells=[{"cell_type": "code", "source": "x", "metadata": {}, "outputs": list(outputs)}])


def saved(tmp_path: Path, data: dict[str, Any], name: str = "work.ipynb") -> list[tuple[str, int, str]]:
    path = tmp_path / "given" / name
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(data))
    return [(item.path, item.cell, item.text) for item in take(str(tmp_path / "given"), tmp_path / "store").saved]


def test_what_a_cell_had_printed_is_kept_apart(tmp_path: Path) -> None:
    outputs = ({"output_type": "stream", "name": "stdout", "text": ["AUC: ", "0.91\n"]},
               {"output_type": "execute_result", "data": {"text/plain": "0.5", "text/html": "<b>7</b>"}})  # fmt: skip
    assert saved(tmp_path, printing(*outputs)) == [("work.ipynb", 0, "AUC: 0.91\n\n0.5")]


def test_it_is_named_as_the_snapshot_names_the_notebook(tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "0.5"}
    assert saved(tmp_path, printing(output), "inner/work.ipynb")[0][0] == "work.ipynb"


@pytest.mark.parametrize("outputs", [(3,), ({"text": 4},), ({"data": {"text/plain": [1, None]}},), ({"data": 5},)])
def test_outputs_out_of_shape_had_printed_nothing(tmp_path: Path, outputs: tuple[object, ...]) -> None:
    assert saved(tmp_path, printing(*outputs)) == []


def test_of_a_flood_of_text_little_is_kept_and_half_a_character_does_no_harm(tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "\ud800 1\n" * 500_000}
    ((_, _, text),) = saved(tmp_path, printing(output))
    assert len(text) < 10_000
    assert text.startswith("? 1")


def test_a_byte_order_mark_is_forgiven(tmp_path: Path) -> None:
    assert taken(tmp_path, b"\xef\xbb\xbf" + json.dumps(book()).encode())[0]["nbformat"] == 4


def test_an_old_notebook_is_upgraded_and_noted(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": [], "metadata": {}, "collapsed": False}
    ]
    old = {
        "worksheets": [{"cells": cells, "metadata": {}}],
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
    }
    found, notes = taken(tmp_path, old)
    assert found["cells"][0]["source"] == "x = 1"
    assert any("upgraded" in note for note in notes)


def test_a_notebook_from_the_future_is_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path, book(nbformat=5)).code == "notebook.version"


@pytest.mark.parametrize("language", ["R", "julia"])
def test_another_language_is_refused_by_name(tmp_path: Path, language: str) -> None:
    error = code_of(tmp_path, book(metadata={"kernelspec": {"name": "ir", "language": language}}))
    assert error.code == "notebook.language"


def test_a_made_up_kernel_is_replaced_by_ours_and_noted(tmp_path: Path) -> None:
    found, notes = taken(tmp_path, book(metadata={"kernelspec": {"name": "my-env", "language": "python"}}))
    assert found["metadata"]["kernelspec"]["name"] == "python3"
    assert any("my-env" in note for note in notes)


def test_a_notebook_past_the_limit_is_too_large(tmp_path: Path) -> None:
    assert code_of(tmp_path, book(), IntakeLimits(notebook_bytes=50)).code == "notebook.too_large"


def test_large_outputs_are_stripped_without_growing_our_process(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    nested = b'{"cells": [' + b"[]," * 12_000_000 + b'[]], "metadata": {}, "nbformat": 4}'
    assert code_of(tmp_path, nested).code in ("notebook.too_large", "notebook.invalid")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, "kilobytes"


def test_a_hundred_megabytes_of_outputs_never_stand_in_our_process(tmp_path: Path) -> None:
    path = tmp_path / "work.ipynb"
    cell = {"cell_type": "code", "source": "x = 1", "outputs": ["x" * 100_000_000]}
    path.write_bytes(json.dumps({"cells": [cell], "nbformat": 4}).encode())
    code = (
        "import sys\nfrom pathlib import Path\nfrom grader.intake import take\n"
        "found = take(sys.argv[1], Path(sys.argv[2]))\n"
        "print(found.bytes, Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    words = [sys.executable, "-c", code, str(path), str(tmp_path / "store")]
    size, peak = map(int, subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())
    assert size < 1000
    assert peak < 100_000, "kilobytes"


def test_a_notebook_too_large_even_without_outputs_is_refused(tmp_path: Path) -> None:
    long = book(cells=[{"cell_type": "code", "source": "x = 1\n" * 300_000}])
    assert code_of(tmp_path, long, IntakeLimits(stripped_bytes=1_000_000)).code == "notebook.too_large"


def test_what_is_wrong_with_a_large_notebook_is_said_as_of_a_small_one(tmp_path: Path) -> None:
    large = book(metadata={"kernelspec": {"language": "R"}, "padding": "x" * 2_000_000})
    assert code_of(tmp_path, large).message == "work.ipynb is written for r, not for Python."
    kept, notes = taken(tmp_path, book(metadata={"kernelspec": {"name": "mine"}, "padding": "x" * 2_000_000}))
    assert kept["cells"][0]["source"] == "x = 1\nx"
    assert any("mine" in note for note in notes)


@pytest.mark.parametrize("changes", [{"nbformat_minor": "x"}, {"worksheets": [1]}, {"worksheets": [{"cells": [{}]}]}])
def test_an_old_notebook_out_of_shape_is_refused_by_its_version(tmp_path: Path, changes: dict[str, Any]) -> None:
    old = {"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0, **changes}
    assert code_of(tmp_path, old).code == "notebook.version"


def test_an_ending_in_capitals_is_the_same_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "Work.IPYNB").write_text(json.dumps(book()))
    found = take(str(tmp_path / "Work.IPYNB"), tmp_path / "store")
    assert make_plan(found, None, Limits()).entry_point.kind == "notebook"


def test_one_broken_notebook_among_other_files_is_kept_and_noted(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "bad.ipynb").write_text("not json")
    (folder / "main.py").write_text("print(1)")
    found = take(str(folder), tmp_path / "store")
    assert len(found.files) == 2
    assert any("bad.ipynb" in note for note in found.notes)
