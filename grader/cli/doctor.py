"""`grader doctor`: what is here, which sandbox will be used, and whether each one holds against escape probes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console

from grader.cli.checkup import BackendCheck, Checkup
from grader.cli.choice import settings_for
from grader.cli.doctor_view import DoctorView
from grader.errors import GraderError, InfrastructureError
from grader.pipeline import private_scratch
from grader.plugins import load_rubric
from grader.ports import Sandbox
from grader.report.formats import left_out
from grader.sandbox import (
    HostFact,
    ProbeBench,
    can_be_chosen,
    choose_sandbox,
    escape_probes,
    host_facts,
    known_sandboxes,
    offer,
)
from grader.settings import Settings


def doctor_command(sandbox: str, runtime: str | None, *, as_json: bool, quick: bool) -> int:
    """Print the findings; returns 3 when the chosen sandbox fails a probe, or none can be used, else 0."""
    settings = settings_for(sandbox, runtime)
    view = DoctorView(Console(stderr=as_json))
    facts = host_facts(settings.home, settings.docker_image or None)
    criteria = _rubric_fact()
    view.facts([*facts, criteria])
    *_, sandlock = backends = known_sandboxes(
        settings.home, settings.docker_image or None, settings.docker_runtime or None
    )
    shown = [
        backend for backend in backends if sandbox == backend.name or (sandbox == "auto" and can_be_chosen(backend))
    ]
    chosen, reason = _chosen(settings, sandbox)
    view.chosen(chosen, reason)
    checks = [check_backend(backend, settings, view, quick=quick) for backend in shown]
    by_name = offer(sandlock) if chosen is None and sandbox == "auto" else ""
    checkup = Checkup(host=(*facts, criteria), chosen=chosen, backends=tuple(checks), offer=by_name, probed=not quick)
    view.verdict(checkup)
    if as_json:
        print(checkup.model_dump_json(indent=2))
    return 0 if checkup.good else InfrastructureError.exit_status


def _rubric_fact() -> HostFact:
    rubric = load_rubric()
    missing = "".join(f"; left out: {left_out(item)}" for item in rubric.left_out)
    return HostFact(name="rubric", good=not missing, detail=f"{len(rubric.criteria)} criteria{missing}")


def _chosen(settings: Settings, sandbox: str) -> tuple[str | None, str]:
    try:
        chosen = choose_sandbox(
            sandbox, settings.home, image=settings.docker_image or None, runtime=settings.docker_runtime or None
        )
    except InfrastructureError as error:
        return None, error.message
    return chosen.name, ""


def check_backend(backend: Sandbox, settings: Settings, view: DoctorView, *, quick: bool) -> BackendCheck:
    """Return what is found of one backend: whether it can be used, and each probe's finding."""
    reason = backend.why_unavailable()
    if reason is not None or quick:
        view.backend(backend.name, reason)
        return BackendCheck(name=backend.name, available=reason is None, reason=reason)
    with private_scratch(settings.scratch) as folder:
        labels = tuple(_label_files(settings.assignment_roots))
        bench = ProbeBench(backend, folder, settings.home, labels, warm=True)
        try:
            enforcement = bench.enforcement()
        except GraderError as error:
            view.backend(backend.name, error.message)
            return BackendCheck(name=backend.name, available=False, reason=error.message)
        view.backend(backend.name, None, enforcement)
        findings = []
        with closing(backend):
            for probe in escape_probes():
                with view.trying(backend.name, probe.title):
                    findings.append(probe.run(bench))
                view.finding(findings[-1])
    return BackendCheck(name=backend.name, available=True, enforcement=enforcement, probes=tuple(findings))


def _label_files(roots: Sequence[Path]) -> list[Path]:
    return [path.resolve() for root in roots for path in root.glob("*/data/hidden/labels*") if path.is_file()]
