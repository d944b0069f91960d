"""The packet's workflow file: sound by GitHub's schema and known weaknesses, pinned, and never a part of the work."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.assignment import find_public, handed_out, load_assignment
from grader.assignment.workflow import HAND_IN, WORKFLOW, hand_in_workflow, workflow
from grader.authoring.pack import pack
from grader.intake import take
from grader.model.pins import pinned_action, server_address
from grader.sandbox import package_list

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ACTION = f"acme/takehome-grader@{'0123456789' * 4}"
OTHER = f"an-other/grader.fork@{'f' * 40}"
SERVER = "https://grading.example.org/team"
PINNED = package_list("packages.txt")
CHURN = load_assignment(ROOT / "assignments" / "churn")
DIGITS = load_assignment(ROOT / "assignments" / "digits")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the packet of the churn assignment made with an Action, its clone beside it."""
    folder = tmp_path_factory.mktemp("packed")
    pack(CHURN, PINNED, folder, ACTION, SERVER)
    with zipfile.ZipFile(folder / "churn.zip") as archive:
        archive.extractall(folder)
    subprocess.run(["git", "clone", "-q", folder / "churn.bundle", folder / "clone"], check=True)
    return folder / "churn"


def told(text: bytes) -> dict[str, Any]:
    return dict(yaml.load(text, yaml.BaseLoader))  # `on` stays a word


def test_a_push_of_the_starter_repository_alone_runs_no_workflow(packed: Path) -> None:
    """GitHub runs none for a commit that says so: whoever makes the candidate's repository would use up an attempt."""
    log = ["git", "log", "--format=%s%n%b", "main"]
    said = subprocess.run(log, cwd=packed.parent / "clone", capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[0] == "Start of the assignment"
    assert "[skip ci]" in said


def test_archive_and_repository_hold_a_workflow_that_tries_every_push(packed: Path) -> None:
    text = (packed / WORKFLOW).read_bytes()
    assert text == (packed.parent / "clone" / WORKFLOW).read_bytes()
    flow = told(text)
    assert set(flow["on"]) == {"push", "workflow_dispatch"}
    assert flow["permissions"] == {"contents": "read"}
    assert flow["concurrency"]["cancel-in-progress"] == "true"
    (job,) = flow["jobs"].values()
    assert job["runs-on"] == "ubuntu-24.04"
    checkout, action = job["steps"]
    assert checkout["with"] == {"persist-credentials": "false"}
    assert checkout["uses"].startswith("actions/checkout@")
    assert len(checkout["uses"].partition("@")[2]) == 40
    assert action["uses"] == ACTION


def test_what_it_gives_the_action_are_inputs_that_the_action_knows(packed: Path) -> None:
    (job,) = told((packed / WORKFLOW).read_bytes())["jobs"].values()
    given = job["steps"][1]["with"]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert set(given) <= set(inputs)
    assert given["mode"] == inputs["mode"]["default"]


@pytest.mark.parametrize(("assignment", "minutes"), [(CHURN, "20"), (DIGITS, "25")], ids=["churn", "digits"])
def test_it_may_take_as_long_as_a_run_may_and_the_installation_beside_it(assignment: Any, minutes: str) -> None:
    (job,) = told(workflow(assignment, ACTION))["jobs"].values()
    assert job["timeout-minutes"] == minutes


def test_it_has_more_time_where_works_bring_their_own_packages() -> None:
    brings = CHURN.model_copy(update={"environment": "requirements"})
    (job,) = told(workflow(brings, ACTION))["jobs"].values()
    assert job["timeout-minutes"] == "50"


def test_githubs_schema_and_the_search_for_known_weaknesses_find_nothing_wrong(packed: Path) -> None:
    paths = [str(packed / name) for name in (WORKFLOW, HAND_IN)]
    for words in (
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *paths],
        ["zizmor", "--offline", "--no-progress", "--strict-collection", "--persona", "auditor", *paths],
    ):
        done = subprocess.run([str(BIN / words[0]), *words[1:]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_with_a_server_a_workflow_hands_main_in_there_with_no_right_but_to_read_and_to_say_who_it_is(
    packed: Path,
) -> None:
    text = (packed / HAND_IN).read_bytes()
    assert text == (packed.parent / "clone" / HAND_IN).read_bytes()
    flow = told(text)
    assert flow["on"] == {"push": {"branches": ["main"]}, "workflow_dispatch": ""}
    assert flow["permissions"] == {}
    assert flow["concurrency"]["cancel-in-progress"] == "true"
    (job,) = flow["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    checkout, action = job["steps"]
    assert checkout["with"] == {"persist-credentials": "false", "lfs": "true"}
    assert action["uses"] == ACTION
    assert action["with"] == {"mode": "submit", "server": SERVER, "path": "."}
    assert set(action["with"]) <= set(yaml.safe_load((ROOT / "action.yml").read_text())["inputs"])
    assert b"secrets" not in text


# the command


@pytest.mark.parametrize(
    "server",
    ["http://grading.example.org", "grading.example.org", "https://", "https://user:pass@grading.example.org",
     "https://grading.example.org?x=1", "https://grading.example.org\nx: y", "https://${{ github.actor }}.example.org"],
)  # fmt: skip
def test_what_is_no_address_of_a_service_stands_in_no_workflow(server: str) -> None:
    with pytest.raises(ValueError, match="must be the service's address"):
        server_address(server)


def test_a_server_without_an_action_and_one_that_is_none_are_refused_in_one_sentence(
    run_grader: Run, tmp_path: Path
) -> None:
    for words, said in (
        (["--server", SERVER], "--server needs the Action that hands in there: say --action OWNER/NAME@COMMIT"),
        (
            ["--action", ACTION, "--server", "grading.example.org"],
            "--server grading.example.org must be the service's address, such as https://grading.example.org",
        ),
    ):
        done = run_grader("assignment", "pack", "churn", "--output", "packets", *words)
        assert done.returncode == 2
        assert done.stderr.strip().rstrip(".") == f"grader: {said}"
    assert not (tmp_path / "packets").exists()


@pytest.mark.parametrize(
    "action",
    ["acme/grader@v1", "acme/grader@main", f"acme/grader@{'a' * 39}", f"acme/grader@{'g' * 40}", f"acme@{'a' * 40}",
     f"acme/grader/sub@{'a' * 40}", f"./grader@{'a' * 40}", f"acme/grader@{'a' * 40}\nx: y", f"{ACTION} # v1", ""],
)  # fmt: skip
def test_what_is_no_whole_commit_of_a_repository_is_no_action(action: str) -> None:
    with pytest.raises(ValueError, match="must be OWNER/NAME@COMMIT with all 40 digits"):
        pinned_action(action)


@pytest.mark.parametrize(
    ("words", "variables", "named"),
    [
        (["--action", "acme/grader@v1"], {}, "--action acme/grader@v1 "),
        ([], {"GRADER_ACTION": "acme/grader@main"}, "GRADER_ACTION "),
    ],
    ids=["option", "variable"],
)
def test_a_tag_or_a_branch_is_refused_in_one_sentence_and_nothing_is_packed(
    run_grader: Run, tmp_path: Path, words: list[str], variables: dict[str, str], named: str
) -> None:
    done = run_grader("assignment", "pack", "churn", "--output", "packets", *words, **variables)
    assert done.returncode == 2
    why = "must be OWNER/NAME@COMMIT with all 40 digits: a tag or a branch can be moved to other code later"
    assert done.stderr.strip().rstrip(".") == f"grader: {named}{why}"
    assert not (tmp_path / "packets").exists()


def test_without_an_action_there_is_no_workflow_and_a_line_says_what_to_do(run_grader: Run, tmp_path: Path) -> None:
    done = run_grader("assignment", "pack", "churn", "--output", "packets")
    assert done.returncode == 0
    (line,) = (line for line in done.stdout.splitlines() if "workflow" in line)
    assert line.startswith("There is no workflow that tries each push: to have one, say --action OWNER/NAME@COMMIT")
    assert f"churn/{WORKFLOW}" not in zipfile.ZipFile(tmp_path / "packets" / "churn.zip").namelist()


def test_the_option_goes_before_the_variable(run_grader: Run, tmp_path: Path) -> None:
    for words, action in ((["--action", ACTION], ACTION), ([], OTHER)):
        done = run_grader("assignment", "pack", "churn", "--output", "packets", *words, GRADER_ACTION=OTHER)
        assert f"Each push is tried with {action}." in done.stdout
        text = zipfile.ZipFile(tmp_path / "packets" / "churn.zip").read(f"churn/{WORKFLOW}")
        assert f"uses: {action}\n".encode() in text


# no part of the work


def paths(work: Path, store: Path) -> list[str]:
    return [entry.path for entry in take(str(work), store, handed_out=handed_out(CHURN, PINNED)).files]


@pytest.mark.parametrize("action", [ACTION, OTHER])
def test_it_is_no_part_of_the_work_whichever_action_it_names(tmp_path: Path, action: str) -> None:
    path = tmp_path / "work" / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_bytes(workflow(CHURN, action))
    path.with_name("hand-in.yml").write_bytes(hand_in_workflow(action, SERVER))
    (tmp_path / "work" / "work.py").write_text("print(1)\n")
    assert paths(tmp_path / "work", tmp_path / "store") == ["work.py"]


def test_newer_commits_and_their_comments_make_it_no_work_of_the_candidates(tmp_path: Path) -> None:
    """Programs that keep the Actions of a repository up to date change these, and nothing else."""
    text = workflow(CHURN, ACTION)
    path = tmp_path / "work" / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_bytes(text.replace(b"# v7.0.1", b"# v8.1.0").replace(b"@3d3c42e5", b"@00000000"))
    assert path.read_bytes() != text
    (tmp_path / "work" / "work.py").write_text("print(1)\n")
    assert paths(tmp_path / "work", tmp_path / "store") == ["work.py"]


@pytest.mark.parametrize("place", [WORKFLOW, ".github/workflows/tests.yml", "docs/try-the-work.yml"])
def test_a_workflow_of_the_candidates_own_stays_in_the_work(tmp_path: Path, place: str) -> None:
    path = tmp_path / "work" / place
    path.parent.mkdir(parents=True)
    text = workflow(CHURN, ACTION)
    path.write_bytes(text.replace(b"  push:", b"  pull_request:") if place == WORKFLOW else text)
    (tmp_path / "work" / "work.py").write_text("print(1)\n")
    assert paths(tmp_path / "work", tmp_path / "store") == [place, "work.py"]


def test_an_archive_in_a_folder_of_its_own_is_treated_alike(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.write(packed / WORKFLOW, f"ada/{WORKFLOW}")
        archive.writestr("ada/work.py", "print(1)\n")
    assert paths(tmp_path / "ada.zip", tmp_path / "store") == ["work.py"]


def test_what_programs_are_told_is_the_same_whichever_action_the_packet_was_made_with(
    packed: Path, tmp_path: Path
) -> None:
    pack(CHURN, PINNED, tmp_path)
    with zipfile.ZipFile(tmp_path / "churn.zip") as archive:
        archive.extractall(tmp_path)
    without, with_one = (find_public(str(path), (), PINNED)[0] for path in (tmp_path / "churn", packed))
    assert without.handed_out == with_one.handed_out == handed_out(CHURN, PINNED)
    assert WORKFLOW in without.handed_out


def test_a_workflow_earns_nothing_in_the_rubric(run_grader: Run, tmp_path: Path) -> None:
    """Without an assignment nothing was handed out, so the file counts as the candidate's: no criterion asks for it."""
    example = ROOT / "assignments" / "churn" / "examples" / "decent"
    judged = []
    for name in ("with", "without"):
        shutil.copytree(example, tmp_path / name / "work")
    path = tmp_path / "with" / "work" / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_bytes(workflow(CHURN, ACTION))
    for name in ("with", "without"):
        done = run_grader("read", f"{name}/work", "--jsonl")
        assert done.returncode == 0, done.stderr
        judged.append(json.loads(done.stdout)["criteria"])
    assert judged[0] == judged[1]
    assert judged[0]
