"""Accounts of 政务新媒体 out of a table: heads by their usual names, days as people write them, mistakes by row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from crawler.inventory import BadInput, Inventory
from crawler.inventory.media import media_accounts, media_yaml

INVENTORY = Inventory.model_validate(
    {
        "city": "云岭市", "region_code": "532901", "issuer": "云岭市人民政府办公室",
        "units": [{"id": "jyj", "name": "云岭市教育局"}, {"id": "czj", "name": "云岭市财政局"}],
        "sites": [{"id": "p", "name": "门户", "kind": "portal", "unit": "jyj", "url": "http://www.yunling.gov.cn/"}],
    }
)  # fmt: skip
HEADS = ["序号", "主办单位*", "平台类型", "账号名称", "最近更新时间", "账号状态", "公开列表页", "RSS 地址"]
ROWS = [
    [
        "1",
        "云岭市教育局",
        "微信公众号",
        "云岭教育",
        "2026年11月8日",
        "正常运行",
        "",
        "https://feeds.example.com/yljy.xml",
    ],
    ["2", "czj", "微博", "云岭财政", "2026/11/18 09:30", "", "http://www.yunling.gov.cn/xmt/", ""],
    ["3", "云岭市教育局", "抖音号", "云岭校园", "", "已关停注销", "", ""],
]


def table(folder: Path, rows: list[list[str]], kind: str = "csv", encoding: str = "utf-8-sig") -> Path:
    path = folder / f"新媒体.{kind}"
    lines = [["政务新媒体名录"], HEADS, *rows]
    if kind == "csv":
        path.write_bytes("\r\n".join(",".join(line) for line in lines).encode(encoding))
        return path
    book = Workbook()
    for line in lines:
        book.active.append(line)  # type: ignore[union-attr]
    book.save(path)
    return path


@pytest.mark.parametrize(("kind", "encoding"), [("csv", "utf-8-sig"), ("csv", "gb18030"), ("xlsx", "")])
def test_accounts_of_a_table(tmp_path: Path, kind: str, encoding: str) -> None:
    found = media_accounts(table(tmp_path, ROWS, kind, encoding), INVENTORY)
    assert [(one.unit, one.platform, one.name, one.last_post, one.state) for one in found] == [
        ("jyj", "微信公众号", "云岭教育", date(2026, 11, 8), "正常"),
        ("czj", "微博", "云岭财政", date(2026, 11, 18), "正常"),
        ("jyj", "抖音号", "云岭校园", None, "已注销"),
    ]
    assert [one.feed for one in found] == ["https://feeds.example.com/yljy.xml", None, None]
    assert found[1].page == "http://www.yunling.gov.cn/xmt/"


def test_the_text_goes_into_an_inventory_as_it_is(tmp_path: Path) -> None:
    given = yaml.safe_load(media_yaml(table(tmp_path, ROWS), INVENTORY))
    made = Inventory.model_validate(INVENTORY.model_dump() | given)
    assert len(made.media_accounts) == 3


def test_mistakes_are_told_by_row_and_head(tmp_path: Path) -> None:
    rows = [[*ROWS[0][:1], "云岭市教育据", *ROWS[0][2:]], [*ROWS[1][:4], "上周", *ROWS[1][5:]]]
    with pytest.raises(BadInput) as caught:
        media_accounts(table(tmp_path, rows), INVENTORY)
    assert [(one.line, one.field) for one in caught.value.problems] == [(3, "主办单位"), (4, "最近更新日期")]
    assert "云岭市教育局" in caught.value.problems[0].remedy


@pytest.mark.parametrize("content", [b"", b"a,b,c\r\n1,2,3", None])
def test_a_file_that_is_no_register(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        media_accounts(path, INVENTORY)
    assert caught.value.problems[0].remedy
