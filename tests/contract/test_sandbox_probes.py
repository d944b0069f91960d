"""The escape probes of `grader doctor`: a real sandbox stands them, and one that confines nothing does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import sandbox_named
from fake_sandbox import FakeSandbox
from warm_bench import forks_noted

from grader.cli.checkup import BackendCheck, Checkup
from grader.cli.doctor import doctor_command
from grader.model import SandboxResult
from grader.ports import Sandbox
from grader.sandbox import ProbeBench, escape_probes
from grader.sandbox.probe import said_by
from grader.settings import read_settings

PROBES = escape_probes()
LABELS = Path(__file__).resolve().parents[2] / "assignments" / "churn" / "data" / "hidden" / "labels.csv"
# What the bare process passes: the watchdog that the test's sandbox shares with the real ones, and an open road.
HOLDS_WITHOUT_CONFINEMENT = {"needed", "limits.disk", "limits.files", "limits.wall_time"}
NEEDS_A_NETWORK = {"network.public", "network.metadata"}
NEEDS_ROOT = {"rights"}
# What the process of a warm sandbox, which has the stack loaded and doors open, could give away.
OF_THE_PROCESS = {"labels", "secrets", "host_files", "rights", "system_calls", "needed"}


def bench_of(sandbox: Sandbox, folder: Path, *, warm: bool = False) -> ProbeBench:
    return ProbeBench(sandbox, folder, read_settings().home, (LABELS,), warm=warm)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_a_real_sandbox_stands_the_probe(sandbox: Sandbox, tmp_path: Path, warm: bool, probe) -> None:  # type: ignore[no-untyped-def]
    if (sandbox.name, warm) == ("docker", False):
        pytest.skip("a container is the same for both; the warm one has more in it that could leak")
    if (sandbox.name, warm) == ("sandlock", True) and probe.id not in OF_THE_PROCESS:
        pytest.skip("the sandbox is the same for both; only what its process has could differ")
    with forks_noted() as forked:
        assert probe.run(bench_of(sandbox, tmp_path, warm=warm)).problems == ()
    assert set(forked) <= {sandbox.name == "bubblewrap"}


@pytest.mark.parametrize(
    "probe",
    [one for one in PROBES if one.id not in HOLDS_WITHOUT_CONFINEMENT | NEEDS_A_NETWORK | NEEDS_ROOT],
    ids=lambda probe: probe.id,
)
def test_a_sandbox_that_confines_nothing_fails_the_probe(tmp_path: Path, probe) -> None:  # type: ignore[no-untyped-def]
    finding = probe.run(bench_of(FakeSandbox(), tmp_path))
    assert not finding.passed
    assert finding.advice


def test_every_probe_has_an_id_of_its_own() -> None:
    assert len({probe.id for probe in PROBES}) == len(PROBES)


@pytest.mark.parametrize(
    ("ended", "status", "stdout", "told"),
    [
        ("exited", 0, "[]", []),
        ("exited", 0, '["a door"]', ["a door"]),
        ("exited", 0, "all is well", ["something else"]),
        ("exited", 0, '{"found": []}', ["something else"]),
        ("exited", 0, "[1]", ["something else"]),
        ("exited", 1, "[]", ["did not come to its end"]),
        ("wall_time", None, "[]", ["did not come to its end"]),
    ],
)
def test_what_a_probe_prints_is_believed_only_in_its_one_form(
    ended: str, status: int | None, stdout: str, told: list[str]
) -> None:
    result = SandboxResult.model_validate(
        {
            "ended": ended,
            "exit_code": status,
            "wall_s": 1,
            "cpu_s": None,
            "peak_memory_bytes": None,
            "stdout": stdout,
            "stderr": "",
            "enforcement": "enforced",
            "backend": "fake",
        }
    )
    said = said_by(result)
    assert len(said) == len(told)
    assert all(part in sentence for part, sentence in zip(told, said, strict=True))


def test_a_failed_probe_of_the_chosen_sandbox_alone_makes_the_checkup_bad(tmp_path: Path) -> None:
    (host,) = [probe for probe in PROBES if probe.id == "network.host"]
    weak = BackendCheck(name="fake", available=True, probes=(host.run(bench_of(FakeSandbox(), tmp_path)),))
    sound = BackendCheck(name="bubblewrap", available=True)
    assert not Checkup(host=(), chosen="fake", backends=(weak, sound)).good
    assert Checkup(host=(), chosen="bubblewrap", backends=(weak, sound)).good
    assert not Checkup(host=(), chosen=None, backends=(weak, sound)).good


@pytest.mark.sandbox
def test_the_doctor_ends_with_3_where_the_chosen_sandbox_fails_a_probe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sandlock fails this one, as its page says."""
    assert sandbox_named("sandlock").why_unavailable() is None
    monkeypatch.setattr("grader.cli.doctor.escape_probes", lambda: [one for one in PROBES if one.id == "needed"])
    assert doctor_command("sandlock", None, as_json=True, quick=False) == 3
    (check,) = json.loads(capsys.readouterr().out)["backends"]
    ((told,), name) = (check["probes"], check["name"])
    assert (name, told["id"], bool(told["problems"]), bool(told["advice"])) == ("sandlock", "needed", True, True)
