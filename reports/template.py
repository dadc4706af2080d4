"""An office's own bulletin template (DOCX with slots, filled by docxtpl), and the documented one to start from."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined
from jinja2 import TemplateError as JinjaError

from reports.bulletin import lines
from reports.figures import day_name
from reports.files import xml_text
from reports.gbt9704 import measures as m
from reports.gbt9704.document import Draft, append_annexes
from reports.gbt9704.xml import paragraph, parts_of, run, runs
from reports.paper import Paper
from reports.wording import SLOT

SLOTS: Mapping[str, str] = {
    "issuer": "发文机关",
    "doc_no": "发文字号，未填写时为待填标记",
    "title": "标题全文",
    "title_lines": "标题按行拆分，用于循环",
    "subtitle": "标题下的期间或期号，可能为空",
    "addressees": "主送机关，不含冒号",
    "blocks": "正文各段，用于循环；每段有 kind（h1 一级标题、h2 二级标题、p 正文）和 text",
    "annexes": "附件，用于循环；每个有 number、title 和 label（附件说明中的一行）",
    "signed": "成文日期",
    "remark": "附注，可能为空",
    "copies": "抄送机关，可能为空",
    "printed_by": "印发机关",
    "printed_on": "印发日期",
}


class TemplateError(Exception):
    """The template cannot be used; the message is Chinese and says where."""


def context_of(paper: Paper) -> dict[str, Any]:
    """What a template may print."""
    many = len(paper.annexes) > 1
    annexes = [
        {
            "number": i,
            "title": annex.title,
            "label": ("附件：" if i == 1 else "　　　") + (f"{i}." if many else "") + annex.title,
        }
        for i, annex in enumerate(paper.annexes, 1)
    ]
    return {
        "issuer": paper.issuer,
        "doc_no": paper.doc_no,
        "title": "".join(paper.title),
        "title_lines": lines(paper.title),
        "subtitle": paper.subtitle,
        "addressees": paper.addressees,
        "blocks": [{"kind": block.kind, "text": xml_text(block.text)} for block in paper.blocks],
        "annexes": annexes,
        "signed": day_name(paper.signed),
        "remark": paper.remark,
        "copies": paper.copies,
        "printed_by": paper.printed_by,
        "printed_on": f"{day_name(paper.signed)}印发",
    }


def render_template(path: Path, paper: Paper) -> bytes:
    """The paper in the office's template: its text by the template, the annex tables and 版记 after it.

    Raises TemplateError for a missing or broken file and for a slot that does not exist.
    """
    try:
        template = DocxTemplate(io.BytesIO(path.read_bytes()))
        template.render(context_of(paper), jinja_env=Environment(undefined=StrictUndefined, autoescape=True))
    except OSError as error:
        raise TemplateError(f"读不到模板 {path}：{error.strerror}") from error
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise TemplateError(f"模板 {path} 不是 DOCX 文件，请用 Word 或 WPS 另存为 .docx") from error
    except JinjaError as error:
        known = "、".join(SLOTS)
        raise TemplateError(f"模板 {path} 中的占位符有误：{error}。可用的占位符：{known}") from error
    document = template.docx  # get_docx() would load the unfilled file again
    _mark_slots(document.element.body)
    draft = Draft(paper.signed, document)
    append_annexes(draft, paper)
    return draft.finish(title=paper.subject, author=paper.issuer, keywords="，".join(paper.keywords))


def _mark_slots(body: Any) -> None:
    """Highlight what a person must fill, as in the standard form."""
    for element in list(body.iter(qn("w:r"))):
        text = "".join(t.text or "" for t in element.findall(qn("w:t")))
        if SLOT not in text:
            continue
        for part, slot in parts_of(text):
            piece = copy.deepcopy(element)
            for old in piece.findall(qn("w:t")):
                piece.remove(old)
            piece.append(_text(part))
            if slot:
                _highlight(piece)
            element.addprevious(piece)
        element.getparent().remove(element)


def _text(text: str) -> Any:
    made = parse_xml(f'<w:t {nsdecls("w")} xml:space="preserve"/>')
    made.text = text
    return made


def _highlight(piece: Any) -> None:
    properties = piece.get_or_add_rPr()
    for old in properties.findall(qn("w:highlight")):
        properties.remove(old)
    after = [
        qn(f"w:{tag}") for tag in ("sz", "szCs", "color", "spacing", "w", "kern", "position", "rFonts", "b", "bCs")
    ]
    mark = parse_xml(f'<w:highlight {nsdecls("w")} w:val="yellow"/>')
    last = max((i for i, child in enumerate(properties) if child.tag in after), default=-1)
    properties.insert(last + 1, mark)


def starter_template() -> bytes:
    """The documented template: the letterhead form with every slot, and explanations that are never printed."""
    draft = Draft(_EPOCH)
    draft.begin()
    for part in (*_head(), *_text_parts(), *_foot(), *_explanations()):
        draft.add(part)
    return draft.finish(title="通报模板", author="")


_EPOCH = date(2026, 1, 1)


def _tag(text: str) -> str:
    return paragraph(run(text, m.BODY))


def _head() -> list[str]:
    mark = run("{{ issuer }}文件", m.Font(m.SONG_TITLE, m.SONG_TITLE, 88), color=m.RED, scale=66)
    return [
        paragraph(mark, align="center", before=m.mm(33), line=1000),
        paragraph(runs("{{ doc_no }}", m.BODY), align="center", before=2 * m.LINE),
        _tag("{%p for line in title_lines %}"),
        paragraph(runs("{{ line }}", m.TITLE), align="center", line=640, keep=True),
        _tag("{%p endfor %}"),
        _tag("{%p if subtitle %}"),
        paragraph(runs("{{ subtitle }}", m.H2), align="center"),
        _tag("{%p endif %}"),
        paragraph(runs("{{ addressees }}：", m.BODY, squeeze=m.SQUEEZE), before=m.LINE),
    ]


def _text_parts() -> list[str]:
    def told(font: m.Font, keep: bool) -> str:
        return paragraph(runs("{{ block.text }}", font, squeeze=m.SQUEEZE), align="both", first=2, keep=keep)

    return [
        _tag("{%p for block in blocks %}"),
        _tag('{%p if block.kind == "h1" %}'),
        told(m.H1, True),
        _tag('{%p elif block.kind == "h2" %}'),
        told(m.H2, True),
        _tag("{%p else %}"),
        told(m.BODY, False),
        _tag("{%p endif %}"),
        _tag("{%p endfor %}"),
    ]


def _foot() -> list[str]:
    name = runs("{{ issuer }}", m.BODY, squeeze=m.SQUEEZE)
    return [
        _tag("{%p for annex in annexes %}"),
        paragraph(runs("{{ annex.label }}", m.BODY, squeeze=m.SQUEEZE), first=2, keep=True),
        _tag("{%p endfor %}"),
        paragraph(name, align="right", before=2 * m.LINE, right=2, keep=True),
        paragraph(runs("{{ signed }}", m.BODY, squeeze=m.SQUEEZE), align="right", right=4),
        _tag("{%p if remark %}"),
        paragraph(runs("{{ remark }}", m.BODY, squeeze=m.SQUEEZE), first=2),
        _tag("{%p endif %}"),
    ]


def _explanations() -> list[str]:
    said = [
        "以下为模板说明，不会印出。正文、字体、字号、段落均可修改；双花括号内为系统填写的内容，名称不可改。",
        "附件表格和版记由系统接在正文之后。带 for、if 的各行成对出现，须各占一段。可用的内容：",
        *(f"{name}：{meaning}" for name, meaning in SLOTS.items()),
    ]
    shown = [paragraph(runs(text, m.BODY), first=2) for text in said]
    return [_tag("{%p if false %}"), *shown, _tag("{%p endif %}")]
