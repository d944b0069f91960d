"""Makes the work's own modules importable from anywhere in it, behind the standard library and the environment.

PYTHONPATH would put them before: a `src/logging.py` would then break every import of the real one, the runner's too.
"""

import os
import sys

sys.path += [path for path in os.environ.get("WORK_PATH", "").split(os.pathsep) if path and path not in sys.path]
