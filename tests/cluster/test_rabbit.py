"""A round handed out over RabbitMQ ends as an unbroken one does, and as it does over Redis."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cluster.brokers import Rabbit, why_no_rabbit
from tests.cluster.field import Field, doubles, told, unbroken, why_not
from tests.cluster.town import town


def ends_like_the_unbroken(
    request: pytest.FixtureRequest, folder: Path, town_of: tuple[int, int], slice_seconds: int, **broker: int
) -> None:
    """A round over so many sites of so many pages; skipped, with the reason, where there is no RabbitMQ."""
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）：集群在 RabbitMQ 上未测试")
    if reason := why_not(why_no_rabbit):
        pytest.skip(reason)
    inventory, whole, url = folder / "inventory.yaml", folder / "whole", request.getfixturevalue("postgres_url")
    rabbit = Rabbit(**broker)
    field = Field(folder, url, inventory, slice_seconds, rabbit)
    with town(*town_of) as sites:
        inventory.write_text(sites.inventory(), "utf-8")
        try:
            field.start("broker")
            unbroken(inventory, f"sqlite:///{whole}/x.db", whole)
            sites.asked.clear()
            rabbit.wait()
            field.start_all()
            assert field.wait(120) == 0, field.log("dispatcher")[-3000:]
        finally:
            field.stop()
    assert told(folder) == told(whole)
    assert doubles(url) == []
    assert sites.faults(least_gap=0) == []


def test_a_round_over_rabbitmq(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    ends_like_the_unbroken(request, tmp_path, town_of=(2, 4), slice_seconds=1)


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="LONG_TESTS 未设：RabbitMQ 收回久未确认的消息未测试")
def test_messages_that_are_taken_back_for_their_age(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    ends_like_the_unbroken(request, tmp_path, town_of=(3, 40), slice_seconds=25, consumer_timeout=4)
    logs = "".join((tmp_path / f"worker{number}.log").read_text("utf-8") for number in (1, 2))
    assert "delivery acknowledgement" in logs and "in other hands" in logs


def test_what_each_broker_is_asked_for() -> None:
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）")
    from crawler.cluster.app import app, transport_options

    assert transport_options("amqps://queue//", 900) == {"confirm_publish": True}
    assert transport_options("redis://queue/0", 900)["visibility_timeout"] == 900
    assert app.conf.broker_channel_error_retry  # else a slice longer than consumer_timeout ends its worker
