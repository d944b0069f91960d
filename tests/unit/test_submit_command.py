"""`grader submit` and `--post` say what is wrong in one sentence, before anything is sent or graded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.cli.service_client import check_address
from grader.cli.submit import SubmitOptions, submit_command
from grader.errors import GraderError, UsageError

AWAY = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    "url",
    [
        "http://[1",
        "https://",
        "http://127.0.0.1:abc",
        "http://127.0.0.1:99999",
        "https://a b",
        "ftp://a",
        "",
        "http://grader.example.org",
        "http://10.0.0.1:8000",
        "https://grader.example.org\n",
    ],
)
def test_what_is_no_address_of_a_service_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a service"):
        check_address(url, "thg_api_a", "--post")


def test_what_goes_in_clear_is_taken_for_a_work_alone_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("grader.cli.service_client.TRIES", 1)
    (tmp_path / "predict.py").write_text("print(1)")
    with pytest.raises(GraderError):
        submit_command(str(tmp_path), SubmitOptions("http://0.0.0.0:9", "thg_api_a", None, wait=False, as_json=True))
    assert "in clear" in capsys.readouterr().err
    submit(tmp_path)
    assert "in clear" not in capsys.readouterr().err


@pytest.mark.parametrize("url", ["https://grader.example.org", "https://a.example:8443/below", "http://localhost:8000"])
def test_https_and_this_machine_are_taken(url: str) -> None:
    check_address(url, "thg_api_a-B_9", "--to")


@pytest.mark.parametrize("token", ["\u201cthg_api_a\u201d", "thg_api a", "thg_api_a\n", ""])
def test_a_token_that_was_copied_with_more_or_less_is_said_to_be_none(token: str) -> None:
    with pytest.raises(UsageError, match="the token is none"):
        check_address("https://grader.example.org", token, "--to")


def submit(source: Path) -> str:
    """Return why the work is not handed in to a service that is away: for that alone, where it could be packed."""
    with pytest.raises(GraderError) as caught:
        submit_command(str(source), SubmitOptions(AWAY, "thg_api_a", None, wait=False, as_json=True))
    return caught.value.message


def test_a_folder_is_packed_however_old_its_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli.service_client.TRIES", 1)
    (tmp_path / "predict.py").write_text("print(1)")
    os.utime(tmp_path / "predict.py", (0, 0))
    assert submit(tmp_path).startswith("The service could not be reached")


def test_a_folder_that_cannot_be_packed_or_holds_nothing_is_said_to(tmp_path: Path) -> None:
    assert submit(tmp_path).endswith("holds no file to hand in")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("")
    assert submit(tmp_path).endswith("holds no file to hand in")
    Path(os.fsdecode(bytes(tmp_path) + b"/a\xff.py")).write_text("1")
    assert "a name in it is not UTF-8" in submit(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--token", "thg_api_a"], "--post needs --assignment"),
        (["--assignment", "churn"], "--post needs a token"),
        (["--assignment", "churn", "--token", "a b"], "the token is none"),
    ],
)
def test_what_cannot_be_posted_is_not_graded_first(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "predict.py").write_text("print(1)")
    command = ["grade", str(tmp_path / "predict.py"), "--output", str(tmp_path / "out"), "--post", AWAY, *words]
    refused = CliRunner().invoke(app, command, env={"GRADER_TOKEN": ""})
    assert isinstance(refused.exception, UsageError)
    assert said in str(refused.exception)
    assert not (tmp_path / "out").exists()
