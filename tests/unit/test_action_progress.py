"""How the Action waits: a line a minute, and what a gateway says in the place of a service is not taken for it."""

from __future__ import annotations

import pytest
from gateway import TROUBLES, gateway
from ports import free_port
from progress import Progress
from server import Server, ServerError


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_page_of_a_gateway_becomes_the_summary_and_none_is_the_works_failure(trouble: str) -> None:
    with gateway(free_port()) as service, gateway(int(service.address.rpartition(":")[2])) as before:
        service.troubles[1] = "another object"  # which is cut off where that is the trouble
        before.troubles[1] = trouble
        with pytest.raises(ServerError) as failed:
            Server(before.address, patience=0).summary("1")
    assert failed.value.ours
    assert "\n" not in str(failed.value)


def test_each_minute_of_a_long_wait_has_its_line_and_each_step_too(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress, pauses = Progress(lambda: now), []
    while now < 30 * 60:
        progress.tell("running predict.py" if now > 90 else "queued")
        pauses.append(progress.pause)
        now += progress.pause
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == ["queued", "queued", "running predict.py (1 min)", "running predict.py (2 min)"]
    assert said[-1] == "running predict.py (29 min)"
    assert 30 <= len(said) <= 38
    assert (min(pauses), max(pauses)) == (2, 10)
