"""Calls the function an assignment asks for: predict() on the test rows, or get_pipeline() fitted and applied."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import forked
import record
import script
import stack


def run(job: dict[str, Any], run: record.RunRecord) -> dict[str, Any] | None:
    """Call the function in a process of its own, so that whatever it does to its process leaves this one whole."""
    run.write()
    status, said = script.listen(lambda stderr: _start(job, stderr))
    if status == 0:
        return None
    last = said.strip().splitlines()[-1:]
    if status == CONTRACT and last:
        return record.failure("run.contract", last[0], path=job["path"], hint=CONTRACT_HINT)
    return script.failure_of(status, said, job)


def _start(job: dict[str, Any], stderr: int) -> script.Started:
    if not stack.is_shadowed_in(Path(job["work"]), (Path(job["work"]) / job["path"]).parent):
        return forked.fork(lambda: _become(job), folder=job["work"], stderr=stderr)
    command = [sys.executable, __file__, json.dumps(job)]
    return subprocess.Popen(command, cwd=job["work"], stdin=subprocess.DEVNULL, stderr=stderr, bufsize=0)


def _become(job: dict[str, Any]) -> int:
    forked.leave_the_runner(None)
    return _told(job)


CONTRACT = 65
CONTRACT_HINT = "Look at the contract in the assignment's README: one finite prediction for every row of the test file."


def _predict(job: dict[str, Any]) -> int:
    import importlib.util
    import inspect

    import pandas as pd

    path = Path(job["work"]) / job["path"]
    sys.path[:0] = [str(path.parent), job["work"]]
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    function = getattr(module, job["function"])
    test = pd.read_csv(job["input"])
    if job["kind"] == "pipeline_function":
        train = pd.read_csv(job["train"])
        fitted = function().fit(train.drop(columns=[job["id"], job["target"]]), train[job["target"]])
        rows = test.drop(columns=[job["id"]])
        ranks = hasattr(fitted, "predict_proba") and not job.get("names_classes")
        found = fitted.predict_proba(rows)[:, 1] if ranks else fitted.predict(rows)
    else:
        first = next(iter(inspect.signature(function).parameters.values()), None)
        asks_path = first is not None and (
            first.annotation in (str, Path, "str", "Path")
            or any(part in first.name for part in ("path", "csv", "file"))
        )
        found = function(job["input"] if asks_path else test)
    return _write(found, test, job)


def _write(found: Any, test: Any, job: dict[str, Any]) -> int:
    import numpy as np
    import pandas as pd

    if isinstance(found, pd.DataFrame) and {job["id"], job["column"]} <= set(found.columns):
        table = found[[job["id"], job["column"]]]
    else:
        values = np.asarray(found)
        if values.ndim == 2 and values.shape[1] in (1, 2):
            values = values[:, -1]  # one column, or the probabilities of both classes
        if values.shape != (len(test),):
            print(f"{job['function']}() returned shape {values.shape} for {len(test)} rows.", file=sys.stderr)
            return CONTRACT
        table = pd.DataFrame({job["id"]: test[job["id"]], job["column"]: values})
    table.to_csv(Path(job["output"]) / "predictions.csv", index=False)
    return 0


def _told(job: dict[str, Any]) -> int:
    """Return the status, after telling the parent of the candidate's error by its traceback."""
    try:
        return _predict(job)
    except Exception:  # noqa: BLE001 - whatever the work raises is its own failure
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    stack.note_own()
    forked.leave_the_runner(None)
    sys.exit(_told(json.loads(sys.argv[1])))
