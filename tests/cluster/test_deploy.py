"""Deployment files: they parse, name what there is, and ask for what the program knows."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from crawler import settings
from crawler.cluster.config import OF_MACHINE

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = ("worker", "office", "beat")


def test_compose_file() -> None:
    data = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = data["services"]
    assert set(services) == {"store", "queue", "worker", "office", "beat"}
    for name in UNITS:
        one = services[name]
        assert one["command"][:3] == ["celery", "-A", "crawler.cluster.app"]
        assert set(one["environment"]) <= set(OF_MACHINE)
        assert (DEPLOY / one["build"]["context"] / one["build"]["dockerfile"]).is_file()
        assert set(one["depends_on"]) == {"store", "queue"}
        for volume in one["volumes"]:
            assert volume.startswith("..") or volume.partition(":")[0] in data["volumes"]
    assert services["worker"]["command"][services["worker"]["command"].index("-Q") + 1] == "walk"
    assert services["office"]["command"][services["office"]["command"].index("-Q") + 1] == "office"


def test_environment_file() -> None:
    lines = [line for line in (DEPLOY / "cluster.env").read_text("utf-8").splitlines() if line and line[0] != "#"]
    names = {line.partition("=")[0] for line in lines}
    assert names - {"LANG"} <= set(OF_MACHINE)
    assert all(hasattr(settings, name) for name in names - {"LANG"})


@pytest.mark.parametrize("name", UNITS)
def test_units(name: str) -> None:
    text = (DEPLOY / f"xuncha-{name}.service").read_text("utf-8")
    assert "EnvironmentFile=/etc/xuncha/cluster.env" in text and "Restart=always" in text
    assert f"celery -A crawler.cluster.app {'beat' if name == 'beat' else 'worker'} " in text


def test_beat_is_told_when() -> None:
    pytest.importorskip("celery", reason="celery 未安装（pip install -e .[cluster]）")
    from crawler.cluster.app import schedule

    told = schedule({"CLUSTER_ROUND": "0 2 5 * *", "CLUSTER_RECHECK": "", "CLUSTER_AVAILABILITY": "*/15 * * * *"})
    assert set(told) == {"round", "availability"}
    assert told["round"]["schedule"].day_of_month == {5} and told["round"]["options"]["queue"] == "office"
    with pytest.raises(ValueError, match="CLUSTER_ROUND"):
        schedule({"CLUSTER_ROUND": "monthly"})
