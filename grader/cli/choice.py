"""The settings of a command whose options say which sandbox it is to use."""

from __future__ import annotations

from grader.errors import UsageError
from grader.settings import Settings, read_settings


def settings_for(sandbox: str, runtime: str | None) -> Settings:
    """Return the settings with `runtime` in place of the one they name. Raises UsageError where none can be chosen."""
    settings = read_settings()
    if runtime is None:
        return settings
    if sandbox != "docker":
        raise UsageError("--runtime is for containers only.", hint=f"Say: --sandbox docker --runtime {runtime}")
    return settings.model_copy(update={"docker_runtime": runtime})
