"""Address habits of the content systems government sites are made with: where lists, pages and files stand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Article, Column

PER_PAGE = 12


def pages_of(column: Column) -> int:
    """Number of list pages of a column, at least one."""
    return max(1, -(-len(column.articles) // PER_PAGE))


@dataclass(frozen=True)
class Style:
    """拓尔思 TRS: `./tYYYYMMDD_N.html` beside the list, page 2 is `index_1.html`, paging written by createPageHTML."""

    name: str = "trs"
    charset: str = "utf-8"
    layout: str = "dept"

    def list_path(self, column: Column, page: int) -> str:
        """Address of list page `page` (from 0)."""
        return column.slug + (f"index_{page}.html" if page else "")

    def article_path(self, column: Column, article: Article) -> str:
        """Address of an article."""
        day = article.published
        return f"{column.slug}{day:%Y%m}/t{day:%Y%m%d}_{article.number}.html"

    def file_path(self, column: Column, article: Article, kind: str) -> str:
        """Address of an attachment, beside its article."""
        folder = self.article_path(column, article).rsplit("/", 1)[0]
        return f"{folder}/P0{article.published:%Y%m%d}{article.number}.{kind}"


class Hanweb(Style):
    """大汉: `/col/colN/index.html`, `/art/Y/M/D/art_N_N.html`, items as CDATA records drawn by jpage."""

    def number(self, column: Column) -> int:
        """The column's number in addresses."""
        return 1221 + column.number * 7

    def list_path(self, column: Column, page: int) -> str:
        tail = f"?uid={self.number(column) + 40}&pageNum={page + 1}" if page else ""
        return f"/col/col{self.number(column)}/index.html{tail}"

    def article_path(self, column: Column, article: Article) -> str:
        day = article.published
        return f"/art/{day.year}/{day.month}/{day.day}/art_{self.number(column)}_{article.number}.html"

    def file_path(self, column: Column, article: Article, kind: str) -> str:
        digest = hashlib.md5(f"{column.id}{article.index}".encode()).hexdigest()
        return f"/module/download/downfile.jsp?classid=0&filename={digest}.{kind}"


class Boda(Style):
    """博达: `tzgg.htm`, then `tzgg/N.htm` with descending numbers, articles in `info/N/N.htm`."""

    def list_path(self, column: Column, page: int) -> str:
        stem = column.slug.rstrip("/")
        return f"{stem}/{pages_of(column) - page}.htm" if page else f"{stem}.htm"

    def article_path(self, column: Column, article: Article) -> str:
        return f"/info/{1011 + column.number}/{article.number % 100000}.htm"

    def file_path(self, column: Column, article: Article, kind: str) -> str:
        return f"/__local/{article.number % 97:02X}/{article.number}/{article.number}_fj.{kind}"


class Kaipu(Style):
    """开普: `/YYYYMM/<hash>.shtml`, lists `list.shtml`, `list_2.shtml`; meta PubDate is the page's generation time."""

    def list_path(self, column: Column, page: int) -> str:
        return f"{column.slug}{f'list_{page + 1}' if page else 'list'}.shtml"

    def article_path(self, column: Column, article: Article) -> str:
        digest = hashlib.md5(f"{column.site.id}{column.id}{article.number}".encode()).hexdigest()
        return f"{column.slug}{article.published:%Y%m}/{digest}.shtml"

    def file_path(self, column: Column, article: Article, kind: str) -> str:
        return self.article_path(column, article).removesuffix(".shtml") + f"/files/fj1.{kind}"


class Gkmlpt(Style):
    """南方 gkmlpt: `content/post_N.html`, the list's items in a JS object of the page."""

    def list_path(self, column: Column, page: int) -> str:
        return f"{column.slug}{f'index_{page + 1}' if page else 'index'}.html"

    def article_path(self, column: Column, article: Article) -> str:
        return f"{column.slug}content/post_{article.number}.html"

    def file_path(self, column: Column, article: Article, kind: str) -> str:
        return f"/attachment/0/{article.number % 1000}/{article.number}/{article.number}.{kind}"


class Table(Style):
    """Hand-written ASP pages of about 2005: tables, GBK, everything behind a query."""

    def list_path(self, column: Column, page: int) -> str:
        return f"/list.asp?id={101 + column.number}" + (f"&page={page + 1}" if page else "")

    def article_path(self, column: Column, article: Article) -> str:
        return f"/show.asp?id={article.number % 100000}"

    def file_path(self, column: Column, article: Article, kind: str) -> str:
        return f"/upload/{article.published:%Y%m}/{article.number}.{kind}"


class Comment(Style):
    """A list that a script draws from an HTML comment."""

    def list_path(self, column: Column, page: int) -> str:
        return f"{column.slug}{f'p{page + 1}.html' if page else ''}"

    def article_path(self, column: Column, article: Article) -> str:
        return f"{column.slug}c{article.number}/content.html"


STYLES: dict[str, Style] = {
    "trs": Style(),
    "hanweb": Hanweb("hanweb"),
    "boda": Boda("boda"),
    "kaipu": Kaipu("kaipu"),
    "gkmlpt": Gkmlpt("gkmlpt"),
    "table": Table("table", "gbk", "table"),
    "comment": Comment("comment"),
}
