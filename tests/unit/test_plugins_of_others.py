"""Plugins of others: installed for real, judged in a process of their own, and a bad one costs nobody else anything."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from bad_plugins import HEAD, bad
from rubric_evidence import work

from grader.model import DIMENSIONS, CriterionResult, Evidence, Weights
from grader.plugins import Rubric, Times, load_rubric
from grader.scoring import score

PATIENT, SHORT = Times(criterion_s=60, load_s=120), Times(criterion_s=1.5, load_s=120)
SLOW = "no answer within 1.5 seconds"
GOOD = '''
@criterion("evaluation.good", title="Good")
def good(evidence):
    """Be always content with the work."""
    return met("seen", evidence=PLACE)
'''
Plugin = Callable[..., Rubric]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    """Return a function that loads a rubric of plugins written on the spot, without the built-in one."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def load(*codes: str, times: Times = PATIENT) -> Rubric:
        names = [f"plugin_{number}_{abs(hash(code))}" for number, code in enumerate(codes)]
        for name, code in zip(names, codes, strict=True):
            (tmp_path / f"{name}.py").write_text(code)
        return load_rubric([EntryPoint(name, name, "grader.rubrics") for name in names], times)

    return load


def results(rubric: Rubric, evidence: Evidence | None = None) -> dict[str, CriterionResult]:
    scored = score(evidence or Evidence(), rubric.criteria, None)
    return {item.id: item for part in scored.dimensions for item in part.criteria}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1 / 0", "ZeroDivisionError in the rubric plugin"),
        ("while True: pass", SLOW),
        ("import time; time.sleep(99)", SLOW),
        ("import re; re.match('(a+)+$', 'a' * 60 + 'b')", SLOW),
        ("raise SystemExit(0)", "SystemExit in the rubric plugin"),
        ("import os; os._exit(0)", "ended"),
        ("import os; os.kill(os.getpid(), 9)", "ended"),
        ("return None", "returned no finding"),
        ("return 'met'", "returned no finding"),
        ("return Finding.model_construct(verdict='superb', score=7)", "rubric plugin"),
        ("return Finding.model_construct(verdict='met', score=7.0, reason='x', evidence=())", "rubric plugin"),
        ("def f(): return f()\nreturn f()", "RecursionError in the rubric plugin"),
        ("x = 'x' * 10**11", "MemoryError in the rubric plugin"),
        ("import time; return met(str(time.perf_counter_ns()), evidence=PLACE)", "gave different findings"),
        ("return met('x', evidence=[])", "No place in the work was named"),
        ("import os; os.write(1, b'{}'); print('nonsense', flush=True); 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_bad_criterion_costs_itself_alone(plugin: Plugin, body: str, said: str) -> None:
    found = results(plugin(HEAD + bad(body) + GOOD, times=SHORT if said == SLOW else PATIENT))
    assert found["evaluation.bad"].verdict == "needs_human"
    assert said in found["evaluation.bad"].reason
    assert found["evaluation.good"].verdict == "met"


@pytest.mark.parametrize("what", ["evidence.__dict__", "evidence.code.__dict__"])
def test_a_criterion_that_changes_the_evidence_changes_it_for_itself(plugin: Plugin, what: str) -> None:
    spoils = f"{what}['sources'] = 5; {what}['track'] = 'x'; return met('x', evidence=PLACE)"
    looks = "return met(f'{evidence.track}|{evidence.code.sources}', evidence=PLACE)"
    found = results(plugin(HEAD + bad(spoils) + bad(looks, id="evaluation.looks").replace("def bad(", "def looks(")))
    assert found["evaluation.looks"].reason == "|()"


def test_a_wrong_signature_costs_the_criterion_alone(plugin: Plugin) -> None:
    found = results(plugin(HEAD + bad("return met('x', evidence=PLACE)", "evidence, more") + GOOD))
    assert "exactly one argument" in found["evaluation.bad"].reason
    assert found["evaluation.good"].verdict == "met"


def test_enormous_evidence_is_cut_to_what_a_report_can_hold(plugin: Plugin) -> None:
    body = (
        "spans = tuple(Span(path='p' * 10**4, line=n, text='x' * 10**4) for n in range(1000))\n"
        "return Finding(verdict='met', score=1, reason='r' * 10**6, evidence=spans)"
    )
    found = results(plugin(HEAD + bad(body)))["evaluation.bad"]
    assert found.verdict == "met"
    assert len(found.model_dump_json()) < 100_000


def test_a_criterion_that_draws_lots_draws_the_same_again(plugin: Plugin) -> None:
    rubric = plugin(HEAD + "import random\n" + bad("return met(str(random.random()), evidence=PLACE)"))
    again = load_rubric([EntryPoint(r.name, r.name, "grader.rubrics") for r in rubric.plugins], PATIENT)
    assert results(rubric) == results(again)


def test_a_criterion_that_hangs_on_every_work_does_not_hang_a_thousand(plugin: Plugin) -> None:
    rubric = plugin(HEAD + bad("while True: pass") + GOOD, times=SHORT)
    started = time.monotonic()
    found = [results(rubric, Evidence(failure=None)) for _ in range(1000)]
    assert time.monotonic() - started < 500, "it was waited for more often than twice"
    assert {one["evaluation.bad"].reason for one in found} == {found[0]["evaluation.bad"].reason}
    assert {one["evaluation.good"].verdict for one in found} == {"met"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import not_there_at_all", "No module named 'not_there_at_all'"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("def (", "SyntaxError"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_left_out_and_its_criteria_need_a_person(
    plugin: Plugin, code: str, said: str
) -> None:
    rubric = plugin(f"{code}\n{HEAD}{bad('return None')}", HEAD + GOOD)
    assert [said in item.reason for item in rubric.left_out] == [True]
    found = results(rubric)
    assert found["evaluation.bad"].verdict == "needs_human"
    assert said in found["evaluation.bad"].reason
    assert found["evaluation.good"].verdict == "met"


def test_criteria_that_go_with_their_plugin_are_named_without_its_cause_again(plugin: Plugin) -> None:
    left = plugin(f"def (\n{HEAD}{bad('return None', id='style.names')}").left_out
    assert [item.criterion for item in left] == ["", "style.names"]
    assert [("SyntaxError" in item.reason, item.reason) for item in left][1] == (
        False,
        "it was left out with its plugin",
    )


def test_what_a_criterion_raised_is_for_its_author_and_in_no_report(plugin: Plugin) -> None:
    found = results(plugin(HEAD + bad("raise ValueError(str(object()))")))["evaluation.bad"]
    assert found.reason == "This criterion could not be judged: ValueError in the rubric plugin."


def test_a_plugin_whose_import_never_ends_is_left_out(plugin: Plugin) -> None:
    rubric = plugin(f"while True: pass\n{HEAD}{bad('return None')}", times=Times(load_s=0.5))
    assert rubric.left_out[0].reason == "it could not be imported within 0.5 seconds"
    assert results(rubric)["evaluation.bad"].verdict == "needs_human"


def test_a_second_criterion_with_one_id_is_left_out_and_named(plugin: Plugin) -> None:
    rubric = plugin(HEAD + GOOD, "# a copy\n" + HEAD + GOOD)
    assert [item.id for item in rubric.criteria] == ["evaluation.good"]
    assert [(item.criterion, item.reason) for item in rubric.left_out] == [
        ("evaluation.good", "there is a criterion evaluation.good already")
    ]


def test_a_criterion_of_no_known_dimension_is_left_out_and_named(plugin: Plugin) -> None:
    rubric = plugin(HEAD + bad("return None", id="style.names") + GOOD)
    assert [item.id for item in rubric.criteria] == ["evaluation.good"]
    assert "declares no dimension 'style'" in rubric.left_out[0].reason


FAIR = (
    HEAD + 'FAIR = dimension("fairness", title="Fairness", weight={weight})\n' + GOOD.replace("evaluation", "fairness")
)


def test_a_plugins_dimension_comes_after_the_five_and_counts_as_it_says(plugin: Plugin) -> None:
    scored = score(Evidence(), plugin(FAIR.format(weight=5)).criteria, None)
    assert [part.id for part in scored.dimensions] == [*DIMENSIONS, "fairness"]
    assert (scored.dimensions[-1].title, scored.dimensions[-1].weight, scored.value) == ("Fairness", 5, 100)


def test_a_plugins_dimension_without_a_weight_does_not_count_unless_the_assignment_says_so(plugin: Plugin) -> None:
    criteria = plugin(FAIR.format(weight=0)).criteria
    assert score(Evidence(), criteria, None).value is None
    assert score(Evidence(), criteria, Weights.model_validate({"fairness": 3})).value == 100


def test_two_plugins_cannot_declare_one_dimension_differently(plugin: Plugin) -> None:
    other = FAIR.format(weight=7).replace("fairness.good", "fairness.other")
    rubric = plugin(FAIR.format(weight=5), other)
    assert [item.id for item in rubric.criteria] == ["fairness.good"]
    assert "another plugin has a dimension fairness already" in rubric.left_out[0].reason


def test_a_plugin_sees_the_evidence_and_no_secret_of_the_grader(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_LM_API_KEY", "sk-hush")
    body = "import os; return met(f'{len(evidence.code.calls)} {os.environ}', evidence=PLACE)"
    found = results(plugin(HEAD + bad(body)), work("print(1)\nprint(2)"))["evaluation.bad"]
    assert found.reason.startswith("2 ")
    assert "sk-hush" not in found.reason


def test_a_plugin_cannot_change_how_others_judge(plugin: Plugin) -> None:
    code = HEAD + "import grader.plugins.judging as j\nj.judge = lambda *_: None\nj.needs_human = None\n" + GOOD
    assert results(plugin(code))["evaluation.good"].verdict == "met"


def test_its_process_ends_with_the_rubric(plugin: Plugin) -> None:
    rubric = plugin(HEAD + bad("import os; return met(str(os.getpid()), evidence=PLACE)"))
    number = int(results(rubric)["evaluation.bad"].reason)
    assert number != os.getpid()
    del rubric
    assert not Path(f"/proc/{number}").exists()
