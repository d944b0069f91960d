"""`grader sandbox build`: the locked environment, and the Docker image on request."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.sandbox import build_environment, build_image
from grader.settings import read_settings


def build_command(*, docker: bool, base_image: str | None, wheels: Path | None, ca_bundle: Path | None) -> int:
    """Build what is missing and say where it is; returns the exit status."""
    settings = read_settings()
    console = Console(stderr=True)

    def tell(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    built = build_environment(settings.home, wheels=wheels, report=tell)
    tell(f"The environment is ready: {built.path}")
    if docker:
        image = build_image(settings.home, base_image=base_image, wheels=wheels, ca_bundle=ca_bundle, report=tell)
        tell(f"The image is ready: {image}")
    return 0
