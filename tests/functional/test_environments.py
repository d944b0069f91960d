"""Works that bring their own requirements, through the ordinary command, with a package index of the test's own.

The hostile ones are in tests/abuse.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from package_index import PackageIndex, bridge_address, served
from plain_churn import copy_plain_churn

from grader.errors import InfrastructureError
from grader.sandbox import find_environment
from grader.sandbox.engine import engine
from grader.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
GRADER = Path(sys.executable).with_name("grader")
LAST_WEEK = time.time() - 7 * 24 * 3600
BACKENDS = [
    pytest.param("bubblewrap", marks=pytest.mark.sandbox),
    pytest.param("docker", marks=pytest.mark.docker),
]
PREDICT = """
import csv, os
with open("data/test.csv") as file, open("predictions.csv", "w") as out:
    print("customer_id,prediction", file=out)
    for row in csv.DictReader(file):
        print(row["customer_id"], 0.5, sep=",", file=out)
"""


class Company:
    """A grader with a home, an index and an assignment of its own."""

    def __init__(self, folder: Path, index: PackageIndex, sandbox: str) -> None:
        self.folder, self.index, self.sandbox = folder, index, sandbox
        fixed = find_environment(read_settings().home)
        self.home = folder / "home"
        (self.home / "environments").mkdir(parents=True)
        (self.home / "environments" / fixed.digest).symlink_to(fixed.path)
        self.assignment = folder / "churn"
        copy_plain_churn(self.assignment)
        text = (self.assignment / "assignment.toml").read_text()
        (self.assignment / "assignment.toml").write_text(f'environment = "requirements"\n{text}')

    @property
    def options(self) -> list[str]:
        """What says that works bring their requirements."""
        return ["--assignment", str(self.assignment)]

    def start(self, name: str, code: str, files: dict[str, str], **variables: str) -> subprocess.Popen[str]:
        """Begin to grade a work of `code` and `files`."""
        work = self.folder / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        for path, text in {"main.py": code + PREDICT, **files}.items():
            (work / path).write_text(text)
            os.utime(work / path, (LAST_WEEK, LAST_WEEK))
        words = [str(GRADER), "grade", str(work), *self.options, "--sandbox", self.sandbox]
        words += ["--output", str(self.folder / f"{name}-report")]
        environment = {**os.environ, "GRADER_HOME": str(self.home), "GRADER_INDEX_URL": self.index.url, **variables}
        return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def report(self, name: str, started: subprocess.Popen[str], status: int = 0) -> dict[str, Any]:
        """Wait for a grading and return its report."""
        said, _ = started.communicate(timeout=900)
        assert started.returncode == status, said
        report: dict[str, Any] = json.loads((self.folder / f"{name}-report" / "report.json").read_text())
        return report

    def grade(self, name: str, code: str, status: int = 0, /, *, asks: str = "", **variables: str) -> dict[str, Any]:
        """Grade a work of `code` that asks for the packages in `asks`."""
        return self.report(name, self.start(name, code, {"requirements.txt": asks}, **variables), status)

    def log(self, name: str, file: str) -> str:
        """Return one of the stored logs."""
        return (self.folder / f"{name}-report" / "logs" / file).read_text()


class Reader(Company):
    """The same without an assignment: works are read as portfolio pieces."""

    @property
    def options(self) -> list[str]:
        return ["--environment", "requirements"]


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    request.getfixturevalue("bubblewrap")  # whose environment the index takes the sandbox's own packages from
    request.getfixturevalue(name)
    return name


@pytest.fixture(scope="module")
def index(backend: str) -> Iterator[PackageIndex]:
    made = PackageIndex()
    made.own_needs()
    made.wheel("alpha", "1.0")
    made.wheel("alpha", "2.0", uploaded=time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()))
    made.wheel("needs-alpha", "1.0", requires=["alpha<2"])
    with served(made, "127.0.0.1" if backend == "bubblewrap" else bridge_address()) as serving:
        yield serving


@pytest.fixture(scope="module")
def company(backend: str, index: PackageIndex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(tmp_path_factory.mktemp(backend), index, backend)
    yield made
    assert leavings(made.folder) == []


@pytest.fixture
def chooser(company: Company) -> Company:
    """The same, for what is decided before there is a sandbox."""
    if company.sandbox != "bubblewrap":
        pytest.skip("what is chosen to be installed is the same for every sandbox")
    return company


def leavings(folder: Path) -> list[str]:
    """Return what gradings in `folder` have left behind, the environments that are kept excepted."""
    left = [path.name for path in (folder / "home" / "scratch").iterdir() if path.name != ".lock"]
    left += [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(folder) in line]
    with suppress(InfrastructureError), engine() as client:
        for found in client.containers(all=True):
            left += [found["Id"] for mount in found["Mounts"] if mount.get("Source", "").startswith(str(folder))]
    names = [path.name for path in (folder / "home" / "environments").iterdir()]
    return left + [name for name in names if not re.fullmatch(r"[0-9a-f]{64}(\.use)?", name)]


def imports(version: str) -> str:
    return f"import alpha\nassert alpha.__version__ == {version!r}, alpha.__version__\n"


def test_pins_are_installed_as_written_and_the_lock_is_stored(company: Company) -> None:
    report = company.grade("pinned", imports("2.0"), asks="alpha==2.0\n")
    assert report["failure"] is None
    used = report["run"]["environment"]
    assert (used["name"], used["rung"], used["asked_in"]) == ("requirements", "exact", ["requirements.txt"])
    assert used["digest"] == report["receipt"]["environment_digest"]
    assert used["lock"] == "logs/requirements.lock"
    lock = company.log("pinned", "requirements.lock")
    assert "alpha==2.0 \\\n    --hash=sha256:" in lock
    assert "\nipykernel==" in lock


def test_an_environment_is_made_once_for_all_who_ask_for_the_same(company: Company) -> None:
    company.grade("pinned", imports("2.0"), asks="alpha==2.0\n")
    before = company.index.asked("/alpha-2.0-py3-none-any.whl")
    report = company.grade("again", imports("2.0"), asks="Alpha == 2.0\n")
    assert report["run"]["environment"]["rung"] == "exact"
    assert company.index.asked("/alpha-2.0-py3-none-any.whl") == before == 1


def test_what_is_not_pinned_is_resolved_as_of_the_works_date(chooser: Company) -> None:
    report = chooser.grade("dated", imports("1.0"), asks="alpha\n")
    used = report["run"]["environment"]
    assert (report["failure"], used["rung"]) == (None, "as_of")
    assert used["as_of"][:10] == time.strftime("%Y-%m-%d", time.gmtime(LAST_WEEK))
    assert any("as of the work's date" in warning for warning in report["run"]["warnings"])


def test_what_a_pin_brings_along_is_as_old_as_the_pin(chooser: Company) -> None:
    chooser.index.wheel("of-its-time", "1.0", requires=["alpha"])
    report = chooser.grade("aged", imports("1.0"), asks="of-its-time==1.0\n")
    used = report["run"]["environment"]
    assert (report["failure"], used["rung"], used["as_of"]) == (None, "exact", "2020-01-02T00:00:00+00:00")


def test_pins_that_are_gone_are_relaxed_and_the_report_says_why(chooser: Company) -> None:
    report = chooser.grade("gone", imports("2.0"), asks="alpha==0.9\n")
    used = report["run"]["environment"]
    assert (report["failure"], used["rung"]) == (None, "relaxed")
    assert "no version of alpha==0.9" in used["reason"]
    assert "alpha==0.9" in chooser.log("gone", "environment.txt")
    page = (chooser.folder / "gone-report" / "report.html").read_text()
    assert "requirements, versions relaxed" in page


def test_only_the_pin_that_is_gone_is_relaxed(chooser: Company) -> None:
    chooser.index.wheel("kept", "1.0")
    chooser.index.wheel("kept", "2.0")
    code = imports("2.0") + "import kept\nassert kept.__version__ == '1.0'\n"
    report = chooser.grade("partly", code, asks="kept==1.0\nalpha==0.9\n")
    assert (report["failure"], report["run"]["environment"]["rung"]) == (None, "relaxed")
    assert any("without the versions of alpha." in warning for warning in report["run"]["warnings"])


def test_what_contradicts_itself_leaves_the_base_environment(chooser: Company) -> None:
    report = chooser.grade("torn", "import pandas\n", asks="needs-alpha==1.0\nalpha>=2\nabsent\n")
    used = report["run"]["environment"]
    assert (report["failure"], used["rung"], used["name"]) == (None, "base", "fixed")
    assert any(
        "The index has no package absent (requirements.txt, line 3)" in text for text in report["run"]["warnings"]
    )


def test_a_package_that_is_nowhere_is_named_when_the_work_imports_it(chooser: Company) -> None:
    failure = chooser.grade("absent", "import absent\n", asks="absent\n")["failure"]
    assert failure["code"] == "environment.missing_package"
    assert "absent" in failure["message"]


def test_another_index_is_refused_with_its_line_and_the_code_is_judged_all_the_same(chooser: Company) -> None:
    asks = "alpha\n--extra-index-url https://evil.example/simple\n"
    report = chooser.grade("elsewhere", "", asks=asks)
    failure = report["failure"]
    assert (failure["code"], failure["path"], failure["line"]) == ("environment.forbidden", "requirements.txt", 2)
    judged = [one["verdict"] for part in report["dimensions"] for one in part["criteria"] if one["score"] is not None]
    assert judged


def test_a_work_without_a_list_runs_in_the_base_environment(company: Company) -> None:
    report = company.report("bare", company.start("bare", "import pandas, sklearn\n", {}))
    used = report["run"]["environment"]
    assert (report["failure"], used["rung"], used["reason"]) == (None, "base", "The work asks for no package.")


def test_an_index_that_does_not_answer_is_never_the_works_fault(company: Company) -> None:
    away = {"GRADER_INDEX_URL": "http://127.0.0.1:9/simple", "GRADER_TRIES": "2", "GRADER_RETRY_WAIT": "0"}
    report = company.grade("offline", "", 3, asks="alpha==1.0\n", **away)
    assert (report["outcome"], report["failure"]["code"]) == ("infrastructure_failed", "infrastructure.index")
    assert report["score"] is None
    assert [tried["code"] for tried in report["run"]["tries"]] == ["infrastructure.index"] * 2
    assert "it ended by itself with exit status 2" in report["failure"]["observed"][0]
    assert "127.0.0.1" not in report["failure"]["message"]


def test_a_package_that_ends_python_as_it_starts_is_the_works_failure_and_not_ours(company: Company) -> None:
    company.index.wheel("quits", "1.0", {"quits.pth": "import os; os._exit(0)\n"})
    report = company.grade("quits", "", asks="quits==1.0\n")
    assert (report["outcome"], report["failure"]["code"]) == ("submission_failed", "environment.broken")


def test_a_package_cannot_have_the_hosts_folders_shown(company: Company) -> None:
    secret = company.folder / "secret"
    (secret / "bin").mkdir(parents=True)
    (secret / "label").write_text("0.5")
    company.index.wheel("shows", "1.0", {"shows-1.0.data/data/pyvenv.cfg": f"home = {secret}/bin\n", "shows.py": ""})
    code = f"import os\nassert not os.path.exists({str(secret)!r})\n"
    report = company.grade("shows", code, asks="shows==1.0\n")
    assert report["outcome"] != "infrastructure_failed"
    assert "AssertionError" not in json.dumps(report)


def test_two_that_need_the_same_at_once_build_it_once(company: Company) -> None:
    company.index.wheel("shared", "1.0", {"shared.py": os.urandom(1000).hex().join(("# ", "\n"))}, delay=2)
    names = ("one", "two", "three")
    started = {name: company.start(name, "import shared\n", {"requirements.txt": "shared==1.0\n"}) for name in names}
    reports = [company.report(name, process) for name, process in started.items()]
    assert [report["failure"] for report in reports] == [None, None, None]
    assert len({report["run"]["environment"]["digest"] for report in reports}) == 1
    assert company.index.asked("/shared-1.0-py3-none-any.whl") == 1


def test_a_portfolio_piece_brings_its_packages_too(chooser: Company, tmp_path: Path) -> None:
    reader = Reader(tmp_path, chooser.index, chooser.sandbox)
    code = "import alpha\nassert alpha.__version__ == '2.0'\nraise SystemExit(0)\n"
    report = reader.grade("piece", code, asks="alpha==2.0\n")
    assert (report["assignment"], report["outcome"]) == (None, "completed")
    assert report["run"]["environment"]["rung"] == "exact"
    assert "alpha==2.0" in reader.log("piece", "requirements.lock")


def test_a_portfolio_piece_whose_packages_cannot_be_had_is_left_to_a_person(chooser: Company, tmp_path: Path) -> None:
    reader = Reader(tmp_path, chooser.index, chooser.sandbox)
    report = reader.grade("piece", "import absent\n", asks="absent\n")
    criteria = {item["id"]: item for part in report["dimensions"] for item in part["criteria"]}
    assert report["failure"]["code"] == "environment.missing_package"
    assert criteria["production_readiness.runs_end_to_end"]["verdict"] == "needs_human"
    refused = reader.grade(
        "elsewhere", "import absent\n", asks="--index-url https://elsewhere.example/simple\nabsent\n"
    )
    criteria = {item["id"]: item for part in refused["dimensions"] for item in part["criteria"]}
    assert refused["failure"]["code"] == "environment.forbidden"
    assert criteria["production_readiness.runs_end_to_end"]["verdict"] == "needs_human"
