"""Real government pages: every one is a good answer, the two stored challenges are recognised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.outcomes import Outcome, Reason
from crawler.seeing.response import see_response
from crawler.seeing.soft404 import Signature, says_missing
from crawler.seeing.visible import title_of, visible_text

PAGES = Path(__file__).parents[2].parent / "shared" / "pages"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="没有真实页面样本（../shared/pages）")
HTML = {"content-type": "text/html"}
CHALLENGES = {"waf_ruishu_nmpa_data.html": Reason.WAF_RUISHU, "waf_jsl_mps.html": Reason.WAF_JSL}
FILES = sorted(PAGES.glob("*.html")) if PAGES.is_dir() else []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("foreign", [False, True])
def test_real_page(path: Path, foreign: bool) -> None:
    seeing = see_response(200, HTML, path.read_bytes(), f"http://www.example.gov.cn/{path.name}", foreign=foreign)
    assert seeing.reason is CHALLENGES.get(path.name, Reason.OK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_page_that_a_refusal_carries_is_judged_by_its_status(path: Path) -> None:
    """A site's own 403 or 404 page has its own template and must not look like a firewall's."""
    if path.name in CHALLENGES:
        return
    assert see_response(404, HTML, path.read_bytes(), "http://www.example.gov.cn/x").outcome is Outcome.DEAD
    assert see_response(503, HTML, path.read_bytes(), "http://www.example.gov.cn/x").outcome is Outcome.SUSPECT


def test_real_pages_do_not_speak_like_error_pages() -> None:
    truth = json.loads((PAGES / "truth.json").read_text(encoding="utf-8"))
    said = []
    for path in FILES:
        markup = path.read_bytes().decode(truth[path.name]["encoding"], "replace")
        if says_missing(Signature("http://a/", 200, title_of(markup), visible_text(markup)[0])):
            said.append(path.name)
    assert len(said) <= len(FILES) // 20, said
