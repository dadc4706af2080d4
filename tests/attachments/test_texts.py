"""Attachments: their text and where it stands; bombs, broken, locked and endless files are refused."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.attachments import Refused, read_attachment
from crawler.attachments.bounds import Budget
from crawler.pages.personal import find_personal
from tests.attachments.make import archive, docx, pdf, xlsx
from tests.pages.test_personal import identity

NUMBER = identity()


def found(raw: bytes) -> list[tuple[str, str]]:
    return [(piece.place, one.number) for piece in read_attachment(raw) for one in find_personal(piece.text)]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (docx(f"身份证号{NUMBER}"), ""),
        (xlsx(("姓名", "身份证号"), ("张某", NUMBER)), "工作表“名单”"),
        (pdf("cover", f"ID {NUMBER}"), "第2页"),
        (f"姓名,身份证号\n张某,{NUMBER}\n".encode("gb18030"), ""),
        (f"\ufeff身份证号 {NUMBER}".encode(), ""),
        (archive(a__xlsx=xlsx(("张某", NUMBER), title="公示")), "压缩包内a.xlsx 工作表“公示”"),
        (archive(b__zip=archive(a__txt=NUMBER.encode())), "压缩包内b.zip 压缩包内a.txt"),
    ],
    ids=["docx", "xlsx", "pdf", "csv", "txt", "zip", "zip in zip"],
)
def test_a_number_is_found_where_it_stands(raw: bytes, place: str) -> None:
    assert found(raw) == [(place, NUMBER)]


def test_what_is_not_read() -> None:
    deep = archive(c__zip=archive(b__zip=archive(a__zip=archive(a__txt=NUMBER.encode()))))
    assert found(deep) == [] and found(archive(a__exe=NUMBER.encode())) == []
    assert found(b"\x89PNG\r\n\x1a\n\0\0" + NUMBER.encode()) == [] and found(b"") == []


def test_names_that_packers_write_in_gbk() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(zipfile.ZipInfo("XXXX.txt"), NUMBER)
    raw = out.getvalue().replace(b"XXXX.txt", "名单".encode("gb18030") + b".txt")
    assert found(raw) == [("压缩包内名单.txt", NUMBER)]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (archive(a__txt=b"0" * (40 << 20)), "压缩炸弹"),
        (archive(**{f"a{n}__txt": b"x" for n in range(600)}), "文件过多"),
        (archive(**{f"a{n}__txt": bytes(range(1, 256)) * 4000 * (n + 1) for n in range(12)}), "压缩炸弹|内容过长"),
        (b"PK\x03\x04broken", "损坏"),
        (b"%PDF-1.7 nothing", "损坏"),
        (archive(word__document__xml=b"<a"), None),
    ],
    ids=["one big member", "many members", "all together", "broken zip", "broken pdf", "no office file"],
)
def test_refused(raw: bytes, why: str | None) -> None:
    started = time.monotonic()
    if why is None:
        assert found(raw) == []
    else:
        with pytest.raises(Refused, match=why):
            found(raw)
    assert time.monotonic() - started < 10


def test_entities_are_not_unfolded() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("word/document.xml", laughs)
    assert "".join(piece.text for piece in read_attachment(out.getvalue())) == ""


def test_what_came_before_the_end_of_the_budget_is_good() -> None:
    raw = archive(a__txt=f"身份证号{NUMBER}".encode(), b__txt=b"y" * 100)
    pieces = read_attachment(raw, Budget(text=22))
    assert NUMBER in next(pieces).text
    with pytest.raises(Refused, match="内容过长"):
        next(pieces)


def test_a_budget_of_time() -> None:
    with pytest.raises(Refused, match="超时"):
        list(read_attachment(b"text", Budget(seconds=-1)))


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"%PDF-1.4\n"):
        try:
            list(read_attachment(head + raw))
        except Refused as error:
            assert str(error)
