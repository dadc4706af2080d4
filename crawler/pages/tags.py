"""Page tags of 国办发〔2017〕47号 附件《网页标签规范》 and the other metas that readers need."""

from __future__ import annotations

from datetime import datetime

from crawler.pages.dates import parse_moment
from crawler.pages.tree import Document

OFFICIAL = {
    name.lower(): name
    for name in [
        "SiteName",
        "SiteDomain",
        "SiteIDCode",
        "ColumnName",
        "ColumnDescription",
        "ColumnKeywords",
        "ColumnType",
        "ArticleTitle",
        "PubDate",
        "ContentSource",
        "Keywords",
        "Author",
        "Description",
        "Image",
        "Url",
    ]
}
_GENERATED = ("others", "htmlgeneratetime", "maketime", "generatetime", "lastmodifiedtime", "createdate", "publishdate")
_PUBLISHED = (
    "pubdate", "firstpublishedtime", "publishtime", "publish_time", "pubtime", "article:published_time",
    "og:release_date",
    "datepublished", "dc.date.issued", "dcterms.issued", "date", "dc.date", "published",
)  # fmt: skip


def read_metas(doc: Document) -> dict[str, str]:
    """Content of every named meta, by lower-case name; the first that is not empty wins."""
    metas: dict[str, str] = {}
    for element in doc.tagged["meta"]:
        name = (element.get("name") or element.get("property") or element.get("itemprop")).strip().lower()
        if name and not metas.get(name):
            metas[name] = element.get("content")
    return metas


def official_tags(metas: dict[str, str]) -> dict[str, str]:
    """The tags of the specification that the page has, by their official names, content as written."""
    return {name: metas[key] for key, name in OFFICIAL.items() if key in metas}


def generation_time(metas: dict[str, str]) -> datetime | None:
    """When the page was generated, as it says itself."""
    for name in _GENERATED:
        value = metas.get(name)
        if value and (name != "others" or "生成" in value or "时间" in value):
            moment = parse_moment(value)
            if moment is not None:
                return moment
    return None


def published_meta(metas: dict[str, str], generated: datetime | None) -> datetime | None:
    """Publication time by meta; never one that equals the time the page was generated (开普 UCAP writes it so)."""
    for name in _PUBLISHED:
        value = metas.get(name)
        moment = parse_moment(value) if value else None
        if moment is not None and not _same(moment, generated):
            return moment
    return None


def _same(moment: datetime, generated: datetime | None) -> bool:
    """Equal to the minute; a bare day is no proof, most pages are generated on the day they are published."""
    if generated is None or not (moment.hour or moment.minute or moment.second):
        return False
    return abs((moment - generated).total_seconds()) < 120
