"""GitHub is asked no faster than it wants: a second between two writes, and nothing while it asks to wait."""

from __future__ import annotations

from grader.github.rest import Quiet


class Time:
    """A clock that goes on by what is slept alone."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def test_between_two_writes_the_pace_is_kept_and_the_first_waits_for_nothing() -> None:
    time = Time()
    quiet = Quiet(lambda: time.now, 1.0, time.sleep)
    quiet.keep_pace()
    assert time.slept == 0
    quiet.keep_pace()
    assert time.slept == 1.0
    time.now += 0.75
    quiet.keep_pace()
    assert time.slept == 1.25
    time.now += 60
    quiet.keep_pace()
    assert time.slept == 1.25


def test_who_asked_to_be_left_alone_longest_is_heard() -> None:
    time = Time()
    quiet = Quiet(lambda: time.now, 1.0, time.sleep)
    assert quiet.left_s() == 0
    quiet.keep_for(90)
    quiet.keep_for(30)
    assert quiet.left_s() == 90
    time.now += 91
    assert quiet.left_s() == 0
