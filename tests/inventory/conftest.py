"""The complete example of the contract, and a way to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.inventory import BadInput, Problem, load_inventory

CONTRACT = """\
city: 云岭市
region_code: "532901"                 # GB/T 2260
issuer: 云岭市人民政府办公室
bulletin:
  title: 云岭市政府网站与政务公开巡查通报
  shell: letterhead                   # letterhead 红头文件 | letter 信函 | plain 无版头
  addressees: [各乡镇人民政府, 市直各部门]
  basis: [国办发〔2017〕47号, 国办秘函〔2019〕19号]
  deadline_workdays: 10
  contact: 市政务公开办 0872-0000000
units:
  - {id: zfb, name: 云岭市人民政府办公室, kind: government}   # government department township vertical institution
  - {id: jyj, name: 云岭市教育局, kind: department}
sites:
  - id: portal
    name: 云岭市人民政府门户网站
    kind: portal                      # portal | department
    unit: zfb
    url: http://www.yunling.gov.cn/
    site_code: "5329010001"
    aliases: [yunling.gov.cn]         # other hosts of the same site
    own_hosts: [zwfw.yunling.gov.cn]  # systems of the same body, walked only when walk: true
    ignore: ["/calendar/"]            # regular expressions on the path
    robots: obey                      # obey | ignore (the owner has agreed)
    columns:
      - {id: yw,  name: 要闻,        url: /yw/,     type: 动态要闻}
      - {id: tz,  name: 通知公告,    url: /tzgg/,   type: 通知公告, top_level: true}
      - {id: jy1, name: 教育局信息,  url: /jyj/xx/, type: 政策文件, unit: jyj, update_days: 30}
media_accounts:
  - {unit: jyj, platform: 微信公众号, name: 云岭教育, last_post: 2026-11-18}
exemptions:
  - {rule: V4.3, url: "http://www.yunling.gov.cn/zt/2019/", until: 2027-01-31, reason: 历史专题, by: 张某}
"""


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


@pytest.fixture
def spoiled(tmp_path: Path) -> Callable[..., list[Problem]]:
    """The problems of the contract's example after replacing old, new, old, new …"""

    def spoil(*changes: str) -> list[Problem]:
        text = CONTRACT
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "spoiled.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput) as caught:
            load_inventory(path)
        return caught.value.problems

    return spoil


def line_of(part: str, text: str = CONTRACT) -> int:
    """1-based line that holds `part`."""
    return next(number for number, row in enumerate(text.splitlines(), 1) if part in row)
