"""A round handed out over RabbitMQ ends as an unbroken one does, and as it does over Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.brokers import Rabbit, why_no_rabbit
from tests.cluster.field import Field, doubles, told, unbroken, why_not
from tests.cluster.town import town


@pytest.fixture
def rabbit() -> Iterator[Rabbit]:
    """RabbitMQ, answering; skipped, with the reason, where there is none."""
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）：集群在 RabbitMQ 上未测试")
    if reason := why_not(why_no_rabbit):
        pytest.skip(reason)
    yield Rabbit()


def test_a_round_over_rabbitmq(rabbit: Rabbit, postgres_url: str, tmp_path: Path) -> None:
    inventory, whole = tmp_path / "inventory.yaml", tmp_path / "whole"
    field = Field(tmp_path, postgres_url, inventory, slice_seconds=1, broker=rabbit)
    with town(sites=2, pages=6) as sites:
        inventory.write_text(sites.inventory(), "utf-8")
        try:
            field.start("broker")
            unbroken(inventory, f"sqlite:///{whole}/x.db", whole)
            sites.asked.clear()
            rabbit.wait()
            field.start_all()
            assert field.wait(90) == 0, field.log("dispatcher")[-3000:]
        finally:
            field.stop()
    assert told(tmp_path) == told(whole)
    assert doubles(postgres_url) == []
    assert sites.faults(least_gap=0) == []


def test_what_each_broker_is_asked_for() -> None:
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）")
    from crawler.cluster.app import app, transport_options

    assert transport_options("amqps://queue//", 900) == {"confirm_publish": True}
    assert transport_options("redis://queue/0", 900)["visibility_timeout"] == 900
    assert app.conf.broker_channel_error_retry  # else a slice longer than consumer_timeout ends its worker
