"""PDF of the bulletin: the same text as the DOCX, by typst and by LibreOffice."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from reports import pdf
from reports.bulletin import compose, lines
from reports.gbt9704 import render
from reports.options import Options
from reports.paper import Block, Paper
from reports.publish import pdf_of
from tests.reports import build

needs_typst = pytest.mark.skipif(
    importlib.util.find_spec("typst") is None, reason="typst (extra [pdf]) is not installed"
)
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module", params=["letterhead", "letter", "plain"])
def told(request: pytest.FixtureRequest) -> Paper:
    """The hostile city's bulletin in each shell."""
    return compose(build.judgement(), build.inventory(shell=request.param), Options(), build.previous())


def text_of(content: bytes, folder: Path) -> str:
    """The text of a PDF without white space and page numbers."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the text of the PDF is not compared")
    path = folder / "paper.pdf"
    path.write_bytes(content)
    out = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return re.sub(r"—\d+—", "", re.sub(r"\s", "", out))


@needs_typst
def test_typst_prints_every_paragraph(told: Paper, tmp_path: Path) -> None:
    made = pdf.by_typst(told, lines(told.title))
    assert made.startswith(b"%PDF")
    text = text_of(made, tmp_path)
    for block in told.blocks:
        wanted = re.sub(r"\s", "", block.text)
        assert all(piece in text for piece in re.findall(r"[^，。；、（）“”]{4,12}", wanted)[:3]), block.text
    for annex in told.annexes:
        assert annex.title in text and annex.rows[-1][0] in text
    assert "瀍垟堃邘鄠镕" in text and "<script>alert(1)</script>" in text


@needs_typst
def test_same_paper_same_pdf(told: Paper) -> None:
    assert pdf.by_typst(told, lines(told.title)) == pdf.by_typst(told, lines(told.title))


@needs_typst
def test_text_that_looks_like_source_stays_text(tmp_path: Path) -> None:
    told = compose(
        build.judgement(), build.inventory(contact='#read("/etc/passwd") $x$ @a *b* _c_ \\ // ```'), Options(), None
    )
    text = text_of(pdf.by_typst(told, lines(told.title)), tmp_path)
    assert '#read("/etc/passwd")$x$@a*b*_c_\\//```' in text


@needs_typst
def test_pages_are_even_and_a4(told: Paper, tmp_path: Path) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo is not installed: the pages are not counted")
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf.by_typst(told, lines(told.title)))
    info = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
    assert int(re.search(r"Pages:\s+(\d+)", info)[1]) % 2 == 0  # type: ignore[index]
    assert "A4" in info


@needs_typst
@pytest.mark.parametrize("more", [0, 6, 9, 12, 14, 16, 18])
def test_signature_never_stands_alone(more: int, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the pages are not read")
    blocks = (*(Block("p", f"第{i}段") for i in range(2 + more)), Block("p", "逾期未整改的，将在下期通报中列出。"))
    annexes = compose(build.judgement(), build.inventory(), Options(), None).annexes[:1]
    told = Paper("letterhead", "机关", "", ("标题",), "各单位", blocks, date(2026, 1, 2), annexes=annexes)
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf.by_typst(told, ["标题"]))
    out = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    signed = next(page for page in out.split("\f") if "2026年1月2日" in re.sub(r"\s", "", page))
    assert "逾期未整改的" in signed


@needs_office
def test_libreoffice_prints_the_docx(tmp_path: Path) -> None:
    told = compose(build.judgement(), build.inventory(hostile=False), Options(), None)
    text = text_of(pdf.by_libreoffice(render(told, lines(told.title))), tmp_path)
    assert "云岭市政府网站与政务公开巡查通报" in text and "问题清单" in text


def test_what_is_missing_is_told(told: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(pdf.importlib, "import_module", absent)
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    with pytest.raises(pdf.PdfError, match=r"xuncha\[pdf\](?s:.)*LibreOffice"):
        pdf_of(told, lines(told.title), b"", own=False)
