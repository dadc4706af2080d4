"""The documents of a stored period, with what a person chose: special subjects, an office's own template, PDF."""

from __future__ import annotations

from pathlib import Path

from reports import pdf as pdf_files
from reports.bulletin import compose, lines
from reports.documents import bulletin_name, write_documents
from reports.files import write_atomic
from reports.gbt9704 import render
from reports.options import Options
from reports.paper import Paper
from reports.stored import Stored
from reports.subjects import SUBJECTS
from reports.template import render_template
from reports.yearbook import write_year
from rules.ledger import Ledger


def write(
    stored: Stored,
    folder: Path,
    options: Options,
    ledger: Ledger,
    *,
    template: Path | None = None,
    pdf: bool = False,
) -> list[Path]:
    """Write a period's documents into `folder`; a special subject gives its bulletin alone.

    Raises OutputError, TemplateError, PdfError.
    """
    judgement, inventory = stored.judgement, stored.inventory
    paper = compose(judgement, inventory, options, stored.previous)
    title = lines(paper.title)
    name = bulletin_name(judgement, inventory, SUBJECTS[options.subject][0] if options.subject else "")
    document = render_template(template, paper) if template else render(paper, title)
    made_pdf = pdf_of(paper, title, document, own=template is not None) if pdf else None
    paths = (
        []
        if options.subject
        else write_documents(
            judgement, inventory, folder, stored.previous, options, ledger, bulletin=document, trend=stored.trend
        )
    )
    if options.subject:
        paths.append(write_atomic(folder / name, document))
    if made_pdf is not None:
        paths.append(write_atomic((folder / name).with_suffix(".pdf"), made_pdf))
    if len(judgement.round) == 4 and not options.subject:
        paths += write_year(stored, folder, ledger)
    return paths


def pdf_of(paper: Paper, title: list[str], document: bytes, *, own: bool) -> bytes:
    """PDF by typst; by LibreOffice where typst is missing or the document has an office's own template."""
    if own:
        return pdf_files.by_libreoffice(document)
    try:
        return pdf_files.by_typst(paper, title)
    except pdf_files.PdfError as first:
        try:
            return pdf_files.by_libreoffice(document)
        except pdf_files.PdfError as second:
            raise pdf_files.PdfError(f"{first}\n{second}") from second
