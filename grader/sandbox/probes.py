"""The escape probes that `grader doctor` runs against a backend, in the order in which they are shown."""

from __future__ import annotations

from grader.sandbox.probe import Probe
from grader.sandbox.probes_kernel import KERNEL
from grader.sandbox.probes_limits import LIMITS
from grader.sandbox.probes_network import NETWORK
from grader.sandbox.probes_secrets import SECRETS


def escape_probes() -> tuple[Probe, ...]:
    """Return every probe; each stands alone and can be run against any backend."""
    return (*NETWORK, *SECRETS, *KERNEL, *LIMITS)
