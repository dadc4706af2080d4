"""Tables that are written row by row say what they would say as elements of the tree."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from itertools import chain

import docx
import pytest

from reports.gbt9704 import document, render
from reports.gbt9704.document import Draft
from reports.gbt9704.form import Fields, Form, Heading, NewPage, Part, Text
from reports.gbt9704.table import table
from reports.paper import Annex, Paper
from reports.wording import SLOT

HOSTILE = ("", " ", "a\r\nb\rc\nd\te", "<w:p>&amp;]]>", "“x”\x00\x0b\ufffe😀", "'\"", f"见{SLOT}文号】处", "长" * 700)
WIDTHS = tuple(10.0 for _ in HOSTILE)


def annex(**more: object) -> Annex:
    rows = tuple(HOSTILE[i:] + HOSTILE[:i] for i in range(len(HOSTILE)))
    values = {"title": "清单\"'<&>\r\n", "head": HOSTILE, "widths": WIDTHS, "rows": rows, "left": frozenset({1})} | more
    return Annex(**values)  # type: ignore[arg-type]


def paper(*annexes: Annex) -> Paper:
    return Paper("letterhead", "办公室", "", ("通报",), "", (), date(2026, 11, 23), annexes=annexes, copies="各局")


def parts(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


ANNEXES = (annex(), annex(rows=(), note="注：<无>"), annex(over=(2, 3, "其中 & <"), small=True))


def test_rows_in_holes_are_those_of_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    made = render(paper(*ANNEXES), ["通报"])
    monkeypatch.setattr(document, "takes_pieces", lambda _: False)
    assert parts(made) == parts(render(paper(*ANNEXES), ["通报"]))
    assert b"xuncha-hole" not in dict(parts(made))["word/document.xml"]


def test_a_template_that_names_things_otherwise_gets_elements() -> None:
    empty = io.BytesIO()
    docx.Document().save(empty)
    other = io.BytesIO()
    with zipfile.ZipFile(empty) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:", b"<x:").replace(b"</w:", b"</x:").replace(b" w:", b" x:")
                part = part.replace(b"xmlns:w=", b"xmlns:x=")
            target.writestr(name, part)
    draft = Draft(date(2026, 11, 23), docx.Document(other))
    draft.add(table(annex(), 9000))
    made = docx.Document(io.BytesIO(draft.finish(title="x", author="x")))
    assert made.tables[0].cell(1, 3).text.startswith("<w:p>")


def test_forms_of_one_kind_do_not_take_over_from_each_other() -> None:
    """One empty form serves all: each says what a form made for it alone says."""
    said: list[list[Part]] = [
        [Text("一", "right", 0.5), annex(), Heading("二")],
        [Fields(((("名称", HOSTILE[2]), ("码", "&")),)), NewPage("三")],
        [],
    ]
    form = Form("通知单", author="办公室", day=date(2026, 11, 23))
    together = [form.filled(one) for one in said]
    alone = [Form("通知单", author="办公室", day=date(2026, 11, 23)).filled(one) for one in said]
    assert together == alone
    texts = [[p.text for p in docx.Document(io.BytesIO(one)).paragraphs] for one in together]
    assert [text[0] for text in texts] == ["通知单"] * 3
    assert "三" in texts[1] and not {"一", "三"} & set(chain(texts[2]))
