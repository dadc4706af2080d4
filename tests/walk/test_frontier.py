"""The frontier: turns, room, second looks."""

from crawler.frontier import Entry, Frontier, Role


def entry(number: int, lane: str = "site:a", role: Role = Role.PAGE) -> Entry:
    return Entry(number, f"http://{lane[5:]}/{number}", role, None, lane, 0)


def drain(frontier: Frontier, now: float = 0.0) -> list[int]:
    got = []
    while (one := frontier.next(now)) is not None:
        got.append(one.id)
        frontier.done(one.lane)
    return got


def test_home_columns_and_lists_first_then_an_article_a_page_and_a_link_in_turn() -> None:
    """What a template holds is known before a thousand articles hold it too."""
    frontier = Frontier(per_site=2, per_host=1)
    for number, role in enumerate((5, 5, 3, 3, 3, 4, 2, 1, 0)):
        frontier.add(entry(number, role=Role(role)))
    assert drain(frontier) == [8, 7, 6, 2, 5, 0, 3, 1, 4]


def test_one_slow_site_does_not_hold_the_others() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    for number in range(3):
        frontier.add(entry(number, "site:slow"))
    frontier.add(entry(10, "site:quick"))
    first = frontier.next(0.0)
    assert first is not None and first.id == 0
    second = frontier.next(0.0)
    assert second is not None and second.id == 10
    assert frontier.next(0.0) is None, "the slow site has its one request out"
    frontier.done("site:slow")
    third = frontier.next(0.0)
    assert third is not None and third.id == 1


def test_a_site_gets_two_at_a_time_a_foreign_host_one() -> None:
    frontier = Frontier(per_site=2, per_host=1)
    for number in range(4):
        frontier.add(entry(number, "site:a"))
        frontier.add(entry(10 + number, "host:b"))
    out = [one.id for _ in range(8) if (one := frontier.next(0.0)) is not None]
    assert sorted(out) == [0, 1, 10]


def test_second_look_waits_for_its_time() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.add_later(entry(1), due=100.0)
    assert frontier.next(99.0) is None
    assert frontier.wake_at() == 100.0
    assert frontier and frontier.to_go == 1
    assert drain(frontier, 100.0) == [1]
    assert not frontier


def test_a_resting_lane_is_left_alone_and_others_go_on() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.add(entry(1, "site:a"))
    frontier.add(entry(2, "site:b"))
    frontier.rest("site:a", until=50.0)
    assert drain(frontier, 10.0) == [2]
    assert frontier.wake_at() == 50.0
    assert drain(frontier, 50.0) == [1]


def test_redirect_hop_goes_first() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.add(entry(1))
    frontier.add(entry(2), front=True)
    assert drain(frontier) == [2, 1]


def test_a_held_lane_that_nothing_can_move_is_given_up() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.add(entry(1, "site:a"))
    frontier.hold("site:a")
    assert frontier.next(0.0) is None
    assert frontier.unstick() == ["site:a"]
    assert frontier.lane("site:a").closed and drain(frontier) == [1]


def test_two_requests_to_a_lane_are_a_delay_apart_and_others_go_on_meanwhile() -> None:
    frontier = Frontier(per_site=2, per_host=1)
    frontier.first_delay = 10.0
    for number in range(3):
        frontier.add(entry(number, "site:a"))
    frontier.add(entry(10, "site:b"))
    assert drain(frontier, 100.0) == [0, 10]
    wake = frontier.wake_at()
    assert wake is not None and 105.0 <= wake <= 115.0, "give or take half of it"
    assert drain(frontier, wake - 0.1) == [] and drain(frontier, wake) == [1]


def test_a_turn_that_is_taken_outside_counts() -> None:
    """robots.txt is asked in a site's turn: what waited for it has its own."""
    frontier = Frontier(per_site=2, per_host=1)
    frontier.first_delay = 10.0
    frontier.add(entry(1))
    assert frontier.lane("site:a").turn(100.0) == 100.0
    second = frontier.lane("site:a").turn(100.0)
    assert 105.0 <= second <= 115.0
    assert frontier.next(second) is None and drain(frontier, second + 15.0) == [1]


def test_what_is_given_up_is_settled_without_waiting() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.first_delay = 10.0
    for number in range(3):
        frontier.add(entry(number))
    frontier.lane("site:a").closed = True
    assert drain(frontier, 100.0) == [0, 1, 2]


def test_a_lane_without_room_is_served_when_a_request_ends() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.add(entry(1))
    frontier.add(entry(2))
    first = frontier.next(0.0)
    assert first is not None and frontier.next(0.0) is None and frontier.wake_at() is None
    frontier.done("site:a")
    assert drain(frontier) == [2] and not frontier


def test_a_lane_that_is_released_is_served_again() -> None:
    frontier = Frontier(per_site=1, per_host=1)
    frontier.add(entry(1))
    frontier.hold("site:a")
    assert frontier.next(0.0) is None
    frontier.add(entry(2, role=Role.HOME))
    assert drain(frontier) == [2], "its home page alone"
    frontier.release("site:a")
    assert drain(frontier) == [1]
