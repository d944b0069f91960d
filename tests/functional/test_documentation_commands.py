"""README and docs tried out: every command they show is run as a reader would, in something that looks like a clone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.model import DIMENSIONS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
STARTS = re.compile(r"(?:GRADER_\w+=\S+ )*(?:\.venv/bin/|make |git |cd |pip |python|jupyter )")
STATUS = re.compile(r"exit status (\d+)")

# What cannot be run here, and why. Keep it tiny.
NOT_RUN = {
    ".venv/bin/grader grade notebook.ipynb --sandbox docker --runtime runsc": "few engines know gVisor",
    "git clone https://host/owner/takehome-grader": "its address stands for a real one",
    "GRADER_DATABASE_URL=sqlite:///grading/team.db GRADER_BLOBS=grading/team .venv/bin/grader serve": "it goes on "
    "until it is ended: tests/integration/test_serving.py",
    ".venv/bin/python tools/image_wheels.py": "it fetches some 200 MB from the package index into the checkout",
    "cd takehome-grader": "everything is run inside the clone already",
    ".venv/bin/uv pip install tests/plugin_package": "it would add a criterion to every other test's rubric",
    ".venv/bin/uv pip compile --directory sandbox --universal --generate-hashes --no-header requirements.in "
    "--output-file requirements.lock": "it asks the package index and writes the lock",
}
PASSWORD = "correct horse battery staple\n"  # what a reader types where it is asked for
DEMO = ["strong", "tangled", "decent", "overtuned", "leaky", "memorised", "broken"]  # as ranked
NOTEBOOK = ["import csv\nimport statistics", "mean = statistics.mean([1, 2, 3])\nprint(mean)"]
SCRIPT = (
    "import pandas as pd\n\ntest = pd.read_csv('data/test.csv')\ntest['prediction'] = 0.5\n"
    "test[['customer_id', 'prediction']].to_csv('predictions.csv', index=False)\n"
)


@dataclass(frozen=True)
class Shown:
    """A command as a page shows it, and the exit status it promises."""

    words: str
    status: int

    @property
    def needs_docker(self) -> bool:
        return "--docker" in self.words or "--sandbox docker" in self.words


Try = Callable[[Shown], subprocess.CompletedProcess[str]]


def commands_of(page: Path) -> list[Shown]:
    """Return the commands in the page's indented and fenced shell blocks, in their order."""
    text = FENCE.sub(_as_indented, page.read_text())
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return [_shown(line) for line in lines if STARTS.match(line)]


def _as_indented(block: re.Match[str]) -> str:
    first, *lines = block.group().splitlines()[:-1]
    return "\n".join("    " + line for line in lines) if first[3:] in ("", "sh", "shell", "console", "bash") else ""


def _shown(line: str) -> Shown:
    words, _, comment = line.partition(" #")
    status = STATUS.search(comment)
    return Shown(words.strip(), int(status.group(1)) if status else 0)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Path:
    """Return a folder like a fresh clone after `make demo`, with the works in it that the pages speak of."""
    folder = tmp_path_factory.mktemp("clone")
    for path in ROOT.iterdir():
        if path.name not in ("grading", ".venv", ".git", ".cache"):
            (folder / path.name).symlink_to(path)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "grading").mkdir()
    (folder / "grading" / "demo").symlink_to(demo)
    for name in ("path/to/work", "candidates/ada", "candidates/grace", "repository"):
        (folder / name).mkdir(parents=True)
        (folder / name / "predict.py").write_text(SCRIPT)
    (folder / "notebook.ipynb").write_text(notebook(NOTEBOOK))
    ours = ["-c", "user.name=A", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*ours, "commit", "-q", "-m", "Work"]):
        subprocess.run(["git", *words], cwd=folder / "repository", check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def tried(clone: Path) -> Try:
    """Return a function that runs a command of a page, each only once however many pages show it."""
    done: dict[str, subprocess.CompletedProcess[str]] = {}

    def try_out(shown: Shown) -> subprocess.CompletedProcess[str]:
        if shown.words not in done:
            done[shown.words] = run(runnable(shown, clone), clone)
        return done[shown.words]

    return try_out


def notebook(cells: list[str]) -> str:
    made = [{"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": s} for s in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def run(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100"}
    environment.pop("GRADER_ASSIGNMENTS", None)
    return subprocess.run(
        ["bash", "-c", words],
        cwd=folder,
        env=environment,
        input=PASSWORD,
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,
    )


def runnable(shown: Shown, folder: Path) -> str:
    """Return what is really run: git over a repository on this machine, make without doing it."""
    words = shown.words.replace("make ", "make -n ", 1) if shown.words.startswith("make ") else shown.words
    if "https://host/owner/work@main" in words:
        address = f"file://{folder}/repository@main --allow-local-git"
        words = words.replace("https://host/owner/work@main", address)
    return words


@pytest.mark.sandbox
@pytest.mark.parametrize("page", [page for page in PAGES if commands_of(page)], ids=lambda page: page.name)
def test_every_command_of_a_page_ends_as_it_says_and_writes_what_it_says(page: Path, clone: Path, tried: Try) -> None:
    for shown in commands_of(page):
        if shown.words in NOT_RUN or shown.needs_docker:
            continue
        done = tried(shown)
        assert done.returncode == shown.status, f"{shown.words}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr
    written = set(re.findall(r"\bgrading/[\w*./-]*[\w*/]", page.read_text()))
    assert [name for name in sorted(written) if not list(clone.glob(name))] == []


@pytest.mark.docker
@pytest.mark.usefixtures("docker")
@pytest.mark.parametrize(
    "shown",
    sorted({shown for page in PAGES for shown in commands_of(page) if shown.needs_docker}, key=lambda s: s.words),
    ids=lambda shown: shown.words,
)
def test_every_command_that_needs_docker_ends_as_it_says(shown: Shown, tried: Try) -> None:
    done = tried(shown)
    assert done.returncode == shown.status, done.stdout + done.stderr


def test_commands_are_shown_as_they_are_typed_in_a_clone() -> None:
    """A line that begins with the bare name would not be found by the other tests, nor by the reader's shell."""
    bare = [
        f"{page.name}: {line}"
        for page in PAGES
        for line in page.read_text().splitlines()
        if re.match(r" {4}(?:\$ |grader |pytest )", line)
    ]
    assert bare == []


def test_nothing_is_excepted_that_no_page_shows() -> None:
    shown = {command.words for page in PAGES for command in commands_of(page)}
    assert set(NOT_RUN) <= shown


@pytest.mark.sandbox
def test_the_readmes_table_is_what_the_demo_prints(demo: Path) -> None:
    shown, printed = table_in((ROOT / "README.md").read_text()), table_in((demo / "said.txt").read_text())
    assert [row[1] for row in shown] == [row[1] for row in printed] == DEMO
    assert shown == printed


def table_in(text: str) -> list[list[str]]:
    """Return the ranking's rows as [rank, name, score, interval, unseen data, outcome]."""
    ranked = [line.strip() for line in text.splitlines() if re.match(r"\s+[\d–]\s{2,}\w+\s{2,}", line)]
    rows = [re.split(r"\s{2,}", line) for line in ranked]
    return [row if len(row) == 6 else [*row[:3], "", *row[3:]] for row in rows]


@pytest.mark.sandbox
def test_the_leaky_sample_shows_the_cells_that_the_quickstart_speaks_of(demo: Path) -> None:
    report = json.loads((demo / "leaky" / "report.json").read_text())
    found = {item["id"]: item for dimension in report["dimensions"] for item in dimension["criteria"]}
    for name in ("evaluation.scored_on_training_data", "data_preparation.preprocessing_leakage"):
        assert found[name]["verdict"] == "not_met"
        assert any(span["cell"] is not None for span in found[name]["evidence"])


@pytest.mark.sandbox
def test_every_file_beside_several_reports_is_documented(demo: Path) -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text()
    files = {path.name for path in demo.iterdir() if path.is_file() and not path.name.startswith(".")}
    assert [name for name in sorted(files - {"said.txt"}) if f"`{name}`" not in page] == []


@pytest.mark.sandbox
def test_the_summarys_columns_are_documented(demo: Path) -> None:
    page = (ROOT / "docs" / "reference" / "report.md").read_text()
    first = json.loads((demo / "summary.json").read_text())["ranking"][0]
    assert [key for key in first if key not in DIMENSIONS and f"`{key}`" not in page] == []


@pytest.mark.sandbox
def test_the_readme_lists_every_file_of_a_report_folder(demo: Path) -> None:
    rows = re.findall(r"^\| `([\w./]+)` \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert sorted(name.rstrip("/") for name in rows) == sorted(path.name for path in (demo / "decent").iterdir())
