"""Attachments: what leaves a reader without the file is wrong, what an office suite opens is innocent."""

from __future__ import annotations

import io
import zipfile

import pytest

from crawler.outcomes import Outcome, Reason
from crawler.seeing.files import family_of, named_extension, see_file, sniff
from crawler.seeing.response import see_response

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40)
ERROR = (
    "<!DOCTYPE html><html><head><title>系统提示</title></head><body><p>文件读取失败，请与管理员联系。</p></body></html>"
)
TABLE = "<table border=1>" + "<tr><td>张某</td><td>001</td></tr>" * 20 + "</table>"
EXCEL = '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table><tr><td>1</td></tr></table></body></html>'
MHT = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html xmlns:w="urn:schemas-microsoft-com:office:word">'
)
XML = '<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>\n<w:wordDocument></w:wordDocument>'


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


DOCX = _zip()
RAR = b"Rar!\x1a\x07\x00" + bytes(20)
NO_FILE = '{"code":500,"msg":"文件不存在"}'


def _see(extension: str, body: bytes | str, **more: object) -> Reason:
    data = body.encode() if isinstance(body, str) else body
    return see_file(extension, {}, data, **more)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("extension", [".doc", ".pdf", ".xls", ".jpg", ".zip", ".ofd", ".mp4", ".DOCX", "rar"])
def test_empty_file(extension: str) -> None:
    assert _see(extension, b"") is Reason.EMPTY_FILE
    assert _see(extension, b"\r\n\r\n") is Reason.EMPTY_FILE
    assert _see(extension, b"", declared_size=0, truncated=True) is Reason.EMPTY_FILE


def test_headers_alone_say_nothing_about_emptiness() -> None:
    assert _see(".doc", b"", truncated=True, declared_size=5000) is Reason.OK
    assert _see(".doc", b"", truncated=True) is Reason.OK


@pytest.mark.parametrize("extension", [".css", ".js"])
def test_empty_stylesheet_is_innocent(extension: str) -> None:
    assert _see(extension, b"") is Reason.OK


@pytest.mark.parametrize("extension", [".doc", ".docx", ".xls", ".xlsx", ".wps", ".et", ".pdf", ".ofd", ".zip", ".rar"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_error_page_under_a_document_name(extension: str, encoding: str) -> None:
    assert _see(extension, ERROR.encode(encoding)) is Reason.WRONG_TYPE


@pytest.mark.parametrize("extension", [".jpg", ".png", ".gif", ".mp4", ".css", ".js", ".txt", ".woff"])
def test_error_page_under_another_name(extension: str) -> None:
    assert _see(extension, ERROR) is Reason.WRONG_TYPE


@pytest.mark.parametrize(
    ("extension", "body"),
    [
        (".doc", OLE), (".xls", OLE), (".wps", OLE), (".et", OLE), (".docx", DOCX), (".ofd", DOCX), (".pdf", PDF),
        (".doc", DOCX), (".docx", OLE), (".xls", DOCX), (".doc", rb"{\rtf1\ansi text}"), (".doc", PDF),
        (".xls", EXCEL), (".doc", MHT), (".doc", XML), (".xls", XML), (".xls", TABLE), (".doc", TABLE),
        (".xls", EXCEL.encode("utf-16")), (".xls", "\ufeff" + EXCEL), (".xls", "姓名\t编号\r\n张某\t001\r\n"),
        (".jpg", PNG), (".png", JPEG), (".jpg", b"RIFF\x10\x00\x00\x00WEBPVP8 "), (".bmp", b"BM" + bytes(50)),
        (".svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'), (".rar", DOCX), (".zip", RAR),
        (".pdf", b"\r\n\r\n" + PDF), (".pdf", bytes(range(256)) * 4), (".doc", bytes(range(255, 0, -1)) * 4),
        (".js", "/* <html> */ var a = 1;"), (".css", "body{}"), (".txt", "通知"), (".csv", "a,b\n1,2"),
    ],
)  # fmt: skip
def test_innocent_contents(extension: str, body: bytes | str) -> None:
    assert _see(extension, body) is Reason.OK


@pytest.mark.parametrize(
    ("extension", "body"),
    [
        (".pdf", PNG), (".pdf", OLE), (".doc", JPEG), (".pdf", NO_FILE), (".doc", NO_FILE), (".jpg", "Not Found"),
        (".pdf", "File not found."), (".zip", "error"),
    ],
)  # fmt: skip
def test_contents_nobody_can_open(extension: str, body: bytes | str) -> None:
    assert _see(extension, body) is Reason.WRONG_TYPE


def test_an_error_table_is_no_data() -> None:
    rows = "<tr><td>a</td><td>b</td></tr><tr><td>404</td><td>c</td></tr>"
    assert _see(".xls", f"<html><title>无法找到该页</title><table>{rows}</table></html>") is Reason.WRONG_TYPE


@pytest.mark.parametrize(
    "body",
    [
        '<html><body><iframe src="/upload/2024/a.pdf?x=1"></iframe></body></html>',
        '<html><script src="/pdfjs/build/pdf.js"></script><div id="viewer"></div></html>',
        '<html><embed type="application/pdf" src="/stream?id=3"></html>',
        '<html><meta http-equiv="refresh" content="0;url=/files/a.pdf"></html>',
        "<html><script>location.href='/files/a.pdf'</script></html>",
    ],
)
def test_a_page_that_leads_to_the_file_waits_for_a_person(body: str) -> None:
    seeing = see_response(200, {"content-type": "text/html"}, body.encode(), "http://a.gov.cn/a.pdf", expects=".pdf")
    assert (seeing.reason, seeing.outcome) == (Reason.VIEWER_PAGE, Outcome.SUSPECT)


def test_every_page_shows_images_so_the_viewer_must_show_this_one() -> None:
    viewer = '<html><title>图片</title><img src="/upload/hy.jpg"></html>'
    assert _see(".jpg", viewer, url="http://a.gov.cn/show/HY.jpg?w=1") is Reason.VIEWER_PAGE
    assert _see(".jpg", viewer, url="http://a.gov.cn/show/lost.jpg") is Reason.WRONG_TYPE
    assert _see(".jpg", viewer) is Reason.WRONG_TYPE


def test_a_player_page_waits_for_a_person() -> None:
    assert _see(".mp4", '<html><video><source src="/v/1.mp4"></video></html>') is Reason.VIEWER_PAGE
    assert _see(".pdf", '<html><object data="/v/1.pdf"></object></html>') is Reason.VIEWER_PAGE
    assert _see(".doc", '<html><object data="/banner.swf"></object></html>') is Reason.WRONG_TYPE


def test_transfer_that_breaks_off() -> None:
    assert _see(".doc", OLE, dataloss=True) is Reason.TRUNCATED
    assert _see(".doc", OLE, declared_size=len(OLE) + 1) is Reason.TRUNCATED
    assert _see(".doc", OLE, declared_size=9_000_000, truncated=True) is Reason.OK
    assert see_file(".doc", {"content-encoding": "gzip"}, OLE, declared_size=9_000_000)[0] is Reason.OK


def test_partial_content_is_not_a_short_file() -> None:
    headers = {"content-type": "application/msword", "content-range": "bytes 0-607/90000"}
    assert (
        see_response(206, headers, OLE, "http://a.gov.cn/a.doc", expects=".doc", declared_size=90000).outcome
        is Outcome.OK
    )


def test_edges() -> None:
    assert _see(".doc", OLE, declared_size=len(OLE)) is Reason.OK
    assert _see(".doc", ERROR.encode("utf-16")) is Reason.WRONG_TYPE
    assert _see(".doc", "{一份以花括号开头的文稿}") is Reason.OK
    assert see_file(".doc", {"content-type": "application/json"}, b"{}")[0] is Reason.WRONG_TYPE
    assert _see(".xls", TABLE + '<a href="/">首页</a>' * 2) is Reason.OK
    assert _see(".xls", TABLE + '<a href="/">首页</a>' * 3) is Reason.WRONG_TYPE  # a page with a navigation
    assert _see(".xls", "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>") is Reason.OK
    assert _see(".xls", "<table><tr><td>请与管理员联系</td></tr></table>") is Reason.WRONG_TYPE
    assert _see(".xls", TABLE + "<script>alert(1)</script>") is Reason.WRONG_TYPE


def test_detail_names_what_came() -> None:
    assert see_file(".doc", {}, ERROR.encode())[1] == ".doc文件实为网页“系统提示”"
    assert see_file(".pdf", {}, PNG)[1] == ".pdf文件实为图片"


@pytest.mark.parametrize(
    ("value", "extension"),
    [
        ('attachment; filename="a.DOC"', "doc"),
        ("attachment; filename=a.pdf", "pdf"),
        ("attachment; filename*=UTF-8''%E9%99%84%E4%BB%B6.xlsx", "xlsx"),
        ("attachment; filename=noname", None),
        ("inline", None),
        ("", None),
    ],
)
def test_named_extension(value: str, extension: str | None) -> None:
    assert named_extension({"content-disposition": value}) == extension


def test_families_do_not_share_an_extension() -> None:
    assert family_of(".PDF") is not None and family_of("pdf") == family_of(".pdf")
    assert family_of(".html") is None and family_of(None) is None and family_of("") is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"), (b"  \n", "empty"), (PDF, "pdf"), (OLE, "ole"), (DOCX, "zip"), (PNG, "image"),
        (b"\x1f\x8b\x08", "gzip"), (b"<!-- x --><html>", "html"), (b"<a/>", "xml"), (b"hello", "text"),
        (b"\x01\x02\x03", "binary"), (RAR, "rar"),
    ],
)  # fmt: skip
def test_sniff(body: bytes, kind: str) -> None:
    assert sniff(body) == kind
