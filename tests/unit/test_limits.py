"""Bounds on how often somebody may ask, by a clock of the test's own."""

from __future__ import annotations

import threading

import pytest

from api import limits
from api.limits import AtOnce, Buckets
from api.problems import Problem


class Clock:
    """A clock that stands still unless it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_key_has_its_burst_then_waits_and_is_full_again_later() -> None:
    clock = Clock()
    buckets = Buckets(rate=2, burst=4, clock=clock)
    assert [buckets.take("ada") for _ in range(4)] == [0, 0, 0, 0]
    assert buckets.take("ada") == pytest.approx(0.5)
    assert buckets.take("grace") == 0
    clock.now += 0.5
    assert [buckets.take("ada") > 0 for _ in range(2)] == [False, True]
    clock.now += 1000
    assert [buckets.take("ada") > 0 for _ in range(5)] == [False] * 4 + [True]


def test_what_is_given_back_can_be_taken_again() -> None:
    buckets = Buckets(rate=1, burst=1, clock=Clock())
    assert buckets.take("ada") == 0
    buckets.give_back("ada")
    assert buckets.take("ada") == 0
    assert buckets.take("ada") > 0


def test_a_rate_of_nought_is_no_bound() -> None:
    buckets = Buckets(rate=0, burst=1, clock=Clock())
    assert {buckets.take("ada") for _ in range(100)} == {0.0}


def test_very_many_keys_take_little_memory_and_who_asked_most_stays_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 100)
    buckets = Buckets(rate=1, burst=2, clock=Clock())
    assert [buckets.take("ada") for _ in range(2)] == [0, 0]
    for number in range(1000):
        buckets.take(f"{number}")
    assert len(buckets._full_at) <= 101
    assert buckets.take("ada") > 0


def test_each_comes_in_once_and_no_more_than_there_are_places() -> None:
    places = AtOnce(2)
    with places.let_in("ada"), pytest.raises(Problem) as caught, places.let_in("ada"):
        pass
    assert caught.value.code == "request.too_many"
    with places.let_in("ada"), places.let_in("grace"), pytest.raises(Problem), places.let_in("mary"):
        pass
    with places.let_in("ada"), places.let_in("grace"):
        pass


def test_a_place_that_gets_free_is_taken_by_whoever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAITS_S", 60.0)
    places, came = AtOnce(1), threading.Event()

    def come() -> None:
        with places.let_in("grace"):
            came.set()

    with places.let_in("ada"):
        thread = threading.Thread(target=come)
        thread.start()
    thread.join()
    assert came.is_set()
