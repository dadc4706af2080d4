"""Things go to another thread in their order, a few at a time."""

from __future__ import annotations

import threading

from crawler.facts.handover import Handover


def test_order_is_kept_and_no_more_is_taken_than_asked() -> None:
    things: Handover[int] = Handover(0.01)
    for number in range(5):
        things.put(number)
    assert len(things) == 5
    assert things.take(3) == [0, 1, 2] and len(things) == 2
    assert things.take(3) == [3, 4]


def test_hurry_wakes_a_taker_that_would_wait_long() -> None:
    things: Handover[str] = Handover(60.0)
    got: list[str] = []
    taker = threading.Thread(target=lambda: got.extend(things.take(10)))
    taker.start()
    things.put("a")
    things.hurry()
    taker.join(10)
    assert got == ["a"]


def test_join_returns_when_all_that_was_put_is_settled() -> None:
    things: Handover[int] = Handover(60.0)
    settled: list[int] = []

    def work() -> None:
        while len(settled) < 7:
            taken = things.take(2)
            settled.extend(taken)
            things.done(len(taken))

    worker = threading.Thread(target=work)
    worker.start()
    for number in range(7):
        things.put(number)
    things.join()
    assert settled == list(range(7))
    worker.join(10)


def test_nothing_put_is_nothing_to_wait_for() -> None:
    Handover[int](60.0).join()
