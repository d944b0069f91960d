"""Finds the files of the top-level `sandbox/` folder: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def sandbox_asset(name: str) -> Path:
    """Return the path of one file or folder of `sandbox/`."""
    installed = _PACKAGE / "_sandbox"
    return (installed if installed.is_dir() else _PACKAGE.parent / "sandbox") / name
