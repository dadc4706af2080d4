"""Every product of challenges.yaml is met on its positive pages and on no negative one."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.inventory import BadInput
from crawler.outcomes import REASONS, Outcome, Reason
from crawler.seeing.marks import FOLDER, Challenges, challenges, load_marks, products
from crawler.seeing.response import see_response
from tests.seeing.answers import MARKS, Answer, stored


def _name(answer: Answer) -> str:
    return f"{answer.path.parent.name}/{answer.path.stem}"


def _recognised(answer: Answer, body: bytes | None = None) -> str | None:
    found = challenges().recognise(answer.status, answer.headers, answer.body if body is None else body)
    return found.id if found else None


@pytest.mark.parametrize("answer", stored("positive"), ids=_name)
def test_positive_page_names_its_product(answer: Answer) -> None:
    assert _recognised(answer) == answer.path.parent.name


@pytest.mark.parametrize("answer", stored("positive"), ids=_name)
def test_positive_page_is_met_in_gb18030_too(answer: Answer) -> None:
    assert _recognised(answer, answer.text.replace("utf-8", "gb2312").encode("gb18030")) == answer.path.parent.name


@pytest.mark.parametrize("answer", stored("negative"), ids=_name)
def test_negative_page_is_no_product(answer: Answer) -> None:
    assert _recognised(answer) is None


@pytest.mark.parametrize("answer", stored("negative"), ids=_name)
def test_negative_page_is_judged_by_its_status(answer: Answer) -> None:
    outcome = see_response(answer.status, answer.headers, answer.body, "http://www.yunling.gov.cn/a").outcome
    expected = {200: Outcome.OK, 202: Outcome.OK, 404: Outcome.DEAD}.get(answer.status, Outcome.SUSPECT)
    assert outcome is expected


def test_every_product_has_both_pages() -> None:
    for product in products():
        kinds = {path.stem.partition("_")[0] for path in (MARKS / product.id).glob("*.http")}
        assert kinds == {"positive", "negative"}, product.id


def test_no_page_without_a_product() -> None:
    assert {path.name for path in MARKS.iterdir()} == {product.id for product in products()}


def test_every_product_blocks_and_each_reason_is_used() -> None:
    assert {REASONS[product.reason].outcome for product in products()} == {Outcome.BLOCKED}
    assert {product.reason for product in products()} == {Reason.WAF_RUISHU, Reason.WAF_JSL, Reason.WAF_OTHER}


def test_a_mistake_in_marks_is_told_with_its_line(tmp_path: Path) -> None:
    text = (FOLDER / "challenges.yaml").read_text(encoding="utf-8").replace("reason: waf-jsl", "reason: http-404")
    (tmp_path / "challenges.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"第\d+行 products\[jiasule\]"):
        load_marks("challenges.yaml", Challenges, tmp_path)


def test_a_mark_that_says_nothing_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "challenges.yaml").read_text(encoding="utf-8") + "      - {page: bare, why: nothing}\n"
    (tmp_path / "challenges.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="至少写明"):
        load_marks("challenges.yaml", Challenges, tmp_path)
