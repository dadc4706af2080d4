"""The bulletin as PDF: by typst (the extra [pdf]) or by LibreOffice where present, from the same paper."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import tempfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

from reports.figures import CHINA, day_name
from reports.files import xml_text
from reports.gbt9704.xml import parts_of
from reports.paper import Paper

TEMPLATE = Path(__file__).with_name("templates") / "bulletin.typ"
LIBREOFFICE_SECONDS = 600


class PdfError(Exception):
    """No PDF could be made; the message is Chinese and says what to install."""


def by_typst(paper: Paper, title_lines: list[str]) -> bytes:
    """PDF/A-2b by typst; fonts that the machine lacks are replaced by open ones. Raises PdfError."""
    try:
        typst: Any = importlib.import_module("typst")
    except ImportError as error:
        raise PdfError("没有安装 typst。请执行 pip install 'xuncha[pdf]'，或安装 LibreOffice。") from error
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paper.json").write_text(json.dumps(data_of(paper, title_lines), ensure_ascii=False), "utf-8")
        source = Path(folder) / "main.typ"
        source.write_bytes(TEMPLATE.read_bytes())
        stamp = int(datetime.combine(paper.signed, time(), CHINA).timestamp())
        try:
            made: bytes = typst.compile(str(source), root=folder, pdf_standards=["a-2b"], timestamp=stamp)
        except Exception as error:
            raise PdfError(f"typst 未能生成 PDF：{error}") from error
    return made


def data_of(paper: Paper, title_lines: list[str]) -> dict[str, Any]:
    """The paper as plain data for the template; nothing of it is pasted into source."""
    slots = [[{"text": xml_text(text), "slot": slot} for text, slot in parts_of(t)] for t in _texts(paper)]
    blocks = [{"kind": block.kind, "text": text} for block, text in zip(paper.blocks, slots[2:], strict=True)]
    return {
        "shell": paper.shell,
        "issuer": paper.issuer,
        "doc_no": slots[0],
        "title": title_lines,
        "subtitle": paper.subtitle,
        "subject": paper.subject,
        "addressees": paper.addressees,
        "blocks": blocks,
        "signed": day_name(paper.signed),
        "year": paper.signed.year,
        "month": paper.signed.month,
        "day": paper.signed.day,
        "remark": paper.remark,
        "imprint": [slots[1]] if paper.copies else [],
        "printed_by": paper.printed_by,
        "printed_on": f"{day_name(paper.signed)}印发",
        "annexes": [
            {
                "title": annex.title,
                "head": list(annex.head),
                "widths": list(annex.widths),
                "rows": [[xml_text(cell) for cell in row] for row in annex.rows],
                "left": sorted(annex.left),
                "note": annex.note,
                "small": annex.small,
                "over": list(annex.over) if annex.over else [],
            }
            for annex in paper.annexes
        ],
    }


def _texts(paper: Paper) -> list[str]:
    return [paper.doc_no, f"抄送：{paper.copies}。", *(block.text for block in paper.blocks)]


def by_libreoffice(document: bytes) -> bytes:
    """PDF of a DOCX by LibreOffice, with the empty pages that even and odd pages need. Raises PdfError."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PdfError("没有找到 LibreOffice。请安装 LibreOffice，或执行 pip install 'xuncha[pdf]'。")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.docx"
        source.write_bytes(document)
        kind = 'pdf:writer_pdf_Export:{"IsSkipEmptyPages":{"type":"boolean","value":"false"}}'
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [program, profile, "--headless", "--convert-to", kind, "--outdir", folder, str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=LIBREOFFICE_SECONDS)
            return source.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise PdfError(f"LibreOffice 未能生成 PDF：{error}") from error
