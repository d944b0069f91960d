"""Sandbox backends behind the one port."""

from grader.sandbox.bubblewrap import BubblewrapSandbox
from grader.sandbox.choose import choose_sandbox
from grader.sandbox.docker import DockerSandbox
from grader.sandbox.environment import BuiltEnvironment, build_environment, environment_digest, find_environment
from grader.sandbox.execute import execute
from grader.sandbox.image import build_image
from grader.sandbox.workspace import empty_job

__all__ = [
    "BubblewrapSandbox",
    "BuiltEnvironment",
    "DockerSandbox",
    "build_environment",
    "build_image",
    "choose_sandbox",
    "empty_job",
    "environment_digest",
    "execute",
    "find_environment",
]
