"""Names are per module: what one file calls or names says nothing of another's, and imports say which is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from rubric_evidence import finding, verdict, work

from grader.evidence import SubprocessCodeReader
from grader.intake import take
from grader.model import Evidence
from rubrics.dependencies import third_party
from rubrics.reached import reached_functions

STORE = "class Store:\n    def fetch(self):\n        return 1\n\n\nstore = Store()\n"
HANDLER = "@{}\ndef read():\n    return store.fetch()\n"
FASTAPI = "from fastapi import FastAPI\nfrom app.store import store\n\napp = FastAPI()\n\n\n" + HANDLER.format(
    "app.get('/')"
)
FLASK = "from flask import Flask\nfrom app.store import store\n\napp = Flask('x')\n\n\n" + HANDLER.format(
    "app.route('/')"
)


def dead(evidence: Evidence) -> set[tuple[str, str]]:
    """Return path and name of the functions that nothing reaches."""
    every = {(fact.span.path, fact.name) for fact in evidence.code.functions if not fact.is_test}
    return every - {(fact.span.path, fact.name) for fact in reached_functions(evidence)}


@pytest.mark.parametrize(
    "code", [FASTAPI, FLASK, FASTAPI + "if __name__ == '__main__':\n    import uvicorn\n    uvicorn.run(app)\n"]
)
@pytest.mark.parametrize("package", ["", "app/"])
def test_a_handler_calls_an_object_of_another_module(code: str, package: str) -> None:
    # an archive or a folder that holds one folder only is taken in without that folder
    evidence = work({f"{package}__init__.py": "", f"{package}main.py": code, f"{package}store.py": STORE})
    assert verdict("code_quality.no_dead_code", evidence) == "met"
    assert not {"app"} & set(third_party(evidence))


def test_the_folder_that_holds_all_is_known_by_the_imports(tmp_path: Path) -> None:
    for path, text in {"app/main.py": FASTAPI, "app/store.py": STORE}.items():
        place = tmp_path / "work" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    taken = take(str(tmp_path / "work"), tmp_path / "store")
    code = SubprocessCodeReader().read(taken)
    assert {source.path for source in code.sources} == {"main.py", "store.py"}
    assert dead(Evidence(code=code)) == set()
    assert set(code.imports) == {"fastapi"}


def test_a_library_is_not_the_works_own_for_a_file_of_the_same_name() -> None:
    files = {
        "main.py": "from sklearn import metrics\nfrom sklearn.metrics import f1_score\nimport some.metrics\n",
        "metrics.py": "def mean(values):\n    return sum(values)\n",
    }
    assert {"sklearn", "some"} <= set(third_party(work(files)))
    # not even where it is all that is imported from it
    files["main.py"] = "from sklearn import metrics\nprint(metrics.f1_score)\n"
    assert "sklearn" in third_party(work(files))


ROUTES = "from fastapi import APIRouter\nfrom app.store import store\n\nrouter = APIRouter()\n\n\n" + HANDLER.format(
    "router.get('/')"
)
SERVED = {"app/__init__.py": "", "app/routes.py": ROUTES, "app/store.py": STORE}
TEST = "from app.store import Store\n\n\ndef test_store():\n    router = Store()\n    assert router.fetch() == 1\n"


def test_a_variable_of_a_test_changes_no_verdict() -> None:
    assert dead(work(SERVED)) == dead(work({**SERVED, "tests/test_store.py": TEST})) == set()


def test_an_object_of_a_class_that_is_made_for_a_framework_is_no_register_of_the_works() -> None:
    code = "from fastapi import FastAPI\nclass App(FastAPI):\n    pass\napp = App()\n"
    code += "@app.get('/')\ndef read():\n    return 1\n"
    assert dead(work(code)) == set()


REGISTER = "class Register:\n    def add(self, f):\n        return f\n\n\nsteps = Register()\n"


def test_a_register_of_the_works_own_that_another_module_lends_runs_nothing() -> None:
    files = {"pkg/__init__.py": "", "pkg/register.py": REGISTER}
    step = "from pkg.register import steps\n\n\n@steps.add\ndef clean():\n    return 1\n"
    assert ("clean.py", "clean") in dead(work({**files, "clean.py": step}))
    lent = {
        **files,
        "pkg/__init__.py": "from pkg.register import steps\n",
        "clean.py": step.replace("pkg.register", "pkg"),
    }
    assert ("clean.py", "clean") in dead(work(lent))


MAKE = "def make():\n    return 1\n\n\ndef other():\n    return 2\n"
WAYS = {
    "from it": "from pkg.models import make, other\nprint(make(), other())\n",
    "by an alias": "from pkg.models import make as m, other as o\nprint(m(), o())\n",
    "as a module": "from pkg import models\nprint(models.make(), models.other())\n",
    "as a module by an alias": "import pkg.models as models\nprint(models.make(), models.other())\n",
}


@pytest.mark.parametrize("main", WAYS.values(), ids=WAYS)
def test_the_same_functions_in_a_module_that_nothing_imports_are_dead(main: str) -> None:
    evidence = work({"main.py": main, "models.py": MAKE, "pkg/__init__.py": "", "pkg/models.py": MAKE})
    assert dead(evidence) == {("models.py", "make"), ("models.py", "other")}
    assert finding("code_quality.no_dead_code", evidence).verdict == "not_met"


UNKNOWN = {
    "a star": "from pkg.models import *\nprint(make(), other())\n",
    "an object": "import pkg\nprint(pkg.load().make(), pkg.load().other())\n",
    "a text": "import importlib, sys\nm = importlib.import_module(sys.argv[1])\nprint(m.make(), m.other())\n",
}


@pytest.mark.parametrize("main", UNKNOWN.values(), ids=UNKNOWN)
def test_where_it_is_not_known_which_is_meant_all_of_that_name_are_reached(main: str) -> None:
    evidence = work({"main.py": main, "models.py": MAKE, "pkg/__init__.py": "", "pkg/models.py": MAKE})
    assert dead(evidence) == set()


def test_each_program_runs_the_main_of_its_own() -> None:
    main = "def main():\n    print(1)\n\n\n"
    started = main + "if __name__ == '__main__':\n    main()\n"
    assert dead(work({"train.py": started, "predict.py": started})) == set()
    assert dead(work({"train.py": started, "predict.py": main.replace("main", "show")})) == {("predict.py", "show")}


def test_what_is_defined_again_before_it_is_used_is_dead() -> None:
    twice = "def f():\n    return 1\n\n\ndef f():\n    return 2\n\n\nprint(f())\n"
    found = finding("code_quality.no_dead_code", work(twice))
    assert (found.verdict, [span.line for span in found.evidence]) == ("not_met", [1])
    used = "def f():\n    return 1\n\n\nprint(f())\n\n\ndef f():\n    return 2\n\n\nprint(f())\n"
    assert verdict("code_quality.no_dead_code", work(used)) == "met"


NODES = "def split(df):\n    return df\n\n\ndef fit(df):\n    return df\n"
PIPELINE = (
    "from kedro.pipeline import Pipeline, node\nfrom .nodes import fit, split\n\n\n"
    "def create_pipeline(**kwargs):\n    return Pipeline([node(func=split, inputs='a', outputs='b'), node(fit, 'b')])\n"
)
REGISTRY = (
    "from p.pipelines.pipeline import create_pipeline\n\n\n"
    "def register_pipelines():\n    return {'x': create_pipeline()}\n"
)
FOUND = (
    "from kedro.framework.project import find_pipelines\n\n\ndef register_pipelines():\n    return find_pipelines()\n"
)


def test_kedro_calls_the_registry_and_the_nodes_of_its_pipelines() -> None:
    files = {"src/p/pipelines/nodes.py": NODES, "src/p/pipelines/pipeline.py": PIPELINE}
    assert dead(work({**files, "src/p/pipeline_registry.py": REGISTRY})) == set()
    assert dead(work({**files, "src/p/pipeline_registry.py": FOUND})) == set()
    # without kedro, or in a file that it does not look into, the name alone is nothing
    assert len(dead(work({**files, "src/p/registry.py": REGISTRY}))) == 4
    assert len(dead(work({"pipeline_registry.py": "def register_pipelines():\n    return 1\n"}))) == 1


def test_flask_finds_the_function_that_makes_the_application() -> None:
    code = "{}def create_app():\n    return 1\n"
    assert dead(work(code.format("from flask import Flask\n"))) == set()
    assert len(dead(work(code.format("")))) == 1
