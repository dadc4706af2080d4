"""What pages of a city say wrong, and what only reads so: part `texts` of a file of plants.

`at: portal:art:tzgg:1` is an article, `portal:col:zxly` a column's page; `rows` become a workbook that the page links.
`told: file` makes that workbook the subject, `told: home` the site's home page. IDENTITY in a text becomes an identity
number that never belonged to anybody: born on a day to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from .model import Article, CityModel, Column, Site

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass
class Text:
    """One planted text with the place that shows it. `file` is the path of the workbook beside it."""

    site: Site
    column: Column
    article: Article | None
    title: str
    html: str
    rows: list[list[str]]
    file: str | None
    entry: dict[str, Any]

    @property
    def host(self) -> str:
        """Host that serves it."""
        return self.column.host or self.site.host

    def subject(self, city: CityModel) -> str:
        """Address that a finding about it names."""
        told = self.entry.get("told")
        if told == "home":
            return self.site.home
        if told == "file" and self.file is not None:
            return city.url(self.host, self.file)
        return city.url(self.host, self.article.path) if self.article is not None else self.column.url


def identity(serial: str) -> str:
    """A whole identity number of the city, with its check digit, of somebody born in 2087."""
    body = f"53290120870101{serial}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def _filled(text: str) -> str:
    for number in range(1, 10):
        text = text.replace(f"IDENTITY{number}", identity(f"00{number}"))
    return text


def texts(city: CityModel, raw: dict[str, list[Any]]) -> list[Text]:
    """All planted texts in the order of the file."""
    return [_text(city, number, entry) for number, entry in enumerate(raw["texts"], 1)]


def _text(city: CityModel, number: int, entry: dict[str, Any]) -> Text:
    site_id, _, column_id, *index = entry["at"].split(":")
    site = city.site(site_id)
    column = site.column(column_id)
    article = column.articles[int(index[0])] if index else None
    rows = [[_filled(str(cell)) for cell in row] for row in entry.get("rows", ())]
    file = f"{column.slug}fj/{number}.xlsx" if rows else None
    html = _filled(entry.get("html", ""))
    if file is not None:
        html += f'<p><a href="{file}">附件：{entry.get("name", "名单")}.xlsx</a></p>'
    return Text(site, column, article, entry.get("title", ""), html, rows, file, entry)


def workbook(rows: list[list[str]]) -> bytes:
    """The rows as a workbook, every cell as text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def problems(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """What the texts break, as the truth tells it: all of it waits for a person."""
    return [
        {
            "site": one.site.id, "category": one.entry["category"], "subject": one.subject(city),
            "certainty": "suspected", "unit": one.column.unit.id, "rules": one.entry["rules"],
            "note": one.entry["note"],
        }
        for one in texts(city, raw)
        if "rules" in one.entry
    ]  # fmt: skip


def innocents(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Texts that only read wrong."""
    return [
        {
            "site": one.site.id, "url": one.subject(city), "why": one.entry["why"], "outcome": "ok",
            "category": one.entry["category"],
        }
        for one in texts(city, raw)
        if "why" in one.entry
    ]  # fmt: skip


def vetoes(raw: dict[str, list[Any]], site: str) -> list[str]:
    """Vetoes of a site that wait for a person."""
    mine = [one for one in raw["texts"] if one["at"].partition(":")[0] == site and one.get("veto")]
    return sorted({rule for one in mine for rule in one["rules"]})
