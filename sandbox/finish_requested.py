"""Finish an environment that a work asked for, run by its own Python in a sandbox without a network.

As finish_environment.py does for the locked one, but with whatever packages there are: bytecode, an OpenMP library,
a font cache. Packages are code of strangers, and this is the first time that any of it runs. Ends with an error where
what the grader's runner needs cannot be imported.
"""

import compileall
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path

ENVIRONMENT = Path(sys.prefix)
NEEDED = (
    "nbclient",
    "jupyter_client.manager",
    "jupyter_client.provisioning.local_provisioner",
    "ipykernel.kernelapp",
    "pytest",
)


def link_openmp() -> None:
    """Offer an OpenMP library that some package brings to those that expect one from the system."""
    bundled = sorted(ENVIRONMENT.glob("lib/python*/site-packages/*.libs/libgomp-*.so*"))
    if bundled:
        native = ENVIRONMENT / "lib" / "native"
        native.mkdir(exist_ok=True)
        (native / "libgomp.so.1").symlink_to(os.path.relpath(bundled[0], native))


def cache_fonts() -> None:
    """Let matplotlib, where there is one, write its font list where the sandbox will find it."""
    folder = ENVIRONMENT / "share" / "matplotlib"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["MPLCONFIGDIR"] = str(folder)
    try:
        import matplotlib.font_manager  # reads MPLCONFIGDIR when imported

        matplotlib.font_manager.get_font_names()
    except Exception as error:  # noqa: BLE001 - an old or broken matplotlib is the work's own affair
        print(f"no font cache: {error!r}"[:300], file=sys.stderr)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    compileall.compile_dir(str(ENVIRONMENT / "lib"), quiet=2, workers=0)
    link_openmp()
    cache_fonts()
    for name in NEEDED:
        import_module(name)
