"""compose.yaml and the service's image: what they promise of safety, and, when asked, the whole of it brought up.

GRADER_TRY_COMPOSE=1 builds the image and grades in it, which takes minutes, by Docker Engine and Compose 2.24 or later.
BASE_IMAGE and POSTGRES_IMAGE name other images than the official ones; POSTGRES_IMAGE=stand-in makes one of the base.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("upgrade", "api", "worker")
PAGE = (ROOT / "docs" / "how-to" / "run-the-service.md").read_text()
PASSWORD = "correct horse battery staple"


def test_the_file_is_what_compose_takes() -> None:
    words = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(ROOT / "compose.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_api_is_reached_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(ports) == ["api"]
    assert [port.rpartition(":")[0].startswith("127.0.0.1:") for port in ports["api"]] == [True]
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_no_secret_stands_in_the_file_and_none_is_kept_with_the_code() -> None:
    for service in SERVICES.values():
        told = service.get("environment", {})
        assert [name for name in told if "PASSWORD" in name and not name.endswith("_FILE")] == []
        assert not re.search(r"//[^/]*:[^/]*@", json.dumps(told)), "an address holds a password"
    assert list(COMPOSE["secrets"]["database_password"]) == ["file"]
    kept_out = (ROOT / ".gitignore").read_text().splitlines()
    assert {"deploy/secrets/", "deploy/service.env"} <= set(kept_out)


def test_secrets_are_variables_of_the_grader_and_the_key_of_an_app_stays_a_file(
    tmp_path: Path, bubblewrap: None
) -> None:
    secrets = {"database_password": "p w", "grader_oidc_client_secret": "s", "grader_github_app_key": "-----BEGIN"}
    for name, value in secrets.items():
        (tmp_path / name).write_text(f"{value}\n")
    (tmp_path / "grader").write_text("#!/bin/sh\nenv\n")
    (tmp_path / "grader").chmod(0o755)
    laid = ["--dev-bind", "/", "/", "--tmpfs", "/run", "--tmpfs", "/opt"]
    laid += [word for name in secrets for word in ("--ro-bind", str(tmp_path / name), f"/run/secrets/{name}")]
    laid += ["--ro-bind", str(tmp_path / "grader"), "/opt/takehome-grader/bin/grader"]
    words = ["bwrap", *laid, "sh", str(ROOT / "deploy" / "grader.sh")]
    found = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {"PGPASSWORD=p w", "GRADER_OIDC_CLIENT_SECRET=s"} <= set(found)
    assert "GRADER_GITHUB_APP_KEY=/run/secrets/grader_github_app_key" in found


@pytest.mark.parametrize("name", OURS)
def test_the_services_containers_have_no_right_of_roots_and_can_gain_none(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"cap_add", "privileged", "user", "devices", "pid", "network_mode"} & set(service)
    assert not any("docker.sock" in volume for volume in service["volumes"])
    last_user = re.findall(r"^USER (\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)[-1]
    assert last_user == "10001:10001"


def test_nothing_of_the_service_begins_before_the_tables_are_up_to_date() -> None:
    waits = {name: {of: how["condition"] for of, how in SERVICES[name]["depends_on"].items()} for name in OURS}
    done = {"upgrade": "service_completed_successfully"}
    assert waits == {"upgrade": {"database": "service_healthy"}, "api": done, "worker": done}


def test_the_workers_filter_allows_what_works_may_do_and_the_making_of_sandboxes_alone() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "worker_seccomp.py"), "--check"], check=False)
    assert done.returncode == 0
    for_works, for_worker = (
        {name for rule in json.loads((ROOT / path).read_text())["syscalls"] for name in rule["names"]}
        for path in ("sandbox/seccomp/profile.json", "deploy/seccomp.json")
    )
    assert {"unshare", "mount", "pivot_root"} <= for_worker - for_works
    assert not {"ptrace", "bpf", "keyctl", "io_uring_setup", "kexec_load", "init_module"} & for_worker
    assert for_works <= for_worker


def test_the_image_is_built_of_all_that_the_package_is_made_of_and_of_no_secret() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    taken, left = {line[1:] for line in lines if line.startswith("!")}, {line for line in lines if line[:1] != "!"}
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*built["packages"], *built["force-include"], "pyproject.toml", "uv.lock"} <= taken
    assert "*" in left
    for secret in ("deploy/secrets", "deploy/service.env"):
        assert any(fnmatch.fnmatch(secret, pattern) for pattern in left - {"*"})


def test_what_builds_the_package_is_locked_by_its_hash() -> None:
    words = [str(BIN / "uv"), "export", "--frozen", "--offline", "--quiet", "--only-group", "build"]
    locked = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^hatchling==\S+ \\\n +--hash=sha256:", locked, re.MULTILINE)


@dataclass(frozen=True)
class Up:
    """The service, brought up as the page says from a copy of the checkout."""

    folder: Path
    environment: dict[str, str]

    def run(self, command: str, said: str = "") -> str:
        """Run a command of the page, with what is typed at it, and return what it prints."""
        words = command.replace("compose exec", "compose exec -T")
        done = subprocess.run(
            ["bash", "-c", words],
            cwd=self.folder,
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    @property
    def address(self) -> str:
        """Where the API is reached."""
        return self.environment["GRADER_PUBLIC_URL"]


def shown_commands() -> list[str]:
    """Return the commands of the page's section on Compose, up to its first part."""
    section = PAGE.partition("## With Docker Compose\n")[2].partition("\n##")[0]
    return re.findall(r"^ {4}(.+)$", section, re.MULTILINE)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    if os.environ.get("GRADER_TRY_COMPOSE") != "1":
        pytest.skip("the image is built, and graded in, with GRADER_TRY_COMPOSE=1 alone: it takes minutes")
    folder = copy_of_the_checkout(tmp_path_factory.mktemp("compose"))
    port = free_port()
    address = {"API_PORT": str(port), "GRADER_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    names = {"COMPOSE_PROJECT_NAME": f"takehome-try-{port}", "SERVICE_IMAGE": f"takehome-grader:try-{port}"}
    running = Up(folder, {**os.environ, **address, **names, **database_image()})
    try:
        for command in shown_commands():
            running.run(command, f"{PASSWORD}\n{PASSWORD}\n")
        yield running
    finally:
        running.run("docker compose down --volumes --remove-orphans --timeout 60 --rmi local")


def copy_of_the_checkout(folder: Path) -> Path:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    extra = [str(path.relative_to(ROOT)) for path in (ROOT / "deploy").glob("wheels/*.whl")]
    extra += ["deploy/ca-bundle.crt"] if (ROOT / "deploy" / "ca-bundle.crt").exists() else []
    for name in (*listed.stdout.splitlines(), *extra):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def database_image() -> dict[str, str]:
    if os.environ.get("POSTGRES_IMAGE") != "stand-in":
        return {}
    words = ["docker", "build", "--quiet", "--build-arg", f"BASE_IMAGE={os.environ['BASE_IMAGE']}"]
    words += ["--tag", "takehome-postgres:stand-in", str(ROOT / "tests" / "integration" / "postgres_image")]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return {"POSTGRES_IMAGE": "takehome-postgres:stand-in"}


def hand_in(up: Up, token: str) -> subprocess.Popen[str]:
    work = ROOT / "assignments" / "churn" / "examples" / "decent"
    words = [str(BIN / "grader"), "submit", str(work), "--to", up.address, "--assignment", "churn", "--wait", "--json"]
    return subprocess.Popen(
        words, env=os.environ | {"GRADER_TOKEN": token}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def token(up: Up) -> str:
    command = "docker compose exec api grader token new ada@example.org --scope read --scope submit"
    return re.findall(r"thg_api_\S+", up.run(command))[0]


def test_a_work_is_graded_by_the_containers_that_the_pages_commands_bring_up(up: Up, token: str) -> None:
    said, told = hand_in(up, token).communicate(timeout=600)
    assert said, told
    graded = json.loads(said)
    assert (graded["state"], graded["outcome"]) == ("published", "completed")
    assert graded["score"] > 50


def test_a_work_is_graded_though_every_worker_is_killed_while_it_runs(up: Up, token: str) -> None:
    handed_in = hand_in(up, token)
    assert handed_in.stderr is not None
    for line in handed_in.stderr:
        if "running" in line:
            break
    up.run("docker compose kill worker")
    up.run("docker compose up --detach --no-build --scale worker=2")
    said, told = handed_in.communicate(timeout=600)
    assert json.loads(said)["outcome"] == "completed", told


def test_the_sandbox_in_the_workers_container_stands_every_probe(up: Up) -> None:
    command = next(line.strip() for line in PAGE.splitlines() if "compose exec worker grader doctor" in line)
    assert "stood all" in up.run(command)


def test_the_password_is_told_by_no_list_of_containers_and_no_log(up: Up) -> None:
    password = (up.folder / "deploy" / "secrets" / "database_password").read_text().strip()
    told = up.run("docker inspect $(docker compose ps --all --quiet)") + up.run("docker compose logs")
    assert len(password) == 48
    assert password not in told
