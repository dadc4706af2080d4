"""The bytes tell the encoding; header and meta lie too often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.encoding import decode

TEXT = "<meta charset=%s><p>云岭市人民政府办公室关于做好森林防火工作的通知，请认真贯彻执行。</p>" * 3


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "iso-8859-1", ""])
def test_declaration_does_not_matter(declared: str) -> None:
    text = TEXT % ((declared,) * 3)
    for codec, name in (("utf-8", "utf-8"), ("gb18030", "gb18030")):
        assert decode(text.encode(codec), f"text/html; charset={declared}") == (name, text)


def test_byte_order_marks() -> None:
    assert decode("云岭".encode("utf-8-sig")) == ("utf-8", "云岭")
    assert decode(b"\xff\xfe" + "云岭".encode("utf-16le")) == ("utf-16le", "云岭")
    assert decode(b"\xfe\xff" + "云岭".encode("utf-16be")) == ("utf-16be", "云岭")


def test_utf16_without_a_mark() -> None:
    assert decode("<html><head><title>云岭</title></head>".encode("utf-16le"))[0] == "utf-16le"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_character_cut_off_at_the_end(codec: str) -> None:
    body = ("通知公告" * 20 + "云岭").encode(codec)
    for cut in (1, 2):
        name, text = decode(body[:-cut])
        assert name == codec
        assert text.startswith("通知公告" * 20)


def test_a_damaged_utf8_page_stays_utf8() -> None:
    body = ("云岭市人民政府" * 50).encode() + "版权所有".encode("gbk") + b"\xff</html>"
    name, text = decode(body)
    assert name == "utf-8"
    assert text.count("云岭市人民政府") == 50


def test_a_damaged_gbk_page_stays_gbk() -> None:
    body = ("云岭市人民政府" * 50).encode("gbk") + b"\xff\xff" + "版权所有".encode("gbk")
    name, text = decode(body)
    assert name == "gb18030"
    assert text.count("云岭市人民政府") == 50


def test_big5_only_when_declared_and_not_contradicted() -> None:
    body = "<meta charset=big5>雲嶺市人民政府的網站，歡迎您的光臨".encode("big5")
    assert decode(body)[0] == "big5"


def test_gb18030_characters_of_four_bytes() -> None:
    assert decode("㐀𠀀龥的".encode("gb18030")) == ("gb18030", "㐀𠀀龥的")


def test_empty_and_ascii() -> None:
    assert decode(b"") == ("utf-8", "")
    assert decode(b"<p>a</p>") == ("utf-8", "<p>a</p>")


@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes(body: bytes, content_type: str) -> None:
    name, text = decode(body, content_type)
    assert isinstance(text, str)
    "".encode(name)
