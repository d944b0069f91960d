"""Which blocks a work comes to, as noted in real sandboxes: by scripts, cells, modules and processes they start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import BUBBLEWRAP
from warm_bench import WarmBench, notebook

from grader.ports import Sandbox

pytestmark = pytest.mark.parametrize("sandbox", [BUBBLEWRAP], indirect=True)
MODULE = """def used(x):
    return x + 1


def unused(x):
    return x - 1


class Tall:
    def cost(self, *rows):
        return 1.0
"""
POOLS = {
    "joblib": "from joblib import Parallel, delayed\nParallel(n_jobs=2)(delayed(tools.used)(i) for i in range(4))",
    "forked": "from concurrent.futures import ProcessPoolExecutor as Pool\nlist(Pool(2).map(tools.used, [1, 2]))",
    "spawned": "import multiprocessing as m\nm.get_context('spawn').Pool(1).map(tools.used, [1, 2])",
}


@pytest.fixture
def warm(sandbox: Sandbox, tmp_path: Path) -> WarmBench:
    return WarmBench(sandbox, tmp_path)


def unreached(folder: Path) -> set[tuple[str | int, int]]:
    """Return (file or execution, line) of each block that was not come to."""
    marks = (folder / ".reached").read_bytes()
    blocks = [json.loads(line) for line in (folder / ".blocks.jsonl").read_text().splitlines()]
    return {(block.get("file", block.get("cell")), block["at"][0]) for block in blocks if not marks[block["mark"]]}


def run(warm: WarmBench, files: dict[str, str], **entry: str) -> set[tuple[str | int, int]]:
    result = warm.run_work(files, **entry)
    assert result.exit_code == 0, result.stderr
    return unreached(warm.out)


def test_functions_and_branches_of_a_script_and_of_its_modules(warm: WarmBench) -> None:
    main = "import tools\nif tools.used(1) > 5:\n    print('much')\nprint(tools.used(2))\n"
    assert run(warm, {"main.py": main, "tools.py": MODULE}) == {("main.py", 3), ("tools.py", 6), ("tools.py", 11)}


def test_a_script_that_cannot_be_forked_tells_of_its_modules(warm: WarmBench) -> None:
    files = {"main.py": "import tools\nprint(tools.used(2))\n", "tools.py": MODULE, "seaborn.py": "x = 1\n"}
    assert {("tools.py", 6), ("tools.py", 11)} <= run(warm, files)


def test_cells_by_their_executions_timed_ones_and_functions_called_from_another(warm: WarmBench) -> None:
    cells = [
        "%matplotlib inline\nimport tools\ndef given(x):\n    return x\ndef never(x):\n    return x",
        "if given(0):\n    print('no')\nprint(given(1))",
        "%time print(tools.used(1))",
        "%%time\nif given(0):\n    print('no')",
    ]
    files = {"main.py": "", "main.ipynb": notebook(*cells), "tools.py": MODULE}
    found = run(warm, files, kind="notebook", path="main.ipynb")
    assert found == {(1, 6), (2, 2), (4, 2), ("tools.py", 6), ("tools.py", 11)}


@pytest.mark.parametrize("pool", POOLS)
def test_what_other_processes_come_to_counts(warm: WarmBench, pool: str) -> None:
    lines = POOLS[pool].splitlines()
    main = "import tools\nif __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in lines)
    assert run(warm, {"main.py": main, "tools.py": MODULE}) == {("tools.py", 6), ("tools.py", 11)}


def test_a_function_of_a_cell_is_noted_where_it_is_sent_to(warm: WarmBench) -> None:
    cell = "import tools\ndef given(x):\n    return x\n" + POOLS["joblib"].replace("tools.used", "given")
    files = {"main.py": "", "main.ipynb": notebook(cell), "tools.py": ""}
    assert run(warm, files, kind="notebook", path="main.ipynb") == set()


def test_nothing_is_noted_of_a_program_that_is_started_for_a_part_of_the_work(warm: WarmBench) -> None:
    code = "import os\nif len(os.environ) > 999:\n    print('many')\nprint([n for n in os.environ if 'MARKED' in n])\n"
    result = warm.run_work({"main.py": code}, kind="command", path="", argv=("python", "main.py"))
    assert (result.stdout, (warm.out / ".reached").exists()) == ("[]\n", False), result.stderr
