"""Recognition marks as data: the YAML files of crawler/marks, checked when loaded, compiled for the hot path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crawler.inventory.yamlfile import load_model
from crawler.outcomes import REASONS, Outcome, Reason
from crawler.pages.encoding import decode
from crawler.seeing.visible import visible_text

FOLDER = Path(__file__).parents[1] / "marks"
_READ = 200_000  # bytes of a body that are decoded to count its text
ModelT = TypeVar("ModelT", bound=BaseModel)


class Data(BaseModel):
    """Base of every mark file: an unknown field is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(Data):
    """One way to recognise a product; all that is written must hold together."""

    status: frozenset[int] | None = None
    header: dict[str, str] = Field(default_factory=dict)
    cookie: list[str] = Field(default_factory=list)
    body: list[str] = Field(default_factory=list)
    body_any: list[str] = Field(default_factory=list)
    page: Literal["any", "short", "bare"] = "any"
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> Mark:
        if not (self.status or self.header or self.cookie or self.body or self.body_any):
            raise ValueError("至少写明状态码、首部、Cookie、正文特征中的一项")
        return self


class Product(Data):
    """A protection product."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    reason: Reason
    large: bool = False
    marks: list[Mark] = Field(min_length=1)

    @model_validator(mode="after")
    def _blocks(self) -> Product:
        if REASONS[self.reason].outcome is not Outcome.BLOCKED:
            raise ValueError("防护产品的结果只能是“拒绝访问”一类")
        return self


class Limits(Data):
    """What counts as a bare or a short page."""

    bare_text: int = Field(ge=1)
    short_text: int = Field(ge=1)
    short_links: int = Field(ge=0)
    good_page_bytes: int = Field(ge=1000)


class Challenges(Data):
    """challenges.yaml"""

    limits: Limits
    products: list[Product] = Field(min_length=1)


def load_marks(name: str, model: type[ModelT], folder: Path = FOLDER) -> ModelT:
    """A file of crawler/marks as `model`; BadInput names file, line and remedy of every mistake."""
    return load_model(folder / name, model, label="识别特征")


def needle(text: str) -> tuple[bytes, ...]:
    """A mark as bytes: Chinese text stands in pages as UTF-8 or as GB18030."""
    if text.isascii():
        return (text.encode(),)
    return (text.encode(), text.encode("gb18030"))


class _Compiled:
    """A mark ready for matching. `all` and `any` hold alternatives of bytes."""

    __slots__ = ("all", "any", "cookie", "header", "page", "product", "status")

    def __init__(self, product: Product, mark: Mark) -> None:
        self.product = product
        self.status = mark.status
        self.header = [(name.lower(), value.lower()) for name, value in mark.header.items()]
        names = "|".join(re.escape(name) for name in mark.cookie)
        self.cookie = re.compile(rf"(?:^|[,;\n]\s*)(?:{names})[^=,;\s]*=", re.I) if names else None
        self.all = [needle(text) for text in mark.body]
        self.any = [form for text in mark.body_any for form in needle(text)]
        self.page = mark.page

    def holds(self, headers: Mapping[str, str], body: bytes) -> bool:
        for name, value in self.header:
            if value not in headers.get(name, "\0").lower() or name not in headers:
                return False
        if self.cookie is not None and not self.cookie.search(headers.get("set-cookie", "")):
            return False
        if any(all(form not in body for form in forms) for forms in self.all):
            return False
        return not self.any or any(form in body for form in self.any)


class ChallengeBook:
    """Every known product; answers with the first whose marks hold."""

    def __init__(self, data: Challenges) -> None:
        self.limits = data.limits
        self._marks = [_Compiled(product, mark) for product in data.products for mark in product.marks]
        self._by_header = [mark for mark in self._marks if mark.header and not mark.all and not mark.any]
        self._by_status: dict[tuple[int, bool], list[_Compiled]] = {}

    def recognise(self, status: int, headers: Mapping[str, str], body: bytes) -> Product | None:
        """The product that answered instead of the site, or None. `headers` have lower-case names."""
        good = 200 <= status < 300
        for mark in self._by_header:
            if (mark.status is None or status in mark.status) and mark.holds(headers, body):
                return mark.product
        if good and count_links(body, self.limits.short_links) > self.limits.short_links:
            return None  # the common case: a page with a navigation is no challenge
        shape: tuple[int, int] | None = None
        for mark in self._candidates(status, good and len(body) > self.limits.good_page_bytes):
            if not mark.holds(headers, body):
                continue
            if mark.page == "any" and not good:
                return mark.product
            shape = shape or self._shape(headers, body)
            if self._fits(shape, mark.page):
                return mark.product
        return None

    def is_bare(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Nothing to read and nothing to click."""
        return self._fits(self._shape(headers, body), "bare")

    def _candidates(self, status: int, large: bool) -> list[_Compiled]:
        key = (status, large)
        if key not in self._by_status:
            if len(self._by_status) > 2000:
                self._by_status.clear()
            self._by_status[key] = [
                mark
                for mark in self._marks
                if (mark.status is None or status in mark.status) and (not large or mark.product.large)
            ]
        return self._by_status[key]

    def _shape(self, headers: Mapping[str, str], body: bytes) -> tuple[int, int]:
        text, anchors = visible_text(decode(body[:_READ], headers.get("content-type"))[1], self.limits.short_text + 1)
        return len(text), anchors

    def _fits(self, shape: tuple[int, int], page: str) -> bool:
        length, anchors = shape
        if page == "bare":
            return length < self.limits.bare_text and anchors == 0
        return length <= self.limits.short_text and anchors <= self.limits.short_links


def count_links(body: bytes, enough: int) -> int:
    """Number of <a in a body; counting ends once there are more than `enough`, mostly within the first kilobytes."""
    count = 0
    for opening in (b"<a ", b"<A "):
        position = body.find(opening)
        while position >= 0:
            count += 1
            if count > enough:
                return count
            position = body.find(opening, position + 3)
    return count


@lru_cache(maxsize=1)
def challenges() -> ChallengeBook:
    """The book of crawler/marks/challenges.yaml."""
    return ChallengeBook(load_marks("challenges.yaml", Challenges))


def products() -> Iterator[Product]:
    """Every product of challenges.yaml, for manuals and tests."""
    yield from load_marks("challenges.yaml", Challenges).products
