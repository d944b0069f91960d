"""Finish the scientific environment, run by its own Python once the wheels are in: an OpenMP library, a font cache.

The same on the host and in the image, so that a sandbox looks the same on every backend:
    <env>/lib/native/libgomp.so.1      LightGBM asks the system for it; this one is scikit-learn's
    <env>/share/matplotlib/*.json      matplotlib's font cache; without it every first import builds it again
"""

import os
import sys
from pathlib import Path

ENVIRONMENT = Path(sys.prefix)


def link_openmp() -> None:
    """Offer the OpenMP library that scikit-learn brings to those that expect one from the system."""
    bundled = sorted(ENVIRONMENT.glob("lib/python*/site-packages/scikit_learn.libs/libgomp-*.so*"))
    if not bundled:
        raise SystemExit("scikit-learn brings no libgomp any more: LightGBM would not load")
    native = ENVIRONMENT / "lib" / "native"
    native.mkdir(exist_ok=True)
    link = native / "libgomp.so.1"
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(bundled[0], native))


def cache_fonts() -> None:
    """Let matplotlib write its font list where the sandbox will find it."""
    folder = ENVIRONMENT / "share" / "matplotlib"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["MPLCONFIGDIR"] = str(folder)
    import matplotlib.font_manager  # reads MPLCONFIGDIR when imported

    matplotlib.font_manager.get_font_names()
    if not list(folder.glob("fontlist-*.json")):
        raise SystemExit("matplotlib wrote no font cache")


if __name__ == "__main__":
    link_openmp()
    cache_fonts()
