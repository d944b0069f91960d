"""Fetch what the service's image is made of to deploy/wheels, so that it can be built without a network.

    python tools/image_wheels.py [--ca-bundle FILE]

Every file is checked against its hash in uv.lock or sandbox/requirements.lock. They are for this Python and processor:
the image's base must have the same.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.errors import GraderError
from grader.sandbox.environment import uv_binary
from grader.sandbox.wheels import download_wheels

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "deploy" / "wheels"
EXPORTS = {"service": ("--no-dev", "--extra", "telemetry", "--no-emit-project"), "build": ("--only-group", "build")}


def main() -> int:
    """Fill deploy/wheels afresh and return an exit status; every refusal is one sentence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ca-bundle", type=Path, help="extra certificates (PEM) for a network that inspects TLS")
    ca_bundle = parser.parse_args().ca_bundle
    try:
        with tempfile.TemporaryDirectory(prefix=".wheels-", dir=TARGET.parent) as folder:
            gather(Path(folder), ca_bundle)
    except (GraderError, subprocess.CalledProcessError) as error:
        print(f"wheels: {error}", file=sys.stderr)
        return 3
    print(f"{len(list(TARGET.glob('*.whl')))} wheels are in deploy/wheels: docker compose build needs no network now.")
    return 0


def gather(folder: Path, ca_bundle: Path | None) -> None:
    """Download the wheels of each lock below `folder`, and put them together in deploy/wheels when all are there."""
    together = folder / "together"
    together.mkdir()
    locks: list[Path | None] = [None]
    for name, options in EXPORTS.items():
        locks.append(folder / f"{name}.lock")
        words = [uv_binary(), "export", "--frozen", "--quiet", *options, "--output-file", str(locks[-1])]
        subprocess.run(words, cwd=ROOT, check=True)
    for number, lock in enumerate(locks):
        for wheel in download_wheels(folder / str(number), lock, ca_bundle=ca_bundle).iterdir():
            wheel.replace(together / wheel.name)
    shutil.rmtree(TARGET, ignore_errors=True)
    together.rename(TARGET)


if __name__ == "__main__":
    sys.exit(main())
