"""Sandbox backends behind the one port."""

from grader.sandbox.bubblewrap import BubblewrapSandbox
from grader.sandbox.choose import can_be_chosen, choose_sandbox, known_sandboxes, offer
from grader.sandbox.docker import DockerSandbox
from grader.sandbox.environment import BuiltEnvironment, build_environment, environment_digest, find_environment
from grader.sandbox.execute import execute, execute_next, execute_tests
from grader.sandbox.image import build_image
from grader.sandbox.inventory import HostFact, host_facts
from grader.sandbox.package_index import PackageIndex, package_index
from grader.sandbox.packages import package_list
from grader.sandbox.probe import Probe, ProbeBench, ProbeFinding
from grader.sandbox.probes import escape_probes
from grader.sandbox.requested import GivenEnvironment, RequestedEnvironments
from grader.sandbox.sandlock import SandlockSandbox
from grader.sandbox.workspace import empty_job

__all__ = [
    "BubblewrapSandbox",
    "BuiltEnvironment",
    "DockerSandbox",
    "GivenEnvironment",
    "HostFact",
    "PackageIndex",
    "Probe",
    "ProbeBench",
    "ProbeFinding",
    "RequestedEnvironments",
    "SandlockSandbox",
    "build_environment",
    "build_image",
    "can_be_chosen",
    "choose_sandbox",
    "empty_job",
    "environment_digest",
    "escape_probes",
    "execute",
    "execute_next",
    "execute_tests",
    "find_environment",
    "host_facts",
    "known_sandboxes",
    "offer",
    "package_index",
    "package_list",
]
