"""What a work without an assignment lacked here is told from what is wrong with it."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, plan, ran, work

from grader.evidence import absences
from grader.model import CodeFacts, Document, Evidence, Failure
from grader.report import unjudged_of

NO_TORCH = Failure(
    code="environment.missing_package", message="Cell 1 imports torch, which is not installed.", path="a.ipynb"
)
OF_DATA = "Cell 1 raised FileNotFoundError: [Errno 2] No such file or directory: '{}'"


def lacking(failure: Failure, readme: str = "", files: tuple[str, ...] = ()) -> str:
    """Return what kind of thing a work lacked whose run ended so, "" where the failure is its own."""
    code = CodeFacts(documents=(Document(path="README.md", kind="readme", text=readme, words=1),))
    found = absences([failure], code, files)
    return found[0].kind if found else ""


def no_file(name: str) -> Failure:
    return Failure(code="notebook.cell_error", message=OF_DATA.format(name), path="a.ipynb")


def test_a_package_that_is_not_here_is_lacking_and_a_module_of_the_works_own_is_not() -> None:
    assert lacking(NO_TORCH) == "package"
    own = NO_TORCH.model_copy(update={"message": "Cell 1 imports utils, which is not installed."})
    assert lacking(own) == ""


@pytest.mark.parametrize(
    "said",
    [
        "Data on request.",
        "The data can be downloaded from the city's open data portal.",
        "## Data\n\nDownload it from https://example.org and unpack it here.",
        "The images are not included in this repository.",
        "Get rows.csv from Kaggle.",
    ],
)
def test_data_that_the_readme_says_are_had_elsewhere_are_lacking(said: str) -> None:
    assert lacking(no_file("data/rows.csv"), said) == "data"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "All data are in data/.",
        "Download this repository and run main.py.",
        "There is no need to download the data.",
        "## Data science projects of mine, in one place\n\nDownload the notebooks.",
    ],
)
def test_a_file_that_is_not_there_and_of_which_nothing_is_said_is_the_works_own_failure(said: str) -> None:
    assert lacking(no_file("data/rows.csv"), said) == ""


def test_a_file_that_lies_elsewhere_in_the_work_or_is_its_code_is_no_data_to_ask_for() -> None:
    assert lacking(no_file("data/rows.csv"), "Data on request.", ("input/rows.csv",)) == ""
    assert lacking(no_file("settings.yaml"), "Data on request.") == ""


def test_a_platforms_folder_names_its_data_and_a_folder_of_the_authors_does_not() -> None:
    assert lacking(no_file("/kaggle/input/wine/wine.csv")) == "data"
    assert lacking(no_file("/home/ada/wine.csv")) == ""


def test_a_work_that_fetches_as_it_runs_lacks_a_network() -> None:
    message = "Cell 1 raised URLError: <urlopen error [Errno -3] Temporary failure in name resolution>"
    assert lacking(Failure(code="notebook.cell_error", message=message)) == "download"
    assert lacking(Failure(code="notebook.cell_error", message="Cell 1 raised KeyError: 'a'")) == ""


def test_what_a_stopped_notebook_would_have_written_is_not_the_next_ones_failure() -> None:
    code = work({"a.py": "import torch\nimport pandas as pd\npd.DataFrame().to_csv('deep.csv')\n"}).code
    after = no_file("deep.csv").model_copy(update={"path": "b.ipynb"})
    stopped = NO_TORCH.model_copy(update={"path": "a.py"})
    assert [each.kind for each in absences([stopped, after], code, ("a.py",)).values()] == ["package", "earlier"]
    broke = stopped.model_copy(update={"code": "notebook.cell_error", "message": "Cell 1 raised KeyError: 'a'"})
    assert absences([broke, after], code, ("a.py",)) == {}


def test_packages_that_could_not_be_made_ready_are_lacking() -> None:
    sdist = Failure(code="environment.sdist", message="torch comes only as source.", path="requirements.txt")
    assert lacking(sdist) == "environment"


def evidence_of(failure: Failure, *, lacks: bool) -> Evidence:
    base = work({"train.py": "import torch\n"})
    failure = failure.model_copy(update={"path": "train.py"})
    absent = tuple(absences([failure], base.code, ()).values()) if lacks else ()
    run = ran(failure=failure)
    return base.model_copy(update={"plan": plan(), "run": run, "failure": failure, "absent": absent})


def test_a_run_that_ended_for_want_of_a_package_is_left_to_a_person_and_counts_neither_way() -> None:
    lacking_torch = evidence_of(NO_TORCH, lacks=True)
    found = finding("production_readiness.runs_end_to_end", lacking_torch)
    assert (found.verdict, found.score) == ("needs_human", None)
    assert "needs torch, which is not here" in found.reason
    told = [item for item in unjudged_of(lacking_torch, ()) if item.kind == "stopped"]
    assert len(told) == 1
    assert "--environment requirements" in told[0].why


def test_the_same_failure_of_an_assignment_is_the_works_own() -> None:
    assert finding("production_readiness.runs_end_to_end", evidence_of(NO_TORCH, lacks=False)).verdict == "not_met"


def test_a_package_that_nothing_declares_is_still_told_of_where_packages_are_declared() -> None:
    found = finding("code_quality.dependencies_pinned", evidence_of(NO_TORCH, lacks=True))
    assert (found.verdict, found.reason) == ("not_met", "Nothing declares the 1 package that the work imports.")


def test_code_in_another_language_beside_python_is_told_as_not_judged() -> None:
    evidence = work({"train.py": "", "analysis.R": "print(1)"}, plan=plan())
    told = [item for item in unjudged_of(evidence, ()) if item.kind == "not_run"]
    assert [(item.what, item.paths) for item in told] == [("The code in R", ("analysis.R",))]
    assert all(item.kind != "not_run" for item in unjudged_of(work("", plan=plan()), ()))


def test_a_work_without_any_python_is_left_to_a_person_and_its_language_is_told_once() -> None:
    failure = Failure(code="notebook.language", message="This work is written in R (a.R); only Python can be run.")
    assert lacking(failure) == "language"
    absent = tuple(absences([failure], CodeFacts(), ()).values())
    evidence = work({"a.R": "print(1)"}, failure=failure, absent=absent)
    found = finding("production_readiness.runs_end_to_end", evidence)
    assert (found.verdict, "only Python can be run" in found.reason) == ("needs_human", True)
    told = [item for item in unjudged_of(evidence, ()) if item.kind in ("not_run", "stopped")]
    assert [item.what for item in told] == ["What is written in another language than Python"]
