"""DOC, XLS, RTF, OFD and scans: read, or told as unread in words that say why."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.attachments import Refused, read_attachment
from crawler.pages.personal import find_personal
from tests.attachments.make import archive, pdf
from tests.attachments.ole import doc, ole, xls
from tests.pages.test_personal import identity

NUMBER = identity()


def found(raw: bytes) -> list[tuple[str, str]]:
    return [(piece.place, one.number) for piece in read_attachment(raw) for one in find_personal(piece.text)]


def text(raw: bytes) -> str:
    return "\n".join(piece.text for piece in read_attachment(raw))


def ofd(*pages: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("OFD.xml", "<OFD/>")
        for number, words in enumerate(pages):
            code = f"<TextCode>{words}</TextCode>" if words else ""
            body = f'<Page xmlns="http://www.ofdspec.org/2016">{code}</Page>'
            target.writestr(f"Doc_0/Pages/Page_{number}/Content.xml", body)
    return out.getvalue()


def scan() -> bytes:
    """A PDF page that shows one grey dot and no word."""
    stream = "q 100 0 0 100 0 0 cm /I Do Q"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
        "stream\n0\nendstream",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj{part}endobj\n".encode()
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()


def test_the_pieces_of_a_doc_in_their_order_wide_and_narrow() -> None:
    raw = doc("名单\r身份证号", NUMBER, "\x07张某\x01\r")
    assert text(raw).split("\n") == ["名单", f"身份证号{NUMBER}", "张某", ""]
    assert found(doc("公示\r", NUMBER)) == [("", NUMBER)]


def test_the_cells_of_an_xls_as_a_reader_sees_them() -> None:
    raw = xls(("姓名", "证件号码", "金额"), ("张某", NUMBER, 1200.0), ("李某", "", 3.5), title="公示")
    assert text(raw) == f"姓名\t证件号码\t金额\n张某\t{NUMBER}\t1200\n李某\t\t3.5"
    assert found(raw) == [("工作表“公示”", NUMBER)]


def test_rtf_and_ofd() -> None:
    words = "身份证号".encode("gb18030").hex()
    coded = "".join(f"\\'{words[n : n + 2]}" for n in range(0, len(words), 2))
    assert text(rb"{\rtf1\ansi " + coded.encode() + b" " + NUMBER.encode() + rb"\par \u24352\'3f\par}").split("\n") == [
        f"身份证号 {NUMBER}", "张", "",
    ]  # fmt: skip
    assert found(ofd("封面", f"身份证号{NUMBER}")) == [("第2页", NUMBER)]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (scan(), "扫描件"),
        (ofd("", ""), "扫描件"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (doc("密", locked=True), "加密"),
        (ole({"EncryptedPackage": b"x"}), "加密"),
        (ole({"PowerPoint Document": b"x"}), "不是文字文档或表格"),
        (ole({"WordDocument": b"\xec\xa5\x65\x00" + bytes(1000), "1Table": b""}), "Word 97"),
        (ole({"WordDocument": b"\xec\xa5\xc1\x00" + bytes(1000), "0Table": b""}), "损坏"),
        (ole({"Workbook": b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\xff" * 40}), "损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "损坏"),
    ],
    ids=["scan", "ofd scan", "rar", "locked doc", "locked xlsx", "ppt", "word 95", "no pieces", "bad xls", "bad ole"],
)
def test_what_is_not_read_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        list(read_attachment(raw))


def test_an_empty_sheet_is_no_scan() -> None:
    assert [piece.text.strip() for piece in read_attachment(pdf(""))] == [""]


def test_a_scan_in_an_archive_hides_nothing_that_stands_beside_it() -> None:
    raw = archive(a__pdf=scan(), b__doc=doc(NUMBER), c__ofd=ofd(""))
    places: list[str] = []
    with pytest.raises(Refused, match="压缩包内2个文件未读"):
        places.extend(piece.place for piece in read_attachment(raw) if NUMBER in piece.text)
    assert places == ["压缩包内b.doc"]


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=60))
def test_a_damaged_file_is_refused_and_breaks_nothing(place: int, damage: bytes) -> None:
    for raw in (doc("名单\r", NUMBER), xls(("张某", NUMBER))):
        broken = raw[:place] + damage + raw[place + len(damage) :]
        try:
            list(read_attachment(broken))
        except Refused as why:
            assert str(why)
