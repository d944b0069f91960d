"""The Docker image of the sandbox: built offline from wheels fetched on the host, labelled with its environment."""

from __future__ import annotations

import hashlib
import platform
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import InfrastructureError
from grader.sandbox.assets import sandbox_asset
from grader.sandbox.engine import engine
from grader.sandbox.environment import Report, lock_digest
from grader.sandbox.wheels import download_wheels

if TYPE_CHECKING:
    from docker import APIClient

REPOSITORY = "takehome-grader-sandbox"
DIGEST_LABEL = "takehome-grader.environment"
BASE_LABEL = "takehome-grader.base"
_CONTEXT = ("Dockerfile", "install.sh", "finish_environment.py", "requirements.lock")
_WHICH_PYTHON = "import platform, sysconfig; print(platform.python_version(), sysconfig.get_platform())"


def image_tag() -> str:
    """Return the tag of the image that belongs to this version of the build files and the lock."""
    digest = hashlib.sha256()
    for name in _CONTEXT:
        digest.update(hashlib.sha256(sandbox_asset(name).read_bytes()).digest())
    return f"{REPOSITORY}:{digest.hexdigest()[:12]}"


def build_image(
    home: Path,
    *,
    base_image: str | None = None,
    wheels: Path | None = None,
    ca_bundle: Path | None = None,
    report: Report = lambda _: None,
) -> str:
    """Build the image unless it is there, and return its tag.

    `base_image` needs python3 with venv, of the same minor version as ours (default: the official slim image);
    `wheels` is a folder to build from without any network; `ca_bundle` a file of certificates for fetching them.
    Raises InfrastructureError when the engine or the build fails.
    """
    base = base_image or "python:{}.{}-slim-bookworm".format(*platform.python_version_tuple())
    tag = image_tag()
    with engine() as client:
        if _is_built(client, tag, base_image):
            return tag
        _pull_if_missing(client, base, report)
        version, platform_name = _python_of(client, base)
        if wheels is None:
            _demand_same_python(version, base)
            report("Fetching the wheels ...")
            wheels = download_wheels(home / "wheels" / lock_digest(version, platform_name), ca_bundle=ca_bundle)
        report(f"Building {tag} from {base} (once; a minute or two) ...")
        labels = {DIGEST_LABEL: lock_digest(version, platform_name), BASE_LABEL: base}
        _build(client, tag, base, wheels, labels)
        client.prune_images(filters={"dangling": True, "label": "takehome-grader.stage=build"})
    return tag


def _is_built(client: APIClient, tag: str, base_image: str | None) -> bool:
    labels = image_labels(client, tag)
    return labels is not None and base_image in (None, labels.get(BASE_LABEL))


def image_labels(client: APIClient, tag: str) -> dict[str, str] | None:
    """Return the labels of an image, None when the engine does not have it."""
    from docker.errors import ImageNotFound

    try:
        return client.inspect_image(tag)["Config"]["Labels"] or {}
    except ImageNotFound:
        return None


def _pull_if_missing(client: APIClient, base: str, report: Report) -> None:
    if image_labels(client, base) is None:
        report(f"Pulling {base} ...")
        client.pull(base)


def _python_of(client: APIClient, base: str) -> tuple[str, str]:
    """Return version and platform of the base image's Python, by asking it."""
    config = client.create_host_config(network_mode="none")
    command = ["python3", "-I", "-c", _WHICH_PYTHON]
    container = client.create_container(base, command, entrypoint=[], host_config=config)["Id"]
    try:
        client.start(container)
        status = client.wait(container)["StatusCode"]
        words = client.logs(container, stdout=True, stderr=False, tail=1).decode(errors="replace").split()
    finally:
        client.remove_container(container, force=True, v=True)
    if status != 0 or len(words) != 2:
        raise InfrastructureError("infrastructure.no_environment", f"{base} has no working python3.")
    return words[0], words[1]


def _demand_same_python(version: str, base: str) -> None:
    ours = platform.python_version_tuple()[:2]
    if tuple(version.split(".")[:2]) != ours:
        raise InfrastructureError(
            "infrastructure.no_environment",
            f"{base} has Python {version}, but wheels can be fetched here only for {'.'.join(ours)}.",
            hint="Choose another --base-image, or pass a folder of wheels for it with --wheels.",
        )


def _build(client: APIClient, tag: str, base: str, wheels: Path, labels: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix="grader-image-") as folder:
        for name in _CONTEXT:
            shutil.copy(sandbox_asset(name), folder)
        shutil.copytree(wheels, Path(folder, "wheels"))
        lines = client.build(
            path=folder,
            tag=tag,
            buildargs={"BASE_IMAGE": base},
            labels=labels,
            network_mode="none",
            rm=True,
            forcerm=True,
            decode=True,
        )
        _follow(lines)


def _follow(lines: Iterable[dict[str, Any]]) -> None:
    """Read the build's output to its end; raises InfrastructureError with the last of it when the build failed."""
    said = ""
    for line in lines:
        said = (said + str(line.get("stream", "")))[-2000:]
        if "error" in line:
            detail = f"{line['error']} {said}".strip()
            raise InfrastructureError("infrastructure.no_environment", f"The image could not be built: {detail}")
