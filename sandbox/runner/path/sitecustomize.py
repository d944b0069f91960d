"""Makes the work's own modules importable from anywhere in it, behind the standard library and the environment.

PYTHONPATH would put them before: a `src/logging.py` would then break every import of the real one, the runner's too.

The work's own process, where it is not forked from the runner, also begins here to note what estimators do in it, and
which blocks it comes to; so do, of the blocks, the processes that it starts. What does that is taken out of the modules
again, for the work may have some of the same names.
"""

import os
import sys

sys.path += [path for path in os.environ.get("WORK_PATH", "").split(os.pathsep) if path and path not in sys.path]

_own, _started = os.environ.pop("WORK_TRACED", ""), os.environ.get("WORK_REACHED", "")
_is_whole = not os.environ.pop("WORK_UNMARKED", "")
if _own or _started:
    _runner = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - nothing more is loaded
    sys.path.insert(0, _runner)
    try:
        if _own:
            from tracing import hook as _hook

            _hook.install()
            _hook.start(_own)
            if _is_whole:
                _hook.mark(_own)
                os.environ["WORK_REACHED"] = _own
        else:
            from tracing import reached as _reached

            _reached.start(_started, tells=False)
    except Exception:  # noqa: BLE001, S110 - the work runs as well without
        pass
    sys.path.remove(_runner)
    for _name in [name for name in sys.modules if name.partition(".")[0] == "tracing"]:
        del sys.modules[_name]
