"""The packages of the locked environment, as candidates are told of them."""

from __future__ import annotations

import platform
import re
from functools import lru_cache

from packaging.requirements import Requirement

from grader.sandbox.assets import sandbox_asset

HEAD = """\
# What your work can import when it is graded, on Python {python}. There is no network then.
# To have the same: python -m pip install -r {name}
"""
LINE = re.compile(r"^([A-Za-z0-9][^\\#\n]*==[^\\#\n]*)", re.MULTILINE)


@lru_cache(maxsize=1)
def package_list(name: str) -> str:
    """Return a list of requirements, to be called `name`: those asked for, at the versions of the lock here."""
    asked = {Requirement(line.split("#")[0]).name for line in _lines("requirements.in") if line.split("#")[0].strip()}
    pins = [Requirement(line.strip()) for line in LINE.findall(sandbox_asset("requirements.lock").read_text())]
    here = [pin for pin in pins if pin.name in asked and (pin.marker is None or pin.marker.evaluate())]
    head = HEAD.format(python=".".join(platform.python_version_tuple()[:2]), name=name)
    return head + "".join(f"{pin.name}{pin.specifier}\n" for pin in here)


def _lines(name: str) -> list[str]:
    return sandbox_asset(name).read_text().splitlines()
